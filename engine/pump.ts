/**
 * The pump: drives a sans-IO session over a transport. What waits in the OpenSSL engine waits here:
 * the transport brings bytes for the session (inflow.ts), or takes its bytes for the peer
 * (outflow.ts). The pump reads only for an operation that needs it, never ahead, so plain bytes that
 * follow TLS are not swallowed and a peer that nobody reads from feels backpressure. A flush also
 * follows a failure, because it carries the alert.
 *
 * Reading never waits for writing: output made by a read (an answer to a key
 * update) is flushed aside, so two peers that both send without reading cannot
 * lock each other through us. Writing waits for its bytes to be gone
 * (write_queue.ts).
 *
 * @module
 */

import { NO_OPTIONS } from "../internal/own_options.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslError, type Want } from "../errors.ts";
import { giveBuffer, MAX_WRITE, takeBuffer } from "./buffers.ts";
import { Handshake } from "./handshake.ts";
import type { HandshakeProgress } from "./handshake_progress.ts";
import { Inflow } from "./inflow.ts";
import { isGone, LastWords } from "./last_words.ts";
import { Outflow } from "./outflow.ts";
import type { SansIoSession } from "./sans_io.ts";
import { SessionCalls } from "./session_calls.ts";
import { BufferedTransport } from "./transport.ts";
import { WriteQueue } from "./write_queue.ts";
import type { ByteTransport, Role, ShutdownOptions, TlsStream, WaitOptions } from "./engine.ts";
import type { KeyExchange, Negotiated, ShutdownState } from "./connection_facts.ts";
import { ignore, orAborted } from "../internal/waiting.ts";
import { transportError, WIRE_EVENTS, wireError } from "./wire_errors.ts";

/** How much may wait for a peer that makes us answer, as to key updates, and takes no answers. */
const MAX_UNTAKEN = 4 * MAX_WRITE;

/** A TLS stream made of a session and a transport; the interface says what its members do. */
export class Pump implements TlsStream {
  readonly role: Role;
  readonly #session: SansIoSession;
  readonly #transport: ByteTransport;
  readonly #in: Inflow;
  readonly #out: Outflow;
  readonly #calls: SessionCalls;
  readonly #writes: WriteQueue;
  readonly #lastWords: LastWords;
  readonly #handshake: Handshake;
  #reading = false;
  #endTold = false;

