/** One port for plain text and TLS, and a context that changes, both under load. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, listen, readText, testPki, text, trust } from "../contract/harness.ts";
import { ATTACKS, clientHello, settledHandles, until } from "./clients.ts";

const engine = "openssl"; // Deno's own TLS accepts nothing plain and changes no context

Deno.test("a mixed port serves plain text and TLS among hostile clients", async () => {
  const { ca, server: certificate } = await testPki();
  await clientHello();
  const listener = await listen(engine);
  const { port } = listener.addr;
  const serverContext = await SslContext.create({ engine, server: true, ...certificate });
  const clientContext = await SslContext.create(trust(engine, ca));
  let refused = 0;
  const serveOne = async (conn: Deno.TcpConn) => {
    const timeout = 3_000; // for the hostile; good clients on a busy machine must not meet it
    await using socket = await SslSocket.start(conn, {
      server: true,
      startHandshake: false,
      reuseCtx: serverContext,
      timeout,
    });
    const first = new Uint8Array(1);
    await socket.peek(first, { signal: AbortSignal.timeout(timeout) });
    if (first[0] === 0x16) await socket.acceptSsl();
    const word = new Uint8Array(4);
    const n = await socket.read(word, { signal: AbortSignal.timeout(timeout) });
    if (n === null || text(word.subarray(0, n)) !== "ping") throw new Error("not our protocol");
    await socket.write(bytes(socket.isSsl() === "rw" ? "tls!" : "text"));
  };
  const running: Promise<void>[] = [];
  const accepting = (async () => {
    for (;;) {
      const conn = await listener.acceptPlain().catch(() => undefined);
      if (conn === undefined) return;
      running.push(serveOne(conn).catch(() => void refused++));
    }
  })();
  const overTls = async () => {
    await using client = await SslSocket.connect({
      hostname: "localhost",
      family: 4,
      port,
      reuseCtx: clientContext,
    });
    await client.write(bytes("ping"));
    return await readText(client, 4);
  };
  const plain = async () => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(bytes("ping"));
    return await readText(conn, 4);
  };
  assertEquals(await overTls(), "tls!");
  const before = openHandles();
  const attacks = Object.values(ATTACKS);
  const [hostile, ...answers] = await Promise.all([
    Promise.all(attacks.map((attack) => attack(port))),
    ...Array.from({ length: 20 }, (_, i) => i % 2 ? overTls() : plain()),
  ]);
  assertEquals(answers, Array.from({ length: 20 }, (_, i) => i % 2 ? "tls!" : "text"));
  await until(() => refused === attacks.length);
  for (const one of hostile) one.drop();
  await Promise.all(running);
  assert(await settledHandles(before) <= before, "something is left");
  listener.close();
  await accepting;
});

Deno.test("setContext() under load: every client gets one of the two certificates, none fails", async () => {
  const { ca, server } = await testPki();
  const names = ["first", "second"];
  const [first, second] = await Promise.all(
    names.map(async (commonName) =>
      await SslContext.create({
        engine,
        server: true,
        ...await ca.server("localhost", { commonName }),
      })
    ),
  );
  const failures: unknown[] = [];
  const listener = await listen(engine, {
    ...server,
    onHandshakeError: (error) => failures.push(error),
  });
  listener.setContext(first!);
  const served = (async () => {
    for await (const socket of listener) {
      (async () => {
        await socket.write(bytes("hi"));
        await socket.close();
      })().catch((error) => failures.push(error));
    }
  })();
  const reuseCtx = await SslContext.create(trust(engine, ca));
  const counts = new Map<string, number>();
  let done = 0, left = 400;
  const worker = async () => {
    while (left-- > 0) {
      await using client = await SslSocket.connect({
        hostname: "localhost",
        family: 4,
        port: listener.addr.port,
        reuseCtx,
      });
      assertEquals(await readText(client, 2), "hi");
      const name = String(client.peerCertificate("cn"));
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (++done % 20 === 0) listener.setContext(done % 40 ? second! : first!);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  assertEquals(failures, []);
  assertEquals([...counts.keys()].toSorted(), names);
  assertEquals([...counts.values()].reduce((a, b) => a + b), 400);
  for (const name of names) assert(counts.get(name)! > 20, `${name}: ${counts.get(name)}`);
  listener.close();
  await served;
});

Deno.test("shutdown() under load serves the clients that were accepted, refuses the others, and ends", async () => {
  const { ca } = await testPki();
  const listener = await listen(engine);
  let served = 0;
  const serving = (async () => {
    for await (const socket of listener) {
      (async () => {
        await socket.write(bytes(await readText(socket, 4)));
        served++;
        await socket.close();
      })().catch(() => socket.close());
    }
  })();
  const reuseCtx = await SslContext.create(trust(engine, ca));
  let answered = 0, refused = 0;
  const clients = Array.from({ length: 60 }, async (_, i) => {
    try {
      await using client = await SslSocket.connect({
        hostname: "localhost",
        family: 4,
        port: listener.addr.port,
        reuseCtx,
      });
      await client.write(bytes("ping"));
      assertEquals(await readText(client, 4), "ping");
      answered++;
    } catch {
      refused++;
    }
    if (i === 0) await listener.shutdown({ deadline: 10_000 });
  });
  await Promise.all(clients);
  await serving;
  assertEquals(answered + refused, 60);
  assertEquals(answered, served);
  assert(answered > 0);
});
