/** Sessions, tickets and their keys with Perl's IO::Socket::SSL, in both roles. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import type { ConnectOptions } from "../../socket/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, Lab, OUR_NAME, type OurListener, readText, VERSIONS } from "./lab.ts";
import { within } from "./peers.ts";
import type { PerlPeer } from "./perl_peer.ts";
import { keyring, ticketKey } from "./resuming.ts";

/** What a Perl server needs. */
const SERVER = { SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
/** What a Perl client needs. */
const CLIENT = { SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost", SSL_hostname: "localhost" };
/** With a certificate. */
const SHOWN = { SSL_cert_file: "client.pem", SSL_key_file: "client.key" };
/** A Perl server that wants one. */
const WANTS = { SSL_verify_mode: 3, SSL_ca_file: "ca.pem" };

/** Both must say the same of a connection; a line from the server brings the tickets of TLS 1.3. */
async function meet(
  perl: PerlPeer,
  client: "Perl" | "us",
  connecting: () => Promise<[SslSocket, unknown]>,
): Promise<boolean> {
  const [socket] = await connecting();
  if (client === "Perl") {
    await socket.write(bytes("line\n"));
    assertEquals(await perl.call("readline"), "line\n");
  } else {
    await perl.call("print", "line\n");
    assertEquals(await readText(socket, "line\n"), "line\n");
  }
  const info = await perl.call("info");
  assertEquals(info.reused_by_name === 1, socket.getSessionReused());
  assertEquals(info.reused === 1, socket.getSessionReused());
  const reused = socket.getSessionReused();
  await perl.call("close");
  await socket.close();
  return reused === true;
}

/** A Perl client at our listener. */
function perlAt(server: OurListener, perl: PerlPeer, args: object): Promise<boolean> {
  return meet(
    perl,
    "Perl",
    () => Promise.all([server.accept(), perl.call("connect_ssl", server.port, args)]),
  );
}

/** Our client at a Perl server. */
function atPerl(lab: Lab, perl: PerlPeer, port: number, options: ConnectOptions): Promise<boolean> {
  return meet(
    perl,
    "us",
    () => Promise.all([lab.connect("openssl", port, options), perl.call("accept")]),
  );
}

for (const version of VERSIONS) {
  const SSL_version = OUR_NAME[version];

  Deno.test(`a Perl client with SSL_session_cache_size resumes at our listener, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.listen("openssl");
    const other = await lab.listen("openssl");
    const perl = lab.perl();
    const context = await perl.call("context", {
      ...CLIENT,
      SSL_version,
      SSL_session_cache_size: 10,
    });
    const args = { context, SSL_verifycn_name: "localhost", SSL_hostname: "localhost" };
    assertEquals(await perlAt(server, perl, args), false);
    assertEquals(await perlAt(server, perl, args), true);
    assertEquals(await perlAt(other, perl, args), false); // the key is host:port
    assertEquals(await perlAt(server, perl, args), true);
    assertEquals(await perlAt(other, perl, args), true);
    // Without the context there is no cache.
    assertEquals(await perlAt(server, perl, { ...CLIENT, SSL_version }), false);
  });

  Deno.test(`our client with sessionCacheSize resumes at a Perl server, ${version}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", { ...SERVER, SSL_version });
    using context = await SslContext.create({
      ...{ engine: "openssl", ca: lab.pki.ca.pem, sessionCacheSize: 10 },
    });
    const options = { reuseCtx: context, ca: undefined, engine: undefined };
    assertEquals(await atPerl(lab, perl, port, options), false);
    for (let i = 0; i < 3; i++) assertEquals(await atPerl(lab, perl, port, options), true);
    assertEquals(await atPerl(lab, perl, port, {}), false);
  });

  Deno.test(`t/sessions: our client and three Perl servers, the third by start(), ${version}`, async () => {
    await using lab = await Lab.open();
    const sessionCache = new SessionCache(100);
    using context = await SslContext.create({
      engine: "openssl",
      ca: lab.pki.ca.pem,
      sessionCache,
    });
    const perls = [lab.perl(), lab.perl(), lab.perl()];
    const ports: number[] = [];
    for (const [i, perl] of perls.entries()) {
      ports.push(await perl.call(i === 2 ? "listen" : "listen_ssl", { ...SERVER, SSL_version }));
    }
    const served = await perls[2]!.call("context", { ...SERVER, SSL_version, SSL_server: 1 });
    const keys = [`localhost:${ports[0]}`, `localhost:${ports[1]}`, `127.0.0.1:${ports[2]}`];
    const go = (i: number) => {
      const perl = perls[i]!;
      const reuseCtx = { reuseCtx: context, ca: undefined, engine: undefined };
      if (i < 2) return atPerl(lab, perl, ports[i]!, reuseCtx);
      return meet(perl, "us", async () => {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port: ports[i]! });
        await perl.call("accept");
        return await Promise.all([
          within("start", SslSocket.start(conn, { reuseCtx: context, verifycnName: "localhost" })),
          perl.call("start", { SSL_server: 1, context: served }),
        ]);
      });
    };
    for (const i of perls.keys()) {
      assertEquals(await go(i), false);
      assertEquals([...sessionCache][0]![0], keys[i]); // the latest on top
    }
    assert(sessionCache.size >= 3);
    for (const key of keys) {
      const session = sessionCache.getSession(key)!;
      assert(sessionCache.getSession(key, session) === session);
    }
    for (const i of perls.keys()) assertEquals(await go(i), true);
  });

  Deno.test(`t/sessions: a Perl client and three of our listeners, the third by acceptSsl(), ${version}`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const cache = await perl.call("session_cache", 100);
    const context = await perl.call("context", { ...CLIENT, SSL_version, cache });
    const args = { context, SSL_verifycn_name: "localhost", SSL_hostname: "localhost" };
    const servers = [
      await lab.listen("openssl"),
      await lab.listen("openssl"),
      await lab.listen("openssl", { startHandshake: false }),
    ];
    const go = (i: number) => {
      const server = servers[i]!;
      if (i < 2) return perlAt(server, perl, args);
      return meet(perl, "Perl", async () => {
        const [socket] = await Promise.all([server.accept(), perl.call("connect", server.port)]);
        await Promise.all([within("acceptSsl", socket.acceptSsl()), perl.call("start", args)]);
        return [socket, undefined];
      });
    };
    for (const i of servers.keys()) assertEquals(await go(i), false);
    for (const { port } of servers) {
      assertEquals(await perl.call("cached", cache, `127.0.0.1:${port}`), 1);
    }
    for (const i of servers.keys()) assertEquals(await go(i), true);
  });

  Deno.test(`t/session_ticket: a Perl client and our two servers with one ticketKeycb, ${version}`, async () => {
    await using lab = await Lab.open();
    let keys = [ticketKey("key1")];
    const shared = {
      ticketKeycb: keyring(() => keys),
      sessionIdContext: "foobar",
      ...{ verifyMode: 3, ca: lab.pki.ca.pem },
    };
    const [one, two] = [await lab.listen("openssl", shared), await lab.listen("openssl", shared)];
    const perl = lab.perl();
    const cache = await perl.call("session_cache", 10);
    const context = await perl.call("context", { ...CLIENT, ...SHOWN, SSL_version, cache });
    const args = {
      ...{ context, SSL_session_key: "single" },
      ...{ SSL_verifycn_name: "localhost", SSL_hostname: "localhost" },
    };
    const reuse = [await perlAt(one, perl, args)]; // the first one
    reuse.push(await perlAt(one, perl, args)); // its ticket
    reuse.push(await perlAt(two, perl, args)); // its ticket at the other server
    keys = [ticketKey("key2")]; // the old one is forgotten
    reuse.push(await perlAt(one, perl, args));
    await perl.call("forget", cache, "single"); // as another client
    reuse.push(await perlAt(two, perl, args));
    reuse.push(await perlAt(one, perl, args));
    assertEquals(reuse.map(Number), [0, 1, 1, 0, 0, 1]);
  });

  Deno.test(`t/session_ticket: our client and two Perl servers with one SSL_ticket_keycb, ${version}`, async () => {
    await using lab = await Lab.open();
    const [one, two] = [lab.perl(), lab.perl()];
    const keyed = async (...keys: ReturnType<typeof ticketKey>[]) => {
      const hex = keys.map(({ key, name }) => [key.toHex(), name.toHex()]);
      for (const perl of [one, two]) await perl.call("ticket_keys", ...hex);
    };
    const args = {
      ...{ ...SERVER, ...WANTS, SSL_version, ticket_keys: 1 },
      SSL_session_id_context: "foobar",
    };
    await keyed(ticketKey("key1"));
    const [first, second] = [
      await one.call("listen_ssl", args),
      await two.call("listen_ssl", args),
    ];
    const { cert, key } = lab.pki.client;
    const sessionCache = new SessionCache(10);
    const options = { cert, key, sessionCache, sessionKey: "single" };
    const reuse = [await atPerl(lab, one, first, options)];
    reuse.push(await atPerl(lab, one, first, options));
    reuse.push(await atPerl(lab, two, second, options));
    await keyed(ticketKey("key2"));
    reuse.push(await atPerl(lab, one, first, options));
    sessionCache.delSession("single");
    reuse.push(await atPerl(lab, two, second, options));
    reuse.push(await atPerl(lab, one, first, options));
    assertEquals(reuse.map(Number), [0, 1, 1, 0, 0, 1]);
  });

  Deno.test(`a Perl client's session id context is that of our listener alone, ${version}`, async () => {
    await using lab = await Lab.open();
    const key = ticketKey("shared");
    const open = (sessionIdContext: string) =>
      lab.listen("openssl", { sessionIdContext, ticketKeycb: keyring(() => [key]) });
    const [one, same, other] = [await open("one"), await open("one"), await open("other")];
    const perl = lab.perl();
    const cache = await perl.call("session_cache", 10);
    const context = await perl.call("context", { ...CLIENT, SSL_version, cache });
    const args = {
      ...{ context, SSL_session_key: "single" },
      ...{ SSL_verifycn_name: "localhost", SSL_hostname: "localhost" },
    };
    assertEquals(await perlAt(one, perl, args), false);
    assertEquals(await perlAt(same, perl, args), true);
    assertEquals(await perlAt(other, perl, args), false);
  });
}

