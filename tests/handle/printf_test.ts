import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { sprintf } from "../../handle/sprintf.ts";

const table: [format: string, args: string[], result: string][] = JSON.parse(
  Deno.readTextFileSync(new URL("../testdata/sprintf-perl-5.36.json", import.meta.url)),
);

Deno.test("sprintf() gives what Perl 5.36 prints", () => {
  const wrong = table.filter(([format, args, result]) => sprintf(format, ...args) !== result)
    .map(([format, args, result]) => ({ format, args, result, got: sprintf(format, ...args) }));
  assertEquals(wrong, []);
});

Deno.test("sprintf() takes numbers and bigints as it takes their text", () => {
  assertEquals(sprintf("$%.2f\n%d\n%c\n%s", 1.0444442342, 4.0, 121, "Test"), "$1.04\n4\ny\nTest");
  assertEquals(sprintf("%d %x %s", 2n ** 70n, 255n, 7n), "1180591620717411303424 ff 7");
  assertEquals(
    sprintf("%d %i", 1e20, "18446744073709551615"),
    "100000000000000000000 18446744073709551615",
  );
  assertEquals(sprintf("%x", -1n), "ffffffffffffffff");
});

Deno.test("sprintf() rounds exact ties to even, as C", () => {
  assertEquals(sprintf("%.0f %.0f %.0f %.2f", 0.5, 1.5, 2.5, 1.005), "0 2 2 1.00");
  assertEquals(sprintf("%.25f", 0.1), "0.1000000000000000055511151");
  assertEquals(sprintf("%.3e", 1e23), "1.000e+23");
  assertEquals(sprintf("%.0f", 1e22), "10000000000000000000000");
});

Deno.test("sprintf() with many digits gives back every double", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
    assertEquals(Number(sprintf("%.17g", n)), n);
    assertEquals(Number(sprintf("%.17e", n)), n);
    assertEquals(Number(sprintf("%.1100f", n)), n);
  }));
});

Deno.test("sprintf() agrees with toExponential where there are no ties", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
    const js = n.toExponential(20).replace(/e([+-])(\d)$/, "e$10$2");
    assertEquals(sprintf("%.20e", Object.is(n, -0) ? 0 : n), js);
  }));
});

Deno.test("sprintf() counts characters, not UTF-16 units", () => {
  assertEquals(sprintf("%-4s|%3.1s|", "😀é", "😀😀"), "😀é  |  😀|");
  assertEquals(sprintf("%vd", "1.😀"), "49.46.128512");
});

Deno.test("sprintf() refuses unknown conversions", () => {
  for (
    const format of ["%y", "%", "abc%", "%5", "%n", "%p", "%a", "%hf", "%vs", "%03vd", "% y", "%z"]
  ) {
    assertThrows(() => sprintf(format, "1"), TypeError, "Cannot format", format);
  }
  assertThrows(() => sprintf("%k", 1), TypeError, 'received "%k"');
});

Deno.test("sprintf() refuses missing and wrong arguments", () => {
  assertThrows(() => sprintf("%s %s", "a"), TypeError, "argument 2 is missing");
  assertThrows(() => sprintf("%3$s", "a"), TypeError, "argument 3 is missing");
  assertThrows(() => sprintf("%*d", 5), TypeError, "argument 2 is missing");
  assertThrows(() => sprintf("%s", null as unknown as string), TypeError, "received null");
  assertThrows(() => sprintf("%s", {} as unknown as string), TypeError, "received object");
});

Deno.test("sprintf() refuses widths that would use up the memory, and what has no character", () => {
  assertThrows(() => sprintf("%99999999d", 1), RangeError, "65536");
  assertThrows(() => sprintf("%.99999999f", 1), RangeError, "65536");
  assertThrows(() => sprintf("%*d", 1e9, 1), RangeError, "65536");
  assertThrows(() => sprintf("%*d", Infinity, 1), RangeError, "Infinity");
  for (const wrong of [-1, 0x110000, 0xd800, Infinity, NaN]) {
    assertThrows(() => sprintf("%c", wrong), RangeError, `received ${wrong}`);
  }
  assertThrows(() => sprintf("%x", Infinity), RangeError, "received Infinity");
  assertThrows(() => sprintf("%u", -(2n ** 64n)), RangeError, "18446744073709551616");
});
