/**
 * Private keys: made, read and written.
 *
 * Source: https://docs.openssl.org/3.0/man3/PEM_read_bio_PrivateKey/
 *
 * @module
 */

import { cCallback } from "./callbacks/c_callback.ts";
import { passwordCallback } from "./callbacks/one_shot.ts";
import { lazy } from "./c_function.ts";
import { pointerCell, toBytes, toCString } from "./c_memory.ts";
import { toInteger } from "./integer.ts";
import { handleOf, type Opaque } from "./handle.ts";
import { calling, optionalPointer, pointerOf } from "./into.ts";
import { guarded } from "./thrown.ts";
import { apart } from "./error_queue.ts";
import { printed } from "./written.ts";

const P = "pointer", I = "i32", B = "buffer";
const pkeyId = lazy("EVP_PKEY_get_id|EVP_PKEY_id", [P], I);
const copyParameters = lazy("EVP_PKEY_copy_parameters", [P, P], I);
const writeKey = lazy("PEM_write_bio_PrivateKey", [P, P, P, B, I, P, P], I);
const readKey = lazy("PEM_read_bio_PrivateKey", [P, P, P, P], P);
const readKeyWith = lazy("PEM_read_bio_PrivateKey", [P, P, P, B], P);
const desCbc = lazy("EVP_des_cbc", [], P);
const sn2nid = lazy("OBJ_sn2nid", [B], I);
const nist2nid = lazy("EC_curve_nist2nid", [B], I);
const ecKeyNew = lazy("EC_KEY_new_by_curve_name", [I], P);
const ecKeyGenerate = lazy("EC_KEY_generate_key", [P], I);
const ecKeyFree = lazy("EC_KEY_free", [P], "void");
const rsaNew = lazy("RSA_new", [], P);
const rsaFree = lazy("RSA_free", [P], "void");
const rsaGenerate = lazy("RSA_generate_key_ex", [P, I, P, P], I);
const bnNew = lazy("BN_new", [], P);
const bnFree = lazy("BN_free", [P], "void");
const bnSetWord = lazy("BN_set_word", [P, "u64"], I);
const bnDup = lazy("BN_dup", ["u64"], P);
const gencbNew = lazy("BN_GENCB_new", [], P);
const gencbFree = lazy("BN_GENCB_free", [P], "void");
const gencbSet = lazy("BN_GENCB_set_old", [P, P, P], "void");
const get0Key = lazy("RSA_get0_key", [P, B, B, B], "void");
const get0Factors = lazy("RSA_get0_factors", [P, B, B], "void");
const get0Crt = lazy("RSA_get0_crt_params", [P, B, B, B], "void");

const EVP_PKEY_NONE = 0;

/** Copies the parameters of a key into another. Perl: `Net::SSLeay::EVP_PKEY_copy_parameters` */
export function EVP_PKEY_copy_parameters(to: Opaque<"EVP_PKEY">, from: Opaque<"EVP_PKEY">): number {
  const name = "EVP_PKEY_copy_parameters";
  const target = pointerOf(to, "EVP_PKEY", name), source = pointerOf(from, "EVP_PKEY", name);
  // C crashes on an EVP_PKEY that holds no key.
  if (pkeyId(source) === EVP_PKEY_NONE) return 0;
  return calling(() => copyParameters(target, source));
}

/**
 * A private key as PEM, encrypted if there is a password; `undefined`, with errors in the queue, if
 * OpenSSL does not have the cipher.
 *
 * Perl: `Net::SSLeay::PEM_get_string_PrivateKey`
 *
 * @param cipher How; DES-CBC by default, as in Perl. DES is broken, and OpenSSL 3 and later have it
 * only after `OSSL_PROVIDER_load(null, "legacy")`: pass `EVP_get_cipherbyname("aes-256-cbc")`.
 */
export function PEM_get_string_PrivateKey(
  pkey: Opaque<"EVP_PKEY">,
  password?: string | Uint8Array | null,
  cipher?: Opaque<"EVP_CIPHER"> | null,
): string | undefined {
  const name = "PEM_get_string_PrivateKey";
  const key = pointerOf(pkey, "EVP_PKEY", name);
  const chosen = optionalPointer(cipher, "EVP_CIPHER", name);
  const secret = password ? toBytes(password, `${name}()`) : undefined;
  return calling(() =>
    printed((bio) =>
      secret === undefined || secret.length === 0
        ? writeKey(bio, key, null, null, 0, null, null)
        : writeKey(bio, key, chosen ?? desCbc(), secret, secret.length, null, null)
    )
  );
}

/** What gives the password of a key: `(maxLength, rwflag, data)`. */
export type KeyPasswordCallback = (
  maxLength: number,
  rwflag: number,
  data: unknown,
) => string | Uint8Array | undefined;

