/**
 * IO::Socket::SSL::Utils' functions for certificates and keys as PEM text and
 * files.
 *
 * @module
 */

import { describe } from "../internal/quote.ts";
import type { CertificateHash } from "./certificate_hash.ts";
import { Certificate, type CertificateInput, toCertificate } from "./certificate.ts";
import { decodeKey, decodeKeySync, encryptedKeyPem, toPrivateKey } from "./keys/decode.ts";
import { readSmallFile, writeSmallFile } from "./file_io.ts";
import { PrivateKey, type PrivateKeyInput } from "./keys/private_key.ts";

/**
 * Reads the first certificate of a PEM file.
 *
 * Perl: `PEM_file2cert`
 *
 * @throws {SslError} code `ERR_PEM` or `ERR_DER`, or the system's code such as `ENOENT`.
 *
 * @category Making certificates
 */
export async function pemFile2cert(file: string | URL): Promise<Certificate> {
  return Certificate.fromPem(await readSmallFile(file), String(file));
}

/**
 * Reads all certificates of a PEM file, at least one.
 *
 * Perl: `PEM_file2certs`
 *
 * @throws {SslError} code `ERR_PEM` or `ERR_DER`, or the system's code such as `ENOENT`.
 *
 * @category Making certificates
 */
export async function pemFile2certs(file: string | URL): Promise<Certificate[]> {
  return Certificate.allFromPem(await readSmallFile(file), String(file));
}

/**
 * Writes a certificate to a PEM file.
 *
 * Perl: `PEM_cert2file`
 *
 * @category Making certificates
 */
export async function pemCert2file(cert: CertificateInput, file: string | URL): Promise<void> {
  await writeSmallFile(file, pemCert2string(cert));
}

/**
 * Writes certificates to a PEM file, one after the other.
 *
 * Perl: `PEM_certs2file`
 *
 * @category Making certificates
 */
export async function pemCerts2file(
  file: string | URL,
  ...certs: readonly (CertificateInput | readonly CertificateInput[])[]
): Promise<void> {
  const list = certs.flat() as CertificateInput[];
  await writeSmallFile(file, list.map(pemCert2string).join(""));
}

/**
 * Reads the first certificate of a PEM text.
 *
 * Perl: `PEM_string2cert`
 *
 * @throws {SslError} code `ERR_PEM` or `ERR_DER`.
 *
 * @category Making certificates
 */
export function pemString2cert(text: string): Certificate {
  return Certificate.fromPem(text, "string");
}

/**
 * A certificate as PEM text.
 *
 * Perl: `PEM_cert2string`
 *
 * @category Making certificates
 */
export function pemCert2string(cert: CertificateInput): string {
  return toCertificate(cert, "certificate").pem;
}

/**
 * Reads the private key of a PEM file: PKCS#8, PKCS#1 or SEC1, encrypted or not.
 *
 * Perl: `PEM_file2key`
 *
 * @param password The password of an encrypted key. There is no prompt.
 * @throws {SslError} code `PASSWORD_REQUIRED`, `BAD_DECRYPT`, `ERR_KEY`, `ERR_PEM`, `ERR_DER`, or
 *   the system's code such as `ENOENT`.
 *
 * @category Making certificates
 */
export async function pemFile2key(file: string | URL, password?: string): Promise<PrivateKey> {
  const text = await readSmallFile(file);
  return new PrivateKey((await decodeKey(text, { password, source: String(file) })).pkcs8);
}

/**
 * Writes a private key to a PEM file (PKCS#8) that only its owner can read (mode 0600).
 *
 * Perl: `PEM_key2file`
 *
 * @param password Encrypts the key, see {@linkcode pemKey2string}.
 *
 * @category Making certificates
 */
export async function pemKey2file(
  key: PrivateKeyInput,
  file: string | URL,
  password?: string,
): Promise<void> {
  await writeSmallFile(file, pemKey2string(await toPrivateKey(key, "key"), password), true);
}

/**
 * Reads the private key of a PEM text: PKCS#8, PKCS#1 or SEC1, encrypted or not.
 *
 * Perl: `PEM_string2key`
 *
 * @param password The password of an encrypted key.
 * @throws {SslError} code `PASSWORD_REQUIRED`, `BAD_DECRYPT`, `ERR_KEY`, `ERR_PEM` or `ERR_DER`.
 * @throws {SslUnsupportedError} for a key encrypted with DES, RC2 or AES-192: use `decodeKey`.
 *
 * @category Making certificates
 */
export function pemString2key(text: string, password?: string): PrivateKey {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read private key: expected PEM text: received ${describe(text)}`);
  }
  return decodeKeySync(text, { password, source: "string" });
}

/**
 * A private key as PEM text (PKCS#8).
 *
 * Perl: `PEM_key2string`
 *
 * @param password Encrypts it with AES-256-CBC (PBES2, PBKDF2-HMAC-SHA256, 100000 iterations).
 *
 * @category Making certificates
 */
export function pemKey2string(key: PrivateKeyInput, password?: string): string {
  const own = decodeKeySync(key, { source: "key" });
  if (password === undefined) return own.pem;
  if (typeof password !== "string" || password === "") {
    throw new TypeError("Cannot write private key: the password must be a non-empty string");
  }
  return encryptedKeyPem(own, password);
}

/**
 * A certificate as one record; the same as `cert.asHash()`.
 *
 * Perl: `CERT_asHash`
 *
 * @param algorithm The digest of the three digest fields. @default {"sha256"}
 *
 * @category Making certificates
 */
export function certAsHash(cert: CertificateInput, algorithm = "sha256"): CertificateHash {
  return toCertificate(cert, "certificate").asHash(algorithm);
}

/**
 * Subject and issuer of a peer's certificate in two lines.
 *
 * Perl: `dump_peer_certificate`
 *
 * @category Making certificates
 */
export function dumpPeerCertificate(cert: CertificateInput | undefined): string {
  const own = cert === undefined ? undefined : toCertificate(cert, "certificate");
  return `Subject Name: ${own?.subject ?? "undefined"}\n` +
    `Issuer  Name: ${own?.issuer ?? "undefined"}\n`;
}
