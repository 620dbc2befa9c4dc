/** A server that is shut down at the wrong moment leaves no client behind. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { SslError, SslTruncatedError } from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { AcceptQueue } from "../../socket/accept_queue.ts";
import { serve } from "../../server/serve.ts";
import { SslSocket } from "../../socket/socket.ts";
import { testPki, trust } from "../contract/harness.ts";

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: serve() cuts a connection whose handshake ended in the shutdown`, async () => {
    const { ca, server: cert } = await testPki();
    const errors: unknown[] = [];
    let handled = 0;
    const server = serve({
      engine,
      hostname: "127.0.0.1",
      port: 0,
      ...cert,
      onError: (error) => errors.push(error),
    }, async (handle) => {
      handled++;
      await handle.readLine();
    });
    const { port } = await server.addr;
    const client = await Handle.connect(`127.0.0.1:${port}`, trust(engine, ca));
    // With TLS 1.3 a client is done before the server is: its last message is on its way.
    const line = client.readLine();
    line.catch(() => {});
    await server.shutdown({ deadline: 50 });
    await server.finished;
    if (engine === "openssl") await assertRejects(() => line, SslTruncatedError);
    else assertEquals(await line, undefined);
    assertEquals(errors.map((error) => (error as SslError).code), ["ECLOSED"].slice(0, handled));
    await client.close();
  });

  Deno.test(`${engine}: leaving the loop over a listener leaves it open for another one`, async () => {
    const { ca, server: cert } = await testPki();
    const listener = await SslSocket.listen({ engine, hostname: "127.0.0.1", port: 0, ...cert });
    const { port } = listener.addr;
    const served: SslSocket[] = [];
    for (let i = 1; i <= 3; i++) {
      const connecting = SslSocket.connect(`127.0.0.1:${port}`, trust(engine, ca));
      for await (const socket of listener) {
        served.push(socket);
        await socket.write(new Uint8Array([i]));
        await socket.close();
        break; // leaves the listener open
      }
      await using client = await connecting;
      const p = new Uint8Array(2);
      assertEquals([await client.read(p), p[0]], [1, i]);
      assertEquals(await client.read(p), null);
      assertEquals(new Set(served).size, i);
    }
    await listener.shutdown();
    const error = await assertRejects(() => listener.accept(), SslError);
    assertEquals(error.code, "ECLOSED");
  });
}

Deno.test("AcceptQueue.push() says where nobody will take it", () => {
  let running = 1;
  const make = () =>
    new AcceptQueue<string>({
      limit: 9,
      running: () => running,
      arrive: () => new Promise(() => {}),
      admit: () => {},
      failed: () => {},
    });
  const open = make();
  assertEquals(open.push("for accept()"), true);
  assertEquals(open.drain(() => running === 0), ["for accept()"]);
  assertEquals(open.push("nobody iterates"), false);
  const iterated = make();
  const iterator = iterated.iterate();
  assertEquals(iterated.drain(() => running === 0), []);
  assertEquals(iterated.push("the last one"), true); // it still counts as running
  running = 0;
  assertEquals(iterated.push("too late"), false);
  assertEquals(iterated.end(), ["the last one"]);
  iterator.return!();
});

Deno.test("AcceptQueue hands the last one to the iterator that waits in a shutdown", async () => {
  let running = 1;
  const queue = new AcceptQueue<string>({
    limit: 9,
    running: () => running,
    arrive: () => new Promise(() => {}),
    admit: () => {},
    failed: () => {},
  });
  const iterator = queue.iterate();
  const next = iterator.next();
  queue.drain(() => running === 0);
  assertEquals(queue.push("the last one"), true);
  running = 0;
  queue.wake();
  assertEquals(await next, { value: "the last one", done: false });
  assertEquals(await iterator.next(), { value: undefined, done: true });
});
