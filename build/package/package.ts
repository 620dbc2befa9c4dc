/**
 * The folder of the package: what a user of JSR gets.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { pathToFileURL } from "node:url";
import { LIBRARY } from "../../internal/caller.ts";
import { compile, COMPILED, entryName } from "./compile.ts";

/** What the package has of the project as it is: the product, its pages and its examples. */
const COPIED = [
  ...LIBRARY.filter((name) => name !== `${COMPILED}/`).map((name) => name.replace(/\/$/, "")),
  ...["docs", "examples", "std"], // std: its deno.json links it
  ...["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md"],
];

/** What docs/benchmarks.md is made from. */
const LEFT_OUT = ["docs/benchmarks.json"];

/** The other packages that compiled code imports. */
const IMPORTED = ["@std/cli", "@std/encoding", "node-forge"];

/** deno.json, as far as it matters here. */
interface Config {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** What was built. */
export interface Built {
  /** The number of compiled files, and of their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** The SHA-256 of the list of the sources with their SHA-256. */
  readonly sources: string;
}

async function copy(from: URL, to: URL, name: string): Promise<void> {
  if (LEFT_OUT.includes(name)) return;
  const { isDirectory } = await Deno.stat(new URL(name, from));
  if (!isDirectory) return await Deno.copyFile(new URL(name, from), new URL(name, to));
  await Deno.mkdir(new URL(name, to), { recursive: true });
  for await (const entry of Deno.readDir(new URL(name, from))) {
    if (!entry.name.startsWith(".")) await copy(from, to, `${name}/${entry.name}`);
  }
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  encodeHex(await crypto.subtle.digest("SHA-256", bytes));

async function hashOf(root: URL, sources: readonly string[]): Promise<string> {
  const lines = await Promise.all(sources.map(async (name) => {
    return `${await sha256(await Deno.readFile(new URL(name, root)))}  ${name}\n`;
  }));
  return await sha256(new TextEncoder().encode(lines.join("")));
}

/** deno.json of the package. */
function configOf({ name, version, license, exports, imports, links, compilerOptions }: Config) {
  return {
    name,
    version,
    license,
    exports: Object.fromEntries(
      Object.keys(exports).map((key) => [key, `./${COMPILED}/${entryName(key)}.js`]),
    ),
    imports: Object.fromEntries(IMPORTED.map((key) => [key, imports[key]])),
    links,
    compilerOptions,
    // git may ignore the folder, and does ignore the WebAssembly file in it.
    publish: { exclude: ["!**/*", "deno.lock"] },
  };
}

/** The folder, empty. A folder that holds something else than a package is left alone. */
async function emptied(folder: string, name: string): Promise<URL> {
  await Deno.mkdir(folder, { recursive: true });
  const target = pathToFileURL(`${await Deno.realPath(folder)}/`);
  const present = [...Deno.readDirSync(target)].map((entry) => entry.name);
  const config = present.includes(COMPILED)
    ? await Deno.readTextFile(new URL("deno.json", target))
    : "{}";
  if (present.length > 0 && JSON.parse(config).name !== name) {
    throw new Error(`Cannot build the package in ${folder}: it has something else in it`);
  }
  for (const entry of present) await Deno.remove(new URL(entry, target), { recursive: true });
  return target;
}

/**
 * Writes the package into a folder; an earlier package in it goes away.
 *
 * @param root The folder of the sources.
 */
export async function buildPackage(root: URL, folder: string): Promise<Built> {
  const config: Config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const { files, sources } = await compile(root, config.exports);
  const hash = await hashOf(root, sources);
  const heads = new Map(
    Object.entries(config.exports).map(([name, file]) => [
      `${COMPILED}/${entryName(name)}.js`,
      `// @ts-self-types="../${file.slice(2)}"\n` +
      `// ${config.name} ${config.version}, compiled from sources with the SHA-256 ${hash}\n`,
    ]),
  );
  const target = await emptied(folder, config.name);
  for (const name of COPIED) await copy(root, target, name);
  await Deno.mkdir(new URL(`${COMPILED}/`, target));
  for (const [path, text] of files) {
    await Deno.writeTextFile(new URL(path, target), (heads.get(path) ?? "") + text);
  }
  const json = JSON.stringify(configOf(config), null, 2);
  await Deno.writeTextFile(new URL("deno.json", target), `${json}\n`);
  const bytes = [...files.values()].reduce((sum, text) => sum + text.length, 0);
  return { files: files.size, bytes, sources: hash };
}
