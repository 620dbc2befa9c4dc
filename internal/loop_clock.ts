/**
 * A clock that counts only the time in which this process was able to hear its peers.
 *
 * A process that is busy, or that the system does not run, sees late what peers sent in time. So
 * while this clock is watched, each turn of the event loop moves it on by at most 25 ms, however
 * long the turn took, and what arrived has been read before it moves on.
 *
 * @module
 */

/** How long the clock waits for a turn, in milliseconds. */
const TURN = 10;
/** How far one turn moves it on at most, in milliseconds. */
const STEP = 25;
/** How long it stays watched, in milliseconds. */
const WATCHED = 1_000;

/** The clock; see the module. */
export class LoopClock {
  #time = 0;
  #last = 0;
  #until = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds; never goes back. */
  now(): number {
    if (this.#timer !== undefined) return this.#time;
    return this.#time + performance.now() - this.#last;
  }

  /** Watches it, for a second. */
  watch(): void {
    const now = performance.now();
    this.#until = now + WATCHED;
    if (this.#timer !== undefined) return;
    this.#time = this.now();
    this.#last = now;
    this.#arm();
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      const now = performance.now();
      this.#time += Math.min(now - this.#last, STEP);
      this.#last = now;
      this.#timer = undefined;
      if (now < this.#until) this.#arm();
    }, TURN);
    Deno.unrefTimer(this.#timer as unknown as number); // nobody waits for it alone
  }
}

/** The clock of this realm. */
export const loopClock: LoopClock = new LoopClock();
