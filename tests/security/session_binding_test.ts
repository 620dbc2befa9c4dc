/** What a session is bound to, and whose sessions a failure takes away. */

import "../helpers/limit.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { connectionDigest, contextDigest } from "../../context/sessions/binding.ts";
import type { Policy } from "../../verify/policy.ts";
import type { SslOptions } from "../../context/options.ts";
import { sessionToDer } from "../../engine/openssl/inspect.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import type { ContextConfig } from "../../engine/engine.ts";
import { SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { reach } from "../contract/harness.ts";
import {
  ca as engineCa,
  client as clientCert,
  config,
  credential,
  engine,
  handshake,
  pairOf,
  V12,
} from "../engine/harness.ts";
import { other, VERSIONS, visit, withServer } from "../socket/session_harness.ts";
import { refuses } from "../helpers/refuses.ts";
import { resolveScheme } from "../../verify/schemes.ts";

Deno.test("the digest of a session tells equal values under different options apart", () => {
  const configs: Partial<ContextConfig>[] = [
    ...["cipherList", "ciphersuites", "groups", "sigalgs"].map((name) => ({ [name]: "the same" })),
    { alpn: ["the same"] },
    { npn: ["the same"] },
    { trust: { anchors: undefined, extra: [engineCa.cert.der], crls: [], checkCrl: "none" } },
    { trust: { anchors: [engineCa.cert.der], extra: [], crls: [], checkCrl: "none" } },
    { trust: { anchors: undefined, extra: [], crls: [engineCa.cert.der], checkCrl: "none" } },
    { requestOcsp: true },
    { noEcdh: true },
  ];
  const ofContexts = configs.map((each) =>
    contextDigest(engine, {
      ...config("client", {
        trust: { anchors: undefined, extra: [], crls: [], checkCrl: "none" },
        ...each,
      }),
    })
  );
  assertEquals(new Set(ofContexts).size, configs.length);

  const policy: Policy = {
    ...{ role: "client", engine: "openssl", verifyMode: 1, scheme: resolveScheme("rfc9525") },
    ...{ publicSuffix: undefined, pins: [], forceFingerprint: false, defaultsApplied: [] },
  };
  const digest = (
    p: Partial<Policy>,
    serverName?: string,
    verifyName?: string,
    o: SslOptions = {},
  ) => connectionDigest("context", { ...policy, ...p }, { serverName, verifyName }, o);
  const all = () => true;
  const ofConnections = [
    digest({}, "a.example"),
    digest({}, undefined, "a.example"),
    digest({ scheme: resolveScheme({ wildcardsInAlt: "anywhere" }) }),
    digest({ scheme: resolveScheme({ wildcardsInCn: "anywhere" }) }),
    digest({ scheme: resolveScheme({ checkCn: "always" }) }),
    digest({ forceFingerprint: true }),
    digest({}, undefined, undefined, { verifyCallback: all }),
    digest({}, undefined, undefined, { ocspStapleCallback: all }),
    digest({}, undefined, undefined, { createCtxCallback: all }),
    digest({}, undefined, undefined, { psk: { a: "same" } }),
    digest({}, undefined, undefined, { psk: { b: "same" } }),
    digest({}),
  ];
  assertEquals(new Set(ofConnections).size, ofConnections.length);
  assertEquals(digest({}, "a.example"), ofConnections[0]);
});

for (const version of VERSIONS) {
  Deno.test(`a failed handshake leaves the sessions of others under its key alone (${version})`, async () => {
    await withServer({ version }, async (listener) => {
      const sessionCache = new SessionCache(10);
      const shared = { sessionCache, sessionKey: "the server" };
      assertEquals((await visit(listener, shared)).reused, false);
      const before = sessionCache.sessions("the server");
      assertNotEquals(before.length, 0);
      // Other settings: nothing is offered, and the server is refused.
      const refusing = { ...await reach("openssl", listener, shared), ca: other.pem };
      const accepting = listener.accept().catch(() => {});
      await refuses(
        () => SslSocket.connect(refusing),
        SslVerifyError,
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      );
      await accepting;
      assertEquals(sessionCache.sessions("the server"), before);
      assertEquals((await visit(listener, shared)).reused, true);
    });
  });
}

Deno.test("TLS 1.2: while verifyCallback has yet to decide, its session lets nobody in", async () => {
  const { c } = openLibrary();
  const NO_TICKET = 0x4000n;
  let decide = (_: boolean) => {};
  const decision = new Promise<boolean>((resolve) => decide = resolve);
  let asked = 0;
  const server = await engine.createContext(config("server", {
    ...V12,
    verifyMode: 3,
    sessionIdContext: new TextEncoder().encode("the server"),
    hooks: {
      verifyEach: ({ depth }) => {
        if (depth === 0) asked++;
        return decision;
      },
    },
  }));
  const options = { ...V12, credentials: [credential(clientCert)] };
  const client = await engine.createContext(config("client", options));
  c.SSL_CTX_set_options(client.native!()!, NO_TICKET); // so that the server's cache has the session
  const first = pairOf(client, server);
  const firstEnds = handshake(first);
  await ticks();
  assertEquals([asked, first.server.established], [1, false]);

  const session = c.SSL_get1_session(first.client.native!()!);
  const der = sessionToDer(c, session);
  c.SSL_SESSION_free(session);
  const second = pairOf(client, server, { params: { session: der } });
  const secondEnds = handshake(second);
  await ticks();
  assertEquals([asked, second.server.established, second.client.established], [2, false, false]);

  decide(false);
  for (const [, atServer] of [await firstEnds, await secondEnds]) {
    assertEquals((atServer as SslVerifyError).code, "APPLICATION_VERIFICATION");
  }
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

/** Lets both ends go on as far as they can. */
async function ticks(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve));
}
