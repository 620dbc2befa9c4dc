/**
 * Password-based encryption of keys and PKCS#12 files: PBES2, PBES1 and the
 * PKCS#12 schemes (RFC 8018, RFC 7292), and OpenSSL's own scheme of encrypted PEM.
 *
 * @module
 */

import { hexBytes } from "../../internal/bytes.ts";
import { digests } from "../../internal/digest.ts";
import { NO_OPTIONS } from "../../internal/own_options.ts";
import { quote } from "../../internal/quote.ts";
import {
  type Cipher,
  CIPHER_OIDS,
  decryptCbc,
  KEY_LENGTH,
  type LegacyDecrypt,
  needLegacy,
} from "./ciphers.ts";
import type { Deriving } from "./derive.ts";
import {
  blocks,
  bmpPassword,
  iterations,
  KdfBudget,
  PBES1_ROUND_COST,
  pbkdf2FromParameters,
  pkcs12Derivation,
  ROUND_COST,
  scrypt,
  unsupported,
} from "./key_derivation.ts";
import { derError, type DerNode, expectTag, oid, sequence, TAG } from "../asn1/reader.ts";
import { concat, int, nul, octets, oidDer, seq } from "../asn1/writer.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";

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

const encoder = new TextEncoder();

/** What a decryption is done with. */
interface Secrets {
  readonly what: string;
  readonly utf8: Uint8Array;
  readonly bmp: Uint8Array;
  readonly legacy: LegacyDecrypt | undefined;
  readonly budget: KdfBudget;
}

/** PBES2 (RFC 8018 6.2): a key derivation and a cipher, each with its parameters. */
function* pbes2Decrypt(
  parameters: DerNode | undefined,
  data: Uint8Array,
  by: Secrets,
): Deriving<Uint8Array> {
  const { what, utf8, budget } = by;
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
  const read = kdfOid === PBKDF2 ? pbkdf2FromParameters : kdfOid === SCRYPT ? scrypt : undefined;
  if (read === undefined) throw unsupported(what, `key derivation ${kdfOid}`);
  needLegacy(cipher, by.legacy, what);
  const key = yield read(kdfParameters, utf8, length, what, budget);
  return decryptCbc(cipher, key, ivBytes, data, what, by.legacy);
}

/** PBES1 (RFC 8018 6.1): one derivation gives the key and the vector. */
function* pbes1Decrypt(
  [hash, cipher]: readonly [string, Cipher],
  parameters: DerNode | undefined,
  data: Uint8Array,
  { what, utf8, legacy, budget }: Secrets,
): Deriving<Uint8Array> {
  const [saltNode, count] = sequence(parameters, what);
  const salt = expectTag(saltNode, TAG.OCTET_STRING, what).body;
  const rounds = iterations(count, what);
  needLegacy(cipher, legacy, what);
  budget.spend(PBES1_ROUND_COST * rounds, what);
  const bytes = yield { kind: "pbkdf1", hash, password: utf8, salt, rounds };
  return decryptCbc(cipher, bytes.subarray(0, 8), bytes.subarray(8, 16), data, what, legacy);
}

/** The schemes of PKCS#12 (RFC 7292 appendix C): one derivation for the key, one for the vector. */
function* pkcs12Decrypt(
  [cipher, length]: readonly [Cipher, number],
  parameters: DerNode | undefined,
  data: Uint8Array,
  { what, bmp, legacy, budget }: Secrets,
): Deriving<Uint8Array> {
  const [saltNode, count] = sequence(parameters, what);
  const salt = expectTag(saltNode, TAG.OCTET_STRING, what).body;
  const rounds = iterations(count, what);
  needLegacy(cipher, legacy, what);
  budget.spend(ROUND_COST * rounds * (blocks(length, "sha1") + 1), what);
  let key = yield pkcs12Derivation("sha1", bmp, salt, 1, rounds, length);
  if (length === 16 && cipher === "des-ede3-cbc") key = concat(key, key.subarray(0, 8));
  const iv = yield pkcs12Derivation("sha1", bmp, salt, 2, rounds, 8);
  return decryptCbc(cipher, key, iv, data, what, legacy);
}

/**
 * Decrypts with the scheme of an AlgorithmIdentifier, once it has the keys that it asks for.
 *
 * @param password The text; `more.bmp` overrides its PKCS#12 form.
 * @throws {SslError} code `BAD_DECRYPT` for a wrong password.
 */
export function* pbeDecrypt(
  algorithm: DerNode | undefined,
  data: Uint8Array,
  password: string,
  what: string,
  more: {
    readonly legacy?: LegacyDecrypt | undefined;
    readonly bmp?: Uint8Array;
    readonly budget?: KdfBudget;
  } = NO_OPTIONS,
): Deriving<Uint8Array> {
  const { legacy, bmp = bmpPassword(password), budget = new KdfBudget() } = more;
  const by: Secrets = { what, utf8: encoder.encode(password), bmp, legacy, budget };
  const [type, parameters] = sequence(algorithm, what);
  const id = oid(type, what);
  if (id === PBES2) return yield* pbes2Decrypt(parameters, data, by);
  const old = PBES1[id];
  if (old !== undefined) return yield* pbes1Decrypt(old, parameters, data, by);
  const p12 = id.startsWith(PKCS12_PBE) ? PBE12[id.slice(PKCS12_PBE.length)] : undefined;
  if (p12 === undefined) throw unsupported(what, `scheme ${id}`);
  return yield* pkcs12Decrypt(p12, parameters, data, by);
}

/** What was encrypted, and by which scheme. */
export interface Encrypted {
  /** The DER of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** The encrypted bytes. */
  readonly data: Uint8Array;
}

/** Encrypts with PBES2, PBKDF2-HMAC-SHA256 and AES-256-CBC; gives AlgorithmIdentifier and data. */
export function* pbes2Encrypt(
  data: Uint8Array,
  password: string,
  rounds: number,
): Deriving<Encrypted> {
  const salt = new Uint8Array(nodeCrypto().randomBytes(16));
  const iv = new Uint8Array(nodeCrypto().randomBytes(16));
  const secret = encoder.encode(password);
  const key = yield { kind: "pbkdf2", hash: "sha256", password: secret, salt, rounds, length: 32 };
  const cipher = nodeCrypto().createCipheriv("aes-256-cbc", key, iv);
  const encrypted = concat(new Uint8Array(cipher.update(data)), new Uint8Array(cipher.final()));
  const algorithm = seq(
    oidDer(PBES2),
    seq(
      seq(
        oidDer(PBKDF2),
        seq(octets(salt), int(rounds), seq(oidDer(digests().sha256!.hmac!), nul())),
      ),
      seq(oidDer("2.16.840.1.101.3.4.1.42"), octets(iv)),
    ),
  );
  return { algorithm, data: encrypted };
}

/** Encrypts with pbeWithSHAAnd3-KeyTripleDES-CBC, for readers from before 2010. */
export function* pbe3DesEncrypt(
  data: Uint8Array,
  password: string,
  rounds: number,
): Deriving<Encrypted> {
  const salt = new Uint8Array(nodeCrypto().randomBytes(8));
  const bmp = bmpPassword(password);
  const key = yield pkcs12Derivation("sha1", bmp, salt, 1, rounds, 24);
  const iv = yield pkcs12Derivation("sha1", bmp, salt, 2, rounds, 8);
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
  const iv = hexBytes(ivHex);
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
