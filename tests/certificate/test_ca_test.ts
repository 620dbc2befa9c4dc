import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import {
  children,
  integer,
  oid,
  readDer,
  sequence,
  smallInteger,
} from "../../certificate/asn1/reader.ts";
import { explicit, octets, seq } from "../../certificate/asn1/writer.ts";
import { encodeExtensions } from "../../certificate/extensions/write.ts";
import { OCSP_NONCE, ocspCertId } from "../../certificate/ocsp_build.ts";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { verifySignature } from "../../certificate/signature.ts";
import { selfSigned, TestCa, type TestCertificate } from "../../certificate/mod.ts";
import type { TestOcspResponder } from "../../testing/responder.ts";

/** Whether Deno's own TLS accepts a server certificate; otherwise the error of the refusal. */
async function accepts(
  server: { cert: string; key: string },
  ca: string,
  hostname = "localhost",
): Promise<true | string> {
  using listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: server.cert,
    key: server.key,
  });
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.handshake();
    await conn.read(new Uint8Array(1));
  })().catch(() => {});
  try {
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using tls = await Deno.startTls(tcp, { hostname, caCerts: [ca] });
    await tls.handshake();
    return true;
  } catch (error) {
    return String(error);
  } finally {
    await serving;
  }
}

Deno.test("TestCa: one line makes a CA, one more a certificate that a TLS client accepts", async () => {
  const ca = await TestCa.create();
  assertEquals(await accepts(await ca.server("localhost"), ca.pem), true);
  assertEquals(await accepts(await ca.server(), ca.caPem), true);
  assertEquals(await accepts(await ca.server({ names: ["a.test"] }), ca.pem, "a.test"), true);
  for (const keyType of ["rsa", "ed25519", "ec384"] as const) {
    const other = await TestCa.create({ keyType });
    assertEquals(await accepts(await other.server({ keyType }), other.pem), true, keyType);
  }
  const two = await (await ca.intermediate()).intermediate("deeper");
  assertEquals(two.root, ca);
  assertEquals(await accepts(await two.server(), ca.pem), true);
});

Deno.test("TestCa: certificates that must be refused are refused, each for its reason", async () => {
  const ca = await TestCa.create();
  const other = await TestCa.create();
  const refused = async (server: TestCertificate, reason: string, anchor = ca.pem, name?: string) =>
    assertStringIncludes(String(await accepts(server, anchor, name)), reason);
  await refused(await ca.server(), "UnknownIssuer", other.pem);
  await refused(await ca.server("a.test"), 'not valid for name "localhost"');
  await refused(await ca.expired(), "expired");
  await refused(await ca.notYetValid(), "not valid yet");
  await refused(await ca.wrongEku(), "extended key usage");
  const limited = await ca.nameConstrained();
  assertEquals(
    await accepts(await limited.server("a.permitted.test"), ca.pem, "a.permitted.test"),
    true,
  );
  await refused(
    await limited.server("a.evil.test"),
    "NameConstraintViolation",
    ca.pem,
    "a.evil.test",
  );
  const without = await ca.nameConstrained({ excluded: ["evil.test"] });
  assertEquals(await accepts(await without.server("a.test"), ca.pem, "a.test"), true);
  await refused(
    await without.server("a.evil.test"),
    "NameConstraintViolation",
    ca.pem,
    "a.evil.test",
  );
  const zero = await (await ca.intermediate({ pathLength: 0 })).intermediate("too deep");
  await refused(await zero.server(), "PathLenConstraintViolated");
});

Deno.test("TestCertificate spreads to cert and key only, and shows the rest by getters", async () => {
  const ca = await TestCa.create();
  const ica = await ca.intermediate();
  const server = await ica.server("a.test", "b.test", { keyType: "rsa", serial: 77 });
  assertEquals(Object.keys({ ...server }), ["cert", "key"]);
  assertEquals(pemBlocks(server.cert).map((b) => b.der), [server.certificate.der, ica.cert.der]);
  assertEquals(pemBlocks(server.key)[0]!.label, "PRIVATE KEY");
  assertEquals(server.certificate.subjectAltNames.map((n) => n.value), ["a.test", "b.test"]);
  assertEquals(server.certificate.serial, "77");
  assertEquals(server.privateKey.type, "rsa");
  assertEquals(server.certificate.keyUsage, ["digitalSignature", "keyEncipherment"]);
  const client = await ca.client("alice", { names: ["alice@a.test"] });
  assertEquals(client.certificate.subject, "/CN=alice");
  assertEquals(client.certificate.subjectAltNames, [{ type: "EMAIL", value: "alice@a.test" }]);
  assertEquals(client.certificate.asHash().extkeyusage.sn, ["clientAuth"]);
  await assertRejects(() => ca.server({ name: "x" } as never), TypeError, "unknown option");
  await assertRejects(() => ca.server({ keyType: "dsa" as never }), TypeError, "keyType must be");
});

