/**
 * Every block of TypeScript in the pages, and in the comments of the source, runs: by
 * `deno test --doc`, or here, where servers of this run stand in for those that it names.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { ROOT, sources } from "../structure/tree.ts";
import { type Block, blocksOf, looksLike } from "./blocks.ts";
import { NOT_RUN } from "./not_run.ts";
import type { Outcome, Task } from "./run_main.ts";
import { makeWorld } from "./world.ts";

const pages = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"],
  ...[...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")).sort(),
  ...sources().map(({ path }) => path).sort(),
];
const blocks = pages.flatMap(blocksOf);

Deno.test("pages: every block that is not run has its reason, and every reason its block", () => {
  const ignored = blocks.filter(({ own }) => !own).map(({ name }) => name);
  assert(ignored.length > 20, `${ignored.length}`);
  assertEquals(Object.keys(NOT_RUN).filter((name) => !ignored.includes(name)), []);
  for (const reason of Object.values(NOT_RUN)) assert(reason.length > 20, reason);
});

async function run(examples: readonly Block[]): Promise<ReadonlyMap<string, Outcome>> {
  await using world = await makeWorld();
  const folders = new Map<string, string>();
  const task: Task["examples"][number][] = [];
  for (const [i, { name, page, code }] of examples.entries()) {
    if (!folders.has(page)) folders.set(page, await world.page(page));
    const file = `${world.folder}/example_${i}.ts`;
    await Deno.writeTextFile(file, `export {};\n${code}\n`);
    task.push({ name, file, folder: folders.get(page)! });
  }
  const taskFile = `${world.folder}/task.json`;
  await Deno.writeTextFile(taskFile, JSON.stringify({ hosts: world.hosts, examples: task }));
  const anchors = `${world.folder}/ca.pem`;
  const report = `${world.folder}/report`;
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      "--quiet",
      "tests/docs/run_main.ts",
      taskFile,
      report,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", SSL_CERT_FILE: anchors, DENO_CERT: anchors },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const outcomes: Outcome[] = (await Deno.readTextFile(report)).trim().split("\n")
    .map((line) => JSON.parse(line));
  assertEquals(outcomes.length, examples.length, new TextDecoder().decode(stderr));
  return new Map(outcomes.map((outcome) => [outcome.name, outcome]));
}

/** They choose what SSLeay runs on, which a program does once. */
const choosing = new Map(
  blocks.filter(({ code }) => code.includes("await useBackend("))
    .map(({ name, code }) => [name, code]),
);

Deno.test("pages: a block that chooses a backend runs in a process of its own, under no permission", async (t) => {
  assert(choosing.size >= 3, `${choosing.size}`);
  for (const [name, code] of choosing) {
    await t.step(name, async () => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--quiet", "--no-prompt", "--ext=ts", "-"],
        cwd: ROOT,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      await new Blob([code]).stream().pipeTo(child.stdin);
      const { stdout, stderr } = await child.output();
      const [printed, failure] = [stdout, stderr].map((each) => new TextDecoder().decode(each));
      assertEquals(failure, "");
      const shown = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!);
      assert(shown.length > 0 && shown.every((text) => printed!.includes(text)), printed);
    });
  }
});

Deno.test("pages: every other block runs and prints what its page shows", async (t) => {
  const only = Deno.env.get("SOCKET_SSL_PAGES") ?? "";
  const examples = blocks.filter(({ name, own, file, prints }) =>
    file === undefined && (!own || prints !== undefined) && !Object.hasOwn(NOT_RUN, name) &&
    name.includes(only) && !choosing.has(name)
  );
  const outcomes = await run(examples);
  for (const { name, page, line, prints } of examples) {
    await t.step(`${name}, line ${line} of ${page}`, () => {
      const { printed, failure } = outcomes.get(name)!;
      assert(failure === undefined, `${failure}\n${printed}`);
      if (prints === undefined) return;
      assert(looksLike(printed, prints), `it prints\n${printed}\nand not\n${prints}`);
    });
  }
});
