/** Files of other formats are recognized by their first bytes or their label, and by nothing less. */

import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import {
  foreignBlock,
  foreignFormat,
  foreignLabel,
  isPkcs12,
  withoutFinalNewline,
} from "../../certificate/foreign.ts";
import {
  derToPem,
  looksLikePem,
  MAX_PEM_LENGTH,
  pemBlocks,
  shownLabel,
  shownLabels,
} from "../../certificate/keys/pem.ts";
import { certificateDers, pemCertificates } from "../../certificate/certificate_input.ts";
import { explicit, int, octets, oidDer, seq } from "../../certificate/asn1/writer.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { SslError } from "../../errors.ts";

const of = (...list: number[]) => Uint8Array.from(list);
const kind = (data: Uint8Array | string) => foreignFormat(data)?.replace(/: convert.*$/s, "");

Deno.test("a PKCS#12 file is a sequence that begins with the version 3", () => {
  assertEquals(isPkcs12(seq(int(3))), true);
  assertEquals(isPkcs12(of(0x30, 0x80, 2, 1, 3)), true);
  assertEquals(isPkcs12(of(0x30, 0x82, 1, 0, 2, 1, 3)), true);
  for (
    const other of [
      seq(int(2)),
      seq(octets(of(3))),
      of(0x31, 3, 2, 1, 3),
      of(0x30),
      of(),
      seq(of(2, 2, 0, 3)),
      of(0x30, 0x81, 2, 1, 3),
    ]
  ) {
    assertEquals(isPkcs12(other), false, `${other}`);
  }
});

Deno.test("a Java store is recognized by its magic number, a truststore by its first entry", () => {
  const store = (magic: number, entries: number, type: number, length = 16) => {
    const view = new DataView(new ArrayBuffer(16));
    [magic, 2, entries, type].forEach((value, i) => view.setUint32(i * 4, value));
    return new Uint8Array(view.buffer, 0, length);
  };
  const [keys, trusted] = ["it is a Java key store (JKS)", "it is a Java truststore (JKS)"];
  assertEquals(kind(store(0xfeedfeed, 1, 2)), trusted);
  assertEquals(kind(store(0xcececece, 1, 2)), trusted);
  assertEquals(kind(store(0xfeedfeed, 1, 1)), keys);
  assertEquals(kind(store(0xfeedfeed, 0, 2)), keys);
  assertEquals(kind(store(0xfeedfeed, 1, 2, 15)), keys);
  assertEquals(kind(store(0xfeedfeed, 1, 2, 4)), keys);
  assertEquals(kind(store(0xfeedfeed, 1, 2, 3)), undefined);
  assertEquals(kind(store(0xfeedfeee, 1, 2)), undefined);
  const shifted = new Uint8Array(17);
  shifted.set(store(0xfeedfeed, 1, 2), 1);
  assertEquals(kind(shifted.subarray(1)), trusted);
});

