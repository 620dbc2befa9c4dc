import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { PrivateKey } from "../../certificate/keys/private_key.ts";
import { TestCa } from "../../testing/ca.ts";
import { type CredentialOptions, loadCredentials } from "../../context/credentials/credentials.ts";
import { sniName } from "../../context/per_name.ts";
import { SslError } from "../../errors.ts";

const DIR = new URL("../testdata/credentials/", import.meta.url);
const file = (name: string): string => new URL(name, DIR).pathname;
const text = (name: string): string => Deno.readTextFileSync(new URL(name, DIR));
const bytes = (name: string): Uint8Array => Deno.readFileSync(new URL(name, DIR));
const RSA = Certificate.fromPem(text("rsa.cert.pem"));
const PASSWORD = "bluebell";

/** Loads one default credential and checks that it is the RSA pair. */
async function loadsRsa(options: CredentialOptions): Promise<void> {
  const loaded = await loadCredentials(options);
  assertEquals([...loaded.keys()], [""]);
  const [credential, ...others] = loaded.get("")!;
  assertEquals(others, []);
  assertEquals(credential!.chain, [RSA.der]);
  const key = new TextDecoder().decode(credential!.key.data);
  assertStringIncludes(key, "-----BEGIN PRIVATE KEY-----");
  assertEquals(credential!.key.format, "pem");
}

Deno.test("loadCredentials() reads PEM, DER and PKCS#12 files", async () => {
  const passwdCb = () => PASSWORD;
  await loadsRsa({ certFile: file("rsa.cert.pem"), keyFile: file("rsa.key.pem") });
  await loadsRsa({ certFile: file("rsa.both.pem") });
  await loadsRsa({ certFile: new URL("rsa.both.pem", DIR) });
  await loadsRsa({ certFile: file("rsa.cert.der"), keyFile: file("rsa.key.pkcs8.der") });
  await loadsRsa({ certFile: file("rsa.cert.der"), keyFile: file("rsa.key.pkcs1.der") });
  await loadsRsa({ certFile: file("rsa.nopass.p12") });
  await loadsRsa({ certFile: file("rsa.p12"), passwdCb });
  await loadsRsa({ certFile: file("rsa.legacy.p12"), passwdCb });
  await loadsRsa({ certFile: file("rsa.cert.pem"), keyFile: file("rsa.p12"), passwdCb });
});

Deno.test("loadCredentials() takes text, bytes, objects and lists", async () => {
  await loadsRsa({ cert: text("rsa.both.pem") });
  await loadsRsa({ cert: text("rsa.cert.pem"), key: text("rsa.key.pem") });
  await loadsRsa({ cert: bytes("rsa.cert.der"), key: bytes("rsa.key.pkcs8.der") });
  await loadsRsa({ cert: bytes("rsa.nopass.p12") });
  await loadsRsa({ cert: RSA, key: text("rsa.key.pem") });
  await loadsRsa({ cert: [RSA], keyFile: file("rsa.key.pem") });
  await loadsRsa({ certFile: file("rsa.cert.pem"), key: text("rsa.key.pem") });
});

Deno.test("loadCredentials() keeps the chain in its order", async () => {
  const ca = await TestCa.create();
  const leaf = await (await ca.intermediate()).server("a.example");
  const expected = leaf.chain.map(({ der }) => der);
  assert(expected.length > 1);
  for (
    const cert of [leaf.cert, leaf.chain, leaf.chain.map(({ pem }) => pem), [
      leaf.certificate.pem,
      ...leaf.chain.slice(1),
    ]]
  ) {
    const loaded = await loadCredentials({ cert, key: leaf.key });
    assertEquals(loaded.get("")![0]!.chain, expected);
  }
});

Deno.test("loadCredentials() takes a key object", async () => {
  const leaf = await (await TestCa.create()).server("a.example");
  const loaded = await loadCredentials({ cert: leaf.certificate, key: leaf.privateKey });
  assertInstanceOf(leaf.privateKey, PrivateKey);
  assertEquals(loaded.get("")!.length, 1);
});

