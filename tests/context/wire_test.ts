import "../helpers/limit.ts";
import { openKeylog } from "../../context/key_log.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import type { SslOptions } from "../../context/options.ts";
import { SslError } from "../../errors.ts";
import { accepted, alerted, ca, leaf, type Outcome, refusal, shake } from "./harness.ts";
import { contextFor, newConnection } from "../helpers/operations.ts";

const TRUST: SslOptions = { ca: ca.pem };

const commonName = (outcome: Outcome): string | undefined =>
  Certificate.fromDer(outcome.peer[0]!).commonName;

Deno.test("the default is TLS 1.3 with chain and name verified", async () => {
  const outcome = accepted(await shake(TRUST));
  assertEquals(outcome.client?.version, "TLSv1_3");
  assertEquals(outcome.client?.serverName, "server.example");
  assertEquals(outcome.server?.serverName, "server.example");
  assertEquals(outcome.clientReport.ok, true);
  assertEquals(outcome.clientReport.anchor?.fingerprint(), ca.certificate.fingerprint());
});

Deno.test("an untrusted chain, a wrong name, an expired certificate are refused", async () => {
  const untrusted = await shake({ ca: (await TestCa.create()).pem });
  assertEquals(refusal(untrusted), [
    "SslVerifyError UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    alerted("unknown_ca"),
  ]);
  assertEquals(untrusted.clientReport.ok, false);
  const none = await shake({ ca: [] });
  assertEquals(refusal(none), [
    "SslVerifyError UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    alerted("unknown_ca"),
  ]);
  const wrong = await shake(TRUST, {}, "other.example");
  assertEquals(refusal(wrong), ["SslVerifyError HOSTNAME_MISMATCH", alerted("bad_certificate")]);
  const old = await ca.expired("server.example");
  const expired = await shake(TRUST, { cert: old.cert, key: old.key });
  assertEquals(refusal(expired), [
    "SslVerifyError CERT_HAS_EXPIRED",
    alerted("certificate_expired"),
  ]);
});

Deno.test("verifycnName, serverName and the scheme decide which name is verified", async () => {
  accepted(await shake({ ...TRUST, verifycnName: "server.example" }, {}, "10.0.0.1"));
  accepted(await shake({ ...TRUST, serverName: "server.example" }, {}, "other.example"));
  accepted(await shake({ ...TRUST, verifycnScheme: "none" }, {}, "other.example"));
  const hidden = accepted(await shake({ ...TRUST, serverName: "" }));
  assertEquals(hidden.server?.serverName, undefined);
});

Deno.test("a client without any name to verify is a TypeError, and says how to do without", async () => {
  const error = await assertRejects(() => shake(TRUST, {}, ""), TypeError, "no name to verify");
  for (const word of ["serverName", "verifycnName", "hostname", "forceFingerprint"]) {
    assertStringIncludes(error.message, word);
  }
  accepted(await shake({ ...TRUST, verifycnScheme: "none" }, {}, ""));
  accepted(await shake({ verifyMode: 0 }, {}, ""));
  const fingerprint = leaf.certificate.fingerprint();
  accepted(await shake({ ca: [], fingerprint, forceFingerprint: true }, {}, ""));
  await assertRejects(() => shake({ ca: [], fingerprint }, {}, ""), TypeError, "no name to verify");
});

Deno.test("fingerprint and forceFingerprint on the wire", async () => {
  const fingerprint = leaf.certificate.fingerprint();
  const stranger = (await ca.server("x")).certificate.fingerprint();
  accepted(await shake({ ca: [], fingerprint }, {}, "other.example"));
  accepted(await shake({ ...TRUST, fingerprint: stranger }));
  const forced = await shake({ ...TRUST, fingerprint: stranger, forceFingerprint: true });
  assertEquals(refusal(forced), [
    "SslVerifyError FINGERPRINT_MISMATCH",
    alerted("handshake_failure"),
  ]);
  const both = await shake({ ca: [], fingerprint: stranger });
  assertEquals(refusal(both), [
    "SslVerifyError UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    alerted("unknown_ca"),
  ]);
});

Deno.test("pins without verification are refused as a contradiction", async () => {
  const fingerprint = leaf.certificate.fingerprint();
  await assertRejects(
    () => shake({ verifyMode: 0, fingerprint }),
    TypeError,
    'Cannot use option "fingerprint" with verifyMode SSL_VERIFY_NONE',
  );
  using context = await SslContext.create({ engine: "openssl", verifyMode: 0 });
  await assertRejects(
    () => shake({ reuseCtx: context, fingerprint, forceFingerprint: true }),
    TypeError,
    "verifyMode SSL_VERIFY_NONE",
  );
});

