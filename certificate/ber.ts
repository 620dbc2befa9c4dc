/**
 * BER to DER, as far as PKCS#12 files need it: Windows, NSS and Java write
 * indefinite lengths and octet strings in pieces.
 *
 * @module
 */

import { derError } from "./der.ts";
import { concatAll, tlv } from "./der_writer.ts";

/** How deep BER may nest. */
const MAX_DEPTH = 64;

interface Element {
  readonly der: Uint8Array;
  readonly body: Uint8Array;
  readonly next: number;
}

function convert(bytes: Uint8Array, at: number, end: number, depth: number, what: string): Element {
  if (depth > MAX_DEPTH) throw derError(what, `nested deeper than ${MAX_DEPTH} levels`);
  if (at + 2 > end) throw derError(what, `truncated at byte ${at}`);
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) throw derError(what, `unsupported tag at byte ${at}`);
  let start = at + 2;
  let length = bytes[at + 1]!;
  const indefinite = length === 0x80;
  if (indefinite && !(tag & 0x20)) throw derError(what, `malformed length at byte ${at}`);
  if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4 || start + count > end) throw derError(what, `malformed length at byte ${at}`);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!;
    start += count;
  }
  const stop = indefinite ? end : start + length;
  if (stop > end) throw derError(what, `truncated at byte ${at}: ${length} bytes announced`);
  if (!(tag & 0x20)) {
    const body = bytes.subarray(start, stop);
    return { der: tlv(tag, body), body, next: stop };
  }
  const children: Element[] = [];
  let next = start;
  for (;;) {
    if (indefinite && bytes[next] === 0 && bytes[next + 1] === 0 && next + 2 <= stop) {
      next += 2;
      break;
    }
    if (!indefinite && next === stop) break;
    const child = convert(bytes, next, stop, depth + 1, what);
    children.push(child);
    next = child.next;
  }
  // An OCTET STRING in pieces becomes a whole one.
  if (tag === 0x24) {
    const body = concatAll(children.map((child) => child.body));
    return { der: tlv(0x04, body), body, next };
  }
  const body = concatAll(children.map((child) => child.der));
  return { der: tlv(tag, body), body, next };
}

/**
 * Converts one BER element to definite, minimal lengths and whole octet
 * strings. Zero bytes behind it are dropped; other bytes are an error.
 */
export function berToDer(bytes: Uint8Array, what: string): Uint8Array {
  const { der, next } = convert(bytes, 0, bytes.length, 0, what);
  if (bytes.subarray(next).some((byte) => byte !== 0)) {
    throw derError(what, `${bytes.length - next} bytes of junk after the data`);
  }
  return der;
}
