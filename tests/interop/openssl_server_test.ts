/** Our server, on each engine and version, against `openssl s_client`. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { SslError, SslPeerError, SslTruncatedError, SslVerifyError } from "../../errors.ts";
import {
  bytes,
  ENGINES,
  Lab,
  noise,
  OUR_NAME,
  type OurListener,
  readExactly,
  readOn,
  readText,
  sha256,
  THEIR_NAME,
  VERSIONS,
} from "./lab.ts";
import { within } from "./peers.ts";
import { refuses } from "../helpers/refuses.ts";

const MIB = 1 << 20;

/** Accepts a client and reads a byte of it: one of these fails when the client refuses us. */
async function serveOne(server: OurListener): Promise<void> {
  const socket = await server.accept();
  await readOn(socket).finally(() => socket.close());
}

for (const engine of ENGINES) {
  for (const version of VERSIONS) {
    const us = `${engine} server and s_client, ${THEIR_NAME[version]}`;

    Deno.test(`${us}: verified by name, exchange lines, close cleanly`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = lab.sClient(server.port, `-${version}`);
      const socket = await server.accept();
      await client.write("hello from openssl\n");
      assertEquals(await readText(socket, "hello from openssl\n"), "hello from openssl\n");
      await socket.write(bytes("hello from us\n"));
      await client.said("hello from us");
      await client.said("Verify return code: 0 (ok)");
      assertStringIncludes(client.output, "Verified peername: localhost");
      const [, protocol, cipher] = await client.said(/^New, (\S+), Cipher is (\S+)$/m);
      assertEquals(protocol, THEIR_NAME[version]);
      if (engine === "openssl") {
        assertEquals(socket.getSslversion(), OUR_NAME[version]);
        assertEquals(socket.getCipher(), cipher);
        assertEquals(socket.getServername(), "localhost");
        assertEquals(socket.peerCertificate(), undefined);
      }
      await socket.close();
      await client.said(/^closed$/m);
      assertEquals(await client.exited(), 0);
      assert(!/unexpected eof|errno/.test(client.output), client.output);
    });

    Deno.test(`${us}: 1 MiB both ways at once arrives unchanged`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = lab.sClient(server.port, `-${version}`, "-quiet");
      const socket = await server.accept();
      const [down, up] = [noise(MIB, 3), noise(MIB, 4)];
      const [got] = await Promise.all([
        readExactly(socket, MIB),
        within("writing", socket.write(down)),
        client.write(up),
        client.until("1 MiB", () => client.stdout.length >= MIB),
      ]);
      assertEquals(await sha256(got), await sha256(up));
      assertEquals(await sha256(client.stdout), await sha256(down));
      await socket.close();
    });

    Deno.test(`${us}: the peer's close_notify is null, after its data`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = lab.sClient(server.port, `-${version}`);
      const socket = await server.accept();
      await client.write("last words\n");
      assertEquals(await readText(socket, "last words\n"), "last words\n");
      await client.endInput();
      assertEquals(await readOn(socket), null);
      assertEquals(await readOn(socket), null);
      assertEquals(socket.isSsl(), "w");
      await socket.close();
      assertEquals(await client.exited(), 0);
    });

    Deno.test(`${us}: a killed peer is a truncated stream`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = lab.sClient(server.port, `-${version}`);
      const socket = await server.accept();
      await client.write("half a message\n");
      assertEquals(await readText(socket, "half a message\n"), "half a message\n");
      await client.kill();
      await assertRejects(() => readOn(socket), SslTruncatedError);
      await assertRejects(() => readOn(socket), SslTruncatedError);
      await socket.close();
    });

    Deno.test(`${us}: a client that trusts another CA is reported`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = lab.sClient(
        server.port,
        `-${version}`,
        ...["-CAfile", "other.pem", "-verify_return_error"],
      );
      // On the Deno engine and in TLS 1.3 the server has finished before the alert comes.
      const error = await assertRejects(() => serveOne(server), SslPeerError);
      assertEquals(error.alert, "unknown_ca");
      assertEquals(await client.exited(), 1);
      assertStringIncludes(client.output, "unable to get local issuer certificate");
    });

    Deno.test(`${us}: a client that wants another name is reported`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const client = lab.sClient(
        server.port,
        `-${version}`,
        ...["-CAfile", "ca.pem", "-verify_return_error", "-verify_hostname", "elsewhere.test"],
      );
      const error = await assertRejects(() => serveOne(server), SslPeerError);
      assertEquals(error.alert, "bad_certificate");
      assertEquals(await client.exited(), 1);
      assertMatch(client.output, /hostname mismatch/i);
    });

    Deno.test(`${us}: ALPN by the server's order`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine, { alpnProtocols: ["one", "two", "three"] });
      const client = lab.sClient(server.port, `-${version}`, "-alpn", "three,two");
      const socket = await server.accept();
      const chosen = socket.alpnSelected();
      assertEquals(chosen, "two");
      await client.said(`ALPN protocol: ${chosen}`);
      await socket.close();
    });

    Deno.test(`${us}: no ALPN protocol in common is an alert for both`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine, { alpnProtocols: ["one"] });
      const client = lab.sClient(server.port, `-${version}`, "-alpn", "three");
      await refuses(() => serveOne(server), SslPeerError, "ERR_SSL_NO_APPLICATION_PROTOCOL");
      await client.said(/alert no application protocol/i);
      assertEquals(await client.exited(), 1);
    });

    Deno.test(`${us}: the listener goes on after a failed handshake`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const bad = lab.sClient(server.port, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0");
      await refuses(() => serveOne(server), SslPeerError, "ERR_SSL_INCOMPATIBLE");
      await bad.said(/alert (protocol version|handshake failure)/);
      assertEquals(await bad.exited(), 1);
      const good = lab.sClient(server.port, `-${version}`);
      const socket = await server.accept();
      await socket.write(bytes("welcome\n"));
      await good.said("welcome");
      await socket.close();
    });
  }
}

