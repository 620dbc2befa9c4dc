/** Our client, on each engine and version, against `openssl s_server`. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SslError, SslPeerError, SslTruncatedError, SslVerifyError } from "../../errors.ts";
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
  THEIR_NAME,
  VERSIONS,
} from "./lab.ts";
import { within } from "./peers.ts";

const MIB = 1 << 20;

for (const engine of ENGINES) {
  for (const version of VERSIONS) {
    const us = `${engine} client and s_server, ${THEIR_NAME[version]}`;

    Deno.test(`${us}: verify by name, exchange lines, close cleanly`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`);
      const socket = await lab.connect(engine, server.port);
      await socket.write(bytes("hello from us\n"));
      await server.said("hello from us");
      await server.write("hello from openssl\n");
      assertEquals(await readText(socket, "hello from openssl\n"), "hello from openssl\n");
      const [, cipher] = await server.said(/CIPHER is (\S+)/);
      assert(socket.report.ok);
      if (engine === "openssl") {
        assertEquals(socket.getSslversion(), OUR_NAME[version]);
        assertEquals(socket.getCipher(), cipher);
        assertEquals(socket.peerCertificate("cn"), "localhost");
        assertEquals(socket.peerCertificate()?.pem, lab.pki.server.certificate.pem);
        assertEquals(socket.getSessionReused(), false);
      }
      await socket.close();
      await server.said("DONE");
      assert(!server.output.includes("ERROR"), server.output);
    });

    Deno.test(`${us}: 1 MiB both ways at once arrives unchanged`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`, "-quiet");
      const socket = await lab.connect(engine, server.port);
      const [up, down] = [noise(MIB, 1), noise(MIB, 2)];
      const [got] = await Promise.all([
        readExactly(socket, MIB),
        within("writing", socket.write(up)),
        server.write(down),
        server.until("1 MiB", () => server.stdout.length >= MIB),
      ]);
      assertEquals(await sha256(got), await sha256(down));
      assertEquals(await sha256(server.stdout), await sha256(up));
      await socket.close();
    });

    Deno.test(`${us}: the peer's close_notify is null, after its data`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`, "-rev");
      const socket = await lab.connect(engine, server.port);
      await socket.write(bytes("last words\n"));
      assertEquals(await readText(socket, "sdrow tsal\n"), "sdrow tsal\n");
      await socket.write(bytes("CLOSE\n"));
      assertEquals(await readOn(socket), null);
      assertEquals(await readOn(socket), null);
      assertEquals(socket.isSsl(), "w");
      await socket.close();
    });

    Deno.test(`${us}: a killed peer is a truncated stream`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`);
      const socket = await lab.connect(engine, server.port);
      await server.said("CIPHER is");
      await server.write("half a mess");
      await server.write("age\n");
      assertEquals(await readText(socket, "half a message\n"), "half a message\n");
      await server.kill();
      await assertRejects(() => readOn(socket), SslTruncatedError);
      await assertRejects(() => readOn(socket), SslTruncatedError);
      await socket.close();
    });

    Deno.test(`${us}: a wrong CA is refused, the peer gets unknown_ca`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`);
      const error = await assertRejects(
        () => lab.connect(engine, server.port, lab.trust(engine, lab.pki.other)),
        SslVerifyError,
      );
      assertMatch(error.message, /localhost/);
      await server.said(/alert unknown ca/i);
    });

    Deno.test(`${us}: a wrong name is refused, the peer gets bad_certificate`, async () => {
      await using lab = await Lab.open();
      const wrong = await lab.pki.ca.server("elsewhere.test");
      lab.write("wrong.pem", wrong.cert);
      lab.write("wrong.key", wrong.key);
      const server = await lab.sServer(`-${version}`, "-cert", "wrong.pem", "-key", "wrong.key");
      const error = await assertRejects(() => lab.connect(engine, server.port), SslVerifyError);
      assertEquals(error.code, "HOSTNAME_MISMATCH");
      assertStringIncludes(error.message, "localhost");
      await server.said(/alert bad certificate/i);
    });

    Deno.test(`${us}: an expired certificate is refused, the peer gets an alert`, async () => {
      await using lab = await Lab.open();
      const day = 86_400_000;
      const old = await lab.pki.ca.server({
        notBefore: new Date(Date.now() - 30 * day),
        notAfter: new Date(Date.now() - day),
      });
      lab.write("old.pem", old.cert);
      lab.write("old.key", old.key);
      const server = await lab.sServer(`-${version}`, "-cert", "old.pem", "-key", "old.key");
      const error = await assertRejects(() => lab.connect(engine, server.port), SslVerifyError);
      assertEquals(error.code, "CERT_HAS_EXPIRED");
      await server.said(/alert certificate expired/i);
    });

    Deno.test(`${us}: a client certificate is shown when asked for`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(
        `-${version}`,
        ...["-Verify", "2", "-verify_return_error", "-CAfile", "ca.pem"],
      );
      const { cert, key } = lab.pki.client;
      const socket = await lab.connect(engine, server.port, { cert, key });
      await socket.write(bytes("it is me\n"));
      await server.said("it is me");
      assertMatch(server.output, /Client certificate\n[^]*subject=CN = client\n/);
      await socket.close();
    });

    Deno.test(`${us}: without the client certificate the refusal is reported`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(
        `-${version}`,
        ...["-Verify", "2", "-verify_return_error", "-CAfile", "ca.pem"],
      );
      // In TLS 1.3 the client has finished before the server looks at its certificate.
      const error = await assertRejects(async () => {
        const socket = await lab.connect(engine, server.port);
        try {
          await readOn(socket);
        } finally {
          await socket.close();
        }
      }, SslPeerError);
      assert(["certificate_required", "handshake_failure"].includes(error.alert!), error.message);
      await server.said(/peer did not return a certificate/);
    });

    Deno.test(`${us}: a client certificate of a stranger is refused`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(
        `-${version}`,
        ...["-Verify", "2", "-verify_return_error", "-CAfile", "ca.pem"],
      );
      const { cert, key } = await lab.pki.other.client("stranger");
      const error = await assertRejects(async () => {
        const socket = await lab.connect(engine, server.port, { cert, key });
        try {
          await readOn(socket);
        } finally {
          await socket.close();
        }
      }, SslPeerError);
      assertEquals(error.alert, "unknown_ca");
    });

    Deno.test(`${us}: ALPN, chosen by the server's order`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`, "-alpn", "one,two");
      const socket = await lab.connect(engine, server.port, { alpnProtocols: ["two", "three"] });
      assertEquals(socket.alpnSelected(), "two");
      await server.said("ALPN protocols selected: two");
      assertStringIncludes(server.output, "ALPN protocols advertised by the client: two, three");
      await socket.close();
    });

    Deno.test(`${us}: no ALPN protocol in common is an error`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`, "-alpn", "one");
      const error = await assertRejects(
        () => lab.connect(engine, server.port, { alpnProtocols: ["three"] }),
        SslPeerError,
      );
      assertEquals(error.alert, "no_application_protocol");
    });

    Deno.test(`${us}: the host name is sent as SNI`, async () => {
      await using lab = await Lab.open();
      const [names, other] = [await lab.pki.ca.server("localhost"), lab.pki.server];
      lab.write("sni.pem", names.cert);
      lab.write("sni.key", names.key);
      const server = await lab.sServer(
        `-${version}`,
        ...["-servername", "localhost", "-cert2", "sni.pem", "-key2", "sni.key"],
      );
      const socket = await lab.connect(engine, server.port);
      await server.said('Hostname in TLS extension: "localhost"');
      if (engine === "openssl") {
        assertEquals(socket.peerCertificate()?.pem, names.certificate.pem);
        assert(names.certificate.pem !== other.certificate.pem);
      }
      await socket.close();
    });
  }

  Deno.test(`${engine} client: a server without a common version is refused`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0");
    const error = await assertRejects(() => lab.connect(engine, server.port), SslError);
    assertInstanceOf(error, SslPeerError);
  });
}
