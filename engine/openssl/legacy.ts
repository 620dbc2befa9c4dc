/**
 * TLS 1.0 and 1.1 sign with MD5 and SHA-1 together, which OpenSSL 3 allows at
 * security level 0 alone (1.1.1: up to 1). What OpenSSL itself says about that ("internal
 * error", "no suitable signature algorithm") helps nobody.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import type { TlsVersion } from "../engine.ts";
import { VERSIONS } from "../tls_versions.ts";
import type { Advice } from "./error_queue.ts";
import { isBefore3 } from "./inspect.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const { SSLv3, TLSv1_1 } = VERSIONS;
const REMEDY = 'add @SECLEVEL=0 to cipherList, e.g. cipherList: "DEFAULT:@SECLEVEL=0"';
const REASONS =
  /no suitable signature algorithm|legacy sigalg disallowed|no protocols available|no suitable digest|internal error|alert protocol version/;

/** Whether a security level allows the signatures of TLS 1.0 and 1.1. */
function allows(c: OpenSslSymbols, level: number): boolean {
  return level <= (isBefore3(c) ? 1 : 0);
}

/** Refuses a context that could never complete a handshake: for SSLv3 with Perl's words. */
export function requireLegacyLevel(
  c: OpenSslSymbols,
  ctx: Deno.PointerValue,
  versions: ReadonlySet<TlsVersion>,
): void {
  if ([...versions].some((v) => v > TLSv1_1)) return;
  if (versions.size === 1 && versions.has(SSLv3)) {
    // OpenSSL accepts this version even if it was built without it, and then offers no version at
    // all.
    throw new SslUnsupportedError(
      'Cannot use option "version": SSL Version SSLv3 not supported: RFC 7568 forbids it: use "TLSv1_2" or "TLSv1_3"',
      { code: "ERR_SSL_UNSUPPORTED_VERSION", reason: "SSLv3 is not supported" },
    );
  }
  const level = c.SSL_CTX_get_security_level(ctx);
  if (allows(c, level)) return;
  throw new SslUnsupportedError(
    "Cannot create a context: version: TLS 1.0 and 1.1 need signatures with SHA-1, which the " +
      `library's security level forbids: it is ${level}: ${REMEDY}`,
    {
      code: "ERR_SSL_UNSUPPORTED_VERSION",
      reason: "no protocols available at this security level",
    },
  );
}

/** The remedy for a handshake in which an old version was allowed, but not possible. */
export function legacyAdvice(
  reason: string,
  c: OpenSslSymbols,
  ctx: Deno.PointerValue | undefined,
  versions: ReadonlySet<TlsVersion>,
): Advice | undefined {
  if (![...versions].some((v) => v <= TLSv1_1) || !REASONS.test(reason)) return undefined;
  const securityLevel = ctx ? c.SSL_CTX_get_security_level(ctx) : 0;
  if (allows(c, securityLevel)) return undefined;
  return {
    text: `if it was about TLS 1.0 or 1.1, the library's security level forbids them: ${REMEDY}`,
    facts: {
      securityLevel,
      limit: { by: "own", what: "TLS 1.0 and 1.1", option: "cipherList" },
    },
  };
}
