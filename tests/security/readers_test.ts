/** What reads certificates, requests, keys and names: two readings of one input, and input that takes for ever. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { CertificateRequest, csrSign } from "../../certificate/request.ts";
import { decodeKey, decodeKeySync } from "../../certificate/keys/decode.ts";
import { readDer, sequence, smallInteger } from "../../certificate/asn1/reader.ts";
import {
  berToDer,
  explicit,
  int,
  nul,
  octets,
  oidDer,
  seq,
  setOf,
  tlv,
} from "../../certificate/asn1/writer.ts";
import {
  buildName,
  encodeExtensions,
  parseNameLine,
  subjectAltName,
} from "../../certificate/extensions/write.ts";
import { parseExtension } from "../../certificate/extensions/text.ts";
import { readAltNames } from "../../certificate/extensions/read.ts";
import { Intercept } from "../../intercept/intercept.ts";
import { onelineName, readName } from "../../certificate/name.ts";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { keyCreateEc } from "../../certificate/keys/private_key.ts";
import { signedObject } from "../../certificate/signature.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";
import { verifyHostname } from "../../verify/hostname.ts";

const key = await keyCreateEc();
const names = (name: string) => encodeExtensions([subjectAltName([{ type: "DNS", value: name }])]);

/** A request with a right signature and these attributes. */
function request(...attributes: Uint8Array[]): Uint8Array {
  return signedObject(seq(int(0), seq(), key.publicSpki, ...attributes), key, "sha256");
}

Deno.test("a request that asks for extensions twice is refused, whichever of them others show", async () => {
  const asks = (...lists: Uint8Array[]) =>
    seq(oidDer("1.2.840.113549.1.9.14"), tlv(0x31, ...lists));
  const [good, evil] = [names("good.example"), names("evil.example")];
  const once = new CertificateRequest(request(tlv(0xa0, asks(good))));
  assertEquals(once.subjectAltNames, [{ type: "DNS", value: "good.example" }]);
  const ca = await TestCa.create();
  const cases: [string, ...Uint8Array[]][] = [
    ["more than once", tlv(0xa0, asks(good), asks(evil))],
    ["more than once", tlv(0xa0, asks(good, evil))],
    ["unexpected element", tlv(0xa0, asks(good)), tlv(0xa0, asks(evil))],
    ["tag 0xa0", setOf(asks(evil))],
  ];
  for (const [reason, ...attributes] of cases) {
    const der = request(...attributes);
    assertThrows(() => new CertificateRequest(der), SslError, reason);
    const issuer = [ca.cert, ca.privateKey] as const;
    await assertRejects(() => csrSign(der, { issuer: [...issuer] }), SslError, reason);
  }
});

Deno.test("a certificate with two lists of extensions, or its last parts in another order, is refused", async () => {
  const ca = await TestCa.create();
  const { certificate } = await ca.server("good.example");
  const [tbs, ...signature] = sequence(readDer(certificate.der, "x"), "x");
  const fields = sequence(tbs, "x").map((node) => node.raw);
  const made = (...more: Uint8Array[]) =>
    new Certificate(seq(seq(...fields, ...more), ...signature.map((node) => node.raw)));
  assertEquals(made().subjectAltNames, [{ type: "DNS", value: "good.example" }]);
  assertThrows(() => made(explicit(3, names("evil.example"))), SslError, "0xa3 is out of order");
  assertThrows(() => made(tlv(0x82, Uint8Array.of(0, 1))), SslError, "0x82 is out of order");
  const list = fields.pop()!;
  assertEquals(made(tlv(0x82, Uint8Array.of(0, 1)), list).subjectAltNames.length, 1);
});

Deno.test("Perl's schemes trim white space of a name, and not the byte A0, which Perl keeps", () => {
  const ok = (value: string) =>
    verifyHostname({ subjectAltNames: [{ type: "DNS", value }] }, "www.example.com", "default");
  for (const space of [" ", "\t", "\n", "\v", "\f", "\r"]) {
    assertEquals(ok(`${space}www.example.com${space}`), true, JSON.stringify(space));
  }
  for (const other of ["\xa0", "\x85", "\x00", "\x08", "\x0e", "\x1f"]) {
    assertEquals([ok("www.example.com" + other), ok(other + "www.example.com")], [false, false]);
  }
});

Deno.test("a wildcard that begins a label and does not end it matches no international name", () => {
  const ok = (host: string, value: string) =>
    verifyHostname({ subjectAltNames: [{ type: "DNS", value }] }, host, "default");
  assertEquals(ok("wwwa.example.com", "*a.example.com"), true);
  assertEquals(ok("xn--lwe-sna.example.com", "*.example.com"), true);
  assertEquals(ok("xn--lwe-sna.example.com", "*a.example.com"), false);
  assertEquals(ok("löwe.example.com", "*sna.example.com"), false);
});

