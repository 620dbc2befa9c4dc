/**
 * Reading and writing on an open connection: `sslReadAll` and its kin on a TLS socket, their `tcp`
 * twins on a plain one. What they read is text in the encoding of the call.
 *
 * @module
 */

import { SslPeerError } from "../errors.ts";
import { ByteQueue } from "../handle/byte_queue.ts";
import { decodeText, encodeText } from "../handle/encoding.ts";
import { concat } from "../internal/bytes.ts";
import { fromCaller } from "../internal/caller.ts";
import { type NamesOf, ownOptions } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { SslSocket } from "../socket/socket.ts";
import type { Transport } from "../socket/transport.ts";
import { tooLong } from "./cat.ts";
import { failureText } from "./failure.ts";
import { type LowConnection, lowLevel } from "./low_level.ts";
import {
  checkEncoding,
  type SsleayData,
  type SsleayDataOptions,
  type SsleayTextOptions,
} from "./options.ts";
import { trace } from "./variables.ts";

/** The longest text that is read to the end without a length, in bytes. */
const MOST = 1 << 26;
/** The longest text that is read up to a delimiter without a length, in bytes. */
const LONGEST_LINE = 1 << 20;

/**
 * A TLS connection: an `SslSocket`, or an `SSL` of `./ssleay/low` with a connection.
 *
 * @category Reading and writing
 */
export type SsleaySsl = SslSocket | object;

/**
 * What came, and the text of the error that ended it.
 *
 * @category Reading and writing
 */
export type ReadAllResult = [reply: string, error: string | undefined];

/**
 * How many bytes were written, or the text of the error.
 *
 * @category Reading and writing
 */
export type WriteAllResult = [written: number | undefined, error: string | undefined];

const OPTIONS: NamesOf<SsleayDataOptions> = { encoding: true, signal: true };

function checkData(given: SsleayDataOptions | undefined, operation: string): SsleayDataOptions {
  const options = ownOptions(given, { operation, names: OPTIONS });
  return { encoding: checkEncoding(options.encoding), signal: options.signal };
}

/** A connection whose reads take a signal. */
interface Stream {
  read(p: Uint8Array, options?: { signal?: AbortSignal | undefined }): Promise<number | null>;
  peek?(p: Uint8Array, options?: { signal?: AbortSignal | undefined }): Promise<number | null>;
  pending?(): number;
  write(p: Uint8Array, options?: { signal?: AbortSignal | undefined }): Promise<number>;
}

/**
 * The connection of a TLS socket, or of a handle of the low level.
 *
 * @throws {TypeError} If it is neither.
 */
export function sslConnection(ssl: SsleaySsl, what: string): SslSocket | LowConnection {
  if (ssl instanceof SslSocket) return ssl;
  const low = lowLevel();
  if (low?.isHandle(ssl, "SSL")) return low.connection(ssl);
  throw new TypeError(`Cannot ${what}: it needs an SslSocket: received ${quote(ssl)}`);
}

function tcpConnection(conn: Transport, what: string): Stream {
  const { read, write } = (conn ?? {}) as Partial<Transport>;
  if (typeof read === "function" && typeof write === "function") return conn;
  throw new TypeError(
    `Cannot ${what}: it needs a connection with read and write: received ${quote(conn)}`,
  );
}

function checkLength(length: number | undefined, what: string): number | undefined {
  if (length === undefined || length === 0) return undefined; // Perl's "all"
  if (Number.isSafeInteger(length) && length > 0) return length;
  throw new RangeError(
    `Cannot ${what}: the length must be a positive number of bytes: received ${quote(length)}`,
  );
}

async function readAll(
  stream: Stream,
  howMuch: number | undefined,
  given: SsleayDataOptions | undefined,
): Promise<ReadAllResult> {
  const options = checkData(given, "read");
  const most = checkLength(howMuch, "read");
  const pieces: Uint8Array[] = [];
  let left = most ?? MOST + 1, error: string | undefined;
  try {
    while (left > 0) {
      const p = new Uint8Array(Math.min(left, 32_768));
      const n = await stream.read(p, { signal: options.signal });
      if (n === null) break;
      trace(3, () => `  got ${n} bytes\n`);
      pieces.push(p.subarray(0, n));
      left -= n;
    }
    if (most === undefined && left <= 0) throw tooLong(MOST);
  } catch (cause) {
    error = failureText("SSL_read", cause, options.signal);
  }
  return [decodeText(concat(pieces), options.encoding!, false), error];
}

