/**
 * The judgement on a peer: the engine says what it found out about the chain,
 * the policy says what counts, the report says what was decided and why.
 * Pure.
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
 * `verifyCallback` has a say before: what it accepts is right as far as the
 * chain goes (the name still counts), and when it refuses what OpenSSL found
 * right, nothing brings that back. A stapled OCSP response has its say last; a
 * pin that matches leaves only a revocation of it.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import type { Certificate } from "../certificate/certificate.ts";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT } from "../constants.ts";
import type { EngineName, PeerEvidence, Role } from "../engine/engine.ts";
import { type ErrorFacts, SslError, SslUnsupportedError, SslVerifyError } from "../errors.ts";
import { learn } from "../internal/facts.ts";
import { type Pin, pinMatches } from "./fingerprint.ts";
import { explainHostname, type NameComparison } from "./hostname.ts";
import { visible } from "./names.ts";
import type { PublicSuffix } from "./public_suffix.ts";
import type { CheckName, VerifyCheck, VerifyReport } from "./report.ts";
import type { Scheme } from "./schemes.ts";
import {
  check,
  describeChain,
  judgeCrls,
  lateCheck,
  makeReport as reportOf,
  parseAll,
  shownCertificate,
  trustedChain,
} from "../context/evidence.ts";
import { chainFacts } from "../context/chain_facts.ts";
import type { CallbackFinding, ChainError, Findings } from "../context/findings.ts";
import type { Names } from "../context/connection_policy.ts";
import {
  CERT_REVOKED,
  describeLists,
  hiddenRevocation,
  isAboutCrls,
  withOtherLists,
} from "../context/revocations.ts";
import { verifyCode } from "./error_codes.ts";

/** What counts when a peer is judged. */
export interface Policy {
  /** Our side; the peer has the other. */
  readonly role: Role;
  /** Which engine verified the chain. */
  readonly engine: EngineName;
  /** The flags. */
  readonly verifyMode: number;
  /** By which rules names are compared. */
  readonly scheme: Scheme;
  /** What wildcards may not reach below. */
  readonly publicSuffix: PublicSuffix | "" | undefined;
  /** The pins; empty when there are none. */
  readonly pins: readonly Pin[];
  /** Whether the pins alone decide. */
  readonly forceFingerprint: boolean;
  /** The options that came from process-wide defaults. */
  readonly defaultsApplied: readonly string[];
}

const APPLICATION_VERIFICATION = 50;
const HOSTNAME_MISMATCH = 62;
const IP_ADDRESS_MISMATCH = 64;

/** A report under a policy. */
export function makeReport(
  { policy, ...parts }: Omit<Parameters<typeof reportOf>[0], "defaultsApplied"> & {
    readonly policy: Policy;
  },
): VerifyReport {
  return reportOf({ ...parts, defaultsApplied: policy.defaultsApplied });
}

/** The report of a connection on which nothing has been verified (yet). */
export function unverifiedReport(policy: Policy, reason: string, ok: boolean): VerifyReport {
  return makeReport({
    ok,
    chain: [],
    anchored: false,
    checks: [check("chain", undefined, reason), check("hostname", undefined, reason)],
    error: undefined,
    policy,
  });
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
  /** What explains it. */
  readonly facts?: ErrorFacts;
}

const shown = (text: string): string => JSON.stringify(text);

function chainFailure(evidence: PeerEvidence, leaf: Certificate): Failure {
  const { error, errorDepth, errorText } = evidence;
  const source = evidence.chain.length > errorDepth ? evidence.chain : evidence.presented;
  const [at = leaf] = parseAll(source.slice(errorDepth, errorDepth + 1));
  const code = verifyCode(error);
  return {
    code,
    errno: error,
    reason: errorText || code,
    about: `${code} at depth ${errorDepth}, subject ${shown(at.subject)}, issuer ${
      shown(at.issuer)
    }${describeLists(evidence, at)}`,
    check: isAboutCrls(error) ? "crl" : "chain",
    facts: chainFacts(evidence, at),
  };
}

/** The names of a certificate, for a message. */
function namesOf(leaf: Certificate): string {
  const names = leaf.subjectAltNames.map(({ type, value }) => `${type}:${visible(value)}`);
  const first = names.slice(0, 10).join(", ") + (names.length > 10 ? ", ..." : "");
  const cn = leaf.commonName === undefined ? "" : `CN ${shown(leaf.commonName)}`;
  if (names.length === 0) return `it has no subjectAltName${cn && `, only the ${cn}`}`;
  return `it is valid for ${first}`;
}

