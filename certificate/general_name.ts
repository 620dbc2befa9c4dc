/**
 * The shape of a subjectAltName, shared by certificates and name verification.
 *
 * @module
 */

/**
 * The kind of a GeneralName (RFC 5280 4.2.1.6), in Perl's spelling.
 *
 * @category Certificates
 */
export type SubjectAltNameType =
  | "DNS"
  | "IP"
  | "URI"
  | "EMAIL"
  | "DIRNAME"
  | "RID"
  | "OTHERNAME"
  | "X400"
  | "EDIPARTY";

/**
 * One subjectAltName: IP addresses as text (IPv6 in RFC 5952 form), the rest as in the certificate.
 *
 * @category Certificates
 */
export interface SubjectAltName {
  /** The kind of name. */
  readonly type: SubjectAltNameType;
  /** The name as text. */
  readonly value: string;
}

/** The kinds by OpenSSL's GEN_* numbers, which are the tags of RFC 5280. */
export const GENERAL_NAME_TYPES: readonly SubjectAltNameType[] = [
  "OTHERNAME",
  "EMAIL",
  "DNS",
  "X400",
  "DIRNAME",
  "EDIPARTY",
  "URI",
  "IP",
  "RID",
];

/** The kind that a number such as `GEN_DNS` (2) or `GEN_IPADD` (7) stands for, or what else is given. */
export function namedType<T>(type: T): T | SubjectAltNameType {
  return typeof type === "number" ? GENERAL_NAME_TYPES[type] ?? type : type;
}
