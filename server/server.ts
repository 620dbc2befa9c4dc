/**
 * A server that runs: it listens, hands its connections out, and shuts down.
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import { atCallOf } from "../internal/caller.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { oneLine } from "../internal/show.ts";
import { inTime } from "../internal/waiting.ts";
import type { ShutdownListenerOptions } from "../socket/options.ts";
import type { SslListener, SslSocket } from "../socket/socket.ts";

/** What `serve` gives. */
export interface SslServer extends AsyncDisposable {
  /** The address it is bound to; rejects when the certificate or the port cannot be used. */
  readonly addr: Promise<Deno.NetAddr>;
  /**
   * Resolves when the server has shut down and its handlers are done; after a `deadline`, those that
   * go on without their connection are waited for at most a second. Rejects when the server
   * could not start: in a program that looks at neither this nor `addr`, that is an unhandled rejection.
   */
  readonly finished: Promise<void>;
  /** Changes the context for the connections from now on. */
  setContext(context: SslContext): void;
  /**
   * Stops accepting and waits for the handlers that run; those that still run after `deadline`
   * milliseconds are cut. Default: no deadline.
   */
  shutdown(options?: ShutdownListenerOptions): Promise<void>;
}

/** What a server serves with. */
export interface Service {
  /** Listens already. */
  readonly listener: SslListener;
  /** Serves one connection to its end. Never rejects. */
  serveOne(socket: SslSocket): Promise<void>;
  /** Called once, when no connection comes any more. */
  draining?(): void;
  /** Called once, at the end or when the start failed. */
  close?(): Promise<void>;
}

/** How long `await using` waits for handlers that run, in milliseconds. */
const DISPOSE_DEADLINE = 5_000;

/** How long a handler is waited for whose connection was cut, in milliseconds. */
const GRACE = 1_000;

/** A server, as `serve` and `serveHttp` give it. */
export class Server implements SslServer {
  readonly #starting: Promise<Service>;
  readonly #addr: Promise<Deno.NetAddr>;
  readonly #finished: Promise<void>;
  #looked = false;
  #listener: SslListener | undefined;
  #early: SslContext | undefined;
  #unref = false;
  #stopping: Promise<{ readonly limited: boolean }> | undefined;

  /**
   * Starts.
   *
   * @param called The public function that the program called.
   */
  // deno-lint-ignore ban-types
  constructor(called: Function, open: () => Promise<Service>) {
    this.#starting = atCallOf(called, () => this.#start(open));
    this.#addr = this.#starting.then(({ listener }) => listener.addr);
    this.#finished = this.#run();
    // A program that looks at either one learns of it; a server that nobody looks at must not fail unseen.
    this.#addr.catch(() => {});
    this.#finished.catch((error) => {
      if (!this.#looked) throw error;
    });
  }

  get addr(): Promise<Deno.NetAddr> {
    this.#looked = true;
    return this.#addr;
  }

  get finished(): Promise<void> {
    this.#looked = true;
    return this.#finished;
  }

  async #start(open: () => Promise<Service>): Promise<Service> {
    const service = await open();
    const { listener } = service;
    this.#listener = listener;
    try {
      if (this.#early !== undefined) listener.setContext(this.#early);
    } catch (error) {
      listener.close();
      await service.close?.();
      throw error;
    }
    if (this.#unref) listener.unref();
    return service;
  }

  /**
   * Serves every connection until the listener ends. If the time of the shutdown was limited,
   * handlers that go on without their connection are not waited for.
   */
  async #run(): Promise<void> {
    const service = await this.#starting;
    const connections = new Set<Promise<void>>();
    for await (const socket of service.listener) {
      const running = service.serveOne(socket).finally(() => connections.delete(running));
      connections.add(running);
    }
    service.draining?.();
    const stopped = await this.#stopping;
    if (stopped?.limited) await inTime(Promise.allSettled(connections), GRACE);
    else await Promise.allSettled(connections);
    await service.close?.();
  }

  setContext(context: SslContext): void {
    if (this.#listener) this.#listener.setContext(context);
    else this.#early = context;
  }

  ref(): void {
    this.#unref = false;
    this.#listener?.ref();
  }

  unref(): void {
    this.#unref = true;
    this.#listener?.unref();
  }

  async shutdown(options: ShutdownListenerOptions = NO_OPTIONS): Promise<void> {
    await (this.#stopping ??= this.#shutdown(options));
  }

  async #shutdown(options: ShutdownListenerOptions): Promise<{ readonly limited: boolean }> {
    const service = await this.#starting.catch(() => undefined);
    await service?.listener.shutdown(options);
    return { limited: ownRecord(options).deadline !== undefined };
  }

  [Symbol.for("Deno.customInspect")](): string {
    const { addr, engine } = this.#listener ?? {};
    const stopping = this.#stopping !== undefined || undefined;
    return oneLine(this, { addr, engine, stopping });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown({ deadline: DISPOSE_DEADLINE });
    await this.#finished.catch(() => {});
  }
}
