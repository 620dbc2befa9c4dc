/** What the readers of certificates, names and requests refuse, each by its code and reason; and what they take just before. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readDer } from "../../certificate/asn1/reader.ts";
import {
  explicit,
  int,
  nul,
  octets,
  oidDer,
  seq,
  setOf,
  tlv,
} from "../../certificate/asn1/writer.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { certCreate } from "../../certificate/create.ts";
import {
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readDistributionPoints,
  readExtensions,
  readInfoAccess,
} from "../../certificate/extensions/read.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import {
  canonicalName,
  commonNameOf,
  onelineName,
  readGeneralName,
  readName,
} from "../../certificate/name.ts";
import { CertificateRequest, csrCreate, csrSign } from "../../certificate/request.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";
import { text } from "./data.ts";

function refuses(call: () => unknown, code: string, reason: string): void {
  const error = assertThrows(call, SslError);
  assertEquals([error.code, error.reason], [code, reason]);
}

const key = decodeKeySync(text("ec-pkcs8.pem"));
const SHA256 = seq(oidDer("1.2.840.10045.4.3.2"));
const utf8 = (value: string) => tlv(0x0c, new TextEncoder().encode(value));
const name = (value: Uint8Array = utf8("x"), type = "2.5.4.3") =>
  seq(setOf(seq(oidDer(type), value)));
const time = tlv(0x17, new TextEncoder().encode("300101000000Z"));
const bits = tlv(0x03, Uint8Array.of(0, 1));
const spki = seq(seq(oidDer("1.2.3")), bits);

/** The fields of a TBSCertificate, by name. */
const FIELDS = {
  version: explicit(0, int(2)),
  serial: int(5),
  algorithm: SHA256,
  issuer: name(),
  validity: seq(time, time),
  subject: name(),
  spki,
};
const cert = (change: Partial<typeof FIELDS> = {}, behind: Uint8Array[] = [], outer = SHA256) =>
  new Certificate(seq(seq(...Object.values({ ...FIELDS, ...change }), ...behind), outer, bits));

Deno.test("a certificate has its fields, each of its kind, and no other", () => {
  assertEquals(cert().serial, "5");
  refuses(
    () => new Certificate(seq(seq(), SHA256)),
    "ERR_DER",
    "a certificate has three elements",
  );
  refuses(
    () => new Certificate(seq(seq(), SHA256, bits, nul())),
    "ERR_DER",
    "a certificate has three elements",
  );
  for (const version of [0, 3]) {
    refuses(
      () => cert({ version: explicit(0, int(version)) }),
      "ERR_DER",
      `unknown or non-canonical version ${version}`,
    );
  }
  refuses(
    () => cert({ version: explicit(0, int(1), nul()) }),
    "ERR_DER",
    "unknown or non-canonical version 1",
  );
  assertEquals(cert({ version: explicit(0, int(1)) }).version, 1);
  refuses(
    () => cert({ algorithm: seq(oidDer("1.2.840.10045.4.3.3")) }),
    "ERR_DER",
    "the two signature algorithms differ",
  );
  for (const count of [0, 1, 3]) {
    const validity = seq(...Array.from({ length: count }, () => time));
    refuses(() => cert({ validity }), "ERR_DER", "malformed validity");
  }
  const most = assertThrows(() => new Certificate(new Uint8Array(1 << 20)), SslError);
  assertEquals([most.code, most.reason.includes("limit")], ["ERR_DER", false], "1 MiB is read");
  refuses(
    () => new Certificate(new Uint8Array((1 << 20) + 1)),
    "ERR_DER",
    "1048577 bytes is more than the limit of 1 MiB",
  );
  const broken = seq(seq());
  const expected = "expected DER tag 0x31: received 0x30";
  refuses(() => cert({ issuer: broken }), "ERR_DER", expected);
  refuses(() => cert({ subject: broken }), "ERR_DER", expected);
  for (const field of ["issuer", "subject", "spki"] as const) {
    const error = assertThrows(() => cert({ [field]: nul() }), SslError);
    assertEquals(error.code, "ERR_DER");
    assert(/^Cannot read (issuer|subject|public key) of certificate: /.test(error.message));
  }
});

