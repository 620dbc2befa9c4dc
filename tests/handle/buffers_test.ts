/** What a handle holds between the connection and the program: how much, and which failure stays. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Handle } from "../../handle/handle.ts";
import { LineReader } from "../../handle/line_reader.ts";
import type { HandleConn } from "../../handle/source.ts";
import { takeTransport } from "../../socket/transport.ts";
import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
} from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { gate, ScriptedConn } from "./fakes.ts";

const encoder = new TextEncoder();

Deno.test("a handle reads 4 KiB, more while its reads are full, and less again when they are small", async () => {
  const rooms: number[] = [];
  let took = Infinity;
  const conn: HandleConn = {
    read: (p) => {
      rooms.push(p.length);
      return Promise.resolve(Math.min(took, p.length));
    },
  };
  const handle = new Handle(conn);
  /** Reads so often, each time all that has come; how much room each read had. */
  const reads = async (times: number, bytes: number) => {
    took = bytes;
    for (let i = 0; i < times; i++) {
      await handle.eof();
      await handle.sysread(new Uint8Array(handle.pending()));
    }
    return rooms.splice(0);
  };
  const most = 131_072;
  assertEquals(await reads(6, Infinity), [4096, 16_384, 65_536, most, most, most]);
  assertEquals(await reads(3, most / 16), [most, most, most], "a sixteenth is enough");
  // The buffer is used to its end, and given back when it is four times what is read at once.
  assertEquals((await reads(6, 1)).slice(-2), [8190, 8189]);
  assertEquals(await reads(3, 4096), [8188, 8192, 4096]);
});

Deno.test("a passing failure is reported once, a lasting one to every call", async () => {
  const passing = [
    new SslTimeoutError("late", { code: "ETIMEDOUT" }),
    new SslError("busy", { code: "ERR_CONCURRENT_READ" }),
    new DOMException("given up", "AbortError"),
    new DOMException("late", "TimeoutError"),
  ];
  const lasting = [
    new SslTruncatedError("cut"),
    new SslError("other", { code: "ERR_OTHER" }),
    new DOMException("other", "DataError"),
    new TypeError("other"),
    Object.assign(new Error("no SslError"), { code: "ERR_CONCURRENT_READ" }),
    Object.assign(new Error("no DOMException"), { name: "AbortError" }),
  ];
  const line = (handle: Handle) => handle.readLine().catch((error) => error);
  const some = (handle: Handle) => handle.sysread(new Uint8Array(9)).catch((error) => error);
  for (const error of passing) {
    const handle = new Handle(new ScriptedConn(error, "a\n", error, "b"));
    assertEquals([await line(handle), await line(handle)], [error, "a"]);
    assertEquals([await some(handle), await some(handle)], [error, 1]);
  }
  for (const error of lasting) {
    for (const call of [line, some]) {
      const handle = new Handle(new ScriptedConn(error, "a\n"));
      assertEquals([await call(handle), await call(handle)], [error, error], `${error}`);
    }
    // What came before is given first, by read(n) as far as it goes.
    const handle = new Handle(new ScriptedConn("ab", error));
    assertEquals((await handle.read(5))?.length, 2);
    assertEquals(await handle.read(5).catch((e) => e), error);
  }
  const late = new SslTimeoutError("late", { code: "ETIMEDOUT" });
  const handle = new Handle(new ScriptedConn("ab", late, "cd"));
  assertEquals((await handle.read(4))?.length, 2);
  assertEquals(await handle.read(2).catch((e) => e), late);
  assertEquals((await handle.read(2))?.length, 2);
});

Deno.test("tryReadLine() keeps a failure that lasts, and forgets one that passes", () => {
  const late = new SslTimeoutError("late", { code: "ETIMEDOUT" });
  const cut = new SslTruncatedError("cut");
  const steps: (Error | string)[] = [late, "a\n", cut, "b\n"];
  const conn: HandleConn = {
    read: () => Promise.resolve(null),
    tryRead: (p) => {
      const step = steps.shift();
      if (step instanceof Error) throw step;
      return step === undefined ? null : encoder.encodeInto(step, p).written;
    },
  };
  const handle = new Handle(conn);
  assertEquals(assertThrows(() => handle.tryReadLine()), late);
  assertEquals(handle.tryReadLine(), "a");
  for (let i = 0; i < 2; i++) assertEquals(assertThrows(() => handle.tryReadLine()), cut);
});

