/** What counts for more: each opinion in the judgement of a peer, alone and against the others. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TestCa } from "../../certificate/mod.ts";
import { judgeProven } from "../../context/connection.ts";
import type { PeerEvidence } from "../../engine/engine.ts";
import { SslError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import type { CallbackFinding, Findings, OcspFinding } from "../../verify/answers.ts";
import { parsePins } from "../../verify/fingerprint.ts";
import { judge, judgement } from "../../verify/judge.ts";
import { reportOf } from "../../verify/make_report.ts";
import type { Policy } from "../../verify/policy.ts";
import { pskJudgement, unverified } from "../../verify/refusal.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { INDIRECT, makeCrl } from "../helpers/crl.ts";
import { resolveScheme } from "../../verify/schemes.ts";

const ca = await TestCa.create({ commonName: "CA" });
const inter = await ca.intermediate({ commonName: "Inter" });
const leaf = (await inter.server({ names: ["a.example"], commonName: "leaf" })).certificate;
const other = (await ca.server("a.example")).certificate;
const NAMES = { serverName: "a.example", verifyName: "a.example" };
const NAMELESS = { serverName: undefined, verifyName: undefined };
const WRONG = { serverName: "b.example", verifyName: "b.example" };
const CHAIN = [leaf.der, inter.certificate.der, ca.certificate.der];
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
const GOOD: PeerEvidence = {
  chain: CHAIN,
  presented: CHAIN.slice(0, 2),
  error: 0,
  errorDepth: 0,
  errorText: "ok",
  resumed: false,
};
const failed = (error: number, over: Partial<PeerEvidence> = {}): PeerEvidence => ({
  ...GOOD,
  error,
  errorText: "why",
  ...over,
});
const pinned = (certificate = leaf, forceFingerprint = false): Policy => ({
  ...POLICY,
  pins: parsePins({ fingerprint: certificate.fingerprint("sha256"), forceFingerprint }),
  forceFingerprint,
});
const trusting = (checkCrl: "none" | "leaf" | "chain", crls: Uint8Array[] = []) => ({
  trust: { anchors: [ca.certificate.der], extra: [], crls, deltas: [], checkCrl },
});

/** The code of the refusal, or "ok". */
const verdict = ({ ok, error }: VerifyReport): string => {
  assertEquals(ok, error === undefined);
  return error?.code ?? "ok";
};
const hasAnchor = (report: VerifyReport): boolean => "anchor" in report;
const answers = ({ checks }: VerifyReport) => checks.map(({ name, ok }) => [name, ok]);
const detail = ({ checks }: VerifyReport, of: string): string =>
  checks.find(({ name }) => name === of)!.detail;

// ---- verifyCallback

const called = (over: Partial<CallbackFinding> = {}): Findings => ({
  callback: { asked: 2, overridden: [], ...over },
});

Deno.test("a callback that just accepts leaves the chain and its anchor in the report", () => {
  const report = judge(GOOD, POLICY, NAMES, called());
  assertEquals(answers(report), [["chain", true], ["callback", true], ["hostname", true]]);
  assertEquals(detail(report, "callback"), "accepted, asked 2 time(s)");
  assertEquals([verdict(report), report.anchor?.subject], ["ok", "/CN=CA"]);
  assertEquals(report.chain.map(({ subject }) => subject), ["/CN=leaf", "/CN=Inter", "/CN=CA"]);
});

Deno.test("a callback that overrides accepts a chain without an anchor, and says what it overrode", () => {
  const overridden = [{ error: 20, depth: 1 }, { error: 10, depth: 0 }];
  const report = judge(GOOD, POLICY, NAMES, called({ overridden }));
  assertEquals(answers(report), [["chain", false], ["callback", true], ["hostname", true]]);
  const first = "UNABLE_TO_GET_ISSUER_CERT_LOCALLY at depth 1";
  assertEquals(detail(report, "chain"), first);
  assertEquals(
    detail(report, "callback"),
    `accepted in spite of ${first}, CERT_HAS_EXPIRED at depth 0`,
  );
  assertEquals([verdict(report), hasAnchor(report)], ["ok", false]);
  assertEquals(verdict(judge(GOOD, POLICY, WRONG, called({ overridden }))), "HOSTNAME_MISMATCH");
  const one = judge(GOOD, POLICY, NAMES, called({ overridden: overridden.slice(0, 1) }));
  assertEquals([verdict(one), hasAnchor(one)], ["ok", false]);
});

