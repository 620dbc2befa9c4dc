/** OcspCache: what it keeps, and for how long. */
import "../helpers/limit.ts";
import { assertEquals, assertExists, assertStrictEquals, assertThrows } from "@std/assert";
import { OcspCache } from "../../verify/ocsp/cache.ts";

const later = new Date(Date.now() + 3_600_000);
const before = new Date(Date.now() - 1000);

Deno.test("OcspCache.get() gives a fresh entry and misses a stale one (inverted in Perl, 1a.7 bug 1)", () => {
  const cache = new OcspCache();
  const fresh = { nextUpdate: later };
  assertStrictEquals(cache.put("fresh", fresh), fresh);
  cache.put("stale", { nextUpdate: before });
  assertStrictEquals(cache.get("fresh"), fresh);
  assertStrictEquals(cache.get("fresh"), fresh);
  assertEquals(cache.size, 2);
  assertEquals(cache.get("stale"), undefined);
  assertEquals(cache.size, 1, "a stale entry is dropped");
  assertEquals(cache.get("never"), undefined);
});

Deno.test("OcspCache.get() respects expire as it does nextUpdate, as Date and as ms", () => {
  const cache = new OcspCache();
  cache.put("a", { nextUpdate: later, expire: before });
  cache.put("b", { nextUpdate: before, expire: later });
  cache.put("c", { nextUpdate: later.getTime(), expire: later.getTime() });
  cache.put("d", { nextUpdate: before.getTime() });
  cache.put("e", { softError: "without an end" });
  cache.put("f", { nextUpdate: new Date(NaN) });
  const found = [..."abcdef"].filter((key) => cache.get(key) !== undefined);
  assertEquals(found, ["c", "e"]);
});

Deno.test("OcspCache holds as many entries as its size says (one less in Perl, 1a.7 bug 1)", () => {
  const cache = new OcspCache(3);
  for (const key of ["a", "b", "c"]) cache.put(key, { nextUpdate: later });
  assertEquals(cache.size, 3);
  assertEquals(["a", "b", "c"].every((key) => cache.get(key) !== undefined), true);
});

Deno.test('OcspCache drops the least recently used entry, also with the key ""', () => {
  const cache = new OcspCache(2);
  cache.put("", { nextUpdate: later });
  cache.put("b", { nextUpdate: later });
  cache.get("");
  cache.put("c", { nextUpdate: later });
  assertEquals(["", "b", "c"].map((key) => cache.get(key) !== undefined), [true, false, true]);
  // Putting an entry again makes it recent, and does not count twice.
  cache.put("", { softError: "again" });
  cache.put("d", {});
  assertEquals(cache.get("")?.softError, "again");
  assertEquals([cache.get("c"), cache.size], [undefined, 2]);
});

Deno.test("OcspCache refuses a size that is not a positive number", () => {
  for (const size of [0, -1, 1.5, NaN, Infinity, "3" as never]) {
    assertThrows(() => new OcspCache(size), RangeError, "size");
  }
});

Deno.test("OcspCache: an entry has ended at its very time, not a millisecond later", () => {
  const now = Date.now;
  try {
    Date.now = () => 1_000_000;
    const cache = new OcspCache(1);
    for (const name of ["nextUpdate", "expire"]) {
      cache.put("at", { [name]: 1_000_000 });
      assertEquals(cache.get("at"), undefined, name);
      cache.put("after", { [name]: 1_000_001 });
      assertExists(cache.get("after"), name);
    }
  } finally {
    Date.now = now;
  }
});
