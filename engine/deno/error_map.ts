/**
 * From an error of Deno's TLS to an error by whose fault it is.
 *
 * Deno reports rustls's words as the message of `Deno.errors.InvalidData`, so
 * the words are all there is to go by. Each row of the tables was measured
 * with Deno 2.9.6 (rustls 0.23.40). A text that is in no table becomes an
 * error too, never a success.
 *
 * @module
 */

import { platformCode, platformErrno, platformReason } from "../../internal/platform_error.ts";
import {
  type ErrorFacts,
  type LimitFacts,
  SslError,
  type SslErrorOptions,
  SslPeerError,
  SslTruncatedError,
  SslVerifyError,
} from "../../errors.ts";
import { visible } from "../../verify/names.ts";
import { closedError } from "../../internal/waiting.ts";

/** What was being done. */
export type Operation = "handshake" | "read" | "write" | "shutdown";

const FAILED: Readonly<Record<Operation, string>> = {
  handshake: "Cannot complete the handshake",
  read: "Cannot read",
  write: "Cannot write",
  shutdown: "Cannot end the connection",
};

interface Refusal {
  /** What rustls says after `invalid peer certificate: `. */
  readonly match: RegExp;
  /** The X509_V_ERR name without that prefix. */
  readonly code: string;
  /** Its number in OpenSSL 3. */
  readonly errno: number;
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
    errno: 20,
    alert: "unknown_ca",
    text: "no trusted root issued the certificate: if you trust its CA, give it as extraCa",
  },
  {
    match: /^(?:certificate expired|Expired)/,
    code: "CERT_HAS_EXPIRED",
    errno: 10,
    alert: "certificate_expired",
    text: (found) => `the certificate has expired${shownTime("since", found, NOT_AFTER)}`,
    facts: (found) => dated(found, NOT_AFTER),
  },
  {
    match: /^(?:certificate not valid yet|NotValidYet)/,
    code: "CERT_NOT_YET_VALID",
    errno: 9,
    alert: "certificate_expired",
    text: (found) => `the certificate is not valid yet${shownTime("from", found, NOT_BEFORE)}`,
    facts: (found) => dated(found, NOT_BEFORE),
  },
  {
    match: /^certificate not valid for name "(?:[\d.]+|[^"]*:[^"]*)"/,
    code: "IP_ADDRESS_MISMATCH",
    errno: 64,
    alert: "bad_certificate",
    text: nameMismatch,
    facts: (found) => ({ names: namesIn(found) }),
  },
  {
    match: /^(?:certificate not valid for name|NotValidForName)/,
    code: "HOSTNAME_MISMATCH",
    errno: 62,
    alert: "bad_certificate",
    text: nameMismatch,
    facts: (found) => ({ names: namesIn(found) }),
  },
  {
    match: /^Revoked$/,
    code: "CERT_REVOKED",
    errno: 23,
    alert: "certificate_revoked",
    text: "the certificate has been revoked",
  },
  {
    match: /^BadSignature$/,
    code: "CERT_SIGNATURE_FAILURE",
    errno: 7,
    alert: "decrypt_error",
    text: "a signature in the certificate chain is wrong",
  },
  {
    match: /InvalidSignatureForPublicKey/,
    code: "CERT_SIGNATURE_FAILURE",
    errno: 7,
    alert: "decrypt_error",
    text: "a signature in the certificate chain is wrong",
  },
  {
    match: /UnsupportedSignatureAlgorithm/,
    code: "UNSUPPORTED_SIGNATURE_ALGORITHM",
    errno: 76,
    alert: "decrypt_error",
    text: "a certificate is signed with an algorithm that Deno refuses, such as SHA-1",
  },
  {
    match: /extended key usage|InvalidPurpose|RequiredEkuNotFound|EmptyEkuExtension/,
    code: "INVALID_PURPOSE",
    errno: 26,
    alert: "unsupported_certificate",
  },
  {
    match: /CaUsedAsEndEntity/,
    code: "INVALID_PURPOSE",
    errno: 26,
    alert: "certificate_unknown",
    text: "a CA certificate (CA:TRUE) is used as the certificate of a server",
    facts: { limit: { by: "own", what: "a CA's certificate as that of a server" } },
  },
  {
    match: /EndEntityUsedAsCa/,
    code: "INVALID_CA",
    errno: 79,
    alert: "certificate_unknown",
    text: "the chain goes through a certificate that is no CA",
  },
  {
    match: /NameConstraintViolation/,
    code: "PERMITTED_VIOLATION",
    errno: 47,
    alert: "certificate_unknown",
    text: "the name constraints of a CA do not permit the names of the certificate",
  },
  {
    match: /PathLenConstraintViolated/,
    code: "PATH_LENGTH_EXCEEDED",
    errno: 25,
    alert: "certificate_unknown",
    text: "a CA may not have that many CAs below it (pathLenConstraint)",
  },
  {
    match: /MaximumPathDepthExceeded/,
    code: "CERT_CHAIN_TOO_LONG",
    errno: 22,
    alert: "certificate_unknown",
    facts: { limit: { by: "own", what: "a chain of so many CAs", value: 6 } },
  },
  {
    match: /Maximum\w+Exceeded/,
    code: "CERT_CHAIN_TOO_LONG",
    errno: 22,
    alert: "certificate_unknown",
    facts: { limit: { by: "own", what: "a chain that takes so much work" } },
  },
  {
    match: /CriticalExtension/,
    code: "UNHANDLED_CRITICAL_EXTENSION",
    errno: 34,
    alert: "certificate_unknown",
    text: "the certificate has a critical extension that Deno does not know",
  },
  {
    match: /UnsupportedCertVersion/,
    code: "UNSPECIFIED",
    errno: 1,
    alert: "certificate_unknown",
    text: "the certificate is not of version 3",
  },
  {
    match: /^(?:UnknownRevocationStatus)/,
    code: "UNABLE_TO_GET_CRL",
    errno: 3,
    alert: "unknown_ca",
  },
  {
    match: /^(?:ExpiredRevocationList|expired revocation list)/i,
    code: "CRL_HAS_EXPIRED",
    errno: 12,
    alert: "unknown_ca",
  },
  {
    match: /^ApplicationVerificationFailure/,
    code: "APPLICATION_VERIFICATION",
    errno: 50,
    alert: "access_denied",
  },
];

