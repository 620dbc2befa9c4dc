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

import {
  SslError,
  type SslErrorOptions,
  SslPeerError,
  SslTruncatedError,
  SslVerifyError,
} from "../../errors.ts";
import { visible } from "../../verify/names.ts";
import { closedError } from "../waiting.ts";

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
    text: (found) => `the certificate has expired${atTime(found, /not valid after (\d+)/)}`,
  },
  {
    match: /^(?:certificate not valid yet|NotValidYet)/,
    code: "CERT_NOT_YET_VALID",
    errno: 9,
    alert: "certificate_expired",
    text: (found) => `the certificate is not valid yet${atTime(found, /not valid before (\d+)/)}`,
  },
  {
    match: /^certificate not valid for name "(?:[\d.]+|[^"]*:[^"]*)"/,
    code: "IP_ADDRESS_MISMATCH",
    errno: 64,
    alert: "bad_certificate",
    text: nameMismatch,
  },
  {
    match: /^(?:certificate not valid for name|NotValidForName)/,
    code: "HOSTNAME_MISMATCH",
    errno: 62,
    alert: "bad_certificate",
    text: nameMismatch,
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
    match: /Maximum\w+Exceeded/,
    code: "CERT_CHAIN_TOO_LONG",
    errno: 22,
    alert: "certificate_unknown",
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

function atTime(found: string, pattern: RegExp): string {
  const seconds = Number(pattern.exec(found)?.[1]);
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return "";
  const word = /before/.test(pattern.source) ? "from" : "since";
  return ` (${word} ${new Date(seconds * 1000).toISOString().replace(".000", "")})`;
}

/** `... for name "a.test"; certificate is only valid for DnsName("b.test") or IpAddress(192.0.2.1)` */
function nameMismatch(found: string): string {
  const name = /for name "([^"]*)"/.exec(found)?.[1];
  const names = [...found.matchAll(/(DnsName|IpAddress)\("?([^)"]*)"?\)/g)]
    .map(([, kind, value]) => `${kind === "DnsName" ? "DNS" : "IP"}:${visible(value ?? "")}`);
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
}

/** What a peer did wrong. */
const MISSTEPS: readonly Misstep[] = [
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
  return new SslVerifyError(`${what}: the peer's certificate is refused: ${text}`, {
    code: row?.code ?? "UNSPECIFIED",
    errno: row?.errno ?? 1,
    alert: row?.alert ?? "bad_certificate",
    reason: text,
    cause,
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
      { code: "ERR_SSL_NOT_TLS", reason: "the peer does not speak TLS", cause },
    );
  }
  const row = MISSTEPS.find((r) => r.match.test(text));
  return new SslPeerError(`${what}: ${row === undefined ? text : `${row.text}: ${text}`}`, {
    code: row?.code ?? "ERR_SSL_PROTOCOL",
    reason: text,
    ...(row === undefined ? {} : { alert: row.alert }),
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
  const code = (error as { code?: unknown }).code;
  if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
    return closedError();
  }
  if (error instanceof Deno.errors.InvalidData || /^invalid peer certificate: /.test(text)) {
    return protocolError(what, text, established, error);
  }
  const reset = typeof code === "string" && RESET.has(code);
  // A reset is an end like any other; a write says what the system says.
  if (
    error instanceof Deno.errors.UnexpectedEof ||
    (reset && (operation === "read" || operation === "handshake"))
  ) return endOfStream(what, established, error);
  const options: SslErrorOptions = {
    code: typeof code === "string" ? code : "EIO",
    errno: Number(/os error (\d+)/.exec(text)?.[1] ?? -1),
    reason: text.replace(/\s*\(os error \d+\)/, ""),
    cause: error,
  };
  return new SslError(`${what}: the connection failed: ${options.reason}`, options);
}
