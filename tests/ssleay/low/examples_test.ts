/**
 * The programs of examples/ssleay, under exactly the flags of their headers: what they say when all
 * is well, and what fails: a wrong CA, a wrong name, a revoked certificate, a wrong password.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sslReadAll } from "../../../ssleay/mod.ts";
import type { Opaque } from "../../../ssleay/low/handle.ts";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import { TestCa } from "../../../testing/mod.ts";
import {
  type Command,
  documented,
  type Outcome,
  ROOT,
  run,
  spawn,
  type Stand,
  start,
  type Starting,
  without,
} from "../../permissions/headers.ts";

const ca = await TestCa.create({ commonName: "The Good CA" });
const otherCa = await TestCa.create({ commonName: "Another CA" });
const server = await ca.server("localhost");
const revoked = await ca.revoked("localhost");
const LOOPBACK = "127.0.0.1";

function bio(content: string): Opaque<"BIO"> {
  const made = SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!;
  SSLeay.BIO_write(made, content);
  return made;
}

/** The name under which OpenSSL looks for what this CA issued. */
function hashOf(anchor: TestCa): string {
  const x509 = SSLeay.PEM_read_bio_X509(bio(anchor.pem))!;
  return SSLeay.X509_subject_name_hash(x509).toString(16).padStart(8, "0");
}

const encrypted = SSLeay.PEM_get_string_PrivateKey(
  SSLeay.PEM_read_bio_PrivateKey(bio(server.key))!,
  "a secret",
  SSLeay.EVP_get_cipherbyname("aes-256-cbc"),
)!;

interface World extends AsyncDisposable {
  readonly folder: string;
  readonly port: string;
  readonly stand: Stand;
}

