/**
 * `serve`, the quick server, and the life of any server.
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import { atCallOf } from "../internal/caller.ts";
import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import { oneLine } from "../internal/show.ts";
import { inTime } from "../internal/waiting.ts";
import type { ListenOptions, ShutdownListenerOptions } from "../socket/options.ts";
import { type SslListener, SslSocket } from "../socket/socket.ts";
import type { ServeHandler } from "./handlers.ts";

export type { ServeHandler } from "./handlers.ts";

/**
 * What `serve` gives.
 *
 * @category Servers
 */
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
  /** Called when no connection comes any more. */
  draining?(): void;
  /** Called at the end, also when the start failed. */
  close?(): Promise<void>;
}

/** How long `await using` waits for handlers that run, in milliseconds. */
const DISPOSE_DEADLINE = 5_000;

/** How long a handler is waited for whose connection was cut, in milliseconds. */
const GRACE = 1_000;

/** A server that runs. */
export class Server implements SslServer {
  readonly #starting: Promise<Service>;
  readonly #addr: Promise<Deno.NetAddr>;
  readonly #finished: Promise<void>;
  #looked = false;
  #listener: SslListener | undefined;
  #early: SslContext | undefined;
  #unref = false;
  #stopping: true | undefined;
  readonly #cut = Promise.withResolvers<void>();

  /** Starts, for the public function that was `called`. */
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

  async #run(): Promise<void> {
    const service = await this.#starting;
    const connections = new Set<Promise<void>>();
    for await (const socket of service.listener) {
      const running = service.serveOne(socket).finally(() => connections.delete(running));
      connections.add(running);
    }
    this.#stopping = true;
    service.draining?.();
    const done = Promise.allSettled(connections);
    await Promise.race([done, this.#cut.promise.then(() => inTime(done, GRACE))]);
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
    const service = await this.#starting.catch(() => undefined);
    await service?.listener.shutdown(options); // which checks them
    if (ownRecord(options).deadline !== undefined) this.#cut.resolve();
  }

  [Symbol.for("Deno.customInspect")](): string {
    const { addr, engine } = this.#listener ?? {};
    return oneLine(this, { addr, engine, stopping: this.#stopping });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown({ deadline: DISPOSE_DEADLINE });
    await this.#finished.catch(() => {});
  }
}

/**
 * Serves TLS: calls `handler` with a file handle and its socket for each
 * connection, and closes the connection when the handler is done.
 *
 * What a handler throws goes to `options.onError` and ends that connection
 * only, without close_notify (the Deno engine: with), so that the client cannot take half an answer
 * for a whole one. Handshakes that fail go to `options.onHandshakeError`.
 *
 * Perl: `IO::Socket::SSL` and `while (my $c = $server->accept)`
 *
 * @param options As `SslSocket.listen`: `port` and a certificate (`certFile` and `keyFile`, `cert` and `key`, or `selfSigned`).
 * @param handler Called for each connection.
 *
 * @example
 * ```ts ignore
 * import { serve } from "@socket/ssl";
 *
 * const server = serve({ port: 8443, certFile: "server.pem", keyFile: "server.key" }, async (handle) => {
 *   for await (const line of handle.lines()) await handle.say("you said ", line);
 * });
 * await server.finished;
 * ```
 *
 * @category Servers
 */
export function serve(options: ListenOptions, handler: ServeHandler): SslServer {
  return new Server(serve, async () => {
    if (typeof handler !== "function") {
      throw new TypeError(`Cannot serve: it needs a handler: received ${typeof handler}`);
    }
    const listener = await SslSocket.listen(options);
    const { serveOne } = await import("./handlers.ts");
    const { onError } = ownRecord(options);
    return { listener, serveOne: (socket) => serveOne(socket, handler, onError) };
  });
}
