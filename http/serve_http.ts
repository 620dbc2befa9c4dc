/**
 * `serveHttp`: HTTPS with everything that a TLS server can.
 *
 * @module
 */

import { tableOf } from "../context/option_table.ts";
import { hasDefault } from "../context/process_defaults.ts";
import { ownMembers } from "../internal/own_options.ts";
import { describe, quote } from "../internal/quote.ts";
import { Server } from "../server/serve.ts";
import type { ListenOptions } from "../socket/options.ts";
import { SslSocket } from "../socket/socket.ts";
import type { HttpHandler, HttpOptions, HttpServer } from "./options.ts";

/**
 * Serves HTTPS: HTTP/1.1, HTTP/2 and WebSocket, with the `Request` and `Response` of fetch.
 *
 * It is `Deno.serve` behind a TLS listener of this package, so it takes what `Deno.serve` does not:
 * client certificates, versions, ciphers, a certificate for each name, tickets, a stapled OCSP
 * response, a new certificate while it runs. The handler knows the client's certificate.
 *
 * Handlers of Hono and other frameworks on `Request` and `Response` work as they are:
 * `serveHttp(options, app.fetch)`.
 *
 * @param options As `SslSocket.listen`: `port` and a certificate (`certFile` and `keyFile`, `cert` and
 * `key`, or `selfSigned`), and `redirectHttp`. `alpnProtocols` is `["h2", "http/1.1"]` unless it, a
 * default of the program, or the context in `reuseCtx`, says otherwise.
 * @param handler Called for each request.
 *
 * @example A server that knows its client by certificate
 * ```ts ignore
 * import { serveHttp } from "@socket/ssl/http";
 * import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "@socket/ssl/constants";
 *
 * serveHttp({
 *   port: 8443,
 *   certFile: "server.pem",
 *   keyFile: "server.key",
 *   clientCaFile: "clients-ca.pem",
 *   verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
 * }, (_request, { peer }) => new Response(`Hello, ${peer?.commonName}\n`));
 * ```
 *
 * @category HTTP
 */
export function serveHttp(
  options: ListenOptions & HttpOptions,
  handler: HttpHandler,
): HttpServer {
  return new Server(serveHttp, async () => {
    if (typeof handler !== "function") {
      throw new TypeError(`Cannot serve HTTP: it needs a handler: received ${describe(handler)}`);
    }
    const { redirectPort, listen } = readOptions(options);
    const listener = await SslSocket.listen(listen);
    try {
      const { HttpService } = await import("./service.ts");
      const { onError } = listen;
      return new HttpService({ listener, handler, onError, redirectPort });
    } catch (error) {
      listener.close();
      throw error;
    }
  });
}

/** The options of the listener, and the port of the redirect. */
function readOptions(
  given: ListenOptions & HttpOptions,
): { listen: ListenOptions; redirectPort: number | undefined } {
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    return { listen: given, redirectPort: undefined }; // the listener says what is wrong
  }
  const names = { ...tableOf("listen"), redirectHttp: true };
  const listen = ownMembers(given, { operation: "serve HTTP", names });
  const { redirectHttp } = listen;
  delete listen.redirectHttp;
  if (redirectHttp !== undefined && !isPort(redirectHttp)) {
    throw new RangeError(
      `Cannot serve HTTP: redirectHttp must be a port from 1 to 65535: received ${
        quote(redirectHttp)
      }`,
    );
  }
  const otherwise = listen.reuseCtx !== undefined || hasDefault("server", "alpnProtocols");
  if (!otherwise) listen.alpnProtocols ??= ["h2", "http/1.1"];
  return { listen, redirectPort: redirectHttp };
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65535;
}
