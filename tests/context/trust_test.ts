import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { splitPaths } from "../../context/trust/files.ts";
import { DefaultCa } from "../../context/trust/default_ca.ts";
import type { SslOptions } from "../../context/options.ts";
import { loadTrust } from "../../context/trust/trust.ts";
import { SslError } from "../../errors.ts";

const one = await TestCa.create();
const two = await TestCa.create();
const DER = { one: one.certificate.der, two: two.certificate.der };

const client = (options: SslOptions) => loadTrust("client", options, 1, false);
const server = (options: SslOptions, mode = 1) => loadTrust("server", options, mode, false);
const anchors = async (options: SslOptions) => (await client(options)).config.anchors;

async function withFiles(fn: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${path}/one.pem`, one.pem);
    await Deno.writeFile(`${path}/two.der`, DER.two);
    await fn(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("ca takes text, bytes, objects and lists; doubles count once", async () => {
  assertEquals(await anchors({ ca: one.pem }), [DER.one]);
  assertEquals(await anchors({ ca: DER.one }), [DER.one]);
  assertEquals(await anchors({ ca: one.certificate }), [DER.one]);
  assertEquals(await anchors({ ca: [one.certificate, two.pem, DER.one] }), [DER.one, DER.two]);
  assertEquals(await anchors({ ca: one.pem + two.pem }), [DER.one, DER.two]);
});

Deno.test("caFile takes PEM and DER, and adds to ca", async () => {
  await withFiles(async (path) => {
    assertEquals(await anchors({ caFile: `${path}/one.pem` }), [DER.one]);
    assertEquals(await anchors({ caFile: `${path}/two.der` }), [DER.two]);
    assertEquals(await anchors({ ca: two.pem, caFile: `${path}/one.pem` }), [DER.two, DER.one]);
    assertEquals(
      await anchors({ caFile: new DefaultCa("user", "", { caFile: `${path}/one.pem` }) }),
      [
        DER.one,
      ],
    );
  });
});

Deno.test("a list that is given and empty means no anchors, never the default ones", async () => {
  for (const options of [{ ca: [] }, { ca: null }, { caFile: null }, { caPath: null }]) {
    assertEquals(await anchors(options), [], JSON.stringify(options));
  }
});

Deno.test('caFile: "" and caPath: "" are not given: the default anchors hold', async () => {
  const found = await client({ caFile: "", caPath: "" });
  assert(found.config.anchors!.length > 10);
});

Deno.test("a client without PEER loads no default anchors", async () => {
  const trust = await loadTrust("client", {}, 0, false);
  assertEquals(trust.config.anchors, []);
});

Deno.test("caPath reads hashed and named files, of several directories, of which one must be there", async () => {
  await withFiles(async (path) => {
    await Deno.mkdir(`${path}/hashed`);
    await Deno.writeTextFile(`${path}/hashed/0123abcd.0`, two.pem);
    await Deno.writeTextFile(`${path}/hashed/0123abcd.r0`, crlOf(two));
    await Deno.writeTextFile(`${path}/hashed/notes.txt`, "no certificate");
    await Deno.symlink("gone.pem", `${path}/hashed/89abcdef.0`);
    assertEquals(await anchors({ caPath: path }), [DER.one]);
    assertEquals(await anchors({ caPath: `${path}/hashed` }), [DER.two]);
    assertEquals(await anchors({ caPath: `/nowhere:${path}:${path}/hashed` }), [DER.one, DER.two]);
    assertEquals(await anchors({ caPath: ["/nowhere", path] }), [DER.one]);
    await assertRejects(
      () => anchors({ caPath: "/nowhere" }),
      SslError,
      'Cannot read caPath "/nowhere": No such file',
    );
    await assertRejects(
      () => anchors({ caPath: "/nowhere:/nor/here" }),
      SslError,
      "none of its 2 directories is accessible",
    );
  });
});

const crlOf = (ca: TestCa): string => ca.crl();

Deno.test("splitPaths() splits by the system's separator", () => {
  assertEquals(splitPaths("a:b", false), ["a", "b"]);
  assertEquals(splitPaths("C:\\a;D:\\b", true), ["C:\\a", "D:\\b"]);
  assertEquals(splitPaths(["a:b"], false), ["a:b"]);
});

Deno.test("extraCa and extraCaFile add to the anchors", async () => {
  await withFiles(async (path) => {
    const trust = await client({ ca: one.pem, extraCaFile: `${path}/two.der` });
    assertEquals(trust.config.anchors, [DER.one]);
    assertEquals(trust.config.extra, [DER.two]);
    const more = await client({ extraCa: two.pem });
    assert(more.config.anchors!.length > 10);
    assertEquals(more.config.extra, [DER.two]);
  });
});

Deno.test("an engine with roots of its own gets no anchors", async () => {
  const trust = await loadTrust("client", { extraCa: two.pem }, 1, true);
  assertEquals(trust.config.anchors, undefined);
  assertEquals(trust.config.extra, [DER.two]);
});

Deno.test("a server that asks for certificates trusts what it is given, never the system", async () => {
  assertEquals((await server({ ca: one.pem })).config.anchors, [DER.one]);
  const named = await server({ clientCa: two.pem });
  assertEquals(named.config.anchors, [DER.two]);
  assertEquals(named.clientCa, [DER.two]);
  const both = await server({ ca: one.pem, clientCa: two.pem });
  assertEquals(both.config.anchors, [DER.one]);
  assertEquals(both.clientCa, [DER.two]);
  for (const options of [{}, { caFile: "" }, { extraCa: one.pem }]) {
    await assertRejects(() => server(options), TypeError, "there is nobody to trust");
  }
  assertEquals((await server({ caFile: null })).config.anchors, []);
  assertEquals((await server({}, 0)).config.anchors, []);
});

Deno.test("clientCaFile is the trust of a server too", async () => {
  await withFiles(async (path) => {
    const trust = await server({ clientCaFile: `${path}/one.pem` });
    assertEquals(trust.config.anchors, [DER.one]);
    assertEquals(trust.clientCa, [DER.one]);
  });
});

Deno.test("CRLs switch their check on, wherever they come from", async () => {
  const crl = crlOf(one);
  const ca = one.pem;
  assertEquals((await client({ ca })).config.checkCrl, "none");
  assertEquals((await client({ ca, crl })).config.checkCrl, "leaf");
  assertEquals((await client({ ca, crl, checkCrl: true })).config.checkCrl, "leaf");
  assertEquals((await client({ ca, crl, checkCrl: "chain" })).config.checkCrl, "chain");
  assertEquals((await client({ ca, checkCrl: true })).config.crls, []);
  assertEquals((await client({ ca, crl })).config.crls.length, 1);
  assertEquals((await client({ ca: ca + crl, checkCrl: true })).config.crls.length, 1);
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, crl);
  assertEquals((await client({ ca, crlFile: path })).config.crls.length, 1);
  await Deno.remove(path);
});

Deno.test("what is not a certificate or CRL is refused by the name of its option", async () => {
  await withFiles(async (path) => {
    await Deno.writeTextFile(`${path}/junk`, "junk");
    await Deno.writeTextFile(`${path}/empty`, "");
    const cases: [SslOptions, string][] = [
      [{ ca: new Uint8Array([1, 2, 3]) }, "Cannot load ca: no certificate found in it"],
      [{ ca: [one.pem, new Uint8Array([1])] }, "Cannot load ca[1]: no certificate found"],
      [{ caFile: `${path}/junk` }, `Cannot load caFile ${JSON.stringify(`${path}/junk`)}: no cert`],
      [{ caFile: `${path}/empty` }, "it is empty"],
      [{ ca: one.pem, extraCaFile: `${path}/junk` }, "Cannot load extraCaFile"],
      [{ ca: one.pem, crl: one.pem }, "Cannot load crl: no CRL found in it"],
      [{ ca: one.pem, crlFile: `${path}/one.pem` }, "Cannot load crlFile"],
      [{ caFile: "/nowhere/ca.pem" }, 'Cannot read caFile "/nowhere/ca.pem": No such file'],
    ];
    for (const [options, message] of cases) {
      const error = await assertRejects(() => client(options), SslError);
      assertStringIncludes(error.message, message);
      const code = message.startsWith("Cannot read") ? "ENOENT" : "ERR_NO_CERTIFICATE";
      assertEquals(error.code, code, message);
    }
  });
});

Deno.test("a certificate cut in its base64 is refused, not skipped", async () => {
  const cut = one.pem.replace(/\n[^\n]{20}/, "\n");
  const error = await assertRejects(() => client({ ca: two.pem + cut }), SslError);
  assertEquals(error.code, "ERR_CERTIFICATE");
  assertStringIncludes(error.message, "Cannot load ca (certificate 2): Cannot read certificate: ");
});

Deno.test("trust settings of a TRUSTED CERTIFICATE are not dropped", async () => {
  const aux = new Uint8Array([...DER.one, 0x30, 0x00]);
  const base64 = btoa(String.fromCharCode(...aux)).replace(/.{64}/g, "$&\n");
  const pem = `-----BEGIN TRUSTED CERTIFICATE-----\n${base64}\n-----END TRUSTED CERTIFICATE-----\n`;
  await assertRejects(() => client({ ca: pem }), SslError, "trust settings");
});
