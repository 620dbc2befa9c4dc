/** What Deno's own TLS cannot do is refused by name, with the way out; nothing is ignored. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { encryptedKeyPem } from "../../certificate/keys/decode.ts";
import { keyCreateEc, keyCreateRsa } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { denoEngine } from "../../engine/deno/engine.ts";
import { type Feature, featuresOf } from "../../engine/features.ts";
import { BufferedTransport, streamTransport } from "../../engine/transport.ts";
import type { ByteTransport, ContextConfig, ContextHooks, Engine } from "../../engine/engine.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import {
  bytes,
  clientContext,
  config,
  connect,
  credential,
  HOST,
  listen,
  pair,
  params,
  pki,
  readExactly,
  serveOne,
  serverContext,
} from "./harness.ts";

const der = new Uint8Array([48, 0]);
const trust = { anchors: undefined, extra: [], crls: [], checkCrl: "none" } as const;
const noop = (): undefined => undefined;

const REFUSED: [option: string, feature: Feature | undefined, Partial<ContextConfig>][] = [
  ["version", "versions", { versions: new Set([0x0304] as const) }],
  ["version", "versions", { versions: new Set([0x0303] as const) }],
  ["version", "versions", { versions: new Set([0x0302, 0x0303, 0x0304] as const) }],
  ["version", "versions", { versions: new Set([0x0302, 0x0303] as const) }],
  ["cipherList", "ciphers", { cipherList: "HIGH" }],
  ["cipherList", "ciphers", { cipherList: "" }],
  ["ciphersuites", "ciphers", { ciphersuites: "TLS_AES_128_GCM_SHA256" }],
  ["ecdhCurve", "ciphers", { groups: "P-256" }],
  ["ecdhCurve", "ciphers", { noEcdh: true }],
  ["sigalgs", "ciphers", { sigalgs: "RSA+SHA256" }],
  ["dh", "ciphers", { dh: der }],
  ["ca", "ownAnchors", { trust: { ...trust, anchors: [der] } }],
  ["ca", "ownAnchors", { trust: { ...trust, anchors: [] } }],
  ["crl", "crl", { trust: { ...trust, crls: [der] } }],
  ["checkCrl", "crl", { trust: { ...trust, checkCrl: "leaf" } }],
  ["checkCrl", "crl", { trust: { ...trust, checkCrl: "chain" } }],
  ["verifyMode", "verifyNone", { verifyMode: 0 }],
  ["verifyMode", "requestClientCertificate", { role: "server", verifyMode: 1 }],
  ["verifyMode", "requestClientCertificate", { role: "server", verifyMode: 3 }],
  ["clientCa", "requestClientCertificate", { role: "server", clientCa: [der] }],
  ["npnProtocols", "npn", { npn: ["x"] }],
  ["ocspMode", "ocsp", { requestOcsp: true }],
  ["sessionIdContext", "sessionIdContext", { role: "server", sessionIdContext: der }],
  ["sessionCache", "sessions", { sessions: true }],
  ["psk", "psk", { psk: true }],
  ["modeReleaseBuffers", "releaseBuffers", { releaseBuffers: true }],
  ["verifyCallback", "verifyCallback", { hooks: { verifyEach: () => true } }],
  ["sniCallback", "sniCallback", { role: "server", hooks: { selectContext: noop } }],
  ["sessionCache", "sessions", { hooks: { newSession: noop } }],
  ["ticketKeycb", "ticketKeys", { role: "server", hooks: { ticketKey: noop } }],
  ["ocspMode", "ocsp", { hooks: { ocsp: noop } }],
  ["ocspStaple", "ocsp", { role: "server", hooks: { ocspStaple: noop } }],
  ["psk", "psk", { hooks: { psk: noop } }],
  ["msgCallback", "msgCallback", { hooks: { message: noop } }],
  ["keylog", "keylog", { hooks: { keylog: noop } }],
  ["the hook fromTheFuture", undefined, { hooks: { fromTheFuture: noop } as ContextHooks }],
];

Deno.test("Deno engine refuses what it cannot honour, by name and with the remedy", async () => {
  const { server } = await pki();
  for (const [option, feature, more] of REFUSED) {
    const credentials = more.role === "server" ? [credential(server)] : [];
    const error = await assertRejects(
      () => denoEngine().createContext(config({ credentials, ...more })),
      SslUnsupportedError,
      option,
    );
    assert(error.message.includes(`--allow-ffi to use the engine "openssl"`), error.message);
    assertEquals(error.code, "ERR_UNSUPPORTED");
    if (feature === undefined) continue;
    assert(error.message.includes(`lacks ${feature}:`), error.message);
    assert(!denoEngine().features.has(feature), feature);
  }
});

Deno.test("Deno engine names the remedies that are nearer than OpenSSL", async () => {
  const refused = (more: Partial<ContextConfig>) =>
    assertRejects(() => denoEngine().createContext(config(more)), SslUnsupportedError);
  assert((await refused({ verifyMode: 0 })).message.includes(
    "--unsafely-ignore-certificate-errors",
  ));
  assert((await refused({ trust: { ...trust, anchors: [der] } })).message.includes("extraCa"));
});

Deno.test("Deno engine takes every configuration at its default", async () => {
  const { ca } = await pki();
  const own = { credentials: [credential(await ca.client("x"))] };
  assertEquals((await denoEngine().createContext(config(own))).role, "client");
  for (const client of [{}, { dh: null }]) {
    using ends = await pair({ client });
    assertEquals(await ends.client.write(bytes("taken")), 5);
    assertEquals(await readExactly(ends.server, 5), bytes("taken"));
  }
});

Deno.test("Deno engine refuses several certificates, and a server without one", async () => {
  const { server } = await pki();
  const credentials = [credential(server), credential(server)];
  for (const role of ["server", "client"] as const) {
    await assertRejects(
      () => denoEngine().createContext(config({ role, credentials })),
      SslUnsupportedError,
      "lacks multiCert",
    );
  }
  await assertRejects(() => serverContext({ credentials: [] }), TypeError, "needs a certificate");
});

Deno.test("Deno engine refuses ALPN names that have no wire form", async () => {
  for (const name of ["", "x".repeat(256), "é".repeat(128)]) {
    await assertRejects(() => clientContext({ alpn: ["h2", name] }), TypeError, "1 to 255 bytes");
  }
  await clientContext({ alpn: ["x".repeat(255)] });
});

Deno.test("Deno engine reads keys of every format before Deno sees them", async () => {
  const { ca } = await pki();
  const certificate = await ca.server();
  const base = credential(certificate);
  const encrypted = bytes(encryptedKeyPem(certificate.privateKey, "secret", 1000));
  const sec1 = new Uint8Array(
    certificate.privateKey.keyObject.export({ type: "sec1", format: "der" }) as Uint8Array,
  );
  const source = "server.key";
  for (
    const key of [
      { data: certificate.privateKey.der, format: "der", source },
      { data: sec1, format: "der", source },
      { data: encrypted, format: "pem", password: "secret", source },
    ] as const
  ) {
    using listening = await listen({ credentials: [{ ...base, key }] });
    const accepting = listening.listener.accept(listening.context, undefined);
    const client = await (await clientContext()).dial(listening.target, params());
    const serving = serveOne(accepting, () => Promise.resolve());
    await client.handshake();
    client.close();
    assertEquals(await serving, undefined);
  }
  const wrong = { data: encrypted, format: "pem", source } as const;
  const missing = await assertRejects(
    () => serverContext({ credentials: [{ ...base, key: wrong }] }),
    SslError,
    source,
  );
  assertEquals(missing.code, "PASSWORD_REQUIRED");
  const bad = await assertRejects(
    () => serverContext({ credentials: [{ ...base, key: { ...wrong, password: "x" } }] }),
    SslError,
    source,
  );
  assertEquals(bad.code, "BAD_DECRYPT");
});

Deno.test("Deno engine refuses a certificate and a key that do not belong together", async () => {
  const { ca, server } = await pki();
  const other = await ca.server();
  for (const role of ["client", "server"] as const) {
    const error = await assertRejects(
      () =>
        denoEngine().createContext(config({
          role,
          credentials: [{
            chain: [server.certificate.der],
            key: credential(other).key,
            source: "a.pem",
          }],
        })),
      SslError,
      "a.pem",
    );
    assertEquals(error.code, "KEY_VALUES_MISMATCH");
  }
  await assertRejects(
    () => serverContext({ credentials: [{ ...credential(server), chain: [] }] }),
    SslError,
    "holds no certificate",
  );
});

Deno.test("Deno engine refuses kinds of keys that Deno refuses, before anything listens", async () => {
  const { ca } = await pki();
  for (const privateKey of [await keyCreateRsa(1024), await keyCreateEc("secp256k1")]) {
    const certificate = await ca.server({ privateKey });
    const error = await assertRejects(
      () => serverContext({ credentials: [credential(certificate)] }),
      SslUnsupportedError,
      "Deno's TLS refuses",
    );
    assert(error.message.includes("--allow-ffi"), error.message);
  }
});

Deno.test("Deno engine names the certificate that it cannot listen with", async () => {
  const ca = await TestCa.create();
  const critical = await ca.server({
    extensions: [{ oid: "1.2.3.4.5", critical: true, value: new Uint8Array([5, 0]) }],
  });
  const error = await assertRejects(
    () => listen({ credentials: [{ ...credential(critical), source: "odd.pem" }] }),
    SslError,
    "odd.pem",
  );
  assertEquals(error.code, "ERR_CERTIFICATE");
});

Deno.test("EngineContext.start() takes a Deno.TcpConn and nothing else", async () => {
  using listening = await listen();
  const context = await clientContext();
  const path = await Deno.makeTempFile();
  await Deno.remove(path);
  const unixListener = Deno.listen({ transport: "unix", path });
  const unix = await Deno.connect({ transport: "unix", path });
  const unixPeer = await unixListener.accept();
  const tcp = await connect(listening.listener.addr);
  const accepting = listening.listener.accept(listening.context, undefined);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stream = streamTransport({ readable, writable });
  class Conn {
    get remoteAddr(): Deno.Addr {
      return tcp.remoteAddr;
    }
  }
  class TcpConn extends Conn {
    setNoDelay() {}
    read = (p: Uint8Array) => tcp.read(p);
    write = (p: Uint8Array) => tcp.write(p);
    close() {}
  }
  for (
    const transport of [
      unix,
      stream,
      new (class TcpConn extends Map {})() as unknown as ByteTransport,
      Object.create(tcp),
      new BufferedTransport(tcp, bytes("x")),
    ]
  ) {
    const error = assertThrows(
      () => context.start(transport, params()),
      SslUnsupportedError,
      "lacks anyTransport",
    );
    assert(error.message.includes("--allow-ffi"), error.message);
  }
  await assertRejects(
    () => context.dial({ transport: "unix", path }, params()),
    SslUnsupportedError,
    path,
  );
  // As good a forgery as one could make: Deno itself refuses it.
  const forged = context.start(new TcpConn(), params());
  await assertRejects(() => forged.handshake(), SslUnsupportedError, "lacks anyTransport");
  stream.close();
  for (const conn of [unix, unixPeer, unixListener]) conn.close();
  // The same connection goes on unharmed.
  const client = context.start(tcp, params());
  const serving = serveOne(accepting, () => Promise.resolve());
  await client.handshake();
  client.close();
  assertEquals(await serving, undefined);
});

Deno.test("EngineContext.start() refuses the server's side, and sessions", async () => {
  using listening = await listen();
  const tcp = await connect(listening.listener.addr);
  const accepting = listening.listener.accept(listening.context, undefined);
  assertThrows(() => listening.context.start(tcp, params()), SslUnsupportedError, "startServer");
  const context = await clientContext();
  assertThrows(
    () => context.start(tcp, params("localhost", { session: der })),
    SslUnsupportedError,
    "lacks sessions",
  );
  tcp.close();
  (await accepting).close();
  await assertRejects(() => listening.context.dial(listening.target, params()), TypeError);
});

Deno.test("EngineContext.start() gives the connection back until the handshake begins", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const tcp = await connect(listener.addr);
  const peer = await listener.accept();
  listener.close();
  const stream = (await clientContext()).start(tcp, params());
  assertEquals({ ...stream.remoteAddr }, { ...tcp.remoteAddr });
  assertStrictEquals(stream.release(), tcp);
  assertThrows(() => stream.release(), SslUnsupportedError, "stopTls");
  await assertRejects(() => stream.handshake(), SslError, "closed");
  stream.close();
  await tcp.write(bytes("plain"));
  assertEquals(await peer.read(new Uint8Array(9)), 5);
  tcp.close();
  peer.close();
});

Deno.test("EngineContext.start() over a closed connection is an error of the library", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const tcp = await connect(listener.addr);
  (await listener.accept()).close();
  listener.close();
  tcp.close();
  const stream = (await clientContext()).start(tcp, params());
  const error = await assertRejects(() => stream.handshake(), SslError, "is closed");
  assertEquals(error.code, "ECLOSED");
});

Deno.test("DenoListener accepts with its own context only, and no plain connections", async () => {
  using listening = await listen();
  const error = await assertRejects(
    async () => listening.listener.accept(await serverContext(), undefined),
    SslUnsupportedError,
    "lacks hotSwap",
  );
  assert(error.message.includes("--allow-ffi"));
  await assertRejects(() => listening.listener.acceptPlain(), SslUnsupportedError, "acceptPlain");
  const target = { hostname: HOST, port: 0, backlog: 5 };
  const client = await clientContext();
  assertThrows(() => denoEngine().listen(target, client), TypeError, "made for a client");
  assertThrows(
    () => denoEngine().listen(target, {} as Parameters<Engine["listen"]>[1]),
    TypeError,
    "another engine",
  );
  listening.listener.unref();
  listening.listener.ref();
  const { port } = listening.listener.addr as Deno.NetAddr;
  const inUse = assertThrows(
    () => denoEngine().listen({ ...target, port }, listening.context),
    SslError,
    `${HOST}:${port}`,
  );
  assertEquals(inUse.code, "EADDRINUSE");
});

Deno.test("denoEngine() declares its features", () => {
  const engine = denoEngine();
  assertStrictEquals(denoEngine(), engine);
  const { name, version, path, features } = engine.info();
  assertEquals([name, version, path], ["deno", `Deno ${Deno.version.deno}`, undefined]);
  // What is known at run time only is there as a whole, or not at all.
  const maybe = featuresOf("deno", "maybe");
  const known = features.intersection(maybe);
  assertEquals(features.difference(maybe), featuresOf("deno"));
  assertEquals(known, features.has("peerCertificate") ? maybe : new Set());
});
