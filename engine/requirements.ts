/**
 * Which option needs which feature of an engine: the one table, for all engines. What an engine
 * lacks is refused by the name of the option; nothing is ignored. The same table holds a finished
 * {@linkcode ContextConfig} against an engine, for those who come without options.
 *
 * @module
 */

import { SSL_OCSP_NO_STAPLE, SSL_VERIFY_PEER } from "../constants.ts";
import { ipVersion, plainHost } from "../internal/host.ts";
import { NO_OPTIONS } from "../internal/own_options.ts";
import { unsupported, USE_CALLBACKS, USE_OPENSSL } from "../internal/unsupported.ts";
import type { ContextConfig, ContextHooks, Engine, Role, TlsVersion } from "./engine.ts";
import { type Feature, FEATURES, lacking, requireFeature } from "./features.ts";
import { TLS1_2, TLS1_3 } from "./tls_versions.ts";

/** Options by name, checked. */
type Options = Readonly<Record<string, unknown>>;

/** An option that needs a feature. */
export interface Requirement {
  /** Its name. */
  readonly option: string;
  readonly feature: Feature;
  /** With which values the option needs it. @default {with any} */
  readonly when?: (value: unknown, options: Options, role: Role) => boolean;
  /** Which configurations need it; the hooks are in {@linkcode OPTION_OF}. @default {none} */
  readonly config?: (config: ContextConfig) => boolean;
  /** What to do instead, where that is not another engine alone. */
  readonly remedy?: string;
}

/** An engine, as far as this table asks. */
export type Able = Pick<Engine, "name" | "features">;

const given = (value: unknown): boolean => value !== "";
const EXTRA_CA = `use extraCa or extraCaFile, which add to its roots, or ${USE_OPENSSL}`;
const server = (config: ContextConfig): boolean => config.role === "server";

/** The names of a record by SNI name; a plain value has none. */
const namesOf = (value: unknown): readonly string[] => {
  if (typeof value !== "object" || value === null) return [];
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.keys(value) : [];
};
const hasSeveralNames = (value: unknown): boolean => namesOf(value).some((name) => name !== "");
/** `host%tag`: another certificate for a host, with a key of another type. */
const hasTags = (value: unknown): boolean => namesOf(value).some((name) => name.includes("%"));

