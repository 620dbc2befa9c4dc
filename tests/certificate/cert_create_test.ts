import "../helpers/limit.ts";
import { GEN_DNS, GEN_IPADD } from "../../constants.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { CertificateHash } from "../../certificate/certificate_hash.ts";
import { certCreate } from "../../certificate/create.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { CertificateRequest, csrCreate, csrSign } from "../../certificate/request.ts";
import { keyMatches } from "../../certificate/keys/decode.ts";
import { basicConstraints } from "../../certificate/extensions/write.ts";
import { certAsHash } from "../../certificate/files.ts";
import {
  keyCreateEc,
  keyCreateEd25519,
  keyCreateRsa,
  type PrivateKey,
} from "../../certificate/keys/private_key.ts";
import { PURPOSE_NAMES } from "../../certificate/purpose.ts";
import { verifySignature } from "../../certificate/signature.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { real, text } from "./data.ts";

const key: PrivateKey = await keyCreateEc();

const signedBy = (cert: Certificate, issuer: Certificate) =>
  verifySignature(issuer.rawSpki, cert.rawSignatureAlgorithm, cert.signature, cert.rawTbs);

/** What a certificate says it is for, without the identifiers of keys. */
function usage(cert: Certificate): Record<string, string> {
  return Object.fromEntries(
    cert.asHash().ext.filter((e) => !e.sn!.endsWith("KeyIdentifier"))
      .map((e) => [e.sn + (e.critical ? "!" : ""), e.data]),
  );
}

Deno.test("certCreate() without options is Perl's: RSA-2048, self-signed, for server and client", async () => {
  const before = Math.floor(Date.now() / 1000);
  const { cert, key } = await certCreate();
  const hash = certAsHash(cert);
  assertEquals([key.type, key.bits], ["rsa", 2048]);
  assertEquals(cert.subject, "/O=IO::Socket::SSL/CN=IO::Socket::SSL Test");
  assertEquals(cert.issuer, cert.subject);
  assertEquals(hash.version, 2);
  assertEquals(hash.signature_alg, "sha256WithRSAEncryption");
  assert(hash.not_before >= before && hash.not_before <= before + 60);
  assert(Math.abs(hash.not_after - hash.not_before - 365 * 86400) <= 1);
  assert(BigInt(hash.serial) > 0n);
  assert(keyMatches(cert.rawSpki, key));
  assert(signedBy(cert, cert));
  assertEquals(cert.authorityKeyIdentifier!.keyId, cert.subjectKeyIdentifier);
  assertEquals(cert.subjectKeyIdentifier, cert.publicKeyDigest("sha1"));
});

