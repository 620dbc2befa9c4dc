/** Certificates and keys of other libraries as options of a connection, on both engines. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Certificate } from "../../certificate/certificate.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { SslContext } from "../../context/context.ts";
import type { SslOptions } from "../../context/options.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import type { EngineName } from "../../engine/engine.ts";
import { SslSocket } from "../../socket/socket.ts";
import { TestCa } from "../../testing/ca.ts";
import {
  certificateForms,
  cryptoKey,
  keyForms,
  wrongCertificates,
  wrongKeys,
} from "../helpers/foreign_objects.ts";

const ca = await TestCa.create();
const server = await ca.server("localhost");
const client = await ca.client("client");

const ENGINES = ["openssl", "deno"] as const;

/** A client connects to a server, each with its options; `look` gets the server's side. */
async function serve(
  engine: EngineName,
  server: SslOptions,
  client: SslOptions,
  look: (own: SslSocket) => void = () => {},
): Promise<void> {
  await using listener = await SslSocket.listen({
    engine,
    hostname: "127.0.0.1",
    port: 0,
    ...server,
  });
  const { port } = listener.addr;
  const accepted = listener.accept();
  accepted.catch(() => {});
  const socket = await SslSocket.connect({
    engine,
    hostname: "localhost",
    family: 4,
    port,
    ...client,
  });
  const own = await accepted;
  await socket.write(new TextEncoder().encode("x"));
  assertEquals(await own.read(new Uint8Array(1)), 1);
  look(own);
  await Promise.all([socket.close(), own.close()]);
}

for (const engine of ENGINES) {
  for (const [form, key] of Object.entries(await keyForms(server.privateKey))) {
    Deno.test(`a server shows its certificate with a ${form} (${engine})`, async () => {
      await serve(engine, { cert: server.certificate, key }, { extraCa: ca.cert });
    });
  }
  const anchors = certificateForms(ca.cert);
  for (const [form, cert] of Object.entries(certificateForms(server.certificate))) {
    const anchor = anchors[form]!;
    Deno.test(`a server shows an ${form}, a client trusts one (${engine})`, async () => {
      await serve(engine, { cert, key: server.key }, { extraCa: anchor });
      await serve(engine, { cert: [cert], key: server.key }, { extraCa: [anchor] });
      await serve(engine, { cert: { "": cert }, key: { "": server.key } }, { extraCa: anchor });
    });
  }
}

for (const [form, cert] of Object.entries(certificateForms(client.certificate))) {
  const anchor = certificateForms(ca.cert)[form]!;
  Deno.test(`ca, clientCa and a client's cert take an ${form} (openssl)`, async () => {
    for (const trust of [{ clientCa: anchor }, { ca: [anchor] }]) {
      await serve(
        "openssl",
        {
          cert: server.certificate,
          key: server.privateKey,
          verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
          ...trust,
        },
        { ca: anchor, cert, key: await cryptoKey(client.privateKey) },
        (own) => {
          const { certificate } = client;
          assert(own.peerCertificate()!.equals(certificate));
          assertEquals(own.getFingerprint("sha256", anchor), ca.cert.fingerprint());
          assertEquals(own.getFingerprintBin("sha256", cert), certificate.fingerprintBin());
        },
      );
    }
  });

  Deno.test(`verifyCertificate() takes an ${form} as leaf, intermediate and anchor`, async () => {
    const intermediate = await ca.intermediate();
    const leaf = await intermediate.server("a.example");
    const of = (one: Certificate) => certificateForms(one)[form]!;
    const good = await verifyCertificate(of(leaf.certificate), {
      intermediates: of(intermediate.cert),
      ca: [of(ca.cert)],
      host: "a.example",
    });
    assert(good.ok, String(good.error));
    const bad = await verifyCertificate(of(leaf.certificate), { ca: of(ca.cert) });
    assertEquals(bad.ok, false);
  });
}

for (const engine of ENGINES) {
  for (const [what, [wrong, message]] of Object.entries(await wrongKeys(server.privateKey))) {
    Deno.test(`the option key is not ${what} (${engine})`, async () => {
      const key = wrong as PrivateKey;
      for (const options of [{ key }, { cert: { "": server.certificate }, key: { "": key } }]) {
        const error = await assertRejects(
          () => SslContext.create({ engine, cert: server.certificate, ...options }),
          TypeError,
        );
        assert(message.test(error.message), error.message);
        assertStringIncludes(error.message, "key");
      }
    });
  }
  for (const [what, [wrong, message]] of Object.entries(wrongCertificates(ca.cert))) {
    Deno.test(`an option for certificates is not ${what} (${engine})`, async () => {
      const cert = wrong as Certificate;
      for (const name of ["cert", "extraCa"]) {
        for (const value of [cert, [cert]]) {
          const error = await assertRejects(
            () =>
              SslContext.create({
                engine,
                cert: server.certificate,
                key: server.key,
                [name]: value,
              }),
            TypeError,
          );
          assert(message.test(error.message), error.message);
          assertStringIncludes(error.message, name);
        }
      }
    });
  }

  Deno.test(`a CryptoKey of another certificate is refused (${engine})`, async () => {
    const key = await cryptoKey(client.privateKey);
    const error = await assertRejects(() =>
      SslContext.create({ engine, cert: server.certificate, key })
    );
    assertStringIncludes(String(error), "the private key does not belong to the certificate");
  });
}
