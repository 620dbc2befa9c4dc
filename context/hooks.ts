/**
 * The hooks of the options that watch and judge a handshake: verifyCallback,
 * the stapled OCSP response on both sides, msgCallback and the trace.
 *
 * @module
 */

import type { ContextHooks, Engine, Role } from "../engine/types.ts";
import { asksForStaple } from "../verify/ocsp/staple.ts";
import type { CredentialsByName } from "./credentials.ts";
import { ocspModeOf, stapleHook } from "./ocsp.ts";
import type { SslOptions } from "./options.ts";
import { makeStapler, type StapleCallback } from "./staple.ts";
import { describeMessage, Tracer } from "./trace.ts";
import { verifyEach } from "./verify_callback.ts";

/** What the options of this module come to for one role. */
export interface ObserverHooks {
  /** For every server name. */
  readonly hooks: ContextHooks;
  /** Whether a client asks for a staple. */
  readonly requestOcsp: boolean;
  /** Where the outcomes of handshakes are told. */
  readonly tracer: Tracer | undefined;
  /** The hook of a server that staples for one of its names, on top. */
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
