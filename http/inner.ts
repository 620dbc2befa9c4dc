/**
 * The server of HTTP itself: Deno.serve on a port of the loopback address, which only the
 * connections of one TLS listener may use.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { SslUnsupportedError } from "../errors.ts";
import { describe, quote } from "../internal/quote.ts";
import { ignore, inTime } from "../internal/waiting.ts";
import type { SslSocket } from "../socket/socket.ts";
import { badRequest, setUrl, targetOf } from "./authority.ts";
import type { HttpHandler, HttpInfo } from "./options.ts";

/** The address of the inner server. */
const LOOPBACK = "127.0.0.1";

/** How long Deno.serve may take to end when its requests are done, in milliseconds. */
const GRACE = 1_000;

/** The request of a connection that no client has: it gets 421, as that of any other program. */
const STRANGER = new TextEncoder().encode("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");

/** One connection of a client, as the requests on it see it. */
export interface Client {
  /** The TLS socket. */
  readonly socket: SslSocket;
  /** Whether HTTP/2 is spoken on it. */
  readonly http2: boolean;
  /** How many of its requests are with the handler. */
  running: number;
  /** Called when none is. */
  idle?: () => void;
}

/** What the handler gets beside the request. */
class RequestInfo implements HttpInfo {
  readonly socket: SslSocket;
  readonly completed: Promise<void>;

  constructor(socket: SslSocket, completed: Promise<void>) {
    this.socket = socket;
    this.completed = completed; // asked for at once: later, Deno.serve would never settle it
    completed.catch(ignore); // nobody has to look at it
  }

  get peer(): Certificate | undefined {
    return this.socket.peerCertificate();
  }

  get remoteAddr(): Deno.NetAddr {
    return this.socket.remoteAddr;
  }
}

/** Deno.serve, behind a TLS listener. */
export class InnerServer {
  readonly #handler: HttpHandler;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The clients by the local port of their connection to the inner server. */
  readonly #clients = new Map<number, Client>();
  /** How many requests are with the handler. */
  #running = 0;

  /**
   * Starts it.
   *
   * @param report Gets what the handler throws.
   */
  constructor(handler: HttpHandler, report: (error: unknown) => void) {
    this.#handler = handler;
    this.#server = Deno.serve({
      hostname: LOOPBACK,
      port: 0,
      onListen: ignore,
      onError(error) {
        report(error);
        return new Response("Internal Server Error\n", { status: 500 });
      },
    }, (request, info) => this.#serve(request, info));
    this.#server.unref(); // the listener and its sockets hold the event loop
    const { hostname, port } = this.#server.addr;
    if (hostname === LOOPBACK) return;
    this.#server.shutdown().catch(ignore);
    throw new SslUnsupportedError(
      `Cannot serve HTTP: DENO_SERVE_ADDRESS moves the server behind the TLS listener to ` +
        `${hostname}:${port}: unset it`,
      { code: "ERR_UNSUPPORTED" },
    );
  }

  /** A connection for a client, which must be given back. */
  async connect(client: Client): Promise<Deno.TcpConn> {
    const conn = await Deno.connect({ hostname: LOOPBACK, port: this.#server.addr.port });
    try {
      conn.setNoDelay(true);
      await this.#overtake();
    } catch (error) {
      conn.close();
      throw error;
    }
    this.#clients.set((conn.localAddr as Deno.NetAddr).port, client);
    return conn;
  }

  /**
   * Waits until Deno.serve has answered a connection that came after all there are. A program that
   * made one before, wrote a request and reset it, leaves its port to us; when this returns, that
   * request was met while nobody was known by the port.
   */
  async #overtake(): Promise<void> {
    using conn = await Deno.connect({ hostname: LOOPBACK, port: this.#server.addr.port });
    for (let at = 0; at < STRANGER.length;) at += await conn.write(STRANGER.subarray(at));
    await conn.read(new Uint8Array(1));
  }

  /** Closes a connection, and waits until the handler is done with its requests. */
  async release(conn: Deno.TcpConn, client: Client): Promise<void> {
    // First: from the moment it is closed somebody else may get its port.
    this.#clients.delete((conn.localAddr as Deno.NetAddr).port);
    try {
      conn.close();
    } catch {
      // It was closed when the other direction failed.
    }
    if (client.running > 0) await new Promise<void>((resolve) => client.idle = resolve);
  }

  /** The client on a connection; `undefined` for one that another program made. */
  #clientOf({ hostname, port }: Deno.NetAddr): Client | undefined {
    return hostname === LOOPBACK ? this.#clients.get(port) : undefined;
  }

  async #serve(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    const client = this.#clientOf(info.remoteAddr);
    if (client === undefined) return new Response("Misdirected Request\n", { status: 421 });
    const fallback = client.http2 ? `localhost:${this.#server.addr.port}` : undefined;
    const target = targetOf(request, fallback);
    if (target === undefined) return badRequest();
    const asked = setUrl(request, `https://${target.authority}${target.path}`);
    client.running++;
    this.#running++;
    try {
      const handler = this.#handler;
      const response: unknown = await handler(
        asked,
        new RequestInfo(client.socket, info.completed),
      );
      if (response instanceof Response) return response;
      throw new TypeError(
        `Cannot send what the handler of serveHttp() returned for ${request.method} ` +
          `${quote(target.path)}: it must be a Response: received ${describe(response)}`,
      );
    } finally {
      this.#running--;
      if (--client.running === 0) client.idle?.();
    }
  }

  /** Lets the requests that run end, and closes what is idle. */
  drain(): void {
    this.#server.shutdown().catch(ignore);
  }

  /** Ends it. A handler that does not end is not waited for. */
  async close(): Promise<void> {
    if (this.#running > 0) return this.drain();
    await inTime(this.#server.shutdown().catch(ignore), GRACE);
  }
}
