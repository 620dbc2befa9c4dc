/**
 * What `CERT_asHash` gives: the types.
 *
 * @module
 */

import type { NameHash } from "./name.ts";
import type { SubjectAltNameType } from "./general_name.ts";

/**
 * One extension of {@linkcode CertificateHash}.
 *
 * @category Certificates
 */
export interface ExtensionHash {
  /** The dotted object identifier (Perl's own has the long name here, which is a bug). */
  oid: string;
  /** OpenSSL's number, if it has one. */
  nid: number | undefined;
  /** OpenSSL's short name, if it has one. */
  sn: string | undefined;
  /** Whether it is critical. */
  critical: boolean;
  /** The content as OpenSSL's `X509V3_EXT_print` shows it; `DER:` and hex if it has no text. */
  data: string;
  /** The content as DER (not in Perl): what a copy is made from. */
  der: Uint8Array;
}

/**
 * What `CERT_asHash` gives. Besides these there are, for the digest
 * algorithm ALG: `pubkey_digest_ALG` and `x509_digest_ALG` (Uint8Array) and
 * `fingerprint_ALG` (`AA:BB:...`).
 *
 * @category Certificates
 */
export interface CertificateHash {
  /** 0 for v1, 2 for v3. */
  version: number;
  /** Seconds since 1970. */
  not_before: number;
  /** Seconds since 1970. */
  not_after: number;
  /** Decimal. */
  serial: string;
  /** OpenSSL's long name, or the dotted form. */
  signature_alg: string;
  /** The URIs of the CRLs. */
  crl_uri: string[];
  /** The URIs of the OCSP responders. */
  ocsp_uri: string[];
  /** The names of the key usages. */
  keyusage: string[];
  /** The extended key usages in four forms. */
  extkeyusage: {
    oid: string[];
    nid: (number | undefined)[];
    sn: string[];
    ln: string[];
  };
  /** By long name. */
  subject: NameHash;
  /** By long name. */
  issuer: NameHash;
  /** `[type, value]`; IP addresses as text. */
  subjectAltNames: [SubjectAltNameType, string][];
  /** All extensions, in order. */
  ext: ExtensionHash[];
  /** Binary digests. */
  [digestField: `pubkey_digest_${string}` | `x509_digest_${string}`]: Uint8Array;
  /** The digest as `AA:BB:...`. */
  [fingerprintField: `fingerprint_${string}`]: string;
}
