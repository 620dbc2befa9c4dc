/**
 * The machine inside a socket: which phase it is in, the TLS stream or the
 * plain transport it works on, and the last error. `SslSocket` is its face.
 *
 * The path of a byte must stay short: with TLS in place `read` and `write` are
 * the engine's promise with one `then` on it, nothing else.
 *
 * @module
 */

import type { ConnectionState } from "../context/connection.ts";
import type { SslContext } from "../context/context.ts";
import { contextFor, engineContext, engineOf, newConnection } from "../context/internal.ts";
import type { ConnectOptions, ListenOptions, StartOptions } from "../context/options.ts";
import type {
  ByteTransport,
  EngineContext,
  Role,
  SessionParams,
  TlsStream,
  WaitOptions,
} from "../engine/types.ts";
import {
  SSL_WANT_READ,
  SslError,
  SslTruncatedError,
  SslUnsupportedError,
  type Want,
} from "../errors.ts";
import { closedError, namePeer, toSslError } from "./errors.ts";
import { PlainStream } from "./plain.ts";
import { type Ends, mayMove, type Phase } from "./state.ts";
import { FastStopped } from "./stop.ts";
import { Deadline, DEFAULT_CLOSE_TIMEOUT, DEFAULT_TIMEOUT } from "./timeouts.ts";
import {
  adopt,
  refuseInjection,
  type StreamPair,
  type Transport,
  type TransportSource,
} from "./transport.ts";

/** Options of `close` and `stopSsl`. */
export interface CloseOptions {
  /**
   * Do not send close_notify: the peer sees a truncated stream.
   *
   * Perl: `SSL_no_shutdown`
   */
  noShutdown?: boolean | undefined;
  /**
   * Send close_notify without waiting for the peer's. Default: `true` in `close`, `false` in `stopSsl`.
   *
   * Perl: `SSL_fast_shutdown`
   */
  fastShutdown?: boolean | undefined;
  /**
   * How long this may take, in milliseconds; 0 is no limit. Default: 5,000 in `close`, the
   * socket's `timeout` (30,000) in `stopSsl`.
   *
   * Perl: `Timeout`
   */
  timeout?: number | undefined;
}

/** The options of a socket, whichever way it was made. */
export type SocketOptions = Omit<ConnectOptions & StartOptions & ListenOptions, "port">;

/** What a {@linkcode SocketCore} is made from. */
export interface CoreInit {
  /** The options it was made with. */
  readonly options: SocketOptions;
  /** Which side it is. */
  readonly role: Role;
  /** The context of its connections. */
  readonly context: SslContext;
  /** The same, ready in the engine. */
  readonly engineContext: EngineContext;
  /** The peer, for messages. */
  readonly peer: string;
  /** The host that was asked for: where the names to send and to verify default from. */
  readonly hostname?: string | undefined;
  /** Whether the transport outlives a failed handshake. */
  readonly keepTransport: boolean;
}

/** One connection as the layer above the engine sees it. */
export interface Connection {
  /** For the engine. */
  readonly params: SessionParams;
  /** What the hooks found out. */
  readonly state: ConnectionState;
}

/** The options of an upgrade that concern only how long it may take. */
const TIMING = new Set(["timeout", "handshakeTimeout", "signal"]);

function hasOthers(options: object): boolean {
  return Object.entries(options).some(([k, v]) => v !== undefined && !TIMING.has(k));
}

/** The machine inside a socket. */
export class SocketCore {
  /** Where it is in its life. */
  phase: Phase = "plain";
  /** The last error. */
  error: SslError | undefined;
  /** What the verification of the peer found. */
  state: ConnectionState | undefined;
  /** Told once, when nothing is left of the connection. */
  onClose: (() => void) | undefined;
  #init: CoreInit;
  #plain: PlainStream | undefined;
  /** From the start of the handshake until it is closed or stopped. */
  #tls: TlsStream | undefined;
  /** The same, only while reads and writes may use it: the hot path looks at this alone. */
  #data: TlsStream | undefined;
  #fresh: Connection | undefined;
  #transport: ByteTransport | undefined;
  #truncated = false;
  #writeEnded = false;
  #lastWant: Want | undefined;
  #closing: Promise<void> | undefined;
  #localAddr: Deno.Addr | undefined;
  #remoteAddr: Deno.Addr | undefined;

