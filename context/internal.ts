/**
 * What the socket layer needs of contexts, and what a failed handshake offered, for
 * the explanation. Not part of the public API.
 *
 * @module
 */

import { ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { unsupported } from "../internal/unsupported.ts";
import type { Engine, EngineContext, Role, SessionParams } from "../engine/engine.ts";
import { ConnectionState } from "./connection.ts";
import {
  createContext,
  engineOf,
  reusedContext,
  roleContext,
  type SslContext,
  stateOf,
} from "./context.ts";
import type { Policy } from "../verify/judge.ts";
import {
  beyondContext,
  connectionPolicy,
  inScope,
  type Names,
  sameValue,
} from "./connection_policy.ts";
import type { SslOptions } from "./options.ts";
import { OPTIONS } from "./option_table.ts";
import { versionName } from "../engine/tls_versions.ts";
import { idnToAscii } from "../internal/host.ts";
import { checkAny, defaultsIn } from "./validate.ts";
import type { Offer } from "../errors.ts";
import { isRecord } from "./checks.ts";
import { allowedVersions } from "./versions.ts";

export { engineOf };

/** What is needed to make one connection. */
export interface NewConnection {
  /** For the engine. */
  readonly params: SessionParams;
  /** Where the outcome of the verification will be. */
  readonly state: ConnectionState;
}

/** The options of one connection. */
export interface ConnectionInput {
  /** Our side. */
  readonly role: Role;
  /** The options of the operation. */
  readonly options: SslOptions;
  /** The host that was connected to. */
  readonly hostname?: string | undefined;
  /** The other end, `host:port`: the key of its sessions unless `sessionKey` says otherwise. */
  readonly peer?: string | undefined;
}

/** The context that `reuseCtx` means. */
function reused(value: unknown): SslContext {
  const context = reusedContext(value);
  if (context !== undefined) return context;
  throw new TypeError(
    `invalid context to reuse: reuseCtx must be an SslContext or a socket: received ` +
      quote(value),
  );
}

/** Options of a context besides one: fine when they say the same. */
function checkReuse(context: SslContext, options: SslOptions): void {
  const { engine, options: own } = stateOf(context);
  for (const [name, value] of Object.entries(inScope(options, "context"))) {
    if (sameValue((own as Record<string, unknown>)[name], value)) continue;
    if (name === "engine" && (value === "auto" || value === engine.name)) continue;
    throw new TypeError(
      `Cannot use option "${name}" with reuseCtx: it is part of the context, which was made ` +
        `without this value: give it to SslContext.create`,
    );
  }
}

/**
 * The context for an operation: the one to reuse, or a new one.
 *
 * @throws {TypeError} `invalid context to reuse`, unknown options, wrong values.
 */
export async function contextFor(role: Role, options: SslOptions): Promise<SslContext> {
  const checked = checkAny(role, options);
  if (checked.reuseCtx !== undefined) {
    const context = reused(checked.reuseCtx);
    checkReuse(context, checked);
    return context;
  }
  const kept: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(checked)) {
    if (OPTIONS[name as keyof typeof OPTIONS].scope !== "operation") kept[name] = value;
  }
  return await createContext(role, kept, defaultsIn(checked));
}

/** The engine's context for a role; made when it is first asked for. */
export function engineContext(context: SslContext, role: Role): Promise<EngineContext> {
  return roleContext(context, role);
}

