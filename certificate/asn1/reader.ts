/**
 * A small, strict reader of DER (X.690): definite, minimal lengths, minimal
 * integers, no trailing bytes. It reads one level at a time, so nesting costs
 * nothing and cannot exhaust the stack.
 *
 * @module
 */

import { encodeHex } from "../../internal/bytes.ts";
import { quote } from "../../internal/quote.ts";
import { SslError } from "../../errors.ts";

/** Tags of the universal class, and the constructed bit where DER requires it. */
export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OID: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  NUMERIC_STRING: 0x12,
  PRINTABLE_STRING: 0x13,
  T61_STRING: 0x14,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  VISIBLE_STRING: 0x1a,
  UNIVERSAL_STRING: 0x1c,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** One TLV element of an input. */
export class DerNode {
  readonly #input: Uint8Array;
  /** The identifier octet: class, constructed bit and tag number (0-30). */
  readonly tag: number;
  readonly start: number;
  readonly #content: number;
  readonly end: number;

  constructor(input: Uint8Array, tag: number, start: number, content: number, end: number) {
    this.#input = input;
    this.tag = tag;
    this.start = start;
    this.#content = content;
    this.end = end;
  }

  /** The content octets. */
  get body(): Uint8Array {
    return this.#input.subarray(this.#content, this.end);
  }

  /** The whole element, header included. */
  get raw(): Uint8Array {
    return this.#input.subarray(this.start, this.end);
  }
}

/** The error for malformed DER: `ERR_DER`. */
export function derError(what: string, reason: string): SslError {
  return new SslError(`Cannot read ${what}: ${reason}`, { code: "ERR_DER", reason });
}

const hex2 = (n: number) => n.toString(16).padStart(2, "0");

/** The element at `offset`, or what is wrong there. */
function elementAt(bytes: Uint8Array, offset: number): DerNode | string {
  if (offset + 2 > bytes.length) return "truncated DER: no room for tag and length";
  const tag = bytes[offset]!;
  if ((tag & 0x1f) === 0x1f) return `unsupported DER tag 0x${hex2(tag)} (high tag number)`;
  let length = bytes[offset + 1]!;
  let start = offset + 2;
  if (length === 0x80) return "indefinite length, which is BER but not DER";
  if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4) return `length of ${count} octets is too large`;
    if (start + count > bytes.length) return "truncated DER: incomplete length";
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!;
    if (length < 0x80 || (count > 1 && bytes[start] === 0)) return "length is not minimal, not DER";
    start += count;
  }
  const end = start + length;
  if (end <= bytes.length) return new DerNode(bytes, tag, offset, start, end);
  return `truncated DER: ${length} bytes announced, ${bytes.length - start} left`;
}

/** The element at `offset`. */
export function readElement(bytes: Uint8Array, offset: number, what: string): DerNode {
  const found = elementAt(bytes, offset);
  if (typeof found !== "string") return found;
  throw derError(what, `${found} at byte ${offset}`);
}

/** The one element that spans all of `bytes`. */
export function readDer(bytes: Uint8Array, what: string, tag?: number): DerNode {
  const node = readElement(bytes, 0, what);
  const junk = bytes.length - node.end;
  if (junk > 0) throw derError(what, `${junk} bytes of junk after the DER`);
  return tag === undefined ? node : expectTag(node, tag, what);
}

/** Checks the tag of an element, or that there is one. */
export function expectTag(node: DerNode | undefined, tag: number, what: string): DerNode {
  if (node === undefined) throw derError(what, `element with tag 0x${hex2(tag)} is missing`);
  if (node.tag !== tag) {
    throw derError(what, `expected DER tag 0x${hex2(tag)}: received 0x${hex2(node.tag)}`);
  }
  return node;
}

/** The elements inside a constructed element, or inside any content octets. */
export function children(node: DerNode | Uint8Array, what: string): DerNode[] {
  const bytes = node instanceof DerNode ? node.body : node;
  if (node instanceof DerNode && (node.tag & 0x20) === 0) {
    throw derError(what, `expected a constructed element: received tag 0x${hex2(node.tag)}`);
  }
  const list: DerNode[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const child = readElement(bytes, offset, what);
    list.push(child);
    offset = child.end;
  }
  return list;
}

/** The elements of a SEQUENCE. */
export function sequence(node: DerNode | undefined, what: string): DerNode[] {
  return children(expectTag(node, TAG.SEQUENCE, what), what);
}

/** The content octets of an INTEGER, checked to be minimal. */
export function integerBytes(node: DerNode | undefined, what: string, tag = 0x02): Uint8Array {
  const { body } = expectTag(node, tag, what);
  if (body.length === 0) throw derError(what, "empty INTEGER");
  if (
    body.length > 1 &&
    ((body[0] === 0 && body[1]! < 0x80) || (body[0] === 0xff && body[1]! >= 0x80))
  ) throw derError(what, "INTEGER is not minimal, not DER");
  return body;
}

/** The value of an INTEGER (two's complement). */
export function integer(node: DerNode | undefined, what: string, tag = 0x02): bigint {
  return bytesToBigInt(integerBytes(node, what, tag));
}

