/**
 * The first calls of a handle: they keep their order, awaited or not, each has the settings of its
 * own time, and what cannot wait answers by what has come.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import type { WaitOptions } from "../../engine/engine.ts";
import { SSL_WANT_READ, SslError, SslPeerError, type Want } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { serve } from "../../server/serve.ts";
import { SslSocket } from "../../socket/socket.ts";
import { takeTransport } from "../../socket/transport.ts";
import { testPki, trust } from "../contract/harness.ts";
import { ScriptedConn } from "./fakes.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";
import { refuses } from "../helpers/refuses.ts";

/** A connection that can be read without waiting. */
class PollConn extends ScriptedConn {
  polls = 0;
  #left: string[];

  constructor(...chunks: string[]) {
    super();
    this.#left = chunks;
  }

  tryRead(p: Uint8Array): number | null | Want {
    this.polls++;
    const chunk = this.#left.shift();
    if (chunk === undefined) return null;
    return new TextEncoder().encodeInto(chunk, p).written;
  }

  ready(_want?: Want, _options?: WaitOptions): Promise<void> {
    return Promise.resolve();
  }

  pending(): number {
    return this.#left.join("").length;
  }

  opened(): 0 | 1 | -1 {
    return -1;
  }
}

async function code(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(() => undefined, (e) => e);
  assertInstanceOf(error, SslError);
  return error.code;
}

Deno.test("Handle, first calls: calls of one turn keep their order", async () => {
  const conn = new ScriptedConn("a\nb\n");
  const handle = new Handle(conn);
  const done = [
    handle.print("1"),
    handle.say("2"),
    handle.printf("%03d", 3),
    handle.write("4"),
    handle.syswrite("5"),
  ];
  const lines = [handle.readLine()];
  await Promise.all(done);
  assertEquals(conn.text, "12\n00345");
  lines.push(handle.readLine());
  assertEquals(await Promise.all(lines), ["a", "b"]);
});

Deno.test("Handle, first calls: calls of many turns keep their order", async () => {
  const conn = new ScriptedConn();
  const handle = new Handle(conn);
  const prints: Promise<void>[] = [];
  let expected = "";
  const print = (text: string) => {
    expected += text;
    prints.push(handle.print(text));
  };
  // Another handle writes in front of this one, and prints here while it does.
  const another = new Handle({
    write: async (p: Uint8Array) => {
      for (let i = 0; i < 40; i++) {
        print(`${i} `);
        await undefined;
      }
      return p.length;
    },
  });
  const other = another.print("x");
  print("first ");
  print("second ");
  await other;
  await Promise.all(prints);
  assertEquals(prints.length, 42);
  assertEquals(conn.text, expected);
});

Deno.test("Handle, first calls: a second read of the same turn is refused, the first goes on", async () => {
  const handle = new Handle(new ScriptedConn("a\n"));
  const [first, second] = [handle.readLine(), handle.read(1)];
  assertEquals(await code(second), "ERR_CONCURRENT_READ");
  assertEquals(await first, "a");
});

Deno.test("Handle, first calls: a call has the settings, and the bytes, of its own time", async () => {
  const conn = new ScriptedConn("a;b\nc;d");
  const handle = new Handle(conn, { outputRecordSeparator: "." });
  const bytes = new Uint8Array([0x41]);
  const done = [handle.print("é", bytes, "-")];
  bytes[0] = 0x42;
  handle.encoding = "latin1";
  handle.outputRecordSeparator = "";
  handle.outputFieldSeparator = ",";
  done.push(handle.print("é", bytes));
  const line = handle.readLine();
  handle.inputRecordSeparator = ";";
  await Promise.all(done);
  assertEquals(conn.text, "\u00c3\u00a9A-.\u00e9,B"); // what latin1 makes of the bytes
  assertEquals(await line, "a;b");
  assertEquals(await handle.readLine({ chomp: false }), "c;");
});

