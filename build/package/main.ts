/**
 * Makes the package as it is published: the sources, and beside them what they were compiled to, in
 * few files, because a start costs by the number of files and their size. Types and their
 * documentation come from the sources.
 *
 *     deno task build:package [folder]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { buildPackage } from "./package.ts";

const ROOT = new URL("../../", import.meta.url);

const { _: [folder = "dist"] } = parseArgs(Deno.args);
if (!await Deno.stat(new URL("engine/wasm/openssl.wasm", ROOT)).then(() => true, () => false)) {
  const why = "the package lacks the engine wasm: run deno task build:wasm first";
  if (Deno.env.get("SOCKET_SSL_WASM") === "required") throw new Error(why);
  console.log(why);
}
const { files, bytes, sources } = await buildPackage(ROOT, String(folder));
console.log(`${folder}: ${files} compiled files, ${Math.round(bytes / 1000)} KB`);
console.log(`SHA-256 of the sources: ${sources}`);