const LONG = 1_000_000;
const bytes = (pattern: number[], length: number) =>
  new Uint8Array(length).map((_, i) => pattern[i % pattern.length]!);

Deno.test("PEM headers, numbers and extension texts of a million characters are read in linear time", () => {
  const header = "X-Y: " + " ".repeat(LONG) + "\u2028a";
  const [block] = pemBlocks(`-----BEGIN A-----\n${header}\n\nAAAA\n-----END A-----\n`);
  assertEquals(block!.headers["X-Y"], "a");
  const number = readDer(int(bytes([0x55], 16 * LONG)), "x");
  assertThrows(() => smallInteger(number, "x"), SslError, "16000000 octets is out of range");

  const context = {
    subjectKeyId: new Uint8Array(20),
    issuerKeyId: new Uint8Array(20),
    issuerName: seq(),
    issuerSerial: Uint8Array.of(1),
  };
  const text = "DNS:a,\n" + "\n \n".repeat(LONG) + " DNS:b";
  const expected = subjectAltName([{ type: "DNS", value: "a" }, { type: "DNS", value: "b" }]);
  assertEquals(parseExtension("2.5.29.17", text, context).value, expected.value);
  for (const wrong of [" ".repeat(LONG) + "!", "a" + " ".repeat(LONG) + "!", "a ".repeat(LONG)]) {
    assertThrows(() => parseExtension("1.3.6.1.5.5.7.1.1", wrong, context), TypeError, "expected");
  }
});

Deno.test("BER of more elements than there is memory for is refused; octets of a string are not counted as elements", () => {
  const many = seq(bytes([5, 0], 16 * LONG));
  assertThrows(() => berToDer(many, "x"), SslError, "more than 524288 elements");
  assertEquals(berToDer(octets(many), "x"), octets(many));
  // A length in five octets where the input has none: the output is longer than the input.
  const deep = 60;
  const inner = octets(new Uint8Array(LONG));
  const open = bytes([0x30, 0x80], 2 * deep);
  const ber = new Uint8Array(open.length + inner.length + 2 * deep);
  ber.set(open);
  ber.set(inner, open.length);
  let expected = inner;
  for (let i = 0; i < deep; i++) expected = seq(expected);
  assertEquals(berToDer(ber, "x"), expected);
});

const DATA = "1.2.840.113549.1.7.1";

/** A PKCS#12 file of one part that is not encrypted. */
function pfx(bags: readonly Uint8Array[], ...mac: Uint8Array[]): Uint8Array {
  const part = seq(oidDer(DATA), explicit(0, octets(seq(...bags))));
  return seq(int(3), seq(oidDer(DATA), explicit(0, octets(seq(part)))), ...mac);
}

Deno.test("PKCS#12: a chain of ten thousand in the worst order comes out in the best one", async () => {
  const name = (i: number) => seq(setOf(seq(oidDer("2.5.4.3"), tlv(0x0c, int(i)))));
  const algorithm = seq(oidDer("1.2.840.10045.4.3.2"));
  const none = tlv(3, Uint8Array.of(0));
  const date = tlv(0x17, new TextEncoder().encode("200101000000Z"));
  const cert = (i: number): Uint8Array => {
    const spki = seq(seq(oidDer("1.2.3")), none);
    const tbs = seq(int(1), algorithm, name(i + 1), seq(date, date), name(i), spki);
    const der = seq(tbs, algorithm, none);
    return seq(
      oidDer("1.2.840.113549.1.12.10.1.3"),
      explicit(0, seq(oidDer("1.2.840.113549.1.9.22.1"), explicit(0, octets(der)))),
    );
  };
  const count = 10_000;
  const others = Array.from({ length: count }, (_, i) => cert(count - i));
  const { chain } = await parsePkcs12(pfx([cert(0), ...others]));
  assertEquals(chain.length, count);
  assertEquals(
    chain.every((c, i) => i === 0 || String(c.rawSubject) === String(chain[i - 1]!.rawIssuer)),
    true,
  );
});

