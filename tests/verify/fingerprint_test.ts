import "../helpers/limit.ts";
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { TestCa } from "../../testing/mod.ts";
import { parsePin, parsePins, pinMatches } from "../../verify/fingerprint.ts";

const hex = (length: number) => "ab".repeat(length / 2);

Deno.test("parsePin() takes a digest by its name or its length, with colons and in any case", () => {
  for (
    const [text, algorithm, publicKey] of [
      [hex(64), "sha256", false],
      ["SHA-256$" + hex(64).toUpperCase(), "sha256", false],
      ["sha256$pub$" + "AB:".repeat(31) + "AB", "sha256", true],
      ["sha224$" + hex(56), "sha224", false],
      ["sha384$" + hex(96), "sha384", false],
      [" sha512$" + hex(128) + "\n", "sha512", false],
    ] as const
  ) {
    const pin = parsePin(text);
    assertEquals([pin.text, pin.algorithm, pin.publicKey], [text, algorithm, publicKey]);
    assertEquals(pin.hex, pin.hex.toLowerCase());
    assert(/^(ab)+$/.test(pin.hex), pin.hex);
  }
  for (const text of [hex(32), hex(40), "md5$" + hex(32), "sha1$pub$" + hex(40)]) {
    assertThrows(() => parsePin(text), TypeError, "allowWeakPins");
    assertEquals(
      parsePin(text, true).algorithm,
      text.includes("md5") || text.length === 32 ? "md5" : "sha1",
    );
  }
});

Deno.test("parsePin() refuses everything else, and says why", () => {
  for (
    const [text, why] of [
      ["", "invalid fingerprint"],
      ["sha256", "invalid fingerprint"],
      ["sha256$", "invalid fingerprint"],
      ["sha256$key$" + hex(64), "invalid fingerprint"],
      ["sha256$" + hex(63) + "g", "invalid fingerprint"],
      [hex(64) + "\n" + hex(64), "invalid fingerprint"],
      [hex(56), "cannot detect hash algorithm"],
      ["crc32$" + hex(8), "unknown hash algorithm"],
      ["constructor$" + hex(8), "unknown hash algorithm"],
      ["sha256$" + hex(62), "sha256 has 64 hex digits: received 62"],
      ["sha256$" + hex(66), "sha256 has 64 hex digits: received 66"],
      ["sha1$" + hex(64), "sha1 has 40 hex digits: received 64"],
    ] as const
  ) assertThrows(() => parsePin(text, true), TypeError, why);
});

Deno.test("pinMatches() compares all bytes: no beginning, no other digest, no other key", async () => {
  const ca = await TestCa.create();
  const { certificate } = await ca.server("localhost");
  const other = await ca.server("localhost");
  for (const algorithm of ["sha224", "sha256", "sha384", "sha512"]) {
    const text = certificate.fingerprint(algorithm);
    const pin = parsePin(text);
    assert(pinMatches(pin, certificate));
    assertFalse(pinMatches(pin, other.certificate));
    assertFalse(pinMatches({ ...pin, hex: pin.hex + "00" }, certificate), "longer");
    assertFalse(pinMatches({ ...pin, hex: pin.hex.slice(2) }, certificate), "shorter");
    assertFalse(pinMatches({ ...pin, hex: pin.hex.slice(0, -2) }, certificate), "shorter");
    assertFalse(pinMatches({ ...pin, publicKey: true }, certificate), "of the key");
    for (const at of [0, pin.hex.length - 1]) {
      const changed = pin.hex[at] === "0" ? "1" : "0";
      const wrong = pin.hex.slice(0, at) + changed + pin.hex.slice(at + 1);
      assertFalse(pinMatches({ ...pin, hex: wrong }, certificate));
    }
  }
});

Deno.test("parsePins() takes one or several; forceFingerprint without any is a mistake", () => {
  assertEquals(parsePins({}), []);
  assertEquals(parsePins({ forceFingerprint: false }), []);
  assertEquals(parsePins({ fingerprint: hex(64) }).length, 1);
  assertEquals(parsePins({ fingerprint: [hex(64), "sha384$" + hex(96)] }).length, 2);
  assertThrows(() => parsePins({ forceFingerprint: true }), TypeError, "there is no fingerprint");
  assertThrows(() => parsePins({ fingerprint: [hex(64), hex(40)] }), TypeError, "allowWeakPins");
  assertEquals(parsePins({ fingerprint: hex(40), allowWeakPins: true })[0]?.algorithm, "sha1");
});
