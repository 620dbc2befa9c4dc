/**
 * The writes of one connection, in their order: each is encrypted in parts of at most
 * {@linkcode MAX_WRITE} bytes and waits until the transport has taken it, which is the backpressure
 * for the writer.
 *
 * @module
 */

import { SSL_WANT_WRITE, type Want } from "../errors.ts";
import { halfWritten, orAborted } from "../internal/waiting.ts";
import { MAX_WRITE } from "./buffers.ts";
import type { WaitOptions } from "./engine.ts";
import type { Outflow } from "./outflow.ts";
import type { SansIoSession } from "./sans_io.ts";
import type { SessionCalls } from "./session_calls.ts";

/** Writes that have not ended. */
export class WriteQueue {
  readonly #session: SansIoSession;
  readonly #calls: SessionCalls;
  readonly #out: Outflow;
  #length = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(session: SansIoSession, calls: SessionCalls, out: Outflow) {
    this.#session = session;
    this.#calls = calls;
    this.#out = out;
  }

  /** How many writes have not ended. */
  get length(): number {
    return this.#length;
  }

  /** Resolves when the last of them has ended; never rejects. */
  get last(): Promise<void> {
    return this.#last;
  }

  /** Encrypts and sends all of `p`. */
  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const signal = options?.signal;
    if (
      p.length <= MAX_WRITE && this.#out.flushing === undefined && this.#length === 0 && !signal &&
      !this.#calls.busy
    ) {
      return this.#writeOne(p);
    }
    const run = () => this.#writeAll(p, signal);
    const before = this.#length++ > 0 ? this.#last : this.#calls.idle;
    // Set before it begins, so that a write inside one of its callbacks comes after it.
    let over!: () => void;
    this.#last = new Promise<void>((resolve) => over = resolve);
    const done = before === undefined ? run() : before.then(run, run);
    done.then(over, over);
    return done;
  }

  /** The short way for the usual case: the promise is that of the flush. */
  #writeOne(p: Uint8Array): Promise<number> {
    try {
      this.#encrypt(p);
      return this.#out.begin(p.length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #writeAll(p: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
    let taken = 0;
    try {
      while (taken < p.length) {
        signal?.throwIfAborted();
        const part = p.length <= MAX_WRITE ? p : p.subarray(taken, taken + MAX_WRITE);
        this.#encrypt(part);
        taken += part.length;
        await (signal ? orAborted(this.#out.flush(), signal) : this.#out.flush());
      }
      this.#out.check();
      return p.length;
    } catch (error) {
      // What was encrypted is sent, the rest never will be: nothing may follow, not even a proper
      // end.
      if (signal?.aborted && taken > 0 && taken < p.length) this.#out.fail(halfWritten(error));
      throw error;
    } finally {
      this.#length--;
    }
  }

  #encrypt(part: Uint8Array): void {
    this.#calls.mustWork();
    this.#out.check();
    try {
      this.#session.write(part);
    } catch (error) {
      throw this.#calls.failed(error);
    }
  }

  /** Takes what fits into the send buffer of 64 KiB and sends it aside. */
  tryWrite(p: Uint8Array): number | Want {
    this.#calls.mustWork();
    this.#out.check();
    if (p.length === 0) return 0;
    const room = MAX_WRITE - this.#out.waiting;
    if (room <= 0 || this.#length > 0) return SSL_WANT_WRITE;
    const part = p.length <= room ? p : p.subarray(0, room);
    this.#encrypt(part);
    this.#out.aside();
    return part.length;
  }
}
