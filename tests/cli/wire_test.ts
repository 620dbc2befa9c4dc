/** The hellos that analyze writes, and what it reads in the answers. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ClientHelloReader, clientOffer, Malformed } from "../../engine/client_hello.ts";
import { VERSIONS } from "../../engine/tls_versions.ts";
import { concat } from "../../internal/bytes.ts";
import { heartbleeds } from "../../cli/analyze/heartbleed.ts";
import { Prober } from "../../cli/analyze/prober.ts";
import { allSuites, offerable, strengthOf, suiteOf } from "../../cli/analyze/suites.ts";
import { Survey } from "../../cli/analyze/survey.ts";
import { FlightReader } from "../../cli/analyze/wire/flight.ts";
import { clientHello, inRecord } from "../../cli/analyze/wire/hello.ts";
import { ssl2Ciphers, ssl2Hello } from "../../cli/analyze/wire/ssl2.ts";

const plan = {
  version: VERSIONS.TLSv1_2,
  suites: [0xc02b, 0x1234],
  groups: [0x001d, 0x0017],
  serverName: "www.example",
  alpn: ["h2", "http/1.1"],
};

Deno.test("clientHello() offers what its plan says, as the engine's reader reads it", () => {
  const hello = new ClientHelloReader().push(clientHello(plan))!;
  assertEquals(hello.serverName, "www.example");
  assertEquals(hello.cipherSuites, plan.suites);
  assertEquals(hello.groups, plan.groups);
  assertEquals(hello.alpnProtocols, plan.alpn);
  assertEquals(hello.versions, [VERSIONS.TLSv1_2]);
  const newer = new ClientHelloReader().push(clientHello({ ...plan, version: VERSIONS.TLSv1_3 }))!;
  assertEquals(newer.versions, [VERSIONS.TLSv1_3]);
});

Deno.test("clientHello() sends no name for an address, and no extension at all in SSL 3.0", () => {
  const address = new ClientHelloReader().push(clientHello({ ...plan, serverName: "127.0.0.1" }))!;
  assertEquals(address.serverName, "");
  const old = new ClientHelloReader().push(clientHello({ ...plan, version: VERSIONS.SSLv3 }))!;
  assertEquals([old.extensions, old.versions], [[], [VERSIONS.SSLv3]]);
});

Deno.test("the suites have the names that the engine's messages have, and each number once", () => {
  assertEquals(allSuites().size, 361);
  const offered = [...offerable(false), ...offerable(true)];
  const { ciphers } = clientOffer({
    ...new ClientHelloReader().push(clientHello(plan))!,
    cipherSuites: offered,
  });
  const named = offered.map((id, i) => [id, ciphers![i]!] as const)
    .filter(([, name]) => !name.startsWith("0x"));
  assert(named.length > 25, `${named.length}`);
  for (const [id, name] of named) assertEquals(suiteOf(id).openssl, name);
});

Deno.test("what the name of a suite says of it", () => {
  const of = (name: string) => [...allSuites().values()].find((suite) => suite.name === name)!;
  const parts = (name: string) => {
    const { exchange, authentication, cipher, bits } = of(name);
    return [exchange, authentication, cipher, bits, strengthOf(of(name))];
  };
  assertEquals(
    parts("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ["ECDHE", "RSA", "AES_128_GCM", 128, "good"],
  );
  assertEquals(
    parts("TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    ["RSA", "RSA", "3DES_EDE_CBC", 112, "weak"],
  );
  assertEquals(
    parts("TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    ["DHE", "RSA", "DES40_CBC", 40, "broken"],
  );
  assertEquals(parts("TLS_DH_anon_WITH_AES_256_CBC_SHA")[4], "none");
  assertEquals(parts("TLS_RSA_WITH_NULL_SHA256")[4], "none");
  assertEquals(parts("TLS_RSA_WITH_RC4_128_SHA")[4], "broken");
  assertEquals(
    parts("TLS_AES_256_GCM_SHA384"),
    ["any", "any", "AES_256_GCM", 256, "good"],
  );
  assertEquals(parts("TLS_PSK_DHE_WITH_AES_128_CCM_8").slice(0, 2), ["DHE", "PSK"]);
});

const u16 = (n: number): number[] => [n >> 8, n & 0xff];
const u24 = (n: number): number[] => [n >> 16, n >> 8 & 0xff, n & 0xff];
const message = (type: number, body: readonly number[]): number[] => [
  type,
  ...u24(body.length),
  ...body,
];

/** A server's flight of TLS 1.2 with DHE and a prime of 1024 bits. */
function flightBytes(extensions: readonly number[] = []): Uint8Array {
  const random = Array<number>(32).fill(7);
  const hello = [3, 3, ...random, 0, ...u16(0x0033), 0, ...u16(extensions.length), ...extensions];
  const prime = [0, 0x80, ...Array<number>(127).fill(1)];
  const exchange = [...u16(prime.length), ...prime, ...u16(1), 2, ...u16(1), 3];
  const chain = [...u24(6), ...u24(3), 1, 2, 3];
  const body = [
    ...message(2, hello),
    ...message(11, chain),
    ...message(22, [1, ...u24(2), 8, 9]),
    ...message(12, exchange),
    ...message(13, []),
    ...message(14, []),
  ];
  return inRecord(22, VERSIONS.TLSv1_2, Uint8Array.from(body));
}

