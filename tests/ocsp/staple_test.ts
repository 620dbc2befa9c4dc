/** judgeStaple(): the table of states and modes. */
import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  SSL_OCSP_FAIL_HARD,
  SSL_OCSP_FULL_CHAIN,
  SSL_OCSP_MUST_STAPLE,
  SSL_OCSP_NO_STAPLE,
  SSL_OCSP_TRY_STAPLE,
} from "../../constants.ts";
import { lastError, SslVerifyError } from "../../errors.ts";
import { octets } from "../../certificate/asn1/writer.ts";
import { EXT } from "../../certificate/extensions/read.ts";
import { asksForStaple } from "../../verify/ocsp/mode.ts";
import { judgeStaple } from "../../verify/ocsp/stapled.ts";
import type { OcspState } from "../../verify/ocsp/response.ts";
import { idOf, makeWorld, respond, signerOf } from "./data.ts";

const TRY = SSL_OCSP_TRY_STAPLE;
const MUST = SSL_OCSP_MUST_STAPLE;
const HARD = SSL_OCSP_FAIL_HARD;

const world = await makeWorld();
const { root, ca, leaf, chain } = world;

const CODES = {
  CERT_REVOKED: 23,
  OCSP_VERIFY_NEEDED: 73,
  OCSP_VERIFY_FAILED: 74,
  OCSP_CERT_UNKNOWN: 75,
} as const;
type Code = keyof typeof CODES;

interface Row {
  state: OcspState;
  staple: Uint8Array | undefined;
  /** The refusal in each mode; `undefined` = tolerated or good. */
  try: Code | undefined;
  hard: Code | undefined;
  must: Code | undefined;
}

/** All rows refuse with `code` in must-staple mode; `from` is the mildest mode that refuses. */
function row(
  state: OcspState,
  staple: Uint8Array | undefined,
  code?: Code,
  from: "try" | "hard" | "must" = "must",
): Row {
  return {
    state,
    staple,
    try: from === "try" ? code : undefined,
    hard: from === "must" ? undefined : code,
    must: code,
  };
}

const other = await ca.server("other.test");
const TABLE: Row[] = [
  row("good", await ca.ocspResponse(leaf)),
  row("good", await ca.ocspResponse(leaf, { signer: "delegate" })),
  row("revoked", await ca.ocspResponse(leaf, { status: "revoked" }), "CERT_REVOKED", "try"),
  row("unknown", await ca.ocspResponse(leaf, { status: "unknown" }), "OCSP_CERT_UNKNOWN", "hard"),
  row("expired", await ca.ocspResponse(leaf, { expired: true }), "OCSP_VERIFY_FAILED", "hard"),
  row("missing", undefined, "OCSP_VERIFY_NEEDED", "must"),
  row("missing", await ca.ocspResponse(other), "OCSP_VERIFY_NEEDED", "must"),
  row(
    "wrong signer",
    await ca.ocspResponse(leaf, { signer: "wrong" }),
    "OCSP_VERIFY_FAILED",
    "try",
  ),
  row(
    "wrong signer",
    await ca.ocspResponse(leaf, { signer: "wrong-usage" }),
    "OCSP_VERIFY_FAILED",
    "try",
  ),
  row("error", await ca.ocspResponse(leaf, { error: "tryLater" }), "OCSP_VERIFY_FAILED", "hard"),
  row("error", new Uint8Array([1, 2, 3]), "OCSP_VERIFY_FAILED", "hard"),
];

const MODES = [
  ["try", TRY],
  ["hard", HARD],
  ["hard", TRY | HARD],
  ["must", MUST],
  ["must", MUST | HARD],
  ["must", TRY | MUST | SSL_OCSP_FULL_CHAIN],
] as const;

for (const [column, ocspMode] of MODES) {
  Deno.test(`judgeStaple() in mode ${ocspMode} goes by the column "${column}" of the table`, () => {
    for (const line of TABLE) {
      const { verdict, refuse, ok, detail } = judgeStaple(line.staple, { chain, ocspMode });
      assertEquals(verdict.state, line.state);
      assertStringIncludes(detail, verdict.detail);
      const code = line[column];
      assertEquals(refuse?.code, code, `${line.state}: ${detail}`);
      if (code !== undefined) {
        assert(refuse instanceof SslVerifyError);
        assertEquals(refuse.errno, CODES[code]);
        assertEquals(ok, false);
        assertEquals(lastError(), refuse);
      } else assertEquals(ok, line.state === "good" ? true : undefined);
    }
  });
}

Deno.test("judgeStaple() refuses nothing in a mode that did not ask", () => {
  for (const ocspMode of [0, SSL_OCSP_FULL_CHAIN, SSL_OCSP_NO_STAPLE, SSL_OCSP_NO_STAPLE | MUST]) {
    assertEquals(asksForStaple(ocspMode), false);
    for (const line of TABLE) {
      const { verdict, refuse, ok } = judgeStaple(line.staple, { chain, ocspMode });
      assertEquals([verdict.state, refuse, ok], [line.state, undefined, undefined]);
    }
  }
  for (const ocspMode of [TRY, MUST, HARD]) assertEquals(asksForStaple(ocspMode), true);
});

