/** What logs show: errors, reports and certificates as JSON, and everything in the console in a line. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import { TestCa } from "../../certificate/mod.ts";
import {
  Certificate,
  Handle,
  serve,
  SslError,
  SslPeerError,
  SslSocket,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../mod.ts";
import { connectPair, testPki } from "../contract/harness.ts";
import { meet } from "../verify/live.ts";

const ENGINES = ["openssl", "deno"] as const;
const ca = await TestCa.create();
const CLASSES = [
  SslError,
  SslVerifyError,
  SslPeerError,
  SslTruncatedError,
  SslTimeoutError,
  SslUnsupportedError,
];

/** The JSON text, and back. */
// deno-lint-ignore no-explicit-any
const json = (value: unknown): any => JSON.parse(JSON.stringify(value));

for (const engine of ENGINES) {
  Deno.test(`${engine}: a refusal as JSON has the report, and no circle`, async () => {
    const server = await ca.server("other.test");
    const { error } = await meet({ engine, server, client: { extraCa: ca.pem } });
    assertInstanceOf(error, SslVerifyError);
    const plain = json(error);
    assertEquals(plain.name, "SslVerifyError");
    assertEquals(plain.code, error.code);
    assertEquals(plain.errno, error.errno);
    assertEquals(plain.message, error.message);
    assertEquals(plain.report.ok, false);
    assertEquals(plain.report.error, undefined);
    assertEquals(plain.report.hint, error.report!.hint);
    assertEquals(plain.report.checks.length, error.report!.checks.length);
    assertEquals("transport" in plain || "stack" in plain, false);
    if (engine === "openssl") {
      assertEquals(Certificate.fromPem(plain.report.chain[0].pem).der, server.certificate.der);
    }
    // The other way round, too.
    const report = json(error.report);
    assertEquals(report.error.code, error.code);
    assertEquals(report.error.report, undefined);
  });

  Deno.test(`${engine}: sockets, handles, contexts, listeners and servers print a line`, async () => {
    await using pair = await connectPair(engine);
    const { client, server } = pair;
    const text = Deno.inspect(client);
    assertMatch(text, /^SslSocket \{ role: "client", peer: "\S+:\d+", state: "open", v/);
    assertEquals(/version: "TLSv1_3", cipher: "TLS_/.test(text), engine === "openssl");
    assertMatch(text, new RegExp(`verified: true, engine: "${engine}" \\}$`));
    assertMatch(Deno.inspect(server), /^SslSocket \{ role: "server", peer: "127\.0\.0\.1:\d+"/);
    assertEquals(Deno.inspect(new Handle(client)), `Handle { over: ${text}, encoding: "utf-8" }`);
    assertEquals(
      Deno.inspect(client.context),
      `SslContext { role: "client", engine: "${engine}" }`,
    );
    assertEquals(Deno.inspect([client]).includes("SslSocket {"), true);
    await client.close();
    assertMatch(Deno.inspect(client), /state: "closed", engine/);

    const pki = await testPki();
    const options = { ...pki.server, hostname: "127.0.0.1", port: 0, engine } as const;
    const listener = await SslSocket.listen(options);
    const { port } = listener.addr;
    const shown = `SslListener { addr: "127.0.0.1:${port}", engine: "${engine}"`;
    assertEquals(Deno.inspect(listener), `${shown} }`);
    listener.close();
    assertEquals(Deno.inspect(listener), `${shown}, closed: true }`);
    await using quick = serve(options, () => {});
    await quick.addr;
    assertMatch(Deno.inspect(quick), /^Server \{ addr: "127\.0\.0\.1:\d+", engine: "/);
  });
}

Deno.test("a subclass prints its own name; a plain connection under a handle says where it leads", async () => {
  class Mine extends SslSocket {}
  await using listener = await SslSocket.listen({
    ...(await testPki()).server,
    hostname: "127.0.0.1",
    port: 0,
    socketClass: Mine,
  });
  const { addr } = listener;
  const accepted = listener.accept();
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: addr.port });
  assertEquals(
    Deno.inspect(new Handle(conn)),
    `Handle { over: TcpConn { remoteAddr: "127.0.0.1:${addr.port}" }, encoding: "utf-8" }`,
  );
  const to = { ca: [], verifyMode: 0, serverName: "localhost" };
  await using client = await SslSocket.start(conn, to);
  await using server = await accepted;
  assertMatch(Deno.inspect(server), /^Mine \{ role: "server"/);
  assertEquals(client.report.ok, true);
});

Deno.test("JSON of every class of error: what is known, and nothing that is not", () => {
  for (const Class of CLASSES) {
    const plain = json(new Class("It failed", { code: "ERR_X", errno: 7, reason: "why" }));
    assertEquals(plain, {
      name: Class.name,
      message: "It failed",
      code: "ERR_X",
      errno: 7,
      reason: "why",
    });
    const more = json(new Class("It failed", { alert: "unknown_ca", library: "SSL routines" }));
    assertEquals([more.alert, more.library], ["unknown_ca", "SSL routines"]);
  }
});

Deno.test("JSON of an error whose cause is anything: a circle, a BigInt, bytes", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const chain = new Error("outer");
  chain.cause = chain;
  for (const cause of [circle, 5n, new Uint8Array(99), () => 1, Symbol("x"), chain, null, "text"]) {
    const error = new SslError("It failed", { cause, transport: circle });
    const text = JSON.stringify(error);
    assert(text.length < 600, text);
    assert(!/transport|0,0,0/.test(text), text);
    assert(Deno.inspect(error).length < 3000);
  }
  const error = new SslError("It failed", { cause: new TypeError("inner", { cause: 4 }) });
  assertEquals(json(error).cause, { name: "TypeError", message: "inner", cause: 4 });
});

Deno.test("JSON of a certificate: its names and dates, its fingerprint, its PEM", async () => {
  const { certificate } = await ca.server("a.test", "192.0.2.1");
  const plain = json(certificate);
  assertEquals(plain.subject, certificate.subject);
  assertEquals(plain.subjectAltNames, [
    { type: "DNS", value: "a.test" },
    { type: "IP", value: "192.0.2.1" },
  ]);
  assertEquals(plain.notAfter, certificate.notAfter.toISOString());
  assertEquals(plain.fingerprint, certificate.fingerprint("sha256"));
  assertEquals(plain.pem, certificate.pem);
});

Deno.test("a certificate with a part that cannot be read is shown all the same", async () => {
  const { certificate } = await ca.server("a.test");
  const der = certificate.der.slice();
  const at = der.findIndex((_, i) => der[i] === 0x82 && der[i + 1] === 6 && der[i + 2] === 0x61);
  der[at + 1] = 0x7f; // the name ends behind the list
  const broken = Certificate.fromDer(der);
  assertThrows(() => broken.subjectAltNames);
  assertEquals(json(broken).subject, certificate.subject);
  assertEquals(json(broken).subjectAltNames, undefined);
  assertMatch(Deno.inspect(broken), /^Certificate\(\/CN=a\.test, sha256\$/);
});
