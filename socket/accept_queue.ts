/**
 * The queue behind the iterator of a listener: it accepts while somebody iterates and there is room,
 * and hands out sockets in the order in which they become ready.
 *
 * @module
 */

import { SslPeerError } from "../errors.ts";

/** What an {@linkcode AcceptQueue} is made from; `A` comes in, is admitted, and pushed as `S`. */
export interface AcceptQueueOptions<A> {
  /** How many may run or wait to be taken. */
  readonly limit: number;
  /** How many run. */
  running(): number;
  /** The next to come in; rejects when the signal aborts, with an `SslPeerError` for a client that is gone. */
  arrive(signal: AbortSignal): Promise<A>;
  /** For when there is no room: then one is asked to make some before the next comes in. */
  readonly crowded?: {
    /** Resolves when one has come, and stays for `arrive`. */
    knock(signal: AbortSignal): Promise<void>;
    /**
     * Makes one go: 0, or in how many milliseconds to ask again; `undefined` if all are to be
     * waited for. `wake` follows when it is gone.
     */
    makeRoom(): number | undefined;
  };
  /** Takes it in; `push`, while it still counts as running, or `wake` follows. Must not throw. */
  admit(arrival: A): void;
  /** Gets the error when nothing can be accepted at all. */
  failed(error: unknown): void;
}

/**
 * How long to wait after a failure to accept (no file descriptors left, ...), in milliseconds. Not
 * after one by the fault of a client: clients that reset would hold up the others.
 */
const BACK_OFF = 50;

/** Resolves after a while, or when the signal aborts. */
function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delay);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}

/** A call of `next` that waits, and whose it is. */
interface Waiting<S> {
  readonly of: symbol;
  readonly resolve: (result: IteratorResult<S, undefined>) => void;
}

/** The queue behind the iterator of a listener. */
export class AcceptQueue<S, A = unknown> {
  readonly #options: AcceptQueueOptions<A>;
  readonly #ready: S[] = [];
  readonly #waiting: Waiting<S>[] = [];
  #iterators = 0;
  #pumping: AbortController | undefined;
  #wake: (() => void) | undefined;
  /** Set when nothing more comes in: whether the last one has been pushed. */
  #drained: (() => boolean) | undefined;

  constructor(options: AcceptQueueOptions<A>) {
    this.#options = options;
  }

  /** Takes one that is ready. */
  shift(): S | undefined {
    const socket = this.#ready.shift();
    if (socket !== undefined) this.wake();
    return socket;
  }

  /** Puts one in that is ready; `false` where the end has come and nobody will take it. */
  push(socket: S): boolean {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ value: socket, done: false });
    else if (this.#drained && (this.#iterators === 0 || this.#drained())) return false;
    else this.#ready.push(socket);
    this.wake();
    return true;
  }

  /** Something changed: there may be room, or an end. */
  wake(): void {
    this.#wake?.();
    if (this.#ended()) this.#dismiss(() => true);
  }

  #dismiss(whom: (waiting: Waiting<S>) => boolean): void {
    for (const waiting of this.#waiting.splice(0)) {
      if (whom(waiting)) waiting.resolve({ value: undefined, done: true });
      else this.#waiting.push(waiting);
    }
  }

  #ended(): boolean {
    return this.#drained?.() === true && this.#ready.length === 0;
  }

  /** One more iterator. */
  iterate(): AsyncIterableIterator<S> {
    let open = true;
    const of = Symbol();
    this.#iterators++;
    const leave = () => {
      if (!open) return;
      open = false;
      this.#dismiss((waiting) => waiting.of === of);
      if (--this.#iterators === 0) this.#halt();
    };
    return {
      next: () => {
        const socket = open ? this.shift() : undefined;
        if (socket !== undefined) return Promise.resolve({ value: socket, done: false });
        if (!open || this.#ended()) {
          leave();
          return Promise.resolve({ value: undefined, done: true });
        }
        const { promise, resolve } = Promise.withResolvers<IteratorResult<S, undefined>>();
        this.#waiting.push({ of, resolve });
        this.#pump();
        return promise;
      },
      return: () => {
        leave();
        return Promise.resolve({ value: undefined, done: true });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Accepts until nobody iterates any more. */
  async #pump(): Promise<void> {
    if (this.#pumping !== undefined || this.#drained !== undefined) return;
    const pumping = this.#pumping = new AbortController();
    const { signal } = pumping;
    const { arrive, admit, failed } = this.#options;
    while (!signal.aborted) {
      try {
        if (this.#full) {
          await this.#makeRoom(signal);
          continue;
        }
        admit(await arrive(signal));
      } catch (error) {
        if (signal.aborted) break;
        failed(error);
        if (!(error instanceof SslPeerError)) await pause(BACK_OFF, signal);
      }
    }
    this.#pumping = undefined;
    if (this.#waiting.length > 0) this.#pump(); // somebody came back in the meantime
  }

  get #full(): boolean {
    const { limit, running } = this.#options;
    return running() + this.#ready.length >= limit;
  }

  /** Waits for room; when one has come who needs it, the others are asked. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const { crowded } = this.#options;
    if (crowded === undefined) return await this.#woken();
    await crowded.knock(signal);
    while (this.#full && !signal.aborted) await this.#woken(crowded.makeRoom());
  }

  /** Waits until something changes, or `delay` milliseconds. */
  async #woken(delay?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = delay ? setTimeout(resolve, delay) : undefined;
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }

  /** Takes nobody in any more. */
  #halt(): void {
    this.#pumping?.abort();
    this.#wake?.();
  }

  /**
   * Nothing more comes in; what is ready is still handed out, then the iterators end. What nobody
   * will take is the result.
   */
  drain(drained: () => boolean): S[] {
    this.#drained = drained;
    this.#halt();
    const left = this.#iterators === 0 ? this.#ready.splice(0) : [];
    this.wake();
    return left;
  }

  /** Ends the iterators at once; what was ready. */
  end(): S[] {
    const left = this.#ready.splice(0);
    this.drain(() => true);
    return left;
  }
}
