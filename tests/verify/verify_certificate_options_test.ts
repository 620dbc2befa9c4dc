/** What verifyCertificate() takes, and what it refuses before anything is verified. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { TestCa } from "../../certificate/mod.ts";
import { SslError, verifyCertificate, type VerifyCertificateOptions } from "../../mod.ts";
import { refuses } from "../helpers/refuses.ts";
import { policies } from "../helpers/crl.ts";

const ca = await TestCa.create();
const inter = await ca.intermediate();
const leaf = await inter.server({ names: ["a.example"], extensions: [policies("1.2.3")] });
const [own] = leaf.chain;
const trust = { ca: ca.pem, intermediates: inter.cert.pem };
const outcome = async (options: VerifyCertificateOptions, certificate = own!.pem) => {
  const { ok, error } = await verifyCertificate(certificate, options);
  return ok ? "ok" : error!.code;
};

Deno.test("verifyCertificate() refuses every value that would be ignored or taken for something else", async () => {
  const bad: [string, unknown[], string][] = [
    ["time", [new Date(NaN), Date.now(), "2026-01-01", null], "must be a valid Date"],
    ["depth", [-1, 1.5, "3", NaN, 0x40000000, null], "must be a whole number from 0 to 1073741823"],
    ["checkCrl", ["none", 1, 0, "all", null], 'must be true, false, "leaf" or "chain"'],
    [
      "policies",
      ["1.2.3", [1], ["any"], ["1"], ["1.2."], [undefined], {}],
      "must be a list of OIDs such as 2.5.29.32.0",
    ],
    ...["explicitPolicy", "inhibitPolicyMapping", "inhibitAnyPolicy"].map((name) =>
      [name, [1, 0, "true", null], "must be true or false"] as [string, unknown[], string]
    ),
  ];
  for (const [name, values, must] of bad) {
    for (const value of values) {
      await assertRejects(
        () => verifyCertificate(own!.pem, { ...trust, [name]: value }),
        TypeError,
        `Cannot use option "${name}": ${must}: received `,
      );
    }
  }
  await assertRejects(
    () => verifyCertificate(own!.pem, { ...trust, anchors: 1 } as never),
    TypeError,
    'unknown option "anchors"',
  );
});

Deno.test("verifyCertificate() takes the values at the edges, and those that are not given", async () => {
  for (
    const options of [
      {},
      { time: undefined, depth: undefined, checkCrl: undefined, policies: undefined },
      { time: new Date(), depth: 0x3fffffff, checkCrl: false },
      { depth: 1, explicitPolicy: false, inhibitAnyPolicy: false, inhibitPolicyMapping: false },
    ] as VerifyCertificateOptions[]
  ) assertEquals(await outcome({ ...trust, ...options }), "ok");
  assertEquals(await outcome({ ...trust, depth: 0 }), "CERT_CHAIN_TOO_LONG");
});

Deno.test("verifyCertificate(): text without PEM is a mistake in the call, and says which", async () => {
  const cases: [string, VerifyCertificateOptions, string][] = [
    ["", {}, "Cannot read the leaf: it is empty"],
    ["text", {}, "Cannot read the leaf: it is not PEM"],
    [own!.pem, { intermediates: "" }, "Cannot read intermediates: it is empty"],
    [
      own!.pem,
      { intermediates: [inter.cert.pem, "text"] },
      "Cannot read intermediates: it is not PEM",
    ],
  ];
  for (const [certificate, options, message] of cases) {
    const call = () => verifyCertificate(certificate, { ca: ca.pem, ...options });
    assertEquals((await refuses(call, SslError, "ERR_PEM")).message, message);
  }
});

Deno.test("verifyCertificate() reports a malformed certificate, the leaf or an intermediate, by its name", async () => {
  const broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  const about = async (certificate: string, options: VerifyCertificateOptions) => {
    const { ok, error, checks } = await verifyCertificate(certificate, { ca: ca.pem, ...options });
    return [
      ok,
      error!.code,
      error!.errno,
      error!.reason,
      checks.map(({ name, ok }) => `${name} ${ok}`).join(),
    ];
  };
  const chain = "chain false";
  assertEquals(await about(broken, {}), [false, "UNSPECIFIED", 1, "the leaf is malformed", chain]);
  assertEquals(await about(own!.pem, { intermediates: broken }), [
    false,
    "UNSPECIFIED",
    1,
    "an intermediate is malformed",
    chain,
  ]);
});

Deno.test("verifyCertificate() takes intermediates behind the leaf in its text, and the name with a port", async () => {
  assertEquals(await outcome({ ca: ca.pem }, own!.pem + inter.cert.pem), "ok");
  assertEquals(await outcome({ ca: ca.pem }), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
  assertEquals(await outcome({ ...trust, host: "a.example:443" }), "ok");
  assertEquals(await outcome({ ...trust, host: "b.example" }), "HOSTNAME_MISMATCH");
  assertEquals(await outcome({ ...trust, host: "b.example", scheme: "none" }), "ok");
});

Deno.test("verifyCertificate(): policies ask for one of theirs; none that are given ask for nothing", async () => {
  const NONE = "NO_EXPLICIT_POLICY";
  const [named] =
    (await ca.server({ names: ["a.example"], extensions: [policies("1.2.3")] })).chain;
  const of = (options: VerifyCertificateOptions) => outcome({ ca: ca.pem, ...options }, named!.pem);
  assertEquals([await of({}), await of({ policies: [] })], ["ok", "ok"]);
  assertEquals([await of({ policies: ["1.2.3"] }), await of({ policies: ["1.2.4"] })], [
    "ok",
    NONE,
  ]);
  assertEquals(await of({ policies: ["1.2.4"], explicitPolicy: false }), "ok");
  const [bare] = (await ca.server("a.example")).chain;
  assertEquals(await outcome({ ca: ca.pem, explicitPolicy: true }, bare!.pem), NONE);
  assertEquals(await outcome({ ca: ca.pem, policies: [] }, bare!.pem), "ok");
});

Deno.test("verifyCertificate() checks lists as soon as there are any, of the whole chain unless told", async () => {
  const lists = [ca.crl(), inter.crl()];
  assertEquals(await outcome({ ...trust, crls: lists }), "ok");
  assertEquals(await outcome({ ...trust, crls: inter.crl() }), "UNABLE_TO_GET_CRL");
  assertEquals(await outcome({ ...trust, crls: inter.crl(), checkCrl: "leaf" as never }), "ok");
  assertEquals(await outcome({ ...trust, crls: inter.crl(), checkCrl: false }), "ok");
  assertEquals(await outcome({ ...trust, checkCrl: true }), "UNABLE_TO_GET_CRL");
});
