/** The table of bad certificates and situations that refusals_test.ts goes through. */

import { certCreate, keyCreateRsa, selfSigned, TestCa } from "../../certificate/mod.ts";
import { derToPem } from "../../certificate/keys/pem.ts";
import { type ConnectOptions, type ListenOptions, SSL_OCSP_MUST_STAPLE } from "../../mod.ts";

/** The code that is expected on each engine; `undefined` where the engine cannot know or be asked. */
export interface Expected {
  readonly openssl: string | undefined;
  readonly deno: string | undefined;
}

export interface Row {
  readonly name: string;
  readonly server: Partial<ListenOptions>;
  /** Options of the client on both engines; anchors are added. */
  readonly client?: ConnectOptions;
  readonly host?: string;
  /** The anchors; the CA by default. */
  readonly anchors?: string;
  readonly expected: Expected;
}

const both = (code: string): Expected => ({ openssl: code, deno: code });
const only = (openssl: string): Expected => ({ openssl, deno: undefined });
const DAY = 86_400_000;

export const ca = await TestCa.create();
export const other = await TestCa.create();
const twin = await TestCa.create({ commonName: "The Same Name" });
const sameName = await TestCa.create({ commonName: "The Same Name" });
export const inter = await ca.intermediate();
export const good = await ca.server("localhost", "127.0.0.1");
const rsaKey = await keyCreateRsa(2048);

/** A leaf made with certCreate, as options of a server. */
async function made(
  options: Parameters<typeof certCreate>[0],
  chain: string[] = [],
): Promise<{ cert: string; key: string }> {
  const { cert, key } = await certCreate({
    subject: { commonName: "localhost" },
    subjectAltNames: [["DNS", "localhost"]],
    purpose: "server",
    issuer: [ca.cert, ca.privateKey],
    ...options,
  });
  return { cert: cert.pem + chain.join(""), key: key.pem };
}

/** The certificate of a server with one bit of its signature flipped, or its DER changed. */
function damaged(change: (der: Uint8Array) => void): { cert: string; key: string } {
  const der = good.certificate.der.slice();
  change(der);
  return { cert: derToPem(der, "CERTIFICATE"), key: good.key };
}

const v1 = await certCreate({
  subject: { commonName: "localhost" },
  version: 0,
  issuer: [ca.cert, ca.privateKey],
});
const versionOne = { cert: v1.cert.pem, key: v1.key.pem };

const sha1 = await made({ digest: "sha1", key: rsaKey });
const shortKey = await made({ key: await keyCreateRsa(1024) });

const strange = await other.server("localhost");

const single = (from: { certificate: { pem: string }; key: string }) => ({
  cert: from.certificate.pem,
  key: from.key,
});

const leafAsCa = await ca.server("leaf.example");
const expiredInter = await ca.intermediate({
  notBefore: new Date(Date.now() - 9 * DAY),
  notAfter: new Date(Date.now() - DAY),
});
const shortCa = await ca.intermediate({ pathLength: 0 });
const tooDeep = await (await shortCa.intermediate()).server("localhost");
const permitted = await ca.nameConstrained({ permitted: ["good.example"] });
const excluded = await ca.nameConstrained({ excluded: ["localhost"] });
const oldRoot = await TestCa.create({
  notBefore: new Date(Date.now() - 9 * DAY),
  notAfter: new Date(Date.now() - DAY),
});
const revoked = await ca.revoked("localhost");
const selfCa = await selfSigned({ names: ["localhost"], keyUsage: ["keyCertSign"] });

/** CAs, one below the other. */
async function chainOf(length: number): Promise<TestCa> {
  let last = ca;
  for (let i = 0; i < length; i++) last = await last.intermediate();
  return last;
}

const damagedCrl = ((): Uint8Array => {
  const der = Uint8Array.from(
    atob(ca.crl().replace(/-----[^-]+-----|\s/g, "")),
    (c) => c.charCodeAt(0),
  );
  der[der.length - 3]! ^= 1;
  return der;
})();
// OpenSSL finds no issuer for it, so it is its own anchor.
const proxy = await made({
  ext: [{ oid: "1.3.6.1.5.5.7.1.14", critical: true, data: "DER:300c300a06082b06010505071501" }],
});
const noCrlSign = await ca.intermediate({ keyUsage: ["keyCertSign"] });
const noCertSign = await ca.intermediate({ keyUsage: ["cRLSign"] });
const smallCa = await ca.intermediate({ privateKey: await keyCreateRsa(1024) });
const stapled = await ca.server("localhost");
const stapleOf = (options: Parameters<TestCa["ocspResponse"]>[1]) =>
  ca.ocspResponse(stapled, options);

