/** What people do wrong the first time: each is a TypeError at once that says what to write instead. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { parseVersion } from "../../context/versions.ts";
import { Handle } from "../../handle/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, connectPair, testPki } from "../contract/harness.ts";

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: SslSocket refuses what is not a Uint8Array, and goes on`, async () => {
    await using pair = await connectPair(engine);
    const { client, server } = pair;
    for (const wrong of ["text", [1, 2], new ArrayBuffer(4), 7, null, undefined]) {
      const data = wrong as unknown as Uint8Array;
      await assertRejects(() => client.write(data), TypeError, "the data must be a Uint8Array");
      assertThrows(() => client.tryWrite(data), TypeError, "the data must be a Uint8Array");
      await assertRejects(() => client.read(data), TypeError, "the buffer must be a Uint8Array");
      await assertRejects(() => client.peek(data), TypeError, "the buffer must be a Uint8Array");
      assertThrows(() => client.tryRead(data), TypeError, "the buffer must be a Uint8Array");
    }
    await assertRejects(() => client.write("text" as never), TypeError, "print it with a Handle");
    const memory = new ArrayBuffer(4) as never;
    await assertRejects(() => client.write(memory), TypeError, "ArrayBuffer: wrap its bytes in a");
    await assertRejects(() => client.read(10 as never), TypeError, "give new Uint8Array(10)");
    // Neither direction is hurt, and no read is left waiting.
    const buffer = new Uint8Array(8);
    for (const [from, to] of [[client, server], [server, client]] as const) {
      assertEquals(await from.write(bytes("onwards")), 7);
      assertEquals(await to.read(buffer), 7);
    }
  });
}

Deno.test("SslSocket refuses what is not a Uint8Array before TLS, too", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const plain = { hostname: "x.test", ca: [], startHandshake: false, engine: "openssl" } as const;
  const socket = await SslSocket.start({ readable, writable }, plain);
  await assertRejects(() => socket.write("EHLO" as never), TypeError, "received string");
  await assertRejects(() => socket.read(4 as never), TypeError, "received number");
  await socket.close({ noShutdown: true });
});

Deno.test("connect() with the port as second argument shows how to write it", async () => {
  for (const port of [8443, "8443"]) {
    for (const connect of [SslSocket.connect.bind(SslSocket), Handle.connect]) {
      const call = () => connect("localhost", port as never);
      const error = await assertRejects(call, TypeError, "the second argument must be options");
      assertStringIncludes(error.message, 'write the port behind the host: "localhost:8443"');
    }
  }
  await assertRejects(() => SslSocket.connect("localhost:1", null as never), TypeError, "null");
  await assertRejects(() => SslSocket.connect(5 as never), TypeError, 'needs "host:port"');
});

Deno.test("connect() refuses a URL object as it refuses its text", async () => {
  const url = new URL("https://localhost:8443/") as never;
  for (const connect of [SslSocket.connect.bind(SslSocket), Handle.connect]) {
    await assertRejects(() => connect(url), TypeError, "a URL is not a target");
    await assertRejects(() => connect(String(url)), TypeError, "a URL is not a target");
  }
});

Deno.test("Handle.connect() knows the names of its own options when one is misspelt", async () => {
  const near: [string, string][] = [
    ["chmop", 'use "chomp"'],
    ["autoFlush", 'use "autoflush"'],
    ["timeOut", 'use "timeout"'],
    ["SSL_ca_file", 'use "caFile"'],
    ["zzzzzz", "no option has a similar name"],
  ];
  for (const [name, advice] of near) {
    await assertRejects(
      () => Handle.connect("localhost:1", { [name]: true }),
      TypeError,
      `unknown option "${name}": ${advice}`,
    );
  }
});

Deno.test("setContext() wants a context, not its options", async () => {
  const pki = await testPki();
  const own = { cert: pki.server.cert, key: pki.server.key };
  await using listener = await SslSocket.listen({
    hostname: "127.0.0.1",
    port: 0,
    engine: "openssl",
    ...own,
  });
  for (const wrong of [own, {}, null, undefined, "server.pem"]) {
    assertThrows(
      () => listener.setContext(wrong as never),
      TypeError,
      "Cannot change the context: it must be what SslContext.create(",
    );
  }
});

Deno.test("version as others write it is refused with the right spellings", () => {
  for (const text of ["TLSv1.3", "1.3", "TLS1_2"]) {
    const error = assertThrows(() => parseVersion(text), TypeError, "invalid SSL_version");
    assertStringIncludes(error.message, `received "${text}"`);
    assertStringIncludes(error.message, "TLSv1_2, TLSv1_3 or SSLv23 (any)");
  }
});
