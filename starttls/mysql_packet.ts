/**
 * A packet of MySQL: three bytes of length, little endian, one of its number, the payload. Pure.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";

/** What stands before the payload, in bytes. */
export const PACKET_HEADER = 4;

/** The length of the packet that begins at a place where its header is whole. */
export function packetLength(bytes: Uint8Array, at = 0): number {
  return PACKET_HEADER + (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16);
}

/** A payload as a packet. */
export function mysqlPacket(sequence: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  return concat([new Uint8Array([length, length >> 8, length >> 16, sequence]), payload]);
}
