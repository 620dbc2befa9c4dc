import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { openHandles } from "../../engine/openssl/memory.ts";
import { multiplex } from "../../examples/multiplex.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { listen, testPki } from "../contract/harness.ts";

Deno.test("100 non-blocking sockets in one loop are all answered", async () => {
  const { ca } = await testPki();
  const listener = await listen("openssl");
  const sockets: SslSocket[] = [];
  const serving = (async () => {
    for await (const socket of listener) {
      sockets.push(socket);
      socket.readable.pipeTo(socket.writable).catch(() => socket.close());
    }
  })();
  const before = openHandles();
  const { answers, steps } = await multiplex(listener.addr.port, ca.pem, 100);
  assertEquals(answers, Array.from({ length: 100 }, (_, i) => `client ${i}\n`));
  assert(steps >= 300, `${steps}`); // at the least: hello, the server's flight, the answer
  assert(steps < 5000, `${steps}: the loop goes round without waiting`);
  await listener.shutdown({ deadline: 5000 });
  await serving;
  assertEquals(sockets.length, 100);
  assert(openHandles() - before < 50, "sockets are left"); // a context is, for the garbage collector
});
