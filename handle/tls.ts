/**
 * Starts and stops TLS on the connection of a handle, in place.
 *
 * @module
 */

import { checkOptions } from "../context/resolved_options.ts";
import type { Role } from "../engine/engine.ts";
import { SslError } from "../errors.ts";
import { memberOf, NO_OPTIONS } from "../internal/own_options.ts";
import { FastStopped, unreadError } from "../socket/fast_stopped.ts";
import { connectionOf } from "../socket/socket_init.ts";
import type { CloseOptions, StartOptions } from "../socket/options.ts";
import { SslSocket } from "../socket/socket.ts";
import { takeTransport, type TransportSource } from "../socket/transport.ts";
import type { HandleConnection } from "./connection.ts";
import { asTransport, type HandleConn } from "./source.ts";

/** `Handle.startSsl`; `connectSsl` and `acceptSsl`, which say the role. */
export async function startTls(
  connection: HandleConnection,
  options?: StartOptions,
  role?: Role,
): Promise<SslSocket> {
  const own = upgradable(connection, role);
  return own === undefined
    ? await startOver(connection, options, role)
    : await upgrade(connection, own, options, role);
}

/** The socket that the handle is over, where it is that socket which starts TLS. */
function upgradable(
  connection: HandleConnection,
  role: Role | undefined,
): SslSocket | undefined {
  const { conn } = connection;
  const stopped = connection.stopped;
  if (stopped !== undefined && connectionOf(stopped)?.phase === "plain") return stopped;
  if (!(conn instanceof SslSocket)) return undefined;
  return role !== undefined || connectionOf(conn)?.established === undefined ? conn : undefined;
}

/** Starts TLS on a plain socket, whose own options hold. */
async function upgrade(
  connection: HandleConnection,
  socket: SslSocket,
  options?: StartOptions,
  role?: Role,
): Promise<SslSocket> {
  const below = connectionOf(socket)!;
  const { conn } = connection;
  const server = options && memberOf(options, "server");
  const named = server === undefined ? below.role : server ? "server" : "client";
  const before = below.phase;
  const { length } = connection.ahead.lines;
  try {
    if (length > 0 && conn instanceof FastStopped && conn.plain === undefined) {
      throw unreadError("Cannot start TLS");
    }
    await below.handshake.upgrade(role ?? named, options, true);
  } catch (error) {
    if (before === "plain") await notUpgraded(connection, socket, error);
    throw error;
  }
  if (before === "plain") await connection.attach(socket);
  connection.stopped = undefined;
  return socket;
}

/** After a failure nothing may go in plain text where TLS was wanted. */
async function notUpgraded(
  connection: HandleConnection,
  socket: SslSocket,
  error: unknown,
): Promise<void> {
  const phase = connectionOf(socket)?.phase;
  if (phase === "plain") connection.refuse(error, true);
  else if (phase === "closed" || !connection.open) connection.lose();
  else {
    await connection.attach(socket);
    connection.refuse(error);
  }
}

/** Starts TLS over a connection that is not ours, or is in TLS already. */
async function startOver(
  connection: HandleConnection,
  options?: StartOptions,
  role?: Role,
): Promise<SslSocket> {
  const transport = asTransport(connection.conn);
  let taken = false;
  const source: TransportSource & Pick<HandleConnection, "conn"> = {
    conn: connection.conn,
    [takeTransport]: () => {
      taken = true;
      return connection.give("start TLS", transport);
    },
  };
  // The address is for messages.
  const { remoteAddr } = connection.conn as { remoteAddr?: Deno.Addr };
  if (remoteAddr) Object.assign(source, { remoteAddr });
  try {
    const socket = await SslSocket.start(source, withRole(options, role));
    await connection.attach(socket);
    return socket;
  } catch (error) {
    const left = error instanceof SslError ? error.transport : undefined;
    if (left !== undefined && connection.open) {
      await connection.attach(left as HandleConn);
      connection.refuse(error);
    } else if (taken) connection.lose();
    else connection.refuse(error, true); // what is written next must not go where TLS was wanted
    throw error;
  }
}

/** `Handle.stopSsl`. */
export async function stopTls(
  connection: HandleConnection,
  options?: CloseOptions,
): Promise<void> {
  const { conn } = connection;
  if (typeof conn.stopSsl !== "function") {
    throw new TypeError("Cannot stop TLS: the connection of the handle has no TLS");
  }
  const { ahead } = connection;
  const { fastShutdown, noShutdown } = checkOptions<CloseOptions>(
    "close",
    options ?? NO_OPTIONS,
  );
  const fast = fastShutdown === true && noShutdown !== true;
  const unread = ahead.lines.length;
  if (unread > 0 && !fast) {
    throw new SslError(
      `Cannot stop TLS: ${unread} bytes that came over TLS are unread: read them first`,
      { code: "ERR_UNREAD", reason: "unread bytes" },
    );
  }
  const plain = await conn.stopSsl(options) as HandleConn;
  connection.stopped = conn instanceof SslSocket ? conn : undefined;
  await connection.attach(plain, fast ? ahead : undefined);
}

/** The options with the role of the call, for a connection that has no role yet. */
function withRole(
  options: StartOptions | undefined,
  role: Role | undefined,
): StartOptions | undefined {
  if (role === undefined) return options;
  const server = role === "server";
  const given = options && memberOf(options, "server");
  if (given === undefined || given === server) return { ...options, server };
  const call = server ? "acceptSsl" : "connectSsl";
  throw new TypeError(
    `Cannot start TLS: ${call}() starts it as ${role}: received server: ${given}`,
  );
}
