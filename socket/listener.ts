/**
 * A listener, made of its parts: the connections that arrive, their handshakes, the sockets that
 * are ready, and the context of the next connection. `SslListener` is what an application has of it.
 *
 * A hostile client costs one of `maxHandshakes` places for `handshakeTimeout` at the most and
 * nothing else: handshakes run side by side, `onHandshakeError` gets the error of one that failed,
 * and no error of a client ends or holds up the loop. When all places are taken and a connection
 * comes, a client that does not go on gives way (places.ts).
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import { engineOf } from "../context/context_record.ts";
import type { Resolved } from "../context/validate.ts";
import type { EngineListener, EngineName, WaitOptions } from "../engine/engine.ts";
import { requireFeature } from "../engine/features.ts";
import { SslPeerError } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { ownOptions } from "../internal/own_options.ts";
import { waitOptions } from "../internal/waiting.ts";
import { AcceptQueue } from "./accept_queue.ts";
import { type Arrival, Arrivals } from "./arrivals.ts";
import type { ListenOptions, ShutdownListenerOptions } from "./options.ts";
import { type MakeSocket, ServerHandshakes, type SideBySide } from "./server_handshakes.ts";
import type { ServingContext } from "./serving_context.ts";
import { closedError } from "./socket_errors.ts";
import { connectionOf } from "./socket_init.ts";
import { describeAddr } from "./target.ts";
import { checkTimeout, Deadline } from "./timeouts.ts";

/** What a listener is made from. */
export interface ListenerSettings<S> {
  /** The listener of the engine, which listens already. */
  readonly listener: EngineListener;
  /** The options of `SslSocket.listen`, checked. */
  readonly options: Resolved<ListenOptions>;
  /** The context of the next connection. */
  readonly contexts: ServingContext;
  /** Puts the class of the application around a connection. */
  readonly makeSocket: MakeSocket<S>;
}

/** What a listener does with a socket that nobody took. */
export interface AcceptedSocket {
  close(): unknown;
}

/** How many handshakes run, or sockets wait to be taken, at a time. */
const MAX_HANDSHAKES = 256;

export class Listener<S extends AcceptedSocket> {
  readonly #listener: EngineListener;
  readonly #options: Resolved<ListenOptions>;
  readonly #contexts: ServingContext;
  readonly #arrivals: Arrivals;
  readonly #handshakes: ServerHandshakes<S>;
  readonly #queue: AcceptQueue<S, Arrival>;
  readonly #idle = Promise.withResolvers<void>();
  #closed = false;

