/**
 * How many file descriptors a client of the Deno engine holds that connects
 * and closes as fast as it can, beside bare Deno.startTls and Deno.connectTls
 * (Linux only). The exit code is 1 if ours holds more than 200.
 *
 *     deno run --allow-all bench/descriptors.ts [--rounds=4000]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { TestCa } from "../testing/ca.ts";
import { SslContext } from "../context/context.ts";
import { SslSocket } from "../socket/socket.ts";
import { printTable } from "./table.ts";

const flags = parseArgs(Deno.args, {
  string: "rounds",
  boolean: "serve",
  default: { rounds: "4000" },
});
const rounds = Number(flags.rounds);
const LIMIT = 200;

/** A server in a process of its own: its descriptors are not counted. */
async function serverMain(): Promise<void> {
  const ca = await TestCa.create();
  const { cert, key } = await ca.server() as { cert: string; key: string };
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  console.log(JSON.stringify({ port: (listener.addr as Deno.NetAddr).port, ca: ca.pem }));
  for (;;) {
    const conn = await listener.accept();
    conn.read(new Uint8Array(1)).catch(() => {}).finally(() => conn.close());
  }
}

const held = () => [...Deno.readDirSync("/proc/self/fd")].length;

async function main(): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", import.meta.url, "--serve"],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { port, ca } = JSON.parse((await reader.read()).value!) as { port: number; ca: string };
  const to = { hostname: "127.0.0.1", port };
  const caCerts = [ca];
  const reuseCtx = await SslContext.create({ engine: "deno", extraCa: ca });
  const sides: Record<string, () => Promise<void>> = {
    "ours": async () => await (await SslSocket.connect({ ...to, reuseCtx })).close(),
    "Deno.startTls, NODELAY": async () => {
      const tcp = await Deno.connect(to);
      tcp.setNoDelay(true);
      using conn = await Deno.startTls(tcp, { hostname: "localhost", caCerts });
      await conn.handshake();
    },
    "Deno.startTls": async () => {
      using conn = await Deno.startTls(await Deno.connect(to), { hostname: "localhost", caCerts });
      await conn.handshake();
    },
    "Deno.connectTls": async () => {
      using conn = await Deno.connectTls({ hostname: "localhost", port, caCerts });
      await conn.handshake();
    },
  };
  const rows: string[][] = [];
  for (const [name, round] of Object.entries(sides)) {
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // what the last one left is closed
    const before = held(), began = performance.now();
    let most = 0;
    for (let i = 0; i < rounds; i++) {
      await round();
      if (i % 10 === 0) most = Math.max(most, held() - before);
    }
    const rate = rounds / (performance.now() - began) * 1000;
    rows.push([name, `${most}`, rate.toFixed(0)]);
    console.error(rows.at(-1)!.join("  "));
  }
  printTable([`${rounds} rounds`, "most descriptors", "rounds/s"], rows);
  child.kill("SIGKILL");
  await child.status;
  if (Number(rows[0]![1]) > LIMIT) Deno.exit(1);
}

if (flags.serve) await serverMain();
else await main();
