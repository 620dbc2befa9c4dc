/**
 * Connections that were reset while they were in the kernel's queue: Deno
 * accepts such a one and then finds no peer.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { bytes, listen, readText, testPki, trust } from "../contract/harness.ts";
import { ENGINES, raw, settledHandles } from "./clients.ts";

/** As many clients that are in the kernel's queue, and gone. */
async function resetClients(port: number, count: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: count }, () => raw(port)));
  const closed = sockets.map((socket) => new Promise((gone) => socket.once("close", gone)));
  for (const socket of sockets) socket.resetAndDestroy();
  await Promise.all(closed);
}

let shared: Promise<SslContext> | undefined;

/** A good client and its server; what the client read. */
async function exchange(listener: SslListener, server: Promise<SslSocket>): Promise<string> {
  const { ca } = await testPki();
  const reuseCtx = await (shared ??= SslContext.create(trust("openssl", ca)));
  const [answer] = await Promise.all([
    (async () => {
      await using client = await SslSocket.connect({
        reuseCtx,
        hostname: "localhost",
        family: 4,
        port: listener.addr.port,
      });
      return await readText(client, 4);
    })(),
    (async () => {
      await using socket = await server;
      await socket.write(bytes("well"));
    })(),
  ]);
  return answer;
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: connections that were reset before they are accepted are reported and delay nobody`, async () => {
    const failures: unknown[] = [];
    const listener = await listen(engine, { onHandshakeError: (error) => failures.push(error) });
    assertEquals(await exchange(listener, listener.accept()), "well");
    const before = openHandles();
    await resetClients(listener.addr.port, 40);
    const iterator = listener[Symbol.asyncIterator]();
    let paused = 0;
    const { setTimeout } = globalThis;
    // The wait after a failure to accept is for failures of the system: none may be made here.
    globalThis.setTimeout = ((run: () => void, delay?: number) => {
      if (delay === 50) paused++;
      return setTimeout(run, delay);
    }) as typeof setTimeout;
    try {
      const served = iterator.next().then(({ value }) => value as SslSocket);
      assertEquals(await exchange(listener, served), "well");
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    assertEquals(paused, 0);
    assertEquals(failures.length, 40);
    for (const failure of failures) assertInstanceOf(failure, SslError);
    await iterator.return?.();
    listener.close();
    assert(await settledHandles(before) <= before, "something is left");
  });
}

Deno.test("openssl: accept() rejects with an SslPeerError for a client that was reset before", async () => {
  const listener = await listen("openssl");
  await resetClients(listener.addr.port, 3);
  for (let i = 0; i < 3; i++) {
    const error = await assertRejects(() => listener.accept(), SslPeerError, "reset");
    assertEquals(error.code, "ECONNRESET");
  }
  assertEquals(await exchange(listener, listener.accept()), "well");
  listener.close();
});

Deno.test("openssl: acceptPlain() skips clients that were reset before, and reports them", async () => {
  const failures: Error[] = [];
  const listener = await listen("openssl", { onHandshakeError: (error) => failures.push(error) });
  await resetClients(listener.addr.port, 3);
  const accepting = listener.acceptPlain();
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using conn = await accepting;
  await client.write(bytes("plain"));
  assertEquals(await readText(conn, 5), "plain");
  assertEquals(failures.map((e) => (e as SslError).code), Array(3).fill("ECONNRESET"));
  listener.close();
});
