/**
 * The machine inside a listener. `SslListener` is its face.
 *
 * A hostile client costs one of `maxHandshakes` places for `handshakeTimeout`
 * at the most and nothing else: handshakes run side by side, a failed one is
 * told to `onHandshakeError`, and no error of a client ends or holds up the
 * loop. When all places are taken and a connection comes, a client that does
 * not go on gives way (places.ts).
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { hostProblem, ipVersion, splitHostPort } from "../internal/host.ts";
import { waitOptions } from "../internal/waiting.ts";
import { ownOptions } from "../internal/own_options.ts";
import { engineContext } from "../context/engine_contexts.ts";
import { SslContext } from "../context/context.ts";
import { contextFor } from "../context/operation_context.ts";
import { engineOf } from "../context/context_record.ts";
import { newConnection } from "../context/new_connection.ts";
import type { ListenOptions } from "./options.ts";
import { checkOptions } from "../context/resolved_options.ts";
import type { Resolved } from "../context/validate.ts";
import type { EngineContext, EngineListener, WaitOptions } from "../engine/engine.ts";
import { requireFeature } from "../engine/features.ts";
import { SslPeerError } from "../errors.ts";
import { fromCaller } from "../internal/caller.ts";
import { AcceptQueue } from "./accept_queue.ts";
import { type Arrival, Arrivals } from "./arrivals.ts";
import type { Connection } from "./connection.ts";
import { clientOf } from "./client_address.ts";
import { closedError } from "./socket_errors.ts";
import { connectionOf } from "./socket_init.ts";
import { type ShutdownListenerOptions, SslListener, wrapListener } from "./listener.ts";
import type { SslSocket } from "./socket.ts";
import { type Place, Places } from "./places.ts";
import { describeAddr, parsePort } from "./target.ts";
import { checkTimeout, Deadline, DEFAULT_HANDSHAKE_TIMEOUT } from "./timeouts.ts";

/** Puts the class around the machine. */
export type MakeSocket<S> = (core: Connection, socketClass: ListenOptions["socketClass"]) => S;

/** What a listener is made from. */
interface ListenerSetup<S> {
  /** The listener of the engine. */
  readonly listener: EngineListener;
  /** The options of `SslSocket.listen`, checked. */
  readonly options: Resolved<ListenOptions>;
  /** The first context. */
  readonly context: SslContext;
  /** The same, ready in the engine. */
  readonly engineContext: EngineContext;
  /** Puts the class around a connection. */
  readonly makeSocket: MakeSocket<S>;
}

/** How many handshakes run, or sockets wait to be taken, at a time. */
const MAX_HANDSHAKES = 256;

/** The machine inside a listener. */
export class ListenerCore<S extends SslSocket> {
  readonly #setup: ListenerSetup<S>;
  readonly #listener: EngineListener;
  readonly #arrivals: Arrivals;
  readonly #queue: AcceptQueue<S, Arrival>;
  readonly #places: Places;
  /** Handshakes that run. */
  readonly #running = new Set<Connection>();
  /** Sockets that were made here and are not closed. */
  readonly #live = new Set<S>();
  #whenIdle: (() => void) | undefined;
  #context: SslContext;
  #engineContext: EngineContext;
  #swap: Promise<void> | undefined;
  #closed = false;

