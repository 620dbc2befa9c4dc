/** Sessions as values: what they tell, and their way through bytes at rest. */

import "../helpers/limit.ts";
import { mayBeOffered } from "../../context/sessions/resumption.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { int, octets, seq, tlv, utf8String } from "../../certificate/asn1/writer.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslSession } from "../../context/sessions/session_cache.ts";
import { makeSession, sessionParts } from "../../context/sessions/session.ts";
import type { SessionParts } from "../../context/sessions/verified_peer.ts";
import { SslError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";

const ca = await TestCa.create();
const leaf = await ca.server("localhost");

const explicit = (tag: number, content: Uint8Array) => tlv(0xa0 + tag, content);

/** SSL_SESSION as OpenSSL writes it. */
function sessionDer(
  { version = 0x0304, time = Date.now(), timeout = 7200, hint = 7200, peer = true } = {},
): Uint8Array {
  return seq(
    int(1),
    int(version),
    octets(Uint8Array.of(0x13, 2)),
    octets(new Uint8Array(32).fill(1)),
    octets(new Uint8Array(48).fill(2)),
    explicit(1, int(Math.floor(time / 1000))),
    explicit(2, int(timeout)),
    ...(peer ? [explicit(3, leaf.certificate.der)] : []),
    explicit(4, octets()),
    ...(hint === 0 ? [] : [explicit(9, int(hint))]),
  );
}

function parts(over: Partial<SessionParts["peer"]> = {}, der = sessionDer()): SessionParts {
  return {
    der,
    policy: "ab".repeat(32),
    peer: {
      by: "certificate",
      at: Date.now(),
      chain: [leaf.certificate.der, ca.certificate.der],
      error: 0,
      errorDepth: 0,
      errorText: "",
      findings: {
        callback: { asked: 3, overridden: [{ error: 20, depth: 1 }] },
        ocsp: { ok: true, detail: "good, ünïcode" },
      },
      ...over,
    },
  };
}

Deno.test("SslSession shows protocol, start and lifetime, and no secret", () => {
  const created = Math.floor(Date.now() / 1000) * 1000;
  const session = makeSession(parts({}, sessionDer({ time: created })));
  assertEquals(session.protocol, "TLSv1_3");
  assertEquals(session.created, created);
  assertEquals(session.lifetime, 7200_000);
  assertEquals(session.expired, false);
  assertEquals(session.policy, "ab".repeat(32));
  assert(Object.isFrozen(session));
  const shown = Deno.inspect(session) + JSON.stringify(session) + String(session);
  assert(!/der|2, 2, 2|0202/.test(shown), shown);
  assertThrows(() => {
    (session as { policy: string }).policy = "x";
  }, TypeError);
});

Deno.test("SslSession does not change with the bytes that it was made from", () => {
  const der = sessionDer();
  const session = makeSession(parts({}, der));
  der.fill(0);
  assertEquals(sessionParts(session).der[0], 0x30);
});

Deno.test("SslSession: the lifetime is the server's hint, else the timeout, a week at most", () => {
  const lifetime = (over: Parameters<typeof sessionDer>[0]) =>
    makeSession(parts({}, sessionDer(over))).lifetime;
  assertEquals(lifetime({ hint: 60, timeout: 300 }), 60_000);
  assertEquals(lifetime({ hint: 0, timeout: 300 }), 300_000);
  assertEquals(lifetime({ hint: 90 * 24 * 3600 }), 7 * 24 * 3600_000);
  assertEquals(makeSession(parts({}, sessionDer({ version: 0x0303 }))).protocol, "TLSv1_2");
});

Deno.test("a session is offered while its time, its verification and its certificates last", async () => {
  const now = Date.now();
  const offered = (over: Partial<SessionParts["peer"]>, der?: Uint8Array) =>
    mayBeOffered(makeSession(parts(over, der)), now);
  const expired = (await ca.expired("localhost")).certificate.der;
  const hour = 3600_000;
  assertEquals(offered({}), true);
  assertEquals(offered({}, sessionDer({ time: now - 3 * hour })), false);
  assertEquals(offered({}, sessionDer({ time: now + hour })), false);
  assertEquals(offered({ at: now - 23 * hour }), true);
  assertEquals(offered({ at: now - 24 * hour }), false);
  assertEquals(offered({ at: NaN }), false);
  assertEquals(offered({ chain: [leaf.certificate.der, expired] }), false);
  assertEquals(offered({ chain: [new Uint8Array([1, 2, 3])] }), false);
  // By certificate, but without one.
  assertEquals(offered({}, sessionDer({ peer: false })), false);
  assertEquals(offered({ by: "psk", chain: [] }, sessionDer({ peer: false })), true);
});

Deno.test("SslSession.export() and import() give the same session, without a key and with any kind", async () => {
  const session = makeSession(parts());
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const cryptoKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, [
    "encrypt",
    "decrypt",
  ]);
  for (const key of [undefined, raw, cryptoKey, "correct horse"]) {
    const bytes = await session.export(key);
    const again = await SslSession.import(bytes, key);
    assertEquals(sessionParts(again), sessionParts(session));
    assertEquals(
      [again.protocol, again.created, again.lifetime, again.policy],
      [session.protocol, session.created, session.lifetime, session.policy],
    );
    // The secret is there in clear only without a key.
    const clear = bytes.toHex().includes("02".repeat(48));
    assertEquals(clear, key === undefined);
  }
  const none = makeSession(parts({ findings: {}, by: "nothing", chain: [] }));
  assertEquals(sessionParts(await SslSession.import(await none.export())), sessionParts(none));
});

