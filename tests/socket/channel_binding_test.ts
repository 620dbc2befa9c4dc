import "../helpers/limit.ts";
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import type { Certificate } from "../../certificate/certificate.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { engineInfo } from "../../engine/select.ts";
import { endPointDigest } from "../../socket/channel_binding.ts";
import { SslSocket } from "../../socket/socket.ts";
import { connectPair, testPki } from "../contract/harness.ts";

Deno.test('channelBinding("tls-exporter") is RFC 9266, the same at both ends', async () => {
  const seen = new Set<string>();
  for (const version of ["TLSv1_2", "TLSv1_3"]) {
    await using p = await connectPair("openssl", { version });
    const own = p.client.channelBinding("tls-exporter");
    assertEquals(own, p.server.channelBinding("tls-exporter"));
    assertEquals(own.length, 32);
    const label = "EXPORTER-Channel-Binding";
    assertEquals(own, p.client.exportKeyingMaterial(label, 32, new Uint8Array()));
    seen.add(own.toHex());
  }
  assertEquals(seen.size, 2); // and another one for each connection
});

Deno.test('channelBinding("tls-unique") is the client\'s Finished message, TLS 1.2 only', async () => {
  await using p = await connectPair("openssl", { version: "TLSv1_2" });
  const own = p.client.channelBinding("tls-unique");
  assertEquals(own, p.server.channelBinding("tls-unique"));
  assertEquals(own, p.client.getFinished());
  assertNotEquals(own, p.server.getFinished());
  await using q = await connectPair("openssl", { version: "TLSv1_3" });
  for (const socket of [q.client, q.server]) {
    const call = () => socket.channelBinding("tls-unique");
    assertThrows(call, SslUnsupportedError, 'use "tls-exporter"');
  }
});

Deno.test('channelBinding("tls-server-end-point") is a digest of the server\'s certificate', async () => {
  const { server } = await testPki();
  for (const version of ["TLSv1_2", "TLSv1_3"]) {
    await using p = await connectPair("openssl", { version });
    const expected = server.certificate.fingerprintBin("sha256");
    assertEquals(p.client.channelBinding("tls-server-end-point"), expected);
    assertEquals(p.server.channelBinding("tls-server-end-point"), expected);
  }
});

Deno.test("tls-server-end-point takes the digest of the signature, SHA-256 for MD5 and SHA-1", async () => {
  const ca = await TestCa.create();
  const cases = [["sha256", "sha256"], ["sha384", "sha384"], ["sha512", "sha512"]] as const;
  for (const [digest, expected] of cases) {
    const { certificate } = await ca.server({ names: ["localhost"], digest });
    assertEquals(endPointDigest(certificate), expected);
  }
  const named = (signatureAlgorithm: string) =>
    endPointDigest({ signatureAlgorithm } as Certificate);
  for (
    const [name, expected] of [
      ["sha1WithRSAEncryption", "sha256"],
      ["md5WithRSAEncryption", "sha256"],
      ["ecdsa-with-SHA1", "sha256"],
      ["ecdsa-with-SHA224", "sha224"],
      ["sha384WithRSAEncryption", "sha384"],
      ["sha512-256WithRSAEncryption", undefined],
      ["ED25519", undefined],
      ["id-ecdsa-with-sha3-256", undefined],
    ] as const
  ) assertEquals(named(name), expected, name);
});

Deno.test("channelBinding() without TLS, of an unknown type, and on the Deno engine", async () => {
  await using p = await connectPair("openssl");
  const unknown = "tls-nonsense" as "tls-unique";
  assertThrows(() => p.client.channelBinding(unknown), TypeError, 'received "tls-nonsense"');
  await p.client.close();
  assertThrows(() => p.client.channelBinding("tls-exporter"), SslError, "no TLS");
  await using q = await connectPair("deno");
  assertThrows(() => q.client.channelBinding("tls-exporter"), SslUnsupportedError, "--allow-ffi");
});

Deno.test("a connection with TLS 1.0 or 1.1 fails with the security level where that forbids them", async () => {
  const { ca } = await testPki();
  const rsa = await ca.server({ names: ["localhost"], keyType: "rsa" });
  const { cert, key } = rsa;
  for (const version of ["TLSv1", "TLSv1_1"]) {
    const at = { engine: "openssl", hostname: "127.0.0.1", port: 0, cert, key, version } as const;
    const text = "add @SECLEVEL=0 to cipherList";
    await assertRejects(() => SslSocket.listen(at), SslUnsupportedError, text);
    const to = { engine: "openssl", ca: ca.pem, version } as const;
    await assertRejects(() => SslSocket.connect("localhost:1", to), SslUnsupportedError, text);
    const old = { version, cipherList: "DEFAULT:@SECLEVEL=0" };
    await using p = await connectPair("openssl", old, { ...old, cert, key });
    assertEquals(p.client.getSslversion(), version);
    // Allowed, but not possible: the handshake says what to do.
    const listener = await SslSocket.listen({ ...at, cipherList: "DEFAULT:@SECLEVEL=0" });
    const accepting = listener.accept().catch((error) => error);
    const client = { engine: "openssl", ca: ca.pem, minVersion: "TLSv1", family: 4 } as const;
    const connecting = SslSocket.connect(`localhost:${listener.addr.port}`, client);
    if (engineInfo("openssl").version.startsWith("OpenSSL 1.1")) {
      // It looks at the level of its own signatures only.
      await Promise.all([(await connecting).close(), (await accepting as SslSocket).close()]);
    } else {
      await assertRejects(() => connecting, SslError, text);
      await accepting;
    }
    listener.close();
  }
});
