/**
 * Which source file imports which, and which chunk holds it.
 *
 * @module
 */

import type { Metafile } from "esbuild";
import { type Chunk, CHUNKS } from "./chunks.ts";

/** What the compiler found out about the sources. Paths are those below the root of the project. */
export class SourceGraph {
  /** What each file imports at once, and what it may import later. */
  readonly #imports = new Map<string, { readonly now: string[]; readonly later: string[] }>();
  /** The names of what is imported with `import()`. */
  readonly #names = new Map<string, readonly string[]>();
  readonly #chunks = new Map<string, Chunk>();

  /** @param found What a build with splitting wrote down: its entries are the entry points. */
  constructor({ inputs, outputs }: Metafile) {
    for (const [file, { imports }] of Object.entries(inputs)) {
      const inside = imports.filter(({ external }) => !external);
      const of = (kind: string) => inside.filter((one) => one.kind === kind).map((one) => one.path);
      this.#imports.set(file, { now: of("import-statement"), later: of("dynamic-import") });
    }
    for (const { entryPoint, exports } of Object.values(outputs)) {
      if (entryPoint !== undefined) this.#names.set(entryPoint, exports);
    }
    for (const chunk of CHUNKS) {
      for (const root of chunk.roots) {
        if (!this.#imports.has(root)) throw new Error(`${root} of "${chunk.name}" is not there`);
        for (const file of this.linked(root)) {
          if (!this.#chunks.has(file)) this.#chunks.set(file, chunk);
        }
      }
    }
  }

  /** All files, in their order. */
  get files(): string[] {
    return [...this.#imports.keys()].sort();
  }

  /** All that is linked with a file, and itself. */
  linked(file: string): Set<string> {
    const found = new Set([file]);
    for (const each of found) {
      for (const next of this.#imports.get(each)?.now ?? []) found.add(next);
    }
    return found;
  }

  /** The chunk that holds a file. */
  chunkOf(file: string): Chunk | undefined {
    return this.#chunks.get(file);
  }

  /** The files of a chunk, in the order in which its roots link them. */
  filesOf(chunk: Chunk): string[] {
    return [...this.#chunks].filter(([, of]) => of === chunk).map(([file]) => file);
  }

  /** The chunks that some files need, as a whole each: from the ground up. */
  chunksFor(files: readonly string[]): Chunk[] {
    const needed = new Set<Chunk>();
    const queue = [...files];
    for (let file; (file = queue.pop()) !== undefined;) {
      for (const each of this.linked(file)) {
        const chunk = this.chunkOf(each);
        if (chunk === undefined || needed.has(chunk)) continue;
        needed.add(chunk);
        queue.push(...this.filesOf(chunk));
      }
    }
    return CHUNKS.filter((chunk) => needed.has(chunk));
  }

  /** What is imported later of the files of a chunk. */
  laterOf(chunk: Chunk): string[] {
    const later = new Set([...this.#imports.values()].flatMap((one) => one.later));
    return this.filesOf(chunk).filter((file) => later.has(file));
  }

  /** The names that a file exports that is an entry point, or imported later. */
  namesOf(file: string): readonly string[] {
    const names = this.#names.get(file);
    if (names === undefined) throw new Error(`${file} is no entry point, and never imported later`);
    return names;
  }
}
