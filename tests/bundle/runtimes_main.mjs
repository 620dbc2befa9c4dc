/**
 * What needs no sockets of Deno, in another runtime: certificates, verification, the CA of tests. The
 * argument is the folder of the bundles. It prints what it found.
 */

import process from "node:process";

const bundle = (name) => import(`file://${process.argv[2]}/${name}.js`);
const certificate = await bundle("certificate");
const { explain, explainHostname, PublicSuffix, verifyHostname } = await bundle("verify");
const { TestCa } = await bundle("testing");

const ca = await TestCa.create();
const leaf = certificate.pemString2cert((await ca.revoked("www.example.co.uk")).cert);
const made = await certificate.certCreate({
  subject: { commonName: "made" },
  subjectAltNames: [["DNS", "made.test"]],
  purpose: "server",
  key: await certificate.keyCreateEc(),
});
const pem = await certificate.pemKey2string(made.key, "secret");
const key = certificate.pemString2key(pem, "secret");

let refused;
try {
  certificate.pemString2cert(leaf.pem.replace("MII", "MIA"));
} catch (error) {
  refused = { name: error.name, code: error.code, explained: explain(error) };
}

console.log(JSON.stringify({
  names: leaf.subjectAltNames,
  digest: leaf.fingerprint("sha256").length,
  verified: verifyHostname(leaf, "www.example.co.uk"),
  other: explainHostname(leaf, "example.co.uk").reason,
  suffix: PublicSuffix.default().publicSuffix("a.b.co.uk"),
  hash: certificate.certAsHash(made.cert).subject.commonName,
  key: key.type,
  crl: ca.crl().startsWith("-----BEGIN X509 CRL-----"),
  ocsp: (await ca.ocspResponse(leaf)).length > 100,
  refused,
}));
