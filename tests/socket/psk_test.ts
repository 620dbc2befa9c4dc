/** Pre-shared keys from the options to the wire, on TLS 1.2 and 1.3. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { psk as isPsk } from "../../context/option_values.ts";
import { pskSetup } from "../../context/psk.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { SslUnsupportedError } from "../../errors.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, readText, testPki } from "../contract/harness.ts";
import { isFrom } from "../helpers/openssl.ts";
import { alerted, inWords } from "../helpers/refusal.ts";

/** The first of the suites with SHA-256, with which alone OpenSSL uses the keys. */
const { aesByTables } = openLibrary();
const CHACHA20 = "TLS_CHACHA20_POLY1305_SHA256";

const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;
const { ca, other, server: serverCert } = await testPki();
const clientCert = await ca.client("a client");

interface Meeting {
  readonly error?: Error;
  readonly serverError?: Error;
  readonly reused?: boolean | undefined;
  readonly cipher?: string | undefined;
  readonly peer?: string | undefined;
  readonly report?: VerifyReport;
  readonly server?: VerifyReport;
}

type Listening = Awaited<ReturnType<typeof SslSocket.listen>>;

function listen(options: ListenOptions): Promise<Listening> {
  return SslSocket.listen({ engine: "openssl", hostname: "127.0.0.1", port: 0, ...options });
}

/** Ping and pong, or what went wrong. */
async function meet(listener: Listening, options: ConnectOptions): Promise<Meeting> {
  const { port } = listener.addr;
  const all = { engine: "openssl" as const, hostname: "localhost", family: 4 as const, port };
  const accepting = (async () => {
    const socket = await listener.accept();
    try {
      assertEquals(await readText(socket, 4), "ping");
      await socket.write(bytes("pong"));
      return socket.report;
    } finally {
      await socket.close();
    }
  })();
  const [client, server] = await Promise.allSettled([
    (async () => {
      const socket = await SslSocket.connect({ ...all, ca: [], ...options });
      try {
        await socket.write(bytes("ping"));
        assertEquals(await readText(socket, 4), "pong");
        return {
          reused: socket.getSessionReused(),
          cipher: socket.getCipher(),
          peer: socket.peerCertificate()?.subject,
          report: socket.report,
        };
      } finally {
        await socket.close();
      }
    })(),
    accepting,
  ]);
  return {
    ...(client.status === "fulfilled" ? client.value : { error: client.reason }),
    ...(server.status === "fulfilled" ? { server: server.value } : { serverError: server.reason }),
  };
}

/** What a meeting was refused by, on the client's and on the server's side. */
const refusal = ({ error, serverError }: Meeting): [client: string, server: string] => [
  inWords(error),
  inWords(serverError),
];

const UNKNOWN_CA = "SslVerifyError UNABLE_TO_GET_ISSUER_CERT_LOCALLY";
/** The server's key for the identity is another one. */
const WRONG_KEY = {
  TLSv1_2: [alerted("bad_record_mac"), "SslPeerError ERR_SSL_BAD_RECORD"],
  TLSv1_3: [
    alerted(isFrom(0x30500000) ? "decrypt_error" : "illegal_parameter"),
    "SslPeerError ERR_SSL_BINDER_DOES_NOT_VERIFY",
  ],
};
/** The server has nothing for the client: neither a key nor a certificate. */
const NOTHING = [alerted("handshake_failure"), "SslPeerError ERR_SSL_INCOMPATIBLE"];
const NO_SUCH_IDENTITY = {
  TLSv1_2: [alerted("unknown_psk_identity"), "SslPeerError ERR_SSL_PSK_IDENTITY_NOT_FOUND"],
  TLSv1_3: NOTHING,
};

