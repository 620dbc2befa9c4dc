/**
 * {@linkcode Handle}: the file handle over a socket.
 *
 * @module
 */

import type { Role, WaitOptions } from "../engine/engine.ts";
import { SSL_WANT_READ, type Want } from "../errors.ts";
import { atCallOf, fromCaller } from "../internal/caller.ts";
import { NO_OPTIONS } from "../internal/own_options.ts";
import { oneLine } from "../internal/show.ts";
import type { CloseOptions, StartOptions } from "../socket/options.ts";
import { SslSocket } from "../socket/socket.ts";
import { takeTransport, type Transport, type TransportSource } from "../socket/transport.ts";
import { HandleConnection } from "./connection.ts";
import { type Encoding, encodingOfLayer } from "./encoding.ts";
import { noSocketError, notAllowed, notImplemented } from "./handle_errors.ts";
import type { HandleConnectOptions, HandleOptions, RecordOptions } from "./options.ts";
import { RecordIterator } from "./record_iterator.ts";
import type { Separator } from "./separator.ts";
import { callOptions, checkHandleOptions, checkSetting, RECORD_NAMES } from "./checked_options.ts";
import { type HandleConn, type HandleSource, toConn } from "./source.ts";
import type { PrintfArgument } from "./sprintf.ts";
import type { PrintItem } from "./writer.ts";

/**
 * A file handle: text lines, formatted printing and buffered bytes over an `SslSocket`, a
 * `Deno.Conn`, a file or web streams; what `print $socket` and `<$socket>` were in Perl.
 *
 * `readLine`, `lines` and the loop over the handle give lines without their end, `"\n"` or `"\r\n"`.
 * `getline` and `getlines` keep it, as in Perl. The option `chomp` changes either. Text is UTF-8, and
 * bytes that are not UTF-8 are an error, unless `encoding` is `"latin1"` or `fatal` is `false`.
 *
 * One read at a time: a second one is an `SslError` with code `ERR_CONCURRENT_READ`. What arrived
 * before an error is delivered first. `undefined` from `readLine`, or `null` from `read`, is the
 * proper end of the stream. An error of the connection beneath, such as `SslTruncatedError`, is
 * passed on and never looks like the end.
 *
 * Writes go out whole and in the order of the calls, awaited or not. After one that failed, those
 * after it fail with the same error. On a closed handle every call fails with code `ECLOSED`.
 *
 * Perl: `IO::Handle`
 *
 * @example
 * ```ts ignore
 * import { Handle } from "@socket/ssl/handle";
 *
 * await using handle = await Handle.connect("example.com:443");
 * await handle.print("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n");
 * for await (const line of handle) console.log(line);
 * ```
 *
 * @category Text
 */
export class Handle implements AsyncIterable<string>, AsyncDisposable, TransportSource {
  readonly #connection: HandleConnection;

  /**
   * Makes a handle over a connection, which belongs to the handle from now on.
   *
   * @param conn An `SslSocket`, a `Deno.Conn`, a `Deno.FsFile`, what `stopSsl` gave, or web streams:
   * `{ readable, writable }` or one of them.
   * @throws {TypeError} If `conn` is not one of these, or an option is wrong.
   */
  constructor(conn: HandleSource, options?: HandleOptions) {
    const settings = checkHandleOptions(options);
    this.#connection = new HandleConnection(toConn(conn), settings);
  }

  /**
   * Connects with TLS and makes a handle of the socket. See `SslSocket.connect`.
   *
   * Perl: `IO::Socket::SSL->new`
   */
  static async connect(
    target: string | HandleConnectOptions,
    options: HandleConnectOptions = NO_OPTIONS,
  ): Promise<Handle> {
    return await atCallOf(Handle.connect, async () => {
      const { connectOptions } = await import("./connect_options.ts");
      const [own, rest] = connectOptions(target, options);
      const socket = typeof target === "string"
        ? await SslSocket.connect(target, rest)
        : await SslSocket.connect(rest);
      return new Handle(socket, own);
    });
  }

