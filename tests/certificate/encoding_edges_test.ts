/** The edges of what is read and written as DER and PEM. */

import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { children, readDer } from "../../certificate/asn1/reader.ts";
import {
  berToDer,
  generalizedTime,
  int,
  nul,
  octets,
  oidDer,
  seq,
  timeDer,
  unsignedInt,
} from "../../certificate/asn1/writer.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { signatureAlgorithm, signedObject } from "../../certificate/signature.ts";
import { TestCa } from "../../certificate/mod.ts";
import { SslError } from "../../errors.ts";
import { readCrl } from "../../verify/crl.ts";

const text = (der: Uint8Array): string => new TextDecoder().decode(der.subarray(2));

Deno.test("unsignedInt() is never negative and never longer than needed", () => {
  const cases: [number[], number[]][] = [
    [[], [0]],
    [[0], [0]],
    [[0, 0, 1], [1]],
    [[0x7f], [0x7f]],
    [[0x80], [0, 0x80]],
    [[0, 0x81], [0, 0x81]],
  ];
  for (const [bytes, body] of cases) {
    const made = unsignedInt(Uint8Array.from(bytes));
    assertEquals([...made], [2, body.length, ...body], `${bytes}`);
  }
});

Deno.test("a time is written for the years 0 to 9999, as UTCTime from 1950 to 2049", () => {
  const at = (iso: string) => timeDer(new Date(iso));
  assertEquals(text(generalizedTime(new Date("0000-01-02T03:04:05Z"))), "00000102030405Z");
  assertEquals(text(generalizedTime(new Date("9999-12-31T23:59:59Z"))), "99991231235959Z");
  assertEquals(text(at("1949-12-31T23:59:59Z")), "19491231235959Z");
  assertEquals(text(at("1950-01-01T00:00:00Z")), "500101000000Z");
  assertEquals(text(at("2049-12-31T23:59:59Z")), "491231235959Z");
  assertEquals(text(at("2050-01-01T00:00:00Z")), "20500101000000Z");
  const before = new Date(0);
  before.setUTCFullYear(-1);
  for (const date of [before, new Date(Date.UTC(10_000, 0)), new Date(NaN)]) {
    assertThrows(() => generalizedTime(date), RangeError, "not between the years 0 and 9999");
  }
});

Deno.test("children() takes content octets of any kind, and no primitive element", () => {
  assertEquals(children(int(1), "test").map(({ tag }) => tag), [2]);
  const error = assertThrows(() => children(readDer(int(1), "test"), "test"), SslError);
  assertEquals([error.code, /expected a constructed element/.test(error.message)], [
    "ERR_DER",
    true,
  ]);
});

Deno.test("berToDer() nests 64 levels and no more", () => {
  const nested = (levels: number): Uint8Array => {
    let der = nul();
    for (let i = 0; i < levels; i++) der = seq(der);
    return der;
  };
  assertEquals(berToDer(nested(64), "test"), nested(64));
  const error = assertThrows(() => berToDer(nested(65), "test"), SslError, "deeper than 64 levels");
  assertEquals(error.code, "ERR_DER");
});

Deno.test("a PKCS#1 key has nine numbers, neither eight nor ten", async () => {
  const { privateKey } = await TestCa.create();
  for (const count of [8, 10]) {
    const pem = (der: Uint8Array) =>
      `-----BEGIN RSA PRIVATE KEY-----\n${der.toBase64()}\n-----END RSA PRIVATE KEY-----\n`;
    const numbers = seq(...Array.from({ length: count }, (_, i) => int(i)));
    const error = assertThrows(() => decodeKeySync(pem(numbers)), SslError, "nine numbers");
    assertEquals(error.code, "ERR_KEY");
  }
  assertEquals(decodeKeySync(privateKey.der).type, privateKey.type);
});

Deno.test("DER that is not a key is named for what it is", () => {
  const message = (der: Uint8Array) => assertThrows(() => decodeKeySync(der), SslError).message;
  const algorithm = seq(oidDer("1.2.840.113549.1.1.1"), nul());
  assertEquals(
    message(seq(seq(int(1)), algorithm)).replace(/^.*found: /, ""),
    "received a certificate or other DER",
  );
  assertEquals(message(seq(octets())).replace(/^.*found: /, ""), "received other DER");
});

Deno.test("a byte order mark in a PEM text separates two lines, and is skipped after a line's end", () => {
  const block = (byte: number, end = "\n") =>
    `-----BEGIN X-----\n${Uint8Array.of(byte).toBase64()}\n-----END X-----${end}`;
  for (const joined of [`${block(1)}\ufeff${block(2)}`, `${block(1, "")}\ufeff${block(2)}`]) {
    assertEquals(pemBlocks(`\ufeff${joined}`).map(({ der }) => der[0]), [1, 2]);
  }
});

Deno.test("a CRL with other fields after or in place of its extensions is refused", async () => {
  const ca = await TestCa.create();
  const { privateKey, certificate } = ca;
  const crl = (...behind: Uint8Array[]) =>
    signedObject(
      seq(
        int(1),
        signatureAlgorithm(privateKey, "sha256"),
        certificate.rawSubject,
        timeDer(new Date()),
        timeDer(new Date()),
        ...behind,
      ),
      privateKey,
      "sha256",
    );
  assertEquals(readCrl(crl()).issuer, certificate.subject);
  const extensions = Uint8Array.of(0xa0, 2, 0x30, 0);
  assertEquals(readCrl(crl(extensions)).number, undefined);
  for (const behind of [[extensions, nul()], [extensions, nul(), nul()], [nul()]]) {
    const error = assertThrows(() => readCrl(crl(...behind)), SslError, "unknown fields behind");
    assertEquals(error.code, "ERR_DER");
  }
});
