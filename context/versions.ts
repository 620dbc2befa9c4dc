/**
 * Which TLS versions are allowed: Perl's `SSL_version` grammar and our `minVersion` and
 * `maxVersion`, as a set of wire versions. Pure.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import type { TlsVersion } from "../engine/engine.ts";
import { SslUnsupportedError } from "../errors.ts";
import { TLS1_2, TLS1_3, VERSIONS } from "../engine/tls_versions.ts";
import type { TlsVersionName } from "./options.ts";

/**
 * What `SSLv23` means: every version of TLS. SSLv3 is broken (RFC 7568), so it counts only when it is
 * named; Perl leaves that to the library.
 */
const ANY: readonly TlsVersion[] = Object.values(VERSIONS).filter((v) => v > VERSIONS.SSLv3);

/** TLS 1.2 and 1.3: RFC 8996 deprecates what is older. */
export const DEFAULT_VERSIONS: ReadonlySet<TlsVersion> = new Set<TlsVersion>([TLS1_2, TLS1_3]);

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
        `Cannot use option "version": invalid SSL_version specified: received ${quote(text)}: ` +
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
        `Cannot use option "version": cannot set multiple SSL protocols in SSL_version: received ${
          quote(text)
        }`,
      );
    } else only = name;
  }
  if (only === "SSLv2") {
    throw new SslUnsupportedError(
      `Cannot use option "version": SSL Version SSLv2 not supported: use "TLSv1_2" or "TLSv1_3"`,
      {
        code: "ERR_SSL_UNSUPPORTED_VERSION",
      },
    );
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
      `Cannot use option "${option}": SSL Version SSLv2 not supported: use "TLSv1_2" or "TLSv1_3" as "${option}"`,
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
