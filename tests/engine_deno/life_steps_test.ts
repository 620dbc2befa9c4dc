/** A stream of the Deno engine over a connection whose every step the test decides. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DenoStream } from "../../engine/deno/stream.ts";
import type { PeerEvidence } from "../../engine/engine.ts";
import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslUnsupportedError,
} from "../../errors.ts";
import { settle, SteppedTransport, ticks } from "../engine/stepped.ts";
import { refuses } from "../helpers/refuses.ts";

const bytes = (...values: number[]) => Uint8Array.of(...values);
const one = () => new Uint8Array(1);

function setup(judge?: (evidence: PeerEvidence) => Error | undefined) {
  const steps = new SteppedTransport();
  const shaken = Promise.withResolvers<{ alpnProtocol: string | null }>();
  const calls: string[] = [];
  const conn = {
    localAddr: { hostname: "192.0.2.1" },
    remoteAddr: { hostname: "192.0.2.2" },
    handshake: () => (calls.push("handshake"), shaken.promise),
    read: (p: Uint8Array) => steps.read(p),
    write: (p: Uint8Array) => steps.write(p),
    closeWrite: () => (calls.push("closeWrite"), Promise.resolve()),
    close: () => void calls.push("close"),
    ref: () => void calls.push("ref"),
    unref: () => void calls.push("unref"),
  } as unknown as Deno.TlsConn;
  const stream = new DenoStream({
    role: "server",
    conn,
    ownCertificate: bytes(9),
    ...(judge && { judge }),
  });
  return { steps, stream, calls, shaken };
}

/** With the handshake done. */
async function open() {
  const t = setup();
  t.shaken.resolve({ alpnProtocol: "h2" });
  await t.stream.handshake();
  return t;
}

Deno.test("DenoStream: the runtime's handshake is made once, and is not complete before the judgement", async () => {
  const order: string[] = [];
  const t = setup((evidence) => {
    order.push(`${t.stream.established} ${evidence.error} ${evidence.errorText}`);
    return undefined;
  });
  const { stream } = t;
  const shaking = [stream.handshake(), stream.handshake()];
  assertStrictEquals(stream.tryHandshake(), SSL_WANT_READ);
  assertEquals(stream.established, false);
  const ready = stream.ready(SSL_WANT_WRITE);
  t.shaken.resolve({ alpnProtocol: "h2" });
  await Promise.all([...shaking, ready]);
  assertEquals([order, t.calls], [["false 0 ok"], ["handshake"]]);
  assertStrictEquals(stream.tryHandshake(), true);
  const { alpn, version, reused } = stream.negotiated();
  assertEquals([alpn, version, reused], ["h2", undefined, undefined]);
  assertEquals([stream.ownCertificate(), stream.peerChain()], [bytes(9), []]);
});

Deno.test("DenoStream: a refusal and a failure close the connection, and are what every call meets", async () => {
  const refusal = new SslError("refused", { code: "REFUSED" });
  for (const how of ["refused", "failed"]) {
    const t = setup(() => refusal);
    const shaking = t.stream.handshake();
    if (how === "refused") t.shaken.resolve({ alpnProtocol: null });
    else t.shaken.reject(new Deno.errors.InvalidData("peer sent no certificates"));
    const error = await assertRejects(() => shaking, SslError);
    assertEquals(error.code, how === "refused" ? "REFUSED" : "ERR_SSL_NO_CERTIFICATE");
    assertEquals([t.calls, t.stream.established], [["handshake", "close"], false]);
    for (const call of ["read", "peek", "write"] as const) {
      assertStrictEquals(await assertRejects(() => t.stream[call](one())), error);
    }
    for (const call of ["tryRead", "tryPeek", "tryWrite"] as const) {
      assertStrictEquals(assertThrows(() => t.stream[call](one())), error);
    }
    for (const call of ["tryHandshake", "tryShutdown"] as const) {
      assertStrictEquals(assertThrows(() => t.stream[call]()), error);
    }
    assertStrictEquals(await assertRejects(() => t.stream.handshake()), error);
    assertEquals(t.stream.negotiated().alpn, undefined);
    await t.stream.ready(SSL_WANT_READ);
    assertEquals([t.steps.reads, t.steps.writes], [0, []]);
  }
});

Deno.test("DenoStream.handshake(): an abort closes the connection, before and while it runs", async () => {
  for (const early of [true, false]) {
    const t = setup();
    const abort = new AbortController();
    if (early) abort.abort(new RangeError("enough"));
    const shaking = t.stream.handshake(abort);
    abort.abort(new RangeError("enough"));
    await assertRejects(() => shaking, RangeError, "enough");
    assertEquals(t.calls, early ? ["close"] : ["handshake", "close"]);
    t.shaken.resolve({ alpnProtocol: null });
    await settle();
    assertEquals(t.stream.established, false);
    assertEquals(assertThrows(() => t.stream.tryHandshake(), SslError).code, "ECLOSED");
    await refuses(() => t.stream.handshake(), SslError, "ECLOSED");
  }
});

Deno.test("DenoStream: before the handshake no data goes, and nothing of the runtime is asked", async () => {
  const t = setup();
  for (const call of ["read", "peek", "write"] as const) {
    await refuses(() => t.stream[call](one()), SslError, "ERR_SSL_NOT_ESTABLISHED");
  }
  await refuses(() => t.stream.shutdown(), SslError, "ERR_SSL_NOT_ESTABLISHED");
  await t.stream.ready(SSL_WANT_READ);
  assertEquals([t.steps.reads, t.steps.writes, t.calls], [0, [], []]);
  assertThrows(() => t.stream.release(), SslUnsupportedError, "stopSsl()");
});

