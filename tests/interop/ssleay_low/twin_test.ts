/**
 * The tests of Net::SSLeay that have two ends, as scripts of ours: each runs in Perl and with
 * `./ssleay/low`, and every line gives the same, or its difference has a reason.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { BACKEND } from "../../ssleay/low/backend.ts";
import { constantNames } from "../../../ssleay/low/constants.ts";
import { twinCertificates } from "./certificates.ts";
import { compare } from "./compare.ts";
import { BUILT_IN, BUILT_IN_ON_WASM, TWIN, TWIN_ON_WASM } from "./differences.ts";
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

const LISTED = BACKEND === "wasm" ? { ...TWIN, ...TWIN_ON_WASM } : TWIN;
const CONSTANTS = BACKEND === "wasm" ? { ...BUILT_IN, ...BUILT_IN_ON_WASM } : BUILT_IN;

/** What is compared: all, but on OpenSSL as WebAssembly the route of a handshake. */
function compared(line: Line, result: Result): Result {
  if (BACKEND !== "wasm" || !("pump" in line)) return result;
  return { ...result, r: result.r!.slice(0, 2) };
}

/** Whether a line asks for the version, which is another one in WebAssembly than in Perl. */
const asksVersion = ({ fn }: Line) =>
  BACKEND === "wasm" && (fn === "SSLeay" || fn === "SSLeay_version");

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
    const same = compare(compared(line, perl[i]!), compared(line, ours[i]!));
    if (same || asksVersion(line)) continue;
    assert(
      name in LISTED,
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
    assert(
      compare(compared(line, wanted), compared(line, result)),
      JSON.stringify({ line, ours: result }, null, 1),
    );
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
    assertEquals(
      found.sort(),
      Object.keys(LISTED).sort(),
      "a listed line does not differ any more",
    );
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
      Object.keys(CONSTANTS).sort(),
    );
    assert(known.length > 600, `only ${known.length} constants were compared`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
