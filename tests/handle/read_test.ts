import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Handle } from "../../handle/mod.ts";
import {
  SSL_WANT_READ,
  SSL_WANT_WRITE,
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  type Want,
} from "../../errors.ts";
import { gate, ScriptedConn } from "./fakes.ts";

const decode = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

Deno.test("Handle.readLine() changes separators as t/readline.t does", async () => {
  const h = new Handle(
    new ScriptedConn("multi\nple\n\n1234567890line\n\n\n\nbla\n\nblubb\n\nblip"),
    { chomp: false },
  );
  h.inputRecordSeparator = "\n\n";
  assertEquals(await h.readLine(), "multi\nple\n\n");
  h.inputRecordSeparator = 10;
  assertEquals(await h.readLine(), "1234567890");
  h.inputRecordSeparator = "";
  assertEquals(await h.readLine(), "line\n\n\n\n");
  assertEquals(await h.getlines(), ["bla\n\n", "blubb\n\n", "blip"]);
});

Deno.test("Handle.readLine() and getlines() do the other cases of t/readline.t", async () => {
  const text = "some\nstring\nwith\nsome\nlines\nwhatever";
  const a = new Handle(new ScriptedConn(text), { chomp: false });
  assertEquals(await a.readLine({ separator: "\n" }), "some\n");
  assertEquals(await a.readLine({ separator: null }), "string\nwith\nsome\nlines\nwhatever");
  assertEquals(await a.readLine({ separator: null }), undefined);
  const b = new Handle(new ScriptedConn(text));
  assertEquals(await b.getlines(), [
    "some\n",
    "string\n",
    "with\n",
    "some\n",
    "lines\n",
    "whatever",
  ]);
  const c = new Handle(new ScriptedConn(text), { inputRecordSeparator: null });
  assertEquals(await c.getlines(), [text]);
  const d = new Handle(new ScriptedConn("1234567890"));
  assertEquals(await d.getlines({ separator: 2 }), ["12", "34", "56", "78", "90"]);
});

Deno.test('Handle.readLine() keeps "0" from the next line of another record', async () => {
  const h = new Handle(new ScriptedConn("bla\n", "0", "blubb\n", "no newline"), { chomp: false });
  assertEquals(await h.readLine(), "bla\n");
  assertEquals(await h.readLine(), "0blubb\n");
  assertEquals(await h.readLine(), "no newline");
  assertEquals(await h.readLine(), undefined);
  assertEquals(await h.readLine(), undefined);
});

Deno.test('Handle.readLine() gives a last line "0", and an empty line (Net::SSLeay::Handle)', async () => {
  const h = new Handle(new ScriptedConn("\n", "0"));
  assertEquals(await h.readLine(), "");
  assertEquals(await h.readLine(), "0");
  assertEquals(await h.readLine(), undefined);
  const lines: string[] = [];
  for await (const line of new Handle(new ScriptedConn("\n\n0")).lines()) {
    lines.push(line);
  }
  assertEquals(lines, ["", "", "0"]);
});

Deno.test("Handle.readLine() takes chomp from the call, then from the handle", async () => {
  const h = new Handle(new ScriptedConn("a\nb\nc\r\nd\n\n\ne\n"));
  assertEquals(await h.readLine(), "a");
  assertEquals(await h.readLine({ chomp: false }), "b\n");
  assertEquals(await h.readLine({ chomp: true, separator: "\r\n" }), "c");
  assertEquals(await h.readLine({ chomp: true, separator: "" }), "d");
  assertEquals(await h.readLine({ chomp: true, separator: "" }), "e");
});

Deno.test("Handle.lines() leaves the rest to other calls when the loop is left", async () => {
  const h = new Handle(new ScriptedConn("a\nb\nc\nbody"), { chomp: true });
  for await (const line of h) if (line === "b") break;
  assertEquals(await h.readLine(), "c");
  assertEquals(decode(await h.read(100)), "body");
  assertEquals(await h.read(1), null);
  assertEquals(await h.eof(), true);
});

Deno.test("Handle.lineBatches() gives the lines of lines()", async () => {
  const h = new Handle(new ScriptedConn("a\nb\n", "c", "\nd\n", "e"), { chomp: true });
  const batches = await Array.fromAsync(h.lineBatches());
  assertEquals(batches.flat(), ["a", "b", "c", "d", "e"]);
});

