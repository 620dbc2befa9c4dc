import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { Certificate } from "../../certificate/certificate.ts";
import type { PublicKeyInfo } from "../../certificate/public_key_info.ts";
import { subjectAltName } from "../../certificate/extensions/write.ts";
import { ipToText, parseIpAddress } from "../../internal/host.ts";
import { dumpPeerCertificate } from "../../certificate/files.ts";
import { oidByName, oidByNid, oidEntry } from "../../certificate/asn1/oids.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { real, text } from "./data.ts";

const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");

/** The kind and size of a key, as node:crypto has them. */
function keyOf({ publicKey }: { publicKey: KeyObject }): PublicKeyInfo {
  const { asymmetricKeyType: type, asymmetricKeyDetails: of = {} } = publicKey;
  if (type !== "ec") return { type: type as "rsa", bits: of.modulusLength };
  const curve = of.namedCurve!.replace("P-256", "prime256v1");
  return { type, bits: Number(/\d+/.exec(curve)![0]), curve };
}

Deno.test("Certificate agrees with node:crypto and @peculiar/x509 on real certificates", async () => {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  assert(real.length > 200);
  let unreadable = 0;
  for (const pem of real) {
    const ours = Certificate.fromPem(pem);
    assertEquals(ours.fingerprint("sha256"), "sha256$" + hex(digest("sha256", ours.der)));
    const theirs = readByNode(pem);
    if (theirs === undefined) unreadable++;
    else {
      const unsigned = BigInt("0x" + theirs.serialNumber);
      assertEquals(BigInt("0x" + hex(ours.rawSerial)), unsigned);
      // PKITS has a negative one, which node:crypto shows without its sign.
      assertEquals(BigInt(ours.serial), BigInt.asIntN(ours.rawSerial.length * 8, unsigned));
      assertEquals(ours.notBefore.getTime(), new Date(theirs.validFrom).getTime());
      assertEquals(ours.notAfter.getTime(), new Date(theirs.validTo).getTime());
      assertEquals(ours.isCa, theirs.ca);
      // node:crypto cannot read a DSA key whose parameters are those of the issuer.
      const { type } = ours.publicKeyInfo;
      if (type !== "dsa") assertEquals(ours.publicKeyInfo, keyOf(theirs));
    }
    assertEquals(ours.pem.replaceAll("\n", ""), pem.replaceAll(/\r?\n/g, ""));

    const other = new x509.X509Certificate(pem);
    assertEquals(ours.der, new Uint8Array(other.rawData));
    assertEquals(ours.rawSpki, new Uint8Array(other.publicKey.rawData));
    assertEquals(ours.rawSubject, new Uint8Array(other.subjectName.toArrayBuffer()));
    assertEquals(ours.rawIssuer, new Uint8Array(other.issuerName.toArrayBuffer()));
    assertEquals(ours.signature, new Uint8Array(other.signature));
    assertEquals(
      ours.extensions.map((e) => [e.oid, e.critical, hex(e.value)]),
      Array.from(other.extensions, (e) => [e.type, e.critical, hex(new Uint8Array(e.value))]),
    );
    const usages = other.getExtension(x509.ExtendedKeyUsageExtension)?.usages.map(String);
    assertEquals(ours.extKeyUsage, usages);
    const ski = other.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
    assertEquals(ours.subjectKeyIdentifier && hex(ours.subjectKeyIdentifier), ski);
    // Every property and every extension can be read.
    const hash = ours.asHash();
    assertEquals(hash.ext.length, ours.extensions.length);
  }
  assert(unreadable <= 2, `node:crypto could not read ${unreadable}`);
});

/** Deno's node:crypto refuses two certificates of PKITS that have unique identifiers. */
function readByNode(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function digest(algorithm: string, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(algorithm).update(data).digest());
}

Deno.test("Certificate.subject is the one line of OpenSSL, not ASCII escaped", () => {
  const cert = Certificate.fromPem(text("all-extensions.pem"));
  assertEquals(cert.subject, "/C=DE/O=Gr\\xC3\\xBC\\xC3\\x9Fe & Co/OU=a/OU=b/CN=example.test");
  assertEquals(cert.issuer, cert.subject);
  assertEquals(cert.commonName, "example.test");
  assertEquals(cert.asHash().subject, {
    countryName: "DE",
    organizationName: "Grüße & Co",
    organizationalUnitName: ["a", "b"],
    commonName: "example.test",
  });
});