/** Every need. */
export const REQUIREMENTS: readonly Requirement[] = [
  {
    option: "ca",
    feature: "ownAnchors",
    config: ({ trust }) => trust.anchors !== undefined,
    remedy: EXTRA_CA,
  },
  { option: "caFile", feature: "ownAnchors", when: given, remedy: EXTRA_CA },
  { option: "caPath", feature: "ownAnchors", when: given, remedy: EXTRA_CA },
  { option: "extraCa", feature: "extraAnchors" },
  { option: "extraCaFile", feature: "extraAnchors" },
  {
    option: "clientCa",
    feature: "requestClientCertificate",
    config: (c) => c.clientCa.length > 0,
  },
  { option: "clientCaFile", feature: "requestClientCertificate" },
  {
    option: "verifyMode",
    feature: "requestClientCertificate",
    when: (v, _, role) => role === "server" && ((v as number) & SSL_VERIFY_PEER) !== 0,
    config: (c) => server(c) && c.verifyMode !== 0,
  },
  {
    option: "verifyMode",
    feature: "verifyNone",
    when: (v, _, role) => role === "client" && v === 0,
    config: (c) => !server(c) && c.verifyMode === 0,
    remedy: "give the peer's CA as extraCa, start Deno with its own " +
      `--unsafely-ignore-certificate-errors=<host>, or ${USE_OPENSSL}`,
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
    remedy: `use it with forceFingerprint: true (pin and valid chain), or ${USE_OPENSSL}`,
  },
  // Where OpenSSL cannot call back, it judges a client's chain alone: no pin overrides that.
  {
    option: "fingerprint",
    feature: "verifyCallback",
    when: (_v, _o, role) => role === "server",
    remedy: `trust the client's CA (ca), or ${USE_CALLBACKS}`,
  },
  {
    option: "checkCrl",
    feature: "crl",
    when: (v) => v !== false,
    config: ({ trust }) => trust.checkCrl !== "none",
  },
  { option: "crl", feature: "crl", config: ({ trust }) => trust.crls.length > 0 },
  { option: "crlFile", feature: "crl" },
  {
    option: "cert",
    feature: "sniServer",
    when: hasSeveralNames,
    config: (c) => c.contextByName !== undefined,
  },
  { option: "certFile", feature: "sniServer", when: hasSeveralNames },
  {
    option: "cert",
    feature: "multiCert",
    when: hasTags,
    config: (c) => c.credentials.length > 1,
  },
  { option: "certFile", feature: "multiCert", when: hasTags },
  { option: "cipherList", feature: "ciphers", config: (c) => c.cipherList !== undefined },
  { option: "ciphersuites", feature: "ciphers", config: (c) => c.ciphersuites !== undefined },
  { option: "honorCipherOrder", feature: "ciphers" },
  {
    option: "ecdhCurve",
    feature: "ciphers",
    when: (v) => v !== "auto",
    config: (c) => c.groups !== undefined || c.noEcdh,
  },
  { option: "sigalgs", feature: "ciphers", config: (c) => c.sigalgs !== undefined },
  { option: "dh", feature: "ciphers", config: (c) => c.dh instanceof Uint8Array },
  { option: "dhFile", feature: "ciphers" },
  {
    option: "alpnProtocols",
    feature: "alpnServer",
    when: (v, _, role) => role === "server" && (v as readonly string[]).length > 0,
  },
  {
    option: "npnProtocols",
    feature: "npn",
    when: (v) => (v as readonly string[]).length > 0,
    config: (c) => c.npn.length > 0,
  },
  { option: "psk", feature: "psk", config: (c) => c.psk === true },
  {
    option: "sessionCacheSize",
    feature: "sessions",
    when: (v, _, role) => role === "client" && v !== 0,
  },
  {
    option: "sessionCache",
    feature: "sessions",
    when: (_v, _o, role) => role === "client",
    config: (c) => c.sessions === true,
  },
  { option: "sessionKey", feature: "sessions" },
  {
    option: "sessionIdContext",
    feature: "sessionIdContext",
    config: (c) => c.sessionIdContext !== undefined,
  },
  { option: "ticketKeycb", feature: "ticketKeys", when: (_v, _o, role) => role === "server" },
  { option: "keylog", feature: "keylog" },
  { option: "msgCallback", feature: "msgCallback" },
  { option: "debug", feature: "msgCallback", when: (v) => (v as number) >= 2 },
  {
    option: "trace",
    feature: "msgCallback",
    when: (_, { debug = 2 }) => debug as number >= 2,
    remedy: `use debug: 1 (the outcomes alone), or ${USE_CALLBACKS}`,
  },
  { option: "verifyCallback", feature: "verifyCallback" },
  {
    option: "ocspMode",
    feature: "ocsp",
    when: (v) => ((v as number) & ~SSL_OCSP_NO_STAPLE) !== 0,
    config: (c) => c.requestOcsp,
  },
  { option: "ocspStapleCallback", feature: "ocsp" },
  { option: "ocspStaple", feature: "ocsp" },
  { option: "ocspCache", feature: "ocspResolver" },
  { option: "sniCallback", feature: "sniCallback" },
  { option: "clientHelloCallback", feature: "sniCallback" },
  { option: "createCtxCallback", feature: "nativeObjects" },
  {
    option: "modeReleaseBuffers",
    feature: "releaseBuffers",
    when: (v) => v === true,
    config: (c) => c.releaseBuffers === true,
  },
  { option: "keepSocketOnError", feature: "keepSocket", when: (v) => v === true },
  { option: "errorTrap", feature: "keepSocket" },
  {
    option: "startHandshake",
    feature: "acceptPlain",
    when: (v, _, role) => role === "server" && v === false,
  },
];

