/**
 * Deno's `node:crypto`, when it is first asked for. Loading it takes longer than loading all of
 * this package, and an import would do it at every start.
 *
 * @module
 */

import type * as NodeCrypto from "node:crypto";

let loaded: typeof NodeCrypto | undefined;

export function nodeCrypto(): typeof NodeCrypto {
  return loaded ??= globalThis.process.getBuiltinModule("node:crypto");
}
