/** The files of certificates and keys: what is a path, who can read what is written, and what fails. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import {
  certAsHash,
  dumpPeerCertificate,
  pemCert2file,
  pemCert2string,
  pemCerts2file,
  pemFile2cert,
  pemFile2certs,
  pemFile2key,
  pemKey2file,
  pemKey2string,
  pemString2cert,
  pemString2key,
} from "../../certificate/files.ts";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { SslError } from "../../errors.ts";
import { refuses } from "../helpers/refuses.ts";
import { text } from "./data.ts";

const cert = Certificate.fromPem(text("p12-cert.pem"));
const key = decodeKeySync(text("ec-pkcs8.pem"));

Deno.test("a path is a text or a URL, and not what belongs into the file", async () => {
  const calls = [
    (file: string) => pemFile2cert(file),
    (file: string) => pemFile2certs(file),
    (file: string) => pemFile2key(file),
    (file: string) => pemCert2file(cert, file),
    (file: string) => pemCerts2file(file, cert),
    (file: string) => pemKey2file(key, file),
  ];
  for (const call of calls) {
    for (
      const [file, found] of [
        [key.pem, "PEM text"],
        ["a\0b", "a text with a zero byte"],
        [`${key.pem}\0`, "a text with a zero byte"],
        [5, "number"],
        [undefined, "undefined"],
        [new Uint8Array(1), "Uint8Array"],
      ] as const
    ) {
      const error = await assertRejects(() => call(file as string), TypeError);
      assertEquals(error.message, `Cannot use a file: it must be a path: received ${found}`);
    }
  }
});

Deno.test("files are written whole and anew, a key for its owner alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = new URL(`file://${folder}/c.pem`);
    const mode = async () => (await Deno.stat(file)).mode! & 0o777;
    await Deno.writeTextFile(file, "x".repeat(10_000), { mode: 0o640 });
    const before = await mode();
    await pemCerts2file(file, [cert, cert.pem], cert);
    assertEquals(await Deno.readTextFile(file), cert.pem.repeat(3));
    assertEquals((await pemFile2certs(file)).length, 3);
    assertEquals((await pemFile2cert(file)).der, cert.der);
    assertEquals(await mode(), before, "the rights of a file that is there stay");
    await pemCerts2file(file);
    assertEquals(await Deno.readTextFile(file), "");
    await pemKey2file(key, file);
    if (Deno.build.os !== "windows") assertEquals(await mode(), 0o600);
    assertEquals((await pemFile2key(file)).der, key.der);
    await pemKey2file(key, file, "pw");
    await refuses(() => pemFile2key(file), SslError, "PASSWORD_REQUIRED");
    await refuses(() => pemFile2key(file, "other"), SslError, "BAD_DECRYPT");
    assertEquals((await pemFile2key(file, "pw")).der, key.der);
    const nowhere = `${folder}/none/c.pem`;
    const written = await refuses(() => pemCert2file(cert, nowhere), SslError, "ENOENT");
    assertEquals(written.message.startsWith(`Cannot write "${nowhere}": `), true);
    const read = await refuses(() => pemFile2cert(nowhere), SslError, "ENOENT");
    assertEquals(read.message.startsWith(`Cannot read "${nowhere}": `), true);
    const large = `${folder}/large.pem`;
    await Deno.writeTextFile(large, `${cert.pem}${"x".repeat(200_000)}\n${cert.pem}`);
    assertEquals((await pemFile2certs(large)).length, 2, "in more than one piece");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("certificates and keys as text", () => {
  assertEquals(pemCert2string(cert), cert.pem);
  assertEquals(pemString2cert(`x\n${cert.pem}`).der, cert.der);
  assertEquals(pemKey2string(key), key.pem);
  const encrypted = pemKey2string(key, "pw");
  assertEquals(pemString2key(encrypted, "pw").der, key.der);
  for (const password of ["", 5, null]) {
    assertThrows(
      () => pemKey2string(key, password as string),
      TypeError,
      "Cannot write private key: the password must be a non-empty string",
    );
  }
  assertThrows(() => pemString2key(5 as never), TypeError, "expected PEM text: received number");
  assertEquals(certAsHash(cert).fingerprint_sha256, cert.asHash().fingerprint_sha256);
  assertEquals("fingerprint_sha1" in certAsHash(cert.pem, "sha1"), true);
  assertEquals(
    dumpPeerCertificate(cert),
    `Subject Name: ${cert.subject}\nIssuer  Name: ${cert.issuer}\n`,
  );
  const error = assertThrows(() => pemString2cert("x"), SslError);
  assertEquals([error.code, error.message.includes("from string")], ["ERR_PEM", true]);
});
