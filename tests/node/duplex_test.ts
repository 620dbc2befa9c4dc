/** `toDuplex`: the shapes, events and codes of node's sockets. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SslError, SslTruncatedError, SslUnsupportedError } from "../../errors.ts";
import { SslDuplex, toDuplex } from "../../node/mod.ts";
import { standardName } from "../../node/peer_certificate.ts";
import { SslSocket } from "../../socket/socket.ts";
import { connectPair, listen, reach, tcpServer, testPki } from "../contract/harness.ts";
import { closed, refusal, streams } from "./node_servers.ts";

/** All that comes until `end`. */
async function textOf(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  await once(stream, "end");
  return Buffer.concat(chunks).toString();
}

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: bytes go both ways, and both sides see the end`, async () => {
    await using pair = await streams(engine);
    const { client, server } = pair;
    const echo = pipeline(server, server);
    client.write("one ");
    client.end("two");
    assertEquals(await textOf(client), "one two");
    await Promise.all([echo, closed(client), closed(server)]);
    assertEquals([client.bytesWritten, client.bytesRead], [7, 7]);
    assertEquals(client.readyState, "closed");
  });

  Deno.test(`${engine}: after the peer's end writing goes on with allowHalfOpen`, async () => {
    await using pair = await streams(engine, {}, {}, true);
    const { client, server } = pair;
    client.end("question");
    assertEquals(await textOf(server), "question");
    assertEquals(server.readyState, "writeOnly");
    server.end("answer");
    assertEquals(await textOf(client), "answer");
  });

  Deno.test(`${engine}: without allowHalfOpen the peer's end ends our writing`, async () => {
    await using pair = await streams(engine);
    const { client, server } = pair;
    server.resume();
    client.end();
    client.resume();
    await Promise.all([once(client, "end"), once(server, "finish"), closed(client)]);
    assertEquals(server.writableFinished, true);
  });

  Deno.test(`${engine}: nothing is read ahead of a consumer that does not read`, async () => {
    await using pair = await streams(engine);
    const { client, server } = pair;
    let taken = 0;
    const chunk = new Uint8Array(1 << 20);
    while (taken < 64 && client.write(chunk)) taken++;
    assert(taken < 64);
    assertEquals(server.bytesRead, 0);
    const drained = once(client, "drain");
    server.resume();
    await drained;
  });

  Deno.test(`${engine}: a peer that is destroyed is ECONNRESET, or an end by close_notify`, async () => {
    await using pair = await streams(engine);
    const { client, server } = pair;
    const failed = new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      client.once("error", resolve);
      client.once("end", () => resolve(undefined));
    });
    client.resume();
    server.destroy();
    const error = await failed;
    if (engine === "deno") return assertEquals(error, undefined); // it always says goodbye
    assertEquals(error?.code, "ECONNRESET");
    assertInstanceOf(error?.cause, SslTruncatedError);
  });

  Deno.test(`${engine}: what is known of a connection has node's names`, async () => {
    const alpnProtocols = ["x"];
    await using pair = await streams(engine, { alpnProtocols }, { alpnProtocols });
    const { client, server } = pair;
    assertEquals([client.encrypted, client.authorized, client.authorizationError], [
      true,
      true,
      null,
    ]);
    assertEquals([server.authorized, client.alpnProtocol], [false, "x"]);
    assertEquals([client.remoteAddress, client.remoteFamily], ["127.0.0.1", "IPv4"]);
    assertEquals(client.remotePort, server.localPort);
    assertEquals(client.address(), {
      address: "127.0.0.1",
      family: "IPv4",
      port: server.remotePort!,
    });
    assertEquals([client.connecting, client.pending, client.readyState], [false, false, "open"]);
    assertEquals(client.servername, "localhost");
    client.setNoDelay().setKeepAlive(true).unref().ref();
  });

  Deno.test(`${engine}: the promise of a socket opens the stream, or destroys it`, async () => {
    await using listener = await listen(engine);
    const accepted = listener.accept();
    const client = toDuplex(SslSocket.connect(await reach(engine, listener)));
    assertEquals([client.connecting, client.readyState], [true, "opening"]);
    client.setNoDelay(true).setTimeout(60_000);
    client.end("early");
    await once(client, "secureConnect");
    await using server = await accepted;
    assertEquals(await new Response(server.readable).text(), "early");
    client.resume();
    await server.close();
    await closed(client);

    const to = await reach(engine, listener, { serverName: "wrong.example" });
    const served = listener.accept().catch(() => {});
    const refused = toDuplex(SslSocket.connect(to));
    const [error] = await once(refused, "error");
    assertEquals(error.code, "ERR_TLS_CERT_ALTNAME_INVALID");
    assertEquals(refused.destroyed, true);
    await served;
  });

  Deno.test(`${engine}: a function opens the stream when connect() is called, once`, async () => {
    await using listener = await listen(engine);
    const accepted = listener.accept();
    const targets: unknown[] = [];
    const client = toDuplex(async ({ host, port }) => {
      targets.push([host, port]);
      return await SslSocket.connect(await reach(engine, listener, { port }));
    });
    assertEquals([client.connecting, client.pending], [false, true]);
    const connected = once(client, "connect");
    client.connect(listener.addr.port, "localhost");
    await connected;
    client.write("x");
    assertEquals(targets, [["localhost", listener.addr.port]]);
    const ends = closed(client);
    client.destroy();
    await ends;
    await (await accepted).close();
  });

  Deno.test(`${engine}: setTimeout() tells of silence, and destroy() ends it`, async () => {
    await using pair = await streams(engine);
    const { client } = pair;
    client.resume(); // a timer alone does not hold up the end of a program
    const told = new Promise<void>((resolve) => client.setTimeout(5, resolve));
    await told;
    assertEquals(client.timeout, 5);
    client.setTimeout(0);
    assertThrows(() => client.setTimeout(-1), RangeError);
  });

  Deno.test(`${engine}: a write after destroy() fails, as in node`, async () => {
    await using pair = await streams(engine);
    const { client } = pair;
    const ends = closed(client);
    client.destroy();
    await ends;
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
      client.write("x", (error) => resolve(error!));
    });
    assertEquals(error.code, "ERR_STREAM_DESTROYED");
  });
}

