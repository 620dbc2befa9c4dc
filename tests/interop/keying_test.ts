/** Keying material and Finished messages, as openssl and Perl compute them. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { Lab, OUR_NAME, THEIR_NAME, VERSIONS } from "./lab.ts";

const LABEL = "EXPERIMENTAL-socket-ssl";

/** The Finished messages in what `-msg` prints: the hex of each, without its header. */
function finishedIn(output: string, direction: "<<<" | ">>>"): string[] {
  const found = output.matchAll(
    new RegExp(`^${direction} .*Finished\\n((?:    (?:[0-9a-f]{2} ?)+\\n)+)`, "mg"),
  );
  return [...found].map(([, dump]) => dump!.replace(/\s/g, "").slice(8));
}

for (const version of VERSIONS) {
  const on = THEIR_NAME[version];

  Deno.test(`exportKeyingMaterial() is that of s_server -keymatexport, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(
      `-${version}`,
      ...["-keymatexport", LABEL, "-keymatexportlen", "32"],
    );
    const socket = await lab.connect("openssl", server.port);
    const [, theirs] = await server.said(/Keying material: ([0-9A-F]+)/);
    assertEquals(socket.exportKeyingMaterial(LABEL, 32).toHex().toUpperCase(), theirs);
    await socket.close();
  });

  Deno.test(`exportKeyingMaterial() is that of s_client -keymatexport, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const client = lab.sClient(
      server.port,
      ...[`-${version}`, "-keymatexport", LABEL, "-keymatexportlen", "48"],
    );
    const socket = await server.accept();
    const [, theirs] = await client.said(/Keying material: ([0-9A-F]{96})/);
    assertEquals(socket.exportKeyingMaterial(LABEL, 48).toHex().toUpperCase(), theirs);
    await socket.close();
  });

  Deno.test(`getFinished() is what goes over the wire to s_server, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`, "-msg");
    const socket = await lab.connect("openssl", server.port);
    await server.said("CIPHER is");
    const [theirs] = finishedIn(server.output, ">>>");
    const [ours] = finishedIn(server.output, "<<<");
    assertEquals(socket.getFinished().toHex(), ours);
    assertEquals(socket.getPeerFinished().toHex(), theirs);
    await socket.close();
  });

  Deno.test(`getFinished() is what goes over the wire to s_client, ${on}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const client = lab.sClient(server.port, `-${version}`, "-msg");
    const socket = await server.accept();
    await client.said("Verify return code");
    assertEquals(socket.getFinished().toHex(), finishedIn(client.output, "<<<")[0]);
    assertEquals(socket.getPeerFinished().toHex(), finishedIn(client.output, ">>>")[0]);
    await socket.close();
  });

  Deno.test(`Perl and we compute the same Finished messages and keying material, both roles, ${on}`, async () => {
    await using lab = await Lab.open();
    const SSL_version = OUR_NAME[version];
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", {
      SSL_cert_file: "cert.pem",
      SSL_key_file: "key.pem",
      SSL_version,
    });
    const [socket] = await Promise.all([lab.connect("openssl", port), perl.call("accept")]);
    const ourServer = await lab.listen("openssl");
    const other = lab.perl();
    const [served] = await Promise.all([
      ourServer.accept(),
      other.call("connect_ssl", ourServer.port, {
        SSL_ca_file: "ca.pem",
        SSL_verifycn_name: "localhost",
        SSL_version,
      }),
    ]);
    for (const [ours, theirs] of [[socket, perl], [served, other]] as const) {
      const info = await theirs.call("info");
      assertEquals(info.version, SSL_version);
      assertEquals(info.cipher, ours.getCipher());
      assertEquals(info.finished, ours.getPeerFinished().toHex());
      assertEquals(info.peer_finished, ours.getFinished().toHex());
      assertEquals(
        await theirs.call("export", 32, LABEL),
        ours.exportKeyingMaterial(LABEL, 32).toHex(),
      );
      await ours.close();
    }
  });
}

Deno.test("an empty context gives other keying material than no context in TLS 1.2 alone", async () => {
  await using lab = await Lab.open();
  for (const version of VERSIONS) {
    const server = await lab.sServer(`-${version}`);
    const socket = await lab.connect("openssl", server.port);
    const none = socket.exportKeyingMaterial(LABEL, 16).toHex();
    const empty = socket.exportKeyingMaterial(LABEL, 16, new Uint8Array()).toHex();
    assertEquals(none === empty, version === "tls1_3");
    await socket.close();
  }
});