Deno.test("certCreate() gives the extensions of Perl's for every purpose", async () => {
  const KU = "keyUsage!", NS = "nsCertType", EKU = "extendedKeyUsage", BC = "basicConstraints!";
  const sign = "Digital Signature, Key Encipherment";
  const leaf = { [BC]: "CA:FALSE" };
  const ca = { [BC]: "CA:TRUE", [KU]: "Digital Signature, Certificate Sign" };
  const server = {
    ...leaf,
    [KU]: sign,
    [NS]: "SSL Server",
    [EKU]: "TLS Web Server Authentication",
  };
  const both = {
    ...leaf,
    [KU]: sign,
    [NS]: "SSL Client, SSL Server",
    [EKU]: "TLS Web Client Authentication, TLS Web Server Authentication",
  };
  const email = { ...leaf, [KU]: sign, [NS]: "S/MIME", [EKU]: "E-mail Protection" };
  const code = { ...leaf, [KU]: sign, [NS]: "Object Signing", [EKU]: "Code Signing" };
  const cases: [Parameters<typeof certCreate>[0], Record<string, string>][] = [
    [{}, both],
    [{ CA: false }, both],
    [{ CA: true }, { ...ca, [NS]: "SSL CA, S/MIME CA, Object Signing CA" }],
    [{ CA: 1, purpose: "-emailCA -objca" }, { ...leaf, [NS]: "SSL CA" }],
    [{ purpose: "CA" }, ca],
    [{ purpose: "sslCA" }, { ...ca, [NS]: "SSL CA" }],
    [{ purpose: ["emailCA", "+objCA"] }, { ...ca, [NS]: "S/MIME CA, Object Signing CA" }],
    [{ purpose: "sslCA,server" }, {
      [BC]: "CA:TRUE",
      [KU]: "Digital Signature, Key Encipherment, Certificate Sign",
      [NS]: "SSL Server, SSL CA",
      [EKU]: "TLS Web Server Authentication",
    }],
    [{ purpose: "server" }, server],
    [{ purpose: "SERVER" }, server],
    [{ purpose: { server: true, client: "-" } }, {
      ...leaf,
      [NS]: "SSL Server",
      [EKU]: "TLS Web Server Authentication",
    }],
    [{ purpose: { server: "+", CA: 0 } }, {
      ...leaf,
      [KU]: "Key Encipherment",
      [NS]: "SSL Server",
      [EKU]: "TLS Web Server Authentication",
    }],
    [{ purpose: "client" }, {
      ...leaf,
      [KU]: sign,
      [NS]: "SSL Client",
      [EKU]: "TLS Web Client Authentication",
    }],
    [{ purpose: "server,-keyEncipherment" }, { ...server, [KU]: "Digital Signature" }],
    [{ purpose: "email" }, email],
    [{ purpose: "emailProtection" }, email],
    [{ purpose: "objsign" }, code],
    [{ purpose: "codeSigning" }, code],
    [{ purpose: "timeStamping" }, { ...leaf, [EKU]: "Time Stamping" }],
    [{ purpose: "clientAuth serverAuth" }, {
      ...leaf,
      [EKU]: "TLS Web Client Authentication, TLS Web Server Authentication",
    }],
    [{ purpose: "nonRepudiation,cRLSign,decipherOnly" }, {
      ...leaf,
      [KU]: "Non Repudiation, CRL Sign, Decipher Only",
    }],
  ];
  for (const [options, want] of cases) {
    const { cert } = await certCreate({ ...options, key });
    assertEquals(usage(cert), want, JSON.stringify(options));
  }
  for (const name of PURPOSE_NAMES) await certCreate({ purpose: name, key });
});

Deno.test("certCreate() refuses unknown arguments and purposes and lists the known ones", async () => {
  const refused = (
    options: unknown,
    reason: string,
    type: typeof TypeError | typeof RangeError = TypeError,
  ) => assertRejects(() => certCreate({ key, ...options as object }), type, reason);
  await refused(
    { subjectAltNmaes: [], foo: 1 },
    'unknown option "subjectAltNmaes": use "subjectAltNames"',
  );
  await refused({ foo: 1 }, "use one of digest, serial, version, notBefore");
  await refused({ foo: 1 }, 'unknown option "foo"');
  await refused({ keyusage: [] }, 'unknown option "keyusage"');
  await refused({ purpose: "severAuth" }, 'received "severauth"');
  await refused({ purpose: "x" }, "clientAuth, serverAuth");
  await refused({ purpose: ["server;client"] }, "invalid entry in purpose");
  await refused({ purpose: 5 }, "purpose must be");
  await refused({ digest: "sha257" }, "sha384");
  await refused({ serial: 1.5 }, "serial must be");
  await refused({ serial: "0x12" }, "serial must be");
  await refused({ serial: 2 ** 60 }, "serial must be");
  await refused({ version: 3 }, "version must be 2", RangeError);
  await refused({ version: 0, purpose: "server" }, "no extensions");
  await refused({ notBefore: "2024" }, "notBefore must be");
  await refused({ notAfter: new Date(NaN) }, "notAfter must be");
  await refused({ notBefore: new Date(), not_before: 5 }, "given twice");
  await refused({ subject: { comonName: "x" } }, "unknown attribute");
  await refused({ subject: { CN: 5 } }, "must be a string");
  await refused({ subjectAltNames: "a.test" }, "must be an array");
  await refused({ subjectAltNames: [["DSN", "a"]] }, "use one of OTHERNAME, EMAIL, DNS");
  await refused({ subjectAltNames: [["DNS"]] }, "[type, value]");
  await refused({ subjectAltNames: [["IP", "1.2.3.400"]] }, "not an IP address");
  await refused({ subjectAltNames: [["DNS", "bücher.test"]] }, "A-label");
  await refused({ ext: [{ data: "x" }] }, "cannot determine NID");
  await refused({ ext: [{ sn: "nosuch", data: "x" }] }, "unknown name");
  await refused({ ext: [{ sn: "nsComment" }] }, "neither data nor der");
  await refused({ ext: [{ oid: "1.2.3", data: "x" }] }, "DER:hex");
  await refused({ ext: [{ sn: "nsComment", data: "a" }, { nid: 78, data: "b" }] }, "given twice");
  await refused({ issuerCert: text("p12-cert.pem") }, "without issuerKey");
  await refused({ issuerKey: key }, "without issuerCert");
  await refused({ issuer: [text("p12-cert.pem"), key] }, "not the key of issuerCert");
  await refused({ issuer: 5 }, "issuer must be");
  await assertRejects(() => certCreate("x" as never), TypeError, "object of options");
  await certCreate({ key, foo: 1, ignoreInvalidArgs: true } as never);
  await certCreate({ key, foo: 1, ignore_invalid_args: 1 } as never);
});

