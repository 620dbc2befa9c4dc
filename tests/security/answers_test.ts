/** What a peer can make us send, and when nothing of ours may leave. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { SslPeerError } from "../../errors.ts";
import {
  config,
  engine,
  handshake,
  narrowClient,
  pair,
  pairOf,
  V12,
  V13,
} from "../engine/harness.ts";
import { FFI_ONLY } from "../helpers/openssl.ts";

const { path } = openLibrary();
const UPDATE_REQUESTED = 1;

// These two call a function of the library that the engine does not have.

Deno.test("a peer that asks for key updates and takes no answer is cut off", FFI_ONLY, async () => {
  const lib = Deno.dlopen(path, {
    SSL_key_update: { parameters: ["pointer", "i32"], result: "i32" },
  });
  await using p = await pair({ server: V13, client: { ...V13, verifyMode: 0 } });
  assertEquals(await handshake(p), [undefined, undefined]);
  p.serverSide.write = () => new Promise(() => {}); // the peer takes nothing any more
  let got = 0;
  const reading = (async () => {
    for (const buffer = new Uint8Array(65536);;) got += await p.server.read(buffer) ?? 0;
  })();
  const refused = assertRejects(() => reading, SslPeerError, "does not take them");
  let sent = 0;
  let over = false;
  refused.then(() => over = true);
  while (!over && sent < 40_000) {
    assertEquals(lib.symbols.SSL_key_update(p.client.native!()!, UPDATE_REQUESTED), 1);
    await p.client.write(new Uint8Array(1));
    sent++;
  }
  await refused;
  assertEquals(got > 5000 && got <= sent, true); // what came with the requests was delivered
  const error = await assertRejects(() => p.server.read(new Uint8Array(1)), SslPeerError);
  assertEquals(error.code, "ERR_SSL_PEER_MISBEHAVED");
  lib.close();
});

Deno.test("key updates whose answers are taken go on for ever", FFI_ONLY, async () => {
  const lib = Deno.dlopen(path, {
    SSL_key_update: { parameters: ["pointer", "i32"], result: "i32" },
  });
  await using p = await pair({ server: V13, client: { ...V13, verifyMode: 0 }, limit: 1 << 30 });
  assertEquals(await handshake(p), [undefined, undefined]);
  const buffer = new Uint8Array(100);
  for (let i = 0; i < 11_000; i++) {
    assertEquals(lib.symbols.SSL_key_update(p.client.native!()!, UPDATE_REQUESTED), 1);
    await p.client.write(new Uint8Array(1));
    assertEquals(await p.server.read(buffer), 1);
  }
  await p.server.write(new Uint8Array(1));
  assertEquals(await p.client.read(buffer), 1);
  lib.close();
});

for (const [version, only] of [["TLS 1.2", V12], ["TLS 1.3", V13]] as const) {
  for (
    const [what, thrown] of [["a TypeError", new TypeError("no")], ["no error", "no"]] as const
  ) {
    Deno.test(`without callbacks: where the judge throws ${what}, our certificate does not leave (${version})`, async () => {
      const narrow = narrowClient(only, () => {
        throw thrown;
      });
      const server = await engine.createContext(config("server", { ...only, verifyMode: 1 }));
      await using p = pairOf(narrow, server);
      p.clientSide.record = true;
      const [error] = await handshake(p);
      if (thrown instanceof Error) assertStrictEquals(error, thrown);
      else assertInstanceOf(error, Error);
      assertEquals(p.clientSide.written.length, 1); // the ClientHello
      // It does not get in by asking again, either.
      assertStrictEquals(await p.client.handshake().catch((again) => again), error);
      assertEquals(p.clientSide.written.length, 1);
      assertEquals([p.client.established, p.server.established], [false, false]);
    });
  }
}