  private constructor(init: CoreInit) {
    this.#init = init;
  }

  /** A socket over a plain transport. */
  static plain(init: CoreInit, transport: ByteTransport): SocketCore {
    const core = new SocketCore(init);
    core.#setTransport(transport);
    return core;
  }

  /** A socket over anything that TLS can run over; bytes that were read ahead come first. */
  static async over(
    init: CoreInit,
    source: Transport | StreamPair | TransportSource,
  ): Promise<SocketCore> {
    const core = SocketCore.plain(init, (await adopt(source)).transport);
    core.own(source);
    return core;
  }

  /** A socket on a TLS stream whose handshake has yet to be done. */
  static prepared(init: CoreInit, tls: TlsStream, connection: Connection): SocketCore {
    const core = new SocketCore(init);
    core.#tls = tls;
    core.#fresh = connection;
    core.#localAddr = tls.localAddr;
    core.#remoteAddr = tls.remoteAddr;
    return core;
  }

  /**
   * Who answers for a transport. `stopSsl` hands one out while the socket can still use it; when
   * another socket starts TLS on it, closing the first must leave it alone.
   */
  static readonly #owners = new WeakMap<object, SocketCore>();

  /** Answers for a transport from now on. */
  own(transport: object): void {
    SocketCore.#owners.set(transport, this);
  }

