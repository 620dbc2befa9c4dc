/** Errors of the platform are recognized by their code, or by their class where they have no code. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";
import { platformCode, platformErrno, platformReason } from "../../internal/platform_error.ts";
import { SslSocket } from "../../socket/socket.ts";

const CLASSES = [
  [Deno.errors.ConnectionReset, "ECONNRESET"],
  [Deno.errors.BrokenPipe, "EPIPE"],
  [Deno.errors.ConnectionAborted, "ECONNABORTED"],
  [Deno.errors.ConnectionRefused, "ECONNREFUSED"],
  [Deno.errors.NotConnected, "ENOTCONN"],
  [Deno.errors.TimedOut, "ETIMEDOUT"],
  [Deno.errors.Interrupted, "EINTR"],
  [Deno.errors.BadResource, "EBADF"],
  [Deno.errors.UnexpectedEof, "EOF"],
  [Deno.errors.AddrInUse, "EADDRINUSE"],
] as const;

Deno.test("platformCode() reads the code, else the class, else nothing", () => {
  for (const [Class, code] of CLASSES) {
    assertEquals(platformCode(new Class()), code);
    assertEquals(platformCode(Object.assign(new Class("x"), { code: "EOTHER" })), "EOTHER");
    class Derived extends Class {}
    assertEquals(platformCode(new Derived("x")), code);
  }
  assertEquals(platformCode(new Error("failed to lookup address information: x")), "ENOTFOUND");
  for (const other of [new Error("x"), { code: "EPIPE" }, "EPIPE", undefined, null]) {
    assertEquals(platformCode(other), undefined);
  }
  const error = new Error("Connection refused (os error 111)");
  assertEquals([platformErrno(error), platformReason(error)], [111, "Connection refused"]);
  assertEquals(platformErrno(new Error("x")), -1);
});

const ca = await TestCa.create();

Deno.test("an error of Deno without a code is recognized by its class", async () => {
  for (const [Class, code] of CLASSES) {
    const fail = () => Promise.reject(new Class());
    const options = { engine: "openssl", serverName: "a.test", ca: ca.pem } as const;
    const reading = {
      read: fail,
      write: (p: Uint8Array) => Promise.resolve(p.length),
      close: () => {},
    };
    // A read that fails is the end of the stream; what it was is in the words and the cause.
    const ended = await assertRejects(() => SslSocket.start(reading, options), SslError);
    assertEquals(ended.cause instanceof Class, true, Class.name);
    if (code !== "EBADF") assertEquals(ended.code, "ERR_SSL_HANDSHAKE_EOF");
    // A plain end needs no more words than that.
    const words = { EBADF: "failed", EOF: "the peer closed the connection during the handshake" };
    assertStringIncludes(
      ended.message,
      Object.entries(words).find(([c]) => c === code)?.[1] ?? code,
    );
    const writing = { read: () => new Promise<null>(() => {}), write: fail, close: () => {} };
    const broken = await assertRejects(() => SslSocket.start(writing, options), SslError);
    assertEquals(broken.code, code, broken.message);
    const plain = await SslSocket.start(
      { read: fail, write: fail, close: () => {} },
      { ...options, startHandshake: false },
    );
    const read = await assertRejects(() => plain.read(new Uint8Array(1)), SslError);
    const write = await assertRejects(() => plain.write(new Uint8Array(1)), SslError);
    assertEquals([read.code, write.code], [code, code]);
    await plain.close();
  }
});
