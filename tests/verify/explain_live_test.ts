/** explain() on live connections that failed: what it must say, and that what it advises works. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { certCreate, selfSigned, TestCa } from "../../certificate/mod.ts";
import { engineInfo } from "../../engine/select.ts";
import { ALERTS as ALERT_NUMBERS } from "../../engine/alerts.ts";
import {
  type ConnectOptions,
  explain,
  SslError,
  SslPeerError,
  SslSocket,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
  verifyCertificate,
  verifyCode,
  verifyErrno,
} from "../../mod.ts";
import { ALERTS, alertText } from "../../verify/explain/alerts.ts";
import { byCode, byVerifyCode } from "../../verify/explain/openssl_codes.ts";
import { type EngineName, meet } from "./live.ts";
import { rows } from "./refusals.ts";

const [BY_CODE, BY_VERIFY_CODE] = [byCode(), byVerifyCode()];

const ENGINES = ["openssl", "deno"] as const;
const ca = await TestCa.create();
const good = await ca.server("localhost");
const trust = (engine: EngineName): ConnectOptions =>
  engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem };

/** The lines after the message. */
const told = (error: unknown): string => explain(error).split("\n").slice(1).join("\n");

// ---- certificates

Deno.test("self-signed: the pin line has the certificate's own fingerprint, and that pin works", async () => {
  const server = await selfSigned("localhost");
  const { error } = await meet({ server, client: { ca: [] } });
  const text = told(error);
  const pin = /fingerprint: "([^"]+)"/.exec(text)?.[1];
  assertEquals(pin, server.certificate.fingerprint());
  assertEquals((await meet({ server, client: { ca: [], fingerprint: pin! } })).greeting, "hallo");
  assertStringIncludes(text, "give it as ca");
  const own = { ca: server.certificate };
  assertEquals((await meet({ server, client: own })).greeting, "hallo");
});

Deno.test("deno: self-signed: extraCa is named, and works", async () => {
  const server = await selfSigned("localhost");
  const { error } = await meet({ engine: "deno", server });
  assertMatch(told(error), /the certificate itself, when it is self-signed.* extraCa/);
  const client = { extraCa: server.certificate };
  assertEquals((await meet({ engine: "deno", server, client })).greeting, "hallo");
});

Deno.test("a missing intermediate: which, where it is, and with it the chain is right", async () => {
  const inter = await ca.intermediate();
  const url = "http://pki.example/inter.crt";
  const leaf = await inter.server({ names: ["localhost"], aiaIssuers: [url] });
  const alone = { cert: leaf.certificate.pem, key: leaf.key };
  const { error } = await meet({ server: alone, client: { ca: ca.pem } });
  const text = told(error);
  assertStringIncludes(text, `the peer did not send its issuer "${inter.cert.subject}"`);
  assertStringIncludes(text, `the server forgot to send it; it is published at ${url}`);
  const client = { ca: ca.pem, extraCa: inter.pem };
  assertEquals((await meet({ server: alone, client })).greeting, "hallo");
  assertEquals((await meet({ server: leaf, client: { ca: ca.pem } })).greeting, "hallo");
  const deno = await meet({ engine: "deno", server: alone, client: { extraCa: ca.pem } });
  assertMatch(told(deno.error), /the server forgot to send an intermediate CA/);
});

Deno.test("expired and not yet valid: when, and what the clock says, on both engines", async () => {
  const now = Date.now();
  const notAfter = new Date(Math.floor(now / 1000) * 1000 - 5 * 86_400_000);
  const notBefore = new Date(Math.floor(now / 1000) * 1000 + 5 * 86_400_000 + 60_000);
  const old = await ca.server({ names: ["localhost"], notBefore: new Date(now - 9e8), notAfter });
  const young = await ca.server({ names: ["localhost"], notBefore, notAfter: new Date(now + 9e8) });
  const iso = (date: Date) => date.toISOString().replace(".000", "");
  const today = new Date().toISOString().slice(0, 10);
  for (const engine of ENGINES) {
    const expired = told((await meet({ engine, server: old, client: trust(engine) })).error);
    assertStringIncludes(expired, `expired on ${iso(notAfter)}, 5 days ago`);
    assertStringIncludes(expired, `This machine's clock says ${today}`);
    const early = told((await meet({ engine, server: young, client: trust(engine) })).error);
    assertStringIncludes(early, `valid from ${iso(notBefore)} on, in 5 days`);
    assertStringIncludes(early, `This machine's clock says ${today}`);
  }
});

