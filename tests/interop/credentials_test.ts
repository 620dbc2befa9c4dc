/** Certificates and keys in every format that openssl writes, our names for them, and trust. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import { SslError, SslVerifyError } from "../../errors.ts";
import { bytes, ENGINES, Lab, readText } from "./lab.ts";
import { refuses } from "../helpers/refuses.ts";

/** The password of Perl's t/cert_formats.t. */
const PASSWORD = "bluebell";

type Format = [name: string, options: ConnectOptions, calls: number];

/** The files of t/cert_formats.t and a few more, all written by openssl. */
async function formats(lab: Lab, stem: "cert" | "client", keyFile: string): Promise<Format[]> {
  const path = (name: string) => lab.path(`${stem}.${name}`);
  const [cert, key] = [`${stem}.pem`, keyFile];
  const crypt = ["-passout", `pass:${PASSWORD}`];
  const p12 = ["pkcs12", "-export", "-in", cert, "-inkey", key, "-name", "x"];
  for (
    const args of [
      ["pkcs8", "-topk8", "-in", key, "-out", path("enc8"), "-v2", "aes-256-cbc", ...crypt],
      ["ec", "-in", key, "-out", path("trad"), "-aes128", ...crypt],
      ["ec", "-in", key, "-out", path("sec1")],
      ["x509", "-in", cert, "-outform", "DER", "-out", path("der")],
      ["pkcs8", "-topk8", "-nocrypt", "-in", key, "-outform", "DER", "-out", path("key.der")],
      [...p12, "-out", path("p12"), "-passout", "pass:"],
      [...p12, "-out", path("enc.p12"), ...crypt],
      [...p12, "-out", path("old.p12"), "-legacy", ...crypt],
    ]
  ) await lab.openssl(...args);
  const one = await Deno.readTextFile(lab.path(cert)) + await Deno.readTextFile(lab.path(key));
  lab.write(`${stem}.one`, one);
  const certFile = lab.path(cert);
  return [
    ["PEM", { certFile, keyFile: lab.path(key) }, 0],
    ["PEM in one file", { certFile: path("one") }, 0],
    ["PEM as text", { cert: one }, 0],
    ["PEM with a SEC1 key", { certFile, keyFile: path("sec1") }, 0],
    ["PEM with an encrypted PKCS#8 key", { certFile, keyFile: path("enc8") }, 1],
    ["PEM with a traditionally encrypted key", { certFile, keyFile: path("trad") }, 1],
    ["DER", { certFile: path("der"), keyFile: path("key.der") }, 0],
    ["PKCS#12", { certFile: path("p12") }, 0],
    ["encrypted PKCS#12", { certFile: path("enc.p12") }, 1],
    ["encrypted PKCS#12 of the old kind", { certFile: path("old.p12") }, 1],
  ];
}

for (const engine of ENGINES) {
  Deno.test(`${engine} server: certificates in every format reach s_client`, async () => {
    await using lab = await Lab.open();
    for (const [name, options, calls] of await formats(lab, "cert", "key.pem")) {
      let asked = 0;
      const server = await lab.listen(engine, {
        ...options,
        passwdCb: () => {
          asked++;
          return Promise.resolve(PASSWORD);
        },
      });
      assertEquals(asked, calls, name);
      const client = lab.sClient(server.port);
      const socket = await server.accept();
      await client.said("Verify return code: 0 (ok)");
      await socket.write(bytes(`by ${name}\n`));
      await client.said(`by ${name}`);
      await socket.close();
      server.listener.close();
    }
  });

  Deno.test(`${engine} client: certificates in every format reach s_server`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer("-Verify", "2", "-verify_return_error", "-CAfile", "ca.pem");
    for (const [name, options] of await formats(lab, "client", "client.key")) {
      const socket = await lab.connect(engine, server.port, {
        ...options,
        passwdCb: () => PASSWORD,
      });
      await socket.write(bytes(`by ${name}\n`));
      await server.said(`by ${name}\n`);
      await socket.close();
    }
    assertEquals(server.output.match(/^subject=CN = client$/mg)?.length, 10);
  });
}

Deno.test("a wrong password, or none, is an error that names the file", async () => {
  await using lab = await Lab.open();
  const certFile = lab.path("cert.pem");
  for (const [name, options, calls] of await formats(lab, "cert", "key.pem")) {
    if (calls === 0) continue;
    const { keyFile = options.certFile } = options;
    for (const passwdCb of [() => "wrong", undefined]) {
      const error = await assertRejects(
        () => lab.listen("openssl", { certFile, ...options, passwdCb }),
        SslError,
        "",
        name,
      );
      assertStringIncludes(error.message, keyFile as string);
    }
  }
});

