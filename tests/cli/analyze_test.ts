/** `ssl analyze`: what it finds of our own servers, and the findings that follow from it. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { engineInfo, serve, type SslListener, SslSocket } from "../../mod.ts";
import { acceptStartTls } from "../../starttls/mod.ts";
import { TestCa, type TestCertificateOptions } from "../../testing/mod.ts";
import type { ListenOptions } from "../../socket/options.ts";
import { chainFaults, chainFound } from "../../cli/analyze/chain.ts";
import { type Evidence, findingsOf } from "../../cli/analyze/judge.ts";
import type { Finding, SuiteFound, VersionFound } from "../../cli/analyze/model.ts";
import { run } from "./helper.ts";

const ca = await TestCa.create({ commonName: "Root X" });
const issuer = await ca.intermediate({ commonName: "Issuer Y" });
const folder = await Deno.makeTempDir();
const CA = `${folder}/ca.pem`;
await Deno.writeTextFile(CA, ca.pem);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const now = Date.now();
const DAY = 86_400_000;
const ignore = !engineInfo().features.has("ownAnchors");
const good = await issuer.server("localhost");

async function server(options: ListenOptions) {
  const own = serve({
    hostname: "127.0.0.1",
    port: 0,
    onHandshakeError: () => {},
    onError: () => {},
    ...options,
  }, async (h) => {
    while (await h.readLine() !== undefined);
  });
  const { port } = await own.addr;
  return { at: `localhost:${port}`, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
}

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id }) => id);

Deno.test({
  name: "analyze: versions, suites in the server's order, groups, protocols, resumption, trust",
  ignore,
  fn: async () => {
    const suites = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
    await using s = await server({
      cert: good.cert,
      key: good.key,
      cipherList: suites,
      honorCipherOrder: true,
      ecdhCurve: "P-384:P-256",
      alpnProtocols: ["h2", "http/1.1"],
    });
    const { code, json, stderr } = await run(["analyze", s.at, "--ca", CA, "--json"]);
    assertEquals([code, json.verdict, stderr], [0, "ok", ""]);
    const offered = json.versions.filter((one: VersionFound) => one.offered);
    assertEquals(offered.map((one: VersionFound) => one.version), ["TLSv1_2", "TLSv1_3"]);
    assertEquals(offered[0].suites.map(({ openssl }: SuiteFound) => openssl).join(":"), suites);
    assertEquals(offered[0].order, "server");
    const groups = json.groups.map((one: { groups: { name: string }[] }) =>
      one.groups.map(({ name }) => name)
    );
    assertEquals(groups, [["P-384", "P-256"], ["P-384", "P-256"]]);
    assertEquals(json.features.alpn, ["h2", "http/1.1"]);
    const { byTicket, tls13 } = json.features.resumption;
    assertEquals([byTicket, tls13], [true, true]);
    assertEquals(json.features.secureRenegotiation, true);
    assertEquals([json.trust.trusted, json.trust.path.length], [true, 3]);
    assertEquals(json.chains[0].certificates[0].pem, good.certificate.pem);
    assertEquals(json.chains[0].faults, []);
    assertEquals(ids(json.findings), ["no-post-quantum"]);
  },
});

Deno.test({
  name: "analyze without OpenSSL reads the certificates of TLS 1.3 and says what it left out",
  ignore,
  fn: async () => {
    const { certificate, privateKey } = good;
    await using s = await server({
      cert: certificate.pem,
      key: privateKey.pem,
      version: "TLSv1_3",
      alpnProtocols: ["h2"],
    });
    const call = ["analyze", s.at, "--engine", "deno", "--ca", CA];
    const { code, json } = await run([...call, "--json"]);
    assertEquals([code, json.verdict], [1, "findings"]);
    assertEquals(json.chains[0].certificates[0].pem, certificate.pem);
    assertEquals(json.features.alpn, ["h2"]);
    assertStringIncludes(json.leftOut[0].why, "--allow-ffi");
    assertEquals(ids(json.findings), ["missing-intermediate", "no-post-quantum"]);
    assertEquals((await run([...call, "--fail-on", "critical"])).code, 0);
    const { code: never } = await run([...call, "--fail-on", "never", "--fast"]);
    assertEquals(never, 0);
  },
});

Deno.test({
  name: "analyze --starttls begins in plain text; a refusal before TLS is exit code 4",
  ignore,
  fn: async () => {
    const listener = await SslSocket.listen({
      hostname: "127.0.0.1",
      port: 0,
      cert: good.cert,
      key: good.key,
    });
    const serving = serveSmtp(listener);
    const { port } = listener.addr;
    const at = `localhost:${port}`;
    const { code, json } = await run(
      ["analyze", at, "--starttls", "smtp", "--fast", "--ca", CA, "--json"],
    );
    assertEquals([code, json.trust.trusted, json.target.starttls], [0, true, "smtp"]);
    assert(json.connections > 5);
    const plain = await run(["analyze", at, "--starttls", "imap", "--json"]);
    assertEquals([plain.code, plain.json.verdict], [4, "no-tls"]);
    listener.close();
    await serving;
  },
});

async function serveSmtp(listener: SslListener): Promise<void> {
  const running: Promise<unknown>[] = [];
  while (true) {
    const conn = await listener.acceptPlain().catch(() => undefined);
    if (conn === undefined) break;
    const options = { cert: good.cert, key: good.key, timeout: 5000 };
    running.push(
      acceptStartTls(conn, "smtp", options).then(({ socket }) => socket.close(), () => {}),
    );
  }
  await Promise.all(running);
}

Deno.test("analyze: nobody listens is exit code 3; what is not TLS is 4", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const serving = (async () => {
    for await (const conn of listener) {
      await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n")).catch(
        () => {},
      );
      conn.close();
    }
  })();
  const { code, json } = await run(["analyze", `localhost:${port}`, "--json"]);
  assertEquals([code, json.verdict], [4, "no-tls"]);
  listener.close();
  await serving;
  const { code: gone, json: why } = await run(["analyze", `localhost:${port}`, "--json"]);
  assertEquals([gone, why.verdict], [3, "unreachable"]);
});

/** The faults of a leaf of its own. */
async function faultsOf(options: TestCertificateOptions, host = "localhost"): Promise<string[]> {
  const { chain } = await issuer.server({ names: ["localhost"], ...options });
  return chainFaults(chain, { host, now }).map(({ id }) => id);
}

