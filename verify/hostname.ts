/**
 * Is this certificate valid for this host? The algorithm of IO::Socket::SSL's
 * `verify_hostname_of_cert`, with the rules of RFC 9525 as one more scheme:
 *
 * 1. The host is an IP address, a DNS name, or neither; then nothing matches.
 * 2. An address matches an iPAddress of the certificate by value and never a
 *    DNS name or a wildcard. A DNS name matches a dNSName.
 * 3. Where the scheme lets the common name count, it comes last.
 * 4. A wildcard must be followed by more than a public suffix: it never spans
 *    the domains of different owners.
 *
 * @module
 */

import { quote, quoteName } from "../internal/quote.ts";
import { memberOf, type NamesOf, ownOptions } from "../internal/own_options.ts";
import { namedType, type SubjectAltName } from "../certificate/general_name.ts";
import {
  parseIpAddress,
  readHost,
  type ReferenceName,
  withoutFinalDots,
} from "../internal/host.ts";
import { type CertificateInput, toCertificate } from "../certificate/certificate.ts";
import { isForeignCertificate } from "../certificate/foreign_objects.ts";
import type { HostnameReport, NameComparison } from "./hostname_report.ts";
import { PublicSuffix } from "./public_suffix.ts";
import { type ResolvedScheme, resolveScheme, type Scheme, type SchemeRules } from "./schemes.ts";
import { matchDns, type Matcher, no, type Outcome, trimAscii } from "./wildcard.ts";

/**
 * The parts of a certificate that are compared: its names.
 *
 * @category Verification
 */
export interface CertificateNames {
  /** The common name of the subject. */
  readonly commonName?: string | null | undefined;
  /** The subjectAltNames, in the order of the certificate; a type may be `GEN_DNS`, `GEN_IPADD`. */
  readonly subjectAltNames?:
    | readonly (SubjectAltName | { readonly type: number; readonly value: string })[]
    | undefined;
}

/** The names as they are compared. */
interface OwnNames {
  readonly commonName: string | null | undefined;
  readonly subjectAltNames: readonly SubjectAltName[];
}

/**
 * Options of {@linkcode verifyHostname} and {@linkcode explainHostname}.
 *
 * @category Verification
 */
export interface VerifyHostnameOptions {
  /**
   * The list that wildcards are checked against; "" switches the check off.
   *
   * Perl: `SSL_verifycn_publicsuffix`
   *
   * @default {PublicSuffix.default()}
   */
  readonly publicSuffix?: PublicSuffix | "" | undefined;
}

const OPTIONS: NamesOf<VerifyHostnameOptions> = { publicSuffix: true };

function matchIp(value: string, bytes: Uint8Array): Outcome {
  const own = parseIpAddress(value);
  if (!own) return no("it is not an IP address");
  // Octet for octet (RFC 9525 6.4): ::ffff:192.0.2.1 and 192.0.2.1 are two different names.
  return own.length === bytes.length && own.every((byte, i) => byte === bytes[i])
    ? { ok: true, rule: "ip", detail: "the same address" }
    : no("a different address");
}

function matchIpInCn(cn: string, reference: ReferenceName & { kind: "ip" }, rules: SchemeRules) {
  const version = reference.bytes.length === 4 ? 4 : 6;
  if (rules.ipInCn === 0) return no("the scheme allows no IP address in the common name");
  if (rules.ipInCn !== 1 && rules.ipInCn !== version) {
    return no(`the scheme allows only an IPv${rules.ipInCn} address in the common name`);
  }
  // As text, not by value, as Perl does: comparing values would accept more.
  const outcome: Outcome = cn === reference.name
    ? { ok: true, rule: "ip-in-cn", detail: "the same address, as text" }
    : no("not the same address, as text");
  return outcome;
}