Deno.test("PKCS#7, PuTTY and base64 without PEM lines are recognized", () => {
  assertEquals(kind(seq(oidDer("1.2.840.113549.1.7.2"), explicit(0))), "it is PKCS#7");
  assertEquals(kind(seq(oidDer("1.2.840.113549.1.8.2"))), undefined);
  assertEquals(kind(of(0x31, ...oidDer("1.2.840.113549.1.7.2"))), undefined);
  const text = new TextEncoder();
  assertEquals(kind(text.encode("PuTTY-User-Key-File-2: x")), "it is a key of PuTTY");
  assertEquals(kind(text.encode(" PuTTY-User-Key-File-2: x")), undefined);
  const bare = "it is base64 without BEGIN and END lines";
  const base64 = (length: number) => "M".padEnd(length, "A");
  assertEquals([kind(base64(64)), kind(base64(63))], [bare, undefined]);
  assertEquals([kind(base64(1 << 20)), kind(base64((1 << 20) + 1))], [bare, undefined]);
  assertEquals(kind(text.encode(base64(64))), bare);
  assertEquals([kind(`N${base64(64)}`), kind(`${base64(64)}!`), kind(`${base64(64)}===`)], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(foreignFormat(` ${base64(64)}== `)!.includes("base64 -d -A -in"), true);
  assertEquals(foreignFormat(`${base64(64)}\n${base64(64)}`)!.includes("base64 -d -in"), true);
});

Deno.test("a line end after DER is removed, and nothing else", () => {
  const der = seq(int(5));
  const cut = (...behind: number[]) =>
    withoutFinalNewline(of(...der, ...behind)).length - der.length;
  assertEquals([cut(), cut(10), cut(13, 10)], [0, 0, 0]);
  assertEquals([cut(13), cut(10, 10), cut(13, 10, 10), cut(0), cut(32)], [1, 2, 3, 1, 1]);
  const long = of(0x30, 0x82, 1, 0, ...new Array(256).fill(7), 10);
  assertEquals(withoutFinalNewline(long).length, 260);
  const ber = of(0x30, 0x80, 5, 0, 0, 0, 13, 10);
  assertEquals(withoutFinalNewline(ber).length, 6);
  for (
    const other of [
      of(0x30, 0x80, 5, 0, 0, 1, 10),
      of(0x30, 0x80, 5, 0, 1, 0, 10),
      of(0x31, 0, 10),
      of(0x30, 0x85, 0, 0, 0, 0, 0, 10),
      of(10),
    ]
  ) assertEquals(withoutFinalNewline(other), other, `${other}`);
  assertEquals(withoutFinalNewline(of(0x30, 0x84, 0, 0, 0, 1, 9, 10)).length, 7);
});

Deno.test("blocks of other formats are named by their label, of several by the first", () => {
  const labels: [string, RegExp | undefined][] = [
    ["PKCS7", /^it is PKCS#7/],
    ["CMS", /^it is PKCS#7/],
    ["OPENSSH PRIVATE KEY", /^it is a key of OpenSSH/],
    ["SSH2 PUBLIC KEY", /^it is a key of SSH,/],
    ["PGP MESSAGE", /^it is of PGP/],
    ["CERTIFICATE REQUEST", /^it is a certificate request/],
    ["NEW CERTIFICATE REQUEST", /^it is a certificate request/],
    ["PUBLIC KEY", /^it is a public key/],
    ["EC PUBLIC KEY", /^it is a public key/],
    ["XPKCS7", undefined],
    ["CERTIFICATE", undefined],
  ];
  for (const [label, reason] of labels) {
    const found = foreignLabel(label);
    assertEquals(reason === undefined ? found === undefined : reason.test(found!), true, label);
  }
  const blocks = pemBlocks(["X", "PKCS7", "PGP A"].map((label) => derToPem(of(1), label)).join(""));
  assertEquals(foreignBlock(blocks)?.startsWith("it is PKCS#7"), true);
  assertEquals(foreignBlock(blocks.slice(0, 1)), undefined);
  assertEquals(shownLabels(blocks), "only X, PKCS7, PGP A");
  const many = Array.from({ length: 7 }, (_, i) => ({ ...blocks[0]!, label: `L${i}` }));
  assertEquals(shownLabels([...many, ...many]), "only L0, L1, L2, L3, L4");
  assertEquals(shownLabels([]), "no PEM block");
});

Deno.test("a label that may be a secret is not shown", () => {
  for (const label of ["CERTIFICATE", "RSA PRIVATE KEY", "X509 CRL", "PKCS #7 SIGNED DATA"]) {
    assertEquals(shownLabel(label), label === "PKCS #7 SIGNED DATA" ? "unknown" : label);
  }
  assertEquals(shownLabel("A".repeat(15)), "A".repeat(15));
  for (
    const label of [
      "A".repeat(16),
      "lower",
      "A  B",
      "A-B",
      `${"AB ".repeat(14)}C`,
      "83cc8c06ba8",
    ]
  ) {
    assertEquals(shownLabel(label), "unknown", label);
  }
});

Deno.test("a PEM text is read line by line, and errors name the line", () => {
  const wrong = (text: string, reason: string) => {
    const error = assertThrows(() => pemBlocks(text, "it"), SslError);
    assertEquals([error.code, error.reason, error.message], [
      "ERR_PEM",
      reason,
      `Cannot read it: ${reason}`,
    ]);
  };
  const shape = "it must be five dashes, BEGIN, a label and five dashes, and nothing else";
  wrong("-----BEGIN A----\n", `line 1 begins no block: ${shape}`);
  wrong("\n----BEGIN A-----\n", `line 2 begins no block: ${shape}`);
  wrong("> -----BEGIN A-----\n", "line 1 begins no block: something stands before it");
  wrong(`-----BEGIN ${"A".repeat(101)}-----\n`, "line 1 has no valid label");
  wrong("-----BEGIN  A-----\n", "line 1 has no valid label");
  wrong(
    "-----BEGIN A----- AAAA -----END A-----\n",
    "line 1 has no valid label: the line breaks of the block were lost",
  );
  const block = (...lines: string[]) => lines.join("\n");
  wrong(
    block("-----BEGIN A-----", "AAAA", "-----BEGIN B-----"),
    "A block at line 1 is not closed: line 3 begins another block",
  );
  wrong(
    block("-----BEGIN A-----", "AAAA", "-----END B-----"),
    "A block at line 1 is not closed: line 3 ends another block",
  );
  wrong(
    block("-----BEGIN A-----", "AAAA", "-----END A----------BEGIN B-----"),
    "A block at line 1 is not closed: line 3 has more behind its end: put a line break there",
  );
  wrong(block("-----BEGIN A-----", "AAAA"), "A block at line 1 has no end line");
  wrong(
    block("-----BEGIN A-----", "A: b", "bad", "", "AAAA", "-----END A-----"),
    "A block at line 1 has a malformed header at line 3",
  );
  wrong(block("-----BEGIN A-----", "A: b", "", "-----END A-----"), "A block at line 1 is empty");
  wrong(
    block("-----BEGIN A-----", "AA=", "-----END A-----"),
    "base64 of the A block at line 1 is truncated",
  );
  wrong(
    block("-----BEGIN A-----", "A=AA", "-----END A-----"),
    'base64 of the A block at line 1 holds "=" in a wrong place',
  );
  wrong(
    block("-----BEGIN A-----", "AA-A", "-----END A-----"),
    'base64 of the A block at line 1 holds "-" in a wrong place',
  );
  wrong(
    block("-----BEGIN A-----", "AB==", "-----END A-----"),
    "base64 of the A block at line 1 is not canonical",
  );
  const long = "A".repeat(100);
  assertEquals(
    pemBlocks(block(`-----BEGIN ${long}-----`, "AAAA", `-----END ${long}-----`))[0]!.label,
    long,
  );
  const folded = pemBlocks(
    block("x", "-----BEGIN A-----", "K: v", " w", "", " AA ", "AA", "-----END A----- ", ""),
  )[0]!;
  assertEquals([folded.headers, folded.der, folded.line], [{ K: "vw" }, new Uint8Array(3), 2]);
  assertEquals(MAX_PEM_LENGTH, 67_108_864);
  wrong(
    "x".repeat(MAX_PEM_LENGTH + 1),
    "67108865 characters is more than the limit of 67108864",
  );
  const marked = pemBlocks("x\n\ufeff-----BEGIN A-----\nAAAA\n-----END A-----\n");
  assertEquals(marked.map(({ line }) => line), [2], "a mark behind a line's end adds no line");
  const utf16 = [..."-----BEGIN A-----"].map((c) => `${c}\0`).join("");
  for (const text of [utf16, `\0${utf16}`]) {
    wrong(
      text,
      `it is in UTF-16: save it as UTF-8, or convert it with "iconv -f UTF-16 -t UTF-8 in.pem > out.pem"`,
    );
    assertEquals(looksLikePem(text), true);
  }
  assertEquals(looksLikePem("x -----BEGIN A-----"), false);
  assertEquals(
    [">", "|", "*", "\t", "\ufeff", "a\n"].map((c) => looksLikePem(`${c}-----BEGIN A-----`)),
    Array(6).fill(true),
  );
});

Deno.test("the error for a certificate or key in another format names the format", () => {
  const putty = new TextEncoder().encode("PuTTY-User-Key-File-2: x");
  const cert = assertThrows(() => certificateDers(putty, "it"), SslError);
  assertEquals([cert.code, cert.reason.startsWith("it is a key of PuTTY")], ["ERR_DER", true]);
  const key = assertThrows(() => decodeKeySync(putty), SslError);
  assertEquals([key.code, key.reason.startsWith("it is a key of PuTTY")], ["ERR_KEY", true]);
  const pkcs7 = derToPem(of(1), "PKCS7");
  const block = assertThrows(() => certificateDers(pkcs7, "it"), SslError);
  assertEquals([
    block.code,
    block.reason.startsWith("no CERTIFICATE block found: received only PKCS7: it is PKCS#7"),
  ], ["ERR_PEM", true]);
  const none = assertThrows(() => certificateDers("x", "it"), SslError);
  assertEquals(none.reason, "no CERTIFICATE block found: received no PEM block");
  const keyless = assertThrows(() => decodeKeySync(pkcs7), SslError);
  assertEquals(
    keyless.reason.startsWith("no private key found: received only PKCS7: it is PKCS#7"),
    true,
  );
  assertEquals(
    assertThrows(() => decodeKeySync("x"), SslError).reason,
    "no private key found: received no PEM block",
  );
  assertThrows(
    () => certificateDers(5, "it"),
    TypeError,
    "expected PEM text, DER bytes or an X509Certificate: received number",
  );
  const trusted = derToPem(of(0x30, 0, 9, 9), "TRUSTED CERTIFICATE");
  const plain = derToPem(of(0x30, 0, 9, 9), "X509 CERTIFICATE");
  assertEquals(certificateDers(trusted + plain, "it"), [of(0x30, 0), of(0x30, 0, 9, 9)]);
  assertEquals(certificateDers(new TextEncoder().encode(trusted), "it"), [of(0x30, 0)]);
  const cut = derToPem(of(0x30, 9), "TRUSTED CERTIFICATE");
  assertEquals(pemCertificates(plain + cut, "it", true), [of(0x30, 0, 9, 9)], "the first alone");
  assertThrows(() => pemCertificates(plain + cut, "it"), SslError, "truncated");
  assertEquals(certificateDers(of(0x30, 0, 10), "it"), [of(0x30, 0)]);
});
