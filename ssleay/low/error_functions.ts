/**
 * The error queue, under Perl's names.
 *
 * Source: https://docs.openssl.org/3.0/man3/ERR_get_error/
 *
 * @module
 */

import { toInteger } from "./integer.ts";
import {
  clearErrors,
  describeError,
  packError,
  peekError,
  pushError,
  takeError,
} from "./error_queue.ts";

/** The oldest error, taken out of the queue; 0 when it is empty. Perl: `Net::SSLeay::ERR_get_error` */
export function ERR_get_error(): number {
  return takeError();
}

/** The oldest error; 0 when the queue is empty. Perl: `Net::SSLeay::ERR_peek_error` */
export function ERR_peek_error(): number {
  return peekError();
}

/** Empties the queue. Perl: `Net::SSLeay::ERR_clear_error` */
export function ERR_clear_error(): void {
  clearErrors();
}

/**
 * Adds an error to the queue: `ERR_PACK(lib, func, reason)`.
 *
 * Perl: `Net::SSLeay::ERR_put_error`
 */
export function ERR_put_error(
  lib: number,
  func: number,
  reason: number,
  _file?: string,
  _line?: number,
): void {
  const where = "ERR_put_error()";
  const [l, f, r] = [lib, func, reason].map((each) => toInteger(each, "int", where) as number);
  pushError(packError(l!, f!, r!));
}

/** What an error is called. Perl: `Net::SSLeay::ERR_error_string` */
export function ERR_error_string(error: number): string {
  return describeError(toInteger(error, "uint", "ERR_error_string()") as number);
}
