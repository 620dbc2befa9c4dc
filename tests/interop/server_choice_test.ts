/** What a server chooses for each client, and what holds for all sockets of a context: as openssl sees it. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import {
  setArgsFilterHack,
  setClientDefaults,
  setDefaultContext,
  setDefaults,
  setServerDefaults,
} from "../../context/mod.ts";
import type { ContextOptions } from "../../context/options.ts";
import { SslError, SslVerifyError } from "../../errors.ts";
import { Lab, OUR_NAME, THEIR_NAME, VERSIONS } from "./lab.ts";

/** Only our CA counts: the names are those of the test. */
const TRUST = ["-CAfile", "ca.pem", "-verify_return_error"];

for (const version of VERSIONS) {
  const [a, b] = version === "tls1_2"
    ? ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"]
    : ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"];
  const option = version === "tls1_2" ? "cipherList" : "ciphersuites";
  const theirs = version === "tls1_2" ? "-cipher" : "-ciphersuites";

  Deno.test(`${option} per SNI name, with one certificate for all, ${version}`, async () => {
    await using lab = await Lab.open();
    const { port, accept } = await lab.listen("openssl", {
      [option]: { "": a, "Other.local": b },
    });
    const cases: [string[], string][] = [
      [["-servername", "localhost"], a],
      [["-servername", "other.local"], b],
      [["-servername", "OTHER.local"], b],
      [["-noservername"], a],
    ];
    for (const [name, cipher] of cases) {
      const accepting = accept();
      const client = lab.sClient(port, `-${version}`, ...TRUST, ...name);
      const socket = await accepting;
      assertEquals((await client.said(/^New, \S+, Cipher is (\S+)$/m))[1], cipher, name.join());
      await socket.close();
    }
    // Who does not have the cipher of the name is refused, though the default would do.
    const accepting = assertRejects(accept, SslError);
    const client = lab.sClient(
      port,
      `-${version}`,
      ...TRUST,
      theirs,
      a!,
      "-servername",
      "other.local",
    );
    await accepting;
    await client.said(/alert handshake failure/);
  });

  Deno.test(`honorCipherOrder: true is the server's order, false the client's, ${version}`, async () => {
    await using lab = await Lab.open();
    for (const [honorCipherOrder, expected] of [[true, a], [undefined, a], [false, b]] as const) {
      const { port, accept, listener } = await lab.listen("openssl", {
        ...{ [option]: `${a}:${b}`, version: OUR_NAME[version] },
        ...honorCipherOrder === undefined ? {} : { honorCipherOrder },
      });
      const accepting = accept();
      const client = lab.sClient(port, `-${version}`, theirs, `${b}:${a}`);
      const socket = await accepting;
      assertEquals((await client.said(/^New, \S+, Cipher is (\S+)$/m))[1], expected);
      await socket.close();
      listener.close();
    }
  });

  Deno.test(`sniCallback and clientHelloCallback choose what s_client gets, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca } = lab.pki;
    const [x, y] = [await ca.server("x.example"), await ca.server("y.example")];
    const old: ContextOptions = { cert: y.cert, key: y.key };
    const context = await SslContext.create({
      ...{ engine: "openssl", server: true, cert: x.cert, key: x.key },
    });
    const { port, accept } = await lab.listen("openssl", {
      clientHelloCallback: async (hello) => {
        await Promise.resolve();
        return hello.alpnProtocols.includes("special") ? context : undefined;
      },
      sniCallback: (name) => Promise.resolve(name === "y.example" ? old : undefined),
    });
    const cases: [string[], string][] = [
      [["-servername", "y.example"], "y.example"],
      [["-servername", "y.example", "-alpn", "special"], "x.example"],
      [["-noservername", "-alpn", "special"], "x.example"],
      [["-servername", "localhost"], "localhost"],
      [["-noservername"], "localhost"],
    ];
    for (const [args, expected] of cases) {
      const accepting = accept();
      const client = lab.sClient(port, `-${version}`, ...TRUST, ...args);
      const socket = await accepting;
      assertEquals((await client.said(/^subject=CN = (.*)$/m))[1], expected, args.join());
      assertEquals(socket.sockCertificate("cn"), expected);
      await socket.close();
    }
    context.close();
  });

  Deno.test(`setContext() gives the next s_client the new certificate, the old one goes on, ${version}`, async () => {
    await using lab = await Lab.open();
    const fresh = await lab.pki.ca.server({ names: ["localhost"], commonName: "renewed" });
    const { port, accept, listener } = await lab.listen("openssl");
    const before = accept();
    const first = lab.sClient(port, `-${version}`);
    const old = await before;
    await first.said(/^subject=CN = localhost$/m);
    const context = await SslContext.create({
      ...{ engine: "openssl", server: true, cert: fresh.cert, key: fresh.key },
    });
    listener.setContext(context);
    const after = accept();
    const second = lab.sClient(port, `-${version}`);
    const current = await after;
    await second.said(/^subject=CN = renewed$/m);
    assertStrictEquals(current.context, context);
    await old.write(new TextEncoder().encode("still here\n"));
    await first.said("still here");
    await Promise.all([old.close(), current.close()]);
    context.close();
  });

  Deno.test(`one context, given itself or as a socket that has it, serves many, ${version}`, async () => {
    await using lab = await Lab.open();
    const kinds: string[] = [];
    const peer = await lab.sServer(`-${version}`);
    using reuseCtx = await SslContext.create({
      ...{ engine: "openssl", ca: lab.pki.ca.pem, modeReleaseBuffers: true },
      createCtxCallback: ({ kind }) => void kinds.push(kind),
    });
    const to = { hostname: "localhost", port: peer.port };
    const { SslSocket } = await import("../../socket/socket.ts");
    let last: { context: SslContext } = { context: reuseCtx };
    for (const given of [() => reuseCtx, () => last, () => last]) {
      const socket = await SslSocket.connect({ ...to, timeout: 10_000, reuseCtx: given() });
      assertStrictEquals(socket.context, reuseCtx);
      assertEquals(socket.getSslversion(), OUR_NAME[version]);
      await socket.close(); // s_server serves one at a time
      last = socket;
    }
    assertEquals(kinds, ["SSL_CTX"]);
    for (const wrong of [{}, [], { context: 1 }]) {
      await assertRejects(
        () => SslSocket.connect({ ...to, reuseCtx: wrong as unknown as SslContext }),
        TypeError,
        "invalid context to reuse",
      );
    }
  });
}

Deno.test("defaults of the process are what openssl sees, and each only on its side", async () => {
  await using lab = await Lab.open();
  const peer = await lab.sServer();
  const seen = async () => {
    const socket = await lab.connect("openssl", peer.port);
    const own = [socket.getSslversion(), socket.getCipher()];
    await socket.close();
    const { port, accept, listener } = await lab.listen("openssl");
    const accepting = accept();
    const client = lab.sClient(port);
    const server = await accepting;
    const [, version] = await client.said(/^New, (\S+), Cipher is (\S+)$/m);
    await server.close();
    listener.close();
    return [own[0], version];
  };
  assertEquals(await seen(), ["TLSv1_3", "TLSv1.3"]);
  try {
    setClientDefaults({ version: "TLSv1_2" });
    assertEquals(await seen(), ["TLSv1_2", "TLSv1.3"]);
    setServerDefaults({ version: "TLSv1_2" });
    assertEquals(await seen(), ["TLSv1_2", THEIR_NAME.tls1_2]);
    setDefaults({ version: undefined });
    assertEquals(await seen(), ["TLSv1_3", "TLSv1.3"]);
    // What a caller gives goes through the filter, the defaults come after it.
    setArgsFilterHack((_server, options) => ({ ...options, version: "TLSv1_2" }));
    assertEquals(await seen(), ["TLSv1_2", "TLSv1.2"]);
    setArgsFilterHack(undefined);
    using context = await SslContext.create({
      ...{ engine: "openssl", ca: lab.pki.ca.pem, version: "TLSv1_2", verifycnName: "localhost" },
    });
    setDefaultContext(context);
    const { SslSocket } = await import("../../socket/socket.ts");
    const socket = await SslSocket.connect({ hostname: "127.0.0.1", port: peer.port });
    assertStrictEquals(socket.context, context);
    assertEquals(socket.getSslversion(), "TLSv1_2");
    await socket.close();
  } finally {
    setDefaults({ version: undefined });
    setArgsFilterHack(undefined);
    setDefaultContext(undefined);
  }
  assertEquals(await seen(), ["TLSv1_3", "TLSv1.3"]);
});

Deno.test('setArgsFilterHack("use_defaults") drops what a library gives, so that the defaults hold', async () => {
  await using lab = await Lab.open();
  const peer = await lab.sServer();
  const lax = { verifyMode: 0, ca: lab.pki.other.pem, version: "TLSv1_2" };
  await (await lab.connect("openssl", peer.port, lax)).close();
  try {
    setArgsFilterHack("use_defaults");
    setDefaults({ caFile: lab.path("other.pem") });
    const error = await assertRejects(
      () => lab.connect("openssl", peer.port, lax),
      SslVerifyError,
    );
    assertStringIncludes(error.message, "localhost");
    setDefaults({ caFile: lab.path("ca.pem") });
    const socket = await lab.connect("openssl", peer.port, lax);
    assertEquals(socket.report.ok, true);
    await socket.close();
  } finally {
    setArgsFilterHack(undefined);
    setDefaults({ caFile: undefined });
  }
});
