import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SslTimeoutError, SslUnsupportedError } from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { ScriptedConn } from "./fakes.ts";

Deno.test("Handle.print() joins its items, with the separators that are set", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn);
  await h.print("a", 1, 2.5, 3n, true, Uint8Array.of(0xff), "b\n");
  h.outputFieldSeparator = ", ";
  h.outputRecordSeparator = ".\n";
  await h.print("x", Uint8Array.of(0x79), "z");
  await h.say("x", "y");
  await h.printf("%s-%03d", "x", 7);
  assertEquals(conn.text, "a12.53true\xffb\nx, y, z.\nx, y\nx-007");
});

Deno.test("Handle.printf() does the case of t/core.t", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn);
  await h.printf("$%.2f\n%d\n%c\n%s", 1.0444442342, 4.0, "y".codePointAt(0)!, "Test\nBeaver\n");
  assertEquals(conn.text, "$1.04\n4\ny\nTest\nBeaver\n");
  await assertRejects(() => h.printf("%y", 1), TypeError, "%y");
});

Deno.test("Handle.print() writes one piece, whatever it is made of", async () => {
  const conn = new ScriptedConn();
  await new Handle(conn).print("a", Uint8Array.of(98), "c");
  assertEquals(conn.written.length, 1);
});

Deno.test("Handle.print() refuses what has no text, and writes nothing then", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn);
  for (const wrong of [null, undefined, {}, ["a"], Symbol("s")]) {
    await assertRejects(() => h.print("a", wrong as string), TypeError, "Cannot print");
  }
  await assertRejects(() => h.print("\ud800"), TypeError, "surrogate");
  await assertRejects(() => h.write(5 as unknown as string), TypeError, "number");
  assertEquals(conn.written, []);
});

Deno.test("Handle.encoding decides the bytes of text", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn);
  await h.print("é");
  h.encoding = "latin1";
  await h.print("é");
  assertEquals(conn.text, "\xc3\xa9\xe9");
  const error = await assertRejects(() => h.print("1€"), TypeError, "wide character U+20AC");
  // The message has the place and not the text, which may be a secret.
  assertEquals(error.message.includes("U+20AC at 1"), true);
  assertEquals(error.message.includes("€"), false);
  assertEquals(await h.write("é"), 1);
  h.binmode(":utf8");
  assertEquals(await h.write("é"), 2);
});

Deno.test("Handle.write() writes all, syswrite() at most 16,384 bytes, as t/sysread_write.t", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn);
  const data = "x".repeat(18000);
  assertEquals(await h.syswrite("x".repeat(512)), 512);
  assertEquals(await h.syswrite(data), 16384);
  assertEquals(await h.syswrite(data, 18000), 16384);
  assertEquals(await h.write(data), 18000);
  assertEquals(conn.text.length, 512 + 2 * 16384 + 18000);
});

Deno.test("Handle.syswrite() gives what the connection took; write() goes on until all is gone", async () => {
  const conn = new ScriptedConn();
  conn.maxWrite = 3;
  const h = new Handle(conn);
  assertEquals(await h.syswrite("abcdefgh"), 3);
  assertEquals(await h.syswrite("abcdefgh", undefined, 3), 3);
  assertEquals(await h.syswrite("abcdefgh", 100, 6), 2);
  assertEquals(conn.text, "abcdefgh");
  assertEquals(await h.write("0123456789"), 10);
  assertEquals(conn.text, "abcdefgh0123456789");
});

Deno.test("Handle.syswrite(data, length, offset) is Perl's", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn);
  assertEquals(await h.syswrite("00waaaanf00", 7, 2), 7);
  assertEquals(await h.write("00abc00", 3, 2), 3);
  assertEquals(await h.syswrite("abc!", 1, -1), 1);
  assertEquals(await h.syswrite("abc", 0), 0);
  assertEquals(await h.syswrite("abc", 5, 3), 0);
  assertEquals(conn.text, "waaaanfabc!");
  await assertRejects(() => h.syswrite("abc", 1, 4), RangeError, "offset");
  await assertRejects(() => h.syswrite("abc", 1, -4), RangeError, "offset");
  await assertRejects(() => h.syswrite("abc", -1), RangeError, "length");
  // Bytes, also of text: so that results can be added up.
  assertEquals(await h.syswrite("éa", 10, 2), 1);
});

Deno.test("Handle keeps the order of writes that nobody awaits", async () => {
  const conn = new ScriptedConn();
  conn.maxWrite = 2;
  const h = new Handle(conn);
  const all = [h.print("abc"), h.write("defg"), h.syswrite("hi"), h.say("j"), h.close()];
  await Promise.all(all);
  assertEquals(conn.text, "abcdefghij\n");
  assertEquals(conn.events.at(-1), "close");
});

