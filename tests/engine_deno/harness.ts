/**
 * What the tests of the Deno engine share: a CA, contexts, a pair of ends that
 * speak TLS to each other, and a proxy that cuts and corrupts.
 */

import { TestCa, type TestCertificate } from "../../certificate/mod.ts";
import { denoEngine } from "../../engine/deno/engine.ts";
import type {
  ContextConfig,
  DialTarget,
  EngineContext,
  EngineListener,
  SessionParams,
  TlsStream,
} from "../../engine/engine.ts";
import { SslError } from "../../errors.ts";
import { credentialOf, defaultConfig, type Shown } from "../helpers/engine_config.ts";

export const HOST = "127.0.0.1";
const encoder = new TextEncoder();

let shared: Promise<{ ca: TestCa; server: TestCertificate }> | undefined;

/** A CA and a server certificate for localhost, one for all tests of a file. */
export function pki(): Promise<{ ca: TestCa; server: TestCertificate }> {
  return shared ??= (async () => {
    const ca = await TestCa.create();
    return { ca, server: await ca.server() };
  })();
}

export { credentialOf as credential, type Shown };

/** A configuration with everything at its default. */
export function config(more: Partial<ContextConfig> = {}): ContextConfig {
  return { ...defaultConfig(more.role ?? "client"), ...more };
}

/** A client context that trusts the shared CA. */
export async function clientContext(more: Partial<ContextConfig> = {}): Promise<EngineContext> {
  const { ca } = await pki();
  const trust = { anchors: undefined, extra: [ca.cert.der], crls: [], checkCrl: "none" } as const;
  return denoEngine().createContext(config({ trust, ...more }));
}

/** A server context with the shared certificate. */
export async function serverContext(more: Partial<ContextConfig> = {}): Promise<EngineContext> {
  const { server } = await pki();
  return denoEngine().createContext(
    config({ role: "server", credentials: [credentialOf(server)], ...more }),
  );
}

/** The parameters of a client connection that verifies `name`. */
export function params(name = "localhost", more: Partial<SessionParams> = {}): SessionParams {
  const ip = /^[\d.]+$|:/.test(name);
  return { serverName: ip ? undefined : name, verifyName: name, user: undefined, ...more };
}

/** A listener on loopback, closed at the end of the block, and its context. */
export async function listen(
  more: Partial<ContextConfig> = {},
): Promise<Disposable & { listener: EngineListener; context: EngineContext; target: DialTarget }> {
  const context = await serverContext(more);
  const listener = denoEngine().listen({ hostname: HOST, port: 0, backlog: undefined }, context);
  return {
    listener,
    context,
    target: target(listener.addr),
    [Symbol.dispose]: () => listener.close(),
  };
}

/** The target for an address. */
export function target(addr: Deno.Addr): DialTarget {
  return { transport: "tcp", hostname: HOST, port: (addr as Deno.NetAddr).port };
}

/** A plain connection to an address. */
export function connect(addr: Deno.Addr): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: HOST, port: (addr as Deno.NetAddr).port });
}

/** Two ends with the handshake done, closed at the end of the block. */
export async function pair(options: {
  client?: Partial<ContextConfig>;
  server?: Partial<ContextConfig>;
  name?: string;
} = {}): Promise<Disposable & { client: TlsStream; server: TlsStream }> {
  using listening = await listen(options.server);
  const accepting = listening.listener.accept(listening.context, undefined);
  const context = await clientContext(options.client);
  const client = await context.dial(listening.target, params(options.name));
  const server = await accepting;
  await Promise.all([client.handshake(), server.handshake()]);
  return {
    client,
    server,
    [Symbol.dispose]: () => {
      client.close();
      server.close();
    },
  };
}

/** Reads to the end of the stream. */
export async function readAll(stream: TlsStream, size = 65536): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(size);
  for (;;) {
    const n = await stream.read(buffer);
    if (n === null) break;
    parts.push(buffer.slice(0, n));
  }
  return joined(parts);
}

