/**
 * {@linkcode SslSocket}: a TLS connection, as client or server.
 *
 * @module
 */

import { waitOptions } from "../internal/wait_options.ts";
import { NO_OPTIONS } from "../internal/own_options.ts";
import type { ConnectOptions, ListenOptions, StartOptions } from "./options.ts";
import { checkOptions } from "../context/resolved_options.ts";
import type { WaitOptions } from "../engine/engine.ts";
import { SslUnsupportedError, type Want } from "../errors.ts";
import { atCallOf } from "../internal/caller.ts";
import type { SocketCore } from "./core.ts";
import type { CloseOptions } from "./options.ts";
import { SocketInfo, type SocketInit, unwrapCore, wrapCore } from "./info.ts";
import type { SslListener } from "./listener.ts";
import type { StreamPair, Transport, TransportSource } from "./transport.ts";

export type { CloseOptions } from "./options.ts";

/** A call that waits; options that are wrong reject it. */
async function waiting<T>(
  operation: string,
  options: WaitOptions | undefined,
  call: (own: WaitOptions) => Promise<T>,
): Promise<T> {
  return await call(waitOptions(options, operation));
}

/**
 * A TLS connection. It reads and writes as a `Deno.Conn` does and can stand in
 * for one. Reading and writing are independent of each other: one read may be
 * in flight at a time, writes queue.
 *
 * `null` from a read means that the peer said it was done (close_notify). A
 * stream that ends without it is an `SslTruncatedError`: data may be missing
 * (RFC 8446 6.1).
 *
 * @example
 * ```ts ignore
 * import { SslSocket } from "@socket/ssl";
 *
 * await using socket = await SslSocket.connect("example.com:443");
 * await socket.write(new TextEncoder().encode("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n"));
 * const buffer = new Uint8Array(16384);
 * for (let n; (n = await socket.read(buffer)) !== null;) {
 *   await Deno.stdout.write(buffer.subarray(0, n));
 * }
 * ```
 *
 * Perl: `IO::Socket::SSL`
 */
export class SslSocket extends SocketInfo implements AsyncDisposable {
  readonly #core: SocketCore;

  /** Not for users: use {@linkcode SslSocket.connect}, `start` or `listen`. */
  constructor(init: SocketInit) {
    super(init);
    this.#core = unwrapCore(init);
  }

  /**
   * Connects, completes the handshake, and verifies the peer's certificate and
   * its name before a byte of data is sent. Nothing stays open when it fails.
   *
   * @param target `"example.com:443"`, `"example.com:https"`, `"[::1]:8443"`, or options with
   * `hostname` and `port`, or `transport: "unix"` and `path`.
   * @throws {TypeError} If an option or the target is wrong, or there is no name to verify.
   * @throws {SslVerifyError} If the peer's certificate is refused; `report` has the evidence.
   * @throws {SslPeerError} If the peer breaks the protocol or is not a TLS server.
   * @throws {SslTimeoutError} If it takes longer than `timeout` (30,000 ms).
   * @throws {SslUnsupportedError} If the engine cannot honour an option.
   * @throws {SslError} If the connection cannot be made: `code` is `ECONNREFUSED`, `ENOTFOUND`, ...
   *
   * Perl: `new`
   */
  static async connect<T extends typeof SslSocket>(
    this: T,
    target: string | ConnectOptions,
    options?: ConnectOptions,
  ): Promise<InstanceType<T>> {
    return await atCallOf(SslSocket.connect, async () => {
      const { openClient } = await import("./open.ts"); // the machine, not at start-up
      const core = await openClient(target, options);
      const Class = (core.options.socketClass ?? this) as T;
      return new Class(wrapCore(core)) as InstanceType<T>;
    });
  }

  /**
   * Always throws: Deno gives no way from a file descriptor to a connection. What works instead is
   * `SslSocket.start` over the connection itself, or over the standard streams of an inetd-style
   * server: `{ readable: Deno.stdin.readable, writable: Deno.stdout.writable }`.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `new_from_fd`
   */
  static newFromFd(fd: number): never {
    throw new SslUnsupportedError(
      `Cannot make a socket from file descriptor ${fd}: Deno gives no way to it: use ` +
        "SslSocket.start over the connection, or over { readable: Deno.stdin.readable, writable: " +
        "Deno.stdout.writable } for the standard streams",
      { code: "ERR_UNSUPPORTED" },
    );
  }