Deno.test("the fields after the key of a certificate are known, in order, and fit the version", () => {
  const extensions = explicit(3, seq(seq(oidDer("1.2.3"), octets(nul()))));
  const [issuerId, subjectId] = [tlv(0x81, Uint8Array.of(0)), tlv(0x82, Uint8Array.of(0))];
  assertEquals(cert({}, [issuerId, subjectId, extensions]).extensions.length, 1);
  assertEquals(cert({}, [subjectId]).extensions, []);
  const order = (tag: string) => `element 0x${tag} is out of order`;
  refuses(() => cert({}, [subjectId, issuerId]), "ERR_DER", order("81"));
  refuses(() => cert({}, [issuerId, issuerId]), "ERR_DER", order("81"));
  refuses(() => cert({}, [extensions, extensions]), "ERR_DER", order("a3"));
  refuses(() => cert({}, [extensions, subjectId]), "ERR_DER", order("82"));
  const v2 = { version: explicit(0, int(1)) };
  assertEquals(cert(v2, [issuerId, subjectId]).version, 1);
  const unexpected = (tag: string, version: number) =>
    `unexpected element 0x${tag} in version ${version}`;
  refuses(() => cert(v2, [extensions]), "ERR_DER", unexpected("a3", 2));
  const v1 = { version: new Uint8Array() };
  assertEquals(cert(v1).version, 0);
  refuses(() => cert(v1, [issuerId]), "ERR_DER", unexpected("81", 1));
  refuses(() => cert(v1, [subjectId]), "ERR_DER", unexpected("82", 1));
  refuses(() => cert({}, [tlv(0x83)]), "ERR_DER", unexpected("83", 3));
  refuses(() => cert({}, [explicit(3, seq(), seq())]), "ERR_DER", "malformed extensions");
  refuses(
    () => cert({}, [explicit(3)]),
    "ERR_DER",
    "element with tag 0x30 is missing",
  );
});

const node = (der: Uint8Array) => readDer(der, "it");

Deno.test("extensions are read element by element", () => {
  const read = (...parts: Uint8Array[]) => readExtensions(node(seq(seq(...parts))), "it");
  const id = oidDer("1.2.3");
  const yes = tlv(0x01, Uint8Array.of(0xff));
  const [one] = read(id, yes, octets(nul()));
  assertEquals([one!.oid, one!.critical, one!.value], ["1.2.3", true, nul()]);
  refuses(() => read(id, octets(), nul()), "ERR_DER", "malformed extension 1.2.3");
  refuses(() => read(id, yes, octets(), nul()), "ERR_DER", "malformed extension 1.2.3");
  refuses(() => read(id, yes), "ERR_DER", "element with tag 0x04 is missing");
  refuses(() => read(id, nul()), "ERR_DER", "expected DER tag 0x04: received 0x05");
  refuses(
    () => read(id, tlv(0x01, Uint8Array.of(1)), octets()),
    "ERR_DER",
    "BOOLEAN is neither 00 nor FF, not DER",
  );
  const constraints = (...parts: Uint8Array[]) => readBasicConstraints(seq(...parts));
  assertEquals(constraints(), { ca: false, pathLength: undefined });
  assertEquals(constraints(int(0)), { ca: false, pathLength: 0 });
  assertEquals(constraints(yes, int(3)), { ca: true, pathLength: 3 });
  refuses(() => constraints(yes, int(1), int(2)), "ERR_DER", "too many elements");
  refuses(() => constraints(int(1), int(2)), "ERR_DER", "too many elements");
  refuses(() => constraints(int(-1)), "ERR_DER", "INTEGER -1 is out of range");
  refuses(
    () => readInfoAccess(seq(seq(id))),
    "ERR_DER",
    "malformed access description",
  );
  refuses(() => readDistributionPoints(seq(seq(nul()))), "ERR_DER", "malformed distribution point");
  const uri = tlv(0x86, new TextEncoder().encode("http://c/"));
  assertEquals(
    readDistributionPoints(
      seq(
        seq(
          explicit(0, explicit(0, uri)),
          tlv(0x81, Uint8Array.of(6, 0x40)),
          tlv(0xa2, tlv(0xa4, name())),
        ),
        seq(explicit(0, explicit(1))),
        seq(explicit(0)),
      ),
    ),
    [
      {
        fullName: [{ type: "URI", value: "http://c/" }],
        reasons: [1],
        crlIssuer: [{ type: "DIRNAME", value: "/CN=x" }],
      },
      { fullName: [], reasons: undefined, crlIssuer: [] },
      { fullName: [], reasons: undefined, crlIssuer: [] },
    ],
  );
  refuses(() => readAuthorityKeyIdentifier(seq(nul())), "ERR_DER", "unknown element");
  assertEquals(
    readAuthorityKeyIdentifier(
      seq(tlv(0x80, Uint8Array.of(1)), tlv(0xa1, tlv(0xa4, name())), tlv(0x82, Uint8Array.of(9))),
    ),
    {
      keyId: Uint8Array.of(1),
      issuer: [{ type: "DIRNAME", value: "/CN=x" }],
      serial: Uint8Array.of(9),
    },
  );
});

