/** Connections to the inner server that are not ours, and options that are not good. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SslError } from "../../errors.ts";
import type { HttpOptions } from "../../http/options.ts";
import { serveHttp } from "../../http/serve_http.ts";
import type { ListenOptions } from "../../socket/options.ts";
import { testPki } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";
import { ROOT } from "../permissions/headers.ts";
import { ENGINES, start } from "./harness.ts";

/** What another process gets from a port, over HTTP/1.1 and HTTP/2, from two addresses. */
async function askFromElsewhere(port: number): Promise<number[]> {
  const script = `
    const statuses = [];
    for (const client of [{ http2: false }, { http1: false, http2: true }].map(Deno.createHttpClient)) {
      for (const host of ["127.0.0.1", "localhost"]) {
        const response = await fetch("http://" + host + ":${port}/admin", { client, headers: { host: "localhost" } });
        await response.body?.cancel();
        statuses.push(response.status);
      }
      client.close();
    }
    console.log(JSON.stringify(statuses));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", script],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(text !== "", new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: another process that finds the inner port gets 421, before and while a request runs, and no handler`, async () => {
    const called: string[] = [];
    const { promise: open, resolve: answer } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    await using running = await start(engine, async ({ url }) => {
      called.push(new URL(url).pathname);
      reach();
      await open;
      return new Response("for the client");
    });
    const { innerPort, client, origin } = running;
    assertEquals(await askFromElsewhere(innerPort), [421, 421, 421, 421]);
    const response = fetch(`${origin}/own`, { client });
    await reached;
    assertEquals(await askFromElsewhere(innerPort), [421, 421, 421, 421]);
    answer();
    assertEquals(await (await response).text(), "for the client");
    assertEquals(called, ["/own"]);
  });
}

Deno.test("a connection that had the port of a client before it, or has it on another loopback address, is not that client", async () => {
  const called: string[] = [];
  const real = Deno.serve;
  let inner: ((request: Request, info: unknown) => Response | Promise<Response>) | undefined;
  Object.assign(Deno, {
    serve(options: Deno.ServeTcpOptions, handler: NonNullable<typeof inner>) {
      inner = handler;
      return real(options, async (request, info) => {
        if (!request.headers.has("host")) {
          overtaking.resolve();
          await overtaken.promise;
        }
        return await handler(request, info);
      });
    },
  });
  const overtaking = Promise.withResolvers<void>();
  const overtaken = Promise.withResolvers<void>();
  const ports: number[] = [];
  const connect = Deno.connect;
  const ask = async (hostname: string) => {
    const request = new Request("http://localhost/other", { headers: { host: "localhost" } });
    const remoteAddr = { transport: "tcp", hostname, port: ports[0] };
    return (await inner!(request, { remoteAddr, completed: Promise.resolve() })).status;
  };
  try {
    await using running = await start("deno", ({ url }) => {
      called.push(url);
      return new Response();
    });
    Object.assign(Deno, {
      async connect(options: Deno.ConnectOptions) {
        const conn = await connect(options);
        if (options.port === running.innerPort) ports.push((conn.localAddr as Deno.NetAddr).port);
        return conn;
      },
    });
    const { client, origin } = running;
    const response = fetch(`${origin}/own`, { client });
    await overtaking.promise;
    // A request that another program left behind on the port that the client's connection got.
    assertEquals(await ask("127.0.0.1"), 421);
    overtaken.resolve();
    await (await response).body?.cancel();
    assertEquals(await ask("127.0.0.2"), 421);
    assertEquals(await ask("127.0.0.1"), 200); // the client itself
  } finally {
    Object.assign(Deno, { serve: real, connect });
  }
  assertEquals(called.length, 2);
});

Deno.test("serveHttp() refuses options that are wrong, and leaves nothing open", async () => {
  const { server: cert } = await testPki();
  const good = { engine: "deno", hostname: "127.0.0.1", port: 0, ...cert } as const;
  const wrong: [unknown, unknown, typeof Error, string][] = [
    [good, undefined, TypeError, "it needs a handler: received undefined"],
    [{ ...good, redirectHTTP: 80 }, () => {}, TypeError, 'unknown option "redirectHTTP"'],
    [{ ...good, redirectHttp: 0 }, () => {}, RangeError, "redirectHttp must be a port"],
    [{ ...good, redirectHttp: "80" }, () => {}, RangeError, "redirectHttp must be a port"],
    [Object.create(good), () => {}, TypeError, "is inherited"],
    [Object.create({ redirectHttp: 80 }), () => {}, TypeError, '"redirectHttp" is inherited'],
    [undefined, () => {}, TypeError, "must be an object"],
    [null, () => {}, TypeError, "must be an object"],
  ];
  for (const [options, handler, kind, message] of wrong) {
    const server = serveHttp(options as ListenOptions, handler as () => Response);
    for (const promise of [server.addr, server.finished]) {
      const error = await assertRejects(() => promise, kind);
      assertStringIncludes(error.message, message);
    }
    await server.shutdown();
  }
});

Deno.test("a port of the redirect that is in use rejects, and the port of HTTPS is free again", async () => {
  const { server: cert } = await testPki();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr;
  probe.close();
  const options: ListenOptions & HttpOptions = {
    ...{ engine: "deno", hostname: "127.0.0.1", port, ...cert },
    redirectHttp: taken.addr.port,
  };
  const server = serveHttp(options, () => new Response());
  const error = await refuses(() => server.addr, SslError, "EADDRINUSE");
  assertStringIncludes(error.message, `the redirect on 127.0.0.1:${taken.addr.port}`);
  await assertRejects(() => server.finished, SslError);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

/** Runs a server in a process of its own that answers itself. */
async function alone(flags: string[], env: Record<string, string>): Promise<string> {
  const { ca, server: { cert, key } } = await testPki();
  const script = `
    const { serveHttp } = await import(${JSON.stringify(new URL("http/mod.ts", ROOT).href)});
    const data = ${JSON.stringify({ ca: ca.pem, cert, key })};
    const { cert, key } = data;
    try {
      const server = serveHttp({ hostname: "127.0.0.1", port: 0, cert, key }, ({ url }) => new Response(url));
      server.finished.catch(() => {});
      const { port } = await server.addr;
      const client = Deno.createHttpClient({ caCerts: [data.ca] });
      const text = await (await fetch("https://localhost:" + port + "/x", { client })).text();
      console.log(text.replace(String(port), "PORT"));
      client.close();
      await server.shutdown();
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...flags, "-"],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("serveHttp() needs --allow-net, for its address and the loopback address, and nothing else", async () => {
  assertEquals(await alone(["--allow-net=127.0.0.1,localhost"], {}), "https://localhost:PORT/x");
});

Deno.test("DENO_SERVE_ADDRESS, which would show the inner server to the network, is refused", async () => {
  const text = await alone(["--allow-net"], { DENO_SERVE_ADDRESS: "tcp:127.0.0.3:0" });
  assertStringIncludes(text, "SslUnsupportedError: Cannot serve HTTP: DENO_SERVE_ADDRESS moves");
  assertStringIncludes(text, "to 127.0.0.3:");
});
