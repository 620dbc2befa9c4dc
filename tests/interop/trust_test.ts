/** Whom we trust and ask, as openssl at the other end sees it: both versions, both roles. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { certCreate } from "../../certificate/mod.ts";
import { TestCa } from "../../testing/ca.ts";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SslError, SslPeerError, SslVerifyError } from "../../errors.ts";
import { bytes, Lab, OUR_NAME, readOn, VERSIONS } from "./lab.ts";
import { refuses } from "../helpers/refuses.ts";

/** A folder of the lab with one anchor, as openssl rehash leaves it. */
async function hashed(lab: Lab, name: string, pem: string): Promise<string> {
  const dir = lab.path(name);
  await Deno.mkdir(dir);
  lab.write(`${name}/anchor.pem`, pem);
  await lab.openssl("rehash", dir);
  // Only the file with the hash in its name remains.
  for await (const entry of Deno.readDir(dir)) {
    if (!entry.isSymlink) continue;
    await Deno.remove(`${dir}/${entry.name}`);
    await Deno.rename(`${dir}/anchor.pem`, `${dir}/${entry.name}`);
    return dir;
  }
  throw new Error("openssl rehash made no link");
}

for (const version of VERSIONS) {
  Deno.test(`anchors: every option, alone and together, against s_server, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca, other, server } = lab.pki;
    const [mine, wrong] = [
      await hashed(lab, "mine", ca.pem),
      await hashed(lab, "wrong", other.pem),
    ];
    const der = lab.write("ca.der", ca.certificate.der);
    const both = lab.write("both.pem", other.pem + ca.pem);
    const [file, stranger] = [lab.path("ca.pem"), lab.path("other.pem")];
    const { port } = await lab.sServer(`-${version}`);
    const none = { ca: undefined };
    const accepted: ConnectOptions[] = [
      { ca: ca.pem },
      { ca: ca.certificate },
      { ca: ca.certificate.der },
      { ca: [other.pem, ca.certificate] },
      { ...none, caFile: file },
      { ...none, caFile: new URL(`file://${file}`) },
      { ...none, caFile: der },
      { ...none, caFile: both },
      { ...none, caPath: mine },
      { ...none, caPath: [wrong, mine] },
      { ...none, caPath: `${wrong}:${mine}` },
      { ...none, caPath: [lab.path("nowhere"), mine] },
      { ca: other.pem, caFile: file },
      { ca: other.pem, caPath: mine },
      { ca: other.pem, extraCa: ca.pem },
      { ca: [], extraCaFile: file },
      { ca: server.certificate }, // the leaf itself
    ];
    for (const options of accepted) {
      const socket = await lab.connect("openssl", port, options);
      assert(socket.report.ok);
      assertEquals(socket.getSslversion(), OUR_NAME[version]);
      await socket.close();
    }
    const refused: ConnectOptions[] = [
      { ca: [] },
      { ca: null },
      { ca: other.pem },
      { ...none, caFile: null },
      { ...none, caFile: stranger },
      { ...none, caPath: null },
      { ...none, caPath: wrong },
      { ca: [], extraCaFile: stranger },
    ];
    for (const options of refused) {
      await refuses(
        () => lab.connect("openssl", port, options),
        SslVerifyError,
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      );
    }
    await assertRejects(
      () => lab.connect("openssl", port, { ...none, caPath: [lab.path("x"), lab.path("y")] }),
      SslError,
      "caPath",
    );
  });

  Deno.test(`trusted-first: an anchor of ours goes before a cross certificate, ${version}`, async () => {
    await using lab = await Lab.open();
    const [root, old] = [await TestCa.create({ commonName: "Root" }), await TestCa.create()];
    const sub = await root.intermediate();
    const leaf = await sub.server("localhost");
    // The same key and name, signed by a CA that nobody trusts, and expired.
    const { cert: cross } = await certCreate({
      CA: true,
      subject: { commonName: "Root" },
      key: root.privateKey,
      issuer: [old.certificate, old.privateKey],
      notAfter: new Date(Date.now() - 86_400_000),
      notBefore: new Date(Date.now() - 2 * 86_400_000),
    });
    lab.write("leaf.pem", leaf.certificate.pem);
    lab.write("leaf.key", leaf.key);
    lab.write("chain.pem", sub.certificate.pem + cross.pem);
    const args = ["-cert", "leaf.pem", "-key", "leaf.key", "-cert_chain", "chain.pem"];
    const { port } = await lab.sServer(`-${version}`, ...args);
    const socket = await lab.connect("openssl", port, { ca: root.pem });
    assertEquals(socket.report.anchor?.fingerprint(), root.certificate.fingerprint());
    assertEquals(socket.report.chain.length, 3);
    await socket.close();
    // A client with only the old CA builds the chain through the cross certificate, which has expired.
    const error = await assertRejects(
      () => lab.connect("openssl", port, { ca: old.pem }),
      SslVerifyError,
    );
    assertEquals(error.code, "CERT_HAS_EXPIRED");
  });

  Deno.test(`verifyMode of a client: NONE takes any server, PEER with any flag none but ours, ${version}`, async () => {
    await using lab = await Lab.open();
    const { other } = lab.pki;
    const { port } = await lab.sServer(`-${version}`);
    for (const verifyMode of [0, 1, 2, 3, 4, 5, 6, 7]) { // 2, 4 and 6 count with SSL_VERIFY_PEER
      await (await lab.connect("openssl", port, { verifyMode })).close();
      const wrong = () => lab.connect("openssl", port, { verifyMode, ca: other.pem });
      if (verifyMode === 0) await (await wrong()).close();
      else await refuses(wrong, SslVerifyError, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
    }
    for (const verifyMode of [8, -1, 1.5]) {
      await assertRejects(
        () => lab.connect("openssl", port, { verifyMode }),
        TypeError,
        '"verifyMode": must be',
      );
    }
  });

  Deno.test(`verifyMode of a server: who is asked, who must answer, who is let in, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca, other } = lab.pki;
    const stranger = await other.client("stranger");
    lab.write("stranger.pem", stranger.cert);
    lab.write("stranger.key", stranger.key);
    const certificates = {
      none: [],
      ours: ["-cert", "client.pem", "-key", "client.key"],
      theirs: ["-cert", "stranger.pem", "-key", "stranger.key"],
    };
    for (const verifyMode of [0, 1, 3, 5, 7]) {
      const trust: ListenOptions = verifyMode === 0 ? {} : { ca: ca.pem, clientCa: other.pem };
      const server = await lab.listen("openssl", { verifyMode, ...trust });
      for (const [who, args] of Object.entries(certificates)) {
        const accepting = server.accept();
        accepting.catch(() => {});
        const client = lab.sClient(server.port, `-${version}`, ...args);
        const lets = verifyMode === 0 || who === "ours" || (who === "none" && !(verifyMode & 2));
        const what = `${verifyMode} ${who}`;
        if (lets) {
          const socket = await accepting;
          assertEquals(
            socket.peerCertificate("cn"),
            verifyMode !== 0 && who === "ours" ? "client" : undefined,
            what,
          );
          await client.said("Verify return code: 0 (ok)");
          // The client gets the names in clientCa; the anchors in ca are what counts.
          const told = client.output.includes("Acceptable client certificate CA names\nCN = Other");
          assertEquals(told, verifyMode !== 0, what);
          await socket.close();
        } else {
          const Refusal = who === "none" ? SslPeerError : SslVerifyError;
          await assertRejects(() => accepting, Refusal, "", what);
          await client.said(/alert/);
          assertEquals(await client.exited(), 1, what);
        }
      }
      server.listener.close();
    }
  });

  Deno.test(`clientCa and clientCaFile: all names, in their order, and the trust, ${version}`, async () => {
    await using lab = await Lab.open();
    const { ca, other } = lab.pki;
    const third = await TestCa.create({ commonName: "Third CA" });
    const mine = ["-cert", "client.pem", "-key", "client.key"];
    const { port, accept } = await lab.listen("openssl", {
      ...{
        verifyMode: 3,
        clientCa: [third.certificate, ca.pem],
        clientCaFile: lab.path("other.pem"),
      },
    });
    const accepting = accept();
    const client = lab.sClient(port, `-${version}`, ...mine);
    const socket = await accepting;
    await client.said("Verify return code: 0 (ok)");
    const [, list] = client.output.match(/CA names\n((?:CN = .*\n)+)/)!;
    assertEquals(
      list!.trim().split("\n"),
      [third, ca, other].map(({ certificate }) => `CN = ${certificate.commonName}`),
    );
    await socket.close();
  });

  Deno.test(`a client's own certificate goes to a server that asks for it, and to no other, ${version}`, async () => {
    await using lab = await Lab.open();
    const { cert, key } = lab.pki.client;
    const asks = await lab.sServer(`-${version}`, "-verify", "1", "-CAfile", "ca.pem");
    const demands = await lab.sServer(
      ...[`-${version}`, "-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"],
    );
    const silent = await lab.sServer(`-${version}`);
    for (const { port } of [asks, demands, silent]) {
      const socket = await lab.connect("openssl", port, { cert, key, useCert: true });
      await socket.write(bytes("x\n"));
      await socket.close();
    }
    await demands.said(/^subject=CN = client$/m);
    await asks.said(/^subject=CN = client$/m);
    await silent.said("DONE");
    assert(!silent.output.includes("CN = client"), silent.output);
    const before = asks.output.match(/CN = client/g)!.length;
    const hidden = await lab.connect("openssl", asks.port, { cert, key, useCert: false });
    await hidden.write(bytes("hidden\n"));
    await asks.said("hidden");
    assertEquals(asks.output.match(/CN = client/g)!.length, before);
    await hidden.close();
    const error = await assertRejects(async () => {
      const socket = await lab.connect("openssl", demands.port, { cert, key, useCert: false });
      await readOn(socket).finally(() => socket.close());
    }, SslPeerError);
    assertMatch(error.alert!, /certificate_required|handshake_failure/);
  });
}

Deno.test("a server that asks for certificates has no anchors by itself", async () => {
  await using lab = await Lab.open();
  for (const verifyMode of [1, 3]) {
    for (const more of [{}, { caFile: "" }, { caPath: "" }, { extraCa: lab.pki.ca.pem }]) {
      const error = await assertRejects(
        () => lab.listen("openssl", { verifyMode, ...more }),
        TypeError,
      );
      assertStringIncludes(error.message, "clientCa");
    }
  }
});
