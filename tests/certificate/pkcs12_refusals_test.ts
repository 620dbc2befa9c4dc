/** What the reader of PKCS#12 refuses, each by its code and reason; and what it takes just before. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
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
import { oid, readDer, sequence, smallInteger } from "../../certificate/asn1/reader.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { deriveNow } from "../../certificate/keys/derive.ts";
import { bmpPassword } from "../../certificate/keys/key_derivation.ts";
import { pbes2Encrypt } from "../../certificate/keys/password_encryption.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { text } from "./data.ts";
import { pkcs12Key } from "./derivations.ts";

async function refuses(file: Uint8Array, code: string, reason: string, password?: string) {
  const error = await assertRejects(() => parsePkcs12(file, password), SslError);
  assertEquals([error.code, error.reason], [code, reason]);
}

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED = "1.2.840.113549.1.7.6";
const BAG = "1.2.840.113549.1.12.10.1.";
const SHA1 = "1.3.14.3.2.26";

const info = (type: string, content: Uint8Array) => seq(oidDer(type), explicit(0, content));
const file = (safe: Uint8Array, ...mac: Uint8Array[]) =>
  seq(int(3), info(DATA, octets(safe)), ...mac);
const bag = (kind: number, value: Uint8Array, ...meta: Uint8Array[]) =>
  seq(oidDer(BAG + kind), explicit(0, value), ...meta);
const bags = (...list: Uint8Array[]) => seq(info(DATA, octets(seq(...list))));
const certBag = (der: Uint8Array, ...meta: Uint8Array[]) =>
  bag(3, seq(oidDer("1.2.840.113549.1.9.22.1"), explicit(0, octets(der))), ...meta);
const attribute = (id: string, ...values: Uint8Array[]) =>
  seq(oidDer(`1.2.840.113549.1.9.${id}`), setOf(...values));
const keyId = (byte: number) => attribute("21", octets(Uint8Array.of(byte)));
const named = (name: string) => attribute("20", tlv(0x0c, new TextEncoder().encode(name)));

const cert = Certificate.fromPem(text("p12-cert.pem"));
const key = decodeKeySync(text("ec-pkcs8.pem"));

Deno.test("the outline of a PKCS#12 file is checked element by element", async () => {
  await refuses(seq(int(2), info(DATA, octets(seq()))), "ERR_DER", "version is not 3");
  await refuses(seq(int(4), info(DATA, octets(seq()))), "ERR_DER", "version is not 3");
  await refuses(seq(int(3), seq(oidDer(DATA), tlv(0xa0))), "ERR_DER", "empty content");
  await refuses(file(bags(seq(oidDer(BAG + 1), tlv(0xa0)))), "ERR_DER", "empty bag");
  await refuses(
    file(seq(info(ENCRYPTED, seq(int(0), seq(oidDer(DATA), seq()))))),
    "ERR_DER",
    "no encrypted content",
  );
  for (
    const [content, message] of [
      [
        seq(int(3), info("1.2.840.113549.1.7.2", seq())),
        "Cannot read PKCS#12 data: files protected by public keys are not supported",
      ],
      [
        file(seq(info("1.2.840.113549.1.7.3", seq()))),
        "Cannot read PKCS#12 data: content 1.2.840.113549.1.7.3, protected by public keys, is not supported",
      ],
    ] as const
  ) {
    const error = await assertRejects(() => parsePkcs12(content), SslUnsupportedError);
    assertEquals(error.message, message);
  }
  const empty = await parsePkcs12(file(seq()));
  assertEquals([empty.cert, empty.key, empty.chain], [undefined, undefined, []]);
});

Deno.test("bags nest eight levels and no more; bags of other kinds are passed over", async () => {
  const nested = (levels: number) => {
    let value = certBag(cert.der);
    for (let i = 0; i < levels; i++) value = bag(6, seq(value));
    return file(bags(bag(4, nul()), value, bag(5, nul())));
  };
  assertEquals((await parsePkcs12(nested(0))).cert!.der, cert.der);
  assertEquals((await parsePkcs12(nested(8))).cert!.der, cert.der);
  await refuses(nested(9), "ERR_DER", "bags are nested too deep");
  const sdsi = bag(3, seq(oidDer("1.2.840.113549.1.9.22.2"), explicit(0, octets())));
  assertEquals((await parsePkcs12(file(bags(sdsi)))).cert, undefined);
});

Deno.test("a key finds its certificate by the identifier, and without one by the public key", async () => {
  const ca = await TestCa.create();
  const other = ca.cert.der;
  const read = (...list: Uint8Array[]) => parsePkcs12(file(bags(...list)));
  const plainKey = (...meta: Uint8Array[]) => bag(1, key.der, ...meta);
  const attributes = (...list: Uint8Array[]) => setOf(...list);

  const byKey = await read(certBag(other), certBag(cert.der), plainKey());
  assertEquals([byKey.cert!.der, byKey.key!.der], [cert.der, key.der]);
  assertEquals(byKey.chain.map(({ der }) => der), [other]);

  const byId = await read(
    certBag(cert.der, attributes(keyId(1))),
    certBag(other, attributes(keyId(2), named("of the certificate"))),
    plainKey(attributes(keyId(2), named("of the key"))),
  );
  assertEquals([byId.cert!.der, byId.friendlyName], [other, "of the certificate"]);

  const half = await read(
    certBag(other),
    certBag(cert.der),
    plainKey(attributes(keyId(1), named("of the key"))),
  );
  assertEquals([half.cert!.der, half.friendlyName], [cert.der, "of the key"]);
  const otherHalf = await read(
    certBag(other, attributes(keyId(1))),
    certBag(cert.der),
    plainKey(),
  );
  assertEquals(otherHalf.cert!.der, cert.der);
  const alone = await read(certBag(other), plainKey());
  assertEquals([alone.cert, alone.chain.length, alone.key!.der], [undefined, 1, key.der]);

  const empty = attributes(attribute("20"), attribute("99", nul()));
  assertEquals((await read(certBag(cert.der, empty))).friendlyName, undefined);
});

/** A MacData of the old kind. */
function mac(safe: Uint8Array, rounds: number, hash = SHA1, count: Uint8Array[] = [int(rounds)]) {
  const salt = Uint8Array.of(1, 2, 3);
  const derived = pkcs12Key("sha1", bmpPassword("pw"), salt, 3, rounds, 20);
  const value = new Uint8Array(nodeCrypto().createHmac("sha1", derived).update(safe).digest());
  return seq(seq(seq(oidDer(hash), nul()), octets(value)), octets(salt), ...count);
}

