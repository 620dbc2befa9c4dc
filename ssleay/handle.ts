/**
 * {@linkcode SsleayHandle}: a TLS connection to a server as a file handle, and {@linkcode shutdown}.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { Handle } from "../handle/handle.ts";
import type { Separator } from "../handle/separator.ts";
import type { PrintItem } from "../handle/writer.ts";
import { atCallOf } from "../internal/caller.ts";
import { quote } from "../internal/quote.ts";
import { oneLine } from "../internal/show.ts";
import type { StreamPair, Transport, TransportSource } from "../socket/transport.ts";
import { SslSocket } from "../socket/socket.ts";
import { openTcp, openTls, shown } from "./connection.ts";
import { checkTerms, type SsleayOptions, type Terms } from "./options.ts";
import { type SsleayPort, tcpTarget } from "./target.ts";
import { settings } from "./variables.ts";

/**
 * Options of `SsleayHandle.start`: as for a connection, and the name to verify the server by.
 *
 * @category Tied handle
 */
export interface SsleayStartOptions extends SsleayOptions {
  /** The host at the other end, from which `serverName` and the name to verify default. */
  hostname?: string | undefined;
}

/**
 * Which direction a shutdown ends: 0 reading, 1 writing, 2 both.
 *
 * @category Tied handle
 */
export type ShutdownHow = 0 | 1 | 2;

let debugLevel = 0;

/**
 * A TLS connection to a server as a file handle. The server is verified before a byte is sent, `close`
 * and `shutdown` send close_notify, and `eof` is true only after the server's: a connection that is cut
 * off is an `SslTruncatedError`.
 *
 * Perl: `Net::SSLeay::Handle`
 *
 * @example
 * ```ts ignore
 * import { SsleayHandle, shutdown } from "@socket/ssl/ssleay";
 *
 * await using ssl = await SsleayHandle.connect("www.example", 443);
 * await ssl.print("GET / HTTP/1.0\r\nHost: www.example\r\n\r\n");
 * await shutdown(ssl, 1);
 * for (let line; (line = await ssl.readline()) !== undefined;) console.log(line);
 * ```
 *
 * @category Tied handle
 */
export class SsleayHandle implements AsyncIterable<string>, AsyncDisposable {
  readonly #handle: Handle;

  private constructor(socket: SslSocket, terms: Terms) {
    const { encoding, maxBytes } = terms;
    this.#handle = new Handle(socket, { encoding, maxBytes, fatal: false });
    if (debugLevel === 0) return;
    settings.warn?.(`Cipher '${shown(() => socket.getCipher()) ?? "unknown"}'\n`);
  }

  /**
   * Connects to a server, through the proxy that `setProxy` set, and makes the handshake.
   *
   * Perl: `tie(*SSL, 'Net::SSLeay::Handle', $host, $port)`
   *
   * @param host A name, an IPv4 or an IPv6 address. It is what the certificate is verified for.
   * @param port A port number, or the name of a service.
   * @throws {SslError} If the connection cannot be made: `code` is `ECONNREFUSED`, ...; `ERR_PROXY` when
   * the proxy refuses.
   * @throws {SslVerifyError} If the server's certificate is refused.
   * @throws {SslTimeoutError} If it takes longer than `timeout` (30,000 ms).
   */
  static async connect(
    host = "localhost",
    port: SsleayPort = 443,
    options?: SsleayOptions,
  ): Promise<SsleayHandle> {
    return await atCallOf(SsleayHandle.connect, async () => {
      const terms = checkTerms(options);
      return new SsleayHandle(await openTls(tcpTarget(host, port), terms), terms);
    });
  }

  /**
   * Starts TLS as client on a connection that is there. It is closed when the handshake fails.
   *
   * Perl: `tie(*SSL, 'Net::SSLeay::Handle', $socket)`
   *
   * @param conn A `Deno.TcpConn`, such as `makeSocket` gives, or anything else that `SslSocket.start` takes.
   * @param options `hostname` or `serverName` says whom to verify.
   * @throws {TypeError} If there is no name to verify the server by.
   * @throws {SslVerifyError} If the server's certificate is refused.
   */
  static async start(
    conn: Transport | StreamPair | TransportSource,
    options: SsleayStartOptions = {},
  ): Promise<SsleayHandle> {
    return await atCallOf(SsleayHandle.start, async () => {
      const { hostname, ...rest } = options;
      const terms = checkTerms(rest);
      const { timeout, tls } = terms;
      const started = { ...tls, hostname, timeout, keepSocketOnError: false };
      return new SsleayHandle(await SslSocket.start(conn, started), terms);
    });
  }

  /**
   * A plain connection to a host, through the proxy that `setProxy` set: for `start`.
   *
   * Perl: `make_socket`
   *
   * @throws {SslError} If the connection cannot be made, or the proxy refuses.
   */
  static async makeSocket(
    host = "localhost",
    port: SsleayPort = 443,
    options?: Pick<SsleayOptions, "timeout" | "signal">,
  ): Promise<Deno.TcpConn> {
    return await atCallOf(SsleayHandle.makeSocket, async () => {
      const terms = checkTerms(options);
      return await openTcp(tcpTarget(host, port), terms);
    });
  }

  /**
   * Sets the level of debugging, and gives the one before. Above 0 each new handle reports its cipher to
   * `settings.warn`, which must be set.
   *
   * Perl: `debug`
   *
   * @throws {TypeError} If `settings.warn` is not set.
   */
  static debug(level?: number): number {
    const before = debugLevel;
    if (level === undefined) return before;
    if (level > 0 && settings.warn === undefined) {
      throw new TypeError(
        "Cannot set debug: the library never writes to the console by itself: first set " +
          "settings.warn = (text) => console.error(text)",
      );
    }
    debugLevel = level || 0;
    return before;
  }

