/** `connector`: what undici calls to connect, without undici. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SslVerifyError } from "../../errors.ts";
import { connector, type ConnectorTarget, SslDuplex } from "../../node/mod.ts";
import { listen, testPki } from "../contract/harness.ts";
import { closed } from "./node_servers.ts";

/** The anchor of the tests, as the engine takes it. */
async function trusted(engine: "openssl" | "deno") {
  const { ca } = await testPki();
  return {
    engine,
    family: 4 as const,
    ...(engine === "deno" ? { extraCa: ca.pem } : { ca: ca.pem }),
  };
}

/** What the callback gets. */
function call(
  connect: ReturnType<typeof connector>,
  port: number,
  more: Partial<ConnectorTarget> = {},
): Promise<{ error: (Error & { code?: string }) | null; socket: SslDuplex | null }> {
  const target = { hostname: "localhost", port: `${port}`, protocol: "https:", ...more };
  return new Promise((resolve) => {
    connect(target, (error, socket) => resolve({ error, socket }));
  });
}

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: a connector gives a stream that is connected`, async () => {
    await using listener = await listen(engine, { alpnProtocols: ["http/1.1"] });
    const accepted = listener.accept();
    const connect = connector(await trusted(engine));
    const { error, socket } = await call(connect, listener.addr.port);
    assertEquals(error, null);
    assertInstanceOf(socket, SslDuplex);
    assertEquals([socket.connecting, socket.alpnProtocol], [false, "http/1.1"]);
    const ends = closed(socket);
    socket.destroy();
    await ends;
    await (await accepted).close();
  });

  Deno.test(`${engine}: a connector gives node's error for a wrong name`, async () => {
    await using listener = await listen(engine);
    const accepted = listener.accept().catch(() => {});
    const connect = connector(await trusted(engine));
    const { error, socket } = await call(connect, listener.addr.port, {
      servername: "wrong.example",
    });
    assertEquals([error?.code, socket], ["ERR_TLS_CERT_ALTNAME_INVALID", null]);
    assertInstanceOf(error?.cause, SslVerifyError);
    assert(error.message.includes("wrong.example"), error.message);
    await accepted;
  });
}

Deno.test("a connector refuses http:, proxies and wrong options", async () => {
  const connect = connector();
  const plain = await call(connect, 80, { protocol: "http:" });
  assertInstanceOf(plain.error, TypeError);
  const proxied = await call(connect, 443, { httpSocket: {} });
  assertInstanceOf(proxied.error, TypeError);
  assert(proxied.error.message.includes("proxy"), proxied.error.message);
  const bound = await call(connect, 443, { localAddress: "127.0.0.2" });
  assertInstanceOf(bound.error, TypeError);
  assert(bound.error.message.includes("localAddress"), bound.error.message);
  assertThrows(() => connector({ startHandshake: false } as object), TypeError, "startHandshake");
  assertThrows(() => connector({ certfile: "x" } as object), TypeError, "certFile");
});

Deno.test("a context that cannot be made is an error of each attempt, and is tried again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using listener = await listen("openssl");
    const { ca } = await testPki();
    const caFile = `${folder}/ca.pem`;
    const connect = connector({ engine: "openssl", family: 4, caFile });
    const { error } = await call(connect, listener.addr.port);
    assert(error?.message.includes(caFile), error?.message);
    await Deno.writeTextFile(caFile, ca.pem);
    const accepted = listener.accept();
    const { socket } = await call(connect, listener.addr.port);
    const ends = closed(socket!);
    socket!.destroy();
    await ends;
    await (await accepted).close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
