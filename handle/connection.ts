/**
 * The connection of a handle, with its reader and its writer: whether it is there, who may use it,
 * how it changes when TLS starts or stops, and how it closes.
 *
 * @module
 */

import type { ByteTransport } from "../engine/engine.ts";
import { BufferedTransport } from "../engine/transport.ts";
import { SslError, SslTimeoutError, SslUnsupportedError } from "../errors.ts";
import { concat } from "../internal/bytes.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { INSPECT, oneLine } from "../internal/show.ts";
import type { CloseOptions } from "../socket/options.ts";
import {
  addReader,
  type Ahead,
  type Reader as AheadHolder,
  removeReader,
} from "../socket/readers.ts";
import type { SslSocket } from "../socket/socket.ts";
import type { Transport } from "../socket/transport.ts";
import { closedError, givenError } from "./handle_errors.ts";
import type { Encoding } from "./encoding.ts";
import type { HandleSettings } from "./checked_options.ts";
import type { ReadAhead } from "./read_ahead.ts";
import { Reader } from "./reader.ts";
import { asTransport, type HandleConn, StreamConn } from "./source.ts";
import { Writer } from "./writer.ts";
import { inTime } from "../internal/waiting.ts";

/** How long `close` waits for output that is still to go, in milliseconds. */
const CLOSE_TIMEOUT = 5_000;

export class HandleConnection implements AheadHolder {
  /** How it reads and writes. */
  readonly settings: HandleSettings;
  /** The socket that `stopSsl` made plain: it has the options of connect() or listen(). */
  stopped: SslSocket | undefined;
  #conn: HandleConn;
  #reader: Reader;
  #writer: Writer;
  #changing: string | undefined;
  #closing: Promise<void> | undefined;
  #given = false;
  #refusal: unknown;
  #untouched = false;

  constructor(conn: HandleConn, settings: HandleSettings) {
    this.settings = settings;
    this.#conn = conn;
    this.#reader = new Reader(conn, settings);
    this.#writer = new Writer(conn, settings);
    addReader(conn, this);
  }

  get conn(): HandleConn {
    return this.#conn;
  }

  /** What the handle says of itself when it is printed. */
  facts(): Record<string, unknown> {
    const conn = this.#conn;
    const { remoteAddr } = conn as { remoteAddr?: Deno.Addr };
    const over = Object(conn)[INSPECT] === undefined
      ? { [INSPECT]: () => oneLine(conn, { remoteAddr }) }
      : conn;
    return { over, encoding: this.settings.encoding, closed: this.open ? undefined : true };
  }

  /** Whether the handle can be used. */
  get open(): boolean {
    return this.#closing === undefined && !this.#given;
  }

  /** What comes from now on is in another encoding. */
  recode(encoding: Encoding): void {
    this.#reader.ahead.lines.encoding = encoding;
  }

