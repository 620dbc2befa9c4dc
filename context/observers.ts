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

import type { ContextHooks, Engine, Role } from "../engine/engine.ts";
import { asksForStaple } from "../verify/ocsp/stapled.ts";
import type { CredentialsByName } from "./credentials/credentials.ts";
import { makeStapler, ocspModeOf, stapleHook } from "./stapling.ts";
import type { SslOptions, StapleCallback, VerifyCallback, VerifyStore } from "./options.ts";
import { describeMessage, Tracer } from "./trace.ts";
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

function tracerOf({ debug, trace }: SslOptions): Tracer | undefined {
  if (trace === undefined) {
    if (debug === undefined || debug === 0) return undefined;
    throw new TypeError(
      'Cannot use option "debug": there is no writer, and the library writes nothing to the ' +
        "console by itself: give trace: (text) => console.error(text)",
    );
  }
  const level = debug ?? 2;
  return level === 0 ? undefined : new Tracer(trace, level);
}

function messageHook(
  { msgCallback, debug }: SslOptions,
  tracer: Tracer | undefined,
): ContextHooks["message"] {
  const traced = tracer !== undefined && (debug ?? 2) >= 2 ? tracer : undefined;
  if (msgCallback === undefined && traced === undefined) return undefined;
  return (event) => {
    traced?.message(event);
    msgCallback?.({ ...event, text: describeMessage(event) });
  };
}

/**
 * Makes the hooks.
 *
 * @throws {TypeError} for options that would have no effect.
 */
export function observerHooks(
  engine: Engine,
  role: Role,
  options: SslOptions,
  verifyMode: number,
): ObserverHooks {
  const { verifyCallback } = options;
  if (verifyCallback !== undefined && verifyMode === 0) {
    throw new TypeError(
      'Cannot use option "verifyCallback" with verifyMode SSL_VERIFY_NONE: it would never be ' +
        `called: ${
          role === "client" ? "leave verifyMode out" : "give verifyMode: SSL_VERIFY_PEER"
        }`,
    );
  }
  const mode = ocspModeOf(engine, role, options, verifyMode);
  const tracer = tracerOf(options);
  const message = messageHook(options, tracer);
  const ocsp = stapleHook(mode, options.ocspStapleCallback);
  const waits: (() => Promise<void> | undefined)[] = [];
  return {
    hooks: {
      ...(verifyCallback === undefined ? {} : { verifyEach: verifyEach(verifyCallback) }),
      ...(verifyCallback === undefined || role === "client" ? {} : { mayResume }),
      ...(message === undefined ? {} : { message }),
      ...(ocsp === undefined ? {} : { ocsp }),
    },
    requestOcsp: asksForStaple(mode),
    tracer,
    staple(source, credentials, name) {
      const own = credentials.get(name) ?? credentials.get("");
      if (source === undefined || role === "client" || own === undefined) return {};
      const only = credentials.size === 1 && own.length === 1;
      const stapler = makeStapler(source, own, name, only);
      waits.push(() => stapler.ready());
      return { ocspStaple: (_user, certificate) => stapler.staple(certificate) };
    },
    before() {
      const all = waits.flatMap((wait) => wait() ?? []);
      return all.length === 0 ? undefined : Promise.all(all).then(() => {});
    },
  };
}
