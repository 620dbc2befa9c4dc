/**
 * The contract of a socket, run once per engine. A case says which features it
 * needs; where the engine lacks one it is skipped, and the list of skipped
 * cases is itself asserted: nothing is skipped by accident.
 */

import { assertEquals } from "@std/assert";
import { type Feature, FEATURES, type FeatureSet } from "../../engine/features.ts";
import { engineInfo } from "../../engine/select.ts";
import type { EngineName } from "../../engine/engine.ts";
import { addressCases } from "./cases_connect.ts";
import { dataCases } from "./cases_data.ts";
import { endCases } from "./cases_end.ts";
import { errorCases } from "./cases_errors.ts";
import { infoCases } from "./cases_info.ts";
import { listenerCases } from "./cases_listener.ts";
import { startCases } from "./cases_start.ts";
import { waitingCases } from "./cases_waiting.ts";

/** What a case works with. */
export interface CaseContext {
  readonly engine: EngineName;
  readonly features: FeatureSet;
}

/** One case of the contract. */
export interface Case {
  readonly name: string;
  readonly needs: readonly Feature[];
  run(context: CaseContext): Promise<void>;
}

/** Collects cases. */
export class Cases {
  readonly list: Case[] = [];
  /** Adds a case that needs features. */
  add(name: string, needs: readonly Feature[], run: Case["run"]): void {
    for (const feature of needs) if (!(feature in FEATURES)) throw new Error(feature);
    this.list.push({ name, needs, run });
  }
}

/** Registers the whole contract for one engine. */
export function contractSuite(
  engine: EngineName,
  skipped: readonly string[],
): void {
  const { features } = engineInfo(engine);
  const cases = new Cases();
  for (
    const fill of [
      addressCases,
      dataCases,
      endCases,
      errorCases,
      startCases,
      waitingCases,
      infoCases,
      listenerCases,
    ]
  ) fill(cases);
  const names = new Set<string>();
  const left: string[] = [];
  for (const { name, needs, run } of cases.list) {
    if (names.has(name)) throw new Error(`two cases are called ${name}`);
    names.add(name);
    if (needs.every((feature) => features.has(feature))) {
      Deno.test(`${engine}: ${name}`, () => run({ engine, features }));
    } else left.push(name);
  }
  Deno.test(`${engine}: skips exactly ${skipped.length} cases of the contract`, () => {
    assertEquals(left.toSorted(), skipped.toSorted());
  });
}
