/**
 * What OpenSSL says of pre-shared keys that differ ("bad record mac", "no
 * suitable signature algorithm") names the step that failed, not the cause.
 *
 * @module
 */

import type { SslError } from "../../errors.ts";
import type { Role } from "../types.ts";

/** TLS 1.2 notices another key at the Finished message, TLS 1.3 at the binder. */
const OTHER_KEY = /decryption failed or bad record mac|binder does not verify|digest check failed/;
const OTHER_KEY_ALERTS = new Set(["bad_record_mac", "illegal_parameter", "decrypt_error"]);
/** A server that found no key needs a certificate instead. */
const NO_KEY = /psk identity not found|no suitable signature algorithm|no shared cipher/;
const NO_KEY_ALERTS = new Set(["unknown_psk_identity", "handshake_failure"]);

/**
 * Adds what to look at to the error of a handshake with the option `psk`.
 *
 * @param given Whether there was a key in this handshake.
 */
export function explainPsk(error: SslError, role: Role, given: boolean): SslError {
  const { alert, reason } = error;
  const is = (texts: RegExp, alerts: ReadonlySet<string>): boolean =>
    alert === undefined ? texts.test(reason) : alerts.has(alert);
  if (given && is(OTHER_KEY, OTHER_KEY_ALERTS)) {
    error.message += ": the peer's pre-shared key seems to be another one: compare the keys, " +
      "and the identity they belong to";
  } else if (is(NO_KEY, NO_KEY_ALERTS) && (role === "client" || !given)) {
    error.message += role === "client"
      ? ": the server seems not to know the identity of psk, or to want no pre-shared key"
      : ": the client came with no identity that psk has a key for, and nothing else fits";
  }
  return error;
}
