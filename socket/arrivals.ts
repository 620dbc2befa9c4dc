/**
 * Where connections come in: one accept of the platform at a time for all
 * callers, and one that was asked for and then not waited for goes to the next.
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import { type NewConnection, newConnection } from "../context/new_connection.ts";
import { withContext } from "../context/resolved_options.ts";
import type { Resolved } from "../context/validate.ts";
import type { EngineContext, EngineListener, TlsStream, WaitOptions } from "../engine/engine.ts";
import { orAborted } from "../internal/waiting.ts";
import { Connection } from "./connection.ts";
import type { SocketOptions } from "./options.ts";
import { describeAddr } from "./target.ts";

/** The context of the next connection. */
export interface Current {
  /** The context. */
  readonly context: SslContext;
  /** The same, ready in the engine. */
  readonly engineContext: EngineContext;
}

/** A connection whose handshake has not begun. */
export type Arrival =
  & { readonly remoteAddr: Deno.Addr | undefined }
  & (
    | { readonly conn: Deno.TcpConn }
    | { readonly tls: TlsStream; readonly prepared: NewConnection; readonly with: Current }
  );

/** What a {@linkcode Arrivals} is made from. */
export interface ArrivalsOptions {
  /** Whether connections come in plain: then the context is chosen after they came. */
  readonly plain: boolean;
  /** Resolves when a change of the context that is under way is done. */
  settled(): Promise<void> | undefined;
  /** The context of the next connection. */
  current(): Current;
  /** The options of the listener. */
  readonly options: Resolved<SocketOptions>;
}

/** Where connections come in. */
export class Arrivals {
  readonly #listener: EngineListener;
  readonly #options: ArrivalsOptions;
  /** The context that the options of the listener made. */
  readonly #first: SslContext;
  #turn: Promise<void> = Promise.resolve();
  #arriving: Promise<Arrival> | undefined;

  /** The connections of a listener of the engine. */
  constructor(listener: EngineListener, options: ArrivalsOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#first = options.current().context;
  }

  /** The next connection. */
  async next(options?: WaitOptions): Promise<Arrival> {
    const signal = options?.signal;
    const { promise: turn, resolve: pass } = Promise.withResolvers<void>();
    const before = this.#turn;
    this.#turn = turn;
    try {
      await orAborted(before, signal);
      const arriving = this.#arriving ??= this.#accept();
      const arrival = await orAborted(arriving, signal).catch((error) => {
        if (!signal?.aborted) this.#arriving = undefined;
        throw error;
      });
      this.#arriving = undefined;
      return arrival;
    } finally {
      before.then(pass);
    }
  }

  /** Resolves when a connection has come in, or could not; it stays for `next`. */
  async knock({ signal }: WaitOptions): Promise<void> {
    await orAborted(this.#arriving ??= this.#accept(), signal).catch(() =>
      signal?.throwIfAborted()
    );
  }

  async #accept(): Promise<Arrival> {
    if (this.#options.plain) {
      const conn = await this.#listener.acceptPlain();
      await this.#options.settled();
      return { conn, remoteAddr: conn.remoteAddr };
    }
    const current = this.#options.current();
    const prepared = newConnection(current.context, {
      role: "server",
      options: this.#options.options,
    });
    const tls = await this.#listener.accept(current.engineContext, prepared.params.user);
    return { tls, prepared, with: current, remoteAddr: tls.remoteAddr };
  }

  /** The connection of one that came in. */
  connection(arrival: Arrival): Connection {
    const current = "tls" in arrival ? arrival.with : this.#options.current();
    // After a change of the context, the listener's own options say less than that.
    const own = this.#options.options;
    const options = current.context === this.#first ? own : withContext(own, current.context);
    const init = {
      ...current,
      options,
      role: "server" as const,
      peer: describeAddr(arrival.remoteAddr),
      keepTransport: options.keepSocketOnError ?? false,
    };
    return "tls" in arrival
      ? Connection.prepared(init, arrival.tls, arrival.prepared)
      : Connection.plain(init, arrival.conn);
  }

  /** Closes a connection that came in and that nobody waits for. */
  close(): void {
    const arriving = this.#arriving;
    this.#arriving = undefined;
    arriving?.then((arrival) => {
      if ("tls" in arrival) arrival.tls.close();
      else arrival.conn.close();
    }, () => {});
  }
}
