/**
 * ALPN (RFC 7301), the server of Net::SSLeay's documentation: the server selects the protocol.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1:5443 --allow-read=server.pem,server.key --allow-ffi examples/ssleay/alpn_server.ts --port 5443 --protocols http/1.1,http/2.0,spdy/3 server.pem server.key
 * ```
 *
 * Check with: `openssl s_client -connect localhost:5443 -alpn spdy/3,http/1.1`
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow, printErrs, setCertAndKey, sslWriteAll } from "../../ssleay/mod.ts";

const { port, protocols, _: files } = parseArgs(Deno.args, {
  string: ["port", "protocols", "_"],
  default: { port: "5443", protocols: "http/1.1,http/2.0,spdy/3" },
});
const [certFile, keyFile] = files.map(String);
if (certFile === undefined || keyFile === undefined) {
  console.error("usage: alpn_server.ts [--port port] [--protocols list] server.pem server.key");
  Deno.exit(2);
}

const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
SSLeay.CTX_set_options(ctx, SSLeay.OP_ALL);
const [, error] = await setCertAndKey(ctx, certFile, keyFile);
if (error !== undefined) throw new Error(error);
const ours = protocols.split(",");
SSLeay.CTX_set_alpn_select_cb(ctx, (_ssl, offered) => {
  console.log(`server:offered=${offered}`);
  // A name that the client did not offer ends the handshake with no_application_protocol.
  return ours.find((name) => offered.includes(name)) ?? "none in common";
}); // without a condition of its own: CTX_set_alpn_select_cb(ctx, ours)

using listener = Deno.listen({ hostname: "127.0.0.1", port: Number(port) });
console.log(`server:waiting for incoming connections on ${listener.addr.port}...`);
for await (const conn of listener) {
  using _closed = conn;
  const ssl = SSLeay.new(ctx) ?? dieNow("new");
  SSLeay.set_fd(ssl, conn);
  if (await SSLeay.accept(ssl) === 1) {
    const selected = SSLeay.P_alpn_selected(ssl); // undefined when the client offered nothing
    console.log(`server:selected=${new TextDecoder().decode(selected)}`);
    const got = await SSLeay.read(ssl);
    await sslWriteAll(ssl, `length=${got?.length}`);
    await SSLeay.shutdown(ssl);
  } else {
    console.error(printErrs("ssl accept"));
  }
  SSLeay.free(ssl);
}
