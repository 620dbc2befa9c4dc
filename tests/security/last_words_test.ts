/** A peer that refuses us and is gone: the write that fails tells why, and nothing that it said before is lost. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { EngineName } from "../../engine/engine.ts";
import { SSL_WANT_READ, SSL_WANT_WRITE, SslError, SslPeerError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, reach, readText, testPki, text, trust } from "../contract/harness.ts";
import { handshake, pair, V12, V13 } from "../engine/harness.ts";
import {
  ALERT,
  DATA,
  FATAL,
  forge,
  type Forged,
  join,
  plainRecord,
  sealer,
} from "../helpers/forge.ts";
import { soon } from "../helpers/nested_calls.ts";
import { ENGINES } from "../hostile/clients.ts";

const INTERNAL_ERROR = 80, HANDSHAKE_FAILURE = 40;
const WARNING = 1, CLOSE_NOTIFY = 0;

/** Every way to write until it fails; the failure. */
const WRITERS: Record<string, (s: SslSocket) => Promise<unknown>> = {
  "write()": (s) => s.write(new Uint8Array(1000)),
  "write() of much": (s) => s.write(new Uint8Array(500_000)),
  "write() with a signal": (s) =>
    s.write(new Uint8Array(1000), { signal: new AbortController().signal }),
  "tryWrite()": async (s) => {
    if (s.tryWrite(new Uint8Array(1000)) === SSL_WANT_WRITE) await s.ready(SSL_WANT_WRITE);
  },
};

async function untilItFails(write: () => Promise<unknown>): Promise<unknown> {
  for (let i = 0; i < 500; i++) {
    try {
      await write();
    } catch (error) {
      return error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("no write has failed");
}

/** What is read to the end, and the alert at the end. */
async function readRest(s: SslSocket): Promise<[got: string, alert: string | undefined | null]> {
  let got = "";
  const p = new Uint8Array(100_000);
  try {
    for (let n; (n = await s.read(p)) !== null;) got += text(p.subarray(0, n));
    return [got, null];
  } catch (error) {
    return [got, (error as SslError).alert];
  }
}

for (const engine of ENGINES) {
  for (const [name, write] of Object.entries(WRITERS)) {
    Deno.test(`${engine}: ${name}: 20 of 20 clients without a certificate learn that one is required`, async () => {
      const { ca, server } = await testPki();
      await using listener = await SslSocket.listen({
        ...{ engine: "openssl", hostname: "127.0.0.1", port: 0, version: "TLSv1_3" },
        ...{ ...server, verifyMode: 3, clientCa: ca.pem, onHandshakeError: () => {} },
      });
      const refusing = (async () => {
        for await (const socket of listener) await socket.close();
      })();
      const alerts: unknown[] = [];
      for (let run = 0; run < 20; run++) {
        const client = await SslSocket.connect(await reach(engine, listener));
        const error = await soon(untilItFails(() => write(client)), name);
        assertInstanceOf(error, SslPeerError);
        alerts.push(error.alert);
        assertEquals(client.errstr(), error);
        assertEquals(await readRest(client), ["", "certificate_required"]);
        await client.close();
      }
      assertEquals(alerts, Array(20).fill("certificate_required"));
      listener.close();
      await refusing;
    });
  }

  for (const size of [7, 3000, 60_000]) {
    Deno.test(`${engine}: ${size} bytes before the alert are still read, and then the alert`, async () => {
      const answer = bytes("a".repeat(size));
      const wire = (seal: Forged["seal"]) => [
        ...parts(answer, 16_000).map((part) => seal(DATA, part)),
        seal(ALERT, [FATAL, INTERNAL_ERROR]),
      ];
      await meet(engine, wire, async (client) => {
        const error = await soon(untilItFails(() => client.write(new Uint8Array(100))), "write()");
        assertInstanceOf(error, SslPeerError);
        assertEquals(error.alert, "internal_error");
        assert(client.pending() > 0);
        assertEquals(await client.peek(new Uint8Array(1)), 1);
        await client.ready(SSL_WANT_READ);
        assertEquals(client.tryRead(new Uint8Array(1)), 1);
        const [got, alert] = await soon(readRest(client), "read()");
        assertEquals([got.length, alert], [size - 1, "internal_error"]);
        assertEquals(
          (await untilItFails(() => client.write(new Uint8Array(1))) as SslError).alert,
          "internal_error",
        );
      });
    });
  }

  Deno.test(`${engine}: a read that waits and a write that fails both tell the alert`, async () => {
    const wire = (seal: Forged["seal"]) => [
      seal(DATA, bytes("said")),
      seal(ALERT, [FATAL, INTERNAL_ERROR]),
    ];
    await meet(engine, wire, async (client) => {
      const reading = readRest(client);
      const error = await soon(untilItFails(() => client.write(new Uint8Array(100))), "write()");
      assertEquals((error as SslError).alert, "internal_error");
      assertEquals(await soon(reading, "read()"), ["said", "internal_error"]);
    });
  });

  Deno.test(`${engine}: without an alert a failed write is the system's error, as it was`, async () => {
    for (const last of [undefined, [WARNING, CLOSE_NOTIFY]]) {
      const wire = (seal: Forged["seal"]) => [
        seal(DATA, bytes("said")),
        ...(last === undefined ? [] : [seal(ALERT, last)]),
      ];
      await meet(engine, wire, async (client) => {
        const error = await soon(untilItFails(() => client.write(new Uint8Array(100))), "write()");
        assertInstanceOf(error, SslError);
        assert(["EPIPE", "ECONNRESET"].includes(error.code), error.code);
        assertEquals(error.alert, undefined);
        assertEquals(await readText(client, 4), "said");
        const end = await client.read(new Uint8Array(1)).catch((error) => error.code);
        assertEquals(end, last === undefined ? "ERR_SSL_TRUNCATED" : null);
      });
    }
  });
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  Deno.test(`a broken pipe: data and the alert after it are found (${version})`, async () => {
    const f = await forge(version, "client");
    await f.send(f.seal(DATA, bytes("said")), f.seal(ALERT, [FATAL, INTERNAL_ERROR]));
    f.wire.close();
    const error = await soon(f.victim.write(bytes("x")).catch((error) => error), "write()");
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.alert, "internal_error");
    const p = new Uint8Array(10);
    assertEquals([await f.victim.read(p), text(p.subarray(0, 4))], [4, "said"]);
    assertEquals(await f.victim.read(p).catch((error) => error), error);
    assertEquals(await f.victim.shutdown().catch((error) => error), error);
    await f[Symbol.asyncDispose]();
  });
}

for (const waiting of [true, false]) {
  Deno.test(`a handshake whose messages are not taken fails with the alert (${waiting ? "handshake()" : "tryHandshake()"})`, async () => {
    await using p = await pair({ client: V12, server: V12 });
    let flights = 0;
    p.clientSide.tamper = (chunk) => {
      if (flights++ === 0) return chunk;
      void p.serverSide.write(plainRecord(ALERT, [FATAL, HANDSHAKE_FAILURE]));
      throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
    };
    void p.server.handshake().catch(() => {});
    const shaking = waiting ? p.client.handshake() : (async () => {
      for (let step; (step = p.client.tryHandshake()) !== true;) await p.client.ready(step);
    })();
    const error = await soon(shaking.then(() => undefined, (error) => error), "the handshake");
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.alert, "handshake_failure");
    p.serverSide.close();
  });
}

