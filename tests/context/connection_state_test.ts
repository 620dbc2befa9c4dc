/** The verification of one connection, step by step: what is refused, kept and reported. No engine runs. */

import "../helpers/limit.ts";
import { reportOf } from "../../verify/make_report.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { ConnectionState, engineRefusal } from "../../context/connection.ts";
import { sameValue } from "../../context/connection_policy.ts";
import type { ConnectionSessions } from "../../context/sessions/resumption.ts";
import type { PeerEvidence } from "../../engine/engine.ts";
import { type SslError, SslVerifyError } from "../../errors.ts";
import { judge } from "../../verify/judge.ts";
import { parsePins } from "../../verify/fingerprint.ts";
import type { Policy } from "../../verify/policy.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { resolveScheme } from "../../verify/schemes.ts";

const ca = await TestCa.create();
const leaf = (await ca.server("a.example")).certificate;
const NAMES = { serverName: "a.example", verifyName: "a.example" };
const NAMELESS = { serverName: undefined, verifyName: undefined };
const CHAIN = [leaf.der, ca.certificate.der];
const GOOD: PeerEvidence = {
  ...{ chain: CHAIN, presented: [leaf.der], error: 0, errorDepth: 0, errorText: "ok" },
  resumed: false,
};
const BAD: PeerEvidence = { ...GOOD, error: 10 };
const POLICY: Policy = {
  ...{ role: "client", engine: "openssl", verifyMode: 1, scheme: resolveScheme("rfc9525") },
  ...{ publicSuffix: undefined, pins: [], forceFingerprint: false, defaultsApplied: [] },
};
const PINNED: Policy = { ...POLICY, pins: parsePins({ fingerprint: leaf.fingerprint("sha256") }) };
const SERVER: Policy = { ...PINNED, role: "server", scheme: resolveScheme("none") };
const codeOf = (error: unknown): string | undefined =>
  error === undefined ? undefined : (error as SslError).code;
const checksOf = ({ checks }: VerifyReport): unknown[][] =>
  checks.map(({ name, ok }) => [name, ok]);

/** A store of sessions that notes what it is asked. */
function noting(state: ConnectionState) {
  const added: unknown[][] = [];
  let dropped = 0;
  state.sessions = {
    add: (der: Uint8Array, accepted: { evidence: unknown; findings: unknown }) =>
      added.push([der[0], accepted.evidence !== undefined, accepted.findings]),
    drop: () => dropped++,
    vouched: undefined,
  } as unknown as ConnectionSessions;
  return { added, dropped: () => dropped };
}

const at = { error: 0, depth: 0 };

Deno.test("engineRefusal(): the engine's refusal under its check, with what had been checked before it", () => {
  const of = (
    code: string,
    engine: Policy["engine"],
    over: Partial<Policy> = {},
    names = NAMES,
  ) => {
    const error = new SslVerifyError("no", { code, reason: "why" });
    const report = reportOf(engineRefusal(error, { ...POLICY, engine, ...over }, names));
    assertEquals([report.ok, report.chain, "anchor" in report], [false, [], false]);
    assertStrictEquals(report.error, error);
    assertEquals(report.checks.find(({ ok }) => ok === false)!.detail, "why");
    return checksOf(report);
  };
  const unreached = [["chain", false], ["hostname", undefined]];
  assertEquals(of("CERT_HAS_EXPIRED", "deno"), unreached);
  assertEquals(of("CERT_HAS_EXPIRED", "deno", { scheme: resolveScheme("none") }), [[
    "chain",
    false,
  ]]);
  assertEquals(of("CERT_HAS_EXPIRED", "deno", {}, NAMELESS as never), [["chain", false]]);
  assertEquals(of("HOSTNAME_MISMATCH", "deno"), [["chain", true], ["hostname", false]]);
  assertEquals(of("HOSTNAME_MISMATCH", "openssl"), [["hostname", false]]);
  for (const [code, check] of [["CERT_REVOKED", "crl"], ["OCSP_VERIFY_FAILED", "ocsp"]] as const) {
    assertEquals(of(code, "deno"), [[check, false]]);
  }
});

Deno.test("ConnectionState: a connection begins unverified; another context's policy begins it anew", () => {
  const state = new ConnectionState(POLICY, NAMES);
  assertEquals([state.report.ok, state.error, state.judged, state.leaf], [
    false,
    undefined,
    false,
    undefined,
  ]);
  assertEquals(state.report.checks[0]!.detail, "the peer has not been verified");
  const context = {} as never;
  state.choose(context, { ...POLICY, verifyMode: 0 }, NAMELESS);
  assertEquals([state.report.ok, state.policy.verifyMode, state.names], [true, 0, NAMELESS]);
  assertEquals(state.report.checks[0]!.detail, "verifyMode is SSL_VERIFY_NONE");
  assertStrictEquals(state.context, context);
});

