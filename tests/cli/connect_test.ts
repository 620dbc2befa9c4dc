/** `ssl connect` and `ssl cat`: each outcome with its exit code, on both engines where it applies. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { engineInfo, serve } from "../../mod.ts";
import type { TestCertificate } from "../../certificate/issue.ts";
import { pemKey2string } from "../../certificate/mod.ts";
import { selfSigned } from "../../certificate/issue.ts";
import { TestCa } from "../../testing/mod.ts";
import { dialFirst } from "../../cli/connect/dial_first.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import { run } from "./helper.ts";

const ca = await TestCa.create({ commonName: "Root X" });
const intermediate = await ca.intermediate({ commonName: "Issuer Y" });
const folder = await Deno.makeTempDir();
const CA = `${folder}/ca.pem`;
await Deno.writeTextFile(CA, ca.pem);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const noOpenSsl = !engineInfo().features.has("ownAnchors");
const ENGINES = ["openssl", "deno", "wasm"] as const;
/** Engines that are OpenSSL, in full. */
const isOpenSsl = (engine: (typeof ENGINES)[number]): boolean => engine !== "deno";

/** A server that answers each line, and ends after `most` of them; and its address. */
async function server(identity: Pick<TestCertificate, "cert" | "key">, most = Infinity) {
  const { cert, key } = identity;
  const own = serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onHandshakeError: () => {} },
    async (h) => {
      let lines = 0;
      for await (const line of h) {
        await h.say(`you said ${line}`);
        if (++lines >= most) break;
      }
    },
  );
  const { port } = await own.addr;
  return { at: `localhost:${port}`, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
}

const good = await intermediate.server("localhost");

