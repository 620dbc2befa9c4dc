/**
 * The judgement of a peer that has proved who it is by a session or a
 * pre-shared key, and sent no chain.
 *
 * A resumed handshake proves that the peer is the one of the session. That
 * this one was to be trusted is known from the session's own verification. Its
 * evidence is judged once more: the names, the pins and the dates anew, the
 * chain, OCSP and verifyCallback by what was found out then. A session that
 * brings no verification is refused. Pure.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import { equalBytes } from "../certificate/der.ts";
import type { PeerEvidence } from "../engine/types.ts";
import type { VerifyReport } from "../verify/report.ts";
import { judge, type Policy, pskReport, refusedReport } from "./judge.ts";
import type { Names } from "./names.ts";
import type { VerifiedPeer } from "./session_cache.ts";

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
