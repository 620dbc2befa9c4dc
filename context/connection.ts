/**
 * The verification of one connection. Its state goes through the engine as `user`, and holds the
 * outcome afterwards.
 *
 * A peer that resumes a session, or knows a pre-shared key, sends no chain. A resumed handshake proves
 * that the peer is the one of the session, and the session has the evidence of its own verification.
 * That is judged once more: names, pins and dates anew; chain, OCSP and verifyCallback by what was
 * found then. A session without a verification is refused. The Deno engine refuses a peer before it
 * shows anything of it, so that report is made from the engine's error.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import type { PeerEvidence } from "../engine/engine.ts";
import { SslVerifyError } from "../errors.ts";
import { USE_OPENSSL } from "../internal/unsupported.ts";
import { learn } from "../internal/facts.ts";
import type { CheckName, VerifyCheck, VerifyReport } from "../verify/report.ts";
import { check, type Judgement, reportOf, shownCertificate } from "../verify/make_report.ts";
import type { CallbackFinding, ChainError, OcspFinding } from "../verify/answers.ts";
import { APPLICATION_VERIFICATION, verifyErrno } from "../verify/error_codes.ts";
import { judgement } from "../verify/judge.ts";
import { type Policy, policyFacts } from "../verify/policy.ts";
import { pskJudgement, refusal, unverified, withoutChain } from "../verify/refusal.ts";
import type { Names } from "../verify/peer.ts";
import type { SharedContext, SslOptions } from "./options.ts";
import type { ConnectionSessions } from "./sessions/resumption.ts";
import type { Tracer } from "./trace.ts";
import type { Certificate } from "../certificate/certificate.ts";
import type { Vouched } from "./sessions/verified_peer.ts";

/** The evidence, with the dates of the certificate checked anew. */
function withDates(evidence: PeerEvidence, leaf: Uint8Array): PeerEvidence {
  if (evidence.error !== 0) return evidence;
  const failed = (code: string, errorText: string): PeerEvidence =>
    ownRecord({ ...evidence, error: verifyErrno(code)!, errorDepth: 0, errorText });
  let dates: { readonly notBefore: Date; readonly notAfter: Date };
  try {
    dates = shownCertificate(leaf);
  } catch {
    return evidence; // it is refused as malformed
  }
  const now = Date.now();
  if (now < dates.notBefore.getTime()) {
    return failed("CERT_NOT_YET_VALID", "certificate is not yet valid");
  }
  if (now <= dates.notAfter.getTime()) return evidence;
  return failed("CERT_HAS_EXPIRED", "certificate has expired");
}

/** Whether the peer showed no chain of its own: it resumes a session, or knows a key. */
const isProven = ({ resumed, psk }: PeerEvidence): boolean => resumed || psk === true;

/** Judges a peer by what was found out when its session began. */
export function judgeProven(
  evidence: PeerEvidence,
  policy: Policy,
  names: Names,
  vouched: Vouched | undefined,
): Judgement {
  if (evidence.psk === true) return pskJudgement(policy, names);
  const leaf = evidence.presented[0];
  // Without a certificate there is nothing that a session could vouch for.
  if (leaf === undefined) return judgement(evidence, policy, names);
  // A server resumes only its own tickets, which the id context binds to its settings.
  if (policy.role === "server") return judgement(withDates(evidence, leaf), policy, names);
  if (vouched?.peer.by !== "certificate" || !equalBytes(vouched.leaf, leaf)) {
    return refusal(policy, names, {
      code: "SESSION_NOT_VERIFIED",
      errno: APPLICATION_VERIFICATION,
      reason: "the resumed session carries no verification",
      about: "its peer was not verified under these settings",
      check: "chain",
    });
  }
  const { chain, error, errorDepth, errorText, findings } = vouched.peer;
  const before = ownRecord({ ...evidence, chain, error, errorDepth, errorText });
  return judgement(withDates(before, leaf), policy, names, findings);
}

/** The check that a code belongs to; other codes are about the chain. */
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

