/** Versions, ciphers, groups and signature algorithms, as openssl's own tools see them. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ListenOptions } from "../../socket/options.ts";
import { SslError, SslPeerError } from "../../errors.ts";
import { Lab, OUR_NAME, THEIR_NAME, VERSIONS } from "./lab.ts";

/** What s_client got from our server: a line each, or undefined where the handshake failed. */
async function served(
  lab: Lab,
  options: ListenOptions,
  ...args: string[]
): Promise<{ version: string; cipher: string; output: string } | undefined> {
  const server = await lab.listen("openssl", options);
  try {
    const client = lab.sClient(server.port, ...args);
    const socket = await server.accept().catch((error) => {
      if (!(error instanceof SslError)) throw error;
    });
    if (socket === undefined) {
      assertEquals(await client.exited(), 1, client.output);
      return undefined;
    }
    const [, version, cipher] = await client.said(/^New, (\S+), Cipher is (\S+)$/m);
    await client.said("Verify return code: 0 (ok)");
    await socket.close();
    await client.exited();
    return { version: version!, cipher: cipher!, output: client.output };
  } finally {
    server.listener.close();
  }
}

const LEGACY = "DEFAULT:@SECLEVEL=0";

Deno.test("a client's version option is what s_server sees", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer("-cipher", LEGACY);
  const cases: [object, string][] = [
    [{}, "TLSv1_3"],
    [{ version: "TLSv1_2" }, "TLSv1_2"],
    [{ version: "tlsv12" }, "TLSv1_2"],
    [{ version: "TLSv1_3" }, "TLSv1_3"],
    [{ version: "SSLv23:!TLSv1_3" }, "TLSv1_2"],
    [{ version: "SSLv23:!TLSv1_2" }, "TLSv1_3"],
    [{ version: "SSLv23:!TLSv1_3:!TLSv1_2", cipherList: LEGACY }, "TLSv1_1"],
    [{ version: "TLSv1", cipherList: LEGACY }, "TLSv1"],
    [{ version: "TLSv1_1", cipherList: LEGACY }, "TLSv1_1"],
    [{ maxVersion: "TLSv1_2" }, "TLSv1_2"],
    [{ minVersion: "TLSv1_3" }, "TLSv1_3"],
    [{ minVersion: "TLSv1_1", maxVersion: "TLSv1_1", cipherList: LEGACY }, "TLSv1_1"],
  ];
  for (const [options, expected] of cases) {
    const socket = await lab.connect("openssl", server.port, options);
    assertEquals(socket.getSslversion(), expected, JSON.stringify(options));
    assertEquals(socket.getCipher()!.startsWith("TLS_"), expected === "TLSv1_3");
    await socket.close();
  }
});

Deno.test("a client without TLS 1.2 or newer in its options does not reach a newer server", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer("-tls1_3");
  const error = await assertRejects(
    () => lab.connect("openssl", server.port, { version: "TLSv1_2" }),
    SslPeerError,
  );
  assertEquals(error.alert, "protocol_version");
});

Deno.test("a server's version option is what s_client sees, and what it does not allow is refused", async () => {
  await using lab = await Lab.open();
  const legacy = { cipherList: LEGACY };
  const cases: [ListenOptions, string[], string | undefined][] = [
    [{}, [], "TLSv1.3"],
    [{}, ["-tls1_2"], "TLSv1.2"],
    [{}, ["-tls1_1", "-cipher", LEGACY], undefined],
    [{ version: "TLSv1_2" }, [], "TLSv1.2"],
    [{ version: "TLSv1_2" }, ["-tls1_3"], undefined],
    [{ version: "SSLv23:!TLSv1_2" }, ["-tls1_2"], undefined],
    [{ version: "SSLv23:!TLSv1_2" }, [], "TLSv1.3"],
    [{ maxVersion: "TLSv1_2" }, [], "TLSv1.2"],
    [{ minVersion: "TLSv1_3" }, ["-tls1_2"], undefined],
    [{ minVersion: "TLSv1_1", ...legacy }, ["-tls1_1", "-cipher", LEGACY], "TLSv1.1"],
    [{ version: "TLSv1", ...legacy }, ["-tls1", "-cipher", LEGACY], "TLSv1.0"],
    [{ version: "TLSv1", ...legacy }, ["-tls1_2"], undefined],
  ];
  for (const [options, args, expected] of cases) {
    const got = await served(lab, options, ...args);
    // s_client names the version of the cipher in this line; the protocol is below.
    const version = got?.output.match(/^ +Protocol +: (\S+)$/m)?.[1] ?? got?.version;
    const shown = expected === "TLSv1.0" ? "TLSv1" : expected;
    assertEquals(version, shown, JSON.stringify([options, args]));
  }
});

