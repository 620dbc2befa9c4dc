/** Extensions from text and as text, purposes, and the options of certCreate(), each at its edges. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  explicit,
  int,
  nul,
  octets,
  oidDer,
  seq,
  setOf,
  tlv,
  utf8String,
} from "../../certificate/asn1/writer.ts";
import type { Certificate } from "../../certificate/certificate.ts";
import { certCreate } from "../../certificate/create.ts";
import { normalize } from "../../certificate/create_options.ts";
import {
  type ExtensionContext,
  parseExtension,
  parseGeneralName,
} from "../../certificate/extensions/text.ts";
import {
  basicConstraints,
  buildName,
  extension,
  generalName,
  generalNameType,
  keyUsage,
  nameConstraints,
  nsCertType,
  parseNameLine,
} from "../../certificate/extensions/write.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { onelineName, readName } from "../../certificate/name.ts";
import { extensionText } from "../../certificate/perl_hash.ts";
import { purposeExtensions } from "../../certificate/purpose.ts";
import { TestCa } from "../../testing/ca.ts";
import { text } from "./data.ts";

const of = (...list: number[]) => Uint8Array.from(list);
const says = (call: () => unknown, Class: new () => Error, message: string) =>
  assertEquals(assertThrows(call, Class).message, message);

const ID = {
  bc: "2.5.29.19",
  ku: "2.5.29.15",
  ns: "2.16.840.1.113730.1.1",
  eku: "2.5.29.37",
  san: "2.5.29.17",
  ski: "2.5.29.14",
  aki: "2.5.29.35",
  aia: "1.3.6.1.5.5.7.1.1",
  cdp: "2.5.29.31",
  policies: "2.5.29.32",
  nc: "2.5.29.30",
  tls: "1.3.6.1.5.5.7.1.24",
  pc: "2.5.29.36",
  any: "2.5.29.54",
};
const context: ExtensionContext = {
  subjectKeyId: of(1, 1),
  issuerKeyId: of(2, 2),
  issuerName: buildName({ CN: "issuer" }),
  issuerSerial: of(9),
};
const parse = (id: string, value: string) => parseExtension(id, value, context);
const back = (id: string, value: string) => extensionText(id, parse(id, value).value);
const refuses = (id: string, value: string, name: string, reason: string) =>
  says(
    () => parse(id, value),
    TypeError,
    `Cannot create extension ${name}: ${reason}: received ${JSON.stringify(value)}`,
  );

Deno.test("a text begins with critical, with DER or ASN1, or is in the words of its extension", () => {
  assertEquals([parse(ID.bc, "critical,CA:TRUE").critical, parse(ID.bc, "CA:TRUE").critical], [
    true,
    false,
  ]);
  assertEquals(parse(ID.bc, "critical ,  CA:TRUE").value, seq(of(1, 1, 255)));
  assertEquals(parse("1.2.3", "DER:05:00").value, nul());
  assertThrows(() => parse("1.2.3", "DER:05"), Error, "truncated");
  assertThrows(
    () => parse("1.2.3", "DER:050"),
    TypeError,
    "Cannot encode extension 1.2.3: expected hex",
  );
  const strings = [["UTF8", 0x0c], ["utf8string", 0x0c], ["IA5", 0x16], ["IA5STRING", 0x16], [
    "PRINTABLE",
    0x13,
  ], ["PRINTABLESTRING", 0x13]];
  for (const [kind, tag] of strings) {
    assertEquals(parse("1.2.3", `ASN1:${kind}:a`).value, of(tag as number, 1, 0x61));
  }
  assertThrows(() => parse("1.2.3", "ASN1:IA5:é"), TypeError, "only ASCII is allowed");
  refuses(
    "1.2.3",
    "x",
    "1.2.3",
    'no text form is known for it, use "DER:hex" or "ASN1:UTF8String:text"',
  );
});

Deno.test("basicConstraints, keyUsage, nsCertType and extendedKeyUsage from text", () => {
  for (const yes of ["TRUE", "true", "yes", "y", "1"]) {
    assertEquals(back(ID.bc, `CA:${yes}`), "CA:TRUE", yes);
  }
  for (const no of ["FALSE", "no", "n", "0"]) {
    assertEquals(back(ID.bc, `ca : ${no}`), "CA:FALSE", no);
  }
  assertEquals(back(ID.bc, "CA:TRUE, pathlen:0"), "CA:TRUE, pathlen:0");
  assertEquals(back(ID.bc, ""), "CA:FALSE");
  for (const wrong of ["CA", "CA:maybe", "CA:2", "pathlen:x", "pathlen:-1", "other:1"]) {
    refuses(ID.bc, wrong, "basicConstraints", 'expected "CA:TRUE", "CA:FALSE" or "pathlen:n"');
  }
  assertEquals(back(ID.ku, "digitalSignature, Key Agreement"), "Digital Signature, Key Agreement");
  assertEquals(back(ID.ku, "DECIPHERONLY"), "Decipher Only");
  assertThrows(
    () => parse(ID.ku, "sign"),
    TypeError,
    "Cannot encode extension: unknown key usage, use one of digitalSignature",
  );
  assertEquals(back(ID.ns, "client,SSL Server"), "SSL Client, SSL Server");
  assertThrows(() => parse(ID.ns, "x"), TypeError, "unknown nsCertType, use one of client, server");
  assertEquals(back(ID.eku, "serverAuth\n1.2.3"), "TLS Web Server Authentication, 1.2.3");
  assertThrows(
    () => parse(ID.eku, "x"),
    TypeError,
    "Cannot encode extended key usage: unknown name",
  );
});

Deno.test("names from text, and as they are printed", () => {
  const name = (value: string) => Object.values(parseGeneralName(value));
  assertEquals(name("DNS: a.test "), ["DNS", "a.test"]);
  assertEquals(name("IP Address:::1"), ["IP", "::1"]);
  assertEquals(name("othername: 1.2.3::x"), ["OTHERNAME", "1.2.3;UTF8:x"]);
  assertEquals(name("othername: UPN::u@x"), ["OTHERNAME", "1.3.6.1.4.1.311.20.2.3;UTF8:u@x"]);
  assertEquals(name("otherName:1.2.3;IA5:x"), ["OTHERNAME", "1.2.3;IA5:x"]);
  assertEquals(name("DirName:C = DE, CN = x, y"), ["DIRNAME", "C=DE,CN=x, y"]);
  assertEquals(name("DirName:/C=DE/CN=a = b"), ["DIRNAME", "/C=DE/CN=a = b"]);
  for (const wrong of ["a.test", ":a.test"]) {
    says(
      () => parseGeneralName(wrong),
      TypeError,
      `Cannot create extension subjectAltName: expected type:value: received "${wrong}"`,
    );
  }
  assertEquals(
    back(ID.san, "DNS:a,b, URI:http://x/,IP:1.2.3.4\nemail:u@x"),
    "DNS:a,b, URI:http://x/, IP Address:1.2.3.4, email:u@x",
  );
  assertEquals(back(ID.san, "\n\nDNS:a\n"), "DNS:a");
  assertEquals(generalNameType("registered id"), "RID");
  assertThrows(
    () => generalNameType("nosuch"),
    TypeError,
    "Cannot encode subjectAltName: unknown type, use one of OTHERNAME",
  );
  const encode = (type: string, value: string, mask = false) =>
    generalName({ type: type as never, value }, mask);
  assertEquals(encode("IP", "10.0.0.0/8", true), of(0x87, 8, 10, 0, 0, 0, 255, 0, 0, 0));
  assertEquals(encode("IP", "10.0.0.0/9", true).subarray(6), of(255, 128, 0, 0));
  assertEquals(encode("IP", "10.0.0.0/0", true).subarray(6), of(0, 0, 0, 0));
  assertEquals(encode("IP", "10.0.0.0/32", true).subarray(6), of(255, 255, 255, 255));
  assertEquals(encode("IP", "10.0.0.0/255.0.0.0", true).subarray(6), of(255, 0, 0, 0));
  assertEquals(encode("IP", "::/128", true).length, 34);
  assertEquals(encode("IP", "#0102"), of(0x87, 2, 1, 2));
  for (const wrong of ["10.0.0.0/33", "10.0.0.0/::", "10.0.0.0/x", "x/8", "10.0.0.0/1000"]) {
    says(
      () => encode("IP", wrong, true),
      TypeError,
      `Cannot encode IP: not an IP address and mask: received "${wrong}"`,
    );
  }
  says(
    () => encode("IP", "10.0.0.0/8"),
    TypeError,
    'Cannot encode IP: not an IP address: received "10.0.0.0/8"',
  );
  for (const wrong of ["1.2.3", "1.2.3;X:y", "1.2.3;UTF8", "x;UTF8:y", "1;UTF8:y"]) {
    assertThrows(
      () => encode("OTHERNAME", wrong),
      TypeError,
      'Cannot encode otherName: expected "oid;UTF8:text" or "oid;DER:hex"',
    );
  }
  for (
    const [kind, tag] of [
      ["UTF8", 0x0c],
      ["IA5", 0x16],
      ["PRINTABLE", 0x13],
      ["UTF8STRING", 0x0c],
      ["IA5STRING", 0x16],
      ["PRINTABLESTRING", 0x13],
    ] as const
  ) {
    assertEquals(
      encode("OTHERNAME", `1.2.3;${kind}:a`),
      tlv(0xa0, oidDer("1.2.3"), explicit(0, of(tag, 1, 0x61))),
    );
  }
  assertEquals([encode("X400", "#a300"), encode("EDIPARTY", "a500")], [of(0xa3, 0), of(0xa5, 0)]);
  for (const [type, wrong] of [["X400", "#a500"], ["EDIPARTY", "#a300"], ["X400", "#a30000"]]) {
    assertThrows(
      () => encode(type!, wrong!),
      TypeError,
      `Cannot encode ${type}: expected "#" and the GeneralName as hex`,
    );
  }
  assertEquals(encode("RID", "CN"), of(0x88, 3, 0x55, 4, 3));
});

Deno.test("access, distribution points, policies and constraints from text", () => {
  assertEquals(
    back(ID.aia, "OCSP;URI:http://o/,caIssuers;URI:http://i/"),
    "OCSP - URI:http://o/\nCA Issuers - URI:http://i/",
  );
  assertEquals(back(ID.aia, "OCSP - URI:http://o/\n\n"), "OCSP - URI:http://o/");
  refuses(ID.aia, "http", "authorityInfoAccess", 'expected "OCSP;URI:http://..."');
  for (const wrong of ["Relative Name:\n  CN=x", "Reasons:\n  x", "CRL Issuer:\n x"]) {
    refuses(
      ID.cdp,
      wrong,
      "crlDistributionPoints",
      'only full names can be given as text, use "DER:hex"',
    );
  }
  assertEquals(
    back(ID.policies, "1.2.3, CPS: http://c/\n,1.2.4"),
    "Policy: 1.2.3\n  CPS: http://c/\nPolicy: 1.2.4",
  );
  for (
    const wrong of [
      "1.2.3,User Notice:",
      "1.2.3,Organization: x",
      "Number: 1",
      "Numbers: 1",
      "Explicit Text: x",
      "Unknown Qualifier: x",
    ]
  ) {
    refuses(
      ID.policies,
      wrong,
      "certificatePolicies",
      'a user notice cannot be given as text, use "DER:hex"',
    );
  }
  assertThrows(
    () => parse(ID.policies, "CPS: http://c/"),
    TypeError,
    "Cannot encode certificate policy",
  );
  assertEquals(
    back(ID.nc, "permitted;DNS:a,excluded;IP:10.0.0.0/8"),
    "Permitted:\n  DNS:a\nExcluded:\n  IP:10.0.0.0/255.0.0.0",
  );
  assertEquals(
    back(ID.nc, "Excluded:\n  DNS:a\n\n  DNS:b\nPermitted:\n  DNS:c"),
    "Permitted:\n  DNS:c\nExcluded:\n  DNS:a\n  DNS:b",
  );
  refuses(ID.nc, "DNS:a", "nameConstraints", 'expected "permitted;DNS:name"');
  assertEquals(nameConstraints([], []).value, seq());
  assertEquals(
    back(ID.tls, "status_request, status_request_v2,9"),
    "status_request, status_request_v2, 9",
  );
  assertEquals(back(ID.tls, "0,65535"), "0, 65535");
  for (const wrong of ["-1", "65536", "1.5", "x"]) {
    refuses(
      ID.tls,
      wrong,
      "tlsfeature",
      "expected status_request or the number of a TLS extension",
    );
  }
  assertEquals(
    back(ID.pc, "inhibitPolicyMapping:1,requireExplicitPolicy:0"),
    "Require Explicit Policy:0, Inhibit Policy Mapping:1",
  );
  for (const wrong of ["x:1", "requireExplicitPolicy:x", "requireExplicitPolicy"]) {
    refuses(ID.pc, wrong, "policyConstraints", 'expected "requireExplicitPolicy:n"');
  }
  assertEquals(back(ID.any, " 3 "), "3");
  refuses(ID.any, "-1", "inhibitAnyPolicy", "expected a number");
});

Deno.test("key identifiers from text: of this key, of the issuer's, or in hex", () => {
  assertEquals(back(ID.ski, " hash "), "01:01");
  assertEquals(back(ID.ski, "0A:0b"), "0A:0B");
  assertThrows(() => parse(ID.ski, "x"), TypeError, "expected hex");
  assertEquals(back(ID.aki, "keyid"), "02:02");
  assertEquals(back(ID.aki, "KEYID:always"), "02:02");
  const issuer = "DirName:/CN=issuer\nserial:09";
  assertEquals(back(ID.aki, "issuer"), issuer);
  assertEquals(back(ID.aki, "keyid,issuer"), "02:02", "the key identifier is enough");
  assertEquals(back(ID.aki, "keyid,issuer:always"), `keyid:02:02\n${issuer}`);
  assertEquals(back(ID.aki, "AA:BB"), "AA:BB");
  assertEquals(back(ID.aki, ""), "");
  refuses(ID.aki, "serial", "authorityKeyIdentifier", "expected keyid, issuer or hex");
});

Deno.test("what has no text is printed as hex, and what is malformed as well", () => {
  assertEquals(extensionText("1.2.3", of(5, 0)), "DER:05:00");
  assertEquals(extensionText(ID.bc, of(5, 0)), "DER:05:00");
  const point = (...parts: Uint8Array[]) => extensionText(ID.cdp, seq(seq(...parts)));
  const cn = setOf(seq(oidDer("2.5.4.3"), utf8String("x")));
  assertEquals(
    point(explicit(0, tlv(0xa1, seq(oidDer("2.5.4.3"), utf8String("x"))))),
    "Relative Name:\n  CN = x",
  );
  assertEquals(
    point(explicit(0, tlv(0xa1, seq(oidDer("2.5.4.3"), utf8String("x")), seq(oidDer("2.5.4.10"))))),
    "Relative Name:\n  CN = x + O = ",
  );
  assertEquals(point(explicit(0)), "Relative Name:\n  ");
  assertEquals(point(of(0x81, 2, 0, 0b01100000)), "Reasons:\n  Key Compromise, CA Compromise");
  assertEquals(point(tlv(0xa2, tlv(0xa4, seq(cn)))), "CRL Issuer:\n  DirName:CN = x");
  const notice = (...parts: Uint8Array[]) =>
    extensionText(
      ID.policies,
      seq(seq(oidDer("1.2.3"), seq(seq(oidDer("1.3.6.1.5.5.7.2.2"), seq(...parts))))),
    );
  assertEquals(notice(utf8String("t")), "Policy: 1.2.3\n  User Notice:\n    Explicit Text: t");
  const numbers = (...list: number[]) => seq(...list.map((n) => int(n)));
  assertEquals(
    notice(seq(utf8String("o"), numbers(1))),
    "Policy: 1.2.3\n  User Notice:\n    Organization: o\n    Number: 1",
  );
  assertEquals(notice(seq(utf8String("o"), numbers(1, 2))).endsWith("Numbers: 1, 2"), true);
  assertEquals(notice(seq()).endsWith("    Number: "), true);
  const qualifier = (...parts: Uint8Array[]) =>
    extensionText(ID.policies, seq(seq(oidDer("1.2.3"), seq(seq(...parts)))));
  assertEquals(qualifier(oidDer("1.2.4"), nul()), "Policy: 1.2.3\n  Unknown Qualifier: 1.2.4");
  assertEquals(qualifier(oidDer("1.3.6.1.5.5.7.2.1")).includes("Unknown Qualifier"), true);
  assertEquals(qualifier(oidDer("1.3.6.1.5.5.7.2.2")).includes("Unknown Qualifier"), true);
  const san = (...names: Uint8Array[]) => extensionText(ID.san, seq(...names));
  assertEquals(
    san(of(0x87, 3, 1, 2, 3), of(0xa3, 0), of(0xa5, 0)),
    "IP Address:<invalid>, X400Name:<unsupported>, EdiPartyName:<unsupported>",
  );
  assertEquals(san(tlv(0xa0, oidDer("1.2.3"), explicit(0, nul()))), "othername:<unsupported>");
  assertEquals(
    san(tlv(0xa0, oidDer("1.2.3"), explicit(0, utf8String("x")))),
    "othername: 1.2.3::x",
  );
  const two = seq(
    setOf(seq(oidDer("2.5.4.3"), utf8String("a")), seq(oidDer("2.5.4.10"), utf8String("b"))),
    setOf(seq(oidDer("2.5.4.6"), utf8String("c"))),
  );
  assertEquals(
    extensionText(ID.nc, seq(explicit(0, seq(tlv(0xa4, two))))),
    "Permitted:\n  DirName:CN = a + O = b, C = c",
  );
  assertEquals(
    extensionText(ID.nc, seq(explicit(1, seq(of(0x87, 8, 10, 0, 0, 0, 255, 0, 0, 0))))),
    "Excluded:\n  IP:10.0.0.0/255.0.0.0",
  );
});

Deno.test("an address of a wrong length is printed as invalid, and the usages of a key are in the record", async () => {
  const cut = seq(explicit(0, seq(of(0x87, 6, 1, 2, 3, 4, 5, 6))));
  assertEquals(extensionText(ID.nc, cut), "Permitted:\n  IP:<invalid>/<invalid>");
  const ca = await TestCa.create();
  assertEquals(ca.cert.asHash().keyusage, ["keyCertSign", "cRLSign"]);
});

Deno.test("a name from an object or from a line, with its types of strings", () => {
  const line = (value: string) => onelineName(readName(parseNameLine(value), "it"));
  assertEquals(line("/C=DE/CN=a.test"), "/C=DE/CN=a.test");
  assertEquals(line("C=DE, CN=a\\,b"), "/C=DE/CN=a,b");
  assertEquals(line("/CN=http://x/y"), "/CN=http:\\/\\/x\\/y");
  assertEquals(line("/C=DE+CN=x/O=y"), "/CN=x+C=DE/O=y", "a set is sorted");
  assertEquals(line("C=DE+CN=x"), "/C=DE\\+CN=x", "a plus is not a separator in the other form");
  assertEquals(line("CN=a\\"), "/CN=a\\");
  assertEquals([line(""), line("/")], ["", ""]);
  for (const wrong of ["CN", "=x"]) {
    says(
      () => parseNameLine(wrong),
      TypeError,
      `Cannot encode name: expected attribute=value: received "${wrong}"`,
    );
  }
  assertThrows(
    () => parseNameLine("nosuch=x"),
    TypeError,
    "unknown attribute, use a name such as commonName or CN",
  );
  const tags = (input: Record<string, string>) =>
    readName(buildName(input), "it").map(({ tag }) => tag);
  assertEquals(tags({ C: "DE", serialNumber: "1", dnQualifier: "x" }), [0x13, 0x13, 0x13]);
  assertEquals(tags({ C: "D_", serialNumber: "é" }), [0x0c, 0x0c]);
  assertEquals(tags({ emailAddress: "u@x", DC: "x", CN: "x" }), [0x16, 0x16, 0x0c]);
  assertEquals(tags({ emailAddress: "é@x" }), [0x0c]);
  for (const wrong of [null, [], "x"]) {
    assertThrows(() => buildName(wrong as never), TypeError, "expected an object of attributes");
  }
  says(
    () => buildName({ CN: 5 } as never),
    TypeError,
    "Cannot encode name: CN must be a string or an array of strings: received number",
  );
  for (const wrong of [-1, 1.5, 2 ** 53]) {
    assertThrows(
      () => basicConstraints(true, wrong),
      RangeError,
      "pathLength must be a whole number of at least 0",
    );
  }
  assertEquals(
    [keyUsage([]).critical, nsCertType([]).critical, extension("1.2.3", nul()).critical],
    [true, false, false],
  );
});

Deno.test("purposes are switched on and off by text, list or record", () => {
  const of = (purpose: Parameters<typeof purposeExtensions>[0], ca = false) =>
    purposeExtensions(purpose, ca).map(({ oid, value }) => extensionText(oid, value));
  assertEquals(of("clientAuth,-clientAuth"), ["CA:FALSE"]);
  assertEquals(of(["clientAuth", "-serverAuth"]), ["CA:FALSE", "TLS Web Client Authentication"]);
  assertEquals(of({ clientAuth: 1, serverAuth: "0", CA: "-" }), [
    "CA:FALSE",
    "TLS Web Client Authentication",
  ]);
  assertEquals(of("", false).length, 4);
  assertEquals(of(undefined, true), [
    "CA:TRUE",
    "Digital Signature, Certificate Sign",
    "SSL CA, S/MIME CA, Object Signing CA",
  ]);
  for (const wrong of ["!!", "nosuch", { nosuch: false }]) {
    assertThrows(
      () => of(wrong),
      TypeError,
      "Cannot create certificate: unknown purpose, use one of client, server",
    );
  }
  says(
    () => of(["a b"]),
    TypeError,
    'Cannot create certificate: invalid entry in purpose: received "a b"',
  );
  for (const wrong of [null, 5]) {
    assertThrows(
      () => of(wrong as never),
      TypeError,
      "purpose must be a string, an array or a record",
    );
  }
});

Deno.test("the options of certCreate() have one name each, and bounds", async () => {
  const key = decodeKeySync(text("ec-pkcs8.pem"));
  const refused = async (options: object, message: string, Class: new () => Error = TypeError) => {
    const error = await assertRejects(() => certCreate({ key, ...options }), Class);
    assertEquals(
      error.message.startsWith(`Cannot create certificate: ${message}`),
      true,
      error.message,
    );
  };
  await refused({ notBefore: 5, not_before: 5 }, 'notBefore is given twice: received "not_before"');
  await refused({ serial: "1".repeat(401) }, "serial must be a whole number");
  await refused({ notAfter: 253402300800 }, "notAfter must be a Date or seconds since 1970");
  await refused({ notBefore: -62167219201 }, "notBefore must be a Date or seconds since 1970");
  await refused({ notBefore: null }, "notBefore must be a Date or seconds since 1970");
  const long = await certCreate({
    key,
    notBefore: -62167219200,
    notAfter: 253402300799,
    serial: `-${"1".repeat(40)}`,
  });
  assertEquals([long.cert.notBefore.getUTCFullYear(), long.cert.notAfter.getUTCFullYear()], [
    0,
    9999,
  ]);
  assertEquals(long.cert.serial, `-${"1".repeat(40)}`);
  await refused({ issuer: "x" }, "issuer must be { cert, key } or [cert, key]: received string");
  await refused({ subjectAltNames: {} }, "subjectAltNames must be an array: received Object");
  await refused(
    { subjectAltNames: [[{}, "x"]] },
    "a subjectAltName is [type, value] or { type, value }",
  );
  await refused(
    { subjectAltNames: [{ type: "DNS" }] },
    "a subjectAltName is [type, value] or { type, value }",
  );
  await refused({ ext: {} }, "ext must be an array: received Object");
  await refused(
    { ext: [{ oid: "1.2.3" }] },
    "extension 1.2.3 has neither data nor der: received undefined",
  );
  await refused({ ext: [{ nid: -1 }] }, "cannot determine NID of extension, give sn, nid or oid");
  const ca = await TestCa.create();
  await refused({ issuerCert: ca.cert }, "issuerCert is given without issuerKey");
  await refused({ issuerKey: ca.privateKey }, "issuerKey is given without issuerCert");
  await refused({ issuer: { cert: ca.cert } }, "issuerCert is given without issuerKey");
  await refused({ issuer: [ca.cert] }, "issuerCert is given without issuerKey");
  await refused(
    { issuerCert: ca.cert, issuerKey: key },
    "issuerKey is not the key of issuerCert: received",
  );
  // An issuer's name alone: another key signs in that name.
  const named = await certCreate({
    key,
    issuer: { CN: "somebody" } as never,
    issuerKey: ca.privateKey,
  });
  assertEquals([named.cert.issuer, named.cert.subject], [
    "/CN=somebody",
    "/O=IO::Socket::SSL/CN=IO::Socket::SSL Test",
  ]);
  for (const version of [-1, 1.5, 3, "2"]) {
    await assertRejects(
      () => certCreate({ key, version: version as number }),
      RangeError,
      "version must be",
    );
  }
  assertEquals((await certCreate({ key, version: 1 })).cert.version, 1);
  const copied = {
    ext: [],
    keyusage: [],
    extkeyusage: {},
    signature_alg: "x",
    fingerprint_sha1: "x",
    serial: 5,
  };
  assertEquals([normalize(copied).copy, { ...normalize(copied).options }], [true, {
    ext: [],
    serial: 5,
  }]);
  assertThrows(() => normalize({ ext: [], keyusage: [] }), TypeError, 'unknown option "keyusage"');
  assertThrows(() => normalize({ ...copied, nosuch: 1 }), TypeError, 'unknown option "nosuch"');
  const lenient = normalize({
    nosuch: 1,
    serial: undefined,
    digest: "x",
    ignore_invalid_args: true,
  });
  assertEquals({ ...lenient.options }, { digest: "x", ignoreInvalidArgs: true } as never);
});

Deno.test("a copy keeps the names and the order of its original", async () => {
  const key = decodeKeySync(text("ec-pkcs8.pem"));
  const names = seq(generalName({ type: "DNS", value: "a.test" }));
  const { cert } = await certCreate({
    key,
    subjectAltNames: [["DNS", "a.test"]],
    ext: [{ sn: "nsComment", data: "x", critical: true }],
  });
  const hash = cert.asHash();
  const oids = (from: Certificate) => from.extensions.map(({ oid }) => oid);
  assertEquals(oids((await certCreate({ ...hash, key })).cert), oids(cert));
  const critical = hash.ext.map((entry) =>
    entry.sn === "subjectAltName" ? { ...entry, critical: true } : entry
  );
  const same = (await certCreate({ ...hash, ext: critical, key })).cert;
  assertEquals([same.extension(ID.san)!.critical, same.extension(ID.san)!.value], [true, names]);
  const other =
    (await certCreate({ ...hash, ext: critical, subjectAltNames: [["DNS", "b.test"]], key })).cert;
  assertEquals([other.extension(ID.san)!.critical, other.subjectAltNames[0]!.value], [
    true,
    "b.test",
  ]);
  const broken = hash.ext.map((entry) =>
    entry.sn === "subjectAltName" ? { ...entry, der: nul() } : entry
  );
  const mended = (await certCreate({ ...hash, ext: broken, key })).cert;
  assertEquals(mended.extension(ID.san)!.value, names);
  const purposed = (await certCreate({ ...hash, purpose: "CA", key })).cert;
  assertEquals(purposed.isCa, true);
  assertEquals((await certCreate({ ...hash, CA: true, key })).cert.isCa, true);
  assertEquals(same.extension("2.16.840.1.113730.1.13")!.critical, true);
  assertEquals(octets(of(1)), of(4, 1, 1));
});
