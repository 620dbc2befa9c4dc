/**
 * Runs the tests of the engine "openssl" on the WebAssembly file: they get their library from
 * library.ts, by an import map.
 */

/** What the engine "openssl" has to do on the WebAssembly file, too. */
const FOLDERS = ["engine", "context", "socket", "security", "hostile", "verify"];
const FILES = [
  "tests/contract/openssl_test.ts",
  "tests/ssleay/low/calls_test.ts",
  "tests/ssleay/low/handshake_test.ts",
];

/** The tests that are not run: they are about FFI itself, which shares memory, has other threads and more functions. */
const SPARED = [
  "Callbacks: a session is asked as long as it is registered, and a callback that runs is known",
  "OpenSSL derives the keys that the library derives itself",
  "a peer that asks for key updates and takes no answer is cut off",
  "an engine that was loaded derives; where it cannot, the library does",
  "bind() calls a function with arguments on the stack",
  "bind() calls a function with its own arguments, compiled or not",
  "bind() gives null for an optional function that the library lacks, and throws for another",
  "key updates whose answers are taken go on for ever",
  "the event loop goes on while OpenSSL derives",
  "what is lent is read in place, and given back when it was read, taken back or freed",
];

const ROOT = new URL("../../../", import.meta.url);

/** The import map: deno.json's, and library.ts for everybody but itself. */
async function importMap(): Promise<string> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const packages = Object.entries(config.imports as Record<string, string>).flatMap((
    [name, target],
  ) => [[name, target], [`${name}/`, `${target.replace(":", ":/")}/`]]);
  const here = new URL("./", import.meta.url).href;
  const real = ["library", "binder"].map((name) => new URL(`engine/openssl/${name}.ts`, ROOT).href);
  return JSON.stringify({
    imports: Object.fromEntries([
      ...packages,
      ...real.map((url) => [url, `${here}library.ts`]),
    ]),
    scopes: { [here]: Object.fromEntries(real.map((url) => [url, url])) },
  });
}

/** The names of the tests that a report in JUnit's form says were not run. */
function skippedIn(report: string): string[] {
  const cases = report.matchAll(/<testcase name="([^"]*)"[^>]*>\s*<skipped/g);
  const entities: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">" };
  const text = (name: string) =>
    name.replace(
      /&(?:#(\d+)|(\w+));/g,
      (_, code, entity) =>
        code === undefined ? entities[entity] ?? "'" : String.fromCodePoint(Number(code)),
    );
  return [...cases].map(([, name]) => text(name!)).sort();
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

/** The test files that reach the library: the others do the same whatever it is. */
async function testFiles(dir: string): Promise<string[]> {
  const files = FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(new URL(`tests/${folder}/`, ROOT))]
      .filter(({ name }) => name.endsWith("_test.ts")).map(({ name }) => `tests/${folder}/${name}`)
  ).concat(FILES);
  const all = `${dir}/all.ts`;
  await Deno.writeTextFile(all, files.map((file) => `import "${new URL(file, ROOT)}";\n`).join(""));
  const config = new URL("deno.json", ROOT).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", config, all],
  }).output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const users = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of modules) {
    for (const { code } of dependencies) {
      if (code?.specifier === undefined) continue;
      users.set(code.specifier, [...users.get(code.specifier) ?? [], specifier]);
    }
  }
  const found = new Set([new URL("engine/openssl/binder.ts", ROOT).href]);
  for (const module of found) for (const user of users.get(module) ?? []) found.add(user);
  return files.filter((file) => found.has(new URL(file, ROOT).href));
}

/** Says whether other tests were skipped than those that may be. */
function skipsOthers(skipped: readonly string[]): boolean {
  const odd = [
    ...skipped.filter((name) => !SPARED.includes(name)).map((name) => `skipped: ${name}`),
    ...SPARED.filter((name) => !skipped.includes(name)).map((name) => `not skipped: ${name}`),
  ];
  if (odd.length === 0) return false;
  console.error(`Only ${SPARED.length} tests may be skipped on WebAssembly:\n${odd.join("\n")}`);
  return true;
}

/**
 * Runs tests, or with none named all of them; those that are skipped must be {@linkcode SPARED}.
 *
 * @returns The code with which to exit.
 */
export async function runOnWasm(tests: readonly string[]): Promise<number> {
  const all = tests.every((each) => each.startsWith("-"));
  const dir = await Deno.makeTempDir();
  const map = `${dir}/import_map.json`, report = `${dir}/report.xml`;
  try {
    await Deno.writeTextFile(map, await importMap());
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["test", "--allow-all", "--trace-leaks", "--parallel", "--no-check"],
        ...[`--import-map=${map}`, `--junit-path=${report}`, ...tests],
        ...(all ? await testFiles(dir) : []),
      ],
      cwd: ROOT,
      env: { SSLEAY_BACKEND: "wasm" },
    }).spawn().status;
    if (code !== 0 || tests.length > 0) return code;
    return skipsOthers(skippedIn(await Deno.readTextFile(report))) ? 1 : 0;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
