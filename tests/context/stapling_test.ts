/** When a server fetches, keeps and staples OCSP responses, by a clock of the test. */

import "../helpers/limit.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SSL_OCSP_MUST_STAPLE, SSL_OCSP_NO_STAPLE, SSL_OCSP_TRY_STAPLE } from "../../constants.ts";
import { ocspModeOf } from "../../context/observers.ts";
import { ConnectionState } from "../../context/connection.ts";
import { makeStapler, stapleHook } from "../../context/stapling.ts";
import type { StapleCallback } from "../../context/options.ts";
import type { Credential, Engine } from "../../engine/engine.ts";
import type { SslError } from "../../errors.ts";
import type { Policy } from "../../verify/policy.ts";
import { resolveScheme } from "../../verify/schemes.ts";
import { idOf, makeWorld, respond, signerOf } from "../ocsp/data.ts";

const { ca, leaf, chain } = await makeWorld();
const other = await ca.server("other.test");
const SECOND = 1000, HOUR = 3600 * SECOND;
const ders = chain.map(({ der }) => der);
const credential = (list = ders) => ({ chain: list }) as unknown as Credential;
const about = (target = leaf, nextUpdate?: Date | null) =>
  respond({
    answers: [{ id: idOf(ca, target), ...(nextUpdate === undefined ? {} : { nextUpdate }) }],
    signer: signerOf(ca),
  });

const NAMES = { serverName: undefined, verifyName: undefined };
const EVIDENCE = { error: 0, errorDepth: 0, errorText: "ok", resumed: false };
const POLICY: Policy = {
  ...{ role: "client", engine: "openssl", verifyMode: 1, scheme: resolveScheme("none") },
  ...{ publicSuffix: undefined, pins: [], forceFingerprint: false, defaultsApplied: [] },
};

/** Lets what has been resolved run. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Runs with a clock that stands still until it is moved, in milliseconds from its start. */
async function withClock(run: (move: (to: number) => void, start: number) => Promise<void>) {
  const { now } = Date;
  const start = Math.floor(now() / SECOND) * SECOND;
  const move = (to: number) => void (Date.now = () => start + to);
  move(0);
  try {
    await run(move, start);
  } finally {
    Date.now = now;
  }
}

/** A stapler of one certificate whose responses are fetched, and how often that was done. */
function fetching(answer: (asked: number) => Uint8Array | undefined) {
  let asked = 0;
  const source: StapleCallback = () => Promise.resolve(answer(++asked));
  const stapler = makeStapler(source, [credential()], "", true);
  return { stapler, asked: () => asked };
}

Deno.test("a fetched response is stapled to its end, and fetched again from half of its life on", async () => {
  await withClock(async (move, start) => {
    const first = about(leaf, new Date(start + HOUR)), second = about();
    const { stapler, asked } = fetching((n) => n === 1 ? first : second);
    assertEquals(stapler.staple(undefined), undefined);
    await stapler.ready();
    assertStrictEquals(stapler.staple(undefined), first);
    assertEquals(stapler.ready(), undefined);
    move(HOUR / 2 - 1);
    stapler.staple(undefined);
    assertEquals(asked(), 1);
    move(HOUR / 2);
    assertStrictEquals(stapler.staple(undefined), first);
    assertEquals(asked(), 2);
    await settle();
    assertStrictEquals(stapler.staple(undefined), second);
  });
});

Deno.test("a response whose end has come is not stapled, even if no other can be had", async () => {
  await withClock(async (move, start) => {
    const first = about(leaf, new Date(start + HOUR));
    const { stapler, asked } = fetching((n) => n === 1 ? first : undefined);
    await stapler.ready();
    move(HOUR - 1);
    assertStrictEquals(stapler.staple(undefined), first);
    await settle();
    assertEquals(asked(), 2);
    move(HOUR);
    assertEquals(stapler.staple(undefined), undefined);
    // A handshake waits for the next attempt, which comes ten seconds after the one before.
    move(HOUR - 1 + 10 * SECOND);
    const wait = stapler.ready();
    assertEquals([wait instanceof Promise, asked()], [true, 3]);
    await wait;
    assertEquals(stapler.staple(undefined), undefined);
  });
});

Deno.test("a failed attempt is made again after ten seconds, and not before", async () => {
  await withClock(async (move) => {
    const { stapler, asked } = fetching(() => undefined);
    await settle();
    move(10 * SECOND - 1);
    assertEquals([stapler.staple(undefined), asked()], [undefined, 1]);
    assertEquals(stapler.ready(), undefined);
    move(10 * SECOND);
    assertEquals([stapler.staple(undefined), asked()], [undefined, 2]);
    // One attempt at a time.
    stapler.staple(undefined);
    assertEquals(asked(), 2);
  });
});

Deno.test("a response without an end, or one that cannot be read, is kept, and fetched anew by the hour", async () => {
  for (const response of [about(leaf, null), Uint8Array.of(1, 2, 3)]) {
    await withClock(async (move) => {
      const { stapler, asked } = fetching((n) => n === 1 ? response : undefined);
      await settle();
      move(HOUR / 2 - 1);
      assertStrictEquals(stapler.staple(undefined), response);
      assertEquals(asked(), 1);
      move(HOUR / 2);
      assertStrictEquals(stapler.staple(undefined), response);
      assertEquals(asked(), 2);
      await settle();
      move(1000 * HOUR);
      assertStrictEquals(stapler.staple(undefined), response);
      assertEquals(stapler.ready(), undefined);
    });
  }
});

