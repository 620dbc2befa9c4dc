/**
 * A digest by its name.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { nodeCrypto } from "./node_crypto.ts";
import { quote } from "./quote.ts";

/** The digest of bytes by its name, in any case, with or without dashes. */
export function digest(algorithm: string, data: Uint8Array): Uint8Array {
  const name = String(algorithm).toLowerCase().replace(/^sha-/, "sha");
  let hash;
  try {
    hash = nodeCrypto().createHash(name);
  } catch {
    // The platform's error quotes the name, which may be a secret in the wrong place.
    throw new SslUnsupportedError(
      `Cannot compute digest: unknown algorithm: received ${quote(algorithm)}`,
      { code: "UNKNOWN_DIGEST" },
    );
  }
  return new Uint8Array(hash.update(data).digest());
}