for (const version of VERSIONS) {
  const us = `openssl server and s_client, ${THEIR_NAME[version]}`;
  const mustShow = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

  Deno.test(`${us}: close() with noShutdown is a truncated stream for the peer`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const client = lab.sClient(server.port, `-${version}`);
    const socket = await server.accept();
    await socket.write(bytes("half\n"));
    await client.said("half");
    await socket.close({ noShutdown: true });
    await client.said(/unexpected eof while reading/);
    assertEquals(await client.exited(), 1);
  });

  Deno.test(`${us}: a client certificate is verified and shown`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", { verifyMode: mustShow, ca: lab.pki.ca.pem });
    const client = lab.sClient(
      server.port,
      `-${version}`,
      ...["-cert", "client.pem", "-key", "client.key"],
    );
    const socket = await server.accept();
    assertEquals(socket.peerCertificate("subject"), "/CN=client");
    assert(socket.report.ok);
    await socket.write(bytes("welcome\n"));
    await client.said("welcome");
    assertStringIncludes(client.output, "No client certificate CA names sent");
    await socket.close();
  });

  Deno.test(`${us}: a client without the certificate is refused with an alert`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", { verifyMode: mustShow, ca: lab.pki.ca.pem });
    const client = lab.sClient(server.port, `-${version}`);
    const error = await assertRejects(() => server.accept(), SslPeerError);
    assertEquals(error.code, "ERR_SSL_NO_CERTIFICATE");
    await client.said(
      version === "tls1_3" ? /alert certificate required/ : /alert handshake failure/,
    );
    assertEquals(await client.exited(), 1);
  });

  Deno.test(`${us}: a client with a stranger's certificate is refused with an alert`, async () => {
    await using lab = await Lab.open();
    const stranger = await lab.pki.other.client("stranger");
    lab.write("stranger.pem", stranger.cert);
    lab.write("stranger.key", stranger.key);
    const server = await lab.listen("openssl", { verifyMode: mustShow, ca: lab.pki.ca.pem });
    const client = lab.sClient(
      server.port,
      `-${version}`,
      ...["-cert", "stranger.pem", "-key", "stranger.key"],
    );
    await refuses(() => server.accept(), SslVerifyError, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
    await client.said(/alert unknown ca/);
    assertEquals(await client.exited(), 1);
  });

  Deno.test(`${us}: without FAIL_IF_NO_PEER_CERT a client may show none`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", { verifyMode: SSL_VERIFY_PEER, ca: lab.pki.ca.pem });
    const client = lab.sClient(server.port, `-${version}`);
    const socket = await server.accept();
    assertEquals(socket.peerCertificate(), undefined);
    await socket.write(bytes("welcome\n"));
    await client.said("welcome");
    await socket.close();
  });

  Deno.test(`${us}: clientCaFile names the CAs that the server sends to the client`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", {
      verifyMode: mustShow,
      caFile: lab.path("ca.pem"),
      clientCaFile: lab.path("other.pem"),
    });
    const client = lab.sClient(
      server.port,
      `-${version}`,
      ...["-cert", "client.pem", "-key", "client.key"],
    );
    const socket = await server.accept();
    await client.said(/Acceptable client certificate CA names\nCN = Other CA\n[A-Z]/);
    await socket.close();
  });

  Deno.test(`${us}: a certificate per name, by SNI`, async () => {
    await using lab = await Lab.open();
    const { ca } = lab.pki;
    const names = ["server.local", "server2.local", "smtp.mydomain.local"];
    const made = new Map<string, { cert: string; key: string }>();
    for (const name of names) made.set(name, await ca.server(name));
    made.set("", await ca.server("fallback.local", "*.other.local"));
    const server = await lab.listen("openssl", {
      cert: Object.fromEntries([...made].map(([name, { cert }]) => [name, cert])),
      key: Object.fromEntries([...made].map(([name, { key }]) => [name, key])),
    });
    for (const name of [...names, "www13.other.local", undefined]) {
      const sni = name === undefined ? ["-noservername"] : ["-servername", name];
      const client = lab.sClient(
        server.port,
        `-${version}`,
        ...["-CAfile", "ca.pem", "-verify_return_error"],
        ...(name === undefined ? [] : ["-verify_hostname", name]),
        ...sni,
      );
      const socket = await server.accept();
      assertEquals(socket.getServername(), name);
      const expected = name !== undefined && made.has(name) ? name : "fallback.local";
      await client.said(new RegExp(`^subject=CN = ${expected}$`, "m"));
      assertEquals(socket.sockCertificate("cn"), expected);
      await client.said("Verify return code: 0 (ok)");
      await socket.close();
    }
  });

  Deno.test(`${us}: without a default certificate an unknown name is refused`, async () => {
    await using lab = await Lab.open();
    const { cert, key } = await lab.pki.ca.server("server.local");
    const server = await lab.listen("openssl", {
      cert: { "server.local": cert },
      key: { "server.local": key },
    });
    for (const sni of [["-servername", "unknown.local"], ["-noservername"]]) {
      const client = lab.sClient(server.port, `-${version}`, ...sni);
      const error = await assertRejects(() => server.accept(), SslError);
      assertEquals(error.alert, "unrecognized_name");
      await client.said("unrecognized name:");
      assertEquals(await client.exited(), 1);
    }
    const client = lab.sClient(
      server.port,
      `-${version}`,
      ...["-servername", "server.local", "-CAfile", "ca.pem", "-verify_return_error"],
    );
    const socket = await server.accept();
    await client.said("Verify return code: 0 (ok)");
    await socket.close();
  });

  Deno.test(`${us}: plain text on the port is refused and the listener goes on`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    using plain = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await plain.write(bytes("GET / HTTP/1.0\r\n\r\n"));
    await refuses(() => server.accept(), SslPeerError, "ERR_SSL_NOT_TLS");
    const client = lab.sClient(server.port, `-${version}`);
    const socket = await server.accept();
    await client.said("Verify return code: 0 (ok)");
    await socket.close();
  });
}

