/**
 * C functions, each made callable when it is first needed: 0.04 ms for one, where all of them at
 * once would cost every program 20 ms. They are those of the installed OpenSSL, through FFI, unless
 * the program has asked for OpenSSL as WebAssembly (web_assembly.ts).
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { bind, findLibrary } from "../../engine/openssl/library.ts";
import { quote } from "../../internal/quote.ts";
import type { Backend, CFunction, Signature } from "./backend.ts";

export type { CFunction, Signature } from "./backend.ts";

/**
 * What `SSLeay` runs on: `"ffi"` is the installed OpenSSL and needs `--allow-ffi`, `"wasm"` is
 * OpenSSL 3.5 as WebAssembly and needs no permission.
 *
 * @category Low level
 */
export type BackendName = "ffi" | "wasm";

/** What stands in for FFI, if the program asked for it. */
export let backend: Backend | undefined;

/** What a C function was called on first. */
let inUse: BackendName | undefined;

function mayChoose(name: BackendName): void {
  if (inUse === undefined || inUse === name) return;
  throw new TypeError(
    `Cannot use the backend "${name}": SSLeay is in use on "${inUse}" already: call useBackend() before every other function, or in a Worker of its own`,
  );
}

/**
 * Chooses what `SSLeay` runs on, for the whole program: before any of its functions is called, since
 * objects of one OpenSSL mean nothing to another. A Worker chooses for itself. Without a choice it is
 * `"ffi"`.
 *
 * Should a call into the WebAssembly ever not return, the calls after it say so, and
 * `useBackend("wasm")` begins anew; what was made before is lost.
 *
 * @throws {TypeError} If `SSLeay` is in use on the other one; for another name.
 * @throws {SslUnsupportedError} For `"wasm"` if its file is missing or altered, or there is no
 *   WebAssembly here.
 * @example
 * ```ts ignore
 * import { SSLeay, useBackend } from "@socket/ssl/ssleay/low";
 *
 * await useBackend("wasm"); // no --allow-ffi, no installed OpenSSL
 * console.log(SSLeay.SSLeay_version()); // OpenSSL 3.5.7 9 Jun 2026
 * ```
 * @category Low level
 */
export async function useBackend(name: BackendName): Promise<void> {
  if (name !== "ffi" && name !== "wasm") {
    throw new TypeError(
      `Cannot choose a backend: it must be "ffi" or "wasm": received ${quote(name)}`,
    );
  }
  mayChoose(name);
  const chosen = name === "wasm"
    ? await import("./web_assembly.ts").then(({ webAssembly }) => webAssembly())
    : undefined;
  mayChoose(name); // a function may have been called meanwhile
  backend = chosen;
}

const NO_ATEXIT = 0x80000n;

/** What to do where OpenSSL cannot be had through FFI. */
const REMEDY =
  'or call useBackend("wasm") of "@socket/ssl/ssleay/low" first, which brings OpenSSL along and needs no permission';

/** The installed OpenSSL. */
function installed(): ReturnType<typeof findLibrary> {
  try {
    return findLibrary();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new Deno.errors.NotCapable(`${cause.message}, ${REMEDY}`, { cause });
    }
    if (!(cause instanceof SslUnsupportedError)) throw cause;
    throw new SslUnsupportedError(`${cause.message}; ${REMEDY}`, { code: cause.code, cause });
  }
}

let opened: string | undefined;

/** The library that the engine found; it does not tear itself down while the process still exits. */
function libraryPath(): string {
  if (opened === undefined) {
    const { path } = installed();
    const signature = { parameters: ["u64", "pointer"], result: "i32" } as const;
    load(path, "OPENSSL_init_crypto", signature)!(NO_ATEXIT, null);
    opened = path;
    inUse = "ffi";
  }
  return opened;
}

const OF_THE_C_LIBRARY: ReadonlySet<string> = new Set(["memcpy", "strlen"]);

/** On Windows a DLL exports only its own functions. */
function fileOf(path: string, name: string): string {
  if (Deno.build.os !== "windows") return path;
  if (OF_THE_C_LIBRARY.has(name)) return "msvcrt.dll";
  return /^(?:SSL_|TLS|DTLS|OPENSSL_init_ssl|BIO_\w*ssl|PEM_\w*SSL_SESSION|\w*2\w_SSL_SESSION)/
      .test(name)
    ? path
    : path.replace("libssl", "libcrypto");
}