  constructor(session: SansIoSession, transport: ByteTransport) {
    this.role = session.role;
    this.#session = session;
    this.#transport = transport;
    this.#in = new Inflow(session, transport);
    this.#out = new Outflow(session, transport, (cause) => this.#whyGone(cause));
    this.#calls = new SessionCalls(session, this.#out);
    this.#writes = new WriteQueue(session, this.#calls, this.#out);
    this.#lastWords = new LastWords(session, this.#in, {
      calls: this.#calls,
      reading: () => this.#reading,
    });
    this.#handshake = new Handshake(session, {
      calls: this.#calls,
      inflow: this.#in,
      outflow: this.#out,
    });
  }

  get established(): boolean {
    return this.#session.established;
  }

  get progress(): HandshakeProgress {
    return this.#handshake.progress;
  }

  get localAddr(): Deno.Addr | undefined {
    return this.#transport.localAddr;
  }

  get remoteAddr(): Deno.Addr | undefined {
    return this.#transport.remoteAddr;
  }

  get shutdownState(): ShutdownState {
    return this.#session.shutdownState;
  }

  // ---- a peer that is gone

  /**
   * Why the transport no longer takes anything: what the peer said, or the transport's own error.
   */
  async #whyGone(cause: unknown): Promise<unknown> {
    if (isGone(cause)) await this.#lastWords.hear();
    return this.#calls.failure ?? transportError("write", cause);
  }

  get endTold(): boolean {
    return this.#endTold;
  }

  // ---- inside a callback

  get idle(): Promise<void> | undefined {
    return this.#calls.idle;
  }

  // ---- handshake

  handshake(options: WaitOptions = NO_OPTIONS): Promise<void> {
    if (this.#calls.busy) return this.#calls.whenIdle().then(() => this.handshake(options));
    return this.#handshake.complete(options.signal);
  }

  tryHandshake(): true | Want {
    this.#calls.mustBeIdle("complete the handshake");
    return this.#handshake.tryStep();
  }

  // ---- reading

  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#readWith(p, options?.signal, false);
  }

  peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#readWith(p, options?.signal, true);
  }

  async #readWith(
    p: Uint8Array,
    signal: AbortSignal | undefined,
    peek: boolean,
  ): Promise<number | null> {
    if (this.#calls.busy) await this.#calls.whenIdle();
    if (this.#reading) {
      throw new SslError("Cannot read: another read is in flight: await it first", {
        code: "ERR_CONCURRENT_READ",
      });
    }
    this.#reading = true;
    try {
      for (;;) {
        const r = peek ? this.#peekNow(p) : this.tryRead(p);
        if (typeof r !== "object" || r === null) return r;
        const read = this.#in.begin();
        await (signal ? orAborted(read.done, signal) : read.done);
        this.#in.end(read);
      }
    } finally {
      this.#reading = false;
    }
  }

  tryRead(p: Uint8Array): number | null | Want {
    this.#calls.mustBeIdle("read");
    if (this.#lastWords.size > 0 && !this.#calls.closed) return this.#lastWords.take(p, false);
    this.#calls.mustWork();
    let r: number | null | Want;
    try {
      r = this.#session.read(p);
      if (this.#session.output > 0) this.#answer(r);
    } catch (error) {
      throw this.#calls.failed(error);
    }
    if (r === SSL_WANT_READ) this.#in.check(); // at its end, ready() would not wait, and the caller would try for ever
    else if (r === null) this.#endTold = true;
    return r;
  }

  tryPeek(p: Uint8Array): number | null | Want {
    this.#calls.mustBeIdle("read");
    const r = this.#peekNow(p);
    if (r === SSL_WANT_READ) this.#in.check();
    return r;
  }

  #peekNow(p: Uint8Array): number | null | Want {
    if (this.#lastWords.size > 0 && !this.#calls.closed) return this.#lastWords.take(p, true);
    return this.#calls.step(() => {
      const r = this.#session.peek(p);
      if (this.#session.output > 0) this.#answer(r);
      return r;
    });
  }

  /** Sends what a read has made without waiting; the data that it brought is still delivered. */
  #answer(read: number | null | Want): void {
    this.#out.aside();
    if (this.#session.output <= MAX_UNTAKEN || read === null) return;
    const reason = "it asks for answers and does not take them";
    const error = wireError("read", WIRE_EVENTS.misbehaved, { reason });
    if (typeof read === "object") throw error;
    this.#calls.failNext(error);
  }

  pending(): number {
    if (this.#calls.closed) return 0;
    this.#calls.mustBeIdle("tell what is pending");
    if (this.#lastWords.size > 0) return this.#lastWords.size;
    return this.#calls.step(() => this.#session.pending());
  }

  async ready(want: Want, options?: WaitOptions): Promise<void> {
    if (this.#calls.busy) await this.#calls.whenIdle();
    if (want === SSL_WANT_WRITE) {
      await orAborted(this.#out.flushing ?? Promise.resolve(), options?.signal).catch((error) => {
        if (options?.signal?.aborted) throw error; // a transport error comes out of the next call
      });
      return;
    }
    const suspended = this.#handshake.takeSuspended();
    if (suspended !== undefined) return await orAborted(suspended, options?.signal);
    // In a handshake the peer cannot answer what was not sent; the next step reports a failure.
    if (!this.#session.established && this.#out.flushing) {
      return await orAborted(this.#out.flushing.then(ignore, ignore), options?.signal);
    }
    if (this.#in.ended || this.#calls.closed || this.#session.fed) return;
    if (this.#calls.failure !== undefined || this.#lastWords.size > 0) return;
    if (this.#session.established && this.#session.pending() > 0) return;
    await this.#in.fill(options?.signal).catch((error) => {
      if (options?.signal?.aborted) throw error;
    });
  }

  // ---- writing

  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    this.#in.wrote();
    return this.#writes.write(p, options);
  }

  tryWrite(p: Uint8Array): number | Want {
    this.#calls.mustBeIdle("write");
    this.#in.wrote();
    return this.#writes.tryWrite(p);
  }

  // ---- the end

  /** Sends close_notify; unless `fast`, reads on until the peer's has come. */
  async shutdown(options: ShutdownOptions = NO_OPTIONS): Promise<void> {
    const { signal } = options;
    if (this.#calls.busy) await this.#calls.whenIdle();
    if (this.#writes.length > 0) await orAborted(this.#writes.last, signal);
    this.#out.check();
    this.#calls.step(() => this.#session.closeNotify());
    await orAborted(this.#out.flush(), signal);
    if (options.fast) return;
    const sink = takeBuffer(MAX_WRITE);
    try {
      while (!this.#session.shutdownState.received) {
        if (await this.read(sink, { signal }) === null) break;
      }
    } finally {
      giveBuffer(sink);
    }
  }

  tryShutdown(): boolean | Want {
    this.#calls.mustBeIdle("end the connection");
    this.#out.check();
    if (this.#writes.length > 0) return SSL_WANT_WRITE;
    if (typeof this.#peekNow(new Uint8Array(1)) === "number") return false;
    this.#calls.step(() => this.#session.closeNotify());
    this.#out.aside();
    if (this.#out.flushing !== undefined) return SSL_WANT_WRITE;
    const r = this.tryPeek(new Uint8Array(1));
    return r === null || (typeof r === "number" ? false : SSL_WANT_READ);
  }

  release(): ByteTransport {
    this.#calls.mustBeIdle("give the transport back");
    const ahead = this.#calls.closed ? new Uint8Array() : this.#session.takeInput();
    const inFlight = this.#in.release();
    this.#end();
    return ahead.length > 0 || inFlight
      ? new BufferedTransport(this.#transport, ahead, inFlight)
      : this.#transport;
  }

  #end(): void {
    this.#calls.close();
    this.#in.close();
    this.#out.close();
    this.#session.free();
  }

  close(): void {
    if (this.#calls.closed) return;
    this.#end();
    try {
      this.#transport.close();
    } catch {
      // The application has closed it.
    }
  }

  // ---- what was negotiated

  negotiated(): Negotiated {
    return this.#session.negotiated();
  }

  keyExchange(): KeyExchange {
    return this.#session.keyExchange();
  }

  peerChain(): readonly Uint8Array[] {
    return this.#session.peerChain();
  }

  ownCertificate(): Uint8Array | undefined {
    return this.#session.ownCertificate();
  }

  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    return this.#session.exportKeyingMaterial(label, length, context);
  }

  finished(whose: "own" | "peer"): Uint8Array {
    return this.#session.finished(whose);
  }

  /** The object that does the work, where there is one. */
  native(): Deno.PointerObject | undefined {
    return this.#session.native?.();
  }

  /** What has its memory. */
  get memory(): object | undefined {
    return this.#session.memory;
  }

  ref(): void {
    this.#transport.ref?.();
  }

  unref(): void {
    this.#transport.unref?.();
  }
}
