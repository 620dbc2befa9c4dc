import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { decodeKey } from "../../certificate/keys/decode.ts";
import {
  pemCert2file,
  pemCerts2file,
  pemFile2cert,
  pemFile2certs,
  pemFile2key,
  pemKey2file,
  pemKey2string,
  pemString2cert,
  pemString2key,
} from "../../certificate/files.ts";
import {
  keyCreateEc,
  keyCreateEd25519,
  keyCreateRsa,
  PrivateKey,
} from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { bytes, names, text } from "./data.ts";

const password = "bluebell";

Deno.test("decodeKey() reads every format as the same PKCS#8 key", async () => {
  const files = names().filter((name) => /^(ec|rsa)-/.test(name));
  assert(files.length >= 29, `${files.length} files`);
  for (const name of files) {
    const want = text(name.startsWith("ec") ? "ec-pkcs8.pem" : "rsa-pkcs8.pem");
    assertEquals((await decodeKey(bytes(name), { password })).pem, want, name);
    if (name.endsWith(".pem")) {
      assertEquals((await decodeKey(text(name), { password })).pem, want, name);
    }
  }
});

Deno.test("decodeKey() takes the first key among other blocks and junk", async () => {
  const ca = await TestCa.create();
  const mixed = `junk\n${ca.pem}\n${text("ec-sec1.pem")}\n${text("rsa-pkcs8.pem")}`;
  assertEquals((await decodeKey(mixed)).pem, text("ec-pkcs8.pem"));
});

Deno.test("decodeKey() says whether the password is missing or wrong", async () => {
  const encrypted = names().filter((name) => /^(ec|rsa)-(pbes2|scrypt|pbe-|trad)/.test(name));
  assert(encrypted.length >= 20);
  for (const name of encrypted) {
    const source = `file ${name}`;
    const missing = await assertRejects(() => decodeKey(bytes(name), { source }), SslError);
    assertEquals(missing.code, "PASSWORD_REQUIRED");
    assertStringIncludes(missing.message, source);
    for (const wrong of ["", "bluebel", "Bluebell", "x".repeat(1000)]) {
      const error = await assertRejects(
        () => decodeKey(bytes(name), { password: wrong }),
        SslError,
      );
      assertEquals(error.code, "BAD_DECRYPT", `${name}: ${error.message}`);
    }
  }
});

Deno.test("decodeKey() says what else is wrong", async () => {
  const ca = await TestCa.create();
  const rejected = (data: unknown, reason: string) =>
    assertRejects(() => decodeKey(data as never, { source: "k" }), Error, reason);
  await rejected(ca.pem, "private key from k: no private key found: received only CERTIFICATE");
  await rejected("nothing", "received no PEM block");
  await rejected(ca.cert.der, "received a certificate or other DER");
  await rejected(undefined, "received undefined");
  const rc4 = text("ec-trad-aes128.pem").replace("AES-128-CBC", "RC4");
  await assertRejects(
    () => decodeKey(rc4, { password }),
    SslUnsupportedError,
    '"RC4" is not supported',
  );
});

Deno.test("pemString2key() reads without waiting, except old ciphers", () => {
  assertEquals(pemString2key(text("ec-sec1.pem")).pem, text("ec-pkcs8.pem"));
  assertEquals(pemString2key(text("ec-pbes2-aes256.pem"), password).pem, text("ec-pkcs8.pem"));
  assertThrows(
    () => pemString2key(text("ec-pbes2-rc2.pem"), password),
    SslUnsupportedError,
    "use the asynchronous decodeKey",
  );
  assertThrows(() => pemString2key(5 as never), TypeError, "received number");
});

