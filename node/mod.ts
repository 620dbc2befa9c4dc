/**
 * TLS of this library for packages that were written for node's sockets: {@linkcode toDuplex} makes
 * a socket into a stream of `node:stream` with the members of `tls.TLSSocket`,
 * {@linkcode httpsAgent} an agent for `node:https`, {@linkcode connector} the connections of undici,
 * {@linkcode mysqlStream} the streams of mysql2, and {@linkcode serveConnections} puts a server of
 * `node:http` behind a listener. Nothing of it goes through `node:tls`.
 *
 * @example A request with a client certificate
 * ```ts ignore
 * import https from "node:https";
 * import { httpsAgent } from "@socket/ssl/node";
 *
 * const agent = httpsAgent({ certFile: "client.pem", keyFile: "client.key", keepAlive: true });
 * const request = https.get("https://example.com/", { agent });
 * request.on("response", (response) => response.pipe(process.stdout));
 * ```
 *
 * @module
 */

export { SslAgent as Agent } from "./agent.ts";
export type { AgentOptions } from "./agent.ts";
export { httpsAgent } from "./agent.ts";
export { connector } from "./connector.ts";
export type { Connector, ConnectorTarget } from "./connector.ts";
export { SslDuplex } from "./duplex.ts";
export type { DuplexOptions, DuplexSource, DuplexTarget } from "./duplex_options.ts";
export type { CipherNames } from "./peer_facts.ts";
export { mysqlStream } from "./mysql_stream.ts";
export type { MysqlTarget } from "./mysql_stream.ts";
export { serveConnections } from "./serve_connections.ts";
export { toDuplex } from "./to_duplex.ts";
export type { ClientOptions } from "./client.ts";