Deno.test("SessionCache does what Perl's Session_Cache does, operation by operation", async () => {
  await using lab = await Lab.open();
  const perl = lab.perl();
  // t/session_cache, and then anything.
  const steps: [string, string?][] = [
    ["add_session", "bogus"],
    ["add_session", "bogus1"],
    ["get_session", "bogus"],
    ["add_session", "bogus"],
    ["add_session", "bogus"],
    ["del_session", "bogus"],
  ];
  let x = 0x2545f491;
  const random = (n: number) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
  const methods = ["add_session", "add_session", "get_session", "replace_session", "del_session"];
  for (let i = 0; i < 300; i++) {
    steps.push([methods[random(methods.length)]!, "abcde"[random(5)]!]);
    if (i % 60 === 59) steps.push(["del_session"]);
  }
  for (const size of [1, 3, 7]) {
    const cache = new SessionCache<object>(size);
    const ours = steps.map(([method, key]) => {
      let said: number | null = null;
      if (method === "add_session") cache.addSession(key!, {});
      else if (method === "replace_session") cache.replaceSession(key!, {});
      else if (method === "get_session") said = cache.getSession(key!) === undefined ? 0 : 1;
      else said = cache.delSession(key);
      return [said, cache.room, ...[...cache].map(([key]) => key)];
    });
    assertEquals(ours, await perl.call("cache_steps", size, ...steps), `size ${size}`);
    if (size === 3) assertEquals(ours.slice(0, 6).map(([, room]) => room), [2, 1, 1, 0, 0, 3]);
  }
});
