/**
 * The handshakes of a listener, and the connections that came of them. A handshake of the iterator
 * holds one of `maxHandshakes` places while it runs, and gives way as `places.ts` says.
 *
 * @module
 */

import type { Resolved } from "../context/validate.ts";
import { clientOf } from "./client_address.ts";
import type { Connection } from "./connection.ts";
import type { ListenOptions } from "./options.ts";
import { type Place, Places } from "./places.ts";
import { Deadline, DEFAULT_HANDSHAKE_TIMEOUT } from "./timeouts.ts";

/** Puts the class of the application around a connection. */
export type MakeSocket<S> = (connection: Connection) => S;

/** What {@linkcode ServerHandshakes} need from their listener. */
export interface ServerHandshakesInit<S> {
  /** The options of the listener. */
  readonly options: Resolved<ListenOptions>;
  /** How many places there are. */
  readonly limit: number;
  /** Puts the class around a connection. */
  readonly makeSocket: MakeSocket<S>;
  /** Called when a handshake has ended or a connection was closed. */
  changed(): void;
}

/** One handshake of the iterator. */
export interface SideBySide<S> {
  /** The client's address. */
  readonly from: Deno.Addr | undefined;
  /** Takes the socket, while the handshake still counts as running. */
  deliver(socket: S): void;
}

/** The handshakes of a listener, and the connections that came of them. */
export class ServerHandshakes<S> {
  readonly #init: ServerHandshakesInit<S>;
  readonly #places: Places;
  /** Those whose handshake runs. */
  readonly #running = new Set<Connection>();
  /** Those that have become sockets and are not closed. */
  readonly #live = new Set<Connection>();

  constructor(init: ServerHandshakesInit<S>) {
    this.#init = init;
    this.#places = new Places(init.limit);
  }

  /** How many run. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether none runs and every connection is closed. */
  get idle(): boolean {
    return this.#running.size === 0 && this.#live.size === 0;
  }

  /** Makes one give way whose client does not go on; see `Places.makeRoom`. */
  makeRoom(): number | undefined {
    return this.#places.makeRoom();
  }

  /**
   * Completes the handshake of a connection, unless `startHandshake` is off, and makes its socket.
   *
   * @param beside Where the handshake is one of the iterator's.
   */
  async complete(
    connection: Connection,
    signal: AbortSignal | undefined,
    beside?: SideBySide<S>,
  ): Promise<S> {
    const { options, makeSocket, changed } = this.#init;
    this.#running.add(connection);
    try {
      if (options.startHandshake !== false) await this.#shake(connection, signal, beside);
      const socket = makeSocket(connection);
      this.#live.add(connection);
      connection.life.onClose = () => {
        this.#live.delete(connection);
        changed();
      };
      // While it counts as running: a shutdown would not wait for it, and nobody would ever close it.
      beside?.deliver(socket);
      return socket;
    } finally {
      this.#running.delete(connection);
      changed();
    }
  }

  async #shake(
    connection: Connection,
    signal: AbortSignal | undefined,
    beside: SideBySide<S> | undefined,
  ): Promise<void> {
    const { handshakeTimeout, timeout } = this.#init.options;
    using deadline = new Deadline({
      expirable: true,
      timeout: handshakeTimeout ?? timeout ?? DEFAULT_HANDSHAKE_TIMEOUT,
      option: "handshakeTimeout",
      signal,
      operation: "accept a handshake from",
      peer: connection.peer,
    });
    using place = beside && this.#place(connection, deadline, beside.from);
    await connection.handshake.accept(deadline);
    place?.completed();
  }

  /** A place for a handshake of the iterator, which gives way by its deadline. */
  #place(connection: Connection, deadline: Deadline, from: Deno.Addr | undefined): Place {
    return this.#places.take({
      client: clientOf(from),
      peer: connection.peer,
      progress: () => connection.progress,
      giveWay: (error) => deadline.expire(error),
    });
  }

  /** Closes the connections whose handshake runs. */
  close(): Promise<unknown> {
    return Promise.allSettled([...this.#running].map(({ shutdown }) => shutdown.close()));
  }

  /** Cuts the connections that have become sockets, without close_notify. */
  cut(): Promise<unknown> {
    return Promise.allSettled([...this.#live].map(({ shutdown }) => shutdown.cut()));
  }
}
