/**
 * Makes a report from the evidence of an engine: certificates are parsed when
 * they are first read, and the chain to the anchor and the revocation lists that
 * were used are described in words. Pure.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import { Certificate } from "../certificate/certificate.ts";
import type { AnchorOrigin, AnchorPlace, EngineName, PeerEvidence } from "./peer.ts";
import type { SslVerifyError } from "../errors.ts";
import { describeCrl } from "./revocation.ts";
import { hintFor } from "./explain/explain.ts";
import type { CheckName, VerifyCheck, VerifyReport } from "./report.ts";

const INSPECT = Symbol.for("Deno.customInspect");

const shown = (text: string): string => JSON.stringify(text);

/** Certificates by the buffer that an engine gave: a connection is judged more than once. */
const known = new WeakMap<Uint8Array, Certificate>();

/** Those that were shown last: a client meets the same few servers again and again. */
const recent: Certificate[] = [];
const MOST_RECENT = 16;

/** The certificate with exactly these bytes, read once as long as it is among the recent ones. */
function recentCertificate(der: Uint8Array): Certificate {
  const index = recent.findIndex((each) => equalBytes(each.der, der));
  const certificate = recent[index] ?? Certificate.fromDer(der);
  if (index >= 0) recent.splice(index, 1);
  recent.unshift(certificate);
  recent.length = Math.min(recent.length, MOST_RECENT);
  return certificate;
}

/**
 * The certificate in the bytes that an engine gave.
 *
 * @throws {SslError} As {@linkcode Certificate.fromDer}.
 */
export function shownCertificate(der: Uint8Array): Certificate {
  let certificate = known.get(der);
  if (certificate === undefined) known.set(der, certificate = recentCertificate(der));
  return certificate;
}

/** Certificates from DER; one that is malformed is left out. */
export function parseAll(ders: readonly Uint8Array[]): Certificate[] {
  return ders.flatMap((der) => {
    try {
      return [Certificate.fromDer(der)];
    } catch {
      return [];
    }
  });
}

/** What was decided about a peer, and why. Its report is made of it where somebody reads that. */
export interface Judgement {
  readonly ok: boolean;
  readonly chain: readonly Uint8Array[];
  readonly anchored: boolean;
  /** What the peer sent. */
  readonly presented?: readonly Uint8Array[];
  /** Where anchors came from. */
  readonly places?: readonly AnchorPlace[] | undefined;
  readonly checks: readonly (VerifyCheck | LateCheck)[];
  readonly error: SslVerifyError | undefined;
  readonly defaultsApplied: readonly string[];
  readonly engine: EngineName;
}

const made = new WeakMap<Judgement, VerifyReport>();

/**
 * The report of a judgement, made once, which its error gets. Its certificates are parsed when they
 * are first read.
 */
export function reportOf(judgement: Judgement): VerifyReport {
  const report = made.get(judgement) ?? makeReport(judgement);
  made.set(judgement, report);
  return report;
}

function makeReport(judgement: Judgement): VerifyReport {
  let chain: readonly Certificate[] | undefined;
  let presented: readonly Certificate[] | undefined;
  const { ok, checks, error, defaultsApplied, engine } = judgement;
  const report = {
    ok,
    engine,
    get chain(): readonly Certificate[] {
      return chain ??= Object.freeze(parseAll(judgement.chain));
    },
    get presented(): readonly Certificate[] {
      return presented ??= Object.freeze(parseAll(judgement.presented ?? []));
    },
    checks: Object.freeze(checks.map(shownCheck)),
    ...(error === undefined ? {} : { error }),
    ...(defaultsApplied.length === 0 ? {} : { defaultsApplied }),
  } as VerifyReport;
  if (error !== undefined) {
    Object.defineProperty(report, "hint", {
      enumerable: true,
      get: (): string | undefined => hintFor(error),
    });
  }
  if (judgement.anchored) {
    Object.defineProperty(report, "anchor", {
      enumerable: true,
      get: (): Certificate | undefined => report.chain.at(-1),
    });
    Object.defineProperty(report, "anchorOrigin", {
      enumerable: true,
      get: () => originOf(report.anchor, judgement.places),
    });
  }
  Object.defineProperties(report, { [INSPECT]: { value: printed }, toJSON: { value: toJson } });
  if (error !== undefined) error.report = report;
  return report;
}

