/**
 * Every option with values as programs give them, and what becomes of it on the engines that
 * cannot do everything: Deno's own TLS, and OpenSSL without callbacks ("openssl-narrow").
 */

import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import type { SslOptions } from "../../context/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import type { OptionName } from "../../context/option_table.ts";
import type { Role } from "../../engine/engine.ts";
import { SslSocket } from "../../socket/socket.ts";
import { OcspCache } from "../../verify/ocsp/cache.ts";
import { PublicSuffix } from "../../verify/public_suffix.ts";

const dir = new URL("../testdata/credentials/", import.meta.url);
export const ca = await TestCa.create();
export const leaf = await ca.server("localhost", "127.0.0.1", "server.example");
export const PAIR = { cert: leaf.cert, key: leaf.key };
const pin = leaf.certificate.fingerprint();
const noop = (): undefined => undefined;

/**
 * What becomes of it. `"if shown"`: it works where the runtime shows the peer's certificate;
 * `"if asked by name"`: where it asks for a certificate by name.
 */
export type Fate = "works" | "throws" | "if shown" | "if asked by name";

/** One value of an option. */
export interface OptionCase {
  /** With what belongs to it. */
  readonly options: SslOptions & Record<string, unknown>;
  /** Of which side. */
  readonly role: Role;
  /** On Deno's own TLS. */
  readonly deno: Fate;
  /** On OpenSSL without callbacks. */
  readonly narrow: Fate;
  /** Where the option belongs to one operation: judged by the socket, not the context. */
  readonly operation?: "connect" | "start" | "listen";
}

type Row = readonly [
  role: Role,
  options: SslOptions & Record<string, unknown>,
  deno: Fate,
  narrow: Fate,
  operation?: "connect" | "start" | "listen",
];

const [W, X, S, N] = ["works", "throws", "if shown", "if asked by name"] as const;

