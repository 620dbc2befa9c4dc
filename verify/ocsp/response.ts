/**
 * Checking an OCSP response for one certificate (RFC 6960 3.2). Pure: no
 * network, no engine, no clock but the one given.
 *
 * The order of the checks decides what a response counts as:
 *
 * 1. it must be readable and successful, else "error";
 * 2. it must have an answer with this certificate's id, else "missing": an
 *    answer about something else does not count, even with a good signature;
 * 3. its signer must be the issuer or a responder that the issuer certified
 *    for this, else "wrong signer";
 * 4. critical extensions must be understood, else "error";
 * 5. "revoked" needs no more: a revocation does not become untrue by being old
 *    or by answering someone else's request;
 * 6. the nonce, where one was sent and one came back, must be the same, else
 *    "error";
 * 7. the answer must be in its time, else "expired";
 * 8. the signer's certificate must be in its time, else "wrong signer".
 *
 * @module
 */

import { equalBytes } from "../../internal/bytes.ts";
import { type NamesOf, ownOptions, ownRecord } from "../../internal/own_options.ts";
import {
  type Certificate,
  type CertificateInput,
  toCertificate,
} from "../../certificate/certificate.ts";
import { digest } from "../../internal/digest.ts";
import type { CrlReason } from "../../certificate/crl_reason.ts";
import { OCSP_NONCE, type OcspCertId } from "../../certificate/ocsp_build.ts";
import { type OcspAnswer, type OcspBasicResponse, readOcspResponse } from "./read.ts";
import { findSigner, type OcspSigner } from "./signer.ts";

/**
 * How far a responder's clock may be ahead of ours: 5 minutes, in ms.
 *
 * @category OCSP
 */
export const OCSP_CLOCK_SKEW = 5 * 60_000;

/**
 * How long an answer without nextUpdate counts, from its thisUpdate on: 24 hours, in ms.
 *
 * @category OCSP
 */
export const OCSP_MAX_AGE = 24 * 3_600_000;

/**
 * What a response says about a certificate.
 *
 * - `good`, `revoked`: a valid answer says so.
 * - `unknown`: a valid answer says that the responder does not know the certificate.
 * - `expired`: the answer is not in its time: too old, or from the future.
 * - `wrong signer`: the signer may not sign for the certificate's issuer.
 * - `missing`: no response, or no answer for this certificate in it.
 * - `error`: malformed, not successful, a wrong nonce, or something critical
 *   that is not understood.
 *
 * @category OCSP
 */
export type OcspState =
  | "good"
  | "revoked"
  | "unknown"
  | "expired"
  | "wrong signer"
  | "missing"
  | "error";

/**
 * The result of {@linkcode checkOcspResponse}.
 *
 * @category OCSP
 */
export interface OcspVerdict {
  /** The state. */
  readonly state: OcspState;
  /** What was found, in words. */
  readonly detail: string;
  /** When the answer was known to be right. Only from a response whose signature is right. */
  readonly thisUpdate?: Date;
  /** Until when the answer counts, where the responder says so. */
  readonly nextUpdate?: Date;
  /** Since when the certificate is revoked. */
  readonly revokedAt?: Date;
  /** Why it is revoked, where the responder says so. */
  readonly reason?: CrlReason;
}

/**
 * Options of {@linkcode checkOcspResponse}.
 *
 * @category OCSP
 */
export interface CheckOcspOptions {
  /** The certificate that the response should be about. */
  readonly certificate: CertificateInput;
  /** The certificate that issued it: of a chain that is verified by other means. */
  readonly issuer: CertificateInput;
  /** The time of the check. @default {now} */
  readonly time?: Date;
  /** The value of the nonce extension that was sent, as {@linkcode BuiltOcspRequest.nonce} gives it. */
  readonly nonce?: Uint8Array;
}

const CHECK_OPTIONS: NamesOf<CheckOcspOptions> = {
  certificate: true,
  issuer: true,
  time: true,
  nonce: true,
};

/**
 * Extensions that may be critical. Each is either heeded (the nonce) or adds
 * to an answer without changing it (RFC 6960 4.4, RFC 5280 5.3).
 */
