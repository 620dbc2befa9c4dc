/**
 * Which option needs which feature of an engine: the one table, for both engines. What an engine
 * lacks is refused by the name of the option; nothing is ignored.
 *
 * @module
 */

import { SSL_OCSP_NO_STAPLE, SSL_VERIFY_PEER } from "../constants.ts";
import { unsupported } from "../internal/unsupported.ts";
import type { Engine, Role, TlsVersion } from "./engine.ts";
import { type Feature, FEATURES } from "./features.ts";
import { TLS1_2, TLS1_3 } from "./tls_versions.ts";

/** Options by name, checked. */
type Options = Readonly<Record<string, unknown>>;

/** When an option, with this value, needs the feature. */
interface Requirement {
  readonly option: string;
  readonly feature: Feature;
  readonly when?: (value: unknown, options: Options, role: Role) => boolean;
  readonly remedy?: string;
}

const given = (value: unknown): boolean => value !== "";
const EXTRA_CA = `use extraCa or extraCaFile, which add to its roots, or run with --allow-ffi`;

/** Whether a value is a record by SNI name, with more than the default. */
const hasSeveralNames = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null;
  return plain && Object.keys(value).some((name) => name !== "");
};

const REQUIREMENTS: readonly Requirement[] = [
  { option: "ca", feature: "ownAnchors", remedy: EXTRA_CA },
  { option: "caFile", feature: "ownAnchors", when: given, remedy: EXTRA_CA },
  { option: "caPath", feature: "ownAnchors", when: given, remedy: EXTRA_CA },
  { option: "extraCa", feature: "extraAnchors" },
  { option: "extraCaFile", feature: "extraAnchors" },
  { option: "clientCa", feature: "requestClientCertificate" },
  { option: "clientCaFile", feature: "requestClientCertificate" },
  {
    option: "verifyMode",
    feature: "requestClientCertificate",
    when: (v, _, role) => role === "server" && ((v as number) & SSL_VERIFY_PEER) !== 0,
  },
  {
    option: "verifyMode",
    feature: "verifyNone",
    when: (v, _, role) => role === "client" && v === 0,
  },
  {
    option: "verifycnScheme",
    feature: "hostnameSchemes",
    when: (v) => v !== "rfc9525" && v !== "none",
  },
  { option: "verifycnPublicsuffix", feature: "hostnameSchemes" },
  // A server that asks no client for a certificate has no name to compare.
  {
    option: "verifycnScheme",
    feature: "requestClientCertificate",
    when: (v, _, role) => role === "server" && v !== "rfc9525" && v !== "none",
  },
  {
    option: "verifycnPublicsuffix",
    feature: "requestClientCertificate",
    when: (_v, _o, role) => role === "server",
  },
  {
    option: "fingerprint",
    feature: "fingerprint",
    when: (_, { forceFingerprint }) => forceFingerprint !== true,
    remedy: "use it with forceFingerprint: true (pin and valid chain), or run with --allow-ffi",
  },
  // Where OpenSSL cannot call back, it judges a client's chain alone: no pin overrides that.
  {
    option: "fingerprint",
    feature: "verifyCallback",
    when: (_v, _o, role) => role === "server",
    remedy: "trust the client's CA (ca), or run with --allow-ffi without a path",
  },
  { option: "checkCrl", feature: "crl", when: (v) => v !== false },
  { option: "crl", feature: "crl" },
  { option: "crlFile", feature: "crl" },
  { option: "cert", feature: "sniServer", when: hasSeveralNames },
  { option: "certFile", feature: "sniServer", when: hasSeveralNames },
  { option: "cipherList", feature: "ciphers" },
  { option: "ciphersuites", feature: "ciphers" },
  { option: "honorCipherOrder", feature: "ciphers" },
  { option: "ecdhCurve", feature: "ciphers", when: (v) => v !== "auto" },
  { option: "sigalgs", feature: "ciphers" },
  { option: "dh", feature: "ciphers" },
  { option: "dhFile", feature: "ciphers" },
  {
    option: "alpnProtocols",
    feature: "alpnServer",
    when: (v, _, role) => role === "server" && (v as readonly string[]).length > 0,
  },
  { option: "npnProtocols", feature: "npn", when: (v) => (v as readonly string[]).length > 0 },
  { option: "psk", feature: "psk" },
  {
    option: "sessionCacheSize",
    feature: "sessions",
    when: (v, _, role) => role === "client" && v !== 0,
  },
  { option: "sessionCache", feature: "sessions", when: (_v, _o, role) => role === "client" },
  { option: "sessionKey", feature: "sessions" },
  { option: "sessionIdContext", feature: "sessionIdContext" },
  { option: "ticketKeycb", feature: "ticketKeys", when: (_v, _o, role) => role === "server" },
  { option: "keylog", feature: "keylog" },
  { option: "msgCallback", feature: "msgCallback" },
  { option: "debug", feature: "msgCallback", when: (v) => (v as number) >= 2 },
  {
    option: "trace",
    feature: "msgCallback",
    when: (_, { debug = 2 }) => debug as number >= 2,
    remedy: "use debug: 1 (the outcomes alone), or run with --allow-ffi without a path",
  },
  { option: "verifyCallback", feature: "verifyCallback" },
  { option: "ocspMode", feature: "ocsp", when: (v) => ((v as number) & ~SSL_OCSP_NO_STAPLE) !== 0 },
  { option: "ocspStapleCallback", feature: "ocsp" },
  { option: "ocspStaple", feature: "ocsp" },
  { option: "ocspCache", feature: "ocspResolver" },
  { option: "sniCallback", feature: "sniServer" },
  { option: "clientHelloCallback", feature: "sniServer" },
  { option: "createCtxCallback", feature: "nativeObjects" },
  { option: "modeReleaseBuffers", feature: "releaseBuffers", when: (v) => v === true },
];

/** Refuses options that the engine cannot honour in this role. */
export function requireFeatures(engine: Engine, role: Role, options: object): void {
  const own = options as Options;
  for (const { option, feature, when, remedy } of REQUIREMENTS) {
    const value = own[option];
    if (value === undefined || engine.features.has(feature)) continue;
    if (when !== undefined && !when(value, own, role)) continue;
    throw unsupported(engine, `option "${option}"`, `it lacks: ${FEATURES[feature].text}`, remedy);
  }
}

/** Refuses a choice of versions by an engine that has no choice: it has TLS 1.2 and 1.3. */
export function requireVersions(
  engine: Engine,
  versions: ReadonlySet<TlsVersion>,
  options: object,
): void {
  if (engine.features.has("versions")) return;
  if (versions.size === 2 && versions.has(TLS1_2) && versions.has(TLS1_3)) return;
  const own = options as Options;
  const option = ["version", "minVersion", "maxVersion"].find((name) => own[name] !== undefined) ??
    "version";
  const lacks = `it lacks: ${FEATURES.versions.text}; it has TLS 1.2 and 1.3`;
  throw unsupported(engine, `option "${option}"`, lacks);
}
