// @ts-self-types="./source.d.ts"
/**
 * The compiled file and what is written down about it. `deno task build:wasm` makes both.
 *
 * @module
 */

import source module from "./openssl.wasm";
import facts from "./openssl.json" with { type: "json" };

export { facts, module };
