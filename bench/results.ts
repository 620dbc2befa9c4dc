/**
 * What a run leaves in docs/benchmarks.json, from which docs/benchmarks.md is made. Sides are named
 * as in bench/contenders.ts; another tree by its commit (`openssl@c0ffee1`), never by its path.
 *
 * @module
 */

import type { Work } from "./works.ts";

/** The values of a side, one a round. */
export type PerSide<T> = Readonly<Record<string, T>>;

/** A side in one work: seconds of each round, and CPU seconds. */
export interface Timings {
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
  /** Handshakes of the last round that resumed a session. */
  readonly reused?: number;
}

/** One work in one role. */
export interface WorkResult {
  readonly work: string;
  readonly role: "client" | "server";
  /** Bytes, round trips, handshakes or lines of one round. */
  readonly total: number;
  readonly sides: PerSide<Timings>;
}

/** A server in the load test, one value a round. */
export interface LoadTimings {
  readonly rate: readonly number[];
  /** Microseconds, each. */
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  readonly cpu: readonly number[];
}

/** The best of the rounds: everything that comes on top of it is the machine's. */
export function best(unit: PairRow["unit"], values: readonly number[]): number {
  if (values.length === 0) return NaN;
  return unit === "ms" ? Math.min(...values) : Math.max(...values);
}

/** A server of which much is asked at once. */
export interface GrowthRow {
  readonly side: string;
  /** What grows: connections that are open, certificates for names, or contexts. */
  readonly what: "connections" | "names" | "contexts";
  readonly count: number;
  /** KiB for each. */
  readonly kib: number;
  /** CPU microseconds of a full handshake beside them; of making one, with contexts. */
  readonly handshake: number;
  /** Microseconds of a round trip of one byte beside them; absent with contexts. */
  readonly trip?: number;
  /** Milliseconds until the server listened, with names. */
  readonly listening?: number;
}

/**
 * WebAssembly beside FFI, both ends of a connection in one process, one value a round: CPU
 * milliseconds of a handshake, or MiB in a second of CPU time; and the milliseconds of the parts of a start.
 */
export interface PairRow {
  readonly what: string;
  readonly unit: "ms" | "MiB/s";
  readonly wasm: readonly number[];
  readonly openssl: readonly number[];
}

/** A whole run. */
export interface Results {
  readonly machine: Readonly<Record<string, string>>;
  readonly settings: { readonly rounds: number; readonly scale: number; readonly day: string };
  /** Sides that were asked for and are not installed. */
  readonly missing: readonly string[];
  /** What failed, with its message. */
  readonly errors: readonly string[];
  readonly works: readonly WorkResult[];
  readonly load?: { readonly clients: number; readonly sides: PerSide<LoadTimings> };
  /** KiB of an idle connection of a server, one value a round. */
  readonly idle?: PerSide<readonly number[]>;
  /** Milliseconds of whole processes, one value a round. */
  readonly starts?: PerSide<readonly number[]>;
  readonly growth?: readonly GrowthRow[];
  readonly pairs?: readonly PairRow[];
  /** Bytes of engine/wasm/openssl.wasm. */
  readonly wasmBytes?: number;
}

/** The result of a work in a role, if it was measured. */
export function resultOf(
  results: Results,
  work: Work["name"],
  role: WorkResult["role"],
): WorkResult | undefined {
  return results.works.find((result) => result.work === work && result.role === role);
}
