/**
 * What a stream is made from, and its options.
 *
 * @module
 */

import type { SslSocket } from "../socket/socket.ts";

/**
 * Where a package wants to connect to: the arguments of its `connect(port, host)`.
 *
 * @category Node
 */
export interface DuplexTarget {
  /** The host. */
  readonly host?: string | undefined;
  /** The port. */
  readonly port?: number | undefined;
  /** The path of a Unix socket. */
  readonly path?: string | undefined;
  /** Is aborted when the stream is destroyed before the connection is made. */
  readonly signal: AbortSignal;
}

/**
 * What {@linkcode toDuplex} takes: a socket, one that is being made, or how to make it.
 *
 * @category Node
 */
export type DuplexSource =
  | SslSocket
  | Promise<SslSocket>
  | ((target: DuplexTarget) => Promise<SslSocket>);

/**
 * Options of {@linkcode toDuplex}.
 *
 * @category Node
 */
export interface DuplexOptions {
  /**
   * Whether writing goes on after the peer has ended, as in `net.Socket`.
   *
   * @default {false}
   */
  readonly allowHalfOpen?: boolean | undefined;
  /** How many bytes are buffered in each direction. Default: node's. */
  readonly highWaterMark?: number | undefined;
  /** As by `setNoDelay()`. @default {false} */
  readonly noDelay?: boolean | undefined;
}

/** `connect(port, host)` and `connect({ port, host })`. */
export function targetOf(args: readonly unknown[]): Omit<DuplexTarget, "signal"> {
  const [first, second] = args;
  if (typeof first === "object" && first !== null) {
    const { host, port, path } = { host: undefined, port: undefined, path: undefined, ...first };
    return { host, port, path };
  }
  if (typeof first === "string" && Number.isNaN(Number(first))) return { path: first };
  const host = typeof second === "string" ? { host: second } : {};
  return first === undefined ? {} : { port: Number(first), ...host };
}
