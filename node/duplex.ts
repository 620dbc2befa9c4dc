/**
 * A socket as a stream of `node:stream`, with the members of node's `tls.TLSSocket`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import type { DetailedPeerCertificate, PeerCertificate } from "node:tls";
import { SslTruncatedError } from "../errors.ts";
import { quote } from "../internal/quote.ts";
import { SslSocket } from "../socket/socket.ts";
import { connectionOf } from "../socket/socket_init.ts";
import {
  type DuplexOptions,
  type DuplexSource,
  type DuplexTarget,
  targetOf,
} from "./duplex_options.ts";
import { IdleTimer } from "./idle_timer.ts";
import { toNodeError } from "./node_error.ts";
import {
  addressOf,
  type CipherNames,
  cipherOf,
  ifKnown,
  isAuthorized,
  keyingMaterialOf,
  ownCertificateOf,
  peerCertificateOf,
  peerX509Of,
  protocolOf,
  wish,
} from "./peer_facts.ts";

const CHUNK = 65536; // read at once, in bytes

/**
 * A TLS connection as a stream of `node:stream`, with what `tls.TLSSocket` has. Made by
 * {@linkcode toDuplex}.
 *
 * Errors come as node's: `code` is `ECONNREFUSED`, `ECONNRESET` (also for a stream that ended
 * without close_notify), `CERT_HAS_EXPIRED`, `ERR_TLS_CERT_ALTNAME_INVALID`, ...; where the library
 * has another code for it, its error is the `cause`. After our own end, a peer that ends without
 * close_notify is a `close` without `end`, and not an error.
 *
 * @category Node
 */
export class SslDuplex extends Duplex {
  /** Always: bytes never go in plain text. */
  readonly encrypted = true as const;
  /** How many bytes have been read. */
  bytesRead = 0;
  /** How many bytes have been written. */
  bytesWritten = 0;
  /** The limit of `setTimeout()`, in milliseconds. */
  timeout: number | undefined;

  readonly #abort = new AbortController();
  readonly #idle = new IdleTimer(() => this.emit("timeout"));
  readonly #settings = new Map<string, (socket: SslSocket) => void>();
  readonly #source: DuplexSource | undefined;
  #opening: Promise<SslSocket> | undefined;
  #socket: SslSocket | undefined;
  #reading = false;
  #ended = false;
  #scratch: Uint8Array<ArrayBuffer> | undefined;

  /** Not for users: use {@linkcode toDuplex}. */
  constructor(source: DuplexSource, options: DuplexOptions = {}) {
    const { allowHalfOpen = false, highWaterMark, noDelay } = options;
    super({ allowHalfOpen, ...(highWaterMark === undefined ? {} : { highWaterMark }) });
    if (noDelay) this.setNoDelay();
    if (source instanceof SslSocket) this.#adopt(source);
    else {
      this.#source = source;
      if (typeof source !== "function") this.connect();
    }
  }

  #adopt(socket: SslSocket): void {
    if (!socket.isSsl()) {
      throw new TypeError(
        "Cannot make a stream of a socket without TLS: complete its handshake first",
      );
    }
    this.#socket = socket;
    for (const apply of this.#settings.values()) wish(() => apply(socket));
  }

  // ---- the connection

  /**
   * Makes the connection, where the source is a function: it gets the port and the host. Without
   * this call the first read or write does.
   */
  connect(...args: unknown[]): this {
    const listener = args.at(-1);
    if (typeof listener === "function") this.once("connect", listener as () => void);
    this.#open(targetOf(args)).catch(() => {}); // it destroys the stream
    return this;
  }

