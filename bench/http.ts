/**
 * What `serveHttp` costs beside Deno.serve with TLS: requests over kept connections, and bodies of
 * 20 MB in each direction over HTTP/1.1 and HTTP/2. All sides take turns in one run; only the
 * ratios say something.
 *
 *     deno run -A bench/http.ts [--rounds=5] [--requests=4000] [--only=h2]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { serveHttp } from "../http/mod.ts";
import { carry } from "../http/pump.ts";
import { TestCa } from "../testing/ca.ts";
import { output } from "./peers.ts";
import { median } from "./statistics.ts";
import { printTable, ratio } from "./table.ts";

/** `pump` is the floor: Deno's own TLS before Deno.serve, with the bytes carried as serveHttp does it. */
const SIDES = ["deno", "openssl", "deno-engine", "pump"] as const;
const BODY = 20_000_000;

const flags = parseArgs(Deno.args, {
  string: ["rounds", "requests", "only", "serve", "folder"],
  default: { rounds: "5", requests: "4000" },
});

/** Answers in a process of its own; the first line it prints is its port. */
async function serveSide(kind: string, folder: string): Promise<void> {
  const [cert, key] = ["cert", "key"].map((name) => Deno.readTextFileSync(`${folder}/${name}.pem`));
  const body = new Uint8Array(BODY);
  const handler = async (request: Request): Promise<Response> => {
    if (request.method === "POST") {
      let got = 0;
      for await (const part of request.body!) got += part.length;
      return new Response(`${got}`);
    }
    return new Response(request.url.endsWith("/body") ? body : "hello");
  };
  const options = { hostname: "127.0.0.1", port: 0, cert: cert!, key: key! };
  if (kind === "deno") {
    Deno.serve({ ...options, onListen: ({ port }) => console.log(port) }, handler);
  } else if (kind === "pump") {
    await pump(options, handler);
  } else {
    const engine = kind === "openssl" ? "openssl" : "deno";
    console.log((await serveHttp({ ...options, engine }, handler).addr).port);
  }
}

/** Serves with Deno's own TLS before Deno.serve. */
async function pump(
  { cert, key, ...address }: { hostname: string; port: number; cert: string; key: string },
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const inner = Deno.serve({ ...address, onListen: () => {} }, handler);
  const alpnProtocols = ["h2", "http/1.1"];
  const listener = Deno.listenTls({ ...address, cert, key, alpnProtocols });
  console.log(listener.addr.port);
  for await (const conn of listener) {
    const to = await Deno.connect({ ...address, port: inner.addr.port });
    to.setNoDelay(true);
    const up = carry(conn, to).then(() => to.closeWrite());
    Promise.allSettled([up, carry(to, conn).then(() => conn.close())]);
  }
}

/** A side under test. */
class Side implements AsyncDisposable {
  readonly name: string;
  readonly #child: Deno.ChildProcess;
  port = 0;

  constructor(name: string, folder: string) {
    this.name = name;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, `--serve=${name}`, `--folder=${folder}`],
      stdout: "piped",
    }).spawn();
  }

  async start(): Promise<this> {
    const reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.port = Number((await reader.read()).value);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.status;
  }
}

/** How many connections are kept. */
const CONNECTIONS = 8;

/** Requests in a second, with all of them done by `one` on several connections at a time. */
async function rate(one: () => Promise<void>): Promise<number> {
  const count = Number(flags.requests);
  const begin = performance.now();
  await one();
  return count / (performance.now() - begin) * 1000;
}

/** Requests in a second as a client sends them that does as little as it can for each. */
async function bareRequests({ port }: Side, ca: string): Promise<number> {
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const options = { hostname: "localhost", port, caCerts: [ca] };
  const conns = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Deno.connectTls(options)),
  );
  const ask = async (conn: Deno.TlsConn): Promise<void> => {
    const p = new Uint8Array(4096);
    for (let i = 0; i < Number(flags.requests) / CONNECTIONS; i++) {
      await conn.write(request);
      let n = await conn.read(p) ?? 0;
      while (p[n - 1] !== 111 /* the end of hello */) n += await conn.read(p.subarray(n)) ?? 0;
    }
  };
  const measured = await rate(async () => void await Promise.all(conns.map(ask)));
  for (const conn of conns) conn.close();
  return measured;
}

/** Requests in a second, with `fetch`. */
function requests({ port }: Side, client: Deno.HttpClient): Promise<number> {
  const ask = async (): Promise<void> => {
    for (let i = 0; i < Number(flags.requests) / CONNECTIONS; i++) {
      await (await fetch(`https://localhost:${port}/`, { client })).text();
    }
  };
  return rate(async () => void await Promise.all(Array.from({ length: CONNECTIONS }, ask)));
}

/** MB in a second of one body, as curl sees it. */
async function body(side: Side, folder: string, version: string, up: boolean): Promise<number> {
  const path = up ? "" : "body";
  const send = up ? ["--data-binary", `@${folder}/body`, "-H", "Expect:"] : [];
  const text = await output("curl", [
    ...["-s", "-o", "/dev/null", "--cacert", `${folder}/ca.pem`, version, ...send],
    ...["-w", "%{time_appconnect} %{time_total}", `https://localhost:${side.port}/${path}`],
  ]);
  const [connected = NaN, total = NaN] = (text ?? "").split(" ").map(Number);
  return BODY / 1e6 / (total - connected);
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-bench-" });
  const ca = await TestCa.create();
  const { cert, key } = await ca.server();
  for (const [name, text] of Object.entries({ ca: ca.pem, cert, key })) {
    await Deno.writeTextFile(`${folder}/${name}.pem`, text);
  }
  await Deno.writeFile(`${folder}/body`, new Uint8Array(BODY));
  using h2 = Deno.createHttpClient({ caCerts: [ca.pem], http1: false });
  const scenarios: Record<string, (side: Side) => Promise<number>> = {
    "requests/s, h1": (side) => bareRequests(side, ca.pem),
    "requests/s, h2": (side) => requests(side, h2),
    "upload MB/s, h1": (side) => body(side, folder, "--http1.1", true),
    "upload MB/s, h2": (side) => body(side, folder, "--http2", true),
    "download MB/s, h1": (side) => body(side, folder, "--http1.1", false),
    "download MB/s, h2": (side) => body(side, folder, "--http2", false),
  };
  await using stack = new AsyncDisposableStack();
  const sides = SIDES.map((name) => stack.use(new Side(name, folder)));
  await Promise.all(sides.map((side) => side.start()));
  const rows: string[][] = [];
  for (const [name, run] of Object.entries(scenarios)) {
    if (flags.only !== undefined && !name.includes(flags.only)) continue;
    const seen = new Map<string, number[]>(sides.map((side) => [side.name, []]));
    for (let round = 0; round <= Number(flags.rounds); round++) { // the first warms up
      for (const side of sides) {
        const measured = await run(side);
        if (round > 0) seen.get(side.name)!.push(measured);
      }
    }
    const reference = median(seen.get("deno")!);
    for (const [side, all] of seen) {
      const rate = median(all);
      rows.push([name, side, rate.toFixed(0), side === "deno" ? "" : ratio(rate / reference)]);
    }
  }
  await Deno.remove(folder, { recursive: true });
  printTable(["", "side", "rate", "of Deno.serve"], rows);
}

if (flags.serve !== undefined) await serveSide(flags.serve, flags.folder!);
else await main();
