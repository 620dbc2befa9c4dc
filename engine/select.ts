/**
 * Which engine is at work. Nothing is loaded and no permission is queried
 * before the first call, and nothing ever prompts. A question loads the
 * library at most; load.ts imports the engine itself, for the first context.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { SslUnsupportedError } from "../errors.ts";
import { denoInfo } from "./deno/capabilities.ts";
import { type FeatureSet, featuresOf } from "./features.ts";
import * as library from "./openssl/library.ts";
import type { EngineInfo, EngineName } from "./engine.ts";

/**
 * The option `engine`.
 *
 * @category Engines
 */
export type EngineChoice = "auto" | EngineName;

/** The engine that "auto" chose last. */
let chosen: EngineName | undefined;
/** The permitted paths that could not be loaded: no second attempt at the same ones. */
let failed: string | undefined;

function ffiState(): Deno.PermissionState {
  return Deno.permissions.querySync({ name: "ffi" }).state;
}

/** Whether a library cannot be loaded, or may not be. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SslUnsupportedError || error instanceof Deno.errors.NotCapable;
}

/** Whether OpenSSL is permitted already and loads. */
function openSslLoads(): boolean {
  // "prompt" is also the answer under a path-limited flag; then each path is queried.
  if (ffiState() === "denied") return false;
  const paths = library.permittedPaths();
  const tried = paths.join("\n");
  if (paths.length === 0 || tried === failed) return false;
  try {
    library.findLibrary();
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    failed = tried;
    return false;
  }
}

/** No second attempt at the library of the permitted paths, which lacks a function. */
export function openSslFailed(): void {
  failed = library.permittedPaths().join("\n");
}

/** What the WebAssembly file calls itself; engine/wasm/ refuses another one. */
export const WASM_VERSION = "OpenSSL 3.5.7 9 Jun 2026";

/** The engine that a choice means where no option rules it out. */
export function resolve(choice: EngineChoice): EngineName {
  switch (choice) {
    case "auto":
      return chosen = openSslLoads() ? "openssl" : "deno";
    case "openssl":
    case "deno":
    case "wasm":
      return choice;
    default:
      throw new TypeError(
        `Cannot select an engine: it must be "auto", "openssl", "deno" or "wasm": received ${
          quote(choice)
        }`,
      );
  }
}

/**
 * The name, version, library path and features of the engine that a choice selects, loading its
 * library if need be. For `"auto"` it is the engine that options which every engine honours get.
 *
 * @throws {SslUnsupportedError} For "openssl" if no library can be loaded: lists what was tried.
 * @throws {Deno.errors.NotCapable} For "openssl" without the ffi permission.
 * @throws {TypeError} For another choice.
 * @example
 * ```ts
 * import { engineInfo } from "@socket/ssl";
 *
 * const { name, version } = engineInfo();
 * console.log(name, version); // openssl OpenSSL 3.5.7 ...
 * ```
 * @category Engines
 */
export function engineInfo(choice: EngineChoice = "auto"): EngineInfo {
  const name = resolve(choice);
  if (name === "openssl") return library.openSslInfo();
  if (name === "deno") return denoInfo();
  return { name, version: WASM_VERSION, path: undefined, features: featuresOf(name) };
}

/**
 * What the engine of "auto" can do: exactly, once it has been selected;
 * before that, going by the ffi permission, without loading anything.
 */
export function autoFeatures(): FeatureSet {
  if (chosen !== undefined) return engineInfo(chosen).features;
  if (ffiState() === "granted") return featuresOf("openssl");
  return featuresOf(library.permittedPaths().length > 0 ? "openssl-narrow" : "deno");
}
