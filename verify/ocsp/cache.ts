/**
 * The cache of OCSP results.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";

/**
 * One result of a cache: of one certificate.
 *
 * @category OCSP
 */
export interface OcspCacheEntry {
  /** When there is newer information: the entry counts until then. A number is in ms since 1970. */
  readonly nextUpdate?: Date | number;
  /** When to ask again, regardless of nextUpdate. A number is in ms since 1970. */
  readonly expire?: Date | number;
  /** From when on the answer counts. */
  readonly thisUpdate?: Date;
  /** Why the certificate must not be accepted: it is revoked, or not known to its issuer. */
  readonly hardError?: string;
  /** Why there is no answer. */
  readonly softError?: string;
}

/**
 * What a custom cache must have; {@linkcode OcspCache} is the built-in one.
 *
 * @category OCSP
 */
export interface OcspCacheStore {
  /** Takes an entry. */
  put(key: string, entry: OcspCacheEntry): unknown;
  /** Gives an entry back, unless it has ended. */
  get(key: string): OcspCacheEntry | undefined;
}

function hasEnded(entry: OcspCacheEntry, now: number): boolean {
  // "Not later than now" rather than "before now": an invalid date counts as ended.
  return [entry.nextUpdate, entry.expire]
    .some((time) => time !== undefined && !(Number(time) > now));
}

/**
 * Results of OCSP checks, for several connections and contexts to share. The
 * entry that was not used for the longest time goes when the cache is full.
 *
 * Perl's cache gives the entries that have ended and drops the fresh ones, and
 * holds one entry less than its size; this one does not.
 *
 * Perl: `IO::Socket::SSL::OCSP_Cache`
 *
 * @example
 * ```ts
 * import { OcspCache, SslContext } from "@socket/ssl";
 *
 * const ocspCache = new OcspCache(100);
 * using first = await SslContext.create({ ocspCache });
 * using second = await SslContext.create({ ocspCache, minVersion: "TLSv1_3" });
 * ```
 * @category OCSP
 */
export class OcspCache implements OcspCacheStore {
  readonly #entries = new Map<string, OcspCacheEntry>();
  readonly #size: number;

  /**
   * Makes an empty cache.
   *
   * Perl: `new`
   *
   * @param size How many entries it holds.
   * @throws {RangeError} if the size is not a whole number from 1 on.
   */
  constructor(size = 100) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(
        `Cannot create OcspCache: size must be a whole number from 1 on: received ${quote(size)}`,
      );
    }
    this.#size = size;
  }

  /** How many entries there are, including those that have ended and were not asked for since. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Takes an entry, in place of an older one with its key.
   *
   * Perl: `put`
   *
   * @returns The entry.
   */
  put(key: string, entry: OcspCacheEntry): OcspCacheEntry {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#size) {
      // A Map keeps the order of insertion, so the first key is the least recently used.
      this.#entries.delete(this.#entries.keys().next().value!);
    }
    return entry;
  }

  /**
   * Gives an entry, which then is the most recently used one. One whose
   * nextUpdate or expire has passed is dropped and not given.
   *
   * Perl: `get`
   */
  get(key: string): OcspCacheEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (hasEnded(entry, Date.now())) return undefined;
    this.#entries.set(key, entry);
    return entry;
  }
}