const UNKNOWN = "UNABLE_TO_GET_ISSUER_CERT_LOCALLY";

/** The table. */
export const rows: readonly Row[] = [
  { name: "another CA", server: good, anchors: other.pem, expected: both(UNKNOWN) },
  {
    name: "an expired leaf",
    server: await ca.expired("localhost"),
    expected: both("CERT_HAS_EXPIRED"),
  },
  {
    name: "a leaf of tomorrow",
    server: await ca.notYetValid("localhost"),
    expected: both("CERT_NOT_YET_VALID"),
  },
  {
    name: "a leaf for clients",
    server: await ca.client({ names: ["localhost"] }),
    expected: both("INVALID_PURPOSE"),
  },
  {
    name: "a leaf for code signing",
    server: await made({ purpose: "codeSigning" }),
    expected: both("INVALID_PURPOSE"),
  },
  {
    name: "a leaf for another use",
    server: await ca.wrongEku("localhost"),
    expected: both("INVALID_PURPOSE"),
  },
  {
    name: "another name",
    server: await ca.server("other.example"),
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a longer name",
    server: await ca.server("localhost.example"),
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a name below",
    server: await ca.server("www.localhost"),
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "another address",
    server: await ca.server("127.0.0.2"),
    host: "127.0.0.1",
    expected: both("IP_ADDRESS_MISMATCH"),
  },
  {
    name: "an address as a DNS name",
    server: await made({ subjectAltNames: [["DNS", "127.0.0.1"]] }),
    host: "127.0.0.1",
    expected: both("IP_ADDRESS_MISMATCH"),
  },
  {
    name: "a mail address of that name",
    server: await made({ subjectAltNames: [["EMAIL", "x@localhost"]] }),
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a URI of that name",
    server: await made({ subjectAltNames: [["URI", "https://localhost"]] }),
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a commonName and no subjectAltName",
    server: await made({ subjectAltNames: [] }),
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a wildcard inside a label",
    server: await ca.server("www*.example.com"),
    client: { serverName: "www1.example.com" },
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a wildcard for two labels",
    server: await ca.server("*.example.com"),
    client: { serverName: "a.b.example.com" },
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a wildcard for no label",
    server: await ca.server("*.example.com"),
    client: { serverName: "example.com" },
    expected: both("HOSTNAME_MISMATCH"),
  },
  {
    name: "a wildcard for a public suffix",
    server: await ca.server("*.com"),
    client: { serverName: "example.com" },
    expected: only("HOSTNAME_MISMATCH"),
  },
  {
    name: "a wildcard alone",
    server: await made({ subjectAltNames: [["DNS", "*"]] }),
    expected: only("HOSTNAME_MISMATCH"),
  },
  {
    name: "a self-signed leaf",
    server: await selfSigned("localhost"),
    expected: { openssl: "DEPTH_ZERO_SELF_SIGNED_CERT", deno: UNKNOWN },
  },
  {
    name: "a self-signed leaf of a CA's kind",
    server: single(selfCa),
    expected: { openssl: "DEPTH_ZERO_SELF_SIGNED_CERT", deno: UNKNOWN },
  },
  {
    name: "a chain to an unknown root that is sent along",
    server: { cert: strange.cert + other.pem, key: strange.key },
    expected: { openssl: "SELF_SIGNED_CERT_IN_CHAIN", deno: UNKNOWN },
  },
  {
    name: "a missing intermediate",
    server: single(await inter.server("localhost")),
    expected: both(UNKNOWN),
  },
  {
    name: "an expired intermediate",
    server: await expiredInter.server("localhost"),
    expected: both("CERT_HAS_EXPIRED"),
  },
  {
    name: "an expired root",
    server: await oldRoot.server("localhost"),
    anchors: oldRoot.pem,
    expected: only("CERT_HAS_EXPIRED"),
  },
  {
    name: "a name that the CA may not issue",
    server: await permitted.server("localhost"),
    expected: both("PERMITTED_VIOLATION"),
  },
  {
    name: "a name that the CA must not issue",
    server: await excluded.server("localhost"),
    expected: { openssl: "EXCLUDED_VIOLATION", deno: "PERMITTED_VIOLATION" },
  },
  {
    name: "a CA below a CA that may have none",
    server: tooDeep,
    expected: both("PATH_LENGTH_EXCEEDED"),
  },
  {
    name: "a leaf that signs another",
    server: await made({ issuer: [leafAsCa.certificate, leafAsCa.privateKey] }, [
      leafAsCa.certificate.pem,
    ]),
    expected: both("INVALID_CA"),
  },
  {
    name: "a forged signature",
    server: damaged((der) => der[der.length - 3]! ^= 1),
    expected: both("CERT_SIGNATURE_FAILURE"),
  },
  {
    name: "a CA of the same name with another key",
    server: await sameName.server("localhost"),
    anchors: twin.pem,
    expected: { openssl: UNKNOWN, deno: "CERT_SIGNATURE_FAILURE" },
  },
  {
    name: "a version 1 certificate",
    server: versionOne,
    expected: { openssl: "HOSTNAME_MISMATCH", deno: "UNSPECIFIED" },
  },
  {
    name: "an unknown critical extension",
    server: await made({ ext: [{ oid: "1.2.3.4", critical: true, data: "DER:0500" }] }),
    expected: both("UNHANDLED_CRITICAL_EXTENSION"),
  },
  {
    name: "a signature with SHA-1",
    server: { ...sha1, cipherList: "DEFAULT@SECLEVEL=0" },
    expected: { openssl: "CA_MD_TOO_WEAK", deno: "UNSUPPORTED_SIGNATURE_ALGORITHM" },
  },
  {
    name: "an RSA key of 1024 bits",
    server: { ...shortKey, cipherList: "DEFAULT@SECLEVEL=0" },
    expected: only("EE_KEY_TOO_SMALL"),
  },
  {
    name: "a revoked leaf",
    server: revoked,
    client: { checkCrl: true, crl: ca.crl() },
    expected: only("CERT_REVOKED"),
  },
  {
    name: "a revoked leaf with its pin",
    server: revoked,
    client: { checkCrl: true, crl: ca.crl(), fingerprint: revoked.certificate.fingerprint() },
    expected: only("CERT_REVOKED"),
  },
  {
    name: "no CRL where one is demanded",
    server: good,
    client: { checkCrl: true },
    expected: only("UNABLE_TO_GET_CRL"),
  },
  {
    name: "a CRL of another CA",
    server: good,
    client: { checkCrl: true, crl: other.crl() },
    expected: only("UNABLE_TO_GET_CRL"),
  },
  {
    name: "an expired CRL",
    server: good,
    client: { checkCrl: true, crl: ca.crl({ nextUpdate: new Date(Date.now() - DAY) }) },
    expected: only("CRL_HAS_EXPIRED"),
  },
  {
    name: "a CRL for the leaf alone where the chain is demanded",
    server: await inter.server("localhost"),
    client: { checkCrl: "chain", crl: inter.crl() },
    expected: only("UNABLE_TO_GET_CRL"),
  },
  {
    name: "a wrong pin that is forced",
    server: good,
    client: { forceFingerprint: true, fingerprint: inter.cert.fingerprint() },
    expected: both("FINGERPRINT_MISMATCH"),
  },
  {
    name: "the pin of the CA, forced",
    server: good,
    client: { forceFingerprint: true, fingerprint: ca.cert.fingerprint() },
    expected: both("FINGERPRINT_MISMATCH"),
  },
  {
    name: "a pin that does not match, and no chain",
    server: good,
    anchors: other.pem,
    client: { fingerprint: inter.cert.fingerprint() },
    expected: only(UNKNOWN),
  },
  {
    name: "no certificate where the server demands one",
    server: { ...good, verifyMode: 3, clientCa: ca.pem },
    expected: both("ERR_SSL_ALERT_CERTIFICATE_REQUIRED"),
  },
  {
    name: "a client certificate of another CA",
    server: { ...good, verifyMode: 3, clientCa: ca.pem },
    client: { ...await other.client("x") },
    expected: both("ERR_SSL_ALERT_UNKNOWN_CA"),
  },
  {
    name: "an expired client certificate",
    server: { ...good, verifyMode: 3, clientCa: ca.pem },
    client: { ...await ca.expired({ names: ["x"], extKeyUsage: ["clientAuth"] }) },
    expected: both("ERR_SSL_ALERT_CERTIFICATE_EXPIRED"),
  },
  {
    name: "a server's certificate as a client's",
    server: { ...good, verifyMode: 3, clientCa: ca.pem },
    client: { ...await ca.server("x") },
    expected: both("ERR_SSL_ALERT_UNSUPPORTED_CERTIFICATE"),
  },
  {
    name: "no protocol version in common",
    server: { ...good, version: "TLSv1_2" },
    client: { version: "TLSv1_3" },
    expected: only("ERR_SSL_ALERT_PROTOCOL_VERSION"),
  },
  {
    name: "no cipher in common",
    server: { ...good, version: "TLSv1_2", cipherList: "AES256-GCM-SHA384" },
    expected: both("ERR_SSL_ALERT_HANDSHAKE_FAILURE"),
  },
  {
    name: "no ALPN protocol in common",
    server: { ...good, alpnProtocols: ["a"] },
    client: { alpnProtocols: ["b"] },
    expected: both("ERR_SSL_ALERT_NO_APPLICATION_PROTOCOL"),
  },
  {
    name: "a name that the server does not serve",
    server: { cert: { "a.example": good.cert }, key: { "a.example": good.key } },
    expected: both("ERR_SSL_ALERT_UNRECOGNIZED_NAME"),
  },
  {
    name: "a CRL that is damaged",
    server: good,
    client: { checkCrl: true, crl: damagedCrl },
    expected: only("CRL_SIGNATURE_FAILURE"),
  },
  {
    name: "a CRL of tomorrow",
    server: good,
    client: { checkCrl: true, crl: ca.crl({ thisUpdate: new Date(Date.now() + DAY) }) },
    expected: only("CRL_NOT_YET_VALID"),
  },
  {
    name: "a CRL of a CA that may not make any",
    server: await noCrlSign.server("localhost"),
    client: { checkCrl: true, crl: noCrlSign.crl() },
    expected: only("KEYUSAGE_NO_CRL_SIGN"),
  },
  {
    name: "a CA that may not sign certificates",
    server: await noCertSign.server("localhost"),
    expected: only("INVALID_CA"),
  },
  {
    name: "a CA with an RSA key of 1024 bits",
    server: { ...await smallCa.server("localhost"), cipherList: "DEFAULT@SECLEVEL=0" },
    expected: only("CA_KEY_TOO_SMALL"),
  },
  {
    name: "a proxy certificate",
    server: proxy,
    anchors: proxy.cert,
    expected: { openssl: "PROXY_CERTIFICATES_NOT_ALLOWED", deno: "UNHANDLED_CRITICAL_EXTENSION" },
  },
  {
    name: "a chain of 8 CAs",
    server: await (await chainOf(8)).server("localhost"),
    expected: { openssl: undefined, deno: "CERT_CHAIN_TOO_LONG" },
  },
  {
    name: "a chain of 102 CAs",
    server: await (await chainOf(102)).server("localhost"),
    expected: only("CERT_CHAIN_TOO_LONG"),
  },
  {
    name: "what verifyCallback refuses",
    server: good,
    client: { verifyCallback: () => false },
    expected: only("APPLICATION_VERIFICATION"),
  },
  {
    name: "no staple where one is demanded",
    server: good,
    client: { ocspMode: SSL_OCSP_MUST_STAPLE },
    expected: only("OCSP_VERIFY_NEEDED"),
  },
  {
    name: "a staple that says revoked",
    server: { ...stapled, ocspStaple: await stapleOf({ status: "revoked" }) },
    expected: only("CERT_REVOKED"),
  },
  {
    name: "a staple of a stranger",
    server: { ...stapled, ocspStaple: await stapleOf({ signer: "wrong" }) },
    expected: only("OCSP_VERIFY_FAILED"),
  },
];
