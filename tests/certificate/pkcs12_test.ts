import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { explicit, int, nul, octets, oidDer, seq } from "../../certificate/asn1/writer.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { bytes, text } from "./data.ts";

Deno.test("parsePkcs12() reads OpenSSL's files, new, old, without password and without MAC", async () => {
  const cases: [string, string | undefined][] = [
    ["modern.p12", "bluebell"],
    ["legacy.p12", "bluebell"],
    ["empty-password.p12", ""],
    ["empty-password.p12", undefined],
    ["plain.p12", undefined],
  ];
  for (const [name, password] of cases) {
    const { cert, key, chain, friendlyName } = await parsePkcs12(bytes(name), password);
    assert(cert!.equals(Certificate.fromPem(text("p12-cert.pem"))), name);
    assertEquals(key!.pem, text("ec-pkcs8.pem"), name);
    const more = name === "modern.p12" || name === "legacy.p12";
    assertEquals(chain.map((c) => c.commonName), more ? ["example.test"] : [], name);
    assertEquals(friendlyName, more ? "friend" : undefined, name);
  }
});

Deno.test("parsePkcs12() reads Java's files", async () => {
  const { cert, key, friendlyName } = await parsePkcs12(bytes("java.p12"), "bluebell");
  assertEquals([cert!.subject, key!.type, friendlyName], ["/CN=java", "ec", "java"]);
});

Deno.test("parsePkcs12() distinguishes a wrong password from visible damage", async () => {
  for (const name of ["modern.p12", "legacy.p12", "java.p12"]) {
    for (const password of ["", "bluebel", undefined]) {
      const error = await assertRejects(() => parsePkcs12(bytes(name), password), SslError);
      assertEquals(error.code, "BAD_DECRYPT", `${name} ${password}`);
    }
  }
  const damaged = bytes("modern.p12");
  damaged[300]! ^= 1;
  const error = await assertRejects(() => parsePkcs12(damaged, "bluebell"), SslError);
  assertEquals(error.code, "BAD_DECRYPT", "the MAC sees it");
  await assertRejects(
    () => parsePkcs12(text("ec-pkcs8.pem") as never),
    TypeError,
    "received string",
  );
  await assertRejects(() => parsePkcs12(bytes("plain.p12"), 5 as never), TypeError, "password");
  await assertRejects(() => parsePkcs12(new Uint8Array(16 * 1024 * 1024 + 1)), SslError, "16 MiB");
  const der = Certificate.fromPem(text("p12-cert.pem")).der;
  const other = await assertRejects(() => parsePkcs12(der), SslError);
  assertEquals([other.code, other.message], [
    "ERR_DER",
    "Cannot read PKCS#12 data: expected DER tag 0x02: received 0x30",
  ]);
});

/** The same data with indefinite lengths, as Windows and NSS write. */
function toBer(der: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der[at]!;
    let length = der[at + 1]!;
    let start = at + 2;
    if (length > 0x80) {
      const count = length & 0x7f;
      length = Number(
        "0x" +
          [...der.subarray(start, start + count)].map((b) => b.toString(16).padStart(2, "0")).join(
            "",
          ),
      );
      start += count;
    }
    const body = der.subarray(start, start + length);
    if (tag & 0x20) out.push(tag, 0x80, ...toBer(body), 0, 0);
    else if (tag === 0x04 && length > 40) {
      const half = length >> 1;
      out.push(0x24, 0x80);
      for (const piece of [body.subarray(0, half), body.subarray(half)]) {
        out.push(0x04, 0x84, 0, 0, piece.length >> 8, piece.length & 255, ...piece);
      }
      out.push(0, 0);
    } else out.push(...der.subarray(at, start + length));
    at = start + length;
  }
  return Uint8Array.from(out);
}

Deno.test("parsePkcs12() reads BER: indefinite lengths and octet strings in pieces", async () => {
  const ber = toBer(bytes("modern.p12"));
  assertEquals(ber[1], 0x80);
  const { key, chain } = await parsePkcs12(ber, "bluebell");
  assertEquals(key!.pem, text("ec-pkcs8.pem"));
  assertEquals(chain.length, 1);
});

Deno.test("createPkcs12() writes what parsePkcs12() reads, chains in order", async () => {
  const ca = await TestCa.create();
  const ica = await ca.intermediate();
  const ica2 = await ica.intermediate("second");
  for (const keyType of ["ec", "rsa", "ed25519"] as const) {
    const leaf = await ica2.server({ keyType });
    for (const encryption of ["aes256", "3des"] as const) {
      for (const password of ["", "pass", "Grüße 🔑"]) {
        const file = await createPkcs12({
          cert: leaf.certificate,
          key: leaf.privateKey,
          chain: [ca.cert, ica2.cert, ica.cert],
          password,
          friendlyName: "näme",
          encryption,
          iterations: 100,
        });
        const back = await parsePkcs12(file, password);
        assert(back.cert!.equals(leaf.certificate));
        assertEquals(back.key!.pem, leaf.key);
        assertEquals(
          back.chain.map((c) => c.subject),
          [ica2.cert, ica.cert, ca.cert].map((c) => c.subject),
        );
        assertEquals(back.friendlyName, "näme");
        const wrong = await assertRejects(() => parsePkcs12(file, password + "x"), SslError);
        assertEquals(wrong.code, "BAD_DECRYPT");
      }
    }
  }
  const only = await parsePkcs12(await createPkcs12({ chain: [ca.cert], iterations: 1 }));
  assert(only.cert!.equals(ca.cert) && only.key === undefined);
});

Deno.test("createPkcs12() refuses contents that do not fit together", async () => {
  const ca = await TestCa.create();
  const leaf = await ca.server();
  await assertRejects(() => createPkcs12({}), TypeError, "at least one");
  await assertRejects(
    () => createPkcs12({ cert: ca.cert, key: leaf.privateKey }),
    TypeError,
    "the key is not that of /CN=Test CA ",
  );
  await assertRejects(
    () => createPkcs12({ cert: ca.cert, encryption: "rc2" as never }),
    TypeError,
    "rc2",
  );
  for (
    const [encryption, iterations] of [
      ["aes256", 0],
      ["aes256", 1.5],
      ["aes256", 1_000_001], // parsePkcs12() would refuse it
      ["3des", 300_001],
    ] as const
  ) {
    const write = () => createPkcs12({ cert: ca.cert, encryption, iterations });
    await assertRejects(write, RangeError, "iterations must be from 1 to");
  }
});

Deno.test("parsePkcs12() names what it does not support", async () => {
  const signed = seq(int(3), seq(oidDer("1.2.840.113549.1.7.2"), explicit(0, seq())));
  await assertRejects(() => parsePkcs12(signed), SslUnsupportedError, "public keys");
  const rc4 = seq(
    int(3),
    seq(
      oidDer("1.2.840.113549.1.7.1"),
      explicit(
        0,
        octets(seq(seq(
          oidDer("1.2.840.113549.1.7.1"),
          explicit(
            0,
            octets(seq(seq(
              oidDer("1.2.840.113549.1.12.10.1.2"),
              explicit(
                0,
                seq(
                  seq(oidDer("1.2.840.113549.1.12.1.1"), seq(octets(new Uint8Array(8)), int(1))),
                  octets(nul()),
                ),
              ),
            ))),
          ),
        ))),
      ),
    ),
  );
  await assertRejects(
    () => parsePkcs12(rc4),
    SslUnsupportedError,
    "scheme 1.2.840.113549.1.12.1.1",
  );
});
