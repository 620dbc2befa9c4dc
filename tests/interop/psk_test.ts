/** Pre-shared keys with openssl, GnuTLS and Perl, in both roles. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { gnutlsCli, gnutlsServ, priority } from "./gnutls.ts";
import { bytes, Lab, OUR_NAME, readOn, readText, type Version, VERSIONS } from "./lab.ts";
import { refuses } from "../helpers/refuses.ts";

const hex = (key: string): string => bytes(key).toHex();

/** What openssl needs for a handshake by key alone in this version. */
const byKey = (version: Version): string[] =>
  version === "tls1_2" ? ["-tls1_2", "-cipher", "PSK"] : ["-tls1_3"];

/** A client that trusts no CA: without the key nothing comes of it. */
const trusting = (psk: ConnectOptions["psk"]): ConnectOptions => ({ psk, ca: [] });

/** A listener without a certificate. */
const without = (psk: ListenOptions["psk"]): ListenOptions => ({ cert: undefined, psk });

/** The key of the client is another one: who says so, and how the other one takes it. */
const WRONG_KEY = {
  tls1_2: { alert: "bad_record_mac", reason: /bad record mac/, number: /number 20\b/ },
  tls1_3: {
    alert: "illegal_parameter",
    reason: /binder does not verify/,
    number: /number (47|51)\b/,
  }, // newer servers say decrypt_error
} as const;

