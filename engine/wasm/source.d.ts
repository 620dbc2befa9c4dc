/**
 * The types of source.js, which hold where the file was not built, too.
 *
 * @module
 */

import type { WasmFacts } from "./loader.ts";

/** What is written down about the file. */
export declare const facts: WasmFacts;
/** The file, compiled. */
export declare const module: WebAssembly.Module;
