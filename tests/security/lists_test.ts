/** Which revocation list counts where a pin overrides what OpenSSL found before it looked at lists. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { buildCertificateAsync } from "../../certificate/certificate_build.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslVerifyError } from "../../errors.ts";
import { revocationOf } from "../../verify/revocation.ts";
import { shake } from "../context/harness.ts";
import { type CrlOptions, makeCrl, ONLY_CAS, ONLY_USERS } from "../helpers/crl.ts";

const ca = await TestCa.create({ commonName: "Root" });
// What OpenSSL finds first, so that it does not come to the lists.
const wrong = await ca.wrongEku("server.example");
const { certificate } = wrong;
const other = await TestCa.create({ commonName: "Root" });
const REVOKED = [{ certificate }];

const list = (options: CrlOptions, by = ca): Uint8Array => makeCrl(by, options);
const revokes = list({ age: 2, revoked: REVOKED });

/** Whether the lists say that the certificate is revoked, in whatever order they come. */
function revoked(...lists: Uint8Array[]): boolean {
  const both = [lists, lists.toReversed()].map((each) =>
    revocationOf(certificate, each) !== undefined
  );
  assertEquals(both[0], both[1]);
  return both[0]!;
}

Deno.test("a newer list of a CA with the same name and another key does not take a revocation back", () => {
  assertEquals(revoked(revokes, list({ age: 1 }, other)), true);
  const foreign = list({ age: 1, revoked: REVOKED }, other);
  assertEquals(revoked(foreign), false, "its serial is of its own");
  assertEquals(revoked(revokes, list({ age: 1 })), false, "a newer one of the CA itself does");
  assertEquals(revoked(revokes, list({ age: 3 })), true);
});

Deno.test("a newer list about other certificates, or about changes, does not take a revocation back", () => {
  assertEquals(revoked(revokes, list({ age: 1, scope: [ONLY_CAS] })), true);
  const users = list({ age: 2, revoked: REVOKED, scope: [ONLY_USERS] });
  assertEquals(revoked(users, list({ age: 1, scope: [ONLY_CAS] })), true);
  assertEquals(revoked(users, list({ age: 1, scope: [ONLY_USERS] })), false);
  assertEquals(revoked(revokes, list({ age: 1, base: 1 })), true);
  assertEquals(revoked(list({ age: 1, base: 1, revoked: REVOKED }), list({ age: 2 })), true);
  const removed = list({ age: 1, base: 1, revoked: [{ certificate, reason: 8 }] });
  assertEquals(revoked(removed, list({ age: 2 })), false);
});

Deno.test("a list that is not in force yet, or no longer, does not take a revocation back", () => {
  assertEquals(revoked(revokes, list({ age: -1, next: 2 })), true);
  assertEquals(revoked(revokes, list({ age: 1, next: -0.5 })), true);
});

Deno.test("without key identifiers a list counts for the certificates of its issuer's name, and for no others", async () => {
  const [a, b] = [await TestCa.create(), await TestCa.create()];
  const leaf = (await a.server("server.example")).certificate;
  const entry = [{ certificate: leaf }];
  const of = (...lists: Uint8Array[]) => revocationOf(leaf, lists) !== undefined;
  assertEquals(of(makeCrl(a, { revoked: entry, keyId: false })), true);
  assertEquals(of(makeCrl(b, { revoked: entry, keyId: false })), false);
  const mine = makeCrl(a, { revoked: entry, keyId: false, age: 2 });
  assertEquals(of(mine, makeCrl(b, { keyId: false })), true);
  assertEquals(
    of(makeCrl(b, { revoked: entry, keyId: false }), makeCrl(a, { keyId: false })),
    false,
  );
});

Deno.test("a certificate that names no key is found in the list of its issuer", async () => {
  const nameless = await buildCertificateAsync({
    version: 2,
    serial: 4711n,
    issuer: ca.certificate.rawSubject,
    subject: certificate.rawSubject,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    spki: certificate.rawSpki,
    extensions: [],
    signer: ca.privateKey,
    digest: "sha256",
  });
  const entry = [{ certificate: nameless }];
  assertEquals(revocationOf(nameless, [makeCrl(ca, { revoked: entry })]) !== undefined, true);
  assertEquals(revocationOf(nameless, [makeCrl(ca)]), undefined);
});

Deno.test("a pin does not save a revoked server whose CA has a namesake with a newer list", async () => {
  const crl = [revokes, list({ age: 1 }, other)];
  const { clientError } = await shake(
    { ca: ca.pem, crl, checkCrl: "leaf", fingerprint: certificate.fingerprint("sha256") },
    { cert: wrong.cert, key: wrong.key },
  );
  assertInstanceOf(clientError, SslVerifyError);
  assertEquals(clientError.code, "CERT_REVOKED");
});
