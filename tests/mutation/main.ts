/**
 * What the tests do not see: puts single faults into files of the product, one at a time, in a
 * copy of the tree, runs the tests that reach each, quickest first, and reports the faults with
 * which all of them pass. A survivor changes nothing, or is a hole in the tests.
 *
 *     deno task test:mutation <file or folder>... [--tests=<path,...>] [--nearest=12] [--sample=40]
 *         [--seed=1] [--lines=10-80] [--budget=12] [--report=<file.json>] [--again=<file.json>]
 *
 * `--tests` names the tests, in place of the nearest ones by the graph of imports; `--sample` takes
 * so many faults of each file, chosen by `--seed`; `--lines` only those of these lines. `--budget`
 * is how many seconds of tests one fault gets at most; `--report` writes every fault with what came
 * of it; `--again` takes the faults that such a report has as not found.
 *
 * @module
 */

import { type Fault, faultsOf } from "./faults.ts";
import { TrialProcess } from "./process.ts";
import { withSwitches } from "./switches.ts";
import { Tree } from "./tree.ts";

/** One fault of one file, and what came of it. */
interface Trial {
  readonly number: number;
  readonly file: string;
  readonly fault: Fault;
  readonly was: string;
  outcome?: "found" | "left" | "not reached";
  /** The test that found it, and how. */
  by?: string;
}

/** One test, as it runs without a fault. */
interface Test {
  readonly file: string;
  readonly test: number;
  readonly name: string;
  readonly took: number;
  readonly reached: ReadonlySet<number>;
}

const flags = new Map(
  Deno.args.filter((arg) => arg.startsWith("--")).map((arg) => {
    const [name, value = ""] = arg.slice(2).split("=");
    return [name!, value];
  }),
);
const tree = await Tree.read();
const files = Deno.args.filter((arg) => !arg.startsWith("--")).flatMap((path) => tree.named(path));
if (files.length === 0) {
  console.error("Name the files or folders of the product that faults are put into.");
  Deno.exit(2);
}
const budget = Number(flags.get("budget") || 12) * 1000;

/** Numbers below 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ seed >>> 15, seed | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/** What tells a fault of a report from others, as long as its line does not move far. */
type Known = Pick<Fault, "kind" | "line" | "replacement"> & Pick<Trial, "file" | "was" | "outcome">;

/** The faults that an earlier run has left. */
const left: readonly Known[] | undefined = flags.has("again")
  ? (JSON.parse(await Deno.readTextFile(flags.get("again")!)) as Known[])
    .filter(({ outcome }) => outcome !== "found")
  : undefined;

const isLeft = ({ file, was, fault: { kind, line, replacement } }: Trial): boolean =>
  left === undefined ||
  left.some((known) =>
    known.file === file && known.kind === kind && known.was === was &&
    known.replacement === replacement && Math.abs(known.line - line) < 5
  );

/** The faults that are tried, of those of one file. */
function* chosen(trials: readonly Trial[], random: () => number): Generator<Trial> {
  const [from = 0, to = Infinity] = flags.get("lines")?.split("-").map(Number) ?? [];
  const all = trials.filter((trial) =>
    trial.fault.line >= from && trial.fault.line <= to && isLeft(trial)
  );
  let wanted = Math.min(Number(flags.get("sample") || all.length), all.length);
  for (const [i, trial] of all.entries()) {
    if (random() * (all.length - i) >= wanted) continue;
    wanted--;
    yield trial;
  }
}

/** Writes the files with their switches, and gives the faults that are tried. */
async function prepare(folder: string): Promise<Trial[]> {
  const random = randomNumbers(Number(flags.get("seed") || 1));
  const all: Trial[] = [];
  let first = 0;
  for (const file of files) {
    const text = await tree.text(file);
    const faults = faultsOf(text);
    await Deno.writeTextFile(`${folder}/${file}`, withSwitches(text, faults, first));
    const trials = faults.map((fault, i): Trial => {
      return { number: first + i, file, fault, was: text.slice(fault.start, fault.end) };
    });
    all.push(...chosen(trials, random));
    first += faults.length;
  }
  return all;
}

/** Runs every test without a fault: how long it takes, and which faults it reaches. */
async function measure(process: TrialProcess, wanted: ReadonlySet<number>): Promise<Test[]> {
  const count = Number(flags.get("nearest") || 12);
  const paths = flags.get("tests")?.split(",").flatMap((path) => tree.named(path)) ??
    tree.nearest(files).slice(0, count);
  const tests: Test[] = [];
  for (const file of paths.filter((path) => path.endsWith("_test.ts"))) {
    const loaded = await process.ask({ file, limit: 60_000 });
    if (!loaded?.ok) console.log(`  left out: ${file}: ${loaded?.error ?? "hangs"}`);
    for (const [test, name] of loaded?.tests?.entries() ?? []) {
      const answer = await process.ask({ file, test, limit: 60_000 });
      if (!answer?.ok) {
        console.log(`  left out: ${file}: ${name}: ${answer?.error ?? "hangs"}`);
        continue;
      }
      const reached = new Set(answer.reached.filter((number) => wanted.has(number)));
      tests.push({ file, test, name, took: answer.took, reached });
    }
  }
  return tests;
}

