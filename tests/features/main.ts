/** Runs every probe under the flags of this process and prints what came out, as JSON. */

import type { Feature } from "../../engine/features.ts";
import type { EngineName } from "../../engine/engine.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { PROBES } from "./probes.ts";
import { makeWorld } from "./world.ts";

const world = await makeWorld(Deno.args[0] as EngineName);
const outcomes: Record<string, { readonly refused?: string; readonly failed?: string }> = {};
for (const [feature, probe] of Object.entries(PROBES)) {
  try {
    await probe(world);
    outcomes[feature as Feature] = {};
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    outcomes[feature as Feature] = error instanceof SslUnsupportedError
      ? { refused: text }
      : { failed: `${text}\n${(error as Error).stack}` };
  }
}
console.log(JSON.stringify({ features: [...world.features], outcomes }));
Deno.exit(0); // a connection that was refused half-way may still wait for its peer
