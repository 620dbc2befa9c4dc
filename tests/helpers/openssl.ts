/**
 * What tests have to know of the OpenSSL that the engine "openssl" has: the system's, another version,
 * or the WebAssembly file (`deno task test:openssl`).
 */

import { type Library, openLibrary } from "../../engine/openssl/binder.ts";
import type { Instance } from "../../engine/wasm/instance.ts";

/** The library of the tests that run on WebAssembly has its instance, too. */
type Opened = Library & { readonly instance?: Instance };

/**
 * For tests of FFI itself: how functions are bound, memory that both share, other threads, functions
 * that the WebAssembly file does not have. They are the only ones that it is spared, and counted.
 */
export const FFI_ONLY = { ignore: (openLibrary() as Opened).instance !== undefined };

/** C functions that the engine does not have, as a program with symbols of its own calls them. */
export function openMore<const T extends Deno.ForeignLibraryInterface>(
  rows: T,
): Pick<Deno.DynamicLibrary<T>, "symbols" | "close"> {
  const { path, instance } = openLibrary() as Opened;
  if (instance === undefined) return Deno.dlopen(path, rows);
  const functions = Object.keys(rows).map((name) => [name, instance.function(name)]);
  return {
    symbols: Object.fromEntries(functions) as Deno.DynamicLibrary<T>["symbols"],
    close: () => {},
  };
}

/** Whether it is of a version, `0x30500000` for 3.5, or later. */
export const isFrom = (version: number): boolean =>
  Number(openLibrary().c.OpenSSL_version_num()) >= version;

/** What it calls bytes that are not a record, by version. */
export const NO_RECORD: readonly string[] = [
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_BAD_RECORD_TYPE",
];
