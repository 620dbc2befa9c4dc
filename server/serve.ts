/**
 * `serve`: the quick server.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";
import { describe } from "../internal/quote.ts";
import type { ListenOptions } from "../socket/options.ts";
import { SslSocket } from "../socket/socket.ts";
import type { ServeHandler } from "./handlers.ts";
import { Server, type SslServer } from "./server.ts";

export type { ServeHandler } from "./handlers.ts";
export type { SslServer } from "./server.ts";

/**
 * Serves TLS: calls `handler` with a file handle and its socket for each
 * connection, and closes the connection when the handler is done.
 *
 * What a handler throws goes to `options.onError` and ends that connection
 * only, without close_notify (the Deno engine: with), so that the client cannot take half an answer
 * for a whole one. Handshakes that fail go to `options.onHandshakeError`.
 *
 * @param options As `SslSocket.listen`: `port` and a certificate (`certFile` and `keyFile`, `cert` and `key`, or `selfSigned`).
 * @param handler Called for each connection.
 *
 * @example
 * ```ts ignore
 * import { serve } from "@socket/ssl";
 *
 * const server = serve({ port: 8443, certFile: "cert.pem", keyFile: "key.pem" }, async (handle) => {
 *   for await (const line of handle.lines()) await handle.say("you said ", line);
 * });
 * await server.finished;
 * ```
 *
 * Perl: `IO::Socket::SSL` and `while (my $c = $server->accept)`
 */
export function serve(options: ListenOptions, handler: ServeHandler): SslServer {
  return new Server(serve, async () => {
    if (typeof handler !== "function") {
      throw new TypeError(`Cannot serve: it needs a handler: received ${describe(handler)}`);
    }
    const listener = await SslSocket.listen(options);
    const { serveOne } = await import("./handlers.ts");
    const { onError } = ownRecord(options);
    return { listener, serveOne: (socket) => serveOne(socket, handler, onError) };
  });
}
