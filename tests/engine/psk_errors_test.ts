import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { explainPsk } from "../../engine/openssl/session_hooks.ts";
import { SslError } from "../../errors.ts";

const explained = (reason: string, alert?: string) => (role: "client" | "server", given: boolean) =>
  explainPsk(new SslError("Failed", { reason, ...alert && { alert } }), role, given).message;

Deno.test("explainPsk() names another key only where there was one", () => {
  for (const failed of [explained("binder does not verify"), explained("x", "bad_record_mac")]) {
    for (const role of ["client", "server"] as const) {
      assertStringIncludes(failed(role, true), "Failed: the peer's pre-shared key seems to be");
      assertEquals(failed(role, false), "Failed");
    }
  }
});

Deno.test("explainPsk() tells who did not know the identity", () => {
  const alert = explained("sslv3 alert handshake failure", "handshake_failure");
  assertStringIncludes(alert("client", true), "the server seems not to know the identity");
  const unknown = explained("psk identity not found");
  assertStringIncludes(unknown("server", false), "the client came with no identity");
  assertEquals(unknown("server", true), "Failed");
});

Deno.test("explainPsk() goes by the alert where there is one, and adds nothing to other failures", () => {
  for (const given of [true, false]) {
    assertEquals(explained("binder does not verify", "unknown_ca")("client", given), "Failed");
    assertEquals(explained("certificate verify failed")("server", given), "Failed");
  }
});
