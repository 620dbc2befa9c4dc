/**
 * `SslSocket` is a `Deno.Conn`, a `Deno.TlsConn` and a `Deno.TcpConn`, and `SslListener` a
 * `Deno.Listener`: to the compiler, and for code that was written for those.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { EngineName } from "../../engine/engine.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { connectPair, listen, reach, testPki } from "../contract/harness.ts";

/** Compiles only if `T` is assignable to `Base`. */
type Assignable<Base, _T extends Base> = true;

// deno-lint-ignore no-unused-vars -- a type of the test below
class Named extends SslSocket {
  readonly label = "named";
}

Deno.test("types: SslSocket and SslListener are Deno's, and stay themselves in Deno.Listener", () => {
  const all: [
    Assignable<Deno.Conn, SslSocket>,
    Assignable<Deno.TlsConn, SslSocket>,
    Assignable<Deno.TcpConn, SslSocket>,
    Assignable<Deno.Conn<Deno.NetAddr>, Named>,
    Assignable<Deno.Listener, SslListener>,
    Assignable<Deno.Listener<SslSocket, Deno.NetAddr>, SslListener>,
    Assignable<Deno.Listener<Named>, SslListener<Named>>,
    Assignable<{ label: string }, Awaited<ReturnType<SslListener<Named>["accept"]>>>,
  ] = [true, true, true, true, true, true, true, true];
  assert(all.every(Boolean));
});

/** Written for Deno's listeners: answers each connection with what it sent, in capitals. */
async function shout(listener: Deno.Listener<Deno.Conn, Deno.NetAddr>): Promise<string[]> {
  const seen: string[] = [];
  for await (const conn of listener) {
    using own = conn;
    const buffer = new Uint8Array(64);
    const n = await own.read(buffer) ?? 0;
    const said = new TextDecoder().decode(buffer.subarray(0, n));
    seen.push(`${(own.remoteAddr as Deno.NetAddr).hostname} ${said}`);
    await own.write(new TextEncoder().encode(said.toUpperCase()));
    await own.closeWrite();
    if (said === "last") break;
  }
  return seen;
}

/** Written for Deno's connections: says something and returns all that is answered. */
async function ask(conn: Deno.TlsConn, what: string): Promise<string> {
  await conn.handshake();
  const writer = conn.writable.getWriter();
  await writer.write(new TextEncoder().encode(what));
  await writer.close();
  return await new Response(conn.readable).text();
}

for (const engine of ["openssl", "deno"] as const satisfies readonly EngineName[]) {
  Deno.test(`${engine}: code for Deno.Listener and Deno.TlsConn runs over ours`, async () => {
    using listener = await listen(engine);
    const served = shout(listener);
    const to = await reach(engine, listener);
    for (const word of ["first", "last"]) {
      using conn = await SslSocket.connect(to);
      assertEquals(await ask(conn, word), word.toUpperCase());
    }
    assertEquals(await served, ["127.0.0.1 first", "127.0.0.1 last"]);
  });

  Deno.test(`${engine}: handshake() gives the ALPN protocol, again and again`, async () => {
    await using pair = await connectPair(
      engine,
      { alpnProtocols: ["h2", "http/1.1"] },
      { alpnProtocols: ["http/1.1"] },
    );
    assertEquals(await pair.client.handshake(), { alpnProtocol: "http/1.1" });
    assertEquals(await pair.server.handshake(), { alpnProtocol: "http/1.1" });
  });

  Deno.test(`${engine}: handshake() gives null without ALPN`, async () => {
    await using pair = await connectPair(engine);
    assertEquals(await pair.client.handshake(), { alpnProtocol: null });
  });

  Deno.test(`${engine}: handshake() completes a handshake that was put off`, async () => {
    await using listener = await listen(engine, { alpnProtocols: ["x"] });
    const accepted = listener.accept();
    const later = { startHandshake: false, alpnProtocols: ["x"] };
    await using client = await SslSocket.connect(await reach(engine, listener, later));
    assertEquals(client.isSsl(), undefined);
    assertEquals(await client.handshake(), { alpnProtocol: "x" });
    assertEquals(client.isSsl(), "rw");
    await (await accepted).close();
  });

  Deno.test(`${engine}: using closes a socket and a listener`, async () => {
    const listener = await listen(engine);
    const accepted = listener.accept();
    const client = await SslSocket.connect(await reach(engine, listener));
    await using server = await accepted;
    {
      using _listener = listener;
      using _client = client;
    }
    assertEquals(await server.read(new Uint8Array(1)), null);
    await assertRejects(() => client.read(new Uint8Array(1)), SslError, "closed");
    await assertRejects(() => listener.accept(), SslError, "closed");
  });
}

