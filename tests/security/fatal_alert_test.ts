/** A server that gives up in the middle of its answer: every kind of read reports it, on both engines. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { EngineName } from "../../engine/engine.ts";
import { SslPeerError } from "../../errors.ts";
import { Handle } from "../../handle/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { testPki, trust } from "../contract/harness.ts";
import { ENGINES } from "../hostile/clients.ts";
import { ALERT, DATA, FATAL, type Forged, join, sealer } from "../helpers/forge.ts";

const INTERNAL_ERROR = 80;
const ANSWER = new TextEncoder().encode("one\ntwo");

/** Connects a client to a server that then says `wire` in one segment. */
async function meet(
  engine: EngineName,
  wire: (seal: Forged["seal"]) => Uint8Array[],
  read: (client: SslSocket) => Promise<unknown>,
): Promise<void> {
  const { ca, server } = await testPki();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { promise: go, resolve: begin } = Promise.withResolvers<void>();
  const serving = (async () => {
    using conn = await listener.accept();
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
    await go;
    await conn.write(join(...wire(seal)));
    while (await conn.read(new Uint8Array(1000)) !== null); // the client ends it
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const client = await SslSocket.connect({
    ...trust(engine, ca),
    ...{ hostname: "localhost", family: 4, port },
  });
  begin();
  try {
    await read(client);
  } finally {
    await client.close();
    await serving.catch(() => {}); // a reset, where bytes were left unread
  }
}

/** Every way to read to the end: what came, and what it failed with. */
const READERS: Record<string, (client: SslSocket, got: string[]) => Promise<void>> = {
  "read() with a large buffer": async (client, got) => {
    const p = new Uint8Array(100_000);
    for (let n; (n = await client.read(p)) !== null;) got.push(text(p.subarray(0, n)));
  },
  readable: async (client, got) => {
    for await (const chunk of client.readable) got.push(text(chunk));
  },
  "Handle.lines()": async (client, got) => {
    for await (const line of new Handle(client).lines({ chomp: false })) got.push(line);
  },
};
const text = (b: Uint8Array): string => new TextDecoder().decode(b);

for (const engine of ENGINES) {
  for (const [name, read] of Object.entries(READERS)) {
    Deno.test(`${engine}: ${name} fails with the fatal alert after the data`, async () => {
      const got: string[] = [];
      const wire = (seal: Forged["seal"]) => [
        seal(DATA, ANSWER),
        seal(ALERT, [FATAL, INTERNAL_ERROR]),
      ];
      await meet(engine, wire, async (client) => {
        const error = await read(client, got).then(() => undefined, (error) => error);
        assertInstanceOf(error, SslPeerError);
        assertEquals(error.alert, "internal_error");
        assert(!client.isSsl()?.includes("r"));
      });
      // A line without its end is not given.
      assertEquals(got.join(""), name === "Handle.lines()" ? "one\n" : "one\ntwo");
    });
  }
}
