/**
 * Why Deno refuses a peer's certificate: what rustls says, as an X509_V_ERR code with its alert, a
 * text and facts.
 *
 * @module
 */

import { type ErrorFacts, SslVerifyError } from "../../errors.ts";
import { visible } from "../../internal/quote.ts";
import { UNSPECIFIED, verifyErrno } from "../../verify/error_codes.ts";

interface Refusal {
  /** What rustls says after `invalid peer certificate: `. */
  readonly match: RegExp;
  /** The X509_V_ERR name without that prefix. */
  readonly code: string;
  /** The alert that rustls sends. */
  readonly alert: string;
  /** What it means; `undefined` leaves rustls's own words. */
  readonly text?: string | ((found: string) => string);
  /** What explains it. */
  readonly facts?: ErrorFacts | ((found: string) => ErrorFacts);
}

/** Why a certificate was refused; the first row that matches decides. */
const REFUSALS: readonly Refusal[] = [
  {
    match: /^UnknownIssuer$/,
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    alert: "unknown_ca",
    text: "no trusted root issued the certificate: if you trust its CA, give it as extraCa",
  },
  {
    match: /^(?:certificate expired|Expired\b)/,
    code: "CERT_HAS_EXPIRED",
    alert: "certificate_expired",
    text: (found) => `the certificate has expired${shownTime("since", found, NOT_AFTER)}`,
    facts: (found) => dated(found, NOT_AFTER),
  },
  {
    match: /^(?:certificate not valid yet|NotValidYet)/,
    code: "CERT_NOT_YET_VALID",
    alert: "certificate_expired",
    text: (found) => `the certificate is not valid yet${shownTime("from", found, NOT_BEFORE)}`,
    facts: (found) => dated(found, NOT_BEFORE),
  },
  {
    match: /^certificate not valid for name "(?:[\d.]+|[^"]*:[^"]*)"/,
    code: "IP_ADDRESS_MISMATCH",
    alert: "bad_certificate",
    text: nameMismatch,
    facts: (found) => ({ names: namesIn(found) }),
  },
  {
    match: /^(?:certificate not valid for name|NotValidForName)/,
    code: "HOSTNAME_MISMATCH",
    alert: "bad_certificate",
    text: nameMismatch,
    facts: (found) => ({ names: namesIn(found) }),
  },
  {
    match: /^Revoked$/,
    code: "CERT_REVOKED",
    alert: "certificate_revoked",
    text: "the certificate has been revoked",
  },
  {
    match: /^BadSignature$/,
    code: "CERT_SIGNATURE_FAILURE",
    alert: "decrypt_error",
    text: "a signature in the certificate chain is wrong",
  },
  {
    match: /InvalidSignatureForPublicKey/,
    code: "CERT_SIGNATURE_FAILURE",
    alert: "decrypt_error",
    text: "a signature in the certificate chain is wrong",
  },
  {
    match: /UnsupportedSignatureAlgorithm/,
    code: "UNSUPPORTED_SIGNATURE_ALGORITHM",
    alert: "decrypt_error",
    text: "a certificate is signed with an algorithm that Deno refuses, such as SHA-1",
  },
  {
    match: /extended key usage|InvalidPurpose|RequiredEkuNotFound|EmptyEkuExtension/,
    code: "INVALID_PURPOSE",
    alert: "unsupported_certificate",
    text: (found) => found.replace(/\d+(?:, \d+){2,}/g, (oid) => oid.replaceAll(", ", ".")),
  },
  {
    match: /CaUsedAsEndEntity/,
    code: "INVALID_PURPOSE",
    alert: "certificate_unknown",
    text: "a CA certificate (CA:TRUE) is used as the certificate of a server",
    facts: { limit: { by: "own", what: "a CA's certificate as that of a server" } },
  },
  {
    match: /EndEntityUsedAsCa/,
    code: "INVALID_CA",
    alert: "certificate_unknown",
    text: "the chain goes through a certificate that does not belong to a CA",
  },
  {
    match: /NameConstraintViolation/,
    code: "PERMITTED_VIOLATION",
    alert: "certificate_unknown",
    text: "the name constraints of a CA do not permit the names of the certificate",
  },
  {
    match: /PathLenConstraintViolated/,
    code: "PATH_LENGTH_EXCEEDED",
    alert: "certificate_unknown",
    text: "a CA may not have that many CAs below it (pathLenConstraint)",
  },
  {
    match: /MaximumPathDepthExceeded/,
    code: "CERT_CHAIN_TOO_LONG",
    alert: "certificate_unknown",
    text: "the chain goes through more than 6 CAs, which is the limit of Deno's TLS",
    facts: { limit: { by: "own", what: "a chain of so many CAs", value: 6 } },
  },
  {
    match: /Maximum\w+Exceeded/,
    code: "CERT_CHAIN_TOO_LONG",
    alert: "certificate_unknown",
    text: "the chain takes more work to verify than Deno's TLS puts into it",
    facts: { limit: { by: "own", what: "a chain that takes so much work" } },
  },
  {
    match: /CriticalExtension/,
    code: "UNHANDLED_CRITICAL_EXTENSION",
    alert: "certificate_unknown",
    text: "the certificate has a critical extension that Deno does not know",
  },
  {
    match: /UnsupportedCertVersion/,
    code: "UNSPECIFIED",
    alert: "certificate_unknown",
    text: "the certificate is not of version 3",
  },
  {
    match: /^(?:UnknownRevocationStatus)/,
    code: "UNABLE_TO_GET_CRL",
    alert: "unknown_ca",
  },
  {
    match: /^(?:ExpiredRevocationList|expired revocation list)/i,
    code: "CRL_HAS_EXPIRED",
    alert: "unknown_ca",
  },
  {
    match: /^ApplicationVerificationFailure/,
    code: "APPLICATION_VERIFICATION",
    alert: "access_denied",
  },
];