Deno.test("openssl: handshake() completes one that was put off on the server", async () => {
  await using listener = await listen("openssl", { startHandshake: false });
  const accepted = listener.accept();
  const connecting = SslSocket.connect(await reach("openssl", listener));
  await using server = await accepted;
  assertEquals(await server.handshake(), { alpnProtocol: null });
  assertEquals(server.isSsl(), "rw");
  await (await connecting).close();
});

Deno.test("openssl: setNoDelay() and setKeepAlive() reach the connection beneath TLS", async () => {
  await using listener = await listen("openssl");
  const accepted = listener.accept();
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const calls: string[] = [];
  const beneath = {
    read: (p: Uint8Array) => tcp.read(p),
    write: (p: Uint8Array) => tcp.write(p),
    close: () => tcp.close(),
    setNoDelay: (on?: boolean) => void calls.push(`delay ${on}`),
    setKeepAlive: (on?: boolean) => void calls.push(`alive ${on}`),
  };
  const { hostname } = await reach("openssl", listener);
  const { ca } = await testPki();
  const client = await SslSocket.start(beneath, { engine: "openssl", ca: ca.pem, hostname });
  client.setNoDelay();
  client.setNoDelay(false);
  client.setKeepAlive();
  assertEquals(calls, ["delay true", "delay false", "alive true"]);
  await client.close();
  const refused = assertThrows(() => client.setNoDelay(), SslError);
  assertEquals(refused.code, "ECLOSED");
  await (await accepted).close();
});

Deno.test("deno: setNoDelay() and setKeepAlive() are refused once TLS hides the TCP connection", async () => {
  await using pair = await connectPair("deno");
  assertThrows(() => pair.client.setNoDelay(), SslUnsupportedError, "setNoDelay()");
  assertThrows(() => pair.server.setKeepAlive(), SslUnsupportedError, "setKeepAlive()");
});

/** As `copy` of std/io: a loop of `read` and `write` over anything that has them. */
async function copy(
  from: { read(p: Uint8Array): Promise<number | null> },
  to: { write(p: Uint8Array): Promise<number> },
): Promise<number> {
  const buffer = new Uint8Array(32 * 1024);
  let sum = 0;
  for (let n; (n = await from.read(buffer)) !== null;) {
    for (let at = 0; at < n;) at += await to.write(buffer.subarray(at, n));
    sum += n;
  }
  return sum;
}

/** As a proxy for Deno's connections: both directions by `pipeTo`. */
async function join(one: Deno.Conn, two: Deno.Conn): Promise<void> {
  await Promise.all([one.readable.pipeTo(two.writable), two.readable.pipeTo(one.writable)]);
}

for (const engine of ["openssl", "deno"] as const satisfies readonly EngineName[]) {
  Deno.test(`${engine}: a loop of read() and write() copies to the end, and closeWrite() ends it`, async () => {
    await using pair = await connectPair(engine);
    const echoed = copy(pair.server, pair.server).then(async (n) => {
      await pair.server.closeWrite();
      return n;
    });
    const data = new Uint8Array(300_000).fill(7);
    const sent = pair.client.write(data).then(() => pair.client.closeWrite());
    const sink = {
      sum: 0,
      write: (p: Uint8Array) => Promise.resolve((sink.sum += p.length, p.length)),
    };
    assertEquals(await copy(pair.client, sink), data.length);
    assertEquals([await echoed, sink.sum], [data.length, data.length]);
    await sent;
  });

  Deno.test(`${engine}: pipeTo() joins two connections, ends included`, async () => {
    await using front = await connectPair(engine);
    await using back = await connectPair(engine);
    const joined = join(front.server, back.client);
    const served = shoutOnce(back.server);
    assertEquals(await ask(front.client, "through"), "THROUGH");
    await Promise.all([served, joined]);
  });
}

/** Answers all that came with the same in capitals, and ends. */
async function shoutOnce(conn: Deno.Conn): Promise<void> {
  const said = await new Response(conn.readable).text();
  const writer = conn.writable.getWriter();
  await writer.write(new TextEncoder().encode(said.toUpperCase()));
  await writer.close();
}
