/**
 * Each example under exactly the flags that its header documents, and the
 * error one gets without each of them. docs/permissions.md shows the same
 * commands.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { Handle, serve, SslSocket } from "../../mod.ts";
import {
  type Command,
  documented,
  LIBSSL,
  ROOT,
  run,
  type Stand,
  start,
  without,
} from "./headers.ts";

const LOOPBACK = "127.0.0.1";
/** What the headers show; here it is wherever this system has it. */
const LIBRARY = "/usr/lib/x86_64-linux-gnu/libssl.so.3";

const library = LIBSSL;
const noOpenSsl = library === undefined;

const ca = await TestCa.create();
const server = await ca.server("localhost", LOOPBACK);
const clientCa = await TestCa.create({ commonName: "Clients' CA" });

interface World extends AsyncDisposable {
  readonly folder: string;
  readonly files: Stand;
}

/** A folder with the files that the headers name. */
async function world(): Promise<World> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const texts: Record<string, string> = {
    "ca.pem": ca.pem,
    "server.pem": server.cert,
    "server.key": server.key,
    "clients-ca.pem": clientCa.pem,
  };
  const files: Record<string, string> = { "keys.log": `${folder}/keys.log` };
  for (const [name, text] of Object.entries(texts)) {
    files[name] = `${folder}/${name}`;
    await Deno.writeTextFile(files[name], text);
  }
  if (library !== undefined) files[LIBRARY] = library;
  return { folder, files, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  return listener.addr.port;
}

const commands = (name: string): Command[] => documented(`examples/${name}.ts`);

interface Missing {
  readonly flag: string;
  /** What is given in its place, e.g. the same flag with a path. */
  readonly instead?: string;
  readonly says: string;
}

