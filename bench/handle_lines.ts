/**
 * Lines a second through a handle, as ratios to the bare minimum (decode a
 * chunk once, split it) in the same run.
 *
 *     deno run --allow-all bench/handle_lines.ts
 *
 * @module
 */

import { TestCa } from "../testing/ca.ts";
import { Handle } from "../handle/mod.ts";
import type { HandleConn } from "../handle/mod.ts";
import { SslSocket } from "../socket/socket.ts";

const LINE = "a line of sixty characters and a newline, as logs have them.\n";
const LINES = 2_000_000;
const CHUNK = new TextEncoder().encode(LINE.repeat(4096));
const TOTAL = LINES * LINE.length;

/** What a worker has and the types of a main module have not. */
const scope = globalThis as unknown as {
  postMessage(message: unknown): void;
  onmessage(event: MessageEvent): void;
};

/** A peer that has the lines in memory. */
function memory(): HandleConn {
  let sent = 0;
  return {
    read(p: Uint8Array): Promise<number | null> {
      const at = sent % CHUNK.length;
      const n = Math.min(p.length, CHUNK.length - at, TOTAL - sent);
      if (n === 0) return Promise.resolve(null);
      p.set(CHUNK.subarray(at, at + n));
      sent += n;
      return Promise.resolve(n);
    },
  };
}

async function feed(conn: { write(p: Uint8Array): Promise<number> }): Promise<void> {
  for (let sent = 0; sent < TOTAL;) {
    const at = sent % CHUNK.length;
    sent += await conn.write(CHUNK.subarray(at, Math.min(CHUNK.length, at + TOTAL - sent)));
  }
}

/** A TCP or TLS peer on loopback, in a worker: one core feeds, one reads. */
async function remote(tls: "tcp" | "openssl" | "deno"): Promise<HandleConn & AsyncDisposable> {
  const worker = new Worker(import.meta.url, { type: "module" });
  const next = () => new Promise<MessageEvent>((resolve) => worker.onmessage = resolve);
  await next();
  worker.postMessage(tls);
  const { data } = await next();
  const conn = tls === "tcp"
    ? await Deno.connect({ hostname: "127.0.0.1", port: data.port })
    : await SslSocket.connect({
      hostname: "localhost",
      family: 4,
      port: data.port,
      engine: tls,
      ...(tls === "deno" ? { extraCa: data.ca } : { ca: data.ca }),
    });
  return Object.assign(conn as HandleConn, {
    async [Symbol.asyncDispose]() {
      await conn.close();
      worker.terminate();
    },
  });
}

async function serve(tls: "tcp" | "openssl" | "deno"): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ca = await TestCa.create();
  const server = await ca.server();
  scope.postMessage({ port: listener.addr.port, ca: ca.pem });
  const tcp = await listener.accept();
  const conn = tls === "tcp"
    ? tcp
    : await SslSocket.start(tcp, { engine: "openssl", server: true, ...server });
  await feed(conn);
  await conn.close();
  listener.close();
}

type Way = (conn: HandleConn) => Promise<number>;

const ways: Record<string, Way> = {
  "decode and split": async (conn) => {
    const decoder = new TextDecoder();
    const p = new Uint8Array(1 << 17);
    let [count, rest] = [0, ""];
    for (let n; (n = await conn.read!(p)) !== null;) {
      const lines = (rest + decoder.decode(p.subarray(0, n), { stream: true })).split("\n");
      rest = lines.pop()!;
      count += lines.length;
    }
    return count;
  },
  "lineBatches()": async (conn) => {
    let count = 0;
    for await (const lines of new Handle(conn).lineBatches()) {
      for (const line of lines) if (line.length > 0) count++;
    }
    return count;
  },
  "lines()": async (conn) => {
    let count = 0;
    for await (const line of new Handle(conn).lines()) if (line.length > 0) count++;
    return count;
  },
  "lines(), latin1": async (conn) => {
    let count = 0;
    const handle = new Handle(conn, { encoding: "latin1" });
    for await (const line of handle.lines()) if (line.length > 0) count++;
    return count;
  },
  "readLine()": async (conn) => {
    const handle = new Handle(conn);
    let count = 0;
    while (await handle.readLine() !== undefined) count++;
    return count;
  },
  "tryReadLine() and ready()": async (conn) => {
    const handle = new Handle(conn);
    let count = 0;
    for (let line; (line = handle.tryReadLine()) !== undefined;) {
      if (typeof line === "string") count++;
      else await handle.ready(line);
    }
    return count;
  },
  "Deno streams: TextDecoderStream": async (conn) => {
    const p = new Uint8Array(1 << 17);
    const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const n = await conn.read!(p);
        if (n === null) controller.close();
        else controller.enqueue(p.slice(0, n));
      },
    });
    let [count, rest] = [0, ""];
    for await (const text of source.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line.length >= 0) count++;
    }
    return count;
  },
};

async function main(): Promise<void> {
  for (const source of ["memory", "tcp", "openssl", "deno"] as const) {
    console.log(`\n${source}: ${LINES} lines of ${LINE.length} bytes`);
    let base = 0;
    for (const [name, way] of Object.entries(ways)) {
      let best = 0;
      for (let i = 0; i < 3; i++) {
        await using conn = source === "memory"
          ? Object.assign(memory(), { async [Symbol.asyncDispose]() {} })
          : await remote(source);
        const start = performance.now();
        const count = await way(conn);
        best = Math.max(best, LINES / (performance.now() - start) / 1000);
        if (count !== LINES) throw new Error(`${name}: ${count} lines`);
      }
      base ||= best;
      console.log(
        `  ${name.padEnd(32)} ${best.toFixed(2).padStart(6)} M lines/s   ${
          (best / base).toFixed(2)
        }x`,
      );
    }
  }
}

if ("WorkerGlobalScope" in globalThis) {
  scope.onmessage = (event) => serve(event.data);
  scope.postMessage("up");
} else {
  await main();
}
