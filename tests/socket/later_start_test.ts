/**
 * TLS that starts later: what connect(), listen() or start() got holds, whichever call starts it,
 * and what that call gets is laid over it.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { layOver } from "../../context/lay_over.ts";
import { SslContext } from "../../context/context.ts";
import type { ConnectOptions, ListenOptions, StartOptions } from "../../socket/options.ts";
import { SslError, SslPeerError, SslVerifyError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import { listen, reach, readText, testPki, trust } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const LATER = { startHandshake: false, timeout: 5000 } as const;
const WRONG_PIN = "sha256$" + "00".repeat(32);

/** The ways in which a client starts TLS on what connect() gave. */
const WAYS: Record<string, (to: ConnectOptions, more?: StartOptions) => Promise<SslSocket>> = {
  "connectSsl()": async (to, more) => await (await SslSocket.connect(to)).connectSsl(more),
  "SslSocket.start()": async (to, more) => await SslSocket.start(await SslSocket.connect(to), more),
  "Handle.startSsl()": async (to, more) => await (await Handle.connect(to)).startSsl(more),
  "Handle.connectSsl()": async (to, more) => await (await Handle.connect(to)).connectSsl(more),
  "SslSocket.start(handle)": async (to, more) =>
    await SslSocket.start(await Handle.connect(to), more),
  "a Handle over the socket": async (to, more) =>
    await new Handle(await SslSocket.connect(to)).startSsl(more),
};

/** Runs a client against a listener that accepts whatever comes, and closes all. */
async function withListener(
  use: (to: ConnectOptions) => Promise<SslSocket | undefined>,
  options: ListenOptions = {},
  engine: "openssl" | "deno" = "openssl",
): Promise<void> {
  await using listener = await listen("openssl", { timeout: 5000, ...options });
  const served = (async () => {
    for await (const socket of listener) {
      socket.read(new Uint8Array(1)).catch(() => {}).finally(() => socket.close());
    }
  })();
  const client = await use(await reach(engine, listener, { ...LATER }));
  await client?.close();
  await listener[Symbol.asyncDispose]();
  await served;
}

async function refusedWith(starting: Promise<SslSocket>): Promise<SslError> {
  const error = await starting.then((socket) => socket.close().then(() => undefined), (e) => e);
  assert(error instanceof SslError, String(error));
  (error.transport as { close(): void } | undefined)?.close();
  return error;
}

for (const [name, start] of Object.entries(WAYS)) {
  Deno.test(`${name} holds a client to the pin that connect() got`, async () => {
    await withListener(async (to) => {
      const pinned = { ...to, forceFingerprint: true, fingerprint: WRONG_PIN };
      const { ca } = await testPki();
      const error = await refusedWith(start(pinned, { serverName: "localhost", ca: ca.pem }));
      assert(error instanceof SslVerifyError, error.message);
      assert(error.message.includes("fingerprint"), error.message);
      return undefined;
    });
  });

  Deno.test(`${name} refuses every server where connect() got an empty list of anchors`, async () => {
    await withListener(async (to) => {
      assert(await refusedWith(start({ ...to, ca: [] })) instanceof SslVerifyError);
      return undefined;
    });
  });

  Deno.test(`${name} asks the verifyCallback, verifies the name, and keeps the version`, async () => {
    await withListener(async (to) => {
      const names: string[] = [];
      const socket = await start({
        ...to,
        version: "TLSv1_2",
        verifyCallback: (ok, _store, name) => {
          names.push(name);
          return ok;
        },
      });
      assert(names.length > 0);
      assertEquals(socket.getSslversion(), "TLSv1_2");
      assertEquals(socket.getServername(), "localhost");
      return socket;
    });
    await withListener(async (to) => {
      const error = await refusedWith(start({ ...to, verifycnName: "other.test" }, {}));
      assert(error instanceof SslVerifyError);
      assert(error.message.includes("other.test"), error.message);
      return undefined;
    });
  });

  Deno.test(`${name} checks CRLs, and without one it refuses`, async () => {
    await withListener(async (to) => {
      assert(await refusedWith(start({ ...to, checkCrl: true })) instanceof SslVerifyError);
      return undefined;
    });
  });

  Deno.test(`${name} sends the client certificate`, async () => {
    const { ca } = await testPki();
    const own = await ca.client("alice");
    const seen: (string | undefined)[] = [];
    const asks: ListenOptions = {
      version: "TLSv1_2", // its client is done when the server is
      verifyMode: 3,
      clientCa: ca.pem,
      verifyCallback: (ok, _store, _name, _error, cert) => {
        seen.push(cert.commonName);
        return ok;
      },
    };
    await withListener(
      async (to) => await start({ ...to, cert: own.cert, key: own.key }, { timeout: 4000 }),
      asks,
    );
    assert(seen.includes("alice"), String(seen));
  });

  Deno.test(`${name} takes the options given now, and keeps the others`, async () => {
    const { ca, other } = await testPki();
    await withListener(async (to) => {
      const socket = await start({ ...to, ca: other.pem, verifycnName: "localhost" }, {
        ca: ca.pem,
      });
      assertEquals(socket.getServername(), "localhost");
      return socket;
    });
    await withListener(async (to) => {
      assert(await refusedWith(start(to, { ca: other.pem })) instanceof SslVerifyError);
      return undefined;
    });
  });
}

