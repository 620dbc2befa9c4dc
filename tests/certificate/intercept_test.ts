import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { certCreate } from "../../certificate/create.ts";
import { type CacheEntry, Intercept } from "../../intercept/intercept.ts";
import { pemCert2file, pemKey2file } from "../../certificate/files.ts";
import { keyCreateEc } from "../../certificate/keys/private_key.ts";
import { verifySignature } from "../../certificate/signature.ts";
import { LruMap } from "../../internal/lru.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";
import { real, text } from "./data.ts";

const certKey = await keyCreateEc();
const proxy = await TestCa.create({ commonName: "proxy ca" });
const proxyOptions = { proxyCert: proxy.cert, proxyKey: proxy.privateKey, certKey };
const demo = await TestCa.create({ commonName: "Demo CA" });
const server = await demo.server("server.local", "10.0.0.1", {
  ocspUris: ["http://ocsp/"],
  crlUris: ["http://crl/"],
  mustStaple: true,
});
const original = server.certificate;

Deno.test("Intercept.cloneCert() keeps names, dates and usages under the proxy's CA", async () => {
  const intercept = await Intercept.create(proxyOptions);
  const { cert, key } = await intercept.cloneCert(original);
  assertEquals(cert.rawSubject, original.rawSubject);
  assertEquals(cert.issuer, "/CN=proxy ca");
  assertEquals(cert.subjectAltNames, original.subjectAltNames);
  assertEquals([cert.notBefore, cert.notAfter], [original.notBefore, original.notAfter]);
  assertEquals([cert.keyUsage, cert.extKeyUsage, cert.isCa], [
    original.keyUsage,
    original.extKeyUsage,
    original.isCa,
  ]);
  assertEquals(key.pem, certKey.pem);
  assertEquals(cert.rawSpki, certKey.publicSpki);
  assert(
    verifySignature(proxy.cert.rawSpki, cert.rawSignatureAlgorithm, cert.signature, cert.rawTbs),
  );
});

Deno.test("Intercept.cloneCert() drops what speaks of the original's issuer", async () => {
  const intercept = await Intercept.create(proxyOptions);
  const { cert } = await intercept.cloneCert(original);
  assertEquals([cert.ocspUris, cert.crlUris, cert.mustStaple], [[], [], false]);
  assertEquals(cert.authorityKeyIdentifier!.keyId, proxy.cert.subjectKeyIdentifier);
  assertEquals(cert.subjectKeyIdentifier, cert.publicKeyDigest("sha1"));

  const all = await intercept.cloneCert(text("all-extensions.pem"));
  const names = all.cert.asHash().ext.map((e) => e.sn);
  for (const gone of ["certificatePolicies", "crlDistributionPoints", "authorityInfoAccess"]) {
    assert(!names.includes(gone), gone);
  }
  assert(names.includes("subjectAltName") && names.includes("nameConstraints"));
  assert(!all.cert.extensions.some((e) => e.oid === "1.2.3.4"), "extensions without a name go");
});

Deno.test("Intercept.cloneCert() keeps EMAIL names (bug 2)", async () => {
  const { cert } = await certCreate({
    key: certKey,
    subjectAltNames: [["email", "a@b"], ["DNS", "c"]],
  });
  const clone = await (await Intercept.create(proxyOptions)).cloneCert(cert);
  assertEquals(clone.cert.subjectAltNames, cert.subjectAltNames);
});

Deno.test("Intercept.cloneCert() clones every real certificate", async () => {
  const intercept = await Intercept.create(proxyOptions);
  for (const pem of real) {
    const from = Certificate.fromPem(pem);
    const { cert } = await intercept.cloneCert(from);
    assertEquals(cert.rawSubject, from.rawSubject);
    assertEquals(cert.subjectAltNames, from.subjectAltNames);
  }
});

Deno.test("Intercept makes one key for the instance when it is given none (bug 3)", async () => {
  const { proxyCert, proxyKey } = proxyOptions;
  const intercept = await Intercept.create({ proxyCert, proxyKey });
  const one = await intercept.cloneCert(original, "one");
  const two = await intercept.cloneCert(original, "two");
  assertEquals(one.key.pem, two.key.pem);
  assertEquals([one.key.type, one.key.bits], ["rsa", 2048]);
  const other = await Intercept.create({ proxyCert, proxyKey });
  assert((await other.cloneCert(original)).key.pem !== one.key.pem);
});

