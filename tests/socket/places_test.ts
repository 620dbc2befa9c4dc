import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  HandshakeClock,
  type HandshakeProgress,
  type HandshakeStage,
} from "../../engine/handshake_progress.ts";
import { type SslError, SslTimeoutError } from "../../errors.ts";
import { clientOf } from "../../socket/client_address.ts";
import { LoopClock } from "../../internal/loop_clock.ts";
import { Places } from "../../socket/places.ts";

/** Places with a clock of their own; `gone` has the names of those that gave way, in order. */
function setup(limit: number) {
  let time = 1000;
  const gone: string[] = [], errors: Error[] = [];
  const places = new Places(limit, { now: () => time, watch: () => {} });
  return {
    places,
    gone,
    errors,
    pass: (ms: number) => time += ms,
    /** Takes a place; how far it is may change. */
    take(name: string, stage?: HandshakeStage, client = "192.0.2.1") {
      const progress: { stage: HandshakeStage; since: number | undefined } = {
        stage: stage ?? "silent",
        since: time,
      };
      const place = places.take({
        client,
        peer: name,
        progress: (): HandshakeProgress | undefined => stage && progress,
        giveWay: (error) => (gone.push(name), errors.push(error)),
      });
      return Object.assign(place, { progress });
    },
    ask: () => places.makeRoom(),
  };
}

Deno.test("Places: the silent client that has waited longest gives way, and none before its patience ends", () => {
  const t = setup(3);
  t.take("first", "silent");
  t.pass(10);
  t.take("second", "silent");
  assertEquals(t.ask(), 240); // of the first
  t.pass(239);
  assertEquals(t.ask(), 1);
  assertEquals(t.gone, []);
  t.pass(1);
  assertEquals(t.ask(), 0);
  assertEquals(t.gone, ["first"]);
});

Deno.test("Places: silent clients give way first, then those that began, then those that were answered", () => {
  const t = setup(8);
  t.take("answered", "answered");
  t.take("unseen");
  t.take("started", "started");
  t.pass(5);
  t.take("silent", "silent");
  t.pass(500);
  for (let i = 0; i < 4; i++) assertEquals(t.ask(), 0);
  assertEquals(t.gone, ["silent", "started", "unseen", "answered"]);
  assertEquals(t.ask(), undefined); // nobody is left
});

Deno.test("Places: a handshake that waits for us never gives way", () => {
  const t = setup(1);
  t.take("one", "started").progress.since = undefined;
  t.pass(60_000);
  assertEquals(t.ask(), undefined);
  assertEquals(t.gone, []);
});

Deno.test("Places: one that has moved since it was looked at has its patience again", () => {
  const t = setup(3);
  const moved = [t.take("one", "silent"), t.take("two", "silent"), t.take("three", "silent")][1]!;
  t.pass(300);
  assertEquals(t.ask(), 0);
  moved.progress.stage = "answered";
  moved.progress.since = 1300;
  assertEquals(t.ask(), 0);
  assertEquals(t.gone, ["one", "three"]);
  assertEquals(t.ask(), 500);
  moved[Symbol.dispose]();
  assertEquals(t.ask(), undefined);
});

Deno.test("Places: a client with more than its share gives way first, younger or further as it may be", () => {
  const t = setup(8);
  t.take("alone", "silent", "192.0.2.1");
  t.pass(100);
  for (const name of ["a", "b", "c", "d"]) t.take(name, "answered", "192.0.2.2");
  t.pass(600);
  while (t.ask() === 0);
  // A quarter of eight: with two places left it is a client like others, and silent ones go first.
  assertEquals(t.gone, ["a", "b", "alone", "c", "d"]);
});

