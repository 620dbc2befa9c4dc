/** What is written as DER, each at its bounds; and BER, as far as it is read. */

import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import {
  berToDer,
  bits,
  bool,
  concat,
  explicit,
  ia5Content,
  int,
  integerContent,
  namedBits,
  nul,
  octets,
  oidContent,
  printableString,
  seq,
  setOf,
  tlv,
  utf8String,
} from "../../certificate/asn1/writer.ts";
import {
  ifReadable,
  integerBytes,
  readElement,
  sequence,
  time,
} from "../../certificate/asn1/reader.ts";
import {
  isDottedOid,
  oidByName,
  oidByNid,
  oidEntry,
  oidLongName,
  oidShortName,
} from "../../certificate/asn1/oids.ts";
import { SslError } from "../../errors.ts";

const of = (...list: number[]) => Uint8Array.from(list);
/** An element with a tag and a content. */
const element = (tag: number, content: Uint8Array) => readElement(tlv(tag, content), 0, "it");
const refuses = (call: () => unknown, reason: string) => {
  const error = assertThrows(call, SslError);
  assertEquals([error.code, error.reason], ["ERR_DER", reason]);
};

Deno.test("lengths are written in as few octets as they need", () => {
  const head = (
    length: number,
  ) => [...tlv(4, new Uint8Array(length)).subarray(0, -length || undefined)];
  assertEquals(head(0), [4, 0]);
  assertEquals(head(0x7f), [4, 0x7f]);
  assertEquals(head(0x80), [4, 0x81, 0x80]);
  assertEquals(head(0xff), [4, 0x81, 0xff]);
  assertEquals(head(0x100), [4, 0x82, 1, 0]);
  assertEquals(head(0x10000), [4, 0x83, 1, 0, 0]);
});

Deno.test("integers are the shortest two's complement", () => {
  const cases: [bigint | number, number[]][] = [
    [0, [0]],
    [0x7f, [0x7f]],
    [0x80, [0, 0x80]],
    [0xff, [0, 0xff]],
    [0x100, [1, 0]],
    [-1, [0xff]],
    [-0x80, [0x80]],
    [-0x81, [0xff, 0x7f]],
    [1n << 64n, [1, 0, 0, 0, 0, 0, 0, 0, 0]],
  ];
  for (const [value, content] of cases) {
    assertEquals([...integerContent(value)], content);
    assertEquals(int(value), of(2, content.length, ...content));
  }
  assertEquals(int(5, 0x80), of(0x80, 1, 5));
  assertEquals(int(of(1, 2)), of(2, 2, 1, 2));
  for (
    const [wrong, shown] of [[1.5, "1.5"], [2 ** 53, "9007199254740992"], [NaN, "NaN"]] as const
  ) {
    assertEquals(
      assertThrows(() => int(wrong), RangeError).message,
      `Cannot encode number: must be a whole number, a larger one as a bigint: received ${shown}`,
    );
  }
  assertThrows(() => int("5" as never), RangeError, "received string");
});

Deno.test("sets are sorted as DER wants them: octet by octet, the shorter one first", () => {
  const a = of(4, 1, 1), b = of(4, 1, 2), c = of(4, 2, 0, 0);
  assertEquals(setOf(c, b, a), of(0x31, 10, ...a, ...b, ...c));
  assertEquals(setOf(of(1, 2, 3), of(1, 2)), of(0x31, 5, 1, 2, 1, 2, 3));
  assertEquals(setOf(of(1, 2), of(1, 2, 3)), of(0x31, 5, 1, 2, 1, 2, 3));
});

Deno.test("bits, booleans, strings and object identifiers, each in its form", () => {
  assertEquals([bool(true), bool(false), nul()], [of(1, 1, 255), of(1, 1, 0), of(5, 0)]);
  assertEquals(bits(of(5)), of(3, 2, 0, 5));
  assertEquals(namedBits([]), of(3, 1, 0));
  assertEquals(namedBits([0]), of(3, 2, 7, 0x80));
  assertEquals(namedBits([7]), of(3, 2, 0, 1));
  assertEquals(namedBits([8, 0]), of(3, 3, 7, 0x80, 0x80));
  assertEquals(namedBits([1], 0x81), of(0x81, 2, 6, 0x40));
  assertEquals(explicit(3, nul()), of(0xa3, 2, 5, 0));
  assertEquals([utf8String("é"), printableString("a")], [
    of(0x0c, 2, 0xc3, 0xa9),
    of(0x13, 1, 0x61),
  ]);
  assertEquals(ia5Content("\0\x7f", "it"), of(0, 0x7f));
  const wide = assertThrows(() => ia5Content("a\x80", "it"), TypeError);
  assertEquals(wide.message.startsWith("Cannot encode it: only ASCII is allowed: received"), true);
  const oid = (text: string) => [...oidContent(text)];
  assertEquals([oid("0.39"), oid("1.39"), oid("2.39"), oid("2.48")], [[39], [79], [119], [
    0x81,
    0,
  ]]);
  assertEquals([oid("1.2.127"), oid("1.2.128"), oid("1.2.16384")], [
    [42, 127],
    [42, 0x81, 0],
    [42, 0x81, 0x80, 0],
  ]);
  for (const wrong of ["0.40", "1.40", "1", "3.1"]) {
    assertThrows(
      () => oidContent(wrong),
      TypeError,
      "Cannot encode object identifier: not a dotted form",
    );
  }
});

Deno.test("BER with indefinite lengths over more than 64 KiB becomes a longer DER", () => {
  let ber: Uint8Array = octets(new Uint8Array(70_000));
  let der = ber;
  for (let i = 0; i < 60; i++) {
    ber = concat(of(0x30, 0x80), ber, of(0, 0));
    der = seq(der);
  }
  assertEquals(der.length > ber.length, true);
  assertEquals(berToDer(ber, "it"), der);
});

