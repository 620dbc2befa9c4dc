/**
 * The timer of `setTimeout()` on a stream: runs out when nothing has happened for a while.
 *
 * @module
 */

/** Calls back once nothing has refreshed it for a time. It does not hold up the end of a program. */
export class IdleTimer {
  readonly #late: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #limit = 0;

  /** What happens when it runs out. */
  constructor(late: () => void) {
    this.#late = late;
  }

  /** Begins anew, with another limit in milliseconds; 0 means no limit. */
  start(limit: number): void {
    if (typeof limit !== "number" || !(limit >= 0)) {
      throw new RangeError(`Cannot set a timeout of ${limit}: it must be milliseconds, 0 for none`);
    }
    this.#limit = limit;
    this.refresh();
  }

  /** Something has happened. */
  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#limit === 0) return;
    const timer = setTimeout(this.#late, this.#limit);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  /** Nothing will happen any more. */
  stop(): void {
    this.#limit = 0;
    this.refresh();
  }
}
