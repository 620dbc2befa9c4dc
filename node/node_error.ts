/**
 * Errors as node's sockets give them: with the codes that programs and packages for node look at.
 *
 * @module
 */

import { SslError, SslVerifyError } from "../errors.ts";
import { Certificate } from "../certificate/certificate.ts";
import { legacyCertificate } from "./peer_certificate.ts";

/** Where node has another code than the library for one event. All others are the same. */
const NODE_CODES: Readonly<Record<string, string>> = {
  HOSTNAME_MISMATCH: "ERR_TLS_CERT_ALTNAME_INVALID",
  IP_ADDRESS_MISMATCH: "ERR_TLS_CERT_ALTNAME_INVALID",
  ERR_SSL_TRUNCATED: "ECONNRESET",
  ERR_SSL_HANDSHAKE_EOF: "ECONNRESET",
  ECLOSED: "ERR_STREAM_DESTROYED",
};

/** What node's error of a name that does not match has besides. */
function nameDetails(error: SslError): object {
  if (!(error instanceof SslVerifyError)) return {};
  const leaf = error.report?.chain[0];
  return {
    reason: error.message,
    ...(leaf instanceof Certificate ? { cert: legacyCertificate(leaf) } : {}),
  };
}

/**
 * An error with node's code: the very error where its code is node's, else an `Error` with the same
 * message whose `cause` it is.
 */
export function toNodeError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  const code = error instanceof SslError && Object.hasOwn(NODE_CODES, error.code)
    ? NODE_CODES[error.code]
    : undefined;
  if (code === undefined) return error;
  const { message } = error;
  return Object.assign(new Error(message, { cause: error }), {
    code,
    ...nameDetails(error as SslError),
  });
}