Deno.test("SslSession.export() never gives the same bytes for a key twice", async () => {
  const session = makeSession(parts());
  const key = new Uint8Array(32).fill(9);
  assert((await session.export(key)).toHex() !== (await session.export(key)).toHex());
});

Deno.test("SslSession.import() refuses every changed byte of a sealed session", async () => {
  const session = makeSession(parts({ findings: {}, chain: [] }, sessionDer({ peer: false })));
  const key = crypto.getRandomValues(new Uint8Array(32));
  const sealed = await session.export(key);
  for (let i = 0; i < sealed.length; i++) {
    const changed = sealed.slice();
    changed[i]! ^= 1;
    await assertRejects(() => SslSession.import(changed, key), SslError, "Cannot import a session");
  }
  for (const length of [0, 1, 5, 6, 20, 33, sealed.length - 1]) {
    await refuses(() => SslSession.import(sealed.slice(0, length), key), SslError, "ERR_SESSION");
  }
  await refuses(
    () => SslSession.import(new Uint8Array([...sealed, 0]), key),
    SslError,
    "ERR_SESSION",
  );
});

Deno.test("SslSession.import() refuses the wrong key, the wrong kind of key, none, and one too many", async () => {
  const session = makeSession(parts());
  const key = crypto.getRandomValues(new Uint8Array(32));
  const other = crypto.getRandomValues(new Uint8Array(32));
  const sealed = await session.export(key);
  await assertRejects(() => SslSession.import(sealed, other), SslError, "the key is another one");
  await assertRejects(() => SslSession.import(sealed), SslError, "it is encrypted: give its key");
  await assertRejects(() => SslSession.import(sealed, "phrase"), SslError, "by a key");
  const phrased = await session.export("phrase");
  await assertRejects(() => SslSession.import(phrased, key), SslError, "by a pass phrase");
  await assertRejects(() => SslSession.import(phrased, "other"), SslError, "the key is another");
  // A clear one put in place of a sealed one must not pass for it.
  const clear = await session.export();
  await assertRejects(() => SslSession.import(clear, key), SslError, "nothing vouches for it");
});

Deno.test("SslSession.export() and import() refuse what is not a key", async () => {
  const session = makeSession(parts());
  const sealed = await session.export(new Uint8Array(32));
  const cbc = await crypto.subtle.generateKey({ name: "AES-CBC", length: 256 }, true, ["encrypt"]);
  const short = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, [
    "encrypt",
  ]);
  const encryptOnly = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, [
    "encrypt",
  ]);
  for (const key of [cbc, short, 5 as unknown as string, {} as CryptoKey, null as never]) {
    const must = "Cannot seal a session: the key must be a CryptoKey for AES-GCM with 256 bits";
    await assertRejects(() => session.export(key), TypeError, must);
  }
  for (const key of [new Uint8Array(31), ""]) {
    await assertRejects(() => session.export(key), TypeError);
  }
  const other = sealed.slice();
  other[0]! ^= 1;
  for (const bytes of [other, new Uint8Array(), Uint8Array.of(48, 0)]) {
    const error = await refuses(() => SslSession.import(bytes), SslError, "ERR_SESSION");
    assertEquals(error.reason, "these bytes are not an exported session");
  }
  await assertRejects(() => SslSession.import(sealed, new Uint8Array(16)), TypeError, "32 bytes");
  await assertRejects(() => SslSession.import(sealed, encryptOnly), TypeError, "decrypt");
  await assertRejects(() => SslSession.import("x" as unknown as Uint8Array), TypeError);
});

Deno.test("SslSession.import() refuses malformed DER in the clear form", async () => {
  const clear = await makeSession(parts()).export();
  const head = clear.slice(0, 6);
  const bad = [
    new Uint8Array(),
    clear.slice(6, 100),
    seq(int(2), octets(sessionDer()), utf8String("x"), seq()),
    seq(int(1), octets(sessionDer()), utf8String("x"), seq()),
    seq(int(1), octets(Uint8Array.of(1, 2, 3)), utf8String("x"), seq()),
    seq(
      int(1),
      octets(sessionDer()),
      utf8String("x"),
      seq(utf8String("magic"), int(1), seq(), int(0), int(0), utf8String(""), seq()),
    ),
  ];
  for (const der of bad) {
    const call = () => SslSession.import(new Uint8Array([...head, ...der]));
    const { message } = await refuses(call, SslError, "ERR_SESSION");
    assert(message.startsWith("Cannot import a session: it is malformed: "), message);
    assertEquals(message.split("Cannot").length, 2, message);
  }
  for (let i = 6; i < clear.length; i += 7) {
    const changed = clear.slice();
    changed[i] = 0xff;
    await SslSession.import(changed).catch((error) => assert(error instanceof SslError, error));
  }
});
