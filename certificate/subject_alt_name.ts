/**
 * The shape of a subjectAltName, shared by certificates and name verification.
 *
 * @module
 */

/** The kind of a GeneralName (RFC 5280 4.2.1.6), in Perl's spelling. */
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

/** One subjectAltName: IP addresses as text (IPv6 in RFC 5952 form), the rest as in the certificate. */
export interface SubjectAltName {
  /** The kind of name. */
  readonly type: SubjectAltNameType;
  /** The name as text. */
  readonly value: string;
}
