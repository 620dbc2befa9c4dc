/**
 * Every entry point of the package can be bundled, by `deno bundle` and by esbuild, and what comes
 * out has the same names and does the same.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { parse } from "node:path";
import * as esbuild from "esbuild";
import { wasmBuilt } from "../helpers/wasm.ts";

const ROOT = new URL("../../", import.meta.url);
const { exports }: { exports: Record<string, string> } = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", ROOT)),
);
// The text of the WebAssembly file, which ./wasm brings along, is built and not in the repository.
const inTree = Object.entries(exports).filter(([name]) => name !== "./wasm" || wasmBuilt);
const entries = inTree.map(([name, file]) => ({
  out: name === "." ? "main" : name.slice(2).replaceAll("/", "-"),
  file: new URL(file, ROOT).pathname,
}));

async function deno(args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert(success, `deno ${args.join(" ")}:\n${text}`);
}

async function withDenoBundle(folder: string): Promise<void> {
  // One run for all: its names are the paths of the entry points.
  await deno(["bundle", "--quiet", "--outdir", folder, ...entries.map(({ file }) => file)]);
  for (const { out, file } of entries) {
    const { dir, name } = parse(file.slice(ROOT.pathname.length));
    await Deno.rename(`${folder}/${dir}/${name}.js`, `${folder}/${out}.js`);
  }
}

/** As for an application: npm packages stay where they are. */
const withEsbuild = (settings: esbuild.BuildOptions) => async (folder: string) => {
  try {
    const { warnings } = await esbuild.build({
      entryPoints: entries.map(({ out, file }) => ({ out, in: file })),
      outdir: folder,
      bundle: true,
      format: "esm",
      target: "esnext",
      packages: "external",
      logLevel: "silent",
      ...settings,
    });
    assertEquals(warnings.map(({ text }) => text), []);
  } finally {
    await esbuild.stop();
  }
};

const bundlers: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  "deno bundle": withDenoBundle,
  "esbuild": withEsbuild({}),
  "esbuild --minify": withEsbuild({ minify: true }),
  "esbuild --splitting": withEsbuild({ splitting: true }),
};

for (const [bundler, make] of Object.entries(bundlers)) {
  Deno.test(`${bundler} makes a bundle of every entry point that has its names and works`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "socket-ssl-bundle-" });
    try {
      await make(folder);
      for (const { out, file } of entries) {
        const bundled = Object.keys(await import(`file://${folder}/${out}.js`)).sort();
        assert(bundled.length > 0 || out === "wasm", out); // which has an effect, and no names
        assertEquals(bundled, Object.keys(await import(`file://${file}`)).sort(), out);
      }
      const main = new URL("bundle_main.ts", import.meta.url).pathname;
      await deno(["run", "--quiet", "--no-check", "--allow-all", main, `file://${folder}`]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
