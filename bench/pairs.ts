/**
 * OpenSSL as WebAssembly beside the same through FFI: handshakes and bulk between two ends of one
 * process, over memory and over sockets, in CPU time; and how long the start of the engine takes, in
 * processes of their own. The engines take turns. It prints one line of JSON, which bench/main.ts reads:
 *
 *     deno run --allow-all bench/pairs.ts [rounds]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import process from "node:process";
import type { ContextConfig, Engine, EngineContext, TlsStream } from "../engine/engine.ts";
import { selectEngine } from "../engine/load.ts";
import { SslSocket } from "../mod.ts";
import { ca, client, config, credential, pairOf, server } from "../tests/engine/harness.ts";
import { output } from "./peers.ts";
import type { PairRow } from "./results.ts";
import type { WasmStart } from "./starts/wasm.ts";

const ROUNDS = Number(parseArgs(Deno.args)._[0] ?? 5);
const ENGINES = ["wasm", "openssl"] as const;
const MIB = 1 << 20;

type Name = typeof ENGINES[number];

/** CPU time of this process, in milliseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function spent(work: () => Promise<void>): Promise<number> {
  const before = cpu();
  await work();
  return cpu() - before;
}

const CLASSIC = { groups: "X25519" } as const;
const MUTUAL = {
  client: { ...CLASSIC, credentials: [credential(client)] },
  server: { ...CLASSIC, verifyMode: 3 },
} as const;

interface Sides {
  readonly client?: Partial<ContextConfig>;
  readonly server?: Partial<ContextConfig>;
}

async function contexts(engine: Engine, sides: Sides): Promise<[EngineContext, EngineContext]> {
  return [
    await engine.createContext(config("client", sides.client)),
    await engine.createContext(config("server", sides.server)),
  ];
}

async function shake(c: EngineContext, s: EngineContext, session?: Uint8Array) {
  const p = pairOf(c, s, session === undefined ? {} : { params: { session } });
  await Promise.all([p.client.handshake(), p.server.handshake()]);
  return p;
}

/** The CPU time of one handshake of both ends. */
async function handshakes(engine: Engine, sides: Sides): Promise<number> {
  const [c, s] = await contexts(engine, sides);
  const count = 50;
  return await spent(async () => {
    for (let i = 0; i < count; i++) close(await shake(c, s));
  }) / count;
}

function close({ client, server }: { readonly client: TlsStream; readonly server: TlsStream }) {
  client.close();
  server.close();
}

/** The same with a ticket of the server. */
async function resumptions(engine: Engine): Promise<number> {
  let session: Uint8Array | undefined;
  const hooks = { newSession: (der: Uint8Array) => void (session = der) };
  const [c, s] = await contexts(engine, { client: { ...CLASSIC, sessions: true, hooks } });
  const next = async () => {
    const p = await shake(c, s, session);
    await p.server.write(new Uint8Array(1));
    await p.client.read(new Uint8Array(1)); // the tickets have come
    if (session === undefined) throw new Error("no ticket came");
    close(p);
  };
  await next();
  const count = 50;
  return await spent(async () => {
    for (let i = 0; i < count; i++) await next();
  }) / count;
}

/** 32 MiB from one end to the other: MiB in a second of CPU time. */
async function bulk(ends: { client: Sink; server: Sink }): Promise<number> {
  const total = 32 * MIB;
  const chunk = new Uint8Array(65536);
  const buffer = new Uint8Array(65536);
  const ms = await spent(async () => {
    const sent = (async () => {
      for (let n = 0; n < total; n += chunk.length) await ends.client.write(chunk);
    })();
    for (let n = 0; n < total;) n += await ends.server.read(buffer) ?? total;
    await sent;
  });
  return total / MIB / (ms / 1000);
}

interface Sink {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
}

async function coreBulk(engine: Engine, ciphersuites: string): Promise<number> {
  const [c, s] = await contexts(engine, { client: { ciphersuites } });
  const p = await shake(c, s);
  const rate = await bulk(p);
  close(p);
  return rate;
}

async function socketBulk(engine: Name, ciphersuites: string): Promise<number> {
  const { cert, key } = server;
  const listener = await SslSocket.listen({ engine, hostname: "127.0.0.1", port: 0, cert, key });
  const [near, far] = await Promise.all([
    SslSocket.connect(`127.0.0.1:${listener.addr.port}`, {
      ...{ engine, ca: ca.pem, serverName: "localhost", verifycnName: "localhost", ciphersuites },
    }),
    listener.accept(),
  ]);
  const rate = await bulk({ client: near, server: far });
  await Promise.all([near.close(), far.close()]);
  listener.close();
  return rate;
}

const CHACHA20 = "TLS_CHACHA20_POLY1305_SHA256";
const AES_128 = "TLS_AES_128_GCM_SHA256";

interface Row extends Pick<PairRow, "what" | "unit"> {
  run(engine: Engine, name: Name): Promise<number>;
}

const ROWS: readonly Row[] = [
  { what: "handshake, X25519", unit: "ms", run: (e) => handshakes(e, { client: CLASSIC }) },
  { what: "handshake, X25519MLKEM768", unit: "ms", run: (e) => handshakes(e, {}) },
  { what: "handshake, mutual", unit: "ms", run: (e) => handshakes(e, MUTUAL) },
  { what: "handshake, resumed", unit: "ms", run: resumptions },
  { what: "ChaCha20, memory", unit: "MiB/s", run: (e) => coreBulk(e, CHACHA20) },
  { what: "AES-128-GCM, memory", unit: "MiB/s", run: (e) => coreBulk(e, AES_128) },
  { what: "ChaCha20, sockets", unit: "MiB/s", run: (_, name) => socketBulk(name, CHACHA20) },
  { what: "AES-128-GCM, sockets", unit: "MiB/s", run: (_, name) => socketBulk(name, AES_128) },
];

/** What each part of a start is called in the page. */
const PARTS: Readonly<Record<keyof WasmStart, string>> = {
  file: "import of its file",
  engine: "start after the import of its file",
  context: "first context after that",
};

/** The parts of a start, a value for each process. */
async function starts(): Promise<PairRow[]> {
  const program = new URL("starts/wasm.ts", import.meta.url).pathname;
  const config = new URL("../deno.json", import.meta.url).pathname;
  const flags = ["--allow-all", "--no-lock", "--no-check", "--quiet", "--config", config];
  const seen: WasmStart[] = [];
  for (let round = -1; round < 3 * ROUNDS; round++) { // the first one fills Deno's caches
    const said = await output(Deno.execPath(), ["run", ...flags, program]);
    if (said === undefined) throw new Error("the engine did not start");
    if (round >= 0) seen.push(JSON.parse(said));
  }
  return (Object.keys(PARTS) as (keyof WasmStart)[]).map((part) => ({
    ...{ what: PARTS[part], unit: "ms", openssl: [] },
    wasm: seen.map((start) => start[part]),
  }));
}

const measured = ROWS.map(({ what, unit }) => ({
  ...{ what, unit, wasm: [] as number[], openssl: [] as number[] },
}));
for (let round = 0; round <= ROUNDS; round++) { // the first one warms up
  for (const [i, { run }] of ROWS.entries()) {
    for (const name of ENGINES) {
      const value = await run(await selectEngine(name), name);
      if (round > 0) measured[i]![name].push(value);
    }
  }
}
console.log(JSON.stringify([...measured, ...await starts()]));
Deno.exit(0);