Deno.test("a client offers exactly its cipherList and its ciphersuites", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer();
  const list = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
  const socket = await lab.connect("openssl", server.port, {
    version: "TLSv1_2",
    cipherList: list,
  });
  const [, shared] = await server.said(/^Shared ciphers:(.*)$/m);
  assertEquals(shared, list);
  const [, cipher] = await server.said(/^CIPHER is (\S+)$/m);
  assertEquals(socket.getCipher(), cipher);
  await socket.close();
  const other = await lab.sServer("-tls1_3");
  const suites = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
  const newer = await lab.connect("openssl", other.port, {
    version: "TLSv1_3",
    ciphersuites: suites,
  });
  assertEquals((await other.said(/^Shared ciphers:(.*)$/m))[1], suites);
  assertEquals(newer.getCipher(), (await other.said(/^CIPHER is (\S+)$/m))[1]);
  await newer.close();
});

Deno.test("a client and a server without a cipher in common do not come together", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256");
  const error = await assertRejects(
    () =>
      lab.connect("openssl", server.port, {
        version: "TLSv1_2",
        cipherList: "ECDHE-ECDSA-AES256-GCM-SHA384",
      }),
    SslPeerError,
  );
  assertEquals(error.alert, "handshake_failure");
  const refused = await served(
    lab,
    { cipherList: "ECDHE-ECDSA-AES256-GCM-SHA384", version: "TLSv1_2" },
    ...["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
  );
  assertEquals(refused, undefined);
});

Deno.test("a server's order of ciphers decides, with honorCipherOrder: false the client's", async () => {
  await using lab = await Lab.open();
  const [a, b] = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"];
  const options = { version: "TLSv1_2", cipherList: `${a}:${b}` };
  const theirs = ["-tls1_2", "-cipher", `${b}:${a}`];
  assertEquals((await served(lab, options, ...theirs))?.cipher, a);
  const follow = { ...options, honorCipherOrder: false };
  assertEquals((await served(lab, follow, ...theirs))?.cipher, b);
  const [c, d] = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"];
  const newer = { ciphersuites: `${c}:${d}` };
  assertEquals((await served(lab, newer, "-ciphersuites", `${d}:${c}`))?.cipher, c);
});

Deno.test("a server has a cipherList per name", async () => {
  await using lab = await Lab.open();
  const { cert, key } = await lab.pki.ca.server("localhost", "other.local");
  const server = {
    cert: { "other.local": cert, "": cert },
    key: { "other.local": key, "": key },
    version: "TLSv1_2",
    cipherList: {
      "other.local": "ECDHE-ECDSA-AES128-GCM-SHA256",
      "": "ECDHE-ECDSA-AES256-GCM-SHA384",
    },
  };
  const trust = ["-CAfile", "ca.pem", "-verify_return_error"];
  assertEquals(
    (await served(lab, server, ...trust, "-servername", "other.local"))?.cipher,
    "ECDHE-ECDSA-AES128-GCM-SHA256",
  );
  assertEquals(
    (await served(lab, server, ...trust, "-servername", "localhost"))?.cipher,
    "ECDHE-ECDSA-AES256-GCM-SHA384",
  );
});

