/**
 * Modules that are made up for the compiler: an entry point, or what `import()` gives. Each has the
 * names of some files, and links whole chunks: what the same modules link lies in one file then.
 *
 * @module
 */

import type * as esbuild from "esbuild";
import { CHUNKS } from "./chunks.ts";
import type { SourceGraph } from "./graph.ts";

const named = (name: string) => CHUNKS.find((chunk) => chunk.name === name);

/** The texts of these modules. Their names: `entry <file>`, `later <file or chunk>`, `chunk <chunk>`. */
export class Facades {
  readonly #graph: SourceGraph;

  constructor(graph: SourceGraph) {
    this.#graph = graph;
  }

  /** What `import()` of a file gives: the file, or all of its chunk that is imported so. */
  later(file: string): string {
    const chunk = this.#graph.chunkOf(file);
    return `later ${chunk?.later ? chunk.name : file}`;
  }

  text(facade: string): string {
    const [kind, of] = facade.split(" ") as [string, string];
    const chunk = named(of);
    if (kind === "chunk") {
      const files = chunk === undefined ? [] : this.#graph.filesOf(chunk);
      return files.map((file) => `import "./${file}";\n`).join("");
    }
    const files = chunk === undefined ? [of.replace(/^\.\//, "")] : this.#graph.laterOf(chunk);
    return [
      ...files.map((file) => `export * from "./${file}";\n`),
      ...this.#graph.chunksFor(files).map(({ name }) => `import "chunk ${name}";\n`),
    ].join("");
  }

  /** Every name of what is imported later is there: `export *` leaves out what two files export. */
  check(outputs: esbuild.Metafile["outputs"]): void {
    for (const { entryPoint, exports } of Object.values(outputs)) {
      const chunk = named(entryPoint?.replace("facade:later ", "") ?? "");
      if (chunk === undefined) continue;
      const names = this.#graph.laterOf(chunk).flatMap((file) => this.#graph.namesOf(file));
      const lost = names.filter((name) => !exports.includes(name));
      if (lost.length > 0) {
        throw new Error(`Two files of "${chunk.name}" export ${lost.join(", ")}`);
      }
    }
  }
}

/**
 * Gives the compiler these modules.
 *
 * @param root The folder of the sources, with a slash at its end.
 */
export function facadesOf(facades: Facades, root: string): esbuild.Plugin {
  return {
    name: "facades",
    setup(build) {
      build.onResolve({ filter: /^(?:entry|chunk) / }, ({ path }) => {
        return { path, namespace: "facade" };
      });
      build.onResolve({ filter: /^\./ }, async ({ path, kind, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const found = await build.resolve(path, { kind: "import-statement", resolveDir });
        if (found.external || found.errors.length > 0) return found;
        return { path: facades.later(found.path.slice(root.length)), namespace: "facade" };
      });
      build.onLoad({ filter: /./, namespace: "facade" }, ({ path }) => {
        return { contents: facades.text(path), resolveDir: root };
      });
    },
  };
}
