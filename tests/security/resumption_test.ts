/** A resumed session is worth what its peer is worth under the settings of now. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { engineContext } from "../../context/engine_contexts.ts";
import type { SslOptions } from "../../context/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import type { TlsStream } from "../../engine/engine.ts";
import { SslVerifyError } from "../../errors.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { ca, leaf } from "../context/harness.ts";
import { memoryPair } from "../helpers/memory.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { contextFor, newConnection } from "../helpers/operations.ts";

const others = await TestCa.create({ commonName: "Others" });
const stranger = await others.client("a stranger");
const fingerprint = Certificate.fromPem(stranger.cert).fingerprint("sha256");

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  Deno.test(`a client that a pin let in does not come back by its session without the pin (${version})`, async () => {
    const server = await contextFor("server", {
      engine: "openssl",
      version,
      cert: leaf.cert,
      key: leaf.key,
      verifyMode: 3,
      clientCa: ca.pem,
    });
    const options = {
      engine: "openssl",
      version,
      ca: ca.pem,
      cert: stranger.cert,
      key: stranger.key,
      sessionCache: new SessionCache(10),
      sessionKey: "the server",
    } as const;
    const client = await contextFor("client", options);
    const clientEngine = await engineContext(client, "client");
    const serverEngine = await engineContext(server, "server");

    /** One connection with what the server says beyond its context. */
    async function connect(more: SslOptions) {
      const there = newConnection(client, {
        role: "client",
        options,
        hostname: "server.example",
        peer: "server.example:1",
      });
      const here = newConnection(server, { role: "server", options: more });
      const [a, b] = memoryPair();
      const c = clientEngine.start(a, there.params), s = serverEngine.start(b, here.params);
      const run = async (stream: TlsStream, end: typeof a): Promise<unknown> => {
        try {
          await stream.handshake();
          await stream.write(new Uint8Array(1));
          await stream.read(new Uint8Array(1));
        } catch (error) {
          await end.closeWrite();
          return error;
        }
      };
      const [, error] = await Promise.all([run(c, a), run(s, b)]);
      const { established } = s;
      const reused = established && s.negotiated().reused;
      c.close();
      s.close();
      return { error, established, reused, report: here.state.report };
    }

    const pinned = await connect({ fingerprint });
    assertEquals([pinned.error, pinned.reused], [undefined, false]);
    const again = await connect({ fingerprint });
    assertEquals([again.error, again.reused], [undefined, true]);
    assertEquals(again.report.checks.find(({ name }) => name === "chain")?.ok, false);
    for (let i = 0; i < 3; i++) {
      const { error, established } = await connect({});
      assertInstanceOf(error, SslVerifyError);
      assertEquals(
        [error.code, established],
        ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", false],
      );
    }
  });
}

Deno.test("a server that never stops giving tickets fills neither the memory nor the cache", async () => {
  const server = await contextFor("server", {
    engine: "openssl",
    version: "TLSv1_3",
    cert: leaf.cert,
    key: leaf.key,
  });
  const cache = new SessionCache(100);
  const options = {
    engine: "openssl",
    version: "TLSv1_3",
    ca: ca.pem,
    sessionCache: cache,
    sessionKey: "the server",
  } as const;
  const client = await contextFor("client", options);
  const there = newConnection(client, { role: "client", options, hostname: "server.example" });
  const here = newConnection(server, { role: "server", options: {} });
  const serverEngine = await engineContext(server, "server");
  // As a hostile server would: 30 tickets instead of two.
  const { c } = openLibrary();
  assertEquals(c.SSL_CTX_set_num_tickets(serverEngine.native!()!, 30n), 1);
  const [a, b] = memoryPair();
  const clientStream = (await engineContext(client, "client")).start(a, there.params);
  const serverStream = serverEngine.start(b, here.params);
  await Promise.all([clientStream.handshake(), serverStream.handshake()]);
  await serverStream.write(new Uint8Array(1));
  await clientStream.read(new Uint8Array(1));
  assertEquals(cache.size, 8);
  // The ones that are kept are of use.
  assertEquals(cache.sessions("the server").every(({ expired }) => !expired), true);
  clientStream.close();
  serverStream.close();
});
