/** The file of the engine "wasm": what is missing, altered or cannot run is refused with the remedy. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkBuild, compileText, loadModule } from "../../engine/wasm/loader.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { wasmBuilt } from "../helpers/wasm.ts";

const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const hex = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();

async function packed(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer()).toBase64();
}

Deno.test("compileText() takes the file whose SHA-256 is written down, and no other", async () => {
  const sha256 = await hex(EMPTY);
  assert(await compileText({ base64: await packed(EMPTY), sha256 }) instanceof WebAssembly.Module);
  const altered = EMPTY.slice();
  altered[4] = 2;
  for (
    const base64 of [await packed(altered), (await packed(EMPTY)).slice(0, -8), "no base64", ""]
  ) {
    const error = await assertRejects(
      () => compileText({ base64, sha256 }),
      SslUnsupportedError,
      "was altered",
    );
    assertEquals([error.code, error.facts.engine], ["ERR_SSL_LIBRARY", "wasm"]);
    assert(error.message.includes("deno task build:wasm"), error.message);
  }
});

Deno.test("checkBuild() refuses a file that does not belong to its JSON", () => {
  const name = new TextEncoder().encode("\x05buildabc");
  const module = new WebAssembly.Module(Uint8Array.of(...EMPTY, 0, name.length, ...name));
  const facts = { version: "", sha256: "", build: "abc" };
  checkBuild(module, facts);
  const without = new WebAssembly.Module(EMPTY);
  for (const [file, build] of [[module, "abd"], [module, ""], [without, "abc"]] as const) {
    const error = assertThrows(() => checkBuild(file, { ...facts, build }), SslUnsupportedError);
    assertEquals(error.code, "ERR_SSL_LIBRARY");
  }
});

Deno.test("the file is compiled once", { ignore: !wasmBuilt }, async () => {
  assert(await loadModule() === await loadModule());
});

/** What a program prints, whose files lie in a tree with an engine/wasm/ of its own. */
async function printed(script: string, flags: readonly string[] = []): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", "--config", config, ...flags, script],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout.length > 0 ? stdout : stderr);
}

const config = new URL("../../deno.json", import.meta.url).pathname;
const LOADER = new URL("../../engine/wasm/loader.ts", import.meta.url).href;

Deno.test("a runtime without WebAssembly is refused in words", async () => {
  const text = await printed(`
    delete globalThis.WebAssembly;
    const { loadModule } = await import(${JSON.stringify(LOADER)});
    console.log(await loadModule().catch(({ name, message }) => name + ": " + message));`);
  assertEquals(
    text.trim(),
    "SslUnsupportedError: Cannot load OpenSSL as WebAssembly: this runtime has no WebAssembly: run without --jitless, or on another runtime",
  );
});

Deno.test("without the file, a program of deno compile learns what to import", async () => {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-" });
  try {
    const { imports } = JSON.parse(await Deno.readTextFile(config));
    const source = new URL("source.js", LOADER).href;
    const map = { imports: { ...imports, [source]: "data:text/javascript,throw null" } };
    await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify(map));
    const text = await printed(
      `
    Object.defineProperty(Deno, "build", { value: { ...Deno.build, standalone: true } });
    const { loadModule } = await import(${JSON.stringify(LOADER)});
    console.log(await loadModule().catch(({ message }) => message));`,
      [`--import-map=${folder}/map.json`],
    );
    assertEquals(
      text.trim(),
      'Cannot load OpenSSL as WebAssembly: the file is missing, or is not what it should be: import "@socket/ssl/wasm" in the program, which brings the file along',
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that is missing is refused in words, and one that is there later is found", async () => {
  const text = await printed(`
    const { loadModule, provideText } = await import(${JSON.stringify(LOADER)});
    provideText(() => Promise.reject(new TypeError("not found")));
    console.log(await loadModule().catch(({ name, message }) => name + ": " + message));
    const sha256 = ${JSON.stringify(await hex(EMPTY))};
    provideText(() => Promise.resolve({ base64: ${JSON.stringify(await packed(EMPTY))}, sha256 }));
    console.log(await loadModule() instanceof WebAssembly.Module);`);
  assertEquals(
    text.trim(),
    'SslUnsupportedError: Cannot load OpenSSL as WebAssembly: the file is missing: build it with "deno task build:wasm", or install the package again\ntrue',
  );
});
