// @ts-self-types="./source.d.ts"
/**
 * The compiled file and what is written down about it. `deno task build:wasm` makes both: the
 * imports wait for a call, so that a clone without them can be checked and tested.
 *
 * @module
 */

export async function loadSource() {
  const module = await import.source("./openssl.wasm");
  const { default: facts } = await import("./openssl.json", { with: { type: "json" } });
  return { module, facts };
}
