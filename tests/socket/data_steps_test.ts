/** Reading, writing and the end of a connection, step by step: over TLS and in plain text. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
} from "../../errors.ts";
import { FastStopped } from "../../socket/fast_stopped.ts";
import { PlainStream } from "../../socket/plain_stream.ts";
import { settle, SteppedTransport } from "../engine/stepped.ts";
import { refuses } from "../helpers/refuses.ts";
import { type Machine, open, PEER, plain } from "./machines.ts";

const bytes = (...values: number[]) => Uint8Array.of(...values);
const one = () => new Uint8Array(1);

type Call = (p: unknown) => unknown;

/** The code of the error that a call throws. */
const code = (call: () => unknown): string => assertThrows(call, SslError).code;

/** What every operation gives now: the codes of their errors. */
async function codes({ connection: { data } }: Machine): Promise<string[]> {
  const told: string[] = [];
  for (const call of [data.read, data.peek, data.write]) {
    told.push(await call.call(data, one()).then(String, (e) => e.code));
  }
  for (const call of [data.tryRead, data.tryPeek, data.tryWrite]) {
    told.push(code(() => call.call(data, one())));
  }
  return told;
}

// ---- what is not a buffer, and what is empty

Deno.test("what is not a Uint8Array is refused by every call, with TLS and without", async () => {
  for (const m of [open(), plain()]) {
    const { data } = m.connection;
    const calls = [
      [data.read, "read from"],
      [data.peek, "read from"],
      [data.tryRead, "read from"],
      [data.tryPeek, "read from"],
      [data.write, "write to"],
      [data.tryWrite, "write to"],
    ] as const;
    for (const [call, operation] of calls) {
      for (const given of ["text", 5, null, undefined, [1], new Uint16Array(2)]) {
        const run = async () => void await (call as Call).call(data, given);
        const error = await assertRejects(run, TypeError);
        const what = operation === "read from" ? "the buffer" : "the data";
        assert(
          error.message.startsWith(`Cannot ${operation} ${PEER}: ${what} must be a Uint8Array`),
          error.message,
        );
        const shown = typeof given === "object" && given !== null
          ? given.constructor.name
          : given === null
          ? "null"
          : typeof given;
        assert(error.message.includes(`received ${shown}`), error.message);
        assertEquals(
          error.message.includes("encode it with TextEncoder"),
          given === "text" && operation === "write to",
        );
        assertEquals(
          error.message.includes("give new Uint8Array(5)"),
          given === 5 && operation === "read from",
        );
      }
    }
    assertEquals([m.transport.reads, m.transport.writes], [0, []]);
  }
});

Deno.test("an empty buffer is answered with 0 at once, and with the error where there is one", async () => {
  for (const m of [open(), plain()]) {
    const { data } = m.connection;
    assertEquals([await data.read(bytes()), await data.peek(bytes())], [0, 0]);
    assertEquals([data.tryRead(bytes()), data.tryPeek(bytes())], [0, 0]);
    assertEquals(m.transport.reads, 0);
    m.connection.life.moveTo({ name: "closed" });
    await refuses(() => data.read(bytes()), SslError, "ECLOSED");
    await refuses(() => data.peek(bytes()), SslError, "ECLOSED");
    assertEquals(code(() => data.tryRead(bytes())), "ECLOSED");
  }
});

// ---- reading and writing

Deno.test("data goes to TLS where it is open, and to the transport where it is plain", async () => {
  const m = open();
  const { data } = m.connection;
  m.session.input = bytes(1, 2, 3);
  const p = new Uint8Array(2);
  assertEquals([data.pending(), data.tryPeek(p), await data.peek(p)], [3, 2, 2]);
  assertEquals([data.tryRead(p.subarray(1)), await data.read(p), p], [1, 2, bytes(2, 3)]);
  assertStrictEquals(data.tryRead(p), SSL_WANT_READ);
  assertStrictEquals(m.connection.life.lastWant, SSL_WANT_READ);
  const write = data.write(bytes(7));
  m.transport.take();
  assertEquals([await write, m.transport.writes], [1, [bytes(7)]]);
  assertEquals(data.tryWrite(bytes(8)), 1);
  const full = new Uint8Array(70_000);
  data.tryWrite(full);
  assertStrictEquals(data.tryWrite(full), SSL_WANT_WRITE);
  assertStrictEquals(m.connection.life.lastWant, SSL_WANT_WRITE);

  const t = plain();
  const reading = t.connection.data.read(p);
  t.transport.bring(bytes(9));
  assertEquals([await reading, p[0], t.session.feeds], [1, 9, 0]);
  const writing = t.connection.data.write(bytes(5));
  await settle();
  t.transport.take();
  assertEquals(await writing, 1);
});