Deno.test("what a callback refuses or throws on a chain that is right is final, a pin or not", () => {
  const refused = called({ refused: { error: 0, depth: 1 } });
  const thrown = called({ thrown: { cause: "boom" } });
  for (const policy of [POLICY, pinned()]) {
    for (const findings of [refused, thrown]) {
      const report = judge(GOOD, policy, NAMES, findings);
      assertEquals(verdict(report), "APPLICATION_VERIFICATION");
      assertEquals(report.error!.errno, 50);
      assertEquals(answers(report)[1], ["callback", false]);
    }
  }
  assertEquals(
    detail(judge(GOOD, POLICY, NAMES, refused), "callback"),
    "verifyCallback refused it: the certificate at depth 1",
  );
});

Deno.test("an error that a callback agrees with is the error, and a pin overrides it", () => {
  const findings = called({ refused: { error: 10, depth: 1 } });
  const report = judge(GOOD, POLICY, NAMES, findings);
  assertEquals(verdict(report), "CERT_HAS_EXPIRED");
  assertEquals(answers(report).slice(0, 2), [["chain", false], ["callback", false]]);
  assertEquals(detail(report, "callback"), "refused CERT_HAS_EXPIRED at depth 1");
  assertEquals([report.error!.facts.depth, report.anchor], [1, undefined]);
  assertEquals(verdict(judge(GOOD, pinned(), NAMES, findings)), "ok");
  // An error that OpenSSL itself stopped at goes first.
  assertEquals(
    verdict(judge(failed(20), POLICY, NAMES, findings)),
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  );
});

// ---- stapled OCSP responses

const staple = (over: Partial<OcspFinding> = {}): Findings => ({
  ocsp: { ok: true, detail: "good until tomorrow", ...over },
});
const refuse = new SslVerifyError("no", { code: "OCSP_VERIFY_FAILED", errno: 74, reason: "why" });

Deno.test("a staple that refuses nothing is a check of the report, whatever it says", () => {
  for (const ok of [true, undefined, false]) {
    const report = judge(GOOD, POLICY, NAMES, staple({ ok }));
    assertEquals([verdict(report), answers(report).at(-1)], ["ok", ["ocsp", ok]]);
    assertEquals(detail(report, "ocsp"), "good until tomorrow");
  }
});

Deno.test("a staple that refuses counts before everything else; a pin overrides it, but no revocation", () => {
  const findings = staple({ ok: false, detail: "bad", refuse });
  for (const evidence of [GOOD, failed(10)]) {
    const report = judge(evidence, POLICY, NAMES, findings);
    assertEquals([verdict(report), answers(report).at(-1)], ["OCSP_VERIFY_FAILED", [
      "ocsp",
      false,
    ]]);
    assertEquals([report.error!.errno, report.error!.reason], [74, "why"]);
    assertStringIncludes(report.error!.message, "why: bad");
    assertEquals(detail(report, "ocsp"), "bad");
  }
  const over = judge(GOOD, pinned(), NAMES, findings);
  assertEquals([verdict(over), answers(over).at(-1)], ["ok", ["ocsp", undefined]]);
  assertEquals(detail(over, "ocsp"), "a pin matches: bad");
  assertEquals(verdict(judge(GOOD, pinned(other), NAMES, findings)), "OCSP_VERIFY_FAILED");
  const deno: Policy = { ...pinned(), engine: "deno" };
  assertEquals(verdict(judge(GOOD, deno, NAMES, findings)), "OCSP_VERIFY_FAILED");
  const revoked = staple({ ok: false, detail: "bad", refuse, revoked: true });
  assertEquals(verdict(judge(GOOD, pinned(), NAMES, revoked)), "OCSP_VERIFY_FAILED");
});

// ---- pins, chain and name

