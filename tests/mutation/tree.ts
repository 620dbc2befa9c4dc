/**
 * The tree that is tried: its files, who imports whom, and a copy in which faults are made.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** Folders of tests that run other processes, or look at the texts and not at what they do. */
const OTHERS = /^tests\/(?:interop|bundle|structure|permissions|examples|memory|mutation)\//;

/** A folder's text files, and what they import. */
export class Tree {
  /** The paths of all files, from the top. */
  readonly files: readonly string[];
  readonly #importers = new Map<string, string[]>();

  private constructor(files: readonly string[]) {
    this.files = files;
  }

  /** The project's. */
  static async read(): Promise<Tree> {
    const { stdout } = await new Deno.Command("git", {
      args: ["ls-files", "-co", "--exclude-standard"],
      cwd: ROOT,
    }).output();
    const listed = new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
    const there = await Promise.all(listed.map((path) => exists(path)));
    const tree = new Tree(listed.filter((_, i) => there[i]));
    for (const path of tree.files.filter((path) => path.endsWith(".ts"))) {
      const text = await tree.text(path);
      for (const [, target] of text.matchAll(/^(?:import|export)(?! type)[^;]*?"(\.[^"]+)"/gm)) {
        const imported = new URL(target!, new URL(path, ROOT)).href.replace(ROOT.href, "");
        tree.#importers.set(imported, [...tree.#importers.get(imported) ?? [], path]);
      }
    }
    return tree;
  }

  /** A file's text. */
  text(path: string): Promise<string> {
    return Deno.readTextFile(new URL(path, ROOT));
  }

  /** The library's files that a path names: itself, or those of a folder. */
  named(path: string): string[] {
    if (this.files.includes(path)) return [path];
    const folder = path.endsWith("/") ? path : `${path}/`;
    return this.files.filter((file) => file.startsWith(folder) && file.endsWith(".ts"));
  }

  /** The files of tests by the shortest chain of imports to one of the files, nearest first. */
  nearest(files: readonly string[]): string[] {
    const distance = new Map(files.map((file) => [file, 0]));
    for (const [at, far] of distance) { // grows as it is walked: breadth first
      for (const path of this.#importers.get(at) ?? []) {
        if (!distance.has(path)) distance.set(path, far + 1);
      }
    }
    return this.files
      .filter((path) => path.endsWith("_test.ts") && !OTHERS.test(path) && distance.has(path))
      .toSorted((a, b) => distance.get(a)! - distance.get(b)!);
  }

  /** A copy of the tree, in a folder of its own. */
  async copy(): Promise<string> {
    const folder = await Deno.makeTempDir({ prefix: "socket-ssl-mutation-" });
    for (const path of this.files) {
      const to = `${folder}/${path}`;
      await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(new URL(path, ROOT), to);
    }
    return folder;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(new URL(path, ROOT)).then(({ isFile }) => isFile, () => false);
}