/** The error without each flag; every flag of the command must be in the list. */
async function eachIsNeeded(
  command: Command,
  stand: Stand,
  missing: readonly Missing[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const named = new Set(missing.map(({ flag }) => flag));
  assertEquals(named, new Set(command.flags.map((flag) => flag.split("=")[0]!)));
  for (const { flag, instead, says } of missing) {
    const flags = [...without(command, flag), ...(instead === undefined ? [] : [instead])];
    const { success, stdout, stderr } = await run(command, stand, { flags, env });
    assert(!success, `${command.line} works without ${flag}: ${stdout}`);
    assertStringIncludes(stderr, says, `without ${flag}`);
  }
}

const NET = (address: string): Missing => ({
  flag: "--allow-net",
  says: `Requires net access to "${address}", run again with the --allow-net flag`,
});
const READ = (path: string): Missing => ({
  flag: "--allow-read",
  says: `Requires read access to "${path}", run again with the --allow-read flag`,
});

// ---- clients

/** A server that answers like a web server, for clients to be tried on. */
function page(): ReturnType<typeof serve> {
  const { cert, key } = server;
  return serve(
    { hostname: LOOPBACK, port: 0, cert, key, onHandshakeError: () => {} },
    async (h) => {
      for await (const line of h.lines()) if (line === "") break; // the request
      await h.print("HTTP/1.0 200 OK\r\n\r\nhello\n");
    },
  );
}

Deno.test("examples/https_client.ts needs --allow-net=host:port alone", async () => {
  await using w = await world();
  await using web = page();
  const address = `localhost:${(await web.addr).port}`;
  const stand = { ...w.files, "example.com:443": address };
  const [plain] = commands("https_client");
  assertEquals(plain!.flags.length, 1);
  // The roots of Deno's own TLS: DENO_CERT is how its user adds to them.
  const env = { DENO_CERT: w.files["ca.pem"]! };
  const { stdout, stderr } = await run(plain!, stand, { env });
  assertEquals([stdout, stderr], ["HTTP/1.0 200 OK\n\nhello\n", ""]);
  const refused = await run(plain!, stand);
  assert(!refused.success && refused.stdout === "", refused.stdout);
  assertStringIncludes(refused.stderr, "no trusted root issued the certificate");
  await eachIsNeeded(plain!, stand, [NET(address)], env);
  const elsewhere = ["--allow-net=127.0.0.1:1"];
  assertStringIncludes((await run(plain!, stand, { flags: elsewhere })).stderr, NET(address).says);
});

Deno.test("examples/https_client.ts reads a CA with --allow-read=<file>", async () => {
  await using w = await world();
  await using web = page();
  const address = `localhost:${(await web.addr).port}`;
  const stand = { ...w.files, "example.com:443": address };
  const [, withCa] = commands("https_client");
  assertEquals(await run(withCa!, stand), {
    success: true,
    stdout: "HTTP/1.0 200 OK\n\nhello\n",
    stderr: "",
  });
  await eachIsNeeded(withCa!, stand, [NET(address), READ(w.files["ca.pem"]!)]);
});

Deno.test({
  name: "examples/https_client.ts runs on OpenSSL with --allow-ffi=<path of libssl>",
  ignore: noOpenSsl,
  fn: async () => {
    await using w = await world();
    await using web = page();
    const address = `localhost:${(await web.addr).port}`;
    const stand = { ...w.files, "example.com:443": address };
    const [, , narrow] = commands("https_client");
    const env = { SSL_CERT_FILE: w.files["ca.pem"]! };
    const { stdout, stderr } = await run(narrow!, stand, { env });
    assertEquals([stdout, stderr], ["HTTP/1.0 200 OK\n\nhello\n", ""]);
    await eachIsNeeded(narrow!, stand, [
      NET(address),
      READ(w.files["ca.pem"]!),
      { flag: "--allow-env", says: "Cannot find the default trust anchors" },
      { flag: "--allow-ffi", says: "no trusted root issued the certificate" }, // then it is Deno's TLS, with Deno's roots
    ], env);
  },
});

Deno.test({
  name: "examples/starttls_client.ts: STARTTLS with --allow-net=host:port and --allow-read=<file>",
  ignore: noOpenSsl, // for its server
  fn: async () => {
    await using w = await world();
    using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
    const address = `localhost:${listener.addr.port}`;
    const stand = { ...w.files, "mail.example.com:25": address };
    const { cert, key } = server;
    const sessions: Promise<void>[] = [];
    const mail = async (conn: Deno.TcpConn) => {
      await using client = new Handle(conn);
      await client.print("220 mail.example.com ESMTP\r\n");
      await client.readLine();
      await client.print("250-mail.example.com\r\n250 STARTTLS\r\n");
      await client.readLine();
      await client.print("220 Ready\r\n");
      await client.startSsl({ server: true, engine: "openssl", cert, key });
      assertEquals(await client.readLine(), "EHLO client.invalid");
      await client.print("250-mail.example.com\r\n250 AUTH PLAIN\r\n");
      await client.readLine();
      await client.print("221 Bye\r\n");
    };
    const accepting = (async () => {
      for await (const conn of listener) sessions.push(mail(conn).catch(() => {}));
    })();
    const [plain, withCa] = commands("starttls_client");
    const env = { DENO_CERT: w.files["ca.pem"]! };
    const expected = "250-mail.example.com\n250 AUTH PLAIN\n";
    for (const [command, more] of [[plain!, env], [withCa!, {}]] as const) {
      const { stdout, stderr } = await run(command, stand, { env: more });
      assertEquals([stdout, stderr], [expected, ""]);
    }
    await eachIsNeeded(plain!, stand, [NET(address)], env);
    await eachIsNeeded(withCa!, stand, [NET(address), READ(w.files["ca.pem"]!)]);
    listener.close();
    await Promise.all([accepting, ...sessions]);
  },
});

Deno.test({
  name: "examples/pinned_client.ts needs no file: --allow-net=host:port and --allow-ffi=<path>",
  ignore: noOpenSsl,
  fn: async () => {
    await using w = await world();
    const { cert, key } = server;
    await using device = serve(
      { hostname: LOOPBACK, port: 0, cert, key, onHandshakeError: () => {} },
      (h) => h.say("hello"),
    );
    const address = `localhost:${(await device.addr).port}`;
    const pin = server.certificate.fingerprint();
    const stand = { ...w.files, "device.example:8443": address, "sha256$...": pin };
    const [command] = commands("pinned_client");
    const { stdout, stderr } = await run(command!, stand);
    assertEquals([stdout, stderr], ["hello\n", ""]);
    await eachIsNeeded(command!, stand, [
      NET(address),
      { flag: "--allow-ffi", says: "run again with the --allow-ffi flag" },
    ]);
    const wrong = { ...stand, "sha256$...": ca.certificate.fingerprint() };
    const refused = await run(command!, wrong);
    assert(!refused.success && refused.stdout === "");
    assertStringIncludes(refused.stderr, "fingerprint");
  },
});

Deno.test({
  name: "examples/keylog_client.ts needs the full --allow-ffi",
  ignore: noOpenSsl,
  fn: async () => {
    await using w = await world();
    await using web = page();
    const address = `localhost:${(await web.addr).port}`;
    const stand = { ...w.files, "example.com:443": address };
    const [command] = commands("keylog_client");
    const { stdout, stderr } = await run(command!, stand);
    assertEquals(stderr, "");
    assert(/^TLSv1_3 TLS_\w+\nchain: ok: .*\nhostname: ok: .*\n/.test(stdout), stdout);
    assertStringIncludes(await Deno.readTextFile(w.files["keys.log"]!), "CLIENT_TRAFFIC_SECRET_0");
    await eachIsNeeded(command!, stand, [
      NET(address),
      READ(w.files["ca.pem"]!),
      { flag: "--allow-write", says: `Requires write access to "${w.files["keys.log"]}"` },
      { flag: "--allow-ffi", says: "run again with the --allow-ffi flag" },
      {
        flag: "--allow-ffi",
        instead: `--allow-ffi=${LIBRARY}`,
        says: "run with --allow-ffi without a path",
      },
    ]);
  },
});

// ---- servers

/** Runs a server under a documented command until `talk` is done. */
async function withServer(
  command: Command,
  stand: Stand,
  talk: (address: string) => Promise<void>,
): Promise<void> {
  const address = stand["127.0.0.1:8443"]!;
  await using running = start(command, stand);
  await running.said(`listening on ${address}`);
  await talk(address);
}

Deno.test("examples/quick_server.ts needs --allow-net=address:port and --allow-read of its files", async () => {
  await using w = await world();
  const address = `${LOOPBACK}:${freePort()}`;
  const stand = { ...w.files, "127.0.0.1:8443": address };
  const [fromFiles, selfSigned] = commands("quick_server");
  await withServer(fromFiles!, stand, async () => {
    await using client = await Handle.connect(address, { extraCa: ca.pem });
    assertEquals(await client.readLine(), "Who are you?");
    await client.say("a test");
    assertEquals(await client.readLine(), "Hello, a test");
  });
  await eachIsNeeded(fromFiles!, stand, [NET(address), READ(w.files["server.pem"]!)]);
  const certificateOnly = ["--allow-net", "--allow-read=server.pem"];
  const { stderr } = await run(fromFiles!, stand, { flags: certificateOnly });
  assertStringIncludes(stderr, READ(w.files["server.key"]!).says);

  const own = { ...stand, "127.0.0.1:8443": `${LOOPBACK}:${freePort()}` };
  await withServer(selfSigned!, own, async (address) => {
    const error = await Handle.connect(address, { extraCa: ca.pem }).then(
      () => undefined,
      (error) => error,
    );
    assertEquals(error?.name, "SslVerifyError"); // no client trusts it
  });
  await eachIsNeeded(selfSigned!, own, [NET(own["127.0.0.1:8443"]!)]);
});

Deno.test("examples/line_server.ts needs --allow-net=address:port and --allow-read of its files", async () => {
  await using w = await world();
  const address = `${LOOPBACK}:${freePort()}`;
  const stand = { ...w.files, "127.0.0.1:8443": address };
  const [command] = commands("line_server");
  await withServer(command!, stand, async () => {
    const port = Number(address.split(":")[1]);
    const silent = await Deno.connect({ hostname: LOOPBACK, port });
    await using one = await Handle.connect(address, { extraCa: ca.pem });
    await using two = await Handle.connect(address, { extraCa: ca.pem });
    await two.say("two");
    assertEquals(await two.readLine(), "TWO");
    await one.say("one");
    assertEquals(await one.readLine(), "ONE");
    silent.close();
  });
  await eachIsNeeded(command!, stand, [NET(address), READ(w.files["server.pem"]!)]);
});

Deno.test({
  name: "examples/mtls_server.ts needs --allow-ffi to ask for client certificates",
  ignore: noOpenSsl,
  fn: async () => {
    await using w = await world();
    const address = `${LOOPBACK}:${freePort()}`;
    const stand = { ...w.files, "127.0.0.1:8443": address };
    const [command] = commands("mtls_server");
    const { cert, key } = await clientCa.client("a client");
    await withServer(command!, stand, async () => {
      await using client = await Handle.connect(address, { extraCa: ca.pem, cert, key });
      assertEquals(await client.readLine(), "Hello, a client");
      const stranger = await SslSocket.connect(address, { extraCa: ca.pem }).then(
        (socket) => socket.read(new Uint8Array(1)),
      ).then(() => undefined, (error) => error);
      assertStringIncludes(String(stranger), "certificate");
    });
    await eachIsNeeded(command!, stand, [
      NET(address),
      READ(w.files["server.pem"]!),
      { flag: "--allow-ffi", says: "run again with the --allow-ffi flag" },
    ]);
  },
});

Deno.test({
  name:
    "examples/https_server.ts knows its client by certificate, with --allow-net of the loopback address",
  ignore: noOpenSsl,
  fn: async () => {
    await using w = await world();
    const address = `${LOOPBACK}:${freePort()}`;
    const stand = { ...w.files, "127.0.0.1:8443": address };
    const [command] = commands("https_server");
    const { cert, key } = await clientCa.client("a client");
    await withServer(command!, stand, async () => {
      using client = Deno.createHttpClient({ caCerts: [ca.pem], cert, key });
      const response = await fetch(`https://${address}/page`, { client });
      assertEquals(await response.text(), "Hello, a client, at /page\n");
    });
    await eachIsNeeded(command!, stand, [
      NET(address),
      READ(w.files["server.pem"]!),
      { flag: "--allow-ffi", says: "run again with the --allow-ffi flag" },
    ]);
  },
});

// ---- both ends

Deno.test("examples/demo.ts needs --allow-net alone, and shows OpenSSL with --allow-ffi", async () => {
  const [plain, full] = commands("demo");
  const alone = await run(plain!, {});
  assert(alone.success, alone.stderr);
  assertStringIncludes(alone.stdout, "All of it worked.");
  assertStringIncludes(alone.stdout, "engine openssl: not available: Requires ffi access");
  assertEquals(alone.stdout.match(/^== \w+/gm), ["== deno"]);
  await eachIsNeeded(plain!, {}, [NET(`${LOOPBACK}:0`)]);
  if (noOpenSsl) return;
  const both = await run(full!, {});
  assert(both.success, both.stderr);
  assertEquals(both.stdout.match(/^== \w+/gm), ["== openssl", "== deno"]);
  assertEquals(full!.flags.length, 2);
  const refused = await run(full!, {}, { flags: without(full!, "--allow-net") });
  assertStringIncludes(refused.stderr, NET(`${LOOPBACK}:0`).says);
});

Deno.test({
  name: "examples/multiplex.ts needs --allow-net of loopback and --allow-ffi",
  ignore: noOpenSsl,
  fn: async () => {
    const [command] = commands("multiplex");
    const { success, stdout, stderr } = await run(command!, {});
    assert(success, stderr);
    assertStringIncludes(stdout, "100 clients answered");
    await eachIsNeeded(command!, {}, [
      NET(`${LOOPBACK}:0`),
      { flag: "--allow-ffi", says: "Requires ffi access to" },
    ]);
  },
});

Deno.test({
  name: "examples/mitm_proxy.ts needs its files, the network and OpenSSL",
  ignore: noOpenSsl,
  fn: async () => {
    await using w = await world();
    await using web = page();
    const port = String(freePort());
    const [command] = commands("mitm_proxy");
    const proxyCa = await TestCa.create({ commonName: "The proxy's CA" });
    const stand = { ...w.files, "8080": port, "ca.pem": `${w.folder}/proxy.pem` };
    const files: Record<string, string> = { ...stand, "ca.key": `${w.folder}/proxy.key` };
    files["origins.pem"] = w.files["ca.pem"]!;
    await Deno.writeTextFile(files["ca.pem"]!, proxyCa.pem);
    await Deno.writeTextFile(files["ca.key"]!, proxyCa.key);
    const through = async (): Promise<string> => {
      const conn = await Deno.connect({ hostname: LOOPBACK, port: Number(port) });
      await using plain = new Handle(conn);
      await plain.print(`CONNECT localhost:${(await web.addr).port} HTTP/1.0\r\n\r\n`);
      if (await plain.readLine() !== "HTTP/1.0 200 Connected") return "refused";
      await plain.readLine();
      const socket = await plain.startSsl({ hostname: "localhost", ca: proxyCa.pem });
      assertEquals(socket.peerCertificate("issuer"), "/CN=The proxy's CA");
      await plain.print("GET / HTTP/1.0\r\n\r\n");
      return (await plain.getlines()).join("");
    };
    {
      await using proxy = start(command!, files);
      await proxy.said("listening on");
      assertStringIncludes(await through(), "hello\n");
    }
    {
      await using proxy = start(command!, files, { flags: without(command!, "--allow-ffi") });
      await proxy.said("listening on");
      assertEquals(await through().catch(() => "refused"), "refused");
    }
    const listens = { flag: "--allow-net", says: NET(`${LOOPBACK}:${port}`).says };
    for (const { flag, says } of [listens, READ(files["ca.pem"]!)]) {
      const outcome = await run(command!, files, { flags: without(command!, flag) });
      assert(!outcome.success, outcome.stdout);
      assertStringIncludes(outcome.stderr, says);
    }
  },
});

// ---- the page

Deno.test("docs/permissions.md shows the commands of the examples' headers, all of them", () => {
  const page = Deno.readTextFileSync(new URL("docs/permissions.md", ROOT));
  const shown = [...page.matchAll(/^deno run .*$/gm)].map(([line]) => line);
  const names = ["examples", "examples/ssleay"].flatMap((folder) =>
    [...Deno.readDirSync(new URL(folder, ROOT))].filter(({ isFile }) => isFile)
      .map(({ name }) => `${folder}/${name}`)
  );
  const headers = names.flatMap((name) => documented(name).map(({ line }) => line));
  assert(headers.length >= 10);
  assertEquals(new Set(shown), new Set(headers));
});
