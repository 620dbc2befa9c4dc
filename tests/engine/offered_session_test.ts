/** A session is offered without the server's certificate, which is kept and put back. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { readDer, sequence } from "../../certificate/asn1/reader.ts";
import { OfferedSession } from "../../engine/openssl/offered_session.ts";
import type { PeerEvidence } from "../../engine/engine.ts";
import { config, engine, handshake, pairOf, readExactly, server, text } from "./harness.ts";

const VERSIONS = { "TLS 1.2": 0x0303, "TLS 1.3": 0x0304 } as const;
const PEER = 0xa3;
const tagsOf = (der: Uint8Array) =>
  sequence(readDer(der, "session"), "session").map(({ tag }) => tag);

/** The sessions of generations of connections, each of which offers the last session of the one before. */
async function generations(
  version: 0x0303 | 0x0304,
  count: number,
  seen: (evidence: PeerEvidence) => void,
): Promise<Uint8Array[]> {
  const sessions: Uint8Array[] = [];
  const versions = new Set([version]);
  const c = await engine.createContext(config("client", {
    versions,
    sessions: true,
    hooks: { newSession: (der) => void sessions.push(der), verify: (e) => void seen(e) },
  }));
  const s = await engine.createContext(config("server", { versions }));
  const last: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const session = last.at(-1);
    const p = pairOf(c, s, session ? { params: { session } } : {});
    assertEquals(await handshake(p), [undefined, undefined]);
    await p.server.write(text("x"));
    await readExactly(p.client, 1);
    assertEquals(p.client.negotiated().reused, i > 0, `generation ${i}`);
    assertEquals(p.client.peerChain()[0], server.certificate.der);
    last.push(sessions.at(-1)!);
    p.client.close();
    p.server.close();
  }
  c.close();
  s.close();
  return last;
}

for (const [name, version] of Object.entries(VERSIONS)) {
  Deno.test(`each generation of resumed sessions is judged by the certificate of the first (${name})`, async () => {
    const evidence: PeerEvidence[] = [];
    const sessions = await generations(version, 5, (e) => evidence.push(e));
    assertEquals(evidence.map(({ resumed }) => resumed), [false, true, true, true, true]);
    for (const { presented } of evidence) assertEquals(presented[0], server.certificate.der);
    for (const session of sessions) {
      assertEquals(OfferedSession.of(session).leaf, server.certificate.der);
      assertEquals(tagsOf(session), tagsOf(session).toSorted((a, b) => order(a) - order(b)));
    }
  });

  Deno.test(`a session is offered without its certificate, and complete again with it (${name})`, async () => {
    const [session] = await generations(version, 1, () => {});
    const offered = OfferedSession.of(session!);
    assertEquals(offered.der.length, session!.length - server.certificate.der.length - 4);
    assert(!tagsOf(offered.der).includes(PEER));
    assertEquals(offered.completed(offered.der), session);
    assertEquals(offered.completed(session!), session); // it has one
    assertEquals(OfferedSession.of(session!), offered); // taken apart once
  });
}

/** Fields without a number come first, those with one in its order. */
const order = (tag: number): number => tag < 0xa0 ? 0 : tag;

Deno.test("a session without a certificate is offered as it is, and what follows from it gets none", async () => {
  const [session] = await generations(0x0304, 1, () => {});
  const bare = OfferedSession.of(OfferedSession.of(session!).der);
  assertEquals(bare.leaf, undefined);
  assertEquals(bare.completed(bare.der), bare.der);
});

Deno.test("what is not a session is left for OpenSSL to refuse", async () => {
  const [session] = await generations(0x0304, 1, () => {});
  for (const bad of [text("no session"), new Uint8Array(), session!.subarray(0, 40)]) {
    assertEquals(OfferedSession.of(bad).der, bad);
    assertEquals(OfferedSession.of(bad).leaf, undefined);
    const c = await engine.createContext(config("client"));
    const s = await engine.createContext(config("server"));
    assertThrows(() => pairOf(c, s, { params: { session: bad } }), Error, "Cannot resume");
    c.close();
    s.close();
  }
});
