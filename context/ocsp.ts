/**
 * The client's part in OCSP stapling: what is asked for, and what becomes of
 * the response that the server staples, or of its absence.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { SSL_OCSP_MUST_STAPLE, SSL_OCSP_TRY_STAPLE } from "../constants.ts";
import type { ContextHooks, Engine, Role } from "../engine/types.ts";
import { SslVerifyError } from "../errors.ts";
import { asksForStaple, judgeStaple } from "../verify/ocsp/staple.ts";
import { ConnectionState } from "./connection.ts";
import type { OcspFinding } from "./findings.ts";
import type { SslOptions } from "./options.ts";

/** The connection that a stapled OCSP response came with, in the middle of its handshake. */
export interface StapledConnection {
  /** The chain that was built, the leaf first. */
  readonly chain: readonly Certificate[];
  /** The name sent in SNI. */
  readonly serverName: string | undefined;
  /** The name that the certificate is verified for. */
  readonly verifyName: string | undefined;
}

/**
 * Judges the stapled OCSP response in place of the built-in check; `undefined` when the server sent
 * none. A throw, or `false`, refuses the server.
 *
 * Perl: `SSL_ocsp_staple_callback`
 */
export type OcspStapleCallback = (
  connection: StapledConnection,
  response: Uint8Array | undefined,
) => boolean | void;

const REVOKED = 23;
const MINUTE = 60_000;

/**
 * The flags that hold: by default a staple is asked for where the server is verified and the
 * engine can.
 *
 * @throws {TypeError} for flags that ask for a staple where nothing is verified.
 */
export function ocspModeOf(
  engine: Engine,
  role: Role,
  options: SslOptions,
  verifyMode: number,
): number {
  if (role === "server") return 0;
  const mode = options.ocspMode ??
    (verifyMode !== 0 && engine.features.has("ocsp") ? SSL_OCSP_TRY_STAPLE : 0);
  const callback = options.ocspStapleCallback !== undefined;
  if (verifyMode === 0 && (asksForStaple(mode) || callback)) {
    throw new TypeError(
      `Cannot use option "${callback ? "ocspStapleCallback" : "ocspMode"}" with verifyMode ` +
        "SSL_VERIFY_NONE: nothing would be checked: leave verifyMode out",
    );
  }
  if (callback && !asksForStaple(mode)) {
    throw new TypeError(
      'Cannot use option "ocspStapleCallback": ocspMode does not ask for a stapled response: ' +
        "add SSL_OCSP_TRY_STAPLE to it, or leave it out",
    );
  }
  return mode;
}

function age(thisUpdate: Date | undefined): string {
  if (thisUpdate === undefined) return "";
  const minutes = Math.round((Date.now() - thisUpdate.getTime()) / MINUTE);
  return `, ${minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`} old`;
}

function builtIn(
  chain: readonly Certificate[],
  response: Uint8Array | undefined,
  ocspMode: number,
): OcspFinding {
  const { ok, detail, refuse, verdict } = judgeStaple(response, { chain, ocspMode });
  return {
    ok,
    detail: detail + age(verdict.thisUpdate),
    refuse,
    revoked: refuse?.errno === REVOKED,
  };
}

function byCallback(
  callback: OcspStapleCallback,
  connection: StapledConnection,
  response: Uint8Array | undefined,
): OcspFinding {
  const failed = (detail: string, cause?: unknown): OcspFinding => ({
    ok: false,
    detail,
    refuse: new SslVerifyError(`Cannot verify the peer: ${detail}`, {
      code: "OCSP_VERIFY_FAILED",
      errno: 74,
      reason: "ocspStapleCallback refused it",
      ...(cause === undefined ? {} : { cause }),
    }),
    revoked: true, // the application's own word: no pin overrides it
  });
  let answer: unknown;
  try {
    answer = callback(connection, response);
  } catch (cause) {
    return failed(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (answer === false) return failed("the callback said false");
  if (answer !== undefined && answer !== true) {
    const cause = new TypeError(
      "Cannot use ocspStapleCallback: it must give a boolean or nothing, at once: received " +
        (typeof answer === "object" ? "an object or promise" : typeof answer),
    );
    return failed(cause.message, cause);
  }
  return { ok: true, detail: "accepted by ocspStapleCallback" };
}

/** The hook that judges the staple; `undefined` when none is asked for. */
export function stapleHook(
  mode: number,
  callback: OcspStapleCallback | undefined,
): ContextHooks["ocsp"] {
  if (!asksForStaple(mode)) return undefined;
  return (response, user) => {
    if (!(user instanceof ConnectionState)) {
      throw new TypeError("Cannot check the OCSP response: the connection has no state");
    }
    user.staple = response;
    // Only a resumed session comes here before its chain was judged, and it brings no staple.
    if (!user.judged) {
      return user.stapled({ ok: undefined, detail: "judged when the session was made" });
    }
    const { chain } = user.report;
    const none = response === undefined && (mode & SSL_OCSP_MUST_STAPLE) !== 0;
    const { serverName, verifyName } = user.names;
    const finding = chain.length === 0
      ? { ok: undefined, detail: "there is no certificate to check" }
      : callback !== undefined && !none
      ? byCallback(callback, { chain, serverName, verifyName }, response)
      : builtIn(chain, response, mode);
    return user.stapled(finding);
  };
}
