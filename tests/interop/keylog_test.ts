/** Our key log beside those of openssl, GnuTLS and Perl, of the same connections. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { priority } from "./gnutls.ts";
import { bytes, Lab, OUR_NAME, readText, type Version, VERSIONS } from "./lab.ts";

/** Which lines there must be. */
const LABELS: Record<Version, readonly string[]> = {
  tls1_2: ["CLIENT_RANDOM"],
  tls1_3: [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_TRAFFIC_SECRET_0",
  ],
};

/** The lines of a key log, without comments and order. */
const linesOf = (text: string): string[] =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).sort();

const labelsOf = (lines: readonly string[]): string[] =>
  lines.map((line) => line.split(" ")[0]!).sort();

/** A line is a label, the client's random and a secret. */
const LINE = /^[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{64,96}$/;

for (const version of VERSIONS) {
  Deno.test(`keylog: our client writes what s_server -keylogfile writes, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`, "-keylogfile", "theirs.log");
    const ours: string[] = [];
    const socket = await lab.connect("openssl", server.port, { keylog: (l) => ours.push(l) });
    await socket.write(bytes("it is there\n"));
    await server.said("it is there");
    await socket.close();
    const theirs = linesOf(Deno.readTextFileSync(lab.path("theirs.log")));
    assertEquals(ours.toSorted(), theirs);
    assertEquals(labelsOf(ours), LABELS[version]);
    for (const line of ours) assertMatch(line, LINE);
  });

  Deno.test(`keylog: our listener writes what s_client -keylogfile writes, ${version}`, async () => {
    await using lab = await Lab.open();
    const ours: string[] = [];
    const server = await lab.listen("openssl", { keylog: (line) => ours.push(line) });
    for (const name of ["one.log", "two.log"]) {
      ours.length = 0;
      const client = lab.sClient(server.port, `-${version}`, "-keylogfile", name);
      const socket = await server.accept();
      await socket.write(bytes("it is there\n"));
      await client.said("it is there");
      await socket.close();
      assertEquals(await client.exited(), 0);
      assertEquals(ours.toSorted(), linesOf(Deno.readTextFileSync(lab.path(name))));
      assertEquals(labelsOf(ours), LABELS[version]);
    }
  });

  Deno.test(`keylog "env": the file has what both peers of ours write, and only its owner reads it, ${version}`, async () => {
    await using lab = await Lab.open();
    const file = lab.path("ours.log");
    const before = Deno.env.get("SSLKEYLOGFILE");
    Deno.env.set("SSLKEYLOGFILE", file);
    try {
      const theirs: string[] = [];
      const server = await lab.sServer(`-${version}`, "-keylogfile", "server.log");
      const socket = await lab.connect("openssl", server.port, { keylog: "env" });
      await socket.write(bytes("it is there\n"));
      await server.said("it is there");
      await socket.close();
      theirs.push(...linesOf(Deno.readTextFileSync(lab.path("server.log"))));
      const listener = await lab.listen("openssl", { keylog: "env" });
      const client = lab.sClient(listener.port, `-${version}`, "-keylogfile", "client.log");
      const served = await listener.accept();
      await served.write(bytes("it is there\n"));
      await client.said("it is there");
      await served.close();
      await client.exited();
      theirs.push(...linesOf(Deno.readTextFileSync(lab.path("client.log"))));
      assertEquals(linesOf(Deno.readTextFileSync(file)), theirs.sort());
      assertEquals(Deno.statSync(file).mode! & 0o777, 0o600);
      // Without the option nothing is written, whatever the environment says.
      const silent = await lab.connect("openssl", server.port);
      await silent.close();
      assertEquals(linesOf(Deno.readTextFileSync(file)).length, theirs.length);
    } finally {
      if (before === undefined) Deno.env.delete("SSLKEYLOGFILE");
      else Deno.env.set("SSLKEYLOGFILE", before);
    }
  });

  Deno.test(`keylog: our listener writes what gnutls-cli writes, ${version}`, async () => {
    await using lab = await Lab.open();
    const ours: string[] = [];
    const server = await lab.listen("openssl", { keylog: (line) => ours.push(line) });
    const file = lab.path("gnutls.log");
    const client = lab.peer(
      "env",
      ...[`SSLKEYLOGFILE=${file}`, "gnutls-cli", "-p", `${server.port}`, priority(version)],
      ...["--x509cafile=ca.pem", "--sni-hostname=localhost", "--verify-hostname=localhost"],
      "127.0.0.1",
    );
    const socket = await server.accept();
    await socket.write(bytes("it is there\n"));
    await client.said("it is there");
    // GnuTLS knows early secrets too; of those that both know, each is the same.
    const theirs = linesOf(Deno.readTextFileSync(file))
      .filter((line) => !line.startsWith("EARLY_") && !line.startsWith("CLIENT_EARLY_"));
    assertEquals(ours.toSorted(), theirs);
    await socket.close();
  });

  Deno.test(`keylog: Perl's callback gets the same lines, both roles, ${version}`, async () => {
    await using lab = await Lab.open();
    const SSL_version = OUR_NAME[version];
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", {
      ...{ SSL_cert_file: "cert.pem", SSL_key_file: "key.pem", SSL_version },
      keylog: "server.log",
    });
    const ours: string[] = [];
    const keylog = (line: string) => ours.push(line);
    const [socket] = await Promise.all([
      lab.connect("openssl", port, { keylog }),
      perl.call("accept"),
    ]);
    await perl.call("print", "line\n");
    assertEquals(await readText(socket, "line\n"), "line\n");
    assertEquals(ours.toSorted(), linesOf(Deno.readTextFileSync(lab.path("server.log"))));
    await socket.close();
    ours.length = 0;
    const server = await lab.listen("openssl", { keylog });
    const other = lab.perl();
    const [served] = await Promise.all([
      server.accept(),
      other.call("connect_ssl", server.port, {
        ...{ SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost", SSL_version },
        keylog: "client.log",
      }),
    ]);
    await other.call("print", "line\n");
    assertEquals(await readText(served, "line\n"), "line\n");
    assertEquals(ours.toSorted(), linesOf(Deno.readTextFileSync(lab.path("client.log"))));
    assert(ours.length === LABELS[version].length);
    await served.close();
  });
}
