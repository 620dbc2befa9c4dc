/** checkOcspResponse(): what a response counts as, rule by rule (RFC 6960 3.2). */
import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { EXT } from "../../certificate/extensions/read.ts";
import { OCSP_NONCE, OCSP_STATUS, ocspErrorResponse } from "../../certificate/ocsp_build.ts";
import { octets, oidDer, seq } from "../../certificate/asn1/writer.ts";
import { keyCreateRsa } from "../../certificate/keys/private_key.ts";
import { signatureAlgorithm } from "../../certificate/signature.ts";
import { TestCa, type TestCertificateOptions } from "../../certificate/mod.ts";
import { type CheckOcspOptions, checkOcspResponse } from "../../verify/ocsp/response.ts";
import { MAX_OCSP_RESPONSE_LENGTH } from "../../verify/ocsp/read.ts";
import { HOUR, idOf, makeWorld, respond, signerOf } from "./data.ts";

const world = await makeWorld();
const { root, ca, leaf } = world;
const about: CheckOcspOptions = { certificate: leaf.certificate, issuer: ca.cert };

function check(response: Uint8Array | undefined, more: Partial<CheckOcspOptions> = {}) {
  return checkOcspResponse(response, { ...about, ...more });
}

function state(response: Uint8Array | undefined, more: Partial<CheckOcspOptions> = {}): string {
  return check(response, more).state;
}

const id = idOf(ca, leaf);
const signer = signerOf(ca);

Deno.test("checkOcspResponse() distinguishes the states", async () => {
  assertEquals(state(await ca.ocspResponse(leaf)), "good");
  assertEquals(state(await ca.ocspResponse(leaf, { status: "revoked" })), "revoked");
  assertEquals(state(await ca.ocspResponse(leaf, { status: "unknown" })), "unknown");
  assertEquals(state(await ca.ocspResponse(leaf, { expired: true })), "expired");
  assertEquals(state(await ca.ocspResponse(leaf, { signer: "wrong" })), "wrong signer");
  assertEquals(state(undefined), "missing");
  for (const error of Object.keys(OCSP_STATUS).filter((name) => name !== "successful")) {
    const verdict = check(ocspErrorResponse(error as "tryLater"));
    assertEquals(verdict.state, "error");
    assertStringIncludes(verdict.detail, error);
  }
});

Deno.test("checkOcspResponse() gives the times, and when and why it was revoked", () => {
  const thisUpdate = new Date("2030-01-01T00:00:00Z");
  const nextUpdate = new Date("2030-01-02T00:00:00Z");
  const time = new Date("2030-01-01T12:00:00Z");
  const good = check(respond({ answers: [{ id, thisUpdate, nextUpdate }], signer }), { time });
  assertEquals([good.state, good.thisUpdate, good.nextUpdate], ["good", thisUpdate, nextUpdate]);
  assertEquals("revokedAt" in good, false);
  const revoked = check(respond({ answers: [{ id, status: "revoked", reason: 1 }], signer }));
  assertEquals([revoked.state, revoked.reason], ["revoked", "keyCompromise"]);
  assertMatch(revoked.revokedAt!.toISOString(), /^20/);
  // Without a reason, and with one that nobody knows, it is revoked all the same.
  for (const reason of [undefined, 99]) {
    const answer = reason === undefined ? {} : { reason };
    const verdict = check(respond({ answers: [{ id, status: "revoked", ...answer }], signer }));
    assertEquals([verdict.state, verdict.reason], ["revoked", undefined]);
  }
});

Deno.test("checkOcspResponse() matches ids by their own digest", () => {
  for (const digest of ["sha1", "sha256", "sha384", "sha512"] as const) {
    assertEquals(state(respond({ answers: [{ id: idOf(ca, leaf, digest) }], signer })), "good");
  }
});

