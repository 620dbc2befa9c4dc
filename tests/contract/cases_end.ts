/** The end of a connection: close, half-close, truncation. */

import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { SslError, SslTruncatedError, SslUnsupportedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  bytes,
  connectPair,
  connectThroughRelay,
  readText,
  settle,
  testPki,
  trust,
} from "./harness.ts";
import type { Cases } from "./suite.ts";
import { refuses } from "../helpers/refuses.ts";

export function endCases(cases: Cases): void {
  cases.add("read() returns null after close_notify, again and again", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    await pair.server.write(bytes("last"));
    await pair.server.close();
    assertEquals(await readText(pair.client, 4), "last");
    for (let i = 0; i < 3; i++) assertEquals(await pair.client.read(new Uint8Array(1)), null);
    assertEquals(pair.client.isSsl(), "w");
    assertEquals(pair.client.opened(), 1);
    assertEquals(pair.client.errstr(), undefined);
  });

  cases.add(
    "read() after a cut is SslTruncatedError on both sides, again and again",
    [],
    async (t) => {
      await using pair = await connectThroughRelay(t.engine);
      await pair.server.write(bytes("half"));
      await pair.client.write(bytes("HALF"));
      assertEquals(await readText(pair.client, 4), "half");
      assertEquals(await readText(pair.server, 4), "HALF");
      pair.cut();
      for (const socket of [pair.client, pair.server]) {
        for (let i = 0; i < 3; i++) {
          await assertRejects(() => socket.read(new Uint8Array(1)), SslTruncatedError);
        }
        assertEquals(socket.errstr() instanceof SslTruncatedError, true);
        assertEquals(socket.isSsl(), "w");
      }
    },
  );

  cases.add("allowTruncation reads an end without close_notify as null", [], async ({ engine }) => {
    await using pair = await connectThroughRelay(engine, { allowTruncation: true });
    await pair.server.write(bytes("half"));
    assertEquals(await readText(pair.client, 4), "half");
    pair.cut();
    for (let i = 0; i < 2; i++) assertEquals(await pair.client.read(new Uint8Array(1)), null);
    await assertRejects(() => pair.server.read(new Uint8Array(1)), SslTruncatedError);
  });

  cases.add(
    "a later close() with a timeout, and a shutdown(), cut short a close() that takes long",
    [],
    async ({ engine }) => {
      const pair = await connectPair(engine);
      const lost: Promise<unknown>[] = [];
      for (const socket of [pair.client, pair.server]) {
        lost.push(refuses(() => socket.write(new Uint8Array(10_000_000)), SslError, "ECLOSED"));
      }
      const closing = [pair.client.close({ timeout: 0 }), pair.server.close({ timeout: 0 })];
      await pair.client.close({ timeout: 1 });
      await pair.listener.shutdown({ deadline: 1 });
      await Promise.all([...closing, ...lost]);
    },
  );

  cases.add(
    "close() with noShutdown leaves a truncated stream",
    ["noShutdown"],
    async ({ engine }) => {
      await using pair = await connectPair(engine);
      await pair.server.write(bytes("half"));
      await pair.server.close({ noShutdown: true });
      assertEquals(await readText(pair.client, 4), "half");
      await assertRejects(() => pair.client.read(new Uint8Array(1)), SslTruncatedError);
    },
  );

  cases.add("close() with noShutdown is refused by the Deno engine", [], async (t) => {
    if (t.features.has("noShutdown")) return;
    await using pair = await connectPair(t.engine);
    await assertRejects(
      () => pair.client.close({ noShutdown: true }),
      SslUnsupportedError,
      "--allow-ffi",
    );
    assertEquals(pair.client.opened(), 1);
  });

  cases.add("close() ends a read that waits with ECLOSED, never with null", [], async (t) => {
    await using pair = await connectPair(t.engine);
    const read = pair.client.read(new Uint8Array(1)).then((n) => n, (error) => error);
    await settle();
    await pair.client.close();
    const error = await read;
    assertEquals(error instanceof SslError && error.code, "ECLOSED");
    assertStringIncludes(error.message, "the socket is closed");
  });

  cases.add("close() is idempotent and everything after it is ECLOSED", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const { client } = pair;
    await Promise.all([client.close(), client.close()]);
    await client.close();
    assertEquals(client.opened(), 0);
    assertEquals(client.isSsl(), undefined);
    assertEquals(client.pending(), 0);
    for (
      const call of [
        () => client.read(new Uint8Array(1)),
        () => client.write(bytes("x")),
        () => client.peek(new Uint8Array(1)),
        () => client.closeWrite(),
        () => client.stopSsl(),
        () => client.connectSsl(),
        async () => await client.tryRead(new Uint8Array(1)),
        async () => await client.tryWrite(bytes("x")),
      ]
    ) {
      const error = await assertRejects(call, SslError);
      assertEquals(error.code, "ECLOSED");
    }
    await client.ready();
    assertEquals(await pair.server.read(new Uint8Array(1)), null);
  });

  cases.add("close() refuses unknown options", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const close = pair.client.close.bind(pair.client) as (o: object) => Promise<void>;
    await assertRejects(() => close({ noshutdown: true }), TypeError, `use "noShutdown"`);
  });

  cases.add("close() with fastShutdown: false waits for the peer's close_notify", [], async (t) => {
    await using pair = await connectPair(t.engine);
    let closed = false;
    const closing = pair.client.close({ fastShutdown: false }).then(() => closed = true);
    assertEquals(await pair.server.read(new Uint8Array(1)), null);
    await settle();
    assertEquals(closed, false);
    await pair.server.close();
    await closing;
  });

  cases.add(
    "close() with fastShutdown: false reports that the peer did not answer",
    [],
    async (t) => {
      await using pair = await connectThroughRelay(t.engine);
      const closing = assertRejects(() => pair.client.close({ fastShutdown: false }), SslError);
      assertEquals(await pair.server.read(new Uint8Array(1)), null);
      pair.cut();
      await closing;
      assertEquals(pair.client.opened(), 0);
    },
  );

  cases.add("close() does not hang on a peer that takes nothing", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const data = new Uint8Array(32 * 1024 * 1024);
    const write = pair.client.write(data).catch((error) => error);
    await settle();
    await pair.client.close({ timeout: 50 });
    assertEquals((await write).code, "ECLOSED");
    assertEquals(String((pair.client.errstr() as SslError).code), "ETIMEDOUT");
  });

  cases.add("close() of a connection that is gone is not an error", [], async ({ engine }) => {
    await using pair = await connectThroughRelay(engine);
    pair.cut();
    await refuses(
      () => pair.client.read(new Uint8Array(1)),
      SslTruncatedError,
      "ERR_SSL_TRUNCATED",
    );
    await pair.client.close();
    await pair.server.close();
  });

  cases.add(
    "closeWrite() ends our direction and leaves the other open",
    ["halfClose"],
    async (t) => {
      await using pair = await connectPair(t.engine);
      const { client, server } = pair;
      await client.write(bytes("request"));
      await client.closeWrite();
      await client.closeWrite();
      assertEquals(client.isSsl(), "r");
      const error = await assertRejects(() => client.write(bytes("more")), SslError);
      assertEquals(error.code, "EPIPE");
      assertEquals(await readText(server, 7), "request");
      assertEquals(await server.read(new Uint8Array(1)), null);
      assertEquals(server.isSsl(), "w");
      await server.write(bytes("response"));
      assertEquals(await readText(client, 8), "response");
      await server.closeWrite();
      assertEquals(await client.read(new Uint8Array(1)), null);
      assertEquals(client.isSsl(), "");
      assertEquals(client.opened(), 1);
    },
  );

  cases.add("nothing that was written before close() is lost", [], async ({ engine }) => {
    for (let i = 0; i < 30; i++) {
      await using pair = await connectPair(engine);
      const sent = pair.client.write(bytes(`message ${String(i).padStart(2, "0")}`));
      await sent;
      await pair.client.close();
      assertEquals(await readText(pair.server, 10), `message ${String(i).padStart(2, "0")}`);
      assertEquals(await pair.server.read(new Uint8Array(1)), null);
    }
  });

  cases.add(
    "stopSsl() goes back to the very connection that start() was given",
    ["stopTls"],
    async (t) => {
      const { engine } = t;
      const { ca, server } = await testPki();
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const [conn, accepted] = await Promise.all([
        Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
        listener.accept(),
      ]);
      const [a, b] = await Promise.all([
        SslSocket.start(conn, { ...trust(engine, ca), hostname: "localhost" }),
        SslSocket.start(accepted, { engine, server: true, ...server }),
      ]);
      await a.write(bytes("tls"));
      assertEquals(await readText(b, 3), "tls");
      const [plainA, plainB] = await Promise.all([a.stopSsl(), b.stopSsl()]);
      assertStrictEquals(plainA, conn);
      assertStrictEquals(plainB, accepted);
      assertEquals(a.isSsl(), undefined);
      await plainA.write(bytes("plain"));
      assertEquals(await readText(plainB, 5), "plain");
      conn.close();
      accepted.close();
      await a.close(); // closed beneath: no error
      await b.close();
      listener.close();
    },
  );

  cases.add(
    "stopSsl() loses no plain byte that follows close_notify",
    ["stopTls"],
    async ({ engine }) => {
      await using pair = await connectPair(engine);
      const { client, server } = pair;
      const clientPlain = await client.stopSsl({ fastShutdown: true });
      await clientPlain.write(bytes("plain text in the same segment"));
      const serverPlain = await server.stopSsl();
      assertEquals(await readText(serverPlain, 30), "plain text in the same segment");
      await serverPlain.write(bytes("answer"));
      assertEquals(await clientPlain.read(new Uint8Array(9)), null); // the end of TLS, once
      assertEquals(await readText(clientPlain, 6), "answer");
    },
  );

  cases.add(
    "stopSsl() and connectSsl() again, on the same socket",
    ["stopTls"],
    async ({ engine }) => {
      await using pair = await connectPair(engine);
      const { client, server } = pair;
      for (let i = 0; i < 3; i++) {
        await Promise.all([client.stopSsl(), server.stopSsl()]);
        await client.write(bytes("foo"));
        assertEquals(await readText(server, 3), "foo");
        await Promise.all([client.connectSsl(), server.acceptSsl()]);
        assertEquals(client.isSsl(), "rw");
        await client.write(bytes("sslfoo"));
        assertEquals(await readText(server, 6), "sslfoo");
      }
    },
  );

  cases.add("a transport that stopSsl() gave may outlive the socket once TLS is started on it", [
    "stopTls",
  ], async ({ engine }) => {
    const { ca, server } = await testPki();
    await using pair = await connectPair(engine);
    const [a, b] = await Promise.all([pair.client.stopSsl(), pair.server.stopSsl()]);
    const [client, served] = await Promise.all([
      SslSocket.start(a, { ...trust(engine, ca), hostname: "localhost" }),
      SslSocket.start(b, { engine, server: true, ...server }),
    ]);
    await pair.client.close();
    await pair.server.close();
    await client.write(bytes("on"));
    assertEquals(await readText(served, 2), "on");
    await client.close();
    await served.close();
  });

  cases.add("stopSsl() waits no longer than its timeout", ["stopTls"], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const error = await assertRejects(() => pair.client.stopSsl({ timeout: 30 }), SslError);
    assertEquals(error.code, "ETIMEDOUT");
  });

  cases.add(
    "stopSsl() of a truncated stream is SslTruncatedError",
    ["stopTls"],
    async ({ engine }) => {
      await using pair = await connectPair(engine);
      await pair.server.close({ noShutdown: true });
      await assertRejects(() => pair.client.stopSsl(), SslTruncatedError);
    },
  );
}