Deno.test("selfSigned() is accepted by a client that trusts this certificate alone", async () => {
  const one = await selfSigned("localhost");
  const other = await selfSigned("localhost");
  assertEquals(one.certificate.isCa, false);
  assert(one.certificate.isSelfIssued);
  assertEquals(one.certificate.subjectAltNames, [{ type: "DNS", value: "localhost" }]);
  assertEquals(await accepts(one, one.cert), true);
  assertStringIncludes(String(await accepts(one, other.cert)), "invalid peer certificate");
});

/** The serial numbers of a CRL, in decimal. */
function revokedSerials(pem: string): string[] {
  const [block] = pemBlocks(pem);
  assertEquals(block!.label, "X509 CRL");
  const fields = sequence(sequence(readDer(block!.der, "crl"), "crl")[0], "crl");
  const list = fields[5]?.tag === 0x30 ? sequence(fields[5], "crl") : [];
  return list.map((entry) => integer(sequence(entry, "crl")[0], "crl").toString());
}

Deno.test("TestCa.crl() is signed and names the revoked certificates, and no others", async () => {
  const ca = await TestCa.create();
  assertEquals(revokedSerials(ca.crl()), []);
  const good = await ca.server();
  const bad = await ca.revoked("bad.test");
  const later = await ca.server();
  ca.revoke(later, "superseded");
  assertEquals(revokedSerials(ca.crl()), [bad.certificate.serial, later.certificate.serial]);
  assert(!revokedSerials(ca.crl()).includes(good.certificate.serial));
  const [tbs, algorithm, signature] = sequence(readDer(pemBlocks(ca.crl())[0]!.der, "crl"), "crl");
  assert(verifySignature(ca.cert.rawSpki, algorithm!.raw, signature!.body.subarray(1), tbs!.raw));
  const ica = await ca.intermediate();
  const notOurs = await ica.server();
  assertThrows(() => ca.revoke(notOurs), TypeError, "not issued by");
  ca.revoke(ica);
  assertEquals(revokedSerials(ca.crl()).length, 3);
});

/** The parts of an OCSP response that the tests look at. */
function readResponse(der: Uint8Array) {
  const what = "response";
  const [status, bytes] = sequence(readDer(der, what), what);
  if (bytes === undefined) return { status: smallInteger(status, what, 0x0a) };
  const [, basicDer] = sequence(children(bytes, what)[0], what);
  const [tbs, algorithm, signature, certs] = sequence(readDer(basicDer!.body, what), what);
  const [, , responses, extensions] = sequence(tbs, what);
  const signer = certs && new Certificate(sequence(children(certs, what)[0], what)[0]!.raw);
  const nonce = extensions &&
    sequence(children(extensions, what)[0], what).map((e) => sequence(e, what))
      .find(([id]) => oid(id, what) === OCSP_NONCE)?.[1]?.body;
  return {
    status: smallInteger(status, what, 0x0a),
    answers: sequence(responses, what).map((one) => {
      const [, answer, , next] = sequence(one, what);
      return {
        answer: { 0x80: "good", 0xa1: "revoked", 0x82: "unknown" }[answer!.tag],
        hasNext: next !== undefined,
      };
    }),
    signer,
    nonce,
    signedBy: (cert: Certificate) =>
      verifySignature(cert.rawSpki, algorithm!.raw, signature!.body.subarray(1), tbs!.raw),
  };
}

const request = (ca: TestCa, certs: readonly Certificate[], nonce?: Uint8Array) =>
  seq(seq(
    seq(...certs.map((cert) => seq(ocspCertId(ca.cert, cert.rawSerial)))),
    ...(nonce === undefined
      ? []
      : [explicit(2, encodeExtensions([{ oid: OCSP_NONCE, critical: false, value: nonce }]))]),
  ));

