import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { keyCreateRsa } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import { explain } from "../../verify/explain/explain.ts";
import { refuses } from "../helpers/refuses.ts";

interface Pkits {
  time: number;
  tests: { id: string; valid: boolean; certs: string[]; crls: string[] }[];
  certs: Record<string, string>;
  crls: Record<string, string>;
}

Deno.test("verifyCertificate() is right on NIST PKITS 1 to 7 but for DSA keys of 1,024 bits, and never accepts wrongly", async () => {
  const data: Pkits = JSON.parse(
    await Deno.readTextFile(new URL("../testdata/pkits-1-7.json", import.meta.url)),
  );
  const wrong: string[] = [];
  for (const test of data.tests) {
    const [anchor, ...path] = test.certs.map((name) => data.certs[name]!);
    const report = await verifyCertificate(path.pop()!, {
      intermediates: path,
      ca: anchor!,
      crls: test.crls.map((name) => data.crls[name]!),
      time: new Date(data.time * 1000),
    });
    assert(!report.ok || test.valid, `false accept: ${test.id}`);
    assertEquals(report.ok, report.error === undefined);
    if (report.ok !== test.valid) wrong.push(test.id);
  }
  assertEquals(wrong, ["4.1.4", "4.1.5"]);
});

const ca = await TestCa.create();
const leaf = await ca.server("localhost", "127.0.0.1");

Deno.test("verifyCertificate() reports the chain, the anchor and every check", async () => {
  const inter = await ca.intermediate();
  const below = await inter.server("below.example");
  const report = await verifyCertificate(below.cert, { ca: ca.pem, host: "below.example" });
  assertEquals(report.ok, true);
  assertEquals(report.chain.map((c) => c.subject), [
    below.certificate.subject,
    inter.cert.subject,
    ca.cert.subject,
  ]);
  assertEquals(report.anchor?.subject, ca.cert.subject);
  assertEquals(report.checks.map((c) => [c.name, c.ok]), [["chain", true], ["hostname", true]]);
});

Deno.test("verifyCertificate() takes any certificate as its anchor", async () => {
  const report = await verifyCertificate(leaf.certificate, { ca: leaf.certificate });
  assertEquals(report.ok, true);
});

const DAY = 86_400_000;

