/** The life of a connection: what it has in each phase, and how it goes from one to the next. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SslError, SslPeerError, SslTruncatedError, SslUnsupportedError } from "../../errors.ts";
import { ownerOf } from "../../socket/lifecycle.ts";
import { handshakingOver, type Phase } from "../../socket/phases.ts";
import { SteppedTransport } from "../engine/stepped.ts";
import { type Machine, open, PEER, plain } from "./machines.ts";

const address = (hostname: string): Deno.NetAddr => ({ transport: "tcp", hostname, port: 1 });
const OWN = { localAddr: address("192.0.2.1"), remoteAddr: address("192.0.2.2") };

/** A life in a handshake, with TLS. */
function shaking(): Machine {
  const m = plain();
  const { life } = m.connection;
  life.phase = { ...handshakingOver(life.stream!), tls: m.pump };
  return m;
}

Deno.test("a life has in each phase what belongs to it, and nothing else", () => {
  const has = ({ connection: { life } }: Machine) =>
    [life.tls, life.established, life.open, life.stream, life.transport].map((x) =>
      x !== undefined
    );
  const m = plain();
  assertEquals(has(m), [false, false, false, true, true]);
  assertEquals(has(shaking()), [true, false, false, true, true]);
  const o = open();
  assertEquals(has(o), [true, true, true, false, true]);
  o.connection.life.endWriting();
  assertEquals(has(o), [true, true, true, false, true]);
  o.connection.life.endWriting(true);
  assertEquals(has(o), [true, true, false, false, true]);
  o.connection.life.endWriting(); // what was answered stays so
  assertEquals(has(o), [true, true, false, false, true]);
  for (const phase of [{ name: "failed", stream: undefined }, { name: "closed" }] as Phase[]) {
    const end = plain();
    end.connection.life.phase = phase;
    assertEquals(has(end), [false, false, false, false, false]);
    end.connection.life.endWriting();
    assertEquals(end.connection.phase, phase.name);
  }
});

Deno.test("a life knows which directions have ended", () => {
  const none = { sent: false, received: false, truncated: false };
  assertEquals(plain().connection.life.ends, none);
  const m = open();
  const { life } = m.connection;
  assertEquals([life.ends, m.connection.directions], [none, "rw"]);
  m.session.shutdownState = { sent: false, received: true };
  assertEquals([life.ends, m.connection.directions], [{ ...none, received: true }, "w"]);
  m.session.shutdownState = { sent: true, received: false };
  assertEquals([life.ends, m.connection.directions], [{ ...none, sent: true }, "r"]);
  m.session.shutdownState = { sent: false, received: false };
  life.endWriting(); // before the session has made it
  assertEquals([life.ends, m.connection.directions], [{ ...none, sent: true }, "r"]);
});

Deno.test("only what ends the peer's stream for good is remembered as its end", () => {
  const truncated = new SslTruncatedError("cut", { code: "CUT" });
  const misbehaved = new SslPeerError("wrong", { code: "WRONG" });
  for (const [error, ends] of [[truncated, true], [misbehaved, true], [new SslError("x"), false]]) {
    const m = open();
    m.connection.life.ended(error);
    assertEquals(m.connection.life.ends.truncated, ends);
    const closing = open();
    closing.connection.life.closing = Promise.resolve();
    closing.connection.life.ended(error);
    assertEquals(closing.connection.life.ends.truncated, false);
  }
  const before = plain();
  before.connection.life.ended(truncated); // nothing was established
  assertEquals(before.connection.life.ends.truncated, false);
  assertEquals(Object.keys(before.connection.life.phase).toSorted(), ["name", "refusal", "stream"]);
});

Deno.test("a life goes only where a phase may follow, and tells its close once", () => {
  let closed = 0;
  const m = plain();
  const { life } = m.connection;
  life.onClose = () => closed++;
  life.moveTo({ name: "failed", stream: undefined });
  assertEquals([life.phase.name, closed], ["plain", 0]);
  life.moveTo({ name: "closed" });
  life.moveTo({ name: "closed" });
  assertEquals([life.phase.name, closed], ["closed", 1]);
});