/** Prepares one connection: its names, its policy, what goes to the engine. */
export function newConnection(context: SslContext, given: ConnectionInput): NewConnection {
  const input = ownRecord(given);
  const { role, hostname } = input;
  const { engine, options: shared, tracer, sessions } = stateOf(context);
  const own = checkAny(role, input.options);
  const defaults = defaultsIn(own);
  const { policy, names, options } = connectionPolicy(context, role, own, { hostname, defaults });
  for (const name of ["keepSocketOnError", "errorTrap"] as const) {
    if (!own[name] || engine.features.has("keepSocket")) continue;
    throw unsupported(engine, `option "${name}"`, "starting TLS consumes the plain connection");
  }
  if (role === "client") {
    requireName(policy, names);
    if (!engine.features.has("noSni")) requireEngineName(engine, options, names, shared);
  }
  const { serverName } = names;
  const verifyName = names.verifyName && (idnToAscii(names.verifyName) ?? names.verifyName);
  const state = new ConnectionState(policy, names);
  state.tracer = tracer;
  if (role === "server") state.extra = beyondContext(context, own);
  if (role === "client") {
    if (sessions === undefined) refuseKey(options);
    const key = options.sessionKey ?? input.peer;
    state.sessions = sessions?.connection({ key, policy, names, shared });
  }
  const session = state.sessions?.offeredDer;
  return { params: ownRecord({ serverName, verifyName, session, user: state }), state };
}

/** A key without a cache would go unused. */
function refuseKey({ sessionKey }: SslOptions): void {
  if (sessionKey === undefined) return;
  throw new TypeError(
    `Cannot use option "sessionKey": the context has no session cache: give sessionCacheSize or ` +
      "sessionCache",
  );
}

/** A client that would accept any certificate of a trusted CA must say so. */
function requireName(policy: Policy, names: Names): void {
  if (names.verifyName !== undefined || policy.verifyMode === 0) return;
  if (policy.scheme === "none" || policy.forceFingerprint) return;
  throw new TypeError(
    "Cannot start TLS: there is no name to verify the server by: give serverName, verifycnName " +
      `or hostname; to verify no name, say verifycnScheme: "none", forceFingerprint: true or ` +
      "verifyMode: SSL_VERIFY_NONE",
  );
}

/**
 * What an engine that verifies names itself cannot do for one connection. That it verifies the name
 * that it sends is the engine's own check.
 */
function requireEngineName(
  engine: Engine,
  options: SslOptions,
  names: Names,
  shared: SslOptions,
): void {
  if ((options.verifycnScheme === "none") !== (shared.verifycnScheme === "none")) {
    throw unsupported(
      engine,
      'option "verifycnScheme"',
      "whether names are checked is part of the context",
      "give it to SslContext.create, or run with --allow-ffi",
    );
  }
  if (names.verifyName === undefined && options.verifycnScheme !== "none") {
    throw unsupported(
      engine,
      'option "forceFingerprint"',
      "it cannot go without a name",
      `give serverName or verifycnScheme: "none", or run with --allow-ffi`,
    );
  }
}

/** What rustls has; Deno cannot change it. */
const RUSTLS: Pick<Offer, "ciphers" | "groups"> = {
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE with AES-GCM or CHACHA20-POLY1305",
  ],
  groups: ["X25519", "P-256", "P-384"],
};

const DEFAULT_12 = "the default list of TLS 1.2 (ECDHE, DHE or RSA with AES or CHACHA20)";
const DEFAULT_13 = "all suites of TLS 1.3";

function listed(value: unknown): readonly string[] {
  if (isRecord(value)) return [...new Set(Object.values(value).map(String))];
  return value === undefined || value === "" ? [] : [String(value)];
}

/** What a context offers, as far as its options say. */
export function ownOffer(context: SslContext): Offer {
  const { options, engine } = stateOf(context);
  const versions = [...allowedVersions(options)].sort().map(versionName);
  const alpnProtocols = options.alpnProtocols ?? [];
  if (engine.name === "deno") return { versions, alpnProtocols, ...RUSTLS };
  const { cipherList, ciphersuites, ecdhCurve, sigalgs } = options;
  const old = versions.some((v) => v !== "TLSv1_3");
  const suites = listed(ciphersuites);
  return {
    versions,
    ciphers: [
      ...(versions.includes("TLSv1_3") ? suites.length > 0 ? suites : [DEFAULT_13] : []),
      ...(old ? listed(cipherList).length > 0 ? listed(cipherList) : [DEFAULT_12] : []),
    ],
    groups: ecdhCurve === null || ecdhCurve === undefined || ecdhCurve === "auto"
      ? []
      : [ecdhCurve],
    signatureAlgorithms: sigalgs === undefined ? [] : [sigalgs],
    alpnProtocols,
  };
}
