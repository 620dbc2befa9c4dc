/**
 * What Net::SSLeay has for the error queue of its low level, and for what a connection waits for; and
 * its initialization, of which nothing is left to do.
 *
 * @module
 */

import { SslError, SslUnsupportedError } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { quote } from "../internal/quote.ts";
import { numbered } from "./failure.ts";
import { lowLevel, requireLowLevel } from "./low_level.ts";
import { trace } from "./variables.ts";

/**
 * Empties the error queue of `./ssleay/low`. The errors of everything else in this package are thrown,
 * or given back as text: none of them is in it.
 *
 * Perl: `print_errs`
 *
 * @param message What was tried.
 * @returns A line `MESSAGE PID: N - error:...` for each error; `""` without errors.
 *
 * @category Diagnosis
 */
export function printErrs(message = ""): string {
  const errors = lowLevel()?.takeErrors() ?? [];
  const text = numbered(message, errors);
  if (text !== "") trace(1, () => text);
  return text;
}

function died(message: string, errors: string): SslError {
  return fromCaller(
    new SslError(`${Deno.pid}: ${message}`, {
      reason: message,
      ...(errors === "" ? {} : { cause: new Error(errors) }),
    }),
  );
}

/**
 * Throws if the error queue of `./ssleay/low` has errors, which are the cause of the error.
 *
 * Perl: `die_if_ssl_error`
 *
 * @throws {SslError} `PID: MESSAGE`.
 *
 * @category Diagnosis
 */
export function dieIfSslError(message: string): void {
  const errors = printErrs(message);
  if (errors !== "") throw died(message, errors);
}

/**
 * Throws, and empties the error queue of `./ssleay/low`, whose errors are the cause of the error.
 *
 * Perl: `die_now`
 *
 * @throws {SslError} `PID: MESSAGE`, always.
 *
 * @category Diagnosis
 */
export function dieNow(message: string): never {
  throw died(message, printErrs(message));
}

function want(ssl: object): number {
  const low = requireLowLevel("want*()");
  if (low.isHandle(ssl, "SSL")) return low.want(ssl);
  throw new TypeError(
    `Cannot tell what it waits for: it needs an SSL of "@socket/ssl/ssleay/low": received ${
      quote(ssl)
    }: an SslSocket says so itself: tryRead() gives SSL_WANT_READ or SSL_WANT_WRITE`,
  );
}

/**
 * Whether an `SSL` of `./ssleay/low` waits for nothing.
 *
 * Perl: `want_nothing`
 *
 * @category Diagnosis
 */
export function wantNothing(ssl: object): boolean {
  return want(ssl) === 1;
}

/**
 * Whether an `SSL` of `./ssleay/low` waits for something to read.
 *
 * Perl: `want_read`
 *
 * @category Diagnosis
 */
export function wantRead(ssl: object): boolean {
  return want(ssl) === 2;
}

/**
 * Whether an `SSL` of `./ssleay/low` waits until it can write.
 *
 * Perl: `want_write`
 *
 * @category Diagnosis
 */
export function wantWrite(ssl: object): boolean {
  return want(ssl) === 3;
}

/**
 * Whether an `SSL` of `./ssleay/low` waits for a callback that looks for a certificate.
 *
 * Perl: `want_X509_lookup`
 *
 * @category Diagnosis
 */
export function wantX509Lookup(ssl: object): boolean {
  return want(ssl) === 4;
}

/**
 * Does nothing: the engine is loaded and initialized when it is first used.
 *
 * Perl: `initialize`
 *
 * @category Diagnosis
 */
export function initialize(): void {}

/**
 * Without arguments it does nothing: OpenSSL and the runtime seed their random numbers from the system.
 * A file or a text is added to what OpenSSL has, by `./ssleay/low`, which must be loaded.
 *
 * Perl: `randomize`
 *
 * @param seedFile A file of random bytes.
 * @param seed Random text.
 * @param egdPath Refused: OpenSSL has no entropy gathering daemon since 1.1.1.
 * @throws {SslUnsupportedError} For `egdPath`, and if the low level is not loaded.
 *
 * @category Diagnosis
 */
export function randomize(seedFile?: string, seed?: string, egdPath?: string): void {
  if (egdPath) {
    throw new SslUnsupportedError(
      "Cannot use randomize() with egdPath: OpenSSL seeds itself from the system: leave it out",
      { code: "ERR_UNSUPPORTED", reason: "no entropy gathering daemon" },
    );
  }
  if (seedFile || seed) {
    requireLowLevel("randomize() with a seed").seed(seedFile || undefined, seed || undefined);
  }
}
