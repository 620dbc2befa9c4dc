/** A cache of OCSP results that several share: what one of them asked about another time. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { OcspCache } from "../../verify/ocsp/cache.ts";
import { OcspResolver } from "../../verify/ocsp/resolver.ts";

const RESPONDER = "http://ocsp.test/";
const DAY = 24 * 3_600_000;

const ca = await TestCa.create();
const leaf = await ca.server("ocsp.test", { ocspUris: [RESPONDER] });
const chain = [leaf.certificate, ca.cert];

/** A resolver for another time that has an answer of that time, and one for now with the same cache. */
async function thenAndNow(days: number) {
  const time = new Date(Date.now() + days * DAY);
  const staple = await ca.ocspResponse(leaf.certificate, {
    thisUpdate: time,
    nextUpdate: new Date(time.getTime() + DAY / 2),
  });
  const cache = new OcspCache();
  const then = new OcspResolver({ chain, cache, staple, time });
  return { then, now: new OcspResolver({ chain, cache }) };
}

for (const [name, days] of [["has been", -7], ["will be", 7]] as const) {
  Deno.test(`a certificate that ${name} good is asked about all the same`, async () => {
    const { then, now } = await thenAndNow(days);
    assertEquals([then.hardError(), then.softError()], ["", undefined]);
    assertEquals(now.hardError(), undefined, "nothing says that it is good now");
    assertEquals(Object.keys(now.requests()), [RESPONDER]);
  });
}

Deno.test("a certificate that is good now is not asked about twice", async () => {
  const { then, now } = await thenAndNow(0);
  assertEquals([then.hardError(), now.hardError()], ["", ""]);
});
