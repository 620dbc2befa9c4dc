/** Process-wide defaults fill in what nobody says; what a context says is said. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import type { SslOptions } from "../../context/options.ts";
import { type DefaultOptions, setClientDefaults } from "../../context/process_defaults.ts";
import { SslVerifyError } from "../../errors.ts";
import { ca, leaf, shake } from "../context/harness.ts";

const wrong = await ca.server("wrong.example");
const served = { cert: wrong.cert, key: wrong.key };
const ours = leaf.certificate.fingerprint("sha256");

/** Sets defaults while `use` runs. */
async function withDefaults(defaults: DefaultOptions, use: () => Promise<void>): Promise<void> {
  setClientDefaults(defaults);
  try {
    await use();
  } finally {
    setClientDefaults(
      Object.fromEntries(Object.keys(defaults).map((name) => [name, undefined])) as DefaultOptions,
    );
  }
}

const CASES: readonly (readonly [own: SslOptions, defaults: DefaultOptions, code: string])[] = [
  [{ verifycnScheme: "rfc9525" }, { verifycnScheme: "none" }, "HOSTNAME_MISMATCH"],
  [{ verifycnName: "server.example" }, { name: "wrong.example" }, "HOSTNAME_MISMATCH"],
  [
    { fingerprint: ours, forceFingerprint: true },
    { fingerprint: wrong.certificate.fingerprint("sha256") },
    "FINGERPRINT_MISMATCH",
  ],
  [
    { fingerprint: ours, forceFingerprint: true, verifycnScheme: "none" },
    { forceFingerprint: false },
    "FINGERPRINT_MISMATCH",
  ],
];

for (const [own, defaults, code] of CASES) {
  const [name] = Object.keys(defaults);
  Deno.test(`a default ${name} does not replace what a context that is reused says of it (${code})`, async () => {
    using context = await SslContext.create({ engine: "openssl", ca: ca.pem, ...own });
    await withDefaults(defaults, async () => {
      for (const reuseCtx of [context, { context }]) {
        const { clientError } = await shake({ reuseCtx } as SslOptions, served);
        assertInstanceOf(clientError, SslVerifyError);
        assertEquals(clientError.code, code);
      }
    });
  });
}

Deno.test("a default counts where the context that is reused says nothing, and an operation goes before both", async () => {
  using context = await SslContext.create({ engine: "openssl", ca: ca.pem });
  await withDefaults({ scheme: "none" }, async () => {
    assertEquals((await shake({ reuseCtx: context }, served)).clientError, undefined);
    const strict = { reuseCtx: context, verifycnScheme: "rfc9525" } as const;
    assertInstanceOf((await shake(strict, served)).clientError, SslVerifyError);
  });
});
