/**
 * Byte strings: joined, compared, and written in hexadecimal and base64.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";

export { encodeBase64 } from "@std/encoding/base64";
export { encodeHex };

/** Joins byte strings. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether two byte strings are equal; not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Hex digits, two for each byte, as bytes; `Uint8Array.fromHex` is missing in Node 20. */
export const hexBytes = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** Bytes as OpenSSL prints them: `0A:1B:2C`. */
export const colons = (bytes: Uint8Array): string =>
  encodeHex(bytes).toUpperCase().replace(/..(?=.)/g, "$&:");
