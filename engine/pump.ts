/**
 * The pump: drives a sans-IO session over a transport. Everything that waits
 * in the OpenSSL engine waits here, and for one of two things: that the
 * transport brings bytes for the session (inflow.ts), or that it takes what the
 * session has for the peer (outflow.ts). It reads on behalf of an operation
 * that needs it and never ahead on its own, so plain bytes that follow TLS are
 * never swallowed and an unread peer feels backpressure. A flush also follows a
 * failure, because the alert is in there.
 *
 * Reading never waits for writing: output made by a read (an answer to a key
 * update) is flushed aside, so two peers that both send without reading cannot
 * lock each other through us. Writing waits for its bytes to be gone, which is
 * the backpressure for the writer.
 *
 * A callback of the application may use the very connection that it is called from, while the
 * session is in the middle of its work. What can wait waits until that is done; what cannot is
 * refused, which does not fail the connection.
 *
 * @module
 */

import { NO_OPTIONS } from "../internal/own_options.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslError, SslPeerError, type Want } from "../errors.ts";
import { giveBuffer, MAX_WRITE, takeBuffer } from "./buffers.ts";
import { HandshakeClock } from "./handshake_progress.ts";
import { Inflow } from "./inflow.ts";
import { isGone, LastWords, type Listening } from "./last_words.ts";
import { Outflow } from "./outflow.ts";
import type { SansIoSession } from "./sans_io.ts";
import { BufferedTransport } from "./transport.ts";
import type { ByteTransport, Role, ShutdownOptions, TlsStream, WaitOptions } from "./engine.ts";
import type { Negotiated, ShutdownState } from "./connection_facts.ts";
import {
  closedError,
  halfWritten,
  ignore,
  insideError,
  orAborted,
  transportError,
} from "../internal/waiting.ts";

const DONE = Promise.resolve();

/**
 * How much may wait for a peer that makes us answer (key updates, requests for a certificate) and
 * does not take the answers, in bytes. A writer alone waits at {@linkcode MAX_WRITE}.
 */
const MAX_UNTAKEN = 4 * MAX_WRITE;

/** A TLS stream made of a session and a transport. */
export class Pump implements TlsStream {
  /** Which side. */
  readonly role: Role;
  readonly #session: SansIoSession;
  readonly #transport: ByteTransport;
  readonly #in: Inflow;
  readonly #out: Outflow;
  readonly #lastWords: LastWords;
  /** How far the handshake is. */
  readonly progress: HandshakeClock = new HandshakeClock();
  #handshaking: Promise<void> | undefined;
  /** Writes that have not ended, and the last of them. */
  #writes = 0;
  #lastWrite: Promise<void> = DONE;
  #reading = false;
  #endTold = false;
  #failure: unknown;
  #closed = false;

  /** Takes over the transport. */
  constructor(session: SansIoSession, transport: ByteTransport) {
    this.role = session.role;
    this.#session = session;
    this.#transport = transport;
    this.#in = new Inflow(session, transport);
    this.#out = new Outflow(session, transport, (cause) => this.#whyGone(cause));
    this.#lastWords = new LastWords(session, this.#in, this.#listening());
  }

  /** Whether the handshake is complete. */
  get established(): boolean {
    return this.#session.established;
  }

  /** Our address. */
  get localAddr(): Deno.Addr | undefined {
    return this.#transport.localAddr;
  }

  /** The peer's address. */
  get remoteAddr(): Deno.Addr | undefined {
    return this.#transport.remoteAddr;
  }

  /** Which close_notify alerts have gone and come. */
  get shutdownState(): ShutdownState {
    return this.#session.shutdownState;
  }

  // ---- a peer that is gone

