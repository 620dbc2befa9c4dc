/**
 * Password-based encryption of keys and PKCS#12 files: PBES2, PBES1 and the
 * PKCS#12 schemes (RFC 8018, RFC 7292, RFC 7914), and OpenSSL's own scheme of
 * encrypted PEM. Old ciphers that `node:crypto` lacks come from node-forge,
 * which is loaded only when one of them occurs.
 *
 * @module
 */

import { NO_OPTIONS } from "../../internal/own_options.ts";
import { quote } from "../../internal/quote.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import {
  derError,
  type DerNode,
  expectTag,
  latin1,
  oid,
  sequence,
  smallInteger,
  TAG,
} from "../asn1/reader.ts";
import { concat, int, nul, octets, oidDer, seq } from "../asn1/writer.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";

/** The most iterations of a key derivation that are accepted: an input can not stop the program. */
export const MAX_KDF_ITERATIONS: number = 10_000_000;

/** What a round of a PKCS#12 or PBES1 derivation costs in iterations of PBKDF2, which are native code. */
export const ROUND_COST = 4;

/**
 * What the key derivations of one input may cost together, in iterations of PBKDF2: a file has as
 * many of them as whoever wrote it likes.
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

/** Ciphers from the outside: decrypts CBC with padding. */
export type LegacyDecrypt = (
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
) => Uint8Array;

/** The ciphers, all in CBC mode. */
export type Cipher =
  | "aes-128-cbc"
  | "aes-192-cbc"
  | "aes-256-cbc"
  | "des-ede3-cbc"
  | "des-cbc"
  | "rc2-cbc";

const KEY_LENGTH: Readonly<Record<Cipher, number>> = {
  "aes-128-cbc": 16,
  "aes-192-cbc": 24,
  "aes-256-cbc": 32,
  "des-ede3-cbc": 24,
  "des-cbc": 8,
  "rc2-cbc": 16,
};

const CIPHER_OIDS: Readonly<Record<string, Cipher>> = {
  "2.16.840.1.101.3.4.1.2": "aes-128-cbc",
  "2.16.840.1.101.3.4.1.22": "aes-192-cbc",
  "2.16.840.1.101.3.4.1.42": "aes-256-cbc",
  "1.2.840.113549.3.7": "des-ede3-cbc",
  "1.3.14.3.2.7": "des-cbc",
  "1.2.840.113549.3.2": "rc2-cbc",
};

/** HMAC OID -> digest. */
export const HMAC_OIDS: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const SCRYPT = "1.3.6.1.4.1.11591.4.11";
const PKCS12_PBE = "1.2.840.113549.1.12.1.";

const PBES1: Readonly<Record<string, readonly [string, Cipher]>> = {
  "1.2.840.113549.1.5.3": ["md5", "des-cbc"],
  "1.2.840.113549.1.5.6": ["md5", "rc2-cbc"],
  "1.2.840.113549.1.5.10": ["sha1", "des-cbc"],
  "1.2.840.113549.1.5.11": ["sha1", "rc2-cbc"],
};

/** PKCS#12 scheme -> cipher, length of the derived key. */
const PBE12: Readonly<Record<string, readonly [Cipher, number]>> = {
  "3": ["des-ede3-cbc", 24],
  "4": ["des-ede3-cbc", 16],
  "5": ["rc2-cbc", 16],
  "6": ["rc2-cbc", 5],
};

/** A cipher that only node-forge has: the caller loads it and tries again. */
export class LegacyCipherNeeded extends SslUnsupportedError {
  override name = "LegacyCipherNeeded";
}

