/** OcspResolver without a network: requests() and addResponse(). */
import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SSL_OCSP_FAIL_HARD, SSL_OCSP_FULL_CHAIN } from "../../constants.ts";
import { octets, seq } from "../../certificate/asn1/writer.ts";
import { EXT } from "../../certificate/extensions/read.ts";
import { readOcspRequest } from "../../certificate/ocsp_build.ts";
import { TestCa, type TestCertificateOptions } from "../../certificate/mod.ts";
import { OcspCache, type OcspCacheEntry } from "../../verify/ocsp/cache.ts";
import type { OcspResolverOptions } from "../../verify/ocsp/options.ts";
import { OcspResolver } from "../../verify/ocsp/resolver.ts";
import { HOUR, idOf, respond, signerOf } from "./data.ts";

const HARD = SSL_OCSP_FAIL_HARD;
const FULL = SSL_OCSP_FULL_CHAIN;
const A = "http://a.test/ocsp";
const B = "http://b.test/ocsp";

const root = await TestCa.create();
const ca = await root.intermediate({ ocspUris: [A] });
const leaf = await ca.server("ocsp.test", { ocspUris: [A] });
const chain = [...leaf.chain, root.cert];
const two = await leafWith({ ocspUris: [A, B] });

async function leafWith(options: TestCertificateOptions) {
  const made = await ca.server("other.test", options);
  return { certificate: made.certificate, chain: [...made.chain, root.cert] };
}

function make(more: Partial<OcspResolverOptions> = {}): OcspResolver {
  return new OcspResolver({ chain, ...more });
}

/** The good answer, or another one, to the request that is open for `uri`. */
async function answer(
  resolver: OcspResolver,
  uri: string,
  options: Parameters<TestCa["ocspResponse"]>[1] = {},
  target: { certificate: typeof leaf.certificate } = leaf,
): Promise<string | undefined> {
  const { nonce } = readOcspRequest(resolver.requests()[uri]!);
  const response = await ca.ocspResponse(target.certificate, {
    ...(nonce && { nonce }),
    ...options,
  });
  return resolver.addResponse(uri, response);
}

/** A cache that tells what was put into it. */
class SpyCache extends OcspCache {
  readonly puts: OcspCacheEntry[] = [];
  override put(key: string, entry: OcspCacheEntry): OcspCacheEntry {
    this.puts.push(entry);
    return super.put(key, entry);
  }
  /** How long the last entry lives, in seconds, rounded. */
  get lifetime(): number {
    const { expire, nextUpdate } = this.puts.at(-1)!;
    return Math.round((Number(expire ?? nextUpdate) - Date.now()) / 1000);
  }
}

Deno.test("OcspResolver asks about the leaf, and stops at a good answer", async () => {
  const resolver = make();
  assertEquals(resolver.hardError(), undefined);
  assertEquals(Object.keys(resolver.requests()), [A]);
  const { ids, nonce } = readOcspRequest(resolver.requests()[A]!);
  assertEquals(ids.map((id) => id.raw), [idOf(ca, leaf)]);
  assert(nonce !== undefined);
  assertEquals(resolver.requests(), resolver.requests(), "the same request until it is answered");
  assertEquals(await answer(resolver, A), "");
  assertEquals([resolver.hardError(), resolver.softError()], ["", undefined]);
  assertEquals(resolver.requests(), {});
});

