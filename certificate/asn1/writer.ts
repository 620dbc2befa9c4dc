/**
 * Writing DER: each function gives one encoded element. And BER to DER, as far as
 * PKCS#12 files need it: Windows, NSS and Java write indefinite lengths and octet
 * strings in pieces.
 *
 * @module
 */

import { concat as join } from "../../internal/bytes.ts";
import { quote } from "../../internal/quote.ts";
import { isDottedOid } from "./oids.ts";
import { derError } from "./reader.ts";

/** Joins elements. A list that may be longer than a call can have arguments is for internal/bytes.ts. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return join(parts);
}

/** One element with any tag. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concat(Uint8Array.from(header(tag, length)), ...parts);
}

/** Tag and length of an element. */
function header(tag: number, length: number): number[] {
  if (length < 0x80) return [tag, length];
  const octets: number[] = [];
  for (let n = length; n > 0; n = Math.floor(n / 256)) octets.unshift(n % 256);
  return [tag, 0x80 | octets.length, ...octets];
}

/** SEQUENCE. */
export const seq = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...parts);

/** SET OF one or more elements, in DER order. */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  const sorted = [...parts].sort((a, b) => {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] !== b[i]) return a[i]! - b[i]!;
    }
    return a.length - b.length;
  });
  return tlv(0x31, ...sorted);
}

/** `[n] EXPLICIT`. */
export const explicit = (n: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  tlv(0xa0 | n, ...parts);

/** BOOLEAN. */
export const bool = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0));

/** NULL. */
export const nul = (): Uint8Array => tlv(0x05);

/** The minimal two's complement of a number. */
export function integerContent(value: bigint | number): Uint8Array {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) {
    throw new RangeError(
      `Cannot encode number: must be a whole number, a larger one as a bigint: received ${
        typeof value === "number" ? value : typeof value
      }`,
    );
  }
  let n = BigInt(value);
  const octets: number[] = [];
  do {
    octets.unshift(Number(n & 0xffn));
    n >>= 8n;
  } while (!((n === 0n && octets[0]! < 0x80) || (n === -1n && octets[0]! >= 0x80)));
  return Uint8Array.from(octets);
}

/** INTEGER, from a number or from content octets that are minimal already. */
export function int(value: bigint | number | Uint8Array, tag = 0x02): Uint8Array {
  return tlv(tag, value instanceof Uint8Array ? value : integerContent(value));
}

/** INTEGER from an unsigned big-endian number. */
export function unsignedInt(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const body = bytes.subarray(start);
  return tlv(0x02, (body[0] ?? 0x80) >= 0x80 ? concat(Uint8Array.of(0), body) : body);
}

/** OCTET STRING. */
export const octets = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x04, ...parts);

/** BIT STRING of whole bytes. */
export const bits = (bytes: Uint8Array): Uint8Array => tlv(0x03, Uint8Array.of(0), bytes);

/** BIT STRING of named bits: trailing zero bits are left out. */
export function namedBits(numbers: readonly number[], tag = 0x03): Uint8Array {
  if (numbers.length === 0) return tlv(tag, Uint8Array.of(0));
  const highest = Math.max(...numbers);
  const bytes = new Uint8Array((highest >> 3) + 1);
  for (const n of numbers) bytes[n >> 3]! |= 0x80 >> (n & 7);
  return tlv(tag, Uint8Array.of(7 - (highest & 7)), bytes);
}

/** The content octets of an OBJECT IDENTIFIER. */
export function oidContent(dotted: string): Uint8Array {
  const arcs = isDottedOid(dotted) ? dotted.split(".").map(BigInt) : [];
  if (arcs.length < 2 || (arcs[0]! < 2n && arcs[1]! >= 40n)) {
    throw new TypeError(
      `Cannot encode object identifier: not a dotted form: received ${quote(dotted)}`,
    );
  }
  const out: number[] = [];
  for (let n of [arcs[0]! * 40n + arcs[1]!, ...arcs.slice(2)]) {
    const group = [Number(n & 0x7fn)];
    while ((n >>= 7n) > 0n) group.unshift(Number(n & 0x7fn) | 0x80);
    out.push(...group);
  }
  return Uint8Array.from(out);
}

/** OBJECT IDENTIFIER. */
export const oidDer = (dotted: string): Uint8Array => tlv(0x06, oidContent(dotted));

const encoder = new TextEncoder();

/** UTF8String. */
export const utf8String = (text: string): Uint8Array => tlv(0x0c, encoder.encode(text));

/** PrintableString; the caller has checked the letters. */
export const printableString = (text: string): Uint8Array => tlv(0x13, encoder.encode(text));

