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
import { beyondContext, connectionPolicy, inScope } from "./connection_policy.ts";
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

/** Prepares one connection: its names, its policy, what goes to the engine. */
export function newConnection(context: SharedContext, given: ConnectionInput): NewConnection {
  const input = ownRecord(given);
  const { role, hostname } = input;
  const { engine, options: shared, tracer, sessions } = recordOf(context);
  const own = input.options;
  const defaults = defaultsIn(own);
  const { policy, names, options } = connectionPolicy(context, role, own, { hostname, defaults });
  requireFeatures(engine, role, inScope(own, "operation"));
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
