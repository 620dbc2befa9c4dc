/** What the readers of keys and of encrypted keys refuse, each by its code and reason; and what they take just before. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { explicit, int, nul, octets, oidDer, seq, tlv } from "../../certificate/asn1/writer.ts";
import { readDer } from "../../certificate/asn1/reader.ts";
import { decryptCbc, LegacyCipherNeeded, loadLegacy } from "../../certificate/keys/ciphers.ts";
import { decodeKey, decodeKeySync, encryptedKeyPem } from "../../certificate/keys/decode.ts";
import { deriveNow } from "../../certificate/keys/derive.ts";
import { KdfBudget, MAX_KDF_ITERATIONS } from "../../certificate/keys/key_derivation.ts";
import { pkcs12Key } from "./derivations.ts";
import { dekDecrypt, pbeDecrypt } from "../../certificate/keys/password_encryption.ts";
import { derToPem } from "../../certificate/keys/pem.ts";
import { keyCreateEc, keyCreateEd25519, PrivateKey } from "../../certificate/keys/private_key.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { text } from "./data.ts";

const EC = "1.2.840.10045.2.1";
const P256 = "1.2.840.10045.3.1.7";

/** Fails unless the call throws exactly this: class SslError, the code, the reason. */
function refuses(call: () => unknown, code: string, reason: string): void {
  const error = assertThrows(call, SslError);
  assertEquals([error.code, error.reason], [code, reason]);
}

/** Fails unless the call throws that something is not supported, with this code and text. */
function lacks(call: () => unknown, code: string, text: string): void {
  const error = assertThrows(call, SslUnsupportedError, text);
  assertEquals(error.code, code);
}

const block = (label: string, der: Uint8Array) => () => decodeKeySync(derToPem(der, label));
const numbers = (count: number) => Array.from({ length: count }, (_, i) => int(i + 1));

Deno.test("a PKCS#1 key has nothing but numbers, a DSA key six of them", () => {
  const mixed = numbers(9);
  mixed[8] = octets();
  refuses(
    block("RSA PRIVATE KEY", seq(...mixed)),
    "ERR_DER",
    "expected DER tag 0x02: received 0x04",
  );
  for (const count of [5, 7]) {
    const pem = block("DSA PRIVATE KEY", seq(...numbers(count)));
    refuses(pem, "ERR_KEY", "a DSA key has six numbers");
  }
  const dsa = seq(
    int(0),
    seq(oidDer("1.2.840.10040.4.1"), seq(int(2), int(3), int(4))),
    octets(int(6)),
  );
  const six = seq(...numbers(6));
  assertEquals(block("DSA PRIVATE KEY", six)().der, dsa);
  const bare = decodeKeySync(six);
  assertEquals([bare.der, bare.type], [dsa, "dsa"]);
  assertEquals(decodeKeySync(seq(...numbers(9))).type, "rsa");
  for (const count of [5, 8, 10]) {
    const call = () => decodeKeySync(seq(...numbers(count)));
    refuses(call, "ERR_KEY", "no private key found: received other DER");
  }
});

Deno.test("a SEC1 key has version 1, a secret and a named curve; its public key is kept", () => {
  const curve = explicit(0, oidDer(P256));
  const secret = octets(new Uint8Array(32).fill(7));
  const sec1 = (...fields: Uint8Array[]) => block("EC PRIVATE KEY", seq(...fields));
  for (const version of [0, 2]) {
    refuses(sec1(int(version), secret, curve), "ERR_KEY", "unknown version of an EC key");
  }
  refuses(sec1(int(1), int(5), curve), "ERR_DER", "expected DER tag 0x04: received 0x02");
  const unnamed = "an EC key must name its curve, explicit parameters are not supported";
  refuses(sec1(int(1), secret), "ERR_KEY", unnamed);
  refuses(sec1(int(1), secret, explicit(0, seq())), "ERR_KEY", unnamed);
  refuses(sec1(int(1), secret, tlv(0xa0)), "ERR_KEY", unnamed);
  refuses(
    sec1(int(1), secret, explicit(0, tlv(0x06))),
    "ERR_DER",
    "malformed OBJECT IDENTIFIER",
  );
  const algorithm = seq(oidDer(EC), oidDer(P256));
  const whole = (inner: Uint8Array) => seq(int(0), algorithm, octets(inner));
  assertEquals(sec1(int(1), secret, curve)().der, whole(seq(int(1), secret)));
  const half = explicit(1, tlv(0x03, Uint8Array.of(0, 4, 5)));
  assertEquals(sec1(int(1), secret, curve, half)().der, whole(seq(int(1), secret, half)));
  assertEquals(decodeKeySync(seq(int(1), secret, curve)).der, whole(seq(int(1), secret)));
});

