/** The pump's ways that are easy to get wrong: peeking, joined flushes, queued writes. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SSL_WANT_WRITE } from "../../errors.ts";
import { pair, text } from "./harness.ts";

Deno.test("Pump.peek() with room to spare leaves the data to be read", async () => {
  await using p = await pair();
  await Promise.all([p.client.handshake(), p.server.handshake()]);
  await p.server.write(text("peek"));
  const big = new Uint8Array(1000);
  assertEquals(await p.client.peek(big), 4);
  assertEquals(p.client.pending(), 4);
  assertEquals(await p.client.peek(big), 4);
  assertEquals(await p.client.read(big.subarray(0, 3)), 3);
  assertEquals(await p.client.read(big), 1);
  assert(typeof p.client.tryRead(big) === "object");
});

Deno.test("Pump.write() without waiting keeps the order, whatever the sizes", async () => {
  await using p = await pair();
  await Promise.all([p.client.handshake(), p.server.handshake()]);
  const sizes = [1, 70_000, 3, 65_536, 65_537, 0, 16_384, 200_000, 5];
  const all = new Uint8Array(sizes.reduce((a, b) => a + b));
  for (let i = 0; i < all.length; i++) all[i] = (i * 31) % 251;
  let at = 0;
  const signal = AbortSignal.timeout(60_000);
  const writes = sizes.map((n, i) =>
    p.client.write(all.subarray(at, at += n), i % 3 === 1 ? { signal } : {})
  );
  writes.push(p.client.shutdown({ fast: true }).then(() => 0));
  const got = new Uint8Array(all.length + 1);
  let n = 0;
  for (let r; (r = await p.server.read(got.subarray(n))) !== null;) n += r;
  assertEquals(await Promise.all(writes), [...sizes, 0]);
  assertEquals(got.subarray(0, n), all);
});

Deno.test("Pump.shutdown() a second time has nothing to send and blocks nothing", async () => {
  await using p = await pair();
  await Promise.all([p.client.handshake(), p.server.handshake()]);
  await p.client.shutdown({ fast: true });
  await p.client.shutdown({ fast: true });
  await p.server.shutdown({ fast: true });
  let step = p.client.tryShutdown();
  for (let i = 0; step !== true && i < 10; i++) {
    assert(step !== SSL_WANT_WRITE, "a flush that is over is taken for one that runs");
    assert(step !== false, "nothing is unread");
    await p.client.ready(step);
    step = p.client.tryShutdown();
  }
  assertEquals(step, true);
});
