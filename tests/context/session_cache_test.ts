import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { makeSession } from "../../context/session.ts";
import { SessionCache, SslSession } from "../../context/session_cache.ts";
import { SslError } from "../../errors.ts";
import { config, engine, handshake, pairOf, readExactly, server, text } from "../engine/harness.ts";

Deno.test("SessionCache keeps Perl's order: t/session_cache", () => {
  const cache = new SessionCache<string>(3);
  const keys = () => [...cache.keys()];
  assertEquals(cache.room, 3);
  cache.addSession("bogus", "1");
  cache.addSession("bogus1", "2");
  assertEquals([cache.room, keys()[0]], [1, "bogus1"]);
  assertEquals(cache.getSession("bogus"), "1");
  assertEquals(keys()[0], "bogus");
  cache.addSession("bogus", "3");
  assertEquals(cache.room, 0);
  cache.addSession("bogus", "4");
  assertEquals([cache.room, keys()], [0, ["bogus"]]); // bogus1 was the oldest
  assertEquals(cache.sessions("bogus"), ["4", "3", "1"]);
  cache.delSession("bogus");
  assertEquals(cache.room, 3);
});

Deno.test("SessionCache finds, replaces and forgets single sessions", () => {
  const cache = new SessionCache<string>(4);
  for (const session of ["a", "b", "c"]) cache.addSession("key", session);
  assertEquals(cache.getSession("key", "a"), "a");
  assertEquals(cache.getSession("key"), "a");
  assertEquals(cache.getSession("key", "none"), undefined);
  assertEquals(cache.delSession("key", "b"), 1);
  assertEquals(cache.sessions("key"), ["a", "c"]);
  cache.replaceSession("key", "d");
  assertEquals(cache.sessions("key"), ["d"]);
  assertEquals(cache.delSession(), 1);
  assertThrows(() => new SessionCache(0), RangeError);
  assertThrows(() => new SessionCache(1.5), RangeError);
});

/** A session of a real handshake. */
async function realSession(): Promise<SslSession> {
  const sessions: Uint8Array[] = [];
  const c = await engine.createContext(
    config("client", { sessions: true, hooks: { newSession: (s) => void sessions.push(s) } }),
  );
  const s = await engine.createContext(config("server"));
  await using p = pairOf(c, s);
  await handshake(p);
  await p.server.write(text("x"));
  await readExactly(p.client, 1);
  const chain = [server.certificate.der];
  const peer = { at: Date.now(), chain, error: 0, errorDepth: 0, errorText: "", findings: {} };
  const by = "certificate" as const;
  return makeSession({ der: sessions[0]!, policy: "00".repeat(32), peer: { by, ...peer } });
}

Deno.test("SslSession is a value, and export() and import() lose nothing", async () => {
  const session = await realSession();
  assertEquals(session.protocol, "TLSv1_3");
  assert(session.lifetime > 0 && !session.expired && Object.isFrozen(session));
  const key = crypto.getRandomValues(new Uint8Array(32));
  for (const sealed of [undefined, key, "a pass phrase"]) {
    const back = await SslSession.import(await session.export(sealed), sealed);
    assertEquals([back.protocol, back.created, back.policy], [
      session.protocol,
      session.created,
      session.policy,
    ]);
  }
});

Deno.test("SslSession.import() refuses what was changed, cut or sealed with another key", async () => {
  const session = await realSession();
  const key = crypto.getRandomValues(new Uint8Array(32));
  const sealed = await session.export(key);
  const other = crypto.getRandomValues(new Uint8Array(32));
  await assertRejects(() => SslSession.import(sealed, other), SslError);
  await assertRejects(() => SslSession.import(sealed), SslError);
  await assertRejects(() => SslSession.import(sealed.subarray(0, -1), key), SslError);
  for (const at of [0, 5, 8, 20, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    await assertRejects(() => SslSession.import(changed, key), SslError);
  }
  const plain = await session.export();
  await assertRejects(() => SslSession.import(plain.subarray(0, 40)), SslError);
});
