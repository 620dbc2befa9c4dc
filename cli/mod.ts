/**
 * The command line: connections, certificates and servers, looked at and explained.
 *
 * ```sh
 * deno run -A jsr:@socket/ssl/cli connect example.com
 * deno install -gA -n ssl jsr:@socket/ssl/cli
 * ```
 *
 * Each command runs with fewer permissions, too: `ssl COMMAND --help` lists them.
 *
 * @module
 */

import { type CliIo, systemIo } from "./io.ts";
import { runMain } from "./main.ts";

export type { CliInput, CliIo, CliOutput, StdinKind } from "./io.ts";

/**
 * Runs a command as the program `ssl` does, and gives its exit code. It never throws and never ends
 * the process.
 *
 * @param args The arguments, such as `["connect", "example.com", "--json"]`.
 * @param io The streams, the clock and the rest of the world. @default {those of the process}
 * @example
 * ```ts ignore
 * import { main } from "@socket/ssl/cli";
 *
 * Deno.exitCode = await main(["check", "example.com", "--warn", "20"]);
 * ```
 *
 * @category Command line
 */
export async function main(args: readonly string[], io?: CliIo): Promise<number> {
  return await runMain(args, io ?? systemIo(new AbortController().signal));
}

if (import.meta.main) {
  const interrupted = new AbortController();
  const stop = () => {
    if (interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
    // What does not end by itself is ended.
    Deno.unrefTimer(setTimeout(() => Deno.exit(130), 3000));
  };
  Deno.addSignalListener("SIGINT", stop);
  Deno.exit(await runMain(Deno.args, systemIo(interrupted.signal)));
}
