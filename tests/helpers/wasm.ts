/**
 * Whether the engine "wasm" is there to be tested: in a clone its file has yet to be built. This is
 * the one rule by which tests of it are skipped. CI builds the file and says so in the environment,
 * and then a missing file is a failure.
 */

const FILE = new URL("../../engine/wasm/openssl.wasm", import.meta.url);

/** Whether the file was built, by `deno task build:wasm`. */
export const wasmBuilt: boolean = Deno.env.get("SOCKET_SSL_WASM") === "required" || isThere();

function isThere(): boolean {
  try {
    return Deno.statSync(FILE).isFile;
  } catch {
    return false;
  }
}
