/**
 * The run-time half of context/options.ts: where every option may stand, what it belongs to, and how
 * its value is checked. The compiler holds the two halves together: a new option is a member there
 * and a row here. Pure.
 *
 * @module
 */

import { SSL_VERIFY_PEER } from "../constants.ts";
import * as is from "./option_values.ts";
import type { Check } from "./option_values.ts";
import { ownRecord } from "../internal/own_options.ts";
import { DefaultCa } from "./trust/default_ca.ts";
import type { ContextOptions, SslOptions } from "./options.ts";

/** The operations that take options. */
export type OptionKind = "connect" | "start" | "listen" | "context" | "close";

/**
 * What an option is part of: the engine's context, which many connections
 * share; the judgement of one connection, for which a context only has the
 * default; or the one operation.
 */
export type OptionScope = "context" | "connection" | "operation";

export interface OptionRow {
  /** The operations that take it. */
  readonly kinds: readonly OptionKind[];
  /** What it is part of. */
  readonly scope: OptionScope;
  /** Checks a value that is not `undefined`. */
  readonly check: Check;
  /** Gives the value that a checked value stands for, if that is another one. */
  readonly resolve?: (value: unknown) => unknown;
  /** True when the value must never appear in a message. */
  readonly secret?: true;
}

export type OptionName = keyof SslOptions | keyof ContextOptions | SocketOption;

/** The further options of sockets and listeners, which `socket/options.ts` explains. */
type SocketOption =
  | "onPeerShutdown"
  | "server"
  | "hostname"
  | "port"
  | "transport"
  | "path"
  | "family"
  | "backlog"
  | "handshakeTimeout"
  | "maxHandshakes"
  | "onHandshakeError"
  | "onError";

const TLS = ["connect", "start", "listen", "context"] as const;
const OPERATIONS = ["connect", "start", "listen"] as const;
const SERVERS = ["start", "listen", "context"] as const;
const CLIENTS = ["connect", "start", "context"] as const;

const context = (check: Check): OptionRow => ({ kinds: TLS, scope: "context", check });
const secret = (check: Check): OptionRow => ({ kinds: TLS, scope: "context", check, secret: true });
/** What only a client, or only a server, can use. */
const ofServer = (check: Check): OptionRow => ({ kinds: SERVERS, scope: "context", check });
const ofClient = (check: Check): OptionRow => ({ kinds: CLIENTS, scope: "context", check });
const connection = (check: Check): OptionRow => ({ kinds: TLS, scope: "connection", check });
const operation = (kinds: readonly OptionKind[], check: Check): OptionRow => ({
  kinds,
  scope: "operation",
  check,
});

const caFile: Check = is.anyOf(
  `must be a path, a file: URL, defaultCa(), or null for no anchors`,
  is.path,
  (v) => v === "" || v === null || v instanceof DefaultCa ? undefined : "no",
);
const caPath: Check = is.anyOf(
  "must be a path, a list of paths, or null for no anchors",
  is.path,
  is.listOf(is.path, "", 1),
  (v) => v === "" || v === null ? undefined : "no",
);
const scheme: Check = is.anyOf(
  `must be the name of a scheme or an object with its rules`,
  is.filled,
  (v) => is.isRecord(v) ? undefined : "no",
);
const publicSuffix: Check = is.anyOf(
  `must be a PublicSuffix, or "" for none`,
  (v) => v === "" ? undefined : "no",
  (v) =>
    typeof v === "object" && v !== null && "publicSuffix" in v &&
      typeof v.publicSuffix === "function"
      ? undefined
      : "no",
);
const reuse: Check = (value) =>
  typeof value === "object" && value !== null ? undefined : "must be an SslContext or a socket";
const signal: Check = (value) =>
  value instanceof AbortSignal ? undefined : "must be an AbortSignal";
