/**
 * The parts of a certificate, as certificate_parts.ts reads them.
 *
 * @module
 */

import type { DerNode } from "./asn1/reader.ts";
import type { Extension } from "./extensions/read.ts";

/** The parts of the certificate that are read at construction. */
export interface CertificateParts {
  readonly tbs: DerNode;
  readonly version: number;
  readonly serial: Uint8Array;
  readonly issuer: DerNode;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: DerNode;
  readonly spki: DerNode;
  /** The algorithm of the key. */
  readonly keyOid: string;
  /** The content of the key's BIT STRING. */
  readonly keyBits: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: DerNode;
  readonly signatureOid: string;
  readonly signature: Uint8Array;
}
