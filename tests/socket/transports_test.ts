/** TLS started and stopped over everything that it can run over. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { SslPeerError, SslTruncatedError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { StreamPair, Transport } from "../../socket/transport.ts";
import { bytes, connectPair, readText, testPki, trust } from "../contract/harness.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";
import { refuses } from "../helpers/refuses.ts";

type Source = Transport | StreamPair;

async function options() {
  const { ca, server } = await testPki();
  return {
    asClient: { ...trust("openssl", ca), hostname: "localhost" },
    asServer: { engine: "openssl" as const, server: true, ...server },
  };
}

/** A connected pair of Unix sockets. */
async function unixPair(): Promise<[Deno.UnixConn, Deno.UnixConn]> {
  const folder = await Deno.makeTempDir();
  try {
    const at = { transport: "unix", path: `${folder}/socket` } as const;
    using listener = Deno.listen(at);
    return await Promise.all([Deno.connect(at), listener.accept()]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function streamPairs(): [StreamPair, StreamPair] {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

/** Two ends of each kind, and what is to be closed afterwards. */
const KINDS: Record<string, () => Promise<[Source, Source, AsyncDisposable?]>> = {
  "Deno.TcpConn": tcpPair,
  "Deno.UnixConn": unixPair,
  "another SslSocket": async () => {
    const outer = await connectPair("openssl");
    return [outer.client, outer.server, outer];
  },
  "another SslSocket on Deno's own TLS": async () => {
    const outer = await connectPair("deno");
    return [outer.client, outer.server, outer];
  },
  "web streams": () => Promise.resolve(streamPairs()),
  "TLS in TLS over a Unix socket": async () => {
    const { asClient, asServer } = await options();
    const [a, b] = await unixPair();
    return await Promise.all([SslSocket.start(a, asClient), SslSocket.start(b, asServer)]);
  },
};

async function exchange(a: Transport, b: Transport, word: string): Promise<void> {
  for (const [from, to] of [[a, b], [b, a]] as const) {
    const [, got] = await Promise.all([from.write(bytes(word)), readText(to, word.length)]);
    assertEquals(got, word);
  }
}

for (const [kind, make] of Object.entries(KINDS)) {
  Deno.test(`start and stop, three times, with plain text around each, over ${kind}`, async () => {
    const { asClient, asServer } = await options();
    const [near, far, owner] = await make();
    let [a, b] = [near, far] as [Source, Source];
    const streams = !("read" in near);
    if (!streams) {
      await exchange(near as Transport, far as Transport, "plain");
    }
    for (let i = 0; i < 3; i++) {
      const [client, server] = await Promise.all([
        SslSocket.start(a, asClient),
        SslSocket.start(b, asServer),
      ]);
      await exchange(client, server, "secret");
      assertEquals([client.isSsl(), server.isSsl()], ["rw", "rw"]);
      const [plainA, plainB] = await Promise.all([client.stopSsl(), server.stopSsl()]);
      assertEquals([client.isSsl(), server.isSsl()], [undefined, undefined]);
      if (!streams) {
        assertStrictEquals(plainA, near);
        assertStrictEquals(plainB, far);
      }
      await exchange(plainA, plainB, "plain");
      [a, b] = [plainA, plainB];
    }
    // The transports belong to the caller again, and close as they always did.
    await (a as Transport).close();
    assertEquals(await (b as Transport).read(new Uint8Array(1)), null);
    await (b as Transport).close();
    await owner?.[Symbol.asyncDispose]();
  });

  Deno.test(`a failed start leaves the transport, with every byte, over ${kind}`, async () => {
    const { asClient, asServer } = await options();
    for (const role of ["client", "server"] as const) {
      const [near, far, owner] = await make();
      const peer = new Handle(far, { encoding: "latin1" });
      const starting = SslSocket.start(near, role === "client" ? asClient : asServer)
        .then(() => undefined, (e) => e);
      if (role === "client") await peer.read(5); // the beginning of the ClientHello
      await peer.print("This is no SSL handshake\n");
      const error = await starting;
      assert(error instanceof SslPeerError, String(error));
      const plain = error.transport as Transport;
      // The first bytes show that it is not TLS: all of them are given back.
      assertEquals(await readText(plain, 25), "This is no SSL handshake\n");
      const [, answer] = await Promise.all([peer.print("bar"), readText(plain, 3)]);
      assertEquals(answer, "bar");
      await plain.write(bytes("foo\n"));
      const rest = await peer.getline({ separator: "foo\n" });
      assert(rest?.endsWith("foo\n"), String(rest));
      await plain.close();
      await peer.close();
      await owner?.[Symbol.asyncDispose]();
    }
  });
}

// t/double-tls-layer.t
Deno.test("TLS in TLS: each layer has its own certificates and ends by itself", async () => {
  const { ca, other } = await testPki();
  const [inner, outer] = [
    await ca.server("localhost", { commonName: "inner.local" }),
    await other.server("localhost", { commonName: "outer.local" }),
  ];
  const engine = "openssl";
  const [a, b] = await tcpPair();
  const [outerClient, outerServer] = await Promise.all([
    SslSocket.start(a, { engine, ca: other.pem, hostname: "localhost" }),
    SslSocket.start(b, { engine, server: true, ...outer }),
  ]);
  const [client, server] = await Promise.all([
    SslSocket.start(outerClient, { engine, ca: ca.pem, hostname: "localhost" }),
    SslSocket.start(outerServer, { engine, server: true, ...inner }),
  ]);
  assertEquals(outerClient.peerCertificate("cn"), "outer.local");
  assertEquals(client.peerCertificate("cn"), "inner.local");
  assertEquals(server.peerCertificate(), undefined);
  assertEquals(client.remoteAddr, a.remoteAddr);
  await exchange(client, server, "HELLO");
  // The inner one ends, the outer goes on; then it ends too, and TCP goes on.
  const [p, q] = await Promise.all([client.stopSsl(), server.stopSsl()]);
  assertStrictEquals(p, outerClient);
  assertStrictEquals(q, outerServer);
  await exchange(outerClient, outerServer, "outer");
  assertEquals(outerClient.isSsl(), "rw");
  const [x, y] = await Promise.all([outerClient.stopSsl(), outerServer.stopSsl()]);
  assertStrictEquals(x, a);
  assertStrictEquals(y, b);
  await exchange(a, b, "plain");
  a.close();
  b.close();
});

Deno.test("TLS in TLS: the end of the outer one alone is a truncation of the inner one", async () => {
  const { asClient, asServer } = await options();
  await using outer = await connectPair("openssl");
  const [client, server] = await Promise.all([
    SslSocket.start(outer.client, asClient),
    SslSocket.start(outer.server, asServer),
  ]);
  await server.write(bytes("half"));
  assertEquals(await readText(client, 4), "half");
  await outer.server.close(); // a proper end, of the wrong layer
  for (let i = 0; i < 2; i++) {
    await refuses(() => client.read(new Uint8Array(1)), SslTruncatedError, "ERR_SSL_TRUNCATED");
  }
  await client.close();
  await server.close();
});

Deno.test("TLS in TLS: a failed inner handshake leaves the outer TLS to talk about it", async () => {
  const { asServer } = await options();
  const { other } = await testPki();
  await using outer = await connectPair("openssl");
  const serving = SslSocket.start(outer.server, asServer).then(() => undefined, (e) => e);
  const error = await SslSocket.start(outer.client, {
    engine: "openssl",
    ca: other.pem,
    hostname: "localhost",
  }).then(() => undefined, (e) => e);
  // What the inner handshake did not consume is in front of it.
  assertStrictEquals(error.transport.inner ?? error.transport, outer.client);
  assert(await serving instanceof SslPeerError, "the alert tells the server");
  assertEquals(outer.client.isSsl(), "rw");
  await exchange(outer.client, outer.server, "outer");
});

Deno.test("a start over streams whose other end breaks rejects, and nothing is left hanging", async () => {
  const { asClient } = await options();
  const [near] = [{
    readable: new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("the pipe broke")),
    }),
    writable: new WritableStream<Uint8Array>(),
  }];
  const error = await SslSocket.start(near!, asClient).then(() => undefined, (e) => e);
  assert(String(error).includes("the pipe broke") || error.cause, String(error));
  await (error.transport as Transport).close();
  const full = {
    readable: new ReadableStream<Uint8Array>(),
    writable: new WritableStream<Uint8Array>({
      write: () => Promise.reject(new Error("the disk is full")),
    }),
  };
  const second = await SslSocket.start(full, { ...asClient, timeout: 100 })
    .then(() => undefined, (e) => e);
  assert(second instanceof Error);
  await (second as { transport?: Transport }).transport?.close();
});
