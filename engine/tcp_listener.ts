/**
 * The listener of an engine that can start TLS on any transport: plain TCP, with TLS prepared over
 * what it accepts.
 *
 * @module
 */

import { listenTcp } from "./dial.ts";
import type { EngineContext, EngineListener, ListenTarget, TlsStream } from "./types.ts";

/** Accepts TCP and prepares TLS. */
export class TcpListener implements EngineListener {
  readonly #listener: Deno.TcpListener;

  /** Binds; throws an SslError with the address in it. */
  constructor(target: ListenTarget) {
    this.#listener = listenTcp(target);
  }

  /** The bound address. */
  get addr(): Deno.Addr {
    return this.#listener.addr;
  }

  /** The next connection; its handshake has not begun. */
  async accept(context: EngineContext, user: unknown): Promise<TlsStream> {
    const conn = await this.acceptPlain();
    try {
      return context.start(conn, { serverName: undefined, verifyName: undefined, user });
    } catch (error) {
      conn.close();
      throw error;
    }
  }

  /** The next connection as plain TCP. */
  async acceptPlain(): Promise<Deno.TcpConn> {
    const conn = await this.#listener.accept();
    conn.setNoDelay(true);
    return conn;
  }

  /** Stops listening. */
  close(): void {
    this.#listener.close();
  }

  /** Lets the event loop wait. */
  ref(): void {
    this.#listener.ref();
  }

  /** Does not let the event loop wait. */
  unref(): void {
    this.#listener.unref();
  }
}
