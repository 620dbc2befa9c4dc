/** What connections with the same options share, and what tells others apart. */

import "../helpers/limit.ts";
import { assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { int, octets, seq } from "../../certificate/asn1/writer.ts";
import { engineContext } from "../../context/engine_contexts.ts";
import type { ConnectionState } from "../../context/connection.ts";
import { recordOf } from "../../context/context_record.ts";
import type { SslOptions } from "../../context/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { setClientDefaults } from "../../context/process_defaults.ts";
import type { Role } from "../../engine/engine.ts";
import { TestCa } from "../../testing/ca.ts";
import { contextFor, newConnection } from "../helpers/operations.ts";

const { pem: ca } = await TestCa.create();
const PIN = `sha256$${"0".repeat(64)}`;

async function ready(options: SslOptions, role: Role = "client") {
  const context = await contextFor(role, { engine: "openssl", ca, ...options });
  await engineContext(context, role);
  return context;
}

type Context = Awaited<ReturnType<typeof ready>>;

const stateOf = (reuseCtx: Context, more: SslOptions = {}, hostname = "a.example") => {
  const options = { reuseCtx, ...more };
  return newConnection(reuseCtx, { role: "client", options, hostname, peer: "peer" }).state;
};

const facts = ({ policy, names }: ConnectionState) => [
  names.serverName,
  names.verifyName,
  policy.scheme.name,
  policy.publicSuffix,
  policy.pins.map(({ hex }) => hex),
  policy.forceFingerprint,
];

Deno.test("a client's connections with the same options share their policy; each option tells others apart", async () => {
  const context = await ready({});
  const first = stateOf(context);
  const cases: [SslOptions, string?][] = [
    [{}, "b.example"],
    [{ serverName: "c.example" }],
    [{ serverName: "" }],
    [{ verifycnName: "d.example" }],
    [{ verifycnScheme: "smtp" }],
    [{ verifycnScheme: "none" }],
    [{ verifycnPublicsuffix: "" }],
    [{ fingerprint: PIN }],
    [{ fingerprint: PIN, forceFingerprint: true }],
  ];
  for (const [options, hostname] of cases) {
    const other = stateOf(context, options, hostname);
    assertNotEquals(facts(other), facts(first), JSON.stringify(options));
    assertEquals(other.policy === first.policy, false);
    assertEquals(facts(stateOf(context)), facts(first)); // what came between does not count
    assertEquals(facts(stateOf(context, options, hostname)), facts(other));
  }
  const one = stateOf(context, { serverName: "c.example" });
  const again = stateOf(context, { serverName: "c.example" });
  assertStrictEquals(again.policy, one.policy);
  assertStrictEquals(again.names, one.names);
  assertEquals(again === one, false);
});

Deno.test("what connections share is of one context, and of the defaults in force", async () => {
  const [context, other] = [await ready({}), await ready({ verifycnScheme: "smtp" })];
  const first = stateOf(context);
  assertEquals([first, stateOf(other)].map(({ policy }) => policy.scheme.name), [
    "rfc9525",
    "smtp",
  ]);
  try {
    setClientDefaults({ verifycnName: "z.example" });
    const state = stateOf(context);
    assertEquals([state.names.verifyName, state.policy.defaultsApplied], ["z.example", [
      "verifycnName",
    ]]);
    // The same value, but said by the caller: the report tells the difference.
    setClientDefaults({ verifycnName: undefined });
    assertEquals(stateOf(context, { verifycnName: "z.example" }).policy.defaultsApplied, []);
  } finally {
    setClientDefaults({ verifycnName: undefined });
  }
  assertEquals(facts(stateOf(context)), facts(first));
});

Deno.test("options that are refused are refused every time, also after options that are not", async () => {
  const context = await ready({});
  stateOf(context);
  for (let i = 0; i < 2; i++) {
    assertThrows(() => stateOf(context, { verifycnName: "no host" }), TypeError, "verifycnName");
    assertThrows(() => stateOf(context, { sessionKey: "key" }), TypeError, "no session cache");
  }
});

/** SSL_SESSION as OpenSSL writes it, as far as it must. */
const DER = seq(int(1), int(0x0304), octets(Uint8Array.of(0x13, 2)), octets(), octets());

Deno.test("a session is kept under the settings of its own connection", async () => {
  const sessionCache = new SessionCache(9);
  const context = await ready({ sessionCache });
  const digest = (options: SslOptions = {}, hostname?: string): string | undefined => {
    const { sessions } = stateOf(context, options, hostname);
    sessions?.add(DER, { evidence: undefined, findings: {} });
    return sessionCache.getSession("peer")?.policy;
  };
  const first = digest();
  assertEquals(digest(), first);
  const others: (string | undefined)[] = [];
  const cases: [SslOptions, string?][] = [
    [{ serverName: "b.example" }],
    [{ verifycnName: "c.example" }],
    [{ verifycnScheme: "none" }],
    [{}, "d.example"],
  ];
  for (const [options, hostname] of cases) {
    others.push(digest(options, hostname));
    assertEquals(digest(), first);
  }
  recordOf(context).sessions!.isolate();
  others.push(digest());
  assertEquals(new Set([first, ...others]).size, 1 + others.length);
});
