/** Where the probes live: one engine, certificates in memory, loopback. */

import { assertEquals } from "@std/assert";
import { TestCa, type TestCertificate } from "../../certificate/mod.ts";
import type { Feature, FeatureSet } from "../../engine/features.ts";
import { selectEngine } from "../../engine/load.ts";
import { engineInfo } from "../../engine/select.ts";
import type {
  ContextConfig,
  ContextHooks,
  EngineName,
  Role,
  SessionParams,
  TlsStream,
} from "../../engine/engine.ts";
import { SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { type ConnectOptions, type ListenOptions, type SslListener, SslSocket } from "../../mod.ts";
import { credentialOf, defaultConfig } from "../helpers/engine_config.ts";
import { memoryPair } from "../helpers/memory.ts";

/** The only address there is. */
export const LOOPBACK = "127.0.0.1";

/** Text to bytes. */
export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

interface PairOptions {
  readonly cert: string;
  readonly key: string;
}

/** The certificates of a run. */
export interface Pki {
  readonly ca: TestCa;
  readonly server: TestCertificate;
  readonly ed25519: TestCertificate;
  readonly other: TestCertificate;
  readonly client: TestCertificate;
  /** By a CA that nobody trusts. */
  readonly foreign: TestCertificate;
  readonly serverPair: PairOptions;
  readonly foreignPair: PairOptions;
  readonly revokedPair: PairOptions;
}

const pairOf = ({ cert, key }: TestCertificate): PairOptions => ({ cert, key });

async function makePki(): Promise<Pki> {
  const ca = await TestCa.create();
  const server = await ca.server("localhost", "127.0.0.1");
  const foreign = await (await TestCa.create({ commonName: "Another CA" })).server("localhost");
  return {
    ca,
    server,
    ed25519: await ca.server("localhost", { keyType: "ed25519" }),
    other: await ca.server("other.example"),
    client: await ca.client("a client"),
    foreign,
    serverPair: pairOf(server),
    foreignPair: pairOf(foreign),
    revokedPair: pairOf(await ca.revoked("localhost")),
  };
}

/** What a probe has. */
export interface World {
  readonly engine: EngineName;
  readonly features: FeatureSet;
  readonly pki: Pki;
  /** The option `engine` alone. */
  readonly engineOnly: { readonly engine: EngineName };
  /** The options of a client that trusts the CA. */
  readonly trust: ConnectOptions;
  /** A listener; `unless` drops the options where the engine lacks a feature that is not probed. */
  listen(
    options?: ListenOptions,
    more?: Partial<PairOptions> & { readonly unless?: Feature },
  ): Promise<SslListener>;
  /** The options that reach a listener. */
  reach(listener: { readonly addr: Deno.NetAddr }, options?: ConnectOptions): ConnectOptions;
  /** Closes what may be closed already. */
  drop(...conns: Deno.Conn[]): void;
}

/** Makes the world of an engine. */
export async function makeWorld(engine: EngineName): Promise<World> {
  const { features } = engineInfo(engine);
  const pki = await makePki();
  const engineOnly = { engine };
  const trust = features.has("ownAnchors") ? { ca: pki.ca.pem } : { extraCa: pki.ca.pem };
  return {
    engine,
    features,
    pki,
    engineOnly,
    trust: { engine, ...trust },
    listen(options = {}, { unless, ...pair } = {}) {
      const wanted = unless !== undefined && !features.has(unless) ? {} : options;
      const own = "cert" in options ? {} : pki.serverPair;
      return SslSocket.listen({
        engine,
        hostname: LOOPBACK,
        port: 0,
        timeout: 10_000,
        ...own,
        ...pair,
        ...wanted,
      });
    },
    reach(listener, options = {}) {
      const { port } = listener.addr;
      const host = { hostname: "localhost", family: 4 as const, port, timeout: 10_000 };
      const own = ["ca", "extraCa", "verifyMode", "fingerprint"].some((name) => name in options);
      return { ...(own ? engineOnly : { engine, ...trust }), ...host, ...options };
    },
    drop(...conns) {
      for (const conn of conns) {
        try {
          conn.close();
        } catch {
          // TLS closed it.
        }
      }
    },
  };
}

/** Waits for both; what is refused as not supported comes first. */
export async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  a.catch(() => {});
  b.catch(() => {});
  const first = await Promise.race([
    Promise.all([a, b]),
    ...[a, b].map((p) =>
      p.then(() => new Promise<never>(() => {}), (error) => {
        if (error instanceof SslUnsupportedError) throw error;
        return new Promise<never>(() => {});
      })
    ),
  ]);
  return first as [A, B];
}

interface Duplex {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
}

/** Sends a few bytes each way. */
export async function exchange(a: Duplex, b: Duplex): Promise<void> {
  for (const [from, to] of [[a, b], [b, a]] as const) {
    await from.write(bytes("ping"));
    const p = new Uint8Array(8);
    const n = await to.read(p);
    assertEquals(new TextDecoder().decode(p.subarray(0, n ?? 0)), "ping");
  }
}

/** Reads to the end. */
export async function readAll(from: Duplex): Promise<string> {
  let text = "";
  const p = new Uint8Array(64);
  for (let n; (n = await from.read(p)) !== null;) {
    text += new TextDecoder().decode(p.subarray(0, n));
  }
  return text;
}

// ---- below the socket layer

type Side = Partial<ContextConfig>;

function configOf(world: World, role: Role, side: Side): ContextConfig {
  const { pki, features } = world;
  const { hooks, ...rest } = side;
  const verify: ContextHooks["verify"] = ({ error, errorText, presented }) =>
    error === 0 || presented.length === 0
      ? undefined
      : new SslVerifyError(`Refused: ${errorText}`, { code: "REFUSED", errno: error });
  const own = features.has("ownAnchors");
  return {
    ...defaultConfig(role),
    credentials: role === "server" ? [credentialOf(pki.server)] : [],
    trust: {
      anchors: own ? [pki.ca.cert.der] : undefined,
      extra: own ? [] : [pki.ca.cert.der],
      crls: [],
      checkCrl: "none",
    },
    ...rest,
    hooks: { verify, ...hooks },
  };
}

/** Two TLS streams over memory. */
export interface EnginePair extends AsyncDisposable {
  readonly client: TlsStream;
  readonly server: TlsStream;
  /** Another connection between the same contexts. */
  again(params?: Partial<SessionParams>): Promise<EnginePair>;
}

/** Contexts with hooks, and a connection between them. */
export async function enginePair(world: World, client: Side, server: Side): Promise<EnginePair> {
  const engine = await selectEngine(world.engine);
  const c = await engine.createContext(configOf(world, "client", client));
  const s = await engine.createContext(configOf(world, "server", server));
  const connect = (more: Partial<SessionParams> = {}): EnginePair => {
    const [near, far] = memoryPair();
    const names = { serverName: "localhost", verifyName: "localhost", user: undefined };
    const streams = {
      client: c.start(near, { ...names, ...more }),
      server: s.start(far, { ...names, serverName: undefined }),
    };
    return {
      ...streams,
      again: (params) => Promise.resolve(connect(params)),
      [Symbol.asyncDispose]() {
        streams.client.close();
        streams.server.close();
        return Promise.resolve();
      },
    };
  };
  return connect();
}

/** Both handshakes, and a byte from the server, so that its tickets have arrived. */
export async function engineHandshake({ client, server }: EnginePair): Promise<void> {
  await both(client.handshake(), server.handshake());
  await exchange(client, server);
}