Deno.test("Handle, first calls: settings are checked, kept and in effect", async () => {
  const conn = new ScriptedConn("\u00e9|x");
  assertThrows(() => new Handle(conn, { seperator: "" } as never), TypeError, "unknown option");
  assertThrows(() => new Handle({} as never), TypeError, "Cannot create Handle");
  const handle = new Handle(conn, { chomp: true });
  assertEquals([handle.inputRecordSeparator, handle.autoflush, handle.encoding], [
    "\n",
    true,
    "utf-8",
  ]);
  assertThrows(() => handle.encoding = "ebcdic" as never, TypeError, "Cannot set encoding");
  assertThrows(() => handle.inputRecordSeparator = 0, RangeError, "needs a positive length");
  assertThrows(() => handle.binmode(":crlf"), TypeError, "Cannot set binmode");
  handle.inputRecordSeparator = "|";
  handle.autoflush = false;
  assertEquals(await handle.readLine(), "\u00e9");
  await handle.print("collected");
  assertEquals(conn.text, "");
  handle.binmode();
  assertEquals(handle.encoding, "latin1");
  await handle.print("\u00e9");
  await handle.close();
  assertEquals(conn.text, "collected\u00e9");
});

Deno.test("Handle, first calls: tryReadLine() answers by what has come, from the first one on", () => {
  const conn = new PollConn("a\nb");
  const handle = new Handle(conn);
  assertThrows(() => handle.tryReadLine({ signal: 1 } as never), TypeError, "unknown option");
  assertEquals(conn.polls, 0);
  assertEquals(handle.tryReadLine(), "a");
  assertEquals(conn.polls, 1);
  assertEquals([handle.tryReadLine(), handle.tryReadLine()], ["b", undefined]);
});

Deno.test("Handle, first calls: ready() reads where tryReadLine() cannot", async () => {
  const conn = new ScriptedConn("a\n");
  const handle = new Handle(conn);
  assertThrows(() => handle.tryReadLine({ signal: 1 } as never), TypeError, "unknown option");
  assertEquals([handle.tryReadLine(), conn.reads], [SSL_WANT_READ, 0]);
  await handle.ready();
  assertEquals([handle.tryReadLine(), conn.reads], ["a", 1]);
});

Deno.test("Handle, first calls: a loop of tryReadLine() gets its line", async () => {
  const [near, far] = await tcpPair();
  const socket = await SslSocket.start(near, { startHandshake: false, hostname: "localhost" });
  await using handle = new Handle(socket);
  assertEquals(handle.tryReadLine(), SSL_WANT_READ);
  await Promise.all([far.write(new TextEncoder().encode("a\n")), handle.ready()]);
  let line = handle.tryReadLine();
  while (line === SSL_WANT_READ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    line = handle.tryReadLine();
  }
  assertEquals(line, "a");
  far.close();
});

Deno.test("Handle, first calls: tryReadLine() refuses what cannot be read", async () => {
  const writer = new Handle({ write: (p: Uint8Array) => Promise.resolve(p.length) });
  assertThrows(() => writer.tryReadLine(), TypeError, "open for writing only");
  await assertRejects(() => writer.readLine(), TypeError, "open for writing only");
});

Deno.test("Handle, first calls: close() closes the connection", async () => {
  const conn = new PollConn("a\n");
  const handle = new Handle(conn);
  const closed = handle.close({ noShutdown: true });
  assertEquals(handle.opened(), 0);
  for (const call of [() => handle.tryReadLine(), () => handle.pending()]) {
    const error = assertThrows(call, SslError, "the handle is closed");
    assertEquals((error as SslError).code, "ECLOSED");
  }
  const [read, print] = [handle.readLine(), handle.print("late")];
  assertEquals([await code(read), await code(print)], ["ECLOSED", "ECLOSED"]);
  await closed;
  await handle.close();
  assertEquals(conn.events, ["close abruptly"]);
});

Deno.test("Handle, first calls: close() goes behind what was printed", async () => {
  const conn = new ScriptedConn();
  {
    await using handle = new Handle(conn, { autoflush: false });
    handle.print("last words");
  }
  assertEquals(conn.events, ["write 10", "close"]);
});

Deno.test("Handle, first calls: close() ends a read of the same turn", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const handle = new Handle(new ScriptedConn(promise));
  const read = handle.readLine();
  await Promise.all([handle.close(), code(read).then((c) => assertEquals(c, "ECLOSED"))]);
  resolve();
});

Deno.test("Handle, first calls: pending(), opened() and conn ask the connection", () => {
  const conn = new PollConn("abc");
  const handle = new Handle(conn);
  assertEquals([handle.pending(), handle.opened(), handle.conn], [3, -1, conn]);
  assertEquals(new Handle(new ScriptedConn()).opened(), 1);
  assertEquals(new Handle(new ScriptedConn()).pending(), 0);
  assertEquals(handle.tryReadLine(), "abc");
});

