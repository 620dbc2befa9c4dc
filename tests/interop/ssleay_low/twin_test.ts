/**
 * The tests of Net::SSLeay that have two ends, as scripts of ours: each runs in Perl and with
 * `./ssleay/low`, and every line gives the same, or its difference has a reason.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { constantNames } from "../../../ssleay/low/constants.ts";
import { twinCertificates } from "./certificates.ts";
import { compare } from "./compare.ts";
import { BUILT_IN, TWIN } from "./differences.ts";
import { type Json, type Line, type Result, runScript } from "./twin.ts";
import { readScript, SCRIPTED } from "./scripts.ts";

const ORACLE = new URL("oracle.pl", import.meta.url).pathname;

async function inPerl(script: string, folder: string): Promise<Result[]> {
  const { success, stdout, stderr } = await new Deno.Command("perl", {
    args: [ORACLE, script, folder],
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const [text, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals({ success, told }, { success: true, told: "" });
  return text!.trim().split("\n").map((line) => JSON.parse(line));
}

/** The lines that differ, by name; those that must be alike and are not fail at once. */
function differing(
  script: string,
  lines: readonly Line[],
  perl: Result[],
  ours: Result[],
): string[] {
  const found: string[] = [];
  for (const [i, line] of lines.entries()) {
    const name = `${script}: ${line.name ?? `line ${i + 2}`}`;
    const same = compare(perl[i]!, ours[i]!);
    if (same) continue;
    assert(
      name in TWIN,
      `${name}: ${JSON.stringify({ line, perl: perl[i], ours: ours[i] }, null, 1)}`,
    );
    found.push(name);
  }
  return found;
}

/** For functions that this Perl does not have: the lines say what is expected. */
function assertExpected(lines: readonly Line[], lacking: readonly Line[], ours: Result[]): void {
  assert(lacking.length > 0, "Perl has the functions now: compare with it");
  for (const line of lacking) assert("expect" in line, JSON.stringify(line));
  for (const [i, line] of lines.entries()) {
    const { errors: _, ...result } = ours[i]!;
    const wanted = "expect" in line ? { r: line.expect as Json[] } : result;
    assert(compare(wanted, result), JSON.stringify({ line, ours: result }, null, 1));
    assert(result.die === undefined, JSON.stringify({ line, ours: result }));
  }
}

Deno.test("Net::SSLeay's tests with two ends give the same in Perl and here, line by line", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await twinCertificates(folder);
    const found: string[] = [];
    let count = 0;
    for (const name of SCRIPTED) {
      await t.step(name, async () => {
        const { path, heading, lines } = await readScript(name);
        const [perl, ours] = await Promise.all([inPerl(path, folder), runScript(lines, folder)]);
        assertEquals([perl.length, ours.length], [lines.length, lines.length]);
        const lacking = lines.filter((_, i) => perl[i]!.die === "no such function");
        if (heading.newer === undefined) {
          assertEquals(lacking, []);
          found.push(...differing(name, lines, perl, ours));
        } else assertExpected(lines, lacking, ours);
        count += lines.length;
      });
    }
    assertEquals(found.sort(), Object.keys(TWIN).sort(), "a listed line does not differ any more");
    assert(count > 0, `only ${count} lines were compared`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each constant that Perl knows has Perl's value, or none in either", async () => {
  const lines = [...constantNames()].map((name) => ({ value: `#${name}` }));
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/constants.jsonl`;
    await Deno.writeTextFile(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    const [perl, ours] = await Promise.all([inPerl(path, folder), runScript(lines, folder)]);
    const known = [...lines.keys()].filter((i) => perl[i]!.die !== "no such function");
    const different = known.filter((i) => !compare(perl[i]!, ours[i]!));
    assertEquals(
      different.map((i) => lines[i]!.value.slice(1)).sort(),
      Object.keys(BUILT_IN).sort(),
    );
    assert(known.length > 600, `only ${known.length} constants were compared`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
