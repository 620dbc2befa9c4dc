/** Calls that do not wait. */

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Handle } from "../../handle/handle.ts";
import { isWant, SSL_WANT_READ, SSL_WANT_WRITE } from "../../errors.ts";
import { bytes, connectPair, drain, readText, settle, text } from "./harness.ts";
import type { Cases } from "./suite.ts";

export function waitingCases(cases: Cases): void {
  cases.add("tryRead() gives data, SSL_WANT_READ, null", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const p = new Uint8Array(10);
    assertStrictEquals(pair.client.tryRead(p), SSL_WANT_READ);
    const ready = pair.client.ready(SSL_WANT_READ);
    await pair.server.write(bytes("data"));
    await ready;
    let got = "";
    while (got.length < 4) {
      const n = pair.client.tryRead(p);
      if (isWant(n)) await pair.client.ready();
      else got += text(p.subarray(0, n!));
    }
    assertEquals(got, "data");
    assertStrictEquals(pair.client.tryRead(p), SSL_WANT_READ);
    await pair.server.close();
    let end = pair.client.tryRead(p);
    while (isWant(end)) {
      await pair.client.ready(end);
      end = pair.client.tryRead(p);
    }
    assertEquals(end, null);
    assertEquals(pair.client.tryRead(p), null);
  });

  cases.add("ready() refuses what is not a want", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const handle = new Handle(pair.server);
    for (const wrong of ["read", 4, null, { signal: undefined }]) {
      const shown = "SSL_WANT_READ or SSL_WANT_WRITE: received ";
      await assertRejects(() => pair.client.ready(wrong as never), TypeError, shown);
      await assertRejects(() => handle.ready(wrong as never), TypeError, shown);
    }
  });

  cases.add("tryRead() calls onPeerShutdown at the end, and not before", [], async (t) => {
    let calls = 0;
    await using pair = await connectPair(t.engine, { onPeerShutdown: () => void calls++ });
    const p = new Uint8Array(4);
    const next = async () => {
      for (;;) {
        const n = pair.client.tryRead(p);
        if (!isWant(n)) return n;
        assertEquals(calls, 0);
        await pair.client.ready(n);
      }
    };
    await pair.server.write(bytes("data"));
    assertEquals([await next(), text(p), calls], [4, "data", 0]);
    await pair.server.write(bytes("more"));
    assertEquals([await next(), text(p), calls], [4, "more", 0]);
    await pair.server.close();
    assertEquals([await next(), calls], [null, 1]);
    assertEquals([pair.client.tryRead(p), calls], [null, 1]);
  });

  cases.add("ready() after tryWrite() waits until the peer reads", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const chunk = new Uint8Array(50_000).fill(1);
    let sent = 0;
    // The system's buffers take some while the event loop turns: full is what stays full.
    for (let full = 0; full < 50;) {
      const n = pair.client.tryWrite(chunk);
      if (isWant(n)) full++;
      else [sent, full] = [sent + n, 0];
      await settle();
    }
    let ready = false;
    const waiting = pair.client.ready().then(() => ready = true); // for what tryWrite() wanted
    await pair.server.write(bytes("x")); // which is not this
    await pair.client.ready(SSL_WANT_READ);
    for (let i = 0; i < 20; i++) await settle();
    assertEquals(ready, false);
    const draining = drain(pair.server);
    await waiting;
    const n = pair.client.tryWrite(chunk);
    assert(!isWant(n) && n > 0, `${n}`);
    await pair.client.closeWrite();
    assertEquals(await draining, sent + n);
  });

  cases.add("tryWrite() takes what fits and then wants to write", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const chunk = new Uint8Array(50_000).fill(1);
    let sent = 0;
    let full = false;
    while (!full) {
      const n = pair.client.tryWrite(chunk);
      if (isWant(n)) {
        assertStrictEquals(n, SSL_WANT_WRITE);
        full = true;
      } else sent += n;
      assert(sent < 100 * 1024 * 1024);
    }
    const draining = drain(pair.server);
    while (sent < 1_000_000) {
      await pair.client.ready(SSL_WANT_WRITE);
      const n = pair.client.tryWrite(chunk);
      if (!isWant(n)) sent += n;
    }
    await pair.client.closeWrite();
    assertEquals(await draining, sent);
  });

  cases.add("100 records in one segment are read byte by byte without a hang", [], async (t) => {
    await using pair = await connectPair(t.engine);
    for (let i = 0; i < 100; i++) pair.server.tryWrite(bytes(`record ${i};`));
    let expected = "";
    for (let i = 0; i < 100; i++) expected += `record ${i};`;
    const one = new Uint8Array(1);
    let got = "";
    while (got.length < expected.length) {
      const n = pair.client.tryRead(one);
      if (isWant(n)) await pair.client.ready(n);
      else got += text(one);
    }
    assertEquals(got, expected);
  });

  cases.add(
    "tryConnectSsl() and tryAcceptSsl() make the handshake step by step",
    ["startServer"],
    async ({ engine }) => {
      await using pair = await connectPair(engine, { startHandshake: false }, {
        startHandshake: false,
      });
      const { client, server } = pair;
      let steps = 0;
      const run = async (step: () => true | typeof SSL_WANT_READ, ready: () => Promise<void>) => {
        while (step() !== true) {
          assert(++steps < 1000, "it goes round without waiting");
          await ready();
        }
      };
      assertStrictEquals(server.tryAcceptSsl(), SSL_WANT_READ);
      assertEquals(server.isSsl(), "");
      await Promise.all([
        run(() => client.tryConnectSsl(), () => client.ready()),
        run(() => server.tryAcceptSsl(), () => server.ready()),
      ]);
      assert(steps > 0);
      assertEquals(client.tryConnectSsl(), true);
      await client.write(bytes("stepped"));
      assertEquals(await readText(server, 7), "stepped");
      assertEquals(client.isSsl(), "rw");
      await Promise.all([
        run(() => client.tryStopSsl(), () => client.ready()),
        run(() => server.tryStopSsl(), () => server.ready()),
      ]);
      assertEquals(client.isSsl(), undefined);
      await client.write(bytes("plain"));
      assertEquals(await readText(server, 5), "plain");
    },
  );

  cases.add(
    "the plain phase has tryRead(), tryWrite(), ready() and peek() too",
    ["startServer"],
    async ({ engine }) => {
      await using pair = await connectPair(engine, { startHandshake: false }, {
        startHandshake: false,
      });
      const { client, server } = pair;
      const p = new Uint8Array(10);
      assertStrictEquals(server.tryRead(p), SSL_WANT_READ);
      assertEquals(client.tryWrite(bytes("plain")), 5);
      await server.ready();
      assertEquals(server.pending(), 5);
      assertEquals(await server.peek(p), 5);
      assertEquals(server.tryRead(p), 5);
      await settle();
      await Promise.all([client.connectSsl(), server.acceptSsl()]);
      await server.write(bytes("tls"));
      assertEquals(await readText(client, 3), "tls");
    },
  );
}
