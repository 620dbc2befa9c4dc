/**
 * What the machine inside a socket is made from.
 *
 * @module
 */

import type { ConnectionState } from "../context/connection.ts";
import type { SslContext } from "../context/context.ts";
import type { EngineContext, Role, SessionParams } from "../engine/engine.ts";
import type { SocketOptions } from "./options.ts";

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
