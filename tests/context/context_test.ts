import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { engineContext } from "../../context/engine_contexts.ts";
import { engineOf } from "../../context/context_record.ts";
import { beyondContext } from "../../context/connection_policy.ts";
import { newConnection as prepare } from "../../context/new_connection.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import type { Resolved } from "../../context/validate.ts";
import type { SslOptions } from "../../context/options.ts";
import { featuresOf } from "../../engine/features.ts";
import type { ContextConfig, Engine, EngineContext, Role } from "../../engine/engine.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { contextFor, createContext, newConnection } from "../helpers/operations.ts";

const ca = await TestCa.create();
const leaf = await ca.server("server.example");
const PAIR = { cert: leaf.cert, key: leaf.key };

/** An engine that makes nothing and remembers what it was asked for. */
function fakeEngine(name: "openssl" | "deno") {
  const configs: ContextConfig[] = [];
  const closed: ContextConfig[] = [];
  let failures = 0;
  const engine: Engine = {
    name,
    features: featuresOf(name),
    info: () => ({ name, version: "0", path: undefined, features: featuresOf(name) }),
    createContext(config) {
      if (failures-- > 0) return Promise.reject(new SslError("the engine does not want to"));
      configs.push(config);
      const context: Partial<EngineContext> = {
        role: config.role,
        close: () => void closed.push(config),
      };
      return Promise.resolve(context as EngineContext);
    },
    listen: () => {
      throw new Error("not here");
    },
  };
  return { engine, configs, closed, failNext: (n: number) => void (failures = n) };
}

const make = (engine: Engine, role: Role, options: SslOptions) =>
  createContext(role, options, engine);

Deno.test("SslContext.create() checks its options", async () => {
  await assertRejects(
    () => SslContext.create({ SSL_verify_mode: 1 } as object),
    TypeError,
    'unknown option "SSL_verify_mode": use "verifyMode"',
  );
  await assertRejects(() => SslContext.create({ server: true }), TypeError, "no certificate");
  await assertRejects(
    () => SslContext.create({ ca: [], verifycnScheme: "htpp" as "http" }),
    TypeError,
    'unknown name "htpp"',
  );
  await assertRejects(
    () => SslContext.create({ ca: [], fingerprint: "nonsense" }),
    TypeError,
    "invalid fingerprint",
  );
  await assertRejects(
    () => SslContext.create({ ca: [], version: "TLSv1_9" }),
    TypeError,
    "invalid SSL_version specified",
  );
});

Deno.test("SslContext.create() names its engine, and loads the files at once", async () => {
  using context = await SslContext.create({ engine: "openssl", ca: ca.pem });
  assertEquals(context.engine, "openssl");
  await assertRejects(
    () => SslContext.create({ engine: "openssl", caFile: "/nowhere/ca.pem" }),
    SslError,
    'Cannot read caFile "/nowhere/ca.pem"',
  );
});

Deno.test("a context does not change with the options it was made from", async () => {
  const { engine, configs } = fakeEngine("openssl");
  const options: SslOptions = { ca: ca.pem, ...PAIR, alpnProtocols: ["a"] };
  const context = await make(engine, "client", options);
  options.alpnProtocols = ["b"];
  await engineContext(context, "server");
  assertEquals(configs.map(({ role, alpn }) => [role, alpn]), [["client", ["a"]], ["server", [
    "a",
  ]]]);
});

Deno.test("each role is made once, when it is first used", async () => {
  const { engine, configs } = fakeEngine("openssl");
  const context = await make(engine, "client", { ca: ca.pem, ...PAIR });
  assertEquals(configs.length, 1);
  const first = await engineContext(context, "client");
  assertStrictEquals(await engineContext(context, "client"), first);
  const [one, two] = await Promise.all([
    engineContext(context, "server"),
    engineContext(context, "server"),
  ]);
  assertStrictEquals(one, two);
  assertEquals(configs.map(({ role }) => role), ["client", "server"]);
  assertStrictEquals(engineOf(context), engine);
});

Deno.test("a role that could not be made is tried again", async () => {
  const { engine, failNext } = fakeEngine("openssl");
  const context = await make(engine, "client", { ca: ca.pem, ...PAIR });
  failNext(1);
  await assertRejects(() => engineContext(context, "server"), SslError, "does not want to");
  await engineContext(context, "server");
});

