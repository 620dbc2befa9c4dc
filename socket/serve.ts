/**
 * `serve`: the quick server.
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import type { ListenOptions } from "../context/options.ts";
import { loadMachine } from "../handle/front.ts";
import { Handle } from "../handle/handle.ts";
import { coreOf } from "./info.ts";
import type { ShutdownListenerOptions, SslListener } from "./listener.ts";
import { SslSocket } from "./socket.ts";

/** What `serve` gives. */
export interface SslServer extends AsyncDisposable {
  /** The address it is bound to; rejects when the certificate or the port cannot be used. */
  readonly addr: Promise<Deno.NetAddr>;
  /** Resolves when the server has shut down; rejects when it could not start. */
  readonly finished: Promise<void>;
  /** Changes the context for the connections from now on. */
  setContext(context: SslContext): void;
  /**
   * Stops accepting and waits for the handlers that run; those that still run after `deadline`
   * milliseconds are cut. Default: no deadline.
   */
  shutdown(options?: ShutdownListenerOptions): Promise<void>;
}

/** What a server runs for each connection. */
export type ServeHandler = (handle: Handle, socket: SslSocket) => unknown;

/** How long `await using` waits for handlers that run, in milliseconds. */
const DISPOSE_DEADLINE = 5_000;

class Server implements SslServer {
  readonly addr: Promise<Deno.NetAddr>;
  readonly finished: Promise<void>;
  readonly #options: ListenOptions;
  readonly #handler: ServeHandler;
  readonly #listening: Promise<SslListener>;
  readonly #handlers = new Set<Promise<void>>();
  #listener: SslListener | undefined;
  #early: SslContext | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ListenOptions, handler: ServeHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#listening = this.#listen();
    this.addr = this.#listening.then((listener) => listener.addr);
    this.finished = this.#listening.then((listener) => this.#run(listener));
    // A caller may look at either one, or later: neither may end the process unseen.
    this.addr.catch(() => {});
    this.finished.catch(() => {});
  }

  async #listen(): Promise<SslListener> {
    if (typeof this.#handler !== "function") {
      throw new TypeError(
        `Cannot serve: it needs a handler: received ${typeof this.#handler}`,
      );
    }
    await loadMachine(); // the handlers' handles have it from the first call on
    const listener = await SslSocket.listen(this.#options);
    this.#listener = listener;
    try {
      if (this.#early !== undefined) listener.setContext(this.#early);
    } catch (error) {
      listener.close();
      throw error;
    }
    return listener;
  }

  async #run(listener: SslListener): Promise<void> {
    for await (const socket of listener) {
      const running = this.#handle(socket).finally(() => this.#handlers.delete(running));
      this.#handlers.add(running);
    }
    await this.#stopping;
    await Promise.allSettled(this.#handlers);
  }

  /** Runs the handler for one connection. Never rejects. */
  async #handle(socket: SslSocket): Promise<void> {
    try {
      const handle = new Handle(socket);
      await this.#handler(handle, socket);
      await handle.close();
      await socket.close();
    } catch (error) {
      // No close_notify: what was written may be half of an answer, and must not look complete.
      await coreOf(socket).cut();
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    try {
      // Nobody else would meet the rejection of an async one, and it would end the process.
      Promise.resolve<unknown>(this.#options.onError?.(error)).catch(() => {});
    } catch {
      // The reporter's own failure ends nothing either.
    }
  }

  setContext(context: SslContext): void {
    if (this.#listener) this.#listener.setContext(context);
    else this.#early = context;
  }

  shutdown(options: ShutdownListenerOptions = {}): Promise<void> {
    return this.#stopping ??= this.#shutdown(options);
  }

  async #shutdown(options: ShutdownListenerOptions): Promise<void> {
    const listener = await this.#listening.catch(() => undefined);
    await listener?.shutdown(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown({ deadline: DISPOSE_DEADLINE });
    await this.finished.catch(() => {});
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
 *   for await (const line of handle.lines()) await handle.print("you said ", line);
 * });
 * await server.finished;
 * ```
 *
 * Perl: `IO::Socket::SSL` and `while (my $c = $server->accept)`
 */
export function serve(options: ListenOptions, handler: ServeHandler): SslServer {
  return new Server(options, handler);
}