Deno.test("the faults of a certificate are each seen by itself", async () => {
  assertEquals(await faultsOf({}), []);
  assertEquals(await faultsOf({}, "other.example"), ["wrong-name"]);
  const before = new Date(now - 20 * DAY);
  assertEquals(await faultsOf({ notBefore: before, notAfter: new Date(now - 5 * DAY) }), [
    "expired",
  ]);
  assertEquals(await faultsOf({ notBefore: new Date(now + 9 * DAY) }), ["not-yet-valid"]);
  assertEquals(await faultsOf({ notAfter: new Date(now + 20 * DAY) }), ["expires-soon"]);
  assertEquals(await faultsOf({ notAfter: new Date(now + 2 * DAY) }), ["expires-very-soon"]);
  assertEquals(await faultsOf({ notAfter: new Date(now + 500 * DAY) }), ["long-life"]);
  assertEquals(await faultsOf({ extKeyUsage: ["clientAuth"] }), ["not-for-servers"]);
  assertEquals(await faultsOf({ digest: "sha1" }), ["weak-signature"]);
  const { privateKey } = await ca.server("x", { keyType: "ec" });
  assertEquals(await faultsOf({ privateKey, mustStaple: true }), []);
});

Deno.test("the faults of a chain: order, gap, strangers, root, self-signed, wrong signature", async () => {
  const [leaf, middle] = good.chain;
  const root = ca.certificate;
  const other = (await TestCa.create({ commonName: "Stranger" })).certificate;
  const twin = (await TestCa.create({ commonName: "Root X" })).certificate;
  const faults = (...chain: (typeof root)[]) =>
    chainFaults(chain, { host: "localhost", now }).map(({ id, depth }) => `${depth} ${id}`);
  assertEquals(faults(leaf!, middle!), []);
  assertEquals(faults(leaf!, middle!, root), ["2 root-sent"]);
  assertEquals(
    faults(leaf!, root, middle!),
    ["0 wrong-order", "1 unrelated", "1 root-sent"],
  );
  assertEquals(faults(leaf!, other), ["0 gap", "1 root-sent"]);
  assertEquals(faults(leaf!, middle!, twin), ["1 bad-signature", "2 root-sent"]);
  const { selfSigned } = await import("../../testing/mod.ts");
  const own = await selfSigned("localhost");
  assertEquals(faults(own.certificate), ["0 self-signed"]);
});

