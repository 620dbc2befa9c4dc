/** A refusal is checked by its class and its code, not only by its existence. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { SslError } from "../../errors.ts";

/** The error with which a call rejects; fails unless its class is this and its code one of these. */
export async function refuses<E extends SslError>(
  call: () => Promise<unknown>,
  kind: new (message: string, options: { code: string }) => E,
  code: string | readonly string[],
): Promise<E> {
  const error = await assertRejects(call, kind);
  assertEquals(error.constructor.name, kind.name, error.message);
  const codes = typeof code === "string" ? [code] : code;
  assert(codes.includes(error.code), `${error.code}, and not ${code}: ${error.message}`);
  return error;
}