Deno.test("ready() waits for what was asked for: what it is given, the last want, or bytes", async () => {
  for (const m of [open(), plain()]) {
    const { data, life } = m.connection;
    const bytesCame = data.ready(undefined);
    await settle();
    assertEquals(m.transport.reads, 1);
    m.transport.bring(bytes(1));
    await bytesCame;
    life.lastWant = SSL_WANT_WRITE;
    await data.ready(undefined); // nothing is under way
    life.lastWant = SSL_WANT_READ;
    await data.ready(SSL_WANT_WRITE);
    const abort = new AbortController();
    data.tryRead(one());
    const aborted = data.ready(SSL_WANT_READ, abort);
    abort.abort(new RangeError("enough"));
    await assertRejects(() => aborted, RangeError, "enough");
    for (const phase of ["failed", "closed"] as const) {
      const stream = new PlainStream(m.transport); // which outlives the handshake
      const { reads } = m.transport;
      life.phase = phase === "failed" ? { name: phase, stream } : { name: phase };
      await data.ready(undefined); // the next call says why
      assertEquals(m.transport.reads, reads);
    }
  }
});

Deno.test("a connection that was cut says so again and again, over TLS; allowTruncation makes it an end", async () => {
  for (const allowTruncation of [false, true]) {
    const m = open({ allowTruncation });
    const { data, life } = m.connection;
    const reading = data.read(one());
    m.transport.count(null);
    if (allowTruncation) {
      assertEquals([await reading, await data.read(one()), await data.peek(one())], [
        ...[null, null, null],
      ]);
      assertEquals([data.tryRead(one()), data.tryPeek(one())], [null, null]);
    } else {
      const error = await refuses(() => reading, SslTruncatedError, "ERR_SSL_TRUNCATED");
      assertStrictEquals(life.error, error);
      for (const call of [data.read, data.peek, data.tryRead, data.tryPeek]) {
        const run = async () => void await (call as Call).call(data, one());
        await refuses(run, SslTruncatedError, "ERR_SSL_TRUNCATED");
      }
    }
    assertEquals(life.ends, { sent: false, received: false, truncated: true });
    assertEquals(m.connection.directions, "w");
  }
});

Deno.test("allowTruncation forgives no other error, nor a read of a socket that is closed", async () => {
  const m = open({ allowTruncation: true });
  const failure = new SslError("broken", { code: "BROKEN" });
  m.session.onCall = () => {
    throw failure;
  };
  assertStrictEquals(await assertRejects(() => m.connection.data.read(one())), failure);
  assertEquals(m.connection.life.ends.truncated, false);

  const cut = open({ allowTruncation: true });
  const reading = cut.connection.data.read(one());
  cut.connection.life.closing = Promise.resolve();
  cut.transport.count(null);
  await refuses(() => reading, SslError, "ECLOSED");
});

Deno.test("an error of the transport has the peer in it; the reason of a signal stays what it is", async () => {
  const m = plain();
  const { data, life } = m.connection;
  const reading = data.read(one());
  m.transport.failRead(new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)"));
  const error = await refuses(() => reading, SslError, "ECONNRESET");
  assertEquals(error.message, `Cannot read from ${PEER}: Connection reset by peer`);
  assertEquals([error.errno, error.facts?.role, life.error], [104, "client", error]);
  for (const m of [open(), plain()]) {
    const calls = m.connection.phase === "open" ? ["write", "read"] as const : ["read"] as const;
    for (const call of [...calls, "peek"] as const) {
      const abort = new AbortController();
      const calling = m.connection.data[call](one(), abort);
      await settle();
      abort.abort(new DOMException("enough"));
      assertStrictEquals(await assertRejects(() => calling), abort.signal.reason);
    }
  }
});

