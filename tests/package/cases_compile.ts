/**
 * `deno compile` makes an executable of a program that uses the package, or the sources: it works on
 * each engine.
 *
 * The executable needs Deno's runtime for such programs, denort, which Deno fetches. The tests fetch
 * nothing: without it (in Deno's cache, or named by DENORT_BIN) they look at what would lie in the
 * executable.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { wasmBuilt } from "../helpers/wasm.ts";
import { built, configIn, PROGRAM, ROOT } from "./built.ts";

/** Whether `deno compile` need not fetch its runtime. */
async function runtimeThere(): Promise<boolean> {
  if (Deno.env.has("DENORT_BIN")) return true;
  const { text } = await built.deno(["info", "--json"], ROOT);
  const folder = `${JSON.parse(text).denoDir}/dl/release/v${Deno.version.deno}`;
  try {
    return [...Deno.readDirSync(folder)].some(({ name }) => name.startsWith("denort-"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const runs = await runtimeThere();
const program = new URL(`program${Deno.build.os === "windows" ? ".exe" : ""}`, built.folder);

/** Compiles a program of the user; gives what Deno says. */
async function compile(file: string, flags: readonly string[]): Promise<string> {
  const args = ["compile", "--no-check", "--allow-net", "--allow-ffi", ...flags];
  // Where the executable is looked at only, it may begin with any program.
  if (!runs) Deno.env.set("DENORT_BIN", Deno.execPath());
  try {
    const { success, text } = await built.deno([...args, `--output=${program.pathname}`, file]);
    assert(success, text);
    return text;
  } finally {
    if (!runs) Deno.env.delete("DENORT_BIN");
  }
}

async function ran(engine: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, { args: [engine] }).output();
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
}

const NAME = "@socket/ssl";
const source = await configIn(ROOT);
const ofSources = (text: string) =>
  text.replaceAll(/"@socket\/ssl(.*?)"/g, (_, entry) => {
    return JSON.stringify(new URL(source.exports[`.${entry}`]!, ROOT).href);
  });

const text = wasmBuilt ? `import "${NAME}/wasm";\n${PROGRAM}` : PROGRAM;

async function worksOnEachEngine(): Promise<void> {
  for (const engine of ["deno", "openssl", ...wasmBuilt ? ["wasm"] : []]) {
    assertEquals(await ran(engine), `${engine} hello, there\n`);
  }
}

Deno.test("deno compile takes along what every engine needs of the package, and it works", async () => {
  await built.write("executable.ts", text);
  const said = await compile("executable.ts", []);
  const wasm = wasmBuilt ? ["openssl_base64.js"] : [];
  for (const file of ["deno_engine.js", "openssl_engine.js", "wasm_engine.js", ...wasm]) {
    assertStringIncludes(said, ` ${file} (`);
  }
  if (runs) await worksOnEachEngine();
});

Deno.test(
  "deno compile makes a program over the sources that works",
  { ignore: !runs },
  async () => {
    await built.write("executable.ts", ofSources(text));
    await compile("executable.ts", [`--config=${new URL("deno.json", ROOT).pathname}`]);
    await worksOnEachEngine();
  },
);
