/** Everything that reads DER, on real DER whose elements were changed, moved and doubled with right lengths. */

import "../helpers/limit.ts";
import { assert } from "@std/assert";
import fc from "fast-check";
import { Certificate } from "../../certificate/certificate.ts";
import { CertificateRequest, csrCreate } from "../../certificate/request.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { tlv } from "../../certificate/asn1/writer.ts";
import { concat } from "../../internal/bytes.ts";
import { readOcspRequest } from "../../certificate/ocsp_build.ts";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";
import { describeCrl, revocationOf } from "../../verify/revocation.ts";
import { verifyHostname } from "../../verify/hostname.ts";
import { checkOcspResponse } from "../../verify/ocsp/response.ts";
import { buildOcspRequest } from "../../verify/ocsp/fetch.ts";
import { text } from "../certificate/data.ts";

/** Which element of the tree is changed, and into what. */
interface Change {
  readonly at: number;
  readonly how: "tag" | "body" | "twice" | "gone" | "byte" | "junk";
  readonly tag: number;
  readonly bytes: Uint8Array;
}

function changed(tag: number, body: Uint8Array, change: Change): Uint8Array {
  switch (change.how) {
    case "tag":
      return tlv(change.tag, body);
    case "body":
      return tlv(tag, change.bytes);
    case "twice":
      return concat([tlv(tag, body), tlv(tag, body)]);
    case "gone":
      return new Uint8Array();
    case "byte": {
      const copy = body.slice();
      if (copy.length > 0) copy[change.tag % copy.length] = change.bytes[0] ?? 0xff;
      return tlv(tag, copy);
    }
    case "junk":
      return tlv(tag, body, change.bytes);
  }
}

/** Rebuilds DER, what OCTET STRINGs hold too, with one element changed; all lengths are right. */
function mutate(der: Uint8Array, change: Change): Uint8Array {
  let left = change.at;
  const level = (bytes: Uint8Array, depth: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const tag = bytes[at]!;
      let length = bytes[at + 1] ?? 0;
      let start = at + 2;
      if (length > 0x80) {
        const count = length & 0x7f;
        length = bytes.subarray(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
        start += count;
      }
      const body = bytes.subarray(start, start + length);
      if (start + length > bytes.length) return bytes; // octets that look like DER, and are not
      const inner = depth < 20 && ((tag & 0x20) !== 0 || (tag === 0x04 && body[0] === 0x30));
      if (left-- === 0) parts.push(changed(tag, body, change));
      else parts.push(tlv(tag, inner ? level(body, depth + 1) : body));
      at = start + length;
    }
    return concat(parts);
  };
  return level(der, 0);
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(120),
  how: fc.constantFrom("tag", "body", "twice", "gone", "byte", "junk"),
  tag: fc.oneof(
    fc.constantFrom(1, 2, 3, 4, 5, 6, 0x0c, 0x17, 0x18, 0x1c, 0x1e, 0x30, 0x31, 0x80, 0x82, 0x87),
    fc.constantFrom(0xa0, 0xa1, 0xa3, 0xa4),
    fc.nat(255),
  ),
  bytes: fc.uint8Array({ maxLength: 20 }),
});

async function onlyOurs(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    assert(error instanceof SslError && error.message.startsWith("Cannot "), `not ours: ${error}`);
  }
}

const ca = await TestCa.create();
const leaf = await ca.server({ names: ["www.example.com", "*.example.com", "192.0.2.1"] });
const { certificate, privateKey } = leaf;
ca.revoke(leaf);
const crl = pemBlocks(ca.crl())[0]!.der;
const response = await ca.ocspResponse(leaf);
const p12 = await createPkcs12({ cert: certificate, key: privateKey, iterations: 1 });
const { csr } = await csrCreate({ subjectAltNames: [["DNS", "a.example"]], key: privateKey });
const request = buildOcspRequest([{ certificate, issuer: ca.certificate }]).der;

function everything(cert: Certificate): void {
  for (
    const read of [
      () => cert.asHash(),
      () => cert.authorityKeyIdentifier,
      () => cert.commonName,
      () => cert.mustStaple,
      () => verifyHostname(cert, "www.example.com"),
      () => verifyHostname(cert, "192.0.2.1", "default"),
    ]
  ) {
    try {
      read();
    } catch (error) {
      assert(error instanceof SslError, `not ours: ${error}`);
    }
  }
}

const READERS: readonly [string, Uint8Array, (der: Uint8Array) => unknown][] = [
  ["a certificate", certificate.der, (der) => everything(new Certificate(der))],
  [
    "a certificate with all extensions",
    Certificate.fromPem(text("all-extensions.pem")).der,
    (der) => everything(new Certificate(der)),
  ],
  ["a request", csr.der, (der) => {
    const read = new CertificateRequest(der);
    return [read.subject, read.subjectAltNames, read.verify()];
  }],
  ["a key", privateKey.der, (der) => decodeKeySync(der).publicSpki],
  ["PKCS#12", p12, (der) => parsePkcs12(der)],
  ["an OCSP request", request, readOcspRequest],
  ["an OCSP response", response, (der) => {
    const issuer = ca.certificate;
    const { state } = checkOcspResponse(der, { certificate, issuer });
    // What is signed was changed, or around it what does not matter: never into "good".
    assert(state !== "good", state);
  }],
  ["a CRL", crl, (der) => [revocationOf(certificate, [der]), describeCrl(certificate, [der])]],
];

for (const [name, der, read] of READERS) {
  Deno.test(`${name} with changed elements is read or refused by an SslError, and nothing else`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const made = changes.reduce(mutate, der);
        await onlyOurs(() => read(made));
      }),
      { seed: 20261121, numRuns: name === "PKCS#12" ? 500 : 1500 },
    );
  });
}
