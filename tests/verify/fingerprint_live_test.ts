/** Pins on live connections: t/verify_fingerprint.t of IO::Socket::SSL, and what goes beyond it. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { certCreate, TestCa, type TestCertificate } from "../../certificate/mod.ts";
import { parsePin, pinMatches } from "../../verify/mod.ts";
import {
  type ConnectOptions,
  explain,
  type SslError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../mod.ts";
import { meet, type Met } from "./live.ts";
import { alerted, inWords } from "../helpers/refusal.ts";

const ca1 = await TestCa.create();
const ca2 = await TestCa.create();
const ica2 = await ca2.intermediate();
const s1 = await ca1.server("localhost");
const s2 = await ica2.server("localhost");
const stranger = await ca1.server("localhost");
const fp1 = s1.certificate.fingerprint();
const fp1pub = s1.certificate.fingerprint("sha256", true);
const fp2 = s2.certificate.fingerprint();
const ifp2 = ica2.cert.fingerprint();
const wrong = stranger.certificate.fingerprint();

/** The 15 cases of perl-api.md; without anchors where Perl has none. */
const CASES: [name: string, server: TestCertificate, client: ConnectOptions, ok: boolean][] = [
  ["fp1 at s1", s1, { ca: [], fingerprint: fp1 }, true],
  ["fp1pub at s1", s1, { ca: [], fingerprint: fp1pub }, true],
  ["fp2 at s2", s2, { ca: [], fingerprint: fp2 }, true],
  ["the intermediate's fingerprint at s2", s2, { ca: [], fingerprint: ifp2 }, false],
  ["fp2 at s1", s1, { ca: [], fingerprint: fp2 }, false],
  ["fp1 at s2", s2, { ca: [], fingerprint: fp1 }, false],
  ["fp1 and fp2 at s1", s1, { ca: [], fingerprint: [fp1, fp2] }, true],
  ["fp1 and fp2 at s2", s2, { ca: [], fingerprint: [fp1, fp2] }, true],
  ["fp2 at s2 where only ca1 is trusted", s2, { ca: ca1.pem, fingerprint: fp2 }, true],
  ["ca2 at s2", s2, { ca: ca2.pem }, true],
  ["ca2 at s1", s1, { ca: ca2.pem }, false],
  ["ca1 and ca2 at s1", s1, { ca: [ca1.pem, ca2.pem] }, true],
  [
    "a wrong forced fingerprint at s1 with a good chain",
    s1,
    { ca: ca1.pem, fingerprint: wrong, forceFingerprint: true },
    false,
  ],
  [
    "a right forced fingerprint at s1",
    s1,
    { ca: ca1.pem, fingerprint: fp1, forceFingerprint: true },
    true,
  ],
  ["the leaf as its own anchor at s1", s1, { ca: s1.certificate }, true],
];

const outcome = (met: Met) => met.error === undefined ? "accepted" : (met.error as SslError).code;
const checkOf = (met: Met, name: string) =>
  (met.report ?? (met.error as SslError).report)?.checks.find((c) => c.name === name);

for (const [name, server, client, ok] of CASES) {
  Deno.test(`openssl: ${ok ? "accepts" : "refuses"} ${name}`, async () => {
    for (const via of ["connect", "start"] as const) {
      const met = await meet({ server, client, via, hostname: "localhost" });
      assertEquals(met.greeting, ok ? "hallo" : "");
      if (!ok) assertInstanceOf(met.error, SslVerifyError);
      else assertEquals(met.error, undefined);
    }
  });
}

Deno.test("the table of fingerprints has the 15 cases of t/verify_fingerprint.t", () => {
  assertEquals(CASES.length, 15);
});

Deno.test("a pin overrides name and dates, but only at its own certificate", async () => {
  const old = await ca1.expired("other.example");
  const fingerprint = old.certificate.fingerprint();
  const met = await meet({ server: old, client: { ca: ca1.pem, fingerprint } });
  assertEquals([met.greeting, outcome(met)], ["hallo", "accepted"]);
  assertEquals(checkOf(met, "chain")?.ok, false);
  assertEquals(checkOf(met, "hostname")?.ok, false);
  assertEquals(checkOf(met, "fingerprint"), {
    name: "fingerprint",
    ok: true,
    detail: `matches ${fingerprint}`,
  });
  const without = await meet({ server: old, client: { ca: ca1.pem, fingerprint: fp1 } });
  assertEquals(outcome(without), "CERT_HAS_EXPIRED");
});

