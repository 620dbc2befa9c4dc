/**
 * Many records in one TCP segment: once they are read from the transport no
 * more bytes come, so a reader that waits for the transport while TLS still holds
 * some waits for ever.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { isWant } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, listen, tcpServer, testPki, text, trust } from "../contract/harness.ts";

const COUNT = 100;
const EXPECTED = Array.from({ length: COUNT }, (_, i) => `record ${i};\n`);

/** A client of a server whose 100 records, and close_notify, come in one write of TCP. */
async function withRecords(
  engine: "openssl" | "deno",
  run: (client: SslSocket) => Promise<string>,
): Promise<void> {
  const { ca } = await testPki();
  const listener = await listen("openssl");
  let hold = false;
  let held: Uint8Array[] = [];
  let release = () => Promise.resolve();
  await using relay = tcpServer(async (near) => {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const copy = async (from: Deno.TcpConn, to: Deno.TcpConn, mayHold: boolean) => {
      const p = new Uint8Array(65536);
      for (let n; (n = await from.read(p)) !== null;) {
        if (mayHold && hold) held.push(p.slice(0, n));
        else await to.write(p.subarray(0, n));
      }
    };
    release = async () => {
      const all = new Uint8Array(await new Blob(held as BlobPart[]).arrayBuffer());
      held = [];
      assertEquals(await near.write(all), all.length); // one write, one segment on loopback
    };
    await Promise.allSettled([copy(near, far, false), copy(far, near, true)]);
    far.close();
  });
  const [client, server] = await Promise.all([
    SslSocket.connect({
      ...trust(engine, ca),
      hostname: "localhost",
      family: 4,
      port: relay.port,
      timeout: 5000,
    }),
    listener.accept(),
  ]);
  await server.write(bytes("!")); // the handshake and its tickets are through
  assertEquals(await client.read(new Uint8Array(1)), 1);
  hold = true;
  for (const record of EXPECTED) await server.write(bytes(record));
  await server.closeWrite();
  const size = () => held.reduce((sum, chunk) => sum + chunk.length, 0);
  // A record is its text, its header, tag and type.
  const least = EXPECTED.join("").length + COUNT * 22;
  while (size() < least + 24) await new Promise((resolve) => setTimeout(resolve, 1));
  const reading = run(client);
  await release();
  assertEquals(await reading, EXPECTED.join(""));
  await client.close();
  await server.close();
  listener.close();
}

for (const engine of ["openssl", "deno"] as const) {
  for (const size of [1, 16384]) {
    Deno.test(`${engine}: 100 records in one segment, read() of ${size}`, async () => {
      await withRecords(engine, async (client) => {
        const p = new Uint8Array(size);
        let got = "";
        for (let n; (n = await client.read(p)) !== null;) got += text(p.subarray(0, n));
        return got;
      });
    });

    Deno.test(`${engine}: 100 records in one segment, tryRead() of ${size} and ready()`, async () => {
      await withRecords(engine, async (client) => {
        const p = new Uint8Array(size);
        let got = "";
        for (let n; (n = client.tryRead(p)) !== null;) {
          if (isWant(n)) await client.ready(n);
          else got += text(p.subarray(0, n));
        }
        return got;
      });
    });

    Deno.test(`${engine}: 100 records in one segment, ready() before each tryRead() of ${size}`, async () => {
      await withRecords(engine, async (client) => {
        const p = new Uint8Array(size);
        let got = "";
        for (;;) {
          await client.ready(); // at once while anything is undelivered
          const n = client.tryRead(p);
          if (n === null) return got;
          if (!isWant(n)) got += text(p.subarray(0, n));
        }
      });
    });
  }

  Deno.test(`${engine}: 100 records in one segment, read while pending() says so`, async () => {
    await withRecords(engine, async (client) => {
      const p = new Uint8Array(3);
      let got = "";
      for (;;) {
        const n = await client.peek(p); // waits where nothing is there
        if (n === null) return got;
        assert(client.pending() >= n!, `${client.pending()}`);
        while (client.pending() > 0) {
          const m = client.tryRead(p);
          assert(typeof m === "number", "pending() promised data");
          got += text(p.subarray(0, m));
        }
      }
    });
  });

  Deno.test(`${engine}: 100 records in one segment, as lines of a Handle`, async () => {
    await withRecords(engine, async (client) => {
      const handle = new Handle(client);
      let got = "";
      for (let line; (line = handle.tryReadLine({ chomp: false })) !== undefined;) {
        if (isWant(line)) await handle.ready(line);
        else got += line;
      }
      return got;
    });
  });
}