  /**
   * Writes items, one after the other and nothing between them.
   *
   * Perl: `print SSL`
   *
   * @returns `true`.
   * @throws {SslError} If they cannot be written.
   */
  async print(...items: PrintItem[]): Promise<true> {
    await this.#handle.print(...items);
    return true;
  }

  /**
   * Writes a part of a text or of bytes.
   *
   * Perl: `syswrite(SSL, $data, $length, $offset)`
   *
   * @param data The text or the bytes.
   * @param length How much of it: characters of a text. Default: all that follows.
   * @param offset Where it begins. @default {0}
   * @returns How much was written.
   * @throws {SslError} If it cannot be written.
   */
  async write(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    return await this.#handle.write(data, length, offset);
  }

  /**
   * Reads a line with its end; `undefined` at the end.
   *
   * Perl: `<SSL>`
   *
   * @param separator The end of a line; `""` reads paragraphs, `null` all, a number so many bytes.
   * @default {"\n"}
   * @throws {SslTruncatedError} If the connection is cut off.
   */
  async readline(separator: Separator = "\n"): Promise<string | undefined> {
    return await this.#handle.getline({ separator });
  }

  /**
   * Reads all lines with their ends.
   *
   * Perl: `my @lines = <SSL>`
   *
   * @param separator As for `readline`.
   * @throws {SslTruncatedError} If the connection is cut off.
   */
  async readlines(separator: Separator = "\n"): Promise<string[]> {
    return await this.#handle.getlines({ separator });
  }

  /** The lines without their ends, as of a {@linkcode Handle}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<string, undefined> {
    return this.#handle.lines();
  }

  /**
   * Reads bytes until the buffer is full, or the stream ends.
   *
   * Perl: `read(SSL, $buffer, $length, $offset)`
   *
   * @param buffer Where they go.
   * @param length How many. Default: what fits after `offset`.
   * @param offset Where they begin in the buffer. @default {0}
   * @returns How many came; 0 at the end, again and again.
   * @throws {SslTruncatedError} If the connection is cut off.
   */
  async read(buffer: Uint8Array, length?: number, offset?: number): Promise<number> {
    return await this.#handle.read(buffer, length, offset) ?? 0;
  }

  /**
   * Whether the server has ended its direction with close_notify and all of it is read. It waits for
   * the next byte to find out. Perl's handle has no EOF: there `eof(SSL)` dies.
   *
   * Perl: `eof(SSL)`
   *
   * @throws {SslTruncatedError} If the connection is cut off.
   */
  async eof(): Promise<boolean> {
    return await this.#handle.eof();
  }

  /**
   * Ends a direction: 1 writing, with close_notify, 2 both, which closes the handle.
   *
   * Perl: `shutdown`
   *
   * @throws {SslUnsupportedError} For 0: reading alone cannot be ended.
   */
  async shutdown(how: ShutdownHow): Promise<void> {
    await shutdown(this.#handle, how);
  }

  /**
   * Sends close_notify and closes the connection.
   *
   * Perl: `close SSL`
   *
   * @returns `true`.
   */
  async close(): Promise<true> {
    await this.#handle.close();
    return true;
  }

  /** As {@linkcode SsleayHandle.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /**
   * Always throws: Deno's connections have no file descriptors.
   *
   * Perl: `fileno(SSL)`
   *
   * @throws {SslUnsupportedError} Always.
   */
  fileno(): never {
    throw new SslUnsupportedError(
      "Cannot give a file descriptor: connections of Deno have none: use the socket",
      { code: "ERR_UNSUPPORTED", reason: "no file descriptors" },
    );
  }

  /** The socket beneath, with all that is known of the connection. */
  get socket(): SslSocket {
    return this.#handle.socket;
  }

  /** The file handle beneath, with all that it can do. */
  get handle(): Handle {
    return this.#handle;
  }

  /** The text that a console shows: what the handle is over. */
  [Symbol.for("Deno.customInspect")](): string {
    return oneLine(this, { socket: this.#handle.conn });
  }
}

/**
 * What {@linkcode shutdown} takes.
 *
 * @category Tied handle
 */
export interface Endable {
  /** Ends our direction. */
  closeWrite?(): Promise<void>;
  /** Closes both. */
  close?(): unknown;
}

/**
 * Ends a direction of a connection, TLS or not: 1 writing, with close_notify where there is TLS; 2
 * both, which closes it.
 *
 * Perl: `Net::SSLeay::Handle::shutdown`
 *
 * @throws {SslUnsupportedError} For 0: reading alone cannot be ended.
 * @throws {TypeError} If it is not a connection, or `how` is another value.
 *
 * @category Tied handle
 */
export async function shutdown(conn: SsleayHandle | Endable, how: ShutdownHow): Promise<void> {
  if (conn instanceof SsleayHandle) return await conn.shutdown(how);
  const { closeWrite, close } = (conn ?? {}) as Endable;
  if (typeof closeWrite !== "function" || typeof close !== "function") {
    throw new TypeError(`Cannot shut down: it needs a connection: received ${quote(conn)}`);
  }
  if (how === 1) return await conn.closeWrite!();
  if (how === 2) {
    await conn.close!();
    return;
  }
  if (how === 0) {
    throw new SslUnsupportedError(
      "Cannot shut down reading alone: Deno has no way to it: use 1 for writing, 2 for both",
      { code: "ERR_UNSUPPORTED", reason: "reading alone cannot be ended" },
    );
  }
  throw new TypeError(`Cannot shut down: how must be 0, 1 or 2: received ${quote(how)}`);
}
