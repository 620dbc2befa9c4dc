/** Intercept at the edges: which clone is shared, which cache answer counts, which text is its own. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { extension } from "../../certificate/extensions/write.ts";
import { octets, seq, tlv } from "../../certificate/asn1/writer.ts";
import { type CacheEntry, Intercept } from "../../intercept/intercept.ts";
import { keyCreateEc } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";

const certKey = await keyCreateEc();
const proxy = await TestCa.create({ commonName: "proxy ca" });
const options = { proxyCert: proxy.cert, proxyKey: proxy.privateKey, certKey };
const { certificate, privateKey } = await proxy.server("a.test");

Deno.test("an empty ident means the digest; an entry of the cache is used, and its time is renewed", async () => {
  const cache: Record<string, CacheEntry> = {};
  const intercept = await Intercept.create({ ...options, cache });
  const before = Math.floor(Date.now() / 1000);
  const first = await intercept.cloneCert(certificate, "");
  const ident = certificate.fingerprint().slice(7, 39);
  assertEquals(Object.keys(cache), [ident]);
  assert(Math.abs(cache[ident]!.atime - before) <= 60);
  cache[ident]!.atime = 0;
  const second = await intercept.cloneCert(certificate);
  assertEquals([second.cert.der, second.key], [first.cert.der, first.key]);
  assert(cache[ident]!.atime >= before);
  assertEquals(Object.keys(second).sort(), ["cert", "key"]);
  // What Object.prototype has is not an entry.
  const named = await intercept.cloneCert(certificate, "toString");
  assertEquals(Object.hasOwn(cache, "toString"), true);
  assertEquals(named.cert.subject, certificate.subject);
  const map = new Map<string, CacheEntry>();
  const kept = await (await Intercept.create({ ...options, cache: map })).cloneCert(certificate);
  assertEquals(map.get(ident)!.cert.der, kept.cert.der);
});

Deno.test("a clone that fails is tried again, and a cache that was filled meanwhile is asked again", async () => {
  let calls = 0;
  const failing = await Intercept.create({
    ...options,
    serial: () => {
      if (++calls === 1) throw new TypeError("not now");
      return 5;
    },
  });
  await assertRejects(() => failing.cloneCert(certificate), TypeError, "not now");
  assertEquals((await failing.cloneCert(certificate)).cert.serial, "5");
  const cache = new Map<string, CacheEntry>();
  const entry = { cert: certificate, key: privateKey, atime: 1 };
  const raced = await Intercept.create({
    ...options,
    cache,
    serial: () => {
      cache.set("x", entry);
      return 5;
    },
  });
  assertEquals((await raced.cloneCert(certificate, "x")).cert, certificate);
});

Deno.test("an answer of a cache function counts only in its documented form", async () => {
  const clone = async (cache: (ident: string) => unknown) =>
    await (await Intercept.create({ ...options, cache })).cloneCert(certificate, "x");
  const byType = (type: unknown, answer: unknown) => (ident: string) =>
    ident === "type" ? type : answer;
  const pair = [certificate.pem, privateKey.pem];
  const object = { cert: certificate, key: privateKey };
  for (const answer of [pair, object]) {
    for (const type of [1, 0, undefined, null, false, "", []]) {
      const got = await clone(byType(type, answer));
      assertEquals([got.cert.der, got.key.der], [certificate.der, privateKey.der]);
    }
  }
  for (const type of [2, "1", true, {}, [1]]) {
    await assertRejects(
      () => clone(byType(type, pair)),
      TypeError,
      "Cannot clone certificate: invalid type of cache, 1 or nothing: received",
    );
  }
  for (const nothing of [undefined, null, []]) {
    await assertRejects(() => clone(byType(1, nothing)), TypeError, "received nothing");
    assertEquals((await clone(byType(0, nothing))).key.der, certKey.der, "made anew");
  }
  for (
    const wrong of [{}, [certificate], { cert: certificate }, { key: privateKey }, [
      undefined,
      privateKey,
    ]]
  ) {
    await assertRejects(
      () => clone(byType(1, wrong)),
      TypeError,
      "Cannot clone certificate: the cache must give { cert, key } or [cert, key]: received",
    );
  }
});

Deno.test("extensions about the issuer, and promises of the original, do not go into the clone", async () => {
  const uri = tlv(0x86, new TextEncoder().encode("http://c/"));
  const points = seq(seq(tlv(0xa0, tlv(0xa0, uri))));
  const { certificate } = await proxy.server({
    names: ["a.test"],
    mustStaple: true,
    extensions: [
      extension("2.5.29.46", points),
      extension("1.3.6.1.4.1.11129.2.4.2", octets(octets())),
    ],
  });
  const names = (from: typeof certificate) => from.asHash().ext.map(({ sn }) => sn);
  assertEquals(
    names(certificate).filter((sn) => /freshestCRL|ct_precert_scts|tlsfeature/.test(sn!)).length,
    3,
  );
  const { cert } = await (await Intercept.create(options)).cloneCert(certificate);
  const dropped = names(cert).filter((sn) => /freshestCRL|ct_precert_scts|tlsfeature/.test(sn!));
  assertEquals(dropped, []);
});

Deno.test("a serialized instance is read as a whole, or refused without quoting it", async () => {
  const cache = new Map([["own", { cert: certificate, key: privateKey, atime: 5 }]]);
  const intercept = await Intercept.create({ ...options, cache, serial: -7n });
  await intercept.cloneCert(certificate, "made");
  const text = intercept.serialize();
  const data = JSON.parse(text);
  assertEquals(data.serial, "-6");
  assertEquals(data.cache.map((entry: { key: string | null }) => entry.key === null), [
    false,
    true,
  ]);
  const target: Record<string, CacheEntry> = {};
  Intercept.unserialize(text, { cache: target });
  assertEquals([Object.keys(target), target.own!.atime, target.own!.key.der], [
    ["own", "made"],
    5,
    privateKey.der,
  ]);
  const refused = (change: object, reason: string) => {
    const error = assertThrows(
      () => Intercept.unserialize(JSON.stringify({ ...data, ...change })),
      SslError,
    );
    assertEquals([error.code, error.reason], ["ERR_FORMAT", reason]);
  };
  refused({ format: "other" }, "the text is not what serialize() gave");
  refused({ version: 2 }, "unknown version: received 2");
  refused({ version: undefined }, "unknown version: received undefined");
  const entry = data.cache[0];
  const damaged = [
    ...[{ proxyCert: 5 }, { proxyKey: null }, { certKey: undefined }, { cache: {} }, {
      cache: undefined,
    }],
    ...[{ serial: "x" }, { serial: "1".repeat(401) }, { serial: "1.5" }, { serial: {} }],
    ...[{ ident: 5 }, { cert: null }, { key: 5 }, { key: undefined }, { atime: "5" }]
      .map((change) => ({ cache: [entry, { ...entry, ...change }] })),
    { cache: [null] },
  ];
  for (const change of damaged) refused(change, "the text is damaged");
  assertEquals(
    Intercept.unserialize(JSON.stringify({ ...data, serial: 5 })) instanceof Intercept,
    true,
  );
  refused({ proxyKey: certKey.pem }, "the key of the proxy's CA is not that of its certificate");
  refused(
    { cache: [{ ...entry, key: null }] },
    'the key of the clone "own" is not that of its certificate',
  );
  // A serial given again goes before the one that was kept; functions come back as given.
  const again = Intercept.unserialize(text, { serial: 99 });
  assertEquals((await again.cloneCert(certificate, "new")).cert.serial, "100");
  assertThrows(
    () => Intercept.unserialize(text, { serial: 1.5 }),
    TypeError,
    "serial must be a whole number or a function",
  );
  assertThrows(
    () => Intercept.unserialize(text, { certKey } as never),
    TypeError,
    'unknown option "certKey"',
  );
  assertEquals(Deno.inspect(intercept), "Intercept(/CN=proxy ca)");
});