  #open(target: Omit<DuplexTarget, "signal"> = {}): Promise<SslSocket> {
    return this.#opening ??= this.#connect(target);
  }

  async #connect(target: Omit<DuplexTarget, "signal">): Promise<SslSocket> {
    if (this.#socket !== undefined) return this.#socket;
    try {
      const source = this.#source!, { signal } = this.#abort;
      const socket = await (typeof source === "function" ? source({ ...target, signal }) : source);
      if (!(socket instanceof SslSocket)) {
        throw new TypeError(
          `Cannot make a stream: expected an SslSocket: received ${quote(socket)}`,
        );
      }
      if (this.destroyed) {
        await connectionOf(socket)?.shutdown.cut();
        throw new Error("the stream was destroyed");
      }
      this.#adopt(socket);
      queueMicrotask(() => this.#tell());
      return socket;
    } catch (error) {
      this.destroy(toNodeError(error));
      throw error;
    }
  }

  #tell(): void {
    for (const event of ["connect", "secureConnect", "ready"]) {
      if (!this.destroyed) this.emit(event);
    }
  }

  /** The connection; `undefined` before it is made. */
  get sslSocket(): SslSocket | undefined {
    return this.#socket;
  }

  /** Whether the connection is being made. */
  get connecting(): boolean {
    return this.#opening !== undefined && this.#socket === undefined && !this.destroyed;
  }

  /** Whether there is no connection yet. */
  get pending(): boolean {
    return this.#socket === undefined;
  }

  /** `opening`, `open`, `readOnly`, `writeOnly` or `closed`. */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (!this.readable) return this.writable ? "writeOnly" : "closed";
    return this.writable ? "open" : "readOnly";
  }

  // ---- data

  /** For `node:stream`. */
  override _read(): void {
    if (this.#reading) return;
    this.#reading = true;
    void this.#pull();
  }

  async #pull(): Promise<void> {
    try {
      const socket = this.#socket ?? await this.#open();
      const p = this.#scratch ??= new Uint8Array(CHUNK);
      const n = await socket.read(p);
      this.#reading = false;
      if (n === null) {
        this.#ended = true;
        this.push(null);
        return;
      }
      this.bytesRead += n;
      this.#idle.refresh();
      // A small chunk is copied, so that it does not hold on to 64 KiB.
      if (n >= CHUNK / 2) this.#scratch = undefined;
      this.push(n < CHUNK / 2 ? Buffer.from(p.subarray(0, n)) : Buffer.from(p.buffer, 0, n));
    } catch (error) {
      this.#reading = false;
      if (this.destroyed) return;
      const closed = this.writableEnded && error instanceof SslTruncatedError;
      this.destroy(closed ? undefined : toNodeError(error));
    }
  }

  /** For `node:stream`. */
  override _write(
    chunk: Uint8Array | string,
    encoding: string,
    callback: (error?: Error | null) => void,
  ): void {
    const data = typeof chunk === "string" ? Buffer.from(chunk, encoding as "utf8") : chunk;
    this.#send(data).then(() => callback(), (error) => callback(toNodeError(error)));
  }

  /** For `node:stream`: what was written meanwhile goes in one piece. */
  override _writev(
    chunks: { chunk: Uint8Array | string; encoding: string }[],
    callback: (error?: Error | null) => void,
  ): void {
    const parts = chunks.map(({ chunk, encoding }) =>
      typeof chunk === "string" ? Buffer.from(chunk, encoding as "utf8") : chunk
    );
    this._write(parts.length === 1 ? parts[0]! : Buffer.concat(parts), "buffer", callback);
  }

  async #send(data: Uint8Array): Promise<void> {
    const socket = this.#socket ?? await this.#open();
    if (data.length > 0) await socket.write(data);
    this.bytesWritten += data.length;
    this.#idle.refresh();
  }

  /** For `node:stream`: our end is close_notify. */
  override _final(callback: (error?: Error | null) => void): void {
    if (this.#socket === undefined && this.#opening === undefined) return callback();
    this.#open().then((socket) => socket.closeWrite())
      .then(() => callback(), (error) => callback(toNodeError(error)));
  }

  /** For `node:stream`: what was not ended in both directions is cut, so that the peer knows. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#idle.stop();
    this.#abort.abort();
    const socket = this.#socket;
    if (socket === undefined) return callback(error);
    const whole = error === null && this.writableFinished;
    const closing = whole ? socket.close() : connectionOf(socket)?.shutdown.cut();
    Promise.resolve(closing).catch(() => {}).then(() => callback(error)); // errstr() has it
  }

  /** `close` says whether the connection failed, as in `net.Socket`. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === "close" && args.length === 0) args.push(this.errored !== null);
    return super.emit(event, ...args as []);
  }

  /** Ends after what is written, then destroys. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  // ---- settings of net.Socket

  #set(name: string, apply: (socket: SslSocket) => void): this {
    this.#settings.set(name, apply);
    const socket = this.#socket;
    if (socket !== undefined && !this.destroyed) wish(() => apply(socket));
    return this;
  }

  /** Sends small writes at once. The Deno engine, which hides the TCP connection, always does. */
  setNoDelay(noDelay = true): this {
    return this.#set("delay", (socket) => socket.setNoDelay(noDelay));
  }

  /** SO_KEEPALIVE. A wish: the Deno engine, which hides the TCP connection, cannot. */
  setKeepAlive(keepAlive = false, _initialDelay?: number): this {
    return this.#set("alive", (socket) => socket.setKeepAlive(keepAlive));
  }

  /** Lets the event loop wait for this connection, as it does at first. */
  ref(): this {
    return this.#set("ref", (socket) => socket.ref());
  }

  /** Does not let the event loop wait for this connection. */
  unref(): this {
    return this.#set("ref", (socket) => socket.unref());
  }

  /** Emits `timeout` after `msecs` without a byte in either direction; 0 ends it. */
  setTimeout(msecs: number, listener?: () => void): this {
    if (listener) this[msecs === 0 ? "off" : "once"]("timeout", listener);
    this.timeout = msecs;
    if (!this.destroyed) this.#idle.start(msecs);
    return this;
  }

  // ---- what node tells of a connection

  /** Whether the peer showed a certificate that was verified. */
  get authorized(): boolean {
    return isAuthorized(this.#socket);
  }

  /** Why the peer was not verified, where the program accepted it all the same: a code; else `null`. */
  get authorizationError(): string | null {
    return this.authorized ? null : this.#socket?.report.error?.code ?? null;
  }

  /**
   * The peer's certificate in node's shape; `{}` if it sent none, `null` without a connection.
   *
   * @param detailed With `issuerCertificate`, as far as the chain is known.
   * @throws {SslUnsupportedError} Where `SslSocket.peerCertificate()` does.
   */
  getPeerCertificate(detailed: true): DetailedPeerCertificate | null;
  /** The peer's certificate without its issuers. */
  getPeerCertificate(detailed?: boolean): PeerCertificate | null;
  getPeerCertificate(detailed = false): PeerCertificate | null {
    return this.destroyed ? null : peerCertificateOf(this.#socket, detailed);
  }

  /**
   * The peer's certificate as `X509Certificate` of `node:crypto`.
   *
   * @throws {SslUnsupportedError} As above.
   */
  getPeerX509Certificate(): X509Certificate | undefined {
    return peerX509Of(this.#socket);
  }

  /** Our own certificate in node's shape; `{}` if we have none. */
  getCertificate(): PeerCertificate | null {
    return ownCertificateOf(this.#socket);
  }

  /**
   * The cipher suite.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getCipher(): CipherNames | undefined {
    return cipherOf(this.#socket);
  }

  /**
   * The protocol, e.g. `TLSv1.3`; `null` without a connection.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  getProtocol(): string | null {
    return protocolOf(this.#socket);
  }

  /**
   * Whether an earlier session was resumed.
   *
   * @throws {SslUnsupportedError} On the Deno engine, which cannot tell.
   */
  isSessionReused(): boolean {
    return this.#socket?.getSessionReused() ?? false;
  }

  /** The ALPN protocol that both sides chose; `false` without one. */
  get alpnProtocol(): string | false {
    return this.#socket?.alpnSelected() ?? false;
  }

  /** The name in SNI; `false` without one, and on servers of the Deno engine, which cannot tell. */
  get servername(): string | false {
    return ifKnown(() => this.#socket?.getServername()) ?? false;
  }

  /** Keying material bound to this connection (RFC 5705); it throws before there is one. */
  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): Buffer {
    return keyingMaterialOf(this.#socket, length, label, context);
  }

  /** The address of our end; `{}` where it has none. */
  address(): AddressInfo | Record<string, never> {
    return addressOf(this.#socket, "localAddr") ?? {};
  }

  /** The address of our end. */
  get localAddress(): string | undefined {
    return addressOf(this.#socket, "localAddr")?.address;
  }

  /** The port of our end. */
  get localPort(): number | undefined {
    return addressOf(this.#socket, "localAddr")?.port;
  }

  /** The address of the peer. */
  get remoteAddress(): string | undefined {
    return addressOf(this.#socket, "remoteAddr")?.address;
  }

  /** The port of the peer. */
  get remotePort(): number | undefined {
    return addressOf(this.#socket, "remoteAddr")?.port;
  }

  /** `IPv4` or `IPv6`. */
  get remoteFamily(): string | undefined {
    return addressOf(this.#socket, "remoteAddr")?.family;
  }
}
