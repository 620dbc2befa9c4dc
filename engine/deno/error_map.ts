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

import { platformCode } from "../../internal/platform_error.ts";
import { type ErrorFacts, SslError, SslPeerError } from "../../errors.ts";
import { closedError } from "../../internal/waiting.ts";
import {
  alertCode,
  alertText,
  endError,
  NOT_TLS,
  type Operation,
  transportError,
  WIRE_EVENTS,
  wireError,
  type WireEvent,
  wireMessage,
} from "../wire_errors.ts";
import { refusalOf } from "./refusals.ts";

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
  readonly event: WireEvent;
  /** The alert that rustls sends. */
  readonly alert: string;
  /** The limit of rustls, where it is one. */
  readonly limit?: number;
}

const E = WIRE_EVENTS;

/** What a peer did wrong, or what rustls does not accept. */
const MISSTEPS: readonly Misstep[] = [
  {
    match: /message of type (?:HandshakePayloadTooLarge|CertificatePayloadTooLarge)/,
    event: E.longMessage,
    alert: "decode_error",
    limit: 65535,
  },
  {
    match: /peer misbehaved: TooManyKeyUpdateRequests/,
    event: E.keyUpdates,
    alert: "unexpected_message",
  },
  {
    match: /peer misbehaved: TooManyWarningAlertsReceived/,
    event: E.warnings,
    alert: "unexpected_message",
  },
  {
    match: /peer misbehaved: \w*Renegotiation/,
    event: E.renegotiation,
    alert: "no_renegotiation",
  },
  { match: /cannot decrypt peer's message/, event: E.badRecord, alert: "bad_record_mac" },
  {
    match: /peer doesn't support any known protocol/,
    event: E.alpn,
    alert: "no_application_protocol",
  },
  {
    match: /peer sent no certificates|NoCertificatesPresented/,
    event: E.noCertificate,
    alert: "certificate_required",
  },
  {
    match: /peer is incompatible: (?:\w*Tls1[23]\w*|SupportedVersions\w*)/,
    event: E.version,
    alert: "protocol_version",
  },
  {
    match: /peer is incompatible: NoCipherSuitesInCommon/,
    event: E.cipher,
    alert: "handshake_failure",
  },
  {
    match: /peer is incompatible: (?:NoKxGroupsInCommon|NoEcPointFormats\w*|NamedGroups\w*)/,
    event: E.group,
    alert: "handshake_failure",
  },
  {
    match:
      /peer is incompatible: (?:NoSignatureSchemes\w*|SignatureAlgorithms\w*|NoCertificateRequestSignatureSchemes\w*)/,
    event: E.signatureAlgorithm,
    alert: "handshake_failure",
  },
  { match: /peer is incompatible/, event: E.incompatible, alert: "handshake_failure" },
  { match: /received unexpected/, event: E.outOfTurn, alert: "unexpected_message" },
  { match: /message of type MessageTooLarge/, event: E.longRecord, alert: "record_overflow" },
  { match: /received corrupt message/, event: E.malformed, alert: "decode_error" },
  { match: /peer misbehaved/, event: E.misbehaved, alert: "illegal_parameter" },
];

const FOREIGN = /message of type (?:InvalidContentType|UnknownProtocolVersion)/;
const RESET = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE"]);

/** What the peer did wrong, in the words of rustls. */
function peerError(
  operation: Operation,
  reason: string,
  established: boolean,
  cause: Error,
): SslError {
  const facts: ErrorFacts = { engine: "deno" };
  if (!established && FOREIGN.test(reason)) {
    const spoke = { ...facts, spoke: "something else" } as const;
    return wireError(operation, NOT_TLS, { reason, cause, facts: spoke });
  }
  const row = MISSTEPS.find(({ match }) => match.test(reason));
  if (row === undefined) {
    const message = wireMessage(operation, reason, []);
    return new SslPeerError(message, { code: "ERR_SSL_PROTOCOL", reason, facts, cause });
  }
  const { event, alert, limit } = row;
  const more = limit === undefined || event.facts?.limit === undefined
    ? {}
    : { limit: { ...event.facts.limit, value: limit } };
  return wireError(operation, event, { reason, alert, facts: { ...facts, ...more }, cause });
}

/** An error in the words of rustls. */
function protocolError(
  operation: Operation,
  text: string,
  established: boolean,
  cause: Error,
): SslError {
  const refused = /^invalid peer certificate: ([^]*)$/.exec(text)?.[1];
  if (refused !== undefined) return refusalOf(refused, cause);
  // What Deno says when the function that gives the certificate for a name throws.
  if (!established && text === "invalid data") {
    return new SslError(
      "Cannot serve: there is no certificate for the server name that the client asks for",
      { code: "ERR_SSL_UNRECOGNIZED_NAME", reason: "the name has no certificate", cause },
    );
  }
  const received = /received fatal alert: (.+)$/.exec(text)?.[1];
  if (received === undefined) return peerError(operation, text, established, cause);
  const alert = alertName(received);
  return new SslPeerError(wireMessage(operation, alertText(alert), []), {
    ...{ code: alertCode(alert), reason: `received the alert ${alert}`, alert, cause },
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
  if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
    return closedError();
  }
  const text = error.message;
  if (error instanceof Deno.errors.InvalidData || /^invalid peer certificate: /.test(text)) {
    return protocolError(operation, text, established, error);
  }
  // A reset is an end like any other; a write says what the system says.
  const reset = RESET.has(platformCode(error) ?? "") &&
    (operation === "read" || operation === "handshake");
  if (error instanceof Deno.errors.UnexpectedEof || reset) return endError(established, error);
  return transportError(operation, error);
}
