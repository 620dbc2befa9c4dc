/**
 * How TLS ends: close_notify in one direction (`closeWrite`), the way back to plain text
 * (`stopSsl`), and the end of the connection (`close`).
 *
 * @module
 */

import { engineOf } from "../context/context_record.ts";
import type { ByteTransport, TlsStream, WaitOptions } from "../engine/engine.ts";
import { requireFeature } from "../engine/features.ts";
import type { SslError, Want } from "../errors.ts";
import { USE_OPENSSL } from "../internal/unsupported.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { FastStopped, unreadError } from "./fast_stopped.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { CloseOptions } from "./options.ts";
import { PlainStream } from "./plain_stream.ts";
import { closedError, toSslError } from "./socket_errors.ts";
import { Deadline, DEFAULT_CLOSE_TIMEOUT, DEFAULT_TIMEOUT } from "./timeouts.ts";

/** Ends a connection, or TLS on it. */
export class Shutdown {
  readonly #life: Lifecycle;

  constructor(life: Lifecycle) {
    this.#life = life;
  }

  /** Ends our direction with close_notify. */
  async closeWrite(options?: WaitOptions): Promise<void> {
    const life = this.#life;
    const { phase } = life;
    if (phase.name === "half closed") return;
    const plain = life.plainFor("write to");
    if (plain !== undefined) {
      await plain.sent;
      return await life.transport?.closeWrite?.();
    }
    const tls = life.open!;
    life.endWriting();
    try {
      await tls.shutdown(ownRecord({ fast: true, ...options }));
    } catch (error) {
      throw life.failure("write to", error, options?.signal);
    }
  }

  /** Goes back to plain text; the transport. */
  async stop(options: CloseOptions = NO_OPTIONS): Promise<ByteTransport> {
    const life = this.#life;
    const tls = life.established;
    if (tls !== undefined && life.closing) {
      throw life.record(closedError("stop TLS with", life.peer));
    }
    if (tls === undefined) {
      const plain = life.plainFor("stop TLS with")!; // says what is wrong, unless it is plain
      const transport = plain.take();
      life.setTransport(transport);
      return transport;
    }
    this.#mustStop();
    const { idle } = tls;
    if (idle !== undefined) await idle;
    using deadline = new Deadline({
      timeout: options.timeout ?? life.options.timeout ?? DEFAULT_TIMEOUT,
      operation: "stop TLS with",
      peer: life.peer,
    });
    const fast = options.fastShutdown === true && !options.noShutdown;
    try {
      const { signal } = deadline;
      // Before anything is sent: who reads on finds TLS as it was.
      if (!fast && typeof tls.tryPeek(new Uint8Array(1)) === "number") throw this.#unread();
      if (!options.noShutdown) {
        life.endWriting();
        await deadline.race(tls.shutdown({ fast: true, signal }));
        if (!fast && await deadline.race(tls.peek(new Uint8Array(1), { signal })) !== null) {
          throw this.#unread();
        }
      }
    } catch (error) {
      life.ended(error);
      throw life.failure("stop TLS with", error, deadline.signal);
    }
    if (life.closing) throw closedError("stop TLS with", life.peer);
    return this.#toPlain(tls, fast);
  }

  /** What came over TLS must not mix with what comes in plain text, nor be lost. */
  #unread(): SslError {
    return unreadError(`Cannot stop TLS with ${this.#life.peer}`);
  }

  /** Deno's TLS keeps its connection: said before anything is sent. */
  #mustStop(): void {
    requireFeature(engineOf(this.#life.context), "stopTls", "stopSsl()");
  }

  #toPlain(tls: TlsStream, early: boolean): ByteTransport {
    const life = this.#life;
    const transport = early && !tls.endTold && life.transport
      ? new FastStopped(tls, life.transport)
      : tls.release();
    life.moveTo({ name: "plain", stream: new PlainStream(transport), refusal: undefined });
    life.setTransport(transport);
    return transport;
  }

  /** One step of going back to plain text, without waiting. */
  tryStop(): true | Want {
    const life = this.#life;
    const tls = life.established;
    if (tls === undefined) {
      life.plainFor("stop TLS with");
      return true;
    }
    this.#mustStop();
    life.mustBeIdle("stop TLS with");
    try {
      const step = tls.tryShutdown();
      if (tls.shutdownState.sent) life.endWriting();
      if (step === false) throw this.#unread();
      if (step === true) this.#toPlain(tls, false);
      else life.lastWant = step;
      return step;
    } catch (error) {
      life.ended(error);
      throw life.failure("stop TLS with", error);
    }
  }

  /** Closes everything; the second call waits for the first, no longer than its own options say. */
  close(options: CloseOptions = NO_OPTIONS): Promise<void> {
    const life = this.#life;
    if (options.noShutdown) this.#mustCut();
    if (life.closing !== undefined) return this.#hasten(life.closing, options);
    const closing = this.#close(options);
    life.closing = closing.catch(() => {}); // the first caller gets the error
    return closing;
  }

  /** Waits for a close that runs already, and cuts it short. */
  async #hasten(closing: Promise<void>, { noShutdown, timeout }: CloseOptions): Promise<void> {
    const life = this.#life;
    if (noShutdown) life.drop();
    else if (timeout !== undefined) {
      await this.#inTime(closing, timeout).catch(() => life.drop());
    }
    await closing;
  }

  /** Deno's TLS sends close_notify whenever it closes; there is no way around it. */
  #mustCut(): void {
    const life = this.#life;
    if (life.established === undefined) return;
    const remedy = `leave it out, or ${USE_OPENSSL}`;
    requireFeature(engineOf(life.context), "noShutdown", 'option "noShutdown"', remedy);
  }

  /**
   * Closes at once and, where the engine can, without close_notify, so that the peer does not take
   * what it has got for the whole.
   */
  cut(): Promise<void> {
    const life = this.#life;
    if (life.closing !== undefined) life.drop();
    return life.closing ??= this.#close(ownRecord({ noShutdown: true }));
  }

  /** The end of TLS, if it comes in time. Most often the system takes the last bytes at once. */
  async #ended(shutdown: Promise<void>, timeout = DEFAULT_CLOSE_TIMEOUT): Promise<void> {
    if (await settlesNow(shutdown)) return await shutdown;
    await this.#inTime(shutdown, timeout);
  }

  async #inTime(closing: Promise<void>, timeout: number): Promise<void> {
    const operation = "close the connection to";
    using deadline = new Deadline({ timeout, operation, peer: this.#life.peer });
    await deadline.race(closing);
  }

  async #close(options: CloseOptions): Promise<void> {
    const life = this.#life;
    const tls = life.established;
    const fast = options.fastShutdown ?? true;
    const sent = life.phase.name === "half closed" && fast;
    let failure: unknown;
    if (tls !== undefined && !options.noShutdown && !sent) {
      life.endWriting();
      try {
        await this.#ended(tls.shutdown({ fast }), options.timeout);
      } catch (error) {
        // A peer that is gone cannot be told; errstr() has it for those who ask.
        failure = life.record(toSslError("close the connection to", life.peer, error));
      }
    }
    life.drop();
    if (failure !== undefined && !fast) throw failure;
  }
}

/** More steps than what is done already needs until its promises have settled. */
const STEPS = 20;

/** Whether a promise settles before anything else happens: then there is nothing to wait for. */
async function settlesNow(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  for (let i = 0; i < STEPS && !settled; i++) await undefined;
  return settled;
}
