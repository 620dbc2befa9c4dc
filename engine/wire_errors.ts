/**
 * What goes wrong on the wire, once for both engines: an engine says which event it met and adds
 * its own reason, and the code and the words come from here.
 *
 * @module
 */

import {
  type ErrorFacts,
  type LimitFacts,
  SslError,
  type SslErrorOptions,
  SslPeerError,
  SslTruncatedError,
} from "../errors.ts";
import { platformCode, platformErrno, platformReason } from "../internal/platform_error.ts";

/** What was being done. */
export type Operation = "handshake" | "read" | "write" | "shutdown";

const CANNOT: Readonly<Record<Operation, string>> = {
  handshake: "Cannot complete the handshake",
  read: "Cannot read",
  write: "Cannot write",
  shutdown: "Cannot end the connection",
};

/** The start of a message: "Cannot complete the handshake". */
export function cannot(operation: Operation): string {
  return CANNOT[operation];
}

/** One kind of fault, on either engine. */
export interface WireEvent {
  /** The code of its error. */
  readonly code: string;
  /** What happened, for the message. */
  readonly text: string;
  /** What explains it. */
  readonly facts?: ErrorFacts;
}

const ownLimit = (what: string): ErrorFacts => {
  const limit: LimitFacts = { by: "own", what };
  return { limit };
};

const lacking = (lacks: NonNullable<ErrorFacts["lacks"]>): WireEvent => ({
  code: "ERR_SSL_INCOMPATIBLE",
  text: `the peer and we have no ${lacks === "version" ? "TLS version" : lacks} in common`,
  facts: { lacks },
});

/** The faults of a peer, and what the two sides do not have in common. */
export const WIRE_EVENTS = {
  version: lacking("version"),
  cipher: lacking("cipher"),
  group: lacking("group"),
  signatureAlgorithm: lacking("signature algorithm"),
  incompatible: {
    code: "ERR_SSL_INCOMPATIBLE",
    text: "the peer and we have no TLS version, cipher or group in common",
  },
  alpn: {
    code: "ERR_SSL_NO_APPLICATION_PROTOCOL",
    text: "the peer and we have no ALPN protocol in common",
  },
  noCertificate: { code: "ERR_SSL_NO_CERTIFICATE", text: "the peer sent no certificate" },
  badRecord: {
    code: "ERR_SSL_BAD_RECORD",
    text: "a record was altered on its way, or the peer is broken",
  },
  longRecord: {
    code: "ERR_SSL_RECORD_OVERFLOW",
    text: "the peer sent a record that is too long",
    facts: { limit: { by: "protocol", what: "a record of that size", value: 16384 } },
  },
  malformed: { code: "ERR_SSL_DECODE", text: "the peer sent a malformed message" },
  outOfTurn: { code: "ERR_SSL_UNEXPECTED_MESSAGE", text: "the peer sent a message out of turn" },
  misbehaved: { code: "ERR_SSL_PEER_MISBEHAVED", text: "the peer broke the protocol" },
  longMessage: {
    code: "ERR_SSL_EXCESSIVE_MESSAGE_SIZE",
    text: "the peer sent a handshake message that is longer than we accept",
    facts: ownLimit("a handshake message of that size"),
  },
  keyUpdates: {
    code: "ERR_SSL_TOO_MANY_KEY_UPDATES",
    text: "the peer updated its keys more often than we accept",
    facts: ownLimit("so many key updates"),
  },
  warnings: {
    code: "ERR_SSL_TOO_MANY_WARN_ALERTS",
    text: "the peer sent more warnings in a row than we accept",
    facts: ownLimit("so many warnings in a row"),
  },
  renegotiation: {
    code: "ERR_SSL_NO_RENEGOTIATION",
    text: "the peer wants to negotiate again, which we do not do",
    facts: ownLimit("renegotiation"),
  },
} as const satisfies Readonly<Record<string, WireEvent>>;

/** A peer that does not speak TLS. It is one at the start of a connection only. */
export const NOT_TLS: WireEvent = {
  code: "ERR_SSL_NOT_TLS",
  text: "the peer does not speak TLS here: check the port, or whether STARTTLS is due first",
};

/** The message of an event, followed by the engine's own reason. */
export function wireMessage(
  operation: Operation,
  text: string,
  details: readonly (string | undefined)[],
): string {
  const all = [CANNOT[operation], text, ...details];
  return all.filter((part) => part !== undefined && part !== "").join(": ");
}

/** The error of an event; `options` are what the engine knows about it. */
export function wireError(
  operation: Operation,
  event: WireEvent,
  options: SslErrorOptions & { reason: string },
): SslPeerError {
  return new SslPeerError(wireMessage(operation, event.text, [options.reason]), {
    ...options,
    code: event.code,
    facts: { ...event.facts, ...options.facts },
  });
}

/** `unknown_ca` has the code `ERR_SSL_ALERT_UNKNOWN_CA`. */
export function alertCode(alert: string): string {
  return `ERR_SSL_ALERT_${alert.toUpperCase().replace(/ /g, "_")}`;
}

/** What the message says of an alert that the peer sent. */
export function alertText(alert: string): string {
  return `the peer refused with the alert ${alert}`;
}

/** The error of a transport that ended, or was reset, where TLS had not ended. */
export function endError(established: boolean, cause: unknown): SslError {
  const code = platformCode(cause);
  // A plain end needs no detail: the runtime only describes it at length.
  const known = code === "EOF" || !(cause instanceof Error);
  const why = known ? undefined : platformReason(cause) || (code ?? cause.name);
  const withCause = cause === undefined ? {} : { cause };
  if (established) {
    const text = "the connection ended without close_notify, so data may be missing";
    return new SslTruncatedError(wireMessage("read", text, [why]), {
      ...{ code: "ERR_SSL_TRUNCATED", reason: "truncated", ...withCause },
    });
  }
  const text = "the peer closed the connection during the handshake";
  return new SslPeerError(wireMessage("handshake", text, [why]), {
    ...{ code: "ERR_SSL_HANDSHAKE_EOF", reason: "closed during the handshake", ...withCause },
  });
}

/** The error of a transport that failed otherwise; one of the library's own stays what it is. */
export function transportError(operation: Operation, cause: unknown): unknown {
  if (cause instanceof SslError) return cause;
  const code = platformCode(cause) ?? "EIO";
  const reason = cause instanceof Error ? platformReason(cause) || code : String(cause);
  const errno = cause instanceof Error ? platformErrno(cause) : -1;
  const message = wireMessage(operation, "the connection failed", [reason]);
  return new SslError(message, { code, errno, reason, cause });
}

/** The error of a call that needs a complete handshake, before there is one. */
export function notEstablishedError(): SslError {
  const reason = "the handshake is not complete";
  return new SslError(`Cannot use the connection: ${reason}`, {
    code: "ERR_SSL_NOT_ESTABLISHED",
    reason,
  });
}
