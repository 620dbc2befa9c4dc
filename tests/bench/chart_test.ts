/** The charts of docs/benchmarks.md. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Chart, escaped, placesOf, svg } from "../../bench/chart.ts";

const chart = (scale: Chart["scale"], values: readonly number[]): Chart => ({
  title: "a < b",
  note: "note",
  scale,
  groups: [{
    title: "group",
    bars: values.map((value, i) => ({
      label: `bar ${i}`,
      value,
      text: `${value}x`,
      ours: i === 0,
    })),
  }],
});

Deno.test("a chart of ratios has 1 at its origin and doublings of equal width", () => {
  const { at, origin } = placesOf(chart("ratio", [0.5, 2]));
  assertEquals([at(0.5), at(1), at(2), origin], [0, 0.5, 1, 0.5]);
  const wide = placesOf(chart("ratio", [0.25, 4]));
  assertEquals(wide.at(2) - wide.at(1), wide.at(4) - wide.at(2));
});

Deno.test("a chart of amounts begins at 0 and ends at its greatest value", () => {
  const { at, origin } = placesOf(chart("amount", [10, 40]));
  assertEquals([origin, at(0), at(10), at(40)], [0, 0, 0.25, 1]);
});

Deno.test("a slower bar ends at the line of 1.00x, a faster one begins there", () => {
  const text = svg(chart("ratio", [0.5, 2]));
  const line = Number(/<line [^>]*x1="([\d.]+)"/.exec(text)![1]);
  const bars = [...text.matchAll(/<rect class="\w+" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)]
    .filter(([whole]) => !whole.includes('class="page"'));
  assertEquals(bars.length, 2);
  assertEquals(Number(bars[0]![1]) + Number(bars[0]![2]), line);
  assertEquals(Number(bars[1]![1]), line);
});

Deno.test("each bar has its name and its number in text, and nothing leaves the page", () => {
  const text = svg(chart("ratio", [0.25, 1.5, 8]));
  for (const word of ["bar 0", "bar 1", "bar 2", "0.25x", "1.5x", "8x"]) {
    assertStringIncludes(text, `>${word}</text>`);
  }
  const [width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(text)!.slice(1).map(Number);
  for (const [, x] of text.matchAll(/ x="([\d.-]+)"/g)) {
    assert(Number(x) >= 0 && Number(x) <= width!);
  }
  for (const [, y] of text.matchAll(/ y="([\d.-]+)"/g)) {
    assert(Number(y) >= 0 && Number(y) <= height!);
  }
});

Deno.test("a chart reads in light and in dark, and texts are escaped", () => {
  const text = svg(chart("amount", [1]));
  assertStringIncludes(text, "prefers-color-scheme: dark");
  assertStringIncludes(text, "a &#60; b");
  assertEquals(escaped('&<>"'), "&#38;&#60;&#62;&#34;");
});

Deno.test("a value that was not measured has no bar", () => {
  const text = svg(chart("ratio", [NaN, 0, 1]));
  assertEquals([text.includes("bar 0"), text.includes("bar 1"), text.includes("bar 2")], [
    false,
    false,
    true,
  ]);
});
