/**
 * The options of `verifyCertificate()`.
 *
 * @module
 */

import type { CertificateInput } from "../certificate/certificate.ts";
import type { ChainPurpose } from "../engine/chain_verification.ts";
import type { EngineChoice } from "../engine/select.ts";
import type { PublicSuffix } from "../verify/public_suffix.ts";
import type { Scheme } from "../verify/schemes.ts";
import type { DefaultCa } from "./trust/default_ca.ts";

/**
 * Certificates: PEM text (one or several), DER, certificates, or a list of these.
 *
 * @category Verification
 */
export type CertificatesInput = CertificateInput | readonly CertificateInput[];

/**
 * Options of `verifyCertificate()`.
 *
 * @category Verification
 */
export interface VerifyCertificateOptions {
  /** Untrusted certificates to build the chain from, in any order. @default {none} */
  intermediates?: CertificatesInput;
  /**
   * The trust anchors: exactly these; any certificate may be one, not roots alone. `[]` trusts
   * nobody. @default {the system's, as for a connection}
   */
  ca?: CertificatesInput;
  /** A file of trust anchors, as the option `caFile` of a connection. */
  caFile?: string | URL | DefaultCa | null;
  /** Certificate revocation lists: PEM text or DER. @default {none: revocation is not checked} */
  crls?: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * Whether to check the leaf alone or the whole chain against `crls`. @default {"chain" with crls,
   * otherwise false}
   */
  checkCrl?: boolean | "chain";
  /** The host name or address that the leaf must be for. @default {none: names are not checked} */
  host?: string;
  /** By which rules `host` is compared. @default {"rfc9525"} */
  scheme?: Scheme;
  /** The public suffixes that wildcards may not reach below; "" for none. */
  publicSuffix?: PublicSuffix | "";
  /** What the leaf must be good for. @default {"server"} */
  purpose?: ChainPurpose;
  /** The time of the verification. @default {now} */
  time?: Date;
  /** The most intermediate certificates, from 0 on. @default {100} */
  depth?: number;
  /**
   * The user-initial-policy-set: policy OIDs, of which the chain must have one; `[]` is any policy,
   * and none is needed unless the chain itself demands one. With one of the four options about
   * policies they are processed (RFC 5280 6.1.1); without them OpenSSL ignores policies.
   *
   * @default {any policy}
   */
  policies?: readonly string[];
  /**
   * The initial-explicit-policy: whether the chain must have one of `policies` also where it does
   * not demand it itself. @default {true with policies that name one}
   */
  explicitPolicy?: boolean;
  /** The initial-policy-mapping-inhibit: no policy stands for another one. @default {false} */
  inhibitPolicyMapping?: boolean;
  /** The initial-any-policy-inhibit: anyPolicy in a certificate matches no other. @default {false} */
  inhibitAnyPolicy?: boolean;
  /** Checks RFC 5280's demands on certificates too (X509_V_FLAG_X509_STRICT). @default {false} */
  strict?: boolean;
  /** The engine; only OpenSSL can do this. @default {"auto"} */
  engine?: EngineChoice;
}
