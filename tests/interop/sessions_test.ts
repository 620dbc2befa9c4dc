/** Sessions, resumed or refused, as openssl and GnuTLS see it. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import { SessionCache, SslSession } from "../../context/sessions/session_cache.ts";
import { SslVerifyError } from "../../errors.ts";
import { gnutlsCli, gnutlsServ, priority } from "./gnutls.ts";
import { bytes, Lab, OUR_NAME, readText, VERSIONS } from "./lab.ts";
import { askWww, keyring, sClientSays, ticketKey, wwwSays } from "./resuming.ts";
import { refuses } from "../helpers/refuses.ts";

/** The id of the session in what openssl prints. */
const sessionId = (printed: string): string => printed.match(/Session-ID: ([0-9A-F]*)/)![1]!;

for (const version of VERSIONS) {
  for (const [how, args] of [["tickets", []], ["session ids", ["-no_ticket"]]] as const) {
    Deno.test(`our client resumes at s_server by ${how}, ${version}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`, "-www", ...args);
      const options = { sessionCache: new SessionCache(10) };
      const first = await askWww(lab, server.port, options);
      assertEquals(first.handshake, "New");
      for (let hits = 1; hits <= 3; hits++) {
        const again = await askWww(lab, server.port, options);
        assertEquals(again.handshake, "Reused");
        assertEquals(again.report.ok, true);
        // It is the id of the session itself that the server knows, or a ticket without one.
        if (version === "tls1_2" && how === "session ids") {
          assertEquals(sessionId(again.page), sessionId(first.page));
          assertMatch(again.page, new RegExp(`^ +${hits} session cache hits$`, "m"));
        }
      }
      assertEquals([...options.sessionCache.keys()], [`localhost:${server.port}`]);
      // Without the cache, or with another key, it is a stranger.
      assertEquals(await wwwSays(lab, server.port), "New");
      assertEquals(await wwwSays(lab, server.port, { ...options, sessionKey: "mine" }), "New");
      assertEquals(await wwwSays(lab, server.port, { ...options, sessionKey: "mine" }), "Reused");
      assertEquals(await wwwSays(lab, server.port, options), "Reused");
    });
  }

  Deno.test(`s_server says Reused of a plain connection too, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`);
    const sessionCache = new SessionCache(10);
    for (const reused of [false, true]) {
      const before = server.output.length;
      const socket = await lab.connect("openssl", server.port, { sessionCache });
      await socket.write(bytes(`line ${reused}\n`));
      await server.said(`line ${reused}`);
      assertEquals(server.output.slice(before).includes("Reused session-id"), reused);
      assertEquals(socket.getSessionReused(), reused);
      await server.write("answer\n"); // the tickets of TLS 1.3 come before it
      assertEquals(await readText(socket, "answer\n"), "answer\n");
      await socket.close();
    }
  });

  Deno.test(`s_client resumes at our listener by its saved session, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const file = lab.path("session.pem");
    const first = await sClientSays(lab, server, `-${version}`, "-sess_out", file);
    assertEquals(first.handshake, "New");
    for (let i = 0; i < 2; i++) {
      const args = [`-${version}`, "-sess_in", file, "-sess_out", file];
      assertEquals((await sClientSays(lab, server, ...args)).handshake, "Reused");
    }
    // Another listener knows nothing of it; it makes a full handshake.
    const other = await lab.listen("openssl");
    assertEquals(
      (await sClientSays(lab, other, `-${version}`, "-sess_in", file)).handshake,
      "New",
    );
    // Nor is a session of one version taken by the other.
    const elsewhere = version === "tls1_2" ? "TLSv1_3" : "TLSv1_2";
    const newer = await lab.listen("openssl", { version: elsewhere });
    assertEquals((await sClientSays(lab, newer, "-sess_in", file)).handshake, "New");
  });

  Deno.test(`a server that asks for certificates resumes clients that showed one, ${version}`, async () => {
    await using lab = await Lab.open();
    const trust = { verifyMode: 3, ca: lab.pki.ca.pem };
    const server = await lab.listen("openssl", trust);
    const file = lab.path("session.pem");
    const mine = ["-cert", "client.pem", "-key", "client.key"];
    await sClientSays(lab, server, `-${version}`, ...mine, "-sess_out", file);
    const again = await sClientSays(lab, server, `-${version}`, "-sess_in", file);
    assertEquals(again.handshake, "Reused");
    assertEquals(again.report.ok, true);
    assertEquals(again.report.chain[0]?.commonName, "client");
    // Its ticket is nothing to a listener with the same keys that trusts somebody else.
    const key = ticketKey("shared");
    const shared = { sessionIdContext: "foobar", ticketKeycb: keyring(() => [key]) };
    const one = await lab.listen("openssl", { ...trust, ...shared });
    const two = await lab.listen("openssl", { ...trust, ...shared, ca: lab.pki.other.pem });
    await sClientSays(lab, one, `-${version}`, ...mine, "-sess_out", file);
    const refusing = two.accept().catch((error) => error);
    const client = lab.sClient(two.port, `-${version}`, ...mine, "-sess_in", file);
    assert(await refusing instanceof SslVerifyError);
    await client.said(/alert unknown ca/);
  });

  Deno.test(`sessionIdContext keeps the sessions of listeners apart, ${version}`, async () => {
    await using lab = await Lab.open();
    const key = ticketKey("shared");
    const ticketKeycb = keyring(() => [key]);
    const open = (sessionIdContext?: string) =>
      lab.listen("openssl", { ticketKeycb, ...sessionIdContext && { sessionIdContext } });
    const [one, same, other, none] = [
      await open("one"),
      await open("one"),
      await open("other"),
      await open(),
    ];
    const file = lab.path("session.pem");
    const first = await sClientSays(lab, one, `-${version}`, "-sess_out", file);
    assertEquals(first.handshake, "New");
    const at = async (server: typeof one) =>
      (await sClientSays(lab, server, `-${version}`, "-sess_in", file)).handshake;
    assertEquals(await at(one), "Reused");
    assertEquals(await at(same), "Reused");
    assertEquals(await at(other), "New");
    assertEquals(await at(none), "New");
  });

  Deno.test(`no session is offered to s_server once the options change, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca, other, client } = lab.pki;
    const leaf = await ca.server("localhost", "second.example");
    lab.write("two.pem", leaf.cert);
    lab.write("two.key", leaf.key);
    const server = await lab.sServer(
      ...[`-${version}`, "-www", "-cert", "two.pem", "-key", "two.key"],
      ...["-verify", "1", "-CAfile", "ca.pem", "-alpn", "a,b"],
    );
    const sessionCache = new SessionCache(1000);
    const all = { sessionCache, sessionKey: "the same for all", alpnProtocols: ["a"] };
    const changes: [string, ConnectOptions][] = [
      ["CA", { ca: [ca.pem, other.pem] }],
      ["scheme", { verifycnScheme: "http" }],
      ["name", { verifycnName: "second.example" }],
      ["pin", { fingerprint: leaf.certificate.fingerprint("sha256") }],
      ["client certificate", { cert: client.cert, key: client.key }],
      ["verifyMode", { verifyMode: 0 }],
      ["ALPN", { alpnProtocols: ["b"] }],
      ["no ALPN", { alpnProtocols: [] }],
    ];
    assertEquals(await wwwSays(lab, server.port, all), "New");
    assertEquals(await wwwSays(lab, server.port, all), "Reused");
    for (const [what, change] of changes) {
      const changed = { ...all, ...change };
      assertEquals(await wwwSays(lab, server.port, changed), "New", what);
      assertEquals(await wwwSays(lab, server.port, changed), "Reused", what);
      assertEquals(await wwwSays(lab, server.port, all), "Reused", `back from ${what}`);
    }
    // What would be refused is refused, whatever was accepted before.
    for (
      const refused of [
        { ca: other.pem },
        { verifycnName: "third.example" },
        { fingerprint: other.certificate.fingerprint("sha256"), forceFingerprint: true },
      ]
    ) {
      await refuses(
        () => lab.connect("openssl", server.port, { ...all, ...refused }),
        SslVerifyError,
        ["SELF_SIGNED_CERT_IN_CHAIN", "HOSTNAME_MISMATCH", "FINGERPRINT_MISMATCH"],
      );
    }
    assertEquals(await wwwSays(lab, server.port, all), "Reused");
  });

  Deno.test(`sessionCacheSize is the cache of a context, and of its size, ${version}`, async () => {
    await using lab = await Lab.open();
    const servers = [
      await lab.sServer(`-${version}`, "-www", "-num_tickets", "1"),
      await lab.sServer(`-${version}`, "-www", "-num_tickets", "1"),
    ] as const;
    using context = await SslContext.create({
      ...{ engine: "openssl", ca: lab.pki.ca.pem, sessionCacheSize: 1 },
    });
    const options = { reuseCtx: context, ca: undefined, engine: undefined };
    const at = (i: 0 | 1) => wwwSays(lab, servers[i].port, options);
    assertEquals(await at(0), "New");
    assertEquals(await at(0), "Reused");
    assertEquals(await at(1), "New"); // there was room for one alone
    assertEquals(await at(0), "New");
    assertEquals(await at(0), "Reused");
  });

  Deno.test(`an exported session is resumed by another context, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`, "-www");
    const key = crypto.getRandomValues(new Uint8Array(32));
    for (const secret of [undefined, key]) {
      const made = new SessionCache(10);
      assertEquals(await wwwSays(lab, server.port, { sessionCache: made }), "New");
      const [[name, session]] = [...made] as [[string, SslSession]];
      assertEquals(session.protocol, OUR_NAME[version]);
      const file = lab.write("session.der", await session.export(secret));
      const stored = Deno.readFileSync(file);
      if (secret !== undefined) {
        await assertRejects(() => SslSession.import(stored));
        await assertRejects(() => SslSession.import(stored, new Uint8Array(32)));
      }
      const sessionCache = new SessionCache(10);
      sessionCache.addSession(name, await SslSession.import(stored, secret));
      using context = await SslContext.create({
        ...{ engine: "openssl", ca: lab.pki.ca.pem, sessionCache },
      });
      const reuse = { reuseCtx: context, ca: undefined, engine: undefined };
      const { handshake, report } = await askWww(lab, server.port, reuse);
      assertEquals(handshake, "Reused");
      assertEquals(report.anchor?.fingerprint(), lab.pki.ca.certificate.fingerprint());
      // In a context that verifies differently it is worth nothing.
      const again = new SessionCache(10);
      again.addSession(name, await SslSession.import(stored, secret));
      const differs = { sessionCache: again, verifycnScheme: "http" } as const;
      assertEquals(await wwwSays(lab, server.port, differs), "New");
    }
  });

  Deno.test(`a server that restarts or forgets makes a full handshake, ${version}`, async () => {
    await using lab = await Lab.open();
    const options = { sessionCache: new SessionCache(10), sessionKey: "one for both" };
    const one = await lab.sServer(`-${version}`, "-www");
    assertEquals(await wwwSays(lab, one.port, options), "New");
    assertEquals(await wwwSays(lab, one.port, options), "Reused");
    await one.kill();
    const two = await lab.sServer(`-${version}`, "-www");
    assertEquals(await wwwSays(lab, two.port, options), "New");
    assertEquals(await wwwSays(lab, two.port, options), "Reused");
    // One that keeps nothing: no tickets, no cache.
    const three = await lab.sServer(`-${version}`, "-www", "-no_ticket", "-no_cache");
    for (let i = 0; i < 3; i++) assertEquals(await wwwSays(lab, three.port, options), "New");
  });

  Deno.test(`gnutls-cli resumes at our listener, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const client = gnutlsCli(
      lab,
      server.port,
      ...[priority(version), "--resume", ...version === "tls1_3" ? ["--waitresumption"] : []],
    );
    for (const reused of [false, true]) {
      const socket = await server.accept();
      assertEquals(socket.getSessionReused(), reused);
      // The first connection is gone as soon as it has its ticket: nothing written then need arrive.
      if (reused) await client.said("*** This is a resumed session");
      else assertEquals(client.output.includes("This is a resumed session"), false);
      await socket.close({ noShutdown: !reused });
    }
  });

  Deno.test(`our client resumes at gnutls-serv, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await gnutlsServ(lab, priority(version), "--disable-client-cert");
    const sessionCache = new SessionCache(10);
    for (const reused of [false, true, true]) {
      const before = server.output.length;
      const socket = await lab.connect("openssl", server.port, { sessionCache });
      await socket.write(bytes("hello\n"));
      assertEquals(await readText(socket, "hello\n"), "hello\n");
      assertEquals(socket.getSessionReused(), reused);
      await server.until("its words", () => server.output.slice(before).includes("- Version: "));
      assertEquals(
        server.output.slice(before).includes("*** This is a resumed session"),
        reused,
        server.output,
      );
      await socket.close();
    }
  });
}

Deno.test("s_client without tickets resumes at our listener by the session id of TLS 1.2", async () => {
  await using lab = await Lab.open();
  const server = await lab.listen("openssl");
  const file = lab.path("session.pem");
  const args = ["-tls1_2", "-no_ticket"];
  const first = await sClientSays(lab, server, ...args, "-sess_out", file);
  const again = await sClientSays(lab, server, ...args, "-sess_in", file);
  assertEquals([first.handshake, again.handshake], ["New", "Reused"]);
  assertEquals(sessionId(again.output), sessionId(first.output));
  assertNotEquals(sessionId(first.output), "");
  // The cache is that of one context: another listener has another.
  const other = await lab.listen("openssl");
  const stranger = await sClientSays(lab, other, ...args, "-sess_in", file);
  assertEquals(stranger.handshake, "New");
  assertNotEquals(sessionId(stranger.output), sessionId(first.output));
});