/** The error of a wrong password, or of data that is damaged: there is no telling which. */
export function badPassword(what: string, cause?: unknown): SslError {
  const reason = "wrong password, or damaged data";
  return new SslError(`Cannot decrypt ${what}: ${reason}`, {
    code: "BAD_DECRYPT",
    reason,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Loads node-forge's ciphers. */
export async function loadLegacy(): Promise<LegacyDecrypt> {
  const { default: forge } = await import("node-forge");
  const text = (bytes: Uint8Array): string => latin1(bytes);
  return (cipher, key, iv, data) => {
    const decipher = cipher === "rc2-cbc"
      // forge takes the effective key bits from its second argument.
      ? forge.rc2.createDecryptionCipher(text(key), key.length * 8)
      : forge.cipher.createDecipher(
        cipher === "aes-192-cbc" ? "AES-CBC" : cipher === "des-cbc" ? "DES-CBC" : "3DES-CBC",
        text(key),
      );
    if (cipher === "rc2-cbc") decipher.start(text(iv));
    else decipher.start({ iv: text(iv) });
    decipher.update(forge.util.createBuffer(text(data)));
    const good = decipher.finish();
    const out = Uint8Array.from(decipher.output.getBytes() as string, (c) => c.charCodeAt(0));
    if (good === false || data.length % iv.length !== 0 || data.length === 0) {
      throw new Error("wrong padding");
    }
    return out;
  };
}

function decryptCbc(
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  what: string,
  legacy: LegacyDecrypt | undefined,
): Uint8Array {
  if (iv.length !== (cipher.startsWith("aes") ? 16 : 8)) {
    throw derError(what, `initialization vector of ${iv.length} bytes`);
  }
  const native = cipher === "aes-128-cbc" || cipher === "aes-256-cbc" || cipher === "des-ede3-cbc";
  if (!native && legacy === undefined) {
    throw new LegacyCipherNeeded(
      `Cannot decrypt ${what}: cipher ${cipher} is not supported here, use the asynchronous decodeKey`,
      { code: "UNSUPPORTED_CIPHER" },
    );
  }
  try {
    if (!native) return legacy!(cipher, key, iv, data);
    const decipher = nodeCrypto().createDecipheriv(cipher, key, iv);
    return concat(new Uint8Array(decipher.update(data)), new Uint8Array(decipher.final()));
  } catch (cause) {
    throw badPassword(what, cause);
  }
}

function iterations(node: DerNode | undefined, what: string): number {
  const count = smallInteger(node, what);
  if (count < 1 || count > MAX_KDF_ITERATIONS) {
    throw derError(what, `${count} iterations is not between 1 and ${MAX_KDF_ITERATIONS}`);
  }
  return count;
}

/** The length of digests in bytes. */
export const DIGEST_LENGTH: Readonly<Record<string, number>> = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** How often a derivation runs all its iterations: once for each digest that its output has. */
const blocks = (length: number, hash: string): number => Math.ceil(length / DIGEST_LENGTH[hash]!);

const encoder = new TextEncoder();

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
export function pkcs12Kdf(
  hash: string,
  password: Uint8Array,
  salt: Uint8Array,
  id: 1 | 2 | 3,
  rounds: number,
  length: number,
): Uint8Array {
  const v = hash === "sha384" || hash === "sha512" ? 128 : 64;
  const stretch = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === 0) return bytes;
    const out = new Uint8Array(Math.ceil(bytes.length / v) * v);
    for (let i = 0; i < out.length; i++) out[i] = bytes[i % bytes.length]!;
    return out;
  };
  const diversifier = new Uint8Array(v).fill(id);
  const input = concat(stretch(salt), stretch(password));
  const result = new Uint8Array(length);
  for (let at = 0; at < length;) {
    let a = nodeCrypto().createHash(hash).update(diversifier).update(input).digest();
    for (let i = 1; i < rounds; i++) a = nodeCrypto().createHash(hash).update(a).digest();
    result.set(a.subarray(0, Math.min(a.length, length - at)), at);
    at += a.length;
    // Every block of I becomes I + B + 1 modulo 2^(8v), B being A repeated.
    for (let block = 0; block < input.length; block += v) {
      let carry = 1;
      for (let i = v - 1; i >= 0; i--) {
        carry += input[block + i]! + a[i % a.length]!;
        input[block + i] = carry & 255;
        carry >>= 8;
      }
    }
  }
  return result;
}

/** PBKDF2 from its parameters; also what PBMAC1 uses. */
export function pbkdf2FromParameters(
  parameters: DerNode | undefined,
  password: Uint8Array,
  defaultLength: number,
  what: string,
  budget?: KdfBudget,
): Uint8Array {
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
    hash = HMAC_OIDS[id];
    if (hash === undefined) throw unsupported(what, `key derivation with ${id}`);
  }
  budget?.spend(rounds * blocks(length, hash), what);
  return new Uint8Array(nodeCrypto().pbkdf2Sync(password, salt, rounds, length, hash));
}