Deno.test("the error of a second read says which one is in flight", async () => {
  const { wait, open } = gate();
  const handle = new Handle(new ScriptedConn(wait, "a\n"));
  const first = handle.readLine();
  for (const call of [() => handle.read(1), () => handle.eof(), () => handle.getlines()]) {
    const error = await refuses(call, SslError, "ERR_CONCURRENT_READ");
    assertEquals(error.reason, "another read is in flight");
    assertEquals(
      /another read is in flight \(read a line\): await it first/.test(error.message),
      true,
    );
  }
  assertThrows(() => handle[takeTransport](), SslError, "another read is in flight (read a line)");
  await assertRejects(() => handle.startSsl(), SslError, "another read is in flight (read a line)");
  open();
  assertEquals(await first, "a");
});

Deno.test("a read whose wait was given up goes on, and its bytes go with the connection", async () => {
  const { wait, open } = gate();
  const conn = new ScriptedConn("a\nb", wait, "cd", null);
  const handle = new Handle(conn);
  assertEquals(await handle.readLine(), "a");
  const controller = new AbortController();
  const line = handle.readLine({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => line, Error, "enough");
  const { transport, buffered } = handle[takeTransport]();
  assertEquals(buffered, encoder.encode("b"));
  open();
  const buffer = new Uint8Array(9);
  assertEquals(await transport.read(buffer), 2);
  assertEquals(new TextDecoder().decode(buffer.subarray(0, 2)), "cd");
  assertEquals(await transport.read(buffer), null);
});

Deno.test("a read that was given up and fails then tells the new owner of the connection", async () => {
  const failing = Promise.withResolvers<number | null>();
  const conn: HandleConn = { read: () => failing.promise, write: (p) => Promise.resolve(p.length) };
  const handle = new Handle(conn);
  const controller = new AbortController();
  const line = handle.readLine({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => line, Error, "enough");
  const { transport } = handle[takeTransport]();
  failing.reject(new TypeError("gone"));
  await assertRejects(() => transport.read(new Uint8Array(1)), TypeError, "gone");
});

Deno.test("a connection may fail with a value that is not an Error", async () => {
  for (const reason of [undefined, null, "text"]) {
    const handle = new Handle({ read: () => Promise.reject(reason) });
    for (let i = 0; i < 2; i++) {
      assertEquals(await handle.readLine().then(() => "a line", (error) => error), reason);
    }
  }
});

Deno.test("a handle collects 8 KiB before it writes, and flush() forgets what it has written", async () => {
  const conn = new ScriptedConn();
  const handle = new Handle(conn, { autoflush: false });
  await handle.print("x".repeat(8191));
  assertEquals(conn.events, []);
  assertThrows(() => handle[takeTransport](), TypeError, "has yet to go: await flush() first");
  await handle.print("y");
  assertEquals(conn.events, ["write 8192"]);
  await handle.print("z");
  assertEquals(conn.events.length, 1);
  await handle.flush();
  await handle.flush();
  assertEquals(conn.events, ["write 8192", "write 1"]);
  await handle.print("a");
  await handle.write("b");
  assertEquals(conn.events, ["write 8192", "write 1", "write 2"], "what was collected goes along");
  await handle.print("c");
  assertEquals(await handle.syswrite("d"), 1);
  assertEquals(conn.text.slice(8193), "abcd");
  assertEquals(conn.events.slice(3), ["write 1", "write 1"], "syswrite() writes once, on its own");
  assertEquals([await handle.syswrite(""), await handle.write("")], [0, 0]);
  assertEquals(conn.events.length, 5);
  assertEquals(handle[takeTransport]().transport, conn);
});

Deno.test("what is printed later does not change what was collected", async () => {
  const conn = new ScriptedConn();
  const handle = new Handle(conn, { autoflush: false });
  const bytes = encoder.encode("ab");
  await handle.print(bytes);
  bytes.fill(0);
  await handle.flush();
  assertEquals(conn.text, "ab");
});

Deno.test("flush() waits for every write before it, and rejects with its failure", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const done: string[] = [];
  let calls = 0;
  const handle = new Handle({ write: (p) => ++calls === 1 ? promise : Promise.resolve(p.length) });
  const write = handle.write("a").then(() => done.push("write"));
  const flush = handle.flush().then(() => done.push("flush"));
  await new Promise((go) => setTimeout(go, 0));
  assertEquals(done, []);
  resolve(1);
  await Promise.all([write, flush]);
  assertEquals(done.sort(), ["flush", "write"]);

  const broken = new Handle({ write: () => Promise.reject(new TypeError("broken")) });
  await assertRejects(() => broken.write("a"), TypeError, "broken");
  for (const call of [() => broken.flush(), () => broken.write("b"), () => broken.print("b")]) {
    await assertRejects(call, TypeError, "broken");
  }
  broken.autoflush = false;
  await assertRejects(() => broken.print("b"), TypeError, "broken");
});

Deno.test("a connection that takes nothing, or more than nothing can be, fails the write", async () => {
  for (const taken of [0, -1, NaN]) {
    const handle = new Handle({ write: () => Promise.resolve(taken) });
    await assertRejects(() => handle.write("a"), TypeError, `the connection took ${taken} bytes`);
  }
});

Deno.test("a handle of one direction refuses the other direction and TLS", async () => {
  const reader = new Handle({ read: () => Promise.resolve(null) });
  const writer = new Handle({ write: (p: Uint8Array) => Promise.resolve(p.length) });
  for (
    const call of [() => reader.print("a"), () => reader.write("a"), () => reader.syswrite("a")]
  ) {
    await assertRejects(call, TypeError, "the handle is open for reading only");
  }
  for (const call of [() => writer.readLine(), () => writer.eof(), () => writer.read(1)]) {
    await assertRejects(call, TypeError, "the handle is open for writing only");
  }
  for (const [handle, way] of [[reader, "reading"], [writer, "writing"]] as const) {
    const error = await refuses(() => handle.startSsl(), SslUnsupportedError, "EINVAL");
    assertEquals([error.errno, error.reason], [22, "not open in both directions"]);
    assertEquals(error.message.includes(`open for ${way} only`), true);
  }
  const error = await refuses(() => writer.closeWrite(), SslUnsupportedError, "ENOTSUP");
  assertEquals([error.errno, error.reason], [95, "no half-close"]);
  await assertRejects(() => reader.closeWrite(), TypeError, "open for reading only");
});

Deno.test("an object that is not a connection is described by its members", () => {
  const message = (source: unknown) =>
    assertThrows(() => new Handle(source as never), TypeError).message;
  const wants =
    "Cannot create Handle: it needs a connection with read or write, or { readable, writable }: received ";
  assertEquals(message(null), `${wants}null`);
  assertEquals(message("a.test"), `${wants}"a.test"`);
  assertEquals(message({}), `${wants}an object with no members`);
  assertEquals(message({ readable: 5, x: 1 }), `${wants}an object with "readable", "x"`);
  assertEquals(message({ read: 5 }), `${wants}an object with "read"`);
});

Deno.test("streams: what is left of a chunk is pending, and an end is reported once", async () => {
  const events: string[] = [];
  const handle = new Handle({
    readable: new Blob(["abcd"]).stream(),
    writable: new WritableStream<Uint8Array>({ close: () => void events.push("close") }),
  });
  const { conn } = handle;
  const buffer = new Uint8Array(3);
  assertEquals(await conn.read!(new Uint8Array(0)), 0);
  assertEquals([conn.pending!(), await conn.read!(buffer), conn.pending!()], [0, 3, 1]);
  assertEquals(handle.pending(), 1);
  await handle.closeWrite();
  await handle.closeWrite();
  assertEquals(events, ["close"]);
  const { transport, buffered } = handle[takeTransport]();
  assertEquals([transport, buffered], [conn as never, encoder.encode("d")]);
  assertEquals(conn.pending!(), 0);
});

Deno.test("characters are counted whole, and a byte that begins no character counts as one", () => {
  const read = (count: number, ...parts: number[][]) => {
    const lines = new LineReader({
      maxLineLength: 99,
      maxBytes: 99,
      encoding: "utf-8",
      fatal: false,
    });
    const out: (string | undefined)[] = [];
    for (const part of parts) {
      lines.push(Uint8Array.from(part));
      out.push(lines.next(count, "nothing"));
    }
    lines.end();
    out.push(lines.next(count, "nothing"));
    return out;
  };
  const bad = "\ufffd";
  assertEquals(read(1, [0xc2], [0x80]), [undefined, "\u0080", undefined]);
  assertEquals(read(1, [0xdf], [0xbf]), [undefined, "\u07ff", undefined]);
  assertEquals(read(1, [0xe0, 0xa0], [0x80]), [undefined, "\u0800", undefined]);
  assertEquals(read(1, [0xef, 0xbf], [0xbf]), [undefined, "\uffff", undefined]);
  assertEquals(read(1, [0xf0, 0x90, 0x80], [0x80]), [undefined, "\u{10000}", undefined]);
  assertEquals(read(1, [0xf4, 0x8f, 0xbf], [0xbf]), [undefined, "\u{10ffff}", undefined]);
  for (const lead of [0x80, 0xc1, 0xf5, 0xff]) assertEquals(read(1, [lead]), [bad, undefined]);
  assertEquals(read(1, [0xe2, 0x28]), [bad, "("], "a lead byte without what belongs after it");
  assertEquals(read(1, [0xc3]), [undefined, bad], "the end cuts it");
  assertEquals(read(2, [0x61, 0xc3], [0xa9, 0x62]), [undefined, "aé", "b"]);
});

Deno.test("a limit counts bytes: the last line and a paragraph to the last one that fits", () => {
  const lines = (text: string, end = true) => {
    const reader = new LineReader({
      maxLineLength: 4,
      maxBytes: 6,
      encoding: "utf-8",
      fatal: true,
    });
    reader.push(encoder.encode(text));
    if (end) reader.end();
    return reader;
  };
  const tooLong = (call: () => unknown, what: string, option: string, limit: number) => {
    const error = assertThrows(call, SslPeerError);
    assertEquals([error.code, error.errno, error.reason], [
      "EMSGSIZE",
      90,
      `longer than ${option}`,
    ]);
    assertEquals(error.facts as unknown, { limit: { by: "own", what, value: limit, option } });
  };
  assertEquals(lines("abcd").next("\n", "nothing"), "abcd");
  tooLong(() => lines("abcde").next("\n", "nothing"), "a line", "maxLineLength", 4);
  assertEquals(lines("abcd", false).next("\n", "nothing"), undefined);
  tooLong(() => lines("abcde", false).next("\n", "nothing"), "a line", "maxLineLength", 4);
  assertEquals(lines("abcd\n").next("\n", "nothing"), "abcd\n");
  tooLong(() => lines("abcde\n").next("\n", "nothing"), "a line", "maxLineLength", 4);
  assertEquals(lines("ab\n\nc").next("", "nothing"), "ab\n\n");
  tooLong(() => lines("abc\n\nc").next("", "nothing"), "a paragraph", "maxLineLength", 4);
  assertEquals(lines("abcdef").next(null, "nothing"), "abcdef");
  tooLong(() => lines("abcdefg").next(null, "nothing"), "the stream up to its end", "maxBytes", 6);
  assertEquals(lines("abcdef").rest("\n", "nothing"), ["abcdef"], "a line of all that may be held");
  const reader = lines("ab\n\nc", false);
  assertEquals([reader.next("", "separator"), reader.length], ["ab", 1]);
  assertEquals(lines("\n\n").next("", "separator"), "");
  assertEquals(lines("ab\n\n", false).next("", "nothing"), undefined, "more newlines may come");
  assertEquals(lines("a\nb").next("", "separator"), "a\nb");
});
