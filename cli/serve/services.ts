/**
 * What `ssl serve` does with a connection: echo, the files of a folder, or a program.
 *
 * @module
 */

import type { ListenOptions } from "../../socket/options.ts";
import { serve, type SslServer } from "../../server/serve.ts";
import type { SslSocket } from "../../socket/socket.ts";
import type { Call } from "../call.ts";
import { fileError } from "../../internal/file_error.ts";

/** Runs what one connection or request needs; it counts them. */
export type Around = <T>(work: () => Promise<T>) => Promise<T>;

async function echo(socket: SslSocket): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (let n; (n = await socket.read(buffer)) !== null;) await socket.write(buffer.subarray(0, n));
}

/** The shell of the system with a command. */
function shell(command: string): Deno.Command {
  const windows = Deno.build.os === "windows";
  const [program, args] = windows ? ["cmd", ["/d", "/s", "/c", command]] : ["sh", ["-c", command]];
  return new Deno.Command(program as string, {
    args: args as string[],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
}

async function exec(socket: SslSocket, command: string): Promise<void> {
  const child = shell(command).spawn();
  // A program may end before it has read all, and a client before it has sent all.
  const input = socket.readable.pipeTo(child.stdin).catch(() => {});
  try {
    const reader = child.stdout.getReader();
    for (let part; !(part = await reader.read()).done;) await socket.write(part.value);
    await child.status;
  } finally {
    try {
      child.kill();
    } catch {
      // it has ended
    }
    await child.status;
    await socket.close().catch(() => {});
    await input;
  }
}

/** Starts the server that the options ask for. */
export async function startService(
  call: Call,
  options: ListenOptions,
  around: Around,
): Promise<SslServer> {
  const folder = call.text("http"), command = call.text("exec");
  if (folder === undefined) {
    const work = command === undefined ? echo : (s: SslSocket) => exec(s, command);
    return serve(options, (_, socket) => around(() => work(socket)));
  }
  const [{ serveHttp }, { fileServer }] = await Promise.all([
    import("../../http/serve_http.ts"),
    import("./file_server.ts"),
  ]);
  const answer = await fileServer(folder).catch((cause) => {
    throw fileError("", folder, cause);
  });
  return serveHttp(options, (request) => around(() => answer(request)));
}
