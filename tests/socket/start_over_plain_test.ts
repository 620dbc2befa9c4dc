/** TLS over a plain socket of the library, by `SslSocket.start` and `startTls`, on both engines. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { SslPeerError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import { acceptStartTls, startTls } from "../../starttls/mod.ts";
import { bytes, readText, tcpServer, testPki, trust } from "../contract/harness.ts";

/** A plain socket to a port of ours, and the options for its TLS. */
async function plainTo(engine: "openssl" | "deno", port: number) {
  const { ca } = await testPki();
  const options = { ...trust(engine, ca), serverName: "localhost", startHandshake: false };
  return await SslSocket.connect({ ...options, hostname: "127.0.0.1", port });
}

async function serverOptions() {
  const { ca } = await testPki();
  return { engine: "openssl" as const, ...await ca.server("localhost") };
}

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: TLS starts over a plain socket after plain bytes`, async () => {
    const own = await serverOptions();
    await using server = tcpServer(async (conn) => {
      assertEquals(await readText(conn, 5), "begin");
      await conn.write(bytes("ready"));
      await using tls = await SslSocket.start(conn, { server: true, ...own });
      await tls.write(bytes("hello over TLS"));
    });
    const plain = await plainTo(engine, server.port);
    await plain.write(bytes("begin"));
    assertEquals(await readText(plain, 5), "ready");
    const socket = await SslSocket.start(plain);
    assertEquals([socket.engine, await readText(socket, 14)], [engine, "hello over TLS"]);
    await socket.close();
    await plain.close();
  });

  Deno.test(`${engine}: startTls() takes a plain socket`, async () => {
    const own = await serverOptions();
    await using server = tcpServer(async (conn) => {
      const { socket } = await acceptStartTls(conn, "imap", own);
      await socket.close();
    });
    const plain = await plainTo(engine, server.port);
    const { socket, capabilities } = await startTls(plain, "imap");
    assertEquals([socket.engine, capabilities.includes("STARTTLS")], [engine, true]);
    await socket.close();
    await plain.close();
  });

  Deno.test(`${engine}: TLS starts over a handle of a plain socket`, async () => {
    const own = await serverOptions();
    await using server = tcpServer(async (conn) => {
      await conn.write(bytes("220 ready\n"));
      assertEquals(await readText(conn, 6), "begin\n");
      await using tls = await SslSocket.start(conn, { server: true, ...own });
      await tls.write(bytes("hello over TLS"));
    });
    const handle = new Handle(await plainTo(engine, server.port));
    assertEquals(await handle.readLine(), "220 ready");
    await handle.say("begin");
    const socket = await SslSocket.start(handle);
    assertEquals([socket.engine, await readText(socket, 14)], [engine, "hello over TLS"]);
    await socket.close();
  });

  Deno.test(`${engine}: plain bytes that a plain socket has read ahead are refused`, async () => {
    await using server = tcpServer(async (conn) => {
      await conn.write(bytes("injected"));
      while (await conn.read(new Uint8Array(100)) !== null);
    });
    const plain = await plainTo(engine, server.port);
    assertEquals(await plain.peek(new Uint8Array(8)), 8);
    const error = await assertRejects(() => SslSocket.start(plain), SslPeerError);
    assertEquals(error.code, "ERR_INJECTION");
    await plain.close();
  });
}
