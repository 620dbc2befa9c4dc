/**
 * What the options `key` and `keyFile` hold: a private key in PEM, DER or PKCS#12, or a key object.
 *
 * @module
 */

import { decodeKey } from "../../certificate/keys/decode.ts";
import { isPkcs12 } from "../../certificate/foreign.ts";
import { looksLikePem } from "../../certificate/keys/pem.ts";
import { parsePkcs12, type Pkcs12 } from "../../certificate/keys/pkcs12.ts";
import { isForeignKey } from "../../certificate/foreign_objects.ts";
import { PrivateKey, type PrivateKeyInput } from "../../certificate/keys/private_key.ts";
import { SslError } from "../../errors.ts";
import { quotePath } from "../../internal/quote.ts";
import { readOptionFile } from "../option_file.ts";
import { askPassword, type PasswordCallback, withPassword } from "./password.ts";

/** A private key from PEM text, bytes or an object that has its PEM text. */
export async function loadKey(
  data: PrivateKeyInput,
  source: string,
  passwdCb: PasswordCallback,
): Promise<PrivateKey> {
  const { pkcs8 } = await withPassword(
    passwdCb,
    source,
    (password) => decodeKey(data, { source, ...(password === undefined ? {} : { password }) }),
  );
  return new PrivateKey(pkcs8);
}

/** The option `key`, of which the check has seen the looks only. */
export async function keyFromOption(
  key: unknown,
  source: string,
  passwdCb: PasswordCallback,
): Promise<PrivateKey> {
  if (key instanceof PrivateKey) return key;
  if (typeof key === "string" || key instanceof Uint8Array || isForeignKey(key)) {
    return await loadKey(key, source, passwdCb);
  }
  throw new TypeError(
    `Cannot use option "key": key must be PEM text, a Uint8Array, a PrivateKey, a ` +
      `CryptoKey or a KeyObject: received ${typeof key}`,
  );
}

/** Without a password first, as Perl does; then with the one from the callback. */
export async function loadPkcs12(
  bytes: Uint8Array,
  source: string,
  passwdCb: PasswordCallback,
): Promise<Pkcs12> {
  try {
    return await parsePkcs12(bytes);
  } catch (error) {
    if (!(error instanceof SslError) || error.code !== "BAD_DECRYPT") throw error;
  }
  return await parsePkcs12(bytes, await askPassword(passwdCb, source));
}

export async function keyFromFile(
  file: string | URL,
  option: string,
  passwdCb: PasswordCallback,
): Promise<{ key: PrivateKey; source: string }> {
  const bytes = await readOptionFile(option, file);
  const source = `${option} ${quotePath(file)}`;
  if (looksLikePem(bytes) || !isPkcs12(bytes)) {
    return { key: await loadKey(bytes, source, passwdCb), source };
  }
  const { key } = await loadPkcs12(bytes, source, passwdCb);
  if (key === undefined) throw missingKey(source);
  return { key, source };
}

export function missingKey(source: string): SslError {
  const reason = "there is no private key in it";
  return new SslError(`Cannot use ${source}: ${reason}: give key or keyFile`, {
    code: "ERR_NO_KEY",
    reason,
  });
}