Deno.test("FlightReader reads hello, certificates, staple, prime and the wish for a certificate", () => {
  const reader = new FlightReader();
  for (const byte of flightBytes([0xff, 1, 0, 1, 0])) reader.push(Uint8Array.of(byte));
  const { hello, chain, staple, exchange, asksForCertificate, done } = reader.flight;
  assertEquals([hello!.version, hello!.suite, hello!.compression], [VERSIONS.TLSv1_2, 0x33, 0]);
  assert(hello!.extensions.has(0xff01));
  assertEquals([chain, staple], [[Uint8Array.of(1, 2, 3)], Uint8Array.of(8, 9)]);
  assertEquals([exchange, asksForCertificate, done], [{ dhBits: 1024 }, true, true]);
});

Deno.test("FlightReader reads an alert, and refuses what is not TLS", () => {
  const reader = new FlightReader();
  reader.push(inRecord(21, VERSIONS.TLSv1, Uint8Array.of(2, 70)));
  assertEquals([reader.flight.alert, reader.flight.done], [70, true]);
  const http = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n");
  assertThrows(() => new FlightReader().push(http), Malformed);
});

Deno.test("FlightReader ends on any bytes in an answer, in a wait, or as malformed, and in no other way", () => {
  const good = flightBytes([0xff, 1, 0, 1, 0]);
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
    fc.nat(good.length),
    (changes, length) => {
      const bytes = good.slice();
      for (const [at, value] of changes) bytes[at] = value;
      try {
        new FlightReader().push(bytes.subarray(0, length));
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    },
  ));
});

Deno.test("SSL 2.0: the hello has its own form, and the ciphers of the answer are named", () => {
  const hello = ssl2Hello();
  assertEquals([hello[0]! & 0x80, hello[1]! + 2, hello[2]], [0x80, hello.length, 1]);
  const body = [4, 0, 1, 0, 2, ...u16(1), ...u16(3), ...u16(0), 0xcc, 1, 0, 0x80];
  const answer = Uint8Array.of(0x80, body.length, ...body);
  assertEquals(ssl2Ciphers(answer), ["SSL_CK_RC4_128_WITH_MD5"]);
  assertEquals(ssl2Ciphers(answer.subarray(0, 5)), undefined);
  assertEquals(ssl2Ciphers(flightBytes()), undefined);
});

/** A server that takes the heartbeat, and answers one if `bleeds`. */
async function heart(bleeds: boolean, ask: (survey: Survey) => Promise<void>): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await listener.accept();
    const p = new Uint8Array(4096);
    await conn.read(p);
    await conn.write(flightBytes([0, 15, 0, 1, 1]));
    const n = await conn.read(p);
    assertEquals([...p.subarray(0, n!)].slice(0, 8), [24, 3, 3, 0, 3, 1, 0, 16]);
    if (bleeds) await conn.write(inRecord(24, VERSIONS.TLSv1_2, new Uint8Array(19)));
  })();
  const { port } = listener.addr;
  const target = { hostname: "127.0.0.1", port, timeout: 10_000, parallel: 1 };
  await ask(new Survey(new Prober(target), "localhost"));
  await serving;
}

for (const bleeds of [true, false]) {
  Deno.test(`Heartbleed: a server that ${bleeds ? "answers is" : "ends is not"} vulnerable`, () =>
    heart(bleeds, async (survey) => {
      assertEquals(await heartbleeds(survey, "TLSv1_2"), bleeds);
    }));
}

Deno.test("the reader of TLS 1.2's chain and the records around it join messages of any split", () => {
  const whole = flightBytes();
  const body = whole.subarray(5);
  const records = [body.subarray(0, 3), body.subarray(3, 50), body.subarray(50)]
    .map((part) => inRecord(22, VERSIONS.TLSv1_2, part));
  const reader = new FlightReader();
  reader.push(concat(records));
  assertEquals(reader.flight.exchange, { dhBits: 1024 });
});