/** The ways in which a server starts TLS on what a listener gave. */
const SERVER_WAYS: Record<string, (s: SslSocket, more?: StartOptions) => Promise<SslSocket>> = {
  "acceptSsl()": (s, more) => s.acceptSsl(more),
  "SslSocket.start()": (s, more) => SslSocket.start(s, more),
  "SslSocket.start({ server: true })": (s, more) => SslSocket.start(s, { ...more, server: true }),
  "Handle.startSsl()": (s, more) => new Handle(s).startSsl(more),
  "Handle.startSsl({ server: true })": (s, more) =>
    new Handle(s).startSsl({ ...more, server: true }),
  "Handle.acceptSsl()": (s, more) => new Handle(s).acceptSsl(more),
};

for (const [name, start] of Object.entries(SERVER_WAYS)) {
  Deno.test(`${name} has the certificate, the ALPN and the demands that listen() got`, async () => {
    const { ca } = await testPki();
    const own = await ca.client("alice");
    await using listener = await listen("openssl", {
      ...LATER,
      alpnProtocols: ["a", "b"],
      verifyMode: 3,
      clientCa: ca.pem,
    });
    for (const more of [undefined, { timeout: 4000 }, { alpnProtocols: ["b"] }] as const) {
      const to = await reach("openssl", listener, { timeout: 5000, alpnProtocols: ["a", "b"] });
      const connecting = SslSocket.connect({ ...to, cert: own.cert, key: own.key });
      const plain = await listener.accept();
      const [client, server] = await Promise.all([connecting, start(plain, more as StartOptions)]);
      assertEquals(client.alpnSelected(), more && "alpnProtocols" in more ? "b" : "a");
      assertEquals(server.peerCertificate("cn"), "alice");
      await client.close();
      await server.close();
    }
    // And who has no certificate is refused.
    const connecting = SslSocket.connect(await reach("openssl", listener, { version: "TLSv1_2" }))
      .then((socket) => socket.close().then(() => "connected"), (error) => error.alert);
    const error = await refusedWith(start(await listener.accept()));
    assertEquals(error.reason, "peer did not return a certificate");
    assertEquals(await connecting, "handshake_failure");
  });

  Deno.test(`${name} takes the context that setContext() changed to`, async () => {
    const { ca } = await testPki();
    await using listener = await listen("openssl", { ...LATER });
    const renewed = await ca.server("localhost");
    listener.setContext(
      await SslContext.create({
        engine: "openssl",
        server: true,
        cert: renewed.cert,
        key: renewed.key,
      }),
    );
    const connecting = SslSocket.connect(await reach("openssl", listener, { timeout: 5000 }));
    const [client, server] = await Promise.all([
      connecting,
      listener.accept().then((socket) => start(socket, { onPeerShutdown: () => {} })),
    ]);
    assertEquals(client.peerCertificate()?.serial, server.sockCertificate()?.serial);
    assertEquals(client.report.chain[0]?.pem.trim(), renewed.cert.trim());
    await client.close();
    await server.close();
  });
}

