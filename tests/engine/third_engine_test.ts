/** The seam is enough for a third engine: the socket layer and the handle run over it as they are. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import type { SslContext } from "../../context/context.ts";
import type { SslOptions } from "../../context/options.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import type { Role } from "../../engine/engine.ts";
import {
  SslPeerError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { type SslListener, SslSocket } from "../../socket/mod.ts";
import { type Pair, pair } from "../helpers/pair.ts";
import { Rot13Engine } from "./rot13_engine.ts";
import { createContext } from "../helpers/operations.ts";

const engine = new Rot13Engine();
const ca = await TestCa.create();
const server = await ca.server("localhost");
const stranger = await ca.server("localhost");
const LOOPBACK = "127.0.0.1";

/** The way in for an engine that `engine: ...` does not know: a context made with it. */
const context = (role: Role, options: SslOptions): Promise<SslContext> =>
  createContext(role, options, engine);

const { cert, key } = server;
const serverContext = await context("server", { cert, key });
const clientContext = await context("client", { ca: cert });

const listen = (): Promise<SslListener> =>
  SslSocket.listen({ hostname: LOOPBACK, port: 0, reuseCtx: serverContext });

const reach = ({ addr }: SslListener, more: ConnectOptions = {}): ConnectOptions => ({
  hostname: LOOPBACK,
  serverName: "localhost",
  port: addr.port,
  reuseCtx: clientContext,
  ...more,
});

/** Two ends over a listener of their own. */
async function ends(): Promise<Pair> {
  const listener = await listen();
  return await pair(listener, reach(listener));
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("SslSocket runs over a third engine: connect, accept, exchange, close", async () => {
  await using p = await ends();
  assertEquals([p.client.opened(), p.server.opened()], [1, 1]);
  assertEquals(String(p.client.engine), "rot13");
  assertEquals(p.server.sockCertificate()?.pem, server.certificate.pem);
  assertEquals(p.client.peerCertificate("commonName"), "localhost");
  assert(p.client.report.ok && p.client.report.checks.every(({ ok }) => ok));
  const buffer = new Uint8Array(300_000).fill(7);
  const writing = p.client.write(buffer);
  let sum = 0;
  const into = new Uint8Array(65536);
  while (sum < buffer.length) sum += (await p.server.read(into))!;
  assertEquals([await writing, sum], [300_000, 300_000]);
  await p.client.close();
  assertEquals(await p.server.read(into), null);
});

Deno.test("Handle reads and prints lines over a third engine", async () => {
  await using p = await ends();
  const [client, server] = [new Handle(p.client), new Handle(p.server)];
  await client.say("who are you?");
  assertEquals(await server.readLine(), "who are you?");
  await server.print("one\n", "two\n");
  await server.close();
  const lines: string[] = [];
  for await (const line of client.lines()) lines.push(line);
  assertEquals(lines, ["one", "two"]);
});

Deno.test("a third engine's wire is not plain text, and plain text on it is refused", async () => {
  await using listener = await listen();
  const conn = await Deno.connect({ hostname: LOOPBACK, port: listener.addr.port });
  await conn.write(bytes("GET / HTTP/1.0\r\n\r\n"));
  await assertRejects(() => listener.accept(), SslPeerError, "does not speak rot13");
  const p = new Uint8Array(300);
  const n = await conn.read(p);
  assertEquals(p[0], 4); // the alert was flushed
  assert(n! > 3 && !new TextDecoder().decode(p).includes("rot13"));
  conn.close();
});

Deno.test("the judgement above a third engine refuses a name, a certificate and a pin before the answer", async () => {
  const other = await context("server", { cert: stranger.cert, key: stranger.key });
  const cases: [ConnectOptions, SslContext | undefined, string][] = [
    [{ verifycnName: "wrong.example" }, undefined, "HOSTNAME_MISMATCH"],
    [{}, other, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      { forceFingerprint: true, fingerprint: stranger.certificate.fingerprint() },
      undefined,
      "FINGERPRINT_MISMATCH",
    ],
  ];
  for (const [options, swapped, code] of cases) {
    await using listener = await listen();
    if (swapped) listener.setContext(swapped);
    const accepting = listener.accept().catch((error) => error);
    const error = await assertRejects(
      () => SslSocket.connect(reach(listener, options)),
      SslVerifyError,
    );
    assertEquals(error.code, code);
    const atServer = await accepting;
    assertInstanceOf(atServer, SslPeerError); // the alert, and no "finished"
    assertEquals(atServer.alert, "refused");
  }
  await using listener = await listen();
  listener.setContext(other);
  const pinned = { fingerprint: stranger.certificate.fingerprint() };
  const [a, b] = await Promise.all([
    SslSocket.connect(reach(listener, pinned)),
    listener.accept(),
  ]);
  await Promise.all([a.close(), b.close()]);
});

Deno.test("a stream of a third engine that ends without close_notify is truncated", async () => {
  await using p = await ends();
  await p.server.write(bytes("half"));
  await p.server.close({ noShutdown: true });
  const buffer = new Uint8Array(16);
  assertEquals(await p.client.read(buffer), 4);
  await assertRejects(() => p.client.read(buffer), SslTruncatedError);
});

Deno.test("stopSsl() over a third engine gives the plain connection back, with what was read ahead", async () => {
  await using p = await ends();
  const stopping = p.server.stopSsl().then(async (plain) => {
    await plain.write(bytes("plain"));
    return plain;
  });
  const plain = await p.client.stopSsl();
  const buffer = new Uint8Array(16);
  assertEquals(new TextDecoder().decode(buffer.subarray(0, (await plain.read(buffer))!)), "plain");
  (await stopping).close();
  plain.close();
});

Deno.test("start() runs a third engine over a pair of streams", async () => {
  const pipe = () => new TransformStream<Uint8Array>({}, {}, { highWaterMark: 16 });
  const [up, down] = [pipe(), pipe()];
  const [a, b] = await Promise.all([
    SslSocket.start({ readable: down.readable, writable: up.writable }, {
      reuseCtx: clientContext,
      serverName: "localhost",
    }),
    SslSocket.start({ readable: up.readable, writable: down.writable }, {
      reuseCtx: serverContext,
      server: true,
    }),
  ]);
  await a.write(bytes("hello"));
  const buffer = new Uint8Array(16);
  assertEquals(await b.read(buffer), 5);
  await Promise.all([a.close(), b.close()]);
});

Deno.test("what a third engine does not declare is refused by name", async () => {
  const refused: [Role, SslOptions, string][] = [
    ["client", { ciphersuites: "TLS_AES_128_GCM_SHA256" }, "ciphersuites"],
    ["client", { keylog: () => {} }, "keylog"],
    ["server", { cert, key, alpnProtocols: ["h2"] }, "alpnProtocols"],
    ["server", { cert, key, verifyMode: 1, clientCa: ca.pem }, "clientCa"],
  ];
  for (const [role, options, name] of refused) {
    await assertRejects(() => context(role, options), SslUnsupportedError, name);
  }
  await using p = await ends();
  assertThrows(() => p.client.getCipher(), SslUnsupportedError, "getCipher()");
  assertThrows(() => p.client.exportKeyingMaterial("x", 1), SslUnsupportedError);
});
