/**
 * How long good clients wait for a listener that silent clients, and clients
 * that send a byte a second, have filled: all of them from one address. Beside
 * it a bare `Deno.listenTls`. The exit code is 1 if a good client of ours
 * waits a second, or is not served.
 *
 *     deno run --allow-all bench/starvation.ts [--silent=2000] [--slow=500] [--good=20] [--server=openssl]
 *
 * Without `--silent` and `--slow`: none, 300 silent, 2,000 silent, and 2,000
 * silent with 500 slow ones. With `--again` they come again as soon as they
 * are cut off.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { TestCa } from "../testing/ca.ts";
import type { EngineName } from "../engine/engine.ts";
import { SslSocket } from "../socket/socket.ts";
import { captureClientHello } from "../tests/contract/harness.ts";
import { printTable } from "./table.ts";

const flags = parseArgs(Deno.args, {
  string: ["good", "server", "silent", "slow", "serve"],
  boolean: ["again", "attack"],
  default: { good: "20" },
});
const again = flags.again ? "1" : "0";
const good = Number(flags.good);
/** What a good client may wait, in milliseconds, and after which one is given up. */
const LIMIT = 1_000, GIVE_UP = 60_000;
const SERVERS = flags.server !== undefined ? [flags.server] : ["openssl", "deno", "bare"];
const CASES = flags.silent !== undefined || flags.slow !== undefined
  ? [[Number(flags.silent ?? 0), Number(flags.slow ?? 0)] as const]
  : [[0, 0], [300, 0], [2_000, 0], [2_000, 500]] as const;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Greets each client that completes a handshake. */
async function serverMain(kind: string): Promise<void> {
  const ca = await TestCa.create();
  const { cert, key } = await ca.server() as { cert: string; key: string };
  const where = { hostname: "127.0.0.1", port: 0 };
  const told = new Map<string, number>();
  if (kind === "bare") {
    const listener = Deno.listenTls({ ...where, cert, key });
    console.log(JSON.stringify({ port: (listener.addr as Deno.NetAddr).port, ca: ca.pem }));
    for (;;) {
      const conn = await listener.accept();
      conn.handshake().then(() => conn.write(new Uint8Array([7]))).catch(() => {})
        .finally(() => conn.close());
    }
  }
  const listener = await SslSocket.listen({
    engine: kind as EngineName,
    ...where,
    cert,
    key,
    onHandshakeError: (error) => {
      const { code = error.name } = error as { code?: string };
      told.set(code, (told.get(code) ?? 0) + 1);
    },
  });
  console.log(JSON.stringify({ port: listener.addr.port, ca: ca.pem }));
  (async () => {
    for await (const _ of Deno.stdin.readable) {
      console.log([...told].map(([code, n]) => `${n} ${code}`).join(", ") || "-");
    }
  })();
  for await (const socket of listener) {
    socket.write(new Uint8Array([7])).then(() => socket.close(), () => socket.close());
  }
}

/** Holds connections to the server open: a process of its own, so that the good ones have theirs. */
async function attackerMain(
  port: number,
  silent: number,
  slow: number,
  again: number,
): Promise<void> {
  const hello = await captureClientHello("openssl");
  let broken = 0;
  const connect = async (first: number) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    let at = 0;
    const drip = async () => {
      for (; first > 0; await sleep(1000)) await conn.write(hello.subarray(at, ++at));
    };
    drip().catch(() => {});
    conn.read(new Uint8Array(1)).catch(() => null).then(() => {
      broken++;
      conn.close();
      if (again) connect(first).catch(() => {});
    });
  };
  const all = [...Array(slow).fill(1), ...Array(silent).fill(0)] as number[];
  const connecting = all.map((first) => connect(first).catch(() => {}));
  // A client that does not fit into the queue of the kernel tries again after 1 s, 3 s, 7 s.
  await Promise.race([Promise.all(connecting), sleep(5_000)]);
  console.log("ready");
  for await (const _ of Deno.stdin.readable) console.log(broken);
}

interface Part {
  line(): Promise<string>;
  ask(): Promise<string>;
  end(): Promise<void>;
}

function start(...args: string[]): Part {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", import.meta.url, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const stdin = child.stdin.getWriter();
  const line = async () => ((await lines.read()).value ?? "").trim();
  return {
    line,
    ask: async () => (await stdin.write(new Uint8Array([10])), await line()),
    end: async () => {
      await stdin.close().catch(() => {});
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** How long one good client waits for its greeting. */
async function wait(port: number, ca: string): Promise<number> {
  const began = performance.now();
  const served = (async () => {
    using conn = await Deno.connectTls({ hostname: "localhost", port, caCerts: [ca] });
    return await conn.read(new Uint8Array(1)) === 1;
  })().catch(() => false);
  const ok = await Promise.race([served, sleep(GIVE_UP).then(() => false)]);
  return ok ? performance.now() - began : Infinity;
}

async function main(): Promise<void> {
  const rows: string[][] = [];
  let late = 0;
  for (const server of SERVERS) {
    for (const [silent, slow] of CASES) {
      const listener = start("--serve", server);
      const { port, ca } = JSON.parse(await listener.line());
      await wait(port, ca);
      const attacker = start("--attack", String(port), String(silent), String(slow), again);
      await attacker.line();
      const waits: number[] = [];
      for (let i = 0; i < good; i++) {
        waits.push(await wait(port, ca));
        await sleep(50);
      }
      const at = (share: number) =>
        waits.toSorted((a, b) => a - b)[Math.floor(share * (good - 1))]!;
      if (server !== "bare") late += waits.filter((ms) => ms >= LIMIT).length;
      const ms = [waits[0]!, at(0.5), at(1)].map((wait) => wait.toFixed(0));
      const told = server === "bare" ? "-" : await listener.ask();
      rows.push([server, `${silent}`, `${slow}`, ...ms, told]);
      console.error(rows.at(-1)!.join("  "));
      await attacker.end();
      await listener.end();
    }
  }
  printTable(["server", "silent", "slow", "first ms", "median ms", "longest ms", "told"], rows);
  if (late > 0) {
    console.error(`FAILED: ${late} good clients waited for ${LIMIT} ms or longer`);
    Deno.exit(1);
  }
}

if (flags.serve !== undefined) await serverMain(flags.serve);
else if (flags.attack) {
  await attackerMain(...flags._.map(Number) as [number, number, number, number]);
} else await main();
