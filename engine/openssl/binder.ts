/**
 * Makes the C functions of OpenSSL callable, all of them when the first context is made. From then
 * on no connection needs the ffi permission, so the program may drop it.
 *
 * @module
 */

import type { EngineName } from "../engine.ts";
import { bind, LIBC_SYMBOLS, type Loaded, loadTables, loadWith, type Table } from "./library.ts";
import { COMPILED, CRYPTO_SYMBOLS, type OpenSslSymbols, SSL_SYMBOLS } from "./symbols.ts";

/** OpenSSL, loaded: its functions, and what differs by the way in which they are reached. */
export interface Library extends Loaded<OpenSslSymbols> {
  /** The engine whose library it is. */
  readonly engine: EngineName;
  /** Whether AES is looked up in tables: it is slow then, and its time depends on the key. */
  readonly aesByTables: boolean;
  /** What has the memory of its objects, where that is not the process. */
  readonly memory?: object;
  /** Whether C reads bytes of JavaScript where they are, and not in a copy. */
  readonly sharesMemory: boolean;
  /** How many bytes an address has. */
  readonly pointerBytes: 4 | 8;
  /** Makes a C function of a JavaScript one. It is never freed: a call of a freed one is a crash. */
  callback<const D extends Deno.UnsafeCallbackDefinition>(
    definition: D,
    call: Deno.UnsafeCallbackFunction<D["parameters"], D["result"]>,
  ): Deno.PointerObject;
}

const OPENSSL_INIT_NO_ATEXIT = 0x80000n;

let opened: Library | undefined;

/**
 * Loads OpenSSL, once.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function openLibrary(): Library {
  return opened ??= {
    ...loadFunctions(),
    engine: "openssl",
    aesByTables: false,
    sharesMemory: true,
    pointerBytes: 8,
    callback: (definition, call) => new Deno.UnsafeCallback(definition, call).pointer,
  };
}

function loadFunctions(): Loaded<OpenSslSymbols> {
  return loadWith((path) => {
    const tables = [SSL_SYMBOLS, CRYPTO_SYMBOLS, LIBC_SYMBOLS] as const;
    const c = loadTables(path, tables, (file, table) => bind(file, table as Table, COMPILED)) as
      & Record<string, unknown>
      & OpenSslSymbols;
    // Before any call that would initialize it otherwise. At exit OpenSSL would free what threads
    // that end just then (workers, the test runner) are about to free themselves.
    c.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, null);
    return c;
  });
}