/**
 * The option that each hook of a configuration comes from; the engines that verify all have
 * `verify`.
 */
const OPTION_OF: Readonly<Record<Exclude<keyof ContextHooks, "verify">, string>> = {
  verifyEach: "verifyCallback",
  mayResume: "verifyCallback",
  selectContext: "sniCallback",
  newSession: "sessionCache",
  ticketKey: "ticketKeycb",
  ocsp: "ocspMode",
  ocspStaple: "ocspStaple",
  psk: "psk",
  message: "msgCallback",
  keylog: "keylog",
};

/** The first need of the options that the engine cannot meet in this role. */
export function unmetNeed(engine: Able, role: Role, options: object): Requirement | undefined {
  const own = options as Options;
  return REQUIREMENTS.find(({ option, feature, when }) => {
    const value = own[option];
    if (value === undefined || engine.features.has(feature)) return false;
    return when === undefined || when(value, own, role);
  });
}

/**
 * Refuses options that the engine cannot honour in this role.
 *
 * @throws {SslUnsupportedError} It names the first one.
 */
export function requireFeatures(engine: Able, role: Role, options: object): void {
  const need = unmetNeed(engine, role, options);
  if (need === undefined) return;
  throw lacking(engine, need.feature, `option "${need.option}"`, need.remedy);
}

/**
 * Refuses a configuration that the engine cannot honour.
 *
 * @throws {SslUnsupportedError} It names the first option that the configuration must come from.
 */
export function requireConfig(engine: Able, config: ContextConfig): void {
  requireVersions(engine, config.versions, NO_OPTIONS);
  for (const { option, feature, config: asks, remedy } of REQUIREMENTS) {
    if (asks?.(config)) requireFeature(engine, feature, `option "${option}"`, remedy);
  }
  for (const [name, hook] of Object.entries(config.hooks)) {
    if (hook === undefined || name === "verify") continue;
    if (name === "selectContext" && config.contextByName !== undefined) continue; // the row of "cert" has asked
    const option = OPTION_OF[name as keyof typeof OPTION_OF] as string | undefined;
    const row = REQUIREMENTS.find((each) => each.option === option);
    // A hook that is not in the table is one that no engine has promised.
    if (row === undefined) {
      throw unsupported(engine, `the hook ${name}`, "it does not know the hook");
    }
    requireFeature(engine, row.feature, `option "${row.option}"`, row.remedy);
  }
}

/** Whether a client needs no more than one name: it sends what it verifies, or verifies an address. */
export function isOneName(serverName: string | undefined, verifyName: string): boolean {
  const [sent, verified] = [plainHost(serverName ?? ""), plainHost(verifyName)];
  return sent === verified || sent === "" && ipVersion(verified) !== undefined;
}

/** Whether an engine can be held to a choice of versions. */
export function hasVersions(engine: Able, versions: ReadonlySet<TlsVersion>): boolean {
  if (engine.features.has("versions")) return true;
  return versions.size === 2 && versions.has(TLS1_2) && versions.has(TLS1_3);
}

/** Refuses a choice of versions by an engine that has no choice: it has TLS 1.2 and 1.3. */
export function requireVersions(
  engine: Able,
  versions: ReadonlySet<TlsVersion>,
  options: object,
): void {
  if (hasVersions(engine, versions)) return;
  const own = options as Options;
  const option = ["version", "minVersion", "maxVersion"].find((name) => own[name] !== undefined) ??
    "version";
  const lacks = `it lacks versions: ${FEATURES.versions.text}; it has TLS 1.2 and 1.3`;
  throw unsupported(engine, `option "${option}"`, lacks);
}