Deno.test("certCreate() takes Perl's names, and ours", async () => {
  const ca = await certCreate({ CA: true, key, subject: { commonName: "ca" } });
  const perl = await certCreate({
    not_before: 1_700_000_000,
    not_after: 1_800_000_000,
    serial: "123456789012345678901234567890",
    issuer_cert: ca.cert,
    issuer_key: ca.key,
    key,
  });
  const ours = await certCreate({
    notBefore: new Date(1_700_000_000_900),
    notAfter: new Date("2027-01-15T08:00:00Z"),
    serial: 123456789012345678901234567890n,
    issuerCert: ca.cert.pem,
    issuerKey: ca.key.pem,
    key: key.pem,
  });
  for (const { cert } of [perl, ours]) {
    assertEquals(cert.notBefore.getTime(), 1_700_000_000_000);
    assertEquals(cert.notAfter.getTime(), 1_800_000_000_000);
    assertEquals(cert.serial, "123456789012345678901234567890");
    assertEquals(cert.issuer, "/CN=ca");
    assert(signedBy(cert, ca.cert));
    assertEquals(cert.authorityKeyIdentifier!.keyId, ca.cert.subjectKeyIdentifier);
  }
  for (const issuer of [[ca.cert, ca.key], { cert: ca.cert, key: ca.key }, ca] as const) {
    assertEquals((await certCreate({ issuer, key })).cert.issuer, "/CN=ca");
  }
  const far = await certCreate({
    key,
    notBefore: new Date("1949-12-31"),
    notAfter: new Date("2050-01-01"),
  });
  assertEquals(far.cert.notBefore.toISOString().slice(0, 10), "1949-12-31");
  assertEquals(far.cert.notAfter.toISOString().slice(0, 10), "2050-01-01");
  const old = await certCreate({ version: 0, key, serial: 0 });
  assertEquals([old.cert.version, old.cert.extensions, old.cert.serial], [0, [], "0"]);
});

Deno.test("certCreate() signs with every kind of key and digest, or says why not", async () => {
  const keys = [key, await keyCreateRsa(), await keyCreateEc("P-384"), await keyCreateEc("P-521")];
  for (const one of keys) {
    for (const digest of ["sha256", "SHA-384", "sha512"]) {
      const { cert } = await certCreate({ key: one, digest });
      assertMatch(
        cert.signatureAlgorithm.toLowerCase(),
        new RegExp(digest.toLowerCase().replace("-", "")),
      );
      if (one.curve !== "secp521r1") assert(signedBy(cert, cert));
    }
  }
  const ed = await keyCreateEd25519();
  const { cert } = await certCreate({ key: ed });
  assertEquals(cert.signatureAlgorithm, "ED25519");
  assert(signedBy(cert, cert));
  await assertRejects(
    () => certCreate({ key: ed, digest: "sha256" }),
    TypeError,
    "without a digest",
  );
  await assertRejects(() => certCreate({ key, digest: "md5" }), SslUnsupportedError, "md5");
  assertEquals(
    (await certCreate({ key: keys[1]!, digest: "sha1" })).cert.signatureAlgorithm,
    "sha1WithRSAEncryption",
  );
});