Deno.test("a transport that is broken in one direction only: the write does not wait for the other", async () => {
  await using p = await pair({ client: V13, server: V13 });
  assertEquals(await handshake(p), [undefined, undefined]);
  await p.server.write(bytes("x"));
  assertEquals(await p.client.read(new Uint8Array(1)), 1);
  p.clientSide.tamper = () => {
    throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
  };
  const error = await soon(p.client.write(bytes("y")).catch((error) => error), "write()");
  assertInstanceOf(error, SslError);
  assertEquals([error.alert, error instanceof SslPeerError], [undefined, false]);
  // What the other direction brings later is not lost.
  await p.server.write(bytes("later"));
  assertEquals(await soon(readText(p.client, 5), "read()"), "later");
});

Deno.test("close() while a failed write looks for the reason is not held up", async () => {
  await using p = await pair({ client: V13, server: V13 });
  assertEquals(await handshake(p), [undefined, undefined]);
  p.clientSide.tamper = () => {
    throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
  };
  const writing = p.client.write(bytes("y")).catch((error) => error);
  await Promise.resolve();
  p.client.close();
  assertEquals((await soon(writing, "write()") as SslError).code, "ECLOSED");
});

function parts(all: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.subarray(i * size, (i + 1) * size));
}

/** Connects a client to a server that says `wire` in one segment and resets when more comes. */
async function meet(
  engine: EngineName,
  wire: (seal: Forged["seal"]) => Uint8Array[],
  body: (client: SslSocket) => Promise<void>,
): Promise<void> {
  const { ca, server } = await testPki();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const conn = await listener.accept();
    let secret = new Uint8Array();
    await SslSocket.start(conn, {
      ...{ engine: "openssl", server: true, ...server },
      ...{ version: "TLSv1_3", ciphersuites: "TLS_AES_128_GCM_SHA256" },
      keylog: (line: string) => {
        const [label, , hex] = line.split(" ");
        if (label === "SERVER_TRAFFIC_SECRET_0") secret = Uint8Array.fromHex(hex!);
      },
    });
    const seal = sealer(secret);
    for (const _ticket of [1, 2]) seal(DATA, []); // their numbers are gone
    const all = join(...wire(seal));
    for (let at = 0; at < all.length;) at += await conn.write(all.subarray(at));
    conn.close();
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const client = await SslSocket.connect({
    ...trust(engine, ca),
    ...{ hostname: "localhost", family: 4, port },
  });
  await serving;
  try {
    await body(client);
  } finally {
    await client.close();
  }
}