Deno.test("a PKCS#8 key has version 1 or 2; the public key of version 2 is the private one's", async () => {
  const key = await keyCreateEd25519();
  const ed = seq(oidDer("1.3.101.112"));
  const secret = octets(octets(new Uint8Array(32)));
  const pkcs8 = (version: number, ...rest: Uint8Array[]) =>
    block("PRIVATE KEY", seq(int(version), ed, secret, ...rest));
  refuses(pkcs8(2), "ERR_KEY", "unknown PKCS#8 version 2");
  refuses(pkcs8(3), "ERR_KEY", "unknown PKCS#8 version 3");
  const plain = seq(int(0), ed, secret);
  assertEquals(pkcs8(0)().der, plain);
  assertEquals(pkcs8(1)().der, plain);
  const attributes = explicit(0, seq());
  assertEquals(pkcs8(1, attributes)().der, seq(int(0), ed, secret, attributes));
  const own = new PrivateKey(plain).publicBits;
  const half = (first: number, of: Uint8Array) => tlv(0x81, Uint8Array.of(first), of);
  assertEquals(pkcs8(1, half(0, own))().der, plain);
  assertEquals(pkcs8(1, attributes, half(0, own))().der, seq(int(0), ed, secret, attributes));
  const wrong = "the public key in it is not that of the private one";
  refuses(pkcs8(1, half(0, key.publicBits)), "ERR_KEY", wrong);
  refuses(pkcs8(1, half(1, own)), "ERR_KEY", wrong);
  const most = "a PKCS#8 key has attributes and a public key at most";
  refuses(pkcs8(1, half(0, own), half(0, own)), "ERR_KEY", most);
  refuses(pkcs8(1, nul()), "ERR_KEY", most);
  refuses(pkcs8(1, attributes, nul()), "ERR_KEY", most);
  refuses(
    block("PRIVATE KEY", seq(int(0), ed, int(1))),
    "ERR_DER",
    "expected DER tag 0x04: received 0x02",
  );
  refuses(
    block("PRIVATE KEY", seq(int(0), seq(int(1)), secret)),
    "ERR_DER",
    "expected DER tag 0x06: received 0x02",
  );
  // A kind that the platform does not know: the engine has the last word.
  const strange = seq(int(1), seq(oidDer("1.2.3.4")), octets(), half(0, own));
  const read = block("PRIVATE KEY", strange)();
  assertEquals(read.der, seq(int(0), seq(oidDer("1.2.3.4")), octets()));
  assertEquals([read.type, read.curve, read.bits, `${read}`], [
    "other",
    undefined,
    undefined,
    "PrivateKey(other)",
  ]);
  lacks(() => read.keyObject, "UNSUPPORTED_KEY", "other key is malformed or of a kind");
});

Deno.test("DER that is not a key is told from keys by its first two elements", () => {
  const none = (found: string) => `no private key found: received ${found}`;
  const refused = (der: Uint8Array, found: string) =>
    refuses(() => decodeKeySync(der), "ERR_KEY", none(found));
  refused(seq(), "other DER");
  refused(seq(int(1)), "other DER");
  refused(seq(int(1), nul()), "other DER");
  refused(seq(nul(), octets()), "other DER");
  refused(seq(seq(), nul()), "a certificate or other DER");
  const scheme = seq(seq(oidDer("1.2.3")), octets());
  refuses(
    () => decodeKeySync(scheme),
    "PASSWORD_REQUIRED",
    "the key is encrypted and no password was given",
  );
  lacks(() => decodeKeySync(scheme, { password: "" }), "UNSUPPORTED_CIPHER", "scheme 1.2.3 is not");
});

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const SCRYPT = "1.3.6.1.4.1.11591.4.11";
const AES128 = "2.16.840.1.101.3.4.1.2";
const salt = octets(new Uint8Array(8));
const iv = octets(new Uint8Array(16));
const aes = seq(oidDer(AES128), iv);

