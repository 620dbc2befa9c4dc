/**
 * The judgement on a peer. The engine says what it found about the chain, the
 * policy says what counts, and the report says what was decided and why. The
 * judgement is a list of checks ({@linkcode CHECKS}), each of which gives an
 * opinion, and one fold over the opinions. Pure.
 *
 * | what                       | without pins | `fingerprint` matches | no match | `forceFingerprint` |
 * |----------------------------|--------------|-----------------------|----------|--------------------|
 * | a certificate is revoked   | refused      | refused               | refused  | refused            |
 * | chain, dates or name wrong | refused      | accepted              | refused  | the pin decides    |
 * | all right                  | accepted     | accepted              | accepted | the pin decides    |
 *
 * On the Deno engine, whose verification cannot be overridden, a pin and a
 * scheme are conditions on top of its own check of chain and name.
 *
 * `verifyCallback` comes first: an error of the chain that it accepts no longer
 * counts (the name still does), and when it refuses a chain that OpenSSL
 * accepted, nothing overrides the refusal. A stapled OCSP response comes last;
 * when a pin matches, only a revocation in it counts.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import type { Certificate } from "../certificate/certificate.ts";
import { SslError } from "../errors.ts";
import type { CallbackFinding, ChainError, Findings } from "./answers.ts";
import { chainFacts } from "./chain_facts.ts";
import {
  CERT_REVOKED,
  describeLists,
  hiddenRevocation,
  isAboutCrls,
  withOtherLists,
} from "./crl_objections.ts";
import { APPLICATION_VERIFICATION, verifyCode } from "./error_codes.ts";
import { type Pin, pinMatches } from "./fingerprint.ts";
import {
  check,
  describeChain,
  judgeCrls,
  type Judgement,
  type LateCheck,
  parseAll,
  reportOf,
  shownCertificate,
  trustedChain,
} from "./make_report.ts";
import { judgeMissing } from "./missing_certificate.ts";
import { isAboutName, judgeNameOnce } from "./name_judgement.ts";
import type { Names, PeerEvidence } from "./peer.ts";
import type { Policy } from "./policy.ts";
import { type Failure, makeError, refusal } from "./refusal.ts";
import type { VerifyCheck, VerifyReport } from "./report.ts";

const at = ({ error, depth }: ChainError): string => `${verifyCode(error)} at depth ${depth}`;

function chainFailure(evidence: PeerEvidence, leaf: Certificate): Failure {
  const { error, errorDepth, errorText } = evidence;
  const source = evidence.chain.length > errorDepth ? evidence.chain : evidence.presented;
  const [at = leaf] = parseAll(source.slice(errorDepth, errorDepth + 1));
  const code = verifyCode(error);
  return {
    code,
    errno: error,
    reason: errorText || code,
    about: `${code} at depth ${errorDepth}, subject ${JSON.stringify(at.subject)}, issuer ${
      JSON.stringify(at.issuer)
    }${describeLists(evidence, at)}`,
    check: isAboutCrls(error) ? "crl" : "chain",
    facts: chainFacts(evidence, at),
  };
}

/** What is judged, and by which rules. */
interface Case {
  /** The peer's certificate. */
  readonly leaf: Certificate;
  /** What the engine found. */
  readonly found: PeerEvidence;
  /** The same, after verifyCallback and the revocation lists that the engine does not apply. */
  readonly evidence: PeerEvidence;
  readonly policy: Policy;
  readonly names: Names;
  readonly findings: Findings;
  /** The pin that matches the certificate. */
  readonly pin: Pin | undefined;
  /** With a pin that matches: a revocation behind the error that the engine stopped at. */
  readonly hidden: PeerEvidence | undefined;
}

/** What one check says. */
interface Opinion {
  /** For the report. */
  readonly checks: readonly (VerifyCheck | LateCheck)[];
  /** Why the peer must be refused. */
  readonly failure?: Failure | undefined;
  /** Whether no pin overrides the failure. */
  readonly final?: boolean;
}

/** One check. Opinions go into the report in the order of the list; `undefined` adds nothing. */
interface Check {
  /** Of several failures, the one with the highest weight is the error. */
  readonly weight: number;
  readonly opinion: (of: Case) => Opinion | undefined;
}

