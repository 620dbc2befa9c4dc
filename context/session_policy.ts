/**
 * The digest of everything that the verification of a server depends on. A
 * session is resumed only under the digest under which it was made: no change
 * of settings is ever undone by an earlier, more lenient connection.
 *
 * What can only be told apart by identity (functions, objects with methods)
 * counts with a number of this process, so that such a digest never holds in
 * another one.
 *
 * @module
 */

import defer * as nodeCrypto from "node:crypto";
import type { ContextConfig, Engine, TrustConfig } from "../engine/types.ts";
import { resolveScheme } from "../verify/schemes.ts";
import type { Policy } from "./judge.ts";
import type { Names } from "./names.ts";
import type { SslOptions } from "./options.ts";

function sha256(data: string | Uint8Array): string {
  return nodeCrypto.createHash("sha256").update(data).digest("hex");
}

const identities = new WeakMap<object, number>();
let count = 0;
let ofProcess: string | undefined;

/** Something that no other process has. */
function processNonce(): string {
  return ofProcess ??= crypto.randomUUID();
}

function identityOf(value: object): string {
  let number = identities.get(value);
  if (number === undefined) identities.set(value, number = ++count);
  return `${processNonce()}#${number}`;
}

/** A value in a form that is equal for equal values. */
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

/** The certificates of the system are the same objects for each context. */
const hashed = new WeakMap<Uint8Array, string>();

function hashOf(der: Uint8Array): string {
  let hash = hashed.get(der);
  if (hash === undefined) hashed.set(der, hash = sha256(der));
  return hash;
}

const hashes = (ders: readonly Uint8Array[] | undefined): readonly string[] | null =>
  ders === undefined ? null : ders.map(hashOf).sort();

const trusted = ({ anchors, extra, crls, checkCrl }: TrustConfig): object => ({
  anchors: hashes(anchors),
  extra: hashes(extra),
  crls: hashes(crls),
  checkCrl,
});

/** 32 bytes for a trust with more that counts; the same in every process, unless that has functions. */
export function trustDigest(trust: TrustConfig, more: readonly unknown[]): Uint8Array {
  return Uint8Array.fromHex(digest({ trust: trusted(trust), more }));
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

/** Options of a context that take part in a verification and are in no policy. */
const DECIDING = ["verifyCallback", "ocspMode", "ocspStapleCallback"] as const;

/** The digest of all that counts for one connection. */
export function connectionDigest(
  context: string,
  policy: Policy,
  names: Names,
  options: SslOptions,
): string {
  return digest({
    context,
    scheme: resolveScheme(policy.scheme),
    serverName: names.serverName,
    verifyName: names.verifyName,
    publicSuffix: policy.publicSuffix,
    pins: policy.pins.map(({ algorithm, publicKey, hex }) => [algorithm, publicKey, hex]),
    forceFingerprint: policy.forceFingerprint,
    verifyMode: policy.verifyMode,
    deciding: DECIDING.map((name) => options[name]),
    // With the nonce, so that an exported session is no way to guess a weak key.
    psk: options.psk === undefined ? null : [processNonce(), options.psk],
  });
}