/** When it is printed, it shows what its getters give. The error is text, as it has the report. */
function printed(
  this: VerifyReport,
  inspect: typeof Deno.inspect,
  options: Deno.InspectOptions,
): string {
  const subject = (certificate: Certificate): string => certificate.subject;
  const plain = {
    ...this,
    chain: this.chain.map(subject),
    presented: this.presented.map(subject),
    ...(this.anchor === undefined ? {} : { anchor: subject(this.anchor) }),
    checks: this.checks.map((each) => ({ ...each })),
    ...(this.error === undefined ? {} : { error: String(this.error) }),
  };
  return `VerifyReport ${inspect(plain, options)}`;
}

function toJson(this: VerifyReport): Record<string, unknown> {
  const { anchor, error } = this;
  const json = (certificate: Certificate): object => certificate.toJSON();
  const shown = {
    ...this,
    chain: this.chain.map(json),
    presented: this.presented.map(json),
    ...(anchor === undefined ? {} : { anchor: json(anchor) }),
  };
  if (error === undefined) return shown;
  const { report: _report, ...own } = error.toJSON(); // the error and the report refer to each other
  return { ...shown, error: own };
}

/** Where an anchor came from. */
function originOf(
  anchor: Certificate | undefined,
  places: readonly AnchorPlace[] = [],
): AnchorOrigin | undefined {
  if (anchor === undefined) return undefined;
  return places.find(({ bundle }) => bundle.certificates.some((der) => equalBytes(der, anchor.der)))
    ?.origin;
}

/** One check of a report. */
export const check = (
  name: CheckName,
  ok: boolean | undefined,
  detail: string,
): VerifyCheck => ({
  name,
  ok,
  detail,
});

/** A check whose detail is made when it is first read: most reports never are. */
export interface LateCheck {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly tell: () => string;
}

const isLate = (made: VerifyCheck | LateCheck): made is LateCheck => Object.hasOwn(made, "tell");

/** A check as a report has it. */
function shownCheck(made: VerifyCheck | LateCheck): VerifyCheck {
  if (!isLate(made)) return made;
  const { name, ok, tell } = made;
  let detail: string | undefined;
  const late = {
    name,
    ok,
    get detail(): string {
      return detail ??= tell();
    },
  };
  return Object.defineProperty(late, INSPECT, {
    value: (inspect: typeof Deno.inspect, options: Deno.InspectOptions): string =>
      inspect({ ...late }, options),
  });
}

/**
 * The chain up to its anchor. When the leaf itself is an anchor, OpenSSL's chain also has the
 * certificates that the peer sent above it, and these are not trusted.
 */
export function trustedChain({ chain, trust }: PeerEvidence): readonly Uint8Array[] {
  if (trust === undefined) return chain;
  const anchors = [...trust.anchors ?? [], ...trust.extra];
  const isAnchor = (der: Uint8Array): boolean => anchors.some((a) => equalBytes(a, der));
  const last = chain.findLastIndex(isAnchor);
  return last < 0 ? chain : chain.slice(0, last + 1);
}

/** The chain from the leaf to the anchor, in words. */
export function describeChain(evidence: PeerEvidence, leaf: Certificate): string {
  if (evidence.resumed) return `verified when the session was made, subject ${shown(leaf.subject)}`;
  if (evidence.chain.length === 0) {
    return `verified by the engine (rustls) against its roots, subject ${shown(leaf.subject)}`;
  }
  const [, ...issuers] = parseAll(trustedChain(evidence));
  const anchor = issuers.pop();
  if (anchor === undefined) return `verified, subject ${shown(leaf.subject)}, which is an anchor`;
  const through = issuers.map(({ subject }) => ` issued by ${shown(subject)},`).join("");
  return `verified, subject ${shown(leaf.subject)},${through} issued by the anchor ${
    shown(anchor.subject)
  }`;
}

/** All revocation lists of a context, including those that its engine does not apply. */
export const crlsOf = ({ trust }: PeerEvidence): readonly Uint8Array[] =>
  trust === undefined ? [] : [...trust.crls, ...trust.deltas ?? []];

/** Which revocation lists cleared which certificates. */
export function judgeCrls(evidence: PeerEvidence): VerifyCheck[] {
  const { trust, resumed, error } = evidence;
  if (trust === undefined || trust.checkCrl === "none") return [];
  if (resumed) return [check("crl", undefined, "checked when the session was made")];
  if (error !== 0) {
    return [check("crl", undefined, "not reached: the chain was refused first")];
  }
  const chain = parseAll(trustedChain(evidence));
  const checked = trust.checkCrl === "chain" ? chain : chain.slice(0, 1);
  const details = checked.map((cert) =>
    `${shown(cert.subject)} is not revoked by ${
      describeCrl(cert, crlsOf(evidence), evidence.time) ?? "a CRL of its issuer"
    }`
  );
  return [check("crl", true, details.join("; "))];
}
