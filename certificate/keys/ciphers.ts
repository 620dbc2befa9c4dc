/**
 * The ciphers of encrypted keys and PKCS#12 files, all in CBC mode. Old ones that `node:crypto`
 * lacks come from node-forge, which is loaded only when one of them occurs.
 *
 * @module
 */

import { SslError, SslUnsupportedError } from "../../errors.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { derError, latin1 } from "../asn1/reader.ts";
import { concat } from "../asn1/writer.ts";

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

/** The length of their keys in bytes. */
export const KEY_LENGTH: Readonly<Record<Cipher, number>> = {
  "aes-128-cbc": 16,
  "aes-192-cbc": 24,
  "aes-256-cbc": 32,
  "des-ede3-cbc": 24,
  "des-cbc": 8,
  "rc2-cbc": 16,
};

/** The ciphers by object identifier. */
export const CIPHER_OIDS: Readonly<Record<string, Cipher>> = {
  "2.16.840.1.101.3.4.1.2": "aes-128-cbc",
  "2.16.840.1.101.3.4.1.22": "aes-192-cbc",
  "2.16.840.1.101.3.4.1.42": "aes-256-cbc",
  "1.2.840.113549.3.7": "des-ede3-cbc",
  "1.3.14.3.2.7": "des-cbc",
  "1.2.840.113549.3.2": "rc2-cbc",
};

/** A cipher that only node-forge has: the caller loads it and tries again. */
export class LegacyCipherNeeded extends SslUnsupportedError {
  override name = "LegacyCipherNeeded";
}

/** The error for a wrong password or damaged data: the two cannot be told apart. */
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

const isNative = (cipher: Cipher): boolean =>
  cipher === "aes-128-cbc" || cipher === "aes-256-cbc" || cipher === "des-ede3-cbc";

/** Asks for the old ciphers where one of them is needed: before a key is derived for nothing. */
export function needLegacy(cipher: Cipher, legacy: LegacyDecrypt | undefined, what: string): void {
  if (legacy !== undefined || isNative(cipher)) return;
  throw new LegacyCipherNeeded(
    `Cannot decrypt ${what}: cipher ${cipher} is not supported here, use the asynchronous decodeKey`,
    { code: "UNSUPPORTED_CIPHER" },
  );
}

/** Decrypts CBC with padding. @throws {SslError} code `BAD_DECRYPT` where the padding is wrong. */
export function decryptCbc(
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
  needLegacy(cipher, legacy, what);
  try {
    if (!isNative(cipher)) return legacy!(cipher, key, iv, data);
    const decipher = nodeCrypto().createDecipheriv(cipher, key, iv);
    return concat(new Uint8Array(decipher.update(data)), new Uint8Array(decipher.final()));
  } catch (cause) {
    throw badPassword(what, cause);
  }
}