Deno.test("of several failures the heaviest is the error: name, chain, pin, callback, staple", () => {
  const of = (evidence: PeerEvidence, policy = POLICY, findings: Findings = {}) =>
    verdict(judge(evidence, policy, WRONG, findings));
  assertEquals(of(GOOD), "HOSTNAME_MISMATCH");
  assertEquals(of(failed(10)), "CERT_HAS_EXPIRED");
  assertEquals(of(failed(10), pinned(other)), "CERT_HAS_EXPIRED");
  assertEquals(of(failed(10), pinned(other, true)), "FINGERPRINT_MISMATCH");
  const refused = called({ refused: { error: 0, depth: 0 } });
  assertEquals(of(GOOD, pinned(other, true), refused), "APPLICATION_VERIFICATION");
  const both = { ...refused, ...staple({ refuse, ok: false }) };
  assertEquals(of(GOOD, pinned(other, true), both), "OCSP_VERIFY_FAILED");
  // A forced pin that matches decides, but for what the engine itself insists on.
  assertEquals(of(failed(10), pinned(leaf, true)), "ok");
  assertEquals(of(GOOD, { ...pinned(leaf, true), engine: "deno" }), "HOSTNAME_MISMATCH");
});

Deno.test("a chain that the engine does not show has no anchor, and the report has what was presented", () => {
  const report = judge({ ...GOOD, chain: [] }, { ...POLICY, engine: "deno" }, NAMES);
  assertEquals([verdict(report), report.anchor], ["ok", undefined]);
  assertEquals(report.chain.map(({ subject }) => subject), ["/CN=leaf", "/CN=Inter"]);
  assertEquals(
    detail(report, "chain"),
    'verified by the engine (rustls) against its roots, subject "/CN=leaf"',
  );
});

Deno.test("a chain of one certificate is a chain: what else was presented is not told", () => {
  const one = { chain: [leaf.der], presented: [leaf.der, inter.certificate.der] };
  const anchored = judge({ ...GOOD, ...one }, POLICY, NAMES);
  assertEquals([anchored.chain.length, anchored.anchor?.subject], [1, "/CN=leaf"]);
  const report = judge(failed(20, one), POLICY, NAMES);
  assertEquals([report.chain.length, hasAnchor(report)], [1, false]);
  // A peer whose presented chain is not shown is the one of the chain that was built.
  assertEquals(verdict(judge({ ...GOOD, presented: [] }, POLICY, NAMES)), "ok");
});

Deno.test("an error is about the certificate at its depth, else about the peer's own; its words may be missing", () => {
  const of = (depth: number, chain = CHAIN) =>
    judge(failed(10, { errorDepth: depth, chain }), POLICY, NAMES).error!.message;
  assertStringIncludes(of(1), 'CERT_HAS_EXPIRED at depth 1, subject "/CN=Inter", issuer "/CN=CA"');
  const broken = [leaf.der, Uint8Array.of(1, 2), ca.certificate.der];
  assertStringIncludes(of(1, broken), 'at depth 1, subject "/CN=leaf", issuer "/CN=Inter"');
  assertEquals(judge(failed(10, { chain: broken }), POLICY, NAMES).chain.length, 2);
  const silent = judge(failed(10, { errorText: "" }), POLICY, NAMES).error!;
  assertEquals(silent.reason, "CERT_HAS_EXPIRED");
});

Deno.test("what a scheme's callback throws is the program's own error, and no fault of the certificate", () => {
  for (
    const cause of [new TypeError("boom"), new SslError("boom", { code: "EIO" }), {
      code: "ERR_DER",
    }]
  ) {
    const scheme = {
      checkCn: "always" as const,
      callback: () => {
        throw cause;
      },
    };
    let thrown: unknown;
    try {
      judge({ ...GOOD }, { ...POLICY, scheme: resolveScheme(scheme) }, NAMES);
    } catch (error) {
      thrown = error;
    }
    assertStrictEquals(thrown, cause);
  }
});

Deno.test("the chain is described up to its anchor, in words", () => {
  const told = (over: Partial<PeerEvidence>) =>
    detail(judge({ ...GOOD, ...over }, POLICY, NAMES), "chain");
  assertEquals(
    told({}),
    'verified, subject "/CN=leaf", issued by "/CN=Inter", issued by the anchor "/CN=CA"',
  );
  const trust = (anchors: Uint8Array[], extra: Uint8Array[] = []) => ({
    trust: { anchors, extra, crls: [], deltas: [], checkCrl: "none" as const },
  });
  // What the peer sent above an anchor is not trusted.
  const up = 'verified, subject "/CN=leaf", issued by the anchor "/CN=Inter"';
  assertEquals(told(trust([inter.certificate.der])), up);
  assertEquals(told(trust([], [inter.certificate.der])), up);
  assertEquals(
    told(trust([leaf.der])),
    'verified, subject "/CN=leaf", which is an anchor',
  );
  assertEquals(
    told({ resumed: true }),
    'verified when the session was made, subject "/CN=leaf"',
  );
  const { chain, anchor } = judge({ ...GOOD, ...trust([inter.certificate.der]) }, POLICY, NAMES);
  assertEquals([chain.length, anchor?.subject], [2, "/CN=Inter"]);
});

