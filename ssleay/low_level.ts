/**
 * What the functions here need of `./ssleay/low`: its error queue, its handles. `low` says so when
 * it is loaded; without it nothing here loads it, since nobody can have one of its handles then.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";

/** A connection of the low level as the reading and writing functions use it. */
export interface LowConnection {
  /** Reads up to `p.length` bytes; `null` after the peer's close_notify. */
  read(p: Uint8Array): Promise<number | null>;
  /** As `read`; the bytes can be read again. */
  peek(p: Uint8Array): Promise<number | null>;
  /** How many bytes can be read without waiting. */
  pending(): number;
  /** Writes all of `p`. */
  write(p: Uint8Array): Promise<number>;
}

/** What the low level does for the functions here. */
export interface LowLevel {
  /** Empties its error queue: each entry as `ERR_error_string` writes it, the oldest first. */
  takeErrors(): readonly string[];
  /** Whether a value is one of its handles of this kind. */
  isHandle(value: unknown, kind: "SSL" | "SSL_CTX"): boolean;
  /** `SSL_want`: 1 nothing, 2 reading, 3 writing, 4 X509_lookup. */
  want(ssl: object): number;
  /** The connection of an `SSL` handle. An error of it is an `SslError`. */
  connection(ssl: object): LowConnection;
  /** Loads both files into an `SSL_CTX`; the texts of the errors, `""` for none. */
  setCertAndKey(context: object, certPath: string, keyPath: string): string;
  /** Subject and issuer of the peer's certificate; `undefined` when it sent none. */
  dumpPeerCertificate(ssl: object): string | undefined;
  /** Adds a file and a text to the random numbers of OpenSSL. */
  seed(file: string | undefined, text: string | undefined): void;
}

let joined: LowLevel | undefined;

/** Called by `./ssleay/low` when it is loaded. */
export function joinLowLevel(low: LowLevel): void {
  joined = low;
}

/** The low level, if it is loaded. */
export function lowLevel(): LowLevel | undefined {
  return joined;
}

/**
 * The low level, for what cannot be done without it.
 *
 * @throws {SslUnsupportedError} If it is not loaded.
 */
export function requireLowLevel(what: string): LowLevel {
  if (joined !== undefined) return joined;
  throw new SslUnsupportedError(
    `Cannot use ${what}: it needs the low level: import "@socket/ssl/ssleay/low" first`,
    { code: "ERR_UNSUPPORTED", reason: "the low level is not loaded" },
  );
}