  #setTransport(transport: ByteTransport): void {
    this.#transport = transport;
    this.own(transport);
    this.#plain = new PlainStream(transport);
    this.#localAddr ??= transport.localAddr;
    this.#remoteAddr ??= transport.remoteAddr;
  }

  // ---- what it is

  /** The context. */
  get context(): SslContext {
    return this.#init.context;
  }

  /** The role. */
  get role(): Role {
    return this.#init.role;
  }

  /** The peer, for messages. */
  get peer(): string {
    return this.#init.peer;
  }

  /** The options it was made with. */
  get options(): SocketOptions {
    return this.#init.options;
  }

  /** Our address. */
  get localAddr(): Deno.Addr | undefined {
    return this.#localAddr;
  }

  /** The peer's address. */
  get remoteAddr(): Deno.Addr | undefined {
    return this.#remoteAddr;
  }

  /** The established TLS stream, for the getters. */
  get established(): TlsStream | undefined {
    return this.phase === "open" ? this.#tls : undefined;
  }

  /** Which directions have ended. */
  get ends(): Ends {
    const shutdown = this.#tls?.shutdownState;
    return {
      sent: this.#writeEnded || (shutdown?.sent ?? false),
      received: shutdown?.received ?? false,
      truncated: this.#truncated,
    };
  }

  #move(to: Phase): void {
    if (this.phase === to || !mayMove(this.phase, to)) return;
    this.phase = to;
    if (to !== "open") this.#data = undefined;
    if (to === "closed") this.onClose?.();
  }

  /** Remembers an error that a caller gets. */
  #record(error: unknown): unknown {
    if (error instanceof SslError) this.error = error;
    return error;
  }

  // ---- the handshake

  /** Starts TLS on a plain socket, with options on top of its own, and completes the handshake. */
  async upgrade(role: Role, more: SocketOptions = {}): Promise<void> {
    this.#mustBePlain(role);
    this.#move("handshaking");
    using deadline = this.#deadline(role, { ...this.#init.options, ...more });
    let connection: Connection;
    try {
      if (hasOthers(more) || role !== this.#init.role) {
        const options = { ...this.#init.options, ...more };
        const context = await deadline.race(contextFor(role, options));
        const ready = await deadline.race(engineContext(context, role));
        const hostname = options.hostname ?? this.#init.hostname;
        this.#init = { ...this.#init, options, role, context, engineContext: ready, hostname };
      }
      connection = this.#newConnection();
    } catch (error) {
      if (this.#closing) throw closedError("start TLS with", this.peer, error);
      if (this.phase === "handshaking") this.phase = "plain"; // not a byte has gone: it may be tried again
      throw this.#record(error);
    }
    await this.upgradeWith(connection, deadline);
  }

  /** The server's part for a connection that a listener accepted. */
  async accept(deadline: Deadline): Promise<void> {
    if (this.#tls !== undefined) await this.handshake(deadline);
    else await this.upgradeWith(this.#newConnection(), deadline);
  }

  /** Starts TLS on a plain socket and completes the handshake. */
  async upgradeWith(connection: Connection, deadline: Deadline): Promise<void> {
    this.#move("handshaking");
    this.#fresh = connection;
    try {
      await deadline.race(this.#takePlain());
    } catch (error) {
      throw this.#handshakeFailed(error, deadline.signal);
    }
    await this.handshake(deadline);
  }

  #mustBePlain(role: Role): void {
    if (this.phase === "plain" && this.#plain !== undefined) return;
    const call = role === "client" ? "connectSsl" : "acceptSsl";
    if (this.phase === "closed" || this.#closing) throw closedError("start TLS with", this.peer);
    throw new TypeError(
      `Cannot start TLS with ${this.peer}: ${call}() needs a plain socket, made with ` +
        `{ startHandshake: false } or by stopSsl(): this one is ${this.phase}`,
    );
  }

  #newConnection(): Connection {
    const { context, role, options, hostname } = this.#init;
    return newConnection(context, { role, options, hostname });
  }

  /** A bound on the handshake. */
  #deadline(role: Role, options: SocketOptions): Deadline {
    return new Deadline({
      timeout: options.timeout ?? DEFAULT_TIMEOUT,
      signal: options.signal,
      operation: role === "client" ? "complete the handshake with" : "accept a handshake from",
      peer: this.peer,
    });
  }

  /** Moves the plain transport under TLS, unless something came that must not. */
  async #takePlain(): Promise<void> {
    const plain = this.#plain!;
    await plain.sent;
    const { transport, ahead } = await adopt(plain.take());
    this.#setTransport(transport);
    if (this.#closing) return transport.close();
    refuseInjection(this.role, ahead, this.peer);
    this.#startTls(transport);
  }

  #startTls(transport: ByteTransport): void {
    this.#tls = this.#init.engineContext.start(transport, this.#fresh!.params);
    this.#plain = undefined;
  }

  /** Completes the handshake on the TLS stream that is there. */
  async handshake(deadline: Deadline): Promise<void> {
    this.#move("handshaking");
    const tls = this.#tls;
    if (tls === undefined || this.#closing) throw closedError("start TLS with", this.peer);
    this.state = this.#fresh?.state;
    try {
      await deadline.race(tls.handshake({ signal: deadline.signal }));
    } catch (error) {
      throw this.#handshakeFailed(error, deadline.signal);
    }
    if (this.#closing) throw closedError("complete the handshake with", this.peer);
    this.#established(tls);
  }

  #established(tls: TlsStream): void {
    this.#move("open");
    this.#data = tls;
    this.#truncated = this.#writeEnded = false;
  }

  #handshakeFailed(cause: unknown, signal?: AbortSignal): unknown {
    const what = this.role === "client" ? "connect to" : "accept a handshake from";
    if (this.#closing) return closedError(what, this.peer, cause);
    const own = this.state?.error ?? cause;
    const error = namePeer(what, this.peer, toSslError(what, this.peer, own, signal));
    this.#move("failed");
    if (error instanceof SslError && this.state?.report) error.report ??= this.state.report;
    const kept = this.#init.keepTransport ? this.#release() : undefined;
    if (kept === undefined) this.#dropAll();
    else {
      this.#setTransport(kept);
      if (error instanceof SslError) error.transport = kept;
    }
    return this.#record(error);
  }

  /** Frees TLS; the transport, where the engine gives it back. */
  #release(): ByteTransport | undefined {
    const tls = this.#tls;
    this.#tls = this.#data = undefined;
    try {
      return tls?.release() ?? this.#plain?.take();
    } catch {
      tls?.close(); // the Deno engine consumes its transport
      return undefined;
    }
  }

  #dropAll(): void {
    this.#tls?.close();
    const rest = this.#tls ? undefined : this.#transport;
    const transport = rest && SocketCore.#owners.get(rest) === this ? rest : undefined;
    this.#tls =
      this.#data =
      this.#plain =
      this.#transport =
        undefined;
    try {
      const closed: unknown = transport?.close();
      if (closed instanceof Promise) closed.catch(() => {});
    } catch {
      // It was closed beneath us: that is what was wanted.
    }
    this.#move("closed");
  }

  /** One step of the handshake, without waiting. */
  tryHandshake(role: Role): true | Want {
    if (this.phase === "open" && this.role === role) return true;
    if (this.phase !== "handshaking") {
      this.#mustBePlain(role);
      if (role !== this.role) {
        const call = role === "client" ? "connectSsl()" : "acceptSsl()";
        throw new TypeError(
          `Cannot start TLS with ${this.peer} without waiting: the socket was made for the ` +
            `other side and its context must be loaded: use await ${call}`,
        );
      }
      this.#fresh = this.#newConnection();
      this.state = this.#fresh.state;
      const plain = this.#plain!;
      const ahead = new Uint8Array(Math.min(plain.pending(), 64));
      if (ahead.length > 0) this.#lookAhead(plain, ahead);
      this.#move("handshaking");
      this.#startTls(plain.take());
    }
    const tls = this.#tls;
    if (tls === undefined) throw closedError("start TLS with", this.peer);
    try {
      const step = tls.tryHandshake();
      if (step === true) this.#established(tls);
      else this.#lastWant = step;
      return step;
    } catch (error) {
      throw this.#handshakeFailed(error);
    }
  }

  #lookAhead(plain: PlainStream, head: Uint8Array): void {
    plain.peekNow(head);
    refuseInjection(this.role, head, this.peer);
  }

  // ---- data

  readonly #onReadError = (error: unknown): null => this.#readFailed(error);
  readonly #onWriteError = (error: unknown): never => {
    throw this.#failed("write to", error);
  };

  /** Reads. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const tls = this.#data;
    if (tls === undefined || p.length === 0) return this.#readSlow(p, options);
    const signal = options?.signal;
    return tls.read(p, options).then(
      undefined,
      signal ? (error) => this.#readFailed(error, signal) : this.#onReadError,
    );
  }

  async #readSlow(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const plain = this.#plainFor("read from");
    if (p.length === 0 || plain === undefined) return 0;
    try {
      return await plain.read(p, options);
    } catch (error) {
      throw this.#failed("read from", error, options?.signal);
    }
  }

  /** The plain stream if data goes there now; `undefined` with TLS; throws where there is neither. */
  #plainFor(operation: string): PlainStream | undefined {
    if (this.#data !== undefined) return undefined;
    if (this.phase === "plain" && this.#plain !== undefined) return this.#plain;
    if (this.phase === "closed" || this.#closing) {
      throw this.#record(closedError(operation, this.peer));
    }
    const why = this.phase === "failed" ? "the handshake failed" : "the handshake is not complete";
    const error = new SslError(`Cannot ${operation} ${this.peer}: ${why}`, { code: "ENOTCONN" });
    throw this.#record(error);
  }

  #readFailed(error: unknown, signal?: AbortSignal): null {
    if (error instanceof SslTruncatedError && !this.#closing) {
      this.#truncated = true;
      if (this.options.allowTruncation) return null;
    }
    throw this.#failed("read from", error, signal);
  }

  #failed(operation: string, error: unknown, signal?: AbortSignal): unknown {
    if (this.#closing) return closedError(operation, this.peer, error);
    return this.#record(toSslError(operation, this.peer, error, signal));
  }

  /** Reads without consuming. */
  async peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const plain = this.#plainFor("read from");
    if (p.length === 0) return 0;
    try {
      return await (plain ?? this.#data!).peek(p, options);
    } catch (error) {
      if (plain === undefined) return this.#readFailed(error, options?.signal);
      throw this.#failed("read from", error, options?.signal);
    }
  }

  /** Bytes that can be read without waiting. */
  pending(): number {
    if (this.#data !== undefined) return this.#data.pending();
    return this.#plain?.pending() ?? 0;
  }

  /** Reads what is there. */
  tryRead(p: Uint8Array): number | null | Want {
    const plain = this.#plainFor("read from");
    if (p.length === 0) return 0;
    try {
      const r = (plain ?? this.#data!).tryRead(p);
      if (typeof r === "object" && r !== null) this.#lastWant = r;
      return r;
    } catch (error) {
      if (plain === undefined) return this.#readFailed(error);
      throw this.#failed("read from", error);
    }
  }

  /** Writes all of `p`. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const tls = this.#data;
    if (tls === undefined || this.#writeEnded) return this.#writeSlow(p, options);
    const signal = options?.signal;
    return tls.write(p, options).then(
      undefined,
      signal
        ? (error) => Promise.reject(this.#failed("write to", error, signal))
        : this.#onWriteError,
    );
  }

  async #writeSlow(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const plain = this.#plainFor("write to");
    this.#mustBeWritable();
    try {
      return await (plain ?? this.#data!).write(p, options);
    } catch (error) {
      throw this.#failed("write to", error, options?.signal);
    }
  }

  #mustBeWritable(): void {
    if (!this.#writeEnded || this.#data === undefined) return;
    const why = "close_notify was sent, the writing direction has ended";
    throw this.#record(new SslError(`Cannot write to ${this.peer}: ${why}`, { code: "EPIPE" }));
  }

  /** Takes what fits into the send buffer. */
  tryWrite(p: Uint8Array): number | Want {
    const plain = this.#plainFor("write to");
    this.#mustBeWritable();
    try {
      const r = (plain ?? this.#data!).tryWrite(p);
      if (typeof r === "object") this.#lastWant = r;
      return r;
    } catch (error) {
      throw this.#failed("write to", error);
    }
  }

  /** Resolves when the direction may progress. */
  async ready(want: Want | undefined, options?: WaitOptions): Promise<void> {
    const direction = want ?? this.#lastWant ?? SSL_WANT_READ;
    if (this.phase === "closed" || this.phase === "failed") return; // the next call says why
    await (this.#tls ?? this.#plain)?.ready(direction, options);
  }

  // ---- the end

  /** Ends our direction with close_notify. */
  async closeWrite(options?: WaitOptions): Promise<void> {
    const plain = this.#plainFor("write to");
    if (plain !== undefined) {
      await plain.sent;
      return await this.#transport?.closeWrite?.();
    }
    if (this.#writeEnded) return;
    this.#writeEnded = true;
    try {
      await this.#data!.shutdown({ fast: true, ...options });
    } catch (error) {
      throw this.#failed("write to", error, options?.signal);
    }
  }

  /** Goes back to plain text; the transport. */
  async stop(options: CloseOptions = {}): Promise<ByteTransport> {
    const tls = this.established;
    if (tls === undefined || this.#closing) {
      const plain = this.#plainFor("stop TLS with")!; // says what is wrong, unless it is plain
      const transport = plain.take();
      this.#setTransport(transport);
      return transport;
    }
    using deadline = new Deadline({
      timeout: options.timeout ?? this.options.timeout ?? DEFAULT_TIMEOUT,
      operation: "stop TLS with",
      peer: this.peer,
    });
    try {
      if (!options.noShutdown) {
        this.#writeEnded = true;
        const { signal } = deadline;
        await deadline.race(tls.shutdown({ fast: options.fastShutdown === true, signal }));
      }
    } catch (error) {
      if (error instanceof SslTruncatedError) this.#truncated = true;
      throw this.#failed("stop TLS with", error, deadline.signal);
    }
    if (this.#closing) throw closedError("stop TLS with", this.peer);
    return this.#toPlain(tls, options.fastShutdown === true && !options.noShutdown);
  }

  #toPlain(tls: TlsStream, early: boolean): ByteTransport {
    const transport = early && !tls.shutdownState.received && this.#transport
      ? new FastStopped(tls, this.#transport)
      : tls.release();
    this.#tls = undefined;
    this.#move("plain");
    this.#setTransport(transport);
    return transport;
  }

  /** One step of going back to plain text, without waiting. */
  tryStop(): true | Want {
    const tls = this.established;
    if (tls === undefined) {
      this.#plainFor("stop TLS with");
      return true;
    }
    try {
      this.#writeEnded = true;
      const step = tls.tryShutdown();
      if (step === true) this.#toPlain(tls, false);
      else this.#lastWant = step;
      return step;
    } catch (error) {
      if (error instanceof SslTruncatedError) this.#truncated = true;
      throw this.#failed("stop TLS with", error);
    }
  }

  /** Closes everything; the second call waits for the first. */
  close(options: CloseOptions = {}): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    if (options.noShutdown) this.#mustCut();
    const closing = this.#close(options);
    this.#closing = closing.catch(() => {}); // the first caller is told
    return closing;
  }

  /** Deno's TLS sends close_notify whenever it closes; there is no way around it. */
  #mustCut(): void {
    const engine = engineOf(this.context);
    if (this.established === undefined || engine.features.has("stopTls")) return;
    throw new SslUnsupportedError(
      `Cannot close with noShutdown: the engine "${engine.name}" always sends close_notify: ` +
        `leave it out, or run with --allow-ffi to use the engine "openssl"`,
      { code: "ERR_UNSUPPORTED" },
    );
  }

  /**
   * Closes at once and, where the engine can, without close_notify, so that the peer does not take
   * what it has got for the whole.
   */
  cut(): Promise<void> {
    return this.#closing ??= this.#close({ noShutdown: true });
  }

  async #close(options: CloseOptions): Promise<void> {
    const tls = this.established;
    const fast = options.fastShutdown ?? true;
    const sent = this.#writeEnded && fast;
    let failure: unknown;
    if (tls !== undefined && !options.noShutdown && !sent) {
      this.#writeEnded = true;
      using deadline = new Deadline({
        timeout: options.timeout ?? DEFAULT_CLOSE_TIMEOUT,
        operation: "close the connection to",
        peer: this.peer,
      });
      try {
        await deadline.race(tls.shutdown({ fast, signal: deadline.signal }));
      } catch (error) {
        // A peer that is gone cannot be told; errstr() has it for those who ask.
        failure = this.#record(toSslError("close the connection to", this.peer, error));
      }
    }
    this.#dropAll();
    if (failure !== undefined && !fast) throw failure;
  }

  /** Lets the event loop wait. */
  ref(): void {
    if (this.#tls) this.#tls.ref();
    else this.#transport?.ref?.();
  }

  /** Does not let the event loop wait. */
  unref(): void {
    if (this.#tls) this.#tls.unref();
    else this.#transport?.unref?.();
  }
}

/** The engine of a socket. */
export function engineNameOf(core: SocketCore): "openssl" | "deno" {
  return engineOf(core.context).name;
}