Deno.test("a write that fails says so, with a signal and without", async () => {
  for (const signal of [undefined, new AbortController().signal]) {
    const m = open();
    const write = m.connection.data.write(one(), { signal });
    await settle();
    m.transport.refuse(new TypeError("no writer"));
    const error = await refuses(() => write, SslError, "EIO");
    assertStrictEquals(m.connection.life.error, error);
  }
});

// ---- the end of the peer's direction

Deno.test("onPeerShutdown is called once, by the read that meets the end, with the socket", async () => {
  for (const way of ["read", "tryRead"] as const) {
    const told: unknown[] = [];
    const m = open({ onPeerShutdown: (socket) => void told.push(socket) });
    m.session.input = bytes(1, 2);
    const face = m.connection.life.face = {};
    const { data } = m.connection;
    assertEquals([await data[way](one()), await data[way](one())], [1, 1]); // data comes first
    m.session.atEnd = null;
    assertEquals(await data.peek(one()), null); // looking is not meeting it
    assertEquals(told, []);
    assertEquals([await data[way](one()), await data[way](one())], [null, null]);
    assertEquals(told, [face]);
  }
});

Deno.test("onPeerShutdown may give what the read gives: a count that the buffer has, or null", async () => {
  const cases: [unknown, unknown][] = [[0, 0], [2, 2], [null, null], [undefined, null]];
  for (const [answer, expected] of cases) {
    for (const promise of [false, true]) {
      const m = open({
        onPeerShutdown: () => (promise ? Promise.resolve(answer) : answer) as null,
      });
      m.session.atEnd = null;
      assertEquals(await m.connection.data.read(new Uint8Array(2)), expected);
      const t = open({
        onPeerShutdown: () => (promise ? Promise.resolve(answer) : answer) as null,
      });
      t.session.atEnd = null;
      assertEquals(t.connection.data.tryRead(new Uint8Array(2)), promise ? null : expected);
    }
  }
  for (const wrong of [3, -1, 0.5, "1", {}]) {
    const m = open({ onPeerShutdown: () => wrong as never });
    m.session.atEnd = null;
    const read = () => m.connection.data.read(new Uint8Array(2));
    await assertRejects(read, RangeError, "a number of bytes from 0 to 2");
  }
});

Deno.test("onPeerShutdown that rejects fails the read that waits, and is kept by one that does not", async () => {
  const failure = new SslError("no", { code: "NO" });
  const onPeerShutdown = () => Promise.reject(failure);
  const m = open({ onPeerShutdown });
  m.session.atEnd = null;
  assertStrictEquals(await assertRejects(() => m.connection.data.read(one())), failure);
  const t = open({ onPeerShutdown });
  t.session.atEnd = null;
  assertEquals(t.connection.data.tryRead(one()), null);
  await settle();
  assertStrictEquals(t.connection.life.error, failure);
});

Deno.test("answering the peer's end at once sends one close_notify, and TLS is over until it is stopped", async () => {
  const m = open();
  const { data, life } = m.connection;
  assertEquals(data.answerEnd(m.pump), null);
  await settle();
  assertEquals([m.transport.writes, life.phase.name], [[bytes(0)], "half closed"]);
  assertEquals(await codes(m), Array(6).fill("ERR_TLS_ENDED"));
  assertEquals(life.error?.message.includes("call stopSsl() or close()"), true);
  data.answerEnd(m.pump);
  await settle();
  assertEquals(m.transport.writes.length, 1);

  const gone = open(); // the peer does not wait for the answer
  gone.connection.data.answerEnd(gone.pump);
  await settle();
  gone.transport.refuse(new TypeError("no writer"));
  await settle();
  assertEquals(gone.connection.life.error?.code, "EIO");
  const closing = open();
  closing.connection.data.answerEnd(closing.pump);
  await settle();
  closing.connection.life.closing = Promise.resolve();
  closing.transport.refuse(new TypeError("no writer"));
  await settle();
  assertEquals(closing.connection.life.error, undefined);
});

// ---- where no data can go