const UNDERSTOOD: readonly string[] = [
  OCSP_NONCE,
  "1.3.6.1.5.5.7.48.1.3", // CRL references
  "1.3.6.1.5.5.7.48.1.6", // archive cutoff
  "1.3.6.1.5.5.7.48.1.9", // extended revoked definition
  "2.5.29.21", // reason code
  "2.5.29.24", // invalidity date
];

/** Whether an id is that of a certificate, by the id's own digest. */
function isIdOf(id: OcspCertId, certificate: Certificate, issuer: Certificate): boolean {
  return id.digest !== undefined &&
    equalBytes(id.serial, certificate.rawSerial) &&
    equalBytes(id.keyHash, issuer.publicKeyDigest(id.digest)) &&
    equalBytes(id.nameHash, digest(id.digest, certificate.rawIssuer));
}

/** The answers of a response that are about a certificate. */
export function answersFor(
  response: OcspBasicResponse,
  certificate: Certificate,
  issuer: Certificate,
): OcspAnswer[] {
  return response.answers.filter((answer) => isIdOf(answer.id, certificate, issuer));
}

/** Until when an answer counts. */
export function endOf(
  { thisUpdate, nextUpdate }: { thisUpdate: Date; nextUpdate?: Date | undefined },
): Date {
  return nextUpdate ?? new Date(thisUpdate.getTime() + OCSP_MAX_AGE);
}

/** Why an answer is not in its time; `undefined` if it is. */
function timeFault(answer: OcspAnswer, now: number): string | undefined {
  const { thisUpdate, nextUpdate } = answer;
  const begin = thisUpdate.getTime();
  const end = endOf(answer).getTime();
  if (begin > now + OCSP_CLOCK_SKEW) {
    return `the answer begins in the future, on ${thisUpdate.toISOString()}`;
  }
  if (end < begin) return "the answer ends before it begins";
  if (end >= now) return undefined;
  return nextUpdate === undefined
    ? `the answer of ${thisUpdate.toISOString()} does not say how long it counts, ` +
      "and is older than 24 hours"
    : `the answer ended on ${nextUpdate.toISOString()}`;
}

/** The time to check at, in ms. An invalid Date would compare as "not too late" with everything. */
export function checkTime(time: Date | undefined, what: string): number {
  const now = (time ?? new Date()).getTime();
  if (Number.isNaN(now)) throw new RangeError(`Cannot ${what}: time is not a valid Date`);
  return now;
}

/**
 * The answer that counts: of several in their time the worst; where none is, the newest. A
 * revocation counts at any time.
 */
function answerThatCounts(answers: readonly OcspAnswer[], now: number): OcspAnswer {
  const current = answers.filter((answer) => timeFault(answer, now) === undefined);
  return answers.find(({ status }) => status.status === "revoked") ??
    current.find(({ status }) => status.status === "unknown") ?? current[0] ??
    answers.reduce((a, b) => b.thisUpdate > a.thisUpdate ? b : a);
}

/** The first critical extension that is not understood, of the response or of the answers. */
function unknownExtension(
  parts: readonly Pick<OcspAnswer, "extensions">[],
): OcspVerdict | undefined {
  const critical = parts.flatMap((part) => part.extensions)
    .find((extension) => extension.critical && !UNDERSTOOD.includes(extension.oid));
  return critical &&
    { state: "error", detail: `unknown critical extension ${critical.oid}` };
}

/** The verdict on a responder whose certificate is not in date; `undefined` where it is. */
function signerTimeFault(signer: OcspSigner, now: number): OcspVerdict | undefined {
  const { certificate: by, delegated } = signer;
  // The issuer's own dates are a matter of the chain's verification.
  if (!delegated || (now >= by.notBefore.getTime() && now <= by.notAfter.getTime())) {
    return undefined;
  }
  return {
    state: "wrong signer",
    detail: `the responder's certificate ${by.subject} is not in date: valid from ` +
      `${by.notBefore.toISOString()} to ${by.notAfter.toISOString()}`,
  };
}

/** The verdict "good" or "unknown", once everything else about the answer is in order. */
function notRevoked(
  status: "good" | "unknown",
  subject: string,
  signer: OcspSigner,
): OcspVerdict {
  const { certificate: by, delegated, weak } = signer;
  const signedBy = delegated ? `responder ${by.subject}` : `issuer ${by.subject}`;
  if (status === "unknown") {
    return { state: status, detail: `${subject} is not known to ${signedBy}` };
  }
  return weak
    ? {
      state: "error",
      detail: `the answer of ${signedBy} is signed with SHA-1, which can be forged`,
    }
    : { state: status, detail: `${subject} is not revoked, says ${signedBy}` };
}

