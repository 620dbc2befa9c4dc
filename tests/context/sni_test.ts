import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { nativeOf } from "../../context/context_record.ts";
import type { ContextOptions, NativeObject, SslOptions } from "../../context/options.ts";
import type { ListenOptions } from "../../socket/options.ts";
import type { ClientHello } from "../../engine/client_hello.ts";
import { SslError, SslTimeoutError, SslUnsupportedError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { engineContext } from "../../context/engine_contexts.ts";
import type { TlsStream } from "../../engine/engine.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { addressOf } from "../../engine/openssl/memory.ts";
import { config, engine as openssl } from "../engine/harness.ts";
import { memoryPair } from "../helpers/memory.ts";
import { accepted, alerted, ca, leaf, type Outcome, refusal, shake } from "./harness.ts";
import { newConnection } from "../helpers/operations.ts";
import { inWords } from "../helpers/refusal.ts";

const a = await ca.server("a.example");
const b = await ca.server("b.example");
const clients = await TestCa.create({ commonName: "Clients" });
const user = await clients.client("a user");
const TRUST: SslOptions = { ca: ca.pem };
const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;

const make = (options: ContextOptions) =>
  SslContext.create({ engine: "openssl", server: true, ...options });
const commonName = (outcome: Outcome) => Certificate.fromDer(outcome.peer[0]!).commonName;

for (const version of VERSIONS) {
  Deno.test(`sniCallback chooses a context, options, or leaves the choice (${version})`, async () => {
    const context = await make({ cert: a.cert, key: a.key });
    const options: ContextOptions = { cert: b.cert, key: b.key };
    const asked: string[] = [];
    const choose = (name: string) => {
      asked.push(name);
      return name === "a.example" ? context : name === "b.example" ? options : undefined;
    };
    for (const sniCallback of [choose, (name: string) => Promise.resolve(choose(name))]) {
      const client = { ...TRUST, version };
      assertEquals(
        commonName(accepted(await shake(client, { sniCallback }, "a.example"))),
        "a.example",
      );
      assertEquals(
        commonName(accepted(await shake(client, { sniCallback }, "b.example"))),
        "b.example",
      );
      assertEquals(commonName(accepted(await shake(client, { sniCallback }))), "server.example");
      const hidden = { ...client, serverName: "" };
      assertEquals(commonName(accepted(await shake(hidden, { sniCallback }))), "server.example");
    }
    assertEquals(asked.slice(0, 4), ["a.example", "b.example", "server.example", ""]);
  });

  Deno.test(`sniCallback can refuse a client with unrecognized_name (${version})`, async () => {
    for (const sniCallback of [() => null, () => Promise.resolve(null)]) {
      const { clientError, serverError } = await shake({ ...TRUST, version }, { sniCallback });
      assertEquals((clientError as SslError).alert, "unrecognized_name");
      assertEquals((serverError as SslError).code, "ERR_SSL_UNRECOGNIZED_NAME");
    }
  });

  Deno.test(`a chosen context brings its own verification from the start (${version})`, async () => {
    const strict = await make({ cert: a.cert, key: a.key, verifyMode: 3, clientCa: clients.pem });
    const sniCallback = (name: string) => name === "a.example" ? strict : undefined;
    const withCert = { ...TRUST, version, cert: user.cert, key: user.key };
    const good = accepted(await shake(withCert, { sniCallback }, "a.example"));
    assertEquals(good.serverReport.ok, true);
    assertEquals(good.serverReport.chain[0]?.commonName, "a user");
    const without = await shake({ ...TRUST, version }, { sniCallback }, "a.example");
    assertEquals(refusal(without), [
      alerted(version === "TLSv1_2" ? "handshake_failure" : "certificate_required"),
      "SslPeerError ERR_SSL_NO_CERTIFICATE",
    ]);
    const stranger = await ca.client("a stranger");
    const refused = await shake(
      { ...TRUST, version, cert: stranger.cert, key: stranger.key },
      { sniCallback },
      "a.example",
    );
    assertEquals(refusal(refused), [
      alerted("unknown_ca"),
      "SslVerifyError SELF_SIGNED_CERT_IN_CHAIN",
    ]);
    assertEquals(refused.serverReport.ok, false);
    // The other way round: what the listener demands is not demanded by a context without it.
    const lax = await make({ cert: b.cert, key: b.key });
    const server = { verifyMode: 3, clientCa: clients.pem, sniCallback: () => lax };
    const free = accepted(await shake({ ...TRUST, version }, server, "b.example"));
    assertEquals(free.clientPeer.length, 0);
  });

  Deno.test(`a chosen context brings its versions, ciphers and ALPN (${version})`, async () => {
    const context = await make({
      ...{ cert: a.cert, key: a.key, alpnProtocols: ["other"], version },
    });
    const client = { ...TRUST, alpnProtocols: ["mine", "other"] };
    const server = { sniCallback: () => context, alpnProtocols: ["mine"] };
    const outcome = accepted(await shake(client, server, "a.example"));
    assertEquals([outcome.client?.alpn, outcome.client?.version], ["other", version]);
  });

  Deno.test(`clientHelloCallback sees what the client offers, before sniCallback (${version})`, async () => {
    const context = await make({ cert: a.cert, key: a.key });
    const hellos: ClientHello[] = [];
    let asked = 0;
    const server: SslOptions = {
      clientHelloCallback: async (hello) => {
        await Promise.resolve();
        hellos.push(hello);
        return hello.alpnProtocols.includes("h2") ? context : undefined;
      },
      sniCallback: () => (asked++, undefined),
    };
    const client = { ...TRUST, version };
    accepted(await shake({ ...client, alpnProtocols: ["h2"] }, server, "a.example"));
    assertEquals(asked, 0);
    accepted(await shake(client, server));
    assertEquals(asked, 1);
    assertEquals(hellos.map((h) => h.serverName), ["a.example", "server.example"]);
    assertEquals(hellos[0]!.versions.includes(version === "TLSv1_3" ? 0x0304 : 0x0303), true);
    assert(hellos[0]!.cipherSuites.length > 0);
  });
}

Deno.test("a context that sniCallback gives is asked for its own records", async () => {
  const records = await make({
    cert: { "a.example": a.cert, "b.example": b.cert },
    key: { "a.example": a.key, "b.example": b.key },
  });
  const server = { sniCallback: () => records };
  assertEquals(commonName(accepted(await shake(TRUST, server, "a.example"))), "a.example");
  assertEquals(commonName(accepted(await shake(TRUST, server, "b.example"))), "b.example");
  const refused = await shake(TRUST, server);
  assertEquals((refused.clientError as SslError).alert, "unrecognized_name");
});

Deno.test("where sniCallback leaves the choice, the listener's own record of names decides", async () => {
  const own: SslOptions = {
    cert: { "a.example": a.cert, "b.example": b.cert },
    key: { "a.example": a.key, "b.example": b.key },
  };
  for (const sniCallback of [() => undefined, () => Promise.resolve(undefined)]) {
    const server: SslOptions = { ...own, sniCallback };
    assertEquals(commonName(accepted(await shake(TRUST, server, "a.example"))), "a.example");
    assertEquals(commonName(accepted(await shake(TRUST, server, "b.example"))), "b.example");
  }
});

Deno.test("sniCallback may not give a context of another engine", async () => {
  const deno = await SslContext.create({
    ...{ engine: "deno", server: true, cert: a.cert, key: a.key },
  });
  const { serverError } = await shake(TRUST, { sniCallback: () => deno }, "a.example");
  assertInstanceOf(serverError, TypeError);
  assertEquals(
    serverError.message,
    'Cannot serve: sniCallback gave a context of the engine "deno", the listener\'s is "openssl"',
  );
});

Deno.test("sniCallback makes a context once for each options object", async () => {
  let loaded = 0;
  const encrypted = await encryptedKey(a.key);
  const options: ContextOptions = {
    cert: a.cert,
    key: encrypted,
    passwdCb: () => (loaded++, "secret"),
  };
  const context = await make({ cert: leaf.cert, key: leaf.key, sniCallback: () => options });
  await Promise.all([1, 2, 3].map(() => shake(TRUST, { reuseCtx: context }, "a.example")));
  accepted(await shake(TRUST, { reuseCtx: context }, "a.example"));
  assertEquals(loaded, 1);
});

async function encryptedKey(pem: string): Promise<string> {
  const { createPrivateKey } = await import("node:crypto");
  return createPrivateKey(pem).export({
    ...{ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" },
  } as { type: "pkcs8"; format: "pem" }) as string;
}

Deno.test("sniCallback: what it throws or gives wrongly refuses the client, nobody is served", async () => {
  const cause = new Error("no database");
  const wrong: [() => unknown, string][] = [
    [() => {
      throw cause;
    }, "no database"],
    [() => Promise.reject(cause), "no database"],
    [() => "a.example", "sniCallback must give an SslContext"],
    [() => ({ certFlie: "x" }), "unknown option"],
    [() => ({ certFile: "/nowhere/cert.pem" }), "Cannot read"],
    [() => ({ engine: "deno", cert: a.cert, key: a.key }), 'the engine "deno"'],
  ];
  for (const [sniCallback, text] of wrong) {
    const server = { sniCallback: sniCallback as () => undefined };
    const { clientError, serverError } = await shake(TRUST, server);
    assert(serverError?.message.includes(text), `${serverError?.message} lacks ${text}`);
    assertEquals(inWords(clientError), "SslPeerError ERR_SSL_HANDSHAKE_EOF");
  }
});

Deno.test("the options of the listener count with a chosen context, where it was not made from them", async () => {
  const base = await make({
    ...{ cert: leaf.cert, key: leaf.key, verifyMode: 3, clientCa: clients.pem },
    sniCallback: () => strict,
  });
  const strict = await make({ cert: a.cert, key: a.key, verifyMode: 3, clientCa: clients.pem });
  const fingerprint = leaf.certificate.fingerprint();
  const server = { reuseCtx: base, fingerprint, forceFingerprint: true };
  const client = { ...TRUST, cert: user.cert, key: user.key };
  const refused = await shake(client, server, "a.example");
  assertEquals((refused.serverError as SslError).code, "FINGERPRINT_MISMATCH");
  accepted(await shake(client, { reuseCtx: base }, "a.example"));
});

for (const version of VERSIONS) {
  Deno.test(`a session of one context does not get around the demands of another (${version})`, async () => {
    // The ticket of a context that demands nothing is worth nothing where a certificate is demanded.
    const lax = await make({ cert: a.cert, key: a.key, version });
    const strict = await make({
      ...{ cert: a.cert, key: a.key, version, verifyMode: 3, clientCa: clients.pem },
    });
    let which = lax;
    const base = await make({ cert: leaf.cert, key: leaf.key, sniCallback: () => which });
    const server = await engineContext(base, "server");
    const sessions: Uint8Array[] = [];
    const client = await openssl.createContext(config("client", {
      versions: new Set([version === "TLSv1_2" ? 0x0303 : 0x0304]),
      verifyMode: 0,
      sessions: true,
      hooks: { newSession: (session) => void sessions.push(session) },
    }));
    const connect = async () => {
      const { user } = newConnection(base, { role: "server", options: { reuseCtx: base } }).params;
      const [near, far] = memoryPair();
      const session = sessions.at(-1);
      const to = { serverName: "a.example", verifyName: "a.example", user: undefined, session };
      const c = client.start(near, to);
      const s = server.start(far, { serverName: undefined, verifyName: undefined, user });
      const run = async (stream: TlsStream, end: typeof near) => {
        try {
          await stream.handshake();
          await stream.write(new Uint8Array(1));
          await stream.read(new Uint8Array(1));
        } catch (error) {
          await end.closeWrite();
          return error;
        }
      };
      const errors = await Promise.all([run(c, near), run(s, far)]);
      const reused = errors[1] === undefined && s.negotiated().reused;
      c.close();
      s.close();
      return { reused, serverError: errors[1] };
    };
    assertEquals(await connect(), { reused: false, serverError: undefined });
    assertEquals(await connect(), { reused: true, serverError: undefined });
    which = strict;
    const { serverError } = await connect();
    assertInstanceOf(serverError, SslError);
    assertEquals(serverError.code, "ERR_SSL_NO_CERTIFICATE");
    client.close();
  });
}

async function listen(options: ListenOptions) {
  const listener = await SslSocket.listen({
    ...{ engine: "openssl", hostname: "127.0.0.1", port: 0, cert: leaf.cert, key: leaf.key },
    ...options,
  });
  const connect = (name: string) =>
    SslSocket.connect({
      ...{ engine: "openssl", hostname: "127.0.0.1", port: listener.addr.port, ca: ca.pem },
      serverName: name,
    });
  return { listener, connect };
}

Deno.test("SslSocket.context is the context that served the client", async () => {
  const context = await make({ cert: a.cert, key: a.key });
  const { listener, connect } = await listen({
    sniCallback: (name) => name === "a.example" ? context : undefined,
  });
  for (const [name, expected] of [["a.example", context], ["server.example", listener.context]]) {
    const [client, server] = await Promise.all([connect(name as string), listener.accept()]);
    assertStrictEquals(server.context, expected);
    assertEquals(server.getServername(), name);
    await Promise.all([client.close(), server.close()]);
  }
  listener.close();
});

Deno.test("a sniCallback that never resolves ends with handshakeTimeout, others are served", async () => {
  const { listener, connect } = await listen({
    sniCallback: (name) => name === "a.example" ? new Promise(() => {}) : undefined,
    handshakeTimeout: 300,
  });
  const failures: unknown[] = [];
  const stuck = connect("a.example").catch((error) => failures.push(error));
  const stuckServer = assertRejects(() => listener.accept(), SslTimeoutError);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [client, server] = await Promise.all([connect("server.example"), listener.accept()]);
  await Promise.all([client.close(), server.close(), stuck, stuckServer]);
  assertEquals(failures.length, 1);
  listener.close();
});

Deno.test(
  "createCtxCallback is called once for each context of the engine, with its handle",
  async () => {
    const { c } = openLibrary();
    const kinds: string[] = [];
    const pointers = new Set<unknown>();
    const addressIn = (object: NativeObject) => addressOf(c, nativeOf(object)!.pointer);
    const createCtxCallback = (context: NativeObject) => {
      assert(Object.isFrozen(context));
      kinds.push(context.kind);
      pointers.add(addressIn(context));
    };
    const context = await make({
      cert: { "": leaf.cert, "a.example": a.cert, "b.example": b.cert },
      key: { "": leaf.key, "a.example": a.key, "b.example": b.key },
      createCtxCallback,
    });
    assertEquals([kinds, pointers.size], [["SSL_CTX", "SSL_CTX", "SSL_CTX"], 3]);
    accepted(await shake(TRUST, { reuseCtx: context }, "a.example"));
    assertEquals(kinds.length, 3);
    assert(pointers.has(addressIn(context.ctxObject())));
    await assertRejects(
      () =>
        make({
          ...{ cert: leaf.cert, key: leaf.key },
          createCtxCallback: () => {
            throw new Error("not so");
          },
        }),
      Error,
      "not so",
    );
  },
);

Deno.test("ctxObject() and sslObject() give OpenSSL's objects, or undefined", async () => {
  const { listener, connect } = await listen({});
  const [client, server] = await Promise.all([connect("server.example"), listener.accept()]);
  for (const socket of [client, server]) {
    assertEquals([socket.sslObject().kind, socket.context.ctxObject().kind], ["SSL", "SSL_CTX"]);
    assert(Object.isFrozen(socket.sslObject()));
  }
  await Promise.all([client.close(), server.close()]);
  listener.close();
  await assertRejects(async () => await client.sslObject(), SslError, "no TLS");
  const context = await SslContext.create({ engine: "openssl", ca: [] });
  await assertRejects(async () => await context.ctxObject("server"), SslError, "not been used");
  context.close();
  await assertRejects(async () => await context.ctxObject(), SslError, "closed");
});

Deno.test("the Deno engine refuses the options about contexts by their names", async () => {
  const pair = { engine: "deno", server: true, cert: leaf.cert, key: leaf.key } as const;
  const options: [keyof ContextOptions, unknown][] = [
    ["sniCallback", () => undefined],
    ["clientHelloCallback", () => undefined],
    ["createCtxCallback", () => {}],
    ["ocspStaple", new Uint8Array(1)],
    ["msgCallback", () => {}],
    ["trace", () => {}],
  ];
  for (const [name, value] of options) {
    await assertRejects(
      () => SslContext.create({ ...pair, [name]: value }),
      SslUnsupportedError,
      `option "${name}"`,
    );
  }
  const context = await SslContext.create({ engine: "deno" });
  await assertRejects(async () => await context.ctxObject(), SslUnsupportedError, "ctxObject()");
});

Deno.test("the callbacks for names are refused for clients, and checked", async () => {
  await assertRejects(
    () => SslSocket.connect("localhost:1", { sniCallback: () => undefined } as object),
    TypeError,
    "sniCallback",
  );
  await assertRejects(() => make({ sniCallback: {} as () => undefined }), TypeError, "function");
});