/** Decrypts sixteen zeros with an AlgorithmIdentifier; with right parameters the padding is wrong. */
const decrypts = (algorithm: Uint8Array, password = "x") => () =>
  deriveNow(pbeDecrypt(readDer(algorithm, "it"), new Uint8Array(16), password, "it"));

const pbes2 = (kdf: Uint8Array, scheme = aes) => decrypts(seq(oidDer(PBES2), seq(kdf, scheme)));
const BAD = ["BAD_DECRYPT", "wrong password, or damaged data"] as const;

Deno.test("PBES2 with PBKDF2: the length of its key, its digest, its iterations", () => {
  const pbkdf2 = (...fields: Uint8Array[]) => pbes2(seq(oidDer(PBKDF2), seq(salt, ...fields)));
  refuses(pbkdf2(int(1)), ...BAD);
  for (const length of [0, 129]) {
    refuses(pbkdf2(int(1), int(length)), "ERR_DER", `derived key of ${length} bytes`);
  }
  for (const length of [1, 16, 128]) refuses(pbkdf2(int(1), int(length)), ...BAD);
  const hmac = (id: string) => seq(oidDer(id), nul());
  refuses(pbkdf2(int(1), hmac("1.2.840.113549.2.9")), ...BAD);
  refuses(pbkdf2(int(1), int(16), hmac("1.2.840.113549.2.9")), ...BAD);
  lacks(
    pbkdf2(int(1), hmac("1.2.3")),
    "UNSUPPORTED_CIPHER",
    "key derivation with 1.2.3 is not supported",
  );
  const bounds = "iterations is not between 1 and 10000000";
  refuses(pbkdf2(int(0)), "ERR_DER", `0 ${bounds}`);
  refuses(pbkdf2(int(MAX_KDF_ITERATIONS + 1)), "ERR_DER", `10000001 ${bounds}`);
  lacks(
    pbes2(seq(oidDer("1.2.3.5"), seq())),
    "UNSUPPORTED_CIPHER",
    "key derivation 1.2.3.5 is not supported",
  );
  lacks(
    pbes2(seq(oidDer(PBKDF2), seq(salt, int(1))), seq(oidDer("1.2.3.6"), iv)),
    "UNSUPPORTED_CIPHER",
    "cipher 1.2.3.6 is not supported",
  );
  for (const length of [8, 15, 17]) {
    refuses(
      pbes2(
        seq(oidDer(PBKDF2), seq(salt, int(1))),
        seq(oidDer(AES128), octets(new Uint8Array(length))),
      ),
      "ERR_DER",
      `initialization vector of ${length} bytes`,
    );
  }
  const des = "1.2.840.113549.3.7";
  refuses(
    pbes2(seq(oidDer(PBKDF2), seq(salt, int(1))), seq(oidDer(des), octets(new Uint8Array(16)))),
    "ERR_DER",
    "initialization vector of 16 bytes",
  );
  const rc2 = pbes2(
    seq(oidDer(PBKDF2), seq(salt, int(1))),
    seq(oidDer("1.2.840.113549.3.2"), seq(int(58), octets(new Uint8Array(8)))),
  );
  const needed = assertThrows(rc2, LegacyCipherNeeded, "cipher rc2-cbc is not supported here");
  assertEquals([needed.code, needed.name], ["UNSUPPORTED_CIPHER", "LegacyCipherNeeded"]);
});

