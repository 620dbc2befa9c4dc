/**
 * What the start of the engine "wasm" costs in a process of its own, once its code is imported. It
 * prints one line of JSON, which bench/pairs.ts reads.
 *
 * @module
 */

import { loadWasm } from "../../engine/wasm/engine.ts";
import { loadModule } from "../../engine/wasm/loader.ts";
import { defaultConfig } from "../../tests/helpers/engine_config.ts";

/** The milliseconds of each part, in their order. */
export interface WasmStart {
  /** `import source` of the file, which Deno reads and V8 validates. */
  readonly file: number;
  /** An instance of it, and its functions. */
  readonly engine: number;
  /** A context of a client, with no anchors to read. */
  readonly context: number;
}

const began = performance.now();
await loadModule();
const imported = performance.now();
const engine = await loadWasm();
engine.info(); // binds the functions
const started = performance.now();
await engine.createContext({
  ...defaultConfig("client"),
  trust: { anchors: [], extra: [], crls: [], checkCrl: "none" },
});
const ready = performance.now();
const told: WasmStart = {
  file: imported - began,
  engine: started - imported,
  context: ready - started,
};
console.log(JSON.stringify(told));