Deno.test("every call says what stands in its way", async () => {
  const shaking = plain();
  const stream = shaking.connection.life.stream!;
  const begun = { name: "handshaking", tls: undefined, prepared: undefined } as const;
  shaking.connection.life.phase = { ...begun, stream, transport: undefined };
  assertEquals(await codes(shaking), Array(6).fill("ENOTCONN"));
  assert(shaking.connection.life.error?.message.includes("the handshake is not complete"));
  shaking.connection.life.closing = Promise.resolve();
  assertEquals(await codes(shaking), Array(6).fill("ECLOSED"));

  const failed = plain();
  failed.connection.life.phase = { name: "failed", stream: undefined };
  assertEquals(await codes(failed), Array(6).fill("ENOTCONN"));
  assert(failed.connection.life.error?.message.includes("the handshake failed"));

  const closed = plain();
  closed.connection.life.phase = { name: "closed" };
  assertEquals(await codes(closed), Array(6).fill("ECLOSED"));

  const refused = plain();
  const cause = new TypeError("not so");
  refused.connection.life.phase = { name: "plain", stream, refusal: cause };
  assertEquals(await codes(refused), Array(6).fill("ERR_START_TLS"));
  assertStrictEquals(refused.connection.life.error?.cause, cause);

  const unread = plain();
  const refusal = new SslError("unread", { code: "ERR_UNREAD" });
  unread.connection.life.phase = { ...unread.connection.life.phase, refusal } as never;
  assertStrictEquals(unread.connection.data.tryRead(one()), SSL_WANT_READ); // it is there to be read
  assertEquals(code(() => unread.connection.data.tryWrite(one())), "ERR_START_TLS");
});

Deno.test("after our own close_notify writes are EPIPE, reads go on, and a close is reported as such", async () => {
  const m = open();
  const { data, life, shutdown } = m.connection;
  const ending = shutdown.closeWrite();
  await settle();
  m.transport.take();
  await ending;
  await shutdown.closeWrite(); // once
  assertEquals(m.transport.writes, [bytes(0)]);
  assertEquals([life.ends.sent, m.connection.directions], [true, "r"]);
  await refuses(() => data.write(one()), SslError, "EPIPE");
  assertEquals(code(() => data.tryWrite(one())), "EPIPE");
  m.session.input = bytes(1);
  assertEquals([await data.read(one()), m.connection.opened], [1, 1]);
  life.closing = Promise.resolve();
  await refuses(() => data.write(one()), SslError, "ECLOSED");
});

// ---- closeWrite(), stopSsl(), close()

Deno.test("closeWrite() of a plain connection waits for what is unsent, and ends the transport's direction", async () => {
  const m = plain();
  let ends = 0;
  Object.assign(m.transport, { closeWrite: () => Promise.resolve(void ends++) });
  m.connection.data.tryWrite(bytes(1));
  const ending = m.connection.shutdown.closeWrite();
  await settle();
  assertEquals(ends, 0);
  m.transport.take();
  await ending;
  assertEquals(ends, 1);
  const failing = open();
  const closing = failing.connection.shutdown.closeWrite();
  await settle();
  failing.transport.refuse(new TypeError("no writer"));
  await refuses(() => closing, SslError, "EIO");
});

Deno.test("stopSsl() refuses unread bytes before it sends anything, and those that come meanwhile", async () => {
  const before = open();
  before.session.input = bytes(1);
  await refuses(() => before.connection.shutdown.stop(), SslError, "ERR_UNREAD");
  assertEquals([before.transport.writes, before.connection.phase], [[], "open"]);
  assertEquals(code(() => before.connection.shutdown.tryStop()), "ERR_UNREAD");
  assertEquals(await before.connection.data.read(one()), 1);

  const meanwhile = open();
  const stopping = meanwhile.connection.shutdown.stop();
  await settle();
  meanwhile.transport.take();
  await settle();
  meanwhile.transport.bring(bytes(2));
  await refuses(() => stopping, SslError, "ERR_UNREAD");
  assertEquals([meanwhile.connection.phase, await meanwhile.connection.data.read(one())], [
    ...["half closed", 1],
  ]);
});

