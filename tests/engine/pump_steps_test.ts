/** The pump over a session and a transport whose every step the test decides. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { MAX_WRITE } from "../../engine/buffers.ts";
import { Pump } from "../../engine/pump.ts";
import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslTruncatedError,
} from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { settle, SteppedSession, SteppedTransport, ticks } from "./stepped.ts";

function setup() {
  const session = new SteppedSession(), transport = new SteppedTransport();
  return { session, transport, pump: new Pump(session, transport) };
}

const bytes = (...values: number[]) => Uint8Array.of(...values);
const READ = () => SSL_WANT_READ as never, WRITE = () => SSL_WANT_WRITE as never;

/** Whether a promise has settled by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  await settle();
  return done;
}

// ---- writing

Deno.test("Pump.write() is done when the transport has taken all, part by part", async () => {
  const { session, transport, pump } = setup();
  const p = new Uint8Array(MAX_WRITE + 3).fill(7);
  const write = pump.write(p);
  assertEquals(transport.writes.map(({ length }) => length), [MAX_WRITE]);
  assert(!await isDone(write));
  transport.take();
  await settle();
  assertEquals(transport.writes.map(({ length }) => length), [MAX_WRITE, 3]);
  assertEquals(session.output, 0);
  transport.take();
  assertEquals(await write, MAX_WRITE + 3);
});

Deno.test("Pump: writes go in their order, each behind the one before it, whichever way it takes", async () => {
  const { session, transport, pump } = setup();
  const { signal } = new AbortController();
  const first = pump.write(bytes(1), { signal });
  const second = pump.write(bytes(2)), third = pump.write(bytes(3), { signal });
  await settle();
  assertEquals([transport.writes, session.output], [[bytes(1)], 0]);
  assertStrictEquals(pump.tryWrite(bytes(4)), SSL_WANT_WRITE);
  transport.take();
  assertEquals(await first, 1);
  await settle();
  assertEquals(transport.writes, [bytes(1), bytes(2)]);
  transport.take();
  assertEquals(await second, 1);
  await settle();
  transport.take();
  assertEquals(await third, 1);
  assertEquals(pump.tryWrite(bytes(4)), 1); // nobody is before it any more
  transport.take();
  assertEquals(transport.writes, [bytes(1), bytes(2), bytes(3), bytes(4)]);
});

Deno.test("Pump: a failed write lets the next one meet the failure, and does not hold it up", async () => {
  const { session, transport, pump } = setup();
  const writes = [pump.write(bytes(1)), pump.write(bytes(2)), pump.write(bytes(3))];
  session.atEnd = null;
  transport.refuse(new Deno.errors.BrokenPipe("broken"));
  for (const write of writes) await refuses(() => write, SslError, "EPIPE");
  assertEquals(transport.writes.length, 1);
  assertEquals(assertThrows(() => pump.tryWrite(bytes(4)), SslError).code, "EPIPE");
  assertEquals(assertThrows(() => pump.tryShutdown(), SslError).code, "EPIPE");
  await refuses(() => pump.shutdown({ fast: true }), SslError, "EPIPE");
  assertEquals(session.shutdownState.sent, false); // no proper end after a stream that broke
});

Deno.test("Pump.write() aborted half-way ends the sending side, and aborted before or after it nothing", async () => {
  {
    const { session, transport, pump } = setup();
    const abort = new AbortController();
    const write = pump.write(new Uint8Array(MAX_WRITE + 1), { signal: abort.signal });
    abort.abort(new RangeError("stop"));
    await assertRejects(() => write, RangeError, "stop");
    const error = await refuses(() => pump.write(bytes(1)), SslError, "ERR_WRITE_ABORTED");
    assertStrictEquals(error.cause, abort.signal.reason);
    assertEquals(transport.writes.length, 1);
    assertEquals(session.output, 0);
  }
  for (const before of [true, false]) {
    const { transport, pump } = setup();
    const abort = new AbortController();
    if (before) abort.abort(new RangeError("stop"));
    const write = pump.write(bytes(1), { signal: abort.signal });
    abort.abort(new RangeError("stop")); // all of it was encrypted: it goes
    await assertRejects(() => write, RangeError, "stop");
    assertEquals(transport.writes.length, before ? 0 : 1);
    if (!before) transport.take();
    const next = pump.write(bytes(2));
    await settle();
    transport.take();
    assertEquals(await next, 1);
  }
});

Deno.test("Pump.tryWrite() takes what there is room for, up to 64 KiB under way", async () => {
  const { transport, pump } = setup();
  assertEquals(pump.tryWrite(bytes()), 0);
  assertEquals(transport.writes.length, 0);
  assertEquals(pump.tryWrite(new Uint8Array(MAX_WRITE - 2)), MAX_WRITE - 2);
  assertEquals(pump.tryWrite(bytes(1, 2, 3)), 2);
  assertStrictEquals(pump.tryWrite(bytes(3)), SSL_WANT_WRITE);
  assertEquals(pump.tryWrite(bytes()), 0);
  let ready = false;
  const waiting = pump.ready(SSL_WANT_WRITE).then(() => ready = true);
  transport.take();
  await settle();
  assertEquals([ready, transport.writes.at(-1)!.length], [false, 2]);
  transport.take();
  await waiting;
  assertEquals(pump.tryWrite(new Uint8Array(MAX_WRITE + 1)), MAX_WRITE);
});

Deno.test("Pump: a call made wrongly is the caller's error, and any other one the end of the connection", async () => {
  for (const wrong of [new TypeError("wrong"), new RangeError("wrong")]) {
    const { session, transport, pump } = setup();
    session.onCall = () => {
      throw wrong;
    };
    assertStrictEquals(await assertRejects(() => pump.write(bytes(1))), wrong);
    assertStrictEquals(assertThrows(() => pump.tryRead(bytes(1))), wrong);
    session.onCall = () => {};
    const write = pump.write(bytes(1));
    transport.take();
    assertEquals(await write, 1);
  }
  const failure = new SslError("broken", { code: "BROKEN" });
  for (const way of ["write", "tryRead", "tryPeek"] as const) {
    const { session, transport, pump } = setup();
    session.onCall = () => {
      session.out = bytes(21);
      throw failure;
    };
    const meet = async () => void await pump[way](bytes(1));
    assertStrictEquals(await assertRejects(meet), failure);
    assertEquals(transport.writes, [bytes(21)]); // the alert
    session.onCall = () => {
      throw new Error("is not called again");
    };
    session.input = bytes(1);
    for (
      const call of [
        () => pump.tryWrite(bytes(1)),
        () => pump.tryRead(bytes(1)),
        () => pump.tryPeek(bytes(1)),
        () => pump.pending(),
      ]
    ) {
      assertStrictEquals(assertThrows(call), failure);
    }
    assertStrictEquals(await assertRejects(() => pump.write(bytes(1))), failure);
    await pump.ready(SSL_WANT_READ); // the next call says it
    assertEquals(transport.reads, 0);
  }
});

// ---- reading

Deno.test("Pump.read() sends what reading made aside, and delivers what it brought", async () => {
  const { session, transport, pump } = setup();
  session.input = bytes(1, 2);
  session.onCall = () => session.out = bytes(22);
  const p = new Uint8Array(1);
  assertEquals([await pump.read(p), p[0], transport.writes.length], [1, 1, 1]);
  assertEquals(await pump.peek(p), 1); // nobody waits for the write
  assertEquals(pump.endTold, false);
  session.input = bytes();
  session.atEnd = null;
  assertEquals([await pump.peek(p), pump.endTold], [null, false]);
  assertEquals([await pump.read(p), pump.endTold], [null, true]);
});

Deno.test("Pump: a peer that asks for answers and takes none is refused, at a bound", () => {
  for (const [made, way] of [[4, "read"], [5, "read"], [5, "data"], [5, "end"]] as const) {
    const { session, transport, pump } = setup();
    session.out = bytes(1);
    pump.tryRead(bytes(1)); // a write is under way that is never taken
    const bound = 4 * MAX_WRITE;
    session.out = new Uint8Array(made === 4 ? bound : bound + 1);
    if (way === "data") session.input = bytes(9);
    if (way === "end") session.atEnd = null;
    const read = () => pump.tryRead(new Uint8Array(1));
    if (made === 4) assertStrictEquals(read(), SSL_WANT_READ);
    else if (way === "read") {
      const error = assertThrows(read, SslPeerError, "asks for answers and does not take them");
      assertEquals(error.code, "ERR_SSL_PEER_MISBEHAVED");
    } else {
      assertEquals(read(), way === "data" ? 1 : null);
      if (way === "data") assertThrows(read, SslPeerError, "asks for answers");
      else assertEquals(read(), null);
    }
    assertEquals(transport.writes.length, 1);
  }
});

Deno.test("Pump.tryRead() and tryPeek() say the end of the transport, and leave the wait to ready()", async () => {
  const { transport, pump } = setup();
  const p = new Uint8Array(4);
  assertStrictEquals(pump.tryRead(p), SSL_WANT_READ);
  assertStrictEquals(pump.tryPeek(p), SSL_WANT_READ);
  assertEquals(transport.reads, 0);
  const ready = pump.ready(SSL_WANT_READ);
  transport.bring(bytes(5));
  await ready;
  await pump.ready(SSL_WANT_READ); // bytes are there
  assertEquals([transport.reads, pump.tryPeek(p), pump.tryRead(p)], [1, 1, 1]);
  const again = pump.ready(SSL_WANT_READ);
  transport.count(null);
  await again;
  assertThrows(() => pump.tryRead(p), SslTruncatedError);
  assertThrows(() => pump.tryPeek(p), SslTruncatedError);
  await pump.ready(SSL_WANT_READ);
  assertEquals(transport.reads, 2);
});

Deno.test("Pump.ready() and read() end their wait by a signal, before and while they wait", async () => {
  for (const early of [true, false]) {
    for (const wait of ["ready", "read", "write"] as const) {
      const { transport, pump } = setup();
      const abort = new AbortController();
      if (early) abort.abort(new RangeError("enough"));
      if (wait === "write") pump.tryWrite(bytes(1));
      const waiting = wait === "read"
        ? pump.read(bytes(1), abort)
        : pump.ready(wait === "write" ? SSL_WANT_WRITE : SSL_WANT_READ, abort);
      abort.abort(new RangeError("enough"));
      await assertRejects(() => waiting, RangeError, "enough");
      if (wait !== "write") {
        const read = pump.read(bytes(1));
        transport.bring(bytes(1));
        assertEquals([await read, transport.reads], [1, 1]);
      }
    }
  }
});

Deno.test("Pump.read() refuses a second one, and ready() does not wait where bytes are to be looked at", async () => {
  const { session, transport, pump } = setup();
  const first = pump.read(bytes(1));
  for (const second of [() => pump.read(bytes(1)), () => pump.peek(bytes(1))]) {
    await refuses(second, SslError, "ERR_CONCURRENT_READ");
  }
  transport.bring(bytes(1));
  assertEquals(await first, 1);
  Object.defineProperty(session, "fed", { value: true }); // a part of a record
  await pump.ready(SSL_WANT_READ);
  assertEquals(transport.reads, 1);
});

Deno.test("Pump.ready() keeps an error of the transport for the next call", async () => {
  const { transport, pump } = setup();
  pump.tryWrite(bytes(1));
  const ready = pump.ready(SSL_WANT_WRITE);
  transport.refuse(new TypeError("no writer"));
  await ready;
  await refuses(() => pump.write(bytes(1)), SslError, "EIO");
});

Deno.test("Pump.pending() counts what was kept of a peer that is gone, and nothing after close()", async () => {
  const { session, transport, pump } = setup();
  session.input = bytes(1, 2, 3);
  assertEquals(pump.pending(), 3);
  const write = pump.write(bytes(9));
  transport.refuse(new Deno.errors.ConnectionReset("reset"));
  await ticks();
  assertEquals([session.input.length, pump.pending(), transport.reads], [0, 3, 1]);
  await pump.ready(SSL_WANT_READ);
  const p = new Uint8Array(2);
  assertEquals([pump.tryPeek(p), pump.tryRead(p), p, pump.pending()], [2, 2, bytes(1, 2), 1]);
  assertEquals([await pump.peek(p), await pump.read(p), pump.pending()], [1, 1, 0]);
  session.input = bytes(4);
  transport.count(null);
  await refuses(() => write, SslError, "ECONNRESET");
  pump.close();
  assertEquals(pump.pending(), 0);
  for (const call of [() => pump.tryRead(p), () => pump.tryPeek(p)]) {
    assertEquals(assertThrows(call, SslError).code, "ECLOSED");
  }
});

// ---- the handshake

Deno.test("Pump.handshake() sends, reads and waits for a decision, each as the session asks", async () => {
  const { session, transport, pump } = setup();
  session.established = false;
  const decision = Promise.withResolvers<void>();
  session.steps = [SSL_WANT_READ, decision.promise, SSL_WANT_WRITE, true];
  session.onCall = () => session.out = bytes(session.steps.length);
  const shaking = pump.handshake();
  assertEquals([transport.writes, transport.reads], [[bytes(4)], 0]); // it reads when its own was sent
  assertEquals([pump.progress.stage, pump.progress.since === undefined], ["answered", false]);
  transport.take();
  await settle();
  assertEquals(transport.reads, 1);
  transport.bring(bytes(1));
  await settle();
  assertEquals(transport.writes, [bytes(4), bytes(3)]);
  transport.take();
  assert(!await isDone(shaking));
  decision.resolve();
  await settle();
  transport.take();
  await settle();
  assert(!await isDone(shaking)); // a client's last message goes first
  transport.take();
  await shaking;
  assertEquals([transport.reads, session.steps.length], [1, 0]);
});

Deno.test("Pump.handshake(): a server's is over before its tickets are taken", async () => {
  const session = new SteppedSession(), transport = new SteppedTransport();
  session.role = "server";
  session.out = bytes(4);
  const pump = new Pump(session, transport);
  await pump.handshake();
  assertEquals(transport.writes, [bytes(4)]);
});

Deno.test("Pump.handshake() that fails sends its alert first, and keeps its failure as the error", async () => {
  const failure = new SslError("refused", { code: "REFUSED" });
  for (const how of ["taken", "refused", "aborted"] as const) {
    const { session, transport, pump } = setup();
    session.established = false;
    session.steps = [failure];
    session.onCall = () => session.out = bytes(21);
    const abort = new AbortController();
    const shaking = pump.handshake(abort);
    assertEquals(transport.writes, [bytes(21)]);
    if (how !== "aborted") assert(!await isDone(shaking));
    if (how === "taken") transport.take();
    else if (how === "refused") transport.refuse(new Deno.errors.BrokenPipe("broken"));
    else abort.abort(new RangeError("enough"));
    if (how === "aborted") await assertRejects(() => shaking, RangeError, "enough");
    else assertStrictEquals(await assertRejects(() => shaking), failure);
    assertStrictEquals(await assertRejects(() => pump.handshake()), failure);
  }
});

Deno.test("Pump.handshake() that fails does not wait for a peer that takes nothing", async () => {
  const failure = new SslError("refused", { code: "REFUSED" });
  const { session, transport, pump } = setup();
  session.established = false;
  session.steps = [failure];
  session.onCall = () => session.out = bytes(21);
  assertStrictEquals(await assertRejects(() => pump.handshake()), failure); // a quarter of a second
  assertEquals(transport.writes, [bytes(21)]);
  const silent = setup();
  silent.session.established = false;
  silent.session.steps = [failure];
  assertStrictEquals(await assertRejects(() => silent.pump.handshake()), failure);
  assertEquals(silent.transport.writes, []); // there is no alert
});

Deno.test("Pump.handshake() that was aborted goes on with the next call", async () => {
  const { session, transport, pump } = setup();
  session.established = false;
  session.steps = [SSL_WANT_READ, SSL_WANT_READ];
  const abort = new AbortController();
  const first = pump.handshake(abort);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => first, RangeError, "enough");
  const second = pump.handshake();
  await settle();
  transport.bring(bytes(1));
  await second;
  assertEquals([transport.reads, session.feeds], [1, 1]);
});

Deno.test("Pump.tryHandshake() never waits; ready() waits for what it met", async () => {
  const { session, transport, pump } = setup();
  session.established = false;
  const decision = Promise.withResolvers<void>();
  session.steps = [SSL_WANT_READ, decision.promise, SSL_WANT_WRITE, true];
  session.out = bytes(1);
  assertStrictEquals(pump.tryHandshake(), READ());
  assertEquals([transport.writes, transport.reads], [[bytes(1)], 0]);
  const sent = pump.ready(SSL_WANT_READ); // the peer cannot answer what has not gone
  assert(!await isDone(sent));
  assertEquals(transport.reads, 0);
  transport.take();
  await sent;
  assertEquals(transport.reads, 0);
  const came = pump.ready(SSL_WANT_READ);
  transport.bring(bytes(2));
  await came;
  assertStrictEquals(pump.tryHandshake(), READ());
  const decided = pump.ready(SSL_WANT_READ);
  assert(!await isDone(decided));
  decision.resolve();
  await decided;
  assertStrictEquals(pump.tryHandshake(), WRITE());
  session.out = bytes(3);
  session.record = 1;
  assertStrictEquals(pump.tryHandshake(), true);
  assertEquals(transport.reads, 1);
});

Deno.test("Pump.tryHandshake() says at its end what the transport did", () => {
  const { session, transport, pump } = setup();
  session.established = false;
  session.steps = [SSL_WANT_READ, new SslError("refused", { code: "REFUSED" })];
  assertStrictEquals(pump.tryHandshake(), SSL_WANT_READ);
  session.onCall = () => session.out = bytes(21);
  assertEquals(assertThrows(() => pump.tryHandshake(), SslError).code, "REFUSED");
  assertEquals(transport.writes, [bytes(21)]);
});

Deno.test("Pump.tryHandshake() meets the end of either direction", async () => {
  for (const direction of ["in", "out"]) {
    const { session, transport, pump } = setup();
    session.established = false;
    session.steps = [SSL_WANT_READ, SSL_WANT_READ];
    if (direction === "out") session.out = bytes(1);
    assertStrictEquals(pump.tryHandshake(), SSL_WANT_READ);
    const ready = pump.ready(SSL_WANT_READ);
    if (direction === "out") transport.refuse(new TypeError("no writer"));
    else transport.count(null);
    await ready;
    const error = assertThrows(() => pump.tryHandshake(), SslError);
    assertEquals(error.code, direction === "out" ? "EIO" : "ERR_SSL_TRUNCATED");
  }
});

// ---- the end

Deno.test("Pump.shutdown() ends behind what is written; unless fast, it waits for the peer's end", async () => {
  const { session, transport, pump } = setup();
  const { signal } = new AbortController();
  const write = pump.write(bytes(1), { signal });
  const ending = pump.shutdown();
  await settle();
  assertEquals(session.shutdownState.sent, false);
  transport.take();
  await write;
  await settle();
  assertEquals([session.shutdownState.sent, transport.writes], [true, [bytes(1), bytes(0)]]);
  transport.take();
  await settle();
  assertEquals(transport.reads, 1);
  session.atEnd = null;
  transport.bring(bytes(5, 6)); // data of the peer is thrown away
  await ending;
  assertEquals(session.input.length, 0);
});

Deno.test("Pump.shutdown() where the peer's end has come does not read; fast, it never does", async () => {
  for (const fast of [true, false]) {
    const { session, transport, pump } = setup();
    if (!fast) session.shutdownState = { sent: false, received: true };
    const ending = pump.shutdown({ fast });
    await settle();
    transport.take();
    await ending;
    assertEquals([transport.reads, session.shutdownState.sent], [0, true]);
  }
});

Deno.test("Pump.shutdown() ends its wait for writes, for its own alert and for the peer's by a signal", async () => {
  for (const at of ["writes", "alert", "peer"]) {
    const { transport, pump } = setup();
    if (at === "writes") pump.write(bytes(1), new AbortController());
    const abort = new AbortController();
    const ending = pump.shutdown({ signal: abort.signal });
    await settle();
    if (at === "peer") transport.take();
    await settle();
    abort.abort(new RangeError("enough"));
    await assertRejects(() => ending, RangeError, "enough");
    assertEquals(transport.reads, at === "peer" ? 1 : 0);
  }
});

Deno.test("Pump.tryShutdown() waits for writes, for unread data, for its alert and for the peer", async () => {
  const { session, transport, pump } = setup();
  const write = pump.write(bytes(1), new AbortController());
  assertStrictEquals(pump.tryShutdown(), WRITE());
  transport.take();
  await write;
  session.input = bytes(5);
  assertStrictEquals(pump.tryShutdown(), false as never);
  assertEquals([session.shutdownState.sent, session.input.length], [false, 1]);
  session.input = bytes();
  assertStrictEquals(pump.tryShutdown(), WRITE());
  assertEquals(transport.writes, [bytes(1), bytes(0)]);
  transport.take();
  await settle();
  assertStrictEquals(pump.tryShutdown(), READ());
  session.atEnd = null;
  assertStrictEquals(pump.tryShutdown(), true);
});

Deno.test("Pump.release() gives the transport with what was read ahead in front of it", async () => {
  {
    const { session, transport, pump } = setup();
    assertStrictEquals(pump.release(), transport as never);
    assertEquals([session.freed, transport.closed], [true, false]);
    await refuses(() => pump.write(bytes(1)), SslError, "ECLOSED");
    pump.close();
    assertEquals(transport.closed, false); // it is somebody else's
  }
  const { session, transport, pump } = setup();
  const abort = new AbortController();
  const read = pump.read(bytes(1), abort);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => read, RangeError);
  session.input = bytes(1, 2);
  const plain = pump.release();
  transport.bring(bytes(3));
  const p = new Uint8Array(9);
  await settle();
  assertEquals([await plain.read(p), p.subarray(0, 3)], [3, bytes(1, 2, 3)]);
});

Deno.test("Pump.close() closes the transport once, whatever that throws, and ends every wait", async () => {
  const { session, transport, pump } = setup();
  let closes = 0;
  transport.close = () => {
    closes++;
    throw new Deno.errors.BadResource("closed already");
  };
  const read = pump.read(bytes(1)), write = pump.write(bytes(1));
  pump.close();
  pump.close();
  transport.count(null);
  await refuses(() => read, SslError, "ECLOSED");
  await refuses(() => write, SslError, "ECLOSED");
  assertEquals([closes, session.freed], [1, true]);
  await pump.ready(SSL_WANT_READ);
  assertEquals(transport.reads, 1);
});

Deno.test("Pump inside a callback of its session: what can wait waits, what cannot is refused", async () => {
  const { session, transport, pump } = setup();
  session.busy = true;
  assert(pump.idle instanceof Promise);
  for (
    const call of [
      () => pump.tryRead(bytes(1)),
      () => pump.tryPeek(bytes(1)),
      () => pump.tryWrite(bytes(1)),
      () => pump.tryHandshake(),
      () => pump.tryShutdown(),
      () => pump.pending(),
      () => pump.release(),
    ]
  ) assertEquals(assertThrows(call, SslError).code, "ERR_IN_CALLBACK");
  const calls: string[] = [];
  session.onCall = (name) => void calls.push(`${name} ${session.busy}`);
  session.input = bytes(1, 2);
  const waits = [
    pump.write(bytes(1)),
    pump.read(bytes(1)),
    pump.handshake(),
    pump.shutdown({ fast: true }),
    pump.ready(SSL_WANT_READ),
  ];
  assertEquals(calls, []);
  session.busy = false;
  await settle();
  for (let i = 0; i < 3; i++) (transport.take(), await settle());
  await Promise.all(waits);
  assertEquals(calls.toSorted(), [
    "closeNotify false",
    "handshake false",
    "read false",
    "write false",
  ]);
  assertEquals(pump.idle, undefined);
});
