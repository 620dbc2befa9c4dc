/**
 * TLS started and stopped on a connection: the sequences of Perl's
 * t/plain_upgrade_downgrade.t, t/start-stopssl.t and t/startssl-failed.t with
 * Perl at the other end, and STARTTLS of mail protocols with openssl's client.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { SslPeerError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import { bytes, Lab, readOn, readText, THEIR_NAME, type Version, VERSIONS } from "./lab.ts";
import type { PerlPeer } from "./perl_peer.ts";
import { within } from "./peers.ts";

const INET = "IO::Socket::INET";
const SSL = "IO::Socket::SSL";
const SERVER = { SSL_server: 1, SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
const CLIENT = { SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost" };

/** The options that keep Perl to a version. */
function only(version: Version): { SSL_version: string } {
  return { SSL_version: version === "tls1_2" ? "TLSv1_2" : "TLSv1_3" };
}

interface Ends {
  readonly lab: Lab;
  readonly perl: PerlPeer;
}

/** Says "foo" and hears "bar", with a prefix while there is TLS. */
async function exchange(
  { perl }: Ends,
  ours: Transport | SslSocket,
  prefix: "" | "ssl",
): Promise<void> {
  await within("writing", ours.write(bytes(`${prefix}foo`)));
  assertEquals(await perl.call("read", prefix.length + 3), `${prefix}foo`);
  await perl.call("print", `${prefix}bar`);
  assertEquals(await readText(ours, `${prefix}bar`), `${prefix}bar`);
}

/** A plain connection of ours to a Perl server. */
async function dialPerl(perl: PerlPeer): Promise<Deno.TcpConn> {
  const port = await perl.call("listen");
  const accepted = perl.call("accept");
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await accepted;
  return conn;
}

/** Both ends do something at the same time. */
async function both<T>(perl: Promise<unknown>, ours: Promise<T>): Promise<T> {
  const [, result] = await Promise.all([perl, within("our part", ours)]);
  return result;
}

