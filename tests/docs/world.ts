/**
 * What the examples of the pages find: servers of a CA of this run that stand in for those that the
 * pages name, and a folder with the files that they name.
 *
 * @module
 */

import { SSL_VERIFY_PEER } from "../../constants.ts";
import { serveHttp } from "../../http/mod.ts";
import { acceptStartTls } from "../../starttls/mod.ts";
import { TestCa } from "../../testing/mod.ts";

/** What stands in for the world. */
export interface World extends AsyncDisposable {
  readonly folder: string;
  /** The ports on 127.0.0.1 that stand in for `host:port`. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Makes a folder with the files that the pages name; those of a reader begin empty. */
  page(name: string): Promise<string>;
}

const LOOPBACK = "127.0.0.1";
const WEB = ["example.com", "www.example", "internal.example", "a.example", "b.example"];

/** A mail server that says little: it takes STARTTLS and one command after it. */
function mail(files: { cert: string; key: string }): Deno.TcpListener {
  const listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const talk = async (conn: Deno.TcpConn) => {
    const { socket } = await acceptStartTls(conn, "smtp", { ...files, name: "mail.example.com" });
    if (await socket.read(new Uint8Array(512)) !== null) {
      await socket.write(new TextEncoder().encode("250 mail.example.com\r\n"));
    }
    await socket.close();
  };
  (async () => {
    for await (const conn of listener) talk(conn).catch(() => conn.close());
  })().catch(() => {});
  return listener;
}

/** A proxy that tunnels to the servers of this world. */
function proxy(ports: Readonly<Record<string, number>>): Deno.TcpListener {
  const listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const tunnel = async (conn: Deno.TcpConn) => {
    const head = new Uint8Array(4096);
    const n = await conn.read(head);
    const target = /^CONNECT (\S+) /.exec(new TextDecoder().decode(head.subarray(0, n ?? 0)))?.[1];
    const port = ports[target ?? ""];
    if (port === undefined) return conn.close();
    const server = await Deno.connect({ hostname: LOOPBACK, port });
    await conn.write(new TextEncoder().encode("HTTP/1.0 200 OK\r\n\r\n"));
    await Promise.allSettled([
      conn.readable.pipeTo(server.writable),
      server.readable.pipeTo(conn.writable),
    ]);
  };
  (async () => {
    for await (const conn of listener) tunnel(conn).catch(() => conn.close());
  })().catch(() => {});
  return listener;
}

/** The servers, the files, and the folder of one run. */
export async function makeWorld(): Promise<World> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "socket-ssl-pages-" }));
  const ca = await TestCa.create({ commonName: "Example CA" });
  const clients = await TestCa.create({ commonName: "Clients' CA" });
  const hosts: Record<string, number> = {};
  const ends: (() => unknown)[] = [];
  const web = async (name: string, files: { cert: string; key: string }) => {
    const server = serveHttp(
      {
        hostname: LOOPBACK,
        port: 0,
        cert: files.cert,
        key: files.key,
        verifyMode: SSL_VERIFY_PEER,
        clientCa: [ca.pem, clients.pem],
        onHandshakeError: () => {},
      },
      (_, { peer }) => new Response(`Hello, ${peer?.commonName ?? "world"}\n`),
    );
    hosts[`${name}:443`] = (await server.addr).port;
    ends.push(() => server.shutdown({ deadline: 0 }));
  };
  for (const name of WEB) await web(name, await ca.server(name));
  await web("wrong.host.badssl.com", await ca.server("badssl.com"));
  await web(
    "expired.badssl.com",
    await ca.server("expired.badssl.com", {
      notBefore: new Date("2024-01-01"),
      notAfter: new Date("2025-01-01"),
    }),
  );
  await web("untrusted-root.badssl.com", await clients.server("untrusted-root.badssl.com"));
  for (const port of [25, 587]) {
    const listener = mail(await ca.server("mail.example.com"));
    hosts[`mail.example.com:${port}`] = listener.addr.port;
    ends.push(() => listener.close());
  }
  const tunnels = proxy(hosts);
  hosts["proxy.example:8080"] = tunnels.addr.port;
  ends.push(() => tunnels.close());

  const own = await ca.server("localhost", LOOPBACK);
  const alice = await clients.client("alice");
  const texts: Readonly<Record<string, string>> = {
    "ca.pem": ca.pem,
    "clients-ca.pem": clients.pem,
    "server.pem": own.cert,
    "server.key": own.key,
    "client.pem": alice.cert,
    "client.key": alice.key,
  };
  const page = async (name: string) => {
    const path = `${folder}/${name.replaceAll("/", "-")}`;
    await Deno.mkdir(path);
    if (name.startsWith("reader of ")) return path;
    for (const [file, text] of Object.entries(texts)) {
      await Deno.writeTextFile(`${path}/${file}`, text);
    }
    return path;
  };
  await Deno.writeTextFile(`${folder}/ca.pem`, ca.pem);
  return {
    folder,
    hosts,
    page,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(ends.map((end) => end()));
      await Deno.remove(folder, { recursive: true });
    },
  };
}