Deno.test("Handle, first calls: the connection can be given to a socket", async () => {
  const conn = new ScriptedConn("a\n");
  const handle = new Handle(conn);
  assertEquals(handle[takeTransport]().transport, conn);
  assertEquals(handle.opened(), 0);
  assertThrows(() => handle.tryReadLine(), SslError, "was given to a socket");
  assertThrows(() => handle[takeTransport](), SslError, "was given to a socket");
  await assertRejects(() => handle.print("x"), SslError, "was given to a socket");
  await handle.close(); // not ours any more
  assertEquals(conn.events, []);
});

Deno.test("Handle, first calls: the connection is not given away under output that has yet to go", async () => {
  const conn = new ScriptedConn("a\n");
  const handle = new Handle(conn);
  const print = handle.print("x");
  assertThrows(() => handle[takeTransport](), TypeError, "has yet to go");
  await print;
  assertEquals(conn.text, "x");
  assertEquals(await handle.readLine(), "a");
  assertEquals(handle[takeTransport]().transport, conn);
});

Deno.test("Handle, first calls: nothing goes out in plain text behind startSsl()", async () => {
  const conn = new ScriptedConn();
  const handle = new Handle(conn);
  const before = handle.print("STARTTLS\r\n");
  const start = handle.startSsl({ hostname: "localhost", engine: "openssl" });
  const secret = handle.print("secret");
  await before;
  await assertRejects(() => secret, TypeError, "about to start TLS");
  await refuses(() => start, SslPeerError, "ERR_SSL_HANDSHAKE_EOF");
  assert(conn.text.startsWith("STARTTLS\r\n\x16\x03"), "first the command, then the ClientHello");
  assert(!conn.text.includes("secret"));
  await handle.close();
});

Deno.test("Handle, first calls: lines come in a loop, through an overridden readLine()", async () => {
  class Loud extends Handle {
    override async readLine(): Promise<string | undefined> {
      return (await super.readLine())?.toUpperCase();
    }
  }
  const handle = new Loud(new ScriptedConn("a\n", "b\n"));
  const lines: string[] = [];
  for await (const line of handle) lines.push(line);
  assertEquals(lines, ["A", "B"]);
});

Deno.test("Handle, first calls: batches and rest come whole", async () => {
  const batches: string[][] = [];
  const handle = new Handle(new ScriptedConn("a\nb\n", "c"));
  assertThrows(() => handle.lineBatches({ chop: true } as never), TypeError, "unknown option");
  for await (const batch of handle.lineBatches()) batches.push(batch);
  assertEquals(batches, [["a", "b"], ["c"]]);
});

Deno.test("Handle, first calls: web streams, their end and their failure", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [out, back] = [new Handle({ writable }), new Handle({ readable })];
  assert(readable.locked && writable.locked);
  const line = back.readLine();
  await Promise.all([out.print("a\n"), line]);
  assertEquals(await line, "a");
  await Promise.all([out.close(), back.eof().then((end) => assertEquals(end, true))]);
  const failing = new ReadableStream<Uint8Array>({ start: (c) => c.error("no reason") });
  const error = await assertRejects(() => new Handle({ readable: failing }).readLine(), Error);
  assertEquals((error as { code?: string }).code, "EPIPE");
});

Deno.test("Handle, first calls: tryReadLine() of connect() and serve() is right at once", async () => {
  const { server: cert, ca } = await testPki();
  let first: unknown;
  await using server = serve(
    { hostname: "127.0.0.1", port: 0, engine: "openssl", ...cert },
    async (handle, socket) => {
      await socket.peek(new Uint8Array(1));
      first = handle.tryReadLine();
      await handle.print("answer\n");
    },
  );
  const { port } = await server.addr;
  await using client = await Handle.connect(`127.0.0.1:${port}`, trust("openssl", ca));
  const { conn } = client;
  await conn.write!(new TextEncoder().encode("question\n"));
  await conn.ready!(SSL_WANT_READ);
  let line = client.tryReadLine();
  for (; line === SSL_WANT_READ; line = client.tryReadLine()) await conn.ready!(SSL_WANT_READ);
  assertEquals([first, line], ["question", "answer"]);
});
