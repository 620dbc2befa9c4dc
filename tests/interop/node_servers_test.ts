/**
 * Packages for node, over our sockets, against the real servers: verified and with a client
 * certificate; and each with a wrong name, which its error tells.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Redis } from "ioredis";
import mqtt from "mqtt";
import mysql from "mysql2/promise";
import pg from "pg";
import postgresJs from "postgres";
import { Agent, request } from "undici";
import { Buffer } from "node:buffer";
import https from "node:https";
import { SslVerifyError } from "../../errors.ts";
import { connector, httpsAgent, mysqlStream, toDuplex } from "../../node/mod.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { startTls } from "../../starttls/mod.ts";
import { Lab } from "./lab.ts";
import { within } from "./peers.ts";
import { mariadb, mosquitto, nginx, postgres, redis } from "./servers/mutual_tls.ts";

const WRONG = "wrong.example";

/** The options of a client that trusts the lab's CA and has a certificate. */
function mutual({ pki: { ca, client } }: Lab, serverName = "localhost"): ConnectOptions {
  return { engine: "openssl", ca: ca.pem, cert: client.cert, key: client.key, serverName };
}

/** The reason that a package gives for a wrong name. */
function assertWrongName(error: unknown): void {
  assertInstanceOf(error, Error);
  assertEquals((error as NodeJS.ErrnoException).code, "ERR_TLS_CERT_ALTNAME_INVALID");
  assert(error.message.includes(WRONG), error.message);
  assertInstanceOf(error.cause, SslVerifyError);
}

/** What a promise rejects with. */
async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await within("refusing", promise);
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
}

