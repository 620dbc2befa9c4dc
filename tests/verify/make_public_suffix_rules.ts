/**
 * Writes verify/public_suffix_rules.ts: the ICANN part of the public suffix list, as the npm
 * package tldts has it. Run `deno task update:suffixes` after an update of tldts; a test holds the
 * file against it.
 */

import * as trie from "tldts/dist/es6/src/data/trie.js";

const ICANN = 1;

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

/** The rules by the name that they are below: `.: com uk`, `uk: ac co`, `ck: * !www`. */
export function pack(rules: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const rule of rules) {
    const [, mark, label, parent] = /^(!?)([^.]+)\.?(.*)$/.exec(rule)!;
    const labels = groups.get(parent!) ?? [];
    groups.set(parent!, [...labels, mark! + label]);
  }
  const words = [...groups].toSorted(([a], [b]) => a < b ? -1 : 1)
    .flatMap(([parent, labels]) => [`${parent || "."}:`, ...labels.toSorted()]);
  const lines = [""];
  for (const word of words) {
    if (lines.at(-1)!.length + word.length > 98) lines.push("");
    lines.push(`${lines.pop()!} ${word}`.trimStart());
  }
  return lines.join("\n");
}

/** The whole module. */
export function moduleText(): string {
  return `/**
 * The ICANN part of the public suffix list (publicsuffix.org, MPL-2.0), as the npm package tldts
 * has it: the labels below each name. Made by \`deno task update:suffixes\`; do not edit.
 *
 * @module
 */

/** \`uk: ac co\` are the rules \`ac.uk\` and \`co.uk\`; \`.\` is above the top-level domains. */
export const ICANN_RULES: string = \`
${pack(rulesOf(ICANN))}
\`;
`;
}

if (import.meta.main) {
  await Deno.writeTextFile(
    new URL("../../verify/public_suffix_rules.ts", import.meta.url),
    moduleText(),
  );
}
