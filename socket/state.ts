/**
 * The states of a socket and what they mean for its callers, in one table.
 *
 * A socket is in one phase:
 *
 * | phase         | what it is                                              | leaves it by                        |
 * |---------------|---------------------------------------------------------|-------------------------------------|
 * | `plain`       | `startHandshake: false`, or after `stopSsl`: no TLS     | connectSsl, acceptSsl, close        |
 * | `handshaking` | the handshake runs                                      | success -> open, failure, close     |
 * | `open`        | TLS is established                                      | stopSsl -> plain, close             |
 * | `failed`      | the handshake failed                                    | close                               |
 * | `closed`      | nothing is left                                         | -                                   |
 *
 * While it is `open`, each direction ends by itself (RFC 8446 6.1): ours when
 * we send close_notify (`closeWrite`), the peer's when its close_notify
 * arrives. A peer that ends its direction does not end ours: we answer its
 * close_notify when we close, not before, so a request that was half-closed
 * still gets its response. With `halfClose: false` the read that meets it answers at once, and
 * read and write fail until `stopSsl`.
 *
 * | open, with                   | isSsl() | read                | write               |
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

/** Where a socket is in its life. */
export type Phase = "plain" | "handshaking" | "open" | "failed" | "closed";

/** Which directions of an open socket have ended. */
export interface Ends {
  /** We sent close_notify. */
  readonly sent: boolean;
  /** The peer sent close_notify. */
  readonly received: boolean;
  /** The peer's stream ended without close_notify: it was cut, or broke. */
  readonly truncated: boolean;
}

/** What `isSsl()` gives: `undefined` without TLS, else the directions that are still open. */
export type Directions = undefined | "" | "r" | "w" | "rw";

interface Row {
  /** Whether TLS is in place. */
  readonly tls: boolean;
  /** What `opened()` gives. */
  readonly opened: 0 | 1 | -1;
  /** Where read and write go: to TLS, to the transport as it is, or nowhere. */
  readonly data: "tls" | "plain" | "none";
}

/** The table above, as data. */
export const PHASES: Readonly<Record<Phase, Row>> = {
  plain: { tls: false, opened: 0, data: "plain" },
  handshaking: { tls: true, opened: 0, data: "none" },
  open: { tls: true, opened: 1, data: "tls" },
  failed: { tls: false, opened: -1, data: "none" },
  closed: { tls: false, opened: 0, data: "none" },
};

const MOVES: Readonly<Record<Phase, readonly Phase[]>> = {
  plain: ["handshaking", "closed"],
  handshaking: ["open", "failed", "closed"],
  open: ["plain", "closed"],
  failed: ["closed"],
  closed: [],
};

/** Whether a socket may go from one phase to another. */
export function mayMove(from: Phase, to: Phase): boolean {
  return MOVES[from].includes(to);
}

/** The directions in which TLS is open. */
export function directions(phase: Phase, ends: Ends): Directions {
  if (!PHASES[phase].tls) return undefined;
  if (phase !== "open") return "";
  const r = ends.received || ends.truncated ? "" : "r";
  const w = ends.sent ? "" : "w";
  return (r + w) as Directions;
}

/** What `opened()` gives: 1 with TLS, -1 after a failed handshake, 0 otherwise. */
export function opened(phase: Phase): 0 | 1 | -1 {
  return PHASES[phase].opened;
}
