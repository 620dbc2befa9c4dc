/** Bodies, slow clients, clients that leave, and the end of a server. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { bytes, readText, testPki } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";
import { converse, ENGINES, readToEnd, start } from "./harness.ts";

const MIB = 1 << 20;
const CLOSE = "Host: localhost\r\nConnection: close\r\n\r\n";

/** Waits until a number stops growing. */
async function stuck(value: () => number): Promise<number> {
  for (let before = -1; value() > before;) {
    before = value();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return value();
}

/** A port that nothing listens on. */
function freePort(): number {
  using probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return probe.addr.port;
}

/** The status and the location that a server of plain HTTP answers with. */
async function askPlain(port: number, line: string, host: string): Promise<unknown[]> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(bytes(`${line} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`));
  const answer = await new Response(conn.readable).text();
  return [answer.slice(9, 12), /^location: (.*)\r$/im.exec(answer)?.[1]];
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: an upload waits for a handler that does not read, and a download for a client that does not`, async () => {
    const total = 48 * MIB;
    const chunk = new Uint8Array(65536);
    let made = 0;
    const { promise: open, resolve: read } = Promise.withResolvers<void>();
    await using running = await start(engine, async (request) => {
      if (request.method === "GET") {
        return new Response(
          new ReadableStream({
            pull(controller) {
              if ((made += chunk.length) > total) return controller.close();
              controller.enqueue(chunk);
            },
          }),
        );
      }
      await open;
      let got = 0;
      for await (const part of request.body!) got += part.length;
      return new Response(`${got}`);
    });
    await using up = await running.connect();
    let sent = 0;
    const sending = (async () => {
      await up.write(bytes(`POST / HTTP/1.1\r\nContent-Length: ${total}\r\n${CLOSE}`));
      while (sent < total) sent += await up.write(chunk);
    })();
    await using down = await running.connect();
    await down.write(bytes(`GET / HTTP/1.1\r\n${CLOSE}`));
    // The buffers of the system hold some MiB on each side of the inner server.
    assert(await stuck(() => sent) < 32 * MIB, `${sent} bytes were taken`);
    assert(await stuck(() => made) < 32 * MIB, `${made} bytes were made`);
    read();
    await sending;
    assert((await readToEnd(up)).endsWith(`\r\n\r\n${total}`));
    let got = 0;
    const p = new Uint8Array(MIB);
    for (let n; (n = await down.read(p)) !== null;) got += n;
    assert(got > total, `${got}`); // and what HTTP writes around it
  });

  Deno.test(`${engine}: a client that leaves in the middle of its request ends the handler's reading`, async () => {
    const ended = Promise.withResolvers<unknown>();
    await using running = await start(engine, async (request) => {
      await request.text().catch(ended.resolve);
      return new Response();
    });
    const socket = await running.connect();
    await socket.write(bytes(`POST / HTTP/1.1\r\nContent-Length: 1000\r\n${CLOSE}half`));
    await socket.close();
    assert(await ended.promise instanceof Error);
  });

  Deno.test(`${engine}: a client that leaves in the middle of a response cancels it`, async () => {
    const cancelled = Promise.withResolvers<unknown>();
    const completed = Promise.withResolvers<string>();
    await using running = await start(engine, (_, info) => {
      info.completed.then(() => "done", () => "gone").then(completed.resolve);
      return new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(65536)),
          cancel: cancelled.resolve,
        }),
      );
    });
    const socket = await running.connect();
    await socket.write(bytes(`GET / HTTP/1.1\r\n${CLOSE}`));
    await readText(socket, 1000);
    await socket.close();
    assertEquals(await cancelled.promise, "resource closed");
    assertEquals(await completed.promise, "done"); // as in Deno.serve, once a body was cancelled
  });

  Deno.test(`${engine}: slow clients hold up nobody`, async () => {
    await using running = await start(engine, ({ url }) => new Response(url));
    const slow = await Promise.all(Array.from({ length: 5 }, () => running.connect()));
    for (const byte of "GET /slow HTT") {
      for (const socket of slow) await socket.write(bytes(byte));
    }
    const { client, origin } = running;
    assertEquals(await (await fetch(`${origin}/fast`, { client })).text(), `${origin}/fast`);
    for (const socket of slow) {
      assertStringIncludes(await converse(socket, `P/1.1\r\n${CLOSE}`), "https://localhost/slow");
      await socket.close();
    }
  });

  Deno.test(`${engine}: a shutdown lets open requests end, closes idle connections and refuses new ones`, async () => {
    const { promise: open, resolve: answer } = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    await using running = await start(engine, async ({ url }) => {
      if (url.endsWith("/idle")) return new Response();
      reached.resolve();
      await open;
      return new Response("in the end");
    });
    const idle = await running.connect();
    await idle.write(bytes("GET /idle HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    await readText(idle, 10);
    const { client, origin, server } = running;
    const response = fetch(`${origin}/open`, { client });
    await reached.promise;
    let finished = false;
    server.finished.then(() => finished = true);
    const stopping = server.shutdown();
    await readToEnd(idle); // ends
    await idle.close();
    await refuses(() => running.connect(), SslError, "ECONNREFUSED");
    assertEquals(finished, false);
    answer();
    assertEquals(await (await response).text(), "in the end");
    await stopping;
    await server.finished;
  });

  Deno.test(`${engine}: a shutdown ends connections on which no request has begun`, async () => {
    await using running = await start(engine, () => new Response());
    const silent = await Promise.all(["", "P", "PRI * HTTP/2.0\r\n"].map(async (begun) => {
      const socket = await running.connect();
      if (begun !== "") await socket.write(bytes(begun));
      return socket;
    }));
    const { client, origin, server } = running;
    await (await fetch(origin, { client })).body?.cancel(); // by now the server has them all
    await server.shutdown();
    await server.finished;
    for (const socket of silent) {
      assertEquals(await readToEnd(socket), ""); // by close_notify
      await socket.close();
    }
  });

  Deno.test(`${engine}: a server goes on where Deno.serve behind it fails, as it does with no descriptor left`, async () => {
    const { serve } = Deno;
    const failure = new Deno.errors.Http("Too many open files");
    const { promise: finished, reject: fail } = Promise.withResolvers<void>();
    const stop = new AbortController();
    Object.assign(Deno, {
      serve(options: Deno.ServeTcpOptions, handler: Deno.ServeHandler<Deno.NetAddr>) {
        return Object.assign(serve({ ...options, signal: stop.signal }, handler), { finished });
      },
    });
    const served = start(engine, () => new Response("served"));
    await using running = await served.finally(() => Object.assign(Deno, { serve }));
    const ask = async () => await converse(await running.connect(), `GET / HTTP/1.1\r\n${CLOSE}`);
    assertStringIncludes(await ask(), "served");
    stop.abort();
    fail(failure);
    assertStringIncludes(await ask(), "served");
    assertStringIncludes(await ask(), "served");
    assertEquals(running.errors, [failure]);
  });

  Deno.test(`${engine}: a shutdown ends open WebSockets, as that of Deno.serve does`, async () => {
    const served = Promise.withResolvers<void>();
    await using running = await start(engine, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onclose = () => served.resolve();
      return response;
    });
    const { client, port, server } = running;
    const socket = new WebSocket(`wss://localhost:${port}/`, { client } as unknown as string[]);
    const closed = new Promise<void>((resolve) => {
      socket.onerror = () => {};
      socket.onclose = () => resolve();
    });
    await new Promise((resolve) => socket.onopen = resolve);
    await server.shutdown();
    await server.finished;
    await Promise.all([served.promise, closed]);
  });

  Deno.test(`${engine}: a shutdown whose time is limited cuts what still runs`, async () => {
    const reached = Promise.withResolvers<void>();
    await using running = await start(engine, () => {
      reached.resolve();
      return new Promise<Response>(() => {});
    });
    const { client, origin, server } = running;
    const response = assertRejects(() => fetch(origin, { client }));
    await reached.promise;
    await server.shutdown({ deadline: 1 });
    await response;
    await server.finished;
  });

  Deno.test(`${engine}: plain HTTP is redirected`, async () => {
    const redirectHttp = freePort();
    await using running = await start(engine, () => new Response(), { redirectHttp });
    const ask = (target: string, host: string) => askPlain(redirectHttp, `GET ${target}`, host);
    const { port } = running;
    assertEquals(await ask("/a?b", "Host: a.example\r\n"), [
      "301",
      `https://a.example:${port}/a?b`,
    ]);
    assertEquals(await ask("//b", `Host: [::1]:${redirectHttp}\r\n`), [
      "301",
      `https://[::1]:${port}//b`,
    ]);
    assertEquals(await ask("/", ""), ["400", undefined]);
    assertEquals(await ask("/", "Host: a b\r\n"), ["400", undefined]);
    await running.server.shutdown();
    await running.server.finished;
    await assertRejects(() => ask("/", ""), Deno.errors.ConnectionRefused);
  });

  Deno.test(`${engine}: the redirect leads to the host that the client named and to no other, and nothing breaks out of it`, async () => {
    const redirectHttp = freePort();
    await using running = await start(engine, () => new Response(), { redirectHttp });
    const origin = `https://a.example:${running.port}`;
    for (
      const [target, location] of [
        ["//evil.example/", `${origin}//evil.example/`],
        ["/\\evil.example", `${origin}/\\evil.example`],
        ["/%0d%0aSet-Cookie:%20a=b", `${origin}/%0d%0aSet-Cookie:%20a=b`],
        ["/?https://evil.example", `${origin}/?https://evil.example`],
        ["http://a.example?q", `${origin}?q`],
        ["http://evil.example/", undefined],
        ["http://a.example@evil.example/", undefined],
        ["@evil.example/", undefined],
        [".evil.example/", undefined],
        [":80@evil.example/", undefined],
      ] as [string, string | undefined][]
    ) {
      const found = await askPlain(redirectHttp, `GET ${target}`, "Host: a.example\r\n");
      assertEquals(found, [location === undefined ? "400" : "301", location], target);
      if (location !== undefined) assertEquals(new URL(location).origin, origin);
    }
    for (
      const host of [
        ...["a.example@evil.example", "evil.example#", "evil.example/", "evil.example?a"],
        ...["a.example\\evil.example", "a.example, evil.example", "a%2eexample", "a.example:", ""],
      ]
    ) {
      const found = await askPlain(redirectHttp, "GET /", `Host: ${host}\r\n`);
      assertEquals(found, ["400", undefined], host);
    }
  });

  Deno.test(`${engine}: clients that have not sent their request to the redirect do not hold up the end`, async () => {
    const redirectHttp = freePort();
    await using running = await start(engine, () => new Response(), { redirectHttp });
    const post = "POST / HTTP/1.1\r\nHost: a.example\r\n";
    const conns = await Promise.all(["", post, `${post}Content-Length: 9\r\n\r\nhalf`].map(
      async (begun) => {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port: redirectHttp });
        if (begun !== "") await conn.write(bytes(begun));
        return conn;
      },
    ));
    await askPlain(redirectHttp, "GET /", "Host: a.example\r\n"); // by now it has them all
    await running.server.shutdown();
    await running.server.finished;
    for (const conn of conns) conn.close();
  });
}