Deno.test("ConnectionState: the leaf is what was presented, else the head of the chain, if it can be read", () => {
  const of = (over: Partial<PeerEvidence>) => {
    const state = new ConnectionState(POLICY, NAMES);
    state.judge({ ...GOOD, ...over });
    assert(state.judged);
    return state.leaf?.subject;
  };
  assertEquals(of({ chain: [] }), leaf.subject);
  assertEquals(of({ presented: [] }), leaf.subject);
  assertEquals(of({ presented: [], chain: [] }), undefined);
  assertEquals(of({ presented: [Uint8Array.of(1)], chain: [] }), undefined);
});

Deno.test("ConnectionState: answers of verifyCallback before and after the chain is judged", () => {
  const state = new ConnectionState(POLICY, NAMES);
  assertEquals(state.answered({ error: 20, depth: 1 }, true, CHAIN), undefined);
  assertEquals(state.answered({ error: 20, depth: 1 }, true, CHAIN), undefined);
  assertEquals(state.answered(at, true, CHAIN), undefined);
  assertEquals(state.judge(GOOD), undefined);
  const callback = () => state.report.checks.find(({ name }) => name === "callback");
  const once = "accepted in spite of UNABLE_TO_GET_ISSUER_CERT_LOCALLY at depth 1";
  assertEquals([callback()?.ok, callback()?.detail], [true, once]);
  // The same error at another depth, and another error, are overridden as well.
  state.answered({ error: 20, depth: 0 }, true, CHAIN);
  state.answered({ error: 10, depth: 1 }, true, CHAIN);
  assertEquals(callback()!.detail.split(", ").length, 3);
  const refusal = state.answered(at, false, CHAIN);
  assertEquals(codeOf(refusal), "APPLICATION_VERIFICATION");
  assertStrictEquals(state.error, refusal);
  // The first refusal stands, whatever is answered after it.
  assertStrictEquals(state.answered({ error: 0, depth: 1 }, { cause: "boom" }, CHAIN), refusal);
  assertEquals(state.answered(at, true, CHAIN), undefined);
  assertStrictEquals(state.error, refusal);
});

Deno.test("ConnectionState: a callback that refuses or throws before there is evidence refuses with its chain", () => {
  for (const answer of [false, { cause: new Error("boom") }]) {
    const state = new ConnectionState(POLICY, NAMES);
    const refusal = state.answered(at, answer, CHAIN) as SslVerifyError;
    assertEquals(refusal.code, "APPLICATION_VERIFICATION");
    assertEquals(state.report.chain.map(({ subject }) => subject)[0], leaf.subject);
    assertEquals(state.judged, false);
    assertEquals(refusal.message.includes("boom"), typeof answer === "object");
  }
});