const told = ({ check: name, reason, about }: Failure): VerifyCheck =>
  check(name, false, `${reason}: ${about}`);

function chainOpinion({ evidence, leaf, findings, hidden }: Case): Opinion {
  const overridden = findings.callback?.overridden[0];
  if (evidence.error === 0 && overridden !== undefined) {
    return { checks: [check("chain", false, at(overridden))] };
  }
  if (evidence.error === 0 || isAboutName(evidence)) {
    const tell = () => describeChain(evidence, leaf);
    const chain: LateCheck = { name: "chain", ok: true, tell };
    return { checks: [chain, ...judgeCrls(evidence)] };
  }
  const failure = chainFailure(evidence, leaf);
  const final = evidence.error === CERT_REVOKED;
  const checks = failure.check === "crl"
    ? [told(failure)]
    : [told(failure), ...judgeCrls(evidence)];
  // A hidden revocation is reported by its own check.
  return { checks: hidden ? checks.filter(({ name }) => name !== "crl") : checks, failure, final };
}

function nameOpinion({ found, evidence, leaf, policy, names }: Case): Opinion {
  const { check, failure } = judgeNameOnce(found, evidence, leaf, policy, names);
  return { checks: [check], failure };
}

function hiddenOpinion({ hidden, leaf }: Case): Opinion | undefined {
  if (hidden === undefined) return undefined;
  const failure = chainFailure(hidden, leaf);
  return {
    checks: [check("crl", false, `${failure.reason}: ${failure.about}`)],
    failure,
    final: true,
  };
}

function pinOpinion({ policy, pin, leaf }: Case): Opinion | undefined {
  if (policy.pins.length === 0) return undefined;
  if (pin !== undefined) return { checks: [check("fingerprint", true, `matches ${pin.text}`)] };
  const own = leaf.fingerprint("sha256");
  const detail = `none of ${policy.pins.length} pin(s) matches the certificate, which has ${own}`;
  if (!policy.forceFingerprint) return { checks: [check("fingerprint", undefined, detail)] };
  return {
    checks: [check("fingerprint", false, detail)],
    failure: {
      code: "FINGERPRINT_MISMATCH",
      errno: APPLICATION_VERIFICATION,
      reason: "fingerprint verification failed",
      about: `${detail}, subject ${JSON.stringify(leaf.subject)}`,
      check: "fingerprint",
    },
  };
}

function ocspOpinion(of: Case): Opinion | undefined {
  const { ocsp } = of.findings;
  if (ocsp === undefined) return undefined;
  const { refuse, detail } = ocsp;
  if (refuse === undefined) return { checks: [check("ocsp", ocsp.ok, detail)] };
  if (isPinned(of) && ocsp.revoked !== true) {
    return { checks: [check("ocsp", undefined, `a pin matches: ${detail}`)] };
  }
  const { code, errno, reason, cause, facts } = refuse;
  return {
    checks: [check("ocsp", false, detail)],
    final: true,
    failure: { code, errno, reason, about: detail, check: "ocsp", cause, facts },
  };
}

/** Every check, in the order of the report. */
const CHECKS: readonly Check[] = [
  { weight: 2, opinion: chainOpinion },
  { weight: 5, opinion: ({ findings: { callback } }) => callback && callbackOpinion(callback) },
  { weight: 1, opinion: nameOpinion },
  { weight: 3, opinion: hiddenOpinion },
  { weight: 4, opinion: pinOpinion },
  { weight: 6, opinion: ocspOpinion },
];

/** Whether a pin overrides chain, name and dates. Deno's own verification cannot be overridden. */
const isPinned = ({ pin, policy }: Case): boolean => pin !== undefined && policy.engine !== "deno";

/** Weighs the opinions: gives every check in its order, and the failure that counts. */
function weigh(of: Case): Pick<Judgement, "checks"> & { readonly failure?: Failure } {
  const checks: (VerifyCheck | LateCheck)[] = [];
  let failure: Failure | undefined;
  let heaviest = 0;
  for (const { weight, opinion } of CHECKS) {
    const says = opinion(of);
    checks.push(...says?.checks ?? []);
    const counts = says?.failure !== undefined && (says.final === true || !isPinned(of));
    if (counts && weight > heaviest) [failure, heaviest] = [says.failure, weight];
  }
  return { checks, ...(failure === undefined ? {} : { failure }) };
}

