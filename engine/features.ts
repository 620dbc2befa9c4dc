/**
 * What each engine can do: the one table behind the selection, the `can*()`
 * methods, the errors, the skips of the tests and the table in the README.
 * tests/features/ holds every row against every engine.
 *
 * @module
 */

import type { SslUnsupportedError } from "../errors.ts";
import { unsupported, USE_FFI } from "../internal/unsupported.ts";

/**
 * The columns of the table. `openssl-narrow` is OpenSSL under `--allow-ffi=<path>`: no callbacks.
 */
export type FeatureColumn = "openssl" | "openssl-narrow" | "deno" | "wasm";

/** One row of the table. */
export interface FeatureRow {
  /** What it is, in words. */
  readonly text: string;
  /** Where it is there. */
  readonly on: readonly FeatureColumn[];
  /** Where that is known at run time only. */
  readonly maybe?: readonly FeatureColumn[];
}

const ALL = ["openssl", "openssl-narrow", "deno", "wasm"] as const;
const OPENSSL = ["openssl", "openssl-narrow", "wasm"] as const;
const FULL = ["openssl", "wasm"] as const;

/**
 * Every feature: what it is, and on which engines it is there.
 *
 * @category Engines
 */
export const FEATURES = {
  client: { text: "TLS client", on: ALL },
  server: { text: "TLS server", on: ALL },
  startClient: { text: "start TLS on an open connection, as client", on: ALL },
  startServer: { text: "start TLS on an open connection, as server", on: OPENSSL },
  stopTls: { text: "go back to plain text", on: OPENSSL },
  noShutdown: { text: "close without close_notify", on: OPENSSL },
  keepSocket: { text: "keep the connection when the handshake fails", on: OPENSSL },
  anyTransport: { text: "TLS over Unix sockets, streams and TLS", on: OPENSSL },
  ownAnchors: { text: "exactly the given anchors (ca, caFile, caPath)", on: OPENSSL },
  extraAnchors: { text: "extra anchors (extraCa, extraCaFile)", on: ALL },
  verifyNone: { text: "no verification (verifyMode NONE)", on: OPENSSL },
  clientCertificate: { text: "client certificate", on: ALL },
  clientCertificateOnStart: { text: "client certificate with start()", on: OPENSSL },
  requestClientCertificate: { text: "server asks for client certificates", on: OPENSSL },
  multiCert: { text: "certificates with several types of keys for one name", on: OPENSSL },
  peerCertificate: { text: "the peer's certificate", on: OPENSSL, maybe: ["deno"] },
  hostnameSchemes: {
    text: "host name schemes other than rfc9525",
    on: OPENSSL,
    maybe: ["deno"],
  },
  fingerprint: { text: "pins that replace the chain", on: OPENSSL },
  versions: { text: "choice of TLS versions", on: OPENSSL },
  ciphers: { text: "choice of ciphers, groups, signature algorithms", on: OPENSSL },
  negotiated: {
    text: "negotiated version, cipher, group, whether resumed",
    on: OPENSSL,
  },
  exporter: { text: "exported keying material", on: OPENSSL },
  finished: { text: "the Finished messages", on: OPENSSL },
  alpnClient: { text: "ALPN as client", on: ALL },
  alpnServer: { text: "ALPN as server", on: ["openssl", "deno", "wasm"] },
  sniClient: { text: "SNI as client", on: ALL },
  noSni: { text: "connect without SNI, or with another name", on: OPENSSL },
  sniServer: { text: "certificates by SNI name", on: OPENSSL, maybe: ["deno"] },
  sniCallback: { text: "the client's SNI name, and callbacks that choose by it", on: OPENSSL },
  hotSwap: { text: "change the server's context while it runs", on: OPENSSL },
  halfClose: { text: "closeWrite", on: ALL },
  crl: { text: "CRL checks", on: OPENSSL },
  verifyChain: { text: "verifyCertificate(), without a connection", on: OPENSSL },
  ocsp: { text: "stapled OCSP responses, as client and server", on: FULL },
  sessions: { text: "session cache of a client", on: FULL },
  sessionIdContext: { text: "session id context of a server", on: OPENSSL },
  ticketKeys: { text: "ticket keys of a server", on: FULL },
  psk: { text: "pre-shared keys", on: FULL },
  npn: { text: "NPN", on: FULL },
  keylog: { text: "key log", on: FULL },
  verifyCallback: { text: "verifyCallback", on: FULL },
  msgCallback: { text: "msgCallback and debug", on: FULL },
  nativeObjects: { text: "OpenSSL's own objects (ctxObject, sslObject)", on: OPENSSL },
  ocspResolver: { text: "OCSP requests for the peer's chain", on: OPENSSL },
  releaseBuffers: { text: "modeReleaseBuffers", on: OPENSSL },
  acceptPlain: { text: "accept plain connections on a listener", on: OPENSSL },
} as const satisfies Readonly<Record<string, FeatureRow>>;

/**
 * The name of a feature.
 *
 * @category Engines
 */
export type Feature = keyof typeof FEATURES;

/**
 * The features that an engine has.
 *
 * @category Engines
 */
export type FeatureSet = ReadonlySet<Feature>;

/** The features of one column of the table; `maybe` gives those that are known at run time only. */
export function featuresOf(column: FeatureColumn, where: "on" | "maybe" = "on"): FeatureSet {
  const rows = Object.entries(FEATURES) as [Feature, FeatureRow][];
  return new Set(rows.filter(([, row]) => row[where]?.includes(column)).map(([name]) => name));
}

/**
 * The error for a feature that an engine lacks. `what` asked for it: `option "psk"`, `stopSsl()`.
 */
export function lacking(
  engine: { readonly name: string },
  feature: Feature,
  what: string,
  remedy?: string,
): SslUnsupportedError {
  const { text, on }: FeatureRow = FEATURES[feature];
  const way = on.includes("wasm") || engine.name === "openssl" ? remedy : USE_FFI;
  return unsupported(engine, what, `it lacks ${feature}: ${text}`, way);
}

/**
 * Refuses what needs a feature that the engine lacks.
 *
 * @throws {SslUnsupportedError} as {@linkcode lacking}
 */
export function requireFeature(
  engine: { readonly name: string; readonly features: FeatureSet },
  feature: Feature,
  what: string,
  remedy?: string,
): void {
  if (!engine.features.has(feature)) throw lacking(engine, feature, what, remedy);
}