Deno.test("a wrong name: the name asked for and all names of the certificate, on both engines", async () => {
  const server = await ca.server("a.example", "*.b.example", "192.0.2.7");
  for (const engine of ENGINES) {
    const client = { ...trust(engine), serverName: "c.example" };
    const text = told((await meet({ engine, server, client })).error);
    for (
      const part of [
        'You connected to "c.example"',
        "DNS:a.example",
        "DNS:*.b.example",
        "192.0.2.7",
      ]
    ) {
      assertStringIncludes(text, part);
    }
  }
  const { cert, key } = await certCreate({
    subject: { commonName: "localhost" },
    purpose: "server",
    issuer: [ca.cert, ca.privateKey],
  });
  const old = { cert: cert.pem, key: key.pem };
  const { error } = await meet({ server: old, client: { ca: ca.pem } });
  assertStringIncludes(told(error), 'verifycnScheme: "default" does');
  const client = { ca: ca.pem, verifycnScheme: "default" } as const;
  assertEquals((await meet({ server: old, client })).greeting, "hallo");
});

Deno.test("revoked: since when and why, and that no pin helps", async () => {
  const server = await ca.revoked("localhost");
  const { error } = await meet({ server, client: { ca: ca.pem, checkCrl: true, crl: ca.crl() } });
  assertMatch(told(error), /revoked by its issuer \(since \d{4}-\S+Z, keyCompromise\)/);
});

// ---- what either side offers

Deno.test("no version in common: what each side offers, told on both sides", async () => {
  const { error, serverError } = await meet({
    server: { ...good, version: "TLSv1_2" },
    client: { ca: ca.pem, version: "TLSv1_3" },
  });
  assertMatch(told(error), /We offered: versions TLSv1_3; ciphers all suites of TLS 1\.3/);
  const server = told(serverError);
  assertMatch(server, /We offered: versions TLSv1_2; ciphers the default list/);
  assertMatch(server, /The peer offered: versions TLSv1_3; ciphers .*TLS_AES_256_GCM_SHA384/);
  assertMatch(server, /groups .*X25519/);
  assertInstanceOf(serverError, SslPeerError);
});

Deno.test("no cipher in common: the lists of both sides", async () => {
  const { error, serverError } = await meet({
    server: { ...good, version: "TLSv1_2", cipherList: "ECDHE-ECDSA-AES256-GCM-SHA384" },
    client: { ca: ca.pem, version: "TLSv1_2", cipherList: "ECDHE-ECDSA-AES128-GCM-SHA256" },
  });
  assertStringIncludes(told(error), "ciphers ECDHE-ECDSA-AES128-GCM-SHA256");
  const server = told(serverError);
  assertStringIncludes(
    server,
    "We offered: versions TLSv1_2; ciphers ECDHE-ECDSA-AES256-GCM-SHA384",
  );
  assertStringIncludes(
    server,
    "The peer offered: versions TLSv1_2; ciphers ECDHE-ECDSA-AES128-GCM-SHA256",
  );
  assertEquals((serverError as SslError).code, "ERR_SSL_INCOMPATIBLE");
});

Deno.test("no group in common", async () => {
  const { error, serverError } = await meet({
    server: { ...good, ecdhCurve: "P-384", version: "TLSv1_3" },
    client: { ca: ca.pem, ecdhCurve: "P-256", version: "TLSv1_3" },
  });
  assertMatch(told(error), /We offered: .*groups P-256/);
  assertMatch(told(serverError), /We offered: .*groups P-384/);
  assertMatch(told(serverError), /The peer offered: .*groups P-256/);
});

