/** curl and Hono with serveHttp(), over HTTP/1.1 and HTTP/2. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Application, Router } from "@oakserver/oak";
import { Hono } from "hono";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import type { HttpInfo, HttpServer } from "../../http/options.ts";
import { serveHttp } from "../../http/serve_http.ts";
import { ENGINES, Lab, noise, sha256 } from "./lab.ts";

const MIB = 1 << 20;
const VERSIONS = { "--http1.1": "HTTP/1.1", "--http2": "HTTP/2" } as const;

async function curl(lab: Lab, server: HttpServer, path: string, ...args: string[]) {
  const { port } = await server.addr;
  const to = ["--noproxy", "*", "--resolve", `*:${port}:127.0.0.1`, "--max-time", "20"];
  const url = `https://localhost:${port}${path}`;
  return await lab.run("curl", ["-sS", "--cacert", "ca.pem", ...to, ...args, url]);
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

for (const engine of ENGINES) {
  for (const [flag, name] of Object.entries(VERSIONS)) {
    Deno.test(`curl fetches from serveHttp() by ${name} and sends to it, ${engine}`, async () => {
      await using lab = await Lab.open();
      const { cert, key } = lab.pki.server;
      await using server = serveHttp(
        { engine, hostname: "127.0.0.1", port: 0, cert, key },
        async (request) => {
          if (request.method === "GET") return new Response(noise(4 * MIB, 12));
          return new Response(await sha256(await request.bytes()));
        },
      );
      const head = await curl(lab, server, "/", flag, "-o", "/dev/null", "-D", "-");
      assertStringIncludes(text(head.stdout), `${name} 200`);
      const bulk = await curl(lab, server, "/", flag);
      assertEquals(await sha256(bulk.stdout), await sha256(noise(4 * MIB, 12)), bulk.output);
      lab.write("data", noise(4 * MIB, 13));
      const post = await curl(lab, server, "/", flag, "--data-binary", "@data");
      assertEquals(text(post.stdout), await sha256(noise(4 * MIB, 13)), post.output);
      const kept = await curl(
        lab,
        server,
        "/[1-20]",
        flag,
        "-o",
        "/dev/null",
        "-w",
        "%{num_connects}",
      );
      assertEquals(text(kept.stdout).replaceAll("0", ""), "1", kept.output); // one connection for all
    });

    Deno.test(`an app of Hono is served by ${name}, ${engine}`, async () => {
      await using lab = await Lab.open();
      const app = new Hono<{ Bindings: HttpInfo }>();
      app.get("/users/:id", (c) => c.json({ id: c.req.param("id"), url: c.req.url }));
      app.post(
        "/echo",
        async (c) => c.text(`${c.env.socket.alpnSelected()} ${await c.req.text()}`),
      );
      const { cert, key } = lab.pki.server;
      await using server = serveHttp(
        { engine, hostname: "127.0.0.1", port: 0, cert, key },
        app.fetch,
      );
      const { port } = await server.addr;
      const user = await curl(lab, server, "/users/7?x", flag);
      const url = `https://localhost:${port}/users/7?x`;
      assertEquals(JSON.parse(text(user.stdout)), { id: "7", url });
      const echo = await curl(lab, server, "/echo", flag, "-d", "hello");
      assertEquals(text(echo.stdout), `${flag === "--http2" ? "h2" : "http/1.1"} hello`);
      const none = await curl(lab, server, "/none", flag, "-o", "/dev/null", "-w", "%{http_code}");
      assertEquals(text(none.stdout), "404");
    });

    Deno.test(`an application of Oak is served by ${name}, ${engine}`, async () => {
      await using lab = await Lab.open();
      const router = new Router();
      router.post("/users/:id", async ({ request, response, params }) => {
        response.body = `${params.id} ${await request.body
          .text()} ${request.url} ${request.secure}`;
      });
      const app = new Application().use(router.routes());
      const { cert, key } = lab.pki.server;
      await using server = serveHttp(
        { engine, hostname: "127.0.0.1", port: 0, cert, key },
        async (request) => {
          // Oak of npm has Request and Response of undici; that of JSR has Deno's.
          const answer = await app.handle(request as never, undefined, true);
          if (answer === undefined) return new Response(null, { status: 404 });
          const { body, status, headers } = answer as unknown as Response;
          return new Response(body, { status, headers: [...headers] });
        },
      );
      const { port } = await server.addr;
      const user = await curl(lab, server, "/users/7?x", flag, "-d", "hello");
      assertEquals(text(user.stdout), `7 hello https://localhost:${port}/users/7?x true`);
      const none = await curl(lab, server, "/none", flag, "-o", "/dev/null", "-w", "%{http_code}");
      assertEquals(text(none.stdout), "404");
    });
  }
}

for (const [flag, name] of Object.entries(VERSIONS)) {
  Deno.test(`curl shows its certificate to serveHttp() by ${name}, and gets nothing without one`, async () => {
    await using lab = await Lab.open();
    const { ca, server: { cert, key } } = lab.pki;
    let called = 0;
    await using server = serveHttp({
      ...{ engine: "openssl", hostname: "127.0.0.1", port: 0, cert, key, clientCa: ca.pem },
      verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    }, (_, { peer }) => {
      called++;
      return new Response(peer?.subject);
    });
    const stranger = await curl(lab, server, "/", flag);
    assert(stranger.code !== 0, stranger.output);
    assertEquals(called, 0);
    const own = ["--cert", "client.pem", "--key", "client.key"];
    const known = await curl(lab, server, "/", flag, ...own);
    assertEquals(text(known.stdout), lab.pki.client.certificate.subject);
  });
}