Deno.test("fingerprints are those of openssl x509 -fingerprint", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer();
  const socket = await lab.connect("openssl", server.port);
  for (const algo of ["md5", "sha1", "sha256", "sha384", "sha512"]) {
    const line = await lab.openssl("x509", "-in", "cert.pem", "-noout", "-fingerprint", `-${algo}`);
    const hex = line.trim().split("=")[1]!.replaceAll(":", "").toLowerCase();
    assertEquals(socket.getFingerprint(algo), `${algo}$${hex}`);
    assertEquals(socket.getFingerprintBin(algo)!.toHex(), hex);
  }
  await lab.openssl("x509", "-in", "cert.pem", "-noout", "-pubkey", "-out", "pub.pem");
  await lab.openssl("pkey", "-pubin", "-in", "pub.pem", "-outform", "DER", "-out", "pub.der");
  // As X509_pubkey_digest: the bits of the key alone, for P-256 the last 65 bytes.
  const bits = (await Deno.readFile(lab.path("pub.der"))).slice(-65);
  lab.write("bits", bits);
  const [, sum] = (await lab.openssl("dgst", "-sha256", "bits")).match(/= ([0-9a-f]+)/)!;
  assertEquals(socket.getFingerprint("sha256", undefined, true), `sha256$pub$${sum}`);
  await socket.close();
});

// t/verify_fingerprint.t, in part
Deno.test("a fingerprint of openssl's decides in place of the chain", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer();
  const line = await lab.openssl("x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha256");
  const colons = line.trim().split("=")[1]!;
  const right = `sha256$${colons}`;
  const wrong = `sha256$${"00".repeat(32)}`;
  const stranger = { ca: lab.pki.other.pem };
  const accepted: ConnectOptions[] = [
    { ...stranger, fingerprint: right },
    { ...stranger, fingerprint: colons.replaceAll(":", "").toLowerCase() },
    { ...stranger, fingerprint: [wrong, right] },
    { ...stranger, fingerprint: right, forceFingerprint: true },
    { fingerprint: wrong }, // as in Perl: the chain is right
    { ca: lab.pki.server.certificate }, // the leaf itself as anchor
  ];
  for (const options of accepted) {
    await (await lab.connect("openssl", server.port, options)).close();
  }
  const refused: ConnectOptions[] = [
    { ...stranger },
    { ...stranger, fingerprint: wrong },
    { fingerprint: wrong, forceFingerprint: true },
  ];
  for (const options of refused) {
    await refuses(() => lab.connect("openssl", server.port, options), SslVerifyError, [
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "FINGERPRINT_MISMATCH",
    ]);
  }
});

Deno.test("checkCrl refuses a revoked s_server with an alert, and accepts the others", async () => {
  await using lab = await Lab.open();
  const ca = await TestCa.create();
  const [good, bad] = [await ca.server("localhost"), await ca.server("localhost")];
  ca.revoke(bad, "keyCompromise");
  for (const [name, { cert, key }] of [["good", good], ["bad", bad]] as const) {
    lab.write(`${name}.pem`, cert);
    lab.write(`${name}.key`, key);
  }
  const crl = ca.crl();
  lab.write("crl.pem", crl);
  // openssl itself agrees that this CRL revokes this certificate.
  lab.write("crl-ca.pem", ca.pem);
  const check = ["verify", "-crl_check", "-CRLfile", "crl.pem", "-CAfile", "crl-ca.pem"];
  await lab.openssl(...check, "good.pem");
  assertMatch((await lab.run("openssl", [...check, "bad.pem"])).output, /certificate revoked/);

  const trust = { ca: ca.pem };
  const goodServer = await lab.sServer("-cert", "good.pem", "-key", "good.key");
  const badServer = await lab.sServer("-cert", "bad.pem", "-key", "bad.key");
  const ways: ConnectOptions[] = [
    { ...trust, crl },
    { ...trust, crlFile: lab.path("crl.pem") },
    { ...trust, crl, checkCrl: true },
    { ...trust, crl, checkCrl: "chain" },
    { caFile: lab.write("both.pem", ca.pem + crl), ca: undefined, checkCrl: true },
  ];
  for (const way of ways) {
    await (await lab.connect("openssl", goodServer.port, way)).close();
    const error = await assertRejects(
      () => lab.connect("openssl", badServer.port, way),
      SslVerifyError,
    );
    assertEquals(error.code, "CERT_REVOKED");
  }
  await badServer.said(/alert certificate revoked/);
  // Without a CRL nothing says that it is not revoked.
  const error = await assertRejects(
    () => lab.connect("openssl", goodServer.port, { ...trust, checkCrl: true }),
    SslVerifyError,
  );
  assertEquals(error.code, "UNABLE_TO_GET_CRL");
  // A pin does not override a verified revocation.
  const fingerprint = bad.certificate.fingerprint();
  await refuses(
    () => lab.connect("openssl", badServer.port, { ...trust, crl, fingerprint }),
    SslVerifyError,
    "CERT_REVOKED",
  );
});