Deno.test("Handle.readLine() decodes characters that are split over reads", async () => {
  const bytes = new TextEncoder().encode("grün €\n😀\n");
  const h = new Handle(new ScriptedConn(...Array.from(bytes, (b) => Uint8Array.of(b))));
  assertEquals(await h.readLine(), "grün €");
  assertEquals(await h.getc(), "😀");
  assertEquals(await h.getc(), "\n");
  assertEquals(await h.getc(), undefined);
});

Deno.test("Handle.encoding and binmode() choose how the next bytes become text", async () => {
  const h = new Handle(new ScriptedConn("é\né\né\n"), { chomp: true });
  assertEquals(await h.readLine(), "é");
  h.binmode();
  assertEquals(h.encoding, "latin1");
  assertEquals(await h.readLine(), "\xc3\xa9");
  h.binmode(":encoding(UTF-8)");
  assertEquals(await h.readLine(), "é");
  assertThrows(() => h.binmode(":crlf"), TypeError, ":crlf");
  assertThrows(() => h.encoding = "utf8" as "utf-8", TypeError, '"utf8"');
});

Deno.test("Handle.readLine() refuses what is not UTF-8 and goes on in latin1", async () => {
  const h = new Handle(new ScriptedConn("ok\n", Uint8Array.of(0xff, 10), "more\n"));
  assertEquals(await h.readLine(), "ok");
  const error = await assertRejects(() => h.readLine(), SslPeerError, "invalid");
  assertEquals(error.code, "EILSEQ");
  h.encoding = "latin1";
  assertEquals(await h.readLine({ chomp: false }), "\xff\n");
});

Deno.test("Handle.read(n) fills up to the end, and gives null at the end", async () => {
  const h = new Handle(new ScriptedConn("ab", "cd", "e"));
  assertEquals((await h.read(0))?.length, 0);
  assertEquals(decode(await h.read(3)), "abc");
  assertEquals(decode(await h.read(10)), "de");
  assertEquals(await h.read(10), null);
  assertEquals((await h.read(0))?.length, 0);
  await assertRejects(() => h.read(-1), RangeError, "-1");
  await assertRejects(() => h.read(1.5), RangeError, "1.5");
});

Deno.test("Handle.read(n) does not take memory for what a peer only announces", async () => {
  const h = new Handle(new ScriptedConn("ab"));
  assertEquals(decode(await h.read(2 ** 40)), "ab");
});

Deno.test("Handle.read(buffer, length, offset) is Perl's read", async () => {
  const h = new Handle(new ScriptedConn("wa", "aaa", "nf"));
  const buffer = new TextEncoder().encode("\0\0aaaaaaaaaaa");
  assertEquals(await h.read(buffer, 7, 2), 7);
  assertEquals(decode(buffer), "\0\0waaaanfaaaa");
  assertEquals(await h.read(buffer), null);
  assertEquals(await h.read(buffer, 0), 0);
});

Deno.test("Handle.sysread() gives what is there, read ahead first", async () => {
  const h = new Handle(new ScriptedConn("line\nab", "cdef", "g"));
  const buffer = new Uint8Array(66);
  assertEquals(await h.readLine(), "line");
  assertEquals(h.pending(), 2);
  assertEquals(await h.sysread(buffer), 2);
  assertEquals(h.pending(), 0);
  assertEquals(await h.sysread(buffer, 3), 3);
  assertEquals(decode(buffer.subarray(0, 3)), "cde");
  assertEquals(await h.sysread(buffer, 1, -1), 1);
  assertEquals(buffer[65], 102);
  assertEquals(await h.sysread(buffer), 1);
  assertEquals(await h.sysread(buffer), null);
});

