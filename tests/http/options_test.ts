/** The options of a TLS server, given to `serveHttp`; ref() and unref(). */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { setServerDefaults } from "../../context/process_defaults.ts";
import {
  SSL_OCSP_MUST_STAPLE,
  SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
  SSL_VERIFY_PEER,
} from "../../constants.ts";
import { SslPeerError } from "../../errors.ts";
import type { HttpHandler } from "../../http/options.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SslSocket } from "../../socket/socket.ts";
import { testPki } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";
import { ROOT } from "../permissions/headers.ts";
import { converse, start } from "./harness.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** What the handler sees of its connection. */
const look: HttpHandler = (_, { socket, peer }) =>
  Response.json({
    version: socket.getSslversion(),
    cipher: socket.getCipher(),
    group: socket.getGroup(),
    name: socket.getServername(),
    alpn: socket.alpnSelected() ?? null,
    reused: socket.getSessionReused(),
    peer: peer?.commonName ?? null,
  });

/** Serves with some options, asks with others, and gives what the handler saw. */
async function ask(
  server: ListenOptions,
  client: ConnectOptions = {},
  times = 1,
): Promise<Record<string, unknown>> {
  await using running = await start("openssl", look, server);
  let seen = "";
  for (let i = 0; i < times; i++) {
    await using socket = await running.connect(client);
    seen = (await converse(socket, REQUEST)).split("\r\n\r\n")[1]!;
  }
  return JSON.parse(seen);
}

const TLS12 = { version: "TLSv1_2" };

for (
  const [option, server, expected, client] of [
    ["version", TLS12, { version: "TLSv1_2" }],
    ["maxVersion", { maxVersion: "TLSv1_2" }, { version: "TLSv1_2" }],
    ["minVersion", { minVersion: "TLSv1_3" }, { version: "TLSv1_3" }],
    ["cipherList", { ...TLS12, cipherList: "ECDHE-ECDSA-AES256-GCM-SHA384" }, {
      cipher: "ECDHE-ECDSA-AES256-GCM-SHA384",
    }],
    ["ciphersuites", { ciphersuites: "TLS_CHACHA20_POLY1305_SHA256" }, {
      cipher: "TLS_CHACHA20_POLY1305_SHA256",
    }],
    ["ecdhCurve", { ecdhCurve: "P-384" }, { group: "P-384" }],
    ["psk", { psk: { client: "0123456789abcdef" } }, { peer: null }, {
      psk: ["client", "0123456789abcdef"],
    }],
    ["alpnProtocols", { alpnProtocols: ["http/1.1"] }, { alpn: "http/1.1" }, {
      alpnProtocols: ["h2", "http/1.1"],
    }],
  ] as [string, ListenOptions, object, ConnectOptions?][]
) {
  Deno.test(`serveHttp() has the option ${option}`, async () => {
    const seen = await ask(server, client);
    assertEquals({ ...seen, ...expected }, seen);
  });
}

Deno.test("serveHttp() refuses a client whose version it does not take, and no handler runs", async () => {
  const called: string[] = [];
  await using running = await start("openssl", ({ url }) => {
    called.push(url);
    return new Response();
  }, { minVersion: "TLSv1_3" });
  await refuses(() => running.connect(TLS12), SslPeerError, "ERR_SSL_ALERT_PROTOCOL_VERSION");
  assertEquals(called, []);
});

Deno.test("serveHttp() has a certificate for each server name", async () => {
  const { ca, server } = await testPki();
  const other = await ca.server("other.test");
  const both = {
    cert: { "": server.cert, "other.test": other.cert },
    key: { "": server.key, "other.test": other.key },
  };
  const seen = await ask(both, { serverName: "other.test" });
  assertEquals(seen.name, "other.test");
  await using running = await start("openssl", look, both);
  await using socket = await running.connect({ serverName: "other.test" });
  assert(socket.peerCertificate()!.equals(other.certificate));
});

Deno.test("serveHttp() resumes sessions, with its own keys of tickets, too", async () => {
  const again = async (server: ListenOptions) =>
    (await ask(server, { sessionCache: new SessionCache(4) }, 2)).reused;
  assertEquals(await again({}), true);
  const key = crypto.getRandomValues(new Uint8Array(32));
  const asked: boolean[] = [];
  const ticketKeycb: ListenOptions["ticketKeycb"] = (_data, name) => {
    asked.push(name !== undefined);
    return [key, new Uint8Array(16)];
  };
  assertEquals(await again({ ticketKeycb }), true);
  assert(asked.includes(true) && asked.includes(false));
});

Deno.test("serveHttp() knows the client's certificate on a resumed connection, too", async () => {
  const { ca } = await testPki();
  const { cert, key } = await ca.client("alice");
  const sessionCache = new SessionCache(4);
  const seen = await ask(
    { clientCa: ca.pem, verifyMode: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT },
    { cert, key, sessionCache },
    2,
  );
  assertEquals([seen.peer, seen.reused], ["alice", true]);
});

Deno.test("serveHttp() staples an OCSP response", async () => {
  const { ca, server } = await testPki();
  const ocspStaple = await ca.ocspResponse(server.certificate);
  await using running = await start("openssl", look, { ocspStaple });
  await using socket = await running.connect({ ocspMode: SSL_OCSP_MUST_STAPLE });
  assertEquals(socket.report.checks.find(({ name }) => name === "ocsp")?.ok, true);
});

Deno.test("serveHttp() gives the handler a socket of the option socketClass", async () => {
  class Own extends SslSocket {}
  const seen: SslSocket[] = [];
  await using running = await start("openssl", (_, { socket }) => {
    seen.push(socket);
    return new Response();
  }, { socketClass: Own });
  await using client = await running.connect();
  await converse(client, REQUEST);
  assertInstanceOf(seen[0], Own);
});

Deno.test("serveHttp() offers what the program's default of alpnProtocols says", async () => {
  setServerDefaults({ alpnProtocols: ["http/1.1"] });
  try {
    const seen = await ask({}, { alpnProtocols: ["h2", "http/1.1"] });
    assertEquals(seen.alpn, "http/1.1");
  } finally {
    setServerDefaults({ alpnProtocols: undefined });
  }
  assertEquals((await ask({}, { alpnProtocols: ["http/1.1"] })).alpn, "http/1.1");
});

/** Runs a program with a server; what it prints. */
async function program(calls: string): Promise<string> {
  const { server: { cert, key } } = await testPki();
  const script = `
    const { serveHttp } = await import(${JSON.stringify(new URL("http/mod.ts", ROOT).href)});
    const own = ${JSON.stringify({ cert, key })};
    const server = serveHttp({ hostname: "127.0.0.1", port: 0, engine: "openssl", ...own }, () => new Response());
    ${calls}
    await server.addr;
    Deno.unrefTimer(setTimeout(() => {
      console.log("still there");
      Deno.exit();
    }, 100));
    addEventListener("unload", () => console.log("the end"));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", script],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}

Deno.test("a server of serveHttp() holds the program, unless unref() was called last", async () => {
  const [held, freed] = await Promise.all([
    program("server.unref(); server.ref();"),
    program("server.ref(); server.unref();"),
  ]);
  assertStringIncludes(held, "still there");
  assertEquals(freed, "the end\n");
});
