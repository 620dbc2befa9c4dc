/**
 * {@linkcode Handle}: the file handle over a socket.
 *
 * @module
 */

import type { ConnectOptions, StartOptions } from "../context/options.ts";
import { BufferedTransport } from "../engine/transport.ts";
import type { ByteTransport } from "../engine/types.ts";
import { SslError, SslUnsupportedError } from "../errors.ts";
import { type CloseOptions, SslSocket } from "../socket/socket.ts";
import { takeTransport, type Transport, type TransportSource } from "../socket/transport.ts";
import { stateOf } from "./base.ts";
import { checkHandleOptions, type HandleOptions, splitOptions } from "./options.ts";
import { asTransport, type HandleConn, type HandleSource } from "./streams.ts";
import { HandleWriting } from "./writing.ts";

/** Options of {@linkcode Handle.connect}: those of `SslSocket.connect` and those of a handle. */
export interface HandleConnectOptions extends ConnectOptions, HandleOptions {}

/**
 * A file handle: text lines, formatted printing and buffered bytes over an `SslSocket`, a
 * `Deno.Conn`, a file or web streams; what `print $socket` and `<$socket>` were in Perl.
 *
 * Lines come with their separator, as in Perl, unless `chomp` is set. Text is UTF-8 and bytes that
 * are no UTF-8 are an error, unless `encoding` is `"latin1"` or `fatal` is `false`.
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
export class Handle extends HandleWriting
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
    options: HandleConnectOptions = {},
  ): Promise<Handle> {
    const merged = typeof target === "string" ? options : { ...target, ...options };
    const [handleOptions, rest] = splitOptions(merged);
    // Wrong options of the handle are found before there is a connection.
    checkHandleOptions(handleOptions);
    const socket =
      await (typeof target === "string"
        ? SslSocket.connect(target, rest)
        : SslSocket.connect(rest));
    return new Handle(socket, handleOptions);
  }

  /**
   * Starts TLS on the connection, in place. What was printed goes first, in plain text; what is
   * written meanwhile is refused. Bytes that were read ahead go into the handshake and nowhere else:
   * a client refuses them, since they would be injected.
   *
   * When it fails, the handle refuses to read and write, since it must not go on in plain text
   * unnoticed. Where plain text will do, a new `Handle(error.transport)` goes on, with no byte lost.
   *
   * @param options Those of `SslSocket.start`: `hostname` or `serverName` for a client, `server: true`
   * for a server.
   * @returns The socket.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the handshake.
   * @throws {SslVerifyError} If the peer's certificate is refused.
   *
   * Perl: `start_SSL`
   */
  async startSsl(options?: StartOptions): Promise<SslSocket> {
    const state = stateOf(this);
    return await state.change("start TLS", async () => {
      const transport = asTransport(state.conn);
      let taken = false;
      const source: TransportSource = {
        [takeTransport]: () => {
          taken = true;
          return this.#take(transport);
        },
      };
      // The address is for messages.
      if (this.remoteAddr) Object.assign(source, { remoteAddr: this.remoteAddr });
      try {
        const socket = await SslSocket.start(source, options);
        await state.attach(socket);
        return socket;
      } catch (error) {
        const left = error instanceof SslError ? error.transport : undefined;
        if (left !== undefined && state.open) {
          await state.attach(left as HandleConn);
          state.refuse(error);
        } else if (taken) state.lose();
        throw error;
      }
    });
  }

  /**
   * Ends TLS and goes on in plain text, in place. See `SslSocket.stopSsl`.
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread: they would mix
   * with plain ones. Read them first.
   * @throws {TypeError} If the connection has no TLS.
   * @throws {SslTruncatedError} If the stream ends before the peer's close_notify.
   *
   * Perl: `stop_SSL`
   */
  async stopSsl(options?: CloseOptions): Promise<void> {
    const state = stateOf(this);
    await state.change("stop TLS", async () => {
      const { conn } = state;
      if (typeof conn.stopSsl !== "function") {
        throw new TypeError("Cannot stop TLS: the connection of the handle has none");
      }
      const unread = state.rawInput.lines.length;
      if (unread > 0) {
        throw new SslError(
          `Cannot stop TLS: ${unread} bytes that came over TLS are unread: read them first`,
          { code: "ERR_UNREAD", reason: "unread bytes" },
        );
      }
      await state.attach(await conn.stopSsl(options) as HandleConn);
    });
  }

  /**
   * For `SslSocket.start(handle)`: gives the connection and what was read ahead. The handle cannot be
   * used afterwards.
   */
  [takeTransport](): { transport: Transport; buffered: Uint8Array } {
    return this.#take(asTransport(stateOf(this).conn));
  }

  #take(transport: Transport): { transport: Transport; buffered: Uint8Array } {
    const { ahead, inFlight } = stateOf(this).take("give away the connection");
    if (inFlight === undefined) return { transport, buffered: ahead };
    const behind = new BufferedTransport(transport as ByteTransport, new Uint8Array(0), inFlight);
    return { transport: behind, buffered: ahead };
  }

  /**
   * 1 while the handle is open and, over an `SslSocket`, its TLS; -1 after a failed handshake; 0
   * otherwise.
   *
   * Perl: `opened`
   */
  opened(): 0 | 1 | -1 {
    const state = stateOf(this);
    if (!state.open) return 0;
    return state.conn.opened?.() ?? 1;
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
  async close(options: CloseOptions = {}): Promise<void> {
    await stateOf(this).close(options);
  }

  /** {@linkcode Handle.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
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
