/**
 * A server of `node:http` behind a listener of this library.
 *
 * @module
 */

import type { Server } from "node:http";
import type { SslListener } from "../socket/socket.ts";
import { toDuplex } from "./to_duplex.ts";

/**
 * Gives the connections of a listener to a server of `node:http` (Express, ws, ...), in place of
 * `server.listen()`: requests of one connection are served one after the other (keep-alive), and
 * `req.socket` is an {@linkcode SslDuplex}, which has the client's certificate.
 *
 * `server.close()` closes the listener, and closing the listener ends the server's listening; the
 * connections that run go on. Handshakes that fail go to the listener's `onHandshakeError`.
 *
 * @example Express, with the certificate of the client
 * ```ts ignore
 * import http from "node:http";
 * import { SslSocket } from "@socket/ssl";
 * import { serveConnections } from "@socket/ssl/node";
 *
 * const server = http.createServer((_request, response) => response.end("hello")); // or Express
 * const files = { certFile: "server.pem", keyFile: "server.key" };
 * await serveConnections(server, await SslSocket.listen({ port: 8443, ...files }));
 * ```
 *
 * @returns When the listener is closed.
 * @category Node
 */
export async function serveConnections(server: Server, listener: SslListener): Promise<void> {
  let listening = true;
  // A server of node's that does not listen destroys each connection after its first response.
  Object.defineProperty(server, "listening", { configurable: true, get: () => listening });
  const close = () => listener.close();
  server.once("close", close);
  server.emit("listening"); // it begins to watch over its timeouts
  try {
    for await (const socket of listener) {
      server.emit("connection", toDuplex(socket, { noDelay: true }));
    }
  } finally {
    listening = false;
    server.off("close", close);
  }
}