const port: Check = is.anyOf(
  "must be a port number from 0 to 65535 or the name of a service",
  is.integer(0, 65535),
  is.filled,
);
const names: Check = is.anyOf(
  "must be true, a host name or a list of host names",
  is.boolean,
  is.string,
  is.listOf(is.string, "", 1),
);
const pins: Check = is.anyOf(
  "must be a fingerprint or a list of at least one",
  is.filled,
  is.listOf(is.string, "", 1),
);
const idContext: Check = (value) => {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    return "must be a string or a Uint8Array";
  }
  const { length } = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return length >= 1 && length <= 32 ? undefined : "must have 1 to 32 bytes";
};

const ticketKeycb: Check = (value) => {
  const callback = Array.isArray(value) && value.length <= 2 ? value[0] : value;
  return typeof callback === "function" ? undefined : "must be a function or [function, data]";
};
const staple: Check = is.anyOf("must be a Uint8Array or a function", is.bytes, is.callback);
const writer: Check = is.anyOf(
  "must be a function, an object with write(text), or a WritableStream of text",
  is.callback,
  is.hasMethods("", "write"),
  is.hasMethods("", "getWriter"),
);

/**
 * OpenSSL's client verifies with any flag, but its server does not even ask for a certificate without
 * SSL_VERIFY_PEER. So any flag includes that one.
 */
const withPeer = (mode: unknown): unknown => mode === 0 ? 0 : (mode as number) | SSL_VERIFY_PEER;

export const OPTIONS: Readonly<Record<OptionName, OptionRow>> = {
  engine: context(is.oneOf("auto", "openssl", "deno", "wasm")),
  serverName: { kinds: CLIENTS, scope: "connection", check: is.serverName },
  verifycnScheme: connection(scheme),
  verifycnName: connection(is.string),
  verifycnPublicsuffix: connection(publicSuffix),
  verifyMode: { ...context(is.verifyMode), resolve: withPeer },
  ca: context(is.nullable(is.certificates)),
  caFile: context(caFile),
  caPath: context(caPath),
  extraCa: context(is.certificates),
  extraCaFile: context(is.path),
  clientCa: ofServer(is.someCertificates),
  clientCaFile: ofServer(is.path),
  fingerprint: connection(pins),
  forceFingerprint: connection(is.boolean),
  allowWeakPins: connection(is.boolean),
  checkCrl: context(is.oneOf(true, false, "leaf", "chain")),
  crl: context(is.materials),
  crlFile: context(is.path),
  verifyCallback: context(is.callback),
  ocspMode: ofClient(is.integer(0, 31)),
  ocspStapleCallback: ofClient(is.callback),
  ocspCache: ofClient(is.hasMethods("must be an OcspCache, or have put and get", "put", "get")),
  ocspStaple: ofServer(is.perName(staple)),
  cert: secret(is.perName(is.someCertificates)),
  certFile: context(is.perName(is.path)),
  key: secret(is.perName(is.key)),
  keyFile: context(is.perName(is.path)),
  passwdCb: secret(is.callback),
  useCert: context(is.boolean),
  selfSigned: ofServer(names),
  version: context(is.string),
  minVersion: context(is.string),
  maxVersion: context(is.string),
  cipherList: context(is.perName(is.string)),
  ciphersuites: context(is.perName(is.string)),
  honorCipherOrder: context(is.boolean),
  ecdhCurve: context(is.nullable(is.string)),
  sigalgs: context(is.string),
  dh: context(is.nullable(is.material)),
  dhFile: context(is.nullable(is.path)),
  alpnProtocols: context(is.protocols),
  npnProtocols: context(is.protocols),
  reuseCtx: operation(OPERATIONS, reuse),
  psk: secret(is.psk),
  sessionCacheSize: ofClient(is.integer(0)),
  sessionCache: ofClient(
    is.hasMethods(
      "must be a SessionCache, or have addSession, getSession and delSession",
      "addSession",
      "getSession",
      "delSession",
    ),
  ),
  sessionKey: { kinds: CLIENTS, scope: "connection", check: is.filled },
  sessionIdContext: ofServer(idContext),
  ticketKeycb: ofServer(ticketKeycb),
  sniCallback: ofServer(is.callback),
  clientHelloCallback: ofServer(is.callback),
  createCtxCallback: context(is.callback),
  msgCallback: context(is.callback),
  debug: context(is.oneOf(0, 1, 2, 3)),
  trace: context(writer),
  modeReleaseBuffers: context(is.boolean),
  keylog: context(
    is.anyOf(`must be a function or "env"`, is.callback, is.oneOf("env")),
  ),
  startHandshake: operation(OPERATIONS, is.boolean),
  keepSocketOnError: operation(OPERATIONS, is.boolean),
  errorTrap: operation(OPERATIONS, is.callback),
  halfClose: connection(is.boolean),
  onPeerShutdown: operation(OPERATIONS, is.callback),
  allowTruncation: operation(OPERATIONS, is.boolean),
  timeout: operation(OPERATIONS, is.milliseconds),
  signal: operation(OPERATIONS, signal),
  socketClass: operation(OPERATIONS, is.callback),
  server: operation(["start", "context"], is.boolean),
  hostname: operation(OPERATIONS, is.string),
  port: operation(["connect", "listen"], port),
  transport: operation(["connect"], is.oneOf("tcp", "unix")),
  path: operation(["connect"], is.string),
  family: operation(["connect", "listen"], is.oneOf(4, 6)),
  backlog: operation(["listen"], is.integer(1)),
  handshakeTimeout: operation(["listen"], is.milliseconds),
  maxHandshakes: operation(["listen"], is.integer(1)),
  onHandshakeError: operation(["listen"], is.callback),
  onError: operation(["listen"], is.callback),
};

