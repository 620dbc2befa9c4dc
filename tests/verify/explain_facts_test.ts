/** Explanations assert what was looked at, for the side that reads them; limits of this side are named. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { selfSigned, TestCa } from "../../certificate/mod.ts";
import { derToPem } from "../../certificate/keys/pem.ts";
import { connectionError } from "../../engine/openssl/error_queue.ts";
import { runtimeError } from "../../engine/deno/error_map.ts";
import { explain, SslError, SslPeerError, SslSocket, verifyCertificate } from "../../mod.ts";
import { type EngineName, meet, type Meeting } from "./live.ts";

const ENGINES = ["openssl", "deno"] as const;
const ROOT = new URL("../../", import.meta.url);
const DAY = 86_400_000;
const ca = await TestCa.create();
const good = await ca.server("localhost");

/** The lines after the message. */
const told = (error: unknown): string => explain(error).split("\n").slice(1).join("\n");

async function refusal(
  meeting: Meeting,
): Promise<{ client: string; server: string; error: SslError }> {
  const { error, serverError } = await meet(meeting);
  assertInstanceOf(error, SslError);
  return { client: told(error), server: told(serverError), error };
}

function lacks(text: string, pattern: RegExp): void {
  assert(!pattern.test(text), `${pattern} is in: ${text}`);
}

// ---- the issuer that is missing

Deno.test("an anchor of the right name with another key is explained as that", async () => {
  const twin = await TestCa.create({ commonName: "The Same Name" });
  const other = await TestCa.create({ commonName: "The Same Name" });
  const server = await twin.server("localhost");
  const { client, error } = await refusal({ server, client: { ca: other.pem } });
  assertStringIncludes(client, "A certificate of that name is among the trust anchors, but it has");
  assertStringIncludes(client, "the key identifiers differ");
  assertStringIncludes(client, "If the CA has renewed its key, give its new certificate");
  lacks(client, /the peer did not send its issuer|forgot to send/);
  assertEquals(error.facts.issuer?.namesakes, [{ from: "anchors", differs: "key identifier" }]);
});

Deno.test("an intermediate of the right name that is not the issuer was sent", async () => {
  const right = await ca.intermediate({ commonName: "Two Of Them" });
  const wrong = await ca.intermediate({ commonName: "Two Of Them" });
  const { key, certificate } = await right.server("localhost");
  const server = { cert: certificate.pem + wrong.pem, key };
  const { client, error } = await refusal({ server, client: { ca: ca.pem } });
  assertStringIncludes(client, "A certificate of that name was sent, but it has another key");
  lacks(client, /alone|did not send/);
  assertEquals(error.facts.issuer?.alone, false);
});

Deno.test("a server that sends its certificate alone probably forgot the intermediate", async () => {
  const inter = await ca.intermediate();
  const leaf = await inter.server("localhost");
  const server = { cert: leaf.certificate.pem, key: leaf.key };
  const { client, error } = await refusal({ server, client: { ca: ca.pem } });
  assertStringIncludes(client, "The server sent its own certificate alone");
  assertStringIncludes(client, "the server forgot to send it");
  assertEquals(error.facts.issuer?.subject, leaf.certificate.subject);
  // With the intermediate it is the root that is missing, and nothing was forgotten.
  const whole = await refusal({ server: leaf, client: { ca: [] } });
  lacks(whole.client, /alone|forgot/);
  assertStringIncludes(whole.client, `the peer did not send its issuer "${ca.cert.subject}"`);
});

