/** `ssl cert` and `ssl ca`: what they show, verify, make, compare and write. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  certCreate,
  csrCreate,
  keyCreateEc,
  pemFile2cert,
  pemFile2key,
} from "../../certificate/mod.ts";
import { engineInfo, serve } from "../../mod.ts";
import { TestCa } from "../../testing/mod.ts";
import { run } from "./helper.ts";

const ca = await TestCa.create({ commonName: "Root X" });
const issuer = await ca.intermediate({ commonName: "Issuer Y" });
const leaf = await issuer.server("localhost");
const ignore = !engineInfo().features.has("ownAnchors");

/** A folder for the time of a test, and a writer of files in it. */
async function folder(use: (path: (name: string) => string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use((name) => `${dir}/${name}`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const modeOf = (path: string): string => (Deno.statSync(path).mode! & 0o777).toString(8);

Deno.test("cert show: every block of a file, in order; a key is named and never shown", () =>
  folder(async (path) => {
    const key = await keyCreateEc();
    const { csr } = await csrCreate({ key, subject: { commonName: "asked" } });
    ca.revoke(issuer.certificate);
    const crl = await ca.crl();
    const parts = [leaf.cert, leaf.key, ca.pem, csr.pem, crl];
    await Deno.writeTextFile(path("all.pem"), parts.join("\n"));
    const { code, json } = await run(["cert", "show", path("all.pem"), "--json"]);
    assertEquals(code, 0);
    const kinds = json.items.map(({ kind }: { kind: string }) => kind);
    assertEquals(kinds, [
      ...["certificate", "certificate", "key", "certificate", "request", "crl"],
    ]);
    assertEquals(json.items[0].pem, leaf.certificate.pem);
    assertEquals([json.items[0].names, json.items[0].extKeyUsage], [["localhost"], ["serverAuth"]]);
    assertEquals([json.items[2].encrypted, json.items[2].type], [false, "EC P-256"]);
    assertEquals([json.items[4].subject, json.items[4].signed], ["/CN=asked", true]);
    assertEquals(json.items[5].entries, 1);
    const shown = await run(["cert", "show", path("all.pem")]);
    assert(!JSON.stringify(json).includes("PRIVATE KEY") && !shown.stdout.includes("PRIVATE KEY"));
    assertStringIncludes(shown.stdout, "6  revocation list");
  }));

Deno.test("cert show: DER and standard input; anything else is exit code 2", () =>
  folder(async (path) => {
    const { json } = await run(["cert", "show", "-", "--json"], { stdin: leaf.certificate.der });
    assertEquals([json.encoding, json.items[0].pem], ["DER", leaf.certificate.pem]);
    for (const stdin of ["", "hello", new Uint8Array([0x30, 0x03, 1, 2, 3])]) {
      const { code, json } = await run(["cert", "show", "-", "--json"], { stdin });
      assertEquals([code, json.verdict], [2, "usage"]);
    }
    assertEquals((await run(["cert", "show", path("missing.pem")])).code, 2);
  }));

Deno.test({
  name: "cert show HOST: the chain as it is sent, trusted or not, without an engine of a client",
  ignore,
  fn: async () => {
    await using server = serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        cert: leaf.cert,
        key: leaf.key,
        onHandshakeError: () => {},
      },
      () => {},
    );
    const { port } = await server.addr;
    const { code, json } = await run(["cert", "show", `localhost:${port}`, "--json"]);
    assertEquals([code, json.from, json.items.length], [0, "server", 2]);
    assertEquals(json.items[1].commonName ?? json.items[1].subject, "/CN=Issuer Y");
  },
});

Deno.test({
  name: "cert verify: each outcome has its exit code",
  ignore,
  fn: () =>
    folder(async (path) => {
      await Deno.writeTextFile(path("chain.pem"), leaf.cert);
      await Deno.writeTextFile(path("leaf.pem"), leaf.certificate.pem);
      await Deno.writeTextFile(path("ca.pem"), ca.pem);
      await Deno.writeTextFile(path("more.pem"), issuer.certificate.pem);
      issuer.revoke(leaf);
      await Deno.writeTextFile(path("crl.pem"), await issuer.crl());
      const verify = async (file: string, ...args: string[]) => {
        const call = ["cert", "verify", path(file), "--only", "--ca", path("ca.pem"), ...args];
        const { code, json } = await run([...call, "--json"]);
        return [code, json.verdict];
      };
      assertEquals(await verify("chain.pem", "--name", "localhost"), [0, "ok"]);
      assertEquals(await verify("leaf.pem"), [5, "untrusted"]);
      assertEquals(await verify("leaf.pem", "--intermediates", path("more.pem")), [0, "ok"]);
      assertEquals(await verify("chain.pem", "--name", "other.example"), [6, "wrong-name"]);
      assertEquals(await verify("chain.pem", "--at", "2055-01-01"), [7, "dates"]);
      assertEquals(await verify("chain.pem", "--crl", path("crl.pem")), [8, "revoked"]);
      assertEquals(await verify("chain.pem", "--purpose", "client"), [5, "untrusted"]);
      assertEquals(await verify("chain.pem", "--at", "tomorrow"), [2, "usage"]);
    }),
});

Deno.test({
  name: "ca init and cert make: a CA limited to names, and a certificate that it vouches for",
  ignore,
  fn: () =>
    folder(async (path) => {
      const dir = ["--dir", path("ca")];
      const none = await run(["cert", "make", "localhost", ...dir, "--json"]);
      assertEquals([none.code, none.json.error.fix], [2, "ssl ca init makes one"]);
      const made = await run(["ca", "init", ...dir, "--for", "localhost", "--json"]);
      assertEquals([made.code, made.json.limitedTo], [0, ["localhost"]]);
      assertEquals([modeOf(path("ca")), modeOf(made.json.keyFile)], ["700", "600"]);
      assertEquals((await run(["ca", "init", ...dir])).code, 2);
      const out = ["--out", path("server"), ...dir];
      const { code, json } = await run(["cert", "make", "localhost", ...out, "--json"]);
      assertEquals([code, modeOf(json.keyFile), modeOf(json.certFile)], [0, "600", "644"]);
      const key = Deno.readTextFileSync(json.keyFile);
      assertEquals((await run(["cert", "make", "localhost", ...out])).code, 2);
      assertEquals(Deno.readTextFileSync(json.keyFile), key);
      assertEquals((await run(["cert", "make", "localhost", ...out, "--force"])).code, 0);
      assert(Deno.readTextFileSync(json.keyFile) !== key);
      const trust = ["--only", "--ca", json.caFile];
      const verify = ["cert", "verify", json.certFile, ...trust, "--name", "localhost"];
      assertEquals((await run(verify)).code, 0);
      assertEquals((await run(["cert", "make", "a b", ...dir])).code, 2);
    }),
});

Deno.test("cert make: names in their ASCII form; what cannot be one is exit code 2", () =>
  folder(async (path) => {
    const dir = ["--dir", path("ca")];
    assertEquals((await run(["ca", "init", ...dir])).code, 0);
    const make = async (...args: string[]) => {
      const call = ["cert", "make", ...args, ...dir, "--out", path("made"), "--force", "--json"];
      const { code, json } = await run(call);
      if (code !== 0) return [code, json.error.message];
      return json.certificate.subjectAltNames.map(({ value }: { value: string }) => value);
    };
    assertEquals(await make("M\u00fcnchen.test", "*.b\u00fccher.test", "localhost.", "LOCALHOST"), [
      ...["xn--mnchen-3ya.test", "*.xn--bcher-kva.test", "localhost"],
    ]);
    assertEquals(await make("alice@example.com", "--client"), ["alice@example.com"]);
    for (const name of ["*.10.0.0.1", "*", "a b", "https://x"]) {
      assertEquals((await make(name))[0], 2, name);
    }
    assertEquals((await make("j\u00fcrgen@example.com", "--client"))[0], 2);
  }));

Deno.test({
  name:
    "a limited CA: cert make refuses what it may not vouch for, and nobody accepts it from its key",
  ignore,
  fn: () =>
    folder(async (path) => {
      const init = (name: string, ...limits: string[]) => {
        const dir = path(name);
        return run(["ca", "init", "--dir", dir, ...limits.flatMap((each) => ["--for", each])]);
      };
      for (const bad of ["*.test", "a b", "10.0.0.0/33", "10.0.0.0/8/8", "a@b", "https://a"]) {
        assertEquals((await init("none", bad)).code, 2, bad);
      }
      assertEquals((await init("names", "test", "B\u00fccher.example")).code, 0);
      assertEquals((await init("nets", "10.0.0.0/8", "::1")).code, 0);
      assertEquals((await init("both", "test", "10.0.0.0/8")).code, 0);
      const key = await keyCreateEc();
      // Whether each vouches, by `cert make`, and by what another program signs with its key.
      const vouches = async (name: string, host: string) => {
        const [dir, out] = [path(name), `${path(name)}/leaf`];
        const call = ["cert", "make", host, "--dir", dir, "--out", out, "--force", "--json"];
        const { code, json } = await run(call);
        const verified = async (file: string) => {
          const trust = ["--only", "--ca", `${dir}/root.pem`, "--name", host];
          return (await run(["cert", "verify", file, ...trust])).code === 0;
        };
        const [issuer_cert, issuer_key] = [
          await pemFile2cert(`${dir}/root.pem`),
          await pemFile2key(`${dir}/root-key.pem`),
        ];
        const type = /^[\d.]+$|:/.test(host) ? "IP" as const : "DNS" as const;
        const { cert } = await certCreate({
          ...{ issuer_cert, issuer_key, key, subject: { organizationName: "x" } },
          subjectAltNames: [{ type, value: host }],
          purpose: "server",
        });
        await Deno.writeTextFile(`${dir}/own.pem`, cert.pem);
        const own = await verified(`${dir}/own.pem`);
        assertEquals(code, own ? 0 : 2, `${name} ${host}: ${json.error?.message}`);
        return code === 0 && await verified(json.certFile);
      };
      const hosts = ["a.test", "bank.example", "10.1.2.3", "::1"];
      const table = async (name: string) => {
        const all: boolean[] = [];
        for (const host of hosts) all.push(await vouches(name, host));
        return all.map(Number).join("");
      };
      assertEquals(await table("names"), "1000");
      assertEquals(await table("nets"), "0011");
      assertEquals(await table("both"), "1010");
    }),
});

Deno.test("cert make and ca init: files that belong together are written together; the CA must fit", () =>
  folder(async (path) => {
    const dir = ["--dir", path("ca")];
    assertEquals((await run(["ca", "init", ...dir])).code, 0);
    const make = ["cert", "make", "localhost", ...dir, "--out", path("made"), "--json"];
    await Deno.writeTextFile(path("made.pem"), "mine");
    assertEquals((await run(make)).code, 2);
    assertEquals(Deno.readTextFileSync(path("made.pem")), "mine");
    assertEquals([...Deno.readDirSync(path(""))].map(({ name }) => name).sort(), [
      "ca",
      "made.pem",
    ]);
    const later = await run(make, { now: Date.now() + 9000 * 86_400_000 });
    assertEquals(later.code, 2);
    assertStringIncludes(later.json.error.message, "and not now");
    await Deno.remove(path("ca/root-key.pem"));
    assertEquals((await run(["ca", "init", ...dir])).code, 2);
    assertEquals([...Deno.readDirSync(path("ca"))].map(({ name }) => name), ["root.pem"]);
    await Deno.writeTextFile(path("ca/root-key.pem"), leaf.key);
    const other = await run(make);
    assertEquals(other.code, 2);
    assertStringIncludes(other.json.error.message, "is not the key of");
  }));

Deno.test("what a certificate says is one line of a report, without colors, and never part of a command", () =>
  folder(async (path) => {
    const forged = "\nFORGED \x1b[32mTRUSTED\x1b[0m";
    const evil = await TestCa.create({ commonName: `Root${forged}` });
    const hostile = await evil.server({
      commonName: `leaf${forged}`,
      names: [`x${forged}.test`, "$(id).test", `http://u/${forged}`],
      ocspUris: [`http://o/${forged}`],
      crlUris: [`http://c/${forged}`],
      aiaIssuers: [`http://a/${forged}`],
    });
    await Deno.writeTextFile(path("evil.pem"), hostile.cert);
    await Deno.writeTextFile(path("key.pem"), hostile.key);
    await Deno.writeTextFile(path("ca.pem"), evil.pem);
    const verify = ["cert", "verify", path("evil.pem"), "--only", "--ca"];
    const calls = [
      ["cert", "show", path("evil.pem")],
      ["cert", "match", path("evil.pem"), path("key.pem")],
      ["names", path("evil.pem"), "a.test"],
      ...ignore ? [] : [
        [...verify, path("ca.pem"), "--name", "a.test"],
        [...verify, path("ca.pem"), "--at", "2055-01-01"],
      ],
    ];
    await using server = serve(
      { hostname: "127.0.0.1", port: 0, ...hostile, onHandshakeError: () => {} },
      () => {},
    );
    const at = `localhost:${(await server.addr).port}`;
    calls.push(["connect", at], ["connect", at, "--ca", path("ca.pem")], ["cat", at]);
    for (const call of calls) {
      const { stdout, stderr } = await run(call);
      const text = stdout + stderr;
      assert(!/^\s*FORGED/m.test(text) && !text.includes("\x1b"), `${call}: ${text}`);
      assert(!/--name [^\s-]*[$(]/.test(text), text);
    }
    const { json } = await run(["cert", "show", path("evil.pem"), "--json"]);
    assertEquals(json.items[0].names[0], `x${forged}.test`); // JSON has it as it is
  }));

Deno.test("cert match: the key belongs, does not, or is encrypted", () =>
  folder(async (path) => {
    const other = await issuer.server("localhost", { keyType: "rsa" });
    await Deno.writeTextFile(path("cert.pem"), leaf.cert);
    await Deno.writeTextFile(path("key.pem"), leaf.key);
    await Deno.writeTextFile(path("other.pem"), other.key);
    const match = async (key: string, ...args: string[]) => {
      const { code, json } = await run(["cert", "match", path("cert.pem"), key, ...args, "--json"]);
      return [code, json.matches];
    };
    assertEquals(await match(path("key.pem")), [0, true]);
    assertEquals(await match(path("other.pem")), [1, false]);
    assertEquals(await match(path("cert.pem")), [2, undefined]);
    await Deno.writeTextFile(path("pw"), "secret\n");
    const call = ["cert", "convert", path("key.pem"), "--to", "pkcs8", "--out", path("closed.pem")];
    assertEquals((await run([...call, "--out-password-file", path("pw")])).code, 0);
    assertStringIncludes(Deno.readTextFileSync(path("closed.pem")), "ENCRYPTED PRIVATE KEY");
    assertEquals(await match(path("closed.pem")), [2, undefined]);
    assertEquals(await match(path("closed.pem"), "--password-file", path("pw")), [0, true]);
  }));

Deno.test("cert convert: PKCS#12 and back; what is there stays; a key's file is its owner's", () =>
  folder(async (path) => {
    await Deno.writeTextFile(path("cert.pem"), leaf.cert);
    await Deno.writeTextFile(path("key.pem"), leaf.key);
    await Deno.writeTextFile(path("pw"), "secret");
    const convert = async (from: string, to: string, out: string, ...args: string[]) =>
      (await run(["cert", "convert", path(from), "--to", to, "--out", path(out), ...args])).code;
    const password = ["--out-password-file", path("pw")];
    const key = ["--key", path("key.pem")];
    assertEquals(await convert("cert.pem", "pkcs12", "all.p12", ...key), 2);
    assertEquals(await convert("cert.pem", "pkcs12", "all.p12", ...key, ...password), 0);
    assertEquals(modeOf(path("all.p12")), "600");
    const before = Deno.readFileSync(path("all.p12"));
    assertEquals(await convert("cert.pem", "pkcs12", "all.p12", ...key, ...password), 2);
    assertEquals(Deno.readFileSync(path("all.p12")), before);
    const open = ["--password-file", path("pw")];
    assertEquals(await convert("all.p12", "pem", "all.pem", ...open), 0);
    assertEquals(Deno.readTextFileSync(path("all.pem")), leaf.cert + leaf.key);
    assertEquals(modeOf(path("all.pem")), "600");
    assertEquals(await convert("cert.pem", "der", "leaf.der"), 2);
    await Deno.writeTextFile(path("leaf.pem"), leaf.certificate.pem);
    assertEquals(await convert("leaf.pem", "der", "leaf.der"), 0);
    assertEquals(Deno.readFileSync(path("leaf.der")), leaf.certificate.der);
    assertEquals(modeOf(path("leaf.der")), "644");
    Deno.symlinkSync(path("target"), path("link.pem"));
    assertEquals(await convert("leaf.pem", "pem", "link.pem"), 2);
  }));

Deno.test("ca trust: the commands of each place, and how to take them back; nothing runs unasked", () =>
  folder(async (path) => {
    const dir = ["--dir", path("it's a ca"), "--nss", path("nss")];
    assertEquals((await run(["ca", "init", "--dir", path("it's a ca")])).code, 0);
    const { code, json } = await run(["ca", "trust", ...dir, "--json"]);
    assertEquals([code, json.applied], [0, false]);
    const places = json.ways.map(({ place }: { place: string }) => place);
    assertEquals(places, ["browsers", "system", "deno", "node", "curl"]);
    assertStringIncludes(json.ways[0].commands[0], "mkdir");
    assertStringIncludes(json.ways[4].lines[0], `it'\\''s a ca/root.pem'`);
    assert(json.ways.every(({ outcome }: { outcome: string }) => outcome === "not run"));
    assertEquals((await run(["ca", "trust", "toaster", ...dir])).code, 2);
  }));
