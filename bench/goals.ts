/**
 * The goals of speed, and what a run says about each.
 *
 * @module
 */

import { best, type PairRow, resultOf, type Results, type WorkResult } from "./results.ts";
import { median, timesBetter } from "./statistics.ts";
import { emptyOf, ofPackage } from "./first_connection.ts";

/** A goal with what was measured; NaN if the run lacks a side that it needs. */
export interface Goal {
  readonly name: string;
  readonly goal: string;
  readonly measured: number;
  /** The measured number as text. */
  readonly text: string;
  readonly reached: boolean;
}

type Role = WorkResult["role"];

const ROLES: readonly Role[] = ["client", "server"];
const TRIPS = ["round trips, 1 byte", "round trips, 1 KiB"];
const BULK = ["download", "upload", "upload, 16 KiB writes"];
const FULL = "full handshakes, 4 at once", RESUMED = "resumed handshakes";
const ONE_BY_ONE = "full handshakes, one by one";

/** A rate of one side over another's, round by round, the median. */
export function rateOver(
  r: Results,
  work: string,
  role: Role,
  side: string,
  other: string,
): number {
  const sides = resultOf(r, work, role)?.sides;
  return median(timesBetter(sides?.[side]?.wall ?? [], sides?.[other]?.wall));
}

/** The CPU of one side over another's, round by round, the median. */
export function cpuOver(r: Results, work: string, role: Role, side: string, other: string): number {
  const sides = resultOf(r, work, role)?.sides;
  return median(timesBetter(sides?.[other]?.cpu ?? [], sides?.[side]?.cpu));
}

/** Milliseconds of a start over an empty module, the median. */
export function startOver(r: Results, name: string): number {
  const empty = r.starts?.[emptyOf(name)];
  return median((r.starts?.[name] ?? []).flatMap((ms, i) => empty ? [ms - empty[i]!] : []));
}

function atLeast(name: string, least: number, measured: number, unit = "x"): Goal {
  const text = Number.isNaN(measured) ? "not measured" : `${measured.toFixed(2)}${unit}`;
  return { name, goal: `>= ${least}${unit}`, measured, text, reached: measured >= least };
}

function atMost(name: string, most: number, measured: number, unit = "x", digits = 2): Goal {
  const text = Number.isNaN(measured) ? "not measured" : `${measured.toFixed(digits)}${unit}`;
  return { name, goal: `<= ${most}${unit}`, measured, text, reached: measured <= most };
}

function rates(r: Results): Goal[] {
  const goals: Goal[] = [];
  for (const work of [...TRIPS, ...BULK]) {
    for (const role of ROLES) {
      const name = `${work}, ${role}: rate, of bare Deno's`;
      goals.push(atLeast(name, 1, rateOver(r, work, role, "openssl", "deno")));
    }
  }
  for (const work of [FULL, RESUMED]) {
    for (const role of ROLES) {
      const name = `${work}, ${role}: CPU, of the floor's`;
      goals.push(atMost(name, 1.15, cpuOver(r, work, role, "openssl", "floor")));
    }
  }
  goals.push(
    atLeast(
      `${RESUMED}, client: rate, of bare Deno's full ones`,
      1,
      rateOver(r, RESUMED, "client", "openssl", "deno"),
    ),
    atLeast(
      `${ONE_BY_ONE}, client: rate, of Perl's`,
      1,
      rateOver(r, ONE_BY_ONE, "client", "openssl", "perl"),
    ),
  );
  return goals;
}

function lines(r: Results): Goal[] {
  const result = resultOf(r, "lines", "client");
  const seconds = median(result?.sides.openssl?.wall ?? []);
  return [
    atLeast("lines, millions a second", 4, (result?.total ?? NaN) / seconds / 1e6, " M"),
    atLeast("lines: rate, of Perl's", 20, rateOver(r, "lines", "client", "openssl", "perl")),
  ];
}

function load(r: Results): Goal[] {
  const sides = r.load?.sides;
  const reference = sides?.["deno, raw"];
  const over = (what: "rate" | "p99", name: string) =>
    median(timesBetter(reference?.[what] ?? [], sides?.[name]?.[what]));
  return [
    atLeast("load, raw: rate, of a bare loop's", 0.9, over("rate", "openssl, raw")),
    atLeast("load, by lines: rate, of a bare loop's", 0.8, over("rate", "openssl, lines")),
    atMost("load, raw: p99, of a bare loop's", 1, over("p99", "openssl, raw")),
  ];
}

function denoEngine(r: Results): Goal[] {
  const goals: Goal[] = [];
  for (const role of ROLES) {
    for (const work of [...BULK, ...TRIPS]) {
      const name = `Deno engine: ${work}, ${role}: rate, of bare Deno's`;
      goals.push(atLeast(name, 0.97, rateOver(r, work, role, "deno-engine", "deno")));
    }
    const name = `Deno engine: ${FULL}, ${role}: CPU, of bare Deno's`;
    goals.push(atMost(name, 1.15, cpuOver(r, FULL, role, "deno-engine", "deno")));
  }
  return goals;
}

/** What OpenSSL as WebAssembly is to reach: both ends of a connection in one process. */
const WASM_GOALS: readonly (readonly [what: string, unit: PairRow["unit"], goal: number])[] = [
  ["handshake, X25519", "ms", 3.5],
  ["handshake, X25519MLKEM768", "ms", 4.5],
  ["handshake, mutual", "ms", 8],
  ["handshake, resumed", "ms", 1.4],
  ["ChaCha20, memory", "MiB/s", 180],
  ["ChaCha20, sockets", "MiB/s", 130],
  ["AES-128-GCM, memory", "MiB/s", 35],
  ["start after the import of its file", "ms", 30],
];

function webAssembly(r: Results): Goal[] {
  const goals = WASM_GOALS.map(([what, unit, goal]) => {
    const row = r.pairs?.find((each) => each.what === what);
    const name = `WebAssembly engine: ${what}`;
    const measured = best(unit, row?.wasm ?? []);
    return (unit === "ms" ? atMost : atLeast)(name, goal, measured, ` ${unit}`);
  });
  const mb = (r.wasmBytes ?? NaN) / 1e6;
  return [...goals, atMost("WebAssembly engine: the file", 2.2, mb, " MB")];
}

/** All goals, in the order of the page. */
export function goalsOf(r: Results): Goal[] {
  const first = "first connection, package, over an empty module";
  return [
    ...rates(r),
    atMost(first, 70, startOver(r, ofPackage("OpenSSL engine")), " ms", 0),
    atMost("idle connection of a server", 28, median(r.idle?.openssl ?? []), " KiB", 1),
    ...lines(r),
    ...load(r),
    atMost(`Deno engine: ${first}`, 60, startOver(r, ofPackage("Deno engine")), " ms", 0),
    ...denoEngine(r),
    ...webAssembly(r),
  ];
}
