/**
 * `serve`: the quick server.
 *
 * @module
 */

import { NO_OPTIONS, ownRecord } from "../internal/own_options.ts";
import type { SslContext } from "../context/context.ts";
import type { ListenOptions, ShutdownListenerOptions } from "../socket/options.ts";
import { atCallOf } from "../internal/caller.ts";
import { oneLine } from "../internal/show.ts";
import { type SslListener, SslSocket } from "../socket/socket.ts";
import type { ServeHandler } from "./handlers.ts";

export type { ServeHandler } from "./handlers.ts";

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

/** How long `await using` waits for handlers that run, in milliseconds. */
const DISPOSE_DEADLINE = 5_000;

class Server implements SslServer {
  readonly #listening: Promise<SslListener>;
  readonly #addr: Promise<Deno.NetAddr>;
  readonly #finished: Promise<void>;
  #looked = false;
  #listener: SslListener | undefined;
  #early: SslContext | undefined;
  #stopping: Promise<{ readonly limited: boolean }> | undefined;

  constructor(options: ListenOptions, handler: ServeHandler) {
    this.#listening = atCallOf(serve, () => this.#listen(options, handler));
    this.#addr = this.#listening.then((listener) => listener.addr);
    this.#finished = this.#run(options, handler);
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

  async #listen(options: ListenOptions, handler: ServeHandler): Promise<SslListener> {
    if (typeof handler !== "function") {
      throw new TypeError(`Cannot serve: it needs a handler: received ${typeof handler}`);
    }
    const listener = await SslSocket.listen(options);
    this.#listener = listener;
    try {
      if (this.#early !== undefined) listener.setContext(this.#early);
    } catch (error) {
      listener.close();
      throw error;
    }
    return listener;
  }

  async #run(options: ListenOptions, handler: ServeHandler): Promise<void> {
    const listener = await this.#listening;
    const { serveAll } = await import("./handlers.ts");
    await serveAll(listener, handler, ownRecord(options).onError, () => this.#stopping);
  }

  setContext(context: SslContext): void {
    if (this.#listener) this.#listener.setContext(context);
    else this.#early = context;
  }

  async shutdown(options: ShutdownListenerOptions = NO_OPTIONS): Promise<void> {
    await (this.#stopping ??= this.#shutdown(options));
  }

  async #shutdown(options: ShutdownListenerOptions): Promise<{ readonly limited: boolean }> {
    const listener = await this.#listening.catch(() => undefined);
    await listener?.shutdown(options);
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

/**
 * Serves TLS: calls `handler` with a file handle and its socket for each
 * connection, and closes the connection when the handler is done.
 *
 * What a handler throws goes to `options.onError` and ends that connection
 * only, without close_notify (the Deno engine: with), so that the client cannot take half an answer
 * for a whole one. Handshakes that fail go to `options.onHandshakeError`.
 *
 * @param options As `SslSocket.listen`: `port` and a certificate (`certFile` and `keyFile`, `cert` and `key`, or `selfSigned`).
 * @param handler Called for each connection.
 *
 * @example
 * ```ts ignore
 * import { serve } from "@socket/ssl";
 *
 * const server = serve({ port: 8443, certFile: "cert.pem", keyFile: "key.pem" }, async (handle) => {
 *   for await (const line of handle.lines()) await handle.say("you said ", line);
 * });
 * await server.finished;
 * ```
 *
 * Perl: `IO::Socket::SSL` and `while (my $c = $server->accept)`
 */
export function serve(options: ListenOptions, handler: ServeHandler): SslServer {
  return new Server(options, handler);
}