for (const version of VERSIONS) {
  const on = THEIR_NAME[version];

  Deno.test(`a client offers exactly the groups of ecdhCurve, ${on}`, async () => {
    await using lab = await Lab.open();
    // A P-256 certificate would need that group too in TLS 1.2.
    const rsa = await lab.pki.ca.server("localhost", { keyType: "rsa" });
    lab.write("rsa.pem", rsa.cert);
    lab.write("rsa.key", rsa.key);
    const server = await lab.sServer(`-${version}`, "-cert", "rsa.pem", "-key", "rsa.key");
    const socket = await lab.connect("openssl", server.port, {
      version: OUR_NAME[version],
      ecdhCurve: "P-384:X25519",
    });
    assertEquals((await server.said(/^Supported groups: (.*)$/m))[1], "secp384r1:x25519");
    assertStringIncludes("P-384 or X25519", socket.getGroup()!);
    await socket.close();
  });

  // t/set_curves.t
  Deno.test(`a server with P-521:P-384 takes these groups and no others, ${on}`, async () => {
    await using lab = await Lab.open();
    const options = { version: OUR_NAME[version], ecdhCurve: "P-521:P-384" };
    const cases: [string, string | undefined][] = [
      ["P-521", "secp521r1, 521 bits"],
      ["P-384", "secp384r1, 384 bits"],
      ["P-256", undefined],
      // In TLS 1.3 a group with a key share goes before one that needs another round trip.
      ["P-384:P-521", version === "tls1_3" ? "secp384r1, 384 bits" : "secp521r1, 521 bits"],
      ["P-256:P-384:P-521", "secp521r1, 521 bits"],
    ];
    for (const [groups, expected] of cases) {
      const rsa = await lab.pki.ca.server("localhost", { keyType: "rsa" });
      // Finite-field DH needs no group of the list in TLS 1.2.
      const theirs = [`-${version}`, "-cipher", "ECDHE", "-groups", groups];
      const got = await served(lab, { ...options, ...rsa }, ...theirs);
      const group = got?.output.match(/^Server Temp Key: (?:ECDH, )?(.*)$/m)?.[1];
      assertEquals(group, expected, groups);
    }
  });

  Deno.test(`sigalgs decide what is signed with, both roles, ${on}`, async () => {
    await using lab = await Lab.open();
    const { cert, key } = await lab.pki.ca.server("localhost", { keyType: "rsa" });
    lab.write("rsa.pem", cert);
    lab.write("rsa.key", key);
    const peer = await lab.sServer(`-${version}`, "-cert", "rsa.pem", "-key", "rsa.key");
    const sigalgs = "RSA-PSS+SHA512:ECDSA+SHA256";
    const socket = await lab.connect("openssl", peer.port, { sigalgs });
    assertEquals((await peer.said(/^Signature Algorithms: (.*)$/m))[1], sigalgs);
    assertEquals(socket.getPeerSignatureAlgorithm(), "rsa_pss_rsae_sha512");
    await socket.close();
    const ours = { cert, key, sigalgs: "RSA-PSS+SHA384" };
    const got = await served(lab, ours, `-${version}`);
    assertStringIncludes(got!.output, "Peer signing digest: SHA384");
    assertStringIncludes(got!.output, "Peer signature type: RSA-PSS");
    const refused = await served(lab, ours, `-${version}`, "-sigalgs", "RSA-PSS+SHA256");
    assertEquals(refused, undefined);
  });
}

Deno.test("dhFile and dh give the server's parameters; dh: null turns DH off", async () => {
  await using lab = await Lab.open();
  await lab.openssl("dhparam", "-out", "dh.pem", "-dsaparam", "2048");
  const rsa = await lab.pki.ca.server("localhost", { keyType: "rsa" });
  const only = ["-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"];
  const list = { version: "TLSv1_2", cipherList: "DHE:ECDHE", ...rsa };
  const file = await served(lab, { ...list, dhFile: lab.path("dh.pem") }, ...only);
  assertEquals(file?.cipher, "DHE-RSA-AES256-GCM-SHA384");
  assertStringIncludes(file!.output, "Server Temp Key: DH, 2048 bits");
  const dh = await Deno.readTextFile(lab.path("dh.pem"));
  assertStringIncludes((await served(lab, { ...list, dh }, ...only))!.output, "DH, 2048 bits");
  const automatic = await served(lab, list, ...only);
  assertStringIncludes(automatic!.output, "Server Temp Key: DH, 2048 bits");
  assertEquals(await served(lab, { ...list, dh: null }, ...only), undefined);
  assertEquals((await served(lab, { ...list, dh: null }, "-tls1_2"))?.cipher.slice(0, 6), "ECDHE-");
});

