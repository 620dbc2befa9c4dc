import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { denoEngine } from "../../engine/deno/engine.ts";
import type { PeerEvidence, TlsStream } from "../../engine/engine.ts";
import {
  isWant,
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import {
  bytes,
  clientContext,
  listen,
  pair,
  params,
  pattern,
  pki,
  readAll,
  readExactly,
  text,
} from "./harness.ts";

async function closedIn(stream: TlsStream, code = "ECLOSED"): Promise<void> {
  assertEquals((await assertRejects(() => stream.read(new Uint8Array(9)), SslError)).code, code);
  assertEquals((await assertRejects(() => stream.write(bytes("x")), SslError)).code, code);
}

Deno.test("DenoStream carries bytes both ways and ends with close_notify", async () => {
  using ends = await pair();
  const { client, server } = ends;
  assertEquals([client.established, server.established], [true, true]);
  assertEquals([client.role, server.role], ["client", "server"]);
  assertEquals(await client.write(bytes("hello")), 5);
  assertEquals(text(await readExactly(server, 5, 3)), "hello");
  await server.write(bytes("world"));
  assertEquals(text(await readExactly(client, 5)), "world");
  await client.shutdown({ fast: true });
  assertEquals(client.shutdownState, { sent: true, received: false });
  const p = new Uint8Array(20);
  assertStrictEquals(await server.read(p), null);
  assertStrictEquals(await server.read(p), null);
  assertEquals(server.shutdownState, { sent: false, received: true });
  // The half-open connection still carries the other direction.
  await server.write(bytes("bye"));
  await server.shutdown();
  assertEquals(text(await readAll(client)), "bye");
  assertEquals(client.shutdownState, { sent: true, received: true });
});

for (const size of [1000, 16384, 65536]) {
  Deno.test(`DenoStream carries 3 MiB both ways at once, read in buffers of ${size}`, async () => {
    using ends = await pair();
    const { client, server } = ends;
    const up = pattern(3 << 20);
    const down = pattern((3 << 20) + 17).reverse();
    const send = async (s: TlsStream, data: Uint8Array) => {
      assertEquals(await s.write(data), data.length);
      await s.shutdown({ fast: true });
    };
    const [, , gotDown, gotUp] = await Promise.all([
      send(client, up),
      send(server, down),
      readAll(client, size),
      readAll(server, size),
    ]);
    assert(gotUp.every((b, i) => b === up[i]) && gotUp.length === up.length);
    assert(gotDown.every((b, i) => b === down[i]) && gotDown.length === down.length);
  });
}

Deno.test("DenoStream.read() refuses a second read in flight and keeps the first", async () => {
  using ends = await pair();
  const { client, server } = ends;
  for (const size of [5, 20000]) { // through the buffer, and straight
    const p = new Uint8Array(size);
    const first = client.read(p);
    for (
      const second of [
        () => client.read(new Uint8Array(5)),
        () => client.peek(new Uint8Array(5)),
      ]
    ) {
      const error = await assertRejects(second, SslError, "another read is in flight");
      assertEquals(error.code, "ERR_CONCURRENT_READ");
    }
    assertThrows(() => client.tryRead(new Uint8Array(5)), SslError, "another read");
    await server.write(bytes("first"));
    assertEquals(await first, 5);
    assertEquals(text(p.subarray(0, 5)), "first");
  }
});

Deno.test("DenoStream.read() with an aborted signal loses nothing", async () => {
  using ends = await pair();
  const { client, server } = ends;
  for (let i = 0; i < 3; i++) {
    const abort = new AbortController();
    const reading = client.read(new Uint8Array(100), { signal: abort.signal });
    abort.abort(new RangeError("mine"));
    await assertRejects(() => reading, RangeError, "mine");
  }
  await server.write(bytes("kept"));
  assertEquals(text(await readExactly(client, 4, 2)), "kept");
  const early = AbortSignal.abort(new RangeError("before"));
  await assertRejects(() => client.read(new Uint8Array(1), { signal: early }), RangeError);
  assertEquals(client.established, true);
});

Deno.test("DenoStream.read() after an aborted read takes a large buffer as well", async () => {
  using ends = await pair();
  const { client, server } = ends;
  const abort = new AbortController();
  const reading = client.read(new Uint8Array(100), { signal: abort.signal });
  abort.abort(new RangeError("mine"));
  await assertRejects(() => reading, RangeError);
  const data = pattern(50000);
  const writing = server.write(data);
  assertEquals(await readExactly(client, data.length, 40000), data);
  await writing;
});

Deno.test("DenoStream.peek() shows without consuming, pending() counts", async () => {
  using ends = await pair();
  const { client, server } = ends;
  assertEquals(client.pending(), 0);
  await server.write(bytes("abcdef"));
  const p = new Uint8Array(3);
  assertEquals(await client.peek(p), 3);
  assertEquals([text(p), client.pending()], ["abc", 6]);
  assertEquals(await client.peek(p), 3);
  assertEquals(client.tryRead(p), 3);
  assertEquals([text(p), client.pending()], ["abc", 3]);
  assertEquals(text(await readExactly(client, 3)), "def");
  assertEquals(client.pending(), 0);
  await server.shutdown({ fast: true });
  assertStrictEquals(await client.peek(p), null);
  assertStrictEquals(client.tryRead(p), null);
});

Deno.test("DenoStream.tryRead() never waits, ready() does", async () => {
  using ends = await pair();
  const { client, server } = ends;
  const p = new Uint8Array(10);
  assertStrictEquals(client.tryRead(p), SSL_WANT_READ);
  assertStrictEquals(client.tryRead(p), SSL_WANT_READ);
  const waiting = client.ready(SSL_WANT_READ);
  await server.write(bytes("now"));
  await waiting;
  assertEquals(client.tryRead(p), 3);
  await server.write(bytes("more"));
  await client.ready(SSL_WANT_READ);
  await client.ready(SSL_WANT_READ); // at once: it is there already
  assertEquals(client.pending(), 4);
  assertEquals(client.tryRead(p), 4);
  const abort = new AbortController();
  const aborted = client.ready(SSL_WANT_READ, { signal: abort.signal });
  abort.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
});

Deno.test("DenoStream.tryWrite() queues at most 64 KiB and loses nothing", async () => {
  using ends = await pair();
  const { client, server } = ends;
  const data = pattern(12 << 20);
  let taken = 0;
  let refused = 0;
  const send = async () => {
    while (taken < data.length) {
      const before = taken;
      while (taken < data.length) {
        const r = client.tryWrite(data.subarray(taken));
        if (isWant(r)) {
          assertStrictEquals(r, SSL_WANT_WRITE);
          break;
        }
        taken += r;
      }
      assert(taken - before <= 65536, `${taken - before} bytes were queued at once`);
      refused++;
      await client.ready(SSL_WANT_WRITE);
    }
    await client.shutdown({ fast: true });
  };
  const [got] = await Promise.all([readAll(server), send()]);
  assert(refused > 0);
  assertEquals(got.length, data.length);
  assert(got.every((b, i) => b === data[i]));
  assertEquals(client.shutdownState.sent, true);
});

Deno.test("DenoStream.tryWrite() reports an earlier transport error", async () => {
  using ends = await pair();
  const { client, server } = ends;
  server.close();
  let error: unknown;
  for (let i = 0; i < 1000 && error === undefined; i++) {
    try {
      client.tryWrite(new Uint8Array(65536));
      await client.ready(SSL_WANT_WRITE);
    } catch (e) {
      error = e;
    }
  }
  assert(error instanceof SslError, String(error));
  assertThrows(() => client.tryWrite(bytes("x")), SslError, "Cannot write");
});

Deno.test("DenoStream.write() keeps the order of queued writes", async () => {
  using ends = await pair();
  const { client, server } = ends;
  const parts = Array.from({ length: 40 }, (_, i) => pattern(30000 + i * 997).fill(i, 0, 10));
  const writing = parts.map((p) => client.write(p));
  const ending = client.shutdown({ fast: true });
  const late = assertRejects(() => client.write(bytes("late")), SslError, "has been ended");
  const got = await readAll(server);
  assertEquals((await Promise.all(writing)).length, 40);
  await ending;
  assertEquals((await late).code, "EPIPE");
  let at = 0;
  for (const p of parts) {
    assert(p.every((b, i) => got[at + i] === b), `part at ${at}`);
    at += p.length;
  }
  assertEquals(got.length, at);
});

Deno.test("DenoStream.write() that is aborted half-way ends the sending side", async () => {
  using ends = await pair();
  const { client, server } = ends;
  const abort = new AbortController();
  // Nobody reads: sooner or later this stops.
  const writing = client.write(new Uint8Array(64 << 20), { signal: abort.signal });
  const queued = client.write(bytes("queued"), { signal: abort.signal });
  setTimeout(() => abort.abort(new RangeError("stop")), 50);
  await assertRejects(() => writing, RangeError, "stop");
  await assertRejects(() => queued, RangeError, "stop");
  const error = await assertRejects(() => client.write(bytes("x")), SslError, "aborted half-way");
  assertEquals(error.code, "ERR_WRITE_ABORTED");
  await assertRejects(() => client.shutdown({ fast: true }), SslError, "aborted half-way");
  // The other direction lives.
  await server.write(bytes("still"));
  assertEquals(text(await readExactly(client, 5)), "still");
});

Deno.test("DenoStream.write() that is aborted before its turn takes nothing away", async () => {
  using ends = await pair();
  const { client, server } = ends;
  const abort = new AbortController();
  const first = client.write(pattern(100000));
  const second = client.write(bytes("second"), { signal: abort.signal });
  abort.abort(new RangeError("stop"));
  await assertRejects(() => second, RangeError, "stop");
  const third = client.write(bytes("third"));
  const got = await readExactly(server, 100005);
  await Promise.all([first, third]);
  assertEquals(text(got.subarray(100000)), "third");
});

Deno.test("DenoStream.shutdown() waits for the peer's close_notify unless fast", async () => {
  using ends = await pair();
  const { client, server } = ends;
  await server.write(bytes("unread"));
  let done = false;
  const shutting = client.shutdown().then(() => done = true);
  assertStrictEquals(await server.read(new Uint8Array(9)), null);
  assertEquals(done, false);
  await server.shutdown();
  await shutting;
  assertEquals(client.shutdownState, { sent: true, received: true });
  await client.shutdown(); // idempotent
});

Deno.test("DenoStream.shutdown() leaves the bytes of a read in flight to it", async () => {
  for (const size of [100, 20000]) {
    using ends = await pair();
    const { client, server } = ends;
    const p = new Uint8Array(size);
    const reading = client.read(p);
    const shutting = client.shutdown();
    assertStrictEquals(await server.read(new Uint8Array(9)), null);
    await server.write(bytes("last words"));
    assertEquals(await reading, 10);
    assertEquals(text(p.subarray(0, 10)), "last words");
    await server.shutdown();
    await shutting;
  }
});

Deno.test("DenoStream.shutdown() ends its wait by a signal", async () => {
  using ends = await pair();
  const { client } = ends;
  const abort = new AbortController();
  const shutting = client.shutdown({ signal: abort.signal });
  setTimeout(() => abort.abort(new RangeError("stop")), 10);
  await assertRejects(() => shutting, RangeError, "stop");
  assertEquals(client.shutdownState, { sent: true, received: false });
});

Deno.test("DenoStream.tryShutdown() goes step by step", async () => {
  using ends = await pair();
  const { client, server } = ends;
  await server.write(bytes("unread"));
  let steps = 0;
  let got = "";
  const shutting = (async () => {
    while (steps < 100) {
      const r = client.tryShutdown();
      if (r === true) return;
      steps++;
      if (r !== false) await client.ready(r);
      else { // bytes that must be read first: they are not thrown away
        const p = new Uint8Array(4);
        assertEquals(client.tryPeek(p), Math.min(4, 6 - got.length));
        got += text(p.subarray(0, client.tryRead(p) as number));
      }
    }
  })();
  assertStrictEquals(await server.read(new Uint8Array(9)), null);
  await server.shutdown();
  await shutting;
  assert(steps >= 2 && steps < 100, `${steps} steps`);
  assertEquals(got, "unread");
  assertEquals(client.shutdownState, { sent: true, received: true });
  assertEquals(client.tryShutdown(), true);
});

Deno.test("DenoStream.close() ends what is in flight and is idempotent", async () => {
  for (const size of [10, 20000]) {
    using ends = await pair();
    const { client } = ends;
    const reading = client.read(new Uint8Array(size));
    client.close();
    client.close();
    assertEquals((await assertRejects(() => reading, SslError, "closed")).code, "ECLOSED");
    await closedIn(client);
    assertThrows(() => client.tryRead(new Uint8Array(1)), SslError, "closed");
    assertThrows(() => client.tryWrite(new Uint8Array(1)), SslError, "closed");
    assertThrows(() => client.tryShutdown(), SslError, "closed");
    await assertRejects(() => client.shutdown(), SslError, "closed");
    assertEquals(client.pending(), 0);
    await client.ready(SSL_WANT_READ);
  }
});

Deno.test("DenoStream.handshake() must come before data, and is idempotent", async () => {
  using listening = await listen();
  const accepting = listening.listener.accept(listening.context, undefined);
  const client = await (await clientContext()).dial(listening.target, params());
  const server = await accepting;
  try {
    await closedIn(client, "ERR_SSL_NOT_ESTABLISHED");
    await closedIn(server, "ERR_SSL_NOT_ESTABLISHED");
    assertEquals(client.established, false);
    assertThrows(() => client.tryRead(new Uint8Array(1)), SslError, "handshake is not complete");
    await Promise.all([client.handshake(), client.handshake(), server.handshake()]);
    await client.handshake({ signal: AbortSignal.abort() }); // nothing left to abort
    assertEquals(client.established, true);
  } finally {
    client.close();
    server.close();
  }
});

Deno.test("DenoStream.tryHandshake() goes step by step", async () => {
  using listening = await listen();
  const accepting = listening.listener.accept(listening.context, undefined);
  const client = await (await clientContext()).dial(listening.target, params());
  const server = await accepting;
  try {
    await Promise.all([client, server].map(async (stream) => {
      for (let r = stream.tryHandshake(); r !== true; r = stream.tryHandshake()) {
        assertStrictEquals(r, SSL_WANT_READ);
        await stream.ready(r);
      }
    }));
    await client.write(bytes("x"));
    assertEquals(await server.read(new Uint8Array(5)), 1);
  } finally {
    client.close();
    server.close();
  }
});

Deno.test("DenoStream.tryHandshake() throws what refused the peer, each time", async () => {
  using listening = await listen();
  const accepting = listening.listener.accept(listening.context, undefined);
  const client = await (await clientContext()).dial(listening.target, params("wrong.test"));
  const server = await accepting;
  const refused = assertRejects(() => server.handshake(), SslError, "bad_certificate");
  assertStrictEquals(client.tryHandshake(), SSL_WANT_READ);
  await client.ready(SSL_WANT_READ);
  const first = assertThrows(() => client.tryHandshake(), SslVerifyError, "wrong.test");
  assertStrictEquals(assertThrows(() => client.tryHandshake()), first);
  assertStrictEquals(await assertRejects(() => client.read(new Uint8Array(1))), first);
  await refused;
});

Deno.test("DenoStream knows what Deno says about a connection, and nothing else", async () => {
  using ends = await pair({ client: { alpn: ["h2", "x"] }, server: { alpn: ["x", "y"] } });
  const { client, server } = ends;
  const nothing = {
    version: undefined,
    versionInt: undefined,
    cipher: undefined,
    npn: undefined,
    reused: undefined,
  };
  assertEquals(client.negotiated(), { ...nothing, serverName: "localhost", alpn: "x" });
  assertEquals(server.negotiated(), { ...nothing, serverName: undefined, alpn: "x" });
  const { server: certificate } = await pki();
  assertEquals(server.ownCertificate(), certificate.certificate.der);
  assertEquals(client.ownCertificate(), undefined);
  assertEquals(server.peerChain(), []);
  const port = (client.remoteAddr as Deno.NetAddr).port;
  assertEquals((server.localAddr as Deno.NetAddr).port, port);
  assertEquals({ ...client.localAddr }, { ...server.remoteAddr });
  for (
    const call of [
      () => client.exportKeyingMaterial("EXPORTER-x", 32),
      () => client.finished("own"),
      () => server.finished("peer"),
      () => client.release(),
    ]
  ) assertThrows(call, SslUnsupportedError, "--allow-ffi");
  assertEquals(client.established, true); // release() that throws takes nothing away
  client.unref();
  client.ref();
});

Deno.test("ContextHooks.verify judges on the Deno engine before data flows", async () => {
  const { server: certificate } = await pki();
  const seen: [PeerEvidence, unknown][] = [];
  using ends = await pair({
    client: {
      hooks: {
        verify: (evidence, user) => {
          seen.push([evidence, user]);
          return undefined;
        },
      },
    },
  });
  assertEquals(seen.length, 1);
  const [evidence] = seen[0]!;
  assertEquals([evidence.error, evidence.errorDepth, evidence.resumed], [0, 0, false]);
  assertEquals(evidence.chain, []); // Deno shows the leaf at most, never what it built
  assertEquals(evidence.presented, ends.client.peerChain());
  const told = denoEngine().features.has("peerCertificate");
  assertEquals(evidence.presented, told ? [certificate.certificate.der] : []);
});

for (const how of ["returns", "throws"]) {
  Deno.test(`ContextHooks.verify that ${how} an error refuses the peer`, async () => {
    using listening = await listen();
    const accepting = listening.listener.accept(listening.context, undefined);
    const refusal = new SslVerifyError("pin does not match", { code: "PIN" });
    let user: unknown;
    const context = await clientContext({
      hooks: {
        verify: (_evidence, u) => {
          user = u;
          if (how === "throws") throw refusal;
          return refusal;
        },
      },
    });
    const client = await context.dial(listening.target, params("localhost", { user: "me" }));
    const server = await accepting;
    const shaking = server.handshake();
    assertStrictEquals(await assertRejects(() => client.handshake()), refusal);
    await shaking;
    assertEquals(user, "me");
    assertEquals(client.established, false);
    assertStrictEquals(await assertRejects(() => client.write(bytes("secret"))), refusal);
    assertStrictEquals(await assertRejects(() => client.read(new Uint8Array(1))), refusal);
    assertStrictEquals(await server.read(new Uint8Array(9)), null); // no byte came
    server.close();
  });
}

Deno.test("DenoStream.tryHandshake(): a failure that nobody awaits is not an unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = server.addr as Deno.NetAddr;
  const [tcp, peer] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port }),
    server.accept(),
  ]);
  const context = await clientContext();
  const stream = context.start(tcp, params());
  assertStrictEquals(stream.tryHandshake(), SSL_WANT_READ);
  await peer.write(bytes("220 this is not TLS\r\n"));
  // The client is gone when its handshake has failed.
  const p = new Uint8Array(1000);
  while (await peer.read(p).catch(() => null) !== null);
  peer.close();
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve));
  globalThis.removeEventListener("unhandledrejection", listener);
  assertEquals(unhandled, []);
  assertEquals(assertThrows(() => stream.tryHandshake(), SslError).code, "ERR_SSL_NOT_TLS");
  stream.close();
  context.close();
});
