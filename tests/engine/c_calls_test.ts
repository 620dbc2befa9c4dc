/** What the engine asks of OpenSSL, and what becomes of the objects that it gets. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { takeBuffer } from "../../engine/buffers.ts";
import { OpenSslContext } from "../../engine/openssl/context.ts";
import { drainErrors } from "../../engine/openssl/error_queue.ts";
import { OpenSslSession } from "../../engine/openssl/session.ts";
import { loadKey, trustFlags, withStore } from "../../engine/openssl/trust_store.ts";
import { verifyChain } from "../../engine/openssl/verify_chain.ts";
import type { ChainRequest } from "../../engine/chain_verification.ts";
import type { ContextConfig, SessionParams } from "../../engine/engine.ts";
import { SSL_WANT_READ, SslError, SslPeerError } from "../../errors.ts";
import { type Counted, counted } from "./counted.ts";
import { ca, client, config, credential, server, V12, V13 } from "./harness.ts";
import { FFI_ONLY } from "../helpers/openssl.ts";

/** They look at OpenSSL's own objects, which mean nothing in WebAssembly. */

const trust = { anchors: [ca.cert.der], extra: [], crls: [], checkCrl: "none" } as const;
const junk = Uint8Array.of(0x30, 3, 2, 1, 5);
const bytes = (...values: number[]) => Uint8Array.of(...values);

interface Two {
  readonly client: OpenSslSession;
  readonly server: OpenSslSession;
  readonly close: () => void;
}

/** Both sides, before their handshake. */
function two(
  { runtime }: Counted,
  more: { client?: Partial<ContextConfig>; server?: Partial<ContextConfig> } = {},
  given: Partial<SessionParams> = {},
): Two {
  const contexts = (["client", "server"] as const)
    .map((role) => new OpenSslContext(runtime, config(role, more[role])));
  const params = { serverName: "localhost", verifyName: "localhost", user: "the user", ...given };
  const [c, s] = contexts.map((context) => new OpenSslSession(runtime, context, params));
  return {
    client: c!,
    server: s!,
    close: () =>
      [c!, s!, ...contexts].forEach((each) => "free" in each ? each.free() : each.close()),
  };
}

/** Carries what the one has for the other; whether there was something. */
function carry(from: OpenSslSession, to: OpenSslSession): boolean {
  const buffer = new Uint8Array(70_000);
  const n = from.output > 0 ? from.drain(buffer) : 0;
  to.feed(buffer, n);
  return n > 0;
}

/** Goes on with both handshakes until they are done. */
function shake({ client, server }: Two): void {
  for (let i = 0; i < 10; i++) {
    client.handshake();
    carry(client, server);
    server.handshake();
    carry(server, client);
  }
  assert(client.established && server.established);
}

Deno.test("every C object that a connection makes is freed, with a session and without", () => {
  for (const version of [V12, V13]) {
    const t = counted();
    const sessions: Uint8Array[] = [];
    const more = {
      client: {
        ...version,
        credentials: [credential(client)],
        hooks: { newSession: (der: Uint8Array) => void sessions.push(der) },
        sessions: true,
      },
      server: {
        ...version,
        verifyMode: 3,
        sessionIdContext: bytes(1),
        dh: null,
        clientCa: [ca.cert.der],
      },
    };
    for (const round of [1, 2]) {
      const pair = two(t, more, round === 2 ? { session: sessions.at(-1)! } : {});
      shake(pair);
      assertEquals(pair.client.read(new Uint8Array(1)), SSL_WANT_READ);
      assertEquals(pair.client.peerChain()[0], server.certificate.der);
      assertEquals(pair.server.peerChain()[0], client.certificate.der);
      assertEquals(pair.client.ownCertificate(), client.certificate.der);
      pair.close();
    }
    assert(sessions.length > 0);
    const broken = () => two(t, more, { session: junk });
    assertThrows(broken, SslError, "OpenSSL does not understand it");
    // Its context is the only thing that nobody could close.
    assertEquals(t.left(), { SSL_CTX_free: 2 });
  }
});