Deno.test("a CRL refuses a revoked certificate, a pin does not help it", async () => {
  const bad = await TestCa.create();
  const revoked = await bad.server("server.example");
  bad.revoke(revoked.certificate);
  const server = { cert: revoked.cert, key: revoked.key };
  accepted(await shake({ ca: bad.pem }, server));
  const crl = bad.crl();
  const refused = await shake({ ca: bad.pem, crl }, server);
  assertEquals(refusal(refused), ["SslVerifyError CERT_REVOKED", alerted("certificate_revoked")]);
  const fingerprint = revoked.certificate.fingerprint();
  for (const forceFingerprint of [false, true]) {
    const pinned = await shake({ ca: bad.pem, crl, fingerprint, forceFingerprint }, server);
    assertEquals(refusal(pinned), ["SslVerifyError CERT_REVOKED", alerted("certificate_revoked")]);
  }
  const missing = await shake({ ca: bad.pem, checkCrl: true }, server);
  assertEquals(refusal(missing), ["SslVerifyError UNABLE_TO_GET_CRL", alerted("unknown_ca")]);
});

Deno.test("version, minVersion and maxVersion are what is negotiated", async () => {
  for (const version of ["TLSv1_2", "SSLv23:!TLSv1_3:!TLSv1:!TLSv1_1"]) {
    const outcome = accepted(await shake({ ...TRUST, version }));
    assertEquals(outcome.client?.version, "TLSv1_2");
  }
  const limited = accepted(await shake(TRUST, { maxVersion: "TLSv1_2" }));
  assertEquals(limited.server?.version, "TLSv1_2");
  const apart = await shake({ ...TRUST, minVersion: "TLSv1_3" }, { version: "TLSv1_2" });
  assertEquals(refusal(apart), [alerted("protocol_version"), "SslPeerError ERR_SSL_INCOMPATIBLE"]);
});