for (const version of VERSIONS) {
  for (const credentials of ["without a certificate", "with a certificate too"] as const) {
    Deno.test(`t/psk: its seven cases, a server ${credentials} (${version})`, async () => {
      const own = credentials === "without a certificate" ? {} : serverCert;
      const listener = await listen({
        ...own,
        version,
        psk: { foo: "foobar", io_socket_ssl: "barfoot", "": "deadbeef" },
      });
      const cases: [ConnectOptions["psk"], boolean][] = [
        [["foo", "foobar"], true],
        [["foo", "barfoot"], false],
        [["io_socket_ssl", "barfoot"], true],
        ["barfoot", true],
        [["yikes", "barfoot"], false],
        [["yikes", "deadbeef"], true],
        [["foo", "deadbeef"], false],
      ];
      for (const [psk, fine] of cases) {
        const met = await meet(listener, { psk });
        const { error, serverError, peer, report, cipher } = met;
        if (!fine) {
          assertEquals(refusal(met), WRONG_KEY[version], String(psk));
          continue;
        }
        assertEquals([error, serverError], [undefined, undefined], String(psk));
        assertEquals(peer, undefined); // the certificate was not used
        assertEquals(report?.ok, true);
        assertStringIncludes(report!.checks[0]!.detail, "pre-shared key");
        if (version === "TLSv1_2") assertStringIncludes(cipher!, "ECDHE-PSK");
        else assertEquals(cipher, aesByTables ? CHACHA20 : "TLS_AES_128_GCM_SHA256");
      }
      listener.close();
    });
  }

  Deno.test(`keys are bytes, strings their UTF-8 (${version})`, async () => {
    const listener = await listen({
      version,
      psk: { "ünïcode": new Uint8Array([0, 1, 255, 0]), text: "schlüssel" },
    });
    const fine: ConnectOptions["psk"][] = [
      ["ünïcode", new Uint8Array([0, 1, 255, 0])],
      [new TextEncoder().encode("ünïcode"), new Uint8Array([0, 1, 255, 0])],
      ["text", new TextEncoder().encode("schlüssel")],
    ];
    for (const psk of fine) assertEquals((await meet(listener, { psk })).error, undefined);
    const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
    const wrong: [ConnectOptions["psk"], string[]][] = [
      [["ünïcode", new Uint8Array([0, 1, 255])], WRONG_KEY[version]],
      [[latin1("ünïcode"), new Uint8Array([0, 1, 255, 0])], NO_SUCH_IDENTITY[version]],
      [["text", latin1("schlüssel")], WRONG_KEY[version]],
      [["__proto__", "x"], NO_SUCH_IDENTITY[version]],
      [["toString", "x"], NO_SUCH_IDENTITY[version]],
    ];
    for (const [psk, expected] of wrong) {
      assertEquals(refusal(await meet(listener, { psk })), expected, String(psk));
    }
    listener.close();
  });

  Deno.test(`a bare key of a server holds for every identity (${version})`, async () => {
    const listener = await listen({ version, psk: "secret" });
    assertEquals((await meet(listener, { psk: "secret" })).error, undefined);
    assertEquals((await meet(listener, { psk: ["anyone", "secret"] })).error, undefined);
    assertEquals(refusal(await meet(listener, { psk: "other" })), WRONG_KEY[version]);
    listener.close();
  });

  Deno.test(`without the key a certificate is needed, and it is verified as ever (${version})`, async () => {
    // The server knows no key: it answers with a certificate.
    const plain = await listen({ ...serverCert, version });
    const psk = "secret";
    assertEquals(refusal(await meet(plain, { psk })), [UNKNOWN_CA, alerted("unknown_ca")]);
    const trusted = await meet(plain, { psk, ca: ca.pem });
    assertEquals(trusted.error, undefined);
    assert(trusted.peer !== undefined);
    assertEquals(trusted.report?.checks.some((c) => c.detail.includes("pre-shared")), false);
    const wrongName = await meet(plain, { psk, ca: ca.pem, verifycnName: "other.example" });
    assertEquals(refusal(wrongName), [
      "SslVerifyError HOSTNAME_MISMATCH",
      alerted("bad_certificate"),
    ]);
    plain.close();
    // The server knows the identity not: the same.
    const strict = await listen({ ...serverCert, version, psk: { someone: "else" } });
    const unknown = await meet(strict, { psk });
    if (version === "TLSv1_2") assertEquals(refusal(unknown), NO_SUCH_IDENTITY.TLSv1_2);
    else {
      assertEquals(refusal(unknown), [UNKNOWN_CA, alerted("unknown_ca")]);
      assertEquals((await meet(strict, { psk, ca: ca.pem })).error, undefined);
    }
    // A client without a key gets the certificate.
    const none = await meet(strict, { ca: ca.pem });
    assertEquals(none.error, undefined);
    assertEquals(refusal(await meet(strict, {})), [UNKNOWN_CA, alerted("unknown_ca")]);
    strict.close();
  });

  Deno.test(`a server without a certificate has nothing for a client without a key (${version})`, async () => {
    const listener = await listen({ version, psk: "secret" });
    assertEquals(refusal(await meet(listener, { ca: ca.pem })), NOTHING);
    listener.close();
  });

  Deno.test(`a server that demands certificates takes the key instead, and nothing else (${version})`, async () => {
    const demands = { verifyMode: 3, clientCa: ca.pem };
    const listener = await listen({ ...serverCert, version, psk: { me: "secret" }, ...demands });
    const byKey = await meet(listener, { psk: ["me", "secret"] });
    assertEquals([byKey.error, byKey.serverError], [undefined, undefined]);
    assertEquals(byKey.server?.ok, true);
    assertStringIncludes(byKey.server!.checks[0]!.detail, "pre-shared key");
    const mine = { cert: clientCert.cert, key: clientCert.key };
    const byCert = await meet(listener, { ca: ca.pem, ...mine });
    assertEquals([byCert.error, byCert.serverError], [undefined, undefined]);
    assertStringIncludes(byCert.server!.checks[0]!.detail, "verified");
    assertEquals(refusal(await meet(listener, { ca: ca.pem })), [
      alerted(version === "TLSv1_2" ? "handshake_failure" : "certificate_required"),
      "SslPeerError ERR_SSL_NO_CERTIFICATE",
    ]);
    assertEquals(refusal(await meet(listener, { psk: ["me", "wrong"] })), WRONG_KEY[version]);
    const stranger = await other.client("a stranger");
    const foreign = { ca: ca.pem, cert: stranger.cert, key: stranger.key };
    assertEquals(refusal(await meet(listener, foreign)), [alerted("unknown_ca"), UNKNOWN_CA]);
    listener.close();
  });

  Deno.test(`a client with neither key nor certificate is not taken for one with a key, also when it resumes (${version})`, async () => {
    // verifyMode 1: a certificate is asked for, not demanded; the report must not claim a key.
    const optional = { verifyMode: 1, clientCa: ca.pem };
    const listener = await listen({ ...serverCert, version, psk: { me: "secret" }, ...optional });
    const sessionCache = new SessionCache(5);
    for (const expected of [false, true]) {
      const { reused, server, error } = await meet(listener, { ca: ca.pem, sessionCache });
      assertEquals([error, reused], [undefined, expected]);
      assert(!server!.checks.some((c) => c.ok === undefined && /knows the/.test(c.detail)));
    }
    listener.close();
  });

  Deno.test(`forceFingerprint wants a certificate, key or not (${version})`, async () => {
    const listener = await listen({ ...serverCert, version, psk: { me: "secret" } });
    const pin = serverCert.certificate.fingerprint();
    const psk = ["me", "secret"] as const;
    const pinned = await meet(listener, { psk, fingerprint: pin, forceFingerprint: true });
    assertEquals(inWords(pinned.error), "SslVerifyError FINGERPRINT_MISMATCH");
    // It gives up at the end of the handshake, without an alert.
    assertMatch(inWords(pinned.serverError), /HANDSHAKE_EOF$|TRUNCATED$|ECONNRESET$/);
    assertEquals((await meet(listener, { psk, fingerprint: pin })).error, undefined);
    listener.close();
  });

  Deno.test(`sessions that began with a key are resumed with that key's settings only (${version})`, async () => {
    const listener = await listen({ version, psk: { me: "secret", you: "other" } });
    const sessionCache = new SessionCache(20);
    const mine = { psk: ["me", "secret"] as const, sessionCache, sessionKey: "key" };
    const first = await meet(listener, mine);
    assertEquals(first.error, undefined);
    // OpenSSL counts a key of TLS 1.3 as a session.
    assertEquals(first.reused, version === "TLSv1_3");
    assert(sessionCache.size > 0);
    const [session] = sessionCache.sessions("key");
    const again = await meet(listener, mine);
    assertEquals([again.error, again.reused, again.report?.ok], [undefined, true, true]);
    assert(!sessionCache.sessions("key").includes(session!) || version === "TLSv1_2");
    // Another key, another digest.
    const policies = () => new Set(sessionCache.sessions("key").map((s) => s.policy)).size;
    assertEquals(policies(), 1);
    const you = await meet(listener, { ...mine, psk: ["you", "other"] });
    assertEquals([you.error, you.reused], [undefined, version === "TLSv1_3"]);
    assertEquals(policies(), 2);
    // And none without a key: neither a resumption nor a connection.
    const { psk: _, ...without } = mine;
    assertEquals(refusal(await meet(listener, without)), NOTHING);
    listener.close();
  });

  Deno.test(`clients can resume at a server with a key for every identity (${version})`, async () => {
    const listener = await listen({ ...serverCert, version, psk: "secret" });
    const sessionCache = new SessionCache(20);
    for (let i = 0; i < 4; i++) {
      const { error } = await meet(listener, { ca: ca.pem, sessionCache });
      assertEquals(error, undefined);
      const byKey = await meet(listener, { psk: "secret", sessionCache, sessionKey: "psk" });
      assertEquals(byKey.error, undefined);
    }
    listener.close();
  });
}

