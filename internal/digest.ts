/**
 * Digests: the one table of their names, lengths and object identifiers, and the digest of bytes.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { nodeCrypto } from "./node_crypto.ts";
import { quote } from "./quote.ts";

/** A digest, and the object identifiers of what is made with it; `undefined` where there is no such identifier. */
export interface DigestRow {
  /** The length of its output in bytes. */
  readonly length: number;
  readonly oid: string;
  readonly rsa: string;
  readonly ecdsa: string | undefined;
  readonly hmac: string | undefined;
}

/** Name, length, digest, RSA signature (PKCS#1 v1.5), ECDSA signature, HMAC. */
const TABLE = `
md5 16 1.2.840.113549.2.5 1.2.840.113549.1.1.4
sha1 20 1.3.14.3.2.26 1.2.840.113549.1.1.5 1.2.840.10045.4.1 1.2.840.113549.2.7
sha224 28 2.16.840.1.101.3.4.2.4 1.2.840.113549.1.1.14 1.2.840.10045.4.3.1 1.2.840.113549.2.8
sha256 32 2.16.840.1.101.3.4.2.1 1.2.840.113549.1.1.11 1.2.840.10045.4.3.2 1.2.840.113549.2.9
sha384 48 2.16.840.1.101.3.4.2.2 1.2.840.113549.1.1.12 1.2.840.10045.4.3.3 1.2.840.113549.2.10
sha512 64 2.16.840.1.101.3.4.2.3 1.2.840.113549.1.1.13 1.2.840.10045.4.3.4 1.2.840.113549.2.11
sha3-256 32 2.16.840.1.101.3.4.2.8 2.16.840.1.101.3.4.3.14 2.16.840.1.101.3.4.3.10
sha3-384 48 2.16.840.1.101.3.4.2.9 2.16.840.1.101.3.4.3.15 2.16.840.1.101.3.4.3.11
sha3-512 64 2.16.840.1.101.3.4.2.10 2.16.840.1.101.3.4.3.16 2.16.840.1.101.3.4.3.12
`;

let rows: Readonly<Record<string, DigestRow>> | undefined;

/** The digests by name, read from the table by the first call. */
export function digests(): Readonly<Record<string, DigestRow>> {
  return rows ??= Object.fromEntries(
    TABLE.trim().split("\n").map((line) => {
      const [name, length, oid, rsa, ecdsa, hmac] = line.split(" ");
      return [name!, { length: Number(length), oid: oid!, rsa: rsa!, ecdsa, hmac }];
    }),
  );
}

/** The name of the digest that an object identifier stands for, among some or all. */
export function digestByOid(
  id: string,
  among: readonly string[] = Object.keys(digests()),
  of: "oid" | "hmac" | "rsa" | "ecdsa" = "oid",
): string | undefined {
  return among.find((name) => digests()[name]![of] === id);
}

/** The digest of bytes by its name, in any case, with or without dashes. */
export function digest(algorithm: string, data: Uint8Array): Uint8Array {
  const name = String(algorithm).toLowerCase().replace(/^sha-/, "sha");
  let hash;
  try {
    hash = nodeCrypto().createHash(name);
  } catch {
    // The platform's error quotes the name, which may be a secret in the wrong place.
    throw new SslUnsupportedError(
      `Cannot compute digest: unknown algorithm: received ${quote(algorithm)}`,
      { code: "UNKNOWN_DIGEST" },
    );
  }
  return new Uint8Array(hash.update(data).digest());
}
