import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  SslError,
  SslPeerError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { connectPair, listen, reach, tcpServer, testPki, trust } from "../contract/harness.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";
import { refuses } from "../helpers/refuses.ts";

const engines = ["openssl", "deno"] as const;

for (const engine of engines) {
  Deno.test(`${engine}: Handle does the reads and writes of t/core.t over TLS`, async () => {
    await using pair = await connectPair(engine);
    const [client, server] = [new Handle(pair.client), new Handle(pair.server)];
    const text = ["$%.2f\n%d\n%c\n%s", 1.0444442342, 4.0, 121, "Test\nBeaver\nBeaver\n"] as const;
    for (const [from, to] of [[client, server], [server, client]] as const) {
      assertEquals(await from.syswrite("00waaaanf00", 7, 2), 7);
      await from.print("Test\n");
      await from.printf(...text);
      const buffer = new TextEncoder().encode("\0\0aaaaaaa");
      assertEquals(await to.sysread(buffer, 7, 2), 7);
      assertEquals(new TextDecoder().decode(buffer), "\0\0waaaanf");
      assertEquals(await to.getline(), "Test\n");
      assertEquals(await to.getc(), "$");
      if (from === client) {
        for (const line of ["1.04", "4", "y", "Test", "Beaver", "Beaver"]) {
          assertEquals(await to.readLine(), line);
        }
        assertEquals(to.pending(), 0);
      }
    }
    const [lines] = await Promise.all([client.getlines(), server.close()]);
    assertEquals(lines, ["1.04\n", "4\n", "y\n", "Test\n", "Beaver\n", "Beaver\n"]);
    assertEquals(await client.readLine(), undefined);
    assertEquals(await client.eof(), true);
    assertEquals(client.opened(), 1);
    if (engine === "openssl") await client.close({ noShutdown: true });
    else {
      // Refused, so it is still open, and can be closed in another way.
      await refuses(
        () => client.close({ noShutdown: true }),
        SslUnsupportedError,
        "ERR_UNSUPPORTED",
      );
      assertEquals(client.opened(), 1);
      await client.close();
    }
    assertEquals(client.opened(), 0);
    assertEquals(pair.client.opened(), 0);
  });

  Deno.test(`${engine}: Handle.sysread() and syswrite() do t/sysread_write.t over TLS`, async () => {
    await using pair = await connectPair(engine);
    const [client, server] = [new Handle(pair.client), new Handle(pair.server)];
    assertEquals(await client.syswrite("x".repeat(512)), 512);
    assertEquals(await client.syswrite("x".repeat(512)), 512);
    const buffer = new Uint8Array(66);
    let partial = 0;
    for (let total = 1024; total > 0;) {
      const n = (await server.sysread(buffer))!;
      if (n < 66) partial++;
      total -= n;
    }
    assert(partial > 0);
    const drained = server.read(18000 + 16384);
    assertEquals(await client.syswrite("x".repeat(18000)), 16384);
    assertEquals(await client.write("x".repeat(18000)), 18000);
    assertEquals((await drained)?.length, 18000 + 16384);
  });

  Deno.test(`${engine}: Handle.connect() takes options of both, and characters split over records`, async () => {
    const listener = await listen(engine);
    const accepted = listener.accept().then(async (socket) => {
      const bytes = new TextEncoder().encode("grün 😀€\n");
      for (const byte of bytes) await socket.write(Uint8Array.of(byte));
      await socket.close();
    });
    const to = await reach(engine, listener, {});
    const handle = await Handle.connect({ ...to, chomp: true, inputRecordSeparator: "\n" });
    assertEquals(await handle.readLine(), "grün 😀€");
    assertEquals(await handle.readLine(), undefined);
    await handle.close();
    await accepted;
    listener.close();
  });

  Deno.test(`${engine}: Handle passes the truncation on, after the lines before it`, async () => {
    const { server: cert } = await testPki();
    // Cut beneath TLS, so that it works with either engine as client.
    await using tcp = tcpServer(async (conn) => {
      const peer = new Handle(
        await SslSocket.start(conn, { engine: "openssl", server: true, ...cert }),
      );
      await peer.print("one\ntwo\nhal");
      await peer.close({ noShutdown: true });
    });
    const { ca } = await testPki();
    const client = await Handle.connect(`localhost:${tcp.port}`, {
      ...trust(engine, ca),
      family: 4,
    });
    assertEquals(await client.readLine(), "one");
    assertEquals(await client.readLine(), "two");
    for (let i = 0; i < 2; i++) await assertRejects(() => client.readLine(), SslTruncatedError);
    await assertRejects(() => client.getlines(), SslTruncatedError);
    assertEquals(new TextDecoder().decode((await client.read(9))!), "hal");
    await assertRejects(() => client.read(9), SslTruncatedError);
    await client.close();
  });

  Deno.test(`${engine}: Handle.getlines() keeps the lines when the peer leaves without close_notify`, async () => {
    const { ca, server: cert } = await testPki();
    const last = Promise.withResolvers<void>();
    await using tcp = tcpServer(async (conn) => {
      const peer = new Handle(
        await SslSocket.start(conn, { engine: "openssl", server: true, ...cert }),
      );
      await peer.print("one\n");
      await peer.print("two\nhal");
      await last.promise;
      await peer.close({ noShutdown: true });
    });
    for (const separator of ["\n", null]) {
      const client = await Handle.connect(`localhost:${tcp.port}`, {
        ...trust(engine, ca),
        family: 4,
      });
      last.resolve();
      await assertRejects(() => client.getlines({ separator }), SslTruncatedError);
      await assertRejects(() => client.getlines(), SslTruncatedError); // it stays an error
      assertEquals([await client.getline(), await client.getline()], ["one\n", "two\n"]);
      await assertRejects(() => client.getline(), SslTruncatedError);
      assertEquals(new TextDecoder().decode((await client.read(9))!), "hal");
      await assertRejects(() => client.read(9), SslTruncatedError);
      await client.close();
    }
  });

  Deno.test(`${engine}: Handle.tryReadLine() and ready() never wait and miss nothing`, async () => {
    await using pair = await connectPair(engine);
    const [client, server] = [new Handle(pair.client), new Handle(pair.server)];
    const seen: string[] = [];
    const reading = (async () => {
      while (true) {
        const line = client.tryReadLine();
        if (line === undefined) break;
        if (typeof line === "string") seen.push(line);
        else await client.ready(line);
      }
    })();
    await server.print("a\nb");
    await server.print("b\n".repeat(1000));
    await server.close();
    await reading;
    assertEquals(seen.length, 1001);
    assertEquals(seen.slice(0, 3), ["a", "bb", "b"]);
  });

  Deno.test(`${engine}: Handle.close() during a read ends it with ECLOSED`, async () => {
    await using pair = await connectPair(engine);
    const client = new Handle(pair.client);
    const waiting = assertRejects(() => client.readLine(), SslError);
    await client.close();
    assertEquals((await waiting).code, "ECLOSED");
  });

  Deno.test(`${engine}: Handle.readLine() given up by a signal loses nothing over TLS`, async () => {
    await using pair = await connectPair(engine);
    const [client, server] = [new Handle(pair.client), new Handle(pair.server)];
    await server.print("ha");
    const signal = AbortSignal.timeout(20);
    const error = await assertRejects(() => client.readLine({ signal }), DOMException);
    assertEquals(error.name, "TimeoutError");
    await server.print("lf\n");
    assertEquals(await client.readLine(), "half");
  });
}

