/**
 * The options of the OCSP resolver and their checks.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import type { CertificateInput } from "../../certificate/certificate.ts";
import { type NamesOf, ownOptions, ownRecord } from "../../internal/own_options.ts";
import type { OcspCacheStore } from "./cache.ts";
import type { FetchOcspOptions } from "./fetch.ts";

/**
 * Options of {@linkcode OcspResolver}.
 *
 * @category OCSP
 */
export interface OcspResolverOptions {
  /** The chain, the leaf first, with the issuers of the certificates to check. */
  readonly chain: readonly CertificateInput[];
  /**
   * `SSL_OCSP_FULL_CHAIN` checks every certificate, else only the leaf is;
   * `SSL_OCSP_FAIL_HARD` makes soft errors hard. Other flags do not matter here.
   *
   * @default {0}
   */
  readonly ocspMode?: number;
  /** Results of other connections. @default {a new one} */
  readonly cache?: OcspCacheStore | undefined;
  /** The response that the server stapled: what it answers is not asked for again. */
  readonly staple?: Uint8Array | undefined;
  /** The time of the checks. @default {the time of each check} */
  readonly time?: Date | undefined;
}

/**
 * Options of {@linkcode OcspResolver.resolve}.
 *
 * @category OCSP
 */
export interface ResolveOcspOptions {
  /**
   * How to ask. A GET may be answered by a cache on the way; a request that is
   * too long for it (255 bytes after encoding, RFC 6960 A.1) goes as POST.
   *
   * @default {"POST"}
   */
  readonly method?: "POST" | "GET";
  /**
   * A proxy: `http://host:port`, `https://...`, `socks5://...`, with
   * `user:password@` if it needs a password.
   *
   * @default {what the environment says to fetch, else none}
   */
  readonly proxy?: string | undefined;
  /** Ends it: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long each request may take, in ms; 0 = no limit. @default {10_000} */
  readonly timeout?: number;
  /** The longest answer, in bytes. @default {65_536} */
  readonly maxBytes?: number;
}

/** The names of {@linkcode OcspResolverOptions}. */
export const RESOLVER_OPTIONS: NamesOf<OcspResolverOptions> = {
  chain: true,
  ocspMode: true,
  cache: true,
  staple: true,
  time: true,
};
const RESOLVE_OPTIONS: NamesOf<ResolveOcspOptions> = {
  method: true,
  proxy: true,
  signal: true,
  timeout: true,
  maxBytes: true,
};

/** The client for a proxy. Its address is not repeated in errors: it may have a password. */
export function proxyClient(proxy: string): Deno.HttpClient {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`);
  if (url === null || !/^(https?|socks5h?):$/.test(url.protocol)) {
    throw new TypeError(
      "Cannot resolve OCSP: proxy must be an address like http://host:port, https:// or socks5://",
    );
  }
  const { username, password } = url;
  url.username = url.password = "";
  return Deno.createHttpClient(ownRecord({
    proxy: {
      url: url.href,
      ...(username === "" ? {} : {
        basicAuth: {
          username: decodeURIComponent(username),
          password: decodeURIComponent(password),
        },
      }),
    },
  }));
}

/** Checks the options of {@linkcode OcspResolver.resolve} and fills in the defaults. */
export function checkResolveOptions(
  given: ResolveOcspOptions | undefined,
): Omit<FetchOcspOptions, "client"> & { readonly proxy: string | undefined } {
  const options = ownOptions(given, { operation: "resolve OCSP", names: RESOLVE_OPTIONS });
  const { method = "POST", proxy, signal, timeout = 10_000, maxBytes = 65_536 } = options;
  if (method !== "POST" && method !== "GET") {
    throw new TypeError(
      `Cannot resolve OCSP: method must be POST or GET: received ${quote(method)}`,
    );
  }
  for (
    const [name, value, least] of [["timeout", timeout, 0], ["maxBytes", maxBytes, 1]] as const
  ) {
    if (!Number.isSafeInteger(value) || value < least || value > 0x7fffffff) {
      throw new RangeError(
        `Cannot resolve OCSP: ${name} must be a whole number from ${least} on: received ${
          quote(value)
        }`,
      );
    }
  }
  return { method, proxy, signal, timeout, maxBytes };
}
