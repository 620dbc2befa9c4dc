/**
 * Revocation lists, both ways of Net::SSLeay's documentation: a folder in which OpenSSL looks by
 * hashed names when it needs a list (`HASH.r0`, `HASH.r1`, beside the certificates `HASH.0`), and
 * files of any name. A certificate that is revoked, or whose list is missing, is refused.
 *
 * ```sh
 * deno run --allow-net=localhost:1235 --allow-read=certs --allow-ffi examples/ssleay/crl_client.ts --folder certs localhost 1235
 * deno run --allow-net=localhost:1235 --allow-read=ca.pem,crl.pem --allow-ffi examples/ssleay/crl_client.ts --ca ca.pem --crl crl.pem localhost 1235
 * ```
 *
 * The hash of a list's issuer: `openssl crl -in crl.pem -hash -noout`; `openssl rehash certs` names all.
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow } from "../../ssleay/mod.ts";

const { ca, folder, crl, _: args } = parseArgs(Deno.args, { string: ["ca", "folder", "crl", "_"] });
const [hostname, port] = args.map(String);
if (hostname === undefined || port === undefined || (ca === undefined && folder === undefined)) {
  console.error(
    "usage: crl_client.ts [--folder certs] [--ca ca.pem] [--crl crl.pem,...] host port",
  );
  Deno.exit(2);
}

const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
SSLeay.CTX_load_verify_locations(ctx, ca, folder) === 1 || dieNow("load verify locations");
SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);

// Check the peer's certificate against the list of its issuer.
const store = SSLeay.CTX_get_cert_store(ctx) ?? dieNow("get cert store");
SSLeay.X509_STORE_set_flags(store, SSLeay.X509_V_FLAG_CRL_CHECK);

// Lists in one or more files of any name.
for (const file of crl?.split(",") ?? []) {
  const bio = SSLeay.BIO_new_file(file, "r") ?? dieNow(`open ${file}`);
  const list = SSLeay.PEM_read_bio_X509_CRL(bio) ?? dieNow(`error reading the CRL ${file}`);
  SSLeay.X509_STORE_add_crl(store, list) === 1 || dieNow(`error adding the CRL ${file}`);
  SSLeay.X509_CRL_free(list); // the store has its own reference
  SSLeay.BIO_free(bio);
}

using conn = await Deno.connect({ hostname, port: Number(port) });
const ssl = SSLeay.new(ctx) ?? dieNow("new");
SSLeay.X509_VERIFY_PARAM_set1_host(SSLeay.get0_param(ssl)!, hostname);
SSLeay.set_fd(ssl, conn);
if (await SSLeay.connect(ssl) !== 1) {
  const result = SSLeay.get_verify_result(ssl);
  console.error(`verify: ${SSLeay.X509_verify_cert_error_string(result)}`);
  dieNow("ssl connect");
}
console.log("verify: not revoked");
await SSLeay.shutdown(ssl);
SSLeay.free(ssl);
SSLeay.CTX_free(ctx);
