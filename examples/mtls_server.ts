/**
 * A server for clients that have a certificate of our CA, and for nobody else.
 *
 * Asking for client certificates needs OpenSSL; the files have to be readable.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1:8443 --allow-read=server.pem,server.key,clients-ca.pem --allow-ffi examples/mtls_server.ts 127.0.0.1:8443 server.pem server.key clients-ca.pem
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { serve, SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../mod.ts";

const [address = "", certFile, keyFile, clientCaFile] = parseArgs(Deno.args, { string: "_" })._.map(
  String,
);
const [, hostname, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (hostname === undefined || port === undefined || clientCaFile === undefined) {
  console.error("usage: mtls_server.ts address:port server.pem server.key clients-ca.pem");
  Deno.exit(2);
}
const server = serve({
  engine: "openssl", // "wasm" needs no --allow-ffi, and is slower
  hostname,
  port: Number(port),
  certFile,
  keyFile,
  clientCaFile,
  verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
  onHandshakeError: (error) => console.error(`refused: ${error.message}`),
}, async (client, socket) => {
  await client.say(`Hello, ${socket.peerCertificate("commonName")}`);
});
const addr = await server.addr;
console.log(`listening on ${addr.hostname}:${addr.port}`);
await server.finished;
