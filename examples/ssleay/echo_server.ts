/**
 * Net::SSLeay's simple echo server: what a client sends comes back in upper case. One client after
 * the other, as in the original; one whose handshake fails does not end the server.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1:1235 --allow-read=server.pem,server.key --allow-ffi examples/ssleay/echo_server.ts --address 127.0.0.1 --port 1235 server.pem server.key
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieIfSslError, dieNow } from "../../ssleay/mod.ts";

const { address, port, _: files } = parseArgs(Deno.args, {
  string: ["address", "port", "_"],
  default: { address: "127.0.0.1", port: "1235" },
});
const [certFile, keyFile] = files.map(String);
if (certFile === undefined || keyFile === undefined) {
  console.error("usage: echo_server.ts [--address address] [--port port] server.pem server.key");
  Deno.exit(2);
}

const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
SSLeay.CTX_set_options(ctx, SSLeay.OP_ALL);
SSLeay.CTX_use_PrivateKey_file(ctx, keyFile, SSLeay.FILETYPE_PEM);
dieIfSslError("private key");
SSLeay.CTX_use_certificate_file(ctx, certFile, SSLeay.FILETYPE_PEM);
dieIfSslError("certificate");

async function answer(conn: Deno.TcpConn): Promise<void> {
  // We now have a network connection, let's fire up SSLeay...
  const ssl = SSLeay.new(ctx) ?? dieNow("SSL_new");
  try {
    SSLeay.set_fd(ssl, conn);
    await SSLeay.accept(ssl) === 1 || dieNow("ssl accept");
    console.log(`Cipher \`${SSLeay.get_cipher(ssl)}'`);

    // Connected. Exchange some data.
    const got = await SSLeay.read(ssl) ?? dieNow("ssl read"); // undefined on failure
    const text = new TextDecoder().decode(got);
    console.log(`Got \`${text}' (${text.length} chars)`);
    await SSLeay.write(ssl, text.toUpperCase()) > 0 || dieNow("ssl write");
    await SSLeay.shutdown(ssl); // close_notify, which the original left out
  } finally {
    SSLeay.free(ssl); // tear down the connection
  }
}

using listener = Deno.listen({ hostname: address, port: Number(port) });
console.log(`Accepting connections on ${listener.addr.hostname}:${listener.addr.port}...`);
for await (const conn of listener) {
  using _closed = conn;
  console.log(`connection from ${conn.remoteAddr.hostname}:${conn.remoteAddr.port}`);
  await answer(conn).catch((error) => console.error(`${error.message}: ${error.cause?.message}`));
}
