import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  berToDer,
  explicit,
  generalizedTime,
  int,
  namedBits,
  octets,
  oidDer,
  seq,
  setOf,
  timeDer,
  tlv,
  unsignedInt,
} from "../../certificate/asn1/writer.ts";
import {
  boolean,
  children,
  integer,
  oid,
  readDer,
  setBits,
  stringValue,
  time,
} from "../../certificate/asn1/reader.ts";
import { EXT, readBasicConstraints, readExtensions } from "../../certificate/extensions/read.ts";
import { SslError } from "../../errors.ts";

const read = (...bytes: number[]) => readDer(Uint8Array.from(bytes), "test");
const refused = (bytes: number[], reason: string) =>
  assertThrows(() => read(...bytes), SslError, reason);

Deno.test("readDer() refuses what is BER but not DER, or cut, or followed by junk", () => {
  refused([], "truncated");
  refused([0x30], "truncated");
  refused([0x30, 0x80, 0, 0], "indefinite");
  refused([0x04, 0x81, 0x01, 0x00], "not minimal");
  refused([0x04, 0x82, 0x00, 0x80, ...new Array(128).fill(0)], "not minimal");
  refused([0x04, 0x85, 1, 0, 0, 0, 0], "too large");
  refused([0x04, 0x84, 0xff, 0xff, 0xff, 0xff], "truncated");
  refused([0x04, 0x02, 0x00], "truncated");
  refused([0x04, 0x82, 0x01], "incomplete length");
  refused([0x05, 0x00, 0x00], "junk");
  refused([0x1f, 0x81, 0x01, 0x00], "tag");
});

Deno.test("an explicit FALSE, which DER forbids and certificates have, is read as false", () => {
  assertEquals([0x00, 0xff].map((octet) => boolean(read(0x01, 0x01, octet), "x")), [false, true]);
  const flag = (value: boolean) => tlv(0x01, Uint8Array.of(value ? 0xff : 0));
  for (const value of [false, true]) {
    const list = seq(seq(oidDer(EXT.basicConstraints), flag(value), octets(seq(flag(value)))));
    const [extension] = readExtensions(readDer(list, "x"), "x");
    assertEquals(extension?.critical, value);
    assertEquals(readBasicConstraints(extension!.value), { ca: value, pathLength: undefined });
  }
});

Deno.test("der readers refuse values that are not canonical", () => {
  const cases: [() => unknown, string][] = [
    [() => integer(read(0x02, 0x00), "x"), "empty INTEGER"],
    [() => integer(read(0x02, 0x02, 0x00, 0x7f), "x"), "not minimal"],
    [() => integer(read(0x02, 0x02, 0xff, 0x80), "x"), "not minimal"],
    [() => boolean(read(0x01, 0x01, 0x01), "x"), "neither 00 nor FF"],
    [() => boolean(read(0x01, 0x00), "x"), "neither 00 nor FF"],
    [() => oid(read(0x06, 0x00), "x"), "malformed OBJECT"],
    [() => oid(read(0x06, 0x02, 0x2a, 0x86), "x"), "malformed OBJECT"],
    [() => oid(read(0x06, 0x03, 0x2a, 0x80, 0x01), "x"), "not minimal"],
    [() => setBits(read(0x03, 0x00), "x"), "malformed BIT STRING"],
    [() => setBits(read(0x03, 0x02, 0x08, 0x00), "x"), "malformed BIT STRING"],
    [() => setBits(read(0x03, 0x02, 0x03, 0x07), "x"), "not zero"],
    [() => setBits(read(0x03, 0x01, 0x03), "x"), "malformed BIT STRING"],
    [() => children(read(0x04, 0x00), "x"), "constructed"],
    [() => stringValue(read(0x1e, 0x01, 0x41), "x"), "incomplete"],
    [() => stringValue(read(0x1c, 0x04, 0x7f, 0, 0, 0), "x"), "no Unicode"],
  ];
  for (const [run, reason] of cases) assertThrows(run, SslError, reason);
});