Deno.test("passwdCb is called once for each encrypted key, and never for a plain one", async () => {
  let calls = 0;
  const sync = () => {
    calls++;
    return PASSWORD;
  };
  const later = async () => {
    await Promise.resolve();
    return sync();
  };
  const encrypted: CredentialOptions[] = [
    { certFile: file("rsa.cert.pem"), keyFile: file("rsa.key.enc-trad.pem") },
    { certFile: file("rsa.cert.pem"), keyFile: file("rsa.key.enc-pkcs8.pem") },
    { certFile: file("rsa.cert.pem"), keyFile: file("rsa.key.enc.der") },
    { cert: text("rsa.cert.pem") + text("rsa.key.enc-pkcs8.pem") },
    { certFile: file("rsa.p12") },
  ];
  for (const options of encrypted) {
    for (const passwdCb of [sync, later]) {
      calls = 0;
      await loadsRsa({ ...options, passwdCb });
      assertEquals(calls, 1, JSON.stringify(options));
    }
  }
  calls = 0;
  await loadsRsa({ certFile: file("rsa.both.pem"), passwdCb: sync });
  await loadsRsa({ certFile: file("rsa.nopass.p12"), passwdCb: sync });
  assertEquals(calls, 0);
});

Deno.test("an encrypted key without passwdCb is an error that says so", async () => {
  for (const keyFile of ["rsa.key.enc-trad.pem", "rsa.key.enc-pkcs8.pem", "rsa.key.enc.der"]) {
    const error = await assertRejects(
      () => loadCredentials({ certFile: file("rsa.cert.pem"), keyFile: file(keyFile) }),
      SslError,
      "give passwdCb",
    );
    assertEquals(error.code, "PASSWORD_REQUIRED");
    assertStringIncludes(error.message, keyFile);
  }
  const error = await assertRejects(
    () => loadCredentials({ certFile: file("rsa.p12") }),
    SslError,
    "give passwdCb",
  );
  assertEquals(error.code, "PASSWORD_REQUIRED");
});

Deno.test("a wrong password is an error that names the file and shows no password", async () => {
  const passwdCb = () => "wrong-password";
  for (const keyFile of ["rsa.key.enc-trad.pem", "rsa.key.enc-pkcs8.pem", "rsa.key.enc.der"]) {
    const options = { certFile: file("rsa.cert.pem"), keyFile: file(keyFile), passwdCb };
    const error = await assertRejects(() => loadCredentials(options), SslError, keyFile);
    assertEquals(error.code, "BAD_DECRYPT");
    assertFalse(error.message.includes("wrong-password"));
  }
  const error = await assertRejects(
    () => loadCredentials({ certFile: file("rsa.p12"), passwdCb }),
    SslError,
    "[format:PKCS12]",
  );
  assertEquals(error.code, "BAD_DECRYPT");
});

Deno.test("a passwdCb that throws or gives no string refuses the key", async () => {
  const options = { certFile: file("rsa.cert.pem"), keyFile: file("rsa.key.enc-pkcs8.pem") };
  const passwdCb = () => {
    throw new Error("no password today");
  };
  await assertRejects(() => loadCredentials({ ...options, passwdCb }), Error, "no password today");
  await assertRejects(
    () => loadCredentials({ ...options, passwdCb: (() => undefined) as never }),
    TypeError,
    "passwdCb must give a string",
  );
});

Deno.test("the error for a file that is not a certificate names it and each format tried", async () => {
  const junk = await Deno.makeTempFile();
  try {
    for (const content of ["", "hello\n", "\x30\x03\x02\x01\x03"]) {
      await Deno.writeTextFile(junk, content);
      const error = await assertRejects(
        () => loadCredentials({ certFile: junk, keyFile: file("rsa.key.pem") }),
        SslError,
        `Failed to load certificate from file ${JSON.stringify(junk)}: [format:PEM]`,
      );
      assertStringIncludes(error.message, " ** [format:DER] ");
      assertStringIncludes(error.message, " ** [format:PKCS12] ");
    }
  } finally {
    await Deno.remove(junk);
  }
  await assertRejects(
    () => loadCredentials({ certFile: file("rsa.key.pem") }),
    SslError,
    "no certificate found: received only PRIVATE KEY",
  );
});

Deno.test("a missing file: the error has the option, the path and the system's reason", async () => {
  const error = await assertRejects(
    () => loadCredentials({ certFile: "/nowhere/cert.pem" }),
    SslError,
    'Cannot read certFile "/nowhere/cert.pem": No such file or directory',
  );
  assertEquals(error.code, "ENOENT");
  assertEquals(error.errno, 2);
  await assertRejects(
    () => loadCredentials({ certFile: file("rsa.cert.pem"), keyFile: "/nowhere/key.pem" }),
    SslError,
    'Cannot read keyFile "/nowhere/key.pem": No such file',
  );
  const directory = await assertRejects(
    () => loadCredentials({ certFile: file("") }),
    SslError,
    "Cannot read certFile",
  );
  assertEquals(directory.code, "EISDIR");
});

