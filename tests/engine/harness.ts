/** Contexts and connected pairs of the OpenSSL engine, below the socket layer. */

import { TestCa } from "../../certificate/mod.ts";
import { SslVerifyError } from "../../errors.ts";
import { OpenSslContext } from "../../engine/openssl/context.ts";
import { loadOpenSsl } from "../../engine/openssl/engine.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import type {
  ContextConfig,
  ContextHooks,
  EngineContext,
  Role,
  SessionParams,
  TlsStream,
} from "../../engine/engine.ts";
import { credentialOf, defaultConfig } from "../helpers/engine_config.ts";
import { memoryPair, type MemoryTransport } from "../helpers/memory.ts";

export const engine = loadOpenSsl();
export const ca = await TestCa.create();
export const server = await ca.server("localhost");
export const client = await ca.client("a client");

export { credentialOf as credential };

/** Accepts what OpenSSL accepts. */
export const strict: ContextHooks = {
  verify: (e) =>
    e.error === 0
      ? undefined
      : new SslVerifyError(`Refused: ${e.errorText}`, { code: "REFUSED", errno: e.error }),
};

export function config(role: Role, over: Partial<ContextConfig> = {}): ContextConfig {
  const { hooks, ...rest } = over;
  return {
    ...defaultConfig(role),
    credentials: role === "server" ? [credentialOf(server)] : [],
    trust: { anchors: [ca.cert.der], extra: [], crls: [], checkCrl: "none" },
    ...rest,
    hooks: { ...strict, ...hooks },
  };
}

/** A client's context as `--allow-ffi=<path>` has it: without callbacks, with {@linkcode client}'s certificate. */
export function narrowClient(
  only: Partial<ContextConfig>,
  verify: NonNullable<ContextHooks["verify"]>,
): OpenSslContext {
  return new OpenSslContext(
    { library: openLibrary(), callbacks: undefined },
    config("client", { ...only, credentials: [credentialOf(client)], hooks: { verify } }),
  );
}

export interface Pair extends AsyncDisposable {
  readonly client: TlsStream;
  readonly server: TlsStream;
  readonly clientSide: MemoryTransport;
  readonly serverSide: MemoryTransport;
}

export interface PairOptions {
  client?: Partial<ContextConfig>;
  server?: Partial<ContextConfig>;
  params?: Partial<SessionParams>;
  limit?: number;
}

/** Both ends over memory; no handshake yet. */
export async function pair(options: PairOptions = {}): Promise<Pair> {
  const c = await engine.createContext(config("client", options.client));
  const s = await engine.createContext(config("server", options.server));
  return pairOf(c, s, options);
}

export function pairOf(c: EngineContext, s: EngineContext, options: PairOptions = {}): Pair {
  const [clientSide, serverSide] = memoryPair(options.limit);
  const params = {
    serverName: "localhost",
    verifyName: "localhost",
    user: "the user",
    ...options.params,
  };
  const streams = {
    client: c.start(clientSide, params),
    server: s.start(serverSide, { ...params, serverName: undefined, session: undefined }),
  };
  return {
    ...streams,
    clientSide,
    serverSide,
    [Symbol.asyncDispose]() {
      streams.client.close();
      streams.server.close();
      c.close();
      s.close();
      return Promise.resolve();
    },
  };
}

/** Both handshakes; the outcome of each. */
export async function handshake(p: Pair): Promise<[unknown, unknown]> {
  const results = await Promise.allSettled([
    p.client.handshake().catch((e) => {
      p.clientSide.closeWrite();
      throw e;
    }),
    p.server.handshake().catch((e) => {
      p.serverSide.closeWrite();
      throw e;
    }),
  ]);
  return results.map((r) => r.status === "rejected" ? r.reason : undefined) as [unknown, unknown];
}

export const V12: Partial<ContextConfig> = { versions: new Set([0x0303]) };
export const V13: Partial<ContextConfig> = { versions: new Set([0x0304]) };

/** Reads exactly `n` bytes. */
export async function readExactly(stream: TlsStream, n: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(n);
  for (let at = 0; at < n;) {
    const r = await stream.read(bytes.subarray(at));
    if (r === null) throw new Error(`The stream ended after ${at} of ${n} bytes`);
    at += r;
  }
  return bytes;
}

export const text = (s: string): Uint8Array => new TextEncoder().encode(s);
export const string = (b: Uint8Array): string => new TextDecoder().decode(b);