/** Judges a successful response; see {@linkcode checkOcspResponse}. */
export function judgeResponse(
  response: OcspBasicResponse,
  options: CheckOcspOptions,
): OcspVerdict {
  const { time, nonce, ...given } = ownRecord(options);
  const certificate = toCertificate(given.certificate, "certificate");
  const issuer = toCertificate(given.issuer, "issuer");
  const { subject } = certificate;
  const now = checkTime(time, "check OCSP response");
  const answers = answersFor(response, certificate, issuer);
  if (answers.length === 0) {
    return {
      state: "missing",
      detail: `none of the ${response.answers.length} answers is about ${subject}`,
    };
  }
  const signer = findSigner(response, issuer);
  if ("fault" in signer) return { state: "wrong signer", detail: signer.fault };
  const unknown = unknownExtension([response, ...answers]);
  if (unknown !== undefined) return unknown;

  const answer = answerThatCounts(answers, now);
  const { status, thisUpdate, nextUpdate } = answer;
  const times = { thisUpdate, ...(nextUpdate === undefined ? {} : { nextUpdate }) };
  const outOfDate = signerTimeFault(signer, now);
  if (status.status === "revoked") {
    const { time: revokedAt, reason } = status;
    return outOfDate ?? {
      state: "revoked",
      detail: `${subject} was revoked on ${revokedAt.toISOString()}` +
        (reason === undefined ? "" : ` (${reason})`),
      ...times,
      revokedAt,
      ...(reason === undefined ? {} : { reason }),
    };
  }
  if (nonce !== undefined && response.nonce !== undefined && !equalBytes(nonce, response.nonce)) {
    return { state: "error", detail: "the nonce is not the one that was sent", ...times };
  }
  const fault = timeFault(answer, now);
  if (fault !== undefined) return { state: "expired", detail: fault, ...times };
  return outOfDate ?? { ...notRevoked(status.status, subject, signer), ...times };
}

/**
 * Checks what an OCSP response says about a certificate (RFC 6960 3.2).
 *
 * - The certificate's id must match: issuer name, issuer key and serial number,
 *   by the id's own digest (SHA-1, SHA-256, SHA-384 or SHA-512).
 * - The signer is the issuer, or a certificate that the issuer itself issued,
 *   with the extendedKeyUsage OCSPSigning, that is in date. (Whether that
 *   responder's certificate is revoked is not asked, as in OpenSSL.) Signatures
 *   with MD5 do not count; with SHA-1 "revoked" counts, and "good" is an "error".
 * - Unknown critical extensions are refused.
 * - thisUpdate may be 5 minutes ahead, nextUpdate not in the past. Without
 *   nextUpdate an answer counts for 24 hours after thisUpdate.
 * - A nonce that comes back must be the one sent. A responder may leave it out,
 *   as most do for answers made in advance.
 * - Of several answers for one certificate "revoked" wins. A revocation with a
 *   right signature counts whatever its nextUpdate and nonce.
 *
 * Malformed responses do not throw: their state is "error".
 *
 * Perl: `OCSP_response_verify`
 *
 * @param response The DER; `undefined`, when none came, gives "missing". More
 *   than 256 KiB is an "error".
 * @throws {TypeError} if the response is not a Uint8Array.
 * @throws {RangeError} if `time` is not a valid Date.
 *
 * @category OCSP
 */
export function checkOcspResponse(
  response: Uint8Array | undefined,
  given: CheckOcspOptions,
): OcspVerdict {
  const options = ownOptions(given, { operation: "check OCSP response", names: CHECK_OPTIONS });
  checkTime(options.time, "check OCSP response");
  if (response === undefined) return { state: "missing", detail: "there is no OCSP response" };
  if (!(response instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot check OCSP response: expected DER as Uint8Array: received ${typeof response}`,
    );
  }
  let parsed;
  try {
    parsed = readOcspResponse(response);
  } catch (error) {
    return { state: "error", detail: (error as Error).message };
  }
  if (parsed.basic === undefined) {
    return { state: "error", detail: `the responder gave no answer: ${parsed.status}` };
  }
  return judgeResponse(parsed.basic, options);
}