// ---- revocation lists

Deno.test("the report says which lists cleared which certificates, or why none was asked", () => {
  const crls = [makeCrl(ca), makeCrl(inter)];
  const crl = (evidence: PeerEvidence) => {
    const { checks } = judge(evidence, POLICY, NAMES);
    return checks.filter(({ name }) => name === "crl").map(({ ok, detail }) => [ok, detail]);
  };
  assertEquals(crl(GOOD), []);
  assertEquals(crl({ ...GOOD, ...trusting("none", crls) }), []);
  const [[ok, one] = []] = crl({ ...GOOD, ...trusting("leaf", crls) });
  assertEquals(ok, true);
  assert(
    /^"\/CN=leaf" is not revoked by the CRL of "\/CN=Inter" [^;]*$/.test(String(one)),
    `${one}`,
  );
  const [[, all] = []] = crl({ ...GOOD, ...trusting("chain", crls) });
  assertStringIncludes(String(all), '; "/CN=Inter" is not revoked by the CRL of "/CN=CA"');
  const [[, none] = []] = crl({ ...GOOD, ...trusting("leaf") });
  assertEquals(none, '"/CN=leaf" is not revoked by a CRL of its issuer');
  assertEquals(crl({ ...GOOD, ...trusting("leaf", crls), resumed: true }), [
    [undefined, "checked when the session was made"],
  ]);
  assertEquals(crl({ ...failed(10), ...trusting("leaf", crls) }), [
    [undefined, "not reached: the chain was refused first"],
  ]);
});

Deno.test("a pin overrides an error of the chain, but no revocation that hides behind it", () => {
  const listed = (by: TestCa, certificate: typeof leaf) =>
    makeCrl(by, { revoked: [{ certificate }] });
  const hidden = (checkCrl: "none" | "leaf" | "chain", crls: Uint8Array[], policy = pinned()) =>
    judge({ ...failed(10), ...trusting(checkCrl, crls) }, policy, NAMES);
  const own = [listed(inter, leaf)];
  const found = hidden("leaf", own);
  assertEquals(verdict(found), "CERT_REVOKED");
  assertEquals(found.error!.facts.depth, 0);
  assertEquals(answers(found), [
    ["chain", false],
    ["hostname", true],
    ["crl", false],
    ["fingerprint", true],
  ]);
  assertEquals(verdict(hidden("leaf", own, POLICY)), "CERT_HAS_EXPIRED");
  assertEquals(verdict(hidden("leaf", [makeCrl(inter)])), "ok");
  const above = [makeCrl(inter), listed(ca, inter.certificate)];
  assertEquals(verdict(hidden("leaf", above)), "ok");
  const chain = hidden("chain", above);
  assertEquals([verdict(chain), chain.error!.facts.depth], ["CERT_REVOKED", 1]);
  // A certificate in between that cannot be read hides nothing.
  const broken = { chain: [leaf.der, Uint8Array.of(1), inter.certificate.der] };
  const behind = { ...failed(10), ...trusting("chain", above), ...broken };
  assertEquals(verdict(judge(behind, pinned(), NAMES)), "CERT_REVOKED");
  assertEquals(answers(judge({ ...failed(23), ...trusting("leaf", own) }, pinned(), NAMES)), [
    ["crl", false],
    ["hostname", true],
    ["fingerprint", true],
  ]);
  assertEquals(verdict(judge({ ...GOOD, ...trusting("leaf", own) }, pinned(), NAMES)), "ok");
  assertEquals(
    verdict(judge({ ...failed(23), ...trusting("leaf", own) }, pinned(), NAMES)),
    "CERT_REVOKED",
  );
});

