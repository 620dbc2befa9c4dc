/** From plain text to TLS, step by step: what stands in the way, and what a failure leaves. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslTimeoutError,
} from "../../errors.ts";
import type { SocketOptions, StartOptions } from "../../socket/options.ts";
import { settle } from "../engine/stepped.ts";
import { refuses } from "../helpers/refuses.ts";
import { type Machine, PEER, plain } from "./machines.ts";

const bytes = (...values: number[]) => Uint8Array.of(...values);

/** A plain connection whose handshake takes these steps. */
function before(given: SocketOptions = {}, ...steps: Machine["session"]["steps"]): Machine {
  const machine = plain(given);
  machine.session.established = false;
  machine.session.steps = steps;
  return machine;
}

const code = (call: () => unknown): string => assertThrows(call, SslError).code;

Deno.test("upgrade() completes the handshake over the transport; a second one has nothing to do", async () => {
  const m = before({}, SSL_WANT_READ);
  const { connection: { handshake, life } } = m;
  const upgrading = handshake.upgrade("client");
  for (let i = 0; i < 3; i++) await settle();
  assertEquals([life.phase.name, m.connection.directions, m.connection.opened], [
    ...["handshaking", "", 0],
  ] as unknown[]);
  m.transport.bring(bytes(1));
  await upgrading;
  assertEquals([life.phase.name, m.connection.opened, m.session.feeds], ["open", 1, 1]);
  assertStrictEquals(life.transport, m.transport as never);
  assert(m.connection.outcome !== undefined);
  await handshake.upgrade("client");
  await handshake.upgrade("client", { timeout: 5, signal: new AbortController().signal });
  await assertRejects(
    () => handshake.upgrade("client", { verifycnName: "x" }),
    TypeError,
    "it has been started, so these options cannot count: received verifycnName",
  );
  await assertRejects(
    () => handshake.upgrade("server"),
    TypeError,
    "acceptSsl() needs a plain socket",
  );
  assertStrictEquals(handshake.tryStep("client"), true);
  assertThrows(() => handshake.tryStep("server"), TypeError, "this one is open");
});

Deno.test("what stands in the way of a start is said before a byte goes, and keeps data back", async () => {
  const cases: [StartOptions, (m: Machine) => void, string][] = [
    [{ server: true }, () => {}, "TypeError"],
    [{ nonsense: 1 } as never, () => {}, "TypeError"],
    [{}, (m) => void m.connection.data.read(bytes(0)).catch(() => {}), "ERR_CONCURRENT_READ"],
  ];
  for (const [options, prepare, expected] of cases) {
    const m = before();
    prepare(m);
    const error = await assertRejects(() => m.connection.handshake.upgrade("client", options));
    assertEquals(error instanceof SslError ? error.code : (error as Error).name, expected);
    assertEquals([m.connection.phase, m.transport.writes], ["plain", []]);
    await refuses(() => m.connection.data.write(bytes(1)), SslError, "ERR_START_TLS");
    assertEquals(m.session.steps.length, 0);
  }
  const right = before();
  const { connection, transport } = right;
  const written = new Promise<void>((resolve) => transport.onWrite = resolve);
  const starting = connection.handshake.upgrade("client", { server: false });
  await written;
  assertEquals([connection.phase, transport.writes[0]?.[0]], ["handshaking", 22]); // a ClientHello
  connection.shutdown.close();
  await refuses(() => starting, SslError, "ECLOSED");
  const reading = before();
  void reading.connection.data.read(bytes(0)).catch(() => {});
  assertEquals(code(() => reading.connection.handshake.tryStep("client")), "ERR_CONCURRENT_READ");
  assertEquals(code(() => reading.connection.data.tryWrite(bytes(1))), "ERR_START_TLS");
  const other = before();
  assertThrows(
    () => other.connection.handshake.tryStep("server"),
    TypeError,
    "was made for the other side",
  );
  const closed = before();
  closed.connection.life.drop();
  await refuses(() => closed.connection.handshake.upgrade("client"), SslError, "ECLOSED");
  assertEquals(code(() => closed.connection.handshake.tryStep("client")), "ECLOSED");
});

