/**
 * A view of one X.509 certificate: synchronous, over its DER.
 *
 * @module
 */

import { describe, quoteSource } from "../internal/quote.ts";
import type { KeyObject } from "node:crypto";
import { SslError, SslUnsupportedError } from "../errors.ts";
import * as record from "./perl_hash.ts";
import type { CertificateHash } from "./certificate_hash.ts";
import {
  bitString,
  bytesToBigInt,
  derError,
  equalBytes,
  latin1,
  oid,
  readDer,
  readElement,
  sequence,
  TAG,
  toHex,
} from "./asn1/reader.ts";
import {
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  EXT,
  type Extension,
  readAltNames,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readDistributionPoints,
  readExtKeyUsage,
  readInfoAccess,
  readKeyUsage,
  readTlsFeature,
} from "./extensions/read.ts";
import { type NameAttribute, onelineName, readName } from "./name.ts";
import { digest } from "../internal/digest.ts";
import { nodeCrypto } from "../internal/node_crypto.ts";
import { oidLongName } from "./asn1/oids.ts";
import { foreignBlock, foreignFormat, withoutFinalNewline } from "./foreign.ts";
import { type CertificateParts, readParts } from "./certificate_parts.ts";
import { derToPem, looksLikePem, pemBlocks, shownLabels } from "./keys/pem.ts";
import type { SubjectAltName } from "./general_name.ts";

/** The largest certificate that is read: 1 MiB. */
export const MAX_CERTIFICATE_LENGTH: number = 1024 * 1024;

/** PEM labels of certificates. `TRUSTED CERTIFICATE` has OpenSSL's trust settings behind the DER. */
export const CERT_LABELS: readonly string[] = [
  "CERTIFICATE",
  "X509 CERTIFICATE",
  "TRUSTED CERTIFICATE",
];

const WHAT = "certificate";

/** The types that a text can have: those of DirectoryString (RFC 5280 4.1.2.4) and their like. */
const STRING_TAGS: ReadonlySet<number> = new Set([
  ...[TAG.UTF8_STRING, TAG.NUMERIC_STRING, TAG.PRINTABLE_STRING, TAG.T61_STRING, TAG.IA5_STRING],
  ...[TAG.VISIBLE_STRING, TAG.UNIVERSAL_STRING, TAG.BMP_STRING],
]);

/** Whether bytes begin as the DER of a SEQUENCE that spans them. */
function looksLikeDer(bytes: Uint8Array): boolean {
  return bytes[0] === TAG.SEQUENCE;
}

/** One certificate from the bytes of a file. */
function fromDerFile(data: Uint8Array, source: string): Certificate {
  const reason = foreignFormat(data);
  if (reason === undefined) return new Certificate(withoutFinalNewline(data));
  throw new SslError(`Cannot read ${quoteSource(source)}: ${reason}`, { code: "ERR_DER", reason });
}

