/** The listener, and clients that mean it no good. */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { decodeKeySync, encryptedKeyPem } from "../../certificate/keys/decode.ts";
import { SslContext } from "../../context/context.ts";
import { SslError, SslTimeoutError, SslUnsupportedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  bytes,
  captureClientHello,
  listen,
  reach,
  readText,
  settle,
  testPki,
  trust,
} from "./harness.ts";
import type { Cases } from "./suite.ts";
import { refuses } from "../helpers/refuses.ts";

const dial = (port: number) => Deno.connect({ hostname: "127.0.0.1", port });

/** Opens a connection and does what no client should. */
const HOSTILE: Record<string, (port: number) => Promise<Deno.TcpConn>> = {
  async silent(port) {
    return await dial(port);
  },
  async "plain HTTP"(port) {
    const conn = await dial(port);
    await conn.write(bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    return conn;
  },
  async garbage(port) {
    const conn = await dial(port);
    await conn.write(crypto.getRandomValues(new Uint8Array(512)));
    return conn;
  },
  async "half a ClientHello"(port) {
    const conn = await dial(port);
    await conn.write(new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]));
    return conn;
  },
  async "a record that is too long"(port) {
    const conn = await dial(port);
    await conn.write(new Uint8Array([0x16, 3, 1, 0xff, 0xff, 1, 2, 3]));
    return conn;
  },
  async "one byte at a time"(port) {
    const conn = await dial(port);
    (async () => {
      for (const byte of await captureClientHello("openssl")) {
        await conn.write(new Uint8Array([byte]));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })().catch(() => {}); // until the server has had enough
    return conn;
  },
  async "reset after the server's answer"(port) {
    const conn = await dial(port);
    await conn.write(await captureClientHello("openssl"));
    await conn.read(new Uint8Array(1));
    conn.close(); // with bytes unread the kernel sends RST
    return conn;
  },
  async "gone at once"(port) {
    const conn = await dial(port);
    conn.close();
    return conn;
  },
  async "gone after half a ClientHello"(port) {
    const conn = await dial(port);
    await conn.write(new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]));
    conn.close();
    return conn;
  },
};

function closeAll(conns: Deno.TcpConn[]): void {
  for (const conn of conns) {
    try {
      conn.close();
    } catch {
      // It closed itself: that was its part.
    }
  }
}