Deno.test("BER that is cut, too deep, too long or of another tag is refused", () => {
  const read = (...list: number[]) => () => berToDer(of(...list), "it");
  refuses(read(), "truncated at byte 0");
  refuses(read(4), "truncated at byte 0");
  refuses(read(4, 1), "truncated at byte 0: 1 bytes announced");
  refuses(read(0x30, 3, 4, 1), "truncated at byte 0: 3 bytes announced");
  refuses(read(0x30, 2, 4, 1, 9), "truncated at byte 2: 1 bytes announced");
  refuses(read(0x1f, 1, 0), "unsupported tag at byte 0");
  refuses(read(0x3f, 1, 0), "unsupported tag at byte 0");
  refuses(read(4, 0x80, 0, 0), "malformed length at byte 0");
  refuses(read(4, 0x85, 0, 0, 0, 0, 1, 7), "malformed length at byte 0");
  refuses(read(4, 0x82, 1), "malformed length at byte 0");
  refuses(read(0x30, 0x80, 5, 0), "truncated at byte 4");
  refuses(read(0x30, 0x80, 5, 0, 0), "truncated at byte 4");
  refuses(read(5, 0, 7), "1 bytes of junk after the data");
  refuses(read(5, 0, 0, 7), "2 bytes of junk after the data");
  assertEquals(read(5, 0, 0, 0)(), nul(), "zeros after it are filling");
  assertEquals(read(4, 0x84, 0, 0, 0, 1, 7)(), octets(of(7)));
  assertEquals(read(4, 0x81, 1, 7)(), octets(of(7)));
  assertEquals(read(0x30, 0x80, 5, 0, 0, 0)(), seq(nul()));
  assertEquals(read(0x30, 0)(), seq());
  assertEquals(read(0x24, 4, 4, 0, 4, 0)(), octets());
  assertEquals(read(0x24, 6, 4, 1, 7, 4, 1, 8)(), octets(of(7, 8)));
  const many = new Uint8Array(2 * ((1 << 19) + 2));
  many.set([0x30, 0x80]);
  for (let at = 2; at < many.length - 2; at += 2) many[at] = 5;
  refuses(() => berToDer(many, "it"), "more than 524288 elements");
  assertEquals(berToDer(Uint8Array.of(...[0x30, 0x80], ...[5, 0, 0, 0]), "it"), seq(nul()));
});

Deno.test("the reader says what it found, and where", () => {
  const read = (...list: number[]) => () => readElement(of(...list), 0, "it");
  refuses(read(4), "truncated DER: no room for tag and length at byte 0");
  refuses(read(0x1f, 0), "unsupported DER tag 0x1f (high tag number) at byte 0");
  refuses(read(4, 0x80), "indefinite length, which is BER but not DER at byte 0");
  refuses(read(4, 0x85, 0, 0, 0, 0, 0), "length of 5 octets is too large at byte 0");
  refuses(read(4, 0x82, 1), "truncated DER: incomplete length at byte 0");
  refuses(read(4, 0x81, 0x7f), "length is not minimal, not DER at byte 0");
  refuses(read(4, 0x82, 0, 0xff), "length is not minimal, not DER at byte 0");
  refuses(read(4, 0x81, 0x80), "truncated DER: 128 bytes announced, 0 left at byte 0");
  refuses(read(4, 2, 7), "truncated DER: 2 bytes announced, 1 left at byte 0");
  const long = readElement(of(9, 4, 0x81, 0x80, ...new Array(128).fill(7), 9), 1, "it");
  assertEquals([long.body.length, long.raw.length, long.tag], [128, 131, 4]);
  refuses(() => sequence(undefined, "it"), "element with tag 0x30 is missing");
  refuses(
    () => integerBytes(element(2, of(0xff, 0x80)), "it"),
    "INTEGER is not minimal, not DER",
  );
  assertEquals(integerBytes(element(2, of(0xff, 0x7f)), "it"), of(0xff, 0x7f));
  assertEquals(integerBytes(element(2, of(0, 0x80)), "it"), of(0, 0x80));
  assertEquals(integerBytes(element(2, of(0xff)), "it"), of(0xff));
  assertEquals([ifReadable(() => 5), ifReadable(read(4))], [5, undefined]);
  const at = (text: string) => {
    const body = new TextEncoder().encode(text);
    return () => time(element(0x18, body), "it").toISOString();
  };
  assertEquals(at("20231231235959Z")(), "2023-12-31T23:59:59.000Z");
  for (
    const text of [
      "20230001000000Z",
      "20231301000000Z",
      "20230100000000Z",
      "20230132000000Z",
      "20230431000000Z",
      "20230101240000Z",
      "20230101006000Z",
      "20230101000060Z",
    ]
  ) {
    refuses(at(text), `time ${text} does not exist`);
  }
});

Deno.test("object identifiers are known by number, by both names, and in dotted form", () => {
  assertEquals([oidByNid(13)?.sn, oidByNid(-1)], ["CN", undefined]);
  assertEquals([oidByName("commonName")?.oid, oidByName("nosuch")], ["2.5.4.3", undefined]);
  assertEquals([oidLongName("2.5.4.3"), oidShortName("2.5.4.3")], ["commonName", "CN"]);
  assertEquals([oidLongName("1.2.3.4.5"), oidShortName("1.2.3.4.5")], ["1.2.3.4.5", "1.2.3.4.5"]);
  assertEquals(oidEntry("2.5.4.3"), oidByNid(13));
  assertEquals(["1.2", "2.0.1", "1", "3.1", "1.02", "1.2.", "a.b"].map(isDottedOid), [
    true,
    true,
    ...Array(5).fill(false),
  ]);
});
