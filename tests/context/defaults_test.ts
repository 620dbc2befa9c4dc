import "../helpers/limit.ts";
import { assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import {
  checkOptions,
  checkStart,
  contextOptions,
  defaultsIn,
  laidOver,
  withContext,
} from "../../context/resolved_options.ts";
import type { SslOptions } from "../../context/options.ts";
import {
  setArgsFilterHack,
  setClientDefaults,
  setDefaultContext,
  setDefaults,
  setServerDefaults,
} from "../../context/process_defaults.ts";
import { contextFor } from "../helpers/operations.ts";

/** Whatever a test sets is forgotten again. */
function clean(fn: () => void | Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await fn();
    } finally {
      setArgsFilterHack(undefined);
      setDefaultContext(undefined);
      setDefaults({
        ...{ verifyMode: undefined, verifycnScheme: undefined, verifycnName: undefined },
        ...{ caFile: undefined, timeout: undefined, version: undefined, alpnProtocols: undefined },
        ...{ cert: undefined, key: undefined, certFile: undefined, keyFile: undefined },
      });
    }
  };
}

const connect = (options: object = {}) => checkOptions("connect", options) as object;
const listen = (options: object = {}) => checkOptions("listen", options) as object;

Deno.test(
  "setDefaults() reaches clients and servers, and the report says so",
  clean(() => {
    setDefaults({ caFile: "ca.pem", timeout: 5 });
    const options = connect({ hostname: "a" });
    assertEquals(options, { hostname: "a", caFile: "ca.pem", timeout: 5 });
    assertEquals([...defaultsIn(options)].sort(), ["caFile", "timeout"]);
    assertEquals(listen({ port: 0 }), { port: 0, caFile: "ca.pem", timeout: 5 });
    assertEquals(checkOptions("context", {}) as object, { caFile: "ca.pem" });
  }),
);

Deno.test(
  "setDefaults() takes Perl's short names",
  clean(() => {
    setDefaults({ mode: 1, scheme: "http", name: "b" });
    assertEquals(connect(), { verifyMode: 1, verifycnScheme: "http", verifycnName: "b" });
  }),
);

Deno.test(
  "setClientDefaults() and setServerDefaults() reach one side",
  clean(() => {
    setClientDefaults({ timeout: 1 });
    setServerDefaults({ timeout: 2 });
    assertEquals(connect(), { timeout: 1 });
    assertEquals(listen(), { timeout: 2 });
    assertEquals(checkOptions("start", {}) as object, { timeout: 1 });
    assertEquals(checkOptions("start", { server: true }) as object, { server: true, timeout: 2 });
  }),
);

Deno.test(
  "the options of an operation go before the defaults",
  clean(() => {
    setDefaults({ timeout: 5, verifyMode: 1 });
    const options = connect({ timeout: 6 });
    assertEquals(options, { timeout: 6, verifyMode: 1 });
    assertEquals([...defaultsIn(options)], ["verifyMode"]);
  }),
);

Deno.test(
  "an option drops the defaults of the others of its group",
  clean(() => {
    setDefaults({ caFile: "ca.pem", certFile: "cert.pem", keyFile: "key.pem" });
    assertEquals(connect({ ca: [] }), { ca: [], certFile: "cert.pem", keyFile: "key.pem" });
    assertEquals(connect({ certFile: "own.pem" }), { certFile: "own.pem", caFile: "ca.pem" });
  }),
);

Deno.test(
  "a default does not reach an operation that does not take it",
  clean(() => {
    setDefaults({ timeout: 5 });
    assertEquals(checkOptions("context", {}) as object, {});
    assertEquals(checkOptions("close", {}) as object, {});
  }),
);

Deno.test(
  "a member that is undefined forgets its default",
  clean(() => {
    setDefaults({ timeout: 5 });
    setDefaults({ timeout: undefined });
    assertEquals(connect(), {});
  }),
);

Deno.test("setDefaults() refuses what no operation takes", () => {
  assertThrows(
    () => setDefaults({ SSL_verify_mode: 1 } as object),
    TypeError,
    'unknown option "SSL_verify_mode": use "verifyMode"',
  );
  assertThrows(
    () => setDefaults({ mode: "1" } as object),
    TypeError,
    "must be a number and not a string",
  );
  assertEquals(connect(), {});
});

Deno.test(
  "setDefaultContext() applies to operations without options of a context",
  clean(async () => {
    using context = await SslContext.create({ ca: [] });
    setDefaultContext(context);
    setDefaults({ caFile: "ca.pem", timeout: 5 });
    const plain = checkOptions("connect", {});
    assertStrictEquals((plain as { reuseCtx?: unknown }).reuseCtx, context);
    assertEquals(Object.keys(plain).sort(), ["reuseCtx", "timeout"]);
    assertEquals([...defaultsIn(plain)].sort(), ["reuseCtx", "timeout"]);
    assertFalse("reuseCtx" in connect({ verifyMode: 1 }));
    assertFalse("reuseCtx" in checkOptions("context", {}));
    // A context that the operation gives goes before that of the process.
    using own = await SslContext.create({ ca: [] });
    const explicit = checkOptions("connect", { reuseCtx: own });
    assertStrictEquals(explicit.reuseCtx, own);
    assertFalse(defaultsIn(explicit).includes("reuseCtx"));
    assertStrictEquals(await contextFor("client", { reuseCtx: own }), own);
    assertStrictEquals(await contextFor("client", {}), context);
  }),
);

