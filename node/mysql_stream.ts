/**
 * The streams of mysql2, with TLS of this library.
 *
 * @module
 */

import { Duplex } from "node:stream";
import { MysqlLogin } from "../starttls/mysql_login.ts";
import { mysqlPacket } from "../starttls/mysql_packet.ts";
import { Client, type ClientOptions, type ClientTarget } from "./client.ts";
import type { SslDuplex } from "./duplex.ts";
import { toNodeError } from "./node_error.ts";
import { toDuplex } from "./to_duplex.ts";

/**
 * What mysql2 says of a connection when it asks for a stream.
 *
 * @category Node
 */
export interface MysqlTarget {
  /** The options of the connection. */
  readonly config?: {
    /** The host. @default {"localhost"} */
    readonly host?: string | undefined;
    /** The port. @default {3306} */
    readonly port?: number | undefined;
    /** The path of a Unix socket, in place of host and port. */
    readonly socketPath?: string | undefined;
  } | undefined;
}

/** A stream of mysql2: its login goes in TLS, of which it does not know. */
class MysqlStream extends Duplex {
  readonly #abort = new AbortController();
  readonly #login = new MysqlLogin();
  readonly #first = Promise.withResolvers<Uint8Array>();
  readonly #secure: Promise<SslDuplex>;
  #tls: SslDuplex | undefined;
  #begun = false;

  constructor(client: Client, target: ClientTarget) {
    super({ allowHalfOpen: false });
    this.#secure = this.#open(client, target).catch((error) => Promise.reject(toNodeError(error)));
    this.#secure.catch((error) => this.destroy(error));
    this.#first.promise.catch(() => {}); // nobody may have asked for it yet
  }

  async #open(client: Client, target: ClientTarget): Promise<SslDuplex> {
    const plain = await client.openPlain({ ...target, signal: this.#abort.signal });
    const { startInLogin } = await import("../starttls/start_in_login.ts");
    const { requestForLogin } = await import("../starttls/mysql.ts");
    const socket = await startInLogin(plain, async (greeting) => {
      this.push(mysqlPacket(0, greeting));
      return requestForLogin(await this.#first.promise);
    });
    const tls = this.#tls = toDuplex(socket, { noDelay: true });
    if (this.destroyed) tls.destroy();
    tls.on("data", (chunk: Uint8Array) => {
      const packets = this.#login.toClient(chunk);
      if (packets.length > 0 && !this.push(packets)) tls.pause();
    });
    tls.once("end", () => this.push(null));
    tls.once("error", (error) => this.destroy(error));
    tls.once("close", () => this.destroy());
    return tls;
  }

  override _read(): void {
    this.#tls?.resume();
  }

  override _write(chunk: Uint8Array, _: string, callback: (error?: Error | null) => void): void {
    const packets = this.#login.toServer(chunk);
    if (packets.length === 0) return callback();
    if (!this.#begun) {
      this.#begun = true;
      this.#first.resolve(packets); // the request for TLS sets a flag in it
    }
    this.#secure.then((tls) => tls.write(packets, callback), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#secure.then((tls) => tls.end(() => callback()), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#abort.abort();
    this.#first.reject(error ?? new Error("the stream was destroyed"));
    if (this.#tls === undefined || this.#tls.closed) return callback(error);
    this.#tls.once("close", () => callback(error));
    this.#tls.destroy(error ?? undefined);
  }
}

/**
 * Makes the streams of mysql2 (its option `stream`), for MySQL and MariaDB, which start TLS in the
 * middle of the login: the server's greeting is read in plain text, and the package's login waits
 * until there is TLS with a server that was verified. Host and port are those of the package; the
 * name for SNI and verification is `serverName`, else the host.
 *
 * mysql2 does not know of this TLS. So its option `ssl` must be left out (it is an error), and its
 * plugin for `caching_sha2_password`, MySQL's default, must be told:
 * `authPlugins: { caching_sha2_password: authPlugins.caching_sha2_password({ overrideIsSecure: true }) }`.
 *
 * @example
 * ```ts ignore
 * import mysql from "mysql2/promise";
 * import { mysqlStream } from "@socket/ssl/node";
 *
 * const pool = mysql.createPool({
 *   host: "db.example",
 *   user: "alice",
 *   password: "secret",
 *   stream: mysqlStream({ caFile: "ca.pem", certFile: "client.pem", keyFile: "client.key" }),
 * });
 * console.log(await pool.query("select 1 + 1"));
 * await pool.end();
 * ```
 *
 * @returns A function that mysql2 calls for each connection. Errors are those of {@linkcode toDuplex}
 * and of `startTls`.
 * @throws {TypeError} If an option is wrong.
 * @category Node
 */
export function mysqlStream(options: ClientOptions = {}): (target?: MysqlTarget) => Duplex {
  const client = new Client("create mysqlStream", options, []);
  return ({ config } = {}) => {
    const { host = "localhost", port = 3306, socketPath: path } = config ?? {};
    return new MysqlStream(client, { host, port, path });
  };
}
