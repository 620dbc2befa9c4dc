import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { AcceptQueue } from "../../socket/accept_queue.ts";

/** A queue over arrivals that the test makes, each of which is ready when the test says so. */
function setup(limit = 3) {
  const arrivals: number[] = [];
  let wake: (() => void) | undefined;
  const running = new Set<number>();
  const failures: unknown[] = [];
  let failNext: Error | undefined;
  const queue: AcceptQueue<number, number> = new AcceptQueue<number, number>({
    limit,
    running: () => running.size,
    arrive: async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        if (failNext) {
          const error = failNext;
          failNext = undefined;
          throw error;
        }
        const arrival = arrivals.shift();
        if (arrival !== undefined) return arrival;
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    },
    admit: (arrival) => void running.add(arrival),
    failed: (error) => void failures.push(error),
  });
  return {
    queue,
    running,
    failures,
    come: (...numbers: number[]) => (arrivals.push(...numbers), wake?.()),
    fail: (error: Error) => (failNext = error, wake?.()),
    complete: (n: number) => (running.delete(n), queue.push(n)),
    refuse: (n: number) => (running.delete(n), queue.wake()),
  };
}

/** Lets every promise that can go on do so. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("AcceptQueue gives connections in the order of completion, past one that hangs", async () => {
  const t = setup();
  const iterator = t.queue.iterate();
  const first = iterator.next();
  t.come(1, 2);
  await settle();
  t.complete(2);
  assertEquals(await first, { value: 2, done: false });
  const second = iterator.next();
  t.complete(1);
  assertEquals(await second, { value: 1, done: false });
  t.queue.end();
});

Deno.test("AcceptQueue takes in no more than its limit, running or unclaimed", async () => {
  const t = setup(2);
  const iterator = t.queue.iterate();
  const first = iterator.next();
  t.come(1, 2, 3, 4);
  await settle();
  assertEquals([...t.running], [1, 2]);
  t.complete(1); // claimed at once: there is room for one more
  assertEquals((await first).value, 1);
  await settle();
  assertEquals([...t.running], [2, 3]);
  t.complete(2); // unclaimed: no room
  await settle();
  assertEquals([...t.running], [3]);
  assertEquals((await iterator.next()).value, 2);
  await settle();
  assertEquals([...t.running], [3, 4]);
  t.refuse(3);
  t.come(5);
  await settle();
  assertEquals([...t.running], [4, 5]);
  t.queue.end();
});

Deno.test("AcceptQueue goes on after a failure to accept", async () => {
  const t = setup();
  const iterator = t.queue.iterate();
  const next = iterator.next();
  await settle();
  t.fail(new Error("too many open files"));
  t.come(7);
  for (let i = 0; i < 1000 && !t.running.has(7); i++) await settle();
  t.complete(7);
  assertEquals((await next).value, 7);
  assertEquals(t.failures.map(String), ["Error: too many open files"]);
  t.queue.end();
});

Deno.test("AcceptQueue stops taking in when nobody iterates, and goes on with the next iterator", async () => {
  const t = setup();
  const iterator = t.queue.iterate();
  const pending = iterator.next();
  await settle();
  await iterator.return!();
  assertEquals(await pending, { value: undefined, done: true });
  assertEquals(await iterator.next(), { value: undefined, done: true });
  t.come(1);
  await settle();
  assertEquals(t.running.size, 0);
  const next = t.queue.iterate().next();
  await settle();
  t.complete(1);
  assertEquals((await next).value, 1);
  t.queue.end();
});

Deno.test("AcceptQueue.drain() hands out the last ones, then ends", async () => {
  const t = setup();
  const iterator = t.queue.iterate();
  const first = iterator.next();
  t.come(1, 2, 3);
  await settle();
  t.complete(1);
  assertEquals((await first).value, 1);
  t.complete(2);
  assertEquals(t.queue.drain(() => t.running.size === 0), []);
  assertEquals((await iterator.next()).value, 2);
  const last = iterator.next();
  const after = iterator.next();
  t.complete(3);
  assertEquals((await last).value, 3);
  assertEquals(await after, { value: undefined, done: true });
});

Deno.test("AcceptQueue.drain() gives back what nobody will take", async () => {
  const t = setup();
  const iterator = t.queue.iterate();
  const first = iterator.next();
  t.come(1, 2);
  await settle();
  t.complete(1);
  t.complete(2);
  await first;
  await iterator.return!();
  assertEquals(t.queue.drain(() => true), [2]);
});

Deno.test("AcceptQueue asks for room only when one has come", async () => {
  const t = setup(2);
  const queue: AcceptQueue<number, number> = new AcceptQueue<number, number>({
    limit: 2,
    running: () => t.running.size,
    arrive: () => new Promise<number>(() => {}), // never
    admit: () => {},
    failed: (error) => t.failures.push(error),
    crowded: {
      knock: (signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      makeRoom: () => {
        throw new Error("nobody has come");
      },
    },
  });
  t.running.add(1).add(2);
  const iterator = queue.iterate();
  const next = iterator.next();
  await settle();
  queue.wake(); // a change that made no room
  await settle();
  await iterator.return!();
  assertEquals(await next, { value: undefined, done: true });
  assertEquals(t.failures, []);
});

Deno.test("AcceptQueue asks again after the time that it was given, and goes on when there is room", async () => {
  const running = new Set([1, 2]), admitted: number[] = [];
  const answers = [1, undefined, 0];
  const queue: AcceptQueue<number, number> = new AcceptQueue<number, number>({
    limit: 2,
    running: () => running.size,
    arrive: () => admitted.length === 0 ? Promise.resolve(3) : new Promise<number>(() => {}),
    admit: (arrival) => {
      admitted.push(arrival);
      running.add(arrival);
    },
    failed: () => {},
    crowded: {
      knock: () => admitted.length === 0 ? Promise.resolve() : new Promise<void>(() => {}),
      makeRoom: () => {
        const answer = answers.shift();
        if (answer === undefined) setTimeout(() => queue.wake()); // a change that made no room
        if (answer === 0) setTimeout(() => (running.delete(1), queue.wake()));
        return answer;
      },
    },
  });
  const iterator = queue.iterate();
  iterator.next();
  for (let i = 0; i < 1000 && admitted.length === 0; i++) await settle();
  assertEquals([...running], [2, 3]);
  assertEquals(answers, []);
  queue.end();
});
