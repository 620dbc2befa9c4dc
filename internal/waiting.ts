/**
 * Waiting on a connection: the options of a call, a signal or a time that ends the wait and not the
 * operation, and the errors of connections that are closed or fail.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { ownOptions } from "./own_options.ts";

/** How a wait can be ended. */
export interface Abortable {
  /** Ends the wait: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * The options of a call that waits, checked and copied.
 *
 * @param operation For messages: "read".
 * @throws {TypeError} For an unknown option, or a signal that is not an AbortSignal.
 */
export function waitOptions<T extends Abortable>(given: T | undefined, operation: string): T {
  const options = ownOptions(given, { operation, names: { signal: true } });
  const { signal } = options;
  if (signal === undefined || signal instanceof AbortSignal) return options;
  throw new TypeError(
    `Cannot ${operation}: signal must be an AbortSignal: received ${
      signal === null ? "null" : typeof signal
    }`,
  );
}

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

/** Timers of signals. */
let few = 8;

/**
 * Calls `call` after `ms` milliseconds, unless what it gives is called first. The first setTimeout
 * of a process loads Node's timers, in 10 ms or more; a signal does not.
 */
export function after(ms: number, call: () => void): () => void {
  if (few-- > 0) {
    const signal = AbortSignal.timeout(ms);
    signal.addEventListener("abort", call, { once: true });
    return () => signal.removeEventListener("abort", call);
  }
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

/**
 * Waits for `promise` for at most `ms` milliseconds; `promise` goes on.
 *
 * @returns Whether it was fulfilled in time.
 */
export async function inTime(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let stop!: () => void;
  const late = new Promise<boolean>((resolve) => stop = after(ms, () => resolve(false)));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    stop();
  }
}

/** The error of every operation on a connection, or on something else, that is closed. */
export function closedError(what = "connection"): SslError {
  return new SslError(`Cannot use the ${what}: it is closed`, { code: "ECLOSED" });
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

/** The error of every write after one that was aborted half-way. */
export function halfWritten(cause: unknown): SslError {
  return new SslError(
    "Cannot write: an earlier write was aborted half-way, so the peer cannot tell where it ends",
    { code: "ERR_WRITE_ABORTED", cause },
  );
}
