/**
 * The package as it is published (`deno task build:package`) is what the sources are: its names and
 * classes, its types and their documentation, and the permissions that it needs.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { compile } from "../../build/package/compile.ts";
import { wasmBuilt } from "../helpers/wasm.ts";
import "./cases_compile.ts";
import "./cases_startup.ts";
import "./cases_suites.ts";
import { built, configIn, PROGRAM, ROOT } from "./built.ts";

Deno.test.afterAll(() => built[Symbol.asyncDispose]());

const source = await configIn(ROOT);
const ENTRIES = Object.keys(source.exports);
type Names = Readonly<Record<string, unknown>>;

await built.write("user.ts", PROGRAM);

Deno.test("the package: two builds give the same bytes, and none names this machine", async () => {
  const texts = await compile(ROOT, source.exports);
  const here = fileURLToPath(ROOT);
  for (const [path, text] of texts.files) {
    const written = await Deno.readTextFile(new URL(path, built.root));
    assert(written.endsWith(text), path);
    assert(!written.includes(here.slice(0, -1)) && !written.includes("file:///"), path);
  }
  assert(texts.files.size > ENTRIES.length, `${texts.files.size}`);
});

Deno.test("the package has the entry points, the version and the files of the project", async () => {
  const config = await configIn(built.root);
  assertEquals(Object.keys(config.exports), ENTRIES);
  assertEquals([config.name, config.version], [source.name, source.version]);
  const files = ["README.md", "LICENSE", "docs/options.md", "mod.ts", "socket/socket.ts"];
  const wasm = ["openssl.wasm", "openssl.json", "openssl_base64.js", "LICENSE-openssl.txt"];
  for (const file of [...files, ...wasmBuilt ? wasm.map((name) => `engine/wasm/${name}`) : []]) {
    const there = await Deno.readFile(new URL(file, built.root));
    assertEquals(there, await Deno.readFile(new URL(file, ROOT)), file);
  }
  const left = ["tests", "bench", "build", ".ci", ".git", "docs/benchmarks.json"];
  for (const name of left) {
    const error = await Deno.stat(new URL(name, built.root)).catch((error) => error);
    assert(error instanceof Deno.errors.NotFound, name);
  }
});

Deno.test("the package: every entry point has the names of its source, and one value for each", async () => {
  const values = new Map<unknown, unknown>();
  for (const [entry, file] of Object.entries(source.exports)) {
    const ours: Names = await import(new URL(file, ROOT).href);
    const compiled: Names = await import(built.compiled(entry));
    assertEquals(Object.keys(compiled).sort(), Object.keys(ours).sort(), entry);
    for (const [name, value] of Object.entries(ours)) {
      if (typeof value !== "function" && typeof value !== "object") continue;
      // What two entry points of the sources share, those of the package share, too.
      if (!values.has(value)) values.set(value, compiled[name]);
      assert(values.get(value) === compiled[name], `${entry} ${name}`);
      if (typeof value !== "function") continue;
      assertEquals((compiled[name] as typeof value).name, value.name, `${entry} ${name}`);
    }
  }
  const { SslError, SslContext }: Names = await import(built.compiled("."));
  assert(SslError === (await import(built.compiled("./errors"))).SslError);
  assert(SslContext === (await import(built.compiled("./context"))).SslContext);
});

Deno.test("the package: importing an entry point needs no permission", async () => {
  const imports = ENTRIES.map((name) => `import "@socket/ssl${name.slice(1)}";\n`).join("");
  await built.write("all.ts", `${imports}console.log("imported");\n`);
  const { success, text } = await built.deno(["run", "--quiet", "--no-prompt", "all.ts"]);
  assert(success, text);
  assertStringIncludes(text, "imported");
});

for (
  const [engine, flags, ignore] of [
    ["wasm", [], !wasmBuilt],
    ["deno", [], false],
    ["openssl", ["--allow-ffi"], false],
  ] as const
) {
  Deno.test(`the package: the engine ${engine} needs ${["--allow-net", ...flags].join(" and ")}`, {
    ignore,
  }, async () => {
    const args = ["run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1,localhost", ...flags];
    const { success, text } = await built.deno([...args, "user.ts", engine]);
    assert(success, text);
    assertStringIncludes(text, `${engine} hello, there\n`);
  });
}

Deno.test("the package: a program that uses it is checked against the types of the sources", async () => {
  await built.write(
    "checked.ts",
    `
import { SslError, SslSocket } from "@socket/ssl";
import { SslError as Same } from "@socket/ssl/errors";
export const same: typeof SslError = Same;
export const socket: Promise<SslSocket> = SslSocket.connect("localhost:443");
// @ts-expect-error: an option of another type
export const wrong = SslSocket.connect("localhost:443", { engine: 1 });
`,
  );
  const { success, text } = await built.deno(["check", "--quiet", "user.ts", "checked.ts"]);
  assert(success, text);
});

Deno.test("the package: its pages show the documentation of the sources", async () => {
  const doc = async (file: string) => {
    const { success, text } = await built.deno(["doc", "--quiet", file], built.root);
    assert(success, text);
    return text;
  };
  const compiled = await doc("compiled/mod.js");
  assertEquals(compiled, await doc("mod.ts"));
  assertStringIncludes(compiled, "class SslSocket");
});

Deno.test("the package: its command line runs", async () => {
  const ssl = ["run", "--quiet", "--no-prompt", built.compiled("./cli")];
  const { success, text } = await built.deno([...ssl, "--version"], built.root);
  assert(success, text);
  assertEquals(text, `ssl ${source.version} (${source.name}, Deno ${Deno.version.deno})\n`);
});

Deno.test(
  "the package in a bundle has the engine wasm where ./wasm is imported, and else says so",
  {
    ignore: !wasmBuilt,
  },
  async () => {
    await built.write("brings.ts", `import "@socket/ssl/wasm";\n${PROGRAM}`);
    const run = async (program: string) => {
      const made = await built.deno(["bundle", "--quiet", "--output=bundle.js", program]);
      assert(made.success, made.text);
      return await built.deno([
        "run",
        "--quiet",
        "--no-prompt",
        "--allow-net",
        "bundle.js",
        "wasm",
      ]);
    };
    assertStringIncludes((await run("brings.ts")).text, "wasm hello, there\n");
    const { success, text } = await run("user.ts");
    assert(!success, text);
    assertStringIncludes(text, 'this program is a bundle without it: import "@socket/ssl/wasm"');
  },
);