Deno.test("Handle.connect() with startHandshake: false and a later start work on the Deno engine", async () => {
  for (const call of ["startSsl", "connectSsl"] as const) {
    await using listener = await listen("openssl", { ...LATER });
    const served = (async () => {
      await using handle = new Handle(await listener.accept());
      await handle.say("220 ready");
      assertEquals(await handle.readLine(), "STARTTLS");
      await handle.say("220 go");
      await handle.acceptSsl();
      await handle.say(`over TLS: ${await handle.readLine()}`);
    })();
    await using handle = await Handle.connect({
      ...await reach("deno", listener, { ...LATER }),
      chomp: true,
    });
    assertEquals(await handle.readLine(), "220 ready");
    await handle.say("STARTTLS");
    assertEquals(await handle.readLine(), "220 go");
    const plain = handle.conn;
    const socket = await handle[call]();
    assertStrictEquals(socket as unknown, plain);
    assertEquals([socket.engine, socket.isSsl()], ["deno", "rw"]);
    await handle.say("secret");
    assertEquals(await handle.readLine(), "over TLS: secret");
    await served;
  }
});

Deno.test("on the Deno engine a later start verifies by the anchors and names of connect()", async () => {
  const { other } = await testPki();
  for (
    const wrong of [{ extraCa: other.pem }, { forceFingerprint: true, fingerprint: WRONG_PIN }, {
      serverName: "other.test",
    }]
  ) {
    await withListener(
      async (to) => {
        const handle = await Handle.connect({ ...to, ...wrong });
        const error = await refusedWith(handle.startSsl());
        assert(error instanceof SslVerifyError, error.message);
        await refuses(() => handle.say("secret"), SslError, "ECLOSED");
        await handle.close();
        return undefined;
      },
      {},
      "deno",
    );
  }
});

Deno.test("after stopSsl() a Handle's next startSsl() goes by what connect() got", async () => {
  await using listener = await listen("openssl", { timeout: 5000 });
  const to = { ...await reach("openssl", listener), timeout: 5000 };
  const [client, server] = await Promise.all([
    Handle.connect(to),
    listener.accept().then((socket) => new Handle(socket)),
  ]);
  await Promise.all([client.stopSsl(), server.stopSsl()]);
  await Promise.all([client.startSsl(), server.startSsl()]);
  await server.say("again");
  assertEquals(await client.readLine(), "again");
  await Promise.all([client.stopSsl(), server.stopSsl()]);
  const failed = server.startSsl().catch((error) => error);
  const pinned = { forceFingerprint: true, fingerprint: WRONG_PIN };
  await refuses(() => client.connectSsl(pinned), SslVerifyError, "FINGERPRINT_MISMATCH");
  await client.close();
  assert(await failed instanceof SslError);
  await server.close();
});

Deno.test("options for a TLS that has been started already are refused, not ignored", async () => {
  await using listener = await listen("openssl", { timeout: 5000 });
  const [client, server] = await Promise.all([
    SslSocket.connect({ ...await reach("openssl", listener), timeout: 5000 }),
    listener.accept(),
  ]);
  const handle = new Handle(client);
  const pinned = { forceFingerprint: true, fingerprint: WRONG_PIN };
  await assertRejects(() => client.connectSsl(pinned), TypeError, "has been started");
  await assertRejects(() => handle.connectSsl(pinned), TypeError, "has been started");
  await assertRejects(() => handle.acceptSsl(), TypeError, "needs a plain socket");
  assertStrictEquals(await client.connectSsl({ timeout: 100 }), client);
  assertStrictEquals(await handle.connectSsl(), client);
  await server.write(new TextEncoder().encode("on\n"));
  assertEquals(await handle.readLine(), "on");
  await client.close();
  await server.close();
});