/** The octets of an IA5String: ASCII only. */
export function ia5Content(text: string, what: string): Uint8Array {
  if (!/^[\0-\x7f]*$/.test(text)) {
    throw new TypeError(
      `Cannot encode ${what}: only ASCII is allowed: received ${quote(text)}`,
    );
  }
  return encoder.encode(text);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** GeneralizedTime with seconds. */
export function generalizedTime(date: Date): Uint8Array {
  const year = date.getUTCFullYear();
  if (!Number.isFinite(date.getTime()) || year < 0 || year > 9999) {
    throw new RangeError(
      `Cannot encode time: not between the years 0 and 9999: received ${quote(date)}`,
    );
  }
  const text = String(year).padStart(4, "0") + two(date.getUTCMonth() + 1) +
    two(date.getUTCDate()) + two(date.getUTCHours()) + two(date.getUTCMinutes()) +
    two(date.getUTCSeconds()) + "Z";
  return tlv(0x18, encoder.encode(text));
}

/** The Time of RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime otherwise. */
export function timeDer(date: Date): Uint8Array {
  const full = generalizedTime(date);
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? tlv(0x17, full.subarray(4)) : full;
}

/** How deep BER may nest. */
const MAX_DEPTH = 64;

/** How many elements may be in one piece of BER: memory is needed for each of them. */
const MAX_ELEMENTS = 1 << 19;

/**
 * Converts into one array. The content of an element is written first, and moved when its length is
 * known: an object for each element would take a hundred times the memory that the element has.
 */
class BerConverter {
  readonly #in: Uint8Array;
  readonly #out: Uint8Array;
  readonly #what: string;
  #length = 0;
  #elements = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#in = bytes;
    // Only where an indefinite length spans more than 64 KiB does it become a longer one.
    const longer = 2 * MAX_DEPTH * Math.ceil(bytes.length / 0x10000);
    this.#out = new Uint8Array(bytes.length + longer);
    this.#what = what;
  }

  get result(): Uint8Array {
    return this.#out.slice(0, this.#length);
  }

  #fail(reason: string): never {
    throw derError(this.#what, reason);
  }

  /** Puts the header in front of what was written from `from` on. */
  #wrap(tag: number, from: number): void {
    const head = header(tag, this.#length - from);
    this.#out.copyWithin(from + head.length, from, this.#length);
    this.#out.set(head, from);
    this.#length += head.length;
  }

  /** Converts the element at `at`; `bare` leaves its header out. Gives where the next one begins. */
  convert(at: number, end: number, depth = 0, bare = false): number {
    const bytes = this.#in;
    if (depth > MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH} levels`);
    if (++this.#elements > MAX_ELEMENTS) this.#fail(`more than ${MAX_ELEMENTS} elements`);
    if (at + 2 > end) this.#fail(`truncated at byte ${at}`);
    const tag = bytes[at]!;
    if ((tag & 0x1f) === 0x1f) this.#fail(`unsupported tag at byte ${at}`);
    let start = at + 2;
    let length = bytes[at + 1]!;
    const indefinite = length === 0x80;
    if (indefinite && !(tag & 0x20)) this.#fail(`malformed length at byte ${at}`);
    if (length > 0x80) {
      const count = length & 0x7f;
      if (count > 4 || start + count > end) this.#fail(`malformed length at byte ${at}`);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!;
      start += count;
    }
    const stop = indefinite ? end : start + length;
    if (stop > end) this.#fail(`truncated at byte ${at}: ${length} bytes announced`);
    const from = this.#length;
    let next = start;
    if (!(tag & 0x20)) {
      this.#out.set(bytes.subarray(start, stop), from);
      this.#length += stop - start;
      next = stop;
    } else {
      for (;;) {
        if (indefinite && bytes[next] === 0 && bytes[next + 1] === 0 && next + 2 <= stop) {
          next += 2;
          break;
        }
        if (!indefinite && next === stop) break;
        // The pieces of an OCTET STRING become a whole one.
        next = this.convert(next, stop, depth + 1, tag === 0x24);
      }
    }
    if (!bare) this.#wrap(tag === 0x24 ? 0x04 : tag, from);
    return next;
  }
}

/**
 * Converts one BER element to definite, minimal lengths and whole octet
 * strings. Zero bytes after it are dropped; other bytes are an error.
 */
export function berToDer(bytes: Uint8Array, what: string): Uint8Array {
  const converter = new BerConverter(bytes, what);
  const next = converter.convert(0, bytes.length);
  if (bytes.subarray(next).some((byte) => byte !== 0)) {
    throw derError(what, `${bytes.length - next} bytes of junk after the data`);
  }
  return converter.result;
}
