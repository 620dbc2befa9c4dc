/**
 * `serveHttp` and a browser: headless Chromium with the CA in its store. A page, its module, a fetch
 * with a body and a WebSocket; without and with a client certificate.
 *
 * Which certificate Chromium shows without asking is a policy of the system, so the tests with one
 * write into /etc/chromium, and take it away again.
 */

import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createPkcs12 } from "../../certificate/mod.ts";
import { serveHttp } from "../../http/mod.ts";
import type { HttpHandler } from "../../http/options.ts";
import { ROOT } from "../permissions/headers.ts";
import { Lab } from "./lab.ts";
import { freePort } from "./peers.ts";

const PAGE = `<!doctype html><title>page</title><script type="module" src="/app.js"></script>`;
const MODULE = `
  const fetched = await fetch("/data", { method: "POST", body: "x".repeat(100_000) });
  const text = await fetched.text();
  const socket = new WebSocket("wss://" + location.host + "/echo");
  socket.onopen = () => socket.send("hello");
  socket.onmessage = ({ data }) => fetch("/done", { method: "POST", body: text + ", " + data });`;

/** Serves the parts of the page; `done` gets what the page says in the end. */
function site(done: (said: string) => void): HttpHandler {
  const typed = (text: string, type: string) =>
    new Response(text, { headers: { "content-type": type } });
  return async (request, { socket, peer }) => {
    switch (new URL(request.url).pathname) {
      case "/":
        return typed(PAGE, "text/html");
      case "/app.js":
        return typed(MODULE, "text/javascript");
      case "/data": {
        const { length } = await request.text();
        return new Response(`${length} bytes by ${socket.alpnSelected()} from ${peer?.commonName}`);
      }
      case "/echo": {
        const { socket: echo, response } = Deno.upgradeWebSocket(request);
        echo.onmessage = ({ data }) => echo.send(`echo ${data}`);
        return response;
      }
      case "/done":
        done(await request.text());
        return new Response();
      default:
        return new Response(null, { status: 404 });
    }
  };
}

/** A home for the browser whose store has the CA and the client's certificate. */
async function home(lab: Lab): Promise<string> {
  const { ca, client } = lab.pki;
  const store = `sql:${lab.path("home/.pki/nssdb")}`;
  Deno.mkdirSync(lab.path("home/.pki/nssdb"), { recursive: true });
  lab.write("ca.crt", ca.pem);
  lab.write("client.p12", await createPkcs12({ ...client, password: "secret" }));
  await lab.ok("certutil", "-d", store, "-N", "--empty-password");
  await lab.ok("certutil", "-d", store, "-A", "-t", "C,,", "-n", "ca", "-i", "ca.crt");
  await lab.ok("pk12util", "-d", store, "-i", "client.p12", "-W", "secret", "-K", "");
  return lab.path("home");
}

/** Starts the browser on a page. */
function browse(lab: Lab, HOME: string, ...args: string[]): Deno.ChildProcess {
  const fixed = ["--headless", "--no-sandbox", "--disable-gpu"];
  return new Deno.Command("chromium", {
    args: [...fixed, `--user-data-dir=${lab.path("profile")}`, ...args],
    env: { HOME },
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Lets the browser show its certificate to a site without asking. */
function showCertificate(origin: string): Disposable {
  const folder = "/etc/chromium/policies/managed";
  Deno.mkdirSync(folder, { recursive: true });
  const file = Deno.makeTempFileSync({ dir: folder, suffix: ".json" });
  const rule = JSON.stringify({ pattern: origin, filter: {} });
  Deno.writeTextFileSync(file, JSON.stringify({ AutoSelectCertificateForUrls: [rule] }));
  Deno.chmodSync(file, 0o644);
  return { [Symbol.dispose]: () => Deno.removeSync(file) };
}

for (
  const [what, verifyMode, name] of [["", 0, undefined], [
    " with its certificate",
    3,
    "client",
  ]] as const
) {
  Deno.test(`Chromium loads a page, a module, a fetch and a WebSocket${what}`, async () => {
    await using lab = await Lab.open();
    const { ca, server: { cert, key } } = lab.pki;
    const { promise: said, resolve } = Promise.withResolvers<string>();
    const own = { hostname: "127.0.0.1", port: 0, engine: "openssl", cert, key } as const;
    const asked = verifyMode === 0 ? {} : { verifyMode, clientCa: ca.pem };
    await using server = serveHttp({ ...own, ...asked }, site(resolve));
    const origin = `https://localhost:${(await server.addr).port}`;
    using _policy = verifyMode === 0 ? undefined : showCertificate(origin);
    const browser = browse(lab, await home(lab), "--remote-debugging-port=0", `${origin}/`);
    try {
      assertEquals(await said, `100000 bytes by h2 from ${name}, echo hello`);
    } finally {
      browser.kill("SIGKILL");
      await browser.output();
    }
  });
}

Deno.test("examples/https_server.ts greets Chromium by the name in its certificate", async () => {
  await using lab = await Lab.open();
  const { ca, server } = lab.pki;
  lab.write("server.pem", server.cert);
  lab.write("server.key", server.key);
  lab.write("clients-ca.pem", ca.pem);
  const port = freePort();
  const files = ["server.pem", "server.key", "clients-ca.pem"];
  const flags = ["--allow-net=127.0.0.1", `--allow-read=${files.join(",")}`, "--allow-ffi"];
  const example = new URL("examples/https_server.ts", ROOT).pathname;
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, example, `127.0.0.1:${port}`, ...files],
    cwd: lab.dir,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = program.stdout.getReader();
  try {
    assertStringIncludes(new TextDecoder().decode((await reader.read()).value), "listening on");
    using _policy = showCertificate(`https://localhost:${port}`);
    const page = browse(lab, await home(lab), "--dump-dom", `https://localhost:${port}/some/page`);
    const { stdout } = await page.output();
    assertStringIncludes(new TextDecoder().decode(stdout), "Hello, client, at /some/page");
  } finally {
    program.kill();
    await reader.cancel();
    await program.status;
  }
});