/** What every call of `SSLeay` needs is compiled at once; the rest when it is called often. */
const ALWAYS: ReadonlySet<string> = new Set(["ERR_peek_error", "memcpy", "strlen"]);

function load(
  path: string,
  name: string,
  signature: Signature,
  compiled = ALWAYS,
): CFunction | undefined {
  const table = { [name]: { ...signature, optional: true } as Deno.ForeignFunction };
  return bind(fileOf(path, name), table, compiled)[name] ?? undefined;
}

const bound = new Map<string, CFunction | undefined>();

/** A C function; `undefined` if this OpenSSL does not have it. */
export function cFunction(name: string, signature: Signature): CFunction | undefined {
  const key = `${name}(${signature.parameters})${signature.result}`;
  if (!bound.has(key)) bound.set(key, find(name, signature));
  return bound.get(key);
}

function find(name: string, signature: Signature): CFunction | undefined {
  if (backend === undefined) return load(libraryPath(), name, signature);
  inUse = "wasm";
  return backend.function(name, signature);
}

/**
 * The first of these C functions that there is, compiled: quicker calls, for a binding that takes
 * five times as long. `undefined` where the program has given up its permission since.
 */
export function compiledFunction(
  names: readonly string[],
  signature: Signature,
): CFunction | undefined {
  if (backend !== undefined) return undefined;
  try {
    for (const name of names) {
      const found = load(libraryPath(), name, signature, new Set([name]));
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  return undefined;
}

/** The address of a C function, for C functions that take one; it stays loaded with the process. */
export function cPointer(name: string): Deno.PointerObject {
  if (backend !== undefined) return backend.functionPointer(name);
  const { symbols } = Deno.dlopen(fileOf(libraryPath(), name), { [name]: { type: "pointer" } });
  return (symbols as Record<string, Deno.PointerObject>)[name]!;
}

/** A C function, made callable by its first call. `new_name|old_name` where versions differ. */
export function lazy(
  name: string,
  parameters: readonly Deno.NativeType[],
  result: Deno.NativeResultType,
): CFunction {
  let found: CFunction | undefined;
  const ready = () => found ??= need(name, { parameters, result });
  // A spread costs more than the call.
  switch (parameters.length) {
    case 0:
      return () => ready()();
    case 1:
      return (a) => ready()(a);
    case 2:
      return (a, b) => ready()(a, b);
    case 3:
      return (a, b, c) => ready()(a, b, c);
    case 4:
      return (a, b, c, d) => ready()(a, b, c, d);
  }
  return (...args) => ready()(...args);
}

function need(names: string, signature: Signature): CFunction {
  for (const name of names.split("|")) {
    const found = cFunction(name, signature);
    if (found !== undefined) return found;
  }
  throw missing(names, names);
}

/** The version, as OPENSSL_VERSION_NUMBER has it. */
export const versionNumber: () => number = lazy("OpenSSL_version_num", [], "u32");

/** Whether it is OpenSSL 1.1.1. */
export function isOpenSsl1(): boolean {
  return versionNumber() < 0x3_00_00_00_0;
}

/** The first versions that have the functions which 3.0 lacks. */
const SINCE: Readonly<Record<string, string>> = {
  SSL_client_hello_get_extension_order: "3.2",
};

/** The error for a function that this OpenSSL does not have. */
export function missing(name: string, cName: string): Error {
  if (backend !== undefined) {
    return new SslUnsupportedError(
      `Cannot call ${name}(): OpenSSL as WebAssembly is built without ${backend.lacks(cName)}`,
      { code: "ERR_UNSUPPORTED", facts: { engine: "wasm" } },
    );
  }
  const since = SINCE[cName] ?? (isOpenSsl1() ? "3.0" : undefined);
  const which = since === undefined ? "3 and earlier" : `${since} and later`;
  return new TypeError(
    `Cannot call ${name}(): the OpenSSL of this process does not have ${cName}: OpenSSL ${which} do`,
  );
}

/** Whether callbacks and addresses are possible: not under `--allow-ffi=<path>`. */
export function isNarrow(): boolean {
  return backend === undefined && installed().narrow;
}
