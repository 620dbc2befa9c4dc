/** What sessions are bound to, on the client and on the server: pure, nothing is connected. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { int, octets, seq, tlv } from "../../certificate/asn1/writer.ts";
import { TestCa } from "../../testing/ca.ts";
import type { SslOptions, TicketKeycbInput } from "../../context/options.ts";
import { connectionDigest, idContexts, trustDigest } from "../../context/sessions/binding.ts";
import { ticketKeyHook } from "../../context/sessions/ticket_keys.ts";
import { ConnectionSessions, mayBeOffered } from "../../context/sessions/resumption.ts";
import { makeSession, sessionParts } from "../../context/sessions/session.ts";
import { SessionCache, type SslSession } from "../../context/sessions/session_cache.ts";
import type { VerifiedPeer } from "../../context/sessions/verified_peer.ts";
import type { PeerEvidence, Role, TrustConfig } from "../../engine/engine.ts";
import type { Findings } from "../../verify/answers.ts";
import { parsePins } from "../../verify/fingerprint.ts";
import type { Policy } from "../../verify/policy.ts";
import { PublicSuffix } from "../../verify/public_suffix.ts";
import { resolveScheme } from "../../verify/schemes.ts";

const ca = await TestCa.create();
const leaf = (await ca.server("a.example")).certificate;
const other = (await ca.server("b.example")).certificate;
const hex = (bytes: Uint8Array | undefined): string => bytes?.toHex() ?? "none";

const TRUST: TrustConfig = { anchors: undefined, extra: [], crls: [], checkCrl: "none" };
const POLICY: Policy = {
  ...{ role: "client", engine: "openssl", verifyMode: 1, scheme: resolveScheme("rfc9525") },
  ...{ publicSuffix: undefined, pins: [], forceFingerprint: false, defaultsApplied: [] },
};

/** Fails unless all values differ. */
function differ(values: readonly string[]): void {
  assertEquals(values.map((value) => values.indexOf(value)), values.map((_, i) => i));
}

// ---- digests

Deno.test("trustDigest() tells trusts apart, by what they hold and not by its order", () => {
  const of = (over: Partial<TrustConfig> = {}, ...more: unknown[]) =>
    hex(trustDigest({ ...TRUST, ...over }, more));
  const [a, b] = [leaf.der, other.der];
  differ([
    of(),
    of({ anchors: [] }),
    of({ anchors: [a] }),
    of({ extra: [a] }),
    of({ crls: [a] }),
    of({ anchors: [a, b] }),
    of({ anchors: [b] }),
    of({ extra: [b] }),
    of({ crls: [b] }),
    of({ checkCrl: "leaf" }),
    of({ checkCrl: "chain" }),
    of({}, 1),
    of({}, "1"),
    of({}, [1]),
    of({}, { a: 1 }),
    of({}, { a: 1, b: 1 }),
    of({}, Uint8Array.of(1)),
    of({}, Uint8Array.of(2)),
    of({}, ca),
    of({}, leaf),
    of({}, () => 1),
    of({}, () => 1),
  ]);
  assertEquals(of({ anchors: [a, b] }), of({ anchors: [b, a] }));
  assertEquals(of({ crls: [a], deltas: [b] }), of({ crls: [a, b], deltas: [] }));
  assertEquals(of({ crls: [a, b] }), of({ crls: [a], deltas: [b] }));
  assertEquals(of({}, { a: 1, b: 2, c: 3 }), of({}, { c: 3, a: 1, b: 2 }));
  assertEquals(of({}, { a: 1, b: undefined }), of({}, { a: 1 }));
  assertEquals(of({}, undefined), of({}, null));
  assertEquals(of({}, Object.assign(Object.create(null), { a: 1 })), of({}, { a: 1 }));
  assertEquals(of({}, Uint8Array.of(1)), of({}, Uint8Array.of(1)));
  const call = () => 1;
  assertEquals([of({}, call), of({}, ca)], [of({}, call), of({}, ca)]);
  assertEquals(trustDigest(TRUST, []).length, 32);
});

