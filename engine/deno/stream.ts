/**
 * A `TlsStream` over `Deno.TlsConn`: the handshake, the judgement of the peer, the life of the
 * connection. Its two directions are in reading.ts and writing.ts.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../../internal/own_options.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, type Want } from "../../errors.ts";
import type {
  ByteTransport,
  PeerEvidence,
  Role,
  ShutdownOptions,
  TlsStream,
  WaitOptions,
} from "../engine.ts";
import type { KeyExchange, Negotiated, ShutdownState } from "../connection_facts.ts";
import { closedError, ignore, orAborted } from "../../internal/waiting.ts";
import { type ClientOptions, startError } from "./dial.ts";
import { notEstablishedError, type Operation } from "../wire_errors.ts";
import { runtimeError } from "./error_map.ts";
import { lacking } from "../features.ts";
import { peerLeaf } from "./capabilities.ts";
import { DENO } from "./check.ts";
import { lingering } from "./lingering.ts";
import { DenoReading, type Link } from "./reading.ts";
import { isGone } from "../last_words.ts";
import { DenoWriting } from "./writing.ts";

/** A TCP connection that Deno.startTls is yet to consume. */
export interface PlainConn {
  /** The connection. */
  readonly tcp: Deno.TcpConn;
  /** For Deno.startTls. */
  readonly options: ClientOptions;
}

/** What a {@linkcode DenoStream} is made from: `conn` or `plain`. */
export interface DenoStreamInit {
  readonly role: Role;
  /** A connection that speaks TLS already. */
  readonly conn?: Deno.TlsConn;
  /** One that is to. */
  readonly plain?: PlainConn;
  /** The SNI name that is sent. */
  readonly serverName?: string | undefined;
  /** Our certificate in DER. */
  readonly ownCertificate?: Uint8Array | undefined;
  /** Judges the peer when the handshake is complete, before any application byte. */
  readonly judge?: (evidence: PeerEvidence) => Error | undefined;
}

/** One TLS connection of Deno. */
export class DenoStream implements TlsStream {
  readonly role: Role;
  readonly #init: DenoStreamInit;
  #plain: PlainConn | undefined;
  #conn: Deno.TlsConn | undefined;
  #handshaking: Promise<void> | undefined;
  /** Whether the runtime has completed the handshake: the peer is yet to be judged. */
  #complete = false;
  #established = false;
  #closed = false;
  #unref = false;
  /** What broke the connection for reading and writing. */
  #failure: unknown;
  #alpn: string | undefined;
  #leaf: Uint8Array | undefined;

  readonly #in: DenoReading;
  readonly #out: DenoWriting;

  constructor(given: DenoStreamInit) {
    const init = ownRecord(given);
    this.role = init.role;
    this.#init = init;
    this.#plain = init.plain;
    this.#conn = init.conn;
    const link = this.#link();
    this.#in = new DenoReading(link);
    this.#out = new DenoWriting(link);
  }

