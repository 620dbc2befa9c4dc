/** GnuTLS at the other end: gnutls-serv and gnutls-cli. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { SslPeerError, SslTruncatedError, SslVerifyError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { serve } from "../../server/serve.ts";
import { gnutlsCli, gnutlsServ, priority } from "./gnutls.ts";
import {
  bytes,
  ENGINES,
  Lab,
  noise,
  OUR_NAME,
  readExactly,
  readOn,
  readText,
  sha256,
  text,
  THEIR_NAME,
  VERSIONS,
} from "./lab.ts";
import { within } from "./peers.ts";
import { refuses } from "../helpers/refuses.ts";

const MIB = 1 << 20;

for (const engine of ENGINES) {
  for (const version of VERSIONS) {
    const on = `${engine}, ${THEIR_NAME[version]}`;

    Deno.test(`our client and gnutls-serv, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await gnutlsServ(
        lab,
        ...[priority(version), "--disable-client-cert", "--alpn=two", "--alpn=one"],
      );
      const socket = await lab.connect(engine, server.port, { alpnProtocols: ["one", "three"] });
      await socket.write(bytes("hello\n"));
      assertEquals(await readText(socket, "hello\n"), "hello\n");
      await server.said(`- Version: ${version === "tls1_2" ? "TLS1.2" : "TLS1.3"}`);
      await server.said("- Given server name[1]: localhost");
      assertEquals(socket.alpnSelected(), "one");
      if (engine === "openssl") {
        assertEquals(socket.getSslversion(), OUR_NAME[version]);
        assertEquals(socket.peerCertificate("cn"), "localhost");
      }
      // Lines of text: gnutls-serv looks for commands in what it echoes.
      const data = bytes(noise(MIB / 4, 9).toHex().replace(/.{63}/g, "$&\n"));
      const [got] = await Promise.all([
        readExactly(socket, data.length),
        within("writing", socket.write(data)),
      ]);
      assertEquals(await sha256(got), await sha256(data));
      await socket.close();
    });

    Deno.test(`our client gets gnutls-serv's end and its death, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await gnutlsServ(lab, priority(version), "--disable-client-cert");
      const socket = await lab.connect(engine, server.port);
      await socket.write(bytes("hello\n"));
      assertEquals(await readText(socket, "hello\n"), "hello\n");
      await server.kill();
      await assertRejects(() => readOn(socket), SslTruncatedError);
      await socket.close();
    });

    Deno.test(`our client refuses gnutls-serv for a wrong CA, which sees the alert, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await gnutlsServ(lab, priority(version), "--disable-client-cert");
      await refuses(
        () => lab.connect(engine, server.port, lab.trust(engine, lab.pki.other)),
        SslVerifyError,
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      );
      // OpenSSL 3.0 sends this alert of TLS 1.3 before its keys are in use, which GnuTLS cannot read;
      // with openssl's own s_client it says the same.
      const plain = engine === "openssl" && version === "tls1_3";
      await server.said(
        plain ? "Decryption has failed" : "Error in handshake: A TLS fatal alert has been received",
      );
    });

    Deno.test(`our client shows gnutls-serv its certificate, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await gnutlsServ(
        lab,
        ...[priority(version), "--require-client-cert", "--verify-client-cert"],
        "--x509cafile=ca.pem",
      );
      const { cert, key } = lab.pki.client;
      const socket = await lab.connect(engine, server.port, { cert, key });
      await socket.write(bytes("hello\n"));
      assertEquals(await readText(socket, "hello\n"), "hello\n");
      await server.said("Subject: CN=client\n");
      assertStringIncludes(server.output, "- Status: The certificate is trusted");
      await socket.close();
      // And without one, it is refused.
      await refuses(
        async () => {
          const refused = await lab.connect(engine, server.port);
          await readOn(refused).finally(() => refused.close());
        },
        SslPeerError,
        // GnuTLS closes behind its alert, which Deno's TLS may then not give.
        [
          "ERR_SSL_ALERT_CERTIFICATE_REQUIRED",
          "ERR_SSL_ALERT_DECODE_ERROR",
          "ERR_SSL_HANDSHAKE_EOF",
        ],
      );
      await server.said(/certificate is required|No certificate was found/i);
    });

    Deno.test(`gnutls-cli and serve(), ${on}`, async () => {
      await using lab = await Lab.open();
      const heard: string[] = [];
      await using server = serve(
        { engine, hostname: "127.0.0.1", port: 0, ...lab.pki.server },
        async (handle) => {
          await handle.say("Who are you?");
          const name = await handle.readLine();
          heard.push(name!);
          await handle.say(`Hello, ${name}`);
        },
      );
      const { port } = await server.addr;
      const client = gnutlsCli(lab, port, priority(version));
      await client.said("Who are you?");
      await client.write("GnuTLS\n");
      await client.said("Hello, GnuTLS");
      // The end is close_notify, which gnutls-cli tells from an end without.
      await client.said("- Peer has closed the GnuTLS connection");
      assertEquals(await client.exited(), 0);
      assertMatch(client.output, /- Status: The certificate is trusted/);
      assertMatch(
        client.output,
        new RegExp(`- Description: \\(${version === "tls1_2" ? "TLS1.2" : "TLS1.3"}`),
      );
      assertEquals(heard, ["GnuTLS"]);
    });

    Deno.test(`gnutls-cli and our server: 1 MiB both ways, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = gnutlsCli(lab, server.port, priority(version), "--logfile=log");
      const socket = await server.accept();
      const [down, up] = [noise(MIB, 10), noise(MIB, 11)];
      const [got] = await Promise.all([
        readExactly(socket, MIB),
        within("writing", socket.write(down)),
        client.write(up),
        client.until("1 MiB", () => client.stdout.length >= MIB),
      ]);
      assertEquals(await sha256(got), await sha256(up));
      assertEquals(await sha256(client.stdout.subarray(-MIB)), await sha256(down));
      await client.endInput();
      assertEquals(await readOn(socket), null);
      await socket.close();
      assertEquals(await client.exited(), 0);
    });

    Deno.test(`gnutls-cli refuses our server for a wrong CA and a wrong name, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      for (
        const [arg, message] of [
          ["--x509cafile=other.pem", /issuer is unknown/],
          ["--verify-hostname=elsewhere.test", /name in the certificate does not match/],
        ] as const
      ) {
        const client = gnutlsCli(lab, server.port, priority(version), arg);
        await refuses(
          async () => {
            const socket = await server.accept();
            await readOn(socket).finally(() => socket.close());
          },
          SslPeerError,
          "ERR_SSL_ALERT_BAD_CERTIFICATE",
        );
        assertEquals(await client.exited(), 1);
        assertMatch(client.output, message);
      }
    });
  }
}

for (const version of VERSIONS) {
  const on = THEIR_NAME[version];

  Deno.test(`gnutls-cli shows our server its certificate, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", {
      verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
      ca: lab.pki.ca.pem,
    });
    const client = gnutlsCli(
      lab,
      server.port,
      ...[priority(version), "--x509certfile=client.pem", "--x509keyfile=client.key"],
    );
    const socket = await server.accept();
    assertEquals(socket.peerCertificate("cn"), "client");
    await socket.write(bytes("welcome\n"));
    await client.said("welcome");
    await socket.close();
  });

  Deno.test(`gnutls-cli reports that our server ended without close_notify, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const client = gnutlsCli(lab, server.port, priority(version));
    const socket = await server.accept();
    await socket.write(bytes("half\n"));
    await client.said("half");
    await socket.close({ noShutdown: true });
    await client.said(/The TLS connection was non-properly terminated/);
  });

  Deno.test(`keying material is that of gnutls-cli, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const client = gnutlsCli(
      lab,
      server.port,
      ...[priority(version), "--keymatexport=EXPORTER-test", "--keymatexportsize=32"],
    );
    const socket = await server.accept();
    const [, theirs] = await client.said(/Key material: ([0-9a-f]{64})/i);
    assertEquals(socket.exportKeyingMaterial("EXPORTER-test", 32).toHex(), theirs!.toLowerCase());
    await socket.close();
  });
}

for (const engine of ENGINES) {
  Deno.test(`gnutls-cli's rehandshake of TLS 1.2 is refused, nothing hangs, ${engine}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen(engine);
    const client = gnutlsCli(lab, server.port, priority("tls1_2"), "--rehandshake");
    const socket = await server.accept();
    // We answer with the warning no_renegotiation, and gnutls-cli gives up.
    const error = await assertRejects(() => readOn(socket), SslPeerError);
    // Deno's TLS may meet gnutls-cli's own no_renegotiation first.
    const alerts = ["internal_error", "illegal_parameter"];
    if (engine === "deno") alerts.push("no_renegotiation");
    assert(alerts.includes(error.alert!), error.alert);
    await client.said(/No renegotiation is allowed|TLS warning alert has been received/);
    await socket.close();
    assertEquals(await client.exited(), 1);
  });
}

Deno.test("gnutls-cli --starttls and a Handle", async () => {
  await using lab = await Lab.open();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = gnutlsCli(lab, listener.addr.port, "--starttls-proto=smtp");
  await using handle = new Handle(await within("accepting", listener.accept()));
  await handle.print("220 localhost\r\n");
  assertMatch((await within("EHLO", handle.readLine()))!, /^EHLO /);
  await handle.print("250-localhost\r\n250 STARTTLS\r\n");
  assertMatch((await within("STARTTLS", handle.readLine()))!, /^STARTTLS/);
  await handle.print("220 go\r\n");
  await within("starting", handle.startSsl({ engine: "openssl", server: true, ...lab.pki.server }));
  await handle.say("welcome to TLS");
  await client.said("welcome to TLS");
  await client.write("bye\n");
  assertEquals(await within("a line", handle.readLine()), "bye");
  assertEquals(text(client.stdout).includes("is trusted"), true);
});
