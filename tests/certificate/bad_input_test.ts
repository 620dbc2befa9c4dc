/** Certificates, keys, requests and PKCS#12 that are cut, changed or random: an error of ours, always. */
import "../helpers/limit.ts";
import { assert, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Certificate } from "../../certificate/certificate.ts";
import { CertificateRequest, csrCreate } from "../../certificate/request.ts";
import { decodeKey, decodeKeySync } from "../../certificate/keys/decode.ts";
import { encodeExtensions, extension } from "../../certificate/extensions/write.ts";
import { readExtensions } from "../../certificate/extensions/read.ts";
import { readDer } from "../../certificate/asn1/reader.ts";
import { readOcspRequest } from "../../certificate/ocsp_build.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { PrivateKey } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";
import { bytes, real, text } from "./data.ts";

function isOurs(error: unknown): void {
  assert(error instanceof SslError && error.message.startsWith("Cannot "), `not ours: ${error}`);
}

/** Reads everything a certificate has. */
function readAll(der: Uint8Array): void {
  const cert = new Certificate(der);
  for (
    const read of [
      () => cert.asHash(),
      () => cert.basicConstraints,
      () => cert.ocspUris,
      () => cert.crlUris,
      () => cert.authorityKeyIdentifier,
      () => cert.subjectKeyIdentifier,
      () => cert.mustStaple,
      () => cert.publicKey,
      () => cert.signatureAlgorithm,
    ]
  ) {
    try {
      read();
    } catch (error) {
      isOurs(error);
    }
  }
}

const attempt = (run: () => unknown): void => {
  try {
    run();
  } catch (error) {
    isOurs(error);
  }
};

const samples = [
  Certificate.fromPem(text("all-extensions.pem")).der,
  ...real.filter((_, i) => i % 23 === 0).map((pem) => Certificate.fromPem(pem).der),
];

Deno.test("a certificate cut anywhere is refused", () => {
  for (const der of samples) {
    for (let length = 0; length < der.length; length++) {
      const error = assertThrows(() => new Certificate(der.subarray(0, length)), SslError);
      assert(error.code === "ERR_DER" && /truncated/.test(error.message), error.message);
    }
    assertThrows(() => new Certificate(Uint8Array.of(...der, 0)), SslError, "junk");
  }
});

Deno.test("a real certificate with changed bytes is read or refused, and never crashes", () => {
  const der = fc.constantFrom(...samples);
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(der, changes, (original, list) => {
      const copy = original.slice();
      for (const [at, value] of list) copy[at % copy.length] = value;
      attempt(() => readAll(copy));
    }),
    { numRuns: 3000 },
  );
  // Each single byte of one certificate, to the values that matter most in DER.
  for (let at = 0; at < samples[0]!.length; at++) {
    for (const value of [0, 0x30, 0x7f, 0x80, 0xff]) {
      const copy = samples[0]!.slice();
      copy[at] = value;
      attempt(() => readAll(copy));
    }
  }
});

