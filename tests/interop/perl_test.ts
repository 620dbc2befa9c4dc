/** Perl's IO::Socket::SSL at the other end, in both roles. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { SslPeerError, SslTruncatedError, SslVerifyError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  bytes,
  ENGINES,
  Lab,
  noise,
  OUR_NAME,
  readExactly,
  readOn,
  readText,
  sha256,
  THEIR_NAME,
  VERSIONS,
} from "./lab.ts";
import { within } from "./peers.ts";

const MIB = 1 << 20;
/** What a Perl server needs. */
const SERVER = { SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
/** What a Perl client needs. */
const CLIENT = { SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost", SSL_hostname: "localhost" };

for (const engine of ENGINES) {
  for (const version of VERSIONS) {
    const on = `${engine}, ${THEIR_NAME[version]}`;
    const SSL_version = OUR_NAME[version];

    Deno.test(`our client and a Perl server: lines, 1 MiB both ways, close_notify, ${on}`, async () => {
      await using lab = await Lab.open();
      const perl = lab.perl();
      const port = await perl.call("listen_ssl", { ...SERVER, SSL_version });
      const [socket, klass] = await Promise.all([lab.connect(engine, port), perl.call("accept")]);
      assertEquals(klass, "IO::Socket::SSL");
      assertEquals((await perl.call("info")).name, "localhost");
      await using handle = new Handle(socket);
      await handle.say("hello from us");
      assertEquals(await perl.call("readline"), "hello from us\n");
      await perl.call("print", "hello from Perl\n");
      assertEquals(await within("a line", handle.readLine()), "hello from Perl");
      const up = noise(MIB, 5);
      await handle.print(""); // nothing is left in the handle
      const [, digest] = await Promise.all([socket.write(up), perl.call("read_digest", MIB)]);
      assertEquals(digest, await sha256(up));
      const [got, sent] = await Promise.all([
        readExactly(socket, MIB),
        perl.call("send_noise", MIB, 6),
      ]);
      assertEquals(await sha256(got), sent);
      assertEquals(sent, await sha256(noise(MIB, 6)));
      await perl.call("close");
      assertEquals(await readOn(socket), null);
    });

    Deno.test(`our server and a Perl client: lines, 1 MiB both ways, close_notify, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      const perl = lab.perl();
      const [socket] = await Promise.all([
        server.accept(),
        perl.call("connect_ssl", server.port, { ...CLIENT, SSL_version }),
      ]);
      await perl.call("print", "hello from Perl\n");
      assertEquals(await readText(socket, "hello from Perl\n"), "hello from Perl\n");
      await socket.write(bytes("hello from us\n"));
      assertEquals(await perl.call("readline"), "hello from us\n");
      assertEquals((await perl.call("info")).version, SSL_version);
      const down = noise(MIB, 7);
      const [, digest] = await Promise.all([socket.write(down), perl.call("read_digest", MIB)]);
      assertEquals(digest, await sha256(down));
      const [got, sent] = await Promise.all([
        readExactly(socket, MIB),
        perl.call("send_noise", MIB, 8),
      ]);
      assertEquals(await sha256(got), sent);
      await socket.close();
      // The end for Perl is an end of file, not an error.
      assertEquals((await perl.call("sysread", 1)).n, 0);
    });

    Deno.test(`a Perl server that closes without close_notify, or dies, truncates, ${on}`, async () => {
      await using lab = await Lab.open();
      for (const how of ["SSL_no_shutdown", "kill"]) {
        const perl = lab.perl();
        const port = await perl.call("listen_ssl", { ...SERVER, SSL_version });
        const [socket] = await Promise.all([lab.connect(engine, port), perl.call("accept")]);
        await perl.call("print", "half");
        assertEquals(await readText(socket, "half"), "half");
        if (how === "kill") await perl.kill();
        else await perl.call("close", { SSL_no_shutdown: 1 });
        await assertRejects(() => readOn(socket), SslTruncatedError, "", how);
        await socket.close();
      }
    });

    Deno.test(`a Perl client that closes without close_notify, or dies, truncates, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      for (const how of ["SSL_no_shutdown", "kill"]) {
        const perl = lab.perl();
        const [socket] = await Promise.all([
          server.accept(),
          perl.call("connect_ssl", server.port, { ...CLIENT, SSL_version }),
        ]);
        // A peer that has read all closes with FIN, one that has not with RST.
        await perl.call("print", "half");
        assertEquals(await readText(socket, "half"), "half");
        if (how === "kill") await perl.kill();
        else await perl.call("close", { SSL_no_shutdown: 1 });
        await assertRejects(() => readOn(socket), SslTruncatedError, "", how);
        await socket.close();
      }
    });

    Deno.test(`a Perl client refuses our server for a wrong CA and a wrong name, ${on}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.listen(engine);
      for (
        const [options, text, alert] of [
          [{ SSL_ca_file: "other.pem" }, /certificate verify failed/, "unknown_ca"],
          // Perl's verify callback does not tell OpenSSL why, so this is the alert.
          [
            { SSL_verifycn_name: "elsewhere.test" },
            /hostname verification failed/,
            "internal_error",
          ],
        ] as const
      ) {
        const perl = lab.perl();
        const accepting = (async () => {
          const socket = await server.accept();
          try {
            await readOn(socket);
          } finally {
            await socket.close();
          }
        })();
        const refused = assertRejects(() => accepting, SslPeerError);
        const { error } = await perl.ask("connect_ssl", server.port, {
          ...CLIENT,
          ...options,
          SSL_version,
        });
        assertMatch(error!, text);
        assertEquals((await refused).alert, alert);
      }
    });

    Deno.test(`our client refuses a Perl server for a wrong CA, ${on}`, async () => {
      await using lab = await Lab.open();
      const perl = lab.perl();
      const port = await perl.call("listen_ssl", { ...SERVER, SSL_version });
      const [, answer] = await Promise.all([
        assertRejects(
          () => lab.connect(engine, port, lab.trust(engine, lab.pki.other)),
          SslVerifyError,
        ),
        perl.ask("accept"),
      ]);
      assertMatch(answer.error!, /alert unknown ca/);
    });

    Deno.test(`our client shows a Perl server its certificate, ${on}`, async () => {
      await using lab = await Lab.open();
      const perl = lab.perl();
      const port = await perl.call("listen_ssl", {
        ...SERVER,
        SSL_version,
        SSL_verify_mode: 3,
        SSL_ca_file: "ca.pem",
      });
      const { cert, key } = lab.pki.client;
      const [socket] = await Promise.all([
        lab.connect(engine, port, { cert, key }),
        perl.call("accept"),
      ]);
      assertEquals((await perl.call("info")).subject, "/CN=client");
      assertEquals(
        await perl.call("fingerprint"),
        lab.pki.client.certificate.fingerprint("sha256"),
      );
      await socket.close();
    });

    Deno.test(`ALPN as in t/alpn.t, both roles, ${on}`, async () => {
      await using lab = await Lab.open();
      const perl = lab.perl();
      const port = await perl.call("listen_ssl", {
        ...SERVER,
        SSL_version,
        SSL_alpn_protocols: ["one", "two"],
      });
      const [socket] = await Promise.all([
        lab.connect(engine, port, { alpnProtocols: ["two", "three"] }),
        perl.call("accept"),
      ]);
      assertEquals(socket.alpnSelected(), "two");
      assertEquals((await perl.call("info")).alpn, "two");
      await socket.close();
      const server = await lab.listen(engine, { alpnProtocols: ["one", "two"] });
      const other = lab.perl();
      const [served] = await Promise.all([
        server.accept(),
        other.call("connect_ssl", server.port, {
          ...CLIENT,
          SSL_version,
          SSL_alpn_protocols: ["two", "three"],
        }),
      ]);
      assertEquals(served.alpnSelected(), "two");
      assertEquals((await other.call("info")).alpn, "two");
      await served.close();
    });
  }
}

Deno.test("our server verifies a Perl client's certificate; both see the same fingerprints", async () => {
  await using lab = await Lab.open();
  const server = await lab.listen("openssl", {
    verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    caFile: lab.path("ca.pem"),
  });
  const perl = lab.perl();
  const [socket] = await Promise.all([
    server.accept(),
    perl.call("connect_ssl", server.port, {
      ...CLIENT,
      SSL_cert_file: "client.pem",
      SSL_key_file: "client.key",
    }),
  ]);
  assertEquals(socket.peerCertificate("subject"), "/CN=client");
  assertEquals(await perl.call("fingerprint"), socket.sockCertificate()!.fingerprint("sha256"));
  for (const algo of ["sha1", "sha512"]) {
    assertEquals(
      await perl.call("fingerprint", algo),
      socket.sockCertificate()!.fingerprint(algo),
    );
  }
  // The third argument is Perl's for the public key.
  assertEquals(
    await perl.call("fingerprint", "sha256", null, 1),
    socket.sockCertificate()!.fingerprint("sha256", true),
  );
  await socket.close();
});

// t/sni.t
Deno.test("our server's certificate by name, as Perl's clients see it", async () => {
  await using lab = await Lab.open();
  const names = ["server.local", "server2.local", "smtp.mydomain.local"];
  const made: Record<string, { cert: string; key: string }> = {
    "": await lab.pki.ca.server("*.other.local"),
  };
  for (const name of names) made[name] = await lab.pki.ca.server(name);
  const server = await lab.listen("openssl", {
    cert: Object.fromEntries(Object.entries(made).map(([name, { cert }]) => [name, cert])),
    key: Object.fromEntries(Object.entries(made).map(([name, { key }]) => [name, key])),
  });
  const perl = lab.perl();
  for (const name of [...names, "www13.other.local"]) {
    const [socket] = await Promise.all([
      server.accept(),
      perl.call("connect_ssl", server.port, {
        SSL_ca_file: "ca.pem",
        SSL_hostname: name,
        SSL_verifycn_scheme: "http",
        SSL_verifycn_name: name,
      }),
    ]);
    assertEquals(await perl.call("verify", name, "http"), 1);
    assertEquals(socket.getServername(), name);
    await socket.close();
  }
});

// t/startssl.t
Deno.test("start() on both sides with encrypted keys and certificates of both", async () => {
  await using lab = await Lab.open();
  for (const stem of ["key.pem", "client.key"]) {
    await lab.openssl(
      ...["pkcs8", "-topk8", "-in", stem, "-out", `${stem}.enc`, "-passout", "pass:bluebell"],
    );
  }
  const perl = lab.perl();
  const port = await perl.call("listen");
  const [conn, klass] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port }),
    perl.call("accept"),
  ]);
  assertEquals(klass, "IO::Socket::INET");
  const [socket, after] = await Promise.all([
    within(
      "starting",
      SslSocket.start(conn, {
        ...lab.trust("openssl"),
        hostname: "localhost",
        certFile: lab.path("client.pem"),
        keyFile: lab.path("client.key.enc"),
        passwdCb: () => "bluebell",
      }),
    ),
    perl.call("start", {
      SSL_server: 1,
      SSL_cert_file: "cert.pem",
      SSL_key_file: "key.pem.enc",
      password: "bluebell",
      SSL_verify_mode: 3,
      SSL_ca_file: "ca.pem",
    }),
  ]);
  assertEquals(after, "IO::Socket::SSL");
  assertEquals((await perl.call("info")).subject, "/CN=client");
  assertEquals(socket.peerCertificate("subject"), "/CN=localhost");
  assertEquals(socket.sockCertificate("subject"), "/CN=client");
  assertEquals(
    socket.getFingerprint(),
    `sha256$${
      (await lab.openssl("x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha256"))
        .trim().split("=")[1]!.replaceAll(":", "").toLowerCase()
    }`,
  );
  await socket.close();
});