Deno.test("ecdhCurve: null leaves finite-field DH to a server of TLS 1.2", async () => {
  await using lab = await Lab.open();
  const rsa = await lab.pki.ca.server("localhost", { keyType: "rsa" });
  const options = { version: "TLSv1_2", ecdhCurve: null, ...rsa };
  assertEquals((await served(lab, options, "-tls1_2"))?.cipher.slice(0, 4), "DHE-");
  const only = ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"];
  assertEquals(await served(lab, options, ...only), undefined);
});

Deno.test("t/ecdhe.t: prime256v1 gives an ECDHE cipher", async () => {
  await using lab = await Lab.open();
  const got = await served(lab, { version: "TLSv1_2", ecdhCurve: "prime256v1" });
  assertEquals(got?.cipher.slice(0, 6), "ECDHE-");
  assertStringIncludes(got!.output, "Server Temp Key: ECDH, prime256v1, 256 bits");
});

Deno.test("modeReleaseBuffers changes nothing for the peer", async () => {
  await using lab = await Lab.open();
  assertEquals((await served(lab, { modeReleaseBuffers: true }))?.version, "TLSv1.3");
});

// t/multiple-cert-rsa-ecc.t
for (const version of VERSIONS) {
  Deno.test(`RSA and ECDSA side by side by what the client takes, ${THEIR_NAME[version]}`, async () => {
    await using lab = await Lab.open();
    const { ca } = lab.pki;
    const made = {
      "": await ca.server("localhost", { keyType: "rsa", commonName: "rsa" }),
      "%ecc": await ca.server("localhost", { commonName: "ecc" }),
      "server2.local": await ca.server("server2.local", { keyType: "rsa" }),
    };
    const options: ListenOptions = {
      honorCipherOrder: false,
      version: OUR_NAME[version],
      cert: Object.fromEntries(Object.entries(made).map(([name, { cert }]) => [name, cert])),
      key: Object.fromEntries(Object.entries(made).map(([name, { key }]) => [name, key])),
    };
    // In TLS 1.2 the cipher decides, in TLS 1.3 the signature algorithms.
    const accept = {
      ECDSA: version === "tls1_2" ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "ECDSA+SHA256",
      RSA: version === "tls1_2" ? "ECDHE-RSA-AES128-GCM-SHA256" : "RSA-PSS+SHA256",
    };
    const option = version === "tls1_2" ? "-cipher" : "-sigalgs";
    const cases: [string | undefined, ("RSA" | "ECDSA")[], string | undefined][] = [];
    for (const name of ["foo.bar", undefined]) {
      cases.push([name, ["ECDSA"], "ecc"], [name, ["RSA"], "rsa"]);
      cases.push([name, ["RSA", "ECDSA"], "rsa"], [name, ["ECDSA", "RSA"], "ecc"]);
    }
    cases.push(["server2.local", ["RSA", "ECDSA"], "server2.local"]);
    cases.push(["server2.local", ["ECDSA", "RSA"], "server2.local"]);
    cases.push(["server2.local", ["ECDSA"], undefined]);
    const server = await lab.listen("openssl", options);
    for (const [name, kinds, expected] of cases) {
      const list = kinds.map((kind) => accept[kind]).join(":");
      const client = lab.sClient(
        server.port,
        ...[`-${version}`, option, list, "-CAfile", "ca.pem", "-verify_return_error"],
        ...(name === undefined ? ["-noservername"] : ["-servername", name]),
      );
      const what = `${name} ${kinds}`;
      if (expected === undefined) {
        await assertRejects(() => server.accept(), SslError, "", what);
        assertEquals(await client.exited(), 1, what);
        continue;
      }
      const socket = await server.accept();
      const [, got] = await client.said(/^subject=CN = (.*)$/m);
      assertEquals(got, expected, what);
      assertEquals(socket.sockCertificate("cn"), expected, what);
      await socket.close();
      await client.exited();
    }
  });
}

Deno.test("a resumption does not hide a change of the cipherList between two contexts", async () => {
  await using lab = await Lab.open();
  const server = await lab.sServer("-tls1_2");
  for (const cipherList of ["ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"]) {
    const socket = await lab.connect("openssl", server.port, { version: "TLSv1_2", cipherList });
    assertEquals(socket.getCipher(), cipherList);
    assertEquals(socket.getSessionReused(), false);
    await socket.close();
  }
});