Deno.test("judgeStaple() says it in Perl's words when the required staple did not come", () => {
  const text = "did not receive the required stapled OCSP response";
  assertEquals(judgeStaple(undefined, { chain, ocspMode: MUST }).refuse!.message, text);
  const about = TABLE.find((line) => line.state === "missing" && line.staple)!;
  const { refuse } = judgeStaple(about.staple, { chain, ocspMode: MUST });
  assert(refuse!.message.startsWith(`${text}: none of the 1 answers`));
  assertEquals(refuse!.reason, text);
});

Deno.test("judgeStaple() refuses a must-staple certificate without a good staple (RFC 7633)", async () => {
  const strict = await ca.server("strict.test", { mustStaple: true });
  const strictChain = [...strict.chain, root.cert];
  const judge = (staple: Uint8Array | undefined, ocspMode = TRY) =>
    judgeStaple(staple, { chain: strictChain, ocspMode });
  assertEquals(judge(undefined).refuse?.code, "OCSP_VERIFY_NEEDED");
  assertStringIncludes(judge(undefined).detail, "demands");
  assertEquals(judge(await ca.ocspResponse(strict)).ok, true);
  // Garbage in place of a staple must not get around it.
  for (const staple of [new Uint8Array(), await ca.ocspResponse(strict, { error: "tryLater" })]) {
    assertEquals(judge(staple).refuse?.code, "OCSP_VERIFY_FAILED");
  }
  assertEquals(judge(await ca.ocspResponse(leaf)).refuse?.code, "OCSP_VERIFY_NEEDED");
  // Who did not ask cannot demand.
  assertEquals(judge(undefined, SSL_OCSP_NO_STAPLE).refuse, undefined);
  // An extension that cannot be read may be that demand.
  const broken = await ca.server("broken.test", {
    extensions: [{ oid: EXT.tlsFeature, critical: false, value: octets() }],
  });
  const brokenChain = [...broken.chain, root.cert];
  assertEquals(
    judgeStaple(undefined, { chain: brokenChain, ocspMode: TRY }).refuse?.code,
    "OCSP_VERIFY_NEEDED",
  );
});

Deno.test("judgeStaple() refuses when another certificate of the chain is revoked", () => {
  const target = { certificate: ca.cert };
  // Both certificates of one CA, so that one response can answer for both.
  for (const ocspMode of [TRY, HARD, MUST]) {
    const id = idOf(root, target);
    const revoked = respond({ answers: [{ id, status: "revoked" }], signer: signerOf(root) });
    const { refuse, ok, detail, verdict } = judgeStaple(revoked, { chain, ocspMode });
    assertEquals([refuse?.code, ok, verdict.state], ["CERT_REVOKED", false, "missing"]);
    assertStringIncludes(detail, ca.cert.subject);
    // Other states of other certificates, and answers of others about them, do not refuse.
    for (
      const harmless of [
        respond({ answers: [{ id, status: "unknown" }], signer: signerOf(root) }),
        respond({ answers: [{ id, status: "revoked" }], signer: signerOf(ca) }),
      ]
    ) {
      const result = judgeStaple(harmless, { chain, ocspMode });
      assertEquals(result.verdict.state, "missing");
      assertEquals(result.refuse?.code, ocspMode === MUST ? "OCSP_VERIFY_NEEDED" : undefined);
    }
  }
});

Deno.test("judgeStaple() cannot check without the issuer in the chain", async () => {
  const staple = await ca.ocspResponse(leaf);
  const alone = [leaf.certificate];
  const judged = judgeStaple(staple, { chain: alone, ocspMode: TRY });
  assertEquals([judged.verdict.state, judged.ok, judged.refuse], ["error", undefined, undefined]);
  assertStringIncludes(judged.detail, "not in the chain");
  for (const ocspMode of [HARD, MUST]) {
    const { refuse } = judgeStaple(staple, { chain: alone, ocspMode });
    assertEquals(refuse?.code, "OCSP_VERIFY_FAILED");
  }
  // A CA that has the issuer's name alone is not the issuer.
  const twin = await root.intermediate({ commonName: ca.cert.commonName! });
  const lookalike = [leaf.certificate, twin.cert, root.cert];
  assertEquals(judgeStaple(staple, { chain: lookalike, ocspMode: TRY }).verdict.state, "error");
});

Deno.test("judgeStaple() goes by the given time", async () => {
  const staple = await ca.ocspResponse(leaf);
  const time = new Date(Date.now() + 48 * 3_600_000);
  const { verdict } = judgeStaple(staple, { chain, ocspMode: TRY, time });
  assertEquals(verdict.state, "expired");
  assertThrows(() => judgeStaple(undefined, { chain: [], ocspMode: TRY }), TypeError, "empty");
  const never = new Date(NaN);
  assertThrows(() => judgeStaple(staple, { chain, ocspMode: 0, time: never }), RangeError, "time");
});
