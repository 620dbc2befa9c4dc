/**
 * The evidence of a verification: what was checked, with which result.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import type { SslVerifyError } from "../errors.ts";
import type { AnchorOrigin, EngineName } from "./peer.ts";

/**
 * The name of one check in a {@linkcode VerifyReport}.
 *
 * @category Verification
 */
export type CheckName =
  | "chain"
  | "hostname"
  | "fingerprint"
  | "crl"
  | "ocsp"
  | "purpose"
  | "callback"
  | "policy";

/**
 * One check of a {@linkcode VerifyReport}.
 *
 * @category Verification
 */
export interface VerifyCheck {
  /** What was checked. */
  readonly name: CheckName;
  /** Whether it passed; `undefined` when it was skipped, with the reason in `detail`. */
  readonly ok: boolean | undefined;
  /** What was found, in words. */
  readonly detail: string;
}

/**
 * The evidence of the verification of a peer, on success and on failure.
 *
 * @category Verification
 */
export interface VerifyReport {
  /** Whether the peer was accepted. */
  readonly ok: boolean;
  /** The engine that verified; `undefined` before there was anything to verify. */
  readonly engine?: EngineName;
  /** The chain that was built, leaf first; what the peer sent when none could be built. */
  readonly chain: readonly Certificate[];
  /** The trust anchor that the chain ends in, if one was found. */
  readonly anchor?: Certificate;
  /** Where the anchor came from. */
  readonly anchorOrigin?: AnchorOrigin;
  /**
   * The chain as it was sent, leaf first. It is empty where the engine does not show it: the Deno
   * engine shows no chain but the leaf of a peer that it accepted, and a resumed session has the leaf
   * alone.
   */
  readonly presented: readonly Certificate[];
  /** Every check, in the order in which it was made. */
  readonly checks: readonly VerifyCheck[];
  /** The error of the refusal. */
  readonly error?: SslVerifyError<VerifyReport>;
  /** The nearest safe fix, in words. */
  readonly hint?: string;
  /** The options that came from process-wide defaults. */
  readonly defaultsApplied?: readonly string[];
  /** The report as plain data, for logs: no circles, certificates with their PEM text. */
  toJSON(): Record<string, unknown>;
}
