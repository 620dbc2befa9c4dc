import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { keyCreateRsa } from "../../certificate/private_key.ts";
import { TestCa } from "../../certificate/test_ca.ts";
import { SslError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { explain, verifyCertificate } from "../../verify/mod.ts";

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
      assertEquals(report.error.report, report);
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
  await assertRejects(() => verifyCertificate("no PEM", { ca: ca.pem }), SslError);
  await assertRejects(
    () => verifyCertificate(leaf.cert, { ca: ca.pem, engine: "deno" }),
    SslUnsupportedError,
    "--allow-ffi",
  );
});

Deno.test("verifyCertificate() refuses weak keys and SHA-1, as a connection does", async () => {
  const ca = await TestCa.create();
  const small = await ca.server({ names: ["localhost"], privateKey: await keyCreateRsa(1024) });
  const sha1 = await ca.server({ names: ["localhost"], digest: "sha1" });
  const code = async (cert: string) => (await verifyCertificate(cert, { ca: ca.pem })).error?.code;
  assertEquals(await code(small.cert), "EE_KEY_TOO_SMALL");
  assertEquals(await code(sha1.cert), "CA_MD_TOO_WEAK");
});