for (const version of VERSIONS) {
  const on = THEIR_NAME[version];

  Deno.test(`our client: plain, start, stop, start; Perl serves, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const server = { ...SERVER, ...only(version) };
    const conn = await dialPerl(perl);
    await exchange(ends, conn, "");
    const options = { ...lab.trust("openssl"), hostname: "localhost" };
    let socket = await both(perl.call("start", server), SslSocket.start(conn, options));
    await exchange(ends, socket, "ssl");
    const plain = await both(perl.call("stop"), socket.stopSsl());
    assertEquals(await perl.call("class"), INET);
    assert(plain === conn, "nothing was read ahead, so it is the connection itself");
    assertEquals(socket.isSsl(), undefined);
    await exchange(ends, plain, "");
    socket = await both(perl.call("start", server), SslSocket.start(plain, options));
    await exchange(ends, socket, "ssl");
    await both(perl.call("stop"), socket.stopSsl());
    // The socket is plain itself, and can start again.
    await exchange(ends, socket, "");
    await both(perl.call("start", server), socket.connectSsl());
    await exchange(ends, socket, "ssl");
    await perl.call("close");
    assertEquals(await readOn(socket), null);
    await socket.close();
  });

  Deno.test(`our client: new, stop, connectSsl; Perl serves, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const port = await perl.call("listen_ssl", {
      ...SERVER,
      ...only(version),
    });
    const socket = await both(perl.call("accept"), lab.connect("openssl", port));
    await exchange(ends, socket, "ssl");
    await both(perl.call("stop"), socket.stopSsl());
    await exchange(ends, socket, "");
    await both(perl.call("accept_tls"), socket.connectSsl());
    await exchange(ends, socket, "ssl");
    await socket.close();
  });

  Deno.test(`our client: new without handshake, connectSsl, stop, connectSsl, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const port = await perl.call("listen_ssl", {
      ...SERVER,
      ...only(version),
      SSL_startHandshake: 0,
    });
    const socket = await both(
      perl.call("accept"),
      lab.connect("openssl", port, { startHandshake: false }),
    );
    assertEquals(socket.isSsl(), undefined);
    await exchange(ends, socket, "");
    await both(perl.call("accept_tls"), socket.connectSsl());
    await exchange(ends, socket, "ssl");
    await both(perl.call("stop"), socket.stopSsl());
    await exchange(ends, socket, "");
    await both(perl.call("accept_tls"), socket.connectSsl());
    await exchange(ends, socket, "ssl");
    await socket.close();
  });

  Deno.test(`our server: plain, start, stop, start; Perl is the client, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const client = { ...CLIENT, ...only(version) };
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [conn, klass] = await Promise.all([
      listener.accept(),
      perl.call("connect", listener.addr.port),
    ]);
    assertEquals(klass, INET);
    await exchange(ends, conn, "");
    const options = { engine: "openssl", server: true, ...lab.pki.server } as const;
    let socket = await both(perl.call("start", client), SslSocket.start(conn, options));
    assertEquals(await perl.call("class"), SSL);
    await exchange(ends, socket, "ssl");
    const plain = await both(perl.call("stop"), socket.stopSsl());
    assertEquals(await perl.call("class"), INET);
    assert(plain === conn);
    await exchange(ends, plain, "");
    socket = await both(perl.call("start", client), SslSocket.start(plain, options));
    await exchange(ends, socket, "ssl");
    await both(perl.call("stop"), socket.stopSsl());
    await exchange(ends, socket, "");
    await both(perl.call("start", client), socket.acceptSsl());
    await exchange(ends, socket, "ssl");
    await socket.close();
    assertEquals((await perl.call("sysread", 1)).n, 0);
  });

  Deno.test(`our listener without handshakes: acceptSsl, stop, acceptSsl; Perl is the client, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const server = await lab.listen("openssl", { startHandshake: false });
    const [socket] = await Promise.all([
      server.accept(),
      perl.call("connect_ssl", server.port, {
        ...CLIENT,
        ...only(version),
        SSL_startHandshake: 0,
      }),
    ]);
    await exchange(ends, socket, "");
    await both(perl.call("connect_tls"), socket.acceptSsl());
    await exchange(ends, socket, "ssl");
    await both(perl.call("stop"), socket.stopSsl());
    await exchange(ends, socket, "");
    await both(perl.call("connect_tls"), socket.acceptSsl());
    await exchange(ends, socket, "ssl");
    await socket.close();
  });

  Deno.test(`one port for plain and TLS: our server looks at the first bytes, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", { startHandshake: false });
    for (const tls of [false, true]) {
      const perl = lab.perl();
      const connecting = tls
        ? perl.call("connect_ssl", server.port, { ...CLIENT, ...only(version) })
        : perl.call("connect", server.port);
      const socket = await server.accept();
      if (!tls) await connecting.then(() => perl.call("print", "plain"));
      const head = new Uint8Array(1);
      assertEquals(await within("peeking", socket.peek(head)), 1);
      assertEquals(head[0] === 0x16, tls);
      if (tls) {
        await both(connecting, socket.acceptSsl());
        await perl.call("print", "plain");
      }
      assertEquals(await readText(socket, "plain"), "plain");
      await socket.close();
    }
  });

  // t/start-stopssl.t
  Deno.test(`our client: start, stop, start, stop:write, close; Perl serves, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const server = { ...SERVER, ...only(version) };
    const conn = await dialPerl(perl);
    const options = { ...lab.trust("openssl"), hostname: "localhost" };
    const first = await both(perl.call("start", server), SslSocket.start(conn, options));
    await exchange(ends, first, "ssl");
    await both(perl.call("stop"), first.stopSsl());
    const socket = await both(perl.call("start", server), SslSocket.start(conn, options));
    await exchange(ends, socket, "ssl");
    // stop:write: our close_notify goes, and plain text at once after it.
    const plain = await within("stopping", socket.stopSsl({ fastShutdown: true }));
    await plain.write(bytes("plain from us"));
    assertEquals((await perl.call("sysread", 100)).n, 0);
    await perl.call("stop");
    assertEquals(await perl.call("class"), INET);
    assertEquals(await perl.call("read", 13), "plain from us");
    await perl.call("print", "plain from Perl");
    assertEquals(await readOn(plain), null); // the end of TLS, once
    assertEquals(await readText(plain, "plain from Perl"), "plain from Perl");
    await perl.call("close");
    assertEquals(await readOn(plain), null);
    plain.close();
  });

  Deno.test(`our server: start, stop, start, stop:write, close; Perl is the client, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const ends = { lab, perl };
    const client = { ...CLIENT, ...only(version) };
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [conn] = await Promise.all([
      listener.accept(),
      perl.call("connect", listener.addr.port),
    ]);
    const options = { engine: "openssl", server: true, ...lab.pki.server } as const;
    const first = await both(perl.call("start", client), SslSocket.start(conn, options));
    await exchange(ends, first, "ssl");
    await both(perl.call("stop"), first.stopSsl());
    const socket = await both(perl.call("start", client), SslSocket.start(conn, options));
    await exchange(ends, socket, "ssl");
    // Perl sends its close_notify and is plain at once; TLS must end before plain text begins.
    await perl.call("stop", { SSL_fast_shutdown: 1 });
    assertEquals(await perl.call("class"), INET);
    await perl.call("print", "plain from Perl");
    assertEquals(await readOn(socket), null);
    assertEquals(await readOn(socket), null);
    assertEquals(socket.isSsl(), "w");
    // This Perl (before 2.091) takes what comes now for plain text, so no close_notify.
    const plain = await within("stopping", socket.stopSsl({ noShutdown: true }));
    assertEquals(await readText(plain, "plain from Perl"), "plain from Perl");
    await plain.write(bytes("plain from us"));
    assertEquals(await perl.call("read", 13), "plain from us");
    await plain.close();
    assertEquals((await perl.call("sysread", 1)).n, 0);
  });

  // t/startssl-failed.t
  Deno.test(`start() against a Perl server without TLS leaves the connection usable, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const conn = await dialPerl(perl);
    await perl.call("print", "This is no SSL handshake\n");
    const error = await assertRejects(
      () =>
        within(
          "starting",
          SslSocket.start(conn, {
            ...lab.trust("openssl"),
            version: only(version).SSL_version,
            hostname: "localhost",
          }),
        ),
      SslPeerError,
    );
    const plain = error.transport as Transport;
    // What the server said is there still, and nothing of it was taken for TLS.
    assertEquals(
      await readText(plain, "This is no SSL handshake\n"),
      "This is no SSL handshake\n",
    );
    await plain.write(bytes("foo"));
    await perl.call("print", "bar");
    assertEquals(await readText(plain, "bar"), "bar");
    plain.close();
  });

  Deno.test(`Handle.startSsl() and stopSsl() in place; Perl serves, ${on}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    await using handle = new Handle(await dialPerl(perl));
    await perl.call("print", "220 ready\r\n");
    assertEquals(await within("a line", handle.readLine()), "220 ready");
    await handle.print("STARTTLS\r\n");
    assertEquals(await perl.call("readline"), "STARTTLS\r\n");
    await perl.call("print", "220 go on\r\n");
    assertEquals(await within("a line", handle.readLine()), "220 go on");
    const socket = await both(
      perl.call("start", { ...SERVER, ...only(version) }),
      handle.startSsl({ ...lab.trust("openssl"), hostname: "localhost" }),
    );
    assertEquals(socket.getSslversion(), only(version).SSL_version);
    await handle.say("secret");
    assertEquals(await perl.call("readline"), "secret\n");
    await perl.call("print", "answer\n");
    assertEquals(await within("a line", handle.readLine()), "answer");
    await both(perl.call("stop"), handle.stopSsl());
    await handle.say("open");
    assertEquals(await perl.call("readline"), "open\n");
    await perl.call("close");
    assertEquals(await within("the end", handle.readLine()), undefined);
  });
}

