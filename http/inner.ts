/**
 * The server of HTTP itself: Deno.serve on a port of the loopback address, which only the
 * connections of one TLS listener may use.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import { SslUnsupportedError } from "../errors.ts";
import { describe, quote } from "../internal/quote.ts";
import { closedError, ignore, inTime } from "../internal/waiting.ts";
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
  readonly #report: (error: unknown) => void;
  /** None after one that failed. */
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  /** The clients by both ports of their connection to Deno.serve. */
  readonly #clients = new Map<number, Client>();
  #draining = false;
  /** How many requests are with the handler. */
  #running = 0;

  /**
   * Starts it.
   *
   * @param report Gets what the handler throws.
   */
  constructor(handler: HttpHandler, report: (error: unknown) => void) {
    this.#handler = handler;
    this.#report = report;
    this.#server = this.#start();
    const { hostname, port } = this.#server.addr;
    if (hostname === LOOPBACK) return;
    this.drain();
    throw new SslUnsupportedError(
      `Cannot serve HTTP: DENO_SERVE_ADDRESS moves the server behind the TLS listener to ` +
        `${hostname}:${port}: unset it`,
      { code: "ERR_UNSUPPORTED" },
    );
  }

  /**
   * Starts Deno.serve, which ends with its connections when it cannot accept one, as where no file
   * descriptor is left.
   */
  #start(): Deno.HttpServer<Deno.NetAddr> {
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
      hostname: LOOPBACK,
      port: 0,
      onListen: ignore,
      onError: (error) => {
        this.#report(error);
        return new Response("Internal Server Error\n", { status: 500 });
      },
    }, (request, info) => this.#serve(request, info, server.addr.port));
    server.unref(); // the listener and its sockets hold the event loop
    server.finished.catch((error) => {
      if (this.#server === server) this.#server = undefined;
      this.#report(error);
    });
    return server;
  }

  /** A connection for a client, which must be given back. */
  async connect(client: Client): Promise<Deno.TcpConn> {
    if (this.#draining) throw closedError("server");
    const { port } = (this.#server ??= this.#start()).addr;
    const conn = await Deno.connect({ hostname: LOOPBACK, port });
    try {
      conn.setNoDelay(true);
      await this.#overtake(port);
    } catch (error) {
      conn.close();
      throw error;
    }
    this.#clients.set(keyOf(conn.localAddr, port), client);
    return conn;
  }

  /**
   * Waits until Deno.serve has answered a connection that came after all there are. A program that
   * made one before, wrote a request and reset it, leaves its port to us; when this returns, that
   * request was met while nobody was known by the port.
   */
  async #overtake(port: number): Promise<void> {
    using conn = await Deno.connect({ hostname: LOOPBACK, port });
    for (let at = 0; at < STRANGER.length;) at += await conn.write(STRANGER.subarray(at));
    await conn.read(new Uint8Array(1));
  }

  /** Closes a connection, and waits until the handler is done with its requests. */
  async release(conn: Deno.TcpConn, client: Client): Promise<void> {
    // First: from the moment it is closed somebody else may get its port.
    this.#clients.delete(keyOf(conn.localAddr, conn.remoteAddr.port));
    try {
      conn.close();
    } catch {
      // It was closed when the other direction failed.
    }
    if (client.running > 0) await new Promise<void>((resolve) => client.idle = resolve);
  }

  /** The client on a connection; `undefined` for one that another program made. */
  #clientOf(remote: Deno.NetAddr, port: number): Client | undefined {
    return remote.hostname === LOOPBACK ? this.#clients.get(keyOf(remote, port)) : undefined;
  }

  async #serve(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
    port: number,
  ): Promise<Response> {
    const client = this.#clientOf(info.remoteAddr, port);
    if (client === undefined) return new Response("Misdirected Request\n", { status: 421 });
    const fallback = client.http2 ? `localhost:${port}` : undefined;
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
    this.#draining = true;
    this.#server?.shutdown().catch(ignore);
  }

  /** Ends it. A handler that does not end is not waited for. */
  async close(): Promise<void> {
    if (this.#running > 0) return this.drain();
    this.#draining = true;
    if (this.#server !== undefined) await inTime(this.#server.shutdown().catch(ignore), GRACE);
  }
}

/** One number for the ports of both ends: after one Deno.serve has failed another has its own. */
function keyOf(client: Deno.Addr, server: number): number {
  return server * 65536 + (client as Deno.NetAddr).port;
}
