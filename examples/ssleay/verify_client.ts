/**
 * Net::SSLeay's verify callback: OpenSSL calls it for every certificate of the chain, from the root
 * down, with its own judgement. What the callback returns is the judgement that counts.
 *
 * ```sh
 * deno run --allow-net=localhost:1235 --allow-read=ca.pem --allow-ffi examples/ssleay/verify_client.ts --ca ca.pem --refuse 'Some Name' localhost 1235
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow } from "../../ssleay/mod.ts";

const { ca, refuse, _: args } = parseArgs(Deno.args, { string: ["ca", "refuse", "_"] });
const [hostname, port] = args.map(String);
if (ca === undefined || hostname === undefined || port === undefined) {
  console.error("usage: verify_client.ts --ca ca.pem [--refuse name] host port");
  Deno.exit(2);
}

const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
SSLeay.CTX_load_verify_locations(ctx, ca) === 1 || dieNow("load verify locations");
const ssl = SSLeay.new(ctx) ?? dieNow("new");
SSLeay.X509_VERIFY_PARAM_set1_host(SSLeay.get0_param(ssl)!, hostname);

SSLeay.set_verify(ssl, SSLeay.VERIFY_PEER, (ok, store) => {
  const depth = SSLeay.X509_STORE_CTX_get_error_depth(store);
  const cert = SSLeay.X509_STORE_CTX_get_current_cert(store)!;
  const subject = SSLeay.X509_NAME_oneline(SSLeay.X509_get_subject_name(cert)!);
  console.log(`Verifying certificate ${depth}: ${subject}: ${ok}`);
  if (!ok) {
    const error = SSLeay.X509_STORE_CTX_get_error(store);
    console.log(`error ${error}: ${SSLeay.X509_verify_cert_error_string(error)}`);
  }
  if (refuse !== undefined && subject?.includes(refuse)) {
    SSLeay.X509_STORE_CTX_set_error(store, SSLeay.X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  return ok; // never 1 in its place: that would accept everyone
});

using conn = await Deno.connect({ hostname, port: Number(port) });
SSLeay.set_fd(ssl, conn);
const result = await SSLeay.connect(ssl);
SSLeay.set_verify(ssl, SSLeay.VERIFY_PEER); // the callback is reset, as Perl's has to be
if (result !== 1) {
  const code = SSLeay.get_verify_result(ssl);
  dieNow(`ssl connect: ${SSLeay.X509_verify_cert_error_string(code)}`);
}
console.log("verified");
await SSLeay.shutdown(ssl);
SSLeay.free(ssl);
SSLeay.CTX_free(ctx);
