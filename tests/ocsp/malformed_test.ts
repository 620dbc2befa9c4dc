/** Malformed responses: no exception, no false good, no end that does not come. */
import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SSL_OCSP_FAIL_HARD, SSL_OCSP_TRY_STAPLE } from "../../constants.ts";
import { int, seq } from "../../certificate/asn1/writer.ts";
import { SslError } from "../../errors.ts";
import { OcspResolver } from "../../verify/ocsp/resolver.ts";
import { readOcspResponse } from "../../verify/ocsp/read.ts";
import { checkOcspResponse } from "../../verify/ocsp/response.ts";
import { judgeStaple } from "../../verify/ocsp/stapled.ts";
import { idOf, makeWorld, respond, signerOf } from "./data.ts";

const { ca, leaf, chain } = await makeWorld();
const options = { certificate: leaf.certificate, issuer: ca.cert };
const delegated = await ca.ocspResponse(leaf, { signer: "delegate" });
const seeds = [
  await ca.ocspResponse(leaf),
  delegated,
  await ca.ocspResponse(leaf, { status: "revoked" }),
  await ca.ocspResponse(leaf, { error: "tryLater" }),
];
const STATES = ["good", "revoked", "unknown", "expired", "wrong signer", "missing", "error"];

Deno.test("checkOcspResponse() gives a state for any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assertEquals(checkOcspResponse(bytes, options).state, "error");
    assert(!judgeStaple(bytes, { chain, ocspMode: SSL_OCSP_TRY_STAPLE }).ok);
  }));
});

/** Changes to a response: bytes replaced, removed, or put in. */
const changes = fc.array(
  fc.tuple(
    fc.constantFrom("set", "cut", "put"),
    fc.nat({ max: 1200 }),
    fc.integer({ min: 0, max: 255 }),
  ),
  { minLength: 1, maxLength: 4 },
);

function mutate(seed: Uint8Array, list: readonly (readonly [string, number, number])[]): number[] {
  const bytes = [...seed];
  for (const [kind, at, value] of list) {
    const index = at % (bytes.length + 1);
    if (kind === "set") bytes[Math.min(index, bytes.length - 1)] = value;
    else if (kind === "cut") bytes.splice(index, 1 + value % 40);
    else bytes.splice(index, 0, value);
  }
  return bytes;
}

Deno.test("checkOcspResponse() gives a state for any changed response", () => {
  fc.assert(
    fc.property(fc.constantFrom(...seeds), changes, (seed, list) => {
      const bytes = Uint8Array.from(mutate(seed, list));
      const { state } = checkOcspResponse(bytes, options);
      assert(STATES.includes(state), state);
      judgeStaple(bytes, { chain, ocspMode: SSL_OCSP_FAIL_HARD });
      const resolver = new OcspResolver({ chain, staple: bytes });
      assertEquals(resolver.hardError() === "", state !== "revoked");
    }),
    { numRuns: 400 },
  );
});

Deno.test("no single changed byte makes a revoked response good, or a foreign one ours", async () => {
  const revoked = await ca.ocspResponse(leaf, { status: "revoked" });
  const foreign = await ca.ocspResponse(leaf, { signer: "wrong" });
  for (const seed of [revoked, foreign]) {
    for (let at = 0; at < seed.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bytes = Uint8Array.from(seed);
        bytes[at]! ^= flip;
        const { state } = checkOcspResponse(bytes, options);
        assert(state !== "good" && state !== "unknown", `byte ${at} ^ ${flip}: ${state}`);
      }
    }
  }
});

Deno.test("a good response is good only as it is: every changed byte is noticed", async () => {
  const seed = await ca.ocspResponse(leaf);
  const survivors: number[] = [];
  for (let at = 0; at < seed.length; at++) {
    const bytes = Uint8Array.from(seed);
    bytes[at]! ^= 0x01;
    if (checkOcspResponse(bytes, options).state === "good") survivors.push(at);
  }
  assertEquals(survivors, []);
});

Deno.test("every truncated response is an error", () => {
  for (let length = 0; length < delegated.length; length++) {
    assertEquals(checkOcspResponse(delegated.subarray(0, length), options).state, "error");
  }
});

Deno.test("checkOcspResponse() reads deep nesting, and counts of answers and certificates, in bounds", () => {
  let nested = seq();
  for (let i = 0; i < 2000; i++) nested = seq(nested);
  assertEquals(checkOcspResponse(nested, options).state, "error");
  const id = idOf(ca, leaf);
  const many = respond({
    answers: Array.from({ length: 1500 }, () => ({ id })),
    signer: signerOf(ca),
  });
  assertEquals(checkOcspResponse(many, options).state, "good");
  // A signer that says it is one of hundreds of certificates: only the first few are tried.
  const certs = Array.from({ length: 300 }, () => leaf.certificate.der);
  const crowd = respond({
    answers: [{ id }],
    signer: { cert: leaf.certificate, key: leaf.privateKey },
    certs,
  });
  assertEquals(checkOcspResponse(crowd, options).state, "wrong signer");
});

Deno.test("readOcspResponse() refuses a status that RFC 6960 does not have, and elements that it does not know", () => {
  const refused = (der: Uint8Array, why: string) => {
    const error = assertThrows(() => readOcspResponse(der), SslError, why);
    assertEquals(error.code, "ERR_DER");
  };
  for (const status of [4, 7]) refused(seq(int(status, 0x0a)), `unknown status ${status}`);
  for (const status of [1, 2, 3, 5, 6]) {
    assertEquals(readOcspResponse(seq(int(status, 0x0a))).basic, undefined);
  }
  refused(seq(int(0, 0x0a)), "successful, but without an answer");
  const part = { answers: [{ id: idOf(ca, leaf) }], signer: signerOf(ca) };
  for (const junk of ["response", "typed", "basic", "tbs", "answer", "nextUpdate"] as const) {
    refused(respond({ ...part, junk }), "");
  }
});
