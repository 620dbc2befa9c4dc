/** Calls that do not wait, with Perl at the other end: t/nonblock.t in both roles. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { isWant, SSL_WANT_READ, SSL_WANT_WRITE, SslError, type Want } from "../../errors.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { bytes, Lab, readText, text, VERSIONS } from "./lab.ts";
import { within } from "./peers.ts";

const SERVER = { SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
const CLIENT = { SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost" };
const later = { SSL_startHandshake: 0 };

/** Goes on until `step` is done; how often it had to wait. */
async function steps(socket: SslSocket, step: () => true | Want): Promise<number> {
  for (let retries = 0;; retries++) {
    const want = step();
    if (want === true) return retries;
    assert(retries < 1000, "it goes round without waiting");
    await within("a step", socket.ready(want));
  }
}

for (const version of VERSIONS) {
  const only = { SSL_version: version === "tls1_2" ? "TLSv1_2" : "TLSv1_3" };

  Deno.test(`our client without waiting, a slow Perl server, ${only.SSL_version}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", { ...SERVER, ...only, ...later });
    const [, socket] = await Promise.all([
      perl.call("accept"),
      lab.connect("openssl", port, { startHandshake: false }),
    ]);
    // Plain text first, without waiting too.
    assertEquals(socket.tryWrite(bytes("plaintext")), 9);
    assertEquals(await perl.call("read", 9), "plaintext");
    assertStrictEquals(socket.tryConnectSsl(), SSL_WANT_READ); // Perl has yet to begin
    assertStrictEquals(socket.tryConnectSsl(), SSL_WANT_READ);
    const [retries] = await Promise.all([
      steps(socket, () => socket.tryConnectSsl()),
      perl.call("accept_tls"),
    ]);
    assert(retries >= 1, `${retries}`);
    assertStrictEquals(socket.tryRead(new Uint8Array(9)), SSL_WANT_READ);
    await perl.call("print", "over TLS");
    const p = new Uint8Array(100);
    let got = "";
    while (got.length < 8) {
      const n = socket.tryRead(p);
      if (isWant(n)) await within("data", socket.ready(n));
      else got += text(p.subarray(0, n!));
    }
    assertEquals(got, "over TLS");
    // And back to plain text, step by step.
    const [stopping] = await Promise.all([
      steps(socket, () => socket.tryStopSsl()),
      perl.call("stop"),
    ]);
    assert(stopping >= 0);
    assertEquals(socket.isSsl(), undefined);
    assertEquals(socket.tryWrite(bytes("plain")), 5);
    assertEquals(await perl.call("read", 5), "plain");
    await socket.close();
  });

  Deno.test(`our server without waiting, a slow Perl client, ${only.SSL_version}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const server = await lab.listen("openssl", { startHandshake: false });
    const [socket] = await Promise.all([
      server.accept(),
      perl.call("connect_ssl", server.port, { ...CLIENT, ...only, ...later }),
    ]);
    await perl.call("print", "plaintext");
    assertEquals(await readText(socket, "plaintext"), "plaintext");
    assertStrictEquals(socket.tryAcceptSsl(), SSL_WANT_READ);
    assertEquals(socket.opened(), 0); // the loop of t/core.t: opening, and not open
    assertEquals(socket.isSsl(), "");
    const [retries] = await Promise.all([
      steps(socket, () => socket.tryAcceptSsl()),
      perl.call("connect_tls"),
    ]);
    assert(retries >= 1, `${retries}`);
    assertEquals(socket.opened(), 1);
    assertEquals(socket.tryWrite(bytes("hello")), 5);
    assertEquals(await perl.call("read", 5), "hello");
    await socket.close();
  });

  for (const role of ["client", "server"] as const) {
    Deno.test(`Perl as ${role} without waiting, our slow end, ${only.SSL_version}`, async () => {
      await using lab = await Lab.open();
      const perl = lab.perl();
      let socket: SslSocket;
      if (role === "client") {
        const server = await lab.listen("openssl", { startHandshake: false });
        [socket] = await Promise.all([
          server.accept(),
          perl.call("connect_ssl", server.port, { ...CLIENT, ...only, ...later }),
        ]);
      } else {
        const port = await perl.call("listen_ssl", { ...SERVER, ...only, ...later });
        [, socket] = await Promise.all([
          perl.call("accept"),
          lab.connect("openssl", port, { startHandshake: false }),
        ]);
      }
      await perl.call("blocking", 0);
      const method = role === "client" ? "connect_SSL" : "accept_SSL";
      let want = await perl.call("step", method);
      assertEquals(want, "read"); // we have not answered
      const ours = role === "client" ? socket.acceptSsl() : socket.connectSsl();
      for (let i = 0; want !== 1; i++) {
        assert(i < 20);
        await perl.call("select", want);
        want = await perl.call("step", method);
      }
      await within("our handshake", ours);
      await perl.call("blocking", 1);
      await socket.write(bytes("hello"));
      assertEquals(await perl.call("read", 5), "hello");
      await perl.call("print", "hi");
      assertEquals(await readText(socket, "hi"), "hi");
      await socket.close();
    });
  }
}

Deno.test("tryWrite() to a Perl peer that does not read wants to write; what it took arrives", async () => {
  await using lab = await Lab.open();
  const perl = lab.perl();
  const server = await lab.listen("openssl");
  const [socket] = await Promise.all([
    server.accept(),
    perl.call("connect_ssl", server.port, CLIENT),
  ]);
  const chunk = bytes("0123456789".repeat(3000));
  let sent = 0;
  for (;;) {
    const n = socket.tryWrite(chunk);
    if (!isWant(n)) sent += n;
    else {
      assertStrictEquals(n, SSL_WANT_WRITE);
      assert(sent >= 30_000, `${sent}`);
      break;
    }
  }
  const [got] = await Promise.all([perl.call("read", sent), socket.ready(SSL_WANT_WRITE)]);
  assertEquals(got.length, sent);
  // The peer goes: the calls after it say so, with a code, and none of them hangs.
  await perl.call("close", { SSL_no_shutdown: 1 });
  let error: unknown;
  for (let i = 0; error === undefined && i < 10_000; i++) {
    try {
      if (isWant(socket.tryWrite(chunk))) await within("room", socket.ready(SSL_WANT_WRITE));
      else await new Promise((resolve) => setTimeout(resolve, 1));
    } catch (e) {
      error = e;
    }
  }
  assert(error instanceof SslError, String(error));
  assert(["EPIPE", "ECONNRESET"].includes(String(error.code)), String(error.code));
  await socket.close();
});
