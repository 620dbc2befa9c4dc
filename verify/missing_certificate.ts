/**
 * The judgement on a peer that sent no certificate, or whose certificate the engine does not show.
 *
 * @module
 */

import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT } from "../constants.ts";
import { unsupported } from "../internal/unsupported.ts";
import { verifyCode } from "./error_codes.ts";
import { check, type Judgement } from "./make_report.ts";
import { isAboutName } from "./name_judgement.ts";
import type { Names, PeerEvidence } from "./peer.ts";
import type { Policy } from "./policy.ts";
import { type Failure, refusal, withoutChain } from "./refusal.ts";

/** The option that cannot be honoured without seeing the peer's certificate. */
function needsCertificate({ pins, scheme, publicSuffix }: Policy): string | undefined {
  if (pins.length > 0) return "fingerprint";
  if (scheme.name !== "rfc9525" && scheme.name !== "none") return "verifycnScheme";
  return publicSuffix === undefined ? undefined : "verifycnPublicsuffix";
}

/** Why the peer has to send a certificate. */
function demand({ role, verifyMode }: Policy): string {
  if (role === "client") return "a server must send one";
  const asked = (verifyMode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) !== 0;
  return `${asked ? "verifyMode" : "forceFingerprint"} demands one`;
}

/** Judges a peer without a certificate: a client may be allowed to send none, a server is not. */
export function judgeMissing(evidence: PeerEvidence, policy: Policy, names: Names): Judgement {
  if (policy.engine === "deno" && policy.role === "client") {
    const option = needsCertificate(policy);
    if (option !== undefined) {
      const lacks = "it does not show the peer's certificate";
      throw unsupported({ name: policy.engine }, `option "${option}"`, lacks);
    }
    if (evidence.error === 0) return engineJudgement(policy, names);
  }
  const optional = policy.role === "server" && policy.engine !== "deno" &&
    (policy.verifyMode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) === 0 && !policy.forceFingerprint &&
    evidence.error === 0;
  if (optional) {
    const none = check("chain", undefined, "the client sent no certificate");
    return withoutChain(policy, [none]);
  }
  const nameFailed = isAboutName(evidence);
  const failure: Failure = evidence.error === 0
    ? {
      code: "ERR_SSL_NO_CERTIFICATE",
      errno: -1,
      reason: "the peer sent no certificate",
      about: demand(policy),
      check: "chain",
    }
    : {
      code: verifyCode(evidence.error),
      errno: evidence.error,
      reason: nameFailed ? "hostname verification failed" : evidence.errorText,
      about: nameFailed ? evidence.errorText : verifyCode(evidence.error),
      check: nameFailed ? "hostname" : "chain",
    };
  return refusal(policy, names, failure);
}

/** The judgement where the engine verified chain and name, but does not show the certificate. */
function engineJudgement(policy: Policy, names: Names): Judgement {
  const name = policy.scheme.rules === undefined || names.verifyName === undefined
    ? check("hostname", undefined, 'the scheme is "none"')
    : check(
      "hostname",
      true,
      `${JSON.stringify(names.verifyName)}, verified by the engine (rustls)`,
    );
  const chain = check("chain", true, "verified by the engine (rustls) against its roots");
  return withoutChain(policy, [chain, name]);
}