Deno.test("a cipherList and ciphersuites that are given are left alone", async () => {
  const listener = await listen({ psk: "secret", cipherList: "DHE-PSK-AES256-GCM-SHA384" });
  const options = { psk: "secret", version: "TLSv1_2" };
  assertEquals((await meet(listener, options)).cipher, "DHE-PSK-AES256-GCM-SHA384");
  const suites = { ciphersuites: "TLS_CHACHA20_POLY1305_SHA256" };
  assertEquals(
    (await meet(listener, { psk: "secret", ...suites })).cipher,
    "TLS_CHACHA20_POLY1305_SHA256",
  );
  // SHA384 fits no such key: there is nothing else, so nothing comes of it.
  const never = { psk: "secret", ciphersuites: "TLS_AES_256_GCM_SHA384", version: "TLSv1_3" };
  assertEquals(refusal(await meet(listener, never)), NOTHING);
  listener.close();
});

Deno.test("psk without a certificate serves any name", async () => {
  const listener = await listen({ psk: "secret", cipherList: { "": "PSK", "a.example": "PSK" } });
  for (const serverName of ["a.example", "b.example", ""]) {
    const options = { psk: "secret", serverName, verifycnName: "localhost" };
    assertEquals((await meet(listener, options)).error, undefined, serverName);
  }
  listener.close();
});

