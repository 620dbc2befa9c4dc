/**
 * {@linkcode Handle}: the file handle over a socket.
 *
 * @module
 */

import { NO_OPTIONS } from "../internal/own_options.ts";
import type { ConnectOptions, StartOptions } from "../socket/options.ts";
import { SslUnsupportedError } from "../errors.ts";
import { atCallOf } from "../internal/caller.ts";
import { type CloseOptions, SslSocket } from "../socket/socket.ts";
import { takeTransport, type Transport, type TransportSource } from "../socket/transport.ts";
import { type HandleSource, loadMachine } from "./front.ts";
import type { PrintfArgument } from "./sprintf.ts";
import { HandleReading } from "./reading.ts";
import { frontOf, type HandleOptions } from "./settings.ts";

/** What can be printed: text and numbers as JavaScript shows them, bytes as they are. */
export type PrintItem = string | number | bigint | boolean | Uint8Array;

/** Options of {@linkcode Handle.connect}: those of `SslSocket.connect` and those of a handle. */
export interface HandleConnectOptions extends ConnectOptions, HandleOptions {}

/**
 * A file handle: text lines, formatted printing and buffered bytes over an `SslSocket`, a
 * `Deno.Conn`, a file or web streams; what `print $socket` and `<$socket>` were in Perl.
 *
 * Lines come with their separator, as in Perl, unless `chomp` is set. Text is UTF-8 and bytes that
 * are no UTF-8 are an error, unless `encoding` is `"latin1"` or `fatal` is `false`.
 *
 * Writes go out whole and in the order of the calls, awaited or not. After one that failed, those
 * behind it fail with the same error.
 *
 * `undefined` from `readLine`, or `null` from `read`, is the proper end of the stream. An error of
 * the connection beneath, such as `SslTruncatedError`, is passed on and never looks like the end.
 *
 * @example
 * ```ts ignore
 * import { Handle } from "@socket/ssl/handle";
 *
 * await using handle = await Handle.connect("example.com:443");
 * await handle.print("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n");
 * for await (const line of handle) await Deno.stdout.write(new TextEncoder().encode(line));
 * ```
 *
 * Perl: `IO::Handle`
 */
