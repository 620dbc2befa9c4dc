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
  if (typeof src === "string") return encoder.encode(src).toHex();
  return (src instanceof Uint8Array ? src : new Uint8Array(src)).toHex();
}