Deno.test("a certificate with a piece removed, doubled or put elsewhere never crashes", () => {
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.nat(), fc.nat(60), fc.nat(), (der, from, n, to) => {
      const start = from % der.length;
      const piece = der.subarray(start, start + n);
      const at = to % der.length;
      attempt(() => readAll(Uint8Array.of(...der.subarray(0, at), ...piece, ...der.subarray(at))));
      attempt(() => readAll(Uint8Array.of(...der.subarray(0, start), ...der.subarray(start + n))));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("random content of known extensions is an error of that extension only", async () => {
  const ca = await TestCa.create();
  const ids = Certificate.fromPem(text("all-extensions.pem")).extensions.map((e) => e.oid);
  await fc.assert(fc.asyncProperty(
    fc.constantFrom(...ids.filter((id) => !/^2\.5\.29\.(14|15|17|19|35|37)$/.test(id))),
    fc.uint8Array({ maxLength: 60 }),
    async (id, value) => {
      const leaf = await ca.server({
        names: [],
        extensions: [extension(id, value)],
        keyUsage: [],
        extKeyUsage: [],
      });
      readAll(leaf.certificate.der);
    },
  ));
});

Deno.test("an extension that occurs twice is refused (RFC 5280 4.2)", () => {
  const one = extension("1.2.3", Uint8Array.of(5, 0));
  const der = readDer(encodeExtensions([one, one]), "x");
  assertThrows(() => readExtensions(der, "x"), SslError, "1.2.3 occurs twice");
});

Deno.test("keys that are cut, changed or random give errors of ours", async () => {
  const der = bytes("ec-pkcs8.der");
  for (const name of ["ec-pkcs8.der", "ec-sec1.der", "rsa-pkcs1.der", "ec-pbes2-aes256.der"]) {
    const whole = bytes(name);
    const password = "bluebell";
    for (let length = 0; length < whole.length; length += 3) {
      const error = assertThrows(
        () => decodeKeySync(whole.subarray(0, length), { password }),
        SslError,
      );
      assert(["ERR_DER", "ERR_KEY"].includes(error.code), `${error.code} at ${length}`);
    }
  }
  fc.assert(
    fc.property(fc.nat(), fc.nat(255), (at, value) => {
      const copy = der.slice();
      copy[at % copy.length] = value;
      attempt(() => {
        const key = decodeKeySync(copy);
        attempt(() => key.publicSpki);
      });
    }),
    { numRuns: 1000 },
  );
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (random) => {
    await decodeKey(random, { password: "x" }).catch(isOurs);
    attempt(() => new PrivateKey(random));
  }));
});

Deno.test("key derivations that would take forever are refused", () => {
  const encrypted = bytes("ec-pbes2-aes256.der");
  // The iteration count 2048 is 02 02 08 00; the same place with 02 04 7f ff ff ff does not fit,
  // so the salt in front gives two of its bytes.
  const at = encrypted.findIndex((_, i) =>
    encrypted[i] === 2 && encrypted[i + 1] === 2 && encrypted[i + 2] === 8 && encrypted[i + 3] === 0
  );
  assert(at > 0);
  const copy = encrypted.slice();
  const saltLength =
    copy.findLastIndex((byte, i) => i < at && byte === 4 && copy[i + 1] === at - i - 2) + 1;
  copy[saltLength]! -= 2;
  copy.set([2, 4, 0x7f, 0xff, 0xff, 0xff], at - 2);
  const error = assertThrows(() => decodeKeySync(copy, { password: "x" }), SslError);
  assert(error.code === "ERR_DER" && /^2147483647 iterations is not/.test(error.reason));
});

Deno.test("PKCS#12 files that are cut, changed or random give errors of ours", async () => {
  const plain = bytes("plain.p12");
  for (let length = 0; length < plain.length; length += 7) {
    await parsePkcs12(plain.subarray(0, length)).then(
      () => assert(false, `cut at ${length} was read`),
      (error) => assert(error instanceof SslError && error.code === "ERR_DER", `${error}`),
    );
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(255), async (at, value) => {
      const copy = plain.slice();
      copy[at % copy.length] = value;
      await parsePkcs12(copy).catch(isOurs);
    }),
    { numRuns: 500 },
  );
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (random) => {
    await parsePkcs12(random, "x").catch(isOurs);
  }));
});

Deno.test("requests and OCSP requests that are cut, changed or random give errors of ours", async () => {
  const { csr } = await csrCreate({
    subjectAltNames: [["DNS", "a.test"]],
    key: text("ec-pkcs8.pem"),
  });
  for (let length = 0; length < csr.der.length; length++) {
    const error = assertThrows(() => new CertificateRequest(csr.der.subarray(0, length)), SslError);
    assert(error.code === "ERR_DER", `${error.code} at ${length}`);
  }
  fc.assert(
    fc.property(fc.nat(), fc.nat(255), (at, value) => {
      const copy = csr.der.slice();
      copy[at % copy.length] = value;
      attempt(() => {
        const request = new CertificateRequest(copy);
        attempt(() => request.subjectAltNames);
        attempt(() => request.verify());
      });
      attempt(() => readOcspRequest(copy));
    }),
    { numRuns: 500 },
  );
});
