/**
 * One side under test, as client or server of the protocol in bench/peers: bare
 * Deno, this library (of this tree or of another), or the floor. Started by
 * bench/process.ts; reads commands as lines of JSON from stdin.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import process from "node:process";
import { bare } from "./sides/bare.ts";
import { type Conn, type Contender, writeAll } from "./sides/contender.ts";
import { floor } from "./sides/floor.ts";
import { Checks } from "./sides/floor_checks.ts";
import { ours } from "./sides/ours.ts";

const args = parseArgs(Deno.args, { string: ["_"] })._.map(String);
const [kind, folder, tree = new URL("../", import.meta.url).href] = args as [string, string];
const file = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
const material = {
  folder,
  ca: file("ca.pem"),
  cert: file("server.pem"),
  key: file("server.key"),
};

async function contender(): Promise<Contender> {
  if (kind === "deno") return bare(material);
  if (kind === "floor") return floor(material);
  if (kind === "floor-checks") return floor(material, new Checks());
  const engine = kind === "deno-engine" ? "deno" : kind as "openssl" | "wasm";
  return await ours(engine, material, new URL(tree));
}

/** Handles of OpenSSL that are open; 0 in a tree that does not count them. */
async function handleCounter(): Promise<() => number> {
  if (kind !== "openssl" && kind !== "wasm") return () => 0;
  const memory = await import(new URL("engine/openssl/memory.ts", tree).href);
  return memory.openHandles ?? (() => 0);
}

/** KiB of the memory of WebAssembly, which never shrinks; 0 on the other engines. */
async function wasmMemory(): Promise<() => number> {
  if (kind !== "wasm") return () => 0;
  const own: typeof import("../engine/wasm/engine.ts") = await import(
    new URL("engine/wasm/engine.ts", tree).href
  );
  const engine = await own.loadWasm();
  return () => engine.instance.heap.length / 1024;
}

const side = await contender();
const openHandles = await handleCounter();
const wasmKib = await wasmMemory();
const encode = (text: string) => new TextEncoder().encode(text);

async function readAll(conn: Conn, p: Uint8Array, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const n = await conn.read(left < p.length ? p.subarray(0, left) : p);
    if (n === null) throw new Error(`the stream ended, ${left} bytes are missing`);
    left -= n;
  }
}

// ---- as server

/** What is sent and where what nobody looks at is received, on all connections. */
const shared = new Uint8Array(262144);

async function serveOne(conn: Conn): Promise<void> {
  const line = new Uint8Array(512);
  for (let at = 0;;) {
    let end = line.subarray(0, at).indexOf(10);
    while (end < 0) {
      const n = await conn.read(line.subarray(at));
      if (n === null) return;
      at += n;
      end = line.subarray(0, at).indexOf(10);
    }
    const [command, a, b] = new TextDecoder().decode(line.subarray(0, end)).split(" ");
    const rest = line.slice(end + 1, at); // what came in one read with the line
    const total = Number(a);
    at = 0;
    if (command === "D") {
      const chunk = shared.subarray(0, Math.min(Number(b), shared.length));
      for (let left = total; left > 0; left -= chunk.length) {
        await writeAll(conn, left < chunk.length ? chunk.subarray(0, left) : chunk);
      }
    } else if (command === "U") {
      await readAll(conn, shared, total - rest.length);
      await writeAll(conn, encode("K"));
    } else if (command === "E") {
      if (rest.length > 0) await writeAll(conn, rest);
      const buffer = new Uint8Array(65536);
      for (let n; (n = await conn.read(buffer)) !== null;) {
        await writeAll(conn, buffer.subarray(0, n));
      }
      return;
    } else if (command === "P") { // the idle client waits for one byte, then for nothing
      await writeAll(conn, encode("P"));
      await conn.read(new Uint8Array(64));
      return;
    } else if (command === "L") {
      await writeLines(conn, total);
    } else {
      await writeAll(conn, encode("B"));
      return;
    }
  }
}

async function writeLines(conn: Conn, count: number): Promise<void> {
  const text = "the quick brown fox jumps over the lazy dog 0123456\n";
  for (let i = 0; i < count;) {
    let chunk = "";
    for (let k = 0; k < 270 && i < count; k++, i++) {
      chunk += `${String(i).padStart(8, "0")} ${text}`;
    }
    await writeAll(conn, encode(chunk));
  }
}

/** Echoes line by line; the command of the protocol is the first line. */
async function serveLines(conn: Conn): Promise<void> {
  for await (const line of side.lines(conn)) {
    if (line !== "E") await writeAll(conn, encode(`${line}\n`));
  }
}

async function serve(how: Command["how"], names: number): Promise<number> {
  if (how !== undefined && side.serve) return await side.serve(how);
  const certificates = names > 0 ? JSON.parse(file("names.json")).slice(0, names) : [];
  const { port, connections } = await side.listen(Object.fromEntries(certificates));
  const one = how === "lines" ? serveLines : serveOne;
  (async () => {
    for await (const conn of connections) {
      one(conn).catch(() => {}).then(async () => {
        try {
          await conn.close();
        } catch {
          // The client was faster.
        }
      });
    }
  })();
  return port;
}

// ---- as client

interface Command {
  do: string;
  port: number;
  total: number;
  chunk: number;
  size: number;
  concurrency: number;
  resume?: boolean;
  /** An echo server as a user writes it, in place of the protocol. */
  how?: "raw" | "lines";
  /** A server with so many certificates, one for a name. */
  names?: number;
}

/** Contexts that are kept, so that their memory can be seen. */
const contexts: unknown[] = [];

