import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import {
  SSL_WANT_READ,
  SslError,
  SslPeerError,
  SslTruncatedError,
  SslVerifyError,
} from "../../errors.ts";
import { openHandles } from "../../engine/openssl/memory.ts";
import type { ContextConfig } from "../../engine/engine.ts";
import {
  ca,
  client,
  config,
  credential,
  engine,
  handshake,
  pair,
  pairOf,
  readExactly,
  server,
  string,
  text,
  V12,
  V13,
} from "./harness.ts";
import { TestCa } from "../../testing/ca.ts";
import { refuses } from "../helpers/refuses.ts";

const VERSIONS: [string, Partial<ContextConfig>][] = [["TLS 1.2", V12], ["TLS 1.3", V13]];

for (const [name, version] of VERSIONS) {
  Deno.test(`OpenSSL engine exchanges data and close_notify over ${name}`, async () => {
    await using p = await pair({ client: version, server: version });
    assertEquals(await handshake(p), [undefined, undefined]);
    await p.client.write(text("hello"));
    assertEquals(string(await readExactly(p.server, 5)), "hello");
    await p.server.write(text("bye"));
    await p.server.shutdown({ fast: true });
    assertEquals(string(await readExactly(p.client, 3)), "bye");
    assertEquals(await p.client.read(new Uint8Array(1)), null);
    assertEquals(p.client.shutdownState, { sent: false, received: true });
    await p.client.shutdown();
    assertEquals(await p.server.read(new Uint8Array(1)), null);
    assertEquals(p.client.negotiated().version, name.replace(" ", "v").replace(".", "_"));
    assertEquals(p.client.finished("own"), p.server.finished("peer"));
    assertEquals(
      p.client.exportKeyingMaterial("EXPERIMENTAL x", 32, text("c")),
      p.server.exportKeyingMaterial("EXPERIMENTAL x", 32, text("c")),
    );
  });

  Deno.test(`OpenSSL engine reports an end without close_notify as truncation over ${name}`, async () => {
    await using p = await pair({ client: version, server: version });
    await handshake(p);
    await p.server.write(text("partial"));
    await p.serverSide.closeWrite();
    assertEquals(string(await readExactly(p.client, 7)), "partial");
    const read = () => p.client.read(new Uint8Array(8));
    await refuses(read, SslTruncatedError, "ERR_SSL_TRUNCATED");
    await refuses(read, SslTruncatedError, "ERR_SSL_TRUNCATED");
  });

  Deno.test(`OpenSSL engine reports a reset as truncation over ${name}`, async () => {
    await using p = await pair({ client: version, server: version });
    await handshake(p);
    p.serverSide.reset();
    const error = await refuses(
      () => p.client.read(new Uint8Array(8)),
      SslTruncatedError,
      "ERR_SSL_TRUNCATED",
    );
    assertInstanceOf((error as Error).cause, Deno.errors.ConnectionReset);
  });

  Deno.test(`OpenSSL engine reports a flipped bit as the peer's error over ${name}`, async () => {
    await using p = await pair({ client: version, server: version });
    await handshake(p);
    p.serverSide.tamper = (chunk) => {
      chunk[chunk.length - 1]! ^= 1;
      return chunk;
    };
    await p.server.write(text("data"));
    await refuses(() => p.client.read(new Uint8Array(8)), SslPeerError, "ERR_SSL_BAD_RECORD");
    const error = await assertRejects(() => p.server.read(new Uint8Array(8)), SslPeerError);
    assertEquals((error as SslError).alert, "bad_record_mac");
  });

  Deno.test(`OpenSSL engine refuses an unknown CA with the alert unknown_ca over ${name}`, async () => {
    const other = await TestCa.create();
    const trust = { anchors: [other.cert.der], extra: [], crls: [], checkCrl: "none" } as const;
    await using p = await pair({ client: { ...version, trust }, server: version });
    const [atClient, atServer] = await handshake(p);
    assertInstanceOf(atClient, SslVerifyError);
    if (name === "TLS 1.2") {
      assertInstanceOf(atServer, SslPeerError);
      assertEquals(atServer.alert, "unknown_ca");
    } else {
      assertEquals((atServer as SslError | undefined)?.alert ?? "unknown_ca", "unknown_ca");
    }
  });

  Deno.test(`OpenSSL engine asks for client certificates over ${name}`, async () => {
    const asking = { ...version, verifyMode: 3 };
    {
      await using p = await pair({
        client: { ...version, credentials: [credential(client)] },
        server: asking,
      });
      assertEquals(await handshake(p), [undefined, undefined]);
      assertEquals(p.server.peerChain()[0], client.certificate.der);
      assertEquals(p.client.ownCertificate(), client.certificate.der);
    }
    await using p = await pair({ client: version, server: asking });
    const [, atServer] = await handshake(p);
    assertInstanceOf(atServer, SslPeerError);
    assertMatch(atServer.message, /peer did not return a certificate/);
  });
}

