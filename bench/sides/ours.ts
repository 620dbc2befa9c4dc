/**
 * This library, on one of its engines; of this tree, or of another one.
 *
 * @module
 */

import type { Handle } from "../../handle/mod.ts";
import type { SslSocket } from "../../socket/socket.ts";
import type { Contender, Material } from "./contender.ts";

/** `tree` is the address of the folder with mod.ts. */
export async function ours(
  engine: "openssl" | "deno" | "wasm",
  { ca, cert, key }: Material,
  tree: URL,
): Promise<Contender> {
  const library: typeof import("../../mod.ts") = await import(new URL("mod.ts", tree).href);
  const trust = engine === "deno" ? { extraCa: ca } : { ca };
  const context = (resume: boolean) =>
    library.SslContext.create({
      engine,
      ...trust,
      ...(resume ? { sessionCacheSize: 100 } : {}),
    });
  const contexts = new Map<boolean, ReturnType<typeof context>>();
  const address = { engine, hostname: "127.0.0.1", port: 0, backlog: 1024, maxHandshakes: 5000 };
  return {
    async connect(port, resume) {
      let made = contexts.get(resume);
      if (made === undefined) contexts.set(resume, made = context(resume));
      return await library.SslSocket.connect({
        hostname: "127.0.0.1",
        port,
        serverName: "localhost",
        verifycnName: "localhost",
        reuseCtx: await made,
      });
    },
    async listen(names = {}) {
      const certs = Object.entries(names).map(([name, own]) => [name, own.cert]);
      const keys = Object.entries(names).map(([name, own]) => [name, own.key]);
      const listener = await library.SslSocket.listen({
        ...address,
        cert: certs.length ? Object.fromEntries([["", cert], ...certs]) : cert,
        key: keys.length ? Object.fromEntries([["", key], ...keys]) : key,
      });
      return { port: listener.addr.port, connections: listener };
    },
    lines: (conn) => new library.Handle(conn as SslSocket).lines(),
    async serve(how) {
      const { addr } = library.serve({ ...address, cert, key }, how === "lines" ? echoLines : echo);
      return (await addr).port;
    },
    context: () => context(false),
  };
}

async function echoLines(handle: Handle): Promise<void> {
  for await (const line of handle.lines()) if (line !== "E") await handle.print(`${line}\n`);
}

async function echo(_handle: Handle, socket: SslSocket): Promise<void> {
  const p = new Uint8Array(16384);
  await socket.read(p); // the command of the protocol
  for (let n; (n = await socket.read(p)) !== null;) await socket.write(p.subarray(0, n));
}
