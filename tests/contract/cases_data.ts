/** Reading and writing. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { SslError, SslTruncatedError } from "../../errors.ts";
import { bytes, connectPair, connectThroughRelay, drain, readText, text } from "./harness.ts";
import type { Cases } from "./suite.ts";
import { refuses } from "../helpers/refuses.ts";

const MIB = 1024 * 1024;

export function dataCases(cases: Cases): void {
  cases.add("read() and write() carry every byte value and size", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    for (const size of [1, 2, 255, 16383, 16384, 16385, 65536, 300_001]) {
      const sent = new Uint8Array(size).map((_, i) => (i * 31 + size) & 255);
      const got = new Uint8Array(size);
      const write = pair.client.write(sent);
      for (let at = 0; at < size;) at += await pair.server.read(got.subarray(at)) ?? size;
      assertEquals(await write, size);
      assertEquals(got, sent);
    }
  });

  cases.add("read() and write() of an empty buffer do nothing", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    assertEquals(await pair.client.read(new Uint8Array()), 0);
    assertEquals(await pair.client.write(new Uint8Array()), 0);
    await pair.client.write(bytes("x"));
    assertEquals(await readText(pair.server, 1), "x");
  });

  cases.add("writes that are not awaited arrive in order", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const writes: Promise<number>[] = [];
    let expected = "";
    for (let i = 0; i < 200; i++) {
      expected += `${i},`;
      writes.push(pair.client.write(bytes(`${i},`)));
    }
    assertEquals(await readText(pair.server, expected.length), expected);
    await Promise.all(writes);
  });

  cases.add("both directions run at once without reading waiting for writing", [], async (t) => {
    await using pair = await connectPair(t.engine);
    const data = new Uint8Array(8 * MIB);
    const send = async (from: typeof pair.client) => {
      await from.write(data);
      await from.closeWrite();
    };
    // Both write everything before either one reads.
    const sending = Promise.all([send(pair.client), send(pair.server)]);
    const [a, b] = await Promise.all([drain(pair.client), drain(pair.server)]);
    await sending;
    assertEquals([a, b], [data.length, data.length]);
  });

  cases.add("a second read while one waits is refused, and the first goes on", [], async (t) => {
    await using pair = await connectPair(t.engine);
    const p = new Uint8Array(10);
    const first = pair.client.read(p);
    const error = await assertRejects(() => pair.client.read(new Uint8Array(10)), SslError);
    assertEquals(error.code, "ERR_CONCURRENT_READ");
    await pair.server.write(bytes("only"));
    assertEquals(await first, 4);
    assertEquals(text(p.subarray(0, 4)), "only");
  });

  cases.add("read() ends with the reason of its signal, and loses nothing", [], async (t) => {
    await using pair = await connectPair(t.engine);
    const controller = new AbortController();
    const reason = new Error("waited long enough");
    const read = pair.client.read(new Uint8Array(10), { signal: controller.signal });
    controller.abort(reason);
    assertEquals(await read.catch((error) => error), reason);
    await pair.server.write(bytes("later"));
    assertEquals(await readText(pair.client, 5), "later");
  });

  cases.add("peek() and pending() leave the data to be read", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    await pair.server.write(bytes("peekaboo"));
    const p = new Uint8Array(4);
    assertEquals(await pair.client.peek(p), 4);
    assertEquals(text(p), "peek");
    assertEquals(pair.client.pending(), 8);
    assertEquals(await readText(pair.client, 8), "peekaboo");
    assertEquals(pair.client.pending(), 0);
  });

  cases.add("readable and writable carry a stream with its end", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const data = new Uint8Array(3 * MIB).map((_, i) => i * 7);
    const echo = pair.server.readable.pipeTo(pair.server.writable);
    const send = ReadableStream.from([data]).pipeTo(pair.client.writable);
    const got = new Uint8Array(await new Response(pair.client.readable).arrayBuffer());
    await Promise.all([echo, send]);
    assertEquals(got.length, data.length);
    assert(got.every((byte, i) => byte === data[i]));
    assertEquals(pair.client.opened(), 0); // both directions are done: it is closed
    assertEquals(pair.server.opened(), 0);
  });

  cases.add("readable fills the reader's own buffer", [], async ({ engine }) => {
    await using pair = await connectPair(engine);
    const reader = pair.client.readable.getReader({ mode: "byob" });
    await pair.server.write(bytes("byob"));
    const { value } = await reader.read(new Uint8Array(10));
    assertEquals(text(value!), "byob");
    await pair.server.closeWrite();
    const end = await reader.read(new Uint8Array(10));
    assertEquals(end.done, true);
    reader.releaseLock();
  });

  cases.add(
    "an aborted writable never looks like a complete stream",
    ["noShutdown"],
    async ({ engine }) => {
      await using pair = await connectPair(engine);
      const writer = pair.client.writable.getWriter();
      await writer.write(bytes("half"));
      await writer.abort(new Error("the other half failed"));
      assertEquals(await readText(pair.server, 4), "half");
      await refuses(
        () => pair.server.read(new Uint8Array(1)),
        SslTruncatedError,
        "ERR_SSL_TRUNCATED",
      );
    },
  );

  cases.add("readable ends with the error of a truncated stream", [], async ({ engine }) => {
    await using pair = await connectThroughRelay(engine);
    await pair.server.write(bytes("half"));
    const reader = pair.client.readable.getReader();
    assertEquals(text((await reader.read()).value!), "half");
    pair.cut();
    await assertRejects(() => reader.read(), SslTruncatedError);
  });
}