/** A folder with the files that the headers name, and a port that is free. */
async function world(files: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const texts: Record<string, string> = {
    "ca.pem": ca.pem,
    "server.pem": server.cert,
    "server.key": server.key,
    "crl.pem": ca.crl(),
    "encrypted.key": encrypted,
    [`certs/${hashOf(ca)}.0`]: ca.pem,
    [`certs/${hashOf(ca)}.r0`]: ca.crl(),
    ...files,
  };
  await Deno.mkdir(`${folder}/certs`);
  const stand: Record<string, string> = { certs: `${folder}/certs` };
  for (const [name, text] of Object.entries(texts)) {
    if (text !== "") await Deno.writeTextFile(`${folder}/${name}`, text);
    stand[name] = `${folder}/${name}`;
  }
  using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const port = String(listener.addr.port);
  Object.assign(stand, { "1235": port, "5443": port });
  return {
    folder,
    port,
    stand,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function command(name: string, which = 0): Command {
  return documented(`examples/ssleay/${name}.ts`)[which]!;
}

/** The command with other words in the place of some. */
function changed(given: Command, words: Readonly<Record<string, string>>): Command {
  const args = given.args.map((arg) => words[arg] ?? arg);
  const flags = given.flags.map((flag) => words[flag] ?? flag);
  return { ...given, args, flags };
}

function assertFailed(outcome: Outcome, ...said: string[]): void {
  assert(!outcome.success, outcome.stdout);
  for (const text of said) assertStringIncludes(outcome.stderr, text);
}

const succeeded = (outcome: Outcome): string => {
  assert(outcome.success, outcome.stderr);
  return outcome.stdout;
};

/** Runs a program that reads its standard input. */
async function fed(input: string, ...[given, stand]: Parameters<typeof start>): Promise<Outcome> {
  await using program = start(given, stand, { stdin: "piped" });
  const writer = program.child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  return await program.ended;
}

const VERIFY_FAILED = "certificate verify failed";

Deno.test("simple_client.ts and echo_server.ts: a message comes back in upper case", async () => {
  await using w = await world();
  await using echo = start(command("echo_server"), w.stand);
  await echo.said(`Accepting connections on ${LOOPBACK}:${w.port}...`);
  const client = command("simple_client");

  await using wrong = await world({ "ca.pem": otherCa.pem });
  const stand = { ...w.stand, "ca.pem": wrong.stand["ca.pem"]! };
  assertFailed(await run(client, stand), "ssl connect", VERIFY_FAILED);

  const byAddress = changed(client, {
    localhost: LOOPBACK,
    "--allow-net=localhost:1235": `--allow-net=${LOOPBACK}:1235`,
  });
  assertFailed(await run(byAddress, w.stand), "ssl connect", VERIFY_FAILED); // no such name

  const stdout = succeeded(await run(client, w.stand)); // the server survived both
  assertMatch(stdout, /^Cipher `TLS_\w+'\nHELLO, WORLD!\n$/);
  await echo.said("Got `Hello, world!' (13 chars)\n");
  echo.child.kill();
  const { stderr } = await echo.ended;
  assertEquals(stderr.match(/ssl accept \d+: 1 - error:.*unknown ca/g)?.length, 1, stderr);
});

/** The client of the inetd server: its cipher, and what came back. */
async function talkToInetd(anchor: string, child: Deno.ChildProcess) {
  const ctx = SSLeay.CTX_new()!;
  const store = SSLeay.CTX_get_cert_store(ctx)!;
  SSLeay.X509_STORE_add_cert(store, SSLeay.PEM_read_bio_X509(bio(anchor))!);
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
  const ssl = SSLeay.new(ctx)!;
  SSLeay.set_rfd(ssl, { readable: child.stdout });
  SSLeay.set_wfd(ssl, { writable: child.stdin });
  const result = await SSLeay.connect(ssl);
  if (result !== 1) return [result];
  await SSLeay.write(ssl, "from inetd");
  return [result, SSLeay.get_cipher(ssl), ...await sslReadAll(ssl)];
}

Deno.test("inetd_server.ts: the connection is standard input and output", async () => {
  await using w = await world();
  for (const anchor of [ca.pem, otherCa.pem]) {
    const child = spawn(command("inetd_server"), w.stand, { stdin: "piped" });
    const log = new Response(child.stderr).text();
    const [result, cipher, answer, error] = await talkToInetd(anchor, child);
    const { success } = await child.status;
    assertEquals(success, anchor === ca.pem, await log);
    if (success) {
      assertEquals([result, answer, error], [1, "FROM INETD", undefined]);
      assertEquals(await log, `Cipher \`${cipher}'\nGot \`from inetd' (10 chars)\n`);
    } else {
      assertEquals([result, cipher], [-1, undefined]);
      assertStringIncludes(await log, "unknown ca");
    }
    await child.stdin.close().catch(() => {}); // the program has ended
    await child.stdout.cancel().catch(() => {});
  }
});

Deno.test("pipes.ts: lines go out and come back through two pipes", async () => {
  await using w = await world();
  const stdout = succeeded(await run(command("pipes"), w.stand));
  assertMatch(stdout, /^Cipher `TLS_\w+'\n1000 lines came back, then 0 bytes and close_notify\n$/);
  await using wrong = await world({ "ca.pem": otherCa.pem });
  assertFailed(await run(command("pipes"), wrong.stand), VERIFY_FAILED);
});

Deno.test("alpn_server.ts and alpn_client.ts: the server selects among what the client offers", async () => {
  await using w = await world();
  await using listening = start(command("alpn_server"), w.stand);
  await listening.said(`server:waiting for incoming connections on ${w.port}...`);
  const client = command("alpn_client");
  assertEquals(
    succeeded(await run(client, w.stand)),
    "client:selected=http/1.1\nclient:answer=length=5\n",
  );
  await listening.said("server:offered=spdy/3,http/1.1\nserver:selected=http/1.1\n");
  const other = changed(client, { "spdy/3,http/1.1": "imap" });
  assertFailed(await run(other, w.stand), "ssl connect", "no application protocol");
  await listening.said("server:offered=imap\n");
});

Deno.test("npn_server.ts and npn_client.ts: the client selects among what the server advertises", async () => {
  await using w = await world();
  await using listening = start(command("npn_server"), w.stand);
  await listening.said(`server:waiting for incoming connections on ${w.port}...`);
  const client = command("npn_client");
  for (
    const [protocols, selected, status] of [
      ["http1.1,spdy/2", "spdy/2", 1], // the server's preference
      ["http1.1", "http1.1", 1],
      ["imap,pop3", "spdy/2", 2], // no overlap: the server's first
    ] as const
  ) {
    const stdout = succeeded(
      await run(changed(client, { "http1.1,spdy/2": protocols }), w.stand),
    );
    assertEquals(
      stdout,
      `client:negotiated=${selected}\nclient:last_status=${status}\nclient:answer=length=5\n`,
    );
    await listening.said(`server:negotiated=${selected}\n`);
  }
});

Deno.test("crl_client.ts: lists from a folder and from a file; a missing one is an error", async () => {
  await using w = await world();
  await using good = start(command("echo_server"), w.stand);
  await good.said("Accepting");
  await using bad = await world({ "server.pem": revoked.cert, "server.key": revoked.key });
  await using revokedServer = start(command("echo_server"), bad.stand);
  await revokedServer.said("Accepting");
  for (const which of [0, 1]) {
    const client = command("crl_client", which);
    assertEquals(succeeded(await run(client, w.stand)), "verify: not revoked\n");
    assertFailed(
      await run(client, bad.stand),
      "verify: certificate revoked\n",
      "ssl connect",
      VERIFY_FAILED,
    );
  }
  const missing = "verify: unable to get certificate CRL\n";
  await Deno.remove(`${w.folder}/certs/${hashOf(ca)}.r0`);
  assertFailed(await run(command("crl_client", 0), w.stand), missing, VERIFY_FAILED);
  await using wrong = await world({ "crl.pem": otherCa.crl() });
  const byFile = { ...w.stand, "crl.pem": wrong.stand["crl.pem"]! };
  assertFailed(await run(command("crl_client", 1), byFile), missing, VERIFY_FAILED);
  await Deno.writeTextFile(byFile["crl.pem"], "not a list");
  assertFailed(await run(command("crl_client", 1), byFile), "error reading the CRL");
});

Deno.test("verify_client.ts: the callback sees each certificate, and its word counts", async () => {
  await using w = await world();
  await using echo = start(command("echo_server"), w.stand);
  await echo.said("Accepting");
  const client = command("verify_client");
  const chain = "Verifying certificate 1: /CN=The Good CA: 1\n" +
    "Verifying certificate 0: /CN=localhost: 1\n";
  assertEquals(succeeded(await run(client, w.stand)), `${chain}verified\n`);

  const refusing = await run(changed(client, { "Some Name": "localhost" }), w.stand);
  assertFailed(refusing, "application verification failure", VERIFY_FAILED);
  assertEquals(refusing.stdout, chain);

  await using wrong = await world({ "ca.pem": otherCa.pem });
  const stand = { ...w.stand, "ca.pem": wrong.stand["ca.pem"]! };
  const untrusted = await run(client, stand);
  assertFailed(untrusted, "unable to get local issuer certificate", VERIFY_FAILED);
  assertStringIncludes(untrusted.stdout, "Verifying certificate 0: /CN=localhost: 0\nerror 20: ");
});

Deno.test("password.ts: the callback decrypts the key; a wrong password does not", async () => {
  await using w = await world();
  const program = command("password");
  assertEquals(
    succeeded(await fed("a secret\n", program, w.stand)),
    "the key is decrypted, and belongs to the certificate\n",
  );
  for (const wrong of ["another\n", ""]) {
    const outcome = await fed(wrong, program, w.stand);
    assertFailed(outcome, "Error reading private key");
    assert(!outcome.stderr.includes("another"), outcome.stderr);
  }
  await using other = await world({ "server.pem": revoked.cert });
  assertFailed(
    await fed("a secret", program, other.stand),
    "The key is that of another certificate",
  );
});

Deno.test("threads.ts: each Worker has a context of its own", async () => {
  await using w = await world();
  await using echo = start(command("echo_server"), w.stand);
  await echo.said("Accepting");
  const threads = changed(command("threads"), { "10": "3" });
  assertEquals(succeeded(await run(threads, w.stand)), "THREAD 0\nTHREAD 1\nTHREAD 2\n");
  await using wrong = await world({ "ca.pem": otherCa.pem });
  const stand = { ...w.stand, "ca.pem": wrong.stand["ca.pem"]! };
  assertFailed(await run(threads, stand), "ssl connect");
});

const FLAGS: Readonly<Record<string, string>> = {
  "--allow-net": "Requires net access to ",
  "--allow-read": "Requires read access to ",
  "--allow-ffi": "Requires ffi access",
};

Deno.test("each program needs each of its flags, and says which one is missing", async () => {
  await using w = await world();
  using _listener = Deno.listen({ hostname: LOOPBACK, port: Number(w.port) }); // for clients to connect to
  for (const { name } of Deno.readDirSync(new URL("examples/ssleay", ROOT))) {
    for (const given of documented(`examples/ssleay/${name}`)) {
      for (const flag of given.flags.map((each) => each.split("=")[0]!)) {
        const starting: Starting = { flags: without(given, flag) };
        assertFailed(await run(given, w.stand, starting), FLAGS[flag]!);
      }
    }
  }
});
