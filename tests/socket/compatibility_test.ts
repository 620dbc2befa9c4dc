/** t/compatibility.t: subclasses, and starting TLS on what is closed. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SslError, SslTruncatedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, readText, testPki, trust } from "../contract/harness.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";
import { refuses } from "../helpers/refuses.ts";

class Mine extends SslSocket {
  readonly mine = true;
}

Deno.test("SslSocket.start() keeps the subclass, and socketClass goes before it, on both sides", async () => {
  const { ca, server } = await testPki();
  const [a, b] = await tcpPair();
  const [client, served] = await Promise.all([
    Mine.start(a, { ...trust("openssl", ca), hostname: "localhost" }),
    SslSocket.start(b, { engine: "openssl", server: true, ...server, socketClass: Mine }),
  ]);
  assertInstanceOf(client, Mine);
  assertInstanceOf(served, Mine);
  assertEquals(client.mine, true);
  await client.write(bytes("mine"));
  assertEquals(await readText(served, 4), "mine");
  await Promise.all([client.stopSsl(), served.stopSsl()]);
  assertInstanceOf(client, Mine); // the object stays what it is
  await Promise.all([client.connectSsl(), served.acceptSsl()]);
  await Promise.all([client.close(), served.close()]);
});

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: SslSocket.start() on a connection that is closed is an SslError at once`, async () => {
    const { ca, server } = await testPki();
    for (
      const options of [
        { ...trust(engine, ca), hostname: "localhost" },
        ...engine === "openssl" ? [{ engine, server: true, ...server }] : [],
      ]
    ) {
      const [a, b] = await tcpPair();
      a.close();
      const error = await assertRejects(() => Mine.start(a, options), SslError);
      assertEquals(error.code, engine === "deno" ? "ECLOSED" : "EBADF", String(error));
      b.close();
    }
  });

  Deno.test(`${engine}: SslSocket.start() on a connection whose peer is gone is an SslError at once`, async () => {
    const { ca } = await testPki();
    const [a, b] = await tcpPair();
    b.close();
    const error = await assertRejects(
      () => Mine.start(a, { ...trust(engine, ca), hostname: "localhost" }),
      SslError,
    );
    (error.transport as Deno.Conn | undefined)?.close();
  });
}

Deno.test("openssl: a connection that is closed beneath a socket is EBADF, and not the peer's fault", async () => {
  const { ca, server } = await testPki();
  const [a, b] = await tcpPair();
  const [client, served] = await Promise.all([
    SslSocket.start(a, { ...trust("openssl", ca), hostname: "localhost" }),
    SslSocket.start(b, { engine: "openssl", server: true, ...server }),
  ]);
  a.close();
  for (const call of [() => client.read(new Uint8Array(1)), () => client.write(bytes("x"))]) {
    assertEquals((await assertRejects(call, SslError)).code, "EBADF");
  }
  await client.close();
  // To the other side it is the end of the stream without a goodbye.
  await refuses(() => served.read(new Uint8Array(1)), SslTruncatedError, "ERR_SSL_TRUNCATED");
  await served.close();
});

Deno.test("SslSocket.start() on a socket that is closed is an SslError", async () => {
  const { ca, server } = await testPki();
  const [a, b] = await tcpPair();
  const asClient = { ...trust("openssl", ca), hostname: "localhost" };
  const [client, served] = await Promise.all([
    SslSocket.start(a, asClient),
    SslSocket.start(b, { engine: "openssl", server: true, ...server }),
  ]);
  await client.close();
  const error = await assertRejects(() => SslSocket.start(client, asClient), SslError);
  assertEquals(error.code, "ECLOSED");
  await served.close();
});
