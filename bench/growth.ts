/**
 * What grows with the number of connections, names and contexts: memory, handshakes, latency. A
 * server's work for one connection is to be the same, however many others there are.
 *
 * @module
 */

import { TestCa } from "../testing/ca.ts";
import { startSideServer } from "./peers.ts";
import { SideProcess } from "./process.ts";
import type { GrowthRow } from "./results.ts";
import { settled } from "./surroundings.ts";
import type { Run } from "./works.ts";

const CONNECTIONS = [10, 100, 1000, 5000];
const NAMES = [1, 10, 100, 1000];
const CONTEXTS = [1, 10, 100];

/** The sides of which growth is asked. */
const SIDES = ["deno", "openssl", "deno-engine"];

/** What a full handshake and a round trip cost a server, in microseconds. */
async function costs(
  run: Run,
  server: { port: number; cpu(): Promise<number> },
): Promise<{ handshake: number; trip: number }> {
  const count = Math.max(100, Math.round(400 * run.scale));
  const trips = Math.max(200, Math.round(2000 * run.scale));
  await run.peers.client(server.port, "13", "H", "50", "4", "0");
  const before = await server.cpu();
  await run.peers.client(server.port, "13", "H", String(count), "4", "0");
  const handshake = (await server.cpu() - before) / count * 1e6;
  const { wall } = await run.peers.client(server.port, "13", "P", String(trips), "1");
  return { handshake, trip: wall / trips * 1e6 };
}

async function connections(run: Run, side: string, count: number): Promise<GrowthRow> {
  await using server = await startSideServer(side, run.peers.folder);
  await run.peers.client(server.port, "13", "H", "500", "4", "0"); // warm code
  const before = await server.rss();
  await using _held = await run.peers.hold(server.port, count);
  await settled();
  const kib = (await server.rss() - before) / count;
  return { side: run.label(side), what: "connections", count, kib, ...await costs(run, server) };
}

async function names(run: Run, side: string, count: number): Promise<GrowthRow> {
  await using server = await startSideServer(side, run.peers.folder, undefined, { names: count });
  const rss = await server.rss();
  await using one = await startSideServer(side, run.peers.folder, undefined, { names: 1 });
  const kib = (rss - await one.rss()) / count;
  const listening = server.ms ?? NaN;
  return {
    side: run.label(side),
    what: "names",
    count,
    kib,
    listening,
    ...await costs(run, server),
  };
}

async function contexts(run: Run, side: string, count: number): Promise<GrowthRow> {
  await using made = await SideProcess.start(side, run.peers.folder);
  const { cpu, kib } = await made.run<{ cpu: number; kib: number }>({
    do: "contexts",
    total: count,
  });
  return {
    side: run.label(side),
    what: "contexts",
    count,
    kib: kib / count,
    handshake: cpu / count * 1e6,
  };
}

/** Certificates for as many names as are asked of a server; bench/side.ts reads them. */
async function writeNames(folder: string): Promise<void> {
  const ca = await TestCa.create();
  const list: [string, { cert: string; key: string }][] = [];
  for (let i = 0; i < Math.max(...NAMES); i++) {
    const { cert, key } = await ca.server(`host${i}.example`);
    list.push([`host${i}.example`, { cert, key }]);
  }
  await Deno.writeTextFile(`${folder}/names.json`, JSON.stringify(list));
}

/** All rows; `most` is the greatest number of any thing. */
export async function measureGrowth(run: Run, most: number): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = [];
  await writeNames(run.peers.folder);
  const plan: [string[], number[], (run: Run, side: string, n: number) => Promise<GrowthRow>][] = [
    [SIDES, CONNECTIONS, connections],
    [["openssl"], NAMES, names],
    [SIDES.slice(1), CONTEXTS, contexts],
  ];
  for (const [sides, counts, measure] of plan) {
    for (const side of sides.filter((side) => run.sides.includes(side))) {
      for (const count of counts.filter((count) => count <= most)) {
        try {
          rows.push(await measure(run, side, count));
          console.error(`growth: ${measure.name}, ${side}, ${count}`);
        } catch (error) {
          const message = (error as Error).message;
          run.errors.push(`growth: ${measure.name}, ${run.label(side)}, ${count}: ${message}`);
        }
      }
    }
  }
  return rows;
}
