/**
 * What a session needs of its context, and what all sessions of the engine share.
 *
 * @module
 */

import type { ContextConfig, EngineName, Role } from "../engine.ts";
import type { Callbacks } from "./callbacks.ts";
import type { Library } from "./binder.ts";

/** What the sessions of one engine share. */
export interface Runtime {
  /** The C functions. */
  readonly library: Library;
  /** The callbacks; undefined under a path-limited ffi permission. */
  readonly callbacks: Callbacks | undefined;
}

/** A context as its sessions see it. */
export interface SessionContext {
  /** Which engine it is of. */
  readonly engine: EngineName;
  /** Which side it is for. */
  readonly role: Role;
  /** What it was made from. */
  readonly config: ContextConfig;
  /** The NPN protocols in wire format; OpenSSL reads them from here. */
  readonly npnWire: Uint8Array<ArrayBuffer>;
  /** The SSL_CTX; throws when it is closed. */
  readonly ptr: Deno.PointerObject;
  /** The SSL_CTX; `undefined` when it is closed. */
  native(): Deno.PointerObject | undefined;
  /** Binds the sessions of a connection to the server name that was asked for. */
  bindSessions(ssl: Deno.PointerObject, name: string | null): void;
}
