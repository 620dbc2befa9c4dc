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
  if (typeof data === "string") return encoder.encode(data).toBase64();
  return (data instanceof Uint8Array ? data : new Uint8Array(data)).toBase64();
}
