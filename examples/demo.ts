/**
 * The main job, embedded: a CA and a server certificate are made in memory, a
 * server starts on loopback, and a client connects, verifies it by name and
 * exchanges lines: on each engine that is there. Then a wrong name is refused.
 *
 * `deno task demo` runs it, `deno task demo example.com:443` the client half
 * against a real server. By itself it needs the network alone; OpenSSL comes
 * with the second command.
 *
 * ```sh
 * deno run --allow-net=127.0.0.1,localhost examples/demo.ts
 * deno run --allow-net=127.0.0.1,localhost --allow-ffi examples/demo.ts
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { engineInfo, explain, Handle, serve, SslSocket, SslUnsupportedError } from "../mod.ts";
import { TestCa } from "../certificate/mod.ts";

type EngineChoice = "openssl" | "deno";

/** The engines that work here; why another does not. */
function availableEngines(): EngineChoice[] {
  const available: EngineChoice[] = [];
  for (const engine of ["openssl", "deno"] as const) {
    try {
      const { version, path } = engineInfo(engine);
      console.log(`engine ${engine}: ${version}${path ? ` (${path})` : ""}`);
      available.push(engine);
    } catch (error) {
      console.log(`engine ${engine}: not available: ${(error as Error).message}`);
    }
  }
  return available;
}

/** A value that the engine may not be able to tell. */
function told(what: () => unknown): unknown {
  try {
    return what() ?? "-";
  } catch (error) {
    if (error instanceof SslUnsupportedError) return "(this engine cannot tell)";
    throw error;
  }
}

/** Prints what was negotiated and who the peer is. */
function show(socket: SslSocket): void {
  console.log(`  protocol     ${told(() => socket.getSslversion())}`);
  console.log(`  cipher       ${told(() => socket.getCipher())}`);
  console.log(`  peer         ${told(() => socket.peerCertificate()?.subject)}`);
  console.log(`  fingerprint  ${told(() => socket.getFingerprint())}`);
  for (const check of socket.report.checks) {
    const mark = check.ok === undefined ? "skipped" : check.ok ? "ok" : "failed";
    console.log(`  ${check.name.padEnd(12)} ${mark}: ${check.detail}`);
  }
}

async function loopback(engine: EngineChoice): Promise<void> {
  console.log(`\n== ${engine}: server and client on loopback`);
  const ca = await TestCa.create();
  const { cert, key } = await ca.server("localhost");
  await using server = serve(
    { hostname: "127.0.0.1", port: 0, cert, key, engine },
    async (handle) => {
      await handle.say("hello, who are you?");
      const name = await handle.readLine();
      if (name !== undefined) await handle.say(`nice to meet you, ${name}`);
    },
  );
  const { port } = await server.addr;
  const trust = engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem };

  const socket = await SslSocket.connect(`localhost:${port}`, { ...trust, engine });
  show(socket);
  await using handle = new Handle(socket);
  console.log(`  < ${await handle.readLine()}`);
  await handle.say("the demo");
  console.log(`  > the demo`);
  console.log(`  < ${await handle.readLine()}`);

  console.log(`-- ${engine}: the same server under a wrong name`);
  try {
    const serverName = "wrong.example";
    await using wrong = await SslSocket.connect(`localhost:${port}`, {
      ...trust,
      serverName,
      engine,
    });
    throw new Error(`A wrong name was accepted: ${wrong.remoteAddr}`);
  } catch (error) {
    if ((error as { code?: string }).code !== "HOSTNAME_MISMATCH") throw error;
    console.log(explain(error).replace(/^/gm, "  | "));
  }
}

async function remote(target: string, engine: EngineChoice): Promise<void> {
  console.log(`\n== ${engine}: ${target}`);
  try {
    await using socket = await SslSocket.connect(target, { engine });
    show(socket);
  } catch (error) {
    console.log(explain(error).replace(/^/gm, "  | "));
    Deno.exitCode = 1;
  }
}

const [target] = parseArgs(Deno.args, { string: "_" })._.map(String);
const engines = availableEngines();
if (engines.length === 0) throw new Error("No engine is available");
for (const engine of engines) await (target ? remote(target, engine) : loopback(engine));
if (!target) console.log("\nAll of it worked.");
