/**
 * Rule 8, plain English: words and forms that may not come back, in code, messages and pages. Each
 * has what to write in its place.
 */

import "../helpers/limit.ts";
import { assertOnlyOwed } from "./debts.ts";
import { ROOT, sources } from "./tree.ts";

/** A form, and what to write in its place. */
const FORMS: readonly (readonly [form: RegExp, instead: string])[] = [
  [/\bthat (?:is|are) no [A-Z]/, '"that is not ..."'],
  [/\b(?:it|this|that|which|what|who) is no (?!longer\b|more\b)[a-z]/i, '"is not a ..."'],
  [/\bwhoever\b/i, '"anyone who", or name who it is'],
  [/\bthere (?:is|are|was|were) none\b/i, "say what is missing"],
  [/\bare no (?!longer\b|more\b)[a-z]+s\b/i, '"are not ..."'],
  [/\bcan not\b/, '"cannot"'],
  [
    /\b(?:tells|says|knows|answers|decides|judges) [a-z_]+\.ts\b/,
    'subject first: "library.ts says"',
  ],
  [/\bWho (?:has|looks|gives|wants|asks)\b/, '"Anyone who", or name who it is'],
  [/\bis told\b/, "say who tells whom"],
  [/\bso that (?:it|they|one) (?:is|are) to be\b/, "shorter"],
  [/\bnot to be had\b/, '"not available"'],
  [
    /^\s*\*\s*(?:The context|Which side|Our address|Reads|Writes|Itself|Stops it|The role)\.\s*$/m,
    "say more than the name does",
  ],
];

const PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

function texts(): readonly (readonly [path: string, text: string])[] {
  const docs = [...Deno.readDirSync(new URL("docs/", ROOT))]
    .filter(({ name }) => name.endsWith(".md")).map(({ name }) => `docs/${name}`);
  return [
    ...sources().filter(({ path }) => !path.endsWith("_rules.ts")).map((
      { path, text },
    ) => [path, text] as const),
    ...[...PAGES, ...docs].map((path) =>
      [path, Deno.readTextFileSync(new URL(path, ROOT))] as const
    ),
  ];
}

for (const [form, instead] of FORMS) {
  Deno.test(`words: no ${form.source} (${instead})`, () => {
    const found = texts().filter(([, text]) => form.test(text)).map(([path]) => path);
    assertOnlyOwed(`words: ${form.source}`, found);
  });
}