Deno.test("a revocation is reported with its time and its list; what a delta list removed, with the reason", () => {
  const about = (crls: Uint8Array[], error = 23) => {
    const { message } = judge({ ...failed(error), ...trusting("leaf", crls) }, POLICY, NAMES)
      .error!;
    return message.slice(message.indexOf('issuer "/CN=Inter"') + 18);
  };
  const revoked = [{ certificate: leaf, reason: 1 }];
  assertMatch(
    about([makeCrl(inter, { revoked })]),
    /^, revoked since \S+Z, keyCompromise, by the CRL of "\/CN=Inter" of/,
  );
  const indirect = makeCrl(ca, {
    scope: [INDIRECT],
    revoked: [{ certificate: leaf, named: true }],
  });
  assertMatch(about([indirect]), /^, revoked since \S+Z, by the indirect CRL of "\/CN=CA" of/);
  assertEquals(about([]), "");
  assertMatch(about([makeCrl(inter)], 12), /^, by the CRL of "\/CN=Inter" of/);
  const hold = makeCrl(inter, { number: 1, revoked });
  const lifted = [{ certificate: leaf, reason: 8 }];
  const both = [hold, makeCrl(inter, { number: 2, base: 1, revoked: lifted })];
  assertMatch(
    about(both),
    /^, and the delta CRL that removes the revocation is not applied: .*, by/,
  );
  assertMatch(about(both, 12), /^, by the CRL of/);
  assertMatch(about([makeCrl(inter)]), /^, by the CRL of/);
});

Deno.test("lists that OpenSSL does not apply count where lists are checked, for leaf or chain", () => {
  const delta = (by: TestCa, certificate: typeof leaf) => [
    makeCrl(by, { number: 1 }),
    makeCrl(by, { number: 2, base: 1, revoked: [{ certificate }] }),
  ];
  const own = delta(inter, leaf), above = [makeCrl(inter), ...delta(ca, inter.certificate)];
  const of = (checkCrl: "none" | "leaf" | "chain", crls: Uint8Array[], evidence = GOOD) => {
    const report = judge({ ...evidence, ...trusting(checkCrl, crls) }, POLICY, NAMES);
    return [verdict(report), report.error?.facts.depth];
  };
  assertEquals(of("leaf", own), ["CERT_REVOKED", 0]);
  assertEquals(of("none", own), ["ok", undefined]);
  assertEquals(of("leaf", above), ["ok", undefined]);
  assertEquals(of("chain", above), ["CERT_REVOKED", 1]);
  assertEquals(of("leaf", own, failed(10)), ["CERT_HAS_EXPIRED", 0]);
  const unfit = [makeCrl(inter, { age: 2 }), makeCrl(inter, { number: 2, base: 1 })];
  assertEquals(of("leaf", unfit), ["UNABLE_TO_GET_CRL", 0]);
  const { deltas: _, ...trust } = trusting("leaf", own).trust;
  assertEquals(verdict(judge({ ...GOOD, trust }, POLICY, NAMES)), "CERT_REVOKED");
});

// ---- without a certificate

