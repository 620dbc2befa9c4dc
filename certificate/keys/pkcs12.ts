/**
 * Reading PKCS#12 files (RFC 7292): what OpenSSL, Windows, Java and NSS write, old and new.
 *
 * @module
 */

import { digestByOid, digests } from "../../internal/digest.ts";
import { concat, encodeHex, equalBytes } from "../../internal/bytes.ts";
import { withoutFinalNewline } from "../foreign.ts";
import { describe } from "../../internal/quote.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { berToDer } from "../asn1/writer.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { Certificate } from "../certificate.ts";
import { decodeKeySync, keyMatches } from "./decode.ts";
import {
  children,
  derError,
  type DerNode,
  expectTag,
  oid,
  readDer,
  sequence,
  smallInteger,
  stringValue,
  TAG,
} from "../asn1/reader.ts";
import { badPassword, LegacyCipherNeeded, type LegacyDecrypt, loadLegacy } from "./ciphers.ts";
import {
  bmpPassword,
  hmacDigest,
  iterations,
  KdfBudget,
  pbkdf2FromParameters,
  pkcs12Derivation,
  ROUND_COST,
} from "./key_derivation.ts";
import { pbeDecrypt } from "./password_encryption.ts";
import { derive, type Deriving } from "./derive.ts";
import type { PrivateKey } from "./private_key.ts";

/** The largest PKCS#12 file that is read: 16 MiB. */
export const MAX_PKCS12_LENGTH: number = 16 * 1024 * 1024;

/**
 * The content of a PKCS#12 file.
 *
 * @category Keys
 */
export interface Pkcs12 {
  /** The certificate of the key; without a key the first one. */
  readonly cert: Certificate | undefined;
  /** The private key. */
  readonly key: PrivateKey | undefined;
  /** The other certificates, issuers of `cert` first and in order. */
  readonly chain: readonly Certificate[];
  /** The name of the entry, if it has one. */
  readonly friendlyName: string | undefined;
}

const WHAT = "PKCS#12 data";
/** pkcs7-data. */
export const DATA = "1.2.840.113549.1.7.1";
/** pkcs7-encryptedData. */
export const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const BAG = "1.2.840.113549.1.12.10.1.";
/** pkcs8ShroudedKeyBag. */
export const SHROUDED_KEY_BAG: string = BAG + "2";
/** certBag. */
export const CERT_BAG: string = BAG + "3";
/** x509Certificate, a kind of a certBag. */
export const X509_CERT = "1.2.840.113549.1.9.22.1";
/** friendlyName, an attribute. */
export const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
/** localKeyId, an attribute. */
export const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
const PBMAC1 = "1.2.840.113549.1.5.14";

/** The digests of the MAC that are read. */
const MAC_DIGESTS: readonly string[] = ["sha1", "sha224", "sha256", "sha384", "sha512"];

interface Bag<T> {
  readonly value: T;
  readonly localKeyId: Uint8Array | undefined;
  readonly friendlyName: string | undefined;
}

interface Secret {
  readonly password: string;
  readonly bmp: Uint8Array;
  readonly legacy: LegacyDecrypt | undefined;
  readonly budget: KdfBudget;
}

function contentInfo(node: DerNode | undefined): { type: string; content: DerNode } {
  const [type, content] = sequence(node, WHAT);
  const inner = children(expectTag(content, 0xa0, WHAT), WHAT)[0];
  if (inner === undefined) throw derError(WHAT, "empty content");
  return { type: oid(type, WHAT), content: inner };
}

/** A content that nests BER inside an OCTET STRING. */
function nested(bytes: Uint8Array): DerNode {
  return readDer(berToDer(bytes, WHAT), WHAT);
}

function* macOf(
  algorithm: DerNode,
  authSafe: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  secret: Secret,
): Deriving<Uint8Array> {
  const [type, parameters] = sequence(algorithm, WHAT);
  const id = oid(type, WHAT);
  if (id === PBMAC1) {
    const [kdf, mac] = sequence(parameters, WHAT);
    const [kdfType, kdfParameters] = sequence(kdf, WHAT);
    const hash = hmacDigest(oid(sequence(mac, WHAT)[0], WHAT));
    if (oid(kdfType, WHAT) !== "1.2.840.113549.1.5.12" || hash === undefined) {
      throw new SslUnsupportedError(`Cannot read ${WHAT}: unknown PBMAC1 algorithms`);
    }
    const password = new TextEncoder().encode(secret.password);
    const key = yield pbkdf2FromParameters(kdfParameters, password, 32, WHAT, secret.budget);
    return new Uint8Array(nodeCrypto().createHmac(hash, key).update(authSafe).digest());
  }
  const hash = digestByOid(id, MAC_DIGESTS);
  if (hash === undefined) {
    throw new SslUnsupportedError(`Cannot read ${WHAT}: unknown MAC algorithm: received ${id}`);
  }
  secret.budget.spend(ROUND_COST * rounds, WHAT);
  const key = yield pkcs12Derivation(hash, secret.bmp, salt, 3, rounds, digests()[hash]!.length);
  return new Uint8Array(nodeCrypto().createHmac(hash, key).update(authSafe).digest());
}

