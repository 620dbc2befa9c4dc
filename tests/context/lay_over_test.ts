/** Options of an operation: where its side and its defaults come from, and how later ones replace them. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { layOver } from "../../context/lay_over.ts";
import {
  setClientDefaults,
  setDefaults,
  setServerDefaults,
} from "../../context/process_defaults.ts";
import type { SharedContext } from "../../context/options.ts";
import {
  checkOptions,
  checkStart,
  contextOptions,
  defaultsIn,
  laidOver,
  withContext,
} from "../../context/resolved_options.ts";

const plain = (options: object): Record<string, unknown> => ({ ...options });

/** Runs with a default scheme for each side, which is forgotten afterwards. */
function withDefaults(run: () => void): void {
  setClientDefaults({ verifycnScheme: "http" });
  setServerDefaults({ verifycnScheme: "smtp" });
  try {
    run();
  } finally {
    setDefaults({ verifycnScheme: undefined });
  }
}

Deno.test("layOver(): a later option replaces every way of saying the same, and nothing else", () => {
  const ways = [
    ["ca", "caFile", "caPath"],
    ["clientCa", "clientCaFile"],
    ["cert", "certFile", "selfSigned"],
    ["key", "keyFile", "selfSigned"],
    ["dh", "dhFile"],
    ["sessionCache", "sessionCacheSize"],
  ];
  for (const way of ways) {
    const base = { ...Object.fromEntries(way.map((name) => [name, 1])), timeout: 5 };
    for (const name of way) {
      assertEquals(plain(layOver(base, { [name]: 2 })), { [name]: 2, timeout: 5 });
    }
    assertEquals(plain(layOver(base, { timeout: 6 })), { ...base, timeout: 6 });
  }
  const bounds = { version: "a", minVersion: "b", maxVersion: "c" };
  assertEquals(plain(layOver(bounds, { version: "x" })), { version: "x" });
  assertEquals(plain(layOver(bounds, { minVersion: "x" })), { ...bounds, minVersion: "x" });
  const both = layOver({ selfSigned: true, keyFile: "k" }, { certFile: "c" });
  assertEquals(plain(both), { certFile: "c", keyFile: "k" });
});

Deno.test("layOver(): no later option is read from a prototype", () => {
  const given = Object.create({ ca: 1, version: "x" });
  assertEquals(plain(layOver({ caFile: "a", minVersion: "b" }, given)), {
    caFile: "a",
    minVersion: "b",
  });
});

Deno.test("checkOptions() checks once, and knows the side by the operation and the option server", () => {
  const once = checkOptions("connect", { timeout: 5 });
  assertStrictEquals(checkOptions("connect", once), once);
  assert(Object.isFrozen(once));
  withDefaults(() => {
    const scheme = (kind: "connect" | "listen" | "context", options = {}) =>
      checkOptions(kind, options as { verifycnScheme?: string }).verifycnScheme;
    assertEquals([scheme("connect"), scheme("listen")], ["http", "smtp"]);
    assertEquals(scheme("context"), "http");
    assertEquals(scheme("context", { server: true }), "smtp");
    assertEquals(scheme("context", { server: false }), "http");
  });
});

Deno.test("laidOver(): what was given counts, what came from defaults is made anew for the side it has now", () => {
  withDefaults(() => {
    const base = checkOptions("connect", { timeout: 5 });
    assertEquals(defaultsIn(base), ["verifycnScheme"]);
    const server = laidOver(base, checkStart({}), "server");
    assertEquals(plain(server), { timeout: 5, verifycnScheme: "smtp" });
    const client = laidOver(base, checkStart({ serverName: "x" }), "client");
    assertEquals(plain(client), { timeout: 5, serverName: "x", verifycnScheme: "http" });
    assert(Object.isFrozen(client));
    const own = checkOptions("connect", { verifycnScheme: "ldap" });
    assertEquals(defaultsIn(own), []);
    assertEquals(plain(laidOver(own, checkStart({}), "server")), { verifycnScheme: "ldap" });
  });
  assertEquals(defaultsIn({}), []);
  assertThrows(() => checkStart({ nonsense: 1 }), TypeError, "unknown option");
});

Deno.test("contextOptions() drops what is of the operation alone, withContext() what another context says", () => {
  const options = checkOptions("connect", { timeout: 5, serverName: "x", cipherList: "HIGH" });
  assertEquals(plain(contextOptions(options)), { serverName: "x", cipherList: "HIGH" });
  const context = {} as SharedContext;
  const other = withContext(options, context) as Record<string, unknown>;
  assertStrictEquals(other.reuseCtx, context);
  assertEquals(Object.keys(other).toSorted(), ["reuseCtx", "serverName", "timeout"]);
  assert(Object.isFrozen(other));
});