/** Compares every name in the order of the certificate, up to the first that matches. */
function compareNames(
  certificate: OwnNames,
  reference: ReferenceName & { kind: "dns" | "ip" },
  matcher: Matcher,
): NameComparison[] {
  const { rules } = matcher;
  const names: NameComparison[] = [];
  let dnsNames = 0;
  const add = (
    source: NameComparison["source"],
    type: NameComparison["type"],
    value: string,
    outcome: Outcome,
  ): boolean => {
    names.push({ source, type, value, ...outcome });
    return outcome.ok;
  };

  for (const { type, value } of certificate.subjectAltNames) {
    let outcome: Outcome;
    if (reference.kind === "ip") {
      outcome = type === "IP" ? matchIp(value, reference.bytes) : no("not an iPAddress");
    } else if (type === "DNS") {
      dnsNames++;
      const name = rules.syntax === "perl" ? trimAscii(value) : value;
      outcome = matchDns(name, reference.name, rules.wildcardsInAlt, matcher);
    } else {
      outcome = no("not a dNSName");
    }
    if (add("subjectAltName", type, value, outcome)) return names;
  }

  const cn = certificate.commonName ?? "";
  if (cn === "") return names;
  if (rules.checkCn === 0) {
    add("commonName", "CN", cn, no("the scheme ignores the common name"));
  } else if (rules.checkCn === "when_only" && dnsNames > 0) {
    add("commonName", "CN", cn, no("the scheme ignores it, as the certificate has dNSNames"));
  } else if (reference.kind === "ip") {
    add("commonName", "CN", cn, matchIpInCn(cn, reference, rules));
  } else {
    add("commonName", "CN", cn, matchDns(cn, reference.name, rules.wildcardsInCn, matcher));
  }
  return names;
}

function askCallback(
  certificate: OwnNames,
  host: string,
  callback: NonNullable<SchemeRules["callback"]>,
): HostnameReport {
  const identity = withoutFinalDots(host);
  const ok: unknown = callback(
    identity,
    certificate.commonName ?? undefined,
    certificate.subjectAltNames,
  );
  // A promise is truthy: taking it for `true` would accept every peer.
  if (typeof ok !== "boolean") {
    throw new TypeError(
      `Cannot verify host name: the scheme's callback must return true or false: received ${
        typeof ok === "object" ? "an object" : String(ok)
      }`,
    );
  }
  return {
    ok,
    host,
    identity,
    kind: readHost(host, "perl").kind,
    scheme: "custom",
    ...(ok ? { rule: "callback" as const } : {}),
    names: [],
    reason: `The scheme's callback ${ok ? "accepted" : "refused"} the certificate for ${
      quoteName(host)
    }`,
  };
}

/** What has the names: a certificate, in whichever form, or an object that stands for one. */
function namesOf(given: CertificateInput | CertificateNames): CertificateNames {
  const encoded = typeof given === "string" || given instanceof Uint8Array;
  return encoded || isForeignCertificate(given)
    ? toCertificate(given, "certificate")
    : given as CertificateNames;
}

/** The names of a certificate, or of an object that stands for one, each read once. */
function ownNames(given: CertificateInput | CertificateNames): OwnNames {
  const certificate = namesOf(given);
  const names = memberOf(certificate, "subjectAltNames") ?? [];
  return {
    commonName: memberOf(certificate, "commonName"),
    subjectAltNames: names.map((
      name,
    ) => ({ ...name, type: namedType(name.type) } as SubjectAltName)),
  };
}

function checkArguments(certificate: CertificateInput | CertificateNames, host: string): void {
  if (typeof host !== "string") {
    throw new TypeError(`Cannot verify host name: host must be a string: received ${quote(host)}`);
  }
  if (
    typeof certificate !== "string" && (typeof certificate !== "object" || certificate === null)
  ) {
    throw new TypeError(
      `Cannot verify host name: it needs a Certificate, or { commonName, subjectAltNames }: ` +
        `received ${quote(certificate)}`,
    );
  }
}

function listOf(option: PublicSuffix | "" | undefined): PublicSuffix | undefined {
  if (option === "") return undefined;
  if (option === undefined) return PublicSuffix.default();
  if (option instanceof PublicSuffix) return option;
  throw new TypeError(
    `Cannot verify host name: publicSuffix must be a PublicSuffix or "" for none: ` +
      `received ${typeof option}`,
  );
}

