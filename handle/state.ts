/**
 * What the parts of a handle share: the connection with its two halves, the
 * settings, and whether it is still there.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { SslError, SslTimeoutError, SslUnsupportedError } from "../errors.ts";
import type { CloseOptions } from "../socket/socket.ts";
import type { Ahead, Reader } from "../socket/readers.ts";
import { addReader, removeReader } from "../socket/readers.ts";
import { closedError, givenError, type HandleConn } from "./front.ts";
import { Input } from "./input.ts";
import { Output } from "./output.ts";
import type { HandleSettings } from "./settings.ts";
import type { Encoding } from "./encoding.ts";

/** How long `close` waits for output that is still to go, in milliseconds. */
const CLOSE_TIMEOUT = 5_000;

/** The state of one handle. */
export class HandleState implements Reader {
  /** How it reads and writes. */
  readonly settings: HandleSettings;
  #conn: HandleConn;
  #input: Input;
  #output: Output;
  #changing: string | undefined;
  #closing: Promise<void> | undefined;
  #given: boolean;
  #refusal: unknown;
  #untouched = false;

  /** The state of a handle; `given` where the connection went to a socket before this was loaded. */
  constructor(conn: HandleConn, settings: HandleSettings, given = false) {
    this.settings = settings;
    this.#given = given;
    this.#conn = conn;
    this.#input = new Input(conn, settings);
    this.#output = new Output(conn);
    if (!given) addReader(conn, this);
  }

  /** The connection. */
  get conn(): HandleConn {
    return this.#conn;
  }

  /** The reading half, whatever state it is in. */
  protected get rawInput(): Input {
    return this.#input;
  }

  /** Whether the handle can be used. */
  get open(): boolean {
    return this.#closing === undefined && !this.#given;
  }

  /** What comes from now on is in another encoding. */
  recode(encoding: Encoding): void {
    this.#input.lines.encoding = encoding;
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
  input(operation: string): Input {
    this.check(operation, true);
    return this.#input;
  }

  /** The writing half, for an operation. */
  output(operation: string): Output {
    this.check(operation);
    return this.#output;
  }

  /** Runs a change of the connection, alone: no read runs, and what was written has gone. */
  async change<T>(operation: string, body: () => Promise<T>): Promise<T> {
    this.check(operation);
    if (this.#input.busy !== undefined) this.#input.check(operation);
    this.#changing = operation;
    try {
      await this.#output.flush();
      return await body();
    } finally {
      this.#changing = undefined;
    }
  }

  /** Goes on with another connection, behind what is `unread` of the old one. */
  async attach(conn: HandleConn, unread?: Input): Promise<void> {
    if (this.#closing) {
      await conn.close?.();
      throw closedError(this.#changing ?? "change the connection");
    }
    removeReader(this.#conn, this);
    this.#conn = conn;
    this.#input = new Input(conn, this.settings);
    if (unread !== undefined) this.#input.carryOn(unread);
    this.#output = new Output(conn);
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

  /** The bytes read ahead, for whoever takes the connection; unless it changes hands within. */
  take(operation: string): Ahead {
    if (this.#changing === undefined) {
      this.check(operation);
      this.#mustBeIdle(operation);
      this.#giveAway();
    }
    return this.#input.takeAhead();
  }

  /** The bytes read ahead, for TLS that somebody else starts on the connection. */
  yieldAhead(moved: boolean): Ahead {
    if (this.#changing === undefined) {
      this.#mustBeIdle("start TLS");
      if (moved) this.#giveAway();
    }
    return this.#input.takeAhead();
  }

  #mustBeIdle(operation: string): void {
    if (this.#input.busy !== undefined) this.#input.check(operation);
    if (this.#output.collected > 0 || this.#output.waiting > 0) {
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
    this.#input.close();
    this.#output.close();
  }

  /**
   * Sends what is left and closes the connection. Once. Without options it is the end of a scope, at
   * which no error is told again that somebody has: who closed before, or whose write has failed.
   */
  close(options?: CloseOptions): Promise<void> {
    if (this.#given) return Promise.resolve();
    return options ? this.#closing ??= this.#close(options) : this.#dispose();
  }

  async #dispose(): Promise<void> {
    const closed = this.#closing !== undefined;
    const told = this.#output.failure;
    try {
      await (this.#closing ??= this.#close(NO_OPTIONS));
    } catch (error) {
      if (!closed && !(told !== undefined && told.error === error)) throw error;
    }
  }

  async #close(given: CloseOptions): Promise<void> {
    const options = ownRecord(given); // the connection checks them
    const conn = this.#conn;
    removeReader(conn, this);
    this.#input.close();
    let failure: { error: unknown } | undefined;
    try {
      await this.#flushWithin(options.timeout ?? CLOSE_TIMEOUT);
    } catch (error) {
      failure = { error };
    }
    this.#output.close();
    if (failure === undefined) return await this.#closeConn(conn, options);
    try {
      // After a lost write, the end must not look like a proper one.
      await conn.close?.(ownRecord({ ...options, noShutdown: true }));
    } catch (error) {
      // Deno's TLS always ends properly: the caller learns of the lost write from us alone.
      if (error instanceof SslUnsupportedError) await conn.close?.(options);
    }
    throw failure.error;
  }

  async #closeConn(conn: HandleConn, options: CloseOptions): Promise<void> {
    try {
      await conn.close?.(options);
    } catch (error) {
      // After a failed start, whoever went on with error.transport may have closed it.
      if (this.#refusal !== undefined && error instanceof Deno.errors.BadResource) return;
      // Refused for its options: the connection is still open and can be closed in another way.
      if (error instanceof SslUnsupportedError || error instanceof TypeError) {
        this.#closing = undefined;
      }
      throw error;
    }
  }

  async #flushWithin(timeout: number): Promise<void> {
    const flushed = this.#output.flush();
    if (timeout === 0) return await flushed;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new SslTimeoutError(`Cannot close: output did not go within ${timeout} ms`, {
            code: "ETIMEDOUT",
            errno: 110,
            reason: "timeout",
          }),
        );
      }, timeout);
    });
    flushed.catch(() => {}); // when it is late, nobody waits for it any more
    try {
      await Promise.race([flushed, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