Deno.test("checkCrl refuses a revoked s_client with an alert", async () => {
  await using lab = await Lab.open();
  const ca = await TestCa.create();
  const [good, bad] = [await ca.client("good"), await ca.client("bad")];
  ca.revoke(bad);
  for (const [name, { cert, key }] of [["good", good], ["bad", bad]] as const) {
    lab.write(`${name}.pem`, cert);
    lab.write(`${name}.key`, key);
  }
  const server = await lab.listen("openssl", {
    verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    ca: ca.pem,
    crl: ca.crl(),
  });
  lab.sClient(server.port, "-cert", "good.pem", "-key", "good.key");
  const socket = await server.accept();
  assertEquals(socket.peerCertificate("cn"), "good");
  await socket.close();
  const client = lab.sClient(server.port, "-cert", "bad.pem", "-key", "bad.key");
  const error = await assertRejects(() => server.accept(), SslVerifyError);
  assertEquals(error.code, "CERT_REVOKED");
  await client.said(/alert certificate revoked/);
});

Deno.test("caPath is a directory that openssl rehash made", async () => {
  await using lab = await Lab.open();
  const dir = lab.path("anchors");
  await Deno.mkdir(dir);
  await Deno.copyFile(lab.path("ca.pem"), `${dir}/our-ca.pem`);
  await lab.openssl("rehash", dir);
  await Deno.remove(`${dir}/our-ca.pem`).then(() =>
    Deno.rename(lab.path("ca.pem"), `${dir}/our-ca.pem`)
  );
  const server = await lab.sServer();
  const socket = await lab.connect("openssl", server.port, { ca: undefined, caPath: dir });
  await socket.close();
  const empty = lab.path("empty");
  await Deno.mkdir(empty);
  await refuses(
    () => lab.connect("openssl", server.port, { ca: undefined, caPath: empty }),
    SslVerifyError,
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  );
});

for (const engine of ENGINES) {
  Deno.test(`${engine}: chains with an intermediate CA, complete and incomplete`, async () => {
    await using lab = await Lab.open();
    const below = await lab.pki.ca.intermediate();
    const { cert, key, certificate } = await below.server("localhost");
    lab.write("chain.pem", cert);
    lab.write("leaf.pem", certificate.pem);
    lab.write("chain.key", key);
    const args = ["-cert", "leaf.pem", "-key", "chain.key"];
    const whole = await lab.sServer(...args, "-cert_chain", "chain.pem");
    await (await lab.connect(engine, whole.port)).close();
    const half = await lab.sServer(...args);
    const error = await assertRejects(() => lab.connect(engine, half.port), SslVerifyError);
    assertMatch(error.code, /UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    const server = await lab.listen(engine, { cert, key });
    const client = lab.sClient(server.port);
    const socket = await server.accept();
    await client.said("Verify return code: 0 (ok)");
    await socket.close();
  });
}

// t/verify_partial_chain.t
Deno.test("openssl: the intermediate CA alone is an anchor", async () => {
  await using lab = await Lab.open();
  const below = await lab.pki.ca.intermediate();
  const { certificate, key } = await below.server("localhost");
  lab.write("leaf.pem", certificate.pem);
  lab.write("leaf.key", key);
  const server = await lab.sServer("-cert", "leaf.pem", "-key", "leaf.key");
  const socket = await lab.connect("openssl", server.port, { ca: below.pem });
  await socket.write(bytes("partial\n"));
  await server.said("partial");
  await server.write("chain\n");
  assertEquals(await readText(socket, "chain\n"), "chain\n");
  await socket.close();
});