Deno.test("Handle.sysread() grows a resizable buffer with zeros, as a scalar of Perl", async () => {
  const h = new Handle(new ScriptedConn("waaaanf", "xy"));
  const buffer = new Uint8Array(new ArrayBuffer(0, { maxByteLength: 64 }));
  assertEquals(await h.sysread(buffer, 7, 2), 7);
  assertEquals(decode(buffer.slice()), "\0\0waaaanf");
  assertEquals(await h.sysread(buffer, 20, 4), 2);
  assertEquals(decode(buffer.slice()), "\0\0waxy");
  assertEquals(await h.sysread(buffer, 20, 8), null);
  assertEquals(decode(buffer.slice()), "\0\0waxy\0\0");
  await assertRejects(() => h.sysread(buffer, 80, 2), RangeError, "80");
});

Deno.test("Handle.read() refuses what is outside of the buffer, and reads nothing then", async () => {
  const h = new Handle(new ScriptedConn("abc"));
  const buffer = new Uint8Array(4);
  await assertRejects(() => h.read(buffer, 5), RangeError, "length 5");
  await assertRejects(() => h.read(buffer, 1, 4), RangeError, "offset 4");
  await assertRejects(() => h.sysread(buffer, 1, -5), RangeError, "-5");
  await assertRejects(() => h.sysread(buffer, -1), RangeError, "-1");
  await assertRejects(() => h.sysread("x" as unknown as Uint8Array), TypeError, "string");
  assertEquals(await h.read(buffer), 3);
});

Deno.test("Handle.getc() and eof() mix with lines", async () => {
  const h = new Handle(new ScriptedConn("$1.04\n4\ny\nTest\nBeaver\nBeaver\n"));
  assertEquals(await h.eof(), false);
  assertEquals(await h.getc(), "$");
  const lines = await h.getlines();
  assertEquals(lines.length, 6);
  assertEquals(lines[0], "1.04\n");
  assertEquals(await h.eof(), true);
  assertEquals(await h.readLine(), undefined);
});

Deno.test("Handle.getline() reads with the handle's separator", async () => {
  const h = new Handle(new ScriptedConn("a;b;"), { inputRecordSeparator: ";", chomp: true });
  assertEquals(await h.getline(), "a");
  assertEquals(await h.getline({ chomp: false }), "b;");
  assertEquals(h.inputRecordSeparator, ";");
});

// --- limits

Deno.test("Handle.readLine() refuses a line beyond maxLineLength, and holds no more than that", async () => {
  const endless = { read: (p: Uint8Array) => Promise.resolve(p.fill(97).length) };
  const h = new Handle(endless);
  const error = await assertRejects(() => h.readLine(), SslPeerError, "1048576");
  assertEquals(error.code, "EMSGSIZE");
  assert(h.pending() < 2 ** 21, `held ${h.pending()}`);
  assertEquals((await assertRejects(() => h.readLine(), SslPeerError)).code, "EMSGSIZE");
  const exact = new Handle(new ScriptedConn("x".repeat(1 << 20) + "\n", "y"));
  assertEquals((await exact.readLine({ chomp: false }))?.length, (1 << 20) + 1);
});

Deno.test("Handle.getlines() and slurping end at maxBytes", async () => {
  const endless = () => ({ read: (p: Uint8Array) => Promise.resolve(p.fill(10).length) });
  const a = new Handle(endless(), { maxBytes: 100_000 });
  await assertRejects(() => a.getlines(), SslPeerError, "maxBytes");
  const b = new Handle(endless(), { maxBytes: 100_000 });
  await assertRejects(() => b.readLine({ separator: null }), SslPeerError, "100000");
  const c = new Handle(new ScriptedConn("x".repeat(100)), { maxBytes: 100, maxLineLength: 10 });
  assertEquals((await c.getlines())[0]?.length, 100);
});

// --- errors of the connection

Deno.test("Handle gives the lines before a truncation, then the error, again and again", async () => {
  const truncated = new SslTruncatedError("cut");
  const h = new Handle(new ScriptedConn("a\nb\nhalf", truncated, null));
  assertEquals(await h.readLine(), "a");
  assertEquals(await h.readLine({ chomp: false }), "b\n");
  for (let i = 0; i < 3; i++) {
    assertEquals(await assertRejects(() => h.readLine()), truncated);
  }
  // Half a line is not given as a line, but it is not lost.
  assertEquals(decode(await h.read(100)), "half");
  for (let i = 0; i < 3; i++) assertEquals(await assertRejects(() => h.read(1)), truncated);
  assertEquals(await assertRejects(() => h.eof()), truncated);
  assertEquals(await assertRejects(() => h.getc()), truncated);
  assertEquals(await assertRejects(() => h.sysread(new Uint8Array(1))), truncated);
  assertEquals(await assertRejects(() => h.getlines()), truncated);
  assertEquals(assertThrows(() => h.tryReadLine()), truncated);
});

