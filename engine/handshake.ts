/**
 * Drives the handshake of one connection: a step of the session, then its output goes to the peer,
 * or input from the peer is read, until the session is done.
 *
 * @module
 */

import { SSL_WANT_READ, SSL_WANT_WRITE, type Want } from "../errors.ts";
import { ignore, inTime, orAborted } from "../internal/waiting.ts";
import { HandshakeClock } from "./handshake_progress.ts";
import type { Inflow } from "./inflow.ts";
import { PATIENCE } from "./last_words.ts";
import type { Outflow } from "./outflow.ts";
import type { SansIoSession } from "./sans_io.ts";
import type { SessionCalls } from "./session_calls.ts";

/** What a handshake moves its bytes with. */
export interface HandshakeFlow {
  readonly calls: SessionCalls;
  readonly inflow: Inflow;
  readonly outflow: Outflow;
}

/** Drives one handshake. */
export class Handshake {
  readonly #session: SansIoSession;
  readonly #calls: SessionCalls;
  readonly #in: Inflow;
  readonly #out: Outflow;
  /** How far it is. */
  readonly progress: HandshakeClock = new HandshakeClock();
  #running: Promise<void> | undefined;
  #suspended: Promise<void> | undefined;

  constructor(session: SansIoSession, { calls, inflow, outflow }: HandshakeFlow) {
    this.#session = session;
    this.#calls = calls;
    this.#in = inflow;
    this.#out = outflow;
  }

  /** Completes it; on failure the alert has been sent to the peer. */
  complete(signal: AbortSignal | undefined): Promise<void> {
    return orAborted(this.#running ??= this.#loop(signal), signal);
  }

  async #loop(signal?: AbortSignal): Promise<void> {
    try {
      for (;;) {
        signal?.throwIfAborted();
        const step = this.#calls.step(() => this.#session.handshake());
        // A server that is done has only tickets left: it does not wait for a client to read them.
        if (step === true && this.#session.role === "server") return this.#out.aside();
        if (this.#session.output > 0) {
          this.progress.answer();
          await orAborted(this.#out.flush(), signal);
        }
        if (step === true) return;
        if (step === SSL_WANT_READ) {
          this.progress.wait();
          await this.#in.fill(signal);
          this.progress.heard();
        } else if (step !== SSL_WANT_WRITE) await orAborted(Promise.resolve(step), signal);
      }
    } catch (error) {
      this.#running = undefined;
      await this.#flushAlert(signal);
      throw error;
    }
  }

  /** After a failure: the alert goes out if the peer takes it at once; the failure stays the error. */
  async #flushAlert(signal?: AbortSignal): Promise<void> {
    if (this.#calls.closed || signal?.aborted || this.#out.waiting === 0) return;
    try {
      // It may be under way already, and who closes the transport now would cut it off.
      await inTime(orAborted(this.#out.flush(), signal), PATIENCE);
    } catch {
      // The peer is gone: the failure that brought us here says more.
    }
  }

  /** One step, without waiting. */
  tryStep(): true | Want {
    try {
      const step = this.#calls.step(() => this.#session.handshake());
      this.#out.aside();
      if (step === SSL_WANT_READ) {
        this.#in.check();
        this.#out.check();
      }
      if (step === true || step === SSL_WANT_READ || step === SSL_WANT_WRITE) {
        return step === true && this.#session.output > 0 ? SSL_WANT_WRITE : step as true | Want;
      }
      this.#suspended = Promise.resolve(step).then(ignore, ignore);
      return SSL_WANT_READ;
    } catch (error) {
      this.#out.aside();
      throw error;
    }
  }

  /**
   * The decision of the application that the last {@linkcode Handshake.tryStep} met, given once.
   */
  takeSuspended(): Promise<void> | undefined {
    const suspended = this.#suspended;
    this.#suspended = undefined;
    return suspended;
  }
}