Deno.test("PBES2 with scrypt: each parameter has its bounds", () => {
  const scrypt = (n: number, r: number, p: number) =>
    pbes2(seq(oidDer(SCRYPT), seq(salt, int(n), int(r), int(p))));
  for (const [n, r, p] of [[2, 1, 1], [16, 8, 1], [2, 1, 64]] as const) {
    refuses(scrypt(n, r, p), ...BAD);
  }
  for (
    const [n, r, p] of [
      [1, 1, 1], // a power of two, but none of an exponent above 0
      [0, 1, 1],
      [3, 1, 1],
      [12, 1, 1],
      [2, 0, 1],
      [2, 1, 0],
      [2, 1, 65],
      [1 << 21, 2, 1], // 512 MiB
    ] as const
  ) {
    const reason = `scrypt parameters N=${n} r=${r} p=${p} are invalid or too expensive`;
    refuses(scrypt(n, r, p), "ERR_DER", reason);
  }
  // Cheap in memory, and dear in time.
  const dear = `its key derivations have more than ${MAX_KDF_ITERATIONS} iterations together`;
  refuses(scrypt(1 << 14, 10, 62), "ERR_DER", dear);
});

Deno.test("the budget of key derivations is spent to the last iteration, and not beyond", async () => {
  const budget = new KdfBudget();
  budget.spend(MAX_KDF_ITERATIONS - 1, "it");
  budget.spend(1, "it");
  budget.spend(0, "it");
  const over = `its key derivations have more than ${MAX_KDF_ITERATIONS} iterations together`;
  refuses(() => budget.spend(1, "it"), "ERR_DER", over);

  const legacy = await loadLegacy();
  // What each kind of derivation costs, so that no file can cost more than one allows.
  const spent = (algorithm: Uint8Array, ...left: number[]): boolean[] =>
    left.map((count) => {
      const own = new KdfBudget();
      own.spend(MAX_KDF_ITERATIONS - count, "it");
      const run = () =>
        deriveNow(
          pbeDecrypt(readDer(algorithm, "it"), new Uint8Array(16), "x", "it", {
            budget: own,
            legacy,
          }),
        );
      return assertThrows(run, Error).message.includes("iterations together");
    });
  const pbkdf2 = (rounds: number, ...more: Uint8Array[]) =>
    seq(oidDer(PBES2), seq(seq(oidDer(PBKDF2), seq(salt, int(rounds), ...more)), aes));
  assertEquals(spent(pbkdf2(10), 9, 10), [true, false]);
  assertEquals(spent(pbkdf2(10, int(20)), 9, 10), [true, false]);
  assertEquals(spent(pbkdf2(10, int(21)), 19, 20), [true, false], "two blocks of SHA-1");
  const scrypt = seq(
    oidDer(PBES2),
    seq(seq(oidDer(SCRYPT), seq(salt, int(4), int(2), int(3))), aes),
  );
  assertEquals(spent(scrypt, 23, 24), [true, false]);
  const pbes1 = seq(oidDer("1.2.840.113549.1.5.10"), seq(salt, int(5)));
  assertEquals(spent(pbes1, 19, 20), [true, false]);
  const pkcs12 = (kind: number) => seq(oidDer(`1.2.840.113549.1.12.1.${kind}`), seq(salt, int(5)));
  assertEquals(spent(pkcs12(3), 29, 30), [true, false], "two blocks of the key and one more");
  assertEquals(spent(pkcs12(6), 19, 20), [true, false]);
});

Deno.test("the encryption of OpenSSL's own PEM: its header and its cipher", () => {
  const run = (header: string) => () => dekDecrypt(header, new Uint8Array(16), "x", "it");
  lacks(run("AES-129-CBC,00"), "UNSUPPORTED_CIPHER", 'cipher "AES-129-CBC" is not supported');
  lacks(run(""), "UNSUPPORTED_CIPHER", 'cipher "" is not supported');
  const hex = (count: number) => "0f".repeat(count);
  for (const wrong of ["", hex(7), hex(17), `${hex(8)}0`, "xy".repeat(8), `${hex(8)}g`]) {
    refuses(run(`AES-128-CBC,${wrong}`), "ERR_DER", "malformed DEK-Info header");
  }
  refuses(run(`AES-128-CBC,${hex(8)}`), "ERR_DER", "initialization vector of 8 bytes");
  refuses(run(`DES-EDE3-CBC,${hex(16)}`), "ERR_DER", "initialization vector of 16 bytes");
  refuses(run(` aes-256-cbc , ${hex(16)} `), ...BAD);
  assertThrows(run(`DES-CBC,${hex(8)}`), LegacyCipherNeeded, "cipher des-cbc");
});