function judgeLeaf(
  leaf: Certificate,
  found: PeerEvidence,
  policy: Policy,
  names: Names,
  findings: Findings,
): Judgement {
  const evidence = withOtherLists(withCallback(found, findings), findings);
  const chain = evidence.chain.length > 0 ? evidence.chain : evidence.presented;
  const pin = policy.pins.find((candidate) => pinMatches(candidate, leaf));
  const hidden = pin === undefined ? undefined : hiddenRevocation(evidence, chain);
  const { checks, failure } = weigh({
    leaf,
    found,
    evidence,
    policy,
    names,
    findings,
    pin,
    hidden,
  });
  const overridden = findings.callback?.overridden[0] !== undefined;
  const anchored = evidence.error === 0 && !overridden && evidence.chain.length > 0;
  const { defaultsApplied, engine } = policy;
  return {
    ok: failure === undefined,
    chain: anchored ? trustedChain(evidence) : chain,
    presented: evidence.presented,
    anchored,
    places: evidence.trust?.places,
    checks,
    error: failure && makeError(failure, policy, names),
    defaultsApplied,
    engine,
  };
}

function callbackOpinion(finding: CallbackFinding): Opinion {
  const { asked, overridden, refused, thrown } = finding;
  const failed = (reason: string, about: string, cause?: unknown): Opinion => ({
    checks: [check("callback", false, `${reason}: ${about}`)],
    final: true,
    failure: {
      code: verifyCode(APPLICATION_VERIFICATION),
      errno: APPLICATION_VERIFICATION,
      reason,
      about,
      check: "callback",
      cause,
    },
  });
  if (thrown !== undefined) {
    const { cause } = thrown;
    const text = cause instanceof Error ? cause.message : String(cause);
    return failed("verifyCallback failed", text, cause);
  }
  if (refused !== undefined && refused.error === 0) {
    return failed("verifyCallback refused it", `the certificate at depth ${refused.depth}`);
  }
  if (refused !== undefined) {
    return { checks: [check("callback", false, `refused ${at(refused)}`)] };
  }
  const detail = overridden.length === 0
    ? `accepted, asked ${asked} time(s)`
    : `accepted in spite of ${overridden.map(at).join(", ")}`;
  return { checks: [check("callback", true, detail)] };
}

/** Adds to OpenSSL's verdict a refusal by verifyCallback. */
function withCallback(evidence: PeerEvidence, findings: Findings): PeerEvidence {
  const refused = findings.callback?.refused;
  if (evidence.error !== 0 || refused === undefined) return evidence;
  return ownRecord({
    ...evidence,
    error: refused.error,
    errorDepth: refused.depth,
    errorText: "",
  });
}

/**
 * Judges a peer, as {@linkcode judge}; the report can be made of the result.
 *
 * @throws {SslUnsupportedError} when pins or a scheme cannot be checked because the engine shows no
 * certificate.
 */
export function judgement(
  found: PeerEvidence,
  policy: Policy,
  names: Names,
  findings: Findings = NO_OPTIONS,
): Judgement {
  const leafDer = found.presented[0] ?? found.chain[0];
  if (leafDer === undefined) {
    return judgeMissing(withCallback(found, findings), policy, names);
  }
  try {
    return judgeLeaf(shownCertificate(leafDer), found, policy, names, findings);
  } catch (cause) {
    // Some parts of a certificate are parsed only when they are needed.
    if (!(cause instanceof SslError && cause.code === "ERR_DER")) throw cause;
    return refusal(policy, names, {
      code: "UNSPECIFIED",
      errno: 1,
      reason: "the certificate is malformed",
      about: cause.message,
      check: "chain",
    });
  }
}

/**
 * Judges a peer. When the peer is refused, the report has `ok: false` and the error.
 *
 * @throws As {@linkcode judgement}.
 */
export function judge(
  found: PeerEvidence,
  policy: Policy,
  names: Names,
  findings?: Findings,
): VerifyReport {
  return reportOf(judgement(found, policy, names, findings));
}
