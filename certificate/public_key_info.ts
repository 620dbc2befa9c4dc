/**
 * What there is to say of a key.
 *
 * @module
 */

/**
 * The kinds of keys.
 *
 * @category Certificates
 */
export type KeyType = "rsa" | "rsa-pss" | "ec" | "ed25519" | "ed448" | "dsa" | "other";

/**
 * What kind of public key a certificate has.
 *
 * @category Certificates
 */
export interface PublicKeyInfo {
  /** Its algorithm. */
  readonly type: KeyType;
  /** Its size: of the modulus, or of the curve's field. */
  readonly bits: number | undefined;
  /** OpenSSL's name of the curve of an EC key, e.g. `prime256v1`, or the dotted form. */
  readonly curve?: string;
}
