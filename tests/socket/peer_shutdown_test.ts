import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { ConnectOptions } from "../../socket/options.ts";
import { SslContext } from "../../context/context.ts";
import { isWant, SslError, SslTruncatedError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { fromPerl } from "../../perl/mod.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { connectPair, testPki } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (b: Uint8Array) => new TextDecoder().decode(b);

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  Deno.test(`onPeerShutdown is called once, with the socket, after the last byte (${version})`, async () => {
    const calls: SslSocket[] = [];
    await using p = await connectPair("openssl", { version }, {
      onPeerShutdown: (s) => void calls.push(s),
    });
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
    await using p = await connectPair("openssl", { onPeerShutdown });
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
    await using p = await connectPair("openssl", { onPeerShutdown });
    await p.server.closeWrite();
    const error = await assertRejects(() => p.client.read(new Uint8Array(1)), Error);
    assertStrictEquals(error, cause);
    assertEquals(await p.client.read(new Uint8Array(1)), null);
  }
  for (const wrong of [-1, 11, 0.5, NaN, "3" as unknown as number]) {
    await using p = await connectPair("openssl", { onPeerShutdown: () => wrong });
    await p.server.closeWrite();
    await assertRejects(() => p.client.read(new Uint8Array(10)), RangeError);
  }
});