  /** Listens already. */
  constructor(setup: ListenerSetup<S>) {
    this.#setup = setup;
    this.#listener = setup.listener;
    this.#context = setup.context;
    this.#engineContext = setup.engineContext;
    this.#arrivals = new Arrivals(setup.listener, {
      plain: engineOf(setup.context).features.has("acceptPlain"),
      settled: () => this.#swap,
      current: () => ({ context: this.#context, engineContext: this.#engineContext }),
      options: setup.options,
    });
    const limit = setup.options.maxHandshakes ?? MAX_HANDSHAKES;
    this.#places = new Places(limit);
    this.#queue = new AcceptQueue<S, Arrival>({
      limit,
      crowded: {
        knock: (signal) => this.#arrivals.knock({ signal }),
        makeRoom: () => this.#places.makeRoom(),
      },
      running: () => this.#running.size,
      arrive: (signal) => this.#arrivals.next({ signal }),
      admit: (arrival) => this.#admit(arrival),
      failed: (error) => this.#report(error, undefined),
    });
    setup.options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => void this.drop();

  /** The address it is bound to. */
  get addr(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  /** The context of the next connection. */
  get context(): SslContext {
    return this.#context;
  }

  /** Whether it has stopped. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Which engine does the work. */
  get engine(): "openssl" | "deno" {
    return engineOf(this.#context).name;
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
    return await this.#shake(arrival, options.signal);
  }

  /** Accepts one without TLS. */
  async acceptPlain(given?: WaitOptions): Promise<Deno.TcpConn> {
    const options = waitOptions(given, "accept");
    requireFeature(engineOf(this.#context), "acceptPlain", "acceptPlain()");
    for (;;) {
      this.#mustBeOpen();
      try {
        return (await this.#arrivals.next(options) as { conn: Deno.TcpConn }).conn;
      } catch (error) {
        this.#mustBeOpen(error);
        if (!(error instanceof SslPeerError)) throw error;
        this.#report(error, undefined); // one that was gone before it was accepted
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
    const deliver = (socket: S): void => {
      if (!this.#queue.push(socket)) connectionOf(socket)?.shutdown.cut();
    };
    this.#shake(arrival, undefined, deliver).catch((error) => {
      if (!this.#closed) this.#report(error, arrival.remoteAddr);
      this.#queue.wake();
    });
  }

  #report(error: unknown, remoteAddr: Deno.Addr | undefined): void {
    const tell = this.#setup.options.onHandshakeError;
    try {
      // An async one, whose rejection nobody would meet: that would end the process.
      const told = fromCaller(error) as Error;
      if (tell) Promise.resolve<unknown>(tell(told, remoteAddr)).catch(() => {});
      else (error as { transport?: { close(): void } }).transport?.close();
    } catch {
      // Neither a throw of the caller's function nor a dead transport may end the loop.
    }
  }

  /** Completes the handshake of one connection. */
  async #shake(
    arrival: Arrival,
    signal?: AbortSignal,
    deliver?: (socket: S) => void,
  ): Promise<S> {
    const { options, makeSocket } = this.#setup;
    const core = this.#arrivals.connection(arrival);
    if (this.#closed) {
      await core.shutdown.close();
      this.#mustBeOpen();
    }
    this.#running.add(core);
    try {
      if (options.startHandshake !== false) {
        using deadline = new Deadline({
          expirable: true,
          timeout: options.handshakeTimeout ?? options.timeout ?? DEFAULT_HANDSHAKE_TIMEOUT,
          option: "handshakeTimeout",
          signal,
          operation: "accept a handshake from",
          peer: core.peer,
        });
        using place = deliver && this.#place(core, deadline, arrival.remoteAddr);
        await core.handshake.accept(deadline);
        place?.completed();
      }
      const socket = makeSocket(core, options.socketClass);
      this.#live.add(socket);
      core.life.onClose = () => {
        this.#live.delete(socket);
        this.#checkIdle();
      };
      // While it counts as running: a shutdown would not wait for it, and nobody would ever close it.
      deliver?.(socket);
      return socket;
    } finally {
      this.#running.delete(core);
      this.#checkIdle();
    }
  }

  /** A place for a handshake of the iterator, which gives way by its deadline. */
  #place(core: Connection, deadline: Deadline, from: Deno.Addr | undefined): Place {
    return this.#places.take({
      client: clientOf(from),
      peer: core.peer,
      progress: () => core.progress,
      giveWay: (error) => deadline.expire(error),
    });
  }

  // ---- the context

  /** Changes the context for those to come. */
  setContext(context: SslContext): void {
    requireFeature(engineOf(this.#context), "hotSwap", "setContext()");
    if (!((context as unknown) instanceof SslContext)) {
      throw new TypeError(
        `Cannot change the context: it must be what SslContext.create({ server: true, ... }) gave: ` +
          `received ${quote(context)}`,
      );
    }
    if (engineOf(context) !== engineOf(this.#context)) {
      throw new TypeError(
        `Cannot change the context: it is of the engine "${engineOf(context).name}", ` +
          `the listener of "${this.engine}"`,
      );
    }
    const swap = engineContext(context, "server").then((ready) => {
      if (this.#swap !== swap) return; // a later one came
      this.#context = context;
      this.#engineContext = ready;
    }).catch((error) => this.#report(error, undefined)).finally(() => {
      if (this.#swap === swap) this.#swap = undefined;
    });
    this.#swap = swap;
  }

  // ---- the end

  #stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#setup.options.signal?.removeEventListener("abort", this.#onAbort);
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
    const cores = [...this.#running].map((core) => core.shutdown.close());
    const sockets = this.#queue.end().map((socket) => connectionOf(socket)?.shutdown.cut());
    return Promise.allSettled([...cores, ...sockets]);
  }

  /** Stops, and waits until every socket is closed. */
  async shutdown(given?: ShutdownListenerOptions): Promise<void> {
    const options = shutdownOptions(given);
    this.#stop();
    for (const socket of this.#queue.drain(() => this.#running.size === 0)) socket.close();
    using deadline = new Deadline({
      // 0 is "none" everywhere else; here it says "at once".
      timeout: options.deadline === undefined ? undefined : Math.max(options.deadline, 1),
      operation: "shut down the listener on",
      peer: describeAddr(this.addr),
    });
    const idle = new Promise<void>((resolve) => this.#whenIdle = resolve);
    this.#checkIdle();
    try {
      await deadline.race(idle);
    } catch {
      await this.drop();
      await Promise.allSettled([...this.#live].map((s) => connectionOf(s)?.shutdown.cut()));
    }
  }

  #checkIdle(): void {
    if (this.#running.size === 0 && this.#live.size === 0 && this.#closed) this.#whenIdle?.();
    if (this.#closed) this.#queue.wake();
  }

  /** Lets the event loop wait for connections, as it does at first. */
  ref(): void {
    this.#listener.ref();
  }

  /** Does not let the event loop wait for connections. */
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

// ---- how one comes to be

function bindAddress(hostname: string | undefined, family: 4 | 6 | undefined): string {
  if (hostname === undefined) return family === 6 ? "::" : "0.0.0.0";
  const { host: bare, port } = splitHostPort(hostname);
  if (port !== undefined) {
    throw new TypeError(
      `Cannot listen on ${quote(hostname)}: the host name holds a port: ` +
        `give { hostname: ${quote(bare)}, port: ${/^\d+$/.test(port) ? port : 443} }`,
    );
  }
  const problem = hostProblem(bare);
  if (problem !== undefined) {
    throw new TypeError(
      `Cannot listen on ${quote(hostname)}: it is not a host name: ${problem}`,
    );
  }
  if (family !== undefined && (ipVersion(bare) ?? 4) !== family && bare !== "localhost") {
    throw new TypeError(
      `Cannot listen on ${hostname}: it is not an IPv${family} address, as the option family asks for`,
    );
  }
  if (bare === "localhost" && family !== undefined) return family === 6 ? "::1" : "127.0.0.1";
  return bare;
}

/** Loads the context and binds the port. */
export async function openListener<S extends SslSocket>(
  given: ListenOptions,
  makeSocket: MakeSocket<S>,
): Promise<SslListener<S>> {
  const options = checkOptions("listen", given);
  if (options.port === undefined) {
    throw new TypeError("Cannot listen: there is no port: give port, or port: 0 for a free one");
  }
  const target = {
    hostname: bindAddress(options.hostname, options.family),
    port: parsePort(options.port, 0),
    backlog: options.backlog,
  };
  options.signal?.throwIfAborted();
  const context = await contextFor("server", options);
  const ready = await engineContext(context, "server");
  options.signal?.throwIfAborted();
  const engine = engineOf(context);
  // What is wrong for every connection fails now, not in each of them.
  newConnection(context, { role: "server", options });
  const listener = engine.listen(target, ready);
  const core = new ListenerCore<S>({
    listener,
    options,
    context,
    engineContext: ready,
    makeSocket,
  });
  return new SslListener(wrapListener(core));
}