Deno.test("Handle.lines() ends with the error of the connection, not in silence", async () => {
  const truncated = new SslTruncatedError("cut");
  for (const how of ["lines", "lineBatches"] as const) {
    const h = new Handle(new ScriptedConn("a\nb\nhalf", truncated));
    const seen: unknown[] = [];
    const error = await assertRejects(async () => {
      for await (const line of h[how]()) seen.push(line);
    });
    assertEquals(error, truncated);
    assertEquals(seen.flat(), ["a", "b"]);
  }
});

Deno.test("Handle.getlines() and slurping throw on truncation and lose nothing", async () => {
  const truncated = new SslTruncatedError("cut");
  const h = new Handle(new ScriptedConn("a\nb\nhalf", truncated));
  assertEquals(await assertRejects(() => h.getlines()), truncated);
  assertEquals(await assertRejects(() => h.readLine({ separator: null })), truncated);
  assertEquals(await assertRejects(() => h.readLine({ separator: 100 })), truncated);
  assertEquals(await assertRejects(() => h.readLine({ separator: "" })), truncated);
  assertEquals(await h.readLine(), "a");
});

Deno.test("Handle.read(buffer) gives short data before an error, and the error next", async () => {
  const truncated = new SslTruncatedError("cut");
  const h = new Handle(new ScriptedConn("abc", truncated));
  const buffer = new Uint8Array(10);
  assertEquals(await h.read(buffer), 3);
  assertEquals(await assertRejects(() => h.read(buffer)), truncated);
});

Deno.test("Handle can go on after a timeout of the connection", async () => {
  const late = new SslTimeoutError("late");
  const h = new Handle(new ScriptedConn("ha", late, "lf\n", "x", late, "y"));
  assertEquals(await assertRejects(() => h.readLine()), late);
  assertEquals(await h.readLine(), "half");
  assertEquals(decode(await h.read(2)), "x");
  assertEquals(await assertRejects(() => h.read(2)), late);
  assertEquals(decode(await h.read(2)), "y");
});

// --- one read at a time, signals, close

Deno.test("Handle refuses a second read while one waits, and the first goes on", async () => {
  const { wait, open } = gate();
  const h = new Handle(new ScriptedConn(wait, "line\nrest"));
  const first = h.readLine();
  const second: (() => Promise<unknown>)[] = [
    () => h.readLine(),
    () => h.read(1),
    () => h.read(new Uint8Array(1)),
    () => h.sysread(new Uint8Array(1)),
    () => h.getc(),
    () => h.eof(),
    () => h.getlines(),
    () => h.lines().next(),
    () => h.lineBatches().next(),
    () => Promise.resolve().then(() => h.tryReadLine()),
  ];
  for (const read of second) {
    const error = await assertRejects(read, SslError, "another read is in flight");
    assertEquals(error.code, "ERR_CONCURRENT_READ");
  }
  open();
  assertEquals(await first, "line");
  assertEquals(decode(await h.read(4)), "rest");
});

