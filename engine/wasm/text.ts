/**
 * Brings the WebAssembly file of OpenSSL along as text, for programs that are bundled and for Node.
 * Deno by itself does not need it. The text is read when the engine `"wasm"` is first used.
 *
 * @example
 * ```ts
 * import "@socket/ssl/wasm";
 * import { SslSocket } from "@socket/ssl";
 *
 * const connect = () => SslSocket.connect("example.com:443", { engine: "wasm" });
 * ```
 *
 * @module
 */

import { provideText } from "./loader.ts";

provideText(async () => {
  try {
    // @ts-types="./openssl_base64.d.ts"
    const { default: base64, sha256 } = await import("./openssl_base64.js");
    return { base64, sha256 };
  } catch (error) {
    throw error; // within try, bundlers let the file be missing, as in a clone that has not built it
  }
});
