/**
 * What `serveHttp` costs beside Deno.serve with TLS: requests over kept connections, and bodies of
 * 20 MB in each direction over HTTP/1.1 and HTTP/2. All sides take turns in one run; only the
 * ratios say something: that of the rates, and that of the CPU time of the server's process. Over
 * 1.00x is better than the first side.
 *
 *     deno run -A bench/http.ts [--rounds=5] [--requests=4000] [--only=h2] [--sides=deno,openssl@../before]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { serveHttp } from "../http/mod.ts";
import { TestCa } from "../testing/ca.ts";
import { output, processCpu } from "./peers.ts";
import type { Conn } from "./sides/contender.ts";
import { floor } from "./sides/floor.ts";
import { median } from "./statistics.ts";
import { printTable, ratio } from "./table.ts";

/**
 * `pump` and `floor` show the limits: Deno's own TLS, or the least code that does TLS with OpenSSL,
 * before Deno.serve, with the bytes carried by two loops. A side after which `@` and a folder stand
 * is that of another tree.
 */
const SIDES = "deno,openssl,deno-engine,pump,floor";
const BODY = 20_000_000;
/** How many bodies a measurement sends. */
const BODIES = 4;

/**
 * For malloc() of GNU: memory for a body is kept. Otherwise it depends on the heap of a process
 * whether each body is copied to fresh pages, and that costs more than what is compared.
 */
const KEPT_HEAP = {
  MALLOC_MMAP_THRESHOLD_: "1000000000",
  MALLOC_TRIM_THRESHOLD_: "1000000000",
};

const flags = parseArgs(Deno.args, {
  string: ["rounds", "requests", "only", "serve", "folder", "sides"],
  default: { rounds: "5", requests: "4000", sides: SIDES },
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
  const address = { hostname: "127.0.0.1", port: 0 };
  const own = { ...address, cert: cert!, key: key! };
  if (kind === "deno") {
    Deno.serve({ ...own, onListen: ({ port }) => console.log(port) }, handler);
  } else if (kind === "pump") {
    const listener = Deno.listenTls({ ...own, alpnProtocols: ["h2", "http/1.1"] });
    console.log(listener.addr.port);
    await pump(listener, handler);
  } else if (kind === "floor") {
    const { port, connections } = await floor({ folder, ca: "", cert: cert!, key: key! }).listen();
    console.log(port);
    await pump(connections, handler);
  } else {
    const engine = kind === "openssl" ? "openssl" : "deno";
    console.log((await serveHttp({ ...own, engine }, handler).addr).port);
  }
}

/** Carries bytes until `from` ends. */
async function carry(from: Conn, to: Conn): Promise<void> {
  const buffer = new Uint8Array(65536);
  for (let n; (n = await from.read(buffer)) !== null;) {
    for (let at = 0; at < n;) at += await to.write(buffer.subarray(at, n));
  }
}

/** Serves what comes over TLS with Deno.serve. */
async function pump(
  connections: AsyncIterable<Conn>,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const address = { hostname: "127.0.0.1", port: 0 };
  const { addr } = Deno.serve({ ...address, onListen: () => {} }, handler);
  for await (const conn of connections) {
    const to = await Deno.connect({ ...address, port: addr.port });
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
    const [kind, tree] = name.split("@");
    const program = tree === undefined ? import.meta.filename! : `${tree}/bench/http.ts`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", program, `--serve=${kind}`, `--folder=${folder}`],
      stdout: "piped",
      env: KEPT_HEAP,
    }).spawn();
  }

  /** The CPU time that the process took so far, in ms. */
  cpu(): number {
    return processCpu(this.#child.pid) * 1000;
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

/** MB in a second of some bodies, one after the other on one connection, as curl sees them. */
async function body(side: Side, folder: string, version: string, up: boolean): Promise<number> {
  const path = up ? "" : "body";
  const send = up ? ["--data-binary", `@${folder}/body`, "-H", "Expect:"] : [];
  const to = ["-o", "/dev/null", `https://localhost:${side.port}/${path}`];
  const text = await output("curl", [
    ...["-s", "--cacert", `${folder}/ca.pem`, version, ...send],
    ...["-w", "%{time_pretransfer} %{time_total}\n"],
    ...Array.from({ length: BODIES }, () => to).flat(),
  ]);
  const seconds = (text ?? "").trim().split("\n").map((line) => {
    const [begun = NaN, total = NaN] = line.split(" ").map(Number);
    return total - begun;
  });
  return BODIES * BODY / 1e6 / seconds.reduce((sum, one) => sum + one, 0);
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-bench-" });
  const ca = await TestCa.create();
  const { cert, key } = await ca.server();
  for (const [name, text] of Object.entries({ ca: ca.pem, cert, key })) {
    await Deno.writeTextFile(`${folder}/${name}.pem`, text);
  }
  await Deno.writeTextFile(`${folder}/server.pem`, cert); // as the floor calls them
  await Deno.writeTextFile(`${folder}/server.key`, key);
  await Deno.writeFile(`${folder}/body`, new Uint8Array(BODY));
  using h2 = Deno.createHttpClient({ caCerts: [ca.pem], http1: false });
  const scenarios: Record<string, (side: Side) => Promise<number>> = {
    "requests/s, h1": (side) => bareRequests(side, ca.pem),
    "requests/s, h2": (side) => requests(side, h2),
    "upload MB/s, h1": (side) => body(side, folder, "--http1.1", true),
    "upload MB/s, h2": (side) => body(side, folder, "--http2-prior-knowledge", true),
    "download MB/s, h1": (side) => body(side, folder, "--http1.1", false),
    "download MB/s, h2": (side) => body(side, folder, "--http2-prior-knowledge", false),
  };
  await using stack = new AsyncDisposableStack();
  const sides = flags.sides.split(",").map((name) => stack.use(new Side(name, folder)));
  await Promise.all(sides.map((side) => side.start()));
  for (const [name, run] of Object.entries(scenarios)) {
    if (flags.only !== undefined && !name.includes(flags.only)) continue;
    const rows = await compare(sides, run);
    printTable([name, "rate", "of the first", "CPU ms", "of the first"], rows);
  }
  await Deno.remove(folder, { recursive: true });
}

/** Runs one scenario with all sides in turn. */
async function compare(
  sides: Side[],
  run: (side: Side) => Promise<number>,
): Promise<string[][]> {
  const seen = sides.map((side) => ({ side, rates: [] as number[], cpu: [] as number[] }));
  for (let round = 0; round <= Number(flags.rounds); round++) { // the first warms up
    for (const { side, rates, cpu } of seen) {
      const before = side.cpu();
      const rate = await run(side);
      if (round === 0) continue;
      rates.push(rate);
      cpu.push(side.cpu() - before);
    }
  }
  const [first] = seen as [typeof seen[number]];
  const able = seen.filter(({ rates }) => rates.every(Number.isFinite)); // the floor has no ALPN
  return able.map(({ side, rates, cpu }) => [
    ...[side.name, median(rates).toFixed(0), ratio(median(rates) / median(first.rates))],
    ...[median(cpu).toFixed(0), ratio(median(first.cpu) / median(cpu))],
  ]);
}

if (flags.serve !== undefined) await serveSide(flags.serve, flags.folder!);
else await main();