Deno.test("Handle loses nothing when a signal ends a wait", async () => {
  const { wait, open } = gate();
  const h = new Handle(new ScriptedConn("ha", wait, "lf\nabc"));
  const controller = new AbortController();
  const waiting = h.readLine({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  const second = new AbortController();
  const waiting2 = h.read(10, { signal: second.signal });
  second.abort(new Error("again"));
  await assertRejects(() => waiting2, Error, "again");
  open();
  assertEquals(await h.readLine(), "half");
  assertEquals(decode(await h.read(3)), "abc");
  await assertRejects(
    () => h.readLine({ signal: AbortSignal.abort(new Error("done")) }),
    Error,
    "done",
  );
});

Deno.test("Handle.close() ends a read that waits, and everything after it is refused", async () => {
  for (const settles of [true, false]) {
    const { wait, open } = gate();
    const conn = new ScriptedConn(wait, null);
    const h = new Handle(conn);
    const waiting = h.readLine();
    const rejected = assertRejects(() => waiting, SslError, "closed");
    await h.close();
    if (settles) open();
    assertEquals((await rejected).code, "ECLOSED");
    assertEquals(h.opened(), 0);
    await h.close();
    assertEquals(conn.events, ["close"]);
    for (
      const call of [
        () => h.readLine(),
        () => h.read(1),
        () => h.eof(),
        () => h.lines().next(),
        () => h.print("x"),
        () => h.write("x"),
        () => h.syswrite("x"),
        () => h.flush(),
        () => h.closeWrite(),
        () => h.startSsl(),
        () => h.stopSsl(),
      ]
    ) {
      assertEquals((await assertRejects(call, SslError)).code, "ECLOSED");
    }
    assertThrows(() => h.tryReadLine(), SslError, "closed");
    open();
    await wait;
  }
});

// --- without waiting

Deno.test("Handle.tryReadLine() over a connection that can only wait", async () => {
  const { wait, open } = gate();
  const h = new Handle(new ScriptedConn(wait, "a\nb\nc"));
  assertEquals(h.tryReadLine(), SSL_WANT_READ);
  const ready = h.ready();
  assertEquals(h.tryReadLine(), SSL_WANT_READ);
  open();
  await ready;
  assertEquals(h.tryReadLine({ chomp: false }), "a\n");
  assertEquals(h.tryReadLine(), "b");
  assertEquals(h.tryReadLine(), SSL_WANT_READ);
  await h.ready(SSL_WANT_READ);
  assertEquals(h.tryReadLine(), "c");
  assertEquals(h.tryReadLine(), undefined);
  await h.ready();
});

Deno.test("Handle.tryReadLine() over a connection that need not wait", async () => {
  const steps: (string | Want | null | Error)[] = [
    "a\nb",
    SSL_WANT_READ,
    SSL_WANT_WRITE,
    "\n",
    "last",
    new SslTruncatedError("cut"),
  ];
  const waited: Want[] = [];
  const h = new Handle({
    read: () => Promise.reject(new Error("must not wait")),
    tryRead(p: Uint8Array) {
      const step = steps.shift()!;
      if (step instanceof Error) throw step;
      return typeof step === "string" ? new TextEncoder().encodeInto(step, p).written : step;
    },
    ready: (want?: Want) => {
      waited.push(want!);
      return Promise.resolve();
    },
  });
  assertEquals(h.tryReadLine(), "a");
  const first = h.tryReadLine() as Want;
  assert(first === SSL_WANT_READ);
  await h.ready(first);
  const second = h.tryReadLine() as Want;
  assert(second === SSL_WANT_WRITE);
  await h.ready(second);
  assertEquals(waited, [SSL_WANT_READ, SSL_WANT_WRITE]);
  assertEquals(h.tryReadLine({ chomp: false }), "b\n");
  assertThrows(() => h.tryReadLine(), SslTruncatedError);
  assertThrows(() => h.tryReadLine(), SslTruncatedError);
  assertEquals(decode(await h.read(4)), "last");
});

Deno.test("Handle refuses options that a call does not know", async () => {
  const h = new Handle(new ScriptedConn("a\n"));
  const wrong = { sep: ";" } as Record<string, string>;
  await assertRejects(() => h.readLine(wrong), TypeError, '"sep"');
  await assertRejects(() => h.getlines(wrong), TypeError, "separator");
  assertThrows(() => h.lines(wrong), TypeError, "chomp");
  assertThrows(() => h.tryReadLine({ signal: 1 } as Record<string, unknown>), TypeError, "signal");
  assertThrows(
    () => new Handle(new ScriptedConn(), { encodng: "latin1" } as Record<string, string>),
    TypeError,
    'use "encoding"',
  );
  assertThrows(() => new Handle(new ScriptedConn(), { maxBytes: 0 }), RangeError, "maxBytes");
  assertThrows(
    () => new Handle(new ScriptedConn(), { inputRecordSeparator: 0 }),
    RangeError,
    "Cannot set inputRecordSeparator: a record needs a positive length: received 0",
  );
  assertEquals(await h.readLine(), "a");
});