Deno.test("certCreate() keeps EMAIL names, in either letter case (bug 2)", async () => {
  for (const type of ["EMAIL", "email", "Email"]) {
    const { cert } = await certCreate({
      key,
      subjectAltNames: [[type, "a@b.test"], ["dns", "c.test"]],
    });
    assertEquals(cert.subjectAltNames, [
      { type: "EMAIL", value: "a@b.test" },
      { type: "DNS", value: "c.test" },
    ]);
    // asHash() -> certCreate() -> asHash()
    const again = await certCreate({ key, subjectAltNames: cert.asHash().subjectAltNames });
    assertEquals(again.cert.subjectAltNames, cert.subjectAltNames);
  }
});

Deno.test("certCreate() writes names of all kinds that read back", async () => {
  const list: [string, string][] = [
    ["DNS", "*.a.test"],
    ["IP", "10.0.0.1"],
    ["IP", "2001:db8:0:1:1:1:1:1"],
    ["URI", "https://a.test/x,y"],
    ["EMAIL", "a@b.test"],
    ["DIRNAME", "/C=DE/O=A, B/CN=x"],
    ["RID", "1.2.3.4"],
    ["OTHERNAME", "1.3.6.1.4.1.311.20.2.3;UTF8:ü@b"],
    ["OTHERNAME", "1.2.3.4;DER:020105"],
    ["X400", "#a300"],
    ["EDIPARTY", "#a50aa108" + "0c0661626364" + "6566"],
  ];
  const { cert } = await certCreate({ key, subjectAltNames: list });
  assertEquals(cert.asHash().subjectAltNames.map(([t, v]) => [t, v]), list);
  const records = list.map(([type, value]) => ({ type, value }));
  assertEquals(
    (await certCreate({ key, subjectAltNames: records })).cert.subjectAltNames,
    cert.subjectAltNames,
  );
});

Deno.test("certCreate() takes subjects with several values, OIDs and all letters", async () => {
  const subject = {
    C: "DE",
    organizationName: "Grüße, & Co/x",
    OU: ["a", "b"],
    commonName: "☃",
    emailAddress: "a@b.test",
    "1.2.3.4": "own",
  };
  const { cert } = await certCreate({ key, subject });
  assertEquals(cert.asHash().subject, {
    countryName: "DE",
    organizationName: "Grüße, & Co/x",
    organizationalUnitName: ["a", "b"],
    commonName: "☃",
    emailAddress: "a@b.test",
    "1.2.3.4": "own",
  });
  // OpenSSL's types: PrintableString, UTF8String, IA5String.
  assertEquals(cert.subjectAttributes.map((a) => a.tag), [
    0x13,
    0x0c,
    0x0c,
    0x0c,
    0x0c,
    0x16,
    0x0c,
  ]);
});