Deno.test("after our own end, a peer without close_notify is a close: no error, and no end", async () => {
  await using pair = await streams("openssl", {}, {}, true);
  const { client, server } = pair;
  let ended = false;
  client.on("end", () => ended = true);
  client.on("error", (error) => assert(false, `${error}`));
  server.resume();
  client.resume();
  client.end("bye");
  await once(server, "end");
  const ends = closed(client);
  server.destroy(new Error("the peer breaks off")).on("error", () => {});
  await ends;
  assertEquals(ended, false);
});

Deno.test("settings of a socket that is closed beneath its stream do not throw", async () => {
  await using pair = await streams("openssl");
  await pair.client.sslSocket!.close();
  pair.client.setKeepAlive(true, 1000).setNoDelay().unref().ref();
  assertEquals(pair.client.destroyed, false);
});

Deno.test("close says whether the connection failed; an unknown option is refused", async () => {
  const told = async (end: (stream: SslDuplex) => unknown) => {
    const stream = toDuplex(() => Promise.reject(new Error("no connection")));
    stream.on("error", () => {});
    end(stream);
    return await new Promise((resolve) =>
      stream.once("close", (failed: boolean) => resolve(failed))
    );
  };
  assertEquals(await told((stream) => stream.destroy()), false);
  assertEquals(await told((stream) => stream.destroy(new Error("mine"))), true);
  assertEquals(await told((stream) => stream.connect()), true);
  const wrong = { highwaterMark: 1 } as object;
  const make = () => toDuplex(() => Promise.reject(new Error("no connection")), wrong);
  assertThrows(make, TypeError, 'unknown option "highwaterMark": use "highWaterMark"');
});

Deno.test("a stream destroyed while it connects aborts the attempt", async () => {
  await using silent = tcpServer(async (conn) =>
    void await conn.readable.pipeTo(new WritableStream())
  );
  const client = toDuplex(({ signal }) =>
    SslSocket.connect({ hostname: "127.0.0.1", port: silent.port, signal })
  );
  client.connect();
  const ends = closed(client);
  client.destroy();
  await ends;
  assertEquals(client.errored, null);
});