/** Two handles over TCP and the options with which they start TLS. */
async function starters() {
  const { ca, server } = await testPki();
  const [a, b] = await tcpPair();
  return {
    client: new Handle(a, { chomp: true }),
    server: new Handle(b, { chomp: true }),
    a,
    asClient: { ...trust("openssl", ca), hostname: "localhost" },
    asServer: { engine: "openssl" as const, server: true, ...server },
  };
}

Deno.test("Handle.startSsl() and stopSsl() go plain, TLS, plain, TLS, plain in place", async () => {
  const { client, server, a, asClient, asServer } = await starters();
  const exchange = async (word: string) => {
    await client.say(word);
    assertEquals(await server.readLine(), word);
    await server.say(word, "!");
    assertEquals(await client.readLine(), word + "!");
  };
  await exchange("plain");
  for (let i = 0; i < 3; i++) {
    const [socket] = await Promise.all([client.startSsl(asClient), server.startSsl(asServer)]);
    assert(socket instanceof SslSocket);
    assertStrictEquals(client.conn, socket);
    await exchange("secret");
    await Promise.all([client.stopSsl(), server.stopSsl()]);
    assertStrictEquals(client.conn, a);
    await exchange("plain");
  }
  await client.close();
  assertEquals(await server.readLine(), undefined);
  await server.close();
});

