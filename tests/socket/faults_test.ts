/**
 * A sample of the sweep in bench/faults.ts, over real TCP: what the peer sends
 * is cut, reset, stalled or has one bit flipped at an offset. Never a silent
 * end, never an altered byte, never a wait without end, nothing left behind.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { openHandles } from "../../engine/openssl/memory.ts";
import type { FaultKind } from "../helpers/fault_proxy.ts";
import { FAULTS, MESSAGE, type Setting, Sweep, violation } from "../helpers/fault_sweep.ts";

const TIMEOUT: Record<FaultKind, number> = { cut: 5000, reset: 5000, flip: 150, stall: 60 };
const STEP: Record<FaultKind, number> = { cut: 37, reset: 41, flip: 31, stall: 211 };

for (const engine of ["openssl", "deno"] as const) {
  for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
    for (const from of ["server", "client"] as const) {
      const setting: Setting = { engine, version, from };
      const name = `${engine}: faults over TCP in what the ${from} sends over ${version}`;
      Deno.test(`${name} are reported, with nothing altered and nothing left`, async () => {
        await using sweep = await Sweep.open(setting);
        const whole = await sweep.run(undefined, 5000);
        assertEquals(whole.got, MESSAGE);
        assert(whole.clean, String(whole.error));
        const before = openHandles();
        for (const kind of FAULTS) {
          // ECDSA signatures vary by some bytes from run to run.
          for (let offset = 1; offset < whole.sent - 8; offset += STEP[kind]) {
            const fault = { kind, from, offset };
            const wrong = violation(fault, await sweep.run(fault, TIMEOUT[kind]));
            assertEquals(wrong, undefined, `${kind} at ${offset} of ${whole.sent}`);
          }
        }
        assert(openHandles() <= before, `${openHandles()} handles, ${before} before`);
      });
    }
  }
}
