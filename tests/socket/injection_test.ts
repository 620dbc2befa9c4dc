/**
 * STARTTLS injection (CVE-2011-0411): plain bytes that were read above TCP
 * before the handshake was asked for, whichever way they were read.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { BufferedTransport } from "../../engine/transport.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import {
  bytes,
  captureClientHello,
  readText,
  tcpServer,
  testPki,
  trust,
} from "../contract/harness.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";
import { refuses } from "../helpers/refuses.ts";

const EVIL = "250 injected\r\n";

/** Lets what is in the kernel come in. */
const arrive = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A wait for bytes that was given up before they came. */
async function giveUp(read: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const waiting = read(controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
}

async function ends() {
  const { ca, server } = await testPki();
  const [near, far] = await tcpPair();
  return {
    near,
    far,
    asClient: { ...trust("openssl", ca), hostname: "localhost", timeout: 5000 },
    asServer: { engine: "openssl" as const, server: true, timeout: 5000, ...server },
  };
}

/** Refused as injected; not a byte of it is lost, nor did a byte of ours go. */
async function refused(starting: Promise<unknown>, far: Deno.TcpConn): Promise<void> {
  const error = await starting.then(() => undefined, (e) => e);
  assertInstanceOf(error, SslPeerError);
  assertEquals(error.code, "ERR_INJECTION");
  assert(error.message.includes("250 injected"), error.message);
  const plain = error.transport as Transport;
  assertEquals(await readText(plain, EVIL.length), EVIL);
  await plain.close();
  assertEquals(await far.read(new Uint8Array(1)), null);
  far.close();
}

for (const role of ["asClient", "asServer"] as const) {
  Deno.test(`bytes that a Handle's abandoned wait brought are refused, ${role}`, async () => {
    const t = await ends();
    const handle = new Handle(t.near);
    await giveUp((signal) => handle.readLine({ signal }));
    await t.far.write(bytes(EVIL));
    await arrive();
    await refused(SslSocket.start(handle, t[role]), t.far);
  });

  Deno.test(`bytes that ready() of a plain socket brought are refused, ${role}`, async () => {
    const t = await ends();
    const socket = await SslSocket.start(t.near, { ...t[role], startHandshake: false });
    const ready = socket.ready();
    await t.far.write(bytes(EVIL));
    await ready;
    assertEquals(socket.pending(), EVIL.length);
    await refused(SslSocket.start(socket, t[role]), t.far);
  });

  Deno.test(`bytes that an abandoned wait of a plain socket brought are pending, and refused, ${role}`, async () => {
    const t = await ends();
    const socket = await SslSocket.start(t.near, { ...t[role], startHandshake: false });
    await giveUp((signal) => socket.peek(new Uint8Array(1), { signal }));
    await t.far.write(bytes(EVIL));
    await arrive();
    assertEquals(socket.pending(), EVIL.length);
    const upgrade = role === "asClient" ? socket.connectSsl() : socket.acceptSsl();
    await refused(upgrade, t.far);
  });

  Deno.test(`a step of the handshake without waiting refuses them too, ${role}`, async () => {
    const t = await ends();
    const socket = await SslSocket.start(t.near, { ...t[role], startHandshake: false });
    await giveUp((signal) => socket.peek(new Uint8Array(1), { signal }));
    await t.far.write(bytes(EVIL));
    await arrive();
    const step = () => role === "asClient" ? socket.tryConnectSsl() : socket.tryAcceptSsl();
    await refused(Promise.resolve().then(step), t.far);
    assertThrows(step, Error);
  });

  Deno.test(`what came behind a stopped TLS and was not read is refused by the next start, ${role}`, async () => {
    const t = await ends();
    const other = role === "asClient" ? "asServer" : "asClient";
    const [socket, peer] = await Promise.all([
      SslSocket.start(t.near, t[role]),
      SslSocket.start(t.far, t[other]),
    ]);
    // close_notify and plain text in one segment
    const plain = await peer.stopSsl({ fastShutdown: true });
    await plain.write(bytes(EVIL));
    await arrive();
    const left = await socket.stopSsl();
    assert(left.inner !== undefined, "something was read ahead");
    await assertRejects(
      () => role === "asClient" ? socket.connectSsl() : socket.acceptSsl(),
      SslPeerError,
      "250 injected",
    );
    await socket.close();
    await peer.close();
    await plain.close();
  });
}

Deno.test("a server takes a ClientHello that an abandoned wait brought", async () => {
  const t = await ends();
  const handle = new Handle(t.near);
  await giveUp((signal) => handle.readLine({ signal }));
  const starting = SslSocket.start(t.far, t.asClient);
  await arrive();
  const [client, server] = await Promise.all([starting, SslSocket.start(handle, t.asServer)]);
  await client.write(bytes("tls"));
  assertEquals(await readText(server, 3), "tls");
  await Promise.all([client.close(), server.close()]);
});

Deno.test("a server refuses plain bytes in front of a ClientHello, and a client a ClientHello", async () => {
  const hello = await captureClientHello("openssl");
  {
    const t = await ends();
    const handle = new Handle(t.near);
    await t.far.write(bytes("STARTTLS\r\nRCPT TO:<evil>\r\n"));
    await t.far.write(hello);
    assertEquals(await handle.readLine(), "STARTTLS");
    const error = await assertRejects(() => SslSocket.start(handle, t.asServer), SslPeerError);
    assertEquals(error.code, "ERR_INJECTION");
    (error.transport as Transport).close();
    t.far.close();
  }
  const t = await ends();
  const handle = new Handle(t.near);
  await t.far.write(bytes("220 go\r\n"));
  await t.far.write(hello);
  assertEquals(await handle.readLine(), "220 go");
  await arrive();
  if (handle.pending() === 0) await giveUp((signal) => handle.readLine({ signal }));
  await arrive();
  const error = await assertRejects(() => SslSocket.start(handle, t.asClient), SslPeerError);
  assertEquals(error.code, "ERR_INJECTION");
  (error.transport as Transport).close();
  t.far.close();
});

// ---- each place that can hold the bytes, and each way to start TLS

/** A plain socket over TCP, and a handle that has read a line of it and holds what came behind. */
async function heldByHandle(role: "asClient" | "asServer") {
  const t = await ends();
  const socket = await SslSocket.start(t.near, { ...t[role], startHandshake: false });
  const handle = new Handle(socket);
  await t.far.write(bytes(`220 go\r\n${EVIL}`)); // in one write, so in one read
  assertEquals(await handle.readLine(), "220 go");
  assertEquals(handle.pending(), EVIL.length);
  return { ...t, options: t[role], socket, handle };
}

type Held = Awaited<ReturnType<typeof heldByHandle>>;

/** Every way to start TLS over a handle's socket. */
const STARTS: Record<string, (t: Held) => Promise<unknown>> = {
  "the socket's connectSsl() or acceptSsl()": (t) =>
    t.options === t.asServer ? t.socket.acceptSsl() : t.socket.connectSsl(),
  "the socket's connectSsl() or acceptSsl() with options": (t) =>
    t.options === t.asServer
      ? t.socket.acceptSsl({ alpnProtocols: ["a"] })
      : t.socket.connectSsl({ serverName: "localhost" }),
  "the socket's tryConnectSsl() or tryAcceptSsl()": async (t) =>
    await (t.options === t.asServer ? t.socket.tryAcceptSsl() : t.socket.tryConnectSsl()),
  "the handle's startSsl()": (t) => t.handle.startSsl(),
  "the handle's connectSsl() or acceptSsl()": (t) =>
    t.options === t.asServer ? t.handle.acceptSsl() : t.handle.connectSsl(),
  "SslSocket.start(handle)": (t) => SslSocket.start(t.handle, t.options),
  "SslSocket.start(handle.conn)": (t) => SslSocket.start(t.handle.conn as SslSocket, t.options),
  "SslSocket.start(socket, startHandshake: false) and its connectSsl() or acceptSsl()": async (
    t,
  ) => {
    const above = await SslSocket.start(t.socket, { ...t.options, startHandshake: false });
    return await (t.options === t.asServer ? above.acceptSsl() : above.connectSsl());
  },
};

/** What the handle says after the refusal, by the owner of the bytes. */
const GONE = ["ECLOSED", "ENOTCONN", "ERR_START_TLS"];

for (const role of ["asClient", "asServer"] as const) {
  for (const [way, start] of Object.entries(STARTS)) {
    Deno.test(`bytes that a Handle over a socket holds are refused by ${way}, ${role}`, async () => {
      const t = await heldByHandle(role);
      await refused(start(t), t.far);
      // What was refused is not delivered by the handle afterwards, nor does it write in plain text.
      await refuses(() => t.handle.readLine(), SslError, GONE);
      await refuses(() => t.handle.print("secret"), SslError, GONE);
      await t.handle.close().catch(() => {});
    });
  }

  Deno.test(`bytes that a Handle over TCP holds are refused by SslSocket.start(conn), ${role}`, async () => {
    const t = await ends();
    const handle = new Handle(t.near);
    await t.far.write(bytes(`220 go\r\n${EVIL}`));
    assertEquals(await handle.readLine(), "220 go");
    await refused(SslSocket.start(t.near, t[role]), t.far);
    await assertRejects(() => handle.readLine(), Error, "was given to a socket");
  });

  Deno.test(`bytes that a Handle holds after stopSsl() are refused by its socket, ${role}`, async () => {
    const t = await ends();
    const other = role === "asClient" ? "asServer" : "asClient";
    const [socket, peer] = await Promise.all([
      SslSocket.start(t.near, t[role]),
      SslSocket.start(t.far, t[other]),
    ]);
    const handle = new Handle(socket);
    const [, plain] = await Promise.all([handle.stopSsl(), peer.stopSsl()]);
    await plain.write(bytes(`220 go\r\n${EVIL}`));
    assertEquals(await handle.readLine(), "220 go");
    await refused(
      role === "asClient" ? socket.connectSsl() : socket.acceptSsl(),
      t.far,
    );
    await assertRejects(() => handle.readLine(), Error, "was given to a socket");
  });

  Deno.test(`bytes that a Handle holds above TLS are refused by TLS in TLS, ${role}`, async () => {
    const t = await ends();
    const other = role === "asClient" ? "asServer" : "asClient";
    const [outer, peer] = await Promise.all([
      SslSocket.start(t.near, t[role]),
      SslSocket.start(t.far, t[other]),
    ]);
    const handle = new Handle(outer);
    await peer.write(bytes(`220 go\r\n${EVIL}`));
    assertEquals(await handle.readLine(), "220 go");
    const error = await assertRejects(() => SslSocket.start(outer, t[role]), SslPeerError);
    assertEquals(error.code, "ERR_INJECTION");
    assertEquals(await readText(error.transport as Transport, EVIL.length), EVIL);
    await (error.transport as Transport).close();
    await peer.close();
  });

  Deno.test(`bytes that lie in several layers around a connection are refused, ${role}`, async () => {
    const t = await ends();
    const layered = new BufferedTransport(
      new BufferedTransport(t.near, bytes(EVIL.slice(4))),
      bytes(EVIL.slice(0, 4)),
    );
    await refused(SslSocket.start(layered, t[role]), t.far);
    const s = await ends();
    const deep = new BufferedTransport(
      new BufferedTransport(s.near, bytes(EVIL)),
      new Uint8Array(),
    );
    const socket = await SslSocket.start(deep, { ...s[role], startHandshake: false });
    assertEquals(socket.pending(), EVIL.length);
    const step = () => role === "asClient" ? socket.tryConnectSsl() : socket.tryAcceptSsl();
    await refused(Promise.resolve().then(step), s.far);
  });

  Deno.test(`the rest of a chunk of a web stream is refused, ${role}`, async () => {
    for (const over of ["SslSocket", "Handle"] as const) {
      const t = await ends();
      const long = EVIL + "x".repeat(200_000);
      const near = {
        readable: new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(bytes(`220 go\r\n${long}`)),
        }),
        writable: new WritableStream<Uint8Array>({
          write: () => {
            throw new Error("nothing may be sent");
          },
        }),
      };
      let starting: Promise<unknown>;
      if (over === "Handle") {
        const handle = new Handle(near);
        assertEquals(await handle.readLine(), "220 go");
        // All that the handle has read ahead itself, so that the stream alone holds the rest.
        assertEquals((await handle.read(handle.pending() - 8))?.length! > 0, true);
        starting = handle.startSsl(t[role]);
      } else {
        const socket = await SslSocket.start(near, { ...t[role], startHandshake: false });
        assertEquals(await readText(socket, 8), "220 go\r\n");
        assertEquals(socket.pending(), long.length);
        starting = role === "asClient" ? socket.connectSsl() : socket.acceptSsl();
      }
      const error = await starting.then(() => undefined, (e) => e);
      assertInstanceOf(error, SslPeerError);
      assertEquals(error.code, "ERR_INJECTION");
      (error.transport as Transport | undefined)?.close();
      t.near.close();
      t.far.close();
    }
  });

  Deno.test(`bytes that wait in the socket's own readable are refused, ${role}`, async () => {
    const t = await ends();
    const socket = await SslSocket.start(t.near, { ...t[role], startHandshake: false });
    const reader = socket.readable.getReader();
    reader.read().catch(() => {}); // given up before anything came
    await arrive(); // its read is on its way
    reader.releaseLock();
    await t.far.write(bytes(EVIL));
    await arrive();
    const start = () => role === "asClient" ? socket.connectSsl() : socket.acceptSsl();
    const { code } = await assertRejects(start, SslPeerError);
    assertEquals(code, "ERR_INJECTION");
    await assertRejects(() => socket.write(bytes("secret")), SslError, "starting TLS has failed");
    await socket.close();
    t.far.close();
  });

  Deno.test(`TLS does not start while a plain read is in flight, ${role}`, async () => {
    const t = await ends();
    const socket = await SslSocket.start(t.near, { ...t[role], startHandshake: false });
    const p = new Uint8Array(EVIL.length);
    const reading = socket.read(p);
    const step = () => role === "asClient" ? socket.tryConnectSsl() : socket.tryAcceptSsl();
    const start = () => role === "asClient" ? socket.connectSsl() : socket.acceptSsl();
    for (const call of [start, () => Promise.resolve().then(step)]) {
      const { code } = await assertRejects<SslError>(call as () => Promise<unknown>, SslError);
      assertEquals(code, "ERR_CONCURRENT_READ");
      await assertRejects(() => socket.write(bytes("secret")), SslError, "starting TLS has failed");
    }
    await t.far.write(bytes(EVIL));
    assertEquals(await reading, EVIL.length);
    const waiting = new Handle(t.far).readLine();
    const line = assertRejects(() => SslSocket.start(t.far, t[role]), SslError, "in flight");
    await line;
    await socket.close();
    await waiting.catch(() => {});
  });
}