Deno.test("a name is a list of sets of pairs", () => {
  const read = (der: Uint8Array) => readName(der, "it");
  refuses(() => read(seq(setOf())), "ERR_DER", "empty relative distinguished name");
  for (const parts of [[oidDer("2.5.4.3")], [oidDer("2.5.4.3"), utf8("x"), nul()]]) {
    refuses(() => read(seq(setOf(seq(...parts)))), "ERR_DER", "malformed name attribute");
  }
  const junk = Uint8Array.of(...name(), 0);
  refuses(() => read(junk), "ERR_DER", "1 bytes of junk after the DER");
  // Without one that is a text, no name is compared.
  assertEquals(commonNameOf(read(name())), "x");
  assertEquals(commonNameOf(read(name(tlv(0x03, Uint8Array.of(0, 0x78))))), undefined);
  assertEquals(commonNameOf(read(name(utf8("x"), "2.5.4.10"))), undefined);
  const two = seq(setOf(seq(oidDer("2.5.4.3"), utf8("a")), seq(oidDer("2.5.4.10"), utf8("b"))));
  assertEquals(onelineName(read(two)), "/CN=a+O=b");
  assertEquals(
    onelineName(
      read(
        seq(...["a/b", "c+d", "\u0000\u007f~"].map((v) => setOf(seq(oidDer("2.5.4.3"), utf8(v))))),
      ),
    ),
    "/CN=a\\/b/CN=c\\+d/CN=\\x00\\x7F~",
  );
});

Deno.test("a name of four-byte characters is printed without their zeros, as OpenSSL does", () => {
  const line = (bytes: number[], tag = 0x1b) =>
    onelineName(readName(name(tlv(tag, Uint8Array.from(bytes))), "it"));
  assertEquals(line([0, 0, 0, 0x61, 0, 0, 0, 0x62]), "/CN=ab");
  assertEquals(line([0, 0, 0, 0x61, 0, 0, 1, 0x62]), "/CN=\\x00\\x00\\x00a\\x00\\x00\\x01b");
  assertEquals(line([0, 1, 0, 0x61]), "/CN=\\x00\\x01\\x00a");
  assertEquals(line([1, 0, 0, 0x61]), "/CN=\\x01\\x00\\x00a");
  assertEquals(line([0, 0, 0x61]), "/CN=\\x00\\x00a");
  assertEquals(line([0, 0, 0, 0x61], 0x0c), "/CN=\\x00\\x00\\x00a");
});

