/**
 * The options of every call that can wait.
 *
 * @module
 */

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
