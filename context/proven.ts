/**
 * Judgements without a chain.
 *
 * A peer that has proved who it is by a session or a pre-shared key sends none. A
 * resumed handshake proves that the peer is the one of the session. That this one
 * was to be trusted is known from the session's own verification. Its evidence is
 * judged once more: the names, the pins and the dates anew, the chain, OCSP and
 * verifyCallback by what was found out then. A session that brings no verification
 * is refused.
 *
 * And the Deno engine refuses a peer before it shows anything of it: the report is
 * made from its error. Pure.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import { equalBytes } from "../certificate/der.ts";
import type { PeerEvidence } from "../engine/types.ts";
import type { CheckName, VerifyCheck, VerifyReport } from "../verify/report.ts";
import { judge, makeReport, type Policy, pskReport, refusedReport } from "./judge.ts";
import type { Names } from "./names.ts";
import type { VerifiedPeer } from "./session_cache.ts";
import type { SslVerifyError } from "../errors.ts";

/** What a session that was offered knows of its peer. */
export interface Vouched {
  /** The peer's certificate in DER. */
  readonly leaf: Uint8Array;
  /** What its verification came to. */
  readonly peer: VerifiedPeer;
}

const CERT_NOT_YET_VALID = 9, CERT_HAS_EXPIRED = 10;

/** With the dates of the certificate looked at anew. */
function withDates(evidence: PeerEvidence, leaf: Uint8Array): PeerEvidence {
  if (evidence.error !== 0) return evidence;
  let dates: { readonly notBefore: Date; readonly notAfter: Date };
  try {
    dates = Certificate.fromDer(leaf);
  } catch {
    return evidence; // it is refused as malformed
  }
  const now = Date.now();
  if (now < dates.notBefore.getTime()) {
    const errorText = "certificate is not yet valid";
    return { ...evidence, error: CERT_NOT_YET_VALID, errorDepth: 0, errorText };
  }
  if (now <= dates.notAfter.getTime()) return evidence;
  const errorText = "certificate has expired";
  return { ...evidence, error: CERT_HAS_EXPIRED, errorDepth: 0, errorText };
}

/** Judges a peer by what was found out when its session began. */
export function judgeProven(
  evidence: PeerEvidence,
  policy: Policy,
  names: Names,
  vouched: Vouched | undefined,
): VerifyReport {
  if (evidence.psk === true) return pskReport(policy, names);
  const leaf = evidence.presented[0];
  // Without a certificate there is nothing that a session could vouch for.
  if (leaf === undefined) return judge(evidence, policy, names);
  // A server resumes tickets of its own only, which the id context binds to its settings.
  if (policy.role === "server") return judge(withDates(evidence, leaf), policy, names);
  if (vouched?.peer.by !== "certificate" || !equalBytes(vouched.leaf, leaf)) {
    return refusedReport(policy, names, {
      code: "SESSION_NOT_VERIFIED",
      errno: 50,
      reason: "the resumed session carries no verification",
      about: "it is none that was verified under these settings",
      check: "chain",
    });
  }
  const { chain, error, errorDepth, errorText, findings } = vouched.peer;
  const before = { ...evidence, chain, error, errorDepth, errorText };
  return judge(withDates(before, leaf), policy, names, findings);
}

/** The codes that are not about the chain. */
const CHECK_OF: Readonly<Record<string, CheckName>> = {
  HOSTNAME_MISMATCH: "hostname",
  IP_ADDRESS_MISMATCH: "hostname",
  CERT_REVOKED: "crl",
  UNABLE_TO_GET_CRL: "crl",
  CRL_HAS_EXPIRED: "crl",
  APPLICATION_VERIFICATION: "callback",
  OCSP_VERIFY_NEEDED: "ocsp",
  OCSP_VERIFY_FAILED: "ocsp",
  OCSP_CERT_UNKNOWN: "ocsp",
  FINGERPRINT_MISMATCH: "fingerprint",
};

/**
 * Deno's own name check cannot be replaced, so that a scheme which allows more gets less there. The
 * engine, which made the error, knows nothing of schemes: what is missing is added here.
 */
function explainScheme(error: SslVerifyError, { engine, scheme }: Policy): void {
  if (engine !== "deno" || scheme === "rfc9525" || scheme === "none") return;
  const called = typeof scheme === "string" ? `the scheme "${scheme}"` : "a scheme of your own";
  error.message += `: this is Deno's own name check, to which ${called} can only add: ` +
    "run with --allow-ffi for its rules alone";
}

/** The steps in the order of every engine: chain, name, the rest. */
export function refusalReport(error: SslVerifyError, policy: Policy, names: Names): VerifyReport {
  const failed = CHECK_OF[error.code] ?? "chain";
  if (failed === "hostname") explainScheme(error, policy);
  const of = (name: CheckName, ok: boolean | undefined, detail: string): VerifyCheck => ({
    name,
    ok,
    detail,
  });
  const checks: VerifyCheck[] = [];
  // rustls compares the name only when the chain is right.
  if (failed === "hostname" && policy.engine === "deno") {
    checks.push(of("chain", true, "verified by the engine (rustls) against its roots"));
  }
  checks.push(of(failed, false, error.reason));
  if (failed === "chain" && names.verifyName !== undefined && policy.scheme !== "none") {
    checks.push(of("hostname", undefined, "not reached: the chain was refused before"));
  }
  return makeReport({ ok: false, chain: [], anchored: false, checks, error, policy });
}
