/** Certificates and keys of other libraries, wherever a certificate or a key is taken. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  certAsHash,
  certCreate,
  Certificate,
  createPkcs12,
  csrCreate,
  csrSign,
  decodeKey,
  dumpPeerCertificate,
  keyCreateEc,
  parsePkcs12,
  pemCert2file,
  pemCert2string,
  pemCerts2file,
  pemKey2file,
  pemKey2string,
  pemString2key,
  type PrivateKey,
  type PrivateKeyInput,
  TestCa,
} from "../../certificate/mod.ts";
import type { CertificateInput } from "../../certificate/certificate.ts";
import { Intercept } from "../../intercept/intercept.ts";
import { explainHostname, parsePin, pinMatches, verifyHostname } from "../../verify/mod.ts";
import {
  buildOcspRequest,
  checkOcspResponse,
  judgeStaple,
  OcspResolver,
} from "../../verify/ocsp/mod.ts";
import { loadCredentials } from "../../context/credentials/credentials.ts";
import { loadBundle } from "../../context/trust/anchors.ts";
import {
  certificateForms,
  keyForms,
  wrongCertificates,
  wrongKeys,
} from "../helpers/foreign_objects.ts";

const ca = await TestCa.create();
const leaf = await ca.server("a.example");
const { certificate, privateKey } = leaf;
const issuer = ca.cert;
const issuerKey = ca.privateKey;

/** A place that takes a certificate: given the leaf or, where it says so, the CA. */
interface CertificatePlace {
  readonly of?: "ca";
  /** Uses the certificate, and checks that it was that one. */
  readonly use: (given: CertificateInput) => unknown;
}

async function inFile(write: (path: string) => Promise<void>): Promise<string> {
  const path = await Deno.makeTempFile();
  try {
    await write(path);
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(path);
  }
}

const issuedByCa = (made: Certificate): void => assertEquals(made.issuer, issuer.subject);

