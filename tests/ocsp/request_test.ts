/** buildOcspRequest(), read back. */
import "../helpers/limit.ts";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { octets } from "../../certificate/asn1/writer.ts";
import { readOcspRequest } from "../../certificate/ocsp_build.ts";
import { buildOcspRequest } from "../../verify/ocsp/fetch.ts";
import { idOf, makeWorld } from "./data.ts";

const { root, ca, leaf } = await makeWorld();
const targets = [
  { certificate: leaf.certificate, issuer: ca.cert },
  { certificate: ca.cert, issuer: root.cert },
];

Deno.test("buildOcspRequest() asks about each certificate, with a nonce", () => {
  const { der, nonce } = buildOcspRequest(targets);
  const read = readOcspRequest(der);
  assertEquals(read.ids.map((id) => id.raw), [
    idOf(ca, leaf),
    idOf(root, { certificate: ca.cert }),
  ]);
  assertEquals(read.nonce, nonce);
  assertEquals([nonce!.length, nonce![0], nonce![1]], [18, 4, 16]);
  assertNotEquals(buildOcspRequest(targets).nonce, nonce);
});

Deno.test("buildOcspRequest() takes a nonce, or none, and a digest", () => {
  const bytes = Uint8Array.of(7, 8);
  assertEquals(buildOcspRequest(targets, { nonce: bytes }).nonce, octets(bytes));
  const { der, nonce } = buildOcspRequest(targets, { nonce: false, digest: "sha512" });
  assertEquals(nonce, undefined);
  assertEquals(readOcspRequest(der).nonce, undefined);
  assertEquals(readOcspRequest(der).ids.map((id) => id.digest), ["sha512", "sha512"]);
});

Deno.test("buildOcspRequest() refuses no certificates, and nonces that no responder takes", () => {
  assertThrows(() => buildOcspRequest([]), TypeError, "no certificate");
  for (const length of [0, 33]) {
    const nonce = new Uint8Array(length);
    assertThrows(() => buildOcspRequest(targets, { nonce }), RangeError, "1 to 32");
  }
});