Deno.test("old ciphers take whole blocks with right padding only", async () => {
  const pem = text("ec-pbes2-rc2.pem");
  assertEquals((await decodeKey(pem, { password: "bluebell" })).pem, text("ec-pkcs8.pem"));
  const legacy = await loadLegacy();
  const decrypt = (data: Uint8Array) =>
    decryptCbc("des-cbc", new Uint8Array(8), new Uint8Array(8), data, "it", legacy);
  for (const length of [0, 7, 8, 9, 12, 16]) { // of the whole blocks the padding is wrong
    const error = assertThrows(() => decrypt(new Uint8Array(length).fill(7)), SslError);
    assertEquals([error.code, error.reason], [...BAD], `${length} bytes`);
    assertEquals((error.cause as Error).message, "wrong padding", `${length} bytes`);
  }
});

Deno.test("an encrypted key that decrypts to no key is a wrong password; a plain one is malformed", () => {
  const key = decodeKeySync(text("ec-pkcs8.pem"));
  assertEquals(decodeKeySync(encryptedKeyPem(key, "pw", 1), { password: "pw" }).der, key.der);
  const junk = { der: seq(int(5)), type: "ec" } as unknown as PrivateKey;
  const encrypted = encryptedKeyPem(junk, "pw", 1);
  refuses(
    () => decodeKeySync(encrypted, { password: "pw" }),
    "ERR_KEY",
    "unknown PKCS#8 version 5",
  );
  const noSequence = encryptedKeyPem({ der: int(5) } as unknown as PrivateKey, "pw", 1);
  const error = assertThrows(() => decodeKeySync(noSequence, { password: "pw" }), SslError);
  assertEquals([error.code, (error.cause as SslError).code], ["BAD_DECRYPT", "ERR_DER"]);
  refuses(block("PRIVATE KEY", int(5)), "ERR_DER", "expected DER tag 0x30: received 0x02");
});

Deno.test("the derivation of PKCS#12 gives what OpenSSL's gives, carries and several blocks included", () => {
  // openssl kdf -keylen ... -kdfopt hexpass:0062006f0062ffff0000 -kdfopt hexsalt:fffefdfcfbfaf9f8 PKCS12KDF
  const password = Uint8Array.fromHex("0062006f0062ffff0000");
  const salt = Uint8Array.fromHex("fffefdfcfbfaf9f8");
  const cases = [
    ["sha1", 1, 24, 3, "0239adcd3f3d9d68511fda857e4e3abf0f156a4af6045f2e"],
    ["sha1", 2, 8, 2, "e7f887baa6c07a85"],
    [
      ...["sha512", 3, 64, 2] as const,
      "62c45e4c7fd28ebbbca42439dac7af749f8b3c040114eb5710c797174bc7c55d" +
      "d3d4c60a1aae95f7727b91c85c350a0bcd95ec571105b9215b4c2ae67f01def6",
    ],
    [
      ...["sha512", 1, 100, 3] as const,
      "96d78cde5de33adc71214b6df019c239dec33d57f0a702df3e5723216ac3a492" +
      "e94f6f9dd33d02520c942de25b44c729415917c346fb9fc85331220e98665939" +
      "e21c7856d77730fb1cea7c02757bfea3baf087c86e3e8a2dafa18d704cc00059" +
      "04347b72",
    ],
    [
      ...["sha256", 1, 70, 2] as const,
      "b423a144f0dc3173effeb14519e0ac79548d3c22aed22e66fc21cf015d288a66" +
      "49a6be81f8b217aff705caf39788df579f39d403d19878c87c6b236bfc2bce9d" +
      "4de33745bf21",
    ],
    [
      ...["sha384", 3, 48, 1] as const,
      "b06827873c5d259862a5e009241b542d385094609bdb8fcffb40820f255d4391" +
      "99380ee50e63e456686db4bc5666d826",
    ],
  ] as const;
  for (const [hash, id, length, rounds, want] of cases) {
    assertEquals(pkcs12Key(hash, password, salt, id, rounds, length).toHex(), want, hash);
  }
  const none = new Uint8Array();
  assertEquals(pkcs12Key("sha1", none, none, 1, 1, 20).length, 20);
});

