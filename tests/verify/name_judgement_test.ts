/** The name of a peer that is met again is compared once, as long as nothing that it rests on differs. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { certCreate } from "../../certificate/mod.ts";
import { judgeNameOnce } from "../../verify/name_judgement.ts";
import type { Policy } from "../../verify/policy.ts";
import { PublicSuffix } from "../../verify/public_suffix.ts";
import { resolveScheme } from "../../verify/schemes.ts";
import { shownCertificate } from "../../verify/make_report.ts";
import type { Scheme } from "../../verify/schemes.ts";

const named = async (...names: string[]) => {
  const { cert } = await certCreate({
    subject: { commonName: "common.test" },
    subjectAltNames: names.map((value) => ["DNS", value] as [string, string]),
  });
  return cert.der;
};
const der = await named("one.test", "*.test", "*.co.uk");
const other = await named("other.example");

interface Asked {
  readonly host?: string;
  readonly scheme?: Scheme;
  readonly publicSuffix?: Policy["publicSuffix"];
  readonly certificate?: Uint8Array;
}

/** The judgement on a connection of its own. */
function ok({ host = "one.test", scheme, publicSuffix, certificate = der }: Asked): boolean {
  const policy: Policy = {
    role: "client",
    engine: "openssl",
    verifyMode: 1,
    scheme: resolveScheme(scheme),
    publicSuffix,
    pins: [],
    forceFingerprint: false,
    defaultsApplied: [],
  };
  const evidence = {
    chain: [],
    presented: [certificate],
    error: 0,
    errorDepth: 0,
    errorText: "",
    resumed: false,
  };
  const leaf = shownCertificate(certificate.slice());
  const names = { serverName: undefined, verifyName: host };
  return judgeNameOnce(evidence, evidence, leaf, policy, names).check.ok === true;
}

Deno.test("a name that matched says nothing about another name, certificate, scheme or suffix list", () => {
  const cases: readonly [Asked, boolean][] = [
    [{}, true],
    [{ host: "two.example" }, false],
    [{}, true],
    [{ certificate: other }, false],
    [{ certificate: other, host: "other.example" }, true],
    [{ certificate: other }, false],
    [{ host: "common.test", scheme: { checkCn: "always" } }, true],
    [{ host: "common.test", scheme: { checkCn: 0 } }, false],
    [{ host: "common.test", scheme: { checkCn: "always" } }, true],
    [{ host: "shop.co.uk", scheme: "http" }, false],
    [{ host: "shop.co.uk", scheme: "http", publicSuffix: "" }, true],
    [{ host: "shop.co.uk", scheme: "http", publicSuffix: PublicSuffix.fromString("uk") }, true],
    [{ host: "shop.co.uk", scheme: "http" }, false],
    [{ scheme: { wildcardsInAlt: 0 } }, true],
    [{ host: "two.example", scheme: "none" }, false], // not checked
  ];
  for (const [asked, expected] of [...cases, ...cases]) {
    assertEquals(ok(asked), expected, JSON.stringify({ ...asked, certificate: undefined }));
  }
});

Deno.test("a function of the program is asked on each connection", () => {
  const answers = [true, false, true, true, false];
  let asked = 0;
  const scheme = { callback: () => answers[asked++]! };
  assertEquals(answers.map(() => ok({ scheme })), answers);
  assertEquals(asked, 5);
});
