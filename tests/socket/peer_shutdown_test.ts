import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../context/options.ts";
import { SslTruncatedError } from "../../errors.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { connectPair } from "../contract/harness.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (b: Uint8Array) => new TextDecoder().decode(b);
const pair = (client: ConnectOptions = {}, server: ListenOptions = {}) =>
  connectPair("openssl", client, server);

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  Deno.test(`onPeerShutdown is called once, with the socket, after the last byte (${version})`, async () => {
    const calls: SslSocket[] = [];
    await using p = await pair({ version }, { onPeerShutdown: (s) => void calls.push(s) });
    await p.client.write(bytes("last"));
    await p.client.closeWrite();
    const buffer = new Uint8Array(10);
    assertEquals(await p.server.read(buffer), 4);
    assertEquals([text(buffer.subarray(0, 4)), calls.length], ["last", 0]);
    assertEquals(await p.server.read(buffer), null);
    assertEquals(await p.server.read(buffer), null);
    assertEquals(calls.length, 1);
    assertStrictEquals(calls[0], p.server);
    // Nothing is answered by itself: our direction is open.
    assertEquals(p.server.isSsl(), "w");
    await p.server.write(bytes("still"));
    assertEquals(await p.client.read(buffer), 5);
  });
}

Deno.test("onPeerShutdown: a number replaces the null of that read, a throw makes it fail", async () => {
  const outcomes: [NonNullable<ConnectOptions["onPeerShutdown"]>, unknown][] = [
    [() => undefined, null],
    [() => null, null],
    [() => 0, 0],
    [() => Promise.resolve(3), 3],
    [() => Promise.resolve(), null],
  ];
  for (const [onPeerShutdown, expected] of outcomes) {
    await using p = await pair({ onPeerShutdown });
    await p.server.closeWrite();
    const buffer = new Uint8Array(10);
    assertEquals(await p.client.read(buffer), expected as number | null);
    assertEquals(await p.client.read(buffer), null);
  }
  const cause = new Error("the line is not complete");
  const throws = (): number => {
    throw cause;
  };
  for (const onPeerShutdown of [throws, () => Promise.reject(cause)]) {
    await using p = await pair({ onPeerShutdown });
    await p.server.closeWrite();
    const error = await assertRejects(() => p.client.read(new Uint8Array(1)), Error);
    assertStrictEquals(error, cause);
    assertEquals(await p.client.read(new Uint8Array(1)), null);
  }
  for (const wrong of [-1, 11, 0.5, NaN, "3" as unknown as number]) {
    await using p = await pair({ onPeerShutdown: () => wrong });
    await p.server.closeWrite();
    await assertRejects(() => p.client.read(new Uint8Array(10)), RangeError);
  }
});

Deno.test("onPeerShutdown may go back to plain text, as t/start-stopssl-with-cb", async () => {
  let stopped = 0;
  await using p = await pair({}, {
    onPeerShutdown: async (socket) => {
      await socket.stopSsl();
      stopped++;
    },
  });
  const stopping = p.client.stopSsl();
  assertEquals(await p.server.read(new Uint8Array(10)), null);
  await stopping;
  assertEquals([stopped, p.server.isSsl(), p.client.isSsl()], [1, undefined, undefined]);
  await p.client.write(bytes("plain"));
  const buffer = new Uint8Array(10);
  assertEquals(await p.server.read(buffer), 5);
  assertEquals(text(buffer.subarray(0, 5)), "plain");
  // A new TLS on the same connection is told anew.
  await Promise.all([p.client.connectSsl(), p.server.acceptSsl()]);
  const again = p.client.stopSsl();
  assertEquals(await p.server.read(buffer), null);
  await again;
  assertEquals(stopped, 2);
});

Deno.test("onPeerShutdown works for tryRead() and the readable stream", async () => {
  {
    let calls = 0;
    await using p = await pair({ onPeerShutdown: () => (calls++, 2) });
    await p.server.closeWrite();
    await p.client.ready();
    const buffer = new Uint8Array(5);
    let n = p.client.tryRead(buffer);
    while (typeof n === "object" && n !== null) {
      await p.client.ready(n);
      n = p.client.tryRead(buffer);
    }
    assertEquals([n, p.client.tryRead(buffer), calls], [2, null, 1]);
  }
  let calls = 0;
  await using p = await pair({ onPeerShutdown: () => void calls++ });
  await p.server.write(bytes("all"));
  await p.server.closeWrite();
  let all = "";
  for await (const chunk of p.client.readable) all += text(chunk);
  assertEquals([all, calls], ["all", 1]);
});

Deno.test("onPeerShutdown is not called for a stream that was cut off, nor by our own close", async () => {
  let calls = 0;
  for (const allowTruncation of [false, true]) {
    await using p = await pair({ onPeerShutdown: () => void calls++, allowTruncation });
    await p.server.close({ noShutdown: true });
    const read = p.client.read(new Uint8Array(1));
    if (allowTruncation) assertEquals(await read, null);
    else await assertRejects(() => read, SslTruncatedError);
  }
  await using p = await pair({ onPeerShutdown: () => void calls++ });
  const waiting = p.client.read(new Uint8Array(1)).catch((error) => error);
  await p.client.close();
  assertEquals((await waiting).code, "ECLOSED");
  assert(calls === 0);
});