Deno.test("a response that ends soon is stapled for ten seconds, until the next attempt", async () => {
  await withClock(async (move, start) => {
    const short = about(leaf, new Date(start + SECOND));
    const { stapler, asked } = fetching((n) => n === 1 ? short : undefined);
    await settle();
    move(10 * SECOND - 1);
    assertStrictEquals(stapler.staple(undefined), short);
    assertEquals(asked(), 1);
    move(10 * SECOND);
    assertEquals([stapler.staple(undefined), asked()], [undefined, 2]);
    await settle();
  });
});

Deno.test("each certificate gets its own response, asked for with its chain and its name", async () => {
  const requests: [string, number, string][] = [];
  const source: StapleCallback = ({ certificate, chain, serverName }) => {
    requests.push([certificate.subject, chain.length, serverName]);
    return about(certificate.subject === leaf.certificate.subject ? leaf : other);
  };
  const both = [credential(), credential([other.certificate.der])];
  const stapler = makeStapler(source, both, "a.test", false);
  await stapler.ready();
  assertEquals(requests, [
    [leaf.certificate.subject, 3, "a.test"],
    [other.certificate.subject, 1, "a.test"],
  ]);
  const [own, second] = [leaf, other].map(({ certificate }) => stapler.staple(certificate.der));
  assertEquals([own === undefined, second === undefined, own === second], [false, false, false]);
  assertStrictEquals(stapler.staple(undefined), own);
  assertEquals(stapler.staple(ders[1]), undefined);
});

Deno.test("bytes go with the only certificate as they are, else with the one that they are about", () => {
  const bytes = about(other);
  const both = [credential(), credential([other.certificate.der])];
  const stapled = (credentials: Credential[], only: boolean, der?: Uint8Array) =>
    makeStapler(bytes, credentials, "", only).staple(der) === bytes;
  assertEquals(stapled([credential()], true), true);
  assertEquals(stapled([credential()], false), false);
  assertEquals(stapled([credential([other.certificate.der])], false), true);
  assertEquals(stapled(both, false, leaf.certificate.der), false);
  assertEquals(stapled(both, false, other.certificate.der), true);
  assertEquals(makeStapler(bytes, both, "", false).ready(), undefined);
});

Deno.test("without a staple, what was found for a leaf and a mode says nothing about another leaf, mode or response", async () => {
  const strict = await ca.server("strict.test", { mustStaple: true });
  const found = (der: Uint8Array, mode: number, response?: Uint8Array) => {
    const presented = [der, ...ders.slice(1)];
    const state = new ConnectionState(POLICY, NAMES);
    const refused = state.judge({ ...EVIDENCE, chain: presented, presented });
    assertEquals(refused, undefined);
    const refusal = stapleHook(mode, undefined)(response, state) as SslError | undefined;
    const last = state.report.checks.at(-1)!;
    return refusal?.code ?? `${last.name} ${last.ok} ${last.detail.split(":")[0]}`;
  };
  const tolerated = "ocsp undefined tolerated", needed = "OCSP_VERIFY_NEEDED";
  const plain = leaf.certificate.der, demanding = strict.certificate.der;
  for (let again = 0; again < 2; again++) {
    assertEquals(found(plain, SSL_OCSP_TRY_STAPLE), tolerated);
    assertEquals(found(plain, SSL_OCSP_MUST_STAPLE), needed);
    assertEquals(found(plain, SSL_OCSP_NO_STAPLE), "ocsp undefined not asked for; missing");
    assertEquals(found(demanding, SSL_OCSP_TRY_STAPLE), needed);
    assertEquals(found(plain, SSL_OCSP_TRY_STAPLE, about()), "ocsp true good");
    assertEquals(found(plain, SSL_OCSP_TRY_STAPLE), tolerated);
  }
});

Deno.test("ocspModeOf(): a staple is asked for where a server is verified and the engine can", () => {
  const of = (options: Parameters<typeof ocspModeOf>[2], verifyMode = 1, features = ["ocsp"]) =>
    ocspModeOf({ features: new Set(features) } as unknown as Engine, "client", options, verifyMode);
  assertEquals(of({}), SSL_OCSP_TRY_STAPLE);
  assertEquals([of({}, 0), of({}, 1, [])], [0, 0]);
  assertEquals(of({ ocspMode: SSL_OCSP_MUST_STAPLE }), SSL_OCSP_MUST_STAPLE);
  assertEquals(of({ ocspMode: SSL_OCSP_NO_STAPLE }, 0), SSL_OCSP_NO_STAPLE);
  const engine = { features: new Set(["ocsp"]) } as unknown as Engine;
  assertEquals(ocspModeOf(engine, "server", { ocspMode: SSL_OCSP_MUST_STAPLE }, 0), 0);
  const ocspStapleCallback = () => true;
  assertEquals(of({ ocspStapleCallback }), SSL_OCSP_TRY_STAPLE);
  assertThrows(() => of({ ocspMode: SSL_OCSP_TRY_STAPLE }, 0), TypeError, 'option "ocspMode" with');
  assertThrows(() => of({ ocspStapleCallback }, 0), TypeError, 'option "ocspStapleCallback" with');
  const silent = { ocspStapleCallback, ocspMode: SSL_OCSP_NO_STAPLE };
  assertThrows(() => of(silent), TypeError, "does not ask for a stapled response");
});
