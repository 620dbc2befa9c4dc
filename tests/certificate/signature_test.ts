/** Which key signs with which digest, and which signatures are right. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { explicit, int, nul, oidDer, seq } from "../../certificate/asn1/writer.ts";
import { readDer, sequence } from "../../certificate/asn1/reader.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { keyCreateEc, keyCreateEd25519, PrivateKey } from "../../certificate/keys/private_key.ts";
import {
  defaultDigest,
  digestName,
  signatureAlgorithm,
  signatureDigest,
  signBytes,
  signedObject,
  signedObjectAsync,
  verifySignature,
} from "../../certificate/signature.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { text } from "./data.ts";

const data = new TextEncoder().encode("what is signed");
const rsa = decodeKeySync(text("rsa-pkcs8.pem"));
const ec = decodeKeySync(text("ec-pkcs8.pem"));
const edwards = await keyCreateEd25519();
/** The same RSA key, for PSS alone. */
const pss = new PrivateKey(
  seq(
    int(0),
    seq(oidDer("1.2.840.113549.1.1.10")),
    sequence(readDer(rsa.der, "key"), "key")[2]!.raw,
  ),
);
const other = (type: string) =>
  ({ type, curve: undefined, toString: () => `PrivateKey(${type})` }) as unknown as PrivateKey;

Deno.test("a digest has one name, in any letter case and with or without a hyphen", () => {
  assertEquals(["SHA-256", "sha256", "Sha-1", "sha1"].map(digestName), [
    "sha256",
    "sha256",
    "sha1",
    "sha1",
  ]);
  for (const wrong of ["sha-257", "toString", "__proto__", "", "256"]) {
    assertThrows(() => digestName(wrong), TypeError, "Cannot sign: unknown digest, use one of");
  }
});

Deno.test("the digest of a key goes with its size", async () => {
  assertEquals(
    [defaultDigest(ec), defaultDigest(rsa), defaultDigest(edwards)],
    ["sha256", "sha256", "sha256"],
  );
  assertEquals(defaultDigest(await keyCreateEc("P-384")), "sha384");
  assertEquals(defaultDigest(await keyCreateEc("P-521")), "sha512");
});

Deno.test("every kind of key signs, and the signature is right for its key and its data alone", () => {
  const changed = data.slice();
  changed[0]! ^= 1;
  for (const key of [rsa, ec, edwards]) {
    for (const digest of ["sha256", "sha384"]) {
      const algorithm = signatureAlgorithm(key, digest);
      const signature = signBytes(key, digest, data);
      assert(verifySignature(key.publicSpki, algorithm, signature, data), `${key}`);
      assert(!verifySignature(key.publicSpki, algorithm, signature, changed), `${key}`);
      // A signature under the algorithm of another kind of key is not valid.
      for (const stranger of [rsa, ec, edwards].filter((one) => one !== key)) {
        assert(!verifySignature(stranger.publicSpki, algorithm, signature, data));
      }
      assertEquals(signatureDigest(algorithm), key === edwards ? undefined : digest);
    }
  }
  const ed448 = seq(oidDer("1.3.101.113"));
  assert(!verifySignature(edwards.publicSpki, ed448, signBytes(edwards, "sha256", data), data));
});

Deno.test("an RSA-PSS signature has the digest and the salt that its parameters say", () => {
  const { constants, sign } = nodeCrypto();
  const signed = (digest: string, saltLength: number) =>
    new Uint8Array(sign(digest, data, {
      key: rsa.keyObject,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    }));
  const PSS = "1.2.840.113549.1.1.10";
  const hash = (oid: string) => explicit(0, seq(oidDer(oid), nul()));
  const SHA256 = "2.16.840.1.101.3.4.2.1";
  const algorithm = (...parameters: Uint8Array[]) => seq(oidDer(PSS), seq(...parameters));
  const right = (parameters: Uint8Array, signature: Uint8Array, key = rsa) =>
    verifySignature(key.publicSpki, parameters, signature, data);
  const salted = algorithm(hash(SHA256), explicit(2, int(32)));
  assert(right(salted, signed("sha256", 32)));
  assert(!right(salted, signed("sha256", 20)));
  assert(!right(salted, signed("sha1", 32)));
  assert(!right(salted, signed("sha256", 32).map((byte, i) => i === 9 ? byte ^ 1 : byte)));
  assert(right(algorithm(hash(SHA256)), signed("sha256", 20)), "the salt has 20 bytes by default");
  assert(right(algorithm(), signed("sha1", 20)), "the digest is SHA-1 by default");
  assert(right(seq(oidDer(PSS)), signed("sha1", 20)), "no parameters at all");
  const mgf = explicit(1, seq(oidDer("1.2.840.113549.1.1.8"), seq(oidDer(SHA256), nul())));
  assert(right(algorithm(hash(SHA256), mgf, explicit(2, int(32))), signed("sha256", 32)));
  assert(!right(salted, signed("sha256", 32), ec));
  assert(!right(salted, signed("sha256", 32), edwards));
  assertEquals(signatureDigest(salted), "sha256");
  const unknown = assertThrows(() => right(algorithm(hash("1.2.3")), signed("sha256", 32)));
  assert(unknown instanceof SslUnsupportedError);
  assertEquals(unknown.message, "Cannot verify signature: unknown RSA-PSS digest");
  const written = algorithm(hash(SHA256), mgf, explicit(2, int(32)));
  assertEquals(signatureAlgorithm(pss, "sha256"), written);
  assert(
    right(written, signBytes(pss, "sha256", data), pss),
    "also by a key that is for PSS alone",
  );
  assertEquals([pss.type, pss.bits], ["rsa-pss", 2048]);
});

