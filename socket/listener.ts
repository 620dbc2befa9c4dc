/**
 * {@linkcode SslListener}: accepts TLS connections.
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import type { WaitOptions } from "../engine/engine.ts";
import { atCallOf } from "../internal/caller.ts";
import { oneLine } from "../internal/show.ts";
import type { ListenerCore } from "./listener_core.ts";
import type { SslSocket } from "./socket.ts";

/** What only the library can make a listener from. */
export interface ListenerInit<S extends SslSocket = SslSocket> {
  /** Says that it was made by the library, and for which sockets. */
  readonly kind: "ListenerInit";
  /** Never there: it ties the type of the sockets to the listener's. */
  readonly socket?: S;
}

const cores = new WeakMap<object, unknown>();

/** Wraps the machine for the way through the public constructor. */
export function wrapListener<S extends SslSocket>(core: ListenerCore<S>): ListenerInit<S> {
  const init = Object.freeze({ kind: "ListenerInit" as const });
  cores.set(init, core);
  return init;
}

/** Options of {@linkcode SslListener.shutdown}. */
export interface ShutdownListenerOptions {
  /**
   * After how many milliseconds connections that still run are cut, without close_notify.
   * Default: never.
   */
  deadline?: number | undefined;
}

/**
 * Accepts TLS connections, one by one with `accept` or side by side with
 * `for await`. A client that is slow, silent or hostile costs the iterator one of `maxHandshakes`
 * places for `handshakeTimeout` at the most, and nothing else; when all places are taken, it gives
 * way to the next. `accept` is done with one client before it returns: a silent one holds it up for
 * `handshakeTimeout`.
 *
 * @example
 * ```ts ignore
 * import { SslSocket } from "@socket/ssl";
 *
 * const listener = await SslSocket.listen({ port: 8443, certFile: "cert.pem", keyFile: "key.pem" });
 * for await (const socket of listener) {
 *   socket.readable.pipeTo(socket.writable).catch(() => socket.close());
 * }
 * ```
 *
 * Perl: `IO::Socket::SSL`
 */
export class SslListener<S extends SslSocket = SslSocket>
  implements AsyncIterable<S>, AsyncDisposable {
  readonly #core: ListenerCore<S>;

  /** Not for users: use `SslSocket.listen`. */
  constructor(init: ListenerInit<S>) {
    const core = cores.get(init) as ListenerCore<S> | undefined;
    if (core === undefined) {
      throw new TypeError("Cannot create a listener: use SslSocket.listen");
    }
    this.#core = core;
  }

  /** The address it is bound to. */
  get addr(): Deno.NetAddr {
    return this.#core.addr;
  }

  /** The context of the next connection. */
  get context(): SslContext {
    return this.#core.context;
  }

  /** Which engine does the work. */
  get engine(): "openssl" | "deno" {
    return this.#core.engine;
  }

  /**
   * Accepts one TCP connection and completes its handshake, in at most `handshakeTimeout`
   * (10,000 ms) after the connection came. A handshake that fails rejects this call; the listener
   * goes on.
   *
   * @throws {SslError} With code `ECLOSED` when the listener is closed.
   * @throws {SslPeerError} If the client does not speak TLS.
   * @throws {SslVerifyError} If the client's certificate is refused.
   * @throws {SslTimeoutError} If the client is too slow.
   *
   * Perl: `accept`
   */
  accept(options?: WaitOptions): Promise<S> {
    return atCallOf(this.accept, () => this.#core.accept(options));
  }

  /**
   * Accepts one connection without TLS, e.g. to look at its first bytes before `SslSocket.start`.
   * `onHandshakeError` gets a client that was gone before it was accepted; the next one is taken.
   *
   * @throws {SslUnsupportedError} On the Deno engine.
   * @throws {SslError} With code `ECLOSED` when the listener is closed.
   */
  acceptPlain(options?: WaitOptions): Promise<Deno.TcpConn> {
    return atCallOf(this.acceptPlain, () => this.#core.acceptPlain(options));
  }

  /**
   * The sockets in the order in which their handshakes complete; ends when the listener is closed.
   * Leaving the loop leaves the listener open.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<S> {
    return this.#core.iterate();
  }

  /**
   * Changes the context, e.g. for a renewed certificate, for the connections that are accepted
   * from now on. Those that run keep theirs. A context that cannot be made ready changes nothing
   * and its error goes to `onHandshakeError`.
   *
   * @throws {TypeError} If it is a context of another engine.
   * @throws {SslUnsupportedError} On the Deno engine.
   */
  setContext(context: SslContext): void {
    this.#core.setContext(context);
  }

  /**
   * Stops listening and drops the connections that nobody has taken yet. Sockets that were
   * accepted are not touched.
   *
   * Perl: `close`
   */
  close(): void {
    this.#core.drop();
  }

  /** {@linkcode SslListener.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#core.drop();
  }

  /**
   * Stops listening and waits until the handshakes that run are done, the iterator has handed
   * them out, and every socket of this listener is closed. What still runs at the deadline is cut.
   */
  shutdown(options?: ShutdownListenerOptions): Promise<void> {
    return this.#core.shutdown(options);
  }

  /** Printed, it says where it listens. */
  [Symbol.for("Deno.customInspect")](): string {
    const { addr, engine, closed } = this.#core;
    return oneLine(this, { addr, engine, closed: closed || undefined });
  }

  /** Lets the event loop wait for connections, as it does at first. */
  ref(): void {
    this.#core.ref();
  }

  /** Does not let the event loop wait for connections. */
  unref(): void {
    this.#core.unref();
  }
}
