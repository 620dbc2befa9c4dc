/**
 * TLS between two sockets in memory, on the engine "wasm": bundled, it runs in Deno without a
 * permission, and on Node. The certificates come in the environment.
 */

import "../../engine/wasm/text.ts";
import { Handle, SslSocket } from "../../mod.ts";

const { ca, cert, key } = JSON.parse((globalThis as unknown as { PKI: string }).PKI);

const [one, two] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()];
const near = { readable: one.readable, writable: two.writable };
const far = { readable: two.readable, writable: one.writable };
const [client, server] = await Promise.all([
  SslSocket.start(near, { engine: "wasm", hostname: "localhost", ca }),
  SslSocket.start(far, { engine: "wasm", server: true, cert, key }),
]);
await client.write(new TextEncoder().encode("hello"));
const bytes = new Uint8Array(5);
await server.read(bytes);
console.log(client.engine, client.report.ok, client.getCipher(), new TextDecoder().decode(bytes));

// Lines both ways, writes at once, and the end.
const [asking, answering] = [new Handle(client), new Handle(server)];
const [line, reply] = [answering.readLine(), asking.readLine()];
await Promise.all([asking.print("who "), asking.print("is "), asking.say("there?")]);
await answering.say((await line)!.toUpperCase());
console.log(await reply);
await Promise.all([asking.close(), answering.close()]);