export class Handle extends HandleReading
  implements AsyncIterable<string>, AsyncDisposable, TransportSource {
  /**
   * Makes a handle over a connection, which belongs to the handle from now on.
   *
   * @param conn An `SslSocket`, a `Deno.Conn`, a `Deno.FsFile`, what `stopSsl` gave, or web streams:
   * `{ readable, writable }` or one of them.
   * @param options How it reads and writes.
   * @throws {TypeError} If `conn` is none of these, or an option is wrong.
   */
  constructor(conn: HandleSource, options?: HandleOptions) {
    super(conn, options);
  }

  /**
   * Connects with TLS and makes a handle of the socket. See `SslSocket.connect`.
   *
   * @param target `"example.com:443"`, or options with `hostname` and `port`.
   * @param options Options of the connection and of the handle.
   *
   * Perl: `IO::Socket::SSL->new`
   */
  static async connect(
    target: string | HandleConnectOptions,
    options: HandleConnectOptions = NO_OPTIONS,
  ): Promise<Handle> {
    return await atCallOf(Handle.connect, async () => {
      const { connectOptions } = await import("./connect_options.ts");
      const [handleOptions, rest] = connectOptions(target, options);
      const [socket] = await Promise.all([
        typeof target === "string" ? SslSocket.connect(target, rest) : SslSocket.connect(rest),
        loadMachine(), // it is there with the handle: `tryReadLine` is right from the first call on
      ]);
      return new Handle(socket, handleOptions);
    });
  }

  // ---- writing

  /**
   * Writes the items, with `outputFieldSeparator` between them and `outputRecordSeparator` at the
   * end.
   *
   * @throws {TypeError} If an item is none of text, number, boolean and bytes, or cannot be encoded.
   *
   * Perl: `print`
   */
  print(...items: PrintItem[]): Promise<void> {
    return this.#print(items, frontOf(this).settings.outputRecordSeparator);
  }

  /**
   * As `print`, with a newline at the end in place of `outputRecordSeparator`.
   *
   * Perl: `say`
   */
  say(...items: PrintItem[]): Promise<void> {
    return this.#print(items, "\n");
  }

  #print(items: readonly PrintItem[], end: string): Promise<void> {
    const front = frontOf(this);
    if (front.machine) return front.machine.print(items, end);
    // What is printed is what the bytes are now.
    const kept = items.map((item) => item instanceof Uint8Array ? item.slice() : item);
    return front.later((machine, settings) => machine.print(kept, end, settings));
  }

  /**
   * Writes formatted text: see {@linkcode sprintf}.
   *
   * @throws {TypeError} If a conversion is unknown or an argument is missing.
   *
   * Perl: `printf`
   */
  printf(format: string, ...args: PrintfArgument[]): Promise<void> {
    const front = frontOf(this);
    return front.machine?.printf(format, args) ??
      front.later((machine, settings) => machine.printf(format, args, settings));
  }

  /**
   * Writes all of it, past what autoflush would collect. Gives the number of bytes written.
   *
   * @param data Text, which is encoded, or bytes.
   * @param length How many bytes of it. Default: up to the end.
   * @param offset From which byte on; a negative one counts from the end. Default: 0.
   * @throws {RangeError} If `offset` is outside of the data.
   *
   * Perl: `write`
   */
  write(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    const front = frontOf(this);
    return front.machine?.write(data, length, offset) ??
      front.later((machine, settings) => machine.write(data, length, offset, settings));
  }

  /**
   * Writes once: at most `syswriteSize` bytes (16,384), and perhaps fewer. Gives the number of bytes
   * written. Length and offset count bytes, of text in its encoding, so that adding up results
   * leads through the data. Otherwise as `write`.
   *
   * Perl: `syswrite`
   */
  syswrite(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    const front = frontOf(this);
    return front.machine?.syswrite(data, length, offset) ??
      front.later((machine, settings) => machine.syswrite(data, length, offset, settings));
  }

  /**
   * Sends what was collected with `autoflush` off, and waits for the writes before it.
   *
   * Perl: `flush`
   */
  flush(): Promise<void> {
    const front = frontOf(this);
    return front.machine?.flush() ?? front.later((machine) => machine.flush());
  }

  /**
   * Sends what is left and ends our direction; reading goes on. Over TLS this is close_notify.
   *
   * @throws {SslUnsupportedError} If the connection has no such thing.
   *
   * Perl: `shutdown(1)`
   */
  closeWrite(): Promise<void> {
    const front = frontOf(this);
    return front.machine?.closeWrite() ?? front.later((machine) => machine.closeWrite());
  }

  // ---- the connection

  /**
   * Starts TLS on the connection, in place. What was printed goes first, in plain text; what is
   * written meanwhile is refused. Bytes that were read ahead go into the handshake and nowhere else:
   * a client refuses them, since they would be injected.
   *
   * Over a plain `SslSocket` (`startHandshake: false`, or after `stopSsl`) it is this socket that
   * starts TLS, in its role: what `connect` or `listen` got holds, the name to verify, the pins and
   * the certificate included, and the options given here are laid over it.
   *
   * When it fails, the handle refuses to read and write, since it must not go on in plain text
   * unnoticed. Where plain text will do, a new `Handle(error.transport)` goes on, with no byte lost.
   *
   * @param options Those of `SslSocket.start`: `hostname` or `serverName` for a client, `server: true`
   * for a server, where the connection does not have them.
   * @returns The socket.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the handshake
   * (`code` `ERR_INJECTION`).
   * @throws {SslVerifyError} If the peer's certificate is refused.
   *
   * Perl: `start_SSL`
   */
  startSsl(options?: StartOptions): Promise<SslSocket> {
    return this.#start(this.startSsl, options);
  }

  /**
   * Starts TLS as client. As `startSsl`; on a socket that is open as client it does nothing.
   *
   * @throws {TypeError} If an option is wrong, or options come when TLS has been started already.
   *
   * Perl: `connect_SSL`
   */
  connectSsl(options?: StartOptions): Promise<SslSocket> {
    return this.#start(this.connectSsl, options, "client");
  }

  /**
   * Starts TLS as server. As `startSsl`; on a socket that is open as server it does nothing.
   *
   * @throws {TypeError} If an option is wrong, or options come when TLS has been started already.
   *
   * Perl: `accept_SSL`
   */
  acceptSsl(options?: StartOptions): Promise<SslSocket> {
    return this.#start(this.acceptSsl, options, "server");
  }

  #start(
    call: (options?: StartOptions) => Promise<SslSocket>,
    options: StartOptions | undefined,
    role?: "client" | "server",
  ): Promise<SslSocket> {
    const front = frontOf(this);
    return atCallOf(
      call,
      () =>
        front.machine?.startSsl(options, role) ??
          front.later((machine) => machine.startSsl(options, role)),
    );
  }

  /**
   * Ends TLS and goes on in plain text, in place. See `SslSocket.stopSsl`. With `fastShutdown` what
   * came over TLS is read first, then the end is told once (`undefined` from `readLine`, `null` from
   * `read`), and what is read from then on came in plain text.
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread, or come before
   * the peer's close_notify: they would mix with plain ones. Read them first.
   * @throws {TypeError} If the connection has no TLS.
   * @throws {SslTruncatedError} If the stream ends before the peer's close_notify.
   *
   * Perl: `stop_SSL`
   */
  stopSsl(options?: CloseOptions): Promise<void> {
    const front = frontOf(this);
    return atCallOf(
      this.stopSsl,
      () => front.machine?.stopSsl(options) ?? front.later((machine) => machine.stopSsl(options)),
    );
  }

  /**
   * For `SslSocket.start(handle)`: gives the connection and what was read ahead. The handle cannot be
   * used afterwards.
   */
  [takeTransport](): { transport: Transport; buffered: Uint8Array } {
    return frontOf(this).give();
  }

  /**
   * 1 while the handle is open and, over an `SslSocket`, its TLS; -1 after a failed handshake; 0
   * otherwise.
   *
   * Perl: `opened`
   */
  opened(): 0 | 1 | -1 {
    const { conn, open } = frontOf(this);
    return open ? conn.opened?.() ?? 1 : 0;
  }

  /**
   * Sends what is left and closes the connection. A read that waits ends with an error whose `code`
   * is `ECLOSED`. Calling it again does nothing more.
   *
   * @param options Those of `SslSocket.close`. `timeout`, in milliseconds, also bounds how long
   * output may take; default 5,000, 0 for no bound.
   * @throws {SslTimeoutError} If output did not go in time.
   *
   * Perl: `close`
   */
  async close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    await atCallOf(this.close, () => frontOf(this).close(options));
  }

  /**
   * {@linkcode Handle.close}; an error that a call has failed with already is not thrown again.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await frontOf(this).close();
  }

  /**
   * Not for sockets.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `truncate`
   */
  truncate(..._args: unknown[]): never {
    return notAllowed("truncate");
  }

  /**
   * Not for sockets.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `stat`
   */
  stat(..._args: unknown[]): never {
    return notAllowed("stat");
  }

  /**
   * Not for sockets.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `setbuf`
   */
  setbuf(..._args: unknown[]): never {
    return notAllowed("setbuf");
  }

  /**
   * Not for sockets.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `setvbuf`
   */
  setvbuf(..._args: unknown[]): never {
    return notAllowed("setvbuf");
  }

  /**
   * Not for sockets.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `fdopen`
   */
  fdopen(..._args: unknown[]): never {
    return notAllowed("fdopen");
  }

  /**
   * Not there.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `ungetc`
   */
  ungetc(..._args: unknown[]): never {
    return notImplemented("ungetc");
  }

  /**
   * Not there: it would go past the encryption.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `send`
   */
  send(..._args: unknown[]): never {
    return notImplemented("send", "print/printf/syswrite");
  }

  /**
   * Not there: it would go past the decryption.
   *
   * @throws {SslUnsupportedError} Always.
   *
   * Perl: `recv`
   */
  recv(..._args: unknown[]): never {
    return notImplemented("recv", "read/sysread");
  }
}

function notAllowed(name: string): never {
  throw new SslUnsupportedError(`Use of ${name}() not allowed with SSL`, {
    code: "ENOTSUP",
    errno: 95,
  });
}

function notImplemented(name: string, instead?: string): never {
  const remedy = instead === undefined ? "" : `; use ${instead} instead`;
  throw new SslUnsupportedError(`Use of ${name}() not implemented in Handle${remedy}`, {
    code: "ENOTSUP",
    errno: 95,
  });
}
