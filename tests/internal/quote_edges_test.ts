/** What is shown in a message and what is not, one character to this and to that side. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import {
  describe,
  hidesPath,
  mayBeSecret,
  quote,
  quoteMisplaced,
  quoteName,
  quotePath,
  quoteSource,
  shownPath,
  visible,
} from "../../internal/quote.ts";

const hidden = (length: number) => `<${length} characters, not shown: they may be a secret>`;

Deno.test("a text of eight characters may be a secret, one of seven is shown", () => {
  assertEquals([mayBeSecret("-----ab"), mayBeSecret("-----abc")], [false, true]);
  assertEquals(mayBeSecret("Aa1#aaa"), false);
  assertEquals(mayBeSecret("Aa1#aaaa"), true);
  for (const lacks of ["aa1#aaaa", "AA1#AAAA", "Aab#aaaa", "Aa1-aaaa"]) {
    assertEquals(mayBeSecret(lacks), false, lacks);
  }
  for (const pem of ["xx BEGIN x", "PRIVATE KEY", "Proc-Type", "xDEK-Infox"]) {
    assertEquals(mayBeSecret(pem), true, pem);
  }
  assertEquals(mayBeSecret("xBEGINxxx"), false);
  for (const json of ['{"a":123}', ' { "a":1}', '["a","b"]', '[ {"a":1}]']) {
    assertEquals(mayBeSecret(json), true, json);
  }
  assertEquals([mayBeSecret("[[1,2,3]]"), mayBeSecret("{a: 12345}")], [false, false]);
  for (
    const byte of [
      "\0",
      "\x08",
      "\x0b",
      "\x0c",
      "\x0e",
      "\x1f",
      "\x7f",
      "\xbf",
      "\xd7",
      "\xf7",
      "\ufffd",
    ]
  ) {
    assertEquals(mayBeSecret(`abcdefg${byte}`), true, JSON.stringify(byte));
  }
  for (const letter of ["\t", "\n", "\r", " ", "~", "\xc0", "\xff", "\u0100"]) {
    assertEquals(mayBeSecret(`abcdefg${letter}`), false, JSON.stringify(letter));
  }
  assertEquals([mayBeSecret("a b c de"), mayBeSecret("ab c def")], [true, false]);
  assertEquals([mayBeSecret("aa:bb:cc:dd:ee:ff:00"), mayBeSecret("aa:bb:cc:dd:ee:ff:00:")], [
    false,
    true,
  ]);
  assertEquals([mayBeSecret("1,2,3,4,5,6,7"), mayBeSecret("1,2,3,4,5,6,7,")], [false, true]);
});

Deno.test("what looks random is recognized by how digits and letters follow each other", () => {
  assertEquals(mayBeSecret("a1b2cccc"), true, "four changes in less than twelve characters");
  for (const ends of ["a0z9cccc", "z9a0cccc", "A0Z9cccc", "Z9A0cccc"]) {
    assertEquals(mayBeSecret(ends), true, ends);
  }
  assertEquals(mayBeSecret("a1b22222"), false, "three changes");
  assertEquals(mayBeSecret("a1b2ccccccc"), true);
  assertEquals(mayBeSecret("a1b2cccccccc"), false, "four changes in twelve characters");
  assertEquals(mayBeSecret("a1b2ccccccc3"), true, "five changes");
  assertEquals(mayBeSecret("a1bbbb2ccccccc3"), true, "five changes within fourteen characters");
  assertEquals(mayBeSecret("a1bbbb2cccccccc3"), false, "five changes within fifteen");
  assertEquals(mayBeSecret("xxxxxa1bbbb2ccccccc3"), true);
  assertEquals(mayBeSecret(`x${"1".repeat(15)}`), false);
  assertEquals(mayBeSecret(`x${"1".repeat(16)}`), true);
  assertEquals(
    mayBeSecret("maxBytesForEveryLineThere"),
    false,
    "words that begin with a capital letter",
  );
  assertEquals(mayBeSecret("aBcDeFgH"), true);
  assertEquals(mayBeSecret("X25519MLKEM768"), false);
  assertEquals(mayBeSecret("a1-b2-c3-d4-e5"), false, "a dash belongs to none of the three kinds");
});

Deno.test("a value of each type has its words", () => {
  const long = "a ".repeat(128);
  assertEquals([quote("x".repeat(256)), quote("x".repeat(257))], [
    `"${"x".repeat(256)}"`,
    "<257 characters>",
  ]);
  assertEquals(quote(long), hidden(256));
  assertEquals([quote(2n ** 64n - 1n), quote(-(2n ** 64n) + 1n)], [
    String(2n ** 64n - 1n),
    String(-(2n ** 64n) + 1n),
  ]);
  assertEquals([quote(2n ** 64n), quote(-(2n ** 64n))], ["a large bigint", "a large bigint"]);
  assertEquals(quote(new Date(0)), String(new Date(0)));
  assertEquals(
    quote(Object.create({ constructor: { name: "x".repeat(256) } })),
    `an object (${"x".repeat(256)})`,
  );
  assertEquals(
    quote(Object.create({ constructor: { name: "x".repeat(257) } })),
    "an object (object)",
  );
  assertEquals([
    describe(Object.create({ constructor: { name: "" } })),
    describe(Object.create({ constructor: null })),
  ], [
    "object",
    "object",
  ]);
  assertEquals([describe(() => 1), describe(null), describe(1n)], ["function", "null", "bigint"]);
});

Deno.test("a path is shown, and a secret in its place is not", () => {
  assertEquals(quoteMisplaced("a string"), "a string of 8 characters");
  assertEquals(quoteMisplaced("a/b.pem"), '"a/b.pem"');
  assertEquals(quoteMisplaced("/a/b.pem"), '"/a/b.pem"');
  assertEquals(
    quoteMisplaced("/a/b\n.pem"),
    "a string of 9 characters",
    "no path, though it is placed",
  );
  assertEquals(quoteMisplaced("server.pem"), "a string of 10 characters", "it may be anything");
  const shown = [
    "-----ab",
    "a.pem",
    "server.pem",
    "server-key",
    "my_key",
    "file name-x",
    "C:\\x\\y.pfx",
    "~/abcdef",
  ];
  for (const path of shown) assertEquals([hidesPath(path), shownPath(path)], [false, path], path);
  const secret = [
    ...[
      "-----BEGIN x",
      '{"a":123}',
      "/abcdef\x00",
      "/abc\rdef",
      "/abc\ndef",
      "/abc%0adef",
      "/abc%0Ddef",
    ],
    ...[
      "a1b2c3d4",
      "serverkey",
      "server key",
      "server.p-m",
      "a1b2c3d4e5.pem",
      "/a1b2c3d4+x",
      "/a1b2c3d4=x",
    ],
  ];
  for (const path of secret) {
    assertEquals([hidesPath(path), shownPath(path)], [true, hidden(path.length)], path);
  }
  const part = (length: number) => `/x/${"a1B2".repeat(10).slice(0, length)}/y`;
  assertEquals([hidesPath(part(39)), hidesPath(part(40))], [false, true]);
  assertEquals([hidesPath(`/${"x".repeat(1023)}`), hidesPath(`/${"x".repeat(1024)}`)], [
    false,
    true,
  ]);
  const url = new URL("file:///etc/x.pem");
  assertEquals([quotePath(url), hidesPath(url)], ['"file:///etc/x.pem"', false]);
  assertEquals(quotePath("a1b2c3d4"), hidden(8));
});

Deno.test("the name of an input is shown, unless it is the input", () => {
  for (
    const name of ["x".repeat(1024), "correct horse battery staple", "a1b2c3d4e5f6a1b2c3d4e5f"]
  ) {
    assertEquals(quoteSource(name), name);
  }
  for (
    const input of [
      "x".repeat(1025),
      '{"a":123}',
      "a\0b",
      "aa:bb:cc:dd:ee:ff:00:",
      "key a1b2c3d4e5f6a1b2c3d4e5f6",
    ]
  ) {
    assertEquals(quoteSource(input), hidden(input.length));
  }
  assertEquals([quoteName('a"\n'), visible("a\x00\x1f\x7f\x9f\u2028 \xa0")], [
    '"a\\"\\n"',
    "a\\x00\\x1f\\x7f\\x9f\\x2028 \xa0",
  ]);
});