Deno.test("no ALPN protocol in common, on both sides and engines", async () => {
  for (const engine of ENGINES) {
    const { error, serverError } = await meet({
      engine,
      server: { ...good, alpnProtocols: ["a1", "a2"] },
      client: { ...trust(engine), alpnProtocols: ["b1"] },
    });
    assertMatch(told(error), /We offered: .*ALPN b1/);
    assertMatch(told(serverError), /We offered: .*ALPN a1, a2/);
    assertEquals((serverError as SslError).code, "ERR_SSL_NO_APPLICATION_PROTOCOL");
  }
});

Deno.test("deno: no version in common says what rustls offers", async () => {
  const { error } = await meet({
    engine: "deno",
    server: { ...good, version: "TLSv1_1", cipherList: "DEFAULT@SECLEVEL=0" },
    client: trust("deno"),
  });
  assertMatch(told(error), /no TLS version/);
  assertMatch(told(error), /We offered: versions TLSv1_2, TLSv1_3; ciphers TLS_AES_256/);
});

Deno.test("a server that chose an old version: which", async () => {
  // A ServerHello of TLS 1.0, as an old server answers.
  const hello = new Uint8Array(5 + 4 + 38);
  hello.set([22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1]);
  hello.set([0, 0x2f, 0], 44);
  const { error } = await fake({ answer: hello, engine: "openssl", client: trust("openssl") });
  assertMatch(told(error), /The peer offered: versions TLSv1; ciphers AES128-SHA/);
  assertMatch(told(error), /We offered: versions TLSv1_2, TLSv1_3/);
});

// ---- alerts and what is not TLS

interface Fake {
  /** What the server sends after the first bytes of the client; nothing by default. */
  readonly answer?: Uint8Array;
  /** What it does then. @default {"close"} */
  readonly then?: "close" | "wait";
  readonly engine: EngineName;
  readonly client: ConnectOptions;
}

/** Connects to a peer that does not speak TLS. */
async function fake({ answer, then = "close", engine, client }: Fake): Promise<{ error: unknown }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const over = Promise.withResolvers<void>();
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.read(new Uint8Array(4096));
    if (answer !== undefined) await conn.write(answer);
    if (then === "wait") await over.promise;
    else {
      await conn.closeWrite();
      while (await conn.read(new Uint8Array(4096)).catch(() => null) !== null);
    }
  })();
  try {
    await using socket = await SslSocket.connect(`localhost:${listener.addr.port}`, {
      engine,
      ...client,
    });
    await socket.read(new Uint8Array(1));
    return { error: undefined };
  } catch (error) {
    return { error };
  } finally {
    over.resolve();
    await serving;
  }
}