Deno.test("the error names what cannot sign or be checked", async () => {
  const cannot = (call: () => unknown, code: string, message: string) => {
    const error = assertThrows(call, SslUnsupportedError);
    assertEquals([error.code, error.message], [code, message]);
  };
  cannot(
    () => signatureAlgorithm(ec, "md5"),
    "UNSUPPORTED_KEY",
    "Cannot sign with PrivateKey(prime256v1): no signature algorithm with digest md5",
  );
  cannot(
    () => signatureAlgorithm(other("dsa"), "sha256"),
    "UNSUPPORTED_KEY",
    "Cannot sign with PrivateKey(dsa): no signature algorithm with digest sha256",
  );
  const broken = assertThrows(
    () => signBytes({ type: "ec", keyObject: 5, toString: () => "it" } as never, "sha384", data),
    SslUnsupportedError,
  );
  assertEquals([broken.code, broken.message], [
    "UNSUPPORTED_KEY",
    "Cannot sign with it and digest sha384: this combination is not supported, use digest sha256",
  ]);
  const oid = seq(oidDer("1.2.3"));
  assertEquals(
    assertThrows(() => verifySignature(ec.publicSpki, oid, data, data), SslUnsupportedError)
      .message,
    "Cannot verify signature: unknown algorithm: received 1.2.3",
  );
  assertEquals(
    assertThrows(() => verifySignature(seq(), oid, data, data), SslUnsupportedError).message,
    "Cannot verify signature: unsupported public key",
  );
  // The error of the key stays, where no other way to sign is there.
  const failure = await signedObjectAsync(seq(), ec, "md5").then(() => undefined, (error) => error);
  assert(failure instanceof SslUnsupportedError && failure.code === "UNSUPPORTED_KEY");
});

Deno.test("a signed object holds what was signed, the algorithm and the signature", async () => {
  const tbs = seq(int(5));
  for (const make of [signedObject, signedObjectAsync]) {
    const parts = sequence(readDer(await make(tbs, ec, "sha256"), "it"), "it");
    assertEquals([parts.length, parts[0]!.raw, parts[1]!.raw], [
      3,
      tbs,
      signatureAlgorithm(ec, "sha256"),
    ]);
    assert(verifySignature(ec.publicSpki, parts[1]!.raw, parts[2]!.body.subarray(1), tbs));
  }
});

/** Whether WebCrypto takes an ECDSA signature in DER for that of a P-521 key and SHA-256. */
async function isRight(key: PrivateKey, signature: Uint8Array, tbs: Uint8Array): Promise<boolean> {
  const algorithm = { name: "ECDSA", namedCurve: "P-521", hash: "SHA-256" };
  const spki = new Uint8Array(key.publicSpki);
  const imported = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
  const flat = new Uint8Array(132);
  for (const [i, part] of sequence(readDer(signature, "it"), "it").entries()) {
    const number = part.body[0] === 0 ? part.body.subarray(1) : part.body;
    flat.set(number, 66 * (i + 1) - number.length);
  }
  return await crypto.subtle.verify(algorithm, imported, flat, new Uint8Array(tbs));
}

Deno.test("a P-521 key signs with a short digest, too, and other keys are not tried twice", async () => {
  const key = await keyCreateEc("P-521");
  const tbs = seq(int(5));
  const parts = sequence(readDer(await signedObjectAsync(tbs, key, "sha256"), "it"), "it");
  assertEquals(parts[1]!.raw, signatureAlgorithm(key, "sha256"));
  assert(await isRight(key, parts[2]!.body.subarray(1), tbs));
  const unable = async (one: unknown, digest: string) => {
    const error = await signedObjectAsync(tbs, one as PrivateKey, digest).catch((e) => e);
    assert(error instanceof SslUnsupportedError, String(error));
    assertEquals(error.code, "UNSUPPORTED_KEY");
    return error.message;
  };
  const refused = (digest: string, shown: string, use: string) =>
    `Cannot sign with ${shown} and digest ${digest}: this combination is not supported, use digest ${use}`;
  const shown = "PrivateKey(secp521r1)";
  assertEquals(await unable(key, "sha224"), refused("sha224", shown, "sha512"));
  const broken = { type: "ec", keyObject: 5, der: seq(), toString: () => "it" };
  assertEquals(await unable(broken, "sha256"), refused("sha256", "it", "sha256"));
  const named = { ...broken, curve: "prime256v1" };
  assertEquals(await unable(named, "sha256"), refused("sha256", "it", "sha256"));
});
