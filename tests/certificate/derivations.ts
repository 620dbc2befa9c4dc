/** The keys that tests derive themselves. */

import { deriveNow, type Deriving } from "../../certificate/keys/derive.ts";
import { pkcs12Derivation } from "../../certificate/keys/key_derivation.ts";

/** Work that asks for one key and gives it. */
export function* keyOf(...of: Parameters<typeof pkcs12Derivation>): Deriving<Uint8Array> {
  return yield pkcs12Derivation(...of);
}

/** A key by the derivation of PKCS#12, without waiting. */
export const pkcs12Key = (...of: Parameters<typeof pkcs12Derivation>): Uint8Array =>
  deriveNow(keyOf(...of));
