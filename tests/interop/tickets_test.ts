/** The keys of our listeners' session tickets, as s_client and GnuTLS see them change. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { TicketKeycb } from "../../context/options.ts";
import { gnutlsCli, priority } from "./gnutls.ts";
import { bytes, Lab, VERSIONS } from "./lab.ts";
import { keyring, sClientSays, ticketKey } from "./resuming.ts";

/** The name of the key in the ticket that s_client has printed first. */
function keyName(output: string): string | undefined {
  const dump = output.match(/TLS session ticket:\n +0000 - ((?:[0-9a-f]{2}[ -]){15}[0-9a-f]{2})/);
  const name = dump && Uint8Array.fromHex(dump[1]!.replace(/[ -]/g, ""));
  return name ? new TextDecoder().decode(name).replace(/\0+$/, "") : undefined;
}

for (const version of VERSIONS) {
  Deno.test(`ticketKeycb: s_client's session is resumed under an old key, and renewed, ${version}`, async () => {
    await using lab = await Lab.open();
    const [old, now, later] = [ticketKey("old"), ticketKey("now"), ticketKey("later")];
    let keys = [old];
    const server = await lab.listen("openssl", { ticketKeycb: keyring(() => keys) });
    const [first, renewed] = [lab.path("first.pem"), lab.path("renewed.pem")];
    const at = async (...args: string[]) => {
      const { handshake, output } = await sClientSays(lab, server, `-${version}`, ...args);
      return [handshake, keyName(output)];
    };
    assertEquals(await at("-sess_out", first), ["New", "old"]);
    // The old key is still taken; the new ticket is under the current one.
    keys = [now, old];
    assertEquals(await at("-sess_in", first, "-sess_out", renewed), ["Reused", "now"]);
    keys = [now];
    // The old one forgotten, the renewed one goes on, the first one does not. (Of a resumption in
    // TLS 1.2, s_client saves nothing: see the next test.)
    if (version === "tls1_3") assertEquals((await at("-sess_in", renewed))[0], "Reused");
    assertEquals(await at("-sess_in", first), ["New", "now"]);
    // Nor does any under keys that are gone.
    keys = [later];
    if (version === "tls1_3") assertEquals((await at("-sess_in", renewed))[0], "New");
    assertEquals(await at("-sess_in", first), ["New", "later"]);
  });

  Deno.test(`t/session_ticket with s_client: two servers, one ticketKeycb, a client certificate, ${version}`, async () => {
    await using lab = await Lab.open();
    let keys = [ticketKey("key1")];
    const options = {
      ...{ ticketKeycb: keyring(() => keys), sessionIdContext: "foobar" },
      ...{ verifyMode: 3, ca: lab.pki.ca.pem },
    };
    const [one, two] = [await lab.listen("openssl", options), await lab.listen("openssl", options)];
    const file = lab.path("single.pem");
    const go = async (server: typeof one, offer = true) => {
      const shown = ["-cert", "client.pem", "-key", "client.key"];
      const { handshake, report } = await sClientSays(
        lab,
        server,
        ...[`-${version}`, ...shown, ...(offer ? ["-sess_in", file] : []), "-sess_out", file],
      );
      assertEquals(report.chain[0]?.commonName, "client");
      return handshake === "Reused" ? 1 : 0;
    };
    const reuse = [await go(one, false), await go(one), await go(two)];
    keys = [ticketKey("key2")];
    reuse.push(await go(one));
    reuse.push(await go(two, false)); // as another client
    reuse.push(await go(one));
    assertEquals(reuse, [0, 1, 1, 0, 0, 1]);
  });

  Deno.test(`ticketKeycb without a key: s_client makes a full handshake each time, ${version}`, async () => {
    await using lab = await Lab.open();
    const key = ticketKey("now");
    const answers: Record<string, TicketKeycb> = {
      "none at all": () => [],
      "for new tickets alone": (_data, name) => name === undefined ? [key.key, key.name] : [],
    };
    for (const [what, ticketKeycb] of Object.entries(answers)) {
      const server = await lab.listen("openssl", { ticketKeycb });
      const file = lab.path("session.pem");
      const args = [`-${version}`, "-sess_out", file];
      assertEquals((await sClientSays(lab, server, ...args)).handshake, "New", what);
      const again = await sClientSays(lab, server, ...args, "-sess_in", file);
      assertEquals(again.handshake, "New", what);
      assertMatch(again.output, /Verify return code: 0 \(ok\)/);
    }
  });

  Deno.test(`a listener of ours cannot be told a ticket that was changed, ${version}`, async () => {
    await using lab = await Lab.open();
    const key = ticketKey("now");
    const server = await lab.listen("openssl", { ticketKeycb: keyring(() => [key]) });
    const file = lab.path("session.pem");
    await sClientSays(lab, server, `-${version}`, "-sess_out", file);
    const der = lab.path("session.der");
    await lab.openssl("sess_id", "-in", file, "-outform", "DER", "-out", der);
    const session = Deno.readFileSync(der);
    // The ticket begins with the name of the key, 16 bytes; its IV, its data and its MAC follow.
    const name = session.findIndex((_, i) => key.name.every((byte, j) => session[i + j] === byte));
    assert(name > 0);
    session[name + 40]! ^= 1;
    lab.write("changed.der", session);
    const changed = lab.path("changed.pem");
    await lab.openssl("sess_id", "-inform", "DER", "-in", "changed.der", "-out", changed);
    assertEquals(
      (await sClientSays(lab, server, `-${version}`, "-sess_in", changed)).handshake,
      "New",
    );
    assertEquals(
      (await sClientSays(lab, server, `-${version}`, "-sess_in", file)).handshake,
      "Reused",
    );
  });

  Deno.test(`ticketKeycb: gnutls-cli resumes while the key is known, ${version}`, async () => {
    await using lab = await Lab.open();
    for (const rotate of [false, true]) {
      let keys = [ticketKey("one")];
      const server = await lab.listen("openssl", { ticketKeycb: keyring(() => keys) });
      const wait = version === "tls1_3" ? ["--waitresumption"] : [];
      const client = gnutlsCli(lab, server.port, priority(version), "--resume", ...wait);
      for (const second of [false, true]) {
        const socket = await server.accept();
        assertEquals(socket.getSessionReused(), second && !rotate);
        if (!second) {
          // It goes as soon as it has its ticket: nothing that is written now need arrive.
          if (rotate) keys = [ticketKey("two")];
          await socket.close({ noShutdown: true });
          continue;
        }
        await socket.write(bytes("line two\n"));
        await client.said("line two");
        assertEquals(client.output.includes("*** This is a resumed session"), !rotate);
        await socket.close();
      }
    }
  });
}

Deno.test("ticketKeycb: s_client -reconnect goes on with the ticket that was renewed, tls1_2", async () => {
  await using lab = await Lab.open();
  const [old, now] = [ticketKey("old"), ticketKey("now")];
  // One for the first connection and five for those after it.
  const rings = [[old], [now, old], [now], [now], [ticketKey("other")], [ticketKey("another")]];
  const expected = [false, true, true, true, false, false];
  let keys = rings[0]!;
  const server = await lab.listen("openssl", { ticketKeycb: keyring(() => keys) });
  const client = lab.sClient(server.port, "-tls1_2", "-reconnect");
  const reused: unknown[] = [];
  const sockets = [];
  for (const ring of rings) {
    keys = ring;
    const socket = await server.accept();
    sockets.push(socket);
    reused.push(socket.getSessionReused());
  }
  assertEquals(reused, expected);
  const said = () => [...client.output.matchAll(/^(New|Reused), TLSv1\.2/mg)].map(([, w]) => w);
  await client.until("six summaries", () => said().length === 6);
  assertEquals(said(), expected.map((each) => each ? "Reused" : "New"));
  for (const socket of sockets) await socket.close();
});
