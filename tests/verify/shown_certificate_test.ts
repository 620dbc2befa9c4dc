/** Certificates that peers show are read once as long as they are among the recent ones. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { certCreate } from "../../certificate/mod.ts";
import { SslError } from "../../errors.ts";
import { shownCertificate } from "../../verify/make_report.ts";

const { cert } = await certCreate({ subject: { commonName: "shown.test" } });

Deno.test("a certificate that is shown again in another buffer is the same object", () => {
  assertStrictEquals(shownCertificate(cert.der.slice()), shownCertificate(cert.der.slice()));
});

Deno.test("a certificate that differs in any one byte is read anew, or refused", () => {
  const first = shownCertificate(cert.der.slice());
  for (let i = 0; i < cert.der.length; i++) {
    const changed = cert.der.slice();
    changed[i]! ^= 1;
    try {
      const other = shownCertificate(changed);
      assert(other !== first, `byte ${i}`);
      assertEquals(other.der, changed);
    } catch (error) {
      assert(error instanceof SslError && error.code === "ERR_DER", `byte ${i}: ${error}`);
    }
  }
  assertEquals(first.der, cert.der);
});

Deno.test("a program that writes into a certificate it was shown changes no later one", () => {
  const spoilt = shownCertificate(cert.der.slice());
  spoilt.der[spoilt.der.length - 1]! ^= 1;
  const fresh = shownCertificate(cert.der.slice());
  assert(fresh !== spoilt);
  assertEquals(fresh.der, cert.der);
});

Deno.test("the seventeenth certificate takes the place of the one that was shown longest ago", async () => {
  const others = await Promise.all(
    Array.from({ length: 17 }, (_, i) => certCreate({ subject: { commonName: `${i}.test` } })),
  );
  const shown = others.map((other) => shownCertificate(other.cert.der.slice()));
  const again = others.map((other) => shownCertificate(other.cert.der.slice()));
  assert(again[0] !== shown[0]);
  const last = shownCertificate(others[16]!.cert.der.slice());
  assertStrictEquals(last, again[16]);
});
