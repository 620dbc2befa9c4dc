/**
 * No option is ever read from a prototype: whatever somebody puts on Object.prototype under the
 * name of an option, connecting, verifying and creating come to what they come to without it.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CERT_OPTIONS } from "../../certificate/create_options.ts";
import { certCreate } from "../../certificate/create.ts";
import { csrCreate, csrSign } from "../../certificate/request.ts";
import { decodeKey } from "../../certificate/keys/decode.ts";
import { Intercept } from "../../intercept/intercept.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { keyCreateEc } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { CLOSE_OPTIONS, OPTIONS } from "../../context/option_table.ts";
import { setDefaults } from "../../context/process_defaults.ts";
import { SslVerifyError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { fromPerl } from "../../perl/arguments.ts";
import { SslSocket } from "../../socket/socket.ts";
import { explainHostname } from "../../verify/hostname.ts";
import { OcspResolver } from "../../verify/ocsp/resolver.ts";
import { PublicSuffix } from "../../verify/public_suffix.ts";
import type { CustomScheme } from "../../verify/schemes.ts";
import { verifyCertificate } from "../../context/verify_certificate.ts";
import { refuses } from "../helpers/refuses.ts";

const NESTED = [
  ...["checkCn", "wildcardsInAlt", "wildcardsInCn", "ipInCn", "callback", "publicSuffix"],
  ...["intermediates", "crls", "host", "scheme", "purpose", "time", "depth", "policies", "strict"],
  ...["method", "proxy", "maxBytes", "staple", "chain", "nonce", "minSuffix", "deadline"],
  ...["encoding", "fatal", "chomp", "separator", "autoflush", "inputRecordSeparator"],
  ...["outputFieldSeparator", "outputRecordSeparator", "maxLineLength", "syswriteSize"],
  ...["password", "friendlyName", "encryption", "iterations", "copyExtensions", "extensions"],
  ...["proxyCert", "proxyKey", "certKey", "cache", "names", "commonName", "keyType", "mustStaple"],
  ...["keyUsage", "extKeyUsage", "pathLength", "permitted", "notBefore", "expired", "signer"],
  ...[
    "mode",
    "name",
    "fast",
    "SSL_verify_mode",
    "PeerAddr",
    "oid",
    "sn",
    "data",
    "der",
    "critical",
  ],
  ...["trust", "resumed", "anchor", "refused", "thrown", "sessions", "tracer", "peer", "findings"],
];
const ALL = [
  ...new Set([
    ...Object.keys(OPTIONS),
    ...Object.keys(CLOSE_OPTIONS),
    ...Object.keys(CERT_OPTIONS),
    ...NESTED,
  ]),
];

/** The platform itself reads these from Object.prototype, and breaks by them. */
const OF_PLATFORM: ReadonlySet<string> = new Set(["signal"]);
const NAMES = ALL.filter((name) => !OF_PLATFORM.has(name));

/** Values that would be accepted by one option or another, and values that would break any. */
const VALUES: readonly unknown[] = [0, true, "none", () => true, ["x"], {}];

/** Runs with names on Object.prototype. */
async function polluted(names: readonly string[], value: unknown, run: () => unknown) {
  for (const name of names) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  }
  try {
    await run();
  } finally {
    for (const name of names) delete (Object.prototype as Record<string, unknown>)[name];
  }
}

/** Runs with each value under all names at once; where that fails, with each name by itself, to say which. */
async function forEachValue(run: () => unknown, without: readonly string[] = []): Promise<void> {
  const names = NAMES.filter((name) => !without.includes(name));
  for (const value of VALUES) {
    try {
      await polluted(names, value, run);
    } catch (all) {
      for (const name of names) {
        try {
          await polluted([name], value, run);
        } catch (cause) {
          throw new Error(`with Object.prototype.${name} = ${Deno.inspect(value)}`, { cause });
        }
      }
      throw all;
    }
  }
}

const ca = await TestCa.create({ commonName: "CA" });
const other = await TestCa.create({ commonName: "CA" });
const good = await ca.server("localhost");
const wrongName = await ca.server("other.test");
const stranger = await other.server("localhost");

for (const engine of ["openssl", "deno"] as const) {
  const trust = engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem };

  Deno.test(`${engine}: what Object.prototype has opens no connection that is to be refused, and harms none`, async () => {
    const listen = (leaf: { cert: string; key: string }) =>
      SslSocket.listen({ engine, hostname: "127.0.0.1", port: 0, cert: leaf.cert, key: leaf.key });
    const listeners = [await listen(good), await listen(wrongName), await listen(stranger)];
    const running = listeners.map(async (listener) => {
      for await (const socket of listener) {
        socket.write(new TextEncoder().encode("hello\n")).then(() => socket.close()).catch(
          () => {},
        );
      }
    });
    const connect = (i: number) =>
      Handle.connect(`localhost:${listeners[i]!.addr.port}`, { engine, family: 4, ...trust });
    try {
      await forEachValue(async () => {
        await using handle = await connect(0);
        assertEquals(await handle.readLine(), "hello");
        const { report } = handle.conn as SslSocket;
        assert(report.ok && report.checks.some(({ name, ok }) => name === "hostname" && ok));
        for (const [i, code] of [[1, "HOSTNAME_MISMATCH"], [2, undefined]] as const) {
          const error = await assertRejects(() => connect(i), SslVerifyError);
          if (code !== undefined) assertEquals(error.code, code);
        }
      });
    } finally {
      for (const listener of listeners) listener.close();
      await Promise.all(running);
    }
  });
}