// The table: what each answer is in the default mode and with FAIL_HARD.
const TABLE: [string, Parameters<TestCa["ocspResponse"]>[1], "good" | "soft" | "hard", RegExp][] = [
  ["good", {}, "good", /^$/],
  ["good by a delegate", { signer: "delegate" }, "good", /^$/],
  ["revoked", { status: "revoked" }, "hard", /revoked/],
  ["unknown", { status: "unknown" }, "hard", /unknown/],
  ["expired", { expired: true }, "soft", /expired/],
  ["wrong signer", { signer: "wrong" }, "soft", /failed to verify OCSP response/],
  ["wrong usage", { signer: "wrong-usage" }, "soft", /OCSPSigning/],
  ["wrong nonce", { nonce: octets(Uint8Array.of(1)) }, "soft", /nonce/],
  ["missing", { id: idOf(root, leaf) }, "soft", /no data in response/],
  ["error", { error: "unauthorized" }, "soft", /OCSP response failed: unauthorized/],
];
for (const [name, options, kind, text] of TABLE) {
  Deno.test(`OcspResolver.addResponse(): ${name} is ${kind}, and not good with FAIL_HARD unless good`, async () => {
    const soft = make();
    const result = await answer(soft, A, options);
    assertEquals(result, soft.hardError());
    const strict = make({ ocspMode: HARD });
    const strictResult = await answer(strict, A, options);
    assertEquals(strict.softError(), undefined);
    if (kind === "good") {
      assertEquals([result, soft.softError(), strictResult], ["", undefined, ""]);
      return;
    }
    const found = kind === "hard" ? result! : soft.softError()!;
    assert(text.test(found), found);
    assert(found.startsWith(`${A}: `), found);
    assertStringIncludes(found, leaf.certificate.subject);
    if (kind === "soft") assertEquals(result, "");
    else assertEquals(soft.softError(), undefined);
    assert(text.test(strictResult!), strictResult);
    assertEquals(strict.requests(), {});
  });
}

Deno.test("OcspResolver.addResponse() gives the error text again (undefined in Perl, 1a.7 bug 6)", async () => {
  const resolver = make();
  const text = await answer(resolver, A, { status: "revoked" });
  assertStringIncludes(text!, "revoked");
  // No request is open for it: Perl gave undefined here.
  assertEquals(resolver.addResponse(A, new Uint8Array()), text);
  assertEquals(resolver.addResponse("http://nobody.test/", undefined), text);
  assertEquals(make().addResponse("http://nobody.test/", undefined), undefined);
});

Deno.test("OcspResolver caches by kind: answers to their end, soft errors 10 s or 120 s", async () => {
  const lifetime = async (act: (resolver: OcspResolver) => unknown) => {
    const cache = new SpyCache();
    await act(make({ cache }));
    assertEquals(cache.puts.length, 1);
    return cache.lifetime;
  };
  const about = (value: number, wanted: number) =>
    assert(Math.abs(value - wanted) <= 2, `${value}`);
  about(await lifetime((r) => answer(r, A)), 24 * 3600);
  about(await lifetime((r) => answer(r, A, { status: "revoked" })), 24 * 3600);
  about(await lifetime((r) => answer(r, A, { nextUpdate: null })), 23 * 3600);
  about(await lifetime((r) => r.addResponse(A, undefined)), 10);
  about(await lifetime((r) => r.addResponse(A, new Uint8Array())), 10);
  about(await lifetime((r) => r.addResponse(A, Uint8Array.of(1, 2))), 10);
  about(await lifetime((r) => answer(r, A, { error: "tryLater" })), 10);
  about(await lifetime((r) => answer(r, A, { signer: "wrong" })), 120);
  about(await lifetime((r) => answer(r, A, { id: idOf(root, leaf) })), 120);
  about(await lifetime((r) => answer(r, A, { expired: true })), 120);
  about(await lifetime((r) => answer(r, A, { status: "unknown" })), 120);
  about(await lifetime((r) => answer(r, A, { status: "revoked", expired: true })), 120);
});