Deno.test("Places: while a client holds more than its share the others have longer", () => {
  const t = setup(8);
  t.take("alone", "silent", "192.0.2.1");
  t.pass(10);
  for (const name of ["a", "b", "c"]) t.take(name, "silent", "192.0.2.2");
  t.pass(240); // the patience of one alone
  assertEquals(t.ask(), 10);
  t.pass(10);
  assertEquals(t.ask(), 0);
  assertEquals(t.gone, ["a"]);
  t.take("d", "answered", "192.0.2.2");
  t.pass(740);
  assertEquals([t.ask(), t.ask()], [0, 0]);
  assertEquals(t.gone, ["a", "b", "alone"]); // two are left: nobody holds more than the share
});

Deno.test("Places: many clients behind one address hold all places while nobody is overdue", () => {
  const t = setup(100);
  for (let i = 0; i < 100; i++) t.take(`${i}`, "answered");
  t.pass(400);
  assertEquals(t.ask(), 100);
  assertEquals(t.gone, []);
});

Deno.test("Places: a flood shortens patience, down to a limit; completed handshakes restore it", () => {
  const t = setup(10);
  const round = () => {
    for (let i = 0; i < 10; i++) t.take("silent", "silent");
    const patience = t.ask()!;
    t.pass(patience);
    while (t.ask() === 0);
    return patience;
  };
  assertEquals(round(), 250);
  assertEquals([round(), round()], [100, 100]);
  for (let i = 0; i < 3; i++) {
    using good = t.take("good", "silent");
    good.completed();
  }
  assertEquals(round(), 250);
  assertEquals(round(), 100);
  t.pass(5001); // nobody wanted in
  assertEquals(round(), 250);
});

Deno.test("Places: a flood of silent ones leaves those that were answered their time", () => {
  const t = setup(10);
  for (let i = 0; i < 30; i++) {
    t.take("silent", "silent");
    t.pass(250);
    assertEquals(t.ask(), 0);
  }
  t.take("far away", "answered");
  assertEquals(t.ask(), 500);
});

Deno.test("Places: of those at one stage the one goes that has waited longest, not the one that came first", () => {
  const t = setup(3);
  const first = t.take("first", "silent");
  t.pass(10);
  t.take("second", "silent");
  first.progress.since = 1020; // it has moved
  t.pass(260);
  assertEquals([t.ask(), t.ask()], [0, 0]);
  assertEquals(t.gone, ["second", "first"]);
});

Deno.test("Places: one that gives way shortens the patience of its stage, one that completes lengthens each", () => {
  const t = setup(10);
  t.take("a", "silent");
  t.pass(249);
  const b = t.take("b", "silent"), c = t.take("c", "started");
  t.pass(1);
  assertEquals(t.ask(), 0);
  const shorter = 250 * Math.exp(-4 / 10);
  const near = (n: number | undefined, expected: number) =>
    assert(Math.abs(n! - expected) < 1e-6, `${n} and not ${expected}`);
  near(t.ask(), shorter - 1);
  c.completed();
  c[Symbol.dispose]();
  near(t.ask(), 249); // and no more than at first
  for (let i = 0; i < 40; i++) {
    t.take("flood", "silent").progress.since = 0;
    assertEquals(t.ask(), 0);
  }
  near(t.ask(), 99); // a hundred is the least
  b[Symbol.dispose]();
  b.completed(); // it has no place any more: nothing is given back
  t.take("d", "silent");
  near(t.ask(), 100);
  t.pass(5000);
  t.take("e", "silent");
  assertEquals(t.ask(), 0); // d; a shortage is on: five seconds have passed, and not more
  near(t.ask(), 100);
});

Deno.test("Places: a share is a quarter of the places, at least one; who has it exactly holds no more", () => {
  for (const [limit, share] of [[1, 1], [3, 1], [8, 2], [11, 2], [12, 3]] as const) {
    const t = setup(limit);
    t.take("alone", "silent", "192.0.2.1");
    t.pass(10);
    for (let i = 0; i < share; i++) t.take(`${i}`, "silent", "192.0.2.2");
    t.pass(240);
    assertEquals(t.ask(), 0, `${limit}`);
    assertEquals(t.gone, ["alone"]);
    const more = setup(limit);
    more.take("alone", "silent", "192.0.2.1");
    more.pass(10);
    for (let i = 0; i <= share; i++) more.take(`${i}`, "silent", "192.0.2.2");
    more.pass(240);
    assertEquals(more.ask(), 10); // of those that hold more
    more.pass(10);
    assertEquals([more.ask(), more.gone], [0, ["0"]]);
  }
});

