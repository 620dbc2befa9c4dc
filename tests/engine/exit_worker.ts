/** Handshakes without an end, in a worker; says when it has begun. */

import { TestCa } from "../../certificate/mod.ts";
import { serve, SslSocket } from "../../mod.ts";

const ca = await TestCa.create();
const engine = "openssl";
const own = await ca.server("localhost");
const server = serve({ engine, hostname: "127.0.0.1", port: 0, ...own }, (h) => h.say("hello"));
const { port } = await server.addr;
(globalThis as unknown as Worker).postMessage("begun");
for (;;) {
  await using socket = await SslSocket.connect(`localhost:${port}`, { engine, ca: ca.pem });
  await socket.read(new Uint8Array(9));
}
