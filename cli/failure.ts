/**
 * What a command came to when it threw: the outcome for an error, and how it is reported.
 *
 * @module
 */

import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../errors.ts";
import { explain } from "../verify/explain/explain.ts";
import { EXITS, type Verdict } from "./exit_codes.ts";
import { inOurWords } from "./our_words.ts";
import type { Result } from "./result.ts";
import { UsageError } from "./usage_error.ts";

/** The outcome for the codes of refused certificates. All others are `untrusted`. */
const REFUSED: Readonly<Record<string, Verdict>> = {
  HOSTNAME_MISMATCH: "wrong-name",
  IP_ADDRESS_MISMATCH: "wrong-name",
  EMAIL_MISMATCH: "wrong-name",
  CERT_HAS_EXPIRED: "dates",
  CERT_NOT_YET_VALID: "dates",
  ERROR_IN_CERT_NOT_BEFORE_FIELD: "dates",
  ERROR_IN_CERT_NOT_AFTER_FIELD: "dates",
  CERT_REVOKED: "revoked",
  FINGERPRINT_MISMATCH: "pin",
};

/** Codes of the network: there was no connection, or it broke before TLS. */
const NETWORK = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ERR_PROXY",
]);

/** Codes for which the call has to change: files, keys, options, engines. */
const OF_THE_CALL =
  /^(?:ENOENT|EACCES|EISDIR|ENOTDIR|ELOOP|ENAMETOOLONG|ENOSPC|EDQUOT|EFBIG|EROFS|EMFILE|ENFILE|EIO|EPERM|EEXIST|EADDRINUSE|EINVAL|ERR_PEM|ERR_DER|ERR_KEY|ERR_NO_KEY|ERR_CERTIFICATE|ERR_NO_CERTIFICATE|ERR_CRL|ERR_CA|ERR_TRUSTED_CERTIFICATE|ERR_NO_TRUST_ANCHORS|ERR_INVALID_NAME|ERR_SSL_REFUSED|ERR_SSL_LIBRARY|ERR_SSL_UNSUPPORTED_VERSION|KEY_VALUES_MISMATCH|PASSWORD_REQUIRED|BAD_DECRYPT|UNSUPPORTED_\w+|UNKNOWN_DIGEST)$/;

function ofSsl(error: SslError): Verdict {
  if (error instanceof SslVerifyError) {
    return Object.hasOwn(REFUSED, error.code) ? REFUSED[error.code]! : "untrusted";
  }
  if (error instanceof SslUnsupportedError || OF_THE_CALL.test(error.code)) return "usage";
  if (error instanceof SslPeerError || error instanceof SslTruncatedError) return "no-tls";
  if (error instanceof SslTimeoutError || NETWORK.has(error.code)) return "unreachable";
  return "no-tls";
}

/** The outcome for what was thrown. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof UsageError) return "usage";
  if (error instanceof SslError) return ofSsl(error);
  if (error instanceof Error && error.name === "NotCapable") return "usage";
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
    return "usage";
  }
  return "bug";
}

/** An error for the JSON document: `toJSON()` where it has one, its fix with it. */
export function errorData(error: unknown): Record<string, unknown> {
  if (error instanceof SslError) {
    const { report: _, ...known } = error.toJSON();
    return { ...known, explanation: explain(error).split("\n").slice(1).join(" ") };
  }
  if (error instanceof UsageError) {
    return { name: error.name, message: error.message, ...(error.fix && { fix: error.fix }) };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: typeof error, message: "something was thrown that is not an error" };
}

/** The lines for people: what went wrong, and what to do. */
function linesOf(command: string, error: unknown, verdict: Verdict): string {
  const [message, ...rest] = inOurWords(explain(error)).split("\n");
  const name = command === "" ? "ssl" : `ssl ${command}`;
  // What an engine cannot do has its remedy in the message.
  const fix = error instanceof UsageError
    ? error.fix ?? ""
    : error instanceof SslUnsupportedError && error.code === "ERR_UNSUPPORTED"
    ? "--engine wasm can do it without a permission"
    : rest.join("\n       ");
  const lines = [`${name}: ${message}`, ...(fix === "" ? [] : [`  fix  ${fix}`])];
  if (verdict !== "bug") return lines.join("\n");
  const stack = error instanceof Error ? error.stack ?? "" : "";
  return [...lines, "  This is a fault of the program. Please report it, with this:", stack]
    .join("\n");
}

/** What a command came to when it threw: its text goes to standard error. */
export function failureOf(command: string, error: unknown): Result {
  const verdict = verdictOf(error);
  const data = { label: EXITS[verdict].label, error: errorData(error) };
  return { verdict, data, text: linesOf(command, error, verdict) };
}
