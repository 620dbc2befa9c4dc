/**
 * From options to what an engine makes a context from: everything is loaded,
 * nothing is left to be looked up later.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { readDer, sequence } from "../certificate/asn1/reader.ts";
import { derToPem, looksLikePem } from "../certificate/keys/pem.ts";
import { SSL_VERIFY_PEER } from "../constants.ts";
import type {
  ContextConfig,
  ContextHooks,
  Credential,
  Engine,
  Role,
  TlsVersion,
  TrustConfig,
} from "../engine/engine.ts";
import { ownRecord } from "../internal/own_options.ts";
import { isRecord } from "./option_values.ts";
import { ConnectionState } from "./connection.ts";
import { verifyModeOf } from "./connection_policy.ts";
import { type CredentialsByName, loadCredentials, sniName } from "./credentials.ts";
import { requireFeatures, requireVersions } from "../engine/requirements.ts";
import { allowedVersions } from "./versions.ts";
import { readOptionFile } from "./option_file.ts";
import { observerHooks } from "./observers.ts";
import { PSK_CIPHERSUITES, pskSetup } from "./psk.ts";
import { idContexts, ticketKeyHook } from "./sessions/binding.ts";
import { openKeylog } from "./key_log.ts";
import type { Tracer } from "./trace.ts";
import type { PerName, SslOptions, StapleCallback } from "./options.ts";
import { loadTrust } from "./trust/trust.ts";

/** The configurations of one role: for no or an unknown server name, and by server name. */
export interface RoleConfig {
  /** For every connection to begin with. */
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

const encoder = new TextEncoder();

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? encoder.encode(data) : data;
}

/** DH parameters in PEM, which is what engines read. */
async function loadDh(options: SslOptions): Promise<"auto" | null | Uint8Array> {
  const { dh, dhFile } = options;
  if (dh !== undefined && dhFile !== undefined) {
    throw new TypeError("Cannot use both dh and dhFile: give one");
  }
  if (dh === null || dhFile === null) return null;
  if (dh === undefined && dhFile === undefined) return "auto";
  const bytes = dh === undefined ? await readOptionFile("dhFile", dhFile!) : bytesOf(dh);
  return looksLikePem(bytes) ? bytes : encoder.encode(derToPem(bytes, dhLabel(bytes)));
}

/** PKCS#3 has p, g and the length of the exponent; X9.42 has p, g, q, and so on. */
function dhLabel(der: Uint8Array): string {
  const third = sequence(readDer(der, "DH parameters"), "DH parameters")[2];
  return (third?.body.length ?? 0) > 4 ? "X9.42 DH PARAMETERS" : "DH PARAMETERS";
}

/** Our certificates, as the role uses them. */
async function credentialsFor(role: Role, options: SslOptions): Promise<CredentialsByName> {
  if (role === "server") {
    if (options.useCert === false) {
      throw new TypeError('Cannot use option "useCert": a server always uses its certificate');
    }
    if (options.selfSigned !== undefined && options.selfSigned !== false) {
      return await selfSignedCredentials(options);
    }
    const loaded = await loadCredentials(options);
    if (loaded.size > 0 || options.psk !== undefined) return loaded;
    throw new TypeError(
      "Cannot create a server context: there is no certificate: give certFile and keyFile, " +
        "cert and key, psk, or for tests selfSigned: true",
    );
  }
  if (options.selfSigned !== undefined && options.selfSigned !== false) {
    throw new TypeError(`Cannot use option "selfSigned" for a client: it is for servers`);
  }
  const loaded = await loadCredentials(options);
  if ([...loaded.keys()].some((name) => name !== "")) {
    throw new TypeError(
      "Cannot use a record of certificates for a client: give one certificate, or, if this is for " +
        "servers, server: true",
    );
  }
  if (options.useCert === true && loaded.size === 0) {
    throw new TypeError(
      'Cannot use option "useCert": there is no certificate: give cert or certFile',
    );
  }
  return options.useCert === false ? new Map() : loaded;
}

async function selfSignedCredentials(options: SslOptions): Promise<CredentialsByName> {
  if (options.cert !== undefined || options.certFile !== undefined) {
    throw new TypeError("Cannot use both selfSigned and cert or certFile: give one");
  }
  // Only a program that asks for a test certificate loads the code that makes one.
  const { selfSigned } = await import("../certificate/issue.ts");
  const { selfSigned: wanted } = options;
  const names = typeof wanted === "string"
    ? [wanted]
    : Array.isArray(wanted)
    ? wanted as readonly string[]
    : ["localhost", "127.0.0.1", "::1"];
  const made = await selfSigned({
    names,
    subject: {
      organizationName: "SELF-SIGNED FOR TESTS, DO NOT TRUST",
      commonName: names[0]!,
    },
  });
  const credential: Credential = {
    chain: [made.certificate.der],
    key: { data: encoder.encode(made.key), format: "pem", source: "selfSigned" },
    source: "selfSigned",
  };
  return new Map([["", [credential]]]);
}

