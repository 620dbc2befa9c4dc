/**
 * Bounds an operation by a timeout and an AbortSignal at once, and leaves no
 * timer and no listener behind.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { after } from "../internal/waiting.ts";
import { SslTimeoutError } from "../errors.ts";

/** How long to wait for connect and handshake, in milliseconds, unless an option says. */
export const DEFAULT_TIMEOUT = 30_000;
/** How long to try to send close_notify, in milliseconds, unless an option says. */
export const DEFAULT_CLOSE_TIMEOUT = 5_000;
/** How long a client of a listener may take for its handshake, in milliseconds, unless an option says. */
export const DEFAULT_HANDSHAKE_TIMEOUT = 10_000;

/** The longest delay a timer takes; a longer wait is made of several. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** What a {@linkcode Deadline} is made from. */
export interface DeadlineOptions {
  /** Milliseconds; 0 or `undefined` means no timeout. */
  readonly timeout?: number | undefined;
  /** Ends the operation with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The option that the timeout comes from. @default {"timeout"} */
  readonly option?: string | undefined;
  /** Whether `expire` may end it. */
  readonly expirable?: boolean;
  /** What is being done, e.g. `"connect"`, for the message. */
  readonly operation: string;
  /** With whom, for the message. */
  readonly peer: string;
}

/** Checks a number of milliseconds. */
export function checkTimeout(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) {
    throw new RangeError(
      `Cannot use ${name}: it must be a number of milliseconds, 0 for none: received ${
        quote(value)
      }`,
    );
  }
  return value;
}

/** A bound on one operation. Dispose of it when the operation has ended. */
export class Deadline implements Disposable {
  /** Whether anything may end the operation. */
  readonly #bounds: boolean;
  readonly #userSignal: AbortSignal | undefined;
  /** Ends the waits under it: faster than the events of a signal, and each handshake has some. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  #controller: AbortController | undefined;
  #ended: { readonly reason: unknown } | undefined;
  #stop: (() => void) | undefined;

  constructor(given: DeadlineOptions) {
    const options = ownRecord(given);
    const timeout = checkTimeout("timeout", options.timeout) ?? 0;
    const { signal, expirable } = options;
    this.#userSignal = signal;
    this.#bounds = timeout > 0 || signal !== undefined || expirable === true;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (timeout > 0 && this.#ended === undefined && timeout !== Infinity) {
      this.#arm(timeout, timeout, options);
    }
  }

  readonly #onAbort = (): void => this.#end(this.#userSignal?.reason);

  #end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    for (const tell of [...this.#waiting]) tell(reason);
  }

  #arm(left: number, timeout: number, options: DeadlineOptions): void {
    const delay = Math.min(left, LONGEST_DELAY);
    this.#stop = after(delay, () => {
      if (left > delay) return this.#arm(left - delay, timeout, options);
      this.#end(
        new SslTimeoutError(
          `Cannot ${options.operation} ${options.peer}: timed out after ${timeout} ms`,
          {
            code: "ETIMEDOUT",
            reason: "timed out",
            facts: {
              limit: {
                by: "own",
                what: `the time to ${options.operation} a peer`,
                value: timeout,
                option: options.option ?? "timeout",
              },
            },
          },
        ),
      );
    });
  }

  /** Aborts when the time is up or the caller's signal aborts; `undefined` when nothing bounds the operation. */
  get signal(): AbortSignal | undefined {
    if (!this.#bounds) return undefined;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  /** Ends the operation now, with a reason of its own; it must have been made `expirable`. */
  expire(reason: Error): void {
    this.#end(reason);
  }

  /** Throws when the time is up or the caller's signal has aborted. */
  check(): void {
    if (this.#ended !== undefined) throw this.#ended.reason;
  }

  /**
   * Waits for `promise` no longer than the deadline. What arrives after it
   * goes to `late`, which gives its resources back.
   */
  race<T>(promise: Promise<T>, late?: (value: T) => void): Promise<T> {
    if (!this.#bounds) return promise;
    return new Promise<T>((resolve, reject) => {
      const over = (reason: unknown): void => {
        reject(reason);
        promise.then(late, () => {});
      };
      if (this.#ended !== undefined) return over(this.#ended.reason);
      this.#waiting.add(over);
      promise.then(
        (value) => {
          this.#waiting.delete(over);
          if (this.#ended === undefined) resolve(value);
        },
        (error) => {
          this.#waiting.delete(over);
          reject(error);
        },
      );
    });
  }

  /** Stops the clock and lets go of the caller's signal. */
  [Symbol.dispose](): void {
    this.#stop?.();
    this.#userSignal?.removeEventListener("abort", this.#onAbort);
  }
}
