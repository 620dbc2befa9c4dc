/** Which revocation list counts where a pin overrides what OpenSSL found before it looked at lists. */

import { assertEquals, assertInstanceOf } from "@std/assert";
import { explicit, int, seq, timeDer, tlv } from "../../certificate/der_writer.ts";
import { authorityKeyIdentifier, encodeExtensions } from "../../certificate/extension_build.ts";
import { keyIdentifierOf, signatureAlgorithm, signedObject } from "../../certificate/sign.ts";
import { TestCa } from "../../certificate/test_ca.ts";
import { SslVerifyError } from "../../errors.ts";
import { revocationOf } from "../../verify/crl.ts";
import { shake } from "../context/harness.ts";

const HOUR = 3_600_000;
const ca = await TestCa.create({ commonName: "Root" });
// What OpenSSL finds first, so that it does not come to the lists.
const wrong = await ca.wrongEku("server.example");
const { certificate } = wrong;
const other = await TestCa.create({ commonName: "Root" });

interface List {
  readonly by?: TestCa;
  readonly age: number;
  readonly serial?: Uint8Array;
  readonly reason?: number;
  readonly extensions?: readonly { oid: string; critical: boolean; value: Uint8Array }[];
}

/** A list of a CA that revokes one certificate, or none. */
function list({ by = ca, age, serial, reason, extensions = [] }: List): Uint8Array {
  const [issuer, key] = [by.certificate, by.privateKey];
  const when = new Date(Date.now() - age * HOUR);
  const more = reason === undefined
    ? []
    : [encodeExtensions([{ oid: "2.5.29.21", critical: false, value: int(reason, 0x0a) }])];
  const entries = serial === undefined ? [] : [seq(seq(int(serial), timeDer(when), ...more))];
  const all = [authorityKeyIdentifier(keyIdentifierOf(issuer)), ...extensions];
  const tbs = seq(
    int(1),
    signatureAlgorithm(key, "sha256"),
    issuer.rawSubject,
    timeDer(when),
    timeDer(new Date(Date.now() + HOUR)),
    ...entries,
    explicit(0, encodeExtensions(all)),
  );
  return signedObject(tbs, key, "sha256");
}

const serial = certificate.rawSerial;
const about = (bit: number) => ({
  oid: "2.5.29.28",
  critical: true,
  value: seq(tlv(0x80 | bit, Uint8Array.of(0xff))),
});
const delta = { oid: "2.5.29.27", critical: true, value: int(1) };
const revokes = list({ age: 2, serial });

/** Whether the lists say that the certificate is revoked, in whatever order they come. */
function revoked(...lists: Uint8Array[]): boolean {
  const both = [lists, lists.toReversed()].map((each) =>
    revocationOf(certificate, each) !== undefined
  );
  assertEquals(both[0], both[1]);
  return both[0]!;
}

Deno.test("a newer list of a CA with the same name and another key does not take a revocation back", () => {
  assertEquals(revoked(revokes, list({ by: other, age: 1 })), true);
  assertEquals(revoked(list({ by: other, age: 1, serial })), false, "its serial is of its own");
  assertEquals(revoked(revokes, list({ age: 1 })), false, "a newer one of the CA itself does");
  assertEquals(revoked(revokes, list({ age: 3 })), true);
});

Deno.test("a newer list about other certificates, or about changes, does not take a revocation back", () => {
  assertEquals(revoked(revokes, list({ age: 1, extensions: [about(2)] })), true);
  const users = list({ age: 2, serial, extensions: [about(1)] });
  assertEquals(revoked(users, list({ age: 1, extensions: [about(2)] })), true);
  assertEquals(revoked(users, list({ age: 1, extensions: [about(1)] })), false);
  assertEquals(revoked(revokes, list({ age: 1, extensions: [delta] })), true);
  assertEquals(revoked(list({ age: 1, serial, extensions: [delta] }), list({ age: 2 })), true);
  const removed = list({ age: 1, serial, reason: 8, extensions: [delta] });
  assertEquals(revoked(removed, list({ age: 2 })), false);
});

Deno.test("a pin does not save a revoked server whose CA has a namesake with a newer list", async () => {
  const crl = [revokes, list({ by: other, age: 1 })];
  const { clientError } = await shake(
    { ca: ca.pem, crl, checkCrl: "leaf", fingerprint: certificate.fingerprint("sha256") },
    { cert: wrong.cert, key: wrong.key },
  );
  assertInstanceOf(clientError, SslVerifyError);
  assertEquals(clientError.code, "CERT_REVOKED");
});