Deno.test(
  "what is lent is read in place, and given back when it was read, taken back or freed",
  FFI_ONLY,
  () => {
    const SIZE = 16384;
    /** Empties the pool, which has 32 at most. */
    const inPool = (chunk: Uint8Array<ArrayBuffer>) =>
      Array.from({ length: 33 }, () => takeBuffer(SIZE)).includes(chunk);
    const t = counted();
    const pair = two(t);
    const lent = (...lengths: number[]) => {
      for (const length of lengths) pair.server.write(new Uint8Array(length).fill(length));
      const chunk = new Uint8Array(SIZE);
      return { chunk, n: pair.server.drain(chunk) };
    };
    assertEquals(pair.client.lend(new Uint8Array(SIZE), SIZE), false); // no handshake
    shake(pair);
    const p = new Uint8Array(9000);
    assertEquals(pair.client.read(p), SSL_WANT_READ); // the tickets
    {
      const { chunk, n } = lent(6000, 2000);
      assertEquals(pair.client.lend(chunk, n), true);
      assertEquals(pair.client.lend(new Uint8Array(SIZE), SIZE), false); // one at a time
      assertEquals([pair.client.read(p.subarray(0, 100)), inPool(chunk)], [100, false]);
      assertEquals([pair.client.read(p), p[5899], pair.client.fed], [5900, 6000 & 255, true]);
      assertEquals([pair.client.read(p), p[1999], pair.client.fed], [2000, 2000 & 255, false]);
      assertEquals(inPool(chunk), true);
    }
    {
      const { chunk, n } = lent(10, 1); // too short: it is copied
      assertEquals(pair.client.lend(chunk, n), false);
      pair.client.feed(chunk, n);
      chunk.fill(0);
      assertEquals([pair.client.read(p.subarray(0, 10)), p[9]], [10, 10]);
      assertEquals([pair.client.read(p), p[0]], [1, 1]);
    }
    const { chunk, n } = lent(5000);
    const cut = new Uint8Array(SIZE);
    cut.set(chunk.subarray(0, 4500));
    assertEquals([pair.client.lend(cut, 4500), pair.client.read(p)], [true, SSL_WANT_READ]);
    pair.client.feed(chunk.subarray(4500), n - 4500);
    assertEquals([pair.client.read(p), p[4999]], [5000, 5000 & 255]);
    const [first, second] = [lent(5000, 3000), lent(40)];
    assertEquals(pair.client.lend(first.chunk, first.n), true);
    assertEquals(pair.client.read(p.subarray(0, 1)), 1);
    pair.client.feed(second.chunk, second.n); // what is unread stays in front
    assertEquals([pair.client.read(p), p[4998], pair.client.read(p)], [4999, 5000 & 255, 3000]);
    assertEquals([p[2999], pair.client.read(p), p[39]], [3000 & 255, 40, 40]);
    const unread = lent(5000, 100);
    assertEquals(pair.client.lend(unread.chunk, unread.n), true);
    assertEquals(pair.client.read(p.subarray(0, 5000)), 5000);
    assertEquals(pair.client.takeInput(), unread.chunk.slice(unread.n - 122, unread.n));
    assertEquals([inPool(unread.chunk), pair.client.read(p)], [true, SSL_WANT_READ]);
    const last = lent(5000);
    assertEquals(pair.client.lend(last.chunk, last.n), true);
    pair.close();
    assertEquals([inPool(last.chunk), t.left()], [true, {}]);
  },
);

Deno.test("a server lets OpenSSL free empty buffers unless told otherwise, a client when told to", () => {
  for (
    const [role, given, expected] of [
      ...[["server", undefined, true], ["server", true, true], ["server", false, false]] as const,
      ...[["client", undefined, false], ["client", true, true], ["client", false, false]] as const,
    ]
  ) {
    const { runtime, args } = counted();
    new OpenSslContext(runtime, config(role, { releaseBuffers: given })).close();
    const modes = args("SSL_CTX_ctrl").filter(([, command]) => command === 33);
    assertEquals(modes.map(([, , bits]) => ((bits as bigint) & 0x10n) !== 0n), [expected]);
  }
});