Deno.test("connectionDigest() tells apart all that the judgement of a server depends on", () => {
  const of = (policy: Partial<Policy> = {}, options: SslOptions = {}, context = "context") =>
    connectionDigest(
      context,
      { ...POLICY, ...policy },
      { serverName: "a", verifyName: "b" },
      options,
    );
  const pins = (fingerprint: string) => ({ pins: parsePins({ fingerprint }) });
  const digest = "0".repeat(64);
  const list = PublicSuffix.fromString("com");
  differ([
    of(),
    of({}, {}, "another context"),
    of({ scheme: resolveScheme("http") }),
    of({ publicSuffix: "" }),
    of({ publicSuffix: list }),
    of({ publicSuffix: PublicSuffix.fromString("com") }),
    of({ verifyMode: 0 }),
    of({ forceFingerprint: true }),
    of(pins(`sha256$${digest}`)),
    of(pins(`sha256$pub$${digest}`)),
    of(pins(`sha256$1${digest.slice(1)}`)),
    of({}, { ocspMode: 1 }),
    of({}, { ocspMode: 2 }),
    of({}, { psk: "key" }),
    of({}, { psk: "other" }),
  ]);
  assertEquals(of({ publicSuffix: list }), of({ publicSuffix: list }));
  assertEquals(of({}, { psk: "key" }), of({}, { psk: "key" }));
  assertEquals(of(pins(`sha256$${digest}`)), of(pins(digest)));
});

// ---- servers

Deno.test("a server that asks for certificates has an id context of its own for each name and verification", () => {
  const of = (
    role: Role,
    options: SslOptions,
    verifyMode = 1,
    trust = TRUST,
    name = "",
  ): string => hex(idContexts(role, options, verifyMode, trust)(name));
  const own = { sessionIdContext: "mine" };
  assertEquals(of("client", own), "none");
  for (const mode of [0, 2, 4, 6]) {
    assertEquals(of("server", own, mode), hex(new TextEncoder().encode("mine")));
    assertEquals(of("server", {}, mode), "none");
  }
  const bytes = { sessionIdContext: Uint8Array.of(1, 2) };
  assertEquals(of("server", bytes, 0), "0102");
  const call = () => true;
  differ([
    of("server", own),
    of("server", own, 3),
    of("server", bytes),
    of("server", own, 1, { ...TRUST, extra: [leaf.der] }),
    of("server", own, 1, TRUST, "a.example"),
    of("server", { ...own, verifyCallback: call }),
    of("server", { ...own, createCtxCallback: call }),
    of("server", {}),
    of("server", {}), // without its own id context nothing is shared
  ]);
  assertEquals(of("server", own), of("server", own));
  const both = { ...own, verifyCallback: call };
  assertEquals(of("server", both), of("server", both));
  const made = idContexts("server", {}, 1, TRUST);
  assertEquals(hex(made("x")), hex(made("x")));
  assertEquals(made("x")!.length, 32);
});

Deno.test("ticketKeyHook() asks with the name of a ticket, and takes a key, another one, or none", () => {
  const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
  const [key, name, old] = [filled(32, 1), filled(16, 2), filled(16, 3)];
  const asked: unknown[][] = [];
  const hook = (answer: unknown, ...data: unknown[]) => (ticket: Uint8Array | undefined) => {
    const call = (...args: unknown[]) => (asked.push(args), answer);
    const input = data.length === 0 ? call : [call, data[0]];
    return ticketKeyHook(input as TicketKeycbInput)(ticket, undefined);
  };
  assertEquals(hook([key, name])(undefined), { name, key });
  assertEquals(hook([key, name])(name), { name, key, renew: false });
  assertEquals(hook([key, name], "data")(old), { name: old, key, renew: true });
  assertEquals(asked, [[undefined], [undefined, name], ["data", old]]);
  assert(asked[2]![1] !== old, "the callback gets a copy");
  for (const none of [undefined, null, []]) {
    assertEquals(hook(none)(old), undefined);
    const made = hook(none)(undefined)!;
    assertEquals([made.name.length, made.key.length], [16, 32]);
    assert(hex(made.key) !== hex(hook(none)(undefined)!.key));
  }
  const bad: unknown[] = [
    "key",
    {},
    0,
    [key],
    [undefined, name],
    [key, undefined],
    [key.subarray(1), name],
    [new Uint8Array(33), name],
    [key, name.subarray(1)],
    [key, new Uint8Array(17)],
    ["k".repeat(32), name],
    [key, "n".repeat(16)],
  ];
  for (const answer of bad) {
    for (const ticket of [undefined, old]) {
      assertThrows(() => hook(answer)(ticket), TypeError, "Cannot use ticketKeycb's answer");
    }
  }
});

// ---- clients

const HOUR = 3_600_000;
const explicit = (tag: number, content: Uint8Array) => tlv(0xa0 + tag, content);