Deno.test("backOut() leads from a handshake to plain text, and from nowhere else", () => {
  const m = shaking();
  const { life } = m.connection;
  const stream = life.stream!;
  const refusal = new TypeError("no");
  life.backOut(stream, refusal);
  assertEquals(life.phase, { name: "plain", stream, refusal });
  const closed = shaking();
  closed.connection.life.moveTo({ name: "closed" });
  closed.connection.life.backOut(stream, refusal);
  assertEquals(closed.connection.phase, "closed");
});

Deno.test("another transport is the one that data goes over, as long as nothing is established", () => {
  const other = Object.assign(new SteppedTransport(), OWN);
  const m = plain();
  const { life } = m.connection;
  assertEquals([life.localAddr, life.remoteAddr], [undefined, undefined]);
  assertStrictEquals(life.setTransport(other), life.stream);
  assertStrictEquals(life.transport, other as never);
  assertEquals([life.localAddr, life.remoteAddr] as unknown[], [OWN.localAddr, OWN.remoteAddr]);
  life.setTransport(new SteppedTransport()); // which has no addresses
  assertEquals(life.localAddr as unknown, OWN.localAddr);
  const h = shaking();
  h.connection.life.setTransport(other);
  assertStrictEquals(h.connection.life.transport, other as never);
  const o = open();
  o.connection.life.setTransport(other); // after closeWrite and stopSsl it is not the connection's
  assertStrictEquals(o.connection.life.transport, o.transport as never);
  const closed = plain();
  closed.connection.life.phase = { name: "closed" };
  closed.connection.life.setTransport(other);
  assertEquals(Object.keys(closed.connection.life.phase), ["name"]);
});

Deno.test("a transport answers to the connection whose TLS runs over it", () => {
  const m = plain();
  assertEquals(ownerOf(m.transport), undefined); // plain text may be taken over
  const h = shaking();
  assertStrictEquals(ownerOf(h.transport), h.connection.life);
  const o = open();
  assertStrictEquals(ownerOf(o.transport), o.connection.life);
  o.connection.life.endWriting();
  assertStrictEquals(ownerOf(o.transport), o.connection.life);
  o.connection.life.phase = { name: "failed", stream: undefined };
  assertEquals(ownerOf(o.transport), undefined);
  assertEquals(ownerOf({}), undefined);
});

Deno.test("drop() closes TLS, or the transport where it is its own; an error of that is nobody's", async () => {
  const o = open();
  o.connection.life.drop();
  assertEquals([o.session.freed, o.transport.closed, o.connection.phase], [true, true, "closed"]);
  for (
    const close of [() => Promise.reject(new Error("x")), () => {
      throw new Error("x");
    }]
  ) {
    const m = plain();
    let closes = 0;
    Object.assign(m.transport, { close: () => (closes++, close()) });
    m.connection.life.drop();
    assertEquals([m.connection.phase, closes], ["closed", 1]);
  }
  const taken = plain();
  const next = plain();
  next.connection.life.own(taken.transport); // another socket has started on it
  taken.connection.life.drop();
  assertEquals([taken.transport.closed, taken.connection.phase], [false, "closed"]);
  await Promise.resolve();
});

Deno.test("releaseTls() gives the transport back, and closes TLS that cannot", () => {
  const m = shaking();
  assertStrictEquals(m.connection.life.releaseTls(), m.transport as never);
  assertEquals([m.session.freed, m.transport.closed], [true, false]);
  const { tls, stream, transport } = m.connection.life;
  assertEquals([tls, stream, transport], [undefined, undefined, undefined]);

  const before = plain(); // TLS has not begun
  const { life } = before.connection;
  life.phase = handshakingOver(life.stream!);
  assertStrictEquals(life.releaseTls(), before.transport as never);

  const deno = shaking();
  let closes = 0;
  Object.assign(deno.pump, {
    release() {
      throw new SslUnsupportedError("no", { code: "NO" });
    },
    close: () => closes++,
  });
  assertEquals([deno.connection.life.releaseTls(), closes], [undefined, 1]);
});

