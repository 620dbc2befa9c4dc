/**
 * The way from a connection to the socket around it, through the constructor of a subclass, and
 * back.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/**
 * What only the library can make a socket from. A subclass that has a
 * constructor of its own passes it on to `super`.
 *
 * @category Sockets
 */
export interface SocketInit {
  /** Says that it was made by the library. */
  readonly kind: "SocketInit";
}

const connections = new WeakMap<object, Connection>();

/** Wraps a connection for the constructor of a socket. */
export function wrapConnection(connection: Connection): SocketInit {
  const init = Object.freeze({ kind: "SocketInit" as const });
  connections.set(init, connection);
  return init;
}

/** Unwraps it, once: a WeakMap keeps its values until the next full collection. */
export function unwrapConnection(init: SocketInit): Connection {
  const connection = connections.get(init);
  if (connection === undefined) {
    throw new TypeError(
      "Cannot create a socket: use SslSocket.connect, SslSocket.start or SslSocket.listen",
    );
  }
  connections.delete(init);
  return connection;
}

let find: (socket: object) => Connection | undefined = () => undefined;

/** Says, once, how to find the connection of a socket. */
export function whereConnectionsAre(how: (socket: object) => Connection | undefined): void {
  find = how;
}

/** The connection of a socket; `undefined` for anything else. */
export function connectionOf(value: unknown): Connection | undefined {
  return typeof value === "object" && value !== null ? find(value) : undefined;
}