Deno.test("stopSsl() goes back to plain text when the peer's end has come, or at once without one", async () => {
  const full = open();
  const stopping = full.connection.shutdown.stop();
  await settle();
  full.session.atEnd = null;
  full.transport.take();
  assertStrictEquals(await stopping, full.transport as never);
  assertEquals([full.connection.phase, full.session.freed, full.transport.closed], [
    ...["plain", true, false],
  ]);
  assertStrictEquals(full.connection.life.transport, full.transport as never);

  const silent = open();
  silent.session.input = bytes(1);
  const { shutdown } = silent.connection;
  await refuses(() => shutdown.stop({ noShutdown: true }), SslError, "ERR_UNREAD");
  // noShutdown is the stronger of the two: nothing is fast that sends nothing.
  await refuses(
    () => shutdown.stop({ noShutdown: true, fastShutdown: true }),
    SslError,
    "ERR_UNREAD",
  );
  await silent.connection.data.read(one());
  assertStrictEquals(await shutdown.stop({ noShutdown: true }), silent.transport as never);
  assertEquals([silent.transport.writes, silent.connection.phase], [[], "plain"]);
});

Deno.test("stopSsl({ fastShutdown: true }) reads the rest of TLS, its end once, then plain text", async () => {
  const m = open();
  const { data, life, shutdown } = m.connection;
  m.session.input = bytes(1);
  const stopping = shutdown.stop({ fastShutdown: true });
  await settle();
  m.transport.take();
  assert(await stopping instanceof FastStopped);
  assertEquals([m.connection.phase, life.resumes], ["plain", false]);
  assertEquals([await data.read(one()), life.resumes], [1, false]);
  m.session.atEnd = null;
  assertEquals([await data.peek(one()), life.resumes], [null, false]); // it is yet to be read
  assertEquals([await data.read(one()), life.resumes, m.session.freed], [null, true, true]);
  const next = data.read(one());
  await settle();
  m.transport.bring(bytes(5));
  assertEquals([await next, life.resumes], [1, false]);

  const told = open();
  told.session.atEnd = null;
  assertEquals(await told.connection.data.read(one()), null);
  const fast = told.connection.shutdown.stop({ fastShutdown: true });
  await settle();
  told.transport.take();
  assertStrictEquals(await fast, told.transport as never); // its end was read before
});

Deno.test("stopSsl() of a plain connection gives the transport; of the others it is an error", async () => {
  const m = plain();
  m.connection.data.tryRead(one());
  const ready = m.connection.data.ready(SSL_WANT_READ);
  m.transport.bring(bytes(1, 2));
  await ready;
  const transport = await m.connection.shutdown.stop();
  const p = new Uint8Array(4);
  assertEquals([await m.connection.data.read(p), p[1]], [2, 2]);
  assert(transport !== m.transport as never);
  assertStrictEquals(m.connection.shutdown.tryStop(), true);

  const closing = open();
  closing.connection.life.closing = Promise.resolve();
  const refused = await refuses(() => closing.connection.shutdown.stop(), SslError, "ECLOSED");
  assertStrictEquals(closing.connection.life.error, refused);

  const deno = open({}, "deno");
  await assertRejects(() => deno.connection.shutdown.stop(), SslUnsupportedError, "stopSsl()");
  assertThrows(() => deno.connection.shutdown.tryStop(), SslUnsupportedError, "stopSsl()");
  assertEquals(deno.transport.writes, []);
});

Deno.test("stopSsl() that is closed meanwhile, or takes too long, does not go back to plain text", async () => {
  const m = open();
  const stopping = m.connection.shutdown.stop();
  await settle();
  m.session.atEnd = null;
  m.transport.take();
  m.connection.life.closing = Promise.resolve();
  await refuses(() => stopping, SslError, "ECLOSED");
  assertEquals(m.connection.phase, "half closed");

  const late = open();
  await refuses(
    () => late.connection.shutdown.stop({ timeout: 1 }),
    SslTimeoutError,
    "ETIMEDOUT",
  );
  const given = open({ timeout: 1 });
  await refuses(() => given.connection.shutdown.stop(), SslTimeoutError, "ETIMEDOUT");
});

