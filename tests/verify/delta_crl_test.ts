/** Delta CRLs, indirect CRLs and lists of a scope: on a connection and without one. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { tlv } from "../../certificate/asn1/writer.ts";
import type { Certificate } from "../../certificate/certificate.ts";
import { TestCa, type TestCertificate } from "../../certificate/mod.ts";
import { SslContext, SslError, type VerifyReport } from "../../mod.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import { explain } from "../../verify/explain/explain.ts";
import { concat, encodeHex } from "../../internal/bytes.ts";
import { shake } from "../context/harness.ts";
import {
  FRESHEST,
  INDIRECT,
  makeCrl,
  ONLY_ATTRIBUTES,
  ONLY_CAS,
  ONLY_KEY_COMPROMISE,
  ONLY_USERS,
  OTHER_REASONS,
  pointName,
  pointTo,
} from "../helpers/crl.ts";
import { isFrom } from "../helpers/openssl.ts";

const NAME = "server.example";
const ca = await TestCa.create();
const good = await ca.server(NAME);
const bad = await ca.server(NAME);
const named = await ca.server({ names: [NAME], extensions: [FRESHEST] });
const HOLD = 6, REMOVED = 8;
const of = (leaf: TestCertificate, reason?: number) => [
  { certificate: leaf.certificate, ...(reason === undefined ? {} : { reason }) },
];

/** "ok" or the code of the refusal, both ways alike, and the report. */
async function judged(
  leaf: TestCertificate,
  crls: readonly Uint8Array[],
  {
    root = ca,
    checkCrl = "leaf" as boolean | "leaf" | "chain",
    time = undefined as Date | undefined,
  } = {},
): Promise<{ code: string; report: VerifyReport }> {
  const codes: string[] = [];
  let report: VerifyReport | undefined;
  for (const lists of [crls, crls.toReversed()]) {
    report = await verifyCertificate(leaf.cert, {
      ca: root.pem,
      crls: lists,
      checkCrl: checkCrl === "leaf" ? true : checkCrl,
      ...(time === undefined ? {} : { time }),
    });
    codes.push(report.error?.code ?? "ok");
    assertEquals(report.ok, report.error === undefined);
    if (time !== undefined) continue;
    const { clientError, clientReport } = await shake(
      { ca: root.pem, crl: lists, checkCrl },
      { cert: leaf.cert, key: leaf.key },
      NAME,
    );
    codes.push(clientError === undefined ? "ok" : (clientError as SslError).code);
    assertEquals(clientReport.ok, clientError === undefined);
  }
  assertEquals(new Set(codes).size, 1, `a connection and verifyCertificate() differ: ${codes}`);
  return { code: codes[0]!, report: report! };
}

const detail = (report: VerifyReport) =>
  report.checks.find(({ name }) => name === "crl")?.detail ?? "";