  /** Refuses an operation while there is no connection that it could use. */
  check(operation: string, reads = false): void {
    if (this.#given) throw givenError(operation);
    if (this.#closing) throw closedError(operation);
    // What is unread is still to be read, and stands in the way of a start.
    const unread = this.#refusal instanceof SslError && this.#refusal.code === "ERR_UNREAD";
    const allowed = this.#untouched && (operation === "start TLS" || reads && unread);
    if (this.#refusal !== undefined && !allowed) {
      const advice = this.#untouched
        ? "start it again, or close the handle"
        : "in plain text, go on with a new Handle over error.transport";
      throw new SslError(`Cannot ${operation}: starting TLS has failed: ${advice}`, {
        code: "ERR_START_TLS",
        reason: "starting TLS has failed",
        cause: this.#refusal,
      });
    }
    // What is written while TLS starts must go through it, or not at all.
    if (this.#changing !== undefined) {
      throw new TypeError(
        `Cannot ${operation}: the handle is about to ${this.#changing}: await it first`,
      );
    }
  }

  /** The reading half, for an operation. */
  reader(operation: string): Reader {
    this.check(operation, true);
    return this.#reader;
  }

  /** The writing half, for an operation. */
  writer(operation: string): Writer {
    this.check(operation);
    return this.#writer;
  }

  /** Runs a change of the connection, alone: no read runs, and what was written has been sent. */
  async change<T>(operation: string, body: () => Promise<T>): Promise<T> {
    this.check(operation);
    if (this.#reader.ahead.busy !== undefined) this.#reader.ahead.check(operation);
    this.#changing = operation;
    try {
      await this.#writer.flush();
      return await body();
    } finally {
      this.#changing = undefined;
    }
  }

  /** Goes on with another connection, after what is `unread` of the old one. */
  async attach(conn: HandleConn, unread?: ReadAhead): Promise<void> {
    if (this.#closing) {
      await conn.close?.();
      throw closedError(this.#changing ?? "change the connection");
    }
    removeReader(this.#conn, this);
    this.#conn = conn;
    this.#reader = new Reader(conn, this.settings);
    if (unread !== undefined) this.#reader.ahead.carryOn(unread);
    this.#writer = new Writer(conn, this.settings);
    this.#refusal = undefined;
    addReader(conn, this);
  }

  /**
   * The connection is there, but in plain text where TLS was wanted: nothing goes over it. One that
   * is `untouched` may try again.
   */
  refuse(reason: unknown, untouched = false): void {
    this.#refusal = reason;
    this.#untouched = untouched;
  }

  /** The bytes that have been read ahead, whatever state the handle is in. */
  get ahead(): ReadAhead {
    return this.#reader.ahead;
  }

  pending(): number {
    return this.reader("pending").ahead.lines.length + (this.#conn.pending?.() ?? 0);
  }

  /** Gives the connection away, together with what was read ahead of it. */
  give(
    operation = "give away the connection",
    transport: Transport = asTransport(this.#conn),
  ): { transport: Transport; buffered: Uint8Array } {
    const { ahead, inFlight } = this.#take(operation);
    const rest = transport instanceof StreamConn ? transport.takeRest() : new Uint8Array(0);
    const buffered = concat([ahead, rest]);
    if (inFlight === undefined) return { transport, buffered };
    const behind = new BufferedTransport(transport as ByteTransport, new Uint8Array(0), inFlight);
    return { transport: behind, buffered };
  }

  /** The bytes read ahead, for the new owner of the connection; unless it stays within the handle. */
  #take(operation: string): Ahead {
    if (this.#changing === undefined) {
      this.check(operation);
      this.#mustBeIdle(operation);
      this.#giveAway();
    }
    return this.#reader.ahead.takeAhead();
  }

  /** The bytes read ahead, for TLS that another part of the program starts on the connection. */
  yieldAhead(moved: boolean): Ahead {
    if (this.#changing === undefined) {
      this.#mustBeIdle("start TLS");
      if (moved) this.#giveAway();
    }
    return this.#reader.ahead.takeAhead();
  }

  #mustBeIdle(operation: string): void {
    if (this.#reader.ahead.busy !== undefined) this.#reader.ahead.check(operation);
    if (this.#writer.collected > 0 || this.#writer.waiting > 0) {
      throw new TypeError(
        `Cannot ${operation}: output of the handle has yet to go: await flush() first`,
      );
    }
  }

  #giveAway(): void {
    this.#given = true;
    removeReader(this.#conn, this);
  }

  /** The connection is lost: it was taken and not given back. */
  lose(): void {
    removeReader(this.#conn, this);
    this.#closing ??= Promise.resolve();
    this.#reader.ahead.close();
    this.#writer.close();
  }

  /**
   * Sends what is left and closes the connection. Once. Without options it is the end of a scope: an
   * error that an earlier close or a write has failed with is not thrown again.
   */
  close(options?: CloseOptions): Promise<void> {
    if (this.#given) return Promise.resolve();
    return options ? this.#closing ??= this.#close(options) : this.#dispose();
  }

  async #dispose(): Promise<void> {
    const closed = this.#closing !== undefined;
    const known = this.#writer.failure;
    try {
      await (this.#closing ??= this.#close(NO_OPTIONS));
    } catch (error) {
      if (!closed && !(known !== undefined && known.error === error)) throw error;
    }
  }

  async #close(given: CloseOptions): Promise<void> {
    const options = ownRecord(given); // the connection checks them
    const conn = this.#conn;
    removeReader(conn, this);
    this.#reader.ahead.close();
    let failure: { error: unknown } | undefined;
    try {
      await this.#flushWithin(options.timeout ?? CLOSE_TIMEOUT);
    } catch (error) {
      failure = { error };
    }
    this.#writer.close();
    if (failure === undefined) return await this.#closeConn(conn, options);
    try {
      // After a lost write, the end must not look like a proper one.
      await conn.close?.(ownRecord({ ...options, noShutdown: true }));
    } catch (error) {
      // Deno's TLS can only end properly: the error below is the only sign of the lost write.
      if (error instanceof SslUnsupportedError) await conn.close?.(options);
    }
    throw failure.error;
  }

  async #closeConn(conn: HandleConn, options: CloseOptions): Promise<void> {
    try {
      await conn.close?.(options);
    } catch (error) {
      // After a failed start, the program may have closed it as error.transport.
      if (this.#refusal !== undefined && error instanceof Deno.errors.BadResource) return;
      // Refused for its options: the connection is still open and can be closed in another way.
      if (error instanceof SslUnsupportedError || error instanceof TypeError) {
        this.#closing = undefined;
      }
      throw error;
    }
  }

  async #flushWithin(timeout: number): Promise<void> {
    const flushed = this.#writer.flush();
    if (timeout === 0) return await flushed;
    if (await inTime(flushed, timeout)) return;
    throw new SslTimeoutError(`Cannot close: output did not go within ${timeout} ms`, {
      code: "ETIMEDOUT",
      errno: 110,
      reason: "timeout",
    });
  }
}
