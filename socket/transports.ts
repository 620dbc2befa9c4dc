/**
 * What TLS can be started over, made into the one shape that the engines know.
 *
 * STARTTLS injection: an attacker on the path can send plain bytes ahead of
 * the handshake and hope that they are taken for data that came over TLS
 * (CVE-2011-0411 and its many followers). So every byte that was read above
 * TCP before the handshake was asked for goes into the handshake and nowhere
 * else, and is looked at first: a server accepts only the beginning of a
 * ClientHello, a client accepts nothing, since its peer speaks second. That
 * holds for the bytes of a transport, of a socket and of a reader above either.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { concat } from "../internal/bytes.ts";
import {
  BufferedTransport,
  heldBy,
  settle,
  type StreamPair,
  streamTransport,
} from "../engine/transport.ts";
import type { ByteTransport, Role } from "../engine/engine.ts";
import { SslPeerError } from "../errors.ts";
import { type Ahead, yieldAhead } from "./readers.ts";
import { takeTransport, type Transport, type TransportSource } from "./transport.ts";

/** A transport ready for an engine. */
export interface Adopted {
  /** For the engine. */
  readonly transport: ByteTransport;
  /** The bytes that were read before TLS was asked for; `transport` yields them again. */
  readonly ahead: Uint8Array;
}

interface Peekable extends Transport {
  pending(): number;
  peek(p: Uint8Array): Promise<number | null>;
}

function isPeekable(t: Transport): t is Peekable {
  return "peek" in t && "pending" in t;
}

function isPair(source: object): source is StreamPair {
  return !("read" in source) && "readable" in source && "writable" in source;
}

/** Makes any of the things that TLS can run over into a transport for an engine. */
export async function adopt(source: Transport | StreamPair | TransportSource): Promise<Adopted> {
  if (source === null || typeof source !== "object") {
    throw new TypeError(
      `Cannot start TLS: it needs a connection, a Handle, an SslSocket or ` +
        `{ readable, writable }: received ${source === null ? "null" : typeof source}`,
    );
  }
  if (takeTransport in source) {
    const taken = source[takeTransport]();
    const below = await adopt(taken.transport);
    if (taken.buffered.length === 0) return below;
    const ahead = concat([taken.buffered, below.ahead]);
    return { transport: new BufferedTransport(below.transport, taken.buffered), ahead };
  }
  const above = yieldAhead(source, true);
  if (isPair(source)) {
    return { transport: inFront(streamTransport(source), above), ahead: concat(aheadOf(above)) };
  }
  if (typeof source.read !== "function" || typeof source.write !== "function") {
    throw new TypeError(
      "Cannot start TLS: it needs read and write, or readable and writable: " +
        `received an object with ${Object.keys(source).join(", ") || "neither"}`,
    );
  }
  const whole = inFront(source as ByteTransport, above);
  await settle(whole);
  const transport = whole instanceof BufferedTransport ? whole.bare : whole;
  const ahead = heldBy(transport);
  if (!isPeekable(source) || source.pending() === 0) return { transport, ahead };
  const head = new Uint8Array(Math.min(source.pending(), 64));
  const n = await source.peek(head) ?? 0;
  return { transport, ahead: concat([ahead, head.subarray(0, n)]) };
}

function aheadOf(above: readonly Ahead[]): Uint8Array[] {
  return above.map(({ ahead }) => ahead);
}

/** Puts back what was read ahead of a transport. */
export function inFront(transport: ByteTransport, above: readonly Ahead[]): ByteTransport {
  return above.reduceRight<ByteTransport>(
    (below, { ahead, inFlight }) => new BufferedTransport(below, ahead, inFlight),
    transport,
  );
}

/** Whether bytes are the beginning of a TLS record with a ClientHello (RFC 8446 5.1). */
export function beginsClientHello(bytes: Uint8Array): boolean {
  const [type, major = 3, minor = 1, , , message = 1] = bytes;
  return type === 0x16 && major === 3 && minor <= 4 && message === 1;
}

/**
 * Refuses what came before the handshake was asked for.
 *
 * @throws {SslPeerError} With code `ERR_INJECTION`.
 */
export function refuseInjection(role: Role, ahead: Uint8Array, peer: string): void {
  if (ahead.length === 0 || (role === "server" && beginsClientHello(ahead))) return;
  const what = role === "client"
    ? "the server sent them before TLS was asked for"
    : "they do not begin a TLS handshake";
  throw injected(peer, `${what}: received ${shown(ahead)}`);
}

/** The error for plain bytes that came before the handshake was asked for. */
export function injected(peer: string, what: string): SslPeerError {
  return new SslPeerError(
    `Cannot start TLS with ${peer}: unexpected plain bytes ahead of the handshake, ${what}: ` +
      `they may have been injected; do not treat them as protected`,
    { code: "ERR_INJECTION", reason: "plain bytes ahead of the handshake" },
  );
}

/** The first bytes in printable form: they come from an untrusted peer, and may be its password. */
function shown(bytes: Uint8Array): string {
  return quote(String.fromCharCode(...bytes.subarray(0, 32))) + (bytes.length > 32 ? "..." : "");
}