Deno.test("a staple that was promised and did not come, one that says revoked, and garbage", async () => {
  const question = { host: "localhost", now };
  const { chain } = await issuer.server("localhost", { mustStaple: true });
  const ders = chain.map(({ der }) => der);
  assertEquals(chainFound(ders, undefined, question).faults.map(({ id }) => id), ["must-staple"]);
  const garbage = chainFound(ders, Uint8Array.of(1, 2, 3), question);
  assertEquals([garbage.staple.status, garbage.faults[0]!.id], ["error", "bad-staple"]);
  const revoked = await issuer.ocspResponse(chain[0]!, { status: "revoked" });
  const found = chainFound(ders, revoked, question);
  assertEquals([found.staple.status, found.faults[0]!.id], ["revoked", "revoked"]);
  const good = chainFound(ders, await issuer.ocspResponse(chain[0]!), question);
  assertEquals([good.staple.status, good.faults], ["good", []]);
  const broken = chainFound([Uint8Array.of(0x30, 0)], undefined, question);
  assertEquals([broken.certificates, broken.faults[0]!.id], [[], "malformed"]);
});

const suite = (id: number, more: Partial<SuiteFound> = {}): SuiteFound => ({
  ...{ id: `0x${id.toString(16).padStart(4, "0")}`, name: `suite ${id}`, openssl: "", bits: 128 },
  ...{ strength: "fair", ...more },
});

function evidence(more: Partial<Evidence>): Evidence {
  return {
    target: { hostname: "h", port: 443, serverName: "h" },
    versions: [{ version: "TLSv1_3", offered: true, suites: [suite(0x1301)] }],
    groups: [],
    chains: [],
    features: { alpn: [], asksForCertificate: false, resumption: {} },
    leftOut: [],
    ...more,
  };
}

const version = (name: VersionFound["version"], ...suites: SuiteFound[]): VersionFound => ({
  version: name,
  offered: true,
  suites,
});

Deno.test("each fault of versions, suites and features has its finding, gravest first", () => {
  const found = (more: Partial<Evidence>) => ids(findingsOf(evidence(more)));
  const tls12 = (...suites: SuiteFound[]) =>
    found({
      versions: [version("TLSv1_2", ...suites), version("TLSv1_3")],
    });
  assertEquals(found({}), []);
  assertEquals(found({ versions: [version("SSLv2"), version("SSLv3")] }), [
    ...["sslv2", "sslv3", "no-modern-version"],
  ]);
  assertEquals(found({ versions: [version("TLSv1"), version("TLSv1_1"), version("TLSv1_2")] }), [
    ...["tls1.0", "tls1.1", "no-tls1.3"],
  ]);
  assertEquals(tls12(suite(0x003b, { bits: 0 })), ["null-cipher"]);
  assertEquals(tls12(suite(0x0018)).slice(0, 2), ["anonymous", "rc4"]);
  assertEquals(tls12(suite(0x0014, { bits: 40 })).slice(0, 1), ["export"]);
  assertEquals(tls12(suite(0x0015, { bits: 56 })).slice(0, 1), ["des"]);
  assertEquals(tls12(suite(0xc012, { bits: 112 })), ["sweet32", "cbc"]);
  assertEquals(tls12(suite(0x009c)), ["no-forward-secrecy"]);
  assertEquals(tls12(suite(0x009e, { dhBits: 1024 })), ["broken-dh"]);
  assertEquals(tls12(suite(0x009e, { dhBits: 1536 })), ["weak-dh"]);
  assertEquals(tls12(suite(0x009e, { dhBits: 2048 })), []);
  const features = (more: Partial<Evidence["features"]>) =>
    found({ features: { alpn: [], asksForCertificate: false, resumption: {}, ...more } });
  assertEquals(features({ heartbleed: true, heartbeat: true }), ["heartbleed", "heartbeat"]);
  assertEquals(features({ compression: true }), ["compression"]);
  assertEquals(features({ secureRenegotiation: false }), ["insecure-renegotiation"]);
  assertEquals(features({ clientRenegotiation: true }), ["client-renegotiation"]);
  assertEquals(features({ fallbackScsv: false }), ["no-fallback-scsv"]);
  assertEquals(features({ resumption: { byId: false, tls13: false } }), ["no-resumption"]);
  assertEquals(features({ resumption: { byId: false, tls13: true } }), []);
});