Deno.test("a peer without a certificate: who may be one, and the reason for the others", () => {
  const none: PeerEvidence = { ...GOOD, chain: [], presented: [] };
  const server: Policy = { ...POLICY, role: "server" };
  const of = (policy: Policy, evidence = none) => judge(evidence, policy, NAMES);
  assertEquals(verdict(of(server)), "ok");
  assertEquals(answers(of(server)), [["chain", undefined]]);
  for (
    const policy of [POLICY, { ...server, verifyMode: 3 }, { ...server, forceFingerprint: true }]
  ) {
    assertEquals(verdict(of(policy)), "ERR_SSL_NO_CERTIFICATE");
    assertEquals(of(policy).error!.errno, -1);
    assertEquals(answers(of(policy)), [["chain", false]]);
  }
  assertStringIncludes(of(POLICY).error!.message, "a server must send one");
  assertStringIncludes(of({ ...server, verifyMode: 3 }).error!.message, "verifyMode demands one");
  const pin = of({ ...server, forceFingerprint: true }).error!.message;
  assertStringIncludes(pin, "forceFingerprint demands one");
  const deno: Policy = { ...POLICY, engine: "deno" };
  assertEquals(verdict(of({ ...server, engine: "deno" })), "ERR_SSL_NO_CERTIFICATE");
  assertEquals(answers(of(deno)), [["chain", true], ["hostname", true]]);
  assertStringIncludes(detail(of(deno), "hostname"), '"a.example", verified by the engine');
  for (
    const report of [of({ ...deno, scheme: resolveScheme("none") }), judge(none, deno, NAMELESS)]
  ) {
    assertEquals(answers(report), [["chain", true], ["hostname", undefined]]);
    assertEquals(hasAnchor(report), false);
  }
  assertEquals([hasAnchor(of(server)), hasAnchor(of(POLICY))], [false, false]);
  const needs: [Partial<Policy>, string][] = [
    [pinned(), "fingerprint"],
    [{ scheme: resolveScheme("http") }, "verifycnScheme"],
    [{ publicSuffix: "" }, "verifycnPublicsuffix"],
  ];
  for (const [over, option] of needs) {
    const policy: Policy = { ...POLICY, ...over, engine: "deno" };
    const error = assertThrows(() => of(policy), SslUnsupportedError, `option "${option}"`);
    assertEquals(error.code, "ERR_UNSUPPORTED");
  }
  // The engine's own refusals.
  const chain = of(deno, { ...none, error: 10, errorText: "expired" });
  assertEquals([verdict(chain), chain.error!.errno], ["CERT_HAS_EXPIRED", 10]);
  assertEquals(answers(chain), [["chain", false]]);
  assertStringIncludes(chain.error!.message, "expired: CERT_HAS_EXPIRED");
  const name = of(deno, { ...none, error: 62, errorText: "another name" });
  assertEquals([verdict(name), answers(name)], ["HOSTNAME_MISMATCH", [["hostname", false]]]);
  assertStringIncludes(name.error!.message, "hostname verification failed: another name");
});

Deno.test("a pre-shared key is judged by itself, unless a pin is forced", () => {
  const psk = reportOf(pskJudgement(POLICY, NAMES));
  assertEquals([verdict(psk), answers(psk)], ["ok", [["chain", undefined], [
    "hostname",
    undefined,
  ]]]);
  assertEquals([hasAnchor(psk), psk.chain], [false, []]);
  assertEquals(verdict(reportOf(pskJudgement(pinned(), NAMES))), "ok");
  const forced = reportOf(pskJudgement(pinned(leaf, true), NAMES));
  assertEquals([verdict(forced), forced.error!.facts.psk], ["FINGERPRINT_MISMATCH", "used"]);
  assertEquals([hasAnchor(forced), forced.chain], [false, []]);
});

// ---- resumed sessions

Deno.test("a resumed peer is judged by what its session knows, and by nothing less", () => {
  const resumed: PeerEvidence = { ...GOOD, chain: [], resumed: true };
  const peer = { by: "certificate" as const, at: 0, chain: CHAIN, error: 0, errorDepth: 0 };
  const vouched = { leaf: leaf.der, peer: { ...peer, errorText: "", findings: {} } };
  const of = (known: unknown, policy = POLICY, evidence = resumed, names = NAMES) =>
    reportOf(judgeProven(evidence, policy, names, known as typeof vouched));
  assertEquals(verdict(of(vouched)), "ok");
  assertEquals(verdict(of(vouched, POLICY, resumed, WRONG)), "HOSTNAME_MISMATCH");
  const strangers = [
    undefined,
    { ...vouched, leaf: other.der },
    { ...vouched, peer: { ...vouched.peer, by: "nothing" } },
    { ...vouched, peer: { ...vouched.peer, by: "psk" } },
  ];
  for (const known of strangers) {
    const report = of(known);
    assertEquals([verdict(report), report.error!.errno], ["SESSION_NOT_VERIFIED", 50]);
    assertEquals(answers(report), [["chain", false]]);
  }
  const overrode = called({ overridden: [{ error: 20, depth: 0 }] });
  const excused = { ...vouched, peer: { ...vouched.peer, findings: overrode } };
  assertEquals(answers(of(excused))[1], ["callback", true]);
  const bad = { ...vouched, peer: { ...vouched.peer, error: 20, errorDepth: 1, errorText: "why" } };
  const report = of(bad);
  assertEquals([verdict(report), report.error!.reason, report.error!.facts.depth], [
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "why",
    1,
  ]);
  assertEquals(verdict(of(undefined, POLICY, { ...resumed, psk: true })), "ok");
  assertEquals(
    verdict(of(vouched, POLICY, { ...resumed, presented: [] })),
    "ERR_SSL_NO_CERTIFICATE",
  );
  const server: Policy = { ...POLICY, role: "server" };
  assertEquals(verdict(of(undefined, server)), "ok");
});