const NOT_AFTER = /not valid after (\d+)/, NOT_BEFORE = /not valid before (\d+)/;

/** A time in seconds that rustls says, as a date. */
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

/** `... for name "a.test"; certificate is only valid for DnsName("b.test") or IpAddress(192.0.2.1)` */
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
    : "it names no host in its subjectAltName";
  return `the certificate is not valid for ${whose}: ${rest}`;
}

/** rustls's name of an alert in the spelling of RFC 8446: `UnknownCA` is `unknown_ca`. */
export function alertName(rustls: string): string {
  const number = /^AlertDescription\(0x([0-9a-f]+)\)$/i.exec(rustls)?.[1];
  if (number !== undefined) return `alert ${parseInt(number, 16)}`;
  const special: Readonly<Record<string, string>> = {
    UnrecognisedName: "unrecognized_name",
    UnknownPSKIdentity: "unknown_psk_identity",
    EncryptedClientHelloRequired: "ech_required",
  };
  return special[rustls] ??
    rustls.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

interface Misstep {
  readonly match: RegExp;
  readonly code: string;
  /** The alert that rustls sends. */
  readonly alert: string;
  readonly text: string;
  /** What explains it. */
  readonly facts?: ErrorFacts;
}

const ownLimit = (what: string, value?: number): ErrorFacts => {
  const limit: LimitFacts = { by: "own", what, ...(value === undefined ? {} : { value }) };
  return { limit };
};

/** What a peer did wrong, or what rustls does not take. */
const MISSTEPS: readonly Misstep[] = [
  {
    match: /message of type (?:HandshakePayloadTooLarge|CertificatePayloadTooLarge)/,
    code: "ERR_SSL_EXCESSIVE_MESSAGE_SIZE",
    alert: "decode_error",
    text: "the peer sent a handshake message that is longer than Deno's TLS takes",
    facts: ownLimit("a handshake message of that size", 65535),
  },
  {
    match: /peer misbehaved: TooManyKeyUpdateRequests/,
    code: "ERR_SSL_TOO_MANY_KEY_UPDATES",
    alert: "unexpected_message",
    text: "the peer updated its keys more often than Deno's TLS takes",
    facts: ownLimit("so many key updates"),
  },
  {
    match: /peer misbehaved: TooManyWarningAlertsReceived/,
    code: "ERR_SSL_TOO_MANY_WARN_ALERTS",
    alert: "unexpected_message",
    text: "the peer sent more warnings in a row than Deno's TLS takes",
    facts: ownLimit("so many warnings in a row"),
  },
  {
    match: /peer misbehaved: \w*Renegotiation/,
    code: "ERR_SSL_NO_RENEGOTIATION",
    alert: "no_renegotiation",
    text: "the peer wants to negotiate again, which Deno's TLS does not do",
    facts: ownLimit("renegotiation"),
  },
  {
    match: /cannot decrypt peer's message/,
    code: "ERR_SSL_BAD_RECORD",
    alert: "bad_record_mac",
    text: "a record was altered on its way, or the peer is broken",
  },
  {
    match: /peer doesn't support any known protocol/,
    code: "ERR_SSL_NO_APPLICATION_PROTOCOL",
    alert: "no_application_protocol",
    text: "the peer and we have no ALPN protocol in common",
  },
  {
    match: /peer sent no certificates|NoCertificatesPresented/,
    code: "ERR_SSL_NO_CERTIFICATE",
    alert: "certificate_required",
    text: "the peer sent no certificate",
  },
  {
    match: /peer is incompatible: (?:\w*Tls1[23]\w*|SupportedVersions\w*)/,
    code: "ERR_SSL_INCOMPATIBLE",
    alert: "protocol_version",
    text: "the peer and we have no TLS version in common",
    facts: { lacks: "version" },
  },
  {
    match: /peer is incompatible: NoCipherSuitesInCommon/,
    code: "ERR_SSL_INCOMPATIBLE",
    alert: "handshake_failure",
    text: "the peer and we have no cipher in common",
    facts: { lacks: "cipher" },
  },
  {
    match: /peer is incompatible: (?:NoKxGroupsInCommon|NoEcPointFormats\w*|NamedGroups\w*)/,
    code: "ERR_SSL_INCOMPATIBLE",
    alert: "handshake_failure",
    text: "the peer and we have no group in common",
    facts: { lacks: "group" },
  },
  {
    match:
      /peer is incompatible: (?:NoSignatureSchemes\w*|SignatureAlgorithms\w*|NoCertificateRequestSignatureSchemes\w*)/,
    code: "ERR_SSL_INCOMPATIBLE",
    alert: "handshake_failure",
    text: "the peer and we have no signature algorithm in common",
    facts: { lacks: "signature algorithm" },
  },
  {
    match: /peer is incompatible/,
    code: "ERR_SSL_INCOMPATIBLE",
    alert: "handshake_failure",
    text: "the peer and we have no TLS version, cipher or group in common",
  },
  {
    match: /received unexpected/,
    code: "ERR_SSL_UNEXPECTED_MESSAGE",
    alert: "unexpected_message",
    text: "the peer sent a message out of turn",
  },
  {
    match: /message of type MessageTooLarge/,
    code: "ERR_SSL_RECORD_OVERFLOW",
    alert: "record_overflow",
    text: "the peer sent a record that is too long",
    facts: { limit: { by: "protocol", what: "a record of that size", value: 16384 } },
  },
  {
    match: /received corrupt message/,
    code: "ERR_SSL_DECODE",
    alert: "decode_error",
    text: "the peer sent a malformed message",
  },
  {
    match: /peer misbehaved/,
    code: "ERR_SSL_PEER_MISBEHAVED",
    alert: "illegal_parameter",
    text: "the peer broke the protocol",
  },
];

const NOT_TLS = /message of type (?:InvalidContentType|UnknownProtocolVersion)/;
const RESET = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE"]);

/** The error of a refused certificate. `found` is what follows `invalid peer certificate: `. */
function verifyError(what: string, found: string, cause: unknown): SslVerifyError {
  const row = REFUSALS.find((r) => r.match.test(found));
  const text = typeof row?.text === "function" ? row.text(found) : row?.text ?? found;
  const facts = typeof row?.facts === "function" ? row.facts(found) : row?.facts;
  return new SslVerifyError(`${what}: the peer's certificate is refused: ${text}`, {
    code: row?.code ?? "UNSPECIFIED",
    errno: row?.errno ?? 1,
    alert: row?.alert ?? "bad_certificate",
    reason: text,
    cause,
    facts: { engine: "deno", ...facts },
  });
}

function endOfStream(what: string, established: boolean, cause: Error): SslError {
  if (established) {
    return new SslTruncatedError(
      `${what}: the connection ended without close_notify, so data may be missing`,
      { code: "ERR_SSL_TRUNCATED", reason: "truncated", cause },
    );
  }
  return new SslPeerError(`${what}: the peer closed the connection during the handshake`, {
    code: "ERR_SSL_HANDSHAKE_EOF",
    reason: "closed during the handshake",
    cause,
  });
}

/** An error in the words of rustls. */
function protocolError(what: string, text: string, established: boolean, cause: Error): SslError {
  const refused = /^invalid peer certificate: ([^]*)$/.exec(text)?.[1];
  if (refused !== undefined) return verifyError(what, refused, cause);
  const alert = /received fatal alert: (.+)$/.exec(text)?.[1];
  if (alert !== undefined) {
    const name = alertName(alert);
    return new SslPeerError(`${what}: the peer refused with the alert ${name}`, {
      code: `ERR_SSL_ALERT_${name.toUpperCase().replace(/ /g, "_")}`,
      reason: `received the alert ${name}`,
      alert: name,
      cause,
    });
  }
  if (!established && NOT_TLS.test(text)) {
    return new SslPeerError(
      `${what}: the peer does not speak TLS here: check the port, or whether STARTTLS is due first`,
      {
        code: "ERR_SSL_NOT_TLS",
        reason: "the peer does not speak TLS",
        cause,
        facts: { engine: "deno", spoke: "something else" },
      },
    );
  }
  const row = MISSTEPS.find((r) => r.match.test(text));
  return new SslPeerError(`${what}: ${row === undefined ? text : `${row.text}: ${text}`}`, {
    code: row?.code ?? "ERR_SSL_PROTOCOL",
    reason: text,
    ...(row === undefined ? {} : { alert: row.alert }),
    facts: { engine: "deno", ...row?.facts },
    cause,
  });
}

/**
 * The error of an operation on a TLS connection of Deno. Errors of this
 * library, permission errors and programming mistakes stay what they are.
 */
export function runtimeError(operation: Operation, error: unknown, established: boolean): unknown {
  if (
    error instanceof SslError || error instanceof Deno.errors.NotCapable ||
    !(error instanceof Error)
  ) return error;
  const what = FAILED[operation];
  const text = error.message;
  const code = platformCode(error);
  if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
    return closedError();
  }
  if (error instanceof Deno.errors.InvalidData || /^invalid peer certificate: /.test(text)) {
    return protocolError(what, text, established, error);
  }
  const reset = code !== undefined && RESET.has(code);
  // A reset is an end like any other; a write says what the system says.
  if (
    error instanceof Deno.errors.UnexpectedEof ||
    (reset && (operation === "read" || operation === "handshake"))
  ) return endOfStream(what, established, error);
  const options: SslErrorOptions = {
    code: code ?? "EIO",
    errno: platformErrno(error),
    reason: platformReason(error),
    cause: error,
  };
  return new SslError(`${what}: the connection failed: ${options.reason}`, options);
}
