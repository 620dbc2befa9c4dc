/**
 * What OpenSSL, its programs and Deno's TLS write, as our codes: for `ssl explain`, since that is what
 * people have before them.
 *
 * @module
 */

import { ALERTS } from "../../engine/alerts.ts";
import { runtimeError } from "../../engine/deno/error_map.ts";
import { connectionError } from "../../engine/openssl/error_queue.ts";
import { alertCode } from "../../engine/wire_errors.ts";
import { SslError } from "../../errors.ts";
import { verifyCode } from "../../verify/error_codes.ts";

/** `verify error:num=20:...`, `Verify return code: 20 (...)`, `error 20 at 0 depth lookup`. */
const VERIFY_NUMBER = /\bnum=(\d+)|\breturn code: (\d+)|\berror (\d+) at \d+ depth/i;

/** `SSL alert number 48`, `alert 48`. */
const ALERT_NUMBER = /\balert (?:number )?(\d{1,3})\b/i;

/** `error:0A000086:SSL routines::certificate verify failed`: the part behind the last colon that counts. */
const QUEUE = /\berror:[\da-f]{8}:[^:]*:[^:]*:([^:]+)/i;

/** `tlsv1 alert unknown ca`; some lack the word. */
const ALERT_WORDS = /^(?:tlsv1|tlsv13|sslv3|ssl\/tls)(?: alert)? ([a-z ]+)/i;

/** What Deno says. */
const RUSTLS =
  /(?:invalid peer certificate: |received fatal alert: |peer (?:misbehaved|is incompatible)|received corrupt message|peer sent no certificates).*/;

function ofDeno(text: string): string | undefined {
  const [said] = RUSTLS.exec(text) ?? [];
  if (said === undefined) return undefined;
  const error = runtimeError("handshake", new Deno.errors.InvalidData(said), false);
  return error instanceof SslError ? error.code : undefined;
}

function ofOpenSsl(text: string): string {
  const number = ALERT_NUMBER.exec(text)?.[1];
  const named = number === undefined ? undefined : ALERTS[Number(number)];
  if (named !== undefined) return alertCode(named);
  const reason = (QUEUE.exec(text)?.[1] ?? text).trim();
  const words = ALERT_WORDS.exec(reason)?.[1]?.trim().replaceAll(" ", "_").toLowerCase();
  if (words !== undefined && Object.values(ALERTS).includes(words)) return alertCode(words);
  if (/unexpected eof/i.test(reason)) return "ERR_SSL_TRUNCATED";
  const queue = [{ code: 0, library: "SSL routines", reason: reason.toLowerCase() }];
  return connectionError("handshake", queue, { established: false }).code;
}

/** The code of an error for a message of another program; it may be one that is not known. */
export function codeOfMessage(text: string): string {
  const [, ...numbers] = VERIFY_NUMBER.exec(text) ?? [];
  const number = numbers.find((each) => each !== undefined);
  return number === undefined ? ofDeno(text) ?? ofOpenSsl(text) : verifyCode(Number(number));
}

/** Whether a message says no more than that a certificate was refused. */
export function saysRefusedAlone(text: string): boolean {
  return /certificate[ _]verify[ _]failed/i.test(text) && !VERIFY_NUMBER.test(text);
}