Deno.test("certCreate() takes extensions as in openssl.cnf and as printed", async () => {
  const texts: [string, string, string?][] = [
    [
      "authorityInfoAccess",
      "OCSP;URI:http://o/,caIssuers;URI:http://i/",
      "OCSP - URI:http://o/\nCA Issuers - URI:http://i/",
    ],
    [
      "crlDistributionPoints",
      "URI:http://c/1,URI:http://c/2",
      "Full Name:\n  URI:http://c/1\nFull Name:\n  URI:http://c/2",
    ],
    ["crlDistributionPoints", "Full Name:\n  URI:http://c/1\n  URI:http://c/2"],
    ["certificatePolicies", "1.2.3.4,2.5.29.32.0", "Policy: 1.2.3.4\nPolicy: X509v3 Any Policy"],
    ["certificatePolicies", "Policy: 1.2.3.4\n  CPS: http://cps/"],
    [
      "nameConstraints",
      "permitted;DNS:a.b,permitted;IP:10.0.0.0/255.0.0.0,excluded;email:x@y",
      "Permitted:\n  DNS:a.b\n  IP:10.0.0.0/255.0.0.0\nExcluded:\n  email:x@y",
    ],
    [
      "policyConstraints",
      "requireExplicitPolicy:3,inhibitPolicyMapping:1",
      "Require Explicit Policy:3, Inhibit Policy Mapping:1",
    ],
    ["inhibitAnyPolicy", "2"],
    ["tlsfeature", "status_request", "status_request"],
    ["issuerAltName", "DNS:x,IP:::1", "DNS:x, IP Address:0:0:0:0:0:0:0:1"],
    ["nsComment", "hello, you"],
    ["noCheck", "ignored", ""],
    ["1.2.3.4", "DER:0c:02:41:42"],
    ["1.2.3.4", "ASN1:UTF8String:AB", "DER:0c:02:41:42"],
  ];
  for (const [name, data, printed = data] of texts) {
    const oid = /^\d/.test(name) ? { oid: name } : { sn: name };
    const { cert } = await certCreate({ key, ext: [{ ...oid, data }] });
    const entry = cert.asHash().ext.at(-1)!;
    assertEquals([entry.sn ?? entry.oid, entry.data, entry.critical], [name, printed, false]);
    // What is printed is read back as the same bytes, without the DER.
    const again = await certCreate({
      key,
      ext: [{ oid: entry.oid, data: entry.data, critical: 1 }],
    });
    assertEquals(again.cert.extensions.at(-1)!.value, entry.der);
    assertEquals(again.cert.extensions.at(-1)!.critical, true);
  }
  const critical = await certCreate({ key, ext: [{ nid: 1020, data: "critical,status_request" }] });
  assertEquals(critical.cert.extensions.at(-1)!.critical, true);
  for (
    const [sn, data] of [
      ["authorityInfoAccess", "http://o/"],
      ["crlDistributionPoints", "http://c/"],
      ["crlDistributionPoints", "Full Name:\n  URI:http://c/\nReasons:\n  Key Compromise"],
      ["nameConstraints", "DNS:a"],
      ["tlsfeature", "stapling"],
      ["policyConstraints", "x:1"],
      ["inhibitAnyPolicy", "x"],
    ] as const
  ) await assertRejects(() => certCreate({ key, ext: [{ sn, data }] }), TypeError, `received`);
});

Deno.test("an ext that another option has set already is skipped, as in Perl", async () => {
  const { cert } = await certCreate({
    key,
    subjectAltNames: [["DNS", "a.test"]],
    ext: [
      { sn: "basicConstraints", data: "CA:TRUE" },
      { sn: "subjectAltName", data: "DNS:b.test" },
      { sn: "nsComment", data: "kept" },
    ],
  });
  assertEquals(cert.isCa, false);
  assertEquals(cert.subjectAltNames, [{ type: "DNS", value: "a.test" }]);
  assertEquals(cert.asHash().ext.at(-1)!.data, "kept");
});

const KEY_DEPENDENT = /^(signature_alg|(pubkey_digest|x509_digest|fingerprint)_)/;

/** What must survive a copy: all but what follows from the key. */
function lasting(hash: CertificateHash): Record<string, unknown> {
  const entries = Object.entries(hash).filter(([name]) => !KEY_DEPENDENT.test(name));
  return {
    ...Object.fromEntries(entries),
    ext: hash.ext.filter((e) =>
      e.sn !== "subjectKeyIdentifier" && e.sn !== "authorityKeyIdentifier"
    ),
  };
}

Deno.test("asHash() -> certCreate() -> asHash() loses nothing, for real certificates and ours", async () => {
  const ca = await TestCa.create();
  const made = [
    text("all-extensions.pem"),
    ca.pem,
    (await ca.nameConstrained()).pem,
    (await ca.server({ mustStaple: true, ocspUris: ["http://o/"], crlUris: ["http://c/"] }))
      .certificate.pem,
    (await certCreate({ key, version: 0 })).cert.pem,
  ];
  for (const pem of [...made, ...real]) {
    const hash = Certificate.fromPem(pem).asHash();
    // The issuer's name stays, though another key signs.
    const copy = (await certCreate({ ...hash, key })).cert.asHash();
    assertEquals(lasting(copy), lasting(hash));
  }
});

