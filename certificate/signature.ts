/**
 * Signing and checking signatures of certificates, requests, CRLs and OCSP
 * responses: a private key and a digest give an AlgorithmIdentifier
 * (RFC 3279, 5758, 8410, 4055).
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { SslUnsupportedError } from "../errors.ts";
import { type DerNode, oid, readDer, sequence, smallInteger } from "./asn1/reader.ts";
import { bits, explicit, int, nul, oidDer, seq, unsignedInt } from "./asn1/writer.ts";
import { digestByOid, digests } from "../internal/digest.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import type { PrivateKey } from "./keys/private_key.ts";

const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";

/** The digest names that can be signed with. */
export const SIGNATURE_DIGESTS: readonly string[] = Object.keys(digests());

/** The usual spelling of a digest's name. @throws {TypeError} for an unknown one. */
export function digestName(name: string): string {
  const key = String(name).toLowerCase().replace(/^sha-/, "sha");
  if (Object.hasOwn(digests(), key)) return key;
  throw new TypeError(
    `Cannot sign: unknown digest, use one of ${SIGNATURE_DIGESTS.join(", ")}: ` +
      `received ${quote(name)}`,
  );
}

const CURVE_DIGESTS: Readonly<Record<string, string>> = {
  secp384r1: "sha384",
  secp521r1: "sha512",
};

/** The digest that goes with a key when none is asked for. */
export function defaultDigest(key: PrivateKey): string {
  return CURVE_DIGESTS[key.curve ?? ""] ?? "sha256";
}

function pssAlgorithm(digest: string): Uint8Array {
  const { oid: hash, length } = digests()[digest]!;
  const hashDer = seq(oidDer(hash), nul());
  return seq(
    oidDer(RSA_PSS),
    seq(
      explicit(0, hashDer),
      explicit(1, seq(oidDer(MGF1), hashDer)),
      explicit(2, int(length)),
    ),
  );
}

/** The DER of the AlgorithmIdentifier that a key and a digest give. */
export function signatureAlgorithm(key: PrivateKey, digest: string): Uint8Array {
  const { rsa, ecdsa } = digests()[digest]!;
  switch (key.type) {
    case "rsa":
      return seq(oidDer(rsa), nul());
    case "rsa-pss":
      return pssAlgorithm(digest);
    case "ec":
      if (ecdsa !== undefined) return seq(oidDer(ecdsa));
      break;
    case "ed25519":
      return seq(oidDer("1.3.101.112"));
    case "ed448":
      return seq(oidDer("1.3.101.113"));
  }
  throw new SslUnsupportedError(
    `Cannot sign with ${key}: no signature algorithm with digest ${digest}`,
    { code: "UNSUPPORTED_KEY" },
  );
}

/** Signs bytes. The digest is ignored by Ed25519 and Ed448, which have their own. */
export function signBytes(key: PrivateKey, digest: string, data: Uint8Array): Uint8Array {
  const edwards = key.type === "ed25519" || key.type === "ed448";
  const object = key.keyObject;
  try {
    const signer = key.type === "rsa-pss"
      ? {
        key: object,
        padding: nodeCrypto().constants.RSA_PKCS1_PSS_PADDING,
        saltLength: digests()[digest]!.length,
      }
      : object;
    return new Uint8Array(nodeCrypto().sign(edwards ? null : digest, data, signer));
  } catch (cause) {
    throw new SslUnsupportedError(
      `Cannot sign with ${key} and digest ${digest}: this combination is not supported, ` +
        `use digest ${defaultDigest(key)}`,
      { code: "UNSUPPORTED_KEY", cause },
    );
  }
}