Deno.test("a context that cannot be made leaves nothing behind", () => {
  const wrong: [Partial<ContextConfig>, string][] = [
    [{ cipherList: "NONE-SUCH" }, "Cannot set cipherList"],
    [{ ciphersuites: "NONE-SUCH" }, "Cannot set ciphersuites"],
    [{ groups: "NONE-SUCH" }, "Cannot set ecdhCurve"],
    [{ sigalgs: "NONE-SUCH" }, "Cannot set sigalgs"],
    [{ dh: bytes(1) }, "not DH parameters in PEM"],
    [{ clientCa: [junk] }, "Cannot read a certificate from clientCa"],
    [{ sessionIdContext: new Uint8Array(33) }, "at most 32 bytes"],
    [{ credentials: [{ ...credential(server), chain: [] }] }, "Cannot use cert: it has no cert"],
    [{ credentials: [{ ...credential(server), chain: [junk] }] }, "Cannot read a certificate"],
    [
      { credentials: [{ ...credential(server), key: credential(client).key }] },
      "it does not belong to the certificate from cert",
    ],
    [{ trust: { ...trust, extra: [junk] } }, "certificate 2 of 2 among the trust anchors"],
    [{ trust: { ...trust, crls: [junk] } }, "Cannot read CRL 1 of 1"],
  ];
  for (const [over, message] of wrong) {
    const t = counted();
    assertThrows(() => new OpenSslContext(t.runtime, config("server", over)), Error, message);
    assertEquals(t.left(), {}, message);
    assertEquals(drainErrors(t.c), [], message);
  }
});

Deno.test("verifyChain() asks for what it was asked for, frees everything, and says what is malformed", () => {
  const chain: ChainRequest = { leaf: server.certificate.der, intermediates: [], trust };
  const acceptable = ["1.2.3"];
  const policies = { acceptable, explicit: false, inhibitMapping: false, inhibitAny: false };
  const base = 0x88000n;
  const rows: [Partial<ChainRequest>, bigint][] = [
    [{}, base],
    [{ strict: false }, base],
    [{ strict: true }, base | 0x20n],
    [{ trust: { ...trust, checkCrl: "leaf" } }, base | 0x3004n],
    [{ trust: { ...trust, checkCrl: "chain" } }, base | 0x300cn],
    [{ policies }, base | 0x80n],
    [{ policies: { ...policies, explicit: true } }, base | 0x180n],
    [{ policies: { ...policies, inhibitMapping: true } }, base | 0x480n],
    [{ policies: { ...policies, inhibitAny: true } }, base | 0x280n],
  ];
  for (const [more, flags] of rows) {
    const t = counted();
    const result = verifyChain(t.c, { ...chain, ...more });
    assertEquals(t.args("X509_VERIFY_PARAM_set_flags").map(([, set]) => set), [flags]);
    assertEquals(t.args("X509_VERIFY_PARAM_set_auth_level").map(([, level]) => level), [2]);
    assertEquals(t.args("X509_VERIFY_PARAM_add0_policy").length, more.policies ? 1 : 0);
    for (const name of ["set_time", "set_depth", "set_purpose"]) {
      assertEquals(t.args(`X509_VERIFY_PARAM_${name}`), []);
    }
    if (more.trust) assertEquals([result.error, result.errorText.includes("CRL")], [3, true]);
    assertEquals(t.left(), {});
  }
  const t = counted();
  const many = { ...policies, acceptable: ["1.2.3", "2.5.29.32.0"] };
  verifyChain(t.c, { ...chain, policies: many, time: new Date(1999), depth: 4, purpose: "any" });
  const set = (name: string) => t.args(`X509_VERIFY_PARAM_${name}`).map(([, value]) => value);
  assertEquals([set("set_time"), set("set_depth"), set("set_purpose")], [[1n], [4], [7]]);
  assertEquals(set("add0_policy").length, 2);
  verifyChain(t.c, { ...chain, policies: { ...policies, acceptable: [] } }); // any
  assertEquals(set("add0_policy").length, 3);

  const good = verifyChain(t.c, chain);
  assertEquals([good.error, good.errorDepth, good.errorText, good.securityLevel], [0, 0, "ok", 2]);
  assertEquals(good.chain, [server.certificate.der, ca.cert.der]);
  const malformed = [
    [{ leaf: junk }, "the leaf certificate is malformed: "],
    [{ intermediates: [ca.cert.der, junk] }, "an intermediate certificate is malformed: "],
  ] as const;
  for (const [more, text] of malformed) {
    const { error, errorDepth, errorText, chain: built } = verifyChain(t.c, { ...chain, ...more });
    assertEquals([error, errorDepth, built], [1, 0, []]);
    assert(errorText.startsWith(text) && errorText.length > text.length, errorText);
  }
  const wrong = [
    [{ purpose: "toString" as never }, "unknown purpose"],
    [{ policies: { ...policies, acceptable: ["x.y"] } }, "a policy must be an OID"],
  ] as const;
  for (const [more, text] of wrong) {
    assertThrows(() => verifyChain(t.c, { ...chain, ...more }), TypeError, text);
  }
  assertEquals(t.left(), {});
});

