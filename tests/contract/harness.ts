/** What the contract suite and the socket tests share. */

import { TestCa, type TestCertificate } from "../../certificate/mod.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import type { EngineName } from "../../engine/engine.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { type Pair, pair } from "../helpers/pair.ts";

/** Text to bytes. */
export const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);
/** Bytes to text. */
export const text = (b: Uint8Array): string => new TextDecoder().decode(b);
/** Lets everything that can go on do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A CA with the certificates that tests need, made once. */
export interface TestPki {
  readonly ca: TestCa;
  readonly other: TestCa;
  readonly server: TestCertificate;
}

let pki: Promise<TestPki> | undefined;

/** The CA of this test run. */
export function testPki(): Promise<TestPki> {
  return pki ??= (async () => {
    const ca = await TestCa.create();
    const other = await TestCa.create({ commonName: "Other CA" });
    return { ca, other, server: await ca.server() };
  })();
}

/** The options with which a client trusts a CA. */
export function trust(engine: EngineName, ca: TestCa): ConnectOptions {
  return engine === "deno" ? { engine, extraCa: ca.pem } : { engine, ca: ca.pem };
}

/** A listener of an engine on a free port. */
export async function listen(
  engine: EngineName,
  options: ListenOptions = {},
): Promise<SslListener> {
  const { server } = await testPki();
  const own = options.cert || options.certFile || options.reuseCtx ? {} : server;
  return await SslSocket.listen({ engine, hostname: "127.0.0.1", port: 0, ...own, ...options });
}

/** The options with which a client reaches a listener. */
export async function reach(
  engine: EngineName,
  listener: SslListener,
  options: ConnectOptions = {},
): Promise<ConnectOptions> {
  const { ca } = await testPki();
  const to = { hostname: "localhost", family: 4 as const, port: listener.addr.port };
  return { ...trust(engine, ca), ...to, ...options };
}

export type { Pair };

/** Connects a client to a listener of the same engine. */
export async function connectPair(
  engine: EngineName,
  client: ConnectOptions = {},
  server: ListenOptions = {},
): Promise<Pair> {
  const listener = await listen(engine, server);
  return await pair(listener, await reach(engine, listener, client));
}

/** Reads exactly `n` bytes as text. */
export async function readText(
  from: { read(p: Uint8Array): Promise<number | null> },
  n: number,
): Promise<string> {
  const all = new Uint8Array(n);
  for (let at = 0; at < n;) {
    const r = await from.read(all.subarray(at));
    if (r === null) throw new Error(`the stream ended after ${at} of ${n} bytes`);
    at += r;
  }
  return text(all);
}

/** Reads to the end as bytes; how many. */
export async function drain(
  from: { read(p: Uint8Array): Promise<number | null> },
): Promise<number> {
  const p = new Uint8Array(65536);
  let sum = 0;
  for (let n; (n = await from.read(p)) !== null;) sum += n;
  return sum;
}

/** A plain TCP server that does one thing with each connection. */
export function tcpServer(
  serve: (conn: Deno.TcpConn) => Promise<void> | void,
): { port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const running = new Set<Promise<void>>();
  const conns = new Set<Deno.TcpConn>();
  const loop = (async () => {
    for await (const conn of listener) {
      conns.add(conn);
      const one = Promise.resolve(serve(conn)).catch(() => {});
      running.add(one);
      one.finally(() => running.delete(one));
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of conns) {
        try {
          conn.close();
        } catch {
          // The test closed it.
        }
      }
      await Promise.all([loop, ...running]);
    },
  };
}

/** The ClientHello that a client of an engine sends. */
export async function captureClientHello(engine: EngineName): Promise<Uint8Array> {
  const { ca } = await testPki();
  const { promise: captured, resolve } = Promise.withResolvers<Uint8Array>();
  await using server = tcpServer(async (conn) => {
    const p = new Uint8Array(16384);
    resolve(p.subarray(0, await conn.read(p) ?? 0));
    conn.close();
  });
  await SslSocket.connect(`localhost:${server.port}`, { ...trust(engine, ca), family: 4 })
    .catch(() => {});
  return await captured;
}

/** A pair with a relay between them that can cut the line: the end of TCP without the end of TLS. */
export async function connectThroughRelay(
  engine: EngineName,
  options: ConnectOptions = {},
): Promise<Pair & { cut(): void }> {
  const listener = await listen(engine);
  const conns: Deno.TcpConn[] = [];
  const copy = async (from: Deno.TcpConn, to: Deno.TcpConn) => {
    const p = new Uint8Array(65536);
    for (let n; (n = await from.read(p)) !== null;) {
      for (let at = 0; at < n;) at += await to.write(p.subarray(at, n));
    }
    await to.closeWrite();
  };
  const relay = tcpServer(async (conn) => {
    const beyond = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    conns.push(conn, beyond);
    await Promise.allSettled([copy(conn, beyond), copy(beyond, conn)]);
  });
  const cut = () => conns.splice(0).forEach((conn) => conn.close());
  const [client, server] = await Promise.all([
    SslSocket.connect({ ...await reach(engine, listener), port: relay.port, ...options }),
    listener.accept(),
  ]);
  return {
    client,
    server,
    listener,
    cut,
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), server.close()]);
      listener.close();
      cut();
      await relay[Symbol.asyncDispose]();
    },
  };
}
