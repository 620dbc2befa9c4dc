/** Plain sockets that go over to TLS: an attempt that was refused leaves nothing to the next one. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import type { SessionStore } from "../../context/sessions/session_cache.ts";
import { SslError, SslVerifyError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, leaf } from "../context/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const others = await TestCa.create({ commonName: "Others" });
const foreign = await others.server("server.example");

/** A plain client and a server that it must not trust. */
async function withPlainClient(use: (client: SslSocket) => Promise<void>): Promise<void> {
  const plain = { engine: "openssl", hostname: "127.0.0.1", startHandshake: false } as const;
  const served = { cert: foreign.cert, key: foreign.key };
  await using listener = await SslSocket.listen({ ...plain, ...served, port: 0 });
  const { port } = listener.addr;
  const names = { ca: ca.pem, serverName: "server.example" };
  const [client, server] = await Promise.all([
    SslSocket.connect({ ...plain, ...names, port }),
    listener.accept(),
  ]);
  const accepted = server.acceptSsl().catch(() => {});
  try {
    await use(client);
  } finally {
    await client.close();
    await accepted;
    await server.close();
  }
}

Deno.test("connectSsl() verifies after an attempt with SSL_VERIFY_NONE that was refused", async () => {
  await withPlainClient(async (client) => {
    let asked = 0;
    const sessionCache: SessionStore = {
      addSession: () => {},
      delSession: () => {},
      getSession() {
        if (asked++ === 0) throw new TypeError("not now");
        return undefined;
      },
    };
    const { report } = client;
    await assertRejects(
      () => client.connectSsl({ verifyMode: 0, sessionCache, sessionKey: "the server" }),
      TypeError,
      "not now",
    );
    assertEquals(client.report, report);
    const error = await client.connectSsl().then(() => undefined, (error) => error);
    assertInstanceOf(error, SslVerifyError);
    assertEquals(error.code, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
  });
});

Deno.test("connectSsl() goes without the option that it was refused for", async () => {
  await withPlainClient(async (client) => {
    await assertRejects(() => client.connectSsl({ sessionKey: "no cache" }), TypeError);
    await refuses(() => client.connectSsl(), SslVerifyError, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
  });
});

Deno.test("a handle whose startSsl() fails before it begins writes nothing in plain text, and may try again", async () => {
  const caFile = await Deno.makeTempFile({ suffix: ".pem" });
  await Deno.remove(caFile);
  const { cert, key } = leaf;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  const [a, b] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
  listener.close();
  await using client = new Handle(a);
  await using server = new Handle(b, { chomp: true });
  const options = { engine: "openssl", caFile, serverName: "server.example" } as const;
  await assertRejects(() => client.startSsl(options), SslError, "caFile");
  await assertRejects(() => client.say("PASS secret"), SslError, "starting TLS has failed");
  await assertRejects(() => client.readLine(), SslError, "starting TLS has failed");
  await assertRejects(() => client.startSsl(options), SslError, "caFile");
  await Deno.writeTextFile(caFile, ca.pem);
  try {
    await Promise.all([
      client.startSsl(options),
      server.startSsl({ engine: "openssl", server: true, cert, key }),
    ]);
  } finally {
    await Deno.remove(caFile);
  }
  await client.say("PASS secret");
  assertEquals(await server.readLine(), "PASS secret");
});

Deno.test("a socket whose connectSsl() fails writes and reads nothing in plain text, until TLS is started", async () => {
  await using listener = await SslSocket.listen({
    ...{ engine: "openssl", hostname: "127.0.0.1", port: 0, startHandshake: false },
    ...{ cert: leaf.cert, key: leaf.key },
  });
  const [client, server] = await Promise.all([
    SslSocket.connect({
      ...{ engine: "openssl", hostname: "127.0.0.1", port: listener.addr.port },
      ...{ startHandshake: false, serverName: "server.example", ca: ca.pem },
    }),
    listener.accept(),
  ]);
  const secret = new TextEncoder().encode("secret");
  for (const wrong of [{ caFile: "/missing" }, { verifyMode: "x" }, { misspelt: 1 }]) {
    // Nobody waits for it, and what is written at once must not go either.
    const [started, written] = await Promise.allSettled([
      client.connectSsl(wrong as object),
      client.write(secret),
    ]);
    assertEquals([started.status, written.status], ["rejected", "rejected"], JSON.stringify(wrong));
    for (
      const call of [
        () => client.write(secret),
        () => client.read(new Uint8Array(1)),
        () => client.peek(new Uint8Array(1)),
        async () => await client.tryWrite(secret),
        async () => await client.tryRead(new Uint8Array(1)),
      ]
    ) {
      const { code } = await assertRejects(call, SslError, "start it again, or close it");
      assertEquals(code, "ERR_START_TLS");
    }
  }
  const accepting = server.acceptSsl(); // refuses plain bytes ahead of the handshake
  await client.connectSsl();
  await accepting;
  await client.write(secret);
  const got = new Uint8Array(16);
  assertEquals(got.slice(0, await server.read(got) ?? 0), secret);
  await Promise.all([client.close(), server.close()]);
});
