/**
 * `toDuplex`: the hook for packages that want a stream of node's.
 *
 * @module
 */

import { type NamesOf, ownOptions } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { SslSocket } from "../socket/socket.ts";
import { SslDuplex } from "./duplex.ts";
import type { DuplexOptions, DuplexSource } from "./duplex_options.ts";

const OPTIONS: NamesOf<DuplexOptions> = { allowHalfOpen: true, highWaterMark: true, noDelay: true };

/**
 * A TLS connection for packages that want a stream of node's: the one hook for `pg` (`stream`),
 * postgres.js (`socket`), ioredis (a `Connector`), mqtt, nodemailer (`getSocket`), ws, and servers
 * of `node:http` (`server.emit("connection", toDuplex(socket))`).
 *
 * @example A stream of node
 * ```ts ignore
 * import { SslSocket } from "@socket/ssl";
 * import { toDuplex } from "@socket/ssl/node";
 *
 * const stream = toDuplex(SslSocket.connect("example.com:443"));
 * stream.end("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n");
 * for await (const chunk of stream) console.log(String(chunk));
 * ```
 *
 * @param source A socket; the promise of one, as `SslSocket.connect` gives it; or a function that
 * makes one, which is called when the package calls `connect(port, host)`, or else reads or writes.
 * The socket then belongs to the stream.
 * @throws {TypeError} If the socket has not made its handshake; for an unknown option.
 * @category Node
 */
export function toDuplex(source: DuplexSource, options: DuplexOptions = {}): SslDuplex {
  const ready = source instanceof SslSocket || source instanceof Promise;
  if (!ready && typeof source !== "function") {
    throw new TypeError(
      `Cannot make a stream: it needs an SslSocket, its promise or a function that makes it: ` +
        `received ${quote(source)}`,
    );
  }
  return new SslDuplex(source, ownOptions(options, { operation: "make a stream", names: OPTIONS }));
}