Deno.test("Intercept serial: digest of the original, counting up, or a function", async () => {
  const digest = original.fingerprintBin("sha256");
  const first = new DataView(digest.buffer).getUint32(0, true);
  const plain = await (await Intercept.create(proxyOptions)).cloneCert(original);
  assertEquals(plain.cert.serial, String(first));

  const counting = await Intercept.create({ ...proxyOptions, serial: 41 });
  const serials = [];
  for (const ident of ["a", "b", "a", "c"]) {
    serials.push((await counting.cloneCert(original, ident)).cert.serial);
  }
  assertEquals(serials, ["42", "43", "42", "44"]);

  const byFunction = await Intercept.create({
    ...proxyOptions,
    serial: (cert, hash) => {
      assert(cert.equals(original));
      return BigInt(hash.serial) + 1n;
    },
  });
  assertEquals(
    (await byFunction.cloneCert(original)).cert.serial,
    String(BigInt(original.serial) + 1n),
  );
  await assertRejects(
    () => Intercept.create({ ...proxyOptions, serial: 1.5 }),
    TypeError,
    "serial",
  );
});

Deno.test("Intercept cache as an object or a Map: concurrent calls make one clone", async () => {
  const object: Record<string, CacheEntry> = {};
  const map = new Map<string, CacheEntry>();
  for (const cache of [object, map]) {
    let made = 0;
    const intercept = await Intercept.create({ ...proxyOptions, cache, serial: () => ++made });
    const clones = await Promise.all([
      intercept.cloneCert(original, "h:1"),
      intercept.cloneCert(original, "h:1"),
      intercept.cloneCert(original, "h:2"),
      intercept.cloneCert(original),
      intercept.cloneCert(original, "__proto__"),
    ]);
    assertEquals(made, 4);
    assert(clones[0]!.cert.equals(clones[1]!.cert));
    const idents = cache instanceof Map ? [...cache.keys()] : Object.keys(cache);
    const automatic = original.fingerprint().slice("sha256$".length, "sha256$".length + 32);
    assertEquals(idents.sort(), ["__proto__", automatic, "h:1", "h:2"].sort());
  }
  const kept = await Intercept.create({ ...proxyOptions, cache: object });
  const again: Record<string, CacheEntry> = {};
  Intercept.unserialize(kept.serialize(), { cache: again });
  assertEquals(Object.keys(again).sort(), Object.keys(object).sort());
  assertStrictEquals(Object.getPrototypeOf(again), Object.prototype);
  const entry = object["h:1"]!;
  assert(entry.atime > 1_600_000_000);
  // An entry of the application's own is used.
  const fresh = await Intercept.create({ ...proxyOptions, cache: { x: entry } });
  assert((await fresh.cloneCert(server.certificate, "x")).cert.equals(entry.cert));
});

Deno.test("Intercept cache as a function: the new interface", async () => {
  const calls: string[] = [];
  const store = new Map<string, unknown>();
  const intercept = await Intercept.create({
    ...proxyOptions,
    cache: async (ident, create) => {
      calls.push(ident);
      if (ident === "type") return 1;
      if (!store.has(ident)) {
        const { cert, key } = await create();
        store.set(ident, ident === "pair" ? [cert, key] : { cert, key });
      }
      return store.get(ident);
    },
  });
  const a = await intercept.cloneCert(original, "a");
  assert((await intercept.cloneCert(original, "a")).cert.equals(a.cert));
  await intercept.cloneCert(original, "pair");
  assertEquals(calls, ["type", "a", "a", "pair"]);
  const empty = await Intercept.create({
    ...proxyOptions,
    cache: (i) => i === "type" ? 1 : undefined,
  });
  await assertRejects(() => empty.cloneCert(original), TypeError, "received nothing");
  const odd = await Intercept.create({ ...proxyOptions, cache: () => 2 });
  await assertRejects(() => odd.cloneCert(original), TypeError, "invalid type of cache");
});

Deno.test("Intercept cache as a function: the old interface of get and set", async () => {
  const calls: [string, number][] = [];
  const store = new Map<string, [Certificate, unknown]>();
  const intercept = await Intercept.create({
    ...proxyOptions,
    cache: (ident, cert?, key?) => {
      calls.push([ident, cert === undefined ? 1 : 3]);
      if (cert === undefined) return store.get(ident) ?? [];
      store.set(ident, [cert, key]);
    },
  });
  const a = await intercept.cloneCert(original, "a");
  const b = await intercept.cloneCert(original, "a");
  assert(a.cert.equals(b.cert));
  assertEquals(calls, [["type", 1], ["a", 1], ["a", 3], ["a", 1]]);
});

