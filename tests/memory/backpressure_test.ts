/** A reader that does not read, and a sender that has much to say; it measures the memory of the whole process, and so runs alone. bench/idle.ts has the gigabyte. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { connectPair } from "../contract/harness.ts";
import { ENGINES } from "../hostile/clients.ts";

const MIB = 1 << 20;
const TOTAL = 64 * MIB;

for (const engine of ENGINES) {
  for (const from of ["client", "server"] as const) {
    Deno.test(`${engine}: an idle reader holds the ${from} back, memory stays flat, nothing is lost`, async () => {
      await using pair = await connectPair(engine);
      const sender = pair[from];
      const reader = pair[from === "client" ? "server" : "client"];
      const chunk = new Uint8Array(65536);
      for (let i = 0; i < chunk.length; i++) chunk[i] = i % 251;
      let sent = 0;
      const memory = Deno.memoryUsage().rss;
      const sending = (async () => {
        while (sent < TOTAL) sent += await sender.write(chunk);
        await sender.closeWrite();
      })();
      for (let before = -1; sent > before;) { // until it is stuck
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const growth = Deno.memoryUsage().rss - memory;
      assert(sent < 32 * MIB, `${sent} bytes were taken`); // the kernel's buffers hold some MiB
      assert(growth < 48 * MIB, `${growth} bytes`);
      let got = 0;
      const p = new Uint8Array(100_000);
      for (let n; (n = await reader.read(p)) !== null;) {
        if (p[0] !== (got % 65536) % 251) throw new Error(`wrong byte at ${got}`);
        got += n;
      }
      assertEquals(got, TOTAL);
      await sending;
    });
  }
}