Deno.test("a socket without TLS is not made into a stream that says it is encrypted", async () => {
  await using listener = await listen("openssl", { startHandshake: false });
  const accepted = listener.accept();
  const to = await reach("openssl", listener, { startHandshake: false });
  await using client = await SslSocket.connect(to);
  await using _server = await accepted;
  assertThrows(() => toDuplex(client), TypeError, "handshake");
  const later = toDuplex(Promise.resolve(client));
  const [error] = await once(later, "error");
  assertInstanceOf(error, TypeError);
  assertThrows(() => toDuplex({} as SslSocket), TypeError, "SslSocket");
});

Deno.test("openssl: certificates, cipher and protocol have node's shapes", async () => {
  const { ca } = await testPki();
  await using pair = await streams("openssl", {}, {
    ...await ca.server("localhost"),
    version: "TLSv1_2",
  });
  const { client, server } = pair;
  const peer = client.getPeerCertificate(true)!;
  assertEquals(peer.subject.CN, "localhost");
  assertEquals(peer.subjectaltname, "DNS:localhost");
  assert(Buffer.isBuffer(peer.raw) && Buffer.isBuffer(peer.pubkey));
  assert(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(peer.fingerprint256));
  assert(peer.issuerCertificate.issuerCertificate === peer.issuerCertificate);
  assertEquals("issuerCertificate" in client.getPeerCertificate()!, false);
  assertEquals(client.getPeerX509Certificate()!.subject, "CN=localhost");
  assertEquals(server.getPeerCertificate() as object, {});
  assertEquals(server.getCertificate()!.subject.CN, "localhost");
  assertEquals(client.getProtocol(), "TLSv1.2");
  assertEquals(client.isSessionReused(), false);
  const { name, standardName, version } = client.getCipher()!;
  assert(/^ECDHE-ECDSA-/.test(name) && /^TLS_ECDHE_ECDSA_WITH_/.test(standardName), name);
  assertEquals(version, "TLSv1.2");
  assertEquals(
    client.exportKeyingMaterial(16, "EXPORTER-test"),
    server.exportKeyingMaterial(16, "EXPORTER-test"),
  );
});

Deno.test("a stream that has no connection yet exports no keying material", async () => {
  const stream = toDuplex(() => new Promise<never>(() => {}));
  const error = assertThrows(() => stream.exportKeyingMaterial(16, "EXPORTER-test"), SslError);
  assertEquals(error.code, "ERR_SSL_NOT_ESTABLISHED");
  const ends = closed(stream);
  stream.destroy();
  await ends;
});

Deno.test("openssl: a peer that was not verified is not authorized", async () => {
  await using pair = await streams("openssl", { verifyMode: 0 });
  assertEquals(pair.client.authorized, false);
});

Deno.test("deno: what the engine cannot tell is refused, not made up", async () => {
  await using pair = await streams("deno");
  assertThrows(() => pair.server.getProtocol(), SslUnsupportedError);
  assertThrows(() => pair.client.getCipher(), SslUnsupportedError);
  assertEquals(pair.server.servername, false);
});

Deno.test("cipher suites have the names of IANA's registry", () => {
  const names = {
    "TLS_AES_256_GCM_SHA384": "TLS_AES_256_GCM_SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305": "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "ECDHE-RSA-AES256-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "AES128-SHA": "TLS_RSA_WITH_AES_128_CBC_SHA",
    "PSK-AES128-CCM8": "TLS_PSK_WITH_AES_128_CCM_8",
  };
  for (const [name, standard] of Object.entries(names)) assertEquals(standardName(name), standard);
});

Deno.test("a stream of a socket is an SslDuplex, and gives the socket", async () => {
  await using pair = await connectPair("openssl");
  const stream = toDuplex(pair.client);
  assertInstanceOf(stream, SslDuplex);
  assertInstanceOf(stream, Duplex);
  assertEquals(stream.sslSocket, pair.client);
  const ends = closed(stream);
  stream.destroy();
  await ends;
  const error = await refusal(pair.client.read(new Uint8Array(1)));
  assertEquals(error.code, "ECLOSED");
});