Deno.test("a pin never overrides a revocation, also one that hides behind another error", async () => {
  const leaf = await ca1.wrongEku("localhost");
  ca1.revoke(leaf);
  const fingerprint = leaf.certificate.fingerprint();
  const crl = ca1.crl();
  const plain = await meet({ server: leaf, client: { ca: ca1.pem, fingerprint } });
  assertEquals(outcome(plain), "accepted"); // nobody looks at a list
  for (const ca of [ca1.pem, ca2.pem]) {
    for (const forceFingerprint of [false, true]) {
      const client = { ca, fingerprint, forceFingerprint, crl, checkCrl: true };
      const met = await meet({ server: leaf, client });
      assertEquals([met.greeting, outcome(met)], ["", "CERT_REVOKED"]);
      assertMatch(checkOf(met, "crl")!.detail, /revoked since \S+Z, keyCompromise/);
      assertMatch(explain(met.error), /revoked by its issuer \(since/);
    }
  }
});

Deno.test("report-only: a pin that does not match falls back to the chain, and the report has it", async () => {
  const met = await meet({ server: s1, client: { ca: ca1.pem, fingerprint: [wrong, fp2] } });
  assertEquals(met.greeting, "hallo");
  const check = checkOf(met, "fingerprint")!;
  assertEquals(check.ok, undefined);
  assertStringIncludes(check.detail, `none of 2 pin(s) matches the certificate, which has ${fp1}`);
  assertEquals(met.report!.ok, true);
});

Deno.test("several pins: the report says which one matched, the one in use or its backup", async () => {
  for (const [server, used] of [[s1, fp1], [s2, fp2]] as const) {
    const met = await meet({
      server,
      client: { ca: [], fingerprint: [fp1, fp2], forceFingerprint: true },
    });
    assertEquals(met.greeting, "hallo");
    assertEquals(checkOf(met, "fingerprint")?.detail, `matches ${used}`);
  }
});

Deno.test("the explanation of a wrong pin has the certificate's own, which then works", async () => {
  const client = { ca: [], fingerprint: wrong, forceFingerprint: true };
  const { error } = await meet({ server: s1, client });
  const pin = /It has (\S+)\./.exec(explain(error))?.[1];
  assertEquals(pin, fp1);
  const met = await meet({ server: s1, client: { ...client, fingerprint: pin! } });
  assertEquals(met.greeting, "hallo");
});

Deno.test("pins in every notation: bare hex, colons, upper case, sha512, and weak ones with leave", async () => {
  const hex = fp1.split("$")[1]!;
  const colons = hex.toUpperCase().match(/../g)!.join(":");
  const { certificate } = s1;
  for (
    const fingerprint of [
      hex,
      colons,
      `SHA256$${colons}`,
      certificate.fingerprint("sha512"),
      certificate.fingerprint("sha384", true),
    ]
  ) {
    const met = await meet({ server: s1, client: { ca: [], fingerprint } });
    assertEquals(met.greeting, "hallo", fingerprint);
  }
  for (const fingerprint of [certificate.fingerprint("sha1"), certificate.fingerprint("md5")]) {
    await assertRejects(
      () => meet({ server: s1, client: { ca: [], fingerprint } }),
      TypeError,
      "collisions can be made",
    );
    const client = { ca: [], fingerprint, allowWeakPins: true };
    assertEquals((await meet({ server: s1, client })).greeting, "hallo");
  }
});

Deno.test("a pin of the public key survives a renewal, a pin of the certificate does not", async () => {
  const renewed = await certCreate({
    subject: { commonName: "localhost" },
    subjectAltNames: [["DNS", "localhost"]],
    purpose: "server",
    key: s1.privateKey,
    issuer: [ca1.cert, ca1.privateKey],
  });
  const server = { cert: renewed.cert.pem, key: s1.key };
  const pinned = (fingerprint: string) =>
    meet({ server, client: { ca: ca1.pem, fingerprint, forceFingerprint: true } });
  assertEquals((await pinned(fp1pub)).greeting, "hallo");
  assertEquals(outcome(await pinned(fp1)), "FINGERPRINT_MISMATCH");
});

Deno.test("a server can pin its clients instead of trusting a CA", async () => {
  const client = await ca2.client("me");
  const server = { ...s1, verifyMode: 3, clientCa: ca1.pem, forceFingerprint: true };
  const fingerprint = client.certificate.fingerprint();
  const met = await meet({
    server: { ...server, fingerprint },
    client: { ca: ca1.pem, ...client },
    use: (_, peer) => assertEquals(peer.report.ok, true),
  });
  assertEquals(met.greeting, "hallo");
  const other = await meet({
    server: { ...server, fingerprint: fp2 },
    client: { ca: ca1.pem, ...client },
  });
  assertEquals(inWords(other.error as Error), alerted("handshake_failure"));
  assertEquals((other.serverError as SslError).code, "FINGERPRINT_MISMATCH");
});

Deno.test("getFingerprint() and getFingerprintBin() of certificate and key on both ends", async () => {
  const own = await ca1.client("me");
  const met = await meet({
    server: { ...s1, verifyMode: 3, clientCa: ca1.pem },
    client: { ca: ca1.pem, ...own },
    use: (client, server) => {
      for (const algo of ["sha256", "sha1", "sha512"]) {
        for (const key of [false, true]) {
          const ofServer = s1.certificate.fingerprint(algo, key);
          const ofClient = own.certificate.fingerprint(algo, key);
          assertEquals(client.getFingerprint(algo, undefined, key), ofServer);
          assertEquals(client.getFingerprint(algo, client.sockCertificate(), key), ofClient);
          assertEquals(server.getFingerprint(algo, undefined, key), ofClient);
          assertEquals(server.getFingerprint(algo, server.sockCertificate(), key), ofServer);
          const hex = ofServer.split("$").at(-1);
          const bin = client.getFingerprintBin(algo, undefined, key)!;
          assertEquals([...bin].map((b) => b.toString(16).padStart(2, "0")).join(""), hex);
        }
      }
      assertEquals(client.getFingerprint(), fp1);
    },
  });
  assertEquals([met.greeting, met.error], ["hallo", undefined]);
});

// ---- the Deno engine

const engine = "deno";

Deno.test("deno: fingerprint alone is refused before a byte is sent, with the remedy", async () => {
  await assertRejects(
    () => meet({ engine, server: s1, client: { extraCa: ca1.pem, fingerprint: fp1 } }),
    SslUnsupportedError,
    "--allow-ffi",
  );
});

Deno.test("deno: a forced pin is one more condition on a chain that is right", async () => {
  const forced = (fingerprint: string | string[], extraCa = ca1.pem) =>
    meet({ engine, server: s1, client: { extraCa, fingerprint, forceFingerprint: true } });
  for (const pin of [fp1, fp1pub, [wrong, fp1]]) {
    const met = await forced(pin);
    assertEquals(met.greeting, "hallo");
    assertEquals(checkOf(met, "fingerprint")?.ok, true);
  }
  const refused = await forced([wrong, fp2]);
  assertEquals([refused.greeting, outcome(refused)], ["", "FINGERPRINT_MISMATCH"]);
  assertStringIncludes(explain(refused.error), fp1);
  // No pin brings back a chain that rustls refuses.
  assertEquals(outcome(await forced(fp1, ca2.pem)), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
});

Deno.test("deno: getFingerprint() of the peer", async () => {
  const use: Parameters<typeof meet>[0]["use"] = (client) => {
    assertEquals(client.getFingerprint(), fp1);
    assertEquals(client.getFingerprint("sha256", undefined, true), fp1pub);
  };
  const met = await meet({ engine, server: s1, client: { extraCa: ca1.pem }, use });
  assertEquals([met.greeting, met.error], ["hallo", undefined]);
});

// ---- the functions

Deno.test("parsePin() reads every notation and refuses the rest", () => {
  const hex = fp1.split("$")[1]!;
  assertEquals(parsePin(fp1), { text: fp1, algorithm: "sha256", publicKey: false, hex });
  assertEquals(parsePin(fp1pub).publicKey, true);
  assert(pinMatches(parsePin(fp1), s1.certificate));
  assert(pinMatches(parsePin(fp1pub), s1.certificate));
  assert(!pinMatches(parsePin(fp2), s1.certificate));
  for (
    const bad of ["", "sha256$", "sha256$zz", hex.slice(1), `sha1$${hex}`, `crc32$${hex}`, "x$y$z"]
  ) assertThrows(() => parsePin(bad), TypeError);
  assertThrows(() => parsePin("0".repeat(32)), TypeError, "collisions");
  assertEquals(parsePin("0".repeat(32), true).algorithm, "md5");
});