Deno.test("plain bytes ahead of a client's handshake are refused, whichever way it starts", async () => {
  for (const way of ["upgrade", "tryStep"] as const) {
    const m = before();
    m.connection.data.tryRead(bytes(0));
    const ready = m.connection.data.ready(SSL_WANT_READ);
    m.transport.bring(new TextEncoder().encode("220 go\r\n"));
    await ready;
    const start = async () => void await m.connection.handshake[way]("client");
    const error = await refuses(start, SslPeerError, "ERR_INJECTION");
    assert(error.message.includes("220 go"), error.message);
    assertEquals([m.connection.phase, m.transport.closed, m.transport.writes], [
      ...["closed", true, []],
    ] as unknown[]);
  }
});

Deno.test("TLS that was stopped fast is read to its end before another starts, whichever way", async () => {
  for (const way of ["upgrade", "tryStep"] as const) {
    const m = plain();
    const { connection, session, transport } = m;
    await connection.handshake.upgrade("client");
    session.input = bytes(1);
    const stopping = connection.shutdown.stop({ fastShutdown: true });
    await settle();
    transport.take();
    await stopping;
    const start = async () => void await connection.handshake[way]("client");
    await refuses(start, SslError, "ERR_UNREAD");
    assertEquals(connection.phase, "plain");
    await refuses(() => connection.data.write(bytes(1)), SslError, "ERR_START_TLS");
    assertEquals(await connection.data.read(bytes(0)), 1); // it stays to be read
    assertEquals(session.freed, false);
  }
});

Deno.test("plain bytes that wait to go are sent before TLS, and a start that does not wait says so", async () => {
  const m = before();
  m.connection.data.tryWrite(bytes(7));
  assertStrictEquals(m.connection.handshake.tryStep("client"), SSL_WANT_WRITE);
  assertStrictEquals(m.connection.life.lastWant, SSL_WANT_WRITE);
  m.session.out = bytes(22);
  const upgrading = m.connection.handshake.upgrade("client");
  for (let i = 0; i < 3; i++) await settle();
  assertEquals(m.transport.writes, [bytes(7)]);
  m.transport.take();
  for (let i = 0; i < 3; i++) await settle();
  assertEquals(m.transport.writes, [bytes(7), bytes(22)]);
  m.transport.take();
  await upgrading;
});

Deno.test("tryStep() goes step by step, remembers what it waits for, and is open at its end", () => {
  const m = before({}, SSL_WANT_READ, SSL_WANT_WRITE);
  const { handshake, life } = m.connection;
  assertStrictEquals(handshake.tryStep("client"), SSL_WANT_READ);
  assertEquals([life.phase.name, life.lastWant], ["handshaking", SSL_WANT_READ] as unknown[]);
  assert(m.connection.outcome !== undefined);
  assertStrictEquals(handshake.tryStep("client"), SSL_WANT_WRITE);
  assertStrictEquals(life.lastWant, SSL_WANT_WRITE);
  assertStrictEquals(handshake.tryStep("client"), true);
  assertEquals(life.phase.name, "open");
  const inside = before({}, SSL_WANT_READ);
  inside.connection.handshake.tryStep("client");
  inside.session.busy = true;
  const refused = code(() => inside.connection.handshake.tryStep("client"));
  inside.session.busy = false;
  assertEquals([refused, inside.connection.phase], ["ERR_IN_CALLBACK", "handshaking"]);
});

const failure = () => new SslError("SSL connect attempt failed: no", { code: "NO" });

Deno.test("a failed handshake closes the connection, or keeps the transport for who asked for that", async () => {
  for (const way of ["upgrade", "tryStep"] as const) {
    const m = before({}, failure());
    const start = async () => void await m.connection.handshake[way]("client");
    const error = await refuses(start, SslError, "NO");
    assert(error.message.startsWith(`Cannot connect to ${PEER}: `), error.message);
    assertEquals([m.connection.phase, m.transport.closed, error.transport], [
      ...["closed", true, undefined],
    ] as unknown[]);
    assertStrictEquals(m.connection.error, error);

    const kept = before({ keepSocketOnError: true }, failure());
    kept.connection.life.settings = { ...kept.connection.life.settings, keepTransport: true };
    const keeping = async () => void await kept.connection.handshake[way]("client");
    const told = await refuses(keeping, SslError, "NO");
    assertEquals([kept.connection.phase, kept.transport.closed, kept.connection.opened], [
      ...["failed", false, -1],
    ] as unknown[]);
    assertStrictEquals(told.transport, kept.transport as never);
    assertEquals(kept.session.freed, true);
  }
  const asked = before({}, failure());
  await refuses(() => asked.connection.handshake.upgrade("client", {}, true), SslError, "NO");
  assertEquals([asked.connection.phase, asked.transport.closed], ["failed", false]);
  const kept = before({}, failure());
  kept.connection.life.settings = { ...kept.connection.life.settings, keepTransport: true };
  await refuses(() => kept.connection.handshake.upgrade("client"), SslError, "NO");
  assertEquals([kept.connection.phase, kept.transport.closed], ["failed", false]); // as it was made
  const option = before({ keepSocketOnError: false }, failure());
  await refuses(() => option.connection.handshake.upgrade("client", {}, true), SslError, "NO");
  assertEquals([option.connection.phase, option.transport.closed], ["closed", true]); // it is the stronger
});

