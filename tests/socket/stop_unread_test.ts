/** Where TLS ends and plain text follows: nothing that came over TLS is lost or mixed with what did not. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { isWant, SslError, SslPeerError, SslTruncatedError, type Want } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { bytes, connectPair, text } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const LIMIT = { timeout: 5000 };
const arrive = () => new Promise((resolve) => setTimeout(resolve, 30));

interface Readable {
  read(p: Uint8Array): Promise<number | null>;
}

/** One read, as text; `null` at the end. */
async function take(from: Readable): Promise<string | null> {
  const p = new Uint8Array(100);
  const n = await from.read(p);
  return n === null ? null : text(p.subarray(0, n));
}

/** What `n` reads give, with parts of one stream put together. */
async function takeAll(from: Readable, marks: number): Promise<(string | null)[]> {
  const got: (string | null)[] = [];
  for (let ends = 0; ends < marks;) {
    const part = await take(from);
    const last = got.at(-1);
    if (typeof part === "string" && typeof last === "string") got[got.length - 1] = last + part;
    else got.push(part);
    if (part === null || got.at(-1)?.endsWith("end")) ends++;
  }
  return got;
}

function isUnread(error: unknown): void {
  assertInstanceOf(error, SslError);
  assertEquals(error.code, "ERR_UNREAD");
}

/** The ways to a full stop that do not wait for the peer when there is something to read. */
const STOPS: Record<string, (s: SslSocket) => Promise<unknown>> = {
  "stopSsl()": (s) => s.stopSsl(),
  "stopSsl({ noShutdown: true })": (s) => s.stopSsl({ noShutdown: true }),
  "tryStopSsl()": async (s) => {
    for (let r: true | Want; (r = s.tryStopSsl()) !== true;) await s.ready(r);
  },
};

for (const [name, stop] of Object.entries(STOPS)) {
  Deno.test(`${name} is ERR_UNREAD when bytes have been taken in and not read, and sends nothing`, async () => {
    await using pair = await connectPair("openssl", LIMIT, LIMIT);
    const { client, server } = pair;
    await server.write(bytes("one\ntwo\n"));
    assertEquals(await client.peek(new Uint8Array(1)), 1); // it is here
    for (let i = 0; i < 2; i++) isUnread(await assertRejects(() => stop(client)));
    assertEquals([client.isSsl(), client.opened()], ["rw", 1]);
    assertEquals(await take(client), "one\ntwo\n");
    await client.write(bytes("still TLS"));
    assertEquals(await take(server), "still TLS");
  });
}

for (const name of ["stopSsl()", "tryStopSsl()"]) {
  Deno.test(`${name} is ERR_UNREAD for what comes before the peer's close_notify, which can be read`, async () => {
    for (const how of ["before", "between"] as const) {
      await using pair = await connectPair("openssl", LIMIT, LIMIT);
      const { client, server } = pair;
      if (how === "before") await server.write(bytes("tail over TLS"));
      const stopping = STOPS[name]!(client).then(() => undefined, (error) => error);
      assertEquals(await take(server), null);
      if (how === "between") await server.write(bytes("tail over TLS"));
      isUnread(await stopping);
      assertEquals(client.isSsl(), "r");
      isUnread(await STOPS[name]!(client).catch((error) => error));
      const plain = await server.stopSsl();
      await plain.write(bytes("plain"));
      assertEquals(await take(client), "tail over TLS");
      assertEquals(await take(client), null);
      await STOPS[name]!(client); // now it is at its end
      assertEquals(client.isSsl(), undefined);
      assertEquals(await take(client), "plain");
    }
  });
}

for (const how of ["before", "between", "with the close_notify", "nothing"] as const) {
  for (const over of ["the transport", "the socket", "tryRead()", "peek()", "a Handle"] as const) {
    Deno.test(`stopSsl({ fastShutdown: true }) reads TLS, null once, then plain: ${how}, by ${over}`, async () => {
      await using pair = await connectPair("openssl", LIMIT, LIMIT);
      const { client, server } = pair;
      if (how === "before") {
        await server.write(bytes("TLS "));
        await server.write(bytes("end"));
        await arrive();
      }
      if (how === "with the close_notify") {
        await server.write(bytes("TLS end"));
        await server.closeWrite();
        await client.peek(new Uint8Array(1));
      }
      const left = await client.stopSsl({ fastShutdown: true });
      if (how === "between") await server.write(bytes("TLS end"));
      assertEquals(await take(server), null);
      const peer = await server.stopSsl();
      await peer.write(bytes("plain end"));
      // Ours is plain at once.
      await left.write(bytes("ours"));
      assertEquals(await take(peer), "ours");
      const from: Record<typeof over, Readable> = {
        "the transport": left,
        "the socket": client,
        "tryRead()": {
          async read(p) {
            for (let i = 0; i < 100; i++) {
              const r = client.tryRead(p);
              if (!isWant(r)) return r;
              await client.ready(r);
            }
            throw new Error("tryRead() never gives anything");
          },
        },
        "peek()": {
          async read(p) {
            const seen = await client.peek(p);
            assertEquals(client.tryPeek(new Uint8Array(p.length)), seen);
            const n = await client.read(p);
            assertEquals(n, seen);
            return n;
          },
        },
        "a Handle": (() => {
          const handle = new Handle(client);
          return { read: (p) => handle.sysread(p) };
        })(),
      };
      const expected = how === "nothing" ? [null, "plain end"] : ["TLS end", null, "plain end"];
      assertEquals(await takeAll(from[over], expected.length), expected);
      await peer.close();
      // The end of the connection is an end again and again.
      for (let i = 0; i < 2; i++) assertEquals(await take(from[over]), null);
      await left.close();
    });
  }
}

