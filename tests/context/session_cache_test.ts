import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { SessionCache } from "../../context/sessions/session_cache.ts";

const sessions = (n: number): object[] => Array.from({ length: n }, (_, i) => ({ session: i }));

Deno.test("SessionCache: the steps of t/session_cache", () => {
  const cache = new SessionCache<object>(3);
  const [a, b, c, d] = sessions(4) as [object, object, object, object];
  assertEquals([cache.room, cache.size, cache.capacity], [3, 0, 3]);
  cache.addSession("bogus", a);
  cache.addSession("bogus1", b);
  assertEquals(cache.room, 1);
  assertEquals([...cache], [["bogus1", b], ["bogus", a]]);
  assert(cache.getSession("bogus") === a);
  assertEquals([...cache][0], ["bogus", a]); // asked for last: at the head
  cache.addSession("bogus", c);
  assertEquals(cache.room, 0);
  assertEquals([...cache], [["bogus", c], ["bogus", a], ["bogus1", b]]);
  cache.addSession("bogus", d);
  assertEquals(cache.room, 0);
  assertEquals([...cache.keys()], ["bogus"]); // bogus1 was the one not used for the longest time
  assertEquals(cache.getSession("bogus1"), undefined);
  assertEquals(cache.sessions("bogus"), [d, c, a]);
  assertEquals(cache.delSession("bogus"), 3);
  assertEquals([cache.room, cache.size], [3, 0]);
});

Deno.test("SessionCache.getSession() of one session finds it and makes it the latest", () => {
  const cache = new SessionCache<object>(5);
  const [a, b, c, stranger] = sessions(4) as [object, object, object, object];
  cache.addSession("k", a);
  cache.addSession("k", b);
  cache.addSession("other", c);
  assert(cache.getSession("k") === b);
  assert(cache.getSession("k", a) === a);
  assertEquals(cache.sessions("k"), [a, b]);
  assertEquals(cache.getSession("k", stranger), undefined);
  assertEquals(cache.getSession("other", a), undefined); // it is of another key
  assertEquals(cache.getSession("none"), undefined);
  assertEquals([...cache].map(([key]) => key), ["k", "k", "other"]);
});

Deno.test("SessionCache.delSession() by key, by session, by both and by neither", () => {
  const fill = () => {
    const cache = new SessionCache<object>(9);
    const [a, b, c] = sessions(3) as [object, object, object];
    cache.addSession("k", a);
    cache.addSession("k", b);
    cache.addSession("l", c);
    return { cache, a, b, c };
  };
  {
    const { cache, a, b, c } = fill();
    assertEquals(cache.delSession("k", a), 1);
    assertEquals([...cache], [["l", c], ["k", b]]);
    assertEquals(cache.delSession("k", a), 0);
    assertEquals(cache.delSession("l", b), 0);
    assertEquals(cache.delSession(undefined, c), 1);
    assertEquals([...cache], [["k", b]]);
    assertEquals(cache.delSession("none"), 0);
  }
  {
    const { cache } = fill();
    assertEquals(cache.delSession(), 3);
    assertEquals([...cache], []);
    assertEquals([...cache.keys()], []);
  }
});

Deno.test("SessionCache.replaceSession() leaves the one session of the key", () => {
  const cache = new SessionCache<object>(2);
  const [a, b, c] = sessions(3) as [object, object, object];
  cache.addSession("l", a);
  cache.addSession("k", b);
  cache.replaceSession("k", c);
  assertEquals([...cache], [["k", c], ["l", a]]);
  cache.replaceSession("new", b);
  assertEquals([...cache.keys()], ["new", "k"]);
});

Deno.test("SessionCache: the same session may be there twice", () => {
  const cache = new SessionCache<object>(2);
  const a = {};
  cache.addSession("k", a);
  cache.addSession("k", a);
  assertEquals(cache.delSession("k", a), 1);
  assertEquals(cache.size, 1);
});

Deno.test("SessionCache: a size of 0 is refused", () => {
  for (const size of [0, -1, 1.5, NaN, Infinity, "3" as unknown as number]) {
    assertThrows(() => new SessionCache(size), RangeError, "Cannot create a SessionCache");
  }
});

Deno.test("SessionCache drops the least recently used, as a simple model does", () => {
  const cache = new SessionCache<number>(4);
  let model: [string, number][] = []; // the latest first
  let state = 7;
  const random = (n: number) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
  for (let step = 0; step < 3000; step++) {
    const key = "abc"[random(3)]!;
    const known = model.find(([k]) => k === key);
    switch (random(5)) {
      case 0:
      case 1:
        cache.addSession(key, step);
        model = [[key, step] as [string, number], ...model].slice(0, 4);
        break;
      case 2:
        assertEquals(cache.getSession(key), known?.[1]);
        if (known) model = [known, ...model.filter((entry) => entry !== known)];
        break;
      case 3:
        cache.delSession(key, known?.[1] ?? -1);
        model = model.filter((entry) => entry !== known);
        break;
      default:
        if (random(8) === 0) {
          cache.delSession(key);
          model = model.filter(([k]) => k !== key);
        }
    }
    assertEquals([...cache], model);
    assertEquals(cache.room, 4 - model.length);
  }
});
