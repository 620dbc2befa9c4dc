/** Input whose size or numbers would take for ever, or more than the stack holds. No clock: a failure hangs. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  berToDer,
  explicit,
  int,
  octets,
  oidDer,
  seq,
  tlv,
} from "../../certificate/asn1/writer.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { SslError } from "../../errors.ts";
import { explainHostname } from "../../verify/hostname.ts";
import { SCHEME_NAMES } from "../../verify/schemes.ts";

const LONG = 1_000_000;
/** More than a call can have arguments. */
const ELEMENTS = 200_000;

Deno.test("names of a million dots, stars, spaces or letters are compared in linear time, under every scheme", () => {
  const values = [
    ".".repeat(LONG) + "x",
    "x" + ".".repeat(LONG) + "x",
    "*.".repeat(LONG / 2) + "x",
    " ".repeat(LONG) + "x",
    "a".repeat(LONG) + "*" + "a".repeat(LONG) + ".example",
    "*" + "a-".repeat(LONG / 2) + ".example",
  ];
  for (const scheme of SCHEME_NAMES) {
    if (scheme === "none") continue;
    for (const value of values) {
      const names = { commonName: value, subjectAltNames: [{ type: "DNS", value }] } as const;
      assertEquals(explainHostname(names, "www.x.example", scheme).ok, false);
      assertEquals(explainHostname({ commonName: value }, "192.0.2.1", scheme).ok, false);
    }
    assertEquals(explainHostname({}, ".".repeat(LONG) + "x", scheme).ok, false);
  }
});

Deno.test("any number of trailing dots is ignored under Perl's schemes, and refused in a strict name", () => {
  const ok = (value: string, host: string, scheme: "rfc9525" | "default") =>
    explainHostname({ subjectAltNames: [{ type: "DNS", value }] }, host, scheme).ok;
  assertEquals(ok("www.example.com..", "www.example.com...", "default"), true);
  assertEquals(ok("www.example.com", "www.example.com.", "rfc9525"), true);
  assertEquals(ok("www.example.com", "www.example.com..", "rfc9525"), false);
  assertEquals(ok("www.example.com.", "www.example.com", "rfc9525"), false);
  assertEquals(ok("...", "...", "default"), false);
});

Deno.test("BER of more elements than a call has arguments is read", () => {
  const body = new Uint8Array(2 * ELEMENTS);
  for (let i = 0; i < body.length; i += 2) body[i] = 0x05;
  assertEquals(berToDer(tlv(0x30, body), "x").length, tlv(0x30, body).length);
  const pieces = new Uint8Array(2 * ELEMENTS);
  for (let i = 0; i < pieces.length; i += 2) pieces[i] = 0x04;
  assertEquals([...berToDer(tlv(0x24, pieces), "x")], [0x04, 0]);
});

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED = "1.2.840.113549.1.7.6";
const PBES2 = "1.2.840.113549.1.5.13";

/** A PKCS#12 file without a MAC, of encrypted parts that the empty password does not open. */
function encrypted(kdf: Uint8Array, parts: number): Uint8Array {
  const cipher = seq(oidDer("2.16.840.1.101.3.4.1.42"), octets(new Uint8Array(16)));
  // The first part decrypts to nothing at all: an error; so the cost must be known before.
  const info = seq(
    oidDer(DATA),
    seq(oidDer(PBES2), seq(kdf, cipher)),
    tlv(0x80, new Uint8Array(16)),
  );
  const part = seq(oidDer(ENCRYPTED), explicit(0, seq(int(0), info)));
  const safe = seq(...Array.from({ length: parts }, () => part));
  return seq(int(3), seq(oidDer(DATA), explicit(0, octets(safe))));
}

Deno.test("PKCS#12: the key derivations of one file have a limit together", async () => {
  const scrypt = (n: number, r: number, p: number) =>
    seq(oidDer("1.3.6.1.4.1.11591.4.11"), seq(octets(new Uint8Array(8)), int(n), int(r), int(p)));
  // Each within the bounds of memory and of p; together 134 million blocks.
  const error = await assertRejects(
    () => parsePkcs12(encrypted(scrypt(2 ** 18, 8, 64), 1)),
    SslError,
  );
  assertEquals(error.code, "ERR_DER");
  assertEquals(/more than 10000000 iterations together/.test(error.message), true);
});