  /**
   * Listens for TLS connections. The certificate is loaded and checked first.
   *
   * @throws {TypeError} If an option is wrong.
   * @throws {SslError} If the port cannot be bound: `code` is `EADDRINUSE`, ...; or a certificate
   * or key cannot be used.
   *
   * Perl: `new(Listen => 10)`
   */
  static async listen<T extends typeof SslSocket>(
    this: T,
    options: ListenOptions,
  ): Promise<SslListener<InstanceType<T>>> {
    return await atCallOf(SslSocket.listen, async () => {
      const { openListener } = await import("./listener_core.ts");
      return await openListener<InstanceType<T>>(options, (core, socketClass) => {
        const Class = (socketClass ?? this) as T;
        return new Class(wrapCore(core)) as InstanceType<T>;
      });
    });
  }

  /**
   * Starts TLS on an open connection: as client, or with `{ server: true }` as
   * server. The connection now belongs to the socket. When it fails, the
   * connection stays open (`keepSocketOnError: false` closes it) and is the
   * error's `transport`, unread bytes included; where the peer did not speak TLS it is still usable.
   *
   * @param connection A `Deno.TcpConn`, a `Deno.UnixConn`, another `SslSocket` (TLS in TLS), a
   * `Handle`, a transport that `stopSsl` gave, or `{ readable, writable }`.
   * @throws {TypeError} If an option is wrong, or a client has no name to verify: give `hostname`
   * or `serverName`.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the
   * handshake (`code` `ERR_INJECTION`).
   * @throws {SslVerifyError} If the peer's certificate is refused.
   * @throws {SslTimeoutError} If it takes longer than `timeout` (30,000 ms).
   *
   * Perl: `start_SSL`
   */
  static async start<T extends typeof SslSocket>(
    this: T,
    connection: Transport | StreamPair | TransportSource,
    options?: StartOptions,
  ): Promise<InstanceType<T>> {
    return await atCallOf(SslSocket.start, async () => {
      const { openOver } = await import("./open.ts");
      const core = await openOver(connection, options);
      const Class = (core.options.socketClass ?? this) as T;
      return new Class(wrapCore(core)) as InstanceType<T>;
    });
  }

  /**
   * Reads up to `p.length` bytes. `null` after the peer's close_notify, again and again; writing goes
   * on, and the peer is answered by `closeWrite`, `stopSsl` or `close`, unless `halfClose` is `false`.
   *
   * @throws {SslTruncatedError} If the stream ended without close_notify, unless `allowTruncation` is set.
   * @throws {SslError} With code `ECLOSED` if the socket is closed, also while it waits;
   * `ERR_TLS_ENDED` behind the `null` with `halfClose: false`.
   *
   * Perl: `sysread`
   */
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (options === undefined) return this.#core.read(p);
    return waiting("read", options, (own) => this.#core.read(p, own));
  }

  /**
   * Writes all of `p`; resolves to `p.length` when the transport took it. A signal that ends it when
   * a part has gone ends the writing direction: later writes and `closeWrite` fail.
   *
   * @throws {TypeError} If `p` is no Uint8Array.
   * @throws {SslError} With code `EPIPE` after `closeWrite()`, `ECLOSED` after `close()`,
   * `ERR_WRITE_ABORTED` after a write that was ended half-way.
   *
   * Perl: `syswrite`
   */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    if (options === undefined) return this.#core.write(p);
    return waiting("write", options, (own) => this.#core.write(p, own));
  }