function sessionDer({ version = 0x0304, time = Date.now(), id = 1, certificate = leaf } = {}) {
  return seq(
    int(1),
    int(version),
    octets(Uint8Array.of(0x13, 2)),
    octets(new Uint8Array(32).fill(id)),
    octets(new Uint8Array(48).fill(2)),
    explicit(1, int(Math.floor(time / 1000))),
    explicit(2, int(7200)),
    explicit(3, certificate.der),
  );
}

const CHAIN = [leaf.der, ca.certificate.der];
const peerOf = (over: Partial<VerifiedPeer> = {}): VerifiedPeer => ({
  by: "certificate",
  at: Date.now(),
  chain: CHAIN,
  error: 0,
  errorDepth: 0,
  errorText: "",
  findings: {},
  ...over,
});
const EVIDENCE: PeerEvidence = {
  chain: CHAIN,
  presented: [leaf.der],
  error: 0,
  errorDepth: 0,
  errorText: "ok",
  resumed: false,
};

Deno.test("mayBeOffered() holds to the end of each term, and not beyond", () => {
  const now = Date.now();
  const session = (peer: Partial<VerifiedPeer>, time = now) =>
    makeSession({ der: sessionDer({ time }), policy: "p", peer: peerOf(peer) });
  const whole = Math.floor(now / 1000) * 1000;
  assertEquals(mayBeOffered(session({}, whole + 60_000), whole), true);
  assertEquals(mayBeOffered(session({}, whole + 61_000), whole), false);
  assertEquals(mayBeOffered(session({ at: now - 24 * HOUR + 1 }), now), true);
  assertEquals(mayBeOffered(session({ at: now - 24 * HOUR }), now), false);
});

Deno.test("mayBeOffered(): every certificate behind the session is in time, the first and the last moment included", async () => {
  const day = 24 * HOUR;
  const whole = Math.floor(Date.now() / 1000) * 1000;
  const timed = (from: number, to: number) =>
    ca.server({
      names: ["a.example"],
      notBefore: new Date(whole + from),
      notAfter: new Date(whole + to),
    });
  const at = async (from: number, to: number, now = whole) => {
    const { certificate } = await timed(from, to);
    const peer = peerOf({ chain: [certificate.der, ca.certificate.der] });
    return mayBeOffered(makeSession({ der: sessionDer(), policy: "p", peer }), now);
  };
  assertEquals(await at(-day, day), true);
  assertEquals(await at(0, day), true);
  assertEquals(await at(1000, day), false);
  assertEquals(await at(-day, 0), true);
  assertEquals(await at(-day, -1000), false);
  // The certificate of the session itself counts as well as the chain.
  const { certificate } = await timed(-day, -1000);
  const old = makeSession({ der: sessionDer({ certificate }), policy: "p", peer: peerOf() });
  assertEquals(mayBeOffered(old, whole), false);
});

Deno.test("ConnectionSessions offers the latest session under its own policy, and drops what has ended", () => {
  const make = (policy: string, over: Partial<VerifiedPeer> = {}, version = 0x0304) =>
    makeSession({ der: sessionDer({ version }), policy, peer: peerOf(over) });
  const cache = new SessionCache(10);
  const [first, second, ended, foreign] = [
    make("p"),
    make("p"),
    make("p", { at: Date.now() - 25 * HOUR }),
    make("q"),
  ];
  for (const session of [first, second, ended, foreign]) cache.addSession("key", session!);
  const sessions = new ConnectionSessions(cache, "key", "p");
  assertStrictEquals(sessions.offered, second);
  assertEquals(hex(sessions.offeredDer), hex(sessionParts(second!).der));
  assertEquals(hex(sessions.vouched?.leaf), hex(leaf.der));
  assertStrictEquals(sessions.vouched?.peer, sessionParts(second!).peer);
  assertEquals(cache.sessions("key").includes(ended!), false);
  assertEquals(cache.sessions("key").includes(foreign!), true);
  assertStrictEquals(cache.sessions("key")[0], second);
  const none = new ConnectionSessions(cache, "other", "p");
  assertEquals([none.offered, none.offeredDer, none.vouched], [undefined, undefined, undefined]);
});