Deno.test("OpenSSL's own encrypted PEM that decrypts to no key is a wrong password", () => {
  const iv = "00112233445566778899aabbccddeeff";
  const hash = nodeCrypto().createHash("md5").update("pw").update(
    Uint8Array.fromHex(iv.slice(0, 16)),
  );
  const cipher = nodeCrypto().createCipheriv("aes-128-cbc", hash.digest(), Uint8Array.fromHex(iv));
  const data = Uint8Array.of(...cipher.update(int(5)), ...cipher.final());
  const pem = (label: string) =>
    `-----BEGIN ${label}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${iv}\n\n` +
    `${data.toBase64()}\n-----END ${label}-----\n`;
  for (const label of ["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"]) {
    const error = assertThrows(() => decodeKeySync(pem(label), { password: "pw" }), SslError);
    assertEquals([error.code, (error.cause as SslError).code], ["BAD_DECRYPT", "ERR_DER"], label);
    refuses(
      () => decodeKeySync(pem(label)),
      "PASSWORD_REQUIRED",
      "the key is encrypted and no password was given",
    );
  }
});

Deno.test("a message about a key says where it came from", async () => {
  const { publicKey } = nodeCrypto().generateKeyPairSync("ed25519");
  const message = async (source?: string) => {
    const late = await assertRejects(() => decodeKey(publicKey as never, { source }), TypeError);
    const error = assertThrows(() => decodeKeySync(publicKey as never, { source }), TypeError);
    assertEquals(late.message, error.message);
    return error.message.replace(/: .*/, "");
  };
  assertEquals(await message(), "Cannot read private key from key");
  assertEquals(await message("keyFile"), "Cannot read private key from keyFile");
  const wrong = assertThrows(() => decodeKeySync(5 as never, { source: "keyFile" }), TypeError);
  assertEquals(
    wrong.message,
    "Cannot read private key from keyFile: expected PEM text, bytes, a PrivateKey, a CryptoKey " +
      "or a KeyObject: received number",
  );
});

Deno.test("a CryptoKey that the platform exports only with waiting is for decodeKey()", async () => {
  const { privateKey } = await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const { KeyObject } = nodeCrypto();
  const { from } = KeyObject;
  const cause = new Error("not here");
  KeyObject.from = () => {
    throw cause;
  };
  try {
    const error = assertThrows(() => decodeKeySync(privateKey), SslUnsupportedError);
    assertEquals([error.code, error.cause], ["ERR_UNSUPPORTED", cause]);
    assertEquals((await decodeKey(privateKey)).pkcs8.length, 48);
  } finally {
    KeyObject.from = from;
  }
});

Deno.test("PrivateKey has the kind and the size of its key", async () => {
  const ec = await keyCreateEc("P-384");
  assertEquals([ec.type, ec.curve, ec.bits, `${ec}`], [
    "ec",
    "secp384r1",
    undefined,
    "PrivateKey(secp384r1)",
  ]);
  const unknown = new PrivateKey(seq(int(0), seq(oidDer(EC), oidDer("1.2.3")), octets()));
  assertEquals([unknown.type, unknown.curve], ["ec", "1.2.3"]);
  lacks(
    () => unknown.keyObject,
    "UNSUPPORTED_KEY",
    "Cannot use private key: 1.2.3 key is malformed",
  );
  const bare = new PrivateKey(seq(int(0), seq(oidDer(EC), seq()), octets()));
  assertEquals([bare.type, bare.curve, `${bare}`], ["ec", undefined, "PrivateKey(ec)"]);
  lacks(() => bare.keyObject, "UNSUPPORTED_KEY", "Cannot use private key: ec key is malformed");
  assertEquals(ec.keyObject, ec.keyObject);
  assertEquals(decodeKeySync(text("rsa-pkcs8.pem")).bits, 2048);
});