Deno.test("the MAC of a PKCS#12 file: its digest, its iterations, its length", async () => {
  const safe = bags(certBag(cert.der));
  for (const good of [mac(safe, 1), mac(safe, 2), mac(safe, 1, SHA1, [])]) {
    assertEquals((await parsePkcs12(file(safe, good), "pw")).cert!.der, cert.der);
    await refuses(file(safe, good), "BAD_DECRYPT", "wrong password, or damaged data", "pv");
  }
  for (const count of [0, 10_000_001, 2 ** 31 - 1]) {
    const bad = file(safe, mac(safe, 1, SHA1, [int(count)]));
    const bounds = `${count} iterations is not between 1 and 10000000`;
    await refuses(bad, "ERR_DER", bounds, "pw");
  }
  const dear = file(safe, mac(safe, 1, SHA1, [int(5_000_001)]));
  const over = "its key derivations have more than 10000000 iterations together";
  await refuses(dear, "ERR_DER", over, "pw");
  const md5 = file(safe, mac(safe, 1, "1.2.840.113549.2.5"));
  const unknown = await assertRejects(() => parsePkcs12(md5, "pw"), SslUnsupportedError);
  assertEquals(
    unknown.message,
    "Cannot read PKCS#12 data: unknown MAC algorithm: received 1.2.840.113549.2.5",
  );
  const value = (bytes: Uint8Array) =>
    file(safe, seq(seq(seq(oidDer(SHA1), nul()), octets(bytes)), octets(), int(1)));
  for (const length of [0, 19, 21]) {
    await refuses(value(new Uint8Array(length)), "BAD_DECRYPT", "wrong password, or damaged data");
  }
});

Deno.test("PBMAC1 (RFC 9579) is read with PBKDF2 and an HMAC that is known", async () => {
  const safe = bags(certBag(cert.der));
  const salt = Uint8Array.of(1, 2, 3, 4);
  const hmac = "1.2.840.113549.2.9";
  const pbmac1 = (kdf: string, mac: string, password = "pw") => {
    const derived = nodeCrypto().pbkdf2Sync(password, salt, 2, 32, "sha256");
    const value = new Uint8Array(nodeCrypto().createHmac("sha256", derived).update(safe).digest());
    const prf = seq(oidDer(hmac), nul());
    const parameters = seq(
      seq(oidDer(kdf), seq(octets(salt), int(2), int(32), prf)),
      seq(oidDer(mac), nul()),
    );
    const algorithm = seq(oidDer("1.2.840.113549.1.5.14"), parameters);
    return file(safe, seq(seq(algorithm, octets(value)), octets(), int(1)));
  };
  const pbkdf2 = "1.2.840.113549.1.5.12";
  assertEquals((await parsePkcs12(pbmac1(pbkdf2, hmac), "pw")).cert!.der, cert.der);
  const wrong = pbmac1(pbkdf2, hmac, "pv");
  await refuses(wrong, "BAD_DECRYPT", "wrong password, or damaged data", "pw");
  for (const [kdf, mac] of [["1.2.3", hmac], [pbkdf2, "1.2.3"]] as const) {
    const error = await assertRejects(
      () => parsePkcs12(pbmac1(kdf, mac), "pw"),
      SslUnsupportedError,
    );
    assertEquals(error.message, "Cannot read PKCS#12 data: unknown PBMAC1 algorithms");
  }
});