  /** What the two directions see of the connection. */
  #link(): Link {
    const closed = () => this.#closed;
    const conn = () => this.#conn!;
    return {
      get closed() {
        return closed();
      },
      get conn() {
        return conn();
      },
      checkOpen: () => this.#checkOpen(),
      failed: (operation, cause) => this.#failed(operation, cause),
      whyGone: (operation, cause) => this.#whyGone(operation, cause),
    };
  }

  /** Whether the handshake is complete and the peer accepted. */
  get established(): boolean {
    return this.#established;
  }

  get localAddr(): Deno.Addr | undefined {
    return this.#addressed?.localAddr;
  }

  get remoteAddr(): Deno.Addr | undefined {
    return this.#addressed?.remoteAddr;
  }

  /** The addresses that startTls gives lack their `transport`. */
  get #addressed(): Deno.Conn | undefined {
    return this.#init.plain?.tcp ?? this.#conn;
  }

  get shutdownState(): ShutdownState {
    return { sent: this.#out.sent, received: this.#in.received };
  }

  // ---- handshake

  /** Completes the handshake. An abort closes the connection. */
  async handshake(options: WaitOptions = NO_OPTIONS): Promise<void> {
    if (this.#established) return;
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      await orAborted(this.#handshaking ??= this.#shake(), signal);
    } catch (error) {
      if (signal?.aborted && !this.#established) this.close();
      throw error;
    }
  }

  /** Begins the handshake, or gives its present result. */
  tryHandshake(): true | Want {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw closedError();
    if (this.#established) return true;
    this.#handshaking ??= this.#shake();
    this.#handshaking.catch(ignore); // the next call reports it
    return SSL_WANT_READ;
  }

  async #shake(): Promise<void> {
    try {
      const conn = this.#conn ??= await this.#startTls();
      if (this.#closed) throw closedError();
      const { alpnProtocol } = await conn.handshake();
      this.#complete = true;
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
      const starting = Deno.startTls(tcp, ownRecord(options));
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

  /** Throws the error that keeps data from flowing, if there is one. */
  #checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw closedError();
    if (!this.#established) {
      // Deno would complete the handshake by itself, past the judgement of the peer.
      throw notEstablishedError();
    }
  }

  /** An error of the runtime; one that breaks the connection is what later calls meet. */
  #failed(operation: Operation, cause: unknown): unknown {
    if (this.#closed) return closedError();
    const error = runtimeError(operation, cause, true);
    if (cause instanceof Deno.errors.InvalidData) this.#failure ??= error;
    return error;
  }

  async #whyGone(operation: Operation, cause: unknown): Promise<unknown> {
    const error = this.#failed(operation, cause);
    if (isGone(cause)) await this.#in.hear();
    return this.#closed ? closedError() : this.#failure ?? error;
  }

  // ---- data

  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#in.read(p, options?.signal, false);
  }

  peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#in.read(p, options?.signal, true);
  }

  tryRead(p: Uint8Array): number | null | Want {
    return this.#in.tryRead(p, false);
  }

  /** Looks at what is there, as `tryRead`. */
  tryPeek(p: Uint8Array): number | null | Want {
    return this.#in.tryRead(p, true);
  }

  pending(): number {
    return this.#in.pending;
  }

  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    this.#in.wrote();
    return this.#out.write(p, options?.signal);
  }

  tryWrite(p: Uint8Array): number | Want {
    this.#in.wrote();
    return this.#out.tryWrite(p);
  }

  async ready(want: Want, options?: WaitOptions): Promise<void> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (this.#closed) return;
    if (!this.#established) {
      return await orAborted((this.#handshaking ?? Promise.resolve()).catch(ignore), signal);
    }
    if (want === SSL_WANT_WRITE) return await orAborted(this.#out.ready, signal);
    if (this.#failure === undefined) await this.#in.ready(signal);
  }

  // ---- the end

  /** Sends close_notify after what is queued; unless `fast`, reads on until the peer's has come. */
  async shutdown(options: ShutdownOptions = NO_OPTIONS): Promise<void> {
    const { signal } = options; // an abort ends the wait; what is queued still goes
    signal?.throwIfAborted();
    await orAborted(this.#out.end(), signal);
    if (!options.fast) await this.#in.drain(signal);
  }

  tryShutdown(): boolean | Want {
    if (this.#in.pending > 0) return false;
    this.#out.end();
    this.#out.check();
    if (!this.#out.sent) return SSL_WANT_WRITE;
    const r = this.#in.tryRead(new Uint8Array(1), true);
    return r === null || (typeof r === "number" ? false : SSL_WANT_READ);
  }

  /**
   * Gives the transport back, as long as the handshake has not begun.
   *
   * @throws {SslUnsupportedError} After that: Deno.startTls consumes the connection.
   */
  release(): ByteTransport {
    const tcp = this.#plain?.tcp;
    if (tcp === undefined || this.#closed) throw lacking(DENO, "stopTls", "stopSsl()");
    this.#plain = undefined;
    this.#closed = true;
    return tcp;
  }

  /** Closes the connection. Deno sends close_notify; see the top of engine.ts. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#complete && this.role === "client") lingering.add();
    if (this.#conn !== undefined) tryClose(this.#conn);
    else if (this.#plain !== undefined) tryClose(this.#plain.tcp);
    this.#plain = undefined;
    this.#in.close();
    this.#out.close();
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

  /** Deno does not tell. */
  keyExchange(): KeyExchange {
    return { group: undefined, peerSignature: undefined };
  }

  /** The peer's leaf in DER, if the runtime shows it. */
  peerChain(): readonly Uint8Array[] {
    return this.#leaf === undefined ? [] : [this.#leaf];
  }

  ownCertificate(): Uint8Array | undefined {
    return this.#init.ownCertificate;
  }

  /** Not possible. */
  exportKeyingMaterial(_label: string, _length: number, _context?: Uint8Array): Uint8Array {
    throw lacking(DENO, "exporter", "exportKeyingMaterial()");
  }

  /** Not possible. */
  finished(whose: "own" | "peer"): Uint8Array {
    throw lacking(DENO, "finished", whose === "own" ? "getFinished()" : "getPeerFinished()");
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
    // The application has closed it.
  }
}
