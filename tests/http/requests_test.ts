/** What a request and its answer are, over HTTP/1.1 and HTTP/2. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { HttpInfo } from "../../http/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { testPki } from "../contract/harness.ts";
import { converse, ENGINES, start } from "./harness.ts";

for (const engine of ENGINES) {
  for (const http2 of [true, false]) {
    const version = http2 ? "HTTP/2" : "HTTP/1.1";

    Deno.test(`${engine}: ${version} carries a request to the handler and its response back`, async () => {
      let seen: { request: Request; info: HttpInfo } | undefined;
      await using running = await start(engine, async (request, info) => {
        seen = { request, info };
        const { url, method } = request;
        const answer = { url, copy: request.clone().url, method, text: await request.text() };
        return Response.json(answer, { status: 201, headers: { "x-own": "yes" } });
      }, { http2 });
      const { client, origin } = running;
      const url = `${origin}/a%20b?c=d`;
      const response = await fetch(url, { client, method: "POST", body: "hello" });
      assertEquals(response.status, 201);
      assertEquals(response.headers.get("x-own"), "yes");
      assertEquals(await response.json(), { url, copy: url, method: "POST", text: "hello" });
      const { request, info } = seen!;
      assertInstanceOf(request, Request);
      assertInstanceOf(info.socket, SslSocket);
      assertEquals(info.socket.alpnSelected(), http2 ? "h2" : "http/1.1");
      assertEquals(info.peer, undefined);
      assertEquals(info.remoteAddr, info.socket.remoteAddr);
      assertEquals(info.remoteAddr.hostname, "127.0.0.1");
      assertEquals(await info.completed, undefined);
    });

    Deno.test(`${engine}: ${version}: what a handler throws, or what is not a Response, is a 500 and goes to onError`, async () => {
      const answers: (() => unknown)[] = [
        () => {
          throw new Error("the handler failed");
        },
        () => Promise.reject("not even an Error"),
        () => ({ status: 200 }),
        () => undefined,
        () => "text",
      ];
      await using running = await start(engine, () => answers.shift()!() as Response, { http2 });
      const { client, origin, errors } = running;
      while (answers.length > 0) {
        const response = await fetch(`${origin}/path`, { client });
        assertEquals(response.status, 500);
        const text = await response.text();
        assertEquals(text, "Internal Server Error\n"); // nothing of the error
      }
      assertEquals(errors.slice(0, 2).map(String), [
        "Error: the handler failed",
        "not even an Error",
      ]);
      for (const [i, kind] of ["Object", "undefined", "string"].entries()) {
        const error = errors[i + 2];
        assertInstanceOf(error, TypeError);
        assertStringIncludes(error.message, `it must be a Response: received ${kind}`);
        assertStringIncludes(error.message, 'for GET "/path"');
      }
    });
  }

  Deno.test(`${engine}: a Host that is missing, doubled or malformed is a 400 before any handler`, async () => {
    let called = 0;
    await using running = await start(engine, () => {
      called++;
      return new Response("served");
    });
    const head = (...lines: string[]) =>
      ["GET / HTTP/1.1", ...lines, "Connection: close", "", ""].join("\r\n");
    const bad = [
      head(),
      head("Host: a", "Host: b"),
      head("Host: a", "Host: a"),
      head("Host:"),
      head("Host: a b"),
      head("Host: a/b"),
      head("Host: user@a"),
      head("Host: a:b"),
      head("Host: a:99999"),
      head("Host: [a]"),
      head("Host: ::1"),
      head("Host: \u00e4.example"),
      head("Host: a,b"),
      head("Host: b").replace("GET /", "GET http://a/"),
      "GET / HTTP/1.0\r\n\r\n",
    ];
    for (const request of bad) {
      await using socket = await running.connect();
      assertMatch(await converse(socket, request), /^HTTP\/1\.[01] 400 /, request);
    }
    assertEquals(called, 0);
    for (
      const host of ["a", "A.example:8443", "127.0.0.1", "[::1]:443", "xn--4ca.example", "a_b"]
    ) {
      await using socket = await running.connect();
      assertMatch(await converse(socket, head(`Host: ${host}`)), /^HTTP\/1\.1 200 /, host);
    }
  });

  Deno.test(`${engine}: a body that breaks goes to onError, and its client sees that it is not whole`, async () => {
    await using running = await start(engine, ({ url }) => {
      if (url.endsWith("/used")) {
        const used = new Response("once");
        used.text();
        return used;
      }
      let parts = 0;
      return new Response(
        new ReadableStream({
          pull(controller) {
            if (++parts === 3) controller.error(new Error("the stream broke"));
            else controller.enqueue(new Uint8Array(10));
          },
        }),
      );
    });
    const { client, origin, errors } = running;
    const used = await fetch(`${origin}/used`, { client });
    assertEquals([used.status, await used.text()], [500, "Internal Server Error\n"]);
    await assertRejects(async () => await (await fetch(origin, { client })).bytes(), TypeError);
    assertMatch(String(errors[0]), /^TypeError: .*already been consumed/);
    assertEquals(String(errors[1]), "Error: the stream broke");
  });

  Deno.test(`${engine}: the URL has https and the Host that the client sent`, async () => {
    await using running = await start(engine, ({ url }) => new Response(url));
    for (
      const [target, host, url] of [
        ["/x", "one.example", "https://one.example/x"],
        ["/x?y", "one.example:443", "https://one.example/x?y"],
        ["//two", "one.example:80", "https://one.example:80//two"],
        ["http://one.example/x", "one.example", "https://one.example/x"],
        ["https://one.example/x", "one.example", "https://one.example/x"],
      ]
    ) {
      await using socket = await running.connect();
      const answer = await converse(
        socket,
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      assertEquals(answer.split("\r\n\r\n")[1], url);
    }
  });

  Deno.test(`${engine}: a client speaks the version of HTTP that ALPN chose, or is cut off`, async () => {
    let called = 0;
    await using running = await start(engine, () => {
      called++;
      return new Response();
    });
    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    const plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (
      const [alpnProtocols, request] of [[["h2"], plain], [["http/1.1"], preface], [[], preface]]
    ) {
      const socket = await running.connect({ alpnProtocols: alpnProtocols as string[] });
      const answer = await converse(socket, request as string).catch(() => "");
      assertEquals(answer, "");
      await socket.close().catch(() => {});
    }
    assertEquals(called, 0);
  });

  Deno.test(`${engine}: alpnProtocols says otherwise`, async () => {
    await using running = await start(engine, ({ url }) => new Response(url), {
      alpnProtocols: ["http/1.1"],
    });
    await using socket = await running.connect({ alpnProtocols: ["h2", "http/1.1"] });
    assertEquals(socket.alpnSelected(), "http/1.1");
  });

  Deno.test(`${engine}: 200 requests go over one connection`, async () => {
    const sockets = new Set<SslSocket>();
    await using running = await start(engine, async (request, { socket }) => {
      sockets.add(socket);
      return new Response(await request.text());
    }, { http2: false });
    const { client, origin } = running;
    for (let i = 0; i < 200; i++) {
      const response = await fetch(origin, { client, method: "POST", body: `${i}` });
      assertEquals(await response.text(), `${i}`);
    }
    assertEquals(sockets.size, 1);
  });

  Deno.test(`${engine}: a handler upgrades to WebSocket`, async () => {
    await using running = await start(engine, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(`you said ${data}`);
      return response;
    });
    const { port, client } = running;
    const socket = new WebSocket(`wss://localhost:${port}/`, { client } as unknown as string[]);
    const said = await new Promise<string>((resolve, reject) => {
      socket.onopen = () => socket.send("hello");
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = (event) => reject(event);
    });
    assertEquals(said, "you said hello");
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
  });
}

Deno.test("openssl: a handler knows its client by certificate, and never meets one that is refused", async () => {
  const { ca, other } = await testPki();
  const names: (string | undefined)[] = [];
  const failures: Error[] = [];
  await using running = await start("openssl", (_, { peer }) => {
    names.push(peer?.commonName);
    return new Response(peer?.commonName);
  }, {
    clientCa: ca.pem,
    verifyMode: 1 | 2,
    onHandshakeError: (error) => failures.push(error),
  });
  const request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  for (const wrong of [undefined, await other.client("mallory")]) {
    const one = await running.connect(wrong && { cert: wrong.cert, key: wrong.key })
      .then((socket) => converse(socket, request).finally(() => socket.close().catch(() => {})))
      .catch((error) => error);
    assertInstanceOf(one, Error);
  }
  assertEquals(names, []);
  assertEquals(failures.length, 2);
  const { cert, key } = await ca.client("alice");
  await using good = await running.connect({ cert, key });
  assert((await converse(good, request)).endsWith("\r\n\r\nalice"));
  assertEquals(names, ["alice"]);
});
