/**
 * Loads the engine that a choice selects, for the first context.
 *
 * @module
 */

import type { Engine, EngineName } from "./engine.ts";
import { findLibrary } from "./openssl/library.ts";
import { type EngineChoice, engineInfo, isRefusal, openSslFailed, resolve } from "./select.ts";

/** Whether an engine can do what is wanted. */
export type Fits = (engine: Pick<Engine, "name" | "features">) => boolean;

async function load(name: EngineName): Promise<Engine> {
  if (name === "deno") return (await import("./deno/engine.ts")).denoEngine();
  if (name === "wasm") return await (await import("./wasm/engine.ts")).loadWasm();
  findLibrary(); // what cannot be loaded says so before anything else is imported
  return (await import("./openssl/engine.ts")).loadOpenSsl();
}

/** The first engine that is there and fits; where none does, the usual one, which refuses. */
async function loadFirst(fits: Fits): Promise<Engine> {
  const usual = resolve("auto");
  for (const name of new Set<EngineName>([usual, "deno", "wasm"])) {
    if (!fits(engineInfo(name))) continue;
    try {
      return await load(name);
    } catch (error) {
      // A library may lack a function that connections need, and a clone the file of "wasm".
      if (!isRefusal(error)) throw error;
      if (name === "openssl") openSslFailed();
    }
  }
  return await load(resolve("auto"));
}

/**
 * Selects an engine and loads it.
 *
 * @param choice "auto" is the first of these that is there and fits: OpenSSL, where the ffi
 *   permission is already granted (generally or for one of the paths where the library may be; it
 *   is queried, never asked for) and the library loads; Deno's own TLS; OpenSSL as WebAssembly.
 *   @default {"auto"}
 * @param fits What "auto" looks for. @default {every engine fits}
 * @throws {SslUnsupportedError} For "openssl" if no library can be loaded: lists what was tried. For
 *   "wasm" if its file is missing or altered.
 * @throws {Deno.errors.NotCapable} For "openssl" without the ffi permission.
 * @throws {TypeError} For another choice.
 */
export async function selectEngine(
  choice: EngineChoice = "auto",
  fits: Fits = () => true,
): Promise<Engine> {
  return choice === "auto" ? await loadFirst(fits) : await load(resolve(choice));
}
