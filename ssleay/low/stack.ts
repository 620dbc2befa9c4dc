/**
 * The elements of OpenSSL's stacks.
 *
 * @module
 */

import { lazy } from "./c_function.ts";

const size = lazy("OPENSSL_sk_num", ["pointer"], "i32");
const at = lazy("OPENSSL_sk_value", ["pointer", "i32"], "pointer");

/** The elements of a stack; of NULL there is not one. */
export function* elements(stack: Deno.PointerValue): Generator<Deno.PointerValue> {
  if (stack === null) return;
  for (let i = 0; i < size(stack); i++) yield at(stack, i);
}
