/**
 * The options of sockets and listeners: what each means, its unit and its default. Those that
 * have to do with TLS itself are in `context/options.ts`.
 *
 * @module
 */

import type { SslOptions } from "../context/options.ts";
import type { OptionName } from "../context/option_table.ts";
import type { DefaultOptions } from "../context/process_defaults.ts";

/**
 * The options that {@linkcode ConnectOptions}, {@linkcode StartOptions} and {@linkcode ListenOptions} share.
 *
 * @template S The class of the sockets, for `onPeerShutdown`.
 * @category Options
 */
// deno-lint-ignore no-explicit-any -- connect, start and listen say which class it is
export interface ConnectionOptions<S = any> extends SslOptions {
  /**
   * Called once when a read meets the peer's close_notify; a number that it gives replaces the
   * `null` of that read, a throw makes it fail. `stopSsl()` in it goes back to plain text. Nothing is
   * answered to the peer by itself: our direction stays open.
   *
   * Perl: `SSL_on_peer_shutdown`
   */
  onPeerShutdown?:
    | ((socket: S) => number | null | void | Promise<number | null | void>)
    | undefined;
}

/**
 * Options of `SslSocket.connect`.
 *
 * @template S The class of the sockets, for `onPeerShutdown`.
 * @category Options
 */
// deno-lint-ignore no-explicit-any -- see ConnectionOptions
export interface ConnectOptions<S = any> extends ConnectionOptions<S> {
  /**
   * The host to connect to: a name, an IPv4 or an IPv6 address.
   *
   * Perl: `PeerAddr`
   */
  hostname?: string | undefined;
  /**
   * The port, or the name of a service.
   *
   * Perl: `PeerPort`
   */
  port?: number | string | undefined;
  /** What to connect over. @default {"tcp"} */
  transport?: "tcp" | "unix" | undefined;
  /** The path of the Unix socket, with `transport: "unix"`. */
  path?: string | undefined;
  /**
   * Connect over IPv4 or IPv6 only.
   *
   * Perl: `Domain`
   */
  family?: 4 | 6 | undefined;
}

/**
 * Options of `SslSocket.start`.
 *
 * @template S The class of the sockets, for `onPeerShutdown`.
 * @category Options
 */
// deno-lint-ignore no-explicit-any -- see ConnectionOptions
export interface StartOptions<S = any> extends ConnectionOptions<S> {
  /**
   * Take the server's part of the handshake.
   *
   * Perl: `SSL_server`
   *
   * @default {false}
   */
  server?: boolean | undefined;
  /** Client: the host at the other end, from which `serverName` and the name to verify default. */
  hostname?: string | undefined;
}

/**
 * Options of `SslSocket.listen` and `serve`.
 *
 * @template S The class of the sockets, for `onPeerShutdown`.
 * @category Options
 */
// deno-lint-ignore no-explicit-any -- see ConnectionOptions
export interface ListenOptions<S = any> extends ConnectionOptions<S> {
  /**
   * The address to bind. @default {"0.0.0.0"}
   *
   * Perl: `LocalAddr`
   */
  hostname?: string | undefined;
  /**
   * The port, or the name of a service; 0 picks one.
   *
   * Perl: `LocalPort`
   */
  port?: number | string | undefined;
  /**
   * Listen on IPv4 or IPv6 only.
   *
   * Perl: `Domain`
   */
  family?: 4 | 6 | undefined;
  /**
   * How many connections may wait to be accepted.
   *
   * Perl: `Listen`
   */
  backlog?: number | undefined;
  /**
   * How long a handshake may take, from the moment the connection was accepted, in milliseconds; 0
   * means no limit. One that takes longer is an `SslTimeoutError` with code `ETIMEDOUT`. When all places of
   * `maxHandshakes` are taken, a client that does not go on has much less time.
   *
   * @default {10000}
   */
  handshakeTimeout?: number | undefined;
  /**
   * How many handshakes of the iterator run, or sockets wait to be taken, at a time; further
   * connections wait in the queue of the system (`backlog`).
   *
   * When all these places are taken and a connection comes, one whose client does not go on gives
   * way: `onHandshakeError` gets an `SslTimeoutError` with code `ERR_MAX_HANDSHAKES`. Clients that
   * hold more than a quarter of the places go first (an IPv4 address, or a /64 of IPv6, counts as
   * one), then those that have sent nothing, then those that have waited longest. No client goes who has
   * been waited for less than 250 ms (500 ms once it was answered; 300 ms on the Deno engine, which
   * does not see a client's bytes); in a flood that falls to 100 ms. docs/server.md has all limits.
   *
   * @default {256}
   */
  maxHandshakes?: number | undefined;
  /** Gets the error of each handshake that failed in the iterator, with the address of the client. */
  onHandshakeError?: ((error: Error, remoteAddr?: Deno.Addr) => void) | undefined;
  /**
   * Gets what the handler of `serve` threw; that connection is closed, the server goes on. For
   * `serveHttp` it gets what the handler threw or a body failed with; that request is a 500. Without it
   * the error is dropped.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Options of `close` and `stopSsl`.
 *
 * @category Options
 */
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
   * How long this may take, in milliseconds; 0 means no limit. Default: 5,000 in `close`, the
   * socket's `timeout` (30,000) in `stopSsl`.
   *
   * Perl: `Timeout`
   */
  timeout?: number | undefined;
}

/**
 * Options of `SslListener.shutdown`.
 *
 * @category Options
 */
export interface ShutdownListenerOptions {
  /**
   * After how many milliseconds connections that still run are cut, without close_notify.
   * Default: never.
   */
  deadline?: number | undefined;
}

/** All options of sockets, whichever way they are made. */
type AllOptions = ConnectOptions & StartOptions & ListenOptions;

/** Compiles only if the table of options and the process-wide defaults know every option. */
type Known<O extends DefaultOptions, _Names extends OptionName> = O;

/** The options of a socket, whichever way it was made. */
export type SocketOptions = Omit<Known<AllOptions, keyof AllOptions>, "port">;

/**
 * How long the parts of opening a connection took, in milliseconds. Loading the engine, files and keys
 * is in none of them. What did not take place, or is not known, is `undefined`.
 *
 * @category Options
 */
export interface Timings {
  /**
   * Looking up the name: 0 for an address. It is known with the option `family` alone; otherwise Deno
   * looks the name up while it connects, and it is part of `tcp`.
   */
  readonly dns: number | undefined;
  /** Connecting, for `SslSocket.connect`. */
  readonly tcp: number | undefined;
  /** The handshake, the verification included. */
  readonly tls: number | undefined;
  /**
   * Verifying the peer, as a part of `tls`: building and checking its chain, its name, pins and
   * revocation. Where OpenSSL may not call back, and on the Deno engine, which check the chain by
   * themselves, it is the rest.
   */
  readonly verify: number | undefined;
}