/** WebCrypto signs where node:crypto does not: P-521 with a short digest. */
async function signByWebCrypto(
  key: PrivateKey,
  digest: string,
  data: Uint8Array,
): Promise<Uint8Array | undefined> {
  const namedCurve = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[
    key.curve ?? ""
  ];
  const hash = { sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" }[digest];
  if (namedCurve === undefined || hash === undefined) return undefined;
  try {
    const algorithm = { name: "ECDSA", namedCurve, hash };
    const usages: KeyUsage[] = ["sign"];
    const imported = await crypto.subtle.importKey(
      "pkcs8",
      key.der as Uint8Array<ArrayBuffer>,
      algorithm,
      false,
      usages,
    );
    const flat = new Uint8Array(
      await crypto.subtle.sign(algorithm, imported, data as Uint8Array<ArrayBuffer>),
    );
    const half = flat.length / 2;
    return seq(unsignedInt(flat.subarray(0, half)), unsignedInt(flat.subarray(half)));
  } catch {
    return undefined;
  }
}

/** `SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING }`: a signed certificate, request or CRL. */
export function signedObject(tbs: Uint8Array, key: PrivateKey, digest: string): Uint8Array {
  return seq(tbs, signatureAlgorithm(key, digest), bits(signBytes(key, digest, tbs)));
}

/** As {@linkcode signedObject}, with every combination of key and digest that the platform has. */
export async function signedObjectAsync(
  tbs: Uint8Array,
  key: PrivateKey,
  digest: string,
): Promise<Uint8Array> {
  try {
    return signedObject(tbs, key, digest);
  } catch (error) {
    const signature = await signByWebCrypto(key, digest, tbs);
    if (signature === undefined) throw error;
    return seq(tbs, signatureAlgorithm(key, digest), bits(signature));
  }
}

function pssParameters(node: DerNode | undefined): { digest: string; saltLength: number } {
  const what = "RSA-PSS parameters";
  let digest: string | undefined = "sha1";
  let saltLength = 20;
  for (const part of node === undefined ? [] : sequence(node, what)) {
    const inner = readDer(part.body, what);
    if (part.tag === 0xa0) digest = digestByOid(oid(sequence(inner, what)[0], what));
    else if (part.tag === 0xa2) saltLength = smallInteger(inner, what);
  }
  if (digest === undefined) {
    throw new SslUnsupportedError("Cannot verify signature: unknown RSA-PSS digest");
  }
  return { digest, saltLength };
}

/** The algorithm of a signature, from the DER of its AlgorithmIdentifier. */
export function readAlgorithm(
  der: Uint8Array,
): { readonly id: string; readonly parameters: DerNode | undefined } {
  const what = "signature algorithm";
  const [type, parameters] = sequence(readDer(der, what), what);
  return { id: oid(type, what), parameters };
}

const rsaDigest = (id: string): string | undefined => digestByOid(id, SIGNATURE_DIGESTS, "rsa");
const ecdsaDigest = (id: string): string | undefined => digestByOid(id, SIGNATURE_DIGESTS, "ecdsa");

/** The digest of a signature, by the DER of its AlgorithmIdentifier; `undefined` where it has no own. */
export function signatureDigest(algorithm: Uint8Array): string | undefined {
  const { id, parameters } = readAlgorithm(algorithm);
  return id === RSA_PSS ? pssParameters(parameters).digest : rsaDigest(id) ?? ecdsaDigest(id);
}

/**
 * Checks a signature.
 *
 * @param spki The DER of the signer's public key.
 * @param algorithm The DER of the AlgorithmIdentifier.
 * @throws {SslUnsupportedError} for an algorithm that is not known here.
 */
export function verifySignature(
  spki: Uint8Array,
  algorithm: Uint8Array,
  signature: Uint8Array,
  data: Uint8Array,
): boolean {
  const { id, parameters } = readAlgorithm(algorithm);
  let key;
  try {
    key = nodeCrypto().createPublicKey({ key: spki as never, format: "der", type: "spki" });
  } catch (cause) {
    throw new SslUnsupportedError("Cannot verify signature: unsupported public key", { cause });
  }
  const kind = key.asymmetricKeyType;
  if (id === "1.3.101.112" || id === "1.3.101.113") {
    return kind === (id.endsWith("2") ? "ed25519" : "ed448") &&
      nodeCrypto().verify(null, data, key, signature);
  }
  if (id === RSA_PSS) {
    const { digest, saltLength } = pssParameters(parameters);
    return (kind === "rsa" || kind === "rsa-pss") && nodeCrypto().verify(
      digest,
      data,
      { key, padding: nodeCrypto().constants.RSA_PKCS1_PSS_PADDING, saltLength },
      signature,
    );
  }
  const rsa = rsaDigest(id);
  const digest = rsa ?? ecdsaDigest(id);
  if (digest === undefined) {
    throw new SslUnsupportedError(`Cannot verify signature: unknown algorithm: received ${id}`);
  }
  return kind === (rsa !== undefined ? "rsa" : "ec") &&
    nodeCrypto().verify(digest, data, key, signature);
}
