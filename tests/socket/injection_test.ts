/**
 * STARTTLS injection (CVE-2011-0411): plain bytes that were read above TCP
 * before the handshake was asked for, whichever way they were read.
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { SslPeerError } from "../../errors.ts";
import { loadMachine } from "../../handle/front.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import type { Transport } from "../../socket/transport.ts";
import { bytes, captureClientHello, readText, testPki, trust } from "../contract/harness.ts";
import { tcpPair } from "../handle/fakes.ts";

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
    asClient: { ...trust("openssl", ca), hostname: "localhost" },
    asServer: { engine: "openssl" as const, server: true, ...server },
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
    await loadMachine(); // or the wait is given up before it begins, and nothing is read ahead
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
    assertEquals(await handle.readLine(), "STARTTLS\r\n");
    const error = await assertRejects(() => SslSocket.start(handle, t.asServer), SslPeerError);
    assertEquals(error.code, "ERR_INJECTION");
    (error.transport as Transport).close();
    t.far.close();
  }
  const t = await ends();
  const handle = new Handle(t.near);
  await t.far.write(bytes("220 go\r\n"));
  await t.far.write(hello);
  assertEquals(await handle.readLine(), "220 go\r\n");
  await arrive();
  if (handle.pending() === 0) await giveUp((signal) => handle.readLine({ signal }));
  await arrive();
  const error = await assertRejects(() => SslSocket.start(handle, t.asClient), SslPeerError);
  assertEquals(error.code, "ERR_INJECTION");
  (error.transport as Transport).close();
  t.far.close();
});