Deno.test("Pump does not read the transport unless an operation needs it", async () => {
  await using p = await pair();
  await handshake(p);
  const { reads } = p.clientSide;
  await p.server.write(text("unread"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(p.clientSide.reads, reads);
});

Deno.test("Pump.release() gives plain bytes that follow close_notify in the same segment", async () => {
  await using p = await pair();
  await handshake(p);
  p.serverSide.tamper = (chunk) => Uint8Array.of(...chunk, ...text("plain"));
  await p.server.shutdown({ fast: true });
  p.serverSide.tamper = undefined;
  assertEquals(await p.client.read(new Uint8Array(8)), null);
  const transport = p.client.release();
  await p.serverSide.write(text(" more"));
  const buffer = new Uint8Array(5);
  assertEquals(await transport.read(buffer), 5);
  assertEquals(string(buffer), "plain");
  assertEquals(await transport.read(buffer), 5);
  assertEquals(string(buffer), " more");
});

Deno.test("Pump.release() loses nothing when the peer does not speak TLS", async () => {
  await using p = await pair();
  await p.serverSide.write(text("This is no SSL handshake"));
  const error = await assertRejects(() => p.client.handshake(), SslPeerError);
  assertMatch((error as Error).message, /does not speak TLS/);
  const transport = p.client.release();
  const buffer = new Uint8Array(64);
  const n = await transport.read(buffer);
  assertEquals(string(buffer.subarray(0, n!)), "This is no SSL handshake");
});

Deno.test("Pump.read() refuses a second read and goes on with the first", async () => {
  await using p = await pair();
  await handshake(p);
  const first = p.client.read(new Uint8Array(8));
  await assertRejects(
    () => p.client.read(new Uint8Array(8)),
    SslError,
    "another read is in flight",
  );
  await p.server.write(text("x"));
  assertEquals(await first, 1);
});

Deno.test("Pump.read() with an aborted signal leaves the bytes to the next read", async () => {
  await using p = await pair();
  await handshake(p);
  const abort = new AbortController();
  const read = p.client.read(new Uint8Array(8), { signal: abort.signal });
  abort.abort(new Error("enough"));
  await assertRejects(() => read, Error, "enough");
  await p.server.write(text("later"));
  assertEquals(string(await readExactly(p.client, 5)), "later");
});

Deno.test("Pump.tryRead() and tryWrite() never wait", async () => {
  await using p = await pair({ limit: 1024 });
  await handshake(p);
  assertEquals(p.client.tryRead(new Uint8Array(8)), SSL_WANT_READ);
  let taken = 0;
  for (;;) {
    const n = p.server.tryWrite(new Uint8Array(20000));
    if (typeof n !== "number") break;
    taken += n;
  }
  assert(taken > 0 && taken <= (1 << 17) + 1024, `took ${taken}`);
  let got = 0;
  const buffer = new Uint8Array(4096);
  while (got < taken) {
    const n = p.client.tryRead(buffer);
    if (typeof n === "number") got += n;
    else await p.client.ready(SSL_WANT_READ);
  }
  assertEquals(got, taken);
});

Deno.test("OpenSSL engine turns a throwing verify hook into the error of the handshake", async () => {
  await using p = await pair({
    client: {
      hooks: {
        verify: () => {
          throw new Error("thrown inside");
        },
      },
    },
  });
  const [atClient] = await handshake(p);
  assertEquals((atClient as Error).message, "thrown inside");
  assertEquals(p.client.established, false);
});

Deno.test("OpenSSL engine survives close() inside its own callback", async () => {
  const before = openHandles();
  {
    const s = await engine.createContext(config("server"));
    let close = () => {};
    const c = await engine.createContext(
      config("client", { hooks: { verify: () => (close(), undefined) } }),
    );
    await using p = pairOf(c, s);
    close = () => p.client.close();
    const [atClient] = await handshake(p);
    assertEquals((atClient as SslError).code, "ECLOSED");
  }
  assert(openHandles() <= before + 2); // the two trust stores, which live as long as their lists
});

Deno.test("OpenSSL engine keeps a few stores for one list of anchors, each of them right", async () => {
  const others = await Promise.all(Array.from({ length: 12 }, () => TestCa.create()));
  const { anchors } = config("client").trust;
  const trust = (...extra: TestCa[]) => ({
    trust: {
      anchors,
      extra: extra.map(({ certificate }) => certificate.der),
      crls: [],
      checkCrl: "none" as const,
    },
  });
  const before = openHandles();
  for (let round = 0; round < 2; round++) {
    for (const [i, other] of others.entries()) {
      const presented = {
        ...trust(),
        credentials: [credential(await other.server("localhost"))],
      };
      await using good = await pair({ client: trust(other), server: presented });
      assertEquals(await handshake(good), [undefined, undefined]);
      const stranger = others[(i + 1) % others.length]!;
      await using bad = await pair({ client: trust(stranger), server: presented });
      assertInstanceOf((await handshake(bad))[0], SslVerifyError);
    }
  }
  assert(openHandles() - before <= 8, `${openHandles() - before} are kept`);
});

Deno.test("OpenSSL engine survives a callback that uses another connection", async () => {
  const s = await engine.createContext(config("server"));
  const inner = await engine.createContext(config("client"));
  const c = await engine.createContext(config("client", {
    hooks: {
      verify: () => {
        const other = pairOf(inner, s);
        other.client.tryHandshake();
        other.client.close();
        other.server.close();
        return undefined;
      },
    },
  }));
  await using p = pairOf(c, s);
  assertEquals(await handshake(p), [undefined, undefined]);
  await p.client.write(text("still works"));
  assertEquals(string(await readExactly(p.server, 11)), "still works");
  inner.close();
});

Deno.test("OpenSSL engine chooses the context by the ClientHello, at once or in a promise", async () => {
  const other = await ca.server("other.example");
  const chosen = await engine.createContext(
    config("server", { credentials: [credential(other)], verifyMode: 3 }),
  );
  const seen: string[] = [];
  for (const answer of [chosen, Promise.resolve(chosen)]) {
    await using p = await pair({
      client: { credentials: [credential(client)], alpn: ["h2", "x"] },
      server: {
        hooks: {
          selectContext: (name, user, hello) => {
            seen.push(name, String(user), hello.alpnProtocols.join());
            return answer;
          },
        },
      },
      params: { serverName: "Other.Example" },
    });
    assertEquals(await handshake(p), [undefined, undefined]);
    assertEquals(p.client.peerChain()[0], other.certificate.der);
    assertEquals(p.server.peerChain()[0], client.certificate.der); // the chosen context's own mode
    await p.client.write(text("ok"));
    assertEquals(string(await readExactly(p.server, 2)), "ok");
  }
  assertEquals(seen, Array(2).fill(["other.example", "the user", "h2,x"]).flat());
  chosen.close();
});

Deno.test("OpenSSL engine refuses a name with unrecognized_name, and a failing choice altogether", async () => {
  const answers: [() => unknown, RegExp][] = [
    [() => null, /no certificate for "localhost"/],
    [() => Promise.resolve(null), /no certificate for "localhost"/],
    [() => Promise.reject(new Error("no database")), /no database/],
    [() => {
      throw new Error("no file");
    }, /no file/],
  ];
  for (const [answer, expected] of answers) {
    await using p = await pair({
      server: { hooks: { selectContext: answer as () => undefined } },
    });
    const [atClient, atServer] = await handshake(p);
    assertMatch((atServer as Error).message, expected);
    assertInstanceOf(atClient, SslPeerError);
    if (String(answer).includes("null")) assertEquals(atClient.alert, "unrecognized_name");
  }
});

for (const [name, version] of VERSIONS) {
  for (const role of ["client", "server"] as const) {
    const over = (verifyEach: () => boolean | Promise<boolean>) => ({
      client: {
        ...version,
        credentials: [credential(client)],
        ...(role === "client" ? { hooks: { verifyEach } } : {}),
      },
      server: {
        ...version,
        verifyMode: 3,
        ...(role === "server" ? { hooks: { verifyEach } } : {}),
      },
    });

    Deno.test(`OpenSSL engine lets nothing go while a ${role}'s verifier decides over ${name}`, async () => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      let asked = 0;
      await using p = await pair(over(() => (asked++, promise)));
      const side = role === "client" ? p.clientSide : p.serverSide;
      const both = handshake(p);
      while (asked === 0) await new Promise((r) => setTimeout(r, 1));
      side.record = true;
      await new Promise((r) => setTimeout(r, 30));
      assertEquals(side.written.length, 0);
      assertEquals(p[role].established, false);
      resolve(true);
      assertEquals(await both, [undefined, undefined]);
    });

    Deno.test(`OpenSSL engine refuses when a ${role}'s verifier says no or fails over ${name}`, async () => {
      const answers: (() => boolean | Promise<boolean>)[] = [
        () => false,
        () => Promise.resolve(false),
        () => Promise.resolve("true" as unknown as boolean),
        () => Promise.reject(new Error("verifier failed")),
        () => 1 as unknown as boolean,
        () => undefined as unknown as boolean,
      ];
      for (const answer of answers) {
        await using p = await pair(over(answer));
        const [atClient, atServer] = await handshake(p);
        assertInstanceOf(role === "client" ? atClient : atServer, Error, String(answer));
        assertEquals(p[role].established, false);
      }
    });
  }

  Deno.test(`OpenSSL engine resumes sessions over ${name}`, async () => {
    const sessions: Uint8Array[] = [];
    const c = await engine.createContext(
      config("client", {
        ...version,
        sessions: true,
        hooks: { newSession: (s) => void sessions.push(s) },
      }),
    );
    const s = await engine.createContext(config("server", version));
    {
      const p = pairOf(c, s);
      await handshake(p);
      await p.server.write(text("x"));
      await readExactly(p.client, 1);
      assertEquals(p.client.negotiated().reused, false);
      p.client.close();
      p.server.close();
    }
    assert(sessions.length > 0);
    await using p = pairOf(c, s, { params: { session: sessions.at(-1)! } });
    assertEquals(await handshake(p), [undefined, undefined]);
    assertEquals(p.client.negotiated().reused, true);
    assertEquals(p.client.peerChain()[0], server.certificate.der);
  });

  Deno.test(`OpenSSL engine judges resumed sessions again over ${name}`, async () => {
    const sessions: Uint8Array[] = [];
    const s = await engine.createContext(config("server", version));
    const lenient = await engine.createContext(
      config("client", {
        ...version,
        sessions: true,
        hooks: { newSession: (x) => void sessions.push(x) },
      }),
    );
    const p = pairOf(lenient, s);
    await handshake(p);
    await p.server.write(text("x"));
    await readExactly(p.client, 1);
    p.client.close();
    p.server.close();
    const refusing = await engine.createContext(
      config("client", {
        ...version,
        hooks: { verify: (e) => new SslVerifyError(`resumed: ${e.resumed}`) },
      }),
    );
    await using q = pairOf(refusing, s, { params: { session: sessions.at(-1)! } });
    const [atClient] = await handshake(q);
    assertEquals((atClient as Error).message, "resumed: true");
    lenient.close();
  });

  Deno.test(`OpenSSL engine uses pre-shared keys over ${name}`, async () => {
    const key = text("0123456789abcdef");
    const hooks = (identity: string, secret = key) => ({
      psk: (name: Uint8Array | undefined) =>
        name === undefined || string(name) === identity || name.length === 0
          ? { identity: text(identity), key: secret }
          : undefined,
    });
    const side = (identity: string, secret?: Uint8Array) => ({
      ...version,
      psk: true,
      hooks: hooks(identity, secret),
    });
    {
      await using p = await pair({
        client: side("me"),
        server: { ...side("me"), credentials: [] },
      });
      assertEquals(await handshake(p), [undefined, undefined]);
      await p.client.write(text("ping"));
      assertEquals(string(await readExactly(p.server, 4)), "ping");
    }
    await using p = await pair({
      client: side("me", text("another key 1234")),
      server: { ...side("me"), credentials: [] },
    });
    const [atClient, atServer] = await handshake(p);
    assert(atClient instanceof SslError && atServer instanceof SslError);
  });

  Deno.test(`OpenSSL engine staples an OCSP response over ${name}`, async () => {
    const staple = await ca.ocspResponse(server);
    const seen: (Uint8Array | undefined)[] = [];
    const client = {
      ...version,
      requestOcsp: true,
      hooks: { ocsp: (r: Uint8Array | undefined) => (seen.push(r), undefined) },
    };
    {
      await using p = await pair({
        client,
        server: { ...version, hooks: { ocspStaple: () => staple } },
      });
      assertEquals(await handshake(p), [undefined, undefined]);
    }
    {
      await using p = await pair({ client, server: version });
      assertEquals(await handshake(p), [undefined, undefined]);
    }
    assertEquals(seen, [staple, undefined]);
    await using p = await pair({
      client: { ...client, hooks: { ocsp: () => new SslVerifyError("revoked") } },
      server: { ...version, hooks: { ocspStaple: () => staple } },
    });
    const [atClient, atServer] = await handshake(p);
    assertEquals((atClient as Error).message, "revoked");
    if (name === "TLS 1.2") {
      assertEquals((atServer as SslError).alert, "bad_certificate_status_response");
    }
  });

  Deno.test(`OpenSSL engine writes a key log and a message trace over ${name}`, async () => {
    const lines: [string[], string[]] = [[], []];
    const messages: number[] = [];
    await using p = await pair({
      client: {
        ...version,
        hooks: {
          keylog: (line) => void lines[0].push(line),
          message: (m) => void (m.contentType === 22 && messages.push(m.bytes[0]!)),
        },
      },
      server: { ...version, hooks: { keylog: (line) => void lines[1].push(line) } },
    });
    await handshake(p);
    assertEquals(lines[0].toSorted(), lines[1].toSorted());
    assert(lines[0].length > 0 && messages.includes(1) && messages.includes(2));
  });
}

Deno.test("OpenSSL engine negotiates NPN over TLS 1.2", async () => {
  await using p = await pair({
    client: { ...V12, npn: ["two", "three"] },
    server: { ...V12, npn: ["one", "two"] },
  });
  assertEquals(await handshake(p), [undefined, undefined]);
  assertEquals([p.client.negotiated().npn, p.server.negotiated().npn], ["two", "two"]);
});

Deno.test("OpenSSL engine agrees on the server's first ALPN protocol, or fails", async () => {
  {
    await using p = await pair({
      client: { alpn: ["two", "three"] },
      server: { alpn: ["one", "two"] },
    });
    await handshake(p);
    assertEquals([p.client.negotiated().alpn, p.server.negotiated().alpn], ["two", "two"]);
  }
  await using p = await pair({ client: { alpn: ["a"] }, server: { alpn: ["b"] } });
  const [atClient, atServer] = await handshake(p);
  assertEquals((atClient as SslError).alert, "no_application_protocol");
  assertMatch((atServer as Error).message, /we have b, the client offers a/);
});

Deno.test("OpenSSL engine encrypts tickets under rotating keys", async () => {
  const keyOf = (n: number) => ({
    name: new Uint8Array(16).fill(n),
    key: new Uint8Array(32).fill(n),
  });
  let current = 1;
  const known = new Set([1]);
  const sessions: Uint8Array[] = [];
  const make = () =>
    engine.createContext(config("server", {
      sessionIdContext: text("shared"),
      hooks: {
        ticketKey: (name) =>
          name === undefined
            ? keyOf(current)
            : known.has(name[0]!)
            ? { ...keyOf(name[0]!), renew: name[0] !== current }
            : undefined,
      },
    }));
  const [s1, s2] = [await make(), await make()];
  const c = await engine.createContext(
    config("client", {
      ...V13,
      sessions: true,
      hooks: { newSession: (x) => void sessions.push(x) },
    }),
  );
  const connect = async (s: typeof s1) => {
    const session = sessions.at(-1);
    const p = pairOf(c, s, session ? { params: { session } } : {});
    assertEquals(await handshake(p), [undefined, undefined]);
    await p.server.write(text("x"));
    await readExactly(p.client, 1);
    const { reused } = p.client.negotiated();
    p.client.close();
    p.server.close();
    return reused;
  };
  assertEquals([await connect(s1), await connect(s2), await connect(s1)], [false, true, true]);
  current = 2;
  known.add(2);
  assertEquals([await connect(s1), await connect(s2)], [true, true]);
  known.delete(1);
  assertEquals(await connect(s2), true); // the ticket was renewed under key 2
  known.delete(2);
  assertEquals(await connect(s1), false);
  for (const context of [s1, s2, c]) context.close();
});

Deno.test("OpenSSL engine frees what it allocates", async () => {
  const s = await engine.createContext(config("server"));
  const c = await engine.createContext(config("client"));
  const before = openHandles();
  for (let i = 0; i < 50; i++) {
    const p = pairOf(c, s);
    if (i % 2) await handshake(p);
    else p.client.tryHandshake();
    p.client.close();
    p.server.close();
  }
  assertEquals(openHandles(), before);
  c.close();
  s.close();
});
