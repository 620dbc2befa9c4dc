/**
 * The machine inside a socket, first part: its state, and the way of the data.
 *
 * The path of a byte must stay short: with TLS in place `read` and `write` are
 * the engine's promise with one `then` on it, nothing else.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import type { ConnectionState } from "../context/connection.ts";
import type { SslContext } from "../context/context.ts";
import { recordOf } from "../context/context_record.ts";
import { layOver } from "../context/lay_over.ts";
import type { ByteTransport, Role, TlsStream, WaitOptions } from "../engine/engine.ts";
import { insideError } from "../internal/waiting.ts";
import { SSL_WANT_READ, SslError, SslPeerError, SslTruncatedError, type Want } from "../errors.ts";
import { learn } from "../internal/facts.ts";
import { fromCaller } from "../internal/caller.ts";
import { ownRecord } from "../internal/own_options.ts";
import type { Connection, CoreInit } from "./core_types.ts";
import type { SocketOptions } from "./options.ts";
import { closedError, toSslError } from "./errors.ts";
import { PlainStream } from "./plain_stream.ts";
import type { SslSocket } from "./socket.ts";
import { type Ends, mayMove, type Phase } from "./state.ts";

/** Refuses what is no bytes before an engine sees it: each would fail in its own way, or wait for ever. */
function checkBuffer(operation: "read from" | "write to", peer: string, p: unknown): void {
  if (p instanceof Uint8Array) return;
  const text = typeof p === "string";
  const [what, advice] = operation === "write to"
    ? ["the data", text ? ": encode it with TextEncoder, or print it with a Handle" : ""]
    : ["the buffer", typeof p === "number" ? `: give new Uint8Array(${p})` : ""];
  throw fromCaller(
    new TypeError(
      `Cannot ${operation} ${peer}: ${what} must be a Uint8Array: received ${
        p === null ? "null" : typeof p
      }${advice}`,
    ),
  );
}

/** The state of a socket, and reading and writing. */
export abstract class CoreData {
  /** Where it is in its life. */
  phase: Phase = "plain";
  /** The last error. */
  error: SslError | undefined;
  /** What the verification of the peer found. */
  state: ConnectionState | undefined;
  /** Told once, when nothing is left of the connection. */
  onClose: (() => void) | undefined;
  /** The object around this machine, for the callbacks of the application. */
  face: object | undefined;
  /** Told once when a read meets the peer's close_notify. */
  protected onPeerEnd: SocketOptions["onPeerShutdown"];
  protected init: CoreInit;
  protected plainData: PlainStream | undefined;
  /** Why TLS could not be started where it was wanted: nothing goes in plain text then. */
  protected refusal: unknown;
  /** From the start of the handshake until it is closed or stopped. */
  protected tls: TlsStream | undefined;
  /** The same, only while reads and writes may use it: the hot path looks at this alone. */
  protected data: TlsStream | undefined;
  protected fresh: Connection | undefined;
  protected transport: ByteTransport | undefined;
  protected truncated = false;
  /** Whether the peer's close_notify was answered at once: TLS is over until it is stopped. */
  protected answered = false;
  protected writeEnded = false;
  protected lastWant: Want | undefined;
  protected closing: Promise<void> | undefined;
  protected ownAddr: Deno.Addr | undefined;
  protected peerAddr: Deno.Addr | undefined;

  /** Nothing is there yet. */
  protected constructor(init: CoreInit) {
    this.init = init;
  }

  /**
   * Who answers for a transport. `stopSsl` hands one out while the socket can still use it; when
   * another socket starts TLS on it, closing the first must leave it alone.
   */
  static readonly #owners = new WeakMap<object, CoreData>();

  /** The socket whose TLS runs over a transport, if one does. */
  static ownerOf(transport: object): CoreData | undefined {
    const owner = CoreData.#owners.get(transport);
    return owner?.phase === "handshaking" || owner?.phase === "open" ? owner : undefined;
  }

  /** Answers for a transport from now on. */
  own(transport: object): void {
    CoreData.#owners.set(transport, this);
  }

