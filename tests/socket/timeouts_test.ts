import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { SslTimeoutError } from "../../errors.ts";
import { checkTimeout, Deadline } from "../../socket/timeouts.ts";

const never = new Promise<never>(() => {});
const base = { operation: "connect to", peer: "example.com:443" };

Deno.test("Deadline ends a wait with an SslTimeoutError that says what, with whom, how long", async () => {
  using deadline = new Deadline({ ...base, timeout: 5 });
  const error = await assertRejects(() => deadline.race(never), SslTimeoutError);
  assertEquals(error.message, "Cannot connect to example.com:443: timed out after 5 ms");
  assertEquals(error.code, "ETIMEDOUT");
  assertThrows(() => deadline.check(), SslTimeoutError);
});

Deno.test("Deadline ends a wait with the reason of the caller's signal", async () => {
  const controller = new AbortController();
  using deadline = new Deadline({ ...base, timeout: 60_000, signal: controller.signal });
  const wait = deadline.race(never);
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await wait.catch((error) => error), reason);
});

Deno.test("Deadline with a signal that is already aborted ends at once", async () => {
  using deadline = new Deadline({ ...base, signal: AbortSignal.abort("no") });
  assertEquals(await deadline.race(never).catch((error) => error), "no");
  try {
    deadline.check();
    throw new Error("check() let it pass");
  } catch (error) {
    assertEquals(error, "no");
  }
});

Deno.test("Deadline without bounds has no signal and passes the promise through", async () => {
  using deadline = new Deadline({ ...base, timeout: 0 });
  assertEquals(deadline.signal, undefined);
  const promise = Promise.resolve(1);
  assertEquals(deadline.race(promise), promise);
  assertEquals(await promise, 1);
});

Deno.test("Deadline leaves no timer and no listener behind", async () => {
  const controller = new AbortController();
  let added = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = ((...args: Parameters<typeof add>) => (added++, add(...args))) as never;
  signal.removeEventListener =
    ((...args: Parameters<typeof remove>) => (added--, remove(...args))) as never;
  {
    using deadline = new Deadline({ ...base, timeout: 60_000, signal });
    assertEquals(await deadline.race(Promise.resolve("x")), "x");
  }
  assertEquals(added, 0);
}); // a timer left behind fails the test by the sanitizer

Deno.test("Deadline gives what arrives too late to its owner", async () => {
  using deadline = new Deadline({ ...base, timeout: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const late: string[] = [];
  await assertRejects(() => deadline.race(promise, (value) => late.push(value)), SslTimeoutError);
  resolve("connection");
  await promise;
  await Promise.resolve();
  assertEquals(late, ["connection"]);
});

Deno.test("Deadline ignores a failure that arrives too late", async () => {
  using deadline = new Deadline({ ...base, timeout: 1 });
  const { promise, reject } = Promise.withResolvers<string>();
  await assertRejects(() => deadline.race(promise), SslTimeoutError);
  reject(new Error("nobody must see this")); // an unhandled rejection fails the test
  await Promise.resolve();
});

Deno.test("Deadline passes a failure on that is in time", async () => {
  using deadline = new Deadline({ ...base, timeout: 60_000 });
  const error = await deadline.race(Promise.reject(new Error("refused"))).catch((e) => e);
  assertEquals(error.message, "refused");
});

Deno.test("Deadline waits longer than a timer can", () => {
  using deadline = new Deadline({ ...base, timeout: 2 ** 31 + 5 });
  assertEquals(deadline.signal?.aborted, false);
  using forever = new Deadline({ ...base, timeout: Infinity });
  assert(forever.signal?.aborted !== true);
});

Deno.test("checkTimeout() refuses what is not a number of milliseconds", () => {
  for (const bad of [-1, NaN, "5", null]) {
    assertInstanceOf(assertThrows(() => checkTimeout("timeout", bad as number)), RangeError);
  }
  assertEquals(checkTimeout("timeout", undefined), undefined);
  assertEquals(checkTimeout("timeout", 0), 0);
});
