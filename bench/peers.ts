/**
 * The fixed other end of the benchmarks: the C programs in bench/peers, built
 * into a temporary folder, with a certificate made on the spot. So only the
 * side under test differs. Without a C compiler or OpenSSL's headers the other
 * end is a process with Deno's own TLS.
 *
 * @module
 */

import { TestCa } from "../testing/ca.ts";
import { SideProcess } from "./process.ts";

const HERE = new URL("./peers/", import.meta.url).pathname;

/** Runs a program to its end; its output, or `undefined` if it failed or is not there. */
export async function output(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string | undefined> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, { args, env }).output();
    if (code === 0) return new TextDecoder().decode(stdout);
    const text = new TextDecoder().decode(stderr).trim();
    if (text) console.error(`${command}: ${text.split("\n")[0]}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return undefined;
}

/** A port that is free now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** What one measurement gives. */
export interface Measured {
  /** Seconds from begin to end. */
  readonly wall: number;
  /** CPU seconds of the side under test. */
  readonly cpu: number;
  /** Handshakes that resumed a session, where that is asked. */
  readonly reused?: number;
}

/** What the load test measures of a server. */
export interface Load {
  /** Requests a second, and all that were answered. */
  readonly rate: number;
  readonly done: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU seconds of the server, its handshakes not counted. */
  readonly cpu: number;
}

/** The next line that the load test says. */
async function lineOf(said: ReadableStreamDefaultReader<string>): Promise<string> {
  let line = "";
  while (!line.endsWith("\n")) {
    const { value, done } = await said.read();
    if (done) throw new Error("the load test failed");
    line += value;
  }
  return line;
}

/** A server that runs. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  /** Milliseconds that it took to listen, where that was measured. */
  readonly ms?: number;
  /** CPU seconds it has used so far. */
  cpu(): Promise<number>;
  /** Resident memory in KiB. */
  rss(): Promise<number>;
}

/** The clock ticks a second that /proc counts in. */
const TICKS = 100;

/** User and system CPU seconds of a process and its children that ended, where /proc is. */
export function processCpu(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Resident memory of a process in KiB, where /proc is. */
export function processRss(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0);
}

/** The environment that names the suite of TLS 1.3 for the C programs. */
const ofSuite = (suite: string | undefined): Record<string, string> =>
  suite === undefined ? {} : { BENCH_SUITE: suite };

/** The peers, built, with their certificates. */
export class Peers implements AsyncDisposable {
  /** The folder with ca.pem, server.pem, server.key and the programs. */
  readonly folder: string;
  /** Whether the C programs are there. */
  readonly native: boolean;

  private constructor(folder: string, native: boolean) {
    this.folder = folder;
    this.native = native;
  }

  /** Builds them. */
  static async build(): Promise<Peers> {
    const folder = await Deno.makeTempDir({ prefix: "socket-ssl-bench-" });
    const ca = await TestCa.create();
    const server = await ca.server();
    await Deno.writeTextFile(`${folder}/ca.pem`, ca.pem);
    await Deno.writeTextFile(`${folder}/server.pem`, server.cert);
    await Deno.writeTextFile(`${folder}/server.key`, server.key);
    let native = true;
    for (const name of ["peer_server", "peer_client", "load"]) {
      const args = ["-O2", "-o", `${folder}/${name}`, `${HERE}${name}.c`];
      const built = await output("gcc", [...args, "-lssl", "-lcrypto", "-lpthread"]);
      native &&= built !== undefined;
    }
    if (await output("go", ["version"]) !== undefined) {
      await output("go", ["build", "-o", `${folder}/go_side`, `${HERE}../sides/go/main.go`]);
    }
    return new Peers(folder, native);
  }

  /** A server for clients under test. */
  async server(version: "12" | "13", suite?: string): Promise<Server> {
    if (!this.native) return await startSideServer("deno", this.folder);
    const port = freePort();
    const child = new Deno.Command(`${this.folder}/peer_server`, {
      args: [String(port), "tls", version],
      env: { BENCH_CERTS: this.folder, ...ofSuite(suite) },
      stdout: "null",
      stderr: "null",
    }).spawn();
    await reachable(port);
    return {
      port,
      cpu: () => Promise.resolve(processCpu(child.pid)),
      rss: () => Promise.resolve(processRss(child.pid)),
      async [Symbol.asyncDispose]() {
        child.kill();
        await child.status;
      },
    };
  }

  /** The server of a side, of C too. */
  async serverOf(side: string, profile?: string): Promise<Server> {
    return side === "C"
      ? await this.server("13")
      : await startSideServer(side, this.folder, profile);
  }

  /** Many clients, each with one request on its way, for some seconds; needs `native`. */
  async load(server: Server, clients: number, seconds: number, size: number): Promise<Load> {
    const child = new Deno.Command(`${this.folder}/load`, {
      args: [server.port, clients, seconds, size].map(String),
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const said = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const writer = child.stdin.getWriter();
    try {
      await lineOf(said); // all are connected: their handshakes do not count
      const before = await server.cpu();
      await writer.write(new Uint8Array([10]));
      const measured: Omit<Load, "cpu"> = JSON.parse(await lineOf(said));
      return { ...measured, cpu: await server.cpu() - before };
    } finally {
      await writer.close().catch(() => {}); // which ends it
      await child.status;
    }
  }

  /** Opens idle connections, and holds them until it is disposed of; needs `native`. */
  async hold(port: number, count: number): Promise<AsyncDisposable> {
    const child = new Deno.Command(`${this.folder}/peer_client`, {
      args: [String(port), "tls", "13", "I", String(count), "600"],
      env: { BENCH_CERTS: this.folder },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    const { done } = await reader.read(); // it says when all are open
    await reader.cancel();
    const end = async () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It ended by itself.
      }
      await child.status;
    };
    if (done) {
      await end();
      throw new Error(`${count} idle connections could not be opened`);
    }
    return { [Symbol.asyncDispose]: end };
  }

  /** Runs the client with a command of its protocol; needs {@linkcode Peers.native}. */
  async client(port: number, version: "12" | "13", ...command: string[]): Promise<Measured> {
    return await this.clientWith(undefined, port, version, ...command);
  }

  /** The same with a suite of TLS 1.3. */
  async clientWith(
    suite: string | undefined,
    port: number,
    version: "12" | "13",
    ...command: string[]
  ): Promise<Measured> {
    const args = [String(port), "tls", version, ...command];
    const env = { BENCH_CERTS: this.folder, ...ofSuite(suite) };
    const text = await output(`${this.folder}/peer_client`, args, env);
    if (text === undefined) throw new Error(`peer_client ${command.join(" ")} failed`);
    return JSON.parse(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Waits until something listens on a port. */
export async function reachable(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error(`nothing listens on port ${port}`);
}

/** A server under test in its own process; Perl's has one more, which forks. */
export async function startSideServer(
  kind: string,
  folder: string,
  profile?: string,
  options: { readonly how?: "raw" | "lines"; readonly names?: number } = {},
): Promise<Server> {
  const side = await SideProcess.start(kind, folder, profile);
  const { port, ms, pid = side.pid } = await side.run<{ port: number; ms?: number; pid?: number }>({
    do: "serve",
    ...options,
  });
  return {
    port,
    ...(ms !== undefined && { ms }),
    cpu: () => Promise.resolve(processCpu(pid)),
    rss: async () => (await side.run<{ rss: number }>({ do: "rss" })).rss,
    [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
  };
}