Deno.test("OcspResolver uses what an earlier one left in the cache: good, soft and hard", async () => {
  for (
    const [options, hard, soft] of [
      [{}, /^$/, /^$/],
      [{ expired: true }, /^$/, /expired/],
      [{ status: "revoked" }, /revoked/, /^$/], // Perl forgets that it was a hard error
      [{ status: "unknown" }, /unknown/, /^$/],
    ] as const
  ) {
    const cache = new OcspCache();
    await answer(make({ cache }), A, options);
    const second = make({ cache });
    assert(hard.test(second.hardError()!), second.hardError());
    assert(soft.test(second.softError() ?? ""), second.softError());
    assertEquals(second.requests(), {});
    const strict = make({ cache, ocspMode: HARD });
    assertEquals(strict.hardError() === "", Object.keys(options).length === 0);
  }
  // It is about one certificate of one issuer, not about a number.
  const cache = new OcspCache();
  await answer(make({ cache }), A);
  const twin = await TestCa.create();
  const same = await twin.server("ocsp.test", {
    ocspUris: [A],
    serial: BigInt(leaf.certificate.serial),
  });
  assertEquals(
    new OcspResolver({ chain: [...same.chain, twin.cert], cache }).hardError(),
    undefined,
  );
});

Deno.test("OcspResolver: a cached answer counts only at the time of the check", async () => {
  const cache = new OcspCache();
  await answer(make({ cache }), A);
  assertEquals(make({ cache, time: new Date(Date.now() + 12 * HOUR) }).hardError(), "");
  for (const hours of [-12, 48]) {
    const time = new Date(Date.now() + hours * HOUR);
    assertEquals(make({ cache, time }).hardError(), undefined);
  }
});

Deno.test("OcspResolver asks and fills the cache that it is given", async () => {
  const map = new Map<string, OcspCacheEntry>();
  const cache = {
    get: (key: string) => map.get(key),
    put: (key: string, entry: OcspCacheEntry) => void map.set(key, entry),
  };
  assertEquals(await answer(make({ cache }), A), "");
  assertEquals(map.size, 1);
  assertEquals(make({ cache }).hardError(), "");
});

Deno.test("OcspResolver does not ask about what the staple answers", async () => {
  const cache = new OcspCache();
  const good = make({ cache, staple: await ca.ocspResponse(leaf) });
  assertEquals([good.hardError(), good.requests()], ["", {}]);
  assertEquals(make({ cache }).hardError(), "", "a good staple is cached");
  const revoked = make({ staple: await ca.ocspResponse(leaf, { status: "revoked" }) });
  assertStringIncludes(revoked.hardError()!, "stapled OCSP response: certificate is revoked");
  for (
    const staple of [
      await ca.ocspResponse(leaf, { expired: true }),
      await ca.ocspResponse(leaf, { signer: "wrong" }),
      await ca.ocspResponse(leaf, { status: "unknown" }),
      new Uint8Array(),
    ]
  ) assertEquals(Object.keys(make({ staple, ocspMode: HARD }).requests()), [A]);
});

Deno.test("OcspResolver: neither a good staple nor a good cache hides a revocation", async () => {
  const cache = new OcspCache();
  await answer(make({ cache }), A, { status: "revoked" });
  assertStringIncludes(
    make({ cache, staple: await ca.ocspResponse(leaf) }).hardError()!,
    "revoked",
  );
  const good = new OcspCache();
  await answer(make({ cache: good }), A);
  const staple = await ca.ocspResponse(leaf, { status: "revoked" });
  assertStringIncludes(make({ cache: good, staple }).hardError()!, "revoked");
  assertStringIncludes(make({ cache: good }).hardError()!, "revoked");
});

Deno.test("OcspResolver with FULL_CHAIN asks about the intermediates, not about the root", () => {
  const resolver = make({ ocspMode: FULL });
  assertEquals(Object.keys(resolver.requests()), [A]);
  const { ids } = readOcspRequest(resolver.requests()[A]!);
  assertEquals(ids.map((id) => id.raw), [idOf(ca, leaf), idOf(root, { certificate: ca.cert })]);
});

