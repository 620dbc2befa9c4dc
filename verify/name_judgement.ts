/**
 * The judgement on the peer's name.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { verifyCode } from "./error_codes.ts";
import { compareHost } from "./hostname.ts";
import type { HostnameReport, NameComparison } from "./hostname_report.ts";
import { check } from "./make_report.ts";
import { visible } from "../internal/quote.ts";
import type { Names, PeerEvidence } from "./peer.ts";
import type { Policy } from "./policy.ts";
import type { Failure } from "./refusal.ts";
import type { VerifyCheck } from "./report.ts";

/** X509_V_ERR_HOSTNAME_MISMATCH. */
const HOSTNAME_MISMATCH = 62;
/** X509_V_ERR_IP_ADDRESS_MISMATCH. */
const IP_ADDRESS_MISMATCH = 64;

/** Whether the engine refused the peer for its name. */
export function isAboutName({ error }: PeerEvidence): boolean {
  return error === HOSTNAME_MISMATCH || error === IP_ADDRESS_MISMATCH;
}

const shown = (text: string): string => JSON.stringify(text);

/** The names of a certificate, for a message. */
function namesOf(leaf: Certificate): string {
  const names = leaf.subjectAltNames.map(({ type, value }) => `${type}:${visible(value)}`);
  const first = names.slice(0, 10).join(", ") + (names.length > 10 ? ", ..." : "");
  const cn = leaf.commonName === undefined ? "" : `CN ${shown(leaf.commonName)}`;
  if (names.length === 0) return `it has no subjectAltName${cn && `, only the ${cn}`}`;
  return `it is valid for ${first}`;
}

/** What a comparison rests on besides the certificate, and what came of it. */
interface Comparison {
  readonly host: string;
  readonly policy: Pick<Policy, "scheme" | "publicSuffix">;
  readonly report: HostnameReport;
}

const lastCompared = new WeakMap<Certificate, Comparison>();

/** Compares a name. A client that meets a server again compares the same things again: once is enough. */
function compared(leaf: Certificate, host: string, policy: Policy): HostnameReport {
  const { scheme, publicSuffix } = policy;
  const known = lastCompared.get(leaf);
  if (
    known?.host === host && known.policy.scheme.rules === scheme.rules &&
    known.policy.scheme.name === scheme.name && known.policy.publicSuffix === publicSuffix
  ) return known.report;
  const report = compareHost(leaf, host, scheme, { publicSuffix });
  // What a function of the program answers may be another answer tomorrow.
  if (!scheme.rules?.callback) {
    lastCompared.set(leaf, { host, policy: { scheme, publicSuffix }, report });
  }
  return report;
}

/** The result of the check of the name. */
export interface NameResult {
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
  if (policy.scheme.rules === undefined) {
    return { check: check("hostname", undefined, 'the scheme is "none"'), failure: undefined };
  }
  if (verifyName === undefined) {
    const why = policy.role === "server"
      ? "a client certificate's name counts only with verifycnName"
      : "there is no name to verify";
    return { check: check("hostname", undefined, why), failure: undefined };
  }
  const byEngine = isAboutName(evidence);
  const result = compared(leaf, verifyName, policy);
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

/** The wildcards, and the names with control bytes, that did not match, each with the reason. */
function nearMisses(names: readonly NameComparison[]): string[] {
  // A name that is simply another one needs no explanation.
  const told = names.filter(({ ok, value }) =>
    !ok && (value.includes("*") || visible(value) !== value)
  );
  return told.slice(0, 10).map(({ type, value, detail }) => `${type}:${visible(value)}: ${detail}`);
}

const named = new WeakMap<PeerEvidence, { policy: Policy; names: Names; result: NameResult }>();

/** Judges the name once per connection, so that the callback of a scheme is called once. */
export function judgeNameOnce(
  found: PeerEvidence,
  evidence: PeerEvidence,
  leaf: Certificate,
  policy: Policy,
  names: Names,
): NameResult {
  const known = named.get(found);
  if (known?.policy === policy && known.names === names) return known.result;
  const result = judgeName(evidence, leaf, policy, names);
  named.set(found, { policy, names, result });
  return result;
}