function unsupported(what: string, feature: string): SslUnsupportedError {
  return new SslUnsupportedError(
    `Cannot decrypt ${what}: ${feature} is not supported, convert it with ` +
      `"openssl pkcs8 -topk8 -v2 aes256" or "openssl pkcs12 -export"`,
    { code: "UNSUPPORTED_CIPHER" },
  );
}

function scrypt(
  parameters: DerNode | undefined,
  password: Uint8Array,
  length: number,
  what: string,
  budget?: KdfBudget,
) {
  const [saltNode, n, r, p] = sequence(parameters, what);
  const salt = expectTag(saltNode, TAG.OCTET_STRING, what).body;
  const [N, R, P] = [n, r, p].map((node) => smallInteger(node, what)) as [number, number, number];
  if (N < 2 || (N & (N - 1)) !== 0 || R < 1 || P < 1 || P > 64 || 128 * N * R > MAX_SCRYPT_MEMORY) {
    throw derError(what, `scrypt parameters N=${N} r=${R} p=${P} are invalid or too expensive`);
  }
  budget?.spend(N * R * P, what); // a block of scrypt takes about as long as an iteration
  return new Uint8Array(
    nodeCrypto().scryptSync(password, salt, length, {
      N,
      r: R,
      p: P,
      maxmem: MAX_SCRYPT_MEMORY + (1 << 20),
    }),
  );
}

/**
 * Decrypts with the scheme of an AlgorithmIdentifier.
 *
 * @param password The text; `more.bmp` overrides its PKCS#12 form.
 * @throws {SslError} code `BAD_DECRYPT` for a wrong password.
 */
export function pbeDecrypt(
  algorithm: DerNode | undefined,
  data: Uint8Array,
  password: string,
  what: string,
  more: {
    readonly legacy?: LegacyDecrypt | undefined;
    readonly bmp?: Uint8Array;
    readonly budget?: KdfBudget;
  } = NO_OPTIONS,
): Uint8Array {
  const { legacy, bmp = bmpPassword(password), budget = new KdfBudget() } = more;
  const [type, parameters] = sequence(algorithm, what);
  const id = oid(type, what);
  const utf8 = encoder.encode(password);
  if (id === PBES2) {
    const [kdf, scheme] = sequence(parameters, what);
    const [kdfType, kdfParameters] = sequence(kdf, what);
    const [cipherType, cipherParameters] = sequence(scheme, what);
    const cipherOid = oid(cipherType, what);
    const cipher = CIPHER_OIDS[cipherOid];
    if (cipher === undefined) throw unsupported(what, `cipher ${cipherOid}`);
    let iv: DerNode | undefined = cipherParameters;
    if (cipher === "rc2-cbc" && iv?.tag === TAG.SEQUENCE) iv = sequence(iv, what).at(-1);
    const ivBytes = expectTag(iv, TAG.OCTET_STRING, what).body;
    const kdfOid = oid(kdfType, what);
    const length = KEY_LENGTH[cipher];
    let key: Uint8Array;
    if (kdfOid === PBKDF2) {
      key = pbkdf2FromParameters(kdfParameters, utf8, length, what, budget);
    } else if (kdfOid === SCRYPT) key = scrypt(kdfParameters, utf8, length, what, budget);
    else throw unsupported(what, `key derivation ${kdfOid}`);
    return decryptCbc(cipher, key, ivBytes, data, what, legacy);
  }
  const old = PBES1[id];
  const p12 = id.startsWith(PKCS12_PBE) ? PBE12[id.slice(PKCS12_PBE.length)] : undefined;
  if (old === undefined && p12 === undefined) throw unsupported(what, `scheme ${id}`);
  const [saltNode, count] = sequence(parameters, what);
  const salt = expectTag(saltNode, TAG.OCTET_STRING, what).body;
  const rounds = iterations(count, what);
  // Of PBES1 one derivation gives both; of PKCS#12 there is one for the key and one for the vector.
  const runs = old !== undefined ? 1 : blocks(p12![1], "sha1") + 1;
  budget.spend(ROUND_COST * rounds * runs, what);
  if (old !== undefined) {
    let key = nodeCrypto().createHash(old[0]).update(utf8).update(salt).digest();
    for (let i = 1; i < rounds; i++) key = nodeCrypto().createHash(old[0]).update(key).digest();
    const bytes = new Uint8Array(key);
    return decryptCbc(old[1], bytes.subarray(0, 8), bytes.subarray(8, 16), data, what, legacy);
  }
  let key = pkcs12Kdf("sha1", bmp, salt, 1, rounds, p12![1]);
  if (p12![1] === 16 && p12![0] === "des-ede3-cbc") key = concat(key, key.subarray(0, 8));
  const iv = pkcs12Kdf("sha1", bmp, salt, 2, rounds, 8);
  return decryptCbc(p12![0], key, iv, data, what, legacy);
}

