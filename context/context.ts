/**
 * The context: options made ready once and shared by many connections.
 *
 * @module
 */

import { selectEngine } from "../engine/select.ts";
import type { ContextConfig, Engine, EngineContext, EngineName, Role } from "../engine/engine.ts";
import { FEATURES } from "../engine/features.ts";
import { SslError } from "../errors.ts";
import { atCallOf } from "../internal/caller.ts";
import { oneLine } from "../internal/show.ts";
import { unsupported } from "../internal/unsupported.ts";
import type { RoleConfig } from "./engine_config.ts";
import type { NativeObject } from "./native.ts";
import type { ClientSessions } from "./sessions/resumption.ts";
import type { Records } from "./server_names.ts";
import type { Tracer } from "./trace.ts";
import { resolveScheme } from "../verify/schemes.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import type { ContextOptions, SslOptions } from "./options.ts";
import { parsePins } from "../verify/fingerprint.ts";
import { checkOptions, defaultsIn } from "./validate.ts";

/** What a context holds. Reached by the socket layer through context/internal.ts. */
export interface ContextState {
  /** The engine. */
  readonly engine: Engine;
  /** The options it was made from: frozen, `undefined` members left out. */
  readonly options: Readonly<SslOptions>;
  /** The options among them that came from process-wide defaults. */
  readonly defaultsApplied: readonly string[];
  /** The engine's contexts, made when a role is first used. */
  readonly roles: Map<Role, Promise<EngineContext>>;
  /** Everything of the engine that has to be freed. */
  readonly made: Set<EngineContext>;
  /** Whether {@linkcode SslContext.close} was called. */
  closed: boolean;
  /** The side that it was made for first. */
  readonly role: Role;
  /** The engine's contexts that are ready, for new connections to begin with. */
  readonly ready: Map<Role, EngineContext>;
  /** Where the outcomes of handshakes are told. */
  tracer?: Tracer | undefined;
  /** A client's session cache, if it has one. */
  sessions?: ClientSessions | undefined;
  /** A server's choice among its certificates by name, if there is one. */
  records?: Records | undefined;
  /** What a server's handshakes have to wait for, if anything. */
  before?: (() => Promise<void> | undefined) | undefined;
}

let stateOfContext: (context: SslContext) => ContextState;
let makeContext: (state: ContextState) => SslContext;

/**
 * A TLS context: certificates, trust and protocol settings, loaded and checked
 * once. It never changes; any number of connections share it (`reuseCtx`). The
 * same context serves clients and servers: each side is made ready when it is
 * first used.
 *
 * @example One context for many connections
 * ```ts ignore
 * import { SslContext } from "@socket/ssl/context";
 * import { SslSocket } from "@socket/ssl";
 *
 * using context = await SslContext.create({ caFile: "ca.pem" });
 * const first = await SslSocket.connect("a.example:443", { reuseCtx: context });
 * const second = await SslSocket.connect("b.example:443", { reuseCtx: context });
 * ```
 *
 * Perl: `IO::Socket::SSL::SSL_Context`
 */
export class SslContext implements Disposable {
  readonly #state: ContextState;

  static {
    stateOfContext = (context) => context.#state;
    makeContext = (state) => new SslContext(state);
  }

  private constructor(state: ContextState) {
    this.#state = state;
  }

  /**
   * Loads and checks everything that the options name, and makes the context
   * for clients, or with `server: true` for servers.
   *
   * @throws {TypeError} for an unknown option, a value of the wrong type, or options that contradict
   * each other.
   * @throws {SslError} for a file that cannot be read or does not hold what it should.
   * @throws {SslUnsupportedError} for what the engine cannot honour.
   * @throws {Deno.errors.NotCapable} for a file without read permission.
   *
   * Perl: `SSL_Context->new`
   */
  static async create(options: ContextOptions = NO_OPTIONS): Promise<SslContext> {
    return await atCallOf(SslContext.create, () => {
      const checked = checkOptions("context", options);
      const { server, ...rest } = checked;
      return createContext(server ? "server" : "client", rest, defaultsIn(checked));
    });
  }

  /** Which engine it is for. */
  get engine(): EngineName {
    return this.#state.engine.name;
  }

  /**
   * Frees what the engine holds. Connections that run go on; new ones cannot
   * be made. Idempotent, and not needed: what nobody uses is freed anyway.
   */
  close(): void {
    const state = this.#state;
    if (state.closed) return;
    state.closed = true;
    for (const context of state.made) context.close();
    state.made.clear();
    state.roles.clear();
    state.ready.clear();
  }

