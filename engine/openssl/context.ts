/**
 * An SSL_CTX from a {@linkcode ContextConfig}.
 *
 * @module
 */

import { SslError } from "../../errors.ts";
import { NO_OPTIONS } from "../../internal/own_options.ts";
import { concat } from "../../internal/bytes.ts";
import { dialTcp } from "../dial.ts";
import { closedError, insideError } from "../../internal/waiting.ts";
import { Pump } from "../pump.ts";
import type {
  ByteTransport,
  ContextConfig,
  DialTarget,
  EngineContext,
  EngineName,
  Role,
  SessionParams,
  TlsStream,
  WaitOptions,
} from "../engine.ts";
import { alpnWire } from "./trampolines.ts";
import { drainErrors, localError } from "./error_queue.ts";
import { NativeHandle } from "./memory.ts";
import { withOwnStore } from "./trust_store.ts";
import { ContextSettings } from "./context_settings.ts";
import type { Runtime, SessionContext } from "./session_context.ts";
import { OpenSslSession } from "./session.ts";

function lostContext(): SslError {
  return new SslError(
    "Cannot use the context: its SSL_CTX was handed out, and lost when OpenSSL stopped: make another context",
    { code: "ERR_SSL_ENGINE_STOPPED", facts: { engine: "wasm" } },
  );
}

type Bytes = Uint8Array<ArrayBuffer>;

const NONE = new Uint8Array();

/** A configured SSL_CTX. */
export class OpenSslContext implements EngineContext, SessionContext {
  readonly role: Role;
  /** Which engine it is of. */
  readonly engine: EngineName;
  /** What it was made from. */
  readonly config: ContextConfig;
  /** The NPN protocols in wire format; OpenSSL reads them from here. */
  readonly npnWire: Uint8Array<ArrayBuffer>;
  readonly #current: () => Runtime;
  #runtime: Runtime;
  #ctx: NativeHandle;
  #handedOut = false;
  /**
   * The session id context from {@linkcode OpenSslContext.native} on, which no other context has.
   */
  #own: Bytes | undefined;
  /** The last session id context, and what it was made of. */
  #bound: { readonly base: Uint8Array; readonly name: string; readonly id: Bytes } | undefined;

  /**
   * Makes and configures the SSL_CTX; throws with the option and its input if OpenSSL refuses one.
   *
   * @param current The runtime at present, where that may change: then the SSL_CTX is made anew.
   */
  constructor(runtime: Runtime, config: ContextConfig, current: () => Runtime = () => runtime) {
    this.#current = current;
    this.#runtime = runtime;
    this.engine = runtime.library.engine;
    this.config = config;
    this.role = config.role;
    this.npnWire = alpnWire(config.npn);
    this.#ctx = newContext(runtime, config);
  }

  /** The SSL_CTX; throws after {@linkcode close}. */
  get ptr(): Deno.PointerObject {
    if (this.#ctx.freed) throw closedError("context");
    const now = this.#current();
    if (now !== this.#runtime) {
      // What the application did to it would be missing.
      if (this.#handedOut) throw lostContext();
      this.#ctx = newContext(now, this.config);
      this.#runtime = now;
    }
    return this.#ctx.ptr!;
  }

  async dial(
    target: DialTarget,
    params: SessionParams,
    options: WaitOptions = NO_OPTIONS,
  ): Promise<TlsStream> {
    const conn = await dialTcp(target, options);
    try {
      return this.start(conn, params);
    } catch (error) {
      conn.close();
      throw error;
    }
  }

  start(transport: ByteTransport, params: SessionParams): TlsStream {
    void this.ptr; // which makes sure of the runtime
    return new Pump(new OpenSslSession(this.#runtime, this, params), transport);
  }

  get memory(): object | undefined {
    return this.#runtime.library.memory;
  }

  /**
   * The SSL_CTX. An application that gets it may change its store: from then on this context has
   * a store of its own.
   */
  native(handOut?: "new" | "used"): Deno.PointerObject | undefined {
    const ptr = this.#ctx.ptr ?? undefined;
    if (handOut === undefined || ptr === undefined) return ptr;
    const { library: { c }, callbacks } = this.#runtime;
    const isolate = handOut === "used" && this.#own === undefined && this.role === "server";
    // A verification that is running uses the store without holding a reference to it.
    if (callbacks?.running && (isolate || !this.#handedOut)) {
      throw insideError("hand out the context");
    }
    if (!this.#handedOut) {
      withOwnStore(c, this.config.trust, (store) => c.SSL_CTX_set1_cert_store(ptr, store));
      this.#handedOut = true;
    }
    if (isolate) {
      this.#own = crypto.getRandomValues(new Uint8Array(32));
      c.SSL_CTX_set_session_id_context(ptr, this.#own, this.#own.length);
    }
    return ptr;
  }

  /**
   * A session is resumed only under the server name that it began with (RFC 6066 3): the name is
   * part of the session id context. `null` is a name that could not be read: no session fits it.
   */
  bindSessions(ssl: Deno.PointerObject, name: string | null): void {
    const id = name === null ? crypto.getRandomValues(new Uint8Array(32)) : this.#idFor(name);
    this.#runtime.library.c.SSL_set_session_id_context(ssl, id, id.length);
  }

  /** The session id context for a name. The last one is kept: most clients ask for the same name. */
  #idFor(name: string): Bytes {
    const base = this.#own ?? this.config.sessionIdContext ?? NONE;
    const last = this.#bound;
    if (last !== undefined && last.name === name && last.base === base) return last.id;
    const { c } = this.#runtime.library;
    const id = new Uint8Array(32);
    const all = concat([Uint8Array.of(base.length), base, new TextEncoder().encode(name)]);
    if (c.EVP_Digest(all, BigInt(all.length), id, null, c.EVP_sha256(), null) !== 1) {
      throw localError("Cannot bind the sessions to the server name", drainErrors(c));
    }
    this.#bound = { base, name, id };
    return id;
  }

  /** Frees the SSL_CTX; connections that run keep it alive. */
  close(): void {
    this.#ctx.free();
  }
}

function newContext(runtime: Runtime, config: ContextConfig): NativeHandle {
  const { c } = runtime.library;
  c.ERR_clear_error();
  const ptr = c.SSL_CTX_new(c.TLS_method());
  if (ptr === null) throw localError("Cannot create a context", drainErrors(c));
  const ctx = new NativeHandle(ptr, c.SSL_CTX_free);
  try {
    new ContextSettings(runtime, ptr, config).configure();
    return ctx;
  } catch (error) {
    ctx.free();
    throw error;
  } finally {
    c.ERR_clear_error();
  }
}