Deno.test("a store is made once for the same anchors and contents, and is never shared with others", () => {
  const t = counted();
  const stores = () => t.args("X509_STORE_new").length;
  const of = (more: Partial<ContextConfig["trust"]>): unknown => {
    let given: unknown;
    withStore(t.c, { ...trust, ...more } as never, (store) => given = store);
    return given;
  };
  const anchors = [ca.cert.der];
  const first = of({ anchors });
  assertStrictEquals(of({ anchors }), first);
  assertEquals(stores(), 1);
  of({ anchors: [...anchors] }); // another list
  assertEquals(stores(), 2);
  of({ anchors, extra: [server.certificate.der] });
  assertEquals(stores(), 3);
  of({ anchors, extra: [server.certificate.der] });
  assertEquals([stores(), t.args("X509_STORE_free").length], [3, 0]);
  // What is too large for a key is made each time, and freed.
  const large = Array.from({ length: 200 }, () => server.certificate.der);
  of({ anchors, extra: large });
  of({ anchors, extra: large });
  assertEquals([stores(), t.args("X509_STORE_free").length], [5, 2]);
  // Eight are kept, the one that was used last among them.
  const lists = Array.from({ length: 8 }, () => [ca.cert.der]);
  for (const list of lists) (of({ anchors }), of({ anchors: list }));
  const made = stores();
  of({ anchors });
  assertEquals(stores(), made);
  of({ anchors: lists[0]! });
  assertEquals(stores(), made + 1);
});

Deno.test("trustFlags(): revocation is checked as far as it was asked for", () => {
  const of = (checkCrl: "none" | "leaf" | "chain") => trustFlags({ ...trust, checkCrl });
  assertEquals([of("none"), of("leaf"), of("chain")], [0x88000n, 0x8b004n, 0x8b00cn]);
});

Deno.test("a key that cannot be read says what to give: the password, or another one", () => {
  const t = counted();
  for (const format of ["pem", "der"] as const) {
    const key = { data: junk, format, source: "keyFile" };
    const none = assertThrows(
      () => loadKey(t.c, key),
      SslError,
      "Cannot read the key from keyFile",
    );
    assert(none.message.includes("if it is encrypted, give passwdCb"), none.message);
    const wrong = assertThrows(() => loadKey(t.c, { ...key, password: "x" }), SslError);
    assert(wrong.message.includes("check the password from passwdCb"), wrong.message);
  }
  const { key } = credential(server);
  t.c.EVP_PKEY_free(loadKey(t.c, key));
  assertEquals(t.left(), {});
});

