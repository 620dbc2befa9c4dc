/**
 * NPN, which ALPN replaced, the client of Net::SSLeay's documentation: the client selects among what
 * the server advertises. NPN exists up to TLS 1.2.
 *
 * ```sh
 * deno run --allow-net=localhost:5443 --allow-read=ca.pem --allow-ffi examples/ssleay/npn_client.ts --ca ca.pem --port 5443 --protocols http1.1,spdy/2
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow, sslReadAll, sslWriteAll } from "../../ssleay/mod.ts";

const { ca, port, protocols } = parseArgs(Deno.args, {
  string: ["ca", "port", "protocols"],
  default: { port: "5443", protocols: "http1.1,spdy/2" },
});
if (ca === undefined) {
  console.error("usage: npn_client.ts --ca ca.pem [--port port] [--protocols list]");
  Deno.exit(2);
}

using conn = await Deno.connect({ hostname: "localhost", port: Number(port) });
const ctx = SSLeay.CTX_tlsv1_2_new() ?? dieNow("CTX_tlsv1_2_new");
SSLeay.CTX_set_options(ctx, SSLeay.OP_ALL);
SSLeay.CTX_load_verify_locations(ctx, ca) === 1 || dieNow("load verify locations");
SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
SSLeay.CTX_set_next_proto_select_cb(ctx, protocols.split(","));
const ssl = SSLeay.new(ctx) ?? dieNow("new");
SSLeay.set_fd(ssl, conn);
await SSLeay.connect(ssl) === 1 || dieNow("ssl connect");

console.log(`client:negotiated=${new TextDecoder().decode(SSLeay.P_next_proto_negotiated(ssl))}`);
// 1: negotiated; 2: no overlap, and it is the first of the server.
console.log(`client:last_status=${SSLeay.P_next_proto_last_status(ssl)}`);
await sslWriteAll(ssl, "hello");
const [answer, error] = await sslReadAll(ssl);
console.log(`client:answer=${answer}`);
if (error !== undefined) throw new Error(error);
SSLeay.free(ssl);
SSLeay.CTX_free(ctx);
