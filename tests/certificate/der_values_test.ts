/** The bounds of what the reader of DER takes. */

import "../helpers/limit.ts";
import { equalBytes } from "../../internal/bytes.ts";
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  bitString,
  boolean,
  bytesToBigInt,
  integer,
  latin1,
  oid,
  readDer,
  setBits,
  smallInteger,
  stringValue,
  time,
} from "../../certificate/asn1/reader.ts";
import { SslError } from "../../errors.ts";

function node(tag: number, body: readonly number[]) {
  const { length } = body;
  const head = length < 128
    ? [length]
    : length < 256
    ? [0x81, length]
    : [0x82, length >> 8, length & 255];
  return readDer(Uint8Array.from([tag, ...head, ...body]), "a test");
}

const refuses = (call: () => unknown, why: string) => {
  assertEquals(assertThrows(call, SslError, why).code, "ERR_DER");
};

Deno.test("smallInteger() goes from 0 to 2^31 - 1", () => {
  for (
    const [body, value] of [[[0], 0], [[127], 127], [[0x7f, 0xff, 0xff, 0xff], 0x7fffffff]] as const
  ) {
    assertEquals(smallInteger(node(2, body), "a test"), value);
  }
  const out = "is out of range";
  refuses(() => smallInteger(node(2, [0, 0x80, 0, 0, 0]), "a test"), `2147483648 ${out}`);
  refuses(() => smallInteger(node(2, [0xff]), "a test"), `-1 ${out}`);
  refuses(() => smallInteger(node(2, [0x80]), "a test"), `-128 ${out}`);
  refuses(() => smallInteger(node(2, [0x7f, ...Array(7).fill(1)]), "a test"), `INTEGER 9`);
  refuses(() => smallInteger(node(2, [0x7f, ...Array(8).fill(1)]), "a test"), `of 9 octets ${out}`);
  assertEquals(integer(node(2, [0x80]), "a test"), -128n);
  assertEquals(integer(node(2, [0, 0x80]), "a test"), 128n);
  assertEquals(bytesToBigInt(new Uint8Array()), 0n);
});

Deno.test("oid() takes up to 512 bytes, and names the three roots", () => {
  const last = [...Array(511).fill(0x81), 1];
  assertEquals(oid(node(6, last), "a test").split(".")[0], "2");
  refuses(() => oid(node(6, [...Array(512).fill(0x81), 1]), "a test"), "malformed");
  refuses(() => oid(node(6, []), "a test"), "malformed");
  refuses(() => oid(node(6, [0x2a, 0x81]), "a test"), "malformed");
  refuses(() => oid(node(6, [0x2a, 0x80, 1]), "a test"), "not minimal");
  for (
    const [body, text] of [
      [[0], "0.0"],
      [[39], "0.39"],
      [[40], "1.0"],
      [[79], "1.39"],
      [[80], "2.0"],
      [[0x88, 0x37], "2.999"],
      [[0x2a, 0x86, 0x48], "1.2.840"],
    ] as const
  ) assertEquals(oid(node(6, body), "a test"), text);
});

Deno.test("bitString() and setBits() take what RFC 5280 has, and nothing that is malformed", () => {
  assertEquals(bitString(node(3, [7, 0x80]), "a test"), { bytes: Uint8Array.of(0x80), unused: 7 });
  assertEquals(bitString(node(3, [0]), "a test"), { bytes: new Uint8Array(), unused: 0 });
  refuses(() => bitString(node(3, []), "a test"), "malformed");
  refuses(() => bitString(node(3, [8, 0]), "a test"), "malformed");
  refuses(() => bitString(node(3, [1]), "a test"), "malformed");
  refuses(() => bitString(node(3, [1, 1]), "a test"), "not zero");
  refuses(() => bitString(node(3, [7, 0x40]), "a test"), "not zero");
  assertEquals(setBits(node(3, [0]), "a test"), []);
  assertEquals(setBits(node(3, [0, 0x81, 0x01]), "a test"), [0, 7, 15]);
  assertEquals(setBits(node(3, [0, ...Array(7).fill(0), 1]), "a test"), [63]);
  refuses(() => setBits(node(3, [0, ...Array(8).fill(0), 1]), "a test"), "too many");
});

Deno.test("time() wants one of the two types of times", () => {
  const text = [..."20300101000000Z"].map((c) => c.charCodeAt(0));
  assertEquals(time(node(0x18, text), "a test").getUTCFullYear(), 2030);
  assertEquals(time(node(0x17, text.slice(2)), "a test").getUTCFullYear(), 2030);
  for (const tag of [0x04, 0x0c, 0x13]) {
    refuses(() => time(node(tag, text), "a test"), "expected UTCTime or GeneralizedTime");
  }
  refuses(() => time(undefined, "a test"), "expected UTCTime");
  const year = (yy: string) =>
    time(node(0x17, [...`${yy}0101000000Z`].map((c) => c.charCodeAt(0))), "a test");
  assertEquals(["49", "50", "99", "00"].map((yy) => year(yy).getUTCFullYear()), [
    2049,
    1950,
    1999,
    2000,
  ]);
});

Deno.test("stringValue() reads every type of string, to the last character of Unicode", () => {
  assertEquals(stringValue(node(0x1e, [0x01, 0x02, 0x20, 0xac]), "a test"), "\u0102\u20ac");
  refuses(() => stringValue(node(0x1e, [0x01]), "a test"), "incomplete");
  assertEquals(stringValue(node(0x1c, [0, 0x01, 0x02, 0x03]), "a test"), "\u{10203}");
  assertEquals(stringValue(node(0x1c, [0, 0x10, 0xff, 0xff]), "a test"), "\u{10ffff}");
  refuses(() => stringValue(node(0x1c, [0, 0x11, 0, 0]), "a test"), "no Unicode character");
  refuses(() => stringValue(node(0x1c, [1, 0, 0, 0]), "a test"), "no Unicode character");
  refuses(() => stringValue(node(0x1c, [0, 0, 0]), "a test"), "incomplete");
  assertEquals(stringValue(node(0x0c, [0xef, 0xbb, 0xbf, 0xc3, 0xa9]), "a test"), "\ufeff\u00e9");
  assertEquals(stringValue(node(0x0c, [0xe9]), "a test"), "\u00e9");
  const long = Uint8Array.from({ length: 0x2000 * 2 + 5 }, (_, i) => 32 + i % 90);
  assertEquals(latin1(long), new TextDecoder().decode(long));
});

Deno.test("boolean() is 00 or FF; equalBytes() compares all bytes", () => {
  assertEquals([boolean(node(1, [0]), "a test"), boolean(node(1, [255]), "a test")], [false, true]);
  for (const body of [[], [1], [254], [0, 0]]) {
    refuses(() => boolean(node(1, body), "a test"), "BOOLEAN");
  }
  const a = Uint8Array.of(1, 2, 3);
  assert(equalBytes(a, Uint8Array.of(1, 2, 3)));
  for (const other of [[], [1, 2], [1, 2, 3, 0], [0, 2, 3], [1, 2, 4]]) {
    assertFalse(equalBytes(a, Uint8Array.from(other)), `${other}`);
  }
});
