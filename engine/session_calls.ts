/**
 * The calls of a session: the first failure is final and is what every later call meets.
 *
 * A callback of the application may use the very connection that it is called from. What can wait
 * waits until the session's work is done; what cannot is refused, which does not fail the connection.
 *
 * @module
 */

import { closedError, insideError } from "../internal/waiting.ts";
import type { Outflow } from "./outflow.ts";
import type { SansIoSession } from "./sans_io.ts";

const DONE = Promise.resolve();

/** Calls one session. */
export class SessionCalls {
  readonly #session: SansIoSession;
  readonly #out: Outflow;
  #failure: unknown;
  #closed = false;

  /**
   * After each failure `out` sends aside what the session has made, because the alert is in there.
   */
  constructor(session: SansIoSession, out: Outflow) {
    this.#session = session;
    this.#out = out;
  }

  /** What the session failed with; `undefined` while it works. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether the connection was closed or given back. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Refuses every later call. */
  close(): void {
    this.#closed = true;
  }

  /** Throws where no call is possible any more. */
  mustWork(): void {
    if (this.#closed) throw closedError();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Runs one call. */
  step<T>(call: () => T): T {
    this.mustWork();
    try {
      return call();
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** Keeps what a call threw, unless it was called wrongly; gives it back. */
  failed(error: unknown): unknown {
    if (!(error instanceof TypeError || error instanceof RangeError)) this.#failure = error;
    this.#out.aside();
    return error;
  }

  /** Lets the next call fail; what this one brought is still delivered. */
  failNext(error: unknown): void {
    this.#failure ??= error;
  }

  /** Whether the session is at work, so that the caller is a callback inside it. */
  get busy(): boolean {
    return this.#session.busy === true;
  }

  /** Resolves when the session has finished its current work; `undefined` if it has none. */
  get idle(): Promise<void> | undefined {
    return this.busy ? this.whenIdle() : undefined;
  }

  /** The session's work is synchronous: it is done before any promise goes on. */
  async whenIdle(): Promise<void> {
    do await DONE; while (this.busy);
  }

  /** Refuses what can neither be done now nor wait. */
  mustBeIdle(operation: string): void {
    if (this.busy) throw insideError(operation);
  }
}
