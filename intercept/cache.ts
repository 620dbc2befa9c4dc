/**
 * Where an `Intercept` keeps its clones: an object, a map or a function of the application, or a
 * map of its own.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";
import { describe } from "../internal/quote.ts";
import {
  type Certificate,
  type CertificateInput,
  toCertificate,
} from "../certificate/certificate.ts";
import { toPrivateKey } from "../certificate/keys/decode.ts";
import { LruMap } from "../internal/lru.ts";
import type { PrivateKey, PrivateKeyInput } from "../certificate/keys/private_key.ts";

/**
 * A clone and its key.
 *
 * @category Interception
 */
export interface Clone {
  /** The clone. */
  readonly cert: Certificate;
  /** Its key. */
  readonly key: PrivateKey;
}

/**
 * What a cache object holds.
 *
 * @category Interception
 */
export interface CacheEntry extends Clone {
  /** When it was last used, in seconds since 1970. */
  atime: number;
}

/** Whether a cache is a map, ours with its limit or one of the application. */
export function isMap(
  cache: InterceptCache | LruMap<CacheEntry>,
): cache is Map<string, CacheEntry> | LruMap<CacheEntry> {
  return cache instanceof Map || cache instanceof LruMap;
}

/** Keeps a clone in a map or an object. */
export function keepClone(
  cache: Exclude<InterceptCache, CacheFunction> | LruMap<CacheEntry>,
  ident: string,
  entry: CacheEntry,
): void {
  if (isMap(cache)) return void cache.set(ident, entry);
  // Not an assignment: the name may be `__proto__`.
  const flags = { enumerable: true, writable: true, configurable: true };
  Object.defineProperty(cache, ident, { value: entry, ...flags });
}

/**
 * What a cache function may give: an object, Perl's pair, or nothing.
 *
 * @category Interception
 */
export type CacheResult =
  | { readonly cert: CertificateInput; readonly key: PrivateKeyInput }
  | readonly [CertificateInput, PrivateKeyInput]
  | readonly []
  | undefined
  | null;

/**
 * A cache as a function. It is called once as `cache("type")`. If that returns 1,
 * it is called as `cache(ident, create)` and returns the clone, made with
 * `create()` if the cache has no clone yet. Otherwise it has the old interface:
 * `cache(ident)` gets, `cache(ident, cert, key)` sets.
 *
 * @category Interception
 */
export type CacheFunction = (
  ident: string,
  // deno-lint-ignore no-explicit-any -- two interfaces in one function, as in Perl
  ...args: any[]
) => unknown;

/**
 * A cache: an object, a Map or a function.
 *
 * @category Interception
 */
export type InterceptCache = Record<string, CacheEntry> | Map<string, CacheEntry> | CacheFunction;

/** A client that may choose the hosts cannot fill the memory. */
const MAX_CLONES = 10_000;

/** A cache of our own. */
export function newCache(): LruMap<CacheEntry> {
  return new LruMap<CacheEntry>(MAX_CLONES);
}

/** The clone that a cache function gave, if it gave one. */
export async function toClone(result: unknown): Promise<Clone | undefined> {
  if (result === undefined || result === null) return undefined;
  const [cert, key] = Array.isArray(result)
    ? result
    : [ownRecord(result as Clone).cert, ownRecord(result as Clone).key];
  if (Array.isArray(result) && result.length === 0) return undefined;
  if (cert === undefined || key === undefined) {
    throw new TypeError(
      "Cannot clone certificate: the cache must give { cert, key } or [cert, key]: " +
        `received ${describe(result)}`,
    );
  }
  return {
    cert: toCertificate(cert, "cache"),
    key: await toPrivateKey(key, "cache"),
  };
}
