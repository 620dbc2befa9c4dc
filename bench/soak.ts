/**
 * Does memory grow? Connections one after the other, and as many at once, with
 * resident memory and the count of C objects of both ends at each step.
 *
 *     deno run --allow-all bench/soak.ts                     10,000 connections, then 2,000 at once
 *     deno run --allow-all bench/soak.ts --minutes=20        as long as that
 *     deno run --allow-all bench/soak.ts --simultaneous=5000 --engine=deno-engine
 *
 * @module
 */

import { Peers } from "./peers.ts";
import { SideProcess } from "./process.ts";
import { printTable } from "./table.ts";

const flags = new Map(Deno.args.map((a) => a.replace(/^--/, "").split("=") as [string, string]));
const connections = Number(flags.get("connections") ?? 10_000);
const minutes = Number(flags.get("minutes") ?? 0);
const simultaneous = Number(flags.get("simultaneous") ?? 2000);
const engine = flags.get("engine") ?? "openssl";
const STEP = 1000;

interface Memory {
  readonly rss: number;
  readonly handles: number;
}

await using peers = await Peers.build();
await using server = await SideProcess.start(engine, peers.folder);
await using client = await SideProcess.start(engine, peers.folder);
const { port } = await server.run<{ port: number }>({ do: "serve" });

const rows: string[][] = [];
const first: { at: number; server: Memory; client: Memory }[] = [];
async function note(done: number, what = ""): Promise<void> {
  const [s, c] = [
    await server.run<Memory>({ do: "rss" }),
    await client.run<Memory>({ do: "rss" }),
  ];
  first.push({ at: done, server: s, client: c });
  const mib = (kib: number) => (kib / 1024).toFixed(1);
  rows.push([`${done}${what}`, mib(s.rss), String(s.handles), mib(c.rss), String(c.handles)]);
  console.error(rows.at(-1)!.join("  "));
}

/** MiB a 1,000 connections, by least squares over the second half, when everything is warm. */
function slope(side: "server" | "client"): number {
  const half = first.slice(first.length >> 1);
  const n = half.length;
  const x = half.map((m) => m.at / 1000), y = half.map((m) => m[side].rss / 1024);
  const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const top = x.reduce((sum, xi, i) => sum + (xi - mx) * (y[i]! - my), 0);
  return top / x.reduce((sum, xi) => sum + (xi - mx) ** 2, 0);
}

await note(0);
const end = performance.now() + minutes * 60_000;
let done = 0;
while (done < connections || performance.now() < end) {
  await client.run({ do: "H", port, total: STEP, concurrency: 8 });
  done += STEP;
  if (minutes === 0 || done % (10 * STEP) === 0) await note(done);
}
const slopes = (["server", "client"] as const).map((side) => `${side} ${slope(side).toFixed(2)}`);
const all = await client.run<{ answered: number; wall: number; failures: string[] }>({
  do: "S",
  port,
  total: simultaneous,
});
await new Promise((resolve) => setTimeout(resolve, 1000));
await note(done, ` and ${simultaneous} at once`);

printTable(["connections", "server MiB", "handles", "client MiB", "handles"], rows);
console.log(`\nslope of the second half, MiB a 1,000 connections: ${slopes.join(", ")}`);
console.log(
  `${all.answered} of ${simultaneous} simultaneous connections answered in ${
    all.wall.toFixed(2)
  } s ${all.failures.join("; ")}`,
);
