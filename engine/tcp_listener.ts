/**
 * The listener of an engine that can start TLS on any transport: plain TCP, with TLS prepared over
 * what it accepts.
 *
 * @module
 */

import { SslPeerError } from "../errors.ts";
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

  /**
   * The next connection as plain TCP.
   *
   * @throws {SslPeerError} With code `ECONNRESET`, for a client that reset its connection while it
   * was in the kernel's queue: nothing is wrong with the listener, the next may be accepted at once.
   */
  async acceptPlain(): Promise<Deno.TcpConn> {
    const conn = await this.#listener.accept().catch((cause) => {
      throw clientGone(cause);
    });
    try {
      // Handshake messages are small and answered at once: Nagle would hold them back.
      conn.setNoDelay(true);
    } catch {
      // A client that is already gone: the handshake says so.
    }
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

/** Deno accepts such a connection, asks for its address, and is told that there is none. */
function clientGone(cause: unknown): unknown {
  const gone = cause instanceof Deno.errors.NotConnected ||
    cause instanceof Deno.errors.ConnectionAborted || cause instanceof Deno.errors.ConnectionReset;
  if (!gone) return cause;
  return new SslPeerError(
    "Cannot accept a connection: the client reset it before it was accepted",
    {
      code: "ECONNRESET",
      reason: "the client reset the connection",
      cause,
    },
  );
}
