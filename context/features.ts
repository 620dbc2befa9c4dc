/**
 * Which options ask for which feature of an engine. What the engine lacks is
 * refused here, by the name of the option; nothing is ignored.
 *
 * @module
 */

import { SSL_OCSP_NO_STAPLE, SSL_VERIFY_PEER } from "../constants.ts";
import { type Feature, FEATURES } from "../engine/features.ts";
import type { Engine, Role } from "../engine/types.ts";
import { isRecord } from "./checks.ts";
import type { SslOptions } from "./options.ts";
import { unsupported } from "./errors.ts";
import { allowedVersions, DEFAULT_VERSIONS } from "./versions.ts";

/** When an option, with this value, needs the feature. */
interface Need {
  readonly option: keyof SslOptions;
  readonly feature: Feature;
  readonly when?: (value: unknown, options: SslOptions, role: Role) => boolean;
  readonly remedy?: string;
}

const given = (value: unknown): boolean => value !== "";
const EXTRA_CA = `use extraCa or extraCaFile, which add to its roots, or run with --allow-ffi`;

const hasSeveralNames = (value: unknown): boolean =>
  isRecord(value) && Object.keys(value).some((name) => name !== "");

const NEEDS: readonly Need[] = [
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
  // Where no client is asked for a certificate there is no name to compare.
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
    when: (_, { debug = 2 }) => debug >= 2,
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
export function requireFeatures(engine: Engine, role: Role, options: SslOptions): void {
  for (const { option, feature, when, remedy } of NEEDS) {
    const value = options[option];
    if (value === undefined || engine.features.has(feature)) continue;
    if (when !== undefined && !when(value, options, role)) continue;
    throw unsupported(engine, option, `it lacks: ${FEATURES[feature].text}`, remedy);
  }
  if (!engine.features.has("versions")) requireDefaultVersions(engine, options);
}

function requireDefaultVersions(engine: Engine, options: SslOptions): void {
  const versions = allowedVersions(options);
  const same = versions.size === DEFAULT_VERSIONS.size &&
    [...versions].every((v) => DEFAULT_VERSIONS.has(v));
  if (same) return;
  const option = (["version", "minVersion", "maxVersion"] as const)
    .find((name) => options[name] !== undefined) ?? "version";
  throw unsupported(engine, option, `it lacks: ${FEATURES.versions.text}; it has TLS 1.2 and 1.3`);
}