Deno.test("Places: the clock is watched from half of the places on, and when room is made", () => {
  let watched = 0;
  const places = new Places(4, { now: () => 0, watch: () => watched++ });
  const tenant = { client: "x", peer: "x", progress: () => undefined, giveWay() {} };
  places.take(tenant);
  assertEquals(watched, 0);
  places.take(tenant);
  assertEquals(watched, 1);
  assertEquals([places.makeRoom(), watched], [300, 2]);
});

Deno.test("Places: the error says who gave way, why, and which setting it was", () => {
  const t = setup(7);
  t.take("192.0.2.9:4433", "silent");
  t.pass(312);
  t.ask();
  const [error] = t.errors;
  assertInstanceOf(error, SslTimeoutError);
  assertEquals((error as SslError).code, "ERR_MAX_HANDSHAKES");
  for (const part of ["192.0.2.9:4433", "312 ms", "all 7 places (maxHandshakes)"]) {
    assertStringIncludes(error.message, part);
  }
});

Deno.test("LoopClock: a long turn of the event loop counts like any other", async () => {
  const clock = new LoopClock();
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
  };
  const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 11));
  const before = clock.now();
  busy(30);
  assert(clock.now() - before >= 30); // not watched: as any clock
  clock.watch();
  const watched = clock.now();
  busy(300);
  assertEquals(clock.now(), watched);
  await turn();
  busy(300);
  await turn();
  const passed = clock.now() - watched;
  assert(passed >= 10 && passed <= 100, `${passed}`); // and not 600
});

Deno.test("HandshakeClock: bytes that lead to no answer do not reset it", () => {
  const clock = new HandshakeClock();
  assertEquals(clock.stage, "silent");
  const silentSince = clock.since!;
  clock.wait();
  assertEquals(clock.since, silentSince);
  clock.heard();
  assertEquals([clock.stage, clock.since], ["started", undefined]); // it is our turn
  clock.wait();
  const startedSince = clock.since!;
  const end = performance.now() + 2;
  while (performance.now() < end);
  clock.heard();
  clock.wait();
  assertEquals([clock.stage, clock.since], ["started", startedSince]);
  clock.answer();
  assertEquals(clock.stage, "answered");
  assert(clock.since! > startedSince);
});

Deno.test("clientOf() takes a /64 of IPv6 for one client, and IPv4 in IPv6 for IPv4", () => {
  const of = (hostname: string) => clientOf({ transport: "tcp", hostname, port: 1 });
  assertEquals(of("::ffff:192.0.2.1"), of("192.0.2.1"));
  assertEquals(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  assertEquals(of("fe80::1%eth0"), of("fe80::2"));
  const different = ["192.0.2.1", "192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1", "::1"].map(of);
  assertEquals(new Set(different).size, different.length);
  assertEquals(clientOf(undefined), "");
});

Deno.test("clientOf() takes no other IPv6 address for a mapped IPv4 address, and a name as it is", () => {
  const client = (hostname: string) => clientOf({ transport: "tcp", hostname, port: 1 });
  assertEquals(client("::ffff:10.0.0.1"), "10.0.0.1");
  assertEquals(client("::ff:10.0.0.1"), client("::"));
  assertEquals(client("::1:ffff:10.0.0.1"), client("::"));
  assertEquals(["10.0.0.1", "a.example", "not:an:address"].map(client), [
    "10.0.0.1",
    "a.example",
    "not:an:address",
  ]);
  assertEquals(clientOf(undefined), "");
});
