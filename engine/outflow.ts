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
  /** Ends the wait for a write of the transport. */
  #abandon: ((why: Error) => void) | undefined;

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

  /** Begins a loop where none runs; it gives `result`. */
  begin<T>(result: T): Promise<T> {
    // From inside the transport's own write, which comes first.
    if (this.#underWay > 0) return DONE.then(() => this.flush()).then(() => result);
    const loop = this.#loop(result); // it may have ended by now
    if (this.#underWay > 0) this.#flushing = loop;
    return loop;
  }

  /** Sends without making anyone wait: the next write reports a failure. */
  aside(): void {
    if (this.#session.output > 0) this.flush().catch(ignore);
  }

  async #loop<T>(result: T): Promise<T> {
    try {
      for (let size; (size = this.#session.output) > 0 && !this.#closed;) {
        if (this.#failure !== undefined) throw this.#failure;
        const buffer = takeBuffer(size);
        let n = this.#session.drain(buffer);
        // Gather what several records left, so that one system call takes them.
        const most = Math.min(size, buffer.length);
        while (n < most) n += this.#session.drain(buffer.subarray(n));
        this.#underWay = n;
        for (let at = 0; at < n;) {
          at += mustTake(await this.#write(buffer.subarray(at, n)));
        }
        this.#underWay = 0;
        giveBuffer(buffer);
      }
      if (this.#closed) throw closedError();
      return result;
    } catch (cause) {
      // The bytes stay under way meanwhile, so that a call that adds output waits for this reason,
      // too.
      const why = this.#closed || this.#failure ? undefined : await this.#explain(cause);
      this.#underWay = 0;
      this.fail(this.#closed ? closedError() : why);
      throw this.#failure;
    } finally {
      this.#flushing = undefined;
    }
  }

  /** A write of the transport. Closing that need not end it: before Deno 2.9 it does not. */
  #write(p: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      Promise.resolve(this.#transport.write(p)).then(resolve, reject);
    });
  }

  /** Ends, and with it the wait for the peer. */
  close(): void {
    this.#closed = true;
    if (this.#underWay > 0) this.#abandon?.(closedError());
  }
}
