/**
 * What is left after `stopSsl({ fastShutdown: true })`: our close_notify has
 * gone and the peer's has yet to come, so the two directions differ. Writing
 * is plain at once; reading first takes TLS to its end, then what follows.
 *
 * @module
 */

import type { ByteTransport, TlsStream } from "../engine/types.ts";

/** Plain towards the peer at once, plain from the peer after its close_notify. */
export class FastStopped implements ByteTransport {
  /** The transport beneath TLS. */
  readonly inner: ByteTransport;
  readonly #tls: TlsStream;
  #ending: Promise<ByteTransport> | undefined;
  #plain: ByteTransport | undefined;

  /** Takes over a TLS stream whose close_notify has been sent, and its transport. */
  constructor(tls: TlsStream, inner: ByteTransport) {
    this.#tls = tls;
    this.inner = inner;
  }

  /** Reads plain bytes, after the end of TLS. */
  async read(p: Uint8Array): Promise<number | null> {
    this.#ending ??= this.#tls.shutdown().then(() => this.#plain = this.#tls.release());
    return await (this.#plain ?? await this.#ending).read(p);
  }

  /** Writes plain bytes. */
  write(p: Uint8Array): Promise<number> {
    return this.inner.write(p);
  }

  /** Closes both directions. */
  close(): void {
    if (this.#plain) this.#plain.close();
    else this.#tls.close();
  }

  /** Ends the direction to the peer. */
  async closeWrite(): Promise<void> {
    await this.inner.closeWrite?.();
  }

  /** Our address. */
  get localAddr(): Deno.Addr {
    return this.inner.localAddr!;
  }

  /** The peer's address. */
  get remoteAddr(): Deno.Addr {
    return this.inner.remoteAddr!;
  }

  /** Switches Nagle's algorithm. */
  setNoDelay(noDelay?: boolean): void {
    this.inner.setNoDelay?.(noDelay);
  }

  /** Lets the event loop wait. */
  ref(): void {
    this.inner.ref?.();
  }

  /** Does not let the event loop wait. */
  unref(): void {
    this.inner.unref?.();
  }
}
