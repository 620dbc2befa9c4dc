/** A TLS 1.3 server that asks for the client's certificate after the handshake (RFC 8446 4.6.2). */

import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { SslSocket } from "../../mod.ts";
import { bytes, Lab, readOn, readText } from "./lab.ts";

Deno.test("s_server asks for the certificate after the handshake and gets it", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer("-tls1_3", "-CAfile", "ca.pem");
  const { cert, key } = lab.pki.client;
  const socket = await lab.connect("openssl", server.port, { cert, key });
  await server.write("before\n");
  assertEquals(await readText(socket, "before\n"), "before\n");
  assertEquals(server.output.includes("CN = client"), false, "not asked for in the handshake");
  await server.write("c\n"); // ask now
  // The client answers while it reads, and its data goes on meanwhile.
  const reading = readText(socket, "after\n");
  await server.said(/depth=0 CN = client\nverify return:1/);
  await socket.write(bytes("still here\n"));
  await server.said("still here");
  await server.write("after\n");
  assertEquals(await reading, "after\n");
  await socket.close();
});

Deno.test("a client without a certificate does not offer to be asked: s_server cannot ask", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer("-tls1_3", "-CAfile", "ca.pem");
  const socket = await lab.connect("openssl", server.port);
  const reading = readOn(socket);
  await server.write("c\n");
  await server.said(/extension not received/i);
  assertStringIncludes(server.output, "extension not received");
  reading.catch(() => {});
  await socket.close({ noShutdown: true });
  await reading.catch(() => {});
});

Deno.test("canPha() is true where OpenSSL is the engine", () => {
  assertEquals(SslSocket.canPha(), true);
});
