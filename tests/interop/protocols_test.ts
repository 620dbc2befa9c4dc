/** Versions in Perl's grammar, and key exchange off and automatic: what openssl and Perl then get. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import type { ListenOptions } from "../../socket/options.ts";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import { Lab, OUR_NAME, VERSIONS } from "./lab.ts";

/** The line "Server Temp Key" of s_client, or undefined where the handshake failed. */
async function exchange(
  lab: Lab,
  options: ListenOptions,
  ...args: string[]
): Promise<string | undefined> {
  const { accept, port, listener } = await lab.listen("openssl", options);
  const accepting = accept().catch((error) => {
    if (!(error instanceof SslError)) throw error;
  });
  const client = lab.sClient(port, ...args);
  const socket = await accepting;
  listener.close();
  if (socket === undefined) {
    assertEquals(await client.exited(), 1);
    return undefined;
  }
  const [, key] = await client.said(/^Server Temp Key: (.*)$/m);
  await socket.close();
  return key;
}

Deno.test("version: nonsense and several protocols are refused with Perl's words, before anything is sent", async () => {
  await using lab = await Lab.open();
  const cases: [string, RegExp][] = [
    ["nonsense", /invalid SSL_version specified/],
    ["TLSv1_4", /invalid SSL_version specified/],
    ["SSLv23:!", /invalid SSL_version specified/],
    ["TLSv1_2,TLSv1_3", /invalid SSL_version specified/],
    ["TLSv1_2:TLSv1_3", /cannot set multiple SSL protocols in SSL_version/],
    ["tlsv12:TLSv1_1", /cannot set multiple SSL protocols in SSL_version/],
    ["SSLv23:TLSv1_3", /cannot set multiple SSL protocols in SSL_version/],
  ];
  for (const [version, text] of cases) {
    // Nobody listens there: it must not come to that.
    const client = await assertRejects(() => lab.connect("openssl", 1, { version }), TypeError);
    const server = await assertRejects(() => lab.listen("openssl", { version }), TypeError);
    for (const error of [client, server]) assertMatch(error.message, text);
    // The same words as Perl's own.
    const perl = await lab.perl().ask("listen_ssl", {
      ...{ SSL_cert_file: "cert.pem", SSL_key_file: "key.pem", SSL_version: version },
    });
    // Perl reads the list up to the first one that it does not know.
    if (version !== "SSLv23:!") assertMatch(perl.error ?? "", text, version);
  }
  for (const [version, name] of [["SSLv2", "SSLv2"], ["sslv3", "SSLv3"]] as const) {
    for (const more of [{}, { cipherList: "DEFAULT:@SECLEVEL=0" }]) {
      const error = await assertRejects(
        () => SslContext.create({ engine: "openssl", ca: [], version, ...more }),
        SslUnsupportedError,
      );
      assertMatch(
        error.message,
        new RegExp(`^Cannot use option "version": SSL Version ${name} not supported`),
      );
    }
  }
});

