/** From the transport to the session: one read at a time, and what becomes of what it brings. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { giveBuffer, MAX_WRITE, ReadBuffers, takeBuffer } from "../../engine/buffers.ts";
import { Inflow } from "../../engine/inflow.ts";
import { LastWords, MAX_KEPT } from "../../engine/last_words.ts";
import { Outflow } from "../../engine/outflow.ts";
import { SessionCalls } from "../../engine/session_calls.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslError, SslTruncatedError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { settle, SteppedSession, SteppedTransport, ticks } from "./stepped.ts";

function setup() {
  const session = new SteppedSession(), transport = new SteppedTransport();
  const inflow = new Inflow(session, transport);
  return { session, transport, inflow };
}

const bytes = (...values: number[]) => Uint8Array.of(...values);

Deno.test("Inflow.fill() feeds what one read brings; an aborted wait leaves the read to the next", async () => {
  const { session, transport, inflow } = setup();
  const abort = new AbortController();
  const first = inflow.fill(abort.signal);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => first, RangeError, "enough");
  const second = inflow.fill();
  assertEquals(transport.reads, 1);
  transport.bring(bytes(1, 2));
  await second;
  assertEquals([session.input, session.feeds], [bytes(1, 2), 1]);
  inflow.check();
  assertEquals(inflow.ended, false);
});

Deno.test("Inflow: what two operations wait for is fed once", async () => {
  const { session, transport, inflow } = setup();
  const fills = [inflow.fill(), inflow.fill()];
  assertStrictEquals(inflow.begin(), inflow.begin());
  transport.bring(bytes(7));
  await Promise.all(fills);
  assertEquals([session.input, session.feeds, transport.reads], [bytes(7), 1, 1]);
});

Deno.test("Inflow: a count that a read cannot have is an error of the transport, and nothing is fed", async () => {
  for (const [n, text] of [[0, "gave 0 bytes"], [-1, "gave -1 bytes"], [4097, "gave 4097 bytes"]]) {
    const { session, transport, inflow } = setup();
    const fill = inflow.fill();
    assertEquals(transport.room, 4096);
    transport.count(n as number);
    const error = await refuses(() => fill, SslError, "EIO");
    assert(error.message.includes(`${text} for a buffer of 4096`), error.message);
    assertEquals([session.feeds, inflow.ended], [0, true]);
    assertStrictEquals(assertThrows(() => inflow.check()), error);
  }
  const { session, transport, inflow } = setup();
  const fill = inflow.fill();
  transport.bring(new Uint8Array(4096)); // as many as there is room for
  await fill;
  assertEquals(session.input.length, 4096);
});

Deno.test("Inflow: an end and a reset are what the session makes of them, a closed transport is our own", async () => {
  const reset = new Deno.errors.ConnectionReset("reset");
  for (const cause of [undefined, reset]) {
    const { transport, inflow } = setup();
    const fill = inflow.fill();
    if (cause) transport.failRead(cause);
    else transport.count(null);
    const error = await refuses(() => fill, SslTruncatedError, "ERR_SSL_TRUNCATED");
    assertStrictEquals(error.cause, cause);
    assertStrictEquals(assertThrows(() => inflow.begin()), error);
    assertEquals(transport.reads, 1);
  }
  for (const cause of [new Deno.errors.BadResource("gone"), new TypeError("no reader")]) {
    const { transport, inflow } = setup();
    const fill = inflow.fill();
    transport.failRead(cause);
    const error = await assertRejects(() => fill, SslError, "Cannot read: the connection failed");
    assert(!(error instanceof SslTruncatedError));
  }
});

Deno.test("Inflow.close(): nothing begins, and what a read still brings is not fed", async () => {
  const { session, transport, inflow } = setup();
  const fill = inflow.fill();
  inflow.close();
  transport.bring(bytes(1));
  await refuses(() => fill, SslError, "ECLOSED");
  assertEquals(session.feeds, 0);
  assertEquals(assertThrows(() => inflow.begin(), SslError).code, "ECLOSED");
  assertEquals(transport.reads, 1);
});

Deno.test("Inflow.release() gives what the read in flight brings, and feeds nothing", async () => {
  {
    const { session, transport, inflow } = setup();
    const fill = inflow.fill();
    const rest = inflow.release();
    transport.bring(bytes(1, 2, 3));
    assertEquals(await rest, bytes(1, 2, 3));
    await fill;
    assertEquals(session.feeds, 0);
    assertEquals(assertThrows(() => inflow.begin(), SslError).code, "ECLOSED");
  }
  const { transport, inflow } = setup();
  inflow.begin();
  const rest = inflow.release();
  transport.count(null);
  assertEquals(await rest, null);
  assertEquals(setup().inflow.release(), undefined);
});

Deno.test("a connection reads with larger buffers while it fills them, and with smaller ones again", () => {
  const buffers = new ReadBuffers();
  const next = () => buffers.take().length;
  const sizes = (...reads: number[]) => reads.map((n) => (buffers.got(buffers.take(), n), next()));
  assertEquals(next(), 4096);
  assertEquals(sizes(4095, 4096, 16383, 16384, 69632, 131072, 131072), [
    ...[4096, 16384, 16384, 69632, 131072, 131072, 131072],
  ]);
  // A quarter of the next smaller one.
  assertEquals(sizes(17408, 17407, 4096, 4095, 1024, 1023, 256, 255, 1, 1024), [
    ...[131072, 69632, 69632, 16384, 16384, 4096, 4096, 1024, 1024, 4096],
  ]);
});

Deno.test("a buffer is given again only when it was given back, and a pool keeps so many", () => {
  assertEquals(
    [1, 1025, 4096, 4097, 16384, 69633, 131072, 131073].map((n) => takeBuffer(n).length),
    [
      ...[1024, 4096, 4096, 16384, 16384, 131072, 131072, 131072],
    ],
  );
  const one = takeBuffer(MAX_WRITE);
  assert(takeBuffer(MAX_WRITE) !== one);
  giveBuffer(one);
  assertStrictEquals(takeBuffer(MAX_WRITE), one);
  const odd = new Uint8Array(5000);
  giveBuffer(odd);
  assert(takeBuffer(5000) !== odd && takeBuffer(4096) !== odd);
  const many = Array.from({ length: 12 }, () => new Uint8Array(131072));
  while (many.includes(takeBuffer(131072)));
  many.forEach(giveBuffer);
  let kept = 0;
  while (many.includes(takeBuffer(131072))) kept++;
  assert(kept <= 8 && kept > 0, `${kept}`);
});

// ---- what a peer that is gone has left

function broken() {
  const { session, transport, inflow } = setup();
  const out = new Outflow(session, transport, (cause) => Promise.resolve(cause));
  const calls = new SessionCalls(session, out);
  const state = { reading: false };
  const words = new LastWords(session, inflow, { calls, reading: () => state.reading });
  return { session, transport, inflow, calls, state, words };
}

Deno.test("LastWords keeps the data before the failure, and gives it in parts", async () => {
  const { session, transport, calls, words } = broken();
  assertEquals([words.size, words.take(new Uint8Array(1), false)], [0, 0]);
  session.input = bytes(1, 2, 3);
  const failure = new SslError("the alert", { code: "ALERT" });
  const hearing = words.hear();
  assertEquals([words.size, transport.reads], [3, 1]);
  transport.bring(bytes(4, 5));
  await ticks();
  assertEquals([words.size, transport.reads], [5, 2]);
  session.onCall = () => {
    throw failure;
  };
  transport.bring(bytes(6));
  await hearing;
  assertStrictEquals(calls.failure, failure);
  const p = new Uint8Array(2);
  const take = (peek: boolean) => [words.take(p, peek), p[0], words.size];
  assertEquals(take(true), [2, 1, 5]);
  assertEquals(take(false), [2, 1, 3]);
  assertEquals(take(true), [1, 3, 3]);
  assertEquals(take(false), [1, 3, 2]);
  assertEquals(take(false), [2, 4, 0]);
  assertEquals(words.take(p, true), 0);
});

Deno.test("LastWords stops at so much data, exactly", async () => {
  const { session, transport, words } = broken();
  session.input = new Uint8Array(MAX_KEPT);
  session.atEnd = null;
  let calls = 0;
  session.onCall = () => calls++;
  await words.hear();
  const { length } = takeBuffer(MAX_WRITE);
  assertEquals([words.size, transport.reads], [MAX_KEPT, 0]);
  assertEquals(calls, Math.ceil(MAX_KEPT / length)); // and not once more
  session.input = new Uint8Array(1);
  await words.hear();
  assertEquals([words.size, session.input.length], [MAX_KEPT, 1]);
});

Deno.test("LastWords asks for more only where more may come", async () => {
  {
    const { session, transport, words } = broken();
    session.input = bytes(1);
    session.atEnd = null;
    await words.hear(); // close_notify has come: nothing follows
    assertEquals([words.size, transport.reads], [1, 0]);
  }
  {
    const { session, transport, words } = broken();
    session.established = false;
    session.steps = [Promise.resolve()];
    await words.hear(); // the application decides: no answer can go
    assertEquals(transport.reads, 0);
  }
  for (const want of [SSL_WANT_READ, SSL_WANT_WRITE]) {
    const { session, transport, words } = broken();
    session.established = false;
    session.steps = [want, new SslError("refused", { code: "REFUSED" })];
    const hearing = words.hear();
    assertEquals(transport.reads, 1);
    transport.bring(bytes(1));
    await hearing;
    assertEquals([session.steps, transport.reads], [[], 1]);
  }
  {
    const { session, transport, words } = broken();
    session.established = false;
    session.input = bytes(1);
    session.steps = [true]; // it is complete, and data follows
    const hearing = words.hear();
    assertEquals(words.size, 1);
    transport.count(null);
    await hearing;
  }
});

Deno.test("LastWords hears nothing where the connection was closed, or its failure is known", async () => {
  for (const end of ["close", "failNext"] as const) {
    const { session, transport, calls, words } = broken();
    session.input = bytes(1);
    calls[end](new Error("known"));
    await words.hear();
    assertEquals([words.size, transport.reads, session.input.length], [0, 0, 1]);
  }
});

Deno.test("LastWords leaves what comes to a read of the application that waits for it", async () => {
  const { session, transport, inflow, state, words } = broken();
  state.reading = true;
  session.input = bytes(1);
  const hearing = words.hear();
  assertEquals([words.size, transport.reads], [0, 1]);
  transport.bring(bytes(2));
  await ticks();
  assertEquals([words.size, session.input], [0, bytes(1, 2)]);
  state.reading = false; // it has taken its part
  session.input = bytes(2);
  await settle();
  assertEquals([words.size, transport.reads], [1, 2]);
  transport.failRead(new Deno.errors.ConnectionReset("reset"));
  await hearing;
  assertEquals([words.size, inflow.ended], [1, true]);
});

Deno.test("LastWords gives up where a connection that is broken in one direction says nothing", async () => {
  const { transport, inflow, words } = broken();
  await words.hear(); // for a quarter of a second
  assertEquals([words.size, transport.reads, inflow.ended], [0, 1, false]);
});
