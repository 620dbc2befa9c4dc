/** What a caller does to a list, a record or bytes after passing them changes nothing; what nobody looks at is refused. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { buildCrl } from "../../certificate/crl_build.ts";
import { TestCa } from "../../testing/ca.ts";
import { PrivateKey } from "../../certificate/keys/private_key.ts";
import { decodeKey } from "../../certificate/keys/decode.ts";
import { SslContext } from "../../context/context.ts";
import type { ContextOptions } from "../../context/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import { setClientDefaults } from "../../context/process_defaults.ts";
import { SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, leaf, shake } from "../context/harness.ts";

const engine = "openssl";
const other = (await ca.server("other.example")).certificate.fingerprint("sha256");

async function refuses(context: SslContext, code: string): Promise<void> {
  const { clientError } = await shake({ reuseCtx: context });
  assertInstanceOf(clientError, SslVerifyError);
  assertEquals(clientError.code, code);
}

Deno.test("pins that are taken out of a list after it was passed still count", async () => {
  const fingerprint = [other];
  const pins = { fingerprint, forceFingerprint: true } as const;
  using context = await SslContext.create({ engine, ca: ca.pem, ...pins });
  fingerprint.length = 0;
  await refuses(context, "FINGERPRINT_MISMATCH");
  fingerprint.push(leaf.certificate.fingerprint("sha256"));
  await refuses(context, "FINGERPRINT_MISMATCH");
});

Deno.test("a scheme that is changed after it was passed is what it was", async () => {
  const old = await ca.server({ commonName: "server.example", names: ["else.example"] });
  const verifycnScheme: { checkCn: 0 | "always" } = { checkCn: 0 };
  using context = await SslContext.create({ engine, ca: ca.pem, verifycnScheme });
  verifycnScheme.checkCn = "always";
  const { clientError } = await shake({ reuseCtx: context }, { cert: old.cert, key: old.key });
  assertInstanceOf(clientError, SslVerifyError);
  assertEquals(clientError.code, "HOSTNAME_MISMATCH");
});

Deno.test("a default that is changed after it was set is what it was", () => {
  const fingerprint = [other];
  setClientDefaults({ fingerprint });
  try {
    fingerprint[0] = "sha256$" + "00".repeat(32);
    assertEquals(checkOptions("context", {}) as ContextOptions, { fingerprint: [other] });
  } finally {
    setClientDefaults({ fingerprint: undefined });
  }
});

Deno.test("another list of revocations in the same bytes is another list: no session goes over", async () => {
  // Signatures of RSA have one length, so that the second list fits into the bytes of the first.
  const issuer = await TestCa.create({ commonName: "Lists", keyType: "rsa" });
  const [good, bad] = [
    await issuer.server({ names: ["server.example"], serial: 0x1111 }),
    await issuer.server({ names: ["else.example"], serial: 0x2222 }),
  ];
  const { pkcs8 } = await decodeKey(issuer.key, { source: "the CA" });
  const listOf = (serial: Uint8Array): Uint8Array =>
    buildCrl({
      issuer: issuer.cert,
      key: new PrivateKey(pkcs8),
      revoked: [{ serial, time: new Date(0), reason: undefined }],
      thisUpdate: new Date(Date.now() - 3_600_000),
      nextUpdate: new Date(Date.now() + 3_600_000),
      number: 1n,
      digest: "sha256",
    });
  const crl = listOf(bad.certificate.rawSerial);
  const newer = listOf(good.certificate.rawSerial);
  assertEquals(newer.length, crl.length);

  const settings = { engine, ca: issuer.pem, crl, sessionKey: "the server" } as const;
  const sessionCache = new SessionCache(10);
  using server = await SslContext.create({ engine, server: true, cert: good.cert, key: good.key });
  using before = await SslContext.create({ ...settings, sessionCache });
  assertEquals((await shake({ reuseCtx: before }, { reuseCtx: server })).clientError, undefined);
  const again = await shake({ reuseCtx: before }, { reuseCtx: server });
  assertEquals(again.client?.reused, true);

  crl.set(newer);
  using after = await SslContext.create({ ...settings, sessionCache });
  const { clientError } = await shake({ reuseCtx: after }, { reuseCtx: server });
  assertInstanceOf(clientError, SslVerifyError);
  assertEquals(clientError.code, "CERT_REVOKED");
});

Deno.test("reuseCtx takes options that say the same in other objects, and no others", async () => {
  const anchors = () => [ca.cert.der.slice()];
  using context = await SslContext.create({ engine, ca: anchors(), alpnProtocols: ["h2"] });
  const over = (options: object) =>
    SslSocket.connect("127.0.0.1:1", { reuseCtx: context, serverName: "a.example", ...options });
  for (const options of [{ ca: [] }, { ca: [leaf.certificate.der] }, { alpnProtocols: ["h3"] }]) {
    await assertRejects(() => over(options), TypeError, "it is part of the context");
  }
  const same = { ca: anchors(), alpnProtocols: ["h2"] };
  const error = await over(same).then(() => undefined, (error) => error);
  assertEquals(error.code, "ECONNREFUSED");
});

Deno.test("options that an object inherits are refused, not passed over", async () => {
  class Pinned {
    ca = ca.pem;
    get forceFingerprint(): boolean {
      return true;
    }
  }
  const settings = { fingerprint: other, forceFingerprint: true };
  const derived = Object.assign(Object.create(settings), { ca: ca.pem });
  for (const options of [derived, new Pinned() as ContextOptions]) {
    assertThrows(() => checkOptions("context", options), TypeError, "is inherited");
    await assertRejects(() => SslSocket.connect("127.0.0.1:1", options), TypeError, "is inherited");
    const target = Object.assign(options, { hostname: "127.0.0.1", port: 1 });
    await assertRejects(() => SslSocket.connect(target), TypeError, "is inherited");
  }
  // Nothing is wrong with a class, or no prototype at all, where the members are the object's own.
  class Own {
    ca = ca.pem;
  }
  assertEquals(checkOptions("context", new Own()).ca, ca.pem);
  const bare = Object.assign(Object.create(null), { ca: ca.pem });
  assertEquals(checkOptions("context", bare as ContextOptions).ca, ca.pem);
});
