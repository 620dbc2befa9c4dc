/**
 * What `serveHttp` takes and gives.
 *
 * @module
 */

import type { Certificate } from "../certificate/certificate.ts";
import type { SslServer } from "../server/serve.ts";
import type { SslSocket } from "../socket/socket.ts";

/**
 * Options of `serveHttp` beside those of a listener.
 *
 * @category Options
 */
export interface HttpOptions {
  /**
   * A port on which plain HTTP is answered with a redirect (301) to the same URL with `https:`. It
   * is bound on the same address. A request without a good `Host` is a 400.
   */
  redirectHttp?: number | undefined;
}

/**
 * What a handler of HTTP knows of a request beside the request.
 *
 * @category Options
 */
export interface HttpInfo {
  /** The connection that the request came on. It is for looking at: its bytes belong to HTTP. */
  readonly socket: SslSocket;
  /** The client's certificate, verified; `undefined` when it sent none. */
  readonly peer: Certificate | undefined;
  /** The address of the client. */
  readonly remoteAddr: Deno.NetAddr;
  /**
   * The `completed` of Deno.serve: it resolves when the response was handed to the connection, and
   * rejects when the client was gone before. A stream that the client did not want to its end is
   * cancelled, and counts as handed over.
   */
  readonly completed: Promise<void>;
}

/**
 * Answers a request. What it throws is a 500 for the client and goes to `onError`; so does a result
 * that is not a `Response`.
 *
 * @category Options
 */
export type HttpHandler = (request: Request, info: HttpInfo) => Response | Promise<Response>;

/**
 * What `serveHttp` gives.
 *
 * @category Options
 */
export interface HttpServer extends SslServer {
  /** Lets the event loop wait for connections, as it does at first. */
  ref(): void;
  /**
   * Does not let the event loop wait for connections. Deno 2.9 ignores that on a listener of its own
   * TLS, so on the Deno engine the program goes on.
   */
  unref(): void;
}