/**
 * Reads a private key from PEM; `null`, with errors in the queue, for a wrong password, for what is
 * not a key, and for one that is encrypted in an old way, such as DES, which OpenSSL 3 and later read
 * only after `OSSL_PROVIDER_load(null, "legacy")`.
 *
 * Perl: `Net::SSLeay::PEM_read_bio_PrivateKey`
 *
 * @param callback Gives the password. Without it, `data` is the password itself. OpenSSL never
 * asks on the terminal.
 */
export function PEM_read_bio_PrivateKey(
  bio: Opaque<"BIO">,
  callback?: KeyPasswordCallback | null,
  data?: unknown,
): Opaque<"EVP_PKEY"> | null {
  const name = "PEM_read_bio_PrivateKey";
  const source = pointerOf(bio, "BIO", name);
  if (typeof callback === "function") {
    const using = passwordCallback((maxLength, rwflag) => callback(maxLength, rwflag, data));
    try {
      return handleOf("EVP_PKEY", calling(() => readKey(source, null, using.pointer, null)), "new");
    } finally {
      using.close();
    }
  }
  const password = toCString(data ?? "", `${name}()`);
  return handleOf("EVP_PKEY", calling(() => readKeyWith(source, null, null, password)), "new");
}

/**
 * A new key on a curve, by its NID or by its name.
 *
 * Perl: `Net::SSLeay::EC_KEY_generate_key`
 *
 * @throws {TypeError} For a curve that OpenSSL does not know.
 */
export function EC_KEY_generate_key(curve: number | string): Opaque<"EC_KEY"> | null {
  const where = "EC_KEY_generate_key()";
  const text = typeof curve === "string" ? toCString(curve, where) : undefined;
  const nid = text === undefined ? toInteger(curve, "int", where) : sn2nid(text) || nist2nid(text);
  return calling(() => {
    const key = nid > 0 ? ecKeyNew(nid) : null;
    if (key === null) throw new TypeError(`Cannot call ${where}: unknown curve: received ${curve}`);
    if (ecKeyGenerate(key) === 1) return handleOf("EC_KEY", key, "new");
    ecKeyFree(key);
    return null;
  });
}

/** Follows the making of a key: `(step, count, data)`. */
export type KeyProgressCallback = (step: number, count: number, data: unknown) => unknown;

/**
 * A new RSA key.
 *
 * Perl: `Net::SSLeay::RSA_generate_key`
 *
 * @throws {RangeError} For less than 512 or more than 16,384 bits.
 */
export function RSA_generate_key(
  bits: number,
  exponent: number,
  callback?: KeyProgressCallback | null,
  data?: unknown,
): Opaque<"RSA"> | null {
  const where = "RSA_generate_key()";
  const size = toInteger(bits, "int", where) as number;
  const e = toInteger(exponent, "u64", where);
  if (size < 512 || size > 16_384) {
    throw new RangeError(`Cannot call ${where}: bits must be from 512 to 16384: received ${size}`);
  }
  const progress = typeof callback === "function"
    ? cCallback(
      [I, I, P],
      "void",
      (step: number, count: number) =>
        apart(() => guarded(undefined, () => void callback(step, count, data))),
    )
    : undefined;
  const word = bnNew(), rsa = rsaNew(), gencb = gencbNew();
  try {
    bnSetWord(word, BigInt(e));
    if (progress !== undefined) gencbSet(gencb, progress.pointer, null);
    const done = calling(() => rsaGenerate(rsa, size, word, progress === undefined ? null : gencb));
    if (done === 1) return handleOf("RSA", rsa, "new");
    rsaFree(rsa);
    return null;
  } finally {
    bnFree(word);
    gencbFree(gencb);
    progress?.close();
  }
}

/**
 * The numbers of an RSA key, each a copy or `undefined`: n, e, d, p, q, dmp1, dmq1, iqmp.
 *
 * Perl: `Net::SSLeay::RSA_get_key_parameters`
 */
export function RSA_get_key_parameters(rsa: Opaque<"RSA">): (Opaque<"BIGNUM"> | undefined)[] {
  const pointer = pointerOf(rsa, "RSA", "RSA_get_key_parameters");
  const cells = Array.from({ length: 8 }, () => pointerCell());
  const [n, e, d, p, q, dmp1, dmq1, iqmp] = cells.map((cell) => cell.bytes);
  return calling(() => {
    get0Key(pointer, n, e, d);
    get0Factors(pointer, p, q);
    get0Crt(pointer, dmp1, dmq1, iqmp);
    return cells.map((cell) =>
      cell.read() === 0n ? undefined : handleOf("BIGNUM", bnDup(cell.read()), "new")!
    );
  });
}
