/**
 * Extensions as text, in the words of OpenSSL's `X509V3_EXT_print`.
 *
 * @module
 */

import { toHex } from "./der.ts";

/** The content of an extension as text; `DER:` and hex where there is no other text. */
export function extensionText(_oid: string, value: Uint8Array): string {
  return "DER:" + toHex(value).replace(/..(?=.)/g, "$&:");
}
