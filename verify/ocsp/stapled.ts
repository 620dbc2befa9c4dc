/**
 * Judging the OCSP response that a server stapled to its handshake. Pure.
 *
 * | state          | TRY_STAPLE | FAIL_HARD | MUST_STAPLE, or the certificate demands it |
 * |----------------|------------|-----------|--------------------------------------------|
 * | good           | accepted   | accepted  | accepted                                   |
 * | revoked        | refused    | refused   | refused                                    |
 * | wrong signer   | refused    | refused   | refused                                    |
 * | unknown        | tolerated  | refused   | refused                                    |
 * | expired        | tolerated  | refused   | refused                                    |
 * | error          | tolerated  | refused   | refused                                    |
 * | missing        | tolerated  | tolerated | refused                                    |
 *
 * A missing response has to be tolerated by default, since many servers do not
 * staple; an attacker can therefore always leave it out. The last column closes
 * that gap: with MUST_STAPLE, or with the TLS feature extension (RFC 7633) in a
 * certificate, by which a site says that it always staples, a missing response
 * is refused. So is a response that proves nothing, or garbage would get around
 * the demand.
 *
 * @module
 */

import { ownOptions, ownRecord } from "../../internal/own_options.ts";
import {
  type Certificate,
  type CertificateInput,
  toCertificate,
} from "../../certificate/certificate.ts";
import { SSL_OCSP_FAIL_HARD, SSL_OCSP_MUST_STAPLE } from "../../constants.ts";
import { type ErrorFacts, SslVerifyError } from "../../errors.ts";
import { asksForStaple } from "./mode.ts";
import { type OcspBasicResponse, readOcspResponse } from "./read.ts";
import { checkOcspResponse, checkTime, judgeResponse, type OcspVerdict } from "./response.ts";
import { issuerIn } from "./signer.ts";

/**
 * Options of {@linkcode judgeStaple}.
 *
 * @category OCSP
 */
export interface JudgeStapleOptions {
  /** The chain that was built and verified, the leaf first. */
  readonly chain: readonly CertificateInput[];
  /** The `SSL_OCSP_*` flags. */
  readonly ocspMode: number;
  /** The time of the check. @default {now} */
  readonly time?: Date;
}

/** The same, with the certificates read. */
interface Judged extends JudgeStapleOptions {
  readonly chain: readonly Certificate[];
}

/**
 * The result of {@linkcode judgeStaple}.
 *
 * @category OCSP
 */
export interface StapleJudgement {
  /** What the response says about the leaf. */
  readonly verdict: OcspVerdict;
  /** Why the peer must be refused; absent if it must not. */
  readonly refuse?: SslVerifyError;
  /** `true`: good. `false`: refused. `undefined`: nothing was proved, which is tolerated. */
  readonly ok: boolean | undefined;
  /** What was found, in words, for the report. */
  readonly detail: string;
}

const MISSING = "did not receive the required stapled OCSP response";

/** Whether the leaf demands a staple. An extension that cannot be read might be the demand. */
function demandsStaple(leaf: Certificate): boolean {
  try {
    return leaf.mustStaple;
  } catch {
    return true;
  }
}

function refusal(
  code: string,
  errno: number,
  what: string,
  detail: string,
  facts: ErrorFacts,
): SslVerifyError {
  return new SslVerifyError(`Cannot verify the peer: ${what}: ${detail}`, {
    code,
    errno,
    reason: what,
    facts,
  });
}

/** The facts of a verdict, for the explanation. */
function factsOf(
  { state, detail, revokedAt, reason }: OcspVerdict,
  demandedBy?: "ocspMode" | "certificate",
): ErrorFacts {
  return {
    ocsp: { state, detail, ...(demandedBy === undefined ? {} : { demandedBy }) },
    ...(revokedAt === undefined
      ? {}
      : { revoked: { since: revokedAt, ...(reason === undefined ? {} : { reason }) } }),
  };
}

function refuse(
  verdict: OcspVerdict,
  came: boolean,
  demandedBy?: "ocspMode" | "certificate",
): SslVerifyError {
  const { state, detail } = verdict;
  const facts = factsOf(verdict, demandedBy);
  switch (state) {
    case "revoked":
      return refusal("CERT_REVOKED", 23, "certificate revoked", `stapled OCSP: ${detail}`, facts);
    case "unknown":
      return refusal(
        "OCSP_CERT_UNKNOWN",
        75,
        "OCSP unknown cert",
        `stapled OCSP: ${detail}`,
        facts,
      );
    case "missing": {
      const options = { code: "OCSP_VERIFY_NEEDED", errno: 73, reason: MISSING, facts };
      return new SslVerifyError(came ? `${MISSING}: ${detail}` : MISSING, options);
    }
    default:
      return refusal(
        "OCSP_VERIFY_FAILED",
        74,
        "OCSP verification failed",
        `stapled OCSP response: ${state}: ${detail}`,
        facts,
      );
  }
}