Deno.test("tryStopSsl() goes step by step, and remembers what it waits for", async () => {
  const m = open();
  const { life, shutdown } = m.connection;
  assertStrictEquals(shutdown.tryStop(), SSL_WANT_WRITE);
  assertEquals([life.phase.name, m.transport.writes], ["half closed", [bytes(0)]]);
  assertStrictEquals(life.lastWant, SSL_WANT_WRITE);
  m.transport.take();
  await settle();
  assertStrictEquals(shutdown.tryStop(), SSL_WANT_READ);
  assertStrictEquals(life.lastWant, SSL_WANT_READ);
  m.session.atEnd = null;
  assertStrictEquals(shutdown.tryStop(), true);
  assertEquals([m.connection.phase, m.session.freed], ["plain", true]);

  const cut = open();
  cut.connection.shutdown.tryStop();
  cut.transport.take();
  await settle();
  const ready = cut.connection.data.ready(SSL_WANT_READ);
  cut.transport.count(null);
  await ready;
  assertThrows(() => cut.connection.shutdown.tryStop(), SslTruncatedError);
  assertEquals(cut.connection.life.ends.truncated, true);

  const inside = open();
  inside.session.busy = true;
  const refused = code(() => inside.connection.shutdown.tryStop());
  inside.session.busy = false; // who waits for that goes on
  assertEquals(refused, "ERR_IN_CALLBACK");
});

Deno.test("close() sends close_notify and waits for nobody, unless it is asked to; it is made once", async () => {
  const m = open();
  let closed = 0;
  m.connection.life.onClose = () => closed++;
  const closing = m.connection.shutdown.close();
  await settle();
  assertEquals([m.transport.writes, m.transport.closed], [[bytes(0)], false]);
  const again = m.connection.shutdown.close({ noShutdown: true });
  m.transport.take();
  await Promise.all([closing, again, m.connection.shutdown.close()]);
  assertEquals([m.transport.closed, m.transport.reads, closed], [true, 0, 1]);
  assertEquals(await codes(m), Array(6).fill("ECLOSED"));

  const slow = open();
  const waiting = slow.connection.shutdown.close({ fastShutdown: false });
  await settle();
  slow.transport.take();
  await settle();
  assertEquals([slow.transport.reads, slow.transport.closed], [1, false]);
  slow.session.atEnd = null;
  slow.transport.bring(bytes(1));
  await waiting;
  assertEquals(slow.transport.closed, true);
});

Deno.test("close() of a connection whose close_notify was sent sends no second one, but can wait for the peer's", async () => {
  for (const fastShutdown of [true, false]) {
    const m = open();
    const ending = m.connection.shutdown.closeWrite();
    await settle();
    m.transport.take();
    await ending;
    const closing = m.connection.shutdown.close({ fastShutdown });
    await settle();
    assertEquals([m.transport.closed, m.transport.reads], fastShutdown ? [true, 0] : [false, 1]);
    m.session.atEnd = null;
    if (!fastShutdown) m.transport.bring(bytes(1));
    await closing;
    assertEquals(m.transport.writes, [bytes(0)]);
  }
});

Deno.test("close() that fails is an error for who waits for the peer, and kept for others", async () => {
  for (const fastShutdown of [true, false]) {
    const m = open();
    const closing = m.connection.shutdown.close({ fastShutdown });
    const second = m.connection.shutdown.close();
    await settle();
    m.transport.refuse(new TypeError("no writer"));
    if (fastShutdown) await closing;
    else await refuses(() => closing, SslError, "EIO");
    await second; // the first caller has the error
    assertEquals([m.connection.error?.code, m.transport.closed], ["EIO", true]);
  }
  const late = open();
  await late.connection.shutdown.close({ timeout: 1 });
  assertEquals([late.connection.error?.code, late.transport.closed], ["ETIMEDOUT", true]);
});

Deno.test("close({ noShutdown: true }) and cut() send nothing; the Deno engine cannot do the first", async () => {
  const cases = [
    (m: Machine) => m.connection.shutdown.close({ noShutdown: true }),
    (m: Machine) => m.connection.shutdown.cut(),
  ];
  for (const end of cases) {
    const m = open();
    await Promise.all([end(m), m.connection.shutdown.cut()]);
    assertEquals([m.transport.writes, m.transport.closed], [[], true]);
  }
  const deno = open({}, "deno");
  const refused = assertThrows(
    () => deno.connection.shutdown.close({ noShutdown: true }),
    SslUnsupportedError,
    'option "noShutdown"',
  );
  assert(refused.message.includes("leave it out"));
  assertEquals(deno.transport.closed, false);
  const before = plain({}, "deno"); // no TLS: nothing to send
  await before.connection.shutdown.close({ noShutdown: true });
  assertEquals(before.transport.closed, true);
});

// ---- a plain stream