  protected setTransport(transport: ByteTransport): void {
    this.transport = transport;
    this.own(transport);
    this.plainData = new PlainStream(transport);
    this.ownAddr ??= transport.localAddr;
    this.peerAddr ??= transport.remoteAddr;
  }

  // ---- what it is

  /** The context. */
  get context(): SslContext {
    return (this.state?.context as SslContext | undefined) ?? this.init.context;
  }

  /** The role. */
  get role(): Role {
    return this.init.role;
  }

  /** The peer, for messages. */
  get peer(): string {
    return this.init.peer;
  }

  /** The options it was made with. */
  get options(): SocketOptions {
    return this.init.options;
  }

  /** The host that was asked for. */
  get hostname(): string | undefined {
    return this.init.hostname;
  }

  /** Whether the last plain read gave `null` for the end of TLS, which plain text follows. */
  get resumes(): boolean {
    return this.phase === "plain" && this.plainData?.resumes === true;
  }

  /** Options for TLS that is started later: those given then, over those of the socket. */
  later(given: SocketOptions): SocketOptions {
    return layOver(this.init.options, given);
  }

  /** Our address. */
  get localAddr(): Deno.Addr | undefined {
    return this.ownAddr;
  }

  /** The peer's address. */
  get remoteAddr(): Deno.Addr | undefined {
    return this.peerAddr;
  }

  /** The established TLS stream, for the getters. */
  get established(): TlsStream | undefined {
    return this.phase === "open" ? this.tls : undefined;
  }

  /** Which directions have ended. */
  get ends(): Ends {
    const shutdown = this.tls?.shutdownState;
    return {
      sent: this.writeEnded || (shutdown?.sent ?? false),
      received: shutdown?.received ?? false,
      truncated: this.truncated,
    };
  }

  /** Inside a callback that the engine makes for this connection nothing can be done that cannot wait. */
  protected mustBeIdle(operation: string): void {
    if (this.tls?.idle) throw this.record(insideError(`${operation} ${this.peer}`));
  }

  /** Plain bytes that wait in the socket's own web stream. */
  protected get streamed(): number {
    return 0;
  }

  protected moveTo(to: Phase): void {
    if (this.phase === to || !mayMove(this.phase, to)) return;
    this.phase = to;
    if (to !== "open") this.data = undefined;
    if (to === "closed") this.onClose?.();
  }

  /** Remembers an error that a caller gets. */
  protected record(error: unknown): unknown {
    if (error instanceof SslError) {
      this.error = error;
      learn(error, { role: this.role });
    }
    return error;
  }

  // ---- data

