/**
 * Private keys in every format there is, to plain PKCS#8: PKCS#8, encrypted
 * PKCS#8, PKCS#1, SEC1, and OpenSSL's encrypted PEM, as PEM or DER.
 *
 * @module
 */

import { equalBytes } from "../../internal/bytes.ts";
import { type NamesOf, ownOptions } from "../../internal/own_options.ts";
import type { KeyObject } from "node:crypto";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { describe, quoteSource } from "../../internal/quote.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import {
  bitString,
  children,
  type DerNode,
  expectTag,
  integerBytes,
  oid,
  readDer,
  sequence,
  smallInteger,
  TAG,
} from "../asn1/reader.ts";
import { int, nul, octets, oidDer, seq } from "../asn1/writer.ts";
import { badPassword, LegacyCipherNeeded, type LegacyDecrypt, loadLegacy } from "./ciphers.ts";
import { derive, deriveNow, type Deriving } from "./derive.ts";
import { dekDecrypt, pbeDecrypt, pbes2Encrypt } from "./password_encryption.ts";
import { foreignBlock, foreignFormat, withoutFinalNewline } from "../foreign.ts";
import { derToPem, looksLikePem, type PemBlock, pemBlocks, pemText, shownLabels } from "./pem.ts";
import { type ForeignKey, foreignKeyFault, isForeignKey } from "../foreign_objects.ts";
import { keyError, PrivateKey, type PrivateKeyInput } from "./private_key.ts";

/**
 * Options of {@linkcode decodeKey}.
 *
 * @category Keys
 */
export interface DecodeKeyOptions {
  /** The password of an encrypted key. */
  password?: string | undefined;
  /** Where the key came from, for messages. @default {"key"} */
  source?: string | undefined;
}

const OPTIONS: NamesOf<DecodeKeyOptions> = { password: true, source: true };

/**
 * A private key as plain PKCS#8.
 *
 * @category Keys
 */
export interface DecodedKey {
  /** The DER. */
  readonly pkcs8: Uint8Array;
  /** The PEM text. */
  readonly pem: string;
}

const LABELS: readonly string[] = [
  "PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "DSA PRIVATE KEY",
];

const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";

/** PKCS#1 `RSAPrivateKey` -> PKCS#8. */
function fromPkcs1(der: Uint8Array, what: string): Uint8Array {
  const fields = sequence(readDer(der, what), what);
  if (fields.length !== 9) throw keyError(what, "a PKCS#1 key has nine numbers");
  for (const field of fields) integerBytes(field, what);
  return seq(int(0), seq(oidDer(RSA), nul()), octets(der));
}

/** SEC1 `ECPrivateKey` -> PKCS#8; the curve moves to the algorithm. */
function fromSec1(der: Uint8Array, what: string): Uint8Array {
  const fields = sequence(readDer(der, what), what);
  if (smallInteger(fields[0], what) !== 1) throw keyError(what, "unknown version of an EC key");
  const secret = expectTag(fields[1], TAG.OCTET_STRING, what);
  const parameters = fields.find((node) => node.tag === 0xa0);
  const curve = parameters && children(parameters, what)[0];
  if (curve?.tag !== TAG.OID) {
    throw keyError(what, "an EC key must name its curve, explicit parameters are not supported");
  }
  oid(curve, what);
  const publicKey = fields.find((node) => node.tag === 0xa1);
  const inner = seq(int(1), secret.raw, ...(publicKey === undefined ? [] : [publicKey.raw]));
  return seq(int(0), seq(oidDer(EC), curve.raw), octets(inner));
}

/** OpenSSL's `DSAPrivateKey` -> PKCS#8. */
function fromDsa(der: Uint8Array, what: string): Uint8Array {
  const fields = sequence(readDer(der, what), what);
  if (fields.length !== 6) throw keyError(what, "a DSA key has six numbers");
  const [, p, q, g, , x] = fields as DerNode[];
  return seq(
    int(0),
    seq(oidDer("1.2.840.10040.4.1"), seq(p!.raw, q!.raw, g!.raw)),
    octets(int(integerBytes(x, what))),
  );
}

/**
 * Checks the outline of a PKCS#8 key. Version 2 (RFC 5958, which Java and rustls write for Ed25519)
 * has the public key after it, which OpenSSL does not read: it is checked and left out.
 */
function checkPkcs8(der: Uint8Array, what: string): Uint8Array {
  const fields = sequence(readDer(der, what), what);
  const version = smallInteger(fields[0], what);
  if (version > 1) throw keyError(what, `unknown PKCS#8 version ${version}`);
  const [, algorithm, secret, ...rest] = fields;
  oid(sequence(algorithm, what)[0], what);
  expectTag(secret, TAG.OCTET_STRING, what);
  if (version === 0) return der;
  const attributes = rest.find(({ tag }) => tag === 0xa0);
  const publicKey = rest.find(({ tag }) => tag === 0x81);
  if (rest.length !== (attributes ? 1 : 0) + (publicKey ? 1 : 0)) {
    throw keyError(what, "a PKCS#8 key has attributes and a public key at most");
  }
  const plain = seq(int(0), algorithm!.raw, secret!.raw, ...attributes ? [attributes.raw] : []);
  if (publicKey !== undefined && !isPublicHalf(publicKey.body, plain)) {
    throw keyError(what, "the public key in it is not that of the private one");
  }
  return plain;
}