Deno.test("the error of a call is kept, with the role; one of the engine's library ends the session's use", () => {
  const m = open();
  const { life } = m.connection;
  let failed = 0;
  life.outcome = { failed: () => failed++ } as never;
  const own = new SslError("own", { code: "OWN" });
  assertStrictEquals(life.failure("read from", own), own);
  assertEquals([life.error, own.facts?.role, failed], [own, "client", 0]);
  const library = new SslError("lib", { code: "LIB", library: "SSL routines" });
  assertStrictEquals(life.failure("read from", library), library);
  assertEquals(failed, 1);
  const foreign = life.failure("read from", new Deno.errors.BrokenPipe("gone")) as SslError;
  assertEquals([foreign.code, foreign.message, failed], [
    "EPIPE",
    `Cannot read from ${PEER}: gone`,
    1,
  ]);
  const misuse = new TypeError("misuse");
  assertStrictEquals(life.failure("read from", misuse), misuse);
  assertStrictEquals(life.error, foreign); // no error of the connection
  life.closing = Promise.resolve();
  const closed = life.failure("read from", library) as SslError;
  assertEquals([closed.code, closed.cause, failed, life.error], ["ECLOSED", library, 1, foreign]);
});

Deno.test("inside a callback of its engine nothing is done that cannot wait", () => {
  const m = open();
  const { life } = m.connection;
  life.mustBeIdle("stop TLS with");
  plain().connection.life.mustBeIdle("stop TLS with");
  for (const call of [() => life.mustBeIdle("stop TLS with"), () => m.connection.sslObject()]) {
    m.session.busy = true;
    const error = assertThrows(call, SslError, PEER);
    m.session.busy = false;
    assertEquals(error.code, "ERR_IN_CALLBACK");
    assertStrictEquals(life.error, error);
  }
});

Deno.test("in a handshake the transport is the one that TLS runs over, with a plain stream or without", () => {
  const { life } = shaking().connection;
  const { transport } = life;
  assert(life.phase.name === "handshaking" && transport !== undefined);
  life.phase.stream = undefined;
  assertStrictEquals(life.transport, transport);
});

Deno.test("ref() and unref() go to TLS, and to the transport of a plain connection", () => {
  for (const m of [plain(), open()]) {
    const calls: string[] = [];
    const spy = { ref: () => calls.push("ref"), unref: () => calls.push("unref") };
    Object.assign(m.connection.phase === "plain" ? m.transport : m.pump, spy);
    m.connection.ref();
    m.connection.unref();
    assertEquals(calls, ["ref", "unref"]);
  }
  const bare = plain().connection; // whose transport knows neither
  bare.ref();
  bare.unref();
});

Deno.test("halfClose is the socket's option, then its context's, then true", () => {
  assertEquals(open().connection.life.halfClose, true);
  assertEquals(open({ halfClose: false }).connection.life.halfClose, false);
  assertEquals(open({ halfClose: true }).connection.life.halfClose, true);
});

Deno.test("a connection says what is missing where there is no TLS, or where it is closed", () => {
  const m = plain();
  const { connection } = m;
  const code = (call: () => unknown) => assertThrows(call, SslError).code;
  assertEquals(code(() => connection.keyingMaterial("x", 1)), "ENOTCONN");
  assertEquals(code(() => connection.channelBinding("tls-exporter")), "ENOTCONN");
  assertEquals(code(() => connection.sslObject()), "ENOTCONN");
  assertEquals(code(() => connection.ocspResolver()), "ENOTCONN");
  assertEquals(connection.tlsFor("getCipher()", "cipher" as never), undefined);
  assertEquals(JSON.parse(JSON.stringify(connection.report)), {
    ...{ ok: false, chain: [], checks: [], presented: [] },
  });
  assertStrictEquals(connection.tcp("setNoDelay()"), m.transport as never);
  connection.life.drop();
  assertEquals(code(() => connection.tcp("setNoDelay()")), "ECLOSED");
  assert(
    !connection.outcome && connection.hostname === "peer.test" && connection.role === "client",
  );
  const deno = open({}, "deno");
  assertThrows(() => deno.connection.tcp("setNoDelay()"), SslUnsupportedError, "setNoDelay()");
  const shown = open();
  assertEquals(code(() => shown.connection.ocspResolver()), "ENOTCONN"); // it showed no certificate
});