  readonly #onReadError = (error: unknown): null => this.readFailed(error);
  readonly #onWriteError = (error: unknown): never => {
    throw this.failure("write to", error);
  };

  /** Reads. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const tls = this.data;
    if (tls === undefined || !(p?.length > 0) || this.onPeerEnd || !(p instanceof Uint8Array)) {
      return this.#readSlow(p, options);
    }
    const signal = options?.signal;
    return tls.read(p, options).then(
      undefined,
      signal ? (error) => this.readFailed(error, signal) : this.#onReadError,
    );
  }

  async #readSlow(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    checkBuffer("read from", this.peer, p);
    const plain = this.plainFor("read from");
    if (p.length === 0) return 0;
    if (plain === undefined) return await this.#readWatched(this.data!, p, options);
    try {
      return await plain.read(p, options);
    } catch (error) {
      throw this.failure("read from", error, options?.signal);
    }
  }

  /** As `read`, with somebody to be told of the peer's close_notify. */
  async #readWatched(
    tls: TlsStream,
    p: Uint8Array,
    options?: WaitOptions,
  ): Promise<number | null> {
    let n: number | null;
    try {
      n = await tls.read(p, options);
    } catch (error) {
      return this.readFailed(error, options?.signal);
    }
    return n === null ? await this.#tellPeerEnd(p.length) : n;
  }

  /** Whether our direction outlives the peer's. */
  protected get halfClose(): boolean {
    return this.options.halfClose ?? recordOf(this.context).options.halfClose ?? true;
  }

  /** Answers the peer's close_notify at once. A peer that is gone does not need the answer. */
  protected answerEnd(tls: TlsStream): null {
    this.answered = true;
    this.data = undefined;
    if (this.writeEnded) return null;
    this.writeEnded = true;
    tls.shutdown(ownRecord({ fast: true })).catch((error) => {
      if (!this.closing) this.record(toSslError("answer the end of", this.peer, error));
    });
    return null;
  }

  #tellPeerEnd(length: number): number | null | Promise<number | null> {
    const tell = this.onPeerEnd;
    this.onPeerEnd = undefined;
    const answer = tell?.(this.face as SslSocket);
    const check = (value: number | null | void): number | null => {
      if (value === undefined || value === null) return null;
      if (Number.isInteger(value) && value >= 0 && value <= length) return value;
      throw new RangeError(
        `Cannot use what onPeerShutdown gave: it must be null or a number of bytes from 0 to ` +
          `${length}: received ${quote(value)}`,
      );
    };
    return answer instanceof Promise ? answer.then(check) : check(answer);
  }

  /** The plain stream if data goes there now; `undefined` with TLS; throws where there is neither. */
  protected plainFor(operation: string): PlainStream | undefined {
    if (this.data !== undefined) return undefined;
    if (this.phase === "plain" && this.plainData !== undefined) {
      if (this.refusal === undefined) return this.plainData;
      // What is unread is still to be read, and stands in the way of a start.
      const unread = this.refusal instanceof SslError && this.refusal.code === "ERR_UNREAD";
      if (unread && operation === "read from") return this.plainData;
      const reason = "starting TLS has failed";
      const message = `Cannot ${operation} ${this.peer}: ${reason}: start it again, or close it`;
      const refused = { code: "ERR_START_TLS", reason, cause: this.refusal };
      throw fromCaller(this.record(new SslError(message, refused)));
    }
    if (this.phase === "closed" || this.closing) {
      throw fromCaller(this.record(closedError(operation, this.peer)));
    }
    if (this.phase === "open" && this.answered) {
      const reason = "the peer has ended TLS, and was answered (halfClose: false)";
      const message = `Cannot ${operation} ${this.peer}: ${reason}: call stopSsl() or close()`;
      const over = { code: "ERR_TLS_ENDED", errno: 1, reason };
      throw fromCaller(this.record(new SslError(message, over)));
    }
    const why = this.phase === "failed" ? "the handshake failed" : "the handshake is not complete";
    const error = new SslError(`Cannot ${operation} ${this.peer}: ${why}`, { code: "ENOTCONN" });
    throw fromCaller(this.record(error));
  }

  /** Nothing more can be read after a truncation, nor after what the peer did wrong or failed with. */
  protected ended(error: unknown): void {
    const final = error instanceof SslTruncatedError || error instanceof SslPeerError;
    if (final && !this.closing) this.truncated = true;
  }

  protected readFailed(error: unknown, signal?: AbortSignal): null {
    this.ended(error);
    if (error instanceof SslTruncatedError && !this.closing && this.options.allowTruncation) {
      return null;
    }
    throw this.failure("read from", error, signal);
  }

  protected failure(operation: string, error: unknown, signal?: AbortSignal): unknown {
    if (this.closing) return fromCaller(closedError(operation, this.peer, error));
    // What OpenSSL failed ended with a fatal alert: its session is not to be used again (RFC 5246 7.2.2).
    if (error instanceof SslError && error.library !== undefined) this.state?.failed();
    return fromCaller(this.record(toSslError(operation, this.peer, error, signal)));
  }

  /** Reads without consuming. */
  async peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    checkBuffer("read from", this.peer, p);
    const plain = this.plainFor("read from");
    if (p.length === 0) return 0;
    try {
      return await (plain ?? this.data!).peek(p, options);
    } catch (error) {
      if (plain === undefined) return this.readFailed(error, options?.signal);
      throw this.failure("read from", error, options?.signal);
    }
  }

  /** Bytes that can be read without waiting. */
  pending(): number {
    if (this.data !== undefined) return this.data.pending();
    return this.plainData?.pending() ?? 0;
  }

  /** Looks at what is there. */
  tryPeek(p: Uint8Array): number | null | Want {
    checkBuffer("read from", this.peer, p);
    const plain = this.plainFor("read from");
    if (p.length === 0) return 0;
    try {
      const r = (plain ?? this.data!).tryPeek(p);
      if (typeof r === "object" && r !== null) this.lastWant = r;
      return r;
    } catch (error) {
      if (plain === undefined) return this.readFailed(error);
      throw this.failure("read from", error);
    }
  }

  /** Reads what is there. */
  tryRead(p: Uint8Array): number | null | Want {
    checkBuffer("read from", this.peer, p);
    const plain = this.plainFor("read from");
    if (p.length === 0) return 0;
    try {
      const r = (plain ?? this.data!).tryRead(p);
      if (typeof r === "object" && r !== null) this.lastWant = r;
      if (r !== null || plain !== undefined || this.onPeerEnd === undefined) return r;
    } catch (error) {
      if (plain === undefined) return this.readFailed(error);
      throw this.failure("read from", error);
    }
    const answer = this.#tellPeerEnd(p.length);
    if (!(answer instanceof Promise)) return answer;
    answer.catch((error) => this.record(toSslError("read from", this.peer, error)));
    return null; // this call does not wait
  }

  /** Writes all of `p`. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const tls = this.data;
    if (tls === undefined || this.writeEnded || !(p instanceof Uint8Array)) {
      return this.#writeSlow(p, options);
    }
    const signal = options?.signal;
    return tls.write(p, options).then(
      undefined,
      signal
        ? (error) => Promise.reject(this.failure("write to", error, signal))
        : this.#onWriteError,
    );
  }

  async #writeSlow(p: Uint8Array, options?: WaitOptions): Promise<number> {
    checkBuffer("write to", this.peer, p);
    const plain = this.plainFor("write to");
    this.mustBeWritable();
    try {
      return await (plain ?? this.data!).write(p, options);
    } catch (error) {
      throw this.failure("write to", error, options?.signal);
    }
  }

  protected mustBeWritable(): void {
    if (!this.writeEnded || this.data === undefined) return;
    if (this.closing) throw fromCaller(this.record(closedError("write to", this.peer)));
    const why = "close_notify was sent, the writing direction has ended";
    const error = new SslError(`Cannot write to ${this.peer}: ${why}`, { code: "EPIPE" });
    throw fromCaller(this.record(error));
  }

  /** Takes what fits into the send buffer. */
  tryWrite(p: Uint8Array): number | Want {
    checkBuffer("write to", this.peer, p);
    const plain = this.plainFor("write to");
    this.mustBeWritable();
    try {
      const r = (plain ?? this.data!).tryWrite(p);
      if (typeof r === "object") this.lastWant = r;
      return r;
    } catch (error) {
      throw this.failure("write to", error);
    }
  }

  /** Resolves when the direction may progress. */
  async ready(want: Want | undefined, options?: WaitOptions): Promise<void> {
    const direction = want ?? this.lastWant ?? SSL_WANT_READ;
    if (this.phase === "closed" || this.phase === "failed") return; // the next call says why
    await (this.tls ?? this.plainData)?.ready(direction, options);
  }

  /** Frees TLS; the transport, where the engine gives it back. */
  protected releaseTls(): ByteTransport | undefined {
    const tls = this.tls;
    this.tls = this.data = undefined;
    try {
      return tls?.release() ?? this.plainData?.take();
    } catch {
      tls?.close(); // the Deno engine consumes its transport
      return undefined;
    }
  }

  protected dropAll(): void {
    this.tls?.close();
    const rest = this.tls ? undefined : this.transport;
    const transport = rest && CoreData.#owners.get(rest) === this ? rest : undefined;
    this.tls =
      this.data =
      this.plainData =
      this.transport =
        undefined;
    try {
      const closed: unknown = transport?.close();
      if (closed instanceof Promise) closed.catch(() => {});
    } catch {
      // It was closed beneath us: that is what was wanted.
    }
    this.moveTo("closed");
  }

  /** Lets the event loop wait. */
  ref(): void {
    if (this.tls) this.tls.ref();
    else this.transport?.ref?.();
  }

  /** Does not let the event loop wait. */
  unref(): void {
    if (this.tls) this.tls.unref();
    else this.transport?.unref?.();
  }
}