for (const engine of ENGINES) {
  const ignore = engine === "openssl" ? noOpenSsl : engine === "wasm" && !wasmBuilt;
  /** Runs it; what it says is in the words of the command line, not in those of the library. */
  const connect = async (...args: string[]) => {
    const ran = await run(["connect", "--engine", engine, ...args]);
    if (args.includes("--json")) return ran;
    const theirs =
      /\b(?:extraCa|caFile|verifycn\w+|serverName|checkCrl|ocspMode|alpnProtocols|SslSocket|forceFingerprint)\b/;
    assert(!theirs.test(ran.stdout + ran.stderr), ran.stdout + ran.stderr);
    return ran;
  };

  Deno.test({
    name: `connect (${engine}): a server that is to be trusted is verdict ok, exit code 0`,
    ignore,
    fn: async () => {
      await using s = await server(good);
      const { code, stdout, stderr } = await connect(s.at, "--ca", CA);
      assertEquals([code, stderr], [0, ""]);
      assert(/^localhost:\d+ {2}\[127\.0\.0\.1\] +TRUSTED\n/.test(stdout), stdout);
      assertStringIncludes(stdout, "ok    chain");
      const { json } = await connect(s.at, "--ca", CA, "--json");
      assertEquals([json.verdict, json.label, json.engine], ["ok", "TRUSTED", engine]);
      assertEquals(json.address, "127.0.0.1");
      assert(json.timings.tls > 0 && json.timings.tcp > 0);
      if (isOpenSsl(engine)) {
        assertStringIncludes(stdout, "leaf <- Issuer Y <- Root X (--ca)");
        assertStringIncludes(stdout, '"localhost" = subjectAltName DNS:localhost');
        assertEquals(json.chain[0].pem, good.certificate.pem);
        assertEquals(json.anchor.from, "--ca");
        assertEquals(json.tls.version, "TLSv1_3");
        assertEquals(json.sent.length, 2);
        assert(json.timings.verify <= json.timings.tls, JSON.stringify(json.timings));
        assertEquals(json.leftOut, []);
      } else assert(json.leftOut.length > 0 && stdout.includes("--allow-ffi"), stdout);
    },
  });

  Deno.test({
    name: `connect (${engine}): a server of an unknown CA is untrusted, exit code 5`,
    ignore,
    fn: async () => {
      await using s = await server(good);
      const { code, stdout } = await connect(s.at);
      assertEquals(code, 5);
      assertStringIncludes(stdout, "NOT TRUSTED");
      assertStringIncludes(stdout, "--ca");
      assert(!/extraCa|caFile/.test(stdout), stdout);
      assertEquals((await connect(s.at, "--json")).json.verdict, "untrusted");
    },
  });

  Deno.test({
    name:
      `connect (${engine}): another name is wrong-name, exit code 6, and says what the names are`,
    ignore,
    fn: async () => {
      await using s = await server(good);
      const { code, stdout } = await connect(s.at, "--ca", CA, "--name", "wrong.example");
      assertEquals(code, 6);
      assertStringIncludes(stdout, "NAME DOES NOT MATCH");
      assertStringIncludes(
        stdout,
        'you asked for "wrong.example"; the certificate is for: localhost',
      );
      assertStringIncludes(stdout, "--name localhost");
      const { json } = await connect(s.at, "--ca", CA, "--name", "wrong.example", "--json");
      assertEquals([json.verdict, json.error.code], ["wrong-name", "HOSTNAME_MISMATCH"]);
    },
  });

  Deno.test({
    name:
      `connect (${engine}): certificates that have expired or begin later are dates, exit code 7`,
    ignore,
    fn: async () => {
      for (const identity of [await ca.expired("localhost"), await ca.notYetValid("localhost")]) {
        await using s = await server(identity);
        const { code, json } = await connect(s.at, "--ca", CA, "--json");
        assertEquals([code, json.verdict], [7, "dates"]);
      }
    },
  });

  Deno.test({
    name: `connect (${engine}): a pin that does not match is pin, exit code 9`,
    ignore,
    fn: async () => {
      await using s = await server(good);
      const wrong = ca.certificate.fingerprint("sha256", true);
      const right = good.certificate.fingerprint("sha256", true);
      const refused = await connect(s.at, "--ca", CA, "--pin", wrong, "--json");
      assertEquals([refused.code, refused.json.verdict], [9, "pin"]);
      const both = await connect(s.at, "--ca", CA, "--pin", wrong, "--pin", right, "--json");
      assertEquals([both.code, both.json.label], [0, "PINNED"]);
      // On Deno's TLS a pin is one more condition; with OpenSSL it replaces the chain.
      const alone = await connect(s.at, "--pin", right, "--json");
      assertEquals(alone.json.verdict, isOpenSsl(engine) ? "ok" : "untrusted");
    },
  });

  Deno.test({
    name: `connect (${engine}): a port where nobody listens is unreachable, exit code 3`,
    ignore,
    fn: async () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      listener.close();
      const { code, stdout, json } = await connect(`127.0.0.1:${port}`, "--json");
      assertEquals([code, json.verdict, json.error.code], [3, "unreachable", "ECONNREFUSED"]);
      assertEquals(json.tls, null);
      assert(stdout.endsWith("}\n"));
    },
  });

  Deno.test({
    name: `connect (${engine}): a server without TLS is no-tls, exit code 4`,
    ignore,
    fn: async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const serving = (async () => {
        for await (const conn of listener) {
          await conn.write(new TextEncoder().encode("HTTP/1.0 400 Bad Request\r\n\r\n"));
          conn.close();
        }
      })();
      const { code, json } = await connect(`127.0.0.1:${listener.addr.port}`, "--json");
      assertEquals([code, json.verdict], [4, "no-tls"]);
      listener.close();
      await serving.catch(() => {});
    },
  });

  Deno.test({
    name: `connect (${engine}): a server that is silent is unreachable when --timeout is over`,
    ignore,
    fn: async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepted = listener.accept();
      const at = `127.0.0.1:${listener.addr.port}`;
      const { code, json } = await connect(at, "--timeout", "0.2", "--json");
      assertEquals([code, json.verdict, json.error.code], [3, "unreachable", "ETIMEDOUT"]);
      (await accepted).close();
    },
  });

  Deno.test({
    name: `connect (${engine}): what a pipe has is sent, and the answer comes after the report`,
    ignore,
    fn: async () => {
      await using s = await server(good, 2);
      await using single = await server(good, 1);
      const more = ["--ca", CA, "--engine", engine, "--idle", "60"];
      const args = ["connect", single.at, ...more];
      const { code, stdout } = await run(["connect", s.at, ...more], { stdin: "one\ntwo\n" });
      assertEquals(code, 0);
      assert(stdout.indexOf("TRUSTED") < stdout.indexOf("you said one\nyou said two\n"), stdout);
      const { json } = await run([...args, "--json"], { stdin: "one\n" });
      assertEquals(atob(json.exchange.base64), "you said one\n");
      assertEquals([json.exchange.sent, json.exchange.received], [4, 13]);
      const quiet = await run([...args, "--no-input", "--json"], { stdin: "one\n" });
      assertEquals(quiet.json.exchange, null);
    },
  });

  Deno.test({
    name:
      `cat (${engine}): the answer is all of standard output, and an untrusted server gets nothing`,
    ignore,
    fn: async () => {
      await using s = await server(good);
      const args = ["cat", s.at, "--engine", engine];
      const { code, stdout, stderr } = await run([...args, "--ca", CA], { stdin: "one\ntwo\n" });
      assertEquals([code, stdout, stderr], [0, "you said one\nyou said two\n", ""]);
      const refused = await run(args, { stdin: "a secret\n" });
      assertEquals([refused.code, refused.stdout], [5, ""]);
      assert(!refused.stderr.includes("a secret"));
    },
  });
}