Deno.test("verifyCertificate() refuses, with the code and an explanation", async (t) => {
  const other = await TestCa.create();
  const inter = await ca.intermediate();
  const constrained = await ca.nameConstrained({ permitted: ["good.example"] });
  const revoked = await ca.revoked("localhost");
  const forged = leaf.certificate.der.slice();
  forged[forged.length - 3]! ^= 1;
  const ok = { ca: ca.pem };
  const cases: [string, Parameters<typeof verifyCertificate>, string, string][] = [
    ["another CA", [leaf.cert, { ca: other.pem }], "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "extraCa"],
    ["no CA", [leaf.cert, { ca: [] }], "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "trust"],
    [
      "a wrong name",
      [leaf.cert, { ...ok, host: "a.example" }],
      "HOSTNAME_MISMATCH",
      "DNS:localhost",
    ],
    [
      "a wrong address",
      [leaf.cert, { ...ok, host: "127.0.0.2" }],
      "IP_ADDRESS_MISMATCH",
      "127.0.0.1",
    ],
    ["an expired leaf", [(await ca.expired("localhost")).cert, ok], "CERT_HAS_EXPIRED", "clock"],
    [
      "a leaf of tomorrow",
      [(await ca.notYetValid("localhost")).cert, ok],
      "CERT_NOT_YET_VALID",
      "clock",
    ],
    [
      "a wrong purpose",
      [(await ca.wrongEku("localhost")).cert, ok],
      "INVALID_PURPOSE",
      "serverAuth",
    ],
    ["a client's leaf", [(await ca.client("x")).cert, ok], "INVALID_PURPOSE", "serverAuth"],
    [
      "a later time",
      [leaf.cert, { ...ok, time: new Date(Date.now() + 400 * DAY) }],
      "CERT_HAS_EXPIRED",
      "expired on",
    ],
    [
      "a missing intermediate",
      [
        (await inter.server({ names: ["x"], aiaIssuers: ["http://ca.example/i.cer"] })).certificate,
        ok,
      ],
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "http://ca.example/i.cer",
    ],
    [
      "a constrained name",
      [(await constrained.server("bad.example")).cert, ok],
      "PERMITTED_VIOLATION",
      "name constraints",
    ],
    ["a revoked leaf", [revoked.cert, { ...ok, crls: ca.crl() }], "CERT_REVOKED", "revoked"],
    ["a missing CRL", [leaf.cert, { ...ok, crls: other.crl() }], "UNABLE_TO_GET_CRL", "crlFile"],
    [
      "an old CRL",
      [leaf.cert, { ...ok, crls: ca.crl({ nextUpdate: new Date(Date.now() - DAY) }) }],
      "CRL_HAS_EXPIRED",
      "nextUpdate",
    ],
    ["a forged signature", [forged, ok], "CERT_SIGNATURE_FAILURE", "forged"],
    [
      "a policy that is not there",
      [leaf.cert, { ...ok, policies: ["1.2.3.4"] }],
      "NO_EXPLICIT_POLICY",
      "",
    ],
    [
      "a chain too long",
      [(await inter.server("x")).cert, { ...ok, depth: 0 }],
      "CERT_CHAIN_TOO_LONG",
      "",
    ],
  ];
  for (const [name, args, code, words] of cases) {
    await t.step(name, async () => {
      const report = await verifyCertificate(...args);
      assertEquals([report.ok, report.error?.code], [false, code]);
      assert(report.error instanceof SslVerifyError);
      assertStrictEquals(report.error.report as unknown, report);
      assertStringIncludes(explain(report.error), words);
      assert(report.checks.some((check) => check.ok === false));
    });
  }
});

Deno.test("verifyCertificate() refuses mistakes in its call", async () => {
  const slip = { hosts: "localhost" } as object;
  await assertRejects(() => verifyCertificate(leaf.cert, slip), TypeError, 'use "host"');
  const purpose = { ca: ca.pem, purpose: "servers" as "server" };
  await assertRejects(() => verifyCertificate(leaf.cert, purpose), TypeError, "unknown purpose");
  const policies = { ca: ca.pem, policies: ["not an oid"] };
  await assertRejects(() => verifyCertificate(leaf.cert, policies), TypeError, "OID");
  await refuses(() => verifyCertificate("no PEM", { ca: ca.pem }), SslError, "ERR_PEM");
  await assertRejects(
    () => verifyCertificate(leaf.cert, { ca: ca.pem, engine: "deno" }),
    SslUnsupportedError,
    "--allow-ffi",
  );
});

Deno.test("verifyCertificate() reports a malformed certificate, as a connection refuses it", async () => {
  const { der, pem } = leaf.certificate;
  const inter = await ca.intermediate();
  const below = (await inter.server("x")).certificate;
  const broken = pem.replace(/\n[A-Za-z0-9+/]/, "\n*");
  const short = der.slice(0, -1);
  const cases: [string, Parameters<typeof verifyCertificate>][] = [
    ["a leaf cut short", [short]],
    ["a leaf with junk after it", [Uint8Array.of(...der, 0)]],
    ["bytes that are not a certificate", [Uint8Array.of(1, 2, 3)]],
    ["no bytes at all", [new Uint8Array()]],
    ["a leaf in damaged PEM", [broken]],
    ["a leaf whose PEM has no end", [pem.slice(0, 100)]],
    ["PEM of another kind", [leaf.key]],
    ["a second certificate in damaged PEM", [pem + broken]],
    ["an intermediate cut short", [below, { intermediates: inter.cert.der.slice(0, -1) }]],
    ["one more intermediate, cut short", [below, { intermediates: [inter.cert, short] }]],
    ["one more intermediate in damaged PEM", [below, { intermediates: [inter.pem, broken] }]],
    ["an intermediate that nobody needs", [der, { intermediates: [Uint8Array.of(0x30, 0)] }]],
  ];
  for (const [name, [bad, options]] of cases) {
    const report = await verifyCertificate(bad, { ca: ca.pem, host: "localhost", ...options });
    assertEquals([report.ok, report.error?.code], [false, "UNSPECIFIED"], name);
    assert(report.error instanceof SslVerifyError);
    assertStrictEquals(report.error.report as unknown, report);
    assertStringIncludes(report.error.reason, "malformed");
    assert(report.checks.some((check) => check.ok === false));
    assertStringIncludes(explain(report.error), "malformed", name);
    assert(!report.error.message.includes(leaf.key.slice(40, 60)));
  }
  assertEquals((await verifyCertificate(below, { ca: ca.pem, intermediates: inter.pem })).ok, true);
});

Deno.test("Engine.verifyChain() reports a certificate that OpenSSL cannot read", async () => {
  const { selectEngine } = await import("../../engine/load.ts");
  const engine = await selectEngine("openssl");
  const trust = { anchors: [ca.cert.der], extra: [], crls: [], checkCrl: "none" } as const;
  const [good, bad] = [leaf.certificate.der, leaf.certificate.der.slice(0, -1)];
  for (
    const [first, intermediates, which] of [
      [bad, [], "the leaf"],
      [good, [ca.cert.der, bad], "an intermediate"],
    ] as const
  ) {
    const result = await engine.verifyChain!({ leaf: first, intermediates, trust });
    assertEquals([result.error, result.errorDepth, result.chain.length], [1, 0, 0]);
    assertStringIncludes(result.errorText, `${which} certificate is malformed`);
  }
});

Deno.test("verifyCertificate() counts the age of a CRL from its time", async () => {
  const thisUpdate = new Date(Date.now() - DAY);
  const nextUpdate = new Date(Date.now() + 60 * DAY);
  const crls = ca.crl({ thisUpdate, nextUpdate });
  for (
    const [days, age] of [[0, "24 hours old"], [9, "10 days old"], [30, "31 days old"]] as const
  ) {
    const time = new Date(Date.now() + days * DAY);
    const report = await verifyCertificate(leaf.cert, { ca: ca.pem, crls, time, checkCrl: true });
    assertEquals(report.ok, true);
    assertStringIncludes(report.checks.find(({ name }) => name === "crl")!.detail, age);
  }
  const time = new Date(Date.now() + 61 * DAY);
  const late = await verifyCertificate(leaf.cert, { ca: ca.pem, crls, time });
  assertEquals(late.error?.code, "CRL_HAS_EXPIRED");
  assertStringIncludes(late.error!.message, "62 days old");
  // The list that is in force at that time, and not the newest one of today.
  const next = ca.crl({ thisUpdate: new Date(Date.now() + 20 * DAY), nextUpdate });
  for (const [days, of] of [[10, "11 days old"], [30, "10 days old"]] as const) {
    const time = new Date(Date.now() + days * DAY);
    const report = await verifyCertificate(leaf.cert, { ca: ca.pem, crls: [crls, next], time });
    assertStringIncludes(report.checks.find(({ name }) => name === "crl")!.detail, of);
  }
});

Deno.test("verifyCertificate() refuses weak keys and SHA-1, as a connection does", async () => {
  const ca = await TestCa.create();
  const small = await ca.server({ names: ["localhost"], privateKey: await keyCreateRsa(1024) });
  const sha1 = await ca.server({ names: ["localhost"], digest: "sha1" });
  const code = async (cert: string) => (await verifyCertificate(cert, { ca: ca.pem })).error?.code;
  assertEquals(await code(small.cert), "EE_KEY_TOO_SMALL");
  assertEquals(await code(sha1.cert), "CA_MD_TOO_WEAK");
});