Deno.test("Handle.startSsl() as server feeds what it read ahead of the handshake to TLS", async () => {
  const { client, server, asClient, asServer } = await starters();
  // The ClientHello comes right behind the command, so the server's handle has read it ahead.
  await client.say("STARTTLS");
  const started = client.startSsl(asClient);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(await server.readLine(), "STARTTLS");
  assert(server.pending() > 100, `${server.pending()}`);
  await Promise.all([started, server.startSsl(asServer)]);
  assertEquals(server.pending(), 0);
  await client.say("hello");
  assertEquals(await server.readLine(), "hello");
  await client.close();
  await server.close();
});

Deno.test("a Handle starts TLS again behind a fast stop, when nothing came that is unread", async () => {
  const { client, server, asClient, asServer } = await starters();
  await Promise.all([client.startSsl(asClient), server.startSsl(asServer)]);
  await client.stopSsl({ fastShutdown: true });
  assertEquals(await server.readLine(), undefined);
  await server.stopSsl();
  await Promise.all([client.startSsl(), server.startSsl()]);
  await client.say("again");
  assertEquals(await server.readLine(), "again");
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() as server refuses plain bytes that were injected", async () => {
  const { client, server, asServer } = await starters();
  await client.print("STARTTLS\n", "RCPT TO:<evil>\n");
  assertEquals(await server.readLine(), "STARTTLS");
  const error = await assertRejects(() => server.startSsl(asServer), SslPeerError);
  assertEquals(error.code, "ERR_INJECTION");
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() as client refuses plain bytes that were injected", async () => {
  const { client, server, asClient } = await starters();
  await server.print("220 ready\n", "250 fake\n");
  assertEquals(await client.readLine(), "220 ready");
  const error = await assertRejects(() => client.startSsl(asClient), SslPeerError);
  assertEquals(error.code, "ERR_INJECTION");
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() that fails leaves the plain connection to a new handle only", async () => {
  const { client, server, asClient } = await starters();
  const failing = assertRejects(() => client.startSsl(asClient), SslPeerError);
  await server.read(50); // of the ClientHello
  await server.print("This is no SSL handshake\n");
  const error = await failing;
  await assertRejects(() => client.say("PASS secret"), SslError, "starting TLS has failed");
  await assertRejects(() => client.readLine(), SslError, "starting TLS has failed");
  const plain = new Handle(error.transport as Deno.Conn, { chomp: true });
  assertEquals(await plain.readLine(), "This is no SSL handshake");
  await server.say("plain");
  assertEquals(await plain.readLine(), "plain");
  await plain.close();
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() that is misused starts nothing, and nothing goes in plain text after it", async () => {
  const { client, server, asClient, asServer } = await starters();
  const { hostname: _, ...nameless } = asClient;
  for (
    const [wrong, message] of [[nameless, "serverName"], [{ srver: true }, "srver"]] as const
  ) {
    await assertRejects(() => client.startSsl(wrong as object), TypeError, message);
    for (const call of [() => client.print("secret"), () => client.readLine()]) {
      const { code } = await assertRejects(call, SslError, "start it again, or close the handle");
      assertEquals(code, "ERR_START_TLS");
    }
  }
  const accepting = server.startSsl(asServer);
  await client.startSsl(asClient);
  await accepting;
  await client.say("over TLS");
  assertEquals(await server.readLine(), "over TLS");
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() is refused while a read is in flight, which goes on", async () => {
  const { client, server, asClient } = await starters();
  await assertRejects(() => client.stopSsl(), TypeError, "the handle has no TLS");
  const waiting = client.readLine();
  await assertRejects(() => client.startSsl(asClient), SslError, "another read is in flight");
  await server.say("still plain");
  assertEquals(await waiting, "still plain");
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() with a wrong certificate fails, and no byte of data goes out", async () => {
  const { client, server, asClient, asServer } = await starters();
  const accepting = server.startSsl(asServer).catch((e) => e);
  const { other } = await testPki();
  await refuses(
    () => client.startSsl({ ...asClient, ca: other.pem }),
    SslVerifyError,
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  );
  await client.close();
  assert(await accepting instanceof SslError);
  await server.close();
});

Deno.test("Handle refuses to write in plain text while TLS starts", async () => {
  const { client, server, asClient, asServer } = await starters();
  client.autoflush = false;
  await client.print("collected, plain\n");
  const starting = client.startSsl(asClient);
  await assertRejects(() => client.print("secret\n"), TypeError, "start TLS");
  await assertRejects(() => client.readLine(), TypeError, "start TLS");
  await assertRejects(() => client.startSsl(asClient), TypeError, "start TLS");
  assertEquals(await server.readLine(), "collected, plain");
  await Promise.all([starting, server.startSsl(asServer)]);
  await client.say("secret");
  await client.flush();
  assertEquals(await server.readLine(), "secret");
  await client.close();
  await server.close();
});

