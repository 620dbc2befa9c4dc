/**
 * Net::SSLeay's simple client: sends one message, prints the cipher and the answer. As its original,
 * with what that left out: the certificate is verified, the name as well.
 *
 * ```sh
 * deno run --allow-net=localhost:1235 --allow-read=ca.pem --allow-ffi examples/ssleay/simple_client.ts --ca ca.pem localhost 1235 'Hello, world!'
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieIfSslError, dieNow } from "../../ssleay/mod.ts";

const { ca, _: args } = parseArgs(Deno.args, { string: ["ca", "_"] });
const [hostname, port, message] = args.map(String); // read the command line
if (ca === undefined || hostname === undefined || port === undefined || message === undefined) {
  console.error("usage: simple_client.ts --ca ca.pem host port message");
  Deno.exit(2);
}
using conn = await Deno.connect({ hostname, port: Number(port) });

// The network connection is now open, let's fire up SSL.

const ctx = SSLeay.CTX_new() ?? dieNow("Failed to create SSL_CTX");
SSLeay.CTX_set_options(ctx, SSLeay.OP_ALL);
SSLeay.CTX_load_verify_locations(ctx, ca) === 1 || dieNow("ssl ctx load verify locations");
SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
const ssl = SSLeay.new(ctx) ?? dieNow("Failed to create SSL");
SSLeay.set_tlsext_host_name(ssl, hostname);
SSLeay.X509_VERIFY_PARAM_set1_host(SSLeay.get0_param(ssl)!, hostname);
SSLeay.set_fd(ssl, conn); // the connection itself: Deno has no fileno
await SSLeay.connect(ssl) === 1 || dieNow("ssl connect");
console.log(`Cipher \`${SSLeay.get_cipher(ssl)}'`);

// Exchange data.

await SSLeay.write(ssl, message);
dieIfSslError("ssl write");
await SSLeay.shutdown(ssl); // no more output: close_notify tells the server so
const got = await SSLeay.read(ssl) ?? dieNow("ssl read"); // undefined on failure
console.log(new TextDecoder().decode(got));

SSLeay.free(ssl); // tear down the connection
SSLeay.CTX_free(ctx);