/** By option. An option of one side stands under that side. */
const ROWS: Readonly<Record<OptionName, readonly Row[]>> = {
  engine: [["client", {}, W, W]],
  serverName: [["client", { serverName: "localhost" }, W, W]],
  verifycnScheme: [
    ["client", { verifycnScheme: "rfc9525" }, W, W],
    ["client", { verifycnScheme: "none" }, W, W],
    ["client", { verifycnScheme: "http" }, S, W],
    ["client", { verifycnScheme: { checkCn: "always" } }, S, W],
  ],
  verifycnName: [
    ["client", { serverName: "localhost", verifycnName: "localhost" }, W, W],
    ["client", { serverName: "localhost", verifycnName: "server.example" }, X, W],
  ],
  verifycnPublicsuffix: [
    ["client", { verifycnPublicsuffix: "" }, S, W],
    ["client", { verifycnPublicsuffix: PublicSuffix.fromString("com") }, S, W],
  ],
  verifyMode: [
    ["client", { verifyMode: 1 }, W, W],
    ["client", { verifyMode: 0 }, X, W],
    ["server", { verifyMode: 0 }, W, W],
    ...([1, 3, 5, 7].map((verifyMode): Row => ["server", { verifyMode, ca: ca.pem }, X, W])),
  ],
  ca: [["client", { ca: ca.pem }, X, W], ["client", { ca: [] }, X, W], [
    "client",
    { ca: null },
    X,
    W,
  ]],
  caFile: [
    ["client", { caFile: new URL("rsa.cert.pem", dir) }, X, W],
    ["client", { caFile: null }, X, W],
    ["client", { caFile: "" }, W, W],
  ],
  caPath: [
    ["client", { caPath: dir }, X, W],
    ["client", { caPath: null }, X, W],
    ["client", { caPath: "" }, W, W],
  ],
  extraCa: [["client", { extraCa: ca.pem }, W, W]],
  extraCaFile: [["client", { extraCaFile: new URL("ec.cert.pem", dir) }, W, W]],
  clientCa: [["server", { verifyMode: 3, clientCa: ca.pem }, X, W]],
  clientCaFile: [["server", { verifyMode: 3, clientCaFile: new URL("ec.cert.pem", dir) }, X, W]],
  fingerprint: [
    ["client", { fingerprint: pin }, X, W],
    ["client", { fingerprint: pin, forceFingerprint: true }, W, W],
  ],
  forceFingerprint: [["client", { fingerprint: pin, forceFingerprint: true }, W, W]],
  allowWeakPins: [[
    "client",
    {
      allowWeakPins: true,
      fingerprint: leaf.certificate.fingerprint("sha1"),
      forceFingerprint: true,
    },
    W,
    W,
  ]],
  checkCrl: [
    ["client", { checkCrl: true }, X, W],
    ["client", { checkCrl: "chain" }, X, W],
    ["client", { checkCrl: false }, W, W],
  ],
  crl: [["client", { crl: ca.crl() }, X, W]],
  crlFile: [["client", { crlFile: new URL("no.crl", dir) }, X, X]], // there is no such file
  verifyCallback: [["client", { verifyCallback: () => true }, X, X]],
  ocspMode: [
    ["client", { ocspMode: 2 }, X, X],
    ["client", { ocspMode: 16 }, X, X],
    ["client", { ocspMode: 1 }, W, W],
    ["client", { ocspMode: 0 }, W, W],
  ],
  ocspStapleCallback: [["client", { ocspStapleCallback: () => true }, X, X]],
  ocspCache: [["client", { ocspCache: new OcspCache() }, X, W]],
  ocspStaple: [
    ["server", { ocspStaple: new Uint8Array(1) }, X, X],
    ["server", { ocspStaple: () => new Uint8Array(1) }, X, X],
  ],
  cert: [
    ["server", { ...PAIR }, W, W],
    ["client", { ...PAIR }, W, W],
    ["server", { cert: { "": leaf.cert }, key: leaf.key }, W, W],
    ["server", { cert: { a: leaf.cert, "": leaf.cert }, key: leaf.key }, N, W],
    [
      "server",
      {
        cert: { "": leaf.cert, "%rsa": Deno.readTextFileSync(new URL("rsa.both.pem", dir)) },
        key: { "": leaf.key },
      },
      X,
      W,
    ],
  ],
  certFile: [
    ["server", { certFile: new URL("rsa.both.pem", dir), cert: undefined, key: undefined }, W, W],
    [
      "server",
      {
        ...{ cert: undefined, key: undefined },
        certFile: { a: new URL("rsa.both.pem", dir), "": new URL("rsa.both.pem", dir) },
      },
      N,
      W,
    ],
  ],
  key: [["server", { cert: leaf.certificate, key: leaf.privateKey }, W, W]],
  keyFile: [[
    "server",
    {
      ...{ cert: undefined, key: undefined },
      certFile: new URL("ec.cert.pem", dir),
      keyFile: new URL("ec.key.pem", dir),
    },
    W,
    W,
  ]],
  passwdCb: [["server", { passwdCb: () => "secret" }, W, W]],
  useCert: [["client", { ...PAIR, useCert: false }, W, W], [
    "client",
    { ...PAIR, useCert: true },
    W,
    W,
  ]],
  selfSigned: [["server", { cert: undefined, key: undefined, selfSigned: true }, W, W]],
  version: [
    ["client", { version: "SSLv23:!TLSv1:!TLSv1_1" }, W, W],
    ["client", { version: "TLSv1_3" }, X, W],
    ["server", { version: "TLSv1_2" }, X, W],
  ],
  minVersion: [["client", { minVersion: "TLSv1_2" }, W, W], [
    "client",
    { minVersion: "TLSv1_3" },
    X,
    W,
  ]],
  maxVersion: [["client", { maxVersion: "TLSv1_3" }, W, W], [
    "client",
    { maxVersion: "TLSv1_2" },
    X,
    W,
  ]],
  cipherList: [["client", { cipherList: "" }, X, W], ["client", { cipherList: "HIGH" }, X, W]],
  ciphersuites: [["server", { ciphersuites: "TLS_AES_128_GCM_SHA256" }, X, W]],
  honorCipherOrder: [["server", { honorCipherOrder: true }, X, W], [
    "server",
    { honorCipherOrder: false },
    X,
    W,
  ]],
  ecdhCurve: [
    ["client", { ecdhCurve: "auto" }, W, W],
    ["client", { ecdhCurve: "P-256" }, X, W],
    ["server", { ecdhCurve: null }, X, W],
  ],
  sigalgs: [["client", { sigalgs: "ECDSA+SHA256" }, X, W]],
  dh: [["server", { dh: null }, X, W], [
    "server",
    {
      dh: Deno.readTextFileSync(new URL("dh.pem", dir)),
    },
    X,
    W,
  ]],
  dhFile: [["server", { dhFile: new URL("dh.pem", dir) }, X, W]],
  alpnProtocols: [
    ["client", { alpnProtocols: ["h2"] }, W, W],
    ["server", { alpnProtocols: ["h2"] }, W, X],
    ["server", { alpnProtocols: [] }, W, W],
  ],
  npnProtocols: [["client", { npnProtocols: ["a"] }, X, X], [
    "server",
    { npnProtocols: ["a"] },
    X,
    X,
  ]],
  reuseCtx: [["client", { reuseCtx: {} as SslContext }, W, W, "connect"]], // made in the test
  psk: [
    ["client", { psk: "key" }, X, X],
    ["client", { psk: ["me", "key"] }, X, X],
    ["server", { psk: { "": "key" } }, X, X],
  ],
  sessionCacheSize: [["client", { sessionCacheSize: 5 }, X, X], [
    "client",
    { sessionCacheSize: 0 },
    W,
    W,
  ]],
  sessionCache: [["client", { sessionCache: new SessionCache(5) }, X, X]],
  sessionKey: [["client", { sessionKey: "key" }, X, X]],
  sessionIdContext: [["server", { sessionIdContext: "app" }, X, W]],
  ticketKeycb: [["server", { ticketKeycb: () => [] }, X, X]],
  sniCallback: [["server", { sniCallback: noop }, X, W]],
  clientHelloCallback: [["server", { clientHelloCallback: noop }, X, W]],
  createCtxCallback: [["client", { createCtxCallback: noop }, X, W]],
  msgCallback: [["client", { msgCallback: noop }, X, X]],
  debug: [
    ["client", { debug: 0 }, W, W],
    ["client", { debug: 1, trace: noop }, W, W],
    ["client", { debug: 2, trace: noop }, X, X],
    ["server", { debug: 3, trace: noop }, X, X],
  ],
  trace: [["client", { trace: noop, debug: 1 }, W, W], ["client", { trace: noop }, X, X]],
  modeReleaseBuffers: [["server", { modeReleaseBuffers: true }, X, W], [
    "client",
    { modeReleaseBuffers: false },
    W,
    W,
  ]],
  keylog: [["client", { keylog: noop }, X, X], ["server", { keylog: "env" }, X, X]],
  startHandshake: [
    ["client", { startHandshake: false }, W, W, "connect"],
    ["server", { startHandshake: false }, X, W, "listen"],
  ],
  keepSocketOnError: [["client", { keepSocketOnError: true }, X, W, "connect"], [
    "client",
    { keepSocketOnError: false },
    W,
    W,
    "connect",
  ]],
  errorTrap: [["client", { errorTrap: noop }, X, W, "connect"]],
  halfClose: [
    ["client", { halfClose: false }, W, W],
    ["server", { halfClose: false }, W, W],
    ["client", { halfClose: false }, W, W, "connect"],
  ],
  onPeerShutdown: [["client", { onPeerShutdown: noop }, W, W, "connect"]],
  allowTruncation: [["client", { allowTruncation: true }, W, W, "connect"]],
  timeout: [["client", { timeout: 5000 }, W, W, "connect"]],
  signal: [["client", { signal: new AbortController().signal }, W, W, "connect"]],
  socketClass: [["client", { socketClass: class extends SslSocket {} }, W, W, "connect"]],
  server: [["server", { server: true }, X, W, "start"]],
  hostname: [["client", { hostname: "127.0.0.1" }, W, W, "connect"]],
  port: [["server", { port: 0 }, W, W, "listen"]],
  transport: [["client", { transport: "tcp" }, W, W, "connect"]],
  path: [[
    "client",
    { transport: "unix", path: "/nowhere/socket", serverName: "localhost" },
    X,
    X,
    "connect",
  ]],
  family: [["client", { family: 4, hostname: "localhost" }, W, W, "connect"], [
    "server",
    { family: 4 },
    W,
    W,
    "listen",
  ]],
  backlog: [["server", { backlog: 5 }, W, W, "listen"]],
  handshakeTimeout: [["server", { handshakeTimeout: 5000 }, W, W, "listen"]],
  maxHandshakes: [["server", { maxHandshakes: 5 }, W, W, "listen"]],
  onHandshakeError: [["server", { onHandshakeError: noop }, W, W, "listen"]],
  onError: [["server", { onError: noop }, W, W, "listen"]],
};

/** Every option with its cases. */
export const CASES: ReadonlyMap<string, readonly OptionCase[]> = new Map(
  Object.entries(ROWS).map(([name, rows]) => [
    name,
    rows.map(([role, options, deno, narrow, operation]) => ({
      ...{ role, options, deno, narrow },
      ...(operation === undefined ? {} : { operation }),
    })),
  ]),
);

/** A context to reuse, of Deno's engine. */
export const shared = (): Promise<SslContext> =>
  SslContext.create({ engine: "deno", extraCa: ca.pem });
