/**
 * The fault sweep: what a peer sends is cut, reset, stalled or has one bit
 * flipped, at every byte, both directions, TLS 1.2 and 1.3, both engines, over
 * real TCP. Counts what the receiver learned.
 *
 *     deno run --allow-all bench/faults.ts [--step=1] [--lanes=8] [--engine=openssl]
 *
 * A violation, and an exit code of 1, is: an end of the stream that the sender
 * did not send or that came before all data, an altered byte, an error that is
 * none of ours, an operation of either side that takes longer than its timeout
 * and 250 ms, twice, and a C object or a socket that is left.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { collectedHandles, openHandles } from "../engine/openssl/memory.ts";
import { SslTruncatedError } from "../errors.ts";
import type { FaultKind } from "../tests/helpers/fault_proxy.ts";
import {
  FAULTS,
  type Outcome,
  type Setting,
  Sweep,
  violation,
} from "../tests/helpers/fault_sweep.ts";
import { printTable } from "./table.ts";

const flags = parseArgs(Deno.args, {
  string: ["step", "lanes", "engine"],
  default: { step: "1", lanes: "8" },
});
const step = Number(flags.step);
const lanes = Number(flags.lanes);
const only = flags.engine;

/** How long each operation may take, in ms; a stall and some flips end by it. */
const TIMEOUT: Record<FaultKind, number> = { cut: 5000, reset: 5000, flip: 400, stall: 200 };
const GRACE = 250;

interface Counts {
  tried: number;
  /** Told as a stream that ended too early. */
  truncated: number;
  /** Told as any other error: of the peer, of the record, of the connection. */
  refused: number;
  timedOut: number;
  /** All data and the end: the bit means nothing (a record's version, RFC 8446 5.1). */
  unharmed: number;
  violations: number;
  /** Late, and tried again. */
  again: number;
  leaks: number;
  longest: number;
}

const COLUMNS = [
  "tried",
  "truncated",
  "refused",
  "timed out",
  "unharmed",
  "violations",
  "tried again",
  "leaks",
  "longest ms",
];

const longestOf = (o: Outcome): number => Math.max(o.longest, o.longestSending);

const cells = (c: Counts): string[] => Object.values(c).map((n: number) => n.toFixed(0));

const none = (): Counts => ({
  tried: 0,
  truncated: 0,
  refused: 0,
  timedOut: 0,
  unharmed: 0,
  violations: 0,
  again: 0,
  leaks: 0,
  longest: 0,
});

const wrongs: string[] = [];
function tell(wrong: string): void {
  wrongs.push(wrong);
  console.error(wrong);
}

/** TCP sockets of this process, where the system tells; the runtime opens others for itself. */
function openSockets(): number {
  try {
    const tcp = new Set(
      Deno.readTextFileSync("/proc/self/net/tcp").split("\n").map((l) => l.trim().split(/\s+/)[9]),
    );
    return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/self/fd/${name}`))?.[1];
        return inode !== undefined && tcp.has(inode);
      } catch {
        return false; // the descriptor with which the folder was read
      }
    }).length;
  } catch {
    return 0;
  }
}

/** What is held now. What only the garbage collector freed was forgotten: it counts as held. */
const held = () => ({ handles: openHandles() + collectedHandles(), sockets: openSockets() });

/** What is left, after a while for what is being closed. */
async function leftSince(before: ReturnType<typeof held>): Promise<number> {
  for (let tries = 0;; tries++) {
    const now = held();
    const left = Math.max(0, now.handles - before.handles) +
      Math.max(0, now.sockets - before.sockets);
    if (left === 0 || tries === 1000) return left;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Contexts are for the garbage collector to free: as long as they are here it does not. */
const kept: Sweep[] = [];

async function sweepOne(setting: Setting, kind: FaultKind): Promise<Counts> {
  const counts = none();
  const name = `${setting.engine} ${setting.version} ${kind}`;
  const open = await Promise.all(Array.from({ length: lanes }, () => Sweep.open(setting)));
  kept.push(...open);
  const timeout = TIMEOUT[kind];
  let sent = 0; // and everything that is loaded late is there then
  for (const sweep of open) ({ sent } = await sweep.run(undefined, 5000));
  const running = held();
  let next = 0;
  const lane = async (sweep: Sweep) => {
    for (let offset; (offset = next) < sent;) {
      next += step;
      const fault = { kind, from: setting.from, offset };
      let outcome = await sweep.run(fault, timeout);
      let longest = longestOf(outcome);
      let wrong = violation(fault, outcome);
      if (wrong === undefined && longest > timeout + GRACE) {
        // A busy machine makes anything late; what is late by itself is so again.
        counts.again++;
        outcome = await sweep.run(fault, timeout);
        longest = longestOf(outcome);
        wrong = violation(fault, outcome);
      }
      // The last bytes vary with the length of an ECDSA signature: a fault beyond the end changes nothing.
      if (outcome.clean && kind !== "flip" && outcome.sent <= offset) continue;
      counts.tried++;
      const where = `${name} at ${offset} of what the ${setting.from} sends`;
      if (wrong !== undefined) tell(`${where}: ${wrong}`);
      const { error } = outcome;
      const late = longest > timeout + GRACE;
      if (late) tell(`${where}: an operation took ${longest.toFixed(0)} ms`);
      if (wrong !== undefined || late) counts.violations++;
      if (outcome.clean) counts.unharmed++;
      else if (error instanceof SslTruncatedError) counts.truncated++;
      else if ((error as Error).name.includes("Timeout")) counts.timedOut++;
      else counts.refused++;
      counts.longest = Math.max(counts.longest, longest);
    }
  };
  await Promise.all(open.map(lane));
  await Promise.all(open.map((sweep) => sweep[Symbol.asyncDispose]()));
  // The listeners are gone, and with them a connection that came when nobody waited any more.
  counts.leaks = await leftSince({ ...running, sockets: Math.max(0, running.sockets - lanes) });
  if (counts.leaks > 0) {
    tell(`${name} from ${setting.from}: ${counts.leaks} handles and sockets are left`);
  }
  return counts;
}

const rows: string[][] = [];
const all = none();
const byKind = new Map(FAULTS.map((kind) => [kind, none()]));

function add(to: Counts, c: Counts): void {
  for (const key of Object.keys(c) as (keyof Counts)[]) {
    to[key] = key === "longest" ? Math.max(to[key], c[key]) : to[key] + c[key];
  }
}

const start = performance.now();
for (const engine of ["openssl", "deno"] as const) {
  if (only && only !== engine) continue;
  for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
    for (const from of ["server", "client"] as const) {
      for (const kind of FAULTS) {
        const c = await sweepOne({ engine, version, from }, kind);
        rows.push([`${engine} ${version} from ${from}: ${kind}`, ...cells(c)]);
        console.error(rows.at(-1)!.join("  "));
        add(all, c);
        add(byKind.get(kind)!, c);
      }
    }
  }
}
for (const [kind, c] of byKind) rows.push([`all: ${kind}`, ...cells(c)]);
rows.push(["all", ...cells(all)]);
printTable(["", ...COLUMNS], rows);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(
  `\n${all.tried} faults in ${seconds} s: ${all.violations} violations, ${all.leaks} leaks: ` +
    (wrongs.length === 0 && all.tried > 0 ? "PASSED" : "FAILED"),
);
for (const wrong of wrongs.slice(0, 50)) console.log(wrong);
if (wrongs.length > 0 || all.tried === 0) Deno.exit(1);
