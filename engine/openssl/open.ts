/**
 * Loads OpenSSL with all the C functions that the engine calls.
 *
 * @module
 */

import { dlopen, LIBC_SYMBOLS, type Loaded, loadWith } from "./library.ts";
import { CRYPTO_SYMBOLS, type OpenSslSymbols, SSL_SYMBOLS } from "./symbols.ts";

/** OpenSSL, loaded. */
export type Library = Loaded<OpenSslSymbols>;

let opened: Library | undefined;

/**
 * Loads OpenSSL, once.
 *
 * @throws {SslUnsupportedError} If no candidate could be loaded; lists each with its reason.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function openLibrary(): Library {
  return opened ??= loadWith((path) =>
    dlopen(path, [SSL_SYMBOLS, CRYPTO_SYMBOLS, LIBC_SYMBOLS]) as unknown as OpenSslSymbols
  );
}
