/**
 * Stands in for engine/openssl/library.ts and binder.ts: the engine "openssl" on the WebAssembly file,
 * so that the tests of that engine run on it.
 */

export * from "../../../engine/openssl/library.ts";
import type { Library } from "../../../engine/openssl/binder.ts";
import { textOf } from "../../../engine/openssl/library.ts";
import type { EngineInfo } from "../../../engine/engine.ts";
import { featuresOf } from "../../../engine/features.ts";
import type { Instance } from "../../../engine/wasm/instance.ts";
import { sharedInstances } from "../../../engine/wasm/instances.ts";
import { libraryOf } from "../../../engine/wasm/library.ts";

const FILE = new URL("../../../engine/wasm/openssl.wasm", import.meta.url);
/** That of `./ssleay/low`, too. */
const instance = (await sharedInstances()).current;
const library: Library & { readonly instance: Instance } = {
  instance,
  ...libraryOf(instance),
  path: FILE.pathname,
  engine: "openssl",
};

export const openLibrary = (): Library => library;
export const findLibrary = openLibrary;
export const permittedPaths = (): string[] => [FILE.pathname];

export function openSslInfo(): EngineInfo {
  const { c, path } = library;
  const version = textOf(c, c.OpenSSL_version(0));
  return { name: "openssl", version, path, features: featuresOf("wasm") };
}
