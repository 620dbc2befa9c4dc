/** onPeerShutdown and errorTrap where the other end is not ours. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import type { ByteTransport } from "../../engine/engine.ts";
import { SslError, SslTruncatedError, SslVerifyError } from "../../errors.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { bytes, Lab, OUR_NAME, readExactly, readOn, readText, text, VERSIONS } from "./lab.ts";
import { within } from "./peers.ts";
import { refuses } from "../helpers/refuses.ts";

for (const version of VERSIONS) {
  Deno.test(`onPeerShutdown is called when s_client quits with Q, ${version}`, async () => {
    await using lab = await Lab.open();
    const calls: SslSocket[] = [];
    const server = await lab.listen("openssl", { onPeerShutdown: (s) => void calls.push(s) });
    const client = lab.sClient(server.port, `-${version}`);
    const socket = await server.accept();
    await client.write("last words\n");
    assertEquals(await readText(socket, "last words\n"), "last words\n");
    assertEquals(calls.length, 0);
    await client.write("Q\n");
    assertEquals(await readOn(socket), null);
    assertStrictEquals(calls[0], socket);
    assertEquals(await readOn(socket), null);
    assertEquals(calls.length, 1);
    assertEquals(socket.isSsl(), "w");
    assertEquals(await client.exited(), 0);
    await socket.close();
  });

  Deno.test(`onPeerShutdown is called at the end of s_server's page, and a number replaces the end, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`, "-www");
    let calls = 0;
    const socket = await lab.connect("openssl", server.port, {
      onPeerShutdown: () => (calls++, 0),
    });
    await socket.write(bytes("GET / HTTP/1.0\r\n\r\n"));
    const buffer = new Uint8Array(65536);
    let page = "", n: number | null;
    while ((n = await within("reading", socket.read(buffer))) !== 0) {
      assertEquals(calls, 0);
      page += text(buffer.subarray(0, n!));
    }
    assertStringIncludes(page, "</HTML>");
    assertEquals(await readOn(socket), null);
    assertEquals(calls, 1);
    await socket.close();
  });

  Deno.test(`onPeerShutdown is not called when s_server quits with q, without close_notify, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`);
    let calls = 0;
    const socket = await lab.connect("openssl", server.port, {
      onPeerShutdown: () => void calls++,
    });
    await socket.write(bytes("it is there\n"));
    await server.said("it is there");
    await server.write("q\n");
    await assertRejects(() => readOn(socket), SslTruncatedError);
    assertEquals(calls, 0);
    await socket.close();
  });

  Deno.test(`onPeerShutdown is not called when the peer dies, ${version}`, async () => {
    await using lab = await Lab.open();
    let calls = 0;
    const server = await lab.listen("openssl", { onPeerShutdown: () => void calls++ });
    const client = lab.sClient(server.port, `-${version}`);
    const socket = await server.accept();
    await client.write("half\n");
    assertEquals(await readText(socket, "half\n"), "half\n");
    await client.kill();
    await assertRejects(() => readOn(socket), SslTruncatedError);
    assertEquals(calls, 0);
    await socket.close();
  });

  Deno.test(`onPeerShutdown goes back to plain text with Perl's stop_SSL, ${version}`, async () => {
    await using lab = await Lab.open();
    const SSL_version = OUR_NAME[version];
    let stopped = 0;
    const server = await lab.listen("openssl", {
      onPeerShutdown: async (socket) => {
        await socket.stopSsl();
        stopped++;
      },
    });
    const perl = lab.perl();
    const [socket] = await Promise.all([
      server.accept(),
      perl.call("connect_ssl", server.port, {
        ...{ SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost", SSL_version },
      }),
    ]);
    await perl.call("print", "secret\n");
    assertEquals(await readText(socket, "secret\n"), "secret\n");
    const [end] = await Promise.all([readOn(socket), perl.call("stop")]);
    assertEquals([end, stopped, socket.isSsl()], [null, 1, undefined]);
    await perl.call("print", "plain from Perl\n");
    assertEquals(await readText(socket, "plain from Perl\n"), "plain from Perl\n");
    await socket.write(bytes("plain from us\n"));
    assertEquals(await perl.call("readline"), "plain from us\n");
    await socket.close();
  });

  Deno.test(`errorTrap has the connection of an s_client that refuses us, ${version}`, async () => {
    await using lab = await Lab.open();
    const trapped: [ByteTransport, string][] = [];
    const server = await lab.listen("openssl", {
      ...{ verifyMode: 3, ca: lab.pki.ca.pem },
      errorTrap: (connection, message) => void trapped.push([connection, message]),
    });
    const client = lab.sClient(server.port, `-${version}`); // without the certificate
    const error = await assertRejects(() => server.accept(), SslError);
    assertEquals(error.code, "ERR_SSL_NO_CERTIFICATE");
    assertEquals(trapped.map(([, message]) => message), [error.message]);
    trapped[0]![0].close();
    assertEquals(await client.exited(), 1);
    // The alert has left before the trap got the connection.
    await client.said(/alert (certificate required|handshake failure)/);
  });
}

Deno.test("errorTrap of our client talks on with a plain server, which has spoken first", async () => {
  await using lab = await Lab.open();
  const perl = lab.perl();
  const port = await perl.call("listen");
  const { promise, resolve } = Promise.withResolvers<[ByteTransport, string]>();
  const connecting = lab.connect("openssl", port, {
    errorTrap: (connection, message) => resolve([connection, message]),
  });
  connecting.catch(() => {});
  await perl.call("accept");
  await perl.call("print", "220 mail.example ESMTP\r\n");
  const error = await assertRejects(() => connecting, SslError);
  assertEquals(error.code, "ERR_SSL_NOT_TLS");
  const [connection, message] = await within("the trap", promise);
  assertEquals(message, error.message);
  const greeting = await readExactly(connection, "220 mail.example ESMTP\r\n".length);
  assertEquals(text(greeting), "220 mail.example ESMTP\r\n"); // nothing of it is lost
  connection.close();
});

Deno.test("errorTrap has the connection of a server of Perl's that our client refuses", async () => {
  await using lab = await Lab.open();
  const perl = lab.perl();
  const port = await perl.call("listen_ssl", {
    ...{ SSL_cert_file: "cert.pem", SSL_key_file: "key.pem", SSL_version: "TLSv1_2" },
  });
  let trapped: ByteTransport | undefined;
  const connecting = lab.connect("openssl", port, {
    ca: lab.pki.other.pem,
    errorTrap: (connection) => void (trapped = connection),
  });
  const [error, answer] = await Promise.all([
    refuses(() => connecting, SslVerifyError, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
    perl.ask("accept"),
  ]);
  assert(answer.error!.includes("unknown ca"), answer.error);
  assertEquals(error.transport, undefined);
  trapped!.close();
});