async function writeAll(
  stream: Stream,
  data: SsleayData,
  given: SsleayDataOptions | undefined,
): Promise<WriteAllResult> {
  const options = checkData(given, "write");
  const bytes = dataBytes(data, options);
  try {
    return [await writeBytes(stream, bytes, options), undefined];
  } catch (cause) {
    return [undefined, failureText("SSL_write", cause, options.signal)];
  }
}

function dataBytes(data: SsleayData, options: SsleayDataOptions): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === "string") return encodeText(data, options.encoding!);
  throw new TypeError(`Cannot write: it must be a string or a Uint8Array: received ${quote(data)}`);
}

async function writeBytes(
  stream: Stream,
  bytes: Uint8Array,
  { signal }: SsleayDataOptions,
): Promise<number> {
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at), { signal });
  trace(3, () => `  written ${bytes.length} bytes\n`);
  return bytes.length;
}

/** Where a delimiter ends in `got`, of which a part may have come before; -1 where it is not in it. */
function endOf(delimiter: Uint8Array, before: Uint8Array, got: Uint8Array): number {
  const tail = before.subarray(Math.max(0, before.length - delimiter.length + 1));
  const all = concat([tail, got]);
  const last = all.length - delimiter.length;
  for (let at = 0; at <= last; at++) {
    if (delimiter.every((byte, i) => all[at + i] === byte)) {
      return at + delimiter.length - tail.length;
    }
  }
  return -1;
}

/** What can be taken next without taking anything that is not there: a peek, or one byte. */
async function nextPiece(
  stream: Stream,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | null> {
  const one = new Uint8Array(1);
  if (stream.peek === undefined) {
    return await stream.read(one, { signal }) === null ? null : one;
  }
  if (await stream.peek(one, { signal }) === null) return null;
  const p = new Uint8Array(Math.max(1, Math.min(stream.pending!(), most)));
  return p.subarray(0, await stream.peek(p, { signal }) ?? 0);
}

interface Until {
  readonly delimiter: Uint8Array;
  readonly most: number;
  /** Whether reaching `most` without a delimiter is an error. */
  readonly bounded: boolean;
}

async function readUntil(
  stream: Stream,
  until: Until,
  options: SsleayDataOptions,
): Promise<Uint8Array> {
  const { delimiter, most, bounded } = until;
  const reply = new ByteQueue(); // a plain connection gives byte by byte
  while (reply.length < most) {
    const got = await nextPiece(stream, most - reply.length, options.signal);
    if (got === null) return reply.view();
    const end = endOf(delimiter, reply.view(), got);
    const piece = end < 0 ? got : got.subarray(0, end);
    // What was peeked at is there: this waits for nothing.
    for (let at = 0; stream.peek !== undefined && at < piece.length;) {
      at += await stream.read(piece.subarray(at)) ?? piece.length;
    }
    reply.push(piece);
    if (end >= 0) return reply.view();
  }
  if (!bounded) return reply.view();
  throw new SslPeerError(
    `Cannot read up to the delimiter: it is not in ${most} bytes: give a maximum length`,
    {
      code: "EMSGSIZE",
      errno: 90,
      reason: "the delimiter did not come",
      facts: { limit: { by: "own", what: "a text up to its delimiter", value: most } },
    },
  );
}

async function until(
  stream: Stream,
  delimiter: string,
  maxLength: number | undefined,
  given: SsleayDataOptions | undefined,
): Promise<string> {
  const options = checkData(given, "read");
  if (typeof delimiter !== "string" || delimiter === "") {
    throw new TypeError(
      `Cannot read: the delimiter must be a string that is not empty: received ${quote(delimiter)}`,
    );
  }
  const most = checkLength(maxLength, "read");
  const bytes = encodeText(delimiter, options.encoding!);
  const limits = { delimiter: bytes, most: most ?? LONGEST_LINE, bounded: most === undefined };
  return decodeText(await readUntil(stream, limits, options), options.encoding!, false);
}

/** Writes a text and CRLF in one piece. */
async function writeLine(
  stream: Stream,
  message: SsleayData,
  given: SsleayDataOptions | undefined,
): Promise<number> {
  const options = checkData(given, "write");
  const bytes = concat([dataBytes(message, options), Uint8Array.of(0x0d, 0x0a)]);
  return await writeBytes(stream, bytes, options);
}

/** Runs a public operation; its errors begin in the program. */
async function located<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fromCaller(error);
  }
}

/**
 * Reads to the peer's close_notify, or up to a number of bytes.
 *
 * Perl: `ssl_read_all`
 *
 * @param ssl The connection.
 * @param howMuch In bytes; 0 or `undefined` is all, at most 64 MiB.
 * @returns `[reply, error]`. A stream that is cut off has both: what came, and the text of the error.
 *
 * @category Reading and writing
 */
