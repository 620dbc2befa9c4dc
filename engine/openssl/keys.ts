/**
 * Private keys into OpenSSL.
 *
 * @module
 */

import type { KeyMaterial } from "../types.ts";
import { drainErrors } from "./error_queue.ts";
import { localError } from "./errors.ts";
import { cString, withBio } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

/**
 * An EVP_PKEY, which the caller frees. A password is always passed, if only an
 * empty one: without one OpenSSL would ask on the terminal.
 */
export function loadKey(c: OpenSslSymbols, key: KeyMaterial): Deno.PointerObject {
  const password = cString(key.password ?? "");
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
