/**
 * An agent for `node:https` whose connections are this library's.
 *
 * @module
 */

import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { quote } from "../internal/quote.ts";
import { ownRecord } from "../internal/own_options.ts";
import { Client, type ClientOptions } from "./client.ts";
import { SslDuplex } from "./duplex.ts";

/** The options of node's own agent that are taken. */
const POOL = [
  ...["keepAlive", "keepAliveMsecs", "maxSockets", "maxTotalSockets", "maxFreeSockets"] as const,
  "scheduling",
] as const;

/** How node keeps connections for further requests. */
type PoolOptions = Pick<AgentOptions, typeof POOL[number]>;

/**
 * The options of {@linkcode httpsAgent}: those of `SslSocket.connect`, and how node keeps connections
 * for further requests (`keepAlive`, `maxSockets`, ...).
 *
 * @category Node
 */
export interface AgentOptions extends ClientOptions {
  /** Keep connections for further requests. @default {false} */
  keepAlive?: boolean | undefined;
  /** As in node: when the system first asks a kept connection if it lives. @default {1000} */
  keepAliveMsecs?: number | undefined;
  /** How many connections there may be to one host. @default {Infinity} */
  maxSockets?: number | undefined;
  /** How many connections there may be. @default {Infinity} */
  maxTotalSockets?: number | undefined;
  /** How many connections to one host are kept while they are idle. @default {256} */
  maxFreeSockets?: number | undefined;
  /** Which idle connection is taken: the one used last or first. @default {"lifo"} */
  scheduling?: "fifo" | "lifo" | undefined;
}

/** What `node:https` takes from a request for `node:tls`; here the agent's options say it. */
const OF_NODE_TLS = [
  ...[
    "ca",
    "cert",
    "key",
    "pfx",
    "passphrase",
    "crl",
    "ciphers",
    "sigalgs",
    "ecdhCurve",
    "dhparam",
  ],
  ...["minVersion", "maxVersion", "secureProtocol", "secureOptions", "secureContext", "session"],
  ...["rejectUnauthorized", "checkServerIdentity", "ALPNProtocols", "pskCallback", "lookup"],
  ...["honorCipherOrder", "allowPartialTrustChain", "requestOCSP", "minDHSize", "socket", "_proxy"],
  ...["localAddress", "localPort"],
];

/** Refuses what a request asks of `node:tls`: it would be ignored. */
function refuseNodeTls(request: Readonly<Record<string, unknown>>): void {
  for (const name of OF_NODE_TLS) {
    const value = request[name];
    if (value === undefined || (name === "rejectUnauthorized" && value === true)) continue;
    throw new TypeError(
      `Cannot request from ${quote(request.host)}: option "${name}" of node:tls has no effect on ` +
        "this agent: give httpsAgent() the options of SslSocket.connect",
    );
  }
}

/** Copies the options and takes the pool's out of them. */
function split(given: AgentOptions): { pool: PoolOptions; client: ClientOptions } {
  const client: Record<string, unknown> = ownRecord({ ...given });
  const pool: Record<string, unknown> = ownRecord({});
  for (const name of POOL) {
    if (client[name] !== undefined) pool[name] = client[name];
    delete client[name];
  }
  return { pool, client };
}

/**
 * An agent for `node:https` (and for packages that take one): its connections are made by
 * `SslSocket.connect` with the agent's options, all of one context. With `keepAlive` they are used
 * again for the same host, port and name.
 *
 * The name for SNI and verification is the agent's `serverName`, else the `servername` of the
 * request, else its host. Options of `node:tls` in a request (`ca`, `rejectUnauthorized: false`, ...)
 * are a TypeError: they would have no effect. Errors are those of {@linkcode toDuplex}.
 *
 * @category Node
 */
export class SslAgent extends Agent {
  readonly #client: Client;

  /**
   * Checks the options; nothing is opened yet.
   *
   * @throws {TypeError} If an option is wrong, or is one that each request says itself.
   */
  constructor(options: AgentOptions = {}) {
    const { pool, client } = split(options);
    super(pool as ConstructorParameters<typeof Agent>[0]);
    this.#client = new Client("create Agent", client, ["http/1.1"]);
  }

  /** A connection for a request; it opens while the request waits. */
  override createConnection(options: object): Duplex {
    const request: Record<string, unknown> = ownRecord({ ...options });
    return new SslDuplex(
      async ({ signal }) => {
        refuseNodeTls(request);
        const { host, port, family, servername, socketPath } = request;
        return await this.#client.open({
          host: String(host ?? "localhost"),
          port: port as number | string ?? 443,
          path: socketPath as string | undefined,
          serverName: servername as string | undefined,
          family: family === 4 || family === 6 ? family : undefined,
          signal,
        });
      },
      { noDelay: true },
    ).connect();
  }

  /** Connections of one key are alike: the name that was verified belongs to it. */
  override getName(options?: object): string {
    const { servername } = { servername: undefined, ...options };
    return `${super.getName(options)}:${servername ?? ""}`;
  }
}

/**
 * An agent for `node:https`, and for packages that take one.
 *
 * @example
 * ```ts ignore
 * import https from "node:https";
 * import { httpsAgent } from "@socket/ssl/node";
 *
 * const agent = httpsAgent({ caFile: "ca.pem", certFile: "client.pem", keyFile: "client.key" });
 * const request = https.get("https://internal.example/", { agent });
 * request.on("response", (response) => response.pipe(process.stdout));
 * ```
 *
 * @throws {TypeError} If an option is wrong.
 * @category Node
 */
export function httpsAgent(options: AgentOptions = {}): SslAgent {
  return new SslAgent(options);
}
