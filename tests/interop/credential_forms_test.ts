/** Every form in which a certificate can be given, on both engines and in both roles, with openssl. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import { PrivateKey } from "../../certificate/keys/private_key.ts";
import type { TestCertificate } from "../../certificate/mod.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import { SslError } from "../../errors.ts";
import { bytes, ENGINES, Lab, readText } from "./lab.ts";

const PASSWORD = "bluebell";

/** What openssl makes of a certificate below an intermediate CA and its key. */
async function materials(
  lab: Lab,
  stem: string,
  { certificate, key }: TestCertificate,
  ca: string,
) {
  lab.write(`${stem}.leaf.pem`, certificate.pem);
  lab.write(`${stem}.ca.pem`, ca);
  lab.write(`${stem}.key`, key);
  const path = (name: string) => lab.path(`${stem}.${name}`);
  const crypt = ["-passout", `pass:${PASSWORD}`];
  const legacy = ["rsa", "-in", path("key"), "-traditional"];
  const p12 = ["pkcs12", "-export", "-in", path("leaf.pem"), "-inkey", path("key")];
  const chain = ["-certfile", path("ca.pem")];
  for (
    const args of [
      [...legacy, "-out", path("pkcs1")],
      [...legacy, "-out", path("pkcs1.der"), "-outform", "DER"],
      [...legacy, "-out", path("pkcs1.enc"), "-aes256", "-passout", `pass:${PASSWORD}`],
      ["pkcs8", "-topk8", "-in", path("key"), "-out", path("pkcs8.enc"), ...crypt],
      [
        "pkcs8",
        "-topk8",
        "-in",
        path("key"),
        "-out",
        path("pkcs8.enc.der"),
        ...crypt,
        "-outform",
        "DER",
      ],
      [
        "pkcs8",
        "-topk8",
        "-nocrypt",
        "-in",
        path("key"),
        "-out",
        path("pkcs8.der"),
        "-outform",
        "DER",
      ],
      [...p12, ...chain, "-out", path("p12"), ...crypt],
      [...p12, ...chain, "-out", path("open.p12"), "-passout", "pass:"],
    ]
  ) await lab.openssl(...args);
  const text = (name: string) => Deno.readTextFileSync(path(name));
  const read = (name: string) => Deno.readFileSync(path(name));
  const whole = certificate.pem + ca;
  const file = (name: string, content: string) => lab.write(`${stem}.${name}`, content);
  const certFile = file("whole.pem", whole);
  const object = Certificate.fromPem(certificate.pem);
  const parent = Certificate.fromPem(ca);
  const plain = new PrivateKey(read("pkcs8.der"));
  /** Options, and how often the password is asked for. */
  const forms: [name: string, options: ConnectOptions, calls: number][] = [
    ["files: chain and key", { certFile, keyFile: path("key") }, 0],
    ["files as URLs", {
      certFile: new URL(`file://${certFile}`),
      keyFile: new URL(`file://${path("key")}`),
    }, 0],
    ["one file: key first", { certFile: file("key-first", key + whole) }, 0],
    ["one file: key last", { certFile: file("key-last", whole + key) }, 0],
    ["one file: key between", { certFile: file("between", certificate.pem + key + ca) }, 0],
    ["one file: encrypted key", { certFile: file("one-enc", whole + text("pkcs8.enc")) }, 1],
    ["PKCS#1 key", { certFile, keyFile: path("pkcs1") }, 0],
    ["PKCS#1 key in DER", { certFile, keyFile: path("pkcs1.der") }, 0],
    ["encrypted PKCS#1 key", { certFile, keyFile: path("pkcs1.enc") }, 1],
    ["encrypted PKCS#8 key", { certFile, keyFile: path("pkcs8.enc") }, 1],
    ["encrypted PKCS#8 key in DER", { certFile, keyFile: path("pkcs8.enc.der") }, 1],
    ["PKCS#8 key in DER", { certFile, keyFile: path("pkcs8.der") }, 0],
    ["PKCS#12 file", { certFile: path("p12") }, 1],
    ["PKCS#12 file without password", { certFile: path("open.p12") }, 0],
    ["PKCS#12 bytes", { cert: read("p12") }, 1],
    ["PEM text", { cert: whole, key }, 0],
    ["PEM text with its key", { cert: whole + key }, 0],
    ["PEM bytes", { cert: bytes(whole), key: bytes(key) }, 0],
    ["encrypted PEM text", { cert: whole, key: text("pkcs8.enc") }, 1],
    ["objects", { cert: [object, parent], key: plain }, 0],
    ["a list of PEM, DER and an object", { cert: [certificate.pem, parent.der], key }, 0],
    ["a list: DER leaf, object", { cert: [certificate.der, parent], key: read("pkcs8.der") }, 0],
    ["text and file", { cert: whole, keyFile: path("key") }, 0],
    ["file and text", { certFile, key }, 0],
  ];
  return forms;
}

