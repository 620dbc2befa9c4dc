/**
 * Makes errors of the platform into the library's own, where a caller of a
 * socket meets them.
 *
 * @module
 */

import { platformCode, platformErrno, platformReason } from "../internal/platform_error.ts";
import { SslError } from "../errors.ts";

/** An operation met a socket that was closed, before it or while it ran. */
export function closedError(operation: string, peer: string, cause?: unknown): SslError {
  return new SslError(`Cannot ${operation} ${peer}: the socket is closed`, {
    code: "ECLOSED",
    reason: "the socket is closed",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What is the caller's own: misuse, a refused permission, the reason of an AbortSignal. */
function passesThrough(error: unknown, signal: AbortSignal | undefined): boolean {
  return error instanceof SslError || error instanceof TypeError || error instanceof RangeError ||
    error instanceof Deno.errors.NotCapable ||
    (signal?.aborted === true && error === signal.reason);
}

/**
 * An error of a transport in the library's family: its code (`ECONNREFUSED`,
 * `ENOTFOUND`), its number, and the peer it happened with. Errors that are
 * already ours, programming mistakes, permission errors and the reason of an
 * aborted signal stay what they are.
 */
export function toSslError(
  operation: string,
  peer: string,
  error: unknown,
  signal?: AbortSignal,
): unknown {
  if (passesThrough(error, signal) || !(error instanceof Error)) return error;
  const code = platformCode(error) ?? "EIO";
  const reason = platformReason(error) || code;
  return new SslError(`Cannot ${operation} ${peer}: ${reason}`, {
    code,
    errno: platformErrno(error),
    reason,
    cause: error,
  });
}

/** The same error with the peer in its message, whose name the engine that made it does not know. */
export function named(operation: string, peer: string, error: unknown, advice = ""): unknown {
  if (!(error instanceof SslError)) return error;
  const { message } = error;
  const whole = (message.includes(peer) ? message : `Cannot ${operation} ${peer}: ${message}`) +
    advice;
  return whole === message ? error : restated(error, whole);
}

/** An error of the same class that knows the same, under another message. */
function restated(error: SslError, message: string): SslError {
  const Class = error.constructor as typeof SslError;
  const { code, errno, library, reason, alert, queue, report, transport, offers, facts } = error;
  return new Class(message, {
    code,
    errno,
    ...(library === undefined ? {} : { library }),
    reason,
    ...(alert === undefined ? {} : { alert }),
    queue,
    ...(report === undefined ? {} : { report }),
    transport,
    ...(offers === undefined ? {} : { offers }),
    facts,
    ...("cause" in error ? { cause: error.cause } : {}),
  });
}
