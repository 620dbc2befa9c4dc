/**
 * Net::SSLeay's password callback: it decrypts a private key as the key is loaded. The password is
 * read from standard input.
 *
 * ```sh
 * deno run --allow-read=server.pem,encrypted.key --allow-ffi examples/ssleay/password.ts server.pem encrypted.key
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow } from "../../ssleay/mod.ts";

const [certFile, keyFile] = parseArgs(Deno.args, { string: "_" })._.map(String);
if (certFile === undefined || keyFile === undefined) {
  console.error("usage: password.ts server.pem encrypted.key < password.txt");
  Deno.exit(2);
}
// The callback is called from C, which cannot wait: whatever it needs is there before.
const password = (await new Response(Deno.stdin.readable).text()).trimEnd();

const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
SSLeay.CTX_set_default_passwd_cb(ctx, () => password);
SSLeay.CTX_use_PrivateKey_file(ctx, keyFile, SSLeay.FILETYPE_PEM) === 1 ||
  dieNow("Error reading private key");
SSLeay.CTX_set_default_passwd_cb(ctx, undefined);

SSLeay.CTX_use_certificate_file(ctx, certFile, SSLeay.FILETYPE_PEM) === 1 ||
  dieNow("Error reading certificate");
SSLeay.CTX_check_private_key(ctx) === 1 || dieNow("The key is that of another certificate");
console.log("the key is decrypted, and belongs to the certificate");
SSLeay.CTX_free(ctx);
