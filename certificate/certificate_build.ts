/**
 * Making certificates (RFC 5280 4.1): all parts are given, the structure is written and signed.
 *
 * @module
 */

import { nodeCrypto } from "../internal/node_crypto.ts";
import { explicit, int, seq, timeDer } from "./asn1/writer.ts";
import { Certificate } from "./certificate.ts";
import type { Extension } from "./extensions/read.ts";
import { encodeExtensions } from "./extensions/write.ts";
import type { PrivateKey } from "./keys/private_key.ts";
import { signatureAlgorithm, signedObjectAsync } from "./signature.ts";

/** The parts of a certificate. */
export interface CertificateContent {
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

function tbs(parts: CertificateContent): Uint8Array {
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

/** Writes and signs a certificate, with every combination of key and digest the platform has. */
export async function buildCertificateAsync(parts: CertificateContent): Promise<Certificate> {
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
