/**
 * The OCSP resolver of a socket.
 *
 * @module
 */

import { type SslContext, stateOf } from "../context/context.ts";
import type { OcspCacheStore } from "../verify/ocsp/cache.ts";
import defer * as ocsp from "../verify/ocsp/mod.ts";
import type { OcspResolver } from "../verify/ocsp/resolver.ts";
import type { VerifyReport } from "../verify/report.ts";

/** The OCSP results of contexts that were given no cache. */
const caches = new WeakMap<SslContext, OcspCacheStore>();

function cacheOf(context: SslContext): OcspCacheStore {
  let cache = caches.get(context);
  if (cache === undefined) caches.set(context, cache = new ocsp.OcspCache());
  return cache;
}

/** A resolver for a chain that was verified, with the staple that came and what the cache has. */
export function ocspResolver(
  context: SslContext,
  chain: VerifyReport["chain"],
  staple: Uint8Array | undefined,
): OcspResolver {
  const { ocspMode = 0, ocspCache } = stateOf(context).options;
  return new ocsp.OcspResolver({ chain, ocspMode, cache: ocspCache ?? cacheOf(context), staple });
}
