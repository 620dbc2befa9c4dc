/** Where connections come in: one accept of the platform at a time, and nothing that came is lost. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { engineContext } from "../../context/engine_contexts.ts";
import type { SslContext } from "../../context/context.ts";
import type { EngineListener } from "../../engine/engine.ts";
import type { SocketOptions } from "../../socket/options.ts";
import { type Arrival, Arrivals } from "../../socket/arrivals.ts";
import { ServingContext } from "../../socket/serving_context.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import { AcceptQueue } from "../../socket/accept_queue.ts";
import { TestCa } from "../../testing/ca.ts";
import { settle } from "../engine/stepped.ts";
import { createContext, resolved } from "../helpers/operations.ts";
import { refuses } from "../helpers/refuses.ts";

const { cert, key } = await (await TestCa.create()).server("localhost");

interface Accepting {
  resolve(conn: unknown): void;
  reject(error: unknown): void;
}

/** Arrivals over a listener whose every accept the test decides. */
async function setup(engine: "openssl" | "deno", more: SocketOptions = {}) {
  const context = await createContext("server", { engine, cert, key });
  const ready = { context, engineContext: await engineContext(context, "server") };
  const contexts = new ServingContext(ready);
  const accepting: Accepting[] = [], given: unknown[] = [];
  const accept = (...args: unknown[]) => {
    given.push(args);
    const { promise, resolve, reject } = Promise.withResolvers<never>();
    accepting.push({ resolve: resolve as Accepting["resolve"], reject });
    return promise;
  };
  const listener = { accept, acceptPlain: accept } as unknown as EngineListener;
  const options = { ...resolved("server", { cert, key }), ...more };
  const arrivals = new Arrivals(listener, contexts, options as typeof options & never);
  return { arrivals, accepting, contexts, context, ready, given, options };
}

/** A connection that came in. */
function conn(port = 1) {
  const made = {
    remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port } as const,
    closes: 0,
    close: () => void made.closes++,
  };
  return made;
}

const connOf = (arrival: Arrival): unknown => "conn" in arrival ? arrival.conn : arrival.tls;

Deno.test("Arrivals: callers get what comes in their order, by one accept at a time", async () => {
  for (const engine of ["openssl", "deno"] as const) {
    const t = await setup(engine);
    const first = t.arrivals.next(), second = t.arrivals.next();
    await settle();
    assertEquals(t.accepting.length, 1);
    const [a, b] = [conn(), conn()];
    t.accepting[0]!.resolve(a);
    assertStrictEquals(connOf(await first), a);
    await settle();
    assertEquals(t.accepting.length, 2);
    t.accepting[1]!.resolve(b);
    const arrival = await second;
    assertStrictEquals(connOf(arrival), b);
    assertEquals(arrival.remoteAddr, b.remoteAddr);
  }
});

Deno.test("Arrivals: who stops waiting leaves the accept to the next, in its turn or before it", async () => {
  const t = await setup("openssl");
  const aborts = [new AbortController(), new AbortController()];
  const [first, second] = aborts.map((abort) => t.arrivals.next(abort));
  const third = t.arrivals.next();
  aborts[1]!.abort(new RangeError("enough")); // before its turn
  await assertRejects(() => second!, RangeError, "enough");
  await settle();
  aborts[0]!.abort(new RangeError("enough")); // in its turn
  await assertRejects(() => first!, RangeError, "enough");
  const a = conn();
  await settle();
  t.accepting[0]!.resolve(a);
  assertStrictEquals(connOf(await third), a);
  assertEquals(t.accepting.length, 1);
});

Deno.test("Arrivals: an accept that fails fails the call that waits, and the next one asks again", async () => {
  const t = await setup("openssl");
  const first = t.arrivals.next();
  await settle();
  const failure = new SslError("no descriptors", { code: "EMFILE" });
  t.accepting[0]!.reject(failure);
  assertStrictEquals(await assertRejects(() => first), failure);
  const second = t.arrivals.next();
  await settle();
  t.accepting[1]!.resolve(conn());
  await second;
});