Deno.test("errorTrap gets the transport and the message, and the failure waits until it is done", async () => {
  for (const fails of [false, true]) {
    const told: unknown[] = [];
    const done = Promise.withResolvers<void>();
    const m = before({
      errorTrap: (transport, message) => (told.push(transport, message), done.promise),
    }, failure());
    let over = false;
    const upgrading = m.connection.handshake.upgrade("client");
    upgrading.catch(() => over = true);
    for (let i = 0; i < 3; i++) await settle();
    assertEquals([over, told.length, m.connection.phase], [false, 2, "closed"]);
    assertStrictEquals(told[0], m.transport);
    if (fails) done.reject(new Error("the trap fails"));
    else done.resolve();
    const error = await refuses(() => upgrading, SslError, "NO");
    assertEquals([told[1], m.transport.closed, error.transport], [
      ...[error.message, fails, undefined],
    ] as unknown[]);
  }
});

Deno.test("a handshake that takes too long ends with a timeout, and one that is closed with ECLOSED", async () => {
  const late = before({}, SSL_WANT_READ);
  const error = await refuses(
    () => late.connection.handshake.upgrade("client", { timeout: 1 }),
    SslTimeoutError,
    "ETIMEDOUT",
  );
  assert(error.message.startsWith(`Cannot complete the handshake with ${PEER}`), error.message);
  assertEquals([late.connection.phase, late.transport.closed], ["closed", true]);

  const abort = new AbortController();
  const aborted = before({}, SSL_WANT_READ);
  const upgrading = aborted.connection.handshake.upgrade("client", { signal: abort.signal });
  await settle();
  abort.abort(new RangeError("enough"));
  await assertRejects(() => upgrading, RangeError, "enough");

  const closed = before({}, SSL_WANT_READ);
  const shaking = closed.connection.handshake.upgrade("client");
  for (let i = 0; i < 3; i++) await settle();
  closed.connection.shutdown.close();
  closed.transport.count(null);
  await refuses(() => shaking, SslError, "ECLOSED");

  // The peer completes it while the close is under way.
  const racing = before({}, SSL_WANT_READ);
  const racer = racing.connection.handshake.upgrade("client");
  for (let i = 0; i < 3; i++) await settle();
  racing.connection.life.closing = Promise.resolve();
  racing.transport.bring(bytes(1));
  const refused = await refuses(() => racer, SslError, "ECLOSED");
  assert(refused.message.startsWith("Cannot complete the handshake with"), refused.message);
  assertEquals(racing.connection.phase, "handshaking");
});

Deno.test("an open connection answers the peer's end as its options say", async () => {
  const own = () => null;
  const cases: [SocketOptions, "asks" | "answers" | "leaves"][] = [
    [{}, "leaves"],
    [{ halfClose: true }, "leaves"],
    [{ halfClose: false }, "answers"],
    [{ onPeerShutdown: own }, "asks"],
    [{ onPeerShutdown: own, halfClose: false }, "asks"],
  ];
  for (const [options, what] of cases) {
    const m = before(options);
    await m.connection.handshake.upgrade("client");
    const { phase } = m.connection.life;
    assert(phase.name === "open");
    assertEquals([phase.onPeerEnd === own, phase.onPeerEnd === undefined], [
      ...[what === "asks", what === "leaves"],
    ]);
    m.session.atEnd = null;
    assertEquals(await m.connection.data.read(bytes(0)), null);
    await settle();
    assertEquals(m.session.shutdownState.sent, what === "answers");
  }
});

Deno.test("options of a later start are laid over the socket's own, and gone again where it is refused", async () => {
  const m = before({}, failure());
  const { life, handshake } = m.connection;
  const settings = life.settings;
  await assertRejects(() => handshake.upgrade("client", { sslVersion: "nonsense" } as never));
  assertStrictEquals(life.settings, settings);
  assertEquals(m.connection.phase, "plain");
});
