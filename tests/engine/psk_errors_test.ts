import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { pskAdvice } from "../../engine/openssl/session_hooks.ts";
import type { SslError } from "../../errors.ts";
import { handshake, pair, text } from "./harness.ts";

const advised = (reason: string, alert?: string) => (role: "client" | "server", given: boolean) =>
  pskAdvice({ reason, ...alert && { alert } }, role, given);

Deno.test("pskAdvice() speaks of a wrong key only where a key was used", () => {
  for (const failed of [advised("binder does not verify"), advised("x", "bad_record_mac")]) {
    for (const role of ["client", "server"] as const) {
      assertStringIncludes(failed(role, true)!.text, "the peer's pre-shared key seems to be");
      assertEquals(failed(role, true)!.facts, { psk: "other key" });
      assertEquals(failed(role, false), undefined);
    }
  }
});

Deno.test("pskAdvice() says which side did not know the identity", () => {
  const alert = advised("sslv3 alert handshake failure", "handshake_failure");
  assertStringIncludes(alert("client", true)!.text, "the server seems not to know the identity");
  const unknown = advised("psk identity not found");
  assertStringIncludes(unknown("server", false)!.text, "the client offered no identity");
  assertEquals(unknown("server", false)!.facts, { psk: "unknown identity" });
  assertEquals(unknown("server", true), undefined);
});

Deno.test("pskAdvice() goes by the alert where there is one, and says nothing of other failures", () => {
  for (const given of [true, false]) {
    assertEquals(advised("binder does not verify", "unknown_ca")("client", given), undefined);
    assertEquals(advised("certificate verify failed")("server", given), undefined);
  }
});

for (const [name, version] of [["TLS 1.2", 0x0303], ["TLS 1.3", 0x0304]] as const) {
  Deno.test(`a server whose psk function throws uses no key at all (${name})`, async () => {
    const versions = new Set([version]);
    const hook = (name: Uint8Array | undefined) =>
      name === undefined || name.length === 0
        ? { identity: text("me"), key: text("0123456789abcdef") }
        : undefined;
    await using p = await pair({
      client: { versions, psk: true, hooks: { psk: hook } },
      server: {
        versions,
        psk: true,
        credentials: [],
        hooks: {
          psk() {
            throw new RangeError("no key today");
          },
        },
      },
    });
    const [atClient, atServer] = await handshake(p);
    assertEquals((atServer as Error).message, "no key today");
    assertEquals((atClient as SslError).alert, ALERT[name]);
  });
}

const ALERT = { "TLS 1.2": "unknown_psk_identity", "TLS 1.3": "handshake_failure" } as const;
