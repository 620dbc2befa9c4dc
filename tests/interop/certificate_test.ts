/** Certificates and keys against openssl(1) and Perl's IO::Socket::SSL::Utils, in both directions. */
import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { certCreate } from "../../certificate/create.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { CertificateRequest, csrCreate, csrSign } from "../../certificate/request.ts";
import { decodeKey } from "../../certificate/keys/decode.ts";
import { pemKey2string } from "../../certificate/files.ts";
import { createPkcs12 } from "../../certificate/keys/pkcs12_write.ts";
import { parsePkcs12 } from "../../certificate/keys/pkcs12.ts";
import { keyCreateEc, keyCreateEd25519, keyCreateRsa } from "../../certificate/keys/private_key.ts";
import { selfSigned, TestCa } from "../../certificate/mod.ts";
import { SslContext } from "../../context/mod.ts";
import { SslError } from "../../errors.ts";
import { real } from "../certificate/data.ts";
import { workshop } from "./workshop.ts";

Deno.test("openssl verify -x509_strict accepts what certCreate() makes, for each purpose", () =>
  workshop(async (w) => {
    for (const key of [await keyCreateRsa(), await keyCreateEc(), await keyCreateEd25519()]) {
      const ca = await certCreate({
        CA: true,
        key,
        subject: { commonName: "ca" },
        purpose: "cRLSign",
      });
      w.write("ca.pem", ca.cert.pem);
      const cases: [string, string][] = [
        ["server", "sslserver"],
        ["client", "sslclient"],
        ["server,client", "sslserver"],
        ["email", "smimesign"],
        ["emailProtection", "smimeencrypt"],
      ];
      for (const [purpose, check] of cases) {
        const { cert } = await certCreate({
          purpose,
          key: await keyCreateEc(),
          issuer: ca,
          subjectAltNames: [["DNS", "a.test"], ["EMAIL", "a@b.test"]],
        });
        w.write("leaf.pem", cert.pem);
        await w.openssl(`verify -x509_strict -purpose ${check} -CAfile ca.pem leaf.pem`);
      }
      const code = await certCreate({
        purpose: "codeSigning",
        issuer: ca,
        key: await keyCreateEc(),
      });
      w.write("leaf.pem", code.cert.pem);
      const wrong = await w.run(
        "openssl",
        "verify",
        "-purpose",
        "sslserver",
        "-CAfile",
        "ca.pem",
        "leaf.pem",
      );
      assert(!wrong.ok, "a code signing certificate is not a server certificate");
      await w.openssl("verify -x509_strict -CAfile ca.pem leaf.pem");
    }
  }));

Deno.test("certCreate() makes Perl's extensions for the same arguments", () =>
  workshop(async (w) => {
    const key = await keyCreateEc();
    const ca = await certCreate({ CA: true, key, subject: { commonName: "ca" } });
    w.write("ca.pem", ca.cert.pem);
    w.write("ca.key", key.pem);
    const cases: [string, Parameters<typeof certCreate>[0]][] = [
      ["", {}],
      ["CA => 1", { CA: true }],
      ["purpose => 'sslCA'", { purpose: "sslCA" }],
      ["purpose => 'sslCA,server'", { purpose: "sslCA,server" }],
      ["purpose => 'server,-keyEncipherment'", { purpose: "server,-keyEncipherment" }],
      ["purpose => ['email']", { purpose: ["email"] }],
      ["purpose => {objsign => 1, timeStamping => '+'}", {
        purpose: { objsign: 1, timeStamping: "+" },
      }],
      ["CA => 1, purpose => '-emailCA,-objCA,cRLSign'", {
        CA: 1,
        purpose: "-emailCA,-objCA,cRLSign",
      }],
      ["purpose => 'codeSigning,-ca'", { purpose: "codeSigning,-ca" }],
      ["subjectAltNames => [['DNS','a.test'],['IP','2001:db8::1'],['email','a@b']]", {
        subjectAltNames: [["DNS", "a.test"], ["IP", "2001:db8::1"], ["email", "a@b"]],
      }],
      [
        "ext => [{sn => 'nsComment', data => 'hi'}, {sn => 'authorityInfoAccess', data => 'OCSP - URI:http://o/'}]",
        {
          ext: [{ sn: "nsComment", data: "hi" }, {
            sn: "authorityInfoAccess",
            data: "OCSP - URI:http://o/",
          }],
        },
      ],
      ["ext => [{sn => 'nameConstraints', critical => 1, data => 'permitted;DNS:a.b'}]", {
        ext: [{ sn: "nameConstraints", critical: 1, data: "permitted;DNS:a.b" }],
      }],
    ];
    for (const [perl, options] of cases) {
      const script = `print PEM_cert2string((CERT_create(issuer => [PEM_file2cert("ca.pem"),
        PEM_file2key("ca.key")], key => KEY_create_ec(), ${perl}))[0])`;
      const theirs = Certificate.fromPem(
        await w.ok("perl", "-MIO::Socket::SSL::Utils", "-e", script),
      );
      const ours = (await certCreate({ ...options, issuer: ca, key })).cert;
      const shown = (cert: Certificate) =>
        cert.asHash().ext.filter((e) => e.sn !== "subjectKeyIdentifier")
          .map((e) => [e.sn, e.critical, e.data, String(e.der)]).sort();
      assertEquals(shown(ours), shown(theirs), perl);
    }
  }));

