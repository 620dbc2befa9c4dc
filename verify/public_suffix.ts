/**
 * Public suffixes: under which names anybody may register, `com`, `co.uk`.
 * The built-in list is the ICANN part of publicsuffix.org (its private part comes
 * with private_public_suffix.ts); both are texts, made from the npm package tldts, which
 * would cost every start more than they do. Other lists come from text or a file.
 *
 * @module
 */

import { idnToAscii } from "../internal/host.ts";
import { fileError } from "../internal/file_error.ts";
import { hidesPath, quote } from "../internal/quote.ts";
import { ICANN_RULES } from "./public_suffix_rules.ts";
import { ownOptions } from "../internal/own_options.ts";

/**
 * Options of a {@linkcode PublicSuffix}.
 *
 * @category Public suffixes
 */
export interface PublicSuffixOptions {
  /**
   * How many labels the suffix of a host has that no rule matches; 0 or more.
   *
   * Perl: `min_suffix`
   *
   * @default {1}
   */
  readonly minSuffix?: number;
}

/** How many labels at the end of a name are a suffix by an explicit rule. */
type Lookup = (labels: readonly string[]) => number | undefined;

interface TreeNode {
  readonly children: Map<string, TreeNode>;
  rule?: "normal" | "exception";
}

/**
 * Rules that IO::Socket::SSL 2.099 has and the current list has not. Each
 * makes the name below it a suffix, so wildcards are refused a label earlier:
 * stricter than the current list, and Perl's result.
 */
const RULES_OF_PERL = ["*.bd"];

function makeTree(rules: Iterable<string>): TreeNode {
  const root: TreeNode = { children: new Map() };
  for (const rule of rules) {
    const exception = rule.startsWith("!");
    let node = root;
    for (const label of rule.slice(exception ? 1 : 0).split(".").reverse()) {
      let next = node.children.get(label);
      if (!next) node.children.set(label, next = { children: new Map() });
      node = next;
    }
    node.rule = exception ? "exception" : "normal";
  }
  return root;
}

/**
 * The longest rule wins; an exception beats the wildcard of the same length
 * and is itself one label shorter (the algorithm of publicsuffix.org).
 */
function treeLookup(root: TreeNode): Lookup {
  return (labels) => {
    const normal = new Set<number>();
    const wild = new Set<number>();
    const exceptions = new Set<number>();
    const walk = (node: TreeNode, depth: number): void => {
      const label = labels[labels.length - 1 - depth];
      if (label === undefined) return;
      for (const key of label === "*" ? ["*"] : [label, "*"]) {
        const next = node.children.get(key);
        if (!next) continue;
        if (next.rule === "exception") exceptions.add(depth + 1);
        else if (next.rule === "normal") (key === "*" ? wild : normal).add(depth + 1);
        walk(next, depth + 1);
      }
    };
    walk(root, 0);
    for (const length of exceptions) wild.delete(length);
    const lengths = [...wild, ...normal, ...[...exceptions].map((n) => n - 1)];
    return lengths.length ? Math.max(...lengths) : undefined;
  };
}

/** The labels of a host; the dots are those of IDNA (RFC 3490 3.1), empty labels are left out. */
function splitLabels(host: string): string[] {
  return host.toLowerCase().split(/[.\u3002\uff0e\uff61]/).filter((label) => label !== "");
}

/** The words of a part of the list, as public_suffix_rules.ts has it. */
function* wordsOf(text: string): Iterable<string> {
  let word = "";
  for (const [piece] of text.matchAll(/[A-Z][^A-Z\s]*/g)) {
    word = word.slice(0, piece.charCodeAt(0) - 65) + piece.slice(1);
    if (word === "+") yield* ["com", "edu", "gov", "net", "org"];
    else yield word;
  }
}

/** The rules of a part of the list. */
function* unpack(text: string): Iterable<string> {
  let parents: string[] = [];
  let labels = true;
  for (const word of wordsOf(text)) {
    if (word.endsWith(":")) {
      if (labels) parents = [];
      parents.push(word === ".:" ? "" : `.${word.slice(0, -1)}`);
    } else {
      for (const parent of parents) {
        if (!RULES_OF_PERL.includes(`*.${word}${parent}`)) yield word + parent;
      }
    }
    labels = !word.endsWith(":");
  }
}

/** A list of parts and Perl's rules, taken apart by the first lookup. */
function packedLookup(...parts: readonly string[]): Lookup {
  let lookup: Lookup | undefined;
  return (labels) =>
    (lookup ??= treeLookup(
      makeTree([...parts.flatMap((part) => [...unpack(part)]), ...RULES_OF_PERL]),
    ))(labels);
}

const builtinLookup = packedLookup(ICANN_RULES);

let make: (lookup: Lookup, minSuffix: number) => PublicSuffix;

/** A list of the ICANN part and another one, in its packed form. */
export function extendedList(rules: string, options?: PublicSuffixOptions): PublicSuffix {
  return make(packedLookup(ICANN_RULES, rules), minSuffixOf(options));
}

function minSuffixOf(given: PublicSuffixOptions | undefined): number {
  const { minSuffix = 1 } = ownOptions(given, {
    operation: "create PublicSuffix",
    names: { minSuffix: true },
  });
  if (!Number.isInteger(minSuffix) || minSuffix < 0) {
    throw new RangeError(
      `Cannot create PublicSuffix: minSuffix must be an integer of 0 or more: received ${
        quote(minSuffix)
      }`,
    );
  }
  return minSuffix;
}

