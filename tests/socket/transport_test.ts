import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { BufferedTransport } from "../../engine/transport.ts";
import { SslPeerError } from "../../errors.ts";
import { beginsClientHello, refuseInjection } from "../../socket/injection.ts";
import { adopt } from "../../socket/make_transport.ts";
import { takeTransport, type Transport } from "../../socket/transport.ts";
import { bytes, FakeTransport, text } from "./fake_transport.ts";

const HELLO = new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]);

async function readAll(transport: Transport, n: number): Promise<string> {
  let all = "";
  const p = new Uint8Array(100);
  while (all.length < n) all += text(p.subarray(0, await transport.read(p) ?? 0));
  return all;
}

Deno.test("adopt() passes a transport with nothing ahead on as it is", async () => {
  const transport = new FakeTransport();
  const adopted = await adopt(transport);
  assert(adopted.transport === transport);
  assertEquals(adopted.ahead.length, 0);
});

Deno.test("adopt() sees what a BufferedTransport has ahead and leaves it readable", async () => {
  const transport = new FakeTransport();
  const adopted = await adopt(new BufferedTransport(transport, bytes("ahead")));
  assertEquals(text(adopted.ahead), "ahead");
  transport.arrive("|later");
  assertEquals(await readAll(adopted.transport, 11), "ahead|later");
});

Deno.test("adopt() takes the connection and the bytes of a file handle", async () => {
  const transport = new FakeTransport();
  const inner = new BufferedTransport(transport, bytes("second|"));
  const handle = { [takeTransport]: () => ({ transport: inner, buffered: bytes("first|") }) };
  const adopted = await adopt(handle);
  assertEquals(text(adopted.ahead), "first|second|");
  transport.arrive("third");
  assertEquals(await readAll(adopted.transport, 18), "first|second|third");
});

Deno.test("adopt() makes a transport of a pair of streams", async () => {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  const { transport } = await adopt({ readable: there.readable, writable: back.writable });
  const writer = there.writable.getWriter();
  writer.write(bytes("in"));
  assertEquals(await readAll(transport, 2), "in");
  const reader = back.readable.getReader();
  const [, got] = await Promise.all([transport.write(bytes("out")), reader.read()]);
  assertEquals(text(got.value!), "out");
  await reader.cancel();
  await writer.close().catch(() => {});
  transport.close();
});

Deno.test("adopt() refuses what is not a connection", async () => {
  for (const bad of [null, undefined, 5, "example.com:443", {}, { read: 1, write: 2 }]) {
    await assertRejects(() => adopt(bad as unknown as Transport), TypeError, "Cannot start TLS");
  }
});

Deno.test("beginsClientHello() knows every prefix of a ClientHello", () => {
  for (let n = 0; n <= HELLO.length; n++) assert(beginsClientHello(HELLO.subarray(0, n)) === n > 0);
});

Deno.test("beginsClientHello() refuses plain text and other records", () => {
  for (
    const plain of ["EHLO x\r\n", "GET / HTTP/1.1", "\x80\x2e\x01", "\x17\x03\x03", "\x15\x03\x01"]
  ) {
    assert(!beginsClientHello(Uint8Array.from(plain, (c) => c.charCodeAt(0))), plain);
  }
  const other = HELLO.slice();
  other[5] = 2; // a ServerHello
  assert(!beginsClientHello(other));
});

Deno.test("refuseInjection() lets a server read ahead the beginning of a handshake only", () => {
  refuseInjection("server", new Uint8Array(), "peer");
  refuseInjection("server", HELLO, "peer");
  const error = assertThrows(
    () => refuseInjection("server", bytes("MAIL FROM:<a>\r\n"), "192.0.2.1:25"),
    SslPeerError,
  );
  assertEquals(error.code, "ERR_INJECTION");
  assertStringIncludes(error.message, "192.0.2.1:25");
  assertStringIncludes(error.message, '"MAIL FROM:<a>\\r\\n"');
});

Deno.test("refuseInjection() lets a client read nothing ahead of its handshake", () => {
  refuseInjection("client", new Uint8Array(), "peer");
  assertThrows(() => refuseInjection("client", HELLO, "peer"), SslPeerError, "before TLS");
  assertEquals(
    assertThrows(() => refuseInjection("client", bytes("a"), "peer"), SslPeerError).code,
    "ERR_INJECTION",
  );
});