Deno.test("a ClientHello that a Handle holds goes into the handshake that its socket starts", async () => {
  for (const step of [false, true]) {
    const t = await ends();
    const socket = await SslSocket.start(t.near, { ...t.asServer, startHandshake: false });
    const handle = new Handle(socket);
    await t.far.write(bytes("STARTTLS\r\n"));
    const starting = SslSocket.start(t.far, t.asClient);
    await arrive();
    assertEquals(await handle.readLine(), "STARTTLS");
    assert(handle.pending() > 100, "the ClientHello was read ahead");
    if (step) {
      for (let r; (r = socket.tryAcceptSsl()) !== true;) await socket.ready(r);
    } else await socket.acceptSsl();
    const client = await starting;
    assertEquals(handle.pending(), 0);
    await client.write(bytes("over TLS\n"));
    assertEquals(await handle.readLine(), "over TLS");
    await client.close();
    await handle.close();
  }
});

Deno.test("on the Deno engine, too, what a Handle holds is refused when TLS starts", async () => {
  const { ca } = await testPki();
  for (const call of ["startSsl", "connectSsl", "conn"] as const) {
    await using server = tcpServer(async (conn) => {
      await conn.write(bytes(`220 go\r\n${EVIL}`));
    });
    await using handle = await Handle.connect({
      ...trust("deno", ca),
      ...{ hostname: "localhost", family: 4, port: server.port, startHandshake: false },
    });
    assertEquals(await handle.readLine(), "220 go");
    const error = await assertRejects(
      () => call === "conn" ? (handle.conn as SslSocket).connectSsl() : handle[call](),
      SslPeerError,
      "250 injected",
    );
    assertEquals(error.code, "ERR_INJECTION");
    await refuses(() => handle.readLine(), SslError, GONE);
    await refuses(() => handle.print("PASS secret"), SslError, GONE);
    (error.transport as Transport | undefined)?.close();
  }
});
