/**
 * Net::SSLeay's echo server for inetd, which hands over an open connection as standard input and
 * output: no socket code at all. What it has to say goes to standard error. The key must not be
 * encrypted: nobody could type its password.
 *
 * ```sh
 * deno run --allow-read=server.pem,server.key --allow-ffi examples/ssleay/inetd_server.ts server.pem server.key
 * ```
 *
 * A line of /etc/inetd.conf: `ssltst stream tcp nowait nobody /path/to/deno deno run ...`
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieIfSslError, dieNow } from "../../ssleay/mod.ts";

const [certFile, keyFile] = parseArgs(Deno.args, { string: "_" })._.map(String);
if (certFile === undefined || keyFile === undefined) {
  console.error("usage: inetd_server.ts server.pem server.key");
  Deno.exit(2);
}

const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
const ssl = SSLeay.new(ctx) ?? dieNow("new");
SSLeay.set_options(ssl, SSLeay.OP_ALL);

// We get an already open network connection from inetd, now we just
// need to attach SSLeay to stdin and stdout.
SSLeay.set_rfd(ssl, Deno.stdin);
SSLeay.set_wfd(ssl, Deno.stdout);

SSLeay.use_PrivateKey_file(ssl, keyFile, SSLeay.FILETYPE_PEM);
dieIfSslError("private key");
SSLeay.use_certificate_file(ssl, certFile, SSLeay.FILETYPE_PEM);
dieIfSslError("certificate");

await SSLeay.accept(ssl) === 1 || dieNow("ssl accept");
console.error(`Cipher \`${SSLeay.get_cipher(ssl)}'`);

const got = await SSLeay.read(ssl) ?? dieNow("ssl read");
const text = new TextDecoder().decode(got);
console.error(`Got \`${text}' (${text.length} chars)`);

await SSLeay.write(ssl, text.toUpperCase()) > 0 || dieNow("ssl write");
await SSLeay.shutdown(ssl);

SSLeay.free(ssl); // tear down the connection
SSLeay.CTX_free(ctx);
