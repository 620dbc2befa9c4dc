/**
 * Stand-in for `@std/encoding/base64` of JSR: the part that this package uses.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * Bytes, or a text in UTF-8, as base64 with its padding.
 */
export function encodeBase64(data: ArrayBuffer | Uint8Array | string): string {
  const given = typeof data === "string" ? encoder.encode(data) : data;
  const bytes = given instanceof Uint8Array ? given : new Uint8Array(given);
  // Node 20 lacks toBase64().
  if ("toBase64" in bytes) return bytes.toBase64();
  let binary = "";
  for (const byte of bytes as Uint8Array) binary += String.fromCharCode(byte);
  return btoa(binary);
}