Deno.test("Certificate.subjectAltNames has every kind as text", () => {
  assertEquals(Certificate.fromPem(text("all-extensions.pem")).subjectAltNames, [
    { type: "DIRNAME", value: "/C=UK/O=My Org/CN=My Name" },
    { type: "RID", value: "1.2.3.4" },
    { type: "OTHERNAME", value: "1.2.3.4;UTF8:abc" },
    { type: "IP", value: "2001:db8::1" },
    { type: "OTHERNAME", value: "1.3.6.1.4.1.311.20.2.3;UTF8:u@x" },
  ]);
});

Deno.test("asHash() prints extensions in OpenSSL's words, their OIDs as OIDs (bug 4)", () => {
  const hash = Certificate.fromPem(text("all-extensions.pem")).asHash();
  const data = Object.fromEntries(hash.ext.map((e) => [e.sn ?? e.oid, e.data]));
  const { subjectKeyIdentifier, authorityKeyIdentifier, ...rest } = data;
  assertMatch(subjectKeyIdentifier!, /^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
  assertMatch(authorityKeyIdentifier!, /^(keyid:.*\n)?DirName:\/C=DE.*\nserial:[0-9A-F:]+$/);
  assertEquals(rest, {
    certificatePolicies: "Policy: 1.3.5.8\nPolicy: 1.5.6.7.8\nPolicy: 1.3.5.8.9\n" +
      "  CPS: http://my.host.name/\n  CPS: http://my.your.name/\n  User Notice:\n" +
      "    Organization: Organisation Name\n    Numbers: 1, 2, 3\n" +
      "    Explicit Text: Explicit Text Here",
    crlDistributionPoints: "Full Name:\n  URI:http://e.com/my.crl\n  URI:http://e.com/2\n" +
      "Reasons:\n  Key Compromise, CA Compromise\nCRL Issuer:\n" +
      "  DirName:C = UK, O = My Org, CN = My Name\nRelative Name:\n  CN = x",
    nameConstraints: "Permitted:\n  DNS:a.b\n  IP:10.0.0.0/255.0.0.0\n" +
      "  DirName:C = UK, O = My Org, CN = My Name\nExcluded:\n  email:x@y",
    subjectAltName: "DirName:/C=UK/O=My Org/CN=My Name, Registered ID:1.2.3.4, " +
      "othername: 1.2.3.4::abc, IP Address:2001:DB8:0:0:0:0:0:1, othername: UPN::u@x",
    keyUsage: "Digital Signature, Non Repudiation, Key Encipherment, Data Encipherment, " +
      "Key Agreement, Certificate Sign, CRL Sign, Encipher Only, Decipher Only",
    nsCertType: "SSL Client, SSL Server, S/MIME, Object Signing, Unused, SSL CA, S/MIME CA, " +
      "Object Signing CA",
    extendedKeyUsage: "TLS Web Server Authentication, TLS Web Client Authentication, " +
      "Code Signing, E-mail Protection, Time Stamping, OCSP Signing, 1.2.3.4",
    basicConstraints: "CA:TRUE, pathlen:3",
    tlsfeature: "status_request, status_request_v2, 9",
    "1.2.3.4": "DER:04:02:01:02",
    "1.2.3.6": "DER:0c:02:41:42",
  });
  for (const entry of hash.ext) assertMatch(entry.oid, /^\d+(\.\d+)+$/);
  assertEquals(hash.ext.find((e) => e.sn === "keyUsage")!.critical, true);
  assertEquals(hash.ext.find((e) => e.sn === "keyUsage")!.nid, 83);
});

Deno.test("asHash() has all of Perl's keys, lists that are absent empty (bug 4: ocsp_uri)", async () => {
  const ca = await TestCa.create({ commonName: "x", keyUsage: [] });
  const hash = ca.cert.asHash("sha1");
  assertEquals(Object.keys(hash).sort(), [
    "crl_uri",
    "ext",
    "extkeyusage",
    "fingerprint_sha1",
    "issuer",
    "keyusage",
    "not_after",
    "not_before",
    "ocsp_uri",
    "pubkey_digest_sha1",
    "serial",
    "signature_alg",
    "subject",
    "subjectAltNames",
    "version",
    "x509_digest_sha1",
  ]);
  assertEquals(hash.ocsp_uri, []);
  assertEquals(hash.crl_uri, []);
  assertEquals(hash.keyusage, []);
  assertEquals(hash.subjectAltNames, []);
  assertEquals(hash.extkeyusage, { oid: [], nid: [], sn: [], ln: [] });
  assertEquals(hash.version, 2);
  assertEquals(hash.signature_alg, "ecdsa-with-SHA256");
  assertEquals(hash.x509_digest_sha1, digest("sha1", ca.cert.der));
  assertEquals(
    hash.fingerprint_sha1,
    hex(digest("sha1", ca.cert.der)).toUpperCase().match(/../g)!.join(":"),
  );

  const leaf = await ca.server("a.test", {
    ocspUris: ["http://o/"],
    crlUris: ["http://c/1", "http://c/2"],
  });
  const full = leaf.certificate.asHash();
  assertEquals(full.ocsp_uri, ["http://o/"]);
  assertEquals(full.crl_uri, ["http://c/1", "http://c/2"]);
  assertEquals(full.extkeyusage, {
    oid: ["1.3.6.1.5.5.7.3.1"],
    nid: [129],
    sn: ["serverAuth"],
    ln: ["TLS Web Server Authentication"],
  });
  assertEquals(full.subjectAltNames, [["DNS", "a.test"]]);
});

Deno.test("IPv6 text is that of RFC 5952: a single zero group stays (bug 4)", () => {
  const cases: Record<string, string> = {
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:0DB8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "2001:db8:0:0:0:0:2:1": "2001:db8::2:1",
    "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
    "0:0:0:0:0:0:0:0": "::",
    "::1": "::1",
    "1::": "1::",
    "::ffff:192.0.2.1": "::ffff:192.0.2.1",
    "::ffff:c000:201": "::ffff:192.0.2.1",
    "64:ff9b::192.0.2.33": "64:ff9b::c000:221",
    "1:2:3:4:5:6:1.2.3.4": "1:2:3:4:5:6:102:304",
    "0:1:1:1:1:1:1:1": "0:1:1:1:1:1:1:1",
    "1:1:1:1:1:1:1:0": "1:1:1:1:1:1:1:0",
    "192.0.2.1": "192.0.2.1",
  };
  for (const [input, want] of Object.entries(cases)) {
    assertEquals(ipToText(parseIpAddress(input)!), want);
  }
  for (
    const bad of [
      ...[
        "",
        ":",
        ":::",
        "1:2",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "g::",
        "12345::",
        "1.2.3",
        "1.2.3.256",
      ],
      ...[
        "01.2.3.4",
        "::1.2.3",
        "1.2.3.4::",
        "fe80::1%eth0",
        "[::1]",
        "1:2:3:4:5:6:7:8::",
        ":1::2",
      ],
    ]
  ) assertEquals(parseIpAddress(bad), undefined, bad);
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
    assertEquals(parseIpAddress(ipToText(bytes)!), bytes);
  }));
  assertEquals(ipToText(new Uint8Array(5)), undefined);
});