for (const engine of ENGINES) {
  Deno.test(`${engine} server and s_client: a renegotiation of TLS 1.2 is refused, nothing hangs`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen(engine);
    const client = lab.sClient(server.port, "-tls1_2");
    const socket = await server.accept();
    await socket.write(bytes("ready\n"));
    await client.said("ready");
    await client.write("R\n");
    await client.said("RENEGOTIATING");
    // We answer with the warning no_renegotiation; s_client then gives up with an alert.
    const error = await assertRejects(() => readOn(socket), SslPeerError);
    assertEquals(error.alert, "handshake_failure");
    await client.said(/ssl3_read_bytes:no renegotiation/);
    await socket.close();
    assertEquals(await client.exited(), 1);
  });
}

Deno.test("openssl server and s_client: key updates of TLS 1.3 in both directions", async () => {
  await using lab = await Lab.open();
  const server = await lab.listen("openssl");
  const client = lab.sClient(server.port, "-tls1_3");
  const socket = await server.accept();
  await socket.write(bytes("ready\n"));
  await client.said("ready");
  const done = () => client.output.split("KEYUPDATE").length - 1;
  for (const [command, line] of [["k", "after one"], ["K", "after both"]] as const) {
    const before = done();
    await client.write(`${command}\n`);
    // A command takes all that it is read with: the line waits until it is done.
    await client.until("the key update", () => done() > before);
    await client.write(`${line}\n`);
    assertEquals(await readText(socket, `${line}\n`), `${line}\n`);
    await socket.write(bytes(`heard ${line}\n`));
    await client.said(`heard ${line}`);
  }
  await socket.close();
});
