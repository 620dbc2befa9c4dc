/**
 * The socket around a connection: of `SslSocket`, or of the class that extends it.
 *
 * @module
 */

import { ignore } from "../internal/waiting.ts";
import type { Connection } from "./connection.ts";
import { type SocketInit, wrapConnection } from "./socket_init.ts";

/**
 * The socket of a connection, of the class that was asked for; where that makes none, the connection
 * is closed.
 */
export function socketOver<S extends object>(
  base: abstract new (init: SocketInit) => S,
  own: unknown,
  connection: Connection,
): S {
  const asked = connection.options.socketClass ?? own;
  try {
    const Class = (typeof asked === "function" ? asked : base) as new (init: SocketInit) => S;
    if (Class === base || Class.prototype instanceof base) {
      return new Class(wrapConnection(connection));
    }
    throw new TypeError('Cannot use option "socketClass": must extend SslSocket');
  } catch (error) {
    connection.shutdown.cut().catch(ignore);
    throw error;
  }
}
