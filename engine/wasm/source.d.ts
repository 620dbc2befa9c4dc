/**
 * The types of source.js, which hold where the file was not built, too.
 *
 * @module
 */

import type { WasmFacts } from "./loader.ts";

/** The file, compiled, and what is written down about it. */
export declare function loadSource(): Promise<{
  readonly module: WebAssembly.Module;
  readonly facts: WasmFacts;
}>;
