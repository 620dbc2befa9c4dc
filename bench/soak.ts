/**
 * Does anything grow? Connections one after the other, eight at a time, then as
 * many at once, with resident memory, the heap of JavaScript, the count of C
 * objects and of file descriptors of both ends at each step.
 *
 *     deno run --allow-all bench/soak.ts                     10,000 connections, then 2,000 at once
 *     deno run --allow-all bench/soak.ts --minutes=20        as long as that
 *     deno run --allow-all bench/soak.ts --simultaneous=5000 --engine=deno-engine
 *     deno run --allow-all bench/soak.ts --engine=wasm       with the memory of WebAssembly
 *
 * It ends with a verdict, and with an exit code of 1 if a file descriptor or a
 * C object is left, memory grows by more than 1 MiB a 1,000 connections in the
 * last third (on WebAssembly: if its memory, which never shrinks, grows by more
 * than 1 MiB after the first 1,000), or a connection was not answered.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Peers } from "./peers.ts";
import { SideProcess } from "./process.ts";
import { median } from "./statistics.ts";
import { printTable } from "./table.ts";

const flags = parseArgs(Deno.args, {
  string: ["connections", "minutes", "simultaneous", "engine"],
  default: { connections: "10000", minutes: "0", simultaneous: "2000", engine: "openssl" },
});
const connections = Number(flags.connections);
const minutes = Number(flags.minutes);
const simultaneous = Number(flags.simultaneous);
const engine = flags.engine;
const STEP = 1000;
/** What may be left in MiB a 1,000 connections: the noise of the allocators. */
const SLOPE = 1;

interface Usage {
  /** KiB. */
  readonly rss: number;
  /** KiB. */
  readonly heap: number;
  /** KiB of WebAssembly's memory. */
  readonly wasm: number;
  readonly handles: number;
  readonly files: number;
}

type Side = "server" | "client";
const SIDES = ["server", "client"] as const;

await using peers = await Peers.build();
await using server = await SideProcess.start(engine, peers.folder);
await using client = await SideProcess.start(engine, peers.folder);
const { port } = await server.run<{ port: number }>({ do: "serve" });

const rows: string[][] = [];
const notes: { at: number; server: Usage; client: Usage }[] = [];
const begin = performance.now();

/** When nothing is being closed any more: Deno's own TLS takes a while for it. */
async function usage(side: SideProcess): Promise<Usage> {
  let last: Usage | undefined;
  for (let tries = 0; tries < 20; tries++) {
    const now = await side.run<Usage>({ do: "rss" });
    if (now.handles === last?.handles && now.files === last.files) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  return last!;
}

async function note(done: number, what = ""): Promise<void> {
  const now = { at: done, server: await usage(server), client: await usage(client) };
  notes.push(now);
  const mib = (kib: number) => (kib / 1024).toFixed(1);
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const cells = (u: Usage) => [
    ...[mib(u.rss), mib(u.heap), mib(u.wasm), String(u.handles), String(u.files)],
  ];
  rows.push([`${done}${what}`, seconds, ...SIDES.flatMap((side) => cells(now[side]))]);
  console.error(rows.at(-1)!.join("  "));
}

/**
 * MiB a 1,000 connections in the last third, when everything is warm: the median of the slopes
 * between all pairs of notes, which one step of an allocator does not move.
 */
function slope(side: Side): number {
  const last = notes.slice(-Math.max(4, Math.ceil(notes.length / 3)));
  const slopes = last.flatMap((a, i) =>
    last.slice(i + 1).map((b) => (b[side].rss - a[side].rss) / 1024 / ((b.at - a.at) / 1000))
  );
  return median(slopes);
}

await note(0);
const end = performance.now() + minutes * 60_000;
let done = 0;
while (done < connections || performance.now() < end) {
  await client.run({ do: "H", port, total: STEP, concurrency: 8 });
  done += STEP;
  if (minutes === 0 || done === STEP || done % (10 * STEP) === 0) await note(done);
}
const slopes = { server: slope("server"), client: slope("client") };
/** Before many come at once, which need more memory than a few. */
const oneByOne = notes.at(-1)!;
const all = await client.run<{ answered: number; wall: number; failures: string[] }>({
  do: "S",
  port,
  total: simultaneous,
});
await note(done, ` and ${simultaneous} at once`);

const each = SIDES.flatMap((side) => [
  ...[`${side} MiB`, "heap MiB", "wasm MiB", "handles", "files"],
]);
printTable(["connections", "seconds", ...each], rows);

const wrongs: string[] = [];
console.log();
for (const side of SIDES) {
  // The first thousand loads and makes what stays.
  const [from, to] = [notes[1]![side], notes.at(-1)![side]];
  const rate = slopes[side];
  console.log(
    `${side}: ${rate.toFixed(2)} MiB a 1,000 connections in the last third; ` +
      `${to.handles - from.handles} handles and ${to.files - from.files} files left`,
  );
  const grown = engine === "wasm" ? oneByOne[side].wasm > from.wasm + 1024 : rate > SLOPE;
  if (grown) wrongs.push(`the ${side}'s memory grows`);
  if (to.handles > from.handles) wrongs.push(`the ${side} leaves C objects`);
  if (to.files > from.files) wrongs.push(`the ${side} leaves files open`);
}
console.log(
  `${all.answered} of ${simultaneous} simultaneous connections answered in ` +
    `${all.wall.toFixed(2)} s ${all.failures.join("; ")}`,
);
if (all.answered !== simultaneous) wrongs.push("not all were answered");
console.log(
  `${engine}, ${done + simultaneous} connections: ` +
    (wrongs.length === 0 ? "PASSED" : `FAILED: ${wrongs.join(", ")}`),
);
if (wrongs.length > 0) Deno.exitCode = 1;