// t/protocol_version.t
for (
  const [name, exact, better] of [
    ["TLSv1", "TLSv1", "SSLv23:!TLSv1_3:!TLSv1_2:!TLSv1_1"],
    ["TLSv1_1", "TLSv11", "SSLv23:!TLSv1_3:!TLSv1_2"],
    ["TLSv1_2", "tlsv1_2", "SSLv23:!TLSv1_3"],
    ["TLSv1_3", "TLSv13", "SSLv2/3"],
  ] as const
) {
  Deno.test(`t/protocol_version.t: ${name} exactly, and by what is excluded, with Perl`, async () => {
    await using lab = await Lab.open();
    const rsa = await lab.pki.ca.server("localhost", { keyType: "rsa" });
    lab.write("rsa.pem", rsa.cert);
    lab.write("rsa.key", rsa.key);
    const low = "DEFAULT:@SECLEVEL=0";
    const all = { SSL_version: "SSLv23:!SSLv3:!SSLv2", SSL_cipher_list: low };
    for (const version of [exact, better]) {
      const options = { version, cipherList: low };
      const perl = lab.perl();
      const port = await perl.call("listen_ssl", {
        ...{ ...all, SSL_cert_file: "rsa.pem", SSL_key_file: "rsa.key" },
      });
      const [socket] = await Promise.all([
        lab.connect("openssl", port, options),
        perl.call("accept"),
      ]);
      assertEquals([socket.getSslversion(), (await perl.call("info")).version], [name, name]);
      await socket.close();
      const { cert, key } = rsa;
      const server = await lab.listen("openssl", { cert, key, ...options });
      const other = lab.perl();
      const [served] = await Promise.all([
        server.accept(),
        other.call("connect_ssl", server.port, {
          ...{ ...all, SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost" },
        }),
      ]);
      assertEquals([served.getSslversion(), (await other.call("info")).version], [name, name]);
      await served.close();
    }
    // Not by the default, and not without the security level.
    if (name === "TLSv1" || name === "TLSv1_1") {
      for (
        const make of [
          () => lab.connect("openssl", 1, { version: exact }),
          () => lab.listen("openssl", { version: exact }),
        ]
      ) {
        const error = await assertRejects(make, SslUnsupportedError);
        assertMatch(error.message, /security level forbids.*@SECLEVEL=0/);
      }
    }
  });
}

for (const version of VERSIONS) {
  Deno.test(`ecdhCurve: null never uses a curve, "auto" does, both roles, ${version}`, async () => {
    await using lab = await Lab.open();
    const rsa = await lab.pki.ca.server("localhost", { keyType: "rsa" });
    const { cert, key } = rsa;
    lab.write("rsa.pem", cert);
    lab.write("rsa.key", key);
    const own = { cert, key };
    const off = await exchange(
      lab,
      { ...own, ecdhCurve: null },
      `-${version}`,
      "-groups",
      "X25519:P-256:ffdhe2048",
    );
    assertMatch(off!, /^DH, /);
    const curves = [`-${version}`, "-cipher", "ECDHE", "-groups", "X25519:P-256"];
    assertEquals(await exchange(lab, { ...own, ecdhCurve: null }, ...curves), undefined);
    const auto = await exchange(lab, { ...own, ecdhCurve: "auto" }, `-${version}`);
    assertMatch(auto!, /^X25519|^ECDH/);
    // Of a client nothing but finite-field groups is offered.
    const peer = await lab.sServer(`-${version}`, "-cert", "rsa.pem", "-key", "rsa.key");
    const socket = await lab.connect("openssl", peer.port, { ecdhCurve: null });
    assertEquals(socket.getSslversion(), OUR_NAME[version]);
    const [, cipher] = await peer.said(/^CIPHER is (\S+)$/m);
    if (version === "tls1_2") assertMatch(cipher!, /^DHE-/);
    const [, groups] = peer.output.match(/^Supported groups: (.*)$/m)!;
    assertMatch(groups!, /^ffdhe2048(?::ffdhe\d+)+$/);
    await socket.close();
  });

  Deno.test(`dh: null never uses a finite field, ${version}`, async () => {
    await using lab = await Lab.open();
    const { cert, key } = await lab.pki.ca.server("localhost", { keyType: "rsa" });
    const fields = [`-${version}`, "-cipher", "DHE", "-groups", "ffdhe2048"];
    assertMatch((await exchange(lab, { cert, key }, ...fields))!, /^DH, /);
    assertEquals(await exchange(lab, { cert, key, dh: null }, ...fields), undefined);
    for (const group of ["X25519", "P-256", "P-384", "P-521", "X448"]) {
      const got = await exchange(lab, { cert, key, dh: null }, `-${version}`, "-groups", group);
      assertMatch(got!, /^X25519|^X448|^ECDH/, group);
    }
    // With both off TLS 1.3 has nothing left, and so is not there.
    const none = { cert, key, dh: null, ecdhCurve: null };
    assertEquals(await exchange(lab, none, `-${version}`, "-cipher", "DHE:ECDHE"), undefined);
    await assertRejects(
      () => lab.listen("openssl", { ...none, version: "TLSv1_3" }),
      SslUnsupportedError,
      "ecdhCurve: null and dh: null",
    );
  });
}

Deno.test("automatic DH is as strong as the key; dhFile in DER is taken as it is", async () => {
  await using lab = await Lab.open();
  const only = ["-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"];
  for (const bits of [2048, 3072]) {
    await lab.openssl("genrsa", "-out", "big.key", `${bits}`);
    await lab.openssl(
      ...["req", "-new", "-x509", "-key", "big.key", "-out", "big.pem", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    );
    const own = { certFile: lab.path("big.pem"), keyFile: lab.path("big.key") };
    const trust = ["-CAfile", "big.pem", "-verify_return_error"];
    assertEquals(await exchange(lab, own, ...only, ...trust), `DH, ${bits} bits`);
  }
  await lab.openssl(
    "genpkey",
    "-genparam",
    "-algorithm",
    "DH",
    "-pkeyopt",
    "group:ffdhe3072",
    "-out",
    "dh.pem",
  );
  await lab.openssl("dhparam", "-in", "dh.pem", "-outform", "DER", "-out", "dh.der");
  const { cert, key } = await lab.pki.ca.server("localhost", { keyType: "rsa" });
  for (
    const dhFile of [
      lab.path("dh.pem"),
      lab.path("dh.der"),
      new URL(`file://${lab.path("dh.der")}`),
    ]
  ) {
    assertEquals(await exchange(lab, { cert, key, dhFile }, ...only), "DH, 3072 bits");
  }
  for (const dhFile of [lab.path("key.pem"), lab.path("nowhere")]) {
    await assertRejects(() => lab.listen("openssl", { cert, key, dhFile }), SslError, "dh");
  }
});