Deno.test("certCreate() and asHash() agree on arbitrary names", async () => {
  const label = fc.stringMatching(/^[a-z0-9*-]{1,20}$/);
  const value = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.constantFrom("commonName", "organizationName", "countryName", "serialNumber", "title"),
        { minLength: 1 },
      ),
      fc.array(value, { minLength: 5, maxLength: 5 }),
      fc.array(label, { minLength: 1 }),
      async (names, values, labels) => {
        const subject = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const { cert } = await certCreate({
          key,
          subject,
          subjectAltNames: labels.map((l) => ["DNS", `${l}.test`] as const),
        });
        const hash = cert.asHash();
        assertEquals(hash.subject, subject);
        assertEquals(hash.subjectAltNames.map(([, name]) => name), labels.map((l) => `${l}.test`));
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("csrSign() takes subject, key and names from the request, and nothing else", async () => {
  const ca = await TestCa.create();
  const issuer = { cert: ca.cert, key: ca.privateKey };
  const { csr, key: own } = await csrCreate({
    subject: { commonName: "a.test" },
    subjectAltNames: [["dns", "a.test"]],
    extensions: [basicConstraints(true)],
    key: await keyCreateEc(),
  });
  assert(csr.verify());
  const read = CertificateRequest.parse(csr.pem);
  assertEquals([read.subject, read.subjectAltNames], ["/CN=a.test", [{
    type: "DNS",
    value: "a.test",
  }]]);
  const cert = await csrSign(csr.pem, { issuer, purpose: "server" });
  assertEquals(cert.subject, "/CN=a.test");
  assertEquals(cert.subjectAltNames, read.subjectAltNames);
  assertEquals(cert.isCa, false, "a request does not make a CA of itself");
  assert(keyMatches(cert.rawSpki, own));
  assert(signedBy(cert, ca.cert));
  const other = await csrSign(csr.der, {
    issuer,
    subject: { CN: "b" },
    subjectAltNames: [["DNS", "b.test"]],
  });
  assertEquals([other.subject, other.subjectAltNames[0]!.value], ["/CN=b", "b.test"]);
  assertEquals((await csrSign(csr, { issuer, copyExtensions: [] })).subjectAltNames, []);

  const forged = csr.der.slice();
  forged[forged.length - 1]! ^= 1;
  const error = await assertRejects(
    () => csrSign(forged, { issuer }),
    SslVerifyError,
    "signature is wrong",
  );
  assertEquals(error.code, "CERT_SIGNATURE_FAILURE");
  await assertRejects(() => csrSign(csr, {}), TypeError, "no issuer");
  await assertRejects(() => csrSign(csr, { issuer, key } as never), TypeError, "from the request");
  await assertRejects(
    () => csrSign(csr, { issuer, foo: 1 } as never),
    TypeError,
    'unknown option "foo"',
  );
  await assertRejects(() => csrCreate({ foo: 1 } as never), TypeError, 'unknown option "foo"');
  assertThrows(() => CertificateRequest.parse(ca.pem), Error, "no CERTIFICATE REQUEST");
});

Deno.test("certCreate() and csrCreate() take the type of a name as GEN_DNS and the like", async () => {
  const subjectAltNames = [[GEN_DNS, "a.test"], { type: GEN_IPADD, value: "192.0.2.1" }] as const;
  const want = [{ type: "DNS", value: "a.test" }, { type: "IP", value: "192.0.2.1" }];
  assertEquals<unknown>((await certCreate({ key, subjectAltNames })).cert.subjectAltNames, want);
  assertEquals<unknown>((await csrCreate({ key, subjectAltNames })).csr.subjectAltNames, want);
  const wrong = [[99, "a.test"]] as const;
  await assertRejects(() => certCreate({ key, subjectAltNames: wrong }), TypeError, "unknown type");
});
