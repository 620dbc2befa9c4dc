/**
 * Makes the configurations of an engine out of options. Every file is read here; nothing is left to
 * be looked up later.
 *
 * @module
 */

import { SSL_VERIFY_PEER } from "../constants.ts";
import type {
  ContextConfig,
  ContextHooks,
  Engine,
  Role,
  TlsVersion,
  TrustConfig,
} from "../engine/engine.ts";
import { type Fits, selectEngine } from "../engine/load.ts";
import {
  hasVersions,
  requireFeatures,
  requireVersions,
  unmetNeed,
} from "../engine/requirements.ts";
import type { EngineChoice } from "../engine/select.ts";
import { TLS1_3 } from "../engine/tls_versions.ts";
import { ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { ConnectionState } from "./connection.ts";
import { verifyModeOf } from "./connection_policy.ts";
import type { CredentialsByName } from "./credentials/credentials.ts";
import { credentialsFor } from "./credentials/role_credentials.ts";
import { loadDh } from "./dh_parameters.ts";
import { openKeylog } from "./key_log.ts";
import { type ObserverHooks, observerHooks } from "./observers.ts";
import { isRecord } from "./option_values.ts";
import type { SslOptions, StapleCallback } from "./options.ts";
import { sniName, sniNamesIn, valueFor } from "./per_name.ts";
import { type PskSetup, pskSetup } from "./psk.ts";
import { idContexts } from "./sessions/binding.ts";
import { ticketKeyHook } from "./sessions/ticket_keys.ts";
import type { Tracer } from "./trace.ts";
import { loadTrust, type Trust } from "./trust/trust.ts";
import { allowedVersions } from "./versions.ts";

/** The configurations of one role: by server name, and one for every other client. */
export interface RoleConfig {
  /** The one that every connection begins with. */
  readonly base: ContextConfig;
  /** By SNI name in lower case; empty when there is one certificate for all. */
  readonly byName: ReadonlyMap<string, ContextConfig>;
  /** Whether a server name that is not in the map gets the base; otherwise it is refused. */
  readonly hasDefault: boolean;
  /** Gets the outcomes of handshakes. */
  readonly tracer: Tracer | undefined;
  /** What each handshake of a server has to wait for, if anything. */
  readonly before: (() => Promise<void> | undefined) | undefined;
}

/** The hook that judges a peer: the state of its connection does it. */
function judgeWith(trust: TrustConfig): NonNullable<ContextHooks["verify"]> {
  return (evidence, user) => {
    if (!(user instanceof ConnectionState)) {
      throw new TypeError("Cannot verify the peer: the connection has no state");
    }
    return user.judge({ ...evidence, trust });
  };
}

/** What to staple for a server name: its entry in a record, or the one value for all names. */
function staplesFor(
  value: SslOptions["ocspStaple"],
  credentials: CredentialsByName,
): (name: string) => Uint8Array | StapleCallback | undefined {
  if (!isRecord(value)) return () => value as Uint8Array | StapleCallback | undefined;
  const entries = new Map(Object.entries(value).map(([key, own]) => [sniName(key), own]));
  for (const name of entries.keys()) {
    if (credentials.has(name)) continue;
    throw new TypeError(
      `Cannot use option "ocspStaple": there is no certificate for ${quote(name)}`,
    );
  }
  return (name) => entries.get(name) as Uint8Array | StapleCallback | undefined;
}

function groupsOf(options: SslOptions): string | undefined {
  const { ecdhCurve } = options;
  return ecdhCurve === null || ecdhCurve === "auto" ? undefined : ecdhCurve;
}

/** Hands a session to the connection that received it. */
function newSession(session: Uint8Array, user: unknown): void {
  if (user instanceof ConnectionState) user.newSession(session);
}

/** Whether sessions are kept. */
function keepsSessions(role: Role, { sessionCache, sessionCacheSize = 0 }: SslOptions): boolean {
  return role === "client" && (sessionCache !== undefined || sessionCacheSize > 0);
}

/** Refuses NPN with TLS 1.3 alone, which does not have it. */
function checkNpn({ npnProtocols = [] }: SslOptions, versions: ReadonlySet<TlsVersion>): void {
  if (npnProtocols.length === 0 || [...versions].some((v) => v < TLS1_3)) return;
  throw new TypeError(
    'Cannot use option "npnProtocols" with TLS 1.3 alone: use alpnProtocols, or allow TLS 1.2',
  );
}

/** Refuses pins where the peer is not verified: they would be ignored. */
function checkPins(role: Role, options: SslOptions, verifyMode: number): void {
  if (verifyMode !== 0) return;
  if (options.fingerprint === undefined && !options.forceFingerprint) return;
  throw new TypeError(
    `Cannot use option "fingerprint" with verifyMode SSL_VERIFY_NONE: nothing would be checked: ` +
      (role === "client" ? "leave verifyMode out" : "give verifyMode: SSL_VERIFY_PEER"),
  );
}

/** What an operation needs of an engine. */
export interface AskedOfEngine {
  /** Its options. */
  readonly options: SslOptions;
  /** What it needs beside them. */
  readonly fits?: Fits | undefined;
}

/** The engine of a choice; "auto" is the first that can do all that was asked for in a role. */
export async function engineFor(
  role: Role,
  choice: EngineChoice | undefined,
  { options, fits = () => true }: AskedOfEngine,
): Promise<Engine> {
  return await selectEngine(
    choice,
    (able) =>
      unmetNeed(able, role, options) === undefined &&
      hasVersions(able, allowedVersions(options)) && fits(able),
  );
}

/** What a role is made of, with every file read. */
interface Material {
  readonly verifyMode: number;
  readonly versions: ReadonlySet<TlsVersion>;
  readonly credentials: CredentialsByName;
  readonly trust: Trust;
  readonly psk: PskSetup | undefined;
  readonly observers: ObserverHooks;
  readonly hooks: ContextHooks;
  readonly dh: ContextConfig["dh"];
}

/** Checks what belongs together, and reads the files. */
async function load(engine: Engine, role: Role, options: SslOptions): Promise<Material> {
  const verifyMode = verifyModeOf(role, options);
  checkPins(role, options, verifyMode);
  const versions = allowedVersions(options);
  requireVersions(engine, versions, options);
  checkNpn(options, versions);
  const credentials = await credentialsFor(role, options);
  const trust = await loadTrust(role, options, verifyMode, !engine.features.has("ownAnchors"));
  const keylog = options.keylog === undefined ? undefined : await openKeylog(options.keylog);
  const observers = await observerHooks(engine, role, options, verifyMode);
  const psk = options.psk === undefined ? undefined : pskSetup(role, options.psk);
  const { ticketKeycb } = options;
  const hooks: ContextHooks = ownRecord({
    verify: judgeWith(trust.config),
    ...observers.hooks,
    ...(psk === undefined ? {} : { psk: psk.psk }),
    ...(keepsSessions(role, options) ? { newSession } : {}),
    ...(role === "server" && ticketKeycb ? { ticketKey: ticketKeyHook(ticketKeycb) } : {}),
    ...(keylog === undefined ? {} : { keylog }),
  });
  const dh = await loadDh(options);
  return { verifyMode, versions, credentials, trust, psk, observers, hooks, dh };
}

/** What a server name may have of its own. */
type OfOneName = "cipherList" | "ciphersuites" | "sessionIdContext" | "credentials" | "hooks";

/** What all server names have in common. */
function sharedConfig(
  role: Role,
  options: SslOptions,
  { verifyMode, versions, trust, psk, observers, dh }: Material,
): Omit<ContextConfig, OfOneName> {
  return {
    role,
    versions,
    honorCipherOrder: options.honorCipherOrder ?? true,
    groups: groupsOf(options),
    sigalgs: options.sigalgs,
    dh,
    noEcdh: options.ecdhCurve === null,
    trust: trust.config,
    clientCa: role === "server" && (verifyMode & SSL_VERIFY_PEER) !== 0 ? trust.clientCa : [],
    verifyMode,
    alpn: options.alpnProtocols ?? [],
    npn: options.npnProtocols ?? [],
    requestOcsp: observers.requestOcsp,
    releaseBuffers: options.modeReleaseBuffers,
    skipHostname: options.verifycnScheme === "none",
    psk: psk !== undefined,
    noTickets: psk?.anyIdentity ?? false,
    sessions: keepsSessions(role, options),
  };
}

/** Gives the configuration for a server name; `""` is that for all others. */
function configByName(
  role: Role,
  options: SslOptions,
  material: Material,
): (name: string) => ContextConfig {
  const { verifyMode, credentials, trust, observers, hooks } = material;
  const shared = sharedConfig(role, options, material);
  const staples = staplesFor(options.ocspStaple, credentials);
  const idContext = idContexts(role, options, verifyMode, trust.config);
  return (name) => ({
    ...shared,
    cipherList: valueFor(options.cipherList, name),
    ciphersuites: valueFor(options.ciphersuites, name),
    sessionIdContext: idContext(name),
    credentials: credentials.get(name) ?? credentials.get("") ?? [],
    hooks: ownRecord({ ...hooks, ...observers.staple(staples(name), credentials, name) }),
  });
}

/** The server names that have a configuration of their own. */
function ownNames(
  role: Role,
  { cipherList, ciphersuites }: SslOptions,
  credentials: CredentialsByName,
): ReadonlySet<string> {
  if (role === "client") return new Set();
  const names = new Set([
    ...credentials.keys(),
    ...sniNamesIn(cipherList),
    ...sniNamesIn(ciphersuites),
  ]);
  names.delete("");
  return names;
}

/**
 * Loads everything that a role needs.
 *
 * @throws {SslUnsupportedError} for an option that the engine cannot honour.
 * @throws {TypeError} for options that are missing or contradict each other.
 * @throws {SslError} for files that cannot be read or used.
 */
export async function configFor(
  engine: Engine,
  role: Role,
  options: SslOptions,
): Promise<RoleConfig> {
  requireFeatures(engine, role, options);
  const material = await load(engine, role, options);
  const { credentials, observers } = material;
  const make = configByName(role, options, material);
  const { ocspStaple } = options;
  return {
    base: make(""),
    byName: new Map([...ownNames(role, options, credentials)].map((name) => [name, make(name)])),
    hasDefault: role === "client" || credentials.has("") || credentials.size === 0,
    tracer: observers.tracer,
    before: typeof ocspStaple === "function" || isRecord(ocspStaple) ? observers.before : undefined,
  };
}
