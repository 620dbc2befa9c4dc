/**
 * A view of one X.509 certificate: synchronous, over its DER.
 *
 * @module
 */

import { encodeHex, equalBytes } from "../internal/bytes.ts";
import { describe } from "../internal/quote.ts";
import type { KeyObject } from "node:crypto";
import * as record from "./perl_hash.ts";
import type { CertificateParts } from "./certificate_structure.ts";
import type { PublicKeyInfo } from "./public_key_info.ts";
import type { CertificateHash } from "./certificate_hash.ts";
import { bytesToBigInt, derError, ifReadable } from "./asn1/reader.ts";
import * as ext from "./extensions/read.ts";
import { commonNameOf, type NameAttribute, onelineName, readName } from "./name.ts";
import { digest } from "../internal/digest.ts";
import { oidLongName } from "./asn1/oids.ts";
import { certificateDers, pemCertificates } from "./certificate_input.ts";
import type { ForeignCertificate } from "./foreign_objects.ts";
import { publicKeyInfo, publicKeyOf, readParts } from "./certificate_parts.ts";
import { derToPem } from "./keys/pem.ts";
import type { SubjectAltName } from "./general_name.ts";

/**
 * The largest certificate that is read: 1 MiB.
 *
 * @category Certificates
 */
export const MAX_CERTIFICATE_LENGTH: number = 1024 * 1024;

/**
 * A certificate: itself, its PEM text or DER, or an `X509Certificate` of another library.
 *
 * @category Certificates
 */
export type CertificateInput = Certificate | string | Uint8Array | ForeignCertificate;

/**
 * One X.509 certificate. The structure, names, dates and key are checked when
 * it is made; the content of an extension when it is asked for.
 *
 * Malformed input gives an {@linkcode SslError} with code `ERR_DER` or
 * `ERR_PEM`, from the constructor or from the property that reads an extension.
 *
 * Perl: `X509*`
 *
 * @example
 * ```ts
 * import { Certificate } from "@socket/ssl";
 * import { selfSigned } from "@socket/ssl/testing";
 *
 * const certificate = Certificate.fromPem((await selfSigned("localhost")).cert);
 * console.log(certificate.commonName, certificate.notAfter, certificate.fingerprint());
 * ```
 * @category Certificates
 */
export class Certificate {
  /** The DER encoding. Do not change it. */
  readonly der: Uint8Array;
  readonly #parts: CertificateParts;
  #subject: NameAttribute[] | undefined;
  #issuer: NameAttribute[] | undefined;