Deno.test("DenoStream: a broken record is the failure of both directions, an end only of the one", async () => {
  const t = await open();
  const reading = t.stream.read(one());
  t.steps.failRead(new Deno.errors.InvalidData("cannot decrypt peer's message"));
  const error = await refuses(() => reading, SslPeerError, "ERR_SSL_BAD_RECORD");
  assertStrictEquals(assertThrows(() => t.stream.tryRead(one())), error);
  assertStrictEquals(await assertRejects(() => t.stream.write(one())), error);
  assertStrictEquals(assertThrows(() => t.stream.tryShutdown()), error);

  const cut = await open();
  const cutting = cut.stream.read(one());
  cut.steps.failRead(new Deno.errors.UnexpectedEof("eof"));
  const truncated = await assertRejects(() => cutting, SslError);
  assertEquals(truncated.code, "ERR_SSL_TRUNCATED");
  const write = cut.stream.write(one());
  cut.steps.take();
  assertEquals(await write, 1);
});

Deno.test("DenoStream: a write whose peer is gone fails with the alert that the peer left, if it left one", async () => {
  const alert = new Deno.errors.InvalidData("received fatal alert: CertificateRequired");
  for (const left of [alert, null]) {
    const t = await open();
    const write = t.stream.write(one());
    t.steps.refuse(new Deno.errors.ConnectionReset("x (os error 104)"));
    await ticks();
    assertEquals(t.steps.reads, 1);
    if (left) t.steps.failRead(left);
    else t.steps.count(null);
    const error = await assertRejects(() => write, SslError);
    const code = left ? "ERR_SSL_ALERT_CERTIFICATE_REQUIRED" : "ECONNRESET";
    assertEquals(error.code, code);
  }
  const other = await open();
  const write = other.stream.write(one());
  other.steps.refuse(new Deno.errors.TimedOut("x"));
  assertEquals((await assertRejects(() => write, SslError)).code, "ETIMEDOUT");
  assertEquals(other.steps.reads, 0); // the peer may still be there: nothing is waited for
});

Deno.test("DenoStream.close() ends everything once, and what was read ahead is gone", async () => {
  const t = await open();
  assertStrictEquals(t.stream.tryRead(one()), SSL_WANT_READ);
  t.steps.bring(bytes(1, 2));
  await settle();
  assertEquals(t.stream.pending(), 2);
  const write = t.stream.write(one());
  t.stream.close();
  t.stream.close();
  await refuses(() => write, SslError, "ECLOSED");
  assertEquals([t.calls, t.stream.pending()], [["handshake", "close"], 0]);
  assertEquals(assertThrows(() => t.stream.tryRead(one()), SslError).code, "ECLOSED");
  assertEquals(assertThrows(() => t.stream.tryHandshake(), SslError).code, "ECLOSED");
  await t.stream.ready(SSL_WANT_READ);
  await t.stream.ready(SSL_WANT_WRITE);
  t.stream.ref();
  t.stream.unref();
  assertEquals(t.calls, ["handshake", "close"]);
});

Deno.test("DenoStream.shutdown() sends its end, waits for the peer's unless fast, and ends its wait by a signal", async () => {
  const fast = await open();
  await fast.stream.shutdown({ fast: true });
  assertEquals([fast.calls, fast.steps.reads], [["handshake", "closeWrite"], 0]);
  assertEquals(fast.stream.shutdownState, { sent: true, received: false });
  const t = await open();
  const ending = t.stream.shutdown();
  await settle();
  assertEquals(t.steps.reads, 1);
  t.steps.count(null);
  await ending;
  assertEquals(t.stream.shutdownState, { sent: true, received: true });
  assertStrictEquals(t.stream.tryShutdown(), true);
  const early = await open();
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => early.stream.shutdown({ signal }), RangeError, "enough");
  await assertRejects(() => early.stream.ready(SSL_WANT_READ, { signal }), RangeError, "enough");
  assertEquals(early.calls, ["handshake"]);
});

Deno.test("DenoStream.tryShutdown() goes step by step: unread data, its own end, the peer's", async () => {
  const t = await open();
  t.stream.tryRead(one());
  t.steps.bring(bytes(1));
  await settle();
  assertStrictEquals(t.stream.tryShutdown(), false as never);
  assertEquals(t.calls, ["handshake"]);
  t.stream.tryRead(one());
  assertStrictEquals(t.stream.tryShutdown(), SSL_WANT_WRITE as never);
  await t.stream.ready(SSL_WANT_WRITE);
  assertStrictEquals(t.stream.tryShutdown(), SSL_WANT_READ as never);
  t.steps.bring(bytes(2));
  await t.stream.ready(SSL_WANT_READ);
  assertStrictEquals(t.stream.tryShutdown(), false as never);
  t.stream.tryRead(one());
  t.stream.tryRead(one());
  t.steps.count(null);
  await t.stream.ready(SSL_WANT_READ);
  assertStrictEquals(t.stream.tryShutdown(), true);
});

Deno.test("DenoStream: ref() and unref() go to the connection; its addresses are the connection's", () => {
  const t = setup();
  t.stream.unref();
  t.stream.ref();
  assertEquals(t.calls, ["unref", "ref"]);
  const { localAddr, remoteAddr } = t.stream;
  assertEquals([localAddr, remoteAddr] as unknown[], [
    { hostname: "192.0.2.1" },
    { hostname: "192.0.2.2" },
  ]);
});
