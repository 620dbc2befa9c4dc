/**
 * A server that answers every request with the bytes that it is given, and ends the connection as it is
 * told: with TLS or without, and as a proxy.
 *
 * @module
 */

import type { ListenOptions } from "../../socket/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { TestCa, type TestCertificate } from "../../certificate/mod.ts";

/** What a connection of the server can do. */
interface Conn {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
  close(o?: { noShutdown?: boolean }): void | Promise<void>;
}

/** What the server plays. */
export interface Play {
  /** The answer, in the pieces in which it is written; text is latin1. */
  readonly answer: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * How it ends: with close_notify, without (on a plain connection both are an end of TCP), or not at
   * all, until the client is gone.
   */
  readonly end?: "close_notify" | "cut" | "open";
  /** Answers at once, without reading a request. */
  readonly early?: boolean;
}

/** A server. Dispose of it. */
export interface OddServer extends AsyncDisposable {
  /** Its port. */
  readonly port: number;
  /** The requests that came, whole, as latin1. */
  readonly requests: string[];
  /** The names in SNI that came. */
  readonly names: (string | undefined)[];
  /** What it plays from now on. */
  play(play: Play): void;
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const toText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** Reads a request: a head, the content that it announces, and what else came with it. */
async function readRequest(conn: Conn): Promise<string> {
  let text = "";
  const p = new Uint8Array(65_536);
  while (true) {
    const head = text.indexOf("\r\n\r\n");
    const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    if (head >= 0 && text.length >= head + 4 + length) return text;
    const n = await conn.read(p);
    if (n === null) return text;
    text += toText(p.subarray(0, n));
  }
}

async function act(conn: Conn, play: Play, requests: string[]): Promise<void> {
  if (!play.early) requests.push(await readRequest(conn));
  const pieces = Array.isArray(play.answer) ? play.answer : [play.answer];
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? latin1(piece) : piece;
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { end = "close_notify" } = play;
  const rest = new Uint8Array(4096);
  if (end === "open") { while (await conn.read(rest) !== null) { /* until the client is gone */ } }
  await conn.close({ noShutdown: end === "cut" });
}

let pki: Promise<{ ca: TestCa; other: TestCa; server: TestCertificate; client: TestCertificate }>;

/** The CA of this test run, with certificates for localhost and its addresses, and of a client. */
export function testPki(): typeof pki {
  return pki ??= (async () => {
    const ca = await TestCa.create();
    const other = await TestCa.create({ commonName: "Other CA" });
    return { ca, other, server: await ca.server(), client: await ca.client() };
  })();
}

/** The answer that is played unless another one is. */
export const HELLO = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/** A server with TLS. */
export async function tlsServer(options: ListenOptions = {}): Promise<OddServer> {
  const { server } = await testPki();
  const own = "cert" in options || "certFile" in options ? {} : server;
  const listener = await SslSocket.listen({
    engine: "openssl",
    hostname: "127.0.0.1",
    port: 0,
    ...own,
    ...options,
  });
  let play: Play = { answer: HELLO };
  const requests: string[] = [], names: (string | undefined)[] = [];
  const running = new Set<Promise<void>>();
  const open = new Set<SslSocket>();
  const loop = (async () => {
    for await (const socket of listener) {
      open.add(socket);
      names.push(socket.getServername());
      const one = act(socket, play, requests).catch(() => {}).finally(() => open.delete(socket));
      running.add(one);
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    requests,
    names,
    play: (next) => play = next,
    async [Symbol.asyncDispose]() {
      listener.close();
      await Promise.all([...open].map((socket) => socket.close({ noShutdown: true })));
      await Promise.all([loop, ...running]);
    },
  };
}

/** A server without TLS. With `serve` it does that with each connection. */
export function tcpServer(
  hostname = "127.0.0.1",
  serve?: (conn: Deno.TcpConn) => Promise<void> | void,
): OddServer {
  const listener = Deno.listen({ hostname, port: 0 });
  let play: Play = { answer: HELLO };
  const requests: string[] = [];
  const running = new Set<Promise<void>>();
  const open = new Set<Deno.TcpConn>();
  const loop = (async () => {
    for await (const conn of listener) {
      open.add(conn);
      const acting = serve === undefined ? act(conn, play, requests) : Promise.resolve(serve(conn));
      running.add(acting.catch(() => {}));
    }
  })();
  return {
    port: listener.addr.port,
    requests,
    names: [],
    play: (next) => play = next,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) {
        try {
          conn.close();
        } catch {
          // It is closed already.
        }
      }
      await Promise.all([loop, ...running]);
    },
  };
}

/** A proxy that opens tunnels, and has the heads of the requests that came. */
export function proxyServer():
  & { readonly port: number; readonly asked: string[] }
  & AsyncDisposable {
  const asked: string[] = [];
  const beyond = new Set<Deno.TcpConn>();
  const copy = async (from: Deno.TcpConn, to: Deno.TcpConn) => {
    const p = new Uint8Array(65_536);
    for (let n; (n = await from.read(p)) !== null;) {
      for (let at = 0; at < n;) at += await to.write(p.subarray(at, n));
    }
    await to.closeWrite();
  };
  const server = tcpServer("127.0.0.1", async (conn) => {
    const head = await readRequest(conn);
    asked.push(head);
    const [, hostname, port] = /^CONNECT \[?(.*?)\]?:(\d+) /.exec(head)!;
    const to = await Deno.connect({ hostname: hostname!, port: Number(port) });
    beyond.add(to);
    await conn.write(latin1("HTTP/1.0 200 Connection established\r\nVia: odd\r\n\r\n"));
    await Promise.allSettled([copy(conn, to), copy(to, conn)]);
  });
  return {
    port: server.port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const conn of beyond) {
        try {
          conn.close();
        } catch {
          // It is closed already.
        }
      }
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The options with which a client of an engine trusts the CA of this run. */
export async function trust(engine: "openssl" | "deno") {
  const { ca } = await testPki();
  return engine === "deno" ? { engine, extraCa: ca.pem } : { engine, ca: ca.pem };
}
