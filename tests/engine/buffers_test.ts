/** The sizes of the buffers that a connection reads into. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { giveBuffer, ReadBuffers } from "../../engine/buffers.ts";
import { pair, text } from "./harness.ts";

const FIRST = 4096, SMALL = 1024;

/** Answers of these lengths, each after a write: the lengths of the buffers that they came into. */
function buffersFor(buffers: ReadBuffers, lengths: readonly number[]): number[] {
  return lengths.map((n) => {
    buffers.wrote();
    const buffer = buffers.take();
    buffers.got(buffer, Math.min(n, buffer.length));
    giveBuffer(buffer);
    return buffer.length;
  });
}

Deno.test("after three equal short answers the next one is read into a buffer of its length", () => {
  assertEquals(buffersFor(new ReadBuffers(), [23, 23, 23, 23, 23]), [
    FIRST,
    SMALL,
    SMALL,
    23,
    23,
  ]);
  assertEquals(buffersFor(new ReadBuffers(), [2048, 2048, 2048, 2048]).at(-1), 2048);
  assertEquals(buffersFor(new ReadBuffers(), [2049, 2049, 2049, 2049]).at(-1), FIRST);
  assertEquals(buffersFor(new ReadBuffers(), [23, 23, 24, 23, 23]).at(-1), SMALL);
});

Deno.test("an answer of another length ends that, and three equal ones begin it again", () => {
  const buffers = new ReadBuffers();
  buffersFor(buffers, [50, 50, 50]);
  assertEquals(buffersFor(buffers, [50, 40, 40, 40, 40]), [50, 50, SMALL, SMALL, 40]);
});

Deno.test("what comes without a write before it is read into an ordinary buffer", () => {
  const buffers = new ReadBuffers();
  buffersFor(buffers, [50, 50, 50, 50]);
  const rest = buffers.take();
  assertEquals(rest.length, SMALL);
  buffers.got(rest, 50);
  assertEquals(buffersFor(buffers, [50, 50, 50]), [SMALL, SMALL, 50]);
});

Deno.test("among many connections no read is of exactly a length, or some would be served before others", () => {
  const few = Array.from({ length: 8 }, () => new ReadBuffers());
  const many = Array.from({ length: 12 }, () => new ReadBuffers());
  const last = (all: readonly ReadBuffers[]) => {
    const turns = Array.from({ length: 6 }, () => all.map((one) => buffersFor(one, [23])[0]));
    return new Set(turns.at(-1));
  };
  assertEquals(last(few), new Set([23]));
  assertEquals(last(many), new Set([SMALL]));
  assertEquals(last(few), new Set([23])); // and again when the others are silent
});

Deno.test("round trips of lengths that repeat and change bring each byte, over TLS 1.2 and 1.3", async () => {
  for (const version of [0x0303, 0x0304] as const) {
    const versions = new Set([version]);
    await using p = await pair({ client: { versions }, server: { versions } });
    await Promise.all([p.client.handshake(), p.server.handshake()]);
    const lengths = [
      1,
      1,
      1,
      1,
      1,
      2,
      1,
      1,
      1,
      1,
      3000,
      1,
      1,
      1,
      1,
      0,
      900,
      900,
      900,
      900,
      901,
      899,
    ];
    for (const [i, n] of lengths.entries()) {
      const said = text(String.fromCharCode(97 + i).repeat(n + 1));
      await p.client.write(said);
      assertEquals(await exactly(p.server, n + 1), said);
      await p.server.write(said);
      assertEquals(await exactly(p.client, n + 1), said);
    }
  }
});

async function exactly(
  from: { read(p: Uint8Array): Promise<number | null> },
  n: number,
): Promise<Uint8Array> {
  const got = new Uint8Array(n);
  for (let at = 0; at < n;) at += await from.read(got.subarray(at)) ?? n;
  return got;
}