Deno.test("Handle with autoflush off collects, up to 8,192 bytes, flush() or close()", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn, { autoflush: false });
  const bytes = new Uint8Array([97]);
  await h.print(bytes);
  bytes[0] = 98; // the caller may use it again
  await h.say("c");
  assertEquals(conn.events, []);
  await h.flush();
  assertEquals(conn.events, ["write 3"]);
  await h.print("x".repeat(5000));
  await h.print("x".repeat(5000));
  assertEquals(conn.events, ["write 3", "write 10000"]);
  await h.print("1");
  await h.syswrite("2"); // does not overtake
  await h.print("3");
  await h.write("4");
  await h.print("5");
  h.autoflush = true;
  await h.print("6");
  h.autoflush = false;
  await h.print("7");
  await h.close();
  assertEquals(conn.text.replace(/x/g, ""), "ac\n1234567");
  assertEquals(conn.events.at(-1), "close");
});

Deno.test("Handle fails all writes behind one that failed: no stream with a hole", async () => {
  const conn = new ScriptedConn();
  const broken = new Deno.errors.BrokenPipe("gone");
  conn.writeError = broken;
  const h = new Handle(conn);
  const both = await Promise.allSettled([h.print("a"), h.print("b")]);
  assertEquals(both.map((r) => r.status === "rejected" && r.reason), [broken, broken]);
  conn.writeError = undefined;
  assertEquals(await assertRejects(() => h.write("c")), broken);
  assertEquals(await assertRejects(() => h.syswrite("c")), broken);
  assertEquals(await assertRejects(() => h.flush()), broken);
  assertEquals(await assertRejects(() => h.close()), broken);
  // What arrived is not all: the end must not look like one.
  assertEquals(conn.events, ["close abruptly"]);
});

Deno.test("Handle.close() reports that collected output was lost, and closes all the same", async () => {
  const conn = new ScriptedConn();
  const h = new Handle(conn, { autoflush: false });
  await h.print("lost");
  conn.writeError = new Error("gone");
  await assertRejects(() => h.close(), Error, "gone");
  assertEquals(conn.events, ["close abruptly"]);
});

Deno.test("Handle.close() does not wait for ever for a connection that takes nothing", async () => {
  const { promise, reject } = Promise.withResolvers<number>();
  const events: string[] = [];
  const h = new Handle({
    write: () => promise,
    close(options) {
      events.push(options?.noShutdown ? "abruptly" : "close");
      reject(new Error("closed beneath"));
    },
  });
  const write = h.print("x").catch((e) => e.message);
  const error = await assertRejects(() => h.close({ timeout: 20 }), SslTimeoutError, "20 ms");
  assertEquals(error.code, "ETIMEDOUT");
  assertEquals(events, ["abruptly"]);
  assertEquals(await write, "closed beneath");
});

Deno.test("Handle does not spin over a connection that writes 0 bytes", async () => {
  const h = new Handle({ write: () => Promise.resolve(0) });
  await assertRejects(() => h.print("x"), TypeError, "took 0 bytes");
});

Deno.test("Handle closes itself at the end of its scope", async () => {
  const conn = new ScriptedConn();
  {
    await using h = new Handle(conn, { autoflush: false });
    await h.print("x");
  }
  assertEquals(conn.events, ["write 1", "close"]);
});

Deno.test("Handle that only reads or only writes refuses the other direction", async () => {
  const reader = new Handle({ read: () => Promise.resolve(null) });
  await assertRejects(() => reader.print("x"), TypeError, "reading only");
  await assertRejects(() => reader.syswrite("x"), TypeError, "reading only");
  const writer = new Handle({ write: (p: Uint8Array) => Promise.resolve(p.length) });
  await assertRejects(() => writer.readLine(), TypeError, "writing only");
  await assertRejects(() => writer.eof(), TypeError, "writing only");
  assertThrows(() => writer.tryReadLine(), TypeError, "writing only");
  await assertRejects(() => writer.closeWrite(), SslUnsupportedError, "close()");
  for (const wrong of [null, undefined, 5, {}, { readable: 1 }]) {
    assertThrows(() => new Handle(wrong as unknown as ScriptedConn), TypeError, "Cannot create");
  }
});

Deno.test("Handle throws Perl's messages for calls that a TLS socket does not have", () => {
  const h = new Handle(new ScriptedConn());
  const refused = (call: () => unknown, message: string) => {
    const error = assertThrows(call, SslUnsupportedError);
    assertEquals([error.message, error.code, error.errno], [message, "ENOTSUP", 95]);
  };
  for (const name of ["truncate", "stat", "setbuf", "setvbuf", "fdopen"] as const) {
    refused(() => h[name](1), `Use of ${name}() not allowed with SSL`);
  }
  const absent = (name: string) => `Use of ${name}() not implemented in Handle`;
  refused(() => h.ungetc("x"), absent("ungetc"));
  refused(() => h.send("x"), `${absent("send")}; use print/printf/syswrite instead`);
  refused(() => h.recv(1), `${absent("recv")}; use read/sysread instead`);
});