const limitOf = ({ took }: Test): number => took * 8 + 3000;

/** Runs one test with the fault on; how it failed, if it did. */
async function failure(
  process: TrialProcess,
  fault: number,
  test: Test,
): Promise<string | undefined> {
  const answer = await process.ask({ ...test, fault, limit: limitOf(test) });
  if (!answer) return "the process died or hung";
  return answer.ok ? undefined : answer.error;
}

/** Whether the test passes without a fault, after one; a process in disorder is ended. */
async function isInOrder(process: TrialProcess, test: Test): Promise<boolean> {
  const { file, test: number } = test;
  const answer = await process.ask({ file, test: number, limit: limitOf(test) });
  if (!answer?.ok) await process.end();
  return answer?.ok ?? false;
}

/** The test that a fault makes fail, and how. */
async function finder(
  process: TrialProcess,
  fault: number,
  tests: readonly Test[],
  left: number,
): Promise<[Test, string] | undefined> {
  for (const test of tests) {
    if (left < 0) return;
    const before = performance.now();
    const how = await failure(process, fault, test);
    left -= performance.now() - before;
    if (how === undefined) continue;
    if (/takes too long|died or hung/.test(how)) await process.end();
    else if (!await isInOrder(process, test) && await failure(process, fault, test) === undefined) {
      continue; // the fault before it had left the process in disorder
    }
    return [test, how];
  }
}

/** Tries all faults of one file. */
async function tryFile(process: TrialProcess, trials: readonly Trial[], tests: readonly Test[]) {
  const found = new Map<Test, number>();
  const near = new Set(tree.nearest([trials[0]!.file]).slice(0, 6));
  const cost = (test: Test) =>
    (test.took + 2) * (near.has(test.file) ? 1 : 4) / (1 + 5 * (found.get(test) ?? 0));
  for (const trial of trials) {
    const { number } = trial;
    const reaching = tests.filter(({ reached }) => reached.has(number))
      .toSorted((a, b) => cost(a) - cost(b));
    let by = await finder(process, number, reaching, budget / 4);
    if (!by) { // what is kept from an earlier run, or made while loading, shows in a new process
      await process.end();
      const others = tests.filter((test) => near.has(test.file) && !test.reached.has(number));
      by = await finder(process, number, [...reaching, ...others], budget);
      await process.end();
    }
    trial.outcome = by ? "found" : reaching.length > 0 ? "left" : "not reached";
    if (by) {
      found.set(by[0], (found.get(by[0]) ?? 0) + 1);
      trial.by = `${by[0].file}: ${by[0].name}: ${by[1]}`;
    }
  }
}

const shown = (text: string): string => {
  const line = text.replace(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
};

function report(trials: readonly Trial[]): void {
  for (const { file, fault, was, outcome } of trials) {
    if (outcome === "found") continue;
    const reach = outcome === "left" ? "" : " (no test reaches it)";
    console.log(
      `  ${file}:${fault.line}: ${fault.kind}: ${shown(was)}  ->  ${
        shown(fault.replacement)
      }${reach}`,
    );
  }
}

const folder = await tree.copy();
const process = new TrialProcess(folder);
try {
  const trials = await prepare(folder);
  const before = performance.now();
  const tests = await measure(process, new Set(trials.map(({ number }) => number)));
  const seconds = Math.round((performance.now() - before) / 1000);
  console.log(`${trials.length} faults; ${tests.length} tests, which take ${seconds} s`);
  for (const file of files) {
    const ofFile = trials.filter((trial) => trial.file === file);
    if (ofFile.length === 0) continue;
    await tryFile(process, ofFile, tests);
    const count = ofFile.filter(({ outcome }) => outcome === "found").length;
    console.log(`${file}: ${count} of ${ofFile.length} found`);
    report(ofFile);
    const path = flags.get("report");
    if (path) {
      const rows = trials.filter(({ outcome }) => outcome)
        .map(({ fault: { host: _host, ...fault }, number: _number, ...rest }) => ({
          ...rest,
          ...fault,
        }));
      await Deno.writeTextFile(path, JSON.stringify(rows, undefined, 1));
    }
  }
  const found = trials.filter(({ outcome }) => outcome === "found").length;
  console.log(`${trials.length} faults: ${found} found, ${trials.length - found} left`);
} finally {
  await process.end();
  await Deno.remove(folder, { recursive: true });
}