Deno.test("bytes that a Perl server sends ahead of the handshake are refused as injected", async () => {
  await using lab = await Lab.open();
  const perl = lab.perl();
  const conn = await dialPerl(perl);
  const handle = new Handle(conn);
  // Both lines in one segment: the second is what an attacker would add.
  await perl.call("print", "220 go on\r\n250 injected\r\n");
  assertEquals(await within("a line", handle.readLine()), "220 go on");
  const error = await assertRejects(
    () => within("starting", handle.startSsl({ ...lab.trust("openssl"), hostname: "localhost" })),
    SslPeerError,
  );
  assertEquals(error.code, "ERR_INJECTION");
  await assertRejects(() => handle.readLine());
  await assertRejects(() => handle.print("in plain text?"));
  await handle.close();
});

/** What each protocol says before TLS: our lines, and the client's that we wait for. */
const PROTOCOLS: Record<string, (string | RegExp)[]> = {
  smtp: [
    "220 localhost\r\n",
    /^EHLO /,
    "250-localhost\r\n250 STARTTLS\r\n",
    /^STARTTLS/,
    "220 go\r\n",
  ],
  pop3: ["+OK ready\r\n", /^STLS/, "+OK go\r\n"],
  imap: [
    "* OK ready\r\n",
    /CAPABILITY/,
    "* CAPABILITY IMAP4rev1 STARTTLS\r\n. OK\r\n",
    /STARTTLS/,
    ". OK go\r\n",
  ],
  ftp: ["220 ready\r\n", /^AUTH TLS/, "234 go\r\n"],
  nntp: [
    "200 ready\r\n",
    /^CAPABILITIES/,
    "101 here\r\nSTARTTLS\r\n.\r\n",
    /^STARTTLS/,
    "382 go\r\n",
  ],
};

for (const [protocol, script] of Object.entries(PROTOCOLS)) {
  Deno.test(`openssl s_client -starttls ${protocol} against a Handle`, async () => {
    await using lab = await Lab.open();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const client = lab.sClient(listener.addr.port, "-starttls", protocol);
    await using handle = new Handle(await within("accepting", listener.accept()));
    for (const step of script) {
      if (typeof step === "string") await handle.print(step);
      else {
        const line = await within(`waiting for ${step}`, handle.readLine());
        assert(step.test(line!), `${step}: ${line}`);
      }
    }
    await within(
      "starting",
      handle.startSsl({ engine: "openssl", server: true, ...lab.pki.server }),
    );
    await handle.say("welcome to TLS");
    await client.said("welcome to TLS");
    await client.said("Verify return code: 0 (ok)");
    await client.write("bye\n");
    assertEquals(await within("a line", handle.readLine()), "bye");
  });
}