/** Whether the content of a BIT STRING is the public half of a key, where the platform can tell. */
function isPublicHalf(bits: Uint8Array, pkcs8: Uint8Array): boolean {
  let own: Uint8Array;
  try {
    own = new PrivateKey(pkcs8).publicBits;
  } catch (error) {
    if (error instanceof SslUnsupportedError) return true; // the engine has the last word
    throw error;
  }
  return bits[0] === 0 && equalBytes(bits.subarray(1), own);
}

/** Tells the formats of unencrypted and encrypted DER apart by their first elements. */
function sniff(der: Uint8Array, what: string): string {
  const fields = sequence(readDer(der, what), what);
  const [first, second] = fields;
  if (first?.tag === TAG.SEQUENCE && second?.tag === TAG.OCTET_STRING) {
    return "ENCRYPTED PRIVATE KEY";
  }
  if (first?.tag === TAG.INTEGER) {
    if (second?.tag === TAG.SEQUENCE) return "PRIVATE KEY";
    if (second?.tag === TAG.OCTET_STRING) return "EC PRIVATE KEY";
    if (second?.tag === TAG.INTEGER && fields.length === 9) return "RSA PRIVATE KEY";
    if (second?.tag === TAG.INTEGER && fields.length === 6) return "DSA PRIVATE KEY";
  }
  const found = first?.tag === TAG.SEQUENCE ? "a certificate or other DER" : "other DER";
  throw keyError(what, `no private key found: received ${found}`);
}

function needPassword(password: string | undefined, what: string): string {
  if (password !== undefined) return password;
  const reason = "the key is encrypted and no password was given";
  throw new SslError(`Cannot read private key from ${what}: ${reason}, use passwdCb or password`, {
    code: "PASSWORD_REQUIRED",
    reason,
  });
}

function* decodeBlock(
  block: PemBlock,
  password: string | undefined,
  what: string,
  legacy: LegacyDecrypt | undefined,
): Deriving<Uint8Array> {
  let { der } = block;
  const encrypted = /ENCRYPTED/.test(block.headers["Proc-Type"] ?? "");
  const wasEncrypted = encrypted || block.label.startsWith("ENCRYPTED");
  if (encrypted) {
    const secret = needPassword(password, what);
    der = dekDecrypt(block.headers["DEK-Info"] ?? "", der, secret, what, legacy);
  }
  if (block.label.startsWith("ENCRYPTED")) {
    const secret = needPassword(password, what);
    const [algorithm, data] = sequence(readDer(der, what), what);
    const body = expectTag(data, TAG.OCTET_STRING, what).body;
    der = yield* pbeDecrypt(algorithm, body, secret, what, { legacy });
  }
  try {
    switch (block.label) {
      case "RSA PRIVATE KEY":
        return fromPkcs1(der, what);
      case "EC PRIVATE KEY":
        return fromSec1(der, what);
      case "DSA PRIVATE KEY":
        return fromDsa(der, what);
      default:
        return checkPkcs8(der, what);
    }
  } catch (error) {
    // A wrong password leaves right padding once in 256 times, and then garbage.
    throw wasEncrypted && error instanceof SslError && error.code === "ERR_DER"
      ? badPassword(what, error)
      : error;
  }
}

