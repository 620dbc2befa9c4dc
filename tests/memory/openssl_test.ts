/** Bulk data in both directions at once: it measures the memory of the whole process. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import type { ContextConfig } from "../../engine/engine.ts";
import { handshake, pair, V12, V13 } from "../engine/harness.ts";

const VERSIONS: [string, Partial<ContextConfig>][] = [["TLS 1.2", V12], ["TLS 1.3", V13]];

for (const [name, version] of VERSIONS) {
  Deno.test(`OpenSSL engine carries 256 MiB both ways at once with flat memory over ${name}`, async () => {
    await using p = await pair({ client: version, server: version, limit: 1 << 18 });
    await handshake(p);
    const total = name === "TLS 1.3" ? 256 << 20 : 32 << 20;
    const before = Deno.memoryUsage().rss;
    let peak = 0;
    const send = async (stream: typeof p.client) => {
      const chunk = new Uint8Array(1 << 18).fill(7);
      for (let n = 0; n < total; n += chunk.length) await stream.write(chunk);
    };
    const receive = async (stream: typeof p.client) => {
      const buffer = new Uint8Array(1 << 17);
      let n = 0;
      while (n < total) {
        n += await stream.read(buffer) ?? total + 1;
        peak = Math.max(peak, Deno.memoryUsage().rss);
      }
      return n;
    };
    const counts = await Promise.all([
      receive(p.client),
      receive(p.server),
      send(p.client),
      send(p.server),
    ]);
    assertEquals(counts.slice(0, 2), [total, total]);
    assert(peak - before < 150 << 20, `RSS grew by ${(peak - before) >> 20} MiB`);
  });
}