// ---- a session, without a pump

Deno.test("a session makes nothing before its handshake, and nothing after it is freed", () => {
  const t = counted();
  const pair = two(t);
  const { client } = pair;
  client.closeNotify();
  assertEquals([client.output, client.pending(), client.fed], [0, 0, false]);
  client.write(bytes());
  assertEquals(
    assertThrows(() => client.write(bytes(1)), SslError).code,
    "ERR_SSL_NOT_ESTABLISHED",
  );
  shake(pair);
  client.closeNotify();
  const once = client.output;
  client.closeNotify();
  assertEquals([once > 0, client.output], [true, once]);
  client.free();
  client.free();
  client.feed(bytes(1), 1);
  assertEquals([client.output, client.drain(bytes(0)), client.takeInput()], [0, 0, bytes()]);
  assertEquals([client.shutdownState, client.native()], [
    { sent: false, received: false },
    undefined,
  ] as unknown[]);
  assertEquals(assertThrows(() => client.pending(), SslError).code, "ECLOSED");
  pair.close();
  assertEquals(t.left(), {});
});

Deno.test("a session takes in as many bytes as it is asked to, and reads records as far as there is room", () => {
  const pair = two(counted(), { client: V13, server: V13 });
  shake(pair);
  const { client, server } = pair;
  client.read(bytes(0)); // tickets
  const record = 16384;
  server.write(new Uint8Array(5 * record + 5).fill(7));
  const wire = new Uint8Array(server.output);
  server.drain(wire);
  client.feed(wire, 0);
  client.feed(wire, -1);
  assertEquals(client.fed, false);
  client.feed(wire.subarray(0, 10), 99); // no more than there are
  client.feed(wire.subarray(10), wire.length - 10);
  const p = new Uint8Array(3 * record);
  assertEquals([client.read(bytes()), client.peek(p)], [0, record]);
  assertEquals([client.read(p.subarray(0, 1)), client.pending()], [1, record - 1]);
  assertEquals(client.read(p.subarray(0, record)), record - 1);
  const read = (n: number) => [client.read(p.subarray(0, n)), client.fed];
  assertEquals(read(2 * record - 1), [record, true]); // there may be no room for another whole one
  assertEquals(read(2 * record), [2 * record, true]);
  assertEquals([client.pending(), ...read(3 * record)], [record, record + 5, false]);
  assertEquals(client.read(p), SSL_WANT_READ);
  server.closeNotify();
  carry(server, client);
  assertEquals([client.read(p), client.read(p), client.peek(p)], [null, null, null]);
  assertEquals([client.shutdownState, client.pending()], [
    { sent: false, received: true },
    0,
  ] as unknown[]);
  pair.close();
});

Deno.test("a session that met a broken record says so to every call, after the data before it", () => {
  const pair = two(counted());
  shake(pair);
  const { client, server } = pair;
  client.read(bytes(0));
  server.write(bytes(1, 2));
  carry(server, client);
  server.write(bytes(3));
  const wire = new Uint8Array(server.output);
  server.drain(wire);
  wire[wire.length - 1]! ^= 1;
  client.feed(wire, wire.length);
  const p = new Uint8Array(40_000);
  assertEquals(client.read(p), 2);
  const error = assertThrows(() => client.read(p), SslPeerError);
  assertEquals(error.code, "ERR_SSL_BAD_RECORD");
  for (
    const call of [
      () => client.read(p),
      () => client.peek(p),
      () => client.write(bytes(1)),
      () => client.closeNotify(),
    ]
  ) assertStrictEquals(assertThrows(call), error);
  assertEquals(client.shutdownState.received, false); // a fatal alert of ours is not an end of theirs
  assert(carry(client, server));
  const told = assertThrows(() => server.read(p), SslPeerError);
  assertEquals(told.alert, "bad_record_mac");
  pair.close();
});

