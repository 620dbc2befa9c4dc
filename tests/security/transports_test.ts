/** Transports of the application that do not do what they should: nothing hangs. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SslError, SslPeerError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import { ca, leaf } from "../context/harness.ts";

/** Takes nothing of a write, at once: a caller that tries again does so before any timer. */
function takesNothing(most = 1000): Transport & { writes: number } {
  return {
    writes: 0,
    read: () => Promise.resolve(null),
    write() {
      // Without an end the test could not fail.
      if (++this.writes > most) return Promise.reject(new Error("it was tried again and again"));
      return Promise.resolve(0);
    },
    close() {},
  };
}

Deno.test("a transport that takes nothing of a write fails the handshake", async () => {
  const transport = takesNothing();
  const options = { engine: "openssl", ca: ca.pem, serverName: "server.example" } as const;
  const error = await assertRejects(() => SslSocket.start(transport, options), SslError);
  assertStringIncludes(error.message, "took 0 bytes");
  assertEquals(transport.writes, 1);
});

Deno.test("a transport whose reads bring nothing, or more than there is room for, fails the handshake", async () => {
  for (const count of [0, -1, NaN, 1e6]) {
    let reads = 0;
    const transport: Transport = {
      // Without an end the test could not fail.
      read: () =>
        ++reads > 1000 ? Promise.reject(new Error("again and again")) : Promise.resolve(count),
      write: (p) => Promise.resolve(p.length),
      close() {},
    };
    const options = { engine: "openssl", ca: ca.pem, serverName: "server.example" } as const;
    const error = await assertRejects(() => SslSocket.start(transport, options), SslError);
    assertStringIncludes(error.message, `gave ${count} bytes`);
    assert(!(error instanceof SslPeerError));
    assertEquals(reads, 1);
  }
});

Deno.test("a transport that takes nothing of a write fails a plain write", async () => {
  const transport = takesNothing();
  const socket = await SslSocket.start(transport, {
    ...{ engine: "openssl", server: true, startHandshake: false },
    ...{ cert: leaf.cert, key: leaf.key },
  });
  await assertRejects(() => socket.write(new Uint8Array(1)), Error, "took 0 bytes");
  assertEquals(socket.tryWrite(new Uint8Array(1)), 1);
  await assertRejects(() => socket.write(new Uint8Array(1)), Error, "took 0 bytes");
  assertEquals(transport.writes, 2);
  await socket.close();
});
