/** What a judgement says in its details: names, lists, facts; and what a callback does not excuse. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { selfSigned, TestCa, type TestCertificate } from "../../certificate/mod.ts";
import { ConnectionState } from "../../context/connection.ts";
import type { PeerEvidence } from "../../engine/engine.ts";
import { judge } from "../../verify/judge.ts";
import { visible } from "../../internal/quote.ts";
import type { Policy } from "../../verify/policy.ts";
import { FRESHEST, makeCrl } from "../helpers/crl.ts";
import { resolveScheme, type Scheme } from "../../verify/schemes.ts";

const ca = await TestCa.create({ commonName: "CA" });
const leaf = await ca.server({ names: ["a.example"], extensions: [FRESHEST] });
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
const named = (name: string) => ({ serverName: name, verifyName: name });
const NAMES = named("a.example");

const of = ({ certificate }: TestCertificate, over: Partial<PeerEvidence> = {}): PeerEvidence => ({
  chain: [certificate.der, ca.certificate.der],
  presented: [certificate.der],
  error: 0,
  errorDepth: 0,
  errorText: "ok",
  resumed: false,
  ...over,
});

const trusting = (crls: Uint8Array[], deltas: Uint8Array[] = []) => ({
  trust: { anchors: [ca.certificate.der], extra: [], crls, deltas, checkCrl: "leaf" as const },
});

Deno.test("what verifyCallback accepted about dates does not excuse a delta CRL that revokes", () => {
  const base = makeCrl(ca, { number: 1 });
  const delta = makeCrl(ca, { number: 2, base: 1, revoked: [{ certificate: leaf.certificate }] });
  const evidence = of(leaf, trusting([base], [delta]));
  const code = (...overridden: { error: number; depth: number }[]) =>
    judge(evidence, POLICY, NAMES, { callback: { asked: 2, overridden } }).error?.code;
  assertEquals(code(), "CERT_REVOKED");
  assertEquals(code({ error: 10, depth: 0 }), "CERT_REVOKED");
  assertEquals(code({ error: 23, depth: 1 }), "CERT_REVOKED");
  assertEquals(code({ error: 23, depth: 0 }), undefined);
});

Deno.test("a refusal that is not a revocation names no CRL", () => {
  const over = { ...trusting([makeCrl(ca)]), errorText: "expired" };
  const { error } = judge(of(leaf, { ...over, error: 10 }), POLICY, NAMES);
  assertStringIncludes(
    error!.message,
    'expired: CERT_HAS_EXPIRED at depth 0, subject "/CN=a.example", issuer "/CN=CA"',
  );
  assert(error!.message.endsWith('issuer "/CN=CA"'), error!.message);
});

Deno.test("a wrong name: the message has the certificate's names, ten at most, or its common name", async () => {
  const about = async (names: string[], commonName?: string) => {
    const one = await ca.server({ names, ...(commonName === undefined ? {} : { commonName }) });
    const { error, checks } = judge(of(one), POLICY, named("other.example"));
    assertEquals(error?.code, "HOSTNAME_MISMATCH");
    return [error!.message, checks.find(({ name }) => name === "hostname")!.detail];
  };
  const hosts = Array.from({ length: 11 }, (_, i) => `h${i}.example`);
  const all = (count: number) => hosts.slice(0, count).map((host) => `DNS:${host}`).join(", ");
  const [ten] = await about(hosts.slice(0, 10));
  assertStringIncludes(ten!, `it is valid for ${all(10)}, subject`);
  const [eleven, detail] = await about(hosts);
  assertStringIncludes(eleven!, `it is valid for ${all(10)}, ..., subject`);
  assertEquals(detail!.match(/DNS:/g)?.length, 10);
});

Deno.test("a scheme's own callback is asked once, however often the peer is judged", () => {
  let asked = 0;
  const scheme = resolveScheme({ checkCn: 0, callback: () => (asked++, true) });
  const state = new ConnectionState({ ...POLICY, scheme }, named("b.example"));
  assertEquals(state.judge(of(leaf)), undefined);
  for (let i = 0; i < 2; i++) {
    assertEquals(state.stapled({ ok: true, detail: "good" }), undefined);
  }
  assertEquals([asked, state.report.ok], [1, true]);
});

Deno.test("Deno's own check of the name stands where our scheme would accept, with its words", () => {
  const evidence = of(leaf, { error: 62, errorText: "not valid for name" });
  const report = judge(evidence, { ...POLICY, engine: "deno" }, NAMES);
  assertEquals(report.error?.code, "HOSTNAME_MISMATCH");
  const { detail } = report.checks.find(({ name }) => name === "hostname")!;
  assert(detail.startsWith("not valid for name; "), detail);
});

Deno.test("schemeAdvice() speaks of a scheme only where it allows more than Deno's own check", () => {
  const advice = (given: Scheme, engine: Policy["engine"] = "deno", error = 62) => {
    const scheme = resolveScheme(given);
    const state = new ConnectionState({ ...POLICY, scheme, engine }, NAMES);
    const refusal = judge(of(leaf, { error }), { ...POLICY, engine }, NAMES).error;
    return state.schemeAdvice(refusal)?.replace(/^.*to which (.*) can only add.*$/, "$1");
  };
  assertEquals(advice("http"), 'the scheme "http"');
  assertEquals(advice({ checkCn: 0 }), "a scheme of your own");
  for (const none of ["rfc9525", "none"] as const) assertEquals(advice(none), undefined);
  assertEquals([advice("http", "openssl"), advice("http", "deno", 10)], [undefined, undefined]);
});

Deno.test("the peer's certificate is the one that it presented", async () => {
  const other = await ca.server("b.example");
  const state = new ConnectionState(POLICY, NAMES);
  assertEquals(state.leaf, undefined);
  state.judge(of(leaf, { chain: [other.certificate.der] }));
  assertEquals(state.leaf?.subject, leaf.certificate.subject);
});

Deno.test("visible() shows every control byte with two hexadecimal digits, and line separators", () => {
  assertEquals(visible("a\0b\x1f\x7f\x9f\u2028é"), "a\\x00b\\x1f\\x7f\\x9f\\x2028é");
  assertEquals(visible("\x0f\x10"), "\\x0f\\x10");
});

Deno.test("the facts of a refusal know the bits of an RSA and of an elliptic key", async () => {
  for (const [keyType, bits] of [["rsa", 2048], ["ec", 256]] as const) {
    const one = await ca.server({ names: ["a.example"], keyType });
    const { error } = judge(of(one, { error: 66, errorText: "EE key too small" }), POLICY, NAMES);
    assertEquals([error!.code, error!.facts.keyBits], ["EE_KEY_TOO_SMALL", bits]);
  }
});

Deno.test("a wrong name: a certificate without a subjectAltName is described by its common name, or as nameless", async () => {
  const about = (one: TestCertificate) => judge(of(one), POLICY, NAMES).error!.message;
  const only = await ca.server({ names: [], commonName: "only" });
  assertStringIncludes(about(only), 'it has no subjectAltName, only the CN "only", subject');
  const { certificate } = await selfSigned({ names: [], subject: { organizationName: "O" } });
  assertStringIncludes(about({ certificate } as TestCertificate), "no subjectAltName, subject");
});

Deno.test("a name that nobody asked for is not checked, for a reason that fits the side", () => {
  const none = { serverName: undefined, verifyName: undefined };
  const detail = (role: Policy["role"]) =>
    judge(of(leaf), { ...POLICY, role }, none).checks.find(({ name }) => name === "hostname");
  assertEquals([detail("client")?.ok, detail("server")?.ok], [undefined, undefined]);
  assertEquals(detail("client")?.detail, "there is no name to verify");
  assertStringIncludes(detail("server")!.detail, "counts only with verifycnName");
});

Deno.test("an address that the engine refuses is a wrong name, not a wrong chain", () => {
  const report = judge(of(leaf, { error: 64 }), { ...POLICY, engine: "deno" }, NAMES);
  assertEquals(report.checks.map(({ name, ok }) => [name, ok]), [
    ["chain", true],
    ["hostname", false],
  ]);
});

Deno.test("the facts of a wrong name are the wildcards and the odd names that nearly matched, ten at most", async () => {
  const near = async (...names: string[]) => {
    const one = await ca.server({ names });
    return judge(of(one), POLICY, named("x.y.example")).error!.facts.near?.map((text) =>
      text.split(": ")[0]
    );
  };
  assertEquals(await near("a.example", "*.b.example", "c\u0001.example"), [
    "DNS:*.b.example",
    "DNS:c\\x01.example",
  ]);
  const many = Array.from({ length: 11 }, (_, i) => `*.h${i}.example`);
  assertEquals(await near(...many), many.slice(0, 10).map((name) => `DNS:${name}`));
});

Deno.test("a name that matched is not a near miss, even where the engine refuses it", async () => {
  const one = await ca.server({ names: ["*.a.example"] });
  const evidence = of(one, { error: 62, errorText: "not valid for name" });
  const { error } = judge(evidence, { ...POLICY, engine: "deno" }, named("x.a.example"));
  assertEquals([error?.code, error?.facts.near], ["HOSTNAME_MISMATCH", []]);
});
