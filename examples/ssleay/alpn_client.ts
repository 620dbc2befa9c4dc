/**
 * ALPN (RFC 7301), the client of Net::SSLeay's documentation: it offers protocols, the server selects.
 *
 * ```sh
 * deno run --allow-net=localhost:5443 --allow-read=ca.pem --allow-ffi examples/ssleay/alpn_client.ts --ca ca.pem --port 5443 --protocols spdy/3,http/1.1
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow, sslReadAll, sslWriteAll } from "../../ssleay/mod.ts";

const { ca, port, protocols } = parseArgs(Deno.args, {
  string: ["ca", "port", "protocols"],
  default: { port: "5443", protocols: "http/1.1,http/2.0,spdy/3" },
});
if (ca === undefined) {
  console.error("usage: alpn_client.ts --ca ca.pem [--port port] [--protocols list]");
  Deno.exit(2);
}

using conn = await Deno.connect({ hostname: "localhost", port: Number(port) });
const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
SSLeay.CTX_set_options(ctx, SSLeay.OP_ALL);
SSLeay.CTX_load_verify_locations(ctx, ca) === 1 || dieNow("load verify locations");
SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
SSLeay.CTX_set_alpn_protos(ctx, protocols.split(",")) === 0 || dieNow("set alpn protos");
const ssl = SSLeay.new(ctx) ?? dieNow("new");
SSLeay.set_fd(ssl, conn);
await SSLeay.connect(ssl) === 1 || dieNow("ssl connect");

console.log(`client:selected=${new TextDecoder().decode(SSLeay.P_alpn_selected(ssl))}`);
await sslWriteAll(ssl, "hello");
const [answer, error] = await sslReadAll(ssl);
console.log(`client:answer=${answer}`);
if (error !== undefined) throw new Error(error);
SSLeay.free(ssl);
SSLeay.CTX_free(ctx);
