/** Cut, altered, silent and foreign streams: never a silent end, never an altered byte. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import type { TlsStream } from "../../engine/engine.ts";
import { SslError, SslPeerError, SslTruncatedError } from "../../errors.ts";
import {
  bytes,
  clientContext,
  connect,
  credential,
  HOST,
  joined,
  listen,
  pair,
  params,
  pattern,
  Proxy,
  readAll,
  serveOne,
  type Tampering,
  target,
} from "./harness.ts";
import { refuses } from "../helpers/refuses.ts";

const MESSAGE = pattern(3000);

/** Fixed lengths on the wire: Ed25519 signatures do not vary. */
async function steadyServer() {
  const ca = await TestCa.create({ keyType: "ed25519" });
  const certificate = await ca.server({ keyType: "ed25519" });
  const trust = { anchors: undefined, extra: [ca.cert.der], crls: [], checkCrl: "none" } as const;
  return {
    context: await clientContext({ trust }),
    listening: await listen({ credentials: [credential(certificate)] }),
  };
}

type Steady = Awaited<ReturnType<typeof steadyServer>>;

interface Outcome {
  proxy: Proxy;
  got: Uint8Array;
  ended: boolean;
  error: unknown;
  server: SslError | undefined;
  served: Uint8Array;
}

/** The client asks, the server answers in records of 1,000 bytes and ends; both through the proxy. */
async function throughProxy(
  { context, listening }: Steady,
  direction: "down" | "up",
  tampering: Tampering,
): Promise<Outcome> {
  const proxy = new Proxy(listening.target, direction, tampering);
  const heard: Uint8Array[] = [];
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    async (stream) => {
      heard.push(await readAll(stream));
      for (let at = 0; at < MESSAGE.length; at += 1000) {
        await stream.write(MESSAGE.subarray(at, at + 1000));
      }
      await stream.shutdown({ fast: true });
    },
  );
  const client = await context.dial(proxy.target, params());
  const parts: Uint8Array[] = [];
  let ended = false;
  let error: unknown;
  try {
    await client.handshake();
    await client.write(bytes("what is the answer?"));
    await client.shutdown({ fast: true });
    const p = new Uint8Array(700);
    for (;;) {
      const n = await client.read(p);
      if (n === null) break;
      parts.push(p.slice(0, n));
    }
    ended = true;
  } catch (e) {
    error = e;
  } finally {
    client.close();
  }
  const server = await serving;
  await proxy.done;
  return { proxy, got: joined(parts), ended, error, server, served: joined(heard) };
}

function isPrefix(part: Uint8Array, whole: Uint8Array): boolean {
  return part.length <= whole.length && part.every((b, i) => b === whole[i]);
}

for (const reset of [false, true]) {
  Deno.test(`Deno engine reports every cut of the stream (${reset ? "RST" : "FIN"})`, async () => {
    const steady = await steadyServer();
    try {
      const whole = await throughProxy(steady, "down", {});
      assertEquals([whole.ended, whole.error, whole.got], [true, undefined, MESSAGE]);
      const { total } = whole.proxy;
      assert(total > MESSAGE.length + 500, `${total} bytes`);
      let handshake = 0;
      let truncated = 0;
      const cuts = Array.from({ length: 40 }, (_, i) => Math.floor(i * total / 40));
      for (const cutAt of [...cuts, total - 20, total - 2, total - 1]) {
        const { proxy, ended, error, got } = await throughProxy(steady, "down", { cutAt, reset });
        assert(proxy.tampered, `cut at ${cutAt} of ${total} did not happen`);
        assert(!ended, `cut at ${cutAt} of ${total} was a clean end`);
        assert(isPrefix(got, MESSAGE));
        assertInstanceOf(error, SslError, `${cutAt}: ${error}`);
        if (error instanceof SslTruncatedError) {
          truncated++;
          assertEquals(error.code, "ERR_SSL_TRUNCATED");
        } else {
          handshake++;
          // A reset may also meet the write of the question.
          if (!reset) assertEquals(error.code, "ERR_SSL_HANDSHAKE_EOF", error.message);
        }
      }
      assert(handshake > 5 && truncated > 5, `${handshake} in the handshake, ${truncated} after`);
    } finally {
      steady.listening[Symbol.dispose]();
    }
  });
}

