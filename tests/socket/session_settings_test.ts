/** Under which settings a session counts, and what drops it, on both protocols. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import {
  SessionCache,
  type SessionStore,
  type SslSession,
} from "../../context/sessions/session_cache.ts";
import { makeSession, sessionParts } from "../../context/sessions/session.ts";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { listen, reach, tcpServer } from "../contract/harness.ts";
import { ca, clientCert, other, twoNames, VERSIONS, visit, withServer } from "./session_harness.ts";
import { refuses } from "../helpers/refuses.ts";

for (const version of VERSIONS) {
  Deno.test(`a session of other verification settings is not offered (${version})`, async () => {
    const wide = await TestCa.create({ commonName: "One more CA" });
    const leaf = { cert: twoNames.cert, key: twoNames.key };
    const server = { ...leaf, version, alpnProtocols: ["a", "b"] };
    const pin = twoNames.certificate.fingerprint("sha256");
    const base: ConnectOptions = { alpnProtocols: ["a"] };
    const crl = ca.crl();
    const callback = () => true;
    const changes: [string, ConnectOptions][] = [
      ["CA", { ca: [ca.pem, wide.pem] }],
      ["extra CA", { extraCa: wide.pem }],
      ["scheme", { verifycnScheme: "http" }],
      ["scheme none", { verifycnScheme: "none" }],
      ["a custom scheme", { verifycnScheme: { wildcardsInAlt: "full_label" } }],
      ["a scheme's callback", { verifycnScheme: { callback } }],
      ["name", { verifycnName: "second.example" }],
      ["server name", { serverName: "second.example" }],
      ["no server name", { serverName: "", verifycnName: "localhost" }],
      ["public suffixes", { verifycnPublicsuffix: "" }],
      ["pin", { fingerprint: pin }],
      ["forced pin", { fingerprint: pin, forceFingerprint: true }],
      ["client certificate", { cert: clientCert.cert, key: clientCert.key }],
      ["verifyMode", { verifyMode: 0 }],
      ["ALPN", { alpnProtocols: ["b"] }],
      ["no ALPN", { alpnProtocols: [] }],
      ["CRL", { crl, checkCrl: "leaf" }],
      ["verifyCallback", { verifyCallback: callback }],
      ["another verifyCallback", { verifyCallback: () => true }],
      ["OCSP", { ocspMode: 0b10000 }],
      ["versions", { minVersion: version, maxVersion: version }],
      ["cipherList", { cipherList: "ECDHE" }],
      ["sigalgs", { sigalgs: "ECDSA+SHA256:RSA-PSS+SHA256" }],
    ];
    await withServer(server, async (listener) => {
      const sessionCache = new SessionCache(1000);
      const all = { ...base, sessionCache, sessionKey: "the same for all" };
      assertEquals((await visit(listener, all)).reused, false);
      assertEquals((await visit(listener, all)).reused, true);
      for (const [what, change] of changes) {
        assertEquals((await visit(listener, { ...all, ...change })).reused, false, what);
        // It makes a session of its own, and the first ones are still there for their settings.
        assertEquals((await visit(listener, { ...all, ...change })).reused, true, what);
        assertEquals((await visit(listener, all)).reused, true, `back from ${what}`);
      }
    });
  });

  Deno.test(`a session is dropped when the handshake that offers it fails (${version})`, async () => {
    const sessionCache = new SessionCache(10);
    const options = { sessionCache, sessionKey: "key" };
    await withServer({ version }, async (listener) => {
      await visit(listener, options);
      const before = sessionCache.sessions("key");
      await using broken = tcpServer((conn) => conn.close());
      await refuses(
        async () =>
          await SslSocket.connect({
            ...await reach("openssl", listener, options),
            port: broken.port,
          }),
        SslPeerError,
        "ERR_SSL_HANDSHAKE_EOF",
      );
      // The latest was offered, and is gone; the others were not.
      assertEquals(sessionCache.sessions("key"), before.slice(1));
    });
  });

  Deno.test(`a session is dropped when its connection ends with a fatal alert (${version})`, async () => {
    const sessionCache = new SessionCache(10);
    const options = { sessionCache, sessionKey: "key" };
    await withServer({ version }, async (listener) => {
      await visit(listener, options);
      const before = sessionCache.sessions("key");
      let inject = () => Promise.resolve();
      await using relay = tcpServer(async (conn) => {
        const beyond = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
        inject = async () => {
          const record = new Uint8Array([0x17, 3, 3, 0, 32, ...new Uint8Array(32)]);
          await conn.write(record);
        };
        const copy = async (from: Deno.TcpConn, to: Deno.TcpConn) => {
          const p = new Uint8Array(65536);
          for (let n; (n = await from.read(p)) !== null;) await to.write(p.subarray(0, n));
          await to.closeWrite();
        };
        await Promise.allSettled([copy(conn, beyond), copy(beyond, conn)]);
        beyond.close();
      });
      const accepting = listener.accept();
      const client = await SslSocket.connect({
        ...await reach("openssl", listener, options),
        port: relay.port,
      });
      const server = await accepting;
      assertEquals(client.getSessionReused(), true);
      await inject();
      await refuses(() => client.read(new Uint8Array(1)), SslPeerError, "ERR_SSL_BAD_RECORD");
      assert(!sessionCache.sessions("key").includes(before[0]!));
      await Promise.all([client.close(), server.close({ noShutdown: true })]);
    });
  });

  Deno.test(`a session that was tampered with is refused, and so is its verdict (${version})`, async () => {
    const sessionCache = new SessionCache(10);
    const options = { sessionCache, sessionKey: "key" };
    await withServer({ version }, async (listener) => {
      const mangle = async (change: (session: SslSession) => SslSession | undefined) => {
        sessionCache.delSession();
        await visit(listener, options);
        const session = change(sessionCache.getSession("key")!);
        sessionCache.delSession();
        if (session !== undefined) sessionCache.addSession("key", session);
        return () => visit(listener, options);
      };
      const parts = (session: SslSession) => sessionParts(session);
      // Right as it is: the control of what follows.
      assertEquals((await (await mangle((s) => makeSession(parts(s))))()).reused, true);
      // Its verification is not one by certificate.
      for (const by of ["psk", "nothing"] as const) {
        const go = await mangle((s) => {
          const p = parts(s);
          return makeSession({ ...p, peer: { ...p.peer, by } });
        });
        const error = await assertRejects(go, SslVerifyError);
        assertEquals(error.code, "SESSION_NOT_VERIFIED");
        assertEquals(sessionCache.size, 0);
        const nobody = listener.accept({ signal: AbortSignal.timeout(1) });
        assertEquals((await assertRejects(() => nobody, DOMException)).name, "TimeoutError");
      }
      // The chain was refused then.
      const refused = await mangle((s) => {
        const p = parts(s);
        return makeSession({ ...p, peer: { ...p.peer, error: 20, errorText: "no issuer" } });
      });
      assertEquals((await assertRejects(refused, SslVerifyError)).errno, 20);
      // Too old, or from the future.
      for (const at of [Date.now() - 25 * 3600_000]) {
        const go = await mangle((s) => {
          const p = parts(s);
          return makeSession({ ...p, peer: { ...p.peer, at } });
        });
        assertEquals((await go()).reused, false);
      }
      // A certificate of its chain is over.
      const expired = await ca.expired("localhost");
      const over = await mangle((s) => {
        const p = parts(s);
        return makeSession({ ...p, peer: { ...p.peer, chain: [expired.certificate.der] } });
      });
      assertEquals((await over()).reused, false);
    });
  });

  Deno.test(`the name and the pins are judged anew on a resumed session (${version})`, async () => {
    const sessionCache = new SessionCache(10);
    const options = { sessionCache, sessionKey: "key" };
    await withServer({ version }, async (listener) => {
      await visit(listener, options);
      const good = sessionParts(sessionCache.getSession("key")!);
      const wrong = [
        [{ verifycnName: "wrong.example" }, "HOSTNAME_MISMATCH"],
        [
          { fingerprint: other.certificate.fingerprint(), forceFingerprint: true },
          "FINGERPRINT_MISMATCH",
        ],
      ] as const;
      for (const [change, code] of wrong) {
        // As if its digest had been that of the wrong settings.
        const policy = await digestFor(listener, { ...options, ...change });
        sessionCache.delSession();
        sessionCache.addSession("key", makeSession({ ...good, policy }));
        const error = await assertRejects(
          () => visit(listener, { ...options, ...change }),
          SslVerifyError,
        );
        assertEquals(error.code, code);
        assertEquals(error.report?.ok, false);
        assertEquals(sessionCache.size, 0);
      }
    });
  });

  Deno.test(`the client certificate goes with the session, and the server judges it (${version})`, async () => {
    const server = { version, verifyMode: 3, clientCa: ca.pem };
    const sessionCache = new SessionCache(10);
    await withServer(server, async (listener) => {
      const mine = { sessionCache, cert: clientCert.cert, key: clientCert.key };
      assertEquals((await visit(listener, mine)).reused, false);
      const again = await visit(listener, mine);
      assertEquals(again.reused, true);
      assertEquals(again.server.ok, true);
      assertStringIncludes(again.server.checks[0]!.detail, "verified when the session was made");
    });
  });

  Deno.test(`sessionIdContext and the trust decide where a client's session counts (${version})`, async () => {
    const key = { key: new Uint8Array(32).fill(1), name: new Uint8Array(16).fill(1) };
    const ticketKeycb = () => [key.key, key.name] as const;
    const shared = { version, verifyMode: 3, clientCa: ca.pem, ticketKeycb };
    const mine = { cert: clientCert.cert, key: clientCert.key, sessionKey: "key" };
    const reuse = async (one: ListenOptions, two: ListenOptions) => {
      const sessionCache = new SessionCache(10);
      const listeners = [await listen("openssl", one), await listen("openssl", two)] as const;
      await visit(listeners[0], { ...mine, sessionCache });
      const { reused } = await visit(listeners[1], { ...mine, sessionCache });
      listeners.forEach((listener) => listener.close());
      return reused;
    };
    const sessionIdContext = "foobar";
    assertEquals(
      await reuse({ ...shared, sessionIdContext }, { ...shared, sessionIdContext }),
      true,
    );
    // Without it each context has one of its own.
    assertEquals(await reuse(shared, shared), false);
    assertEquals(
      await reuse({ ...shared, sessionIdContext }, { ...shared, sessionIdContext: "another" }),
      false,
    );
    // Who is trusted counts as well: a ticket does not get around it.
    const less = { ...shared, sessionIdContext, clientCa: [ca.pem, other.pem] };
    assertEquals(await reuse(less, { ...shared, sessionIdContext }), false);
    const asked = { ...shared, sessionIdContext, verifyMode: 1 };
    assertEquals(await reuse(asked, { ...shared, sessionIdContext }), false);
  });
}

/** The digest under which a connection would keep its sessions. */

async function digestFor(
  listener: SslListener,
  options: ConnectOptions,
): Promise<string> {
  const { contextFor, newConnection } = await import("../helpers/operations.ts");
  const { engineContext } = await import("../../context/engine_contexts.ts");
  const kept: SslSession[] = [];
  const spy: SessionStore = {
    addSession: (_key, session) => void kept.push(session),
    getSession: () => undefined,
    delSession: () => 0,
  };
  const all = await reach("openssl", listener, { ...options, sessionCache: spy });
  const { family: _f, port: _p, hostname, ...rest } = all;
  const context = await contextFor("client", rest);
  await engineContext(context, "client");
  const { state } = newConnection(context, {
    role: "client",
    options: rest,
    hostname: "localhost",
  });
  assertEquals(hostname, "localhost");
  const sample = new SessionCache(1);
  await visit(listener, { sessionCache: sample });
  const { der } = sessionParts([...sample][0]![1]);
  state.sessions!.add(der, { evidence: undefined, findings: {} });
  return kept[0]!.policy;
}