Deno.test("checkOcspResponse() takes no answer about another name, key or serial number", async () => {
  const other = await ca.server("other.test");
  assertEquals(state(await ca.ocspResponse(other)), "missing");
  // The same serial number from another CA, with this CA's signature.
  assertEquals(state(respond({ answers: [{ id: idOf(root, leaf) }], signer })), "missing");
  // A CA with the same name and another key, and the other way round.
  const sameName = await TestCa.create({ commonName: ca.cert.commonName! });
  const sameKey = await TestCa.create({ privateKey: ca.privateKey });
  for (const twin of [sameName, sameKey]) {
    assertEquals(state(respond({ answers: [{ id: idOf(twin, leaf) }], signer })), "missing");
  }
  // An id whose digest nobody knows.
  const strange = seq(
    seq(oidDer("1.2.3.4")),
    octets(new Uint8Array(20)),
    octets(new Uint8Array(20)),
    id.subarray(id.length - leaf.certificate.rawSerial.length - 2),
  );
  assertEquals(state(respond({ answers: [{ id: strange }], signer })), "missing");
  assertEquals(state(respond({ answers: [], signer })), "missing");
});

Deno.test("checkOcspResponse() knows the responder by name and by key", async () => {
  const { signer: cert, key } = await ca.ocspSigner("delegate");
  for (const responder of ["name", "key"] as const) {
    assertEquals(state(respond({ answers: [{ id }], signer, responder })), "good");
    const delegated = { answers: [{ id }], signer: { cert, key }, responder };
    assertEquals(state(respond({ ...delegated, certs: [cert.der] })), "good");
    // The responder's certificate must come along,
    assertEquals(state(respond(delegated)), "wrong signer");
    // and may come along with others, readable or not.
    const certs = [octets(), root.cert.der, cert.der];
    assertEquals(state(respond({ ...delegated, certs })), "good");
  }
});

Deno.test("checkOcspResponse() refuses the responder ID of another than the signer", () => {
  // Signed by the issuer, but it says that it is by the root.
  const liar = { cert: root.cert, key: ca.privateKey };
  for (const responder of ["name", "key"] as const) {
    const certs = [root.cert.der, ca.cert.der];
    assertEquals(
      state(respond({ answers: [{ id }], signer: liar, responder, certs })),
      "wrong signer",
    );
  }
});

Deno.test("checkOcspResponse() refuses the responder ID of another delegate than the signer", async () => {
  const one = await ca.ocspSigner("delegate");
  const two = await ca.ocspSigner("delegate");
  const certs = [one.signer.der, two.signer.der];
  const liar = { cert: two.signer, key: one.key };
  assertEquals(state(respond({ answers: [{ id }], signer: liar, certs })), "wrong signer");
  const honest = { cert: two.signer, key: two.key };
  assertEquals(state(respond({ answers: [{ id }], signer: honest, certs })), "good");
});

Deno.test("checkOcspResponse() tries eight certificates that came along, and no more", async () => {
  const { signer: cert, key } = await ca.ocspSigner("delegate");
  const behind = (count: number) =>
    state(respond({
      answers: [{ id }],
      signer: { cert, key },
      certs: [...Array.from({ length: count }, () => root.cert.der), cert.der],
    }));
  assertEquals([behind(7), behind(8)], ["good", "wrong signer"]);
});

