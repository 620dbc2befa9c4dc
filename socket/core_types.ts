/**
 * What the machine inside a socket is made from.
 *
 * @module
 */

import type { ConnectionState } from "../context/connection.ts";
import type { SslContext } from "../context/context.ts";
import type { ConnectOptions, ListenOptions, StartOptions } from "../context/options.ts";
import type { EngineContext, Role, SessionParams } from "../engine/engine.ts";

/** Options of `close` and `stopSsl`. */
export interface CloseOptions {
  /**
   * Do not send close_notify: the peer sees a truncated stream.
   *
   * Perl: `SSL_no_shutdown`
   */
  noShutdown?: boolean | undefined;
  /**
   * Send close_notify without waiting for the peer's. Default: `true` in `close`, `false` in `stopSsl`.
   *
   * Perl: `SSL_fast_shutdown`
   */
  fastShutdown?: boolean | undefined;
  /**
   * How long this may take, in milliseconds; 0 is no limit. Default: 5,000 in `close`, the
   * socket's `timeout` (30,000) in `stopSsl`.
   *
   * Perl: `Timeout`
   */
  timeout?: number | undefined;
}

/** The options of a socket, whichever way it was made. */
export type SocketOptions = Omit<ConnectOptions & StartOptions & ListenOptions, "port">;

/** What a {@linkcode SocketCore} is made from. */
export interface CoreInit {
  /** The options it was made with. */
  readonly options: SocketOptions;
  /** Which side it is. */
  readonly role: Role;
  /** The context of its connections. */
  readonly context: SslContext;
  /** The same, ready in the engine. */
  readonly engineContext: EngineContext;
  /** The peer, for messages. */
  readonly peer: string;
  /** The host that was asked for: where the names to send and to verify default from. */
  readonly hostname?: string | undefined;
  /** What the sessions of a client are kept under, unless `sessionKey` says otherwise. */
  readonly sessionPeer?: string | undefined;
  /** Whether the transport outlives a failed handshake. */
  readonly keepTransport: boolean;
}

/** One connection as the layer above the engine sees it. */
export interface Connection {
  /** For the engine. */
  readonly params: SessionParams;
  /** What the hooks found out. */
  readonly state: ConnectionState;
}