Deno.test("names are the same whatever the type of string, ASCII case and spaces", () => {
  const canonical = (value: Uint8Array, type?: string) => canonicalName(name(value, type), "it");
  const printable = tlv(0x13, new TextEncoder().encode(" A   b "));
  assertEquals(canonical(printable), canonical(utf8("a B")));
  assert(canonical(utf8("a b")) !== canonical(utf8("ab")));
  assert(canonical(utf8("a")) !== canonical(utf8("a"), "2.5.4.10"));
  const octetsOf = (byte: number) => tlv(0x04, Uint8Array.of(byte));
  assert(canonical(octetsOf(0x41)) !== canonical(octetsOf(0x61)));
  assert(canonical(octetsOf(0x61)) !== canonical(utf8("a")));
  const pair = (first: string, second: string) =>
    canonicalName(
      seq(setOf(seq(oidDer(first), utf8("a")), seq(oidDer(second), utf8("a")))),
      "it",
    );
  assertEquals(pair("2.5.4.3", "2.5.4.10"), pair("2.5.4.10", "2.5.4.3"));
  const apart = seq(
    setOf(seq(oidDer("2.5.4.3"), utf8("a"))),
    setOf(seq(oidDer("2.5.4.10"), utf8("a"))),
  );
  assert(canonicalName(apart, "it") !== pair("2.5.4.3", "2.5.4.10"));
});

Deno.test("a GeneralName has a known tag, and is constructed where its kind is", () => {
  const read = (der: Uint8Array) => readGeneralName(node(der), "it");
  refuses(() => read(tlv(0x89)), "ERR_DER", "unknown GeneralName tag 0x89");
  refuses(() => read(tlv(0x02)), "ERR_DER", "unknown GeneralName tag 0x2");
  refuses(() => read(tlv(0xc2)), "ERR_DER", "unknown GeneralName tag 0xc2");
  for (
    const [tag, type] of [[0xa2, "DNS"], [0xa7, "IP"], [0xa8, "RID"], [0x84, "DIRNAME"]] as const
  ) {
    refuses(() => read(tlv(tag)), "ERR_DER", `wrong encoding of a GeneralName of type ${type}`);
  }
  const other = (...parts: Uint8Array[]) => () => read(tlv(0xa0, ...parts));
  const id = oidDer("1.2.3");
  for (
    const parts of [
      [id],
      [id, tlv(0xa1, nul())],
      [id, explicit(0, nul()), nul()],
      [id, explicit(0)],
      [id, explicit(0, nul(), nul())],
    ]
  ) refuses(other(...parts), "ERR_DER", "malformed otherName");
  assertEquals(other(id, explicit(0, nul()))().value, "1.2.3;DER:0500");
  assertEquals(other(id, explicit(0, utf8("a")))().value, "1.2.3;UTF8:a");
  assertEquals(read(tlv(0xa3, nul())), { type: "X400", value: "#a3020500" });
  assertEquals(read(tlv(0x87, Uint8Array.of(1, 2, 3))), { type: "IP", value: "#010203" });
});

