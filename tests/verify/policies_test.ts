/** The four inputs of certificate policy processing (RFC 5280 6.1.1), and a very long chain. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { int, oidContent, seq, tlv } from "../../certificate/asn1/writer.ts";
import type { Extension } from "../../certificate/extensions/read.ts";
import { TestCa } from "../../certificate/mod.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import type { VerifyCertificateOptions } from "../../context/verify_certificate_options.ts";
import { policies as under } from "../helpers/crl.ts";

const ANY = "2.5.29.32.0", GOLD = "1.2.3.4.1", SILVER = "1.2.3.4.2", OTHER = "1.2.3.4.9";
const oid = (text: string) => tlv(0x06, oidContent(text));
const maps = (from: string, to: string): Extension => ({
  oid: "2.5.29.33",
  critical: true,
  value: seq(seq(oid(from), oid(to))),
});
/** policyConstraints: the chain must be valid under some policy. */
const DEMANDS: Extension = { oid: "2.5.29.36", critical: true, value: seq(int(0, 0x80)) };

const root = await TestCa.create();

/** Asks about a leaf below one intermediate, with these extensions. */
async function below(ca: readonly Extension[], leaf: readonly Extension[]) {
  const inter = await root.intermediate({ extensions: ca });
  const { cert } = await inter.server({ names: ["localhost"], extensions: leaf });
  return async (options: VerifyCertificateOptions = {}): Promise<string> => {
    const report = await verifyCertificate(cert, { ca: root.pem, ...options });
    assertEquals(report.ok, report.error === undefined);
    return report.error?.code ?? "ok";
  };
}

const NONE = "NO_EXPLICIT_POLICY";

Deno.test("verifyCertificate() policies: [] is any policy, and none is needed", async () => {
  const gold = await below([under(GOLD), DEMANDS], [under(GOLD)]);
  assertEquals(await gold({ policies: [] }), "ok");
  assertEquals(await gold({ policies: [GOLD] }), "ok");
  assertEquals(await gold({ policies: [OTHER, GOLD] }), "ok");
  assertEquals(await gold({ policies: [OTHER] }), NONE);
  assertEquals(await gold({ policies: [ANY] }), "ok");
  const bare = await below([], []);
  assertEquals(await bare({ policies: [] }), "ok");
  assertEquals(await bare({ policies: [GOLD] }), NONE);
  assertEquals(await bare({ policies: [ANY] }), NONE, "any, but one");
  // A chain that demands a policy and has none.
  const broken = await below([DEMANDS], []);
  assertEquals(await broken({ policies: [] }), NONE);
  assertEquals(await broken(), "ok", "policies are not processed");
});

Deno.test("verifyCertificate() explicitPolicy demands a policy, or leaves it to the chain", async () => {
  const bare = await below([], []);
  assertEquals(await bare({ explicitPolicy: true }), NONE);
  assertEquals(await bare({ explicitPolicy: true, policies: [] }), NONE);
  assertEquals(await bare({ explicitPolicy: false, policies: [GOLD] }), "ok");
  const gold = await below([under(GOLD)], [under(GOLD)]);
  assertEquals(await gold({ explicitPolicy: true }), "ok");
  assertEquals(await gold({ explicitPolicy: false, policies: [OTHER] }), "ok");
  const demanding = await below([under(GOLD), DEMANDS], [under(GOLD)]);
  assertEquals(await demanding({ explicitPolicy: false, policies: [OTHER] }), NONE);
});

Deno.test("verifyCertificate() inhibitPolicyMapping: no policy stands for another", async () => {
  const mapped = await below([under(GOLD), maps(GOLD, SILVER)], [under(SILVER)]);
  assertEquals(await mapped({ policies: [GOLD] }), "ok");
  assertEquals(await mapped({ policies: [GOLD], inhibitPolicyMapping: true }), NONE);
  assertEquals(await mapped({ policies: [GOLD], inhibitPolicyMapping: false }), "ok");
  assertEquals(await mapped({ inhibitPolicyMapping: true }), "ok", "no policy is demanded");
});

Deno.test("verifyCertificate() inhibitAnyPolicy: anyPolicy in a certificate matches no other", async () => {
  const any = await below([under(ANY)], [under(GOLD)]);
  assertEquals(await any({ policies: [GOLD] }), "ok");
  assertEquals(await any({ policies: [GOLD], inhibitAnyPolicy: true }), NONE);
  assertEquals(await any({ policies: [GOLD], inhibitAnyPolicy: false }), "ok");
  assertEquals(await any({ explicitPolicy: true, inhibitAnyPolicy: true }), NONE);
});

Deno.test("verifyCertificate() refuses wrong values of the options about policies", async () => {
  const { cert } = await root.server("localhost");
  for (const name of ["explicitPolicy", "inhibitPolicyMapping", "inhibitAnyPolicy"] as const) {
    const options = { ca: root.pem, [name]: 1 } as VerifyCertificateOptions;
    await assertRejects(() => verifyCertificate(cert, options), TypeError, name);
  }
  for (const policies of [["anyPolicy"], [""], ["1"], [1], [[GOLD]]]) {
    const options = { ca: root.pem, policies } as VerifyCertificateOptions;
    await assertRejects(() => verifyCertificate(cert, options), TypeError, "OID");
  }
});

Deno.test("verifyCertificate() depth: more than a hundred intermediates, if that is wanted", async () => {
  const chain: TestCa[] = [root];
  for (let i = 0; i < 103; i++) chain.push(await chain.at(-1)!.intermediate());
  const { cert } = await chain.at(-1)!.server("localhost");
  const code = async (depth?: number) => {
    const options = depth === undefined ? {} : { depth };
    const report = await verifyCertificate(cert, { ca: root.pem, ...options });
    return report.error?.code ?? "ok";
  };
  assertEquals(await code(103), "ok");
  assertEquals(await code(2 ** 30 - 1), "ok");
  assertEquals(await code(102), "CERT_CHAIN_TOO_LONG");
  assertEquals(await code(), "CERT_CHAIN_TOO_LONG");
  for (const depth of [-1, 1.5, 2 ** 30, Infinity, NaN]) {
    await assertRejects(() => code(depth), TypeError, "depth");
  }
});
