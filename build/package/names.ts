/**
 * Names of compiled files: those of the chunks in place of hashes, so that a stack says what ran.
 *
 * @module
 */

import type { Metafile } from "esbuild";
import type { SourceGraph } from "./graph.ts";

/** What the compiler calls its own code: functions that make objects of modules (namespaces.ts). */
const RUNTIME = "<runtime>";

/** The files under their final names. */
export function named(
  texts: ReadonlyMap<string, string>,
  outputs: Metafile["outputs"],
  graph: SourceGraph,
): Map<string, string> {
  const taken = new Set<string>();
  const renamed = new Map<string, string>();
  const take = (path: string, wanted: string) => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
    taken.add(name);
    renamed.set(path, name);
  };
  const helpers: string[] = [];
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint?.startsWith("facade:entry ")) take(path, baseOf(path));
  }
  for (const [path, { inputs, entryPoint }] of Object.entries(outputs)) {
    if (renamed.has(path)) continue;
    if (Object.keys(inputs).every((file) => file === RUNTIME)) {
      helpers.push(path);
      continue;
    }
    const files = Object.keys(inputs).filter((file) => !file.startsWith("facade:"));
    const chunk = files.map((file) => graph.chunkOf(file)).find((chunk) => chunk !== undefined);
    const later = entryPoint?.replace("facade:later ", "");
    if (chunk !== undefined) take(path, chunk.name);
    else take(path, dashed(later === undefined ? `with-${largest(inputs)}` : `later-${later}`));
  }
  const imports = helpers.map((path) =>
    new RegExp(
      `^import (?:\\{[^}]*\\} from )?"[./]+/(?:compiled/)?${baseOf(path)}\\.js";\n`,
      "gm",
    )
  );
  const replaced = [...renamed].filter(([path, name]) => baseOf(path) !== name);
  const used = [...texts].filter(([path]) => !helpers.includes(path));
  return new Map(used.map(([path, text]) => {
    for (const each of imports) text = text.replace(each, ""); // all link it, none uses it
    for (const [old, name] of replaced) {
      text = text.replaceAll(`/${baseOf(old)}.js"`, `/${name}.js"`);
    }
    return [path.replace(baseOf(path), renamed.get(path)!), text];
  }));
}

/**
 * Classes under their own names, which `error.name` and what is printed show: esbuild writes
 * `var A = class _A` for a class that names itself.
 *
 * @param known The names of the classes of the sources.
 */
export function withClassNames(text: string, known: ReadonlySet<string>): string {
  for (const [, name, inner] of text.matchAll(/^var (\w+) = class(?: (_\w+))?/gm)) {
    // The compiler numbers what two modules of a file call the same.
    if (!known.has(name!)) throw new Error(`The class ${name} has another name in the sources`);
    if (inner !== undefined) text = text.replaceAll(new RegExp(`\\b${inner}\\b`, "g"), name!);
  }
  return text;
}

/** The names of the classes that a source has. */
export function classesOf(source: string): string[] {
  return [...source.matchAll(/\bclass (\w+)/g)].map(([, name]) => name!);
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1, -".js".length);

const dashed = (path: string): string => path.replace(/\.ts$/, "").replaceAll("/", "-");

function largest(inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>): string {
  const sorted = Object.entries(inputs).sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput);
  return sorted[0]?.[0] ?? "nothing";
}