/** The judgement on a peer that the engine refused. Every engine checks the chain first, then the name. */
export function engineRefusal(error: SslVerifyError, policy: Policy, names: Names): Judgement {
  const failed = CHECK_OF[error.code] ?? "chain";
  learn(error, policyFacts(policy, names)); // the engine that made the error knows none of these
  const checks: VerifyCheck[] = [];
  // rustls compares the name only after the chain was accepted.
  if (failed === "hostname" && policy.engine === "deno") {
    checks.push(check("chain", true, "verified by the engine (rustls) against its roots"));
  }
  checks.push(check(failed, false, error.reason));
  if (failed === "chain" && names.verifyName !== undefined && policy.scheme.rules !== undefined) {
    checks.push(check("hostname", undefined, "not reached: the chain was refused first"));
  }
  return withoutChain(policy, checks, error);
}

/** The verification of one connection. */
export class ConnectionState {
  #policy: Policy;
  #names: Names;
  /** What was decided, on success and on failure; the report is made of it. */
  #verdict: Judgement | undefined;
  #evidence: PeerEvidence | undefined;
  #callback: CallbackFinding | undefined;
  #ocsp: OcspFinding | undefined;
  /** Sessions that the server gave before it was judged. */
  readonly #early: Uint8Array[] = [];
  /** The context that a server chose for this connection, if it is another than it began with. */
  context: SharedContext | undefined;
  /** The stapled OCSP response that the peer sent. */
  staple: Uint8Array | undefined;
  /** Gets the outcome of the handshake. */
  tracer: Tracer | undefined;
  /** A client's session cache, as far as this connection may use it. */
  sessions: ConnectionSessions | undefined;
  /** What the operation says beyond its context; it also counts if another context is chosen. */
  extra: SslOptions = NO_OPTIONS;

  constructor(policy: Policy, names: Names) {
    this.#policy = policy;
    this.#names = names;
  }

  /** How the peer is judged. */
  get policy(): Policy {
    return this.#policy;
  }

  /** The names sent and verified. */
  get names(): Names {
    return this.#names;
  }

  /** A server chose another context before the handshake began: from now on its policy counts. */
  choose(context: SharedContext, policy: Policy, names: Names): void {
    this.context = context;
    this.#policy = policy;
    this.#names = names;
    this.#verdict = undefined;
  }

  /** The peer's certificate; `undefined` when the peer sent no certificate that can be read. */
  get leaf(): Certificate | undefined {
    const der = this.#evidence?.presented[0] ?? this.#evidence?.chain[0];
    try {
      return der && shownCertificate(der);
    } catch {
      return undefined;
    }
  }

  /** How long the judgement took, in milliseconds, the engine's part included where that is known. */
  verifyTime: number | undefined;