export function listenerCases(cases: Cases): void {
  cases.add(
    "the iterator goes on past hostile clients, and reports each",
    [],
    async ({ engine }) => {
      const failures: [unknown, Deno.Addr | undefined][] = [];
      const listener = await listen(engine, {
        handshakeTimeout: 200,
        onHandshakeError: (error, addr) => failures.push([error, addr]),
      });
      const served = (async () => {
        let n = 0;
        for await (const socket of listener) {
          await socket.write(bytes("hi"));
          await socket.close();
          n++;
        }
        return n;
      })();
      const conns: Deno.TcpConn[] = [];
      for (const hostile of Object.values(HOSTILE)) {
        conns.push(await hostile(listener.addr.port));
        await using client = await SslSocket.connect(await reach(engine, listener));
        assertEquals(await readText(client, 2), "hi");
      }
      while (failures.length < conns.length) await settle();
      for (const [error, addr] of failures) {
        assertInstanceOf(error, SslError);
        assertEquals((addr as Deno.NetAddr).hostname, "127.0.0.1");
      }
      assert(failures.some(([error]) => error instanceof SslTimeoutError));
      closeAll(conns);
      listener.close();
      assertEquals(await served, conns.length);
    },
  );

  cases.add("a thrown onHandshakeError does not end the loop", [], async ({ engine }) => {
    let told = 0;
    const listener = await listen(engine, {
      onHandshakeError: () => {
        told++;
        throw new Error("the reporter is broken");
      },
    });
    const iterator = listener[Symbol.asyncIterator]();
    const next = iterator.next();
    const conn = await HOSTILE.garbage!(listener.addr.port);
    while (told === 0) await settle();
    const [client, { value }] = await Promise.all([
      SslSocket.connect(await reach(engine, listener)),
      next,
    ]);
    await client.close();
    await value.close();
    conn.close();
    listener.close();
  });

  cases.add(
    "silent clients hold at most maxHandshakes places, for at most handshakeTimeout",
    [],
    async ({ engine }) => {
      const failures: unknown[] = [];
      const listener = await listen(engine, {
        maxHandshakes: 2,
        handshakeTimeout: 500, // long enough for a first handshake on a busy machine
        onHandshakeError: (error) => failures.push(error),
      });
      const next = listener[Symbol.asyncIterator]().next();
      const silent = [];
      for (let i = 0; i < 4; i++) silent.push(await dial(listener.addr.port));
      const [client, { value }] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        next,
      ]);
      assertEquals(failures.length >= 3, true); // two places, four silent ones before it
      await client.close();
      await value.close();
      closeAll(silent);
      await listener[Symbol.asyncDispose]();
    },
  );

  cases.add(
    "accept() rejects for a client that does not speak TLS, and the next one is served",
    [],
    async ({ engine }) => {
      const listener = await listen(engine);
      const accepting = assertRejects(() => listener.accept(), SslError);
      const conn = await HOSTILE["plain HTTP"]!(listener.addr.port);
      await accepting;
      const [client, server] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        listener.accept(),
      ]);
      await client.close();
      await server.close();
      conn.close();
      listener.close();
    },
  );

  cases.add("accept() ends a slow handshake by handshakeTimeout", [], async ({ engine }) => {
    const listener = await listen(engine, { handshakeTimeout: 50 });
    const accepting = assertRejects(() => listener.accept(), SslTimeoutError, "after 50 ms");
    const conn = await dial(listener.addr.port);
    await accepting;
    conn.close();
    listener.close();
  });

  cases.add(
    "accept() that is aborted leaves the next connection to the next accept()",
    [],
    async (t) => {
      const { engine } = t;
      const listener = await listen(engine);
      const controller = new AbortController();
      const accepting = listener.accept({ signal: controller.signal }).catch((error) => error);
      await settle();
      const reason = new Error("no more");
      controller.abort(reason);
      assertEquals(await accepting, reason);
      const [client, server] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        listener.accept(),
      ]);
      await client.close();
      await server.close();
      listener.close();
    },
  );

  cases.add("two accept() calls at once each get a connection", [], async ({ engine }) => {
    const listener = await listen(engine);
    const accepting = [listener.accept(), listener.accept()];
    const options = await reach(engine, listener);
    const clients = await Promise.all([SslSocket.connect(options), SslSocket.connect(options)]);
    const servers = await Promise.all(accepting);
    assert(servers[0] !== servers[1]);
    for (const socket of [...clients, ...servers]) await socket.close();
    listener.close();
  });

  cases.add("close() ends accept() and the iterator", [], async ({ engine }) => {
    const listener = await listen(engine);
    const accepting = listener.accept().catch((error) => error);
    const next = listener[Symbol.asyncIterator]().next();
    await settle();
    listener.close();
    listener.close();
    assertEquals((await accepting).code, "ECLOSED");
    assertEquals((await next).done, true);
    const error = await assertRejects(() => listener.accept(), SslError);
    assertEquals(error.code, "ECLOSED");
  });

  cases.add(
    "close() drops handshakes that run and leaves accepted sockets alone",
    [],
    async (t) => {
      const { engine } = t;
      const listener = await listen(engine);
      const iterator = listener[Symbol.asyncIterator]();
      const [client, first] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        iterator.next(),
      ]);
      const second = iterator.next();
      const silent = await dial(listener.addr.port);
      await settle();
      await listener[Symbol.asyncDispose]();
      assertEquals((await second).done, true);
      await client.write(bytes("still here"));
      assertEquals(await readText(first.value, 10), "still here");
      await client.close();
      await first.value.close();
      silent.close();
    },
  );

  cases.add("the signal of listen() closes the listener", [], async ({ engine }) => {
    const controller = new AbortController();
    const listener = await listen(engine, { signal: controller.signal });
    const next = listener[Symbol.asyncIterator]().next();
    controller.abort();
    assertEquals((await next).done, true);
  });

  cases.add(
    "shutdown() waits for the sockets that run, then for nothing",
    [],
    async ({ engine }) => {
      const listener = await listen(engine);
      const iterator = listener[Symbol.asyncIterator]();
      const [client, { value: server }] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        iterator.next(),
      ]);
      let down = false;
      const stopping = listener.shutdown().then(() => down = true);
      const again = listener.shutdown();
      assertEquals((await iterator.next()).done, true);
      await client.write(bytes("finish"));
      assertEquals(await readText(server, 6), "finish");
      await settle();
      assertEquals(down, false);
      await server.close();
      await Promise.all([stopping, again]);
      await client.close();
      await refuses(
        async () => await SslSocket.connect(await reach(engine, listener)),
        SslError,
        "ECONNREFUSED",
      );
    },
  );

  cases.add(
    "shutdown() cuts at the deadline, and the cut does not look like an end",
    [],
    async (t) => {
      const { engine } = t;
      const listener = await listen(engine);
      const [client, server] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        listener.accept(),
      ]);
      const read = server.read(new Uint8Array(1)).catch((error) => error);
      await listener.shutdown({ deadline: 20 });
      assertEquals((await read).code, "ECLOSED");
      const end = await client.read(new Uint8Array(1)).catch((error) => error);
      if (t.features.has("noShutdown")) assertInstanceOf(end, SslError);
      else assertEquals(end, null); // Deno's TLS always sends close_notify
      await client.close();
    },
  );

  cases.add("setContext() changes the certificate of later connections only", [
    "hotSwap",
    "peerCertificate",
  ], async ({ engine }) => {
    const { ca } = await testPki();
    const second = await ca.server("localhost", { commonName: "second" });
    const listener = await listen(engine);
    const pending = listener.accept(); // waits already: the new context holds for it too
    listener.setContext(await SslContext.create({ engine, server: true, ...second }));
    const [client, server] = await Promise.all([
      SslSocket.connect(await reach(engine, listener)),
      pending,
    ]);
    assertEquals(client.peerCertificate("cn"), "second");
    listener.setContext(await SslContext.create({ engine, server: true, ...await ca.server() }));
    assertEquals(client.peerCertificate("cn"), "second");
    await client.close();
    await server.close();
    listener.close();
  });

  cases.add("the last of two setContext() holds, however long the first one takes", [
    "hotSwap",
    "peerCertificate",
  ], async ({ engine }) => {
    const { ca } = await testPki();
    const slow = await ca.server("localhost", { commonName: "slow" });
    const key = encryptedKeyPem(decodeKeySync(slow.key), "bluebell", 1000);
    const quick = await ca.server("localhost", { commonName: "quick" });
    const listener = await listen(engine);
    const serves = async (): Promise<unknown> => {
      const [client, server] = await Promise.all([
        SslSocket.connect(await reach(engine, listener)),
        listener.accept(),
      ]);
      await using _both = {
        [Symbol.asyncDispose]: async () => {
          await Promise.all([client.close(), server.close()]);
        },
      };
      return client.peerCertificate("cn");
    };
    const gate = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    // Made as a client's context at once, and as a server's by the first that serves with it.
    let calls = 0;
    const passwdCb = () => ++calls === 1 ? "bluebell" : (asked.resolve(), gate.promise);
    const first = await SslContext.create({ engine, cert: slow.cert, key, passwdCb });
    const second = await SslContext.create({ engine, ...quick });
    listener.setContext(first);
    await asked.promise;
    listener.setContext(second);
    assertEquals(await serves(), "quick");
    gate.resolve("bluebell");
    for (let i = 0; i < 50; i++) await settle();
    assertEquals(listener.context, second);
    assertEquals(await serves(), "quick");
    listener.close();
  });

  cases.add("setContext() with a context that cannot serve rejects and changes nothing", [
    "hotSwap",
  ], async ({ engine }) => {
    const { ca } = await testPki();
    const failures: unknown[] = [];
    const listener = await listen(engine, { onHandshakeError: (error) => failures.push(error) });
    listener.setContext(await SslContext.create({ engine, ca: ca.pem })); // no certificate
    const [client, server] = await Promise.all([
      SslSocket.connect(await reach(engine, listener)),
      listener.accept(),
    ]);
    assertEquals(failures.length, 1);
    await client.close();
    await server.close();
    listener.close();
  });

  cases.add("setContext() is refused by the Deno engine", [], async ({ engine, features }) => {
    if (features.has("hotSwap")) return;
    const listener = await listen(engine);
    assertThrows(() => listener.setContext(listener.context), SslUnsupportedError, "--allow-ffi");
    await assertRejects(() => listener.acceptPlain(), SslUnsupportedError, "--allow-ffi");
    listener.close();
  });

  cases.add("many clients at once are all served", [], async ({ engine }) => {
    const listener = await listen(engine);
    const serving = (async () => {
      for await (const socket of listener) {
        socket.readable.pipeTo(socket.writable).catch(() => socket.close());
      }
    })();
    const options = await reach(engine, listener);
    const { ca } = await testPki();
    void trust(engine, ca);
    const answers = await Promise.all(Array.from({ length: 50 }, async (_, i) => {
      await using client = await SslSocket.connect(options);
      const word = `client ${i}`;
      await client.write(bytes(word));
      return await readText(client, word.length) === word;
    }));
    assertEquals(answers.filter(Boolean).length, 50);
    await listener.shutdown({ deadline: 2000 });
    await serving;
  });
}
