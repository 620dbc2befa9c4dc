/**
 * Signing and checking signatures of certificates, requests, CRLs and OCSP
 * responses: a private key and a digest give an AlgorithmIdentifier
 * (RFC 3279, 5758, 8410, 4055). And the last step of making a certificate: all
 * parts are given, the structure is written and signed.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { SslUnsupportedError } from "../errors.ts";
import { type DerNode, oid, readDer, sequence, smallInteger } from "./asn1/reader.ts";
import { bits, explicit, int, nul, oidDer, seq, timeDer, unsignedInt } from "./asn1/writer.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import type { PrivateKey } from "./keys/private_key.ts";
import { Certificate } from "./certificate.ts";
import { encodeExtensions } from "./extensions/write.ts";
import type { Extension } from "./extensions/read.ts";

const RSA = "1.2.840.113549.1.1.";
const ECDSA = "1.2.840.10045.4.";
const NIST_SIG = "2.16.840.1.101.3.4.3.";
const NIST_HASH = "2.16.840.1.101.3.4.2.";
const RSA_PSS = "1.2.840.113549.1.1.10";

/** Digest -> [RSA signature OID, ECDSA signature OID, digest OID, length]. */
const DIGESTS: Readonly<Record<string, readonly [string, string | undefined, string, number]>> = {
  md5: [RSA + "4", undefined, "1.2.840.113549.2.5", 16],
  sha1: [RSA + "5", ECDSA + "1", "1.3.14.3.2.26", 20],
  sha224: [RSA + "14", ECDSA + "3.1", NIST_HASH + "4", 28],
  sha256: [RSA + "11", ECDSA + "3.2", NIST_HASH + "1", 32],
  sha384: [RSA + "12", ECDSA + "3.3", NIST_HASH + "2", 48],
  sha512: [RSA + "13", ECDSA + "3.4", NIST_HASH + "3", 64],
  "sha3-256": [NIST_SIG + "14", NIST_SIG + "10", NIST_HASH + "8", 32],
  "sha3-384": [NIST_SIG + "15", NIST_SIG + "11", NIST_HASH + "9", 48],
  "sha3-512": [NIST_SIG + "16", NIST_SIG + "12", NIST_HASH + "10", 64],
};

/** The digest names that can be signed with. */
export const SIGNATURE_DIGESTS: readonly string[] = Object.keys(DIGESTS);

/** The usual spelling of a digest's name. @throws {TypeError} for an unknown one. */
export function digestName(name: string): string {
  const key = String(name).toLowerCase().replace(/^sha-/, "sha");
  if (Object.hasOwn(DIGESTS, key)) return key;
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
  const [, , hash, length] = DIGESTS[digest]!;
  const hashDer = seq(oidDer(hash), nul());
  return seq(
    oidDer(RSA_PSS),
    seq(
      explicit(0, hashDer),
      explicit(1, seq(oidDer(RSA + "8"), hashDer)),
      explicit(2, int(length)),
    ),
  );
}