Deno.test("inside its own callback a session does nothing, and gives nothing away", () => {
  let inside: () => void = () => {};
  const pair = two(counted(), { client: { hooks: { verify: () => (inside(), undefined) } } });
  const { client } = pair;
  let seen: unknown[] = [];
  inside = () => {
    const refused = [
      () => client.handshake(),
      () => client.read(bytes(0)),
      () => client.write(bytes(0)),
      () => client.feed(bytes(0), 1),
      () => client.pending(),
      () => client.closeNotify(),
      () => client.takeInput(),
      () => client.negotiated(),
      () => client.peerChain(),
      () => client.ownCertificate(),
      () => client.finished("own"),
      () => client.exportKeyingMaterial("x", 1),
      () => client.native(),
    ];
    seen = refused.map((call) => {
      try {
        call();
        return "done";
      } catch (error) {
        return (error as SslError).code;
      }
    });
    assertEquals([client.busy, client.output, client.drain(bytes(0))], [true, 0, 0]);
    assertEquals(client.shutdownState, { sent: false, received: false });
  };
  shake(pair);
  assertEquals(seen, Array(13).fill("ERR_IN_CALLBACK"));
  assertEquals([client.busy, client.native() !== undefined], [false, true]);
  pair.close();
});

Deno.test("a session that is freed inside its own callback ends there, and is freed once", () => {
  const t = counted();
  let close: () => void = () => {};
  const pair = two(t, { client: { hooks: { verify: () => (close(), undefined) } } });
  close = () => pair.client.free();
  const error = assertThrows(() => shake(pair), SslError);
  assertEquals(error.code, "ECLOSED");
  pair.close();
  assertEquals(t.left(), {});
});

Deno.test("a callback that throws fails its own call, leaves no error of OpenSSL behind, and no other session", () => {
  const t = counted();
  const failure = new Error("thrown inside");
  const pair = two(t, {
    client: {
      hooks: {
        verify: () => {
          throw failure;
        },
      },
    },
  });
  assertStrictEquals(assertThrows(() => shake(pair)), failure);
  assertEquals(t.runtime.callbacks!.running, false);
  assertEquals(t.args("ERR_set_mark").length, t.args("ERR_pop_to_mark").length);
  pair.close();
  const next = two(t);
  shake(next);
  assertInstanceOf(next.client, OpenSslSession);
  next.close();
  assertEquals(t.left(), {});
});

Deno.test(
  "Callbacks: a session is asked as long as it is registered, and a callback that runs is known",
  FFI_ONLY,
  () => {
    const t = counted();
    const callbacks = t.runtime.callbacks!;
    assertStrictEquals(callbacks.pointer("keylog"), callbacks.pointer("keylog"));
    const keylog = new Deno.UnsafeFnPointer(callbacks.pointer("keylog") as never, {
      parameters: ["pointer", "buffer"],
      result: "void",
    });
    const ssl = Deno.UnsafePointer.create(4096n)!;
    const line = new TextEncoder().encode("a line\0");
    const seen: unknown[] = [];
    const target = {
      onKeylog: (text: string) => void seen.push(text, callbacks.running),
      fail: (error: unknown) => void seen.push(error),
    };
    keylog.call(ssl, line); // of nobody
    const key = callbacks.register(ssl, target as never);
    assertEquals(key, 4096n);
    keylog.call(ssl, line);
    assertEquals([seen, callbacks.running], [["a line", true], false]);
    const failure = new Error("no room");
    target.onKeylog = () => {
      throw failure;
    };
    keylog.call(ssl, line);
    assertEquals([seen.at(-1), callbacks.running], [failure, false]);
    assertEquals([t.args("ERR_set_mark").length, t.args("ERR_pop_to_mark").length], [2, 2]);
    callbacks.forget(key);
    keylog.call(ssl, line);
    assertEquals([seen.length, t.args("ERR_set_mark").length], [3, 2]);
  },
);
