/** Reading and writing on open connections. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SslError, SslTruncatedError } from "../../errors.ts";
import {
  ssl_read_all,
  ssl_read_CRLF,
  ssl_read_until,
  ssl_write_all,
  ssl_write_CRLF,
  sslReadAll,
  sslReadCrlf,
  sslReadUntil,
  sslWriteAll,
  sslWriteCrlf,
  tcp_read_all,
  tcp_read_CRLF,
  tcp_read_until,
  tcp_write_all,
  tcp_write_CRLF,
  tcpReadAll,
  tcpReadCrlf,
  tcpReadUntil,
  tcpWriteAll,
  tcpWriteCrlf,
} from "../../ssleay/mod.ts";
import { joinLowLevel, type LowConnection, type LowLevel } from "../../ssleay/low_level.ts";
import { bytes, connectPair, connectThroughRelay } from "../contract/harness.ts";

/** Two plain connections with each other. */
async function tcpPair(): Promise<{ a: Deno.TcpConn; b: Deno.TcpConn } & Disposable> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [a, b] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  return {
    a,
    b,
    [Symbol.dispose]() {
      a.close();
      b.close();
    },
  };
}

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: sslReadUntil() gives the delimiter with the text, and leaves what follows`, async () => {
    await using pair = await connectPair(engine);
    await pair.server.write(bytes("one\ntwo:three\r\nfour"));
    const { client } = pair;
    assertEquals(await sslReadUntil(client), "one\n");
    assertEquals(await sslReadUntil(client, ":"), "two:");
    assertEquals(await sslReadCrlf(client), "three\r\n");
    assertEquals(await sslReadUntil(client, ":", 3), "fou");
    await pair.server.closeWrite();
    assertEquals(await sslReadUntil(client), "r");
    assertEquals(await sslReadUntil(client), "");
    assertEquals(await sslReadUntil(client), "");
  });

  Deno.test(`${engine}: sslReadUntil() finds a delimiter that comes in pieces`, async () => {
    await using pair = await connectPair(engine);
    const reading = sslReadUntil(pair.client, "--end--");
    for (const piece of ["-", "-en", "--e", "nd", "-", "-", "-rest"]) {
      await pair.server.write(bytes(piece));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assertEquals(await reading, "--en--end--");
    assertEquals((await sslReadAll(pair.client, 5))[0], "-rest");
  });

  Deno.test(`${engine}: sslReadAll() reads to the end or as much as is wanted; sslWriteAll() writes all`, async () => {
    await using pair = await connectPair(engine);
    const big = "0123456789".repeat(20_000);
    const [written] = await Promise.all([
      sslWriteAll(pair.server, big),
      (async () => assertEquals((await sslReadAll(pair.client, 150_000))[0].length, 150_000))(),
    ]);
    assertEquals(written, [200_000, undefined]);
    assertEquals(await sslWriteCrlf(pair.server, "grün"), 7);
    await pair.server.closeWrite();
    const [rest, error] = await sslReadAll(pair.client);
    assertEquals([rest.length, rest.slice(-6), error], [50_006, "grün\r\n", undefined]);
    assertEquals(await sslReadAll(pair.client), ["", undefined]);
  });

  Deno.test(`${engine}: a stream that is cut off is an error beside the text, or thrown`, async () => {
    await using pair = await connectThroughRelay(engine);
    await pair.server.write(bytes("half a line"));
    await pair.client.peek(new Uint8Array(1));
    pair.cut();
    const [text, error] = await sslReadAll(pair.client);
    assertEquals(text, "half a line");
    assertMatch(error!, /^SSL_read \d+: 1 - error:/);
    await assertRejects(() => sslReadUntil(pair.client), SslError);
  });

  Deno.test(`${engine}: writing on a closed connection is an error`, async () => {
    await using pair = await connectPair(engine);
    await pair.client.close();
    assertMatch((await sslWriteAll(pair.client, "x"))[1]!, /SSL_write \d+: 1 - error:ECLOSED/);
    await assertRejects(() => sslWriteCrlf(pair.client, "x"), SslError);
    assertMatch((await sslReadAll(pair.client))[1]!, /error:ECLOSED/);
    await assertRejects(() => sslReadUntil(pair.client), SslError);
  });
}

Deno.test("sslReadUntil() on a stream that is cut off in the midst of a line throws", async () => {
  await using pair = await connectThroughRelay("openssl");
  await pair.server.write(bytes("half a line"));
  await pair.client.peek(new Uint8Array(1));
  pair.cut();
  await assertRejects(() => sslReadUntil(pair.client), SslTruncatedError);
});

Deno.test("a line without an end is refused after 1 MiB, unless a length says how long it may be", async () => {
  await using pair = await connectPair("openssl");
  const writing = sslWriteAll(pair.server, "a".repeat(1_200_000));
  const error = await assertRejects(() => sslReadUntil(pair.client), SslError, "maximum length");
  assertEquals(error.code, "EMSGSIZE");
  assertEquals((await sslReadUntil(pair.client, "\n", 1000)).length, 1000);
  await sslReadAll(pair.client, 1_200_000 - (1 << 20) - 1000);
  await writing;
});

Deno.test("text is UTF-8, or latin1 on request", async () => {
  await using pair = await connectPair("openssl");
  await pair.server.write(Uint8Array.of(0xfc, 0x0a, 0xc3, 0xbc, 0x0a));
  assertEquals(await sslReadUntil(pair.client, "\n", undefined, { encoding: "latin1" }), "ü\n");
  assertEquals(await sslReadUntil(pair.client), "ü\n");
  assertEquals(await sslWriteAll(pair.client, "ü", { encoding: "latin1" }), [1, undefined]);
  assertEquals(await sslReadAll(pair.server, 1, { encoding: "latin1" }), ["ü", undefined]);
});

Deno.test("a signal ends a read with its reason", async () => {
  await using pair = await connectPair("openssl");
  const signal = AbortSignal.abort(new Error("no more"));
  await assertRejects(() => sslReadUntil(pair.client, "\n", 9, { signal }), Error, "no more");
  await assertRejects(() => sslReadAll(pair.client, 9, { signal }), Error, "no more");
});

Deno.test("the tcp functions do the same on a plain connection, and read no byte beyond", async () => {
  using pair = await tcpPair();
  assertEquals(await tcpWriteAll(pair.a, "one\ntwo:grün\r\n12345"), [20, undefined]);
  assertEquals(await tcpReadUntil(pair.b), "one\n");
  assertEquals(await tcpReadUntil(pair.b, ":"), "two:");
  assertEquals(await tcpReadCrlf(pair.b), "grün\r\n");
  assertEquals(await tcpReadUntil(pair.b, "\n", 2), "12");
  const p = new Uint8Array(1);
  await pair.b.read(p);
  assertEquals(p[0], 0x33);
  assertEquals(await tcpReadAll(pair.b, 2), ["45", undefined]);
  assertEquals(await tcpWriteCrlf(pair.a, "x"), 3);
  await pair.a.closeWrite();
  assertEquals(await tcpReadAll(pair.b), ["x\r\n", undefined]);
  assertEquals(await tcpReadUntil(pair.b), "");
});

Deno.test("arguments of the wrong kind are refused", async () => {
  await using pair = await connectPair("openssl");
  // deno-lint-ignore no-explicit-any -- that is what is tested
  const [read, until, write, tcp] = [sslReadAll, sslReadUntil, sslWriteAll, tcpReadAll] as any[];
  for (
    const call of [
      () => read(undefined),
      () => read({}),
      () => read(5),
      () => tcp(undefined),
      () => tcp({}),
      () => until(pair.client, ""),
      () => until(pair.client, 5),
      () => until(pair.client, "\n", undefined, { nonsense: 1 }),
      () => write(pair.client, 5),
      () => write(pair.client, undefined),
      () => write(pair.client, "x", { encoding: "utf-16" }),
    ]
  ) await assertRejects(call, TypeError, "", String(call));
  for (const length of [-1, 1.5, NaN, "5"]) {
    await assertRejects(() => read(pair.client, length), RangeError, "length");
  }
});

Deno.test("Perl's names are the same functions", () => {
  const perl = [
    ssl_read_all,
    ssl_read_until,
    ssl_read_CRLF,
    ssl_write_all,
    ssl_write_CRLF,
    tcp_read_all,
  ];
  assertEquals(perl, [
    sslReadAll,
    sslReadUntil,
    sslReadCrlf,
    sslWriteAll,
    sslWriteCrlf,
    tcpReadAll,
  ]);
  const plain = [tcp_read_until, tcp_read_CRLF, tcp_write_all, tcp_write_CRLF];
  assertEquals(plain, [tcpReadUntil, tcpReadCrlf, tcpWriteAll, tcpWriteCrlf]);
});

Deno.test("a handle of the low level is read and written by its connection", async () => {
  await using pair = await connectPair("openssl");
  const ssl = {}, other = {};
  const connection: LowConnection = pair.client;
  joinLowLevel({
    isHandle: (value, kind) => value === ssl && kind === "SSL",
    connection: () => connection,
  } as Partial<LowLevel> as LowLevel);
  await pair.server.write(bytes("one\ntwo\n"));
  assertEquals(await sslReadUntil(ssl), "one\n");
  assertEquals(await sslReadAll(ssl, 4), ["two\n", undefined]);
  assertEquals(await sslWriteAll(ssl, "x"), [1, undefined]);
  await assertRejects(() => sslReadAll(other), TypeError, "SslSocket");
});
