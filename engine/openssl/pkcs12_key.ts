/**
 * OpenSSL's key derivation of PKCS#12, on another thread.
 *
 * @module
 */

import type { Pkcs12Derivation } from "../../certificate/keys/native_kdf.ts";
import { cString } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

/** The bytes that C works with on another thread: nothing else refers to them until it is done. */
const inUse = new Set<readonly Uint8Array[]>();

/** The key; `undefined` where the library has no such function or digest, or refuses to derive. */
export async function deriveKey(
  c: OpenSslSymbols,
  { hash, password, salt, id, rounds, length }: Pkcs12Derivation,
): Promise<Uint8Array | undefined> {
  const { PKCS12_key_gen_uni: generate } = c;
  const digest = c.EVP_get_digestbyname(cString(hash));
  if (generate === null || digest === null) return undefined;
  const [p, s] = [Uint8Array.from(password), Uint8Array.from(salt)];
  const key = new Uint8Array(length);
  const bytes = [p, s, key];
  inUse.add(bytes);
  try {
    const done = await generate(p, p.length, s, s.length, id, rounds, length, key, digest);
    return done === 1 ? key : undefined;
  } finally {
    inUse.delete(bytes);
    p.fill(0);
  }
}
