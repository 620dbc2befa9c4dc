/**
 * The quick server: one handler, one connection each. It asks for a name and greets it.
 *
 * With a certificate from files, which have to be readable, or for a first try with one that is made
 * in memory and that no client trusts.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1:8443 --allow-read=server.pem,server.key examples/quick_server.ts 127.0.0.1:8443 server.pem server.key
 * deno run --allow-net=127.0.0.1:8443 examples/quick_server.ts 127.0.0.1:8443
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { serve } from "../mod.ts";

const [address = "", certFile, keyFile] = parseArgs(Deno.args, { string: "_" })._.map(String);
const [, hostname, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (hostname === undefined || port === undefined) {
  console.error("usage: quick_server.ts address:port [server.pem server.key]");
  Deno.exit(2);
}
const own = certFile === undefined ? { selfSigned: true } : { certFile, keyFile };
const server = serve(
  { hostname, port: Number(port), ...own, onError: (error) => console.error(`${error}`) },
  async (client) => {
    await client.say("Who are you?");
    const name = await client.readLine();
    if (name !== undefined) await client.say(`Hello, ${name}`);
  },
);
const addr = await server.addr;
console.log(`listening on ${addr.hostname}:${addr.port}`);
await server.finished;
