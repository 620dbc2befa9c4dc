/** SsleayHandle, the tied handle. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  SslError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import { settings, shutdown, SsleayHandle } from "../../ssleay/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { tcpServer, testPki, tlsServer, trust } from "./odd_server.ts";

const HOST = "127.0.0.1";

/** A TLS server that takes one connection. */
async function accepting(): Promise<{ port: number; accept(): Promise<SslSocket> } & Disposable> {
  const { server } = await testPki();
  const listener = await SslSocket.listen({
    engine: "openssl",
    hostname: HOST,
    port: 0,
    ...server,
  });
  return {
    port: (listener.addr as Deno.NetAddr).port,
    accept: () => listener.accept(),
    [Symbol.dispose]: () => listener.close(),
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: a handle prints, reads lines, and ends where the server says so`, async () => {
    await using server = await tlsServer();
    server.play({ answer: "one\ntwo\n\nthree" });
    await using ssl = await SsleayHandle.connect(HOST, server.port, await trust(engine));
    assertEquals(await ssl.print("GET / HTTP/1.0\r\n", "\r\n"), true);
    assertEquals(await ssl.eof(), false);
    assertEquals(await ssl.readline(), "one\n");
    assertEquals(await ssl.readlines(), ["two\n", "\n", "three"]);
    assertEquals(await ssl.readline(), undefined);
    assertEquals(await ssl.eof(), true);
    assertEquals(await ssl.read(new Uint8Array(5)), 0);
    assertEquals(await ssl.read(new Uint8Array(5)), 0);
    assertEquals(await ssl.close(), true);
    assertEquals(server.requests, ["GET / HTTP/1.0\r\n\r\n"]);
  });

  Deno.test(`${engine}: close() and shutdown() send close_notify`, async () => {
    for (const end of ["close", "shutdown 1", "shutdown 2", "function", "dispose"]) {
      using server = await accepting();
      const [ssl, peer] = await Promise.all([
        SsleayHandle.connect(HOST, server.port, await trust(engine)),
        server.accept(),
      ]);
      await ssl.print("bye");
      if (end === "close") await ssl.close();
      else if (end === "dispose") await ssl[Symbol.asyncDispose]();
      else if (end === "function") await shutdown(ssl, 1);
      else await ssl.shutdown(end === "shutdown 1" ? 1 : 2);
      const p = new Uint8Array(10);
      assertEquals(await peer.read(p), 3);
      assertEquals(await peer.read(p), null, end); // and no SslTruncatedError
      if (end === "shutdown 1" || end === "function") {
        await peer.write(bytes("still here\n"));
        assertEquals(await ssl.readline(), "still here\n");
      }
      await peer.close();
      await ssl.close();
    }
  });

  Deno.test(`${engine}: a connection that is cut off is an error, and no end of file`, async () => {
    for (const read of ["readline", "readlines", "eof"] as const) {
      await using server = await tlsServer();
      server.play({ answer: "one\nhalf", end: "cut" });
      await using ssl = await SsleayHandle.connect(HOST, server.port, await trust(engine));
      await ssl.print("\r\n\r\n");
      if (read !== "readlines") assertEquals(await ssl.readline(), "one\n");
      if (read === "eof") assertEquals(await ssl.read(new Uint8Array(4)), 4);
      await assertRejects(() => ssl[read](), SslTruncatedError);
    }
  });

  Deno.test(`${engine}: a server that is not trusted, or of another name, gets nothing`, async () => {
    const { ca } = await testPki();
    await using server = await tlsServer(await ca.server("other.example"));
    await assertRejects(() => SsleayHandle.connect(HOST, server.port, { engine }), SslVerifyError);
    const options = await trust(engine);
    await assertRejects(() => SsleayHandle.connect(HOST, server.port, options), SslVerifyError);
    assertEquals(server.requests, []);
  });

  Deno.test(`${engine}: start() makes TLS on a connection that is there, by the name that is given`, async () => {
    await using server = await tlsServer();
    const options = await trust(engine);
    const conn = await SsleayHandle.makeSocket(HOST, server.port);
    await using ssl = await SsleayHandle.start(conn, { ...options, hostname: "localhost" });
    await ssl.print("\r\n\r\n");
    assertMatch((await ssl.readlines()).join(""), /hello$/);
    assertEquals(server.names, ["localhost"]);
    const nameless = await SsleayHandle.makeSocket(HOST, server.port);
    await assertRejects(
      () => SsleayHandle.start(nameless, options),
      TypeError,
      "no name to verify",
    );
    nameless.close();
    const wrong = await SsleayHandle.makeSocket(HOST, server.port);
    await assertRejects(
      () => SsleayHandle.start(wrong, { ...options, hostname: "other.example" }),
      SslVerifyError,
    );
  });
}

Deno.test("read() fills the buffer, at an offset and up to a length; write() takes a part", async () => {
  using server = await accepting();
  const [ssl, peer] = await Promise.all([
    SsleayHandle.connect(HOST, server.port, await trust("openssl")),
    server.accept(),
  ]);
  const buffer = new Uint8Array(8).fill(45);
  const reading = ssl.read(buffer, 4, 2);
  await peer.write(bytes("ab"));
  await peer.write(bytes("cdef"));
  assertEquals(await reading, 4);
  assertEquals(new TextDecoder().decode(buffer), "--abcd--");
  await peer.closeWrite();
  assertEquals(await ssl.read(buffer), 2);
  assertEquals(await ssl.write("0123456789", 3, 4), 3);
  const p = new Uint8Array(10);
  assertEquals(await peer.read(p), 3);
  assertEquals(new TextDecoder().decode(p.subarray(0, 3)), "456");
  await ssl.close();
  await peer.close();
});

Deno.test("lines: separators, paragraphs, all, records, and the iterator", async () => {
  const answer = "a:b\n\n\nc0\nlast";
  const read = async (run: (ssl: SsleayHandle) => Promise<unknown>) => {
    await using server = await tlsServer();
    server.play({ answer });
    await using ssl = await SsleayHandle.connect(HOST, server.port, await trust("openssl"));
    await ssl.print("\r\n\r\n");
    return await run(ssl);
  };
  assertEquals(await read((ssl) => ssl.readline(":")), "a:");
  assertEquals(await read((ssl) => ssl.readlines("")), ["a:b\n\n\n", "c0\nlast"]);
  assertEquals(await read((ssl) => ssl.readline(null)), answer);
  assertEquals(await read((ssl) => ssl.readline(2)), "a:");
  assertEquals(await read((ssl) => Array.fromAsync(ssl)), ["a:b", "", "", "c0", "last"]);
});

Deno.test("a last line 0 without an end is a line", async () => {
  await using server = await tlsServer();
  server.play({ answer: "1\n0" });
  await using ssl = await SsleayHandle.connect(HOST, server.port, await trust("openssl"));
  await ssl.print("\r\n\r\n");
  assertEquals(await ssl.readlines(), ["1\n", "0"]);
});

Deno.test("connect() fails as Perl's tie does: nobody listens, nobody answers", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => SsleayHandle.connect(HOST, port),
    SslError,
    "Connection refused",
  );
  assertEquals(error.code, "ECONNREFUSED");
  assertMatch(error.stack!.split("\n")[1]!, /handle_test\.ts/);
  await assertRejects(() => SsleayHandle.makeSocket(HOST, port), SslError, "Connection refused");
  await using silent = tcpServer(HOST, () => {});
  await assertRejects(
    async () =>
      await SsleayHandle.connect(HOST, silent.port, { ...await trust("openssl"), timeout: 50 }),
    SslTimeoutError,
  );
});

Deno.test("shutdown() is for connections of every kind, and reading alone cannot be ended", async () => {
  await using server = tcpServer();
  const conn = await Deno.connect({ hostname: HOST, port: server.port });
  await shutdown(conn, 1);
  await assertRejects(() => shutdown(conn, 0), SslUnsupportedError, "reading alone");
  // deno-lint-ignore no-explicit-any -- values of the wrong kind are tried
  const anyShutdown = shutdown as any;
  await assertRejects(() => anyShutdown(conn, 3), TypeError, "0, 1 or 2");
  for (const value of [undefined, null, {}, "x"]) {
    await assertRejects(() => anyShutdown(value, 1), TypeError, "needs a connection");
  }
  await shutdown(conn, 2);
});

Deno.test("debug() gives the level before, and reports ciphers; fileno() throws", async () => {
  assertThrows(() => SsleayHandle.debug(1), TypeError, "settings.warn");
  assertEquals(SsleayHandle.debug(), 0);
  await using server = await tlsServer();
  let text = "";
  settings.warn = (line) => text += line;
  try {
    assertEquals(SsleayHandle.debug(1), 0);
    await using ssl = await SsleayHandle.connect(HOST, server.port, await trust("openssl"));
    assertMatch(text, /^Cipher 'TLS_\w+'\n$/);
    assertThrows(() => ssl.fileno(), SslUnsupportedError, "file descriptor");
    assertMatch(Deno.inspect(ssl), /^SsleayHandle \{ socket: /);
    assertEquals(ssl.socket.getSslversion(), "TLSv1_3");
    assertEquals(ssl.handle.socket, ssl.socket);
  } finally {
    assertEquals(SsleayHandle.debug(0), 1);
    settings.warn = undefined;
  }
});

Deno.test("wrong options are refused before there is a connection", async () => {
  // deno-lint-ignore no-explicit-any -- values of the wrong kind are tried
  const connect = (...args: any[]) => (SsleayHandle.connect as any)(...args);
  await assertRejects(() => connect(HOST, 1, { nonsense: 1 }), TypeError, "nonsense");
  await assertRejects(
    () => connect(HOST, 1, { startHandshake: false }),
    TypeError,
    "startHandshake",
  );
  await assertRejects(() => connect("a b", 1), TypeError);
  await assertRejects(() => connect(HOST, 1, "x"), TypeError, "options");
});