for (const version of VERSIONS) {
  const wrong = WRONG_KEY[version];

  Deno.test(`our client and s_server -psk: the right key, ${version}`, async () => {
    await using lab = await Lab.open();
    const args = [...byKey(version), "-nocert", "-psk", hex("secret")];
    const server = await lab.sServer(...args, "-psk_identity", "me");
    const socket = await lab.connect("openssl", server.port, trusting(["me", "secret"]));
    await socket.write(bytes("by key\n"));
    await server.said("by key");
    const [, cipher] = await server.said(/^CIPHER is (\S+)$/m);
    assertEquals(socket.getCipher(), cipher);
    assertEquals(socket.getSslversion(), OUR_NAME[version]);
    assertEquals(server.output.includes("PSK warning"), false);
    assertEquals(socket.peerCertificate(), undefined);
    assertStringIncludes(socket.report.checks[0]!.detail, "pre-shared key");
    await socket.close();
    // Without an identity of its own, the client has Perl's.
    const other = await lab.sServer(...args, "-psk_identity", "io_socket_ssl");
    const plain = await lab.connect("openssl", other.port, trusting("secret"));
    await plain.write(bytes("default identity\n"));
    await other.said("default identity");
    assertEquals(other.output.includes("PSK warning"), false);
    await plain.close();
  });

  Deno.test(`our client and s_server -psk: another key is refused by the peer's alert, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(
      ...[...byKey(version), "-nocert", "-psk", hex("secret"), "-psk_identity", "me"],
    );
    const error = await assertRejects(
      () => lab.connect("openssl", server.port, trusting(["me", "rosebud"])),
      SslPeerError,
    );
    assertEquals(error.alert, wrong.alert);
    assertStringIncludes(error.message, "the peer's pre-shared key seems to be another one");
    assertEquals(/rosebud|secret/.test(Deno.inspect(error)), false);
    await server.said(wrong.reason);
    // It goes on: nothing is left of the failure.
    const socket = await lab.connect("openssl", server.port, trusting(["me", "secret"]));
    await socket.close();
  });

  Deno.test(`our client and s_server -psk: an identity that it does not know, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(
      ...[...byKey(version), "-nocert", "-psk", hex("secret"), "-psk_identity", "me"],
    );
    const connecting = () => lab.connect("openssl", server.port, trusting(["you", "secret"]));
    if (version === "tls1_2") {
      // s_server warns, and takes the key all the same.
      const socket = await connecting();
      await server.said("client identity not what we expected (got 'you' expected 'me')");
      await socket.close();
    } else {
      const error = await assertRejects(connecting, SslPeerError);
      assertEquals(error.alert, "handshake_failure");
      assertStringIncludes(error.message, "the server seems not to know the identity in psk");
    }
  });

  Deno.test(`our client with a key meets an s_server without any: its certificate counts, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`);
    await refuses(
      () => lab.connect("openssl", server.port, trusting(["me", "secret"])),
      SslVerifyError,
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    );
    const socket = await lab.connect("openssl", server.port, { psk: ["me", "secret"] });
    assertEquals(socket.peerCertificate("cn"), "localhost");
    assertEquals(socket.report.checks.some((c) => c.detail.includes("pre-shared key")), false);
    await socket.close();
  });

  Deno.test(`s_client -psk at our listener: the right key, and the default one, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", without({ me: "secret", "": "for the others" }));
    for (
      const [identity, key] of [
        ["me", "secret"],
        ["anybody", "for the others"],
        [undefined, "for the others"], // s_client's own name for itself
      ]
    ) {
      const client = lab.sClient(
        server.port,
        ...[...byKey(version), "-psk", hex(key!)],
        ...(identity === undefined ? [] : ["-psk_identity", identity]),
      );
      const socket = await server.accept();
      // OpenSSL counts a key of TLS 1.3 as a session.
      const words = version === "tls1_2"
        ? /^New, TLSv1\.2, Cipher is (\S*PSK\S*)$/m
        : /^Reused, TLSv1\.3, Cipher is (\S+)$/m;
      const [, cipher] = await client.said(words);
      assertEquals(socket.getCipher(), cipher);
      if (version === "tls1_2") {
        await client.said(`PSK identity: ${identity ?? "Client_identity"}\n`);
      }
      assertMatch(client.output, /no peer certificate available/);
      await client.write("by key\n");
      assertEquals(await readText(socket, "by key\n"), "by key\n");
      assertEquals(socket.report.ok, true);
      await socket.close();
      assertEquals(await client.exited(), 0);
    }
  });

  Deno.test(`s_client -psk at our listener: another key fails on both sides, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", without({ me: "secret" }));
    const client = lab.sClient(
      server.port,
      ...[...byKey(version), "-psk", hex("another"), "-psk_identity", "me"],
    );
    const error = await assertRejects(() => server.accept(), SslPeerError);
    assertMatch(error.reason, wrong.reason);
    assertStringIncludes(error.message, "the peer's pre-shared key seems to be another one");
    await client.said(wrong.number);
    assertEquals(await client.exited(), 1);
  });

  Deno.test(`s_client -psk at our listener: an unknown identity fails on both sides, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", without({ me: "secret" }));
    const client = lab.sClient(
      server.port,
      ...[...byKey(version), "-psk", hex("secret"), "-psk_identity", "you"],
    );
    const error = await assertRejects(() => server.accept(), SslPeerError);
    assertStringIncludes(error.message, "the client offered no identity that psk has a key for");
    await client.said(`SSL alert number ${version === "tls1_2" ? 115 : 40}`);
    assertEquals(await client.exited(), 1);
    // With a certificate beside the keys, TLS 1.3 goes on with it, and TLS 1.2 where it may.
    const both = await lab.listen("openssl", { psk: { me: "secret" } });
    const fallback = lab.sClient(
      both.port,
      ...[`-${version}`, "-psk", hex("secret"), "-psk_identity", "you"],
      ...(version === "tls1_2" ? ["-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"] : []),
    );
    const socket = await both.accept();
    await fallback.said("Verified peername: localhost");
    await socket.close();
  });

  Deno.test(`our client and gnutls-serv --pskpasswd, ${version}`, async () => {
    await using lab = await Lab.open();
    lab.write("keys.txt", `me:${hex("secret")}\n`);
    const server = await gnutlsServ(
      lab,
      ...[priority(version, ":+ECDHE-PSK:+DHE-PSK:+PSK"), "--pskpasswd=keys.txt"],
      "--disable-client-cert",
    );
    const socket = await lab.connect("openssl", server.port, trusting(["me", "secret"]));
    await socket.write(bytes("hello\n"));
    assertEquals(await readText(socket, "hello\n"), "hello\n");
    await server.said("- PSK authentication. Connected as 'me'");
    await socket.close();
    for (const psk of [["me", "another"], ["you", "secret"]] as const) {
      const error = await assertRejects(
        () => lab.connect("openssl", server.port, trusting(psk)),
        SslPeerError,
      );
      assertEquals(error.alert, wrong.alert); // an unknown identity looks like a wrong key
    }
    await server.said(
      version === "tls1_2" ? "Decryption has failed" : "An illegal parameter has been received",
    );
  });

  Deno.test(`gnutls-cli --pskusername at our listener, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl", without({ me: "secret" }));
    // gnutls-cli 3.7 crashes after a handshake of TLS 1.2 with ECDHE-PSK, its own server's too.
    const kx = version === "tls1_2" ? ":-KX-ALL:+PSK" : ":-KX-ALL:+ECDHE-PSK:+ECDHE-RSA";
    const as = (name: string, key: string) =>
      gnutlsCli(
        lab,
        server.port,
        ...[priority(version, kx), `--pskusername=${name}`, `--pskkey=${hex(key)}`],
      );
    const client = as("me", "secret");
    const socket = await server.accept();
    await socket.write(bytes("welcome\n"));
    await client.said("welcome");
    assertMatch(client.output, /- PSK authentication\./);
    assertEquals(socket.getSslversion(), OUR_NAME[version]);
    await socket.close();
    for (const [name, key] of [["me", "another"], ["you", "secret"]] as const) {
      const refused = as(name, key);
      const error = await assertRejects(() => server.accept(), SslPeerError);
      assertMatch(error.message, /pre-shared key seems to be another one|no identity that psk has/);
      await refused.said(/Received alert \[\d+\]|Fatal error/);
      assertEquals(await refused.exited(), 1);
    }
  });
}

