/** What a server makes of a client that comes back with a session: the name it asks for, and the certificate that it had. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { bytes, readText } from "../contract/harness.ts";
import { config, engine, handshake, pairOf, V12, V13 } from "../engine/harness.ts";
import { ca, twoNames, VERSIONS, visit, withServer } from "./session_harness.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";

/** What both ends say of the name and of the session. */
async function names(listener: SslListener, options: ConnectOptions) {
  const accepting = listener.accept();
  accepting.catch(() => {});
  const client = await SslSocket.connect({
    ...{ engine: "openssl", hostname: "127.0.0.1", port: listener.addr.port, ca: ca.pem },
    ...options,
  });
  const server = await accepting;
  await server.write(bytes("x"));
  await readText(client, 1);
  const result = [server.getServername(), server.getSessionReused(), client.getServername()];
  await Promise.all([client.close(), server.close()]);
  return result;
}

/** Servers that choose by the name, and one that does not. */
const SERVERS: Record<string, ListenOptions> = {
  "one certificate": twoNames,
  "certificates by name": {
    cert: { "": twoNames.cert, "other.example": twoNames.cert },
    key: { "": twoNames.key, "other.example": twoNames.key },
  },
  "sniCallback": { ...twoNames, sniCallback: () => undefined },
};

for (const version of VERSIONS) {
  for (const [kind, options] of Object.entries(SERVERS)) {
    Deno.test(`getServername() of a server is the name of a resumed connection, too (${kind}, ${version})`, async () => {
      await withServer({ version, ...options }, async (listener) => {
        const shared = { sessionCache: new SessionCache(10), sessionKey: "the server" };
        const first = { ...shared, serverName: "localhost" };
        assertEquals(await names(listener, first), ["localhost", false, "localhost"]);
        for (let i = 0; i < 3; i++) {
          assertEquals(await names(listener, first), ["localhost", true, "localhost"]);
        }
        const none = { ...shared, serverName: "", verifycnName: "localhost" };
        assertEquals(await names(listener, none), [undefined, false, undefined]);
        assertEquals(await names(listener, none), [undefined, true, undefined]);
      });
    });
  }

  Deno.test(`a session is not resumed under another server name (${version})`, async () => {
    const only = version === "TLSv1_2" ? V12 : V13;
    const chooses = { hooks: { selectContext: () => undefined } };
    for (const options of [only, { ...only, ...chooses }]) {
      let latest: Uint8Array | undefined;
      const c = await engine.createContext(config("client", {
        ...only,
        ...{ sessions: true, hooks: { newSession: (der) => void (latest = der) } },
      }));
      const s = await engine.createContext(config("server", options));
      /** Offers the session of `latest`, from any server. */
      const come = async (serverName: string | undefined) => {
        const session = latest;
        const p = pairOf(c, s, { params: { serverName, session } });
        assertEquals(await handshake(p), [undefined, undefined]);
        await p.server.write(bytes("x"));
        await p.client.read(new Uint8Array(1));
        const { reused, serverName: asked } = p.server.negotiated();
        p.client.close();
        p.server.close();
        return [asked?.toLowerCase(), reused];
      };
      assertEquals(await come("localhost"), ["localhost", false]);
      assertEquals(await come("localhost"), ["localhost", true]);
      assertEquals(await come("LOCALHOST"), ["localhost", true]);
      assertEquals(await come("other.example"), ["other.example", false]);
      assertEquals(await come(undefined), [undefined, false]);
      assertEquals(await come(undefined), [undefined, true]);
      assertEquals(await come("localhost"), ["localhost", false]);
      c.close();
      s.close();
    }
  });

  Deno.test(`a client whose expired certificate verifyCallback accepts can come back (${version})`, async () => {
    const expired = await ca.client("a client", {
      notBefore: new Date(Date.now() - 2 * 86400_000),
      notAfter: new Date(Date.now() - 86400_000),
    });
    const valid = await ca.client("a client");
    const asked: string[] = [];
    const options: ListenOptions = {
      version,
      verifyMode: 3,
      clientCa: ca.pem,
      verifyCallback: (ok, _store, _name, error, cert, depth) => {
        if (depth === 0) asked.push(`${ok} ${error} ${cert.commonName}`);
        return ok || error === 10;
      },
    };
    await withServer(options, async (listener) => {
      const come = async (
        certificate: { cert: string; key: string },
        sessionCache: SessionCache,
      ) => {
        const result = await visit(listener, { ...certificate, sessionCache });
        assertEquals(result.server.ok, true);
        return result.reused;
      };
      const cache = new SessionCache(10);
      for (let i = 0; i < 3; i++) assertEquals(await come(expired, cache), false);
      assertEquals(asked.filter((each) => each === "false 10 a client").length, 3);
      // One that is valid resumes: nothing is asked again.
      const other = new SessionCache(10);
      assertEquals(await come(valid, other), false);
      const before = asked.length;
      assertEquals([await come(valid, other), await come(valid, other)], [true, true]);
      assertEquals(asked.length, before);
    });
  });
}