  /**
   * Reads a line; `undefined` at the end of the stream. Its end (`"\n"` or `"\r\n"`) is taken off,
   * unless `chomp` is `false`. An empty line is `""`, so compare with `undefined`. A last line
   * without an end is a line too. A paragraph (separator `""`) ends with two newlines and all that
   * follow, as in IO::Socket::SSL. A line that an error cut short is not delivered: its bytes remain
   * for `read`.
   *
   * Perl: `readline`
   *
   * @throws {SslPeerError} If the line is longer than `maxLineLength` or, without a separator, the
   * stream longer than `maxBytes` (code `EMSGSIZE`); if it is not UTF-8 (code `EILSEQ`).
   * @throws {SslTruncatedError} If the stream ended without close_notify.
   * @example
   * ```ts
   * import { Handle } from "@socket/ssl/handle";
   *
   * const handle = new Handle({ readable: new Blob(["first\r\nsecond\r\n"]).stream() });
   * await handle.readLine({ chomp: false }); // "first\r\n"
   * await handle.readLine(); // "second"
   * await handle.readLine(); // undefined
   * ```
   */
  readLine(options?: RecordOptions): Promise<string | undefined> {
    try {
      return this.#connection.reader("read a line").readLine(options);
    } catch (error) {
      return Promise.reject(fromCaller(error));
    }
  }

  /**
   * As `readLine`, without waiting: `SSL_WANT_READ` or `SSL_WANT_WRITE` when it would have to.
   * `ready` then waits. Over a connection that cannot be read without waiting, `ready` is what reads.
   *
   * Perl: `readline` on a non-blocking socket
   */
  tryReadLine(options?: Omit<RecordOptions, "signal">): string | undefined | Want {
    return this.#connection.reader("read a line").tryReadLine(options);
  }

  /**
   * Resolves when a call that did not wait may go on. What the connection met comes out of that call.
   *
   * Perl: `IO::Select`
   *
   * @param want What the call gave. Default: `SSL_WANT_READ`.
   */
  async ready(want: Want = SSL_WANT_READ, options?: WaitOptions): Promise<void> {
    await this.#connection.reader("wait").ready(want, options);
  }

  /**
   * Reads a line as Perl does, with its separator. With `chomp: true` exactly the separator is taken
   * off: a `"\r"` before `"\n"` stays. Otherwise as {@linkcode Handle.readLine}.
   *
   * Perl: `getline`
   */
  getline(options?: RecordOptions): Promise<string | undefined> {
    try {
      return this.#connection.reader("read a line").getline(options);
    } catch (error) {
      return Promise.reject(fromCaller(error));
    }
  }

  /**
   * Reads up to the end and gives all lines, each as `getline` gives it. On an error nothing is
   * consumed: the lines that did arrive can be read one by one.
   *
   * Perl: `getlines`
   *
   * @throws {SslPeerError} With code `EMSGSIZE` if there are more than `maxBytes` bytes.
   */
  async getlines(options?: RecordOptions): Promise<string[]> {
    return await this.#connection.reader("read lines").getlines(options);
  }

  /**
   * The lines up to the end, each as `readLine` gives it, for `for await`. Leaving the loop leaves
   * the handle open and the rest unread. A separator that the handle gets meanwhile takes effect,
   * unless the options name one.
   *
   * Perl: `while (my $line = <$socket>)`
   *
   * @example
   * ```ts
   * import { Handle } from "@socket/ssl/handle";
   *
   * const handle = new Handle({ readable: new Blob(["a\nb\n"]).stream() });
   * for await (const line of handle.lines()) {
   *   // "a", then "b"
   * }
   * ```
   */
  lines(given?: RecordOptions): AsyncIterableIterator<string, undefined> {
    const options = callOptions("read lines", given, RECORD_NAMES);
    const now = () => this.#connection.reader("read a line").lineNow(options);
    return new RecordIterator<string>({ now, later: () => this.readLine(options) });
  }

  /** As {@linkcode Handle.lines}, in arrays of the lines that came together: the fastest way. */
  lineBatches(given?: RecordOptions): AsyncIterableIterator<string[], undefined> {
    const options = callOptions("read lines", given, RECORD_NAMES);
    const later = async () => await this.#connection.reader("read lines").lineBatch(options);
    return new RecordIterator<string[]>({ now: () => undefined, later });
  }

