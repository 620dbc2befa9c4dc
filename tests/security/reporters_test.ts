/** A hostile client must not end the process through a function of the application that fails later. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { serve } from "../../server/serve.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, leaf } from "../context/harness.ts";

const OPTIONS = {
  engine: "openssl",
  hostname: "127.0.0.1",
  port: 0,
  cert: leaf.cert,
  key: leaf.key,
} as const;

Deno.test("onHandshakeError may be async and reject: the listener goes on", async () => {
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const onHandshakeError = async (): Promise<void> => {
    await Promise.resolve();
    resolve();
    throw new Error("the log is full");
  };
  const listener = await SslSocket.listen({ ...OPTIONS, onHandshakeError });
  const { port } = listener.addr;
  const accepted = listener[Symbol.asyncIterator]().next();
  const hostile = await Deno.connect({ port });
  await hostile.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
  await told;
  hostile.close();
  await new Promise((done) => setTimeout(done)); // a rejection that nobody met would end it here
  const client = await SslSocket.connect(`127.0.0.1:${port}`, {
    engine: "openssl",
    ca: ca.pem,
    serverName: "server.example",
  });
  const socket = (await accepted).value!;
  await Promise.all([client.close(), socket.close()]);
  listener.close();
});

Deno.test("onError of serve() may be async and reject: the server goes on", async () => {
  const errors: unknown[] = [];
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const onError = async (error: unknown): Promise<void> => {
    errors.push(error);
    resolve();
    await Promise.resolve();
    throw new Error("the log is full");
  };
  const failure = new Error("by the handler");
  const server = serve({ ...OPTIONS, onError }, () => Promise.reject(failure));
  const { port } = await server.addr as Deno.NetAddr;
  const client = await SslSocket.connect(`127.0.0.1:${port}`, {
    engine: "openssl",
    ca: ca.pem,
    serverName: "server.example",
  });
  await told;
  await new Promise((done) => setTimeout(done));
  assertEquals(errors, [failure]);
  await client.close({ noShutdown: true });
  await server.shutdown();
});