async function open(c: Command, line?: string): Promise<Conn> {
  const conn = await side.connect(c.port, c.resume ?? false);
  try {
    if (line) await writeAll(conn, encode(line));
  } catch (error) {
    await conn.close(); // what fails here is in nobody's hands
    throw error;
  }
  return conn;
}

const COMMANDS: Record<string, (c: Command) => Promise<Record<string, unknown>>> = {
  async serve(c) {
    const start = performance.now();
    return { port: await serve(c.how, c.names ?? 0), ms: performance.now() - start };
  },
  /** Makes contexts: the time and the memory of each. */
  async contexts(c) {
    const make = side.context;
    if (!make) throw new Error(`${kind} has no contexts`);
    contexts.push(await make()); // the engine is loaded
    const before = await COMMANDS.rss!(c) as { rss: number };
    const times = await timed(async () => {
      for (let i = 0; i < c.total; i++) contexts.push(await make());
    });
    const after = await COMMANDS.rss!(c) as { rss: number };
    return { ...times, kib: after.rss - before.rss };
  },
  cpu: () => Promise.resolve({}),
  rss() {
    (globalThis as { gc?: () => void }).gc?.();
    const { rss, heapUsed } = Deno.memoryUsage();
    return Promise.resolve({
      rss: rss / 1024,
      heap: heapUsed / 1024,
      wasm: wasmKib(),
      handles: openHandles(),
      files: openFiles(),
    });
  },
  async D(c) {
    const conn = await open(c);
    const buffer = new Uint8Array(262144);
    return await timed(async () => {
      await writeAll(conn, encode(`D ${c.total} ${c.chunk}\n`));
      await readAll(conn, buffer, c.total);
    }, conn);
  },
  async U(c) {
    const conn = await open(c);
    const chunk = new Uint8Array(c.chunk);
    return await timed(async () => {
      await writeAll(conn, encode(`U ${c.total} ${c.chunk}\n`));
      for (let left = c.total; left > 0; left -= chunk.length) {
        await writeAll(conn, left < chunk.length ? chunk.subarray(0, left) : chunk);
      }
      await readAll(conn, new Uint8Array(1), 1);
    }, conn);
  },
  async P(c) {
    const conn = await open(c, "E\n");
    const out = new Uint8Array(c.size), back = new Uint8Array(c.size);
    const round = async (n: number) => {
      for (let i = 0; i < n; i++) {
        await writeAll(conn, out);
        await readAll(conn, back, c.size);
      }
    };
    await round(200);
    return await timed(() => round(c.total), conn);
  },
  async H(c) {
    let left = c.total, reused = 0;
    const one = new Uint8Array(1);
    return {
      ...await timed(() =>
        Promise.all(Array.from({ length: c.concurrency }, async () => {
          while (left-- > 0) {
            const conn = await open(c, "B\n");
            await readAll(conn, one, 1);
            if (one[0] === 82) reused++;
            await conn.close();
          }
        }))
      ),
      reused,
    };
  },
  /** All at once: each gets its byte back, all stay open until the last has. */
  async S(c) {
    let answered = 0;
    const conns: Conn[] = [];
    const failures: string[] = [];
    const times = await timed(() =>
      Promise.all(Array.from({ length: c.total }, async () => {
        try {
          const conn = await open(c, "E\n");
          conns.push(conn);
          await writeAll(conn, new Uint8Array([65]));
          await readAll(conn, new Uint8Array(1), 1);
          answered++;
        } catch (error) {
          failures.push(String(error));
        }
      }))
    );
    for (const conn of conns) await conn.close();
    return { ...times, answered, failures: [...new Set(failures)].slice(0, 3) };
  },
  async L(c) {
    const conn = await open(c, `L ${c.total}\n`);
    return await timed(async () => {
      let count = 0;
      for await (const line of side.lines(conn)) if (line.length > 0 && ++count === c.total) break;
      if (count !== c.total) throw new Error(`${count} of ${c.total} lines`);
    }, conn);
  },
  async I(c) {
    const { rss } = await COMMANDS.rss!(c) as { rss: number };
    const conns: Conn[] = [];
    const one = new Uint8Array(1);
    for (let i = 0; i < c.total; i++) {
      const conn = await open(c, "E\n"); // an echo server goes on waiting
      await writeAll(conn, one);
      await readAll(conn, one, 1);
      conns.push(conn);
      conn.read(one).catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await COMMANDS.rss!(c) as { rss: number };
    for (const conn of conns) await conn.close();
    return { perConnection: (after.rss - rss) / c.total };
  },
};

/** Open file descriptors, where the system can say; the one that lists them does not count. */
function openFiles(): number {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length - 1;
  } catch {
    return 0;
  }
}

async function timed(
  run: () => Promise<unknown>,
  conn?: Conn,
): Promise<{ wall: number; cpu: number }> {
  const start = performance.now(), before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - start) / 1000;
  await conn?.close();
  return { wall, cpu: (user + system) / 1e6 };
}

async function main(): Promise<void> {
  const say = (answer: unknown) => console.log(JSON.stringify(answer));
  say({ ready: true });
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    rest += text;
    for (let at; (at = rest.indexOf("\n")) >= 0;) {
      const command = JSON.parse(rest.slice(0, at)) as Command;
      rest = rest.slice(at + 1);
      try {
        const { user, system } = process.cpuUsage();
        say({ cpu: (user + system) / 1e6, ...await COMMANDS[command.do]!(command) });
      } catch (error) {
        say({ error: String(error) });
      }
    }
  }
  Deno.exit(0);
}

await main();