Deno.test("OcspResolver asks again for what a partial answer leaves out", async () => {
  for (const ocspMode of [FULL, FULL | HARD]) {
    const resolver = make({ ocspMode });
    assertEquals(await answer(resolver, A), undefined);
    const { ids } = readOcspRequest(resolver.requests()[A]!);
    assertEquals(ids.map((id) => id.raw), [idOf(root, { certificate: ca.cert })]);
    const rest = respond({
      answers: [{ id: idOf(root, { certificate: ca.cert }) }],
      signer: signerOf(root),
    });
    assertEquals(resolver.addResponse(A, rest), "");
    assertEquals(resolver.softError(), undefined);
  }
  // A responder that never answers for the second does not make it go on for ever.
  const resolver = make({ ocspMode: FULL });
  await answer(resolver, A);
  assertEquals(await answer(resolver, A), "");
  assertStringIncludes(resolver.softError()!, "no data in response");
});

Deno.test("OcspResolver: one revoked certificate of the chain is enough", async () => {
  for (const ocspMode of [FULL, FULL | HARD]) {
    const resolver = make({ ocspMode });
    await answer(resolver, A);
    const revoked = respond({
      answers: [{ id: idOf(root, { certificate: ca.cert }), status: "revoked" }],
      signer: signerOf(root),
    });
    assertStringIncludes(resolver.addResponse(A, revoked)!, "revoked");
    assertStringIncludes(resolver.hardError()!, ca.cert.subject);
  }
});

Deno.test("OcspResolver with FAIL_HARD names the revocation, not the soft error beside it", () => {
  const resolver = make({ ocspMode: FULL | HARD });
  // Signed by the root, which may not answer for the leaf.
  const response = respond({
    answers: [
      { id: idOf(ca, leaf) },
      { id: idOf(root, { certificate: ca.cert }), status: "revoked" },
    ],
    signer: signerOf(root),
  });
  assertStringIncludes(resolver.addResponse(A, response)!, "revoked");
});

Deno.test("OcspResolver asks no more than eight addresses about one certificate", async () => {
  const ocspUris = Array.from({ length: 12 }, (_, i) => `http://${i}.test/`);
  const resolver = new OcspResolver({ chain: (await leafWith({ ocspUris })).chain });
  let asked = 0;
  while (resolver.hardError() === undefined) {
    resolver.addResponse(Object.keys(resolver.requests())[0]!, undefined);
    asked++;
  }
  assertEquals(asked, 8);
});

Deno.test("OcspResolver tries the next address when one is of no use", async () => {
  const open = () => new OcspResolver({ chain: two.chain, ocspMode: HARD });
  for (
    const act of [
      (r: OcspResolver) => r.addResponse(A, undefined),
      (r: OcspResolver) => answer(r, A, { error: "internalError" }, two),
      (r: OcspResolver) => answer(r, A, { signer: "wrong" }, two),
      (r: OcspResolver) => answer(r, A, { status: "unknown" }, two),
      (r: OcspResolver) => answer(r, A, { expired: true }, two),
    ]
  ) {
    const resolver = open();
    assertEquals(Object.keys(resolver.requests()), [A]);
    assertEquals(await act(resolver), undefined);
    assertEquals(Object.keys(resolver.requests()), [B]);
    assertEquals(await answer(resolver, B, {}, two), "");
    assertEquals(resolver.softError(), undefined);
  }
  // When none is of use, all are named.
  const none = new OcspResolver({ chain: two.chain });
  none.addResponse(A, undefined);
  assertEquals(none.addResponse(B, Uint8Array.of(0)), "");
  assertStringIncludes(none.softError()!, `${A}: http request for OCSP failed`);
  assertStringIncludes(none.softError()!, `${B}: invalid response`);
  // Not known at one, silence at the other: not known.
  const unknown = new OcspResolver({ chain: two.chain });
  await answer(unknown, A, { status: "unknown" }, two);
  assertStringIncludes(unknown.addResponse(B, undefined)!, "unknown");
});

