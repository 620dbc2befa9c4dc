/**
 * OCSP stapling on both sides.
 *
 * A server staples the bytes that it was given, or what a function fetches. Nothing waits for a timer:
 * a response is fetched when the context is made, and again in the background when half of its life is
 * over. A handshake that finds no valid response waits for one, for at most three seconds.
 *
 * A client asks for a response, and judges the one that the server staples, or its absence.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import { Certificate } from "../certificate/certificate.ts";
import type { ContextHooks, Credential } from "../engine/engine.ts";
import { type OcspAnswer, readOcspResponse } from "../verify/ocsp/read.ts";
import { SSL_OCSP_MUST_STAPLE } from "../constants.ts";
import { SslVerifyError } from "../errors.ts";
import { judgeStaple } from "../verify/ocsp/stapled.ts";
import { span } from "../verify/explain/sentences.ts";
import { ConnectionState } from "./connection.ts";
import type { OcspFinding } from "../verify/answers.ts";
import type {
  OcspStapleCallback,
  StapleCallback,
  StapledConnection,
  StapleRequest,
} from "./options.ts";
import { inTime } from "../internal/waiting.ts";

/** How long to wait before asking again after a failure, in ms. */
const RETRY = 10_000;
/** When a response without nextUpdate, or one that cannot be read, is fetched again, in ms. */
const DEFAULT_LIFE = 3_600_000;
/** How long a handshake waits for a response at most, in ms. */
const PATIENCE = 3_000;

function answersIn(response: Uint8Array): readonly OcspAnswer[] {
  try {
    return readOcspResponse(response).basic?.answers ?? [];
  } catch {
    return []; // the client judges it
  }
}

/** The responses of one certificate. */
class FetchedStaple {
  readonly #request: StapleRequest;
  readonly #fetch: StapleCallback;
  #latest: Uint8Array | undefined;
  #refreshAt = 0;
  #endsAt = 0;
  #running: Promise<void> | undefined;

  constructor(fetch: StapleCallback, request: StapleRequest) {
    this.#fetch = fetch;
    this.#request = request;
    this.#refresh();
  }

  /** The response for a handshake now. */
  latest(): Uint8Array | undefined {
    const now = Date.now();
    if (now >= this.#refreshAt) this.#refresh();
    return now < this.#endsAt ? this.#latest : undefined;
  }

  /** Resolves when a response is there or an attempt failed; `undefined` if no wait is needed. */
  ready(): Promise<void> | undefined {
    if (this.#running === undefined) this.latest();
    return Date.now() < this.#endsAt ? undefined : this.#running;
  }

  #refresh(): void {
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  async #run(): Promise<void> {
    let response: Uint8Array | undefined;
    try {
      response = await this.#fetch(this.#request);
    } catch {
      // An exception counts as no response; the function itself may report it.
    }
    const now = Date.now();
    this.#refreshAt = now + RETRY;
    if (!(response instanceof Uint8Array)) return;
    this.#latest = response;
    const end = Math.min(
      ...answersIn(response).map(({ nextUpdate }) => nextUpdate?.getTime() ?? Infinity),
    );
    const life = end === Infinity ? DEFAULT_LIFE : end - now;
    this.#refreshAt = now + Math.max(life / 2, RETRY);
    this.#endsAt = end === Infinity ? Infinity : Math.max(end, this.#refreshAt);
  }
}

/** What one context staples. */
export interface Stapler {
  /** The response for the certificate in use, in DER. */
  staple(certificate: Uint8Array | undefined): Uint8Array | undefined;
  /** Resolves when a handshake may begin; `undefined` if at once. */
  ready(): Promise<void> | undefined;
}

function serialIn(response: Uint8Array, certificate: Certificate): boolean {
  return answersIn(response).some(({ id }) => equalBytes(id.serial, certificate.rawSerial));
}

/**
 * The stapler for the credentials of a server name.
 *
 * @param only Whether the server has no other certificate: then bytes go with it as they are.
 */
export function makeStapler(
  source: Uint8Array | StapleCallback,
  credentials: readonly Credential[],
  serverName: string,
  only: boolean,
): Stapler {
  const all = credentials.map(({ chain }) => {
    const parsed = chain.map((der) => Certificate.fromDer(der));
    const certificate = parsed[0]!;
    const response = typeof source !== "function"
      ? undefined
      : new FetchedStaple(source, { certificate, chain: parsed, serverName });
    return { certificate, response };
  });
  const find = (der: Uint8Array | undefined) =>
    all.length === 1 || der === undefined
      ? all[0]
      : all.find(({ certificate }) => equalBytes(certificate.der, der));
  return {
    staple(der) {
      const own = find(der);
      if (own === undefined) return undefined;
      if (typeof source === "function") return own.response!.latest();
      // With several certificates it is sent with the one that it is about.
      return only || serialIn(source, own.certificate) ? source : undefined;
    },
    ready() {
      const waits = all.flatMap(({ response }) => response?.ready() ?? []);
      return waits.length === 0 ? undefined : inTime(Promise.all(waits), PATIENCE).then(() => {});
    },
  };
}

const REVOKED = 23;

function age(thisUpdate: Date | undefined): string {
  if (thisUpdate === undefined) return "";
  return `, ${span(Date.now() - thisUpdate.getTime())} old`;
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

const missing = new WeakMap<
  Certificate,
  { readonly mode: number; readonly finding: OcspFinding }
>();

/** Where none came, only the leaf and the mode count: what nobody refuses is found once. */
function withoutStaple(leaf: Certificate, mode: number): OcspFinding {
  const known = missing.get(leaf);
  if (known?.mode === mode) return known.finding;
  const finding = builtIn([leaf], undefined, mode);
  if (finding.refuse === undefined) missing.set(leaf, { mode, finding });
  return finding;
}

/** The hook that judges the staple, for a client that asks for one. */
export function stapleHook(
  mode: number,
  callback: OcspStapleCallback | undefined,
): NonNullable<ContextHooks["ocsp"]> {
  return (response, user) => {
    if (!(user instanceof ConnectionState)) {
      throw new TypeError("Cannot check the OCSP response: the connection has no state");
    }
    user.staple = response;
    // Only a resumed session comes here before its chain was judged, and it brings no staple.
    if (!user.judged) {
      return user.stapled({ ok: undefined, detail: "judged when the session was made" });
    }
    const none = response === undefined && (mode & SSL_OCSP_MUST_STAPLE) !== 0;
    const { leaf, names: { serverName, verifyName } } = user;
    const finding = leaf === undefined
      ? { ok: undefined, detail: "there is no certificate to check" }
      : callback !== undefined && !none
      ? byCallback(callback, { chain: user.report.chain, serverName, verifyName }, response)
      : response === undefined
      ? withoutStaple(leaf, mode) // most servers send none
      : builtIn(user.report.chain, response, mode);
    return user.stapled(finding);
  };
}
