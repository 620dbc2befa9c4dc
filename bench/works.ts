/**
 * What is measured with one connection or a few, in rounds in which the sides take turns.
 *
 * @module
 */

import { kindOf } from "./contenders.ts";
import type { Measured, Peers, Server } from "./peers.ts";
import { SideProcess } from "./process.ts";
import type { WorkResult } from "./results.ts";

const MIB = 1 << 20;

/** One thing that is measured. */
export interface Work {
  readonly name: string;
  /** In the protocol of bench/peers. */
  readonly command: "D" | "U" | "P" | "H" | "L";
  /** Bytes, round trips, handshakes or lines of one round. */
  readonly total: number;
  /** Bytes of a write or of a round trip, or handshakes at once. */
  readonly second: number;
  readonly resume?: boolean;
  /** Measured for clients alone. */
  readonly clientOnly?: boolean;
  /** The suite of TLS 1.3. @default {AES-128-GCM} */
  readonly suite?: string;
  /** The kinds of sides that are measured. @default {all} */
  readonly kinds?: readonly string[];
}

const CHACHA20 = "TLS_CHACHA20_POLY1305_SHA256";
/** Who is asked for ChaCha20 beside WebAssembly, which prefers it. */
const BESIDE_WASM = ["deno", "openssl", "wasm", "C"];

/** All of them, with the sizes of a full run. */
export const WORKS: readonly Work[] = [
  { name: "download", command: "D", total: 192 * MIB, second: 65536 },
  { name: "upload", command: "U", total: 192 * MIB, second: 65536 },
  { name: "upload, 16 KiB writes", command: "U", total: 96 * MIB, second: 16384 },
  {
    ...{ name: "download, ChaCha20", command: "D", total: 192 * MIB, second: 65536 },
    ...{ suite: CHACHA20, kinds: BESIDE_WASM },
  },
  {
    ...{ name: "upload, ChaCha20", command: "U", total: 192 * MIB, second: 65536 },
    ...{ suite: CHACHA20, kinds: BESIDE_WASM },
  },
  { name: "round trips, 1 byte", command: "P", total: 6000, second: 1 },
  { name: "round trips, 1 KiB", command: "P", total: 6000, second: 1024 },
  { name: "full handshakes, 4 at once", command: "H", total: 400, second: 4 },
  { name: "full handshakes, one by one", command: "H", total: 300, second: 1 },
  { name: "resumed handshakes", command: "H", total: 400, second: 4, resume: true },
  { name: "lines", command: "L", total: 500_000, second: 0, clientOnly: true },
];

/** How a run measures. */
export interface Run {
  readonly peers: Peers;
  readonly sides: readonly string[];
  /** The name of a side in the results. */
  readonly label: (side: string) => string;
  readonly rounds: number;
  readonly scale: number;
  readonly profile?: string;
  readonly errors: string[];
}

/** A work in the size of a run. */
export function scaled(work: Work, scale: number): Work {
  const bulk = work.command === "D" || work.command === "U";
  const total = bulk
    ? Math.max(1, Math.round(work.total * scale / MIB)) * MIB
    : Math.max(20, Math.round(work.total * scale));
  return { ...work, total };
}

/** The command of a side's process. */
function commandFor(work: Work, port: number): Record<string, unknown> {
  const { command, total, second, resume = false } = work;
  return { do: command, port, total, chunk: second, size: second, concurrency: second, resume };
}

/** The arguments of the C client. */
function argumentsFor(work: Work): string[] {
  return [work.command, String(work.total), String(work.second), work.resume ? "1" : "0"];
}

/**
 * WebAssembly moves a quarter of the bytes and counts four times: AES without the processor's
 * instructions would take most of the run.
 */
async function quartered(
  side: string,
  work: Work,
  once: (side: string, work: Work) => Promise<Measured | undefined>,
): Promise<Measured | undefined> {
  const bulk = work.command === "D" || work.command === "U";
  if (kindOf(side) !== "wasm" || !bulk) return await once(side, work);
  const quarter = await once(side, scaled(work, 1 / 4));
  const factor = work.total / scaled(work, 1 / 4).total;
  return quarter && { ...quarter, wall: quarter.wall * factor, cpu: quarter.cpu * factor };
}

/** Does each work once for each side, round by round; the first round warms up. */
async function rounds(
  run: Run,
  role: WorkResult["role"],
  works: readonly Work[],
  once: (side: string, work: Work) => Promise<Measured | undefined>,
): Promise<WorkResult[]> {
  const results: WorkResult[] = [];
  for (const given of works) {
    const work = scaled(given, run.scale);
    const sides = run.sides.filter((side) => work.kinds?.includes(kindOf(side)) ?? true);
    const seen: Record<string, { wall: number[]; cpu: number[]; reused?: number }> = {};
    const failed = new Set<string>();
    for (let round = 0; round <= run.rounds; round++) {
      for (const side of sides.filter((side) => !failed.has(side))) {
        const name = run.label(side);
        try {
          const measured = await quartered(side, work, once);
          if (measured === undefined || round === 0) continue;
          const timings = seen[name] ??= { wall: [], cpu: [] };
          timings.wall.push(measured.wall);
          timings.cpu.push(measured.cpu);
          if (work.resume) timings.reused = measured.reused ?? 0;
        } catch (error) {
          failed.add(side);
          delete seen[name]; // its rounds would not be those of the others
          run.errors.push(`${work.name}, ${role}: ${name}: ${(error as Error).message}`);
        }
      }
    }
    results.push({ work: work.name, role, total: work.total, sides: seen });
    console.error(`${role}: ${work.name}`);
  }
  return results;
}

/** The sides as clients of the C server. */
export async function measureClients(run: Run, works: readonly Work[]): Promise<WorkResult[]> {
  await using stack = new AsyncDisposableStack();
  const { port } = stack.use(await run.peers.server("13"));
  const chacha20 = stack.use(await run.peers.server("13", CHACHA20));
  const processes = new Map<string, SideProcess>();
  for (const side of run.sides.filter((side) => side !== "C")) {
    const started = await SideProcess.start(side, run.peers.folder, run.profile);
    processes.set(side, stack.use(started));
  }
  return await rounds(run, "client", works, async (side, work) => {
    if (work.resume && kindOf(side) === "deno-engine") return undefined; // it has no sessions
    const to = work.suite === undefined ? port : chacha20.port;
    if (side !== "C") return await processes.get(side)!.run<Measured>(commandFor(work, to));
    if (work.command === "L") return undefined;
    return await run.peers.clientWith(work.suite, to, "13", ...argumentsFor(work));
  });
}

/** The sides as servers of the C client; it measures the time, and the server's CPU counts. */
export async function measureServers(run: Run, works: readonly Work[]): Promise<WorkResult[]> {
  if (!run.peers.native) return [];
  await using stack = new AsyncDisposableStack();
  const servers = new Map<string, Server>();
  for (const side of run.sides) {
    servers.set(side, stack.use(await run.peers.serverOf(side, run.profile)));
  }
  const own = works.filter((work) => !work.clientOnly);
  return await rounds(run, "server", own, async (side, work) => {
    // A process that forks for each connection keeps no session that another could resume.
    if (work.resume && kindOf(side) === "perl") return undefined;
    const server = servers.get(side)!;
    const before = await server.cpu();
    const command = argumentsFor(work);
    const measured = await run.peers.clientWith(work.suite, server.port, "13", ...command);
    return { ...measured, cpu: await server.cpu() - before };
  });
}
