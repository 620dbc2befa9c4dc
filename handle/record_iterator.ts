/**
 * Iterates over the records of a stream, for `for await`.
 *
 * @module
 */

/** What an iterator takes its values from. */
export interface RecordSource<T> {
  /** A value that is there, if one is. */
  now(): T | undefined;
  /** The next value; `undefined` at the end. */
  later(): Promise<T | undefined>;
}

/**
 * Iterates over a source. Leaving the loop early leaves the rest for other calls. No generator is at
 * work: a line that is there comes in a promise that is resolved, which makes millions of them cheap.
 */
export class RecordIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: RecordSource<T>;
  #done = false;

  constructor(source: RecordSource<T>) {
    this.#source = source;
  }

  /** The next value. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#done) return Promise.resolve({ value: undefined, done: true });
    try {
      const value = this.#source.now();
      if (value !== undefined) return Promise.resolve({ value, done: false });
    } catch (error) {
      this.#done = true;
      return Promise.reject(error);
    }
    return this.#later();
  }

  async #later(): Promise<IteratorResult<T, undefined>> {
    try {
      const value = await this.#source.later();
      if (value !== undefined) return { value, done: false };
    } catch (error) {
      this.#done = true;
      throw error;
    }
    this.#done = true;
    return { value: undefined, done: true };
  }

  /** Ends the iteration. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#done = true;
    return Promise.resolve({ value: undefined, done: true });
  }

  /** An iterator can be iterated over. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
