import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertExists,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { ConnectionState } from "../../context/connection.ts";
import { judge } from "../../verify/judge.ts";
import type { CallbackFinding } from "../../verify/answers.ts";
import type { Policy } from "../../verify/policy.ts";
import { parsePins, pinMatches } from "../../verify/fingerprint.ts";
import type { PeerEvidence } from "../../engine/engine.ts";
import { SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { resolveScheme } from "../../verify/schemes.ts";

const ca = await TestCa.create();
const leaf = (await ca.server("www.example.com", "10.0.0.1")).certificate;
const other = (await ca.server("www.example.com")).certificate;
const NAMES = { serverName: "www.example.com", verifyName: "www.example.com" };
const WRONG = { serverName: "other.example", verifyName: "other.example" };

const GOOD: PeerEvidence = {
  chain: [leaf.der, ca.certificate.der],
  presented: [leaf.der],
  error: 0,
  errorDepth: 0,
  errorText: "ok",
  resumed: false,
};
const UNKNOWN: PeerEvidence = {
  ...GOOD,
  chain: [leaf.der],
  error: 20,
  errorText: "unable to get local issuer certificate",
};
const EXPIRED: PeerEvidence = {
  ...GOOD,
  error: 10,
  errorDepth: 1,
  errorText: "certificate has expired",
};
const REVOKED: PeerEvidence = { ...GOOD, error: 23, errorText: "certificate revoked" };

const POLICY: Policy = {
  role: "client",
  engine: "openssl",
  verifyMode: 1,
  scheme: resolveScheme("rfc9525"),
  publicSuffix: undefined,
  pins: [],
  forceFingerprint: false,
  defaultsApplied: [],
};
const pinned = (fingerprint: string | string[], forceFingerprint = false): Policy => ({
  ...POLICY,
  pins: parsePins({ fingerprint, forceFingerprint }),
  forceFingerprint,
});
const PIN = leaf.fingerprint("sha256");
const PUB = leaf.fingerprint("sha256", true);
const OTHER = other.fingerprint("sha256");

const outcome = (report: { checks: readonly { name: string; ok: boolean | undefined }[] }) =>
  Object.fromEntries(report.checks.map(({ name, ok }) => [name, ok]));

Deno.test("judge() accepts a verified chain with the right name, and says so", () => {
  const report = judge(GOOD, POLICY, NAMES);
  assertEquals(report.ok, true);
  assertEquals(outcome(report), { chain: true, hostname: true });
  assertEquals(report.chain.map(({ subject }) => subject), [
    leaf.subject,
    ca.certificate.subject,
  ]);
  assertEquals(report.anchor?.subject, ca.certificate.subject);
  assertEquals(report.error, undefined);
});

Deno.test("judge() refuses a chain error with its code, number and certificate", () => {
  const unknown = judge(UNKNOWN, POLICY, NAMES).error!;
  assertEquals(unknown.code, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
  assertEquals(unknown.errno, 20);
  assertStringIncludes(unknown.message, "Cannot verify the certificate of www.example.com");
  assertStringIncludes(unknown.message, leaf.subject);
  const expired = judge(EXPIRED, POLICY, NAMES).error!;
  assertEquals(expired.code, "CERT_HAS_EXPIRED");
  assertStringIncludes(expired.message, `at depth 1, subject "${ca.certificate.subject}"`);
  assertEquals(judge(UNKNOWN, POLICY, NAMES).anchor, undefined);
});

Deno.test("judge() refuses a wrong name: the message has it and the names of the certificate", () => {
  const report = judge(GOOD, POLICY, WRONG);
  assertEquals(report.ok, false);
  assertEquals(outcome(report), { chain: true, hostname: false });
  const error = report.error!;
  assert(error instanceof SslVerifyError);
  assertEquals([error.code, error.errno], ["HOSTNAME_MISMATCH", 62]);
  assertStringIncludes(error.message, "hostname verification failed");
  assertStringIncludes(error.message, "other.example");
  assertStringIncludes(error.message, "DNS:www.example.com, IP:10.0.0.1");
  assertStrictEquals(error.report, report);
  assertStrictEquals(report.error, error);
});

Deno.test("judge() compares addresses with addresses", () => {
  const at = (verifyName: string) => judge(GOOD, POLICY, { serverName: undefined, verifyName });
  assertEquals(at("10.0.0.1").ok, true);
  assertEquals(at("10.0.0.2").error?.code, "IP_ADDRESS_MISMATCH");
});

Deno.test("judge() reports chain and name when both are wrong; the chain's error comes first", () => {
  const report = judge(UNKNOWN, POLICY, WRONG);
  assertEquals(outcome(report), { chain: false, hostname: false });
  assertEquals(report.error?.errno, 20);
});

Deno.test('judge() checks no name under the scheme "none", and says so', () => {
  const report = judge(GOOD, { ...POLICY, scheme: resolveScheme("none") }, WRONG);
  assertEquals(report.ok, true);
  assertEquals(outcome(report), { chain: true, hostname: undefined });
  assertEquals(judge(UNKNOWN, { ...POLICY, scheme: resolveScheme("none") }, WRONG).ok, false);
});

Deno.test("a pin that matches overrides chain, dates and name", () => {
  for (const fingerprint of [PIN, PUB, [OTHER, PIN], PIN.split("$")[1]!.toUpperCase()]) {
    for (const evidence of [GOOD, UNKNOWN, EXPIRED]) {
      for (const names of [NAMES, WRONG]) {
        const report = judge(evidence, pinned(fingerprint), names);
        assertEquals(report.ok, true);
        assertEquals(outcome(report).fingerprint, true);
      }
    }
  }
});

Deno.test("a pin never overrides a revocation", () => {
  for (const force of [false, true]) {
    const report = judge(REVOKED, pinned(PIN, force), NAMES);
    assertEquals(report.ok, false);
    assertEquals(report.error?.code, "CERT_REVOKED");
    assertEquals(outcome(report), { crl: false, hostname: true, fingerprint: true });
  }
});

Deno.test("with a pin that does not match, chain and name decide", () => {
  assertEquals(judge(GOOD, pinned(OTHER), NAMES).ok, true);
  assertEquals(judge(UNKNOWN, pinned(OTHER), NAMES).ok, false);
  assertEquals(judge(GOOD, pinned(OTHER), WRONG).ok, false);
});

Deno.test("forceFingerprint: the pin alone decides", () => {
  assertEquals(judge(UNKNOWN, pinned(PIN, true), WRONG).ok, true);
  const report = judge(GOOD, pinned(OTHER, true), NAMES);
  assertEquals(report.ok, false);
  assertEquals(outcome(report), { chain: true, hostname: true, fingerprint: false });
  assertEquals(report.error?.code, "FINGERPRINT_MISMATCH");
  assertStringIncludes(report.error!.message, PIN);
});

Deno.test("a pin of an intermediate does not match: the peer's own certificate counts", () => {
  assertEquals(judge(UNKNOWN, pinned(ca.certificate.fingerprint("sha256")), NAMES).ok, false);
  assertEquals(judge(GOOD, pinned(ca.certificate.fingerprint("sha256"), true), NAMES).ok, false);
});

Deno.test("on the Deno engine a pin is a condition on top of chain and name", () => {
  const deno: Policy = { ...pinned(PIN, true), engine: "deno" };
  assertEquals(judge(GOOD, deno, NAMES).ok, true);
  assertEquals(judge(UNKNOWN, deno, NAMES).ok, false);
  assertEquals(judge(GOOD, deno, WRONG).ok, false);
  assertEquals(judge(GOOD, { ...pinned(OTHER, true), engine: "deno" }, NAMES).ok, false);
});

Deno.test("the Deno engine without the peer's certificate: its verdict counts, pins cannot be checked", () => {
  const hidden: PeerEvidence = { ...GOOD, chain: [], presented: [] };
  const deno: Policy = { ...POLICY, engine: "deno" };
  const report = judge(hidden, deno, NAMES);
  assertEquals(report.ok, true);
  assertEquals(outcome(report), { chain: true, hostname: true });
  assertThrows(
    () => judge(hidden, { ...pinned(PIN, true), engine: "deno" }, NAMES),
    SslUnsupportedError,
    'Cannot use option "fingerprint"',
  );
  const failed = judge({ ...hidden, error: 62, errorText: "not valid for name" }, deno, NAMES);
  assertEquals(failed.ok, false);
  assertEquals(failed.error?.code, "HOSTNAME_MISMATCH");
  assertEquals(judge({ ...hidden, error: 20, errorText: "unknown" }, deno, NAMES).ok, false);
});

Deno.test("a server that sent no certificate is refused by a client of the OpenSSL engine", () => {
  const none: PeerEvidence = { ...GOOD, chain: [], presented: [] };
  for (
    const policy of [POLICY, pinned(PIN), pinned(PIN, true), {
      ...POLICY,
      scheme: resolveScheme("none"),
    }]
  ) {
    const report = judge(none, policy as Policy, NAMES);
    assertEquals(report.ok, false);
    assertEquals(report.error?.code, "ERR_SSL_NO_CERTIFICATE");
  }
});

Deno.test("a client without a certificate: verifyMode decides, a forced pin refuses", () => {
  const none: PeerEvidence = { ...GOOD, chain: [], presented: [] };
  const server: Policy = { ...POLICY, role: "server" };
  const anonymous = { serverName: undefined, verifyName: undefined };
  const accepted = judge(none, server, anonymous);
  assertEquals(accepted.ok, true);
  assertEquals(outcome(accepted), { chain: undefined });
  assertEquals(judge(none, { ...server, verifyMode: 3 }, anonymous).ok, false);
  assertEquals(judge(none, { ...pinned(PIN, true), role: "server" }, anonymous).ok, false);
  assertEquals(judge({ ...none, error: 20 }, server, anonymous).ok, false);
});

Deno.test("a client certificate's name counts only with verifycnName", () => {
  const server: Policy = { ...POLICY, role: "server" };
  const without = judge(GOOD, server, { serverName: undefined, verifyName: undefined });
  assertEquals(outcome(without), { chain: true, hostname: undefined });
  assertEquals(without.ok, true);
  const named = { serverName: undefined, verifyName: "other.example" };
  assertEquals(judge(GOOD, server, named).ok, false);
});

Deno.test("a malformed certificate is refused even where the engine had no objection", () => {
  const report = judge({ ...GOOD, presented: [new Uint8Array([0x30, 0x00])] }, POLICY, NAMES);
  assertEquals(report.ok, false);
  assertStringIncludes(report.error!.message, "the certificate is malformed");
});

Deno.test("a name with control characters stays on its line in the message", async () => {
  const evil = (await ca.server({ names: ["a.example"], commonName: "x\nSSL_VERIFY_OK\n" }))
    .certificate;
  const evidence = { ...UNKNOWN, chain: [evil.der], presented: [evil.der] };
  assertEquals(judge(evidence, POLICY, NAMES).error!.message.includes("\n"), false);
});

Deno.test("ConnectionState holds the report of its connection", () => {
  const before = new ConnectionState(POLICY, NAMES);
  assertEquals(before.report.ok, false);
  assertEquals(before.report.checks[0]?.detail, "the peer has not been verified");
  assertEquals(before.judge(GOOD), undefined);
  assertEquals(before.report.ok, true);
  const error = before.judge(UNKNOWN);
  assertExists(error);
  assertStrictEquals(before.error, error);
  const none = new ConnectionState({ ...POLICY, verifyMode: 0 }, NAMES);
  assertEquals(none.report.ok, true);
  assertEquals(none.report.checks[0]?.ok, undefined);
});

Deno.test("the report lists the defaults that were applied", () => {
  const policy = { ...POLICY, defaultsApplied: ["verifyMode"] };
  assertEquals(judge(GOOD, policy, NAMES).defaultsApplied, ["verifyMode"]);
  assertEquals("defaultsApplied" in judge(GOOD, POLICY, NAMES), false);
});

Deno.test("parsePins() reads Perl's forms of a fingerprint", () => {
  const hex = PIN.split("$")[1]!;
  const colons = hex.toUpperCase().replace(/..(?=.)/g, "$&:");
  for (const text of [hex, colons, `sha256$${hex}`, `SHA256$${colons}`, PUB]) {
    const [pin] = parsePins({ fingerprint: text });
    assert(pinMatches(pin!, leaf), text);
    assertEquals(pinMatches(pin!, other), false, text);
  }
  const [long] = parsePins({ fingerprint: leaf.fingerprint("sha512") });
  assert(pinMatches(long!, leaf));
});

Deno.test("parsePins() refuses what is not a fingerprint, and weak ones unless they are allowed", () => {
  const wrong: [string, string][] = [
    ["sha256$xyz", 'invalid fingerprint "sha256$xyz"'],
    ["abcd", 'cannot detect hash algorithm from fingerprint "abcd"'],
    ["sha256$abcd", 'invalid fingerprint "sha256$abcd"'],
    ["sha257$" + "0".repeat(64), "unknown hash algorithm"],
    ["toString$" + "0".repeat(64), "unknown hash algorithm"],
    ["sha256$pub$", "invalid fingerprint"],
    ["", "invalid fingerprint"],
    ["0".repeat(40), "Cannot pin with sha1"],
    ["md5$" + "0".repeat(32), "Cannot pin with md5"],
  ];
  for (const [text, message] of wrong) {
    assertThrows(() => parsePins({ fingerprint: text }), TypeError, message);
  }
  assertThrows(() => parsePins({ forceFingerprint: true }), TypeError, "there is no fingerprint");
  const [weak] = parsePins({ fingerprint: leaf.fingerprint("sha1"), allowWeakPins: true });
  assert(pinMatches(weak!, leaf));
});

Deno.test("a report that is printed shows subjects, checks and the fix, and no getters", () => {
  const text = Deno.inspect(judge(UNKNOWN, POLICY, NAMES).error!.report);
  for (const part of [leaf.subject, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "hint", "extraCa"]) {
    assertStringIncludes(text, part);
  }
  assert(!text.includes("[Getter]") && !text.includes("Uint8Array"));
  assertStringIncludes(Deno.inspect(judge(GOOD, POLICY, NAMES)), `anchor: "${ca.cert.subject}"`);
  const [chain] = judge(GOOD, POLICY, NAMES).checks;
  assertMatch(Deno.inspect([chain]), /name: "chain"[^]*detail: 'verified, subject/);
  assertMatch(Deno.inspect(judge(GOOD, POLICY, NAMES).chain), /^\[\s*Certificate\(\/.*, sha256\$/);
});

Deno.test("judge() names what verifyCallback threw, refused or accepted, and every refusal counts", () => {
  const asked = { asked: 2, overridden: [] };
  const refusedBy = (callback: CallbackFinding, evidence = GOOD) => {
    const { ok, error } = judge(evidence, POLICY, NAMES, { callback });
    assertEquals(ok, false);
    assertStrictEquals(error!.cause, callback.thrown?.cause);
    return [error!.code, error!.message.replace(/^.*?www\.example\.com: /, "")];
  };
  const thrown = (cause: unknown) => refusedBy({ ...asked, thrown: { cause } });
  assertEquals(thrown(new RangeError("boom")), [
    "APPLICATION_VERIFICATION",
    "verifyCallback failed: boom",
  ]);
  assertEquals(thrown("boom"), ["APPLICATION_VERIFICATION", "verifyCallback failed: boom"]);
  assertEquals(refusedBy({ ...asked, refused: { error: 0, depth: 1 } }), [
    "APPLICATION_VERIFICATION",
    "verifyCallback refused it: the certificate at depth 1",
  ]);
  for (const [error, code] of [[1, "UNSPECIFIED"], [10, "CERT_HAS_EXPIRED"]] as const) {
    const [own, message] = refusedBy({ ...asked, refused: { error, depth: 1 } });
    assertEquals(own, code);
    assertStringIncludes(message!, `at depth 1, subject "${ca.certificate.subject}"`);
  }
});

Deno.test("an error deeper than the chain that was built is about the certificate that the peer sent there", () => {
  const evidence = { ...UNKNOWN, errorDepth: 1, presented: [leaf.der, ca.certificate.der] };
  const { error } = judge(evidence, POLICY, NAMES);
  assertStringIncludes(error!.message, `at depth 1, subject "${ca.certificate.subject}"`);
});

Deno.test("a refusal without a name says the server, and knows the scheme, its own or the caller's", () => {
  const nameless = { serverName: undefined, verifyName: undefined };
  const { error } = judge(UNKNOWN, POLICY, nameless);
  assertMatch(error!.message, /^Cannot verify the certificate of the server: unable to get local/);
  assertEquals("cause" in error!, false);
  assertEquals([error!.facts.scheme, "name" in error!.facts], ["rfc9525", false]);
  const own: Policy = { ...POLICY, scheme: resolveScheme({ checkCn: "always" }) };
  assertEquals(judge(UNKNOWN, own, NAMES).error!.facts.scheme, "your own");
  const waiting = new ConnectionState(POLICY, NAMES).report;
  assertEquals([waiting.anchor, waiting.chain], [undefined, []]);
});