Deno.test("Arrivals.knock() waits for one to come, or for a failure, and leaves either to the next", async () => {
  for (const fails of [false, true]) {
    const t = await setup("openssl");
    let knocked = false;
    const knocking = t.arrivals.knock({}).then(() => knocked = true);
    await settle();
    assertEquals([t.accepting.length, knocked], [1, false]);
    const a = conn();
    if (fails) t.accepting[0]!.reject(new SslError("no", { code: "NO" }));
    else t.accepting[0]!.resolve(a);
    await knocking;
    await t.arrivals.knock({});
    if (fails) await refuses(() => t.arrivals.next(), SslError, "NO");
    else assertStrictEquals(connOf(await t.arrivals.next()), a);
    assertEquals(t.accepting.length, 1);
    const abort = new AbortController();
    const waiting = t.arrivals.knock({ signal: abort.signal });
    abort.abort(new RangeError("enough"));
    await assertRejects(() => waiting, RangeError, "enough");
  }
});

Deno.test("Arrivals.close() closes what comes and nobody waits for, and forgets a failure", async () => {
  for (const engine of ["openssl", "deno"] as const) {
    const t = await setup(engine);
    t.arrivals.close(); // nothing is under way
    const knocking = t.arrivals.knock({});
    await settle();
    t.arrivals.close();
    const a = conn();
    t.accepting[0]!.resolve(a);
    await knocking;
    await settle();
    assertEquals(a.closes, 1);
    const again = t.arrivals.knock({});
    await settle();
    t.arrivals.close();
    t.accepting[1]!.reject(new Error("closed"));
    await again;
  }
});

Deno.test("Arrivals: a connection has the context of its time, and the options that belong to it", async () => {
  const t = await setup("openssl");
  const arrival = (): Arrival => ({ conn: conn() as never, remoteAddr: conn().remoteAddr });
  const first = t.arrivals.connection(arrival());
  assertStrictEquals(first.context, t.context);
  assertStrictEquals(first.options as unknown, t.options);
  assertEquals([first.role, first.peer, first.phase], ["server", "192.0.2.1:1", "plain"]);
  assertEquals(first.life.settings.keepTransport, false);
  const other = await createContext("server", { engine: "openssl", cert, key });
  t.contexts.change(other, () => {});
  await t.contexts.settled;
  const second = t.arrivals.connection(arrival());
  assertStrictEquals(second.context, other);
  assertStrictEquals((second.options as unknown as { reuseCtx?: SslContext }).reuseCtx, other);
  assert(!("cert" in second.options) && (second.options as unknown) !== t.options);
  const keeping = await setup("openssl", { keepSocketOnError: true });
  assertEquals(keeping.arrivals.connection(arrival()).life.settings.keepTransport, true);
});

Deno.test("Arrivals: TLS that the engine begins itself is prepared with the context of the accept", async () => {
  const t = await setup("deno");
  const next = t.arrivals.next();
  await settle();
  const [engineContext, user] = t.given[0] as unknown[];
  assertStrictEquals(engineContext, t.ready.engineContext);
  const a = conn();
  t.accepting[0]!.resolve(a);
  const arrival = await next;
  assert("tls" in arrival && arrival.prepared.params.user === user);
  const connection = t.arrivals.connection(arrival);
  assertEquals([connection.phase, connection.peer], ["handshaking", "192.0.2.1:1"]);
  assertStrictEquals(connection.life.tls as unknown, a);
});

// ---- the queue behind the iterator

/** A queue whose arrivals and places the test decides. */
function queueOf(limit: number, crowded = false) {
  const running = { n: 0 };
  const arriving: Accepting[] = [], admitted: unknown[] = [], failures: unknown[] = [];
  const asked = { knocks: 0, rooms: 0 };
  const queue: AcceptQueue<number, unknown> = new AcceptQueue<number, unknown>({
    limit,
    running: () => running.n,
    arrive: (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      arriving.push({ resolve, reject });
      signal.addEventListener("abort", () => reject(signal.reason));
      return promise;
    },
    admit: (arrival) => void admitted.push(arrival),
    failed: (error) => void failures.push(error),
    ...(crowded && {
      crowded: {
        knock: () => (asked.knocks++, Promise.resolve()),
        makeRoom: () => (asked.rooms++, undefined),
      },
    }),
  });
  return { queue, running, arriving, admitted, failures, asked };
}

Deno.test("AcceptQueue: sockets go to those who wait, first come first served, and are kept for others", async () => {
  const { queue } = queueOf(9);
  const [a, b] = [queue.iterate(), queue.iterate()];
  const waits = [a.next(), b.next(), a.next()];
  for (const n of [1, 2, 3, 4]) assert(queue.push(n));
  assertEquals((await Promise.all(waits)).map(({ value }) => value), [1, 2, 3]);
  assertEquals([queue.shift(), queue.shift()], [4, undefined]);
  const left = [a.next(), b.next()];
  await b.return!(); // ends its own wait, and not the other's
  assertEquals(await left[1], { value: undefined, done: true });
  queue.push(5);
  assertEquals(await left[0], { value: 5, done: false });
  queue.end();
});

