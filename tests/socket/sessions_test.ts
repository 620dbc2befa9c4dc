/** The session cache of a client, from the options to the wire, on both protocols. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { setDefaultContext, setDefaultSessionCache } from "../../context/process_defaults.ts";
import { SslContext } from "../../context/context.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import {
  SessionCache,
  type SessionStore,
  SslSession,
} from "../../context/sessions/session_cache.ts";
import { sessionParts } from "../../context/sessions/session.ts";
import { SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { makeCrl } from "../helpers/crl.ts";
import { bytes, connectPair, listen, reach, readText } from "../contract/harness.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { ca, clientCert, other, VERSIONS, visit, withServer } from "./session_harness.ts";
import { refuses } from "../helpers/refuses.ts";

for (const version of VERSIONS) {
  Deno.test(`a session cache makes each reconnect a resumption (${version})`, async () => {
    const sessionCache = new SessionCache(100);
    await withServer({ version }, async (listener, port) => {
      const first = await visit(listener, { sessionCache });
      assertEquals(first.reused, false);
      for (let i = 0; i < 3; i++) {
        const again = await visit(listener, { sessionCache });
        assertEquals(again.reused, true);
        assertEquals(again.peer, first.peer);
        assertEquals(again.report.ok, true);
        // The evidence is that of the full handshake, and says so.
        assertEquals(
          again.report.chain.map((c) => c.fingerprint()),
          first.report.chain.map((c) => c.fingerprint()),
        );
        assertEquals(again.report.anchor?.fingerprint(), ca.certificate.fingerprint());
        const [chain] = again.report.checks;
        assertStringIncludes(chain!.detail, "verified when the session was made");
        assert(again.report.checks.some((c) => c.name === "hostname" && c.ok));
      }
      assertEquals([...sessionCache.keys()], [`localhost:${port}`]);
      const [session] = sessionCache.sessions(`localhost:${port}`);
      assert(session instanceof SslSession);
      assertEquals(session.protocol, version);
      assert(!session.expired && session.lifetime > 0 && Object.isFrozen(session));
      assert(Math.abs(session.created - Date.now()) < 60_000);
    });
  });

  Deno.test(`t/sessions: three servers, one by start(), keys and order as in Perl (${version})`, async () => {
    const sessionCache = new SessionCache(100);
    using context = await SslContext.create({ engine: "openssl", ca: ca.pem, sessionCache });
    setDefaultContext(context);
    const listeners = [
      await listen("openssl", { version }),
      await listen("openssl", { version }),
      await listen("openssl", { version, startHandshake: false }),
    ] as const;
    const keys = [
      `localhost:${listeners[0].addr.port}`,
      `localhost:${listeners[1].addr.port}`,
      `127.0.0.1:${listeners[2].addr.port}`,
    ];
    const go = async (i: 0 | 1 | 2) => {
      const { port } = listeners[i].addr;
      const accepting = listeners[i].accept();
      let client: SslSocket;
      if (i === 2) {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port });
        const plain = await accepting;
        [client] = await Promise.all([
          SslSocket.start(conn, { verifycnName: "localhost" }),
          plain.acceptSsl(),
        ]);
      } else {
        client = await SslSocket.connect({ hostname: "localhost", family: 4, port });
      }
      const server = await accepting;
      await server.write(bytes("x"));
      await readText(client, 1);
      const reused = client.getSessionReused();
      await Promise.all([client.close(), server.close()]);
      return reused;
    };
    try {
      for (const i of [0, 1, 2] as const) {
        assertEquals(await go(i), false);
        assertEquals([...sessionCache][0]![0], keys[i]); // the latest on top
      }
      assert(sessionCache.size >= 3);
      assertEquals([...sessionCache.keys()], keys.toReversed());
      for (const key of keys) {
        const session = sessionCache.getSession(key)!;
        assert(sessionCache.getSession(key, session) === session);
      }
      for (const i of [0, 1, 2] as const) assertEquals(await go(i), true);
    } finally {
      setDefaultContext(undefined);
      for (const listener of listeners) listener.close();
    }
  });
}

Deno.test("TLS 1.3: a ticket is used once, as soon as there is another one", async () => {
  const sessionCache = new SessionCache(10);
  await withServer({ version: "TLSv1_3" }, async (listener) => {
    await visit(listener, { sessionCache, sessionKey: "key" });
    for (let i = 0; i < 3; i++) {
      const before = sessionCache.sessions("key");
      assertEquals((await visit(listener, { sessionCache, sessionKey: "key" })).reused, true);
      const after = sessionCache.sessions("key");
      assert(!after.includes(before[0]!), "the one that was used is gone");
      assert(!before.includes(after[0]!), "there is a new one");
    }
  });
});

Deno.test("TLS 1.3: a connection that reads nothing gets no session, and the old one stays usable", async () => {
  const sessionCache = new SessionCache(10);
  await withServer({ version: "TLSv1_3" }, async (listener) => {
    const silent = async () => {
      const accepting = listener.accept();
      const client = await SslSocket.connect(await reach("openssl", listener, { sessionCache }));
      const server = await accepting;
      const reused = client.getSessionReused();
      await Promise.all([client.close(), server.close()]);
      return reused;
    };
    assertEquals(await silent(), false);
    assertEquals(sessionCache.size, 0);
    await visit(listener, { sessionCache });
    const [latest] = [...sessionCache][0]!;
    for (let i = 0; i < 3; i++) assertEquals(await silent(), true);
    assert(sessionCache.getSession(latest) !== undefined);
  });
});

Deno.test("a verification is valid for a day, however often its session is renewed", async () => {
  const sessionCache = new SessionCache(10);
  await withServer({}, async (listener) => {
    await visit(listener, { sessionCache, sessionKey: "key" });
    const { at } = sessionParts(sessionCache.getSession("key")!).peer;
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let i = 0; i < 3; i++) await visit(listener, { sessionCache, sessionKey: "key" });
    assertEquals(sessionParts(sessionCache.getSession("key")!).peer.at, at);
  });
});

Deno.test("sessionCacheSize makes a cache that goes with the context", async () => {
  await withServer({}, async (listener) => {
    using context = await SslContext.create({
      engine: "openssl",
      ca: ca.pem,
      sessionCacheSize: 5,
    });
    assertEquals((await visit(listener, { reuseCtx: context })).reused, false);
    assertEquals((await visit(listener, { reuseCtx: context })).reused, true);
    // A context of each connection's own remembers nothing.
    assertEquals((await visit(listener, { sessionCacheSize: 5 })).reused, false);
    assertEquals((await visit(listener, { sessionCacheSize: 5 })).reused, false);
    assertEquals((await visit(listener, { sessionCacheSize: 0 })).reused, false);
    // sessionCache goes before it.
    const sessionCache = new SessionCache(5);
    await visit(listener, { sessionCache, sessionCacheSize: 3 });
    assert(sessionCache.size > 0);
  });
});

Deno.test("without a cache nothing is resumed", async () => {
  await withServer({}, async (listener) => {
    for (let i = 0; i < 2; i++) assertEquals((await visit(listener, {})).reused, false);
  });
});

Deno.test("setDefaultSessionCache() is for the clients that say nothing else, and is reported", async () => {
  const sessionCache = new SessionCache(5);
  const own = new SessionCache(5);
  setDefaultSessionCache(sessionCache);
  try {
    await withServer({}, async (listener) => {
      const first = await visit(listener, {});
      assertEquals(first.reused, false);
      assertEquals(first.report.defaultsApplied, ["sessionCache"]);
      assertEquals(first.server.defaultsApplied, undefined);
      assertEquals((await visit(listener, {})).reused, true);
      const held = sessionCache.size;
      assertEquals((await visit(listener, { sessionCache: own })).reused, false);
      assertEquals((await visit(listener, { sessionCacheSize: 2 })).reused, false);
      assertEquals(sessionCache.size, held);
      assert(own.size > 0);
    });
  } finally {
    setDefaultSessionCache(undefined);
  }
  assertThrows(
    () => setDefaultSessionCache({} as SessionStore),
    TypeError,
    "must be a SessionCache, or have addSession, getSession and delSession",
  );
});

Deno.test("sessionCache may be your own object", async () => {
  const calls: string[] = [];
  const kept = new Map<string, SslSession>();
  const sessionCache: SessionStore = {
    addSession: (key, session) => (calls.push(`add ${key}`), kept.set(key, session)),
    getSession: (key) => (calls.push(`get ${key}`), kept.get(key)),
    delSession: (key) => (calls.push(`del ${key}`), kept.delete(key!)),
  };
  await withServer({ version: "TLSv1_2" }, async (listener) => {
    const options = { sessionCache, sessionKey: "mine" };
    assertEquals((await visit(listener, options)).reused, false);
    assertEquals((await visit(listener, options)).reused, true);
    assertEquals(calls.slice(0, 3), ["get mine", "add mine", "get mine"]);
    kept.set("mine", "no session" as unknown as SslSession);
    await assertRejects(
      () => visit(listener, options),
      TypeError,
      'getSession("mine") must give an SslSession or undefined',
    );
    const failing = {
      ...sessionCache,
      getSession: () => {
        throw new Error("no database");
      },
    };
    await assertRejects(
      () => visit(listener, { ...options, sessionCache: failing }),
      Error,
      "no database",
    );
  });
});

Deno.test("sessions survive export and import, and count under the same settings only", async () => {
  await withServer({}, async (listener) => {
    const first = new SessionCache(5);
    await visit(listener, { sessionCache: first, sessionKey: "key" });
    const key = crypto.getRandomValues(new Uint8Array(32));
    const bytes = await first.getSession("key")!.export(key);
    const sessionCache = new SessionCache(5);
    sessionCache.addSession("key", await SslSession.import(bytes, key));
    const elsewhere = { sessionCache, sessionKey: "key", verifycnScheme: "http" as const };
    assertEquals((await visit(listener, elsewhere)).reused, false);
    const again = await visit(listener, { sessionCache, sessionKey: "key" });
    assertEquals(again.reused, true);
    assertEquals(again.report.anchor?.fingerprint(), ca.certificate.fingerprint());
  });
});

Deno.test("a session that a callback accepted says so again when it is resumed", async () => {
  const untrusted = await other.server();
  await withServer({ cert: untrusted.cert, key: untrusted.key }, async (listener) => {
    let asked = 0;
    const verifyCallback = () => ++asked > 0;
    const sessionCache = new SessionCache(5);
    const first = await visit(listener, { sessionCache, verifyCallback });
    const before = asked;
    const again = await visit(listener, { sessionCache, verifyCallback });
    assertEquals([first.reused, again.reused], [false, true]);
    assertEquals(asked, before); // it was asked in the full handshake
    assertEquals(
      again.report.checks.find((c) => c.name === "callback"),
      first.report.checks.find((c) => c.name === "callback"),
    );
    assertEquals(again.report.checks.find((c) => c.name === "chain")?.ok, false);
    assertEquals(again.report.anchor, undefined);
  });
});

for (const version of VERSIONS) {
  Deno.test(`the report of a resumed peer does not say that lists were looked at again (${version})`, async () => {
    const crl = ca.crl();
    const server = { version, verifyMode: 3, clientCa: ca.pem, crl, checkCrl: true };
    await withServer(server, async (listener) => {
      const { cert, key } = clientCert;
      const client = {
        sessionCache: new SessionCache(5),
        cert,
        key,
        crl,
        checkCrl: "chain" as const,
      };
      const first = await visit(listener, client);
      const again = await visit(listener, client);
      assertEquals([first.reused, again.reused], [false, true]);
      const crlOf = ({ checks }: VerifyReport) => checks.filter(({ name }) => name === "crl");
      for (const side of ["report", "server"] as const) {
        assertEquals(crlOf(first[side]).map(({ ok }) => ok), [true]);
        assertStringIncludes(crlOf(first[side])[0]!.detail, "is not revoked by the CRL of");
        assertEquals(crlOf(again[side]), [
          { name: "crl", ok: undefined, detail: "checked when the session was made" },
        ]);
        assertEquals(again[side].ok, true);
      }
    });
  });
}

Deno.test("a session is not resumed under other revocation lists, those that wait for their day included", async () => {
  const base = makeCrl(ca, { number: 10 });
  const tomorrow = makeCrl(ca, { age: -24, next: 48, number: 11, base: 10 });
  await withServer({}, async (listener) => {
    const common = { sessionCache: new SessionCache(5), sessionKey: "key" };
    const reused = async (...crl: Uint8Array[]) =>
      (await visit(listener, { ...common, crl })).reused;
    assertEquals([await reused(base), await reused(base)], [false, true]);
    assertEquals([await reused(base, tomorrow), await reused(base, tomorrow)], [false, true]);
  });
});

Deno.test("a client that a server's verifyCallback accepted in spite of a delta CRL may resume", async () => {
  const { cert, key, certificate } = clientCert;
  const base = makeCrl(ca, { age: 3, number: 10, freshest: true });
  const delta = makeCrl(ca, { age: 1, number: 11, base: 10, revoked: [{ certificate }] });
  const verifyCallback = () => true;
  const crl = [base, delta];
  await withServer({ verifyMode: 3, clientCa: ca.pem, crl, verifyCallback }, async (listener) => {
    const client = { sessionCache: new SessionCache(5), cert, key };
    assertEquals((await visit(listener, client)).reused, false);
    assertEquals((await visit(listener, client)).reused, true);
  });
});

Deno.test("a pin in spite of a bad chain is judged again when its session is resumed", async () => {
  const untrusted = await other.server();
  await withServer({ cert: untrusted.cert, key: untrusted.key }, async (listener) => {
    const sessionCache = new SessionCache(5);
    const options = { sessionCache, fingerprint: untrusted.certificate.fingerprint() };
    assertEquals((await visit(listener, options)).reused, false);
    const { reused, report } = await visit(listener, options);
    assertEquals(reused, true);
    assertEquals(report.checks.find((c) => c.name === "chain")?.ok, false);
    assertEquals(report.checks.find((c) => c.name === "fingerprint")?.ok, true);
    await refuses(
      () => visit(listener, { sessionCache }),
      SslVerifyError,
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    );
  });
});

Deno.test("with verifyMode NONE sessions are resumed among themselves", async () => {
  const untrusted = await other.server();
  await withServer({ cert: untrusted.cert, key: untrusted.key }, async (listener) => {
    const sessionCache = new SessionCache(5);
    const none = { sessionCache, sessionKey: "key", verifyMode: 0 };
    assertEquals((await visit(listener, none)).reused, false);
    assertEquals((await visit(listener, none)).reused, true);
    await refuses(
      () => visit(listener, { sessionCache, sessionKey: "key" }),
      SslVerifyError,
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    );
  });
});

Deno.test("sessionKey needs a cache, and the option values are checked", async () => {
  await withServer({}, async (listener) => {
    const cases: [ConnectOptions, string][] = [
      [{ sessionKey: "key" }, "the context has no session cache"],
      [{ sessionKey: "" }, "must be a string that is not empty"],
      [{ sessionCacheSize: -1 }, "must be a whole number of at least 0"],
      [{ sessionCache: {} as SessionStore }, "must be a SessionCache"],
    ];
    for (const [options, message] of cases) {
      await assertRejects(
        async () => await SslSocket.connect(await reach("openssl", listener, options)),
        TypeError,
        message,
      );
    }
  });
  await assertRejects(
    () => listen("openssl", { sessionCacheSize: 5 } as ListenOptions),
    TypeError,
    "not to listen",
  );
});

Deno.test("the Deno engine refuses a session cache and ticket keys", async () => {
  const sessionCache = new SessionCache(5);
  const cases: [ConnectOptions, string][] = [
    [{ sessionCache }, "sessionCache"],
    [{ sessionCacheSize: 5 }, "sessionCacheSize"],
    [{ sessionKey: "key" }, "sessionKey"],
  ];
  for (const [options, name] of cases) {
    const error = await assertRejects(
      () => SslSocket.connect("localhost:1", { engine: "deno", ...options }),
      SslUnsupportedError,
    );
    assertStringIncludes(error.message, `Cannot use option "${name}"`);
    assertStringIncludes(error.message, "--allow-ffi");
  }
  await assertRejects(
    () => listen("deno", { ticketKeycb: () => [] }),
    SslUnsupportedError,
    "ticketKeycb",
  );
  // 0 asks for nothing.
  await using pair = await connectPair("deno", { sessionCacheSize: 0 });
  assertEquals(pair.client.opened(), 1);
});

Deno.test("canTicketKeycb() and canPsk() say what this engine can do", () => {
  assertEquals(SslSocket.canTicketKeycb(), true);
  assertEquals(SslSocket.canPsk(), { client: true, server: true });
});
