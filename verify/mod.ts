/**
 * Verification without a connection: host names, public suffixes, pins, and
 * an error in plain words. Pure: no sockets, no permissions, no engine.
 *
 * @module
 */

export {
  type CertificateNames,
  explainHostname,
  verifyHostname,
  type VerifyHostnameOptions,
} from "./hostname.ts";
export type { HostnameReport, HostnameRule, NameComparison } from "./hostname_report.ts";
export {
  type CustomScheme,
  DEFAULT_SCHEME,
  type Scheme,
  SCHEME_NAMES,
  type SchemeName,
  type WildcardPlace,
} from "./schemes.ts";
export { PublicSuffix, type PublicSuffixOptions } from "./public_suffix.ts";
export type { SubjectAltName, SubjectAltNameType } from "../certificate/general_name.ts";
export type { ReferenceName } from "../internal/host.ts";
export type { AnchorOrigin } from "./peer.ts";
export type { CheckName, VerifyCheck, VerifyReport } from "./report.ts";
export { parsePin, type Pin, pinMatches } from "./fingerprint.ts";
export { explain } from "./explain/explain.ts";
export { verifyCode, verifyErrno } from "./error_codes.ts";