Deno.test("checkOcspResponse() takes a delegated responder only if the issuer made it one", async () => {
  assertEquals(state(await ca.ocspResponse(leaf, { signer: "delegate" })), "good");
  const wrongUsage = check(await ca.ocspResponse(leaf, { signer: "wrong-usage" }));
  assertEquals(wrongUsage.state, "wrong signer");
  assertStringIncludes(wrongUsage.detail, "OCSPSigning");

  const make = async (by: TestCa, options: TestCertificateOptions) => {
    const made = await by.server({ names: [], commonName: "responder" }, options);
    return { cert: made.certificate, key: made.privateKey };
  };
  const verdict = async (by: TestCa, options: TestCertificateOptions) => {
    const made = await make(by, options);
    return check(respond({ answers: [{ id }], signer: made, certs: [made.cert.der] }));
  };
  const day = 24 * HOUR;
  const extKeyUsage = ["OCSPSigning"];
  assertEquals((await verdict(ca, { extKeyUsage })).state, "good");
  const cases: [string, Promise<{ state: string; detail: string }>, RegExp][] = [
    ["the root, not the issuer, made it", verdict(root, { extKeyUsage }), /not issued by/],
    ["no usage at all", verdict(ca, { extKeyUsage: [] }), /OCSPSigning/],
    ["any usage", verdict(ca, { extKeyUsage: ["2.5.29.37.0"] }), /OCSPSigning/],
    ["a CA of its own", verdict(await ca.intermediate(), { extKeyUsage }), /not issued by/],
    [
      "a stranger with the issuer's name",
      verdict(await TestCa.create({ commonName: ca.cert.commonName! }), { extKeyUsage }),
      /not issued by/,
    ],
    [
      "a key for encryption only",
      verdict(ca, { extKeyUsage, keyUsage: ["keyEncipherment"] }),
      /keyUsage/,
    ],
    [
      "ended yesterday",
      verdict(ca, {
        extKeyUsage,
        notBefore: new Date(Date.now() - 9 * day),
        notAfter: new Date(Date.now() - day),
      }),
      /not in date/,
    ],
    [
      "begins tomorrow",
      verdict(ca, { extKeyUsage, notBefore: new Date(Date.now() + day) }),
      /not in date/,
    ],
    [
      "an unknown critical extension",
      verdict(ca, {
        extKeyUsage,
        extensions: [{ oid: "1.2.3.4", critical: true, value: octets() }],
      }),
      /critical extension 1\.2\.3\.4/,
    ],
  ];
  for (const [name, result, why] of cases) {
    const { state, detail } = await result;
    assertEquals(state, "wrong signer", name);
    assertMatch(detail, why);
  }
});

Deno.test("checkOcspResponse() refuses a leaf that signs for itself", async () => {
  const good = { answers: [{ id }], certs: [leaf.certificate.der] };
  const itself = { cert: leaf.certificate, key: leaf.privateKey };
  assertEquals(state(respond({ ...good, signer: itself })), "wrong signer");
  // Even with the usage it can sign for others only if the CA gave it that usage.
  const powerful = await ca.server("powerful.test", { extKeyUsage: ["serverAuth"] });
  const forged = { cert: powerful.certificate, key: powerful.privateKey };
  assertEquals(
    state(respond({ ...good, signer: forged, certs: [powerful.certificate.der] })),
    "wrong signer",
  );
});

Deno.test("checkOcspResponse() refuses a changed response and a strange algorithm", async () => {
  const tampered = respond({ answers: [{ id }], signer, tamper: true });
  assertEquals(["wrong signer", "error"].includes(state(tampered)), true);
  // The same bytes, a bit of the nextUpdate changed: still readable.
  const bytes = respond({
    answers: [{ id, nextUpdate: new Date("2040-01-01T00:00:00Z") }],
    signer,
  });
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  bytes[text.indexOf("20400101") + 3]! ^= 1;
  assertEquals(state(bytes), "wrong signer");
  const algorithm = seq(oidDer("1.2.3.4"));
  assertEquals(state(respond({ answers: [{ id }], signer, algorithm })), "wrong signer");
  const rsa = await keyCreateRsa(2048);
  assertEquals(
    state(respond({
      answers: [{ id }],
      signer,
      algorithm: signatureAlgorithm(rsa, "sha256"),
    })),
    "wrong signer",
  );
});

Deno.test("checkOcspResponse() takes RSA, P-384 and Ed25519 signatures, but none with MD5", async () => {
  for (const keyType of ["rsa", "ec384", "ed25519"] as const) {
    const other = await TestCa.create({ keyType });
    const target = await other.server("x.test");
    const answers = [{ id: idOf(other, target) }];
    const options = { certificate: target.certificate, issuer: other.cert };
    const response = respond({ answers, signer: signerOf(other) });
    assertEquals(checkOcspResponse(response, options).state, "good", keyType);
    if (keyType !== "rsa") continue;
    const sha512 = respond({ answers, signer: signerOf(other), digest: "sha512" });
    assertEquals(checkOcspResponse(sha512, options).state, "good");
    const md5 = respond({ answers, signer: signerOf(other), digest: "md5" });
    assertEquals(checkOcspResponse(md5, options).state, "wrong signer");
  }
});

