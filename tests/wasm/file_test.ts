/** openssl.wasm as it was built: it is what openssl.json says, and has what the engine calls. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { ROOT, WRITTEN } from "../../build/wasm/module.ts";
import { sha256, SOURCE } from "../../build/wasm/recipe.ts";
import { CRYPTO_SYMBOLS, SSL_SYMBOLS } from "../../engine/openssl/symbols.ts";
import { compileText } from "../../engine/wasm/loader.ts";
import { wasmBuilt } from "../helpers/wasm.ts";

const ignore = !wasmBuilt;
const url = (file: keyof typeof WRITTEN) => new URL(`engine/wasm/${WRITTEN[file]}`, ROOT);
const read = () => Deno.readFile(url("module"));
const facts = async () => JSON.parse(await Deno.readTextFile(url("facts")));

Deno.test(
  "openssl.wasm: openssl.json has its hash, its section and its version",
  { ignore },
  async () => {
    const bytes = await read();
    const told = await facts();
    assertEquals(await sha256(bytes), told.sha256);
    const [build] = WebAssembly.Module.customSections(await WebAssembly.compile(bytes), "build");
    assertEquals(new TextDecoder().decode(build), told.build);
    assertEquals(told.version.startsWith(`OpenSSL ${SOURCE.version.replace(/-.*/, "")} `), true);
    assertEquals(told.source, SOURCE);
  },
);

Deno.test("openssl.wasm: the text for bundlers is the same module", { ignore }, async () => {
  const { default: base64, sha256: hash, version } = await import(url("base64").href);
  const module = await compileText({ base64, sha256: hash });
  const told = await facts();
  assertEquals([hash, version], [told.sha256, told.version]);
  assertEquals(WebAssembly.Module.customSections(module, "build").length, 1);
});

Deno.test("openssl.wasm: it exports every C function of the engine, and the licence lies beside", {
  ignore,
}, async () => {
  const module = await WebAssembly.compile(await read());
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const rows = Object.entries({ ...SSL_SYMBOLS, ...CRYPTO_SYMBOLS });
  const needed = rows.flatMap(([key, row]) =>
    "optional" in row ? [] : ["name" in row ? row.name : key]
  );
  assertEquals(needed.filter((name) => !exported.has(name)), []);
  assertEquals((await Deno.readTextFile(url("licence"))).includes("Apache License"), true);
});

Deno.test("openssl.wasm: it asks its host for random numbers and the time, and nothing else", {
  ignore,
}, async () => {
  const module = await WebAssembly.compile(await read());
  const asked = WebAssembly.Module.imports(module).map(({ module, name }) => `${module}.${name}`);
  assertEquals(asked.sort(), [
    "wasi_snapshot_preview1.clock_time_get",
    "wasi_snapshot_preview1.random_get",
  ]);
});
