/**
 * A client that trusts one certificate and no authority: the pin decides, before a byte is sent. For
 * devices with a self-signed certificate; `openssl x509 -fingerprint -sha256` shows the pin.
 *
 * Pins that replace the chain need OpenSSL. The flag may name the one library, and no file is read;
 * with the engine "wasm" it can be left out.
 *
 * ```sh
 * deno run --allow-net=device.example:8443 --allow-ffi=/usr/lib/x86_64-linux-gnu/libssl.so.3 examples/pinned_client.ts device.example:8443 'sha256$...'
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { explain, Handle } from "../mod.ts";

const [target, fingerprint] = parseArgs(Deno.args, { string: "_" })._.map(String);
if (target === undefined || fingerprint === undefined) {
  console.error("usage: pinned_client.ts host:port sha256$...");
  Deno.exit(2);
}
try {
  // No anchors: the pin is all there is. forceFingerprint rules out that anything else is enough.
  await using device = await Handle.connect(target, {
    engine: "openssl",
    fingerprint,
    forceFingerprint: true,
    ca: [],
  });
  console.log(await device.readLine());
} catch (error) {
  console.error(explain(error));
  Deno.exit(1);
}