function judgeLeaf(
  response: Uint8Array | undefined,
  { chain, time }: Judged,
): OcspVerdict {
  const certificate = chain[0]!;
  const issuer = response && issuerIn(chain, 0);
  if (response !== undefined && issuer === undefined) {
    return {
      state: "error",
      detail: `the certificate of ${certificate.issuer}, which issued ${certificate.subject}, ` +
        "is not in the chain",
    };
  }
  // Without a response the issuer is not looked at.
  return checkOcspResponse(response, {
    certificate,
    issuer: issuer ?? certificate,
    ...(time && { time }),
  });
}

/** The first certificate above the leaf that the response says is revoked. */
function revokedAbove(
  response: Uint8Array,
  { chain, time }: Judged,
): OcspVerdict | undefined {
  let basic: OcspBasicResponse | undefined;
  try {
    basic = readOcspResponse(response).basic;
  } catch {
    return undefined; // the leaf's verdict says so
  }
  for (let i = 1; basic !== undefined && i < chain.length; i++) {
    const certificate = chain[i]!;
    // Without an answer with its serial number its issuer is not needed.
    const serial = String(certificate.rawSerial);
    if (!basic.answers.some(({ id }) => String(id.serial) === serial)) continue;
    const issuer = issuerIn(chain, i);
    const verdict = issuer &&
      judgeResponse(basic, ownRecord({ certificate, issuer, ...(time && { time }) }));
    if (verdict?.state === "revoked") return verdict;
  }
  return undefined;
}

/**
 * Judges a stapled OCSP response, or its absence, for a client.
 *
 * "revoked" and "wrong signer" are refused; `SSL_OCSP_FAIL_HARD` refuses
 * everything but "good" and "missing"; `SSL_OCSP_MUST_STAPLE`, or a leaf whose
 * TLS feature extension demands a staple (RFC 7633), refuses everything but
 * "good". An answer in the response that another certificate of the chain is
 * revoked is a refusal, too. With flags that do not ask for a staple (see
 * {@linkcode asksForStaple}) nothing is refused.
 *
 * The error's code is `CERT_REVOKED` (23), `OCSP_VERIFY_NEEDED` (73: none
 * came), `OCSP_CERT_UNKNOWN` (75), or `OCSP_VERIFY_FAILED` (74: anything else).
 *
 * Perl: `SSL_ocsp_mode`
 *
 * @param response The DER; `undefined` when none came.
 * @throws {TypeError} if the chain is empty.
 *
 * @category OCSP
 */
export function judgeStaple(
  response: Uint8Array | undefined,
  given: JudgeStapleOptions,
): StapleJudgement {
  const own = ownOptions(given, {
    operation: "judge stapled OCSP response",
    names: { chain: true, ocspMode: true, time: true },
  });
  const { ocspMode, time } = own;
  const chain = own.chain.map((certificate) => toCertificate(certificate, "chain"));
  const options: Judged = ownRecord({ ...own, chain });
  if (chain.length === 0) {
    throw new TypeError("Cannot judge stapled OCSP response: chain is empty");
  }
  checkTime(time, "judge stapled OCSP response");
  const verdict = judgeLeaf(response, options);
  const detail = `${verdict.state}: ${verdict.detail}`;
  if (!asksForStaple(ocspMode)) {
    return { verdict, ok: undefined, detail: `not asked for; ${detail}` };
  }
  const above = response && revokedAbove(response, options);
  if (above !== undefined) {
    const error = refuse(above, true);
    return { verdict, refuse: error, ok: false, detail: `revoked: ${above.detail}` };
  }
  const { state } = verdict;
  if (state === "good") return { verdict, ok: true, detail };
  const flagged = (ocspMode & SSL_OCSP_MUST_STAPLE) !== 0;
  const must = flagged || demandsStaple(chain[0]!);
  const hard = (ocspMode & SSL_OCSP_FAIL_HARD) !== 0 && state !== "missing";
  if (must || hard || state === "revoked" || state === "wrong signer") {
    const why = must && !flagged ? "; the certificate demands a stapled OCSP response" : "";
    return {
      verdict,
      refuse: refuse(
        verdict,
        response !== undefined,
        flagged ? "ocspMode" : must ? "certificate" : undefined,
      ),
      ok: false,
      detail: detail + why,
    };
  }
  return { verdict, ok: undefined, detail: `tolerated: ${detail}` };
}
