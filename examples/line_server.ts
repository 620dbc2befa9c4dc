/**
 * A server with the loop in your own hands: many connections side by side, bounds on slow clients,
 * failed handshakes told and survived. Every line comes back in upper case.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1:8443 --allow-read=server.pem,server.key examples/line_server.ts 127.0.0.1:8443 server.pem server.key
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { Handle, SslSocket } from "../mod.ts";

const [address = "", certFile, keyFile] = parseArgs(Deno.args, { string: "_" })._.map(String);
const [, hostname, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (hostname === undefined || port === undefined || keyFile === undefined) {
  console.error("usage: line_server.ts address:port server.pem server.key");
  Deno.exit(2);
}

async function talk(socket: SslSocket): Promise<void> {
  await using client = new Handle(socket);
  for await (const line of client.lines()) await client.say(line.toUpperCase());
}

await using listener = await SslSocket.listen({
  hostname,
  port: Number(port),
  certFile,
  keyFile,
  handshakeTimeout: 5_000,
  maxHandshakes: 64,
  onHandshakeError: (error) => console.error(`refused: ${error.message}`),
});
console.log(`listening on ${listener.addr.hostname}:${listener.addr.port}`);
for await (const socket of listener) {
  // Not awaited: the next client does not wait for this one.
  talk(socket).catch((error) => console.error(`ended: ${error.message}`));
}