Deno.test("a key derivation counts with all that it does, in every scheme, before it begins", async () => {
  const salt = octets(new Uint8Array(8));
  const hash = seq(oidDer("1.3.14.3.2.26"), nul());
  const pbe = (id: string, rounds: number) =>
    seq(seq(oidDer(id), seq(salt, int(rounds))), octets(new Uint8Array(16)));
  const reason = "more than 10000000 iterations together";
  const mac = seq(seq(hash, octets(new Uint8Array(20))), salt, int(10_000_000));
  await assertRejects(() => parsePkcs12(pfx([], mac), "x"), SslError, reason);
  // Key and vector of 3DES are three digests, whose rounds count twice; PBES1's is one, of four.
  for (
    const [id, rounds] of [["1.2.840.113549.1.12.1.3", 1_700_000], [
      "1.2.840.113549.1.5.10",
      2_600_000,
    ]] as const
  ) {
    await assertRejects(() => decodeKey(pbe(id, rounds), { password: "x" }), SslError, reason);
  }
  const cipher = seq(oidDer("2.16.840.1.101.3.4.1.42"), octets(new Uint8Array(16)));
  const pbkdf2 = seq(oidDer("1.2.840.113549.1.5.12"), seq(salt, int(2_000_000), int(128)));
  const pbes2 = seq(
    seq(oidDer("1.2.840.113549.1.5.13"), seq(pbkdf2, cipher)),
    octets(new Uint8Array(16)),
  );
  assertThrows(() => decodeKeySync(pbes2, { password: "x" }), SslError, reason);
});

Deno.test("what stands behind the name in a directoryName makes all names unreadable, as in OpenSSL", () => {
  const dns = tlv(0x82, new TextEncoder().encode("www.example.com"));
  const name = seq(setOf(seq(oidDer("2.5.4.3"), tlv(0x0c, Uint8Array.of(0x78)))));
  assertEquals(readAltNames(seq(tlv(0xa4, name), dns)).length, 2);
  for (const more of [dns, name]) {
    assertThrows(() => readAltNames(seq(tlv(0xa4, name, more), dns)), SslError, "junk");
  }
  assertThrows(() => readAltNames(seq(tlv(0xa4), dns)), SslError, "truncated");
});

Deno.test("a common name that is not text is left out", async () => {
  const ca = await TestCa.create();
  const { certificate } = await ca.server("good.example");
  const [tbs, ...signature] = sequence(readDer(certificate.der, "x"), "x");
  const fields = sequence(tbs, "x").map((node) => node.raw);
  const octets = new TextEncoder().encode("www.example.com");
  const made = (...types: number[]) => {
    const names = types.map((tag) => setOf(seq(oidDer("2.5.4.3"), tlv(tag, octets))));
    const all = [...fields.slice(0, 5), seq(...names), ...fields.slice(6)];
    return new Certificate(seq(seq(...all), ...signature.map((node) => node.raw))).commonName;
  };
  for (const tag of [0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a]) {
    assertEquals(made(tag), "www.example.com");
  }
  for (const tag of [0x02, 0x03, 0x04, 0x30, 0x31, 0x82]) {
    assertEquals([made(tag), made(tag, 0x0c)], [undefined, undefined]);
  }
});

Deno.test("a value cannot look like another attribute in the one line of a name", () => {
  const cases: [string, Uint8Array][] = [
    ["/O=x\\/CN=admin", buildName({ O: "x/CN=admin" })],
    ["/O=x\\+CN=admin", buildName({ O: "x+CN=admin" })],
    ["/O=x/CN=admin", buildName({ O: "x", CN: "admin" })],
    ["/OU=http:\\/\\/www.example.com\\/a\\+b", buildName({ OU: "http://www.example.com/a+b" })],
  ];
  for (const [line, name] of cases) {
    assertEquals(onelineName(readName(name, "x")), line);
    assertEquals(parseNameLine(line), name);
  }
  const both = parseNameLine("/O=x+C=DE/CN=admin");
  assertEquals(readName(both, "x").map(({ rdn }) => rdn), [0, 0, 1]);
  assertEquals(onelineName(readName(both, "x")), "/O=x+C=DE/CN=admin");
});

Deno.test("a serialized Intercept whose keys and certificates do not fit together is refused", async () => {
  const ca = await TestCa.create();
  const options = { proxyCert: ca.certificate, proxyKey: ca.privateKey, certKey: key };
  const intercept = await Intercept.create(options);
  await intercept.cloneCert((await ca.server("a.example")).certificate, "a");
  const whole = JSON.parse(intercept.serialize());
  const read = (changes: object) => Intercept.unserialize(JSON.stringify({ ...whole, ...changes }));
  read({});
  const cases: [string, object][] = [
    ["the proxy's CA", { proxyKey: key.pem }],
    ["the proxy's CA", { proxyCert: whole.cache[0].cert }],
    ['the clone "a"', { cache: [{ ...whole.cache[0], cert: ca.pem }] }],
    ['the clone "a"', { cache: [{ ...whole.cache[0], key: ca.privateKey.pem }] }],
    ['the clone "a"', { certKey: ca.privateKey.pem }],
  ];
  for (const [what, changes] of cases) {
    const error = assertThrows(() => read(changes), SslError, `the key of ${what} is not that`);
    assertEquals(error.code, "ERR_FORMAT");
  }
});
