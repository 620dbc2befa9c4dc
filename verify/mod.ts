/**
 * Verification without a connection: host names, public suffixes, pins, and
 * an error in plain words. Pure: no sockets, no permissions, no engine.
 *
 * @module
 */

export {
  type CertificateNames,
  explainHostname,
  type HostnameReport,
  type HostnameRule,
  type NameComparison,
  verifyHostname,
  type VerifyHostnameOptions,
} from "./hostname.ts";
export {
  type CustomScheme,
  DEFAULT_SCHEME,
  type Scheme,
  SCHEME_NAMES,
  type SchemeName,
  type WildcardPlace,
} from "./schemes.ts";
export { PublicSuffix, type PublicSuffixOptions } from "./public_suffix.ts";
export type { SubjectAltName, SubjectAltNameType } from "../certificate/subject_alt_name.ts";
export type { ReferenceName } from "../internal/host.ts";
export type { CheckName, VerifyCheck, VerifyReport } from "./report.ts";
export { parsePin, type Pin, pinMatches } from "./fingerprint.ts";
export { explain } from "./explain.ts";
export { verifyCode, verifyErrno } from "./verify_codes.ts";
export {
  type CertificatesInput,
  verifyCertificate,
  type VerifyCertificateOptions,
} from "./verify_certificate.ts";
export type { ChainPurpose } from "../engine/types.ts";