/** The value of an option for one server name. */
function forName<T>(value: PerName<T> | undefined, name: string): T | undefined {
  if (!isRecord(value)) return value as T | undefined;
  const own = Object.entries(value).find(([key]) => sniName(key) === name);
  return (own?.[1] ?? value[""]) as T | undefined;
}

function namesIn(value: PerName<unknown> | undefined): string[] {
  return isRecord(value) ? Object.keys(value).map(sniName) : [];
}

/** Every judgement is made by the state that travels with the connection. */
function judgeWith(trust: TrustConfig): NonNullable<ContextHooks["verify"]> {
  return (evidence, user) => {
    if (!(user instanceof ConnectionState)) {
      throw new TypeError("Cannot verify the peer: the connection has no state");
    }
    return user.judge({ ...evidence, trust });
  };
}

/** What to staple for a server name: a record's own entry, or the one value for all. */
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

/** A session goes to the connection that it was given to. */
function newSession(session: Uint8Array, user: unknown): void {
  if (user instanceof ConnectionState) user.newSession(session);
}

/** Whether a client is to keep sessions. */
function keepsSessions(role: Role, { sessionCache, sessionCacheSize = 0 }: SslOptions): boolean {
  return role === "client" && (sessionCache !== undefined || sessionCacheSize > 0);
}

/** NPN is gone from TLS 1.3, so that there it would have no effect. */
function checkNpn({ npnProtocols = [] }: SslOptions, versions: ReadonlySet<TlsVersion>): void {
  if (npnProtocols.length === 0 || [...versions].some((v) => v < 0x0304)) return;
  throw new TypeError(
    'Cannot use option "npnProtocols" with TLS 1.3 alone: use alpnProtocols, or allow TLS 1.2',
  );
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
  const verifyMode = verifyModeOf(role, options);
  if (verifyMode === 0 && (options.fingerprint !== undefined || options.forceFingerprint)) {
    throw new TypeError(
      `Cannot use option "fingerprint" with verifyMode SSL_VERIFY_NONE: nothing would be checked: ` +
        (role === "client" ? "leave verifyMode out" : "give verifyMode: SSL_VERIFY_PEER"),
    );
  }
  const versions = allowedVersions(options);
  requireVersions(engine, versions, options);
  checkNpn(options, versions);
  const credentials = await credentialsFor(role, options);
  const roots = !engine.features.has("ownAnchors");
  const trust = await loadTrust(role, options, verifyMode, roots);
  const keylog = options.keylog === undefined ? undefined : await openKeylog(options.keylog);
  const verify = judgeWith(trust.config);
  const observers = observerHooks(engine, role, options, verifyMode);
  const psk = options.psk === undefined ? undefined : pskSetup(role, options.psk);
  const sessions = keepsSessions(role, options);
  const { ticketKeycb } = options;
  const hooks: ContextHooks = ownRecord({
    verify,
    ...observers.hooks,
    ...(psk === undefined ? {} : { psk: psk.psk }),
    ...(sessions ? { newSession } : {}),
    ...(role === "server" && ticketKeycb ? { ticketKey: ticketKeyHook(ticketKeycb) } : {}),
    ...(keylog === undefined ? {} : { keylog }),
  });
  const staples = staplesFor(options.ocspStaple, credentials);
  const shared = {
    role,
    versions,
    honorCipherOrder: options.honorCipherOrder ?? true,
    groups: groupsOf(options),
    sigalgs: options.sigalgs,
    dh: await loadDh(options),
    noEcdh: options.ecdhCurve === null,
    trust: trust.config,
    clientCa: role === "server" && (verifyMode & SSL_VERIFY_PEER) !== 0 ? trust.clientCa : [],
    verifyMode,
    alpn: options.alpnProtocols ?? [],
    npn: options.npnProtocols ?? [],
    requestOcsp: observers.requestOcsp,
    releaseBuffers: options.modeReleaseBuffers ?? false,
    skipHostname: options.verifycnScheme === "none",
    psk: psk !== undefined,
    noTickets: psk?.anyIdentity ?? false,
    sessions,
  };
  const idContext = idContexts(role, options, verifyMode, trust.config);
  const suites = psk === undefined ? undefined : PSK_CIPHERSUITES;
  const make = (name: string): ContextConfig => ({
    ...shared,
    cipherList: forName(options.cipherList, name),
    ciphersuites: forName(options.ciphersuites, name) ?? suites,
    sessionIdContext: idContext(name),
    credentials: credentials.get(name) ?? credentials.get("") ?? [],
    hooks: ownRecord({ ...hooks, ...observers.staple(staples(name), credentials, name) }),
  });
  const names = role === "server"
    ? new Set([
      ...credentials.keys(),
      ...namesIn(options.cipherList),
      ...namesIn(options.ciphersuites),
    ])
    : new Set<string>();
  names.delete("");
  return {
    base: make(""),
    byName: new Map([...names].map((name) => [name, make(name)])),
    hasDefault: role === "client" || credentials.has("") || credentials.size === 0,
    tracer: observers.tracer,
    before: typeof options.ocspStaple === "function" || isRecord(options.ocspStaple)
      ? observers.before
      : undefined,
  };
}
