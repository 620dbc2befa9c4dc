/** Options that watch, judge and choose, seen from the other end: openssl, GnuTLS, Perl, curl. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { SSL_OCSP_MUST_STAPLE } from "../../constants.ts";
import { SslContext } from "../../context/context.ts";
import { SslError, SslVerifyError } from "../../errors.ts";
import { bytes, Lab, OUR_NAME, VERSIONS } from "./lab.ts";
import { run } from "./peers.ts";

/** The value of a channel binding in what gnutls-cli prints. */
function binding(output: string, type: string): string | undefined {
  return new RegExp(`- '${type}': ([0-9a-f]+)`).exec(output)?.[1];
}

for (const version of VERSIONS) {
  Deno.test(`channel bindings are those that GnuTLS computes, ${version}`, async () => {
    await using lab = await Lab.open();
    const { port, accept } = await lab.listen("openssl", { version: OUR_NAME[version] });
    const accepting = accept();
    const peer = lab.peer(
      "gnutls-cli",
      ...["-p", `${port}`, "--x509cafile=ca.pem", "--sni-hostname=localhost"],
      ...["--verify-hostname=localhost", "--verbose", "127.0.0.1"],
    );
    const socket = await accepting;
    await peer.said("Simple Client Mode");
    const said = peer.output;
    const types = version === "tls1_2"
      ? ["tls-unique", "tls-server-end-point", "tls-exporter"] as const
      : ["tls-server-end-point", "tls-exporter"] as const;
    for (const type of types) {
      assertEquals(socket.channelBinding(type).toHex(), binding(said, type), said);
    }
    await socket.close();
  });

  Deno.test(`our client judges what openssl s_server staples, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca, server } = lab.pki;
    lab.write("good.der", await ca.ocspResponse(server));
    lab.write("revoked.der", await ca.ocspResponse(server, { status: "revoked" }));
    const ocspMode = SSL_OCSP_MUST_STAPLE;
    {
      const peer = await lab.sServer(`-${version}`, "-status_file", lab.path("good.der"));
      await using socket = await lab.connect("openssl", peer.port, { ocspMode });
      assertEquals(socket.report.checks.find((c) => c.name === "ocsp")?.ok, true);
      assertEquals(socket.getSslversion(), OUR_NAME[version]);
    }
    {
      const peer = await lab.sServer(`-${version}`, "-status_file", lab.path("revoked.der"));
      const error = await assertRejects(
        () => lab.connect("openssl", peer.port),
        SslVerifyError,
      );
      assertEquals(error.code, "CERT_REVOKED");
    }
    const peer = await lab.sServer(`-${version}`);
    const missing = await assertRejects(
      () => lab.connect("openssl", peer.port, { ocspMode }),
      SslVerifyError,
    );
    assertEquals(missing.code, "OCSP_VERIFY_NEEDED");
  });

  Deno.test(`openssl s_client gets what our server staples, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca, server } = lab.pki;
    for (const ocspStaple of [await ca.ocspResponse(server), () => ca.ocspResponse(server)]) {
      const { port, accept } = await lab.listen("openssl", { ocspStaple });
      const accepting = accept();
      const peer = lab.sClient(port, `-${version}`, "-status");
      const socket = await accepting;
      await peer.said("OCSP Response Status: successful");
      await peer.said("Cert Status: good");
      await socket.close();
    }
    const { port, accept } = await lab.listen("openssl");
    const accepting = accept();
    const peer = lab.sClient(port, `-${version}`, "-status");
    const socket = await accepting;
    await peer.said("OCSP response: no response sent");
    await socket.close();
  });

  Deno.test(`openssl s_client is served by sniCallback, or refused, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca } = lab.pki;
    const a = await ca.server("a.example");
    const strict = await SslContext.create({
      ...{ engine: "openssl", server: true, cert: a.cert, key: a.key },
      ...{ verifyMode: 3, clientCa: ca.pem },
    });
    const { port, accept } = await lab.listen("openssl", {
      sniCallback: async (name) => {
        await Promise.resolve();
        return name === "a.example" ? strict : name === "b.example" ? null : undefined;
      },
    });
    const trust = ["-CAfile", "ca.pem", "-verify_return_error", `-${version}`];
    {
      const accepting = accept();
      const mine = ["-cert", "client.pem", "-key", "client.key"];
      const peer = lab.sClient(port, "-servername", "a.example", ...trust, ...mine);
      const socket = await accepting;
      await peer.said(/subject=CN = a\.example/);
      await peer.said("Acceptable client certificate CA names");
      assertEquals(socket.peerCertificate("cn"), lab.pki.client.certificate.commonName);
      await socket.close();
    }
    {
      const accepting = accept().catch((error) => error);
      lab.sClient(port, "-servername", "a.example", ...trust);
      assertInstanceOf(await accepting, SslError); // it has no certificate
    }
    {
      const accepting = accept().catch((error) => error);
      const peer = lab.sClient(port, "-servername", "b.example", ...trust);
      await peer.said(/unrecognized name/);
      assertEquals((await accepting).code, "ERR_SSL_UNRECOGNIZED_NAME");
    }
  });
}

Deno.test("verifyCallback is called as Perl's SSL_verify_callback is", async () => {
  await using lab = await Lab.open();
  const { ca, server } = lab.pki;
  const sub = await ca.intermediate();
  const deep = await sub.server("localhost");
  const old = await ca.expired("localhost");
  lab.write("deep.pem", deep.cert);
  lab.write("deep.key", deep.key);
  lab.write("old.pem", old.cert);
  lab.write("old.key", old.key);
  const script = `
    use IO::Socket::SSL;
    my ($port, $ca) = @ARGV;
    IO::Socket::SSL->new(
      PeerAddr => "127.0.0.1:$port", SSL_ca_file => $ca, SSL_verifycn_name => "localhost",
      SSL_verify_callback => sub {
        my ($ok, $store, $name, $error, $cert, $depth) = @_;
        $error = Net::SSLeay::X509_STORE_CTX_get_error($store) if !$ok;
        print join("|", $ok ? 1 : 0, $name, $ok ? 0 : $error, $depth), "\\n";
        1;
      }) or die $SSL_ERROR;`;
  const cases: [string[], string][] = [
    [["-cert", "deep.pem", "-key", "deep.key", "-cert_chain", "deep.pem"], "ca.pem"],
    [["-cert", "old.pem", "-key", "old.key"], "ca.pem"],
    [["-cert", "cert.pem", "-key", "key.pem"], "other.pem"],
  ];
  for (const [args, trust] of cases) {
    const peer = await lab.sServer(...args);
    const perl = await run("perl", ["-e", script, `${peer.port}`, trust], lab.dir);
    assertEquals(perl.code, 0, perl.output);
    const calls: string[] = [];
    await using _ = await lab.connect("openssl", peer.port, {
      ca: Deno.readTextFileSync(lab.path(trust)),
      verifycnScheme: "default",
      verifyCallback: (ok, _store, name, error, _cert, depth) => {
        calls.push([ok ? 1 : 0, name, error, depth].join("|"));
        return true;
      },
    });
    assertEquals(calls, perl.output.trim().split("\n"));
    assert(calls.length > 0);
  }
  assert(server.cert !== deep.cert);
});

Deno.test("a server with a verifyCallback keeps no session that could be resumed before it decides", async () => {
  await using lab = await Lab.open();
  const { ca } = lab.pki;
  const connect = async (verifyCallback: (() => Promise<boolean>) | undefined, ticket: boolean) => {
    const { port, accept } = await lab.listen("openssl", {
      ...{ verifyMode: 3, clientCa: ca.pem, verifyCallback },
    });
    const file = lab.path(`session-${verifyCallback === undefined}-${ticket}`);
    const said: string[] = [];
    for (const io of ["-sess_out", "-sess_in"]) {
      const kept = await Deno.stat(file).then(() => true, () => false);
      if (io === "-sess_in" && !kept) return [...said, "no session"];
      const accepting = accept();
      const args = ["-tls1_2", "-cert", "client.pem", "-key", "client.key", io, file];
      const peer = lab.sClient(port, ...args, ...(ticket ? [] : ["-no_ticket"]));
      const socket = await accepting;
      said.push((await peer.said(/^(New|Reused), /m))[1]!);
      await socket.close();
      await peer.exited();
    }
    return said;
  };
  const decides = () => Promise.resolve(true);
  assertEquals(await connect(undefined, false), ["New", "Reused"]);
  // Without tickets a session would be in the server's cache while the verifier is still at work.
  assertEquals(await connect(decides, false), ["New", "no session"]);
  // A ticket leaves after the decision only, and so may be used.
  assertEquals(await connect(decides, true), ["New", "Reused"]);
});

Deno.test("errorTrap tells curl, which speaks plain HTTP, what this server is for", async () => {
  await using lab = await Lab.open();
  const { port, accept } = await lab.listen("openssl", {
    errorTrap: async (connection, message) => {
      assertMatch(message, /does not speak TLS/);
      const head = "HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n";
      await connection.write(bytes(head + "This server is SSL only\n"));
      connection.close();
    },
  });
  const accepting = accept().catch((error) => error);
  const { output } = await run("curl", ["-sS", `http://127.0.0.1:${port}/`], lab.dir);
  assertEquals(output, "This server is SSL only\n");
  assertEquals((await accepting).code, "ERR_SSL_NOT_TLS");
});

for (const [name, version] of [["tls1", "TLSv1"], ["tls1_1", "TLSv1_1"]] as const) {
  Deno.test(`TLS 1.0 and 1.1 work when they are asked for at security level 0, ${name}`, async () => {
    await using lab = await Lab.open();
    const rsa = await lab.pki.ca.server({ names: ["localhost"], keyType: "rsa" });
    const { cert, key } = rsa;
    const old = { version, cipherList: "DEFAULT:@SECLEVEL=0" };
    const { port, accept } = await lab.listen("openssl", { ...old, cert, key });
    const accepting = accept();
    const peer = lab.sClient(port, `-${name}`, "-cipher", "DEFAULT:@SECLEVEL=0");
    const socket = await accepting;
    assertEquals(socket.getSslversion(), version);
    await peer.said(/Verify return code: 0 \(ok\)/);
    await socket.close();
  });
}
