import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SslError } from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { ScriptedConn } from "./fakes.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";

Deno.test("Handle works over Deno.TcpConn, in both directions at once", async () => {
  const [a, b] = await tcpPair();
  const [left, right] = [new Handle(a), new Handle(b)];
  const echo = (async () => {
    for await (const line of right) await right.say("you said ", line);
    await right.closeWrite();
  })();
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} é`);
  const write = (async () => {
    for (const line of lines) await left.say(line);
    await left.closeWrite();
  })();
  const answers = await left.getlines({ chomp: true });
  await Promise.all([echo, write]);
  assertEquals(answers, lines.map((line) => `you said ${line}`));
  assertEquals(left.opened(), 1);
  await left.close();
  await right.close();
  assertEquals(left.opened(), 0);
  assertThrows(() => a.setNoDelay(), Deno.errors.BadResource); // the connection beneath is closed
});

Deno.test("Handle.close() ends a read that waits on Deno.TcpConn", async () => {
  const [a, b] = await tcpPair();
  const [left, right] = [new Handle(a), new Handle(b)];
  const cases: [Handle, Promise<unknown>][] = [
    [left, left.readLine()],
    [right, right.sysread(new Uint8Array(9))],
  ];
  for (const [handle, read] of cases) {
    const waiting = assertRejects(() => read, SslError, "closed");
    await handle.close();
    assertEquals((await waiting).code, "ECLOSED");
  }
});

Deno.test("Handle works over Deno.FsFile", async () => {
  const path = await Deno.makeTempFile();
  try {
    const out = new Handle(await Deno.open(path, { write: true }), { autoflush: false });
    for (let i = 0; i < 3000; i++) await out.printf("%05d\n", i);
    await out.print("0");
    await out.close();
    await using file = new Handle(await Deno.open(path));
    assertEquals(await file.readLine(), "00000");
    const rest = await file.getlines({ chomp: true });
    assertEquals(rest.length, 3000);
    assertEquals(rest.at(-1), "0");
    await assertRejects(() => file.closeWrite(), SslError, "one direction");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("Handle works over a pair of web streams", async () => {
  const up = new TransformStream<Uint8Array, Uint8Array>();
  const down = new TransformStream<Uint8Array, Uint8Array>();
  const a = new Handle({ readable: down.readable, writable: up.writable });
  const b = new Handle({ readable: up.readable, writable: down.writable });
  const both = Promise.all([a.print("question\n", "more"), b.readLine()]);
  assertEquals((await both)[1], "question");
  assertEquals(b.pending(), 4);
  const [, c] = await Promise.all([b.say("answer"), a.readLine()]);
  assertEquals(c, "answer");
  const [, end] = await Promise.all([a.closeWrite(), b.getlines()]);
  assertEquals(end, ["more"]);
  await Promise.all([a.close(), b.close()]);
});

Deno.test("Handle works over one stream alone, and copies what it hands to a stream", async () => {
  const blob = new Blob(["a\nb\n".repeat(50_000)]);
  await using reader = new Handle({ readable: blob.stream() });
  let count = 0;
  for await (const _ of reader) count++;
  assertEquals(count, 100_000);

  const chunks: Uint8Array[] = [];
  const writer = new Handle({
    writable: new WritableStream({ write: (chunk) => void chunks.push(chunk) }),
  });
  const bytes = Uint8Array.of(1, 2);
  await writer.write(bytes);
  bytes.fill(9);
  await writer.close();
  assertEquals(chunks, [Uint8Array.of(1, 2)]);
});

Deno.test("Handle.close() cancels the readable and closes the writable; an error aborts it", async () => {
  const events: unknown[] = [];
  const streams = () => ({
    readable: new ReadableStream<Uint8Array>({ cancel: () => void events.push("cancel") }),
    writable: new WritableStream<Uint8Array>({
      write: (chunk) => {
        if (chunk[0] === 0) throw new Error("full");
      },
      close: () => void events.push("close"),
      abort: () => void events.push("abort"),
    }),
  });
  const a = new Handle(streams());
  const waiting = assertRejects(() => a.readLine(), SslError, "closed");
  await a.close();
  await waiting;
  assertEquals(events.splice(0).sort(), ["cancel", "close"]);
  const b = new Handle(streams());
  await b.close({ noShutdown: true });
  assertEquals(events.splice(0).sort(), ["abort", "cancel"]);
  const c = new Handle(streams());
  await assertRejects(() => c.write(Uint8Array.of(0)), Error, "full");
  await assertRejects(() => c.close(), Error, "full");
  assert(!events.includes("close"));
});

Deno.test("Handle.close() over streams whose other end is gone closes without an error", async () => {
  const up = new TransformStream<Uint8Array, Uint8Array>();
  const down = new TransformStream<Uint8Array, Uint8Array>();
  const handle = new Handle({ readable: down.readable, writable: up.writable });
  await up.readable.cancel();
  await handle.close();
  assertEquals(handle.opened(), 0);
  const broken = new TransformStream<Uint8Array, Uint8Array>();
  await broken.readable.cancel();
  const other = new Handle({ writable: broken.writable });
  await assertRejects(() => other.print("lost"), Error, "given up");
  await assertRejects(() => other.close(), Error, "given up"); // what was printed is lost
  assertEquals(other.opened(), 0);
});

Deno.test("Handle refuses locked streams and streams of anything but bytes", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const lock = writable.getWriter();
  assertThrows(() => new Handle({ readable, writable }), TypeError, "locked");
  assertEquals(readable.locked, false);
  lock.releaseLock();
  const strings = new ReadableStream<string>({
    start: (controller) => {
      controller.enqueue("text\n");
      controller.close();
    },
  });
  const h = new Handle({ readable: strings as unknown as ReadableStream<Uint8Array> });
  await assertRejects(() => h.readLine(), TypeError, "Uint8Array");
  // Not: the text is left out and the end comes.
  await assertRejects(() => h.readLine(), TypeError, "Uint8Array");
});

Deno.test("Handle.conn, localAddr and remoteAddr are those of the connection", async () => {
  const [a, b] = await tcpPair();
  const h = new Handle(a);
  assertEquals(h.conn === a, true);
  assertEquals(h.localAddr, b.remoteAddr);
  assertEquals(h.remoteAddr, b.localAddr);
  assertEquals(new Handle(new ScriptedConn()).remoteAddr, undefined);
  await h.close();
  b.close();
});

Deno.test("importing the handle needs no permission", async () => {
  const url = new URL("../../handle/mod.ts", import.meta.url);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", url.href],
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});