Deno.test("a Perl client with a psk callback at our listener, tls1_2", async () => {
  // SSL_psk came with 2.087; Net::SSLeay's own callback for clients is older, and for TLS 1.2.
  await using lab = await Lab.open();
  const server = await lab.listen("openssl", without({ me: "secret" }));
  const client = { SSL_verify_mode: 0, SSL_version: "TLSv1_2", SSL_cipher_list: "PSK" };
  const perl = lab.perl();
  const [socket] = await Promise.all([
    server.accept(),
    perl.call("connect_ssl", server.port, { ...client, psk: ["me", hex("secret")] }),
  ]);
  await perl.call("print", "ping\n");
  assertEquals(await readText(socket, "ping\n"), "ping\n");
  assertMatch((await perl.call("info")).cipher, /PSK/);
  await socket.close();
  for (const psk of [["me", hex("another")], ["you", hex("secret")]]) {
    const refused = lab.perl();
    const [error, answer] = await Promise.all([
      assertRejects(() => server.accept(), SslPeerError),
      refused.ask("connect_ssl", server.port, { ...client, psk }),
    ]);
    assertMatch(error.message, /pre-shared key seems to be another one|no identity that psk has/);
    assertMatch(answer.error!, /alert/);
  }
});

Deno.test("a session that began with a key is resumed at s_server, with that key alone", async () => {
  for (const version of VERSIONS) {
    await using lab = await Lab.open();
    const server = await lab.sServer(
      ...[...byKey(version), "-nocert", "-psk", hex("secret"), "-psk_identity", "me"],
    );
    const sessionCache = new SessionCache(10);
    const options = { ...trusting(["me", "secret"]), sessionCache };
    for (const expected of [false, true]) {
      const before = server.output.length;
      const socket = await lab.connect("openssl", server.port, options);
      await socket.write(bytes(`line ${expected}\n`));
      await server.said(`line ${expected}`);
      // A key of TLS 1.3 is one itself, for OpenSSL.
      const reused = expected || version === "tls1_3";
      assertEquals(server.output.slice(before).includes("Reused session-id"), reused);
      assertEquals(socket.getSessionReused(), reused);
      await server.write("tickets\n");
      assertEquals(await readText(socket, "tickets\n"), "tickets\n");
      await socket.close();
    }
    const { psk: _, ...keyless } = options;
    await refuses(
      async () => {
        const socket = await lab.connect("openssl", server.port, keyless);
        await readOn(socket).finally(() => socket.close());
      },
      SslPeerError,
      "ERR_SSL_ALERT_HANDSHAKE_FAILURE",
    );
  }
});
