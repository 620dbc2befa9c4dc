/**
 * What TLS can be started over, made into the one shape that the engines know.
 * Bytes that were read ahead come with it; injection.ts says which of these are refused.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";
import {
  BufferedTransport,
  heldBy,
  settle,
  type StreamPair,
  streamTransport,
} from "../engine/transport.ts";
import type { ByteTransport } from "../engine/engine.ts";
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