Deno.test({
  name: "a file without read permission: Deno's own error passes through",
  permissions: { read: false },
  fn: async () => {
    await assertRejects(
      () => loadCredentials({ certFile: file("rsa.cert.pem") }),
      Deno.errors.NotCapable,
    );
  },
});

Deno.test("a key of another certificate is refused early; both sources are named", async () => {
  const error = await assertRejects(
    () => loadCredentials({ certFile: file("rsa.cert.pem"), keyFile: file("ec.key.pem") }),
    SslError,
    "the private key does not belong to the certificate",
  );
  assertEquals(error.code, "KEY_VALUES_MISMATCH");
  assertStringIncludes(error.message, "rsa.cert.pem");
  assertStringIncludes(error.message, "ec.key.pem");
});

Deno.test("a certificate without any key is refused", async () => {
  for (const name of ["rsa.cert.pem", "rsa.cert.der", "rsa.nokey.p12"]) {
    const error = await assertRejects(
      () => loadCredentials({ certFile: file(name) }),
      SslError,
      "give key or keyFile",
    );
    assertStringIncludes(error.message, name);
  }
});

Deno.test("options that contradict each other are refused", async () => {
  const cert = text("rsa.cert.pem");
  const key = text("rsa.key.pem");
  const cases: [CredentialOptions, string][] = [
    [{ cert, certFile: "a", key }, "Cannot use both cert and certFile"],
    [{ cert, key, keyFile: "a" }, "Cannot use both key and keyFile"],
    [{ key }, "there is no certificate for it"],
    [{ keyFile: "a" }, "there is no certificate for it"],
    [{ cert, key: { "": key } }, "cert or certFile must be a record"],
    [{ cert: { a: cert }, key: { a: key, b: key } }, 'Cannot use key["b"]'],
    [{ cert: { a: cert, "a%2": cert }, key }, "both have a certificate with a key of the type"],
    [{ cert: { "a b": cert }, key }, "not a host name"],
  ];
  for (const [options, message] of cases) {
    await assertRejects(() => loadCredentials(options), TypeError, message);
  }
});

Deno.test("a record gives certificates by server name, with tags for further key types", async () => {
  const ec = { cert: text("ec.cert.pem"), key: text("ec.key.pem") };
  const rsa = { cert: text("rsa.cert.pem"), key: text("rsa.key.pem") };
  const loaded = await loadCredentials({
    cert: { "": rsa.cert, "%ecc": ec.cert, "Server2.LOCAL": rsa.cert, "löwe.example": ec.cert },
    key: { "": rsa.key, "%ecc": ec.key, "Server2.LOCAL": rsa.key, "löwe.example": ec.key },
  });
  const subjects = Object.fromEntries(
    [...loaded].map(([name, list]) => [
      name,
      list.map(({ chain }) => Certificate.fromDer(chain[0]!).commonName),
    ]),
  );
  assertEquals(subjects, {
    "": ["rsa.example", "ec.example"],
    "server2.local": ["rsa.example"],
    "xn--lwe-sna.example": ["ec.example"],
  });
});

Deno.test("a record of files names the host in its errors", async () => {
  await assertRejects(
    () => loadCredentials({ certFile: { "a.example": "/nowhere/a.pem" } }),
    SslError,
    'Cannot read certFile["a.example"] "/nowhere/a.pem"',
  );
  const loaded = await loadCredentials({
    certFile: { "": file("rsa.both.pem"), "a.example": file("ec.cert.pem") },
    keyFile: { "a.example": file("ec.key.sec1.pem") },
  });
  assertEquals([...loaded.keys()], ["", "a.example"]);
});

Deno.test("loadCredentials() without a certificate gives none", async () => {
  assertEquals((await loadCredentials({})).size, 0);
});

Deno.test("sniName() is the name as SNI has it", () => {
  assertEquals(["", "%ecc", "A.example.", "a%b", "löwe.example"].map(sniName), [
    "",
    "",
    "a.example",
    "a",
    "xn--lwe-sna.example",
  ]);
});