Deno.test("OcspResolver does not mix requests up when a certificate comes to an address late", async () => {
  // The leaf goes on to the address that the intermediate is being asked about.
  const mid = await root.intermediate({ ocspUris: [B] });
  const made = await mid.server("late.test", { ocspUris: [A, B] });
  const resolver = new OcspResolver({ chain: [...made.chain, root.cert], ocspMode: FULL | HARD });
  const first = resolver.requests();
  assertEquals(Object.keys(first).sort(), [A, B]);
  assertEquals(resolver.addResponse(A, undefined), undefined);
  assertEquals(resolver.requests(), { [B]: first[B]! }, "the request under way stays");
  const nonce = readOcspRequest(first[B]!).nonce!;
  const forMid = await root.ocspResponse(mid, { nonce });
  assertEquals(resolver.addResponse(B, forMid), undefined);
  const next = readOcspRequest(resolver.requests()[B]!);
  assertEquals(next.ids.map((id) => id.raw), [idOf(mid, made)]);
  assertEquals(
    resolver.addResponse(B, await mid.ocspResponse(made, { nonce: next.nonce! })),
    "",
  );
});

Deno.test("OcspResolver without an address or an issuer gives a soft error", async () => {
  const cases: [OcspResolverOptions["chain"], string][] = [
    [(await leafWith({})).chain, "no OCSP URI for "],
    [
      (await leafWith({ ocspUris: ["ldap://x.test/"] })).chain,
      "no OCSP URI with http or https for",
    ],
    [
      (await leafWith({ ocspUris: ["ldap://x.test/", "file:///etc/passwd"] })).chain,
      "ldap://x.test",
    ],
    [
      (await leafWith({
        extensions: [{ oid: EXT.authorityInfoAccess, critical: false, value: seq(seq()) }],
      })).chain,
      "no OCSP URI",
    ],
    [[leaf.certificate], "no certificate of the issuer"],
    [[leaf.certificate, root.cert], "no certificate of the issuer"],
  ];
  for (const [list, text] of cases) {
    const soft = new OcspResolver({ chain: list });
    assertEquals([soft.hardError(), soft.requests()], ["", {}]);
    assertStringIncludes(soft.softError()!, text);
    const strict = new OcspResolver({ chain: list, ocspMode: HARD });
    assertStringIncludes(strict.hardError()!, text);
    assertEquals(strict.softError(), undefined);
  }
});

Deno.test("OcspResolver finds issuers in a chain in any order", () => {
  const shuffled = [leaf.certificate, root.cert, ca.cert];
  const resolver = new OcspResolver({ chain: shuffled, ocspMode: FULL });
  assertEquals(readOcspRequest(resolver.requests()[A]!).ids.length, 2);
  assertEquals(resolver.softError(), undefined);
});

Deno.test("OcspResolver shows no control characters of an address", async () => {
  const { chain: odd } = await leafWith({ ocspUris: ["http://x.test/\u001b[2J\n"] });
  const resolver = new OcspResolver({ chain: odd });
  const [uri] = Object.keys(resolver.requests());
  resolver.addResponse(uri!, undefined);
  // deno-lint-ignore no-control-regex -- that is what must not be there
  assert(!/[\x00-\x1f]/.test(resolver.softError()!), resolver.softError());
});

Deno.test("OcspResolver takes the chain as PEM texts", () => {
  const chain = [leaf.certificate.pem, ca.pem];
  assertEquals(
    Object.keys(new OcspResolver({ chain }).requests()),
    Object.keys(new OcspResolver({ chain: [leaf.certificate, ca.cert] }).requests()),
  );
});

Deno.test("OcspResolver throws for misuse", () => {
  assertThrows(() => new OcspResolver({ chain: [] }), TypeError, "chain");
  assertThrows(
    () => new OcspResolver({ chain: [{ pem: leaf.certificate.pem } as never] }),
    TypeError,
    "Cert",
  );
  assertThrows(
    () => new OcspResolver({ chain, ocsp_mode: 1 } as never),
    TypeError,
    'use "ocspMode"',
  );
  assertThrows(() => make({ time: new Date(NaN) }), RangeError, "time");
  assertThrows(() => make().addResponse(A, "body" as never), TypeError, "Uint8Array");
});