Deno.test("cipherList, ciphersuites and honorCipherOrder decide the cipher", async () => {
  const v12 = { ...TRUST, version: "TLSv1_2" };
  const ecdsa = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  const reversed = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
  const own = accepted(await shake({ ...v12, cipherList: ecdsa }, { cipherList: reversed }));
  assertEquals(own.client?.cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
  const theirs = accepted(
    await shake({ ...v12, cipherList: ecdsa }, { cipherList: reversed, honorCipherOrder: false }),
  );
  assertEquals(theirs.client?.cipher, "ECDHE-ECDSA-AES128-GCM-SHA256");
  const suite = accepted(await shake({ ...TRUST, ciphersuites: "TLS_CHACHA20_POLY1305_SHA256" }));
  assertEquals(suite.client?.cipher, "TLS_CHACHA20_POLY1305_SHA256");
});

Deno.test("the ecdhCurve of both sides must overlap; null leaves finite-field DH", async () => {
  accepted(await shake({ ...TRUST, ecdhCurve: "P-384" }, { ecdhCurve: "P-521:P-384" }));
  const apart = await shake({ ...TRUST, ecdhCurve: "P-256" }, { ecdhCurve: "P-521:P-384" });
  assertEquals(refusal(apart), [alerted("handshake_failure"), "SslPeerError ERR_SSL_INCOMPATIBLE"]);
  const rsa = await ca.server({ names: ["server.example"], keyType: "rsa" });
  const server = { cert: rsa.cert, key: rsa.key };
  const v12 = { ...TRUST, version: "TLSv1_2" };
  const dhe = accepted(await shake({ ...v12, ecdhCurve: null }, server));
  assert(dhe.client?.cipher?.startsWith("DHE-"), dhe.client?.cipher);
  const off = await shake({ ...v12, cipherList: "DHE" }, { ...server, dh: null });
  assertEquals(refusal(off), [alerted("handshake_failure"), "SslPeerError ERR_SSL_INCOMPATIBLE"]);
});

Deno.test("alpnProtocols: the server's order decides", async () => {
  const outcome = accepted(
    await shake({ ...TRUST, alpnProtocols: ["two", "three"] }, { alpnProtocols: ["one", "two"] }),
  );
  assertEquals([outcome.client?.alpn, outcome.server?.alpn], ["two", "two"]);
});

Deno.test("a server with verifyMode trusts clientCa and judges the client", async () => {
  const own = await TestCa.create();
  const user = await own.client("a user");
  const asks = { verifyMode: 3, clientCa: own.pem };
  const withCert = { ...TRUST, cert: user.cert, key: user.key };
  for (const version of ["TLSv1_2", "TLSv1_3"]) {
    const good = accepted(await shake({ ...withCert, version }, asks));
    assertEquals(good.serverReport.ok, true);
    assertEquals(good.serverReport.chain[0]?.commonName, "a user");
    assertEquals(good.clientPeer.length >= 1, true);
    const without = await shake({ ...TRUST, version }, asks);
    assertEquals(refusal(without), [
      alerted(version === "TLSv1_2" ? "handshake_failure" : "certificate_required"),
      "SslPeerError ERR_SSL_NO_CERTIFICATE",
    ], version);
    const optional = accepted(await shake({ ...TRUST, version }, { ...asks, verifyMode: 1 }));
    assertEquals(optional.clientPeer.length, 0);
    const stranger = await ca.client("a stranger");
    const refused = await shake(
      { ...TRUST, cert: stranger.cert, key: stranger.key, version },
      { ...asks, verifyMode: 1 },
    );
    assertEquals(refusal(refused), [
      alerted("unknown_ca"),
      "SslVerifyError SELF_SIGNED_CERT_IN_CHAIN",
    ], version);
    assertEquals(refused.serverReport.ok, false);
    const kept = await shake({ ...withCert, useCert: false, version }, asks);
    assertEquals(refusal(kept), refusal(without), version);
  }
});

Deno.test("the hostname that a server listens on is not a name for its clients' certificates", async () => {
  const own = await TestCa.create();
  const user = await own.client("a user");
  const asks = { verifyMode: 3, clientCa: own.pem };
  const client = { ...TRUST, cert: user.cert, key: user.key };
  const server = { ...asks, cert: leaf.cert, key: leaf.key, engine: "openssl" as const };
  const context = await contextFor("server", server);
  const input = { role: "server" as const, options: { ...server, reuseCtx: context } };
  for (const hostname of ["server.example", "127.0.0.1"]) {
    const { params, state } = newConnection(context, { ...input, hostname });
    assertEquals([params.serverName, params.verifyName], [undefined, undefined]);
    assertEquals(state.names, { serverName: undefined, verifyName: undefined });
  }
  accepted(await shake(client, asks));
  // With verifycnName it does.
  const named = await shake(client, { ...asks, verifycnName: "server.example" });
  assertEquals(refusal(named)[1], "SslVerifyError HOSTNAME_MISMATCH");
});

Deno.test("a server never takes the system's anchors for clients by itself", async () => {
  await assertRejects(() => shake(TRUST, { verifyMode: 1 }), TypeError, "nobody to trust");
});

Deno.test("certificates by server name: exact name, default, and none", async () => {
  const a = await ca.server("a.example");
  const b = await ca.server("b.example");
  const cert = { "": leaf.cert, "a.example": a.cert, "B.example": b.cert };
  const key = { "": leaf.key, "a.example": a.key, "B.example": b.key };
  const server = { cert, key };
  const free: SslOptions = { ...TRUST, verifycnScheme: "none" };
  assertEquals(commonName(accepted(await shake(TRUST, server, "a.example"))), "a.example");
  assertEquals(commonName(accepted(await shake(TRUST, server, "b.example"))), "b.example");
  assertEquals(commonName(accepted(await shake(free, server, "A.EXAMPLE"))), "a.example");
  assertEquals(commonName(accepted(await shake(free, server, "c.example"))), "server.example");
  assertEquals(
    commonName(accepted(await shake({ ...free, serverName: "" }, server))),
    "server.example",
  );
  const strict = { cert: { "a.example": a.cert }, key: { "a.example": a.key } };
  accepted(await shake(TRUST, strict, "a.example"));
  for (const client of [{ ...free, serverName: "c.example" }, { ...free, serverName: "" }]) {
    const refused = await shake(client, strict);
    assertEquals(refusal(refused), [
      alerted("unrecognized_name"),
      "SslError ERR_SSL_UNRECOGNIZED_NAME alert unrecognized_name",
    ]);
  }
});

Deno.test("two key types for one host: the client's signature algorithms choose", async () => {
  const rsa = await ca.server({ names: ["server.example"], keyType: "rsa" });
  const server: SslOptions = {
    cert: { "": rsa.cert, "%ecc": leaf.cert },
    key: { "": rsa.key, "%ecc": leaf.key },
    honorCipherOrder: false,
  };
  const kind = (outcome: Outcome) => Certificate.fromDer(outcome.peer[0]!).publicKeyAlgorithm;
  const v12 = { ...TRUST, version: "TLSv1_2" };
  const ecdsa = kind(accepted(await shake({ ...v12, cipherList: "ECDHE+ECDSA" }, server)));
  const rsaKind = kind(accepted(await shake({ ...v12, cipherList: "ECDHE+aRSA" }, server)));
  assertEquals(ecdsa, leaf.certificate.publicKeyAlgorithm);
  assertEquals(rsaKind, rsa.certificate.publicKeyAlgorithm);
});

Deno.test("cipherList by server name", async () => {
  const a = await ca.server("a.example");
  const server: SslOptions = {
    cert: { "": leaf.cert, "a.example": a.cert },
    key: { "": leaf.key, "a.example": a.key },
    cipherList: { "": "ECDHE+AESGCM", "a.example": "ECDHE+CHACHA20" },
  };
  const v12 = { ...TRUST, version: "TLSv1_2" };
  const special = accepted(await shake(v12, server, "a.example"));
  assertEquals(special.client?.cipher, "ECDHE-ECDSA-CHACHA20-POLY1305");
  const usual = accepted(await shake(v12, server));
  assertStringIncludes(usual.client!.cipher!, "GCM");
});

Deno.test("selfSigned serves its names and labels itself", async () => {
  const outcome = await shake({ ca: [], verifyMode: 0 }, { selfSigned: ["server.example"] });
  const certificate = Certificate.fromDer(accepted(outcome).peer[0]!);
  assertStringIncludes(certificate.subject, "SELF-SIGNED FOR TESTS");
  assertEquals(certificate.subjectAltNames, [{ type: "DNS", value: "server.example" }]);
  const strict = await shake(TRUST, { selfSigned: true });
  assertEquals(refusal(strict), [
    "SslVerifyError DEPTH_ZERO_SELF_SIGNED_CERT",
    alerted("unknown_ca"),
  ]);
});

Deno.test("keylog receives the lines of both sides", async () => {
  const lines: { client: string[]; server: string[] } = { client: [], server: [] };
  accepted(
    await shake(
      { ...TRUST, keylog: (line) => void lines.client.push(line) },
      { keylog: (line) => void lines.server.push(line) },
    ),
  );
  const labels = lines.client.map((line) => line.split(" ")[0]);
  assert(labels.includes("CLIENT_TRAFFIC_SECRET_0"), labels.join());
  assertEquals([...lines.server].sort(), [...lines.client].sort());
});

Deno.test('keylog "env" appends to the file of SSLKEYLOGFILE, and to none without it', async () => {
  const file = await Deno.makeTempFile();
  const before = Deno.env.get("SSLKEYLOGFILE");
  try {
    Deno.env.delete("SSLKEYLOGFILE");
    accepted(await shake({ ...TRUST, keylog: "env" }));
    Deno.env.set("SSLKEYLOGFILE", file);
    accepted(await shake(TRUST));
    assertEquals(await Deno.readTextFile(file), "");
    accepted(await shake({ ...TRUST, keylog: "env" }));
    assertStringIncludes(await Deno.readTextFile(file), "CLIENT_TRAFFIC_SECRET_0 ");
    // It is made for its owner alone; what is there stays.
    const fresh = `${file}-new`;
    Deno.env.set("SSLKEYLOGFILE", fresh);
    for (const line of ["first", "second"]) (await openKeylog("env"))!(line);
    assertEquals(await Deno.readTextFile(fresh), "first\nsecond\n");
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(fresh)).mode! & 0o777, 0o600);
    await Deno.remove(fresh);
    Deno.env.set("SSLKEYLOGFILE", "/nowhere/keys");
    await assertRejects(
      () => shake({ ...TRUST, keylog: "env" }),
      SslError,
      "Cannot write SSLKEYLOGFILE",
    );
  } finally {
    if (before === undefined) Deno.env.delete("SSLKEYLOGFILE");
    else Deno.env.set("SSLKEYLOGFILE", before);
    await Deno.remove(file);
  }
});

Deno.test("one context serves many connections, and both sides", async () => {
  using context = await SslContext.create({
    engine: "openssl",
    ca: ca.pem,
    cert: leaf.cert,
    key: leaf.key,
  });
  for (let i = 0; i < 3; i++) {
    accepted(await shake({ reuseCtx: context }, { reuseCtx: context }));
    accepted(await shake({ reuseCtx: { context } }, { reuseCtx: { context } }));
  }
  const wrong = await shake({ reuseCtx: context }, { reuseCtx: context }, "other.example");
  assertEquals(refusal(wrong), ["SslVerifyError HOSTNAME_MISMATCH", alerted("bad_certificate")]);
});