async function ask(
  responder: TestOcspResponder,
  body: Uint8Array,
  get = false,
): Promise<Uint8Array> {
  const response = get
    ? await fetch(responder.url + encodeURIComponent(btoa(String.fromCharCode(...body))))
    : await fetch(responder.url, {
      method: "POST",
      body: body as Uint8Array<ArrayBuffer>,
      headers: { "content-type": "application/ocsp-request" },
    });
  assertEquals(response.headers.get("content-type"), "application/ocsp-response");
  return await response.bytes();
}

Deno.test("TestCa.ocspResponder() answers by POST and GET what the CA knows", async () => {
  const ca = await TestCa.create();
  const [good, bad] = [await ca.server(), await ca.revoked()];
  await using responder = ca.ocspResponder();
  const nonce = octets(Uint8Array.of(1, 2, 3));
  for (const get of [false, true]) {
    const response = readResponse(
      await ask(responder, request(ca, [good.certificate, bad.certificate], nonce), get),
    );
    assertEquals(response.answers!.map((a) => a.answer), ["good", "revoked"]);
    assert(response.signedBy!(ca.cert));
    assertEquals(response.nonce, nonce);
  }
  assertEquals(responder.requests.length, 2);
  const stranger = await TestCa.create();
  const foreign = await stranger.server();
  assertEquals(
    readResponse(await ask(responder, request(stranger, [foreign.certificate]))).answers![0]!
      .answer,
    "unknown",
  );
  assertEquals(readResponse(await ask(responder, Uint8Array.of(1, 2, 3))).status, 1);
});

Deno.test("TestOcspResponder misbehaves on request", async () => {
  const ca = await TestCa.create();
  const { certificate } = await ca.server();
  await using responder = ca.ocspResponder({ status: "revoked" });
  const plain = request(ca, [certificate], octets(new Uint8Array(4)));
  const answer = async (options: typeof responder.options) => {
    responder.options = options;
    return readResponse(await ask(responder, plain));
  };
  assertEquals((await answer({ status: "revoked" })).answers![0]!.answer, "revoked");
  assertEquals((await answer({ status: "unknown" })).answers![0]!.answer, "unknown");
  assertEquals((await answer({ error: "tryLater" })).status, 3);
  assertEquals((await answer({ nonce: "omit" })).nonce, undefined);
  assert(String((await answer({ nonce: "wrong" })).nonce) !== String(octets(new Uint8Array(4))));
  const delegate = await answer({ signer: "delegate" });
  assert(delegate.signedBy!(delegate.signer!) && !delegate.signedBy!(ca.cert));
  assertEquals(delegate.signer!.asHash().extkeyusage.sn, ["OCSPSigning"]);
  assertEquals((await answer({ signer: "wrong-usage" })).signer!.asHash().extkeyusage.sn, [
    "serverAuth",
  ]);
  const wrong = await answer({ signer: "wrong" });
  assert(!wrong.signedBy!(ca.cert));
  assertEquals(wrong.signer!.subject, ca.cert.subject);
  responder.options = { httpStatus: 500 };
  const failure = await fetch(responder.url, {
    method: "POST",
    body: plain as Uint8Array<ArrayBuffer>,
  });
  assertEquals([failure.status, (await failure.bytes()).length], [500, 0]);
  responder.options = { body: Uint8Array.of(7) };
  assertEquals(await ask(responder, plain), Uint8Array.of(7));
});

Deno.test("TestCa.ocspResponse() makes responses to staple", async () => {
  const ca = await TestCa.create();
  const leaf = await ca.server();
  const answer = async (options: Parameters<typeof ca.ocspResponse>[1]) =>
    readResponse(await ca.ocspResponse(leaf, options)).answers![0]!;
  assertEquals(await answer({}), { answer: "good", hasNext: true });
  assertEquals(await answer({ status: "revoked" }), { answer: "revoked", hasNext: true });
  assertEquals(await answer({ status: "unknown", nextUpdate: null }), {
    answer: "unknown",
    hasNext: false,
  });
  ca.revoke(leaf);
  assertEquals(await answer({}), { answer: "revoked", hasNext: true });
  assertEquals(readResponse(await ca.ocspResponse(leaf, { error: "unauthorized" })).status, 6);
});
