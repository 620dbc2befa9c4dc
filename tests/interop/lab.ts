/** A folder with certificates, and the peers that use them. */

import { TestCa, type TestCertificate } from "../../certificate/mod.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import type { EngineName } from "../../engine/engine.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { freePort, listening, Peer, run, within } from "./peers.ts";
import { PerlPeer } from "./perl_peer.ts";

/** The versions, as openssl's command line calls them. */
export const VERSIONS = ["tls1_2", "tls1_3"] as const;
/** A version, as openssl's command line calls it. */
export type Version = typeof VERSIONS[number];
/** The engines. */
export const ENGINES = ["openssl", "deno"] as const;
/** Our name of a version. */
export const OUR_NAME = { tls1_2: "TLSv1_2", tls1_3: "TLSv1_3" } as const;
/** The name of a version in what openssl and curl print. */
export const THEIR_NAME = { tls1_2: "TLSv1.2", tls1_3: "TLSv1.3" } as const;

/** Text to bytes. */
export const bytes = (s: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(s);
/** Bytes to text. */
export const text = (b: Uint8Array): string => new TextDecoder().decode(b);

/** The certificates of this test run. */
export interface LabPki {
  /** Issued everything. */
  readonly ca: TestCa;
  /** Issued nothing here. */
  readonly other: TestCa;
  /** For localhost, P-256. */
  readonly server: TestCertificate;
  /** Of a client with the common name "client". */
  readonly client: TestCertificate;
}

let pki: Promise<LabPki> | undefined;

function makePki(): Promise<LabPki> {
  return pki ??= (async () => {
    const ca = await TestCa.create();
    const other = await TestCa.create({ commonName: "Other CA" });
    return { ca, other, server: await ca.server(), client: await ca.client() };
  })();
}

/** A folder with certificates, and the peers that use them. Dispose of it. */
export class Lab implements AsyncDisposable {
  readonly #peers: AsyncDisposable[] = [];

  private constructor(readonly dir: string, readonly pki: LabPki) {}

  /** Makes the folder: ca.pem, other.pem, cert.pem, key.pem, client.pem, client.key. */
  static async open(): Promise<Lab> {
    const pki = await makePki();
    const lab = new Lab(await Deno.makeTempDir(), pki);
    lab.write("ca.pem", pki.ca.pem);
    lab.write("other.pem", pki.other.pem);
    lab.write("cert.pem", pki.server.cert);
    lab.write("key.pem", pki.server.key);
    lab.write("client.pem", pki.client.cert);
    lab.write("client.key", pki.client.key);
    return lab;
  }

  /** The path of a file in the folder. */
  path(name: string): string {
    return `${this.dir}/${name}`;
  }

  /** Writes a file of the folder; its path. */
  write(name: string, data: string | Uint8Array): string {
    if (typeof data === "string") Deno.writeTextFileSync(this.path(name), data);
    else Deno.writeFileSync(this.path(name), data);
    return this.path(name);
  }

  /** Runs a command to its end; a failure is an error. */
  async ok(command: string, ...args: string[]): Promise<string> {
    const { code, output } = await run(command, args, this.dir);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${code}:\n${output}`);
    return output;
  }

  /** Runs a command to its end with an input. */
  run(command: string, args: readonly string[], input?: string | Uint8Array) {
    return run(command, args, this.dir, input);
  }

  /** Runs openssl. */
  openssl(...args: string[]): Promise<string> {
    return this.ok("openssl", ...args);
  }

  /** Starts a peer that ends with the lab. */
  peer(command: string, ...args: string[]): Peer {
    const peer = new Peer(command, args, this.dir);
    this.#peers.push(peer);
    return peer;
  }

  /** `openssl s_server` with our certificate, unless the arguments give one. */
  async sServer(...args: string[]): Promise<Peer & { port: number }> {
    const own = args.includes("-cert") || args.includes("-nocert")
      ? []
      : ["-cert", "cert.pem", "-key", "key.pem"];
    if (args.includes("-quiet")) {
      // It does not tell its port then.
      const port = freePort();
      const peer = this.peer(
        "openssl",
        "s_server",
        "-accept",
        `127.0.0.1:${port}`,
        ...own,
        ...args,
      );
      await listening(port, peer);
      return Object.assign(peer, { port });
    }
    const peer = this.peer("openssl", "s_server", "-accept", "127.0.0.1:0", ...own, ...args);
    const [, port] = await peer.said(/ACCEPT 127\.0\.0\.1:(\d+)/);
    return Object.assign(peer, { port: Number(port) });
  }

  /** `openssl s_client`, which trusts our CA and checks the name unless told otherwise. */
  sClient(port: number, ...args: string[]): Peer {
    const trust = args.includes("-CAfile")
      ? []
      : ["-CAfile", "ca.pem", "-verify_return_error", "-verify_hostname", "localhost"];
    const name = args.includes("-servername") || args.includes("-noservername")
      ? []
      : ["-servername", "localhost"];
    return this.peer(
      "openssl",
      "s_client",
      "-connect",
      `127.0.0.1:${port}`,
      ...trust,
      ...name,
      ...args,
    );
  }

  /** Perl's IO::Socket::SSL, driven from here. */
  perl(): PerlPeer {
    const perl = new PerlPeer(this.dir);
    this.#peers.push(perl);
    return perl;
  }

  /** Our client, which trusts our CA alone (the Deno engine: also). */
  connect(engine: EngineName, port: number, options: ConnectOptions = {}): Promise<SslSocket> {
    const to = { hostname: "localhost", port, timeout: 10_000 };
    return within("connecting", SslSocket.connect({ ...this.trust(engine), ...to, ...options }));
  }

  /** The options with which our client trusts our CA. */
  trust(engine: EngineName, ca: TestCa = this.pki.ca): ConnectOptions {
    return engine === "deno" ? { engine, extraCa: ca.pem } : { engine, ca: ca.pem };
  }

  /** Our listener on a free port, which ends with the lab. */
  async listen(engine: EngineName, options: ListenOptions = {}): Promise<OurListener> {
    const own = "cert" in options || "certFile" in options || "reuseCtx" in options
      ? {}
      : this.pki.server;
    const listener = await SslSocket.listen({
      engine,
      hostname: "127.0.0.1",
      port: 0,
      ...own,
      ...options,
    });
    const ours: OurListener = {
      listener,
      port: listener.addr.port,
      accept: () => within("accepting", listener.accept()),
    };
    this.#peers.push(listener);
    return ours;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Children first: none may outlive a test, whatever else fails.
    await Promise.allSettled(this.#peers.map((peer) => peer[Symbol.asyncDispose]()));
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** Our listener in a lab. */
export interface OurListener {
  /** The listener itself. */
  readonly listener: SslListener;
  /** Its port. */
  readonly port: number;
  /** One connection, in bounded time. */
  accept(): Promise<SslSocket>;
}

interface Readable {
  read(p: Uint8Array): Promise<number | null>;
}

/** Reads exactly `n` bytes. */
export async function readExactly(from: Readable, n: number): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(n);
  for (let at = 0; at < n;) {
    const r = await within(`reading byte ${at} of ${n}`, from.read(all.subarray(at)));
    if (r === null) throw new Error(`the stream ended after ${at} of ${n} bytes`);
    at += r;
  }
  return all;
}

/** Reads as many characters as `expected` has; what came. */
export async function readText(from: Readable, expected: string): Promise<string> {
  return text(await readExactly(from, bytes(expected).length));
}

/** Reads to the end; what came. */
export async function readAll(from: Readable): Promise<string> {
  const p = new Uint8Array(65536);
  let all = "";
  for (let n; (n = await within("reading to the end", from.read(p))) !== null;) {
    all += new TextDecoder("latin1").decode(p.subarray(0, n));
  }
  return all;
}

/** Reads one byte more: data, `null`, or an error. */
export function readOn(from: Readable): Promise<number | null> {
  return within("reading on", from.read(new Uint8Array(1)));
}

/** Data that does not repeat, the same in each run. */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** SHA-256 in hex. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
}
