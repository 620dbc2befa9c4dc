/**
 * Carries the bytes of one connection between the client's TLS socket and Deno.serve. Each
 * direction is one loop: what was read is written before more is read, so that the slower end sets
 * the pace.
 *
 * @module
 */

import { giveBuffer, takeBuffer } from "../engine/buffers.ts";
import { writeAll } from "../internal/write_all.ts";

/** What both ends have. */
export interface Bytes {
  /** Reads up to `p.length` bytes; `null` at the end. */
  read(p: Uint8Array): Promise<number | null>;
  /** Writes some of `p`, or all. */
  write(p: Uint8Array): Promise<number>;
}

/** How much a direction reads at a time that has little to carry, as one that is idle, in bytes. */
const SMALL = 4096;

/** How much one reads that has taken what there was, and may get more. */
const MEDIUM = 16384;

/** How much one reads that has much to carry. */
const LARGE = 131072;

/** What every client of HTTP/2 sends first (RFC 9113 3.4). Deno.serve answers it in HTTP/2. */
const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Carries bytes until `from` ends. */
export async function carry(from: Bytes, to: Bytes): Promise<void> {
  for (let size = SMALL;;) {
    const buffer = takeBuffer(size);
    const n = await from.read(buffer);
    if (n === null) return giveBuffer(buffer);
    const at = await to.write(buffer.subarray(0, n));
    if (at < n) await writeAll(to, buffer.subarray(at, n));
    giveBuffer(buffer);
    size = n === size ? LARGE : n < SMALL ? SMALL : MEDIUM;
  }
}

/**
 * Reads the first bytes of a client until they tell the version of HTTP.
 *
 * @returns The bytes; `undefined` if the client speaks another version than ALPN chose, or is gone.
 */
export async function firstBytes(from: Bytes, http2: boolean): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(SMALL);
  for (let length = 0;;) {
    const n = await from.read(buffer.subarray(length));
    if (n === null) return undefined;
    length += n;
    const seen = Math.min(length, PREFACE.length);
    const like = PREFACE.subarray(0, seen).every((byte, i) => byte === buffer[i]);
    if (like && seen < PREFACE.length) continue;
    return like === http2 ? buffer.subarray(0, length) : undefined;
  }
}
