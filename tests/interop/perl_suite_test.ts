/** IO::Socket::SSL's own tests against the library: what differs from Perl is listed, each with its reason. See perl_suite/README.md. */
import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { debianSource } from "../../build/wasm/debian.ts";
import { type Deviation, DEVIATIONS } from "./perl_suite/deviations.ts";
import { type FileResult, type Rules, runFile, runSuite, testFiles } from "./perl_suite/suite.ts";
import { readTap } from "./perl_suite/tap.ts";

const MINUTE = 60_000;

const deviationOf = ({ file, rules }: FileResult): Deviation | undefined =>
  DEVIATIONS.find((each) => each.file === file && each.rules.includes(rules));

/** Whether the names that failed begin as the list says, one for one. */
function sameFailures(failed: readonly string[], expected: readonly string[]): boolean {
  const left = [...failed];
  for (const start of expected) {
    const at = left.findIndex((name) => name.startsWith(start));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** What is wrong with a result; `undefined` when it is as expected. */
function complaint(result: FileResult): string | undefined {
  const { file, rules, planned, passed, failed, output } = result;
  const deviation = deviationOf(result);
  const fine = deviation === undefined
    ? failed.length === 0 && passed === planned
    : passed === deviation.passed && sameFailures(failed, deviation.failed);
  if (fine) return undefined;
  const expected = deviation === undefined ? "all" : `${deviation.passed}, as listed`;
  return `${file} (${rules}): ${passed} of ${
    planned ?? "?"
  } passed, expected ${expected}\n${output}`;
}

Deno.test("the TAP of Perl's tests is read with and without numbers", () => {
  assertEquals(
    readTap(
      "1..3\nok 1 - a b\n# ok\nnot ok # [server]:12 c\n ok - d\nnot ok 4 - e at line 3.\nokay\n",
    ),
    { planned: 3, passed: 2, failed: ["[server]:12 c", "e at line 3."] },
  );
  assertEquals(readTap("ok # x\n1..1 # skip\n").planned, 1);
  assertEquals(readTap("").planned, undefined);
});

Deno.test("every deviation from Perl is named in the documentation", async () => {
  const words = (text: string) => text.replace(/\s+/g, " ");
  for (const { file, because, failed } of DEVIATIONS) {
    assert(because.length > 0 && failed.length > 0, file);
    for (const { page, words: sentence } of because) {
      const text = await Deno.readTextFile(new URL(`../../${page}`, import.meta.url));
      assert(words(text).includes(words(sentence)), `${file}: ${page} does not say "${sentence}"`);
    }
  }
});

Deno.test({
  name:
    "IO::Socket::SSL's own tests pass with our defaults and with Perl's rules, except for the listed deviations",
  timeout: 10 * MINUTE,
  async fn() {
    const dir = await Deno.makeTempDir();
    try {
      const source = await debianSource("libio-socket-ssl-perl", { dir, suites: ["bookworm"] });
      const files = testFiles(source);
      assert(files.length >= 40, `${files.length} files`);
      const rules: readonly Rules[] = ["ours", "perl"];
      const results = await runSuite(source, rules, navigator.hardwareConcurrency + 1);
      assertEquals(results.length, files.length * rules.length);
      for (const { file } of DEVIATIONS) {
        assert(files.includes(file), `${file} is not in the suite`);
      }
      const wrong: string[] = [];
      for (const result of results) {
        if (complaint(result) === undefined) continue;
        // The tests have limits of time of their own: on a busy machine one alone may do.
        const again = complaint(await runFile(source, result.file, result.rules));
        if (again !== undefined) wrong.push(again);
      }
      assert(wrong.length === 0, wrong.join("\n"));
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
