/** Connections that end at once leave nothing behind: it measures the memory of the whole process. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { openHandles } from "../../engine/openssl/memory.ts";
import { listen } from "../contract/harness.ts";
import { echo, ENGINES, goodClient, raw, settledHandles, until } from "../hostile/clients.ts";

for (const engine of ENGINES) {
  // Perl: t/memleak_bad_handshake.t
  Deno.test(`${engine}: 300 connections that close without data leak nothing`, async () => {
    let failures = 0;
    const listener = await listen(engine, { onHandshakeError: () => failures++ });
    const served = echo(listener);
    const good = await goodClient(engine);
    const { port } = listener.addr;
    const batch = async () => {
      failures = 0;
      for (let i = 0; i < 300; i++) {
        const socket = await raw(port);
        socket.end();
        socket.once("end", () => socket.destroy());
        if (i % 50 === 49) await until(() => failures === i + 1);
      }
    };
    assertEquals(await good(port), "well");
    const before = openHandles();
    await batch(); // warms up
    // 600 of them at 50 KiB would be 30 MiB, each time; what else the process does shows once.
    let growth = Infinity;
    for (let i = 0; i < 3 && growth >= 30 * 1024 * 1024; i++) {
      const memory = Deno.memoryUsage().rss;
      await batch();
      await batch();
      growth = Deno.memoryUsage().rss - memory;
    }
    assert(growth < 30 * 1024 * 1024, `${growth} bytes`);
    assert(await settledHandles(before) <= before, "something is left");
    assertEquals(await good(port), "well");
    listener.close();
    assertEquals(await served, 2);
  });
}
