/**
 * 100,000 malformed openings thrown at a server: each must be refused and
 * told, a good client must be served in between and afterwards, and memory
 * must not grow.
 *
 *     deno run --allow-all bench/hostile.ts [--count=100000] [--engine=openssl] [--seed=1]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import fc from "fast-check";
import { TestCa } from "../testing/ca.ts";
import { openHandles } from "../engine/openssl/memory.ts";
import type { EngineName } from "../engine/engine.ts";
import { SslContext } from "../context/context.ts";
import { SslError } from "../errors.ts";
import { SslSocket } from "../socket/socket.ts";
import { captureClientHello } from "../tests/contract/harness.ts";
import { openings } from "../tests/hostile/openings.ts";
import { printTable } from "./table.ts";

const flags = parseArgs(Deno.args, {
  string: ["count", "seed", "engine"],
  boolean: "server",
  default: { count: "100000", seed: "1", engine: "openssl" },
});
const total = Number(flags.count);
const seed = Number(flags.seed);
const engine = flags.engine as EngineName;
const BATCH = 1000, LANES = 32;

/** The server: in a process of its own, because its memory is what is measured. */
async function serverMain(): Promise<void> {
  const ca = await TestCa.create();
  let told = 0, strange = 0, unhandled = 0;
  globalThis.addEventListener("unhandledrejection", (event) => {
    unhandled++;
    event.preventDefault();
  });
  const listener = await SslSocket.listen({
    engine,
    hostname: "127.0.0.1",
    port: 0,
    backlog: 1024,
    handshakeTimeout: 3000,
    ...await ca.server(),
    onHandshakeError: (error) => {
      told++;
      if (!(error instanceof SslError)) strange++;
    },
  });
  (async () => {
    for await (const socket of listener) {
      socket.write(new Uint8Array([7])).then(() => socket.close(), () => socket.close());
    }
  })();
  console.log(JSON.stringify({ port: listener.addr.port, ca: ca.pem }));
  for await (const _ of Deno.stdin.readable) {
    (globalThis as { gc?: () => void }).gc?.();
    const { rss } = Deno.memoryUsage();
    console.log(JSON.stringify({ told, strange, unhandled, rss, handles: openHandles() }));
  }
  Deno.exit(0);
}

interface Report {
  told: number;
  strange: number;
  unhandled: number;
  rss: number;
  handles: number;
}

async function clientMain(): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--v8-flags=--expose-gc",
      import.meta.url,
      "--server",
      `--engine=${engine}`,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const stdin = child.stdin.getWriter();
  const line = async () => JSON.parse((await lines.read()).value!);
  const ask = async (): Promise<Report> => {
    await stdin.write(new Uint8Array([10]));
    return await line();
  };
  const { port, ca } = await line() as { port: number; ca: string };
  const reuseCtx = await SslContext.create({ engine: "openssl", ca });
  const good = async () => {
    await using client = await SslSocket.connect({
      hostname: "localhost",
      family: 4,
      port,
      reuseCtx,
    });
    if (await client.read(new Uint8Array(1)) !== 1) throw new Error("the good client got nothing");
  };
  const arbitrary = openings(await captureClientHello("openssl"));
  const one = async (opening: Uint8Array) => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    try {
      for (let at = 0; at < opening.length;) at += await conn.write(opening.subarray(at));
      await conn.closeWrite();
      const p = new Uint8Array(4096);
      while (await conn.read(p) !== null);
    } catch {
      // It was refused with a reset.
    }
  };
  await good();
  const rows: string[][] = [];
  const start = await ask();
  let warm = start, last = start;
  for (let done = 0; done < total;) {
    const all = fc.sample(arbitrary, { seed: seed + done, numRuns: Math.min(BATCH, total - done) });
    let next = 0;
    await Promise.all(Array.from({ length: LANES }, async () => {
      for (let opening; (opening = all[next++]);) await one(opening);
    }));
    done += all.length;
    await good();
    if (done % (10 * BATCH) !== 0 && done < total) continue;
    for (let tries = 0; (last = await ask()).told < done && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (done === 10 * BATCH) warm = last;
    const mib = (last.rss / 1048576).toFixed(1);
    const counts = [done, last.told, last.strange, last.unhandled, last.handles];
    rows.push([...counts.map(String), mib]);
    console.error(rows.at(-1)!.join("  "));
  }
  printTable(["openings", "told", "not SslError", "unhandled", "handles", "server MiB"], rows);
  const growth = (from: Report) => ((last.rss - from.rss) / 1048576).toFixed(1);
  console.log(
    `\n${engine}: memory grew by ${growth(start)} MiB, ${
      growth(warm)
    } MiB after the first 10,000; ` +
      `handles ${start.handles} at first, ${last.handles} at last`,
  );
  await stdin.close();
  await child.status;
  if (last.told !== total || last.unhandled > 0) Deno.exit(1);
}

if (flags.server) await serverMain();
else await clientMain();