Deno.test("Handle.close() during startSsl() ends it, with nothing left open", async () => {
  const { client, server, asClient } = await starters();
  const starting = refuses(
    () => client.startSsl(asClient),
    SslPeerError,
    "ERR_SSL_HANDSHAKE_EOF",
  );
  await server.read(50);
  await client.close();
  await starting;
  assertEquals(client.opened(), 0);
  await server.close();
});

Deno.test("Handle.stopSsl() refuses to mix unread bytes of TLS with plain ones", async () => {
  const { client, server, asClient, asServer } = await starters();
  await Promise.all([client.startSsl(asClient), server.startSsl(asServer)]);
  await server.print("read\nunread");
  assertEquals(await client.readLine(), "read");
  const error = await assertRejects(() => client.stopSsl(), SslError, "6 bytes");
  assertEquals(error.code, "ERR_UNREAD");
  assertEquals((await client.read(6))?.length, 6);
  await Promise.all([client.stopSsl(), server.stopSsl()]);
  await server.say("plain");
  assertEquals(await client.readLine(), "plain");
  await client.close();
  await server.close();
});

Deno.test("SslSocket.start() takes a Handle, with what it read ahead", async () => {
  const { client, server, asClient, asServer } = await starters();
  await client.say("STARTTLS");
  const starting = SslSocket.start(client, asClient);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(await server.readLine(), "STARTTLS");
  const [a, b] = await Promise.all([starting, SslSocket.start(server, asServer)]);
  await assertRejects(() => client.print("plain"), SslError, "given to a socket");
  await assertRejects(() => server.readLine(), SslError, "given to a socket");
  assertEquals(client.opened(), 0);
  await client.close(); // closes nothing
  const [left, right] = [new Handle(a), new Handle(b)];
  await left.say("tls");
  assertEquals(await right.readLine(), "tls");
  await left.close();
  await right.close();
});

Deno.test("SslSocket.start() takes a Handle whose wait was given up: the bytes in flight go to TLS", async () => {
  const { client, server, asClient, asServer } = await starters();
  const controller = new AbortController();
  const waiting = server.readLine({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  const [a, b] = await Promise.all([
    SslSocket.start(client, asClient),
    SslSocket.start(server, asServer),
  ]);
  await a.write(Uint8Array.of(7));
  const p = new Uint8Array(4);
  assertEquals(await b.read(p), 1);
  await Promise.all([a.close(), b.close()]);
});

Deno.test("SslSocket.start() does not take a Handle with output that has yet to go", async () => {
  const { client, server, asClient } = await starters();
  client.autoflush = false;
  await client.print("lost?\n");
  await assertRejects(() => SslSocket.start(client, asClient), TypeError, "flush()");
  await client.flush();
  assertEquals(await server.readLine(), "lost?");
  await client.close();
  await server.close();
});

Deno.test("Handle.startSsl() over web streams", async () => {
  const { asClient, asServer } = await starters().then(async (s) => {
    await s.client.close();
    await s.server.close();
    return s;
  });
  // With room for what both sides write at the same time, as a connection has.
  const room = new CountQueuingStrategy({ highWaterMark: 8 });
  const up = new TransformStream<Uint8Array, Uint8Array>({}, room, room);
  const down = new TransformStream<Uint8Array, Uint8Array>({}, room, room);
  const a = new Handle({ readable: down.readable, writable: up.writable }, { chomp: true });
  const b = new Handle({ readable: up.readable, writable: down.writable }, { chomp: true });
  await Promise.all([a.startSsl(asClient), b.startSsl(asServer)]);
  const [, line] = await Promise.all([a.say("hello"), b.readLine()]);
  assertEquals(line, "hello");
  await Promise.all([a.stopSsl(), b.stopSsl()]);
  const [, plain] = await Promise.all([a.say("plain"), b.readLine()]);
  assertEquals(plain, "plain");
  await Promise.all([a.close(), b.close()]);
});

Deno.test("Handle.socket is the SslSocket beneath, and throws where there is no such socket", async () => {
  const [near, far] = await tcpPair();
  const plain = new Handle(near);
  assertThrows(() => plain.socket, TypeError, "Cannot get the socket: the handle is not over");
  const socket = await SslSocket.start(plain, { startHandshake: false, hostname: "localhost" });
  await using handle = new Handle(socket);
  assertEquals(handle.socket === socket, true);
  assertEquals(handle.conn === socket, true);
  far.close();
});
