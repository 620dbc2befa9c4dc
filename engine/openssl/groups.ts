/**
 * The groups of the key exchange when the options switch a kind of them off. In TLS 1.2 the cipher
 * decides between curves and finite fields; in TLS 1.3 the list of groups does, so groups that are
 * switched off must not be in it.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import type { ContextConfig, EngineName } from "../engine.ts";
import { TLS1_3 } from "../tls_versions.ts";

/** RFC 7919; OpenSSL has them in TLS 1.3 since 3.0. */
const FINITE_FIELDS = "ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192";

/** OpenSSL's own choice without the finite fields: the first list that the library knows. */
const CURVES = [
  "X25519MLKEM768:X25519:P-256:X448:P-521:P-384",
  "X25519:P-256:X448:P-521:P-384",
  "P-256:P-521:P-384", // a FIPS provider
];

/** What it needs of the context. */
export interface GroupTarget {
  /** Which engine it is. */
  readonly engine: EngineName;
  /** Sets a list of groups; false when the library does not know one of them. */
  readonly set: (list: string) => boolean;
  /** Switches TLS 1.3 off. */
  readonly withoutTls13: () => void;
}

/**
 * Leaves the groups out that `ecdhCurve: null` and a server's `dh: null` switch off.
 *
 * @throws {SslUnsupportedError} where nothing is left that the library can do.
 */
export function restrictGroups(config: ContextConfig, target: GroupTarget): void {
  const { noEcdh, groups, role, versions } = config;
  const noFinite = role === "server" && config.dh === null;
  if (groups !== undefined || !versions.has(TLS1_3) || (!noEcdh && !noFinite)) {
    // Before TLS 1.3 the cipher list decides; the server chooses the finite field.
    return;
  }
  if (noEcdh && noFinite) return onlyBefore13(config, target, "ecdhCurve: null and dh: null");
  if (noFinite) {
    if (CURVES.some(target.set)) return;
    return onlyBefore13(config, target, "dh: null", "this OpenSSL takes no list of curves");
  }
  if (target.set(FINITE_FIELDS)) return;
  onlyBefore13(config, target, "ecdhCurve: null", "this OpenSSL has no finite-field groups there");
}

function onlyBefore13(
  { versions }: ContextConfig,
  { engine, withoutTls13 }: GroupTarget,
  option: string,
  why = "nothing is left to exchange keys with",
): void {
  if ([...versions].some((version) => version < TLS1_3)) return withoutTls13();
  throw new SslUnsupportedError(
    `Cannot use ${option} with TLS 1.3 alone: ${why}: allow TLS 1.2, or leave the option out`,
    { facts: { engine } },
  );
}
