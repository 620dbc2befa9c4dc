/**
 * What a comparison of a host name with the names of a certificate reports.
 *
 * @module
 */

import type { SubjectAltName } from "../certificate/general_name.ts";
import type { ReferenceName } from "../internal/host.ts";

/**
 * The rule by which a name matched.
 *
 * @category Verification
 */
export type HostnameRule = "exact" | "wildcard" | "ip" | "ip-in-cn" | "callback" | "unchecked";

/**
 * One name of a certificate, compared with the host.
 *
 * @category Verification
 */
export interface NameComparison {
  /** The part of the certificate that has the name. */
  readonly source: "subjectAltName" | "commonName";
  /** The kind of name; `CN` for the common name. */
  readonly type: SubjectAltName["type"] | "CN";
  /** The name as the certificate has it. */
  readonly value: string;
  /** Whether it matched. */
  readonly ok: boolean;
  /** The rule by which it matched. */
  readonly rule?: HostnameRule;
  /** The public suffix that a wildcard was checked against. */
  readonly publicSuffix?: string;
  /** Why it matched, or why not, in words. */
  readonly detail: string;
}

/**
 * The evidence of one host name verification.
 *
 * @category Verification
 */
export interface HostnameReport {
  /** Whether the certificate is valid for the host. */
  readonly ok: boolean;
  /** The host as it was given. */
  readonly host: string;
  /** What was compared: the host in its ASCII form, in lower case, without a trailing dot. */
  readonly identity: string;
  /** What kind of name the host is. */
  readonly kind: ReferenceName["kind"] | "unchecked";
  /** The name of the scheme; `custom` for rules given as an object. */
  readonly scheme: string;
  /** The rule by which the host matched. */
  readonly rule?: HostnameRule;
  /** The name that matched. */
  readonly matched?: NameComparison;
  /** Every name looked at, up to and with the one that matched. */
  readonly names: readonly NameComparison[];
  /** The outcome in one sentence. */
  readonly reason: string;
}
