/**
 * Revocation lists in the judgement of a peer: the revocations that the engine does not look for, and
 * the words about lists in the message of a refusal. Pure.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import type { PeerEvidence } from "./peer.ts";
import {
  describeCrl,
  describeList,
  describeRevocation,
  describeUnfit,
  isLifted,
  objectionTo,
  revocationOf,
} from "./revocation.ts";
import { crlsOf, parseAll, shownCertificate, trustedChain } from "./make_report.ts";
import type { Findings } from "./answers.ts";

const UNABLE_TO_GET_CRL = 3;
/** X509_V_ERR_CERT_REVOKED. */
export const CERT_REVOKED = 23;
/** X509_V_ERR numbers about CRLs: missing, invalid, expired, out of scope, revoked. */
const CRL_ERRORS = new Set([3, 5, 8, 11, 12, 15, 16, CERT_REVOKED, 33, 35, 36, 44, 54]);

/** Whether an X509_V_ERR is about revocation lists. */
export const isAboutCrls = (error: number): boolean => CRL_ERRORS.has(error);

/** For the message of a refusal: since when the certificate is revoked, and by which list. */
export function describeLists(evidence: PeerEvidence, at: Certificate): string {
  const { error, time } = evidence;
  if (!isAboutCrls(error)) return "";
  const crls = crlsOf(evidence);
  const entry = error === CERT_REVOKED ? revocationOf(at, crls, time) : undefined;
  const crl = entry?.crl.scope?.indirect
    ? describeList(entry.crl, time)
    : describeCrl(at, crls, time);
  const lifted = error === CERT_REVOKED && isLifted(at, crls, time)
    ? ", and the delta CRL that removes the revocation is not applied: " +
      "neither the complete CRL nor the certificate has the extension freshestCRL"
    : "";
  return `${entry === undefined ? lifted : `, revoked ${describeRevocation(entry)}`}${
    crl === undefined ? "" : `, by ${crl}`
  }`;
}

/**
 * OpenSSL does not apply every delta CRL, and it applies no indirect CRL: this adds to the evidence
 * what those lists say. What verifyCallback has accepted about the lists of a certificate stays
 * accepted.
 */
export function withOtherLists(evidence: PeerEvidence, { callback }: Findings): PeerEvidence {
  const { error, trust, chain, time } = evidence;
  if (error !== 0 || trust === undefined || trust.checkCrl === "none") return evidence;
  const trusted = trustedChain(evidence);
  for (const [depth, der] of (trust.checkCrl === "chain" ? trusted : chain.slice(0, 1)).entries()) {
    const accepted = callback?.overridden.some((about) =>
      about.depth === depth && isAboutCrls(about.error)
    );
    if (accepted) continue;
    const objection = objectionTo(shownCertificate(der), crlsOf(evidence), time);
    if (objection === undefined) continue;
    return "revoked" in objection
      ? { ...evidence, error: CERT_REVOKED, errorDepth: depth, errorText: "certificate revoked" }
      : {
        ...evidence,
        error: UNABLE_TO_GET_CRL,
        errorDepth: depth,
        errorText: describeUnfit(objection),
      };
  }
  return evidence;
}

/**
 * OpenSSL stops at the first error, which may hide a revocation. This is the evidence of the
 * revocation that OpenSSL would have found if it had gone on.
 */
export function hiddenRevocation(
  evidence: PeerEvidence,
  chain: readonly Uint8Array[],
): PeerEvidence | undefined {
  const { error, trust } = evidence;
  if (error === 0 || error === CERT_REVOKED || trust === undefined) return undefined;
  const inScope = trust.checkCrl === "chain" ? chain : chain.slice(0, 1);
  const errorDepth = inScope.findIndex((der) => {
    const [certificate] = parseAll([der]);
    return certificate !== undefined &&
      revocationOf(certificate, crlsOf(evidence), evidence.time) !== undefined;
  });
  if (errorDepth < 0) return undefined;
  return { ...evidence, error: CERT_REVOKED, errorDepth, errorText: "certificate revoked" };
}
