/**
 * The host name schemes as data: which names of a certificate count, and
 * where a wildcard may stand. Perl's schemes are exactly those of
 * IO::Socket::SSL 2.099; `rfc9525` is ours and the default.
 *
 * @module
 */

import { ownOptions, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import type { SubjectAltName } from "../certificate/general_name.ts";
import type { NameSyntax } from "../internal/host.ts";
import { didYouMean } from "../internal/suggest.ts";

/**
 * Where a wildcard may stand in a name: nowhere, as the whole first label, or within the first
 * label. `"leftmost"` is Perl's old word for `"full_label"`.
 *
 * @category Verification
 */
export type WildcardPlace = 0 | "full_label" | "leftmost" | "anywhere";

/** The same under one name. */
export type ResolvedPlace = Exclude<WildcardPlace, "leftmost">;

const place = (given: WildcardPlace): ResolvedPlace => given === "leftmost" ? "full_label" : given;

/**
 * A custom scheme. What is not given is off.
 *
 * Perl: `SSL_verifycn_scheme` as a hash
 *
 * @category Verification
 */
export interface CustomScheme {
  /**
   * Whether the common name counts: never (0), always, or only when the
   * certificate has no dNSName.
   *
   * Perl: `check_cn`
   */
  readonly checkCn?: 0 | "always" | "when_only";
  /**
   * Wildcards in subjectAltNames.
   *
   * Perl: `wildcards_in_alt`
   */
  readonly wildcardsInAlt?: WildcardPlace;
  /**
   * Wildcards in the common name.
   *
   * Perl: `wildcards_in_cn`
   */
  readonly wildcardsInCn?: WildcardPlace;
  /**
   * Whether an IP address may stand in the common name: any, only IPv4, only IPv6.
   *
   * Perl: `ip_in_cn`
   */
  readonly ipInCn?: boolean | 4 | 6;
  /**
   * Decides alone; every other key is then ignored. Called with the host
   * without trailing dots, the common name and the subjectAltNames. Must
   * return a boolean.
   *
   * Perl: `callback`
   */
  readonly callback?: (
    host: string,
    cn: string | undefined,
    alt: readonly SubjectAltName[],
  ) => boolean;
}

/** The rules of a scheme. */
export interface SchemeRules {
  /** See {@linkcode CustomScheme.checkCn}. */
  readonly checkCn: 0 | "always" | "when_only";
  /** See {@linkcode CustomScheme.wildcardsInAlt}. */
  readonly wildcardsInAlt: ResolvedPlace;
  /** See {@linkcode CustomScheme.wildcardsInCn}. */
  readonly wildcardsInCn: ResolvedPlace;
  /** See {@linkcode CustomScheme.ipInCn}; 0 is off, 1 is any. */
  readonly ipInCn: 0 | 1 | 4 | 6;
  /** How the host is read, and whether the certificate's names are read as strictly. */
  readonly syntax: NameSyntax;
  /** How many labels must follow a wildcard whatever the public suffix list says. */
  readonly labelsAfterWildcard: 0 | 2;
  /** See {@linkcode CustomScheme.callback}. */
  readonly callback?: CustomScheme["callback"];
}

function perl(
  checkCn: SchemeRules["checkCn"],
  wildcardsInAlt: ResolvedPlace,
  wildcardsInCn: ResolvedPlace,
  ipInCn: SchemeRules["ipInCn"] = 0,
): SchemeRules {
  return Object.freeze(ownRecord<SchemeRules>({
    checkCn,
    wildcardsInAlt,
    wildcardsInCn,
    ipInCn,
    syntax: "perl",
    labelsAfterWildcard: 0,
  }));
}

//                        CN           * in SAN      * in CN       IP in CN
const ANYWHERE = perl("when_only", "anywhere", "anywhere");
const HTTP = perl("when_only", "anywhere", "anywhere", 4);
const LDAP = perl("always", "full_label", 0);
const MAIL = perl("always", "full_label", "full_label");
const GIST = perl("when_only", "full_label", "full_label");
const SIP = perl("always", 0, 0);
const DEFAULT = perl("always", "anywhere", "anywhere", 1);
const RFC9525 = Object.freeze(ownRecord<SchemeRules>({
  checkCn: 0,
  wildcardsInAlt: "full_label",
  wildcardsInCn: 0,
  ipInCn: 0,
  syntax: "strict",
  labelsAfterWildcard: 2,
}));

/**
 * The name of a scheme: a protocol or the RFC that its rules come from.
 *
 * @category Verification
 */
export type SchemeName =
  | "rfc9525"
  | "default"
  | "none"
  | "http"
  | "www"
  | "rfc2818"
  | "xmpp"
  | "rfc3920"
  | "ftp"
  | "rfc4217"
  | "ldap"
  | "rfc4513"
  | "smtp"
  | "rfc2595"
  | "imap"
  | "pop3"
  | "acap"
  | "rfc4642"
  | "nntp"
  | "rfc5539"
  | "netconf"
  | "rfc5538"
  | "syslog"
  | "rfc5425"
  | "snmp"
  | "rfc5953"
  | "gist"
  | "rfc5971"
  | "sip"
  | "rfc5922";

const SCHEMES: Readonly<Record<SchemeName, SchemeRules | undefined>> = Object.freeze({
  rfc9525: RFC9525,
  default: DEFAULT,
  none: undefined,
  http: HTTP,
  www: HTTP,
  rfc2818: ANYWHERE,
  xmpp: ANYWHERE,
  rfc3920: ANYWHERE,
  ftp: ANYWHERE,
  rfc4217: ANYWHERE,
  ldap: LDAP,
  rfc4513: LDAP,
  smtp: MAIL,
  rfc2595: MAIL,
  imap: MAIL,
  pop3: MAIL,
  acap: MAIL,
  rfc4642: MAIL,
  nntp: MAIL,
  rfc5539: MAIL,
  netconf: MAIL,
  rfc5538: MAIL,
  syslog: MAIL,
  rfc5425: MAIL,
  snmp: MAIL,
  rfc5953: MAIL,
  gist: GIST,
  rfc5971: GIST,
  sip: SIP,
  rfc5922: SIP,
});

/**
 * How the names of a certificate are compared with a host: a name from
 * {@linkcode SCHEME_NAMES} or a {@linkcode CustomScheme}.
 *
 * Perl: `SSL_verifycn_scheme`
 *
 * @category Verification
 */
export type Scheme = SchemeName | CustomScheme;

/**
 * All names of schemes.
 *
 * @category Verification
 */
export const SCHEME_NAMES: readonly SchemeName[] = Object.freeze(
  Object.keys(SCHEMES) as SchemeName[],
);

/**
 * The scheme of a client that names none: RFC 9525. The common name and
 * partial wildcards, which Perl's `default` accepts, let a certificate speak
 * for hosts that its CA never checked.
 *
 * @category Verification
 */
export const DEFAULT_SCHEME: SchemeName = "rfc9525";

/** A scheme that was looked up: its name for reports, and its rules; `none` has no rules. */
export interface ResolvedScheme {
  /** The name, or `custom`. */
  readonly name: SchemeName | "custom";
  /** The rules; `undefined` when names are not checked at all. */
  readonly rules: SchemeRules | undefined;
}

const WILDCARDS: readonly unknown[] = [0, "full_label", "leftmost", "anywhere"];

/** The keys of a custom scheme: which values each accepts. */
const CUSTOM_KEYS: Record<keyof CustomScheme, (value: unknown) => boolean> = {
  checkCn: (v) => v === 0 || v === "always" || v === "when_only",
  wildcardsInAlt: (v) => WILDCARDS.includes(v),
  wildcardsInCn: (v) => WILDCARDS.includes(v),
  ipInCn: (v) => typeof v === "boolean" || v === 4 || v === 6,
  callback: (v) => typeof v === "function",
};

const EXPECTED: Record<keyof CustomScheme, string> = {
  checkCn: '0, "always" or "when_only"',
  wildcardsInAlt: '0, "full_label" or "anywhere"',
  wildcardsInCn: '0, "full_label" or "anywhere"',
  ipInCn: "true, false, 4 or 6",
  callback: "a function",
};

function resolveCustom(input: CustomScheme): ResolvedScheme {
  const scheme = ownOptions(input, {
    operation: "use scheme",
    names: CUSTOM_KEYS,
    unknown: (key) =>
      new TypeError(
        `Cannot use scheme: unknown key ${quote(key)}${didYouMean(key, Object.keys(CUSTOM_KEYS))}`,
      ),
  });
  const given = Object.entries(scheme).filter(([, value]) => value !== undefined);
  for (const [key, value] of given) {
    const name = key as keyof CustomScheme;
    if (!CUSTOM_KEYS[name](value)) {
      throw new TypeError(
        `Cannot use scheme: ${name} must be ${EXPECTED[name]}: received ${quote(value)}`,
      );
    }
  }
  // Perl takes an empty hash for "none"; here an empty object does not switch the check off.
  if (given.length === 0) {
    throw new TypeError(
      'Cannot use scheme: it has no key, so no name could match: use "none" to check no name',
    );
  }
  const { checkCn, wildcardsInAlt, wildcardsInCn, ipInCn, callback } = scheme;
  return {
    name: "custom",
    rules: ownRecord<SchemeRules>({
      checkCn: checkCn ?? 0,
      wildcardsInAlt: place(wildcardsInAlt ?? 0),
      wildcardsInCn: place(wildcardsInCn ?? 0),
      ipInCn: ipInCn === true ? 1 : ipInCn || 0,
      syntax: "perl",
      labelsAfterWildcard: 0,
      ...(callback ? { callback } : {}),
    }),
  };
}

/**
 * Looks up a scheme by its name, or checks a custom one.
 *
 * @param scheme a name or a custom scheme; {@linkcode DEFAULT_SCHEME} when not given
 * @throws {TypeError} for an unknown name, an unknown key or a wrong value
 */
export function resolveScheme(scheme: Scheme = DEFAULT_SCHEME): ResolvedScheme {
  if (typeof scheme === "string") {
    if (!Object.hasOwn(SCHEMES, scheme)) {
      throw new TypeError(
        `Cannot use scheme: unknown name ${quote(scheme)}${didYouMean(scheme, SCHEME_NAMES)}` +
          `: known are ${SCHEME_NAMES.join(", ")}`,
      );
    }
    return { name: scheme, rules: SCHEMES[scheme] };
  }
  if (typeof scheme !== "object" || scheme === null || Array.isArray(scheme)) {
    throw new TypeError(
      `Cannot use scheme: it must be a name or an object of rules: received ${quote(scheme)}`,
    );
  }
  return resolveCustom(scheme);
}

const PERL_KEYS: Record<string, keyof CustomScheme> = {
  check_cn: "checkCn",
  wildcards_in_alt: "wildcardsInAlt",
  wildcards_in_cn: "wildcardsInCn",
  ip_in_cn: "ipInCn",
  callback: "callback",
};

/**
 * Turns a scheme in Perl's spelling into ours: `{ check_cn: "always", ip_in_cn: 1 }`,
 * the old name `leftmost` for `full_label`, and an empty hash, which is
 * `none` there. Names of schemes pass through.
 *
 * @throws {TypeError} for an unknown key, or a wrong value
 */
export function schemeFromPerl(scheme: string | Readonly<Record<string, unknown>>): Scheme {
  if (typeof scheme === "string") {
    resolveScheme(scheme as SchemeName);
    return scheme as SchemeName;
  }
  if (Object.keys(scheme).length === 0) return "none";
  const ours: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(scheme)) {
    const name = Object.hasOwn(PERL_KEYS, key) ? PERL_KEYS[key]! : key;
    if (name === "ipInCn") {
      ours[name] = value === 4 || value === 6 ? value : Boolean(value);
    } else if (name === "callback") {
      ours[name] = value;
    } else {
      ours[name] = value === "leftmost" ? "full_label" : value || 0;
    }
  }
  resolveCustom(ours);
  return ours;
}
