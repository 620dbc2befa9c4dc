/**
 * The phases in the life of a connection, what each of them has, and what it means for callers.
 *
 * | phase         | what it is                                              | leaves it by                        |
 * |---------------|---------------------------------------------------------|-------------------------------------|
 * | `plain`       | `startHandshake: false`, or after `stopSsl`: no TLS     | connectSsl, acceptSsl, close        |
 * | `handshaking` | the handshake runs                                      | success -> open, failure, close     |
 * | `open`        | TLS is established                                      | close_notify sent, stopSsl, close   |
 * | `half closed` | we have sent close_notify                               | stopSsl -> plain, close             |
 * | `failed`      | the handshake failed                                    | close                               |
 * | `closed`      | nothing is left                                         | -                                   |
 *
 * With TLS in place each direction ends by itself (RFC 8446 6.1): ours when
 * we send close_notify (`closeWrite`), the peer's when its close_notify
 * arrives. A peer that ends its direction does not end ours: we answer its
 * close_notify when we close, not before, so a request that was half-closed
 * still gets its response. With `halfClose: false` the read that meets it answers at once, and
 * read and write fail until `stopSsl`.
 *
 * | with TLS, and                | isSsl() | read                | write               |
 * |------------------------------|---------|---------------------|---------------------|
 * | nothing ended                | `"rw"`  | waits for data      | goes to the peer    |
 * | close_notify sent            | `"r"`   | waits for data      | EPIPE               |
 * | close_notify received        | `"w"`   | null, again and again | goes to the peer  |
 * | both                         | `""`    | null, again and again | EPIPE             |
 * | the stream ended without one | as above without `r` | SslTruncatedError, again and again | an error of the transport |
 *
 * Pure: no socket, no engine.
 *
 * @module
 */

import type { NewConnection } from "../context/new_connection.ts";
import type { ByteTransport, TlsStream } from "../engine/engine.ts";
import type { SocketOptions } from "./options.ts";
import type { PlainStream } from "./plain_stream.ts";

/** There is no TLS. */
export interface Plain {
  readonly name: "plain";
  /** Where the data goes. */
  stream: PlainStream;
  /** Why TLS could not be started where it was wanted: no data goes in plain text then. */
  refusal: unknown;
}

/** The handshake runs. */
export interface Handshaking {
  readonly name: "handshaking";
  /** The plain stream, until TLS starts on it. */
  stream: PlainStream | undefined;
  /** TLS, once it was started. */
  tls: TlsStream | undefined;
  /** What TLS runs over, unless the engine made the connection itself. */
  transport: ByteTransport | undefined;
  /** What the engine gets. */
  prepared: NewConnection | undefined;
}

/** What there is while TLS is established. */
interface Established {
  readonly tls: TlsStream;
  /** What TLS runs over, unless the engine made the connection itself. */
  readonly transport: ByteTransport | undefined;
  /** Called once by the read that meets the peer's close_notify. */
  onPeerEnd: SocketOptions["onPeerShutdown"];
  /** Whether the peer's stream ended without close_notify: it was cut, or broke. */
  truncated: boolean;
}

/** TLS is established, and we may write. */
export interface Open extends Established {
  readonly name: "open";
}

/** TLS is established, and we have sent close_notify. */
export interface HalfClosed extends Established {
  readonly name: "half closed";
  /** Whether that answered the peer's close_notify at once: TLS is over until it is stopped. */
  readonly answered: boolean;
}

/** The handshake failed. */
export interface Failed {
  readonly name: "failed";
  /** The plain stream, where it outlives the handshake. */
  stream: PlainStream | undefined;
}

/** Nothing is left. */
export interface Closed {
  readonly name: "closed";
}

/** Where a connection is in its life, and what it has there. */
export type Phase = Plain | Handshaking | Open | HalfClosed | Failed | Closed;

/** The name of a phase. */
export type PhaseName = Phase["name"];

/** Which directions of an established connection have ended. */
export interface Ends {
  /** We sent close_notify. */
  readonly sent: boolean;
  /** The peer sent close_notify. */
  readonly received: boolean;
  /** The peer's stream ended without close_notify. */
  readonly truncated: boolean;
}

/**
 * What `isSsl()` gives: `undefined` without TLS, else the directions that are still open.
 *
 * @category Sockets
 */
export type Directions = undefined | "" | "r" | "w" | "rw";

interface Row {
  /** Whether TLS is in place. */
  readonly tls: boolean;
  /** What `opened()` gives. */
  readonly opened: 0 | 1 | -1;
  /** Where read and write go: to TLS, to the transport as it is, or nowhere. */
  readonly data: "tls" | "plain" | "none";
  /** Which phases may follow. */
  readonly next: readonly PhaseName[];
}

/** The first table above, as data. */
export const PHASES: Readonly<Record<PhaseName, Row>> = {
  plain: { tls: false, opened: 0, data: "plain", next: ["handshaking", "closed"] },
  handshaking: { tls: true, opened: 0, data: "none", next: ["open", "failed", "closed"] },
  open: { tls: true, opened: 1, data: "tls", next: ["half closed", "plain", "closed"] },
  "half closed": { tls: true, opened: 1, data: "tls", next: ["plain", "closed"] },
  failed: { tls: false, opened: -1, data: "none", next: ["closed"] },
  closed: { tls: false, opened: 0, data: "none", next: [] },
};

/** Whether a connection may go from one phase to another. */
export function mayMove(from: PhaseName, to: PhaseName): boolean {
  return PHASES[from].next.includes(to);
}

/** The directions in which TLS is open. */
export function directions(phase: PhaseName, ends: Ends): Directions {
  if (!PHASES[phase].tls) return undefined;
  if (PHASES[phase].data !== "tls") return "";
  const r = ends.received || ends.truncated ? "" : "r";
  const w = ends.sent ? "" : "w";
  return (r + w) as Directions;
}

/** What `opened()` gives: 1 with TLS, -1 after a failed handshake, 0 otherwise. */
export function opened(phase: PhaseName): 0 | 1 | -1 {
  return PHASES[phase].opened;
}

/** A handshake that begins over a plain stream. */
export function handshakingOver(stream: PlainStream, prepared?: NewConnection): Handshaking {
  return { name: "handshaking", stream, transport: stream.transport, tls: undefined, prepared };
}

/** Whether TLS is established. */
export function isEstablished(phase: Phase): phase is Open | HalfClosed {
  return phase.name === "open" || phase.name === "half closed";
}
