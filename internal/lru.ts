/**
 * A map with a limit: beyond it, the entry that was used longest ago is removed.
 *
 * @module
 */

/** A map of texts to values that keeps those used last. */
export class LruMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;

  /** Holds at most `limit` entries. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which counts as used now. */
  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#touch(key, value);
    return value;
  }

  /** Sets a value; beyond the limit the one that was used longest ago is removed. */
  set(key: string, value: V): this {
    this.#touch(key, value);
    if (this.size > this.#limit) this.delete(this.#entries.keys().next().value!);
    return this;
  }

  /** Removes an entry. */
  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  /** The values, the one that was used longest ago first. */
  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  /** The entries, the one that was used longest ago first. */
  [Symbol.iterator](): IterableIterator<[string, V]> {
    return this.#entries[Symbol.iterator]();
  }

  #touch(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
