/**
 * Compiles all entry points together, so that each class exists once, into files that hold what is
 * needed together (chunks.ts).
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { Facades, facadesOf } from "./facades.ts";
import { SourceGraph } from "./graph.ts";
import { classesOf, named, withClassNames } from "./names.ts";
import { withPlainNamespaces } from "./namespaces.ts";

/** The folder of the compiled files in the package. */
export const COMPILED = "compiled";

/** It finds the WebAssembly file by its own address, so it is compiled to a file beside that. */
const LOADER = "engine/wasm/loader";

/** What was compiled. */
export interface Compiled {
  /** The texts of the files, by their path in the package. */
  readonly files: ReadonlyMap<string, string>;
  /** The source files that are in them, by their path in the project. */
  readonly sources: readonly string[];
}

/** The name of a compiled entry point: `.` -> `mod`, `./ssleay/low` -> `ssleay-low`. */
export function entryName(name: string): string {
  return name === "." ? "mod" : name.slice(2).replaceAll("/", "-");
}

/** Where compiled code finds what is not compiled: other packages, and files of the package. */
function outside(path: string): string | undefined {
  if (/^(?:node:|@std\/|node-forge$)/.test(path) || path === "./source.js") return path;
  if (path.endsWith("/deno.json")) return "../deno.json";
  if (path.endsWith("/openssl_base64.js")) return "../engine/wasm/openssl_base64.js";
  if (path.endsWith("/loader.ts")) return `../${LOADER}.js`;
  return undefined;
}

const OUTSIDE: esbuild.Plugin = {
  name: "outside",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind, namespace }) => {
      const left = kind === "entry-point" || namespace === "facade" ? undefined : outside(path);
      return left === undefined ? undefined : { path: left, external: true };
    });
  },
};

/** What puts source.js into Deno's module graph: esbuild leaves out what never runs. */
function withSource(loader: string): string {
  const [left, whole] = ["() => false;", '() => false && import("./source.js");'];
  if (loader.split(left).length !== 2) throw new Error(`${LOADER}.ts: where is inGraph?`);
  return loader.replace(left, whole);
}

/**
 * Compiles the package.
 *
 * @param root The folder of the sources.
 * @param exports The source files of the entry points, as deno.json has them.
 */
export async function compile(
  root: URL,
  exports: Readonly<Record<string, string>>,
): Promise<Compiled> {
  const folder = fileURLToPath(root);
  const out: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      Object.entries(exports).map(([name, file]) => [file, `${COMPILED}/${entryName(name)}`]),
    ),
    [`./${LOADER}.ts`]: LOADER,
  };
  const build = (prefix: string, plugins: esbuild.Plugin[]) =>
    esbuild.build({
      absWorkingDir: folder,
      entryPoints: Object.entries(out).map(([file, out]) => ({ in: prefix + file, out })),
      outdir: folder,
      chunkNames: `${COMPILED}/[name]-[hash]`,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "neutral",
      target: "esnext",
      write: false,
      metafile: true,
      logLevel: "silent",
      plugins: [OUTSIDE, ...plugins],
    });
  try {
    const graph = new SourceGraph((await build("", [])).metafile);
    const facades = new Facades(graph);
    const { metafile, outputFiles, warnings } = await build("entry ", [
      facadesOf(facades, folder),
    ]);
    if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
    facades.check(metafile.outputs);
    const read = (file: string) => Deno.readTextFileSync(new URL(file, root));
    const classes = new Set(graph.files.flatMap((file) => classesOf(read(file))));
    const texts = new Map(outputFiles.map((file) => {
      const path = file.path.slice(folder.length);
      const text = withPlainNamespaces(withClassNames(file.text, classes), read);
      return [path, path === `${LOADER}.js` ? withSource(text) : text] as const;
    }));
    return { files: named(texts, metafile.outputs, graph), sources: graph.files };
  } finally {
    await esbuild.stop();
  }
}