Deno.test({
  name: "connect: says what a server sends beside the chain that is needed",
  ignore: noOpenSsl,
  fn: async () => {
    const stranger = await TestCa.create({ commonName: "Stranger Z" });
    const chains = [
      [good.cert + ca.pem, "sent      the root, which clients have"],
      [good.cert + stranger.pem, "sent      more than is needed: Stranger Z"],
    ] as const;
    for (const [cert, says] of chains) {
      await using s = await server({ cert, key: good.key });
      const { code, stdout } = await run(["connect", s.at, "--ca", CA]);
      assertEquals(code, 0, stdout);
      assertStringIncludes(stdout, says);
    }
  },
});

Deno.test({
  name: "connect: each kind of refusal is explained in the words of the command line",
  ignore: noOpenSsl,
  fn: async () => {
    const identities = [
      [await selfSigned("localhost"), "is self-signed", 5],
      [await ca.wrongEku("localhost"), "may not be used for this purpose", 5],
      [await ca.server("a.example"), "the certificate is for: a.example", 6],
      [await ca.server({ names: [], commonName: "x" }), "the certificate is for: no host name", 6],
    ] as const;
    for (const [identity, says, exit] of identities) {
      await using s = await server(identity);
      const { code, stdout } = await run(["connect", s.at, "--ca", CA]);
      assertEquals(code, exit, stdout);
      assertStringIncludes(stdout.replace(/\s+/g, " "), says);
      assertStringIncludes(stdout, "  fix   ");
    }
    await using s = await server(good);
    const staple = await run(["connect", s.at, "--ca", CA, "--must-staple"]);
    assertEquals(staple.code, 5);
    assertStringIncludes(staple.stdout, "without --must-staple the response is optional");
  },
});

Deno.test("connect: when both sides are silent for --idle it ends, and keeps what has come", async () => {
  await using s = await server(good);
  const args = ["connect", s.at, "--ca", CA, "--idle", "0.05", "--json"];
  const { code, json } = await run(args, { stdin: "one\n" });
  assertEquals([code, json.exchange.sent], [0, 4]);
  assert("you said one\n".startsWith(atob(json.exchange.base64)));
});