Deno.test("ConnectionState: what a pin would excuse, a late refusal refuses on a server, and not on a client", () => {
  const late = (policy: Policy, isLate: boolean) => {
    const state = new ConnectionState(policy, NAMES);
    state.judge(GOOD);
    const refusal = state.answered({ error: 20, depth: 0 }, false, CHAIN, isLate);
    assertStrictEquals(state.error, refusal);
    return [codeOf(refusal), (refusal as SslVerifyError)?.errno];
  };
  assertEquals(late(SERVER, true), ["APPLICATION_VERIFICATION", 50]);
  assertEquals(late(SERVER, false), [undefined, undefined]);
  assertEquals(late({ ...SERVER, role: "client" }, true), [undefined, undefined]);
  assertEquals(late({ ...SERVER, pins: [] }, true)[0], "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
});

Deno.test("ConnectionState: a staple is judged with the chain; before the chain only its refusal counts", () => {
  const refuse = new SslVerifyError("no", { code: "OCSP_VERIFY_FAILED", errno: 74 });
  const bad = { ok: false, detail: "bad", refuse };
  const early = new ConnectionState(POLICY, NAMES);
  assertEquals(early.stapled({ ok: true, detail: "good" }), undefined);
  assertStrictEquals(early.stapled(bad), refuse);
  const state = new ConnectionState(POLICY, NAMES);
  state.judge(GOOD);
  assertEquals(state.stapled({ ok: true, detail: "good" }), undefined);
  assertEquals(checksOf(state.report).at(-1), ["ocsp", true]);
  assertEquals(codeOf(state.stapled(bad)), "OCSP_VERIFY_FAILED");
  assertEquals(state.report.ok, false);
});

Deno.test("ConnectionState: a staple that nobody refuses gives the report that one judgement of all gives", () => {
  const finding = { ok: undefined, detail: "tolerated" };
  for (const [policy, evidence] of [[POLICY, GOOD], [POLICY, BAD], [PINNED, BAD]] as const) {
    const state = new ConnectionState(policy, NAMES);
    const refusal = state.judge(evidence);
    assertEquals(codeOf(state.stapled(finding)), codeOf(refusal));
    const whole = judge(evidence, policy, NAMES, { ocsp: finding });
    assertEquals(
      state.report.checks.map((each) => ({ ...each })),
      whole.checks.map((each) => ({ ...each })),
    );
    assertEquals([state.report.ok, state.report.anchor?.subject], [
      whole.ok,
      whole.anchor?.subject,
    ]);
    // A second word replaces the first.
    state.stapled({ ok: true, detail: "good" });
    assertEquals(checksOf(state.report).filter(([name]) => name === "ocsp"), [["ocsp", true]]);
  }
});

Deno.test("ConnectionState: sessions are kept for a peer that was accepted, early ones once it is", () => {
  const state = new ConnectionState(POLICY, NAMES);
  const { added } = noting(state);
  state.newSession(Uint8Array.of(1));
  assertEquals(added, []);
  state.judge(GOOD);
  const findings = { callback: undefined, ocsp: undefined };
  assertEquals(added, [[1, true, findings]]);
  state.newSession(Uint8Array.of(2));
  assertEquals(added, [[1, true, findings], [2, true, findings]]);
  state.judge(BAD);
  state.newSession(Uint8Array.of(3));
  state.judge(GOOD);
  assertEquals(added.length, 2, "a session of a refused peer is never kept");
  const unchecked = new ConnectionState({ ...POLICY, verifyMode: 0 }, NAMES);
  const noted = noting(unchecked);
  unchecked.newSession(Uint8Array.of(4));
  assertEquals(noted.added, [[4, false, findings]]);
});

Deno.test("ConnectionState: early sessions of a peer that is refused, or whose handshake fails, are gone", () => {
  const refused = new ConnectionState(POLICY, NAMES);
  const first = noting(refused);
  refused.newSession(Uint8Array.of(1));
  refused.judge(BAD);
  refused.judge(GOOD);
  assertEquals(first.added, []);
  const failed = new ConnectionState(POLICY, NAMES);
  const second = noting(failed);
  failed.newSession(Uint8Array.of(1));
  failed.failed();
  failed.judge(GOOD);
  assertEquals([second.added, second.dropped()], [[], 1]);
});

Deno.test("ConnectionState: an error that is made again replaces its own in the report, and no other", () => {
  const state = new ConnectionState(POLICY, NAMES);
  const error = state.judge(BAD) as SslVerifyError;
  state.restate(error);
  assertStrictEquals(state.error, error);
  const stranger = new SslVerifyError("other", { code: "X" });
  state.restate(stranger);
  assertStrictEquals(state.error, error);
  const again = new SslVerifyError("more", { code: error.code });
  again.report = state.report;
  state.restate(again);
  assertStrictEquals(state.error, again);
  assertStrictEquals(again.report, state.report);
});

Deno.test("ConnectionState: the engine's own refusal is its report", () => {
  const state = new ConnectionState(POLICY, NAMES);
  const error = new SslVerifyError("no", { code: "CERT_HAS_EXPIRED" });
  state.refused(error);
  assertStrictEquals(state.error, error);
  assertEquals(state.error!.facts.name, "a.example");
});

Deno.test("sameValue() compares by content: bytes, lists and records, and nothing else that is an object", () => {
  const same: [unknown, unknown][] = [
    [1, 1],
    [NaN, NaN],
    [undefined, undefined],
    [Uint8Array.of(1), Uint8Array.of(1)],
    [[1, [2]], [1, [2]]],
    [{ a: 1, b: [1] }, { b: [1], a: 1 }],
    [[], []],
    [leaf, leaf],
  ];
  for (const [a, b] of same) assertEquals([sameValue(a, b), sameValue(b, a)], [true, true]);
  const different: [unknown, unknown][] = [
    [1, "1"],
    [0, false],
    [null, undefined],
    [Uint8Array.of(1), Uint8Array.of(2)],
    [Uint8Array.of(1), [1]],
    [[1], [1, 2]],
    [[1, 2], [2, 1]],
    [[], {}],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [{ toString: undefined }, { a: 1 }],
    [() => 1, () => 1],
    [ca, { ...ca }],
    [{}, null],
  ];
  for (const [a, b] of different) assertEquals([sameValue(a, b), sameValue(b, a)], [false, false]);
});