Deno.test("close() frees everything of the engine, once; nothing new can be made", async () => {
  const { engine, configs, closed } = fakeEngine("openssl");
  const cert = { "": leaf.cert, "a.example": leaf.cert };
  const context = await make(engine, "server", { cert, key: leaf.key });
  assertEquals(configs.length, 2);
  context.close();
  context.close();
  context[Symbol.dispose]();
  assertEquals(closed.length, 2);
  await assertRejects(() => engineContext(context, "server"), SslError, "it is closed");
});

Deno.test("contexts of server names are freed when one of them cannot be made", async () => {
  const { engine, configs, closed } = fakeEngine("openssl");
  const wanted = engine.createContext;
  let calls = 0;
  engine.createContext = (config) =>
    ++calls === 3 ? Promise.reject(new SslError("the third fails")) : wanted(config);
  const cert = { "a.example": leaf.cert, "b.example": leaf.cert };
  await assertRejects(
    () => make(engine, "server", { cert, key: leaf.key }),
    SslError,
    "the third fails",
  );
  assertEquals([configs.length, closed.length], [2, 2]);
});

Deno.test("the configuration of a client and of a server", async () => {
  const { engine, configs } = fakeEngine("openssl");
  await make(engine, "client", { ca: ca.pem });
  await make(engine, "server", PAIR);
  await make(engine, "server", { ...PAIR, verifyMode: 3, clientCa: ca.pem });
  const [client, server, mutual] = configs as [ContextConfig, ContextConfig, ContextConfig];
  assertEquals([client.verifyMode, server.verifyMode, mutual.verifyMode], [1, 0, 3]);
  assertEquals([...client.versions], [0x0303, 0x0304]);
  assertEquals(client.trust.anchors, [ca.certificate.der]);
  assertEquals(server.trust.anchors, []);
  assertEquals(mutual.trust.anchors, [ca.certificate.der]);
  assertEquals([server.clientCa.length, mutual.clientCa.length], [0, 1]);
  assertEquals([client.credentials.length, server.credentials.length], [0, 1]);
  assertEquals(server.sessionIdContext, undefined);
  assertEquals(mutual.sessionIdContext?.length, 32);
  assertEquals([client.cipherList, client.groups, client.dh], [undefined, undefined, "auto"]);
});

Deno.test("DH parameters reach the engine in PEM, from text, bytes and file", async () => {
  const dir = new URL("../testdata/credentials/", import.meta.url);
  const pem = Deno.readTextFileSync(new URL("dh.pem", dir));
  const der = Deno.readFileSync(new URL("dh.der", dir));
  for (const options of [{ dh: pem }, { dh: der }, { dhFile: new URL("dh.der", dir) }]) {
    const { engine, configs } = fakeEngine("openssl");
    await make(engine, "server", { ...PAIR, ...options });
    const bytes = configs[0]!.dh as Uint8Array;
    assertEquals(new TextDecoder().decode(bytes), pem);
  }
  const { engine, configs } = fakeEngine("openssl");
  await make(engine, "server", { ...PAIR, dhFile: new URL("dh.x942.der", dir) });
  assertEquals(
    new TextDecoder().decode(configs[0]!.dh as Uint8Array),
    Deno.readTextFileSync(new URL("dh.x942.pem", dir)),
  );
  await assertRejects(
    () => make(engine, "server", { ...PAIR, dh: new Uint8Array([1, 2]) }),
    SslError,
    "DH parameters",
  );
  await assertRejects(
    () => make(engine, "server", { ...PAIR, dh: pem, dhFile: "x" }),
    TypeError,
    "Cannot use both dh and dhFile",
  );
});

Deno.test("options of our certificate that make no sense are refused", async () => {
  const { engine } = fakeEngine("openssl");
  const cases: [Role, SslOptions, string][] = [
    ["client", { ca: [], selfSigned: true }, "it is for servers"],
    ["client", { ca: [], useCert: true }, "there is no certificate"],
    ["client", { ca: [], cert: { a: leaf.cert }, key: leaf.key }, "a record of certificates"],
    ["server", { ...PAIR, selfSigned: true }, "Cannot use both selfSigned and cert"],
    ["server", {}, "there is no certificate"],
    ["server", { ...PAIR, useCert: false }, "a server always uses its certificate"],
  ];
  for (const [role, options, message] of cases) {
    await assertRejects(() => make(engine, role, options), TypeError, message);
  }
});