const alertRecord = (number: number): Uint8Array => Uint8Array.of(21, 3, 3, 0, 2, 2, number);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const engine of ENGINES) {
  const client = trust(engine);

  Deno.test(`${engine}: every alert that is explained, received on a connection`, async () => {
    for (const alert of Object.keys(ALERTS)) {
      const number = Object.entries(ALERT_NUMBERS).find(([, name]) => name === alert)?.[0];
      assert(number !== undefined, alert);
      const { error } = await fake({ answer: alertRecord(Number(number)), engine, client });
      assertInstanceOf(error, SslPeerError, alert);
      assertEquals(error.alert, alert);
      assertEquals(error.code, `ERR_SSL_ALERT_${alert.toUpperCase()}`);
      assertStringIncludes(
        told(error),
        `The server refused the connection with the alert "${alert}".`,
      );
      assertStringIncludes(told(error), alertText(alert, "client")!);
    }
  });

  Deno.test(`${engine}: a peer that does not speak TLS`, async () => {
    for (const answer of ["220 mail.example ESMTP\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
      const { error } = await fake({ answer: utf8(answer), engine, client });
      assertInstanceOf(error, SslPeerError);
      assertEquals(error.code, "ERR_SSL_NOT_TLS");
      assertMatch(told(error), /does not speak TLS on this port\.\nCheck the port.*STARTTLS/);
    }
  });

  Deno.test(`${engine}: a peer that closes in the handshake`, async () => {
    const { error } = await fake({ engine, client });
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.code, "ERR_SSL_HANDSHAKE_EOF");
    assertMatch(told(error), /closed the connection during the handshake/);
  });

  Deno.test(`${engine}: a peer that says nothing`, async () => {
    const { error } = await fake({ engine, then: "wait", client: { ...client, timeout: 50 } });
    assertInstanceOf(error, SslTimeoutError);
    assertMatch(told(error), /did not answer in time/);
  });

  Deno.test(`${engine}: a peer that breaks the protocol`, async () => {
    const answer = Uint8Array.of(22, 3, 3, 0, 4, 20, 0, 0, 0); // a Finished in place of a ServerHello
    const { error } = await fake({ answer, engine, client });
    assertInstanceOf(error, SslPeerError);
    assertMatch(told(error), /broke the protocol/);
  });

  Deno.test(`${engine}: a peer that does not exist`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const error = await SslSocket.connect(`127.0.0.1:${port}`, { engine, ...client }).catch((e) =>
      e
    );
    assertInstanceOf(error, SslError);
    assertEquals(error.code, "ECONNREFUSED");
    assertMatch(told(error), /Nothing listens at that address/);
  });

  Deno.test(`${engine}: a connection that is cut`, async () => {
    await using listener = await SslSocket.listen({
      hostname: "127.0.0.1",
      port: 0,
      engine: "openssl",
      ...good,
    });
    const cutting = (async () => {
      const socket = await listener.accept();
      await socket.write(utf8("hallo"));
      await socket.close({ noShutdown: true });
    })();
    const { port } = listener.addr as Deno.NetAddr;
    await using socket = await SslSocket.connect(`localhost:${port}`, { engine, ...client });
    const buffer = new Uint8Array(16);
    let error: unknown;
    try {
      while (await socket.read(buffer) !== null);
    } catch (e) {
      error = e;
    }
    await cutting;
    assertInstanceOf(error, SslTruncatedError);
    assertMatch(told(error), /some of it may be missing[^]*allowTruncation/);
  });
}

Deno.test("what an engine cannot do: the message has the remedy", async () => {
  const error = await meet({ engine: "deno", server: good, client: { ca: ca.pem } }).catch((e) =>
    e
  );
  assertInstanceOf(error, SslUnsupportedError);
  assertStringIncludes(error.message, "extraCa");
  assertMatch(told(error), /engine in use cannot do this/);
});

Deno.test("bytes ahead of the handshake", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const peer = await listener.accept();
  await peer.write(utf8("220 ready\r\nEVIL"));
  const plain = await SslSocket.start(conn, {
    engine: "openssl",
    ca: ca.pem,
    hostname: "localhost",
    startHandshake: false,
  });
  await plain.peek(new Uint8Array(4));
  const error = await plain.connectSsl().catch((e: unknown) => e);
  await plain.close();
  peer.close();
  assertInstanceOf(error, SslError);
  assertEquals(error.code, "ERR_INJECTION");
  assertMatch(told(error), /Plain bytes came before the handshake/);
});

Deno.test("a server: no client certificate, a name it does not have, an address in use", async () => {
  const demands = await meet({
    server: { ...good, verifyMode: 3, clientCa: ca.pem },
    client: { ca: ca.pem },
  });
  assertEquals((demands.serverError as SslError).code, "ERR_SSL_NO_CERTIFICATE");
  assertMatch(told(demands.serverError), /sent no certificate, and verifyMode demands one/);
  const named = await meet({
    server: { cert: { "a.example": good.cert }, key: { "a.example": good.key } },
    client: { ca: ca.pem },
  });
  assertEquals((named.serverError as SslError).code, "ERR_SSL_UNRECOGNIZED_NAME");
  assertMatch(told(named.serverError), /a name that this server has no certificate for/);
  using busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = busy.addr;
  const error = await SslSocket.listen({ hostname: "127.0.0.1", port, engine: "openssl", ...good })
    .catch((e) => e);
  assertEquals((error as SslError).code, "EADDRINUSE");
  assertMatch(told(error), /Another program listens/);
});

// ---- completeness

