/**
 * What an `SslContext` holds, for the code that makes connections with it, and the objects of C
 * that it gives to callers.
 *
 * @module
 */

import type { Engine, EngineContext, Role, TlsVersion } from "../engine/engine.ts";
import type { OcspResolver } from "../verify/ocsp/resolver.ts";
import type { NativeObject, SharedContext, SslOptions } from "./options.ts";
import type { PeerRules } from "./peer_rules.ts";
import type { Resolved } from "./validate.ts";
import type { ClientSessions } from "./sessions/resumption.ts";
import type { Tracer } from "./trace.ts";

/** Chooses among a server's certificates by SNI name. */
export type Records = (serverName: string) => EngineContext | undefined | null;

/** What a context holds. */
export interface ContextRecord {
  readonly engine: Engine;
  /** The options it was made from: frozen, `undefined` members left out. */
  readonly options: Resolved<SslOptions>;
  /** What its connections are judged by, unless they say more. */
  readonly rules: PeerRules;
  /** The options among them that came from process-wide defaults. */
  readonly defaultsApplied: readonly string[];
  /** The side that it was made for first. */
  readonly role: Role;
  /** The engine's contexts, made when a role is first used. */
  readonly roles: Map<Role, Promise<EngineContext>>;
  /** The engine's contexts that are ready, for new connections to begin with. */
  readonly ready: Map<Role, EngineContext>;
  /** Everything of the engine that has to be freed. */
  readonly made: Set<EngineContext>;
  /** Whether the context was closed. */
  closed: boolean;
  /** The versions of TLS that it allows, once a side is ready. */
  versions?: ReadonlySet<TlsVersion> | undefined;
  /** Gets the outcomes of handshakes. */
  tracer?: Tracer | undefined;
  /** A client's session cache, if it has one. */
  sessions?: ClientSessions | undefined;
  /** A server's choice among its certificates by name, if there is one. */
  records?: Records | undefined;
  /** What a server's handshakes have to wait for, if anything. */
  before?: (() => Promise<void> | undefined) | undefined;
  /** Asks OCSP responders; `undefined` where the engine does not show the chain to ask about. */
  readonly resolver: typeof OcspResolver | undefined;
  /** Makes another server context for the same engine. */
  readonly sibling: (options: Resolved<SslOptions>) => Promise<SharedContext>;
}

const records = new WeakMap<object, ContextRecord>();

/** Keeps what a context holds. Only the constructor of `SslContext` calls it. */
export function keepRecord(context: SharedContext, record: ContextRecord): void {
  records.set(context, record);
}

/** What a context holds. */
export function recordOf(context: SharedContext): ContextRecord {
  return records.get(context)!;
}

/** The engine of a context. */
export function engineOf(context: SharedContext): Engine {
  return recordOf(context).engine;
}

/** The context that a value is, or that it has as a socket has one. */
export function contextIn(value: unknown): SharedContext | undefined {
  const { context } = Object(value) as { context?: unknown };
  return [value, context].find((each): each is SharedContext => records.has(Object(each)));
}

/** An object of C, and what has its memory where that is not the process. */
export interface Native {
  readonly pointer: Deno.PointerObject;
  readonly memory: object | undefined;
}

const natives = new WeakMap<object, Native>();

/** What `sslObject()` and `ctxObject()` give. */
export function nativeObject(kind: NativeObject["kind"], native: Native): NativeObject {
  // In WebAssembly a pointer is a number, which only `./ssleay/low` can use.
  const pointer = native.memory !== undefined ? Object.freeze(Object.create(null)) : native.pointer;
  const object = Object.freeze({ kind, pointer });
  natives.set(object, native);
  return object;
}

/** What {@linkcode nativeObject} made an object of: one that looks like it is not enough. */
export function nativeOf(value: unknown): Native | undefined {
  return natives.get(Object(value));
}