  #listening(): Listening {
    const over = () => this.#closed || this.#failure !== undefined;
    const reading = () => this.#reading;
    return {
      get over() {
        return over();
      },
      get reading() {
        return reading();
      },
      step: (call) => this.#step(call),
    };
  }

  /** Why the transport takes nothing any more: what the peer said, or the transport's own error. */
  async #whyGone(cause: unknown): Promise<unknown> {
    if (isGone(cause)) await this.#lastWords.hear();
    return this.#failure ?? transportError("write", cause);
  }

  /** Whether a read has given `null` for the peer's close_notify. */
  get endTold(): boolean {
    return this.#endTold;
  }

  // ---- inside a callback

  /** Resolves when the session has finished its current work; `undefined` if it has none. */
  get idle(): Promise<void> | undefined {
    return this.#session.busy ? this.#whenIdle() : undefined;
  }

  /** The session's work is synchronous: it is done before any promise goes on. */
  async #whenIdle(): Promise<void> {
    do await DONE; while (this.#session.busy);
  }

  /** Refuses what can neither be done now nor wait. */
  #mustBeIdle(operation: string): void {
    if (this.#session.busy) throw insideError(operation);
  }

  // ---- handshake

  /** Completes the handshake; on failure the alert has gone to the peer. */
  handshake(options: WaitOptions = NO_OPTIONS): Promise<void> {
    if (this.#session.busy) return this.#whenIdle().then(() => this.handshake(options));
    return orAborted(this.#handshaking ??= this.#handshakeLoop(options.signal), options.signal);
  }

  async #handshakeLoop(signal?: AbortSignal): Promise<void> {
    try {
      for (;;) {
        signal?.throwIfAborted();
        const step = this.#step(() => this.#session.handshake());
        // A server that is done has only tickets left: it does not wait for a client to read them.
        if (step === true && this.role === "server") return this.#out.aside();
        if (this.#session.output > 0) {
          this.progress.answer();
          await orAborted(this.#out.flush(), signal);
        }
        if (step === true) return;
        if (step === SSL_WANT_READ) {
          this.progress.wait();
          await this.#in.fill(signal);
          this.progress.heard();
        } else if (step !== SSL_WANT_WRITE) await orAborted(Promise.resolve(step), signal);
      }
    } catch (error) {
      this.#handshaking = undefined;
      await this.#flushAlert(signal);
      throw error;
    }
  }

  /** One step of the handshake, without waiting. */
  tryHandshake(): true | Want {
    this.#mustBeIdle("complete the handshake");
    try {
      const step = this.#step(() => this.#session.handshake());
      this.#out.aside();
      if (step === SSL_WANT_READ) {
        this.#in.check();
        this.#out.check();
      }
      if (step === true || step === SSL_WANT_READ || step === SSL_WANT_WRITE) {
        return step === true && this.#session.output > 0 ? SSL_WANT_WRITE : step as true | Want;
      }
      this.#suspended = Promise.resolve(step).then(ignore, ignore);
      return SSL_WANT_READ;
    } catch (error) {
      this.#out.aside();
      throw error;
    }
  }

  #suspended: Promise<void> | undefined;

  // ---- reading

  /** Reads decrypted bytes; `null` only after the peer's close_notify. */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#readWith(p, options?.signal, false);
  }

  /** Reads without consuming. */
  peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#readWith(p, options?.signal, true);
  }

  /** One async function deep: every layer costs a round trip some of its time. */
  async #readWith(
    p: Uint8Array,
    signal: AbortSignal | undefined,
    peek: boolean,
  ): Promise<number | null> {
    if (this.#session.busy) await this.#whenIdle();
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

  /** Reads what is there without waiting. */
  tryRead(p: Uint8Array): number | null | Want {
    this.#mustBeIdle("read");
    if (this.#lastWords.size > 0 && !this.#closed) return this.#lastWords.take(p, false);
    this.#mustWork();
    let r: number | null | Want;
    try {
      r = this.#session.read(p);
      if (this.#session.output > 0) this.#answer(r);
    } catch (error) {
      throw this.#failed(error);
    }
    if (r === SSL_WANT_READ) this.#in.check(); // ready() would not wait either: for ever
    else if (r === null) this.#endTold = true;
    return r;
  }

  /** Looks at what is there without waiting. */
  tryPeek(p: Uint8Array): number | null | Want {
    this.#mustBeIdle("read");
    const r = this.#peekNow(p);
    if (r === SSL_WANT_READ) this.#in.check();
    return r;
  }

  #peekNow(p: Uint8Array): number | null | Want {
    if (this.#lastWords.size > 0 && !this.#closed) return this.#lastWords.take(p, true);
    return this.#step(() => {
      const r = this.#session.peek(p);
      if (this.#session.output > 0) this.#answer(r);
      return r;
    });
  }

  /** Sends aside what a read has made; data that it brought is still delivered. */
  #answer(read: number | null | Want): void {
    this.#out.aside();
    if (this.#session.output <= MAX_UNTAKEN || read === null) return;
    const reason = "it asks for answers and does not take them";
    const error = new SslPeerError(`Cannot read: the peer misbehaves: ${reason}`, {
      code: "ERR_SSL_PEER_MISBEHAVED",
      reason,
    });
    if (typeof read === "object") throw error;
    this.#failure ??= error;
  }

  /** Decrypted bytes that can be read without waiting. */
  pending(): number {
    if (this.#closed) return 0;
    this.#mustBeIdle("tell what is pending");
    if (this.#lastWords.size > 0) return this.#lastWords.size;
    return this.#step(() => this.#session.pending());
  }

  /** Resolves when the direction may progress. */
  async ready(want: Want, options?: WaitOptions): Promise<void> {
    if (this.#session.busy) await this.#whenIdle();
    if (want === SSL_WANT_WRITE) {
      await orAborted(this.#out.flushing ?? Promise.resolve(), options?.signal).catch((error) => {
        if (options?.signal?.aborted) throw error; // a transport error comes out of the next call
      });
      return;
    }
    if (this.#suspended) {
      const suspended = this.#suspended;
      this.#suspended = undefined;
      return await orAborted(suspended, options?.signal);
    }
    // In a handshake the peer cannot answer what was not sent; the next step reports a failure.
    if (!this.#session.established && this.#out.flushing) {
      return await orAborted(this.#out.flushing.then(ignore, ignore), options?.signal);
    }
    if (this.#in.ended || this.#closed || this.#session.fed) return;
    if (this.#failure !== undefined || this.#lastWords.size > 0) return;
    if (this.#session.established && this.#session.pending() > 0) return;
    await this.#in.fill(options?.signal).catch((error) => {
      if (options?.signal?.aborted) throw error;
    });
  }

  // ---- writing

  /** Encrypts and sends all of `p`. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const signal = options?.signal;
    if (
      p.length <= MAX_WRITE && this.#out.flushing === undefined && this.#writes === 0 && !signal &&
      !this.#session.busy
    ) {
      return this.#writeOne(p);
    }
    const run = () => this.#writeAll(p, signal);
    const before = this.#writes++ > 0 ? this.#lastWrite : this.idle;
    // Known before it begins: a write inside one of its callbacks comes after it.
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastWrite = promise;
    const done = before === undefined ? run() : before.then(run, run);
    done.then(() => resolve(), () => resolve());
    return done;
  }

  /** The short way for the usual case: the promise is that of the flush. */
  #writeOne(p: Uint8Array): Promise<number> {
    try {
      this.#encrypt(p);
      return this.#out.begin(p.length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #writeAll(p: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
    let taken = 0;
    try {
      while (taken < p.length) {
        signal?.throwIfAborted();
        const part = p.length <= MAX_WRITE ? p : p.subarray(taken, taken + MAX_WRITE);
        this.#encrypt(part);
        taken += part.length;
        await (signal ? orAborted(this.#out.flush(), signal) : this.#out.flush());
      }
      this.#out.check();
      return p.length;
    } catch (error) {
      // What was taken goes, the rest never will: nothing may follow, not even a proper end.
      if (signal?.aborted && taken > 0 && taken < p.length) this.#out.fail(halfWritten(error));
      throw error;
    } finally {
      this.#writes--;
    }
  }

  #encrypt(part: Uint8Array): void {
    this.#mustWork();
    this.#out.check();
    try {
      this.#session.write(part);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Takes what fits into the send buffer of 64 KiB and sends it aside. */
  tryWrite(p: Uint8Array): number | Want {
    this.#mustBeIdle("write");
    this.#mustWork();
    this.#out.check();
    if (p.length === 0) return 0;
    const room = MAX_WRITE - this.#out.waiting;
    if (room <= 0 || this.#writes > 0) return SSL_WANT_WRITE;
    const part = p.length <= room ? p : p.subarray(0, room);
    this.#encrypt(part);
    this.#out.aside();
    return part.length;
  }

  /** After a failure: the alert goes out if the peer takes it; the failure stays the error. */
  async #flushAlert(signal?: AbortSignal): Promise<void> {
    if (this.#closed || signal?.aborted) return;
    try {
      if (this.#session.output > 0) await orAborted(this.#out.flush(), signal);
    } catch {
      // The peer is gone: the failure that brought us here says more.
    }
  }

  // ---- the end

  /** Sends close_notify; unless `fast`, reads on until the peer's has come. */
  async shutdown(options: ShutdownOptions = NO_OPTIONS): Promise<void> {
    const { signal } = options;
    if (this.#session.busy) await this.#whenIdle();
    if (this.#writes > 0) await orAborted(this.#lastWrite, signal);
    this.#out.check();
    this.#step(() => this.#session.closeNotify());
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

  /** One step of the shutdown, without waiting. */
  tryShutdown(): boolean | Want {
    this.#mustBeIdle("end the connection");
    this.#out.check();
    if (this.#writes > 0) return SSL_WANT_WRITE;
    if (typeof this.#peekNow(new Uint8Array(1)) === "number") return false;
    this.#step(() => this.#session.closeNotify());
    this.#out.aside();
    if (this.#out.flushing !== undefined) return SSL_WANT_WRITE;
    const r = this.tryPeek(new Uint8Array(1));
    return r === null || (typeof r === "number" ? false : SSL_WANT_READ);
  }

  /** Frees TLS and gives back the transport, with the bytes that were read ahead. */
  release(): ByteTransport {
    this.#mustBeIdle("give the transport back");
    const ahead = this.#closed ? new Uint8Array() : this.#session.takeInput();
    const inFlight = this.#in.release();
    this.#end();
    return ahead.length > 0 || inFlight
      ? new BufferedTransport(this.#transport, ahead, inFlight)
      : this.#transport;
  }

  #end(): void {
    this.#closed = true;
    this.#in.close();
    this.#out.close();
    this.#session.free();
  }

  /** Frees TLS and closes the transport at once. */
  close(): void {
    if (this.#closed) return;
    this.#end();
    try {
      this.#transport.close();
    } catch {
      // It was closed beneath us.
    }
  }

  /** Runs one call of the session; a failure is final and is what later calls meet. */
  #step<T>(call: () => T): T {
    this.#mustWork();
    try {
      return call();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #mustWork(): void {
    if (this.#closed) throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #failed(error: unknown): unknown {
    if (!(error instanceof TypeError || error instanceof RangeError)) this.#failure = error;
    this.#out.aside();
    return error;
  }

  // ---- what was negotiated

  /** What was negotiated. */
  negotiated(): Negotiated {
    return this.#session.negotiated();
  }

  /** What the peer sent, leaf first, in DER. */
  peerChain(): readonly Uint8Array[] {
    return this.#session.peerChain();
  }

  /** Our own certificate in DER. */
  ownCertificate(): Uint8Array | undefined {
    return this.#session.ownCertificate();
  }

  /** RFC 5705 / RFC 8446 7.5. */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    return this.#session.exportKeyingMaterial(label, length, context);
  }

  /** A Finished message. */
  finished(whose: "own" | "peer"): Uint8Array {
    return this.#session.finished(whose);
  }

  /** The object that does the work, where there is one. */
  native(): Deno.PointerObject | undefined {
    return this.#session.native?.();
  }

  /** Lets the event loop wait for the transport. */
  ref(): void {
    this.#transport.ref?.();
  }

  /** Does not let the event loop wait for the transport. */
  unref(): void {
    this.#transport.unref?.();
  }
}