const CERTIFICATE_PLACES: Readonly<Record<string, CertificatePlace>> = {
  "Certificate.parse()": { use: (c) => assert(Certificate.parse(c)[0]!.equals(certificate)) },
  "certAsHash()": {
    use: (c) => assertEquals(certAsHash(c).subject, certificate.asHash().subject),
  },
  "dumpPeerCertificate()": {
    use: (c) => assertStringIncludes(dumpPeerCertificate(c), certificate.subject),
  },
  "pemCert2string()": { use: (c) => assertEquals(pemCert2string(c), certificate.pem) },
  "pemCert2file()": {
    use: async (c) => assertEquals(await inFile((path) => pemCert2file(c, path)), certificate.pem),
  },
  "pemCerts2file()": {
    use: async (c) => {
      const text = await inFile((path) => pemCerts2file(path, c, [issuer]));
      assertEquals(text, certificate.pem + issuer.pem);
    },
  },
  "certCreate({ issuerCert })": {
    of: "ca",
    use: async (c) => issuedByCa((await certCreate({ issuerCert: c, issuerKey })).cert),
  },
  "certCreate({ issuer: { cert } })": {
    of: "ca",
    use: async (c) => issuedByCa((await certCreate({ issuer: { cert: c, key: issuerKey } })).cert),
  },
  "certCreate({ issuer: [cert] })": {
    of: "ca",
    use: async (c) => issuedByCa((await certCreate({ issuer: [c, issuerKey] })).cert),
  },
  "csrSign({ issuerCert })": {
    of: "ca",
    use: async (c) => {
      const { csr } = await csrCreate({ key: privateKey });
      issuedByCa(await csrSign(csr, { issuerCert: c, issuerKey }));
    },
  },
  "createPkcs12({ cert })": {
    use: async (c) => {
      const { cert } = await parsePkcs12(await createPkcs12({ cert: c, key: privateKey }));
      assert(cert!.equals(certificate));
    },
  },
  "createPkcs12({ chain })": {
    of: "ca",
    use: async (c) => {
      const { chain } = await parsePkcs12(await createPkcs12({ cert: certificate, chain: [c] }));
      assert(chain[0]!.equals(issuer));
    },
  },
  "Intercept.create({ proxyCert })": {
    of: "ca",
    use: async (c) => {
      const made = await Intercept.create({
        proxyCert: c,
        proxyKey: issuerKey,
        certKey: privateKey,
      });
      assert(made.proxyCert.equals(issuer));
    },
  },
  "Intercept.cloneCert()": {
    use: async (c) => {
      const intercept = await Intercept.create({
        proxyCert: issuer,
        proxyKey: issuerKey,
        certKey: privateKey,
      });
      assertEquals((await intercept.cloneCert(c)).cert.subject, certificate.subject);
    },
  },
  "verifyHostname()": {
    use: (c) => {
      assert(verifyHostname(c, "a.example"));
      assertFalse(verifyHostname(c, "b.example"));
    },
  },
  "explainHostname()": { use: (c) => assert(explainHostname(c, "a.example").ok) },
  "pinMatches()": {
    use: (c) => {
      assert(pinMatches(parsePin(certificate.fingerprint()), c));
      assertFalse(pinMatches(parsePin(issuer.fingerprint()), c));
    },
  },
  "buildOcspRequest()": {
    use: (c) => {
      const target = { certificate, issuer };
      const { der } = buildOcspRequest([{ ...target, certificate: c }], { nonce: false });
      assertEquals(der, buildOcspRequest([target], { nonce: false }).der);
    },
  },
  "buildOcspRequest({ issuer })": {
    of: "ca",
    use: (c) => {
      const target = { certificate, issuer };
      const { der } = buildOcspRequest([{ ...target, issuer: c }], { nonce: false });
      assertEquals(der, buildOcspRequest([target], { nonce: false }).der);
    },
  },
  "checkOcspResponse({ certificate })": {
    use: async (c) => {
      const response = await ca.ocspResponse(certificate);
      assertEquals(checkOcspResponse(response, { certificate: c, issuer }).state, "good");
    },
  },
  "checkOcspResponse({ issuer })": {
    of: "ca",
    use: async (c) => {
      const response = await ca.ocspResponse(certificate);
      assertEquals(checkOcspResponse(response, { certificate, issuer: c }).state, "good");
    },
  },
  "judgeStaple({ chain })": {
    use: async (c) => {
      const response = await ca.ocspResponse(certificate);
      assertEquals(
        judgeStaple(response, { chain: [c, issuer], ocspMode: 1 }).verdict.state,
        "good",
      );
    },
  },
  "new OcspResolver({ chain })": {
    use: async (c) => {
      const staple = await ca.ocspResponse(certificate);
      assertEquals(new OcspResolver({ chain: [c, issuer], staple }).hardError(), "");
    },
  },
  "TestCa.revoke()": {
    use: async (c) => {
      const own = await TestCa.create();
      const { certificate } = await own.server("a.example");
      assertThrows(() => own.revoke(c), TypeError, "not issued by");
      own.revoke(certificateForms(certificate)["X509Certificate of @peculiar/x509"]!);
      assertEquals(own.ocspStatus(certificate.serial).status, "revoked");
    },
  },
  "TestCa.ocspResponse()": {
    use: async (c) => {
      const response = await ca.ocspResponse(c);
      assertEquals(checkOcspResponse(response, { certificate, issuer }).state, "good");
    },
  },
  "the option cert": {
    use: async (cert) => {
      for (const given of [cert, [cert], [cert, issuer]]) {
        const loaded = await loadCredentials({ cert: given, key: privateKey });
        assertEquals(loaded.get("")![0]!.chain[0], certificate.der);
      }
    },
  },
  "the option cert by name": {
    use: async (cert) => {
      const options = { cert: { "": cert, "b.example": certificate }, key: privateKey };
      const loaded = await loadCredentials(options);
      assertEquals(loaded.get("")![0]!.chain[0], certificate.der);
      assertEquals([...loaded.keys()], ["", "b.example"]);
    },
  },
  "an option for anchors": {
    of: "ca",
    use: (c) => {
      assertEquals(loadBundle("ca", c).certificates, [issuer.der]);
      assertEquals(loadBundle("ca", [certificate, c]).certificates, [certificate.der, issuer.der]);
    },
  },
};

for (const [place, { of, use }] of Object.entries(CERTIFICATE_PLACES)) {
  for (
    const [form, given] of Object.entries(certificateForms(of === "ca" ? issuer : certificate))
  ) {
    Deno.test(`${place} takes an ${form}`, async () => void await use(given));
  }
}

/** Places that take a private key, which is that of the leaf or, where it says so, of the CA. */
const KEY_PLACES: Readonly<
  Record<string, { readonly of?: "ca"; readonly use: (given: PrivateKeyInput) => unknown }>
