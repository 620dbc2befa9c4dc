/**
 * The parts of a certificate that `peerCertificate(field)` and `sockCertificate(field)` give.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import type { SubjectAltName } from "../certificate/general_name.ts";
import { quote } from "../internal/quote.ts";

/**
 * A part of a certificate, as `peerCertificate(field)` names it.
 *
 * @category Sockets
 */
export type CertificateField =
  | "cn"
  | "commonName"
  | "subject"
  | "owner"
  | "issuer"
  | "authority"
  | "subjectAltNames";

const FIELDS: Readonly<
  Record<CertificateField, (cert: Certificate) => string | SubjectAltName[] | undefined>
> = {
  cn: (cert) => cert.commonName,
  commonName: (cert) => cert.commonName,
  subject: (cert) => cert.subject,
  owner: (cert) => cert.subject,
  issuer: (cert) => cert.issuer,
  authority: (cert) => cert.issuer,
  subjectAltNames: (cert) => cert.subjectAltNames,
};

/** A field of a certificate. */
export function fieldOf(
  call: string,
  cert: Certificate | undefined,
  field: CertificateField,
): string | SubjectAltName[] | undefined {
  if (!Object.hasOwn(FIELDS, field)) {
    throw new TypeError(
      `Cannot use ${call}: unknown field: received ${quote(field)}: ` +
        `valid are ${Object.keys(FIELDS).join(", ")}`,
    );
  }
  return cert && FIELDS[field](cert);
}
