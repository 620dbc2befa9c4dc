/** A wrong value must not come out as something more lenient than was meant. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import type { VerifyCertificateOptions } from "../../context/verify_certificate_options.ts";
import { ca, leaf } from "../context/harness.ts";

const WRONG: readonly (readonly [option: string, value: unknown])[] = [
  ["time", new Date(NaN)],
  ["time", 5],
  ["time", null],
  ["depth", -1],
  ["depth", NaN],
  ["depth", 1.5],
  ["depth", "0"],
  ["checkCrl", "Chain"],
  ["checkCrl", "none"],
  ["checkCrl", 1],
  ["policies", "1.2.3"],
  ["purpose", "constructor"],
  ["purpose", "__proto__"],
  ["purpose", "Server"],
  ["scheme", "RFC9525"],
  ["scheme", {}],
];

for (const [option, value] of WRONG) {
  Deno.test(`verifyCertificate() refuses ${option}: ${Deno.inspect(value)}`, async () => {
    const options = { ca: ca.pem, host: "server.example", [option]: value };
    await assertRejects(
      () => verifyCertificate(leaf.cert, options as VerifyCertificateOptions),
      TypeError,
    );
  });
}

Deno.test("verifyCertificate() accepts valid values", async () => {
  const time = new Date();
  for (const more of [{ time }, { depth: 0 }, { depth: 100 }, { checkCrl: false }] as const) {
    const report = await verifyCertificate(leaf.cert, {
      ca: ca.pem,
      host: "server.example",
      purpose: "server",
      ...more,
    });
    assertEquals([report.ok, report.error], [true, undefined]);
  }
});
