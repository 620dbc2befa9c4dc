import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { Handle } from "../../handle/mod.ts";
import { connectPair } from "../contract/harness.ts";

// Perl: t/signal-readline.t
for (const engine of ["openssl", "deno"] as const) {
  Deno.test({
    name: `${engine}: Handle.readLine() survives a SIGHUP in the middle of a line`,
    ignore: Deno.build.os === "windows", // which has no such signal
    async fn() {
      await using pair = await connectPair(engine);
      const [client, server] = [new Handle(pair.client), new Handle(pair.server)];
      const { promise: hup, resolve } = Promise.withResolvers<void>();
      Deno.addSignalListener("SIGHUP", resolve);
      try {
        const line = client.readLine();
        await server.print("foo");
        Deno.kill(Deno.pid, "SIGHUP");
        await hup;
        await server.print("bar\n");
        assertEquals(await line, "foobar");
      } finally {
        Deno.removeSignalListener("SIGHUP", resolve);
      }
    },
  });
}
