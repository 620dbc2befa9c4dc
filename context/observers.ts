/**
 * The hooks of the options that watch and judge a handshake: verifyCallback,
 * the stapled OCSP response on both sides, msgCallback and the trace.
 *
 * verifyCallback gets Perl's six arguments for each certificate of the chain, and
 * answers at once or by a promise:
 *
 * | OpenSSL says | the callback says | the certificate is                              |
 * |--------------|-------------------|-------------------------------------------------|
 * | right        | true              | accepted                                        |
 * | wrong        | true              | accepted: the error is overridden, as in Perl   |
 * | wrong        | anything else     | refused with OpenSSL's error (a pin may help)   |
 * | right        | anything else     | refused with APPLICATION_VERIFICATION for good  |
 * | either       | throws, rejects   | refused with that cause for good                |
 *
 * On a server a pin cannot override what a promise refused: see context/connection.ts.
 *
 * The host name and the pins are judged afterwards, whatever it says.
 *
 * @module
 */

import { SSL_OCSP_TRY_STAPLE } from "../constants.ts";
import type { ContextHooks, Engine, Role } from "../engine/engine.ts";
import { asksForStaple } from "../verify/ocsp/mode.ts";
import type { CredentialsByName } from "./credentials/credentials.ts";
import type { SslOptions, StapleCallback, VerifyCallback, VerifyStore } from "./options.ts";
import type { Tracer } from "./trace.ts";
import { Certificate } from "../certificate/certificate.ts";
import { ConnectionState } from "./connection.ts";
import { shownCertificate } from "../verify/make_report.ts";
import type { ChainError } from "../verify/answers.ts";

function storeOf({ error, depth }: ChainError, ders: readonly Uint8Array[]): VerifyStore {
  let chain: readonly Certificate[] | undefined;
  return {
    error,
    errorDepth: depth,
    get chain(): readonly Certificate[] {
      return chain ??= ders.map((der) => Certificate.fromDer(der));
    },
  };
}

/** The hook of the engine for verifyCallback. */
export function verifyEach(callback: VerifyCallback): NonNullable<ContextHooks["verifyEach"]> {
  return (event, user) => {
    if (!(user instanceof ConnectionState)) {
      throw new TypeError("Cannot verify the peer: the connection has no state");
    }
    // Without a certificate the callback is not asked: OpenSSL's answer stands.
    if (event.certificate.length === 0) return event.ok;
    const { ok, depth } = event;
    const error = ok ? 0 : event.error;
    const chain = event.chain(); // gone when OpenSSL's callback has returned
    let answer: boolean | PromiseLike<boolean>;
    try {
      const cert = Certificate.fromDer(event.certificate);
      const name = cert.issuer + cert.subject;
      answer = callback(ok, storeOf({ error, depth }, chain), name, error, cert, depth);
    } catch (cause) {
      throw user.answered({ error, depth }, { cause }, chain);
    }
    if (typeof answer !== "object" || answer === null || !("then" in answer)) {
      const refusal = user.answered({ error, depth }, answer === true, chain);
      // OpenSSL has found an error itself, so the chain fails; a pin may still accept the peer.
      if (refusal !== undefined && ok) throw refusal;
      return answer === true;
    }
    return Promise.resolve(answer).then(
      (value) => user.answered({ error, depth }, value === true, chain, true),
      (cause) => user.answered({ error, depth }, { cause }, chain),
    ).then((refusal) => {
      if (refusal !== undefined) throw refusal;
      return true;
    });
  };
}

/**
 * When a session is resumed, the dates are judged anew and verifyCallback is not asked. A full
 * handshake asks it, and it may accept a certificate that has expired.
 */
function mayResume(certificate: Uint8Array): boolean {
  const { notBefore, notAfter } = shownCertificate(certificate);
  const now = Date.now();
  return notBefore.getTime() <= now && now <= notAfter.getTime();
}

