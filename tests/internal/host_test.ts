/** Addresses, host names, and `host:port`, each at its bounds. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import {
  hasControlBytes,
  hostProblem,
  idnToAscii,
  ipToText,
  ipVersion,
  joinHostPort,
  lowerAscii,
  type NameSyntax,
  parseIpAddress,
  plainHost,
  readHost,
  splitHostPort,
  stripPort,
  withoutFinalDots,
} from "../../internal/host.ts";

Deno.test("an IPv4 address is four numbers of 0 to 255, and Perl's may begin with zeros", () => {
  const ip = (text: string, syntax?: NameSyntax) => {
    const read = readHost(text, syntax);
    return read.kind === "ip" ? [...read.bytes].join(".") : read.kind;
  };
  assertEquals(ip("0.0.0.0"), "0.0.0.0");
  assertEquals(ip("255.255.255.255"), "255.255.255.255");
  for (const text of ["256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.", "1..2.3", "1.2.3.4.."]) {
    assertEquals(ip(text), "invalid", text);
  }
  assertEquals(ip("1.2.3.4."), "1.2.3.4", "a dot at the end of a host");
  assertEquals([ip("01.2.3.4"), ip("01.2.3.4", "perl")], ["invalid", "1.2.3.4"]);
  assertEquals([ip("1.2.3.0004"), ip("1.2.3.0004", "perl")], ["invalid", "1.2.3.4"]);
  assertEquals([ip("1.2.3.256", "perl"), ip("1.2.3.4...", "perl")], ["invalid", "1.2.3.4"]);
  const bytes = (text: string) => parseIpAddress(text)?.join(".");
  for (const text of ["1.2.3.a", "1.2.3.-4", " 1.2.3.4", "1.2.3.+4", "a", "", "1.2.3.1e1"]) {
    assertEquals(bytes(text), undefined, text);
  }
  assertEquals([bytes("0.10.200.9"), bytes("1.2.3.00")], ["0.10.200.9", undefined]);
});

Deno.test("an IPv6 address has eight groups, or fewer and one gap; an IPv4 address may end it", () => {
  const text = (address: string) => {
    const bytes = parseIpAddress(address);
    return bytes && ipToText(bytes);
  };
  const good = [
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["ABCD:ef01::", "abcd:ef01::"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
    ["::255.254.253.252", "::fffe:fdfc"],
    ["1::8", "1::8"],
    ["1:0:0:4:0:0:0:8", "1:0:0:4::8"],
    ["1:0:0:4:5:0:0:8", "1::4:5:0:0:8"],
    ["0:0:0:0:0:ffff:102:304", "::ffff:1.2.3.4"],
    ["0:0:0:0:1:ffff:102:304", "::1:ffff:102:304"],
    ["0:0:0:0:0:fffe:102:304", "::fffe:102:304"],
  ] as const;
  for (const [address, want] of good) assertEquals(text(address), want, address);
  const bad = [
    ...["1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "1::2::3", ":::", ":1", "1:"],
    ...["12345::", "g::", "1.2.3.4::", "1:1.2.3.4:2:3:4:5:6", "::1.2.3", "::01.2.3.4", "::1%1"],
  ];
  for (const address of bad) assertEquals(text(address), undefined, address);
  assertEquals(ipToText(new Uint8Array(3)), undefined);
  assertEquals(ipToText(new Uint8Array(15)), undefined);
});

Deno.test("the version of an address counts, whatever zone it has; a name has none", () => {
  assertEquals(["1.2.3.4", "::1", "fe80::1%eth0", "fe80::1%25"].map(ipVersion), [4, 6, 6, 6]);
  assertEquals(
    ["a.test", "", "%eth0", "fe80::1%", "1.2.3"].map(ipVersion),
    Array(5).fill(undefined),
  );
});

Deno.test("the reason why a text is not a host is given, and what only looks wrong is accepted", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    ["", "it is empty", "it is empty"],
    [".", "it is empty", "it is empty"],
    ["a\0b", "it holds a NUL or another control byte", "it holds a NUL or another control byte"],
    ["a\x7f", "it holds a NUL or another control byte", "it holds a NUL or another control byte"],
    ["a\u0085", "it holds a NUL or another control byte", "it holds a NUL or another control byte"],
    [
      "http://a/",
      "it is a URL, of which only the host counts",
      "it is a URL, of which only the host counts",
    ],
    [
      "a:b",
      "it has a colon, yet it is not an IPv6 address",
      "it has a colon, yet it is not an IPv6 address",
    ],
    ["fe80::1%eth0", undefined, "it has a colon, yet it is not an IPv6 address"],
    [
      "*.a",
      "it holds a wildcard, and a host is one name",
      "it holds a wildcard, and a host is one name",
    ],
    [
      "a%b",
      'it holds a "%", and host names have no escapes',
      'it holds a "%", and host names have no escapes',
    ],
    ["u@a", 'it holds an "@", as mail addresses do', 'it holds an "@", as mail addresses do'],
    [
      "a b",
      "it holds a character that no host name has",
      "it holds a character that no host name has",
    ],
    [
      "1.2.3",
      "it looks like an IPv4 address, yet it is not four numbers 0 to 255",
      "it looks like an IPv4 address, yet it is not four numbers 0 to 255",
    ],
    ["\u2028", "it has no ASCII (IDNA) form", "it has no ASCII (IDNA) form"],
    ["a..b", "it has an empty label", undefined],
    [".a", "it has an empty label", undefined],
    ["a..", "it has an empty label", undefined],
    ["a.", undefined, undefined],
    ["a_b-c.d", undefined, undefined],
    [`${"a".repeat(63)}.b`, undefined, undefined],
    [`${"a".repeat(64)}.b`, "it has a label longer than 63 bytes", undefined],
    [Array(127).fill("a").join("."), undefined, undefined],
    [`${"a.".repeat(126)}aa`, "it is longer than 253 bytes", undefined],
    [
      "a.1",
      "its last label is a number, yet it is not an IPv4 address of four numbers 0 to 255",
      undefined,
    ],
    [
      "a.0x1f",
      "its last label is a number, yet it is not an IPv4 address of four numbers 0 to 255",
      undefined,
    ],
    ["1.a", undefined, undefined],
    ["a.1b", undefined, undefined],
  ];
  for (const [text, strict, perl] of cases) {
    assertEquals([hostProblem(text), hostProblem(text, "perl")], [strict, perl], text);
  }
  assertEquals(readHost("A.Test.").name, "a.test");
  assertEquals(readHost("A.Test..", "perl").name, "a.test");
  assertEquals(readHost("fe80::1%eth0"), {
    kind: "ip",
    name: "fe80::1",
    bytes: parseIpAddress("fe80::1")!,
  });
});

Deno.test("a name becomes ASCII by IDNA, or not at all; ASCII names stay as they are", () => {
  assertEquals(idnToAscii("B\u00fccher.Example"), "xn--bcher-kva.example");
  assertEquals(idnToAscii("Not A Host!"), "not a host!");
  assertEquals(idnToAscii("a."), "a.");
  for (const text of ["\u00fc%41", "\u00fc#", "\u00fc/x", "\u00fc:1", "\uff11\uff12", "\u00fc b"]) {
    assertEquals(idnToAscii(text), undefined, text);
  }
  assertEquals(lowerAscii("A\u212aZ[@`{"), "a\u212az[@`{");
  assertEquals(["\u001f", " ", "~", "\u007f", "\u009f", "\u00a0"].map(hasControlBytes), [
    true,
    false,
    false,
    true,
    true,
    false,
  ]);
  assertEquals(["a..", "a", "...", "", ".a"].map(withoutFinalDots), ["a", "a", "", "", ".a"]);
  assertEquals(["[::1]", "A.Test.", "a..", "[a"].map(plainHost), ["::1", "a.test", "a.", "[a"]);
});

Deno.test("host and port are split where there is one colon, or brackets", () => {
  const split = (text: string) => Object.values(splitHostPort(text));
  assertEquals(split("a:1"), ["a", "1", false]);
  assertEquals(split("a"), ["a", undefined, false]);
  assertEquals(split("a:"), ["a", "", false]);
  assertEquals(split(":1"), ["", "1", false]);
  assertEquals(split("::1"), ["::1", undefined, false]);
  assertEquals(split("[::1]"), ["::1", undefined, true]);
  assertEquals(split("[::1]:5"), ["::1", "5", true]);
  assertEquals(split("[::1]5"), ["[::1]5", undefined, false]);
  assertEquals(split("[]:5"), ["", "5", true]);
  assertEquals(["a:1", "a:https", "a:1/x", "[::1]:1", "::1", "a:"].map(stripPort), [
    "a",
    "a",
    "a:1/x",
    "::1",
    "::1",
    "a",
  ]);
  assertEquals([joinHostPort("a", 1), joinHostPort("::1", 2)], ["a:1", "[::1]:2"]);
});
