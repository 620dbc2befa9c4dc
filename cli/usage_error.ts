/**
 * A mistake in how the program was called.
 *
 * @module
 */

/** What was wrong with the arguments, and what to do. Its exit code is 2. */
export class UsageError extends Error {
  /** The name of the class. */
  override name = "UsageError";
  /** What to type instead, in words. */
  readonly fix: string | undefined;

  /** Makes it from what is wrong and what to do instead. */
  constructor(message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}
