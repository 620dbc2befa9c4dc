/**
 * What the first context of a program costs: loading the engine, binding the C functions, making
 * the context; on both engines, with the import of the package as the measure. Each time is that of
 * a process of its own. Sides take turns, and the least of their times counts: everything that comes
 * on top of it is the machine's.
 *
 *     deno run --allow-read --allow-run bench/first_context.ts [rounds]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { printTable, ratio } from "./table.ts";

const ROUNDS = Number(parseArgs(Deno.args)._[0] ?? 20);
const MAIN = new URL("../mod.ts", import.meta.url).href;
/** Each engine without default anchors, the reading of which would outweigh it. */
const ENGINES = {
  openssl: { engine: "openssl", ca: [] },
  deno: { engine: "deno" },
} as const;

interface Times {
  readonly imported: number;
  readonly first: number;
  readonly second: number;
}

const script = (options: object): string => `
  const started = performance.now();
  const { SslContext } = await import(${JSON.stringify(MAIN)});
  const imported = performance.now();
  const make = () => SslContext.create(${JSON.stringify(options)});
  await make();
  const first = performance.now();
  await make();
  const second = performance.now();
  console.log(JSON.stringify({
    imported: imported - started,
    first: first - imported,
    second: second - first,
  }));`;

/** The times of one process, in milliseconds. */
async function start(options: object): Promise<Times> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-ffi", "-"],
    cwd: new URL("../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script(options)));
  await writer.close();
  const { stdout } = await child.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

const least = new Map<string, Times>();
for (let round = 0; round < ROUNDS + 1; round++) { // the first one fills Deno's caches
  for (const [engine, options] of Object.entries(ENGINES)) {
    const { imported, first, second } = await start(options);
    const best = least.get(engine) ?? { imported, first, second };
    least.set(engine, {
      imported: Math.min(imported, best.imported),
      first: Math.min(first, best.first),
      second: Math.min(second, best.second),
    });
  }
}
printTable(
  ["engine", "import, ms", "first context, ms", "of the import", "a second context, ms"],
  [...least].map(([engine, { imported, first, second }]) => [
    engine,
    imported.toFixed(1),
    first.toFixed(1),
    ratio(first / imported),
    second.toFixed(1),
  ]),
);
