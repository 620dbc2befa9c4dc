/** Forms and headers. */

import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { make_form, make_headers, makeForm, makeHeaders } from "../../ssleay/mod.ts";

Deno.test("makeForm() escapes as Perl does", () => {
  assertEquals(
    makeForm("OK", "1", "name", "Sam po+&=/é", "e", ""),
    "OK=1&name=Sam+po%2b%26%3d%2f%c3%a9&e=",
  );
  assertEquals(makeForm("a", "x_y-z.@$ !~*'()"), "a=x_y-z.@$+%21%7e%2a%27%28%29");
  assertEquals(makeForm("a", "\r\n\0%"), "a=%0d%0a%00%25");
});

Deno.test("makeForm() escapes wide characters as UTF-8, and names too", () => {
  assertEquals(makeForm("☺", "😀"), "%e2%98%ba=%f0%9f%98%80");
  assertEquals(makeForm("k&=", "v"), "k%26%3d=v");
  assertThrows(() => makeForm("a", "\ud800"), TypeError, "surrogate");
});

Deno.test("makeForm() takes a record, pairs and a FormData's entries; without fields it is empty", () => {
  assertEquals(makeForm(), "");
  assertEquals(makeForm({}), "");
  assertEquals(makeForm({ a: 1, b: true }), "a=1&b=true");
  assertEquals(makeForm([["a", "1"], ["a", "2"]]), "a=1&a=2");
  assertEquals(makeForm(new URLSearchParams("a=1&b=2")), "a=1&b=2");
});

Deno.test("makeForm() refuses a name without a value, and values that are not text", () => {
  assertThrows(() => makeForm("odd"), TypeError, "1 arguments");
  assertThrows(() => makeForm("a", "b", "odd"), TypeError, "3 arguments");
  // deno-lint-ignore no-explicit-any -- that is what is tested
  for (const value of [undefined, null, {}, [], Symbol("x")] as any[]) {
    assertThrows(() => makeForm("a", value), TypeError, "value must be a string");
  }
  // deno-lint-ignore no-explicit-any -- that is what is tested
  assertThrows(() => makeForm([["a"]] as any), TypeError, "pairs");
});

Deno.test("makeHeaders() makes lines, and takes off a colon and one line end as Perl does", () => {
  assertEquals(
    makeHeaders("User-Agent", "x/1", "Referer:", "b\r\n", "C", "d\n"),
    "User-Agent: x/1\r\nReferer: b\r\nC: d\r\n",
  );
  assertEquals(makeHeaders(), "");
  assertEquals(makeHeaders({ "X-A": 1, "X-B": true }), "X-A: 1\r\nX-B: true\r\n");
  assertEquals(makeHeaders(new Headers({ "X-A": "1" })), "x-a: 1\r\n");
  assertEquals(makeHeaders("X-A", "a\tb"), "X-A: a\tb\r\n");
});

Deno.test("makeHeaders() refuses what would begin another header", () => {
  for (const value of ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\n\n", "a\0", "a\x7f"]) {
    assertThrows(
      () => makeHeaders("X-A", value),
      TypeError,
      "another header",
      JSON.stringify(value),
    );
  }
  for (const name of ["", "X A", "X:A", "X-A::", "X\r\n", "Grün", ":"]) {
    assertThrows(() => makeHeaders(name, "1"), TypeError, "token", JSON.stringify(name));
  }
  assertThrows(() => makeHeaders("X-A"), TypeError, "no value");
  // deno-lint-ignore no-explicit-any -- that is what is tested
  for (const value of [undefined, null, {}] as any[]) {
    assertThrows(() => makeHeaders("X-A", value), TypeError, "must be a string");
  }
});

Deno.test("make_form and make_headers are the same functions", () => {
  assertEquals([make_form, make_headers], [makeForm, makeHeaders]);
});
