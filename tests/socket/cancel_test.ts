/** A signal for each call: it ends the wait, breaks nothing and leaves nothing. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { openHandles } from "../../engine/openssl/memory.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslError, SslTruncatedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  bytes,
  connectPair,
  drain,
  listen,
  readText,
  settle,
  tcpServer,
  testPki,
  trust,
} from "../contract/harness.ts";
import { settledHandles } from "../hostile/clients.ts";
import { refuses } from "../helpers/refuses.ts";

const ENGINES = ["openssl", "deno"] as const;
const MIB = 1 << 20;

/** Calls with a signal, and aborts when it waits; the reason is what it rejects with. */
async function aborted(call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("enough");
  const outcome = call(controller.signal).then(() => "resolved", (error) => error);
  await settle();
  await settle();
  controller.abort(reason);
  assertStrictEquals(await outcome, reason);
}

/** A signal that counts who listens to it. */
function watched(): { signal: AbortSignal; listeners: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  const known = new Set<unknown>();
  signal.addEventListener = ((type: string, f: () => void, o?: AddEventListenerOptions) => {
    known.add(f);
    count = known.size;
    add(type, f, o);
  }) as typeof signal.addEventListener;
  signal.removeEventListener = ((type: string, f: () => void) => {
    known.delete(f);
    count = known.size;
    remove(type, f);
  }) as typeof signal.removeEventListener;
  return { signal, listeners: () => count };
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: a signal ends read, peek and ready, and the connection goes on`, async () => {
    await using pair = await connectPair(engine);
    const { client, server } = pair;
    await aborted((signal) => client.read(new Uint8Array(9), { signal }));
    await aborted((signal) => client.peek(new Uint8Array(9), { signal }));
    await aborted((signal) => client.ready(SSL_WANT_READ, { signal }));
    await server.write(bytes("later"));
    assertEquals(await readText(client, 5), "later");
    assertEquals(client.isSsl(), "rw");
    assertEquals(client.errstr(), undefined); // the caller's own wish is not an error of the socket
  });

  Deno.test(`${engine}: with a signal that has aborted already nothing happens`, async () => {
    await using pair = await connectPair(engine);
    const signal = AbortSignal.abort(new Error("before"));
    const { client, server } = pair;
    const read = () => client.read(new Uint8Array(1), { signal });
    await assertRejects(read, Error, "before");
    await assertRejects(() => client.write(bytes("not this"), { signal }), Error, "before");
    await client.write(bytes("this"));
    assertEquals(await readText(server, 4), "this");
  });

  Deno.test(`${engine}: a signal ends write and ready towards a peer that does not read`, async () => {
    await using pair = await connectPair(engine);
    const { client, server } = pair;
    await aborted((signal) => client.write(new Uint8Array(32 * MIB), { signal }));
    // Half of it was sent. Nothing may follow that would make it look like the whole.
    for (const call of [() => client.write(bytes("more")), () => client.closeWrite()]) {
      const error = await assertRejects(call, SslError, "half-way");
      assertEquals(error.code, "ERR_WRITE_ABORTED");
    }
    await client.close();
    if (engine === "openssl") {
      await refuses(() => drain(server), SslTruncatedError, "ERR_SSL_TRUNCATED");
    } else assert(await drain(server) < 32 * MIB); // Deno sends close_notify whenever it closes
    // One that was queued whole is whole.
    await using third = await connectPair(engine);
    if (engine === "openssl") {
      await third.client.write(bytes("one "), { signal: new AbortController().signal });
      const controller = new AbortController();
      const whole = third.client.write(bytes("two "), { signal: controller.signal });
      controller.abort(new Error("enough"));
      await whole.catch(() => {});
      await third.client.write(bytes("three"));
      assertEquals(await readText(third.server, 13), "one two three");
    }
    // The same for ready().
    await using second = await connectPair(engine);
    while (second.client.tryWrite(new Uint8Array(65536)) !== SSL_WANT_WRITE) await settle();
    for (let full = false; !full;) {
      const n = second.client.tryWrite(new Uint8Array(65536));
      full = n === SSL_WANT_WRITE;
      await settle();
    }
    await aborted((signal) =>
      (async () => {
        for (;;) {
          await second.client.ready(SSL_WANT_WRITE, { signal });
          second.client.tryWrite(new Uint8Array(65536));
        }
      })()
    );
    await second.client.close({ timeout: 1 });
  });

  Deno.test(`${engine}: a signal ends connect, start and accept at each step, with nothing left`, async () => {
    const { ca } = await testPki();
    await using silent = tcpServer(() => {});
    const options = { ...trust(engine, ca), family: 4 as const };
    await aborted((signal) =>
      SslSocket.connect(`localhost:${silent.port}`, { ...options, signal })
    );
    const before = openHandles();
    await aborted((signal) =>
      SslSocket.connect(`localhost:${silent.port}`, { ...options, signal })
    );
    await aborted(async (signal) => {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: silent.port });
      const { family: _, ...rest } = options;
      try {
        return await SslSocket.start(conn, {
          ...rest,
          hostname: "localhost",
          signal,
          keepSocketOnError: engine === "openssl" ? false : undefined,
        });
      } catch (error) {
        try {
          conn.close(); // the engine "openssl" has closed it, Deno's has consumed it
        } catch {
          // As it should be.
        }
        throw error;
      }
    });
    const listener = await listen(engine);
    await aborted((signal) => listener.accept({ signal }));
    using late = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    await aborted((signal) => listener.accept({ signal })); // in the handshake
    late.close();
    listener.close();
    // Each call made a context of its own, of two objects at the most.
    assert(
      await settledHandles(before + 8) <= before + 8,
      `${openHandles() - before} handles left`,
    );
  });

  Deno.test(`${engine}: no listener stays on a signal when the call is over`, async () => {
    await using pair = await connectPair(engine);
    const { signal, listeners } = watched();
    const p = new Uint8Array(4);
    for (let i = 0; i < 50; i++) {
      await pair.server.write(bytes("data"), { signal });
      await pair.client.ready(SSL_WANT_READ, { signal });
      await pair.client.peek(p, { signal });
      await pair.client.read(p, { signal });
    }
    await settle();
    assertEquals(listeners(), 0);
  });

  Deno.test(`${engine}: two reads, a peek beside a read, and close during both`, async () => {
    await using pair = await connectPair(engine);
    const first = pair.client.read(new Uint8Array(1)).catch((error) => error);
    for (const call of ["read", "peek"] as const) {
      const error = await assertRejects(() => pair.client[call](new Uint8Array(1)), SslError);
      assertEquals(error.code, "ERR_CONCURRENT_READ");
    }
    const writing = pair.client.write(new Uint8Array(32 * MIB)).catch((error) => error);
    await settle();
    await pair.client.close({ timeout: 20 });
    for (const outcome of await Promise.all([first, writing])) {
      assertEquals(outcome.code, "ECLOSED");
    }
  });
}