/**
 * A public suffix list. Wildcard certificates are checked against one, so
 * that `*.co.uk` speaks for nobody.
 *
 * Perl: `IO::Socket::SSL::PublicSuffix`
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PublicSuffix } from "@socket/ssl/public-suffix";
 *
 * const list = PublicSuffix.default();
 * assertEquals(list.publicSuffix("www.example.co.uk"), ["www.example", "co.uk"]);
 * assertEquals(list.publicSuffix("www.example.co.uk", 1), ["www", "example.co.uk"]);
 * ```
 *
 * @category Public suffixes
 */
export class PublicSuffix {
  static readonly #defaults = new Map<number, PublicSuffix>();
  readonly #lookup: Lookup;
  readonly #minSuffix: number;

  static {
    make = (lookup, minSuffix) => new PublicSuffix(lookup, minSuffix);
  }

  private constructor(lookup: Lookup, minSuffix: number) {
    this.#lookup = lookup;
    this.#minSuffix = minSuffix;
  }

  /**
   * The built-in list: the ICANN part of publicsuffix.org, as in Perl.
   *
   * Perl: `default`
   *
   * @throws {TypeError} for an unknown option
   * @throws {RangeError} for a `minSuffix` that is not an integer of 0 or more
   */
  static default(options?: PublicSuffixOptions): PublicSuffix {
    const minSuffix = minSuffixOf(options);
    let list = PublicSuffix.#defaults.get(minSuffix);
    if (!list) {
      list = new PublicSuffix(builtinLookup, minSuffix);
      PublicSuffix.#defaults.set(minSuffix, list);
    }
    return list;
  }

  /**
   * A list from text in the format of publicsuffix.org: one rule a line,
   * `//` begins a comment, `*.` is any label, `!` an exception. All of it
   * counts, whatever its section comments say, as in Perl.
   *
   * Perl: `from_string`
   *
   * @throws {TypeError} for an unknown option, or a rule that is not a domain name
   * @throws {RangeError} for a `minSuffix` that is not an integer of 0 or more
   */
  static fromString(text: string, options?: PublicSuffixOptions): PublicSuffix {
    const minSuffix = minSuffixOf(options);
    const rules: string[] = [];
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const rule = line.replace(/\/\/.*/, "").trim();
      if (rule === "") continue;
      const [, mark, wildcard, name] = /^(!?)((?:\*\.)*\*?)(.*)$/.exec(rule)!;
      const ascii = name === "" ? "" : idnToAscii(name!);
      if (ascii === undefined || /\s/.test(ascii) || (name === "" && wildcard === "")) {
        throw new TypeError(
          `Cannot create PublicSuffix: line ${i + 1} is not a rule: received ${quote(rule)}`,
        );
      }
      rules.push(`${mark}${wildcard}${ascii}`);
    }
    return new PublicSuffix(treeLookup(makeTree(rules)), minSuffix);
  }

  /**
   * As {@linkcode PublicSuffix.fromString}, from a file in UTF-8. Needs the
   * read permission for it.
   *
   * Perl: `from_file`
   *
   * @throws {TypeError} for an unknown option, or a rule that is not a domain name
   * @throws {RangeError} for a `minSuffix` that is not an integer of 0 or more
   */
  static async fromFile(
    path: string | URL,
    options?: PublicSuffixOptions,
  ): Promise<PublicSuffix> {
    const minSuffix = minSuffixOf(options);
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (cause) {
      throw hidesPath(path) ? fileError("a list of public suffixes", path, cause) : cause;
    }
    return PublicSuffix.fromString(text, { minSuffix });
  }

  /**
   * Splits a host into what is before its public suffix, and the suffix with
   * `add` more labels in front: with 1, the domain that somebody registered.
   * Both are lower-cased; a Unicode host stays Unicode, a trailing dot stays
   * with the suffix. An array of labels gives arrays. A host without any
   * label, such as "", has no suffix: both are then `undefined`.
   *
   * Perl: `public_suffix`
   *
   * @param host a host name, or its labels
   * @param add how many labels more the suffix takes; 0 by default
   * @returns the rest and the suffix, either of which may be empty
   * @throws {RangeError} when `add` is not an integer of 0 or more
   */
  publicSuffix(host: "" | null | undefined, add?: number): [rest: undefined, suffix: undefined];
  /** Splits a host into strings. */
  publicSuffix(host: string, add?: number): [rest: string, suffix: string];
  /** Splits the labels of a host into labels. */
  publicSuffix(host: readonly string[], add?: number): [rest: string[], suffix: string[]];
  publicSuffix(
    host: string | readonly string[] | null | undefined,
    add = 0,
  ): [rest: string | string[] | undefined, suffix: string | string[] | undefined] {
    if (!Number.isInteger(add) || add < 0) {
      throw new RangeError(
        `Cannot split host: add must be an integer of 0 or more: received ${quote(add)}`,
      );
    }
    const labels = typeof host === "string"
      ? splitLabels(host)
      : (host ?? []).map((label) => label.toLowerCase());
    if (labels.length === 0) return [undefined, undefined];
    const at = this.#split(labels, add);
    const rest = labels.slice(0, at);
    const suffix = labels.slice(at);
    if (typeof host !== "string") return [rest, suffix];
    const dot = host.endsWith(".") && suffix.length > 0 ? "." : "";
    return [rest.join("."), suffix.join(".") + dot];
  }

  /** At which label the suffix begins. */
  #split(labels: readonly string[], add: number): number {
    // Label by label, so that the parts can be told apart again afterwards.
    const ascii = labels.map((label) => idnToAscii(label) ?? label);
    const length = (this.#lookup(ascii) ?? this.#minSuffix) + add;
    return Math.max(0, labels.length - length);
  }
}
