/** HTTP over TLS: curl from serve(), and our Handle from openssl's web server. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { SslContext } from "../../context/context.ts";
import type { ListenOptions } from "../../socket/options.ts";
import { SslPeerError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { serve, type SslServer } from "../../server/serve.ts";
import { bytes, ENGINES, Lab, noise, sha256, THEIR_NAME, type Version, VERSIONS } from "./lab.ts";
import { within } from "./peers.ts";

const MIB = 1 << 20;

/** The head of a request, as far as the empty line. */
async function readHead(handle: Handle): Promise<{ request: string; headers: Headers }> {
  const request = await handle.readLine({ separator: "\r\n" });
  const headers = new Headers();
  for (let line; (line = await handle.readLine({ separator: "\r\n" }));) {
    const [, name, value] = line.match(/^([^:]+):\s*(.*)$/)!;
    headers.append(name!, value!);
  }
  return { request: request!, headers };
}

/** A web server of HTTP/1.0: `GET /` has a text, `GET /bulk` 1 MiB, `POST` gives the digest. */
function webServer(lab: Lab, options: ListenOptions): SslServer {
  return serve(
    { hostname: "127.0.0.1", port: 0, ...lab.pki.server, ...options },
    async (handle, socket) => {
      const { request, headers } = await readHead(handle);
      const answer = async (type: string, body: string | Uint8Array) => {
        await handle.print(`HTTP/1.0 200 OK\r\nContent-Type: ${type}\r\n\r\n`);
        await socket.write(typeof body === "string" ? bytes(body) : body);
      };
      if (request.startsWith("GET /bulk ")) await answer("application/x", noise(MIB, 12));
      else if (request.startsWith("GET /broken ")) {
        await handle.print("HTTP/1.0 200 OK\r\nContent-Length: 14\r\n\r\nhalf an ans");
        throw new Error("the handler breaks");
      } else if (request.startsWith("POST ")) {
        const body = new Uint8Array(Number(headers.get("content-length")));
        const n = await handle.read(body, body.length);
        assertEquals(n, body.length);
        await answer("text/plain", await sha256(body));
      } else await answer("text/plain", `hello ${socket.alpnSelected()}\n`);
    },
  );
}

interface Fetched {
  readonly code: number;
  readonly output: string;
  readonly stdout: Uint8Array<ArrayBuffer>;
}

/** Runs curl on a path of our server. */
async function curl(
  lab: Lab,
  server: SslServer,
  path: string,
  ...args: string[]
): Promise<Fetched> {
  const { port } = await server.addr;
  const trust = args.includes("--cacert") ? [] : ["--cacert", "ca.pem"];
  const to = ["--noproxy", "*", "--resolve", `*:${port}:127.0.0.1`, "--max-time", "9"];
  const host = args.includes("--url") ? [] : [`https://localhost:${port}${path}`];
  return await lab.run("curl", ["-sS", ...trust, ...to, ...args, ...host]);
}

/** The arguments that keep curl to one version. */
function only(version: Version): string[] {
  return version === "tls1_2" ? ["--tlsv1.2", "--tls-max", "1.2"] : ["--tlsv1.3"];
}

