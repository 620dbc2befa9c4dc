/** A socket as web streams, over a socket that the test plays. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type Duplex, SocketStreams } from "../../socket/streams.ts";

/** The socket's reads give these bytes, then the end. */
function setup(...reads: (number | Error)[]) {
  const calls: string[] = [];
  const rooms: number[] = [];
  const socket: Duplex = {
    read(p) {
      rooms.push(p.length);
      const next = reads.shift();
      if (next instanceof Error) return Promise.reject(next);
      if (next !== undefined) p.fill(next % 251, 0, next);
      return Promise.resolve(next ?? null);
    },
    write: (p) => (calls.push(`write ${p.length}`), Promise.resolve(p.length)),
    closeWrite: () => (calls.push("closeWrite"), Promise.resolve()),
    close: () => (calls.push("close"), Promise.resolve()),
    cut: () => (calls.push("cut"), Promise.resolve()),
  };
  return { calls, rooms, streams: new SocketStreams(socket) };
}

Deno.test("readable reads nothing ahead; a small chunk holds on to no large buffer", async () => {
  const t = setup(5, 32767, 32768, 65536);
  assertStrictEquals(t.streams.readable, t.streams.readable);
  const reader = t.streams.readable.getReader();
  await Promise.resolve();
  assertEquals(t.rooms, []);
  assert(t.streams.waiting === 0);
  const sizes: [number, number][] = [];
  const buffers = new Set<ArrayBufferLike>();
  for (let n = 0; n < 4; n++) {
    const { value } = await reader.read();
    assert(value!.every((byte) => byte === value!.length % 251));
    sizes.push([value!.length, value!.buffer.byteLength]);
    buffers.add(value!.buffer);
  }
  assertEquals(sizes, [[5, 5], [32767, 32767], [32768, 65536], [65536, 65536]]);
  assertEquals([t.rooms, buffers.size], [[65536, 65536, 65536, 65536], 4]);
  assertEquals([(await reader.read()).done, t.calls], [true, []]); // our own direction is open
});

Deno.test("readable reads into the buffer of who brings one, and ends there, too", async () => {
  const t = setup(3);
  const reader = t.streams.readable.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(new ArrayBuffer(8), 2, 4));
  assertEquals([value!.length, value!.byteOffset, t.rooms], [3, 2, [4]] as unknown[]);
  const end = await reader.read(new Uint8Array(4));
  assertEquals([end.done, t.calls], [true, []]);
});

Deno.test("the socket is closed when both directions are done, in either order, and not before", async () => {
  const first = setup();
  await first.streams.writable.close();
  assertEquals(first.calls, ["closeWrite"]);
  assertEquals((await first.streams.readable.getReader().read()).done, true);
  assertEquals(first.calls, ["closeWrite", "close"]);
  const second = setup();
  await second.streams.readable.cancel();
  assertEquals(second.calls, []);
  const writer = second.streams.writable.getWriter();
  await writer.write(new Uint8Array(7));
  await writer.close();
  assertEquals(second.calls, ["write 7", "closeWrite", "close"]);
});

Deno.test("a writable that is aborted cuts the socket: its peer sees no proper end", async () => {
  const t = setup();
  await t.streams.writable.abort(new Error("given up"));
  assertEquals(t.calls, ["cut"]);
  const failure = new RangeError("reset");
  const broken = setup(failure);
  const error = await assertRejects(() => broken.streams.readable.getReader().read());
  assertStrictEquals(error, failure);
});