for (const direction of ["down", "up"] as const) {
  Deno.test(`Deno engine delivers no altered byte (${direction})`, async () => {
    const steady = await steadyServer();
    try {
      const { proxy: { total } } = await throughProxy(steady, direction, {});
      let flips = 0;
      for (let flipAt = 0; flipAt < total; flipAt += direction === "down" ? 97 : 17) {
        const { proxy, ended, error, got, served, server } = await throughProxy(
          steady,
          direction,
          { flipAt },
        );
        if (!proxy.tampered) break; // the client sends less than the server
        flips++;
        assert(isPrefix(got, MESSAGE), `flip at ${flipAt} altered the answer`);
        assert(isPrefix(served, bytes("what is the answer?")), `flip at ${flipAt} altered`);
        if (direction === "down") {
          assert(!ended, `flip at ${flipAt} was a clean end`);
          assertInstanceOf(error, SslError, String(error));
        } else {
          assertInstanceOf(server, SslError, `flip at ${flipAt} went unnoticed by the server`);
          // Deno's close() sends close_notify after a truncation, so the client may see an end,
          // but never an answer.
          assert(!ended || got.length === 0, `flip at ${flipAt} was answered`);
        }
      }
      assert(flips > 20, `${flips} flips`);
    } finally {
      steady.listening[Symbol.dispose]();
    }
  });
}

Deno.test("a truncated stream stays truncated", async () => {
  const steady = await steadyServer();
  try {
    const { proxy: { total } } = await throughProxy(steady, "down", {});
    const proxy = new Proxy(steady.listening.target, "down", { cutAt: total - 500 });
    const serving = serveOne(
      steady.listening.listener.accept(steady.listening.context, undefined),
      async (stream) => {
        await stream.read(new Uint8Array(100));
        await stream.write(MESSAGE);
      },
    );
    const client = await steady.context.dial(proxy.target, params());
    await client.handshake();
    await client.write(bytes("?"));
    const first = await refuses(() => readAll(client), SslTruncatedError, "ERR_SSL_TRUNCATED");
    for (const size of [1, 20000]) {
      const again = await assertRejects(() => client.read(new Uint8Array(size)));
      assert(again === first);
    }
    await refuses(() => client.peek(new Uint8Array(1)), SslTruncatedError, "ERR_SSL_TRUNCATED");
    await refuses(() => client.shutdown(), SslTruncatedError, "ERR_SSL_TRUNCATED");
    client.close();
    await serving;
    await proxy.done;
  } finally {
    steady.listening[Symbol.dispose]();
  }
});

/** A plain server for one connection; closed at the end of the block. */
function plainServer(
  act: (conn: Deno.TcpConn) => Promise<void>,
): AsyncDisposable & { addr: Deno.NetAddr } {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const serving = listener.accept().then(async (conn) => {
    try {
      await act(conn);
    } finally {
      try {
        conn.close();
      } catch {
        // act() may have done it
      }
    }
  });
  return {
    addr: listener.addr as Deno.NetAddr,
    async [Symbol.asyncDispose]() {
      await serving;
      listener.close();
    },
  };
}

async function untilEnd(conn: Deno.Conn): Promise<void> {
  const p = new Uint8Array(4096);
  while (await conn.read(p).catch(() => null) !== null);
}

async function failingHandshake(addr: Deno.Addr, signal?: AbortSignal): Promise<unknown> {
  const client = await (await clientContext()).dial(target(addr), params());
  try {
    await client.handshake({ signal });
    return undefined;
  } catch (error) {
    assertEquals(client.established, false);
    return error;
  } finally {
    client.close();
  }
}

for (
  const [what, answer] of [
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["SMTP", "220 mail.test ESMTP ready\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["POP3", "+OK ready\r\n"],
  ] as const
) {
  Deno.test(`Deno engine says that a ${what} server does not speak TLS`, async () => {
    await using server = plainServer(async (conn) => {
      await conn.write(bytes(answer));
      await untilEnd(conn);
    });
    const error = await failingHandshake(server.addr);
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.code, "ERR_SSL_NOT_TLS");
    assert(error.message.includes("does not speak TLS"), error.message);
  });
}

