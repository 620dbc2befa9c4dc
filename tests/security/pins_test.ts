/** A pin overrides a chain, a name and dates, and never a revocation, wherever that hides. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import type { SslOptions } from "../../context/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { SslVerifyError } from "../../errors.ts";
import { shake } from "../context/harness.ts";
import { contextFor } from "../helpers/operations.ts";

const root = await TestCa.create({ commonName: "Root" });
const sub = await root.intermediate({ commonName: "Sub" });
root.revoke(sub);
const crl = [root.crl(), sub.crl()];
// OpenSSL looks at purposes before it looks at lists, and stops at what it finds first.
const wrong = await sub.wrongEku("server.example");
const fingerprint = wrong.certificate.fingerprint("sha256");
const chain: SslOptions = { ca: root.pem, crl, checkCrl: "chain" };

const CALLBACKS: readonly [string, SslOptions][] = [
  ["no verifyCallback", {}],
  ["a verifyCallback that refuses what is wrong", { verifyCallback: (ok) => ok }],
  ["one that does so later", { verifyCallback: (ok) => Promise.resolve(ok) }],
];

for (const [name, more] of CALLBACKS) {
  for (const version of ["TLSv1_2", "TLSv1_3"]) {
    Deno.test(`a pin does not save a server whose CA is revoked, with another fault in front (${name}, ${version})`, async () => {
      const { clientError, clientReport } = await shake(
        { ...chain, ...more, fingerprint, version },
        { cert: wrong.cert, key: wrong.key },
      );
      assertInstanceOf(clientError, SslVerifyError);
      assertEquals(clientError.code, "CERT_REVOKED");
      assertEquals(clientReport.checks.find((check) => check.name === "crl")?.ok, false);
      assertEquals(clientReport.checks.find((check) => check.name === "fingerprint")?.ok, true);
    });
  }
}

Deno.test("a pin does not save a client whose CA is revoked, with another fault in front", async () => {
  const client = await sub.server("server alone");
  const { cert, key } = await root.server("server.example");
  const { serverError } = await shake(
    { ca: root.pem, cert: client.cert, key: client.key },
    {
      ...{ cert, key, verifyMode: 3, clientCa: root.pem, crl, checkCrl: "chain" },
      fingerprint: client.certificate.fingerprint("sha256"),
    },
  );
  assertInstanceOf(serverError, SslVerifyError);
  assertEquals(serverError.code, "CERT_REVOKED");
});

Deno.test("a list that is asked for the leaf alone says nothing of its CA", async () => {
  const { clientError } = await shake(
    { ...chain, checkCrl: "leaf", fingerprint },
    { cert: wrong.cert, key: wrong.key },
  );
  assertEquals(clientError, undefined);
});

const stranger = await (await TestCa.create({ commonName: "Others" })).client("a stranger");

for (const version of ["TLSv1_2", "TLSv1_3"]) {
  Deno.test(`a client that verifyCallback refuses by a promise gets no session by a pin (${version})`, async () => {
    const served = await root.server("server.example");
    const context = await contextFor("server", {
      ...{ engine: "openssl", version, verifyMode: 3, clientCa: root.pem },
      ...{ cert: served.cert, key: served.key },
      verifyCallback: (ok) => Promise.resolve(ok),
    });
    const client = await contextFor("client", {
      ...{ engine: "openssl", version, ca: root.pem, cert: stranger.cert, key: stranger.key },
      ...{ sessionCache: new SessionCache(10), sessionKey: "the server" },
    });
    const pinned = { fingerprint: stranger.certificate.fingerprint("sha256") };
    const first = await shake({ reuseCtx: client }, { reuseCtx: context, ...pinned });
    assertInstanceOf(first.serverError, SslVerifyError);
    assertEquals(first.serverReport.ok, false);
    assertStrictEquals(first.serverReport.error, first.serverError);
    const without = await shake({ reuseCtx: client }, { reuseCtx: context });
    assertInstanceOf(without.serverError, SslVerifyError);
  });
}