for (const engine of ENGINES) {
  for (const version of VERSIONS) {
    const on = `${engine}, ${THEIR_NAME[version]}`;

    Deno.test(`curl fetches from serve(), ${on}`, async () => {
      await using lab = await Lab.open();
      await using server = webServer(lab, { engine });
      const page = await curl(lab, server, "/", "-v", ...only(version));
      assertEquals(page.code, 0, page.output);
      assertEquals(new TextDecoder().decode(page.stdout), "hello undefined\n");
      assertStringIncludes(page.output, `SSL connection using ${THEIR_NAME[version]}`);
      assertStringIncludes(page.output, "SSL certificate verify ok");
      const bulk = await curl(lab, server, "/bulk", ...only(version));
      assertEquals(await sha256(bulk.stdout), await sha256(noise(MIB, 12)));
      const data = noise(MIB, 13);
      lab.write("data", data);
      const post = await curl(lab, server, "/", "--data-binary", "@data", ...only(version));
      assertEquals(new TextDecoder().decode(post.stdout), await sha256(data), post.output);
    });

    Deno.test(`curl refuses serve() for a wrong CA and a wrong name, the server goes on, ${on}`, async () => {
      await using lab = await Lab.open();
      const failed: Error[] = [];
      await using server = webServer(lab, { engine, onHandshakeError: (e) => failed.push(e) });
      const { port } = await server.addr;
      const ca = await curl(lab, server, "/", "--cacert", "other.pem", ...only(version));
      assertEquals(ca.code, 60, ca.output);
      const wrong = ["--url", `https://elsewhere.test:${port}/`];
      const name = await curl(lab, server, "/", ...wrong, ...only(version));
      assertEquals(name.code, 60, name.output);
      assertMatch(name.output, /no alternative certificate subject name matches/);
      assertEquals((await curl(lab, server, "/", ...only(version))).code, 0);
      for (const error of failed) assert(error instanceof SslPeerError, `${error}`);
    });
  }

  Deno.test(`curl notices that an answer is not whole, ${engine}`, async () => {
    await using lab = await Lab.open();
    const errors: unknown[] = [];
    await using server = webServer(lab, { engine, onError: (error) => errors.push(error) });
    const { code, stdout, output } = await curl(lab, server, "/broken");
    assertEquals(new TextDecoder().decode(stdout), "half an ans");
    assertEquals(errors.map((error) => `${error}`), ["Error: the handler breaks"]);
    assertEquals(code, 18);
    assertMatch(output, /with 3 bytes remaining to read/);
  });

  Deno.test(`curl agrees on ALPN with serve(), ${engine}`, async () => {
    await using lab = await Lab.open();
    await using server = webServer(lab, { engine, alpnProtocols: ["h3", "http/1.1"] });
    const { output, stdout } = await curl(lab, server, "/", "-v");
    assertEquals(new TextDecoder().decode(stdout), "hello http/1.1\n");
    assertStringIncludes(output, "server accepted http/1.1");
  });

  Deno.test(`our Handle fetches from s_server -www, ${engine}`, async () => {
    await using lab = await Lab.open();
    for (const version of VERSIONS) {
      const server = await lab.sServer(`-${version}`, "-www");
      await using handle = new Handle(await lab.connect(engine, server.port));
      await handle.print("GET / HTTP/1.0\r\n\r\n");
      assertEquals(
        await within("the status", handle.readLine()),
        "HTTP/1.0 200 ok",
      );
      const page = await within("the page", handle.readLine({ separator: null }));
      assertStringIncludes(page!, "s_server");
      assertStringIncludes(page!, THEIR_NAME[version]);
      assertEquals(await within("the end", handle.readLine()), undefined);
    }
  });
}

Deno.test("curl shows serve() its certificate, or is refused", async () => {
  await using lab = await Lab.open();
  await using server = webServer(lab, {
    engine: "openssl",
    verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    ca: lab.pki.ca.pem,
  });
  const shown = ["--cert", "client.pem", "--key", "client.key"];
  for (const version of VERSIONS) {
    assertEquals((await curl(lab, server, "/", ...shown, ...only(version))).code, 0);
    const { code, output } = await curl(lab, server, "/", ...only(version));
    assert(code === 35 || code === 56, output);
    assertMatch(output, /alert (certificate required|handshake failure)/);
  }
});

Deno.test("curl gets certificates by name from serve()", async () => {
  await using lab = await Lab.open();
  const [a, b] = [await lab.pki.ca.server("a.test"), await lab.pki.ca.server("b.test")];
  await using server = webServer(lab, {
    engine: "openssl",
    cert: { "a.test": a.cert, "b.test": b.cert },
    key: { "a.test": a.key, "b.test": b.key },
  });
  const { port } = await server.addr;
  for (const name of ["a.test", "b.test"]) {
    const { code, output } = await curl(lab, server, "", "--url", `https://${name}:${port}/`);
    assertEquals(code, 0, output);
  }
  const { code } = await curl(lab, server, "", "--url", `https://c.test:${port}/`);
  assertEquals(code, 35);
});

Deno.test("curl sees a certificate swapped while serve() runs", async () => {
  await using lab = await Lab.open();
  await using server = webServer(lab, { engine: "openssl" });
  assertEquals((await curl(lab, server, "/")).code, 0);
  const other = await lab.pki.other.server();
  server.setContext(
    await SslContext.create({ engine: "openssl", server: true, cert: other.cert, key: other.key }),
  );
  assertEquals((await curl(lab, server, "/")).code, 60);
  assertEquals((await curl(lab, server, "/", "--cacert", "other.pem")).code, 0);
});