interface NameResult {
  readonly check: VerifyCheck;
  readonly failure: Failure | undefined;
}

function judgeName(
  evidence: PeerEvidence,
  leaf: Certificate,
  policy: Policy,
  names: Names,
): NameResult {
  const { verifyName } = names;
  if (policy.scheme === "none") {
    return { check: check("hostname", undefined, 'the scheme is "none"'), failure: undefined };
  }
  if (verifyName === undefined) {
    const why = policy.role === "server"
      ? "a client certificate's name counts only with verifycnName"
      : "there is no name to verify";
    return { check: check("hostname", undefined, why), failure: undefined };
  }
  const byEngine = evidence.error === HOSTNAME_MISMATCH || evidence.error === IP_ADDRESS_MISMATCH;
  const result = explainHostname(leaf, verifyName, policy.scheme, {
    publicSuffix: policy.publicSuffix,
  });
  if (result.ok && !byEngine) {
    return { check: check("hostname", true, result.reason), failure: undefined };
  }
  const detail = result.ok ? evidence.errorText : result.reason;
  const each = result.names.slice(0, 10).map(({ type, value, detail }) =>
    `${type}:${visible(value)}: ${detail}`
  );
  const errno = result.kind === "ip" ? IP_ADDRESS_MISMATCH : HOSTNAME_MISMATCH;
  return {
    check: check("hostname", false, [detail, ...each].join("; ")),
    failure: {
      code: verifyCode(errno),
      errno,
      reason: "hostname verification failed",
      about: `${detail}: ${namesOf(leaf)}, subject ${shown(leaf.subject)}`,
      check: "hostname",
      facts: { depth: 0, near: nearMisses(result.names) },
    },
  };
}

/** The wildcards, and the names with control bytes, that did not count, with the reason. */
function nearMisses(names: readonly NameComparison[]): string[] {
  // That a name is a different one needs no reason.
  const told = names.filter(({ ok, value }) =>
    !ok && (value.includes("*") || visible(value) !== value)
  );
  return told.slice(0, 10).map(({ type, value, detail }) => `${type}:${visible(value)}: ${detail}`);
}

const named = new WeakMap<PeerEvidence, { policy: Policy; names: Names; result: NameResult }>();

/** The judgement may be made again when more is known; the callback of a scheme is asked once. */
function nameOnce(
  evidence: PeerEvidence,
  policy: Policy,
  names: Names,
  make: () => NameResult,
): NameResult {
  const known = named.get(evidence);
  if (known?.policy === policy && known.names === names) return known.result;
  const result = make();
  named.set(evidence, { policy, names, result });
  return result;
}

/** What a connection knows about the error of a refusal. */
export function policyFacts({ role, engine, scheme }: Policy, { verifyName }: Names): ErrorFacts {
  return {
    role,
    engine,
    ...(verifyName === undefined ? {} : { name: verifyName }),
    scheme: typeof scheme === "string" ? scheme : "your own",
  };
}

function makeError(failure: Failure, policy: Policy, names: Names): SslVerifyError {
  const cause = failure.cause === undefined ? {} : { cause: failure.cause };
  const peer = policy.role === "server" ? "the client" : names.verifyName ?? "the server";
  const { code, errno, reason, facts = {} } = failure;
  const message = `Cannot verify the certificate of ${peer}: ${reason}: ${failure.about}`;
  const error = new SslVerifyError(message, { code, errno, reason, ...cause, facts });
  learn(error, policyFacts(policy, names));
  return error;
}

/** The option that cannot be honoured without seeing the peer's certificate. */
function needsCertificate({ pins, scheme, publicSuffix }: Policy): string | undefined {
  if (pins.length > 0) return "fingerprint";
  if (scheme !== "rfc9525" && scheme !== "none") return "verifycnScheme";
  return publicSuffix === undefined ? undefined : "verifycnPublicsuffix";
}