Deno.test("PlainStream: a read with a signal leaves its bytes to the next one; without, it is the caller's", async () => {
  const transport = new SteppedTransport();
  const stream = new PlainStream(transport);
  const { signal } = new AbortController();
  const aborted = new AbortController();
  const first = stream.read(one(), aborted);
  assertEquals([transport.room, stream.reading], [16384, false]);
  aborted.abort(new RangeError("enough"));
  await assertRejects(() => first, RangeError);
  const second = stream.read(new Uint8Array(9)); // not a second read of the transport
  await settle();
  transport.bring(bytes(1, 2, 3));
  assertEquals([await second, transport.reads, stream.pending()], [3, 1, 0]);
  const direct = stream.read(new Uint8Array(9));
  assertEquals([transport.room, stream.reading], [9, true]);
  transport.bring(bytes(4));
  assertEquals([await direct, stream.reading], [1, false]);
  const failing = stream.read(one());
  transport.failRead(new TypeError("no reader"));
  await assertRejects(() => failing, TypeError, "no reader");
  assertEquals(stream.reading, false);
  const again = stream.peek(one(), { signal });
  transport.failRead(new RangeError("no reader"));
  await assertRejects(() => again, RangeError);
  const last = stream.peek(one()); // it is asked for anew
  transport.count(null);
  assertEquals([await last, stream.tryPeek(one()), await stream.read(one())], [null, null, null]);
  assertEquals(transport.reads, 5);
});

Deno.test("PlainStream.ready() keeps an error for the next call, which gets it once", async () => {
  const transport = new SteppedTransport();
  const stream = new PlainStream(transport);
  const ready = stream.ready(SSL_WANT_READ);
  transport.failRead(new TypeError("no reader"));
  await ready;
  assertThrows(() => stream.tryPeek(one()), TypeError, "no reader");
  assertThrows(() => stream.tryRead(one()), TypeError, "no reader");
  assertStrictEquals(stream.tryRead(one()), SSL_WANT_READ);
  const abort = new AbortController();
  const waiting = stream.ready(SSL_WANT_READ, abort);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError, "enough");
  assertEquals(transport.reads, 2);
});

Deno.test("PlainStream.take() gives the bytes away, and the stream has none of them", async () => {
  const transport = new SteppedTransport();
  const stream = new PlainStream(transport);
  const ready = stream.ready(SSL_WANT_READ);
  transport.bring(bytes(1, 2));
  await ready;
  assertEquals([stream.pending(), stream.tryPeek(one())], [2, 1]);
  const taken = stream.take();
  const p = new Uint8Array(3);
  assertEquals([stream.pending(), await taken.read(p)], [0, 2]);
  assertStrictEquals(stream.take(), transport as never);
  stream.ready(SSL_WANT_READ);
  const later = stream.take();
  transport.bring(bytes(3));
  await settle();
  assertEquals([stream.pending(), await later.read(p), p[0]], [0, 1, 3]);
});

Deno.test("PlainStream.write() comes after what tryWrite() took, part by part, and gets its error", async () => {
  const transport = new SteppedTransport();
  const stream = new PlainStream(transport);
  assertEquals([stream.tryWrite(new Uint8Array(65536)), stream.unsent], [65536, 65536]);
  assertStrictEquals(stream.tryWrite(bytes(1)), SSL_WANT_WRITE);
  assertEquals(stream.tryWrite(bytes()), 0);
  const write = stream.write(bytes(7, 8));
  const abort = new AbortController();
  const aborted = stream.write(bytes(9), abort);
  abort.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  await settle();
  transport.take(65535);
  await settle();
  assertEquals(transport.writes.map(({ length }) => length), [65536, 1]);
  transport.take();
  await settle();
  assertEquals([stream.unsent, transport.writes[2]], [0, bytes(7, 8)]);
  transport.take(1);
  await settle();
  assertEquals(transport.writes[3], bytes(8));
  transport.take();
  assertEquals(await write, 2);
  const none = stream.write(bytes(1));
  transport.take(0);
  await assertRejects(() => none, TypeError, "the connection took 0 bytes");
  stream.tryWrite(bytes(1));
  await settle();
  transport.refuse(new RangeError("no writer"));
  await stream.ready(SSL_WANT_WRITE);
  await assertRejects(() => stream.write(bytes(1)), RangeError, "no writer");
  assertEquals(stream.tryWrite(bytes(1)), 1); // told once
});
