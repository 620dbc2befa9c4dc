/** A peer that goes away ends a loop of calls that do not wait: one that asked for ever would stop all timers. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { isWant, SslError, SslPeerError, SslTruncatedError, type Want } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { connectPair, listen, testPki, trust } from "../contract/harness.ts";
import { ENGINES, raw } from "../hostile/clients.ts";

/** Calls until it does not want, or fails; `undefined` if it would go on for ever. */
async function loop(
  socket: SslSocket,
  step: () => number | null | true | Want,
): Promise<unknown> {
  for (let i = 0; i < 1000; i++) {
    try {
      const r = step();
      if (!isWant(r)) return r;
      await socket.ready(r);
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: tryConnectSsl() and ready() end when the server is gone`, async () => {
    const { ca } = await testPki();
    for (const answer of ["", "\x16\x03\x03\x00\x7a\x02\x00"]) {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const gone = (async () => {
        using conn = await listener.accept();
        await conn.read(new Uint8Array(4096));
        await conn.write(new TextEncoder().encode(answer));
      })();
      const socket = await SslSocket.connect(`127.0.0.1:${listener.addr.port}`, {
        ...trust(engine, ca),
        serverName: "localhost",
        startHandshake: false,
      });
      assertInstanceOf(await loop(socket, () => socket.tryConnectSsl()), SslPeerError);
      await gone;
      await socket.close();
    }
  });
}

Deno.test("openssl: tryAcceptSsl() and ready() end when the client is gone", async () => {
  await using listener = await listen("openssl", { startHandshake: false });
  for (const hello of [new Uint8Array(), Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1)]) {
    const client = await raw(listener.addr.port);
    const socket = await listener.accept();
    client.end(hello);
    assertInstanceOf(await loop(socket, () => socket.tryAcceptSsl()), SslPeerError);
    await socket.close();
    client.destroy();
  }
});

Deno.test("openssl: tryRead(), tryStopSsl() and ready() end at an end without close_notify", async () => {
  const steps: ((socket: SslSocket) => number | null | true | Want)[] = [
    (socket) => socket.tryRead(new Uint8Array(10)),
    (socket) => socket.tryStopSsl(),
  ];
  for (const step of steps) {
    await using pair = await connectPair("openssl");
    await pair.server.close({ noShutdown: true });
    const error = await loop(pair.client, () => step(pair.client));
    assertInstanceOf(error, SslTruncatedError);
    assertInstanceOf(await loop(pair.client, () => step(pair.client)), SslError);
  }
  await using pair = await connectPair("openssl", { allowTruncation: true });
  await pair.server.close({ noShutdown: true });
  assertEquals(await loop(pair.client, () => pair.client.tryRead(new Uint8Array(10))), null);
});

Deno.test("openssl: tryConnectSsl() and ready() end when nothing can be sent, even if nothing comes", async () => {
  const { ca } = await testPki();
  const transport = {
    read: () => new Promise<number>(() => {}),
    write: () => Promise.reject(new Deno.errors.BrokenPipe("nobody reads")),
    close() {},
  };
  const socket = await SslSocket.start(transport, {
    ...trust("openssl", ca),
    ...{ serverName: "localhost", startHandshake: false },
  });
  const error = await loop(socket, () => socket.tryConnectSsl());
  assertInstanceOf(error, SslError);
  assertStringIncludes(error.message, "nobody reads");
  await socket.close();
});