Deno.test("a client's certificate without its intermediate: the error says so to the server's operator", async () => {
  const inter = await ca.intermediate();
  const leaf = await inter.client("someone");
  const { server } = await refusal({
    server: { ...good, verifyMode: 3, clientCa: ca.pem },
    client: { ca: ca.pem, cert: leaf.certificate.pem, key: leaf.key },
  });
  assertStringIncludes(server, "The client sent its own certificate alone");
  assertStringIncludes(server, "give its certificate as clientCa or clientCaFile");
  lacks(server, /server's operator|the server forgot|extraCa/);
});

Deno.test("an anchor that a self-signed certificate, or a root, has replaced", async () => {
  const [old, renewed] = [await selfSigned("localhost"), await selfSigned("localhost")];
  const own = await refusal({ server: renewed, client: { ca: old.certificate } });
  assertStringIncludes(own.client, "An anchor of the same name is there, but it is another");
  const roots = [
    await TestCa.create({ commonName: "Root" }),
    await TestCa.create({ commonName: "Root" }),
  ];
  const leaf = await roots[1]!.server("localhost");
  const server = { cert: leaf.cert + roots[1]!.pem, key: leaf.key };
  const root = await refusal({ server, client: { ca: roots[0]!.pem } });
  assertEquals(root.error.code, "SELF_SIGNED_CERT_IN_CHAIN");
  assertStringIncludes(root.client, "An anchor of the same name is there, but it is another");
  const none = await refusal({ server: renewed, client: { ca: ca.pem } });
  lacks(none.client, /same name/);
});

// ---- dates, by whose clock and on whose side

Deno.test("an anchor of our own that has expired: nobody else can renew it", async () => {
  const notBefore = new Date(Date.now() - 9 * DAY), notAfter = new Date(Date.now() - 3 * DAY);
  const old = await TestCa.create({ notBefore, notAfter });
  const server = await old.server("localhost");
  const { client, error } = await refusal({ server, client: { ca: old.pem } });
  assertEquals([error.code, error.facts.depth, error.facts.anchor], ["CERT_HAS_EXPIRED", 1, true]);
  assertStringIncludes(client, `The trust anchor "${old.cert.subject}" expired on`);
  assertStringIncludes(client, "it must be replaced here");
  lacks(client, /the peer's operator/);
});

Deno.test("verifyCertificate() with a time explains by that time, not by the clock", async () => {
  const notAfter = new Date("2031-05-06T00:00:00Z");
  const { cert } = await ca.server({ names: ["localhost"], notAfter });
  const late = await verifyCertificate(cert, {
    ca: ca.pem,
    time: new Date("2031-05-16T00:00:00Z"),
  });
  assertStringIncludes(told(late.error), "expired on 2031-05-06T00:00:00Z, 10 days ago");
  assertStringIncludes(told(late.error), "verified for the time 2031-05-16T00:00:00Z");
  lacks(told(late.error), /clock/);
  const early = await verifyCertificate(cert, { ca: ca.pem, time: new Date("2001-01-01") });
  assertMatch(told(early.error), /valid from \S+ on, in \d{4,} days[^]*time 2001-01-01/);
  lacks(told(early.error), /clock/);
});

// ---- limits and rules of this side

Deno.test("a key of 2048 bits at security level 3 is explained by the level and where it comes from", async () => {
  const server = await ca.server({ names: ["localhost"], keyType: "rsa" });
  const { client, error } = await refusal({
    server,
    client: { ca: ca.pem, cipherList: "DEFAULT:@SECLEVEL=3" },
  });
  assertEquals([error.facts.keyBits, error.facts.securityLevel], [2048, 3]);
  assertStringIncludes(client, "has a key that is too short (2048 bits)");
  assertStringIncludes(
    client,
    "The limit is this side's: security level 3, which asks for RSA of 3072",
  );
  assertStringIncludes(client, "@SECLEVEL in cipherList");
  lacks(client, /at least 2048 bits/);
});

/** The 1,024 bits of RFC 2409 6.2, as Diffie-Hellman parameters. */
function smallDh(): string {
  const p = Uint8Array.fromHex(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
      "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
      "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff",
  );
  const der = [0x30, 0x81, 0x87, 0x02, 0x81, 0x81, 0x00, ...p, 0x02, 0x01, 0x02];
  return derToPem(Uint8Array.from(der), "DH PARAMETERS");
}

Deno.test("Diffie-Hellman of 1,024 bits: our level refuses it, the protocol is not broken", async () => {
  const server = await ca.server({ names: ["localhost"], keyType: "rsa" });
  const { client, error } = await refusal({
    server: {
      ...server,
      version: "TLSv1_2",
      dh: smallDh(),
      cipherList: "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
    },
    client: { ca: ca.pem, version: "TLSv1_2", cipherList: "DHE-RSA-AES128-GCM-SHA256" },
  });
  assertEquals(error.code, "ERR_SSL_DH_KEY_TOO_SMALL");
  assertMatch(
    client,
    /limit of this side, not a breach[^]*Diffie-Hellman key of that size, at security level 2/,
  );
  assertStringIncludes(client, "SECLEVEL=1");
  lacks(client, /broke the protocol/);
});

for (const engine of ENGINES) {
  Deno.test(`${engine}: a chain too long for one message: a limit of this side, with one code`, async () => {
    const server = { cert: good.cert + ca.pem.repeat(300), key: good.key };
    const { client, error } = await refusal({ engine, server, client: { extraCa: ca.pem } });
    assertEquals(error.code, "ERR_SSL_EXCESSIVE_MESSAGE_SIZE");
    assertInstanceOf(error, SslPeerError);
    const name = engine === "openssl" ? "OpenSSL" : "Deno's TLS";
    assertStringIncludes(client, `${name} does not allow a handshake message of that size`);
    assertStringIncludes(client, "No option changes it");
    lacks(client, /broke the protocol/);
  });
}

Deno.test("what OpenSSL refuses by its own rules is not the peer's breach", () => {
  const of = (reason: string) =>
    connectionError("handshake", [{ code: 1, library: "SSL routines", reason }], {
      established: false,
      securityLevel: 2,
    });
  for (
    const reason of [
      "dh key too small",
      "unsafe legacy renegotiation disabled",
      "excessive message size",
      "too many key updates",
      "too many warn alerts",
    ]
  ) {
    const error = of(reason);
    assertEquals(error.facts.limit?.by, "own", reason);
    assertStringIncludes(told(error), "limit of this side, not a breach of the protocol");
    lacks(told(error), /broke the protocol/);
    // The level is named where it is the level, and only there.
    assertEquals(/security level 2/.test(told(error)), reason === "dh key too small", reason);
  }
  assertStringIncludes(told(of("bad signature")), "broke the protocol");
});

Deno.test("what rustls refuses by its own rules is not the peer's breach", () => {
  const of = (text: string) =>
    runtimeError("handshake", new Deno.errors.InvalidData(text), false) as SslError;
  for (
    const text of [
      "received corrupt message of type HandshakePayloadTooLarge",
      "received corrupt message of type CertificatePayloadTooLarge",
      "peer misbehaved: TooManyKeyUpdateRequests",
      "peer misbehaved: TooManyWarningAlertsReceived",
      "peer misbehaved: TooManyRenegotiationRequests",
    ]
  ) {
    const error = of(text);
    assertInstanceOf(error, SslPeerError, text);
    assertStringIncludes(told(error), "limit of this side, not a breach of the protocol");
  }
  for (const text of ["peer misbehaved: X", "received corrupt message of type MessageTooLarge"]) {
    assertStringIncludes(told(of(text)), "broke the protocol");
  }
});

Deno.test("a line that is too long: the option that was passed, not two to choose from", async () => {
  const { Handle } = await import("../../mod.ts");
  const readable = () => new Blob(["x".repeat(99)]).stream();
  const line = await new Handle({ readable: readable() }, { maxLineLength: 9 }).readLine()
    .catch((e) => e);
  assertStringIncludes(told(line), "raise maxLineLength.");
  const all = await new Handle({ readable: readable() }, { maxBytes: 9 }).getlines()
    .catch((e) => e);
  assertStringIncludes(told(all), "raise maxBytes.");
});

// ---- whose operator the advice names

for (const engine of ENGINES) {
  const server = (
    then: (conn: Deno.TcpConn) => unknown,
    options: { handshakeTimeout?: number } = {},
  ) => handshakeError(engine, then, options);

  Deno.test(`${engine}: a server is not told what helps a client`, async () => {
    const http = await server((conn) =>
      conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"))
    );
    assertEquals(http.code, "ERR_SSL_NOT_TLS");
    assertMatch(told(http), /client (?:sent a plain HTTP request|does not speak TLS)/);
    const gone = await server((conn) => conn.closeWrite());
    assertEquals(gone.code, "ERR_SSL_HANDSHAKE_EOF");
    assertStringIncludes(told(gone), "The client closed the connection");
    const silent = await server(() => {}, { handshakeTimeout: 50 });
    assertStringIncludes(
      told(silent),
      "The client did not answer in time (50 ms, by handshakeTimeout)",
    );
    for (const error of [http, gone, silent]) {
      assertEquals(error.facts.role, "server");
      lacks(told(error), /443|STARTTLS|serverName|a client certificate/);
    }
  });
}

/** What a server's onHandshakeError gets about a client that does something else. */
async function handshakeError(
  engine: EngineName,
  act: (conn: Deno.TcpConn) => unknown,
  options: { handshakeTimeout?: number },
): Promise<SslError> {
  const seen = Promise.withResolvers<SslError>();
  await using listener = await SslSocket.listen({
    ...good,
    ...options,
    engine,
    hostname: "127.0.0.1",
    port: 0,
    onHandshakeError: (error) => seen.resolve(error as SslError),
  });
  const accepting = (async () => {
    for await (const socket of listener) await socket.close();
  })();
  const { port } = listener.addr;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await act(conn);
  const error = await seen.promise;
  listener.close();
  await accepting;
  return error;
}

Deno.test("an alert is explained to the side that got it", async () => {
  const stranger = await TestCa.create();
  const { server } = await refusal({ server: good, client: { ca: stranger.pem } });
  assertStringIncludes(server, "The client refused the connection with the alert");
  assertStringIncludes(server, "The client does not trust the CA of our certificate");
  lacks(server, /with cert and key/);
});

Deno.test("a client without a certificate: the server's error says what the client needs", async () => {
  for (const engine of ENGINES) {
    const { server } = await refusal({
      engine,
      server: { ...good, verifyMode: 3, clientCa: ca.pem, version: "TLSv1_3" },
      client: engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem },
    });
    assertStringIncludes(server, "The client sent no certificate, and verifyMode demands one");
    lacks(server, /A server always has one/);
  }
});

Deno.test("the error for a wrong name of a client's certificate speaks of no connection to it", async () => {
  const { server } = await refusal({
    server: {
      ...good,
      verifyMode: 3,
      clientCa: ca.pem,
      verifycnName: "alice",
      verifycnScheme: "www",
    },
    client: { ca: ca.pem, ...await ca.client("mallory") },
  });
  assertStringIncludes(server, `is not for "alice", the name in verifycnName`);
  lacks(server, /You connected|wrong server/);
});

// ---- facts, not texts

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

Deno.test("no message is changed after it was made, and none is read by explain()", async () => {
  const folders = [
    ...["certificate", "context", "engine", "handle", "intercept", "internal", "node", "perl"],
    ...["server", "socket", "testing", "verify"],
  ];
  let files = 0;
  for (const folder of folders) {
    for await (const url of sources(new URL(`${folder}/`, ROOT))) {
      files++;
      const text = await Deno.readTextFile(url);
      assert(!/\.message\s*\+?=[^=>]/.test(text), `${url} changes a message`);
    }
  }
  assert(files > 100);
  for (const name of ["openssl_codes", "own_codes", "sentences", "alerts"]) {
    const text = await Deno.readTextFile(new URL(`verify/explain/${name}.ts`, ROOT));
    assert(
      !/\.message\b|\.detail\.|reason\.(?:match|includes|split)|\.exec\(\w*\.?reason/.test(text),
      name,
    );
  }
});

Deno.test("the explanation of a refusal is the same under another message", async () => {
  for (const engine of ENGINES) {
    const { error } = await refusal({
      engine,
      server: good,
      client: { extraCa: [], serverName: "x.test" },
    });
    const { code, errno, reason, alert, facts, report } = error;
    const options = {
      code,
      errno,
      reason,
      facts,
      ...(alert && { alert }),
      ...(report && { report }),
    };
    const Class = error.constructor as typeof SslError;
    assertEquals(told(new Class("Anything at depth 7", options)), told(error));
  }
});

Deno.test("one event has one code, without synonyms", async () => {
  const retired =
    /"(?:ERR_SSL_UNSUPPORTED|ERR_CERT|ERR_KEY_MISMATCH|NO_PEER_CERTIFICATE|PEER_DID_NOT_RETURN_A_CERTIFICATE)"/;
  for (const folder of ["certificate", "context", "engine", "handle", "socket", "verify"]) {
    for await (const url of sources(new URL(`${folder}/`, ROOT))) {
      assert(!retired.test(await Deno.readTextFile(url)), String(url));
    }
  }
});