Deno.test(
  "setArgsFilterHack() changes options in place or by returning others, which are checked",
  clean(() => {
    const sides: boolean[] = [];
    setArgsFilterHack((isServer, options) => {
      sides.push(isServer);
      options.verifycnScheme = "http";
    });
    const options = connect({ hostname: "a", verifycnScheme: "none" });
    assertEquals(options, { hostname: "a", verifycnScheme: "http" });
    assertEquals([...defaultsIn(options)], ["verifycnScheme"]);
    listen({});
    assertEquals(sides, [false, true]);
    setArgsFilterHack(() => ({ timeout: 7 }));
    assertEquals(connect({ hostname: "a" }), { timeout: 7 });
    setArgsFilterHack(() => ({ SSL_verify_mode: 0 }));
    assertThrows(() => connect(), TypeError, 'unknown option "SSL_verify_mode"');
  }),
);

Deno.test(
  'setArgsFilterHack("use_defaults") lets the defaults win, the built-in ones too',
  clean(() => {
    setDefaults({ caFile: "ca.pem" });
    setArgsFilterHack("use_defaults");
    const options = connect({
      hostname: "a",
      verifyMode: 0,
      verifycnScheme: "none",
      ca: [],
      minVersion: "TLSv1",
    });
    assertEquals(options, { hostname: "a", caFile: "ca.pem" });
    assertEquals(defaultsIn(options).includes("verifyMode"), true);
    setDefaults({ verifycnScheme: "smtp" });
    assertEquals(connect({ verifycnScheme: "none" }), { verifycnScheme: "smtp", caFile: "ca.pem" });
  }),
);

Deno.test("setArgsFilterHack() refuses anything else", () => {
  assertThrows(() => setArgsFilterHack("defaults" as "use_defaults"), TypeError, "Cannot set");
});

Deno.test(
  "options that were checked once get no defaults a second time",
  clean(() => {
    const options = checkOptions("connect", { hostname: "a" });
    setDefaults({ timeout: 5 });
    assertStrictEquals(checkOptions("connect", options), options);
  }),
);

Deno.test(
  "a later start keeps the defaults of its side, and says that they are defaults",
  clean(() => {
    setDefaults({ caFile: "ca.pem", timeout: 5 });
    const base = checkOptions<SslOptions>("connect", { verifycnName: "a" });
    const given = checkStart<SslOptions>({ timeout: 7 });
    const later = laidOver(base, given, "client");
    assertEquals(later as object, { verifycnName: "a", caFile: "ca.pem", timeout: 7 });
    assertEquals(defaultsIn(later), ["caFile"]);
    const otherAnchors = laidOver(base, checkStart<SslOptions>({ ca: [] }), "client");
    assertEquals(otherAnchors as object, { verifycnName: "a", ca: [], timeout: 5 });
    assertStrictEquals(checkOptions("start", later), later);
  }),
);

Deno.test(
  "a start as the other side has the defaults of that side",
  clean(() => {
    setClientDefaults({ caFile: "client.pem" });
    setServerDefaults({ certFile: "server.pem" });
    const base = checkOptions<SslOptions>("connect", { alpnProtocols: ["h2"] });
    assertEquals(base as object, { alpnProtocols: ["h2"], caFile: "client.pem" });
    const later = laidOver(base, checkStart<SslOptions>({}), "server");
    assertEquals(later as object, { alpnProtocols: ["h2"], certFile: "server.pem" });
    assertEquals(defaultsIn(later), ["certFile"]);
  }),
);

Deno.test(
  "a later start gives way to the filter, whose options are checked",
  clean(() => {
    const base = checkOptions<SslOptions>("connect", { timeout: 5 });
    setArgsFilterHack((_isServer, options) => ({ ...options, timeout: 9 }));
    const given = checkStart<SslOptions>({ version: "TLSv1_3" });
    assertEquals(laidOver(base, given, "client") as object, { timeout: 9, version: "TLSv1_3" });
    setArgsFilterHack(() => ({ SSL_timeout: 9 }));
    assertThrows(() => laidOver(base, given, "client"), TypeError, "unknown option");
    assertThrows(() => checkOptions("connect", {}), TypeError, "unknown option");
  }),
);

Deno.test(
  "the options of a context are those of its operation, and so are its defaults",
  clean(async () => {
    setDefaults({ caFile: "ca.pem", timeout: 5 });
    const options = checkOptions<SslOptions>("connect", { alpnProtocols: ["h2"] });
    const own = contextOptions(options);
    assertEquals(own as object, { alpnProtocols: ["h2"], caFile: "ca.pem" });
    const context = await SslContext.create({ ca: [], engine: "deno" }).catch(() => undefined);
    assertEquals(context, undefined); // its anchors cannot be replaced
    const other = await SslContext.create({ caFile: "", engine: "deno" });
    assertEquals(withContext(options, other) as object, { reuseCtx: other, timeout: 5 });
  }),
);