Deno.test("encrypted content is read in one piece and in several, and of no other tag", async () => {
  const { algorithm, data } = deriveNow(pbes2Encrypt(seq(certBag(cert.der)), "pw", 1));
  const content = (of: Uint8Array) =>
    file(seq(info(ENCRYPTED, seq(int(0), seq(oidDer(DATA), algorithm, of)))));
  const pieces = tlv(0xa0, octets(data.subarray(0, 20)), octets(data.subarray(20)));
  for (const wrapped of [tlv(0x80, data), pieces]) {
    assertEquals((await parsePkcs12(content(wrapped), "pw")).cert!.der, cert.der);
  }
  await refuses(content(octets(data)), "ERR_DER", "expected DER tag 0x80: received 0x04", "pw");
});

Deno.test("the chain of a file is in order, whatever stands in it: issuers first, strangers last", async () => {
  const ca = await TestCa.create();
  const stranger = await TestCa.create({ subject: { CN: "stranger" } });
  const ica = await ca.intermediate();
  const leaf = await ica.server();
  const chain = [stranger.cert, ca.cert, ica.cert];
  const made = await createPkcs12({
    cert: leaf.certificate,
    key: leaf.privateKey,
    chain,
    iterations: 1,
  });
  const read = await parsePkcs12(made);
  assertEquals(read.chain.map(({ subject }) => subject), [
    ica.cert.subject,
    ca.cert.subject,
    stranger.cert.subject,
  ]);
  // Two of one name: the first that is there is the next one.
  const again = await createPkcs12({
    cert: leaf.certificate,
    chain: [ca.cert, ica.cert, ica.cert],
    iterations: 1,
  });
  assertEquals((await parsePkcs12(again)).chain.length, 3);
  // Two that issue each other do not make a circle.
  const circle = await createPkcs12({ cert: ca.cert, chain: [ca.cert], iterations: 1 });
  assertEquals((await parsePkcs12(circle)).chain.map(({ der }) => der), [ca.cert.der]);
});

Deno.test("createPkcs12() writes a certificate, a key or a chain alone, and says what is wrong", async () => {
  const only = await parsePkcs12(await createPkcs12({ key, iterations: 1, friendlyName: "mine" }));
  assertEquals([only.cert, only.key!.der, only.friendlyName], [undefined, key.der, "mine"]);
  const lone = await parsePkcs12(await createPkcs12({ cert, iterations: 1 }));
  assertEquals([lone.cert!.der, lone.key, lone.friendlyName], [cert.der, undefined, undefined]);
  await refusesOptions(0);
  await refusesOptions(1_000_001);
});

async function refusesOptions(iterations: number) {
  const error = await assertRejects(() => createPkcs12({ cert, iterations }), RangeError);
  assertEquals(
    error.message,
    `Cannot create PKCS#12: iterations must be from 1 to 1000000 with aes256: received ${iterations}`,
  );
}

Deno.test("createPkcs12() protects with the digests of its time, and salts of their length", async () => {
  const [sha256, hmac256] = ["2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9"];
  for (
    const [encryption, digest, scheme, salts] of [
      ["aes256", sha256, "1.2.840.113549.1.5.13", [16, 16]],
      ["3des", SHA1, "1.2.840.113549.1.12.1.3", [8, 16]],
    ] as const
  ) {
    const made = await createPkcs12({ key, encryption, iterations: 7 });
    const [, , macData] = sequence(readDer(made, "it"), "it");
    const [info, macSalt, count] = sequence(macData, "it");
    const algorithm = sequence(sequence(info, "it")[0], "it")[0];
    assertEquals([oid(algorithm, "it"), smallInteger(count, "it")], [digest, 7]);
    const text = made.toHex();
    assertEquals(text.includes(oidDer(scheme).toHex()), true);
    assertEquals(text.includes(oidDer(hmac256).toHex()), encryption === "aes256");
    // The salt of the key stands before the iterations, as 04 08 ... 02 01 07 or 04 10 ... 02 01 07.
    const head = salts[0] === 16 ? "0410" : "0408";
    assertEquals(new RegExp(`${head}[0-9a-f]{${salts[0] * 2}}020107`).test(text), true);
    assertEquals(macSalt!.body.length, salts[1]);
  }
});