for (const engine of ENGINES) {
  for (const role of ["server", "client"] as const) {
    Deno.test(`${engine} ${role}: 24 forms of a certificate with its chain reach openssl`, async () => {
      await using lab = await Lab.open();
      const sub = await lab.pki.ca.intermediate();
      const made = role === "server"
        ? await sub.server("localhost", { keyType: "rsa" })
        : await sub.client({ names: [], commonName: "deep client", keyType: "rsa" });
      const forms = await materials(lab, role, made, sub.certificate.pem);
      assertEquals(forms.length, 24);
      const asks = role === "client"
        ? await lab.sServer("-Verify", "3", "-verify_return_error", "-CAfile", "ca.pem")
        : undefined;
      for (const [i, [name, options, calls]] of forms.entries()) {
        let asked = 0;
        // Half of the passwords come at once, half later.
        const passwdCb = () => {
          asked++;
          return i % 2 === 0 ? PASSWORD : Promise.resolve(PASSWORD);
        };
        if (asks !== undefined) {
          const socket = await lab.connect(engine, asks.port, { ...options, passwdCb });
          await socket.write(bytes(`by ${name}.\n`));
          await asks.said(`by ${name}.`);
          await socket.close();
        } else {
          const server = await lab.listen(engine, { ...options, passwdCb });
          const accepting = server.accept();
          const client = lab.sClient(server.port);
          const socket = await accepting;
          await client.said("Verify return code: 0 (ok)");
          await client.write("hello\n");
          assertEquals(await readText(socket, "hello\n"), "hello\n", name);
          await socket.close();
          server.listener.close();
        }
        assertEquals(asked, calls, name);
      }
      if (asks !== undefined) {
        assertEquals(asks.output.match(/^subject=CN = deep client$/mg)?.length, forms.length);
      }
    });
  }

  Deno.test(`${engine}: an error names the file, and what each format says`, async () => {
    await using lab = await Lab.open();
    const cases: [content: string | Uint8Array, texts: string[]][] = [
      ["no certificate at all\n", ["[format:PEM]", "[format:DER]", "[format:PKCS12]"]],
      ["", ["[format:PEM]", "[format:DER]", "[format:PKCS12]"]],
      [new Uint8Array([0x30, 0x03, 2, 1, 3]), ["[format:PEM]", "[format:DER]", "[format:PKCS12]"]],
      [lab.pki.server.key, ["no certificate found", "PRIVATE KEY"]],
    ];
    for (const [content, texts] of cases) {
      const certFile = lab.write("broken", content);
      for (
        const use of [
          () => lab.listen(engine, { certFile, keyFile: lab.path("key.pem") }),
          () => lab.connect(engine, 1, { certFile, keyFile: lab.path("key.pem") }),
        ]
      ) {
        const error = await assertRejects(use, SslError);
        assert(error.message.startsWith(`Failed to load certificate from file "${certFile}"`));
        for (const text of texts) assertStringIncludes(error.message, text);
      }
    }
    const keyFile = lab.write("broken.key", "nothing\n");
    const error = await assertRejects(
      () => lab.listen(engine, { certFile: lab.path("cert.pem"), keyFile }),
      SslError,
    );
    assertStringIncludes(error.message, `keyFile "${keyFile}"`);
  });
}

// t/cert_no_file.t
for (const engine of ENGINES) {
  Deno.test(`${engine}: a server without a certificate is refused before anything listens`, async () => {
    await using lab = await Lab.open();
    for (const options of [{ cert: undefined }, { certFile: undefined }]) {
      await assertRejects(
        () => lab.listen(engine, { ...options, key: lab.pki.server.key }),
        TypeError,
        "there is no certificate",
      );
      await assertRejects(() => lab.listen(engine, options), TypeError, "there is no certificate");
    }
  });
}
