/**
 * Who reads a connection on behalf of the program: a `Handle`, say. A reader may hold bytes that were
 * read ahead. When TLS starts on the connection these bytes belong to the handshake,
 * whichever of them starts it: delivered later they would look as if they had come over TLS.
 *
 * @module
 */

import type { ByteTransport } from "../engine/engine.ts";

/** Bytes that were read ahead, and those that a read still in flight will bring. */
export interface Ahead {
  /** In the order in which they came. */
  readonly ahead: Uint8Array;
  /** What a read that was begun will bring; `null` at the end. */
  readonly inFlight: Promise<Uint8Array | null> | undefined;
}

/** Somebody who reads a connection. */
export interface Reader {
  /**
   * Gives away what was read ahead.
   *
   * @param moved Whether the connection goes with it: the reader must not use it any more.
   * @throws {SslError} If a read is in flight, whose bytes are somebody's already.
   */
  yieldAhead(moved: boolean): Ahead;
}

const readers = new WeakMap<object, Set<Reader>>();

/** From now on `reader` reads the connection. */
export function addReader(conn: object, reader: Reader): void {
  const all = readers.get(conn);
  if (all === undefined) readers.set(conn, new Set([reader]));
  else all.add(reader);
}

/** `reader` does not read the connection any more. */
export function removeReader(conn: object, reader: Reader): void {
  readers.get(conn)?.delete(reader);
}

/** Takes what the readers of a connection hold. */
export function yieldAhead(conn: object, moved: boolean): Ahead[] {
  const given: Ahead[] = [];
  for (const reader of [...readers.get(conn) ?? []]) {
    const one = reader.yieldAhead(moved);
    if (moved) removeReader(conn, reader);
    if (one.ahead.length > 0 || one.inFlight !== undefined) given.push(one);
  }
  return given;
}

/** What is known of a connection whose readers are asked. */
export interface ReadableLife {
  /** The socket around it. */
  readonly face: object | undefined;
  /** TLS, once its handshake is complete. */
  readonly established: object | undefined;
  /** The transport beneath. */
  readonly transport: ByteTransport | undefined;
}

/** What was read ahead above the socket, for the handshake: by a `Handle`, over whatever it is. */
export function yieldAbove(life: ReadableLife): Ahead[] {
  const own = life.face === undefined ? [] : yieldAhead(life.face, false);
  return [...own, ...yieldBeneath(life)];
}

/** What was read ahead of a plain socket by a `Handle` over its transport. */
export function yieldBeneath(life: ReadableLife): Ahead[] {
  const given: Ahead[] = [];
  if (life.established !== undefined) return given; // the transport is TLS's own
  for (let t = life.transport; t; t = beneath(t)) given.push(...yieldAhead(t, true));
  return given;
}

function beneath(transport: ByteTransport): ByteTransport | undefined {
  return (transport as { readonly inner?: ByteTransport }).inner;
}