Deno.test("time() takes only the forms of RFC 5280, and only times that exist", () => {
  const at = (tag: number, text: string) =>
    time(readDer(tlv(tag, new TextEncoder().encode(text)), "t"), "t").toISOString();
  assertEquals(at(0x17, "491231235959Z"), "2049-12-31T23:59:59.000Z");
  assertEquals(at(0x17, "500101000000Z"), "1950-01-01T00:00:00.000Z");
  assertEquals(at(0x18, "20500101000000Z"), "2050-01-01T00:00:00.000Z");
  assertEquals(at(0x18, "00000101000000Z"), "0000-01-01T00:00:00.000Z");
  assertEquals(at(0x18, "20240229000000Z"), "2024-02-29T00:00:00.000Z");
  for (
    const [tag, text] of [
      [0x17, "2312312359Z"],
      [0x17, "231231235959+0100"],
      [0x17, "231301000000Z"],
      [0x17, "230229000000Z"],
      [0x17, "230101240000Z"],
      [0x17, "230101006000Z"],
      [0x18, "20230101000000.5Z"],
      [0x18, "20230101000000"],
      [0x17, ""],
    ] as const
  ) assertThrows(() => at(tag, text), SslError, "time");
});

Deno.test("DER written is DER read: integers, object identifiers, bits, times, nesting", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(1n << 200n), max: 1n << 200n }), (n) => {
    assertEquals(integer(readDer(int(n), "x"), "x"), n);
  }));
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 2 }),
    fc.nat(39),
    fc.array(fc.bigInt({ min: 0n, max: 1n << 70n }), { maxLength: 8 }),
    (root, second, rest) => {
      const text = [root, second, ...rest].join(".");
      assertEquals(oid(readDer(oidDer(text), "x"), "x"), text);
    },
  ));
  fc.assert(fc.property(fc.uniqueArray(fc.nat(60)), (list) => {
    const sorted = [...list].sort((a, b) => a - b);
    assertEquals(setBits(readDer(namedBits(list), "x"), "x"), sorted);
  }));
  fc.assert(fc.property(
    fc.date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
    (date) => {
      const whole = Math.floor(date.getTime() / 1000) * 1000;
      assertEquals(time(readDer(timeDer(date), "x"), "x").getTime(), whole);
      assertEquals(time(readDer(generalizedTime(date), "x"), "x").getTime(), whole);
    },
  ));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70000 }), (body) => {
    const node = readDer(seq(octets(body)), "x");
    assertEquals(children(node, "x")[0]!.body, body);
  }));
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
    const n = BigInt("0x" + [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(""));
    assertEquals(integer(readDer(unsignedInt(bytes), "x"), "x"), n);
  }));
  const set = children(readDer(setOf(int(3), int(1), int(2)), "x"), "x");
  assertEquals(set.map((node) => integer(node, "x")), [1n, 2n, 3n]);
});

Deno.test("oidDer() refuses what is not an object identifier", () => {
  for (const bad of ["", "1", "1.40", "3.1", "1..2", "1.2.", "01.2", "1.02", "a.b", "1.2.-3"]) {
    assertThrows(() => oidDer(bad), TypeError, "object identifier");
  }
});

Deno.test("readDer() never hangs or crashes on random bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        children(readDer(bytes, "x"), "x");
      } catch (error) {
        assert(error instanceof SslError && error.code === "ERR_DER", String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("berToDer() makes lengths definite and octet strings whole, to a limited depth", () => {
  const ber = Uint8Array.from([
    ...[0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 0x61, 0x04, 0x81, 0x01, 0x62, 0x00, 0x00],
    ...[0x02, 0x01, 0x05, 0x00, 0x00],
  ]);
  assertEquals(berToDer(ber, "x"), seq(octets(Uint8Array.of(0x61, 0x62)), int(5)));
  const der = seq(explicit(0, int(1)));
  assertEquals(berToDer(der, "x"), der);
  const deep = Uint8Array.from(new Array(100_000).fill([0x30, 0x80]).flat());
  assertThrows(() => berToDer(deep, "x"), SslError, "nested deeper");
  assertThrows(() => berToDer(Uint8Array.of(0x04, 0x80, 0, 0), "x"), SslError, "malformed length");
  assertThrows(() => berToDer(Uint8Array.of(0x30, 0x80, 0x00), "x"), SslError, "truncated");
  assertThrows(() => berToDer(Uint8Array.of(0x05, 0x00, 0x01), "x"), SslError, "junk");
});