/** Verdicts that only verifyCertificate() with its options can reach. */
const OFFLINE = {
  NO_EXPLICIT_POLICY: "policies is an option of verifyCertificate() alone",
  KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA: "strict is an option of verifyCertificate() alone",
} as const;

/** Codes that are explained without a case of their own, and why. */
const NO_CASE: Readonly<Record<string, string>> = Object.fromEntries(
  ([
    [
      "the rules of RFC 5280 under strict; KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA stands for them",
      "PATHLEN_INVALID_FOR_NON_CA PATHLEN_WITHOUT_KU_KEY_CERT_SIGN MISSING_SUBJECT_KEY_IDENTIFIER " +
      "ISSUER_NAME_EMPTY SUBJECT_NAME_EMPTY MISSING_AUTHORITY_KEY_IDENTIFIER EMPTY_SUBJECT_ALT_NAME " +
      "EMPTY_SUBJECT_SAN_NOT_CRITICAL CA_BCONS_NOT_CRITICAL AUTHORITY_KEY_IDENTIFIER_CRITICAL " +
      "SUBJECT_KEY_IDENTIFIER_CRITICAL CA_CERT_MISSING_KEY_USAGE EXTENSIONS_REQUIRE_VERSION_3",
    ],
    [
      "with partial chains OpenSSL gives UNABLE_TO_GET_ISSUER_CERT_LOCALLY in its place",
      "UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_VERIFY_LEAF_SIGNATURE SUBJECT_ISSUER_MISMATCH AKID_SKID_MISMATCH " +
      "AKID_ISSUER_SERIAL_MISMATCH KEYUSAGE_NO_CERTSIGN INVALID_EXTENSION PATH_LOOP " +
      "KEYUSAGE_NO_DIGITAL_SIGNATURE SIGNATURE_ALGORITHM_MISMATCH SIGNATURE_ALGORITHM_INCONSISTENCY",
    ],
    [
      "needs a certificate or CRL that no tool here makes; the mapping is by OpenSSL's number",
      "UNABLE_TO_DECRYPT_CERT_SIGNATURE UNABLE_TO_DECRYPT_CRL_SIGNATURE UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY " +
      "ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD ERROR_IN_CRL_LAST_UPDATE_FIELD " +
      "ERROR_IN_CRL_NEXT_UPDATE_FIELD NO_ISSUER_PUBLIC_KEY UNHANDLED_CRITICAL_CRL_EXTENSION " +
      "PROXY_PATH_LENGTH_EXCEEDED INVALID_POLICY_EXTENSION DIFFERENT_CRL_SCOPE " +
      "UNSUPPORTED_EXTENSION_FEATURE UNNESTED_RESOURCE SUBTREE_MINMAX UNSUPPORTED_CONSTRAINT_TYPE " +
      "UNSUPPORTED_CONSTRAINT_SYNTAX UNSUPPORTED_NAME_SYNTAX EC_KEY_EXPLICIT_PARAMS",
    ],
    [
      "indirect CRLs are not used on connections",
      "UNABLE_TO_GET_CRL_ISSUER CRL_PATH_VALIDATION_ERROR",
    ],
    [
      "trust settings of OpenSSL's TRUSTED CERTIFICATE are not loaded",
      "CERT_UNTRUSTED CERT_REJECTED",
    ],
    ["older OpenSSL's name for INVALID_CA", "INVALID_NON_CA"],
    ["tolerated unless SSL_OCSP_FAIL_HARD: tests/ocsp", "OCSP_CERT_UNKNOWN"],
  ] as const).flatMap(([why, codes]) => codes.split(" ").map((code) => [code, why])),
);