Deno.test("ConnectionSessions asks a custom store for one session, and accepts nothing else", () => {
  const given = makeSession({ der: sessionDer(), policy: "p", peer: peerOf() });
  const deleted: unknown[] = [];
  const store = (answer: unknown) => ({
    addSession: () => {},
    getSession: () => answer as SslSession,
    delSession: (...args: unknown[]) => void deleted.push(args),
  });
  assertStrictEquals(new ConnectionSessions(store(given), "k", "p").offered, given);
  for (const none of [undefined, null]) {
    assertEquals(new ConnectionSessions(store(none), "k", "p").offered, undefined);
  }
  assertEquals(new ConnectionSessions(store(given), "k", "q").offered, undefined);
  assertEquals(deleted, []);
  for (const bad of ["text", {}, 5]) {
    const call = () => new ConnectionSessions(store(bad), "k", "p");
    assertThrows(call, TypeError, 'getSession("k") must give an SslSession or undefined');
  }
  const old = makeSession({ der: sessionDer({ time: 0 }), policy: "p", peer: peerOf() });
  assertEquals(new ConnectionSessions(store(old), "k", "p").offered, undefined);
  assertEquals(deleted, [["k", old]]);
});

Deno.test("ConnectionSessions keeps what the peer was accepted by, and no session of one that was refused", () => {
  const cache = new SessionCache(20);
  const sessions = new ConnectionSessions(cache, "k", "p");
  const add = (evidence: PeerEvidence | undefined, findings: Findings = {}) => {
    sessions.add(sessionDer(), { evidence, findings });
    return cache.sessions("k")[0];
  };
  const at = { asked: 1, overridden: [] };
  const refuse = {} as never;
  for (
    const findings of [
      { callback: { ...at, refused: { error: 0, depth: 0 } } },
      { callback: { ...at, thrown: { cause: 1 } } },
      { ocsp: { ok: false, detail: "", refuse } },
    ]
  ) assertEquals(add(EVIDENCE, findings), undefined);
  const findings = { callback: at, ocsp: { ok: true, detail: "good" } };
  const kept = sessionParts(add({ ...EVIDENCE, error: 20, errorDepth: 1 }, findings)!);
  const { at: when, ...peer } = kept.peer;
  assert(Math.abs(when - Date.now()) < 60_000);
  assertEquals(peer, {
    ...{ by: "certificate", chain: CHAIN, error: 20, errorDepth: 1, errorText: "ok", findings },
  });
  assertEquals(kept.policy, "p");
  assertEquals(sessionParts(add({ ...EVIDENCE, psk: true })!).peer.by, "psk");
  const { at: _, ...nothing } = sessionParts(add(undefined)!).peer;
  assertEquals(nothing, {
    ...{ by: "nothing", chain: [], error: 0, errorDepth: 0, errorText: "", findings: {} },
  });
});

Deno.test("ConnectionSessions: a resumed connection keeps the verification of the session before, and uses a ticket once", () => {
  for (const [version, once] of [[0x0304, true], [0x0303, false]] as const) {
    for (const resumed of [true, false]) {
      const cache = new SessionCache(20);
      const peer = peerOf({ at: Date.now() - HOUR });
      const before = makeSession({ der: sessionDer({ version }), policy: "p", peer });
      cache.addSession("k", before);
      const sessions = new ConnectionSessions(cache, "k", "p");
      for (const id of [2, 3]) {
        const evidence = { ...EVIDENCE, resumed };
        sessions.add(sessionDer({ version, id }), { evidence, findings: {} });
      }
      const now = cache.sessions("k");
      assertEquals(now.includes(before), !(once && resumed), `${version} ${resumed}`);
      for (const session of now.slice(0, 2)) {
        assertEquals(sessionParts(session).peer === peer, resumed);
      }
      // A key is not a certificate: its sessions begin anew.
      sessions.add(sessionDer({ version }), {
        evidence: { ...EVIDENCE, resumed, psk: true },
        findings: {},
      });
      assertEquals(sessionParts(cache.sessions("k")[0]!).peer === peer, false);
    }
  }
});

Deno.test("ConnectionSessions keeps eight sessions of a connection, and drops all of them when it fails", () => {
  const cache = new SessionCache(50);
  const foreign = makeSession({ der: sessionDer(), policy: "q", peer: peerOf() });
  const offered = makeSession({ der: sessionDer(), policy: "p", peer: peerOf() });
  for (const session of [foreign, offered]) cache.addSession("k", session);
  const sessions = new ConnectionSessions(cache, "k", "p");
  for (let id = 10; id < 18; id++) {
    sessions.add(sessionDer({ id }), { evidence: EVIDENCE, findings: {} });
  }
  assertEquals(cache.size, 10);
  sessions.add(sessionDer({ id: 18 }), { evidence: EVIDENCE, findings: {} });
  assertEquals(cache.size, 10);
  sessions.drop();
  assertEquals(cache.sessions("k"), [foreign]);
  new ConnectionSessions(cache, "none", "p").drop();
  assertEquals(cache.size, 1);
});