for (const freshest of [false, true]) {
  const where = freshest ? "with freshestCRL" : "without freshestCRL";
  const base = makeCrl(ca, { age: 3, number: 10, freshest, revoked: of(bad) });

  Deno.test(`delta CRL ${where}: what it revokes is refused, the rest is as in the base`, async () => {
    const delta = makeCrl(ca, { age: 1, number: 11, base: 10, revoked: of(good) });
    assertEquals((await judged(good, [base])).code, "ok");
    const { code, report } = await judged(good, [base, delta]);
    assertEquals(code, "CERT_REVOKED");
    assertStringIncludes(detail(report), "with the delta CRL of");
    assertStringIncludes(explain(report.error), "has been revoked");
    assertEquals((await judged(bad, [base, delta])).code, "CERT_REVOKED", "the base's own entry");
    const kept = await judged(named, [base, delta]);
    assertEquals(kept.code, "ok");
    assertStringIncludes(detail(kept.report), "with the delta CRL of");
  });

  Deno.test(`delta CRL ${where}: of several the newest counts`, async () => {
    const older = makeCrl(ca, { age: 2, number: 11, base: 10, revoked: of(good, HOLD) });
    const clears = makeCrl(ca, { age: 1, number: 12, base: 10, revoked: of(good, REMOVED) });
    const revokes = makeCrl(ca, { age: 1, number: 12, base: 10, revoked: of(good) });
    const cleared = makeCrl(ca, { age: 2, number: 11, base: 10, revoked: of(good, REMOVED) });
    assertEquals((await judged(good, [base, older, clears])).code, "ok");
    assertEquals((await judged(good, [base, cleared, revokes])).code, "CERT_REVOKED");
    assertEquals((await judged(good, [base, older])).code, "CERT_REVOKED");
  });

  Deno.test(`delta CRL ${where}: one of an older base is superseded`, async () => {
    const old = makeCrl(ca, { age: 4, number: 9, base: 8, revoked: of(good) });
    assertEquals((await judged(good, [base, old])).code, "ok");
    const same = makeCrl(ca, { age: 3, number: 10, base: 8, revoked: of(good) });
    assertEquals((await judged(good, [base, same])).code, "ok");
  });

  Deno.test(`delta CRL ${where}: one that builds on a newer base than is given refuses the peer`, async () => {
    const ahead = makeCrl(ca, { age: 1, number: 13, base: 12 });
    const { code, report } = await judged(good, [base, ahead]);
    assertEquals(code, "UNABLE_TO_GET_CRL");
    assertStringIncludes(report.error!.message, "builds on the complete CRL 12");
    assertStringIncludes(report.error!.message, "has the number 10");
    const revokes = makeCrl(ca, { age: 1, number: 13, base: 12, revoked: of(good) });
    assertEquals((await judged(good, [base, revokes])).code, "CERT_REVOKED");
    // With the newer base all is known again.
    const newer = makeCrl(ca, { age: 2, number: 12, freshest });
    assertEquals((await judged(good, [base, newer, ahead])).code, "ok");
  });

  Deno.test(`delta CRL ${where}: one that is overdue still revokes, one of the future does not count`, async () => {
    const stale = makeCrl(ca, { age: 2, next: -1, number: 11, base: 10, revoked: of(good) });
    assertEquals((await judged(good, [base, stale])).code, "CERT_REVOKED");
    const future = makeCrl(ca, { age: -2, next: 4, number: 12, base: 10, revoked: of(good) });
    assertEquals((await judged(good, [base, future])).code, "ok");
    const lifts = makeCrl(ca, {
      age: -2,
      next: 4,
      number: 12,
      base: 10,
      revoked: of(bad, REMOVED),
    });
    assertEquals((await judged(bad, [base, lifts])).code, "CERT_REVOKED");
    const time = new Date(Date.now() + 3 * 3_600_000);
    const long = makeCrl(ca, { age: 3, next: 9, number: 10, freshest });
    assertEquals((await judged(good, [long, future], { time })).code, "CERT_REVOKED");
  });
}

Deno.test("delta CRL: removeFromCRL lifts a hold where the base or the certificate names its delta CRLs", async () => {
  const lift = (leaf: TestCertificate) =>
    makeCrl(ca, { age: 1, number: 11, base: 10, revoked: of(leaf, REMOVED) });
  const held = (leaf: TestCertificate, freshest: boolean) =>
    makeCrl(ca, { age: 3, number: 10, freshest, revoked: of(leaf, HOLD) });
  assertEquals((await judged(good, [held(good, true)])).code, "CERT_REVOKED");
  assertEquals((await judged(good, [held(good, true), lift(good)])).code, "ok");
  assertEquals((await judged(named, [held(named, false), lift(named)])).code, "ok");
  const { code, report } = await judged(good, [held(good, false), lift(good)]);
  assertEquals(code, "CERT_REVOKED");
  assertStringIncludes(report.error!.message, "freshestCRL");
});

Deno.test("delta CRL: on its own it revokes a certificate, and clears none", async () => {
  const delta = makeCrl(ca, { number: 11, base: 10, revoked: of(bad) });
  const { code, report } = await judged(good, [delta]);
  assertEquals(code, "UNABLE_TO_GET_CRL");
  assertStringIncludes(report.error!.message, "without the complete CRL that it builds on");
  assert((await judged(bad, [delta])).code !== "ok");
});

Deno.test("delta CRL: one in time keeps an expired base in force, where it is named", async () => {
  const expired = makeCrl(ca, { age: 5, next: -2, number: 10, freshest: true });
  const delta = makeCrl(ca, { age: 1, number: 11, base: 10 });
  assertEquals((await judged(good, [expired])).code, "CRL_HAS_EXPIRED");
  assertEquals((await judged(good, [expired, delta])).code, "ok");
});

Deno.test("delta CRL: one with a wrong signature is not believed", async () => {
  const stranger = await TestCa.create();
  const base = makeCrl(ca, { age: 3, number: 10, freshest: true, revoked: of(good, HOLD) });
  const forged = makeCrl(ca, {
    age: 1,
    number: 11,
    base: 10,
    revoked: of(good, REMOVED),
    signer: stranger,
  });
  assertEquals((await judged(good, [base, forged])).code, "CRL_SIGNATURE_FAILURE");
});

