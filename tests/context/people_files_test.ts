/** Certificates, keys, anchors and CRLs in the files that people have: what editors, Windows, Java and OpenSSL leave behind. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import {
  Certificate,
  createPkcs12,
  decodeKey,
  derToPem,
  keyCreateEc,
  keyCreateEd25519,
  parsePkcs12,
  pemBlocks,
  pemString2cert,
  pemString2key,
  selfSigned,
  TestCa,
} from "../../certificate/mod.ts";
import { CertificateRequest, csrCreate } from "../../certificate/request.ts";
import { children, readDer } from "../../certificate/asn1/reader.ts";
import { int, octets, seq, tlv } from "../../certificate/asn1/writer.ts";
import { loadCredentials } from "../../context/credentials/credentials.ts";
import type { SslOptions } from "../../context/options.ts";
import { loadTrust } from "../../context/trust/trust.ts";
import { SslError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";

const one = await TestCa.create();
const two = await TestCa.create();
const leaf = await one.server("a.example");
const key = pemString2key(leaf.key);
const cert = pemString2cert(leaf.cert);
const MARK = "\uFEFF";
const bytes = (text: string) => new TextEncoder().encode(text);
const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));

async function withFile(
  content: string | Uint8Array,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeFile(path, typeof content === "string" ? bytes(content) : content);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

const anchors = async (options: SslOptions) =>
  (await loadTrust("client", options, 1, false)).config.anchors?.length;

const chainOf = async (options: SslOptions) =>
  (await loadCredentials(options)).get("")![0]!.chain.length;

const refusal = async (use: () => Promise<unknown>) => (await assertRejects(use, SslError)).message;

// ---- byte order marks

const MARKED: Readonly<Record<string, string>> = {
  "at the start": MARK + one.pem + two.pem,
  "in the middle, after a line end": one.pem + MARK + two.pem,
  "in the middle, on the line of the end before it": one.pem.trimEnd() + MARK + two.pem,
  "everywhere": MARK + one.pem + MARK + two.pem + MARK,
  "of UTF-8 read as Latin-1": "\u00ef\u00bb\u00bf" + one.pem + "\u00ef\u00bb\u00bf" + two.pem,
};

for (const [where, text] of Object.entries(MARKED)) {
  Deno.test(`a byte order mark ${where} hides no certificate`, async () => {
    assertEquals(pemBlocks(text).length, 2);
    assertEquals(await anchors({ ca: text }), 2);
    assertEquals(await anchors({ ca: bytes(text) }), 2);
    assertEquals(await chainOf({ cert: text, key: one.key }), 2);
    await withFile(text, async (path) => {
      assertEquals(await anchors({ caFile: path }), 2);
      assertEquals(await chainOf({ certFile: path, key: one.key }), 2);
    });
  });
}

Deno.test("a byte order mark before a key, or in the base64 of a certificate, is skipped", async () => {
  for (const text of [MARK + leaf.key, leaf.key.replace("\n", `\n${MARK}`)]) {
    await withFile(text, async (keyFile) => {
      assertEquals(await chainOf({ cert, keyFile }), 1);
      assertEquals(await chainOf({ cert, key: text }), 1);
    });
    assertEquals(pemString2key(text).pem, key.pem);
  }
});

// ---- lines that begin nothing

const UNREAD: Readonly<Record<string, [line: string, reason: string]>> = {
  "indented": [" -----BEGIN CERTIFICATE-----", "something stands before it"],
  "quoted": ["> -----BEGIN CERTIFICATE-----", "something stands before it"],
  "of four dashes": ["----BEGIN CERTIFICATE----", "it must be five dashes"],
  "without its last dashes": ["-----BEGIN CERTIFICATE", "it must be five dashes"],
  "of other dashes": ["\u2013\u2013BEGIN CERTIFICATE\u2013\u2013", "something stands before it"],
};

for (const [how, [line, reason]] of Object.entries(UNREAD)) {
  Deno.test(`a begin line ${how} is an error that says which line`, async () => {
    const text = one.pem + two.pem.replace("-----BEGIN CERTIFICATE-----", line);
    const number = one.pem.split("\n").length;
    const expected = `line ${number} begins no block: ${reason}`;
    for (const option of ["ca", "extraCa"]) {
      assertStringIncludes(await refusal(() => anchors({ [option]: text })), expected);
    }
    const crls = await one.crl() + line;
    assertStringIncludes(
      await refusal(() => anchors({ ca: one.pem, crl: crls })),
      "begins no block",
    );
    await withFile(text, async (path) => {
      for (const option of ["caFile", "extraCaFile", "certFile"]) {
        const options = option === "certFile" ? { certFile: path, key } : { [option]: path };
        const use = option === "certFile" ? chainOf : anchors;
        assertStringIncludes(await refusal(() => use(options as SslOptions)), expected);
      }
    });
  });
}

Deno.test("the error for two files joined without a line break says where to put one", async () => {
  const text = one.pem.trimEnd() + two.pem;
  assertStringIncludes(
    await refusal(() => anchors({ ca: text })),
    `has more behind its end: put a line break there`,
  );
});

Deno.test("beside anchors, another block is an error; a comment and a key are not", async () => {
  const other = (label: string) => one.pem + derToPem(two.certificate.der, label);
  assertStringIncludes(
    await refusal(() => anchors({ ca: other("CERTIFCATE") })),
    "begins a block that is neither a certificate nor a CRL: received CERTIFCATE",
  );
  assertStringIncludes(await refusal(() => anchors({ ca: other("PKCS7") })), "openssl pkcs7 ");
  assertEquals(await anchors({ ca: `# ${two.pem.replaceAll("\n", "\n# ")}\n${one.pem}` }), 1);
  for (const label of ["PRIVATE KEY", "EC PARAMETERS", "X9.42 DH PARAMETERS", "PUBLIC KEY"]) {
    assertEquals(await anchors({ ca: other(label) }), 1, label);
  }
});

Deno.test("UTF-16 is named as such, with the command that converts it", async () => {
  const units = (text: string, little: boolean) =>
    new Uint8Array([...text].flatMap((c) => little ? [c.charCodeAt(0), 0] : [0, c.charCodeAt(0)]));
  for (const little of [true, false]) {
    for (const mark of ["", MARK]) {
      const content = join(
        mark === "" ? new Uint8Array() : little ? Uint8Array.of(255, 254) : Uint8Array.of(254, 255),
        units(leaf.cert, little),
      );
      await withFile(content, async (path) => {
        for (const options of [{ caFile: path }, { extraCaFile: path }] as SslOptions[]) {
          assertStringIncludes(
            await refusal(() => anchors(options)),
            "it is in UTF-16: save it as UTF-8",
          );
        }
        assertStringIncludes(
          await refusal(() => chainOf({ certFile: path, key })),
          "iconv -f UTF-16",
        );
        assertStringIncludes(await refusal(() => chainOf({ cert, keyFile: path })), "UTF-16");
      });
    }
  }
});

// ---- DER and PKCS#12

const P12 = await createPkcs12({ cert, key, password: "" });

for (const [name, end] of [["LF", "\n"], ["CRLF", "\r\n"]] as const) {
  Deno.test(`a DER or PKCS#12 file with ${name} at its end is read`, async () => {
    const tail = bytes(end);
    const der = join(leaf.certificate.der, tail), pfx = join(P12, tail), raw = join(key.der, tail);
    await withFile(der, async (path) => {
      assertEquals(await chainOf({ certFile: path, key }), 1);
      assertEquals(await anchors({ caFile: path }), 1);
    });
    await withFile(pfx, async (path) => {
      assertEquals(await chainOf({ certFile: path }), 1);
      assertEquals(await chainOf({ cert, keyFile: path }), 1);
    });
    await withFile(raw, async (path) => assertEquals(await chainOf({ cert, keyFile: path }), 1));
    assertEquals(Certificate.parse(der).length, 1);
    assertEquals((await parsePkcs12(pfx)).cert!.der, cert.der);
    const { csr } = await csrCreate({ key });
    assertEquals(CertificateRequest.parse(join(csr.der, tail)).der, csr.der);
  });
}

Deno.test("anything else after the DER stays an error", async () => {
  for (const tail of ["\n\n", " ", "\0", "\r", "x"]) {
    const der = join(leaf.certificate.der, bytes(tail));
    await refuses(() => chainOf({ cert: der, key }), SslError, "ERR_CERTIFICATE");
    await assertRejects(() => decodeKey(join(key.der, bytes(tail))), SslError, "junk");
    assertThrows(() => Certificate.parse(der), SslError, "junk");
  }
  assertThrows(() => Certificate.fromDer(join(cert.der, bytes("\n"))), SslError, "junk");
});

Deno.test("TRUSTED CERTIFICATE with trust settings is read as our own certificate, and refused as an anchor", async () => {
  const settings = seq(seq(tlv(0x06, Uint8Array.of(0x2b, 6, 1, 5, 5, 7, 3, 1))));
  const trusted = derToPem(join(cert.der, settings), "TRUSTED CERTIFICATE");
  await withFile(trusted, async (path) => {
    assertEquals(await chainOf({ certFile: path, key }), 1);
    assertEquals((await loadCredentials({ certFile: path, key })).get("")![0]!.chain[0], cert.der);
    assertStringIncludes(await refusal(() => anchors({ caFile: path })), "trust settings");
  });
});

// ---- PKCS#8 version 2

Deno.test("a PKCS#8 key of version 2 (RFC 5958) is read, and its public half is checked", async () => {
  for (const own of [await keyCreateEd25519(), await keyCreateEc()]) {
    const [, algorithm, secret] = children(readDer(own.der, "key"), "key");
    const version2 = (bits: Uint8Array, ...rest: Uint8Array[]) =>
      seq(int(1), algorithm!.raw, secret!.raw, ...rest, tlv(0x81, join(Uint8Array.of(0), bits)));
    const der = version2(own.publicBits);
    const plain = (await decodeKey(der)).pkcs8;
    assertEquals(plain, seq(int(0), algorithm!.raw, secret!.raw));
    const { cert } = await selfSigned({ names: ["a.example"], key: own } as never).catch(() => ({
      cert: undefined,
    }));
    if (cert !== undefined) assertEquals(await chainOf({ cert, key: der } as never), 1);
    assertEquals((await decodeKey(derToPem(der, "PRIVATE KEY"))).pkcs8, plain);
    const wrong = own.publicBits.slice();
    wrong[5]! ^= 1;
    await assertRejects(
      () => decodeKey(version2(wrong)),
      SslError,
      "is not that of the private one",
    );
    await assertRejects(
      () => decodeKey(version2(own.publicBits, octets(wrong))),
      SslError,
      "at most",
    );
  }
});

// ---- what is not read

const JKS = (entry: number) =>
  join(Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, entry), P12);
const PKCS7 = seq(tlv(0x06, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2)), int(1));
const FOREIGN: Readonly<Record<string, [content: string | Uint8Array, command: string]>> = {
  "a Java key store": [JKS(1), "keytool -importkeystore -srckeystore"],
  "a Java truststore": [JKS(2), "keytool -list -rfc -keystore"],
  "PKCS#7": [PKCS7, "openssl pkcs7 -inform DER -in"],
  "PKCS#7 in PEM": [derToPem(PKCS7, "PKCS7"), "openssl pkcs7 -in"],
  "base64 in lines": [leaf.cert.replace(/-----.*-----\n/g, ""), "openssl base64 -d -in"],
  "base64 in one line": [cert.der.toBase64(), "openssl base64 -d -A -in"],
};

for (const [name, [content, command]] of Object.entries(FOREIGN)) {
  Deno.test(`${name} is named, with the command that converts it`, async () => {
    await withFile(content, async (path) => {
      const told = await Promise.all([
        refusal(() => chainOf({ certFile: path, key })),
        refusal(() => chainOf({ cert, keyFile: path })),
        refusal(() => anchors({ caFile: path })),
        refusal(() => anchors({ extraCaFile: path })),
        refusal(() => anchors({ ca: one.pem, crlFile: path })),
      ]);
      for (const message of told) assertStringIncludes(message, command);
    });
  });
}

Deno.test("PKCS#12 as an anchor is named, with the command that takes the certificates out", async () => {
  await withFile(P12, async (path) => {
    assertStringIncludes(
      await refusal(() => anchors({ caFile: path })),
      "openssl pkcs12 -nokeys -in",
    );
  });
});

Deno.test("a key of OpenSSH and a request are named", async () => {
  const ssh = derToPem(bytes("openssh-key-v1\0"), "OPENSSH PRIVATE KEY");
  assertStringIncludes(await refusal(() => chainOf({ cert, key: ssh })), "ssh-keygen -p -m PKCS8");
  const { csr } = await csrCreate({ key });
  assertStringIncludes(
    await refusal(() => chainOf({ cert: csr.pem, key })),
    "a CA makes a certificate",
  );
});

// ---- PKCS#12 beside a key

Deno.test("the key of a PKCS#12 file goes before a keyFile, which is not read, as in Perl", async () => {
  const other = await keyCreateEc();
  await withFile(P12, async (certFile) => {
    for (const more of [{ keyFile: "/nowhere/key.pem" }, { key: other }, { keyFile: certFile }]) {
      const [credential] = (await loadCredentials({ certFile, ...more })).get("")!;
      assertEquals(pemString2key(new TextDecoder().decode(credential!.key!.data)).pem, key.pem);
    }
  });
  // One without a key still needs it, and PEM keeps its order: the key that was given.
  await withFile(await createPkcs12({ cert, password: "" }), async (certFile) => {
    assertEquals(await chainOf({ certFile, key }), 1);
    assertStringIncludes(
      await refusal(() => chainOf({ certFile, key: other })),
      "the private key does not belong to the certificate",
    );
  });
  await withFile(leaf.cert + leaf.key, async (certFile) => {
    assertStringIncludes(
      await refusal(() => chainOf({ certFile, key: other })),
      "the private key does not belong to the certificate",
    );
  });
});

// ---- sizes

Deno.test("a label or a line of 10 MB is an error of ours, and a short one", async () => {
  const long = "A".repeat(10_000_000);
  for (
    const text of [
      `-----BEGIN ${long}-----\n`,
      `-----BEGIN ${"A ".repeat(5_000_000)}B-----\n`,
      `-----BEGIN CERTIFICATE-----\nAAAA\n-----END ${long}-----\n`,
      `-----BEGIN CERTIFICATE-----\nDEK-Info: ${long}\n`,
      ` -----BEGIN ${long}`,
    ]
  ) {
    const error = assertThrows(() => pemBlocks(text), SslError);
    assertEquals(error.message.length < 200, true, error.message.slice(0, 300));
    assertEquals((await refusal(() => chainOf({ cert: text, key }))).length < 400, true);
  }
});

Deno.test("the digest of a file that is read is that of the certificate in it", () => {
  // What is stripped around the DER must not change it.
  const [read] = Certificate.parse(join(cert.der, bytes("\n")));
  assertEquals(
    read!.fingerprint("sha256").replaceAll(":", "").toLowerCase().endsWith(
      createHash("sha256").update(cert.der).digest("hex"),
    ),
    true,
  );
});
