/**
 * Connections that are closed and whose descriptors the runtime still holds.
 *
 * Measured with Deno 2.9: closing a client's TLS 1.3 connection puts a task on the runtime's pool of
 * 32 threads, which sleeps for 100 ms and then closes the socket. So no more than 320 of them are
 * closed in a second, whatever else is done; a program that connects and closes faster had a growing
 * pile of descriptors, and its file reads and name lookups, which use the same threads, waited
 * behind it. The runtime does not report this, so we count them here, and a new connection waits a
 * little while too many are still to be closed.
 *
 * @module
 */

import type { WaitOptions } from "../engine.ts";
import { orAborted } from "../../internal/waiting.ts";

/** How long the runtime holds one, in milliseconds. */
const HELD = 100;
/** How many it closes side by side. */
const THREADS = 32;
/**
 * How many may be held when another connection is made: half of what a small limit of 256 allows.
 */
const MOST = 128;

/** Counts the closed connections that the runtime still holds. */
export class Lingering {
  readonly #now: () => number;
  /** When each is let go, in that order. */
  readonly #ends: number[] = [];

  /** Begins with none. `now` is the clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** One was closed. */
  add(): void {
    this.#prune();
    const free = this.#ends.at(-THREADS) ?? 0;
    this.#ends.push(Math.max(this.#now(), free) + HELD);
  }

  /** How long to wait before another connection is made, in milliseconds; 0 for not at all. */
  get wait(): number {
    this.#prune();
    const first = this.#ends[this.#ends.length - MOST];
    return first === undefined ? 0 : Math.max(first - this.#now(), 1);
  }

  #prune(): void {
    const now = this.#now();
    let gone = 0;
    while (gone < this.#ends.length && this.#ends[gone]! <= now) gone++;
    this.#ends.splice(0, gone);
  }

  /** Waits until another connection may be made. */
  async room({ signal }: WaitOptions): Promise<void> {
    for (let wait; (wait = this.wait) > 0;) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const passed = new Promise<void>((resolve) => timer = setTimeout(resolve, wait));
      try {
        await orAborted(passed, signal);
      } finally {
        clearTimeout(timer);
      }
    }
  }
}

/** Those of this realm. */
export const lingering: Lingering = new Lingering();
