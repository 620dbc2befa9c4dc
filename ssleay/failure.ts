/**
 * A failed exchange as the text that Net::SSLeay's functions give, and what is not such a text: a
 * mistake of the program is thrown.
 *
 * @module
 */

import {
  SslError,
  SslPeerError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../errors.ts";
import { trace } from "./variables.ts";

/** What an attempt to reach a host ends with before TLS or HTTP can begin. */
const UNREACHED: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"],
]);

/** Whether an error says that no connection was made. */
export function isUnreached(error: SslError): boolean {
  return UNREACHED.has(error.code);
}

/** One entry of OpenSSL's queue as `ERR_error_string` writes it. */
function queued(code: number, library: string, reason: string): string {
  return `error:${code.toString(16).toUpperCase().padStart(8, "0")}:${library}::${reason}`;
}

/** What OpenSSL has in its queue for what this library finds out itself. */
function equivalent(error: SslError): readonly string[] {
  if (error instanceof SslTruncatedError) {
    return ["error:0A000126:SSL routines::unexpected eof while reading"];
  }
  if (error instanceof SslVerifyError) {
    return ["error:0A000086:SSL routines::certificate verify failed"];
  }
  return [];
}

/** Lines of the form `MSG PID: N - error:...`, as `print_errs` makes them. */
export function numbered(what: string, errors: readonly string[]): string {
  return errors.map((error, i) => `${what} ${Deno.pid}: ${i + 1} - ${error}\n`).join("");
}

/**
 * The text of an error: what OpenSSL's queue had, or would have, then our own message, which says what
 * happened and what helps.
 *
 * @param what The operation: `SSL_connect`.
 */
export function errorText(what: string, error: SslError): string {
  const queue = error.queue.map(({ code, library, reason }) => queued(code, library, reason));
  const errors = queue.length > 0 ? queue : equivalent(error);
  return numbered(what, [...errors, `error:${error.code}:${error.message}`]);
}

/** The text of a connection that could not be made. */
export function unreachedText(host: string, port: number | string, error: SslError): string {
  return `${Deno.pid}: open_tcp_connection: failed \`${host}', ${port} (${error.message})\n`;
}

/**
 * An error as the text that a function gives back.
 *
 * @throws What is not a failure of the exchange: a mistake of the program, a permission that is
 * missing, something that the engine cannot do, the reason of the program's own signal.
 */
export function failureText(what: string, error: unknown, signal?: AbortSignal): string {
  if (!(error instanceof SslError) || error instanceof SslUnsupportedError) throw error;
  if (signal?.aborted && signal.reason === error) throw error;
  const text = errorText(what, error);
  trace(1, () => text);
  return text;
}

/** The error for an answer that is not HTTP, or not whole. */
export function httpError(reason: string): SslPeerError {
  return new SslPeerError(`Cannot read the answer: ${reason}`, { code: "ERR_HTTP", reason });
}
