/** What the benchmarks make of their rounds. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { median, spread, timesBetter } from "../../bench/statistics.ts";

Deno.test("median() is the middle value, or the mean of the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertEquals(median([]), NaN);
});

Deno.test("median() leaves the values in their order", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("spread() has the median, the least and the greatest", () => {
  assertEquals(spread([5, 1, 2]), { median: 2, least: 1, greatest: 5 });
  assertEquals(spread([]), { median: NaN, least: NaN, greatest: NaN });
});

Deno.test("timesBetter() compares values of the same round", () => {
  assertEquals(timesBetter([1, 4], [2, 2]), [2, 0.5]);
});

Deno.test("timesBetter() leaves out rounds that one side lacks, and zeros", () => {
  assertEquals(timesBetter([1, 2, 3], [2]), [2]);
  assertEquals(timesBetter([0, 1], [1, 1]), [1]);
  assertEquals(timesBetter([1], undefined), []);
});