Deno.test("asHash() says what Perl's CERT_asHash says about real certificates, its bugs aside", () =>
  workshop(async (w) => {
    w.write("all.pem", real.join("\n"));
    const script = `use JSON::PP; my $j = JSON::PP->new->latin1->allow_nonref;
      for my $c (PEM_file2certs("all.pem")) { my $h = CERT_asHash($c);
        $_ = unpack("H*", $_) for @{$h}{qw(pubkey_digest_sha256 x509_digest_sha256)};
        print $j->encode($h), "\\n" }`;
    const lines = (await w.ok("perl", "-MIO::Socket::SSL::Utils", "-e", script)).trim().split("\n");
    assertEquals(lines.length, real.length);
    const bytes = (text: unknown) => Array.isArray(text) ? text.map(String) : String(text);
    real.forEach((pem, i) => {
      const theirs = JSON.parse(lines[i]!);
      const ours = Certificate.fromPem(pem).asHash();
      const hex = (b: Uint8Array) => [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
      assertEquals(String(ours.serial), String(theirs.serial));
      // Net::SSLeay takes UTCTime 500101... for 2050; RFC 5280 4.1.2.5.1 says 1950.
      const begin = ours.not_before < 0 ? 2524651260 : ours.not_before;
      assertEquals(
        [ours.version, begin, ours.not_after],
        [theirs.version, theirs.not_before, theirs.not_after].map(Number),
      );
      assertEquals(ours.signature_alg, theirs.signature_alg);
      assertEquals(ours.keyusage, theirs.keyusage);
      assertEquals(ours.crl_uri, theirs.crl_uri);
      assertEquals(ours.ocsp_uri, theirs.ocsp_uri.filter((u: unknown) => u !== null));
      assertEquals(ours.extkeyusage.oid, theirs.extkeyusage.oid);
      assertEquals(ours.extkeyusage.sn, theirs.extkeyusage.sn);
      assertEquals(ours.fingerprint_sha256, theirs.fingerprint_sha256);
      assertEquals(hex(ours.x509_digest_sha256 as Uint8Array), theirs.x509_digest_sha256);
      assertEquals(hex(ours.pubkey_digest_sha256 as Uint8Array), theirs.pubkey_digest_sha256);
      assertEquals(
        ours.ext.map((e) => [e.sn ?? "", e.critical]),
        theirs.ext.map((e: { sn: string; critical: number }) => [e.sn ?? "", Boolean(e.critical)]),
      );
      assertEquals(Object.keys(ours.subject).sort(), Object.keys(theirs.subject).sort());
      for (const [name, value] of Object.entries(ours.subject)) {
        // Perl gives octets, one character each.
        if (/^[\x20-\x7e]*$/.test(String(value))) {
          assertEquals(bytes(value), bytes(theirs.subject[name]));
        }
      }
      ours.ext.forEach((entry, k) => {
        const printed = theirs.ext[k].data;
        const sameWords = ![
          "crlDistributionPoints",
          "certificatePolicies",
          "authorityKeyIdentifier",
        ].includes(entry.sn ?? "");
        if (typeof printed === "string" && sameWords && !entry.data.startsWith("DER:")) {
          if (/^[\x20-\x7e\n]*$/.test(entry.data)) assertEquals(entry.data, printed, entry.sn);
        }
      });
    });
  }));

Deno.test("TestCa's certificates, CRLs and OCSP answers are what openssl takes them for", () =>
  workshop(async (w) => {
    const ca = await TestCa.create();
    w.write("ca.pem", ca.pem);
    const check = async (pem: string, ...more: string[]): Promise<string> => {
      w.write("leaf.pem", pem);
      const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem"];
      return (await w.run("openssl", ...args, ...more, "-untrusted", "leaf.pem", "leaf.pem")).text;
    };
    const server = await ca.server();
    assertStringIncludes(await check(server.cert), "OK");
    assertStringIncludes(await check((await (await ca.intermediate()).server()).cert), "OK");
    assertStringIncludes(await check((await ca.server({ keyType: "ec521" })).cert), "OK");
    assertStringIncludes(await check((await ca.expired()).cert), "error 10 ");
    assertStringIncludes(await check((await ca.notYetValid()).cert), "error 9 ");
    assertStringIncludes(await check((await ca.wrongEku()).cert), "error 26 ");
    const limited = await ca.nameConstrained("permitted.test", "10.0.0.0/8");
    assertStringIncludes(
      await check((await limited.server("a.permitted.test", "10.1.2.3")).cert),
      "OK",
    );
    assertStringIncludes(await check((await limited.server("a.evil.test")).cert), "error 47 ");
    assertStringIncludes(await check((await limited.server("11.1.2.3")).cert), "error 47 ");
    const revoked = await ca.revoked();
    w.write("crl.pem", ca.crl());
    const crl = ["-crl_check", "-CRLfile", "crl.pem"];
    assertStringIncludes(await check(revoked.cert, ...crl), "error 23 ");
    assertStringIncludes(await check(server.cert, ...crl), "OK");
    w.write("crl.pem", ca.crl({ thisUpdate: new Date(1e12), nextUpdate: new Date(1.1e12) }));
    assertStringIncludes(await check(server.cert, ...crl), "error 12 ");
    const own = await selfSigned("localhost");
    w.write("ca.pem", own.cert);
    assertStringIncludes(await check(own.cert), "OK");

    w.write("ca.pem", ca.pem);
    w.write("good.pem", server.certificate.pem);
    w.write("bad.pem", revoked.certificate.pem);
    await using responder = ca.ocspResponder();
    const ask = async (): Promise<string> =>
      (await w.run(
        "openssl",
        ...["ocsp", "-issuer", "ca.pem", "-cert", "good.pem", "-cert", "bad.pem"],
        ...["-url", responder.url, "-CAfile", "ca.pem"],
      )).text;
    for (const signer of ["ca", "delegate"] as const) {
      responder.options = { signer };
      const text = await ask();
      assertMatch(text, /good\.pem: good[^]*bad\.pem: revoked[^]*Reason: keyCompromise/);
      assertStringIncludes(text, "Response verify OK");
      assert(!text.includes("nonce"), text);
    }
    responder.options = { signer: "wrong" };
    assertMatch(await ask(), /Response Verify Failure/i);
    responder.options = { signer: "wrong-usage" };
    assertStringIncludes(await ask(), "missing ocspsigning usage");
    responder.options = { expired: true };
    assertStringIncludes(await ask(), "Status times invalid");
    responder.options = { nonce: "wrong" };
    assertStringIncludes(await ask(), "Nonce Verify error");
    responder.options = { nonce: "omit" };
    assertStringIncludes(await ask(), "no nonce in response");
    responder.options = { error: "tryLater" };
    assertStringIncludes(await ask(), "trylater");
    w.write("staple.der", await ca.ocspResponse(revoked));
    assertStringIncludes(
      await w.openssl(
        "ocsp -respin staple.der -issuer ca.pem -cert bad.pem -CAfile ca.pem -no_nonce",
      ),
      "bad.pem: revoked",
    );
  }));

Deno.test("keys go to openssl and come back, encrypted too", () =>
  workshop(async (w) => {
    const keys = [
      await keyCreateRsa(),
      await keyCreateEc(),
      await keyCreateEc("P-521"),
      await keyCreateEd25519(),
    ];
    for (const key of keys) {
      w.write("plain.pem", key.pem);
      await w.openssl("pkey -in plain.pem -check -noout");
      assertEquals(await w.openssl("pkey -in plain.pem"), key.pem);
      w.write("secret.pem", pemKey2string(key, "bluebell"));
      assertEquals(await w.openssl("pkey -in secret.pem -passin pass:bluebell"), key.pem);
      await w.openssl("pkcs8 -topk8 -v2 aes256 -in plain.pem -out e.pem -passout pass:x");
      assertEquals((await decodeKey(w.read("e.pem"), { password: "x" })).pem, key.pem);
      await w.openssl(
        "pkcs8 -topk8 -v1 PBE-SHA1-RC2-40 -provider legacy -provider default -in plain.pem -out e.pem -passout pass:x",
      );
      assertEquals((await decodeKey(w.read("e.pem"), { password: "x" })).pem, key.pem);
    }
  }));

Deno.test("PKCS#12 files go to openssl and Java and come back", () =>
  workshop(async (w) => {
    const ca = await TestCa.create();
    for (const keyType of ["ec", "rsa", "ed25519"] as const) {
      const leaf = await ca.server({ keyType });
      const parts = {
        cert: leaf.certificate,
        key: leaf.privateKey,
        chain: [ca.cert],
        friendlyName: "name",
      };
      w.write("l.pem", leaf.certificate.pem);
      w.write("l.key", leaf.key);
      w.write("ca.pem", ca.pem);
      for (const encryption of ["aes256", "3des"] as const) {
        w.write("ours.p12", await createPkcs12({ ...parts, password: "secret", encryption }));
        const text = await w.openssl("pkcs12 -in ours.p12 -passin pass:secret -nodes");
        assertStringIncludes(text, leaf.certificate.pem.trim());
        assertStringIncludes(text, ca.pem.trim());
        assertStringIncludes(text, leaf.key.trim());
        if (keyType !== "ed25519") {
          const listed = await w.ok(
            "keytool",
            "-list",
            "-keystore",
            "ours.p12",
            "-storepass",
            "secret",
          );
          assertStringIncludes(listed, "PrivateKeyEntry");
        }
      }
      for (
        const how of ["", " -legacy", " -macalg sha512", " -nomac", " -keypbe NONE -certpbe NONE"]
      ) {
        await w.openssl(
          `pkcs12 -export -in l.pem -inkey l.key -certfile ca.pem -out t.p12 -passout pass:secret${how}`,
        );
        const back = await parsePkcs12(w.read("t.p12"), "secret");
        assert(back.cert!.equals(leaf.certificate), how);
        assertEquals([back.key!.pem, back.chain.length], [leaf.key, 1], how);
      }
    }
  }));

Deno.test("PKCS#12 files of 600,000 iterations are read, of GnuTLS and of openssl, on both engines", () =>
  workshop(async (w) => {
    const leaf = await (await TestCa.create()).server();
    w.write("l.pem", leaf.certificate.pem);
    w.write("l.key", leaf.key);
    const gnutls = "--to-p12 --load-certificate l.pem --load-privkey l.key --p12-name x " +
      "--password secret --outder --outfile";
    for (const cipher of ["aes-128", "3des-pkcs12"]) {
      await w.ok("certtool", ...`${gnutls} ${cipher}.p12 --pkcs-cipher ${cipher}`.split(" "));
    }
    await w.openssl(
      "pkcs12 -export -in l.pem -inkey l.key -out openssl.p12 -passout pass:secret " +
        "-iter 600000 -macalg sha1",
    );
    for (const name of ["aes-128", "3des-pkcs12", "openssl"]) {
      const { cert, key } = await parsePkcs12(w.read(`${name}.p12`), "secret");
      assert(cert!.equals(leaf.certificate), name);
      assertEquals(key!.pem, leaf.key, name);
    }
    for (const engine of ["deno", "openssl"] as const) {
      using _context = await SslContext.create({
        server: true,
        engine,
        certFile: `${w.dir}/aes-128.p12`,
        passwdCb: () => "secret",
      });
    }
    const tampered = w.read("aes-128.p12");
    tampered[tampered.length >> 1]! ^= 1;
    for (const [data, password] of [[w.read("aes-128.p12"), "secres"], [tampered, "secret"]]) {
      const read = () => parsePkcs12(data as Uint8Array, password as string);
      assertEquals((await assertRejects(read, SslError)).code, "BAD_DECRYPT");
    }
  }));

Deno.test("requests go to openssl and come back", () =>
  workshop(async (w) => {
    for (
      const key of [await keyCreateRsa(), await keyCreateEc("P-384"), await keyCreateEd25519()]
    ) {
      const { csr } = await csrCreate({
        subject: { CN: "a.test" },
        subjectAltNames: [["DNS", "a.test"]],
        key,
      });
      w.write("r.pem", csr.pem);
      assertStringIncludes(await w.openssl("req -in r.pem -verify -noout -text"), "DNS:a.test");
      w.write("k.pem", key.pem);
      await w.openssl(
        "req -new -key k.pem -subj /CN=b.test -addext subjectAltName=DNS:b.test -out o.pem",
      );
      const theirs = CertificateRequest.parse(w.read("o.pem"));
      assert(theirs.verify());
      const ca = await TestCa.create();
      const cert = await csrSign(theirs, { issuer: { cert: ca.cert, key: ca.privateKey } });
      assertEquals([cert.subject, cert.subjectAltNames[0]!.value], ["/CN=b.test", "b.test"]);
      w.write("ca.pem", ca.pem);
      w.write("c.pem", cert.pem);
      await w.openssl("verify -x509_strict -purpose sslserver -CAfile ca.pem c.pem");
    }
  }));
