/**
 * The rest of the sequences of start and stop with Perl at the other end:
 * t/start-stopssl-with-cb.t, t/double-tls-layer.t, t/startssl-failed.t,
 * t/acceptSSL-timeout.t, t/connectSSL-timeout.t, and the ways to close.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { SslPeerError, SslTimeoutError, SslTruncatedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import { bytes, ENGINES, Lab, readOn, readText, VERSIONS } from "./lab.ts";
import type { PerlPeer } from "./perl_peer.ts";
import { within } from "./peers.ts";

const INET = "IO::Socket::INET";
const SERVER = { SSL_server: 1, SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
const CLIENT = { SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost" };

/** A plain connection to Perl, whichever side opened it. */
async function plain(perl: PerlPeer): Promise<Deno.TcpConn> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [conn] = await Promise.all([
    listener.accept(),
    perl.call("connect", listener.addr.port),
  ]);
  return conn;
}

/** What each side starts TLS with when we are `role`. */
function sides(lab: Lab, role: "client" | "server") {
  return role === "client"
    ? { ours: { ...lab.trust("openssl"), hostname: "localhost" }, theirs: SERVER }
    : { ours: { engine: "openssl" as const, server: true, ...lab.pki.server }, theirs: CLIENT };
}

for (const role of ["client", "server"] as const) {
  for (const version of VERSIONS) {
    const only = { SSL_version: version === "tls1_2" ? "TLSv1_2" : "TLSv1_3" };
    Deno.test(`as ${role}: onPeerShutdown stops TLS when Perl does, three times, ${only.SSL_version}`, async () => {
      await using lab = await Lab.open();
      const perl = lab.perl();
      const conn = await plain(perl);
      const { ours, theirs } = sides(lab, role);
      let transport: Transport = conn;
      for (let i = 1; i <= 3; i++) {
        let calls = 0;
        let left: Transport | undefined;
        const [socket] = await Promise.all([
          SslSocket.start(transport, {
            ...ours,
            onPeerShutdown: async (socket) => {
              calls++;
              left = await socket.stopSsl();
            },
          }),
          perl.call("start", { ...theirs, ...only }),
        ]);
        await socket.write(bytes("sslfoo"));
        assertEquals(await perl.call("read", 6), "sslfoo");
        // Perl says goodbye and waits for ours, which the callback sends.
        const [end] = await Promise.all([readOn(socket), perl.call("stop")]);
        assertEquals([end, calls, socket.isSsl()], [null, 1, undefined]);
        assertEquals(await perl.call("class"), INET);
        transport = left!;
        await transport.write(bytes("foo"));
        assertEquals(await perl.call("read", 3), "foo");
        await perl.call("print", "bar");
        assertEquals(await readText(transport, "bar"), "bar");
      }
      await transport.close();
      assertEquals((await perl.call("sysread", 1)).n, 0);
    });
  }

  Deno.test(`as ${role}: a start that fails leaves Perl and us to talk in plain text`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const conn = await plain(perl);
    const { ours } = sides(lab, role);
    const starting = SslSocket.start(conn, ours).then(() => undefined, (e) => e);
    if (role === "client") assert((await perl.call("sysread", 4096)).n > 100); // the ClientHello
    await perl.call("print", "This is no SSL handshake\n");
    const error = await within("failing", starting);
    assert(error instanceof SslPeerError, String(error));
    const transport = error.transport as Transport;
    const line = "This is no SSL handshake\n";
    assertEquals(await readText(transport, line), line);
    await transport.write(bytes("foo\n"));
    // An alert may have gone before it: RFC 8446 6.2 asks for one.
    const heard = String(await perl.call("readline"));
    assert(heard.endsWith("foo\n"), heard);
    await perl.call("print", "bar");
    assertEquals(await readText(transport, "bar"), "bar");
    await transport.close();
  });

  Deno.test(`as ${role}: Perl's start fails against our plain text, and both go on in it`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const conn = await plain(perl);
    const { theirs } = sides(lab, role);
    const asked = perl.ask("start", theirs);
    if (role === "server") assert(await conn.read(new Uint8Array(4096)) as number > 100);
    await conn.write(bytes("This is no SSL handshake\n"));
    const { error } = await asked;
    assert(error !== undefined, "Perl took it for TLS");
    assertEquals(await perl.call("class"), INET);
    await perl.call("print", "still here\n");
    let heard = "";
    const p = new Uint8Array(4096);
    while (!heard.endsWith("still here\n")) { // an alert may come first
      const n = await within("reading", conn.read(p));
      assert(n !== null);
      heard += new TextDecoder("latin1").decode(p.subarray(0, n));
    }
    conn.close();
  });

  Deno.test(`as ${role}: a start against a silent Perl ends by its timeout, the connection goes on`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const conn = await plain(perl);
    const { ours, theirs } = sides(lab, role);
    const error = await assertRejects(
      () => SslSocket.start(conn, { ...ours, timeout: 60 }),
      SslTimeoutError,
    );
    const transport = error.transport as Transport;
    if (role === "server") {
      // No byte was sent: a second try may do it.
      const [socket] = await Promise.all([
        SslSocket.start(transport, { ...ours, timeout: 5000 }),
        perl.call("start", theirs),
      ]);
      await perl.call("print", "Hi!");
      assertEquals(await readText(socket, "Hi!"), "Hi!");
      await socket.close();
    } else {
      await perl.call("print", "late");
      assertEquals(await readText(transport, "late"), "late");
      await transport.close();
    }
  });

  // t/double-tls-layer.t; this Perl has no SSL_usebio, so it is the inner end only.
  Deno.test(`as ${role}: TLS with Perl inside of our own TLS`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const conn = await plain(perl);
    const server = await lab.listen("openssl");
    const [outer, far] = await Promise.all([lab.connect("openssl", server.port), server.accept()]);
    const carry = async (from: Transport, to: Transport) => {
      const p = new Uint8Array(65536);
      for (let n; (n = await from.read(p)) !== null;) {
        for (let at = 0; at < n;) at += await to.write(p.subarray(at, n));
      }
      await to.closeWrite?.();
    };
    const carrying = Promise.all([carry(conn, outer), carry(outer, conn)]);
    const { ours, theirs } = sides(lab, role);
    const [inner] = await Promise.all([SslSocket.start(far, ours), perl.call("start", theirs)]);
    await inner.write(bytes("HELLO"));
    assertEquals(await perl.call("read", 5), "HELLO");
    await perl.call("print", "WORLD");
    assertEquals(await readText(inner, "WORLD"), "WORLD");
    const [back] = await Promise.all([inner.stopSsl(), perl.call("stop")]);
    assert(back === far);
    // The inner one is gone, the outer one carries plain text.
    await far.write(bytes("plain"));
    assertEquals(await perl.call("read", 5), "plain");
    assertEquals(far.isSsl(), "rw");
    await perl.call("close");
    assertEquals(await readOn(far), null);
    await far.closeWrite();
    await within("carrying", carrying);
    conn.close();
    await Promise.all([outer.close(), far.close()]);
  });
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: the ways to close, and what Perl and we see of them`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", SERVER);
    const open = async (options = {}) => {
      const [, socket] = await Promise.all([
        perl.call("accept"),
        lab.connect(engine, port, options),
      ]);
      await socket.write(bytes("hi"));
      assertEquals(await perl.call("read", 2), "hi");
      return socket;
    };
    {
      // A half-closed connection still gets its answer.
      const socket = await open();
      await socket.closeWrite();
      assertEquals((await perl.call("sysread", 1)).n, 0);
      await perl.call("print", "answer");
      assertEquals(await readText(socket, "answer"), "answer");
      await perl.call("close");
      assertEquals(await readOn(socket), null);
      await socket.close();
    }
    {
      // fastShutdown: false waits for Perl's close_notify.
      const socket = await open();
      let closed = false;
      const closing = socket.close({ fastShutdown: false }).then(() => closed = true);
      assertEquals((await perl.call("sysread", 1)).n, 0);
      assertEquals(closed, false);
      await perl.call("close");
      await within("closing", closing);
    }
    {
      // Perl's close_notify is an end, its absence none.
      const socket = await open();
      await perl.call("print", "half");
      await perl.call("close", { SSL_no_shutdown: 1 });
      assertEquals(await readText(socket, "half"), "half");
      await assertRejects(() => readOn(socket), SslTruncatedError);
      await socket.close();
    }
    const lenient = await open({ allowTruncation: true });
    await perl.call("close", { SSL_no_shutdown: 1 });
    assertEquals(await readOn(lenient), null);
    await lenient.close();
  });
}
