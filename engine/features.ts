/**
 * What each engine can do: the one table behind the selection, the `can*()`
 * methods, the errors, the skips of the tests and the table in the README.
 *
 * @module
 */

/** The columns of the table. `openssl-narrow` is OpenSSL under `--allow-ffi=<path>`: no callbacks. */
export type FeatureColumn = "openssl" | "openssl-narrow" | "deno";

interface FeatureRow {
  readonly text: string;
  readonly on: readonly FeatureColumn[];
}

const ALL = ["openssl", "openssl-narrow", "deno"] as const;
const OPENSSL = ["openssl", "openssl-narrow"] as const;
const FULL = ["openssl"] as const;

/** Every feature: what it is, and on which engines it is there. */
export const FEATURES = {
  client: { text: "TLS client", on: ALL },
  server: { text: "TLS server", on: ALL },
  startClient: { text: "start TLS on an open connection, as client", on: ALL },
  startServer: { text: "start TLS on an open connection, as server", on: OPENSSL },
  stopTls: { text: "go back to plain text", on: OPENSSL },
  anyTransport: { text: "TLS over Unix sockets, streams and TLS", on: OPENSSL },
  ownAnchors: { text: "exactly the given anchors (ca, caFile, caPath)", on: OPENSSL },
  extraAnchors: { text: "extra anchors (extraCa, extraCaFile)", on: ALL },
  verifyNone: { text: "no verification (verifyMode NONE)", on: OPENSSL },
  clientCertificate: { text: "client certificate", on: ALL },
  clientCertificateOnStart: { text: "client certificate with start()", on: OPENSSL },
  requestClientCertificate: { text: "server asks for client certificates", on: OPENSSL },
  peerCertificate: { text: "the peer's certificate", on: OPENSSL },
  hostnameSchemes: { text: "host name schemes other than rfc9525", on: OPENSSL },
  fingerprint: { text: "pins that replace the chain", on: OPENSSL },
  versions: { text: "choice of TLS versions", on: OPENSSL },
  ciphers: { text: "choice of ciphers, groups, signature algorithms", on: OPENSSL },
  negotiated: { text: "negotiated version, cipher, Finished, exporter", on: OPENSSL },
  alpnClient: { text: "ALPN as client", on: ALL },
  alpnServer: { text: "ALPN as server", on: ["openssl", "deno"] },
  sniClient: { text: "SNI as client", on: ALL },
  noSni: { text: "connect without SNI, or with another name", on: OPENSSL },
  sniServer: { text: "certificates by SNI name", on: OPENSSL },
  hotSwap: { text: "change the server's context while it runs", on: OPENSSL },
  halfClose: { text: "closeWrite", on: ALL },
  crl: { text: "CRL checks", on: OPENSSL },
  ocsp: { text: "OCSP stapling and checks", on: OPENSSL },
  sessions: { text: "session cache and resumption", on: OPENSSL },
  psk: { text: "pre-shared keys", on: FULL },
  npn: { text: "NPN", on: FULL },
  keylog: { text: "key log", on: FULL },
  verifyCallback: { text: "verifyCallback", on: FULL },
  acceptPlain: { text: "accept plain connections on a listener", on: OPENSSL },
} as const satisfies Record<string, FeatureRow>;

/** The name of a feature. */
export type Feature = keyof typeof FEATURES;

/** The features that an engine has. */
export type FeatureSet = ReadonlySet<Feature>;

/** The features of one column of the table. */
export function featuresOf(column: FeatureColumn): FeatureSet {
  const names = Object.keys(FEATURES) as Feature[];
  return new Set(
    names.filter((f) => (FEATURES[f].on as readonly FeatureColumn[]).includes(column)),
  );
}