Deno.test("keyCreateRsa(), keyCreateEc() and keyCreateEd25519() make keys that sign", async () => {
  const rsa = await keyCreateRsa();
  assertEquals([rsa.type, rsa.bits, rsa.curve], ["rsa", 2048, undefined]);
  assertEquals((await keyCreateRsa(1024)).bits, 1024);
  const ec = await keyCreateEc();
  assertEquals([ec.type, ec.bits, ec.curve], ["ec", undefined, "prime256v1"]);
  for (
    const [name, curve] of [
      ["P-384", "secp384r1"],
      ["secp521r1", "secp521r1"],
      ["secp224r1", "secp224r1"],
      ["secp256k1", "secp256k1"],
    ] as const
  ) assertEquals((await keyCreateEc(name)).curve, curve);
  assertEquals((await keyCreateEd25519()).type, "ed25519");
  for (const bits of [0, 512, 1023, 2049, 20000, NaN, 2048.5]) {
    assertThrows(() => keyCreateRsa(bits), RangeError, `received ${bits}`);
  }
  assertThrows(() => keyCreateEc("brainpoolP256r1"), SslUnsupportedError, "secp384r1");
});

Deno.test("PrivateKey never shows its secret unasked", async () => {
  const key = await keyCreateEc();
  const secret = key.pem.split("\n")[1]!;
  for (const shown of [String(key), JSON.stringify({ key }), Deno.inspect(key), `${key}`]) {
    assert(!shown.includes(secret.slice(0, 20)), shown);
    assertStringIncludes(shown, "PrivateKey(prime256v1)");
  }
  const ca = await TestCa.create();
  assert(!Deno.inspect([ca, await ca.server()]).includes("PRIVATE"));
  const der = key.der;
  der.fill(0);
  assertEquals(pemString2key(key.pem).pem, key.pem);
  assertThrows(() => new PrivateKey("x" as never), TypeError, "received string");
});

Deno.test("pem files: certificates and keys come back, keys are for their owner only", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const ca = await TestCa.create();
    const ica = await ca.intermediate();
    const file = `${dir}/c.pem`;
    await pemCert2file(ca.cert, file);
    assert((await pemFile2cert(file)).equals(ca.cert));
    await pemCerts2file(file, ica.cert, ca.cert);
    assertEquals((await pemFile2certs(file)).map((c) => c.subject), [
      ica.cert.subject,
      ca.cert.subject,
    ]);
    await pemCerts2file(file, [ica.cert, ca.cert]);
    assert((await pemFile2cert(file)).equals(ica.cert));
    assert(pemString2cert(ica.pem).equals(ica.cert));

    const keyFile = `${dir}/k.pem`;
    await pemKey2file(ca.privateKey, keyFile);
    assertEquals((await pemFile2key(keyFile)).pem, ca.key);
    // Also a file that was there before, open to all.
    const open = `${dir}/open.pem`;
    await Deno.writeTextFile(open, "x".repeat(5000), { mode: 0o644 });
    await pemKey2file(ca.privateKey, open, "secret");
    assertStringIncludes(await Deno.readTextFile(open), "BEGIN ENCRYPTED PRIVATE KEY");
    assert(!(await Deno.readTextFile(open)).includes("x".repeat(16)));
    assertEquals((await pemFile2key(open, "secret")).pem, ca.key);
    if (Deno.build.os !== "windows") {
      for (const name of [keyFile, open]) {
        assertEquals((await Deno.stat(name)).mode! & 0o777, 0o600);
      }
    }
    const missing = await assertRejects(
      () => pemFile2cert(`${dir}/none.pem`),
      SslError,
      "none.pem",
    );
    assertEquals(missing.code, "ENOENT");
    await assertRejects(() => pemFile2certs(keyFile), SslError, "received only PRIVATE KEY");
    await assertRejects(() => pemFile2key(file), SslError, "received only CERTIFICATE");
    await assertRejects(
      () => pemCert2file(undefined as never, file),
      TypeError,
      "received undefined",
    );
    await assertRejects(
      () => pemKey2file(ca.cert as never, file),
      TypeError,
      "received Certificate",
    );
    assertThrows(() => pemKey2string(ca.privateKey, ""), TypeError, "non-empty");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("importing ./certificate, making a CA and a certificate need no permission", async () => {
  const path = (name: string) => new URL(name, import.meta.url).pathname;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-lock", "--quiet"],
      ...["--config", path("../../deno.json"), path("no_permission_main.ts")],
    ],
    stdout: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});
