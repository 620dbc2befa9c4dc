/** The checks of single values of options: what each takes, and what it refuses, at its edges. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { TestCa } from "../../testing/ca.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import * as checks from "../../context/option_values.ts";
import { entryFor, namesOf, sniNamesIn, valueFor } from "../../context/per_name.ts";

const { certificate, cert, key } = await (await TestCa.create()).server("a.example");
const PRIVATE = decodeKeySync(key);
const PEM = "-----BEGIN CERTIFICATE-----";
const bytes = (length: number) => new Uint8Array(length);
const positive = checks.integer(1, 9);

const rows: [name: string, check: checks.Check, right: unknown[], wrong: unknown[]][] = [
  ["string", checks.string, ["", "a", "a".repeat(0xffff)], ["a".repeat(0x10000), PEM + " x", 5]],
  ["filled", checks.filled, ["a", "a".repeat(0xffff)], ["", "a".repeat(0x10000), `${PEM} `, null]],
  ["boolean", checks.boolean, [true, false], [0, 1, "true", null]],
  ["callback", checks.callback, [() => {}], [{}, "f", null]],
  ["integer", positive, [1, 9], [0, 10, 1.5, "1", NaN, 2n]],
  ["integer without end", checks.integer(0), [0, Number.MAX_SAFE_INTEGER], [-1, Infinity, 2 ** 60]],
  ["milliseconds", checks.milliseconds, [0, 0.5, Infinity], [-1, NaN, "0", null]],
  ["oneOf", checks.oneOf("a", 4), ["a", 4], ["b", "4", undefined]],
  ["anyOf", checks.anyOf("x", positive, checks.boolean), [1, true], [0, "a"]],
  ["nullable", checks.nullable(positive), [null, 1], [0, undefined]],
  ["listOf", checks.listOf(positive, "x", 1), [[1], [1, 9]], [[], [1, 10], 1, "1"]],
  ["listOf from none", checks.listOf(positive, "x"), [[], [1]], [[0]]],
  ["perName", checks.perName(positive), [1, { a: 1 }, { "": 9 }], [0, {}, { a: 1, b: 0 }, [1]]],
  ["path", checks.path, ["a", new URL("file:///a")], [
    "",
    "a\0",
    new URL("http://a"),
    PEM + " ",
    5,
  ]],
  ["bytes", checks.bytes, [bytes(1)], [bytes(0), "a", [1]]],
  ["hasMethods", checks.hasMethods("x", "a", "b"), [{ a() {}, b() {} }], [
    { a() {} },
    {},
    null,
    "a",
  ]],
  ["material", checks.material, [cert, bytes(1)], ["a", "", bytes(0), certificate]],
  ["certificates", checks.certificates, [cert, bytes(1), certificate, [], [cert, certificate]], [
    "a",
    [cert, "a"],
    bytes(0),
    {},
    null,
  ]],
  ["someCertificates", checks.someCertificates, [cert, [cert]], [[], ["a"], "a"]],
  ["materials", checks.materials, [cert, bytes(1), [cert, bytes(1)]], [[], ["a"], [bytes(0)], "a"]],
  ["key", checks.key, [key, bytes(1), PRIVATE], ["a", {}, null, bytes(0)]],
  ["protocols", checks.protocols, [[], ["h2"], ["a".repeat(255)], ["é".repeat(127)]], [
    "h2",
    [""],
    ["a".repeat(256)],
    ["é".repeat(128)],
    [5],
  ]],
  ["serverName", checks.serverName, ["", "a.example", "a.example:443", "::1"], [
    "a b",
    "*",
    5,
    null,
  ]],
  ["verifyMode", checks.verifyMode, [0, 7], [-1, 8, 1.5, "1", true]],
  ["psk", checks.psk, ["k", bytes(1), ["i", "k"], { i: "k" }, { "": "k" }], [
    "",
    bytes(0),
    [],
    ["i"],
    ["", "k"],
    ["i", ""],
    ["i", "k", "x"],
    ["i\0", "k"],
    [Uint8Array.of(0), "k"],
    {},
    { i: "" },
    { "i\0": "k" },
    { i: "k", j: 5 },
    5,
    null,
  ]],
];

for (const [name, check, right, wrong] of rows) {
  Deno.test(`the check of a value: ${name}`, () => {
    for (const value of right) {
      assertEquals(check(value), undefined, Deno.inspect(value).slice(0, 99));
    }
    for (const value of wrong) {
      const must = check(value);
      assert(typeof must === "string" && must !== "", Deno.inspect(value).slice(0, 99));
    }
  });
}

Deno.test("a foreign certificate is one, as a value alone and in a list", () => {
  const foreign = new X509Certificate(cert);
  assertEquals([checks.certificates(foreign), checks.certificates([foreign])], [
    undefined,
    undefined,
  ]);
});

Deno.test("what a value must be names the bounds, the name in a record, and null where that is allowed", () => {
  assertEquals(positive(0), "must be a whole number from 1 to 9");
  assertEquals(checks.integer(1)(0), "must be a whole number of at least 1");
  assertEquals(checks.nullable(positive)(0), "must be a whole number from 1 to 9, or null");
  assertEquals(checks.oneOf("a", 4, true)(0), 'must be one of "a", 4, true');
  const names = checks.perName(positive);
  assertEquals(names(0), "must be a whole number from 1 to 9, or a record of these per SNI name");
  assertEquals(names({ a: 0 }), 'must be a whole number from 1 to 9 (for the name "a")');
  assertEquals(names({}), "must not be an empty record");
  assertEquals(checks.verifyMode("1"), "must be a number and not a string");
});

Deno.test("a record is a plain object, whatever it was made by, and nothing else", () => {
  for (const record of [{}, Object.create(null)]) assertEquals(checks.isRecord(record), true);
  for (const none of [null, undefined, [], certificate, () => {}, "a", Object.create({})]) {
    assertEquals(checks.isRecord(none), false);
  }
});

Deno.test('values by name: a record\'s own member for its name, that of "" for all others', () => {
  const record = { "A.Example": 1, "b.example%ec": 2, "": 3 };
  assertEquals(["a.example", "b.example", "c.example", ""].map((n) => valueFor(record, n)), [
    1,
    2,
    3,
    3,
  ]);
  assertEquals([valueFor(5, "x"), valueFor(undefined, "x")], [5, undefined]);
  assertEquals(valueFor({ "a.example": 1 }, "b.example"), undefined);
  assertEquals([entryFor(record, ""), entryFor(record, "toString"), entryFor(5, "x")], [
    3,
    undefined,
    5,
  ]);
  assertEquals(sniNamesIn(record), ["a.example", "b.example", ""]);
  assertEquals([sniNamesIn(5), sniNamesIn(undefined)], [[], []]);
  assertEquals(namesOf(record, { x: 1 }, undefined), ["A.Example", "b.example%ec", "", "x"]);
  assertEquals([namesOf(5), namesOf(undefined), namesOf({ x: 1 }, 5)], [[""], [], ["x", ""]]);
});