Deno.test("stopSsl({ fastShutdown: true }) after the null of TLS goes on in plain text at once", async () => {
  await using pair = await connectPair("openssl", LIMIT, LIMIT);
  const { client, server } = pair;
  await server.write(bytes("TLS"));
  const plain = await server.stopSsl({ fastShutdown: true });
  await plain.write(bytes("plain"));
  assertEquals([await take(client), await take(client)], ["TLS", null]);
  const left = await client.stopSsl({ fastShutdown: true });
  assertEquals(await take(left), "plain");
});

Deno.test("what is left of TLS may be cut: that is SslTruncatedError and never an end", async () => {
  await using pair = await connectPair("openssl", LIMIT, LIMIT);
  const { client, server } = pair;
  const left = await client.stopSsl({ fastShutdown: true });
  await server.write(bytes("TLS"));
  await server.close({ noShutdown: true });
  assertEquals(await take(left), "TLS");
  for (let i = 0; i < 2; i++) {
    await refuses(() => take(left), SslTruncatedError, "ERR_SSL_TRUNCATED");
  }
  await left.close();
});

/** A handle over a client, and the server's socket. */
async function handles() {
  const pair = await connectPair("openssl", LIMIT, LIMIT);
  return {
    ...pair,
    handle: new Handle(pair.client, { chomp: true }),
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}

for (const records of [["one\ntwo\n"], ["one\n", "two\n"]]) {
  Deno.test(`Handle.stopSsl() is ERR_UNREAD with a line unread, in ${records.length} records`, async () => {
    await using t = await handles();
    for (const record of records) await t.server.write(bytes(record));
    await arrive();
    assertEquals(await t.handle.readLine(), "one");
    isUnread(await assertRejects(() => t.handle.stopSsl()));
    assertEquals(await t.handle.readLine(), "two");
    const [, plain] = await Promise.all([t.handle.stopSsl(), t.server.stopSsl()]);
    await plain.write(bytes("plain\n"));
    assertEquals(await t.handle.readLine(), "plain");
  });

  Deno.test(`Handle.stopSsl({ fastShutdown: true }) tells the end of TLS once, in ${records.length} records`, async () => {
    type Reads = (h: Handle) => Promise<unknown[]>;
    const lines: Reads = async (h) => [await h.readLine(), await h.readLine(), await h.readLine()];
    const ways: Record<string, Reads> = {
      lines,
      getlines: async (h) => [...await h.getlines(), undefined, await h.readLine()],
      tryReadLine: async (h) => {
        const got: unknown[] = [];
        for (let i = 0; got.length < 3 && i < 100; i++) {
          const line = h.tryReadLine();
          if (isWant(line)) await h.ready(line);
          else got.push(line);
        }
        return got;
      },
      "for await": async (h) => {
        const got: unknown[] = [];
        for await (const line of h) got.push(line);
        return [...got, undefined, await h.readLine()];
      },
      lineBatches: async (h) => {
        const got: unknown[] = [];
        for await (const batch of h.lineBatches()) got.push(...batch);
        return [...got, undefined, await h.readLine()];
      },
      read: async (h) => [
        text((await h.read(4))!).trim(),
        await h.read(1) ?? undefined,
        text((await h.read(5))!),
      ],
      "sysread, eof and getc": async (h) => {
        const p = new Uint8Array(4);
        const n = await h.sysread(p);
        const ends = [await h.eof(), await h.eof()]; // asks, and does not take
        const c = await h.getc();
        return [text(p.subarray(0, n!)).trim(), ends.every(Boolean) ? c : ends, await h.readLine()];
      },
    };
    for (const [name, way] of Object.entries(ways)) {
      await using t = await handles();
      for (const record of records) await t.server.write(bytes(record));
      await arrive();
      assertEquals(await t.handle.readLine(), "one");
      await t.handle.stopSsl({ fastShutdown: true });
      assertEquals(await take(t.server), null);
      const plain = await t.server.stopSsl();
      await plain.write(bytes("plain\n"));
      const got = (await way(t.handle)).map((each) =>
        typeof each === "string" ? each.trim() : each
      );
      assertEquals(got, ["two", undefined, "plain"], name);
    }
  });
}

Deno.test("a Handle that has met the end of TLS but not told it tells it behind a fast stop", async () => {
  await using t = await handles();
  await t.server.write(bytes("half"));
  const plain = await t.server.stopSsl({ fastShutdown: true });
  await plain.write(bytes("plain\n"));
  assertEquals(await t.handle.readLine(), "half"); // it took the end to know that this is all
  await t.handle.stopSsl({ fastShutdown: true });
  assertEquals(await t.handle.readLine(), undefined);
  assertEquals(await t.handle.readLine(), "plain");
});

Deno.test("TLS may start again behind a fast stop that was read to its end, and not before", async () => {
  for (const unread of [false, true]) {
    for (const step of [false, true]) {
      await using pair = await connectPair("openssl", LIMIT, LIMIT);
      const { client, server } = pair;
      await client.stopSsl({ fastShutdown: true });
      if (unread) await server.write(bytes("unread"));
      assertEquals(await take(server), null);
      await server.stopSsl();
      await arrive();
      const accepting = unread ? undefined : server.acceptSsl();
      const start = async () => {
        if (!step) return await client.connectSsl();
        for (let r; (r = client.tryConnectSsl()) !== true;) await client.ready(r);
      };
      if (unread) {
        isUnread(await start().catch((error) => error));
        await assertRejects(
          () => client.write(bytes("secret")),
          SslError,
          "starting TLS has failed",
        );
        assertEquals([await take(client), await take(client)], ["unread", null]);
        await Promise.all([start(), server.acceptSsl()]);
      } else await Promise.all([start(), accepting]);
      await client.write(bytes("again"));
      assertEquals(await take(server), "again");
    }
  }
});

Deno.test("a Handle does not start TLS over what is left of another unread", async () => {
  await using t = await handles();
  await t.server.write(bytes("one\ntwo\n"));
  assertEquals(await t.handle.readLine(), "one");
  await t.handle.stopSsl({ fastShutdown: true });
  isUnread(await assertRejects(() => t.handle.startSsl()));
  await assertRejects(() => t.handle.print("secret"), SslError, "starting TLS has failed");
  assertEquals(await t.handle.readLine(), "two");
  assertEquals(await take(t.server), null);
  await t.server.stopSsl();
  assertEquals(await t.handle.readLine(), undefined);
  await Promise.all([t.handle.startSsl(), t.server.acceptSsl()]);
  await t.server.write(bytes("again\n"));
  assertEquals(await t.handle.readLine(), "again");
});

Deno.test("plain bytes behind a fast stop are refused by the next start", async () => {
  await using pair = await connectPair("openssl", LIMIT, LIMIT);
  const { client, server } = pair;
  const plain = await server.stopSsl({ fastShutdown: true });
  await plain.write(bytes("250 injected\r\n"));
  await arrive();
  await client.stopSsl({ fastShutdown: true });
  const error = await assertRejects(() => client.connectSsl(), SslPeerError, "250 injected");
  assertEquals(error.code, "ERR_INJECTION");
});

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: tryPeek() never waits and leaves the bytes`, async () => {
    await using pair = await connectPair(engine, LIMIT, LIMIT);
    const { client, server } = pair;
    const p = new Uint8Array(3);
    assert(isWant(client.tryPeek(p)));
    await server.write(bytes("hello"));
    await client.ready();
    for (let i = 0; i < 2; i++) {
      assertEquals(client.tryPeek(p), 3);
      assertEquals(text(p), "hel");
    }
    assertEquals(await take(client), "hello");
    assert(isWant(client.tryPeek(p)));
    await server.close();
    await client.ready();
    for (let i = 0; i < 2; i++) assertEquals(client.tryPeek(p), null);
    assertEquals(await take(client), null);
    assertThrows(() => client.tryPeek("x" as never), TypeError, "must be a Uint8Array");
    await client.close();
    assertEquals(assertThrows(() => client.tryPeek(p), SslError).code, "ECLOSED");
  });
}

Deno.test("tryPeek() of a plain socket sees what is here, and its end", async () => {
  await using pair = await connectPair("openssl", { startHandshake: false }, {
    startHandshake: false,
  });
  const { client, server } = pair;
  const p = new Uint8Array(3);
  assert(isWant(client.tryPeek(p)));
  await server.write(bytes("hello"));
  await client.ready();
  assertEquals([client.tryPeek(p), client.tryPeek(p), text(p)], [3, 3, "hel"]);
  assertEquals(await take(client), "hello");
  await server.closeWrite();
  await client.ready();
  assertEquals([client.tryPeek(p), client.tryPeek(p), client.tryRead(p)], [null, null, null]);
});
