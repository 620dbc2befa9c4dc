/**
 * The bytes that are read ahead of the callers of one connection, and what happened to it.
 *
 * Rules:
 * - One operation at a time: chance would tell which of two gets which bytes.
 * - What came before an error is delivered first, then the error. A line that it cut short never
 *   looks like the last one; `read` still gives its bytes.
 * - An error stays, so that no call takes the rest for all; but after a timeout or a signal the next
 *   call goes on.
 *
 * @module
 */

import type { WaitOptions } from "../engine/engine.ts";
import { isWant, SSL_WANT_READ, SslError, SslTimeoutError, type Want } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { FastStopped } from "../socket/fast_stopped.ts";
import { connectionOf } from "../socket/socket_init.ts";
import type { Ahead } from "../socket/readers.ts";
import { closedError } from "./handle_errors.ts";
import { LineReader } from "./line_reader.ts";
import type { HandleSettings } from "./checked_options.ts";
import type { HandleConn } from "./source.ts";
import { orAborted } from "../internal/waiting.ts";

/** Read at once, in bytes: little for an idle connection, much for a busy one. */
const SMALL_READ = 4096;
const LARGE_READ = 1 << 17;

interface Failure {
  readonly error: unknown;
  /** Whether the connection may go on after it. */
  readonly passing: boolean;
}

/** Two reads at once: the program's mistake, not the connection's. */
const CONCURRENT = "ERR_CONCURRENT_READ";

function isPassing(error: unknown): boolean {
  return error instanceof SslTimeoutError ||
    (error instanceof SslError && error.code === CONCURRENT) ||
    (error instanceof DOMException &&
      (error.name === "AbortError" || error.name === "TimeoutError"));
}

/** Whether the `null` that a connection gave was the end of TLS alone. */
function resumes(conn: HandleConn): boolean {
  if (conn instanceof FastStopped) return conn.resumes;
  return connectionOf(conn)?.resumes === true;
}

/** The bytes of one connection that were read and have yet to be consumed. */
export class ReadAhead {
  readonly lines: LineReader;
  readonly #conn: HandleConn;
  #busy: string | undefined;
  #filling: Promise<void> | undefined;
  #filled: (() => void) | undefined;
  #failure: Failure | undefined;
  #closed = false;
  /** Whether the end that is here is that of TLS alone, which plain text follows. */
  #resumes = false;
  /** Whether a caller has got the end that is here. */
  #told = false;
  #readSize = SMALL_READ;

  constructor(conn: HandleConn, settings: HandleSettings) {
    this.#conn = conn;
    this.lines = new LineReader(settings);
  }