  constructor({ listener, options, contexts, makeSocket }: ListenerSettings<S>) {
    const limit = options.maxHandshakes ?? MAX_HANDSHAKES;
    this.#listener = listener;
    this.#options = options;
    this.#contexts = contexts;
    this.#arrivals = new Arrivals(listener, contexts, options);
    const changed = () => this.#checkIdle();
    this.#handshakes = new ServerHandshakes<S>({ options, limit, makeSocket, changed });
    this.#queue = new AcceptQueue<S, Arrival>({
      limit,
      crowded: {
        knock: (signal) => this.#arrivals.knock({ signal }),
        makeRoom: () => this.#handshakes.makeRoom(),
      },
      running: () => this.#handshakes.running,
      arrive: (signal) => this.#arrivals.next({ signal }),
      admit: (arrival) => this.#admit(arrival),
      failed: (error) => this.#report(error),
    });
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => void this.drop();

  get addr(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  get context(): SslContext {
    return this.#contexts.current.context;
  }

  /** Whether it has stopped. */
  get closed(): boolean {
    return this.#closed;
  }

  get engine(): EngineName {
    return engineOf(this.context).name;
  }

  /** Changes the context for the connections to come. */
  setContext(context: SslContext): void {
    this.#contexts.change(context, (error) => this.#report(error));
  }

  // ---- one by one

  /** Accepts one and completes its handshake. */
  async accept(given?: WaitOptions): Promise<S> {
    const options = waitOptions(given, "accept");
    const ready = this.#queue.shift();
    if (ready !== undefined) return ready;
    this.#mustBeOpen();
    const arrival = await this.#arrivals.next(options).catch((error) => {
      this.#mustBeOpen(error);
      throw error;
    });
    return await this.#complete(arrival, options.signal);
  }

  /** Accepts one without TLS. */
  async acceptPlain(given?: WaitOptions): Promise<Deno.TcpConn> {
    const options = waitOptions(given, "accept");
    requireFeature(engineOf(this.context), "acceptPlain", "acceptPlain()");
    for (;;) {
      this.#mustBeOpen();
      try {
        return (await this.#arrivals.next(options) as { conn: Deno.TcpConn }).conn;
      } catch (error) {
        this.#mustBeOpen(error);
        if (!(error instanceof SslPeerError)) throw error;
        this.#report(error); // one that was gone before it was accepted
      }
    }
  }

  #mustBeOpen(cause?: unknown): void {
    if (this.#closed) throw closedError("accept on", describeAddr(this.addr), cause);
  }

  // ---- side by side

  /** The sockets in the order in which their handshakes complete. */
  iterate(): AsyncIterableIterator<S> {
    return this.#queue.iterate();
  }

  /** Takes in a connection of the iterator: its handshake runs beside the others. */
  #admit(arrival: Arrival): void {
    const from = arrival.remoteAddr;
    const deliver = (socket: S): void => {
      if (!this.#queue.push(socket)) connectionOf(socket)?.shutdown.cut();
    };
    this.#complete(arrival, undefined, { from, deliver }).catch((error) => {
      if (!this.#closed) this.#report(error, from);
      this.#queue.wake();
    });
  }

  #report(error: unknown, remoteAddr?: Deno.Addr): void {
    const tell = this.#options.onHandshakeError;
    try {
      const told = fromCaller(error) as Error;
      // One that is async may reject: nobody would meet that, and it would end the process.
      if (tell) Promise.resolve<unknown>(tell(told, remoteAddr)).catch(() => {});
      else (error as { transport?: { close(): void } }).transport?.close();
    } catch {
      // Neither a throw of the caller's function nor a dead transport may end the loop.
    }
  }

  /** Completes the handshake of one connection. */
  async #complete(
    arrival: Arrival,
    signal: AbortSignal | undefined,
    beside?: SideBySide<S>,
  ): Promise<S> {
    const connection = this.#arrivals.connection(arrival);
    if (this.#closed) {
      await connection.shutdown.close();
      this.#mustBeOpen();
    }
    return await this.#handshakes.complete(connection, signal, beside);
  }

  // ---- the end

  #stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    try {
      this.#listener.close();
    } catch {
      // It was closed beneath us.
    }
    this.#arrivals.close();
  }

  /** Stops, and drops the connections that nobody has taken yet. */
  drop(): Promise<unknown> {
    this.#stop();
    const running = this.#handshakes.close();
    const ready = this.#queue.end().map((socket) => connectionOf(socket)?.shutdown.cut());
    return Promise.allSettled([running, ...ready]);
  }

  /** Stops, and waits until every socket is closed. */
  async shutdown(given?: ShutdownListenerOptions): Promise<void> {
    const options = shutdownOptions(given);
    this.#stop();
    for (const socket of this.#queue.drain(() => this.#handshakes.running === 0)) socket.close();
    using deadline = new Deadline({
      // 0 is "none" everywhere else; here it says "at once".
      timeout: options.deadline === undefined ? undefined : Math.max(options.deadline, 1),
      operation: "shut down the listener on",
      peer: describeAddr(this.addr),
    });
    this.#checkIdle();
    try {
      await deadline.race(this.#idle.promise);
    } catch {
      await this.drop();
      await this.#handshakes.cut();
    }
  }

  #checkIdle(): void {
    if (!this.#closed) return;
    if (this.#handshakes.idle) this.#idle.resolve();
    this.#queue.wake();
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }
}

/** The options of `shutdown`, checked. */
function shutdownOptions(given: ShutdownListenerOptions | undefined): ShutdownListenerOptions {
  const options = ownOptions(given, {
    operation: "shut down the listener",
    names: { deadline: true },
  });
  checkTimeout("deadline", options.deadline);
  return options;
}
