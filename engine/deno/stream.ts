/**
 * A `TlsStream` over `Deno.TlsConn`.
 *
 * Deno's operations cannot be called off, only the whole connection can be
 * closed. So a read that somebody no longer waits for goes on into a buffer of
 * the stream, and what it brings is there for the next one; and a write that
 * was called off half-way ends the sending side, because nobody can tell what
 * of it has gone.
 *
 * A read of the runtime is made only on behalf of an operation that needs it.
 * Large reads without a signal go straight into the caller's buffer.
 *
 * @module
 */

import { SSL_WANT_READ, SSL_WANT_WRITE, SslError, type Want } from "../../errors.ts";
import { giveBuffer, takeBuffer } from "../buffers.ts";
import type {
  ByteTransport,
  Negotiated,
  PeerEvidence,
  Role,
  ShutdownOptions,
  ShutdownState,
  TlsStream,
  WaitOptions,
} from "../types.ts";
import { orAborted } from "../waiting.ts";
import { type ClientOptions, startError } from "./dial.ts";
import { closedError, type Operation, runtimeError } from "./errors.ts";
import { peerLeaf } from "./info.ts";
import { unsupported } from "./check.ts";

/** The size of the buffer, and from which size on a read does without it: one TLS record. */
const BUFFER_SIZE = 16384;

/** How much `tryWrite` takes beyond what the runtime took. */
const MAX_QUEUED = 65536;

/** How much Deno takes at a time. */
const MAX_PART = 65536;

const ignore = (): void => {};

/** A TCP connection that Deno.startTls is yet to consume. */
export interface PlainConn {
  /** The connection. */
  readonly tcp: Deno.TcpConn;
  /** For Deno.startTls. */
  readonly options: ClientOptions;
}

/** What a {@linkcode DenoStream} is made from: `conn` or `plain`. */
export interface DenoStreamInit {
  /** Which side. */
  readonly role: Role;
  /** A connection that speaks TLS already. */
  readonly conn?: Deno.TlsConn;
  /** One that is to. */
  readonly plain?: PlainConn;
  /** The SNI name that is sent. */
  readonly serverName?: string | undefined;
  /** Our certificate in DER. */
  readonly ownCertificate?: Uint8Array;
  /** Judges the peer when the handshake is complete, before any application byte. */
  readonly judge?: (evidence: PeerEvidence) => Error | undefined;
}

/** One TLS connection of Deno. */
export class DenoStream implements TlsStream {
  /** Which side. */
  readonly role: Role;
  readonly #init: DenoStreamInit;
  #plain: PlainConn | undefined;
  #conn: Deno.TlsConn | undefined;
  #handshaking: Promise<void> | undefined;
  #established = false;
  #closed = false;
  #unref = false;
  /** What broke the connection for reading and writing. */
  #failure: unknown;
  #alpn: string | undefined;
  #leaf: Uint8Array | undefined;

  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #start = 0;
  #end = 0;
  /** A read of the runtime into the buffer; never rejects. */
  #filling: Promise<void> | undefined;
  /** A read of the runtime into a caller's buffer. */
  #direct: Promise<number | null> | undefined;
  #reading = false;
  #readError: unknown;
  #received = false;

  #writing: Promise<void> | undefined;
  #waitingWrites = 0;
  #queued = 0;
  #writeError: unknown;
  #ending: Promise<void> | undefined;
  #sent = false;

  /** Takes over the connection. */
  constructor(init: DenoStreamInit) {
    this.role = init.role;
    this.#init = init;
    this.#plain = init.plain;
    this.#conn = init.conn;
  }

  /** Whether the handshake is complete and the peer accepted. */
  get established(): boolean {
    return this.#established;
  }

  /** Our address. */
  get localAddr(): Deno.Addr | undefined {
    return this.#addressed?.localAddr;
  }

  /** The peer's address. */
  get remoteAddr(): Deno.Addr | undefined {
    return this.#addressed?.remoteAddr;
  }