export async function sslReadAll(
  ssl: SsleaySsl,
  howMuch?: number,
  options?: SsleayDataOptions,
): Promise<ReadAllResult> {
  return await located(() => readAll(sslConnection(ssl, "read"), howMuch, options));
}

/**
 * Reads to the end, or up to a number of bytes, from a plain connection.
 *
 * Perl: `tcp_read_all`, which has the connection in a global handle
 *
 * @category Reading and writing
 */
export async function tcpReadAll(
  conn: Transport,
  howMuch?: number,
  options?: SsleayTextOptions,
): Promise<ReadAllResult> {
  return await located(() => readAll(tcpConnection(conn, "read"), howMuch, options));
}

/**
 * Writes all of a message.
 *
 * Perl: `ssl_write_all`
 *
 * @returns `[written, error]`: the number of bytes, or `undefined` and the text of the error.
 *
 * @category Reading and writing
 */
export async function sslWriteAll(
  ssl: SsleaySsl,
  message: SsleayData,
  options?: SsleayDataOptions,
): Promise<WriteAllResult> {
  return await located(() => writeAll(sslConnection(ssl, "write"), message, options));
}

/**
 * Writes all of a message to a plain connection.
 *
 * Perl: `tcp_write_all`
 *
 * @category Reading and writing
 */
export async function tcpWriteAll(
  conn: Transport,
  message: SsleayData,
  options?: SsleayTextOptions,
): Promise<WriteAllResult> {
  return await located(() => writeAll(tcpConnection(conn, "write"), message, options));
}

/**
 * Reads up to and with a delimiter; what follows stays to be read.
 *
 * Perl: `ssl_read_until`
 *
 * @param ssl The connection.
 * @param delimiter @default {"\n"}
 * @param maxLength In bytes: so many are given where the delimiter has not come. Without it a text of
 * more than 1 MiB is an error.
 * @returns What came; `""` at the end. Without the delimiter at its end it is what came before the end.
 * @throws {SslTruncatedError} If the stream is cut off.
 *
 * @category Reading and writing
 */
export async function sslReadUntil(
  ssl: SsleaySsl,
  delimiter = "\n",
  maxLength?: number,
  options?: SsleayDataOptions,
): Promise<string> {
  return await located(() => until(sslConnection(ssl, "read"), delimiter, maxLength, options));
}

/**
 * As {@linkcode sslReadUntil}, from a plain connection; it is read byte by byte.
 *
 * Perl: `tcp_read_until`
 *
 * @category Reading and writing
 */
export async function tcpReadUntil(
  conn: Transport,
  delimiter = "\n",
  maxLength?: number,
  options?: SsleayTextOptions,
): Promise<string> {
  return await located(() => until(tcpConnection(conn, "read"), delimiter, maxLength, options));
}

/**
 * {@linkcode sslReadUntil} with CRLF as the delimiter.
 *
 * Perl: `ssl_read_CRLF`
 *
 * @category Reading and writing
 */
export async function sslReadCrlf(
  ssl: SsleaySsl,
  maxLength?: number,
  options?: SsleayDataOptions,
): Promise<string> {
  return await sslReadUntil(ssl, "\r\n", maxLength, options);
}

/**
 * {@linkcode tcpReadUntil} with CRLF as the delimiter.
 *
 * Perl: `tcp_read_CRLF`
 *
 * @category Reading and writing
 */
export async function tcpReadCrlf(
  conn: Transport,
  maxLength?: number,
  options?: SsleayTextOptions,
): Promise<string> {
  return await tcpReadUntil(conn, "\r\n", maxLength, options);
}

/**
 * Writes a message and CRLF.
 *
 * Perl: `ssl_write_CRLF`
 *
 * @returns The number of bytes, CRLF included.
 * @throws {SslError} If they cannot be written.
 *
 * @category Reading and writing
 */
export async function sslWriteCrlf(
  ssl: SsleaySsl,
  message: SsleayData,
  options?: SsleayDataOptions,
): Promise<number> {
  return await located(() => writeLine(sslConnection(ssl, "write"), message, options));
}

/**
 * Writes a message and CRLF to a plain connection.
 *
 * Perl: `tcp_write_CRLF`
 *
 * @category Reading and writing
 */
export async function tcpWriteCrlf(
  conn: Transport,
  message: SsleayData,
  options?: SsleayTextOptions,
): Promise<number> {
  return await located(() => writeLine(tcpConnection(conn, "write"), message, options));
}
