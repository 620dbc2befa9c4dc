/**
 * Brings bytes from the session to the transport. One loop at a time runs until nothing is left; a
 * call that adds output meanwhile joins it.
 *
 * @module
 */

import { giveBuffer, takeBuffer } from "./buffers.ts";
import type { SansIoSession } from "./sans_io.ts";
import { mustTake } from "./transport.ts";
import type { ByteTransport } from "./engine.ts";
import { closedError, ignore } from "../internal/waiting.ts";

const DONE = Promise.resolve();

/** From the session to the transport. */
export class Outflow {
  readonly #session: SansIoSession;
  readonly #transport: ByteTransport;
  #flushing: Promise<unknown> | undefined;
  /** Bytes that the transport has yet to take. */
  #underWay = 0;
  #failure: unknown;
  #closed = false;
  readonly #explain: (cause: unknown) => Promise<unknown>;
  /** What the transport is given, and how much of it it has taken. */
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #at = 0;
  /** Ends the wait of those who flush. */
  #resolve: ((result: unknown) => void) | undefined;
  #reject: ((why: unknown) => void) | undefined;
  #result: unknown;

  /** Sends nothing yet. `explain` turns a failure of the transport into the error to report. */
  constructor(
    session: SansIoSession,
    transport: ByteTransport,
    explain: (cause: unknown) => Promise<unknown>,
  ) {
    this.#session = session;
    this.#transport = transport;
    this.#explain = explain;
  }

  /** The loop that runs. */
  get flushing(): Promise<unknown> | undefined {
    return this.#flushing;
  }

  /** Bytes that the session has made and the transport has not taken. */
  get waiting(): number {
    return this.#session.output + this.#underWay;
  }

  /** Throws when nothing can be sent any more. */
  check(): void {
    if (this.#closed) throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Nothing may be sent any more, for the first of the reasons given. */
  fail(reason: unknown): void {
    this.#failure ??= reason;
  }

  /** Sends until nothing is left. */
  flush(): Promise<unknown> {
    return this.#flushing ?? this.begin(undefined);
  }

  /** Begins where nothing is under way; it gives `result`. */
  begin<T>(result: T): Promise<T> {
    // From inside the transport's own write, which comes first.
    if (this.#underWay > 0) return DONE.then(() => this.flush()).then(() => result);
    const promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve as (result: unknown) => void;
      this.#reject = reject;
    });
    this.#result = result;
    this.#next();
    if (this.#underWay > 0) this.#flushing = promise; // it may have ended by now
    return promise;
  }

  /** Sends without making anyone wait: the next write reports a failure. */
  aside(): void {
    if (this.#session.output > 0) this.flush().catch(ignore);
  }

  /** Sends what the session has made; where that is nothing, it is done. */
  #next(): void {
    try {
      if (this.#closed) throw closedError();
      const size = this.#session.output;
      if (size === 0) {
        this.#flushing = undefined;
        return this.#resolve!(this.#result);
      }
      if (this.#failure !== undefined) throw this.#failure;
      const buffer = takeBuffer(size);
      let n = this.#session.drain(buffer);
      // Gather what several records left, so that one system call takes them.
      const most = Math.min(size, buffer.length);
      while (n < most) n += this.#session.drain(buffer.subarray(n));
      this.#buffer = buffer;
      this.#underWay = n;
      this.#at = 0;
      this.#write();
    } catch (cause) {
      this.#broke(cause);
    }
  }

  #write(): void {
    const part = this.#buffer!.subarray(this.#at, this.#underWay);
    Promise.resolve(this.#transport.write(part)).then(this.#took, this.#broke);
  }

  readonly #took = (n: number): void => {
    if (this.#closed) return; // nobody waits any more
    try {
      this.#at += mustTake(n);
      if (this.#at < this.#underWay) return this.#write();
    } catch (cause) {
      return void this.#broke(cause);
    }
    this.#underWay = 0;
    giveBuffer(this.#buffer!);
    this.#next();
  };

  readonly #broke = async (cause: unknown): Promise<void> => {
    // The bytes stay under way meanwhile, so that a call that adds output waits for this reason,
    // too.
    const why = this.#closed || this.#failure ? undefined : await this.#explain(cause);
    this.#underWay = 0;
    this.fail(this.#closed ? closedError() : why);
    this.#flushing = undefined;
    this.#reject!(this.#failure);
  };

  /**
   * Ends, and with it the wait for the peer. Closing the transport need not end it: before Deno 2.9
   * it does not.
   */
  close(): void {
    this.#closed = true;
    if (this.#underWay > 0) this.#broke(closedError());
  }
}
