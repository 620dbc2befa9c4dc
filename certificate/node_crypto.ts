/**
 * Deno's `node:crypto`, when it is first asked for. Loading it takes longer than all of
 * this package, and even `import defer` links it: at every start, wherever it is used.
 *
 * @module
 */

import type * as NodeCrypto from "node:crypto";

let loaded: typeof NodeCrypto | undefined;

/** `node:crypto`. */
export function nodeCrypto(): typeof NodeCrypto {
  return loaded ??= globalThis.process.getBuiltinModule("node:crypto");
}
