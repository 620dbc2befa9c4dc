/** Keys from passwords: that they are the right ones, at once and later, and that the program goes on meanwhile. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { decodeKey, encryptedKeyPem } from "../../certificate/keys/decode.ts";
import {
  type Derivation,
  derive,
  deriveNow,
  type Deriving,
} from "../../certificate/keys/derive.ts";
import { digestChain } from "../../certificate/keys/digest_chain.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { keyCreateEc } from "../../certificate/keys/private_key.ts";
import { nodeCrypto } from "../../internal/node_crypto.ts";
import { SslError } from "../../errors.ts";
import { bytes } from "./data.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) => Uint8Array.fromHex(text);

function* key(of: Derivation): Deriving<Uint8Array> {
  return yield of;
}

Deno.test("digestChain() hashes as node:crypto does, with every digest and in steps of any length", () => {
  for (const hash of ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]) {
    const next = (of: Uint8Array) =>
      new Uint8Array(nodeCrypto().createHash(hash).update(of).digest());
    for (const seed of ["", "a", "\xff\xff\xff"]) {
      let want = next(utf8(seed));
      // A view into something longer, as a digest of the platform may be.
      const chain = digestChain(hash, Uint8Array.of(1, 2, 3, ...want).subarray(3));
      for (const rounds of [0, 1, 2, 61]) {
        chain.run(rounds);
        for (let i = 0; i < rounds; i++) want = next(want);
        assertEquals(chain.value(), want, `${hash} ${rounds}`);
      }
    }
  }
});

/** RFC 6070, RFC 7914 and the values that PKCS#12 implementations have in common. */
const KNOWN: readonly (readonly [Derivation, string])[] = [
  [{
    kind: "pbkdf2",
    hash: "sha1",
    password: utf8("password"),
    salt: utf8("salt"),
    rounds: 4096,
    length: 20,
  }, "4b007901b765489abead49d926f721d065a429c1"],
  [{
    kind: "pbkdf2",
    hash: "sha1",
    password: utf8("passwordPASSWORDpassword"),
    salt: utf8("saltSALTsaltSALTsaltSALTsaltSALTsalt"),
    rounds: 4096,
    length: 25,
  }, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"],
  [
    {
      kind: "scrypt",
      password: utf8("password"),
      salt: utf8("NaCl"),
      length: 64,
      options: { N: 1024, r: 8, p: 16, maxmem: 1 << 25 },
    },
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162" +
    "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
  ],
  ...([
    [1, "0a58cf64530d823f", 1, 24, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3"],
    [2, "0a58cf64530d823f", 1, 8, "79993dfe048d3b76"],
    [1, "642b99ab44fb4b1f", 1, 24, "f3a95fec48d7711e985cfe67908c5ab79fa3d7c5caa5d966"],
    [2, "642b99ab44fb4b1f", 1, 8, "c0a38d64a79bea1d"],
    [3, "3d83c0e4546ac140", 1, 20, "8d967d88f6caa9d714800ab3d48051d63f73a312"],
  ] as const).map(([id, salt, rounds, length, want]) =>
    [{
      kind: "pkcs12",
      hash: "sha1",
      password: hex("0073006d006500670000"),
      salt: hex(salt),
      id,
      rounds,
      length,
    }, want] as const
  ),
  [{
    kind: "pkcs12",
    hash: "sha1",
    password: hex("007100750065006500670000"),
    salt: hex("05dec959acff72f7"),
    id: 1,
    rounds: 1000,
    length: 24,
  }, "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4"],
];

Deno.test("keys are those of RFC 6070, RFC 7914 and RFC 7292, at once and later", async () => {
  for (const [of, want] of KNOWN) {
    assertEquals(deriveNow(key(of)).toHex(), want, of.kind);
    assertEquals((await derive(key(of))).toHex(), want, of.kind);
  }
});

Deno.test("the two ways to derive agree for each kind and digest, and for empty passwords and salts", async () => {
  const empty = new Uint8Array();
  for (const hash of ["sha1", "sha224", "sha256", "sha384", "sha512"]) {
    for (const [password, salt] of [[empty, utf8("salt")], [utf8("pw"), empty], [empty, empty]]) {
      const common = { hash, password: password!, salt: salt!, rounds: 3 };
      const kinds: Derivation[] = [
        { kind: "pbkdf1", ...common },
        { kind: "pbkdf2", ...common, length: 33 },
        { kind: "pkcs12", ...common, id: 3, length: 70 },
      ];
      for (const of of kinds) {
        assertEquals(await derive(key(of)), deriveNow(key(of)), `${of.kind} ${hash}`);
      }
    }
  }
});

Deno.test("what the platform refuses to derive is thrown where the key was wanted", async () => {
  const common = { password: utf8("p"), salt: utf8("s"), length: 8 };
  const of: Derivation = { kind: "pbkdf2", hash: "sha257", rounds: 1, ...common };
  assertThrows(() => deriveNow(key(of)), TypeError, "sha257");
  await assertRejects(() => derive(key(of)), TypeError, "sha257");
});

/** Counts the turns of the event loop while something is done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  const tick = () => {
    turns++;
    if (!done) timer = setTimeout(tick);
  };
  let timer = setTimeout(tick);
  try {
    await work();
  } finally {
    done = true;
    clearTimeout(timer);
  }
  return turns;
}

Deno.test("a long derivation gives the event loop a turn every few steps", async () => {
  const { now } = performance;
  let time = 0;
  performance.now = () => time += 3; // each look at the clock, and so each step, takes 3 ms
  try {
    for (const [kind, rounds] of [["pkcs12", 512 * 31], ["pbkdf1", 512 * 31]] as const) {
      const common = { hash: "sha256", password: utf8("p"), salt: utf8("s"), rounds };
      const of: Derivation = kind === "pkcs12"
        ? { kind, ...common, id: 3, length: 32 }
        : { kind, ...common };
      const turns = await turnsDuring(() => derive(key(of)));
      assert(turns >= 8, `${turns} turns in 31 steps`);
    }
  } finally {
    performance.now = now;
  }
});

Deno.test("the event loop goes on while the platform derives", async () => {
  const common = { password: utf8("p"), salt: utf8("s"), length: 16 };
  const kinds: Derivation[] = [
    { kind: "pbkdf2", hash: "sha256", rounds: 300_000, ...common },
    { kind: "pbkdf2", hash: "sha224", rounds: 100_000, ...common },
    { kind: "scrypt", options: { N: 1 << 14, r: 8, p: 1, maxmem: 1 << 25 }, ...common },
  ];
  for (const of of kinds) {
    assert(await turnsDuring(() => derive(key(of))) > 0, of.kind);
  }
});

Deno.test("bytes that the caller changes while keys are derived do not change what is read", async () => {
  const own = await keyCreateEc();
  const file = await createPkcs12({ key: own, password: "pw", iterations: 10 });
  const read = parsePkcs12(file, "pw");
  file.fill(0);
  assertEquals((await read).key!.der, own.der);
  const pem = utf8(encryptedKeyPem(own, "pw", 10));
  const decoded = decodeKey(pem, { password: "pw" });
  pem.fill(0);
  assertEquals((await decoded).pkcs8, own.der);
});

Deno.test("a file of Debian's certtool, of 600,000 iterations each, is read while the program goes on", async () => {
  const file = bytes("certtool.p12"); // certtool --to-p12, GnuTLS 3.7.9
  let read: Awaited<ReturnType<typeof parsePkcs12>> | undefined;
  const turns = await turnsDuring(async () => read = await parsePkcs12(file, "secret"));
  assertEquals([read!.cert!.subject, read!.key!.type, read!.friendlyName], ["/CN=x", "ec", "x"]);
  assert(turns > 5, `${turns} turns`);
  const damaged = Uint8Array.from(file);
  damaged[600]! ^= 1;
  for (const [data, password] of [[file, "secres"], [damaged, "secret"]] as const) {
    const error = await assertRejects(() => parsePkcs12(data, password), SslError);
    assertEquals([error.code, error.reason], ["BAD_DECRYPT", "wrong password, or damaged data"]);
  }
});