Deno.test("Certificate shows what verification needs", async () => {
  const ca = await TestCa.create();
  const ica = await ca.intermediate({ pathLength: 0 });
  const leaf = (await ica.server("a.test", {
    mustStaple: true,
    ocspUris: ["http://o/"],
    aiaIssuers: ["http://i/"],
    crlUris: ["http://c/"],
  })).certificate;
  assertEquals(leaf.isCa, false);
  assertEquals(ca.cert.isCa, true);
  assertEquals(ca.cert.basicConstraints, { ca: true, pathLength: undefined });
  assertEquals(ica.cert.basicConstraints, { ca: true, pathLength: 0 });
  assertEquals(ca.cert.keyUsage, ["keyCertSign", "cRLSign"]);
  assertEquals(leaf.keyUsage, ["digitalSignature"]);
  assertEquals(leaf.extKeyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assertEquals(ca.cert.extKeyUsage, undefined);
  assertEquals(leaf.mustStaple, true);
  assertEquals(ca.cert.mustStaple, false);
  assertEquals(leaf.ocspUris, ["http://o/"]);
  assertEquals(leaf.aiaIssuers, ["http://i/"]);
  assertEquals(leaf.crlUris, ["http://c/"]);
  assertEquals(leaf.authorityKeyIdentifier!.keyId, ica.cert.subjectKeyIdentifier);
  assertEquals(ca.cert.isSelfIssued, true);
  assertEquals(leaf.isSelfIssued, false);
  assertEquals(leaf.publicKeyAlgorithm, "id-ecPublicKey");
  assertEquals(leaf.publicKey.asymmetricKeyType, "ec");
});

Deno.test("Certificate.fingerprint() and publicKeyDigest() are Perl's", async () => {
  const { cert } = await TestCa.create();
  assertEquals(cert.fingerprint(), "sha256$" + hex(digest("sha256", cert.der)));
  assertEquals(cert.fingerprint("sha1"), "sha1$" + hex(digest("sha1", cert.der)));
  assertEquals(cert.fingerprintBin("md5"), digest("md5", cert.der));
  // X509_pubkey_digest covers the content of the BIT STRING: for P-256 the last 65 bytes.
  const point = cert.rawSpki.subarray(-65);
  assertEquals(cert.publicKeyDigest(), digest("sha256", point));
  assertEquals(cert.fingerprint("sha256", true), "sha256$pub$" + hex(digest("sha256", point)));
  const error = assertThrows(() => cert.fingerprint("sha257"), SslUnsupportedError, "sha257");
  assertEquals(error.code, "UNKNOWN_DIGEST");
});

Deno.test("a SAN with a NUL byte, or with bytes that are not an address, stays visible", async () => {
  const ca = await TestCa.create();
  const nul = await ca.server({
    names: [],
    extensions: [
      subjectAltName([{ type: "DNS", value: "good.test\0.evil.test" }, {
        type: "IP",
        value: "#0102",
      }]),
    ],
  });
  assertEquals(nul.certificate.subjectAltNames, [
    { type: "DNS", value: "good.test\0.evil.test" },
    { type: "IP", value: "#0102" },
  ]);
});

Deno.test("Certificate refuses wrong types and sizes, and copies its input", async () => {
  const { cert } = await TestCa.create();
  for (const wrong of [undefined, null, "text", 5, [1], new ArrayBuffer(3), {}]) {
    assertThrows(
      () => Certificate.fromDer(wrong as never),
      TypeError,
      "expected DER as Uint8Array",
    );
  }
  assertThrows(() => Certificate.fromDer(new Uint8Array(2 ** 20 + 1)), SslError, "1 MiB");
  const input = cert.der.slice();
  const copy = Certificate.fromDer(input);
  input.fill(0);
  assert(copy.equals(cert));
  copy.notBefore.setTime(0);
  assertEquals(copy.notBefore, cert.notBefore);
});

Deno.test("dumpPeerCertificate() is two lines, also without a certificate", async () => {
  const ca = await TestCa.create({ commonName: "the ca" });
  const { certificate } = await ca.server("a.test");
  assertEquals(
    dumpPeerCertificate(certificate),
    "Subject Name: /CN=a.test\nIssuer  Name: /CN=the ca\n",
  );
  assertEquals(
    dumpPeerCertificate(undefined),
    "Subject Name: undefined\nIssuer  Name: undefined\n",
  );
});

Deno.test("an object identifier is found by name, by number and by dotted form", () => {
  assertEquals(oidEntry("2.5.4.3"), { nid: 13, oid: "2.5.4.3", sn: "CN", ln: "commonName" });
  assertEquals(oidByName("CN")?.oid, "2.5.4.3");
  assertEquals(oidByName("commonName")?.oid, "2.5.4.3");
  assertEquals(oidByNid(177)?.sn, "authorityInfoAccess");
  assertEquals(oidByName("__proto__"), undefined);
});
