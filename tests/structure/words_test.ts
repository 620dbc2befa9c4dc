/**
 * Rule 8, plain English: words and forms that may not come back, in code, messages and pages. Each
 * has what to write in its place.
 */

import "../helpers/limit.ts";
import { assert } from "@std/assert";
import { assertOnlyOwed } from "./debts.ts";
import { ROOT, sources } from "./tree.ts";

/** A form, and what to write in its place. */
const FORMS: readonly (readonly [form: RegExp, instead: string])[] = [
  [/(?<!there |This )\b(?:is|are) no (?!longer\b|more\b)[a-z]/i, '"is not a ..."'],
  [/\bwhoever\b/i, '"anyone who", or name who it is'],
  [/\bthere (?:is|are|was|were) none\b/i, "say what is missing"],
  [/\b(?:is|are|was|were|be) none\b/i, "say what is missing"],
  [/\bcan not\b/, '"cannot"'],
  [
    /\b(?:tells|says|knows|answers|decides|judges) [a-z_]+\.ts\b/,
    'subject first: "library.ts says"',
  ],
  [/\bWho (?:has|looks|gives|wants|asks)\b/, '"Anyone who", or name who it is'],
  [/\b(?:is|are|was|were) told\b(?! from\b)/, 'say who tells whom, or "is reported"'],
  [/\bof one's own\b/, '"your own"'],
  [/\bhas gone\b/, '"was sent", "is gone"'],
  [/\b(?:to|by|from) who\b/, "name who it is"],
  [/\bso that (?:it|they|one) (?:is|are) to be\b/, "shorter"],
  [/\bnot to be had\b/, '"not available"'],
  [
    /^\s*\/?\*+\s*(?:The context|Which side|Our address|Reads|Writes|Itself|Stops it|The role)\.\s*(?:\*\/)?$/m,
    "say more than the name does",
  ],
];

/** What is read beside the product: pages, and files with names of tests and comments. */
const OTHERS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
const FOLDERS = ["docs/", "tests/", "bench/", "examples/"];
/** Data, what Perl's tests say, and the list of forms itself. */
const UNREAD =
  /\/testdata\/|_rules\.ts$|^tests\/interop\/perl_suite\/t\/|^tests\/structure\/words_test\.ts$/;

function* pages(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* pages(`${folder}${name}/`);
    else if (/\.(?:ts|md)$/.test(name)) yield folder + name;
  }
}

const texts: readonly (readonly [path: string, text: string])[] = [
  ...sources().map(({ path, text }) => [path, text] as const),
  ...[...OTHERS, ...FOLDERS.flatMap((folder) => [...pages(folder)])].map((path) =>
    [path, Deno.readTextFileSync(new URL(path, ROOT))] as const
  ),
].filter(([path]) => !UNREAD.test(path));

for (const [form, instead] of FORMS) {
  Deno.test(`words: no ${form.source} (${instead})`, () => {
    const found = texts.filter(([, text]) => form.test(text)).map(([path]) => path);
    assertOnlyOwed(`words: ${form.source}`, found);
  });
}

Deno.test("words: tests, benchmarks, examples and pages are read too", () => {
  for (const folder of FOLDERS) {
    assert(texts.filter(([path]) => path.startsWith(folder)).length > 5, folder);
  }
});