/** A small non-negative INTEGER. */
export function smallInteger(node: DerNode | undefined, what: string, tag = 0x02): number {
  const octets = integerBytes(node, what, tag);
  // Not even for the message: a number of a megabyte takes long to write in decimal.
  if (octets.length > 8) throw derError(what, `INTEGER of ${octets.length} octets is out of range`);
  const value = bytesToBigInt(octets);
  if (value < 0n || value > 0x7fffffffn) throw derError(what, `INTEGER ${value} is out of range`);
  return Number(value);
}

/** Two's complement, big endian. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  const value = bytes.length === 0 ? 0n : BigInt("0x" + encodeHex(bytes));
  return (bytes[0] ?? 0) & 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value;
}

/** The value of a BOOLEAN: DER allows 00 and FF only. */
export function boolean(node: DerNode, what: string, tag = 0x01): boolean {
  const { body } = expectTag(node, tag, what);
  if (body.length !== 1 || (body[0] !== 0 && body[0] !== 0xff)) {
    throw derError(what, "BOOLEAN is neither 00 nor FF, not DER");
  }
  return body[0] === 0xff;
}

/** The dotted form of an OBJECT IDENTIFIER. */
export function oid(node: DerNode | undefined, what: string, tag = 0x06): string {
  const { body } = expectTag(node, tag, what);
  if (body.length === 0 || body.length > 512 || body[body.length - 1]! & 0x80) {
    throw derError(what, "malformed OBJECT IDENTIFIER");
  }
  const arcs: bigint[] = [];
  let value = 0n, first = true;
  for (const byte of body) {
    if (first && byte === 0x80) throw derError(what, "OBJECT IDENTIFIER is not minimal, not DER");
    value = (value << 7n) | BigInt(byte & 0x7f);
    first = (byte & 0x80) === 0;
    if (first) {
      arcs.push(value);
      value = 0n;
    }
  }
  const [head = 0n, ...rest] = arcs;
  const root = head < 40n ? 0n : head < 80n ? 1n : 2n;
  return [root, head - root * 40n, ...rest].join(".");
}

/** A BIT STRING: its bytes and how many bits of the last one do not count. */
export function bitString(
  node: DerNode | undefined,
  what: string,
  tag = 0x03,
): { bytes: Uint8Array; unused: number } {
  const { body } = expectTag(node, tag, what);
  const unused = body[0];
  const bytes = body.subarray(1);
  if (unused === undefined || unused > 7 || (unused > 0 && bytes.length === 0)) {
    throw derError(what, "malformed BIT STRING");
  }
  if (unused > 0 && bytes[bytes.length - 1]! & ((1 << unused) - 1)) {
    throw derError(what, "unused bits of a BIT STRING are not zero, not DER");
  }
  return { bytes, unused };
}

/** The numbers of the bits that are set, bit 0 first. */
export function setBits(node: DerNode | undefined, what: string, tag = 0x03): number[] {
  const { bytes } = bitString(node, what, tag);
  if (bytes.length > 8) throw derError(what, "too many named bits");
  const bits: number[] = [];
  for (let i = 0; i < bytes.length * 8; i++) if (bytes[i >> 3]! & (0x80 >> (i & 7))) bits.push(i);
  return bits;
}

/** An UTCTime or GeneralizedTime, in the only forms RFC 5280 4.1.2.5 allows: seconds and `Z`. */
export function time(node: DerNode | undefined, what: string): Date {
  if (node?.tag !== TAG.UTC_TIME && node?.tag !== TAG.GENERALIZED_TIME) {
    throw derError(what, "expected UTCTime or GeneralizedTime");
  }
  const text = latin1(node.body);
  const utc = node.tag === TAG.UTC_TIME;
  const match = /^((?:\d\d)?\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match?.[1]?.length !== (utc ? 2 : 4)) throw derError(what, `malformed time ${quote(text)}`);
  const [year = 0, month = 0, day, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const full = utc ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const date = new Date(0);
  date.setUTCFullYear(full, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (
    date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 ||
    second > 59
  ) throw derError(what, `time ${text} does not exist`);
  return date;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text, one character each. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return text;
}

/** The text of any ASN.1 string type; invalid UTF-8 is one character a byte, as in T61String. */
export function stringValue(node: DerNode, what: string): string {
  const { tag, body } = node;
  if (tag === TAG.BMP_STRING || tag === TAG.UNIVERSAL_STRING) {
    const width = tag === TAG.BMP_STRING ? 2 : 4;
    if (body.length % width) throw derError(what, `string of ${body.length} bytes is incomplete`);
    let text = "";
    for (let i = 0; i < body.length; i += width) {
      let unit = 0;
      for (let k = i; k < i + width; k++) unit = unit * 256 + body[k]!;
      if (unit > 0x10ffff) throw derError(what, "string holds no Unicode character");
      text += String.fromCodePoint(unit);
    }
    return text;
  }
  const text = tag === TAG.UTF8_STRING ? ifReadable(() => utf8.decode(body)) : undefined;
  return text ?? latin1(body);
}

/** What is read; `undefined` where it is malformed. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