> = {
  "decodeKey()": { use: async (key) => assertEquals((await decodeKey(key)).pem, privateKey.pem) },
  "pemKey2string()": {
    use: (key) => {
      assertEquals(pemKey2string(key), privateKey.pem);
      assertEquals(pemString2key(pemKey2string(key, "secret"), "secret").pem, privateKey.pem);
    },
  },
  "pemKey2file()": {
    use: async (key) =>
      assertEquals(await inFile((path) => pemKey2file(key, path)), privateKey.pem),
  },
  "certCreate({ key })": {
    use: async (key) =>
      assertEquals((await certCreate({ key })).cert.rawSpki, privateKey.publicSpki),
  },
  "certCreate({ issuerKey })": {
    of: "ca",
    use: async (key) =>
      issuedByCa((await certCreate({ key: privateKey, issuerCert: issuer, issuerKey: key })).cert),
  },
  "csrCreate({ key })": {
    use: async (key) => assertEquals((await csrCreate({ key })).csr.rawSpki, privateKey.publicSpki),
  },
  "createPkcs12({ key })": {
    use: async (key) => {
      const read = await parsePkcs12(await createPkcs12({ cert: certificate, key }));
      assertEquals(read.key!.pem, privateKey.pem);
    },
  },
  "Intercept.create({ proxyKey })": {
    of: "ca",
    use: (key) => Intercept.create({ proxyCert: issuer, proxyKey: key, certKey: privateKey }),
  },
  "Intercept.create({ certKey })": {
    use: async (certKey) => {
      const made = await Intercept.create({ proxyCert: issuer, proxyKey: issuerKey, certKey });
      assertEquals((await made.cloneCert(certificate)).key.pem, privateKey.pem);
    },
  },
  "a cache of Intercept": {
    use: async (key) => {
      const intercept = await Intercept.create({
        proxyCert: issuer,
        proxyKey: issuerKey,
        certKey: issuerKey,
        cache: (ident) => ident === "type" ? 1 : { cert: certificate.pem, key },
      });
      const clone = await intercept.cloneCert(certificate);
      assertEquals([clone.cert.pem, clone.key.pem], [certificate.pem, privateKey.pem]);
    },
  },
  "the option key": {
    use: async (key) => {
      const loaded = await loadCredentials({ cert: certificate, key });
      assertEquals(new TextDecoder().decode(loaded.get("")![0]!.key.data), privateKey.pem);
    },
  },
  "the option key by name": {
    use: async (key) => {
      const loaded = await loadCredentials({ cert: { "": certificate }, key: { "": key } });
      assertEquals(new TextDecoder().decode(loaded.get("")![0]!.key.data), privateKey.pem);
    },
  },
};

for (const [place, { of, use }] of Object.entries(KEY_PLACES)) {
  for (
    const [form, given] of Object.entries(await keyForms(of === "ca" ? issuerKey : privateKey))
  ) {
    Deno.test(`${place} takes a ${form}`, async () => void await use(given));
  }
}

for (const [what, [wrong, message]] of Object.entries(await wrongKeys(privateKey))) {
  Deno.test(`no function takes ${what} for a private key`, async () => {
    const key = wrong as PrivateKey;
    for (
      const use of [
        () => decodeKey(key),
        () => certCreate({ key }),
        () => csrCreate({ key }),
        () => createPkcs12({ cert: certificate, key }),
        () => Intercept.create({ proxyCert: issuer, proxyKey: key }),
        () => pemKey2file(key, "/nonexistent/key.pem"),
        () => new Promise((resolve) => resolve(pemKey2string(key))),
      ]
    ) {
      const error = await assertRejects(use, TypeError);
      assert(message.test(error.message), error.message);
      assertFalse(error.message.includes(privateKey.pem.split("\n")[1]!));
    }
  });
}

for (const [what, [wrong, message]] of Object.entries(wrongCertificates(certificate))) {
  Deno.test(`no function takes ${what} for a certificate`, async () => {
    const cert = wrong as Certificate;
    for (
      const use of [
        () => Certificate.parse(cert),
        () => certAsHash(cert),
        () => pemCert2string(cert),
        () => pinMatches(parsePin(certificate.fingerprint()), cert),
        () => new OcspResolver({ chain: [cert] }),
        () => judgeStaple(undefined, { chain: [cert], ocspMode: 0 }),
        () => certCreate({ key: privateKey, issuerCert: cert, issuerKey }),
        () => createPkcs12({ cert }),
      ]
    ) {
      const error = await assertRejects(() => new Promise((done) => done(use())), TypeError);
      assert(message.test(error.message), error.message);
    }
  });
}

Deno.test("a CryptoKey of another certificate is refused, and its pair is named by the subject", async () => {
  const { CryptoKey: other } = await keyForms(await keyCreateEc());
  await assertRejects(
    () => createPkcs12({ cert: certificate, key: other! }),
    TypeError,
    "not that of",
  );
  const pair = { cert: certificate, key: other! };
  const error = await assertRejects(() => loadCredentials(pair));
  assertInstanceOf(error, Error);
  assertStringIncludes(error.message, "the private key does not belong to the certificate");
});

Deno.test("a member of Object.prototype makes nothing a certificate or a key", () => {
  const root = Object.prototype as unknown as Record<string, unknown>;
  root.tag = "CERTIFICATE";
  root.rawData = certificate.der.slice().buffer;
  root.raw = certificate.der;
  root.export = () => privateKey.der;
  root.type = "private";
  try {
    assertThrows(() => Certificate.parse(new Date() as never), TypeError, "received Date");
    assertThrows(() => pemKey2string(new Date() as never), TypeError, "received Date");
  } finally {
    for (const name of ["tag", "rawData", "raw", "export", "type"]) delete root[name];
  }
});
