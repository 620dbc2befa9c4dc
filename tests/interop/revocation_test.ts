/** Revocation lists and OCSP answers against openssl(1): what TestCa makes, and which list counts. */
import "../helpers/limit.ts";
import { encodeHex } from "../../internal/bytes.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { derToPem } from "../../certificate/keys/pem.ts";
import { TestCa } from "../../testing/ca.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import { FRESHEST, INDIRECT, makeCrl, ONLY_CAS, ONLY_USERS } from "../helpers/crl.ts";
import { workshop } from "./workshop.ts";

const REASONS = {
  keyCompromise: "Key Compromise",
  cACompromise: "CA Compromise",
  affiliationChanged: "Affiliation Changed",
  superseded: "Superseded",
  cessationOfOperation: "Cessation Of Operation",
  certificateHold: "Certificate Hold",
  unspecified: "Unspecified",
} as const;

/** A date as openssl prints it. */
function printed(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/.exec(date.toUTCString())!;
  return `${month} ${day!.replace(/^0/, " ")} ${time} ${year} GMT`;
}

const serial = (bytes: Uint8Array): string => encodeHex(bytes).replace(/^00/, "").toUpperCase();

Deno.test("openssl crl reads every field of TestCa's CRLs, and their signature", () =>
  workshop(async (w) => {
    for (const keyType of ["ec", "ec521", "rsa", "ed25519"] as const) {
      const ca = await TestCa.create({ keyType });
      w.write("ca.pem", ca.pem);
      w.write("crl.pem", ca.crl());
      const empty = await w.openssl("crl -in crl.pem -noout -text -CAfile ca.pem");
      assertStringIncludes(empty, "verify OK");
      assertStringIncludes(empty, "No Revoked Certificates");
      const revoked = [];
      for (const [i, reason] of (Object.keys(REASONS) as (keyof typeof REASONS)[]).entries()) {
        const { certificate } = await ca.server(`${reason}.example`);
        const time = new Date(Date.UTC(2025, 1, 1 + i, 12));
        ca.revoke(certificate, reason, time);
        revoked.push({ certificate, reason, time });
      }
      const thisUpdate = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
      const nextUpdate = new Date(Date.UTC(2051, 0, 2, 3, 4, 5));
      w.write("crl.pem", ca.crl({ thisUpdate, nextUpdate }));
      const text = await w.openssl("crl -in crl.pem -noout -text -CAfile ca.pem");
      assertStringIncludes(text, "verify OK");
      assertStringIncludes(text, "Version 2");
      assertStringIncludes(text, `Last Update: ${printed(thisUpdate)}`);
      assertStringIncludes(text, `Next Update: ${printed(nextUpdate)}`);
      assertMatch(text, /X509v3 CRL Number: \n\s+2\n/);
      const keyId = encodeHex(ca.cert.subjectKeyIdentifier!).toUpperCase().match(/../g)!.join(":");
      assertMatch(text, new RegExp(`X509v3 Authority Key Identifier: \\n\\s+(keyid:)?${keyId}\\n`));
      const entries = text.split("Serial Number: ").slice(1);
      assertEquals(entries.length, revoked.length);
      for (const { certificate, reason, time } of revoked) {
        const entry = entries.find((each) => each.startsWith(serial(certificate.rawSerial)));
        assertStringIncludes(entry!, `Revocation Date: ${printed(time)}`);
        assertMatch(entry!, new RegExp(`Reason Code: \\n\\s+${REASONS[reason]}\\n`));
      }
      // Another CA of the same name has not signed it.
      w.write("ca.pem", (await TestCa.create({ commonName: ca.cert.commonName!, keyType })).pem);
      const { text: other } = await w.run(
        "openssl",
        ..."crl -in crl.pem -noout -CAfile ca.pem".split(" "),
      );
      assertStringIncludes(other, "verify failure");
    }
  }));

