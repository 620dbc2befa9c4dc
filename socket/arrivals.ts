/**
 * Where connections come in: one accept of the platform at a time for all
 * callers, and one that was asked for and then not waited for goes to the next.
 *
 * @module
 */

import { engineOf } from "../context/context_record.ts";
import { type NewConnection, newConnection } from "../context/new_connection.ts";
import { withContext } from "../context/resolved_options.ts";
import type { Resolved } from "../context/validate.ts";
import type { EngineListener, TlsStream, WaitOptions } from "../engine/engine.ts";
import { orAborted } from "../internal/waiting.ts";
import { Connection } from "./connection.ts";
import type { SocketOptions } from "./options.ts";
import type { ReadyContext, ServingContext } from "./serving_context.ts";
import { describeAddr } from "./target.ts";

/** A connection whose handshake has not begun. */
export type Arrival =
  & { readonly remoteAddr: Deno.Addr | undefined }
  & (
    | { readonly conn: Deno.TcpConn }
    | { readonly tls: TlsStream; readonly prepared: NewConnection; readonly with: ReadyContext }
  );

/** Where connections come in. */
export class Arrivals {
  readonly #listener: EngineListener;
  readonly #contexts: ServingContext;
  readonly #options: Resolved<SocketOptions>;
  /** Whether connections come in plain: then the context is chosen after they came. */
  readonly #plain: boolean;
  #turn: Promise<void> = Promise.resolve();
  #arriving: Promise<Arrival> | undefined;

  constructor(
    listener: EngineListener,
    contexts: ServingContext,
    options: Resolved<SocketOptions>,
  ) {
    this.#listener = listener;
    this.#contexts = contexts;
    this.#options = options;
    this.#plain = engineOf(contexts.first).features.has("acceptPlain");
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
    if (this.#plain) {
      const conn = await this.#listener.acceptPlain();
      await this.#contexts.settled;
      return { conn, remoteAddr: conn.remoteAddr };
    }
    const { current } = this.#contexts;
    const prepared = newConnection(current.context, { role: "server", options: this.#options });
    const tls = await this.#listener.accept(current.engineContext, prepared.params.user);
    return { tls, prepared, with: current, remoteAddr: tls.remoteAddr };
  }

  /** The connection of one that came in. */
  connection(arrival: Arrival): Connection {
    const current = "tls" in arrival ? arrival.with : this.#contexts.current;
    // After a change of the context, the listener's own options say less than that.
    const own = this.#options;
    const options = current.context === this.#contexts.first
      ? own
      : withContext(own, current.context);
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