Deno.test("delta CRL: an intermediate that one revokes is seen by the whole-chain check", async () => {
  const inter = await ca.intermediate();
  const below = await inter.server(NAME);
  const crls = [
    makeCrl(ca, { age: 3, number: 10 }),
    makeCrl(inter, { age: 3, number: 4 }),
    makeCrl(ca, { age: 1, number: 11, base: 10, revoked: [{ certificate: inter.certificate }] }),
  ];
  assertEquals((await judged(below, crls.slice(0, 2), { checkCrl: "chain" })).code, "ok");
  const { code, report } = await judged(below, crls, { checkCrl: "chain" });
  assertEquals(code, "CERT_REVOKED");
  assertStringIncludes(report.error!.message, "at depth 1");
  assertEquals((await judged(below, crls)).code, "ok", "the leaf alone");
});

Deno.test("delta CRL: a pin does not override what it revokes, and verifyCallback may", async () => {
  const base = makeCrl(ca, { age: 3, number: 10, freshest: true });
  const delta = makeCrl(ca, { age: 1, number: 11, base: 10, revoked: of(bad) });
  const loose = makeCrl(ca, { age: 3, number: 10 });
  const server = { cert: bad.cert, key: bad.key };
  for (const crl of [[base, delta], [loose, delta]]) {
    const fingerprint = bad.certificate.fingerprint("sha256");
    const { clientError } = await shake({ ca: ca.pem, crl, fingerprint }, server);
    assertEquals((clientError as SslError).code, "CERT_REVOKED");
  }
  const accepting = await shake(
    { ca: ca.pem, crl: [base, delta], verifyCallback: () => true },
    server,
  );
  assertEquals(accepting.clientError, undefined);
});

Deno.test("delta CRLs that nothing can be made of are refused when they are given", async () => {
  const base = makeCrl(ca, { number: 10 });
  for (
    const [crl, why] of [
      [makeCrl(ca, { base: 10 }), "without a CRL number"],
      [makeCrl(ca, { base: 10, number: 11, scope: [ONLY_KEY_COMPROMISE] }), "some reasons only"],
    ] as const
  ) {
    const crls = [base, crl];
    await assertRejects(
      () => SslContext.create({ engine: "openssl", ca: ca.pem, crl: crls }),
      SslError,
      why,
    );
    await assertRejects(() => verifyCertificate(good.cert, { ca: ca.pem, crls }), SslError, why);
  }
});

Deno.test("scope: a list about other certificates clears no certificate", async () => {
  const [notCas, notAttributes] = [0x82, 0x85].map((tag) => tlv(tag, Uint8Array.of(0)));
  // Without any limit RFC 5280 forbids the extension (5.2.5), and OpenSSL refuses it from 3.5 on.
  const limitless = isFrom(0x30500000) ? "UNABLE_TO_GET_CRL" : "ok";
  for (
    const [scope, code] of [
      [[ONLY_USERS], "ok"],
      [[ONLY_USERS, notCas!, notAttributes!], "ok"],
      [[notCas!], limitless],
      [[notAttributes!], limitless],
      [[ONLY_CAS], "DIFFERENT_CRL_SCOPE"],
      [[ONLY_ATTRIBUTES], "DIFFERENT_CRL_SCOPE"],
      [[pointName("http://crl.example/1")], "DIFFERENT_CRL_SCOPE"],
    ] as const
  ) {
    const { code: found } = await judged(good, [makeCrl(ca, { scope })]);
    assertEquals(found, code, encodeHex(concat(scope)));
  }
  const both = [ONLY_USERS, ONLY_CAS].map((field) => makeCrl(ca, { scope: [field] }));
  assertEquals((await judged(good, both)).code, "ok");
});

Deno.test("scope: a list about some certificates revokes beside a complete one, if that is not newer", async () => {
  for (const scope of [ONLY_USERS, INDIRECT]) {
    const some = makeCrl(ca, { age: 2, scope: [scope], revoked: of(bad) });
    for (const age of [2, 3]) {
      assertEquals((await judged(bad, [some, makeCrl(ca, { age })])).code, "CERT_REVOKED");
      assertEquals((await judged(good, [some, makeCrl(ca, { age })])).code, "ok");
    }
    assertEquals((await judged(bad, [some, makeCrl(ca, { age: 1 })])).code, "ok");
  }
});

