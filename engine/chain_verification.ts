/**
 * The question that `Engine.verifyChain` answers: is this chain good, without a connection?
 *
 * @module
 */

import type { TrustConfig } from "../verify/peer.ts";

/**
 * What a chain verification without a connection may be asked for.
 *
 * @category Verification
 */
export type ChainPurpose =
  | "client"
  | "server"
  | "email"
  | "crlSign"
  | "any"
  | "ocspHelper"
  | "timestamp";

/** The inputs of certificate policy processing (RFC 5280 6.1.1). */
export interface PolicyRequest {
  /** The user-initial-policy-set as OIDs; empty for any policy. */
  readonly acceptable: readonly string[];
  /** The initial-explicit-policy. */
  readonly explicit: boolean;
  /** The initial-policy-mapping-inhibit. */
  readonly inhibitMapping: boolean;
  /** The initial-any-policy-inhibit. */
  readonly inhibitAny: boolean;
}

/** A chain to be verified without a connection. */
export interface ChainRequest {
  /** The certificate in question, in DER. */
  readonly leaf: Uint8Array;
  /** Untrusted certificates to build the chain from, in DER, in any order. */
  readonly intermediates: readonly Uint8Array[];
  /** Whom to trust, and the CRLs. */
  readonly trust: TrustConfig;
  /** The time of the verification; now by default. */
  readonly time?: Date | undefined;
  /** The most intermediate certificates. */
  readonly depth?: number | undefined;
  /** What the leaf must be good for. */
  readonly purpose?: ChainPurpose | undefined;
  /** How certificate policies are processed; without it they are not. */
  readonly policies?: PolicyRequest | undefined;
  /** X509_V_FLAG_X509_STRICT. */
  readonly strict?: boolean | undefined;
}

/** The outcome of `Engine.verifyChain`. */
export interface ChainResult {
  /** X509_V_ERR number; 0 is OK. */
  readonly error: number;
  /** At which certificate, counted from the leaf, the error is. */
  readonly errorDepth: number;
  /** The engine's text for the error. */
  readonly errorText: string;
  /** The chain that was built, leaf first, in DER. */
  readonly chain: readonly Uint8Array[];
  /** OpenSSL's security level. */
  readonly securityLevel?: number;
}
