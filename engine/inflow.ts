/**
 * Brings bytes from the transport to the session, by one read at a time, for an operation that needs
 * it. When the wait for it is aborted, it stays in flight for the next operation.
 *
 * @module
 */

import { giveBuffer, ReadBuffers } from "./buffers.ts";
import type { SansIoSession } from "./sans_io.ts";
import { wrongCount } from "./transport.ts";
import type { ByteTransport } from "./engine.ts";
import { closedError, orAborted } from "../internal/waiting.ts";
import { transportError } from "./wire_errors.ts";

/** A read of the transport: `n` bytes are in the buffer when it is done; `null` at the end. */
export interface InFlight {
  readonly buffer: Uint8Array<ArrayBuffer>;
  n: number | null;
  done: Promise<void>;
}

const DONE = Promise.resolve();

/** From the transport to the session. */
export class Inflow {
  readonly #session: SansIoSession;
  readonly #transport: ByteTransport;
  readonly #buffers = new ReadBuffers();
  #inFlight: InFlight | undefined;
  /** The read that the transport has not ended. */
  #reading: InFlight | undefined;
  #ended: { cause?: unknown } | undefined;
  #endFailure: unknown;
  #closed = false;

  constructor(session: SansIoSession, transport: ByteTransport) {
    this.#session = session;
    this.#transport = transport;
  }

  /** Whether the transport is at its end. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Throws at the end of the transport. */
  check(): void {
    if (this.#ended) throw this.#endError();
  }

  /** Something goes to the peer: what it sends next is its answer. */
  wrote(): void {
    this.#buffers.wrote();
  }

  /** Feeds the session with what one read of the transport brings. */
  async fill(signal?: AbortSignal): Promise<void> {
    const read = this.begin();
    await orAborted(read.done, signal);
    this.end(read);
  }

  /** The read of the transport in flight; begins one if no read is. `done` never rejects. */
  begin(): InFlight {
    if (this.#closed) throw closedError();
    this.check();
    if (this.#inFlight !== undefined) return this.#inFlight;
    const buffer = this.#buffers.take();
    const read: InFlight = { buffer, n: 0, done: DONE };
    read.done = this.#transport.read(buffer).then(this.#brought, this.#failed);
    return this.#inFlight = this.#reading = read;
  }

  readonly #brought = (n: number | null): void => {
    const { buffer } = this.#reading!;
    if (n !== null && !(n > 0 && n <= buffer.length)) {
      return this.#failed(wrongCount(n, buffer.length));
    }
    this.#reading!.n = n;
    this.#reading = undefined;
  };

  /** A reset is an end like any other: #endError reports it. */
  readonly #failed = (cause: unknown): void => {
    this.#reading!.n = null;
    this.#reading = undefined;
    this.#ended = { cause };
  };

  /** Takes in what it brought, once. */
  end(read: InFlight): void {
    if (this.#inFlight !== read) return; // another operation fed it
    this.#inFlight = undefined;
    if (this.#closed) throw closedError();
    const { buffer, n } = read;
    if (n === null) {
      giveBuffer(buffer);
      this.#ended ??= {};
      throw this.#endError();
    }
    this.#buffers.got(buffer, n);
    if (this.#session.lend?.(buffer, n)) return;
    this.#session.feed(buffer, n);
    giveBuffer(buffer);
  }

  #endError(): unknown {
    const cause = this.#ended?.cause;
    // Our own code closed the transport, or it is not one: the peer did nothing wrong.
    const ours = cause instanceof Deno.errors.BadResource || cause instanceof TypeError;
    return this.#endFailure ??= ours
      ? transportError("read", cause)
      : this.#session.endOfInput(cause);
  }

  /** Ends; what the read in flight brings, if there is one, is the caller's. */
  release(): Promise<Uint8Array | null> | undefined {
    const read = this.#inFlight;
    this.#inFlight = undefined;
    this.#closed = true;
    return read?.done.then(() => {
      const bytes = read.n === null ? null : read.buffer.slice(0, read.n);
      giveBuffer(read.buffer);
      return bytes;
    });
  }

  /** Ends. */
  close(): void {
    this.#closed = true;
  }
}
