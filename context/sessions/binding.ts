/**
 * What sessions are bound to.
 *
 * A client's session is bound to a digest of everything that the verification of the server depends
 * on. It is resumed only under the digest under which it was made, so an earlier, more lenient
 * connection never undoes a change of settings. Functions and objects with methods can be told apart
 * by identity alone: they count with a number of this process, and such a digest never holds in
 * another process.
 *
 * A server's sessions are bound to its id context, and to the keys of its tickets (ticket_keys.ts).
 *
 * @module
 */

import { hexBytes } from "../../internal/bytes.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import type { ContextConfig, Engine, Role, TrustConfig } from "../../engine/engine.ts";
import type { Policy } from "../../verify/policy.ts";
import type { Names } from "../../verify/peer.ts";
import type { SslOptions } from "../options.ts";
import { SSL_VERIFY_PEER } from "../../constants.ts";

function sha256(data: string | Uint8Array): string {
  return nodeCrypto().createHash("sha256").update(data).digest("hex");
}

const identities = new WeakMap<object, number>();
let count = 0;
let ofProcess: string | undefined;

/** A value that no other process has. */
function processNonce(): string {
  return ofProcess ??= crypto.randomUUID();
}

function identityOf(value: object): string {
  let number = identities.get(value);
  if (number === undefined) identities.set(value, number = ++count);
  return `${processNonce()}#${number}`;
}

/** A value in a canonical form: equal values give equal forms. */
function canonical(value: unknown): unknown {
  if (typeof value === "function") return { function: identityOf(value) };
  if (value instanceof Uint8Array) return { bytes: sha256(value) };
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value ?? null;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return { object: identityOf(value) };
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  return entries.map(([name, member]) => [name, canonical(member)]);
}

const digest = (value: unknown): string => sha256(JSON.stringify(canonical(value)));

/** Digests of certificates: those of the system are the same objects for every context. */
const hashed = new WeakMap<Uint8Array, string>();

function hashOf(der: Uint8Array): string {
  let hash = hashed.get(der);
  if (hash === undefined) hashed.set(der, hash = sha256(der));
  return hash;
}

const hashes = (ders: readonly Uint8Array[] | undefined): readonly string[] | null =>
  ders === undefined ? null : ders.map(hashOf).sort();

const trusted = ({ anchors, extra, crls, deltas, checkCrl }: TrustConfig): object => ({
  anchors: hashes(anchors),
  extra: hashes(extra),
  crls: hashes([...crls, ...deltas ?? []]),
  checkCrl,
});

/** 32 bytes for a trust with more that counts; the same in every process, unless that has functions. */
export function trustDigest(trust: TrustConfig, more: readonly unknown[]): Uint8Array {
  return hexBytes(digest({ trust: trusted(trust), more }));
}

/** The digest of what the connections of a context share. */
export function contextDigest(engine: Engine, config: ContextConfig): string {
  return digest({
    // A session of another version of the library may not be readable.
    engine: `${engine.name} ${engine.info().version}`,
    role: config.role,
    trust: trusted(config.trust),
    verifyMode: config.verifyMode,
    versions: [...config.versions].sort(),
    cipherList: config.cipherList,
    ciphersuites: config.ciphersuites,
    groups: config.groups,
    sigalgs: config.sigalgs,
    noEcdh: config.noEcdh,
    credentials: config.credentials.map(({ chain }) => chain.map(hashOf)),
    alpn: config.alpn,
    npn: config.npn,
    requestOcsp: config.requestOcsp,
  });
}

/** Options of a context that take part in the verification but are not in the policy. */
const DECIDING = [
  "verifyCallback",
  "ocspMode",
  "ocspStapleCallback",
  "createCtxCallback", // it may change what is trusted
] as const;

/** The digest of all that counts for one connection. */
export function connectionDigest(
  context: string,
  policy: Policy,
  names: Names,
  options: SslOptions,
): string {
  return digest({
    context,
    scheme: policy.scheme,
    serverName: names.serverName,
    verifyName: names.verifyName,
    publicSuffix: policy.publicSuffix,
    pins: policy.pins.map(({ algorithm, publicKey, hex }) => [algorithm, publicKey, hex]),
    forceFingerprint: policy.forceFingerprint,
    verifyMode: policy.verifyMode,
    deciding: DECIDING.map((name) => options[name]),
    // With the nonce, so that an exported session does not help to guess a weak key.
    psk: options.psk === undefined ? null : [processNonce(), options.psk],
  });
}

/**
 * The session id context: sessions cross from one context to another only where both have the same
 * one. A server that asks for certificates has one in any case, and it covers what these are
 * verified by: a ticket cannot bypass another context's verification, even where the option and
 * the ticket keys are shared. Nobody can compare what two functions would say, so with
 * verifyCallback it is only for contexts of this process with the very same one.
 *
 * @returns How to make it for a server name.
 */
export function idContexts(
  role: Role,
  options: SslOptions,
  verifyMode: number,
  trust: TrustConfig,
): (serverName: string) => Uint8Array | undefined {
  const { sessionIdContext: given, verifyCallback, createCtxCallback } = options;
  const own = typeof given === "string" ? new TextEncoder().encode(given) : given;
  if (role === "client") return () => undefined;
  if ((verifyMode & SSL_VERIFY_PEER) === 0) return () => own;
  const base = own ?? crypto.getRandomValues(new Uint8Array(32));
  return (name) => trustDigest(trust, [base, verifyMode, verifyCallback, createCtxCallback, name]);
}
