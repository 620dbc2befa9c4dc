/**
 * Writing PKCS#12 files (RFC 7292) that OpenSSL, Windows, Java and NSS read.
 *
 * @module
 */

import { type NamesOf, ownOptions } from "../../internal/own_options.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { quote } from "../../internal/quote.ts";
import { digests } from "../../internal/digest.ts";
import { explicit, int, nul, octets, oidDer, seq, setOf, tlv } from "../asn1/writer.ts";
import { type Certificate, type CertificateInput, toCertificate } from "../certificate.ts";
import { keyIdentifier } from "../certificate_build.ts";
import { keyMatches, toPrivateKey } from "./decode.ts";
import { derive, type Deriving } from "./derive.ts";
import { bmpPassword, pkcs12Derivation } from "./key_derivation.ts";
import { type Encrypted, pbe3DesEncrypt, pbes2Encrypt } from "./password_encryption.ts";
import {
  CERT_BAG,
  DATA,
  ENCRYPTED_DATA,
  FRIENDLY_NAME,
  LOCAL_KEY_ID,
  SHROUDED_KEY_BAG,
  X509_CERT,
} from "./pkcs12.ts";
import type { PrivateKey, PrivateKeyInput } from "./private_key.ts";

/**
 * Options of {@linkcode createPkcs12}.
 *
 * @category Keys
 */
export interface CreatePkcs12Options {
  /** The certificate. */
  cert?: CertificateInput;
  /** Its key. */
  key?: PrivateKeyInput;
  /** More certificates. */
  chain?: readonly CertificateInput[];
  /** The password. @default {""} */
  password?: string;
  /** The name of the entry. */
  friendlyName?: string;
  /**
   * `aes256`: PBES2 with AES-256 and a SHA-256 MAC, as OpenSSL 3 writes.
   * `3des`: 3DES and a SHA-1 MAC, for readers before 2010 (and weak).
   *
   * @default {"aes256"}
   */
  encryption?: "aes256" | "3des";
  /** Iterations of the key derivations: at most 1,000,000, with `3des` 300,000. @default {10000} */
  iterations?: number;
}

const OPTIONS: NamesOf<CreatePkcs12Options> = {
  cert: true,
  key: true,
  chain: true,
  password: true,
  friendlyName: true,
  encryption: true,
  iterations: true,
};

function attributes(id: Uint8Array | undefined, name: string | undefined): Uint8Array[] {
  const list: Uint8Array[] = [];
  if (name !== undefined) {
    const bmp = bmpPassword(name);
    list.push(seq(oidDer(FRIENDLY_NAME), setOf(tlv(0x1e, bmp.subarray(0, bmp.length - 2)))));
  }
  if (id !== undefined) list.push(seq(oidDer(LOCAL_KEY_ID), setOf(octets(id))));
  return list.length === 0 ? [] : [setOf(...list)];
}

/** What {@linkcode parsePkcs12} reads: three derivations of a file must not exceed its budget. */
const MOST_ITERATIONS = { aes256: 1_000_000, "3des": 300_000 } as const;

/** What goes into a file, checked. */
interface Contents {
  readonly cert: Certificate | undefined;
  readonly key: PrivateKey | undefined;
  readonly chain: readonly Certificate[];
  readonly friendlyName: string | undefined;
}

/** How it is protected. */
interface Protection {
  readonly encryption: "aes256" | "3des";
  readonly password: string;
  readonly iterations: number;
}

async function contentsOf(options: CreatePkcs12Options): Promise<Contents> {
  const { chain = [], friendlyName } = options;
  if (options.cert === undefined && options.key === undefined && chain.length === 0) {
    throw new TypeError("Cannot create PKCS#12: give at least one of cert, key, chain");
  }
  const cert = options.cert === undefined ? undefined : toCertificate(options.cert, "cert");
  const key = options.key === undefined ? undefined : await toPrivateKey(options.key, "key");
  if (cert !== undefined && key !== undefined && !keyMatches(cert.rawSpki, key)) {
    throw new TypeError(`Cannot create PKCS#12: the key is not that of ${cert.subject}`);
  }
  return { cert, key, chain: chain.map((one) => toCertificate(one, "chain")), friendlyName };
}

