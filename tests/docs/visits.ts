/**
 * The clients of the examples that serve: each gets the port and shows that the server does what its
 * page says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Handle } from "../../mod.ts";
import { startTls } from "../../starttls/mod.ts";

type Visit = (port: number) => Promise<void>;

const trust = { extraCaFile: "ca.pem" };

async function get(port: number, files: Deno.TlsCertifiedKeyPem | Record<never, never> = {}) {
  const caCerts = [await Deno.readTextFile("ca.pem")];
  using client = Deno.createHttpClient({ caCerts, ...files });
  return await (await fetch(`https://localhost:${port}/`, { client })).text();
}

async function alice(): Promise<Deno.TlsCertifiedKeyPem> {
  const [cert, key] = await Promise.all(
    ["client.pem", "client.key"].map((file) => Deno.readTextFile(file)),
  );
  return { keyFormat: "pem", cert: cert!, key: key! };
}

/** The answer to a line, of a server that reads lines. */
async function lines(port: number, ...said: readonly string[]): Promise<string[]> {
  await using handle = await Handle.connect(`localhost:${port}`, trust);
  for (const line of said) await handle.print(`${line}\n`);
  await handle.socket.closeWrite();
  return await Array.fromAsync(handle.lines());
}

const aliceIsGreeted: Visit = async (port) => {
  assertEquals(await get(port, await alice()), "Hello, alice\n");
};

const saysHello: Visit = async (port) => assertEquals(await lines(port), ["hello"]);

/** Name of the block -> its client. */
export const VISITS: Readonly<Record<string, Visit>> = {
  "README.md: A server": async (port) => {
    assertEquals(await lines(port, "Perl"), ["Who are you?", "Hello, Perl"]);
  },
  "docs/http.md: A server that knows its client by certificate": aliceIsGreeted,
  "README.md: HTTPS with client certificates": aliceIsGreeted,
  "docs/certificates.md: Certificates and keys: files, names, renewal": saysHello,
  "docs/certificates.md: Renewal without a restart": saysHello,
  "docs/http.md: Frameworks": async (port) => assertEquals(await get(port), "hello"),
  "docs/node.md: Express": aliceIsGreeted,
  "http/serve_http.ts": aliceIsGreeted,
  "context/trust/default_ca.ts (2)": async (port) => {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close(); // nobody calls accept()
  },
  "node/serve_connections.ts": async (port) => assertEquals(await get(port), "hello"),
  "socket/socket.ts (3)": async (port) => assertEquals(await lines(port, "echo"), ["echo"]),
  "starttls/start.ts (2)": async (port) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const { socket } = await startTls(conn, "smtp", { hostname: "localhost", ...trust });
    assertEquals(await socket.read(new Uint8Array(8)), null);
    await socket.close();
  },
  "http/mod.ts": async (port) => assertEquals(await get(port), "hello"),
  "server/serve.ts": async (port) => {
    assertEquals(await lines(port, "one", "two"), ["you said one", "you said two"]);
  },
};
