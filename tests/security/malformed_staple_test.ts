/**
 * A stapled OCSP response that is malformed. OpenSSL 3 hands it over as it came; OpenSSL 4 reads it
 * itself and ends the handshake, which must not look like an alert of the peer.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { ca, engine, handshake, pair, server, V12 } from "../engine/harness.ts";

const ownReading = Number(/^OpenSSL (\d+)/.exec(engine.info().version)?.[1]) >= 4;

Deno.test("a malformed staple is the verification's failure, not an alert that the peer sent", async () => {
  const staple = await ca.ocspResponse(server);
  const seen: (Uint8Array | undefined)[] = [];
  const refusal = new SslVerifyError("malformed", { code: "OCSP_VERIFY_FAILED", errno: 74 });
  await using p = await pair({
    client: {
      ...V12,
      requestOcsp: true,
      hooks: { ocsp: (response) => (seen.push(response), refusal) },
    },
    server: { ...V12, hooks: { ocspStaple: () => staple } },
  });
  let changed = 0;
  p.serverSide.tamper = (chunk) => {
    // TLS 1.2 sends it in clear; no longer a SEQUENCE, it is not a response.
    const hex = chunk.toHex(), at = hex.indexOf(staple.toHex());
    if (at < 0) return chunk;
    changed++;
    return chunk.map((byte, i) => i === at / 2 ? 1 : byte);
  };
  const [atClient, atServer] = await handshake(p);
  assertEquals(changed, 1);
  assertInstanceOf(atClient, SslVerifyError);
  assertEquals([atClient.code, atClient.errno], ["OCSP_VERIFY_FAILED", 74]);
  if (ownReading) {
    assertEquals([seen.length, atClient.alert], [0, undefined]);
    assertEquals(atClient.facts.ocsp?.state, "error");
    assert(!/the peer refused/.test(atClient.message), atClient.message);
  } else {
    assertEquals([seen.length, seen[0]?.[0], seen[0]?.length], [1, 1, staple.length]);
  }
  assertInstanceOf(atServer, SslPeerError);
  assertEquals(atServer.alert, "bad_certificate_status_response");
});
