/**
 * What a callback threw. It must not pass through the frames of C, so it is kept until the call
 * that led to the callback has returned, and comes out of that.
 *
 * @module
 */

let thrown: { readonly error: unknown } | undefined;

/** Runs a callback for C. If it throws, C gets `fatal`. */
export function guarded<T>(fatal: T, callback: () => T): T {
  try {
    return callback();
  } catch (error) {
    thrown ??= { error };
    return fatal;
  }
}

/** Throws what a callback has thrown since the last time. */
export function rethrow(): void {
  if (thrown === undefined) return;
  const { error } = thrown;
  thrown = undefined;
  throw error;
}
