/** What a socket knows about its TLS. */

import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { engineInfo } from "../../engine/select.ts";
import { SSL_VERIFY_PEER } from "../../constants.ts";
import { SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { connectPair, listen, reach, testPki } from "./harness.ts";
import type { Cases } from "./suite.ts";

const CERTIFICATE: readonly ((s: SslSocket) => unknown)[] = [
  (s) => s.peerCertificate(),
  (s) => s.peerCertificate("cn"),
  (s) => s.peerCertificates(),
  (s) => s.dumpPeerCertificate(),
  (s) => s.getFingerprint(),
  (s) => s.getFingerprintBin(),
];
const NEGOTIATED: readonly ((s: SslSocket) => unknown)[] = [
  (s) => s.getCipher(),
  (s) => s.getSslversion(),
  (s) => s.getSslversionInt(),
  (s) => s.getGroup(),
  (s) => s.getPeerSignatureAlgorithm(),
];
const SECRETS: readonly ((s: SslSocket) => unknown)[] = [
  (s) => s.exportKeyingMaterial("EXPORTER-test", 32),
  (s) => s.getFinished(),
  (s) => s.getPeerFinished(),
];

export function infoCases(cases: Cases): void {
  cases.add("getters give the protocol and the cipher", ["negotiated"], async ({ engine }) => {
    await using pair = await connectPair(engine);
    for (const socket of [pair.client, pair.server]) {
      assertEquals(socket.getSslversion(), "TLSv1_3");
      assertEquals(socket.getSslversionInt(), 0x0304);
      assertMatch(socket.getCipher()!, /^TLS_/);
    }
    assertEquals(pair.client.getServername(), "localhost");
    assertEquals(pair.server.getServername(), "localhost");
    assertEquals(pair.client.getSessionReused(), false);
  });

  cases.add("getters give the group and the peer's signature", ["negotiated"], async (t) => {
    const isTold = !engineInfo(t.engine).version.startsWith("OpenSSL 1.1.1");
    for (const ecdhCurve of ["X25519", "P-256"]) {
      await using pair = await connectPair(t.engine, { ecdhCurve });
      const group = isTold ? ecdhCurve : undefined;
      assertEquals([pair.client.getGroup(), pair.server.getGroup()], [group, group]);
      assertEquals(pair.client.getPeerSignatureAlgorithm(), "ecdsa_secp256r1_sha256");
      assertEquals(pair.server.getPeerSignatureAlgorithm(), undefined); // no client certificate
    }
  });

  cases.add("timings have the parts that took place", [], async ({ engine }) => {
    await using byFamily = await connectPair(engine, { family: 4 });
    const { dns, tcp, tls, verify } = byFamily.client.timings;
    assert(dns! > 0 && tcp! > 0 && tls! > 0 && verify! > 0 && verify! <= tls!);
    const accepted = byFamily.server.timings;
    assert(accepted.tls! > 0);
    assertEquals([accepted.dns, accepted.tcp, accepted.verify], [undefined, undefined, undefined]);

    await using byAddress = await connectPair(engine, { hostname: "127.0.0.1" });
    assertEquals(byAddress.client.timings.dns, 0);

    // Without the option Deno looks the name up while it connects.
    await using byName = await connectPair(engine, { family: undefined });
    assertEquals(byName.client.timings.dns, undefined);
    assert(byName.client.timings.tcp! > 0);
  });

  const optional = "a client that may leave its certificate out, and does: the report says so";
  cases.add(optional, ["requestClientCertificate"], async ({ engine }) => {
    const { ca } = await testPki();
    const asks = { verifyMode: SSL_VERIFY_PEER, clientCa: ca.pem };
    await using pair = await connectPair(engine, {}, asks);
    const { ok, checks } = pair.server.report;
    assertEquals(ok, true);
    assertEquals(checks.map((each) => each.detail), ["the client sent no certificate"]);
  });

  const pinned = "a server whose pin decides refuses a client without a certificate";
  cases.add(pinned, ["requestClientCertificate", "fingerprint"], async ({ engine }) => {
    const { ca, server } = await testPki();
    await using listener = await listen(engine, {
      verifyMode: SSL_VERIFY_PEER,
      clientCa: ca.pem,
      fingerprint: server.certificate.fingerprint(),
      forceFingerprint: true,
    });
    const accepting = assertRejects(() => listener.accept(), SslVerifyError, "forceFingerprint");
    const client = await SslSocket.connect(await reach(engine, listener));
    assertEquals((await accepting).code, "ERR_SSL_NO_CERTIFICATE");
    await client.close({ timeout: 1 });
  });

  cases.add("the report has the chain as it was sent", ["peerCertificate"], async (t) => {
    await using pair = await connectPair(t.engine);
    const { report } = pair.client;
    const { server } = await testPki();
    assertEquals(report.presented.map((each) => each.pem), [server.certificate.pem]);
    const shown = report.toJSON().presented as { publicKey: unknown }[];
    assertEquals(shown[0]!.publicKey, { type: "ec", bits: 256, curve: "prime256v1" });
    assertEquals(pair.server.report.presented, []);
  });

  cases.add("the report says where the anchor came from", ["ownAnchors"], async (t) => {
    const { ca } = await testPki();
    await using pair = await connectPair(t.engine);
    assert(pair.client.report.anchor!.equals(ca.cert));
    assertEquals(pair.client.report.anchorOrigin, { source: "option", detail: "ca" });
    assertEquals(pair.client.report.toJSON().anchorOrigin, { source: "option", detail: "ca" });
    await using extra = await connectPair(t.engine, { ca: [], extraCa: ca.cert });
    assertEquals(extra.client.report.anchorOrigin, { source: "option", detail: "extraCa" });
    assertEquals(pair.server.report.anchorOrigin, undefined);
  });

  cases.add("getters give the peer's certificate", ["peerCertificate"], async ({ engine }) => {
    const { server, ca } = await testPki();
    await using pair = await connectPair(engine);
    const { client } = pair;
    const leaf = server.certificate;
    assert(client.peerCertificate()!.equals(leaf));
    assertEquals(client.peerCertificate("cn"), leaf.commonName);
    assertEquals(client.peerCertificate("commonName"), leaf.commonName);
    assertEquals(client.peerCertificate("subject"), leaf.subject);
    assertEquals(client.peerCertificate("owner"), leaf.subject);
    assertEquals(client.peerCertificate("issuer"), ca.cert.subject);
    assertEquals(client.peerCertificate("authority"), ca.cert.subject);
    assertEquals(client.peerCertificate("subjectAltNames"), leaf.subjectAltNames);
    assertThrows(() => client.peerCertificate("subjectaltnames" as "cn"), TypeError, "cn");
    assertThrows(() => client.peerCertificate("constructor" as "cn"), TypeError, "cn");
    assertEquals(client.peerCertificates().length, 1);
    assertEquals(client.getFingerprint(), leaf.fingerprint());
    assertMatch(client.getFingerprint("sha1")!, /^sha1\$[0-9a-f]{40}$/);
    assertEquals(
      client.getFingerprint("sha256", undefined, true),
      leaf.fingerprint("sha256", true),
    );
    assertEquals(client.getFingerprintBin(), leaf.fingerprintBin());
    assertEquals(
      client.dumpPeerCertificate(),
      `Subject Name: ${leaf.subject}\nIssuer  Name: ${leaf.issuer}\n`,
    );
    assertEquals(client.verifyHostname("localhost"), true);
    assertEquals(client.verifyHostname("other.example", "http"), false);
    // The client sent no certificate.
    assertEquals(pair.server.peerCertificate(), undefined);
    assertEquals(pair.server.peerCertificate("cn"), undefined);
    assertEquals(pair.server.peerCertificates(), []);
    assertEquals(pair.server.verifyHostname("localhost"), false);
    assert(pair.server.sockCertificate()!.equals(leaf));
    assertEquals(pair.server.sockCertificate("subject"), leaf.subject);
    assertEquals(client.sockCertificate(), undefined);
  });

  cases.add(
    "both ends have the same exported keys and Finished messages",
    ["exporter", "finished"],
    async ({ engine }) => {
      await using pair = await connectPair(engine);
      const { client, server } = pair;
      const key = client.exportKeyingMaterial("EXPORTER-test", 32);
      assertEquals(key.length, 32);
      assertEquals(server.exportKeyingMaterial("EXPORTER-test", 32), key);
      const context = new Uint8Array([1, 2, 3]);
      const other = server.exportKeyingMaterial("EXPORTER-test", 32, context);
      assertEquals(client.exportKeyingMaterial("EXPORTER-test", 32, context), other);
      assert(String(other) !== String(key));
      assert(client.getFinished().length >= 12);
      assertEquals(client.getFinished(), server.getPeerFinished());
      assertEquals(server.getFinished(), client.getPeerFinished());
    },
  );

  cases.add(
    "a getter that the engine cannot answer is SslUnsupportedError with the remedy",
    [],
    async (t) => {
      await using pair = await connectPair(t.engine);
      const missing = [
        ...(t.features.has("peerCertificate") ? [] : CERTIFICATE),
        ...(t.features.has("negotiated") ? [] : NEGOTIATED),
        ...(t.features.has("exporter") && t.features.has("finished") ? [] : SECRETS),
      ];
      assertEquals(missing.length >= 6, t.engine === "deno");
      for (const call of missing) {
        assertThrows(() => call(pair.client), SslUnsupportedError, "--allow-ffi");
      }
    },
  );

  cases.add("after close() the getters give undefined", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    await pair.client.close();
    for (const call of [...CERTIFICATE, ...NEGOTIATED]) {
      const value = call(pair.client);
      assertEquals(Array.isArray(value) ? value[0] : value, undefined);
    }
    for (const call of SECRETS) assertThrows(() => call(pair.client), Error);
    assert(pair.client.remoteAddr !== undefined);
    assert(pair.client.report.ok);
  });

  cases.add("ALPN: both sides get the server's choice", ["alpnClient", "alpnServer"], async (t) => {
    await using pair = await connectPair(
      t.engine,
      { alpnProtocols: ["two", "three"] },
      { alpnProtocols: ["one", "two"] },
    );
    assertEquals(pair.client.alpnSelected(), "two");
    assertEquals(pair.server.alpnSelected(), "two");
    assertEquals(pair.client.nextProtoNegotiated(), undefined);
  });

  cases.add("reuseCtx shares the context of another socket", [], async ({ engine }) => {
    await using one = await connectPair(engine);
    await using two = await connectPair(
      engine,
      engine === "deno"
        ? { reuseCtx: one.client, extraCa: undefined }
        : { reuseCtx: one.client, ca: undefined },
      { reuseCtx: one.listener },
    );
    assert(two.client.context === one.client.context);
    assert(two.server.context === one.server.context);
  });
}