  /** The addresses that startTls gives lack their `transport`. */
  get #addressed(): Deno.Conn | undefined {
    return this.#init.plain?.tcp ?? this.#conn;
  }

  /** Which close_notify alerts have gone and come. */
  get shutdownState(): ShutdownState {
    return { sent: this.#sent, received: this.#received };
  }

  // ---- handshake

  /** Completes the handshake. An abort closes the connection. */
  async handshake(options: WaitOptions = {}): Promise<void> {
    if (this.#established && !this.#closed) return;
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      await orAborted(this.#handshaking ??= this.#shake(), signal);
    } catch (error) {
      if (signal?.aborted && !this.#established) this.close();
      throw error;
    }
  }

  /** Begins the handshake, or says how it stands. */
  tryHandshake(): true | Want {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw closedError();
    if (this.#established) return true;
    this.#handshaking ??= this.#shake();
    this.#handshaking.catch(ignore); // told by the next call
    return SSL_WANT_READ;
  }

  async #shake(): Promise<void> {
    try {
      const conn = this.#conn ??= await this.#startTls();
      if (this.#closed) throw closedError();
      const { alpnProtocol } = await conn.handshake();
      if (this.#closed) throw closedError();
      this.#alpn = alpnProtocol ?? undefined;
      this.#judge(conn);
      this.#established = true;
    } catch (error) {
      this.#failure ??= this.#closed ? closedError() : runtimeError("handshake", error, false);
      this.close();
      throw this.#failure;
    }
  }

  async #startTls(): Promise<Deno.TlsConn> {
    if (this.#closed || this.#plain === undefined) throw closedError();
    const { tcp, options } = this.#plain;
    try {
      const starting = Deno.startTls(tcp, options);
      this.#plain = undefined; // consumed, whatever comes of it
      const conn = await starting;
      if (this.#unref) conn.unref();
      if (!this.#closed) return conn;
      conn.close();
    } catch (error) {
      tryClose(tcp);
      throw startError(options, error);
    }
    throw closedError();
  }

  #judge(conn: Deno.TlsConn): void {
    const { judge } = this.#init;
    if (judge === undefined) return;
    const leaf = this.#leaf = peerLeaf(conn);
    const refusal = judge({
      chain: [], // Deno built one, and does not show it
      presented: leaf === undefined ? [] : [leaf],
      error: 0,
      errorDepth: 0,
      errorText: "ok",
      resumed: false,
    });
    if (refusal !== undefined) throw refusal;
  }

  /** Whether data may flow; throws what forbids it. */
  #checkOpen(): Deno.TlsConn {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw closedError();
    if (!this.#established) {
      // Deno would complete the handshake by itself, past the judgement of the peer.
      throw new SslError("Cannot use the connection: its handshake is not complete", {
        code: "ERR_SSL_HANDSHAKE_DUE",
      });
    }
    return this.#conn!;
  }

  /** An error of the runtime; one that breaks the connection is what later calls meet. */
  #map(operation: Operation, cause: unknown): unknown {
    if (this.#closed) return closedError();
    const error = runtimeError(operation, cause, true);
    if (cause instanceof Deno.errors.InvalidData) this.#failure ??= error;
    return error;
  }

  // ---- reading

  /** Reads decrypted bytes; `null` only after the peer's close_notify. */
  async read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return await this.#readWith(p, options?.signal, false);
  }

  /** Reads without consuming. */
  async peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return await this.#readWith(p, options?.signal, true);
  }

  async #readWith(
    p: Uint8Array,
    signal: AbortSignal | undefined,
    peek: boolean,
  ): Promise<number | null> {
    this.#checkReader();
    this.#reading = true;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const r = this.#take(p, peek);
        if (r !== undefined) return r;
        if (p.length >= BUFFER_SIZE && !signal && !peek && this.#filling === undefined) {
          const n = await this.#readDirect(p);
          if (n !== null) return n;
        } else await orAborted(this.#fill(), signal);
      }
    } finally {
      this.#reading = false;
    }
  }

  /** Reads what is there. If there is nothing, a read of the runtime is under way from then on. */
  tryRead(p: Uint8Array): number | null | Want {
    this.#checkReader();
    const r = this.#take(p, false);
    if (r !== undefined) return r;
    this.#fill();
    return SSL_WANT_READ;
  }

  /** Decrypted bytes that can be read without waiting. */
  pending(): number {
    return this.#closed ? 0 : this.#end - this.#start;
  }

  #checkReader(): void {
    if (this.#reading) {
      throw new SslError("Cannot read: another read is in flight: await it first", {
        code: "ERR_CONCURRENT_READ",
      });
    }
  }

  /** What can be said without waiting; `undefined` if that is nothing. */
  #take(p: Uint8Array, peek: boolean): number | null | undefined {
    const there = this.#end - this.#start;
    if (there > 0 && !this.#closed) {
      const n = Math.min(p.length, there);
      p.set(this.#buffer!.subarray(this.#start, this.#start + n));
      if (!peek) this.#consume(n);
      return n;
    }
    if (this.#readError !== undefined && !this.#closed) throw this.#readError;
    if (this.#received && !this.#closed) return null;
    this.#checkOpen();
    return p.length === 0 ? 0 : undefined;
  }

  #consume(n: number): void {
    this.#start += n;
    if (this.#start < this.#end) return;
    this.#start = this.#end = 0;
    this.#dropBuffer();
  }

  #dropBuffer(): void {
    if (this.#buffer === undefined || this.#filling !== undefined) return;
    giveBuffer(this.#buffer);
    this.#buffer = undefined;
  }

  /** Reads into the empty buffer. Never rejects: the outcome is in the fields. */
  #fill(): Promise<void> {
    if (this.#direct !== undefined) return this.#direct.then(ignore, ignore);
    return this.#filling ??= this.#readBuffer();
  }

  async #readBuffer(): Promise<void> {
    const buffer = this.#buffer ??= takeBuffer(BUFFER_SIZE);
    try {
      const n = await this.#conn!.read(buffer);
      if (n === null) this.#received = true;
      else this.#end = n;
    } catch (cause) {
      this.#readError = this.#map("read", cause);
    }
    this.#filling = undefined;
    if (this.#end === 0) this.#dropBuffer();
  }

  async #readDirect(p: Uint8Array): Promise<number | null> {
    try {
      const n = await (this.#direct = this.#conn!.read(p));
      if (n === null) this.#received = true;
      return n;
    } catch (cause) {
      throw this.#readError = this.#map("read", cause);
    } finally {
      this.#direct = undefined;
    }
  }

  // ---- writing

  /** Encrypts and sends all of `p`. */
  async write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    this.#checkWritable();
    this.#checkNotEnding();
    this.#waitingWrites++;
    try {
      return await this.#enqueue(() => this.#writeAll(p, signal), signal);
    } finally {
      this.#waitingWrites--;
    }
  }

  /** Runs one write after those before it. */
  #enqueue<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#writing;
    const done = before === undefined ? job() : orAborted(before, signal).then(job);
    // One that was aborted while it waited must not let the next one overtake those before it.
    const settled: Promise<void> = Promise.all([before, done.then(ignore, ignore)]).then(() => {
      if (this.#writing === settled) this.#writing = undefined;
    });
    this.#writing = settled;
    return done;
  }

  async #writeAll(p: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
    for (let at = 0; at < p.length;) {
      const conn = this.#checkWritable();
      const end = Math.min(p.length, at + MAX_PART);
      try {
        signal?.throwIfAborted();
        // A copy, where the caller may come to think that the buffer is free again.
        const part = signal ? p.slice(at, end) : p.subarray(at, end);
        at += await orAborted(conn.write(part), signal);
      } catch (cause) {
        if (!signal?.aborted || cause !== signal.reason) {
          throw this.#writeError ??= this.#map("write", cause);
        }
        this.#writeError ??= new SslError(
          "Cannot write: an earlier write was aborted half-way, so the peer cannot tell where it ends",
          { code: "ERR_WRITE_ABORTED", cause },
        );
        throw cause;
      }
    }
    return p.length;
  }

  #checkWritable(): Deno.TlsConn {
    const conn = this.#checkOpen();
    if (this.#writeError !== undefined) throw this.#writeError;
    return conn;
  }

  #checkNotEnding(): void {
    if (this.#ending === undefined) return;
    throw new SslError("Cannot write: the sending side has been ended", { code: "EPIPE" });
  }

  /** Takes what fits into a queue of 64 KiB and sends it aside. */
  tryWrite(p: Uint8Array): number | Want {
    this.#checkWritable();
    this.#checkNotEnding();
    if (p.length === 0) return 0;
    const room = MAX_QUEUED - this.#queued;
    if (room <= 0 || this.#waitingWrites > 0) return SSL_WANT_WRITE;
    const part = p.slice(0, room);
    this.#queued += part.length;
    this.#enqueue(() => this.#writeAll(part, undefined))
      .finally(() => this.#queued -= part.length)
      .catch(ignore); // told by the next write
    return part.length;
  }

  /** Resolves when the direction may progress. */
  async ready(want: Want, options?: WaitOptions): Promise<void> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (this.#closed) return;
    if (!this.#established) {
      return await orAborted((this.#handshaking ?? Promise.resolve()).catch(ignore), signal);
    }
    if (want === SSL_WANT_WRITE) {
      const busy = this.#ending?.catch(ignore) ?? this.#writing ?? Promise.resolve();
      return await orAborted(busy, signal);
    }
    const told = this.#end > this.#start || this.#received || this.#readError !== undefined ||
      this.#failure !== undefined;
    if (!told) await orAborted(this.#fill(), signal);
  }

  // ---- the end

  /** Sends close_notify after what is queued; unless `fast`, reads on until the peer's has come. */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { signal } = options; // an abort ends the wait; what is queued still goes
    signal?.throwIfAborted();
    await orAborted(this.#closeWrite(), signal);
    if (options.fast) return;
    while (!this.#received) {
      if (this.#readError !== undefined) throw this.#readError;
      this.#checkOpen();
      if (this.#end > this.#start) {
        if (this.#reading) await Promise.resolve(); // those bytes are somebody's
        else this.#consume(this.#end - this.#start);
      } else await orAborted(this.#fill(), signal);
    }
  }

  /**
   * After the writes that are queued: close_notify, and the end of our
   * direction of the TCP connection, which Deno adds. No write comes after it.
   */
  #closeWrite(): Promise<void> {
    if (this.#ending !== undefined) return this.#ending;
    this.#checkWritable();
    this.#ending = this.#sendCloseNotify(this.#writing);
    this.#ending.catch(ignore); // told by the next call
    return this.#ending;
  }

  async #sendCloseNotify(queue: Promise<void> | undefined): Promise<void> {
    await queue;
    const conn = this.#checkWritable();
    try {
      await conn.closeWrite();
      this.#sent = true;
    } catch (cause) {
      throw this.#writeError ??= this.#map("shutdown", cause);
    }
  }

  /** One step of the shutdown, without waiting. */
  tryShutdown(): true | Want {
    this.#closeWrite();
    this.#checkOpen();
    if (this.#writeError !== undefined) throw this.#writeError;
    if (!this.#sent) return SSL_WANT_WRITE;
    this.#checkReader();
    if (this.#end > this.#start) this.#consume(this.#end - this.#start);
    if (this.#readError !== undefined) throw this.#readError;
    if (this.#received) return true;
    this.#fill();
    return SSL_WANT_READ;
  }

  /**
   * Gives the transport back, as long as the handshake has not begun.
   *
   * @throws {SslUnsupportedError} After that: Deno.startTls consumes the connection.
   */
  release(): ByteTransport {
    const tcp = this.#plain?.tcp;
    if (tcp === undefined || this.#closed) throw unsupported("stopTls", "stopSsl()");
    this.#plain = undefined;
    this.#closed = true;
    return tcp;
  }

  /** Closes the connection. Deno sends close_notify; see the essay of engine.ts. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#conn !== undefined) tryClose(this.#conn);
    else if (this.#plain !== undefined) tryClose(this.#plain.tcp);
    this.#plain = undefined;
    this.#start = this.#end = 0;
    this.#dropBuffer();
  }

  // ---- what was negotiated

  /** What was negotiated, as far as Deno tells: the ALPN protocol, and the name that we sent. */
  negotiated(): Negotiated {
    return {
      version: undefined,
      versionInt: undefined,
      cipher: undefined,
      serverName: this.#init.serverName,
      alpn: this.#alpn,
      npn: undefined,
      reused: undefined,
    };
  }

  /** The peer's leaf in DER, if the runtime tells. */
  peerChain(): readonly Uint8Array[] {
    return this.#leaf === undefined ? [] : [this.#leaf];
  }

  /** Our certificate in DER. */
  ownCertificate(): Uint8Array | undefined {
    return this.#init.ownCertificate;
  }

  /** Not possible. */
  exportKeyingMaterial(_label: string, _length: number, _context?: Uint8Array): Uint8Array {
    throw unsupported("exporter", "exportKeyingMaterial()");
  }

  /** Not possible. */
  finished(whose: "own" | "peer"): Uint8Array {
    throw unsupported("finished", whose === "own" ? "getFinished()" : "getPeerFinished()");
  }

  /** Lets the event loop wait for reads. */
  ref(): void {
    this.#unref = false;
    if (!this.#closed) this.#conn?.ref();
  }

  /** Does not let the event loop wait for reads. */
  unref(): void {
    this.#unref = true;
    if (!this.#closed) this.#conn?.unref();
  }
}

function tryClose(closer: { close(): void }): void {
  try {
    closer.close();
  } catch {
    // It was closed beneath us.
  }
}
