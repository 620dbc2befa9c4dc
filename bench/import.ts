/**
 * What `import "@socket/ssl"` costs, for the sources and for the package that is made from them: the
 * time of a program that does nothing else, compared to an empty one beside it, and to one that
 * imports @peculiar/x509. Sides take turns, and the least of their times counts: everything that
 * comes on top of it is the machine's.
 *
 *     deno run --allow-all bench/import.ts [rounds] [another tree's mod.ts]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { pathToFileURL } from "node:url";
import { entryName } from "../build/package/compile.ts";
import { buildPackage } from "../build/package/package.ts";
import { printTable, ratio } from "./table.ts";

const [given = 30, other] = parseArgs(Deno.args)._;
const ROUNDS = Number(given);
const ROOT = new URL("../", import.meta.url);

const config: { readonly exports: Record<string, string>; readonly name: string } = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", ROOT)),
);
/** The entry points; ./cli is a program. */
const ENTRIES = Object.entries(config.exports).filter(([entry]) => entry !== "./cli");

/** A module that is imported, and the empty one that has the same deno.json. */
interface Side {
  readonly name: string;
  readonly file: URL;
  readonly empty: string;
}

/** One start, in milliseconds. */
async function start(file: URL): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", file.href],
    cwd: new URL(".", file),
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  });
  const before = performance.now();
  const { success } = await command.output();
  if (!success) throw new Error(`${file} does not start`);
  return performance.now() - before;
}

async function measure(sides: readonly Side[]): Promise<Map<string, number>> {
  for (const { file } of sides) {
    for (let i = 0; i < 2; i++) await start(file); // Deno's caches are filled
  }
  const least = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, file } of sides) {
      least.set(name, Math.min(least.get(name) ?? Infinity, await start(file)));
    }
  }
  return least;
}

function print(sides: readonly Side[], least: ReadonlyMap<string, number>): void {
  const more = (side: Side) => least.get(side.name)! - least.get(side.empty)!;
  const x509 = sides.find((side) => side.name === X509)!;
  printTable(
    ["import", "ms", "more than empty", "of what @peculiar/x509 takes more"],
    sides.map((side) => [
      side.name,
      least.get(side.name)!.toFixed(1),
      side.name === side.empty ? "-" : more(side).toFixed(1),
      side.name === side.empty ? "-" : ratio(more(side) / more(x509)),
    ]),
  );
}

const EMPTY = "an empty module";
const X509 = "@peculiar/x509";
const BESIDE = "an empty module beside the package";

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "socket-ssl-import-" }));
try {
  await buildPackage(ROOT, folder);
  await Deno.copyFile(new URL("deno.lock", ROOT), `${folder}/deno.lock`);
  await Deno.writeTextFile(`${folder}/empty.js`, "");
  const built = pathToFileURL(`${folder}/`);
  const of = (entry: string) => config.name + entry.slice(1);
  const sides: readonly Side[] = [
    { name: EMPTY, file: new URL("import/empty.ts", import.meta.url), empty: EMPTY },
    { name: X509, file: new URL("import/x509.ts", import.meta.url), empty: EMPTY },
    { name: BESIDE, file: new URL("empty.js", built), empty: BESIDE },
    ...ENTRIES.map(([entry]) => ({
      name: of(entry),
      file: new URL(`compiled/${entryName(entry)}.js`, built),
      empty: BESIDE,
    })),
    ...ENTRIES.map(([entry, file]) => ({
      name: `${of(entry)}, sources`,
      file: new URL(file, ROOT),
      empty: EMPTY,
    })),
    ...(other === undefined
      ? []
      : [{ name: String(other), file: pathToFileURL(String(other)), empty: EMPTY }]),
  ];
  print(sides, await measure(sides));
} finally {
  await Deno.remove(folder, { recursive: true });
}
