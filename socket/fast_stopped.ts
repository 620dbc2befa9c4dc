/**
 * What is left after `stopSsl({ fastShutdown: true })`: our close_notify was sent and the peer's has
 * yet to come, so the two directions differ.
 *
 * @module
 */

import type { ByteTransport, TlsStream } from "../engine/engine.ts";
import { SSL_WANT_READ, SslError, type Want } from "../errors.ts";

/** Bytes that came over TLS have not been read where TLS was to end. */
export function unreadError(what: string): SslError {
  return new SslError(
    `${what}: bytes that came over TLS are unread: read them first, then call it again`,
    { code: "ERR_UNREAD", reason: "unread bytes" },
  );
}

/**
 * Writing is plain at once. Reading gives what still comes over TLS, then `null` once, where TLS
 * ends, and from then on what comes in plain text: a reader can tell what was authenticated.
 */
export class FastStopped implements ByteTransport {
  /** The transport beneath TLS. */
  readonly inner: ByteTransport;
  readonly #tls: TlsStream;
  #plain: ByteTransport | undefined;
  #resumes = false;

  /** Takes over a TLS stream whose close_notify has been sent, and its transport. */
  constructor(tls: TlsStream, inner: ByteTransport) {
    this.#tls = tls;
    this.inner = inner;
  }

  /** What follows TLS, when that has been read to its end. */
  get plain(): ByteTransport | undefined {
    return this.#plain;
  }

  /** Whether the last read gave `null` for the end of TLS: the connection goes on. */
  get resumes(): boolean {
    return this.#resumes;
  }

  /** Reads what is left of TLS, `null` at its end, then plain bytes. */
  async read(p: Uint8Array): Promise<number | null> {
    if (this.#plain !== undefined) {
      this.#resumes = false;
      return await this.#plain.read(p);
    }
    const n = await this.#tls.read(p);
    if (n === null) this.#end();
    return n;
  }

  #end(): ByteTransport {
    this.#resumes = true;
    return this.#plain ??= this.#tls.release();
  }

  /**
   * What follows TLS, for another TLS over it; waits for the end.
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes come before it, which stay to be read.
   */
  async finish(): Promise<ByteTransport> {
    if (this.#plain === undefined && await this.#tls.peek(new Uint8Array(1)) !== null) {
      throw unreadError("Cannot start TLS");
    }
    return this.#end();
  }

  /** As `finish`, without waiting. */
  tryFinish(): ByteTransport | Want {
    if (this.#plain !== undefined) return this.#plain;
    const r = this.#tls.tryPeek(new Uint8Array(1));
    if (typeof r === "number") throw unreadError("Cannot start TLS");
    return r === null ? this.#end() : SSL_WANT_READ;
  }

  write(p: Uint8Array): Promise<number> {
    return this.inner.write(p);
  }

  close(): void {
    if (this.#plain) this.#plain.close();
    else this.#tls.close();
  }

  async closeWrite(): Promise<void> {
    await this.inner.closeWrite?.();
  }

  get localAddr(): Deno.Addr {
    return this.inner.localAddr!;
  }

  get remoteAddr(): Deno.Addr {
    return this.inner.remoteAddr!;
  }

  setNoDelay(noDelay?: boolean): void {
    this.inner.setNoDelay?.(noDelay);
  }

  setKeepAlive(keepAlive?: boolean): void {
    this.inner.setKeepAlive?.(keepAlive);
  }

  ref(): void {
    this.inner.ref?.();
  }

  unref(): void {
    this.inner.unref?.();
  }
}
