/** A certificate with any of its bytes changed on the way is refused as the peer's, whichever reader stumbles over it. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, leaf } from "../context/harness.ts";
import { memoryPair } from "../helpers/memory.ts";

const { der } = leaf.certificate;

function indexIn(chunk: Uint8Array): number {
  for (let at = 0; at + der.length <= chunk.length; at++) {
    if (der.every((byte, i) => chunk[at + i] === byte)) return at;
  }
  return -1;
}

Deno.test("a client refuses a certificate that was changed, at any byte, by an error that blames the peer", async () => {
  const common = { engine: "openssl", version: "TLSv1_2" } as const;
  const { cert, key } = leaf;
  using server = await SslContext.create({ ...common, server: true, cert, key });
  using client = await SslContext.create({ ...common, ca: ca.pem });
  const codes = new Set<string>();
  for (let i = 0; i < der.length; i++) {
    const [ours, theirs] = memoryPair();
    let changed = false;
    theirs.tamper = (chunk) => {
      const at = changed ? -1 : indexIn(chunk);
      if (at < 0) return chunk;
      changed = true;
      const other = chunk.slice();
      other[at + i]! ^= 0x80;
      return other;
    };
    const serving = SslSocket.start(theirs, { server: true, reuseCtx: server })
      .then(() => undefined, (error) => error);
    const options = { reuseCtx: client, serverName: "server.example" };
    const error = await SslSocket.start(ours, options).then(() => undefined, (error) => error);
    const right = error instanceof SslPeerError || error instanceof SslVerifyError;
    assert(right, `byte ${i}: ${error}`);
    codes.add(error.code);
    assertEquals(changed, true);
    ours.close();
    await serving;
    theirs.close();
  }
  // By OpenSSL's reader, by ours, and by the signature.
  assert(codes.has("UNSPECIFIED") && codes.has("CERT_SIGNATURE_FAILURE"), [...codes].join());
});
