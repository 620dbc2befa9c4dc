/**
 * Which engine is at work. Nothing is loaded and no permission is queried
 * before the first call, and nothing ever prompts. A question loads the
 * library at most; the engine itself is imported with the first context.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { SslUnsupportedError } from "../errors.ts";
import { denoInfo } from "./deno/capabilities.ts";
import { type FeatureSet, featuresOf } from "./features.ts";
import * as library from "./openssl/library.ts";
import type { Engine, EngineInfo, EngineName } from "./engine.ts";

/** The option `engine`. */
export type EngineChoice = "auto" | EngineName;

/** The engine that "auto" chose last. */
let chosen: EngineName | undefined;
/** The permitted paths that could not be loaded: no second attempt at the same ones. */
let failed: string | undefined;

function ffiState(): Deno.PermissionState {
  return Deno.permissions.querySync({ name: "ffi" }).state;
}

/** Whether a library cannot be loaded, or may not be. */
function isRefusal(error: unknown): boolean {
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

function resolve(choice: EngineChoice): EngineName {
  switch (choice) {
    case "auto":
      return chosen = openSslLoads() ? "openssl" : "deno";
    case "openssl":
    case "deno":
      return choice;
    default:
      throw new TypeError(
        `Cannot select an engine: it must be "auto", "openssl" or "deno": received ${
          quote(choice)
        }`,
      );
  }
}

const infoOf = (name: EngineName): EngineInfo =>
  name === "openssl" ? library.openSslInfo() : denoInfo();

/**
 * Selects an engine.
 *
 * @param choice "auto": OpenSSL where the ffi permission is already granted
 *   (generally or for one of the paths where the library may be; it is queried,
 *   never asked for) and the library loads, otherwise Deno's own TLS.
 *   @default {"auto"}
 * @throws {SslUnsupportedError} For "openssl" if no library can be loaded: lists what was tried.
 * @throws {Deno.errors.NotCapable} For "openssl" without the ffi permission.
 * @throws {TypeError} For another choice.
 */
export async function selectEngine(choice: EngineChoice = "auto"): Promise<Engine> {
  if (resolve(choice) === "deno") return (await import("./deno/engine.ts")).denoEngine();
  library.findLibrary(); // what cannot be loaded says so before anything else is imported
  const { loadOpenSsl } = await import("./openssl/engine.ts");
  try {
    return loadOpenSsl();
  } catch (error) {
    // It is there and lacks a function that connections need.
    if (choice !== "auto" || !isRefusal(error)) throw error;
    failed = library.permittedPaths().join("\n");
    return selectEngine(choice);
  }
}

/**
 * The name, version, library path and features of the engine that a choice
 * selects, loading its library if need be.
 *
 * @throws As {@linkcode selectEngine}.
 */
export function engineInfo(choice: EngineChoice = "auto"): EngineInfo {
  return infoOf(resolve(choice));
}

/**
 * What the engine of "auto" can do: exactly, once it has been selected;
 * before that, going by the ffi permission, without loading anything.
 */
export function autoFeatures(): FeatureSet {
  if (chosen !== undefined) return infoOf(chosen).features;
  if (ffiState() === "granted") return featuresOf("openssl");
  return featuresOf(library.permittedPaths().length > 0 ? "openssl-narrow" : "deno");
}