Deno.test("Deno engine reports a server that closes during the handshake", async () => {
  await using server = plainServer(async (conn) => void await conn.read(new Uint8Array(4096)));
  const error = await failingHandshake(server.addr);
  assertInstanceOf(error, SslPeerError);
  assertEquals(error.code, "ERR_SSL_HANDSHAKE_EOF");
  assert(error.message.includes("closed the connection during the handshake"), error.message);
});

for (
  const [number, name] of [
    [40, "handshake_failure"],
    [48, "unknown_ca"],
    [70, "protocol_version"],
    [112, "unrecognized_name"],
    [116, "certificate_required"],
    [200, "alert 200"],
  ] as const
) {
  Deno.test(`Deno engine names the alert ${name}`, async () => {
    await using server = plainServer(async (conn) => {
      await conn.read(new Uint8Array(4096));
      await conn.write(new Uint8Array([21, 3, 3, 0, 2, 2, number]));
      await untilEnd(conn);
    });
    const error = await failingHandshake(server.addr);
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.alert, name);
    assert(error.message.includes(name), error.message);
  });
}

for (
  const [what, record, code] of [
    ["a malformed ServerHello", [22, 3, 3, 0, 8, 2, 0, 0, 4, 1, 2, 3, 4], "ERR_SSL_DECODE"],
    ["a message out of turn", [22, 3, 3, 0, 4, 99, 0, 0, 0], "ERR_SSL_UNEXPECTED_MESSAGE"],
    ["data before the handshake", [23, 3, 3, 0, 4, 2, 0, 0, 0], "ERR_SSL_UNEXPECTED_MESSAGE"],
    ["a record that is too long", [22, 3, 3, 255, 255, 2, 0, 0, 0], "ERR_SSL_RECORD_OVERFLOW"],
  ] as const
) {
  Deno.test(`Deno engine blames the peer for ${what}`, async () => {
    await using server = plainServer(async (conn) => {
      await conn.read(new Uint8Array(4096));
      await conn.write(new Uint8Array(record));
      await untilEnd(conn);
    });
    const error = await failingHandshake(server.addr);
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.code, code, error.message);
  });
}

for (const when of ["before the handshake", "during the handshake"]) {
  Deno.test(`Deno engine leaves a silent server when aborted ${when}`, async () => {
    const gone = Promise.withResolvers<void>();
    await using server = plainServer(() => gone.promise);
    const abort = new AbortController();
    if (when.startsWith("before")) abort.abort(new RangeError("enough"));
    else setTimeout(() => abort.abort(new RangeError("enough")), 20);
    const error = await failingHandshake(server.addr, abort.signal);
    assertInstanceOf(error, RangeError);
    gone.resolve();
  });
}

Deno.test("an aborted handshake closes the stream for every caller", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = plainServer(() => gone.promise);
  const client = await (await clientContext()).dial(target(server.addr), params());
  const abort = new AbortController();
  const other = client.handshake();
  const aborted = client.handshake({ signal: abort.signal });
  const ready = client.tryHandshake();
  abort.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  await assertRejects(() => other, SslError, "closed");
  assert(ready !== true);
  await assertRejects(() => client.handshake(), SslError, "closed");
  await assertRejects(() => client.read(new Uint8Array(1)), SslError, "closed");
  gone.resolve();
});

Deno.test("Deno engine's server leaves a silent client when aborted", async () => {
  using listening = await listen();
  const accepting = listening.listener.accept(listening.context, undefined);
  const conn = await connect(listening.listener.addr);
  const server = await accepting;
  const abort = new AbortController();
  const shaking = server.handshake({ signal: abort.signal });
  abort.abort(new RangeError("enough"));
  await assertRejects(() => shaking, RangeError, "enough");
  await assertRejects(() => server.handshake(), SslError, "closed");
  conn.close();
});

