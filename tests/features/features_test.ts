/** Every row of engine/features.ts against every engine, each under the flags that make it. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { type Feature, type FeatureColumn, FEATURES, featuresOf } from "../../engine/features.ts";
import type { EngineName } from "../../engine/engine.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import { engineInfo } from "../../engine/select.ts";

interface Outcome {
  readonly refused?: string;
  readonly failed?: string;
}

interface Findings {
  readonly features: readonly Feature[];
  readonly outcomes: Readonly<Record<Feature, Outcome>>;
}

const MAIN = new URL("main.ts", import.meta.url).href;
const NAMES = Object.keys(FEATURES) as Feature[];

/** What the loopback probes need in addition to an engine: --allow-read or --allow-sys for default anchors. */
const BASE = ["--allow-net", "--allow-read", "--allow-sys"];

async function probe(engine: EngineName, ffi: readonly string[]): Promise<Findings> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...BASE, ...ffi, MAIN, engine],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

const path = (() => {
  try {
    return engineInfo("openssl").path;
  } catch {
    return undefined; // the name of the case says that it was skipped
  }
})();

const COLUMNS: readonly (readonly [FeatureColumn, EngineName, readonly string[]])[] = [
  ["openssl", "openssl", ["--allow-ffi"]],
  ["openssl-narrow", "openssl", [`--allow-ffi=${path}`]],
  ["deno", "deno", []],
  ["wasm", "wasm", []],
];

for (const [column, engine, ffi] of COLUMNS) {
  Deno.test({
    name: `FEATURES: what "${column}" declares works, what it does not is refused with the remedy`,
    ignore: engine === "openssl" && path === undefined || engine === "wasm" && !wasmBuilt,
    fn: async () => {
      const { features, outcomes } = await probe(engine, ffi);
      const declared = new Set(features);
      const [on, maybe] = [featuresOf(column), featuresOf(column, "maybe")];
      for (const name of NAMES) {
        assertEquals(
          declared.has(name),
          on.has(name) || maybe.has(name) && declared.has(name),
          name,
        );
        const { refused, failed } = outcomes[name];
        assertEquals(failed, undefined, `${name}: ${failed}`);
        if (declared.has(name)) assertEquals(refused, undefined, `${name} was refused: ${refused}`);
        else {
          assert(
            refused?.includes("run with --allow-ffi"),
            `${name} is not refused: ${refused}`,
          );
          const there = engine === "deno" && featuresOf("wasm").has(name);
          assertEquals(refused?.includes('engine: "wasm"'), there, refused);
        }
      }
    },
  });
}

Deno.test("FEATURES: a column is part of the one left of it, but for ALPN and the narrow flag", () => {
  const [full, narrow, deno, wasm] = COLUMNS.map(([column]) => featuresOf(column));
  assertEquals(narrow!.difference(full!), new Set());
  assertEquals(deno!.difference(full!), new Set());
  assertEquals(deno!.difference(narrow!), new Set(["alpnServer"]));
  assertEquals(full!, new Set(NAMES));
  assertEquals(wasm!, full!);
});

Deno.test("FEATURES: a feature that is known only at run time is not declared by an engine", () => {
  for (const [column] of COLUMNS) {
    assertEquals(featuresOf(column).intersection(featuresOf(column, "maybe")), new Set());
  }
});