function protectionOf(options: CreatePkcs12Options): Protection {
  const { password = "", encryption = "aes256", iterations = 10_000 } = options;
  if (encryption !== "aes256" && encryption !== "3des") {
    throw new TypeError(
      `Cannot create PKCS#12: encryption must be "aes256" or "3des": received ${quote(encryption)}`,
    );
  }
  const most = MOST_ITERATIONS[encryption];
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > most) {
    throw new RangeError(
      `Cannot create PKCS#12: iterations must be from 1 to ${most} with ${encryption}: received ${
        quote(iterations)
      }`,
    );
  }
  return { encryption, password, iterations };
}

/** Encrypts with the scheme that was asked for. */
function encrypt(
  plain: Uint8Array,
  { encryption, password, iterations }: Protection,
): Deriving<Encrypted> {
  const scheme = encryption === "aes256" ? pbes2Encrypt : pbe3DesEncrypt;
  return scheme(plain, password, iterations);
}

function certBag(cert: Certificate, meta: readonly Uint8Array[]): Uint8Array {
  const value = seq(oidDer(X509_CERT), explicit(0, octets(cert.der)));
  return seq(oidDer(CERT_BAG), explicit(0, value), ...meta);
}

/** The content with the certificates, if there is one to write. */
function* certificatesContent(contents: Contents, protection: Protection): Deriving<Uint8Array[]> {
  const { cert, chain, friendlyName } = contents;
  const bags = chain.map((one) => certBag(one, []));
  if (cert !== undefined) bags.unshift(certBag(cert, attributes(keyIdOf(contents), friendlyName)));
  if (bags.length === 0) return [];
  const { algorithm, data } = yield* encrypt(seq(...bags), protection);
  const encrypted = seq(int(0), seq(oidDer(DATA), algorithm, tlv(0x80, data)));
  return [seq(oidDer(ENCRYPTED_DATA), explicit(0, encrypted))];
}

/** The content with the key, if there is one to write. */
function* keyContent(contents: Contents, protection: Protection): Deriving<Uint8Array[]> {
  const { key, friendlyName } = contents;
  if (key === undefined) return [];
  const { algorithm, data } = yield* encrypt(key.der, protection);
  const bag = seq(
    oidDer(SHROUDED_KEY_BAG),
    explicit(0, seq(algorithm, octets(data))),
    ...attributes(keyIdOf(contents), friendlyName),
  );
  return [seq(oidDer(DATA), explicit(0, octets(seq(bag))))];
}

const keyIdOf = ({ key }: Contents): Uint8Array | undefined =>
  key === undefined ? undefined : keyIdentifier(key.publicBits);

/** The MacData over the contents. */
function* macData(
  safe: Uint8Array,
  { encryption, password, iterations }: Protection,
): Deriving<Uint8Array> {
  const salt = new Uint8Array(nodeCrypto().randomBytes(16));
  const hash = encryption === "aes256" ? "sha256" : "sha1";
  const secret = bmpPassword(password);
  const { length } = digests()[hash]!;
  const key = yield pkcs12Derivation(hash, secret, salt, 3, iterations, length);
  const mac = new Uint8Array(nodeCrypto().createHmac(hash, key).update(safe).digest());
  return seq(
    seq(seq(oidDer(digests()[hash]!.oid), nul()), octets(mac)),
    octets(salt),
    int(iterations),
  );
}

/** The whole file. */
function* fileOf(contents: Contents, protection: Protection): Deriving<Uint8Array> {
  const safe = seq(
    ...yield* certificatesContent(contents, protection),
    ...yield* keyContent(contents, protection),
  );
  const mac = yield* macData(safe, protection);
  return seq(int(3), seq(oidDer(DATA), explicit(0, octets(safe))), mac);
}

/**
 * Writes a PKCS#12 file.
 *
 * @throws {RangeError} if `iterations` is out of range.
 * @throws {TypeError} if there is nothing to write, or the key is not the certificate's.
 * @category Keys
 */
export async function createPkcs12(options: CreatePkcs12Options): Promise<Uint8Array> {
  const own = ownOptions(options, { operation: "create PKCS#12", names: OPTIONS });
  const protection = protectionOf(own);
  return await derive(fileOf(await contentsOf(own), protection));
}
