/** The build of openssl.wasm: its parts that need no compiler. */

import "../helpers/limit.ts";
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { cacheFolder, keptOr, keyOf } from "../../build/wasm/kept.ts";
import { checkFiles, hotObjects } from "../../build/wasm/libraries.ts";
import { ROOT, withSection, WRITTEN } from "../../build/wasm/module.ts";
import { callers, publicFunctions, usedNames } from "../../build/wasm/names.ts";
import { CONFIGURE, sha256, SOURCE } from "../../build/wasm/recipe.ts";
import { missingMessage, missingPackages } from "../../build/wasm/toolchain.ts";
import { CRYPTO_SYMBOLS, SSL_SYMBOLS } from "../../engine/openssl/symbols.ts";

const LIST = `d2i_EC_PUBKEY                           1	3_0_0	EXIST::FUNCTION:DEPRECATEDIN_3_0,EC
BIO_read                                2	3_0_0	EXIST::FUNCTION:
BIO_gone                                3	3_0_0	NOEXIST::FUNCTION:
BIO_data                                4	3_0_0	EXIST::VARIABLE:
`;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("build of wasm: the public functions are those that OpenSSL's list says exist", () => {
  assertEquals(publicFunctions(LIST), ["d2i_EC_PUBKEY", "BIO_read"]);
});

Deno.test("build of wasm: a public function is exported if it is a whole word of the code", () => {
  const names = new Set(["BIO_read", "SSL_new", "SSL_free", "open"]);
  const texts = ["SSL_free: {}, opened", '"int BIO_read_ex|BIO_read(BIO b)"'];
  assertEquals(usedNames(texts, names), ["BIO_read", "SSL_free"]);
});

Deno.test("build of wasm: every C function of the engine's tables is a word of the code", () => {
  const names = Object.entries({ ...SSL_SYMBOLS, ...CRYPTO_SYMBOLS }).map(([key, row]) =>
    "name" in row ? row.name : key
  );
  assertEquals(names.length > 100, true);
  assertEquals(usedNames(callers(ROOT), new Set(names)), [...new Set(names)].sort());
});

Deno.test("build of wasm: an altered file of the source is refused, and so is one that is missing", async () => {
  await inFolder(async (folder) => {
    const expected = { "a.dsc": await sha256("the source") };
    await assertRejects(() => checkFiles(folder, expected), Deno.errors.NotFound);
    await Deno.writeTextFile(`${folder}/a.dsc`, "the source");
    await checkFiles(folder, expected);
    await Deno.writeTextFile(`${folder}/a.dsc`, "the sourcE");
    await assertRejects(() => checkFiles(folder, expected), Error, "Cannot use a.dsc: its SHA-256");
  });
});

Deno.test("build of wasm: a version, its files and their hashes are pinned", () => {
  const upstream = SOURCE.version.replace(/-.*/, "");
  for (const [name, hash] of Object.entries(SOURCE.files)) {
    assertEquals(name.startsWith(`openssl_${upstream}`), true, name);
    assertEquals(/^[0-9a-f]{64}$/.test(hash), true, name);
  }
  assertEquals(CONFIGURE.includes("no-http"), false, "it would disable OCSP");
});

Deno.test("build of wasm: a change of any part of a recipe changes its hash", async () => {
  const recipe = { names: ["a", "b"], own: { "x.c": "int x;" }, flags: [["-O3"]] };
  const key = await keyOf(recipe);
  assertEquals(await keyOf(structuredClone(recipe)), key);
  for (
    const other of [
      { ...recipe, names: ["a"] },
      { ...recipe, own: { "x.c": "int y;" } },
      { ...recipe, flags: [["-Os"]] },
    ]
  ) assertNotEquals(await keyOf(other), key);
});

Deno.test("build of wasm: what is kept is not made again, and what fails leaves nothing", async () => {
  await inFolder(async (cache) => {
    let made = 0;
    const make = async (folder: string) => {
      made++;
      await Deno.writeTextFile(`${folder}/file`, "made");
    };
    const first = await keptOr(cache, "key", make);
    assertEquals(await keptOr(cache, "key", make), first);
    assertEquals([made, await Deno.readTextFile(`${first}/file`)], [1, "made"]);
    const failing = () => keptOr(cache, "other", () => Promise.reject(new Error("no compiler")));
    await assertRejects(failing, Error, "no compiler");
    assertEquals([...Deno.readDirSync(cache)].map(({ name }) => name), ["key"]);
  });
});

Deno.test("build of wasm: the cache folder is XDG_CACHE_HOME, or .cache in the home folder", () => {
  const at = (variables: Record<string, string>) => cacheFolder((name) => variables[name]);
  assertEquals(at({ XDG_CACHE_HOME: "/c", HOME: "/h" }), "/c/socket-ssl/wasm");
  assertEquals(at({ XDG_CACHE_HOME: "relative", HOME: "/h" }), "/h/.cache/socket-ssl/wasm");
  assertEquals(at({ HOME: "/h" }), "/h/.cache/socket-ssl/wasm");
});

Deno.test("build of wasm: the hot objects are those of ciphers, numbers and records", () => {
  const makefile = `LIB=crypto/bn/not_a_target.o
crypto/bn/libcrypto-lib-bn_mul.o: crypto/bn/bn_mul.c
crypto/bn/libcrypto-lib-bn_mul.o: include/x.h
crypto/x509/libcrypto-lib-v3_san.o: crypto/x509/v3_san.c
ssl/record/methods/libssl-lib-tls13_meth.o: ssl/record/methods/tls13_meth.c
`;
  assertEquals(hotObjects(makefile), [
    "crypto/bn/libcrypto-lib-bn_mul.o",
    "ssl/record/methods/libssl-lib-tls13_meth.o",
  ]);
});

Deno.test("build of wasm: the section is read back, whatever its length", () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  for (const text of ["", "a".repeat(64), "b".repeat(300)]) {
    const module = new WebAssembly.Module(withSection(empty, "build", text));
    const [content] = WebAssembly.Module.customSections(module, "build");
    assertEquals(new TextDecoder().decode(content), text);
  }
});

Deno.test("build of wasm: missing packages are named with the line that installs them", async () => {
  const missing = await missingPackages({ "no-such-program": "clang-19", "no-other": "lld-19" }, {
    "/no/such/library.a": "wasi-libc",
  });
  assertEquals(missing, ["clang-19", "lld-19", "wasi-libc"]);
  assertEquals(await missingPackages({}, {}), []);
  assertEquals(
    missingMessage(missing).split("\n").at(-1)?.trim(),
    "apt-get install clang-19 lld-19 wasi-libc",
  );
});

Deno.test("build of wasm: what it writes is not committed", async () => {
  const ignored = (await Deno.readTextFile(new URL(".gitignore", ROOT))).split("\n");
  for (const name of Object.values(WRITTEN)) {
    const path = `engine/wasm/${name}`;
    assertEquals(ignored.includes(path), true, path);
  }
});
