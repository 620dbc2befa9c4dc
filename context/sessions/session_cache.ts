/**
 * The session cache of a client: what the option `sessionCache` takes, for contexts that share one.
 * Pure: it knows no engine.
 *
 * @module
 */

export type { SessionKey } from "./export.ts";
export { SslSession } from "./session.ts";
import { quote } from "../../internal/quote.ts";
import type { SslSession } from "./session.ts";

/**
 * What the option `sessionCache` takes: a {@linkcode SessionCache}, or your own object with
 * these methods. They are called while a connection is made and must not wait.
 *
 * @category Sessions
 */
export interface SessionStore {
  /** Keeps a session under a key, beside its other sessions. */
  addSession(key: string, session: SslSession): unknown;
  /** The session to use for a key: the latest. */
  getSession(key: string, session?: SslSession): SslSession | undefined;
  /** Forgets a session, or all of a key. */
  delSession(key?: string, session?: SslSession): unknown;
}

interface Entry<T> {
  readonly key: string;
  readonly session: T;
}

/**
 * Sessions by key, at most `capacity` of them. A key may have several; the one
 * that was added or asked for last comes first. When the cache is full, the session that was not used
 * for the longest time is removed, whatever its key.
 *
 * Perl: `IO::Socket::SSL::Session_Cache`
 *
 * @example One cache for several contexts
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SessionCache } from "@socket/ssl/session-cache";
 *
 * const sessionCache = new SessionCache(100);
 * // SslSocket.connect("example.com:443", { sessionCache }), once more, and so on
 * assertEquals([...sessionCache.keys()], []);
 * ```
 *
 * @category Sessions
 */
export class SessionCache<T = SslSession> implements Iterable<[key: string, session: T]> {
  /** How many sessions it holds at most. */
  readonly capacity: number;
  /** In the order of their use: the first has not been used for the longest time. */
  readonly #entries = new Set<Entry<T>>();
  /** The same by key; the last is the latest. */
  readonly #byKey = new Map<string, Entry<T>[]>();

  /**
   * An empty cache.
   *
   * Perl: `new`
   *
   * @param size How many sessions it holds at most.
   * @throws {RangeError} If that is not a whole number of at least 1.
   */
  constructor(size: number) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(
        `Cannot create a SessionCache: the size must be a whole number of at least 1: ` +
          `received ${quote(size)}`,
      );
    }
    this.capacity = size;
  }

  /** How many sessions it holds. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * How many more sessions fit in before one is removed.
   *
   * Perl: `room`
   */
  get room(): number {
    return this.capacity - this.size;
  }

  /**
   * Keeps a session under a key, in front of its other sessions.
   *
   * Perl: `add_session`
   */
  addSession(key: string, session: T): void {
    this.#add({ key, session });
    if (this.#entries.size <= this.capacity) return;
    const [oldest] = this.#entries;
    this.#remove(oldest!);
  }

  /**
   * The latest session of a key, or the given one if it is there. It counts as used now, and so
   * becomes the latest.
   *
   * Perl: `get_session`
   */
  getSession(key: string, session?: T): T | undefined {
    const list = this.#byKey.get(key);
    const entry = session === undefined
      ? list?.at(-1)
      : list?.findLast((each) => each.session === session);
    if (entry === undefined) return undefined;
    this.#remove(entry);
    this.#add(entry);
    return entry.session;
  }

  /**
   * Forgets a session of a key, or all of them; without a key, a session wherever it is, or every
   * session.
   *
   * Perl: `del_session`
   *
   * @returns How many were forgotten.
   */
  delSession(key?: string, session?: T): number {
    const all = key === undefined ? [...this.#entries] : [...this.#byKey.get(key) ?? []];
    const found = session === undefined
      ? all
      : all.filter((entry) => entry.session === session).slice(-1);
    for (const entry of found) this.#remove(entry);
    return found.length;
  }

  /**
   * Keeps a session under a key in place of all its other sessions.
   *
   * Perl: `replace_session`
   */
  replaceSession(key: string, session: T): void {
    this.delSession(key);
    this.addSession(key, session);
  }

  /** The sessions of a key, the latest first. Does not count as use. */
  sessions(key: string): T[] {
    return (this.#byKey.get(key) ?? []).map((entry) => entry.session).reverse();
  }

  /** The keys, that of the latest session first. */
  keys(): IterableIterator<string> {
    return new Set([...this].map(([key]) => key)).values();
  }

  /** Keys and sessions, the latest first. Does not count as use. */
  [Symbol.iterator](): IterableIterator<[key: string, session: T]> {
    return [...this.#entries].reverse()
      .map(({ key, session }): [string, T] => [key, session]).values();
  }

  #add(entry: Entry<T>): void {
    this.#entries.add(entry);
    const list = this.#byKey.get(entry.key);
    if (list === undefined) this.#byKey.set(entry.key, [entry]);
    else list.push(entry);
  }

  #remove(entry: Entry<T>): void {
    this.#entries.delete(entry);
    const list = this.#byKey.get(entry.key)!;
    list.splice(list.indexOf(entry), 1);
    if (list.length === 0) this.#byKey.delete(entry.key);
  }
}
