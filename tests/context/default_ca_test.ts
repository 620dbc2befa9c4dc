import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { DefaultCa, defaultCa } from "../../context/trust/default_ca.ts";
import { loadDefaultCa } from "../../context/trust/files.ts";
import { SslError } from "../../errors.ts";

/** Runs with environment variables and a fresh default, and puts both back. */
async function withEnv(
  env: Readonly<Record<string, string | undefined>>,
  fn: () => Promise<void> | void,
): Promise<void> {
  const before = Object.keys(env).map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  for (const [name, value] of Object.entries(env)) set(name, value);
  try {
    defaultCa(undefined);
    await fn();
  } finally {
    for (const [name, value] of before) set(name, value);
    defaultCa(undefined);
  }
}

async function inDirectory(fn: (path: string, ca: TestCa) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await fn(path, await TestCa.create());
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("defaultCa() takes SSL_CERT_FILE and nothing else where it is set", async () => {
  await inDirectory(async (path, ca) => {
    await Deno.writeTextFile(`${path}/ca.pem`, ca.pem);
    await withEnv({ SSL_CERT_FILE: `${path}/ca.pem`, SSL_CERT_DIR: undefined }, async () => {
      const found = defaultCa();
      assertEquals(found.source, "environment");
      assertEquals({ ...found }, { caFile: `${path}/ca.pem` });
      assertEquals(String(found), `${path}/ca.pem`);
      assertEquals((await loadDefaultCa()).certificates, [ca.certificate.der]);
    });
  });
});

Deno.test("defaultCa() takes SSL_CERT_DIR, hashed files only", async () => {
  await inDirectory(async (path, ca) => {
    await Deno.writeTextFile(`${path}/0123abcd.0`, ca.pem);
    await Deno.writeTextFile(`${path}/other.pem`, (await TestCa.create()).pem);
    await Deno.writeTextFile(`${path}/README`, "no certificate");
    await withEnv({ SSL_CERT_FILE: undefined, SSL_CERT_DIR: path }, async () => {
      assertEquals({ ...defaultCa() }, { caPath: path });
      assertEquals([String(defaultCa()), defaultCa().detail], [path, `SSL_CERT_DIR=${path}`]);
      assertEquals((await loadDefaultCa()).certificates, [ca.certificate.der]);
    });
  });
});

Deno.test("a mistake in SSL_CERT_FILE never widens trust: it is an error", async () => {
  await withEnv({ SSL_CERT_FILE: "/nowhere/ca.pem", SSL_CERT_DIR: undefined }, async () => {
    assertEquals(defaultCa().caFile, "/nowhere/ca.pem");
    await assertRejects(
      () => loadDefaultCa(),
      SslError,
      'Cannot read the default trust anchors that SSL_CERT_FILE names, "/nowhere/ca.pem": No such file',
    );
  });
  await withEnv({ SSL_CERT_FILE: undefined, SSL_CERT_DIR: "/nowhere/certs" }, async () => {
    await assertRejects(
      () => loadDefaultCa(),
      SslError,
      'Cannot read the default trust anchors that SSL_CERT_DIR names, "/nowhere/certs": No such file',
    );
  });
  const junk = await Deno.makeTempFile();
  await withEnv({ SSL_CERT_FILE: junk, SSL_CERT_DIR: undefined }, async () => {
    const error = await assertRejects(
      () => loadDefaultCa(),
      SslError,
      "no certificate found in it",
    );
    assertStringIncludes(error.message, "correct SSL_CERT_FILE, or unset it");
  });
  await Deno.remove(junk);
});

Deno.test("defaultCa(path) sets, defaultCa(undefined) forgets", async () => {
  await inDirectory(async (path, ca) => {
    await Deno.writeTextFile(`${path}/ca.pem`, ca.pem);
    await withEnv({ SSL_CERT_FILE: undefined, SSL_CERT_DIR: undefined }, async () => {
      assertEquals({ ...defaultCa(`${path}/ca.pem`) }, { caFile: `${path}/ca.pem` });
      assertEquals(defaultCa().source, "user");
      assertEquals((await loadDefaultCa()).certificates, [ca.certificate.der]);
      assertEquals({ ...defaultCa(path) }, { caPath: path });
      assertEquals({ ...defaultCa({ caFile: "a", caPath: "b" }) }, { caFile: "a", caPath: "b" });
      assert(defaultCa(undefined).source !== "user");
    });
  });
});

Deno.test("defaultCa() refuses what is not a place of anchors", () => {
  const wrong = (value: unknown) => () => defaultCa(value as string);
  assertThrows(wrong("/nowhere/at/all"), SslError, "No such file");
  assertThrows(wrong(""), TypeError, "Cannot set defaultCa");
  assertThrows(wrong(5), TypeError, "Cannot set defaultCa");
  assertThrows(wrong({ cafile: "a" }), TypeError, 'unknown member "cafile"');
  assertThrows(wrong({ caFile: 5 }), TypeError, "must be a path");
  assert(defaultCa().source !== "user");
});

Deno.test({
  name: "defaultCa() asks for no permission; without any the error names the remedies",
  permissions: "none",
  fn: async () => {
    const found = defaultCa(undefined);
    assertInstanceOf(found, DefaultCa);
    assertEquals(found.source, "none");
    const error = await assertRejects(() => loadDefaultCa(found), SslError);
    assertEquals(error.code, "ERR_NO_TRUST_ANCHORS");
    assertStringIncludes(error.message, "--allow-read=/etc/ssl/");
    assertStringIncludes(error.message, "SSL_CERT_FILE");
  },
});

Deno.test({
  name: "defaultCa() is Mozilla's list where only the sys permission is granted",
  permissions: { sys: true },
  fn: async () => {
    const found = defaultCa(undefined);
    assertEquals(found.source, "mozilla");
    assert((await loadDefaultCa(found)).certificates.length > 50);
  },
});

Deno.test({
  name: "defaultCa() does not read SSL_CERT_FILE without the env permission",
  permissions: { env: false, sys: true },
  fn: () => assertEquals(defaultCa(undefined).source, "mozilla"),
});

Deno.test("defaultCa({ caFile, caPath }) takes paths by name, says which it has, and refuses the rest", () => {
  try {
    const of = (places: Parameters<typeof defaultCa>[0]) => {
      const made = defaultCa(places);
      return [made.source, String(made), made.detail];
    };
    assertEquals(of({ caFile: "/a" }), ["user", "/a", "/a"]);
    assertEquals(of({ caPath: "/b" }), ["user", "/b", "/b"]);
    assertEquals(of({ caFile: "/a", caPath: "/b" }), ["user", "/a", "/a"]);
    assertEquals(of({}), ["user", "no anchors", "no anchors"]);
    for (const places of [{ caFile: 5 }, { caFile: "" }, { caPath: "" }, { caPath: null }]) {
      assertThrows(() => defaultCa(places as never), TypeError, "a place must be a path: received");
    }
    assertThrows(() => defaultCa({ cafile: "/a" } as never), TypeError, 'unknown member "cafile"');
    for (const none of [5, true, [], ["/a"], ""]) {
      assertThrows(() => defaultCa(none as never), TypeError, "must be a path, { caFile, caPath }");
    }
    assertEquals(defaultCa().detail, "no anchors", "what is refused changes nothing");
  } finally {
    defaultCa(undefined);
  }
});
