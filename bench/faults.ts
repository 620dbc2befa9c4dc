/**
 * The fault sweep: what a peer sends is cut, reset, stalled or has one bit
 * flipped, at every byte, both directions, TLS 1.2 and 1.3, both engines, over
 * real TCP. Counts what the receiver was told. One silent end, one altered
 * byte, one wait beyond the timeout and 250 ms, or one handle left is a
 * failure.
 *
 *     deno run --allow-all bench/faults.ts [--step=1] [--lanes=8] [--engine=openssl]
 *
 * @module
 */

import { openHandles } from "../engine/openssl/handles.ts";
import { SslTruncatedError } from "../errors.ts";
import type { FaultKind } from "../tests/helpers/fault_proxy.ts";
import { FAULTS, type Setting, Sweep, violation } from "../tests/helpers/fault_sweep.ts";
import { printTable } from "./table.ts";

const flags = new Map(Deno.args.map((a) => a.replace(/^--/, "").split("=") as [string, string]));
const step = Number(flags.get("step") ?? 1);
const lanes = Number(flags.get("lanes") ?? 8);
const only = flags.get("engine");

/** How long each operation may take, in ms; a stall and some flips end by it. */
const TIMEOUT: Record<FaultKind, number> = { cut: 5000, reset: 5000, flip: 400, stall: 200 };
const GRACE = 250;

interface Counts {
  tried: number;
  clean: number;
  truncated: number;
  refused: number;
  timedOut: number;
  late: number;
  longest: number;
}

const wrongs: string[] = [];
function tell(wrong: string): void {
  wrongs.push(wrong);
  console.error(wrong);
}

async function sweepOne(setting: Setting, kind: FaultKind, sent: number): Promise<Counts> {
  const counts = { tried: 0, clean: 0, truncated: 0, refused: 0, timedOut: 0, late: 0, longest: 0 };
  const { from } = setting;
  let next = 0;
  const lane = async () => {
    await using sweep = await Sweep.open(setting);
    for (let offset; (offset = next) < sent;) {
      next += step;
      const fault = { kind, from, offset };
      const outcome = await sweep.run(fault, TIMEOUT[kind]);
      const where = `${setting.engine} ${setting.version} ${kind} at ${offset} of ${from}`;
      // The last bytes vary with the length of an ECDSA signature: a fault beyond the end is none.
      if (outcome.clean && kind !== "flip" && outcome.sent <= offset) continue;
      counts.tried++;
      const wrong = violation(fault, outcome);
      if (wrong !== undefined) tell(`${where}: ${wrong}`);
      const { error } = outcome;
      if (outcome.clean) counts.clean++;
      else if (error instanceof SslTruncatedError) counts.truncated++;
      else if ((error as Error).name.includes("Timeout")) counts.timedOut++;
      else counts.refused++;
      counts.longest = Math.max(counts.longest, outcome.longest);
      if (outcome.longest > TIMEOUT[kind] + GRACE) {
        counts.late++;
        tell(`${where}: ${outcome.longest.toFixed(0)} ms`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return counts;
}

const rows: string[][] = [];
const gc = (globalThis as { gc?: () => void }).gc;
let total = 0;
for (const engine of ["openssl", "deno"] as const) {
  if (only && only !== engine) continue;
  for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
    for (const from of ["server", "client"] as const) {
      const setting = { engine, version, from };
      await using sweep = await Sweep.open(setting);
      const { sent } = await sweep.run(undefined, 5000);
      for (const kind of FAULTS) {
        const c = await sweepOne(setting, kind, sent);
        total += c.tried;
        const counts = [c.tried, c.truncated, c.refused, c.timedOut, c.clean, c.late];
        rows.push([
          `${engine} ${version} from ${from}: ${kind}`,
          ...counts.map(String),
          c.longest.toFixed(0),
        ]);
        console.error(rows.at(-1)!.join("  "));
      }
    }
  }
}
gc?.();
printTable(
  ["", "tried", "truncated", "refused", "timed out", "unharmed", "late", "longest ms"],
  rows,
);
console.log(`\n${total} faults, ${wrongs.length} violations, ${openHandles()} handles open`);
for (const wrong of wrongs.slice(0, 50)) console.log(wrong);
if (wrongs.length > 0) Deno.exit(1);
