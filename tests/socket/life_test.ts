/** The table of socket/phases.ts, row by row, on live sockets of both engines. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
} from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  bytes,
  connectPair,
  connectThroughRelay,
  listen,
  readText,
  settle,
  tcpServer,
  testPki,
  trust,
} from "../contract/harness.ts";
import { NO_RECORD } from "../helpers/openssl.ts";
import { refuses } from "../helpers/refuses.ts";

const ENGINES = ["openssl", "deno"] as const;

const states = (socket: SslSocket) => [socket.isSsl(), socket.opened()];

/** What a read and a write give: a number, null, or the code of the error; a read may be one that waits. */
async function tries(socket: SslSocket, waits = false): Promise<unknown[]> {
  const told = (e: SslError) => e instanceof SslTruncatedError ? "truncated" : e.code;
  return [
    await socket.read(new Uint8Array(1), waits ? { signal: AbortSignal.timeout(20) } : {})
      .catch((e) => e.name === "TimeoutError" ? "waits" : told(e)),
    await socket.write(bytes("x")).catch(told),
  ];
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: isSsl(), opened(), read and write in each state of an open socket`, async () => {
    const rows: [string, (pair: Awaited<ReturnType<typeof connectPair>>) => Promise<unknown>][] = [
      ["rw 1 waits 1", () => Promise.resolve()],
      ["r 1 waits EPIPE", (p) => p.client.closeWrite()],
      ["w 1 null 1", (p) => p.server.closeWrite()],
      [" 1 null EPIPE", (p) => Promise.all([p.client.closeWrite(), p.server.closeWrite()])],
      ["undefined 0 ECLOSED ECLOSED", (p) => p.client.close()],
    ];
    for (const [expected, bring] of rows) {
      await using pair = await connectPair(engine);
      await bring(pair);
      const waits = expected.includes("waits");
      const first = await tries(pair.client, waits);
      assertEquals([...states(pair.client), ...first].map(String).join(" "), expected);
      assertEquals(await tries(pair.client, waits), first); // again and again
    }
  });

  Deno.test(`${engine}: a socket whose stream was cut reads SslTruncatedError and knows it`, async () => {
    await using pair = await connectThroughRelay(engine);
    await pair.server.write(bytes("x"));
    assertEquals(await readText(pair.client, 1), "x");
    pair.cut();
    for (let i = 0; i < 2; i++) {
      await refuses(
        () => pair.client.read(new Uint8Array(1)),
        SslTruncatedError,
        "ERR_SSL_TRUNCATED",
      );
    }
    assertEquals(states(pair.client), ["w", 1]);
    // The writing direction is as dead, and the transport says so sooner or later.
    const failed = async () => {
      for (let i = 0; i < 100; i++) {
        await pair.client.write(bytes("x"));
        await settle();
      }
    };
    assertInstanceOf(await failed().catch((e) => e), SslError);
  });

  Deno.test(`${engine}: a socket before, in and after a handshake that fails`, async () => {
    const { ca } = await testPki();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    await using server = tcpServer(async (conn) => {
      await conn.read(new Uint8Array(4096));
      asked.resolve();
      await answer.promise;
      await conn.write(bytes("no TLS here\r\n"));
    });
    await using client = await SslSocket.connect(`localhost:${server.port}`, {
      ...trust(engine, ca),
      family: 4,
      startHandshake: false,
    });
    assertEquals(states(client), [undefined, 0]);
    const connecting = client.connectSsl().then(() => undefined, (e) => e);
    await settle();
    assertEquals(states(client), ["", 0]);
    const { code } = await assertRejects(() => client.write(bytes("early")), SslError);
    assertEquals(code, "ENOTCONN");
    await asked.promise;
    answer.resolve();
    assertInstanceOf(await connecting, SslPeerError);
    assertEquals(states(client), [undefined, 0]); // it is closed
    await refuses(() => client.write(bytes("in plain text?")), SslError, "ECLOSED");
  });

  Deno.test(`${engine}: close() with fastShutdown: false has a timeout, and the connection is closed by it`, async () => {
    await using pair = await connectPair(engine);
    // The server never reads, so it does not answer.
    const closing = pair.client.close({ fastShutdown: false, timeout: 40 });
    const error = await closing.then(() => undefined, (e) => e);
    assertInstanceOf(error, SslTimeoutError);
    assertEquals(states(pair.client), [undefined, 0]);
    assertEquals(pair.client.errstr(), error);
    // Our close_notify went: the server sees a proper end.
    assertEquals(await pair.server.read(new Uint8Array(1)), null);
  });

  Deno.test(`${engine}: close() with wrong values closes nothing`, async () => {
    await using pair = await connectPair(engine);
    for (const timeout of [-1, NaN, "5" as unknown as number]) {
      await assertRejects(() => pair.client.close({ timeout }), Error, "timeout");
    }
    assertEquals(states(pair.client), ["rw", 1]);
  });
}

Deno.test("openssl: a failed upgrade of a kept connection is -1, and nothing goes in plain text", async () => {
  const { ca } = await testPki();
  await using server = tcpServer(async (conn) => {
    await conn.read(new Uint8Array(4096));
    await conn.write(bytes("no TLS here\r\n"));
  });
  const client = await SslSocket.connect(`localhost:${server.port}`, {
    ...trust("openssl", ca),
    family: 4,
    startHandshake: false,
    keepSocketOnError: true,
  });
  const error = await assertRejects(() => client.connectSsl(), SslPeerError);
  assertEquals(states(client), [undefined, -1]);
  assertEquals(await tries(client), ["ENOTCONN", "ENOTCONN"]);
  await assertRejects(() => client.connectSsl(), TypeError);
  assertEquals(await readText(error.transport as Deno.Conn, 13), "no TLS here\r\n");
  await client.close();
  assertEquals(states(client), [undefined, 0]);
});

Deno.test("openssl: stopSsl() with noShutdown sends nothing, with fastShutdown waits for nothing", async () => {
  await using pair = await connectPair("openssl");
  const plain = await pair.client.stopSsl({ noShutdown: true });
  assertEquals(states(pair.client), [undefined, 0]);
  await plain.write(bytes("plain"));
  // What comes is not TLS any more: an error, and never data.
  await refuses(
    () => pair.server.read(new Uint8Array(9)),
    SslPeerError,
    NO_RECORD,
  );

  await using second = await connectPair("openssl");
  await second.client.stopSsl({ fastShutdown: true });
  assertEquals(states(second.client), [undefined, 0]);
  assertEquals(await second.server.read(new Uint8Array(1)), null);
  assertEquals(states(second.server), ["w", 1]);
  // Both sides may say goodbye at the same time, or one after the other.
  await second.server.stopSsl();
  await second.client.write(bytes("plain"));
  assertEquals(await readText(second.server, 5), "plain");
});

Deno.test("deno: stopSsl() is refused and leaves TLS as it was", async () => {
  await using pair = await connectPair("deno");
  await assertRejects(() => pair.client.stopSsl(), SslUnsupportedError, "--allow-ffi");
  assertThrows(() => pair.client.tryStopSsl(), SslUnsupportedError, "--allow-ffi");
  assertEquals(states(pair.client), ["rw", 1]);
  await pair.client.write(bytes("on"));
  assertEquals(await readText(pair.server, 2), "on");
});

// Deno's own TLS has no such thing: engine/deno/listener.ts tells.
Deno.test("openssl: the connection of a silent client is closed when its time is up", async () => {
  const listener = await listen("openssl", { handshakeTimeout: 30 });
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await refuses(() => listener.accept(), SslTimeoutError, "ETIMEDOUT");
  assertEquals(await conn.read(new Uint8Array(9)).catch(() => null), null);
  listener.close();
});

Deno.test("deno: the connection of a silent client is given up when its time is up, and gone when it is", async () => {
  const listener = await listen("deno", { handshakeTimeout: 30 });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  await refuses(() => listener.accept(), SslTimeoutError, "ETIMEDOUT");
  conn.close();
  listener.close();
});