Deno.test("Intercept.serialize() and unserialize() round-trip, with a cache in it (bug 3)", async () => {
  const intercept = await Intercept.create({ ...proxyOptions, serial: 7 });
  const a = await intercept.cloneCert(original, "a");
  const foreign = await proxy.server("x");
  const withForeign = new Map([["own", {
    cert: foreign.certificate,
    key: foreign.privateKey,
    atime: 5,
  }]]);
  const other = await Intercept.create({ ...proxyOptions, cache: withForeign });
  for (
    const [from, ident, clone] of [[intercept, "a", a], [other, "own", {
      cert: foreign.certificate,
      key: foreign.privateKey,
    }]] as const
  ) {
    const back = Intercept.unserialize(from.serialize());
    const again = await back.cloneCert(original, ident);
    assert(again.cert.equals(clone.cert), "from the cache");
    assertEquals(again.key.pem, clone.key.pem);
    assert(back.proxyCert.equals(proxy.cert));
    const fresh = await back.cloneCert(original, "fresh");
    assertEquals(fresh.key.pem, certKey.pem, "the key of the instance stays");
    if (from === intercept) assertEquals(fresh.cert.serial, "9");
    assertEquals(Intercept.unserialize(back.serialize()).serialize(), back.serialize());
  }
  const none = await Intercept.create(proxyOptions);
  assertEquals(JSON.parse(none.serialize()).serial, null, "an undefined serial stays so");
});

Deno.test("Intercept.unserialize() wants the functions back, and refuses other texts", async () => {
  const functions = await Intercept.create({ ...proxyOptions, serial: () => 5, cache: () => 0 });
  const saved = functions.serialize();
  assertThrows(() => Intercept.unserialize(saved), TypeError, "serial function");
  assertThrows(() => Intercept.unserialize(saved, { serial: 1 }), TypeError, "cache function");
  const back = Intercept.unserialize(saved, { serial: () => 6, cache: {} });
  assertEquals((await back.cloneCert(original)).cert.serial, "6");

  const good = (await Intercept.create(proxyOptions)).serialize();
  for (
    const bad of ["", "{}", "null", "[]", good.slice(1), good.replace('"version":1', '"version":2')]
  ) {
    const error = assertThrows(() => Intercept.unserialize(bad), SslError);
    assertEquals(error.code, "ERR_FORMAT");
  }
  assertThrows(
    () => Intercept.unserialize(good.replace(/"cache":\[\]/, '"cache":[{}]')),
    SslError,
    "damaged",
  );
  assert(!Deno.inspect(functions).includes("PRIVATE"));
});

Deno.test("Intercept.create() reads files, and refuses what does not fit together", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await pemCert2file(proxy.cert, `${dir}/c.pem`);
    await pemKey2file(proxy.privateKey, `${dir}/k.pem`);
    await pemKey2file(certKey, `${dir}/ck.pem`);
    const intercept = await Intercept.create({
      proxyCertFile: `${dir}/c.pem`,
      proxyKeyFile: `${dir}/k.pem`,
      certKeyFile: `${dir}/ck.pem`,
    });
    assertEquals((await intercept.cloneCert(original)).cert.issuer, "/CN=proxy ca");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  const { proxyCert, proxyKey } = proxyOptions;
  await assertRejects(() => Intercept.create({ proxyKey }), TypeError, "proxyCertFile");
  await assertRejects(() => Intercept.create({ proxyCert }), TypeError, "proxyKeyFile");
  await assertRejects(
    () => Intercept.create({ proxyCert, proxyKey: certKey }),
    TypeError,
    "not the key",
  );
  await assertRejects(
    () => Intercept.create({ ...proxyOptions, x: 1 } as never),
    TypeError,
    'unknown option "x": use one of proxyCert,',
  );
});

/** One HTTP-like exchange over Deno's own TLS; gives what the client read. */
async function exchange(
  listenCert: { cert: string; key: string },
  caCerts: string[],
): Promise<string> {
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...listenCert });
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.handshake();
    await conn.write(new TextEncoder().encode("hello"));
  })();
  try {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using tls = await Deno.startTls(conn, { hostname: "server.local", caCerts });
    await tls.handshake();
    const buffer = new Uint8Array(5);
    const n = await tls.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, n ?? 0));
  } finally {
    await serving.catch(() => {});
  }
}

Deno.test("a client sees through the interception unless it trusts the proxy's CA", async () => {
  const intercept = await Intercept.create(proxyOptions);
  const { cert, key } = await intercept.cloneCert(original);
  const clone = { cert: cert.pem, key: key.pem };
  const direct = { cert: server.cert, key: server.key };
  // The original has no OCSP response to staple: Deno's TLS does not ask for one.
  assertEquals(await exchange(direct, [demo.pem]), "hello");
  assertEquals(await exchange(clone, [proxy.pem]), "hello");
  await assertRejects(() => exchange(clone, [demo.pem]), Error, "UnknownIssuer");
  await assertRejects(() => exchange(direct, [proxy.pem]), Error, "UnknownIssuer");
});

Deno.test("LruMap keeps what was used last", () => {
  const map = new LruMap<number>(2);
  map.set("a", 1).set("b", 2);
  assertEquals(map.get("a"), 1);
  map.set("c", 3);
  assertEquals([...map], [["a", 1], ["c", 3]]);
  map.set("a", 4);
  assertEquals([...map], [["c", 3], ["a", 4]]);
  assertEquals(map.get("b"), undefined);
});
