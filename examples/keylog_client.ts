/**
 * Says how a server was verified and what was negotiated, and writes the keys of the session for
 * Wireshark (Preferences > Protocols > TLS > Pre-Master-Secret log).
 *
 * The key log comes through a callback of OpenSSL, which Deno allows under the full flag only. The
 * engine "wasm" needs no such flag.
 *
 * ```sh
 * deno run --allow-net=example.com:443 --allow-read=ca.pem --allow-write=keys.log --allow-ffi examples/keylog_client.ts example.com:443 ca.pem keys.log
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { explain, SslSocket } from "../mod.ts";

const [target, caFile, log] = parseArgs(Deno.args, { string: "_" })._.map(String);
if (target === undefined || caFile === undefined || log === undefined) {
  console.error("usage: keylog_client.ts host:port ca.pem keys.log");
  Deno.exit(2);
}
try {
  await using socket = await SslSocket.connect(target, {
    engine: "openssl",
    caFile,
    keylog: (line) => Deno.writeTextFileSync(log, line + "\n", { append: true }),
  });
  console.log(`${socket.getSslversion()} ${socket.getCipher()}`);
  for (const { name, ok, detail } of socket.report.checks) {
    console.log(`${name}: ${ok ? "ok" : "not checked"}: ${detail}`);
  }
} catch (error) {
  console.error(explain(error));
  Deno.exit(1);
}
