/** Malformed openings by the thousand. The same with 100,000 and the memory is bench/hostile.ts. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { openHandles } from "../../engine/openssl/memory.ts";
import { SslError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, listen, reach, readText } from "../contract/harness.ts";
import { clientHello, ENGINES, raw, settledHandles, until } from "./clients.ts";
import { openings } from "./openings.ts";

const RUNS = 60, PER_RUN = 25;

for (const engine of ENGINES) {
  Deno.test(`${engine}: ${RUNS * PER_RUN} malformed openings are each refused, and nothing else`, async () => {
    const hello = await clientHello();
    let told = 0;
    const strange: unknown[] = [];
    const listener = await listen(engine, {
      handshakeTimeout: 5000,
      onHandshakeError: (error) => {
        told++;
        if (!(error instanceof SslError)) strange.push(error);
      },
    });
    const accepted: SslSocket[] = [];
    const served = (async () => {
      for await (const socket of listener) accepted.push(socket);
    })();
    const options = await reach(engine, listener);
    const good = async () => {
      await using client = await SslSocket.connect(options);
      await until(() => accepted.length === 1);
      const socket = accepted.pop()!;
      await socket.write(bytes("fine"));
      assertEquals(await readText(client, 4), "fine");
      await socket.close();
    };
    await good();
    const before = openHandles();
    await fc.assert(
      fc.asyncProperty(
        fc.array(openings(hello), { minLength: PER_RUN, maxLength: PER_RUN }),
        async (all) => {
          const already = told;
          await Promise.all(all.map(async (opening) => {
            const socket = await raw(listener.addr.port);
            socket.end(opening); // and the end of the stream: nobody waits for the timeout
          }));
          await until(() => told === already + all.length);
          assertEquals(accepted.length, 0);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    assertEquals(strange, []);
    assert(await settledHandles(before) <= before, "something is left");
    await good();
    listener.close();
    await served;
  });
}
