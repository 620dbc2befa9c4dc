/**
 * A server of ours on standard input and output, as inetd starts it: behind a
 * TCP port, with openssl's client at the other end.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { Lab, VERSIONS } from "./lab.ts";
import { within } from "./peers.ts";

const MAIN = decodeURIComponent(new URL("../socket/inetd_main.ts", import.meta.url).pathname);

/** What inetd does: each connection gets a process, and is its input and output. */
function inetd(lab: Lab, mode: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const codes: number[] = [];
  const serving = (async () => {
    for await (const conn of listener) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--allow-ffi",
          "--allow-read",
          "--allow-env",
          "--no-prompt",
          MAIN,
          lab.dir,
          mode,
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const { readable, writable } = conn;
      await Promise.allSettled([readable.pipeTo(child.stdin), child.stdout.pipeTo(writable)]);
      codes.push((await child.status).code);
    }
  })();
  return {
    port: listener.addr.port,
    end: async () => {
      listener.close();
      await within("the server's end", serving);
      return codes;
    },
  };
}

for (const version of VERSIONS) {
  Deno.test(`openssl s_client -${version} talks to a server on stdin and stdout`, async () => {
    await using lab = await Lab.open();
    const server = inetd(lab, "tls");
    const client = lab.sClient(server.port, `-${version}`, "-quiet");
    await client.write("hello\n");
    await client.said("HELLO\n");
    await client.write("stop\n");
    assertEquals(await client.exited(), 0);
    assertEquals(await server.end(), [0]);
  });
}
