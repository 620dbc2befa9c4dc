import "../helpers/limit.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Certificate } from "../../certificate/certificate.ts";
import { derToPem, looksLikePem, pemBlocks } from "../../certificate/keys/pem.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError } from "../../errors.ts";

const block = (label: string, body: string) =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

Deno.test("pemBlocks() reads what derToPem() wrote, with junk between, in any order", () => {
  const label = fc.constantFrom("CERTIFICATE", "PRIVATE KEY", "X509 CRL", "EC PARAMETERS");
  const junk = fc.string().filter((text) => !text.includes("-----"));
  const eol = fc.constantFrom("\n", "\r\n", "\r");
  fc.assert(fc.property(
    fc.array(fc.tuple(label, fc.uint8Array({ minLength: 1, maxLength: 300 }), junk)),
    eol,
    (list, end) => {
      const text = list.map(([name, der, noise]) => `${noise}\n${derToPem(der, name)}`).join("");
      const blocks = pemBlocks(text.replaceAll("\n", end));
      assertEquals(blocks.map((b) => [b.label, b.der]), list.map(([name, der]) => [name, der]));
    },
  ));
});

Deno.test("pemBlocks() keeps the headers of encrypted keys, folded lines too", () => {
  const [one] = pemBlocks(
    block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,\n 00FF\n\nAAAA"),
  );
  assertEquals(one!.headers, { "Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00FF" });
  assertEquals(one!.der, new Uint8Array(3));
});

Deno.test("pemBlocks() says what is wrong with a block, and where", () => {
  const refused = (text: string, reason: string) => {
    const error = assertThrows(() => pemBlocks(text, "the file"), SslError, reason);
    assertEquals(error.code, "ERR_PEM");
    assert(error.message.includes("the file"));
  };
  refused("-----BEGIN CERTIFICATE-----\nAAAA\n", "CERTIFICATE block at line 1 has no end line");
  refused(
    "x\n-----BEGIN A-----\nAAAA\n-----END B-----\n",
    "A block at line 2 is not closed: line 4",
  );
  refused("-----BEGIN A-----\nAAAA\n-----BEGIN A-----\n", "not closed");
  refused(block("A", "AA*A"), 'holds "*"');
  refused(block("A", "A=AA"), 'holds "="');
  refused(block("A", "AAAAA"), "truncated");
  refused(block("A", "AAB="), "not canonical");
  refused(block("A", ""), "is empty");
  refused(block("", "AAAA"), "no valid label");
  refused(block("A", "Proc-Type: x\nbad header line\n\nAAAA"), "malformed header");
  assertThrows(() => pemBlocks(undefined as never), TypeError, "received undefined");
  assertThrows(() => pemBlocks(new Uint8Array(1) as never), TypeError, "received Uint8Array");
});

Deno.test("pemBlocks() takes a byte order mark, spaces at line ends and text that is not PEM", () => {
  assertEquals(pemBlocks("\uFEFF" + block("A", "AAAA  ").replaceAll("-\n", "- \n")).length, 1);
  assertEquals(pemBlocks("nothing here\n# -----BEGIN A-----\n"), []);
  assertEquals(pemBlocks(""), []);
});

// What is not linear takes hours of a megabyte, and the test has a limit.
Deno.test({
  name: "pemBlocks() takes linear time for a megabyte of hostile text",
  timeout: 60_000,
  fn() {
    for (const unit of ["-----BEGIN ", "-----BEGIN A", "-", "\r", "-----END A-----\n", "A: b\n"]) {
      const text = unit.repeat(1_000_000 / unit.length);
      const begins = unit.includes("BEGIN") ? "line 1 begins no block" : undefined;
      if (begins === undefined) assertEquals(pemBlocks(text), []);
      else assertThrows(() => pemBlocks(text), SslError, begins);
      const end = unit.includes("END") ? "A block at line 1 is empty" : "has no end line";
      const error = assertThrows(() => pemBlocks("-----BEGIN A-----\n" + text), SslError, end);
      assertEquals(error.code, "ERR_PEM");
      assert(error.message.length < 200, error.message);
    }
  },
});

Deno.test("looksLikePem() tells PEM from DER", async () => {
  const ca = await TestCa.create();
  assert(looksLikePem(ca.pem));
  assert(looksLikePem(new TextEncoder().encode("\uFEFF" + ca.pem)));
  assert(looksLikePem(new TextEncoder().encode("junk\n" + ca.pem)));
  assert(!looksLikePem(ca.cert.der));
});

Deno.test("Certificate.fromPem() finds the certificate among other blocks, or says what it found", async () => {
  const ca = await TestCa.create();
  const leaf = await ca.server();
  const text = `# key\n${leaf.key}\njunk\n${leaf.cert}${ca.pem}`;
  assert(Certificate.fromPem(text).equals(leaf.certificate));
  assertEquals(Certificate.allFromPem(text).length, 2);
  assertThrows(
    () => Certificate.fromPem(leaf.key, "k.pem"),
    SslError,
    "k.pem: no CERTIFICATE block",
  );
  assertThrows(() => Certificate.fromPem(leaf.key), SslError, "received only PRIVATE KEY");
  assertThrows(() => Certificate.fromPem(""), SslError, "received no PEM block");
  assert(Certificate.parse(ca.cert.der)[0]!.equals(ca.cert));
  assert(Certificate.parse(new TextEncoder().encode(ca.pem))[0]!.equals(ca.cert));
  assertThrows(() => Certificate.parse(5 as never, "cert"), TypeError, "received number");
});

Deno.test("derToPem() writes no empty line, whatever the length", () => {
  for (let n = 0; n < 200; n++) {
    const lines = derToPem(new Uint8Array(n).fill(n)).split("\n");
    assertEquals(lines.pop(), "");
    assert(lines.every((line) => line.length > 0 && line.length <= 64), `${n} bytes`);
    assertEquals(Uint8Array.fromBase64(lines.slice(1, -1).join("")).length, n);
  }
});