/**
 * As {@linkcode verifyHostname}, with the evidence: which name matched by
 * which rule, or for each name why it did not.
 *
 * Perl: `verify_hostname_of_cert`
 *
 * @throws {TypeError} as {@linkcode verifyHostname}
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { explainHostname } from "@socket/ssl/verify";
 *
 * const names = { subjectAltNames: [{ type: "DNS", value: "*.example.com" } as const] };
 * const report = explainHostname(names, "example.com");
 * assertEquals(report.ok, false);
 * assertEquals(report.names[0]?.detail, "the wildcard does not cover the name");
 * ```
 *
 * @category Verification
 */
export function explainHostname(
  certificate: CertificateInput | CertificateNames,
  host: string,
  scheme?: Scheme,
  given?: VerifyHostnameOptions,
): HostnameReport {
  const options = ownOptions(given, { operation: "verify host name", names: OPTIONS });
  checkArguments(certificate, host);
  return compareHost(certificate, host, resolveScheme(scheme), options);
}

/** As {@linkcode explainHostname}, under a scheme that was looked up, with checked options. */
export function compareHost(
  certificate: CertificateInput | CertificateNames,
  host: string,
  { name, rules }: ResolvedScheme,
  options: VerifyHostnameOptions,
): HostnameReport {
  const publicSuffix = listOf(options.publicSuffix);
  if (!rules) {
    return {
      ok: true,
      host,
      identity: host,
      kind: "unchecked",
      scheme: name,
      rule: "unchecked",
      names: [],
      reason: 'The scheme "none" checks no name',
    };
  }
  const own = ownNames(certificate);
  if (rules.callback) return askCallback(own, host, rules.callback);

  const reference = readHost(host, rules.syntax);
  const common = { host, identity: reference.name, kind: reference.kind, scheme: name };
  if (reference.kind === "invalid") {
    const reason = `${
      quoteName(host)
    } is neither a host name nor an IP address: ${reference.reason}`;
    return { ...common, ok: false, names: [], reason };
  }
  const names = compareNames(own, reference, { rules, publicSuffix });
  const matched = names.at(-1);
  if (matched?.ok) {
    const reason = `${quoteName(host)} matches the ${matched.source} ${
      quoteName(matched.value)
    }: ${matched.detail}`;
    return { ...common, ok: true, rule: matched.rule!, matched, names, reason };
  }
  const reason = names.length === 0
    ? `The certificate has no name that could match ${quoteName(host)}`
    : `${quoteName(host)} matches no name of the certificate under the scheme "${name}"`;
  return { ...common, ok: false, names, reason };
}

/**
 * Whether a certificate is valid for a host. Pure: no sockets, no permissions.
 *
 * Perl: `verify_hostname`
 *
 * @param certificate a certificate in any form that is taken for one (`CertificateInput`), or its
 * names
 * @param host the host asked for: a DNS name in Unicode or ASCII, or an IP
 * address, without port and brackets
 * @param scheme whose rules; `rfc9525` when not given: only subjectAltNames
 * count, and a wildcard is a whole first label
 * @param options see {@linkcode VerifyHostnameOptions}
 * @throws {TypeError} for an unknown scheme, a custom scheme with an unknown
 * key or a wrong value, or a callback that returns no boolean
 *
 * @example
 * ```ts
 * import { assert, assertFalse } from "@std/assert";
 * import { verifyHostname } from "@socket/ssl/verify";
 *
 * const names = { subjectAltNames: [{ type: "DNS", value: "*.example.com" } as const] };
 * assert(verifyHostname(names, "www.example.com"));
 * assertFalse(verifyHostname(names, "www.example.org"));
 * ```
 *
 * @category Verification
 */
export function verifyHostname(
  certificate: CertificateInput | CertificateNames,
  host: string,
  scheme?: Scheme,
  options?: VerifyHostnameOptions,
): boolean {
  return explainHostname(certificate, host, scheme, options).ok;
}