function* macIsRight(
  macData: DerNode,
  authSafe: Uint8Array,
  secret: Secret,
): Deriving<boolean> {
  const [info, saltNode, count] = sequence(macData, WHAT);
  const [algorithm, expected] = sequence(info, WHAT);
  const rounds = count === undefined ? 1 : iterations(count, WHAT);
  const salt = expectTag(saltNode, TAG.OCTET_STRING, WHAT).body;
  const want = expectTag(expected, TAG.OCTET_STRING, WHAT).body;
  const by = expectTag(algorithm, TAG.SEQUENCE, WHAT);
  const got = yield* macOf(by, authSafe, salt, rounds, secret);
  return want.length === got.length && nodeCrypto().timingSafeEqual(want, got);
}

class Contents {
  readonly keys: Bag<PrivateKey>[] = [];
  readonly certs: Bag<Certificate>[] = [];

  /** Collects the bags of SafeContents; bags within bags to a small depth. */
  *read(node: DerNode, secret: Secret, depth = 0): Deriving<void> {
    if (depth > 8) throw derError(WHAT, "bags are nested too deep");
    for (const bag of sequence(node, WHAT)) {
      const [type, content, attributes] = sequence(bag, WHAT);
      const id = oid(type, WHAT);
      const value = children(expectTag(content, 0xa0, WHAT), WHAT)[0];
      if (value === undefined) throw derError(WHAT, "empty bag");
      const meta = readAttributes(attributes);
      switch (id) {
        case BAG + "1":
          this.keys.push({ value: decodeKeySync(value.raw, { source: WHAT }), ...meta });
          break;
        case SHROUDED_KEY_BAG: {
          const [algorithm, data] = sequence(value, WHAT);
          const encrypted = expectTag(data, TAG.OCTET_STRING, WHAT).body;
          const plain = yield* pbeDecrypt(
            algorithm,
            encrypted,
            secret.password,
            WHAT,
            secret,
          );
          this.keys.push({ value: decodeKeySync(plain, { source: WHAT }), ...meta });
          break;
        }
        case CERT_BAG: {
          const [kind, cert] = sequence(value, WHAT);
          if (oid(kind, WHAT) !== X509_CERT) break; // an SDSI certificate
          const inner = children(expectTag(cert, 0xa0, WHAT), WHAT)[0];
          const der = expectTag(inner, TAG.OCTET_STRING, WHAT).body;
          this.certs.push({ value: new Certificate(der), ...meta });
          break;
        }
        case BAG + "6":
          yield* this.read(value, secret, depth + 1);
          break;
      }
      // CRL bags and secret bags have no place in the result.
    }
  }
}

function readAttributes(node: DerNode | undefined): Omit<Bag<never>, "value"> {
  let localKeyId: Uint8Array | undefined;
  let friendlyName: string | undefined;
  for (const attribute of node === undefined ? [] : children(expectTag(node, 0x31, WHAT), WHAT)) {
    const [type, values] = sequence(attribute, WHAT);
    const id = oid(type, WHAT);
    const value = children(expectTag(values, TAG.SET, WHAT), WHAT)[0];
    if (value === undefined) continue;
    if (id === FRIENDLY_NAME) friendlyName = stringValue(value, WHAT);
    if (id === LOCAL_KEY_ID) localKeyId = value.body;
  }
  return { localKeyId, friendlyName };
}

