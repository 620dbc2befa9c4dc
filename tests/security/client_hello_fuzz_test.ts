/** Two readers of one ClientHello: where ours asks nobody, OpenSSL must not answer. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { config, engine, pair } from "../engine/harness.ts";
import { memoryPair } from "../helpers/memory.ts";

const HANDSHAKE_RECORD = 22;

/** A ClientHello of OpenSSL. */
async function clientHello(): Promise<Uint8Array> {
  await using p = await pair({ client: { verifyMode: 0 } });
  p.clientSide.record = true;
  p.client.tryHandshake();
  await new Promise((resolve) => setTimeout(resolve));
  return p.clientSide.written[0]!;
}

/** The same with one more extension at its end, and all lengths right. */
function extended(hello: Uint8Array, type: number, data: Uint8Array): Uint8Array {
  const extension = [type >> 8, type & 255, data.length >> 8, data.length & 255, ...data];
  const bytes = new Uint8Array([...hello, ...extension]);
  const view = new DataView(bytes.buffer);
  const grow = (at: number) => view.setUint16(at, view.getUint16(at) + extension.length);
  grow(3); // the record
  grow(7); // the message, whose length has three bytes
  let at = 5 + 4 + 2 + 32;
  at += 1 + bytes[at]!; // session id
  at += 2 + view.getUint16(at); // cipher suites
  at += 1 + bytes[at]!; // compression methods
  grow(at);
  return bytes;
}

Deno.test("a server that refuses every name answers no ClientHello, however it is written", async () => {
  const hello = await clientHello();
  let asked = 0;
  const selectContext = () => (asked++, null);
  const context = await engine.createContext(config("server", { hooks: { selectContext } }));

  /** What the server sends, by the type of each record. */
  async function answer(bytes: Uint8Array): Promise<number[]> {
    const [client, server] = memoryPair();
    server.record = true;
    const stream = context.start(server, { serverName: undefined, verifyName: undefined, user: 0 });
    const failing = stream.handshake().then(() => undefined, (error) => error);
    await client.write(bytes);
    await client.closeWrite();
    const error = await failing;
    await new Promise((resolve) => setTimeout(resolve));
    assert(error instanceof Error);
    assertEquals(stream.established, false);
    stream.close();
    return server.written.map((record) => record[0]!);
  }

  assertEquals(await answer(hello), [21]);
  assertEquals(asked, 1);
  const at = fc.nat(hello.length - 1);
  const changed = fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 5 }).map(
    (list) => {
      const copy = hello.slice();
      for (const [i, byte] of list) copy[i] = byte;
      return copy;
    },
  );
  const more = fc.tuple(
    fc.oneof(fc.nat(60), fc.nat(0xffff), fc.constantFrom(0, 10, 13, 16, 43, 0x0a0a)),
    fc.uint8Array({ maxLength: 20 }),
  ).map(([type, data]) => extended(hello, type, data));
  // An unknown extension twice: OpenSSL passes over it, our reader gives up.
  const twice = fc.tuple(fc.constantFrom(0x0a0a, 0x1a1a, 0xfafa), fc.uint8Array({ maxLength: 4 }))
    .map(([type, data]) => extended(extended(hello, type, data), type, data));
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, more, twice), async (bytes) => {
      assert(!(await answer(bytes)).includes(HANDSHAKE_RECORD));
    }),
    { numRuns: 400 },
  );
  context.close();
});