/** Encrypts with PBES2, PBKDF2-HMAC-SHA256 and AES-256-CBC; gives AlgorithmIdentifier and data. */
export function pbes2Encrypt(
  data: Uint8Array,
  password: string,
  rounds: number,
): { algorithm: Uint8Array; data: Uint8Array } {
  const salt = new Uint8Array(nodeCrypto().randomBytes(16));
  const iv = new Uint8Array(nodeCrypto().randomBytes(16));
  const key = nodeCrypto().pbkdf2Sync(encoder.encode(password), salt, rounds, 32, "sha256");
  const cipher = nodeCrypto().createCipheriv("aes-256-cbc", key, iv);
  const encrypted = concat(new Uint8Array(cipher.update(data)), new Uint8Array(cipher.final()));
  const algorithm = seq(
    oidDer(PBES2),
    seq(
      seq(
        oidDer(PBKDF2),
        seq(octets(salt), int(rounds), seq(oidDer("1.2.840.113549.2.9"), nul())),
      ),
      seq(oidDer("2.16.840.1.101.3.4.1.42"), octets(iv)),
    ),
  );
  return { algorithm, data: encrypted };
}

/** Encrypts with pbeWithSHAAnd3-KeyTripleDES-CBC, for readers of before 2010. */
export function pbe3DesEncrypt(
  data: Uint8Array,
  password: string,
  rounds: number,
): { algorithm: Uint8Array; data: Uint8Array } {
  const salt = new Uint8Array(nodeCrypto().randomBytes(8));
  const bmp = bmpPassword(password);
  const key = pkcs12Kdf("sha1", bmp, salt, 1, rounds, 24);
  const iv = pkcs12Kdf("sha1", bmp, salt, 2, rounds, 8);
  const cipher = nodeCrypto().createCipheriv("des-ede3-cbc", key, iv);
  const encrypted = concat(new Uint8Array(cipher.update(data)), new Uint8Array(cipher.final()));
  const algorithm = seq(oidDer(PKCS12_PBE + "3"), seq(octets(salt), int(rounds)));
  return { algorithm, data: encrypted };
}

const DEK_CIPHERS: Readonly<Record<string, Cipher>> = {
  "AES-128-CBC": "aes-128-cbc",
  "AES-192-CBC": "aes-192-cbc",
  "AES-256-CBC": "aes-256-cbc",
  "DES-EDE3-CBC": "des-ede3-cbc",
  "DES-CBC": "des-cbc",
  "RC2-CBC": "rc2-cbc",
};

/** Decrypts OpenSSL's encrypted PEM (`Proc-Type: 4,ENCRYPTED`). */
export function dekDecrypt(
  dekInfo: string,
  data: Uint8Array,
  password: string,
  what: string,
  legacy?: LegacyDecrypt,
): Uint8Array {
  const [name = "", ivHex = ""] = dekInfo.split(",").map((part) => part.trim());
  const cipher = DEK_CIPHERS[name.toUpperCase()];
  if (cipher === undefined) throw unsupported(what, `cipher ${quote(name)}`);
  if (!/^(?:[0-9a-fA-F]{2}){8,16}$/.test(ivHex)) throw derError(what, "malformed DEK-Info header");
  const iv = Uint8Array.from(ivHex.match(/../g)!, (pair) => parseInt(pair, 16));
  const secret = encoder.encode(password);
  let key = new Uint8Array(0);
  let last = new Uint8Array(0);
  while (key.length < KEY_LENGTH[cipher]) {
    last = new Uint8Array(
      nodeCrypto().createHash("md5").update(last).update(secret).update(iv.subarray(0, 8)).digest(),
    );
    key = concat(key, last) as Uint8Array<ArrayBuffer>;
  }
  return decryptCbc(cipher, key.subarray(0, KEY_LENGTH[cipher]), iv, data, what, legacy);
}
