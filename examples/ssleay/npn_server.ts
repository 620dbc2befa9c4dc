/**
 * NPN, which ALPN replaced, the server of Net::SSLeay's documentation: it advertises protocols, the
 * client selects. NPN exists up to TLS 1.2.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1:5443 --allow-read=server.pem,server.key --allow-ffi examples/ssleay/npn_server.ts --port 5443 --protocols spdy/2,http1.1 server.pem server.key
 * ```
 *
 * Check with: `openssl s_client -connect localhost:5443 -tls1_2 -nextprotoneg http1.1,spdy/2`
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow, printErrs, setCertAndKey, sslWriteAll } from "../../ssleay/mod.ts";

const { port, protocols, _: files } = parseArgs(Deno.args, {
  string: ["port", "protocols", "_"],
  default: { port: "5443", protocols: "spdy/2,http1.1" },
});
const [certFile, keyFile] = files.map(String);
if (certFile === undefined || keyFile === undefined) {
  console.error("usage: npn_server.ts [--port port] [--protocols list] server.pem server.key");
  Deno.exit(2);
}

const ctx = SSLeay.CTX_tlsv1_2_new() ?? dieNow("CTX_tlsv1_2_new");
SSLeay.CTX_set_options(ctx, SSLeay.OP_ALL);
const [, error] = await setCertAndKey(ctx, certFile, keyFile);
if (error !== undefined) throw new Error(error);
SSLeay.CTX_set_next_protos_advertised_cb(ctx, protocols.split(","));

using listener = Deno.listen({ hostname: "127.0.0.1", port: Number(port) });
console.log(`server:waiting for incoming connections on ${listener.addr.port}...`);
for await (const conn of listener) {
  using _closed = conn;
  const ssl = SSLeay.new(ctx) ?? dieNow("new");
  SSLeay.set_fd(ssl, conn);
  if (await SSLeay.accept(ssl) === 1) {
    const negotiated = SSLeay.P_next_proto_negotiated(ssl); // undefined without NPN
    console.log(`server:negotiated=${new TextDecoder().decode(negotiated)}`);
    const got = await SSLeay.read(ssl);
    await sslWriteAll(ssl, `length=${got?.length}`);
    await SSLeay.shutdown(ssl);
  } else {
    console.error(printErrs("ssl accept"));
  }
  SSLeay.free(ssl);
}
