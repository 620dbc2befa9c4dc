/** Revocation lists on live connections: where they come from, which one counts, how old they are. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TestCa, type TestCertificate } from "../../certificate/mod.ts";
import {
  type ConnectOptions,
  explain,
  SslContext,
  SslError,
  SslUnsupportedError,
} from "../../mod.ts";
import { readCrl } from "../../verify/crl.ts";
import { meet, type Met } from "./live.ts";

const DAY = 86_400_000;
const ca = await TestCa.create();
const inter = await ca.intermediate();
const good = await ca.server("localhost");
const bad = await ca.revoked("localhost");
const below = await inter.server("localhost");

const code = (met: Met) => met.error === undefined ? "ok" : (met.error as SslError).code;
const crlOf = (met: Met) =>
  (met.report ?? (met.error as SslError).report)!.checks.find(({ name }) => name === "crl");
const ask = (server: TestCertificate, client: ConnectOptions) => meet({ server, client });
const derOf = (pem: string) =>
  Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, "")), (c) => c.charCodeAt(0));

async function withDirectory(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, data] of Object.entries(files)) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      await Deno.writeFile(`${directory}/${name}`, bytes);
    }
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("caPath: hashed certificates (*.0) and their CRLs (*.r0)", async () => {
  await withDirectory({ "0a1b2c3d.0": ca.pem, "0a1b2c3d.r0": ca.crl() }, async (caPath) => {
    assertEquals(code(await ask(good, { caPath, checkCrl: true })), "ok");
    assertEquals(code(await ask(bad, { caPath, checkCrl: true })), "CERT_REVOKED");
    // Without checkCrl the lists of a directory are not looked at, as in OpenSSL.
    assertEquals(code(await ask(bad, { caPath })), "ok");
  });
  await withDirectory({ "0a1b2c3d.0": ca.pem }, async (caPath) => {
    assertEquals(code(await ask(good, { caPath, checkCrl: true })), "UNABLE_TO_GET_CRL");
  });
});

Deno.test("caPath: the CRL beside the anchor in another directory, and a second one (*.r1)", async () => {
  const old = new Date(Date.now() - 5 * DAY);
  const expired = (await TestCa.create()).crl();
  const stale = ca.crl({ thisUpdate: old, nextUpdate: new Date(Date.now() - DAY) });
  await withDirectory({ "0a1b2c3d.r0": stale, "0a1b2c3d.r1": ca.crl() }, async (lists) => {
    await withDirectory({ "0a1b2c3d.0": ca.pem, "ffffffff.r0": expired }, async (anchors) => {
      const caPath = [anchors, lists];
      assertEquals(code(await ask(good, { caPath, checkCrl: true })), "ok");
      assertEquals(code(await ask(bad, { caPath, checkCrl: true })), "CERT_REVOKED");
    });
  });
});

Deno.test("crl and crlFile in PEM and DER, and a CRL inside caFile", async () => {
  const pem = ca.crl();
  const der = derOf(pem);
  await withDirectory({ "a.pem": pem, "a.crl": der, "ca.pem": ca.pem + pem }, async (dir) => {
    const ways: ConnectOptions[] = [
      { ca: ca.pem, crl: pem },
      { ca: ca.pem, crl: der },
      { ca: ca.pem, crl: [inter.crl(), der] },
      { ca: ca.pem, crlFile: `${dir}/a.pem` },
      { ca: ca.pem, crlFile: `${dir}/a.crl` },
      { caFile: `${dir}/ca.pem`, checkCrl: true },
      { ca: ca.pem, crl: pem, checkCrl: "leaf" },
    ];
    for (const client of ways) {
      assertEquals(code(await ask(good, client)), "ok");
      assertEquals(code(await ask(bad, client)), "CERT_REVOKED");
    }
  });
  assertEquals(code(await ask(bad, { ca: ca.pem, crl: pem, checkCrl: false })), "ok");
});

Deno.test("a missing CRL is an error, and the explanation says whose and where it is", async () => {
  const url = "http://pki.example/ca.crl";
  const leaf = await ca.server({ names: ["localhost"], crlUris: [url] });
  for (const crl of [undefined, inter.crl()]) {
    const met = await ask(leaf, { ca: ca.pem, checkCrl: true, ...(crl ? { crl } : {}) });
    assertEquals(code(met), "UNABLE_TO_GET_CRL");
    assertEquals(crlOf(met)?.ok, false);
    assertStringIncludes(explain(met.error), `no CRL from "${ca.cert.subject}"`);
    assertStringIncludes(explain(met.error), url);
  }
});

Deno.test('checkCrl: "chain" demands and checks the list of every CA', async () => {
  const both = [ca.crl(), inter.crl()];
  const chain = (crl: string[], more: ConnectOptions = {}) =>
    ask(below, { ca: ca.pem, crl, checkCrl: "chain", ...more });
  const met = await chain(both);
  assertEquals(code(met), "ok");
  const detail = crlOf(met)!.detail;
  for (const { subject } of [below.certificate, inter.cert, ca.cert]) {
    assertStringIncludes(detail, `"${subject}" is not revoked by the CRL of`);
  }
  assertEquals(code(await chain([inter.crl()])), "UNABLE_TO_GET_CRL");
  assertEquals(code(await chain([ca.crl()])), "UNABLE_TO_GET_CRL");
  assertEquals(code(await chain([inter.crl()], { checkCrl: true })), "ok");
});

Deno.test("a revoked intermediate is seen by the whole-chain check alone", async () => {
  const gone = await ca.intermediate();
  const leaf = await gone.server("localhost");
  ca.revoke(gone, "cACompromise");
  const crl = [ca.crl(), gone.crl()];
  assertEquals(code(await ask(leaf, { ca: ca.pem, crl, checkCrl: "leaf" })), "ok");
  const met = await ask(leaf, { ca: ca.pem, crl, checkCrl: "chain" });
  assertEquals(code(met), "CERT_REVOKED");
  assertMatch((met.error as SslError).message, /at depth 1.*revoked since \S+Z, cACompromise/);
  assertStringIncludes(
    explain(met.error),
    `The certificate "${gone.cert.subject}" has been revoked`,
  );
});

Deno.test("the report says which CRL counts and how old it is", async () => {
  const thisUpdate = new Date(Math.floor(Date.now() / 1000) * 1000 - 5 * 3_600_000);
  const nextUpdate = new Date(thisUpdate.getTime() + DAY);
  const older = ca.crl({ thisUpdate: new Date(thisUpdate.getTime() - DAY) });
  const crl = [older, ca.crl({ thisUpdate, nextUpdate })];
  const iso = (date: Date) => date.toISOString().replace(".000", "");
  const of = `the CRL of "${ca.cert.subject}" of ${iso(thisUpdate)}, 5 hours old, next one due ${
    iso(nextUpdate)
  }`;
  const met = await ask(good, { ca: ca.pem, crl });
  assertEquals(crlOf(met), {
    name: "crl",
    ok: true,
    detail: `"${good.certificate.subject}" is not revoked by ${of}`,
  });
  const revoked = await ask(bad, { ca: ca.pem, crl });
  assertEquals(crlOf(revoked)?.ok, false);
  assertMatch(crlOf(revoked)!.detail, /revoked since \S+Z, keyCompromise/);
  assertStringIncludes(crlOf(revoked)!.detail, of);
  const without = await ask(good, { ca: ca.pem });
  assertEquals(crlOf(without), undefined);
});

Deno.test("freshness: expired and future lists are errors; beside a current one they do not matter", async () => {
  const old = ca.crl({
    thisUpdate: new Date(Date.now() - 5 * DAY),
    nextUpdate: new Date(Date.now() - DAY),
  });
  const future = ca.crl({ thisUpdate: new Date(Date.now() + DAY) });
  const met = await ask(good, { ca: ca.pem, crl: old });
  assertEquals(code(met), "CRL_HAS_EXPIRED");
  assertMatch(crlOf(met)!.detail, /5 days old, next one due/);
  assertEquals(code(await ask(good, { ca: ca.pem, crl: future })), "CRL_NOT_YET_VALID");
  assertEquals(code(await ask(good, { ca: ca.pem, crl: [old, ca.crl()] })), "ok");
  assertEquals(code(await ask(bad, { ca: ca.pem, crl: [old, ca.crl()] })), "CERT_REVOKED");
});

Deno.test("a certificate that was revoked after the list was made needs the newer list", async () => {
  const leaf = await ca.server("localhost");
  const before = ca.crl({ thisUpdate: new Date(Date.now() - 2 * 3_600_000) });
  assertEquals(code(await ask(leaf, { ca: ca.pem, crl: before })), "ok");
  ca.revoke(leaf);
  assertEquals(code(await ask(leaf, { ca: ca.pem, crl: [before, ca.crl()] })), "CERT_REVOKED");
});

Deno.test("a server refuses a revoked client, and reports the list for a good one", async () => {
  const me = await ca.client("me");
  const gone = await ca.client("gone");
  ca.revoke(gone);
  const server = { ...good, verifyMode: 3, clientCa: ca.pem, crl: ca.crl() };
  const met = await meet({
    server,
    client: { ca: ca.pem, ...me },
    use: (_, peer) => {
      const check = peer.report.checks.find(({ name }) => name === "crl");
      assertEquals(check?.ok, true);
      assertStringIncludes(check!.detail, '"/CN=me" is not revoked by the CRL of');
    },
  });
  assertEquals([met.greeting, met.error], ["hallo", undefined]);
  const refused = await meet({ server, client: { ca: ca.pem, ...gone } });
  assertEquals(code(refused), "ERR_SSL_ALERT_CERTIFICATE_REVOKED");
  assertEquals((refused.serverError as SslError).code, "CERT_REVOKED");
});

Deno.test("deno: CRLs are refused, with the remedy", async () => {
  for (const client of [{ checkCrl: true }, { crl: ca.crl() }, { checkCrl: "chain" }] as const) {
    await assertRejects(
      () => meet({ engine: "deno", server: good, client: { extraCa: ca.pem, ...client } }),
      SslUnsupportedError,
      "--allow-ffi",
    );
  }
});

Deno.test("what is not a CRL is refused when the context is made", async () => {
  for (const crl of [ca.pem, new Uint8Array([0x30, 0])]) {
    const options = { engine: "openssl", ca: ca.pem, crl } as const;
    await assertRejects(() => SslContext.create(options), SslError, "crl");
  }
});

Deno.test("readCrl() reads the outer fields, and nothing of what is malformed", () => {
  const header = readCrl(derOf(ca.crl()))!;
  assertEquals(header.issuer, ca.cert.subject);
  assert(header.thisUpdate < new Date() && header.nextUpdate! > new Date());
  for (const bytes of [[], [0x30, 0], [0x30, 2, 0x30, 0], [0x30, 0x80]]) {
    assertThrows(() => readCrl(Uint8Array.from(bytes)), SslError, "Cannot read CRL");
  }
});