Deno.test("checkOcspResponse() believes a revocation that is signed with SHA-1, and nothing good", async () => {
  for (const keyType of ["rsa", "ec"] as const) {
    const other = await TestCa.create({ keyType });
    const target = await other.server("x.test");
    const options = { certificate: target.certificate, issuer: other.cert };
    const by = (status: "good" | "revoked" | "unknown") => {
      const answers = [{ id: idOf(other, target), status }];
      return checkOcspResponse(
        respond({ answers, signer: signerOf(other), digest: "sha1" }),
        options,
      );
    };
    assertEquals(by("good").state, "error");
    assertStringIncludes(by("good").detail, "SHA-1");
    assertEquals(by("revoked").state, "revoked");
    assertEquals(by("unknown").state, "unknown");
  }
});

Deno.test("checkOcspResponse() believes nothing good of a responder whose certificate is signed with SHA-1", async () => {
  const other = await TestCa.create({ keyType: "rsa" });
  const target = await other.server("x.test");
  for (const [digest, expected] of [["sha1", "error"], ["sha256", "good"]] as const) {
    const made = await other.server({
      ...{ names: [], commonName: "responder", digest, extKeyUsage: ["OCSPSigning"] },
    });
    const response = respond({
      answers: [{ id: idOf(other, target) }],
      signer: { cert: made.certificate, key: made.privateKey },
      certs: [made.certificate.der],
    });
    const options = { certificate: target.certificate, issuer: other.cert };
    assertEquals(checkOcspResponse(response, options).state, expected, digest);
  }
});

Deno.test("checkOcspResponse() refuses unknown critical extensions, and only those", () => {
  const unknown = { oid: "1.2.3.4", critical: true, value: octets() };
  const known = { oid: "1.3.6.1.5.5.7.48.1.6", critical: true, value: octets() };
  for (const status of ["good", "revoked"] as const) {
    const inAnswer = respond({ answers: [{ id, status, extensions: [unknown] }], signer });
    const inResponse = respond({ answers: [{ id, status }], signer, extensions: [unknown] });
    for (const response of [inAnswer, inResponse]) {
      assertEquals(state(response), "error");
      assertStringIncludes(check(response).detail, "1.2.3.4");
    }
    for (const extension of [{ ...unknown, critical: false }, known]) {
      const answers = [{ id, status, extensions: [extension] }];
      assertEquals(state(respond({ answers, signer, extensions: [extension] })), status);
    }
  }
});

Deno.test("checkOcspResponse() respects thisUpdate and nextUpdate to the minute", () => {
  const time = new Date("2030-06-01T12:00:00Z");
  const at = (minutes: number) => new Date(time.getTime() + minutes * 60_000);
  const judge = (begin: number, end: number | null) =>
    check(
      respond({
        answers: [{ id, thisUpdate: at(begin), nextUpdate: end === null ? null : at(end) }],
        signer,
      }),
      { time },
    );
  assertEquals(judge(-60, 60).state, "good");
  assertEquals(judge(-60, 0).state, "good");
  assertEquals(judge(-60, -1).state, "expired");
  assertEquals(judge(5, 60).state, "good");
  assertEquals(judge(6, 60).state, "expired");
  assertStringIncludes(judge(6, 60).detail, "future");
  assertEquals(judge(4, 2).state, "expired");
  assertStringIncludes(judge(4, 2).detail, "before it begins");
  // Without nextUpdate: a day.
  assertEquals(judge(-24 * 60, null).state, "good");
  assertEquals(judge(-24 * 60 - 1, null).state, "expired");
  assertStringIncludes(judge(-24 * 60 - 1, null).detail, "24 hours");
  assertEquals(judge(6, null).state, "expired");
});

Deno.test("checkOcspResponse() goes by the given time for the responder's certificate, too", async () => {
  const { signer: cert, key } = await ca.ocspSigner("delegate");
  const time = new Date("2050-01-01T00:00:00Z");
  const answers = [{ id, thisUpdate: time, nextUpdate: new Date("2050-01-02T00:00:00Z") }];
  const response = respond({ answers, signer: { cert, key }, certs: [cert.der] });
  assertEquals(state(response, { time }), "wrong signer");
  assertEquals(state(respond({ answers, signer }), { time }), "good");
  // The key of a certificate that has ended may have leaked: it revokes nothing, either.
  const revoked = [{ ...answers[0]!, status: "revoked" as const }];
  const late = respond({ answers: revoked, signer: { cert, key }, certs: [cert.der] });
  assertEquals(state(late, { time }), "wrong signer");
  assertEquals(state(late), "revoked");
});

