/**
 * What `import "@socket/ssl"` costs: the time of a program that does nothing
 * else, compared to an empty one and to one that imports @peculiar/x509.
 * Sides take turns, and the least of their times counts: everything that comes
 * on top of it is the machine's.
 *
 *     deno run --allow-read --allow-run bench/import.ts [rounds]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { printTable, ratio } from "./table.ts";

const ROUNDS = Number(parseArgs(Deno.args)._[0] ?? 30);
const ROOT = new URL("../", import.meta.url);

const { exports }: { exports: Record<string, string> } = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", ROOT)),
);
const EMPTY = "an empty module";
const X509 = "@peculiar/x509";
const SIDES: Readonly<Record<string, string>> = {
  [EMPTY]: "bench/import/empty.ts",
  [X509]: "bench/import/x509.ts",
  ...exports,
};

/** One start, in milliseconds. */
async function start(file: string): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", new URL(file, ROOT).pathname],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  });
  const before = performance.now();
  const { success } = await command.output();
  if (!success) throw new Error(`${file} does not start`);
  return performance.now() - before;
}

for (const file of Object.values(SIDES)) {
  for (let i = 0; i < 2; i++) await start(file); // Deno's caches are filled
}
const least: Record<string, number> = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, file] of Object.entries(SIDES)) {
    least[name] = Math.min(least[name] ?? Infinity, await start(file));
  }
}
const [empty, x509] = [least[EMPTY]!, least[X509]!];
printTable(
  ["import", "ms", "more than empty", "of @peculiar/x509", "more, of its more"],
  Object.entries(least).map(([name, ms]) => [
    name === "." ? "@socket/ssl" : name.replace(/^\./, "@socket/ssl"),
    ms.toFixed(1),
    (ms - empty).toFixed(1),
    ratio(ms / x509),
    name === EMPTY ? "-" : ratio((ms - empty) / (x509 - empty)),
  ]),
);
