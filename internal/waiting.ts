/**
 * Waiting on a connection: a signal ends the wait without ending the operation, and connections that
 * are closed or fail have their errors.
 *
 * @module
 */

import { platformCode } from "../internal/platform_error.ts";
import { SslError } from "../errors.ts";

/** Handles a rejection that nobody waits for any more. */
export const ignore = (): void => {};

/** Waits for `promise`, or rejects with the signal's reason; `promise` goes on. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) {
    promise.catch(ignore);
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** The error of every operation on a closed connection. */
export function closedError(): SslError {
  return new SslError("Cannot use the connection: it is closed", { code: "ECLOSED" });
}

/**
 * The error of an operation inside a callback of the same connection: OpenSSL is in the middle of a
 * call, and a second one would damage the stream.
 */
export function insideError(operation: string): SslError {
  return new SslError(
    `Cannot ${operation}: a callback of this connection is running, and the engine has not ` +
      "finished the call it was made from: do it after the callback has returned, " +
      "for example with queueMicrotask()",
    { code: "ERR_IN_CALLBACK", reason: "a callback of this connection is running" },
  );
}

/** The error of a transport that failed. */
export function transportError(operation: string, cause: unknown): unknown {
  if (cause instanceof SslError) return cause;
  const code = platformCode(cause) ?? "EIO";
  const text = cause instanceof Error ? cause.message || code : String(cause);
  return new SslError(`Cannot ${operation}: the connection failed: ${text}`, { code, cause });
}

/** The error of every write after one that was aborted half-way. */
export function halfWritten(cause: unknown): SslError {
  return new SslError(
    "Cannot write: an earlier write was aborted half-way, so the peer cannot tell where it ends",
    { code: "ERR_WRITE_ABORTED", cause },
  );
}