  /** The evidence, on success and on failure. */
  get report(): VerifyReport {
    return reportOf(this.#verdict ??= notVerified(this.#policy));
  }

  /** Why the peer was refused. */
  get error(): SslVerifyError | undefined {
    return this.#verdict?.error;
  }

  /** Judges the peer: the error of the refusal, or `undefined` to accept it. */
  judge(evidence: PeerEvidence): Error | undefined {
    const { since = performance.now() } = evidence;
    this.#evidence = ownRecord(evidence);
    const refusal = this.#decide(this.#evidence);
    this.verifyTime = performance.now() - since;
    return refusal;
  }

  /** The engine refused the peer by itself: the error gets the same kind of report. */
  refused(error: SslVerifyError): void {
    this.#verdict = engineRefusal(error, this.#policy, this.#names);
    reportOf(this.#verdict); // the error gets it
  }

  /** The error of the refusal was made again with more in its message: the report gets that error. */
  restate(error: SslVerifyError): void {
    const { report } = this;
    if (error.report === report && report.error !== error) {
      this.#verdict = { ...this.#verdict!, error };
      reportOf(this.#verdict); // the error gets it
    }
  }

  /** Advice for a name that Deno's own check refused, which a more lenient scheme cannot replace. */
  schemeAdvice(error: unknown): string | undefined {
    const { engine, scheme: { name: scheme } } = this.#policy;
    const byName = error instanceof SslVerifyError && CHECK_OF[error.code] === "hostname";
    if (!byName || engine !== "deno" || scheme === "rfc9525" || scheme === "none") return undefined;
    const called = scheme === "custom" ? "a scheme of your own" : `the scheme "${scheme}"`;
    return `: this is Deno's own name check, to which ${called} can only add: ` +
      `${USE_OPENSSL}, which goes by its rules alone`;
  }

  /** Whether the peer has been judged: a resumed session is judged at the end of the handshake. */
  get judged(): boolean {
    return this.#evidence !== undefined;
  }

  /**
   * verifyCallback has answered for one certificate.
   *
   * @param chain What was built by then.
   * @param late Whether the answer was a promise.
   * @returns The refusal, if the answer is one.
   */
  answered(
    at: ChainError,
    answer: boolean | { readonly cause: unknown },
    chain: readonly Uint8Array[],
    late = false,
  ): Error | undefined {
    const before: CallbackFinding = ownRecord(this.#callback ?? { asked: 0, overridden: [] });
    const again = before.overridden.some((o) => o.error === at.error && o.depth === at.depth);
    const overrides = answer === true && at.error !== 0 && !again;
    this.#callback = {
      asked: before.asked + 1,
      overridden: overrides ? [...before.overridden, at] : before.overridden,
      refused: before.refused ?? (answer === false ? at : undefined),
      thrown: before.thrown ?? (typeof answer === "object" ? answer : undefined),
    };
    // One refusal is enough: the first, which is in the report.
    if (this.error !== undefined) return answer === true ? undefined : this.error;
    if (answer === true) {
      if (this.#evidence !== undefined) this.#decide(this.#evidence); // the report gets its check
      return undefined;
    }
    const refusal = this.#decide(
      this.#evidence ?? ownRecord({
        chain,
        presented: chain,
        error: 0,
        errorDepth: 0,
        errorText: "",
        resumed: false,
      }),
    );
    return refusal === undefined && late ? this.#refuseLate() : refusal;
  }

  /**
   * Refuses a client that a pin accepts and a promise refused. OpenSSL went on in the meantime as if
   * the chain was right, and the ticket that waits to be sent says so: with it the client would get in
   * later without the pin. (A client keeps its evidence beside its sessions.)
   */
  #refuseLate(): Error | undefined {
    if (this.#policy.role === "client") return undefined;
    this.#verdict = refusal(this.#policy, this.#names, {
      code: "APPLICATION_VERIFICATION",
      errno: APPLICATION_VERIFICATION,
      reason: "verifyCallback refused it",
      about: "a pin matches, but cannot help against a promise: let verifyCallback answer at once",
      check: "callback",
    });
    return reportOf(this.#verdict).error;
  }

  /** Takes the verdict on the stapled OCSP response, or on its absence; returns the refusal. */
  stapled(finding: OcspFinding): Error | undefined {
    const again = this.#ocsp !== undefined || finding.refuse !== undefined;
    this.#ocsp = finding;
    const evidence = this.#evidence, verdict = this.#verdict;
    if (evidence === undefined) return finding.refuse;
    if (again || isProven(evidence) || verdict?.ok !== true) return this.#decide(evidence);
    // Nothing else has changed for a peer that was accepted: the report gets its last check.
    const last = check("ocsp", finding.ok, finding.detail);
    this.#verdict = { ...verdict, checks: [...verdict.checks, last] };
    return undefined;
  }

  /**
   * A client was given a session: it is kept if its peer has been accepted. Before TLS 1.3 it may
   * come in the last step of a handshake, whose peer is judged right after that.
   */
  newSession(der: Uint8Array): void {
    if ((this.#verdict ?? this.report).ok) this.#keep(der);
    else if (!this.judged) this.#early.push(der);
  }

  #keep(der: Uint8Array): void {
    const findings = { callback: this.#callback, ocsp: this.#ocsp };
    this.sessions?.add(der, { evidence: this.#evidence, findings });
  }

  /** The handshake failed: its sessions are not used again. */
  failed(): void {
    this.#early.length = 0;
    this.sessions?.drop();
  }

  #decide(evidence: PeerEvidence): Error | undefined {
    const findings = { callback: this.#callback, ocsp: this.#ocsp };
    const verdict = isProven(evidence)
      ? judgeProven(evidence, this.#policy, this.#names, this.sessions?.vouched)
      : judgement(evidence, this.#policy, this.#names, findings);
    this.#verdict = verdict;
    for (const der of this.#early.splice(0)) if (verdict.ok) this.#keep(der);
    if (verdict.ok) return undefined;
    reportOf(verdict); // which its error refers to
    // A refusal always has its error. Should it be missing, the peer is refused all the same.
    return verdict.error ?? new Error("the peer was refused");
  }
}

function notVerified(policy: Policy): Judgement {
  const unchecked = policy.verifyMode === 0;
  return unverified(
    policy,
    unchecked ? "verifyMode is SSL_VERIFY_NONE" : "the peer has not been verified",
    unchecked,
  );
}
