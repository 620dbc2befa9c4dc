/** Connecting: addresses, options, refusals. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SSL_VERIFY_NONE } from "../../constants.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import type { EngineName } from "../../engine/engine.ts";
import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  bytes,
  connectPair,
  listen,
  reach,
  readText,
  settle,
  tcpServer,
  testPki,
  trust,
} from "./harness.ts";
import type { Cases } from "./suite.ts";

/** Connects to a server with a certificate that must be refused; the error. */
async function refusal(
  engine: EngineName,
  cert: { cert: string; key: string },
  options: ConnectOptions = {},
): Promise<SslVerifyError> {
  const listener = await listen(engine, { cert: cert.cert, key: cert.key });
  const accepted = listener.accept().then((s) => s.close({ noShutdown: true }), () => {});
  try {
    return await assertRejects(
      async () => await SslSocket.connect(await reach(engine, listener, options)),
      SslVerifyError,
    );
  } finally {
    await accepted;
    listener.close();
  }
}

export function addressCases(cases: Cases): void {
  cases.add("connect() and accept() make a pair that talks", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    await pair.client.write(bytes("ping"));
    assertEquals(await readText(pair.server, 4), "ping");
    await pair.server.write(bytes("pong"));
    assertEquals(await readText(pair.client, 4), "pong");
    assertEquals(pair.client.engine, engine);
    assertEquals(pair.client.report.engine, engine);
    assertEquals(pair.client.report.toJSON().engine, engine);
    assertEquals(pair.client.opened(), 1);
    assertEquals(pair.client.isSsl(), "rw");
    assertEquals(pair.server.isSsl(), "rw");
    assertEquals((pair.client.remoteAddr as Deno.NetAddr).port, pair.listener.addr.port);
    assertEquals(pair.client.errstr(), undefined);
    assert(pair.client.report.ok);
  });

  cases.add("connect() takes host:port, and the same in options", [], async ({ engine }) => {
    const { ca } = await testPki();
    const listener = await listen(engine);
    const { port } = listener.addr;
    const options = trust(engine, ca);
    for (
      const connect of [
        () => SslSocket.connect(`127.0.0.1:${port}`, options),
        () => SslSocket.connect({ hostname: "127.0.0.1", port, ...options }),
        () => SslSocket.connect({ hostname: "127.0.0.1" }, { port: String(port), ...options }),
      ]
    ) {
      const [client, server] = await Promise.all([connect(), listener.accept()]);
      await client.close();
      await server.close();
    }
    listener.close();
  });

  cases.add("connect() reaches an IPv6 address in brackets", [], async ({ engine }) => {
    const { ca } = await testPki();
    const listener = await listen(engine, { hostname: "::1" });
    const [client, server] = await Promise.all([
      SslSocket.connect(`[::1]:${listener.addr.port}`, trust(engine, ca)),
      listener.accept(),
    ]);
    await client.write(bytes("six"));
    assertEquals(await readText(server, 3), "six");
    await client.close();
    await server.close();
    listener.close();
  });

  cases.add("connect() keeps the subclass and takes socketClass", [], async ({ engine }) => {
    class Mine extends SslSocket {
      greet(): string {
        return "mine";
      }
    }
    const listener = await listen(engine, { socketClass: Mine });
    const [client, server] = await Promise.all([
      Mine.connect(await reach(engine, listener)),
      listener.accept(),
    ]);
    assertEquals(client.greet(), "mine");
    assertInstanceOf(server, Mine);
    await client.close();
    await server.close();
    listener.close();
  });

  cases.add("a socketClass that makes no socket leaves no connection open", [], async (t) => {
    class Broken extends SslSocket {
      constructor(init: ConstructorParameters<typeof SslSocket>[0]) {
        super(init);
        throw new Error("broken");
      }
    }
    for (const socketClass of [Broken, Map as never]) {
      const message = socketClass === Broken ? "broken" : "must extend SslSocket";
      const listener = await listen(t.engine);
      const accepting = listener.accept();
      const options = await reach(t.engine, listener, { socketClass });
      await assertRejects(() => SslSocket.connect(options), Error, message);
      const server = await accepting;
      await server.read(new Uint8Array(1)).catch(() => {}); // which ends
      await server.close();
      listener.close();
    }
  });

  cases.add(
    "connect() to a port that nobody listens on is ECONNREFUSED",
    [],
    async ({ engine }) => {
      const { ca } = await testPki();
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      listener.close();
      const error = await assertRejects(
        () => SslSocket.connect(`127.0.0.1:${port}`, trust(engine, ca)),
        SslError,
      );
      assertEquals(error.code, "ECONNREFUSED");
      assertStringIncludes(error.message, `127.0.0.1:${port}`);
    },
  );

  cases.add("connect() to an unknown host says so", [], async ({ engine }) => {
    const { ca } = await testPki();
    const error = await assertRejects(
      () => SslSocket.connect("no-such-host.invalid:443", trust(engine, ca)),
      SslError,
      "no-such-host.invalid:443",
    );
    assertEquals(error.code, "ENOTFOUND");
  });

  cases.add("connect() to a silent peer ends with the timeout", [], async ({ engine }) => {
    const { ca } = await testPki();
    await using silent = tcpServer(() => {});
    const error = await assertRejects(
      () => SslSocket.connect(`127.0.0.1:${silent.port}`, { ...trust(engine, ca), timeout: 50 }),
      SslTimeoutError,
    );
    assertEquals(
      error.message,
      `Cannot connect to 127.0.0.1:${silent.port}: timed out after 50 ms`,
    );
    assertEquals(error.transport, undefined);
  });

  cases.add("connect() ends with the reason of its signal", [], async ({ engine }) => {
    const { ca } = await testPki();
    await using silent = tcpServer(() => {});
    const controller = new AbortController();
    const { signal } = controller;
    const connecting = SslSocket.connect(`127.0.0.1:${silent.port}`, {
      ...trust(engine, ca),
      signal,
    }).catch((error) => error);
    await settle();
    const reason = new Error("changed my mind");
    controller.abort(reason);
    assertEquals(await connecting, reason);
    const again = SslSocket.connect(`127.0.0.1:${silent.port}`, { ...trust(engine, ca), signal });
    assertEquals(await again.catch((error) => error), reason);
  });

  cases.add(
    "connect() to a plain HTTP server says that it does not speak TLS",
    [],
    async ({ engine }) => {
      const { ca } = await testPki();
      await using http = tcpServer(async (conn) => {
        await conn.read(new Uint8Array(1000));
        await conn.write(bytes("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
        await conn.closeWrite();
      });
      const error = await assertRejects(
        () => SslSocket.connect(`127.0.0.1:${http.port}`, trust(engine, ca)),
        SslPeerError,
      );
      assertStringIncludes(error.message, `127.0.0.1:${http.port}`);
    },
  );

  cases.add("connect() to a peer that closes at once is refused", [], async ({ engine }) => {
    const { ca } = await testPki();
    await using closing = tcpServer((conn) => conn.close());
    const error = await assertRejects(
      () => SslSocket.connect(`127.0.0.1:${closing.port}`, trust(engine, ca)),
      SslError,
    );
    assertStringIncludes(error.message, `127.0.0.1:${closing.port}`);
  });

  cases.add("connect() refuses the certificate of a wrong CA", [], async ({ engine }) => {
    const { other } = await testPki();
    const error = await refusal(engine, await other.server());
    assertEquals(error.code, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
    assertEquals(error.report?.ok, false);
  });

  cases.add("connect() refuses the certificate of another name", [], async ({ engine }) => {
    const { ca } = await testPki();
    const error = await refusal(engine, await ca.server("other.example"));
    assertEquals(error.code, "HOSTNAME_MISMATCH");
    assertStringIncludes(error.message, "localhost");
  });

  cases.add("connect() refuses an expired certificate", [], async ({ engine }) => {
    const { ca } = await testPki();
    const error = await refusal(engine, await ca.expired());
    assertEquals(error.code, "CERT_HAS_EXPIRED");
  });

  cases.add("connect() refuses a certificate that is not yet valid", [], async ({ engine }) => {
    const { ca } = await testPki();
    const error = await refusal(engine, await ca.notYetValid());
    assertEquals(error.code, "CERT_NOT_YET_VALID");
  });

  cases.add("connect() refuses a certificate for clients", [], async ({ engine }) => {
    const { ca } = await testPki();
    const error = await refusal(engine, await ca.wrongEku());
    assertEquals(error.code, "INVALID_PURPOSE");
  });

  cases.add("connect() without verification takes any certificate", ["verifyNone"], async (t) => {
    const { engine } = t;
    const { other } = await testPki();
    await using pair = await connectPair(
      engine,
      { verifyMode: SSL_VERIFY_NONE },
      await other.server("x.example"),
    );
    await pair.client.write(bytes("x"));
    assertEquals(await readText(pair.server, 1), "x");
  });

  cases.add("connect() names the right option for a wrong one", [], async ({ engine }) => {
    for (
      const [wrong, right] of [["SSL_verify_mode", "verifyMode"], ["verifymode", "verifyMode"], [
        "PeerAddr",
        "hostname",
      ]]
    ) {
      await assertRejects(
        () => SslSocket.connect("127.0.0.1:1", { engine, [wrong!]: 1 } as ConnectOptions),
        TypeError,
        `use "${right}"`,
      );
    }
  });

  cases.add("connect() refuses wrong values before it connects", [], async ({ engine }) => {
    let connections = 0;
    await using server = tcpServer((conn) => (connections++, conn.close()));
    const target = `127.0.0.1:${server.port}`;
    for (
      const bad of [
        { timeout: -1 },
        { timeout: "5" },
        { family: 5 },
        { startHandshake: "no" },
        { signal: 5 },
      ]
    ) {
      const error = await assertRejects(
        () => SslSocket.connect(target, { engine, ...bad } as ConnectOptions),
      );
      assert(error instanceof TypeError || error instanceof RangeError, String(error));
    }
    await assertRejects(() => SslSocket.connect("127.0.0.1", { engine }), TypeError, "no port");
    assertEquals(connections, 0);
  });

  cases.add("connect() uses the address family that is asked for", [], async ({ engine }) => {
    const { ca } = await testPki();
    await assertRejects(
      () => SslSocket.connect("127.0.0.1:443", { ...trust(engine, ca), family: 6 }),
      TypeError,
      "not an IPv6 address",
    );
  });

  cases.add(
    "listen() uses the address family that is asked for, with an address and with localhost",
    [],
    async ({ engine }) => {
      const cases = [
        [{ hostname: "::1", family: 6 }, "::1"],
        [{ hostname: "[::1]", family: 6 }, "::1"],
        [{ hostname: "127.0.0.1", family: 4 }, "127.0.0.1"],
        [{ hostname: "localhost", family: 6 }, "::1"],
        [{ hostname: "localhost", family: 4 }, "127.0.0.1"],
      ] as const;
      for (const [options, address] of cases) {
        const listener = await listen(engine, options);
        assertEquals(listener.addr.hostname, address, JSON.stringify(options));
        listener.close();
      }
      for (const [hostname, family] of [["::1", 4], ["[::1]", 4], ["127.0.0.1", 6]] as const) {
        await assertRejects(
          () => listen(engine, { hostname, family }),
          TypeError,
          `not an IPv${family} address`,
        );
      }
    },
  );

  cases.add(
    "connect() with keepSocketOnError leaves the connection in error.transport",
    ["anyTransport"],
    async ({ engine }) => {
      const { ca } = await testPki();
      await using plain = tcpServer(async (conn) => {
        await conn.read(new Uint8Array(1000));
        await conn.write(bytes("This is no SSL handshake\n"));
        const p = new Uint8Array(100);
        const n = await conn.read(p);
        await conn.write(p.subarray(0, n ?? 0));
      });
      const error = await assertRejects(
        () =>
          SslSocket.connect(`127.0.0.1:${plain.port}`, {
            ...trust(engine, ca),
            keepSocketOnError: true,
          }),
        SslPeerError,
      );
      const transport = error.transport as Deno.TcpConn;
      // What we sent first was an alert; what is read now comes after it.
      await transport.write(bytes("foo"));
      assert((await transport.read(new Uint8Array(100)) ?? 0) > 0);
      transport.close();
    },
  );

  cases.add("connect() with keepSocketOnError is refused by the Deno engine", [], async (t) => {
    if (t.engine !== "deno") return;
    await assertRejects(
      () => SslSocket.connect("127.0.0.1:1", { engine: "deno", keepSocketOnError: true }),
      SslUnsupportedError,
    );
  });

  cases.add("connect() over a Unix socket", ["anyTransport"], async ({ engine }) => {
    const { ca, server } = await testPki();
    const dir = await Deno.makeTempDir();
    const path = `${dir}/s`;
    const listener = Deno.listen({ transport: "unix", path });
    const [client, served] = await Promise.all([
      SslSocket.connect({ transport: "unix", path, ...trust(engine, ca), serverName: "localhost" }),
      listener.accept().then((conn) => SslSocket.start(conn, { engine, server: true, ...server })),
    ]);
    await client.write(bytes("unix"));
    assertEquals(await readText(served, 4), "unix");
    await client.close();
    await served.close();
    listener.close();
    await Deno.remove(dir, { recursive: true });
  });

  cases.add("listen() says what is wrong with certificate and key", [], async ({ engine }) => {
    const ca = await TestCa.create();
    const [one, two] = [await ca.server(), await ca.server()];
    const dir = await Deno.makeTempDir();
    const certFile = `${dir}/cert.pem`;
    await Deno.writeTextFile(certFile, one.cert);
    const base = { engine, hostname: "127.0.0.1", port: 0 };
    const wrong: [object, string][] = [
      [{ certFile: `${dir}/missing.pem` }, "missing.pem"],
      [{ certFile, keyFile: `${dir}/missing.key` }, "missing.key"],
      [{ certFile: dir, keyFile: certFile }, dir],
      [{ cert: "no certificate", key: one.key }, "cert"],
      [{ cert: one.cert, key: two.key }, "key"],
    ];
    for (const [options, named] of wrong) {
      const error = await assertRejects(() => SslSocket.listen({ ...base, ...options }), Error);
      assertStringIncludes(error.message, named);
    }
    await Deno.remove(dir, { recursive: true });
  });

  cases.add("listen() on a port in use says so", [], async ({ engine }) => {
    const listener = await listen(engine);
    const { port } = listener.addr;
    const error = await assertRejects(() => listen(engine, { port }), SslError);
    assertEquals(error.code, "EADDRINUSE");
    assertStringIncludes(error.message, String(port));
    listener.close();
  });

  cases.add("listen() needs a port", [], async ({ engine }) => {
    const { server } = await testPki();
    await assertRejects(() => SslSocket.listen({ engine, ...server }), TypeError, "port: 0");
  });
}