  /** Goes on after what was read ahead of TLS that was stopped. */
  carryOn(before: ReadAhead): void {
    const lines = before.lines;
    this.lines.push(lines.view());
    if (!lines.ended || before.#told) return;
    this.lines.end();
    this.#resumes = true;
  }

  get busy(): string | undefined {
    return this.#busy;
  }

  /** Refuses an operation that cannot begin now. */
  check(operation: string): void {
    if (this.#closed) throw closedError(operation);
    if (this.#busy !== undefined) {
      throw new SslError(
        `Cannot ${operation}: another read is in flight (${this.#busy}): await it first`,
        { code: CONCURRENT, reason: "another read is in flight" },
      );
    }
    if (typeof this.#conn.read === "function") return;
    throw new TypeError(`Cannot ${operation}: the handle is open for writing only`);
  }

  /** Until it is over, no other operation begins. */
  begin(operation: string): void {
    this.check(operation);
    this.#busy = operation;
  }

  over(): void {
    this.#busy = undefined;
  }

  async run<T>(operation: string, body: () => Promise<T>): Promise<T> {
    this.begin(operation);
    try {
      return await body();
    } catch (error) {
      throw fromCaller(error);
    } finally {
      this.over();
    }
  }

  /** Has more bytes, or the end, afterwards; else throws what the connection met. */
  async fill(options: WaitOptions | undefined, wanted = 0): Promise<void> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    this.#throwFailure();
    if (this.lines.ended) return;
    await orAborted(this.#filling ?? this.#fill(signal, wanted), signal);
    if (this.#closed) throw closedError(this.#busy ?? "read");
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    if (failure.passing) this.#failure = undefined;
    throw failure.error;
  }

  /** Never rejects: the failure is for the next call. Ends early when the handle is closed. */
  #fill(signal: AbortSignal | undefined, wanted: number): Promise<void> {
    const promise = new Promise<void>((resolve) => this.#filled = resolve);
    this.#readOnce(signal, wanted);
    if (this.#filled !== undefined) this.#filling = promise; // it may have ended by now
    return promise;
  }

  async #readOnce(signal: AbortSignal | undefined, wanted: number): Promise<void> {
    try {
      const size = Math.max(this.#readSize, Math.min(wanted, 1 << 20));
      // An idle connection must not hold what a busy one needed.
      this.lines.trim(size * 4);
      const room = this.lines.reserve(size);
      this.#took(await this.#conn.read!(room, signal && { signal }), room.length);
    } catch (error) {
      // A read that its own caller gave up does not concern the next one.
      const givenUp = signal?.aborted && error === signal.reason;
      if (!givenUp) this.#failure ??= { error, passing: isPassing(error) };
    }
    this.#filled!();
    this.#filling = this.#filled = undefined;
  }

  #took(n: number | null, room: number): void {
    if (n === null) return this.lines.end();
    this.lines.commit(n);
    if (n === room) this.#readSize = Math.min(this.#readSize * 4, LARGE_READ);
    else if (n * 16 < this.#readSize) this.#readSize = Math.max(this.#readSize / 4, SMALL_READ);
  }

  /** After the end no read will come to give back the memory of a large record. */
  atEnd<T>(result: T): T {
    if (this.lines.ended) this.lines.trim(LARGE_READ);
    return result === undefined || result === null ? this.tellEnd(result) : result;
  }

  /** Gives `end` to the caller. The end of TLS comes once: plain text follows. */
  tellEnd<T>(end: T): T {
    this.#told = true;
    if (!this.#resumes && !resumes(this.#conn)) return end;
    this.#resumes = this.#told = false;
    this.lines.resume();
    return end;
  }

  /** Has `n` bytes, or all there are before the end or an error. Gives how many. */
  async gather(n: number, options: WaitOptions | undefined): Promise<number> {
    while (this.lines.length < n && !this.lines.ended) {
      try {
        await this.fill(options, n - this.lines.length);
      } catch (error) {
        // Data first, and the error next; but a call that was given up takes nothing.
        const given = options?.signal?.aborted && error === options.signal.reason;
        if (given || this.#closed || this.lines.length === 0) throw error;
        this.#failure ??= { error, passing: isPassing(error) };
        break;
      }
    }
    return Math.min(n, this.lines.length);
  }

  /** What is there, at least one byte; `null` at the end. */
  async readSome(p: Uint8Array, options: WaitOptions | undefined): Promise<number | null> {
    if (this.lines.length > 0 || p.length === 0) return this.lines.take(p);
    // Straight into the caller's buffer, where an aborted wait cannot lose anything there.
    if (!options?.signal && !this.#filling && !this.lines.ended && !this.#failure) {
      return await this.#readInto(p);
    }
    while (this.lines.length === 0 && !this.lines.ended) await this.fill(options);
    return this.lines.length === 0 ? this.atEnd(null) : this.lines.take(p);
  }

  async #readInto(p: Uint8Array): Promise<number | null> {
    let n: number | null;
    try {
      n = await this.#conn.read!(p);
    } catch (error) {
      if (this.#closed) throw closedError(this.#busy ?? "read", error);
      if (!isPassing(error)) this.#failure = { error, passing: false };
      throw error;
    }
    if (this.#closed) throw closedError(this.#busy ?? "read");
    if (n !== null) return n;
    this.lines.end();
    return this.tellEnd(null);
  }

  /**
   * Has more bytes, or the end, without waiting; otherwise what to wait for.
   *
   * @throws What the connection met.
   */
  tryFill(): Want | undefined {
    this.#throwFailure();
    if (this.#filling || typeof this.#conn.tryRead !== "function") return SSL_WANT_READ;
    const room = this.lines.reserve(this.#readSize);
    let n: number | null | Want;
    try {
      n = this.#conn.tryRead(room);
    } catch (error) {
      if (!isPassing(error)) this.#failure = { error, passing: false };
      throw error;
    }
    if (isWant(n)) return n;
    this.#took(n, room.length);
    return undefined;
  }

  /** Waits until a call that did not wait may go on. An error comes out of that call. */
  async ready(want: Want, options: WaitOptions | undefined): Promise<void> {
    options?.signal?.throwIfAborted();
    const conn = this.#conn;
    if (!this.#filling && typeof conn.tryRead === "function" && typeof conn.ready === "function") {
      if (!this.#failure && !this.lines.ended) await conn.ready(want, options);
      return;
    }
    if (want !== SSL_WANT_READ || this.#failure || this.lines.ended) return;
    await orAborted(this.#filling ?? this.#fill(undefined, 0), options?.signal);
  }

  /**
   * Gives away the bytes that were read ahead, and those that a read still in
   * flight will bring.
   */
  takeAhead(): Ahead {
    const filling = this.#filling;
    const ahead = this.lines.view().slice();
    this.lines.consume(ahead.length);
    if (filling === undefined) return { ahead, inFlight: undefined };
    return {
      ahead,
      inFlight: filling.then(() => {
        if (this.#failure) throw this.#failure.error;
        if (this.lines.length === 0 && this.lines.ended) return null;
        const brought = this.lines.view().slice();
        this.lines.consume(brought.length);
        return brought;
      }),
    };
  }

  /** Ends the waits, with the error that the handle is closed. */
  close(): void {
    this.#closed = true;
    this.#filled?.();
  }
}
