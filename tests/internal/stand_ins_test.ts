/** The stand-ins for packages of JSR behave as the documentation of the real ones says. */

import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { concat, equalBytes } from "../../internal/bytes.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

Deno.test("encodeHex() writes bytes, a buffer and the UTF-8 of a text in lower case", () => {
  assertEquals(encodeHex("abc"), "616263");
  assertEquals(encodeHex(bytes("abc")), "616263");
  assertEquals(encodeHex(bytes("abc").buffer), "616263");
  assertEquals(encodeHex("é"), "c3a9");
  assertEquals(encodeHex(Uint8Array.of(0, 15, 255)), "000fff");
  assertEquals(encodeHex(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)), "0203");
  assertEquals(encodeHex(""), "");
});

Deno.test("encodeBase64() writes the examples of RFC 4648 10", () => {
  const cases = { "": "", f: "Zg==", fo: "Zm8=", foo: "Zm9v", foob: "Zm9vYg==", fooba: "Zm9vYmE=" };
  for (const [text, base64] of Object.entries(cases)) {
    assertEquals(encodeBase64(text), base64);
    assertEquals(encodeBase64(bytes(text)), base64);
    assertEquals(encodeBase64(bytes(text).buffer), base64);
  }
  assertEquals(encodeBase64(Uint8Array.of(251, 255)), "+/8=");
  assertEquals(encodeBase64(new Uint8Array([1, 102, 2]).subarray(1, 2)), "Zg==");
});

Deno.test("parseArgs() takes options with and without =, flags, and what stands beside them", () => {
  const args = ["a.pem", "--name=x", "--other", "y", "--flag", "b.pem"];
  const parsed = parseArgs(args, { string: ["name", "other"], boolean: "flag" });
  assertEquals(parsed, { _: ["a.pem", "b.pem"], name: "x", other: "y", flag: true } as never);
});

Deno.test("parseArgs() makes numbers of what is not declared as a string", () => {
  assertEquals(parseArgs(["--n=5", "0x10", "1e3", "1.2.3"]), {
    _: [16, 1000, "1.2.3"],
    n: 5,
  } as never);
  assertEquals(
    parseArgs(["--n=5", "007"], { string: ["n", "_"] }),
    { _: ["007"], n: "5" } as never,
  );
});

Deno.test("parseArgs() gives defaults, and false for a flag that is not given", () => {
  const rules = { string: ["a", "b"], boolean: ["c", "d"], default: { a: "1", d: true } } as const;
  assertEquals(parseArgs([], rules), { _: [], a: "1", c: false, d: true } as never);
  assertEquals(parseArgs(["--a=2", "--d=false", "--c"], rules), {
    _: [],
    a: "2",
    c: true,
    d: false,
  } as never);
});

Deno.test("parseArgs() gives an empty text for a string without a value", () => {
  const rules = { string: ["a", "b"] } as const;
  assertEquals(parseArgs(["--a", "--b"], rules), { _: [], a: "", b: "" } as never);
  assertEquals(parseArgs(["--a="], rules), { _: [], a: "" } as never);
});

Deno.test("parseArgs() takes no options after --, and true or false after a flag", () => {
  assertEquals(parseArgs(["--f", "false", "x", "--", "--f", "5"], { boolean: "f" }), {
    _: ["x", "--f", "5"],
    f: false,
  } as never);
});

Deno.test("parseArgs() asks about names that are not declared, and leaves out what is refused", () => {
  const asked: unknown[] = [];
  const unknown = (...given: unknown[]) => {
    asked.push(given);
    return false;
  };
  assertEquals(parseArgs(["--a=1", "--b=2", "x"], { string: "a", unknown }), {
    _: [],
    a: "1",
  } as never);
  assertEquals(asked, [["--b=2", "b", "2"], ["x"]]);
});

Deno.test("the stand-in of parseArgs() has letters for flags alone", () => {
  const options = {
    boolean: ["quiet", "all"],
    string: ["name"],
    alias: { quiet: "q", all: "a", name: "n" },
  } as const;
  const got: Record<string, unknown> = parseArgs(["-qa", "x", "-5"], options);
  assertEquals([got.quiet, got.q, got.all, got.name, got._], [true, true, true, undefined, [
    "x",
    -5,
  ]]);
  assertEquals(parseArgs([], options).quiet, false);
  assertThrows(() => parseArgs(["-n", "x"], options), TypeError, "-n");
});

Deno.test("concat() joins bytes, equalBytes() compares them", () => {
  assertEquals(concat([bytes("a"), bytes(""), bytes("bc")]), bytes("abc"));
  assertEquals(equalBytes(bytes("ab"), bytes("ab")), true);
  assertEquals(equalBytes(bytes("ab"), bytes("ac")), false);
  assertEquals(equalBytes(bytes("ab"), bytes("a")), false);
  assertEquals(equalBytes(bytes(""), bytes("")), true);
});
