/**
 * What the options demand of the engine.
 *
 * Which TLS versions are allowed: Perl's `SSL_version` grammar and our `minVersion`
 * / `maxVersion`, as a set of wire versions. Which options ask for which feature:
 * what the engine lacks is refused here, by the name of the option; nothing is
 * ignored.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import type { Engine, Role, TlsVersion } from "../engine/engine.ts";
import { SslUnsupportedError } from "../errors.ts";
import { SSL_OCSP_NO_STAPLE, SSL_VERIFY_PEER } from "../constants.ts";
import { type Feature, FEATURES } from "../engine/features.ts";
import { VERSIONS } from "../engine/tls_versions.ts";
import { isRecord } from "./checks.ts";
import type { SslOptions } from "./options.ts";
import { unsupported } from "./errors.ts";

/** The names a version may have in `minVersion`, `maxVersion` and in what a socket reports. */
export type TlsVersionName = "SSLv3" | "TLSv1" | "TLSv1_1" | "TLSv1_2" | "TLSv1_3";

/**
 * What `SSLv23` means: every version of TLS. SSLv3 is broken (RFC 7568), so it
 * takes part only when it is named, where Perl leaves that to the library.
 */
const ANY: readonly TlsVersion[] = [0x0301, 0x0302, 0x0303, 0x0304];

/** TLS 1.2 and 1.3: RFC 8996 deprecates what is older. */
export const DEFAULT_VERSIONS: ReadonlySet<TlsVersion> = new Set<TlsVersion>([0x0303, 0x0304]);

const ELEMENT = /^(!?)(SSLv2\/3|SSLv23|SSLv2|SSLv3|TLSv1(?:_?[123])?)$/i;

/** The element's version as we spell it: `tlsV12` and `TLSv1_2` are `TLSv1_2`. */
function canonical(text: string): "SSLv23" | "SSLv2" | TlsVersionName {
  const lower = text.toLowerCase();
  if (lower === "sslv23" || lower === "sslv2/3") return "SSLv23";
  if (lower === "sslv2") return "SSLv2";
  if (lower === "sslv3") return "SSLv3";
  const minor = lower.at(-1)!;
  return lower === "tlsv1" ? "TLSv1" : `TLSv1_${minor as "1" | "2" | "3"}`;
}

/**
 * Reads Perl's `SSL_version`: one protocol, and exclusions with `!`, joined by
 * colons, in any case: `SSLv23:!TLSv1:!TLSv1_1`, `TLSv1_3`, `tlsv12`. With
 * exclusions alone, everything else is allowed.
 *
 * @throws {TypeError} `invalid SSL_version specified`, or `cannot set multiple
 * SSL protocols in SSL_version`, or when nothing is left.
 * @throws {SslUnsupportedError} for SSLv2, which no supported library has.
 */
export function parseVersion(text: string): ReadonlySet<TlsVersion> {
  let only: ReturnType<typeof canonical> | undefined;
  const excluded = new Set<TlsVersion>();
  for (const part of text.trim().split(/\s*:\s*/)) {
    const match = ELEMENT.exec(part);
    if (match === null) {
      throw new TypeError(
        `invalid SSL_version specified: received ${quote(text)}: ` +
          `the option version is one of ${Object.keys(VERSIONS).join(", ")} or SSLv23 (any), ` +
          `with exclusions as in "SSLv23:!TLSv1_2"`,
      );
    }
    const name = canonical(match[2]!);
    if (match[1] === "!") {
      if (name === "SSLv23") { for (const v of ANY) excluded.add(v); }
      else if (name !== "SSLv2") excluded.add(VERSIONS[name]);
    } else if (only !== undefined && only !== name) {
      throw new TypeError(
        `cannot set multiple SSL protocols in SSL_version: received ${quote(text)}`,
      );
    } else only = name;
  }
  if (only === "SSLv2") {
    throw new SslUnsupportedError(`SSL Version SSLv2 not supported: use "TLSv1_2" or "TLSv1_3"`, {
      code: "ERR_SSL_UNSUPPORTED_VERSION",
    });
  }
  const base = only === undefined || only === "SSLv23" ? ANY : [VERSIONS[only]];
  const left = new Set(base.filter((v) => !excluded.has(v)));
  if (left.size === 0) {
    throw new TypeError(
      `Cannot use option "version": it excludes every protocol: received ${quote(text)}`,
    );
  }
  return left;
}

function bound(option: "minVersion" | "maxVersion", text: string): TlsVersion {
  const match = ELEMENT.exec(text.trim());
  const name = match === null || match[1] === "!" ? undefined : canonical(match[2]!);
  if (name === undefined || name === "SSLv23") {
    throw new TypeError(
      `Cannot use option "${option}": must be one of ${Object.keys(VERSIONS).join(", ")}: ` +
        `received ${quote(text)}`,
    );
  }
  if (name === "SSLv2") {
    throw new SslUnsupportedError(
      `SSL Version SSLv2 not supported: use "TLSv1_2" or "TLSv1_3" as "${option}"`,
      { code: "ERR_SSL_UNSUPPORTED_VERSION" },
    );
  }
  return VERSIONS[name];
}

/**
 * The versions that `version`, `minVersion` and `maxVersion` allow together.
 * Without `version` the lower bound is TLS 1.2 unless `minVersion` says
 * otherwise: `maxVersion: "TLSv1_1"` alone is a contradiction, not a downgrade.
 *
 * @throws {TypeError} for an invalid value or when nothing is left.
 */
export function allowedVersions(
  options: {
    readonly version?: string | undefined;
    readonly minVersion?: string | undefined;
    readonly maxVersion?: string | undefined;
  },
): ReadonlySet<TlsVersion> {
  const { version, minVersion, maxVersion } = options;
  const base = version === undefined
    ? (minVersion === undefined ? DEFAULT_VERSIONS : new Set(Object.values(VERSIONS)))
    : parseVersion(version);
  const min = minVersion === undefined ? 0 : bound("minVersion", minVersion);
  const max = maxVersion === undefined ? 0xffff : bound("maxVersion", maxVersion);
  const left = new Set([...base].filter((v) => v >= min && v <= max));
  if (left.size === 0) {
    const given = Object.entries({ version, minVersion, maxVersion })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${quote(value)}`)
      .join(", ");
    const why = minVersion === undefined && version === undefined
      ? "the default lower bound is TLSv1_2, give minVersion too"
      : "no protocol satisfies them all";
    throw new TypeError(`Cannot combine ${given}: ${why}`);
  }
  return left;
}

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