function* decodeAny(
  data: unknown,
  options: DecodeKeyOptions,
  legacy?: LegacyDecrypt,
): Deriving<Uint8Array> {
  const what = quoteSource(options.source ?? "key");
  if (typeof data !== "string" && !(data instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read private key from ${what}: expected PEM text, bytes, a PrivateKey, a CryptoKey ` +
        `or a KeyObject: received ${describe(data)}`,
    );
  }
  const { password } = options;
  if (data instanceof Uint8Array && (data[0] === TAG.SEQUENCE || !looksLikePem(data))) {
    const foreign = foreignFormat(data);
    if (foreign !== undefined) throw keyError(what, foreign);
    const der = withoutFinalNewline(data);
    const label = sniff(der, what);
    return yield* decodeBlock({ label, der, headers: {}, line: 1 }, password, what, legacy);
  }
  const text = pemText(data);
  const blocks = pemBlocks(text, what);
  const block = blocks.find(({ label }) => LABELS.includes(label));
  if (block === undefined) {
    const foreign = foreignBlock(blocks) ?? foreignFormat(text);
    const reason = `no private key found: received ${shownLabels(blocks)}`;
    throw keyError(what, foreign === undefined ? reason : `${reason}: ${foreign}`);
  }
  return yield* decodeBlock(block, password, what, legacy);
}

function checkKey(key: ForeignKey, source: string): void {
  const fault = foreignKeyFault(key);
  if (fault === undefined) return;
  throw new TypeError(`Cannot read private key from ${quoteSource(source)}: ${fault}`);
}

function exported(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
}

/** The PKCS#8 of a key of the platform, which is private and can be exported. */
async function foreignKeyPkcs8(key: ForeignKey, source: string): Promise<Uint8Array> {
  checkKey(key, source);
  if (!(key instanceof CryptoKey)) return exported(key);
  return new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
}

/** The same without waiting, where `node:crypto` takes a `CryptoKey`: not on the oldest Deno. */
function foreignKeyPkcs8Sync(key: ForeignKey, source: string): Uint8Array {
  checkKey(key, source);
  if (!(key instanceof CryptoKey)) return exported(key);
  try {
    // The types of Deno want Node's own CryptoKey, which is the same.
    return exported(nodeCrypto().KeyObject.from(key as never));
  } catch (cause) {
    throw new SslUnsupportedError(
      `Cannot read private key from ${quoteSource(source)}: a CryptoKey cannot be exported ` +
        "without waiting in this version of Deno: give await decodeKey(key)",
      { code: "ERR_UNSUPPORTED", cause },
    );
  }
}

/** The PKCS#8 of PEM or DER; what decrypts old ciphers is loaded when it is needed. */
async function decodeEncoded(given: unknown, options: DecodeKeyOptions): Promise<Uint8Array> {
  // Copied, for the caller may write into the bytes while the key is derived.
  const data = given instanceof Uint8Array ? Uint8Array.from(given) : given;
  try {
    return await derive(decodeAny(data, options));
  } catch (error) {
    if (!(error instanceof LegacyCipherNeeded)) throw error;
    return await derive(decodeAny(data, options, await loadLegacy()));
  }
}

/**
 * Reads a private key of any format as plain PKCS#8.
 *
 * @param data PEM (the first key in it), DER, a `PrivateKey`, a `CryptoKey` or a `KeyObject`.
 * @throws {SslError} code `PASSWORD_REQUIRED`, `BAD_DECRYPT` (wrong password), `ERR_KEY`, `ERR_PEM`
 *   or `ERR_DER` (malformed).
 * @throws {SslUnsupportedError} for an encryption scheme that is not known here.
 * @throws {TypeError} for a key object that is not private or cannot be exported.
 * @category Keys
 */
export async function decodeKey(
  data: PrivateKeyInput,
  options?: DecodeKeyOptions,
): Promise<DecodedKey> {
  const own = ownOptions(options, { operation: "decode a key", names: OPTIONS });
  const pkcs8 = data instanceof PrivateKey
    ? data.der
    : isForeignKey(data)
    ? await foreignKeyPkcs8(data, own.source ?? "key")
    : await decodeEncoded(data, own);
  return { pkcs8, pem: derToPem(pkcs8, "PRIVATE KEY") };
}

/**
 * As {@linkcode decodeKey}, without waiting. Keys encrypted with DES, RC2 or
 * AES-192 need the asynchronous one: `SslUnsupportedError`.
 */
export function decodeKeySync(data: PrivateKeyInput, options?: DecodeKeyOptions): PrivateKey {
  if (data instanceof PrivateKey) return data;
  const own = ownOptions(options, { operation: "decode a key", names: OPTIONS });
  return new PrivateKey(
    isForeignKey(data)
      ? foreignKeyPkcs8Sync(data, own.source ?? "key")
      : deriveNow(decodeAny(data, own)),
  );
}

/** The private key in what was given for one. */
export async function toPrivateKey(input: PrivateKeyInput, source: string): Promise<PrivateKey> {
  return input instanceof PrivateKey
    ? input
    : new PrivateKey((await decodeKey(input, { source })).pkcs8);
}

/** A key as encrypted PKCS#8 PEM (PBES2, PBKDF2-HMAC-SHA256, AES-256-CBC). */
export function encryptedKeyPem(key: PrivateKey, password: string, iterations = 100_000): string {
  const { algorithm, data } = deriveNow(pbes2Encrypt(key.der, password, iterations));
  return derToPem(seq(algorithm, octets(data)), "ENCRYPTED PRIVATE KEY");
}

/** Whether a certificate's key is the public half of a private one. */
export function keyMatches(spki: Uint8Array, key: PrivateKey): boolean {
  return equalBytes(bitsOf(spki), key.publicBits);
}

function bitsOf(spki: Uint8Array): Uint8Array {
  const what = "public key";
  return bitString(sequence(readDer(spki, what), what)[1], what).bytes;
}

/**
 * As {@linkcode keyMatches}, but an RSA or EC key that contains its public half is believed: to
 * derive it takes a millisecond. For a pair that an engine goes on to check.
 */
export function keySeemsToMatch(spki: Uint8Array, key: PrivateKey): boolean {
  const what = "private key", bits = bitsOf(spki);
  const own = (): DerNode[] =>
    sequence(
      readDer(expectTag(sequence(readDer(key.der, what), what)[2], 0x04, what).body, what),
      what,
    );
  if (key.type.startsWith("rsa")) {
    const [, n, e] = own();
    return equalBytes(bits, seq(n!.raw, e!.raw));
  }
  const point = key.type === "ec" ? own().find(({ tag }) => tag === 0xa1) : undefined;
  if (point === undefined) return keyMatches(spki, key);
  return equalBytes(bits, bitString(children(point, what)[0], what).bytes);
}
