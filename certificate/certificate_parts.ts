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
import { type Extension, readExtensions } from "./extensions/read.ts";
import { readName } from "./name.ts";

const WHAT = "certificate";

/** The parts of the certificate that are read at construction. */
export interface CertificateParts {
  readonly tbs: DerNode;
  readonly version: number;
  readonly serial: Uint8Array;
  readonly issuer: DerNode;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: DerNode;
  readonly spki: DerNode;
  /** The algorithm of the key. */
  readonly keyOid: string;
  /** The content of the key's BIT STRING. */
  readonly keyBits: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: DerNode;
  readonly signatureOid: string;
  readonly signature: Uint8Array;
}

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
