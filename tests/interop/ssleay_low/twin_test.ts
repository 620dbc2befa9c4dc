/**
 * The tests of Net::SSLeay that have two ends, as scripts of ours: each runs in Perl and with
 * `./ssleay/low`, and every line gives the same, or its difference has a reason.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { twinCertificates } from "./certificates.ts";
import { compare } from "./compare.ts";
import { TWIN } from "./differences.ts";
import { type Line, type Result, runScript } from "./twin.ts";
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

Deno.test("Net::SSLeay's tests with two ends give the same in Perl and here, line by line", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await twinCertificates(folder);
    const found: string[] = [];
    let count = 0;
    for (const name of SCRIPTED) {
      await t.step(name, async () => {
        const { path, lines } = await readScript(name);
        const [perl, ours] = await Promise.all([inPerl(path, folder), runScript(lines, folder)]);
        assertEquals([perl.length, ours.length], [lines.length, lines.length]);
        assertEquals(perl.filter(({ die }) => die === "no such function"), []);
        found.push(...differing(name, lines, perl, ours));
        count += lines.length;
      });
    }
    assertEquals(found.sort(), Object.keys(TWIN).sort(), "a listed line does not differ any more");
    assert(count > 0, `only ${count} lines were compared`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