Deno.test("onPeerShutdown may go back to plain text, as t/start-stopssl-with-cb", async () => {
  let stopped = 0;
  await using p = await connectPair("openssl", {}, {
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
  // The callback runs again for a new TLS on the same connection.
  await Promise.all([p.client.connectSsl(), p.server.acceptSsl()]);
  const again = p.client.stopSsl();
  assertEquals(await p.server.read(buffer), null);
  await again;
  assertEquals(stopped, 2);
});

Deno.test("onPeerShutdown works for tryRead() and the readable stream", async () => {
  {
    let calls = 0;
    await using p = await connectPair("openssl", { onPeerShutdown: () => (calls++, 2) });
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
  await using p = await connectPair("openssl", { onPeerShutdown: () => void calls++ });
  await p.server.write(bytes("all"));
  await p.server.closeWrite();
  let all = "";
  for await (const chunk of p.client.readable) all += text(chunk);
  assertEquals([all, calls], ["all", 1]);
});

Deno.test("onPeerShutdown is not called for a stream that was cut off, nor by our own close", async () => {
  let calls = 0;
  for (const allowTruncation of [false, true]) {
    await using p = await connectPair("openssl", {
      onPeerShutdown: () => void calls++,
      allowTruncation,
    });
    await p.server.close({ noShutdown: true });
    const read = p.client.read(new Uint8Array(1));
    if (allowTruncation) assertEquals(await read, null);
    else await refuses(() => read, SslTruncatedError, "ERR_SSL_TRUNCATED");
  }
  await using p = await connectPair("openssl", { onPeerShutdown: () => void calls++ });
  const waiting = p.client.read(new Uint8Array(1)).catch((error) => error);
  await p.client.close();
  assertEquals((await waiting).code, "ECLOSED");
  assert(calls === 0);
});

for (const engine of ["openssl", "deno"] as const) {
  for (const where of ["connect", "listen", "context"] as const) {
    if (engine === "deno" && where === "context") continue; // its listener takes one context
    Deno.test(`${engine}: halfClose: false answers the peer's close_notify at once, given to ${where}`, async () => {
      for (const how of ["read", "tryRead"] as const) {
        const context = where === "context"
          ? {
            reuseCtx: await SslContext.create({
              engine,
              ca: (await testPki()).ca.pem,
              halfClose: false,
            }),
          }
          : {};
        const client = where === "connect" ? { halfClose: false } : {};
        await using p = where === "context"
          ? await connectPair(
            engine,
            { ...context, ca: undefined, extraCa: undefined } as ConnectOptions,
          )
          : await connectPair(engine, client, where === "listen" ? { halfClose: false } : {});
        const [own, peer] = where === "listen" ? [p.server, p.client] : [p.client, p.server];
        const buffer = new Uint8Array(10);
        await own.write(bytes("first"));
        await peer.write(bytes("last"));
        assertEquals(await own.read(buffer), 4);
        await peer.closeWrite();
        assertEquals(own.isSsl(), "rw");
        if (how === "read") assertEquals(await own.read(buffer), null);
        else {
          let r = own.tryRead(buffer);
          for (let i = 0; isWant(r) && i < 100; i++) {
            await own.ready(r);
            r = own.tryRead(buffer);
          }
          assertEquals(r, null);
        }
        assertEquals([own.isSsl(), own.opened()], ["", 1]);
        // The peer gets what was written before, then the answer, and waits for nothing more.
        assertEquals(await peer.read(buffer), 5);
        assertEquals(await peer.read(buffer), null);
        for (
          const call of [
            () => own.read(buffer),
            () => own.write(bytes("more")),
            () => own.peek(buffer),
            async () => await own.tryRead(buffer),
            async () => await own.tryPeek(buffer),
            async () => await own.tryWrite(bytes("more")),
          ]
        ) {
          const error = await assertRejects(call, SslError, "has ended TLS");
          assertEquals([error.code, error.errno], ["ERR_TLS_ENDED", 1]);
        }
        await own.closeWrite(); // it is done
        assertEquals(own.pending(), 0);
        await own.ready();
      }
    });
  }
}

Deno.test("halfClose: false lets a peer in stopSsl() go on, and plain text follows stopSsl()", async () => {
  for (const options of [{}, { fastShutdown: true }]) {
    await using p = await connectPair("openssl", { timeout: 5000 }, { halfClose: false });
    const stopping = p.client.stopSsl();
    const buffer = new Uint8Array(10);
    assertEquals(await p.server.read(buffer), null);
    const plain = await stopping; // nobody but read() has answered
    assertEquals(p.server.isSsl(), "");
    const ours = await p.server.stopSsl(options);
    assertEquals(p.server.isSsl(), undefined);
    await plain.write(bytes("plain"));
    assertEquals(await ours.read(buffer), 5);
    await p.server.write(bytes("back"));
    assertEquals(await p.client.read(buffer), 4);
    // TLS may begin anew, and is whole.
    await Promise.all([p.client.connectSsl(), p.server.acceptSsl()]);
    assertEquals(p.server.isSsl(), "rw");
    await p.server.write(bytes("TLS"));
    assertEquals(await p.client.read(buffer), 3);
  }
});

Deno.test("without halfClose: false nobody answers before closeWrite(), stopSsl() or close()", async () => {
  await using p = await connectPair("openssl", { timeout: 5000 }, {});
  let stopped = false;
  const stopping = p.client.stopSsl().then(() => stopped = true);
  const buffer = new Uint8Array(10);
  assertEquals(await p.server.read(buffer), null);
  assertEquals([p.server.isSsl(), await p.server.read(buffer)], ["w", null]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(stopped, false);
  await p.server.stopSsl();
  await stopping;
});

Deno.test("halfClose: false leaves the answer to onPeerShutdown, where there is one", async () => {
  const calls: unknown[] = [];
  await using p = await connectPair("openssl", { timeout: 5000 }, {
    halfClose: false,
    onPeerShutdown: (s) => void calls.push(s.isSsl()),
  });
  await p.client.closeWrite();
  const buffer = new Uint8Array(10);
  assertEquals(await p.server.read(buffer), null);
  assertEquals([calls, p.server.isSsl()], [["w"], "w"]);
  await p.server.write(bytes("still"));
  assertEquals(await p.client.read(buffer), 5);
});

Deno.test("halfClose: false through fromPerl(), over a Handle: print fails after the end", async () => {
  await using p = await connectPair(
    "openssl",
    fromPerl({ Timeout: 5, SSL_verifycn_scheme: "none" }),
    {},
  );
  const handle = new Handle(p.client);
  await p.server.write(bytes("line\n"));
  await p.server.closeWrite();
  assertEquals(await handle.getlines(), ["line\n"]);
  assertEquals(p.client.isSsl(), "");
  const error = await assertRejects(() => handle.print("more"), SslError);
  assertEquals(error.code, "ERR_TLS_ENDED");
  await p.client.close();
});
