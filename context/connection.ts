/**
 * What the layer above the engine keeps of one connection: it goes through the
 * engine as `user` and holds the outcome of the verification afterwards.
 *
 * @module
 */

import type { PeerEvidence } from "../engine/types.ts";
import type { SslVerifyError } from "../errors.ts";
import type { VerifyReport } from "../verify/report.ts";
import type { SslContext } from "./context.ts";
import type { CallbackFinding, ChainError, OcspFinding } from "./findings.ts";
import { judge, type Policy, unverifiedReport } from "./judge.ts";
import type { Names } from "./names.ts";
import type { SslOptions } from "./options.ts";
import { judgeProven, refusalReport } from "./proven.ts";
import type { ConnectionSessions } from "./resumption.ts";
import type { Tracer } from "./trace.ts";

/** The verification of one connection. */
export class ConnectionState {
  #policy: Policy;
  #names: Names;
  #report: VerifyReport;
  #evidence: PeerEvidence | undefined;
  #callback: CallbackFinding | undefined;
  #ocsp: OcspFinding | undefined;
  /** Sessions that came before the peer was judged. */
  readonly #early: Uint8Array[] = [];
  /** The context that a server chose for this connection, when it is not the one it began with. */
  context: SslContext | undefined;
  /** The stapled OCSP response that the peer sent. */
  staple: Uint8Array | undefined;
  /** Where the outcome of the handshake is told. */
  tracer: Tracer | undefined;
  /** A client's session cache, as far as this connection may use it. */
  sessions: ConnectionSessions | undefined;
  /** What the operation says beyond its context: it counts with a chosen context, too. */
  extra: SslOptions = {};

  /** Nothing is verified yet. */
  constructor(policy: Policy, names: Names) {
    this.#policy = policy;
    this.#names = names;
    this.#report = notVerified(policy);
  }

  /** What counts. */
  get policy(): Policy {
    return this.#policy;
  }

  /** The names sent and verified. */
  get names(): Names {
    return this.#names;
  }

  /** A server has chosen another context before the handshake began: what counts is in there. */
  choose(context: SslContext, policy: Policy, names: Names): void {
    this.context = context;
    this.#policy = policy;
    this.#names = names;
    this.#report = notVerified(policy);
  }

  /** The evidence, on success and on failure. */
  get report(): VerifyReport {
    return this.#report;
  }

  /** Why the peer was refused. */
  get error(): SslVerifyError | undefined {
    return this.#report.error;
  }

  /** Judges the peer: the error of the refusal, or `undefined` to accept it. */
  judge(evidence: PeerEvidence): Error | undefined {
    this.#evidence = evidence;
    return this.#decide(evidence);
  }

  /** The engine refused the peer by itself: the error gets the same kind of report. */
  refused(error: SslVerifyError): void {
    this.#report = refusalReport(error, this.#policy, this.#names);
  }

  /** Whether the peer has been judged: a resumed session is judged at the end of the handshake. */
  get judged(): boolean {
    return this.#evidence !== undefined;
  }

  /**
   * verifyCallback has answered for one certificate: gives the refusal, if this is one. `chain` is
   * what was built by then.
   */
  answered(
    at: ChainError,
    answer: boolean | { readonly cause: unknown },
    chain: readonly Uint8Array[],
  ): Error | undefined {
    const before = this.#callback ?? { asked: 0, overridden: [] };
    const again = before.overridden.some((o) => o.error === at.error && o.depth === at.depth);
    const overrides = answer === true && at.error !== 0 && !again;
    this.#callback = {
      asked: before.asked + 1,
      overridden: overrides ? [...before.overridden, at] : before.overridden,
      refused: before.refused ?? (answer === false ? at : undefined),
      thrown: before.thrown ?? (typeof answer === "object" ? answer : undefined),
    };
    // One refusal is enough, and it is the one that the report tells.
    if (this.#report.error !== undefined) return answer === true ? undefined : this.#report.error;
    if (answer === true) {
      if (this.#evidence !== undefined) this.#decide(this.#evidence); // the report gets its check
      return undefined;
    }
    return this.#decide(
      this.#evidence ??
        { chain, presented: chain, error: 0, errorDepth: 0, errorText: "", resumed: false },
    );
  }

  /** The stapled OCSP response has been judged, or that there is none: gives the refusal. */
  stapled(finding: OcspFinding): Error | undefined {
    this.#ocsp = finding;
    return this.#evidence === undefined ? finding.refuse : this.#decide(this.#evidence);
  }

  /**
   * A client was given a session: it is kept if its peer has been accepted. Before TLS 1.3 it may
   * come in the last step of a handshake, whose peer is judged right after that.
   */
  newSession(der: Uint8Array): void {
    if (this.#report.ok) this.#keep(der);
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
    const report = evidence.resumed || evidence.psk === true
      ? judgeProven(evidence, this.#policy, this.#names, this.sessions?.vouched)
      : judge(evidence, this.#policy, this.#names, findings);
    this.#report = report;
    for (const der of this.#early.splice(0)) if (report.ok) this.#keep(der);
    // A refusal always has its error; should it not, the peer is refused all the same.
    return report.ok ? undefined : report.error ?? new Error("the peer was refused");
  }
}

function notVerified(policy: Policy): VerifyReport {
  const unchecked = policy.verifyMode === 0;
  return unverifiedReport(
    policy,
    unchecked ? "verifyMode is SSL_VERIFY_NONE" : "the peer has not been verified",
    unchecked,
  );
}
