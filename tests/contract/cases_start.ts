/** start() on open connections, and plain text around TLS. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { BufferedTransport } from "../../engine/transport.ts";
import { SslError, SslPeerError, SslTimeoutError, SslVerifyError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import {
  bytes,
  connectPair,
  listen,
  readText,
  settle,
  tcpServer,
  testPki,
  text,
  trust,
} from "./harness.ts";
import type { Cases } from "./suite.ts";
import { refuses } from "../helpers/refuses.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";

export function startCases(cases: Cases): void {
  cases.add(
    "start() makes a TLS client of a TCP connection",
    ["startClient"],
    async ({ engine }) => {
      const { ca } = await testPki();
      const listener = await listen(engine);
      const [client, server] = await Promise.all([
        Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }).then((conn) =>
          SslSocket.start(conn, { ...trust(engine, ca), hostname: "localhost" })
        ),
        listener.accept(),
      ]);
      await client.write(bytes("started"));
      assertEquals(await readText(server, 7), "started");
      await client.close();
      await server.close();
      listener.close();
    },
  );

  cases.add(
    "start() without a name to verify sends nothing and keeps the connection",
    [],
    async (t) => {
      const { ca } = await testPki();
      const [a, b] = await tcpPair();
      await assertRejects(() => SslSocket.start(a, trust(t.engine, ca)), TypeError, "serverName");
      await a.write(bytes("still plain"));
      assertEquals(await readText(b, 11), "still plain");
      a.close();
      b.close();
    },
  );

  cases.add("start() refuses what is not a connection", [], async ({ engine }) => {
    const start = (x: unknown) =>
      SslSocket.start(x as Transport, { engine, hostname: "localhost" });
    for (const bad of [undefined, null, "localhost:443", 5, {}]) {
      await assertRejects(() => start(bad), TypeError, "Cannot start TLS");
    }
  });

  cases.add(
    "start() makes a TLS server of a TCP connection",
    ["startServer"],
    async ({ engine }) => {
      const { ca, server } = await testPki();
      const [a, b] = await tcpPair();
      const [client, served] = await Promise.all([
        SslSocket.start(a, { ...trust(engine, ca), serverName: "localhost" }),
        SslSocket.start(b, { engine, server: true, ...server }),
      ]);
      await served.write(bytes("hello"));
      assertEquals(await readText(client, 5), "hello");
      await client.close();
      await served.close();
    },
  );

  cases.add("start() over a pair of streams in memory", ["anyTransport"], async ({ engine }) => {
    const { ca, server } = await testPki();
    const there = new TransformStream<Uint8Array, Uint8Array>();
    const back = new TransformStream<Uint8Array, Uint8Array>();
    const [client, served] = await Promise.all([
      SslSocket.start({ readable: back.readable, writable: there.writable }, {
        ...trust(engine, ca),
        hostname: "localhost",
      }),
      SslSocket.start({ readable: there.readable, writable: back.writable }, {
        engine,
        server: true,
        ...server,
      }),
    ]);
    const data = new Uint8Array(500_000).fill(7);
    const [, got] = await Promise.all([client.write(data), readText(served, data.length)]);
    assertEquals(got.length, data.length);
    await Promise.all([client.close(), served.close()]);
  });

  cases.add("start() runs TLS inside TLS", ["anyTransport"], async ({ engine }) => {
    const { ca, server } = await testPki();
    await using outer = await connectPair(engine);
    const [client, served] = await Promise.all([
      SslSocket.start(outer.client, { ...trust(engine, ca), hostname: "localhost" }),
      SslSocket.start(outer.server, { engine, server: true, ...server }),
    ]);
    await client.write(bytes("HELLO"));
    assertEquals(await readText(served, 5), "HELLO");
    await served.write(bytes("WORLD"));
    assertEquals(await readText(client, 5), "WORLD");
    await client.close();
    assertEquals(await served.read(new Uint8Array(1)), null);
    await served.close();
  });

  cases.add("a failed start() leaves the connection usable where the peer speaks plain text", [
    "anyTransport",
  ], async ({ engine }) => {
    const { ca } = await testPki();
    const [a, b] = await tcpPair();
    const starting = SslSocket.start(a, { ...trust(engine, ca), hostname: "localhost" });
    const failed = assertRejects(() => starting, SslPeerError);
    await b.read(new Uint8Array(2000)); // the ClientHello
    await b.write(bytes("This is no SSL handshake\n"));
    const error = await failed;
    const transport = error.transport as Transport;
    const readUntil = async (from: Transport, end: string) => {
      const p = new Uint8Array(100);
      let got = "";
      while (!got.endsWith(end)) got += text(p.subarray(0, await from.read(p) ?? 0));
    };
    await transport.write(bytes("foo"));
    await readUntil(b, "foo"); // an alert may come first
    await b.write(bytes("bar"));
    await readUntil(transport, "bar"); // and what TLS did not consume
    transport.close();
    b.close();
  });

  cases.add(
    "a start() that times out leaves the connection usable",
    ["anyTransport"],
    async ({ engine }) => {
      const { ca } = await testPki();
      const [a, b] = await tcpPair();
      const error = await assertRejects(
        () => SslSocket.start(a, { ...trust(engine, ca), hostname: "localhost", timeout: 30 }),
        SslTimeoutError,
        "timed out after 30 ms",
      );
      const transport = error.transport as Transport;
      await b.write(bytes("late answer"));
      assertEquals(await readText(transport, 11), "late answer");
      transport.close();
      b.close();
    },
  );

  cases.add("a failed start() with keepSocketOnError: false closes the connection", [
    "anyTransport",
  ], async ({ engine }) => {
    const { ca } = await testPki();
    const [a, b] = await tcpPair();
    const error = await assertRejects(
      () =>
        SslSocket.start(a, {
          ...trust(engine, ca),
          hostname: "localhost",
          timeout: 30,
          keepSocketOnError: false,
        }),
      SslTimeoutError,
    );
    assertEquals(error.transport, undefined);
    await assertRejects(() => a.write(bytes("x")), Deno.errors.BadResource);
    b.close();
  });

  cases.add(
    "start() refuses the certificate of another name",
    ["startServer"],
    async ({ engine }) => {
      const { ca, server } = await testPki();
      const [a, b] = await tcpPair();
      const serving = SslSocket.start(b, { engine, server: true, ...server }).then(
        (s) => s.close({ noShutdown: true }),
        () => b.close(),
      );
      const error = await assertRejects(
        () => SslSocket.start(a, { ...trust(engine, ca), hostname: "other.example" }),
        SslVerifyError,
        "other.example",
      );
      assertEquals(error.code, "HOSTNAME_MISMATCH");
      await serving;
      (error.transport as Deno.TcpConn).close();
    },
  );

  cases.add(
    "start() as client refuses bytes that came before the handshake",
    [],
    async ({ engine }) => {
      const { ca } = await testPki();
      const [a, b] = await tcpPair();
      const ahead = new BufferedTransport(a, bytes("250 injected\r\n"));
      const error = await assertRejects(
        () => SslSocket.start(ahead, { ...trust(engine, ca), hostname: "localhost" }),
        SslPeerError,
        "250 injected",
      );
      assertEquals(error.code, "ERR_INJECTION");
      assertEquals(await readText(error.transport as Transport, 14), "250 injected\r\n");
      a.close();
      assertEquals(await b.read(new Uint8Array(1)), null); // nothing of a handshake was sent
      b.close();
    },
  );

  cases.add("start() as client refuses what a Handle has read ahead", [], async ({ engine }) => {
    const { ca } = await testPki();
    const [a, b] = await tcpPair();
    const handle = new Handle(a);
    await b.write(bytes("220 go ahead\r\n250 injected\r\n"));
    assertEquals(await handle.readLine(), "220 go ahead");
    const error = await assertRejects(
      () => SslSocket.start(handle, { ...trust(engine, ca), hostname: "localhost" }),
      SslPeerError,
      "250 injected",
    );
    assertEquals(error.code, "ERR_INJECTION");
    a.close();
    assertEquals(await b.read(new Uint8Array(1)), null);
    b.close();
  });

  cases.add(
    "start() over TLS refuses what came over the outer TLS before",
    ["anyTransport"],
    async ({ engine }) => {
      const { ca } = await testPki();
      await using outer = await connectPair(engine);
      await outer.server.write(bytes("250 injected\r\n"));
      await outer.client.peek(new Uint8Array(1));
      const error = await assertRejects(
        () => SslSocket.start(outer.client, { ...trust(engine, ca), hostname: "localhost" }),
        SslPeerError,
        "250 injected",
      );
      assertEquals(error.code, "ERR_INJECTION");
    },
  );

  cases.add(
    "start() refuses a connection on which a socket has TLS",
    ["startServer"],
    async ({ engine }) => {
      const { ca, server } = await testPki();
      const [a, b] = await tcpPair();
      const options = { ...trust(engine, ca), hostname: "localhost" };
      const [client, served] = await Promise.all([
        SslSocket.start(a, options),
        SslSocket.start(b, { engine, server: true, ...server }),
      ]);
      await assertRejects(() => SslSocket.start(a, options), TypeError, "another socket");
      await client.write(bytes("intact"));
      assertEquals(await readText(served, 6), "intact");
      await client.close();
      await served.close();
    },
  );

  cases.add(
    "start() as server refuses plain bytes that came before the handshake",
    ["startServer"],
    async ({ engine }) => {
      const { server } = await testPki();
      const [a, b] = await tcpPair();
      const ahead = new BufferedTransport(b, bytes("MAIL FROM:<mallory>\r\n"));
      const error = await assertRejects(
        () => SslSocket.start(ahead, { engine, server: true, ...server }),
        SslPeerError,
        "MAIL FROM",
      );
      assertEquals(error.code, "ERR_INJECTION");
      a.close();
      b.close();
    },
  );

  cases.add(
    "start() as server feeds a ClientHello that was read ahead to TLS",
    ["startServer"],
    async ({ engine }) => {
      const { ca, server } = await testPki();
      const [a, b] = await tcpPair();
      const starting = SslSocket.start(a, { ...trust(engine, ca), hostname: "localhost" });
      const head = new Uint8Array(100);
      const n = await b.read(head);
      const [client, served] = await Promise.all([
        starting,
        SslSocket.start(new BufferedTransport(b, head.subarray(0, n!)), {
          engine,
          server: true,
          ...server,
        }),
      ]);
      await client.write(bytes("peeked"));
      assertEquals(await readText(served, 6), "peeked");
      await client.close();
      await served.close();
    },
  );

  cases.add(
    "startHandshake: false is plain until connectSsl() and acceptSsl()",
    ["startServer"],
    async ({ engine }) => {
      await using pair = await connectPair(engine, { startHandshake: false }, {
        startHandshake: false,
      });
      const { client, server } = pair;
      assertEquals(client.isSsl(), undefined);
      assertEquals(client.opened(), 0);
      assertEquals(server.isSsl(), undefined);
      await client.write(bytes("EHLO\r\n"));
      assertEquals(await readText(server, 6), "EHLO\r\n");
      await server.write(bytes("250 STARTTLS\r\n"));
      assertEquals(await readText(client, 14), "250 STARTTLS\r\n");
      const [a, b] = await Promise.all([client.connectSsl(), server.acceptSsl()]);
      assertStrictEquals(a, client);
      assertStrictEquals(b, server);
      assertEquals(client.isSsl(), "rw");
      await client.write(bytes("secret"));
      assertEquals(await readText(server, 6), "secret");
      assertStrictEquals(await client.connectSsl(), client); // already done
    },
  );

  cases.add(
    "connect() with startHandshake: false is plain until connectSsl()",
    [],
    async ({ engine }) => {
      await using server = tcpServer(async (conn) => {
        await conn.write(bytes(await readText(conn, 4)));
      });
      const client = await SslSocket.connect(`127.0.0.1:${server.port}`, {
        ...trust(engine, (await testPki()).ca),
        startHandshake: false,
      });
      await client.write(bytes("echo"));
      assertEquals(await readText(client, 4), "echo");
      assertEquals(client.isSsl(), undefined);
      await client.close();
    },
  );

  cases.add("connectSsl() refuses plain bytes that were peeked at, and never reads them as TLS", [
    "anyTransport",
  ], async ({ engine }) => {
    const { ca } = await testPki();
    await using server = tcpServer(async (conn) => {
      await conn.write(bytes("220 hi\r\n250 injected\r\n"));
    });
    const client = await SslSocket.connect(`127.0.0.1:${server.port}`, {
      ...trust(engine, ca),
      startHandshake: false,
    });
    assertEquals(await client.peek(new Uint8Array(100)), 22);
    assertEquals(await readText(client, 8), "220 hi\r\n");
    assertEquals(client.pending(), 14);
    const error = await assertRejects(() => client.connectSsl(), SslPeerError, "250 injected");
    assertEquals(error.code, "ERR_INJECTION");
    // Not plain any more: a stripped upgrade must not go on in plain text.
    await refuses(() => client.read(new Uint8Array(1)), SslError, "ECLOSED");
    await refuses(() => client.write(bytes("PASS secret")), SslError, "ECLOSED");
    await client.close();
  });

  cases.add(
    "a failed connectSsl() leaves nothing open and nothing plain",
    ["anyTransport"],
    async ({ engine }) => {
      const { ca } = await testPki();
      let end: number | null | undefined;
      const { promise: over, resolve: done } = Promise.withResolvers<void>();
      await using server = tcpServer(async (conn) => {
        await conn.read(new Uint8Array(2000));
        await conn.write(bytes("454 TLS not available\r\n"));
        const p = new Uint8Array(100);
        while ((end = await conn.read(p)) !== null);
        done();
      });
      const client = await SslSocket.connect(`127.0.0.1:${server.port}`, {
        ...trust(engine, ca),
        startHandshake: false,
      });
      await refuses(() => client.connectSsl(), SslPeerError, "ERR_SSL_NOT_TLS");
      await refuses(() => client.write(bytes("PASS secret")), SslError, "ECLOSED");
      await over;
      assertEquals(end, null);
      assertEquals(client.opened(), 0);
      await client.close();
    },
  );

  cases.add(
    "connectSsl() with options adds to those of the socket",
    ["anyTransport"],
    async ({ engine }) => {
      const { ca } = await testPki();
      const listener = await listen(engine);
      const client = await SslSocket.connect(`127.0.0.1:${listener.addr.port}`, {
        engine,
        startHandshake: false,
      });
      const [, server] = await Promise.all([
        client.connectSsl({ ...trust(engine, ca), serverName: "localhost" }),
        listener.accept(),
      ]);
      assertEquals(client.getServername(), "localhost");
      await client.close();
      await server.close();
      listener.close();
    },
  );

  cases.add(
    "close() during connectSsl() ends it with ECLOSED",
    ["anyTransport"],
    async ({ engine }) => {
      const { ca } = await testPki();
      await using silent = tcpServer(() => {});
      const client = await SslSocket.connect(`127.0.0.1:${silent.port}`, {
        ...trust(engine, ca),
        startHandshake: false,
      });
      const connecting = client.connectSsl().then(() => undefined, (error) => error);
      await settle();
      await client.close();
      assertEquals((await connecting).code, "ECLOSED");
    },
  );

  cases.add(
    "a mixed port peeks and serves plain text or TLS",
    ["acceptPlain", "startServer"],
    async ({ engine }) => {
      const { ca } = await testPki();
      const listener = await listen(engine, { startHandshake: false });
      const serveOne = async () => {
        const socket = await listener.accept();
        const head = new Uint8Array(1);
        await socket.peek(head);
        if (head[0] === 0x16) await socket.acceptSsl();
        const got = await readText(socket, 4);
        await socket.write(bytes(`${socket.isSsl() ?? "plain"}:${got}`));
        await socket.close();
      };
      const port = listener.addr.port;
      const plain = async () => {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port });
        await conn.write(bytes("abcd"));
        const answer = await readText(conn, 10);
        conn.close();
        return answer;
      };
      const tls = async () => {
        await using socket = await SslSocket.connect(`127.0.0.1:${port}`, trust(engine, ca));
        await socket.write(bytes("efgh"));
        return await readText(socket, 7);
      };
      const [a] = await Promise.all([plain(), serveOne()]);
      const [b] = await Promise.all([tls(), serveOne()]);
      assertEquals([a, b], ["plain:abcd", "rw:efgh"]);
      listener.close();
    },
  );

  cases.add("acceptPlain() gives a TCP connection", ["acceptPlain"], async ({ engine }) => {
    const listener = await listen(engine);
    const [conn, accepted] = await Promise.all([
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
      listener.acceptPlain(),
    ]);
    await conn.write(bytes("raw"));
    assertEquals(await readText(accepted, 3), "raw");
    conn.close();
    accepted.close();
    listener.close();
  });

  cases.add("errors of start() name the peer", [], async ({ engine }) => {
    const { ca } = await testPki();
    const [a, b] = await tcpPair();
    const address = `127.0.0.1:${(a.remoteAddr as Deno.NetAddr).port}`;
    const starting = assertRejects(
      () => SslSocket.start(a, { ...trust(engine, ca), serverName: "localhost" }),
      SslError,
    );
    await b.read(new Uint8Array(2000));
    b.close();
    const error = await starting;
    assertStringIncludes(error.message, address);
    if (error.transport) (error.transport as Transport).close();
    assert(error instanceof SslError);
  });
}
