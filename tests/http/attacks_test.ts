/** What an attacker sends over a good TLS connection, and what odd but honest clients do. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connectionOf } from "../../socket/socket_init.ts";
import type { SslSocket } from "../../socket/socket.ts";
import { bytes, readText } from "../contract/harness.ts";
import { converse, ENGINES, readToEnd, type Running, start } from "./harness.ts";

const HOST = "Host: localhost\r\n";
const CLOSE = `${HOST}Connection: close\r\n`;
const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;

/** What a new connection gets for a text. */
async function send({ connect }: Running, text: string): Promise<string> {
  await using socket = await connect();
  return await converse(socket, text);
}

/** A frame of HTTP/2. */
function frame(type: number, flags: number, stream: number, payload: readonly number[]): number[] {
  return [0, 0, payload.length, type, flags, 0, 0, stream >> 8, stream & 255, ...payload];
}

/** GET https://a/, as HPACK. */
const GET = [0x82, 0x87, 0x84, 0x41, 1, 97];

for (const engine of ENGINES) {
  Deno.test(`${engine}: a request whose end is ambiguous is a 400 before any handler, and nothing behind it is read`, async () => {
    const called: string[] = [];
    await using running = await start(engine, ({ url }) => {
      called.push(url);
      return new Response();
    });
    const chunked = "Transfer-Encoding: chunked\r\n";
    for (
      const head of [
        `${HOST}Content-Length: 4\r\n${chunked}`,
        `${HOST}${chunked}Content-Length: 4\r\n`,
        `${HOST}Content-Length: 4\r\nContent-Length: 5\r\n`,
        `${HOST}Content-Length: +4\r\n`,
        `${HOST}Content-Length: 4, 5\r\n`,
        `${HOST}Transfer-Encoding: xchunked\r\n`,
        `${HOST}Transfer-Encoding: chunked, identity\r\n`,
        `${HOST}Transfer-Encoding : chunked\r\n`,
        `${HOST} Transfer-Encoding: chunked\r\n`,
        `${HOST}X: a\r\n b\r\n`,
        "Host : localhost\r\n",
      ]
    ) {
      const answer = await send(running, `POST / HTTP/1.1\r\n${head}\r\n0\r\n\r\n${SMUGGLED}`);
      assertMatch(answer, /^HTTP\/1\.1 400 /, head);
      assertEquals(answer.match(/HTTP\/1/g)?.length, 1, head);
    }
    assertEquals(called, []);
  });

  Deno.test(`${engine}: requests in a row are answered in their order, and none after Connection: close`, async () => {
    const called: string[] = [];
    await using running = await start(engine, async (request) => {
      const path = new URL(request.url).pathname;
      called.push(path);
      return new Response(`<${path} ${await request.text()}>`);
    });
    const first = `POST /1 HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`;
    const last = `GET /2 HTTP/1.1\r\n${CLOSE}\r\n`;
    const answer = await send(running, first + last + SMUGGLED);
    assertEquals(answer.match(/<.*?>/g), ["</1 abc>", "</2 >"]);
    assertEquals(called, ["/1", "/2"]);
  });

  Deno.test(`${engine}: fields in a trailer do not become those of the request, or of the next one`, async () => {
    const hosts: (string | null)[] = [];
    await using running = await start(engine, async (request) => {
      const text = await request.text();
      hosts.push(request.headers.get("host"), request.headers.get("x-admin"));
      return new Response(text);
    });
    const trailer = "0\r\nHost: evil\r\nX-Admin: yes\r\n\r\n";
    const answer = await send(
      running,
      `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${trailer}` +
        `GET / HTTP/1.1\r\n${CLOSE}\r\n`,
    );
    assertStringIncludes(answer, "abc");
    assertEquals(hosts, ["localhost", null, "localhost", null]);
  });

  Deno.test(`${engine}: HEAD, 204 and 304 have no body, and the connection goes on`, async () => {
    await using running = await start(engine, ({ url }) => {
      const status = Number(new URL(url).pathname.slice(1));
      return new Response(status === 200 ? "<body>" : null, { status });
    });
    const requests = ["HEAD /200", "GET /204", "GET /304"].map((line) =>
      `${line} HTTP/1.1\r\n${HOST}\r\n`
    );
    const answer = await send(running, `${requests.join("")}GET /200 HTTP/1.1\r\n${CLOSE}\r\n`);
    assertEquals(answer.match(/^HTTP\/1\.1 \d+/gm)?.map((line) => line.slice(9)), [
      ...["200", "204", "304", "200"],
    ]);
    assertEquals(answer.split("<body>").length, 2);
    assert(answer.endsWith("<body>"));
  });

  Deno.test(`${engine}: Expect: 100-continue is answered, and then the request`, async () => {
    await using running = await start(
      engine,
      async (request) => new Response(await request.text()),
    );
    await using socket = await running.connect();
    const head = `POST / HTTP/1.1\r\n${CLOSE}Content-Length: 3\r\n`;
    await socket.write(bytes(`${head}Expect: 100-continue\r\n\r\n`));
    assertStringIncludes(await readText(socket, 25), "HTTP/1.1 100 ");
    assertMatch(await converse(socket, "abc"), /^HTTP\/1\.1 200 [^]*abc$/);
  });

  Deno.test(`${engine}: headers without end are refused, and others are served`, async () => {
    let called = 0;
    await using running = await start(engine, () => {
      called++;
      return new Response("served");
    });
    for (const head of ["X: y\r\n".repeat(5000), `X: ${"y".repeat(2_000_000)}\r\n`]) {
      // The end may come as a reset while the client writes, or as a 400.
      const answer = await send(running, `GET / HTTP/1.1\r\n${CLOSE}${head}\r\n`).catch(() => "");
      assertEquals(answer.includes("served"), false);
    }
    assertEquals(called, 0);
    assert((await send(running, `GET / HTTP/1.1\r\n${CLOSE}\r\n`)).endsWith("served"));
  });

  Deno.test(`${engine}: a chunked upload that ends too early is an error, with close_notify and without`, async () => {
    const ends: Record<string, (socket: SslSocket) => Promise<void>> = {
      closeWrite: (socket) => socket.closeWrite(),
      cut: async (socket) => void await connectionOf(socket)?.shutdown.cut(),
    };
    for (const [name, end] of Object.entries(ends)) {
      const reached = Promise.withResolvers<void>();
      const read = Promise.withResolvers<unknown>();
      await using running = await start(engine, async (request) => {
        reached.resolve();
        await request.text().then(read.resolve, read.reject);
        return new Response();
      });
      await using socket = await running.connect();
      const head = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
      await socket.write(bytes(`${head}3\r\nabc\r\n`));
      await reached.promise;
      await end(socket);
      const failure = await read.promise.then(() => undefined, (error) => error);
      assert(failure instanceof Error, name);
    }
  });

  Deno.test(`${engine}: the signal of a request is aborted when its client leaves`, async () => {
    const reached = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    await using running = await start(engine, async ({ signal }) => {
      signal.addEventListener("abort", () => aborted.resolve());
      reached.resolve();
      await aborted.promise;
      return new Response();
    });
    const socket = await running.connect();
    await socket.write(bytes(`GET / HTTP/1.1\r\n${HOST}\r\n`));
    await reached.promise;
    await socket.close();
    await aborted.promise;
  });

  Deno.test(`${engine}: a client that opens streams of HTTP/2 and resets them is cut off, and others are served`, async () => {
    let called = 0;
    await using running = await start(engine, () => {
      called++;
      return new Response("served");
    });
    const socket = await running.connect({ alpnProtocols: ["h2"] });
    const frames = Array.from({ length: 3000 }, (_, i) => {
      const stream = 2 * i + 1;
      return [...frame(1, 5, stream, GET), ...frame(3, 0, stream, [0, 0, 0, 8])];
    });
    const preface = [...bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ...frame(4, 0, 0, [])];
    const writing = socket.write(new Uint8Array([...preface, ...frames.flat()])).catch(() => {});
    await readToEnd(socket).catch(() => ""); // ends, with GOAWAY or a reset
    await writing;
    await socket.close().catch(() => {});
    assert(called < 3000, `${called}`);
    const { client, origin } = running;
    assertEquals(await (await fetch(origin, { client })).text(), "served");
  });

  Deno.test(`${engine}: 300 requests at a time over one connection of HTTP/2 are all answered`, async () => {
    const sockets = new Set<SslSocket>();
    await using running = await start(engine, async (request, { socket }) => {
      sockets.add(socket);
      return new Response(await request.text());
    });
    const { client, origin } = running;
    const echo = async (body: string) =>
      await (await fetch(origin, { client, method: "POST", body })).text();
    await echo("first"); // so that there is a connection
    const texts = Array.from({ length: 300 }, (_, i) => `${i}`);
    assertEquals(await Promise.all(texts.map(echo)), texts);
    assertEquals(sockets.size, 1);
  });
}