Deno.test("psk is checked, and never shown", async () => {
  const bad: unknown[] = [
    "",
    new Uint8Array(),
    [],
    ["identity"],
    ["identity", ""],
    ["", "key"],
    ["a\0b", "key"],
    ["a", "b", "c"],
    {},
    { a: "" },
    { a: 5 },
    { "a\0b": "key" },
    5,
    true,
    null,
  ];
  for (const psk of bad) assert(isPsk(psk) !== undefined, JSON.stringify(psk));
  for (const psk of ["k", new Uint8Array(1), ["a", "b"], { "": "k" }, { a: "k" }]) {
    assertEquals(isPsk(psk), undefined);
  }
  const error = await assertRejects(
    () => SslSocket.connect("localhost:1", { psk: ["secret", ""] }),
    TypeError,
  );
  assert(!error.message.includes("secret"), error.message);
});

Deno.test("the form of psk of the other role is a TypeError", async () => {
  await assertRejects(() => listen({ psk: ["me", "secret"] }), TypeError, "is for clients");
  await assertRejects(
    () => SslSocket.connect("localhost:1", { engine: "openssl", ca: [], psk: { me: "secret" } }),
    TypeError,
    "is for servers",
  );
  await assertRejects(
    () => SslSocket.connect("localhost:1", { engine: "openssl", ca: [], psk: "x".repeat(0) }),
    TypeError,
  );
});

Deno.test("an identity or a key that is too long fails the connection with the limit", async () => {
  const listener = await listen({ psk: { me: "secret" } });
  for (const psk of [["x".repeat(600), "secret"], ["me", "x".repeat(600)]] as const) {
    const { error } = await meet(listener, { psk });
    assertInstanceOf(error, Error);
    assertStringIncludes(String((error as { cause?: Error }).cause ?? error), "at most");
  }
  listener.close();
});

Deno.test("pskSetup() of a server finds keys by exact identity", () => {
  const { psk, anyIdentity } = pskSetup("server", { a: "1", b: "2" });
  const key = (identity: string) => psk(bytes(identity), undefined)?.key;
  assertEquals(key("a"), bytes("1"));
  assertEquals(key("A"), undefined);
  assertEquals(key(""), undefined);
  assertEquals(key("hasOwnProperty"), undefined);
  assertEquals(psk(Uint8Array.of(0xff, 0xfe), undefined), undefined);
  assertEquals(anyIdentity, false);
  const all = pskSetup("server", { a: "1", "": "3" });
  assertEquals(all.psk(Uint8Array.of(0xff, 0xfe), undefined)?.key, bytes("3"));
  assertEquals(all.anyIdentity, true);
});

Deno.test("the Deno engine refuses pre-shared keys", async () => {
  const error = await assertRejects(
    () => SslSocket.connect("localhost:1", { engine: "deno", psk: "secret" }),
    SslUnsupportedError,
  );
  assertStringIncludes(error.message, 'Cannot use option "psk"');
  assertStringIncludes(error.message, "--allow-ffi");
  await assertRejects(
    () => SslSocket.listen({ engine: "deno", port: 0, psk: "secret" }),
    SslUnsupportedError,
  );
});

Deno.test("an identity equals a name of the record byte for byte, and one that is not UTF-8 equals none", () => {
  const keys = { "me": new Uint8Array([1]), "\ufffd": new Uint8Array([2]) };
  const { psk, anyIdentity } = pskSetup("server", keys);
  const keyOf = (identity: Uint8Array) => psk(identity, undefined)?.key;
  assertEquals(anyIdentity, false);
  assertEquals(keyOf(bytes("me")), keys.me);
  assertEquals(keyOf(bytes("\ufeffme")), undefined, "a byte order mark is part of a name");
  assertEquals(keyOf(Uint8Array.of(0xff)), undefined);
  const others = pskSetup("server", { ...keys, "": new Uint8Array([3]) });
  assertEquals(others.anyIdentity, true);
  for (const identity of [bytes("you"), Uint8Array.of(0xff), bytes("\ufeffme")]) {
    assertEquals(others.psk(identity, undefined), { identity, key: Uint8Array.of(3) });
  }
});
