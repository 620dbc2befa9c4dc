/**
 * The certificates that one OCSP request asks about, what its answer says of each, and what a cache
 * keeps of it.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import type { OcspCacheEntry } from "./cache.ts";
import type { BuiltOcspRequest, FetchOcspResult } from "./fetch.ts";
import { type OcspBasicResponse, readOcspResponse } from "./read.ts";
import { endOf, judgeResponse, OCSP_CLOCK_SKEW, type OcspVerdict } from "./response.ts";

/** How long a responder is not asked again after no answer, or one that was an error: 10 s, in ms. */
const RETRY_SOON = 10_000;

/** How long a responder is not asked again after an answer that is of no use: 120 s, in ms. */
export const RETRY_LATE = 120_000;

/** A certificate that is not settled. */
export interface Target {
  readonly certificate: Certificate;
  /** The certificate that issued it. */
  readonly issuer: Certificate;
  /** Its key in the cache. */
  readonly key: string;
  /** The addresses to ask, the next one first. */
  readonly uris: string[];
  /** What went wrong at the addresses so far. */
  readonly faults: string[];
  /** Set when a responder said that it does not know the certificate; another may know it. */
  unknown: string | undefined;
}

/** The certificates that one request asks about. */
export interface Group {
  /** The address. */
  readonly uri: string;
  /** The certificates. */
  readonly targets: readonly Target[];
  readonly request: BuiltOcspRequest;
  /** Certificates to ask about at this address once it has answered. */
  readonly waiting: Target[];
}

/** Text from a certificate, which its owner chose, on one line and without control characters. */
export function shown(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  return text.slice(0, 500).replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => encodeURIComponent(c));
}

/** What the answer to a request says of one certificate. */
export type Finding =
  /** A valid answer: good or revoked. */
  | { readonly kind: "settled"; readonly target: Target; readonly verdict: OcspVerdict }
  /** The answer is about others of the group alone: to be asked about again. */
  | { readonly kind: "left out"; readonly target: Target }
  /** The answer is of no use for this certificate. */
  | {
    readonly kind: "failed";
    readonly target: Target;
    readonly text: string;
    /** How long the failure counts, in ms. */
    readonly lifetime: number;
    /** Whether a valid answer says that the responder does not know the certificate. */
    readonly unknown: boolean;
  };

/** The content of an answer, or why it has none that counts. */
function contentOf(result: FetchOcspResult): OcspBasicResponse | string {
  if ("fault" in result) return `http request for OCSP failed: ${result.fault}`;
  try {
    const { basic, status } = readOcspResponse(result.body);
    return basic ?? `OCSP response failed: ${status}`;
  } catch (error) {
    return `invalid response (no OCSP_RESPONSE): ${(error as Error).message}`;
  }
}

/** What a verdict that settles nothing means, in words. */
function failureOf({ state, detail }: OcspVerdict): string {
  switch (state) {
    case "missing":
      return `no data in response: ${detail}`;
    case "unknown":
      return `certificate is unknown: ${detail}`;
    case "expired":
      return `OCSP response is expired: ${detail}`;
    default:
      return `failed to verify OCSP response: ${detail}`;
  }
}

/** What the answer to a group says of each of its certificates; revocations come first. */
export function findingsIn(
  { targets, request: { nonce } }: Group,
  result: FetchOcspResult,
  time: Date | undefined,
): Finding[] {
  const content = contentOf(result);
  if (typeof content === "string") {
    return targets.map((target) => ({
      kind: "failed",
      target,
      text: content,
      lifetime: RETRY_SOON,
      unknown: false,
    }));
  }
  const verdicts = targets.map((target) => ({
    target,
    verdict: judgeResponse(content, {
      certificate: target.certificate,
      issuer: target.issuer,
      ...(time === undefined ? {} : { time }),
      ...(nonce === undefined ? {} : { nonce }),
    }),
  }));
  const partial = verdicts.some(({ verdict }) => verdict.state !== "missing");
  // With FAIL_HARD a soft error must not hide a revocation.
  verdicts.sort((a, b) =>
    Number(b.verdict.state === "revoked") - Number(a.verdict.state === "revoked")
  );
  return verdicts.map(({ target, verdict }) => {
    const { state } = verdict;
    if (state === "good" || state === "revoked") return { kind: "settled", target, verdict };
    if (state === "missing" && partial) return { kind: "left out", target };
    const text = failureOf(verdict);
    return { kind: "failed", target, text, lifetime: RETRY_LATE, unknown: state === "unknown" };
  });
}

/** Whether an entry of a cache counts at the time of a check, too. */
export function countsAt(entry: OcspCacheEntry, time: Date | undefined): boolean {
  const now = time?.getTime() ?? Date.now();
  const { thisUpdate, nextUpdate } = entry;
  const begun = thisUpdate === undefined || thisUpdate.getTime() <= now + OCSP_CLOCK_SKEW;
  return begun && (nextUpdate === undefined || Number(nextUpdate) >= now);
}

/** What a cache keeps of a valid answer. */
export function entryOf(verdict: OcspVerdict, hardError?: string): OcspCacheEntry {
  const { thisUpdate, nextUpdate } = verdict;
  const end = endOf({ thisUpdate: thisUpdate!, nextUpdate });
  // A revocation counts beyond its nextUpdate, but then there may be newer information.
  const times = end.getTime() > Date.now()
    ? { nextUpdate: end }
    : { expire: Date.now() + RETRY_LATE };
  return { thisUpdate: thisUpdate!, ...times, ...(hardError === undefined ? {} : { hardError }) };
}
