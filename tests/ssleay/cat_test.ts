/** sslcat and its kin. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  http_cat,
  httpCat,
  https_cat,
  httpsCat,
  httpx_cat,
  httpxCat,
  settings,
  sslcat,
  tcpcat,
  tcpxcat,
} from "../../ssleay/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { tcpServer, testPki, tlsServer, trust } from "./odd_server.ts";

const HOST = "127.0.0.1";

interface Conn {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
}

/** Gives back what came, in upper case, when the client has ended its direction. */
async function echo(conn: Conn): Promise<void> {
  let all = "";
  const p = new Uint8Array(65_536);
  for (let n; (n = await conn.read(p)) !== null;) all += new TextDecoder().decode(p.subarray(0, n));
  const bytes = new TextEncoder().encode(all.toUpperCase());
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

async function tlsEcho(): Promise<{ port: number } & AsyncDisposable> {
  const { server } = await testPki();
  const listener = await SslSocket.listen({
    engine: "openssl",
    hostname: HOST,
    port: 0,
    ...server,
  });
  const loop = (async () => {
    for await (const socket of listener) {
      await echo(socket).catch(() => {}).then(() => socket.close());
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await loop;
    },
  };
}

const tcpEcho = () =>
  tcpServer(HOST, async (conn) => {
    await echo(conn);
    conn.close();
  });

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: sslcat() ends its direction, and gives the reply and the certificate`, async () => {
    await using server = await tlsEcho();
    const options = await trust(engine);
    const [reply, error, cert] = await sslcat(HOST, server.port, "hello grün", options);
    assertEquals([reply, error], ["HELLO GRÜN", undefined]);
    if (engine === "openssl") assertEquals(cert?.commonName, "localhost");
    assertEquals((await sslcat(HOST, server.port, Uint8Array.of(97, 98), options))[0], "AB");
    assertEquals((await tcpxcat(1, HOST, server.port, "x", options))[0], "X");
  });

  Deno.test(`${engine}: sslcat() gives what came and the error when the server is cut off`, async () => {
    await using server = await tlsServer();
    server.play({ answer: "half an ans", end: "cut" });
    const [reply, error] = await sslcat(HOST, server.port, "x\r\n\r\n", await trust(engine));
    assertEquals(reply, "half an ans");
    assertMatch(error!, /^SSL_read \d+: 1 - error:.*(?:eof|close_notify)/i);
  });

  Deno.test(`${engine}: httpsCat() leaves its direction open until the server has ended`, async () => {
    const { server } = await testPki();
    const listener = await SslSocket.listen({
      engine: "openssl",
      hostname: HOST,
      port: 0,
      ...server,
    });
    const seen: unknown[] = [];
    const serving = (async () => {
      const socket = await listener.accept();
      const p = new Uint8Array(100);
      seen.push(await socket.read(p));
      await socket.write(new TextEncoder().encode("answer"));
      await socket.closeWrite();
      seen.push(await socket.read(p));
      await socket.close();
    })();
    const port = (listener.addr as Deno.NetAddr).port;
    assertEquals((await httpsCat(HOST, port, "hi", await trust(engine))).slice(0, 2), [
      "answer",
      undefined,
    ]);
    await serving;
    listener.close();
    assertEquals(seen, [2, null]);
  });
}

Deno.test("1 MiB goes both ways", async () => {
  await using server = await tlsEcho();
  const message = "abcdefgh".repeat(131_072);
  const [reply, error] = await sslcat(HOST, server.port, message, await trust("openssl"));
  assertEquals([reply?.length, error], [message.length, undefined]);
  assertEquals(reply, message.toUpperCase());
});

Deno.test("tcpcat(), tcpxcat(), httpCat() and httpxCat() go without TLS", async () => {
  await using server = tcpEcho();
  assertEquals(await tcpcat(HOST, server.port, "a"), ["A", undefined]);
  assertEquals(await tcpxcat(0, HOST, server.port, "b"), ["B", undefined, undefined]);
  await using odd = tcpServer();
  odd.play({ answer: "reply" });
  assertEquals(await httpCat(HOST, odd.port, "c\r\n\r\n"), ["reply", undefined]);
  assertEquals(await httpxCat(false, HOST, odd.port, "d\r\n\r\n"), ["reply", undefined, undefined]);
});

Deno.test("the certificate is the third argument after the message, the options are the last", async () => {
  await using server = tcpEcho();
  assertEquals(
    (await tcpxcat(false, HOST, server.port, "a", "x.pem", "x.key", { encoding: "latin1" }))[0],
    "A",
  );
  // deno-lint-ignore no-explicit-any -- that is what is tested
  const cat = sslcat as any;
  await assertRejects(() => cat(HOST, server.port, "a", {}, "x"), TypeError, "last");
  await assertRejects(() => cat(HOST, server.port), TypeError, "message");
  await assertRejects(() => cat(HOST, server.port, "a", "x.pem"), TypeError, "without its key");
});

Deno.test("maxBytes and timeout bound a reply", async () => {
  await using odd = tcpServer();
  odd.play({ answer: "0123456789" });
  assertEquals((await tcpcat(HOST, odd.port, "\r\n\r\n", { maxBytes: 10 }))[1], undefined);
  assertMatch(
    (await tcpcat(HOST, odd.port, "\r\n\r\n", { maxBytes: 9 }))[1]!,
    /longer than 9 bytes/,
  );
  odd.play({ answer: "slow", end: "open" });
  const [reply, error] = await httpCat(HOST, odd.port, "\r\n\r\n", { timeout: 50 });
  assertEquals(reply, "slow");
  assertMatch(error!, /ETIMEDOUT.*timed out after 50 ms/);
});

Deno.test("the timeout is for each piece: a slow reply that goes on is not an error", async () => {
  await using odd = tcpServer(HOST, async (conn) => {
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await conn.write(Uint8Array.of(97));
    }
    conn.close();
  });
  assertEquals(await httpCat(HOST, odd.port, "x", { timeout: 500 }), ["a".repeat(12), undefined]);
});

Deno.test("settings.slowly waits before the half close, in seconds", async () => {
  await using server = tcpEcho();
  const delays: unknown[] = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((run: () => void, delay?: number) => {
    delays.push(delay);
    return setTimeout(run, delay);
  }) as typeof setTimeout;
  settings.slowly = 0.0123;
  try {
    assertEquals((await tcpcat(HOST, server.port, "a", { timeout: 0 }))[0], "A");
    assertEquals(delays, [12.3]);
    settings.slowly = 0;
    await tcpcat(HOST, server.port, "a", { timeout: 0 });
    assertEquals(delays, [12.3]);
  } finally {
    settings.slowly = 0;
    globalThis.setTimeout = setTimeout;
  }
});

Deno.test("Perl's names are the same functions", () => {
  assertEquals([https_cat, http_cat, httpx_cat], [httpsCat, httpCat, httpxCat]);
});
