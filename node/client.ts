/**
 * The options of agents and connectors, and the connections that they open: all with one context,
 * made when the first is wanted.
 *
 * @module
 */

import type { SslContext } from "../context/context.ts";
import { OPTIONS } from "../context/option_table.ts";
import { engineOf } from "../context/context_record.ts";
import { checkOptions } from "../context/resolved_options.ts";
import type { DialTarget } from "../engine/engine.ts";
import type { Fits } from "../engine/load.ts";
import { ownMembers, ownRecord } from "../internal/own_options.ts";
import type { ConnectOptions } from "../socket/options.ts";
import { SslSocket } from "../socket/socket.ts";

/**
 * The options of `SslSocket.connect`, without those that each request says itself. `timeout` is that
 * of the connection and its handshake, in milliseconds.
 *
 * @category Node
 */
export type ClientOptions = Omit<
  ConnectOptions,
  "hostname" | "port" | "transport" | "path" | "startHandshake" | "onPeerShutdown"
>;

/** Where a connection goes. */
export interface ClientTarget {
  /** The host. */
  readonly host: string;
  /** The port. */
  readonly port: number | string;
  /** The name for SNI and verification, where it is not that of the host. */
  readonly serverName?: string | undefined;
  /** The path of a Unix socket, in place of host and port. */
  readonly path?: string | undefined;
  /** IPv4 or IPv6 only. */
  readonly family?: 4 | 6 | undefined;
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/** What a request says itself, and what would leave a connection without TLS. */
const OF_REQUEST: readonly Exclude<keyof ConnectOptions, keyof ClientOptions>[] = [
  ...["hostname", "port", "transport", "path"] as const,
  ...["startHandshake", "onPeerShutdown"] as const,
];

/** Refuses what may not stand in the options of an agent, and copies the others. */
function ownOptions(operation: string, given: ClientOptions): ConnectOptions {
  const options = ownMembers(given as ConnectOptions, { operation, names: OPTIONS });
  for (const name of OF_REQUEST) {
    if (options[name] === undefined) continue;
    throw new TypeError(
      `Cannot ${operation}: option "${name}" is not for all connections: each request says ` +
        "where it goes, and TLS starts at once",
    );
  }
  checkOptions("connect", options);
  return options;
}

/** Opens connections to any host under the same options. */
export class Client {
  readonly #options: ConnectOptions;
  #usual: Promise<SslContext> | undefined;
  #other: Promise<SslContext> | undefined;

  /**
   * Checks and keeps the options.
   *
   * @param alpn What is offered where the options do not say it; empty for nothing.
   */
  constructor(operation: string, options: ClientOptions, alpn: readonly string[]) {
    const own = ownOptions(operation, options);
    const free = own.alpnProtocols === undefined && own.reuseCtx === undefined && alpn.length > 0;
    this.#options = free ? ownRecord({ ...own, alpnProtocols: [...alpn] }) : own;
  }

  /** A context of an engine that fits. */
  async #make(fits?: Fits): Promise<SslContext> {
    const { contextFor } = await import("../context/operation_context.ts");
    return await contextFor("client", checkOptions("connect", this.#options), fits);
  }

  /**
   * The one context, or where "auto" chose an engine that this target needs more of, a second one. A
   * failure is not kept, so that a file that is mended is read again.
   */
  async #shared(options: ConnectOptions, target: DialTarget): Promise<SslContext> {
    const { fitsTarget } = await import("../socket/needs.ts");
    const fits = fitsTarget(options, target);
    try {
      const usual = await (this.#usual ??= this.#make());
      return fits(engineOf(usual)) ? usual : await (this.#other ??= this.#make(fits));
    } catch (error) {
      this.#usual = this.#other = undefined;
      throw error;
    }
  }

  /** A new connection, verified. */
  open(target: ClientTarget): Promise<SslSocket> {
    return this.#connect(target, true);
  }

  /** A new connection on which TLS is to be started later, under the same options. */
  openPlain(target: ClientTarget): Promise<SslSocket> {
    return this.#connect(target, false);
  }

  async #connect(target: ClientTarget, startHandshake: boolean): Promise<SslSocket> {
    const options = this.#options;
    const { host, port, path, serverName, family, signal } = target;
    const signals = [options.signal, signal].filter((each) => each !== undefined);
    const own = ownRecord<ConnectOptions>({
      ...options,
      ...(serverName && options.serverName === undefined ? { serverName } : {}),
      ...(family === undefined ? {} : { family }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
      startHandshake,
    });
    const where = path === undefined
      ? { transport: "tcp", hostname: host, port: Number(port) } as const
      : { transport: "unix", path } as const;
    return await SslSocket.connect(ownRecord<ConnectOptions>({
      ...own,
      ...where,
      ...(path === undefined ? { port } : {}),
      reuseCtx: await this.#shared(own, where),
    }));
  }
}
