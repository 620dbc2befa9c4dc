/**
 * Turns an error of Deno's TLS into ours, which says whose fault it was.
 *
 * Deno reports rustls's words as the message of `Deno.errors.InvalidData`, and
 * nothing else, so this file reads the words. Each row of the tables was
 * measured with Deno 2.9.6 (rustls 0.23.40). A text that is in no table becomes
 * an error too, never a success.
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
} from "../../errors.ts";
import { closedError } from "../../internal/waiting.ts";
import { refusalOf } from "./refusals.ts";

/** What was being done. */
export type Operation = "handshake" | "read" | "write" | "shutdown";

const FAILED: Readonly<Record<Operation, string>> = {
  handshake: "Cannot complete the handshake",
  read: "Cannot read",
  write: "Cannot write",
  shutdown: "Cannot end the connection",
};

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
  if (refused !== undefined) return refusalOf(what, refused, cause);
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
