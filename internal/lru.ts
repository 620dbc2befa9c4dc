/**
 * A Map that keeps the latest.
 *
 * @module
 */

/** A Map with a limit: what was used longest ago goes first. */
export class LatestMap<V> extends Map<string, V> {
  readonly #limit: number;

  /** Holds at most `limit` entries. */
  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override get(key: string): V | undefined {
    const value = super.get(key);
    if (value !== undefined) this.#last(key, value);
    return value;
  }

  override set(key: string, value: V): this {
    this.#last(key, value);
    if (this.size > this.#limit) this.delete(this.keys().next().value!);
    return this;
  }

  #last(key: string, value: V): void {
    this.delete(key);
    super.set(key, value);
  }
}