Deno.test("the dates of a resumed peer's certificate are checked anew, on both sides", async () => {
  const day = 24 * 3600_000;
  const from = (notBefore: number, notAfter: number) =>
    ca.server({
      names: ["a.example"],
      notBefore: new Date(Date.now() + notBefore * day),
      notAfter: new Date(Date.now() + notAfter * day),
    });
  const of = async (role: Policy["role"], notBefore: number, notAfter: number, error = 0) => {
    const { certificate } = await from(notBefore, notAfter);
    const vouched = {
      leaf: certificate.der,
      peer: {
        by: "certificate" as const,
        at: 0,
        chain: [certificate.der],
        error,
        errorDepth: 0,
        errorText: "",
        findings: {},
      },
    };
    const evidence = { ...GOOD, chain: [], presented: [certificate.der], resumed: true, error };
    const report = reportOf(judgeProven(evidence, { ...POLICY, role }, NAMES, vouched));
    if (report.error !== undefined) assertEquals(report.error.facts.depth, 0);
    return [verdict(report), report.error?.reason];
  };
  for (const role of ["client", "server"] as const) {
    assertEquals(await of(role, -1, 1), ["ok", undefined]);
    assertEquals(await of(role, -2, -1), ["CERT_HAS_EXPIRED", "certificate has expired"]);
    assertEquals(await of(role, 1, 2), ["CERT_NOT_YET_VALID", "certificate is not yet valid"]);
    // An error that was known before stays what it was.
    assertEquals((await of(role, -2, -1, 19))[0], "SELF_SIGNED_CERT_IN_CHAIN");
  }
});

// ---- reports

Deno.test("a report whose error is made anew has all the rest as before", () => {
  const judged = judgement(failed(10), { ...POLICY, defaultsApplied: ["ca"] }, NAMES);
  const report = reportOf(judged);
  const error = new SslVerifyError("in other words", { code: "CERT_HAS_EXPIRED" });
  const again = reportOf({ ...judged, error });
  assertStrictEquals(again.error, error);
  assertStrictEquals(error.report, again);
  assertEquals([again.checks, again.defaultsApplied], [report.checks, ["ca"]]);
  assertEquals("defaultsApplied" in judge(GOOD, POLICY, NAMES), false);
  assertStrictEquals(reportOf(judged), report);
});

Deno.test("a connection that nothing was verified on has a report without anchor and error", () => {
  for (const ok of [true, false]) {
    const report = reportOf(unverified(POLICY, "why", ok));
    assertEquals([report.ok, report.error, hasAnchor(report), report.chain], [
      ok,
      undefined,
      false,
      [],
    ]);
    assertEquals(report.checks.map(({ name, ok, detail }) => [name, ok, detail]), [
      ["chain", undefined, "why"],
      ["hostname", undefined, "why"],
    ]);
  }
});

Deno.test("a report as JSON has the certificates and the error, and the error has no report in it", () => {
  const json = (report: VerifyReport) => JSON.parse(JSON.stringify(report));
  const good = json(judge(GOOD, POLICY, NAMES));
  assertEquals(good.chain.map(({ subject }: { subject: string }) => subject), [
    "/CN=leaf",
    "/CN=Inter",
    "/CN=CA",
  ]);
  assertEquals([good.ok, good.anchor.subject, "error" in good], [true, "/CN=CA", false]);
  const bad = json(judge(failed(10), POLICY, NAMES));
  assertEquals([bad.ok, "anchor" in bad, bad.error.code], [false, false, "CERT_HAS_EXPIRED"]);
  assertEquals(["report" in bad.error, typeof bad.hint], [false, "string"]);
  assertEquals(Object.keys(judge(GOOD, POLICY, NAMES)).includes("anchor"), true);
  assertEquals(Object.keys(judge(failed(10), POLICY, NAMES)).includes("hint"), true);
});
