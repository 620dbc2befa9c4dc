/**
 * Makes the error and the judgement of a refusal from its reason, and the judgements on peers
 * without a certificate.
 *
 * @module
 */

import { type ErrorFacts, SslVerifyError } from "../errors.ts";
import { learn } from "../internal/facts.ts";
import { check, type Judgement } from "./make_report.ts";
import type { Names } from "./peer.ts";
import { type Policy, policyFacts } from "./policy.ts";
import type { CheckName } from "./report.ts";
import { APPLICATION_VERIFICATION } from "./error_codes.ts";

/** A judgement without a chain to an anchor. */
export function withoutChain(
  policy: Policy,
  checks: Judgement["checks"],
  error?: SslVerifyError,
  ok = error === undefined,
): Judgement {
  const { defaultsApplied, engine } = policy;
  return { ok, chain: [], anchored: false, checks, error, defaultsApplied, engine };
}

/** The judgement on a peer of whom nothing has been verified (yet). */
export function unverified(policy: Policy, reason: string, ok: boolean): Judgement {
  const checks = [check("chain", undefined, reason), check("hostname", undefined, reason)];
  return withoutChain(policy, checks, undefined, ok);
}

/** A reason to refuse the peer. */
export interface Failure {
  readonly code: string;
  readonly errno: number;
  readonly reason: string;
  /** What the message says beyond the reason. */
  readonly about: string;
  readonly check: CheckName;
  readonly cause?: unknown;
  /** The facts that explain it. */
  readonly facts?: ErrorFacts;
}

/** The error of a refusal. */
export function makeError(failure: Failure, policy: Policy, names: Names): SslVerifyError {
  const cause = failure.cause === undefined ? {} : { cause: failure.cause };
  const peer = policy.role === "server" ? "the client" : names.verifyName ?? "the server";
  const { code, errno, reason, facts = {} } = failure;
  const message = `Cannot verify the certificate of ${peer}: ${reason}: ${failure.about}`;
  const error = new SslVerifyError(message, { code, errno, reason, ...cause, facts });
  learn(error, policyFacts(policy, names));
  return error;
}

/** The judgement on a peer that is refused for one reason. */
export function refusal(policy: Policy, names: Names, failure: Failure): Judgement {
  const error = makeError(failure, policy, names);
  const failed = check(failure.check, false, `${failure.reason}: ${failure.about}`);
  return withoutChain(policy, [failed], error);
}

/** The judgement on a peer that proved that it knows the pre-shared key, and sent no certificate. */
export function pskJudgement(policy: Policy, names: Names): Judgement {
  if (policy.forceFingerprint) {
    return refusal(policy, names, {
      code: "FINGERPRINT_MISMATCH",
      errno: APPLICATION_VERIFICATION,
      reason: "fingerprint verification failed",
      about: "a pre-shared key was used, so there is no certificate",
      check: "fingerprint",
      facts: { psk: "used" },
    });
  }
  return unverified(policy, "the peer knows the pre-shared key and showed no certificate", true);
}
