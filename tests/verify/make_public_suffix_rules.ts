/**
 * Writes verify/public_suffix_rules.ts and verify/private_suffix_rules.ts: the two parts of the
 * public suffix list, as the npm package tldts has them. Run `deno task update:suffixes` after an
 * update of tldts; tests hold the files against the one that deno.lock has.
 */

import * as trie from "tldts/dist/es6/src/data/trie.js";
import tldts from "tldts/package.json" with { type: "json" };

/** The version of tldts that is at hand. */
export const VERSION: string = tldts.version;

/** The version of tldts that a text of deno.lock has. */
export function lockedVersion(lock: string): string | undefined {
  const { specifiers } = JSON.parse(lock) as { specifiers: Record<string, string> };
  return Object.entries(specifiers).find(([name]) => name.startsWith("npm:tldts@"))?.[1];
}

/** The parts of the list: tldts's flag, the module, what it is called, its constant. */
export const PARTS = [
  { flag: 1, file: "public_suffix_rules.ts", part: "ICANN", name: "ICANN_RULES" },
  { flag: 2, file: "private_suffix_rules.ts", part: "private", name: "PRIVATE_RULES" },
] as const;

interface Trie {
  readonly nodeFlags: Uint8Array;
  readonly edgeStart: Uint16Array;
  readonly edgeLength: Uint8Array;
  readonly edgeChild: Uint16Array;
  readonly labelText: string;
  readonly rulesRoot: number;
  readonly exceptionsRoot: number;
}

/** Every rule of one part of the list, in ASCII: `co.uk`, `*.ck`, `!www.ck`. */
export function rulesOf(flag: number): string[] {
  const { nodeFlags, edgeStart, edgeLength, edgeChild, labelText, ...roots } = trie as Trie;
  const offsets: number[] = [];
  let offset = 0;
  for (const length of edgeLength) {
    offsets.push(offset);
    offset += length;
  }
  const rules: string[] = [];
  const walk = (node: number, parent: string, mark: string): void => {
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      const label = labelText.substr(offsets[edge]!, edgeLength[edge]!);
      const name = parent === "" ? label : `${label}.${parent}`;
      const child = edgeChild[edge]!;
      if ((nodeFlags[child]! & flag) !== 0) rules.push(mark + name);
      walk(child, name, mark);
    }
  };
  walk(roots.rulesRoot, "", "");
  walk(roots.exceptionsRoot, "", "!");
  const all = new Set(rules);
  // Names in Unicode stand beside their ASCII forms, and "ck" wherever the list has "*.ck", though
  // such a rule says nothing about "ck" itself.
  // deno-lint-ignore no-control-regex -- ASCII
  return rules.filter((rule) => /^[\x00-\x7f]+$/.test(rule) && !all.has(`*.${rule}`));
}

/** What most countries have, which the text says with one sign. */
const USUAL = ["com", "edu", "gov", "net", "org"];

/** The rules by the names that they are below: `.: com uk`, `gg: uk: ac co`, `ck: * !www`. */
export function pack(rules: readonly string[]): string {
  const below = new Map<string, Set<string>>();
  for (const rule of rules) {
    const [, mark, label, parent] = /^(!?)([^.]+)\.?(.*)$/.exec(rule)!;
    const labels = below.get(parent!) ?? new Set();
    below.set(parent!, labels.add(mark! + label));
  }
  const groups = new Map<string, string[]>();
  for (const [parent, labels] of [...below].toSorted(([a], [b]) => a < b ? -1 : 1)) {
    const usual = parent !== "" && USUAL.every((label) => labels.has(label)) ? USUAL : [];
    const own = [...labels.difference(new Set(usual))].toSorted();
    const text = [...(usual.length > 0 ? ["+"] : []), ...own].join(" ");
    groups.set(text, [...groups.get(text) ?? [], parent || "."]);
  }
  const words = [...groups]
    .flatMap(([text, parents]) => [...parents.map((name) => `${name}:`), ...text.split(" ")]);
  const lines = [""];
  for (const [i, word] of words.entries()) {
    const piece = afterWord(words[i - 1] ?? "", word);
    if (lines.at(-1)!.length + piece.length > 100) lines.push("");
    lines.push(lines.pop()! + piece);
  }
  return lines.join("\n");
}

/** A word after another one: how many letters they share, as a capital, and the rest. */
function afterWord(last: string, word: string): string {
  let shared = 0;
  while (shared < 25 && shared < word.length && word[shared] === last[shared]) shared++;
  return String.fromCharCode(65 + shared) + word.slice(shared);
}

/** Where the module of a part is. */
export function moduleUrl({ file }: (typeof PARTS)[number]): URL {
  return new URL(`../../verify/${file}`, import.meta.url);
}

/** The whole module of a part. */
export function moduleText({ flag, part, name }: (typeof PARTS)[number]): string {
  return `/**
 * The ${part} part of the public suffix list (publicsuffix.org, MPL-2.0), as the npm package tldts
 * ${VERSION} has it: the labels below each name. Made by \`deno task update:suffixes\`; do not edit.
 *
 * @module
 */

/**
 * A list of words, \`gg: uk: ac co\` for the rules \`ac.gg\`, \`ac.uk\` and so on; \`.\` is above the
 * top-level domains; \`+\` stands for com edu gov net org. A capital begins each word and says how
 * many letters of the last word it begins with: \`AabcBd\` is \`abc ad\`.
 */
export const ${name}: string = \`
${pack(rulesOf(flag))}
\`;
`;
}

if (import.meta.main) {
  for (const part of PARTS) await Deno.writeTextFile(moduleUrl(part), moduleText(part));
}
