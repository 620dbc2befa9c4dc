/**
 * HTTPS as a service: a TLS listener with Deno.serve behind it. Loaded when a server starts.
 *
 * @module
 */

import { ignore } from "../internal/waiting.ts";
import { report } from "../server/handlers.ts";
import type { Service } from "../server/serve.ts";
import type { ListenOptions } from "../socket/options.ts";
import type { SslListener, SslSocket } from "../socket/socket.ts";
import { connectionOf } from "../socket/socket_init.ts";
import { type Client, InnerServer } from "./inner.ts";
import type { HttpHandler } from "./options.ts";
import { carry, firstBytes } from "./pump.ts";
import { startRedirect } from "./redirect.ts";

/** What the service is made from. */
export interface HttpPlan {
  /** Listens already. */
  readonly listener: SslListener;
  /** Answers the requests. */
  readonly handler: HttpHandler;
  /** The option `onError`. */
  readonly onError: ListenOptions["onError"];
  /** The port of the redirect. */
  readonly redirectPort: number | undefined;
}

/** HTTPS on a listener. */
export class HttpService implements Service {
  readonly listener: SslListener;
  readonly #inner: InnerServer;
  readonly #endRedirect: (() => void) | undefined;
  /** The connections on which no request has begun. */
  readonly #silent = new Set<SslSocket>();

  /** Serves from now on. */
  constructor({ listener, handler, onError, redirectPort }: HttpPlan) {
    this.listener = listener;
    this.#inner = new InnerServer(handler, (error) => report(onError, error));
    if (redirectPort === undefined) return;
    const { hostname, port } = listener.addr;
    try {
      this.#endRedirect = startRedirect({ hostname, port: redirectPort, to: port });
    } catch (error) {
      this.#inner.drain();
      throw error;
    }
  }

  /** Serves one connection to its end. */
  async serveOne(socket: SslSocket): Promise<void> {
    try {
      if (await this.#converse(socket)) return await socket.close();
    } catch {
      // The client is gone, or Deno.serve has given it up: the requests on it have been told.
    }
    await connectionOf(socket)?.shutdown.cut();
  }

  /** Carries the bytes of one connection; whether it has ended well. */
  async #converse(socket: SslSocket): Promise<boolean> {
    const http2 = socket.alpnSelected() === "h2";
    this.#silent.add(socket);
    const first = await firstBytes(socket, http2).finally(() => this.#silent.delete(socket));
    if (first === undefined) return false;
    const client: Client = { socket, http2, running: 0 };
    const conn = await this.#inner.connect(client);
    try {
      const up = this.#up(first, socket, conn);
      await carry(conn, socket);
      up.catch(ignore);
      return true;
    } finally {
      await this.#inner.release(conn, client);
    }
  }

  /** From the client to Deno.serve. A client that is gone without an end ends the connection. */
  async #up(first: Uint8Array, socket: SslSocket, conn: Deno.TcpConn): Promise<void> {
    try {
      for (let at = 0; at < first.length;) at += await conn.write(first.subarray(at));
      await carry(socket, conn);
      await conn.closeWrite();
    } catch {
      try {
        conn.close();
      } catch {
        // The other direction was faster.
      }
    }
  }

  /** No connection comes any more. Those without a request, as browsers make them ahead, end here. */
  draining(): void {
    for (const socket of this.#silent) socket.close().catch(ignore);
    this.#inner.drain();
    this.#endRedirect?.();
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#endRedirect?.();
    await this.#inner.close();
  }
}