/** The options of `close()` and `stopSsl()`. */
export const CLOSE_OPTIONS: Readonly<Record<string, OptionRow>> = {
  noShutdown: operation(["close"], is.boolean),
  fastShutdown: operation(["close"], is.boolean),
  timeout: operation(["close"], is.milliseconds),
};

/** Options that Deno makes impossible: name -> why, and what to do instead. */
export const IMPOSSIBLE: Readonly<Record<string, string>> = {
  localAddress: "Deno.connect cannot bind the local end: leave it out, routing chooses the address",
  localPort: "Deno.connect cannot bind the local end: leave it out, the system chooses a free port",
};

/** The row of an option, from either table. */
export function optionRow(kind: OptionKind | undefined, name: string): OptionRow | undefined {
  const table = tableOf(kind);
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The table that an operation's options are in. */
export function tableOf(kind: OptionKind | undefined): Readonly<Record<string, OptionRow>> {
  return kind === "close" ? CLOSE_OPTIONS : OPTIONS;
}

/** Options whose values are lists, records and bytes, which may be changed later. */
const DATA: ReadonlySet<string> = new Set<OptionName>([
  ...["ca", "caPath", "extraCa", "clientCa", "crl", "fingerprint", "verifycnScheme"] as const,
  ...["cert", "certFile", "key", "keyFile", "selfSigned", "psk", "dh", "sessionIdContext"] as const,
  ...["alpnProtocols", "npnProtocols", "cipherList", "ciphersuites"] as const,
]);

/** The longest value in bytes: the longest lists of anchors have a few megabytes. */
const LONGEST = 1 << 26;

function frozen(value: unknown): unknown {
  if ((typeof value === "string" || value instanceof Uint8Array) && value.length > LONGEST) {
    throw new RangeError(`Cannot use options: a value must have at most ${LONGEST} bytes`);
  }
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  if (!is.isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, frozen(member)]);
  return Object.freeze(ownRecord(Object.fromEntries(entries)));
}

/** A copy of the value of an option, which later changes do not reach. */
export function snapshot(name: string, value: unknown): unknown {
  return DATA.has(name) ? frozen(value) : value;
}
