/**
 * What TLS can be started over.
 *
 * @module
 */

import type { StreamPair } from "../engine/transport.ts";

export type { StreamPair } from "../engine/transport.ts";

/**
 * A plain, bidirectional byte stream: a `Deno.TcpConn`, a `Deno.UnixConn`,
 * another `SslSocket`, or what `stopSsl` gave.
 *
 * @category Sockets
 */
export interface Transport {
  /** Reads up to `p.length` bytes; `null` at the end of the stream. */
  read(p: Uint8Array): Promise<number | null>;
  /** Writes some of `p`; resolves to the number of bytes written. */
  write(p: Uint8Array): Promise<number>;
  /** Closes both directions. */
  close(): void | Promise<void>;
  /** Ends the direction to the peer, if the transport can. */
  closeWrite?(): Promise<void>;
  /** Our address, if it has one. */
  readonly localAddr?: Deno.Addr | undefined;
  /** The peer's address, if it has one. */
  readonly remoteAddr?: Deno.Addr | undefined;
  /** Switches Nagle's algorithm. */
  setNoDelay?(noDelay?: boolean): void;
  /** Switches the question to a silent peer whether it is still there (SO_KEEPALIVE). */
  setKeepAlive?(keepAlive?: boolean): void;
  /** Lets the event loop wait for the transport. */
  ref?(): void;
  /** Does not let the event loop wait for the transport. */
  unref?(): void;
  /** The transport beneath, where bytes that were read ahead are in front of one. */
  readonly inner?: Transport;
}

/**
 * The key under which a file handle gives away its connection and the bytes it has read ahead.
 *
 * @category Sockets
 */
export const takeTransport: unique symbol = Symbol("takeTransport");

/**
 * A reader over a connection, e.g. a `Handle`, that can give both away.
 *
 * @category Sockets
 */
export interface TransportSource {
  /** Gives the connection and what was read from it and not yet consumed. */
  [takeTransport](): { transport: Transport | StreamPair; buffered: Uint8Array };
}
