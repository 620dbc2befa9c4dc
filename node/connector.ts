/**
 * The connections of undici, made by this library.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { Client, type ClientOptions } from "./client.ts";
import { toDuplex } from "./to_duplex.ts";
import { toNodeError } from "./node_error.ts";

/**
 * What undici says of a connection.
 *
 * @category Node
 */
export interface ConnectorTarget {
  /** The host. */
  readonly hostname: string;
  /** The port; empty for the one of the protocol. */
  readonly port: string;
  /** `https:`. */
  readonly protocol: string;
  /** The name for SNI and verification, where it is not that of the host. */
  readonly servername?: string | null | undefined;
  /** A connection to a proxy; it is refused. */
  readonly httpSocket?: unknown;
  /** The address of our end; it is refused, since Deno does not let one be chosen. */
  readonly localAddress?: string | null | undefined;
}

/**
 * What undici takes as `connect`.
 *
 * @category Node
 */
// deno-lint-ignore no-explicit-any -- undici's types want node's own class of sockets
export type Connector = (target: ConnectorTarget, callback: (...args: any[]) => void) => void;

/** Refuses what cannot be a TLS connection of ours. */
function check({ protocol, httpSocket, localAddress, hostname }: ConnectorTarget): void {
  if (protocol !== "https:") {
    throw new TypeError(
      `Cannot connect to ${hostname}: the connector is for https: only: received ${
        quote(protocol)
      }`,
    );
  }
  if (localAddress) {
    throw new TypeError(
      `Cannot connect to ${hostname}: Deno does not let the address of our end be chosen: ` +
        "leave out localAddress",
    );
  }
  if (httpSocket) {
    throw new TypeError(
      `Cannot connect to ${hostname}: a connector cannot go through a proxy: connect to the host`,
    );
  }
}

/**
 * Makes the connections of undici: `new Agent({ connect: connector(options) })`, also for `Client`,
 * `Pool` and, with `setGlobalDispatcher`, for undici's `fetch`. For HTTP/2 give it
 * `alpnProtocols: ["h2", "http/1.1"]`, and undici `allowH2: true`.
 *
 * @example
 * ```ts ignore
 * import { Agent, request } from "undici";
 * import { connector } from "@socket/ssl/node";
 *
 * const connect = connector({ caFile: "ca.pem", certFile: "client.pem", keyFile: "client.key" });
 * const dispatcher = new Agent({ connect });
 * const { body } = await request("https://internal.example/", { dispatcher });
 * console.log(await body.text());
 * ```
 *
 * @throws {TypeError} If an option is wrong.
 * @category Node
 */
export function connector(options: ClientOptions = {}): Connector {
  const client = new Client("create connector", options, ["http/1.1"]);
  const open = async (target: ConnectorTarget) => {
    check(target);
    const { hostname, port, servername } = target;
    return toDuplex(
      await client.open({
        host: hostname,
        port: port || 443,
        serverName: servername ?? undefined,
      }),
      { noDelay: true },
    );
  };
  return (target, callback) => {
    open(target).then(
      (duplex) => queueMicrotask(() => callback(null, duplex)),
      (error) => queueMicrotask(() => callback(toNodeError(error), null)),
    );
  };
}