Deno.test("Deno engine's server survives garbage, each time with an error of the library", async () => {
  using listening = await listen();
  const openings: Uint8Array[] = [
    new Uint8Array(),
    bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    bytes("EHLO there\r\n"),
    pattern(1),
    pattern(600),
    new Uint8Array(600),
    new Uint8Array(600).fill(255),
    new Uint8Array([22, 3, 1]),
    new Uint8Array([22, 3, 1, 2, 0, 1, 0]),
    new Uint8Array([22, 3, 0, 0, 5, 1, 0, 0, 1, 0]),
    new Uint8Array([21, 3, 3, 0, 2, 2, 0]),
    new Uint8Array([21, 3, 3, 0, 2, 1, 0]),
    new Uint8Array([128, 46, 1, 3, 1, 0, 21, 0, 0, 0, 16]),
    new Uint8Array([22, 3, 1, 64, 1, ...new Uint8Array(100)]),
    new Uint8Array([20, 3, 3, 0, 1, 1]),
  ];
  for (const opening of openings) {
    const accepting = listening.listener.accept(listening.context, undefined);
    const conn = await connect(listening.listener.addr);
    const serving = serveOne(accepting, () => Promise.resolve());
    await conn.write(opening);
    await conn.closeWrite();
    await untilEnd(conn);
    const error = await serving;
    assertInstanceOf(error, SslPeerError, `opening ${opening.slice(0, 9)}: ${error}`);
    conn.close();
  }
  // And still it serves.
  const accepting = listening.listener.accept(listening.context, undefined);
  const client = await (await clientContext()).dial(listening.target, params());
  const serving = serveOne(accepting, async (s) => void await s.write(bytes("x")));
  await client.handshake();
  assertEquals(await client.read(new Uint8Array(5)), 1);
  client.close();
  assertEquals(await serving, undefined);
});

Deno.test("a peer that closes without an alert while we write is an error, not a success", async () => {
  using ends = await pair();
  ends.server.close();
  const write = async (s: TlsStream) => {
    for (let i = 0; i < 1000; i++) await s.write(new Uint8Array(65536));
  };
  const error = await assertRejects(() => write(ends.client), SslError, "Cannot write");
  assert(["EPIPE", "ECONNRESET"].includes(error.code), error.code);
});

Deno.test("dial() names what went wrong and where", async () => {
  const context = await clientContext();
  const closed = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = closed.addr;
  closed.close();
  const refused = await assertRejects(
    () => context.dial({ transport: "tcp", hostname: HOST, port }, params()),
    SslError,
    `${HOST}:${port}`,
  );
  assertEquals(refused.code, "ECONNREFUSED");
  assert(refused.errno > 0);
  assertInstanceOf(refused.cause, Deno.errors.ConnectionRefused);
  const unknown = await assertRejects(
    () =>
      context.dial({ transport: "tcp", hostname: "no.such.invalid", port: 1 }, params("a.test")),
    SslError,
    "no.such.invalid:1",
  );
  assertEquals(unknown.code, "ENOTFOUND");
  const abort = AbortSignal.abort(new RangeError("before"));
  await assertRejects(
    () => context.dial({ transport: "tcp", hostname: HOST, port }, params(), { signal: abort }),
    RangeError,
    "before",
  );
});

Deno.test("dial() with a client certificate names what went wrong, and can be aborted", async () => {
  const ca = await TestCa.create();
  const context = await clientContext({ credentials: [credential(await ca.client("me"))] });
  const closed = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = closed.addr;
  closed.close();
  const to = { transport: "tcp", hostname: HOST, port } as const;
  const refused = await assertRejects(
    () => context.dial(to, params(HOST)),
    SslError,
    `${HOST}:${port}`,
  );
  assertEquals(refused.code, "ECONNREFUSED");
  const abort = AbortSignal.abort(new RangeError("before"));
  await assertRejects(() => context.dial(to, params(HOST), { signal: abort }), RangeError);
  // Aborted while it connects: the connection that comes is closed again.
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const controller = new AbortController();
  const dialling = context.dial(target(listener.addr), params(HOST), {
    signal: controller.signal,
  });
  const conn = await listener.accept();
  controller.abort(new RangeError("while"));
  await assertRejects(() => dialling, RangeError, "while");
  conn.close();
  listener.close();
});