Deno.test("ioredis: commands, a subscription and quit() over our TLS", async () => {
  await using lab = await Lab.open();
  await using server = await redis(lab);
  const open = (serverName?: string) => {
    const options = { ...mutual(lab, serverName), hostname: "127.0.0.1", port: server.port };
    class Connector {
      #stream: ReturnType<typeof toDuplex> | undefined;
      firstError: Error | undefined;
      connect() {
        return Promise.resolve(this.#stream = toDuplex(SslSocket.connect(options)));
      }
      disconnect() {
        this.#stream?.end();
      }
      check() {
        return true;
      }
    }
    // deno-lint-ignore no-explicit-any -- its types want node's own class of sockets
    return new Redis({ Connector: Connector as any, retryStrategy: null, lazyConnect: true });
  };
  const client = open(), subscriber = open();
  await within("connecting", Promise.all([client.connect(), subscriber.connect()]));
  assertEquals(await client.set("name", "x".repeat(100_000)), "OK");
  assertEquals((await client.get("name"))?.length, 100_000);
  const message = new Promise((resolve) => subscriber.once("message", (_, text) => resolve(text)));
  await subscriber.subscribe("news");
  await client.publish("news", "hello");
  assertEquals(await within("a message", message), "hello");
  const ends = [client, subscriber].map((each) =>
    new Promise((resolve) => each.once("end", resolve))
  );
  await Promise.all([client.quit(), subscriber.quit()]);
  await within("the end", Promise.all(ends));

  const wrong = open(WRONG);
  const told = new Promise((resolve) => wrong.once("error", resolve));
  wrong.connect().catch(() => {});
  assertWrongName(await within("an error", told));
  wrong.disconnect();
});

Deno.test("mqtt: publish and subscribe over our TLS", async () => {
  await using lab = await Lab.open();
  await using server = await mosquitto(lab);
  const open = (serverName?: string) => {
    const options = { ...mutual(lab, serverName), hostname: "127.0.0.1", port: server.port };
    const stream = () => toDuplex(SslSocket.connect(options));
    // deno-lint-ignore no-explicit-any -- its types want a class of its own
    return new mqtt.MqttClient(stream as any, { protocolVersion: 5, reconnectPeriod: 0 });
  };
  const client = open();
  const message = new Promise((resolve) => client.once("message", (_, text) => resolve(`${text}`)));
  await within("subscribing", client.subscribeAsync("news"));
  await client.publishAsync("news", "hello", { qos: 1 });
  assertEquals(await within("a message", message), "hello");
  await client.endAsync();

  const wrong = open(WRONG);
  const told = new Promise((resolve) => wrong.once("error", resolve));
  assertWrongName(await within("an error", told));
  await wrong.endAsync(true);
});

Deno.test("pg and postgres.js: queries over our TLS, by SCRAM and a client certificate", async () => {
  await using lab = await Lab.open();
  await using server = await postgres(lab);
  const account = { user: "client", password: "secret", database: "postgres" };
  const at = { hostname: "127.0.0.1", port: server.port };
  const open = async (serverName?: string) => {
    const { socket } = await startTls(await Deno.connect(at), "postgres", mutual(lab, serverName));
    return socket;
  };
  const client = new pg.Client({ ...account, stream: () => toDuplex(() => open()) });
  await within("connecting", client.connect());
  const { rows } = await client.query(
    "select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()",
  );
  assertEquals(rows, [{ ssl: true, client_dn: "/CN=client" }]);
  const { rows: [long] } = await client.query("select repeat('x', 300000) as x");
  assertEquals(long.x.length, 300_000);
  await client.end();

  const wrong = new pg.Client({ ...account, stream: () => toDuplex(() => open(WRONG)) });
  wrong.on("error", () => {});
  assertWrongName(await failure(wrong.connect()));

  const sqlOf = (serverName?: string) =>
    postgresJs({
      ...account,
      max: 1,
      // deno-lint-ignore no-explicit-any -- its types have no socket
      ...{ socket: async () => toDuplex(await open(serverName)) } as any,
    });
  const sql = sqlOf();
  assertEquals([...await within("a query", sql`select 1 + ${2} as sum`)], [{ sum: 3 }]);
  await sql.end();
  const refused = sqlOf(WRONG);
  const error = await failure(refused`select 1`);
  assertInstanceOf(error, SslVerifyError);
  assert(error.message.includes(WRONG), error.message);
  await refused.end({ timeout: 0 });
});

Deno.test("nginx: node:https and undici, HTTP/1.1 and HTTP/2, with a client certificate", async () => {
  await using lab = await Lab.open();
  await using server = await nginx(lab);
  const { serverName: _, ...options } = mutual(lab);
  const url = `https://localhost:${server.port}/`;

  const agent = httpsAgent({ ...options, family: 4, keepAlive: true });
  const get = (servername: string) =>
    new Promise<string>((resolve, reject) => {
      https.get(url, { agent, servername }, async (response) => {
        resolve(Buffer.concat(await Array.fromAsync(response)).toString());
      }).on("error", reject);
    });
  assertEquals(await within("a page", get("localhost")), "HTTP/1.1 SUCCESS CN=client");
  assertWrongName(await failure(get(WRONG)));
  agent.destroy();

  for (const h2 of [false, true]) {
    const alpnProtocols = h2 ? ["h2"] : ["http/1.1"];
    const connect = connector({ ...options, family: 4, alpnProtocols });
    const dispatcher = new Agent({ connect, allowH2: h2 });
    const { body } = await within("a page", request(url, { dispatcher }));
    const version = h2 ? "HTTP/2.0" : "HTTP/1.1";
    assertEquals(await body.text(), `${version} SUCCESS CN=client`);
    await dispatcher.close();
    const wrong = new Agent({ connect: connector({ ...options, family: 4, serverName: WRONG }) });
    assertWrongName(await failure(request(url, { dispatcher: wrong })));
    await wrong.destroy();
  }
});

Deno.test("mysql2: queries over our TLS, with a client certificate, by connection and by pool", async () => {
  await using lab = await Lab.open();
  await using server = await mariadb(lab);
  const account = { host: "127.0.0.1", port: server.port, user: "client", password: "secret" };
  const settings = (serverName?: string) => ({
    ...account,
    stream: mysqlStream(mutual(lab, serverName)),
  });
  const client = await within("connecting", mysql.createConnection(settings()));
  const [rows] = await client.query("show status like 'Ssl_version'");
  assertEquals((rows as { Value: string }[])[0]!.Value, "TLSv1.3");
  const [long] = await client.query("select repeat('x', 300000) as x");
  assertEquals(`${(long as { x: unknown }[])[0]!.x}`.length, 300_000);
  const [sum] = await client.execute("select ? + 1 as sum", [2]);
  assertEquals(Number((sum as { sum: unknown }[])[0]!.sum), 3);
  await client.end();

  const pool = mysql.createPool({ ...settings(), connectionLimit: 2, compress: true });
  const asked = [1, 2, 3, 4].map((n) => pool.query(`select ${n} as n, sleep(0.01)`));
  const answers = await within("queries", Promise.all(asked));
  const numbers = answers.map(([rows]) => (rows as unknown as { n: number }[])[0]!.n);
  assertEquals(numbers, [1, 2, 3, 4]);
  await pool.end();

  assertWrongName(await failure(mysql.createConnection(settings(WRONG))));
  const { cert: _, key: __, ...anonymous } = mutual(lab);
  const stream = mysqlStream(anonymous);
  const denied = await failure(mysql.createConnection({ ...account, stream }));
  assertEquals((denied as { code?: string }).code, "ER_ACCESS_DENIED_ERROR");
  const plain = await failure(mysql.createConnection({ ...settings(), ssl: {} }));
  assert((plain as Error).message.includes("leave out"), `${plain}`);
});