Deno.test("the Deno engine: what it cannot honour is refused by the option's name", async () => {
  const cases: [Role, SslOptions, string, string][] = [
    ["client", { ca: ca.pem }, "ca", "extraCa"],
    ["client", { ca: [] }, "ca", "extraCa"],
    ["client", { caFile: "ca.pem" }, "caFile", "extraCa"],
    ["client", { caFile: null }, "caFile", "extraCa"],
    ["client", { caPath: "/ca" }, "caPath", "extraCa"],
    ["client", { verifyMode: 0 }, "verifyMode", "--allow-ffi"],
    ["server", { ...PAIR, verifyMode: 1, clientCa: ca.pem }, "clientCa", "--allow-ffi"],
    ["server", { ...PAIR, verifyMode: 1 }, "verifyMode", "--allow-ffi"],
    ["client", { verifycnScheme: "http" }, "verifycnScheme", "--allow-ffi"],
    ["client", { verifycnScheme: { checkCn: "always" } }, "verifycnScheme", "--allow-ffi"],
    ["client", { verifycnPublicsuffix: "" }, "verifycnPublicsuffix", "--allow-ffi"],
    ["client", { fingerprint: "0".repeat(64) }, "fingerprint", "forceFingerprint"],
    ["client", { checkCrl: true }, "checkCrl", "--allow-ffi"],
    ["client", { version: "TLSv1_2" }, "version", "--allow-ffi"],
    ["client", { maxVersion: "TLSv1_2" }, "maxVersion", "--allow-ffi"],
    ["client", { cipherList: "" }, "cipherList", "--allow-ffi"],
    ["client", { ciphersuites: "x" }, "ciphersuites", "--allow-ffi"],
    ["client", { ecdhCurve: "P-256" }, "ecdhCurve", "--allow-ffi"],
    ["client", { ecdhCurve: null }, "ecdhCurve", "--allow-ffi"],
    ["client", { sigalgs: "x" }, "sigalgs", "--allow-ffi"],
    ["server", { ...PAIR, dh: null }, "dh", "--allow-ffi"],
    ["server", { ...PAIR, honorCipherOrder: true }, "honorCipherOrder", "--allow-ffi"],
    ["client", { npnProtocols: ["a"] }, "npnProtocols", "--allow-ffi"],
    ["client", { keylog: () => {} }, "keylog", "--allow-ffi"],
    ["client", { keylog: "env" }, "keylog", "--allow-ffi"],
    ["client", { modeReleaseBuffers: true }, "modeReleaseBuffers", "--allow-ffi"],
    ["server", { ...PAIR, sessionIdContext: "a" }, "sessionIdContext", "--allow-ffi"],
    ["server", { cert: { a: leaf.cert }, key: leaf.key }, "cert", "--allow-ffi"],
  ];
  for (const [role, options, name, remedy] of cases) {
    const { engine, configs } = fakeEngine("deno");
    const error = await assertRejects(
      () => make(engine, role, options),
      SslUnsupportedError,
      `Cannot use option "${name}": the engine "deno" cannot do it here`,
    );
    assertStringIncludes(error.message, remedy);
    assertEquals(configs.length, 0);
  }
});

Deno.test("OpenSSL without callbacks: what needs them is refused with the flag that helps", async () => {
  for (
    const [role, options, name] of [
      ["client", { ca: [], keylog: () => {} }, "keylog"],
      ["client", { ca: [], npnProtocols: ["a"] }, "npnProtocols"],
      ["server", { ...PAIR, alpnProtocols: ["h2"] }, "alpnProtocols"],
    ] as [Role, SslOptions, string][]
  ) {
    const { engine } = fakeEngine("openssl");
    const narrow: Engine = { ...engine, features: featuresOf("openssl-narrow") };
    const error = await assertRejects(() => make(narrow, role, options), SslUnsupportedError);
    assertStringIncludes(error.message, `Cannot use option "${name}"`);
    assertStringIncludes(error.message, "--allow-ffi without a path");
  }
});

