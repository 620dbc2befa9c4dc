/**
 * Builds OpenSSL as WebAssembly: `engine/wasm/openssl.wasm` and what goes along with it.
 *
 *     deno task build:wasm [--jobs <number>] [--verify] [--newer] [--pin]
 *
 * What was built once is kept in the user's cache folder: the next build is a copy. docs/wasm.md says
 * more.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { concat } from "../../internal/bytes.ts";
import { debianVersions, run } from "./debian.ts";
import { cacheFolder, keptOr, keyOf } from "./kept.ts";
import { buildLibraries, type BuildOptions, LIBRARIES_RECIPE } from "./libraries.ts";
import { buildModule, type ModuleFacts, moduleRecipe, ROOT, WRITTEN } from "./module.ts";
import { CONFIGURE, sha256, SOURCE } from "./recipe.ts";
import { missingMessage, missingPackages, toolchain } from "./toolchain.ts";

const USAGE = `deno task build:wasm [--jobs <number>] [--verify] [--newer] [--pin]

  --jobs    how many compilers run at once; without it, one for each processor
  --verify  builds once more, somewhere else, and compares every byte
  --newer   builds nothing: says whether Debian has a newer OpenSSL than the recipe
  --pin     writes the hash of the libraries to build/wasm/pinned.json, which later builds
            of the same recipe must have
`;

const TARGET_FOLDER = new URL("engine/wasm/", ROOT);
const PINNED = new URL("pinned.json", import.meta.url);

/** What some libraries are made from, and what came out. */
interface Pinned {
  readonly recipe: string;
  readonly sha256: string;
}

interface Built {
  readonly libraries: Pinned;
  /** The folder of the finished files. */
  readonly folder: string;
}

const readJson = async <T>(path: string | URL): Promise<T> =>
  JSON.parse(await Deno.readTextFile(path)) as T;

/** Builds what the cache folder lacks. */
async function build(cache: string, options: BuildOptions): Promise<Built> {
  const tools = await toolchain();
  const librariesKey = await keyOf([LIBRARIES_RECIPE, tools]);
  const libraries = await keptOr(
    cache,
    `libraries-${librariesKey}`,
    (folder) => buildLibraries(folder, options),
  );
  const archives = ["libcrypto.a", "libssl.a"].map((name) => Deno.readFile(`${libraries}/${name}`));
  const hash = await sha256(concat(await Promise.all(archives)));
  const recipe = await moduleRecipe(librariesKey, libraries);
  const key = await keyOf(recipe);
  const folder = await keptOr(cache, `module-${key}`, (folder) => {
    options.say(`linking, with ${recipe.names.length} functions exported`);
    const facts = { recipe: key, source: SOURCE, configure: CONFIGURE, tools };
    return buildModule(folder, libraries, recipe, facts);
  });
  return { libraries: { recipe: librariesKey, sha256: hash }, folder };
}

async function install(folder: string): Promise<void> {
  for (const name of Object.values(WRITTEN)) {
    await Deno.copyFile(`${folder}/${name}`, new URL(name, TARGET_FOLDER));
  }
}

/** Fails if the same recipe has given other libraries before. */
async function comparePinned({ recipe, sha256 }: Pinned, say: BuildOptions["say"]) {
  const pinned = await readJson<Pinned>(PINNED);
  if (pinned.recipe !== recipe) {
    say("the recipe or a tool is not that of pinned.json: the libraries are not compared");
  } else if (pinned.sha256 !== sha256) {
    throw new Error(`The build is not reproducible: ${sha256} is not ${pinned.sha256}`);
  } else say("the libraries are those of pinned.json, byte for byte");
}

/** Fails if a second build, in other folders, gives other bytes. */
async function verify(first: ModuleFacts, options: BuildOptions): Promise<void> {
  const cache = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-again-" });
  try {
    const { folder } = await build(cache, options);
    const again = await readJson<ModuleFacts>(`${folder}/${WRITTEN.facts}`);
    if (again.sha256 !== first.sha256) {
      throw new Error(`The build is not reproducible: ${again.sha256} is not ${first.sha256}`);
    }
    options.say("a second build gave the same bytes");
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Says which newer versions Debian has; gives the code that the process ends with. */
async function tellNewer(): Promise<number> {
  const { package: name, version, suites, securitySuites } = SOURCE;
  const dir = await Deno.makeTempDir({ prefix: "socket-ssl-wasm-" });
  const newer: string[] = [];
  try {
    for (const each of await debianVersions(name, { dir, suites, securitySuites })) {
      const later = run("dpkg", ["--compare-versions", each, "gt", version], { cwd: dir });
      if (await later.then(() => true, () => false)) newer.push(each);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  if (newer.length === 0) console.log(`${name} ${version} is the newest in Debian`);
  else console.log(`newer than ${version}: ${newer.join(", ")} (docs/wasm.md says what to do)`);
  return newer.length === 0 ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const unknown: string[] = [];
  const flags = parseArgs([...args], {
    boolean: ["verify", "newer", "pin", "help"],
    string: ["jobs"],
    default: { jobs: String(navigator.hardwareConcurrency) },
    unknown: (argument) => {
      unknown.push(argument);
    },
  });
  const jobs = Number(flags.jobs);
  if (flags.help || unknown.length > 0 || !Number.isInteger(jobs) || jobs < 1) {
    console.error(USAGE);
    return flags.help ? 0 : 2;
  }
  if (flags.newer) return await tellNewer();
  const missing = await missingPackages();
  if (missing.length > 0) {
    console.error(missingMessage(missing));
    return 1;
  }
  const options: BuildOptions = { jobs, say: console.log };
  const { folder, libraries } = await build(cacheFolder(), options);
  await install(folder);
  const facts = await readJson<ModuleFacts>(`${folder}/${WRITTEN.facts}`);
  const { size } = await Deno.stat(`${folder}/${WRITTEN.module}`);
  console.log(`engine/wasm/openssl.wasm: ${facts.version}, ${size} bytes, SHA-256 ${facts.sha256}`);
  if (flags.pin) {
    await Deno.writeTextFile(PINNED, `${JSON.stringify(libraries, null, 2)}\n`);
  }
  await comparePinned(libraries, console.log);
  if (flags.verify) await verify(facts, options);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
