/**
 * Finds the alert that a peer left before the connection broke. A peer that refuses us sends an alert
 * and closes. What we send then is answered with a reset, so our write fails while the alert is still
 * unread. We read it then; data before it is kept for the next read.
 *
 * @module
 */

import { platformCode } from "../internal/platform_error.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE } from "../errors.ts";
import { giveBuffer, MAX_WRITE, takeBuffer } from "./buffers.ts";
import type { Inflow } from "./inflow.ts";
import type { SansIoSession } from "./sans_io.ts";
import type { SessionCalls } from "./session_calls.ts";
import { orAborted } from "../internal/waiting.ts";

/**
 * A broken TCP connection answers at once; other transports may be broken in one direction only, in
 * ms.
 */
export const PATIENCE = 250;

/** How much data is read to find the reason behind it, in bytes. */
export const MAX_KEPT = 4 * MAX_WRITE;

/** How a write fails whose peer is gone. */
const GONE = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "ENOTCONN"]);

/** Whether a write failed because the other end is gone, so that a reason may lie there. */
export function isGone(cause: unknown): boolean {
  return GONE.has(platformCode(cause) ?? "");
}

/** The connection whose peer is gone. */
export interface BrokenConnection {
  /** Calls its session. */
  readonly calls: SessionCalls;
  /** Whether a read of the application takes what comes. */
  readonly reading: () => boolean;
}

/** Reads what a peer that is gone has left. */
export class LastWords {
  readonly #session: SansIoSession;
  readonly #in: Inflow;
  readonly #calls: SessionCalls;
  readonly #reading: () => boolean;
  readonly #kept: Uint8Array[] = [];
  #size = 0;

  constructor(session: SansIoSession, inflow: Inflow, { calls, reading }: BrokenConnection) {
    this.#session = session;
    this.#in = inflow;
    this.#calls = calls;
    this.#reading = reading;
  }

  /** How much data is kept, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether there is nothing to listen for any more: it was closed, or its failure is known. */
  get #over(): boolean {
    return this.#calls.closed || this.#calls.failure !== undefined;
  }

  /** Gives what is kept, as far as there is room; at least one byte, where there is one and room for it. */
  take(p: Uint8Array, peek: boolean): number {
    const first = this.#kept[0];
    if (first === undefined) return 0;
    const n = Math.min(p.length, first.length);
    p.set(first.subarray(0, n));
    if (peek) return n;
    this.#size -= n;
    if (n === first.length) this.#kept.shift();
    else this.#kept[0] = first.subarray(n);
    return n;
  }

  /**
   * Reads until the reason is found, the peer has no more to say, or the time is up. Never rejects.
   */
  async hear(): Promise<void> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
      while (!this.#over) {
        if (!this.#reading() && !this.#look()) return;
        const read = this.#in.begin();
        await orAborted(read.done, abort.signal);
        this.#in.end(read);
        // A read of the application goes first.
        if (this.#reading()) await new Promise((resolve) => setTimeout(resolve));
      }
    } catch {
      // The failure of the connection, or the end of what there is.
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes what has come; whether there may be more. */
  #look(): boolean {
    const buffer = takeBuffer(MAX_WRITE);
    try {
      while (this.#size < MAX_KEPT) {
        const r = this.#calls.step(() =>
          this.#session.established ? this.#session.read(buffer) : this.#session.handshake()
        );
        if (r === true) continue;
        if (typeof r !== "number") return r === SSL_WANT_READ || r === SSL_WANT_WRITE;
        this.#kept.push(buffer.slice(0, r));
        this.#size += r;
      }
      return false;
    } finally {
      giveBuffer(buffer);
    }
  }
}
