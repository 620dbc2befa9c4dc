/**
 * What the tests do not see: puts single faults into files of the product, one at a time, in a
 * copy of the tree, runs the tests that are nearest to the file, and reports the faults with which
 * all of them pass. A survivor changes nothing, or is a hole in the tests.
 *
 *     deno task test:mutation <file>... [--tests=<path,...>] [--nearest=12] [--sample=40]
 *         [--lines=10-80] [--jobs=2]
 *
 * `--tests` names the tests, in place of the nearest ones by the graph of imports; `--sample` takes
 * so many faults of each file, spread evenly; `--lines` only those of these lines.
 *
 * @module
 */

import { type Fault, faultsOf, withFault } from "./faults.ts";

const ROOT = new URL("../../", import.meta.url);

const flags = new Map(
  Deno.args.filter((arg) => arg.startsWith("--")).map((arg) => {
    const [name, value = ""] = arg.slice(2).split("=");
    return [name!, value];
  }),
);
const files = Deno.args.filter((arg) => !arg.startsWith("--"));
if (files.length === 0) {
  console.error("Name the files of the product that faults are put into.");
  Deno.exit(2);
}

async function run(command: string, args: readonly string[], cwd: URL | string = ROOT) {
  const { stdout } = await new Deno.Command(command, { args: [...args], cwd }).output();
  return new TextDecoder().decode(stdout);
}

const tracked = (await run("git", ["ls-files", "-co", "--exclude-standard"])).split("\n")
  .filter((path) => path !== "");

/** A copy of the tree in which faults are made. */
async function copyTree(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "socket-ssl-mutation-" });
  for (const path of tracked) {
    const to = `${folder}/${path}`;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(new URL(path, ROOT), to).catch(() => {}); // deleted, and not committed
  }
  return folder;
}

/** The files of tests by the length of the shortest chain of imports to the file, nearest first. */
async function nearest(file: string, count: number): Promise<string[]> {
  const tests = tracked.filter((path) =>
    /^tests\/(?!interop|bundle|structure).*_test\.ts$/.test(path)
  );
  const importers = new Map<string, string[]>();
  for (const path of tracked.filter((path) => path.endsWith(".ts"))) {
    const text = await Deno.readTextFile(new URL(path, ROOT)).catch(() => "");
    for (
      const [, type, target] of text.matchAll(/^(?:import|export)( type)?[^;]*?from "(\.[^"]+)"/gm)
    ) {
      if (type) continue;
      const imported = new URL(target!, new URL(path, ROOT)).href.replace(ROOT.href, "");
      importers.set(imported, [...importers.get(imported) ?? [], path]);
    }
  }
  const distance = new Map([[file, 0]]);
  for (const [at, far] of distance) { // grows as it is walked: breadth first
    for (const path of importers.get(at) ?? []) {
      if (!distance.has(path)) distance.set(path, far + 1);
    }
  }
  return tests.filter((path) => distance.has(path))
    .toSorted((a, b) => distance.get(a)! - distance.get(b)!).slice(0, count);
}

/** Whether all tests pass in the copy; one that does not end has failed. */
async function passes(folder: string, tests: readonly string[], limit: number): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", "--fail-fast", "--quiet", ...tests],
    cwd: folder,
    env: { SOCKET_SSL_TEST_LIMIT: String(Math.min(limit, 30_000)) },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), limit);
  const { success } = await child.status;
  clearTimeout(timer);
  return success;
}

function chosen(text: string): Fault[] {
  const [from = 0, to = Infinity] = flags.get("lines")?.split("-").map(Number) ?? [];
  const all = faultsOf(text).filter(({ line }) => line >= from && line <= to);
  const count = Number(flags.get("sample") || all.length);
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)]!);
}

const shown = (text: string): string => {
  const line = text.replace(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
};

async function testFile(file: string, folders: readonly string[]): Promise<[number, number]> {
  const given = flags.get("tests");
  const tests = given ? given.split(",") : await nearest(file, Number(flags.get("nearest") || 12));
  const text = await Deno.readTextFile(new URL(file, ROOT));
  const faults = chosen(text);
  const before = performance.now();
  if (!await passes(folders[0]!, tests, 600_000)) {
    throw new Error(`The tests of ${file} fail without a fault: ${tests.join(" ")}`);
  }
  const limit = (performance.now() - before) * 4 + 10_000;
  console.log(
    `${file}: ${faults.length} faults, ${tests.length} paths of tests, limit ${
      (limit / 1000).toFixed(0)
    } s`,
  );
  const queue = faults.values();
  let survivors = 0;
  await Promise.all(folders.map(async (folder) => {
    for (const fault of queue) {
      await Deno.writeTextFile(`${folder}/${file}`, withFault(text, fault));
      if (!await passes(folder, tests, limit)) continue;
      survivors++;
      const was = shown(text.slice(fault.start, fault.end));
      console.log(
        `  ${file}:${fault.line}: ${fault.kind}: ${was}  ->  ${shown(fault.replacement)}`,
      );
    }
    await Deno.writeTextFile(`${folder}/${file}`, text);
  }));
  return [faults.length, survivors];
}

const jobs = Number(flags.get("jobs") || Math.max(1, navigator.hardwareConcurrency - 1));
const folders = await Promise.all(Array.from({ length: jobs }, copyTree));
let [all, left] = [0, 0];
try {
  for (const file of files) {
    const [made, survived] = await testFile(file, folders);
    [all, left] = [all + made, left + survived];
  }
} finally {
  for (const folder of folders) await Deno.remove(folder, { recursive: true });
}
console.log(`${all} faults: ${all - left} found, ${left} left`);