Deno.test("the Deno engine accepts options that ask for what it does anyway", async () => {
  const { engine, configs } = fakeEngine("deno");
  await make(engine, "client", {
    caFile: "",
    caPath: "",
    extraCa: ca.pem,
    verifyMode: 1,
    verifycnScheme: "rfc9525",
    version: "SSLv23:!TLSv1:!TLSv1_1",
    minVersion: "TLSv1_2",
    ecdhCurve: "auto",
    checkCrl: false,
    modeReleaseBuffers: false,
    alpnProtocols: ["h2"],
  });
  await make(engine, "client", { verifycnScheme: "none" });
  await make(engine, "server", { cert: { "": leaf.cert }, key: leaf.key, verifyMode: 0 });
  assertEquals(configs.map(({ trust }) => trust.anchors), [undefined, undefined, undefined]);
  assertEquals(configs[0]!.trust.extra, [ca.certificate.der]);
  assertEquals(configs.map(({ skipHostname }) => skipHostname), [false, true, false]);
});

Deno.test("the Deno engine refuses what it cannot do for one connection", async () => {
  const { engine } = fakeEngine("deno");
  const context = await make(engine, "client", {});
  const role = "client";
  const hostname = "server.example";
  const cases: [SslOptions, string][] = [
    [{ verifycnScheme: "none" }, "verifycnScheme"],
    [{ verifycnScheme: "smtp" }, "verifycnScheme"],
    [{ fingerprint: "0".repeat(64) }, "fingerprint"],
    [{ keepSocketOnError: true }, "keepSocketOnError"],
  ];
  for (const [options, name] of cases) {
    assertThrows(
      () => newConnection(context, { role, options, hostname }),
      SslUnsupportedError,
      `Cannot use option "${name}"`,
    );
  }
  const { params } = newConnection(context, { role, options: {}, hostname });
  assertEquals([params.serverName, params.verifyName], [hostname, hostname]);
  const pin = { fingerprint: "0".repeat(64), forceFingerprint: true };
  newConnection(context, { role, options: pin, hostname });
  assertThrows(() => newConnection(context, { role, options: pin }), SslUnsupportedError);
  const server = await make(engine, "server", PAIR);
  newConnection(server, { role: "server", options: {} });
});

Deno.test("contextFor() reuses a context, or the context of a socket", async () => {
  const { engine } = fakeEngine("openssl");
  const context = await make(engine, "client", { ca: ca.pem });
  assertStrictEquals(await contextFor("client", { reuseCtx: context }), context);
  assertStrictEquals(await contextFor("server", { reuseCtx: { context } }), context);
  for (const wrong of [{}, { context: {} }, new Date()]) {
    await assertRejects(
      () => contextFor("client", { reuseCtx: wrong as { context: SslContext } }),
      TypeError,
      "invalid context to reuse",
    );
  }
});

Deno.test("an option of a context given with reuseCtx must say what the context says", async () => {
  const { engine } = fakeEngine("openssl");
  const alpnProtocols = ["h2"];
  const reuseCtx = await make(engine, "client", { ca: ca.pem, alpnProtocols });
  await contextFor("client", { reuseCtx, ca: ca.pem, alpnProtocols, engine: "auto", timeout: 5 });
  await contextFor("client", { reuseCtx, verifycnName: "a", engine: "openssl" });
  for (const [name, value] of [["ca", []], ["verifyMode", 0], ["engine", "deno"]]) {
    await assertRejects(
      () => contextFor("client", { reuseCtx, [name as string]: value }),
      TypeError,
      `Cannot use option "${name}" with reuseCtx`,
    );
  }
});