  /**
   * Reads up to `p.length` bytes and leaves them to be read again.
   *
   * Perl: `peek`
   */
  peek(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return waiting("peek", options, (own) => this.#core.peek(p, own));
  }

  /**
   * How many bytes can be read without waiting.
   *
   * Perl: `pending`
   */
  pending(): number {
    return this.#core.pending();
  }

  /** What the peer sends, as a byte stream; it ends after close_notify. Use this or `read`, not both. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#core.streams.readable;
  }

  /**
   * What goes to the peer, as a stream. Closing it is {@linkcode SslSocket.closeWrite}; when the
   * readable has ended too the socket is closed. Aborting it closes the socket without
   * close_notify, so that the peer sees a truncated stream (the Deno engine always sends it).
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#core.streams.writable;
  }

  /**
   * Ends our direction with close_notify; reading goes on.
   *
   * Perl: `shutdown(1)`
   */
  closeWrite(options?: WaitOptions): Promise<void> {
    return waiting("end writing", options, (own) => this.#core.closeWrite(own));
  }

  /**
   * Sends close_notify and closes the connection. A read that waits ends with an error whose
   * `code` is `ECLOSED`. Calling it again does nothing more.
   *
   * It does not wait for the peer's close_notify, and a peer that is gone is no error (`errstr()`
   * has it), unless `fastShutdown: false` asks for the peer's answer.
   *
   * Perl: `close`
   */
  async close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    await atCallOf(this.close, () => this.#core.close(checkOptions("close", options)));
  }

  /** {@linkcode SslSocket.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#core.close();
  }

  /**
   * Ends TLS in both directions and goes back to plain text: sends close_notify and waits for the
   * peer's, unless `fastShutdown` or `noShutdown` is set. The result is the transport that was
   * given to `start`, or, where plain bytes were read ahead, one that yields these first. The
   * socket itself is plain too and may start TLS again with `connectSsl` or `acceptSsl`.
   *
   * What came over TLS is not lost, and does not mix with plain text. If the peer's bytes are
   * unread, or come between our close_notify and the peer's, this fails: read them, up to `null`,
   * and call it again. With `fastShutdown` writes are plain at once, and reads give what still
   * comes over TLS, then `null` once, where TLS ends, then what comes in plain text.
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread; they stay
   * readable.
   * @throws {SslTruncatedError} If the stream ends before the peer's close_notify.
   * @throws {SslTimeoutError} If it takes longer than `timeout`.
   * @throws {SslUnsupportedError} On the Deno engine.
   *
   * Perl: `stop_SSL`
   */
  async stopSsl(options: CloseOptions = NO_OPTIONS): Promise<Transport> {
    return await atCallOf(this.stopSsl, () => this.#core.stop(checkOptions("close", options)));
  }

  /**
   * Starts TLS as client on a plain socket: one made with `startHandshake: false`, or after
   * `stopSsl`. Until then `read` and `write` are plain. What `connect`, `listen` or `start` got holds;
   * the options given here are laid over it. On a socket that is open as client this does nothing.
   * If this fails, nothing goes in plain text either: start TLS again, or close the socket.
   *
   * @throws {TypeError} If an option is wrong, or options come when TLS has been started already.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the handshake
   * (`code` `ERR_INJECTION`), in the socket or in a `Handle` over it.
   * @throws {SslVerifyError} If the peer's certificate is refused.
   * @throws {SslError} With code `ERR_CONCURRENT_READ` if a plain read is in flight.
   *
   * Perl: `connect_SSL`
   */
  async connectSsl(options: StartOptions = NO_OPTIONS): Promise<this> {
    await atCallOf(this.connectSsl, () => this.#core.upgrade("client", options));
    return this;
  }

  /**
   * Starts TLS as server on a plain socket. What `listen` got holds, the certificate included.
   * Otherwise as `connectSsl`.
   *
   * Perl: `accept_SSL`
   */
  async acceptSsl(options: StartOptions = NO_OPTIONS): Promise<this> {
    await atCallOf(this.acceptSsl, () => this.#core.upgrade("server", options));
    return this;
  }

  /**
   * As `read`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   *
   * Perl: `sysread` on a non-blocking socket
   */
  tryRead(p: Uint8Array): number | null | Want {
    return this.#core.tryRead(p);
  }

  /**
   * As `peek`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   *
   * Perl: `peek` on a non-blocking socket
   */
  tryPeek(p: Uint8Array): number | null | Want {
    return this.#core.tryPeek(p);
  }

  /**
   * As `write`, without waiting: takes what fits into a send buffer of 64 KiB. An error of the
   * transport comes out of the next call.
   *
   * Perl: `syswrite` on a non-blocking socket
   */
  tryWrite(p: Uint8Array): number | Want {
    return this.#core.tryWrite(p);
  }

  /**
   * One step of `connectSsl`, without waiting.
   *
   * Perl: `connect_SSL` on a non-blocking socket
   */
  tryConnectSsl(): true | Want {
    return this.#core.tryHandshake("client");
  }

  /**
   * One step of `acceptSsl`, without waiting.
   *
   * Perl: `accept_SSL` on a non-blocking socket
   */
  tryAcceptSsl(): true | Want {
    return this.#core.tryHandshake("server");
  }

  /**
   * One step of `stopSsl`, without waiting. After `true` the socket is plain.
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread.
   *
   * Perl: `stop_SSL` on a non-blocking socket
   */
  tryStopSsl(): true | Want {
    return this.#core.tryStop();
  }

  /**
   * Resolves when a call that did not wait may go on. Default: what the last such call wanted.
   *
   * Perl: `IO::Select`
   */
  ready(want?: Want, options?: WaitOptions): Promise<void> {
    return waiting("wait", options, (own) => this.#core.ready(want, own));
  }

  /** Lets the event loop wait for the socket, as it does at first. */
  ref(): void {
    this.#core.ref();
  }

  /** Does not let the event loop wait for the socket. */
  unref(): void {
    this.#core.unref();
  }
}