/**
 * One X.509 certificate. The structure, names, dates and key are checked when
 * it is made; the content of an extension when it is asked for.
 *
 * Malformed input gives an {@linkcode SslError} with code `ERR_DER` or
 * `ERR_PEM`, from the constructor or from the property that reads an extension.
 *
 * Perl: `X509*`
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
      throw derError(WHAT, `${der.length} bytes is more than the limit of 1 MiB`);
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
   * @param source What the text is, for messages.
   * @throws {SslError} code `ERR_PEM` if there is none.
   *
   * Perl: `PEM_string2cert`
   */
  static fromPem(text: string, source = "PEM text"): Certificate {
    return Certificate.#fromBlocks(text, source, true)[0]!;
  }

  /**
   * Reads all certificates of a PEM text, at least one; other blocks are skipped.
   *
   * @param source What the text is, for messages.
   * @throws {SslError} code `ERR_PEM` if there is none.
   *
   * Perl: `PEM_file2certs`
   */
  static allFromPem(text: string, source = "PEM text"): Certificate[] {
    return Certificate.#fromBlocks(text, source, false);
  }

  static #fromBlocks(text: string, source: string, firstOnly: boolean): Certificate[] {
    const blocks = pemBlocks(text, source);
    const certs: Certificate[] = [];
    for (const { label, der } of blocks) {
      if (!CERT_LABELS.includes(label)) continue;
      certs.push(
        new Certificate(label.startsWith("TRUSTED") ? readElement(der, 0, WHAT).raw : der),
      );
      if (firstOnly) break;
    }
    if (certs.length > 0) return certs;
    const foreign = foreignBlock(blocks) ?? foreignFormat(text);
    const reason = `no CERTIFICATE block found: received ${shownLabels(blocks)}` +
      (foreign === undefined ? "" : `: ${foreign}`);
    throw new SslError(`Cannot read certificate from ${quoteSource(source)}: ${reason}`, {
      code: "ERR_PEM",
      reason,
    });
  }

  /**
   * Reads one or more certificates from PEM text, PEM as bytes, or DER.
   *
   * @param source What the data is, for messages.
   */
  static parse(data: string | Uint8Array, source = "certificate"): Certificate[] {
    if (typeof data === "string") return Certificate.allFromPem(data, source);
    if (!(data instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot read ${quoteSource(source)}: expected PEM text or DER bytes: received ${
          describe(data)
        }`,
      );
    }
    if (looksLikeDer(data) || !looksLikePem(data)) return [fromDerFile(data, source)];
    return Certificate.allFromPem(latin1(data), source);
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
    const first = this.subjectAttributes.find((attribute) => attribute.oid === "2.5.4.3");
    // A BIT STRING or a SEQUENCE is no name, whatever its octets say.
    return first !== undefined && STRING_TAGS.has(first.tag) ? first.value : undefined;
  }

  /**
   * The subjectAltNames; empty if there are none.
   *
   * Perl: `peer_certificate("subjectAltNames")`
   */
  get subjectAltNames(): SubjectAltName[] {
    const value = this.extension(EXT.subjectAltName)?.value;
    return value === undefined ? [] : readAltNames(value);
  }

  /** From when on it is valid. */
  get notBefore(): Date {
    return new Date(this.#parts.notBefore);
  }

  /** Until when it is valid, that second included. */
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
    const algorithm = sequence(this.#parts.spki, WHAT)[0];
    return oidLongName(oid(sequence(algorithm, WHAT)[0], WHAT));
  }

  /** The public key of `node:crypto`. Throws `SslUnsupportedError` for a kind it does not know. */
  get publicKey(): KeyObject {
    try {
      // Deno's createPublicKey takes Buffers and Uint8Arrays alike; the types know only Buffer.
      return nodeCrypto().createPublicKey({
        key: this.rawSpki as never,
        format: "der",
        type: "spki",
      });
    } catch (cause) {
      throw new SslUnsupportedError(
        `Cannot use the public key of certificate ${this.subject}: ${this.publicKeyAlgorithm} key is not supported`,
        { code: "UNSUPPORTED_KEY", cause },
      );
    }
  }

  /** All extensions, in order. */
  get extensions(): readonly Extension[] {
    return this.#parts.extensions;
  }

  /** One extension by its dotted object identifier. */
  extension(id: string): Extension | undefined {
    return this.#parts.extensions.find((extension) => extension.oid === id);
  }

  #read<T>(id: string, reader: (value: Uint8Array) => T): T | undefined {
    const extension = this.extension(id);
    return extension && reader(extension.value);
  }

  /** basicConstraints, if present. */
  get basicConstraints(): BasicConstraints | undefined {
    return this.#read(EXT.basicConstraints, readBasicConstraints);
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
    return this.#read(EXT.keyUsage, readKeyUsage);
  }

  /** The extendedKeyUsage object identifiers; `undefined` if the extension is absent. */
  get extKeyUsage(): string[] | undefined {
    return this.#read(EXT.extendedKeyUsage, readExtKeyUsage);
  }

  #accessUris(method: string): string[] {
    return (this.#read(EXT.authorityInfoAccess, readInfoAccess) ?? [])
      .filter((entry) => entry.method === method && entry.location.type === "URI")
      .map((entry) => entry.location.value);
  }

  /** The URIs of the OCSP responders; empty if there are none. */
  get ocspUris(): string[] {
    return this.#accessUris("1.3.6.1.5.5.7.48.1");
  }

  /** The URIs where the issuer's certificate is; empty if there are none. */
  get aiaIssuers(): string[] {
    return this.#accessUris("1.3.6.1.5.5.7.48.2");
  }

  /** The URIs of the CRLs; empty if there are none. */
  get crlUris(): string[] {
    return (this.#read(EXT.crlDistributionPoints, readDistributionPoints) ?? [])
      .flatMap((point) => point.fullName)
      .filter((name) => name.type === "URI")
      .map((name) => name.value);
  }

  /** The subjectKeyIdentifier, if present. */
  get subjectKeyIdentifier(): Uint8Array | undefined {
    const what = "extension subjectKeyIdentifier";
    return this.#read(EXT.subjectKeyIdentifier, (v) => readDer(v, what, TAG.OCTET_STRING).body);
  }

  /** The authorityKeyIdentifier, if present. */
  get authorityKeyIdentifier(): AuthorityKeyIdentifier | undefined {
    return this.#read(EXT.authorityKeyIdentifier, readAuthorityKeyIdentifier);
  }

  /** Whether tlsFeature demands a stapled OCSP response (RFC 7633). */
  get mustStaple(): boolean {
    return this.#read(EXT.tlsFeature, readTlsFeature)?.includes(5) ?? false;
  }

  /**
   * The digest of the certificate, or of its public key, as IO::Socket::SSL
   * writes pins: `sha256$hex`, `sha256$pub$hex`.
   *
   * @param algorithm `sha256`, `sha1`, ... @default {"sha256"}
   * @param publicKey Of the public key, see {@linkcode Certificate.publicKeyDigest}.
   *
   * Perl: `get_fingerprint`
   */
  fingerprint(algorithm = "sha256", publicKey = false): string {
    return publicKey
      ? `${algorithm}$pub$${toHex(this.publicKeyDigest(algorithm))}`
      : `${algorithm}$${toHex(this.fingerprintBin(algorithm))}`;
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
    return digest(algorithm, bitString(sequence(this.#parts.spki, WHAT)[1], WHAT).bytes);
  }

  /**
   * Everything as one record in Perl's shape.
   *
   * @param algorithm The digest of the three digest fields. @default {"sha256"}
   *
   * Perl: `CERT_asHash`
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

  /** What a log wants to know of it, as plain data; `pem` is the whole certificate. */
  toJSON(): Record<string, unknown> {
    return {
      subject: ifReadable(() => this.subject),
      issuer: ifReadable(() => this.issuer),
      serial: this.serial,
      notBefore: this.notBefore,
      notAfter: this.notAfter,
      subjectAltNames: ifReadable(() => this.subjectAltNames),
      fingerprint: this.fingerprint("sha256"),
      pem: this.pem,
    };
  }

  /** Printed, it says whose it is, and not its bytes. */
  [Symbol.for("Deno.customInspect")](): string {
    const subject = ifReadable(() => this.subject) ?? "malformed subject";
    return `Certificate(${subject}, ${this.fingerprint("sha256")})`;
  }
}

/** A part that is read when it is asked for; `undefined` where it is malformed. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