Deno.test("openssl ocsp reads every field of TestCa's OCSP responses, and their signature", () =>
  workshop(async (w) => {
    for (const keyType of ["ec", "rsa", "ed25519"] as const) {
      const ca = await TestCa.create({ keyType });
      w.write("ca.pem", ca.pem);
      const { certificate } = await ca.server("a.example");
      w.write("leaf.pem", certificate.pem);
      const time = new Date(Date.UTC(2025, 1, 3, 4, 5, 6));
      const thisUpdate = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);
      const nextUpdate = new Date(thisUpdate.getTime() + 3_600_000);
      for (const reason of [undefined, ...Object.keys(REASONS)] as (keyof typeof REASONS)[]) {
        if (reason !== undefined) ca.revoke(certificate, reason, time);
        for (const signer of ["ca", "delegate"] as const) {
          const options = { thisUpdate, nextUpdate, signer };
          w.write("resp.der", await ca.ocspResponse(certificate, options));
          const text = await w.openssl(
            "ocsp -respin resp.der -issuer ca.pem -cert leaf.pem -CAfile ca.pem -no_nonce -resp_text",
          );
          assertStringIncludes(text, "Response verify OK");
          assertStringIncludes(text, `Serial Number: ${serial(certificate.rawSerial)}`);
          assertStringIncludes(text, `This Update: ${printed(thisUpdate)}`);
          assertStringIncludes(text, `Next Update: ${printed(nextUpdate)}`);
          assertStringIncludes(text, `leaf.pem: ${reason === undefined ? "good" : "revoked"}`);
          if (reason === undefined) continue;
          assertStringIncludes(text, `Reason: ${reason}`);
          assertStringIncludes(text, `Revocation Time: ${printed(time)}`);
        }
      }
    }
  }));

Deno.test("openssl verify -use_deltas refuses nothing that verifyCertificate() accepts, and they agree where it applies a delta CRL", () =>
  workshop(async (w) => {
    const ca = await TestCa.create();
    const inter = await ca.intermediate();
    w.write("ca.pem", ca.pem);
    const leaf = await ca.server({ names: ["a.example"], extensions: [FRESHEST] });
    const { certificate } = leaf;
    const [hold, removed] = [{ certificate, reason: 6 }, { certificate, reason: 8 }];
    const base = (...revoked: typeof hold[]) => makeCrl(ca, { age: 3, number: 10, revoked });
    const delta = (number: number, base: number, ...revoked: typeof hold[]) =>
      makeCrl(ca, { age: 1, number, base, revoked });
    const cases: { crls: Uint8Array[]; ours: boolean; theirs?: boolean }[] = [
      { crls: [base()], ours: true },
      { crls: [base(hold)], ours: false },
      { crls: [base(), delta(11, 10)], ours: true },
      { crls: [base(), delta(11, 10, hold)], ours: false },
      { crls: [base(), delta(11, 9, hold)], ours: false },
      { crls: [base(hold), delta(11, 10)], ours: false },
      { crls: [base(hold), delta(11, 10, removed)], ours: true },
      { crls: [base(), delta(10, 8, hold)], ours: true },
      { crls: [delta(11, 10)], ours: false },
      // Where openssl does not look at a list that it was given.
      { crls: [base(), delta(12, 11)], ours: false, theirs: true },
      { crls: [base(), delta(12, 11, hold)], ours: false, theirs: true },
      { crls: [makeCrl(ca, { scope: [ONLY_USERS] })], ours: true },
      { crls: [makeCrl(ca, { scope: [ONLY_CAS] })], ours: false },
      {
        crls: [base(), makeCrl(inter, { scope: [INDIRECT], revoked: [{ ...hold, named: true }] })],
        ours: false,
        theirs: true,
      },
    ];
    for (const [i, { crls, ours, theirs = ours }] of cases.entries()) {
      w.write("crls.pem", crls.map((der) => derToPem(der, "X509 CRL")).join(""));
      w.write("leaf.pem", certificate.pem);
      const verdict = await w.run(
        "openssl",
        ..."verify -extended_crl -use_deltas -crl_check -CAfile ca.pem -CRLfile crls.pem leaf.pem"
          .split(" "),
      );
      assertEquals(verdict.ok, theirs, `case ${i}: ${verdict.text}`);
      const report = await verifyCertificate(leaf.cert, { ca: ca.pem, crls, checkCrl: true });
      assertEquals(report.ok, ours, `case ${i}: ${report.error}`);
      assert(theirs || !ours);
    }
  }));
