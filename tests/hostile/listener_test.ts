/** A listener among hostile clients: it goes on, tells of each, and keeps nothing. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type net from "node:net";
import { SslContext } from "../../context/context.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import type { EngineName } from "../../engine/engine.ts";
import { SslError, SslTimeoutError } from "../../errors.ts";
import { serve } from "../../server/serve.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, listen, readText, testPki, trust } from "../contract/harness.ts";
import { faultProxy } from "../helpers/fault_proxy.ts";
import {
  ATTACKS,
  echo,
  ENGINES,
  goodClient,
  type Hostile,
  raw,
  settledHandles,
  until,
} from "./clients.ts";

/** Has a listener with few places, no limit of time, and clients that hold them. */
async function crowded(
  engine: EngineName,
  places: number,
  clients: (port: number) => Promise<Hostile>[],
) {
  const told: { error: unknown; port: number }[] = [];
  const listener = await listen(engine, {
    maxHandshakes: places,
    handshakeTimeout: 0,
    onHandshakeError: (error, addr) => {
      told.push({ error, port: (addr as Deno.NetAddr).port });
    },
  });
  const served = echo(listener);
  const good = await goodClient(engine);
  const held = await Promise.all(clients(listener.addr.port));
  return {
    told,
    good: () => good(listener.addr.port),
    async end() {
      for (const one of held) one.drop();
      listener.close();
      await served;
    },
  };
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: the iterator goes on past every attack and reports each`, async () => {
    const failures: unknown[] = [];
    const listener = await listen(engine, {
      handshakeTimeout: 300,
      onHandshakeError: (error, addr) => {
        assertEquals((addr as Deno.NetAddr).hostname, "127.0.0.1");
        failures.push(error);
      },
    });
    const { port } = listener.addr;
    const served = echo(listener);
    const good = await goodClient(engine);
    assertEquals(await good(port), "well");
    const before = openHandles();
    const attacks = Object.values(ATTACKS);
    for (const attack of attacks) {
      const hostile = await attack(port);
      assertEquals(await good(port), "well");
      await until(() => failures.length > 0);
      hostile.drop();
      failures.length = 0;
    }
    assert(await settledHandles(before) <= before, "something is left");
    listener.close();
    assertEquals(await served, attacks.length + 1);
  });

  Deno.test(`${engine}: every attack at once, four of each, and the good are served`, async () => {
    const failures: unknown[] = [];
    const listener = await listen(engine, {
      handshakeTimeout: 1500,
      maxHandshakes: 16,
      onHandshakeError: (error) => failures.push(error),
    });
    const { port } = listener.addr;
    const served = echo(listener);
    const good = await goodClient(engine);
    assertEquals(await good(port), "well");
    const before = openHandles();
    const attacks = Object.values(ATTACKS).flatMap((attack) => [attack, attack, attack, attack]);
    const [hostile, answers] = await Promise.all([
      Promise.all(attacks.map((attack) => attack(port))),
      Promise.all(Array.from({ length: 10 }, () => good(port))),
    ]);
    assertEquals(answers, Array(10).fill("well"));
    await until(() => failures.length === attacks.length);
    for (const failure of failures) assertInstanceOf(failure, SslError);
    for (const one of hostile) one.drop();
    assert(await settledHandles(before) <= before, "something is left");
    assertEquals(failures.length, attacks.length); // each once
    listener.close();
    assertEquals(await served, 11);
  });

  Deno.test(`${engine}: accept() rejects with an SslError for each attack and goes on`, async () => {
    const listener = await listen(engine, { handshakeTimeout: 150 });
    const { port } = listener.addr;
    const good = await goodClient(engine);
    for (const [name, attack] of Object.entries(ATTACKS)) {
      const accepting = listener.accept().then(() => undefined, (error) => error);
      const hostile = await attack(port);
      assertInstanceOf(await accepting, SslError, name);
      hostile.drop();
      const [answer] = await Promise.all([
        good(port),
        (async () => {
          const socket = await listener.accept();
          await socket.write(bytes(await readText(socket, 4)));
          await socket.close();
        })(),
      ]);
      assertEquals(answer, "well");
    }
    listener.close();
  });

  Deno.test(`${engine}: a client that resets at any stage is reported and leaves nothing behind`, async () => {
    const failures: unknown[] = [];
    const listener = await listen(engine, {
      onHandshakeError: (error) => failures.push(error),
    });
    const { ca } = await testPki();
    const reuseCtx = await SslContext.create(trust("openssl", ca));
    const sockets: SslSocket[] = [];
    const served = (async () => {
      for await (const socket of listener) sockets.push(socket);
    })();
    const connect = async (port: number) =>
      await SslSocket.connect({ hostname: "localhost", family: 4, port, reuseCtx });
    let total: number;
    {
      await using proxy = await faultProxy(listener.addr.port);
      const client = await connect(proxy.port);
      await until(() => sockets.length === 1);
      total = proxy.sent.client;
      await client.close();
    }
    await sockets.pop()!.close();
    const before = openHandles();
    for (let offset = 1; offset < total - 8; offset += 25) {
      await using proxy = await faultProxy(listener.addr.port, {
        kind: "reset",
        from: "client",
        offset,
      });
      const client = await connect(proxy.port).catch(() => undefined);
      await until(() => failures.length === 1);
      assertInstanceOf(failures.pop(), SslError);
      await client?.close();
      assertEquals(sockets.length, 0);
    }
    assert(await settledHandles(before) <= before, "something is left");
    listener.close();
    await served;
  });

  Deno.test(`${engine}: a flood beyond maxHandshakes waits to be accepted, then all are served`, async () => {
    let failures = 0;
    const listener = await listen(engine, {
      maxHandshakes: 8,
      handshakeTimeout: 100,
      onHandshakeError: () => failures++,
    });
    const { port } = listener.addr;
    const served = echo(listener);
    const good = await goodClient(engine);
    const before = openHandles();
    const silent = await Promise.all(Array.from({ length: 40 }, () => raw(port)));
    assert(openHandles() - before <= 3 * 8, "more than maxHandshakes at once"); // an SSL, its BIOs are its own
    assertEquals(await good(port), "well");
    assert(failures >= 32, `${failures}`); // all that came before but for the last places
    await until(() => failures === 40);
    for (const socket of silent) socket.destroy();
    assert(await settledHandles(before) <= before, "something is left");
    listener.close();
    assertEquals(await served, 1);
  });

  for (const name of ["silent", "one byte at a time", "silent after the ClientHello"]) {
    Deno.test(`${engine}: clients that are ${name} hold all places until good ones need them`, async () => {
      const t = await crowded(
        engine,
        4,
        (port) => Array.from({ length: 12 }, () => ATTACKS[name]!(port)),
      );
      for (let i = 0; i < 3; i++) assertEquals(await t.good(), "well");
      const gaveWay = t.told.filter(({ error }) =>
        error instanceof SslTimeoutError && error.code === "ERR_MAX_HANDSHAKES"
      );
      assert(gaveWay.length >= 9, `${gaveWay.length}`); // all but those that still have places
      await t.end();
    });
  }

  Deno.test(`${engine}: the silent client that has waited longest gives way first`, async () => {
    const sockets: net.Socket[] = [];
    const t = await crowded(engine, 3, (port) => [
      (async () => {
        for (let i = 0; i < 3; i++) {
          sockets.push(await raw(port));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return { drop: () => sockets.forEach((socket) => socket.destroy()) };
      })(),
    ]);
    const ports = sockets.map((socket) => socket.localPort);
    assertEquals(await t.good(), "well");
    assertEquals(t.told.map(({ port }) => port), ports.slice(0, 1));
    await t.end();
  });

  Deno.test(`${engine}: a crowd of good clients from one address, more than there are places: nobody gives way`, async () => {
    const t = await crowded(engine, 4, () => []);
    const answers = await Promise.all(Array.from({ length: 60 }, () => t.good()));
    assertEquals(answers, Array(60).fill("well"));
    assertEquals(t.told, []);
    await t.end();
  });

  Deno.test({
    name: `${engine}: an address with more than its share gives way before another one`,
    ignore: Deno.build.os !== "linux", // others have one loopback address
    async fn() {
      const ports: (number | undefined)[] = [];
      const t = await crowded(engine, 8, (port) => [
        (async () => {
          const alone = await raw(port);
          ports.push(alone.localPort);
          return { drop: () => alone.destroy() };
        })(),
        ...Array.from({ length: 15 }, async () => {
          await until(() => ports.length > 0);
          const one = await raw(port, "127.0.0.2");
          return { drop: () => one.destroy() };
        }),
      ]);
      assertEquals(await t.good(), "well");
      assert(t.told.length >= 8, `${t.told.length}`); // all that came before but those that have places
      assert(t.told.every(({ port }) => port !== ports[0]), "the other address gave way");
      await t.end();
    },
  });

  Deno.test(`${engine}: serve() goes on past every attack`, async () => {
    const { server: certificate } = await testPki();
    const failures: unknown[] = [], errors: unknown[] = [];
    const server = serve({
      engine,
      hostname: "127.0.0.1",
      port: 0,
      ...certificate,
      handshakeTimeout: 300,
      onHandshakeError: (error) => failures.push(error),
      onError: (error) => errors.push(error),
    }, async (_handle, socket) => {
      const p = new Uint8Array(4);
      await socket.write(p.subarray(0, await socket.read(p) ?? 0));
    });
    const { port } = await server.addr;
    const good = await goodClient(engine);
    const attacks = Object.values(ATTACKS);
    const hostile = await Promise.all(attacks.map((attack) => attack(port)));
    for (let i = 0; i < 5; i++) assertEquals(await good(port), "well");
    await until(() => failures.length === attacks.length);
    for (const one of hostile) one.drop();
    await server.shutdown({ deadline: 5000 });
    await server.finished;
    assertEquals(errors, []);
  });

  Deno.test(`${engine}: a client that goes silent or is cut in mid-request ends at the deadline of shutdown()`, async () => {
    const { ca, server: certificate } = await testPki();
    const errors: unknown[] = [];
    let running = 0;
    const server = serve({
      engine,
      hostname: "127.0.0.1",
      port: 0,
      ...certificate,
      onError: (error) => errors.push(error),
    }, async (handle) => {
      running++;
      await handle.readLine();
    });
    const { port } = await server.addr;
    const reuseCtx = await SslContext.create(trust(engine, ca));
    const clients = await Promise.all(Array.from({ length: 5 }, async () => {
      const client = await SslSocket.connect({ hostname: "localhost", family: 4, port, reuseCtx });
      await client.write(bytes("half a li"));
      return client;
    }));
    await until(() => running === 5);
    const silent = await raw(port);
    await server.shutdown({ deadline: 50 });
    await server.finished;
    assertEquals(errors.length, 5); // each handler learned that its connection was cut
    for (const error of errors) assertInstanceOf(error, SslError);
    for (const client of clients) await client.close();
    silent.destroy();
  });
}
