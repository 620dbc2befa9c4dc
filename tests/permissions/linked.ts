/** What is linked with a module, and what it reaches: Deno's module graph. */

import { ROOT } from "./headers.ts";

interface Graph {
  readonly roots: readonly string[];
  readonly redirects?: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly size?: number;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/**
 * The modules that are linked when a program imports the entry, with their sizes. `all` adds those
 * behind import(): Deno reads their files, too, though it runs nothing of them.
 */
export async function linked(
  entry: string,
  all = false,
  root: URL = ROOT,
): Promise<Map<string, number>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL(entry, root).href],
    cwd: root,
  }).output();
  const { roots, redirects = {}, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Map<string, number>();
  const queue = [...roots];
  for (let next; (next = queue.pop()) !== undefined;) {
    const specifier = redirects[next] ?? next;
    const name = specifier.replace(root.href, "");
    if (found.has(name)) continue;
    const module = bySpecifier.get(specifier);
    // A file of WebAssembly is not text to be parsed, and costs next to nothing (see bench/tried.md).
    if (!name.endsWith(".wasm")) found.set(name, module?.size ?? 0);
    for (const { isDynamic, code } of module?.dependencies ?? []) {
      if ((all || !isDynamic) && code?.specifier !== undefined) queue.push(code.specifier);
    }
  }
  return found;
}