Deno.test("a certificate request has its parts, and asks for extensions once", async () => {
  const { csr } = await csrCreate({ key });
  const EXTENSIONS = "1.2.840.113549.1.9.14";
  const request = (...info: Uint8Array[]) => () =>
    new CertificateRequest(seq(seq(...info), SHA256, bits));
  const asks = (...values: Uint8Array[]) => seq(oidDer(EXTENSIONS), setOf(...values));
  const list = seq(seq(oidDer("1.2.3"), octets(nul())));
  const head = [int(0), name(), spki];
  assertEquals(request(...head)().extensions, []);
  assertEquals(request(...head, explicit(0))().extensions, []);
  assertEquals(request(...head, explicit(0, asks(list)))().extensions[0]!.oid, "1.2.3");
  const other = seq(oidDer("1.2.3"), setOf(nul()));
  assertEquals(request(...head, explicit(0, other, asks(list)))().extensions.length, 1);
  const twice = "it asks for extensions more than once";
  refuses(request(...head, explicit(0, asks(list), asks(list))), "ERR_DER", twice);
  refuses(request(...head, explicit(0, asks(list, seq()))), "ERR_DER", twice);
  refuses(request(int(1), name(), spki), "ERR_DER", "unknown version");
  refuses(request(...head, explicit(0), nul()), "ERR_DER", "unexpected element");
  refuses(
    () => new CertificateRequest(seq(seq(...head), SHA256, bits, nul())),
    "ERR_DER",
    "a request has three elements",
  );
  refuses(
    request(int(0), seq(seq()), spki),
    "ERR_DER",
    "expected DER tag 0x31: received 0x30",
  );
  assertThrows(() => new CertificateRequest("x" as never), TypeError, "received string");
  refuses(
    () => CertificateRequest.parse(new Uint8Array((1 << 20) + 1)),
    "ERR_DER",
    "1048577 bytes is more than the limit of 1 MiB",
  );
  refuses(
    () => CertificateRequest.parse("x".repeat(1 << 20)),
    "ERR_DER",
    "no CERTIFICATE REQUEST block found",
  );
  const encoded = new TextEncoder().encode(csr.pem);
  for (
    const form of [
      csr.der,
      Uint8Array.of(...csr.der, 10),
      csr.pem,
      encoded,
      csr.pem.replaceAll("CERTIFICATE", "NEW CERTIFICATE"),
      `${csr}`,
    ]
  ) {
    assertEquals(CertificateRequest.parse(form).der, csr.der);
  }
});

Deno.test("DER that has a line of PEM in it is DER", async () => {
  const subject = { CN: "x\n-----BEGIN CERTIFICATE REQUEST-----\n" };
  const { csr } = await csrCreate({ key, subject });
  assertEquals(CertificateRequest.parse(csr.der).der, csr.der);
  const { cert: made } = await certCreate({ key, subject });
  assertEquals(Certificate.parse(made.der)[0]!.der, made.der);
});

Deno.test("csrSign() copies the extensions that are allowed, and its own options win", async () => {
  const ca = await TestCa.create();
  const issuer = { cert: ca.cert, key: ca.privateKey };
  const comment = {
    oid: "2.16.840.1.113730.1.13",
    critical: true,
    value: tlv(0x16, Uint8Array.of(65)),
  };
  const { csr } = await csrCreate({
    key,
    subjectAltNames: [["DNS", "a.test"]],
    extensions: [comment],
    digest: "sha384",
  });
  const sign = (options: object) => csrSign(csr, { issuer, ...options });
  const of = (certificate: Certificate) => certificate.extension(comment.oid);
  assertEquals(of(await sign({})), undefined);
  assertEquals(of(await sign({ copyExtensions: ["nsComment"] })), comment);
  const added = [{ sn: "nsCaPolicyUrl", data: "http://p/" }];
  const both = await sign({ copyExtensions: ["nsComment"], ext: added });
  assertEquals([of(both)?.critical, both.extension("2.16.840.1.113730.1.8") !== undefined], [
    true,
    true,
  ]);
  const own = await sign({ subjectAltNames: [["DNS", "b.test"]] });
  assertEquals(own.subjectAltNames, [{ type: "DNS", value: "b.test" }]);
  await assertRejects(() => sign({ copyExtensions: ["nosuch"] }), TypeError, "unknown name");
  await assertRejects(() => csrCreate({ digest: "md6" }), TypeError, "unknown digest");
  assertEquals(csr.subjectAltNames, [{ type: "DNS", value: "a.test" }]);
});

Deno.test("a printed certificate says whose it is, also where one of its extensions cannot be read", async () => {
  const { cert: made } = await certCreate({ key });
  assertEquals(Deno.inspect(made), `Certificate(${made.subject}, ${made.fingerprint()})`);
  assertEquals(`${made}`, made.pem);
  const odd = cert({}, [explicit(3, seq(seq(oidDer("2.5.29.17"), octets(nul()))))]);
  const json = odd.toJSON();
  assertEquals([json.subject, json.subjectAltNames, json.serial], ["/CN=x", undefined, "5"]);
});
