/**
 * The writing direction of a Deno TLS connection.
 *
 * Writes queue. Deno's writes cannot be aborted. So when the wait for a write is aborted half-way,
 * the sending side ends, because we cannot know how much of it was sent.
 *
 * @module
 */

import { SSL_WANT_WRITE, SslError, type Want } from "../../errors.ts";
import { closedError, halfWritten, ignore, orAborted } from "../../internal/waiting.ts";
import type { Link } from "./reading.ts";

/** How much `tryWrite` takes beyond what the runtime took. */
const MAX_QUEUED = 65536;

/** How much Deno takes at a time. */
const MAX_PART = 65536;

/** Writes, and what is queued. */
export class DenoWriting {
  readonly #link: Link;
  #writing: Promise<void> | undefined;
  /** A write that found none before it, so that it is in no queue. */
  #direct: Promise<number> | undefined;
  /** Whether a write has begun and has not ended. */
  #busy = false;
  #waiting = 0;
  #queued = 0;
  #error: unknown;
  /** Ends the wait for a write of the runtime. */
  #abandon: ((why: Error) => void) | undefined;
  #ending: Promise<void> | undefined;
  #sent = false;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Whether our close_notify was sent. */
  get sent(): boolean {
    return this.#sent;
  }

  /** Resolves when more may be written. */
  get ready(): Promise<void> {
    return this.#ending?.catch(ignore) ?? this.#last ?? Promise.resolve();
  }

  /** Resolves when the writes so far have ended; `undefined` if none runs. */
  get #last(): Promise<void> | undefined {
    return this.#writing ?? this.#direct?.then(ignore, ignore);
  }

  /** Throws when nothing can be sent any more. */
  check(): void {
    this.#link.checkOpen();
    if (this.#error !== undefined) throw this.#error;
  }

  /** Encrypts and sends all of `p`. */
  write(p: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
    const first = !this.#busy && this.#writing === undefined && this.#ending === undefined;
    if (!first || signal !== undefined || p.length === 0) return this.#writeNext(p, signal);
    const done = this.#writeAll(p, undefined);
    if (this.#busy) this.#direct = done;
    return done;
  }

  /** The same, after the writes before it. */
  async #writeNext(p: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
    signal?.throwIfAborted();
    this.check();
    this.#checkNotEnding();
    this.#waiting++;
    try {
      return await this.#enqueue(() => this.#writeAll(p, signal), signal);
    } finally {
      this.#waiting--;
    }
  }

  /** Takes what fits into a queue of 64 KiB and sends it aside. */
  tryWrite(p: Uint8Array): number | Want {
    this.check();
    this.#checkNotEnding();
    if (p.length === 0) return 0;
    const room = MAX_QUEUED - this.#queued;
    if (room <= 0 || this.#waiting > 0 || this.#direct !== undefined) return SSL_WANT_WRITE;
    const part = p.slice(0, room);
    this.#queued += part.length;
    this.#enqueue(() => this.#writeAll(part, undefined))
      .finally(() => this.#queued -= part.length)
      .catch(ignore); // the next write reports it
    return part.length;
  }

  /**
   * After the writes that are queued: close_notify, and the end of our
   * direction of the TCP connection, which Deno adds. No write comes after it.
   */
  end(): Promise<void> {
    if (this.#ending !== undefined) return this.#ending;
    this.check();
    this.#ending = this.#sendCloseNotify(this.#last);
    this.#ending.catch(ignore); // the next call reports it
    return this.#ending;
  }

  /** Ends a write that waits for the peer. */
  close(): void {
    if (this.#busy) this.#abandon?.(closedError()); // an error costs more than the rest of a close
  }

  /** Runs one write after those before it. */
  #enqueue<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const done = before === undefined ? job() : orAborted(before, signal).then(job);
    // One that was aborted while it waited must not let the next one overtake those before it.
    const settled: Promise<void> = Promise.all([before, done.then(ignore, ignore)]).then(() => {
      if (this.#writing === settled) this.#writing = undefined;
    });
    this.#writing = settled;
    return done;
  }

  async #writeAll(p: Uint8Array, signal: AbortSignal | undefined): Promise<number> {
    this.#busy = true;
    try {
      for (let at = 0; at < p.length;) {
        this.check();
        try {
          signal?.throwIfAborted();
          at += await this.#writePart(p, at, signal);
        } catch (cause) {
          if (!signal?.aborted || cause !== signal.reason) {
            const error = await this.#link.whyGone("write", cause);
            throw this.#error ??= error;
          }
          this.#error ??= halfWritten(cause);
          throw cause;
        }
      }
      return p.length;
    } finally {
      this.#busy = false;
      this.#direct = undefined;
    }
  }

  /** Writes a part of `p`. */
  #writePart(p: Uint8Array, at: number, signal: AbortSignal | undefined): Promise<number> {
    const end = at + MAX_PART;
    // A copy: after an abort the caller may reuse the buffer while Deno still writes.
    if (signal) return orAborted(this.#orClosed(p.slice(at, end)), signal);
    return this.#orClosed(at === 0 && p.length <= end ? p : p.subarray(at, end));
  }

  /** A write of the runtime. Before Deno 2.9 closing the connection does not end it. */
  #orClosed(part: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      this.#link.conn.write(part).then(resolve, reject);
    });
  }

  #checkNotEnding(): void {
    if (this.#ending === undefined) return;
    throw new SslError("Cannot write: the sending side has been ended", { code: "EPIPE" });
  }

  async #sendCloseNotify(queue: Promise<void> | undefined): Promise<void> {
    await queue;
    this.check();
    try {
      await this.#link.conn.closeWrite();
      this.#sent = true;
    } catch (cause) {
      const error = await this.#link.whyGone("shutdown", cause);
      throw this.#error ??= error;
    }
  }
}