  /** {@linkcode Handle.lines}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<string, undefined> {
    return this.lines();
  }

  /**
   * Reads `n` bytes, fewer only where the stream ends; `null` at the end.
   *
   * Perl: `read`
   *
   * @throws {RangeError} If `n` is negative or not an integer.
   */
  read(n: number, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Reads `length` bytes into `buffer` at `offset`, fewer only where the stream ends. Gives how many,
   * `null` at the end. A negative offset counts from the end of the buffer. An array over a resizable
   * `ArrayBuffer` grows, with zeros in a gap in front of the data, and ends after the data, as a
   * scalar of Perl does.
   *
   * Perl: `read`
   *
   * @param buffer Where the bytes go.
   * @param length How many. Default: what fits after `offset`.
   * @param offset Where. Default: 0.
   * @throws {RangeError} If that is outside of the buffer.
   */
  read(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    options?: WaitOptions,
  ): Promise<number | null>;
  async read(
    target: number | Uint8Array,
    second?: number | WaitOptions,
    offset?: number,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer> | number | null> {
    const reader = this.#connection.reader("read");
    if (typeof target === "number") return await reader.readBytes(target, second as WaitOptions);
    return await reader.readInto(target, second as number | undefined, offset, options);
  }

  /**
   * Reads what is there, at least one byte and at most `length`, into `buffer` at `offset`; `null` at
   * the end. What lines left over comes first. Otherwise as `read`.
   *
   * Perl: `sysread`
   */
  async sysread(
    buffer: Uint8Array,
    length?: number,
    offset?: number,
    options?: WaitOptions,
  ): Promise<number | null> {
    return await this.#connection.reader("sysread").sysread(buffer, length, offset, options);
  }

  /**
   * Reads one character; `undefined` at the end.
   *
   * Perl: `getc`
   *
   * @throws {SslPeerError} With code `EILSEQ` if it is not UTF-8.
   */
  async getc(options?: WaitOptions): Promise<string | undefined> {
    return await this.#connection.reader("getc").getc(options);
  }

  /**
   * Whether the stream is at its end. Waits for a byte or the end, as in Perl.
   *
   * Perl: `eof`
   *
   * @throws {SslTruncatedError} If the stream ended without close_notify, which is not the end.
   */
  async eof(options?: WaitOptions): Promise<boolean> {
    return await this.#connection.reader("eof").eof(options);
  }

  /**
   * How many bytes can be read without waiting.
   *
   * Perl: `pending`
   */
  pending(): number {
    return this.#connection.pending();
  }

  /**
   * Writes the items, with `outputFieldSeparator` between them and `outputRecordSeparator` at the
   * end.
   *
   * Perl: `print`
   *
   * @throws {TypeError} If an item is not text, a number, a boolean or bytes, or cannot be encoded.
   */
  async print(...items: PrintItem[]): Promise<void> {
    await this.#connection.writer("print").print(items);
  }

  /**
   * As `print`, with a newline at the end in place of `outputRecordSeparator`.
   *
   * Perl: `say`
   */
  async say(...items: PrintItem[]): Promise<void> {
    await this.#connection.writer("print").print(items, "\n");
  }

  /**
   * Writes formatted text: see {@linkcode sprintf}.
   *
   * Perl: `printf`
   *
   * @throws {TypeError} If a conversion is unknown or an argument is missing.
   */
  async printf(format: string, ...args: PrintfArgument[]): Promise<void> {
    await this.#connection.writer("print").printf(format, args);
  }

  /**
   * Writes all of it, past what autoflush would collect. Gives the number of bytes written.
   *
   * Perl: `write`
   *
   * @param data Text, which is encoded, or bytes.
   * @param length How many bytes of it. Default: up to the end.
   * @param offset From which byte on; a negative one counts from the end. Default: 0.
   * @throws {RangeError} If `offset` is outside of the data.
   */
  async write(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    return await this.#connection.writer("write").write(data, length, offset);
  }

  /**
   * Writes once: at most `syswriteSize` bytes (16,384), and perhaps fewer. Gives the number of bytes
   * written. Length and offset count bytes, of text in its encoding, so that adding up results
   * leads through the data. Otherwise as `write`.
   *
   * Perl: `syswrite`
   */
  async syswrite(data: string | Uint8Array, length?: number, offset?: number): Promise<number> {
    return await this.#connection.writer("syswrite").syswrite(data, length, offset);
  }

  /**
   * Sends what was collected with `autoflush` off, and waits for the writes before it.
   *
   * Perl: `flush`
   */
  async flush(): Promise<void> {
    await this.#connection.writer("flush").flush();
  }

  /**
   * Sends what is left and ends our direction; reading goes on. Over TLS this is close_notify.
   *
   * Perl: `shutdown(1)`
   *
   * @throws {SslUnsupportedError} If the connection has no such thing.
   */
  async closeWrite(): Promise<void> {
    await this.#connection.writer("end writing").closeWrite();
  }

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
   * Perl: `start_SSL`
   *
   * @param options Those of `SslSocket.start`: `hostname` or `serverName` for a client, `server: true`
   * for a server, where the connection does not have them.
   * @returns The socket.
   * @throws {SslPeerError} If the peer does not speak TLS, or plain bytes are ahead of the handshake
   * (`code` `ERR_INJECTION`).
   * @throws {SslVerifyError} If the peer's certificate is refused.
   */
  async startSsl(options?: StartOptions): Promise<SslSocket> {
    return await atCallOf(this.startSsl, () => this.#startTls(options));
  }

  /**
   * Starts TLS as client. As `startSsl`; on a socket that is open as client it does nothing.
   *
   * Perl: `connect_SSL`
   *
   * @throws {TypeError} If an option is wrong, or options come when TLS has been started already.
   */
  async connectSsl(options?: StartOptions): Promise<SslSocket> {
    return await atCallOf(this.connectSsl, () => this.#startTls(options, "client"));
  }

  /**
   * Starts TLS as server. As `startSsl`; on a socket that is open as server it does nothing.
   *
   * Perl: `accept_SSL`
   *
   * @throws {TypeError} If an option is wrong, or options come when TLS has been started already.
   */
  async acceptSsl(options?: StartOptions): Promise<SslSocket> {
    return await atCallOf(this.acceptSsl, () => this.#startTls(options, "server"));
  }

  async #startTls(options: StartOptions | undefined, role?: Role): Promise<SslSocket> {
    const connection = this.#connection;
    return await connection.change("start TLS", async () => {
      const { startTls } = await import("./tls.ts");
      return await startTls(connection, options, role);
    });
  }

  /**
   * Ends TLS and goes on in plain text, in place. See `SslSocket.stopSsl`. With `fastShutdown` what
   * came over TLS is read first, then the end comes once (`undefined` from `readLine`, `null` from
   * `read`), and what is read from then on came in plain text.
   *
   * Perl: `stop_SSL`
   *
   * @throws {SslError} With code `ERR_UNREAD` if bytes that came over TLS are unread, or come before
   * the peer's close_notify: they would mix with plain ones. Read them first.
   * @throws {TypeError} If the connection has no TLS.
   * @throws {SslTruncatedError} If the stream ends before the peer's close_notify.
   */
  async stopSsl(options?: CloseOptions): Promise<void> {
    await atCallOf(this.stopSsl, async () => {
      const connection = this.#connection;
      await connection.change("stop TLS", async () => {
        const { stopTls } = await import("./tls.ts");
        await stopTls(connection, options);
      });
    });
  }

  /**
   * For `SslSocket.start(handle)`: gives the connection and what was read ahead. The handle cannot be
   * used afterwards.
   */
  [takeTransport](): { transport: Transport; buffered: Uint8Array } {
    return this.#connection.give();
  }

  /**
   * 1 while the handle is open and, over an `SslSocket`, its TLS; -1 after a failed handshake; 0
   * otherwise.
   *
   * Perl: `opened`
   */
  opened(): 0 | 1 | -1 {
    const { conn, open } = this.#connection;
    return open ? conn.opened?.() ?? 1 : 0;
  }

  /**
   * Sends what is left and closes the connection. A read that waits ends with an error whose `code`
   * is `ECLOSED`. Calling it again does nothing more.
   *
   * Perl: `close`
   *
   * @param options Those of `SslSocket.close`. `timeout`, in milliseconds, also bounds how long
   * output may take; default 5,000, 0 for no bound.
   * @throws {SslTimeoutError} If output did not go in time.
   */
  async close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    await atCallOf(this.close, () => this.#connection.close(options));
  }

  /**
   * {@linkcode Handle.close}; an error that a call has failed with already is not thrown again.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  /** What the handle is over now: after `startSsl` an `SslSocket`, after `stopSsl` a plain transport. */
  get conn(): HandleConn {
    return this.#connection.conn;
  }

  /**
   * The `SslSocket` that the handle is over.
   *
   * @throws {TypeError} If it is over another connection, or TLS has yet to start.
   */
  get socket(): SslSocket {
    const { conn } = this.#connection;
    if (conn instanceof SslSocket) return conn;
    throw noSocketError();
  }

  /** The local address, if the connection has one. */
  get localAddr(): Deno.Addr | undefined {
    return (this.conn as { localAddr?: Deno.Addr }).localAddr;
  }

  /** The peer's address, if the connection has one. */
  get remoteAddr(): Deno.Addr | undefined {
    return (this.conn as { remoteAddr?: Deno.Addr }).remoteAddr;
  }

  /** The text that a console shows: what the handle is over. */
  [Symbol.for("Deno.customInspect")](): string {
    return oneLine(this, this.#connection.facts());
  }

  /**
   * What ends a line: text; `""` for paragraphs; `null` to read up to the end; a number for records
   * of that many characters. Default: `"\n"`.
   *
   * Perl: `$/`
   */
  get inputRecordSeparator(): Separator {
    return this.#connection.settings.inputRecordSeparator;
  }

  set inputRecordSeparator(separator: Separator) {
    this.#connection.settings.inputRecordSeparator = checkSetting(
      "inputRecordSeparator",
      separator,
    );
  }

  /**
   * What `print` and `say` put between items. Default: nothing.
   *
   * Perl: `$,`
   */
  get outputFieldSeparator(): string {
    return this.#connection.settings.outputFieldSeparator;
  }

  set outputFieldSeparator(separator: string) {
    this.#connection.settings.outputFieldSeparator = checkSetting(
      "outputFieldSeparator",
      separator,
    );
  }

  /**
   * What `print` puts at the end. Default: nothing.
   *
   * Perl: `$\`
   */
  get outputRecordSeparator(): string {
    return this.#connection.settings.outputRecordSeparator;
  }

  set outputRecordSeparator(separator: string) {
    this.#connection.settings.outputRecordSeparator = checkSetting(
      "outputRecordSeparator",
      separator,
    );
  }

  /**
   * How bytes become text and text bytes. It may change between two reads: a character is never cut.
   * Default: `"utf-8"`.
   *
   * Perl: `binmode`
   */
  get encoding(): Encoding {
    return this.#connection.settings.encoding;
  }

  set encoding(encoding: Encoding) {
    this.#connection.settings.encoding = checkSetting("encoding", encoding);
    this.#connection.recode(encoding);
  }

  /**
   * Sets the encoding as Perl's layers name it: `":raw"`, `":bytes"` and `"latin1"` are one character
   * for each byte; `":utf8"`, `":encoding(UTF-8)"` and `"utf-8"` are UTF-8.
   *
   * Perl: `binmode`
   *
   * @param layer Default: `":raw"`.
   * @throws {TypeError} If it is another one.
   */
  binmode(layer = ":raw"): void {
    this.encoding = encodingOfLayer(layer);
  }

  /**
   * Whether each print goes out at once. With `false`, output is collected until there are 8,192
   * bytes, or `flush` or `close` is called. Setting it to `true` does not send what was collected:
   * the next print does, or `flush`. Default: `true`.
   *
   * Perl: `$|`
   */
  get autoflush(): boolean {
    return this.#connection.settings.autoflush;
  }

  set autoflush(on: boolean) {
    this.#connection.settings.autoflush = checkSetting("autoflush", on);
  }

  /**
   * Not for sockets.
   *
   * Perl: `truncate`
   *
   * @throws {SslUnsupportedError} Always.
   */
  truncate(..._args: unknown[]): never {
    return notAllowed("truncate");
  }

  /**
   * Not for sockets.
   *
   * Perl: `stat`
   *
   * @throws {SslUnsupportedError} Always.
   */
  stat(..._args: unknown[]): never {
    return notAllowed("stat");
  }

  /**
   * Not for sockets.
   *
   * Perl: `setbuf`
   *
   * @throws {SslUnsupportedError} Always.
   */
  setbuf(..._args: unknown[]): never {
    return notAllowed("setbuf");
  }

  /**
   * Not for sockets.
   *
   * Perl: `setvbuf`
   *
   * @throws {SslUnsupportedError} Always.
   */
  setvbuf(..._args: unknown[]): never {
    return notAllowed("setvbuf");
  }

  /**
   * Not for sockets.
   *
   * Perl: `fdopen`
   *
   * @throws {SslUnsupportedError} Always.
   */
  fdopen(..._args: unknown[]): never {
    return notAllowed("fdopen");
  }

  /**
   * Not there.
   *
   * Perl: `ungetc`
   *
   * @throws {SslUnsupportedError} Always.
   */
  ungetc(..._args: unknown[]): never {
    return notImplemented("ungetc");
  }

  /**
   * Not available: it would go past the encryption.
   *
   * Perl: `send`
   *
   * @throws {SslUnsupportedError} Always.
   */
  send(..._args: unknown[]): never {
    return notImplemented("send", "print/printf/syswrite");
  }

  /**
   * Not available: it would go past the decryption.
   *
   * Perl: `recv`
   *
   * @throws {SslUnsupportedError} Always.
   */
  recv(..._args: unknown[]): never {
    return notImplemented("recv", "read/sysread");
  }
}
