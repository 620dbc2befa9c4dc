/**
 * Prepares a connection: its names, its policy, and what goes to the engine.
 *
 * @module
 */

import type { Engine, Role, SessionParams } from "../engine/engine.ts";
import { requireFeatures } from "../engine/requirements.ts";
import { idnToAscii } from "../internal/host.ts";
import { ownRecord } from "../internal/own_options.ts";
import { unsupported, USE_OPENSSL } from "../internal/unsupported.ts";
import type { Policy } from "../verify/policy.ts";
import { ConnectionState } from "./connection.ts";
import {
  beyondContext,
  type ConnectionPolicy,
  connectionPolicy,
  inScope,
} from "./connection_policy.ts";
import type { Names } from "../verify/peer.ts";
import { recordOf } from "./context_record.ts";
import type { SharedContext, SslOptions } from "./options.ts";
import { defaultsIn } from "./resolved_options.ts";
import type { Resolved } from "./validate.ts";

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
  readonly options: Resolved<SslOptions>;
  /** The host that was connected to. */
  readonly hostname?: string | undefined;
  /** The other end, `host:port`: the key of its sessions unless `sessionKey` says otherwise. */
  readonly peer?: string | undefined;
}

/** What all connections of a listener are held to. */
interface ServerRules {
  readonly context: SharedContext;
  readonly policy: Policy;
  readonly names: Names;
  readonly extra: SslOptions;
}

const rulesOf = new WeakMap<Resolved<SslOptions>, ServerRules>();

/** Made once for the options of a listener and a context, neither of which changes. */
function serverRules(context: SharedContext, own: Resolved<SslOptions>): ServerRules {
  const known = rulesOf.get(own);
  if (known?.context === context) return known;
  const { policy, names } = connectionPolicy(context, "server", own, { defaults: defaultsIn(own) });
  requireFeatures(recordOf(context).engine, "server", inScope(own, "operation"));
  const rules = { context, policy, names, extra: beyondContext(context, own) };
  rulesOf.set(own, rules);
  return rules;
}

/** Prepares one connection: its names, its policy, what goes to the engine. */
export function newConnection(context: SharedContext, given: ConnectionInput): NewConnection {
  const input = ownRecord(given);
  return input.role === "server" ? newServer(context, input.options) : newClient(context, input);
}

function newServer(context: SharedContext, own: Resolved<SslOptions>): NewConnection {
  const { policy, names, extra } = serverRules(context, own);
  const state = new ConnectionState(policy, names);
  state.tracer = recordOf(context).tracer;
  state.extra = extra;
  return { params: paramsFor(names, state), state };
}

/** What a connection of a client is held to. */
interface ClientRules extends ConnectionPolicy {
  /** What it was made from. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly hostname: string | undefined;
  readonly defaults: readonly string[];
}

/** The last ones of each context: a program connects to the same place again and again. */
const lastRules = new WeakMap<SharedContext, ClientRules>();

/** What the rules can depend on: the signal that ends an operation is let go with it. */
function withoutSignal(options: Resolved<SslOptions>): Readonly<Record<string, unknown>> {
  const { signal: _signal, ...rest } = options as { readonly signal?: unknown };
  return ownRecord(rest);
}

/** Whether two operations have the very same options; only the signal may differ. */
function sameOptions(a: Readonly<Record<string, unknown>>, given: Resolved<SslOptions>): boolean {
  const b = given as Readonly<Record<string, unknown>>;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  names.delete("signal");
  for (const name of names) if (!Object.is(a[name], b[name])) return false;
  return true;
}

/** Checked and made once for options that come again: neither they nor the context change. */
function clientRules(
  context: SharedContext,
  own: Resolved<SslOptions>,
  hostname: string | undefined,
): ConnectionPolicy {
  const defaults = defaultsIn(own);
  const last = lastRules.get(context);
  if (last !== undefined && last.hostname === hostname && sameOptions(last.own, own)) {
    if (last.defaults.join() === defaults.join()) return last;
  }
  const { engine, options: shared, sessions } = recordOf(context);
  const made = connectionPolicy(context, "client", own, { hostname, defaults });
  const { policy, names, options } = made;
  requireFeatures(engine, "client", inScope(own, "operation"));
  requireName(policy, names);
  if (!engine.features.has("noSni")) requireEngineName(engine, options, names, shared);
  if (sessions === undefined) refuseKey(options);
  lastRules.set(context, { ...made, own: withoutSignal(own), hostname, defaults });
  return made;
}

function newClient(context: SharedContext, input: ConnectionInput): NewConnection {
  const { options: shared, tracer, sessions } = recordOf(context);
  const { policy, names, options } = clientRules(context, input.options, input.hostname);
  const state = new ConnectionState(policy, names);
  state.tracer = tracer;
  const key = options.sessionKey ?? input.peer;
  state.sessions = sessions?.connection({ key, policy, names, shared });
  return { params: paramsFor(names, state, state.sessions?.offeredDer), state };
}

function paramsFor(
  { serverName, verifyName }: Names,
  user: ConnectionState,
  session?: Uint8Array,
): SessionParams {
  const verified = verifyName && (idnToAscii(verifyName) ?? verifyName);
  return ownRecord({ serverName, verifyName: verified, session, user });
}

/** Refuses a key without a cache: it would be ignored. */
function refuseKey({ sessionKey }: SslOptions): void {
  if (sessionKey === undefined) return;
  throw new TypeError(
    `Cannot use option "sessionKey": the context has no session cache: give sessionCacheSize or ` +
      "sessionCache",
  );
}

/** Refuses a client that would accept any certificate of a trusted CA without saying so. */
function requireName(policy: Policy, names: Names): void {
  if (names.verifyName !== undefined || policy.verifyMode === 0) return;
  if (policy.scheme.rules === undefined || policy.forceFingerprint) return;
  throw new TypeError(
    "Cannot start TLS: there is no name to verify the server by: give serverName, verifycnName " +
      `or hostname; to verify no name, say verifycnScheme: "none", forceFingerprint: true or ` +
      "verifyMode: SSL_VERIFY_NONE",
  );
}

/**
 * Refuses what an engine that verifies names itself cannot do for one connection. The engine itself
 * checks that the name it sends is the name it verifies.
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
      `give it to SslContext.create, or ${USE_OPENSSL}`,
    );
  }
  if (names.verifyName === undefined && options.verifycnScheme !== "none") {
    throw unsupported(
      engine,
      'option "forceFingerprint"',
      "it cannot go without a name",
      `give serverName or verifycnScheme: "none", or ${USE_OPENSSL}`,
    );
  }
}