Deno.test("openssl: a new certificate is for new connections, and the old ones live on", async () => {
  const { ca, server: first } = await testPki();
  const second = await ca.server({ commonName: "second" });
  const alpnProtocols = ["h2", "http/1.1"];
  const context = (cert: typeof first) =>
    SslContext.create({ engine: "openssl", cert: cert.cert, key: cert.key, alpnProtocols });
  await using running = await start("openssl", ({ url }) => new Response(new URL(url).pathname), {
    reuseCtx: await context(first),
  });
  await using before = await running.connect();
  running.server.setContext(await context(second));
  await using after = await running.connect();
  assertEquals(after.peerCertificate("cn"), "second");
  assertEquals(before.peerCertificate("cn") === "second", false);
  for (const socket of [before, after]) {
    assertStringIncludes(await converse(socket, `GET /on HTTP/1.1\r\n${CLOSE}`), "/on");
  }
});

Deno.test("deno: a server cannot change its context, and says so", async () => {
  await using running = await start("deno", () => new Response());
  const { server: { cert, key } } = await testPki();
  const context = await SslContext.create({ engine: "deno", cert, key });
  try {
    running.server.setContext(context);
    throw new Error("it did");
  } catch (error) {
    assert(error instanceof SslUnsupportedError, String(error));
  }
});
