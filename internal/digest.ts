/**
 * A digest by its name.
 *
 * @module
 */

import { SslUnsupportedError } from "../errors.ts";
import { nodeCrypto } from "./node_crypto.ts";
import { quote } from "./quote.ts";

/** A digest by its name, letters and dashes as you like. */
export function digest(algorithm: string, data: Uint8Array): Uint8Array {
  const name = String(algorithm).toLowerCase().replace(/^sha-/, "sha");
  let hash;
  try {
    hash = nodeCrypto().createHash(name);
  } catch {
    // The platform's error names the algorithm, which may be something else in its place.
    throw new SslUnsupportedError(
      `Cannot compute digest: unknown algorithm: received ${quote(algorithm)}`,
      { code: "UNKNOWN_DIGEST" },
    );
  }
  return new Uint8Array(hash.update(data).digest());
}