const NOT_AFTER = /not valid after (\d+)/, NOT_BEFORE = /not valid before (\d+)/;

/** A time that rustls gives in seconds, as a date. */
function dateIn(found: string, pattern: RegExp): Date | undefined {
  const seconds = Number(pattern.exec(found)?.[1]);
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return undefined;
  return new Date(seconds * 1000);
}

function dated(found: string, pattern: RegExp): ErrorFacts {
  const date = dateIn(found, pattern);
  return date === undefined ? {} : { date };
}

function shownTime(word: string, found: string, pattern: RegExp): string {
  const date = dateIn(found, pattern);
  return date === undefined ? "" : ` (${word} ${date.toISOString().replace(".000", "")})`;
}

/**
 * `... for name "a.test"; certificate is only valid for DnsName("b.test") or IpAddress(192.0.2.1)`
 */
function namesIn(found: string): string[] {
  return [...found.matchAll(/(DnsName|IpAddress)\("?([^)"]*)"?\)/g)]
    .map(([, kind, value]) => `${kind === "DnsName" ? "DNS" : "IP"}:${visible(value ?? "")}`);
}

function nameMismatch(found: string): string {
  const name = /for name "([^"]*)"/.exec(found)?.[1];
  const names = namesIn(found);
  const whose = name === undefined ? "this name" : JSON.stringify(name);
  const rest = names.length > 0
    ? `it is only valid for ${names.join(", ")}`
    : "its subjectAltName names no host";
  return `the certificate is not valid for ${whose}: ${rest}`;
}

/** The error of a refused certificate. `found` is what follows `invalid peer certificate: `. */
export function refusalOf(found: string, cause: unknown): SslVerifyError {
  const row = REFUSALS.find((r) => r.match.test(found));
  const text = typeof row?.text === "function" ? row.text(found) : row?.text ?? found;
  const code = row?.code ?? "UNSPECIFIED";
  const facts = typeof row?.facts === "function" ? row.facts(found) : row?.facts;
  return new SslVerifyError(`Cannot verify the certificate of the server: ${text}`, {
    code,
    errno: verifyErrno(code) ?? UNSPECIFIED,
    alert: row?.alert ?? "bad_certificate",
    reason: text,
    cause,
    facts: { engine: "deno", ...facts },
  });
}