Deno.test("connectSsl({ server: true }) and acceptSsl({ server: false }) are mistakes", async () => {
  await withListener(async (to) => {
    const socket = await SslSocket.connect(to);
    await assertRejects(() => socket.connectSsl({ server: true }), TypeError, "acceptSsl()");
    await assertRejects(() => socket.acceptSsl({ server: false }), TypeError, "connectSsl()");
    const handle = new Handle(await SslSocket.connect(to));
    await assertRejects(() => handle.connectSsl({ server: true }), TypeError, "acceptSsl()");
    await handle.close();
    return await socket.connectSsl();
  });
});

Deno.test("connectSsl() keeps the transport of a failed handshake when it is asked to", async () => {
  await withListener(async (to) => {
    const socket = await SslSocket.connect({ ...to, ca: [] });
    const error = await assertRejects(
      () => socket.connectSsl({ keepSocketOnError: true }),
      SslVerifyError,
    );
    assert(error.transport !== undefined);
    return socket;
  });
});

Deno.test("a Handle whose socket failed to start TLS closes that socket, and the listener ends", async () => {
  const listener = await listen("openssl", { ...LATER });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const handle = new Handle(await listener.accept());
  await conn.write(new TextEncoder().encode("this is not TLS, and never will be\r\n"));
  await refuses(() => handle.acceptSsl(), SslPeerError, "ERR_SSL_NOT_TLS");
  await assertRejects(() => handle.print("secret"), SslError, "starting TLS has failed");
  await handle.close();
  await listener.shutdown({ deadline: 5000 });
  assertEquals(await conn.read(new Uint8Array(100)).catch(() => null), null);
  conn.close();
});

Deno.test("connectSsl() on an accepted socket does not verify by the name that the listener has", async () => {
  const { ca } = await testPki();
  await using listener = await listen("openssl", { ...LATER });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const socket = await listener.accept();
  await assertRejects(
    () => socket.connectSsl({ ...trust("openssl", ca) as StartOptions }),
    TypeError,
    "no name",
  );
  await socket.close();
  conn.close();
});

Deno.test("layOver() replaces what says the same in another way, and drops nothing else", () => {
  const base = {
    caFile: "a.pem",
    caPath: "dir",
    extraCa: "x",
    certFile: "c",
    keyFile: "k",
    minVersion: "TLSv1_3",
    fingerprint: "f",
    crl: "one",
  };
  assertEquals(layOver(base, {}), base);
  assertEquals(layOver(base, { ca: [] }), {
    extraCa: "x",
    certFile: "c",
    keyFile: "k",
    minVersion: "TLSv1_3",
    fingerprint: "f",
    crl: "one",
    ca: [],
  } as never);
  const renewed = layOver(base, { cert: "n", version: "TLSv1_2", crlFile: "two" });
  assertEquals([renewed.certFile, renewed.keyFile, renewed.minVersion], [
    undefined,
    "k",
    undefined,
  ] as never);
  assertEquals([renewed.crl, renewed.crlFile, renewed.caFile], ["one", "two", "a.pem"]);
  assertEquals(layOver(base, { maxVersion: "TLSv1_3" }).minVersion, "TLSv1_3");
});

Deno.test("SslSocket.start() over plain sockets needs no option again", async () => {
  // A start over a plain socket leaves the bytes of the plain protocol to the first read.
  await using listener = await listen("openssl", { ...LATER });
  const to = await reach("openssl", listener, { ...LATER });
  const [client, server] = await Promise.all([SslSocket.connect(to), listener.accept()]);
  await server.write(new TextEncoder().encode("220 go\r\n"));
  assertEquals(await readText(client, 8), "220 go\r\n");
  const [a, b] = await Promise.all([SslSocket.start(client), SslSocket.start(server)]);
  await a.write(new TextEncoder().encode("tls"));
  assertEquals(await readText(b, 3), "tls");
  await a.close();
  await b.close();
});