Deno.test({
  name: "connect: a client certificate, with a key whose password stands in a file",
  ignore: noOpenSsl,
  fn: async () => {
    const { cert, key } = await ca.client("alice");
    const [own, secret] = ["alice", "correct horse battery"];
    await Deno.writeTextFile(`${folder}/${own}.pem`, cert);
    await Deno.writeTextFile(
      `${folder}/${own}.key`,
      pemKey2string(key, secret),
    );
    await Deno.writeTextFile(`${folder}/${own}.password`, `${secret}\n`);
    await using strict = serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        ...good,
        clientCa: ca.pem,
        verifyMode: 3,
        onHandshakeError: () => {},
      },
      (h, s) => h.say(`hello, ${s.peerCertificate("cn")}`),
    );
    const at = `localhost:${(await strict.addr).port}`;
    const files = ["--cert", `${folder}/${own}.pem`, "--key", `${folder}/${own}.key`];
    const args = ["cat", at, "--ca", CA, ...files];
    const { code, stdout, stderr } = await run([
      ...args,
      "--password-file",
      `${folder}/${own}.password`,
    ], { stdin: "" });
    assertEquals([code, stdout, stderr], [0, "hello, alice\n", ""]);
    const nobody = await run(["connect", at, "--ca", CA, "--json"], { stdin: "hi" });
    assertEquals([nobody.code, nobody.json.verdict], [4, "no-tls"]);
    assertEquals(nobody.json.error.code, "ERR_SSL_ALERT_CERTIFICATE_REQUIRED");
    assertEquals(nobody.json.chain.length, 3);
    const locked = await run(args, { stdin: "" });
    assertEquals(locked.code, 2);
    assertStringIncludes(locked.stderr, "password");
    await Deno.writeTextFile(`${folder}/${own}.password`, "Wr0ng&Secret#9x\n");
    const wrong = await run([...args, "--password-file", `${folder}/${own}.password`], {
      stdin: "",
    });
    assertEquals(wrong.code, 2);
    assert(!(wrong.stdout + wrong.stderr).includes("Wr0ng&Secret"), wrong.stderr);
  },
});

Deno.test({
  name: "connect: a certificate that a CRL revokes is revoked, exit code 8",
  ignore: noOpenSsl,
  fn: async () => {
    const revoked = await ca.revoked("localhost");
    await Deno.writeTextFile(`${folder}/crl.pem`, await ca.crl());
    await using s = await server(revoked);
    const { code, json } = await run(
      ["connect", s.at, "--ca", CA, "--crl", `${folder}/crl.pem`, "--json"],
    );
    assertEquals([code, json.verdict, json.error.code], [8, "revoked", "CERT_REVOKED"]);
  },
});

Deno.test("connect: what Deno's own TLS cannot do is usage, and names --allow-ffi", async () => {
  await Deno.writeTextFile(`${folder}/empty.crl`, await ca.crl());
  for (const option of [["--crl", `${folder}/empty.crl`], ["--must-staple"], ["--tls", "1.2"]]) {
    const { code, stderr } = await run(["connect", "localhost:1", "--engine", "deno", ...option]);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "--allow-ffi");
  }
});

Deno.test({
  name:
    "dialFirst() takes the first address that answers, and says what the first one said when none does",
  ignore: Deno.build.os !== "linux", // which has all of 127.0.0.0/8
  fn: async () => {
    const { signal } = new AbortController();
    const listener = Deno.listen({ hostname: "127.0.0.2", port: 0 });
    const { port } = listener.addr;
    const accepted = listener.accept();
    using conn = await dialFirst(["127.0.0.1", "127.0.0.2"], port, signal);
    assertEquals(conn.remoteAddr.hostname, "127.0.0.2");
    (await accepted).close();
    listener.close();
    const error = await dialFirst(["127.0.0.1", "127.0.0.2"], port, signal).catch((error) => error);
    assertEquals(error.code, "ECONNREFUSED");
    assertStringIncludes(error.message, "127.0.0.1");
    const stopped = AbortSignal.abort(new Error("stopped"));
    const aborted = await dialFirst(["127.0.0.1", "127.0.0.2"], port, stopped).catch((e) => e);
    assertEquals(aborted.message, "stopped");
  },
});
