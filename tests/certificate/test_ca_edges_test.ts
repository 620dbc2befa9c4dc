/** The test CA at the edges: each name in its kind, each time, each usage, and what it refuses. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { classifyName, selfSigned, type TestCaArguments } from "../../certificate/issue.ts";
import { keyCreateRsa } from "../../certificate/keys/private_key.ts";
import { ocspCertId, readOcspRequest } from "../../certificate/ocsp_build.ts";
import { explicit, int, nul, octets, oidDer, seq } from "../../certificate/asn1/writer.ts";
import { readCrl } from "../../verify/crl.ts";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { checkOcspResponse } from "../../verify/ocsp/response.ts";
import { SslError } from "../../errors.ts";

const DAY = 86_400_000;
const ca = await TestCa.create({ commonName: "ca" });
const about = (date: Date, days: number) =>
  assert(Math.abs(date.getTime() - Date.now() - days * DAY) < 60_000, `${date}`);

Deno.test("the kind of a name follows from its form", () => {
  const kinds = [
    "a.test",
    "*.a.test",
    "10.0.0.1",
    "::1",
    "https://a/",
    "a+b.c-1://x",
    "u@a.test",
    "1.2.3",
    "1a://x",
  ]
    .map((value) => classifyName(value).type);
  assertEquals(kinds, ["DNS", "DNS", "IP", "IP", "URI", "URI", "EMAIL", "DNS", "DNS"]);
});

Deno.test("certificates of the test CA are valid as long as it says", async () => {
  about(ca.cert.notBefore, -1);
  about(ca.cert.notAfter, 3650);
  const [leaf, expired, early] = await Promise.all([ca.server(), ca.expired(), ca.notYetValid()]);
  about(leaf.certificate.notBefore, -1);
  about(leaf.certificate.notAfter, 90);
  about(expired.certificate.notBefore, -30);
  about(expired.certificate.notAfter, -1);
  about(early.certificate.notBefore, 1);
  about(early.certificate.notAfter, 30);
  const [from, to] = [new Date(1_000_000_000_000), new Date(2_000_000_000_000)];
  const own = await ca.expired({ notBefore: from, notAfter: to });
  assertEquals([own.certificate.notBefore, own.certificate.notAfter], [from, to]);
});

Deno.test("names, commonName, serial and key of a certificate are those that are asked for", async () => {
  const names = (values: readonly { value: string }[]) => values.map(({ value }) => value);
  const local = (await ca.server()).certificate;
  assertEquals([local.commonName, names(local.subjectAltNames)], ["localhost", [
    "localhost",
    "127.0.0.1",
    "::1",
  ]]);
  const both = (await ca.server("a.test", { names: ["b.test"] }, "c.test")).certificate;
  assertEquals([both.commonName, names(both.subjectAltNames)], ["a.test", [
    "a.test",
    "b.test",
    "c.test",
  ]]);
  const none = (await ca.server({ names: [], commonName: "x" })).certificate;
  assertEquals(none.commonName, "x");
  const client = (await ca.client()).certificate;
  assertEquals([client.commonName, client.subjectAltNames, client.asHash().extkeyusage.sn], [
    "client",
    [],
    ["clientAuth"],
  ]);
  const person = (await ca.client("me", "u@a.test")).certificate;
  assertEquals([person.commonName, names(person.subjectAltNames)], ["me", ["u@a.test"]]);
  const subject = (await ca.server({ subject: { O: "o" }, commonName: "x" })).certificate;
  assertEquals(subject.subject, "/O=o");
  assertEquals((await ca.server({ serial: 5 })).certificate.serial, "5");
  assertEquals((await ca.server({ serial: 5n })).certificate.serial, "5");
  for (const serial of [1.5, 2 ** 53, "5"]) {
    await assertRejects(
      () => ca.server({ serial: serial as never }),
      RangeError,
      "serial must be a whole number",
    );
  }
  await assertRejects(
    () => ca.server({ keyType: "dsa" as never }),
    TypeError,
    "keyType must be ec, ec384, ec521, rsa or ed25519",
  );
  await assertRejects(
    () => ca.server({ name: "x" } as never),
    TypeError,
    'unknown option "name": use "names"',
  );
  const keys = await Promise.all(
    (["ec", "ec384", "ed25519"] as const).map((keyType) => ca.server({ keyType })),
  );
  assertEquals(keys.map(({ privateKey }) => privateKey.curve ?? privateKey.type), [
    "prime256v1",
    "secp384r1",
    "ed25519",
  ]);
  const rsa = await keyCreateRsa(1024);
  assertEquals((await ca.server({ privateKey: rsa })).certificate.keyUsage, [
    "digitalSignature",
    "keyEncipherment",
  ]);
  assertEquals(
    (await ca.server({ keyUsage: [], extKeyUsage: [] })).certificate.keyUsage,
    undefined,
  );
  const self = await selfSigned();
  assertEquals([self.certificate.issuer, self.certificate.isCa, self.chain.length], [
    "/CN=localhost",
    false,
    1,
  ]);
  assertEquals(
    self.certificate.authorityKeyIdentifier!.keyId,
    self.certificate.subjectKeyIdentifier,
  );
});

Deno.test("a CA below a CA has its chain, its limits and its usages", async () => {
  assertEquals([ca.cert.isCa, ca.cert.keyUsage, ca.root, ca.intermediates, ca.chainPem], [
    true,
    ["keyCertSign", "cRLSign"],
    ca,
    [],
    "",
  ]);
  const one = await ca.intermediate("mine", { pathLength: 0 });
  const two = await one.intermediate();
  assertEquals([one.cert.commonName, one.cert.basicConstraints], ["mine", {
    ca: true,
    pathLength: 0,
  }]);
  assert(/^Test Intermediate CA [0-9a-f]+$/.test(two.cert.commonName!));
  assertEquals([two.root, two.intermediates], [ca, [two.cert, one.cert]]);
  assertEquals(two.chainPem, two.cert.pem + one.cert.pem);
  const leaf = await two.server();
  assertEquals(leaf.chain.slice(1), [two.cert, one.cert]);
  const limits = async (...args: TestCaArguments) => {
    const { cert } = await ca.nameConstrained(...args);
    assertEquals(cert.extension("2.5.29.30")?.critical, true);
    return cert.asHash().ext.find(({ sn }) => sn === "nameConstraints")!.data.replace(/\s+/g, " ");
  };
  assertEquals(await limits(), "Permitted: DNS:permitted.test");
  assertEquals(await limits("a.test"), "Permitted: DNS:a.test");
  assertEquals(await limits({ permitted: ["10.0.0.0/8"] }), "Permitted: IP:10.0.0.0/255.0.0.0");
  assertEquals(await limits({ excluded: ["b.test"] }), "Excluded: DNS:b.test");
  const promises = (await ca.server({
    mustStaple: true,
    ocspUris: ["http://o/"],
    aiaIssuers: ["http://i/"],
    crlUris: ["http://c/"],
  })).certificate;
  assertEquals([promises.mustStaple, promises.ocspUris, promises.aiaIssuers, promises.crlUris], [
    true,
    ["http://o/"],
    ["http://i/"],
    ["http://c/"],
  ]);
  const issuers = (await ca.server({ aiaIssuers: ["http://i/"] })).certificate;
  assertEquals([issuers.ocspUris, issuers.aiaIssuers], [[], ["http://i/"]]);
});

Deno.test("a CA revokes what it has issued, and nothing else", async () => {
  const own = await TestCa.create({ commonName: "ca" });
  const leaf = await own.server();
  const time = new Date(1_700_000_000_000);
  own.revoke(leaf, "superseded", time);
  assertEquals(own.ocspStatus(leaf.certificate.serial), {
    status: "revoked",
    time,
    reason: "superseded",
  });
  assertEquals(own.ocspStatus("1"), { status: "good" });
  const strangers = [await ca.server(), (await TestCa.create()).cert, ca];
  for (const stranger of strangers) {
    assertThrows(
      () => own.revoke(stranger),
      TypeError,
      "Cannot revoke certificate: not issued by /CN=ca: received",
    );
  }
  own.revoke(await own.intermediate());
  const list = (given?: Parameters<typeof own.crl>[0]) =>
    readCrl(pemBlocks(own.crl(given))[0]!.der);
  const [first, second] = [list(), list()];
  assertEquals([first.number, second.number], [1n, 2n]);
  assert(Math.abs(first.thisUpdate.getTime() - Date.now() + 3_600_000) < 60_000);
  about(first.nextUpdate!, 7);
  const dates = { thisUpdate: time, nextUpdate: new Date(1_800_000_000_000) };
  assertEquals([list(dates).thisUpdate, list(dates).nextUpdate], [
    dates.thisUpdate,
    dates.nextUpdate,
  ]);
  assertThrows(
    () => own.crl({ next: 1 } as never),
    TypeError,
    'Cannot create CRL: unknown option "next"',
  );
});

Deno.test("responses to staple say what is asked for, from whom and for how long", async () => {
  const leaf = await ca.server();
  type Options = Parameters<typeof ca.ocspResponse>[1];
  const verdict = async (options?: Options) => {
    const { state, revokedAt, reason } = checkOcspResponse(await ca.ocspResponse(leaf, options), {
      certificate: leaf.certificate,
      issuer: ca.cert,
    }) as { state: string; revokedAt?: Date; reason?: string };
    return { state, revokedAt, reason };
  };
  const states = async (...list: Options[]) =>
    await Promise.all(list.map(async (options) => (await verdict(options)).state));
  const good = await states(undefined, { signer: "delegate" }, { digest: "sha256" }, {
    nextUpdate: null,
  });
  assertEquals(good, ["good", "good", "good", "good"]);
  const own = await TestCa.create();
  const revoked = await own.server();
  const since = new Date(1_700_000_000_000);
  own.revoke(revoked, "superseded", since);
  const told = checkOcspResponse(await own.ocspResponse(revoked), {
    certificate: revoked.certificate,
    issuer: own.cert,
  });
  assertEquals([told.state, told.revokedAt, told.reason], ["revoked", since, "superseded"]);
  const [asked, now] = [told.thisUpdate!.getTime(), Date.now()];
  assertEquals([Math.abs(now - asked - 3_600_000) < 60_000, told.nextUpdate!.getTime() - asked], [
    true,
    DAY + 3_600_000,
  ]);
  assertEquals(await states({ status: "revoked" }, { status: "unknown" }), ["revoked", "unknown"]);
  const bad = await states(
    { expired: true },
    { signer: "wrong" },
    { signer: "wrong-usage" },
    { error: "tryLater" },
    { thisUpdate: new Date(Date.now() + DAY) },
    { nextUpdate: new Date(Date.now() - DAY), thisUpdate: new Date(Date.now() - 2 * DAY) },
    { id: ocspCertId(ca.cert, Uint8Array.of(1)) },
  );
  assertEquals(bad.filter((state) => ["good", "revoked", "unknown"].includes(state)), [], `${bad}`);
  await assertRejects(
    () => ca.ocspResponse(leaf, { stats: "good" } as never),
    TypeError,
    'unknown option "stats": use "status"',
  );
});

Deno.test("an OCSP request names certificates, and may have a nonce", () => {
  const id = ocspCertId(ca.cert, Uint8Array.of(7));
  const request = (...parts: Uint8Array[]) => seq(seq(...parts));
  const read = (der: Uint8Array) => {
    const { ids, nonce } = readOcspRequest(der);
    return [ids.map(({ raw, serial, digest }) => [raw, serial, digest]), nonce];
  };
  const one = [id, Uint8Array.of(7), "sha1"];
  assertEquals(read(request(seq(seq(id)))), [[one], undefined]);
  assertEquals(read(request(explicit(1, nul()), seq(seq(id), seq(id)))), [[one, one], undefined]);
  const nonce = octets(Uint8Array.of(1));
  const extensions = (oid: string) => explicit(2, seq(seq(oidDer(oid), octets(nonce))));
  assertEquals(read(request(seq(seq(id)), extensions("1.3.6.1.5.5.7.48.1.2"))), [[one], nonce]);
  assertEquals(read(request(seq(seq(id)), extensions("1.2.3"))), [[one], undefined]);
  for (const empty of [request(), request(seq()), request(explicit(0, int(0)))]) {
    const error = assertThrows(() => readOcspRequest(empty), SslError);
    assertEquals([error.code, error.reason], ["ERR_DER", "no certificate is asked about"]);
  }
});