/** No certificate came: whether that will do depends on who should have sent one. */
function judgeMissing(evidence: PeerEvidence, policy: Policy, names: Names): VerifyReport {
  const base = { chain: [], anchored: false, policy };
  if (policy.engine === "deno" && policy.role === "client") {
    const option = needsCertificate(policy);
    if (option !== undefined) {
      throw new SslUnsupportedError(
        `Cannot use option "${option}": the engine "deno" gives no access to the peer's ` +
          `certificate here: run with --allow-ffi to use the engine "openssl"`,
        { code: "ERR_UNSUPPORTED" },
      );
    }
    if (evidence.error === 0) return engineReport(policy, names);
  }
  const optional = policy.role === "server" && policy.engine === "openssl" &&
    (policy.verifyMode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) === 0 && !policy.forceFingerprint &&
    evidence.error === 0;
  if (optional) {
    const none = check("chain", undefined, "the client sent no certificate");
    return makeReport({ ...base, ok: true, checks: [none], error: undefined });
  }
  const nameFailed = evidence.error === HOSTNAME_MISMATCH || evidence.error === IP_ADDRESS_MISMATCH;
  const failure: Failure = evidence.error === 0
    ? {
      code: "ERR_SSL_NO_CERTIFICATE",
      errno: -1,
      reason: "the peer sent no certificate",
      about: policy.role === "server" ? "verifyMode demands one" : "a server must send one",
      check: "chain",
    }
    : {
      code: verifyCode(evidence.error),
      errno: evidence.error,
      reason: nameFailed ? "hostname verification failed" : evidence.errorText,
      about: nameFailed ? evidence.errorText : verifyCode(evidence.error),
      check: nameFailed ? "hostname" : "chain",
    };
  const error = makeError(failure, policy, names);
  const failed = check(failure.check, false, `${failure.reason}: ${failure.about}`);
  return makeReport({ ...base, ok: false, checks: [failed], error });
}

/** Where the engine verified chain and name and shows no certificate. */
function engineReport(policy: Policy, names: Names): VerifyReport {
  const name = policy.scheme === "none" || names.verifyName === undefined
    ? check("hostname", undefined, 'the scheme is "none"')
    : check("hostname", true, `${shown(names.verifyName)}, verified by the engine (rustls)`);
  const chain = check("chain", true, "verified by the engine (rustls) against its roots");
  return makeReport({
    ok: true,
    chain: [],
    anchored: false,
    checks: [chain, name],
    error: undefined,
    policy,
  });
}

const at = ({ error, depth }: ChainError): string => `${verifyCode(error)} at depth ${depth}`;

interface CallbackResult {
  readonly check: VerifyCheck;
  /** Set when the callback refused what OpenSSL accepted, or threw. */
  readonly failure: Failure | undefined;
}

