/**
 * Trust anchors and CRLs into an X509_STORE, private keys into an EVP_PKEY.
 *
 * @module
 */

import { ownRecord } from "../../internal/own_options.ts";
import type { KeyMaterial, TrustConfig } from "../engine.ts";
import { drainErrors, localError } from "./error_queue.ts";
import { X509_V_FLAG } from "./header_numbers.ts";
import { cString, NativeHandle, withBio } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

/**
 * The least security level: what OpenSSL 3.2 and the distributions have by default. Older builds
 * let RSA keys of 1,024 bits and signatures with SHA-1 pass.
 */
export const SECURITY_LEVEL = 2;

/** The X509_V_FLAG_* with which a chain is verified against a trust configuration. */
export function trustFlags({ checkCrl }: TrustConfig): bigint {
  let flags = X509_V_FLAG.TRUSTED_FIRST | X509_V_FLAG.PARTIAL_CHAIN;
  if (checkCrl !== "none") {
    flags |= X509_V_FLAG.CRL_CHECK | X509_V_FLAG.EXTENDED_CRL_SUPPORT | X509_V_FLAG.USE_DELTAS;
  }
  if (checkCrl === "chain") flags |= X509_V_FLAG.CRL_CHECK_ALL;
  return flags;
}

/** A store that is kept, with its key among the stores of the same list of anchors. */
interface Kept {
  readonly store: NativeHandle;
  readonly id: string;
  readonly among: Map<string, Kept>;
}

/**
 * Stores by their library and list of anchors, then by their other contents. The default anchors are
 * some 140 certificates, read once for all contexts.
 */
const stores = new WeakMap<
  OpenSslSymbols,
  WeakMap<readonly Uint8Array[], Map<string, Kept>>
>();

function storesOf(c: OpenSslSymbols, anchors: readonly Uint8Array[]): Map<string, Kept> {
  const lists = stores.get(c) ?? new WeakMap<readonly Uint8Array[], Map<string, Kept>>();
  stores.set(c, lists);
  const among = lists.get(anchors) ?? new Map<string, Kept>();
  lists.set(anchors, among);
  return among;
}

/** All that are kept, the one that was used last at the end. */
const latest = new Set<Kept>();

/**
 * How many stores are kept: the one of the default anchors takes a megabyte, which the garbage
 * collector does not see. And the most bytes of a key.
 */
const MOST_STORES = 8;
const MOST_BYTES = 65_536;

const NONE: readonly Uint8Array[] = [];
const latin1 = new TextDecoder("latin1");

/**
 * A key that differs for stores with the same anchors and different contents; the lengths in it
 * make it unambiguous.
 */
function idOf({ extra, crls }: TrustConfig): string | undefined {
  const all = [...extra, ...crls];
  if (all.reduce((sum, der) => sum + der.length, 0) > MOST_BYTES) return undefined;
  return `${extra.length} ${all.map((der) => `${der.length}:${latin1.decode(der)}`).join("")}`;
}

/**
 * Lends the store for a trust configuration to `use`, which takes a reference of its own if it
 * keeps it. Many may have it: nothing may change it.
 */
export function withStore<T>(
  c: OpenSslSymbols,
  trust: TrustConfig,
  use: (store: Deno.PointerValue) => T,
): T {
  const { anchors = NONE } = trust;
  const id = idOf(trust);
  if (id === undefined) return withOwnStore(c, trust, use);
  const among = storesOf(c, anchors);
  let kept = among.get(id);
  if (kept === undefined) among.set(id, kept = { store: newStore(c, trust), id, among });
  latest.delete(kept);
  latest.add(kept);
  const [oldest] = latest;
  if (latest.size > MOST_STORES) drop(oldest!);
  return use(kept.store.ptr);
}

function drop(kept: Kept): void {
  latest.delete(kept);
  kept.among.delete(kept.id);
  kept.store.free();
}

/** As {@linkcode withStore}, with a store that nobody else has: it may be changed. */
export function withOwnStore<T>(
  c: OpenSslSymbols,
  trust: TrustConfig,
  use: (store: Deno.PointerValue) => T,
): T {
  const store = newStore(c, trust);
  try {
    return use(store.ptr);
  } finally {
    store.free();
  }
}

function newStore(c: OpenSslSymbols, { anchors = NONE, extra, crls }: TrustConfig): NativeHandle {
  const certificates = [...anchors, ...extra];
  const store = new NativeHandle(c.X509_STORE_new()!, c.X509_STORE_free);
  try {
    certificates.forEach((der, i) =>
      add(c, `certificate ${i + 1} of ${certificates.length} among the trust anchors`, der, {
        read: c.d2i_X509_bio,
        add: (x509) => c.X509_STORE_add_cert(store.ptr, x509),
        free: c.X509_free,
      })
    );
    crls.forEach((der, i) =>
      add(c, `CRL ${i + 1} of ${crls.length}`, der, {
        read: c.d2i_X509_CRL_bio,
        add: (crl) => c.X509_STORE_add_crl(store.ptr, crl),
        free: c.X509_CRL_free,
      })
    );
    return store;
  } catch (error) {
    store.free();
    throw error;
  }
}

interface Kind {
  read(bio: Deno.PointerValue, reuse: null): Deno.PointerValue;
  add(object: Deno.PointerValue): number;
  free(object: Deno.PointerValue): void;
}

function add(c: OpenSslSymbols, what: string, der: Uint8Array, kind: Kind): void {
  c.ERR_clear_error();
  const object = withBio(c, der, (bio) => kind.read(bio, null));
  if (object === null) throw localError(`Cannot read ${what}`, drainErrors(c));
  const added = kind.add(object) === 1;
  kind.free(object);
  if (!added) throw localError(`Cannot trust ${what}`, drainErrors(c));
}

/**
 * An EVP_PKEY, which the caller frees. A password is always passed, if only an
 * empty one: without one OpenSSL would ask on the terminal.
 */
export function loadKey(c: OpenSslSymbols, key: KeyMaterial): Deno.PointerObject {
  const password = cString(ownRecord(key).password ?? "");
  c.ERR_clear_error();
  const pkey = key.format === "pem"
    ? withBio(c, key.data, (bio) => c.PEM_read_bio_PrivateKey(bio, null, null, password))
    : withBio(c, key.data, (bio) => c.d2i_PrivateKey_bio(bio, null)) ??
      withBio(c, key.data, (bio) => c.d2i_PKCS8PrivateKey_bio(bio, null, null, password));
  if (pkey !== null) {
    c.ERR_clear_error();
    return pkey;
  }
  const hint = key.password === undefined
    ? "if it is encrypted, give passwdCb"
    : "check the password from passwdCb";
  throw localError(`Cannot read the key from ${key.source}: ${hint}`, drainErrors(c));
}