/** The DER of the AlgorithmIdentifier that a key and a digest give. */
export function signatureAlgorithm(key: PrivateKey, digest: string): Uint8Array {
  const [rsa, ecdsa] = DIGESTS[digest]!;
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
        saltLength: DIGESTS[digest]![3],
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

function digestByOid(id: string, column: 0 | 1 | 2): string | undefined {
  return SIGNATURE_DIGESTS.find((name) => DIGESTS[name]![column] === id);
}

function pssParameters(node: DerNode | undefined): { digest: string; saltLength: number } {
  const what = "RSA-PSS parameters";
  let digest: string | undefined = "sha1";
  let saltLength = 20;
  for (const part of node === undefined ? [] : sequence(node, what)) {
    const inner = readDer(part.body, what);
    if (part.tag === 0xa0) digest = digestByOid(oid(sequence(inner, what)[0], what), 2);
    else if (part.tag === 0xa2) saltLength = smallInteger(inner, what);
  }
  if (digest === undefined) {
    throw new SslUnsupportedError("Cannot verify signature: unknown RSA-PSS digest");
  }
  return { digest, saltLength };
}

/** The digest of a signature, by the DER of its AlgorithmIdentifier; `undefined` where it has no own. */
export function signatureDigest(algorithm: Uint8Array): string | undefined {
  const what = "signature algorithm";
  const [type, parameters] = sequence(readDer(algorithm, what), what);
  const id = oid(type, what);
  return id === RSA_PSS
    ? pssParameters(parameters).digest
    : digestByOid(id, 0) ?? digestByOid(id, 1);
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
  const what = "signature algorithm";
  const [type, parameters] = sequence(readDer(algorithm, what), what);
  const id = oid(type, what);
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
  const rsa = digestByOid(id, 0);
  const digest = rsa ?? digestByOid(id, 1);
  if (digest === undefined) {
    throw new SslUnsupportedError(`Cannot verify signature: unknown algorithm: received ${id}`);
  }
  return kind === (rsa !== undefined ? "rsa" : "ec") &&
    nodeCrypto().verify(digest, data, key, signature);
}

/** The parts of a certificate. */
export interface CertificateParts {
  /** 0 for v1, 2 for v3. */
  readonly version: number;
  /** The serial number, or its content octets. */
  readonly serial: bigint | Uint8Array;
  /** The DER of the issuer's name. */
  readonly issuer: Uint8Array;
  /** The DER of the subject's name. */
  readonly subject: Uint8Array;
  /** From when on it is valid. */
  readonly notBefore: Date;
  /** Until when it is valid. */
  readonly notAfter: Date;
  /** The DER of the subject's public key. */
  readonly spki: Uint8Array;
  /** The extensions, in order; v3 only. */
  readonly extensions: readonly Extension[];
  /** The issuer's key. */
  readonly signer: PrivateKey;
  /** The digest of the signature. */
  readonly digest: string;
}

function tbs(parts: CertificateParts): Uint8Array {
  const { version, extensions } = parts;
  const withExtensions = version === 2 && extensions.length > 0;
  return seq(
    ...(version === 0 ? [] : [explicit(0, int(version))]),
    int(parts.serial),
    signatureAlgorithm(parts.signer, parts.digest),
    parts.issuer,
    seq(timeDer(parts.notBefore), timeDer(parts.notAfter)),
    parts.subject,
    parts.spki,
    ...(withExtensions ? [explicit(3, encodeExtensions(extensions))] : []),
  );
}

/** Writes and signs a certificate. */
export function buildCertificate(parts: CertificateParts): Certificate {
  return new Certificate(signedObject(tbs(parts), parts.signer, parts.digest));
}

/** As {@linkcode buildCertificate}, with every combination of key and digest the platform has. */
export async function buildCertificateAsync(parts: CertificateParts): Promise<Certificate> {
  return new Certificate(await signedObjectAsync(tbs(parts), parts.signer, parts.digest));
}

/** The identifier of a key: SHA-1 over the content of its BIT STRING (RFC 5280 4.2.1.2 method 1). */
export function keyIdentifier(publicBits: Uint8Array): Uint8Array {
  return new Uint8Array(nodeCrypto().createHash("sha1").update(publicBits).digest());
}

/** The key identifier of a certificate: its subjectKeyIdentifier, else computed. */
export function keyIdentifierOf(cert: Certificate): Uint8Array {
  return cert.subjectKeyIdentifier ?? cert.publicKeyDigest("sha1");
}

/** A positive random serial number of so many bits, never zero. */
export function randomSerial(bitCount: number): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(bitCount / 8));
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value === 0n ? 1n : value;
}

/** Joins PEM texts. */
export function joinPem(certs: readonly Certificate[]): string {
  return certs.map((cert) => cert.pem).join("");
}
