/** A ticket that two servers can open does not get around the verification of either. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import type { VerifyCallback } from "../../context/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, leaf } from "../context/harness.ts";

const user = await ca.client("a user");
const KEY = crypto.getRandomValues(new Uint8Array(32));

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  Deno.test(`servers that share keys and id, but not verifyCallback, do not share sessions (${version})`, async () => {
    const open = (verifyCallback?: VerifyCallback) =>
      SslSocket.listen({
        engine: "openssl",
        hostname: "127.0.0.1",
        port: 0,
        version,
        cert: leaf.cert,
        key: leaf.key,
        verifyMode: 3,
        clientCa: ca.pem,
        sessionIdContext: "shared",
        ticketKeycb: () => [KEY, new Uint8Array(16)],
        ...(verifyCallback && { verifyCallback }),
      });
    const asked: string[] = [];
    const lenient: VerifyCallback = (ok) => (asked.push("lenient"), ok);
    const strict: VerifyCallback = (ok) => (asked.push("strict"), Promise.resolve(ok));
    const first = await open(lenient), same = await open(lenient);
    const other = await open(strict), without = await open();
    const sessionCache = new SessionCache(10);

    /** Whether the session of the visit before was resumed. */
    async function visit(listener: typeof first): Promise<boolean | undefined> {
      const accepting = listener.accept();
      const client = await SslSocket.connect(`127.0.0.1:${listener.addr.port}`, {
        engine: "openssl",
        version,
        ca: ca.pem,
        serverName: "server.example",
        cert: user.cert,
        key: user.key,
        sessionCache,
        sessionKey: "one for all",
      });
      const server = await accepting;
      await server.write(new Uint8Array(1));
      await client.read(new Uint8Array(1));
      const reused = server.getSessionReused();
      await Promise.all([client.close(), server.close()]);
      return reused;
    }

    assertEquals([await visit(first), await visit(same)], [false, true]);
    asked.length = 0;
    assertEquals([await visit(other), new Set(asked)], [false, new Set(["strict"])]);
    assertEquals(await visit(first), false);
    assertEquals([await visit(without), await visit(first)], [false, false]);
    for (const listener of [first, same, other, without]) listener.close();
  });
}