/** Reads exactly `n` bytes. */
export async function readExactly(stream: TlsStream, n: number, size = n): Promise<Uint8Array> {
  const out = new Uint8Array(n);
  const buffer = new Uint8Array(size);
  for (let at = 0; at < n;) {
    const got = await stream.read(buffer.subarray(0, Math.min(size, n - at)));
    if (got === null) throw new Error(`stream ended after ${at} of ${n} bytes`);
    out.set(buffer.subarray(0, got), at);
    at += got;
  }
  return out;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Bytes that no two places have in common by chance. */
export function pattern(length: number): Uint8Array {
  const out = new Uint8Array(length);
  let x = 0x9e3779b9;
  for (let i = 0; i < length; i++) {
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i | 0;
    out[i] = x >>> 24;
  }
  return out;
}

export const bytes = (text: string): Uint8Array => encoder.encode(text);
export const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** What a {@linkcode Proxy} does to the bytes of one direction. */
export interface Tampering {
  /** Ends the stream after this many bytes. */
  cutAt?: number;
  /** Ends it with a reset instead of a FIN. */
  reset?: boolean;
  /** Flips the lowest bit of this byte, forwards that chunk and ends the stream. */
  flipAt?: number;
}

/** A TCP proxy for one connection. */
export class Proxy {
  readonly #listener = Deno.listen({ hostname: HOST, port: 0 });
  /** Bytes that came from the server. */
  total = 0;
  /** Whether it did what it was asked to. */
  tampered = false;
  readonly done: Promise<void>;

  constructor(to: DialTarget, direction: "down" | "up", tampering: Tampering) {
    this.done = this.#run(to as { hostname: string; port: number }, direction, tampering);
  }

  get target(): DialTarget {
    return target(this.#listener.addr);
  }

  async #run(
    to: { hostname: string; port: number },
    direction: "down" | "up",
    tampering: Tampering,
  ): Promise<void> {
    const client = await this.#listener.accept();
    this.#listener.close();
    const server = await Deno.connect(to);
    const close = () => {
      for (const conn of [client, server]) {
        try {
          conn.close();
        } catch {
          // Both directions may end it.
        }
      }
    };
    const none = {};
    await Promise.all([
      this.#copy(server, client, direction === "down" ? tampering : none, true, close),
      this.#copy(client, server, direction === "up" ? tampering : none, false, close),
    ]);
    close();
  }

  async #copy(
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    { cutAt = Infinity, reset, flipAt = -1 }: Tampering,
    down: boolean,
    close: () => void,
  ): Promise<void> {
    const buffer = new Uint8Array(65536);
    let seen = 0;
    try {
      for (;;) {
        let n = await from.read(buffer);
        if (n === null) break;
        if (down) this.total += n;
        const flip = flipAt >= seen && flipAt < seen + n;
        if (flip) buffer[flipAt - seen]! ^= 1;
        const cut = seen + n > cutAt;
        if (cut) n = cutAt - seen;
        seen += n;
        for (let at = 0; at < n;) at += await to.write(buffer.subarray(at, n));
        if (cut || flip) {
          this.tampered = true;
          if (reset) close(); // with bytes unread this is an RST
          break;
        }
      }
      await to.closeWrite();
      // Whatever else comes has no reader.
      while (await from.read(buffer) !== null);
    } catch {
      // One end is gone: so is the proxy's business.
    }
  }
}

/** Runs a server's side of one connection, which may fail only with an error of the library. */
export async function serveOne(
  accepting: Promise<TlsStream>,
  act: (stream: TlsStream) => Promise<void>,
): Promise<SslError | undefined> {
  const stream = await accepting;
  try {
    await stream.handshake();
    await act(stream);
    return undefined;
  } catch (error) {
    if (error instanceof SslError) return error;
    throw error;
  } finally {
    stream.close();
  }
}
