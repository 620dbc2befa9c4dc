/** The options of a caller: copied once, checked by name, and never read from a prototype. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  memberOf,
  NO_OPTIONS,
  ownMembers,
  ownOptions,
  ownRecord,
} from "../../internal/own_options.ts";
import { didYouMean, nearest } from "../../internal/suggest.ts";
import { waitOptions } from "../../internal/waiting.ts";

const rules = { operation: "do it", names: { timeout: true, old_name: true, fatal: true } };
const given = (value: unknown) => ownOptions(value as object, rules);

Deno.test("options are an object of known names, and the copy has no prototype", () => {
  assertEquals(given(undefined), NO_OPTIONS);
  assert(Object.isFrozen(NO_OPTIONS) && Object.getPrototypeOf(NO_OPTIONS) === null);
  const copy = given({ timeout: 5 });
  assertEquals([Object.getPrototypeOf(copy), { ...copy }], [null, { timeout: 5 }]);
  const wrong = [[null, "null"], [[], "a list"], ["x", "string"], [5, "number"], [true, "boolean"]];
  for (const [value, kind] of wrong) {
    const error = assertThrows(() => given(value), TypeError);
    assertEquals(error.message, `Cannot do it: options must be an object: received ${kind}`);
  }
  const hidden = Object.defineProperty({}, "timeot", { value: 1, enumerable: false });
  assertThrows(() => given(hidden), TypeError, 'unknown option "timeot": use "timeout"');
  const unseen = Object.defineProperty({}, "timeout", { value: 1, enumerable: false });
  assertEquals((given(unseen) as { timeout?: number }).timeout, 1);
});

Deno.test("an unknown option is answered by the nearest name, or by all of ours", () => {
  const message = (options: object, more: object = {}) =>
    assertThrows(() => ownOptions(options, { ...rules, ...more }), Error).message;
  assertEquals(message({ timeot: 1 }), 'Cannot do it: unknown option "timeot": use "timeout"');
  assertEquals(
    message({ somethingElse: 1 }),
    'Cannot do it: unknown option "somethingElse": use one of timeout, fatal',
  );
  assertEquals(
    message({ toString: 1 }).startsWith('Cannot do it: unknown option "toString"'),
    true,
  );
  const unknown = (name: string) => new RangeError(`mine: ${name}`);
  assertEquals(message({ x: 1 }, { unknown }), "mine: x");
});

Deno.test("an option that a class or another object has is refused, for it would be ignored", () => {
  class Options {
    get timeout() {
      return 5;
    }
  }
  const inherited =
    'Cannot do it: the option "timeout" is inherited: only own members count, give { timeout }';
  for (const options of [new Options(), Object.create({ timeout: 1 })]) {
    assertEquals(assertThrows(() => given(options), TypeError).message, inherited);
    assertEquals(assertThrows(() => ownMembers(options, rules), TypeError).message, inherited);
  }
  const own = Object.assign(Object.create({ timeout: 1, other: 2 }), { timeout: 3 });
  assertEquals({ ...given(own) }, { timeout: 3 });
  assertEquals({ ...given(Object.create({ other: 2 })) }, {});
  assertEquals({ ...ownMembers({ other: 1 }, rules) }, { other: 1 }, "whatever its names");
  assertEquals({ ...given(Object.create(null)) }, {});
});

Deno.test("a member may be of a class, and never of Object.prototype", () => {
  class Stream {
    get readable() {
      return 5;
    }
  }
  const root = Object.prototype as { writable?: unknown };
  root.writable = "planted";
  try {
    const stream = new Stream() as { readable: number; writable?: unknown };
    assertEquals([memberOf(stream, "readable"), memberOf(stream, "writable")], [5, undefined]);
    assertEquals(memberOf({ writable: 1 }, "writable"), 1);
    assertEquals(memberOf({} as { writable?: 1 }, "writable"), undefined);
    assertEquals(memberOf(Object.create(null) as { writable?: 1 }, "writable"), undefined);
    const bare = Object.assign(Object.create(null), { writable: 2 });
    assertEquals(memberOf(Object.create(bare), "writable"), 2, "no root, and so its own");
    assertEquals((ownRecord({}) as { writable?: 1 }).writable, undefined);
  } finally {
    delete root.writable;
  }
});

Deno.test("the options of a wait are a signal", () => {
  const { signal } = new AbortController();
  assertEquals(waitOptions({ signal }, "read").signal, signal);
  assertEquals(waitOptions({ signal: undefined }, "read").signal, undefined);
  assertEquals(waitOptions(undefined, "read"), NO_OPTIONS as never);
  const wrong = [[null, "null"], ["x", "string"], [{}, "object"]];
  for (const [value, kind] of wrong) {
    assertEquals(
      assertThrows(() => waitOptions({ signal: value } as never, "read"), TypeError).message,
      `Cannot read: signal must be an AbortSignal: received ${kind}`,
    );
  }
});

Deno.test("a name is near when about a third of it is wrong, and swapped letters are one slip", () => {
  assertEquals(nearest("ab", ["ac"]), "ac");
  assertEquals(nearest("ab", ["cd"]), undefined);
  assertEquals(nearest("abcdef", ["abcdxy"]), "abcdxy");
  assertEquals(nearest("abcdef", ["abcxyz"]), undefined);
  assertEquals(nearest("ba", ["ab"]), "ab");
  assertEquals(nearest("badc", ["abcd"]), undefined, "two swaps are two slips");
  assertEquals(nearest("badcef", ["abcdef"]), "abcdef");
  assertEquals(nearest("abc", ["xabc"]), "xabc");
  assertEquals(nearest("xabc", ["abc"]), "abc");
  assertEquals(nearest("abcd", ["abxd", "abcx"]), "abxd", "the first of the nearest");
  assertEquals(nearest("abcd", ["abxx", "abcd"]), "abcd");
  assertEquals(nearest("a".repeat(64), ["a".repeat(63)]), "a".repeat(63));
  assertEquals(nearest("a".repeat(65), ["a".repeat(65)]), undefined);
  assertEquals(didYouMean("abc", ["abcdefgh"]), ': use "abcdefgh"');
  assertEquals(didYouMean("ab", ["abcdefgh"]), "");
  assertEquals(didYouMean("SSL_abc-defg", ["abcdefg"]), ': use "abcdefg"');
});
