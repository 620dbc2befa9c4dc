/**
 * Whole programs that start, make one connection and end: over the sources, over the package that is
 * made from them, and in other languages.
 *
 * @module
 */

import { buildPackage } from "../build/package/package.ts";
import { output } from "./peers.ts";
import type { PerSide } from "./results.ts";
import type { Run } from "./works.ts";

const HERE = new URL("./", import.meta.url).pathname;
const ROOT = new URL("../", import.meta.url);

/** A program: the side that it needs, its file, and its engine. */
type Program = readonly [side: string, file: string, engine?: string];

/** The programs that use this library, or are compared with one that does. */
const OURS: Readonly<Record<string, Program>> = {
  "an empty module": ["deno", "../import/empty.ts"],
  "import @socket/ssl": ["openssl", "import.ts"],
  "OpenSSL engine": ["openssl", "engine.ts", "openssl"],
  "Deno engine": ["deno-engine", "engine.ts", "deno"],
  "WebAssembly engine": ["wasm", "engine.ts", "wasm"],
};

const OTHERS: Readonly<Record<string, Program>> = {
  "bare Deno": ["deno", "bare.ts"],
  "Perl, IO::Socket::SSL": ["perl", "perl.pl"],
  "Python, ssl": ["python", "python.py"],
  "Node, tls": ["node", "node.mjs"],
};

/** The name of a program of ours that runs over the package, which is what users get. */
export const ofPackage = (name: string): string => `${name}, package`;
const ofSources = (name: string): string => `${name}, sources`;

/** The program over which another one is counted: an empty module with the same deno.json. */
export function emptyOf(name: string): string {
  const empty = "an empty module";
  return name.endsWith(ofPackage("")) ? ofPackage(empty) : ofSources(empty);
}

/** What every program finds in its environment; Deno does not look for a newer Deno. */
const ENVIRONMENT = { DENO_NO_UPDATE_CHECK: "1", RUST_BACKTRACE: "0" };

function commandOf([, file, engine = ""]: Program, port: number, config: string): string[] {
  const path = `${HERE}starts/${file}`;
  if (file.endsWith(".pl")) return ["perl", path, String(port)];
  if (file.endsWith(".py")) return ["python3", path, String(port)];
  if (file.endsWith(".mjs")) return ["node", path, String(port)];
  const flags = ["--allow-all", "--no-lock", "--no-check", "--quiet", "--config", config];
  return [Deno.execPath(), "run", ...flags, path, String(port), engine];
}

/** The commands of all programs whose side is there, in the order of the page. */
function commands({ sides }: Run, port: number, user: string): [name: string, command: string[]][] {
  const sources = new URL("deno.json", ROOT).pathname;
  const there = ([, [side]]: [string, Program]) => sides.includes(side);
  return [
    ...Object.entries(OURS).filter(there).flatMap(([name, program]): [string, string[]][] => [
      [ofPackage(name), commandOf(program, port, user)],
      [ofSources(name), commandOf(program, port, sources)],
    ]),
    ...Object.entries(OTHERS).filter(there).map(([name, program]): [string, string[]] => [
      name,
      commandOf(program, port, sources),
    ]),
  ];
}

/** Builds the package, and a deno.json of a user beside it; gives its path. */
async function userOf(folder: string): Promise<string> {
  await buildPackage(ROOT, `${folder}/package`);
  const { name, version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const config = {
    links: ["./package", "./package/std/encoding", "./package/std/cli"],
    imports: { [name]: `jsr:${name}@${version}` },
  };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
  return `${folder}/deno.json`;
}

/** Milliseconds of whole processes that make one connection and end. */
export async function measureStarts(run: Run): Promise<PerSide<readonly number[]>> {
  await using server = await run.peers.server("13");
  const programs = commands(run, server.port, await userOf(`${run.peers.folder}/user`));
  const seen: Record<string, number[]> = {};
  const count = Math.max(3, Math.round(15 * Math.min(1, run.scale)));
  for (let round = -2; round < count; round++) { // two rounds fill Deno's caches
    for (const [name, [program, ...args]] of programs) {
      const start = performance.now();
      const said = await output(program!, args, {
        ...ENVIRONMENT,
        BENCH_CERTS: run.peers.folder,
      });
      const ms = performance.now() - start;
      if (said === undefined) {
        if (round === 0) run.errors.push(`start-up: ${name}: its program failed`);
      } else if (round >= 0) (seen[name] ??= []).push(ms);
    }
  }
  console.error("start-up");
  return seen;
}
