/**
 * What a file says about how its keys are derived from the password: PBKDF2 (RFC 8018), scrypt
 * (RFC 7914) and the derivation of PKCS#12 (RFC 7292), with a limit on what they may cost.
 *
 * @module
 */

import { digestByOid, digests } from "../../internal/digest.ts";
import { SslUnsupportedError } from "../../errors.ts";
import {
  derError,
  type DerNode,
  expectTag,
  oid,
  sequence,
  smallInteger,
  TAG,
} from "../asn1/reader.ts";
import type { Derivation } from "./derive.ts";

/** The most iterations of a key derivation that are accepted: no input can stop the program. */
export const MAX_KDF_ITERATIONS: number = 10_000_000;

/** What a round of PKCS#12's derivation costs in iterations of PBKDF2, which are native code. */
export const ROUND_COST = 2;

/** What a round of PBES1 costs, whose MD5 takes an object for each round. */
export const PBES1_ROUND_COST = 4;

/**
 * What the key derivations of one input may cost together, in iterations of PBKDF2: the writer of a
 * file chooses how many of them it has.
 */
export class KdfBudget {
  #left = MAX_KDF_ITERATIONS;

  /** Takes iterations off; throws when there are not as many left. */
  spend(count: number, what: string): void {
    this.#left -= count;
    if (this.#left >= 0) return;
    throw derError(
      what,
      `its key derivations have more than ${MAX_KDF_ITERATIONS} iterations together`,
    );
  }
}

const MAX_SCRYPT_MEMORY = 256 * 1024 * 1024;

/** Reads the iterations of a derivation. */
export function iterations(node: DerNode | undefined, what: string): number {
  const count = smallInteger(node, what);
  if (count < 1 || count > MAX_KDF_ITERATIONS) {
    throw derError(what, `${count} iterations is not between 1 and ${MAX_KDF_ITERATIONS}`);
  }
  return count;
}

/** The digest of an HMAC, by its object identifier. */
export function hmacDigest(id: string): string | undefined {
  return digestByOid(id, Object.keys(digests()), "hmac");
}

/** How often a derivation runs all its iterations: once for each digest that its output has. */
export const blocks = (length: number, hash: string): number =>
  Math.ceil(length / digests()[hash]!.length);

/** A password as PKCS#12 wants it: UTF-16, big endian, with a final zero. */
export function bmpPassword(password: string): Uint8Array {
  const out = new Uint8Array(password.length * 2 + 2);
  for (let i = 0; i < password.length; i++) {
    const unit = password.charCodeAt(i);
    out[2 * i] = unit >> 8;
    out[2 * i + 1] = unit & 255;
  }
  return out;
}

/** The key derivation of PKCS#12 (RFC 7292 appendix B.2). `id`: 1 key, 2 IV, 3 MAC. */
export function pkcs12Derivation(
  hash: string,
  password: Uint8Array,
  salt: Uint8Array,
  id: 1 | 2 | 3,
  rounds: number,
  length: number,
): Derivation {
  return { kind: "pkcs12", hash, password, salt, id, rounds, length };
}

/** PBKDF2 from its parameters; also what PBMAC1 uses. */
export function pbkdf2FromParameters(
  parameters: DerNode | undefined,
  password: Uint8Array,
  defaultLength: number,
  what: string,
  budget?: KdfBudget,
): Derivation {
  const fields = sequence(parameters, what);
  const salt = expectTag(fields[0], TAG.OCTET_STRING, what).body;
  const rounds = iterations(fields[1], what);
  let at = 2;
  let length = defaultLength;
  if (fields[at]?.tag === TAG.INTEGER) {
    length = smallInteger(fields[at++], what);
    if (length < 1 || length > 128) throw derError(what, `derived key of ${length} bytes`);
  }
  let hash: string | undefined = "sha1";
  if (fields[at] !== undefined) {
    const id = oid(sequence(fields[at], what)[0], what);
    hash = hmacDigest(id);
    if (hash === undefined) throw unsupported(what, `key derivation with ${id}`);
  }
  budget?.spend(rounds * blocks(length, hash), what);
  return { kind: "pbkdf2", hash, password, salt, rounds, length };
}

/** The error for a scheme that is not known here. */
export function unsupported(what: string, feature: string): SslUnsupportedError {
  return new SslUnsupportedError(
    `Cannot decrypt ${what}: ${feature} is not supported, convert it with ` +
      `"openssl pkcs8 -topk8 -v2 aes256" or "openssl pkcs12 -export"`,
    { code: "UNSUPPORTED_CIPHER" },
  );
}

/** scrypt (RFC 7914) from its parameters. */
export function scrypt(
  parameters: DerNode | undefined,
  password: Uint8Array,
  length: number,
  what: string,
  budget?: KdfBudget,
): Derivation {
  const [saltNode, n, r, p] = sequence(parameters, what);
  const salt = expectTag(saltNode, TAG.OCTET_STRING, what).body;
  const [N, R, P] = [n, r, p].map((node) => smallInteger(node, what)) as [number, number, number];
  if (N < 2 || (N & (N - 1)) !== 0 || R < 1 || P < 1 || P > 64 || 128 * N * R > MAX_SCRYPT_MEMORY) {
    throw derError(what, `scrypt parameters N=${N} r=${R} p=${P} are invalid or too expensive`);
  }
  budget?.spend(N * R * P, what); // a block of scrypt takes about as long as an iteration
  const options = { N, r: R, p: P, maxmem: MAX_SCRYPT_MEMORY + (1 << 20) };
  return { kind: "scrypt", password, salt, length, options };
}
