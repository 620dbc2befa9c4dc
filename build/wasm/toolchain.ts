/**
 * The programs and libraries of the build: whether they are there, and what they are.
 *
 * @module
 */

import { run } from "./debian.ts";
import { PROGRAMS, RUNTIME, sha256 } from "./recipe.ts";

/** The tools whose versions decide on the bytes of the module. */
const DECIDING = ["clang-19", "wasm-ld-19", "wasm-opt"] as const;

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  const found = await Promise.all(folders.map((folder) => isThere(`${folder}/${program}`)));
  return found.includes(true);
}

/** The packages of Debian that the build needs and that are not there. */
export async function missingPackages(
  programs: Readonly<Record<string, string>> = PROGRAMS,
  files: Readonly<Record<string, string>> = RUNTIME,
): Promise<string[]> {
  const absent = new Set<string>();
  for (const [name, owner] of Object.entries(programs)) {
    if (!await isOnPath(name)) absent.add(owner);
  }
  for (const [path, owner] of Object.entries(files)) if (!await isThere(path)) absent.add(owner);
  return [...absent].sort();
}

/** Says which packages are missing, and how they are installed. */
export function missingMessage(packages: readonly string[]): string {
  return `Cannot build openssl.wasm: ${packages.join(", ")} ${
    packages.length === 1 ? "is" : "are"
  } not installed: run\n  apt-get install ${packages.join(" ")}`;
}

/** What the tools are: the part of the recipe that the machine adds. */
export async function toolchain(): Promise<Record<string, string>> {
  const tools: Record<string, string> = {};
  for (const name of DECIDING) {
    const [line = ""] = (await run(name, ["--version"], { cwd: "/" })).split("\n");
    tools[name] = line.trim();
  }
  for (const path of Object.keys(RUNTIME)) {
    tools[path.slice(path.lastIndexOf("/") + 1)] = await sha256(await Deno.readFile(path));
  }
  return tools;
}