Deno.test("checkOcspResponse() refuses another nonce and takes none", async () => {
  const nonce = octets(Uint8Array.of(1, 2, 3));
  const other = octets(Uint8Array.of(1, 2, 4));
  const echo = await ca.ocspResponse(leaf, { nonce });
  assertEquals(state(echo, { nonce }), "good");
  assertEquals(state(echo, { nonce: other }), "error");
  assertStringIncludes(check(echo, { nonce: other }).detail, "nonce");
  assertEquals(state(echo), "good");
  assertEquals(state(await ca.ocspResponse(leaf), { nonce }), "good");
  // A nonce that is marked critical is understood.
  const extensions = [{ oid: OCSP_NONCE, critical: true, value: nonce }];
  assertEquals(state(respond({ answers: [{ id }], signer, extensions }), { nonce }), "good");
});

Deno.test("checkOcspResponse(): of several answers for one certificate revoked wins", () => {
  const old = {
    thisUpdate: new Date(Date.now() - 9 * HOUR),
    nextUpdate: new Date(Date.now() - HOUR),
  };
  const good = { id, status: "good" } as const;
  const unknown = { id, status: "unknown" } as const;
  const revoked = { id: idOf(ca, leaf, "sha256"), status: "revoked" } as const;
  const judge = (...answers: Parameters<typeof respond>[0]["answers"]) =>
    state(respond({ answers, signer }));
  assertEquals(judge(good, revoked), "revoked");
  assertEquals(judge(revoked, good, unknown), "revoked");
  assertEquals(judge(good, { ...revoked, ...old }), "revoked");
  assertEquals(judge(good, unknown), "unknown");
  assertEquals(judge({ ...good, ...old }, good), "good");
  assertEquals(judge({ ...unknown, ...old }, good), "good");
  const older = { ...old, thisUpdate: new Date("2020-01-01T00:00:00Z") };
  for (const answers of [[{ id, ...old }, { id, ...older }], [{ id, ...older }, { id, ...old }]]) {
    const verdict = check(respond({ answers, signer }));
    assertEquals(verdict.state, "expired");
    assertEquals(verdict.thisUpdate!.getFullYear() > 2020, true);
  }
});

Deno.test("checkOcspResponse(): a revocation does not end with its nextUpdate or by a nonce", async () => {
  const nonce = octets(Uint8Array.of(9));
  const response = await ca.ocspResponse(leaf, {
    status: "revoked",
    expired: true,
    nonce: octets(Uint8Array.of(1)),
  });
  assertEquals(state(response, { nonce }), "revoked");
  // But only with a right signature.
  const forged = await ca.ocspResponse(leaf, { status: "revoked", signer: "wrong" });
  assertEquals(state(forged), "wrong signer");
});

Deno.test("checkOcspResponse() reads explicit version 1 and no other", () => {
  assertEquals(state(respond({ answers: [{ id }], signer, version: 0 })), "good");
  assertEquals(state(respond({ answers: [{ id }], signer, version: 1 })), "error");
});

Deno.test("checkOcspResponse() refuses an element too many, wherever it is", () => {
  for (const junk of ["response", "typed", "basic", "tbs", "answer", "nextUpdate"] as const) {
    assertEquals(state(respond({ answers: [{ id }], signer, junk })), "error", junk);
  }
});

Deno.test("checkOcspResponse() refuses the same extension twice", () => {
  const extension = { oid: EXT.crlNumber, critical: false, value: octets() };
  const extensions = [extension, extension];
  assertEquals(state(respond({ answers: [{ id }], signer, extensions })), "error");
});

Deno.test("checkOcspResponse() throws for misuse, not for input", () => {
  assertThrows(() => check("text" as never), TypeError, "Uint8Array");
  assertThrows(() => check(null as never), TypeError, "Uint8Array");
  assertThrows(() => check(undefined, { time: new Date(NaN) }), RangeError, "time");
  assertEquals(state(new Uint8Array()), "error");
  const long = check(new Uint8Array(MAX_OCSP_RESPONSE_LENGTH + 1));
  assertEquals(long.state, "error");
  assertStringIncludes(long.detail, "256 KiB");
});
