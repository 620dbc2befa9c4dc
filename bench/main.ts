/**
 * The benchmark: what this library costs compared to Deno's own TLS, to the least that JavaScript
 * can do, and to C, Perl, Python, Node and Go. It writes docs/benchmarks.json and the page that is
 * made from it.
 *
 *     deno task bench                      everything, about ten minutes
 *     deno task bench --quick              less of everything, about two minutes
 *     deno task bench --page               the page again, from the last results
 *     deno task bench --print --only=round,lines --role=client --sides=deno,openssl
 *     deno task bench --print --sides=deno,openssl,openssl@../before    what a change did
 *     deno task bench --print --only=handshakes --sides=deno,openssl --profile=/tmp/profiles
 *
 * `--print` writes nothing. `--only` takes words of the works' names, or load, idle, pairs, start,
 * growth.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { CONTENDERS, kindOf, present, titleOf } from "./contenders.ts";
import { measureStarts } from "./first_connection.ts";
import { measureGrowth } from "./growth.ts";
import { goalsOf } from "./goals.ts";
import { machine } from "./machine.ts";
import { charts, page } from "./page.ts";
import { output, Peers } from "./peers.ts";
import { best, type Results } from "./results.ts";
import { median, timesBetter } from "./statistics.ts";
import { measureIdle, measureLoad, measurePairs } from "./surroundings.ts";
import { printTable, ratio } from "./table.ts";
import { measureClients, measureServers, type Run, WORKS } from "./works.ts";

const DOCS = new URL("../docs/", import.meta.url);
const JSON_FILE = new URL("benchmarks.json", DOCS);

const flags = parseArgs(Deno.args, {
  string: ["rounds", "scale", "only", "role", "sides", "profile"],
  boolean: ["quick", "page", "print"],
  default: { sides: Object.keys(CONTENDERS).join(",") },
  unknown: (argument) => {
    throw new TypeError(`unknown argument ${argument}: see the top of bench/main.ts`);
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 5));
const scale = Number(flags.scale ?? (flags.quick ? 0.25 : 1));
const only = flags.only?.split(",");
const wanted = (name: string) => only === undefined || only.some((word) => name.includes(word));

/** The name of a side for others: another tree is named by its commit. */
async function labels(sides: readonly string[]): Promise<Map<string, string>> {
  const named = sides.map(async (side): Promise<[string, string]> => {
    const tree = side.split("@")[1];
    if (tree === undefined) return [side, side];
    const commit = await output("git", ["-C", tree, "rev-parse", "--short", "HEAD"]);
    return [side, `${kindOf(side)}@${commit?.trim() ?? "another tree"}`];
  });
  return new Map(await Promise.all(named));
}

async function measure(): Promise<Results> {
  await using peers = await Peers.build();
  const found = await present(flags.sides.split(","), peers.native, output);
  const names = await labels(found.there);
  const run: Run = {
    peers,
    sides: found.there,
    label: (side) => names.get(side)!,
    rounds,
    scale,
    errors: [],
    ...(flags.profile && { profile: flags.profile }),
  };
  const role = (name: string) => flags.role === undefined || flags.role === name;
  const works = WORKS.filter(({ name }) => wanted(name));
  const measured = [
    ...(works.length > 0 && role("client") ? await measureClients(run, works) : []),
    ...(works.length > 0 && role("server") ? await measureServers(run, works) : []),
  ];
  const rest: { -readonly [K in keyof Results]?: Results[K] } = {};
  const clients = 200;
  if (peers.native && role("server")) {
    if (wanted("load")) rest.load = { clients, sides: await measureLoad(run, clients) };
    if (wanted("idle")) rest.idle = await measureIdle(run, scale < 0.5 ? 300 : 1000);
  }
  if (wanted("pairs") && run.sides.includes("wasm") && role("client")) {
    Object.assign(rest, await measurePairs(run));
  }
  if (wanted("start") && role("client")) rest.starts = await measureStarts(run);
  if (peers.native && wanted("growth")) {
    rest.growth = await measureGrowth(run, scale < 0.5 ? 1000 : 5000);
  }
  return {
    machine: await machine(found.versions),
    settings: { rounds, scale, day: new Date().toISOString().slice(0, 10) },
    missing: found.missing,
    errors: run.errors.map((error) => error.replaceAll(peers.folder, "")),
    works: measured,
    ...rest,
  };
}

/** Numbers with five digits say all that a run knows. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(5))
    : value;
}

async function writePage(results: Results): Promise<void> {
  const tried = await Deno.readTextFile(new URL("./tried.md", import.meta.url));
  await Deno.writeTextFile(new URL("benchmarks.md", DOCS), page(results, tried));
  const folder = new URL("benchmarks/", DOCS);
  await Deno.mkdir(folder, { recursive: true });
  for (const { name } of [...Deno.readDirSync(folder)]) await Deno.remove(new URL(name, folder));
  for (const [name, text] of Object.entries(charts(results))) {
    await Deno.writeTextFile(new URL(name, folder), text);
  }
}

function print(results: Results): void {
  const rows = results.works.flatMap(({ work, role, total, sides }) =>
    Object.entries(sides).map(([side, { wall, cpu }]) => [
      `${work}, ${role}`,
      titleOf(side),
      (total / median(wall)).toFixed(0),
      ratio(median(timesBetter(wall, sides.deno?.wall))),
      (median(cpu) / total * 1e6).toPrecision(4),
      ratio(median(timesBetter(cpu, sides.deno?.cpu))),
    ])
  );
  if (rows.length > 0) {
    printTable(["", "side", "a second", "of bare Deno", "CPU each, us", "cheaper"], rows);
  }
  for (const { name, goal, text, measured, reached } of goalsOf(results)) {
    if (!Number.isNaN(measured)) {
      console.log(`${reached ? "yes" : "no "}  ${name}: ${text}, ${goal}`);
    }
  }
  for (const [what, seen] of Object.entries({ idle: results.idle, start: results.starts })) {
    for (const [name, all] of Object.entries(seen ?? {})) {
      console.log(`${what}: ${name}: ${median(all).toFixed(1)}`);
    }
  }
  for (const { what, unit, wasm, openssl } of results.pairs ?? []) {
    console.log(`pairs: ${what}: ${best(unit, wasm)} ${unit}, FFI ${best(unit, openssl)}`);
  }
  for (const row of results.growth ?? []) console.log(JSON.stringify(row, rounded));
  for (const side of results.missing) console.log(`not installed: ${titleOf(side)}`);
  for (const error of results.errors) console.log(`failed: ${error}`);
}

if (!flags.page) {
  const text = JSON.stringify(await measure(), rounded, 1);
  print(JSON.parse(text));
  if (!flags.print) await Deno.writeTextFile(JSON_FILE, `${text}\n`);
}
if (!flags.print) await writePage(JSON.parse(await Deno.readTextFile(JSON_FILE)));
Deno.exit(0);