Deno.test("scope: a delta CRL about other certificates does not stand in the way", async () => {
  const lists = (scope: Uint8Array, number: number) => [
    makeCrl(ca, { age: 3, number, scope: [scope] }),
    makeCrl(ca, { age: 1, number: number + 1, base: number, scope: [scope] }),
  ];
  const [users] = lists(ONLY_USERS, 5);
  const [, cas] = lists(ONLY_CAS, 7);
  assertEquals((await judged(good, [users!, cas!])).code, "ok");
  const [, about] = lists(pointName("http://crl.example/2"), 7);
  assertEquals((await judged(good, [users!, about!])).code, "ok");
  const pointed = await ca.server({ names: [NAME], crlUris: ["http://crl.example/2"] });
  assertEquals((await judged(pointed, [users!, about!])).code, "UNABLE_TO_GET_CRL");
  assertEquals((await judged(good, [users!, lists(ONLY_USERS, 9)[1]!])).code, "UNABLE_TO_GET_CRL");
});

Deno.test("scope: lists about some reasons clear a certificate only together", async () => {
  const part = (scope: Uint8Array, revoked = of(bad)) => makeCrl(ca, { scope: [scope], revoked });
  const some = part(ONLY_KEY_COMPROMISE);
  assert((await judged(good, [some])).code !== "ok");
  assertEquals((await judged(bad, [some])).code, "CERT_REVOKED");
  const rest = part(OTHER_REASONS, []);
  assertEquals((await judged(good, [some, rest])).code, "ok");
  assertEquals((await judged(bad, [some, rest])).code, "CERT_REVOKED");
});

Deno.test("indirect CRL: what one of another CA lists is revoked, and it clears nothing", async () => {
  const inter = await ca.intermediate();
  const issuer = tlv(0xa2, tlv(0xa4, ca.certificate.rawSubject));
  const make = () => inter.server({ names: [NAME], extensions: [pointTo("2.5.29.31", issuer)] });
  const [fine, gone] = [await make(), await make()];
  const plain = await inter.server(NAME);
  const own = makeCrl(inter);
  const listed = [gone, plain].map(({ certificate }) => ({ certificate, named: true }));
  const list = makeCrl(ca, { scope: [INDIRECT], revoked: listed });
  assertEquals((await judged(fine, [own, list])).code, "ok");
  for (const each of [gone, plain]) {
    assertEquals((await judged(each, [own])).code, "ok");
    const { code, report } = await judged(each, [own, list]);
    assertEquals(code, "CERT_REVOKED");
    assertStringIncludes(detail(report), "by the indirect CRL of");
  }
  const { code, report } = await judged(fine, [list]);
  assertEquals(code, "UNABLE_TO_GET_CRL");
  assertStringIncludes(detail(report), "which can revoke it, but not clear it");
});

Deno.test("indirect CRL: an entry is about the issuer that it or one before it names", async () => {
  const inter = await ca.intermediate();
  const serial = 4711;
  const [one, twin] = [
    await inter.server({ names: [NAME], serial }),
    await ca.server({
      names: [NAME],
      serial,
    }),
  ];
  const next = await inter.server(NAME);
  const lists = [makeCrl(inter), makeCrl(ca)];
  const about = (
    ...revoked: { certificate: Certificate; named?: boolean }[]
  ) => [...lists, makeCrl(ca, { scope: [INDIRECT], revoked, number: 7 })];
  const twins = about({ certificate: twin.certificate, named: true });
  assertEquals((await judged(one, twins)).code, "ok");
  assertEquals((await judged(twin, twins)).code, "CERT_REVOKED");
  const both = about({ certificate: one.certificate, named: true }, {
    certificate: next.certificate,
  });
  assertEquals((await judged(one, both)).code, "CERT_REVOKED");
  assertEquals((await judged(next, both)).code, "CERT_REVOKED");
  assertEquals((await judged(twin, both)).code, "ok");
});

Deno.test("indirect CRL: a delta CRL of it revokes", async () => {
  const inter = await ca.intermediate();
  const gone = await inter.server(NAME);
  const lists = [makeCrl(inter), makeCrl(ca, { age: 3, number: 10, scope: [INDIRECT] })];
  const revoked = [{ certificate: gone.certificate, named: true }];
  const delta = makeCrl(ca, { age: 1, number: 11, base: 10, scope: [INDIRECT], revoked });
  assertEquals((await judged(gone, lists)).code, "ok");
  assertEquals((await judged(gone, [...lists, delta])).code, "CERT_REVOKED");
});
