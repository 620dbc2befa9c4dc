/**
 * OpenSSL's libraries for WebAssembly, from the source package of Debian.
 *
 * @module
 */

import { debianSourceFiles, run } from "./debian.ts";
import {
  COLD,
  CONFIGURE,
  HOT,
  HOT_OBJECTS,
  sha256,
  SOURCE,
  SOURCE_DATE_EPOCH,
  TARGET,
} from "./recipe.ts";

/** How a build is run. */
export interface BuildOptions {
  /** How many compilers run at once. */
  readonly jobs: number;
  /** Gets a line for each step. */
  readonly say: (line: string) => void;
}

const COMPILE_LIMIT = 60 * 60_000;

/** What the libraries are made from, apart from the tools. */
export const LIBRARIES_RECIPE: unknown = {
  source: SOURCE,
  date: SOURCE_DATE_EPOCH,
  target: TARGET,
  configure: CONFIGURE,
  flags: [COLD, HOT, HOT_OBJECTS.source],
};

/**
 * Compares the files of a folder with their SHA-256.
 *
 * @throws {Error} If one is not what was expected.
 */
export async function checkFiles(
  folder: string,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, hash] of Object.entries(expected)) {
    const found = await sha256(await Deno.readFile(`${folder}/${name}`));
    if (found !== hash) {
      throw new Error(`Cannot use ${name}: its SHA-256 is ${found}, and must be ${hash}`);
    }
  }
}

/** Fetches the source, checks it and unpacks it below `work`; gives its folder. */
async function unpackedSource(work: string, { say }: BuildOptions): Promise<string> {
  const { package: name, version, suites, securitySuites, files } = SOURCE;
  say(`fetching ${name} ${version}`);
  const from = { dir: work, suites, securitySuites };
  const fetched = await debianSourceFiles(name, version, from).catch((cause) => {
    throw new Error(
      `Cannot fetch ${name} ${version}: Debian may have replaced it by a newer one, which recipe.ts must name (docs/wasm.md says how)`,
      { cause },
    );
  });
  await checkFiles(fetched, files);
  const folder = `${work}/openssl`;
  const [description = ""] = Object.keys(files).filter((file) => file.endsWith(".dsc"));
  await run("dpkg-source", ["--no-check", "-x", description, folder], { cwd: fetched });
  return folder;
}

/** The objects of a Makefile that are compiled for speed. */
export function hotObjects(makefile: string): string[] {
  const objects = [...makefile.matchAll(/^(\S+\.o):/gm)].map(([, object]) => object!);
  return [...new Set(objects)].filter((object) => HOT_OBJECTS.test(object));
}

async function compile(source: string, { jobs, say }: BuildOptions): Promise<void> {
  const env = { SOURCE_DATE_EPOCH, PERL: "perl", HASHBANGPERL: "/usr/bin/perl" };
  const options = { cwd: source, env, limit: COMPILE_LIMIT };
  await Deno.writeTextFile(`${source}/Configurations/99-socket-ssl.conf`, TARGET);
  say("configuring");
  await run("perl", ["./Configure", ...CONFIGURE], options);
  const make = (...args: string[]) => run("make", [`-j${jobs}`, ...args], options);
  await make("build_generated");
  const hot = hotObjects(await Deno.readTextFile(`${source}/Makefile`));
  say(`compiling ${hot.length} files for speed`);
  await make(`CFLAGS=${HOT}`, ...hot);
  say("compiling the others for size");
  // What is made already is not made again.
  await make(`CFLAGS=${COLD}`, "build_libs");
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile && name.endsWith(".h")) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Builds the libraries into `folder`, with their headers, lists of functions and licence. */
export async function buildLibraries(folder: string, options: BuildOptions): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-" });
  try {
    const source = await unpackedSource(work, options);
    await compile(source, options);
    const files = [
      "libssl.a",
      "libcrypto.a",
      "LICENSE.txt",
      "util/libssl.num",
      "util/libcrypto.num",
    ];
    for (const file of files) {
      await Deno.copyFile(`${source}/${file}`, `${folder}/${file.slice(file.indexOf("/") + 1)}`);
    }
    await copyFolder(`${source}/include/openssl`, `${folder}/include/openssl`);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
