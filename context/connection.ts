/**
 * What the layer above the engine keeps of one connection: it goes through the
 * engine as `user` and holds the outcome of the verification afterwards.
 *
 * @module
 */

import type { PeerEvidence } from "../engine/types.ts";
import type { SslVerifyError } from "../errors.ts";
import type { VerifyReport } from "../verify/report.ts";
import { judge, type Policy, unverifiedReport } from "./judge.ts";
import type { Names } from "./names.ts";

/** The verification of one connection. */
export class ConnectionState {
  /** What counts. */
  readonly policy: Policy;
  /** The names sent and verified. */
  readonly names: Names;
  #report: VerifyReport;

  /** Nothing is verified yet. */
  constructor(policy: Policy, names: Names) {
    this.policy = policy;
    this.names = names;
    const unchecked = policy.verifyMode === 0;
    this.#report = unverifiedReport(
      policy,
      unchecked ? "verifyMode is SSL_VERIFY_NONE" : "the peer has not been verified",
      unchecked,
    );
  }

  /** The evidence, on success and on failure. */
  get report(): VerifyReport {
    return this.#report;
  }

  /** Why the peer was refused. */
  get error(): SslVerifyError | undefined {
    return this.#report.error;
  }

  /** Judges the peer: the error of the refusal, or `undefined` to accept it. */
  judge(evidence: PeerEvidence): Error | undefined {
    const report = judge(evidence, this.policy, this.names);
    this.#report = report;
    // A refusal always has its error; should it not, the peer is refused all the same.
    return report.ok ? undefined : report.error ?? new Error("the peer was refused");
  }
}
