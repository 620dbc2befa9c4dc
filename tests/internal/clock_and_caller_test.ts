/** The clock that counts only turns of the event loop, and the stacks that begin in the program. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { atCallOf, fromCaller, LIBRARY } from "../../internal/caller.ts";
import { LoopClock } from "../../internal/loop_clock.ts";
import { ownOptions } from "../../internal/own_options.ts";

Deno.test("the clock moves at most 25 ms a turn while it is watched, and freely otherwise", () => {
  const [{ now }, { setTimeout, Deno: { unrefTimer } }] = [performance, globalThis];
  let time = 1000;
  const turns: { readonly run: () => void; readonly ms: number }[] = [];
  let unrefed = 0;
  performance.now = () => time;
  globalThis.setTimeout = ((run: () => void, ms: number) => turns.push({ run, ms })) as never;
  Deno.unrefTimer = () => void unrefed++;
  try {
    const clock = new LoopClock();
    const turn = (at: number) => {
      time = at;
      turns.at(-1)!.run();
      return clock.now();
    };
    assertEquals(clock.now(), 1000);
    time = 1010;
    assertEquals(clock.now(), 1010);
    clock.watch();
    assertEquals([turns.length, turns[0]!.ms, unrefed], [1, 10, 1]);
    time = 1015;
    assertEquals(clock.now(), 1010, "it stands between the turns");
    assertEquals(turn(1020), 1020);
    assertEquals(turn(1045), 1045);
    assertEquals(turn(1145), 1070, "a long turn counts 25 ms");
    clock.watch();
    assertEquals(turns.length, 4, "one timer is enough");
    assertEquals(turn(2144), 1095);
    assertEquals(turns.length, 5, "watched for a second");
    assertEquals(turn(2145), 1096);
    assertEquals(turns.length, 5, "and no longer");
    time = 2245;
    assertEquals(clock.now(), 1196, "free again");
    clock.watch();
    assertEquals([turns.length, clock.now()], [6, 1196]);
  } finally {
    performance.now = now;
    globalThis.setTimeout = setTimeout;
    Deno.unrefTimer = unrefTimer;
  }
});

const framesOf = (error: { stack?: unknown }) =>
  String(error.stack).split("\n").filter((line) => /^ {4}at /.test(line));

/** An error that the library makes. */
function made(): TypeError {
  try {
    ownOptions(5 as never, { operation: "do it", names: {} });
  } catch (error) {
    return error as TypeError;
  }
  throw new Error("it was not refused");
}

Deno.test("an error of the library begins where the program awaits it, another stays as it is", async () => {
  const error = made();
  assert(framesOf(error)[0]!.includes("/internal/own_options.ts"));
  const waits = async () => {
    await Promise.resolve();
    return fromCaller(error);
  };
  assertStrictEquals(await waits(), error);
  assert(framesOf(error)[0]!.includes("clock_and_caller_test.ts"), error.stack);
  assertEquals(
    error.stack!.split("\n")[0],
    "TypeError: Cannot do it: options must be an object: received number",
  );
  const descriptor = Object.getOwnPropertyDescriptor(error, "stack")!;
  assertEquals([descriptor.enumerable, descriptor.writable, descriptor.configurable], [
    false,
    true,
    true,
  ]);
  const mine = new TypeError("mine");
  const { stack } = mine;
  assertStrictEquals(fromCaller(mine).stack, stack);
  for (const other of ["text", undefined, 5]) assertEquals(fromCaller(other), other);
  const bare = Object.assign(made(), { stack: 5 });
  assertEquals(fromCaller(bare).stack as unknown, 5);
  // Frames of the runtime alone: made for the library, unless it is the reason of a signal.
  const runtime = (name: string) => {
    const one = name === "DOMException" ? new DOMException("x") : new Error("x");
    Object.defineProperty(one, "stack", {
      value: "Error: x\n    at ext:core/a.js:1:1\n    at node:fs:1:1",
      configurable: true,
      writable: true,
    });
    return fromCaller(one).stack!.includes("ext:core");
  };
  assertEquals([runtime("Error"), runtime("DOMException")], [false, true]);
});

Deno.test("a program may have changed how stacks are made", async () => {
  const before = Error.stackTraceLimit;
  const changed = Error as { prepareStackTrace?: unknown };
  try {
    for (const limit of [undefined, 0, "10"]) {
      const error = made();
      const { stack } = error;
      (Error as { stackTraceLimit: unknown }).stackTraceLimit = limit;
      assertStrictEquals(fromCaller(error).stack, stack);
      assertEquals<unknown>(Error.stackTraceLimit, limit);
      Error.stackTraceLimit = before;
    }
    Error.stackTraceLimit = 2;
    const short = made();
    const deep = (n: number): unknown => n === 0 ? fromCaller(short) : deep(n - 1);
    deep(5);
    assertEquals(framesOf(short).length, 2, "as many as the program wants");
    assertEquals(Error.stackTraceLimit, 2);
    Error.stackTraceLimit = before;
    const error = made();
    const { stack } = error;
    changed.prepareStackTrace = () => ({});
    assertStrictEquals(fromCaller(error).stack, stack);
    const failure = await atCallOf(made, () => Promise.reject(error)).catch((e) => e);
    assertStrictEquals(failure.stack, stack);
  } finally {
    delete changed.prepareStackTrace;
    Error.stackTraceLimit = before;
  }
});

Deno.test("a rare operation remembers the line that called it", async () => {
  const operation = async (fail: () => unknown) =>
    await atCallOf(operation, fail as () => Promise<unknown>);
  const error = made();
  const failure = await operation(() => Promise.reject(error)).catch((e) => e);
  assertStrictEquals(failure, error);
  assert(framesOf(error)[0]!.includes("clock_and_caller_test.ts"), error.stack);
  const mine = new TypeError("mine");
  const { stack } = mine;
  await operation(() => Promise.reject(mine)).catch(() => {});
  assertEquals(mine.stack, stack);
  assertEquals(await operation(() => Promise.resolve(5)), 5);
  assertEquals(await operation(() => Promise.reject("text")).catch((e) => e), "text");
  // Awaited once in the library and once by the program: the last one knows better.
  const twice = made();
  const awaited = fromCaller(twice).stack;
  await operation(() => Promise.reject(twice)).catch(() => {});
  assert(twice.stack !== awaited);
  const again = twice.stack;
  await operation(() => Promise.reject(twice)).catch(() => {});
  assertEquals(twice.stack, again, "it begins in the program already");
  assert(LIBRARY.includes("internal/"));
});
