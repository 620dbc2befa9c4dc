/** One flipped bit in data, or in the goodbye, of an established connection: the peer's fault, and told. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import { SslPeerError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, listen, tcpServer, testPki, trust } from "../contract/harness.ts";

const HEADER = 5;
const PEER = "a flipped bit is an SslPeerError, again and again, and never null";

for (const engine of ["openssl", "deno"] as const) {
  for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
    Deno.test(`${engine}: ${PEER} (${version})`, async () => {
      const { ca } = await testPki();
      const listener = await listen("openssl", { version });
      const reuseCtx = await SslContext.create(trust(engine, ca));
      let flipAt = -1;
      let seen = 0;
      await using relay = tcpServer(async (near) => {
        const far = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
        for (const conn of [near, far]) conn.setNoDelay(true);
        const copy = async (from: Deno.TcpConn, to: Deno.TcpConn, harm: boolean) => {
          const p = new Uint8Array(65536);
          for (let n; (n = await from.read(p)) !== null;) {
            if (harm && flipAt >= 0) {
              if (flipAt >= seen && flipAt < seen + n) p[flipAt - seen]! ^= 1 << (flipAt % 8);
              seen += n;
            }
            await to.write(p.subarray(0, n));
          }
        };
        await Promise.allSettled([copy(near, far, false), copy(far, near, true)]);
        far.close();
      });
      /** What a read tells when byte `at` of what `act` sends is harmed; and how long that was. */
      const read = async (act: (server: SslSocket) => Promise<unknown>, at: number) => {
        flipAt = -1;
        const [client, server] = await Promise.all([
          SslSocket.connect({ hostname: "localhost", family: 4, port: relay.port, reuseCtx }),
          listener.accept(),
        ]);
        await server.write(bytes("!")); // the handshake and its tickets are through
        await client.read(new Uint8Array(1));
        [flipAt, seen] = [at, 0];
        await act(server);
        const p = new Uint8Array(64);
        const outcomes = [];
        for (let i = 0; i < 2; i++) {
          outcomes.push(await client.read(p).then((n) => n, (error) => error));
        }
        const [state, last] = [client.isSsl(), client.errstr()];
        await client.close();
        await server.close();
        return { outcomes, state, last, sent: seen };
      };
      const acts: [string, (server: SslSocket) => Promise<unknown>][] = [
        ["data", (server) => server.write(bytes("data")).then(() => server.closeWrite())],
        ["close_notify", (server) => server.closeWrite()],
      ];
      for (const [what, act] of acts) {
        const { outcomes, sent } = await read(act, 1 << 20);
        assertEquals(outcomes, what === "data" ? [4, null] : [null, null]);
        // The first record: data, or the only one. Its type and all behind its header.
        const length = what === "data" ? sent - (await read(acts[1]![1], 1 << 20)).sent : sent;
        for (let at = 0; at < length; at = at === 0 ? HEADER : at + 1) {
          const { outcomes, last } = await read(act, at);
          // rustls does not look at the outer type of TLS 1.3, which means nothing: no harm is done.
          const unharmed = what === "data" ? 4 : null;
          if (at < HEADER && engine === "deno" && outcomes[0] === unharmed) continue;
          for (const outcome of outcomes) {
            assertInstanceOf(outcome, SslPeerError, `${what}, byte ${at}: ${outcome}`);
          }
          assert(last instanceof SslPeerError);
        }
      }
      listener.close();
    });
  }
}