Deno.test("what Object.prototype has changes no server: its clients are verified as without it", async () => {
  const client = await ca.client("client");
  const foreign = await other.client("client");
  const server = await ca.server("localhost");
  await forEachValue(async () => {
    await using listener = await SslSocket.listen({
      engine: "openssl",
      hostname: "127.0.0.1",
      port: 0,
      cert: server.cert,
      key: server.key,
      verifyMode: 3,
      clientCa: ca.pem,
      onHandshakeError: () => {},
    });
    const dial = async (who: { cert: string; key: string }) => {
      const accepting = listener.accept().then((socket) => socket.close());
      accepting.catch(() => {});
      const options = { engine: "openssl", ca: ca.pem, cert: who.cert, key: who.key } as const;
      const [answer] = await Promise.allSettled([
        accepting,
        SslSocket.connect(`localhost:${listener.addr.port}`, options).then((socket) =>
          socket.close()
        ),
      ]);
      return answer.status === "fulfilled" ? undefined : answer.reason;
    };
    assertEquals(await dial(client), undefined);
    assert(await dial(foreign) instanceof SslVerifyError);
  });
});

Deno.test("what Object.prototype has makes no name match, and no certificate another one", async () => {
  const names = {
    commonName: "a.test",
    subjectAltNames: [{ type: "DNS", value: "b.test" }],
  } as const;
  const key = await keyCreateEc();
  const made = async () => {
    const { cert } = await certCreate({ key, serial: 1, notBefore: 0, notAfter: 2e9 });
    const { csr } = await csrCreate({ key, subject: { CN: "a" } });
    const signed = await csrSign(csr, { issuer: { cert, key }, serial: 2 });
    return [cert.extensions, cert.subject, signed.subject, signed.isCa].map(String).join("|") +
      JSON.stringify(
        cert.extensions.map(({ oid, critical, value }) => [oid, critical, [...value]]),
      );
  };
  const before = await made();
  await forEachValue(async () => {
    for (
      const scheme of [
        undefined,
        "http" as const,
        { checkCn: 0, wildcardsInAlt: 0 } as CustomScheme,
      ]
    ) {
      assert(explainHostname(names, "b.test", scheme).ok);
      assert(!explainHostname(names, "c.test", scheme).ok);
    }
    assertEquals(PublicSuffix.default().publicSuffix("a.co.uk"), ["a", "co.uk"]);
    assertEquals(await made(), before);
    assertEquals((await ca.server("x.test")).certificate.subjectAltNames[0]!.value, "x.test");
    assertEquals(fromPerl({ PeerAddr: "h:1" }), { hostname: "h", port: 1, halfClose: false });
    const p12 = await createPkcs12({ cert: good.certificate, key: good.privateKey, iterations: 1 });
    assertEquals((await parsePkcs12(p12)).cert?.der, good.certificate.der);
    assertEquals((await decodeKey(good.key)).pkcs8, good.privateKey.der);
    const proxy = { proxyCert: ca.cert, proxyKey: ca.privateKey, certKey: key };
    const { cert } = await (await Intercept.create(proxy)).cloneCert(good.certificate);
    assertEquals(cert.subjectAltNames, good.certificate.subjectAltNames);
    assertEquals(new OcspResolver({ chain: [good.certificate, ca.cert] }).hardError(), "");
  }, ["encoding"]); // node:crypto itself reads that one
});

Deno.test("what Object.prototype has changes no verification without a connection", async () => {
  const verify = (leaf: string, host = "localhost") =>
    verifyCertificate(leaf, { ca: ca.pem, host, engine: "openssl" });
  await forEachValue(async () => {
    assert((await verify(good.cert)).ok);
    assertEquals((await verify(good.cert, "x.test")).error?.code, "HOSTNAME_MISMATCH");
    assert(!(await verify(stranger.cert)).ok);
  });
});

Deno.test("options that an object or a class passes down are refused by name", async () => {
  class Base {
    verifyMode = 1;
    get ca() {
      return ca.pem;
    }
  }
  const objects = [new Base(), Object.create({ ca: ca.pem })];
  for (const options of objects) {
    const calls = [
      () => SslSocket.connect("localhost:1", options),
      () => SslSocket.connect({ __proto__: options, hostname: "localhost", port: 1 } as object),
      () => Handle.connect("localhost:1", options),
      () => SslSocket.listen(options),
      () => SslContext.create(options),
      () => verifyCertificate(good.cert, Object.create({ ca: ca.pem })),
      () => ca.server(Object.create({ names: ["x"] })),
    ];
    for (const call of calls) await assertRejects(async () => await call(), TypeError, "inherited");
    assertThrows(() => setDefaults(Object.create({ mode: 0 })), TypeError, "inherited");
  }
});

Deno.test("an option is read once, so its getter cannot change its value later", async () => {
  let reads = 0;
  const options = {
    get verifyMode() {
      return reads++ === 0 ? 1 : 0;
    },
    ca: ca.pem,
    engine: "openssl" as const,
  };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...stranger });
  const accepting = listener.accept().then(async (conn) => {
    await conn.handshake().catch(() => {});
    conn.close();
  });
  await refuses(
    () => SslSocket.connect(`localhost:${listener.addr.port}`, options),
    SslVerifyError,
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  );
  assertEquals(reads, 1);
  await accepting;
});