/** Not explained by a row of their own: what nothing here can ask OpenSSL for. */
const UNEXPLAINED: Readonly<Record<string, string>> = {
  OK: "no error",
  UNSPECIFIED: "the reason is given instead",
  OUT_OF_MEM: "not about a certificate",
  INVALID_CALL: "not about a certificate",
  STORE_LOOKUP: "not about a certificate",
  SUITE_B_INVALID_VERSION: "Suite B is not asked for",
  SUITE_B_INVALID_ALGORITHM: "Suite B is not asked for",
  SUITE_B_INVALID_CURVE: "Suite B is not asked for",
  SUITE_B_INVALID_SIGNATURE_ALGORITHM: "Suite B is not asked for",
  SUITE_B_LOS_NOT_ALLOWED: "Suite B is not asked for",
  SUITE_B_CANNOT_SIGN_P_384_WITH_P_256: "Suite B is not asked for",
  EMAIL_MISMATCH: "mail addresses are not compared",
  DANE_NO_MATCH: "DANE is not asked for",
  NO_VALID_SCTS: "certificate transparency is not asked for",
  PROXY_SUBJECT_NAME_VIOLATION: "proxy certificates are refused before",
};

const live = new Set(rows.flatMap(({ expected }) => [expected.openssl, expected.deno]));

Deno.test("every X509_V_ERR is explained from a live case, or there is a reason why not", () => {
  const explained = new Set(Object.keys(BY_VERIFY_CODE));
  for (let errno = 0; errno <= 94; errno++) {
    const code = verifyCode(errno);
    const places = [live.has(code), code in OFFLINE, code in NO_CASE, code in UNEXPLAINED];
    if (code === "UNSPECIFIED") places[0] = false; // rustls's version 1 certificate
    assertEquals(places.filter(Boolean).length, 1, code);
    assertEquals(explained.delete(code), !(code in UNEXPLAINED), code);
  }
  assertEquals([...explained], []);
});

/** The other codes: those above, and where the rest is live. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  FINGERPRINT_MISMATCH: "fingerprint_live_test.ts",
  ERR_NO_TRUST_ANCHORS: "tests/context/default_ca_test.ts: depends on the system and permissions",
  ERR_SSL_BAD_RECORD: "tests/engine, tests/engine_deno: records that are altered on their way",
  ECONNRESET: "depends on what the system sends when",
  ENOTFOUND: "needs a name server",
};

/** The codes that are asserted above. */
const HERE = [
  "ECONNREFUSED",
  "EADDRINUSE",
  "ERR_INJECTION",
  "ERR_SSL_HANDSHAKE_EOF",
  "ERR_SSL_INCOMPATIBLE",
  "ERR_SSL_NOT_TLS",
  "ERR_SSL_NO_APPLICATION_PROTOCOL",
  "ERR_SSL_NO_CERTIFICATE",
  "ERR_SSL_TRUNCATED",
  "ERR_SSL_UNRECOGNIZED_NAME",
];

Deno.test("every other code is explained from a live case, or it is said where it is", () => {
  const others = Object.keys(BY_CODE).filter((code) => !(code in BY_VERIFY_CODE));
  assertEquals(others.toSorted(), [...HERE, ...Object.keys(ELSEWHERE)].toSorted());
});

Deno.test("every row of the tables says what is wrong and what to do", () => {
  for (const code of Object.keys(BY_CODE)) {
    const errno = verifyErrno(code) ?? -1;
    const error = errno < 0
      ? new SslPeerError("It failed", { code })
      : new SslVerifyError("It failed", { code, errno });
    const [head, ...lines] = explain(error).split("\n");
    assertEquals(head, "It failed");
    assert(lines.length >= 2, `${code}: ${lines}`);
    for (const line of lines) assertMatch(line, /[.)"]$|host:port$/, code);
    assert(!/verifyMode.*NONE|VERIFY_NONE/.test(lines.join()), code);
  }
});

Deno.test("codes that only verifyCertificate() can reach", async () => {
  const policies = await verifyCertificate(good.cert, { ca: ca.pem, policies: ["1.2.3.4"] });
  assertEquals(policies.error?.code, "NO_EXPLICIT_POLICY");
  assertMatch(told(policies.error), /none of the policies/);
  const { cert } = await ca.server({ names: ["localhost"], keyUsage: ["keyCertSign"] });
  const strict = await verifyCertificate(cert, { ca: ca.pem, strict: true, purpose: "any" });
  if (engineInfo("openssl").version.startsWith("OpenSSL 1.1")) return; // it has fewer such rules
  assertEquals(strict.error?.code, "KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA");
  assertMatch(told(strict.error), /breaks a rule of RFC 5280/);
});
