/**
 * What went wrong, in plain words, and the nearest safe fix. Tables from the
 * code of an error to its explanation (openssl_codes.ts, own_codes.ts), which are made when
 * the first error is explained; the evidence comes from the error and its report.
 * Nothing here advises to switch verification off.
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
} from "../../errors.ts";
import type { VerifyReport } from "../report.ts";
import { byCode } from "./openssl_codes.ts";
import { alertFrom } from "./alerts.ts";
import {
  type Case,
  certificateAt,
  type Explanation,
  misbehaved,
  overLimit,
  type Table,
  who,
} from "./sentences.ts";
import { byOwnCode, late } from "./own_codes.ts";

let made: { readonly wire: Table; readonly own: Table } | undefined;

/** The tables. Few programs need them, so they are made for the first explanation. */
function tables(): { readonly wire: Table; readonly own: Table } {
  return made ??= { wire: byCode(), own: byOwnCode() };
}

function byClass(c: Case): Explanation {
  const { error } = c;
  // Other errors have an alert too: the one that we sent.
  if (error.code.startsWith("ERR_SSL_ALERT_")) return alertFrom(c);
  const { wire, own } = tables();
  for (const table of [wire, own]) {
    if (Object.hasOwn(table, error.code)) return table[error.code]!(c);
  }
  if (error.facts.limit?.by === "own") return overLimit(c);
  if (error instanceof SslTimeoutError) return late(c);
  if (error instanceof SslUnsupportedError && !error.code.startsWith("ERR_SSL_")) {
    return own.ERR_UNSUPPORTED!(c);
  }
  if (error instanceof SslTruncatedError) return wire.ERR_SSL_TRUNCATED!(c);
  if (error instanceof SslVerifyError) return [`${who(c)} was refused: ${error.reason}.`];
  if (error instanceof SslPeerError) return misbehaved(c);
  if (error.code.startsWith("ERR_SSL_")) {
    return [
      "OpenSSL refused this, not the peer; the message has its reason.",
      "Check the option or call that the message names.",
    ];
  }
  return [];
}

/** The nearest safe fix for an error, in words; `undefined` if there is nothing to say. */
export function hintFor(error: SslError): string | undefined {
  const text = explanationOf(error).slice(1).join(" ");
  return text === "" ? undefined : text;
}

function explanationOf(error: SslError): Explanation {
  const chain = (error as SslError<VerifyReport>).report?.chain ?? [];
  return byClass({ error, chain, leaf: chain[0], at: certificateAt(error, chain) });
}

/**
 * Says in plain words what failed and what the nearest safe fix is. The message of the
 * error comes first, then a line each for the cause and for what to do.
 *
 * @param error Anything thrown; for errors of other libraries, the message alone.
 * @example Explain a failed connection
 * ```ts
 * import { explain, SslSocket } from "@socket/ssl";
 *
 * try {
 *   await SslSocket.connect("127.0.0.1:1", { serverName: "localhost", extraCa: [] });
 * } catch (error) {
 *   console.log(explain(error));
 * }
 * ```
 *
 * @category Errors
 */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const head = error.message || error.name;
  if (error.name === "NotCapable") {
    return `${head}\nDeno does not permit this: run with the flag that the message names.`;
  }
  // Node 20 has no such class.
  if (globalThis.SuppressedError && error instanceof SuppressedError) {
    const closing = explain(error.error).split("\n", 1);
    return `${explain(error.suppressed)}\nClosing failed, too: ${closing}`;
  }
  if (!(error instanceof SslError)) {
    const misuse = error instanceof TypeError || error instanceof RangeError;
    return misuse ? `${head}\nThis is a mistake in the call, not on the wire.` : head;
  }
  return [head, ...explanationOf(error)].join("\n");
}