  /**
   * The engine's own object, for `./ssleay/low`: that of the side it was made for, or of another
   * one that has been used. With certificates by SNI name it is the one that handshakes begin with.
   *
   * @throws {SslUnsupportedError} on the Deno engine, which has none.
   * @throws {SslError} if the context is closed, or that side has not been used.
   *
   * Perl: `_get_ctx_object`
   */
  ctxObject(role: Role = this.#state.role): NativeObject {
    const { engine, closed, ready } = this.#state;
    if (!engine.features.has("nativeObjects")) {
      throw unsupported(engine, "ctxObject()", `it lacks: ${FEATURES.nativeObjects.text}`);
    }
    const pointer = closed ? undefined : ready.get(role)?.native?.("used");
    if (pointer !== undefined) {
      this.#state.sessions?.isolate();
      return nativeObject("SSL_CTX", pointer);
    }
    const why = closed ? "it is closed" : `it has not been used as ${role} yet`;
    throw new SslError(`Cannot use the context: ${why}`, { code: closed ? "ECLOSED" : "ENOTCONN" });
  }

  /** As {@linkcode SslContext.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Printed, it says for what it is, and nothing of its keys. */
  [Symbol.for("Deno.customInspect")](): string {
    const { role, closed } = this.#state;
    return oneLine(this, { role, engine: this.engine, closed: closed || undefined });
  }
}

/** What a context holds. */
export function stateOf(context: SslContext): ContextState {
  return stateOfContext(context);
}

/** The context that `reuseCtx` means: one, or a socket's. */
export function reusedContext(value: unknown): SslContext | undefined {
  const { context } = Object(value) as { context?: unknown };
  return [value, context].find((each) => each instanceof SslContext);
}

/** The engine of a context. */
export function engineOf(context: SslContext): Engine {
  return stateOf(context).engine;
}

/** Makes a context for a role out of checked options. */
export async function createContext(
  role: Role,
  options: Readonly<SslOptions>,
  defaultsApplied: readonly string[],
  engine?: Engine,
): Promise<SslContext> {
  const own = Object.freeze(ownRecord(options));
  // These count per connection, yet a bad one is a mistake in the context.
  parsePins(own);
  resolveScheme(own.verifycnScheme);
  const state: ContextState = ownRecord<ContextState>({
    engine: engine ?? await selectEngine(own.engine),
    options: own,
    defaultsApplied,
    roles: new Map(),
    made: new Set(),
    closed: false,
    role,
    ready: new Map(),
  });
  const context = makeContext(state);
  await roleContext(context, role);
  return context;
}

/** The engine's context for a role, made at the first call. */
export function roleContext(context: SslContext, role: Role): Promise<EngineContext> {
  const state = stateOf(context);
  if (state.closed) {
    const error = new SslError("Cannot use the context: it is closed", { code: "ECLOSED" });
    return Promise.reject(error);
  }
  let made = state.roles.get(role);
  if (made === undefined) {
    made = makeRole(state, role);
    state.roles.set(role, made);
    // A failure is not kept: a file may be there the next time.
    made.catch(() => state.roles.delete(role));
  }
  return made;
}

async function makeRole(state: ContextState, role: Role): Promise<EngineContext> {
  const { configFor } = await import("./engine_config.ts"); // all that reads files and keys, not at start-up
  const config = await configFor(state.engine, role, state.options);
  const made: EngineContext[] = [];
  try {
    if (role === "client" && config.base.sessions) {
      const { ClientSessions } = await import("./sessions/resumption.ts");
      state.sessions ??= new ClientSessions(state.engine, state.options, config.base);
    }
    const context = await makeEngineContexts(state, role, config, made);
    if (state.closed) {
      throw new SslError("Cannot use the context: it is closed", { code: "ECLOSED" });
    }
    for (const each of made) state.made.add(each);
    state.ready.set(role, context);
    return context;
  } catch (error) {
    for (const each of made) each.close();
    throw error;
  }
}

/** One context of the engine per server name, and the choice among them. */
async function makeEngineContexts(
  state: ContextState,
  role: Role,
  config: RoleConfig,
  made: EngineContext[],
): Promise<EngineContext> {
  const { base, byName, hasDefault, before, tracer } = config;
  const make = async (each: ContextConfig): Promise<EngineContext> => {
    const context = await state.engine.createContext(each);
    made.push(context);
    const { createCtxCallback } = state.options;
    const pointer = createCtxCallback && context.native?.("new");
    if (pointer !== undefined) await createCtxCallback!(nativeObject("SSL_CTX", pointer));
    return context;
  };
  state.tracer ??= tracer;
  if (role === "client") return await make(base);
  const contexts = new Map<string, EngineContext>();
  for (const [name, each] of byName) contexts.set(name, await make(each));
  const records = byName.size === 0
    ? undefined
    : (serverName: string) =>
      contexts.get(serverName.replace(/\.$/, "").toLowerCase()) ?? (hasDefault ? undefined : null);
  state.records = records;
  state.before = before;
  const { selector } = await import("./server_names.ts");
  const selectContext = selector(state, records, before);
  return await make(
    selectContext === undefined
      ? base
      : { ...base, hooks: ownRecord({ ...base.hooks, selectContext }) },
  );
}

/** Wraps a pointer. */
export function nativeObject(
  kind: NativeObject["kind"],
  pointer: Deno.PointerObject,
): NativeObject {
  return Object.freeze({ kind, pointer });
}
