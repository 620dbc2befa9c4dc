/**
 * An HTTPS server that knows its clients by their certificates: a page for everybody who has one of
 * our CA, over HTTP/1.1 and HTTP/2.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1 --allow-read=server.pem,server.key,clients-ca.pem --allow-ffi examples/https_server.ts 127.0.0.1:8443 server.pem server.key clients-ca.pem
 * ```
 *
 * Behind the port of HTTPS there is one of the loopback address, which nobody but this server can
 * use, so `--allow-net` has to name it.
 */

import { parseArgs } from "@std/cli/parse-args";
import { serveHttp } from "../http/mod.ts";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../constants.ts";

const [address = "", certFile, keyFile, clientCaFile] = parseArgs(Deno.args, { string: "_" })._.map(
  String,
);
const [, hostname, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (hostname === undefined || port === undefined || clientCaFile === undefined) {
  console.error("usage: https_server.ts address:port server.pem server.key clients-ca.pem");
  Deno.exit(2);
}
const server = serveHttp(
  {
    engine: "openssl", // "wasm" needs no --allow-ffi, and is slower
    ...{ hostname, port: Number(port), certFile, keyFile, clientCaFile },
    verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    onHandshakeError: (error) => console.error(`refused: ${error.message}`),
    onError: (error) => console.error(error),
  },
  ({ url }, { peer }) => new Response(`Hello, ${peer?.commonName}, at ${new URL(url).pathname}\n`),
);
const addr = await server.addr;
console.log(`listening on ${addr.hostname}:${addr.port}`);
await server.finished;
