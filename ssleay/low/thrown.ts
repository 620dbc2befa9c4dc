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

/**
 * The answer of a callback for which C waits.
 *
 * @throws {TypeError} For a promise: its value would come too late, and silently count as another.
 */
export function atOnce<T>(answer: T, kind: string): T {
  if (!(answer instanceof Promise)) return answer;
  answer.catch(() => {});
  throw new TypeError(
    `Cannot use the ${
      kind.replaceAll("_", " ")
    } callback: it gave a promise, and OpenSSL cannot wait: give the answer itself, without async`,
  );
}

/** Throws what a callback has thrown since the last time. */
export function rethrow(): void {
  if (thrown === undefined) return;
  const { error } = thrown;
  thrown = undefined;
  throw error;
}
