/**
 * The context: options made ready once and shared by many connections.
 *
 * @module
 */

import { requireFeature } from "../engine/features.ts";
import type { Engine, EngineName, Role } from "../engine/engine.ts";
import type { AskedOfEngine } from "./engine_config.ts";
import { SslError } from "../errors.ts";
import { atCallOf } from "../internal/caller.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { oneLine } from "../internal/show.ts";
import { type ContextRecord, keepRecord, nativeObject } from "./context_record.ts";
import { engineContext } from "./engine_contexts.ts";
import type { ContextOptions, NativeObject, SslOptions } from "./options.ts";
import { checkOptions, contextOptions, defaultsIn } from "./resolved_options.ts";
import type { Resolved } from "./validate.ts";

let makeContext: (record: ContextRecord) => SslContext;

/**
 * A TLS context: certificates, trust and protocol settings, loaded and checked
 * once. It never changes; any number of connections share it (`reuseCtx`). The
 * same context serves clients and servers: each side is made ready when it is
 * first used.
 *
 * Perl: `IO::Socket::SSL::SSL_Context`
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
 * @category Contexts
 */
export class SslContext implements Disposable {
  readonly #record: ContextRecord;

  static {
    makeContext = (record) => new SslContext(record);
  }

  private constructor(record: ContextRecord) {
    this.#record = record;
    keepRecord(this, record);
  }

  /**
   * Loads and checks everything that the options name, and makes the context
   * for clients, or with `server: true` for servers.
   *
   * Perl: `SSL_Context->new`
   *
   * @throws {TypeError} for an unknown option, a value of the wrong type, or options that contradict
   * each other.
   * @throws {SslError} for a file that cannot be read or does not hold what it should.
   * @throws {SslUnsupportedError} for what the engine cannot honour.
   * @throws {Deno.errors.NotCapable} for a file without read permission.
   */
  static async create(options: ContextOptions = NO_OPTIONS): Promise<SslContext> {
    return await atCallOf(SslContext.create, () => {
      const checked = checkOptions("context", options);
      return createContext(checked.server ? "server" : "client", contextOptions(checked));
    });
  }

  /** The engine that it was made for. */
  get engine(): EngineName {
    return this.#record.engine.name;
  }

  /**
   * Frees what the engine holds. Connections that run go on; new ones cannot
   * be made. Closing twice does nothing, and closing is optional: unused contexts are freed anyway.
   */
  close(): void {
    const record = this.#record;
    if (record.closed) return;
    record.closed = true;
    for (const context of record.made) context.close();
    record.made.clear();
    record.roles.clear();
    record.ready.clear();
  }

  /**
   * OpenSSL's own object, for `./ssleay/low`: that of the side that the context was made for, or of
   * the other side once that was used. If the context has certificates by SNI name, it is the object
   * that handshakes begin with.
   *
   * Perl: `_get_ctx_object`
   *
   * @throws {SslUnsupportedError} on the Deno engine, which has none.
   * @throws {SslError} if the context is closed, or that side has not been used.
   */
  ctxObject(role: Role = this.#record.role): NativeObject {
    const { engine, closed, ready } = this.#record;
    requireFeature(engine, "nativeObjects", "ctxObject()");
    const made = closed ? undefined : ready.get(role);
    const pointer = made?.native?.("used");
    if (pointer !== undefined) {
      this.#record.sessions?.isolate();
      return nativeObject("SSL_CTX", { pointer, memory: made!.memory });
    }
    const why = closed ? "it is closed" : `it has not been used as ${role} yet`;
    throw new SslError(`Cannot use the context: ${why}`, { code: closed ? "ECLOSED" : "ENOTCONN" });
  }

  /** {@linkcode SslContext.close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What the console shows: its side and engine, and nothing of its keys. */
  [Symbol.for("Deno.customInspect")](): string {
    const { role, closed } = this.#record;
    return oneLine(this, { role, engine: this.engine, closed: closed || undefined });
  }
}

/**
 * Makes a context for a role.
 *
 * @param asked What the operation needs of an engine: its options may ask for more than the context does.
 */
export async function createContext(
  role: Role,
  options: Resolved<SslOptions>,
  ofEngine?: Engine,
  asked: AskedOfEngine = { options },
): Promise<SslContext> {
  const { peerRules } = await import("./peer_rules.ts"); // with all that judges, not at start-up
  const rules = peerRules(options);
  const engine = ofEngine ??
    await (await import("./engine_config.ts")).engineFor(role, options.engine, asked);
  // Loaded here because a socket's ocspResolver() returns it at once.
  const asks = engine.features.has("ocspResolver");
  const context = makeContext(ownRecord<ContextRecord>({
    engine,
    resolver: asks ? (await import("../verify/ocsp/resolver.ts")).OcspResolver : undefined,
    options,
    rules,
    defaultsApplied: defaultsIn(options),
    roles: new Map(),
    made: new Set(),
    closed: false,
    role,
    ready: new Map(),
    sibling: (options) => createContext("server", options, engine),
  }));
  await engineContext(context, role);
  return context;
}