  /**
   * Reads a certificate.
   *
   * @param der The DER of exactly one certificate, at most 1 MiB; it is copied.
   * @throws {SslError} code `ERR_DER` if it is malformed.
   * @throws {TypeError} if it is not a Uint8Array.
   */
  constructor(der: Uint8Array) {
    if (!(der instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot create Certificate: expected DER as Uint8Array: received ${describe(der)}`,
      );
    }
    if (der.length > MAX_CERTIFICATE_LENGTH) {
      throw derError("certificate", `${der.length} bytes is more than the limit of 1 MiB`);
    }
    this.der = Uint8Array.from(der);
    this.#parts = readParts(this.der);
  }

  /**
   * Reads one certificate from DER.
   *
   * Perl: `d2i_X509_bio`
   */
  static fromDer(der: Uint8Array): Certificate {
    return new Certificate(der);
  }

  /**
   * Reads the first certificate of a PEM text; other blocks are skipped.
   *
   * Perl: `PEM_string2cert`
   *
   * @param source What the text is, for messages.
   * @throws {SslError} code `ERR_PEM` if it has no certificate.
   */
  static fromPem(text: string, source = "PEM text"): Certificate {
    return new Certificate(pemCertificates(text, source, true)[0]!);
  }

  /**
   * Reads all certificates of a PEM text, at least one; other blocks are skipped.
   *
   * Perl: `PEM_file2certs`
   *
   * @param source What the text is, for messages.
   * @throws {SslError} code `ERR_PEM` if it has no certificate.
   */
  static allFromPem(text: string, source = "PEM text"): Certificate[] {
    return pemCertificates(text, source).map((der) => new Certificate(der));
  }

  /**
   * Reads one or more certificates from PEM text, PEM as bytes, DER, or an `X509Certificate` of the
   * package @peculiar/x509 or of `node:crypto`. A `Certificate` is given back as it is.
   *
   * @param source What the data is, for messages.
   * @throws {SslError} code `ERR_PEM` or `ERR_DER` for what is malformed or holds no certificate.
   * @throws {TypeError} for a value of another kind.
   */
  static parse(data: CertificateInput, source = "certificate"): Certificate[] {
    if (data instanceof Certificate) return [data];
    return certificateDers(data, source).map((der) => new Certificate(der));
  }

  /**
   * The certificate as one PEM block.
   *
   * Perl: `PEM_cert2string`
   */
  get pem(): string {
    return derToPem(this.der);
  }

  /** The version as it is encoded: 0 for v1, 2 for v3. */
  get version(): number {
    return this.#parts.version;
  }

  /** The attributes of the subject, in order. */
  get subjectAttributes(): readonly NameAttribute[] {
    return this.#subject ??= readName(this.rawSubject, "subject of certificate");
  }

  /** The attributes of the issuer, in order. */
  get issuerAttributes(): readonly NameAttribute[] {
    return this.#issuer ??= readName(this.rawIssuer, "issuer of certificate");
  }

  /**
   * The subject in one line, as OpenSSL's `X509_NAME_oneline`: `/C=DE/CN=example.com`.
   *
   * Perl: `peer_certificate("subject")`
   */
  get subject(): string {
    return onelineName(this.subjectAttributes);
  }

  /**
   * The issuer in one line.
   *
   * Perl: `peer_certificate("issuer")`
   */
  get issuer(): string {
    return onelineName(this.issuerAttributes);
  }

  /**
   * The first commonName of the subject.
   *
   * Perl: `peer_certificate("commonName")`
   */
  get commonName(): string | undefined {
    return commonNameOf(this.subjectAttributes);
  }

  /**
   * The subjectAltNames; empty if it has none.
   *
   * Perl: `peer_certificate("subjectAltNames")`
   */
  get subjectAltNames(): SubjectAltName[] {
    const value = this.extension(ext.EXT.subjectAltName)?.value;
    return value === undefined ? [] : ext.readAltNames(value);
  }

  /** The second from which it is valid. */
  get notBefore(): Date {
    return new Date(this.#parts.notBefore);
  }

  /** The last second in which it is valid. */
  get notAfter(): Date {
    return new Date(this.#parts.notAfter);
  }

  /** The serial number in decimal. */
  get serial(): string {
    return bytesToBigInt(this.#parts.serial).toString();
  }

  /** The content octets of the serial number. */
  get rawSerial(): Uint8Array {
    return this.#parts.serial;
  }

  /** The DER of the subject. */
  get rawSubject(): Uint8Array {
    return this.#parts.subject.raw;
  }

  /** The DER of the issuer. */
  get rawIssuer(): Uint8Array {
    return this.#parts.issuer.raw;
  }

  /** The DER of the SubjectPublicKeyInfo. */
  get rawSpki(): Uint8Array {
    return this.#parts.spki.raw;
  }

  /** The DER of the part that is signed. */
  get rawTbs(): Uint8Array {
    return this.#parts.tbs.raw;
  }

  /** The DER of the signature's AlgorithmIdentifier. */
  get rawSignatureAlgorithm(): Uint8Array {
    return this.#parts.signatureAlgorithm.raw;
  }

  /** The signature. */
  get signature(): Uint8Array {
    return this.#parts.signature;
  }

  /** OpenSSL's long name of the signature algorithm, e.g. `ecdsa-with-SHA256`, or the dotted form. */
  get signatureAlgorithm(): string {
    return oidLongName(this.#parts.signatureOid);
  }

  /** OpenSSL's long name of the key's algorithm, e.g. `rsaEncryption`, or the dotted form. */
  get publicKeyAlgorithm(): string {
    return oidLongName(this.#parts.keyOid);
  }

  /** The kind and size of the public key. */
  get publicKeyInfo(): PublicKeyInfo {
    return publicKeyInfo(this.#parts);
  }

  /**
   * The public key, as an object of `node:crypto`.
   *
   * @throws {SslUnsupportedError} for a kind of key that `node:crypto` does not know.
   */
  get publicKey(): KeyObject {
    return publicKeyOf(this.rawSpki, this.subject, this.publicKeyAlgorithm);
  }

  /** All extensions, in order. */
  get extensions(): readonly ext.Extension[] {
    return this.#parts.extensions;
  }

  /** One extension by its dotted object identifier. */
  extension(id: string): ext.Extension | undefined {
    return this.#parts.extensions.find((extension) => extension.oid === id);
  }

  #read<T>(id: string, reader: (value: Uint8Array) => T): T | undefined {
    const extension = this.extension(id);
    return extension && reader(extension.value);
  }

  /** The basicConstraints, if present. */
  get basicConstraints(): ext.BasicConstraints | undefined {
    return this.#read(ext.EXT.basicConstraints, ext.readBasicConstraints);
  }

  /** Whether basicConstraints says CA. */
  get isCa(): boolean {
    return this.basicConstraints?.ca ?? false;
  }

  /** Whether subject and issuer are the same name; says nothing about the signature. */
  get isSelfIssued(): boolean {
    return equalBytes(this.rawSubject, this.rawIssuer);
  }

  /** The keyUsage names, e.g. `digitalSignature`; `undefined` if the extension is absent. */
  get keyUsage(): string[] | undefined {
    return this.#read(ext.EXT.keyUsage, ext.readKeyUsage);
  }

  /** The extendedKeyUsage object identifiers; `undefined` if the extension is absent. */
  get extKeyUsage(): string[] | undefined {
    return this.#read(ext.EXT.extendedKeyUsage, ext.readExtKeyUsage);
  }

  /** The URIs of the OCSP responders; empty if it names none. */
  get ocspUris(): string[] {
    return this.#read(ext.EXT.authorityInfoAccess, ext.readOcspUris) ?? [];
  }

  /** The URIs where the issuer's certificate is; empty if it names none. */
  get aiaIssuers(): string[] {
    return this.#read(ext.EXT.authorityInfoAccess, ext.readIssuerUris) ?? [];
  }

  /** The URIs of the CRLs; empty if it names none. */
  get crlUris(): string[] {
    return this.#read(ext.EXT.crlDistributionPoints, ext.readCrlUris) ?? [];
  }

  /** The subjectKeyIdentifier, if present. */
  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#read(ext.EXT.subjectKeyIdentifier, ext.readSubjectKeyIdentifier);
  }

  /** The authorityKeyIdentifier, if present. */
  get authorityKeyIdentifier(): ext.AuthorityKeyIdentifier | undefined {
    return this.#read(ext.EXT.authorityKeyIdentifier, ext.readAuthorityKeyIdentifier);
  }

  /** Whether tlsFeature demands a stapled OCSP response (RFC 7633). */
  get mustStaple(): boolean {
    return this.#read(ext.EXT.tlsFeature, ext.readTlsFeature)?.includes(5) ?? false;
  }

  /**
   * The digest of the certificate, or of its public key, as IO::Socket::SSL
   * writes pins: `sha256$hex`, `sha256$pub$hex`.
   *
   * Perl: `get_fingerprint`
   *
   * @param algorithm `sha256`, `sha1`, ... @default {"sha256"}
   * @param publicKey Of the public key, see {@linkcode Certificate.publicKeyDigest}.
   */
  fingerprint(algorithm = "sha256", publicKey = false): string {
    const bytes = publicKey ? this.publicKeyDigest(algorithm) : this.fingerprintBin(algorithm);
    return `${algorithm}$${publicKey ? "pub$" : ""}${encodeHex(bytes)}`;
  }

  /**
   * The digest of the certificate.
   *
   * Perl: `get_fingerprint_bin`
   */
  fingerprintBin(algorithm = "sha256"): Uint8Array {
    return digest(algorithm, this.der);
  }

  /**
   * The digest of the content of the public key's BIT STRING, as OpenSSL's
   * `X509_pubkey_digest`. (An HPKP pin covers the whole `rawSpki` instead.)
   *
   * Perl: `X509_pubkey_digest`
   */
  publicKeyDigest(algorithm = "sha256"): Uint8Array {
    return digest(algorithm, this.#parts.keyBits);
  }

  /**
   * Everything as one record in Perl's shape.
   *
   * Perl: `CERT_asHash`
   *
   * @param algorithm The digest of the three digest fields. @default {"sha256"}
   */
  asHash(algorithm = "sha256"): CertificateHash {
    return record.asHash(this, algorithm);
  }

  /** Whether two certificates are the same, byte for byte. */
  equals(other: Certificate): boolean {
    return equalBytes(this.der, other.der);
  }

  /** The PEM text. */
  toString(): string {
    return this.pem;
  }

  /** Plain data for a log; its `pem` is the whole certificate. */
  toJSON(): Record<string, unknown> {
    return {
      subject: this.subject,
      issuer: this.issuer,
      serial: this.serial,
      notBefore: this.notBefore,
      notAfter: this.notAfter,
      subjectAltNames: ifReadable(() => this.subjectAltNames),
      publicKey: ifReadable(() => this.publicKeyInfo),
      fingerprint: this.fingerprint("sha256"),
      pem: this.pem,
    };
  }

  /** What the console shows: whose it is, and not its bytes. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Certificate(${this.subject}, ${this.fingerprint("sha256")})`;
  }
}

/** The first certificate of what was given for one. */
export function toCertificate(input: CertificateInput, source: string): Certificate {
  return input instanceof Certificate ? input : Certificate.parse(input, source)[0]!;
}
