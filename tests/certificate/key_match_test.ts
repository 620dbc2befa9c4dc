/** Whether a private key belongs to a certificate, derived and as the key says it. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { readDer, sequence } from "../../certificate/asn1/reader.ts";
import { int, octets, seq } from "../../certificate/asn1/writer.ts";
import { keyMatches, keySeemsToMatch } from "../../certificate/keys/decode.ts";
import { PrivateKey } from "../../certificate/keys/private_key.ts";

/** A key of an elliptic curve without its point, as RFC 5915 allows. */
function withoutPoint(key: PrivateKey): PrivateKey {
  const [, algorithm, secret] = sequence(readDer(key.der, "key"), "key");
  const [, d] = sequence(readDer(secret!.body, "key"), "key");
  return new PrivateKey(seq(int(0), algorithm!.raw, octets(seq(int(1), octets(d!.body)))));
}

Deno.test("keySeemsToMatch() says what keyMatches() says of every kind of key, with its public half in it and without", () => {
  const pairs = [
    generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    generateKeyPairSync("ec", { namedCurve: "secp384r1" }),
    generateKeyPairSync("rsa", { modulusLength: 1024 }),
    generateKeyPairSync("rsa", { modulusLength: 1024 }),
    generateKeyPairSync("ed25519"),
    generateKeyPairSync("ed25519"),
  ].map(({ publicKey, privateKey }) => ({
    spki: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    key: new PrivateKey(new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" }))),
  }));
  const keys = [...pairs.map(({ key }) => key), withoutPoint(pairs[0]!.key)];
  for (const [i, { spki }] of pairs.entries()) {
    for (const [k, key] of keys.entries()) {
      assertEquals(keySeemsToMatch(spki, key), i === k % pairs.length, `${i} ${k}`);
      assertEquals(keyMatches(spki, key), i === k % pairs.length, `${i} ${k}`);
    }
  }
});