Deno.test("AcceptQueue accepts one at a time, however many wait", async () => {
  const t = queueOf(9);
  const iterator = t.queue.iterate();
  const waits = [iterator.next(), iterator.next(), t.queue.iterate().next()];
  await settle();
  assertEquals(t.arriving.length, 1);
  t.arriving[0]!.resolve("one");
  await settle();
  assertEquals([t.arriving.length, t.admitted], [2, ["one"]] as unknown[]);
  t.queue.end();
  for (const wait of waits) assertEquals((await wait).done, true);
});

Deno.test("AcceptQueue: what is ready takes a place as one that runs does", async () => {
  for (const [running, ready] of [[2, 0], [0, 2], [1, 1]] as const) {
    const t = queueOf(2);
    for (let i = 0; i < ready; i++) t.queue.push(i);
    t.running.n = running;
    const iterator = t.queue.iterate();
    if (ready === 0) iterator.next();
    else {
      await iterator.next();
      t.queue.push(9); // its place is taken again
      for (let i = 0; i < ready; i++) await iterator.next();
      t.running.n = 2;
      iterator.next();
    }
    await settle();
    assertEquals(t.arriving.length, 0, `${running} ${ready}`);
    t.running.n = 1;
    t.queue.wake();
    await settle();
    assertEquals(t.arriving.length, 1);
    t.queue.end();
  }
});

Deno.test("AcceptQueue asks one to make room only when another has come, and again when woken", async () => {
  const t = queueOf(1, true);
  t.running.n = 1;
  const iterator = t.queue.iterate();
  iterator.next();
  await settle();
  assertEquals([t.asked.knocks, t.asked.rooms, t.arriving.length], [1, 1, 0]);
  t.queue.wake();
  await settle();
  assertEquals([t.asked.knocks, t.asked.rooms, t.arriving.length], [1, 2, 0]);
  t.running.n = 0;
  t.queue.wake();
  await settle();
  assertEquals([t.asked.rooms, t.arriving.length], [2, 1]);
  t.queue.end();
  await settle();
  assertEquals(t.failures, []);
});

Deno.test("AcceptQueue: a client that is gone holds nobody up, any other failure is waited after", async () => {
  const t = queueOf(2);
  const iterator = t.queue.iterate();
  iterator.next();
  await settle();
  const gone = new SslPeerError("gone", { code: "ECONNABORTED" });
  t.arriving[0]!.reject(gone);
  await settle();
  assertEquals([t.failures, t.arriving.length], [[gone], 2]);
  const full = new SslError("no descriptors", { code: "EMFILE" });
  t.arriving[1]!.reject(full);
  await settle();
  assertEquals([t.failures, t.arriving.length], [[gone, full], 2]);
  await iterator.return!(); // ends the pause, too
  const next = t.queue.iterate().next();
  await settle();
  assertEquals(t.arriving.length, 3);
  t.queue.end();
  assertEquals(await next, { value: undefined, done: true });
  assertEquals(t.failures.length, 2);
});

Deno.test("AcceptQueue: after the end nothing comes in, and what nobody takes is given back", async () => {
  const t = queueOf(2);
  const iterator = t.queue.iterate();
  const wait = iterator.next();
  await settle();
  assertEquals(t.queue.end(), []);
  assertEquals(await wait, { value: undefined, done: true });
  assertEquals(t.queue.push(1), false);
  assertEquals(await t.queue.iterate().next(), { value: undefined, done: true });
  await settle();
  assertEquals(t.arriving.length, 1);

  const kept = queueOf(2);
  kept.queue.push(1);
  kept.queue.push(2);
  assertEquals(kept.queue.end(), [1, 2]);
  const drained = queueOf(2);
  drained.queue.push(1);
  let last = false;
  const two = drained.queue.iterate();
  assertEquals(drained.queue.drain(() => last), []); // somebody iterates: it is handed out
  assert(drained.queue.push(2)); // and so is the last that was running
  last = true;
  assertEquals(drained.queue.push(3), false);
  assertEquals((await two.next()).value, 1);
  assertEquals((await two.next()).value, 2);
  assertEquals(await two.next(), { value: undefined, done: true });
});
