/**
 * The structure of a certificate in DER (RFC 5280 4.1).
 *
 * @module
 */

import type { KeyObject } from "node:crypto";
import { SslUnsupportedError } from "../errors.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import { equalBytes } from "../internal/bytes.ts";
import {
  bitString,
  bytesToBigInt,
  children,
  derError,
  type DerNode,
  expectTag,
  integerBytes,
  oid,
  readDer,
  sequence,
  smallInteger,
  TAG,
  time,
} from "./asn1/reader.ts";
import { oidEntry } from "./asn1/oids.ts";
import type { CertificateParts } from "./certificate_structure.ts";
import type { KeyType, PublicKeyInfo } from "./public_key_info.ts";
import { type Extension, readExtensions } from "./extensions/read.ts";
import { readName } from "./name.ts";

const WHAT = "certificate";

/** The kinds of keys by their object identifiers. */
export const KEY_TYPES: Readonly<Record<string, KeyType>> = {
  "1.2.840.113549.1.1.1": "rsa",
  "1.2.840.113549.1.1.10": "rsa-pss",
  "1.2.840.10045.2.1": "ec",
  "1.3.101.112": "ed25519",
  "1.3.101.113": "ed448",
  "1.2.840.10040.4.1": "dsa",
};

/** What may follow the key: unique identifiers, which are passed over, and the extensions. */
function readOptionalElements(elements: readonly DerNode[], version: number): Extension[] {
  let extensions: Extension[] = [];
  let last = 0;
  for (const node of elements) {
    // Each once, in their order: of two lists of extensions another reader may take the other one.
    const number = node.tag & 0x1f;
    if (number <= last) throw derError(WHAT, `element 0x${node.tag.toString(16)} is out of order`);
    last = number;
    if (node.tag === 0xa3 && version === 2) {
      const [list, ...rest] = children(node, WHAT);
      if (rest.length > 0) throw derError(WHAT, "malformed extensions");
      extensions = readExtensions(list, "extensions of certificate");
    } else if ((node.tag !== 0x81 && node.tag !== 0x82) || version === 0) {
      throw derError(
        WHAT,
        `unexpected element 0x${node.tag.toString(16)} in version ${version + 1}`,
      );
    }
  }
  return extensions;
}

/** The algorithm and the bits of a SubjectPublicKeyInfo. */
function readKey(spki: DerNode): Pick<CertificateParts, "keyOid" | "keyBits"> {
  const what = "public key of certificate";
  const [algorithm, key] = sequence(spki, what);
  return { keyOid: oid(sequence(algorithm, what)[0], what), keyBits: bitString(key, what).bytes };
}

/**
 * Takes a certificate apart. Names and key are read, so that a malformed one is an error at once.
 *
 * @throws {SslError} code `ERR_DER` if it is malformed.
 */
export function readParts(der: Uint8Array): CertificateParts {
  const [tbs, signatureAlgorithm, signature, ...extra] = sequence(readDer(der, WHAT), WHAT);
  if (signature === undefined || extra.length > 0) {
    throw derError(WHAT, "a certificate has three elements");
  }
  const fields = sequence(tbs, WHAT);
  let at = 0;
  let version = 0;
  if (fields[0]?.tag === 0xa0) {
    const [inner, ...rest] = children(fields[at++]!, WHAT);
    version = smallInteger(inner, WHAT);
    if (rest.length > 0 || version === 0 || version > 2) {
      throw derError(WHAT, `unknown or non-canonical version ${version}`);
    }
  }
  const serial = integerBytes(fields[at++], "serial number of certificate");
  const innerAlgorithm = expectTag(fields[at++], TAG.SEQUENCE, WHAT);
  if (!equalBytes(innerAlgorithm.raw, expectTag(signatureAlgorithm, TAG.SEQUENCE, WHAT).raw)) {
    throw derError(WHAT, "the two signature algorithms differ");
  }
  const issuer = expectTag(fields[at++], TAG.SEQUENCE, "issuer of certificate");
  const validity = sequence(fields[at++], "validity of certificate");
  const subject = expectTag(fields[at++], TAG.SEQUENCE, "subject of certificate");
  const spki = expectTag(fields[at++], TAG.SEQUENCE, "public key of certificate");
  const extensions = readOptionalElements(fields.slice(at), version);
  // Read here so that a malformed name or key is an error at once, not later.
  readName(issuer.raw, "issuer of certificate");
  readName(subject.raw, "subject of certificate");
  if (validity.length !== 2) throw derError(WHAT, "malformed validity");
  return {
    tbs: tbs!,
    version,
    serial,
    issuer,
    notBefore: time(validity[0], "notBefore of certificate"),
    notAfter: time(validity[1], "notAfter of certificate"),
    subject,
    spki,
    ...readKey(spki),
    extensions,
    signatureAlgorithm: signatureAlgorithm!,
    signatureOid: oid(sequence(signatureAlgorithm, WHAT)[0], WHAT),
    signature: bitString(signature, "signature of certificate").bytes,
  };
}

/**
 * The kind and size of a public key.
 *
 * @throws {SslError} code `ERR_DER` if it is malformed.
 */
export function publicKeyInfo({ spki, keyOid, keyBits }: CertificateParts): PublicKeyInfo {
  const what = "public key of certificate";
  const type = KEY_TYPES[keyOid] ?? "other";
  const parameters = sequence(sequence(spki, what)[0], what)[1];
  const bitsOf = (number: DerNode | undefined): number =>
    bytesToBigInt(integerBytes(number, what)).toString(2).length;
  if (type === "ec") {
    const id = parameters?.tag === TAG.OID ? oid(parameters, what) : "";
    const name = oidEntry(id)?.sn;
    const bits = name && Number(/\d+/.exec(name)?.[0]);
    return { type, bits: bits || undefined, ...(id && { curve: name ?? id }) };
  }
  if (type.startsWith("rsa")) {
    return { type, bits: bitsOf(sequence(readDer(keyBits, what), what)[0]) };
  }
  if (type === "dsa") return { type, bits: parameters && bitsOf(sequence(parameters, what)[0]) };
  return { type, bits: { ed25519: 256, ed448: 456 }[type as string] };
}

/**
 * The public key of `node:crypto`.
 *
 * @throws {SslUnsupportedError} for a kind that the platform does not know.
 */
export function publicKeyOf(spki: Uint8Array, subject: string, algorithm: string): KeyObject {
  try {
    // Deno's createPublicKey takes Buffers and Uint8Arrays alike; the types know only Buffer.
    return nodeCrypto().createPublicKey({ key: spki as never, format: "der", type: "spki" });
  } catch (cause) {
    throw new SslUnsupportedError(
      `Cannot use the public key of certificate ${subject}: ${algorithm} key is not supported`,
      { code: "UNSUPPORTED_KEY", cause },
    );
  }
}