function* read(der: Uint8Array, secret: Secret): Deriving<Contents> {
  const [version, authSafe, macData] = sequence(readDer(der, WHAT), WHAT);
  if (smallInteger(version, WHAT) !== 3) throw derError(WHAT, "version is not 3");
  const outer = contentInfo(authSafe);
  if (outer.type !== DATA) {
    throw new SslUnsupportedError(
      `Cannot read ${WHAT}: files protected by public keys are not supported`,
    );
  }
  const safe = expectTag(outer.content, TAG.OCTET_STRING, WHAT).body;
  if (macData !== undefined && !(yield* macIsRight(macData, safe, secret))) throw badPassword(WHAT);
  const contents = new Contents();
  for (const info of sequence(nested(safe), WHAT)) {
    const { type, content } = contentInfo(info);
    if (type === DATA) {
      yield* contents.read(nested(expectTag(content, TAG.OCTET_STRING, WHAT).body), secret);
    } else if (type === ENCRYPTED_DATA) {
      const [, encrypted] = sequence(content, WHAT);
      const [, algorithm, data] = sequence(encrypted, WHAT);
      if (data === undefined) throw derError(WHAT, "no encrypted content");
      // [0] IMPLICIT OCTET STRING, in one piece or in several.
      const bytes = data.tag === 0xa0
        ? concat(children(data, WHAT).map((piece) => piece.body))
        : expectTag(data, 0x80, WHAT).body;
      const plain = yield* pbeDecrypt(
        algorithm,
        bytes,
        secret.password,
        WHAT,
        secret,
      );
      yield* contents.read(nested(plain), secret);
    } else {
      throw new SslUnsupportedError(
        `Cannot read ${WHAT}: content ${type}, protected by public keys, is not supported`,
      );
    }
  }
  return contents;
}

/** Puts issuers behind their subjects; certificates outside this chain come at the end. */
function orderChain(leaf: Certificate | undefined, others: Certificate[]): Certificate[] {
  // By subject, for there may be ten thousand of them; the first one of several comes first.
  const bySubject = new Map<string, Certificate[]>();
  for (const cert of others.toReversed()) {
    const subject = encodeHex(cert.rawSubject);
    const list = bySubject.get(subject);
    if (list === undefined) bySubject.set(subject, [cert]);
    else list.push(cert);
  }
  const chain = new Set<Certificate>();
  let current = leaf;
  while (current !== undefined && !current.isSelfIssued) {
    current = bySubject.get(encodeHex(current.rawIssuer))?.pop();
    if (current !== undefined) chain.add(current);
  }
  return [...chain, ...others.filter((cert) => !chain.has(cert))];
}

function select({ keys, certs }: Contents): Pkcs12 {
  const key = keys[0];
  const own = key === undefined
    ? certs[0]
    : certs.find((bag) =>
      bag.localKeyId !== undefined && key.localKeyId !== undefined &&
      equalBytes(bag.localKeyId, key.localKeyId)
    ) ?? certs.find((bag) => keyMatches(bag.value.rawSpki, key.value));
  return {
    cert: own?.value,
    key: key?.value,
    chain: orderChain(own?.value, certs.filter((bag) => bag !== own).map((bag) => bag.value)),
    friendlyName: own?.friendlyName ?? key?.friendlyName,
  };
}

/**
 * Reads a PKCS#12 file: encryption with PBES2 (AES, 3DES; PBKDF2 or scrypt)
 * or the old RC2 and 3DES schemes, integrity by HMAC or PBMAC1 (RFC 9579).
 *
 * Perl: `P_PKCS12_load_file`
 *
 * @param bytes The file, DER or BER, at most 16 MiB.
 * @param password @default {""}, which also reads files without a password
 * @throws {SslError} code `BAD_DECRYPT` for a wrong password, `ERR_DER` if it is malformed.
 * @throws {SslUnsupportedError} for a scheme that is not known here.
 *
 * @category Keys
 */
export async function parsePkcs12(bytes: Uint8Array, password = ""): Promise<Pkcs12> {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`Cannot read ${WHAT}: expected a Uint8Array: received ${describe(bytes)}`);
  }
  if (typeof password !== "string") {
    throw new TypeError(
      `Cannot read ${WHAT}: the password must be a string: received ${describe(password)}`,
    );
  }
  if (bytes.length > MAX_PKCS12_LENGTH) {
    throw derError(WHAT, `${bytes.length} bytes is more than the limit of 16 MiB`);
  }
  // Copied, for the caller may write into the bytes while the keys are derived.
  const der = berToDer(withoutFinalNewline(Uint8Array.from(bytes)), WHAT);
  // "No password" is written in two ways: as the empty text with its zero, and as nothing.
  const forms = password === "" ? [bmpPassword(""), new Uint8Array(0)] : [bmpPassword(password)];
  let legacy: LegacyDecrypt | undefined;
  let failure: unknown;
  const budget = new KdfBudget(); // one for all attempts
  for (const bmp of forms) {
    try {
      try {
        return select(await derive(read(der, { password, bmp, legacy, budget })));
      } catch (error) {
        if (!(error instanceof LegacyCipherNeeded)) throw error;
        legacy = await loadLegacy();
        return select(await derive(read(der, { password, bmp, legacy, budget })));
      }
    } catch (error) {
      failure = error;
      if (!(error instanceof SslError) || error.code !== "BAD_DECRYPT") throw error;
    }
  }
  throw failure;
}