/** What the options of this file mean for one role. */
export interface ObserverHooks {
  /** For every server name. */
  readonly hooks: ContextHooks;
  /** Whether a client asks for a staple. */
  readonly requestOcsp: boolean;
  /** Gets the outcomes of handshakes. */
  readonly tracer: Tracer | undefined;
  /** The hook of a server that staples, for one of its names. */
  staple(
    source: Uint8Array | StapleCallback | undefined,
    credentials: CredentialsByName,
    name: string,
  ): ContextHooks;
  /** What a handshake has to wait for. */
  before(): Promise<void> | undefined;
}

/** What writes the trace; loaded for a program that watches its handshakes. */
type Tracing = typeof import("./trace.ts");

async function loadTracing({ msgCallback, trace }: SslOptions): Promise<Tracing | undefined> {
  if (msgCallback === undefined && trace === undefined) return undefined;
  return await import("./trace.ts");
}

function tracerOf(
  { debug, trace }: SslOptions,
  tracing: Tracing | undefined,
): Tracer | undefined {
  if (trace === undefined || tracing === undefined) {
    if (debug === undefined || debug === 0) return undefined;
    throw new TypeError(
      'Cannot use option "debug": there is no writer, and the library writes nothing to the ' +
        "console by itself: give trace: (text) => console.error(text)",
    );
  }
  const level = debug ?? 2;
  return level === 0 ? undefined : new tracing.Tracer(trace, level);
}

function messageHook(
  { msgCallback, debug }: SslOptions,
  tracer: Tracer | undefined,
  tracing: Tracing | undefined,
): ContextHooks["message"] {
  const traced = tracer !== undefined && (debug ?? 2) >= 2 ? tracer : undefined;
  if (tracing === undefined || (msgCallback === undefined && traced === undefined)) {
    return undefined;
  }
  return (event) => {
    traced?.message(event);
    msgCallback?.({ ...event, text: tracing.describeMessage(event) });
  };
}

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

/**
 * Makes the hooks.
 *
 * @throws {TypeError} for options that would have no effect.
 */
export async function observerHooks(
  engine: Engine,
  role: Role,
  options: SslOptions,
  verifyMode: number,
): Promise<ObserverHooks> {
  const { verifyCallback, ocspStaple, ocspStapleCallback } = options;
  if (verifyCallback !== undefined && verifyMode === 0) {
    throw new TypeError(
      'Cannot use option "verifyCallback" with verifyMode SSL_VERIFY_NONE: it would never be ' +
        `called: ${
          role === "client" ? "leave verifyMode out" : "give verifyMode: SSL_VERIFY_PEER"
        }`,
    );
  }
  const mode = ocspModeOf(engine, role, options, verifyMode);
  const tracing = await loadTracing(options);
  const tracer = tracerOf(options, tracing);
  const message = messageHook(options, tracer, tracing);
  const requestOcsp = asksForStaple(mode);
  const staples = requestOcsp || ocspStaple !== undefined;
  const stapling = staples ? await import("./stapling.ts") : undefined;
  const ocsp = requestOcsp ? stapling?.stapleHook(mode, ocspStapleCallback) : undefined;
  const waits: (() => Promise<void> | undefined)[] = [];
  return {
    hooks: {
      ...(verifyCallback === undefined ? {} : { verifyEach: verifyEach(verifyCallback) }),
      ...(verifyCallback === undefined || role === "client" ? {} : { mayResume }),
      ...(message === undefined ? {} : { message }),
      ...(ocsp === undefined ? {} : { ocsp }),
    },
    requestOcsp,
    tracer,
    staple(source, credentials, name) {
      const own = credentials.get(name) ?? credentials.get("");
      if (source === undefined || role === "client" || own === undefined) return {};
      const only = credentials.size === 1 && own.length === 1;
      const stapler = stapling!.makeStapler(source, own, name, only);
      waits.push(() => stapler.ready());
      return { ocspStaple: (_user, certificate) => stapler.staple(certificate) };
    },
    before() {
      const all = waits.flatMap((wait) => wait() ?? []);
      return all.length === 0 ? undefined : Promise.all(all).then(() => {});
    },
  };
}