function judgeCallback(finding: NonNullable<Findings["callback"]>): CallbackResult {
  const { asked, overridden, refused, thrown } = finding;
  const failed = (reason: string, about: string, cause?: unknown): CallbackResult => ({
    check: check("callback", false, `${reason}: ${about}`),
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
    return { check: check("callback", false, `refused ${at(refused)}`), failure: undefined };
  }
  const detail = overridden.length === 0
    ? `accepted, asked ${asked} time(s)`
    : `accepted in spite of ${overridden.map(at).join(", ")}`;
  return { check: check("callback", true, detail), failure: undefined };
}

const NO_FINDING: Partial<CallbackFinding> = NO_OPTIONS;

/** What verifyCallback made of OpenSSL's verdict: a refusal that is still to be counted. */
function withCallback(evidence: PeerEvidence, findings: Findings): PeerEvidence {
  const { refused } = findings.callback ?? NO_FINDING;
  if (evidence.error !== 0 || refused === undefined || refused.error === 0) return evidence;
  return ownRecord({
    ...evidence,
    error: refused.error,
    errorDepth: refused.depth,
    errorText: "",
  });
}

/** The report on a peer that is refused for one reason. */
export function refusedReport(policy: Policy, names: Names, failure: Failure): VerifyReport {
  const error = makeError(failure, policy, names);
  const failed = check(failure.check, false, `${failure.reason}: ${failure.about}`);
  return makeReport({ ok: false, chain: [], anchored: false, checks: [failed], error, policy });
}

/** The report on a peer that has shown no certificate, but that it knows the pre-shared key. */
export function pskReport(policy: Policy, names: Names): VerifyReport {
  if (policy.forceFingerprint) {
    return refusedReport(policy, names, {
      code: "FINGERPRINT_MISMATCH",
      errno: 50,
      reason: "fingerprint verification failed",
      about: "a pre-shared key was used, so there is no certificate",
      check: "fingerprint",
      facts: { psk: "used" },
    });
  }
  const why = "the peer knows the pre-shared key and showed no certificate";
  const checks = [check("chain", undefined, why), check("hostname", undefined, why)];
  return makeReport({ ok: true, chain: [], anchored: false, checks, error: undefined, policy });
}

/**
 * Judges a peer. The report has `ok: false` and the error when it is refused.
 *
 * @throws {SslUnsupportedError} when pins or a scheme cannot be checked because the engine shows no
 * certificate.
 */
export function judge(
  found: PeerEvidence,
  policy: Policy,
  names: Names,
  findings: Findings = NO_OPTIONS,
): VerifyReport {
  const leafDer = found.presented[0] ?? found.chain[0];
  if (leafDer === undefined) return judgeMissing(withCallback(found, findings), policy, names);
  try {
    return judgeLeaf(shownCertificate(leafDer), found, policy, names, findings);
  } catch (cause) {
    // Some of it is read only when it is needed.
    if (!(cause instanceof SslError && cause.code === "ERR_DER")) throw cause;
    return refusedReport(policy, names, {
      code: "UNSPECIFIED",
      errno: 1,
      reason: "the certificate is malformed",
      about: cause.message,
      check: "chain",
    });
  }
}

function judgeLeaf(
  leaf: Certificate,
  found: PeerEvidence,
  policy: Policy,
  names: Names,
  findings: Findings,
): VerifyReport {
  const evidence = withOtherLists(withCallback(found, findings), findings);
  const chainDers = evidence.chain.length > 0 ? evidence.chain : evidence.presented;
  const checks: VerifyCheck[] = [];
  const failures: Failure[] = [];
  const nameOnly = evidence.error === HOSTNAME_MISMATCH || evidence.error === IP_ADDRESS_MISMATCH;
  const overridden = findings.callback?.overridden[0];
  if (evidence.error === 0 && overridden !== undefined) {
    checks.push(check("chain", false, at(overridden)));
  } else if (evidence.error === 0 || nameOnly) {
    checks.push(
      lateCheck("chain", true, () => describeChain(evidence, leaf)),
      ...judgeCrls(evidence),
    );
  } else {
    const failure = chainFailure(evidence, leaf);
    checks.push(check(failure.check, false, `${failure.reason}: ${failure.about}`));
    if (failure.check !== "crl") checks.push(...judgeCrls(evidence));
    failures.push(failure);
  }
  const callback = findings.callback && judgeCallback(findings.callback);
  if (callback !== undefined) checks.push(callback.check);
  const name = nameOnce(found, policy, names, () => judgeName(evidence, leaf, policy, names));
  checks.push(name.check);
  if (name.failure !== undefined) failures.push(name.failure);

  let accepted = failures.length === 0;
  let pinned = false;
  if (policy.pins.length > 0) {
    const pin = policy.pins.find((candidate) => pinMatches(candidate, leaf));
    const hidden = pin === undefined ? undefined : hiddenRevocation(evidence, chainDers);
    const revoked = evidence.error === CERT_REVOKED || hidden !== undefined;
    if (hidden !== undefined) {
      const failure = chainFailure(hidden, leaf);
      const skipped = checks.findIndex(({ name }) => name === "crl");
      if (skipped >= 0) checks.splice(skipped, 1);
      checks.push(check("crl", false, `${failure.reason}: ${failure.about}`));
      failures.unshift(failure);
    }
    if (pin !== undefined) {
      checks.push(check("fingerprint", true, `matches ${pin.text}`));
      pinned = policy.engine !== "deno";
      if (pinned) accepted = !revoked;
    } else {
      const own = leaf.fingerprint("sha256");
      const detail =
        `none of ${policy.pins.length} pin(s) matches the certificate, which has ${own}`;
      checks.push(check("fingerprint", policy.forceFingerprint ? false : undefined, detail));
      if (policy.forceFingerprint) {
        accepted = false;
        failures.unshift({
          code: "FINGERPRINT_MISMATCH",
          errno: 50,
          reason: "fingerprint verification failed",
          about: `${detail}, subject ${shown(leaf.subject)}`,
          check: "fingerprint",
        });
      }
    }
  }
  if (callback?.failure !== undefined) {
    accepted = false;
    failures.unshift(callback.failure);
  }
  const { ocsp } = findings;
  if (ocsp?.refuse !== undefined && (!pinned || ocsp.revoked === true)) {
    const { code, errno, reason, cause, facts } = ocsp.refuse;
    accepted = false;
    failures.unshift({ code, errno, reason, about: ocsp.detail, check: "ocsp", cause, facts });
    checks.push(check("ocsp", false, ocsp.detail));
  } else if (ocsp !== undefined) {
    const spared = ocsp.refuse === undefined ? "" : "a pin matches: ";
    checks.push(check("ocsp", spared ? undefined : ocsp.ok, spared + ocsp.detail));
  }
  const [first] = failures;
  const error = accepted || first === undefined ? undefined : makeError(first, policy, names);
  const anchored = evidence.error === 0 && overridden === undefined && evidence.chain.length > 0;
  return makeReport({
    ok: accepted,
    chain: anchored ? trustedChain(evidence) : chainDers,
    anchored,
    checks,
    error,
    policy,
  });
}
