/**
 * The report of a refusal that was not made by context/judge.ts: the Deno
 * engine refuses a peer before it shows anything of it.
 *
 * @module
 */

import type { SslVerifyError } from "../errors.ts";
import type { CheckName, VerifyCheck, VerifyReport } from "../verify/report.ts";
import { makeReport, type Policy } from "./judge.ts";
import type { Names } from "./names.ts";

/** The codes that are not about the chain. */
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

/**
 * Deno's own name check cannot be replaced, so that a scheme which allows more gets less there. The
 * engine, which made the error, knows nothing of schemes: what is missing is added here.
 */
function explainScheme(error: SslVerifyError, { engine, scheme }: Policy): void {
  if (engine !== "deno" || scheme === "rfc9525" || scheme === "none") return;
  const called = typeof scheme === "string" ? `the scheme "${scheme}"` : "a scheme of your own";
  error.message += `: this is Deno's own name check, to which ${called} can only add: ` +
    "run with --allow-ffi for its rules alone";
}

/** The steps in the order of every engine: chain, name, the rest. */
export function refusalReport(error: SslVerifyError, policy: Policy, names: Names): VerifyReport {
  const failed = CHECK_OF[error.code] ?? "chain";
  if (failed === "hostname") explainScheme(error, policy);
  const of = (name: CheckName, ok: boolean | undefined, detail: string): VerifyCheck => ({
    name,
    ok,
    detail,
  });
  const checks: VerifyCheck[] = [];
  // rustls compares the name only when the chain is right.
  if (failed === "hostname" && policy.engine === "deno") {
    checks.push(of("chain", true, "verified by the engine (rustls) against its roots"));
  }
  checks.push(of(failed, false, error.reason));
  if (failed === "chain" && names.verifyName !== undefined && policy.scheme !== "none") {
    checks.push(of("hostname", undefined, "not reached: the chain was refused before"));
  }
  return makeReport({ ok: false, chain: [], anchored: false, checks, error, policy });
}