Deno.test("an option with a record given with reuseCtx must say the same in every member", async () => {
  const { engine } = fakeEngine("openssl");
  const bytes = () => new Uint8Array([1, 2, 3]);
  const own = { psk: { a: bytes(), b: "key" }, cert: { "": PAIR.cert, "a.test": PAIR.cert } };
  const key = { "": PAIR.key, "a.test": PAIR.key };
  const scheme = { checkCn: "always", wildcardsInAlt: 0 } as const;
  const reuseCtx = await make(engine, "server", { ...own, key, verifycnScheme: scheme });
  const same = { psk: { b: "key", a: bytes() }, cert: { ...own.cert }, key: { ...key } };
  await contextFor("server", { reuseCtx, ...same });
  for (
    const [name, value] of [
      ["psk", { a: bytes() }],
      ["psk", { a: bytes(), b: "key", c: "key" }],
      ["psk", { a: bytes(), b: "other" }],
      ["psk", { a: new Uint8Array([1, 2, 4]), b: "key" }],
      ["psk", { a: bytes(), c: "key" }],
      ["psk", "key"],
      ["cert", { "": PAIR.cert }],
      ["cert", PAIR.cert],
    ] as [string, unknown][]
  ) {
    await assertRejects(
      () => contextFor("server", { reuseCtx, [name]: value }),
      TypeError,
      `Cannot use option "${name}" with reuseCtx`,
    );
  }
  // What is of the connection is another thing only where it says another thing.
  const beyond = (options: SslOptions) => Object.keys(beyondContext(reuseCtx, options));
  assertEquals(beyond({ verifycnScheme: { wildcardsInAlt: 0, checkCn: "always" } }), []);
  assertEquals(beyond({ verifycnScheme: { checkCn: "always" } }), ["verifycnScheme"]);
  assertEquals(beyond({ verifycnScheme: { ...scheme, checkCn: 0 } }), ["verifycnScheme"]);
  assertEquals(beyond({ verifycnScheme: "http" }), ["verifycnScheme"]);
});

Deno.test("newConnection(): the connections of a listener share their rules, those of another context or listener do not", async () => {
  const { engine } = fakeEngine("openssl");
  const [strict, open] = [
    await make(engine, "server", { ...PAIR, verifyMode: 1, ca: ca.pem }),
    await make(engine, "server", PAIR),
  ];
  const own = checkOptions<SslOptions>("listen", { verifycnName: "a.example" });
  const other = checkOptions<SslOptions>("listen", { verifycnName: "b.example" });
  const policyOf = (context: SslContext, options: Resolved<SslOptions>) => {
    const { state: { policy, names } } = prepare(context, { role: "server", options });
    return [policy.verifyMode, names.verifyName];
  };
  for (let again = 0; again < 2; again++) {
    assertEquals(policyOf(strict, own), [1, "a.example"]);
    assertEquals(policyOf(open, own), [0, "a.example"]);
    assertEquals(policyOf(strict, other), [1, "b.example"]);
  }
  const states = [1, 2].map(() => prepare(strict, { role: "server", options: own }).state);
  assertStrictEquals(states[0]!.policy, states[1]!.policy);
  assert(states[0] !== states[1]);
});

Deno.test("newConnection() prefers a connection's options to the context's", async () => {
  const { engine } = fakeEngine("openssl");
  const context = await make(engine, "client", {
    ca: ca.pem,
    verifycnScheme: "http",
    verifycnName: "a.example",
  });
  const connection = (options: SslOptions) =>
    newConnection(context, { role: "client", options, hostname: "host.example" }).state;
  assertEquals(connection({}).policy.scheme.name, "http");
  assertEquals(connection({}).names.verifyName, "a.example");
  assertEquals(connection({ verifycnScheme: "smtp" }).policy.scheme.name, "smtp");
  assertEquals(connection({ verifycnName: "b.example" }).names.verifyName, "b.example");
  assertEquals(connection({}).names.serverName, "host.example");
  assertThrows(() => connection({ verifycnScheme: "x" as "http" }), TypeError, "unknown name");
  assertThrows(() => connection({ fingerprint: "x" }), TypeError, "invalid fingerprint");
});

Deno.test("a connection state that the library did not make is refused", async () => {
  const { engine, configs } = fakeEngine("openssl");
  await make(engine, "client", { ca: ca.pem });
  const evidence = {
    ...{ chain: [], presented: [], error: 0, errorDepth: 0, errorText: "", resumed: false },
  };
  assertThrows(() => configs[0]!.hooks.verify!(evidence, {}), TypeError, "has no state");
});

Deno.test("importing the context needs no permission and loads no engine", async () => {
  const main = new URL("../../context/mod.ts", import.meta.url).href;
  const source = `const m = await import(${JSON.stringify(main)});` +
    `console.log(typeof m.SslContext.create, typeof m.defaultCa)`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-prompt", source],
    env: { NO_COLOR: "1" },
  }).output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout).trim(), "function function");
  const { success: bare, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", main],
  }).output();
  assert(bare, new TextDecoder().decode(stderr));
  assertFalse(new TextDecoder().decode(stderr).includes("NotCapable"));
});
