/**
 * What is measured beside works: many clients at once, the memory of idle connections, and
 * WebAssembly beside FFI.
 *
 * @module
 */

import { kindOf } from "./contenders.ts";
import { output, type Server, startSideServer } from "./peers.ts";
import type { LoadTimings, PerSide, Results } from "./results.ts";
import type { Run } from "./works.ts";

const HERE = new URL("./", import.meta.url).pathname;

/** A side of the load test: a server, and how it is written. */
interface Loaded {
  readonly name: string;
  readonly server: Server;
}

/** Our servers and bare Deno's are measured twice: bytes, and lines. */
const BOTH = ["deno", "openssl", "deno-engine"];

async function loadedServers(run: Run, stack: AsyncDisposableStack): Promise<Loaded[]> {
  const all: Loaded[] = [];
  for (const side of run.sides.filter((side) => kindOf(side) !== "perl")) { // it forks
    const { folder } = run.peers;
    if (!BOTH.includes(kindOf(side))) {
      all.push({
        name: run.label(side),
        server: stack.use(await run.peers.serverOf(side)),
      });
      continue;
    }
    for (const how of ["raw", "lines"] as const) {
      const server = stack.use(await startSideServer(side, folder, run.profile, { how }));
      all.push({ name: `${run.label(side)}, ${how}`, server });
    }
  }
  return all;
}

/** Servers under load: each of the clients sends 64 bytes and waits until they are back. */
export async function measureLoad(run: Run, clients: number): Promise<PerSide<LoadTimings>> {
  await using stack = new AsyncDisposableStack();
  const servers = await loadedServers(run, stack);
  const seen: Record<string, Record<keyof LoadTimings, number[]>> = {};
  const failed = new Set<string>();
  for (let round = 0; round <= run.rounds; round++) {
    for (const { name, server } of servers.filter(({ name }) => !failed.has(name))) {
      try {
        const measured = await run.peers.load(server, clients, Math.max(.3, run.scale), 64);
        const cpu = measured.cpu / measured.done * 1e6;
        if (round === 0) continue;
        const timings = seen[name] ??= { rate: [], p50: [], p99: [], cpu: [] };
        timings.rate.push(measured.rate);
        timings.p50.push(measured.p50);
        timings.p99.push(measured.p99);
        timings.cpu.push(cpu);
      } catch (error) {
        failed.add(name);
        delete seen[name];
        run.errors.push(`load: ${name}: ${(error as Error).message}`);
      }
    }
    console.error(`load: round ${round} of ${run.rounds}`);
  }
  return seen;
}

/** KiB of an idle connection of each server, in a fresh process each time. */
export async function measureIdle(run: Run, count: number): Promise<PerSide<readonly number[]>> {
  const seen: Record<string, number[]> = {};
  for (let round = 0; round < Math.min(3, run.rounds); round++) {
    for (const side of run.sides.filter((side) => kindOf(side) !== "perl")) {
      const name = run.label(side);
      try {
        await using server = await run.peers.serverOf(side);
        await run.peers.client(server.port, "13", "H", "500", "4", "0"); // warm code
        const before = await server.rss();
        await using _held = await run.peers.hold(server.port, count);
        await settled();
        (seen[name] ??= []).push((await server.rss() - before) / count);
      } catch (error) {
        run.errors.push(`idle memory: ${name}: ${(error as Error).message}`);
      }
    }
    console.error(`idle memory: round ${round + 1}`);
  }
  return seen;
}

/** Time for what a server does after the last handshake. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

/** WebAssembly beside FFI, in a process that has nothing else to do. */
export async function measurePairs(run: Run): Promise<Pick<Results, "pairs" | "wasmBytes">> {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const flags = ["--allow-all", "--no-lock", "--no-check", "--quiet", "--config", config];
  const program = ["run", ...flags, `${HERE}pairs.ts`, String(run.rounds)];
  const said = await output(Deno.execPath(), program);
  console.error("pairs");
  if (said === undefined) {
    run.errors.push("pairs: the program failed");
    return {};
  }
  const { size } = await Deno.stat(new URL("../engine/wasm/openssl.wasm", import.meta.url));
  return { pairs: JSON.parse(said), wasmBytes: size };
}
