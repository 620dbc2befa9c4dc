/**
 * A page over HTTPS, on whichever engine the flags allow.
 *
 * Deno's own TLS and its roots need the network alone. A CA of your own is added from a file, which
 * has to be readable. With OpenSSL the anchors are the system's, or those of SSL_CERT_FILE.
 *
 * ```sh
 * deno run --allow-net=example.com:443 examples/https_client.ts example.com:443
 * deno run --allow-net=example.com:443 --allow-read=ca.pem examples/https_client.ts example.com:443 ca.pem
 * deno run --allow-net=example.com:443 --allow-read=ca.pem --allow-env=SSL_CERT_FILE --allow-ffi=/usr/lib/x86_64-linux-gnu/libssl.so.3 examples/https_client.ts example.com:443
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { explain, Handle } from "../mod.ts";

const [target, extraCaFile] = parseArgs(Deno.args, { string: "_" })._.map(String);
if (target === undefined) {
  console.error("usage: https_client.ts host:port [ca.pem]");
  Deno.exit(2);
}
const host = target.replace(/:\d+$/, "");
try {
  await using page = await Handle.connect(target, { extraCaFile });
  await page.print(`GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
  for await (const line of page.lines()) console.log(line);
} catch (error) {
  console.error(explain(error));
  Deno.exit(1);
}
