import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { SSL_WANT_READ, SSL_WANT_WRITE } from "../../errors.ts";
import { PlainStream } from "../../socket/plain_stream.ts";
import { bytes, FakeTransport, text } from "./fake_transport.ts";

Deno.test("PlainStream reads straight from the transport when nothing is ahead", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  transport.arrive("hello");
  const p = new Uint8Array(3);
  assertEquals(await plain.read(p), 3);
  assertEquals(text(p), "hel");
  assertEquals(plain.pending(), 0);
  assertStrictEquals(plain.take(), transport);
});

Deno.test("PlainStream.peek() leaves the bytes to be read, and take() gives them on", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  transport.arrive("hello");
  const p = new Uint8Array(2);
  assertEquals(await plain.peek(p), 2);
  assertEquals(await plain.peek(p), 2);
  assertEquals(text(p), "he");
  assertEquals(plain.pending(), 5);
  assertEquals(await plain.read(p), 2);
  const rest = plain.take();
  transport.arrive(" world");
  const buffer = new Uint8Array(20);
  assertEquals(await rest.read(buffer), 3);
  assertEquals(text(buffer.subarray(0, 3)), "llo");
  assertEquals(await rest.read(buffer), 6);
});

Deno.test("PlainStream.tryRead() does not wait, ready() does", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  const p = new Uint8Array(10);
  assertStrictEquals(plain.tryRead(p), SSL_WANT_READ);
  const ready = plain.ready(SSL_WANT_READ);
  transport.arrive("abc");
  await ready;
  assertEquals(plain.tryRead(p), 3);
  assertStrictEquals(plain.tryRead(p), SSL_WANT_READ);
  transport.end();
  await plain.ready(SSL_WANT_READ);
  assertEquals(plain.tryRead(p), null);
  assertEquals(plain.tryRead(p), null);
});

Deno.test("PlainStream.ready() leaves an error to the next call", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  transport.fail(new Error("reset"));
  await plain.ready(SSL_WANT_READ);
  assertThrows(() => plain.tryRead(new Uint8Array(1)), Error, "reset");
});

Deno.test("PlainStream loses nothing when a wait is aborted", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  const controller = new AbortController();
  const p = new Uint8Array(10);
  const read = plain.read(p, { signal: controller.signal });
  controller.abort(new Error("stop"));
  await assertRejects(() => read, Error, "stop");
  const taken = plain.take(); // the read of the transport is still in flight
  transport.arrive("late");
  assertEquals(await taken.read(p), 4);
  assertEquals(text(p.subarray(0, 4)), "late");
});

Deno.test("PlainStream.tryWrite() takes 64 KiB at most and keeps the order", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  assertEquals(plain.tryWrite(bytes("x".repeat(70_000))), 65536);
  assertStrictEquals(plain.tryWrite(bytes("y")), SSL_WANT_WRITE);
  await plain.ready(SSL_WANT_WRITE);
  assertEquals(plain.tryWrite(bytes("y")), 1);
  assertEquals(await plain.write(bytes("z")), 1);
  assertEquals(text(transport.written), "x".repeat(65536) + "yz");
});

Deno.test("PlainStream.tryWrite() gives an error of the transport to the next call", async () => {
  const transport = new FakeTransport();
  const plain = new PlainStream(transport);
  transport.failWrites(new Error("broken pipe"));
  assertEquals(plain.tryWrite(bytes("x")), 1);
  await plain.sent;
  assertThrows(() => plain.tryWrite(bytes("y")), Error, "broken pipe");
  assert(plain.pending() === 0);
});
