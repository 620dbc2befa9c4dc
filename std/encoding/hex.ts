/**
 * Stand-in for `@std/encoding/hex` of JSR: the part that this package uses.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Bytes, or a text in UTF-8, as lower-case hexadecimal.
 */
export function encodeHex(src: string | Uint8Array | ArrayBuffer): string {
  const given = typeof src === "string" ? encoder.encode(src) : src;
  const bytes = given instanceof Uint8Array ? given : new Uint8Array(given);
  // Node 20 lacks toHex().
  if ("toHex" in bytes) return bytes.toHex();
  return Array.from(bytes as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
